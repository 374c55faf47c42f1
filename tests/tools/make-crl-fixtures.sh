#!/bin/sh
# make-crl-fixtures.sh [DIR] -- makes the files of the reader crl below DIR (default:
# tests/readers/crl) with openssl and certtool.  Run the tests with
# TRUSTDRIFT_UPDATE_WANT=1 afterwards and read the difference: `openssl crl -noout
# -issuer -lastupdate -nextupdate` says the same of every file.
set -eu

out=$(realpath "${1:-tests/readers/crl}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

# list NAME FROM UNTIL [OPTION...] -- a list of the authority NAME
list() {
	name=$1 from=$2 until=$3
	shift 3
	mkdir "$name"
	: >"$name/index"
	echo 01 >"$name/number"
	cat >"$name/conf" <<END
[ca]
default_ca = own
[own]
database = $name/index
crlnumber = $name/number
default_md = sha256
END
	openssl req -quiet -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-nodes -subj "/O=Example/CN=$name" -keyout "$name/key" \
		-out "$name/crt" 2>/dev/null ||
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-nodes -subj "/O=Example/CN=$name" -keyout "$name/key" \
		-out "$name/crt" 2>/dev/null
	[ $# = 0 ] || openssl ca -config "$name/conf" -keyfile "$name/key" \
		-cert "$name/crt" -revoke "$1" 2>/dev/null
	openssl ca -gencrl -config "$name/conf" -keyfile "$name/key" \
		-cert "$name/crt" -crl_lastupdate "$from" -crl_nextupdate \
		"$until" -out "$name/crl" 2>/dev/null
}

list one 20240101000000Z 20240108000000Z
list two 20240201000000Z 20250201000000Z one/crt
list late 20490101000000Z 20510101000000Z

cp one/crl "$out/pem.in"
openssl crl -in two/crl -outform DER -out "$out/der.in"
cat one/crl two/crl >"$out/several.in"
openssl crl -in late/crl -out "$out/generalized-time.in"
openssl crl -in two/crl -text -out "$out/text.in"
head -c 200 "$out/der.in" >"$out/cut.in"
{ cat "$out/der.in"; echo more; } >"$out/more.in"
sed 's/[A-Za-z]\{8\}$/********/' one/crl >"$out/base64.in"
cp one/crt "$out/certificate.in"
openssl x509 -in one/crt -outform DER -out "$out/der-certificate.in"

# GnuTLS's have no version 1 either; this is of that, and says no next time.
cat >"$work/v1" <<END
asn1 = SEQUENCE:list
[list]
tbs = SEQUENCE:tbs
alg = SEQUENCE:alg
sig = FORMAT:HEX,BITSTRING:00
[tbs]
alg = SEQUENCE:alg
issuer = SEQUENCE:name
made = UTCTIME:240301000000Z
[alg]
oid = OID:sha256WithRSAEncryption
none = NULL
[name]
cn = SET:cn
[cn]
type = SEQUENCE:type
[type]
oid = OID:commonName
text = UTF8:version 1
END
openssl asn1parse -genconf "$work/v1" -noout -out "$out/no-next.in"

certtool --generate-privkey --key-type ecdsa --outfile key >/dev/null 2>&1
cat >template <<END
cn = "GnuTLS"
ca
crl_signing_key
cert_signing_key
crl_this_update_date = "2024-04-01 00:00:00 UTC"
crl_next_update_date = "2024-05-01 00:00:00 UTC"
crl_number = 7
END
certtool --generate-self-signed --load-privkey key --template template \
	--outfile crt 2>/dev/null
certtool --generate-crl --load-ca-privkey key --load-ca-certificate crt \
	--template template --outfile "$out/certtool.in" 2>/dev/null
