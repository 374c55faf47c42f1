#!/bin/sh
# ask-rpm.sh -- packaging/trustdrift.spec: rpmbuild makes packages of the tarball as
# an ordinary user, rpmlint has nothing to say, rpm installs them in a root of their
# own, our file trigger follows other packages, and nothing is left in the end.
# What Debian's rpm lacks of Fedora's macros are systemd's own, of its source; its
# brp-compress wants bash and gets dash, and nothing there takes symbols away as
# Fedora's packages for debugging do.
# shellcheck disable=SC2016 # what other shells are to expand
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/roots.sh
. "$srcdir/tests/owners/roots.sh"

for tool in rpmbuild rpmlint; do
	command -v $tool >/dev/null 2>&1 || skip "needs $tool"
done
fetch_source bookworm systemd || skip "needs systemd's source"
chmod 755 "$work"
good=$srcdir/tests/hosts/certificates/dst-2021

# ---- it is built ---------------------------------------------------------------------
# No BuildRequires is known to an rpm that has installed nothing.
build() {	# WHAT RPMBUILD'S ARGUMENTS ...
	what=$1
	shift
	chown -R 65534:65534 "$work/rpm"
	(cd "$work/rpm" && setpriv --reuid=65534 --regid=65534 --clear-groups \
		env HOME="$work/rpm" rpmbuild --nodeps \
		--load "$work/rpm/macros.systemd" \
		--define "_tmppath $work/rpm" --define '__os_install_post \
			bash /usr/lib/rpm/brp-compress /usr \
			find %{buildroot} -path "*/usr/bin/*" -exec strip {} +' \
		--define "_topdir $work/rpm/made" "$@") >"$work/$what.log" 2>&1 || {
		fail "rpmbuild of $what: $(tail -n 20 "$work/$what.log")"
		finish
	}
}
mkdir "$work/rpm"
units=/usr/lib/systemd
sed -e "s,{{ROOTLIBEXECDIR}},$units,; s,{{SYSTEM_DATA_UNIT_DIR}},$units/system," \
	-e "s,{{SYSTEM_PRESET_DIR}},$units/system-preset," \
	-e "s,{{SYSTEMD_UPDATE_HELPER_PATH}},$units/systemd-update-helper," \
	"$OWNERS"/bookworm/systemd.source/*/src/rpm/macros.systemd.in \
	>"$work/rpm/macros.systemd"
make -C "$builddir" -s dist >"$work/dist.log" 2>&1 ||
	fail "make dist: $(tail -n 5 "$work/dist.log")"
mv "$builddir"/trustdrift-*.tar.xz "$work/rpm/"
build trustdrift -ta --without check "$work"/rpm/trustdrift-*.tar.xz
is "rpmbuild warns of nothing" "$(grep '^warning: ' "$work/trustdrift.log")" ""
package=$(find "$work/rpm/made/RPMS" -name 'trustdrift-*.rpm')
source=$(find "$work/rpm/made/SRPMS" -name 'trustdrift-*.src.rpm')
check "there is a package" [ -n "$package" ]
check "and its source" [ -n "$source" ]
check "the program has its manual page" [ -n "$(rpm -qlp "$package" |
	grep '/man1/trustdrift\.1')" ]
# as Fedora's configuration of it has
printf '%s\n' 'CompressExtension = "gz"' \
	'ValidLicenses = ["GPL-3.0-or-later"]' >"$work/rpmlint.toml"
rpmlint -c "$work/rpmlint.toml" --ignore-unused-rpmlintrc -r "$srcdir/packaging/trustdrift.rpmlintrc" \
	"$srcdir/packaging/trustdrift.spec" "$source" "$package" \
	>"$work/rpmlint" 2>&1 || :
check "rpmlint has nothing to say: $(cat "$work/rpmlint")" \
	grep -q ' 0 errors, 0 warnings,' "$work/rpmlint"

# A certificate authority, and what makes lists of such after a transaction.
cat >"$work/rpm/site-ca.spec" <<'END'
Name: site-ca
Version: 1
Release: 1
Summary: A certificate authority
License: CC0-1.0
BuildArch: noarch
%description
%{summary}.
%install
install -D -m 0644 %{_topdir}/../ca.pem %{buildroot}/etc/pki/ca-trust/source/anchors/site.pem
%files
/etc/pki/ca-trust/source/anchors/site.pem
%posttrans
mkdir -p /etc/pki/ca-trust/extracted/pem
cat /etc/pki/ca-trust/source/anchors/*.pem >/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
END
cp "$good/dst-root-ca-x3.pem" "$work/rpm/ca.pem"
build site-ca -bb "$work/rpm/site-ca.spec"

# ---- it is installed ------------------------------------------------------------------
root_audited || skip "needs a Debian root directory"
# What belongs to Fedora's package "filesystem", and to its ca-certificates.
mkdir -p "$root/usr/share/fish/vendor_completions.d" "$root/usr/share/licenses" \
	"$root/usr/share/zsh/site-functions" "$root/etc/pki/ca-trust/source/anchors"
root_files >"$work/before"
in_rpm() {	# RPM'S ARGUMENTS ...: what it depends on is there, but not rpm's
	rpm --force-debian --root "$root" --dbpath /var/lib/rpm --nodeps "$@" >"$work/rpm.log" 2>&1
}
said() { is "$1: rpm complains of nothing" "$(cat "$work/rpm.log")" ""; }
check "rpm -i: $(cat "$work/rpm.log" 2>/dev/null)" in_rpm -i "$package"
said "install"
check "it runs" in_root trustdrift --version >"$work/version"
in_rpm -V trustdrift || fail "rpm -V: $(cat "$work/rpm.log")"
check "units are where systemd looks" \
	[ -e "$root/usr/lib/systemd/system/trustdrift-scan.timer" ]

before=$(audits)
check "rpm -i of another" in_rpm -i "$(find "$work/rpm/made/RPMS" -name 'site-ca*')"
said "another package"
is "an audit follows" "$(audits)" $((before + 1))
is "after what it does at the end of the transaction" "$(in_root trustdrift query \
	"SELECT count(*) AS n FROM v_entry e JOIN v_store s ON s.store_id = e.store_id
	WHERE s.path LIKE '%tls-ca-bundle.pem'" --format tsv | sed 1d)" 1
check "rpm -e of another" in_rpm -e site-ca
said "another package goes"
is "and an audit" "$(audits)" $((before + 2))
rm -r "$root/etc/pki/ca-trust/extracted"
in_rpm -V trustdrift || fail "rpm -V: $(cat "$work/rpm.log")"

# ---- and gone --------------------------------------------------------------------------
check "rpm -e" in_rpm -e trustdrift
said "removal"
root_files >"$work/after"
is "what is left" "$(comm -13 "$work/before" "$work/after")" ""
finish
