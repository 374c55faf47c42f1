#!/bin/sh
# races.sh -- files, directories, links, FIFOs and (as root) mounts are put in each
# other's place while scans and crawls go on: nothing outside of the root is ever
# read, nothing hangs, nothing crashes, and what is found in the end is what is
# there.  ROUNDS is how often each kind of scan is run (3).
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

: "${ROUNDS:=3}"
SWAP=${builddir:=.}/tests/faults/swap
[ -x "$SWAP" ] || skip "$SWAP was not built"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
db=$work/races.db
outside=$work/outside
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
canary=$(sha256_of "$good/dst-root-ca-x3.pem")
mkdir -p "$outside/sub"
for name in trust.pem sub/trust.pem sub/extra.crt sub/CANARY.pfx; do
	cp "$good/dst-root-ca-x3.pem" "$outside/$name"
done

# Places of the catalogue, homes, and what only a crawl comes to: their names are
# those that swap.c takes.
set --
for dir in etc/ssl/certs usr/local/share/ca-certificates \
	"home/ann/$dotnet_store/ca" home/ann/.mitmproxy srv/app srv/app/deep; do
	mkdir -p "$root/$dir/sub"
	cp "$good/r3-by-dst.pem" "$root/$dir/trust.pem"
	cp "$good/r3-by-dst.pem" "$root/$dir/sub/trust.pem"
	cp "$good/r3-by-dst.pem" "$root/$dir/sub/extra.crt"
	set -- "$@" "$root/$dir"
done
# links that the system follows, through what is swapped
for n in 1 2 3 4; do
	ln -s "sub/../trust.pem" "$root/etc/ssl/certs/link$n.pem"
	ln -s "/srv/app/sub/trust.pem" "$root/etc/ssl/certs/deep$n.pem"
done
# the home itself, through its parent
mkdir -p "$root/home/sub"
cp "$good/r3-by-dst.pem" "$root/home/trust.pem"
set -- "$@" "$root/home"

"$SWAP" "$outside" "$@" >"$work/swaps" &
swapper=$!
trap 'kill "$swapper" 2>/dev/null; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT

seen() { # how often the canary, and anything of its directory, is recorded
	"$TRUSTDRIFT" query --db "$db" --format tsv "SELECT
		(SELECT count(*) FROM v_history_entry WHERE sha256 = '$canary') +
		(SELECT count(*) FROM v_certificate WHERE sha256 = '$canary') +
		(SELECT count(*) FROM v_history_store
		 WHERE real_path LIKE '$work%')" | tail -n +2
}
run() { # run COMMAND [ARGS]: with a time in which it must be done
	status=0
	timeout -k 1 60 "$TRUSTDRIFT" "$@" --root "$root" --db "$db" \
		>"$work/out" 2>"$work/errors" || status=$?
	runs=$((runs + 1))
	case $status in
	0 | 2 | 4 | 6) pass ;;
	*) fail "$*: status $status: $(cat "$work/errors")" ;;
	esac
}
runs=0 round=0
while [ "$round" -lt "$ROUNDS" ]; do
	round=$((round + 1))
	run scan
	run scan --crawl
	run scan --crawl --isolation=off
	is "nothing outside is read" "$(seen)" 0
done
run audit --crawl --format json
kill -TERM "$swapper"
wait "$swapper" || fail "swap failed"
swaps=$(cat "$work/swaps")
check "much was swapped ($swaps)" [ "${swaps:-0}" -gt 1000 ]
is "nothing outside was read" "$(seen)" 0

# ---- when all is still -------------------------------------------------------------
content() { # what the newest scan of DB found, without numbers of rows
	"$TRUSTDRIFT" query --db "$1" --format tsv "SELECT kind, path, real_path,
		entries, problems FROM v_store ORDER BY 1, 2"
	"$TRUSTDRIFT" query --db "$1" --format tsv "SELECT location, sha256, role
		FROM v_entry ORDER BY 1, 2, 3"
	"$TRUSTDRIFT" query --db "$1" --format tsv "SELECT path, code, message
		FROM v_problem ORDER BY 1, 2, 3"
}
sleep 3		# times of change younger than that are not relied on
run scan --crawl
content "$db" >"$work/after"
db=$work/fresh.db
run scan --crawl
content "$db" >"$work/fresh"
check "what is found then is what is there" cmp "$work/after" "$work/fresh"
cmp -s "$work/after" "$work/fresh" || diff "$work/fresh" "$work/after" >&2
check "and that is all of it" grep -q '/srv/app/deep/sub/trust.pem' "$work/after"

# Would it have been seen?
cp "$outside/trust.pem" "$root/srv/app/canary.pem"
run scan --crawl
check "the canary is known when it is met" [ "$(seen)" -gt 0 ]
rm "$root/srv/app/canary.pem"

# ---- mounts ------------------------------------------------------------------------
db=$work/mounts.db
# The crawl must not go where a file system of another kind was put meanwhile, and
# a mount over a store is what is there.
cat >"$work/mounts.sh" <<'END_OF_MOUNTS'
trap 'exit 0' TERM
n=0
while :; do
	for dir in "$@"; do
		mount -t tmpfs none "$dir/sub" && {
			n=$((n + 2))
			printf '%d\n' "$n" >"$MOUNTS"
			umount -l "$dir/sub"
		}
		mount -t proc none "$dir/sub" 2>/dev/null && {
			n=$((n + 2))
			umount -l "$dir/sub"
		}
	done
done
END_OF_MOUNTS
if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
	echo "races.sh: NOT TESTED: mounts, which needs root and mount namespaces"
	finish
fi
MOUNTS=$work/mounted
export MOUNTS TRUSTDRIFT
# shellcheck disable=SC2016 # the inner shell's
unshare -m sh -c 'work=$1 root=$2 db=$3 rounds=$4
	shift 4
	sh "$work/mounts.sh" "$@" &
	mounter=$!
	while [ "$rounds" -gt 0 ]; do
		rounds=$((rounds - 1))
		status=0
		timeout -k 1 60 "$TRUSTDRIFT" scan --crawl --root "$root" \
			--db "$db" >"$work/out" 2>"$work/errors" || status=$?
		echo "$status"
	done >"$work/statuses"
	kill -TERM "$mounter"
	wait "$mounter"' sh "$work" "$root" "$db" "$ROUNDS" "$@"
is "scans under mounts end well" \
	"$(grep -vx '[04]' "$work/statuses" | tr '\n' ' ')" ""
check "there were some" [ -s "$work/statuses" ]
check "things were mounted ($(cat "$MOUNTS"))" [ "$(cat "$MOUNTS")" -gt 10 ]
echo "$runs scans while $swaps names were swapped, $(wc -l <"$work/statuses") while $(cat "$MOUNTS") mounts came and went"
finish
