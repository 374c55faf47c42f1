#!/bin/sh
# browsers.sh -- where browsers and services keep certificates, which of these
# count together, and whose distrust beats whose trust.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

command -v certutil >/dev/null || skip "needs certutil (libnss3-tools)"
good=$srcdir/tests/hosts/certificates
made=$srcdir/tests/readers
root=$work/host
host_new "$root"
home=$root/home/ann
x1=$good/dst-2021/isrg-root-x1.pem
usertrust=$good/addtrust-2020/usertrust-rsa.pem
aaa=$good/addtrust-2020/aaa-certificate-services.pem

database() { # database DIRECTORY [PREFIX]
	mkdir -p "$1"
	certutil -N -d "sql:$1" -P "${2:-}" --empty-password
}
trust() { # trust DIRECTORY PREFIX NAME TRUST FILE
	certutil -A -d "sql:$1" -P "$2" -a -n "$3" -t "$4" -i "$5"
}
base64_of() { openssl x509 -in "$1" -outform der | base64 -w 0; }
ask() { # ask SQL
	"$TRUSTDRIFT" query --db "$work/b.db" --format tsv "$1" | sed 1d
}
scan() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/b.db" \
		--now 2020-01-01T00:00:00Z
}

# ---- Chromium: a profile, the policies, the user's NSS database ------------------
profile="$home/.config/chromium/Profile 1"
mkdir -p "$profile" "$root/etc/chromium/policies/managed"
cp "$made/chromium-certificates/trusted.in" "$profile/ServerCertificate"
database "$home/.pki/nssdb"
trust "$home/.pki/nssdb" "" x1 C,, "$x1"
trust "$home/.pki/nssdb" "" usertrust C,, "$usertrust"
cat >"$root/etc/chromium/policies/managed/corp.json" <<END
{ "CACertificates": [ "$(base64_of "$aaa")" ],
  "CADistrustedCertificates": [ "$(base64_of "$usertrust")" ] }
END
# what a snap has is that snap's own
mkdir -p "$home/snap/chromium/common/chromium/Default" \
	"$home/snap/chromium/123" "$home/snap/chromium/current"
cp "$made/chromium-certificates/distrusted.in" \
	"$home/snap/chromium/common/chromium/Default/ServerCertificate"

# ---- Firefox: a profile with exceptions, policies that name files ----------------
firefox=$home/.mozilla/firefox/abc.default-esr
database "$firefox"
trust "$firefox" "" usertrust p,, "$usertrust"
cp "$made/firefox-overrides/all.in" "$firefox/cert_override.txt"
mkdir -p "$root/etc/firefox/policies" "$root/usr/lib64/mozilla/certificates" \
	"$root/srv/ca"
cp "$x1" "$root/usr/lib64/mozilla/certificates/x1.pem"
openssl x509 -in "$usertrust" -outform der \
	-out "$root/usr/lib64/mozilla/certificates/usertrust.der"
cp "$aaa" "$root/srv/ca/aaa.pem"
cat >"$root/etc/firefox/policies/policies.json" <<'END'
{ "policies": { "Certificates": { "Install": [
    "x1.pem", "usertrust.der", "/srv/ca/aaa.pem", "gone.pem" ] } } }
END
database "$home/.moonchild productions/pale moon/xyz.default"

# ---- a service whose database begins with its name --------------------------------
service=$root/etc/dirsrv/slapd-x
database "$service" slapd-x-
trust "$service" slapd-x- x1 CT,, "$x1"
sqlite3 "$service/slapd-x-key4.db" "DELETE FROM metaData
	WHERE id LIKE 'sig_cert_%'" || skip "needs sqlite3"

status=0
scan || status=$?
is "everything was read" "$status" 0
tab=$(printf '\t')
is "stores" "$(ask "SELECT kind, entries, path FROM v_store
	WHERE kind LIKE '%nss%' OR kind LIKE '%firefox%'
	OR kind LIKE '%chrom%' OR kind LIKE 'mozilla%' ORDER BY path")" \
"chromium-policies${tab}2${tab}/etc/chromium/policies/managed
nss-service${tab}1${tab}/etc/dirsrv/slapd-x/slapd-x-cert9.db
firefox-policies${tab}3${tab}/etc/firefox/policies/policies.json
chromium-certificates${tab}1${tab}/home/ann/.config/chromium/Profile 1/ServerCertificate
nss-gecko${tab}0${tab}/home/ann/.moonchild productions/pale moon/xyz.default/cert9.db
nss-firefox${tab}1${tab}/home/ann/.mozilla/firefox/abc.default-esr/cert9.db
firefox-overrides${tab}6${tab}/home/ann/.mozilla/firefox/abc.default-esr/cert_override.txt
nss-user${tab}2${tab}/home/ann/.pki/nssdb/cert9.db
chromium-certificates${tab}1${tab}/home/ann/snap/chromium/common/chromium/Default/ServerCertificate
mozilla-certificates${tab}2${tab}/usr/lib64/mozilla/certificates"

anchors() { # anchors PARTY
	ask "SELECT c.name FROM v_anchor a JOIN v_known_certificate c
		ON c.sha256 = a.sha256 WHERE a.party = '$1' ORDER BY c.name"
}
is "Chromium: what the policy distrusts is no anchor" \
	"$(anchors chromium:/home/ann)" "Other Certificate Services
Staying Root X1
VF Root A"
is "Chromium: one that a snap's profile distrusts is none there" \
	"$(anchors chromium:/home/ann/snap/chromium)" "Other Certificate Services"
is "Firefox: nor one that the profile distrusts, whoever installs it" \
	"$(anchors firefox:/home/ann/.mozilla/firefox/abc.default-esr)" \
"Other Certificate Services
Staying Root X1"
is "no party but these" "$(ask "SELECT party FROM v_party
	WHERE type LIKE 'nss%' OR model IN ('chromium', 'mozpkix')
	ORDER BY party")" \
"chromium:/home/ann
chromium:/home/ann/snap/chromium
firefox:/home/ann/.mozilla/firefox/abc.default-esr
gecko:/home/ann/.moonchild productions/pale moon/xyz.default
nss-service:/etc/dirsrv/slapd-x
nss:/home/ann"
is "trust that is not signed is none, by a name with a prefix too" \
	"$(anchors nss-service:/etc/dirsrv/slapd-x)" ""
check "and that is said" test -n "$("$TRUSTDRIFT" show problems \
	--db "$work/b.db" --format tsv | grep 'slapd-x.*not signed by key4.db')"
check "a file that a policy names and nobody has is said" test -n "$(
	"$TRUSTDRIFT" show problems --db "$work/b.db" --format tsv |
		grep 'policies.json.*gone.pem')"

# a new signature is seen, though cert9.db itself did not change
database "$work/other"
trust "$work/other" "" x1 CT,, "$x1"
cp "$work/other/cert9.db" "$service/slapd-x-cert9.db"
scan
is "still unsigned" "$(anchors nss-service:/etc/dirsrv/slapd-x)" ""
cp "$work/other/key4.db" "$service/slapd-x-key4.db"
scan
is "a new key4.db beside an old cert9.db" \
	"$(anchors nss-service:/etc/dirsrv/slapd-x)" "Staying Root X1"
finish
