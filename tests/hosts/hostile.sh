#!/bin/sh
# hostile.sh -- damaged stores give problem rows and the scan goes on; hostile
# names are escaped in reports and never code in a script.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
ca=$root/home/ann/$dotnet_store/ca
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
host_dotnet "$root/home/ann" ca "$good/dst-root-ca-x3.pem" >/dev/null

# ---- damaged -----------------------------------------------------------------------
: >"$ca/EMPTY.pfx"
head -c 100 "$good/r3-by-dst.pfx" >"$ca/TRUNCATED.pfx"
mkfifo "$ca/FIFO.pfx"
ln -s LOOP.pfx "$ca/LOOP.pfx"
ln -s /nowhere "$ca/DANGLING.pfx"
mkdir "$ca/DIRECTORY.pfx"
echo "no certificate at all" >"$ca/TEXT.pfx"
mkdir -p "$root/usr/lib/jvm/one/lib/security" "$root/usr/lib/jvm/two/lib/security"
printf '\376\355\376\355\0\0\0\2\377\377\377\377' >"$root/usr/lib/jvm/one/lib/security/cacerts"
mkfifo "$root/usr/lib/jvm/two/lib/security/cacerts"
mkdir -p "$root/home/ann/.pki/nssdb"
truncate -s 65M "$root/home/ann/.pki/nssdb/cert9.db"
# more wrong than is kept of one file
awk 'BEGIN { for (i = 0; i < 1500; i++) {
	print "-----BEGIN CERTIFICATE-----"
	print "-----END CERTIFICATE-----" } }' >"$ca/ZMANY.pfx"
# a file for a directory
other=$root/home/ann/$dotnet_store/root
: >"$other"
# a link that leads out of the root leads nowhere
ln -s ../../../../../../../../../../../../../../etc/passwd "$ca/OUTSIDE.pfx"

status=0
timeout 60 "$TRUSTDRIFT" audit --root "$root" --format json \
	--now 2021-09-25T00:00:00Z >"$work/report.json" || status=$?
is "findings, and incomplete" "$status" 6
problems() {
	/usr/bin/python3 -I - "$work/report.json" <<-'END'
	import json, sys
	for p in json.load(open(sys.argv[1]))["problems"]:
	    assert p["message"]
	    print(p["code"], p["path"])
	END
}
problems >"$work/problems"
wanted() { check "$*" grep -q "^$1 .*$2\$" "$work/problems"; }
wanted truncated EMPTY.pfx
wanted truncated TRUNCATED.pfx
wanted not-regular FIFO.pfx
wanted dangling LOOP.pfx
wanted dangling DANGLING.pfx
wanted format TEXT.pfx
wanted malformed one/lib/security/cacerts
wanted not-regular two/lib/security/cacerts
wanted too-large cert9.db
wanted not-regular x509stores/root
check "what was left out is counted" grep -q '^limit .*/ca$' "$work/problems"
is "the others are still judged" \
	"$(findings stale-cached-intermediate high | grep -c .)" 2
# A list whose broken lines change is not taken for what it was.
list=$root/etc/ca-certificates.conf
kept=$(cat "$list")
dangling() {
	printf '%s\n%s\n' "$kept" "$1" >"$list"
	touch -d 2020-01-01 "$list"
	"$TRUSTDRIFT" scan --root "$root" --db "$work/list.db" >/dev/null || :
	"$TRUSTDRIFT" query --root "$root" --db "$work/list.db" --format tsv \
		"SELECT message FROM v_problem WHERE message LIKE '%mozilla/gone%'" |
		grep -o 'gone-[a-z]*'
}
is "a name that is gone" "$(dangling mozilla/gone-a.crt)" gone-a
is "another" "$(dangling mozilla/gone-b.crt)" gone-b
printf '%s\n' "$kept" >"$list"
rm "$other" "$ca/ZMANY.pfx"
rm "$ca/FIFO.pfx" "$root/usr/lib/jvm/two/lib/security/cacerts" \
	"$root/usr/lib/jvm/one/lib/security/cacerts" \
	"$root/home/ann/.pki/nssdb/cert9.db"

# ---- hostile names -----------------------------------------------------------------
evil=$(printf 'a\nb')
for name in "\$(touch pwned)" "'; touch pwned; '" "\`touch pwned\`" \
	"-rf" "two  spaces" '*' 'back\slash' "quote'quote\"" "$evil" \
	"$(printf 'esc\033[31mred')" "$(printf 'bidi\342\200\256txt')" \
	"$(printf 'latin1\351')"; do
	case $name in
	*/*) name=$(printf %s "$name" | tr / _) ;;
	esac
	cp "$good/r3-by-dst.pfx" "$ca/$name.pfx"
done
status=0
"$TRUSTDRIFT" audit --root "$root" --now 2021-09-25T00:00:00Z --color never \
	--db "$work/hostile.db" >"$work/report.txt" || status=$?
check "the report has no escapes" test -z \
	"$(tr -d '\n\040-\176\200-\377' <"$work/report.txt")"
check "nor bidirectional controls" test -z \
	"$(grep "$(printf '\342\200\256')" "$work/report.txt")"
check "UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null "$work/report.txt"
audit "$root" --now 2021-09-25T00:00:00Z --db "$work/hostile.db"
check "valid JSON" /usr/bin/python3 -I -m json.tool "$work/report.json" /dev/null
status=0
"$TRUSTDRIFT" fix --root "$root" --db "$work/hostile.db" -o "$work/fix.sh" || status=$?
is "a script" "$status" 2
if command -v shellcheck >/dev/null; then
	check "shellcheck" shellcheck -S style "$work/fix.sh"
fi
check "dash -n" dash -n "$work/fix.sh"
cd "$work" || exit 1
sh "$work/fix.sh" --root "$root" --yes >"$work/fix.log" 2>&1 || :
# steps work in the store's directory: a command would leave its file anywhere
check "nothing was executed" test -z "$(find "$work" -name pwned)"
check "what can be quoted is gone" test ! -e "$ca/two  spaces.pfx"
check "what cannot is named and stays" test -e "$ca/$evil.pfx"
finish
