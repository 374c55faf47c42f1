#!/bin/sh
# audited.sh -- the whole way, for every recipe that needs no large program: a
# store is broken, an audit finds it by its rule, `trustdrift fix` writes the
# script, a second audit finds it no more and nothing new, --rollback brings the
# bytes back, and a third audit finds all of it again.  What the owners' programs
# say of each repair is asked by the other tests of this directory.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"
for tool in certutil keytool openssl; do
	command -v $tool >/dev/null || skip "$tool is missing"
done
now=2024-01-01T00:00:00Z
config=$work/config
mkdir -p "$config"
TRUSTDRIFT_STOREPASS=changeit
export TRUSTDRIFT_STOREPASS

# audit: "RULE STORE RECIPE ID" of what is found, with "-" for what is not there
audit() {
	"$TRUSTDRIFT" --quiet audit --root "$root" --db "$work/db" \
		--config "$config" --format json --now "$now" \
		>"$work/report" || [ $? = 2 ] || fail "audit"
	/usr/bin/python3 -I - "$work/report" <<-'END' | LC_ALL=C sort
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["status"] == "found":
	        print(f["rule"], (f["store"] or {}).get("path")
	              or f["entry"]["location"], f["fix"]["recipe"] or "-", f["id"])
	END
}

# recipes RULE: "STORE RECIPE" of the first audit, a line each
recipes() {
	sed -n "s/^$1 \([^ ]* [^ ]*\) .*/\1/p" "$work/first"
}

# cycle WHAT RULE WANTED: $root is broken as it should be.  WANTED is what
# recipes() says; findings without a recipe stay.
cycle() {
	rm -f "$work/db"
	audit >"$work/first"
	is "$1: found" "$(recipes "$2")" "$3"
	before=$(listing)
	"$TRUSTDRIFT" fix --root "$root" --db "$work/db" --config "$config" \
		--rule "$2" -o "$work/fix.sh" || [ $? = 2 ] ||
		fail "$1: trustdrift fix"
	ok "$1: dash -n" dash -n "$work/fix.sh"
	run --list
	# shellcheck disable=SC2046 # words
	set -- "$1" "$2" $(sed -n 's/^ *finding /--only /p' "$work/out" |
		sort -u)
	what=$1 rule=$2
	shift 2
	run --yes "$@"
	is "$what: status" "$status" 0
	[ "$status" = 0 ] || sed 's/^/  | /' "$work/out" >&2
	audit >"$work/second"
	is "$what: found no more" \
		"$(sed -n "s/^$rule [^ ]* \([^- ][^ ]*\) .*/\1/p" "$work/second")" ""
	is "$what: nothing new" "$(LC_ALL=C comm -13 "$work/first" \
		"$work/second")" ""
	run --yes --rollback "$(backup)"
	is "$what: rollback" "$status" 0
	is "$what: bit for bit" "$(listing)" "$before"
	audit >"$work/third"
	is "$what: found again" "$(cat "$work/third")" "$(cat "$work/first")"
}

java() { # java STORE ALIAS NAME
	mkdir -p "$root${1%/*}"
	java_keytool -importcert -noprompt -storetype JKS -alias "$2" \
		-file "$certificates/$3.der" -keystore "$root$1" \
		-storepass:env TRUSTDRIFT_STOREPASS >/dev/null 2>&1 ||
		fail "keytool: $2"
}
database() { # database DIRECTORY NAME...
	directory=$root$1
	shift
	mkdir -p "$directory"
	certutil -N -d "sql:$directory" --empty-password
	for name in "$@"; do
		certutil -A -d "sql:$directory" -n "$name" -t C,, \
			-i "$certificates/$name.der"
	done
}
pem_list() { # pem_list PATH NAME...
	file=$root$1
	shift
	mkdir -p "${file%/*}"
	for name in "$@"; do pem "$name"; done >"$file"
}

own=/usr/local/ssl/certs
host() {
	debian_new
	chmod 644 "$root$bundle"
	rm -r "$certs/java"
	echo 'ann:x:1000:1000::/home/ann:/bin/sh' >"$root/etc/passwd"
}
own_directory() {
	pem_list $own/root.pem root
	pem_list $own/other.pem other
	openssl rehash "$root$own"
}

# ---- an authority leaves every store that has it, and one joins them -------------
# The system's has its file in two more forms: both are debian-system-ca's.
dotnet=/home/ann/.dotnet/corefx/cryptography/x509stores/root
mono=/home/ann/.config/.mono/certs/Trust
cacerts=/usr/lib/jvm/java-11-openjdk/lib/security/cacerts
database=/home/ann/.pki/nssdb
postgres=/home/ann/.postgresql/root.crt
host
java $cacerts mine root
java $cacerts kept other
database $database root other
own_directory
pem_list $postgres root other
mkdir -p "$root$dotnet" "$root$mono"
openssl pkcs12 -export -nokeys -in "$work/pem/root" -passout pass: \
	-out "$root$dotnet/0123456789012345678901234567890123456789.pfx"
cp "$certificates/root.der" "$root$mono/root.cer"
printf '<policy>\n<forbid sha256="%s"/>\n</policy>\n' "$(sha256_of root)" \
	>"$config/policy.xml"
cycle "forbidden" policy-forbidden "\
/etc/ssl/certs debian-system-ca
/etc/ssl/certs debian-system-ca
$bundle debian-system-ca
$mono remove-file
$dotnet remove-file
$database/cert9.db certutil-delete
$postgres pem-remove
$cacerts keytool-delete
/usr/lib/ssl/cert.pem debian-system-ca
$own hash-directory-remove"
rm "$config/policy.xml"
# The local authority of this host; .NET reads the system's store, and what has
# no recipe has a sentence.
rm -r "$root${dotnet%/root}" "$root/home/ann/.config"
cycle "lacking" local-anchor-missing-elsewhere "\
$database/cert9.db nss-add
$cacerts keytool-add
$own -"

# Where pip's own configuration names another file that file lacks it: PIP_CERT
# would overrule what somebody has decided.
host
pip=/usr/local/lib/python3.11/site-packages/pip/_vendor/certifi/cacert.pem
pem_list $pip root other
pem_list /srv/own.pem root utf8
printf '[global]\ncert = /srv/own.pem\n' >"$root/etc/pip.conf"
cycle "another list" local-anchor-missing-elsewhere "/srv/own.pem pem-add"

# ---- what is derived ------------------------------------------------------------
host
for name in root other several; do pem $name; done >"$root$bundle"
cycle "come apart" bundle-and-directory-differ "$bundle debian-refresh"

host
mkdir -p "$root/etc/ca-certificates/update.d"
echo '#!/bin/sh' >"$root/etc/ca-certificates/update.d/jks-keystore"
java /etc/ssl/certs/java/cacerts debian:root.pem root
java /etc/ssl/certs/java/cacerts debian:gone.pem leaf
cycle "Java's list" generated-store-differs "\
/etc/ssl/certs/java/cacerts java-system-refresh
/etc/ssl/certs/java/cacerts java-system-refresh"

host
own_directory
ln -s gone.pem "$certs/11111111.3"
ln -s /usr/share/ca-certificates/mozilla/gone.crt "$certs/gone.pem"
ln -s gone.pem "$root$own/01234567.0"
cycle "links to nowhere" dangling-link "\
/etc/ssl/certs debian-refresh
$own hash-relink"
finish
