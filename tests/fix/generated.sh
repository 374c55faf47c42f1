#!/bin/sh
# generated.sh -- the script of every recipe, alone and all in one, is what the
# linters want: dash -n, shellcheck -S style, checkbashisms.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
command -v shellcheck >/dev/null || skip "shellcheck is missing"

lint_all() { # lint_all WHAT SCRIPT
	ok "$1: dash -n" dash -n "$2"
	ok "$1: shellcheck" shellcheck -S style "$2"
	if command -v checkbashisms >/dev/null; then
		ok "$1: checkbashisms" checkbashisms --posix --force "$2"
	fi
}

# a finding that has whatever a recipe may ask for
of() { # of NUMBER RECIPE
	finding "$1" "$2" /etc/a.pem sha256 "$(sha256_of root)" label 'it'\''s' \
		sha1 0123456789012345678901234567890123456789 \
		store_path /etc/a.pem store_kind a-kind offset 17 name "A CA"
}

n=0
for recipe in "$srcdir"/data/recipes/*.xml; do
	grep -q '<recipe ' "$recipe" || continue
	recipe=${recipe##*/}
	root_new
	pem root >"$root/etc/a.pem"
	of 1 "${recipe%.xml}"
	make
	is "$recipe has a step" "$steps" 1
	n=$((n + 1))
	# Alone, because a function that one recipe calls with an argument and
	# another without is fine in the script that has both.
	ok "$recipe: dash -n" dash -n "$work/fix.sh"
	ok "$recipe: shellcheck" shellcheck -S style "$work/fix.sh"
	if [ -n "${EVERY:-}" ] && command -v checkbashisms >/dev/null; then
		ok "$recipe: checkbashisms" checkbashisms --posix --force \
			"$work/fix.sh"
	fi
	run --list
	is "$recipe: --list" "$status" 0
	said "$recipe: --list says why" '^    [A-Z].*\.$'
done
ok "all recipes were there: $n" [ "$n" -gt 15 ]
root_new
pem root >"$root/etc/a.pem"
i=0
for recipe in "$srcdir"/data/recipes/*.xml; do
	grep -q '<recipe ' "$recipe" || continue
	i=$((i + 1))
	recipe=${recipe##*/}
	of "$i" "${recipe%.xml}"
done
make
is "a script with all of them" "$steps" "$n"
lint_all "all of them" "$work/fix.sh"
command -v checkbashisms >/dev/null ||
	echo "NOT TESTED: checkbashisms (devscripts) is missing"
finish
