#!/bin/sh
# full-disk.sh -- a disk that becomes full while a scan is written, which here is a
# limit to the size of files: the scan fails and says so, or is killed where the
# signal is not ignored; the last complete scan is intact, and the next run goes on
# as if nothing had been.  STEPS is how many sizes are tried (3), from none to what
# the inventory has in the end.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

: "${STEPS:=3}"
command -v prlimit >/dev/null || skip "prlimit is missing"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
"$TRUSTDRIFT" scan --quiet --root "$root" --db "$work/base.db" ||
	fail "the first scan"

# More than fits into what is free in the inventory's pages.
mkdir -p "$root/srv/app"
cp "$good/r3-by-dst.pem" "$root/srv/app/trust.pem"
host_root_ca "$root" "$good/dst-root-ca-x3.pem"
host_update "$root"
n=0
while [ "$n" -lt 60 ]; do
	n=$((n + 1))
	cp "$good/r3-by-dst.pem" "$root/srv/app/certificate-of-number-$n.pem"
done

content() { # what the scans of DB hold, and whether SQLite thinks it whole
	# A copy, for sqlite3 takes back what was interrupted, as the next scan does.
	rm -f "$work"/look.db*
	for file in "$1" "$1-journal" "$1-wal"; do
		[ ! -e "$file" ] || cp "$file" "$work/look.db${file#"$1"}"
	done
	sqlite3 "$work/look.db" "PRAGMA integrity_check; PRAGMA foreign_key_check"
	"$TRUSTDRIFT" query --db "$work/look.db" --format tsv "SELECT scan_id,
		kind, path, entries, problems FROM v_history_store
		ORDER BY 1, 2, 3"
}
scan() { "$TRUSTDRIFT" scan --quiet --crawl --root "$root" --db "$1"; }

cp "$work/base.db" "$work/whole.db"
scan "$work/whole.db" || fail "the scan without a limit"
content "$work/base.db" >"$work/before"
content "$work/whole.db" >"$work/after"
grep -q '/srv/app/certificate-of-number-60.pem' "$work/after" ||
	fail "the second scan found nothing"
largest=$(wc -c <"$work/whole.db")

no_room=0 step=0
while [ "$step" -lt "$STEPS" ]; do
	size=$((largest * step / STEPS / 512 * 512))
	step=$((step + 1))
	for way in '' 'XFSZ'; do
		rm -f "$work"/full.db*
		cp "$work/base.db" "$work/full.db"
		status=0
		(
			[ -z "$way" ] || trap '' "$way"
			exec prlimit --fsize="$size" --core=0 "$TRUSTDRIFT" \
				scan --quiet --crawl --root "$root" --db "$work/full.db"
		) >/dev/null 2>"$work/said" || status=$?
		limit="$size bytes${way:+, $way ignored}"
		if [ "$status" -eq 0 ]; then
			content "$work/full.db" >"$work/now"
			check "$limit: all of it is there" \
				cmp -s "$work/after" "$work/now"
			continue
		fi
		no_room=$((no_room + 1))
		# What it says goes into a file, too.
		[ -z "$way" ] || [ "$size" -eq 0 ] ||
			check "$limit: it says why" [ -s "$work/said" ]
		content "$work/full.db" >"$work/now"
		check "$limit: the last scan is intact" \
			cmp -s "$work/before" "$work/now"
		scan "$work/full.db" || fail "$limit: the next run: status $?"
		content "$work/full.db" >"$work/now"
		check "$limit: the next run goes on" \
			cmp -s "$work/after" "$work/now"
	done
done
check "some had no room ($no_room)" [ "$no_room" -ge "$STEPS" ]
finish
