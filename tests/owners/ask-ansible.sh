#!/bin/sh
# ask-ansible.sh -- tasks that trustdrift writes, carried out by the real Ansible:
# in check mode, in a run, and again; asked of ansible-core 2.14.18.
#
# ANSIBLE names its ansible-playbook; Debian's package is ansible-core.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
: "${ANSIBLE:=ansible-playbook}"
command -v "$ANSIBLE" >/dev/null || skip "ansible-playbook (ansible-core) is missing"
ANSIBLE_HOME=$work/ansible ANSIBLE_NOCOLOR=1 ANSIBLE_RETRY_FILES_ENABLED=0
ANSIBLE_LOCALHOST_WARNING=0
export ANSIBLE_HOME ANSIBLE_NOCOLOR ANSIBLE_RETRY_FILES_ENABLED \
	ANSIBLE_LOCALHOST_WARNING

cat >"$work/play.yml" <<END
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.include_tasks: $work/plan.yml
END

tasks() {
	"$MAKE_SCRIPT" -t ansible "$root" <"$work/findings" >"$work/plan.yml" \
		2>/dev/null
}
play() { # play ARGUMENT...
	status=0
	"$ANSIBLE" -i localhost, "$@" "$work/play.yml" >"$work/out" 2>&1 \
		</dev/null || status=$?
	recap=$(sed -n 's/^localhost .*\(changed=[0-9]*\) .*\(failed=[0-9]*\).*/\1 \2/p' \
		"$work/out")
}
left() { find "$root/a" -type f | sort | sed 's|.*/||' | tr '\n' ' '; }

root_new
mkdir -p "$root/a"
echo first >"$root/a/1"
echo second >"$root/a/2"
{ pem root && pem other; } >"$root/a/list.pem"
finding 1 remove-file /a/1 name '{{ 7 * 7 }} ☃'
finding 2 remove-file /a/2
finding 3 pem-remove /a/list.pem sha256 "$(sha256_of root)"
tasks
before=$(listing)
play --check --diff
is "--check" "$status" 0
[ "$status" = 0 ] || cat "$work/out" >&2
is "--check tells of a change" "$recap" "changed=1 failed=0"
said "--diff shows it" 'remove /a/1'
said "a template is text" '{{ 7 \* 7 }}'
is "--check changes nothing" "$(listing)" "$before"
play
is "run" "$status" 0
is "run changes" "$recap" "changed=1 failed=0"
is "run did it" "$(left)" "list.pem "
is "run took one out" "$(grep -c BEGIN "$root/a/list.pem")" 1
after=$(listing)
play
is "again" "$status" 0
is "again changes nothing" "$recap" "changed=0 failed=0"
play --check --diff
is "--check again" "$recap" "changed=0 failed=0"
is "nothing indeed" "$(listing)" "$after"
ok "no directory is left" [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 \
	-name 'trustdrift-*' -newer "$work/play.yml" 2>/dev/null)" ]

# What has changed since is skipped, and that is a failure unless it is allowed.
root_new
mkdir -p "$root/a"
echo first >"$root/a/1"
finding 1 remove-file /a/1
tasks
echo other >"$root/a/1"
play
is "a change since" "$status" 2
is "is not undone" "$(cat "$root/a/1")" other
play -e trustdrift_skips_allowed=true
is "unless it is allowed" "$status" 0
finish
