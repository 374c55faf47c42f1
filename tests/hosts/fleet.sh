#!/bin/sh
# fleet.sh -- bundles of hosts, and the database that they are imported into: what it
# says of each host is what that host's own inventory says, whoever else is in it, and
# whatever somebody else sends.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/tools/postgresql.sh
. "$srcdir/tests/tools/postgresql.sh"

case $("$TRUSTDRIFT" --version) in
*"with    libpq"*) ;;
*)
	"$TRUSTDRIFT" import --db dbname=none /dev/null 2>"$work/errors"
	is "a build without libpq fails" $? 1
	is "and says so" "$(cat "$work/errors")" \
		"trustdrift: the database: this build cannot import: it has no libpq"
	skip "imports: this build has no libpq"
	;;
esac
chmod 755 "$work"
trap 'server_stop "$work/server"; rm -rf "$work"' EXIT
server_start "$work/server" || skip "$server_why"
PGDATABASE=trustdrift
export PGDATABASE
createdb "$PGDATABASE" || fail "no database"

sql() { psql -AtqX -v ON_ERROR_STOP=1 -c "$1"; }
import() { # ARGUMENTS: the totals in $said, messages in $work/errors
	status=0
	said=$("$TRUSTDRIFT" import "$@" 2>"$work/errors") || status=$?
}
export_of() { # HOST [ARGUMENTS]: into $work/HOST.jsonl
	exported=$1
	shift
	"$TRUSTDRIFT" export --db "$work/$exported.db" -o "$work/$exported.jsonl" "$@" ||
		fail "the export of $exported"
}
lines() { wc -l <"$work/$1.jsonl"; }
say_counts() { echo "hosts $1, older than what is there $2, refused $3"; }
counts() { # WHAT HOSTS OLDER REFUSED
	is "$1" "${said%;*}" "$(say_counts "$2" "$3" "$4")"
}

# ---- two hosts -------------------------------------------------------------------
# The inventories' hosts are called after the machine; --as tells them apart.
host_outage "$work/one" --db "$work/one.db"
"$TRUSTDRIFT" audit --quiet --root "$work/one" --db "$work/one.db" \
	--now $outage_time >/dev/null 2>&1
host_before_outage "$work/two"
printf 'no certificate\n' >"$work/two/usr/local/share/ca-certificates/odd.crt"
mkdir -p "$work/two/home/ann/.pki/nssdb"
printf 'no database' >"$work/two/home/ann/.pki/nssdb/cert9.db"
"$TRUSTDRIFT" audit --quiet --root "$work/two" --db "$work/two.db" \
	--now $outage_time >/dev/null 2>&1
export_of one --listed "$work/one.listed"
export_of two

import --as one "$work/one.jsonl"
is "the first import: $(cat "$work/errors")" "$status" 0
counts "one host" 1 0 0
import --as two - <"$work/two.jsonl"
is "from standard input: $(cat "$work/errors")" "$status" 0

# same HOST VIEW COLUMNS: the fleet's view and the host's say the same
same() {
	sql "SELECT $3 FROM trustdrift.$2 WHERE host = '$1'" |
		sort >"$work/fleet.rows"
	"$TRUSTDRIFT" query --db "$work/$1.db" --format tsv "SELECT $3 FROM $2" |
		sed 1d | tr '\t' '|' | sort >"$work/host.rows"
	if cmp -s "$work/fleet.rows" "$work/host.rows" &&
		[ -s "$work/fleet.rows" ]; then
		pass
	else
		fail "$2 of $1"
		diff "$work/fleet.rows" "$work/host.rows" >&2
	fi
}
all_same() { # HOST
	same "$1" v_store "kind, format, path, real_path, owner, instance, entries,
		certificates, problems, unread"
	same "$1" v_entry "sha256, role, label, location, \"offset\", purposes,
		private_key, distrust_after"
	same "$1" v_anchor "party, sha256"
	same "$1" v_party "party, type, title, owner, model, instance, is_system"
}
all_same one
all_same two
same two v_problem 'path, "offset", code, message, skipped'
is "the certificates are those of both hosts" "$(sql "
	SELECT sha256, sha1, spki_sha256, subject, issuer, name, serial, not_before,
		not_after, is_ca, self_signed, key, key_bits, signature_hash
	FROM trustdrift.v_certificate ORDER BY 1")" \
	"$(for host in one two; do
		"$TRUSTDRIFT" query --db "$work/$host.db" --format tsv "
			SELECT sha256, sha1, spki_sha256, subject, issuer, name,
				serial, not_before, not_after, is_ca,
				self_signed, key, key_bits, signature_hash
			FROM v_certificate" | sed 1d
	done | tr '\t' '|' | sort -u)"
is "and their bytes" "$(sql "SELECT count(*) FROM trustdrift.v_certificate
	WHERE encode(sha256(der), 'hex') = sha256")" \
	"$(sql "SELECT count(*) FROM trustdrift.v_certificate")"
"$TRUSTDRIFT" show findings --db "$work/one.db" --format json |
	/usr/bin/python3 -I -c '
import json, sys
for f in json.load(sys.stdin): print(f["id"], f["rule"], f["severity"])' |
	sort >"$work/host.rows"
is "the findings" "$(sql "SELECT finding || ' ' || rule || ' ' || severity
	FROM trustdrift.v_finding WHERE host = 'one'" | sort)" \
	"$(cat "$work/host.rows")"
check "there are some" [ -s "$work/host.rows" ]
is "their documents" "$(sql "SELECT count(*) FROM trustdrift.v_finding
	WHERE document->>'id' = finding")" \
	"$(sql "SELECT count(*) FROM trustdrift.v_finding")"

# ---- trustdrift-fleet(5) ------------------------------------------------------------
page=$srcdir/man/trustdrift-fleet.5
is "the views and their columns" "$(awk '
	$1 == ".Ss" { view = $2 }
	$1 == ".It" && $2 == "Va" && view ~ /^v_/ { print view, $3 }' "$page")" \
	"$(# shellcheck disable=SC2013 # words
	for view in $(sed -n 's/^\.Ss \(v_.*\)/\1/p' "$page"); do
		sql "SELECT table_name || ' ' || column_name
			FROM information_schema.columns
			WHERE table_schema = 'trustdrift' AND table_name = '$view'
			ORDER BY ordinal_position"
	done)"
is "all of them" "$(sed -n 's/^\.Ss \(v_.*\)/\1/p' "$page" | sort)" \
	"$(sql "SELECT table_name FROM information_schema.views
		WHERE table_schema = 'trustdrift' ORDER BY 1")"
sed -n '/^\.Sh EXAMPLES/,$p' "$page" | sed -n '/^\.Bd/,/^\.Ed/p' | sed '/^\./d' \
	>"$work/examples.sql"
check "the examples run" psql -AtqX -v ON_ERROR_STOP=1 -f "$work/examples.sql" \
	-o "$work/examples.said"
check "and find something" grep -q stale-cached-intermediate "$work/examples.said"

# Two places that look the same when they are shown.
odd=$(printf '\377')
for name in "$odd" '\xff'; do
	mkdir -p "$work/odd/home/ann/$name"
	cp "$outage_certificates/isrg-root-x1.pem" \
		"$work/odd/home/ann/$name/cacert.pem"
done
mkdir "$work/odd/etc"
cp "$work/one/etc/passwd" "$work/odd/etc"
"$TRUSTDRIFT" scan --quiet --root "$work/odd" --db "$work/odd.db" --crawl
is "both are found" "$("$TRUSTDRIFT" query --db "$work/odd.db" --format tsv \
	"SELECT count(*) FROM v_store WHERE kind = 'found'" | sed 1d)" 2
export_of odd
import --as odd "$work/odd.jsonl"
is "names that are shown alike: $(cat "$work/errors")" "$status" 0
sql "DELETE FROM trustdrift.host WHERE name = 'odd'"

# ---- what is equal is there once, and what was sent is not sent again ----------------
before=$(sql "SELECT changed FROM trustdrift.v_host WHERE host = 'one'")
export_of one --listed "$work/one.listed"
is "nothing new: the first line and the last" "$(lines one)" 2
import --as one --now @4000000000 "$work/one.jsonl"
is "they are enough: $(cat "$work/errors")" "$status" 0
is "and nothing is new" "${said##*; }" "lines 2, new 0"
is "it was seen again, and has not changed" "$(sql "SELECT imported, changed
	FROM trustdrift.v_host WHERE host = 'one'")" "4000000000|$before"
import --as like-one "$work/one.jsonl"
is "another host of the same make needs no more" "$status,${said##*; }" \
	"0,lines 2, new 0"
sql "DELETE FROM trustdrift.host WHERE name = 'like-one'"

cp "$outage_certificates/dst-root-ca-x3.pem" \
	"$work/one/usr/local/share/ca-certificates/x3.crt"
host_update "$work/one"
"$TRUSTDRIFT" scan --quiet --root "$work/one" --db "$work/one.db" \
	--now $outage_time || fail "the scan after a change"
cp "$work/one.listed" "$work/one.before"
export_of one --listed "$work/one.listed"
check "what changed is sent, and what did not is not: $(lines one) lines" \
	[ "$(lines one)" -gt 4 -a "$(grep -c '"type": "certificate"' \
		"$work/one.jsonl")" -le 1 ]
import --as one --now @4000000001 "$work/one.jsonl"
is "a part of a bundle: $(cat "$work/errors")" "$status" 0
all_same one
all_same two
is "it has changed, and a scan has no findings" "$(sql "SELECT changed, findings
	FROM trustdrift.v_host WHERE host = 'one'")" "4000000001|"
sql "DELETE FROM trustdrift.host WHERE name = 'one'"
"$TRUSTDRIFT" export --db "$work/one.db" >"$work/whole.jsonl" ||
	fail "to standard output"
is "a bundle is the same each time" "$("$TRUSTDRIFT" export --db "$work/one.db" |
	cksum)" "$(cksum <"$work/whole.jsonl")"
"$TRUSTDRIFT" export --db "$work/one.db" --listed "$work/one.before" \
	>"$work/part.jsonl" || fail "a part of it"

# ---- what is refused, and that nothing else is ------------------------------------
host_two() {
	for view in v_store v_entry v_anchor v_party v_problem v_finding; do
		echo "SELECT to_json(v)::text FROM trustdrift.$view v
			WHERE host = 'two' ORDER BY 1;"
	done | psql -AtqX -v ON_ERROR_STOP=1 | cksum
}
two=$(host_two)
refused() { # WHAT FILE WHY
	import --as two "$2"
	is "$1: refused" "$status,${said%;*}" "4,$(say_counts 0 0 1)"
	case $(cat "$work/errors") in
	*"$3"*) pass ;;
	*) fail "$1: $(cat "$work/errors")" ;;
	esac
	is "$1: the host is as it was" "$(host_two)" "$two"
}
bad=$work/bad.jsonl
: >"$bad"
refused "an empty file" "$bad" "it is empty"
head -c 3000 "$TRUSTDRIFT" >"$bad"
refused "a program" "$bad" ":1: refused: no bundle of trustdrift export"
echo '{"type": "report", "format": "trustdrift/findings-lines"}' >"$bad"
refused "another file of lines" "$bad" "no bundle of trustdrift export"
sed '$d' "$work/two.jsonl" >"$bad"
refused "no end" "$bad" "it ends before its last line"
head -c "$(($(wc -c <"$work/two.jsonl") - 100))" "$work/two.jsonl" >"$bad"
refused "cut off" "$bad" "a line that is no JSON object with a type"
sed 3d "$work/two.jsonl" >"$bad"
refused "a line is missing" "$bad" "it has not as many lines as it says"
sed '1s/"version": 1/"version": 2/' "$work/two.jsonl" >"$bad"
refused "of a newer version" "$bad" "a bundle of a newer version"
sed '2s/"type": "certificate"/"type": "novelty"/' "$work/two.jsonl" >"$bad"
refused "a new type of line" "$bad" "a type that this program does not know"
sed '2s/"sha256": "./"sha256": "x/' "$work/two.jsonl" >"$bad"
refused "no hash" "$bad" "a certificate without sha256 and der"
sed '2s/"der": "..../"der": "MIIE/' "$work/two.jsonl" >"$bad"
refused "another certificate" "$bad" "has not the SHA-256"
sed 's/"problem_list": \[\]/"problem_list": [7]/' "$work/two.jsonl" >"$bad"
refused "problems that are none" "$bad" "lacks what belongs to one"
sed 's/"offset": 0/"offset": 18446744073709551616/' "$work/two.jsonl" >"$bad"
refused "a number that is too large" "$bad" "no JSON object with a type"
sed '/"type": "manifest"/s/"private_key": 0/"private_key": 2/' "$work/two.jsonl" >"$bad"
refused "an entry that is none" "$bad" "a manifest whose entries"
sed '1s/"now": [0-9]*/"now": 9223372036854775807/' "$work/two.jsonl" >"$bad"
refused "a time that is none" "$bad" "its first line lacks"
{
	sed -n 1p "$work/two.jsonl"
	awk 'BEGIN {
		printf "{\"type\": \"manifest\", \"x\": [0"
		for (i = 0; i < 200001; i++) printf ",[]"
		print "]}"
	}'
} >"$bad"
refused "a line that would take much memory" "$bad" "a line has too many values"
sed '1s/"root": "/&\\u0000/' "$work/two.jsonl" >"$bad"
refused "NUL" "$bad" "no bundle of trustdrift export"
sed '1s/"host": "[^"]*"/"host": "a", "host": "b"/' "$work/two.jsonl" >"$bad"
refused "two names" "$bad" "no bundle of trustdrift export"
{
	sed -n 1p "$work/two.jsonl"
	awk 'BEGIN { for (i = 0; i < 100000; i++) printf "["; print "" }'
} >"$bad"
refused "too deep" "$bad" "a line that is no JSON object with a type"
sed '$s/"stores": "......../"stores": "00000000/' "$work/two.jsonl" >"$bad"
refused "a list that is not there" "$bad" \
	"builds upon lines that are not in the database"
# with_stores HOW: all stores of `two` are other ones, and so are the lines that name
# them
with_stores() {
	/usr/bin/python3 -I - "$1" "$work/two.jsonl" >"$bad" <<-'END'
	import hashlib, json, sys
	how, lines = sys.argv[1], open(sys.argv[2]).read().splitlines()
	def key(line): return hashlib.sha256(line.encode()).hexdigest()
	party = next(line for line in lines if '"type": "party"' in line)
	new = {}
	for line in lines:
	    o = json.loads(line)
	    if o["type"] == "store" and how == "kind":
	        o["manifest"] = key(party)
	    elif o["type"] == "store" and how == "count":
	        o["entries"] += 1
	    elif o["type"] == "stores":
	        o["stores"] = sorted(new[s] for s in o["stores"])
	    elif o["type"] == "end":
	        o["stores"] = new[o["stores"]]
	    other = json.dumps(o)
	    new[key(line)] = key(other)
	    print(other)
	END
}
with_stores as-they-are
import --as two "$bad"
is "written by somebody else: $(cat "$work/errors")" "$status" 0
is "it says the same" "$(host_two)" "$two"
with_stores kind
refused "a line of another kind" "$bad" "builds upon lines that are not"
with_stores count
refused "a store that says more than its manifest has" "$bad" \
	"builds upon lines that are not"
# A tab and an escape sequence come to no terminal.
sed '1s/"host": "[^"]*"/"host": "\\u001b[31m"/; 3d' "$work/two.jsonl" >"$bad"
import "$bad"
check "the name is escaped: $(cat "$work/errors")" grep -Fq '\x1b[31m' "$work/errors"
is "and nothing of it is there" "$(sql "SELECT count(*) FROM trustdrift.v_host")" 1

# One that is refused keeps no other out, even of the same file; and what was not
# there is taken when it comes.
sql "SELECT trustdrift.prune()" >"$work/pruned"
check "what no host has goes: $(cat "$work/pruned")" [ "$(cat "$work/pruned")" -gt 0 ]
is "and what one has stays" "$(host_two)" "$two"
sed '1s/"host": "[^"]*"/"host": "three"/' "$work/two.jsonl" >"$work/three.jsonl"
import "$work/part.jsonl" "$work/three.jsonl"
is "status: incomplete" "$status" 4
counts "the rest is taken" 1 0 1
check "which one is said, and what to do" grep -q \
	'part.jsonl: the bundle of .* is refused: .*delete the file of --listed' \
	"$work/errors"
cat "$work/part.jsonl" "$work/three.jsonl" "$work/whole.jsonl" >"$work/three-in-one"
import "$work/three-in-one"
counts "what it builds upon may come after it" 2 1 0
sed '1s/"made": [0-9]*/"made": 4102444800/' "$work/two.jsonl" >"$bad"
refused "made in the year 2100" "$bad" "made in the future"
{
	cat "$work/two.jsonl"
	echo '{"type": "certificate"}'
	cat "$work/two.jsonl"
} >"$bad"
import --as two "$bad"
counts "a line between two bundles is told" 1 1 1
check "with its number" grep -q "$bad:$(($(lines two) + 1)): refused: no bundle" \
	"$work/errors"
sed 1d "$work/two.jsonl" >"$bad"
import --as two "$work/two.jsonl" "$bad"
counts "one without its first line, after one that is whole" 1 0 1
sed '1s/"scan": [0-9]*/"scan": 900/' "$work/three.jsonl" >"$work/later.jsonl"
import "$work/later.jsonl"
import "$work/three.jsonl"
is "of one second, the scan with the higher number" "$status,$(sql "SELECT scan_id
	FROM trustdrift.v_host WHERE host = 'three'")" 0,900
for k in 1 2 3; do	# 120 refusals
	awk 'BEGIN { for (i = 0; i < 40; i++) print "{\"type\": \"bundle\"}" }' \
		>"$work/bad$k"
done
import "$work/bad1" "$work/bad2" "$work/bad3"
is "many refusals are counted" "$(grep -c refused "$work/errors"),$(tail -n 1 \
	"$work/errors")" "101,trustdrift: 20 more bundles are refused"
sed '1s/"made": [0-9]*/"made": 7/' "$work/three.jsonl" >"$work/older.jsonl"
import "$work/older.jsonl"
is "an older one changes nothing" "$status,${said%;*}" "0,$(say_counts 0 1 0)"
sql "DELETE FROM trustdrift.host WHERE name <> 'two'"

# ---- text of every kind, and hashes without a certificate -----------------------------
/usr/bin/python3 -I - "$work/texts" "$work/bare" <<'END'
import base64, hashlib, json, sys
odd = ['a\tb\nc\rd\\e"f\'g', '{}', 'NULL', '', '\\N', '{"a",NULL}', '\u00e4\u65e5\U0001f600',
       '\u202e', ',', None]
der = b"\x30\x03\x02\x01\x07"
h = hashlib.sha256(der).hexdigest()
def write(name, with_der, labels):
    out = []
    def put(o):
        out.append(json.dumps(o))
        return hashlib.sha256(out[-1].encode()).hexdigest()
    put({"type": "bundle", "format": "trustdrift/bundle", "version": 1,
         "tool": "0", "host": "odd", "os": None, "root": "/", "scan": 1,
         "now": -1, "made": 1700000000})
    put({"type": "certificate", "sha256": h,
         "der": base64.b64encode(der).decode() if with_der else None})
    n = len(labels)
    m = put({"type": "manifest", "entries": n, "sha256": [h] * n, "role": "anchor",
             "label": labels, "location": "/x", "purposes": "",
             "offset": list(range(n)), "private_key": 0, "distrust_after": None,
             "statements": []})
    s = put({"type": "store", "kind": "k", "path": odd[0], "format": "pem",
             "real_path": None, "owner": "", "instance": "", "engine": None,
             "entries": n, "certificates": 1, "problems": 0, "unread": 0,
             "manifest": m, "problem_list": []})
    l = put({"type": "stores", "stores": [s], "problem_list": []})
    p = put({"type": "parties", "parties": []})
    put({"type": "end", "stores": l, "parties": p, "findings": None,
         "lines": len(out) + 1})
    open(name, "w").write("\n".join(out) + "\n")
    return json.dumps([odd[0]] + labels)
print(write(sys.argv[1], True, odd), file=open(sys.argv[1] + ".want", "w"))
write(sys.argv[2], False, [None])
END
import "$work/bare"
is "a hash without its certificate: $(cat "$work/errors")" "$status" 0
is "it is known by that" "$(sql "SELECT sha1 IS NULL AND der IS NULL
	FROM trustdrift.v_entry JOIN trustdrift.v_certificate USING (sha256)
	WHERE host = 'odd'")" t
import "$work/bare" "$work/texts"
is "the certificate comes: $(cat "$work/errors")" "$status" 0
is "and text is as it was" "$(sql "SELECT json_build_array(path) FROM
	trustdrift.v_store WHERE host = 'odd'" | /usr/bin/python3 -I -c '
import json, sys
print(json.dumps(json.loads(sys.stdin.read()) + json.load(open(sys.argv[1]))))' \
	"$(sql "SELECT json_agg(label ORDER BY \"offset\") FROM trustdrift.v_entry
		WHERE host = 'odd'" >"$work/labels"; echo "$work/labels")")" \
	"$(cat "$work/texts.want")"
is "one that does not decode is there, and why" "$(sql "SELECT encode(der, 'hex'),
	error IS NOT NULL, subject IS NULL FROM trustdrift.v_certificate
	WHERE der = '\\x3003020107'")" "3003020107|t|t"
sql "DELETE FROM trustdrift.host WHERE name = 'odd'; SELECT trustdrift.prune()" \
	>/dev/null
# Its row is the one with the highest number, and makes room for that of another one.
import "$work/bare"
{
	sed -n 1p "$work/texts"
	printf '{"type": "certificate", "sha256": "%s", "der": "MAMCAQk="}\n' \
		"$(printf '0\003\002\001\011' | sha256sum | cut -c 1-64)"
	sed '1d; $s/"lines": [0-9]*/"lines": 8/' "$work/texts"
} >"$work/both.jsonl"
import "$work/both.jsonl"
is "a new one before it: $(cat "$work/errors")" "$status" 0
sql "DELETE FROM trustdrift.host WHERE name = 'odd';
	SELECT trustdrift.prune()" >/dev/null
cat "$work/bare" "$work/texts" >"$work/both.jsonl"
import "$work/both.jsonl"
is "both at once" "$status,$(sql "SELECT encode(der, 'hex') FROM
	trustdrift.v_certificate WHERE der = '\\x3003020107'")" 0,3003020107

# ---- the database ------------------------------------------------------------------
psql -qX -c "SELECT pg_advisory_lock(hashtext('trustdrift'))" \
	-c "SELECT 'locked'" -c '\! sleep 300' >"$work/locked" 2>&1 &
holder=$!
until grep -q locked "$work/locked"; do sleep 0.1; done
import --wait 0 "$work/three.jsonl"
is "another import: come again" "$status" 75
check "and says so" grep -q 'another import .*--wait' "$work/errors"
psql -qX -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE query LIKE '%locked%' AND pid <> pg_backend_pid()" >/dev/null
pkill -P "$holder" 2>/dev/null
wait "$holder" 2>/dev/null
sql "UPDATE trustdrift.version SET number = 2"
import "$work/three.jsonl"
is "tables of a newer version" "$status,$(cat "$work/errors")" \
	"1,trustdrift: the database: the tables are of version 2, and this program knows 1"
createdb -E SQL_ASCII -T template0 ascii
import --db "dbname=ascii" "$work/three.jsonl"
is "another encoding" "$status" 1
check "says how to make a database" grep -q 'createdb --encoding UTF8' "$work/errors"
import --db "postgresql:///none?host=$work" "$work/three.jsonl"
is "no server" "$status" 1
check "says where it was looked for" grep -Fq "$work" "$work/errors"
createdb empty
import --db "postgresql:///empty" "$work/nowhere.jsonl"
is "no file" "$status,$(cat "$work/errors")" \
	"1,trustdrift: $work/nowhere.jsonl: No such file or directory"

# ---- export ----------------------------------------------------------------------------
"$TRUSTDRIFT" export --db "$work/none.db" >"$work/said" 2>&1
is "no inventory" $? 1
echo nothing >"$work/none.listed"
"$TRUSTDRIFT" export --db "$work/two.db" --listed "$work/none.listed" \
	>"$work/said" 2>&1
is "a list that is none" $? 1
check "is named, with the line" grep -q 'none.listed:1: no list of what' "$work/said"
is "and left alone" "$(cat "$work/none.listed")" nothing
"$TRUSTDRIFT" export --db "$work/two.db" --listed "$work/one-file" \
	-o "$work/one-file" >"$work/said" 2>&1
is "the list is not the bundle" $? 64
finish
