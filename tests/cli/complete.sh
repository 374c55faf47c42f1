#!/bin/sh
# complete.sh -- what the shells' completion is given: every command, every option
# of each, every word of an option's argument, and what is looked up.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

# given WORD ...: the candidates for the last word, without what they are
given() {
	"$TRUSTDRIFT" complete -- "$@" 2>"$work/err" | cut -f 1
	[ ! -s "$work/err" ] || fail "complete $*: $(cat "$work/err")"
}

# options: the long ones of the --help on standard input
options() { sed -n 's/^  \(-., \|    \)\(--[a-z0-9-]*\).*/\2/p' | sort; }

commands=$("$TRUSTDRIFT" --help |
	sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
is "commands" "$(given '')" "$commands"
is "a command" "$(given au)" audit
is "no command" "$(given xyzzy '')" ""
is "words" "$("$TRUSTDRIFT" complete -- pru)" \
	"$(printf 'prune\tdelete old scans, or what fix scripts kept')"
is "options before the command" "$(given - | sort)" \
	"$("$TRUSTDRIFT" --help | options)"
for command in $commands; do
	is "options of $command" "$(given "$command" - | sort)" \
		"$("$TRUSTDRIFT" "$command" --help | options)"
done
is "operands behind --" "$(given audit -- --f)" ""

# A word that is offered is one that is taken.
tried=0
for command in audit fix explain; do
	set --
	for option in $(given $command --); do
		case $option in
		--help | --version | --report | --rule | --party | --store) ;;
		*)
			# shellcheck disable=SC2046 # words
			set -- "$@" $(given $command "$option=" | grep '=.')
			;;
		esac
	done
	check "$command: $*" "$TRUSTDRIFT" $command "$@" --help >/dev/null
	tried=$((tried + $#))
done
[ "$tried" -ge 25 ] || fail "only $tried words of options were tried"
for word in $(given audit --format ''); do
	"$TRUSTDRIFT" audit --format "$word" one-too-many 2>"$work/err" \
		>"$work/out" || :
	is "format $word" "$(grep -c 'unknown format' "$work/err")" 0
done
is "the option's word" "$(given audit --format=js)" "--format=json
--format=jsonl"
is "the next word" "$(given audit --format js)" "json
jsonl"
is "an abbreviated option" "$(given audit --col al)" always
is "a letter's argument" "$(given audit -c hi)" high
is "the same in one word" "$(given audit -chi)" -chigh
is "words with a colon" "$(given audit --fail-on new:m)" new:medium
is "a number" "$(given audit --wait '')" ""
is "a file" "$(given audit -o /et)" ":files 0"
is "a directory behind =" "$(given audit --root=/et)" ":directories 7"
is "a report's format" "$(given audit --report jso)" "json:
jsonl:
:more"
is "a report's file" "$(given audit --report=json:x)" ":files 14"

# operands, by the usage
is "show" "$(given show '' | tr '\n' '|')" "$("$TRUSTDRIFT" show --help |
	sed -n '/^$/q; s/^Usage: [^]]*\] //; p' | tr -s ' ' '\n' |
	sed -n '/^[a-z]/p' | tr '\n' '|')"
is "show rules" "$(given show rules duplicate)" duplicate-entry
is "show rules, and no more" "$(given show rules duplicate-entry '')" ""
is "policy" "$(given policy '')" "init
check"
is "policy check" "$(given policy check '')" ":files 0"
is "policy init" "$(given policy init '')" ""
is "rules check" "$(given rules check one '')" ":files 0"
is "rules new" "$(given rules new '')" ""
is "audit" "$(given audit '')" ""
is "audit --crawl" "$(given audit --crawl /one '')" ":directories 0"
is "query" "$(given query '')" ""

# what is looked up, where the line says
root=$work/root
host_new "$root"
host_root_ca "$root" "$srcdir/tests/hosts/certificates/dst-2021/dst-root-ca-x3.pem"
host_update "$root"
is "no inventory" "$(given --db "$work/none.db" fix '')" ""
[ ! -e "$work/none.db" ] || fail "an inventory was made"
audit "$root" --db "$work/one.db" --now 2026-01-01T00:00:00Z
ids=$(/usr/bin/python3 -I -c '
import json, sys
print("\n".join(sorted(f["id"] for f in json.load(open(sys.argv[1]))["findings"] if f["status"] == "found")))' \
	"$work/report.json")
[ -n "$ids" ] || fail "nothing was found"
is "findings" "$(given --db "$work/one.db" fix '' | sort)" "$ids"
is "several findings" "$(given --db "$work/one.db" waive 123456 '' | sort)" "$ids"
first=$(printf '%s\n' "$ids" | sed -n 1p)
is "one finding" "$(given --db="$work/one.db" fix "${first%????????}")" "$first"
check "a store" [ "$(given fix --db "$work/one.db" --store /etc/ssl/certs/ca)" = \
	/etc/ssl/certs/ca-certificates.crt ]
# Users name the places of their stores, and what is completed is run.
# shellcheck disable=SC2016 # as it stands
odd='/home/ann/.mozilla/firefox/$(touch gone)'
mkdir -p "$root$odd" "$root$odd $(printf '\342\200\256')"
echo a >"$root$odd/cert9.db"
echo a >"$root$odd $(printf '\342\200\256')/cert9.db"
audit "$root" --db "$work/odd.db"
is "an odd name, and not one that cannot be seen" \
	"$(given fix --db "$work/odd.db" --store /home/ann)" "$odd/cert9.db"
if command -v bash >/dev/null; then
	line="trustdrift fix --db $work/odd.db --store /home/ann"
	# shellcheck disable=SC2016 # as bash has it
	is "bash quotes it" "$(PATH=${TRUSTDRIFT%/*}:$PATH bash --norc -c '
		source "$1"
		COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=($2)
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_trustdrift 2>/dev/null
		cd "$3" && eval "set -- ${COMPREPLY[0]}"
		printf "%s\n" "$@"
	' bash "$srcdir/data/completions/bash/trustdrift" "$line" "$work")" \
		"$odd/cert9.db"
	[ ! -e "$work/gone" ] || fail "bash ran what a user wrote"
fi
is "where" "$(given preview --db "$work/one.db" --in s)" system
is "a scan" "$(given diff --db "$work/one.db" '')" 1
is "a party" "$(given show --db "$work/one.db" parties openss)" openssl
mkdir -p "$work/config/rules.d"
echo 'no rule' >"$work/config/rules.d/broken.xml"
is "rules that cannot be read" "$(given --config "$work/config" show rules '')" ""
echo 'no inventory' >"$work/broken.db"
is "an inventory that cannot be read" "$(given --db "$work/broken.db" fix '')" ""
finish
