#!/bin/sh
# layers.sh -- a file includes its own folder's headers and those of the layers
# below, nothing else; and only some folders know some libraries.
: "${srcdir:=.}"
cd "$srcdir/src" || exit 1
status=0

below() {
	case $1 in
	base) echo base ;;
	library) echo base library ;;
	read) echo base library read ;;
	endpoint) echo base library read endpoint ;;
	syntax) echo base syntax ;;
	locate) echo base library syntax locate ;;
	inventory) echo base read locate inventory ;;
	scan) echo base read locate inventory scan ;;
	graph) echo base read locate inventory graph ;;
	rule) echo base read locate inventory scan graph rule ;;
	output) echo base library read locate inventory scan graph rule output ;;
	fix) echo base read locate inventory scan graph rule fix ;;
	fleet) echo base library read locate inventory scan graph rule output fleet ;;
	*) return 1 ;;
	esac
}

checked=0
for file in */*.c */*.h; do
	folder=${file%%/*}
	allowed=$(below "$folder") || {
		echo "src/$folder: a folder that layers.sh does not know"
		status=1
		continue
	}
	# shellcheck disable=SC2013 # words
	for header in $(sed -n 's/^#[ \t]*include "\([^"]*\)".*/\1/p' "$file"); do
		checked=$((checked + 1))
		case $header in
		*/*) used=${header%%/*} ;;
		*) used=$folder ;;
		esac
		case " $allowed " in
		*" $used "*) ;;
		*)
			echo "src/$file includes $header: $folder stands below it or beside it"
			status=1
			;;
		esac
		# a second header of another folder is that folder's own affair
		case $header in
		"$used/$used.h" | base/limits.h | read/readers.def | library/*) ;;
		*)
			[ "$used" = "$folder" ] || {
				echo "src/$file includes $header, which is private to src/$used"
				status=1
			}
			;;
		esac
	done
done
[ "$checked" -gt 50 ] || { echo "only $checked includes seen"; status=1; }

# only WHERE (a pattern of paths) may include HEADER
only() {
	bad=$(grep -lE "^#[ 	]*include (<|\"library/lib)$1" ./*.c ./*/*.[ch] |
		grep -vE "^\./($2)" || :)
	[ -z "$bad" ] || {
		echo "<$1> is not for:" "$bad"
		status=1
	}
}
only sqlite3 'inventory/|rule/|read/database|locate/packages-rpm|version|cmd-'
only libxml 'library/|locate/load.h|rule/|fix/|version' # its types
only xml2 'library/|locate/|output/markup' # its writer
only gnutls 'library/|read/x509|read/private-key|endpoint/|version'
only archive 'library/|read/unpack'
only nettle 'base/hash|read/|version'
only libpq 'fleet/postgres'
only jansson 'main|ansible-module|output/|fleet/|read/json|syntax/json|fix/json|fix/ansible|version'
exit $status
