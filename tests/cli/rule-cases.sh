#!/bin/sh
# rule-cases.sh -- rules check asks a rule in its cases, says what is wanted and
# what came, and takes cases of others for what they are: bounded, and with no
# way out of the tables.
: "${TRUSTDRIFT:?the program}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

is() { # is WHAT GOT WANTED
	[ "$2" = "$3" ] || {
		printf 'FAIL: %s\n  got:    %s\n  wanted: %s\n' "$1" "$2" "$3" >&2
		failed=1
	}
}
checks() { # checks STATUS OPTION ...
	wanted=$1 status=0
	shift
	timeout 550 "$TRUSTDRIFT" rules check "$@" our-rule.xml >out 2>errors ||
		status=$?
	is "status of check $*: $(cat errors)" "$status" "$wanted"
}
says() { # says WHAT PATTERN
	grep -q -e "$2" errors || {
		printf 'FAIL: %s: no "%s" in\n%s\n' "$1" "$2" "$(cat errors)" >&2
		failed=1
	}
}
fresh() {
	rm -rf our-rule our-rule.xml
	"$TRUSTDRIFT" rules new our-rule -o our-rule.xml
}

# what new writes passes, and is not written twice
fresh
checks 0
is "a line for each" "$(wc -l <out)" 3
is "nothing is wrong" "$(cat errors)" ""
checks 0 --quiet
is "nothing is said" "$(cat out)" ""
status=0
"$TRUSTDRIFT" rules new our-rule -o our-rule.xml 2>errors || status=$?
is "cases that are there" "$status" 1
says "cases that are there" "our-rule: .*exists"
"$TRUSTDRIFT" rules new another >another.xml
is "a rule without a place for cases" "$(ls -d another*)" another.xml
"$TRUSTDRIFT" rules new another -o /dev/null
is "nor here" "$(ls -d /dev/another 2>/dev/null)" ""
status=0
"$TRUSTDRIFT" rules check another.xml >out 2>errors || status=$?
is "it is valid" "$status" 0
says "and that is all" "another: not there"

# what is wanted and what came
sed -i 's/Our Root, which/My Root, which/' our-rule/fires.want
checks 78
says "where" "our-rule/fires.want:2: .*something else"
says "wanted" "^  - .*My Root"
says "came" "^  + .*Our Root"
is "the other one is right" "$(grep -c silent.sql out)" 1
checks 0 --write
checks 0
grep -q "Our Root, which" our-rule/fires.want || is "it was written" no yes
rm our-rule/fires.want
checks 78 --now 2030-01-01T00:00:00Z
says "no .want" "our-rule/fires.want: there is no such file"
says "for now" "^  + @2030-01-01T00:00:00Z"
checks 0 --write --now 2030-01-01T00:00:00Z
is "the time" "$(head -n 1 our-rule/fires.want)" "@2030-01-01T00:00:00Z"

# a case of the other kind, which --write leaves as it is
fresh
cp our-rule/fires.sql our-rule/silent-not.sql
checks 78 --write
says "not silent" "silent-not.sql: it should be silent"
says "what is found" "^  + medium found /srv/ca.p12"
is "nothing written" "$(ls our-rule/silent-not.want 2>/dev/null)" ""
fresh
cp our-rule/silent.sql our-rule/fires-not.sql
checks 78
says "does not fire" "fires-not.sql: it should fire"
fresh
rm our-rule/silent.*
checks 78
says "one kind only" "our-rule: no case is silent"
fresh
mv our-rule/silent.sql our-rule/silnet.sql
rm our-rule/silent.want
checks 78
says "a misspelt name" "our-rule/silnet.sql: a case is called"
fresh
: >our-rule/fires-more.want
checks 78
says "no SQL" "our-rule/fires-more.want: there is no case"

# elsewhere
fresh
mkdir tests
mv our-rule tests
checks 0 --cases tests
is "they were asked" "$(grep -c 'tests/our-rule/' out)" 2
checks 78 --cases nowhere
says "no such directory" "nowhere/our-rule: "

# SQL that is wrong: the file and the line
sql() { # sql WHAT LINE PATTERN < SQL
	fresh
	cat >our-rule/fires.sql
	checks 78
	says "$1" "our-rule/fires.sql:$2: .*$3"
	is "$1: one line" "$(grep -c . errors)" 1
}
sql "broken" 3 "syntax error" <<END
-- a remark

INSERT INTO entry (store, certificate) VALUE ('/srv/ca.p12', 'our-root');
END
sql "no such column" 1 "keeper" <<END
INSERT INTO store (path, kind) VALUES ('/a', 'other'); INSERT INTO store (path,
	keeper) VALUES ('/b', 'other');
END
sql "not closed" 2 "" <<END

INSERT INTO store (path, kind) VALUES ('/a, 'other');
END
sql "no such certificate" 1 "certificate 'root-x' of a row of entry is in no row of certificate" <<END
INSERT INTO entry (store, certificate, private_key) VALUES ('/srv/ca.p12', 'root-x', 1);
END
sql "no time" 1 "is_time(not_after)" <<END
INSERT INTO certificate (name, subject, not_after) VALUES ('x', 'X', 'tomorrow');
END
sql "no role" 1 "is_role(role)" <<END
INSERT INTO entry (store, certificate, role) VALUES ('/srv/ca.p12', 'our-root', 'king');
END
# STRICT tables came with SQLite 3.37
sql "a word for a number" 1 \
	'\(cannot store TEXT value in INTEGER column\|private_key IN (0, 1)\)' <<END
INSERT INTO entry (store, certificate, private_key) VALUES ('/srv/ca.p12', 'our-root', 'yes');
END
sql "a NUL in a name" 1 "is_name(name)" <<END
INSERT INTO certificate (name, subject) VALUES ('our-root' || char(0) || 'x', 'X');
END

# SQL that wants to get out
sql "attach" 1 "nothing but INSERT" <<END
ATTACH DATABASE '$work/outside' AS o; CREATE TABLE o.t (x); INSERT INTO o.t VALUES (1);
END
sql "vacuum" 1 "cannot VACUUM" <<END
VACUUM INTO '$work/outside';
END
sql "pragma" 1 "nothing but INSERT" <<END
PRAGMA writable_schema = ON;
END
sql "the schema" 1 "" <<END
INSERT INTO sqlite_schema (type, name) VALUES ('table', 't');
END
sql "an extension" 1 "load_extension" <<END
SELECT load_extension('$work/x.so');
END
sql "a trigger" 1 "nothing but INSERT" <<END
CREATE TEMP TRIGGER t AFTER INSERT ON store BEGIN SELECT 1; END;
END
sql "the end of ours" 2 "nothing but INSERT" <<END
SELECT 1;
COMMIT;
END
sql "a terminal" 1 "" <<END
INSERT INTO "$(printf '\033')[31mred" VALUES (1);
END
grep -q "$(printf '\033')" errors && is "a terminal" escape none
is "nothing outside" "$(ls outside 2>/dev/null)" ""

# SQL without end, and too much of it
sql "a runaway" 1 "too many steps" <<END
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;
END
sql "too many rows" 2 "too many rows" <<END
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
INSERT INTO store (path, kind) SELECT '/s' || i, 'other' FROM n;
END
sql "too much memory" 1 "too much memory" <<END
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO store (path, kind) SELECT '/s' || i, hex(zeroblob(4000)) FROM n;
END
sql "a long value" 1 "too big" <<END
INSERT INTO store (path, kind) VALUES ('/s', hex(zeroblob(100000)));
END
fresh
head -c 300000 /dev/zero | tr '\0' ' ' >our-rule/fires.sql
checks 78
says "a large file" "our-rule/fires.sql: File too large"
fresh
head -c 3000 /dev/zero >our-rule/fires.sql
checks 78
says "no text" "our-rule/fires.sql: .*UTF-8"
fresh
rm our-rule/fires.sql
mkfifo our-rule/fires.sql
checks 78
says "a FIFO" "our-rule/fires.sql: not a regular file"
fresh
ln -sf /dev/zero our-rule/silent.want
checks 78
says "without end" "our-rule/silent.want: File too large"

# as much as there may be: of one name and key, so that everybody may have issued
# everybody; it is refused, or done, but it comes to an end
fresh
cat >our-rule/fires.sql <<END
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2400)
INSERT INTO certificate (name, subject) SELECT 'c' || i, 'C' FROM n;
INSERT INTO entry (store, certificate, private_key)
	SELECT '/srv/ca.p12', name, 1 FROM certificate;
END
checks 78
says "many of one name" "our-rule/fires"

# a faulty .want
want() { # want WHAT LINE PATTERN < .want
	fresh
	cat >our-rule/fires.want
	checks 78
	says "$1" "our-rule/fires.want:$2: .*$3"
}
want "no time" 1 "no time" <<END
@tomorrow
END
want "none at all" 2 "no line has a time" <<END
medium found /srv/ca.p12 our-root
END
yes @2026-01-31T00:00:00Z | head -n 100 | want "too many times" 51 "too many times"

# --write follows no link
fresh
echo precious >precious
ln -sf ../precious our-rule/fires.want
checks 78 --write
fresh
rm our-rule/fires.want
ln -s ../nowhere our-rule/fires.want
checks 78 --write
says "a link" "our-rule/fires.want: not a regular file"
is "nothing behind it" "$(cat precious nowhere 2>/dev/null)" precious

# a rule that runs away is stopped, and that is what came
fresh
sed -i "s/^WHERE e.role/, (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS k FROM n) z WHERE z.k > 0 AND e.role/" our-rule.xml
checks 78
says "a rule without end" "^  + .*too many steps"
is "nothing is left behind" "$(ls)" "$(printf '%s\n' another.xml errors our-rule our-rule.xml out precious tests)"
exit $failed
