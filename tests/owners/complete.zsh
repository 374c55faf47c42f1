# complete.zsh DIRECTORY LINE ... -- what the real zsh, with the completion function
# in DIRECTORY, would insert for each line.  Completion runs in a line editor only,
# so a second zsh has one on a pseudo-terminal.  What is typed there may be echoed,
# and does not look like an answer.
zmodload zsh/zpty
directory=$1
shift
zpty z zsh -f -i
zpty -w z "stty -echo; PS1=''; fpath=(${(q)directory} \$fpath); autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' menu no; setopt no_list_beep"
zpty -w z "show() { print -r -- \"@\"\"@<\$BUFFER>\"; BUFFER='' }; zle -N show; bindkey '^X' show; unsetopt auto_list list_ambiguous"
sleep 1
for line; do
	zpty -w -n z "$line"$'\t\x18\r'
	zpty -r -m z answer '*@@<*>*'
	answer=${answer##*@@<}
	print -r -- "$line -> ${answer%%>*}"
done
zpty -d z
