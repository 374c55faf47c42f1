#!/bin/sh
# rpm.sh -- a file of a package of rpm is not edited, and the sentence says what to
# do; the real rpm makes and installs the package.  Its database lies where each
# release has it.  Debian's rpm has its own in another place.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
for tool in rpm rpmbuild; do
	command -v $tool >/dev/null || skip "$tool (rpm) is missing"
done

mkdir -p "$work/top/SOURCES"
{ pem root; pem other; } >"$work/top/SOURCES/list.pem"
cat >"$work/a.spec" <<'END'
Name: a-list
Version: 1.2
Release: 3
Summary: A list
License: none
BuildArch: noarch
%description
A list.
%install
mkdir -p %{buildroot}/usr/share/a %{buildroot}/etc/a
cp %{_sourcedir}/list.pem %{buildroot}/usr/share/a/list.pem
cp %{_sourcedir}/list.pem %{buildroot}/etc/a/list.pem
%files
/usr/share/a/list.pem
/etc/a/list.pem
END
rpmbuild -bb --quiet --define "_topdir $work/top" "$work/a.spec" \
	>"$work/out" 2>&1 || skip "rpmbuild does not work here"

new() { # new DATABASE
	root_new
	database=$root$1
	mkdir -p "$database" "$root/usr/share/a" "$root/etc/a" "$root/usr/bin"
	for file in usr/share/a/list.pem usr/share/a/own.pem etc/a/list.pem; do
		cp "$work/top/SOURCES/list.pem" "$root/$file"
	done
	# Debian's asks to be told that it is meant; others do not know that.
	for meant in --force-debian ''; do
		rpm --dbpath "$database" ${meant:+"$meant"} -i --justdb --nodeps \
			--ignoreos "$work"/top/RPMS/*/*.rpm >"$work/out" 2>&1 &&
			return 0
	done
	fail "rpm -i: $(cat "$work/out")"
}
of() { # of NUMBER PATH
	finding "$1" pem-remove "$2" sha256 "$(sha256_of root)"
}

while read -r database upgrader command; do
	new "$database"
	[ "$upgrader" = - ] || : >"$root/usr/bin/$upgrader"
	of 1 /usr/share/a/list.pem
	make
	before=$(listing)
	run --yes
	is "$database: a package's file" "$status" 2
	said "$database: whose it is" \
		"the package a-list 1.2-3: upgrade that ($command a-list)\$"
	is "$database: it stays, as the database" "$(listing)" "$before"
done <<'END'
/var/lib/rpm - yum update
/usr/lib/sysimage/rpm dnf dnf upgrade
/usr/lib/sysimage/rpm zypper zypper update
END

# Beside it, and in /etc, the administrator's.
: >"$work/findings"
of 1 /usr/share/a/own.pem
of 2 /etc/a/list.pem
make
before=$(listing)
run --yes
is "other files" "$status" 0
for file in usr/share/a/own.pem etc/a/list.pem; do
	is "$file" "$(grep -c BEGIN "$root/$file")" 1
done
run --yes --rollback "$(backup)"
is "bit for bit" "$(listing)" "$before"

# A database that rpm cannot read: nobody knows whose the file is.
new /var/lib/rpm
rm -f "$database"/*
echo damaged >"$database/rpmdb.sqlite"
of 1 /usr/share/a/list.pem
make
before=$(listing)
run --yes
is "a damaged database" "$status" 2
said "a damaged database" 'rpm cannot read its database'
is "a damaged database: nothing" "$(listing)" "$before"
finish
