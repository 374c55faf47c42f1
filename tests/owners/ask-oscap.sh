#!/bin/sh
# ask-oscap.sh -- the benchmark of the rules: OpenSCAP takes it, asks each rule by the
# script beside it, of one audit, says what the program says of the same host, and
# `generate fix` and --remediate repair it; asked of oscap 1.3.7.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/oscap.sh
. "$srcdir/tests/owners/oscap.sh"


# What the benchmark calls has to know of the host and of its time.
program=$work/program
host() { # host NAME: the host of the outage, which the program speaks of
	root=$work/$1
	host_outage "$root" --db "$work/$1.db"
	cat >"$program" <<-END
	#!/bin/sh
	echo "\$1" >>"$work/calls"
	exec "$TRUSTDRIFT" --root "$root" --db "$work/$1.db" --now $outage_time "\$@"
	END
	chmod +x "$program"
	: >"$work/calls"
}
calls() { grep -c "^$1\$" "$work/calls"; }

# as it is installed, but for where the program is
benchmark=$work/xccdf/trustdrift-xccdf.xml
mkdir "$work/xccdf"
cp "$srcdir/data/xccdf/trustdrift-sce" "$work/xccdf"
PATH=${TRUSTDRIFT%/*}:$PATH trustdrift rules xccdf >"$work/installed.xml"
check "the program that is installed" grep -q '<value>/.*/trustdrift</value>' \
	"$work/installed.xml"
sed "s|/[^<> ]*/bin/trustdrift|$program|" \
	"$work/installed.xml" >"$benchmark"
oscap xccdf validate "$benchmark" >"$work/out" 2>&1
is "it is valid: $(cat "$work/out")" "$?" 0
oscap info "$benchmark" >"$work/out" 2>&1
check "and known" grep -q 'Checklist version: 1.2' "$work/out"

# eval NAME ARGUMENT ...: results as "rule result" in $work/NAME
evaluate() {
	name=results-$1
	shift
	status=0
	oscap xccdf eval --results "$work/$name.xml" "$@" "$benchmark" \
		>"$work/out" 2>&1 || status=$?
	[ -s "$work/$name.xml" ] || cat "$work/out" >&2
	/usr/bin/python3 -I - "$work/$name.xml" >"$work/$name" <<-'END'
	import sys, xml.etree.ElementTree as ET
	ns = "{http://checklists.nist.gov/xccdf/1.2}"
	for r in ET.parse(sys.argv[1]).iter(ns + "rule-result"):
	    print(r.get("idref").split("_", 3)[3], r.find(ns + "result").text)
	END
}

host outage
evaluate first
is "findings are incompliance" "$status" 2
is "one result for each rule" "$(cut -d ' ' -f 1 "$work/results-first" | sort)" \
	"$("$TRUSTDRIFT" show rules --format tsv | sed 1d | cut -f 1 | sort)"
is "what is cached" "$(grep '^stale-cached-intermediate' "$work/results-first")" \
	"stale-cached-intermediate fail"
is "one audit for all" "$(calls audit)" 1
check "with what it says" grep -q 'high, found: R3 is cached' "$work/results-first.xml"
# the program itself says the same of each
"$program" check --quiet --exit-zero --format xccdf >"$work/own.xml"
/usr/bin/python3 -I - "$work/own.xml" >"$work/own" <<'END'
import sys, xml.etree.ElementTree as ET
ns = "{http://checklists.nist.gov/xccdf/1.2}"
for r in ET.parse(sys.argv[1]).iter(ns + "rule-result"):
    print(r.get("idref").split("_", 3)[3], r.find(ns + "result").text)
END
is "as the program does" "$(sort "$work/results-first")" "$(sort "$work/own")"
# oscap itself writes into elements that its Schematron wants empty
oscap xccdf validate --skip-schematron "$work/results-first.xml" >"$work/out" 2>&1
is "the results are valid: $(cat "$work/out")" "$?" 0
oscap xccdf generate report --output "$work/report.html" "$work/results-first.xml" \
	>/dev/null 2>&1
is "a report" "$?" 0

# another bar, by who tailors it
sed 's|<value>medium</value>|<value>info</value>|' "$benchmark" >"$work/xccdf/strict.xml"
benchmark=$work/xccdf/strict.xml evaluate strict
is "no rule is only informational" "$(grep -c ' informational$' "$work/results-strict")" 0
sed 's|<value>medium</value>|<value>grave</value>|' "$benchmark" >"$work/xccdf/wrong.xml"
benchmark=$work/xccdf/wrong.xml evaluate wrong
is "no bar at all is an error of each" "$(cut -d ' ' -f 2 "$work/results-wrong" | sort -u)" error

# the fix: of rules that failed only, and it repairs
oscap xccdf generate fix --fix-type bash --result-id "" "$work/results-first.xml" \
	>"$work/fix.sh" 2>"$work/err"
is "a script: $(cat "$work/err")" "$?" 0
is "of what failed" "$(grep -c '^# BEGIN fix' "$work/fix.sh")" \
	"$(grep -c ' fail$' "$work/results-first")"
check "bash reads it" bash -n "$work/fix.sh"
cp -a "$root" "$work/before"
bash "$work/fix.sh" >"$work/out" 2>&1 </dev/null
is "it runs" "$?" 0
is "R3 is gone" "$(find "$root/home" -name '*.pfx')" ""
sleep 3		# what was found then is not of the next run
evaluate after
is "and the rule passes" "$(grep '^stale-cached-intermediate' "$work/results-after")" \
	"stale-cached-intermediate pass"
is "what failed still" "$(grep ' fail$' "$work/results-after")" ""
is "which is compliance" "$status" 0

host remedied
evaluate remedied --remediate
is "--remediate" "$(grep '^stale-cached-intermediate' "$work/results-remedied" | tail -n 1)" \
	"stale-cached-intermediate fixed"
is "R3 is gone by it" "$(find "$root/home" -name '*.pfx')" ""

# the program's own results lead to the same script
host known
"$TRUSTDRIFT" check --quiet --exit-zero --root "$root" --db "$work/known.db" \
	--now "$outage_time" --format xccdf >"$work/own.xml"
oscap xccdf generate fix --fix-type bash --result-id "" "$work/own.xml" \
	>"$work/fix.sh" 2>"$work/err"
check "its own results have it, too" grep -q -e "--root $root .*--db $work/known.db" \
	"$work/fix.sh"

# from elsewhere, and without a program
"$TRUSTDRIFT" rules xccdf -o "$work/away.xml"
sed -i "s|<value>/[^<]*/trustdrift</value>|<value>$program</value>|" \
	"$work/away.xml"
benchmark=$work/away.xml evaluate elsewhere
is "from another directory" \
	"$(grep '^stale-cached-intermediate' "$work/results-elsewhere")" \
	"stale-cached-intermediate fail"
rm "$program"
evaluate none
is "nobody to ask is an error of each" \
	"$(cut -d ' ' -f 2 "$work/results-none" | sort -u)" error
is "which is told" "$status" 2
finish
