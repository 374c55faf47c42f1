#!/bin/sh
# configuration.sh -- a host on which much is wrong that no certificate says: open
# permissions, settings that lead nowhere or switch verification off, an
# authority's key in a home, a file in .NET's Disallowed store.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v openssl >/dev/null || skip "openssl is missing"
command -v jq >/dev/null || skip "jq is missing"

root=$work/host
db=$work/db
good=$srcdir/tests/hosts/certificates/dst-2021
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"

# findings RULE: severity, location and message of each
findings() {
	"$TRUSTDRIFT" --quiet audit --root "$root" --db "$db" \
		--now 2021-09-20T00:00:00Z --format json --exit-zero \
		>"$work/report"
	jq -r --arg rule "$1" '.findings[] | select(.rule == $rule) |
		.severity + " " + (.entry.location // "-") + ": " + .message' \
		"$work/report"
}

# ---- all is well
mkdir -p "$root/home/ann/.local/share/mkcert" "$root/tmp" "$root/opt"
chmod 1777 "$root/tmp"
host_update "$root"
for rule in store-writable-by-others setting-leads-nowhere verification-off \
	extra-anchors-without-effect private-ca-key-on-host development-ca \
	dotnet-disallowed-not-empty; do
	is "$rule is silent" "$(findings $rule)" ""
done

# ---- permissions: a directory above, and back
chmod 777 "$root/etc/ssl"
is "a directory above the system's stores" \
	"$(findings store-writable-by-others)" \
	"high /etc/ssl: Everybody may write to /etc/ssl and replace what is in it; /etc/ssl/certs is."
chmod 755 "$root/etc/ssl"
is "taken away again" "$(findings store-writable-by-others)" ""
chmod 666 "$root/etc/ssl/certs/ca-certificates.crt"
is "a file" "$(findings store-writable-by-others)" \
	"high /etc/ssl/certs/ca-certificates.crt: Everybody may write to /etc/ssl/certs/ca-certificates.crt."
chmod 644 "$root/etc/ssl/certs/ca-certificates.crt"

# ---- settings
cat >"$root/etc/environment" <<'END'
NODE_EXTRA_CA_CERTS=/srv/gone.pem
GIT_SSL_NO_VERIFY=1
REQUESTS_CA_BUNDLE=/tmp/corp.pem
END
is "what anybody may create" "$(findings setting-leads-nowhere | cut -d ' ' -f -2)" \
	"high /tmp/corp.pem:"
is "not verified" "$(findings verification-off | cut -d ' ' -f -3)" \
	"high /etc/environment: GIT_SSL_NO_VERIFY"
is "nothing is added" "$(findings extra-anchors-without-effect | cut -d ' ' -f -2)" \
	"medium /srv/gone.pem:"
rm "$root/etc/environment"

# ---- an authority of a developer, its key beside it
key=$root/home/ann/.local/share/mkcert/rootCA-key.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	-keyout "$key" -out "$work/mk.pem" -days 3650 -batch \
	-subj "/O=mkcert development CA/CN=mkcert ann@host" 2>/dev/null
chmod 400 "$key"
host_root_ca "$root" "$work/mk.pem"
host_update "$root"
at() { date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ; }
"$TRUSTDRIFT" --quiet audit --root "$root" --db "$db" --now "$(at)" \
	--format json --exit-zero >"$work/report"
is "its key" "$(jq -r '.findings[] | select(.rule == "private-ca-key-on-host")
	| .severity + " " + .entry.location' "$work/report")" \
	"medium /home/ann/.local/share/mkcert/rootCA-key.pem"
is "whose it is" "$(jq -r '.findings[] | select(.rule == "development-ca")
	| .severity' "$work/report")" medium
if grep -q 'PRIVATE KEY' "$db"; then
	fail "a key is in the inventory"
else
	pass
fi
openssl pkcs8 -topk8 -in "$key" -passout pass:x -out "$work/sealed" 2>/dev/null
chmod 600 "$key"
cp "$work/sealed" "$key"
"$TRUSTDRIFT" --quiet audit --root "$root" --db "$db" --now "$(at)" \
	--format json --exit-zero >"$work/report"
is "an encrypted key is no problem and no finding" "$(jq -r '[.problems[],
	(.findings[] | select(.rule == "private-ca-key-on-host"))] | length' \
	"$work/report")" 0

# ---- .NET
disallowed=$root/home/ann/.dotnet/corefx/cryptography/x509stores/disallowed
mkdir -p "$disallowed/directory"
is "a directory does no harm" "$(findings dotnet-disallowed-not-empty)" ""
: >"$disallowed/.keep"
is "any file does" "$(findings dotnet-disallowed-not-empty | cut -d : -f 1)" \
	"high ${disallowed#"$root"}/.keep"
"$TRUSTDRIFT" --quiet fix --db "$db" --rule dotnet-disallowed-not-empty \
	-o "$work/fix.sh"
check "the script runs" sh "$work/fix.sh" --yes --root "$root" >/dev/null
is "it is gone" "$(findings dotnet-disallowed-not-empty)" ""

finish
