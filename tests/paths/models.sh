#!/bin/sh
# models.sh -- every path model says what the real client said, in every world of
# this folder (verdicts.json), but for what tests/paths/differences lists with
# the reason; and what is listed there does differ.
: "${srcdir:=.}" "${builddir:=.}"
command -v python3 >/dev/null || {
	echo "SKIPPED, NOT TESTED: python3 is missing"
	exit 77
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
paths=$srcdir/tests/paths/paths.py

python3 "$paths" driver >"$work/cases" &&
	"${PATH_DRIVER:-$builddir/tests/path-driver}" "$work/cases" \
		>"$work/answers" || exit 1
# 1: something differs, which is what is looked at here
python3 "$paths" models "$work/answers" >"$work/said"
[ $? -le 1 ] || exit 1
grep ' cases, [0-9]* verdicts and ' "$work/said" >"$work/counts"
cat "$work/counts"
grep -v ' cases, [0-9]* verdicts and ' "$work/said" | LC_ALL=C sort >"$work/is"
grep -v '^#' "$srcdir/tests/paths/differences" | grep . |
	LC_ALL=C sort >"$work/listed"
status=0
LC_ALL=C comm -23 "$work/is" "$work/listed" >"$work/new"
LC_ALL=C comm -13 "$work/is" "$work/listed" >"$work/gone"
[ ! -s "$work/new" ] || {
	echo "differs and is not in tests/paths/differences:"
	cat "$work/new"
	status=1
}
[ ! -s "$work/gone" ] || {
	echo "is in tests/paths/differences and does not differ:"
	cat "$work/gone"
	status=1
}
# Every client whose model is known was compared, in all the worlds that it was
# asked about, and a model that has been verified has such a client.
python3 - "$srcdir/tests/paths/verdicts.json" "$work/answers" \
	"$work/counts" <<'EOF' || status=1
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    verdicts = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    models = set(json.load(file)[0]["models"])
with open(sys.argv[3], encoding="utf-8") as file:
    compared = {line.split()[0]: int(line.split()[2]) for line in file}
good = bool(compared)
for client, about in verdicts["clients"].items():
    asked = sum(client in group["clients"].split()
                for groups in verdicts["cases"].values() for group in groups)
    if about["model"] not in models:
        print("%s: there is no model %s" % (client, about["model"]))
        good = False
    elif compared.get(client) != asked:
        print("%s: %s of %d worlds compared" % (client, compared.get(client),
                                                asked))
        good = False
sys.exit(0 if good else 1)
EOF
exit $status
