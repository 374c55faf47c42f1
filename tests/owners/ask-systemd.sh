#!/bin/sh
# ask-systemd.sh -- the units of data/hooks and the real systemd: what it says of
# them, and what they do when it is process 1 of namespaces with a copy of this
# machine's files, in which the program is installed: the audit under exactly those
# restrictions, its messages in the real journal, the administrator's command, the
# path and timer units.  systemd-journal-remote reads the format journal.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
: "${builddir:=$(dirname "$TRUSTDRIFT")/..}"
builddir=$(CDPATH='' cd -- "$builddir" && pwd)
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
command -v systemd-analyze >/dev/null || skip "systemd is not installed"
good=$srcdir/tests/hosts/certificates/dst-2021

make -C "$builddir" -s install DESTDIR="$work/installed" >"$work/log" 2>&1 ||
	fail "make install: $(tail -n 3 "$work/log")"
scan=$(find "$work/installed" -name trustdrift-scan.service)
units=${scan%/*}
check "units are installed" [ -n "$scan" ]

# ---- what systemd says of them -------------------------------------------------------
# Their manual pages and programs are where they were installed just now.
man=$(find "$work/installed" -name man1)
sed -i "s,^\(ExecStart=\)/,\1$work/installed/," "$units"/*.service
chmod 755 "$work"
said=$(MANPATH=${man%/man1} systemd-analyze verify "$units"/trustdrift-* 2>&1) ||
	fail "verify fails"
is "systemd-analyze verify" "$said" ""
sed -i "s,^\(ExecStart=\)$work/installed,\1," "$units"/*.service

# threshold UNIT N: in tenths; how much a service could do to the system
threshold() {
	systemd-analyze security --offline=true --threshold="$2" --no-pager \
		"$units/$1" >"$work/security" 2>&1 ||
		fail "$1 is exposed: $(tail -n 1 "$work/security")"
	tail -n 1 "$work/security"
}
threshold trustdrift-scan.service 20
threshold trustdrift-notify.service 90

# ---- the journal's format --------------------------------------------------------------
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
"$TRUSTDRIFT" --quiet audit --root "$root" --now 2021-09-25T00:00:00Z \
	--format journal -o "$work/export" || :
is "there is something to tell" "$(grep -ac '^MESSAGE=new: ' "$work/export")" 2
if fetch_deb bookworm systemd-journal-remote && fetch_deb bookworm libmicrohttpd12 &&
	fetch_deb bookworm libsystemd-shared; then
	libraries=$(find "$OWNERS/bookworm/libmicrohttpd12" \
		"$OWNERS/bookworm/libsystemd-shared" -name '*.so*' -type f \
		-exec dirname {} + | sort -u | paste -sd : -)
	remote=$(find "$OWNERS/bookworm/systemd-journal-remote" \
		-name systemd-journal-remote -type f -perm -100 | head -n 1)
	LD_LIBRARY_PATH=$libraries "$remote" --output="$work/a.journal" \
		"$work/export" >"$work/log" 2>&1 ||
		fail "systemd-journal-remote: $(cat "$work/log")"
	is "it has each message" \
		"$(journalctl --file="$work/a.journal" -o cat --no-pager | grep -c .)" \
		"$(grep -ac '^MESSAGE=' "$work/export")"
	is "found by its field" "$(journalctl --file="$work/a.journal" -o cat --no-pager \
		TRUSTDRIFT_RULE=stale-cached-intermediate | grep -c '^new: low: R3: ')" 1
	# a value with lines arrives as it was
	is "and its evidence has lines" "$(journalctl --file="$work/a.journal" -o json \
		--no-pager TRUSTDRIFT_RULE=stale-cached-intermediate |
		/usr/bin/python3 -I -c 'import json, sys
print(json.load(sys.stdin)["TRUSTDRIFT_EVIDENCE"].count("\n") > 0)')" True
else
	fail "systemd-journal-remote could not be fetched"
fi
if command -v journalctl >/dev/null; then
	mkdir -p "$work/catalog/usr/lib/systemd/catalog"
	cp "$srcdir/data/hooks/trustdrift.catalog" \
		"$work/catalog/usr/lib/systemd/catalog/"
	journalctl --root="$work/catalog" --update-catalog >"$work/log" 2>&1 ||
		fail "the catalog: $(cat "$work/log")"
	is "the catalog has what the program sends" "$(journalctl \
		--root="$work/catalog" --list-catalog 2>/dev/null |
		sed 's/ .*//' | sort | tr '\n' ' ')" \
		"$(sed -n 's/^#define ID_[A-Z]*[^"]*"\([0-9a-f]*\)"/\1/p' \
			"$srcdir/src/output/notice.c" | sort | tr '\n' ' ')"
fi

# ---- systemd as process 1 -----------------------------------------------------------------
[ "$(id -u)" = 0 ] || skip "needs root for namespaces"
systemd=/lib/systemd/systemd
[ -x "$systemd" ] || skip "$systemd is missing"
mkdir -p "$work/out"
: >"$work/console"

cat >"$work/boot" <<'END'
set -e
work=$1 systemd=$2
base=$work/base
mount --make-rprivate /
mkdir "$base"
mount -t tmpfs tmpfs "$base"
mkdir "$base/up" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/up,workdir=$base/work" "$base/root"
cd "$base/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
for empty in run tmp sys/fs/cgroup dev home root etc/systemd/system; do
	mount -t tmpfs tmpfs "$empty"
done
mount -t cgroup2 cgroup2 sys/fs/cgroup
for device in null zero full random urandom tty; do
	: >"dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
: >dev/console
mount --bind "$work/console" dev/console
mkdir dev/shm dev/pts run/systemd run/out
# PrivateDevices= fails where there is none
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount --bind "$work/out" run/out
cp -a "$work/installed/." .
sh "$work/prepare" "$base/root"
mkdir -p old
pivot_root . old
umount -l old
exec env -i container=namespaces PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	SYSTEMD_LOG_TARGET=console "$systemd" --system --unit=test.target \
	--show-status=no
END
installed_program=$(find "$work/installed" -path '*/bin/trustdrift')
installed_program=${installed_program#"$work/installed"}
# A host with the outage of 2021 in a home that nobody else may read.
cat >"$work/prepare" <<END
set -e
root=\$1
rm -rf "\$root/etc/trustdrift" "\$root/var/lib/trustdrift"
mkdir -p "\$root/etc/trustdrift/notify.d" "\$root/etc/systemd/system" \
	"\$root/home/ann"
cp -a "$root/home/ann/." "\$root/home/ann/"
chown -R 1000:1000 "\$root/home/ann"
chmod 700 "\$root/home/ann"
echo 'ann:x:1000:1000:Ann:/home/ann:/bin/sh' >>"\$root/etc/passwd"
printf '#!/bin/sh\ncat >>/run/out/mail\nip link >/run/out/links 2>&1\n' \
	>"\$root/etc/trustdrift/notify.d/mail"
chmod +x "\$root/etc/trustdrift/notify.d/mail"
# the certificate has expired meanwhile, and so the rule is told a time
printf '%s\n' --now=2021-09-25T00:00:00Z --fail-on=new:info >"\$root/etc/trustdrift/audit.options"
units=\$root/etc/systemd/system
mkdir "\$units/trustdrift-settle.timer.d"
printf '[Timer]\nOnActiveSec=\nOnActiveSec=1s\nAccuracySec=100ms\n' \
	>"\$units/trustdrift-settle.timer.d/soon.conf"
# the same restrictions, and the program says what it could enforce
sed 's,^ExecStart=.*,ExecStart=/bin/sh -c "$installed_program --verbose --db /var/lib/trustdrift/other.db audit --isolation=require --fail-on info --now 2021-09-25T00:00:00Z --format json -o /var/lib/trustdrift/report.json 2>/var/lib/trustdrift/said; echo \$\$? >/var/lib/trustdrift/status",' \
	"$scan" >"\$units/restricted.service"
printf '[Unit]\nDefaultDependencies=no\nWants=probe.service systemd-journald.socket\n' \
	>"\$units/test.target"
cat >"\$units/probe.service" <<UNIT
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
StandardOutput=file:/run/out/log
StandardError=inherit
ExecStart=/bin/sh /run/out/probe
ExecStopPost=systemctl --force exit
UNIT
END
cat >"$work/out/probe" <<'END'
cd /run/out
shown() { systemctl show -p "$2" --value "$1"; }
systemctl start systemd-journald.service
systemctl start restricted.service
cp /var/lib/trustdrift/status restricted.status
cp /var/lib/trustdrift/said restricted.said
cp /var/lib/trustdrift/report.json restricted.json
ls -ld /var/lib/trustdrift >directory

systemctl start trustdrift-scan.service
shown trustdrift-scan.service ExecMainStatus >first.status
shown trustdrift-scan.service Result >first.result
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ -s mail ] && break
	sleep 0.5
done
mv mail first.mail
systemctl start trustdrift-scan.service
shown trustdrift-scan.service ExecMainStatus >second.status
sleep 1
[ -e mail ] || : >no.mail

# a change that no hook tells of
systemctl start trustdrift-scan.timer trustdrift-scan.path
shown trustdrift-scan.timer NextElapseUSecRealtime >next
was=$(shown trustdrift-scan.service InvocationID)
rm -r /home/ann/.dotnet
touch /usr/local/share/ca-certificates/touched
for i in $(seq 30); do
	[ "$(shown trustdrift-scan.service InvocationID)" != "$was" ] &&
		[ "$(shown trustdrift-scan.service ActiveState)" = inactive ] && break
	sleep 0.5
done
shown trustdrift-scan.service InvocationID | grep -v "^$was$" >by-path
shown trustdrift-scan.path ActiveState >path.state
# what is told while the hook itself is called
was=$(shown trustdrift-scan.service InvocationID)
"$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' \
	"$(shown trustdrift-scan.service FragmentPath)")" hook
for i in $(seq 30); do
	[ "$(shown trustdrift-scan.service InvocationID)" != "$was" ] && break
	sleep 0.5
done
shown trustdrift-scan.service InvocationID | grep -v "^$was$" >by-hook
for i in $(seq 60); do
	[ "$(shown trustdrift-scan.service ActiveState)" = activating ] || break
	sleep 0.5
done
journalctl --sync
journalctl --no-pager -o json -t trustdrift >journal
systemctl --failed --no-legend --plain --no-pager >failed
: >done
END

cgroup=/sys/fs/cgroup
[ -d "$cgroup/unified" ] && cgroup=$cgroup/unified
mkdir "$cgroup/trustdrift-test-$$"
# shellcheck disable=SC2016 # that shell expands
timeout 300 unshare -m -p -f -u -i -n --kill-child sh -c '
	echo $$ >"$1/cgroup.procs"
	shift
	exec unshare -C sh "$@"' sh "$cgroup/trustdrift-test-$$" \
	"$work/boot" "$work" "$systemd" >"$work/log" 2>&1 || :
for i in 1 2 3 4 5; do
	find "$cgroup/trustdrift-test-$$" -depth -type d -exec rmdir {} + 2>/dev/null && break
	sleep "$i"
done
[ -e "$work/out/done" ] || {
	cat "$work/log" "$work/console" "$work/out/log" >&2
	fail "systemd did not come to its end"
	finish
}
out() { cat "$work/out/$1"; }
out restricted.said

is "all of the isolation that is required is there" "$(out restricted.status)" 2
check "readers and the program say all of it" \
	[ "$(grep -c '^trustdrift: \(readers\|keeper\): ' "$work/out/restricted.said")" -eq 2 ]
is "nothing could not be enforced" \
	"$(grep -c '^trustdrift: \(readers\|keeper\): .*; not: ' "$work/out/restricted.said")" 0
is "a home that only its user may read is read" "$(grep -c \
	'"rule": "stale-cached-intermediate"' "$work/out/restricted.json")" 1
case $(out directory) in
drwx------*) pass ;;
*) fail "the inventory's directory: $(out directory)" ;;
esac
is "the first audit ends with findings" "$(out first.status)" 2
is "which is no failure" "$(out first.result)" success
is "they are told by a command" "$(grep -c '^new: low: R3: ' "$work/out/first.mail")" 1
is "the next has nothing new" "$(out second.status)" 0
check "and tells nobody" [ -e "$work/out/no.mail" ]
check "the timer has a next time" [ -n "$(out next)" ]
check "a change has an audit follow" [ -s "$work/out/by-path" ]
is "and the path unit goes on" "$(out path.state)" active
check "a hook has an audit follow" [ -s "$work/out/by-hook" ]
is "no unit has failed" "$(out failed)" ""
is "the journal has what came and what went" "$(/usr/bin/python3 -I -c '
import json, sys
for line in open(sys.argv[1]):
    m = json.loads(line)
    if m.get("TRUSTDRIFT_RULE") == "stale-cached-intermediate":
        print(m["TRUSTDRIFT_BASELINE"], m["PRIORITY"], m["_SYSTEMD_UNIT"])
' "$work/out/journal" | tr '\n' ' ')" \
	"new 5 trustdrift-scan.service absent 5 trustdrift-scan.service "
finish
