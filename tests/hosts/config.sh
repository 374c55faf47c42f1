#!/bin/sh
# config.sh -- the administrator's data: a place is one XML element, a file of
# the same name masks the vendor's, and a mistake is named with file, line and
# reason, and judges nothing.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
mkdir -p "$root/srv/app" "$work/etc/stores" "$work/etc/rules.d"
cp "$good/dst-root-ca-x3.pem" "$root/srv/app/trusted.pem"

stores() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/config.db" \
		--config "$work/etc" || return
	"$TRUSTDRIFT" show stores --db "$work/config.db" --format tsv |
		sed 1d | cut -f 1,2
}
place() {
	cat >"$work/etc/stores/site.xml" <<-END
	<?xml version="1.0"?>
	<stores>
	  <store kind="site-app" format="$1" role="anchor">
	    <title>Our application</title>
	    <path>/srv/*/trusted.pem</path>
	    <repair>Ask the application's team.</repair>
	  </store>
	</stores>
	END
}
place pem
stores >"$work/stores"
check "one element, one more place" grep -q \
	"^site-app	/srv/app/trusted.pem\$" "$work/stores"

refused() { # refused WHAT WORDS: exit 78, one line that has the words
	status=0
	"$TRUSTDRIFT" audit --root "$root" --db "$work/refused.db" \
		--config "$work/etc" >"$work/out" 2>"$work/errors" || status=$?
	is "$1: status" "$status" 78
	is "$1: nothing is reported" "$(cat "$work/out")" ""
	is "$1: one line" "$(grep -c . "$work/errors")" 1
	check "$1: $2: $(cat "$work/errors")" grep -q "$2" "$work/errors"
}
place nonsense
refused "an unknown format" "site.xml:3: .*nonsense"
echo '<stores><store' >"$work/etc/stores/site.xml"
refused "not well-formed" "site.xml:[12]: "
echo '<stores><shop/></stores>' >"$work/etc/stores/site.xml"
refused "not in the schema" "site.xml:1: .*shop"
rm "$work/etc/stores/site.xml"

rule() {
	cat >"$work/etc/rules.d/site.xml" <<-END
	<?xml version="1.0"?>
	<rule id="site-rule" severity="low" since="0.1">
	  <title>Ours</title>
	  <why>Because.</why>
	  <query>
	$1</query>
	  <message>{sha256} is there</message>
	  <no-fix>Ask.</no-fix>
	</rule>
	END
}
rule "SELECT store_id, sha256 FROM v_entry"
audit "$root" --config "$work/etc" --now 2021-01-01T00:00:00Z
check "a rule of our own" grep -q site-rule "$work/report.json"
rule "SELECT 99 AS store_id, '' AS sha256 FROM v_run"
status=0
"$TRUSTDRIFT" audit --root "$root" --config "$work/etc" --db "$work/failing.db" \
	>"$work/out" || status=$?
is "one that fails" "$((status & 4)) $(grep -c '^Incomplete: a rule could not be' \
	"$work/out") $(grep -c 'Mend the rule, or disable it: .*site.xml' "$work/out")" "4 1 1"
rule "SELECT store_id, sha256 FORM v_entry"
refused "a syntax error" "site.xml:6: .*syntax"
rule "SELECT id AS store_id, '' AS sha256 FROM store"
refused "a base table" "site.xml:[0-9]*: .*store"
rule "SELECT store_id FROM v_entry"
refused "a place without column" "site.xml:[0-9]*: .*sha256"
rule "DELETE FROM v_entry"
refused "not a query" "site.xml:[0-9]*: "
rm "$work/etc/rules.d/site.xml"

# what is no readable file at all: nobody waits, nothing is left out silently
unfit() { # unfit WHAT WORDS
	refused "$1 among the rules" "site.xml: $2"
	rm -r "$work/etc/rules.d/site.xml"
}
mkfifo "$work/etc/rules.d/site.xml"
unfit "a FIFO" "not a regular file"
mkdir "$work/etc/rules.d/site.xml"
unfit "a directory" "Is a directory"
ln -s /nowhere "$work/etc/rules.d/site.xml"
unfit "a dangling link" "No such file"
truncate -s 3G "$work/etc/rules.d/site.xml"
unfit "a giant" "File too large"
mv "$work/etc/rules.d" "$work/etc/rules.kept"
: >"$work/etc/rules.d"
refused "a file for the rules' directory" "$work/etc/rules.d: Not a directory"
rm "$work/etc/rules.d"
mv "$work/etc/rules.kept" "$work/etc/rules.d"
mv "$work/etc" "$work/etc.kept"
refused "a --config that is not there" "$work/etc: No such file"
mv "$work/etc.kept" "$work/etc"

# who writes rules
"$TRUSTDRIFT" rules new our-rule -o "$work/etc/rules.d/our-rule.xml"
check "new writes a rule: $("$TRUSTDRIFT" rules check \
	"$work/etc/rules.d/our-rule.xml")" "$TRUSTDRIFT" --quiet rules check \
	"$work/etc/rules.d/our-rule.xml"
check "which is asked" test -n "$("$TRUSTDRIFT" show rules --format tsv \
	--config "$work/etc" | grep '^our-rule')"
# the example of the manual page, as it stands there
sed -n '/^<?xml/,/^\.Ed/p' "$srcdir/man/trustdrift-rules.5" | sed '/^\.Ed/,$d' \
	>"$work/example.xml"
check "the manual's example is a rule" grep -q 'id="anchor-with-key"' \
	"$work/example.xml"
check "and valid" "$TRUSTDRIFT" --quiet rules check "$work/example.xml"
faulty() { # faulty WHAT SED WORDS
	sed "$2" "$work/etc/rules.d/our-rule.xml" >"$work/faulty.xml"
	status=0
	"$TRUSTDRIFT" rules check "$work/example.xml" "$work/faulty.xml" \
		>"$work/out" 2>"$work/errors" || status=$?
	is "$1: status" "$status" 78
	check "$1: $(cat "$work/errors")" grep -q "faulty.xml:$3" "$work/errors"
	is "$1: the other one is valid" "$(grep -c valid "$work/out")" 1
}
faulty "a table of ours" 's/v_entry/manifest_entry/' "1[0-9]: .*manifest_entry"
faulty "a place without column" 's/{location}/{place}/' "[0-9]*: .*place"
faulty "no such severity" 's/"medium"/"grave"/' "[0-9]*: "
is "a view with its columns" "$("$TRUSTDRIFT" show schema --format tsv |
	grep -c "^v_waiver	position finding rule store reason")" 1
for view in $("$TRUSTDRIFT" show schema --format tsv | sed 1d | cut -f 1); do
	"$TRUSTDRIFT" query --db "$work/config.db" "SELECT * FROM $view LIMIT 0" \
		>/dev/null || fail "$view is shown and cannot be asked"
done

# a rule of the vendor's name takes its place, and can be seen whole
sed 's/our-rule/weak-anchor/' "$work/etc/rules.d/our-rule.xml" \
	>"$work/etc/rules.d/weak-anchor.xml"
"$TRUSTDRIFT" show rules weak-anchor --config "$work/etc" >"$work/out" \
	2>"$work/errors"
check "show rules ID: the file" cmp "$work/out" "$work/etc/rules.d/weak-anchor.xml"
check "and what it masks: $(cat "$work/errors")" grep -q \
	"$work/etc/rules.d/weak-anchor.xml:.* takes the place of .*/weak-anchor.xml" \
	"$work/errors"
"$TRUSTDRIFT" show rules expired-anchor --config "$work/etc" >"$work/out" \
	2>"$work/errors"
check "one that masks nothing" test -z "$(grep place "$work/errors")"
rm "$work/etc/rules.d/weak-anchor.xml" "$work/etc/rules.d/our-rule.xml"

# rules, without .d, is read as well, and masked by rules.d
mkdir "$work/etc/rules"
"$TRUSTDRIFT" rules new our-rule -o "$work/etc/rules/our-rule.xml"
title() { # title ID
	"$TRUSTDRIFT" show rules "$1" --config "$work/etc" 2>/dev/null |
		sed -n 's/.*<title>\(.*\)<.*/\1/p'
}
check "a rule in rules" test -n "$(title our-rule)"
sed 's/<title>.*</<title>The later</' "$work/etc/rules/our-rule.xml" \
	>"$work/etc/rules.d/our-rule.xml"
is "rules.d masks rules" "$(title our-rule)" "The later"
ln -sf /dev/null "$work/etc/rules.d/our-rule.xml"
is "and disables what is in it" "$(title our-rule)" ""
rm -r "$work/etc/rules" "$work/etc/rules.d/our-rule.xml"
: >"$work/etc/rules"
refused "a file for the other directory" "$work/etc/rules: Not a directory"
rm "$work/etc/rules"

# a link to /dev/null disables
ln -s /dev/null "$work/etc/rules.d/expired-anchor.xml"
check "a rule less" test -z "$("$TRUSTDRIFT" show rules --config "$work/etc" \
	--format tsv | grep '^expired-anchor')"
check "there without" test -n "$("$TRUSTDRIFT" show rules --format tsv |
	grep '^expired-anchor')"
finish
