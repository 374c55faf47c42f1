#!/bin/sh
# mono-wine.sh -- the stores of Mono and of Wine prefixes in one host, and whom
# their programs trust: what tests/owners/ask-mono.sh and ask-wine.sh heard.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/addtrust-2020
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/aaa-certificate-services.pem"
host_update "$root"
query() { "$TRUSTDRIFT" query --db "$work/host.db" --format tsv "$1" | sed 1d; }
scan() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/host.db" \
		--now 2020-01-01T00:00:00Z
}
anchors() {
	query "SELECT c.name FROM v_anchor a JOIN v_known_certificate c
		ON c.sha256 = a.sha256 WHERE a.party = '$1' ORDER BY c.name"
}
der() { openssl x509 -in "$good/$1.pem" -outform DER; }

# ---- Mono ------------------------------------------------------------------------
# Debian's machine store is a link
mkdir -p "$root/etc/mono/certstore/certs/Trust" \
	"$root/etc/mono/certstore/new-certs/Trust"
ln -s /etc/mono/certstore "$root/usr/share/.mono"
der aaa-certificate-services >"$root/etc/mono/certstore/certs/Trust/tbp-1.cer"
new=$root/etc/mono/certstore/new-certs/Trust
hash=$(openssl x509 -in "$good/usertrust-rsa.pem" -noout -subject_hash)
{
	openssl x509 -in "$good/usertrust-rsa.pem" -text
} >"$new/$hash.0"
user=$root/home/ann/.config/.mono/certs
mkdir -p "$user/Trust" "$user/CA" "$user/My" "$user/Disallowed"
der usertrust-rsa >"$user/Trust/ski-1.cer"
# the first block of a PEM, and no other; not this ending, not this file
cat "$good/addtrust-external-ca-root.pem" "$good/sectigo-rsa-dv.pem" \
	>"$user/Trust/pem.cer"
der sectigo-rsa-dv >"$user/Trust/other.crt"
echo "no certificate" >"$user/Trust/text.cer"
der usertrust-rsa-by-aaa >"$user/CA/ski-2.cer"
# who is disallowed is trusted all the same
cp "$user/Trust/ski-1.cer" "$user/Disallowed/"
scan
is "Mono of ann trusts" "$(anchors mono:/home/ann)" "Crossed Certification Authority
Ending External CA Root
Other Certificate Services"
is "BTLS of the machine" "$(anchors mono-btls)" "Crossed Certification Authority"
is "what it does not use is a source" "$(query "SELECT e.role, c.name
	FROM v_entry e JOIN v_known_certificate c ON c.sha256 = e.sha256
	WHERE e.kind = 'mono-trust' AND e.role <> 'anchor'")" \
	"source	Domain Validation Server CA"
is "nobody composes these" "$(query "SELECT s.kind FROM v_store s
	WHERE s.kind LIKE 'mono%' AND s.party IS NULL ORDER BY s.kind")" \
	"mono-disallowed
mono-my"
is "a file that Mono passes over leaves verdicts sure" "$(query "SELECT
	problems, unread FROM v_store WHERE kind = 'mono-trust'")" "1	0"

# ---- Wine ------------------------------------------------------------------------
readers=$srcdir/tests/readers/wine-registry
for prefix in .wine .local/share/Steam/steamapps/compatdata/42/pfx; do
	mkdir -p "$root/home/ann/$prefix"
	cp "$readers/machine.in" "$root/home/ann/$prefix/system.reg"
	cp "$readers/user.in" "$root/home/ann/$prefix/user.reg"
done
cp "$readers/fresh.in" "$root/home/ann/.wine/user.reg"
scan
is "Wine's prefix trusts its machine's root and the host's" \
	"$(anchors wine:/home/ann/.wine)" "Other Certificate Services
VF Root A"
is "Proton's its user's, too" "$(anchors \
	wine:/home/ann/.local/share/Steam/steamapps/compatdata/42/pfx)" \
	"Other Certificate Services
VF Root A
VF Root B"
is "Wine does not look at Disallowed" "$(query "SELECT role, label
	FROM v_entry WHERE kind = 'wine-machine' AND label = 'Disallowed'
	LIMIT 1")" "source	Disallowed"
finish
