#!/bin/sh
# scripts.sh -- every shell script we ship passes shellcheck and dash -n.
: "${srcdir:=.}"
command -v shellcheck >/dev/null || {
	echo "SKIPPED, NOT TESTED: shellcheck is missing"
	exit 77
}
cd "$srcdir" || exit 1
status=0
set --
for f in bootstrap .ci/run data/its/xgettext data/hooks/after-update.in data/hooks/update.d.in \
	data/hooks/notify-mail data/xccdf/trustdrift-sce \
	debian/tests/smoke debian/trustdrift.postinst debian/trustdrift.postrm \
	data/examples/puppet/facts.d/trustdrift tests/owners/run tests/bench/run \
	tests/fuzz/campaign $(find tests data -name '*.sh' | sort); do
	[ -e "$f" ] || continue
	set -- "$@" "$f"
	dash -n "$f" || status=1
done
# files that are sourced are looked at with what sources them, too; all at a time
# takes two thirds
shellcheck -x -S style "$@" || status=1
echo "$# scripts"
[ "$#" -gt 5 ] || status=1
exit $status
