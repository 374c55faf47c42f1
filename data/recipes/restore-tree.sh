# shellcheck shell=sh disable=SC2154	# a part of a script
# ---- directories that were kept as a whole ----

# Puts a directory back as it was kept, name by name, and removes the links
# that were made there since.
restore_tree() {	# KEPT PATH
	real=$(resolve "$2" last) && cd -P -- "$real" || return 1
	rm -f -- ./.trustdrift-new
	find . -type l | while IFS= read -r entry; do
		[ -e "$1/$entry" ] || [ -L "$1/$entry" ] || rm -f -- "$entry"
	done
	(cd -- "$1" && find . ! -type d) | while IFS= read -r entry; do
		if [ "$(about "$entry")" != "$(about "$1/$entry")" ] ||
			[ "$(state_of "$entry")" != "$(state_of "$1/$entry")" ]; then
			replace "$1/$entry" "$entry" || exit 1
		fi
	done && touch -r "$1" .
}
