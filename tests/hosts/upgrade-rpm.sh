#!/bin/sh
# upgrade-rpm.sh -- what a preview of .rpm packages says would change is what rpm makes of
# the root: with rpm's database, for files that go, stay, move or belong to two.  Where
# we are root the real rpm does it to a copy.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/preview-lib.sh
. "$srcdir/tests/hosts/preview-lib.sh"
# shellcheck source=tests/hosts/upgrade-lib.sh
. "$srcdir/tests/hosts/upgrade-lib.sh"
for tool in rpmbuild rpm sqlite3; do
	command -v $tool >/dev/null || skip "needs $tool"
done

# ---- a package, and what is none ------------------------------------------------------
one=$work/one
host_new "$one"
host_root_ca "$one" "$good/$old.pem" "$good/isrg-root-x1.pem"
host_update "$one"
new=$work/new
mkdir -p "$new/usr/share/ca-certificates/mozilla" "$new/usr/share/doc/ca-certificates"
cp "$crossed/usertrust-rsa.pem" "$new/usr/share/ca-certificates/mozilla/usertrust-rsa.crt"
echo words >"$new/usr/share/doc/ca-certificates/README"
mkdir -p "$work/rpm/tree"
cp -a "$new/." "$work/rpm/tree"
cat >"$work/rpm/x.spec" <<-END
Name: ca-certificates
Version: 2
Release: 1
Summary: a
License: a
BuildArch: noarch
%description
a
%install
mkdir -p %{buildroot}
cp -a $work/rpm/tree/. %{buildroot}
%files
/usr/share/ca-certificates
/usr/share/doc/ca-certificates
END
rpmbuild --quiet -bb --define "_topdir $work/rpm" \
	--define "_rpmdir $work/rpm" "$work/rpm/x.spec" \
	>"$work/rpm/log" 2>&1 || fail "rpmbuild: $(cat "$work/rpm/log")"
preview "$one" "$work"/rpm/noarch/*.rpm
is "an rpm: what it adds" "$(changed | sed -n 's/^added //p' | cut -d ' ' -f 1)" \
	"Crossed-Certification-Authority"
head -c 3000 "$work"/rpm/noarch/*.rpm >"$work/half.rpm"
refused "half an rpm" . "$work/half.rpm"

# A new version that has some files no more, as Fedora's ca-certificates and
# Python's certifi: what rpm's database says is gone; what the scripts make
# (%ghost), and what the administrator may have changed, stays.
site=usr/lib/python3.9/site-packages/certifi
made=etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
anchors=usr/share/pki/ca-trust-source/anchors
# version N SITE-PACKAGES LINE-OF-FILES ...
version() {
	number=$1
	shift
	{
		printf '%s\n' "Name: roots" "Version: $number" "Release: 1" \
			"Summary: a" "License: a" "BuildArch: noarch" \
			"%description" "a" "%install" "mkdir -p %{buildroot}" \
			"cp -a $work/rpm/$number/. %{buildroot}" "%files"
		printf '%s\n' "$@"
	} >"$work/rpm/roots.spec"
	rpmbuild --quiet -bb --define "_topdir $work/rpm" \
		--define "_rpmdir $work/rpm" "$work/rpm/roots.spec" \
		>"$work/rpm/log" 2>&1 ||
		fail "rpmbuild: $(cat "$work/rpm/log")"
}
for n in 1 2; do
	tree=$work/rpm/$n
	mkdir -p "$tree/${made%/*}" "$tree/$anchors" "$tree/etc/pki/tls/certs" \
		"$tree/etc/raddb/certs"
	cat "$good/$old.pem" "$good/isrg-root-x1.pem" >"$tree/$made"
	ln -s "/$made" "$tree/etc/pki/tls/certs/ca-bundle.crt"
	cp "$good/isrg-root-x1.pem" "$tree/$anchors/isrg.pem"
	cp "$good/isrg-root-x1.pem" "$tree/etc/raddb/certs/ca.pem"
	mkdir -p "$tree/$site"
	cp "$tree/$made" "$tree/$site/cacert.pem"
	site=usr/lib/python3.11/site-packages/certifi
done
# gone from the second: an anchor, the old name of the list and one authority
# of certifi, which is elsewhere
cp "$good/$old.pem" "$work/rpm/1/$anchors/old.pem"
ln -s "/$made" "$work/rpm/1/etc/pki/tls/cert.pem"
cp "$good/isrg-root-x1.pem" "$work/rpm/2/$site/cacert.pem"
cp "$crossed/usertrust-rsa.pem" "$work/rpm/2/etc/raddb/certs/ca.pem"
set -- "%ghost /$made" /etc/pki/tls "%config(noreplace) /etc/raddb/certs/ca.pem" \
	/usr/share/pki
version 1 "$@" /usr/lib/python3.9
version 2 "$@" /usr/lib/python3.11
red=$work/red
mkdir -p "$red/home/ann" "$red/var/lib/rpm"
cp -a "$work/rpm/1/." "$red"
echo 'ann:x:1000:1000::/home/ann:/bin/sh' >"$red/etc/passwd"
printf 'ID=fedora\nVERSION_ID=40\nPRETTY_NAME=Fedora\n' >"$red/etc/os-release"
# what the administrator's own hands made of a configuration file
cat "$good/$old.pem" >>"$red/etc/raddb/certs/ca.pem"
rpm --dbpath "$red/var/lib/rpm" --define '_db_backend sqlite' -i --nodeps \
	--justdb --ignorearch --ignoreos "$work"/rpm/noarch/roots-1-1.*.rpm \
	>"$work/rpm/log" 2>&1 || fail "rpm -i: $(cat "$work/rpm/log")"
sqlite3 "$red/var/lib/rpm/rpmdb.sqlite" 'PRAGMA wal_checkpoint(TRUNCATE)' \
	>/dev/null
preview "$red" "$work"/rpm/noarch/roots-2-1.*.rpm
is "an upgrade by rpm: errors" "$(cat "$work/errors")" ""
is "an upgrade by rpm: an anchor goes, so does one name of the list and one of certifi" \
	"$(places)" \
	"removed Departing-Root-X3 /$made
removed Departing-Root-X3 /etc/pki/tls/cert.pem
removed Departing-Root-X3 /etc/pki/tls/certs/ca-bundle.crt
removed Departing-Root-X3 /usr/lib/python3.9/site-packages/certifi/cacert.pem
removed Departing-Root-X3 /usr/share/pki/ca-trust-source/anchors/old.pem
removed Staying-Root-X1 /etc/pki/tls/cert.pem"
is "an upgrade by rpm: what moves" "$(moves)" \
	"/usr/lib/python3.9/site-packages/certifi/cacert.pem /usr/lib/python3.11/site-packages/certifi/cacert.pem"
"$TRUSTDRIFT" preview --root "$red" --now $now --format short \
	"$work"/rpm/noarch/roots-2-1.*.rpm >"$work/short"
check "in short: what moves" grep -qx 'trustdrift:   > /usr/lib/python3.9/site-packages/certifi/cacert.pem would be /usr/lib/python3.11/site-packages/certifi/cacert.pem' \
	"$work/short"
cp -a "$red" "$work/updated"
if [ "$(id -u)" = 0 ]; then
	rpm --root "$work/updated" --dbpath /var/lib/rpm \
		--define '_db_backend sqlite' -U --nodeps --ignorearch \
		--ignoreos "$work"/rpm/noarch/roots-2-1.*.rpm \
		>"$work/rpm/log" 2>&1 || fail "rpm -U: $(cat "$work/rpm/log")"
else
	rm -rf "$work/updated/usr/lib/python3.9" \
		"$work/updated/$anchors/old.pem" \
		"$work/updated/etc/pki/tls/cert.pem"
	cp -a "$work/rpm/2/usr/." "$work/updated/usr"
fi
# and as update-ca-trust follows
cp "$good/isrg-root-x1.pem" "$work/updated/$made"
same "as rpm upgrades" "$red" "$work/updated" \
	"$work"/rpm/noarch/roots-2-1.*.rpm

# ---- what rpm decides, asked of rpm where we may (a root of its own) ----------
# package NAME VERSION ARCHITECTURE LINE ...: of what is in $work/rpm/t, to
# $work/rpm/NAME-VERSION.rpm
package() {
	name=$1 number=$2 architecture=$3
	shift 3
	{
		printf '%s\n' "Name: $name" "Version: $number" "Release: 1" \
			"Summary: a" "License: a"
		[ "$architecture" != noarch ] || echo "BuildArch: noarch"
		printf '%s\n' "%description" "a" "%install" \
			"mkdir -p %{buildroot}" "cp -a $work/rpm/t/. %{buildroot}" \
			"%files"
		printf '%s\n' "$@"
	} >"$work/rpm/p.spec"
	rpmbuild --quiet -bb --target "$architecture" \
		--define "_topdir $work/rpm" --define "_rpmdir $work/rpm" \
		--define "_build_name_fmt $name-$number-$architecture.rpm" \
		"$work/rpm/p.spec" >"$work/rpm/log" 2>&1 ||
		fail "rpmbuild: $(cat "$work/rpm/log")"
}
# tree FILE CERTIFICATE ...: $work/rpm/t has these
tree() {
	rm -rf "$work/rpm/t"
	mkdir "$work/rpm/t"
	while [ $# -gt 0 ]; do
		mkdir -p "$work/rpm/t${1%/*}"
		cp "$2" "$work/rpm/t$1"
		shift 2
	done
}
in_rpm() { # in_rpm ROOT ARGUMENTS ...
	rpm_at=$1
	shift
	rpm --root "$rpm_at" --dbpath /var/lib/rpm \
		--define '_db_backend sqlite' --nodeps --ignorearch --ignoreos \
		"$@" >"$work/rpm/log" 2>&1 || fail "rpm $*: $(cat "$work/rpm/log")"
}
# installed_rpm PACKAGE ...: $work/case has them
installed_rpm() {
	case=$work/case
	rm -rf "$case"
	mkdir -p "$case/var/lib/rpm" "$case/etc"
	cp "$red/etc/os-release" "$case/etc/"
	in_rpm "$case" -i "$@"
}
# decides WHAT PACKAGE ...: is what the preview says what rpm does?
decides() {
	what=$1
	shift
	rm -rf "$work/done"
	cp -a "$case" "$work/done"
	preview "$case" "$@"
	in_rpm "$work/done" -U "$@"
	is "$what: errors" "$(cat "$work/errors")" ""
	for root in "$case" "$work/done"; do
		"$TRUSTDRIFT" scan --root "$root" --quiet --db "$root.db" ||
			fail "$what: scan"
		"$TRUSTDRIFT" query --db "$root.db" --format tsv \
			"SELECT s.path, e.sha256 FROM v_entry e JOIN v_store s
			ON s.store_id = e.store_id" | sed 1d | sort -u >"$root.rows"
		rm "$root.db"
	done
	is "$what" "$(/usr/bin/python3 -I - "$work/preview.json" <<-'END'
		import json, sys
		for c in json.load(open(sys.argv[1]))["changes"]:
		    for s in c["stores"]:
		        print(c["change"], s["path"], c["certificate"]["sha256"])
		END
	)" "$({
		comm -13 "$case.rows" "$work/done.rows" | sed 's/^/added /'
		comm -23 "$case.rows" "$work/done.rows" | sed 's/^/removed /'
	} | tr '\t' ' ' | sort -k 1,1 -s)"
}
if [ "$(id -u)" = 0 ]; then
	conf=/etc/raddb/certs/ca.pem anchor=/$anchors/a.pem
	new_one=$crossed/usertrust-rsa.pem kept_one=$good/isrg-root-x1.pem
	for mark in "%config" "%config(noreplace)"; do
		tree $conf "$kept_one"
		package a 1 noarch "$mark $conf"
		package a 2 noarch "$mark $conf"
		tree $conf "$new_one"
		package a 3 noarch "$mark $conf"
		for number in 2 3; do
			for changed in no yes; do
				installed_rpm "$work/rpm/a-1-noarch.rpm"
				[ $changed = no ] || cat "$good/$old.pem" >>"$case$conf"
				decides "$mark, changed: $changed, the package's: $number" \
					"$work/rpm/a-$number-noarch.rpm"
			done
		done
	done
	# one package becomes two: settings, a list that scripts make, an anchor
	tree $conf "$kept_one" "/$made" "$kept_one" "$anchor" "$kept_one"
	package a 1 noarch "%config(noreplace) $conf" "%ghost /$made" "$anchor"
	package b 1 noarch "%config(noreplace) $conf" "%ghost /$made" "$anchor"
	tree /usr/share/doc/a "$kept_one"
	package a 2 noarch /usr/share/doc/a
	installed_rpm "$work/rpm/a-1-noarch.rpm"
	cat "$good/$old.pem" >>"$case$conf"
	mkdir -p "$case/${made%/*}"
	cp "$good/$old.pem" "$case/$made"
	decides "one package becomes two" "$work/rpm/a-2-noarch.rpm" \
		"$work/rpm/b-1-noarch.rpm"
	# a file that another package has, too
	tree "$anchor" "$kept_one"
	package b 1 noarch "$anchor"
	package a 1 noarch "$anchor"
	installed_rpm "$work/rpm/a-1-noarch.rpm" "$work/rpm/b-1-noarch.rpm"
	decides "another package has it, too" "$work/rpm/a-2-noarch.rpm"
fi
# more stores move than SQLite takes terms of a compound SELECT
rm -rf "$work/rpm/t"
n=0
while [ $n -lt 60 ]; do
	n=$((n + 1))
	mkdir -p "$work/rpm/t/opt/app$n/lib/python3.9/site-packages/certifi"
	cp "$good/isrg-root-x1.pem" \
		"$work/rpm/t/opt/app$n/lib/python3.9/site-packages/certifi/cacert.pem"
done
package many 1 noarch /opt
case=$work/many
mkdir -p "$case/var/lib/rpm"
cp -a "$work/rpm/t/." "$case"
rpm --dbpath "$case/var/lib/rpm" --define '_db_backend sqlite' -i --nodeps \
	--justdb --ignorearch --ignoreos "$work/rpm/many-1-noarch.rpm" \
	>"$work/rpm/log" 2>&1 || fail "rpm -i: $(cat "$work/rpm/log")"
for app in "$work/rpm/t/opt/"*; do
	mv "$app/lib/python3.9" "$app/lib/python3.11"
done
package many 2 noarch /opt
preview "$case" "$work/rpm/many-2-noarch.rpm"
is "60 moves" "$(moves | wc -l)$(places)" 60
# a source package is not installed over anything
rpmbuild --quiet -bs --define "_topdir $work/rpm" \
	--define "_srcrpmdir $work/rpm" "$work/rpm/p.spec" >"$work/rpm/log" 2>&1
refused "a source package" "source package" "$work"/rpm/many-2-1.src.rpm

# a database that cannot be read is told, and nothing is guessed
cp -a "$red" "$work/torn"
head -c 6000 "$red/var/lib/rpm/rpmdb.sqlite" \
	>"$work/torn/var/lib/rpm/rpmdb.sqlite"
preview "$work/torn" "$work"/rpm/noarch/roots-2-1.*.rpm
check "rpm's database is damaged: $(cat "$work/errors")" \
	grep -q 'rpmdb.sqlite: which files go is not known: .*--rebuilddb' \
	"$work/errors"
is "rpm's database is damaged: what is known" "$(moves)" ""
cp -a "$red" "$work/open"
echo x >"$work/open/var/lib/rpm/rpmdb.sqlite-wal"
preview "$work/open" "$work"/rpm/noarch/roots-2-1.*.rpm
check "rpm has not ended: $(cat "$work/errors")" \
	grep -q 'rpmdb.sqlite-wal: .* last changes' "$work/errors"
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
finish
