#!/bin/sh
# p11-kit.sh -- a CA leaves the system store of Fedora, SUSE and Arch: the token
# is changed, and p11-kit's own `trust` extracts from it as update-ca-trust does,
# which Debian has not.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
command -v trust >/dev/null || skip "trust (p11-kit) is missing"
# shellcheck source=tests/hosts/p11-kit-lib.sh
. "$srcdir/tests/hosts/p11-kit-lib.sh"

# What the updater of that distribution does, for a root that is not entered.
updater() {
	p11_trust "$root$token:$root$packaged" extract --overwrite \
		--format=pem-bundle --filter=ca-anchors --purpose=server-auth \
		"$work/extracted/bundle.pem"
	cp "$work/extracted/bundle.pem" "$root$extracted"
}

new() { # new TOKEN PACKAGED EXTRACTED
	token=$1 packaged=$2 extracted=$3
	root_new
	mkdir -p "$root$token/anchors" "$root$token/blocklist" \
		"$root$packaged/anchors" "$root${extracted%/*}"
	rm -rf "$work/extracted"
	mkdir -m 1777 "$work/extracted"
	pem root >"$root$packaged/anchors/root.pem"
	pem other >"$root$packaged/anchors/other.pem"
	pem spaces >"$root$token/anchors/spaces.pem"
	updater
}

of() { finding "$1" p11-kit-system-ca '' sha256 "$(sha256_of "$2")"; }

# extracted: which of the three are in the bundle
trusted() {
	for name in root other spaces; do
		hashes "$root$extracted" | grep -q "$(sha256_of $name)" &&
			printf '%s ' $name
	done
}

while read -r token packaged extracted; do
	new "$token" "$packaged" "$extracted"
	is "$token: extracted" "$(trusted)" "root other spaces "
	of 1 root
	of 2 spaces
	make
	before=$(listing)
	run --dry-run
	is "$token: --dry-run" "$status" 2
	is "$token: --dry-run changes nothing" "$(listing)" "$before"
	# No updater runs in this root: sources are changed, and it is said.
	run --yes
	is "$token: without the updater" "$status" 1
	said "$token: without the updater" 'the updater cannot run there'
	ok "$token: what a package brings is distrusted" [ -f \
		"$root$token/blocklist/trustdrift-$(sha256_of root).pem" ]
	ok "$token: what was added is gone" [ ! -e "$root$token/anchors/spaces.pem" ]
	ok "$token: a package's file stays" [ -f \
		"$root$packaged/anchors/root.pem" ]
	updater
	is "$token: p11-kit trusts" "$(trusted)" "other "
	run --yes
	is "$token: afterwards" "$status" 0
	said "$token: afterwards" '2 already done'
	run --yes --rollback "$(backup)"
	is "$token: rollback" "$status" 0
	updater
	is "$token: p11-kit trusts all again" "$(trusted)" "root other spaces "
	ok "$token: nothing is left of it" [ -z "$(ls "$root$token/blocklist")" ]
done <<'END'
/etc/pki/ca-trust/source /usr/share/pki/ca-trust-source /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
/etc/pki/trust /usr/share/pki/trust /var/lib/ca-certificates/ca-bundle.pem
/etc/ca-certificates/trust-source /usr/share/ca-certificates/trust-source /etc/ca-certificates/extracted/tls-ca-bundle.pem
END

# A file with another certificate in it is not removed.
new /etc/pki/ca-trust/source /usr/share/pki/ca-trust-source \
	/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
pem utf8 >>"$root$token/anchors/spaces.pem"
of 1 spaces
make
before=$(listing)
run --yes
is "a shared file" "$status" 2
said "a shared file" 'it shares a file with others'
is "a shared file stays" "$(listing)" "$before"
finish
