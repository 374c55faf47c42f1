#!/bin/sh
# languages.sh -- what people read is in their language, and what programs read is
# the same in every language, byte for byte.
#
# Which locale has translations?  glibc looks for none in C, and newer ones for none
# in C.UTF-8 either; any other with UTF-8 will do with LANGUAGE, and where there is
# none localedef makes one.
: "${srcdir:=.}"
. "$srcdir/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
now=2021-09-25T00:00:00Z

in_german() { # in_german COMMAND ...
	LANGUAGE=de LC_ALL="$locale" "$@"
}
in_english() {
	LANGUAGE=C LC_ALL=C.UTF-8 "$@"
}

has_german() {
	in_german "$TRUSTDRIFT" --help 2>/dev/null | grep -q '^Aufruf: '
}
find_locale() {
	for locale in C.UTF-8 $(locale -a 2>/dev/null | grep -i 'utf-\{0,1\}8$'); do
		has_german && return 0
	done
	LOCPATH=$work/locales
	export LOCPATH
	mkdir "$LOCPATH"
	locale=de_DE.UTF-8
	localedef -i de_DE -f UTF-8 "$LOCPATH/$locale" >/dev/null 2>&1
	has_german
}
[ -e "${builddir:?the build}/locale/de/LC_MESSAGES/trustdrift.mo" ] || {
	echo "this build has no translations"
	exit 77
}
find_locale || {
	echo "this system has no locale but C, and localedef (package locales) makes none"
	exit 77
}

# a host of which there is something to say
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem" "$good/dst-root-ca-x3.pem"
host_update "$root"
db=$work/inventory.db
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$db" --now 2021-09-19T00:00:00Z
host_remove_ca "$root" dst-root-ca-x3
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
echo insecure >"$root/home/ann/.curlrc"
"$TRUSTDRIFT" --quiet audit --root "$root" --db "$db" --now $now >/dev/null

# the same COMMAND in both, each with an inventory of its own
both() { # both ARGUMENT ...: $work/german, $work/english
	for language in german english; do
		cp "$db" "$work/both.db"
		"in_$language" "$TRUSTDRIFT" "$@" --root "$root" \
			--db "$work/both.db" >"$work/$language" \
			2>"$work/$language.err" </dev/null || :
	done
}
unchanged() { # unchanged ARGUMENT ...: of a machine format
	both "$@"
	if [ -s "$work/english" ] && cmp -s "$work/german" "$work/english"; then
		pass
	else
		fail "not the same in two languages: $*"
		diff "$work/english" "$work/german" | head -n 6 >&2
		head -n 3 "$work/english.err" >&2
	fi
}
german() { # german WORDS ARGUMENT ...: for people
	words=$1
	shift
	both "$@"
	if grep -qF -- "$words" "$work/english"; then
		fail "$*: '$words' in English, too"
	elif grep -qF -- "$words" "$work/german"; then
		pass
	else
		fail "$*: no '$words'"
		head -n 12 "$work/german" >&2
	fi
}

# every machine format, of one run beside the page for people
formats=$(in_english "$TRUSTDRIFT" show formats --format tsv |
	awk -F'\t' '$2 == "report" && $1 != "text" && $1 != "html" && $1 != "changes" { print $1 }')
check "there are formats to try" test "$(echo "$formats" | wc -l)" -ge 10
for language in german english; do
	mkdir "$work/$language.d"
	set --
	for format in $formats; do
		set -- "$@" --report "$format:$work/$language.d/$format"
	done
	cp "$db" "$work/both.db"
	"in_$language" "$TRUSTDRIFT" --quiet audit --root "$root" --now $now \
		--db "$work/both.db" --format text \
		--report "html:$work/$language.html" "$@" \
		>"$work/$language.txt" 2>"$work/$language.err" || :
	in_english "$TRUSTDRIFT" fix --root "$root" --db "$work/both.db" \
		>"$work/$language.fix" 2>"$work/$language.fix.err" || :
done
# a finding is recorded in no language but the program's own
check "there is a script" grep -q '^remove_file_act' "$work/german.fix"
check "the script of what was found by a German" \
	cmp "$work/german.fix" "$work/english.fix"
check "and what it leaves to people" \
	cmp "$work/german.fix.err" "$work/english.fix.err"
for format in $formats; do
	# nothing changed: nothing is what that says
	[ "$format" = changes ] ||
		check "$format says something" test -s "$work/english.d/$format"
	check "$format in two languages" \
		cmp "$work/german.d/$format" "$work/english.d/$format"
done
has() { # has FILE WORDS
	check "$1: $2" grep -qF -- "$2" "$work/$1"
}
has english.txt "prefers it to what servers send"
has german.txt "was Server senden"
has german.txt "HOCH"
has english.html '<html lang="en">'
has german.html '<html lang="de">'
has german.html 'Speicher, und wo sie sich widersprechen'
has german.html 'Zertifikate werden nicht geprüft'
# and where a machine format is the first of them
both check --now $now --format json --report "text:$work/beside"
check "JSON, and a text beside it" cmp "$work/german" "$work/english"

r3=$(openssl x509 -in "$good/r3-by-dst.pem" -noout -fingerprint -sha256 |
	sed 's/.*=//; s/://g' | tr A-F a-f)
x1=$(openssl x509 -in "$good/isrg-root-x1.pem" -noout -fingerprint -sha256 |
	sed 's/.*=//; s/://g' | tr A-F a-f)
german "selbstsigniert" explain "$r3" --now $now
unchanged explain "$r3" --now $now --format json
german "DIE ÄNDERUNG" preview --distrust "$x1" --now $now
unchanged preview --distrust "$x1" --now $now --format json
german " von Scan 1 " diff
unchanged diff --format json
for subject in rules formats parties; do
	unchanged show $subject --format json
done
german "Die Datei aus ihrem Speicher löschen" show recipes
unchanged show recipes --format tsv
# a script runs on some host some day: its words are not those of whoever made it
both fix -o /dev/null
has german.err "Entfernen Sie die Einstellung"
has english.err "Remove the setting"
for kind in sh json ansible; do
	unchanged fix --fix-type $kind
done
german "nur lesend" --help
german "Aufruf:" audit --help
# shellcheck disable=SC2016 # the inner shell's
check "French is found, too" sh -c \
	'LANGUAGE=fr LC_ALL=$1 "$2" --help | grep -q "^Utilisation"' - \
	"$locale" "$TRUSTDRIFT"
finish
