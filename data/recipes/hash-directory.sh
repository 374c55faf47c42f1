# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- directories that OpenSSL looks up by hash ----
#
# HASH.N are links to (or copies of) the files beside them; OpenSSL asks for .0,
# .1 and so on and stops at the first that is missing.  `openssl rehash` takes
# all links away before it makes them anew, and whoever connects meanwhile fails;
# so it works on a copy here, and only what differs is changed, each link at once.

# A directory $work/hashed with what the links of DIRECTORY should be: files of
# the endings that rehash knows, whatever they lead to in the root.
hashed_copy() {	# DIRECTORY
	workspace && rm -rf -- "$work/hashed" && mkdir -- "$work/hashed" &&
		safely "$1" last && hash_real=${followed#"$root"} &&
			enter_directory "$hash_real" ||
		return 1
	hash_files=''
	for entry in *; do
		case $entry in
		*[[:cntrl:]]*) continue ;;
		*.pem | *.crt | *.cer | *.crl) ;;
		*) continue ;;
		esac
		if follow "$hash_real/$entry" last && [ -f "$followed" ]; then
			cat -- "$followed" >"$work/hashed/$entry" || return 1
			[ -n "$hash_files" ] || [ "$(grep -c -e \
				'-----BEGIN [A-Z0-9 ]*CERTIFICATE-----' -- \
				"$work/hashed/$entry")" != 1 ] || hash_files=yes
		fi
	done
	# Status 1 says only that some file was none; an OpenSSL that has no rehash
	# makes no link at all.
	openssl rehash "$work/hashed" >"$work/rehash" 2>&1 || :
	for entry in "$work/hashed"/*.[r0-9]*; do
		[ ! -L "$entry" ] || hash_files=''
	done
	if [ -n "$hash_files" ]; then
		why="openssl rehash makes no links: $(head -n 1 "$work/rehash")"
		return 1
	fi
	enter_directory "$hash_real"
}

# The links of the working directory that lead nowhere, by name.
dangling_links() {
	for link in *; do
		case $link in
		*[[:cntrl:]]*) continue ;;
		[0-9a-f]*.[0-9r]*) ;;
		*) continue ;;
		esac
		[ ! -L "$link" ] || {
			follow "$hash_real/$link" last && [ -e "$followed" ]
		} || printf '%s\n' "$link" || return 1
	done
}

# The hash names that are not reached, because a number before them is missing.
gapped_links() {
	find . -maxdepth 1 -name '*.[r0-9]*' | sed 's|^\./||' |
		grep -E '^[0-9a-f]{8}\.r?[0-9]+$' |
		sed -E 's/^([0-9a-f]{8}\.r?)([0-9]+)$/\1 \2/' |
		sort -k 1,1 -k 2,2n |
		awk '$1 != last { next_one = 0; last = $1; gap = 0 }
			$2 != next_one { gap = 1 }
			gap { print $1 $2 }
			{ next_one++ }'
}

# Names that a HASH link of the copy leads to and none of the directory does.
unlinked_files() {
	for link in "$work/hashed"/*.[r0-9]*; do
		[ -L "$link" ] || continue
		target=$(readlink -n -- "$link")
		base=${link##*/}
		base=${base%.*}.
		case ${link##*.} in
		r*) base=${base}r ;;
		esac
		is_linked "$base" "$target" ||
			printf '%s\t%s\n' "$base" "$target" || return 1
	done
}

# Does a name BASE + NUMBER lead to the same content as TARGET?
is_linked() {	# BASE TARGET
	for name in "$1"[0-9] "$1"[0-9][0-9]; do
		follow "$hash_real/$name" last && [ -f "$followed" ] &&
			cmp -s -- "$followed" "$work/hashed/$2" && return 0
	done
	return 1
}

# Makes the links what they should be: new ones behind those that are there,
# then away with what leads nowhere, then the gaps are closed, from the lowest
# number on, so that what was found before is found at every moment.
link_again() {
	unlinked_files >"$work/unlinked"
	while IFS='	' read -r base target <&3; do
		number=0
		while [ -e "./$base$number" ] || [ -L "./$base$number" ]; do
			number=$((number + 1))
		done
		replace_link "$target" "./$base$number" || return 1
	done 3<"$work/unlinked"
	dangling_links >"$work/dangling"
	while IFS= read -r link <&3; do
		rm -f -- "./$link" || return 1
	done 3<"$work/dangling"
	gapped_links >"$work/gapped"
	while IFS= read -r link <&3; do
		base=${link%%.*}.
		case $link in
		*.r*) base=${base}r ;;
		esac
		number=0
		while [ -e "./$base$number" ] || [ -L "./$base$number" ]; do
			number=$((number + 1))
		done
		mv -fT -- "./$link" "./$base$number" || return 1
	done 3<"$work/gapped"
}

# Keeps the directory, then links it again.  A copy that fails is put back.
relink() {	# DIRECTORY
	hash_real=$(inside "$1" last) && keep "$hash_real" || return 1
	before=$backup/files/$kept
	record '?' "$hash_real" || return 1
	if ! hashed_copy "$1" || ! link_again; then
		restore_tree "$before" "$hash_real" &&
			why="${why:-its links could not be made}: it is put back"
		return 1
	fi
	look_at "$root$hash_real"
	record "$state" "$hash_real"
}
