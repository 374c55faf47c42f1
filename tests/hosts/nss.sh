#!/bin/sh
# nss.sh -- a database made by certutil reads as certutil says, and what
# certutil deletes is gone at the next scan.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

command -v certutil >/dev/null || skip "needs certutil (libnss3-tools)"
good=$srcdir/tests/hosts/certificates
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/dst-2021/isrg-root-x1.pem"
host_update "$root"
nss=$root/home/ann/.pki/nssdb
mkdir -p "$nss"
certutil -N -d "sql:$nss" --empty-password
add() { certutil -A -d "sql:$nss" -a -n "$1" -t "$2" -i "$good/$3.pem"; }
add trusted C,, addtrust-2020/usertrust-rsa
add 'distrusted one' p,p,p addtrust-2020/aaa-certificate-services
add neither ,, addtrust-2020/usertrust-rsa-by-aaa
add 'mail only' ,C, addtrust-2020/addtrust-external-ca-root

entries() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/nss.db" \
		--now 2020-01-01T00:00:00Z
	"$TRUSTDRIFT" query --db "$work/nss.db" --format tsv \
		"SELECT e.label, e.role, e.purposes FROM v_entry e
		JOIN v_store s ON s.store_id = e.store_id
		WHERE s.kind = 'nss-user' ORDER BY e.label, e.role" | sed 1d
}
tab=$(printf '\t')
is "as certutil made it" "$(entries)" \
"distrusted one${tab}distrust${tab}serverAuth clientAuth codeSigning emailProtection
mail only${tab}anchor${tab}emailProtection
neither${tab}intermediate${tab}
trusted${tab}anchor${tab}serverAuth"

is "only TLS anchors are anchors of the party" "$("$TRUSTDRIFT" query \
	--db "$work/nss.db" --format tsv "SELECT c.name FROM v_anchor a
	JOIN v_known_certificate c ON c.sha256 = a.sha256
	WHERE a.party = 'nss:/home/ann'" | sed 1d)" "Crossed Certification Authority"

# what SQLite has not merged yet is not seen, and that is said
echo "not merged" >"$nss/cert9.db-wal"
status=0
"$TRUSTDRIFT" scan --quiet --root "$root" --db "$work/wal.db" || status=$?
is "a write-ahead log beside it: incomplete" "$status" 4
check "and named" test -n "$("$TRUSTDRIFT" show problems --db "$work/wal.db" \
	--format tsv | grep 'cert9.db.*-wal')"
rm "$nss/cert9.db-wal"

certutil -D -d "sql:$nss" -n trusted
case $(entries) in
*"trusted${tab}anchor${tab}serverAuth"*) fail "certutil -D: it is still there" ;;
*) pass ;;
esac
status=0
"$TRUSTDRIFT" diff --db "$work/nss.db" >"$work/diff" || status=$?
is "diff: different" "$status" 2
check "diff names what left" grep -q 'Crossed Certification Authority' "$work/diff"

# ---- what SQLite has not merged yet lies beside the file itself ----------------------
# journal NAME: the problems of a database with one
journal() {
	rm -f "$work/journal.db"
	"$TRUSTDRIFT" scan --quiet --root "$work/$1" --db "$work/journal.db" \
		2>/dev/null
	"$TRUSTDRIFT" query --db "$work/journal.db" --format tsv \
		"SELECT code, skipped FROM v_problem" | sed 1d
}
for name in beside link longer; do
	host_new "$work/$name"
	db=$work/$name/home/ann/.pki/nssdb
	mkdir -p "$db"
	head -c 4096 /dev/zero >"$db/cert9.db"
done
echo hot >"$work/beside/home/ann/.pki/nssdb/cert9.db-journal"
mv "$work/link/home/ann/.pki/nssdb/cert9.db" "$work/link/home/ann/own.db"
ln -s ../../own.db "$work/link/home/ann/.pki/nssdb/cert9.db"
echo hot >"$work/link/home/ann/own.db-wal"
printf x >>"$work/longer/home/ann/.pki/nssdb/cert9.db"
echo hot >"$work/longer/home/ann/.pki/nssdb/cert9.db-journal"
for name in beside link longer; do
	is "a journal: $name" "$(journal $name | grep changed)" "changed	0"
done
finish
