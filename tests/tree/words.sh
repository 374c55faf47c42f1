#!/bin/sh
# words.sh -- nothing in the tree promises something for later, or names the
# place where somebody worked on it.
: "${srcdir:=.}"
cd "$srcdir" || exit 1
status=0
files=$(find . \( -name .git -o -name build -o -name autom4te.cache -o \
	-name build-aux -o -name _build -o -name _inst -o -name m4 \) -prune -o -type f ! -name configure \
	! -name 'configure~' ! -name '*.m4' ! -name 'Makefile.in*' ! -name '*.pfx' ! -name '*.in' ! -name words.sh -print)
# shellcheck disable=SC2086 # names without spaces
found=$(grep -nIE '\<(TODO|FIXME|XXX|HACK|not implemented)\>' $files /dev/null)
[ -z "$found" ] || { echo "promises:"; echo "$found"; status=1; }
# shellcheck disable=SC2086
found=$(grep -nIE '(^|[^a-z.])/(wor[k]|far[m]|hom[e]/[a-z]*bot)/|registry\.[a-z]+\.|deb\.debian|\.librar[y]' $files /dev/null)
[ -z "$found" ] || { echo "a workplace:"; echo "$found"; status=1; }
# shellcheck disable=SC2086
found=$(grep -lIF '../shared' $files /dev/null | grep -v '^\./tests/')
[ -z "$found" ] || { echo "material outside the tree:"; echo "$found"; status=1; }
exit $status
