#!/bin/sh
# ask-html.sh -- a real Chromium opens pages of --report html: nothing is complained
# of or asked for, filters work, nothing is too wide for 390 or 1,440 pixels, text
# can be read in light and dark, it prints, and without scripts all of it is there.
# SHOTS=DIR keeps pictures of what it looked like.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/browse.sh
. "$srcdir/tests/owners/browse.sh"

can_isolate || skip "needs root, to give the browser a root of its own"
fetch_root bookworm chromium chromium || skip "no Chromium"
chromium=$OWNERS/bookworm/chromium.root
pages=$work/pages
mkdir "$pages"

# the outage of 2021
root=$work/host
host_before_outage "$root"
host_dotnet "$root/home/ann" ca "$outage_certificates/dst-root-ca-x3.pem" \
	>/dev/null
host_outage "$root" --db "$work/db"
"$TRUSTDRIFT" audit --quiet --root "$root" --db "$work/db" \
	--now "$outage_time" --format html >"$pages/outage.html"
check "the outage is told" grep -q 'data-severity="high"' "$pages/outage.html"
# and this host, with whatever it has
"$TRUSTDRIFT" audit --quiet --db "$work/host.db" --format html \
	>"$pages/host.html"

# a command for a script that is no shell's
cat >"$work/start" <<END
. '$srcdir/tests/owners/browse.sh'
inside '$chromium' '$pages /root/pages' /usr/lib/chromium/chromium --headless \\
	--no-sandbox --disable-gpu --no-first-run --disable-dev-shm-usage \\
	--disable-background-networking --disable-component-update \\
	--user-data-dir=/root/.config/html --remote-debugging-pipe
END
for page in outage host; do
	shots=${SHOTS:-$work/shots}/$page
	mkdir -p "$shots"
	check "the page of $page" /usr/bin/python3 -I \
		"$srcdir/tests/owners/html_chromium.py" "/root/pages/$page.html" \
		"$shots" sh "$work/start" 2>"$work/errors"
	check "pictures of $page" [ -s "$shots/390-dark.png" ]
done
[ "$failed" -eq 0 ] || tail -n 5 "$work/errors"
finish
