#!/bin/sh
# prune-backups.sh -- prune --backups deletes what fix scripts kept, the oldest
# first, and nothing else, whatever is in there.
: "${TRUSTDRIFT:?the program}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root at=$work/root/var/lib/trustdrift/backup failed=0

is() { # is WHAT GOT WANTED
	[ "$2" = "$3" ] || {
		printf 'FAIL: %s\n  got:    %s\n  wanted: %s\n' "$1" "$2" "$3" >&2
		failed=1
	}
}
prune() {
	status=0
	"$TRUSTDRIFT" prune --backups --root "$root" --db "$work/none" "$@" \
		>"$work/out" 2>&1 || status=$?
}
left() { find "$at" -mindepth 1 -maxdepth 1 | sort | sed 's|.*/||' | tr '\n' ' '; }

mkdir -p "$root/etc"
prune
is "no backups" "$status $(cat "$work/out")" "0 0 backups deleted"
mkdir -p "$at" "$work/outside/deep"
echo precious >"$work/outside/deep/file"
for n in 1 2 3; do
	mkdir -p "$at/2026010${n}T000000Z-99/files/1/deep"
	echo kept >"$at/2026010${n}T000000Z-99/files/1/deep/file"
	ln -s "$work/outside" "$at/2026010${n}T000000Z-99/files/2"
done
mkdir "$at/mine"
prune
is "ten stay" "$status $(cat "$work/out")" "0 0 backups deleted"
prune --keep 1
is "but one" "$status $(cat "$work/out")" "0 2 backups deleted"
is "which is the newest" "$(left)" "20260103T000000Z-99 mine "
is "no link is followed" "$(cat "$work/outside/deep/file")" precious
# The directory itself may lead out of the root: that is not followed.
rm -rf "$at"
ln -s "$work/outside" "$at"
mkdir "$work/outside/20260101T000000Z-99"
prune --keep 1
is "not outside" "$(ls "$work/outside")" "20260101T000000Z-99
deep"
[ "$failed" = 0 ] && echo "prune --backups: as it should be"
exit "$failed"
