#!/bin/sh
# make-nssckbi-fixtures.sh [DIR] -- makes the modules of tests/readers/nssckbi (or
# DIR): what NSS makes of certdata.txt, with a few roots, for machines of both
# sizes and byte orders.  Needs openssl and Debian's gcc, gcc-multilib or a gcc
# that knows -m32, gcc-s390x-linux-gnu and gcc-powerpc-linux-gnu.
#
# Keys are random, so every run gives other bytes: run the tests with
# TRUSTDRIFT_UPDATE_WANT=1 afterwards, only fingerprints may change.  The real
# module is asked in tests/owners/ask-nssckbi.sh.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:-$here/../readers/nssckbi}
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
unset OPENSSL_CONF || :
LC_ALL=C.UTF-8
export LC_ALL

printf '[req]\ndistinguished_name = dn\n[dn]\n[root]\nbasicConstraints = critical,CA:TRUE\n' \
	> ca.cnf
bytes() {		# of a file, as a C initialiser
	od -An -v -tx1 "$1" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
}
array() {		# array NAME FILE
	printf 'static const unsigned char %s[] = {\n' "$1"
	bytes "$2"
	printf '};\n'
}

# root NAME SUBJECT SERVER EMAIL CODE DISTRUST-AFTER HASH-OF
# The values are CKT_NSS_ names; DISTRUST-AFTER is a C string or empty.
n=0
root() {
	n=$((n + 1))
	openssl req -x509 -config ca.cnf -extensions root -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -noenc -days 20000 \
		-set_serial "$n" -subj "/CN=$2" -keyout key.pem -out "$1.pem" \
		2> /dev/null
	openssl x509 -in "$1.pem" -outform DER -out "$1.der"
	openssl asn1parse -in "$1.pem" -strparse "$(openssl asn1parse \
		-in "$1.pem" | sed -n 's/^ *\([0-9]*\):d=2 .*SEQUENCE.*/\1/p' |
		sed -n 2p)" -noout -out "$1.name"
	printf '\002\001\%03o' "$n" > "$1.serial"
	openssl dgst -sha1 -binary "${7:-$1}.der" > "$1.sha1"
	{
		array "der_$n" "$1.der"
		array "name_$n" "$1.name"
		array "serial_$n" "$1.serial"
		array "sha1_$n" "$1.sha1"
		cat <<-END
		static const CK_ATTRIBUTE_TYPE certificate_types_${n}[] = {
			CKA_CLASS, CKA_TOKEN, CKA_LABEL, CKA_CERTIFICATE_TYPE,
			CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_VALUE,
			CKA_NSS_SERVER_DISTRUST_AFTER };
		static const NSSItem certificate_items_${n}[] = {
			{ (void *)&cko_certificate, sizeof(CK_ULONG) },
			{ (void *)&ck_true, 1 },
			{ (void *)"$2", sizeof("$2") },
			{ (void *)&ckc_x_509, sizeof(CK_ULONG) },
			{ (void *)name_$n, sizeof(name_$n) },
			{ (void *)name_$n, sizeof(name_$n) },
			{ (void *)serial_$n, sizeof(serial_$n) },
			{ (void *)der_$n, sizeof(der_$n) },
			{ (void *)${6:+\"}${6:-&ck_false}${6:+\"}, ${6:+sizeof(\"$6\") - }1 } };
		static const CK_ATTRIBUTE_TYPE trust_types_${n}[] = {
			CKA_CLASS, CKA_TOKEN, CKA_LABEL, CKA_CERT_SHA1_HASH,
			CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_TRUST_SERVER_AUTH,
			CKA_TRUST_EMAIL_PROTECTION, CKA_TRUST_CODE_SIGNING };
		static const NSSItem trust_items_${n}[] = {
			{ (void *)&cko_nss_trust, sizeof(CK_ULONG) },
			{ (void *)&ck_true, 1 },
			{ (void *)"$2", sizeof("$2") },
			{ (void *)sha1_$n, sizeof(sha1_$n) },
			{ (void *)name_$n, sizeof(name_$n) },
			{ (void *)serial_$n, sizeof(serial_$n) },
			{ (void *)&$3, sizeof(CK_ULONG) },
			{ (void *)&$4, sizeof(CK_ULONG) },
			{ (void *)&$5, sizeof(CK_ULONG) } };
		END
	} >> arrays.c
	printf '\t{ 9, certificate_types_%u, certificate_items_%u, { 0 } },\n' \
		$n $n >> objects.c
	printf '\t{ 9, trust_types_%u, trust_items_%u, { 0 } },\n' \
		$n $n >> objects.c
}

begin() {
	n=0
	: > objects.c
	cat > arrays.c <<-'END'
	typedef unsigned long CK_ULONG, CK_ATTRIBUTE_TYPE;
	typedef struct { void *data; unsigned size; } NSSItem;
	struct object {
		CK_ULONG n;
		const CK_ATTRIBUTE_TYPE *types;
		const NSSItem *items;
		void *methods[12];
	};
	#define CKA_CLASS 0
	#define CKA_TOKEN 1
	#define CKA_LABEL 3
	#define CKA_VALUE 0x11
	#define CKA_CERTIFICATE_TYPE 0x80
	#define CKA_ISSUER 0x81
	#define CKA_SERIAL_NUMBER 0x82
	#define CKA_SUBJECT 0x101
	#define CKA_NSS_SERVER_DISTRUST_AFTER 0xce534373
	#define CKA_CERT_SHA1_HASH 0xce5363b4
	#define CKA_TRUST_SERVER_AUTH 0xce536358
	#define CKA_TRUST_CODE_SIGNING 0xce53635a
	#define CKA_TRUST_EMAIL_PROTECTION 0xce53635b
	const char version[] = "Version: NSS Builtin Trusted Root CAs 2.60";
	static const CK_ULONG cko_certificate = 1, cko_nss_trust = 0xce534353,
		cko_root_list = 0xce534354, ckc_x_509 = 0,
		anchor = 0xce534352, distrust = 0xce53435a,
		verify = 0xce534353;
	static const unsigned char ck_true = 1, ck_false = 0;
	static const CK_ATTRIBUTE_TYPE list_types[] = {
		CKA_CLASS, CKA_TOKEN, CKA_LABEL };
	static const NSSItem list_items[] = {
		{ (void *)&cko_root_list, sizeof(CK_ULONG) },
		{ (void *)&ck_true, 1 },
		{ (void *)"Mozilla Builtin Roots", 22 } };
	END
}

# module CASE GCC OPTION...: -nostdlib, so that no library of the machine is
# needed
module() {
	name=$1
	shift
	{
		cat arrays.c
		echo 'struct object builtins[] = {'
		echo '	{ 3, list_types, list_items, { 0 } },'
		cat objects.c
		echo '};'
		echo 'CK_ULONG C_GetFunctionList(void **list) { *list = builtins; return 0; }'
	} > module.c
	"$@" -O2 -fPIC -shared -nostdlib -s -Wl,--hash-style=gnu \
		-Wl,-z,max-page-size=4096 -Wl,-z,noseparate-code \
		-Wl,--build-id=none -o "$out/$name.in" module.c
}

begin
root tls "TLS Root" anchor verify verify ''
root both "TLS and E-mail Root" anchor anchor verify ''
root email "E-mail Root" verify anchor verify ''
root code "Code Root" verify verify anchor ''
root bad "Distrusted Root" distrust distrust distrust ''
root none "Root without Trust" verify verify verify ''
root after "Root of the Past" anchor verify verify 241130235959Z
module little-64 gcc
module little-64-relr gcc -Wl,-z,pack-relative-relocs
module little-32 gcc -m32
module big-64 s390x-linux-gnu-gcc
module big-32 powerpc-linux-gnu-gcc

# what NSS has to pass over, and what it never has
begin
root tls "TLS Root" anchor verify verify ''
root other "Trust of another" anchor anchor verify '' tls
root date "Root with a bad date" anchor verify verify 241330235959Z
root century "Root with a long date" anchor verify verify 20241130235959Z
module odd gcc
# a certificate's object without its trust, and the reverse
begin
root tls "TLS Root" anchor verify verify ''
root bad "Distrusted Root" distrust distrust distrust ''
sed -i '2d;3d' objects.c
module orphans gcc
# Mozilla's module with a list that is not found, and another one than Mozilla's
begin
sed -i 's/cko_root_list = 0xce534354/cko_root_list = 99/' arrays.c
module unknown-layout gcc
sed -i 's/NSS Builtin/Another/' arrays.c
module other gcc
head -c 6000 "$out/little-64.in" > "$out/truncated.in"
chmod 644 "$out"/*.in
