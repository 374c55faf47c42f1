#!/bin/sh
# java-system.sh -- Debian's list for Java is made again of the system's store,
# and an authority of the system joins a store of Java's own; the real keytool.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"
command -v keytool >/dev/null || skip "keytool is missing"
TRUSTDRIFT_STOREPASS=changeit
export TRUSTDRIFT_STOREPASS
store=$certs/java/cacerts

tool() {
	java_keytool "$@" -keystore "$store" \
		-storepass:env TRUSTDRIFT_STOREPASS 2>&1
}
add() { # add NAME ALIAS
	tool -importcert -noprompt -storetype JKS -alias "$2" \
		-file "$certificates/$1.der" >/dev/null || fail "keytool: $2"
}
aliases() {
	tool -list | sed -n 's/^\(.*\), [^,]*, [^,]*, trustedCertEntry,.*/\1/p' |
		sort | tr '\n' ' '
}

new() {
	debian_new
	mkdir -p "$root/etc/ca-certificates/update.d"
	echo '#!/bin/sh' >"$root/etc/ca-certificates/update.d/jks-keystore"
	rm -f "$store"
	if [ ! -f "$work/java" ]; then
		add root debian:root.pem
		add other debian:other.pem
		add leaf debian:gone.pem	# what the hook never heard of
		add latin1 mine			# an administrator's
		cp -p "$store" "$work/java"
	fi
	cp -p "$work/java" "$store"
	finding 1 java-system-refresh '' store_path /etc/ssl/certs/java/cacerts
}

new
make
before=$(listing)
run --dry-run
is "--dry-run" "$status" 2
said "--dry-run" 'delete debian:gone.pem'
is "--dry-run changes nothing" "$(listing)" "$before"
run --yes
is "refresh" "$status" 0
is "what the hook would have made" "$(aliases)" "debian:other.pem \
debian:root.pem debian:several.pem debian:spaces.pem mine "
ok "JKS stays JKS" [ "$(head -c 4 "$store" | od -An -tx1)" = ' fe ed fe ed' ]
after=$(listing)
run --yes
said "again" 'already done$'
is "again nothing" "$(listing)" "$after"
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "bit for bit" "$(listing)" "$before"

# What an installation left that Java could not run in: 32 bytes.
new
rm "$store"
add root mine
tool -delete -alias mine >/dev/null
is "an empty list" "$(stat -c %s "$store")" 32
make
before=$(listing)
run --yes
is "an empty list is filled" "$(aliases)" "debian:other.pem debian:root.pem \
debian:several.pem debian:spaces.pem "
run --yes --rollback "$(backup)"
is "and empty again" "$(listing)" "$before"

# Sources come first: a CA that leaves the system, and is gone from this list
# when that is looked at.
new
ca 2 other $bundle
make
is "two steps" "$steps" 2
run --list
is "the system's first" "$(sed -n 's/^step 1: //p' "$work/out" | cut -c 1-16)" \
	"Take the CA out "
run --yes
is "both" "$status" 0
is "it is gone from both" "$(aliases)" \
	"debian:root.pem debian:several.pem debian:spaces.pem mine "

# An authority joins a store of its own, whose password is in a file.
root_new
mkdir -p "$root/opt/jdk/lib/security" "$local"
cp "$certificates/spaces.der" "$local/spaces.crt"
store=$root/opt/jdk/lib/security/cacerts
TRUSTDRIFT_STOREPASS=correct-horse
add root "an old one"
echo correct-horse >"$work/password"
finding 1 keytool-add '' sha256 "$(sha256_of spaces)" \
	store_path /opt/jdk/lib/security/cacerts
make
before=$(listing)
unset TRUSTDRIFT_STOREPASS
run --yes
is "the wrong password" "$status" 2
TRUSTDRIFT_STOREPASS_FILE=$work/password
export TRUSTDRIFT_STOREPASS_FILE
run --yes
is "add" "$status" 0
ok "the password is not in the script" [ "$(grep -c correct-horse \
	"$work/fix.sh")" = 0 ]
TRUSTDRIFT_STOREPASS=correct-horse
export TRUSTDRIFT_STOREPASS
is "add: keytool" "$(aliases)" "an old one trustdrift-$(sha256_of spaces |
	cut -c 1-16) "
run --yes
said "add: again" 'already done$'
run --yes --rollback "$(backup)"
is "add: bit for bit" "$(listing)" "$before"
finish
