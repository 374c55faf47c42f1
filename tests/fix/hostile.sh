#!/bin/sh
# hostile.sh -- names that look like code, options, patterns or comments are
# data in a script, and names that nobody could read are not in it.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
root_new
mkdir "$root/h" "$work/cwd"
cd "$work/cwd" || exit 1

# As make-script reads them: a backslash is written twice.
cat >"$work/names" <<'END-OF-NAMES'
plain
 spaces around 
two  spaces
-rf
--
-
a\\
\\
a\\'b
it's
'
''
'"'"'
"q"
$(touch code)
`touch code`
'$(touch code)'
'; touch code; '
${HOME}
$0
*
?[a-z]*
~root
a;touch code
a|b&c<d>e
#comment
!x
EOT
END
shellcheck disable=all
\\n
%s%n%1$s
{1..3}
=
a=b
’curly‘ “quotes„
nb sp
é
Ünï–—日本
🔒
END-OF-NAMES

# Bytes that cannot be shown, or show something else than they are.
cat >"$work/unreadable" <<'END'
new\nline
\n
ends with newline\n
tab\there
\x01
\x1b[31mred
\x7f
\x80
\xff\xfe
\xc3
\xc0\xaf
\xed\xa0\x80
\xc2\x85
\xe2\x80\xae reversed
\xe2\x80\x8bzero width
\xe2\x81\xa6isolate
\xef\xbb\xbfmark
\xe2\x80\xa8separator
END

n=0
while IFS= read -r name; do
	n=$((n + 1))
	file=$(printf '%s.' "$name" | sed 's/\\\\/\\/g')
	printf 'entry %d\n' $n >"$root/h/${file%?}"
	finding $n remove-file "/h/$name" name "$name" label "$name" rule "$name"
done <"$work/names"
ok "the table was read" [ $n -gt 35 ]
is "as many files" "$(find "$root/h" -type f | wc -l)" $n
make
is "a step for each" "$steps" $n
before=$(listing)
run --yes
is "status" "$status" 0
is "all are gone" "$(find "$root/h" -type f | wc -l)" 0
run --yes
said "again" "$n already done"
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "bit for bit" "$(listing)" "$before"
run --list
is "--list" "$(grep -c '^    finding ' "$work/out")" $n
is "nothing ran" "$(find "$work/cwd" "$root" -name code -prune -o \
	-name 'PWNED*' -print)" ""
ok "nothing ran here" [ ! -e "$work/cwd/code" ]

# Unreadable paths have no step.  Unreadable labels and names are no reason to
# have none, they are escaped.
: >"$work/findings"
m=0
while IFS= read -r name; do
	m=$((m + 1))
	finding $m remove-file "/h/$name" name "$name"
	finding $((m + 100)) certutil-delete /h/plain label "$name" \
		sha256 "$(sha256_of root)" name "$name" store_path "/h/$name"
done <"$work/unreadable"
ok "the table was read" [ $m -gt 15 ]
make
is "one step, for /h/plain" "$steps" 1
is "the others are listed" "$(grep -c \
	'not fixable here: its location cannot be written' "$work/fix.sh")" $m
is "all in comments" "$(grep -c 'not fixable here' "$work/fix.sh")" \
	"$(grep -c '^# *not fixable here' "$work/fix.sh")"
ok "no byte that cannot be read" \
	[ "$(LC_ALL=C tr -d '\n\t[:print:]' <"$work/fix.sh" | wc -c)" -eq 0 ]

# What is no hash, and findings without what their recipe needs.
: >"$work/findings"
finding 1 keytool-delete /h/plain sha256 "x' ; touch code ; '"
finding 2 keytool-delete /h/plain sha256 "$(sha256_of root | tr a-f A-F)"
finding 3 keytool-delete /h/plain
finding 4 no-such-recipe /h/plain
finding 5 remove-file /h/missing
finding 6 remove-file /h
printf 'id %032x\nrule r\nno_fix upgrade it;\\ntouch code\n' 7 \
	>>"$work/findings"
make
is "no step" "$steps" 0
for reason in 'its sha256 is no hash' 'the finding has no sha256' \
	'the recipe no-such-recipe is not there' 'it is not there any more' \
	'it is not a regular file' 'upgrade it;\\ntouch code'; do
	ok "$reason" grep -q "^#       not fixable here: $reason" "$work/fix.sh"
done
run --yes
is "nothing to do" "$status" 0
cd / || exit 1
finish
