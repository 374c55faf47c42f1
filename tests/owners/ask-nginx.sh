#!/bin/sh
# ask-nginx.sh -- explain HOST:PORT against the real nginx, which sends what is in
# its file as it is: complete, incomplete, out of order, cross-signed.
#
#   ask-nginx.sh       exits 77 when nginx cannot be had
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/explain-lib.sh
. "$srcdir/tests/hosts/explain-lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

fetch_root bookworm nginx nginx-light || skip "nginx could not be fetched"
nginx=$OWNERS/bookworm/nginx.root
[ "$(id -u)" = 0 ] || skip "needs root for chroot"
root=$work/servers
server_root "$root"
mkdir -p "$nginx/dev" "$nginx/var/log/nginx" "$nginx/var/lib/nginx"
echo 'nobody:x:65534:65534::/:/bin/false' >"$nginx/etc/passwd"
echo 'nogroup:x:65534:' >"$nginx/etc/group"
[ -c "$nginx/dev/null" ] || mknod -m 666 "$nginx/dev/null" c 1 3
[ -c "$nginx/dev/urandom" ] || mknod -m 666 "$nginx/dev/urandom" c 1 9
# shellcheck disable=SC2317 # serve calls them
server_start() {
	cat "$work/leaf.pem" "$work/chain.pem" >"$nginx/tmp/chain.pem"
	cp "$work/leaf.key" "$nginx/tmp/leaf.key"
	cat >"$nginx/tmp/nginx.conf" <<-END
		daemon off;
		user nobody nogroup;
		master_process off;
		pid /tmp/nginx.pid;
		error_log stderr;
		events {}
		http {
			access_log off;
			server {
				listen 127.0.0.1:$1 ssl;
				ssl_certificate /tmp/chain.pem;
				ssl_certificate_key /tmp/leaf.key;
			}
		}
	END
	chroot "$nginx" /usr/sbin/nginx -c /tmp/nginx.conf \
		>"$work/nginx.log" 2>&1 </dev/null &
	server=$!
}
# shellcheck disable=SC2317
server_stop() {
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	rm -f "$nginx/tmp/leaf.key" "$nginx/tmp/chain.pem" "$nginx/tmp/nginx.conf"
}
ask_servers
[ "$failed" -eq 0 ] || cat "$work/nginx.log" >&2
finish
