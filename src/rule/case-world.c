/* case-world.c -- the tables of a case and the SQL that fills them.
 *
 * Who checks a rule may have its cases from somebody else.  So this SQL can
 * insert, update, delete and select in these tables, which lie in memory, and
 * do nothing else: SQLite asks an authorizer before it compiles an ATTACH, a
 * PRAGMA or anything else that leads out.  It is counted like a rule's query.
 *
 * That values are times, roles and so on is checked by the tables themselves
 * with functions of ours, because SQLite then says which value it was, and we
 * on which line.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"
#include "rule/case-world.h"
#include "rule/guard.h"

#define TABLES_FILE	"/schema/world.sql"
#define PROGRESS_STEPS	1000

/* ---- functions of the tables' checks ---------------------------------------*/

static bool is_time(const char *s)
{
	int64_t t;

	return time_parse(s, &t) == 0;
}

/* As in the root program's file: programme.c.  */
static bool is_day(const char *s)
{
	AUTO(str) char *time = xasprintf("%sT00:00:00Z",
					 has_prefix(s, "<=") ? s + 2 : s);

	return *s == '\0' || is_time(time);
}

static bool is_role(const char *s)
{
	return role_from_name(s) != ROLE_NONE;
}

int case_key_kind(const char *name)
{
	for (int k = KEY_OTHER; k <= KEY_EDWARDS; k++)
		if (strcmp(key_kind_name((enum key_kind)k), name) == 0)
			return k;
	return -1;
}

static bool is_key_kind(const char *s)
{
	return case_key_kind(s) >= 0;
}

int case_hash_kind(const char *name)
{
	for (int k = HASH_KIND_OTHER; k <= HASH_KIND_SHA2; k++)
		if (strcmp(hash_kind_name((enum hash_kind)k), name) == 0)
			return k;
	return -1;
}

static bool is_hash_kind(const char *s)
{
	return case_hash_kind(s) >= 0;
}

static bool is_name(const char *s)
{
	return *s != '\0' && is_utf8(s, strlen(s));
}

static const struct check {
	const char *name;
	bool (*is)(const char *s);
} checks[] = {
	{ "is_time", is_time },
	{ "is_day", is_day },
	{ "is_role", is_role },
	{ "is_name", is_name },
	{ "is_key_kind", is_key_kind },
	{ "is_hash_kind", is_hash_kind },
};

/* NULL is a column's own affair; a NUL inside is nothing.  */
static void call_check(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct check *c = sqlite3_user_data(context);
	const char *s = (const char *)sqlite3_value_text(values[0]);

	(void)n;
	if (s != NULL)
		sqlite3_result_int(context, c->is(s) && strlen(s) ==
				   (size_t)sqlite3_value_bytes(values[0]));
}

static void certificate_hash(sqlite3_context *context, int n,
			     sqlite3_value **values)
{
	const char *s = (const char *)sqlite3_value_text(values[0]);
	char hex[2 * SHA256_SIZE + 1];
	uint8_t hash[SHA256_SIZE];

	(void)n;
	if (s == NULL)
		return;
	hash_sha256(case_blob(s), hash);
	hex_encode(hash, sizeof(hash), hex);
	sqlite3_result_text(context, hex, -1, SQLITE_TRANSIENT);
}

/* ---- opening -------------------------------------------------------------*/

static int run(struct case_world *w, const char *sql)
{
	return sqlite3_exec(w->rows, sql, NULL, NULL, NULL);
}

static int add_functions(struct case_world *w)
{
	enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
	int rc;

	rc = sqlite3_create_function(w->rows, "certificate_hash", 1, FLAGS,
				     NULL, certificate_hash, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(checks) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function(w->rows, checks[i].name, 1, FLAGS,
					     (void *)&checks[i], call_check,
					     NULL, NULL);
	return rc;
}

static void set_limits(sqlite3 *db)
{
	static const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, LIMIT_TEXT_BYTES },
		{ SQLITE_LIMIT_SQL_LENGTH, LIMIT_CASE_BYTES },
		{ SQLITE_LIMIT_COLUMN, 100 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 500 },
		{ SQLITE_LIMIT_VDBE_OP, 250000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 20 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 100 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(db, limits[i].id, limits[i].value);
}

static void learn_tables(struct case_world *w)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT name FROM sqlite_schema WHERE type = 'table'"
		" AND name NOT LIKE 'sqlite%' ORDER BY name");
	size_t cap = 0;

	while (case_next(s)) {
		grow(&w->tables, w->n_tables, &cap, sizeof(*w->tables));
		w->tables[w->n_tables++] = case_copy(s, 0);
	}
}

/* SQLite before 3.37 has no strict tables: there a value of the wrong type in a
 * case is found by the columns' own checks only.  */
static void forget_strict(char *sql)
{
	static const char word[] = " STRICT;";

	for (char *at = sql; (at = strstr(at, word)) != NULL;)
		memcpy(at, ";       ", strlen(word));
}

int case_world_open(struct case_world **ret_world, char **ret_error)
{
	AUTO(case_world) struct case_world *w = xcalloc(1, sizeof(*w));
	AUTO(str) char *path = xasprintf("%s%s", data_dir(), TABLES_FILE);
	AUTO(str) char *tables = NULL;
	size_t n;
	int r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &tables, &n);

	if (r < 0) {
		*ret_error = xasprintf("%s: %s", path, error_words(r));
		return r;
	}
	if (sqlite3_libversion_number() < 3037000)
		forget_strict(tables);
	if (sqlite3_open(":memory:", &w->rows) != SQLITE_OK ||
	    add_functions(w) != SQLITE_OK ||
	    run(w, "PRAGMA foreign_keys = ON") != SQLITE_OK ||
	    run(w, "PRAGMA temp_store = MEMORY") != SQLITE_OK ||
	    run(w, tables) != SQLITE_OK ||
	    run(w, "CREATE INDEX certificate_by_hash"
		   " ON certificate (certificate_hash(name))") != SQLITE_OK) {
		*ret_error = xasprintf("%s: %s", path,
				       sqlite3_errmsg(w->rows));
		return -EINVAL;
	}
	learn_tables(w);
	set_limits(w->rows);
	*ret_world = TAKE(w);
	return 0;
}

void case_world_free(struct case_world *w)
{
	if (w == NULL)
		return;
	sqlite3_close(w->rows);
	for (size_t i = 0; i < w->n_tables; i++)
		free(w->tables[i]);
	free(w->tables);
	free(w->refused);
	free(w->error);
	free(w);
}

void auto_case_world(struct case_world **w)
{
	case_world_free(*w);
}

/* ---- filling -------------------------------------------------------------*/

static bool is_ours(const struct case_world *w, const char *table)
{
	for (size_t i = 0; i < w->n_tables; i++)
		if (sqlite3_stricmp(w->tables[i], table) == 0)
			return true;
	return false;
}

static void refuse(struct case_world *w, char *what)
{
	free(w->refused);
	w->refused = what;
}

static int authorize(void *data, int action, const char *first,
		     const char *second, const char *database, const char *via)
{
	struct case_world *w = data;

	(void)database;
	(void)via;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
	case SQLITE_READ:	/* there is nothing here but the case's rows */
		return SQLITE_OK;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		if (is_ours(w, first))
			return SQLITE_OK;
		refuse(w, xasprintf(_("%s is none of the tables of a case"),
				    first));
		return SQLITE_DENY;
	case SQLITE_FUNCTION:
		if (sqlite3_stricmp(second, "load_extension") != 0)
			return SQLITE_OK;
		refuse(w, xasprintf(_("the function %s is not allowed"),
				    second));
		return SQLITE_DENY;
	default:
		refuse(w, xstrdup(_("nothing but INSERT, UPDATE, DELETE and "
				    "SELECT is allowed")));
		return SQLITE_DENY;
	}
}

static int progress(void *data)
{
	struct case_world *w = data;

	if (w->steps < PROGRESS_STEPS) {
		w->stopped = _("it takes too many steps");
		return 1;
	}
	w->steps -= PROGRESS_STEPS;
	if (sqlite3_memory_used() - w->memory > LIMIT_CASE_MEMORY_BYTES) {
		w->stopped = _("it takes too much memory");
		return 1;
	}
	return 0;
}

static unsigned lines_in(const char *from, const char *to)
{
	unsigned n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* Where a statement begins: what stands before it is no part of it to whoever
 * looks for its line.  */
static const char *skip_blanks(const char *p)
{
	for (;;) {
		p += strspn(p, " \t\r\n\f;");
		if (strncmp(p, "--", 2) == 0) {
			p += strcspn(p, "\n");
		} else if (strncmp(p, "/*", 2) == 0) {
			const char *end = strstr(p + 2, "*/");

			p = end != NULL ? end + 2 : p + strlen(p);
		} else {
			return p;
		}
	}
}

/* "PATH:line: reason" into *RET_ERROR; gives -EINVAL.  */
static int wrong(const char *path, unsigned line, const char *why,
		 char **ret_error)
{
	AUTO(str) char *said = xasprintf("%s:%u: %s", path, line, why);

	*ret_error = escape_text(said, strlen(said));
	return -EINVAL;
}

static const char *reason(const struct case_world *w)
{
	if (w->stopped != NULL)
		return w->stopped;
	return w->refused != NULL ? w->refused : sqlite3_errmsg(w->rows);
}

/* One statement of SQL, from *AT on, which is moved behind it.  */
static int run_statement(struct case_world *w, const char *sql,
			 const char **at, const char *path, char **ret_error)
{
	const char *begin = skip_blanks(*at);
	unsigned line = lines_in(sql, begin) + 1;
	AUTO(statement) sqlite3_stmt *s = NULL;
	int rc;

	if (*begin == '\0') {
		*at = begin;
		return 0;
	}
	if (sqlite3_prepare_v2(w->rows, begin, -1, &s, at) != SQLITE_OK) {
		int offset = error_offset(w->rows);

		if (offset > 0)
			line += lines_in(begin, begin + offset);
		return wrong(path, line, reason(w), ret_error);
	}
	if (s != NULL && sqlite3_stmt_isexplain(s))
		return 0;
	while (s != NULL && (rc = sqlite3_step(s)) != SQLITE_DONE)
		if (rc != SQLITE_ROW)
			return wrong(path, line, reason(w), ret_error);
	return 0;
}

static int run_statements(struct case_world *w, const char *sql,
			  const char *path, char **ret_error)
{
	int r = 0;

	w->steps = LIMIT_CASE_STEPS;
	w->memory = sqlite3_memory_used();
	w->stopped = NULL;
	sqlite3_set_authorizer(w->rows, authorize, w);
	sqlite3_progress_handler(w->rows, PROGRESS_STEPS, progress, w);
	for (const char *at = sql; *at != '\0' && r == 0; ) {
		refuse(w, NULL);
		r = run_statement(w, sql, &at, path, ret_error);
	}
	sqlite3_progress_handler(w->rows, 0, NULL, NULL);
	sqlite3_set_authorizer(w->rows, NULL, NULL);
	return r;
}

/* Which row names what is not there, if one does: SQLite itself says only that
 * there is one.  */
static char *dangling_name(const struct case_world *w)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT c.\"table\", f.\"from\", c.parent, c.rowid"
		" FROM pragma_foreign_key_check c,"
		" pragma_foreign_key_list(c.\"table\") f WHERE f.id = c.fkid");
	AUTO(statement) sqlite3_stmt *value = NULL;
	AUTO(str) char *sql = NULL;

	if (!case_next(s))
		return NULL;
	sql = xasprintf("SELECT \"%s\" FROM \"%s\" WHERE rowid = %lld",
			case_text(s, 1), case_text(s, 0),
			(long long)sqlite3_column_int64(s, 3));
	value = case_start(w, sql);
	return xasprintf(_("the %s '%s' of a row of %s is in no row of %s"),
			 case_text(s, 1),
			 case_next(value) ? case_text(value, 0) : "?",
			 case_text(s, 0), case_text(s, 2));
}

static uint64_t count(const struct case_world *w, const char *table)
{
	AUTO(str) char *sql = xasprintf("SELECT count(*) FROM \"%s\"", table);
	AUTO(statement) sqlite3_stmt *s = case_start(w, sql);

	return case_next(s) ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
}

static bool has_too_many_rows(const struct case_world *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->n_tables; i++)
		n += count(w, w->tables[i]);
	return n > LIMIT_CASE_ROWS || count(w, "earlier") > LIMIT_CASE_SCANS;
}

int case_world_fill(struct case_world *w, const char *sql, const char *path,
		    char **ret_error)
{
	AUTO(str) char *dangling = NULL;
	size_t n = strlen(sql);
	unsigned last = lines_in(sql, sql + n - (n > 0)) + 1;
	int r;

	if (run(w, "BEGIN") != SQLITE_OK)
		return wrong(path, 1, sqlite3_errmsg(w->rows), ret_error);
	r = run_statements(w, sql, path, ret_error);
	if (r < 0)
		return r;
	dangling = dangling_name(w);
	if (dangling != NULL)
		return wrong(path, last, dangling, ret_error);
	if (has_too_many_rows(w))
		return wrong(path, last, _("too many rows"), ret_error);
	if (run(w, "COMMIT") != SQLITE_OK)
		return wrong(path, last, sqlite3_errmsg(w->rows), ret_error);
	return 0;
}

/* ---- reading the rows ----------------------------------------------------*/

sqlite3_stmt *case_start(const struct case_world *w, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(w->rows, sql, -1, &s, NULL) != SQLITE_OK)
		die("%s: %s", sql, sqlite3_errmsg(w->rows));
	return s;
}

bool case_next(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		die("%s: %s", sqlite3_sql(s),
		    sqlite3_errmsg(sqlite3_db_handle(s)));
	return rc == SQLITE_ROW;
}

const char *case_text(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s, column);
}

char *case_copy(sqlite3_stmt *s, int column)
{
	const char *text = case_text(s, column);

	return text != NULL ? xstrdup(text) : NULL;
}

int64_t case_time(sqlite3_stmt *s, int column)
{
	int64_t t = 0;

	(void)time_parse(case_text(s, column), &t);
	return t;
}

struct blob case_blob(const char *s)
{
	return (struct blob){ (const uint8_t *)s, strlen(s) };
}

void case_hash_words(const char *what, const char *words,
		     uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(str) char *both = xasprintf("%s %s", what, words);

	hash_sha256(case_blob(both), ret_hash);
}

char *case_world_name(const struct case_world *w, const char *sha256)
{
	AUTO(statement) sqlite3_stmt *s = NULL;

	if (sha256 == NULL)
		return xstrdup("-");
	s = case_start(w, "SELECT name FROM certificate"
		       " WHERE certificate_hash(name) = ?");
	sqlite3_bind_text(s, 1, sha256, -1, SQLITE_STATIC);
	return case_next(s) ? case_copy(s, 0) : xstrdup("?");
}
