#!/bin/sh
# ask-java.sh -- every cacerts that trustdrift finds on this host has exactly the
# entries that its own JDK's keytool lists, and so have stores of each kind that
# keytool writes.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

command -v keytool >/dev/null || skip "needs keytool"
"$TRUSTDRIFT" --quiet scan --db "$work/host.db" || [ $? -eq 4 ]
"$TRUSTDRIFT" query --db "$work/host.db" --format tsv \
	"SELECT path, entries, instance FROM v_store WHERE kind = 'java-cacerts'
	ORDER BY path" | sed 1d >"$work/stores"
[ -s "$work/stores" ] || skip "no JDK on this host"
while IFS='	' read -r path entries instance; do
	keytool=$instance/bin/keytool
	[ -x "$keytool" ] || keytool=keytool
	counted=$("$keytool" -list -keystore "$path" -storepass changeit \
		-J-Duser.language=en 2>/dev/null </dev/null |
		grep -c -E '(trustedCertEntry|PrivateKeyEntry),')
	is "$path" "$entries" "$counted"
done <"$work/stores"

# a store of each type, out of the system's roots
for type in JKS JCEKS PKCS12; do
	root=$work/$type
	host_new "$root"
	store=$root/usr/lib/jvm/some-jdk/lib/security/cacerts
	mkdir -p "$(dirname "$store")"
	n=0
	for pem in "$srcdir"/tests/hosts/certificates/*/*.pem; do
		n=$((n + 1))
		keytool -importcert -noprompt -alias "ca $n" -file "$pem" \
			-keystore "$store" -storetype $type -storepass changeit \
			>/dev/null 2>&1 || fail "keytool could not add $pem"
	done
	keytool -list -v -keystore "$store" -storepass changeit \
		-J-Duser.language=en 2>/dev/null | sed -n 's/^.*SHA256: //p' |
		tr -d ':' | tr 'A-F' 'a-f' | sort >"$work/theirs"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/$type.db"
	"$TRUSTDRIFT" query --db "$work/$type.db" --format tsv \
		"SELECT e.sha256 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE s.kind = 'java-cacerts'
		AND e.role = 'anchor'" | sed 1d | sort >"$work/ours"
	is "$type: as keytool lists it" "$(cat "$work/ours")" "$(cat "$work/theirs")"
	[ -s "$work/theirs" ] || fail "$type: keytool lists nothing"
done
finish
