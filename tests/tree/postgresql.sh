#!/bin/sh
# postgresql.sh -- the rules' SQL is PostgreSQL's, too: every query is planned
# by a server of our own over tables that have the columns of the views.
: "${srcdir:=.}"
cd "$srcdir" || exit 1

skip() {
	echo "SKIPPED, NOT TESTED: $*"
	exit 77
}

# shellcheck source=tests/tools/postgresql.sh
. tests/tools/postgresql.sh
for program in sqlite3 xmllint; do
	command -v $program >/dev/null || skip "$program is missing"
done
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'server_stop "$work/server"; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
server_start "$work/server" || skip "$server_why"
ask() {
	psql -qX -v ON_ERROR_STOP=1 >"$work/answer" 2>&1
}

# A column that is computed has no type in SQLite: those here are numbers but
# for four.
sqlite3 :memory: ".read data/schema/inventory.sql" "
	SELECT 'CREATE TABLE ' || m.name || ' (' || group_concat('\"' ||
		c.name || '\" ' || CASE WHEN c.type = 'TEXT'
			OR c.name IN ('beneath', 'party', 'kind', 'purpose') THEN 'text'
			ELSE 'bigint' END, ', ') || ');'
	FROM sqlite_schema m, pragma_table_info(m.name) c
	WHERE m.type = 'view' GROUP BY m.name" >"$work/tables.sql"
ask <"$work/tables.sql" || {
	cat "$work/answer"
	exit 1
}

status=0 checked=0
for rule in data/rules/*.xml; do
	n=$(xmllint --xpath 'count(//query)' "$rule")
	for i in $(seq "$n"); do
		# :name is a column of the finding's row
		{
			echo EXPLAIN
			xmllint --xpath "string((//query)[$i])" "$rule" |
				sed -E 's/:(store_id|identity|about)\>/NULL::bigint/g
					s/(^|[^:]):([a-z][a-z_0-9]*)/\1NULL::text/g'
			echo ";"
		} >"$work/query.sql"
		ask <"$work/query.sql" || {
			echo "$rule: query $i: $(cat "$work/answer")"
			status=1
		}
		checked=$((checked + 1))
	done
done
echo "$checked queries"
[ "$checked" -gt 0 ] || status=1
exit $status
