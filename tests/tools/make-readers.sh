#!/bin/sh
# make-readers.sh TESTS -- writes TESTS/readers/{pem,der,elf-pem,
# ca-certificates-conf}/*.in from the certificates in TESTS/unit/data.  The
# .want files beside them come from test-readers with TRUSTDRIFT_UPDATE_WANT=1
# and are read before they are committed.  Needs a C compiler.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 TESTS" >&2
	exit 64
fi
data=$1/unit/data
pem=$1/readers/pem
der=$1/readers/der
elf=$1/readers/elf-pem
conf=$1/readers/ca-certificates-conf
mkdir -p "$pem" "$der" "$elf" "$conf"

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
{
	echo 'const char *const roots[] = {'
	block root | literal
	echo ','
	block utf8 | literal | sed '$s/\\n"/"/'
	echo '};'
	echo 'const char marker[] = "-----BEGIN CERTIFICATE-----";'
	echo 'int _start(int i) { return roots[i & 1][0] + marker[i & 7]; }'
} > "$work/program.c"
"${CC:-cc}" -Os -static -nostdlib -ffreestanding -fno-pie -no-pie -s \
	-fno-asynchronous-unwind-tables -Wl,-z,noseparate-code \
	-Wl,--build-id=none -o "$work/program" "$work/program.c"
cat "$work/program" > "$elf/node.in"
head -c 900 "$work/program" > "$elf/truncated.in"

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
