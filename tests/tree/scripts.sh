#!/bin/sh
# scripts.sh -- every shell script we ship passes shellcheck and dash -n.
: "${srcdir:=.}"
command -v shellcheck >/dev/null || {
	echo "SKIPPED, NOT TESTED: shellcheck is missing"
	exit 77
}
cd "$srcdir" || exit 1
status=0 n=0
for f in bootstrap .ci/run data/its/xgettext data/hooks/after-update.in data/hooks/update.d.in \
	data/hooks/notify-mail data/xccdf/trustdrift-sce \
	debian/tests/smoke debian/trustdrift.postinst debian/trustdrift.postrm \
	data/examples/puppet/facts.d/trustdrift tests/owners/run tests/bench/run \
	tests/fuzz/campaign $(find tests data -name '*.sh' | sort); do
	[ -e "$f" ] || continue
	n=$((n + 1))
	# files that are sourced are looked at with what sources them, too
	shellcheck -x -S style "$f" || status=1
	dash -n "$f" || status=1
done
echo "$n scripts"
[ "$n" -gt 5 ] || status=1
exit $status
