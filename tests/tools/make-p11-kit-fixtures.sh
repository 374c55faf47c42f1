#!/bin/sh
# make-p11-kit-fixtures.sh CERTIFICATES [DIR] -- makes the files of the readers
# p11-kit and efi, and those of pem with OpenSSL's trust settings, below DIR
# (default: tests/readers), out of CERTIFICATES, a directory with the roots
# rA.der, rB.der, rC.der, with rA2.der of rA's name and key, and rAx.der of rA's
# key signed by rB.  Needs openssl, trust (p11-kit) and efitools.
#
# Run the tests with TRUSTDRIFT_UPDATE_WANT=1 afterwards and read the
# difference; tests/hosts/p11-kit.sh asks p11-kit itself about the same forms.
#
# Not made here, because p11-kit wrote them:
#   p11-kit/anchor-store     trust anchor --store, 0.24
#   efi/edk2-*               trust extract --format=edk2-cacerts, 0.24
set -eu

here=$(cd "$(dirname "$0")" && pwd)
certificates=$(cd "${1:?a directory of certificates}" && pwd)
out=${2:-$here/../readers}
mkdir -p "$out/p11-kit" "$out/efi" "$out/pem"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

pem() { openssl x509 -inform der -in "$certificates/$1.der"; }
key() { openssl x509 -inform der -in "$certificates/$1.der" -noout -pubkey; }
aux() { # aux CERTIFICATE OPTION ...
	certificate=$1
	shift
	openssl x509 -inform der -in "$certificates/$certificate.der" \
		-trustout "$@"
}
percent() { od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'; }
# The TLV that is at a line of what openssl asn1parse prints.
part() { # part CERTIFICATE LINE
	openssl asn1parse -inform der -in "$certificates/$1.der" |
		sed -n "$2s/^ *\([0-9]*\):.*hl=\([0-9]*\) *l= *\([0-9]*\) .*/\1 \2 \3/p" |
		while read -r at header length; do
			dd if="$certificates/$1.der" bs=1 skip="$at" \
				count=$((header + length)) 2>/dev/null
		done
}
serial() { part "$1" 5 | percent; }
issuer() { part "$1" 8 | percent; }
section='[p11-kit-object-v1]'
# An extension with purposes: TLVs of OIDs in hex.
extension() { # extension OID-HEX LIST-HEX
	list=$(printf '30%02x%s' $((${#2} / 2)) "$2")
	value=$(printf '04%02x%s' $((${#list} / 2)) "$list")
	body=$1$value
	printf '30%02x%s' $((${#body} / 2)) "$body" | sed 's/../%&/g'
}
eku=0603551d25
reject=060a2b060104019977060a01
server=06082b06010505070301
mail=06082b06010505070304
any=0604551d2500
reserved=060a2b060104019977060a10
staple() { # staple CERTIFICATE OID-HEX LIST-HEX
	printf '%s\nclass: x-certificate-extension\nlabel: "%s"\n' \
		"$section" "staple for $1"
	printf 'object-id: 2.5.29.37\nvalue: "%s"\n' "$(extension "$2" "$3")"
	key "$1"
}
object() { # object CERTIFICATE LINE ...
	certificate=$1
	shift
	printf '%s\n' "$section" "$@"
	pem "$certificate"
}
to() { cat >"$out/$1.in"; }

# ---- p11-kit ---------------------------------------------------------------------
object rB 'trusted: true' | to p11-kit/trusted
object rA 'x-distrusted: true' | to p11-kit/distrusted
object rA 'label: "neither %26 nor"' | to p11-kit/neither
object rA 'trusted: true' 'nss-mozilla-ca-policy: true' \
	"nss-server-distrust-after: \"$(printf 241130235959Z | percent)\"" \
	'nss-email-distrust-after: false' | to p11-kit/distrust-after
printf '%s\nclass: certificate\ncertificate-type: x-509\nx-distrusted: true\nissuer: "%s"\nserial-number: "%s"\n' \
	"$section" "$(issuer rA)" "$(serial rA)" | to p11-kit/issuer-serial
{
	printf '%s\nclass: certificate\ncertificate-type: x-509\nx-distrusted: true\n' "$section"
	key rA
} | to p11-kit/public-key
{
	object rA 'trusted: true'
	staple rA $eku $mail
	object rA2 'trusted: true'
	object rB 'trusted: true'
	staple rB $eku $any
	staple rC $eku $reserved
	staple rC $reject $server
	object rC 'trusted: true'
} | to p11-kit/staples
{
	object rB 'trusted: true'
	staple rB $eku $mail
	staple rB $eku $server
	staple rA $eku $server
	staple rA $eku $mail
	object rA 'trusted: true'
} | to p11-kit/staples-twice
{
	printf '[another-section]\nthis: is skipped\n'
	printf '# a comment\n\n  %s  \n' "$section"
	printf ' 134 : "%%01"\nvalue: "%s"\nclass: 1\n' \
		"$(percent <"$certificates/rB.der")"
	printf 'certificate-type: x-509\n'
	printf '%s\nclass: nss-trust\ntrust-server-auth: nss-not-trusted\n' \
		"$section"
	printf 'serial-number: "%s"\n%s\nclass: data\nvalue: "x"\n' \
		"$(serial rA)" "$section"
	object rA 'trusted: 1'
} | to p11-kit/forms
{
	object rA 'trusted: true'
	object rB 'trusted: true' 'x-purpose: "not for certificates"'
	object rC 'trusted: true'
} | to p11-kit/object-in-error
object rA 'x-distrusted: true' 'unknown: true' | to p11-kit/unknown-attribute
object rA 'x-distrusted: true' 'object-id: 2.5.29.38' | to p11-kit/oid-with-8
{
	echo 'no colon'
	object rA 'trusted: true'
} | to p11-kit/text-before
{
	object rA 'trusted: true'
	object rB 'trusted: true' | head -n 5
} | to p11-kit/truncated
{
	aux rA
	aux rA -setalias 'alias only'
	aux rB -addtrust serverAuth -addtrust emailProtection
	aux rB -addtrust emailProtection
	aux rC -addreject codeSigning
	aux rA2 -addtrust serverAuth -addtrust emailProtection \
		-addreject serverAuth
	aux rA2 -addtrust anyExtendedKeyUsage -addreject timeStamping
	aux rAx -addtrust 1.3.6.1.5.5.7.3.5 -addreject 1.3.6.1.5.5.7.3.6
	aux rAx -addtrust serverAuth -addreject serverAuth
	pem rC | sed 's/CERTIFICATE/X509 CERTIFICATE/'
} | to p11-kit/trusted-certificates
{
	pem rA | sed '3s/./!/'
	pem rB
	echo '-----BEGIN NOTHING-----'
	pem rC
} | to p11-kit/pem-gives-up
cp "$certificates/rA.der" "$out/p11-kit/der.in"
{
	cat "$certificates/rA.der"
	echo more
} | to p11-kit/der-and-more
openssl genpkey -algorithm ed25519 | to p11-kit/private-key
: | to p11-kit/no-bytes

# ---- pem -------------------------------------------------------------------------
{
	aux rA
	aux rA -setalias 'alias only'
	aux rB -addtrust serverAuth -addtrust emailProtection
	aux rB -addtrust emailProtection
	aux rC -addreject serverAuth
	aux rC -addreject codeSigning -setalias 'not for code'
	aux rC -addreject anyExtendedKeyUsage
	aux rA2 -addtrust serverAuth -addtrust emailProtection \
		-addreject serverAuth
	aux rA2 -addtrust anyExtendedKeyUsage -addreject timeStamping
	aux rAx -addtrust 1.3.6.1.5.5.7.3.5
	aux rAx -addtrust serverAuth -addreject serverAuth
} | to pem/trusted-certificates
pem rA | sed 's/CERTIFICATE/X509 CERTIFICATE/' | to pem/x509-certificate

# ---- efi -------------------------------------------------------------------------
owner=77fa9abd-0359-4d32-bd60-28f4e78f784b
esl() { # esl CERTIFICATE FILE
	pem "$1" >certificate.pem
	cert-to-efi-sig-list -g $owner certificate.pem "$2" >/dev/null
}
efivar() { printf '\047\000\000\000'; cat "$@"; }	# attributes 0x27
esl rA a.esl
esl rB b.esl
hash-to-efi-sig-list /usr/lib/efitools/*/HelloWorld.efi hash.esl >/dev/null
cat a.esl b.esl | to efi/two-certificates
efivar a.esl hash.esl b.esl | to efi/db
efivar hash.esl | to efi/dbx
cp hash.esl "$out/efi/mok-hashes.in"
# X509_SHA256: by hand, no tool at hand writes one
{
	printf '\222\244\322\073\300\226\171\100\264\040\374\371\216\361\003\355'
	printf '\134\000\000\000\000\000\000\000\100\000\000\000'
	head -c 64 a.esl
} | to efi/signed-part
{
	cat a.esl
	printf 'unknown-type-ofa'
	tail -c +17 hash.esl
} | to efi/unknown-type
{ cat a.esl; head -c 100 b.esl; } | to efi/truncated
: | to efi/no-bytes
