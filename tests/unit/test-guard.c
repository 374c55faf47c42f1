/* test-guard.c -- what SQL that others wrote can and cannot do, and how a rule
 * that is wrong is refused or, where that shows only when it runs, contained.
 */
#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rule/guard.h"
#include "world.h"

#define NOW	1632528000	/* 2021-09-25T00:00:00Z */

static struct case_world *world;
static struct inventory *inventory;

static int set_up(void **state)
{
	(void)state;
	world = world_new();
	world_fill(world,
		"INSERT INTO certificate (name, subject) VALUES"
		" ('a', 'Root A'), ('b', 'Root B');"
		"INSERT INTO store (path, kind) VALUES ('/a.pem', 'bundle');"
		"INSERT INTO entry (store, certificate) VALUES"
		" ('/a.pem', 'a'), ('/a.pem', 'b');");
	inventory = world_scan(world, NOW, 90);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	inventory_close(inventory);
	case_world_free(world);
	return 0;
}

static int count_row(int n, const char *const *names, const char *const *values,
		     const bool *numeric, void *data)
{
	size_t *rows = data;

	assert_true(n > 0);
	assert_non_null(names[0]);
	if (numeric[0])
		assert_non_null(values[0]);
	(*rows)++;
	return 0;
}

/* ---- what a query may do --------------------------------------------------*/

static const struct {
	const char *sql;
	size_t rows;
} allowed[] = {
	{ "SELECT * FROM v_certificate", 2 },
	{ "select count(*) from V_ENTRY", 1 },
	{ "SELECT 1 FROM v_certificate;", 2 },
	{ "SELECT sha256 FROM v_entry -- a comment\n; /* another */ ;", 2 },
	{ "SELECT c.name, s.path FROM v_store s"
	  " JOIN v_entry e ON e.store_id = s.store_id"
	  " JOIN v_certificate c ON c.sha256 = e.sha256", 2 },
	{ "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t"
	  " WHERE n < 50) SELECT n FROM t", 50 },
	{ "SELECT row_number() OVER (ORDER BY sha256) FROM v_entry", 2 },
	/* A view's name for something of one's own.  */
	{ "WITH v_store AS (SELECT sha256 FROM v_entry) SELECT * FROM v_store",
	  2 },
	{ "WITH v_store AS (SELECT 1 AS x) SELECT count(*) FROM v_store", 1 },
	/* Names that tables have, but not here.  */
	{ "WITH t AS (SELECT 1 AS reach) SELECT reach FROM t", 1 },
	{ "SELECT c.identity, count(*) FROM v_certificate c GROUP BY c.identity",
	  2 },
	{ "SELECT group_concat(name), hex('a'), datetime(0, 'unixepoch')"
	  " FROM v_certificate", 1 },
	{ "SELECT x'00ff'", 1 },
	{ "VALUES (1), (2)", 2 },
};

static const struct {
	const char *sql, *why;
} refused[] = {
	/* base tables, plainly */
	{ "SELECT der FROM certificate", "no such table" },
	{ "SELECT * FROM main.certificate", "no such table" },
	{ "SELECT count(*) FROM certificate", "no such table" },
	{ "SELECT 1 FROM \"certificate\"", "no such table" },
	{ "SELECT (SELECT max(id) FROM scan) FROM v_run", "no such table" },
	/* behind a view's name */
	{ "WITH v_known_certificate AS (SELECT der FROM certificate)"
	  " SELECT * FROM v_known_certificate", "no such table" },
	{ "WITH v_store AS (SELECT 1 FROM meta) SELECT count(*) FROM v_store",
	  "no such table" },
	{ "SELECT * FROM (SELECT der FROM certificate) AS v_certificate",
	  "no such table" },
	{ "SELECT der FROM v_certificate", "no such column" },
	/* SQLite's own */
	{ "SELECT sql FROM sqlite_schema", "private" },
	{ "SELECT count(*) FROM sqlite_master", "private" },
	{ "SELECT 1 FROM sqlite_temp_schema", "private" },
	{ "WITH v_store AS (SELECT sql FROM sqlite_schema)"
	  " SELECT * FROM v_store", "private" },
	{ "SELECT * FROM pragma_table_info('certificate')", "" },
	{ "SELECT 1 FROM pragma_database_list", "" },
	{ "SELECT value FROM json_each('[1]')", "" },
	{ "SELECT count(*) FROM json_each('[1,2]')", "" },
	/* functions */
	{ "SELECT randomblob(1000000000)", "randomblob is not allowed" },
	{ "SELECT zeroblob(1000000000)", "zeroblob is not allowed" },
	{ "SELECT load_extension('/x.so')", "not allowed" },
	{ "SELECT sqlite_version()", "sqlite_version is not allowed" },
	{ "SELECT last_insert_rowid()", "not allowed" },
	/* anything but SELECT */
	{ "INSERT INTO v_store VALUES (1)", "" },
	{ "DELETE FROM certificate", "no such table" },
	{ "UPDATE v_run SET now = 0", "" },
	{ "DROP VIEW v_store", "nothing but SELECT" },
	{ "CREATE TABLE t (a)", "nothing but SELECT" },
	{ "CREATE TEMP VIEW v_x AS SELECT 1", "nothing but SELECT" },
	{ "ATTACH '/tmp/x.db' AS x", "nothing but SELECT" },
	{ "PRAGMA user_version", "nothing but SELECT" },
	{ "PRAGMA writable_schema = 1", "nothing but SELECT" },
	{ "VACUUM INTO '/tmp/x.db'", "" },
	{ "BEGIN", "nothing but SELECT" },
	{ "COMMIT", "nothing but SELECT" },
	{ "REINDEX", "" },
	{ "ANALYZE", "" },
	{ "EXPLAIN SELECT 1", "nothing but SELECT" },
	{ "EXPLAIN QUERY PLAN SELECT * FROM v_store", "nothing but SELECT" },
	/* more or less than one statement */
	{ "", "no statement" },
	{ "-- nothing", "no statement" },
	{ "SELECT 1; SELECT 2", "more than one" },
	{ "SELECT 1; DROP TABLE scan", "more than one" },
	{ "SELECT", "incomplete input" },
	{ "SELECT 1 FROM v_nothing", "no such table" },
};

static void test_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		AUTO(str) char *error = NULL;
		size_t rows = 0;

		if (guarded_select(inventory, allowed[i].sql, count_row, &rows,
				   &error) < 0)
			fail_msg("%s: %s", allowed[i].sql, error);
		if (rows != allowed[i].rows)
			fail_msg("%s: %zu rows", allowed[i].sql, rows);
	}
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		AUTO(str) char *error = NULL;
		size_t rows = 0;
		int r = guarded_select(inventory, refused[i].sql, count_row,
				       &rows, &error);

		if (r != -EINVAL || rows != 0)
			fail_msg("%s: not refused", refused[i].sql);
		if (strstr(error, refused[i].why) == NULL)
			fail_msg("%s: %s", refused[i].sql, error);
	}
}

/* What can be read through a view's name is what the view itself shows, even
 * if the tables' names could be written.  */
static void test_real_connection(void **state)
{
	struct reads *reads = NULL;
	sqlite3_stmt *s = NULL;
	sqlite3 *db = inventory_db(inventory);
	char *error = NULL;
	struct guard g;

	(void)state;
	assert_int_equal(reads_learn(db, &reads, &error), 0);
	guard_begin(&g, db, reads, DIALECT_RULE);
	assert_int_equal(sqlite3_prepare_v2(db, "WITH v_known_certificate AS"
		" (SELECT der FROM certificate) SELECT * FROM"
		" v_known_certificate", -1, &s, NULL), SQLITE_AUTH);
	assert_int_equal(sqlite3_prepare_v2(db, "WITH v_store AS"
		" (SELECT sha256 FROM certificate) SELECT * FROM v_store",
		-1, &s, NULL), SQLITE_AUTH);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT sha256 FROM"
		" certificate", -1, &s, NULL), SQLITE_AUTH);
	guard_end(&g);
	reads_free(reads);
	/* And afterwards the inventory is its owner's again.  */
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT der FROM certificate",
					    -1, &s, NULL), SQLITE_OK);
	sqlite3_finalize(s);
	assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, -1), 10);
}

static void test_dialects(void **state)
{
	struct reads *reads = NULL;
	sqlite3_stmt *s = NULL;
	char *error = NULL;
	struct guard g;
	unsigned line;

	(void)state;
	assert_int_equal(reads_learn(inventory_db(inventory), &reads, &error),
			 0);
	guard_begin(&g, inventory_db(inventory), reads, DIALECT_RULE);
	assert_int_equal(guard_prepare(&g, "SELECT path,\n\n strftime('%Y', 0)"
				       " FROM v_store", &s, &error, &line),
			 -EINVAL);
	assert_string_equal(error, "the function strftime is not allowed");
	free(error);
	assert_int_equal(guard_prepare(&g, "SELECT path,\n\n nonsense FROM"
				       " v_store", &s, &error, &line),
			 -EINVAL);
#ifdef HAVE_SQLITE3_ERROR_OFFSET
	assert_int_equal(line, 2);
#else
	assert_int_equal(line, 0);	/* SQLite does not tell before 3.38 */
#endif
	free(error);
	guard_end(&g);
	reads_free(reads);
}

/* ---- limits ----------------------------------------------------------------*/

static const struct {
	const char *sql, *why;
} endless[] = {
	{ "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)"
	  " SELECT count(*) FROM t", "too many steps" },
	/* Ten doublings make a kilobyte, and the sorter keeps every row.  */
	{ "WITH RECURSIVE w (s) AS (SELECT 'x' UNION ALL SELECT s || s FROM w"
	  " WHERE length(s) < 500000), t (n) AS (SELECT 1 UNION ALL"
	  " SELECT n + 1 FROM t) SELECT s, n FROM t, w ORDER BY s || n",
	  "too much memory" },
	{ "WITH RECURSIVE w (s) AS (SELECT 'x' UNION ALL SELECT s || s FROM w)"
	  " SELECT max(length(s)) FROM w", "too big" },
	{ "WITH a (s) AS (SELECT replace('xxxxxxxxxxxxxxxx', 'x',"
	  " '0123456789abcdef')), b (s) AS (SELECT replace(s, '0', s) FROM a),"
	  " c (s) AS (SELECT replace(s, '1', s) FROM b)"
	  " SELECT length(replace(s, '2', s)) FROM c",
	  "too big" },
};

static void test_endless(void **state)
{
	struct scan_info info = {
		.root = "/", .now = NOW, .made = NOW, .tool = "test",
	};
	int64_t scan;

	(void)state;
	/* In an open scan, which must survive.  */
	assert_int_equal(inventory_begin(inventory, &info, &scan), 0);
	for (size_t i = 0; i < ARRAY_SIZE(endless); i++) {
		AUTO(str) char *error = NULL;
		size_t rows = 0;
		int r = guarded_select(inventory, endless[i].sql, count_row,
				       &rows, &error);

		if (r != -EINVAL)
			fail_msg("%s: not stopped", endless[i].sql);
		if (strstr(error, endless[i].why) == NULL)
			fail_msg("%s: %s", endless[i].sql, error);
		assert_false(sqlite3_get_autocommit(inventory_db(inventory)));
	}
	inventory_rollback(inventory);
}

static int stop(int n, const char *const *names, const char *const *values,
		const bool *numeric, void *data)
{
	(void)n, (void)names, (void)values, (void)numeric, (void)data;
	return -ECANCELED;
}

static void test_stopped(void **state)
{
	AUTO(str) char *error = NULL;

	(void)state;
	assert_int_equal(guarded_select(inventory, "SELECT 1", stop, NULL,
					&error), -ECANCELED);
	assert_null(error);
}

/* ---- sentences -------------------------------------------------------------*/

static void test_sentences(void **state)
{
	static const struct {
		const char *sentence, *want;	/* NULL: refused */
	} cases[] = {
		{ "plain", "plain" },
		{ "{name} at {at:time}", "{x} at 2021-09-25T00:00:00Z" },
		{ "{at:date}|{at}|{none}", "2021-09-25|1632528000|?" },
		{ "{hash:short}", "0123456789abcdef" },
		{ "{name:short}{name:time}", "{x}{x}" },
		{ "{{name}}", "{name}" },
		{ "{{{name}}}", "{{x}}" },
		{ "{other}", NULL }, { "{name:long}", NULL }, { "{}", NULL },
		{ "{name", NULL }, { "name}", NULL }, { "{na{me}", NULL },
		{ "{name:time:date}", NULL }, { "{ name}", NULL },
	};
	static char name[] = "name", at[] = "at", none[] = "none",
		hash[] = "hash", braces[] = "{x}", seconds[] = "1632528000",
		digits[] = "0123456789abcdef0123456789abcdef";
	char *names[] = { name, at, none, hash };
	struct cell cells[] = {
		{ .text = braces },
		{ .text = seconds, .number = NOW, .is_number = true },
		{ .text = NULL },
		{ .text = digits },
	};
	const struct result row = {
		.n_columns = 4, .names = names, .cells = cells, .n_rows = 1,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *error = NULL, *filled = NULL;
		int r = sentence_check(cases[i].sentence, names, 4, &error);

		if (r != (cases[i].want != NULL ? 0 : -EINVAL))
			fail_msg("%s: %d", cases[i].sentence, r);
		filled = sentence_fill(cases[i].sentence, &row, 0);
		if (cases[i].want != NULL)
			assert_string_equal(filled, cases[i].want);
	}
}

/* ---- rule packs ------------------------------------------------------------*/

#define HEAD	"<rule id='x' severity='low' since='0.1' %s>\n" \
	"<title>T</title><why>W</why>\n"
#define TAIL	"<fix/></rule>\n"

struct pack {
	char dir[64], *rules;
};

static void pack_init(struct pack *p)
{
	snprintf(p->dir, sizeof(p->dir), "%s/trustdrift-rules-XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	p->rules = xasprintf("%s/rules", p->dir);
	assert_int_equal(mkdir(p->rules, 0700), 0);
}

/* Masks the vendor's rules, so that PACK is all there is.  */
static void pack_mask(struct pack *p)
{
	AUTO(names) char **paths = NULL;
	size_t n;

	assert_int_equal(data_files("/nonexistent", "rules", ".xml", &paths,
				    &n), 0);
	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *mask = xasprintf("%s%s", p->rules,
						 strrchr(paths[i], '/'));

		assert_int_equal(symlink("/dev/null", mask), 0);
	}
}

static void pack_write(struct pack *p, const char *name, const char *text)
{
	AUTO(str) char *path = xasprintf("%s/%s", p->rules, name);
	struct blob data = { (const uint8_t *)text, strlen(text) };

	assert_int_equal(file_write_atomic(path, data, 0600), 0);
}

static void pack_done(struct pack *p)
{
	AUTO(names) char **names = NULL;
	struct root host;
	size_t n;

	assert_int_equal(root_open("/", &host), 0);
	assert_int_equal(file_names(&host, p->rules, &names, &n), 0);
	root_done(&host);
	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *path = xasprintf("%s/%s", p->rules, names[i]);

		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(p->rules), 0);
	assert_int_equal(rmdir(p->dir), 0);
	free(p->rules);
}

/* Where in a query SQLite before 3.38 does not say.  */
#ifdef HAVE_SQLITE3_ERROR_OFFSET
#define NO_SUCH(line)	"x.xml:" #line ": rule x: no such column"
#else
#define NO_SUCH(line)	": rule x: no such column"
#endif

static void test_broken_rules(void **state)
{
	static const struct {
		const char *body, *why, *after;
	} cases[] = {
		{ "<query>SELECT path FROM v_store</query><message>m</message>",
		  "x.xml:3: rule x: no column is named store_id" },
		{ "<query>SELECT store_id\n FROM store</query>"
		  "<message>m</message>", "rule x: no such table: store" },
		{ "<query>SELECT store_id,\n random() FROM v_store</query>"
		  "<message>m</message>",
		  "the function random is not allowed" },
		{ "<query>SELECT store_id,\n\n pth FROM v_store</query>"
		  "<message>m</message>", NO_SUCH(5) },
		{ "<query>SELECT store_id FROM v_store</query>"
		  "<message>{path}</message>", "place {path}" },
		{ "<query>SELECT store_id FROM v_store</query>"
		  "<message>{store_id</message>", "this is no place" },
		{ "<query>SELECT store_id, kind AS path, path FROM v_store"
		  "</query><message>m</message>", "two columns are named path" },
		{ "<query>SELECT store_id FROM v_store</query>"
		  "<message variant='a'>m</message>", "without variant" },
		{ "<query>SELECT store_id FROM v_store</query>"
		  "<message>m</message><message>m</message>",
		  "without variant" },
		{ "<query>SELECT store_id FROM v_store WHERE path = :p</query>"
		  "<message>m</message>", "parameter :p" },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><evidence kind='e'><query>SELECT :store_id AS a,"
		  " :b AS b</query><text>t</text></evidence>",
		  "parameter :b" },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><evidence kind='e'><query>SELECT ? AS a</query>"
		  "<text>t</text></evidence>", "parameter ?" },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><evidence kind='e'>\n<query>\nSELECT :store_id AS a"
		  "</query>\n<text>{b}</text></evidence>", "place {b}" },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><evidence kind='e'>\n<query>\nSELECT a</query>\n"
		  "<text>t</text></evidence>", NO_SUCH(5) },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><member>m</member>", "only a folded rule" },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><message variant='a'>m</message>",
		  "is for the variant b", "<no-fix variant='b'>n</no-fix>" },
		{ "<query> </query><message>m</message>", "x.xml:3:" },
		{ "<query>SELECT 1</query>", "x.xml:" },
		{ "<query>SELECT 1<query>", "x.xml:" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *text = NULL, *error = NULL;
		struct rules *rules = NULL;
		struct pack pack;
		int r;

		pack_init(&pack);
		text = xasprintf(HEAD "%s<fix/>%s</rule>\n", "", cases[i].body,
				 cases[i].after != NULL ? cases[i].after : "");
		pack_write(&pack, "x.xml", text);
		r = rules_load(pack.dir, &rules, &error);
		pack_done(&pack);
		if (r != -EINVAL || rules != NULL)
			fail_msg("%s: %d", cases[i].body, r);
		if (strstr(error, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].body, error);
	}
}

/* What is wrong with a rule that folds.  */
static void test_broken_folds(void **state)
{
	static const struct {
		const char *body, *why;
	} cases[] = {
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message>", "without variant" },
		{ "<query>SELECT store_id FROM v_store</query><message>m"
		  "</message><member variant='a'>m</member>",
		  "without variant" },
		{ "<query>SELECT store_id, 1 AS count FROM v_store</query>"
		  "<message>m</message><member>m</member>",
		  "a column named count" },
		{ "<query>SELECT store_id FROM v_store</query><message>{count}"
		  "</message><member>{count}</member>", "place {count}" },
		{ "<query>SELECT store_id FROM v_store</query><message>{path}"
		  "</message><member>m</member>", "place {path}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *text = xasprintf(HEAD "%s" TAIL,
						 "fold='store'", cases[i].body);
		AUTO(str) char *error = NULL;
		struct rules *rules = NULL;
		struct pack pack;
		int r;

		pack_init(&pack);
		pack_write(&pack, "x.xml", text);
		r = rules_load(pack.dir, &rules, &error);
		pack_done(&pack);
		if (r != -EINVAL || rules != NULL)
			fail_msg("%s: %d", cases[i].body, r);
		if (strstr(error, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].body, error);
	}
}

#define SMALL	"<query>SELECT store_id FROM v_store</query>" \
	"<message>m</message>"

static void test_packs(void **state)
{
	AUTO(str) char *small = xasprintf(HEAD "%s" TAIL, "needs='a b:c-*'",
					  SMALL);
	AUTO(str) char *error = NULL;
	struct rules *rules = NULL;
	struct pack pack;
	size_t n;

	(void)state;
	assert_int_equal(rules_load("/nonexistent", &rules, &error), 0);
	n = rules->n;
	assert_true(n > 1);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(rules->items[i - 1].id,
				   rules->items[i].id) < 0);
	rules_free(rules);
	rules = NULL;

	/* One more, masked by the same base name, disabled, named twice.  */
	pack_init(&pack);
	pack_write(&pack, "x.xml", small);
	assert_int_equal(rules_load(pack.dir, &rules, &error), 0);
	assert_int_equal(rules->n, n + 1);
	rules_free(rules);
	rules = NULL;
	pack_write(&pack, "expired-anchor.xml", small);
	assert_int_equal(rules_load(pack.dir, &rules, &error), -EINVAL);
	assert_null(rules);
	assert_non_null(strstr(error, "the rule x is there already"));
	pack_done(&pack);

	pack_init(&pack);
	pack_mask(&pack);
	assert_int_equal(rules_load(pack.dir, &rules, &error), 0);
	assert_int_equal(rules->n, 0);
	pack_done(&pack);
	rules_free(rules);
}

/* A rule that compiles and fails when it runs.  */
static void test_failing_rules(void **state)
{
	static const struct {
		const char *query, *why;
	} cases[] = {
		{ "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1"
		  " FROM t) SELECT NULL AS store_id FROM t",
		  "more than 100000 rows" },
		{ "SELECT 99 AS store_id", "no store 99" },
		{ "SELECT store_id, 'dire' AS severity FROM v_store",
		  "no severity dire" },
		{ "SELECT store_id, 'maybe' AS status FROM v_store",
		  "no status maybe" },
		{ "SELECT abs(-9223372036854775807 - count(*)) AS store_id"
		  " FROM v_store", "overflow" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *text = NULL, *error = NULL;
		struct rules *rules = NULL;
		struct report report;
		struct pack pack;

		pack_init(&pack);
		pack_mask(&pack);
		text = xasprintf(HEAD "<query>%s</query><message>m</message>"
				 TAIL, "", cases[i].query);
		pack_write(&pack, "x.xml", text);
		if (rules_load(pack.dir, &rules, &error) < 0)
			fail_msg("%s", error);
		pack_done(&pack);
		assert_int_equal(rules_evaluate(inventory, rules, NULL, NULL,
						&report, &error), 0);
		assert_int_equal(report.n_findings, 1);
		assert_int_equal(report.findings[0].status, FINDING_UNKNOWN);
		assert_true(report.incomplete);
		assert_true(only_a_rule_failed(&report));
		if (strstr(report.findings[0].message, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].query,
				 report.findings[0].message);
		report_done(&report);
		rules_free(rules);
	}
}

/* The path of an audit: rules that are parsed only.  What came with the program is
 * not checked again, what somebody wrote beside it is, with the whole guard.  */
static void test_shipped_and_others(void **state)
{
	static const struct {
		const char *query, *why;	/* why NULL: nothing is wrong */
	} cases[] = {
		{ "SELECT store_id FROM v_store", NULL },
		{ "SELECT id AS store_id FROM store", "store" },
		{ "SELECT count(*) AS store_id FROM store", "store" },
		{ "SELECT store_id FROM v_store WHERE random() = 0", "random" },
		{ "SELECT sha256 FROM v_entry", "no column is named store_id" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *text = NULL, *error = NULL;
		struct rules *rules = NULL;
		struct report report;
		struct pack pack;
		int r;

		pack_init(&pack);
		text = xasprintf(HEAD "<query>%s</query><message>m</message>"
				 TAIL, "", cases[i].query);
		pack_write(&pack, "x.xml", text);
		if (rules_parse(pack.dir, &rules, &error) < 0)
			fail_msg("%s", error);
		pack_done(&pack);
		for (size_t k = 0; k < rules->n; k++)
			if (strcmp(rules->items[k].id, "x") == 0)
				assert_false(rules->items[k].shipped);
		r = rules_evaluate(inventory, rules, NULL, NULL, &report,
				   &error);
		assert_non_null(rules->reads);
		assert_int_equal(r, cases[i].why != NULL ? -EINVAL : 0);
		if (r == 0)
			report_done(&report);
		else if (strstr(error, "/x.xml:") == NULL ||
			 strstr(error, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].query, error);
		rules_free(rules);
	}
}

/* Of what came with the program nothing is to be learnt, but it ends.  */
static void test_shipped_only(void **state)
{
	static char query[] = "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL"
		" SELECT n + 1 FROM t) SELECT count(*) AS store_id FROM t";
	struct rules *rules = NULL;
	struct report report;
	char *error = NULL, *own;
	size_t unknown = 0;

	(void)state;
	assert_int_equal(rules_parse("/nonexistent", &rules, &error), 0);
	if (!rules->items[0].shipped) {
		print_message("the build found no sha256sum\n");
		rules_free(rules);
		return;
	}
	own = rules->items[0].query;
	rules->items[0].query = query;
	assert_int_equal(rules_evaluate(inventory, rules, NULL, NULL, &report,
					&error), 0);
	rules->items[0].query = own;
	assert_null(rules->reads);
	for (size_t k = 0; k < report.n_findings; k++) {
		const struct finding *f = &report.findings[k];

		if (f->rule != &rules->items[0])
			continue;
		unknown++;
		assert_int_equal(f->status, FINDING_UNKNOWN);
		assert_non_null(strstr(f->message, "too many steps"));
	}
	assert_int_equal(unknown, 1);
	report_done(&report);
	rules_free(rules);
}

/* The rule that trustdrift-rules(5) shows does what the page says.  */
static void test_manual_example(void **state)
{
	static const char begin[] = ".Bd -literal\n<?xml", end[] = "\n.Ed\n";
	AUTO(str) char *page = world_file("../man", "trustdrift-rules.5");
	AUTO(str) char *error = NULL;
	char *text = strstr(page, begin), *stop;
	struct inventory *i;
	struct rules *rules = NULL;
	struct report report;
	struct case_world *w = world_new();
	struct pack pack;

	(void)state;
	assert_non_null(text);
	text += strlen(".Bd -literal\n");
	stop = strstr(text, end);
	assert_non_null(stop);
	stop[1] = '\0';
	pack_init(&pack);
	pack_mask(&pack);
	pack_write(&pack, "anchor-with-key.xml", text);
	if (rules_load(pack.dir, &rules, &error) < 0)
		fail_msg("%s", error);
	pack_done(&pack);

	world_fill(w,
		"INSERT INTO certificate (name, subject) VALUES"
		" ('a', 'Root A'), ('b', 'Root B');"
		"INSERT INTO store (path, kind) VALUES"
		" ('/a.jks', 'java-cacerts'), ('/b.p12', 'other');"
		"INSERT INTO party (party, type, title) VALUES"
		" ('java:/', 'java', 'Java');"
		"INSERT INTO uses (party, store) VALUES ('java:/', '/a.jks');"
		"INSERT INTO entry (store, certificate, private_key) VALUES"
		" ('/a.jks', 'a', 0), ('/b.p12', 'a', 1), ('/b.p12', 'b', 1);");
	i = world_scan(w, NOW, 90);
	assert_int_equal(rules_evaluate(i, rules, NULL, NULL, &report, &error),
			 0);
	assert_int_equal(report.n_findings, 1);
	assert_string_equal(report.findings[0].message, "The private key of "
			    "Root A, which is trusted until 2040-01-01, lies in "
			    "/b.p12.");
	assert_int_equal(report.findings[0].n_evidence, 1);
	assert_string_equal(report.findings[0].evidence[0].text,
			    "Java trusts it");
	report_done(&report);
	inventory_close(i);
	case_world_free(w);
	rules_free(rules);
}

static void test_no_scan(void **state)
{
	struct inventory *empty = NULL;
	struct rules *rules = NULL;
	struct report report;
	char *error = NULL;

	(void)state;
	assert_int_equal(inventory_open(NULL, INVENTORY_MEMORY, 0, &empty,
					&error), 0);
	assert_int_equal(rules_load("/nonexistent", &rules, &error), 0);
	assert_int_equal(rules_evaluate(empty, rules, NULL, NULL, &report,
					&error), -ENODATA);
	rules_free(rules);
	inventory_close(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_real_connection),
		cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_broken_rules),
		cmocka_unit_test(test_broken_folds),
		cmocka_unit_test(test_packs),
		cmocka_unit_test(test_failing_rules),
		cmocka_unit_test(test_shipped_and_others),
		cmocka_unit_test(test_shipped_only),
		cmocka_unit_test(test_manual_example),
		cmocka_unit_test(test_no_scan),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
