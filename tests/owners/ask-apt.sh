#!/bin/sh
# ask-apt.sh -- the real apt and dpkg of Debian 11 with our package's hook: what it
# said before ca-certificates was unpacked is what an audit finds afterwards, and it
# ends no update, but for the one that the administrator wants ended.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/roots.sh
. "$srcdir/tests/owners/roots.sh"

fetch_deb bullseye ca-certificates 20210119 ||
	skip "needs ca-certificates 20210119 of Debian 11"
fetch_deb bookworm ca-certificates 20230311+deb12u1 ||
	skip "needs ca-certificates of Debian 12"
package_for bullseye || skip "needs a package for Debian 11"
now=2021-09-25T00:00:00Z

# shellcheck disable=SC2046 # words
root_new bullseye host ca-certificates openssl $(package_depends) ||
	skip "needs a Debian 11 root directory"
check "dpkg -i" package_in_root
mkdir -p "$root/etc/trustdrift"
echo --now=$now >"$root/etc/trustdrift/audit.options"

# The old version, with a root that only it has and that has signed an intermediate
# which .NET caches: of our own, so that both are always there.
good=$outage_certificates
mkdir "$root/debs"
dpkg-deb -R "$OWNERS"/bullseye/ca-certificates/.deb/*.deb "$work/old"
cp "$good/dst-root-ca-x3.pem" \
	"$work/old/usr/share/ca-certificates/mozilla/Departing_Root_X3.crt"
dpkg-deb -b "$work/old" "$root/debs/old.deb" >/dev/null
cp "$OWNERS"/bookworm/ca-certificates/.deb/*.deb "$root/debs/new.deb"
echo "mozilla/Departing_Root_X3.crt" >>"$root/etc/ca-certificates.conf"
in_root dpkg -i /debs/old.deb >"$work/log" 2>&1 || fail "dpkg: $(cat "$work/log")"
check "the root is trusted before" in_root openssl verify -no-CAfile \
	-CApath /etc/ssl/certs -attime 1632528000 \
	/usr/share/ca-certificates/mozilla/Departing_Root_X3.crt
pfx=$(host_dotnet "$root/root" ca "$good/r3-by-dst.pem")

apt() { # apt ARGS: what it says in $work/apt.log
	status=0
	in_root apt-get -y -o APT::Sandbox::User=root "$@" >"$work/apt.log" 2>&1 ||
		status=$?
}
said() { sed -n 's/^trustdrift: *//p' "$work/apt.log"; }
version() { in_root dpkg --status ca-certificates | sed -n 's/^Version: //p'; }

# ---- the administrator wants grave ones stopped --------------------------------------
listing() {
	(cd "$root" && find etc usr/share/ca-certificates var/lib/dpkg var/lib/trustdrift \
		tmp root -printf '%p %y %m %s %l\n' 2>/dev/null | sort)
}
echo 'stop = high' >"$root/etc/trustdrift/apt-hook.conf"
before=$(listing)
apt install /debs/new.deb
is "apt is stopped" "$status" 100
check "by the hook" grep -q 'apt-hook.conf' "$work/apt.log"
is "nothing was changed" "$(listing)" "$before"
rm "$root/etc/trustdrift/apt-hook.conf"

# ---- the update ------------------------------------------------------------------------
in_root trustdrift audit --now $now --format json --exit-zero \
	>"$work/before.json" 2>"$work/errors" || fail "audit: $(cat "$work/errors")"
in_root trustdrift preview --now $now --format json /debs/new.deb \
	>"$work/preview.json" 2>"$work/errors"
is "errors of the preview" "$(cat "$work/errors")" ""
apt install /debs/new.deb
is "apt" "$status" 0
is "the version" "$(version)" "20230311+deb12u1"
sed '/^Unpacking /,$d' "$work/apt.log" >"$work/first"
check "the root that goes" grep -q "^trustdrift:   - Departing Root X3 " "$work/first"
check "what breaks" grep -q 'HIGH, stale-cached-intermediate' "$work/first"
check "where" grep -qF "$pfx" "$work/first"
in_root trustdrift check --now $now --format json --exit-zero \
	>"$work/after.json" 2>"$work/errors" || fail "check: $(cat "$work/errors")"
differences=$(/usr/bin/python3 -I - "$work/before.json" "$work/preview.json" \
	"$work/after.json" <<'END'
import json, sys
before, preview, real = (json.load(open(n)) for n in sys.argv[1:])
found = {f["id"]: f for f in before["findings"]}
for f in preview["disappear"]:
    found.pop(f["id"], None)
for f in preview["appear"]:
    found[f["id"]] = f
for f in preview["differ"]:
    found[f["after"]["id"]] = f["after"]
def rows(findings):
    return {" ".join([f["severity"], f["status"], f["rule"], f["store"]["path"],
        (f["certificate"] or {}).get("sha256") or "",
        *sorted({m["sha256"] or "" for m in f["certificates"]})]) for f in findings}
got, wanted = rows(found.values()), rows(real["findings"])
for line in sorted(got - wanted): print("previewed only:", line)
for line in sorted(wanted - got): print("real only:", line)
END
)
is "what is found is what was said" "$differences" ""

# ---- what ends no update -----------------------------------------------------------------
apt install --reinstall /debs/new.deb
is "reinstalled" "$status" 0
is "and nothing is said" "$(said)" ""
mv "$root/usr/bin/trustdrift" "$root/usr/bin/trustdrift.away"
printf '#!/bin/sh\nkill -9 $$\n' >"$root/usr/bin/trustdrift"
chmod 755 "$root/usr/bin/trustdrift"
apt install --allow-downgrades /debs/old.deb
is "a hook that is killed" "$status $(version)" "0 20210119"
rm "$root/usr/bin/trustdrift"
apt install /debs/new.deb
is "a hook that is not there" "$status $(version)" "0 20230311+deb12u1"
finish
