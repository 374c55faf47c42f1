#!/bin/sh
# upgrade.sh -- what a preview of packages says would be found is what is found when
# they are installed: compared with an audit of the root as dpkg and
# ca-certificates leave it.  And what packages are that nobody should install.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/preview-lib.sh
. "$srcdir/tests/hosts/preview-lib.sh"
command -v openssl >/dev/null || skip "needs openssl"
command -v ar >/dev/null || skip "needs ar"
"$TRUSTDRIFT" --version | grep -q '^without libarchive' && {
	error=$("$TRUSTDRIFT" preview --root / "$work/none.deb" 2>&1)
	is "without libarchive" "$?" 1
	printf '%s\n' "$error"
	skip "this build has no libarchive"
}

good=$srcdir/tests/hosts/certificates/dst-2021
crossed=$srcdir/tests/hosts/certificates/addtrust-2020
old=dst-root-ca-x3
now=2021-09-25T00:00:00Z
TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"

# deb FILE NAME DIR [COMPRESSOR SUFFIX]: a package with what is in DIR
deb() {
	rm -rf "$work/deb"
	mkdir "$work/deb"
	echo 2.0 >"$work/deb/debian-binary"
	printf 'Package: %s\nVersion: 2\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: a\n' \
		"$2" >"$work/deb/control"
	tar -C "$work/deb" -cf - ./control | gzip -n >"$work/deb/control.tar.gz"
	tar -C "$3" -cf - . | ${4:-xz} >"$work/deb/data.tar.${5:-xz}"
	rm -f "$1"
	(cd "$work/deb" && ar rcS "$1" debian-binary control.tar.gz \
		"data.tar.${5:-xz}")
}

# installed ROOT NAME: dpkg's list of what is in /usr of the root
installed() {
	mkdir -p "$1/var/lib/dpkg/info"
	(cd "$1" && find usr/share/ca-certificates -type f -printf '/%p\n') \
		>"$1/var/lib/dpkg/info/$2.list"
	printf 'Package: %s\nStatus: install ok installed\nVersion: 1\n' "$2" \
		>"$1/var/lib/dpkg/status"
}

preview() {
	preview_root=$1
	shift
	status=0
	"$TRUSTDRIFT" preview --root "$preview_root" --now "$now" \
		--format json "$@" >"$work/preview.json" 2>"$work/errors" ||
		status=$?
}

# places: "change name location" of each certificate that it changes; moves: "from to"
# of each store
places() {
	/usr/bin/python3 -I - "$work/preview.json" <<-'END'
	import json, sys
	for c in json.load(open(sys.argv[1]))["changes"]:
	    for s in sorted(s["location"] for s in c["stores"]):
	        print(c["change"], c["certificate"]["name"].replace(" ", "-"), s)
	END
}
moves() {
	/usr/bin/python3 -I - "$work/preview.json" <<-'END'
	import json, sys
	for m in json.load(open(sys.argv[1]))["moves"]:
	    print(m["from"], m["to"])
	END
}

# keys KEY: "rule location" of the findings of a key of the preview
keys() {
	/usr/bin/python3 -I - "$work/preview.json" "$1" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))[sys.argv[2]]:
	    for m in f["certificates"] or [f["entry"]]:
	        print(f["rule"], m["location"])
	END
}
# what is found after the change, by the preview and by an audit
after() {
	/usr/bin/python3 -I - "$work/before.json" "$work/preview.json" \
		"$work/real.json" <<-'END'
	import json, sys
	before, preview, real = (json.load(open(n)) for n in sys.argv[1:])
	found = {f["id"]: f for f in before["findings"]}
	for f in preview["disappear"]:
	    found.pop(f["id"])
	for f in preview["appear"]:
	    found[f["id"]] = f
	for f in preview["differ"]:
	    found[f["after"]["id"]] = f["after"]
	def rows(findings):
	    return sorted(" ".join([f["id"], f["severity"], f["status"], f["rule"],
	        f["message"], *[m["sha256"] for m in f["certificates"]]])
	        for f in findings)
	got, wanted = rows(found.values()), rows(real["findings"])
	for line in got:
	    if line not in wanted: print("previewed only:", line)
	for line in wanted:
	    if line not in got: print("real only:", line)
	END
}
# same WHAT ROOT CHANGED-ROOT PACKAGE ...
same() {
	what=$1 same_root=$2 changed_root=$3
	shift 3
	rm -f "$work/same.db"
	"$TRUSTDRIFT" audit --root "$same_root" --now "$now" --format json \
		--exit-zero --db "$work/same.db" >"$work/before.json"
	preview "$same_root" "$@"
	[ ! -s "$work/errors" ] || cat "$work/errors"
	mv "$same_root" "$same_root.away"
	mv "$changed_root" "$same_root"
	"$TRUSTDRIFT" audit --root "$same_root" --now "$now" --format json \
		--exit-zero --db "$work/same.db" >"$work/real.json"
	mv "$same_root" "$changed_root"
	mv "$same_root.away" "$same_root"
	is "$what" "$(after)" ""
	is "$what: the status" "$status" 2
}

# ---- the outage of 2021, before the update ----------------------------------------
one=$work/one
host_new "$one"
host_root_ca "$one" "$good/$old.pem" "$good/isrg-root-x1.pem"
host_update "$one"
installed "$one" ca-certificates
root=$one
stale=$(host_dotnet "$one/home/ann" ca "$good/r3-by-dst.pem")
cached=$(host_dotnet "$one/home/ann" ca "$good/$old.pem")

# the new version has one root less and another one more
new=$work/new
mozilla=$new/usr/share/ca-certificates/mozilla
mkdir -p "$mozilla" "$new/usr/share/doc/ca-certificates"
cp "$good/isrg-root-x1.pem" "$mozilla/isrg-root-x1.crt"
cp "$crossed/usertrust-rsa.pem" "$mozilla/usertrust-rsa.crt"
echo words >"$new/usr/share/doc/ca-certificates/README"
deb "$work/ca-certificates.deb" ca-certificates "$new"

# update ROOT: what dpkg, postinst and update-ca-certificates do
update() {
	rm "$1/usr/share/ca-certificates/mozilla/$old.crt"
	cp "$mozilla/usertrust-rsa.crt" "$1/usr/share/ca-certificates/mozilla"
	sed -i "\\,^mozilla/$old.crt\$,d" "$1/etc/ca-certificates.conf"
	echo "${2-}mozilla/usertrust-rsa.crt" >>"$1/etc/ca-certificates.conf"
	host_update "$1"
	installed "$1" ca-certificates
}

listing() {
	find "$one" "$HOME" -printf '%p %y %m %s %T@ %C@ %l\n' | sort
	ls -A "$TMPDIR"
}
before=$(listing)
preview "$one" "$work/ca-certificates.deb"
is "status" "$status" 2
is "errors" "$(cat "$work/errors")" ""
is "nothing was written or left" "$(listing)" "$before"
is "both files that .NET cached are named" \
	"$(keys appear | sed -n 's/^stale-cached-intermediate //p' | sort)" \
	"$(printf '%s\n' "$stale" "$cached" | sort)"
is "and the root's own" "$(/usr/bin/python3 -I -c 'import json, sys
for c in json.load(sys.stdin)["changes"]:
    if c["change"] == "removed":
        print(*[s["location"] for s in c["stores"] if s["kind"] == "debian-ca-conf"])
' <"$work/preview.json")" "/usr/share/ca-certificates/mozilla/$old.crt"
is "what comes and goes, and where" "$(changed)" \
	"added Crossed-Certification-Authority debian-ca-conf system-bundle system-directory system-hash-directory
removed Departing-Root-X3 debian-ca-conf system-bundle system-directory system-hash-directory"

cp -a "$one" "$work/updated"
update "$work/updated"
same "like the real update" "$one" "$work/updated" "$work/ca-certificates.deb"
rm -rf "$work/updated"
cp "$work/preview.json" "$work/as-xz.json"
if command -v zstd >/dev/null; then
	deb "$work/other.deb" ca-certificates "$new" zstd zst
else
	deb "$work/other.deb" ca-certificates "$new" gzip gz
fi
preview "$one" --isolation off "$work/other.deb"
check "another compressor, and no isolation" \
	cmp "$work/preview.json" "$work/as-xz.json"

# the administrator does not trust what is new
cp -a "$one" "$work/wary"
mkdir -p "$work/wary/var/cache/debconf"
printf 'Name: ca-certificates/new_crts\nValue: \n\nName: ca-certificates/trust_new_crts\nTemplate: x\nValue: no\nOwners: ca-certificates\n' \
	>"$work/wary/var/cache/debconf/config.dat"
# what was deselected stays so, and what was added stays, too
sed -i 's,^mozilla/isrg,!&,' "$work/wary/etc/ca-certificates.conf"
cp "$crossed/aaa-certificate-services.pem" \
	"$work/wary/usr/local/share/ca-certificates/aaa.crt"
host_update "$work/wary"
cp -a "$work/wary" "$work/updated"
update "$work/updated" '!'
same "trust_new_crts: no, one deselected, one added" "$work/wary" \
	"$work/updated" "$work/ca-certificates.deb"
rm -rf "$work/updated"

# ---- other packages -----------------------------------------------------------------
mkdir -p "$work/certifi/usr/lib/python3/dist-packages/certifi"
cat "$good/$old.pem" "$good/isrg-root-x1.pem" \
	>"$one/certifi.pem"
mkdir -p "$one/usr/lib/python3/dist-packages/certifi"
mv "$one/certifi.pem" "$one/usr/lib/python3/dist-packages/certifi/cacert.pem"
echo /usr/lib/python3/dist-packages/certifi/cacert.pem \
	>"$one/var/lib/dpkg/info/python3-certifi.list"
cp "$good/isrg-root-x1.pem" \
	"$work/certifi/usr/lib/python3/dist-packages/certifi/cacert.pem"
deb "$work/certifi.deb" python3-certifi "$work/certifi"
preview "$one" "$work/certifi.deb"
is "it changes in one place" "$(changed)" "removed Departing-Root-X3 python-certifi-debian"
preview "$one" "$work/certifi.deb" "$work/ca-certificates.deb"
is "two packages" "$(changed | sed -n 's/^removed //p')" \
	"Departing-Root-X3 debian-ca-conf python-certifi-debian system-bundle system-directory system-hash-directory"

# nothing that matters
mkdir -p "$work/hello/usr/bin"
echo words >"$work/hello/usr/bin/hello"
deb "$work/hello.deb" hello "$work/hello"
is "in short" "$("$TRUSTDRIFT" preview --root "$one" --now $now --format short \
	"$work/hello.deb")" "trustdrift: nothing that is trusted here would change"

# ---- what no package is ---------------------------------------------------------------
# refused WHAT WORDS FILE
refused() {
	preview "$one" "$3"
	is "$1: status" "$status" 1
	check "$1: $(cat "$work/errors")" grep -q "$2" "$work/errors"
	is "$1: nothing on standard output" "$(cat "$work/preview.json")" ""
}
size=$(stat -c %s "$work/ca-certificates.deb")
head -c $((size / 2)) "$work/ca-certificates.deb" >"$work/half.deb"
refused "half a package" . "$work/half.deb"
: >"$work/empty.deb"
refused "an empty file" "too short" "$work/empty.deb"
cp "$good/leaf.pem" "$work/leaf.deb"
refused "a certificate" "no package" "$work/leaf.deb"
refused "no file" "No such file" "$work/missing.deb"
mkfifo "$work/fifo.deb"
refused "a FIFO" "regular" "$work/fifo.deb"
cp "$work/deb/debian-binary" "$work/deb/other"
(cd "$work/deb" && rm -f "$work/parts.deb" && ar rcS "$work/parts.deb" debian-binary)
refused "parts are missing" "missing" "$work/parts.deb"

# names and links that lead elsewhere; each must be refused or harmless
/usr/bin/python3 -I - "$work/deb" "$mozilla/usertrust-rsa.crt" <<'END'
import io, sys, tarfile
def write(name, *members):
    with tarfile.open("%s/%s.tar.gz" % (sys.argv[1], name), "w:gz") as t:
        for path, kind, target in members:
            m = tarfile.TarInfo(path)
            m.type = kind
            m.linkname = target
            data = open(sys.argv[2], "rb").read() if kind == tarfile.REGTYPE else b""
            m.size = len(data)
            t.addfile(m, io.BytesIO(data))
F, L, H, D = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
crt = "usr/share/ca-certificates/mozilla/x.crt"
write("dots", ("./usr/share/ca-certificates/../../../../../tmp/x.crt", F, ""))
write("absolute", ("/" + crt, F, ""))
write("link", ("./usr/share/ca-certificates/mozilla", L, "/etc"),
      ("./" + crt, F, ""))
write("links", ("./" + crt, L, "../../../../../../../../../etc/passwd"),
      ("./usr/share/ca-certificates/a.crt", L, "a.crt"))
write("hard", ("./" + crt, H, "/etc/passwd"), ("./usr/x", H, "../../x"))
write("same", ("./" + crt, F, ""), ("./" + crt, D, ""), ("./" + crt, L, "x"))
write("below", ("./" + crt, F, ""), ("./" + crt + "/y.crt", F, ""))
write("null", ("./usr/share/ca-certificates/a\nb.crt", F, ""),
      ("./usr/share/ca-certificates/\x1b[31m\udcff.crt", F, ""))
with tarfile.open(sys.argv[1] + "/many.tar.gz", "w:gz") as t:
    for k in range(100000):
        t.addfile(tarfile.TarInfo("./usr/share/ca-certificates/%d.crt" % k))
with tarfile.open(sys.argv[1] + "/bomb.tar.gz", "w:gz") as t:
    m = tarfile.TarInfo("./" + crt)
    m.size = 600 << 20
    t.fileobj.write(m.tobuf() + bytes(1 << 20))
END
hostile() { # hostile NAME ...: one look at all of them
	for name in "$@"; do
		cp "$work/deb/$name.tar.gz" "$work/deb/data.tar.gz"
		(cd "$work/deb" && ar rcS "$work/$name.deb" debian-binary \
			control.tar.gz data.tar.gz)
		set -- "$@" "$work/$name.deb"
		shift
	done
	preview "$one" "$@"
	case $status in
	0 | 1 | 2) pass ;;
	*) fail "$1: status $status: $(cat "$work/errors")" ;;
	esac
	is "$1: nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
}
hostile dots
is "dots" "$status" 1
hostile absolute
is "absolute names are those of the root" "$(changed | sed -n 's/^added //p' | cut -d ' ' -f 1)" \
	"Crossed-Certification-Authority"
hostile link links same below null
check "links and odd names: $(cat "$work/errors")" [ ! -s "$work/errors" ]
hostile hard
is "hard links that lead out" "$status" 1
hostile many
is "100000 members" "$status" 1
check "100000 members" grep -q 'matter here' "$work/errors"
hostile bomb
is "a bomb" "$status" 1
check "a bomb: $(cat "$work/errors")" grep -q limit "$work/errors"

# no place to unpack
TMPDIR=$work/nowhere
preview "$one" "$work/ca-certificates.deb"
is "no TMPDIR" "$status" 1
check "no TMPDIR" grep -q 'TMPDIR' "$work/errors"
TMPDIR=$work/tmp

# ---- rpm ---------------------------------------------------------------------------------
if command -v rpmbuild >/dev/null && command -v sqlite3 >/dev/null; then
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

	# a database that cannot be read is told, and nothing is guessed
	cp -a "$red" "$work/torn"
	head -c 6000 "$red/var/lib/rpm/rpmdb.sqlite" \
		>"$work/torn/var/lib/rpm/rpmdb.sqlite"
	preview "$work/torn" "$work"/rpm/noarch/roots-2-1.*.rpm
	check "rpm's database is damaged: $(cat "$work/errors")" \
		grep -q 'rpmdb.sqlite: which files go is not known: .*--rebuilddb' \
		"$work/errors"
	is "rpm's database is damaged: what is known" "$(moves)" ""
else
	echo "rpm was not tested: no rpmbuild or no sqlite3"
fi
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
finish
