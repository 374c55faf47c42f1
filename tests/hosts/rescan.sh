#!/bin/sh
# rescan.sh -- what did not change is not read again, what did is, also where
# no directory shows it; each certificate is decoded once in the life of an
# inventory, each pair verified once; diff, history and prune agree.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/dst-2021/isrg-root-x1.pem" \
	"$good/dst-2021/dst-root-ca-x3.pem"
host_update "$root"
host_dotnet "$root/home/ann" ca "$good/dst-2021/r3-by-isrg-x1.pem" >/dev/null
# files younger than two seconds are read again, whatever their times say
find "$root" -exec touch -h -d '2021-01-01 00:00:00 UTC' {} +
sleep 3

scan() { # counts of what --verbose says: reused, files read, decoded, verified
	"$TRUSTDRIFT" --verbose scan --root "$root" --db "$work/rescan.db" \
		--now 2021-09-19T00:00:00Z >/dev/null 2>"$work/said"
	tr -c '0-9\n' ' ' <"$work/said" | tr '\n' ' '
}
# shellcheck disable=SC2046 # numbers
set -- $(scan)
stores=$1
is "first: nothing is reused" "$2" 0
is "first: each certificate is decoded once" "$4" 3
is "first: one pair is verified (roots verify themselves)" "$5" 1
# shellcheck disable=SC2046
set -- $(scan)
is "second: all stores as before" "$1 $2" "$stores $stores"
is "second: nothing read, decoded, verified" "$3 $4 $5" "0 0 0"

# rewritten in place: the directory's times are as they were
pfx=$root/home/ann/$dotnet_store/ca/$(thumbprint "$good/dst-2021/r3-by-isrg-x1.pem").pfx
cat "$good/dst-2021/r3-by-dst.pfx" >"$pfx"
touch -d '2021-01-01 00:00:00 UTC' "$pfx"
# shellcheck disable=SC2046
set -- $(scan)
is "in place: one store is read" "$1 $2" "$stores $((stores - 1))"
is "in place: its one file" "$3" 1
is "in place: the new certificate" "$4" 1
status=0
"$TRUSTDRIFT" diff --db "$work/rescan.db" --format json >"$work/diff" || status=$?
is "diff: different" "$status" 2
for name in r3-by-dst r3-by-isrg-x1; do
	check "diff names $name" grep -q \
		"$(sha256_of "$good/dst-2021/$name.pem")" "$work/diff"
done

is "three scans" "$("$TRUSTDRIFT" query --db "$work/rescan.db" --format tsv \
	'SELECT count(*) FROM v_scan' | tail -n 1)" 3
is "an unchanged store costs one row a scan" "$("$TRUSTDRIFT" query \
	--db "$work/rescan.db" --format tsv "SELECT count(DISTINCT sha256)
	FROM v_history_entry" | tail -n 1)" 4
"$TRUSTDRIFT" prune --db "$work/rescan.db" --keep 1 >/dev/null
is "one is kept" "$("$TRUSTDRIFT" query --db "$work/rescan.db" --format tsv \
	'SELECT count(*) FROM v_scan' | tail -n 1)" 1

# ---- what changed that is no entry --------------------------------------------------
rm -f "$work/changed.db"
changed=$work/changed
host_new "$changed"
both_scans() {
	"$TRUSTDRIFT" scan --quiet --root "$changed" --db "$work/changed.db" \
		--now 2021-09-25T00:00:00Z
}
both_scans
both_scans
is "nothing" "$("$TRUSTDRIFT" diff --db "$work/changed.db" | sed 1,2d)" "No difference."
is "the first with the newest" \
	"$("$TRUSTDRIFT" diff 1 --db "$work/changed.db" | sed 1,2d)" "No difference."
status=0
"$TRUSTDRIFT" diff 2 --db "$work/changed.db" >"$work/diff" 2>"$work/err" || status=$?
is "not the newest with itself" "$status $(wc -c <"$work/diff") $(grep -c \
	'scan 2 is the newest of its root' "$work/err")" "1 0 1"
is "what is advised is about the same inventory" "$({
	"$TRUSTDRIFT" show parties nosuch --db "$work/changed.db"
	"$TRUSTDRIFT" explain nosuch --db "$work/changed.db" --root "$changed"
} 2>&1 | grep -c " --db $work/changed.db show ")" 2
mkdir -p "$changed/etc/ipsec.d/crls"
cp "$srcdir/tests/readers/crl/der.in" "$changed/etc/ipsec.d/crls/a.crl"
echo "CURL_CA_BUNDLE=/srv/$(printf 'x\033')" >"$changed/etc/environment"
both_scans
status=0
"$TRUSTDRIFT" diff --db "$work/changed.db" >"$work/diff" || status=$?
is "statements and settings" "$status $(grep -c "^  + revocation list of .* until 2025-02-01\|^+ setting CURL_CA_BUNDLE=/srv/x.x1b /etc/environment" "$work/diff")" "2 2"
"$TRUSTDRIFT" diff --db "$work/changed.db" --format json >"$work/diff.json" || :
is "as JSON" "$(/usr/bin/python3 -I -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(d["statements"][0]["next_update"], d["settings"][0]["name"])' \
	"$work/diff.json")" "2025-02-01T00:00:00Z CURL_CA_BUNDLE"
finish
