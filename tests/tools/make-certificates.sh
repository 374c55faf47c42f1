#!/bin/sh
# make-certificates.sh DIR -- writes the certificates of the unit tests to DIR.
#
# They were made once and are kept as bytes in tests/unit/data, because keys
# and signatures are random; what the tests know of them (names and their
# hashes, serial numbers, dates, which key signed what) comes out the same in
# every run.  Needs OpenSSL 3 and no network; the clock plays no part.
# Prints `openssl x509 -subject_hash` of each, the pairs of test-x509.c.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 DIR" >&2
	exit 64
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
unset OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR || :
LC_ALL=C.UTF-8
export LC_ALL

begin=20000101000000Z
end=20491231235959Z

cat > ca.cnf <<'CONF'
[ca]
default_ca = this
[this]
database = index.txt
serial = serial
new_certs_dir = .
unique_subject = no
default_md = sha256
policy = anything
email_in_dn = yes
[anything]
commonName = optional
[root]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
[both]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[leaf]
basicConstraints = CA:FALSE
subjectAltName = DNS:leaf.example
authorityKeyIdentifier = keyid:always
CONF

key() {		# key NAME ALGORITHM [OPTION...]
	name=$1
	algorithm=$2
	shift 2
	openssl genpkey -quiet -algorithm "$algorithm" "$@" -out "$name.key"
}

ec() {
	key "$1" EC -pkeyopt ec_paramgen_curve:P-256 \
		-pkeyopt ec_param_enc:named_curve
}

# The name on standard input, as the lines of OpenSSL's [dn] section; MASK is
# the kind of string in its string_mask.
request() {	# request NAME MASK
	{
		printf '[req]\nprompt = no\nutf8 = yes\nstring_mask = %s\n' "$2"
		printf 'distinguished_name = dn\n[dn]\n'
		cat
	} > req.cnf
	openssl req -new -batch -config req.cnf -key "$1.key" -out "$1.csr"
}

sign() {	# sign NAME SERIAL EXTENSIONS [OPTION...]; "" for version 1
	name=$1
	printf '%s\n' "$2" > serial
	: > index.txt
	section=$3
	shift 3
	openssl ca -config ca.cnf -batch -notext -preserveDN \
		${section:+-extensions "$section"} -startdate "$begin" \
		-enddate "$end" -in "$name.csr" -out "$name.pem" "$@" \
		2> log || { cat log >&2; exit 1; }
}

self() {	# self NAME EXTENSIONS [OPTION...]
	name=$1
	extensions=$2
	shift 2
	sign "$name" 01 "$extensions" -selfsign -keyfile "$name.key" "$@"
}

# A root, one with its name but another key, one under it, and its key and
# name once more under another root.
ec root
request root utf8only <<'DN'
C = XX
O = Example Trust
CN = Example Root
DN
self root root
cp root.csr renamed.csr
ec other
request other utf8only <<'DN'
C = XX
O = Example Trust
CN = Other Root
DN
self other root
sign renamed 0102 both -cert other.pem -keyfile other.key
mv renamed.pem cross.pem
ec impostor
request impostor utf8only <<'DN'
C = XX
O = Example Trust
CN = Example Root
DN
self impostor root
ec leaf
request leaf utf8only <<'DN'
CN = leaf.example
DN
sign leaf 00ABCDEF0123456789 leaf -cert root.pem -keyfile root.key

# Names: the kinds of string, white space, order, letters.
ec spaces
request spaces utf8only <<'DN'
C = XX
O = "  Example   Trust "
1.OU = "Two  Words"
2.OU = "(c) 2000 Example"
DN
self spaces root
ec utf8
request utf8 utf8only <<'DN'
C = HU
O = ÉXAMPLE Kft.
CN = Főtanúsítvány ŐŰ
DN
self utf8 root
ec latin1
request latin1 MASK:0x0004 <<'DN'
O = Beispiel GmbH & Co. KG
CN = Zürich Wurzel
DN
self latin1 root
ec bmp
request bmp MASK:0x0800 <<'DN'
O = BEISPIEL  Wide
CN = Ελληνική Root
DN
self bmp root
ec several
request several default <<'DN'
DC = example
1.CN = Users
O = Example
+OU = A Longer Unit
+serialNumber = 42
2.CN = Several, "Values"
emailAddress = CA@Example.org
DN
self several root
ec empty
request empty utf8only <<'DN'
CN = replaced by -subj
DN
sign empty 7F leaf -cert root.pem -keyfile root.key -subj /

# Dates at the ends of what X.509 can say, and version 1.
begin=19500101000000Z
end=99991231235959Z
cp root.csr ages.csr
cp root.key ages.key
self ages root
begin=20000101000000Z
end=20491231235959Z
ec old
request old utf8only <<'DN'
O = Example of Version 1
DN
self old ''

# Signatures GnuTLS must be helped with, warns of, or cannot check.
key salt RSA -pkeyopt rsa_keygen_bits:1024
request salt utf8only <<'DN'
CN = RSA-PSS with 20 Bytes of Salt
DN
self salt root -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20
key md5 RSA -pkeyopt rsa_keygen_bits:1024
request md5 utf8only <<'DN'
CN = MD5
DN
self md5 root -md md5
key brainpool EC -pkeyopt ec_paramgen_curve:brainpoolP256r1 \
	-pkeyopt ec_param_enc:named_curve
request brainpool utf8only <<'DN'
CN = Brainpool
DN
self brainpool root

for name in root cross impostor other leaf spaces utf8 latin1 bmp several \
	empty ages old salt md5 brainpool; do
	openssl x509 -in "$name.pem" -outform DER -out "$out/$name.der"
	printf '%s %s\n' "$(openssl x509 -in "$name.pem" -noout \
		-subject_hash)" "$name"
done

# OpenSSL's own form, with trust behind the certificate.
openssl x509 -in root.pem -trustout -setalias 'An Alias' \
	-out "$out/trusted-alias.pem"
openssl x509 -in root.pem -trustout -addtrust serverAuth \
	-addreject emailProtection -out "$out/trusted-server.pem"
openssl x509 -in root.pem -trustout -addtrust emailProtection \
	-addreject serverAuth -out "$out/trusted-reject.pem"
openssl x509 -in root.pem -trustout -addreject anyExtendedKeyUsage \
	-out "$out/trusted-reject-any.pem"
