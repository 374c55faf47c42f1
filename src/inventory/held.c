/* held.c -- the views that nearly every rule asks, made once for all of them.
 *
 * A view is put into each query that names it, as often as it is named there:
 * for 47 rules SQLite compiled the five tables and the counts of v_store 70
 * times, and that was more work than answering.  So while rules are asked these
 * views are tables of the same names and with the same rows in the connection's
 * temporary database, which SQLite looks into first.  They are small: a row for
 * each store, party, use of a store by a party and private anchor, never one for
 * each entry.
 *
 * A view of the main database sees only what is there, so that views which ask
 * these are made a second time, too.
 */
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

#define STEPS	1000		/* SQLite opcodes between two looks */

/* ORDER BY: in the order in which the views give their rows.  CREATE TABLE AS
 * leaves each column the affinity that it has in the view.  */
static const char hold[] =
	"CREATE TEMP TABLE v_run AS SELECT * FROM main.v_run;"
	"CREATE TEMP TABLE v_store AS SELECT * FROM main.v_store"
	" ORDER BY store_id;"
	"CREATE UNIQUE INDEX temp.held_store ON v_store (store_id);"
	"CREATE TEMP TABLE v_party AS SELECT * FROM main.v_party"
	" ORDER BY party;"
	"CREATE UNIQUE INDEX temp.held_party ON v_party (party);"
	"CREATE TEMP TABLE v_party_store AS SELECT * FROM main.v_party_store"
	" ORDER BY party, store_id, role;"
	"CREATE UNIQUE INDEX temp.held_use ON v_party_store"
	" (party, store_id, role);"
	"CREATE INDEX temp.held_use_store ON v_party_store (store_id);"
	"CREATE TEMP TABLE newest_manifest AS SELECT * FROM main.newest_manifest"
	" ORDER BY store_id;"
	"CREATE UNIQUE INDEX temp.held_manifest_store ON newest_manifest"
	" (store_id);"
	"CREATE INDEX temp.held_manifest ON newest_manifest (manifest_id);"
	"CREATE TEMP TABLE v_web_anchor_set AS"
	" SELECT * FROM main.v_web_anchor_set ORDER BY anchor_set;"
	"CREATE TEMP TABLE v_private_anchor AS"
	" SELECT * FROM main.v_private_anchor ORDER BY sha256;"
	"CREATE UNIQUE INDEX temp.held_private ON v_private_anchor (sha256);";

/* As at the end of inventory.sql.  */
static const char tell_sizes[] =
	"ANALYZE temp.sqlite_schema;"
	"INSERT INTO temp.sqlite_stat1 (tbl, idx, stat) VALUES"
	" ('v_run', NULL, '1'),"
	" ('v_store', 'held_store', '20 1'),"
	" ('v_party', 'held_party', '20 1'),"
	" ('v_party_store', 'held_use', '60 3 1 1'),"
	" ('v_party_store', 'held_use_store', '60 2'),"
	" ('newest_manifest', 'held_manifest_store', '20 1'),"
	" ('newest_manifest', 'held_manifest', '20 1'),"
	" ('v_web_anchor_set', NULL, '5'),"
	" ('v_private_anchor', 'held_private', '10 1');"
	"ANALYZE temp.sqlite_schema;";

static const char release[] =
	"DROP VIEW IF EXISTS temp.v_anchor_file;"
	"DROP VIEW IF EXISTS temp.v_private_anchor_place;"
	"DROP VIEW IF EXISTS temp.v_party_setting;"
	"DROP VIEW IF EXISTS temp.v_trusted;"
	"DROP VIEW IF EXISTS temp.v_statement;"
	"DROP VIEW IF EXISTS temp.v_entry;"
	"DROP TABLE IF EXISTS temp.v_private_anchor;"
	"DROP TABLE IF EXISTS temp.v_web_anchor_set;"
	"DROP TABLE IF EXISTS temp.newest_manifest;"
	"DROP TABLE IF EXISTS temp.v_party_store;"
	"DROP TABLE IF EXISTS temp.v_party;"
	"DROP TABLE IF EXISTS temp.v_store;"
	"DROP TABLE IF EXISTS temp.v_run;";

/* Views that ask those.  */
static const char *const users[] = {
	"v_entry", "v_statement", "v_party_setting", "v_trusted",
	"v_private_anchor_place", "v_anchor_file",
};

/* The first statement of SQL only: what it says is from the file.  */
static int run_one(struct inventory *i, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(i->db, sql, -1, &s, NULL);

	if (code == SQLITE_OK && s != NULL)
		code = sqlite3_step(s);
	sqlite3_finalize(s);
	return db_error(i, code);
}

/* SQLite trusts the schema of its temporary database: what it would refuse in a
 * file that somebody else made is asked in its own place first.  */
static int hold_view(struct inventory *i, const char *name)
{
	AUTO(str) char *expected = xasprintf("CREATE VIEW %s AS", name);
	AUTO(str) char *ask = xasprintf("SELECT * FROM main.%s LIMIT 0", name);
	AUTO(query) struct query q = query_start(i,
		"SELECT sql FROM main.sqlite_master"
		" WHERE type = 'view' AND name = ?");
	AUTO(str) char *sql = NULL;
	const char *words;
	int r;

	query_text(&q, name);
	r = query_step(&q);
	if (r <= 0)
		return r;
	words = query_column_text(&q, 0);
	if (words == NULL || !has_prefix(words, expected))
		return 0;
	sql = xasprintf("CREATE TEMP VIEW %s", words + strlen("CREATE VIEW "));
	auto_query(&q);
	r = run_one(i, ask);
	return r < 0 ? r : run_one(i, sql);
}

static int hold_all(struct inventory *i)
{
	int r = db_exec(i, hold);

	if (r == 0)
		r = db_exec(i, tell_sizes);
	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(users); k++)
		r = hold_view(i, users[k]);
	return r;
}

/* Runs FN although the connection may be for queries only, which SQLite means of
 * its temporary database as well.  */
static int with_writing(struct inventory *i, int (*fn)(struct inventory *i))
{
	int64_t only = 0;
	int r, again;

	r = pragma_int(i, "PRAGMA query_only", &only);
	if (r == 0 && only)
		r = db_exec(i, "PRAGMA query_only = OFF");
	if (r == 0)
		r = fn(i);
	again = only ? db_exec(i, "PRAGMA query_only = ON") : 0;
	return r < 0 ? r : again;
}

/* The views are a file's own text: what does not end, or grows, is interrupted, as
 * a rule would be.  */
struct bounds {
	uint64_t steps;
	sqlite3_int64 memory;
};

static int watch(void *data)
{
	struct bounds *b = data;

	b->steps += STEPS;
	return b->steps > LIMIT_RULE_STEPS ||
	       sqlite3_memory_used() - b->memory > LIMIT_RULE_MEMORY_BYTES;
}

static int hold_within_bounds(struct inventory *i)
{
	struct bounds b = { .memory = sqlite3_memory_used() };
	int r;

	sqlite3_progress_handler(i->db, STEPS, watch, &b);
	r = hold_all(i);
	sqlite3_progress_handler(i->db, 0, NULL, NULL);
	return r;
}

static int release_all(struct inventory *i)
{
	return db_exec(i, release);
}

int inventory_hold(struct inventory *i)
{
	int r = with_writing(i, hold_within_bounds);

	if (r < 0) {
		char words[sizeof(i->error)];

		/* What failed is worth more than how the rest went.  */
		memcpy(words, i->error, sizeof(words));
		inventory_release(i);
		memcpy(i->error, words, sizeof(words));
	}
	return r;
}

void inventory_release(struct inventory *i)
{
	with_writing(i, release_all);
}
