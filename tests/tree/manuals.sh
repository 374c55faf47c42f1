#!/bin/sh
# manuals.sh -- the manual pages are free of errors, and the tables in them are
# those of the program.
: "${srcdir:=.}" "${TRUSTDRIFT:?the program to test}"
command -v mandoc >/dev/null || {
	echo "SKIPPED, NOT TESTED: mandoc is missing"
	exit 77
}
status=0
for page in "$srcdir"/man/*.[0-9]; do
	mandoc -Tlint -Wwarning "$page" || status=1
done
for word in $("$TRUSTDRIFT" show rules --format tsv | sed '1d' | cut -f 1); do
	grep -q "$word" "$srcdir/man/trustdrift.1" "$srcdir/man/trustdrift-rules.5" || {
		echo "the rule $word is in no manual page"
		status=1
	}
done

# trustdrift-formats(7) has the formats of reports
for word in $("$TRUSTDRIFT" show formats --format tsv |
	awk -F '\t' '$2 == "report" { print $1 }'); do
	grep -qx "\.It Cm $word.*" "$srcdir/man/trustdrift-formats.7" || {
		echo "the format $word is not in trustdrift-formats(7)"
		status=1
	}
done

# trustdrift-stores(5) has the formats and kinds that the program has.
page=$srcdir/man/trustdrift-stores.5
made=$(sh "$srcdir/tests/tools/make-store-tables.sh" <"$page") || status=1
printf '%s\n' "$made" | diff "$page" - || {
	echo "$page lacks the above: see tests/tools/make-store-tables.sh"
	status=1
}
# and all elements and attributes of the schemas
# shellcheck disable=SC2013 # words
for word in $(sed -n 's/.*<\(element\|attribute\) name="\([a-z-]*\)".*/\2/p' \
	"$srcdir/data/schema/stores.rng" \
	"$srcdir/data/schema/relying-party.rng"); do
	grep -qE "^\\.(It |)(Va|Ic) (.*, )?$word( |\$)" "$page" || {
		echo "$word is not explained in $page"
		status=1
	}
done
exit $status
