#!/bin/sh
# packages.sh -- v_file says whose each file is as the package managers do: dpkg
# on this host, rpm with each of its containers, apk and pacman.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

# files ROOT: path, package, version of all files of all stores
files() {
	"$TRUSTDRIFT" --quiet scan --root "$1" --db "$work/files.db" ||
		[ $? -eq 4 ] || fail "scan of $1"
	"$TRUSTDRIFT" query --db "$work/files.db" --format tsv \
		"SELECT path, package, version, user FROM v_file ORDER BY path" |
		sed 1d
}

# ---- dpkg, live ----------------------------------------------------------------
command -v dpkg-query >/dev/null || skip "needs dpkg-query"
"$TRUSTDRIFT" --quiet scan --db "$work/host.db" || [ $? -eq 4 ]
"$TRUSTDRIFT" query --db "$work/host.db" --format tsv \
	"SELECT DISTINCT real_path, package, version FROM v_file
	WHERE package IS NOT NULL AND real_path NOT LIKE '%\\%'
	ORDER BY real_path" | sed 1d >"$work/ours"
# every tenth is enough: dpkg-query reads all of its lists for each question
asked=0
sed -n '1~10p' "$work/ours" >"$work/some"
while IFS='	' read -r path package version; do
	asked=$((asked + 1))
	theirs=$(dpkg-query -S "$path" 2>/dev/null ||
		dpkg-query -S "${path#/usr}" 2>/dev/null)
	theirs=${theirs%%:*}
	is "$path: its package" "$package" "$theirs"
	# shellcheck disable=SC2016 # dpkg's own notation
	is "$path: its version" "$version" \
		"$(dpkg-query -W -f '${Version}\n' "$package" | head -n 1)"
done <"$work/some"
[ "$asked" -gt 5 ] || fail "dpkg owns only $asked of the files asked for"

# ---- a root of each kind ---------------------------------------------------------
root=$work/root
bundle=$root/etc/pki/tls/certs/ca-bundle.crt
new_root() {
	rm -rf "$root"
	host_new "$root"
	mkdir -p "${bundle%/*}"
	cat "$srcdir"/tests/hosts/certificates/*/isrg-root-x1.pem >"$bundle"
}
tab='	'
owned="/etc/pki/tls/certs/ca-bundle.crt${tab}corp-roots${tab}"
new_root
mkdir -p "$root/lib/apk/db"
printf '%s\n' 'C:Q1abc=' 'P:corp-roots' 'V:1-r0' 'F:etc/pki/tls/certs' \
	'R:ca-bundle.crt' 'Z:Q1def=' '' 'P:other' 'V:2' 'F:etc' 'R:ca-bundle.crt' \
	>"$root/lib/apk/db/installed"
is apk "$(files "$root" | cut -f 1-3)" "${owned}1-r0"

new_root
local=$root/var/lib/pacman/local
mkdir -p "$local/corp-roots-2-1" "$local/other-1-1"
echo 9 >"$local/ALPM_DB_VERSION"
printf '%s\n' '%NAME%' corp-roots '' '%VERSION%' 2-1 >"$local/corp-roots-2-1/desc"
printf '%s\n' '%FILES%' etc/ etc/pki/tls/certs/ca-bundle.crt \
	>"$local/corp-roots-2-1/files"
printf '%s\n' '%NAME%' other '' '%VERSION%' 1-1 >"$local/other-1-1/desc"
printf '%s\n' '%FILES%' etc/ '%BACKUP%' >"$local/other-1-1/files"
is pacman "$(files "$root" | cut -f 1-3)" "${owned}2-1"

# distroless: no dpkg, and yet its packages
new_root
mkdir -p "$root/var/lib/dpkg/status.d"
printf 'Package: corp-roots\nVersion: 7\n' \
	>"$root/var/lib/dpkg/status.d/corp-roots"
printf '%s  %s\n' 0123456789abcdef0123456789abcdef \
	etc/pki/tls/certs/ca-bundle.crt \
	>"$root/var/lib/dpkg/status.d/corp-roots.md5sums"
is status.d "$(files "$root" | cut -f 1-3)" "${owned}7"

# nobody's: the user is said, by the name that the root's passwd has
new_root
number=$(awk -F : -v uid="$(id -u)" '$3 == uid { print $1; exit }' \
	"$root/etc/passwd")
number=${number:-$(id -u)}
is "no package" "$(files "$root")" \
	"/etc/pki/tls/certs/ca-bundle.crt${tab}${tab}${tab}$number"

# ---- rpm -------------------------------------------------------------------------
for tool in rpmbuild db5.3_load sqlite3 python3; do
	command -v "$tool" >/dev/null || skip "needs $tool"
done
cat >"$work/corp.spec" <<'EOF'
Name: corp-roots
Epoch: 3
Version: 1.2
Release: 4
Summary: roots
License: none
BuildArch: noarch
%description
roots
%install
mkdir -p %{buildroot}/etc/pki/tls/certs %{buildroot}/usr/lib/x
echo a >%{buildroot}/etc/pki/tls/certs/ca-bundle.crt
echo b >%{buildroot}/usr/lib/x/cert.pem
%files
/etc/pki/tls/certs/ca-bundle.crt
/usr/lib/x/cert.pem
EOF
rpmbuild -bb --define "_topdir $work/top" --define "_tmppath $work/top" \
	"$work/corp.spec" >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	fail "rpmbuild"
}
mkdir -p "$work/rpmdb"
rpm --dbpath "$work/rpmdb" --define '_db_backend sqlite' -i --nodeps --justdb \
	--ignorearch --ignoreos "$work"/top/RPMS/noarch/*.rpm >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	fail "rpm -i"
}
is "rpm itself" "$(rpm --dbpath "$work/rpmdb" -q --qf '%{EPOCH}:%{VERSION}-%{RELEASE}' \
	corp-roots 2>/dev/null)" 3:1.2-4
sqlite3 "$work/rpmdb/rpmdb.sqlite" \
	"PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=WAL;
	SELECT writefile('$work/header', blob) FROM Packages" >/dev/null

# rpm_root FILE NAME: a root whose rpm database is FILE, called NAME
rpm_root() {
	new_root
	mkdir -p "$root/var/lib/rpm"
	cp "$1" "$root/var/lib/rpm/$2"
}
rpm_root "$work/rpmdb/rpmdb.sqlite" rpmdb.sqlite
is "rpm: SQLite" "$(files "$root" | cut -f 1-3)" "${owned}3:1.2-4"

# Directories that are none: a file there is no file of the host.
cp "$work/rpmdb/rpmdb.sqlite" "$work/relative.sqlite"
python3 - "$work/relative.sqlite" <<'EOF'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
blob, = db.execute("SELECT blob FROM Packages").fetchone()
there = b"/etc/pki/tls/certs/\0"
assert blob.count(there) == 1
db.execute("UPDATE Packages SET blob = ?",
           (blob.replace(there, b"\0" + there[1:]),))
db.commit()
EOF
rpm_root "$work/relative.sqlite" rpmdb.sqlite
is "rpm: a path without a directory" "$(files "$root" | cut -f 2)" ""

# ndb as lib/backend/ndb/rpmpkg.c lays it out: one page of slots, one blob
python3 - "$work/header" "$work/Packages.db" <<'EOF'
import struct, sys, zlib
header = open(sys.argv[1], "rb").read()
head = b"BlbS" + struct.pack("<III", 1, 0, len(header))
blob = head + header
blob += b"\0" * (-(len(blob) + 12) % 16)
blob += struct.pack("<II", zlib.adler32(blob), len(header)) + b"BlbE"
page = b"RpmP" + struct.pack("<IIII", 0, 1, 1, 2) + b"\0" * 12
page += b"Slot" + struct.pack("<III", 1, 256, len(blob) // 16)
page += (b"Slot" + b"\0" * 12) * ((4096 - len(page)) // 16)
open(sys.argv[2], "wb").write(page + blob)
EOF
rpm_root "$work/Packages.db" Packages.db
is "rpm: ndb" "$(files "$root" | cut -f 1-3)" "${owned}3:1.2-4"

# Berkeley DB by its own loader, in both byte orders, with the counter that rpm
# keeps under key 0
for order in 1234 4321; do
	python3 - "$work/header" >"$work/dump" <<'EOF'
import sys
header = open(sys.argv[1], "rb").read()
print("VERSION=3\nformat=bytevalue\ntype=hash\nh_nelem=8\nHEADER=END")
print(" 00000000\n 01000000")
print(" 01000000\n " + header.hex())
print("DATA=END")
EOF
	rm -f "$work/Packages"
	db5.3_load -c db_lorder=$order -f "$work/dump" "$work/Packages" ||
		fail "db5.3_load"
	rpm_root "$work/Packages" Packages
	is "rpm: Berkeley DB, $order" "$(files "$root" | cut -f 1-3)" \
		"${owned}3:1.2-4"
done

# damaged: a problem that no verdict rests on, or the answer, and never worse
damaged() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/damaged.db"
	status=$?
	is "$1: status" "$status" 0
	"$TRUSTDRIFT" query --db "$work/damaged.db" --format tsv \
		"SELECT (SELECT count(*) FROM v_file WHERE package IS NOT NULL) +
		(SELECT count(*) FROM v_problem WHERE skipped)" | sed 1d
}
for name in rpmdb.sqlite Packages.db Packages; do
	file=$work/$name
	[ $name != rpmdb.sqlite ] || file=$work/rpmdb/$name
	size=$(wc -c <"$file")
	for part in 0 1 2 5 9 13; do
		rpm_root "$file" "$name"
		head -c $((size * part / 16)) "$file" >"$root/var/lib/rpm/$name"
		said=$(damaged "$name cut at $part/16")
		[ "$said" -ge 1 ] || fail "$name cut at $part/16: silence"
	done
done
for what in fifo directory; do
	rpm_root "$work/Packages.db" Packages
	rm "$root/var/lib/rpm/Packages"
	case $what in
	fifo) mkfifo "$root/var/lib/rpm/Packages" ;;
	directory) mkdir "$root/var/lib/rpm/Packages" ;;
	esac
	said=$(damaged "$what")
	[ "$said" -ge 1 ] || fail "$what: silence"
done
finish
