/* schema.c -- makes the tables, knows their version, and brings older files
 * up to date.
 *
 * The schema is data/schema/inventory.sql.  Its version is user_version; a
 * change to a released version is a row in `migrations` that makes the same
 * tables out of the old ones.  Views hold no data, so a migration does not
 * describe them: they are taken over from the new schema as a whole.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

#define SCHEMA_FILE	"/schema/inventory.sql"

/* The findings of each root's audit, not of the newest only.  */
static const char from_1[] =
	"ALTER TABLE finding RENAME TO finding_1; "
	"CREATE TABLE IF NOT EXISTS audit ("
		"root_id INTEGER PRIMARY KEY REFERENCES root, "
		"scan_id INTEGER NOT NULL REFERENCES scan); "
	"CREATE TABLE finding ("
		"scan_id INTEGER NOT NULL REFERENCES scan, "
		"position INTEGER NOT NULL, "
		"id TEXT NOT NULL, "
		"document TEXT NOT NULL, "
		"PRIMARY KEY (scan_id, position)); "
	"INSERT INTO finding (scan_id, position, id, document) "
		"SELECT scan_id, position, id, document FROM finding_1; "
	"INSERT OR IGNORE INTO audit SELECT s.root_id, s.id FROM meta m "
		"JOIN scan s ON s.id = m.value WHERE m.key = 'audit'; "
	"DROP TABLE finding_1; "
	"DELETE FROM meta WHERE key = 'audit'";

/* None of these was ever released, but there are inventories of them.  From 2 on
 * there are other views.  */
static const struct migration migrations[] = {
	{ 1, from_1 },
	{ 2, "" },
	{ 0, NULL },
};

const struct schema schema_current = {
	.version = 3,
	.migrations = migrations,
};

static int load_schema(char **ret_sql, char **ret_error)
{
	AUTO(str) char *path = xasprintf("%s%s", data_dir(), SCHEMA_FILE);
	AUTO(str) char *sql = NULL;
	size_t n;
	int r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &sql, &n);

	if (r < 0) {
		/* Not -ENOENT: that would read as "no inventory".  */
		*ret_error = xasprintf("%s: %s", path, strerror(-r));
		return -EINVAL;
	}
	*ret_sql = TAKE(sql);
	return 0;
}

int pragma_int(struct inventory *i, const char *sql, int64_t *ret_value)
{
	AUTO(query) struct query q = query_start(i, sql);
	int r = query_step(&q);

	if (r <= 0)
		return r < 0 ? r : -EMEDIUMTYPE;
	*ret_value = query_column_int(&q, 0);
	return 0;
}

static int version_of(struct inventory *i, int64_t *ret_version)
{
	return pragma_int(i, "PRAGMA user_version", ret_version);
}

/* Only when the file is empty still: another first run may have been faster. */
static int create_tables(struct inventory *i, const struct schema *schema,
			 const char *sql, char **ret_error)
{
	int64_t objects, version = 0;
	int r;

	r = pragma_int(i, "SELECT count(*) FROM sqlite_master", &objects);
	if (r < 0 || objects > 0)
		return r;
	r = db_exec(i, sql);
	if (r == 0)
		r = version_of(i, &version);
	if (r < 0) {
		*ret_error = xasprintf("%s%s: %s", data_dir(), SCHEMA_FILE,
				       i->error);
		return r;
	}
	if (version != schema->version) {
		*ret_error = xasprintf(_("%s%s belongs to another version of "
					 "this program"),
				       data_dir(), SCHEMA_FILE);
		return -EINVAL;
	}
	return 0;
}

int schema_create(struct inventory *i, const struct schema *schema,
		  char **ret_error)
{
	AUTO(str) char *sql = NULL;
	int r = load_schema(&sql, ret_error);

	if (r < 0)
		return r;
	/* auto_vacuum lets prune give space back, and can be chosen in an
	 * empty file only, by the first to write to it: so this is what takes
	 * the lock here, and not BEGIN IMMEDIATE.  Outside of the transaction
	 * it would leave a file behind that is not empty and not ours.  */
	r = db_exec(i, "BEGIN; PRAGMA auto_vacuum = INCREMENTAL");
	if (r == 0)
		r = create_tables(i, schema, sql, ret_error);
	return transaction_end(i, true, r);
}

/* ---- migrations ------------------------------------------------------------*/

static int drop_views(struct inventory *i)
{
	for (;;) {
		AUTO(query) struct query q = query_start(i,
			"SELECT 'DROP VIEW \"' || replace(name, '\"', '\"\"') "
			"|| '\"' FROM sqlite_master WHERE type = 'view' "
			"LIMIT 1");
		AUTO(str) char *sql = NULL;
		int r = query_step(&q);

		if (r <= 0)
			return r;
		sql = xstrdup(query_column_text(&q, 0));
		auto_query(&q);
		r = db_exec(i, sql);
		if (r < 0)
			return r;
	}
}

static int copy_views(struct inventory *i, struct inventory *from)
{
	AUTO(query) struct query q = query_start(from,
		"SELECT sql FROM sqlite_master WHERE type = 'view' "
		"ORDER BY rowid");
	int r;

	while ((r = query_step(&q)) > 0) {
		r = db_exec(i, query_column_text(&q, 0));
		if (r < 0)
			return r;
	}
	return r;
}

/* They were dropped.  */
static int make_views(struct inventory *i, char **ret_error)
{
	AUTO(inventory) struct inventory *fresh = xcalloc(1, sizeof(*fresh));
	AUTO(str) char *sql = NULL;
	int r = load_schema(&sql, ret_error);

	if (r < 0)
		return r;
	r = db_error(fresh, sqlite3_open(":memory:", &fresh->db));
	if (r == 0)
		r = db_exec(fresh, sql);
	return r < 0 ? r : copy_views(i, fresh);
}

static int migrate_step(struct inventory *i, const struct schema *schema,
			int64_t from)
{
	const struct migration *m;

	for (m = schema->migrations; m->sql != NULL; m++)
		if (m->from == from)
			return db_exec(i, m->sql);
	snprintf(i->error, sizeof(i->error), "no migration from version %lld",
		 (long long)from);
	return -EMEDIUMTYPE;
}

static int migrate_all(struct inventory *i, const struct schema *schema,
		       char **ret_error)
{
	char pragma[64];
	int64_t version;
	bool older = false;
	int r;

	/* Asked again under the lock: another run may have been faster.  */
	r = version_of(i, &version);
	if (r == 0 && version < schema->version) {
		older = true;
		/* ALTER TABLE asks all views, which may be older ones.  */
		r = drop_views(i);
	}
	for (; r == 0 && version < schema->version; version++)
		r = migrate_step(i, schema, version);
	if (r == 0 && older)
		r = make_views(i, ret_error);
	if (r < 0 || !older)
		return r;
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d",
		 schema->version);
	return db_exec(i, pragma);
}

static int migrate(struct inventory *i, const struct schema *schema,
		   char **ret_error)
{
	bool own;
	int r = transaction_begin(i, &own);

	if (r < 0)
		return r;
	r = transaction_end(i, own, migrate_all(i, schema, ret_error));
	if (r < 0 && *ret_error == NULL)
		*ret_error = xasprintf(_("it cannot be brought up to date: %s"),
				       i->error);
	return r;
}

/* ---- checks ----------------------------------------------------------------*/

/* quick_check would read the whole file; this asks only whether what every
 * run needs is there.  Damage further in is met when it is read.  */
static int check_tables(struct inventory *i, char **ret_error)
{
	int64_t found;
	int r = pragma_int(i,
		"SELECT count(*) FROM sqlite_master WHERE type = 'table' "
		"AND name IN ('meta', 'root', 'scan', 'identity', "
		"'certificate', 'signature', 'store', 'manifest', "
		"'manifest_entry', 'manifest_statement', 'reading', "
		"'reading_problem', "
		"'scan_store', 'scan_problem', 'composition', "
		"'composition_party', 'composition_store', "
		"'party_anchor_set', 'anchor_set', 'anchor_set_member', "
		"'reach', 'root_program', 'finding', 'audit')", &found);

	if (r < 0)
		return r;
	if (found != 24) {
		*ret_error = xstrdup(_("tables are missing"));
		return -EMEDIUMTYPE;
	}
	return 0;
}

int schema_check(struct inventory *i, const struct schema *schema,
		 bool may_write, bool *ret_older, char **ret_error)
{
	int64_t version, objects;
	bool older;
	int r;

	r = version_of(i, &version);
	if (r == 0)
		r = pragma_int(i, "SELECT count(*) FROM sqlite_master",
			       &objects);
	if (r < 0)
		return r;
	if (objects == 0 && version == 0)
		return -ENODATA;
	if (version > schema->version) {
		*ret_error = xasprintf(_("it was written by a newer version "
					 "of this program (schema %lld, this "
					 "one knows %d)"),
				       (long long)version, schema->version);
		return -EMEDIUMTYPE;
	}
	older = version < schema->version;
	if (older && may_write) {
		r = migrate(i, schema, ret_error);
		if (r < 0)
			return r;
		older = false;
	}
	r = older ? 0 : check_tables(i, ret_error);
	if (r == 0)
		*ret_older = older;
	return r;
}
