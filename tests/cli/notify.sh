#!/bin/sh
# notify.sh -- what the system's log is told by --notify: a message for what is new
# and for what is gone, none for what stays, and one for each run; to a socket that
# this test listens on in the place of journald's and of syslog's.
: "${srcdir:=.}"
. "$srcdir/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem" "$good/dst-root-ca-x3.pem"
host_update "$root"

# listen NAME: every message to $work/socket becomes a file $work/NAME.N, NAME.N.fd
# when it came as a file in memory, until somebody says END
cat >"$work/listen.py" <<'END'
import os, socket, sys
name, ready = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(os.path.dirname(name) + "/socket")
s.settimeout(60)
open(ready, "w").close()
n = 0
while True:
    message, fds, flags, sender = socket.recv_fds(s, 1 << 20, 4)
    if message == b"END":
        break
    n += 1
    for fd in fds:
        with open(fd, "rb") as f:
            f.seek(0)
            message += f.read()
    with open("%s.%d%s" % (name, n, ".fd" if fds else ""), "wb") as f:
        f.write(message)
END
listen() {
	rm -f "$work/socket" "$work/ready"
	/usr/bin/python3 -I "$work/listen.py" "$work/$1" "$work/ready" &
	listener=$!
	until [ -e "$work/ready" ] || ! kill -0 "$listener" 2>/dev/null; do
		sleep 0.05
	done
}
heard() {
	/usr/bin/python3 -I -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(sys.argv[1])
s.send(b"END")' "$work/socket"
	wait "$listener"
}
# audit_told NAME LOG [ARGUMENT ...]
audit_told() {
	name=$1 log=$2
	shift 2
	listen "$name"
	audit "$root" --now 2021-09-25T00:00:00Z \
		--notify "$log:$work/socket" "$@" 2>"$work/said"
	heard
}
# of FILE FIELD: its values, a line each
of() {
	sed -n "s/^$2=//p" "$1"
}
count() { # of messages NAME
	find "$work" -name "$1.*" | wc -l | tr -d ' '
}

audit_told first journal
n=$(count first)
check "the first run tells all that it found" [ "$n" -gt 1 ]
is "the last message is for the run" "$(of "$work/first.$n" MESSAGE_ID)" \
	214d0beb2d7e45c6a6ce84885943300d
is "and says as whom" "$(of "$work/first.$n" SYSLOG_IDENTIFIER)" trustdrift
is "and of what" "$(of "$work/first.$n" TRUSTDRIFT_ROOT)" "$root"

audit_told again journal
is "what stays is not told again" "$(count again)" 1
is "none is new" "$(of "$work/again.1" TRUSTDRIFT_NEW)" 0

# the outage, and a name that is made to do harm
host_remove_ca "$root" dst-root-ca-x3
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
audit_told new journal
new=$(grep -l '^TRUSTDRIFT_RULE=stale-cached-intermediate$' "$work"/new.*)
is "the finding" "$(of "$new" TRUSTDRIFT_BASELINE)" new
is "its kind" "$(of "$new" MESSAGE_ID)" 9e6301092d3b4245b75ec00058f51a97
is "is an error" "$(of "$new" PRIORITY)" 3
is "of this certificate" "$(of "$new" TRUSTDRIFT_CERT_SHA256)" \
	"$(sha256_of "$good/r3-by-dst.pem")"
is "in this store" "$(of "$new" TRUSTDRIFT_STORE_PATH)" \
	"/home/ann/$dotnet_store/ca"
is "by the id of the report" "$(of "$new" TRUSTDRIFT_FINDING_ID)" \
	"$(sed -n 's/.*"id": "\([0-9a-f]*\)", "rule": "stale-cached.*/\1/p' \
		"$work/report.json")"
is "with its evidence, which has lines" \
	"$(grep -ac '^TRUSTDRIFT_EVIDENCE$' "$new")" 1
is "no verdict changed" "$status" 2

rm -r "$root/home/ann/.dotnet"
audit_told gone journal
gone=$(grep -l '^TRUSTDRIFT_RULE=stale-cached-intermediate$' "$work"/gone.*)
is "what is gone" "$(of "$gone" TRUSTDRIFT_BASELINE)" absent
is "has a kind of its own" "$(of "$gone" MESSAGE_ID)" \
	ec1ab6f146304317a052406534bfcc1b

# syslog's form, in local time and the log's own language
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
TZ=Asia/Tokyo LC_TIME=de_DE.UTF-8 audit_told syslog syslog
line=$(cat "$work"/syslog.1)
case $line in
"<11>"[A-Z][a-z][a-z]" "[\ 0-9][0-9]" "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]" trustdrift["[0-9]*"]: new: high: R3: "*) pass ;;
*) fail "as RFC 3164 has it: $line" ;;
esac
case $line in
*' rule="stale-cached-intermediate" finding_id="'*'"]') pass ;;
*) fail "with its fields: $line" ;;
esac

# nobody listens: said, and the verdict is the same
rm -f "$work/socket"
audit "$root" --now 2021-09-25T00:00:00Z --notify "journal:$work/socket" \
	2>"$work/said"
is "without a log" "$status" 2
grep -q "log was not told" "$work/said" || fail "is not said"
check "and the report is there" [ -s "$work/report.json" ]

# a form of its own for files; nothing for people when nothing changed
"$TRUSTDRIFT" audit --root "$root" --now 2021-09-25T00:00:00Z --format changes \
	--report "journal:$work/export" >"$work/changes" || :
is "nothing changed" "$(cat "$work/changes")" ""
is "but the run" "$(grep -c '^MESSAGE_ID=' "$work/export")" 1
rm -r "$root/home/ann/.dotnet"
"$TRUSTDRIFT" audit --root "$root" --now 2021-09-25T00:00:00Z --format changes \
	>"$work/changes" || :
is "what changed" "$(grep -c '^gone: high: R3: ' "$work/changes")" 1

for wrong in mail journal: auto:/x journal:x ''; do
	status=0
	"$TRUSTDRIFT" audit --notify "$wrong" >/dev/null 2>&1 || status=$?
	is "--notify '$wrong'" "$status" 64
done
finish
