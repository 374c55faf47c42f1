#!/bin/sh
# java.sh -- what a JDK blocks is no anchor of it, whatever its cacerts says;
# its stores may be BouncyCastle's; and what others keep that are Java.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

root=$work/root
host_new "$root"
readers=$srcdir/tests/readers
# jdk NAME DIRECTORY: a JDK whose runtime is in DIRECTORY of it; $security
jdk() {
	security=$root/usr/lib/jvm/$1/$2lib/security
	mkdir -p "$security"
}
# block NAME SHA-256...: a list in $security
block() {
	name=$1
	shift
	{
		echo Algorithm=SHA-256
		for sha256 in "$@"; do
			echo "$sha256" | tr 'a-f' 'A-F'
		done
	} >"$security/$name"
}
# What the fixture has, as its own .want says.
anchors=$(sed -n 's/ - marked .*//p' "$readers/jks/key-and-trusted.want" | sort)
first=$(echo "$anchors" | head -n 1)
rest=$(echo "$anchors" | sed 1d)
[ -n "$rest" ] || fail "the fixture has too few certificates"

jdk open ''
cp "$readers/jks/key-and-trusted.in" "$security/cacerts"
jdk blocks ''
cp "$readers/jks/key-and-trusted.in" "$security/cacerts"
block blocked.certs "$first"
# before 16, with the runtime in a directory of its own
jdk old jre/
cp "$readers/jks/key-and-trusted.in" "$security/cacerts"
block blacklisted.certs "$first"
# what is read is the list with the newer name
jdk both ''
cp "$readers/jks/key-and-trusted.in" "$security/cacerts"
block blocked.certs
block blacklisted.certs "$first"
# Lower case blocks nothing, which is said.
jdk lower ''
cp "$readers/jks/key-and-trusted.in" "$security/cacerts"
printf 'Algorithm=SHA-256\n%s\n' "$first" >"$security/blocked.certs"
# The list of a JDK without the other store makes no party.
jdk bare ''
block blocked.certs "$first"
for format in bks uber bcfks; do
	jdk $format ''
	cp "$readers/$format/all.in" "$security/cacerts"
done
ide=$root/home/ann/.config/JetBrains/IdeaIC2025.1/ssl
mkdir -p "$ide" "$root/home/ann/.config/icedtea-web/security"
cp "$readers/jks/kt17.in" "$ide/cacerts"
cp "$readers/jks/kt17.in" "$ide/plugins-certs"
cp "$readers/jks/kt17.in" \
	"$root/home/ann/.config/icedtea-web/security/trusted.jssecacerts"

"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" \
	--now 2026-01-01T00:00:00Z || fail scan
query() {
	"$TRUSTDRIFT" query --db "$work/db" --format tsv "$1" | sed 1d
}
anchors_of() {
	query "SELECT sha256 FROM v_anchor WHERE party = '$1' ORDER BY sha256"
}
is "nothing is blocked" "$(anchors_of java:/usr/lib/jvm/open)" "$anchors"
is "the one that is blocked is no anchor" \
	"$(anchors_of java:/usr/lib/jvm/blocks)" "$rest"
is "nor in a JDK 8" "$(anchors_of java:/usr/lib/jvm/old/jre)$(
	anchors_of java:/usr/lib/jvm/old)" "$rest"
is "a list that is not read" "$(anchors_of java:/usr/lib/jvm/both)" "$anchors"
is "lower case" "$(anchors_of java:/usr/lib/jvm/lower)" "$anchors"
is "is said" "$(query "SELECT p.code FROM v_problem p JOIN v_store s
	ON s.store_id = p.store_id WHERE s.path LIKE '/usr/lib/jvm/lower/%'
	ORDER BY p.code")" malformed
is "a list alone" "$(query "SELECT party FROM v_party
	WHERE party = 'java:/usr/lib/jvm/bare'")" ""
is "it stays in the store, with its role" "$(query "SELECT e.role, e.sha256
	FROM v_entry e JOIN v_store s ON s.store_id = e.store_id
	WHERE s.path = '/usr/lib/jvm/blocks/lib/security/blocked.certs'")" \
	"distrust	$first"
for format in bks uber bcfks; do
	is "$format" "$(anchors_of java:/usr/lib/jvm/$format)" \
		"$(sed -n 's/ - marked .*//p' "$readers/$format/all.want" |
			sort -u)"
done
theirs=$(sed -n 's/ - marked .*//p' "$readers/jks/kt17.want" | sort)
is "JetBrains" "$(anchors_of \
	jetbrains:/home/ann/.config/JetBrains/IdeaIC2025.1)" "$theirs"
is "Web Start" "$(anchors_of java-web-start:/home/ann/.config/icedtea-web)" \
	"$theirs"
is "signers are for code" "$(query "SELECT DISTINCT e.purposes FROM v_entry e
	JOIN v_store s ON s.store_id = e.store_id
	WHERE s.kind = 'jetbrains-plugins'")" codeSigning

# A rescan finds the certificate known, and the next one blocked as well.
rm -rf "$root/usr/lib/jvm/open"
jdk late ''
block blocked.certs "$first"
cp "$readers/jks/key-and-trusted.in" "$security/cacerts"
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" \
	--now 2026-01-01T00:00:00Z || fail rescan
is "after a rescan" "$(anchors_of java:/usr/lib/jvm/late)" "$rest"
finish
