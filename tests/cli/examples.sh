#!/bin/sh
# examples.sh -- the example for Salt does what Salt makes of it: a state with
# `stateful` as salt/states/cmd.py reads its output, because Salt is in no archive that
# is at hand; and the examples' index has all of them.  The others are tried with the
# real programs by tests/owners/ask-ansible-module.sh and ask-puppet.sh.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"
# shellcheck source=tests/owners/examples.sh
. "$srcdir/tests/owners/examples.sh"

(cd "$srcdir/data/examples" && find . -type f ! -name README) |
	sed 's|^\./||' | sort >"$work/files"
sed -n 's,^  \([a-z]*/[^ ]*\).*,\1,p' "$srcdir/data/examples/README" | sort >"$work/index"
is "README" "$(cat "$work/index")" "$(cat "$work/files")"

cat >"$work/salt.py" <<'END'
import json, re, shlex, subprocess, sys

path, mode = sys.argv[1:]
states, name = {}, None
# as much of YAML as is in it
for line in open(path, encoding="utf-8"):
    if re.match(r"[a-z-]+:$", line):
        state = states.setdefault(line.strip()[:-1], {})
    match = re.match(r" +- ([a-z_]+): (.+)$", line)
    if match:
        state[match[1]] = match[2]
changed = {}
for name, state in states.items():
    if "cmd" in state and not changed[state["cmd"]]:
        print(name, "skipped")
        continue
    test = mode == "test"
    if test and "test_name" not in state:
        print(name, "None")
        continue
    done = subprocess.run(state["test_name" if test else "name"], shell=True,
                          capture_output=True, text=True)
    good = json.loads(state.get("success_retcodes", "[0]"))
    changed[name] = True
    if "test_name" in state:
        last = done.stdout.rstrip().split("\n")[-1]
        data = dict(item.split("=") for item in shlex.split(last))
        changed[name] = {"yes": True, "no": False}[data.get("changed", "no")]
    print(name, done.returncode in good, "changed" if changed[name] else "as it was")
END
outage host
example salt/trustdrift.sls >"$work/trustdrift.sls"
salt() { python3 -I "$work/salt.py" "$work/trustdrift.sls" "$1" 2>&1 | tr '\n' ';'; }
before=$(cksum <"$work/host.db")
is "test=True" "$(salt test)" "trustdrift-audit True changed;trustdrift-script None;"
is "records nothing" "$(cksum <"$work/host.db")" "$before"
is "a run" "$(salt run)" "trustdrift-audit True changed;trustdrift-script True changed;"
check "the script" sh -n "$fix"
sh "$fix" --yes >"$work/out" 2>&1
is "which repairs" "$(cached)" 0
is "again" "$(salt run)" "trustdrift-audit True as it was;trustdrift-script skipped;"
printf '#!/bin/sh\nexit 78\n' >"$program"
case $(salt run) in
"trustdrift-audit False"*) pass ;;
*) fail "no verdict: $(salt run)" ;;
esac
finish
