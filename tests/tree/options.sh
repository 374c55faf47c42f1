#!/bin/sh
# options.sh -- the options and commands of --help are those of trustdrift(1),
# with the same letters and arguments.
: "${srcdir:=.}" "${TRUSTDRIFT:?the program to test}"
page=$srcdir/man/trustdrift.1
status=0
LC_ALL=C
export LC_ALL

# "  -o, --output FILE   words" of --help, as "-o --output file"
of_help() {	# HEADING
	awk -v heading="$1" '
		/^[^ ]/ { inside = $0 == heading; next }
		inside && /^  (-., |    )--/ {
			line = substr($0, 3)
			sub(/^    /, "", line)
			sub(/,/, "", line)
			n = split(line, words, " ")
			out = ""
			for (i = 1; i <= n; i++) {
				# the explanation begins behind two blanks
				if (words[i] !~ /^-/ && words[i] !~ /^[A-Z:]+$/)
					break
				if (words[i] !~ /^-/)
					words[i] = tolower(words[i])
				out = out (i > 1 ? " " : "") words[i]
			}
			print out
		}' | sort
}

# ".It Fl o Ar file , Fl -output Ar file" of the page, as "-o --output file"
of_page() {	# MACRO NAME
	awk -v macro="$1" -v name="$2" '
		$1 == ".Sh" || ($1 == ".Ss" && macro == ".Ss") {
			inside = 0
			for (i = 2; i <= NF && $1 == macro; i++) {
				word = $i
				sub(/,$/, "", word)
				inside = inside || word == name
			}
			next
		}
		inside && /^\.It Fl / {
			short = ""
			long = ""
			argument = ""
			for (i = 2; i < NF; i++) {
				if ($i == "Fl" && $(i + 1) ~ /^-/)
					long = "-" $(i + 1)
				else if ($i == "Fl")
					short = "-" $(i + 1) " "
				else if ($i == "Ar")
					argument = " " $(i + 1)
			}
			print short long argument
		}' "$page" | sort
}

compare() {	# WHAT HELP PAGE
	[ "$2" = "$3" ] && return 0
	printf '%s: --help has\n%s\nand %s has\n%s\n' "$1" "$2" "$page" "$3"
	status=1
}

global=$("$TRUSTDRIFT" --help | of_help "Options of every command:")
[ "$(echo "$global" | wc -l)" -ge 9 ] || {
	echo "--help was not understood: $global"
	exit 1
}
compare "every command" "$global" "$(of_page .Sh OPTIONS)"

commands=$("$TRUSTDRIFT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]\{1,\}\) .*/\1/p')
of_commands=$(sed -n 's/^\.Ss //p' "$page" | tr -d , | tr ' ' '\n')
compare "the commands" "$commands" "$of_commands"

tried=0
for command in $commands; do
	help=$("$TRUSTDRIFT" "$command" --help) || status=1
	compare "$command" "$(echo "$help" | of_help "Options:")" \
		"$(of_page .Ss "$command")"
	compare "global options of $command" "$global" \
		"$(echo "$help" | of_help "Options of every command:")"
	tried=$((tried + 1))
done
[ "$tried" -ge 8 ] || {
	echo "only $tried commands seen"
	status=1
}

# what is shown
words=$("$TRUSTDRIFT" show --help | sed -n '/^$/q; s/^Usage: [^]]*\] //; p' | tr -s ' |' '\n' |
	sed -n '/^[a-z]/p' | sort)
of_page=$(awk '$1 == ".Ss" { inside = $2 == "show" }
	inside && $1 == ".It" && $2 == "Cm" { print $3 }' "$page" | sort)
compare "show" "$words" "$of_page"
exit $status
