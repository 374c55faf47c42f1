#!/bin/sh
# many.sh -- a user's file of more certificates of one name and key than evidence is
# gathered for: each is a member of the finding, and what was not asked is said.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

root=$work/host
list=$root/home/ann/.postgresql/root.crt
host_new "$root"
mkdir -p "${list%/*}"
# another serial number makes another certificate, which nobody need sign
/usr/bin/python3 -I - "$srcdir/tests/hosts/certificates/dst-2021/isrg-root-x1.pem" \
	>"$list" <<'END_OF_PROGRAM'
import ssl, sys
der = ssl.PEM_cert_to_DER_cert(open(sys.argv[1]).read())
# RFC 5280 4.1: the serial number stands behind version 3
at = der.index(bytes.fromhex("a003020102 02")) + 6
end = at + 1 + der[at]
for n in range(1001):
    print(ssl.DER_cert_to_PEM_cert(
        der[:end - 2] + n.to_bytes(2, "big") + der[end:]), end="")
END_OF_PROGRAM
audit "$root" --db "$work/many.db" --now 2040-01-01T00:00:00Z
is "members, and what was not asked" "$(/usr/bin/python3 -I -c '
import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    if f["rule"] == "expired-anchor":
        print(len(f["certificates"]), [e["text"] for e in f["evidence"]])' \
	"$work/report.json")" "1001 ['and what there is about 1 more']"
finish
