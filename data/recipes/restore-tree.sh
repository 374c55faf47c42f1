# shellcheck shell=sh disable=SC2154	# a part of a script
# ---- directories that were kept as a whole ----

# Puts a directory back as it was kept, name by name, and removes the links
# that were made there since.
# What differs in type, mode, owner, time or target is told by two processes for
# all names (a name with a line end is nobody's here: it is left alone); only the
# contents of files that look alike have to be compared one by one.
restore_tree() {	# KEPT PATH
	follow "$2" last && cd -P -- "$followed" || return 1
	rm -f -- ./.trustdrift-new
	find . -type l | while IFS= read -r entry; do
		[ -e "$1/$entry" ] || [ -L "$1/$entry" ] || rm -f -- "$entry"
	done
	{
		all_about && echo && (cd -- "$1" && all_about)
	} | awk '
		/^$/ { kept = 1; next }
		!kept { there[$0]; next }
		{ print ($0 in there ? "alike" : "other") substr($0, index($0, "\t")) }' |
		while IFS= read -r line; do
			entry=${line#*	}
			if [ "${line%%	*}" = other ] || {
				[ ! -L "$entry" ] && [ -f "$entry" ] &&
					! cmp -s -- "$entry" "$1/$entry"
			}; then
				replace "$1/$entry" "$entry" || exit 1
			fi
		done && touch -r "$1" .
}

# Facts, a tab and the name of all that is below the working directory.
all_about() {
	find . -path '*
*' -prune -o ! -type d -exec stat -c '%F %a %u %g %y %N	%n' {} +
}
