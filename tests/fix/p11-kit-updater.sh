#!/bin/sh
# p11-kit-updater.sh -- the whole way on Fedora, SUSE and Arch, in a root where an
# updater runs: a policy forbids an authority, an audit finds it, the script takes
# it out of the sources and has the rest extracted again, `trust` and a second
# audit agree, --rollback brings the bytes back, and so when it is killed.
#
# Debian has none of these updaters.  All three are shell scripts that call
# p11-kit's own `trust extract` once for each form, and so does the one here.
# shellcheck source=tests/fix/lib.sh disable=SC2317 # try() calls functions
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"
[ "$(id -u)" = 0 ] || skip "chroot needs root"
for tool in trust ldd keytool; do
	command -v $tool >/dev/null || skip "$tool is missing"
done
# shellcheck source=tests/hosts/p11-kit-lib.sh
. "$srcdir/tests/hosts/p11-kit-lib.sh"
# shellcheck source=tests/fix/interrupt-lib.sh
. "$srcdir/tests/fix/interrupt-lib.sh"
module=$(find /usr/lib/*/pkcs11/p11-kit-trust.so /usr/lib64/pkcs11/p11-kit-trust.so \
	2>/dev/null | head -n 1)
[ -n "$module" ] || skip "p11-kit-trust.so is missing"

system=$work/system
mkdir -p "$system/bin" "$system/tmp" "$system/etc/pkcs11/modules" \
	"$system/usr" "$system${module%/*}"
ln -s ../bin "$system/usr/bin"
cp "$module" "$system$module"
for tool in dash trust mkdir; do
	path=$(command -v $tool)
	cp -L "$path" "$system/bin/$tool"
	ldd "$path"
done | grep -o '/[^ ]*' | sort -u | while IFS= read -r library; do
	mkdir -p "$system${library%/*}"
	cp -L "$library" "$system$library"
done
ln -s dash "$system/bin/sh"
chroot "$system" trust --help >/dev/null 2>&1 ||
	skip "programs do not run in a chroot here"

# new TOKEN PACKAGED BUNDLE JAVA UPDATER
new() {
	token=$1 packaged=$2 extracted=$3 java=$4 updater=$5
	root_new
	cp -al "$system/." "$root/"
	listed='./etc ./usr/share ./var'
	mkdir -p "$root$token/anchors" "$root$packaged/anchors" \
		"$root${extracted%/*}" "$root${java%/*}"
	for name in root other; do
		pem $name >"$root$packaged/anchors/$name.pem"
	done
	pem spaces >"$root$token/anchors/spaces.pem"
	printf '%s\n' "module: $module" 'trust-policy: yes' \
		"x-init-reserved: paths='$token:$packaged'" \
		>"$root/etc/pkcs11/modules/p11-kit-trust.module"
	cat >"$root/bin/$updater" <<-END
	#!/bin/sh
	set -e
	[ ! -e /tmp/full ]
	trust extract --format=pem-bundle --filter=ca-anchors --overwrite \
		--comment --purpose=server-auth $extracted
	trust extract --format=java-cacerts --filter=ca-anchors --overwrite \
		--purpose=server-auth $java
	END
	chmod 755 "$root/bin/$updater"
	chroot "$root" "$updater" || fail "$updater"
}

names_of() { # names_of SHA-256...: in our words
	for name in root other spaces; do
		case " $* " in
		*" $(sha256_of $name) "*) printf '%s ' $name ;;
		esac
	done
}
# What `trust` says of the sources, and what is in the two forms.
# shellcheck disable=SC2046 # words
by_trust() {
	names_of $(theirs "$root$token:$root$packaged" ca-anchors server-auth)
}
# shellcheck disable=SC2046 # words
in_bundle() { names_of $(hashes "$root$extracted"); }
# shellcheck disable=SC2046 # words
in_java() {
	names_of $(java_keytool -list -v -keystore "$root$java" \
		-storepass changeit 2>/dev/null | sed -n '/^[	 ]*SHA256: /{
			s/.*: //
			s/://g
			y/ABCDEF/abcdef/
			p
		}')
}
config=$work/config
mkdir "$config"
# audit: how often something forbidden is found, and by which recipe
audit() {
	"$TRUSTDRIFT" --quiet audit --root "$root" --db "$work/db" \
		--config "$config" --format json --now 2024-01-01T00:00:00Z \
		>"$work/report" || [ $? = 2 ] || fail "audit"
	/usr/bin/python3 -I -c '
import json, sys
print(*sorted({str(f["fix"]["recipe"]) for f in json.load(sys.stdin)["findings"]
      if f["rule"] == "policy-forbidden"}))' <"$work/report"
}

while read -r token packaged extracted java updater; do
	new "$token" "$packaged" "$extracted" "$java" "$updater"
	is "$token: extracted" "$(in_bundle)" "root other spaces "
	printf '<policy>\n<forbid sha256="%s"/>\n<forbid sha256="%s"/>\n</policy>\n' \
		"$(sha256_of root)" "$(sha256_of spaces)" >"$config/policy.xml"
	rm -f "$work/db"
	is "$token: found" "$(audit)" p11-kit-system-ca
	"$TRUSTDRIFT" fix --root "$root" --db "$work/db" --config "$config" \
		--rule policy-forbidden -o "$work/fix.sh" || [ $? = 2 ] ||
		fail "trustdrift fix"
	before=$(listing)
	run --yes
	is "$token: status" "$status" 0
	[ "$status" = 0 ] || sed 's/^/  | /' "$work/out" >&2
	is "$token: trust" "$(by_trust)" "other "
	is "$token: bundle" "$(in_bundle)" "other "
	is "$token: Java" "$(in_java)" "other "
	is "$token: found no more" "$(audit)" ""
	after=$(listing)
	run --yes
	is "$token: again" "$status" 0
	is "$token: again nothing" "$(listing)" "$after"
	run --yes --rollback "$(backup)"
	is "$token: rollback" "$status" 0
	is "$token: bit for bit" "$(listing)" "$before"
	is "$token: found again" "$(audit)" p11-kit-system-ca

	# An updater that fails leaves what is extracted as it was.
	: >"$root/tmp/full"
	forms=$(cksum <"$root$extracted"; cksum <"$root$java")
	run --yes
	is "$token: the updater fails" "$status" 1
	said "$token: the updater fails" 'put back as it was'
	is "$token: the forms stay" \
		"$(cksum <"$root$extracted"; cksum <"$root$java")" "$forms"
	rm "$root/tmp/full"
	run --yes
	is "$token: then it goes on" "$status" 0
	is "$token: then" "$(in_bundle)" "other "
done <<'END'
/etc/pki/ca-trust/source /usr/share/pki/ca-trust-source /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/pki/ca-trust/extracted/java/cacerts update-ca-trust
/etc/pki/trust /usr/share/pki/trust /var/lib/ca-certificates/ca-bundle.pem /var/lib/ca-certificates/java-cacerts update-ca-certificates
/etc/ca-certificates/trust-source /usr/share/ca-certificates/trust-source /etc/ca-certificates/extracted/tls-ca-bundle.pem /etc/ca-certificates/extracted/java-cacerts.jks update-ca-trust
END

# Killed: the bundle is what it was or what it will be.
killed_one() {
	new /etc/pki/ca-trust/source /usr/share/pki/ca-trust-source \
		/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
		/etc/pki/ca-trust/extracted/java/cacerts update-ca-trust
	finding 1 p11-kit-system-ca '' sha256 "$(sha256_of root)"
	finding 2 p11-kit-system-ca '' sha256 "$(sha256_of spaces)"
}
meanwhile() {
	case $(in_bundle) in
	"root other spaces " | "other ") return 0 ;;
	esac
	return 1
}
is_done() { [ "$(by_trust)$(in_bundle)" = "other other " ]; }
config=''
WITHIN='keep put put_new remove record make_directory refresh_all'
export WITHIN
if [ -n "${EVERY:-}" ]; then
	try killed_one "$EVERY" 100
else
	try_before killed_one 106 530 848
fi
finish
