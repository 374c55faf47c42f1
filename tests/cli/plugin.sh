#!/bin/sh
# plugin.sh -- the program as a plug-in of a monitoring system: one line and its own
# exit statuses, whatever happens (https://www.monitoring-plugins.org/doc/guidelines.html).
: "${srcdir:=.}"
. "$srcdir/tests/hosts/lib.sh"

root=$work/host
host_before_outage "$root"
plugin=$work/check_trustdrift
ln -s "$TRUSTDRIFT" "$plugin"

# run STATUS LINE ARGUMENT ...: LINE is a pattern of the first line of output
run() {
	wanted=$1 line=$2
	shift 2
	status=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	# shellcheck disable=SC2254 # patterns
	case $status in
	$wanted) pass ;;
	*) fail "status of $*: $status (wanted: $wanted)" ;;
	esac
	first=$(head -n 1 "$work/out")
	# shellcheck disable=SC2254
	case $first in
	$line) pass ;;
	*) fail "$*: $first (wanted: $line)" ;;
	esac
}

run 0 'TRUSTDRIFT OK - *|*' "$plugin" --root "$root" --now 2021-09-19T00:00:00Z -w high
run 0 'TRUSTDRIFT OK - *|*' "$TRUSTDRIFT" check --format nagios --root "$root" \
	--now 2021-09-19T00:00:00Z --fail-on high
run 1 'TRUSTDRIFT WARNING - *|*' "$plugin" --root "$root" \
	--now "$outage_time" -w info
host_outage "$root"
"$TRUSTDRIFT" check --root "$root" --now "$outage_time" --format json \
	>"$work/before.json" || :
now="--now $outage_time"
# shellcheck disable=SC2086 # words
{
	run 2 'TRUSTDRIFT CRITICAL - 1 high*in * stores|*' "$plugin" --root "$root" $now
	is "a line for it" "$(grep -c '^high: .*R3' "$work/out")" 1
	is "no time is told with --now" "$(grep -c scan_time "$work/out")" 0
	run 2 'TRUSTDRIFT CRITICAL - *' "$plugin" --root "$root" $now --exit-zero
	run 0 'TRUSTDRIFT OK - 1 high*' "$plugin" --root "$root" $now \
		--baseline "$work/before.json"
	is "what is not new is not told" "$(wc -l <"$work/out" | tr -d ' ')" 1
	# audit has it, too; without a history there is less to find
	run 0 'TRUSTDRIFT OK - *' "$TRUSTDRIFT" audit --root "$root" $now \
		--format=nagios --db "$work/other.db"
	# a store that cannot be read leaves the state unknown, unless it is worse
	printf 'nothing' >"$root/etc/ssl/certs/ca-certificates.crt"
}
run 1 'TRUSTDRIFT WARNING - *, incomplete|*' "$plugin" --root "$root" \
	--now "$outage_time" -w low
run 3 'TRUSTDRIFT UNKNOWN - *, incomplete|*' "$plugin" --root "$root" \
	--now "$outage_time" --baseline "$work/before.json"

# the time is told of a look at what is now
run '[0-3]' '*scan_time*=*s;;;0*' "$plugin" --root "$root"

# no verdict: why, on standard output
run 3 "TRUSTDRIFT UNKNOWN - unknown option '--bogus'*" "$plugin" --bogus
run 3 "TRUSTDRIFT UNKNOWN - unknown option '--bogus'*" "$TRUSTDRIFT" check --bogus --format=nagios
run 3 'TRUSTDRIFT UNKNOWN - *missing: cannot be used as root*' "$plugin" --root "$work/missing"
run 3 "TRUSTDRIFT UNKNOWN - *'a?x7cb'*" "$plugin" 'a|b'
is "one line of it" "$(wc -l <"$work/out" | tr -d ' ')" 1
run 3 'TRUSTDRIFT UNKNOWN - *missing/x: cannot be written*' "$plugin" --root "$root" \
	--report json:"$work/missing/x"
is "and no other" "$(grep -c '^TRUSTDRIFT' "$work/out")" 1
run 3 'trustdrift *' "$plugin" --version
run 3 'Usage: *' "$plugin" --help
# shellcheck disable=SC2016 # for that shell
run 3 '' sh -c '"$1" --root "$2" >/dev/full' sh "$plugin" "$root"
run 64 '' "$plugin" --format json --bogus
run '[0246]' '{' "$plugin" --format json --root "$root"
finish
