#!/bin/sh
# interrupted-tools.sh -- a run is killed before its commands, as in interrupted.sh,
# of the recipes that call the owners' programs or set variables: NSS, Java,
# p11-kit's sources, /etc/environment.
#
# Only commands of what writes are counted, and by default a few of these are
# tried, for the programs start often.  EVERY=1 is all of them, and with an empty
# WITHIN all commands of the script.
# shellcheck source=tests/fix/lib.sh disable=SC2317 # try() calls scenarios
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"
# shellcheck source=tests/fix/interrupt-lib.sh
. "$srcdir/tests/fix/interrupt-lib.sh"
: "${WITHIN=keep put put_new remove record make_directory refresh_all}"
export WITHIN
first='--only 00000000000000000000000000000001'
old='2021-09-25 12:34:56.789'

# of SCENARIO COMMAND-NUMBER...: kills before these, or before every EVERY-th
of() {
	scenario=$1
	if [ -n "${EVERY:-}" ]; then
		try "$1" "$EVERY" 20
	else
		try_before "$@"
	fi
	consent=''
}
is_done() { "${scenario}_is_done"; }
meanwhile() { "${scenario}_meanwhile"; }

# ---- NSS -----------------------------------------------------------------------
at=home/ann/.pki/nssdb
database_new() { # database_new [DIRECTORY]...
	root_new
	echo 'ann:x:1000:1000::/home/ann:/bin/sh' >"$root/etc/passwd"
	for directory in "$at" "$@"; do
		mkdir -p "$root/$directory"
		certutil -N -d "sql:$root/$directory" --empty-password
		certutil -A -d "sql:$root/$directory" -n other -t ,, \
			-i "$certificates/other.der"
		touch -d "$old" "$root/$directory"/*.db
	done
}
trust_of() { # trust_of DIRECTORY: of all certificates, by name
	certutil -L -d "sql:$root/$1" | sed '1,4d; s/  */ /g; s/ $//' |
		LC_ALL=C sort | tr '\n' ';'
}
nss_delete() {
	database_new
	for name in root utf8; do
		certutil -A -d "sql:$root/$at" -n "a $name" -t C,, \
			-i "$certificates/$name.der"
	done
	finding 1 certutil-delete "/$at/cert9.db" label "a root" \
		sha256 "$(sha256_of root)"
}
# Trust whose signature in key4.db does not hold would not be shown.
nss_delete_meanwhile() { trust_of "$at" | grep -q 'a utf8 C,,;'; }
nss_delete_is_done() { [ "$(trust_of "$at")" = 'a utf8 C,,;other ,,;' ]; }
nss_add() {
	database_new
	mkdir -p "$local"
	pem root >"$local/root.crt"
	finding 1 nss-add '' sha256 "$(sha256_of root)" store_path "/$at/cert9.db"
}
nss_add_meanwhile() { trust_of "$at" | grep -q '^other ,,;'; }
nss_add_is_done() {
	trust_of "$at" | grep -q '^other ,,;trustdrift [0-9a-f]* C,,;$'
}
nss_distrust() {
	database_new etc/pki/nssdb
	mkdir -p "$root/usr/lib"
	{ printf '%16s' ''; cat "$certificates/root.der"; echo; } \
		>"$root/usr/lib/libnssckbi.so"
	finding 1 nss-distrust /usr/lib/libnssckbi.so offset 16 \
		store_kind nss-builtins sha256 "$(sha256_of root)"
	consent=$first
}
nss_distrust_meanwhile() {
	trust_of "$at" | grep -q 'other ,,;' &&
		trust_of etc/pki/nssdb | grep -q 'other ,,;'
}
nss_distrust_is_done() {
	for directory in $at etc/pki/nssdb; do
		trust_of "$directory" |
			grep -q '^distrusted [0-9a-f]* p,p,p;other ,,;$' ||
			return 1
	done
}
if command -v certutil >/dev/null; then
	of nss_delete 62 78
	of nss_add 73
	of nss_distrust 133
else
	echo 'NOT TESTED: NSS, certutil (libnss3-tools) is missing'
fi

# ---- Java ----------------------------------------------------------------------
TRUSTDRIFT_STOREPASS=changeit
export TRUSTDRIFT_STOREPASS
java() { # java STORE ARGUMENT...
	store=$1
	shift
	java_keytool "$@" -keystore "$root$store" \
		-storepass:env TRUSTDRIFT_STOREPASS 2>&1
}
java_add() { # java_add STORE ALIAS NAME
	java "$1" -importcert -noprompt -storetype JKS -alias "$2" \
		-file "$certificates/$3.der" >/dev/null || fail "keytool: $2"
	touch -d "$old" "$root$1"
}
aliases() { # aliases STORE
	java "$1" -list |
		sed -n 's/^\(.*\), [^,]*, [^,]*, trustedCertEntry,.*/\1/p' |
		LC_ALL=C sort | tr '\n' ' '
}
keytool_delete() {
	root_new
	mkdir -p "$root/j"
	java_add /j/cacerts first root
	java_add /j/cacerts second other
	finding 1 keytool-delete /j/cacerts sha256 "$(sha256_of root)"
}
keytool_delete_meanwhile() { aliases /j/cacerts | grep -q 'second '; }
keytool_delete_is_done() { [ "$(aliases /j/cacerts)" = 'second ' ]; }
keytool_add() {
	root_new
	mkdir -p "$root/j" "$local"
	java_add /j/cacerts second other
	pem root >"$local/root.crt"
	finding 1 keytool-add '' sha256 "$(sha256_of root)" \
		store_path /j/cacerts
}
keytool_add_meanwhile() { aliases /j/cacerts | grep -q '^second '; }
keytool_add_is_done() {
	aliases /j/cacerts | grep -q '^second trustdrift-[0-9a-f]* $'
}
java_system() {
	debian_new
	mkdir -p "$root/etc/ca-certificates/update.d"
	echo '#!/bin/sh' >"$root/etc/ca-certificates/update.d/jks-keystore"
	rm "$certs/java/cacerts"
	java_add /etc/ssl/certs/java/cacerts debian:root.pem root
	java_add /etc/ssl/certs/java/cacerts debian:gone.pem leaf
	finding 1 java-system-refresh '' store_path /etc/ssl/certs/java/cacerts
}
java_system_meanwhile() {
	aliases /etc/ssl/certs/java/cacerts | grep -q 'debian:root.pem '
}
java_system_is_done() {
	[ "$(aliases /etc/ssl/certs/java/cacerts)" = "debian:other.pem \
debian:root.pem debian:several.pem debian:spaces.pem " ]
}
if command -v keytool >/dev/null; then
	of keytool_delete 30
	# It closes the store as keytool-delete does.
	[ -z "${EVERY:-}" ] || of keytool_add
	of java_system 26
else
	echo 'NOT TESTED: Java, keytool is missing'
fi

# ---- variables -------------------------------------------------------------------
environment() {
	root_new
	mkdir -p "$certs" "$root/etc/systemd"
	pem root >"$root$bundle"
	printf 'LANG=C.UTF-8' >"$root/etc/environment"	# no end of line
	touch -d "$old" "$root/etc/environment"
	consent=''
	n=0
	for recipe in node-extra-ca requests-ca-bundle; do
		n=$((n + 1))
		finding "$n" "$recipe" ''
		consent="$consent --only $(printf %032x "$n")"
	done
}
environment_meanwhile() {
	! grep -Evq '^[A-Z_]+=[^=]+$' "$root/etc/environment"
}
environment_is_done() {
	[ "$(cat "$root/etc/environment")" = "LANG=C.UTF-8
NODE_EXTRA_CA_CERTS=$bundle
REQUESTS_CA_BUNDLE=$bundle" ] && [ "$(cat "$root"/etc/systemd/system.conf.d/* |
		grep -c '^DefaultEnvironment=[A-Z_]*=[^=]*$')" = 2 ]
}
of environment 47 107
finish
