#!/bin/sh
# environment.sh -- runtimes with lists of their own are led to the system's by
# variables: an audit finds what they lack, a second one after the script nothing
# more and nothing new, and after --rollback all of it again.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
: "${CC:=cc}"
command -v "${CC%% *}" >/dev/null || skip "needs a C compiler"

site=/usr/local/lib/python3.11/site-packages
aws=/usr/local/aws-cli/v2/2.15.0/dist/awscli/botocore
debian_new
rm -r "$certs/java"	# no real list
chmod 644 "$root$bundle"	# it is for everybody
mkdir -p "$root/etc/systemd" "$root/usr/local/bin" "$root$aws" \
	"$root$site/certifi" "$root$site/pip/_vendor/certifi"
for name in root other; do pem $name; done >"$work/list.pem"
for file in "$site/certifi" "$site/pip/_vendor/certifi" "$aws"; do
	cp "$work/list.pem" "$root$file/cacert.pem"
done
# A Node.js is a program of more than 1 MiB with PEM in it.
{
	echo 'static const char *const roots[] = {'
	sed 's/.*/"&\\n"/; s/"-----END.*/&,/' "$work/list.pem"
	cat <<-'END'
	};
	static char rest[1 << 20] = { 1 };
	int main(int n, char **words)
	{
		return (words == 0 ? rest : roots[0])[n];
	}
	END
} >"$work/node.c"
# shellcheck disable=SC2086 # it may have options, or a ccache before it
$CC -o "$root/usr/local/bin/node" "$work/node.c" || fail "$CC"

# audit: "RULE STORE" of what is found
audit() {
	"$TRUSTDRIFT" --quiet audit --root "$root" --db "$work/db" \
		--format json --now 2024-01-01T00:00:00Z >"$work/report" ||
		[ $? = 2 ] || fail "audit"
	sed -n 's/.*"rule": "\([^"]*\)".*"store": {[^{}]*"path": "\([^"]*\)".*/\1 \2/p' \
		"$work/report" | sort
}

audit >"$work/first"
is "four runtimes lack it" \
	"$(sed -n 's/^local-anchor-missing-elsewhere //p' "$work/first" |
		tr '\n' ' ')" "$aws/cacert.pem /usr/local/bin/node \
$site/certifi/cacert.pem $site/pip/_vendor/certifi/cacert.pem "
"$TRUSTDRIFT" fix --root "$root" --db "$work/db" \
	--rule local-anchor-missing-elsewhere >"$work/fix.sh" ||
	[ $? = 2 ] || fail "trustdrift fix"
run --list
# shellcheck disable=SC2046 # words
set -- $(sed -n 's/^ *finding /--only /p' "$work/out")
is "a step for each" "$#" 8
before=$(listing)
run --yes
is "they need a decision" "$status" 2
is "nothing without one" "$(listing)" "$before"
run --yes "$@"
is "with one" "$status" 0
wanted="AWS_CA_BUNDLE=$bundle
NODE_EXTRA_CA_CERTS=$bundle
PIP_CERT=$bundle
REQUESTS_CA_BUNDLE=$bundle"
is "for sessions" "$(sort "$root/etc/environment")" "$wanted"
is "for services" "$(sed -n 's/^DefaultEnvironment=//p' \
	"$root"/etc/systemd/system.conf.d/*)" "$wanted"
audit >"$work/second"
is "nothing new" "$(comm -13 "$work/first" "$work/second")" ""
is "all are gone" "$(comm -23 "$work/first" "$work/second" | cut -d ' ' -f 1 |
	uniq -c | tr -s ' ')" " 4 local-anchor-missing-elsewhere"
run --yes "$@"
said "again" '4 already done'
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "bit for bit" "$(listing)" "$before"
audit >"$work/third"
is "all are back" "$(cat "$work/third")" "$(cat "$work/first")"

# A variable that leads elsewhere already is somebody's decision.
echo 'PIP_CERT="/srv/own.pem"' >"$root/etc/environment"
before=$(listing)
: >"$work/findings"
finding 1 pip-cert ''
make
run --yes --only 00000000000000000000000000000001
is "set already" "$status" 2
said "set already" '/etc/environment sets PIP_CERT to /srv/own.pem already'
is "it stays" "$(listing)" "$before"
finish
