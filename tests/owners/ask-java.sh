#!/bin/sh
# ask-java.sh -- every cacerts that trustdrift finds on this host has exactly the
# certificates that its own JDK's keytool lists, and so has a store of each kind
# that the keytool of each JDK makes of all of them, by itself or with
# BouncyCastle as its provider.  Of the lists of blocked certificates the JDKs
# say what they take from them.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

command -v keytool >/dev/null || skip "needs keytool"
"$TRUSTDRIFT" --quiet scan --db "$work/host.db" || [ $? -eq 4 ]
host() {
	"$TRUSTDRIFT" query --db "$work/host.db" --format tsv "$1" | sed 1d
}
tab=$(printf '\t')

# What keytool lists, as a set.  OPTION...: -keystore and what it needs
listed() {	# listed KEYTOOL OPTION...
	keytool=$1
	shift
	"$keytool" -list -v "$@" -J-Duser.language=en 2>/dev/null </dev/null |
		sed -n 's/^.*SHA256: //p' | tr -d ':' | tr 'A-F' 'a-f' | sort -u
}

# What trustdrift sees of FILE when it is a JDK's list, as a set.
seen() {	# seen FILE [NAME]
	rm -rf "$work/root" "$work/db"
	host_new "$work/root"
	mkdir -p "$work/root/usr/lib/jvm/some-jdk/lib/security"
	cp "$1" "$work/root/usr/lib/jvm/some-jdk/lib/security/${2:-cacerts}"
	"$TRUSTDRIFT" --quiet scan --root "$work/root" --db "$work/db"
	"$TRUSTDRIFT" query --db "$work/db" --format tsv \
		"SELECT DISTINCT e.sha256 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE s.kind LIKE 'java-%'
		AND e.role IN ('anchor', 'distrust') ORDER BY e.sha256" | sed 1d
}

# same WHAT THEIRS OURS: files with sets of which the first is not empty
same() {
	[ -s "$2" ] || fail "$1: the owner lists nothing"
	if cmp -s "$2" "$3"; then
		pass
	else
		fail "$1: $(wc -l <"$2") of the owner's, $(wc -l <"$3") of ours"
		diff "$2" "$3" | head -n 5 >&2
	fi
}

# ---- the JDKs of this host -------------------------------------------------------
host "SELECT instance, path FROM v_store WHERE kind = 'java-cacerts'
	ORDER BY instance, path" >"$work/stores"
[ -s "$work/stores" ] || skip "no JDK on this host"
: >"$work/jdks"
while IFS=$tab read -r jdk path; do
	[ -x "$jdk/bin/keytool" ] || {
		echo "$jdk has no keytool: not asked"
		continue
	}
	grep -qxF "$jdk" "$work/jdks" || echo "$jdk" >>"$work/jdks"
	listed "$jdk/bin/keytool" -keystore "$path" -storepass changeit \
		>"$work/theirs"
	host "SELECT DISTINCT e.sha256 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE s.path = '$path'
		ORDER BY e.sha256" >"$work/ours"
	same "$path" "$work/theirs" "$work/ours"
done <"$work/stores"

# ---- all that they hold, as each kind of store ----------------------------------
bc_options=
if fetch_deb bookworm libbcprov-java; then
	bcprov=$OWNERS/bookworm/libbcprov-java/usr/share/java/bcprov.jar
	bc_options="-providerclass org.bouncycastle.jce.provider.BouncyCastleProvider
		-providerpath $bcprov"
else
	fail "BouncyCastle could not be fetched"
fi
# kind JDK FILE TYPE [OPTION...]: made from the JDK's own list, then compared
kind() {
	jdk=$1 file=$work/$2 type=$3
	shift 3
	rm -f "$file"
	"$jdk/bin/keytool" -importkeystore -noprompt \
		-srckeystore "$jdk/lib/security/cacerts" -srcstorepass changeit \
		-destkeystore "$file" -deststoretype "$type" \
		-deststorepass changeit "$@" >"$work/log" 2>&1 || {
		fail "$jdk could not make $type"
		cat "$work/log" >&2
		return
	}
	listed "$jdk/bin/keytool" -keystore "$file" -storetype "$type" \
		-storepass changeit "$@" >"$work/theirs"
	seen "$file" >"$work/ours"
	same "$jdk: $type $(wc -l <"$work/theirs")" "$work/theirs" "$work/ours"
	cmp -s "$work/theirs" "$work/all" ||
		fail "$jdk: $type is not what its own list is"
}
none="-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE
	-J-Dkeystore.pkcs12.macAlgorithm=NONE"
while read -r jdk; do
	listed "$jdk/bin/keytool" -keystore "$jdk/lib/security/cacerts" \
		-storepass changeit >"$work/all"
	kind "$jdk" jks JKS
	kind "$jdk" jceks JCEKS
	kind "$jdk" p12 PKCS12
	# shellcheck disable=SC2086 # words
	kind "$jdk" none PKCS12 $none
	[ -n "$bc_options" ] || continue
	for type in BKS UBER BCFKS; do
		# shellcheck disable=SC2086 # words
		kind "$jdk" $type $type $bc_options
	done
done <"$work/jdks"

# ---- what keytool cannot make ----------------------------------------------------
cert=$srcdir/tests/hosts/certificates/dst-2021/isrg-root-x1.pem
openssl req -x509 -newkey rsa:2048 -noenc -days 20000 -subj '/CN=Key' \
	-keyout "$work/key.pem" -out "$work/key-cert.pem" 2>/dev/null
openssl pkcs12 -export -inkey "$work/key.pem" -in "$work/key-cert.pem" \
	-name key -passout pass:changeit -out "$work/key.p12"
bouncycastle() {	# make|list TYPE FILE PASSWORD ...
	java -Dorg.bouncycastle.bks.enable_v1=true -cp "$bcprov" \
		"$srcdir/tests/tools/bouncycastle.java" "$@"
}
# made WHAT TYPE PASSWORD ENTRY...
made() {
	what=$1 type=$2 password=$3
	shift 3
	bouncycastle make "$type" "$work/made" "$password" "cert:root:$cert" \
		"key:key:$work/key.p12" secret:secret \
		"protected:guarded:$work/key.p12" "$@" ||
		fail "$what could not be made"
	bouncycastle list "$type" "$work/made" "$password" >"$work/theirs"
	seen "$work/made" >"$work/ours"
}
if [ -n "$bc_options" ]; then
	made 'BKS version 1' BKS-V1 changeit
	same 'BKS version 1' "$work/theirs" "$work/ours"
	for type in BKS UBER BCFKS; do
		for password in changeme ''; do
			made "$type" "$type" "$password"
			same "$type, password \"$password\"" "$work/theirs" \
				"$work/ours"
		done
		made "$type" "$type" 'another one'
		case $type in
		BKS) same "$type is not encrypted" "$work/theirs" \
			"$work/ours" ;;
		*) is "$type, another password" "$(cat "$work/ours")$(
			"$TRUSTDRIFT" query --db "$work/db" --format tsv \
			"SELECT code FROM v_problem" | sed 1d)" opaque ;;
		esac
	done
	for words in 'pbkdf2:3-512:2048 mac:3-512' 'cipher:kwp' \
		'scrypt:1024:8:1 cipher:kwp' 'scrypt:16384:8:1'; do
		# shellcheck disable=SC2086 # words
		made "BCFKS $words" BCFKS changeit $words
		same "BCFKS $words" "$work/theirs" "$work/ours"
	done
fi

# ---- what they block -------------------------------------------------------------
blocked() {	# JDK OPTION... : its words
	jdk=$1
	shift
	"$jdk/bin/java" --add-opens java.base/sun.security.util=ALL-UNNAMED \
		"$srcdir/tests/owners/blocked.java" "$@"
}
while read -r jdk; do
	[ -x "$jdk/bin/javac" ] || continue
	blocked "$jdk" own >"$work/theirs"
	host "SELECT DISTINCT e.sha256 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE s.instance = '$jdk'
		AND s.kind IN ('java-blocked', 'java-blacklisted')
		ORDER BY e.sha256" >"$work/ours"
	same "$jdk: what it blocks" "$work/theirs" "$work/ours"
	for file in "$srcdir"/tests/readers/blocked-certs/*.in; do
		[ -s "$file" ] || continue
		blocked "$jdk" properties "$file" >"$work/theirs"
		seen "$file" blocked.certs >"$work/ours"
		cmp -s "$work/theirs" "$work/ours" ||
			fail "$jdk: $(basename "$file")"
		pass
	done

	# A runtime with a list of our own: a root that is blocked is refused.
	[ -d "$jdk/jmods" ] || continue
	rm -rf "$work/runtime"
	"$jdk/bin/jlink" --add-modules java.base,jdk.compiler \
		--output "$work/runtime" || fail "$jdk: no runtime"
	openssl req -new -key "$work/key.pem" -subj '/CN=leaf' |
		openssl x509 -req -CA "$work/key-cert.pem" \
			-CAkey "$work/key.pem" -days 20000 -out "$work/leaf.pem" \
			2>/dev/null
	verified() {
		"$work/runtime/bin/java" "$srcdir/tests/owners/blocked.java" \
			verify "$work/key-cert.pem" "$work/leaf.pem"
	}
	is "$jdk: not blocked" "$(verified)" trusted
	printf 'Algorithm=SHA-256\n%s\n' "$(sha256_of "$work/key-cert.pem" |
		tr 'a-f' 'A-F')" >"$work/runtime/lib/security/blocked.certs"
	case $(verified) in
	*'Untrusted certificate'*) pass ;;
	*) fail "$jdk: a blocked root is trusted" ;;
	esac
done <"$work/jdks"
finish
