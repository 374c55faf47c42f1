#!/bin/sh
# options.sh -- the command line: mistakes are explained in one line and give
# 64, help and version are printed, and nothing is touched meanwhile.
: "${srcdir:=.}"
. "$srcdir/tests/hosts/lib.sh"

# run ARGUMENT ...: $status, $work/out, $work/err
run() {
	"$TRUSTDRIFT" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# wrong WORDS ARGUMENT ...: 64, one line on stderr that has WORDS, no output
wrong() {
	words=$1
	shift
	run "$@"
	is "status of: $*" "$status" 64
	is "output of: $*" "$(wc -c <"$work/out" | tr -d ' ')" 0
	is "lines on stderr of: $*" "$(wc -l <"$work/err" | tr -d ' ')" 1
	case $(cat "$work/err") in
	"trustdrift: "*"$words"*) pass ;;
	*) fail "$*: $(cat "$work/err") (wanted: $words)" ;;
	esac
}

wrong 'which command?'
wrong 'see trustdrift --help)'
wrong "unknown command 'adit'; did you mean 'audit'?" adit
wrong "unknown command 'shwo'; did you mean 'show'?" shwo
wrong "unknown command 'frobnicate' (" frobnicate
wrong "unknown command '' (" ''
wrong "unknown option '--formt'; did you mean '--format'?" audit --formt json
wrong "unknown option '--fail-onn'; did you mean '--fail-on'?" check --fail-onn=high
wrong "see trustdrift check --help" check --fail-onn=high
wrong "unknown option '--rot'; did you mean '--root'?" --rot / audit
wrong "unknown option '--xyzzy' (" audit --xyzzy
wrong "unknown option '-x'" audit -x
wrong "unknown option '-x'" audit -qx
wrong '--keep: is no option of this command' audit --keep 3
wrong '--fail-on: is no option of this command' show stores --fail-on high
wrong '--fail-on: is no option of this command' --fail-on high show stores
wrong '--processes: processes run on this host only' scan --processes --root /
wrong '--root: an argument is missing' audit --root
wrong '--output: an argument is missing' audit -o
wrong '--quiet: takes no argument' audit --quiet=yes
wrong "--root: '' is no directory" audit --root ''
wrong "--db: '' is no file name" audit --db=
wrong "--output: '' is no file name" audit -o ''
wrong "--now: 'yesterday' is no time" audit --now yesterday
wrong "--now: '2021-02-29T00:00:00Z' is no time" audit --now 2021-02-29T00:00:00Z
wrong "--color: 'red' is none of auto, always and never" audit --color red
wrong "--fail-on: 'higher' is none of high" audit --fail-on higher
wrong "--warn-days: '-1' is no number of days" audit --warn-days -1
wrong "--warn-days: '99999999999999999999' is no number" check --warn-days 99999999999999999999
wrong "--wait: 'long' is no number of seconds" check --wait long
wrong "--keep: '0' is no number of scans" scan --keep 0
wrong "--severity: 'x' is none of high" fix --severity x
wrong "unknown format 'jsn'; did you mean 'json'?" audit --format jsn
wrong "unknown format 'tsv'" audit --format tsv
wrong "unknown format 'tsv'" diff --format tsv
wrong "unknown format ''" show --format '' stores
wrong "one argument too many: 'extra'" audit extra
wrong "one argument too many: '3'" diff 1 2 3
wrong 'show what: stores | certificates | ' show
wrong "there is nothing called 'store'; did you mean 'stores'?" show store
wrong "did you mean 'certificates'?" show cert
wrong "--all goes with stores, not with 'rules'" show rules --all
wrong '--all: is no option of this command' query --all 'SELECT 1'
wrong 'an SQL query is missing' query
wrong 'which change?' preview
wrong 'which change?' preview --in system
wrong '--set-bundle: there is one' preview --set-bundle a --remove 01234567 --set-bundle b
wrong "--remove: '0123456' is no fingerprint" preview --remove 0123456
wrong "--remove: '0123456x' is no fingerprint" preview --remove 0123456x
wrong "--remove: ':::::::::' is no fingerprint" preview --remove :::::::::
wrong "is no fingerprint" preview --distrust "$(printf %065d 0)"
wrong "--add: '' is no file name" preview --add ''
wrong "--in: 'nowhere' is neither 'system' nor" preview --in nowhere --remove 01234567
wrong "--at: 'soon' is no time" preview --at soon
wrong '--remove: is no option of this command' check --remove 01234567
wrong "unknown format 'tsv'" preview --format tsv --at @0
wrong "one argument too many: 'c'" preview --remove 01234567 a b c

# What was typed cannot do anything to the terminal that shows the mistake.
run "$(printf 'a\033[2J\nb')"
is "escapes in a mistake" "$(cat "$work/err")" \
	"trustdrift: unknown command 'a\\x1b[2J\\nb' (see trustdrift --help)"

# ---- help and version
for command in '' audit check scan fix diff preview show query prune; do
	# shellcheck disable=SC2086 # no word, or one
	run $command --help
	is "status of $command --help" "$status" 0
	is "stderr of $command --help" "$(cat "$work/err")" ''
	is "first word of $command --help" "$(head -c 17 "$work/out")" \
		'Usage: trustdrift'
	is "lines past 80 columns in $command --help" \
		"$(grep -c '.\{81\}' "$work/out")" 0
	cp "$work/out" "$work/help"
	# shellcheck disable=SC2086
	run -h $command
	check "-h before $command" cmp -s "$work/out" "$work/help"
	# shellcheck disable=SC2086
	run $command --hel --verbose
	check "abbreviated help of $command" cmp -s "$work/out" "$work/help"
done
for option in --version -V; do
	run $option
	is "status of $option" "$status" 0
	case $(sed -n 1p "$work/out") in
	'trustdrift '[0-9]*) pass ;;
	*) fail "$option: $(sed -n 1p "$work/out")" ;;
	esac
	for library in GnuTLS nettle libxml2 SQLite jansson; do
		check "$option names $library" \
			grep -q "^$library  *[0-9]" "$work/out"
	done
	check "$option says what it was built with" \
		grep -q '^with.* translations' "$work/out"
done
run audit --version
is "audit --version" "$status" 0

# ---- where options may stand
for arguments in 'show formats --format tsv' '--format tsv show formats' \
	'show --format tsv formats' 'show --form=tsv -- formats'; do
	# shellcheck disable=SC2086 # words
	run $arguments
	is "status of $arguments" "$status" 0
	is "header of $arguments" "$(sed -n 1p "$work/out")" \
		"$(printf 'format\tuse\ttitle\tcapabilities')"
done
POSIXLY_CORRECT=1
export POSIXLY_CORRECT
run show formats --format tsv
is "options behind arguments, POSIXLY_CORRECT" "$status" 0
unset POSIXLY_CORRECT

# ---- a device that is full, no standard output at all
if [ -c /dev/full ]; then
	for arguments in --help --version 'show rules' 'show formats --format json'; do
		# shellcheck disable=SC2086
		"$TRUSTDRIFT" $arguments >/dev/full 2>"$work/err"
		is "status of $arguments on a full device" "$?" 1
		is "lines on stderr of $arguments on a full device" \
			"$(wc -l <"$work/err" | tr -d ' ')" 1
	done
fi
for arguments in --help 'show formats'; do
	# shellcheck disable=SC2086
	"$TRUSTDRIFT" $arguments >&- 2>"$work/err"
	is "status of $arguments without standard output" "$?" 1
done

# ---- none of this has made an inventory
is "files in the state directory" "$(find "$XDG_STATE_HOME" "$HOME" -type f 2>/dev/null)" ''
finish
