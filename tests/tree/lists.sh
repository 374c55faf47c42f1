#!/bin/sh
# lists.sh -- every file of the tree is in the list that builds, installs,
# translates or distributes it.
: "${srcdir:=.}"
cd "$srcdir" || exit 1
status=0

listed() { # listed LIST FILE ...
	list=$1
	shift
	for f in "$@"; do
		[ -e "$f" ] || continue
		# by its name or with the folder that it is in
		grep -qF -e "$f" -e "	${f%/*} \\" "$list" || {
			echo "$f is not in $list"
			status=1
		}
	done
}
listed Makefile.am src/*.c src/*.h src/*/*.c src/*/*.h
listed data/data.am data/*/*.xml data/*/*.rng data/*/*.sql data/*/*.json \
	data/*/*.csv data/*/*.sh data/*/*-sce data/examples/*/*.* data/examples/*/*/* data/*/*.its data/*/*.loc data/*/README data/*/*.pem
listed man/man.am man/*.[0-9]
listed data/hooks.am data/hooks/*
# programs are listed without .c
for f in tests/*/*.c; do
	grep -qF "${f%.c}" tests/tests.am || {
		echo "$f is not in tests/tests.am"
		status=1
	}
done
listed tests/tests.am tests/*/*.sh

# what is shown to people is translated
# shellcheck disable=SC2013 # words
for f in $(grep -lE '\<(_|N_|ngettext)\("' src/*.c src/*/*.c src/*/*.h); do
	case $f in src/base/base.h | src/read/read.h | src/syntax/syntax.h | src/output/output.h) continue ;; esac
	grep -qxF "$f" po/POTFILES.in || {
		echo "$f is not in po/POTFILES.in"
		status=1
	}
done
listed po/POTFILES.in data/rules/*.xml data/recipes/*.xml data/stores/*.xml \
	data/relying-parties/*.xml
# shellcheck disable=SC2013 # words
for f in $(grep -v '^#' po/POTFILES.in); do
	[ -e "$f" ] || {
		echo "po/POTFILES.in has $f, which is not there"
		status=1
	}
done

# install refuses to write a file twice, and two authors may add one each
for f in data/data.am po/POTFILES.in; do
	grep -o '[a-z0-9.][^ 	]*/[^ 	]*' $f | grep -v '[()]' | sort | uniq -d |
		sed "s|^|$f has twice: |" | grep . && status=1
done

# the readers on disk are the words in Makefile.am and the folders of fixtures
# shellcheck disable=SC2013 # words
for f in $(grep -lE '^const struct reader [a-z0-9_]+_reader = ' src/read/*.c); do
	grep -q "read/${f##*/}" Makefile.am || {
		echo "$f is no word of reader_files"
		status=1
	}
done
# whatever git has of the tests is distributed, by its name or with a folder
if git ls-files tests >/dev/null 2>&1; then
	git ls-files tests | awk '
		NR == FNR { for (i = 1; i <= NF; i++) listed[$i] = 1; next }
		{
			for (path = $0; path ~ /\//; sub(/\/[^\/]*$/, "", path))
				if (path in listed || path ~ /[.](am|c)$/)
					next
			print $0 " is not in tests/tests.am"
			missing = 1
		}
		END { exit missing }' tests/tests.am - || status=1
fi
exit $status
