#!/bin/sh
# make-incidents.sh DIR -- writes certificates of the shape of two real outages
# to DIR: the same names of files, dates and keys crossing the same way, under
# names and keys of our own.  They were made once and are kept as bytes in
# tests/hosts/certificates.  Needs OpenSSL 3; the clock plays no part.
#
# dst-2021: an intermediate whose old certificate ends in a root that is
# removed and expires; its new one ends in a root that stays.
# addtrust-2020: a root that others were cross-signed by expires.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 DIR" >&2
	exit 64
fi
mkdir -p "$1"
out=$(CDPATH='' cd -- "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
unset OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR || :

cat >ca.cnf <<'CONF'
[ca]
default_ca = this
[this]
database = index.txt
serial = serial
new_certs_dir = .
unique_subject = no
default_md = sha256
policy = anything
[anything]
countryName = optional
organizationName = optional
commonName = optional
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[sub]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = DNS:leaf.example
[req]
distinguished_name = none
[none]
CONF

serial=1000
key() {			# key NAME SUBJECT
	openssl genpkey -quiet -algorithm EC -out "$1.key" \
		-pkeyopt ec_paramgen_curve:P-256 \
		-pkeyopt ec_param_enc:named_curve
	openssl req -new -batch -config ca.cnf -key "$1.key" -subj "$2" \
		-out "$1.csr"
}

sign() {		# sign FILE SUBJECT-KEY ISSUER EXTENSIONS BEGIN END
	serial=$((serial + 1))
	printf '%s\n' "$serial" >serial
	: >index.txt
	if [ "$2" = "$3" ]; then
		set -- "$@" -selfsign -keyfile "$3.key"
	else
		set -- "$@" -cert "$directory/$3.pem" -keyfile "$3.key"
	fi
	file=$1 request=$2 section=$4 begin=$5 end=$6
	shift 6
	openssl ca -config ca.cnf -batch -notext -preserveDN \
		-extensions "$section" -startdate "$begin" -enddate "$end" \
		-in "$request.csr" -out "$directory/$file.pem" "$@" 2>log || {
		cat log >&2
		exit 1
	}
}

directory=$out/dst-2021
mkdir -p "$directory"
key dst-root-ca-x3 '/O=Departing Signature Trust/CN=Departing Root X3'
key isrg-root-x1 '/C=XX/O=Staying Research Group/CN=Staying Root X1'
key r3 '/C=XX/O=Example Encrypt/CN=R3'
key leaf '/CN=leaf.example'
sign dst-root-ca-x3 dst-root-ca-x3 dst-root-ca-x3 root 20000930211219Z 20210930140115Z
sign isrg-root-x1 isrg-root-x1 isrg-root-x1 root 20150604110438Z 20350604110438Z
sign isrg-root-x1-by-dst isrg-root-x1 dst-root-ca-x3 sub 20210120191403Z 20240930181403Z
sign r3-by-dst r3 dst-root-ca-x3 sub 20201007192140Z 20210929192140Z
sign r3-by-isrg-x1 r3 isrg-root-x1 sub 20200904000000Z 20250915160000Z
cp "$directory/r3-by-isrg-x1.pem" "$directory/r3.pem"
sign leaf leaf r3 leaf 20210811090137Z 20211109090135Z
rm "$directory/r3.pem"

directory=$out/addtrust-2020
mkdir -p "$directory"
key addtrust-external-ca-root '/C=XX/O=Ending Trust/CN=Ending External CA Root'
key aaa-certificate-services '/C=XX/O=Example CA Limited/CN=Other Certificate Services'
key usertrust-rsa '/C=XX/O=The Example Network/CN=Crossed Certification Authority'
key sectigo-rsa-dv '/C=XX/O=Example Limited/CN=Domain Validation Server CA'
sign addtrust-external-ca-root addtrust-external-ca-root \
	addtrust-external-ca-root root 20000530104838Z 20200530104838Z
sign aaa-certificate-services aaa-certificate-services \
	aaa-certificate-services root 20040101000000Z 20281231235959Z
sign usertrust-rsa usertrust-rsa usertrust-rsa root 20100201000000Z 20380118235959Z
sign usertrust-rsa-by-addtrust usertrust-rsa addtrust-external-ca-root sub \
	20000530104838Z 20200530104838Z
sign usertrust-rsa-by-aaa usertrust-rsa aaa-certificate-services sub \
	20190312000000Z 20281231235959Z
sign sectigo-rsa-dv sectigo-rsa-dv usertrust-rsa sub 20181102000000Z 20301231235959Z
