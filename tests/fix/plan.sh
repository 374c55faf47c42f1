#!/bin/sh
# plan.sh -- the same plan as data and as tasks for Ansible: what is in it, and
# that the script among the tasks is the script.  Ansible itself is asked by
# tests/owners/ask-ansible.sh.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
python=/usr/bin/python3
"$python" -I -c 'import jsonschema' 2>/dev/null ||
	skip "python3-jsonschema is missing"

plan() { # plan TYPE: of the findings
	"$MAKE_SCRIPT" -t "$1" "$root" <"$work/findings" >"$work/plan" \
		2>"$work/steps" || fail "make-script -t $1: $(cat "$work/steps")"
}

root_new
mkdir -p "$root/a"
echo first >"$root/a/1"
pem root >"$root/a/list.pem"
finding 1 remove-file /a/1 label '{{ lookup("pipe", "touch code") }}' name \
	'{{ 7 * 7 }} "CA" \xe2\x98\x83'
finding 2 remove-file /a/1
finding 3 pem-remove /a/list.pem sha256 "$(sha256_of root)"
finding 4 pem-remove /a/gone.pem sha256 "$(sha256_of root)"
make
cp "$work/fix.sh" "$work/want.sh"

plan json
is "json: steps" "$(cat "$work/steps")" 2
ok "json: is what its schema says" "$python" -I -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(json.load(open(sys.argv[2])), schema)' \
	"$srcdir/data/schema/plan.schema.json" "$work/plan"
is "json: what is in it" "$("$python" -I -c '
import json, sys
p = json.load(open(sys.argv[1]))
for s in p["steps"]:
    print(s["recipe"], s["parameters"]["path"], s["targets"][0]["path"],
          " ".join(f.lstrip("0") for f in s["findings"]))
for f in p["unfixable"]:
    print(f["id"].lstrip("0"), f["reason"])' "$work/plan")" \
	"remove-file /a/1 /a/1 1 2
pem-remove /a/list.pem /a/list.pem 3
4 it is not there any more"

plan ansible
is "ansible: steps" "$(cat "$work/steps")" 2
sed -n '/^        content: !unsafe |$/,/^      check_mode/p' "$work/plan" |
	sed -e '1d;$d' -e 's/^          //' >"$work/got.sh"
ok "ansible: the script is the script" cmp "$work/got.sh" "$work/want.sh"
is "ansible: no text of a finding is a template" "$(grep '{{ 7' "$work/plan" |
	grep -vc -e '!unsafe ' -e '^ *#' -e "^          ")" 0
: >"$work/findings"
plan ansible
is "ansible: no tasks" "$(tail -n 1 "$work/plan")" "[]"
finish
