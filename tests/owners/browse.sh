# browse.sh -- sourced by the owners' tests of browsers, after lib.sh and
# fetch.sh: a real browser in a root of its own, and a server that it is sent to.
# shellcheck shell=sh
# shellcheck disable=SC2154 # $work and $OWNERS are theirs
#
# The browser's verdict is told by the server: a browser that trusts sends its
# request, one that does not sends an alert.  Nothing a browser does is left in
# its root: what it writes to, and reads from, is bound there for as long as it
# runs.

# inside ROOT "DIRECTORY AT ..." COMMAND ...: runs it in ROOT with these
# directories bound at those paths, as HOME=/root.  All that it started ends
# with it.  $inside_environment has more NAME=VALUE for it, without spaces.
inside() {
	inside_root=$1 inside_binds=$2
	shift 2
	# shellcheck disable=SC2016 # the inner shell's
	exec unshare --mount --pid --fork --kill-child sh -c '
		root=$1 binds=$2 environment=$3
		shift 3
		mkdir -p "$root/root"
		mount -t proc proc "$root/proc" || exit 99
		mount --rbind /dev "$root/dev" || exit 99
		set -- "$root" "$@"
		for word in $binds; do
			if [ -z "${from:-}" ]; then
				from=$word
				continue
			fi
			mkdir -p "$root$word"
			mount --bind "$from" "$root$word" || exit 99
			from=
		done
		exec env -i HOME=/root PATH=/usr/sbin:/usr/bin LC_ALL=C \
			MOZ_DISABLE_CONTENT_SANDBOX=1 $environment chroot "$@"
	' inside "$inside_root" "$inside_binds" \
		"${inside_environment:-}" "$@"
}

can_isolate() {
	unshare --mount --pid --fork true 2>/dev/null
}

# certificate NAME SUBJECT EXTENSIONS [ISSUER]: NAME.pem and NAME.key.
certificate() {
	cat >"$work/openssl.cnf" <<-'END'
	[req]
	distinguished_name = dn
	[dn]
	[root]
	basicConstraints = critical,CA:TRUE
	[host]
	basicConstraints = CA:FALSE
	subjectAltName = DNS:localhost
	extendedKeyUsage = serverAuth
	END
	openssl req -x509 -config "$work/openssl.cnf" -extensions "$3" \
		-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 300 \
		-subj "/CN=$2" -keyout "$work/$1.key" -out "$work/$1.pem" \
		${4:+-CA "$work/$4.pem" -CAkey "$work/$4.key"} 2>/dev/null ||
		skip "this OpenSSL cannot make certificates"
}
base64_of() { openssl x509 -in "$work/$1.pem" -outform der | base64 -w 0; }

# serve NAME: an HTTPS server at localhost:$port, which is $fixed_port where that
# is set.  Its input stays open, for at its end it would stop.
serve() {
	[ -p "$work/open" ] || mkfifo "$work/open"
	exec 9<>"$work/open"
	# not by the server, which may come to it later than the reader below
	: >"$work/served"
	: >"$work/refused"
	openssl s_server -accept "127.0.0.1:${fixed_port:-0}" -cert "$work/$1.pem" \
		-key "$work/$1.key" >>"$work/served" 2>>"$work/refused" <&9 &
	server=$!
	waited=0
	# the whole line: what is written in two pieces has half a port at first
	until grep -q '^ACCEPT' "$work/served" &&
		[ -z "$(tail -c 1 "$work/served")" ]; do
		waited=$((waited + 1))
		[ $waited -lt 50 ] || skip "openssl s_server does not start"
		sleep 0.1
	done
	# it says which one only where it was not told
	port=${fixed_port:-$(sed -n 's/^ACCEPT .*://p' "$work/served")}
}
stop_serving() {
	kill "$server"
	wait "$server" 2>/dev/null
	exec 9>&-
}

# browse NAME ROOT BINDS COMMAND ...: the COMMAND, which is given the server's
# address, is run until it has asked NAME for a page or refused it; $verdict is
# then "loads" or "refuses", and "nothing" after a minute and a half.
browse() {
	browse_name=$1 browse_root=$2 browse_binds=$3
	shift 3
	serve "$browse_name"
	(inside "$browse_root" "$browse_binds" "$@" \
		"https://localhost:$port/") >"$work/browser.log" 2>&1 &
	browser=$!
	verdict=nothing waited=0
	while [ $waited -lt 180 ] && [ "$verdict" = nothing ]; do
		sleep 0.5
		waited=$((waited + 1))
		if grep -q '^GET / ' "$work/served"; then
			verdict=loads
		elif grep -q 'alert' "$work/refused"; then
			verdict=refuses
		fi
	done
	[ "$verdict" != nothing ] || {
		echo "asked for port $port; the browser and the server said:"
		tail -n 5 "$work/browser.log" "$work/served" "$work/refused"
	} >&2
	[ -z "${linger:-}" ] || sleep "$linger"
	# unshare holds the other signals back; its end is that of all inside
	kill -KILL "$browser" 2>/dev/null
	wait "$browser" 2>/dev/null
	stop_serving
}
