#!/bin/sh
# make-store-tables.sh -- the page of standard input, trustdrift-stores(5), with
# the lists of formats and kinds that $TRUSTDRIFT has:
#
#   sh tests/tools/make-store-tables.sh <man/trustdrift-stores.5 >new
: "${TRUSTDRIFT:?the program to ask}"

# tag and words, separated by a tab, as a list
list() {
	echo '.Bl -tag -width Ds -compact'
	sed 's/\\/\\e/g; s/^/.It Cm /; s/	\([.'\'']\)/	\\\&\1/' | tr '\t' '\n'
	echo '.El'
}
formats=$("$TRUSTDRIFT" show formats --format tsv |
	awk -F '\t' -v OFS='\t' '$2 == "store" {
		print $1, $3 ($4 != "" ? " (" $4 ")" : "") }' | list) || exit
empty=$(mktemp -d)	# nothing to look at, and nobody's own kinds
kinds=$("$TRUSTDRIFT" show stores --all --root "$empty" --config "$empty" \
	--format tsv) || exit
rmdir "$empty"
kinds=$(printf '%s\n' "$kinds" | sed 1d | cut -f 1,7 | list)

while IFS= read -r line; do
	case $line in
	'.\" '*' end') inside= ;;
	esac
	[ "${inside-}" ] || printf '%s\n' "$line"
	case $line in
	'.\" formats begin') inside=1; printf '%s\n' "$formats" ;;
	'.\" kinds begin') inside=1; printf '%s\n' "$kinds" ;;
	esac
done
