#!/bin/sh
# upgrade-dpkg.sh -- what a preview of a .deb says of files of settings is what dpkg
# makes of them: of each a package has what it had or something else, and the
# administrator changed, deleted or made it, or did not.  The real dpkg does it to a
# copy of the root, with nobody to answer its questions.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/preview-lib.sh
. "$srcdir/tests/hosts/preview-lib.sh"
# shellcheck source=tests/hosts/upgrade-lib.sh
. "$srcdir/tests/hosts/upgrade-lib.sh"
for tool in dpkg dpkg-deb; do
	command -v $tool >/dev/null || skip "needs $tool"
done
PATH=$PATH:/usr/sbin:/sbin	# dpkg looks for ldconfig and others

# The certificates that may be there: what was brought first, what is next, what the
# administrator has.
first=$good/isrg-root-x1.pem next=$good/$old.pem own=$crossed/usertrust-rsa.pem

# case_of NAME CONFFILE-OF CERTIFICATE CERTIFICATE CERTIFICATE: a store of its own.
# CONFFILE-OF is the versions of which it is one ("12", "1", "2", "-"); the
# certificates are those of both versions and of the host, "-": it has none.
case_of() {
	echo "$1" >>"$work/cases"
	path=etc/freeradius/$1/certs/ca.pem
	for place in "1 $3" "2 $4" "host $5"; do
		file=$work/${place%% *}/$path
		[ "${place#* }" != - ] || continue
		mkdir -p "${file%/*}"
		cp "${place#* }" "$file"
	done
	case $2 in *1*) echo "/$path" >>"$work/conffiles.1" ;; esac
	case $2 in *2*) echo "/$path" >>"$work/conffiles.2" ;; esac
}
case_of as-it-was 12 "$first" "$first" "$first"
case_of replaced 12 "$first" "$next" "$first"
case_of has-it-already 12 "$first" "$next" "$next"
case_of "has a space" 12 "$first" "$next" "$first"
case_of "has a space, and edited" 12 "$first" "$next" "$own"
case_of edited 12 "$first" "$next" "$own"
case_of edited-and-not-new 12 "$first" "$first" "$own"
case_of deleted 12 "$first" "$next" -
case_of deleted-and-not-new 12 "$first" "$first" -
case_of new 2 - "$next" -
case_of new-and-there 2 - "$next" "$own"
case_of dropped 1 "$first" - "$first"
case_of dropped-and-edited 1 "$first" - "$own"
case_of plain - "$first" "$next" "$own"
case_of plain-and-gone - "$first" - "$first"
case_of plain-and-new - - "$next" "$own"
case_of becomes-one 2 "$first" "$next" "$first"
case_of becomes-one-and-edited 2 "$first" "$next" "$own"
case_of is-one-no-more 1 "$first" "$next" "$first"
case_of is-one-no-more-and-edited 1 "$first" "$next" "$own"

for n in 1 2; do
	mkdir -p "$work/$n/DEBIAN"
	printf 'Package: radius\nVersion: %s\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: a\n' \
		$n >"$work/$n/DEBIAN/control"
	mv "$work/conffiles.$n" "$work/$n/DEBIAN/conffiles"
	find "$work/$n" -type d -exec chmod 755 {} +
	find "$work/$n" -type f -exec chmod 644 {} +
	dpkg-deb --root-owner-group -b "$work/$n" "$work/radius-$n.deb" \
		>"$work/log" 2>&1 || fail "dpkg-deb: $(cat "$work/log")"
done

# installs ROOT FILE: as nobody answers
installs() {
	DEBIAN_FRONTEND=noninteractive dpkg --root="$1" --log=/dev/null \
		--force-not-root,bad-path,script-chrootless,confdef,confold \
		-i "$2" >"$work/log" 2>&1 </dev/null ||
		fail "dpkg -i $2: $(cat "$work/log")"
}
one=$work/one
host_new "$one"
mkdir -p "$one/var/lib/dpkg/info" "$one/var/lib/dpkg/updates"
: >"$one/var/lib/dpkg/status"
installs "$one" "$work/radius-1.deb"
while read -r case; do
	rm -f "$one/etc/freeradius/$case/certs/ca.pem"
done <"$work/cases"
cp -a "$work/host/." "$one"
cp -a "$one" "$work/updated"
installs "$work/updated" "$work/radius-2.deb"
same "as dpkg upgrades" "$one" "$work/updated" "$work/radius-2.deb"

# holds ROOT: each certificate, and where it is
holds() {
	rm -f "$work/holds.db"
	"$TRUSTDRIFT" scan --root "$1" --quiet --db "$work/holds.db" ||
		fail "scan of $1"
	"$TRUSTDRIFT" query --db "$work/holds.db" --format tsv \
		"SELECT e.location, c.subject FROM v_entry e
		JOIN v_certificate c ON c.sha256 = e.sha256" | sed 1d | sort
}
holds "$one" >"$work/before"
holds "$work/updated" >"$work/after"
# what dpkg changed, and what the preview says
diff "$work/before" "$work/after" | sed -n 's/^< \([^	]*\).*/removed \1/p
	s/^> \([^	]*\).*/added \1/p' | sort >"$work/did"
places | sed 's/ [^ ]* / /' | sort >"$work/said"
is "each file of settings" "$(cat "$work/said")" "$(cat "$work/did")"
check "something was replaced" grep -q '^added .*/replaced/' "$work/did"
for case in edited deleted new-and-there dropped; do
	check "$case: stays" [ -z "$(grep "/$case/" "$work/did")" ]
done
check "they were read" [ "$(wc -l <"$work/after")" -gt 10 ]
finish
