#!/bin/sh
# ask-chromium.sh -- a real Chromium and trustdrift, over one profile, policy
# and NSS database: the browser loads a page exactly where trustdrift has the
# root as an anchor (or the server's certificate as accepted), and the rows of
# the profile's database are trustdrift's entries.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/browse.sh
. "$srcdir/tests/owners/browse.sh"

can_isolate || skip "needs root, to give the browser a root of its own"
command -v certutil >/dev/null || skip "needs certutil (libnss3-tools)"
command -v sqlite3 >/dev/null || skip "needs sqlite3"
fetch_root bookworm chromium chromium || skip "no Chromium"
chromium=$OWNERS/bookworm/chromium.root
certificate ca "Chromium's test root" root
certificate host localhost host ca

host=$work/host
host_new "$host"
home=$host/home/ann
config=$home/.config/chromium
policies=$host/etc/chromium/policies
store=$config/Default/ServerCertificate
sha256=$(sha256_of "$work/ca.pem")

run() {
	browse host "$chromium" "$home /root $policies /etc/chromium/policies" \
		/usr/lib/chromium/chromium --headless --no-sandbox \
		--disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync \
		--disable-dev-shm-usage \
		--user-data-dir=/root/.config/chromium --dump-dom
}
# what trustdrift makes of the same
ours() {
	rm -f "$work/c.db"
	"$TRUSTDRIFT" --quiet scan --root "$host" --db "$work/c.db" ||
		[ $? -eq 4 ]
	ask "SELECT 1 FROM v_anchor WHERE party = 'chromium:/home/ann'
		AND sha256 = '$sha256' UNION
		SELECT 1 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE e.role = 'end-entity'
		AND s.kind = 'chromium-certificates'
		AND e.sha256 = '$(sha256_of "$work/host.pem")'" |
		grep -q 1 && echo loads || echo refuses
}
ask() {
	"$TRUSTDRIFT" query --db "$work/c.db" --format tsv "$1" | sed 1d
}
empty() {
	rm -rf "$home/.config" "$home/.local" "$home/.pki" "$policies"
	mkdir -p "$config" "$policies/managed" "$policies/recommended"
}
row() { # row NAME SETTINGS
	der=$(openssl x509 -in "$work/$1.pem" -outform der | od -An -v -tx1 |
		tr -d ' \n')
	sqlite3 "$store" "INSERT INTO certificates
		VALUES('$(sha256_of "$work/$1.pem")', x'$der', x'$2')"
}
database() { # database TRUST: what ~/.pki/nssdb says of the root
	mkdir -p "$home/.pki/nssdb"
	certutil -N -d "sql:$home/.pki/nssdb" --empty-password
	certutil -A -d "sql:$home/.pki/nssdb" -n root -t "$1" -a \
		-i "$work/ca.pem"
}
policy() { # policy LEVEL NAME
	echo "{ /* here */ \"$2\": [ \"$(base64_of ca)\", ], }" \
		>"$policies/$1/$2.json"
}
agree() { # agree WHAT VERDICT
	run
	is "$1: the browser" "$verdict" "$2"
	is "$1: trustdrift" "$(ours)" "$2"
	rm -rf "$home/.pki" "$policies/managed"/* "$policies/recommended"/*
	sqlite3 "$store" "DELETE FROM certificates"
}

# the browser makes its own database
empty
run
is "nobody knows the root" "$verdict" refuses
[ -s "$store" ] || skip "this Chromium has no ServerCertificate"

row ca 0a020803
agree "trusted" loads
row ca 0a020801
agree "a hint" refuses
row ca 0a00
agree "trust that is not set" refuses
row ca 0a02080312000a00
agree "an empty message behind it" loads
row host 0a020803
agree "the server's own" loads
row ca 0a020803
database p,,
agree "distrusted by the NSS database" refuses
row ca 0a020802
database C,,
agree "distrusted, and trusted by the NSS database" refuses
database C,,
agree "trusted by the NSS database" loads
database C,,
sqlite3 "$home/.pki/nssdb/key4.db" "DELETE FROM metaData
	WHERE id LIKE 'sig_cert_%'"
agree "the same without signatures" refuses
policy managed CACertificates
agree "a policy" loads
policy recommended CACertificates
agree "a policy that is recommended" loads
row ca 0a020803
policy managed CADistrustedCertificates
agree "distrusted by a policy" refuses

# the list: every row, those that Chromium does not use too
row ca 0a020803
row host 0a020802
ours >/dev/null
is "the rows" "$(ask "SELECT e.sha256, e.role FROM v_entry e JOIN v_store s
	ON s.store_id = e.store_id WHERE s.kind = 'chromium-certificates'
	ORDER BY e.sha256" | tr '\t' ' ')" "$(sqlite3 -separator ' ' "$store" \
	"SELECT sha256hash_hex, CASE hex(trust_settings) WHEN '0A020803'
	THEN 'anchor' ELSE 'distrust' END FROM certificates ORDER BY 1")"
finish
