/* database.c -- SQLite databases in memory (SQLite's file format,
 * https://sqlite.org/fileformat2.html): see database.h.
 *
 * A damaged page is found only when it is read, so any step may fail; and a
 * file that is cut off at a page's end looks whole to SQLite, which is why the
 * size in the header is held against the file's.
 */
#include <errno.h>
#include <string.h>

#include "read/database.h"

#define SQLITE_MAGIC	"SQLite format 3"	/* and its NUL */
#define HEADER_SIZE	100
#define STEPS_A_CALL	100
/* A step takes as long as a look at 64 bytes of a page, or the hash of 8.  */
#define STEPS_A_PAGE	4
#define PAGE_BYTES_A_STEP	64
#define ROW_BYTES_A_STEP	8
#define SNIFFED_BYTES	(256u << 10)	/* the schema is on the first page */

/* SQLite says that it is out of memory for some damaged databases, too: who has to
 * know which it is asks whether malloc() ever had none.  */
static sqlite3_mem_methods allocator;
static bool lacked_memory;

static void *allocate(int n)
{
	void *p = allocator.xMalloc(n);

	lacked_memory = lacked_memory || p == NULL;
	return p;
}

static void *reallocate(void *before, int n)
{
	void *p = allocator.xRealloc(before, n);

	lacked_memory = lacked_memory || p == NULL;
	return p;
}

void database_watch_memory(void)
{
	sqlite3_mem_methods own;

	if (allocator.xMalloc != NULL ||
	    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &own) != SQLITE_OK)
		return;
	allocator = own;
	own.xMalloc = allocate;
	own.xRealloc = reallocate;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &own);
}

void database_ready(void)
{
	unsigned char byte;

	sqlite3_initialize();
	sqlite3_randomness(sizeof(byte), &byte);
}

void database_failed(struct database *d)
{
	if (d->steps > LIMIT_DATABASE_STEPS)
		sink_problem(d->out, PROBLEM_LIMIT, 0,
			     "%sreading takes more than %u steps of SQLite; "
			     "the rest is not read", d->name,
			     LIMIT_DATABASE_STEPS);
	else if (lacked_memory)
		die("%s", _("out of memory"));
	else if ((sqlite3_errcode(d->db) & 0xff) == SQLITE_NOMEM)
		/* 3.40 does so for a record whose header is wrong.  */
		sink_problem(d->out, PROBLEM_LIMIT, 0, "%sSQLite says: out of "
			     "memory, as it does of some damaged databases; "
			     "the rest is not read", d->name);
	else
		sink_problem(d->out, PROBLEM_MALFORMED, 0, "%sSQLite says: %s",
			     d->name, sqlite3_errmsg(d->db));
}

/* What SQLite has gone through since it was last asked.  */
static void count_pages(struct database *d)
{
	static const int counters[] = {
		SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		int n = 0, highest;

		sqlite3_db_status(d->db, counters[i], &n, &highest, true);
		d->steps += (uint64_t)(unsigned)n * d->page_steps;
	}
}

static int count_steps(void *data)
{
	struct database *d = data;

	d->steps += STEPS_A_CALL;
	count_pages(d);
	return d->steps > LIMIT_DATABASE_STEPS;
}

/* What a hostile database could use and no owner of one does.  N is its size:
 * no value in it is longer.  */
static void restrain(struct database *d, size_t n)
{
	static const struct {
		int what, value;
	} limits[] = {
		{ SQLITE_LIMIT_SQL_LENGTH, 65536 },
		{ SQLITE_LIMIT_COLUMN, 1000 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 20 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 2 },
		{ SQLITE_LIMIT_VDBE_OP, 10000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 8 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	static const struct {
		int what, value;
	} settings[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
	};

	sqlite3_limit(d->db, SQLITE_LIMIT_LENGTH, (int)n);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(d->db, limits[i].what, limits[i].value);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		sqlite3_db_config(d->db, settings[i].what, settings[i].value,
				  NULL);
	sqlite3_exec(d->db, "PRAGMA cell_size_check = 1", NULL, NULL, NULL);
	sqlite3_progress_handler(d->db, STEPS_A_CALL, count_steps, d);
}

static uint64_t page_size(struct blob data)
{
	const uint64_t page = get_be16(data.p + 16);

	return page == 1 ? 65536 : page;
}

/* The size that the header says, 0 when it does not (section 1.3.8 of the
 * format: the number of pages counts only with the right version).  */
static uint64_t size_declared(struct blob data)
{
	if (get_be32(data.p + 24) != get_be32(data.p + 92))
		return 0;
	return page_size(data) * get_be32(data.p + 28);
}

static int header_check(struct database *d, struct blob data)
{
	/* An offset is one in the file that is read, not in its companion.  */
	const uint64_t end = d->name[0] == '\0' ? data.n : 0;

	if (data.n < HEADER_SIZE) {
		sink_problem(d->out, PROBLEM_TRUNCATED, end,
			     "%sthe file ends in its header of %d bytes",
			     d->name, HEADER_SIZE);
		return -EINVAL;
	}
	if (memcmp(data.p, SQLITE_MAGIC, sizeof(SQLITE_MAGIC)) != 0) {
		sink_problem(d->out, PROBLEM_FORMAT, 0,
			     "%snot an SQLite database", d->name);
		return -EINVAL;
	}
	if (size_declared(data) > data.n) {
		sink_problem(d->out, PROBLEM_TRUNCATED, end,
			     "%sthe file ends before its last page; restore it "
			     "from a backup", d->name);
		return -EINVAL;
	}
	return 0;
}

/* A database of BYTES, which become SQLite's.  */
static int take_bytes(unsigned char *bytes, size_t n, sqlite3 **ret_db)
{
#ifdef HAVE_SQLITE3_DESERIALIZE
	int r = sqlite3_open_v2(":memory:", ret_db, SQLITE_OPEN_READWRITE |
				SQLITE_OPEN_PRIVATECACHE, NULL);

	if (r != SQLITE_OK) {
		sqlite3_free(bytes);
		return r;
	}
	return sqlite3_deserialize(*ret_db, "main", bytes, (sqlite3_int64)n,
				   (sqlite3_int64)n,
				   SQLITE_DESERIALIZE_FREEONCLOSE |
				   SQLITE_DESERIALIZE_READONLY);
#else
	return database_from_memory(bytes, n, ret_db);
#endif
}

int database_open(struct blob data, struct sink *out, const char *name,
		  struct database *ret_database)
{
	struct database *d = ret_database;
	unsigned char *copy;
	int r;

	*d = (struct database){ .out = out, .name = name };
	if (header_check(d, data) < 0)
		return -EINVAL;
	copy = sqlite3_malloc64(data.n);
	if (copy == NULL)
		die("%s", _("out of memory"));
	memcpy(copy, data.p, data.n);
	/* A database in memory cannot be in WAL mode.  */
	if (copy[18] == 2) {
		copy[18] = copy[19] = 1;
		sink_skipped(out, PROBLEM_FORMAT, 0, "the database is in WAL "
			     "mode: what is in its -wal file, if there is one, "
			     "is not seen");
	}
	r = take_bytes(copy, data.n, &d->db);
	if (d->db == NULL)
		die("%s", _("out of memory"));
	sqlite3_extended_result_codes(d->db, 1);
	if (r != SQLITE_OK)
		return -EIO;
	d->page_steps = STEPS_A_PAGE +
		(unsigned)(page_size(data) / PAGE_BYTES_A_STEP);
	restrain(d, data.n);
	return 0;
}

void database_close(struct database *d)
{
	sqlite3_close(d->db);
	d->db = NULL;
}

int database_prepare(struct database *d, const char *sql,
		     sqlite3_stmt **ret_statement)
{
	if (sqlite3_prepare_v3(d->db, sql, -1, 0, ret_statement, NULL) !=
	    SQLITE_OK)
		return -EIO;
	return 0;
}

int database_next(struct database *d, sqlite3_stmt *s)
{
	int e;

	if (d->steps > LIMIT_DATABASE_STEPS)
		return SQLITE_INTERRUPT;
	e = sqlite3_step(s);
	count_pages(d);
	for (int i = 0; e == SQLITE_ROW && i < sqlite3_data_count(s); i++)
		d->steps += database_bytes(s, i).n / ROW_BYTES_A_STEP;
	return e;
}

int database_table(struct database *d, const char *table)
{
	sqlite3_stmt *s = NULL;
	bool plain = false;
	int e;

	e = database_prepare(d, "SELECT type, rootpage FROM sqlite_schema "
			     "WHERE name = ?1 COLLATE NOCASE", &s);
	if (e < 0)
		return e;
	sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	while ((e = database_next(d, s)) == SQLITE_ROW) {
		const unsigned char *type = sqlite3_column_text(s, 0);

		plain = type != NULL && strcmp((const char *)type,
					       "table") == 0 &&
			sqlite3_column_type(s, 1) == SQLITE_INTEGER &&
			sqlite3_column_int64(s, 1) > 0;
	}
	sqlite3_finalize(s);
	if (e != SQLITE_DONE)
		return -EIO;
	return plain ? 0 : -ENOENT;
}

int database_columns(struct database *d, const char *table,
		     const char *const *names, size_t n, bool *ret_has)
{
	AUTO(str) char *sql = xasprintf("PRAGMA main.table_info(%s)", table);
	sqlite3_stmt *s = NULL;
	int e;

	e = database_prepare(d, sql, &s);
	if (e < 0)
		return e;
	memset(ret_has, 0, n * sizeof(*ret_has));
	/* table_info leaves computed columns out.  */
	while ((e = database_next(d, s)) == SQLITE_ROW) {
		const unsigned char *name = sqlite3_column_text(s, 1);

		for (size_t i = 0; name != NULL && i < n; i++)
			if (sqlite3_stricmp((const char *)name,
					    names[i]) == 0)
				ret_has[i] = true;
	}
	sqlite3_finalize(s);
	return e == SQLITE_DONE ? 0 : -EIO;
}

struct blob database_bytes(sqlite3_stmt *row, int column)
{
	const int type = sqlite3_column_type(row, column);
	struct blob b = { NULL, 0 };

	if (type != SQLITE_BLOB && type != SQLITE_TEXT)
		return b;
	b.p = sqlite3_column_blob(row, column);
	if (b.p != NULL)
		b.n = (size_t)sqlite3_column_bytes(row, column);
	return b;
}

bool database_sniff(struct blob data, const char *text)
{
	const size_t n = data.n < SNIFFED_BYTES ? data.n : SNIFFED_BYTES;

	if (data.n < sizeof(SQLITE_MAGIC) ||
	    memcmp(data.p, SQLITE_MAGIC, sizeof(SQLITE_MAGIC)) != 0)
		return false;
	/* Other programs have SQLite databases too; what was cut off before
	 * its schema may still be this one's.  */
	return data.n < HEADER_SIZE || data.n < page_size(data) ||
	       memmem(data.p, n, text, strlen(text)) != NULL;
}
