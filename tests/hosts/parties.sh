#!/bin/sh
# parties.sh -- what one relying party composes, in which order, and which stores
# are shadowed.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

root=$work/root
host_new "$root"
for jdk in plain replaced; do
	mkdir -p "$root/usr/lib/jvm/$jdk/lib/security"
	cp "$srcdir/tests/readers/jks/key-and-trusted.in" \
		"$root/usr/lib/jvm/$jdk/lib/security/cacerts"
done
cp "$srcdir/tests/readers/jks/kt17.in" \
	"$root/usr/lib/jvm/replaced/lib/security/jssecacerts"
# A JDK that links to another's list, which is then read under two names.
mkdir -p "$root/usr/lib/jvm/linked/lib/security" "$root/etc/ssl/certs/java"
mv "$root/usr/lib/jvm/plain/lib/security/cacerts" "$root/etc/ssl/certs/java"
ln -s /etc/ssl/certs/java/cacerts "$root/usr/lib/jvm/plain/lib/security/cacerts"
ln -s ../../../plain/lib/security/cacerts \
	"$root/usr/lib/jvm/linked/lib/security/cacerts"
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" || fail scan

table() {
	"$TRUSTDRIFT" show "$@" --db "$work/db" --format tsv
}
tab=$(printf '\t')
is "its columns" "$(table parties java:/usr/lib/jvm/plain | head -n 1)" \
	"position${tab}role${tab}kind${tab}path${tab}format${tab}entries${tab}anchors${tab}problems${tab}shadowed_by"
is "one list" "$(table parties java:/usr/lib/jvm/plain | sed 1d | cut -f 2,3,6,9)" \
	"anchor${tab}java-cacerts${tab}5${tab}"
is "jssecacerts replaces cacerts" \
	"$(table parties java:/usr/lib/jvm/replaced | sed 1d | cut -f 3,6,9)" \
	"java-jssecacerts${tab}1${tab}
java-cacerts${tab}5${tab}java-jssecacerts"
is "the shadowed one's anchors do not count" \
	"$(table parties java:/usr/lib/jvm/replaced | sed 1d | cut -f 7)" \
	"1
0"
is "anchors are the party's" "$(table parties | sed 1d |
	awk -F "$tab" '$1 == "java:/usr/lib/jvm/replaced" { print $(NF - 1) }')" 1
is "shadowed" "$(table shadowed | sed 1d | grep -v "^system-" | cut -f 1,2,5,6)" \
	"java-cacerts${tab}/usr/lib/jvm/replaced/lib/security/cacerts${tab}java:/usr/lib/jvm/replaced${tab}java-jssecacerts"
"$TRUSTDRIFT" show parties java --db "$work/db" 2>"$work/err"
is "no such party: status" $? 1
check "no such party: named" grep -q '"java"' "$work/err"
"$TRUSTDRIFT" show parties "x' OR 1=1 --" --db "$work/db" >"$work/out" 2>/dev/null
is "an id is data" "$?:$(cat "$work/out")" "1:"
"$TRUSTDRIFT" show stores x --db "$work/db" 2>/dev/null
is "only parties take an id" $? 64
finish
