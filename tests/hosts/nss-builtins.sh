#!/bin/sh
# nss-builtins.sh -- what programs with NSS trust is Mozilla's list, less what the
# user's database distrusts; only roots that are for servers count.  A database
# of before SQLite counts where there is no newer one.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

command -v certutil >/dev/null || skip "needs certutil (libnss3-tools)"
command -v openssl >/dev/null || skip "needs openssl"
root=$work/host
host_new "$root"
fixtures=$srcdir/tests/readers
module=$root/usr/lib/x86_64-linux-gnu/libnssckbi.so
mkdir -p "$(dirname "$module")"
cp "$fixtures/nssckbi/little-64.in" "$module"
nss=$root/home/ann/.pki/nssdb
mkdir -p "$nss"
certutil -N -d "sql:$nss" --empty-password

scan() {
	status=0
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" \
		--now 2025-06-01T00:00:00Z || status=$?
}
ask() { "$TRUSTDRIFT" query --db "$work/db" --format tsv "$1" | sed 1d; }
anchors() { # of PARTY
	ask "SELECT c.name FROM v_anchor a
	JOIN v_certificate c ON c.sha256 = a.sha256
	WHERE a.party = '$1' ORDER BY c.name"
}
scan
is "all is read" "$status" 0
is "only roots for servers are anchors" "$(anchors nss:/home/ann)" \
"Root of the Past
TLS Root
TLS and E-mail Root"
is "from when on a root is distrusted" "$(ask "SELECT label, distrust_after
	FROM v_entry WHERE distrust_after IS NOT NULL")" \
	"$(printf 'Root of the Past\t1733011199')"

# the user's database beats the list
at=$(ask "SELECT \"offset\" FROM v_entry WHERE label = 'TLS Root'")
tail -c +$((at + 1)) "$module" | openssl x509 -inform DER -out "$work/tls.pem"
certutil -A -d "sql:$nss" -a -n "not this one" -t p,p,p -i "$work/tls.pem"
scan
is "but not what the user distrusts" "$(anchors nss:/home/ann)" \
"Root of the Past
TLS and E-mail Root"
is "in a database that still has the list" "$(ask "SELECT role FROM v_entry
	WHERE label = 'TLS Root'")" anchor

# Fedora's name for p11-kit's module
mkdir "$root/usr/lib/x86_64-linux-gnu/pkcs11"
cp "$fixtures/nssckbi/other.in" \
	"$root/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-trust.so"
ln -sf pkcs11/p11-kit-trust.so "$module"
scan
is "another module is no failure" "$status" 0
is "and has no roots" "$(anchors nss:/home/ann)" ""
check "which is said" test -n \
	"$("$TRUSTDRIFT" show problems --db "$work/db" | grep p11-kit)"

# before SQLite
old=$root/root/.pki/nssdb
mkdir -p "$old/cert8.dir"
cp "$fixtures/nss-dbm/large.in" "$old/cert8.db"
cp "$fixtures/nss-dbm/large-record.in" "$old/cert8.dir/bAAAA="
cp "$fixtures/nss-dbm/trusts.in" "$old/cert7.db"
scan
is "cert8.db with its files, and not cert7.db" "$(anchors nss:/root)" \
	"Reader Root Large"
mv "$old/cert8.db" "$old/cert8.dir" "$work"
scan
is "cert7.db where there is no other" "$(anchors nss:/root)" "Reader Root 1
Reader Root 12
Reader Root 6
Reader Root 9"
mv "$work/cert8.db" "$work/cert8.dir" "$old"
certutil -N -d "sql:$old" --empty-password
scan
is "none of them beside cert9.db" "$(anchors nss:/root)" ""
finish
