#!/bin/sh
# after-update.sh -- after a real update-ca-certificates an audit tells what is new,
# once; and no update suffers from that, whatever goes wrong.
# shellcheck disable=SC2016 # what other shells are to expand
# shellcheck source=tests/hooks/lib.sh
. "${srcdir:=.}/tests/hooks/lib.sh"

root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem" "$good/dst-root-ca-x3.pem"
mkdir "$work/update.d"
cp "$hooks/zz-trustdrift" "$work/update.d/"
updater=$(command -v update-ca-certificates || echo /usr/sbin/update-ca-certificates)
[ -x "$updater" ] || skip "update-ca-certificates is missing"

# update: as an administrator; what it says in $work/update
update() {
	status=0
	(cd "$root" && "$updater" --certsconf "$root/etc/ca-certificates.conf" \
		--certsdir "$root/usr/share/ca-certificates" \
		--localcertsdir "$root/usr/local/share/ca-certificates" \
		--etccertsdir "$root/etc/ssl/certs" \
		--hooksdir "$work/update.d") >"$work/update" 2>&1 || status=$?
}
# called: only the hook, in the words of the updater's own loop over run-parts
called() {
	status=0
	(set -e
		cd "$root/etc/ssl/certs"
		run-parts --test -- "$work/update.d" | while read -r hook; do
			printf '+%s\n' "$PWD/x.pem" | "$hook" ||
				echo "E: $hook exited with code $?."
		done
		echo done.) >"$work/update" 2>&1 || status=$?
}
# unharmed WHAT: the update has succeeded, and does not complain of our hook
unharmed() {
	is "$1: the update's status" "$status" 0
	check "$1: update-ca-certificates says so: $(cat "$work/update")" \
		grep -q '^done\.$' "$work/update"
	check "$1: it complains of no hook: $(cat "$work/update")" \
		[ "$(grep -c '^E: ' "$work/update")" -eq 0 ]
}

cat >"$config/notify.d/mail" <<END
#!/bin/sh
cat >>"$work/mail"
END
chmod +x "$config/notify.d/mail"
# what run-parts would not run is not run here either
cp "$config/notify.d/mail" "$config/notify.d/mail.dpkg-old"

# ---- it tells what is new, once --------------------------------------------------
real_program
update
unharmed "first"
is "one audit" "$(calls)" 1
check "and the inventory is there" [ -s "$work/inventory.db" ]
: >"$work/mail"

update
unharmed "nothing new"
is "one audit more" "$(calls)" 2
is "and no mail" "$(cat "$work/mail")" ""

host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
sed -i '/dst-root/d' "$root/etc/ca-certificates.conf"
rm "$root/usr/share/ca-certificates/mozilla/dst-root-ca-x3.crt"
update
unharmed "the outage"
is "is in the mail" "$(grep -c '^new: high: R3: ' "$work/mail")" 1
check "and how it is repaired" grep -q "repair: .* fix " "$work/mail"
: >"$work/mail"
update
unharmed "the outage goes on"
is "and is not told again" "$(cat "$work/mail")" ""
is "nothing is left to be told" \
	"$(find "$state/notices" -type f | wc -l | tr -d ' ')" 0

# a mail that could not be sent is sent after the next audit
cp "$config/notify.d/mail" "$work/mail.good"
printf '#!/bin/sh\nhead -c 1 >/dev/null; kill -9 $$\n' >"$config/notify.d/mail"
rm -r "$root/home/ann/.dotnet"
called
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
called
unharmed "no mail can be sent"
grep -q "mail failed" "$work/update" || fail "no word of that: $(cat "$work/update")"
cp "$work/mail.good" "$config/notify.d/mail"
called
is "it is sent later" "$(grep -c '^new: high: R3: ' "$work/mail")" 1

# arguments of the administrator
printf '# more\n\n--report\njunit:%s\n--warn-days=30' "$work/a b.xml" \
	>"$config/audit.options"
called
unharmed "options"
check "are taken" [ -s "$work/a b.xml" ]
rm "$config/audit.options"

# ---- whatever goes wrong ----------------------------------------------------------
rm "$bin/trustdrift"
update
unharmed "no program"

for script in 'exit 1' 'exit 78' 'kill -9 $$' 'kill -9 $PPID; sleep 1' \
	'kill -TERM 0' 'exec /nonexistent' 'head -c 100000 /dev/zero'; do
	printf '%s\n' "$script" | stand_in trustdrift
	called
	unharmed "$script"
done
printf '#!/bin/sh\nexit 1\n' >"$hooks/after-update.new"
for what in 'exit 3' 'kill -9 $$' 'kill -9 $PPID' ')' "$(printf '\177ELF')"; do
	printf '#!/bin/sh\n%s\n' "$what" >"$hooks/after-update.new"
	chmod +x "$hooks/after-update.new"
	cp -p "$hooks/after-update" "$hooks/after-update.kept"
	mv "$hooks/after-update.new" "$hooks/after-update"
	called
	is "after-update is '$what': the update's status" "$status" 0
	grep -q '^done\.$' "$work/update" || fail "'$what': $(cat "$work/update")"
	mv "$hooks/after-update.kept" "$hooks/after-update"
done
mv "$hooks" "$hooks.gone"
called
unharmed "removed, but not its configuration"
mv "$hooks.gone" "$hooks"

real_program
# directories that cannot be made, as on a disk that is full or read-only
mv "$state" "$state.kept"
echo >"$state"
rm "$work/mail"
rm -r "$root/home/ann/.dotnet"
called
unharmed "no directory for notices"
rm "$state"
mv "$state.kept" "$state"
# no file may grow: the inventory cannot be written
call() { # ARGUMENT ...: the hook itself
	status=0
	"$hooks/zz-trustdrift" "$@" >"$work/said" 2>&1 || status=$?
}
(ulimit -f 0 && exec "$hooks/zz-trustdrift") >/dev/null 2>&1 || fail "a full disk"
quick_program
"$hooks/zz-trustdrift" <&- >&- 2>&- || fail "no descriptors at all"
[ ! -e /dev/full ] || "$hooks/zz-trustdrift" >/dev/full 2>&1 || fail "nobody hears it"
mkdir "$work/nowhere"
(cd "$work/nowhere" && rmdir "$work/nowhere" && exec "$hooks/zz-trustdrift") \
	>/dev/null 2>&1 || fail "in no directory"
call -f --fresh '' "$(printf 'a\nb')" '$(touch x)' service
is "odd arguments" "$status" 0
yes +/etc/ssl/certs/x.pem 2>/dev/null | "$hooks/zz-trustdrift" >/dev/null 2>&1 ||
	fail "a long list on standard input"
(umask 0222 && exec "$hooks/99trustdrift.run" -f -v) >"$work/said" 2>&1 ||
	fail "SUSE's: $(cat "$work/said")"
if command -v busybox >/dev/null 2>&1 && busybox run-parts "$work/update.d" \
	>/dev/null 2>&1; then
	: >"$work/calls"
	busybox run-parts "$work/update.d" >/dev/null 2>&1
	is "Alpine's run-parts runs it" "$(calls)" 1
fi

# ---- it gives way ------------------------------------------------------------------
quick_program
DPKG_ROOT=/mnt "$hooks/zz-trustdrift" || fail "DPKG_ROOT"
destdir=/mnt "$hooks/99trustdrift.run" || fail "destdir"
is "another root is none of our business" "$(calls)" 0

# to dpkg, whose trigger is asked with the real dpkg-trigger
mkdir -p "$work/dpkg/triggers"
: >"$work/dpkg/status"
: >"$work/dpkg/triggers/Unincorp"
echo trustdrift/noawait >"$work/dpkg/triggers/trustdrift-scan"
if command -v dpkg-trigger >/dev/null; then
	DPKG_MAINTSCRIPT_PACKAGE=ca-certificates DPKG_ADMINDIR=$work/dpkg \
		"$hooks/zz-trustdrift" || fail "dpkg-trigger"
	is "nothing runs inside dpkg" "$(calls)" 0
	check "but the trigger does" grep -q '^trustdrift-scan' \
		"$work/dpkg/triggers/Unincorp"
fi
# nobody waits for that trigger
: >"$work/dpkg/triggers/trustdrift-scan"
DPKG_MAINTSCRIPT_PACKAGE=ca-certificates DPKG_ADMINDIR=$work/dpkg \
	"$hooks/zz-trustdrift" 2>/dev/null || fail "no trigger"
is "it does it itself" "$(calls)" 1

# to systemd
mkdir "$work/systemd"
stand_in systemctl <<END
echo "\$*" >>"$work/systemctl"
case \$1 in
is-enabled) echo "\$(cat "$work/enabled")" ;;
start) exit "\$(cat "$work/starts")" ;;
esac
END
: >"$work/calls"
echo static >"$work/enabled"
echo 0 >"$work/starts"
"$hooks/zz-trustdrift" || fail "systemd"
is "the service is started" "$(grep -c '^start --no-block trustdrift-scan.service$' \
	"$work/systemctl")" 1
echo masked >"$work/enabled"
echo 1 >"$work/starts"
"$hooks/zz-trustdrift" || fail "masked"
is "and not when it is masked" "$(calls)" 0
echo static >"$work/enabled"
"$hooks/zz-trustdrift" 2>/dev/null || fail "no such service"
is "without one it does it itself" "$(calls)" 1

# ---- the service ---------------------------------------------------------------------
real_program
echo 0 >"$work/starts"
: >"$work/systemctl"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
status=0
"$hooks/after-update" service 2>/dev/null || status=$?
is "ends as the audit did" "$status" 2
is "and has the commands called outside" \
	"$(cat "$work/systemctl")" "start --no-block trustdrift-notify.service"
is "with what they are to tell" "$(cat "$state"/notices/*.txt |
	grep -c '^new: high: R3: ')" 1
rm -f "$work/mail"
"$hooks/after-update" tell
is "which they do" "$(grep -c '^new: high: R3: ' "$work/mail")" 1
# one that is ended while it tells: the next has it
echo "new: once" >"$state/notices/20210925T000000Z-1.txt"
cat >"$config/notify.d/kill" <<'END'
#!/bin/sh
# its parent is timeout(1)
read -r pid name state parent rest <"/proc/$PPID/stat"
kill -KILL "$parent"
END
chmod +x "$config/notify.d/kill"
mv "$config/notify.d/mail" "$config/notify.d/zmail"
rm -f "$work/mail"
("$hooks/after-update" tell) 2>/dev/null
rm "$config/notify.d/kill"
mv "$config/notify.d/zmail" "$config/notify.d/mail"
check "one that was ended has told nothing" [ ! -e "$work/mail" ]
check "it left the notice as it was in hand" \
	[ "$(find "$state/notices" -name '*.txt.*' | wc -l)" -eq 1 ]
"$hooks/after-update" tell
is "the next tells it" "$(grep -c '^new: once' "$work/mail")" 1
is "and nothing is left" "$(ls -A "$state/notices")" ""
status=0
"$hooks/after-update" service 2>/dev/null || status=$?
is "nothing new" "$status" 0
printf 'exit 1\n' | stand_in trustdrift
status=0
"$hooks/after-update" service 2>/dev/null || status=$?
is "no verdict" "$status" 1
status=0
"$hooks/after-update" 2>/dev/null || status=$?
is "no word" "$status" 64

# Java's own trigger has something to do yet
quick_program
echo +x >"$work/pending"
(sleep 1 && : >"$work/calls" && rm "$work/pending") &
"$hooks/after-update" service 2>/dev/null || :
is "the audit waits for it" "$(calls)" 1
wait
finish
