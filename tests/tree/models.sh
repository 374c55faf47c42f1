#!/bin/sh
# models.sh -- every path model that a relying party names is there, and every
# one that is there is in the list that is built.
: "${srcdir:=.}"
cd "$srcdir" || exit 1
status=0
defined=$(sed -n 's/^	\.id = "\(.*\)",$/\1/p' src/graph/model-*.c | sort)
named=$(sed -n 's/.*[ 	]model="\([^"]*\)".*/\1/p' data/relying-parties/*.xml |
	sort -u)
[ -n "$defined" ] && [ -n "$named" ] || exit 1
for model in $named; do
	printf '%s\n' "$defined" | grep -qxF -e "$model" || {
		echo "a relying party has the model $model, which is not there"
		status=1
	}
done
twice=$(printf '%s\n' "$defined" | uniq -d)
[ -z "$twice" ] || {
	echo "two models are called $twice"
	status=1
}
# shellcheck disable=SC2013 # words
for symbol in $(sed -n 's/^const struct path_model model_\([a-z0-9_]*\) = {$/\1/p' \
	src/graph/model-*.c); do
	grep -qxF "MODEL($symbol)" src/graph/models.def || {
		echo "src/graph/models.def has no $symbol"
		status=1
	}
done
exit $status
