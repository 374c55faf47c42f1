#!/bin/sh
# hostile-keys.sh -- a user's certificates made to cost time: keys that take a
# minute to verify with.  They cost none, and everything else is judged.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
host_dotnet "$root/home/ann" ca "$good/dst-root-ca-x3.pem" >/dev/null

# Certificates of one name, each a candidate for the others' issuer: RSA with
# exponents as long as the modulus.
/usr/bin/python3 -I - >"$root/home/ann/$dotnet_store/ca/COST.pfx" <<'END'
import base64

def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    length = bytes([n]) if n < 128 else b"\x82" + n.to_bytes(2, "big")
    return bytes([tag]) + length + body

def oid(text):
    return tlv(6, bytes.fromhex(text))

size = 2048
name = tlv(0x30, tlv(0x31, tlv(0x30, oid("550403"), tlv(12, b"costly"))))
algorithm = tlv(0x30, oid("2a864886f70d01010b"), tlv(5))
dates = tlv(0x30, tlv(0x17, b"200101000000Z"), tlv(0x17, b"400101000000Z"))
for serial in range(1, 13):
    modulus = b"\xc3" + bytes([serial]) * (size - 2) + b"\x01"
    key = tlv(0x30, tlv(2, b"\0", modulus), tlv(2, b"\x7f", b"\xff" * (size - 1)))
    key = tlv(0x30, tlv(0x30, oid("2a864886f70d010101"), tlv(5)), tlv(3, b"\0", key))
    tbs = tlv(0x30, tlv(0xa0, tlv(2, b"\2")), tlv(2, bytes([serial])), algorithm,
              name, dates, name, key)
    der = tlv(0x30, tbs, algorithm, tlv(3, b"\0", b"\x42" * size))
    print("-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----"
          % base64.encodebytes(der).decode())
END

status=0
timeout 20 "$TRUSTDRIFT" check --root "$root" --format json \
	--now 2021-09-25T00:00:00Z >"$work/report.json" || status=$?
is "findings, in time" "$status" 2
is "the others are judged" \
	"$(findings stale-cached-intermediate high | grep -c .)" 2
is "they are counted" "$(/usr/bin/python3 -I -c 'import json, sys
print(json.load(open(sys.argv[1]))["summary"]["certificates"])' \
	"$work/report.json")" 15
finish
