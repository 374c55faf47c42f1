#!/bin/sh
# ask-p11-kit.sh -- p11-kit of two releases and trustdrift agree about tokens: each
# of the reader's fixtures wherever it lies (tests/hosts/p11-kit.sh), two tokens
# with everything at once and for each purpose, and what `trust extract` writes in
# each of its formats is what `trust` lists.  OpenSSL agrees about the purposes of
# a TRUSTED CERTIFICATE.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
command -v trust >/dev/null || skip "needs trust (p11-kit)"
root=$work/host
fixtures=$srcdir/tests/readers/p11-kit
names=$(cd "$fixtures" && find . -name "*.in" | sort | sed 's,^\./,,; s/\.in$//' | tr '\n' ' ')

# ---- the newer release ---------------------------------------------------------
for package in libc6 libp11-kit0 libtasn1-6 libffi8 p11-kit p11-kit-modules; do
	fetch_deb sid $package || skip "p11-kit of sid cannot be had"
done
sid=$OWNERS/sid
libraries=
for package in libc6 libp11-kit0 libtasn1-6 libffi8; do
	libraries=$libraries:$sid/$package/usr/lib/$(uname -m)-linux-gnu
done
loader=$(find "$sid/libc6" -name 'ld-linux*.so.*' -type f | head -n 1)
sid_trust="$loader --library-path ${libraries#:} $sid/p11-kit/usr/bin/trust"
sid_module=$(find "$sid/p11-kit-modules" -name p11-kit-trust.so)
chmod a+rx "$OWNERS"

# as RELEASE COMMAND ...
as() {
	case $1 in
	sid) P11_TRUST=$sid_trust P11_MODULE=$sid_module ;;
	*) P11_TRUST=trust P11_MODULE=p11-kit-trust.so ;;
	esac
}

for release in host sid; do
	as $release
	status=0
	P11_FIXTURES=$names P11_TRUST=$P11_TRUST P11_MODULE=$P11_MODULE \
		sh "$srcdir/tests/hosts/p11-kit.sh" >"$work/log" 2>&1 || status=$?
	is "$release: every fixture in every place" "$status" 0
	[ $status -eq 0 ] || cat "$work/log" >&2
done

# ---- all at once -----------------------------------------------------------------
# shellcheck source=tests/hosts/p11-kit-lib.sh
. "$srcdir/tests/hosts/p11-kit-lib.sh"
host_new "$root"
admin=$root/etc/pki/ca-trust/source
distribution=$root/usr/share/pki/ca-trust-source
mkdir -p "$admin/anchors" "$admin/blocklist" "$distribution/anchors" \
	"$distribution/blocklist"
certificates=$work/certificates
mkdir "$certificates"
cat >"$work/ca.cnf" <<'END'
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
[mail]
basicConstraints = critical,CA:TRUE
extendedKeyUsage = emailProtection
[web]
basicConstraints = critical,CA:TRUE
extendedKeyUsage = serverAuth,clientAuth
[leaf]
basicConstraints = CA:FALSE
END
ca() { # ca NAME EXTENSIONS [KEY-OF]
	if [ -n "${3:-}" ]; then
		cp "$certificates/$3.key" "$certificates/$1.key"
	else
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
			-out "$certificates/$1.key" 2>/dev/null
	fi
	openssl req -x509 -config "$work/ca.cnf" -extensions "$2" -days 20000 \
		-key "$certificates/$1.key" -subj "/CN=${4:-$1}" \
		-out "$certificates/$1.pem"
}
sign() { # sign NAME KEY-OF ISSUER EXTENSIONS
	openssl req -config "$work/ca.cnf" -new -key "$certificates/$2.key" \
		-subj "/CN=$2" -out "$work/csr"
	openssl x509 -req -in "$work/csr" -CA "$certificates/$3.pem" \
		-CAkey "$certificates/$3.key" -CAcreateserial -days 20000 \
		-extfile "$work/ca.cnf" -extensions "$4" \
		-out "$certificates/$1.pem" 2>/dev/null
}
for name in plain blocked serial restricted stapled lower later; do
	ca $name ca
done
ca mail mail
ca web web
ca again ca blocked blocked
sign crossed blocked plain ca
ca leaf leaf
cd "$certificates" || exit 1
cp plain.pem blocked.pem again.pem crossed.pem serial.pem mail.pem web.pem \
	leaf.pem restricted.pem stapled.pem lower.pem "$distribution/anchors"
cp blocked.pem "$admin/blocklist"
cp lower.pem "$admin/anchors"
cp lower.pem "$distribution/blocklist"
openssl x509 -in restricted.pem -trustout -addtrust emailProtection \
	-out "$admin/anchors/restricted"
hex() { od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'; }
{
	printf '[p11-kit-object-v1]\nclass: certificate\ncertificate-type: x-509\nx-distrusted: true\n'
	openssl x509 -in serial.pem -outform der -out serial.der
	openssl asn1parse -inform der -in serial.der |
		sed -n '5s/^ *\([0-9]*\):.*hl=\([0-9]*\) *l= *\([0-9]*\) .*/serial-number \1 \2 \3/p
			8s/^ *\([0-9]*\):.*hl=\([0-9]*\) *l= *\([0-9]*\) .*/issuer \1 \2 \3/p' |
		while read -r field at header length; do
			printf '%s: "%s"\n' "$field" "$(dd if=serial.der bs=1 \
				skip="$at" count=$((header + length)) \
				2>/dev/null | hex)"
		done
} >"$admin/serial.p11-kit"
{
	printf '[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: 2.5.29.37\n'
	printf 'value: "%s"\n' '%30%13%06%03%55%1d%25%04%0c%30%0a%06%08%2b%06%01%05%05%07%03%04'
	openssl x509 -in stapled.pem -noout -pubkey
} >"$distribution/stapled.p11-kit"
{
	printf '[p11-kit-object-v1]\ntrusted: true\nnss-server-distrust-after: "%s"\n' \
		"$(printf 241130235959Z | hex)"
	cat later.pem
} >"$distribution/later.p11-kit"
cd / || exit 1

ours_scan
sha() { sha256_of "$certificates/$1.pem"; }
for release in host sid; do
	as $release
	is "$release: anchors for TLS" "$(ours_anchors)" \
		"$(theirs "$admin:$distribution" ca-anchors server-auth)"
	is "$release: distrusted" "$(ours_distrusted)" \
		"$(theirs "$admin:$distribution" blocklist)"
done
is "which are" "$(ours_anchors)" "$(for name in plain web later; do
	sha $name; done | sort)"
is "distrust-after is noted" "$(ours_select "SELECT distrust_after FROM v_entry
	WHERE sha256 = '$(sha later)'")" 1733011199

# ---- what is extracted, read again ---------------------------------------------
# extracted PURPOSE FORMAT KIND PATH: the store at PATH has what trust lists for
# that purpose, or (with none) for each, as its entries say.  OpenSSL's forms say
# nothing of what a certificate's own extension does, so two of them are left out.
extracted() {
	left_out=none
	[ -n "$1" ] || left_out="$(sha mail)|$(sha web)"
	rm -rf "$work/p11-out" "$root${4:?}"
	mkdir -m 1777 "$work/p11-out"
	p11_trust "$admin:$distribution" extract --format="$2" \
		--filter=ca-anchors ${1:+--purpose="$1"} "$work/p11-out/x"
	mkdir -p "$(dirname "$root$4")"
	chmod -R u+w "$work/p11-out"
	cp -r "$work/p11-out/x" "$root$4"
	ours_scan
	for purpose in ${1:-server-auth client-auth email code-signing}; do
		case $purpose in
		server-auth) word=serverAuth ;;
		client-auth) word=clientAuth ;;
		email) word=emailProtection ;;
		code-signing) word=codeSigning ;;
		esac
		is "$2, read as $3, $purpose" "$(ours_select "SELECT e.sha256
			FROM v_entry e WHERE e.kind = '$3' AND e.role = 'anchor'
			AND (e.purposes = ''
				OR instr(e.purposes, '$word') > 0)" |
			grep -vE "$left_out")" \
			"$(theirs "$admin:$distribution" ca-anchors "$purpose" |
				grep -vE "$left_out")"
	done
}
for release in host sid; do
	as $release
	extracted server-auth pem-bundle system-bundle \
		/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
	extracted email pem-bundle extracted-email \
		/etc/pki/ca-trust/extracted/pem/email-ca-bundle.pem
	extracted code-signing pem-bundle extracted-code \
		/etc/pki/ca-trust/extracted/pem/objsign-ca-bundle.pem
	extracted server-auth java-cacerts java-system \
		/etc/pki/ca-trust/extracted/java/cacerts
	extracted server-auth edk2-cacerts extracted-edk2 \
		/etc/pki/ca-trust/extracted/edk2/cacerts.bin
	extracted server-auth pem-directory-hash \
		system-hash-directory \
		/etc/pki/ca-trust/extracted/pem/directory-hash
	extracted '' openssl-bundle extracted-openssl \
		/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt
	extracted '' openssl-directory extracted-openssl-directory \
		/var/lib/ca-certificates/openssl
	is "$release: no purpose is invented" "$(ours_select "SELECT DISTINCT
		purposes FROM v_entry WHERE kind IN
		('extracted-email', 'extracted-code', 'extracted-edk2')")" \
		"$(printf 'codeSigning\nemailProtection\nserverAuth')"
done

# ---- OpenSSL's own opinion -------------------------------------------------------
# of TRUSTED CERTIFICATE, for TLS and e-mail, with nothing else in its store
rm -rf "$root"
host_new "$root"
mkdir -p "$root/etc/pki/ca-trust/extracted/openssl"
while read -r options; do
	# shellcheck disable=SC2086 # words
	openssl x509 -in "$certificates/plain.pem" -trustout $options \
		-out "$root/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt"
	ours_scan
	for purpose in sslserver:serverAuth sslclient:clientAuth \
		smimesign:emailProtection; do
		word=${purpose#*:}
		says=no
		openssl verify -no-CApath -no-CAstore -purpose "${purpose%:*}" \
			-CAfile "$root/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt" \
			"$certificates/crossed.pem" >/dev/null 2>&1 && says=yes
		is "openssl x509 $options: $word" "$(ours_select "SELECT CASE WHEN
			EXISTS (SELECT 1 FROM v_entry WHERE role = 'anchor' AND
				(purposes = '' OR instr(purposes, '$word') > 0))
			AND NOT EXISTS (SELECT 1 FROM v_entry WHERE role = 'distrust'
				AND (purposes = '' OR instr(purposes, '$word') > 0))
			THEN 'yes' ELSE 'no' END")" $says
	done
done <<'END'

-setalias alias
-addtrust serverAuth
-addtrust emailProtection
-addreject serverAuth
-addreject codeSigning
-addtrust serverAuth -addtrust emailProtection -addreject serverAuth
-addtrust anyExtendedKeyUsage
-addtrust anyExtendedKeyUsage -addreject clientAuth
-addreject anyExtendedKeyUsage
-addtrust 1.3.6.1.5.5.7.3.5
-addtrust serverAuth -addreject serverAuth
END
finish
