#!/bin/sh
# explain.sh -- explain and preview of the two outages, and of servers: what the
# parties of a fake root answer, by their models.
#
# The cells of 2021 are those that the real .NET Core 3.1.2 answered (the server
# sending r3-by-isrg-x1 and isrg-root-x1-by-dst); tests/owners/ask-dotnet.sh asks
# it again.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/explain-lib.sh
. "$srcdir/tests/hosts/explain-lib.sh"

# valid: the answer is what data/schema/explanation.schema.json says
# shellcheck disable=SC2317 # check() calls it
valid() {
	/usr/bin/python3 -I -c '
import json, sys
import jsonschema
load = lambda name: json.load(open(name))
jsonschema.Draft202012Validator(load(sys.argv[1])).validate(load(sys.argv[2]))' \
		"$srcdir/data/schema/explanation.schema.json" "$work/answer.json"
}

explain() {
	"$TRUSTDRIFT" explain --format json "$@" >"$work/answer.json" ||
		fail "explain $*: $?"
}

# ---- 2021 ----------------------------------------------------------------------
good=$srcdir/tests/hosts/certificates/dst-2021
cat "$good/r3-by-isrg-x1.pem" "$good/isrg-root-x1-by-dst.pem" >"$work/sent.pem"

# cell SYSTEM TIME WANTED CACHED ...: what .NET says of R3
cell() {
	system=$1 time=$2 wanted=$3
	shift 3
	root=$work/cell
	rm -rf "$root"
	host_new "$root"
	host_root_ca "$root" "$good/isrg-root-x1.pem"
	[ "$system" = after ] || host_root_ca "$root" "$good/dst-root-ca-x3.pem"
	host_update "$root"
	mkdir -p "$root/usr/bin"
	: >"$root/usr/bin/dotnet"
	chmod 755 "$root/usr/bin/dotnet"
	for cached in "$@"; do
		host_dotnet "$root/home/ann" ca "$good/$cached.pem" >/dev/null
	done
	explain --root "$root" --now "$time" "$work/sent.pem"
	is "$system, $time, cached: $*" "$(ask 'said(party(q[0], "dotnet"))')" \
		"$wanted"
}
both="dst-root-ca-x3 r3-by-dst"
for time in 2021-09-20T00:00:00Z 2021-09-25T00:00:00Z; do
	# shellcheck disable=SC2086 # words
	cell before "$time" accept $both
	# shellcheck disable=SC2086 # words
	cell after "$time" untrusted-root $both
	cell before "$time" accept r3-by-dst
	cell after "$time" no-issuer r3-by-dst
	cell before "$time" accept
	cell after "$time" accept
done
for time in 2021-09-29T20:00:00Z 2021-10-01T00:00:00Z; do
	# shellcheck disable=SC2086 # words
	cell before "$time" expired $both
	# shellcheck disable=SC2086 # words
	cell after "$time" expired $both
	cell before "$time" expired r3-by-dst
	cell after "$time" accept r3-by-dst
done
cell before 2021-10-01T00:00:00Z accept
cell after 2021-10-01T00:00:00Z accept

check "JSON: its schema" valid
cp "$work/answer.json" "$work/first.json"
explain --root "$root" --now 2021-10-01T00:00:00Z "$work/sent.pem"
check "the same again" cmp -s "$work/answer.json" "$work/first.json"

# The others do not look into .NET's store.
# shellcheck disable=SC2086 # words
cell after 2021-09-25T00:00:00Z untrusted-root $both
is "OpenSSL's own verdict" "$(ask 'said(party(q[0], "openssl"))')" accept
is "and path" "$(ask 'names(party(q[0], "openssl")["path"])')" \
	"leaf < R3/Staying Root X1 < Staying Root X1/Staying Root X1"
is "there is a good path" "$(ask 'q[0]["complete"]["verdict"]')" accept
is "when .NET's verdict changes" "$(ask '[c["from"] for c in
	party(q[0], "dotnet")["changes"] if c["from"]][-1] > "2021-09-29"')" True

# By name, with nothing but what the host knows.
"$TRUSTDRIFT" explain --root "$root" --now 2021-09-25T00:00:00Z R3 \
	>"$work/text" 2>&1 || fail "explain R3: $(cat "$work/text")"
check "text: .NET refuses" grep -q 'refuses: *\.NET' "$work/text"
check "text: where the copy lies" grep -q '/home/ann/.*x509stores/ca/' \
	"$work/text"
"$TRUSTDRIFT" explain --root "$root" --now 2021-09-01T00:00:00Z --timeline \
	--party dotnet "$work/sent.pem" >"$work/text" || fail "timeline"
check "timeline: now has its place" grep -q '2021-09-01T00:00:00Z *now' \
	"$work/text"
cell before 2021-09-01T00:00:00Z accept r3-by-dst
status=0
"$TRUSTDRIFT" explain --root "$root" --now 2021-09-01T00:00:00Z --timeline \
	--party dotnet >"$work/text" || status=$?
is "timeline of one party: status" "$status" 0
is "and only of that" "$(sed 1d "$work/text" | grep -vc 'dotnet:')" 0
status=0
"$TRUSTDRIFT" explain --root "$root" --timeline --party nosuch 2>"$work/text" ||
	status=$?
is "of nobody" "$status $(grep -c 'no relying party "nosuch"' "$work/text")" "1 1"
status=0
"$TRUSTDRIFT" explain --root "$root" --timeline --format svg 2>"$work/text" ||
	status=$?
is "drawn without a certificate" "$status" 64
"$TRUSTDRIFT" explain --root "$root" --now 2021-09-01T00:00:00Z --timeline \
	>"$work/text" || fail "timeline of all"
check "timeline of all: .NET's cache" grep -q \
	'2021-09-[0-9T:Z-]* *dotnet:/home/ann' "$work/text"
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' '-----END CERTIFICATE-----' \
	>"$work/bad.pem"
head -c 100000 /dev/zero >"$work/zeros.pem"
for file in bad.pem zeros.pem; do
	if "$TRUSTDRIFT" explain --root "$root" "$work/$file" \
		>/dev/null 2>"$work/error"; then
		fail "explain $file"
	fi
	check "explain $file: said" grep -q "$file: " "$work/error"
done
"$TRUSTDRIFT" explain --root "$root" --format dot "$work/sent.pem" \
	>"$work/dot" || fail "dot"
check "dot" grep -q '^digraph trustdrift' "$work/dot"
for word in nobody-knows-this 0123456789abcdef; do
	if "$TRUSTDRIFT" explain --root "$root" $word >/dev/null 2>&1; then
		fail "explain $word"
	else
		pass
	fi
done

# ---- 2020 ----------------------------------------------------------------------
good=$srcdir/tests/hosts/certificates/addtrust-2020
root=$work/2020
host_new "$root"
host_root_ca "$root" "$good/usertrust-rsa.pem" \
	"$good/addtrust-external-ca-root.pem"
host_update "$root"
for version in 1.0.2u 1.1.1g; do
	node=$root/opt/$version/bin/node
	host_elf "$node" "$good/addtrust-external-ca-root.pem" \
		"$good/usertrust-rsa.pem"
	printf 'OpenSSL %s  20 Dec 2019\0' $version >>"$node"
done
old=node:/opt/1.0.2u/bin/node new=node:/opt/1.1.1g/bin/node
chain=$good/usertrust-rsa-by-addtrust.pem
explain --root "$root" --now 2020-05-30T10:48:37Z "$chain"
is "before: OpenSSL 1.0.2" "$(ask "said(party(q[0], \"$old\"))")" accept
is "before: OpenSSL 1.1.1" "$(ask "said(party(q[0], \"$new\"))")" accept
explain --root "$root" --now 2020-05-30T10:48:39Z "$chain"
is "after: OpenSSL 1.0.2" "$(ask "said(party(q[0], \"$old\"))")" expired
is "after: OpenSSL 1.1.1" "$(ask "said(party(q[0], \"$new\"))")" accept
is "after: OpenSSL and its defaults" "$(ask 'said(party(q[0], "openssl"))')" \
	accept
is "its model" "$(ask "party(q[0], \"$old\")[\"model\"]")" openssl-1.0.2
status=0
"$TRUSTDRIFT" preview --root "$root" --now 2020-06-01T00:00:00Z --format json \
	--remove "$(sha256_of "$good/addtrust-external-ca-root.pem")" "$chain" \
	>"$work/answer.json" || status=$?
is "preview: different" "$status" 2
is "preview: who is repaired" "$(/usr/bin/python3 -I -c '
import json, sys
for v in json.load(open(sys.argv[1]))["verdicts"]:
    print(v["party"], v["before"]["reason"], v["after"]["verdict"])' \
	"$work/answer.json")" "$old expired accept"

# ---- servers --------------------------------------------------------------------
root=$work/servers
server_root "$root"
server_start() {
	set -- "$1" "$work/chain.pem"
	[ -s "$2" ] || set -- "$1"
	openssl s_server -accept "127.0.0.1:$1" -key "$work/leaf.key" \
		-cert "$work/leaf.pem" ${2:+-cert_chain "$2"} -quiet \
		>/dev/null 2>&1 </dev/null &
	server=$!
}
server_stop() {
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
}
ask_servers

# `openssl req -x509' makes an authority's certificate.  A server that shows one is
# judged by it: OpenSSL 3.0, GnuTLS 3.7 and OpenJDK 17 say the same of these.
for name in localhost other.example; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -keyout "$work/$name.key" -out "$work/$name.pem" -days 30 \
		-subj "/CN=$name" -addext "basicConstraints=critical,CA:TRUE" \
		2>/dev/null
	host_root_ca "$root" "$work/$name.pem"
done
host_update "$root"
cp "$work/other.example.key" "$work/leaf.key"
cp "$work/other.example.pem" "$work/leaf.pem"
serve "an authority's, of another host"
is "an authority's, of another host" \
	"$(ask 'said(party(q[0], "openssl")), said(party(q[0], "gnutls"))')" \
	"host-name host-name"
is "... is what was asked about" \
	"$(ask 'names(party(q[0], "openssl")["path"])')" \
	other.example/other.example
for name in localhost other.example; do
	explain --root "$root" --hostname localhost "$work/$name.pem"
	is "a file, $name" "$(ask 'said(party(q[0], "openssl"))')" \
		"$([ $name = localhost ] && echo accept || echo host-name)"
	is "a file, $name, for Go" "$(ask 'said(party(q[0], "go"))')" host-name
done
explain --root "$root" "$work/other.example.pem"
is "a file, no host: what it issues" \
	"$(ask 'names(party(q[0], "openssl")["path"])')" \
	"leaf < other.example/other.example"
finish
