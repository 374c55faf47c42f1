#!/bin/sh
# ask-upgrade.sh -- the outage of September 2021 on a Debian 11 with our package: the
# real apt upgrades ca-certificates from 20210119, which has DST Root CA X3, to Debian
# 12's, which has not.  Before anything is unpacked the hook names the two files in a
# home that .NET then fails of; afterwards the hook's audit finds exactly those, .NET
# fails indeed, the fix script deletes them, and .NET builds.
#
# It is 25 September 2021 for the hook and the audit, because both certificates have
# expired since: a line in /etc/trustdrift/audit.options says so.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/dotnet.sh
. "$srcdir/tests/owners/dotnet.sh"
# shellcheck source=tests/owners/roots.sh
. "$srcdir/tests/owners/roots.sh"

command -v dpkg-scanpackages >/dev/null 2>&1 || skip "needs dpkg-dev"
dotnet_ready "$srcdir/tests/owners" || skip "needs .NET Core 3.1 from npm"
fetch_deb bookworm ca-certificates 20230311+deb12u1 ||
	skip "needs ca-certificates of Debian 12"
package_for bullseye || skip "needs a package for Debian 11"
rule="stale-cached-intermediate"
now=2021-09-25T00:00:00Z

# ---- the host ------------------------------------------------------------------------
# shellcheck disable=SC2046 # words
root_new bullseye host ca-certificates openssl $(package_depends) ||
	skip "needs a Debian 11 root directory"
version() { # of ca-certificates there
	in_root dpkg --status ca-certificates | sed -n 's/^Version: //p'
}
is "ca-certificates before" "$(version)" 20210119

mozilla=$root/usr/share/ca-certificates/mozilla/DST_Root_CA_X3.crt
good=$srcdir/../shared/incidents/dst-2021
leaf="leaf-geoip.elastic.dev.pem"
leaving="DST Root CA X3"
if [ ! -d "$good" ]; then
	echo "the outage's real certificates are not here: not replayed with them"
	# of the same shape: theirs is the root that goes, and the one that stays is
	# the administrator's
	good=$outage_certificates
	leaf=leaf.pem
	leaving="Departing Root X3"
	cp "$good/dst-root-ca-x3.pem" "$mozilla"
	cp "$good/isrg-root-x1.pem" \
		"$root/usr/local/share/ca-certificates/staying.crt"
	in_root update-ca-certificates --fresh >"$work/update.log" 2>&1
fi
is "the root that is to go" "$(sha256_of "$mozilla")" \
	"$(sha256_of "$good/dst-root-ca-x3.pem")"

# ask: what .NET of ann builds from what the server sends
ask() {
	dotnet_bundle=$root/etc/ssl/certs/ca-certificates.crt \
		dotnet_ask "$root/home/ann" /nonexistent chain $now \
		"$good/$leaf" "$good/r3-by-isrg-x1.pem" \
		"$good/isrg-root-x1-by-dst.pem" || [ $? -eq 2 ]
}
# asked WHAT ANSWER: that it builds through a certificate, or why not
asked() {
	case $(ask) in
	"builds: "*"$2"* | "$2":*) pass ;;
	*) fail "$1: $(ask)" ;;
	esac
}

# .NET caches them itself, as it did at handshakes
in_root useradd --create-home ann
ca=/home/ann/$dotnet_store/ca
for certificate in dst-root-ca-x3 r3-by-dst; do
	dotnet_ask "$root/home/ann" /nonexistent add CA "$good/$certificate.pem"
	echo "$ca/$(thumbprint "$good/$certificate.pem").pfx"
done | sort >"$work/files"
in_root chown -R ann:ann /home/ann
is "what .NET has cached" \
	"$(cd "$root" && find "home/ann/$dotnet_store" -name '*.pfx' |
	sed 's,^,/,' | sort)" "$(cat "$work/files")"

# ---- our package ------------------------------------------------------------------------
check "dpkg -i" package_in_root
mkdir -p "$root/etc/trustdrift/notify.d"
printf '# %s\n' "when the certificates were still valid" \
	>"$root/etc/trustdrift/audit.options"
printf '%s\n' --now=$now --report=json:/root/audit.json \
	>>"$root/etc/trustdrift/audit.options"
printf '#!/bin/sh\ncat >>/root/told\n' >"$root/etc/trustdrift/notify.d/mail"
chmod 755 "$root/etc/trustdrift/notify.d/mail"

# found: the files that the newest report finds of the rule
found() {
	cp "$root/root/audit.json" "$work/report.json"
	findings $rule | cut -d ' ' -f 3
}
check "the first audit" in_root trustdrift audit --now $now --quiet --exit-zero \
	--report json:/root/audit.json -o /dev/null
is "nothing is wrong before" "$(found)" ""
asked "before" "$(thumbprint "$good/r3-by-dst.pem")"

# ---- the upgrade, by the real apt ---------------------------------------------------------
mkdir "$root/repository"
cp "$OWNERS"/bookworm/ca-certificates/.deb/*.deb "$root/repository/"
(cd "$root/repository" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
echo 'deb [trusted=yes] file:/repository ./' >"$root/etc/apt/sources.list"
in_root apt-get update -qq >"$work/apt.log" 2>&1
check "apt-get upgrade" in_root apt-get upgrade -y >"$work/upgrade.log" 2>&1
is "ca-certificates after" "$(version)" 20230311+deb12u1
check "the root is gone" [ ! -e "$mozilla" ]

# what was said before anything was unpacked
sed '/^Unpacking /,$d' "$work/upgrade.log" | grep '^trustdrift: ' >"$work/preview"
check "the root that goes is named" \
	grep -q "^trustdrift:   - $leaving " "$work/preview"
check "R3 loses its root" grep -q "HIGH, $rule: .*R3" "$work/preview"
while read -r file; do
	check "$file is named" grep -qF "$file" "$work/preview"
done <"$work/files"
is "only these of homes are" "$(grep -o '/home/[^ ,;:)]*' "$work/preview" | sort -u)" \
	"$(cat "$work/files")"

# ---- after --------------------------------------------------------------------------------
is "the hook's audit has both files, and no other" "$(found)" "$(cat "$work/files")"
is "both are grave" "$(findings $rule high | grep -c .)" 2
while read -r file; do
	check "it was told of $file" grep -qF "$file" "$root/root/told"
done <"$work/files"
asked "after" fails

status=0
in_root trustdrift fix --rule $rule -o /root/fix.sh || status=$?
is "a script is written" "$status" 2
(cd "$root" && find home usr etc | sort) >"$work/before.list"
check "it repairs" in_root sh /root/fix.sh --yes >"$work/fix.log" 2>&1
(cd "$root" && find home usr etc | sort) >"$work/after.list"
is "these two are gone, and nothing else" \
	"$(comm -3 "$work/before.list" "$work/after.list" | sed 's,^,/,')" \
	"$(cat "$work/files")"
in_root trustdrift audit --now $now --quiet --exit-zero \
	--report json:/root/audit.json -o /dev/null
is "nothing is wrong any more" "$(found)" ""
asked "repaired" "$(thumbprint "$good/r3-by-isrg-x1.pem")"
[ "$failed" -eq 0 ] || cat "$work/upgrade.log" "$root/root/told"
finish
