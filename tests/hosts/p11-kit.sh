#!/bin/sh
# p11-kit.sh -- the files of a p11-kit token mean to trustdrift what they mean to
# `trust`, wherever they lie: for the reader's fixtures, in the token's
# own directory, in anchors and in blocklist, both have the same anchors for TLS
# and the same distrusted certificates, while a second token trusts all of them.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v trust >/dev/null || skip "needs trust (p11-kit)"
root=$work/host
# shellcheck source=tests/hosts/p11-kit-lib.sh
. "$srcdir/tests/hosts/p11-kit-lib.sh"

host_new "$root"
admin=$root/etc/pki/ca-trust/source
distribution=$root/usr/share/pki/ca-trust-source
fixtures=$srcdir/tests/readers/p11-kit
mkdir -p "$admin" "$distribution/anchors"
# every certificate of the fixtures, each in a file of its own
/usr/bin/python3 -I - "$fixtures/trusted-certificates.in" \
	"$distribution/anchors" <<'END'
import base64, re, sys
for n, body in enumerate(re.findall("BEGIN (?:TRUSTED )?CERTIFICATE-----(.*?)-----END", open(sys.argv[1]).read(), re.S)):
    der = base64.b64decode(body)
    length = 4 + int.from_bytes(der[2:4], "big")
    open("%s/%d.der" % (sys.argv[2], n), "wb").write(der[:length])
END
is "certificates of the fixtures" "$(find "$distribution/anchors" -type f | wc -l)" 9

# With --owners all of them are asked about, and newer p11-kits.
: "${P11_FIXTURES:=distrusted issuer-serial public-key staples unknown-attribute
	object-in-error trusted-certificates}"
names=$P11_FIXTURES
for place in . anchors blocklist; do
	for name in $names; do
		fixture=$fixtures/$name.in
		rm -rf "$admin"
		mkdir -p "$admin/$place"
		cp "$fixture" "$admin/$place/.$name~"
		ours_scan
		is "$name in $place: anchors for TLS" "$(ours_anchors)" \
			"$(theirs "$admin:$distribution" ca-anchors server-auth)"
		is "$name in $place: distrusted" "$(ours_distrusted)" \
			"$(theirs "$admin:$distribution" blocklist)"
	done
done

# blacklist is of before p11-kit 0.24
rm -rf "$admin"
mkdir -p "$admin/blacklist" "$admin/anchors/below"
cp "$fixtures/der.in" "$admin/blacklist/a"
cp "$fixtures/distrusted.in" "$admin/anchors/below/"
ours_scan
is "blacklist and directories below: nobody looks there" "$(ours_anchors)" \
	"$(theirs "$admin:$distribution" ca-anchors server-auth)"
is "blacklist is used by nobody" "$(ours_select "SELECT count(*)
	FROM v_party_store WHERE kind = 'p11-kit-blacklist'")" 0
is "but is shown" "$(ours_select "SELECT entries FROM v_store
	WHERE kind = 'p11-kit-blacklist'")" 1

# what is extracted for one purpose, and the firmware's, is not for TLS
certificates=$root/etc/pki/ca-trust/extracted/pem
mkdir -p "$certificates" "$root/sys/firmware/efi/efivars"
cp "$srcdir/tests/readers/pem/x509-certificate.in" \
	"$certificates/email-ca-bundle.pem"
cp "$srcdir/tests/readers/efi/db.in" \
	"$root/sys/firmware/efi/efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
ours_scan
is "purposes of places" "$(ours_select "SELECT kind || ' ' || role || ' ' ||
	purposes || ' ' || count(*) FROM v_entry
	WHERE kind IN ('extracted-email', 'efi-db') GROUP BY kind, role,
	purposes")" "$(printf '%s\n' 'efi-db anchor codeSigning 2' \
	'extracted-email anchor emailProtection 1')"

# distrust without a certificate is there for rules and people
rm -rf "$admin"
mkdir -p "$admin/blocklist"
cp "$fixtures/issuer-serial.in" "$admin/blocklist/x"
ours_scan
is "show statements" "$("$TRUSTDRIFT" show statements --db "$work/p11.db" \
	--format tsv | sed 1d | cut -f 2-6)" \
	"$(printf 'distrust\t\tCN=VF Root A,O=VF Test\t4598e47186d00e1383f1383a051db9daa3a6e20f\t')"
finish
