#!/bin/sh
# accepted.sh -- who accepts one thing accepts no other: settings, revocation lists,
# and what could not be read, with waivers and with the last audit as the baseline.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
crls=$srcdir/tests/readers/crl
root=$work/host
config=$work/etc
db=$work/accepted.db
now=2021-09-25T00:00:00Z
mkdir -p "$config/waivers.d"
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"

# judge: the exit status in $status, the report in $work/report.json
judge() {
	audit "$root" --config "$config" --db "$db" --now "$now"
}
# news: how many findings are new since the last audit, by --fail-on new; what is said
# of them in $work/news
news() {
	news_status=0
	"$TRUSTDRIFT" audit --root "$root" --config "$config" --db "$db" --now "$now" \
		--fail-on new --format changes >"$work/news" 2>"$work/errors" ||
		news_status=$?
	case $news_status in
	0 | 2 | 4 | 6) grep -c '^\(new\|more\):' "$work/news" ;;
	*) cat "$work/errors" ;;
	esac
}
# ids RULE STATUS
ids() {
	/usr/bin/python3 -I - "$work/report.json" "$@" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["rule"] == sys.argv[2] and f["status"] == sys.argv[3]:
	        print(f["id"])
	END
}
waive() { # waive ID NAME
	"$TRUSTDRIFT" waive "$1" --db "$db" --root "$root" --reason r --author a \
		--until 2030-01-01 -o "$config/waivers.d/$2.xml"
}

# ---- a setting that switches verification off ------------------------------------
echo GIT_SSL_NO_VERIFY=1 >"$root/etc/environment"
judge
git=$(ids verification-off found)
waive "$git" git
judge
is "it is accepted" "$(ids verification-off waived) $status" "$git 0"
"$TRUSTDRIFT" fix "$git" --db "$db" 2>"$work/errors" || fail "fix: $?"
check "fix says so: $(cat "$work/errors")" grep -q "is waived" "$work/errors"
echo NODE_TLS_REJECT_UNAUTHORIZED=0 >>"$root/etc/environment"
is "another one is new" "$(news)" 1
judge
is "and is not accepted" "$(ids verification-off found | grep -c .)" 1
is "in the same file" "$status" 2
rm "$root/etc/environment" "$config/waivers.d/git.xml"

# ---- a revocation list, which has no fingerprint ----------------------------------
now=2026-01-01T00:00:00Z
mkdir -p "$root/etc/ipsec.d/crls"
cp "$crls/der.in" "$root/etc/ipsec.d/crls/two.crl"
judge
is "after an audit nothing is new" "$(news)" 0
cp "$crls/pem.in" "$root/etc/ipsec.d/crls/one.crl"
is "a second list is new" "$(news)" 1
is "and is named" "$(grep -c '^    + CN=one,O=Example' "$work/news")" 1
judge
waive "$(ids crl-past-next-update found)" crl
judge
is "both are accepted" "$(ids crl-past-next-update found)" ""
is "by a waiver that is used" "$(ids waiver-unused found)" ""

# ---- what was not read -------------------------------------------------------------
judge
is "a policy that says nothing needs nothing" \
	"$(ids policy-forbidden unknown)$(ids policy-missing unknown)" ""
echo "-----BEGIN CERTIFICATE-----" >>"$root/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$root/etc/openvpn"
echo 'crl-verify crl.pem' >"$root/etc/openvpn/server.conf"
echo garbage >"$root/etc/openvpn/crl.pem"
cat >"$config/waivers.d/other.xml" <<-END
	<waivers><waiver rule="anchor-expires-soon"
		store="/etc/ssl/certs/ca-certificates.crt" reason="r" author="a"
		until="2030-01-01"/></waivers>
END
judge
is "nor does it then" "$(ids policy-forbidden unknown)" ""
is "a revocation list is not judged" \
	"$(ids crl-past-next-update unknown | grep -c .)" 1
is "of anchors some are not" "$(ids private-anchor unknown | grep -c .)" 1
is "nobody knows whether a waiver is used" "$(ids waiver-unused found)" ""
is "exit status" "$((status & 4))" 4
undecided=$(ids private-anchor unknown)
is "what was not decided is not waived" "$(waive "$undecided" none 2>&1 |
	grep -c 'could not be decided')" 1
is "nor is anything until yesterday" "$("$TRUSTDRIFT" waive "$undecided" --db "$db" \
	--root "$root" --reason r --author a --until 2025-12-31 2>&1 |
	grep -c 'is over')" 1
cat >"$config/policy.xml" <<-END
	<policy><forbid sha256="$(sha256_of "$good/dst-root-ca-x3.pem")"/></policy>
END
judge
is "a policy that forbids is not obeyed by what was not read" \
	"$(ids policy-forbidden unknown | grep -c .) $(ids policy-unlisted unknown)" "1 "

# ---- two roots in one inventory ------------------------------------------------------
rm "$config/policy.xml" "$config/waivers.d"/*.xml
rm -r "$root/etc/openvpn"
mv "$root" "$work/first"
root=$work/first
judge
root=$work/second
host_new "$root"
host_root_ca "$root" "$good/dst-root-ca-x3.pem"
host_update "$root"
judge
is "after the audit of a second root nothing is new there" "$(news)" 0
root=$work/first
is "nor in the first, whose audit is still known" "$(news)" 0
finish
