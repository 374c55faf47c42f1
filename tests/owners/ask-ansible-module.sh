#!/bin/sh
# ask-ansible-module.sh -- the program as a module of the real Ansible, by the
# playbooks of data/examples: in check mode a task has changed exactly when there are
# findings, --diff shows them, and a plain command says the same; asked of ansible-core
# 2.14.18.
#
# ANSIBLE names its ansible-playbook; Debian's package is ansible-core.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
: "${ANSIBLE:=ansible-playbook}"
command -v "$ANSIBLE" >/dev/null || skip "ansible-playbook (ansible-core) is missing"
# shellcheck source=tests/owners/examples.sh
. "$srcdir/tests/owners/examples.sh"
ANSIBLE_HOME=$work/ansible ANSIBLE_NOCOLOR=1 ANSIBLE_RETRY_FILES_ENABLED=0
ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3
export ANSIBLE_HOME ANSIBLE_NOCOLOR ANSIBLE_RETRY_FILES_ENABLED \
	ANSIBLE_LOCALHOST_WARNING ANSIBLE_PYTHON_INTERPRETER

# The module hands on to what the playbook says is installed: a program by its
# options, not one that a test has wrapped.
mkdir "$work/library"
ln -s "$TRUSTDRIFT" "$work/library/trustdrift_audit"
options() { # options NAME: of the module, for the host
	printf '        %s\n' "program: $TRUSTDRIFT" "root: $work/$1" \
		"db: $work/$1.db" "now: '$outage_time'"
}
playbook() { # playbook NAME: audit.yml for that host
	options "$1" >"$work/options"
	example ansible/audit.yml | sed "/^      trustdrift_audit:/r $work/options" \
		>"$work/audit.yml"
	example ansible/command.yml >"$work/command.yml"
}
play() { # play FILE ARGUMENT...
	file=$1
	shift
	status=0
	"$ANSIBLE" -i localhost, -c local "$@" "$work/$file.yml" >"$work/out" \
		2>&1 </dev/null || status=$?
	recap=$(sed -n 's/^localhost .*\(changed=[0-9]*\) .*\(failed=[0-9]*\).*/\1 \2/p' \
		"$work/out")
	[ -n "$recap" ] || cat "$work/out" >&2
}

outage outage
playbook outage
for file in audit command; do
	play "$file" --syntax-check
	is "$file.yml is a playbook" "$status" 0
done 2>/dev/null
before=$(cksum <"$work/outage.db")
play audit --check --diff
is "--check" "$status" 0
is "has changed" "$recap" "changed=1 failed=0"
check "--diff shows what" grep -q '^-high: R3: R3 is cached' "$work/out"
check "under a heading" grep -q '^--- .*findings' "$work/out"
is "recorded is nothing" "$(cksum <"$work/outage.db")" "$before"
check "and nothing written" [ ! -e "$fix" ]
play audit --check
is "without --diff no findings" "$(grep -c 'R3 is cached' "$work/out")" 0
play command --check
is "a command, --check" "$recap" "changed=1 failed=0"
play command
is "a command" "$recap" "changed=1 failed=0"

play audit
is "a run: the audit and the script" "$recap" "changed=2 failed=0"
check "which is there" sh -n "$fix"
is "nothing is repaired" "$(cached)" 1
play audit -e trustdrift_repair=true
is "repaired when asked" "$recap" "changed=3 failed=0"
is "indeed" "$(cached)" 0
for mode in --check --diff; do
	for file in audit command; do
		play "$file" "$mode"
		is "$file $mode: nothing is left" "$recap" "changed=0 failed=0"
	done
done

# a copy of the program, and what is wrong
rm "$work/library/trustdrift_audit"
cp "$TRUSTDRIFT" "$work/library/trustdrift_audit"
play audit --check
is "a copy" "$recap" "changed=0 failed=0"
sed 's/fail_on: medium/fail_on: info/' "$work/audit.yml" >"$work/strict.yml"
play strict --check
is "another bar" "$recap" "changed=1 failed=0"
sed 's/fail_on: medium/fail_om: info/' "$work/audit.yml" >"$work/wrong.yml"
play wrong --check
is "a wrong option" "$recap" "changed=0 failed=1"
check "which is told" grep -q "unknown option 'fail_om'; did you mean 'fail_on'?" \
	"$work/out"
sed "s|program: .*|program: $work/missing|" "$work/audit.yml" >"$work/wrong.yml"
play wrong
is "not installed" "$recap" "changed=0 failed=1"
check "which is told, too" grep -q 'has to be installed on the host' "$work/out"
printf 'nothing' >"$root/etc/ssl/certs/ca-certificates.crt"
play audit --check
is "incomplete is no failure" "${recap#* }" "failed=0"
check "but warned of" grep -q 'the verdict is incomplete' "$work/out"
is "no directory is left" "$(find "$work/ansible" -name 'ansible-tmp-*')" ""
finish
