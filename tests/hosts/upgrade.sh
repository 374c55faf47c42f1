#!/bin/sh
# upgrade.sh -- what a preview of packages says would be found is what is found when
# they are installed: compared with an audit of the root as dpkg and
# ca-certificates leave it.  And what packages are that nobody should install.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/preview-lib.sh
. "$srcdir/tests/hosts/preview-lib.sh"
# shellcheck source=tests/hosts/upgrade-lib.sh
. "$srcdir/tests/hosts/upgrade-lib.sh"
command -v openssl >/dev/null || skip "needs openssl"
command -v ar >/dev/null || skip "needs ar"
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

# one for all architectures takes the place of one for this
mv "$one/var/lib/dpkg/info/python3-certifi.list" \
	"$one/var/lib/dpkg/info/python3-certifi:amd64.list"
deb "$work/gone.deb" python3-certifi "$work/hello"
preview "$one" "$work/gone.deb"
is "another architecture's list" "$(changed | cut -d ' ' -f 1,3)" \
	"removed python-certifi-debian
removed python-certifi-debian"
# what another package has, too, stays
echo /usr/lib/python3/dist-packages/certifi/cacert.pem \
	>"$one/var/lib/dpkg/info/other.list"
preview "$one" "$work/gone.deb"
is "another package has it, too" "$(changed)" ""
rm "$one/var/lib/dpkg/info/other.list"

# what was distrusted and is trusted comes
for word in distrusted trusted; do
	mkdir -p "$work/$word/usr/share/pki/ca-trust-source"
	{
		printf '[p11-kit-object-v1]\nlabel: "x"\nx-%s: true\n' "$word" |
			sed 's/x-trusted/trusted/'
		cat "$crossed/aaa-certificate-services.pem"
	} >"$work/$word/usr/share/pki/ca-trust-source/x.p11-kit"
done
cp -a "$one" "$work/red"
cp -a "$work/distrusted/." "$work/red"
echo /usr/share/pki/ca-trust-source/x.p11-kit >"$work/red/var/lib/dpkg/info/x.list"
deb "$work/x.deb" x "$work/trusted"
preview "$work/red" "$work/x.deb"
is "distrusted, and then trusted" "$(changed | cut -d ' ' -f 1,3)" "added p11-kit-token"

# ---- what no package is ---------------------------------------------------------------
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

is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
finish
