# interrupt-lib.sh -- sourced by the tests that kill a script before its commands,
# one after the other: the next run goes on, and everything can be put back.
# shellcheck shell=sh
#
# The test has a function is_done, which says whether all is repaired, and for
# each try() a scenario, which makes root and findings.  It may have meanwhile:
# what holds whenever the script is killed.

: "${work:?a scratch directory}" "${root:?a root}"
command -v bash >/dev/null || skip "bash is missing, whose DEBUG trap counts"

# The script is sourced by a shell that kills itself before command $1.  What
# runs in a subshell is counted by the subshell and so not interrupted here.
# Where $WITHIN names functions, only commands of these count, and of what they
# call; those of $WITHOUT do not.  A killed script cannot remove its temporary
# directory: the test does.  $SIGNAL is another signal than KILL.
mkdir "$work/temporary"
export work
cat >"$work/killer" <<'END'
set -T
test_pid=$BASHPID test_count=0 test_last=$1
shift
test_work=$work
mktemp() { command mktemp -d "$test_work/temporary/XXXXXX"; }
test_counts() {
	local name
	[ -n "${WITHIN-}" ] || return 0
	for name in "${FUNCNAME[@]}"; do
		case " $WITHIN " in
		*" $name "*) return 0 ;;
		esac
	done
	return 1
}
trap '[ $BASHPID != $test_pid ] || [ "${FUNCNAME[0]-}" = "${WITHOUT:--}" ] ||
	! test_counts ||
	[ $((test_count += 1)) != $test_last ] ||
	{ : >"$test_work/was-killed"; kill -"${SIGNAL:-KILL}" $$; }' DEBUG
. "$@"
END

meanwhile() { :; }

# What a step has to be told before it acts: --only for what needs a decision.
consent=''

# What comes of it when the run that was killed is done again.
goes_on() { # goes_on COMMAND-NUMBER
	# shellcheck disable=SC2086 # words
	run --yes $consent
	[ "$status" = 0 ] || {
		fail "killed before command $1: status $status"
		sed 's/^/  | /' "$work/out" >&2
	}
	is_done || fail "killed before command $1: it is not done"
	[ -z "$(find "$root" -name .trustdrift-new)" ] ||
		fail "killed before command $1: something is left of it"
	# put everything back, the newest run first
	for kept in "$root"/var/lib/trustdrift/backup/*; do
		[ ! -f "$kept/changes" ] ||
			printf '%s %s\n' "$(stat -c %.9Y "$kept")" "$kept"
	done | sort -rn | cut -d ' ' -f 2- >"$work/runs"
	while IFS= read -r kept; do
		run --yes --rollback "$kept"
		[ "$status" = 0 ] || {
			fail "killed before $1: rollback $status"
			sed 's/^/  | /' "$work/out" >&2
		}
	done <"$work/runs"
	[ "$(listing)" = "$before" ] ||
		fail "killed before command $1: not put back bit for bit"
	pass
}

# killed_before COMMAND-NUMBER: is the run of a fresh root?
killed_before() {
	rm -rf "$root"
	cp -a "$work/original" "$root"
	status=0
	rm -f "$work/was-killed"
	# shellcheck disable=SC2086 # words
	bash "$work/killer" "$1" "$work/fix.sh" --yes $consent \
		>"$work/out" 2>&1 </dev/null || status=$?
	[ -e "$work/was-killed" ] || return 1
	[ "$status" != 0 ] || {
		fail "killed before command $1: and it says 0"
		sed 's/^/  | /' "$work/out" >&2
	}
	meanwhile || fail "killed before command $1: not sound"
}

begin() { # begin SCENARIO
	$1
	make
	before=$(listing)
	rm -rf "$work/original"
	cp -a "$root" "$work/original"
}

# try SCENARIO STEP [LEAST]: kills before every STEP-th command, of at least so
# many, 150 unless it is told
try() {
	begin "$1"
	n=$2 killed=0
	while killed_before "$n"; do
		killed=$((killed + 1))
		goes_on "$n"
		n=$((n + $2))
	done
	is "$1: the last run was not killed" "$status" 0
	[ "$status" = 0 ] || sed 's/^/  | /' "$work/out" >&2
	ok "$1: many runs were killed: $killed" \
		[ $((killed * $2)) -gt "${3:-150}" ]
	echo "$1: $killed runs killed, before every $2. of $n commands"
}

# try_before SCENARIO COMMAND-NUMBER...: kills before these
try_before() {
	what=$1
	begin "$1"
	shift
	for n in "$@"; do
		if killed_before "$n"; then
			goes_on "$n"
		else
			fail "$what has no command $n"
		fi
	done
	echo "$what: killed before the commands $*"
}
