#!/bin/sh
# make-reader-fixtures.sh [DIR] -- makes the files of the readers pkcs12, pkcs7,
# jks, bks, uber, bcfks, nss, nss-dbm and of those of browsers below DIR (default: tests/readers)
# that their owners' programs can make here: OpenSSL 3, keytool, certtool,
# pk12util, certutil, sqlite3, BouncyCastle 1.72 ($BCPROV, Debian's
# libbcprov-java).
#
# Salts, keys and times are random, so every run gives other bytes; run the
# tests with TRUSTDRIFT_UPDATE_WANT=1 afterwards and read the difference: only
# fingerprints may change.
#
# Not made here, because they are kept as their owners wrote them:
#   pkcs12/slow-dotnet-root   .NET Core 3.1, X509Store("root").Add
#   pkcs12/jdk25-cacerts      lib/security/cacerts of Temurin 25.0.3
#   pkcs12/*jdk-*, *ossl-*, plain-noattr
#                             OpenSSL 3.6 (-jdktrust, -pbmac1_pbkdf2)
#   pkcs12/slow-kt*, slow-pke keytool 17 and 25 with their defaults
#   jks/jdk17-cacerts, empty, kt17, p11-kit*
#                             OpenJDK 17, keytool -delete, keytool, p11-kit
#   nss/old-*, new-*, mixed-* certutil of NSS 3.87 and 3.132
#   nss/new-tampered          the same, a code signing trust edited by hand
#   wine-registry/machine, user, fresh
#                             Wine 8.0 (tests/owners/wine-store.c), without the
#                             keys that hold no certificates; the others are
#                             such keys edited by hand, one case each, and what
#                             Wine makes of each is in tests/owners/ask-wine.sh
#   nss/firefox-*, chromium-* Firefox ESR 153 (its key4.db in smaller pages),
#                             Chromium 156
#   chromium-certificates/{empty,trusted,distrusted,constrained}
#                             Chromium 156 and what stands in its tests
#   kubeconfig/two-clusters   kubectl 1.32, config set-cluster --embed-certs; the
#                             others by hand, one case each
#   openvpn/*                 by hand, as openvpn(8) has it under INLINE FILE
#                             SUPPORT; OpenVPN 2.6 takes and refuses them so
#   blocked-certs/jdk17       lib/security/blocked.certs of OpenJDK 17.0.15
#   blocked-certs/*           the same, changed by hand as their names say
#
# Names that begin with slow- are read slowly: they have many iterations.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../readers}
mkdir -p "$out/pkcs12" "$out/pkcs7" "$out/jks" "$out/nss" "$out/nss-dbm" \
	"$out/chromium-certificates" "$out/firefox-overrides" \
	"$out/firefox-policies" "$out/chrome-policies" "$out/bks" "$out/uber" \
	"$out/bcfks"
out=$(cd "$out" && pwd)
keytool=${KEYTOOL:-keytool}
bcprov=${BCPROV:-/usr/share/java/bcprov.jar}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
unset OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR JAVA_TOOL_OPTIONS \
	JDK_JAVA_OPTIONS _JAVA_OPTIONS NSS_DEFAULT_DB_TYPE || :
LC_ALL=C.UTF-8
export LC_ALL
umask 022

# ---- certificates: root, intermediate, leaf, and 40 more roots ----------------
cat > ca.cnf <<'CONF'
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
[leaf]
basicConstraints = CA:FALSE
[host]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost
[bare]
CONF
root() {		# root NAME SUBJECT
	openssl req -x509 -config ca.cnf -extensions root \
		-newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-noenc -days 20000 -subj "/CN=$2" -keyout "$1.key" \
		-out "$1.pem" 2> /dev/null
}
sign() {		# sign NAME SUBJECT ISSUER EXTENSIONS
	openssl req -config ca.cnf -new -newkey rsa:2048 -noenc -subj "/CN=$2" \
		-keyout "$1.key" -out "$1.csr" 2> /dev/null
	openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" \
		-days 20000 -extfile ca.cnf -extensions "$4" -out "$1.pem" \
		2> /dev/null
}
root a "Reader Root A"
root b "Reader Root B"
sign int "Reader Intermediate" a root
sign leaf "Reader Leaf" int leaf
sign host "localhost" a host
sign bare "Without constraints" a bare
cat leaf.pem int.pem a.pem > chain.pem
: > forty.pem
i=1
while [ $i -le 40 ]; do
	root many "Reader Root $i"
	cat many.pem >> forty.pem
	i=$((i + 1))
done

# ---- PKCS#12 ------------------------------------------------------------------
p12() {			# p12 CASE PASSWORD OPTION...
	name=$1
	password=$2
	shift 2
	openssl pkcs12 -export -passout "pass:$password" \
		-out "$out/pkcs12/$name.in" "$@"
}
cert() {		# cert CASE PASSWORD OPTION...: root a, no key
	name=$1
	password=$2
	shift 2
	p12 "$name" "$password" -nokeys -in a.pem -caname "Root A" "$@"
}

# every way to encrypt; one iteration, so that the tests can be many
cert rc2-40 changeit -legacy -iter 1 -certpbe PBE-SHA1-RC2-40 -macalg sha1
cert rc2-128 changeit -legacy -iter 1 -certpbe PBE-SHA1-RC2-128 -macalg sha1
cert des3 changeit -legacy -iter 1 -certpbe PBE-SHA1-3DES -macalg sha1
cert des3-2key changeit -legacy -iter 1 -certpbe PBE-SHA1-2DES -macalg sha1
cert pbes2-aes128 changeit -iter 1 -certpbe AES-128-CBC -macalg sha224
cert pbes2-aes192 changeit -iter 1 -certpbe AES-192-CBC -macalg sha384
cert pbes2-aes256 changeit -iter 1 -certpbe AES-256-CBC -macalg sha512
cert pbes2-des3 changeit -iter 1 -certpbe DES-EDE3-CBC -macalg sha256
cert no-mac changeit -iter 1 -nomac -certpbe AES-256-CBC
cert no-mac-rc2-40 changeit -legacy -iter 1 -nomac -certpbe PBE-SHA1-RC2-40
cert mac-only changeit -iter 1 -certpbe NONE
cert changeme changeme -iter 1 -certpbe AES-256-CBC
cert empty-password "" -iter 1 -certpbe AES-256-CBC
cert empty-password-rc2-40 "" -legacy -iter 1 -certpbe PBE-SHA1-RC2-40 \
	-macalg sha1
cert other-password "another one" -iter 1 -certpbe AES-256-CBC
cert other-password-mac-only "another one" -iter 1 -certpbe NONE
cert other-password-no-mac "another one" -iter 1 -nomac -certpbe AES-256-CBC
cert unknown-cipher changeit -iter 1 -certpbe CAMELLIA-256-CBC
cert rc4 changeit -legacy -iter 1 -certpbe PBE-SHA1-RC4-40
cert million-iterations changeit -iter 1000000
cert slow-unknown-password "another one" -iter 600000

# names past ASCII, too long, and one that is a shell's trap
p12 names changeit -nokeys -in chain.pem -iter 1 -certpbe NONE \
	-caname "Übung für 根" -caname "\$(touch x)'\"; rm -rf" \
	-caname "$(printf 'x%.0s' $(seq 2000))"

# more certificates than GnuTLS keeps of a bag
p12 forty changeit -nokeys -in forty.pem -iter 1 -certpbe AES-256-CBC
p12 forty-plain changeit -nokeys -in forty.pem -iter 1 -certpbe NONE -nomac

# a key and its chain; the key shrouded, and not even that
p12 key-and-chain changeit -inkey leaf.key -in chain.pem -name leaf -iter 1
p12 plain-key changeit -inkey leaf.key -in chain.pem -name leaf -iter 1 \
	-keypbe NONE -certpbe NONE
p12 key-only changeit -nocerts -inkey leaf.key -in leaf.key -iter 1 || :

# GnuTLS: NULL and "" as it sees them
certtool --to-p12 --load-certificate a.pem --p12-name null --null-password \
	--outder --outfile "$out/pkcs12/slow-gnutls-null.in" 2> /dev/null
certtool --to-p12 --load-certificate a.pem --p12-name empty \
	--empty-password --outder \
	--outfile "$out/pkcs12/slow-gnutls-empty.in" 2> /dev/null

# NSS writes BER: indefinite lengths, strings in pieces
mkdir db
certutil -N -d sql:db --empty-password
openssl pkcs12 -export -inkey leaf.key -in chain.pem -name leaf \
	-passout pass:changeit -out leaf.p12
pk12util -i leaf.p12 -d sql:db -W changeit > /dev/null
pk12util -o "$out/pkcs12/slow-nss-ber.in" -d sql:db -n leaf -W "" > /dev/null

# keytool: its MACs and derivations, with few iterations
store() {		# store CASE CIPHER MAC ITERATIONS MAC-ITERATIONS [ALIAS]
	rm -f store.p12
	"$keytool" -J-Dkeystore.pkcs12.certProtectionAlgorithm="$2" \
		-J-Dkeystore.pkcs12.macAlgorithm="$3" \
		-J-Dkeystore.pkcs12.certPbeIterationCount="$4" \
		-J-Dkeystore.pkcs12.macIterationCount="$5" \
		-importcert -noprompt -alias "${6:-Root A}" -file a.pem \
		-storetype PKCS12 -keystore store.p12 -storepass changeit \
		2> /dev/null
	cp store.p12 "$out/pkcs12/$1.in"
}
store kt-sha1-aes128 PBEWithHmacSHA1AndAES_128 HmacPBESHA1 1 1
store kt-sha224-aes256 PBEWithHmacSHA224AndAES_256 HmacPBESHA224 1 1
store kt-sha256-aes256 PBEWithHmacSHA256AndAES_256 HmacPBESHA256 1 1
store kt-sha384-aes128 PBEWithHmacSHA384AndAES_128 HmacPBESHA384 1 1
store kt-sha512-aes256 PBEWithHmacSHA512AndAES_256 HmacPBESHA512 1 1
store kt-none NONE NONE 1 1
store kt-surrogates NONE NONE 1 1 "Schlüssel 🔑"
store kt-mac-million PBEWithHmacSHA256AndAES_256 HmacPBESHA256 1 1000000

# a secret key beside a certificate
rm -f store.p12
"$keytool" -genseckey -alias secret -keyalg AES -keysize 128 \
	-storetype PKCS12 -keystore store.p12 -storepass changeit 2> /dev/null
"$keytool" -importcert -noprompt -alias "Root A" -file a.pem \
	-keystore store.p12 -storepass changeit 2> /dev/null
cp store.p12 "$out/pkcs12/slow-kt-secret.in"

# ---- JKS, JCEKS ----------------------------------------------------------------
# A trusted certificate, a private key with its chain, in JCEKS a secret key
# in front of another certificate.
jks() {			# jks CASE TYPE PASSWORD
	rm -f store.jks
	"$keytool" -importcert -noprompt -alias "Root A" -file a.pem \
		-storetype "$2" -keystore store.jks -storepass "$3" \
		2> /dev/null
	"$keytool" -importkeystore -noprompt -srckeystore leaf.p12 \
		-srcstoretype PKCS12 -srcstorepass changeit -srcalias leaf \
		-destkeystore store.jks -deststoretype "$2" \
		-deststorepass "$3" -destkeypass "$3" 2> /dev/null
	if [ "$2" = JCEKS ]; then
		"$keytool" -genseckey -alias secret -keyalg AES \
			-keysize 256 -keystore store.jks -storetype "$2" \
			-storepass "$3" -keypass "$3" 2> /dev/null
		"$keytool" -genseckey -alias "another secret" -keyalg DES \
			-keysize 56 -keystore store.jks -storetype "$2" \
			-storepass "$3" -keypass "$3" 2> /dev/null
	fi
	"$keytool" -importcert -noprompt -alias "übung für 根 🔑" \
		-file b.pem -storetype "$2" -keystore store.jks \
		-storepass "$3" 2> /dev/null
	cp store.jks "$out/jks/$1.in"
}
jks key-and-trusted JKS changeit
jks changeme JKS changeme
jks other-password JKS "another one"
jks jceks JCEKS changeit

# ---- BouncyCastle ----------------------------------------------------------------
# By its provider in keytool, or by itself where keytool cannot say what it
# should do.
bc() {			# bc FOLDER/CASE TYPE PASSWORD ENTRY...
	file=$out/$1.in
	store_type=$2
	shift 2
	java -Dorg.bouncycastle.bks.enable_v1=true -cp "$bcprov" \
		"$here/bouncycastle.java" make "$store_type" "$file" "$@"
}
bc_keytool() {		# bc_keytool FOLDER/CASE TYPE PASSWORD
	rm -f store.bc
	for alias in "Root A" "übung für 根 🔑"; do
		"$keytool" -importcert -noprompt -alias "$alias" -file a.pem \
			-providerclass org.bouncycastle.jce.provider.BouncyCastleProvider \
			-providerpath "$bcprov" -storetype "$2" \
			-keystore store.bc -storepass "$3" 2> /dev/null
	done
	cp store.bc "$out/$1.in"
}
all="cert:root:a.pem key:leaf:leaf.p12 secret:secret protected:guarded:leaf.p12
	cert:other:b.pem"
bc_family() {		# bc_family FOLDER TYPE KEYTOOL'S-CASE [DERIVATION]
	folder=$1
	type=$2
	case=$3
	shift 3
	# shellcheck disable=SC2086 # words
	bc "$folder/all" "$type" changeit $all "$@"
	bc "$folder/changeme" "$type" changeme cert:root:a.pem "$@"
	bc "$folder/no-password" "$type" "" cert:root:a.pem "$@"
	bc "$folder/other-password" "$type" "another one" cert:root:a.pem "$@"
	bc "$folder/empty" "$type" changeit "$@"
	bc_keytool "$folder/$case" "$type" changeit
}
bc_family bks BKS keytool
bc_family uber UBER keytool
bc_family bcfks BCFKS slow-keytool pbkdf2:512:16
bc bks/version-1 BKS-V1 changeit cert:root:a.pem key:leaf:leaf.p12
# shellcheck disable=SC2086 # words
bc bcfks/kwp BCFKS changeit $all pbkdf2:512:16 cipher:kwp
bc bcfks/sha3 BCFKS changeit cert:root:a.pem pbkdf2:3-512:16 mac:3-512
bc bcfks/scrypt BCFKS changeit cert:root:a.pem scrypt:16:2:1 cipher:kwp

# ---- NSS -----------------------------------------------------------------------
# A trusted CA, a distrusted one and one without trust; then as the trust of
# others, edited by hand, which NSS ignores: no hash, a wrong one.
rm -rf db
mkdir db
certutil -N -d sql:db --empty-password
certutil -A -d sql:db -n trusted -t C,, -i a.pem
certutil -A -d sql:db -n distrusted -t p,p,p -i b.pem
certutil -A -d sql:db -n "no trust" -t ,, -i int.pem
certutil -A -d sql:db -n "mail peer, server anchor" -t C,P,p -i many.pem
cp db/cert9.db "$out/nss/three-states.in"
cp db/cert9.db edited.db
sqlite3 edited.db "UPDATE nssPublic SET ace5363b4 = NULL
	WHERE ace536358 = x'ce53435a'"
sqlite3 edited.db "UPDATE nssPublic SET ace5363b4 = x'$(
	printf '00%.0s' $(seq 20))' WHERE ace536358 = x'ce534352'"
cp edited.db "$out/nss/wrong-hashes.in"
sqlite3 edited.db "DELETE FROM nssPublic WHERE a0 = x'00000001'"
cp edited.db "$out/nss/orphans-wrong-hashes.in"
cp db/cert9.db edited.db
sqlite3 edited.db "DELETE FROM nssPublic WHERE a0 = x'00000001'"
cp edited.db "$out/nss/orphans.in"
certutil -D -d sql:db -n trusted
cp db/cert9.db "$out/nss/after-deletion.in"

# ---- PKCS#7 -------------------------------------------------------------------
p7=$out/pkcs7
cat a.pem int.pem b.pem > three.pem
openssl crl2pkcs7 -nocrl -certfile three.pem -outform DER -out "$p7/three.in"
openssl crl2pkcs7 -nocrl -certfile three.pem -out "$p7/pem.in"
sed 's/PKCS7/PKCS #7 SIGNED DATA/' "$p7/pem.in" > "$p7/pem-old-label.in"
{
	echo "two blocks, and text around them"
	openssl crl2pkcs7 -nocrl -certfile a.pem
	openssl crl2pkcs7 -nocrl -certfile int.pem | sed 's/PKCS7/CMS/'
} > "$p7/pem-two.in"
# of what somebody signed, by GnuTLS
certtool --p7-sign --load-certificate leaf.pem --load-privkey leaf.key \
	--p7-include-cert --infile ca.cnf --outder \
	--outfile "$p7/gnutls.in" 2> /dev/null
# indefinite lengths, and the signer's chain
openssl cms -sign -binary -stream -nodetach -signer leaf.pem \
	-inkey leaf.key -certfile int.pem -in ca.cnf -outform DER \
	-out "$p7/ber.in"
openssl cms -sign -signer leaf.pem -inkey leaf.key -in ca.cnf -outform PEM \
	-out "$p7/pem-cms.in"
openssl cms -sign -signer leaf.pem -inkey leaf.key -nocerts -in ca.cnf \
	-outform DER -out "$p7/no-certificates.in"
# the type of a Microsoft trust list
openssl cms -sign -signer leaf.pem -inkey leaf.key -nodetach -in ca.cnf \
	-econtent_type 1.3.6.1.4.1.311.10.1 -outform DER -out "$p7/ctl.in"
openssl cms -encrypt -in ca.cnf -outform DER -out "$p7/encrypted.in" leaf.pem
openssl cms -data_create -in ca.cnf -outform DER -out "$p7/data.in"
head -c 700 "$p7/three.in" > "$p7/truncated.in"
head -c 900 "$p7/pem.in" > "$p7/pem-truncated.in"
# version 9: the INTEGER lies behind an OID and three lengths
{
	head -c 25 "$p7/three.in"
	printf '\011'
	tail -c +27 "$p7/three.in"
} > "$p7/version-9.in"
{
	cat "$p7/three.in"
	echo behind
} > "$p7/trailing.in"
: > "$p7/no-bytes.in"
# The same kinds with the key4.db that signs them (.companion), whole and edited
# by hand.  NSS lists what its certutil -L says below.
signed() {		# signed CASE: db/, as certutil left it
	cp db/cert9.db "$out/nss/$1.in"
	cp db/key4.db "$out/nss/$1.companion"
}
cert9() { sqlite3 db/cert9.db "$1"; }
key4() { sqlite3 db/key4.db "$1"; }
again() {
	rm -rf db
	cp -r signed db
}
trusted=ce534352 distrusted=ce53435a
rm -rf db signed
mkdir db
certutil -N -d sql:db --empty-password
certutil -A -d sql:db -n A -t CT,C,C -i a.pem
certutil -A -d sql:db -n B -t p,p,p -i b.pem
cp -r db signed
signed key4-good			# CT,C,C	p,p,p
cert9 "UPDATE nssPublic SET ace53635a = x'$trusted' WHERE ace53635a = x'$distrusted'"
signed key4-tampered			# CT,C,C	,,
again
key4 "DELETE FROM metaData WHERE id LIKE 'sig_cert_%_ce5363b4'"
signed key4-hash-unsigned		# ,,	,,
again
key4 "DELETE FROM metaData WHERE id LIKE 'sig_cert_%_ce5363b5'"
signed key4-md5-unsigned		# CT,C,C	p,p,p
again
key4 "DELETE FROM metaData WHERE id LIKE 'sig_cert_%_ce536360'"
signed key4-step-up-unsigned		# CT,C,C	p,p,p (before 3.114: ,,)
again
key4 "DELETE FROM metaData WHERE id = 'password'"
cert9 "UPDATE nssPublic SET ace53635a = x'$trusted' WHERE ace53635a = x'$distrusted'"
signed key4-no-password			# CT,C,C	p,p,C
again
cert9 "DELETE FROM nssPublic WHERE a0 = x'00000001'"
key4 "DELETE FROM metaData WHERE id LIKE 'sig_cert_%'"
signed key4-orphans			# nothing
again
key4 "DROP TABLE metaData"
signed key4-no-table			# CT,C,C	p,p,p
again
signed key4-truncated			# SEC_ERROR_BAD_DATABASE
head -c 20000 db/key4.db > "$out/nss/key4-truncated.companion"
again
signed key4-other-file			# SEC_ERROR_BAD_DATABASE
echo "not a database" > "$out/nss/key4-other-file.companion"
# what NSS does not write: more iterations than are done, another hash
sign_with() {		# sign_with SED-SCRIPT
	key4 "SELECT id || ' ' || hex(item1) FROM metaData
		WHERE id LIKE 'sig_%'" | sed "$1" |
		while read -r id item; do
			echo "UPDATE metaData SET item1 = x'$item'
				WHERE id = '$id';"
		done | sqlite3 db/key4.db
}
again
sign_with 's/ 308180305C\(.*\)304F3041\(.*\)3034\(.*\)020101020120/ 308183305F\130523044\23037\302047FFFFFFF020120/'
signed key4-iterations			# not asked: it would take hours
again
sign_with 's/2A864886F70D0209/2A864886F70D020B/g'
signed key4-other-hash			# ,,	,,
# a password: NSS does not check what it cannot
rm -rf db
mkdir db
echo "a password" > password
certutil -N -d sql:db -f password
certutil -A -d sql:db -n B -t p,p,p -i b.pem -f password
cert9 "UPDATE nssPublic SET ace53635a = x'$trusted' WHERE ace53635a = x'$distrusted'"
signed key4-password			# p,p,C

# ---- NSS before SQLite ---------------------------------------------------------
# A certificate for each kind of trust, two with one subject; one that is so large
# that it is a file beside the database, and that file.
rm -rf db
mkdir db
certutil -N -d dbm:db --empty-password
i=0
for trust in "C,," "T,," "p,," "P,," "c,," "CT,C,C" ",," "p,p,p" "C,P,p" \
	",C," ",,C" "Cp,cT,CP"; do
	i=$((i + 1))
	root many "Reader Root $i"
	certutil -A -d dbm:db -n "trust $trust" -t "$trust" -a -i many.pem
done
root many "Reader Root 1"
certutil -A -d dbm:db -n "another name" -t "p,," -a -i many.pem
cp db/cert8.db "$out/nss-dbm/trusts.in"
rm -rf db
mkdir db
certutil -N -d dbm:db --empty-password
cp ca.cnf large.cnf
printf '[large]\nbasicConstraints = critical,CA:TRUE\nnsComment = %s\n' \
	"$(head -c 15000 /dev/zero | tr '\0' x)" >> large.cnf
openssl req -x509 -config large.cnf -extensions large -key a.key -days 20000 \
	-subj "/CN=Reader Root Large" -out large.pem
certutil -A -d dbm:db -n "large" -t "CT,C," -a -i large.pem
certutil -A -d dbm:db -n "small" -t "T,," -a -i a.pem
cp db/cert8.db "$out/nss-dbm/large.in"
cp db/cert8.dir/* "$out/nss-dbm/large-record.in"
# ---- browsers ------------------------------------------------------------------
# Chromium: a row for each kind of trust and of certificate, in a database that
# Chromium made.  What it makes of them: server_certificate_database.cc.
cp "$here/../readers/chromium-certificates/empty.in" server.db
row() {			# row PEM SETTINGS-IN-HEX
	der=$(openssl x509 -in "$1.pem" -outform der | od -An -v -tx1 | tr -d ' \n')
	echo "INSERT INTO certificates VALUES('$1-$2', x'$der', x'$2');" |
		sqlite3 server.db
}
row a 0a020803		# trusted
row a 0a02080312040a022e65	# for .e
row a 0a020803120e0a022e651a080a040a0000001008	# and 10.0.0.0/8
row a 0a0208031a0312010152000a02080208011803	# unknown fields, trust twice
row host 0a020803	# the server's own
row leaf 0a020803	# neither a CA nor named: ignored
row bare 0a020803	# no basicConstraints: as a CA
row b 0a020802		# distrusted
row int 0a020801	# a hint
row int 0a00		# not set: ignored
row int ''		# likewise
row int 0a020807	# unknown
row int 0a0308		# damaged
row int 0a0b08ffffffffffffffffffff01	# a number of more than ten bytes
row int 0b		# a group
cp server.db "$out/chromium-certificates/kinds.in"
sqlite3 server.db "DELETE FROM certificates; INSERT INTO certificates
	VALUES('', x'3000', x'0a020803'), ('1', x'', x'')"
cp server.db "$out/chromium-certificates/no-certificate.in"
sqlite3 server.db "UPDATE meta SET value = 2 WHERE key LIKE 'last_%'"
cp server.db "$out/chromium-certificates/newer.in"
sqlite3 server.db "DROP TABLE certificates; CREATE TABLE certificates(
	sha256hash_hex, trust_settings)"
cp server.db "$out/chromium-certificates/other-columns.in"
head -c 12000 "$out/chromium-certificates/kinds.in" \
	> "$out/chromium-certificates/truncated.in"
: > "$out/chromium-certificates/no-bytes.in"

base64_of() { openssl x509 -in "$1.pem" -outform der | base64 -w 0; }
cat > "$out/chrome-policies/all.in" <<POLICY
{
  "CACertificates": ["$(base64_of a)", "not base64", 7, "AAAA"],
  "CACertificatesWithConstraints": [
    { "certificate": "$(base64_of b)",
      "constraints": { "permitted_dns_names": [ ".example.org" ],
		       "permitted_cidrs": [ "10.0.0.0/8" ] } },
    { "certificate": "$(base64_of b)", "constraints": {} },
    { "certificate": "$(base64_of b)" },
    "$(base64_of b)" ],
  "CADistrustedCertificates": ["$(base64_of bare)"],
  "CAHintCertificates": ["$(base64_of int)"],
  "CAPlatformIntegrationEnabled": false,
  "HomepageLocation": "https://example.org/"
}
POLICY
# as people write them
cat > "$out/chrome-policies/comments.in" <<POLICY
// what the administrator added
{ /* "CADistrustedCertificates": [ */
  "URLs": "https://example.org/ // no comment",
  "CACertificates": [
    "$(base64_of a)", // a
  ],
}
POLICY
cat > "$out/chrome-policies/not-lists.in" <<POLICY
{ "CACertificates": "$(base64_of a)", "CAHintCertificates": {} }
POLICY
echo '{ "CACertificates": [' > "$out/chrome-policies/cut-off.in"
printf '%s\n' '{ "a": 1 } ' > "$out/chrome-policies/no-certificates.in"
{ printf '{ "a": '; printf '[%.0s' $(seq 33); echo; } \
	> "$out/chrome-policies/deep.in"
cat > "$out/firefox-policies/install.in" <<'POLICY'
{
  "policies": {
    "Certificates": {
      "ImportEnterpriseRoots": true,
      "Install": ["corp-a.pem", "corp-b.der", "/vf/ca/rC.pem", 7, "missing.pem"]
    },
    "DisableTelemetry": true
  }
}
POLICY
echo '{ "policies": { "Certificates": { "Install": "corp-a.pem" } } }' \
	> "$out/firefox-policies/no-list.in"
echo '{ "policies": [] }' > "$out/firefox-policies/no-object.in"
echo '{ "policies": { "DisableTelemetry": true } }' \
	> "$out/firefox-policies/no-certificates.in"
echo '{ "policies": { "Certificates": ' > "$out/firefox-policies/cut-off.in"
# Firefox refuses these two
echo '{ "policies": { "Certificates": { "Install": ["a.pem",] } } }' \
	> "$out/firefox-policies/comma.in"
echo '{ /* all */ "policies": { "Certificates": { "Install": ["a.pem"] } } }' \
	> "$out/firefox-policies/comment.in"

# what Firefox 153 writes, what older ones wrote, and what it drops
fingerprint() {
	openssl x509 -in "$1.pem" -noout -fingerprint "-$2" | sed 's/.*=//'
}
tab=$(printf '\t')
sha1=OID.1.3.14.3.2.26
sha256=OID.2.16.840.1.101.3.4.2.1
{
	echo "# PSM Certificate Override Settings file"
	echo "# This is a generated file!  Do not edit."
	for server in localhost:8443: "[::1]:443:" \
		"example.org:443:^userContextId=2" old.example.org:443; do
		echo "$server$tab$sha256$tab$(fingerprint a sha256)$tab"
	done
	echo "older.example.org:443$tab$sha256$tab$(fingerprint b sha256)${tab}MU${tab}AAAAAAAAAAAAAAAUAAAABg=="
	echo "sha1.example.org:443$tab$sha1$tab$(fingerprint b sha1)${tab}U${tab}AAAA"
	printf 'crlf.example.org:443:\t%s\t%s\t\r\n' "$sha256" \
		"$(fingerprint int sha256)"
	echo "small.example.org:443:$tab$sha256$tab$(
		fingerprint a sha256 | tr A-F a-f)$tab"
	echo "no-end.example.org:443:$tab$sha256$tab$(fingerprint a sha256)"
	echo "no-port.example.org:$tab$sha256$tab$(fingerprint a sha256)$tab"
	echo "port.example.org:4294967296:$tab$sha256$tab$(fingerprint a sha256)$tab"
	echo ":443:$tab$sha256$tab$(fingerprint a sha256)$tab"
	echo "[::1:443:$tab$sha256$tab$(fingerprint a sha256)$tab"
	echo "short.example.org:443:$tab$sha256${tab}01:23$tab"
} > "$out/firefox-overrides/all.in"
sed 1,2d "$out/firefox-overrides/all.in" \
	> "$out/firefox-overrides/no-comments.in"
head -n 2 "$out/firefox-overrides/all.in" > "$out/firefox-overrides/none.in"

# ---- damaged -------------------------------------------------------------------
cut_off() {		# cut_off CASE FROM BYTES
	head -c "$3" "$out/$2.in" > "$out/${2%/*}/$1.in"
}
cut_off truncated pkcs12/forty-plain 5000
cut_off truncated jks/key-and-trusted 700
cut_off no-digest jks/key-and-trusted \
	$(($(wc -c < "$out/jks/key-and-trusted.in") - 7))
cut_off truncated bks/all 1000
cut_off no-mac bks/all $(($(wc -c < "$out/bks/all.in") - 7))
cut_off truncated uber/all 1000
cut_off no-digest uber/all $(($(wc -c < "$out/uber/all.in") - 32))
cut_off truncated bcfks/all 1000
cut_off truncated nss/three-states 20480
cut_off truncated nss-dbm/trusts 40000
cut_off truncated-record nss-dbm/large-record 9000
: > "$out/pkcs12/no-bytes.in"
: > "$out/jks/no-bytes.in"
: > "$out/bks/no-bytes.in"
: > "$out/uber/no-bytes.in"
: > "$out/bcfks/no-bytes.in"
: > "$out/nss/no-bytes.in"
: > "$out/nss-dbm/no-bytes.in"
# Java lists an alias with capitals and does not find it
LC_ALL=C sed 's/root a/Root A/' "$out/jks/key-and-trusted.in" \
	> "$out/jks/upper-case-alias.in"
# one byte in the first certificate's signature, of the digest, of the MAC
changed() {		# changed CASE FROM OFFSET
	{
		head -c "$3" "$out/$2.in"
		printf '\377'
		tail -c "+$(($3 + 2))" "$out/$2.in"
	} > "$out/${2%/*}/$1.in"
}
changed changed bks/all 400
changed changed uber/no-password 400
changed changed-mac bcfks/no-password \
	$(($(wc -c < "$out/bcfks/no-password.in") - 1))
changed changed bcfks/no-password 400
{ cat "$out/bks/all.in"; echo more; } > "$out/bks/trailing.in"
{ cat "$out/bcfks/all.in"; echo more; } > "$out/bcfks/trailing.in"
{ cat "$out/jks/key-and-trusted.in"; echo more; } > "$out/jks/trailing.in"
{ cat "$out/pkcs12/kt-none.in"; echo more; } > "$out/pkcs12/trailing.in"
chmod 644 "$out"/*/*.in "$out"/*/*.companion
