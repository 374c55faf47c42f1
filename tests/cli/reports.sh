#!/bin/sh
# reports.sh -- several reports of one run: the same verdict in each, each whole
# or not at all, and what cannot be written is said and spoils nothing else.
: "${srcdir:=.}"
. "$srcdir/tests/hosts/lib.sh"

root=$work/host
host_outage "$root"

# run ARGUMENT ...: a check; $status, $work/out, $work/err
run() {
	status=0
	"$TRUSTDRIFT" check --root "$root" --now "$outage_time" "$@" \
		>"$work/out" 2>"$work/err" </dev/null || status=$?
}
same() { # same WHAT FILE FILE
	if cmp -s "$2" "$3"; then
		pass
	else
		fail "$1: $2 and $3 differ"
		diff "$2" "$3" | head -n 5 >&2
	fi
}

run --format json
cp "$work/out" "$work/one.json"
run --format text
cp "$work/out" "$work/one.txt"
is "there is something to report" "$status" 2

# beside the report for people, which stays on standard output
run --report json:"$work/a.json" --report text:"$work/a:b.txt" \
	--report jsonl:"$work/a.jsonl"
is "status" "$status" 2
same "text" "$work/out" "$work/one.txt"
same "text in a file, whose name has a colon" "$work/a:b.txt" "$work/one.txt"
same "json" "$work/a.json" "$work/one.json"
is "one line for each finding, and one for the report" \
	"$(grep -c '"type": "finding"' "$work/a.jsonl")" \
	"$(grep -c '^    {"id"' "$work/one.json")"
is "lines without a type" "$(grep -vc '^{"type": "' "$work/a.jsonl")" 0
is "nothing is left beside them" "$(find "$work" -maxdepth 1 -name 'a*' | wc -l | tr -d ' ')" 3

# standard output is for one report: the named one, when none was asked for
run --report json:-
same "to standard output" "$work/out" "$work/one.json"
run --format json -o "$work/b.json" --report text:-
same "and --format with -o" "$work/out" "$work/one.txt"
same "in the file" "$work/b.json" "$work/one.json"

# through a link, whose target is replaced
ln -s a.json "$work/link.json"
echo old >"$work/a.json"
run --quiet --report json:"$work/link.json"
check "the link stays" test -L "$work/link.json"
same "through a link" "$work/a.json" "$work/one.json"

wrong() { # wrong WORDS ARGUMENT ...: a mistake in the command line
	words=$1
	shift
	run "$@"
	is "status of: $*" "$status" 64
	is "output of: $*" "$(wc -c <"$work/out" | tr -d ' ')" 0
	case $(cat "$work/err") in
	"trustdrift: "*"$words"*) pass ;;
	*) fail "$*: $(cat "$work/err") (wanted: $words)" ;;
	esac
}
wrong "--report: 'json' is no format and file" --report json
wrong "--report: ':x' is no format and file" --report :x
wrong "--report: 'json:' is no format and file" --report json:
wrong "unknown format 'jsn'; did you mean 'json'?" --report jsn:x
wrong "two reports to one place: '-'" --report json:- --report text:-
wrong "two reports to one place: '-'" --format text --report json:-
wrong "two reports to one place: 'x'" -o x --report json:x
wrong "two reports to one place: 'x'" --report json:x --report jsonl:x

# what cannot be written leaves the old file, and the others are written
echo old >"$work/c.json"
: >"$work/d.json"
run --report json:"$work/missing/x" --report json:"$work/d.json"
is "a directory that is not there: status" "$status" 1
is "said once" "$(grep -c 'missing/x: cannot be written: No such file' "$work/err")" 1
same "the other" "$work/d.json" "$work/one.json"
same "and standard output" "$work/out" "$work/one.txt"

# a file may not become as large as the report: like a full disk
(
	ulimit -f 1
	run --report json:"$work/c.json"
	echo "$status" >"$work/status"
) 2>/dev/null
is "too large: status" "$(cat "$work/status")" 1
is "too large: the old file" "$(cat "$work/c.json")" old
is "too large: said" "$(grep -c 'c.json: cannot be written: File too large' "$work/err")" 1
is "too large: nothing is left beside it" \
	"$(find "$work" -maxdepth 1 -name '*c.json*' | wc -l | tr -d ' ')" 1

# a disk that is full
mkdir "$work/disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=8k none "$work/disk" 2>/dev/null; then
	echo old >"$work/disk/c.json"
	head -c 4096 /dev/zero >"$work/disk/filler"
	run --report json:"$work/disk/c.json"
	is "full disk: status" "$status" 1
	is "full disk: the old file" "$(cat "$work/disk/c.json")" old
	is "full disk: said" "$(grep -c 'cannot be written: No space left' "$work/err")" 1
	umount "$work/disk"
else
	echo "SKIPPED, NOT TESTED: a file system cannot be mounted here"
fi

# what the isolated process may write is what was named, in whatever directory
mkdir "$work/there"
run --isolation=auto --report json:"$work/there/e.json" \
	--report jsonl:"$work/e.jsonl"
is "isolated: status" "$status" 2
same "isolated" "$work/there/e.json" "$work/one.json"

# where nothing is
mkdir "$work/empty"
formats=$("$TRUSTDRIFT" show formats --format tsv | awk -F '\t' '$2 == "report" { print $1 }')
for format in $formats; do
	status=0
	"$TRUSTDRIFT" check --quiet --root "$work/empty" \
		--now "$outage_time" --format "$format" >"$work/out" \
		2>"$work/err" || status=$?
	is "nothing, as $format" "$(cat "$work/err")" ""
	# of no change that has nothing to say
	[ "$format" = changes ] ||
		check "nothing, as $format: a report" [ -s "$work/out" ]
	check "nothing, as $format: $status" [ "$status" -lt 7 ]
done
# shellcheck disable=SC2086 # words
set -- $formats
check "many formats: $#" [ $# -gt 10 ]
finish
