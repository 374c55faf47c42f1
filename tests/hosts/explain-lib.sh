# explain-lib.sh -- sourced behind lib.sh: questions to an explanation, and a PKI
# for servers, whose clocks are real.
# shellcheck shell=sh disable=SC2154 # lib.sh sets $work

# ask PYTHON: a question to $work/answer.json, in which a is the answer; q its
# questions; party(q, ID) what that one said
ask() {
	/usr/bin/python3 -I -c '
import json, sys
a = json.load(open(sys.argv[1]))
q = a["questions"]
def party(q, name):
    # of several instances the last, which is a user
    return [p for p in q["parties"]
            if p["party"] == name or p["party"].startswith(name + ":")][-1]
def said(p):
    return p["verdict"] if p["verdict"] == "accept" else p["reason"]
def names(path):
    by = {c["sha256"]: c for c in a["certificates"]}
    return " < ".join("leaf" if s is None else
        by[s]["subject"].split(",")[0][3:] + "/" + by[s]["issuer"].split(",")[0][3:]
        for s in path)
print('"$1"')' "$work/answer.json"
}

# server_root ROOT: a PKI in $work (leaf.pem and .key, issuer.pem, crossed.pem by
# other.pem, root.pem), and a root that trusts root.pem
server_root() {
	cat >"$work/ca.cnf" <<-'END'
		[ca]
		basicConstraints = critical, CA:TRUE
		keyUsage = critical, keyCertSign
		subjectKeyIdentifier = hash
		[leaf]
		subjectAltName = DNS:localhost
		extendedKeyUsage = serverAuth
	END
	certificate root root root ca
	certificate other other other ca
	certificate issuer issuer root ca
	certificate crossed issuer other ca
	certificate leaf leaf issuer leaf
	host_new "$1"
	host_root_ca "$1" "$work/root.pem"
	host_update "$1"
}

# certificate NAME SUBJECT ISSUER EXTENSIONS
certificate() {
	[ -e "$work/$2.key" ] || openssl ecparam -name prime256v1 -genkey \
		-noout -out "$work/$2.key"
	openssl req -new -key "$work/$2.key" -subj "/CN=$2" 2>/dev/null |
		if [ "$2" = "$3" ]; then
			openssl x509 -req -signkey "$work/$2.key" -days 900 \
				-extfile "$work/ca.cnf" -extensions "$4"
		else
			openssl x509 -req -CA "$work/$3.pem" \
				-CAkey "$work/$3.key" -CAcreateserial \
				-days 900 -extfile "$work/ca.cnf" -extensions "$4"
		fi >"$work/$1.pem" 2>/dev/null
}

# serve NAME FILE ...: asks a server that sends leaf and these, in this order.
# server_start PORT starts it, with what it sends behind leaf in
# $work/chain.pem, and sets $server; server_stop stops it.
serve() {
	name=$1
	shift
	: >"$work/chain.pem"
	for file in "$@"; do cat "$work/$file.pem"; done >"$work/chain.pem"
	port=
	for try in 1 2 3 4 5; do
		try_port=$((20000 + ($$ * 7 + try * 1009) % 30000))
		server_start $try_port
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.1
			if "$TRUSTDRIFT" explain --root "$root" --format json \
				"localhost:$try_port" >"$work/answer.json" \
				2>"$work/error"; then
				port=$try_port
				break
			fi
			kill -0 "$server" 2>/dev/null || break
		done
		server_stop
		[ -z "$port" ] || break
	done
	[ -n "$port" ] || fail "$name: $(cat "$work/error")"
}

# What every server is asked.
ask_servers() {
	serve complete issuer
	is "complete" "$(ask 'said(party(q[0], "openssl"))')" accept
	is "complete: nothing is missing" "$(ask 'q[0]["missing"]')" None
	is "complete: in order" "$(ask 'q[0]["in_order"]')" True
	is "its name counts" "$(ask 'a["host"]')" localhost
	serve incomplete
	is "incomplete" "$(ask 'said(party(q[0], "openssl"))')" no-issuer
	is "incomplete: what is missing" "$(ask 'q[0]["missing"]["name"]')" \
		CN=issuer
	serve unordered root issuer
	is "out of order" "$(ask 'said(party(q[0], "openssl"))')" accept
	is "out of order: said" "$(ask 'q[0]["in_order"]')" False
	serve crossed crossed issuer
	is "crossed: OpenSSL takes what was sent first" \
		"$(ask 'said(party(q[0], "openssl"))')" no-issuer
	is "crossed: a good path was sent" \
		"$(ask 'q[0]["complete"]["verdict"]')" accept
	serve superfluous issuer other
	is "superfluous" "$(ask '[s["used"] for s in q[0]["sent"]]')" \
		"[True, False]"
}
