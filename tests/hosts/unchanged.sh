#!/bin/sh
# unchanged.sh -- a scan is not made when nothing of what the last one looked at has
# changed, and what is recorded is what a scan would find: after each of many changes
# the inventory that has seen all of them says what one says that begins anew.
# shellcheck disable=SC2317 # changes() calls functions
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/root
now=2021-09-25T00:00:00Z
mkdir -p "$work/config/stores"

# What was changed a moment ago is not relied on; for the program it is later.  And
# what a path leads to is nothing when it is asked for the COUNT-th time, where GONE
# is "COUNT PATH": as if another directory were in the place of one above it.  The
# first time that AT is asked for, it is called NAME and waits for a file UNTIL.
cat >"$work/later.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

time_t time(time_t *ret)
{
	const char *later = getenv("LATER");	/* seconds */
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += later ? atoi(later) : 120;
	if (ret != NULL)
		*ret = now.tv_sec;
	return now.tv_sec;
}

/* openat2() has no function in libc.  */
long syscall(long number, ...)
{
	static int asked;
	long (*next)(long, ...) = dlsym(RTLD_NEXT, "syscall");
	char *gone = getenv("GONE"), *at = getenv("AT"), *path;
	long a[6];
	va_list args;

	va_start(args, number);
	for (int k = 0; k < 6; k++)
		a[k] = va_arg(args, long);
	va_end(args);
#ifdef SYS_openat2
	if (number == SYS_openat2 && at != NULL &&
	    strcmp((const char *)a[1], at) == 0) {
		unsetenv("AT");
		prctl(PR_SET_NAME, getenv("NAME"));
		while (access(getenv("UNTIL"), F_OK) < 0)
			usleep(10000);
	}
	if (number == SYS_openat2 && gone != NULL) {
		long count = strtol(gone, &path, 10);

		if (strcmp((const char *)a[1], path + 1) == 0 && ++asked == count) {
			errno = ENOENT;
			return -1;
		}
	}
#endif
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
END
${CC:-cc} -shared -fPIC -o "$work/later.so" "$work/later.c" ||
	skip "needs a C compiler"
command -v sqlite3 >/dev/null || skip "needs sqlite3"

# scan DB [ARGS]: what it says in $work/said
scan() {
	db=$1
	shift
	LD_DEBUG=$linker LD_PRELOAD=$work/later.so ASAN_OPTIONS=verify_asan_link_order=0 \
		"$TRUSTDRIFT" scan --verbose --root "$root" --db "$db" \
		--now "$now" --config "$work/config" "$@" \
		>"$work/said" 2>&1 || [ $? -eq 4 ] || {
		fail "a scan failed"
		cat "$work/said" >&2
	}
}
linker=
repeated() { grep -q 'nothing has changed since' "$work/said"; }
# What an inventory says, but for numbers that every one gives for itself.  Not by
# ten runs of the program: there are some hundred dumps.
dump() {
	sqlite3 -readonly -json "$1" <"$work/views" >"$work/rows" ||
		fail "$1 cannot be asked"
	[ -s "$work/rows" ] || fail "$1 says nothing"
	sed -E 's/"[a-z_]*(_id|identity)": ?[0-9]+//g; s/^\[//; s/[],]$//' \
		"$work/rows" | sort
}
for view in store entry problem statement file directory party party_store \
	redirection reach; do
	case $view in
	store) columns='kind, path, format, real_path, owner, instance,
		problems, entries, certificates' ;;
	*) columns='*' ;;
	esac
	echo "SELECT '$view' AS view, $columns FROM v_$view;"
done >"$work/views"

# changes WHAT COMMAND ...: after it the old inventory is as a new one, and the scan
# behind that repeats it; "stays" in $how: so does the one before
changes() {
	change=$1
	shift
	"$@" || fail "$change: could not be done"
	scan "$work/old.db"
	case $how in
	stays) repeated || fail "$change: the scan was made, which need not be" ;;
	*) ! repeated || fail "$change: was not seen" ;;
	esac
	rm -f "$work/new.db"
	dump "$work/old.db" >"$work/old"
	scan "$work/new.db"
	dump "$work/new.db" >"$work/new"
	check "$change: the same is found" cmp "$work/old" "$work/new"
	cmp -s "$work/old" "$work/new" || diff "$work/old" "$work/new" | head -20 >&2
	scan "$work/old.db"
	check "$change: and then nothing changes" repeated
	dump "$work/old.db" >"$work/old"
	check "$change: and the same is there" cmp "$work/old" "$work/new"
}
how=

host_before_outage "$root"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
mkdir -p "$root/home/bob" "$root/var/lib/dpkg/info" "$root/opt/app" "$root/srv"
echo 'bob:x:1001:1001:Bob:/home/bob:/bin/sh' >>"$root/etc/passwd"
: >"$root/var/lib/dpkg/status"
cp "$good/isrg-root-x1.pem" "$root/srv/company.pem"
cp "$good/isrg-root-x1.pem" "$root/srv/other.pem"
echo 'SSL_CERT_FILE=/srv/company.pem' >"$root/etc/environment"
scan "$work/old.db"
! repeated || fail "the first scan repeats another"
scan "$work/old.db"
check "the second does not" repeated

# What is loaded when it is needed is not needed for that (ld.so(8); another linker
# says nothing).
linker=files
scan "$work/old.db"
linked=$(grep -c 'init: .*/lib\(gnutls\|xml2\|archive\)' "$work/said")
told=$(grep -o 'init: .*/libc\.so' "$work/said" | sed 's,.*/,,' | head -n 1)
check "nothing has changed" repeated
scan "$work/one.db"
loaded=$(grep -c 'init: .*/libgnutls' "$work/said")
linker=
rm -f "$work/one.db"*
case $("$TRUSTDRIFT" --version)$told in
*"with    loading"*libc.so)
	is "libraries of a scan that repeats another" "$linked" 0
	is "libgnutls of one that does not" "$loaded" 1
	;;
esac

# ---- what changes a store ----------------------------------------------------------
bundle=$root/etc/ssl/certs/ca-certificates.crt
in_place() {
	cp -p "$bundle" "$work/kept"
	tr 'A' 'B' <"$work/kept" >"$bundle"
	touch -r "$work/kept" "$bundle"
}
changes "a bundle is rewritten in place, with its old times" in_place
replaced() {
	cp -p "$work/kept" "$bundle.new" && mv "$bundle.new" "$bundle"
}
changes "a bundle is replaced" replaced
changes "the administrator adds one" cp "$good/r3-by-dst.pem" \
	"$root/usr/local/share/ca-certificates/r3.crt"
changes "and takes it away" rm "$root/usr/local/share/ca-certificates/r3.crt"
changes "a store goes" mv "$root/home/ann/.dotnet" "$root/home/ann/away"
changes "and comes back" mv "$root/home/ann/away" "$root/home/ann/.dotnet"
moved() {
	mv "$root/home/ann/.dotnet" "$root/opt/dotnet" &&
		ln -s /opt/dotnet "$root/home/ann/.dotnet"
}
changes "a directory is moved and a link left behind" moved
retargeted() {
	cp -a "$root/opt/dotnet" "$root/opt/dotnet2" &&
		ln -sfn /opt/dotnet2 "$root/home/ann/.dotnet"
}
changes "the link leads to a copy" retargeted
renamed() {
	mv "$root/opt/dotnet2" "$root/opt/dotnet3" &&
		ln -s dotnet3 "$root/opt/dotnet2"
}
changes "what a link leads to is a link" renamed
changes "which goes" rm "$root/opt/dotnet2"
changes "what a link leads to comes" cp -a "$root/opt/dotnet" "$root/opt/dotnet2"
changes "a file is in a directory's way" sh -c "echo x >'$root/home/bob/.dotnet'"
way() {
	rm "$root/home/bob/.dotnet"
	host_dotnet "$root/home/bob" root "$good/isrg-root-x1.pem" >/dev/null
}
changes "which makes room" way
changes "a link to nothing" ln -s /srv/none/cert.pem "$root/etc/ssl/cert.pem"
changes "to which something comes" sh -c "mkdir '$root/srv/none' &&
	cp '$good/isrg-root-x1.pem' '$root/srv/none/cert.pem'"
changes "a time that is to come" touch -d 2040-01-01 "$bundle"
changes "a file where profiles would be" sh -c "mkdir '$root/home/bob/.mozilla' &&
	echo x >'$root/home/bob/.mozilla/firefox'"
changes "a list says otherwise" sed -i 's/^mozilla/!mozilla/' \
	"$root/etc/ca-certificates.conf"

# What was there when it was looked for and not when it was opened: that it is the
# same file the next time says nothing.
gone=/usr/local/share/ca-certificates/r3.crt
for count in 1 2 3; do
	away() {
		rm -f "$root$gone"
		scan "$work/old.db" || return
		cp "$good/r3-by-dst.pem" "$root$gone"
		GONE="$count $gone"
		export GONE
		scan "$work/old.db"
		unset GONE
		sqlite3 -readonly "$work/old.db" "SELECT code FROM v_problem
			WHERE path = '$gone'" >>"$work/gone"
	}
	changes "a file cannot be found when it is asked for, $count" away
done
if [ -s "$work/gone" ]; then
	check "and that is told ($(tr '\n' ' ' <"$work/gone"))" \
		grep -qx changed "$work/gone"
else
	echo "unchanged.sh: NOT TESTED: files that go, which needs openat2"
fi
changes "and it goes" rm "$root$gone"

# ---- what comes while a scan is made --------------------------------------------------
# meanwhile WHAT COMMAND ...: is done while a scan is made, which the next one sees
meanwhile() {
	event=$1
	shift
	touch "$bundle"
	rm -f "$work/until"
	AT=/etc/ssl/certs/ca-certificates.crt NAME=waits$$ UNTIL=$work/until
	export AT NAME UNTIL
	scan "$work/old.db" &
	scanning=$!
	unset AT
	until pgrep -x "$NAME" >/dev/null; do
		kill -0 "$scanning" 2>/dev/null || break
		sleep 0.1
	done
	check "$event: a scan is made meanwhile" kill -0 "$scanning"
	comes() {
		"$@" || return
		: >"$work/until"
		wait "$scanning"
		grep -q '^scan [0-9]* of ' "$work/said"
	}
	changes "$event, while a scan is made" comes "$@"
}
user() {
	echo eve:x:1002:1002::/home/eve:/bin/sh >>"$root/etc/passwd"
}
package() {
	echo /etc/ssl/certs/ca-certificates.crt \
		>"$root/var/lib/dpkg/info/meanwhile.list"
	printf 'Package: meanwhile\nVersion: 1\n\n' >>"$root/var/lib/dpkg/status"
}
if command -v pgrep >/dev/null && [ -s "$work/gone" ]; then
	meanwhile "a user comes" user
	meanwhile "a package comes" package
else
	echo "unchanged.sh: NOT TESTED: what comes meanwhile, which needs openat2 and pgrep"
fi

# ---- what changes something else -----------------------------------------------------
changes "who may write above a store" chmod 777 "$root/usr/local/share"
changes "who may read a file" chmod 600 "$root/srv/company.pem"
changes "a setting leads elsewhere" sh -c \
	"echo SSL_CERT_FILE=/srv/other.pem >'$root/etc/environment'"
changes "what a setting leads to goes" rm "$root/srv/other.pem"
changes "a new setting" sh -c "echo cafile=/srv/company.pem >'$root/home/ann/.npmrc'"
changes "which says where from itself" sh -c \
	"echo cafile=../../srv/company.pem >'$root/home/ann/.npmrc'"
out_of() {
	ln -s ../opt/app/../../srv/company.pem "$root/etc/company.pem" &&
		echo cafile=/etc/company.pem >"$root/home/ann/.npmrc"
}
changes "to a link that comes out of a directory" out_of
changes "the directory goes" rmdir "$root/opt/app"
changes "a user has another name" sed -i 's/^bob/rob/' "$root/etc/passwd"
changes "a user comes" sh -c "echo 'eve:x:1002:1002::/home/eve:/bin/sh' \
	>>'$root/etc/passwd'; mkdir '$root/home/eve'"
changes "a home beside theirs" mkdir "$root/home/fay"
changes "a directory in a home, where stores may be" mkdir "$root/home/ann/work"
package() {
	printf 'Package: local\nStatus: install ok installed\nVersion: 1\n\n' \
		>"$root/var/lib/dpkg/status"
	echo /etc/ssl/certs/ca-certificates.crt >"$root/var/lib/dpkg/info/local.list"
}
changes "a package owns a file" package
catalogue() {
	cat >"$work/config/stores/local.xml" <<-'END'
		<stores><store kind="local" format="pem" role="anchor" recipe="remove-file">
		<title>Local</title><path>/srv/company.pem</path></store></stores>
	END
}
changes "the catalogue has one more place" catalogue

# ---- what changes nothing --------------------------------------------------------------
how=stays
changes "a file in a home" sh -c "echo x >'$root/home/ann/notes'"
changes "one that goes" rm "$root/home/ann/notes"
changes "a file beside a store" sh -c "echo x >'$root/srv/notes'"
changes "a file in /etc" sh -c "echo x >'$root/etc/motd'"

# ---- what must not be relied on --------------------------------------------------------
how=
scan "$work/old.db" --strict
! repeated || fail "--strict relied on what was kept"
scan "$work/old.db"
check "what --strict saw is kept" repeated
for bytes in 0 1 40 200; do
	sqlite3 "$work/old.db" "UPDATE looks SET state = substr(state, 1, $bytes)"
	scan "$work/old.db"
	! repeated || fail "$bytes bytes were relied on"
	dump "$work/old.db" >"$work/old"
	check "after $bytes bytes the same is found" cmp "$work/old" "$work/new"
done
scan "$work/old.db"
check "and it is kept again" repeated
sqlite3 "$work/old.db" "UPDATE looks SET state = state || x'00'"
scan "$work/old.db"
! repeated || fail "bytes too many were relied on"

# Somebody else's file that was read through a mapping which is written to again: its
# time stays as it was, until the kernel has written it to the disk.
if [ "$(id -u)" -eq 0 ]; then
	chown 1000 "$root/srv/company.pem"
	sleep 1
	export LATER=30
	scan "$work/old.db"
	scan "$work/old.db"
	! repeated || fail "the time of a user's file was relied on too soon"
	export LATER=120
	scan "$work/old.db"
	scan "$work/old.db"
	check "later it is relied on" repeated
	unset LATER
	chown 0 "$root/srv/company.pem"
else
	echo "unchanged.sh: NOT TESTED: somebody else's mapping, which needs root"
fi
# With --strict no time is: the bytes are others, and all that stat(2) says is not.
cat >"$work/rewrite.py" <<'END'
import mmap, sys, time
new = open(sys.argv[2], "rb").read()
with open(sys.argv[1], "r+b") as f:
    m = mmap.mmap(f.fileno(), 0)
    m[0:1] = m[0:1]		# from here on the page is dirty
    print("ready", flush=True)
    sys.stdin.readline()
    m[0:len(new)] = new
END
pem=$root/srv/company.pem
cp "$good/isrg-root-x1.pem" "$work/first"
cp "$good/dst-root-ca-x3.pem" "$work/second"
truncate -s 4000 "$work/first" "$work/second"
cp "$work/first" "$pem"
mkfifo "$work/go"
/usr/bin/python3 -I "$work/rewrite.py" "$pem" "$work/second" <"$work/go" \
	>"$work/ready" &
exec 8>"$work/go"
tries=0
while [ ! -s "$work/ready" ] && [ $tries -lt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
scan "$work/old.db"
scan "$work/old.db"
check "what is mapped is kept" repeated
before=$(stat -c '%y %z %s' "$pem")
echo >&8
exec 8>&-
wait
if [ "$(stat -c '%y %z %s' "$pem")" = "$before" ]; then
	scan "$work/old.db"
	check "a change without a trace is not seen" repeated
	scan "$work/old.db" --strict
	is "with --strict it is" "$(sqlite3 "$work/old.db" "SELECT count(*) FROM v_entry
		WHERE location = '/srv/company.pem' AND sha256 = '$(sha256_of \
		"$good/dst-root-ca-x3.pem")'")" 1
else
	echo "unchanged.sh: NOT TESTED: a change without a trace; the page was written out"
fi

# Who may read less than the one before, which no file shows.
less='setpriv --bounding-set -dac_override,-dac_read_search'
if [ "$(id -u)" -eq 0 ] && $less true 2>/dev/null; then
	chown 1000 "$root/srv/company.pem"
	scan "$work/old.db"
	scan "$work/old.db"
	check "root's scan is kept" repeated
	real=$TRUSTDRIFT
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$less" "$real" >"$work/less"
	chmod +x "$work/less"
	TRUSTDRIFT=$work/less
	scan "$work/old.db"
	TRUSTDRIFT=$real
	! repeated || fail "one who may read less relied on root's scan"
else
	echo "unchanged.sh: NOT TESTED: who may read less, which needs root and setpriv"
fi

# The time of an overlay's directory is that of its uppermost layer.  As systemd-sysext
# does it, one in the middle comes.
cat >"$work/layers.sh" <<'END'
cd "$work/layers" || exit
for below in base middle:base; do
	mount -t overlay -o "lowerdir=top:$below" none on || exit
	LD_PRELOAD=$work/later.so ASAN_OPTIONS=verify_asan_link_order=0 \
		"$TRUSTDRIFT" scan --verbose --root on --db "$work/layers.db" \
		--config "$work/config"
	umount on
done
END
mkdir -p "$work/layers/on" "$work/layers/top/etc/ssl" "$work/layers/base/etc/ssl" \
	"$work/layers/middle/etc/ssl"
cp "$good/isrg-root-x1.pem" "$work/layers/middle/etc/ssl/cert.pem"
export work TRUSTDRIFT
unshare -m sh "$work/layers.sh" >"$work/said" 2>&1 || :
case $(grep -c '^scan [12] of ' "$work/said") in
2) ! repeated || fail "a layer of an overlay came and was not seen" ;;
*) echo "unchanged.sh: NOT TESTED: overlays, which needs root and mount namespaces" ;;
esac

# Young changes: without the preloaded clock nothing is kept.
touch "$bundle"
"$TRUSTDRIFT" scan --quiet --root "$root" --db "$work/young.db" --now "$now"
is "what may change again without a trace is not kept" \
	"$(sqlite3 "$work/young.db" 'SELECT count(*) FROM looks')" 0
finish
