# shellcheck shell=sh disable=SC2154	# a part of a script
# ---- directories that were kept as a whole ----

# Puts a directory back as it was kept, name by name, and takes away the links that
# were made there since; with "all" everything that was.  It goes on where a name
# cannot be put back, and fails in the end.
#
# What differs in type, mode, owner, time or target is told by two processes for
# all names (a name with a control character is nobody's here: it is left alone);
# only the contents of files that look alike have to be compared one by one.
#
# Somebody else may own the directory: each of those below it is entered anew.
restore_tree() {	# KEPT PATH [all]
	workspace && enter_directory "$2" || return 1
	tree=$PWD tree_kept=$1 tree_all=${3:-} tree_ended='' tree_failed=''
	clear_stage && enter_below '' || return 1
	# Two empty lines: both lists came to their end.
	{ all_about && echo && (cd -- "$1" && all_about) && echo; } | awk '
		/^$/ { kept++; next }
		{ name = substr($0, index($0, "\t") + 1) }
		!kept { there[$0]; order[n++] = name; next }
		{
			wanted[name]
			print (/^directory / ? "directory" : \
				$0 in there ? "alike" : "other") "\t" name
		}
		END {
			if (kept != 2) exit 1
			while (n-- > 0)
				if (!(order[n] in wanted))
					print "new\t" order[n]
			print "end\t."
		}' >"$work/restore" || return 1
	while IFS= read -r line <&4; do
		entry=${line#*	}
		restore_name "${line%%	*}" "${entry#./}" || tree_failed=yes
	done 4<"$work/restore"
	# The times of directories last.
	while IFS= read -r line <&4; do
		case $line in
		"directory	"*) ;;
		*) continue ;;
		esac
		entry=${line#*	}
		entry=${entry#.}
		enter_below "${entry#/}" && clear_stage &&
			touch -r "$tree_kept$entry" . || tree_failed=yes
	done 4<"$work/restore"
	[ "$tree_ended" = yes ] && [ -z "$tree_failed" ]
}

# Makes DIRECTORY below $tree the working directory, with no link on the way.
enter_below() {	# DIRECTORY
	below=$tree${1:+/$1}
	change_to "$below"
}

restore_name() {	# directory|alike|other|new|end NAME
	case $1:$2 in
	end:*)
		tree_ended=yes
		return 0
		;;
	directory:.) return 0 ;;
	*:*/*) enter_below "${2%/*}" ;;
	*) enter_below '' ;;
	esac || return 1
	base=./${2##*/}
	case $1 in
	directory)
		[ ! -L "$base" ] || rm -f -- "$base"
		[ -d "$base" ] || replace_directory "$tree_kept/$2" "$base"
		;;
	alike)
		if [ -L "$base" ] || [ ! -f "$base" ] ||
			cmp -s -- "$base" "$tree_kept/$2"; then
			return 0
		fi
		replace "$tree_kept/$2" "$base"
		;;
	other) replace "$tree_kept/$2" "$base" ;;
	new)
		if [ -L "$base" ]; then
			rm -f -- "$base"
		elif [ -z "$tree_all" ]; then
			return 0
		elif [ -d "$base" ]; then
			rmdir -- "$base"
		else
			rm -f -- "$base"
		fi
		;;
	esac
}

# Facts, a tab and the name of all that is below the working directory, directories
# first.
all_about() {
	find . \( -path '*[[:cntrl:]]*' -o -name .trustdrift-new \) -prune \
		-o -type d -exec stat -c '%F 	%n' {} + &&
		find . \( -path '*[[:cntrl:]]*' -o -name .trustdrift-new \) \
			-prune -o ! -type d -exec stat -c '%F %a %u %g %y %N	%n' {} +
}
