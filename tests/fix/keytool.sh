#!/bin/sh
# keytool.sh -- a certificate leaves a Java keystore, the real keytool doing it.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"
command -v keytool >/dev/null || skip "keytool is missing"
TRUSTDRIFT_STOREPASS=changeit
export TRUSTDRIFT_STOREPASS
java=$work/java
mkdir "$java"

tool() { # tool STORE ARGUMENT...
	store=$1
	shift
	java_keytool "$@" -keystore "$store" \
		-storepass:env TRUSTDRIFT_STOREPASS 2>&1
}

# new STORE TYPE NAME...: a keystore, aliases "an NAME"
new() {
	store=$1 type=$2
	shift 2
	for name in "$@"; do
		tool "$store" -importcert -noprompt -storetype "$type" \
			-alias "an $name" -file "$certificates/$name.der" \
			>/dev/null || fail "keytool -importcert $name"
	done
	chmod 640 "$store"
}

# what a store holds: its type and the SHA-256s
holds() {
	tool "$1" -list -v | sed -n 's/^Keystore type: \(.*\)/\1/p
		/^[	 ]*SHA256: /{
			s/.*: //
			s/://g
			y/ABCDEF/abcdef/
			p
		}' | sort
}

wanted() { # wanted TYPE NAME...
	{
		echo "$1"
		shift
		for name in "$@"; do sha256_of "$name"; done
	} | sort
}

# convert FROM STORE TYPE: the same entries as another type of keystore
convert() {
	java_keytool -importkeystore -noprompt \
		-srckeystore "$1" -srcstorepass changeit -destkeystore "$2" \
		-deststoretype "$3" -deststorepass changeit >/dev/null 2>&1 ||
		fail "keytool -importkeystore to $3"
	chmod 640 "$2"
}

# try WHAT STORE TYPE TYPE-AS-KEYTOOL-NAMES-IT
try() {
	root_new
	mkdir -p "$root/opt/jdk/lib/security"
	store=$root/opt/jdk/lib/security/cacerts
	cp -p "$java/$2" "$store"
	finding 1 keytool-delete /opt/jdk/lib/security/cacerts \
		sha256 "$(sha256_of other)"
	make
	before=$(listing)
	if [ "$3" = JKS ]; then
		run --dry-run
		is "$1: --dry-run" "$status" 2
		is "$1: --dry-run changes nothing" "$(listing)" "$before"
	fi
	run --yes
	is "$1: status" "$status" 0
	is "$1: the others stay" "$(holds "$store")" "$(wanted "$3" root leaf)"
	is "$1: mode" "$(stat -c %a "$store")" "640"
	is "$1: nothing beside it" "$(ls -A "$root/opt/jdk/lib/security")" cacerts
	after=$(listing)
	run --yes
	is "$1: again" "$status" 0
	said "$1: again" 'already done$'
	is "$1: again nothing" "$(listing)" "$after"
	is "$1: one backup" "$(backups)" 1
	run --yes --rollback "$(backup)"
	is "$1: rollback" "$status" 0
	is "$1: rollback is bit for bit" "$(listing)" "$before"
}

new "$java/jks" JKS root other leaf
convert "$java/jks" "$java/p12" PKCS12
convert "$java/jks" "$java/jceks" JCEKS
try JKS jks JKS
try PKCS12 p12 PKCS12
try JCEKS jceks JCEKS
case $(dd if="$root/opt/jdk/lib/security/cacerts" bs=1 count=4 2>/dev/null |
	od -An -tx1) in
*ce*ce*ce*ce*) pass ;;
*) fail "JCEKS stays JCEKS" ;;
esac

# Two steps for one store, run one by one; the second meets what the first
# made of it.
root_new
mkdir -p "$root/etc/ssl/certs/java" "$root/usr/lib/jvm/a/lib/security" \
	"$root/usr/lib/jvm/b/lib/security"
store=$root/etc/ssl/certs/java/cacerts
cp -p "$java/jks" "$store"
ln -s /etc/ssl/certs/java/cacerts "$root/usr/lib/jvm/a/lib/security/cacerts"
ln -s ../../../../../../etc/ssl/certs/java/cacerts \
	"$root/usr/lib/jvm/b/lib/security/cacerts"
finding 1 keytool-delete /usr/lib/jvm/a/lib/security/cacerts \
	sha256 "$(sha256_of other)"
finding 2 keytool-delete /usr/lib/jvm/b/lib/security/cacerts \
	sha256 "$(sha256_of root)"
finding 3 keytool-delete /usr/lib/jvm/b/lib/security/cacerts \
	sha256 "$(sha256_of other)"
make
is "three steps" "$steps" 3
before=$(listing)
run --yes --only 00000000000000000000000000000001
is "one alone" "$status" 0
is "one is gone" "$(holds "$store")" "$(wanted JKS root leaf)"
run --yes
is "then the others" "$status" 0
said "and it is known what was done" '1 done, 2 already done'
is "both are gone" "$(holds "$store")" "$(wanted JKS leaf)"
ok "the link is still a link" [ -L "$root/usr/lib/jvm/a/lib/security/cacerts" ]
run --yes --rollback "$(backup)"
is "the newer back" "$status" 0
is "one is back" "$(holds "$store")" "$(wanted JKS root leaf)"
run --yes --rollback "$(find "$root/var/lib/trustdrift/backup" -mindepth 1 \
	-maxdepth 1 | sort | head -n 1)"
is "the older back" "$status" 0
is "bit for bit" "$(listing)" "$before"

# An entry that somebody added since is not lost.
tool "$store" -importcert -noprompt -alias new -file "$certificates/utf8.der" \
	>/dev/null
before=$(listing)
run --yes
is "a store that changed" "$status" 2
said "it is said" 'is not what was scanned'
is "nothing changed" "$(listing)" "$before"

# Another password than the usual.
root_new
mkdir -p "$root/opt"
TRUSTDRIFT_STOREPASS=correct-horse
new "$root/opt/store" JKS root other
TRUSTDRIFT_STOREPASS=changeit
finding 1 keytool-delete /opt/store sha256 "$(sha256_of other)"
make
run --yes
is "wrong password" "$status" 2
said "wrong password" 'keytool cannot list it'
TRUSTDRIFT_STOREPASS=correct-horse
run --yes
is "right password" "$status" 0
is "gone" "$(holds "$root/opt/store")" "$(wanted JKS root)"
TRUSTDRIFT_STOREPASS=changeit

# Aliases that look like options, patterns, code and two lines; several for
# one certificate; one that keytool itself cannot name.
root_new
mkdir -p "$root/opt"
store=$root/opt/store
# shellcheck disable=SC2016 # it must not expand
for alias in '*' '$(touch code)' "it's \"q\"" 'Ünïcode ☃' 'two
lines' '-x'; do
	tool "$store" -importcert -noprompt -storetype JKS -alias "$alias" \
		-file "$certificates/other.der" >/dev/null ||
		fail "keytool -importcert -alias $alias"
done
tool "$store" -importcert -noprompt -alias keep \
	-file "$certificates/root.der" >/dev/null
cp -p "$store" "$work/hostile"
tool "$store" -delete -alias 'two
lines' >/dev/null
finding 1 keytool-delete /opt/store sha256 "$(sha256_of other)"
make
run --yes
is "odd aliases" "$status" 0
is "odd aliases are gone" "$(holds "$store")" "$(wanted JKS root)"
ok "nothing ran" [ ! -e "$root/opt/code" ] && [ ! -e code ]
root_new
mkdir -p "$root/opt"
cp -p "$work/hostile" "$store"
finding 1 keytool-delete /opt/store sha256 "$(sha256_of other)"
make
before=$(listing)
run --yes
is "an alias of two lines" "$status" 1
is "leaves the store as it was" "$(listing)" "$before"

# A private key is not deleted because of its certificate.
root_new
mkdir -p "$root/opt"
tool "$root/opt/store" -genkeypair -alias key -dname CN=key -keyalg EC \
	-keypass changeit >/dev/null
finding 1 keytool-delete /opt/store sha256 "$(java_keytool -list -v \
	-keystore "$root/opt/store" -storepass changeit 2>/dev/null |
	sed -n 's/^[	 ]*SHA256: //p' | tr -d ':' | tr 'A-F' 'a-f')"
make
before=$(listing)
run --yes
is "a key's certificate" "$status" 2
said "a key's certificate" 'belongs to a private key'
is "stays" "$(listing)" "$before"

# A package's file is not edited.
root_new
mkdir -p "$root/usr/lib/jvm/x/lib/security" "$root/var/lib/dpkg/info"
cp -p "$java/jks" "$root/usr/lib/jvm/x/lib/security/cacerts"
echo /usr/lib/jvm/x/lib/security/cacerts >"$root/var/lib/dpkg/info/x-jdk.list"
finding 1 keytool-delete /usr/lib/jvm/x/lib/security/cacerts \
	sha256 "$(sha256_of other)"
make
before=$(listing)
run --yes
is "a package's file" "$status" 2
said "a package's file" 'belongs to the package x-jdk'
is "is not edited" "$(listing)" "$before"

# What is no keystore.
root_new
mkdir -p "$root/opt"
echo nonsense >"$root/opt/store"
finding 1 keytool-delete /opt/store sha256 "$(sha256_of other)"
make
run --yes
is "no keystore" "$status" 2
said "no keystore" 'keytool cannot list it'
finish
