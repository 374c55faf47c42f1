#!/bin/sh
# ask-firefox.sh -- a real Firefox and trustdrift over one profile: what a policy
# installs is listed by NSS's own certutil as by trustdrift, also when somebody
# edited it; and an exception in cert_override.txt lets the page load exactly
# where trustdrift has the server's certificate as accepted.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/browse.sh
. "$srcdir/tests/owners/browse.sh"

can_isolate || skip "needs root, to give the browser a root of its own"
command -v sqlite3 >/dev/null || skip "needs sqlite3"
fetch_root bookworm firefox firefox-esr || skip "no Firefox"
# Firefox brings an NSS that is newer than its distribution's certutil
fetch_root sid nss libnss3-tools || skip "no certutil of sid"
firefox=$OWNERS/bookworm/firefox.root
certutil=$OWNERS/sid/nss.root
for name in one two three unused; do
	certificate "$name" "Firefox root $name" root
done
certificate host localhost host one
certificate alone localhost host

host=$work/host
host_new "$host"
home=$host/home/ann
policies=$host/etc/firefox/policies
mozilla=$host/usr/lib/mozilla/certificates
mkdir -p "$policies" "$mozilla" "$host/srv/ca"
cp "$work/one.pem" "$mozilla/"
openssl x509 -in "$work/two.pem" -outform der -out "$mozilla/two.der"
cp "$work/three.pem" "$host/srv/ca/"
cat >"$policies/policies.json" <<'END'
{ "policies": { "DisableAppUpdate": true, "Certificates": { "Install": [
  "one.pem", "two.der", "/srv/ca/three.pem", "missing.pem" ] } } }
END

run() { # run SERVER [OPTION ...]
	run_server=$1
	shift
	browse "$run_server" "$firefox" "$home /root
		$policies /etc/firefox/policies
		$mozilla /usr/lib/mozilla/certificates
		$host/srv/ca /srv/ca" \
		/usr/lib/firefox-esr/firefox-esr --headless "$@"
}
scan() {
	rm -f "$work/f.db"
	"$TRUSTDRIFT" --quiet scan --root "$host" --db "$work/f.db" ||
		[ $? -eq 4 ]
}
ask() {
	"$TRUSTDRIFT" query --db "$work/f.db" --format tsv "$1" | sed 1d
}

# "sha256 name trust" of the profile as NSS lists it
theirs() {
	(inside "$certutil" "$profile /profile" /usr/bin/certutil -L \
		-d sql:/profile) >"$work/list" 2>&1
	sed -n 's/^\(.*[^ ]\)  *\([CTPpcu]*,[CTPpcu]*,[CTPpcu]*\) *$/\2 \1/p' \
		"$work/list" | while read -r trust name; do
		(inside "$certutil" "$profile /profile" /usr/bin/certutil -L \
			-d sql:/profile -n "$name" -r) | sha256sum |
			sed "s/ .*/ $name $trust/"
	done | sort
}
# the same as trustdrift has it, in certutil's words
ours() {
	scan
	ask "SELECT e.sha256 || ' ' || e.label || ' ' ||
		max(CASE WHEN e.role = 'anchor'
			AND e.purposes LIKE '%serverAuth%' THEN 'C' ELSE '' END) ||
		max(CASE WHEN e.role = 'anchor'
			AND e.purposes LIKE '%clientAuth%' THEN 'T' ELSE '' END) ||
		max(CASE WHEN e.role = 'distrust'
			AND e.purposes LIKE '%serverAuth%' THEN 'p' ELSE '' END) ||
		',' || max(CASE WHEN e.role = 'anchor'
			AND e.purposes LIKE '%email%' THEN 'C' ELSE '' END) ||
		',' || max(CASE WHEN e.role = 'anchor'
			AND e.purposes LIKE '%codeSigning%' THEN 'C' ELSE '' END)
		FROM v_entry e JOIN v_store s ON s.store_id = e.store_id
		WHERE s.kind = 'nss-firefox' GROUP BY e.sha256, e.label" | sort
}

linger=5
run host
linger=
is "what the policy installed is trusted" "$verdict" loads
profile=$(find "$home" -name cert9.db -size +0 | sed 's,/cert9.db$,,')
[ -d "$profile" ] || skip "this Firefox made no profile"
theirs >"$work/theirs"
is "after the policy" "$(ours)" "$(cat "$work/theirs")"
is "three of them" "$(grep -c 'Firefox root .* CT,C,$' "$work/theirs")" 3
is "those that the policy names" "$(ask "SELECT e.sha256 FROM v_entry e
	JOIN v_store s ON s.store_id = e.store_id
	WHERE s.kind = 'firefox-policies' ORDER BY 1")" \
	"$(cut -d ' ' -f 1 "$work/theirs")"

# they stay when the policy is gone
rm "$policies/policies.json"
run host
is "without the policy" "$verdict" loads
is "without the policy: the list" "$(ours)" "$(theirs)"

# somebody writes trust: NSS sees that it is not signed
sqlite3 "$profile/cert9.db" "UPDATE nssPublic SET a62c = x'00000003'
	WHERE a0 = x'0000000b' AND a81 = (SELECT a81 FROM nssPublic
	WHERE a3 LIKE CAST('Firefox root one%' AS BLOB)
		OR CAST(a3 AS TEXT) LIKE 'Firefox root one%')"
theirs >"$work/theirs"
is "edited" "$(ours)" "$(cat "$work/theirs")"
is "edited: one is not trusted" "$(grep -c ' ,,$' "$work/theirs")" 1
run host
is "edited: the browser" "$verdict" refuses

# ---- exceptions ----------------------------------------------------------------
fingerprint=$(openssl x509 -in "$work/alone.pem" -noout -fingerprint -sha256 |
	sed 's/.*=//')
oid=OID.2.16.840.1.101.3.4.2.1
sha256=$(sha256_of "$work/alone.pem")
accepted() {
	scan
	ask "SELECT 1 FROM v_entry e JOIN v_store s ON s.store_id = e.store_id
		WHERE s.kind = 'firefox-overrides' AND e.sha256 = '$sha256'
		AND e.label LIKE 'localhost:%'" | grep -q 1 &&
		echo loads || echo refuses
}
# exception WHAT VERDICT LINE: PORT in it is the server's.  The browser reads
# the file when it starts, so the port must be known before.
exception() {
	serve alone
	stop_serving
	printf '%s\n' "$3" | sed "s/PORT/$port/" >"$profile/cert_override.txt"
	fixed_port=$port
	run alone --profile "/root${profile#"$home"}"
	fixed_port=
	is "$1: the browser" "$verdict" "$2"
	is "$1: trustdrift" "$(accepted)" "$2"
}
tab=$(printf '\t')
exception "no exception" refuses '# nothing'
exception "an exception" loads \
	"localhost:PORT:$tab$oid$tab$fingerprint$tab"
exception "an old one" loads \
	"localhost:PORT$tab$oid$tab$fingerprint${tab}MUT${tab}AAAA"
exception "in small letters" refuses \
	"localhost:PORT:$tab$oid$tab$(echo "$fingerprint" | tr A-F a-f)$tab"
exception "without an end" refuses \
	"localhost:PORT:$tab$oid$tab$fingerprint"
exception "of another algorithm" refuses \
	"localhost:PORT:${tab}OID.1.3.14.3.2.26$tab$fingerprint$tab"
finish
