#!/bin/sh
# ask-btrfs.sh -- a crawl goes into the subvolumes of a real btrfs, which are devices
# of their own and mounted nowhere, and not into its snapshots that nobody can write
# to; asked of btrfs-progs 6.2 with Linux 6.1.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
[ "$(id -u)" = 0 ] || skip "needs root, to mount a file system"
unshare -m true 2>/dev/null || skip "needs a name space of mounts"
for package in btrfs-progs liblzo2-2; do
	fetch_deb bookworm $package || skip "$package"
done
good=$srcdir/tests/hosts/certificates/dst-2021

tree=$OWNERS/bookworm
libraries=$tree/liblzo2-2/lib/$(uname -m)-linux-gnu
libraries=$libraries:$tree/liblzo2-2/usr/lib/$(uname -m)-linux-gnu
# In a name space of its own, so that the end of the script ends the mount.
cat >"$work/inside.sh" <<'END'
tool() {
	program=$(find "$tree/btrfs-progs" -path "*bin/$1" -type f)
	shift
	LD_LIBRARY_PATH=$libraries "$program" "$@" >/dev/null
}
tool mkfs.btrfs -q "$work/image" && mount -o loop "$work/image" "$root" || exit 77
mkdir -p "$root/etc" "$root/srv/plain"
cp "$good/isrg-root-x1.pem" "$root/srv/plain/a.pem"
tool btrfs subvolume create "$root/srv/sub"
cp "$good/dst-root-ca-x3.pem" "$root/srv/sub/b.pem"
tool btrfs subvolume snapshot -r "$root/srv/sub" "$root/srv/snapshot"
tool btrfs subvolume snapshot "$root/srv/sub" "$root/srv/copy"
for all in '' --crawl-all; do
	rm -f "$work/crawl.db"
	"$TRUSTDRIFT" scan --quiet --root "$root" --db "$work/crawl.db" --crawl $all
	"$TRUSTDRIFT" query --db "$work/crawl.db" --format tsv "SELECT path
		FROM v_store WHERE kind = 'found' ORDER BY path" | sed 1d \
		>"$work/found$all"
	"$TRUSTDRIFT" query --db "$work/crawl.db" --format tsv "SELECT path, skipped
		FROM v_problem" | sed 1d >"$work/problems$all"
done
END
mkdir "$work/root"
truncate -s 256M "$work/image"
status=0
root=$work/root
export work root good tree libraries TRUSTDRIFT
unshare -m sh "$work/inside.sh" 2>"$work/said" ||
	status=$?
[ "$status" -ne 77 ] || skip "no btrfs can be mounted: $(cat "$work/said")"
tab=$(printf '\t')
is "subvolumes are crawled" "$(cat "$work/found")" \
	"/srv/copy/b.pem
/srv/plain/a.pem
/srv/sub/b.pem"
is "a snapshot is not, and that is said" "$(cat "$work/problems")" \
	"/srv/snapshot${tab}1"
is "with --crawl-all it is" "$(cat "$work/found--crawl-all")" \
	"/srv/copy/b.pem
/srv/plain/a.pem
/srv/snapshot/b.pem
/srv/sub/b.pem"
is "and nothing is left to be said" "$(cat "$work/problems--crawl-all")" ""
finish
