# complete.bash LINE ... -- what the real bash, with bash-completion, would complete
# each line to: "LINE -> WORD ...".  Sourced functions do what readline calls; the
# line is cut into words as readline cuts it.
# shellcheck disable=SC1091
. /usr/share/bash-completion/bash_completion
_completion_loader trustdrift
function_of=$(complete -p trustdrift | sed 's/.*-F \([^ ]*\).*/\1/')
for line; do
	COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=()
	rest=$line last=gap
	while [[ -n $rest ]]; do
		if [[ $rest =~ ^[[:blank:]]+ ]]; then
			last=gap
		else
			[[ $rest =~ ^[=:]+ || $rest =~ ^[^[:blank:]=:]+ ]]
			COMP_WORDS+=("${BASH_REMATCH[0]}")
			last=word
		fi
		rest=${rest:${#BASH_REMATCH[0]}}
	done
	[[ $last == word ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	"$function_of" trustdrift
	echo "$line -> ${COMPREPLY[*]}"
done
