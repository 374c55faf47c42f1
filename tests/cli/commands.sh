#!/bin/sh
# commands.sh -- every command on a small root, with its exit statuses: what it
# writes, and what it leaves alone.
: "${srcdir:=.}"
. "$srcdir/tests/hosts/lib.sh"
command -v openssl >/dev/null || skip "openssl is missing"
certificates=$srcdir/tests/hosts/certificates/dst-2021
now=2021-01-01T00:00:00Z
db=$work/inventory.db

# run ARGUMENT ...: $status, $work/out, $work/err
run() {
	"$TRUSTDRIFT" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# gives STATUS WHAT ARGUMENT ...
gives() {
	wanted=$1 what=$2
	shift 2
	run "$@"
	is "status: $what" "$status" "$wanted"
	[ "$status" = "$wanted" ] || cat "$work/err" >&2
}

# says WORDS: on stderr, in the only line there
says() {
	is "lines on stderr" "$(wc -l <"$work/err" | tr -d ' ')" 1
	grep -qF -- "$1" "$work/err" || fail "'$1' not in: $(cat "$work/err")"
}

# listing of everything below DIRECTORY, with contents and times
listing() {
	find "$1" -printf '%p %y %m %s %T@ %C@ %l\n' | sort
	find "$1" -type f -exec sha256sum {} + | sort
}

root=$work/root
host_new "$root"
host_root_ca "$root" "$certificates/dst-root-ca-x3.pem" \
	"$certificates/isrg-root-x1.pem"
host_update "$root"

# ---- there is nothing yet
for command in 'show stores' 'query SELECT_1' diff fix prune; do
	# shellcheck disable=SC2086 # words
	gives 1 "$command without an inventory" $command --db "$db"
	says 'there is no inventory yet'
done
check "no inventory was made by asking" test ! -e "$db"

# ---- audit and check of a root where all is well
# (these authorities are the tests' own, which is worth information)
mkdir -p "$work/quiet/rules.d"
ln -s /dev/null "$work/quiet/rules.d/private-anchor.xml"
gives 0 "audit, nothing wrong" audit --root "$root" --db "$db" --now $now \
	--config "$work/quiet"
check "the report says so" grep -q '^Nothing found' "$work/out"
is "mode of the inventory" "$(stat -c %a "$db")" 600
gives 0 "audit as JSON" audit --root "$root" --db "$db" --now $now --format json
is "the scan's number" "$(grep -o '"scan": [0-9a-z]*' "$work/out")" '"scan": 2'
cp "$work/out" "$work/audit.json"

before=$(listing "$root"; listing "$XDG_STATE_HOME" 2>/dev/null; listing "$HOME"; sha256sum "$db"; stat -c %Y "$db")
gives 0 "check" check --root "$root" --db "$db" --now $now --format json
after=$(listing "$root"; listing "$XDG_STATE_HOME" 2>/dev/null; listing "$HOME"; sha256sum "$db"; stat -c %Y "$db")
is "what a check changes" "$after" "$before"
is "journals that a check leaves" "$(find "$work" -name '*-journal' -o -name '*-wal')" ''
sed 's/"scan": 2/"scan": null/' "$work/audit.json" >"$work/want.json"
check "check gives what audit gives" cmp "$work/out" "$work/want.json"

# The same bytes for the same root.
cp "$work/out" "$work/first.json"
gives 0 "check again" check --root "$root" --db "$db" --now $now --format json
check "twice the same" cmp "$work/out" "$work/first.json"

# -o FILE
gives 0 "audit -o" check --root "$root" --db "$db" --now $now --format json -o "$work/file.json"
check "the file is the report" cmp "$work/file.json" "$work/first.json"
is "standard output beside -o" "$(cat "$work/out")" ''
gives 1 "-o where nothing can be" check --root "$root" --db "$db" --now $now -o "$work/none/file"
says 'cannot be written'

# ---- findings
cp -a "$root" "$work/stale"
stale=$work/stale
host_dotnet "$stale/home/ann" ca "$certificates/r3-by-dst.pem" >/dev/null
db=$work/stale.db
gives 0 "scan" scan --root "$stale" --db "$db" --now 2021-09-19T00:00:00Z
check "its line" grep -q "^scan 1 of $stale: [0-9]* stores, " "$work/out"
host_remove_ca "$stale" dst-root-ca-x3
gives 0 "scan --quiet" scan --quiet --root "$stale" --db "$db" --now 2021-09-19T00:00:00Z
is "what a quiet scan prints" "$(cat "$work/out" "$work/err")" ''
gives 1 "fix after a scan only" fix --db "$db"
says 'there is no audit to repair by'
set -- --root "$stale" --db "$db" --now 2021-09-25T00:00:00Z
gives 2 "audit, findings" audit "$@" --format json
id=$(sed -n 's/.*"id": "\([0-9a-f]*\)", "rule": "stale-cached-intermediate".*/\1/p' "$work/out")
is "ids are 32 digits" "${#id}" 32
gives 2 "check, findings" check "$@"
gives 0 "--exit-zero" check "$@" --exit-zero
gives 2 "--fail-on high" check "$@" --fail-on high
gives 0 "--fail-on high, all low" check --root "$stale" --db "$work/no.db" \
	--now 2021-10-02T00:00:00Z --fail-on high
gives 2 "--fail-on low" check --root "$stale" --db "$work/no.db" \
	--now 2021-10-02T00:00:00Z --fail-on low
check "a check makes no inventory" test ! -e "$work/no.db"

# ---- incomplete, and both
ln -sf ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
gives 4 "audit, incomplete" audit --root "$root" --db "$work/cut.db" --now $now
check "the report says so" grep -q '^Incomplete: ' "$work/out"
gives 4 "scan, incomplete" scan --root "$root" --db "$work/cut.db" --now $now
gives 6 "audit, both" audit --root "$root" --db "$work/cut.db" --now $now --fail-on low
gives 0 "both, --exit-zero" audit --root "$root" --db "$work/cut.db" --now $now --fail-on low --exit-zero
gives 0 "show problems" show problems --db "$work/cut.db" --format tsv
check "the problem is there" grep -q /ca-certificates.crt "$work/out"

# ---- a limit on the size of files is no reason to be killed
status=0
(ulimit -f 0 && exec "$TRUSTDRIFT" audit --root "$root" \
	--db "$work/limited.db") 2>&1 | grep -q 'trustdrift: .*limited.db' ||
	status=$?
is "no room for an inventory is said" "$status" 0

# ---- damage in the middle of the inventory: the file, and what to do
cp "$work/cut.db" "$work/damaged.db"
tr '\0' '\252' </dev/zero | dd of="$work/damaged.db" bs=4096 seek=3 \
	count=20 iflag=fullblock conv=notrunc 2>/dev/null
for command in audit fix diff; do
	gives 1 "$command of a damaged inventory" $command --root "$root" \
		--db "$work/damaged.db"
	says 'damaged.db: the inventory is damaged'
done

# ---- no verdict
gives 1 "no such root" audit --root "$work/nowhere" --db "$work/none.db"
says 'cannot be used as root'
mkdir -p "$work/config/rules.d"
echo '<rule id="x"' >"$work/config/rules.d/x.xml"
for command in audit check; do
	gives 78 "$command with a broken rule" $command --root "$root" \
		--db "$work/none.db" --config "$work/config"
	says 'x.xml:'
	is "output with a broken rule" "$(cat "$work/out")" ''
done
mkdir -p "$work/config2/stores"
echo '<stores><store/></stores>' >"$work/config2/stores/x.xml"
gives 78 "a broken store" scan --root "$root" --db "$work/none.db" --config "$work/config2"
says 'x.xml:'
check "nothing was recorded" test ! -e "$work/none.db"
echo 'this is something else, and longer than a header' >"$work/foreign.db"
for command in audit scan prune 'show stores' fix diff; do
	# shellcheck disable=SC2086
	gives 1 "$command on a foreign file" $command --db "$work/foreign.db" --root "$root"
	says 'foreign.db'
done
is "the foreign file" "$(cat "$work/foreign.db")" \
	'this is something else, and longer than a header'
gives 0 "check beside a foreign file" check --root "$stale" --db "$work/foreign.db" \
	--now 2021-10-02T00:00:00Z --fail-on high
check "it says why there is no history" grep -q 'foreign.db' "$work/out"
gives 0 "the same as JSON" check --root "$stale" --db "$work/foreign.db" \
	--now 2021-10-02T00:00:00Z --fail-on high --format json
says 'foreign.db'

# ---- preview
cached_print=$(sha256_of "$certificates/r3-by-dst.pem")
sum=$(sha256sum "$db")
gives 2 "preview" preview "$@" --remove "$cached_print"
check "as text" grep -q 'stale-cached-intermediate' "$work/out"
is "the inventory" "$(sha256sum "$db")" "$sum"
gives 0 "preview, no difference" preview "$@" --add "$certificates/isrg-root-x1.pem"
gives 2 "preview -o" preview "$@" --remove "$cached_print" -o "$work/preview.txt"
is "standard output beside -o" "$(cat "$work/out")" ''
check "the file" grep -q 'stale-cached-intermediate' "$work/preview.txt"
gives 2 "preview beside a foreign file" preview --root "$stale" \
	--db "$work/foreign.db" --now 2021-09-25T00:00:00Z --remove "$cached_print"
check "it says why there is no history" grep -q 'foreign.db' "$work/out"
gives 1 "preview of no root" preview --root "$work/nowhere" --at @0
says 'cannot be used as root'
gives 78 "preview with a broken rule" preview "$@" --at @0 --config "$work/config"
says 'x.xml:'

if command -v sqlite3 >/dev/null; then
	mkfifo "$work/fifo"
	sqlite3 "$db" <"$work/fifo" &
	locker=$!
	exec 3>"$work/fifo"
	echo 'BEGIN IMMEDIATE;' >&3
	echo ".system touch $work/locked" >&3
	tries=0
	while [ ! -e "$work/locked" ] && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	for command in audit scan prune; do
		root_of=$stale
		gives 75 "$command, locked" $command --root "$root_of" --db "$db" --wait 0
		says 'another run is using the inventory'
	done
	gives 2 "preview, locked" preview --root "$stale" --db "$db" --wait 0 \
		--now 2021-09-25T00:00:00Z --remove "$cached_print"
	gives 2 "check, locked" check --root "$stale" --db "$db" --wait 0 --now 2021-09-25T00:00:00Z
	exec 3>&-
	wait $locker
else
	echo "SKIPPED, NOT TESTED: a locked inventory, sqlite3 is missing"
fi

# ---- fix
gives 2 "fix" fix --root "$stale" --db "$db" -o "$work/fix.sh"
is "mode of the script" "$(stat -c %a "$work/fix.sh")" 700
check "the script is one" sh -n "$work/fix.sh"
check "it says how it was made" grep -q "fix .*-o $work/fix.sh" "$work/fix.sh"
gives 2 "fix by a short id" fix --root "$stale" --db "$db" "$(printf %.6s "$id")"
check "on standard output" grep -q "$id" "$work/out"
gives 2 "fix by rule" fix --root "$stale" --db "$db" --rule stale-cached-intermediate
gives 0 "fix of another rule" fix --root "$stale" --db "$db" --rule expired-anchor
says 'nothing to write'
gives 0 "fix of another store" fix --root "$stale" --db "$db" --store /nowhere
gives 0 "id and rule that do not meet" fix --db "$db" --root "$stale" --rule expired-anchor "$id"
gives 64 "fix of no rule" fix --root "$stale" --db "$db" --rule expired-anchr
says "did you mean 'expired-anchor'?"
gives 64 "an id too short" fix --root "$stale" --db "$db" "$(printf %.5s "$id")"
gives 64 "no such id" fix --root "$stale" --db "$db" 00000000000000000000000000000000
says "has no finding '00000000000000000000000000000000'"
gives 64 "no id" fix --root "$stale" --db "$db" "$(printf 'x\033[m')"
says "not 'x\\x1b[m'"
for command in fix 'explain NN' waive show\ stores 'policy init' export; do
	case $command in waive) command="waive abcdef --reason r --until 2030-01-01" ;; esac
	# shellcheck disable=SC2086 # words
	gives 1 "another root's: $command" $command --root "$root" --db "$db"
	says "is of $stale and not of $root"
done

# ---- show, as every format
for word in stores certificates findings parties redirections rules formats recipes scans problems; do
	for format in text tsv json; do
		gives 0 "show $word --format $format" show "$word" --db "$db" --format $format
		case $format in
		json) is "$word as JSON" "$(head -c 1 "$work/out")$(tail -n 1 "$work/out" | tail -c 2)" '[]' ;;
		*) check "header of $word" grep -q '[a-z]' "$work/out" ;;
		esac
	done
done
for format in text tsv json; do
	gives 0 "show stores --all --format $format" show stores --all \
		--root "$stale" --db "$work/none.db" --format $format
	case $format in
	json) is "all stores as JSON" "$(head -c 1 "$work/out")$(tail -n 1 "$work/out" | tail -c 2)" '[]' ;;
	tsv)
		is "how many are there" "$(sed -n 's/^system-bundle	\([0-9]*\)	pem	anchor	system-ca	.*system.xml:[0-9]*	.*	\/etc\/ssl\/certs\/ca-certificates.crt .*/\1/p' "$work/out")" 1
		is "and how many not" "$(sed -n 's/^java-system	\([0-9]*\)	.*/\1/p' "$work/out")" 0
		;;
	*) check "header of all stores" grep -q '^kind .*found' "$work/out" ;;
	esac
done
check "no inventory was made by that" test ! -e "$work/none.db"
gives 1 "all stores of no root" show stores --all --root "$work/nowhere"
says 'cannot be used as root'
gives 78 "all stores of a broken file" show stores --all --config "$work/config2"
says 'x.xml:'
gives 0 "show findings" show findings --db "$db" --format tsv
is "a finding's row" "$(cut -f 1-5 "$work/out" | grep "^$id")" \
	"$id	stale-cached-intermediate	high	found	yes"
gives 0 "show findings --rule" show findings --db "$db" --rule expired-anchor
is "of which there are none" "$(wc -l <"$work/out")" 1
gives 64 "findings of no rule" show findings --db "$db" --rule expired-anchr
says "did you mean 'expired-anchor'?"
gives 64 "stores of a rule" show stores --db "$db" --rule expired-anchor
says "--rule goes with findings, not with 'stores'"
gives 1 "findings of no audit" show findings --db "$work/none.db"
gives 0 "show certificates" show certificates --db "$db" --format tsv
is "a certificate's row" "$(grep -c "^$(sha256_of "$certificates/isrg-root-x1.pem")	" "$work/out")" 1

# ---- query
gives 0 "query" query --db "$db" --format tsv 'SELECT count(*) AS n FROM v_scan'
is "its rows" "$(tr '\n' ' ' <"$work/out")" 'n 3 '
gives 0 "query without rows" query --db "$db" --format tsv 'SELECT path FROM v_store WHERE 1 = 0'
is "its header" "$(cat "$work/out")" path
for sql in 'DELETE FROM v_store' 'SELECT * FROM store' 'nonsense' 'SELECT 1; SELECT 2' \
	"ATTACH 'x' AS x" 'PRAGMA user_version' ''; do
	gives 1 "query $sql" query --db "$db" "$sql"
	says 'the query was refused'
	is "output of a refused query" "$(cat "$work/out")" ''
done
# A reader that goes away is noticed, and not by a signal.
{
	"$TRUSTDRIFT" query --db "$db" --format tsv \
		'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
			WHERE i < 200000) SELECT i FROM n' 2>"$work/err"
	echo $? >"$work/status"
} | head -n 1 >/dev/null
is "status into a closed pipe" "$(cat "$work/status")" 1
says 'standard output'

# ---- diff
gives 0 "diff of the same" diff 2 3 --db "$db"
check "it says so" grep -q '^No difference' "$work/out"
rm "$stale/home/ann/$dotnet_store/ca/"*
host_root_ca "$stale" "$certificates/dst-root-ca-x3.pem"
host_update "$stale"
gives 0 "scan after a change" scan --root "$stale" --db "$db" --now 2021-09-26T00:00:00Z
gives 2 "diff of the last two" diff --db "$db"
check "what came" grep -q '^  + Departing Root X3 .*anchor' "$work/out"
check "what went" grep -q '^  - R3 ' "$work/out"
gives 2 "diff as JSON" diff 3 --db "$db" --format json
check "what came, for programs" grep -q '"change": "added", "kind": "[a-z-]*", "path": "/etc/ssl/certs/ca-certificates.crt"' "$work/out"
gives 64 "diff of no scan" diff 1 99 --db "$db"
gives 64 "diff of no number" diff first --db "$db"
gives 1 "fix after a newer scan" fix --root "$stale" --db "$db"
gives 0 "another root in the same file" scan --root "$work/stale/home" --db "$db"
gives 64 "diff of two roots" diff 1 5 --db "$db"
gives 2 "diff of the root that is named" diff --root "$stale" --db "$db"
gives 1 "diff of a root with one scan" diff --db "$db"
says 'no two scans'

# ---- prune
gives 0 "prune one root" prune --root "$stale" --keep 2 --db "$db"
is "what it says" "$(cat "$work/out")" '2 scans deleted'
gives 0 "scans that are left" query --db "$db" --format tsv 'SELECT scan_id FROM v_scan ORDER BY scan_id'
is "they are" "$(tr '\n' ' ' <"$work/out")" 'scan_id 3 4 5 '
gives 0 "prune all" prune --keep 1 --db "$db"
is "what it says" "$(cat "$work/out")" '1 scan deleted'
gives 0 "scan --keep" scan --keep 1 --root "$stale" --db "$db"
gives 0 "prune by age" prune --db "$db"
is "what it says" "$(cat "$work/out")" '0 scans deleted'

# ---- where the inventory is otherwise
if [ "$(id -u)" -ne 0 ]; then
	gives 0 "scan without --db" scan --root "$stale" --now $now
	hash=$(printf %s "$stale" | sha256sum | cut -c 1-16)
	check "an inventory of its own" test -f "$XDG_STATE_HOME/trustdrift/roots/$hash.db"
	is "mode of its directory" "$(stat -c %a "$XDG_STATE_HOME/trustdrift")" 700
	gives 0 "show of that root" show scans --root "$stale/../stale" --format tsv
	is "its scans" "$(wc -l <"$work/out" | tr -d ' ')" 2
	XDG_STATE_HOME=relative
	gives 0 "scan with a relative XDG_STATE_HOME" scan --root "$stale" --now $now
	check "which is ignored" test -f "$HOME/.local/state/trustdrift/roots/$hash.db"
fi
finish
