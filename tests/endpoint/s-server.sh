#!/bin/sh
# s-server.sh -- what arrives is what `openssl s_server` sends: chains that are
# complete, incomplete, in a wrong order, with duplicates and cross-signed, in
# every version of TLS that it speaks, and whatever else it wants of a client.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
: "${builddir:=.}"
ask=$builddir/tests/tools/ask-endpoint
command -v openssl >/dev/null || skip "needs openssl"
cd "$work" || exit 1
# what a host's policy takes away from GnuTLS is not what is tested
GNUTLS_SYSTEM_PRIORITY_FILE=/dev/null
export GNUTLS_SYSTEM_PRIORITY_FILE

server=
stop() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server" 2>/dev/null
	server=
}
trap 'stop; rm -rf "$work"' EXIT

# ---- an old root, a new one, the new one signed by the old, and a server
key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$1.key" 2>/dev/null || exit 1
}
request() {
	openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr" || exit 1
}
# sign NAME ISSUER EXTENSIONS REQUEST
sign() {
	openssl x509 -req -in "$4.csr" -CA "$2.pem" -CAkey "$2.key" \
		-CAcreateserial -days 3650 -extfile "$3" -out "$1.pem" \
		2>/dev/null || exit 1
}
root() {
	openssl x509 -req -in "$1.csr" -signkey "$1.key" -days 3650 \
		-extfile ca.ext -out "$1.pem" 2>/dev/null || exit 1
}
printf 'basicConstraints=critical,CA:TRUE\n' >ca.ext
printf 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:one.example\n' >leaf.ext
for name in old new middle leaf other; do
	key "$name"
	request "$name" "Test $name"
done
root old
root new
sign cross old ca.ext new
sign middle new ca.ext middle
sign leaf middle leaf.ext leaf
sign other middle leaf.ext other

sha256() {
	for name; do
		openssl x509 -in "$name.pem" -outform DER | sha256sum |
			cut -d ' ' -f 1
	done
}

# serve CHAIN OPTION ...: sends leaf and the words of CHAIN; sets $port.  Without
# -www the end of its input would be the end of every connection.
serve() {
	: >chain.pem
	for name in $1; do
		cat "$name.pem" >>chain.pem
	done
	shift
	[ ! -s chain.pem ] || set -- -cert_chain chain.pem "$@"
	openssl s_server -accept 127.0.0.1:0 -cert leaf.pem -key leaf.key \
		-no-CAfile -no-CApath -www "$@" >server.log 2>&1 </dev/null &
	server=$!
	port=
	tries=0
	while [ -z "$port" ] && [ "$tries" -lt 200 ]; do
		sleep 0.1
		port=$(sed -n 's/^ACCEPT .*:\([0-9][0-9]*\)$/\1/p' server.log)
		tries=$((tries + 1))
	done
	[ -n "$port" ] || {
		fail "openssl s_server $* did not start"
		cat server.log >&2
	}
}

# sends WHAT CHAIN OPTION ...: after the protocol, leaf and CHAIN arrive
sends() {
	what=$1
	chain=$2
	wanted=$3
	shift 3
	serve "$chain" "$@"
	# shellcheck disable=SC2086 # words
	is "$what" "$("$ask" "127.0.0.1:$port" one.example 2>&1)" "$wanted
$(sha256 leaf $chain)"
	stop
}

sends "a complete chain" "middle new" TLS1.3
sends "an incomplete chain" "" TLS1.3
sends "a chain with a gap" "new" TLS1.3
sends "a wrong order" "new middle" TLS1.3
sends "a wrong order, TLS 1.2" "new middle" TLS1.2 -tls1_2
sends "twice the same" "middle middle new middle" TLS1.3
sends "superfluous ones" "old middle other leaf new" TLS1.3
sends "superfluous ones, TLS 1.2" "old middle other leaf new" TLS1.2 -tls1_2
sends "cross-signed, the cross first" "middle cross new old" TLS1.3
sends "cross-signed, the root first" "middle new cross old" TLS1.3
sends "a client's certificate is asked for" "middle" TLS1.3 -verify 1
sends "a client's certificate is demanded" "middle" TLS1.3 -Verify 1
sends "... in TLS 1.2" "middle" TLS1.2 -Verify 1 -tls1_2
for minor in 0 1; do
	version=1
	[ "$minor" -eq 0 ] || version=1_$minor
	# some builds of OpenSSL have them no more
	openssl s_server -help 2>&1 | grep -q -e "-tls$version " || continue
	sends "TLS 1.$minor" "middle" "TLS1.$minor" "-tls$version" \
		-cipher ALL:@SECLEVEL=0
done
sends "a retry for another group" "middle" TLS1.3 -groups P-521

# Two certificates by name: the one that is asked for comes.
serve "middle" -cert2 other.pem -key2 other.key -servername two.example
is "another name" "$("$ask" "127.0.0.1:$port" two.example 2>&1 | sed -n 2p)" \
	"$(sha256 other)"
is "the first name" "$("$ask" "127.0.0.1:$port" one.example 2>&1 | sed -n 2p)" \
	"$(sha256 leaf)"
is "no name" "$("$ask" "127.0.0.1:$port" 2>&1 | sed -n 2p)" "$(sha256 leaf)"
stop
serve "middle" -cert2 other.pem -key2 other.key -servername two.example \
	-servername_fatal
is "a name that the server does not know" \
	"$("$ask" "127.0.0.1:$port" one.example 2>&1 |
		sed "s/^127.0.0.1:$port: //; s/;.*//")" \
	"the server does not know the name it was asked for"

# It is still there for the next one, and nobody has waited.
is "a protocol that this server does not speak" \
	"$("$ask" "smtp://127.0.0.1:$port" 2>&1 >/dev/null |
		grep -c "^127.0.0.1:$port: ")" 1
stop
finish
