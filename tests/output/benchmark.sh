#!/bin/sh
# benchmark.sh -- the benchmark for OpenSCAP is what it asks for, as far as that can
# be told without it, and the script that it asks has a result for each state of a
# rule, of one audit.  OpenSCAP itself is asked by tests/owners/ask-oscap.sh.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v xmllint >/dev/null || skip "xmllint is missing"
sce=$srcdir/data/xccdf/trustdrift-sce

# ---- the benchmark --------------------------------------------------------------
"$TRUSTDRIFT" rules xccdf >"$work/benchmark.xml"
is "made" "$?" 0
check "in order" xmllint --noout "$work/benchmark.xml"
of() { grep -c "^ *<$1" "${2:-$work/benchmark.xml}"; }
rules=$("$TRUSTDRIFT" show rules --format tsv | sed 1d | wc -l)
rules=$((rules))
is "a Rule for each" "$(of 'Rule ')" "$rules"
is "with a Value of its name" "$(of 'Value ')" $((rules + 2))
is "that has an operator" "$(of 'Value .* operator="equals">')" $((rules + 2))
is "and one check" "$(of 'check ')" "$rules"
is "no platform" "$(of platform)" 0
is "the script beside it" \
	"$(grep -c '^ *<check-content-ref href="trustdrift-sce"/>$' "$work/benchmark.xml")" \
	"$rules"
# two of these on one line, and OpenSCAP passes over the second
is "lines of their own" \
	"$(grep -c '^ *<check-\(import\|export\) [^<]*/>$' "$work/benchmark.xml")" \
	$((4 * rules))
is "no export without its Value" "$(sed -n \
	's/.*<check-export value-id="\([^"]*\)".*/\1/p' "$work/benchmark.xml" | sort -u)" \
	"$(sed -n 's/.*<Value id="\([^"]*\)".*/\1/p' "$work/benchmark.xml" | sort)"
fixes=$(grep -c '<fix id=' "$work/benchmark.xml")
check "some have a fix: $fixes" [ "$fixes" -gt 5 ] && [ "$fixes" -lt "$rules" ]
sed -n '/<fix /,/<\/fix>/s/.*<fix [^>]*>//p' "$work/benchmark.xml" | sort -u >"$work/out"
is "which begins with an audit" "$(sed 's/.*trustdrift //' "$work/out")" \
	'audit --quiet --exit-zero &gt;/dev/null &amp;&amp;'
# the administrator's rules are in it, where they are named, and a way leads back
mkdir -p "$work/config/rules.d" "$work/deep/er"
sed 's/id="weak-anchor"/id="our-own"/' "$srcdir/data/rules/weak-anchor.xml" \
	>"$work/config/rules.d/our-own.xml"
(cd "$work/deep" &&
	"$TRUSTDRIFT" rules xccdf --config "$work/config" -o er/own.xml)
is "one more" "$(of 'Rule ' "$work/deep/er/own.xml")" $((rules + 1))
way=$(sed -n 's/.*<check-content-ref href="\([^"]*\)".*/\1/p' "$work/deep/er/own.xml" | sort -u)
case $way in
../*) pass ;;
*) fail "the way: $way" ;;
esac
check "leads to the script" [ "$work/deep/er/$way" -ef "$sce" ]
"$TRUSTDRIFT" rules xccdf -o "$work/missing/x.xml" 2>"$work/err"
is "no such directory" "$?" 1
check "which is told" grep -q 'missing/x.xml: cannot be written: No such' "$work/err"
"$TRUSTDRIFT" rules xccdf weak-anchor 2>/dev/null
is "one word too many" "$?" 64

# ---- the script -----------------------------------------------------------------
root=$work/host
host_outage "$root" --db "$work/db"
cat >"$work/program" <<END
#!/bin/sh
echo "\$1" >>"$work/calls"
exec "$TRUSTDRIFT" --root "$root" --db "$work/db" --now $outage_time "\$@"
END
chmod +x "$work/program"
# as a run of OpenSCAP: "rule bar" of each line of input; "rule result" comes out
cat >"$work/run" <<END
#!/bin/sh
while read -r rule bar; do
	env -i PATH=/bin:/sbin:/usr/bin:/usr/local/bin:/usr/sbin \\
		XCCDF_RESULT_PASS=101 XCCDF_RESULT_FAIL=102 XCCDF_RESULT_ERROR=103 \\
		XCCDF_RESULT_UNKNOWN=104 XCCDF_RESULT_INFORMATIONAL=108 \\
		XCCDF_TYPE_TRUSTDRIFT_RULE=STRING XCCDF_OPERATOR_TRUSTDRIFT_RULE=EQUALS \\
		XCCDF_VALUE_TRUSTDRIFT_PROGRAM="\${PROGRAM-$work/program}" \\
		XCCDF_VALUE_TRUSTDRIFT_RULE="\$rule" \\
		XCCDF_VALUE_TRUSTDRIFT_FAIL_ON="\$bar" \\
		"$sce" "$sce" >>"$work/said"
	echo "\$rule \$?"
done
END
run() {
	: >"$work/calls"
	: >"$work/said"
	printf '%s\n' "$@" | sh "$work/run" | sort | tr '\n' ' '
}
is "each state" "$(run 'stale-cached-intermediate medium' 'weak-anchor medium' \
	'private-anchor high' 'private-anchor info')" \
	"private-anchor 102 private-anchor 108 stale-cached-intermediate 102 weak-anchor 101 "
is "of one audit" "$(grep -c '^audit$' "$work/calls")" 1
check "what it is about" grep -q '^high, found: R3 is cached.*/home/ann/' "$work/said"
is "wrong words" "$(run 'no-such-rule medium' 'weak-anchor grave' ' medium' \
	'weak-anchor ; medium')" "medium 103 no-such-rule 103 weak-anchor 103 weak-anchor 103 "
check "are told" grep -q "there is no rule 'no-such-rule'" "$work/said"
# an audit of an earlier run does not count for one that begins later
sleep 2.1
is "another run" "$(run 'stale-cached-intermediate low')" \
	"stale-cached-intermediate 102 "
is "has an audit of its own" "$(grep -c '^audit$' "$work/calls")" 1
# nor does a scan, which has found nothing
"$work/program" scan --quiet
is "after a scan" "$(run 'stale-cached-intermediate low')" "stale-cached-intermediate 102 "
printf 'nothing' >"$root/etc/ssl/certs/ca-certificates.crt"
sleep 2.1
is "a store that cannot be read" "$(run 'expired-anchor medium')" "expired-anchor 104 "
is "no program" "$(PROGRAM=$work/missing run 'weak-anchor medium')" "weak-anchor 103 "
printf '#!/bin/sh\necho broken >&2\nexit 75\n' >"$work/program"
is "one that fails" "$(run 'weak-anchor medium')" "weak-anchor 103 "
is "says why" "$(cat "$work/said")" broken
finish
