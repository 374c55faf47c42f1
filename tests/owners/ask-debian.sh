#!/bin/sh
# ask-debian.sh -- the Debian package: dpkg-buildpackage makes it, twice the same,
# lintian has nothing to say, dpkg installs and purges it, and nothing is left.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/roots.sh
. "$srcdir/tests/owners/roots.sh"

for tool in dpkg-buildpackage dh lintian; do
	command -v $tool >/dev/null 2>&1 || skip "needs $tool"
done
chmod 755 "$work"

for folder in one/trustdrift another/folder; do
	package_source "$work/$folder"
	check "dpkg-buildpackage in $folder" package_build "$work/$folder"
done
deb=$(echo "$work"/one/trustdrift_*.deb)
[ -e "$deb" ] || { fail "there is no package"; finish; }
check "the same from two folders" cmp "$deb" "$work/another/${deb##*/}"
# dbgsym is lintian's as well
lintian --fail-on error,warning --allow-root \
	"$work"/one/trustdrift_*.changes >"$work/lintian.log" 2>&1 ||
	fail "lintian: $(cat "$work/lintian.log")"

root_audited || skip "needs a Debian root directory"
root_files >"$work/before"
cp "$deb" "$root/tmp/"
# as an administrator does; all that it depends on is there, so nothing is fetched
check "apt installs it" in_root apt-get install -y -qq \
	-o APT::Sandbox::User=root "/tmp/${deb##*/}" >"$work/apt.log" 2>&1
is "dpkg is content" "$(in_root dpkg --audit)" ""
check "it runs" in_root trustdrift --version >"$work/version"
cp "$srcdir/debian/tests/smoke" "$root/tmp/"
in_root sh /tmp/smoke >"$work/smoke.log" 2>&1 ||
	fail "the tests of the package: $(cat "$work/smoke.log")"
check "a completion for each shell" in_root sh -c \
	'ls /usr/share/bash-completion/completions/trustdrift \
	/usr/share/zsh/vendor-completions/_trustdrift \
	/usr/share/fish/vendor_completions.d/trustdrift.fish' >/dev/null
[ -d "$root/var/lib/trustdrift" ] || fail "there is no inventory"

# ---- what another package brings is audited when dpkg is done ------------------------
site=$work/site
mkdir -p "$site/DEBIAN" "$site/usr/share/ca-certificates/site"
cp "$srcdir/tests/hosts/certificates/dst-2021/dst-root-ca-x3.pem" \
	"$site/usr/share/ca-certificates/site/dst-root-ca-x3.crt"
printf '%s\n' 'Package: site-ca' 'Version: 1' 'Architecture: all' \
	'Maintainer: nobody <nobody@site.invalid>' \
	'Description: a certificate authority' >"$site/DEBIAN/control"
dpkg-deb --root-owner-group -b "$site" "$root/tmp/site-ca.deb" >/dev/null
audited=$(audits)
check "it was audited before" [ "$audited" -gt 0 ]
check "apt installs an authority" in_root apt-get install -y -qq \
	-o APT::Sandbox::User=root /tmp/site-ca.deb >"$work/apt.log" 2>&1
is "an audit follows" "$(audits)" $((audited + 1))
check "dpkg removes the authority" in_root dpkg --purge site-ca \
	>"$work/dpkg.log" 2>&1
is "and another" "$(audits)" $((audited + 2))

# ---- and gone ------------------------------------------------------------------------
check "dpkg --remove" in_root dpkg --remove trustdrift >"$work/dpkg.log" 2>&1
check "the hook that is left does nothing" in_root update-ca-certificates \
	>"$work/update.log" 2>&1
is "nothing was said" "$(grep trustdrift "$work/update.log")" ""
check "dpkg --purge" in_root dpkg --purge trustdrift >"$work/dpkg.log" 2>&1
root_files >"$work/after"
is "what is left" "$(comm -13 "$work/before" "$work/after")" ""
finish
