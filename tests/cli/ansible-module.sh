#!/bin/sh
# ansible-module.sh -- the program as a module of Ansible, called as Ansible calls
# one: with a file of JSON.  It answers one object, whatever happens.  Ansible itself
# is asked by tests/owners/ask-ansible.sh.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"

root=$work/host
host_before_outage "$root"
own='"_ansible_version": "2.14.18", "_ansible_diff": true, "_ansible_socket": null,
	"_ansible_selinux_special_fs": ["fuse", "nfs"], "_ansible_verbosity": 0'
here="\"root\": \"$root\", \"db\": \"$work/db\", \"program\": \"$TRUSTDRIFT\""

# ask OPTIONS [PROGRAM]: the file of OPTIONS given to a module; $answer is its answer
ask() {
	printf '{%s, %s}\n' "$1" "$own" >"$work/args"
	"${2:-$TRUSTDRIFT}" "$work/args" >"$work/out" 2>"$work/err" </dev/null || :
	cat "$work/out" >>"$work/answers"
	answer=$(sed -n 's/^ "changed": true,$/changed/p; s/^ "failed": true,$/failed/p
		s/^ "exit_code": \([0-9]*\),*$/\1/p' "$work/out" | tr '\n' ' ')
	answer=${answer% }
}
says() { # says WHAT WORDS: its message
	case $(sed -n 's/^ "msg": "\(.*\)",$/\1/p' "$work/out") in
	*"$2"*) pass ;;
	*) fail "$1: $(cat "$work/out") (wanted: $2)" ;;
	esac
}
wrong() { # wrong WORDS OPTIONS
	ask "$2"
	is "$2" "${answer% *}" failed
	says "$2" "$1"
}

now="\"now\": \"$outage_time\""
ask "$here, \"now\": \"2021-09-19T00:00:00Z\", \"fail_on\": \"high\""
is "before the outage" "$answer" "0"
host_outage "$root" --db "$work/db"
before=$(cksum <"$work/db")
ask "$here, $now, \"_ansible_check_mode\": true"
is "the outage, in check mode" "$answer" "changed 2"
says "it" "1 findings to act on"
check "which" grep -q '"rule": "stale-cached-intermediate"' "$work/out"
check "the difference" grep -q '"before": "high: R3: ' "$work/out"
check "without it" grep -q '"after": ""' "$work/out"
cp "$work/out" "$work/first"
ask "$here, $now"
is "and not in check mode" "$answer" "changed 2"
check "the same" cmp "$work/out" "$work/first"
ask "$here, $now, \"record\": true, \"_ansible_check_mode\": true"
is "nothing was recorded" "$(cksum <"$work/db")" "$before"
"$TRUSTDRIFT" fix --db "$work/db" >"$work/fix" 2>/dev/null
is "no script yet" "$?" 1
ask "$here, $now, \"record\": \"yes\""
is "recorded" "$answer" "changed 2"
"$TRUSTDRIFT" fix --db "$work/db" >"$work/fix" 2>/dev/null
is "a script" "$?" 2

# a copy that Ansible has put somewhere
cp "$TRUSTDRIFT" "$work/trustdrift_audit"
ask "$here, $now" "$work/trustdrift_audit"
is "a copy hands on" "$answer" "changed 2"
check "the same of it" cmp "$work/out" "$work/first"
cat >"$work/wrapper" <<END
#!/bin/sh
exec "$work/trustdrift_audit" "\$@"
END
chmod +x "$work/wrapper"
ask "\"program\": \"$work/wrapper\", \"root\": \"$work/host\"" \
	"$work/trustdrift_audit"
is "not for ever; it has no data there" "$answer" "failed 78"

# what is asked for in another way than a template may
ask "$here, $now, \"warn_days\": \"30\", \"processes\": \"no\", \"fail_on\": null"
is "numbers and truth as text" "$answer" "changed 2"
ask "$here, $now, \"warn_days\": 30, \"record\": false"
is "and as such" "$answer" "changed 2"
ask "$here, $now, \"baseline\": \"$work/report.json\""
is "no such baseline" "${answer% *}" failed
"$TRUSTDRIFT" check --root "$root" --db "$work/db" --now "$outage_time" \
	--format json >"$work/report.json"
ask "$here, $now, \"baseline\": \"$work/report.json\""
is "nothing new" "$answer" "0"
printf 'nothing' >"$root/etc/ssl/certs/ca-certificates.crt"
ask "$here, $now"
is "incomplete" "$answer" "4"
check "which is warned of" grep -q '"the verdict is incomplete' "$work/out"

# what is wrong
wrong "did you mean 'fail_on'?" "$here, \"fail-on\": \"high\""
wrong "there are root, db, " "$here, \"state\": \"absent\""
wrong "--fail-on: 'grave' is none of high" "$here, \"fail_on\": \"grave\""
wrong "warn_days: no text" "$here, \"warn_days\": [30]"
wrong "record: neither true nor false" "$here, \"record\": \"perhaps\""
wrong "--warn-days: '-1' is no number" "$here, \"warn_days\": -1"
wrong "missing: cannot be used as root" \
	"\"root\": \"$work/missing\", \"program\": \"$TRUSTDRIFT\""
wrong "program: no absolute path" '"program": "trustdrift"'
wrong "has to be installed on the host" "\"program\": \"$work/missing\""
# shellcheck disable=SC2016 # not for this shell
wrong "'--help; \$(id)'" '"--help; $(id)": 1'
# no file of JSON for it: only the module's own name makes an answer of it
mkfifo "$work/pipe"
printf '{"_ansible_diff": true' >"$work/cut"
printf '{"root": "/"}' >"$work/others"
printf '{"root": "/", "root": "/x", "_ansible_diff": true}' >"$work/twice"
head -c 1100000 /dev/zero | tr '\0' ' ' >"$work/large"
for args in pipe cut others twice large . missing; do
	"$work/trustdrift_audit" "$work/$args" >"$work/out" 2>"$work/err"
	is "$args: status" "$?" 64
	says "$args" "the options of the task cannot be read: "
	"$TRUSTDRIFT" "$work/$args" >"$work/out" 2>"$work/err"
	is "$args, to the program: status" "$?" 64
	check "$args, to the program" grep -q "unknown command '/" "$work/err"
	is "$args, to the program: output" "$(cat "$work/out")" ""
done
# each was one object of JSON, for whoever splits them by their first line
check "all are JSON" python3 -I - "$work/answers" <<'END'
import json
import sys

answers = ("\n" + open(sys.argv[1], encoding="ascii").read()).split("\n{")[1:]
for answer in map(json.loads, ("{" + answer for answer in answers)):
    assert "rc" not in answer and {"changed", "failed", "msg"} <= set(answer)
assert len(answers) > 20
END
finish
