#!/bin/sh
# at-once.sh -- two fix scripts at once, and a full disk: a store is as it was or
# repaired, the script says which, and goes on when there is room again.  Every
# third amount of room is tried, or every EVERYth.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"

# Two at once: the second does nothing, says so, and a killed one locks nothing.
command -v flock >/dev/null || skip "flock (util-linux) is missing"
root_new
mkdir "$root/a"
echo first >"$root/a/1"
finding 1 remove-file /a/1
make
before=$(listing)
mkdir -p "$root/var/lib/trustdrift/backup"
flock "$root/var/lib/trustdrift/backup" sleep 60 &
sleeper=$!
until ! flock -n "$root/var/lib/trustdrift/backup" true; do sleep 0.1; done
run --yes
is "the second of two" "$status" 75
said "the second of two" 'another fix script is at work here'
is "the second changes nothing" "$(listing)" "$before"
run --dry-run
is "--dry-run needs no lock" "$status" 2
# sleep holds the lock as well: kill both
pkill -P "$sleeper" || :
kill "$sleeper" 2>/dev/null
wait "$sleeper" 2>/dev/null || :
run --yes
is "afterwards" "$status" 0

# A full disk: cp fails behind its first N bytes, as it does there.  What it
# has written is left to the script.
mkdir "$work/bin"
real=$(command -v cp)
cat >"$work/bin/cp" <<END
#!/bin/sh
for last; do :; done
n=\$(cat "$work/room")
[ "\$n" -gt 0 ] || {
	head -c 5 /etc/passwd >"\$last"
	echo "cp: error writing '\$last': No space left on device" >&2
	exit 1
}
echo \$((n - 1)) >"$work/room"
exec $real "\$@"
END
chmod 755 "$work/bin/cp"

# narrow COPIES [ARGUMENT...]: a run that has room for so many copies
narrow() {
	echo "$1" >"$work/room"
	shift
	sed "s|^PATH=|PATH=$work/bin:|" "$work/fix.sh" >"$work/narrow.sh"
	status=0
	dash "$work/narrow.sh" "$@" >"$work/out" 2>&1 </dev/null || status=$?
}

new() {
	debian_new
	ca 1 root "$bundle"
	ca 2 spaces /etc/ssl/certs/spaces.pem
	pem root >"$root/etc/list.pem"
	pem other >>"$root/etc/list.pem"
	finding 3 pem-remove /etc/list.pem sha256 "$(sha256_of root)"
	make
	before=$(listing)
	original=$(find "$certs" | sort | cksum; cksum <"$certs/ca-certificates.crt")
}

# What programs read: as it was, or repaired.
sound() { # sound WHAT
	now=$(find "$certs" | sort | cksum; cksum <"$certs/ca-certificates.crt")
	if [ "$now" != "$original" ] &&
		{ [ "$(hashed)" != "other.pem several.pem " ] ||
			! bundled other several; }; then
		fail "$1: the system store is neither as it was nor repaired"
		find "$certs" | sort >&2
		sed 's/^/  | /' "$work/out" >&2
	fi
	case $(grep -c BEGIN "$root/etc/list.pem") in
	1 | 2) pass ;;
	*) fail "$1: the list is neither as it was nor repaired" ;;
	esac
	is "$1: nothing is left over" "$(find "$root" -name .trustdrift-new)" ""
}

room=0
while :; do
	new
	narrow $room --yes
	[ "$status" != 0 ] || break
	is "room for $room: status" "$status" 1
	said "room for $room: it is said" ' failed$'
	sound "room for $room"
	run --yes
	is "room for $room, then more: status" "$status" 0
	[ "$(hashed)" = "other.pem several.pem " ] ||
		fail "room for $room, then more: it is not done"
	for kept in $(find "$root/var/lib/trustdrift/backup" -mindepth 1 \
		-maxdepth 1 -type d -exec stat -c '%.9Y %n' {} + | sort -rn |
		cut -d ' ' -f 2); do
		[ ! -f "$kept/changes" ] || run --yes --rollback "$kept"
	done
	is "room for $room: bit for bit" "$(listing)" "$before"
	room=$((room + ${EVERY:-3}))
done
ok "it failed at many a copy: $room" [ "$room" -ge 8 ]
finish
