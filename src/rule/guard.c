/* guard.c -- lets SQL that others wrote read the inventory's views and nothing
 * else.
 *
 * SQLite asks an authorizer about every table column that a statement reads,
 * and names the innermost view through which the read is made.  That name is
 * not to be believed: a common table expression that bears a view's name is
 * reported just like the view.  So each view's own reads are recorded once, as
 * (view, table, column), and a read of a table passes only if the view of that
 * name is known to make it; such an expression then sees what everybody sees
 * through the view anyway.
 *
 * A table of which no column is read, as in SELECT count(*), is reported with
 * an empty column, and when SQLite has merged a view into the query, without
 * the view.  Therefore a statement is first prepared on another connection,
 * which has tables with the names and columns of the views and nothing else:
 * what names anything but views fails there.
 *
 * What came with the program byte for byte (locate/shipped.def) is not asked about
 * this: it was when it was tested.
 *
 * Against what does not end or grows without bound there is a progress handler
 * that counts opcodes and looks at SQLite's memory.  It interrupts, because
 * an interrupted SELECT leaves the open scan alone, whereas a failed
 * allocation would roll it back.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/guard.h"

/* How many opcodes between two looks; one opcode can make a value of
 * LIMIT_RULE_VALUE_BYTES.  */
#define PROGRESS_STEPS	100

struct read {
	char *via, *table, *column;
};

struct reads {
	struct read *items;	/* sorted, once learnt */
	size_t n, cap;
	char **views;		/* likewise */
	size_t n_views, views_cap;
	char **modules;		/* tables that are built into SQLite */
	size_t n_modules, modules_cap;
	sqlite3 *names;		/* has the views' names and columns only */
};

static int read_compare(const void *a, const void *b)
{
	const struct read *x = a, *y = b;
	int order;

	order = sqlite3_stricmp(x->via, y->via);
	if (order == 0)
		order = sqlite3_stricmp(x->table, y->table);
	if (order == 0)
		order = sqlite3_stricmp(x->column, y->column);
	return order;
}

static bool reads_has(const struct reads *r, const char *via, const char *table,
		      const char *column)
{
	struct read key = { (char *)via, (char *)table, (char *)column };

	return bsearch(&key, r->items, r->n, sizeof(key), read_compare) != NULL;
}

static int name_compare(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;

	return sqlite3_stricmp(*x, *y);
}

/* NAMES are sorted.  */
static bool has_name(char *const *names, size_t n, const char *name)
{
	return n > 0 && bsearch(&name, names, n, sizeof(*names),
				name_compare) != NULL;
}

/* ---- learning -----------------------------------------------------------*/

static int record_read(void *data, int action, const char *first,
		       const char *second, const char *database,
		       const char *via)
{
	struct reads *r = data;

	(void)database;
	if (via == NULL)	/* our own SELECT from the view */
		return SQLITE_OK;
	if (action != SQLITE_READ && action != SQLITE_FUNCTION)
		return SQLITE_OK;
	/* A function that a view calls is recorded as a column of no table. */
	grow(&r->items, r->n, &r->cap, sizeof(*r->items));
	r->items[r->n++] = (struct read){
		xstrdup(via),
		xstrdup(action == SQLITE_READ ? first : ""),
		xstrdup(second),
	};
	return SQLITE_OK;
}

static int learn_names(sqlite3 *db, const char *sql, char ***names, size_t *n,
		       size_t *cap)
{
	sqlite3_stmt *s = NULL;
	int rc;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return -EIO;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 0);

		grow(names, *n, cap, sizeof(**names));
		(*names)[(*n)++] = xstrdup(name ? name : "");
	}
	sqlite3_finalize(s);
	if (*n > 0)
		qsort(*names, *n, sizeof(**names), name_compare);
	return rc == SQLITE_DONE ? 0 : -EIO;
}

/* Prepares VIEW to see what it reads, and gives the other connection a table of
 * the same name and columns.  */
static int learn_view(sqlite3 *db, const char *view, struct reads *r)
{
	AUTO(str) char *select = xasprintf("SELECT * FROM \"%s\"", view);
	AUTO(statement) sqlite3_stmt *s = NULL;
	AUTO(buf) struct buf create;
	int rc;

	buf_init(&create, LIMIT_RULE_QUERY_BYTES);
	sqlite3_set_authorizer(db, record_read, r);
	rc = sqlite3_prepare_v2(db, select, -1, &s, NULL);
	sqlite3_set_authorizer(db, NULL, NULL);
	if (rc != SQLITE_OK)
		return -EINVAL;
	buf_addf(&create, "CREATE TABLE \"%s\" (", view);
	for (int i = 0; i < sqlite3_column_count(s); i++)
		buf_addf(&create, "\"%s\"%s, ", sqlite3_column_name(s, i),
			 i == 0 ? " PRIMARY KEY" : "");
	create.n -= strlen(", ");
	buf_adds(&create, ") WITHOUT ROWID");	/* a view has none either */
	rc = sqlite3_exec(r->names, buf_str(&create), NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : -EINVAL;
}

int reads_learn(sqlite3 *db, struct reads **ret_reads, char **ret_error)
{
	AUTO(reads) struct reads *r = xcalloc(1, sizeof(*r));
	int e;

	if (sqlite3_open(":memory:", &r->names) != SQLITE_OK) {
		*ret_error = xstrdup(sqlite3_errmsg(r->names));
		return -EIO;
	}
	e = learn_names(db, "SELECT name FROM sqlite_schema WHERE type = 'view'"
			" AND name LIKE 'v\\_%' ESCAPE '\\' ORDER BY name",
			&r->views, &r->n_views, &r->views_cap);
	if (e == 0)
		e = learn_names(db, "SELECT name FROM pragma_module_list",
				&r->modules, &r->n_modules, &r->modules_cap);
	if (e < 0) {
		*ret_error = xstrdup(sqlite3_errmsg(db));
		return e;
	}
	for (size_t i = 0; i < r->n_views; i++) {
		e = learn_view(db, r->views[i], r);
		if (e < 0) {
			*ret_error = xasprintf("view %s: %s", r->views[i],
					       sqlite3_errmsg(db));
			return e;
		}
	}
	if (r->n > 0)
		qsort(r->items, r->n, sizeof(*r->items), read_compare);
	*ret_reads = TAKE(r);
	return 0;
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

void reads_free(struct reads *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		free(r->items[i].via);
		free(r->items[i].table);
		free(r->items[i].column);
	}
	free(r->items);
	free_names(r->views, r->n_views);
	free_names(r->modules, r->n_modules);
	sqlite3_close(r->names);
	free(r);
}

void auto_reads(struct reads **r)
{
	reads_free(*r);
}

/* ---- authorizing --------------------------------------------------------*/

/* In PostgreSQL too, with the same meaning.  (Not min and max of several
 * arguments, which the authorizer cannot tell apart; `like` is the operator,
 * whose sense of case differs.)  */
static const char *const portable_functions[] = {
	"abs", "avg", "coalesce", "count", "dense_rank", "first_value", "lag",
	"last_value", "lead", "length", "like", "lower", "max", "min", "nullif",
	"rank", "replace", "row_number", "substr", "sum", "upper",
};

static const char *const terminal_functions[] = {
	"char", "date", "datetime", "format", "glob", "group_concat", "hex",
	"ifnull", "iif", "instr", "julianday", "ltrim", "printf", "quote",
	"round", "rtrim", "strftime", "time", "total", "trim", "typeof",
	"unicode", "unixepoch",
};

static bool is_in(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (sqlite3_stricmp(list[i], name) == 0)
			return true;
	return false;
}

static bool may_call(const struct guard *g, const char *function,
		     const char *via)
{
	if (is_in(portable_functions, ARRAY_SIZE(portable_functions), function))
		return true;
	if (g->dialect == DIALECT_USER &&
	    is_in(terminal_functions, ARRAY_SIZE(terminal_functions), function))
		return true;
	return via != NULL && reads_has(g->reads, via, "", function);
}

static bool may_read(const struct guard *g, const char *table,
		     const char *column, const char *via)
{
	if (has_name(g->reads->views, g->reads->n_views, table))
		return true;
	if (via != NULL && reads_has(g->reads, via, table, column))
		return true;
	/* Named without any column: that there is no such table was seen on
	 * the other connection, but SQLite's own are there as well.  */
	return *column == '\0' && sqlite3_strnicmp(table, "sqlite_", 7) != 0 &&
		sqlite3_strnicmp(table, "pragma_", 7) != 0 &&
		!has_name(g->reads->modules, g->reads->n_modules, table);
}

static void refuse(struct guard *g, char *what)
{
	free(g->refused);
	g->refused = what;
}

static int authorize(void *data, int action, const char *first,
		     const char *second, const char *database, const char *via)
{
	struct guard *g = data;

	(void)database;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		if (may_read(g, first, second, via))
			return SQLITE_OK;
		refuse(g, xasprintf("%s is private, only the v_* views can be "
				    "read", first));
		return SQLITE_DENY;
	case SQLITE_FUNCTION:
		if (may_call(g, second, via))
			return SQLITE_OK;
		refuse(g, xasprintf("the function %s is not allowed", second));
		return SQLITE_DENY;
	default:
		refuse(g, xstrdup("nothing but SELECT is allowed"));
		return SQLITE_DENY;
	}
}

static int progress(void *data)
{
	struct guard *g = data;

	if (g->steps < PROGRESS_STEPS) {
		g->stopped = "it takes too many steps";
		return 1;
	}
	g->steps -= PROGRESS_STEPS;
	if (sqlite3_memory_used() - g->memory > LIMIT_RULE_MEMORY_BYTES) {
		g->stopped = "it takes too much memory";
		return 1;
	}
	return 0;
}

static const struct {
	int id, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, LIMIT_RULE_VALUE_BYTES },
	{ SQLITE_LIMIT_SQL_LENGTH, LIMIT_RULE_QUERY_BYTES },
	{ SQLITE_LIMIT_COLUMN, 100 },
	{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 50 },
	{ SQLITE_LIMIT_VDBE_OP, 100000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 20 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 100 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

/* SAVED: the values until now, NULL: they need not be known.  */
static void set_limits(sqlite3 *db, int *saved)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		int was = sqlite3_limit(db, limits[i].id, limits[i].value);

		if (saved != NULL)
			saved[i] = was;
	}
}

void guard_begin(struct guard *g, sqlite3 *db, const struct reads *reads,
		 enum dialect dialect)
{
	_Static_assert(ARRAY_SIZE(limits) <= ARRAY_SIZE(g->limits),
		       "no room to remember every limit");

	memset(g, 0, sizeof(*g));
	g->db = db;
	g->reads = reads;
	g->dialect = dialect;
	set_limits(db, g->limits);
	if (reads != NULL)
		sqlite3_set_authorizer(db, authorize, g);
	sqlite3_progress_handler(db, PROGRESS_STEPS, progress, g);
	g->steps = LIMIT_RULE_STEPS;
	g->memory = sqlite3_memory_used();
}

void guard_end(struct guard *g)
{
	sqlite3_progress_handler(g->db, 0, NULL, NULL);
	sqlite3_set_authorizer(g->db, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(g->db, limits[i].id, g->limits[i]);
	free(g->refused);
	g->refused = NULL;
}

/* ---- running ------------------------------------------------------------*/

static char *guard_error(struct guard *g, sqlite3 *db)
{
	if (g->stopped != NULL)
		return xstrdup(g->stopped);
	if (g->refused != NULL)
		return TAKE(g->refused);
	return xstrdup(sqlite3_errmsg(db));
}

int error_offset(sqlite3 *db)
{
#ifdef HAVE_SQLITE3_ERROR_OFFSET
	return sqlite3_error_offset(db);
#else
	(void)db;
	return -1;
#endif
}

static unsigned line_of(const char *sql, int offset)
{
	unsigned line = 0;

	for (int i = 0; i < offset && sql[i] != '\0'; i++)
		line += sql[i] == '\n';
	return line;
}

static void new_budget(struct guard *g)
{
	g->steps = LIMIT_RULE_STEPS;
	g->memory = sqlite3_memory_used();
	g->stopped = NULL;
	free(g->refused);
	g->refused = NULL;
}

static int prepare(struct guard *g, sqlite3 *db, const char *sql,
		   sqlite3_stmt **ret_statement, char **ret_error,
		   unsigned *ret_line)
{
	AUTO(statement) sqlite3_stmt *s = NULL;
	const char *rest = sql;

	if (sqlite3_prepare_v2(db, sql, -1, &s, &rest) != SQLITE_OK) {
		*ret_line = line_of(sql, error_offset(db));
		*ret_error = guard_error(g, db);
		return -EINVAL;
	}
	*ret_line = 0;
	if (s == NULL) {
		*ret_error = xstrdup("there is no statement");
		return -EINVAL;
	}
	if (sqlite3_stmt_isexplain(s) || !sqlite3_stmt_readonly(s) ||
	    sqlite3_column_count(s) == 0) {
		*ret_error = xstrdup("nothing but SELECT is allowed");
		return -EINVAL;
	}
	while (*rest != '\0') {
		AUTO(statement) sqlite3_stmt *more = NULL;

		/* Comments and semicolons prepare to nothing.  */
		if (sqlite3_prepare_v2(db, rest, -1, &more, &rest) ==
			    SQLITE_OK && more == NULL)
			continue;
		*ret_error = xstrdup("there is more than one statement");
		return -EINVAL;
	}
	*ret_statement = TAKE(s);
	return 0;
}

int guard_check(struct guard *g, const char *sql, sqlite3_stmt **ret_statement,
		char **ret_error, unsigned *ret_line)
{
	sqlite3 *other;
	int e;

	if (g->reads == NULL)
		die("SQL of others and no guard");
	other = g->reads->names;
	new_budget(g);
	set_limits(other, NULL);
	sqlite3_set_authorizer(other, authorize, g);
	e = prepare(g, other, sql, ret_statement, ret_error, ret_line);
	sqlite3_set_authorizer(other, NULL, NULL);
	return e;
}

int guard_prepare_checked(struct guard *g, const char *sql,
			  sqlite3_stmt **ret_statement, char **ret_error,
			  unsigned *ret_line)
{
	new_budget(g);
	return prepare(g, g->db, sql, ret_statement, ret_error, ret_line);
}

int guard_prepare(struct guard *g, const char *sql,
		  sqlite3_stmt **ret_statement, char **ret_error,
		  unsigned *ret_line)
{
	AUTO(statement) sqlite3_stmt *checked = NULL;
	int e;

	e = guard_check(g, sql, &checked, ret_error, ret_line);
	return e < 0 ? e : guard_prepare_checked(g, sql, ret_statement,
						 ret_error, ret_line);
}

int guard_step(struct guard *g, sqlite3_stmt *s, bool first, char **ret_error)
{
	if (first)
		new_budget(g);
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		*ret_error = guard_error(g, g->db);
		return -EINVAL;
	}
}

void auto_statement(sqlite3_stmt **s)
{
	sqlite3_finalize(*s);
}

static char *hex_text(const void *p, int n)
{
	char *text = xmalloc(2 * (size_t)n + 1);

	hex_encode(p, (size_t)n, text);
	return text;
}

/* Gives each row of SQL to FN.  */
static int guarded_rows(struct guard *g, const char *sql, row_fn *fn,
			void *data, char **ret_error)
{
	AUTO(statement) sqlite3_stmt *s = NULL;
	const char *names[100], *values[100];
	bool numeric[100];
	unsigned line;
	int n, r;

	r = guard_prepare(g, sql, &s, ret_error, &line);
	if (r < 0)
		return r;
	n = sqlite3_column_count(s);
	if (n > (int)ARRAY_SIZE(names)) {
		*ret_error = xstrdup("too many columns");
		return -EINVAL;
	}
	for (int i = 0; i < n; i++)
		names[i] = sqlite3_column_name(s, i);
	for (bool first = true;
	     (r = guard_step(g, s, first, ret_error)) > 0; first = false) {
		char *hex[100] = { NULL };

		for (int i = 0; i < n; i++) {
			int type = sqlite3_column_type(s, i);

			numeric[i] = type == SQLITE_INTEGER ||
				type == SQLITE_FLOAT;
			if (type == SQLITE_BLOB)
				hex[i] = hex_text(sqlite3_column_blob(s, i),
						  sqlite3_column_bytes(s, i));
			values[i] = hex[i] != NULL ? hex[i] :
				(const char *)sqlite3_column_text(s, i);
		}
		r = fn(n, names, values, numeric, data);
		for (int i = 0; i < n; i++)
			free(hex[i]);
		if (r < 0)
			return r;
	}
	return r;
}

int guarded_select(struct inventory *inventory, const char *sql, row_fn *fn,
		   void *data, char **ret_error)
{
	AUTO(reads) struct reads *reads = NULL;
	sqlite3 *db = inventory_db(inventory);
	struct guard g;
	int r;

	r = reads_learn(db, &reads, ret_error);
	if (r < 0)
		return r;
	guard_begin(&g, db, reads, DIALECT_USER);
	r = guarded_rows(&g, sql, fn, data, ret_error);
	guard_end(&g);
	return r;
}
