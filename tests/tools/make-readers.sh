#!/bin/sh
# make-readers.sh TESTS -- writes TESTS/readers/{pem,der,elf-*,
# ca-certificates-conf}/*.in from the certificates in TESTS/unit/data, and
# elf-webpki/*.in from those of Mozilla's program.  The .want files beside them come from test-readers with TRUSTDRIFT_UPDATE_WANT=1
# and are read before they are committed.  Needs a C compiler and openssl.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 TESTS" >&2
	exit 64
fi
data=$1/unit/data
pem=$1/readers/pem
der=$1/readers/der
elf=$1/readers/elf-pem
elfder=$1/readers/elf-der
both=$1/readers/elf-certificates
webpki=$1/readers/elf-webpki
roots=$1/../data/rootprogram/mozilla-roots.pem
conf=$1/readers/ca-certificates-conf
mkdir -p "$pem" "$der" "$elf" "$elfder" "$both" "$webpki" "$conf"

block() {	# block NAME [LABEL]
	label=${2:-CERTIFICATE}
	echo "-----BEGIN $label-----"
	base64 -w 64 "$data/$1.der"
	echo "-----END $label-----"
}

: > "$pem/no-bytes.in"
{
	echo "# Roots of the example"
	block root
	echo
	echo "subject=O = Example Trust, CN = Other Root"
	block other 'X509 CERTIFICATE'
	block utf8
} > "$pem/bundle.in"
sed 's/$/\r/' "$pem/bundle.in" > "$pem/crlf.in"
{
	block root | sed '4s/./!/'
	block other | sed '$d'
	block utf8
	block old | sed 's/END CERT/END X509 CERT/'
	block spaces | head -n 4
} > "$pem/damaged.in"
{
	block root | tr -d '\n' | sed 's/-----/&\n/2; s/-----END/\n&/'
	block other
} > "$pem/glued.in"
cat "$data/trusted-alias.pem" "$data/trusted-reject.pem" > "$pem/trusted.in"

: > "$der/no-bytes.in"
cp "$data/leaf.der" "$der/leaf.in"
cat "$data/root.der" "$data/other.der" > "$der/two.in"
head -c 200 "$data/root.der" > "$der/truncated.in"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
literal() {
	sed 's/.*/"&\\n"/'
}
# program SOURCE: $work/program, as small as the linker makes it
program() {
	"${CC:-cc}" -Os -static -nostdlib -ffreestanding -fno-pie -no-pie -s \
		-fno-asynchronous-unwind-tables -Wl,-z,noseparate-code \
		-Wl,--build-id=none -o "$work/program" "$1"
}
strings() {	# Node's array
	echo 'const char *const roots[] = {'
	block root | literal
	echo ','
	block utf8 | literal | sed '$s/\\n"/"/'
	echo '};'
}
{
	strings
	echo 'const char marker[] = "-----BEGIN CERTIFICATE-----";'
	echo 'int _start(int i) { return roots[i & 1][0] + marker[i & 7]; }'
} > "$work/program.c"
program "$work/program.c"
cat "$work/program" > "$elf/node.in"
head -c 900 "$work/program" > "$elf/truncated.in"

# blob NAME: $work/program has $work/blob in its .rodata, beside what is on
# standard input
blob() {
	cat > "$work/program.c"
	cat >> "$work/program.c" <<-END
	__asm__(".section .rodata\n"
		"blob: .incbin \"$work/blob\"\n"
		".byte 0\n"
		".text");
	extern const char blob[];
	int _start(int i) { return blob[i & 15]; }
	END
	program "$work/program.c"
	cat "$work/program" > "$1"
}
# Go's fallback roots: all behind each other.  One of no authority, one twice.
cat "$data/root.der" "$data/other.der" "$data/leaf.der" "$data/utf8.der" \
	"$data/root.der" > "$work/blob"
blob "$elfder/bundle.in" < /dev/null
head -c 1200 "$work/program" > "$elfder/truncated.in"
cp "$data/other.der" "$work/blob"
{
	strings
	echo 'const char *keep(int i) { return roots[i]; }'
} | blob "$both/both.in"

# webpki-roots' anchors: the contents of subject and key behind each other
anchor() {	# anchor FILE.der
	openssl asn1parse -inform der -in "$1" |
		sed -n '/cont \[ 0 \]/d
			s/^ *\([0-9]*\):d=2  hl=\([0-9]*\) l= *\([0-9]*\) .*/\1 \2 \3/p' |
		sed -n '5,6p' |
		while read -r offset header length; do
			tail -c "+$((offset + header + 1))" "$1" |
				head -c "$length"
		done
}
mozilla() {	# mozilla FIRST-DIGITS-OF-SHA-256: $work/FIRST-DIGITS.der
	sed -n "/ sha256 $1/,/-----END/p" \
		"$roots" | openssl x509 -outform der -out "$work/$1.der"
	printf '%s\n' "$work/$1.der"
}
isrg=$(mozilla 96bcec06)	# RSA
gts=$(mozilla 71cca539)		# P-384, of two with this name and key the old
amazon=$(mozilla 18ce6cfe)	# P-256
{
	anchor "$isrg"
	anchor "$gts"
	anchor "$isrg"
} > "$work/blob"
blob "$webpki/anchors.in" < /dev/null
head -c 900 "$work/program" > "$webpki/truncated.in"
# A certificate of a root is none; nor is what nobody knows passed over.
{
	cat "$amazon"
	anchor "$gts"
	anchor "$data/root.der"
} > "$work/blob"
blob "$webpki/unknown.in" < /dev/null
{
	anchor "$gts"
	printf '\0'
	anchor "$amazon" | tail -c 89
} > "$work/blob"
blob "$webpki/no-name.in" < /dev/null

: > "$conf/no-bytes.in"
cat > "$conf/debian.in" <<'CONF'
mozilla/Example_Root.crt
# This file lists certificates that you wish to use or to ignore to be
# installed in /etc/ssl/certs.

!mozilla/Other_Root.crt
example.com/With Space.crt 
CONF
sed 's/$/\r/' "$conf/debian.in" > "$conf/crlf.in"
printf 'mozilla/Example_Root.crt\n!mozilla/Other_Root.crt' > \
	"$conf/no-last-line-feed.in"
