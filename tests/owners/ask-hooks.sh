#!/bin/sh
# ask-hooks.sh -- the hooks of data/hooks for other package managers, called by the
# real ones: pacman and dnf4, each with a package that has or is certificates, in a
# root of its own in which the program is installed.  rpm's trigger is asked by
# ask-rpm.sh, dpkg's by ask-debian.sh.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/roots.sh
. "$srcdir/tests/owners/roots.sh"

for tool in pacman dnf createrepo_c rpmbuild; do
	command -v $tool >/dev/null 2>&1 || skip "needs $tool"
done
root_audited || skip "needs a Debian root directory"
make -C "$builddir" -s install DESTDIR="$root" >"$work/log" 2>&1 ||
	fail "make install: $(tail -n 3 "$work/log")"
after_update=$(find "$root/usr" -path '*/hooks/after-update')
check "the hooks are installed" [ -n "$after_update" ]
hooks=${after_update%/*}
after_update=${after_update#"$root"}

# audited WHAT NUMBER COMMAND ...: it succeeds, and so many audits are there then
audited() {
	what=$1 wanted=$2
	shift 2
	"$@" >"$work/log" 2>&1 || fail "$what: $(tail -n 20 "$work/log")"
	is "audits after: $what" "$(audits)" "$wanted"
}

# ---- pacman ----------------------------------------------------------------------------
mkdir -p "$root/usr/share/libalpm/hooks" "$work/pacman"
cp "$hooks/zz-trustdrift.hook" "$root/usr/share/libalpm/hooks/"
arch_package() {	# NAME FILE: with FILE, in $work/pacman/NAME.pkg.tar
	content=$work/pacman/$1
	mkdir -p "$content/$(dirname "$2")"
	cp "$srcdir/tests/hosts/certificates/dst-2021/dst-root-ca-x3.pem" \
		"$content/$2"
	printf '%s\n' "pkgname = $1" "pkgbase = $1" 'pkgver = 1-1' \
		'builddate = 1700000000' 'size = 1' 'arch = any' \
		>"$content/.PKGINFO"
	tar -C "$content" -cf "$work/pacman/$1.pkg.tar" .PKGINFO "${2%%/*}"
}
arch_package site-ca etc/ca-certificates/trust-source/anchors/site.pem
arch_package other usr/share/other/text
printf '%s\n' '[options]' 'Architecture = auto' 'SigLevel = Never' \
	>"$work/pacman/conf"
mkdir -p "$root/var/lib/pacman" "$work/pacman/cache"
# shellcheck disable=SC2317 # audited() calls it
in_pacman() {
	pacman --config "$work/pacman/conf" --root "$root" \
		--dbpath "$root/var/lib/pacman" --cachedir "$work/pacman/cache" \
		--logfile "$work/pacman/log" --noconfirm "$@" </dev/null
}
audited "pacman -U of something else" 0 in_pacman -U "$work/pacman/other.pkg.tar"
audited "pacman -U of an authority" 1 in_pacman -U "$work/pacman/site-ca.pkg.tar"
audited "pacman -R" 2 in_pacman -R site-ca

# ---- dnf -------------------------------------------------------------------------------
# Its plugin runs commands outside of --installroot: here they enter it.
dnf=$work/dnf
mkdir -p "$dnf/repository" "$dnf/actions" "$dnf/plugins" "$dnf/configuration"
sed "s,:$after_update,:chroot $root $after_update," "$hooks/trustdrift.action" \
	>"$dnf/actions/trustdrift.action"
check "actions call the hook" grep -q "chroot $root" "$dnf/actions/trustdrift.action"
printf '%s\n' '[main]' 'enabled = 1' "actiondir = $dnf/actions/" \
	>"$dnf/configuration/post-transaction-actions.conf"
# Debian's libdnf has one function under another name than the plugin's authors.
fetch_deb bookworm dnf-plugins-core || skip "needs dnf-plugins-core"
plugin=$(find "$OWNERS/bookworm/dnf-plugins-core" \
	-name post-transaction-actions.py)
modules=$OWNERS/bookworm/dnf-plugins-core/usr/lib/python3/dist-packages
check "dnf's plugin is there" [ -n "$plugin" ]
sed 's/ConfigParser_substitute/ConfigParser.substitute/' "$plugin" \
	>"$dnf/plugins/post-transaction-actions.py"
for name in ca-certificates other; do
	cat >"$dnf/$name.spec" <<-END
	Name: $name
	Version: 1
	Release: 1
	Summary: Nothing
	License: CC0-1.0
	BuildArch: noarch
	%description
	%{summary}.
	%files
	END
	rpmbuild -bb --define "_topdir $dnf/made" --define "_tmppath $dnf" \
		"$dnf/$name.spec" >"$work/log" 2>&1 ||
		fail "rpmbuild: $(cat "$work/log")"
done
cp "$dnf"/made/RPMS/noarch/*.rpm "$dnf/repository/"
check "createrepo_c" createrepo_c -q "$dnf/repository"
# shellcheck disable=SC2317 # audited() calls it
in_dnf() {
	PYTHONPATH=$modules dnf -q -y --installroot="$root" --releasever=1 --nogpgcheck \
		--repofrompath="site,$dnf/repository" --repo=site \
		--setopt=reposdir="$dnf/none" --setopt=pluginpath="$dnf/plugins" \
		--setopt=pluginconfpath="$dnf/configuration" \
		--setopt=cachedir="$dnf/cache" --setopt=persistdir="$dnf/persist" \
		--setopt=logdir="$dnf" "$@" </dev/null
}
audited "dnf install of something else" 2 in_dnf install other
is "dnf has the plugin" "$(grep 'plugin' "$work/log")" ""
audited "dnf install of ca-certificates" 3 in_dnf install ca-certificates
audited "dnf remove" 4 in_dnf remove ca-certificates
finish
