#!/bin/sh
# try.sh -- the benchmark of the rules multiplies an inventory in its tables: here
# only that it knows them as they are, and that ten times as much is ten times as
# many findings.  It says no times.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

root=$work/host
host_outage "$root" --db "$work/db"
"$TRUSTDRIFT" scan --quiet --root "$root" --db "$work/db" ||
	fail "the scan"
mkdir "$work/copies"
"${builddir:=.}/tests/bench/rules" "$work/db" "$work/copies" >"$work/said" 2>&1
status=$?
is "its status: $(cat "$work/said")" "$status" 0
is "three sizes" "$(grep -c '^rules,' "$work/said")" 3
found() {
	sed -n "${1}s/.*(\\([0-9]*\\) findings).*/\\1/p" "$work/said"
}
check "ten times as many are more: $(found 1), $(found 2)" \
	[ "$(found 2)" -gt "$(found 1)" ]
finish
