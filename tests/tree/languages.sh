#!/bin/sh
# languages.sh -- every translation has all messages of the program and of its data,
# and says of each what the message says: the same places, and no longer a label
# than its column is wide.
: "${srcdir:=.}"
cd "$srcdir" || exit 1
if ! command -v xgettext >/dev/null || ! command -v msgmerge >/dev/null; then
	echo "gettext's tools are not there"
	exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
status=0

# what po/Makefile would do, without writing into the tree
options=$(sed -n '/^XGETTEXT_OPTIONS = /,/[^\\]$/p' po/Makevars |
	sed 's/^XGETTEXT_OPTIONS = //; s/\\$//')
# shellcheck disable=SC2086 # words
grep -v '^#' po/POTFILES.in |
	data/its/xgettext --from-code=UTF-8 $options -f - -o "$work/all.pot" || exit 1
sed -i 's/charset=CHARSET/charset=UTF-8/' "$work/all.pot"

# shellcheck disable=SC2013 # words
for language in $(grep -v '^#' po/LINGUAS); do
	po=po/$language.po
	grep -q "^translations = .*\\\$(srcdir)/$po" Makefile.am || {
		echo "$po is in po/LINGUAS and not in translations in Makefile.am"
		status=1
	}
	msgfmt -c --check-header -o "$work/$language.mo" "$po" || status=1
	msgmerge -q --no-fuzzy-matching -o "$work/merged.po" "$po" \
		"$work/all.pot" || status=1
	{
		msgattrib --untranslated --no-obsolete "$work/merged.po"
		msgattrib --only-fuzzy --no-obsolete "$po"
	} | sed '/^#:/,$!d' >"$work/missing"
	[ ! -s "$work/missing" ] || {
		cat "$work/missing"
		echo "$po is not complete: make -C po update-po in the build" \
			"directory brings the new messages into it, then" \
			"translate them (HACKING, Translations)"
		status=1
	}
	# shellcheck disable=SC2046 # words
	msgattrib --no-obsolete --no-wrap --no-location "$po" |
		LC_ALL=C python3 -I -c '
import re, sys
wrong = False
for block in sys.stdin.buffer.read().decode("utf-8").split("\n\n"):
    said = {}
    for key, value in re.findall(r"^(msg\S+) \"(.*)\"$", block, re.M):
        said[key] = value
    of = lambda text: set(re.findall(r"\{[a-z0-9_:]+\}", text))
    for key, value in said.items():
        if key.startswith("msgstr") and value and of(value) != of(said["msgid"]):
            print(sys.argv[1] + ": other places than in \"" + said["msgid"] + "\"")
            wrong = True
        if key == "msgstr" and said["msgid"] in sys.argv[2:] and len(value) > 12:
            print(sys.argv[1] + ": more than twelve columns: " + value)
            wrong = True
sys.exit(wrong)' "$po" $(sed -n 's/.*<evidence kind="\([^"]*\)".*/\1/p' \
			data/rules/*.xml | sort -u) || status=1
done
[ "$(grep -vc '^#' po/LINGUAS)" -gt 0 ] || {
	echo "there is no translation"
	status=1
}
exit $status
