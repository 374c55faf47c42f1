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
exit $status
