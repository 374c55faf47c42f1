/* test-inventory-views.c -- the views are what trustdrift-inventory(5) says,
 * column by column, what the design promises to rules, and fast enough to be
 * joined.
 */
#include "inventory-fixture.h"

#define MANUAL	"/../man/trustdrift-inventory.5"

/* All views, "name: column type, column type" a line, sorted.  A type is empty
 * where SQLite does not know it.  */
#define VIEWS	"SELECT v.name || ':' || (SELECT group_concat(' ' || c.name " \
		"|| ' ' || lower(c.type)) FROM pragma_table_info(v.name) c) " \
		"FROM sqlite_master v WHERE v.type = 'view' ORDER BY v.name"

static char *manual(void)
{
	AUTO(str) char *path = xasprintf("%s%s", data_dir(), MANUAL);
	char *text;
	size_t n;

	if (file_slurp(path, 1 << 20, &text, &n) < 0)
		fail_msg("%s cannot be read", path);
	return text;
}

/* ---- the manual ------------------------------------------------------------*/

/* The manual's .Ss headings that are views, and their .It Va lines with the
 * type behind Pq, as "name: column type, column type" lines.  */
static void read_views(char *text, struct buf *all)
{
	char *line, name[64], type[64];
	bool in_view = false, first = true;

	while ((line = strsep(&text, "\n")) != NULL) {
		if (sscanf(line, ".Ss %63s", name) == 1) {
			in_view = has_prefix(name, "v_");
			first = true;
			if (in_view)
				buf_addf(all, "%s%s:", all->n > 0 ? "\n" : "",
					 name);
		} else if (has_prefix(line, ".Sh ")) {
			in_view = false;
		} else if (in_view && has_prefix(line, ".It Va ")) {
			if (sscanf(line, ".It Va %63s Pq %63s", name, type) != 2)
				fail_msg("no type: %s", line);
			buf_addf(all, "%s %s %s", first ? "" : ",", name, type);
			first = false;
		}
	}
}

/* Finds "NAME:" at the beginning of a line of LINES.  */
static const char *find_line(const char *lines, const char *name)
{
	AUTO(str) char *first = xasprintf("%s:", name);
	const char *at;

	for (at = lines; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (has_prefix(at, first))
			return at + strlen(first);
	}
	return NULL;
}

/* Compares " a integer, b text" as documented with what SQLite says, where a
 * type may be empty.  */
static bool same_columns(const char *documented, const char *real)
{
	while (*documented == *real && *real != '\0' && *real != '\n') {
		documented++;
		real++;
		/* "party " ends here in REAL, and goes on with a type.  */
		if (real[-1] == ' ' && (*real == ',' || *real == '\n' ||
					*real == '\0'))
			documented += strcspn(documented, ",\n");
	}
	return (*documented == '\0' || *documented == '\n') &&
	       (*real == '\0' || *real == '\n');
}

static void test_manual_has_all_columns(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *text = manual(), *real = rows(i, VIEWS);
	AUTO(str) char *names = rows(i, "SELECT name FROM sqlite_master "
		"WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\' "
		"AND name NOT LIKE 'v\\_history\\_%' ESCAPE '\\'");
	AUTO(buf) struct buf documented;
	char *rest = names, *name;
	size_t views = 0, headings = 1;
	const char *p;

	(void)state;
	buf_init(&documented, 1 << 16);
	read_views(text, &documented);
	for (; (name = strsep(&rest, "\n")) != NULL; views++) {
		const char *d = find_line(buf_str(&documented), name);

		if (d == NULL)
			fail_msg("%s is not in the manual", name);
		if (!same_columns(d, find_line(real, name)))
			fail_msg("%s:%.*s is not what the manual has:%.*s",
				 name, (int)strcspn(find_line(real, name),
						    "\n"),
				 find_line(real, name),
				 (int)strcspn(d, "\n"), d);
	}
	for (p = buf_str(&documented); (p = strchr(p, '\n')) != NULL; p++)
		headings++;
	assert_int_equal(headings, views);
	assert_true(views > 10);
}

/* v_history_X is in the manual, and is v_X with scan_id in front.  */
static void test_history_views(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *text = manual();
	AUTO(str) char *names = rows(i, "SELECT name FROM sqlite_master "
		"WHERE type = 'view' AND name LIKE 'v\\_history\\_%' "
		"ESCAPE '\\'");
	char *rest = names, *name;
	size_t views = 0;

	(void)state;
	for (; (name = strsep(&rest, "\n")) != NULL; views++) {
		AUTO(str) char *sql = NULL;

		if (strstr(text, name) == NULL)
			fail_msg("%s is not in the manual", name);
		sql = xasprintf("SELECT (SELECT group_concat(name) "
			"FROM pragma_table_info('%s')) = 'scan_id,' || "
			"(SELECT group_concat(name) "
			"FROM pragma_table_info('v_%s'))", name,
			name + strlen("v_history_"));
		if (number(i, sql) != 1)
			fail_msg("%s is not scan_id and v_%s", name,
				 name + strlen("v_history_"));
	}
	assert_true(views >= 6);
}

/* What rules may count on for ever.  */
static void test_promised_columns(void **state)
{
	static const char *const promised[] = {
		"SELECT store_id, kind, format, path, real_path, owner, "
			"party, entries, problems FROM v_store",
		"SELECT store_id, sha256, role, label, location, \"offset\", "
			"purposes FROM v_entry",
		"SELECT sha256, sha1, spki_sha256, subject, issuer, serial, "
			"not_before, not_after, is_ca, self_signed "
			"FROM v_certificate",
		"SELECT store_id, path, \"offset\", code, message "
			"FROM v_problem",
		"SELECT now, warn_days, root FROM v_run",
		"SELECT party FROM v_party",
		"SELECT party, store_id, role FROM v_party_store",
		"SELECT identity FROM v_identity",
		"SELECT sha256, issuer_sha256 FROM v_edge",
		"SELECT sha256, party, anchor_sha256, valid_from, valid_until "
			"FROM v_reach",
	};
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	size_t k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(promised); k++)
		check_rows(i, promised[k], "");
}

/* The displays of the manual that are queries run.  */
static void test_examples(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *text = manual();
	char *p, *end;
	unsigned n = 0;

	(void)state;
	small_scan(i, "/", 1, 1);
	for (p = text; (p = strstr(p, "\nSELECT ")) != NULL; p = end + 1) {
		AUTO(str) char *result = NULL;

		end = strstr(p, "\n.Ed");
		assert_non_null(end);
		*end = '\0';
		result = rows(i, p);
		n++;
	}
	assert_int_equal(n, 4);
}

static void test_header(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *text = manual(), *id = NULL, *version = NULL;

	(void)state;
	id = xasprintf("0x%08llx",
		       (long long)number(i, "PRAGMA application_id"));
	version = xasprintf("this page describes version %lld.",
			    (long long)number(i, "PRAGMA user_version"));
	assert_non_null(strstr(text, id));
	assert_non_null(strstr(text, version));
}

/* ---- speed -----------------------------------------------------------------*/

/* Questions of the sort that rules ask.  None may read a table of the history
 * from end to end, nor make an index for itself.  */
static void test_plans(void **state)
{
	static const char *const questions[] = {
		"SELECT * FROM v_entry e JOIN v_certificate c USING (sha256) "
			"WHERE c.not_after < 5",
		"SELECT * FROM v_certificate WHERE sha256 = 'x'",
		"SELECT * FROM v_entry WHERE sha256 = 'x'",
		"SELECT * FROM v_entry WHERE identity = 5",
		"SELECT * FROM v_entry WHERE store_id = 5",
		"SELECT * FROM v_store s JOIN v_entry e USING (store_id) "
			"WHERE s.kind = 'k'",
		"SELECT * FROM v_entry e WHERE NOT EXISTS (SELECT 1 FROM "
			"v_entry f JOIN v_store s USING (store_id) "
			"WHERE s.kind = 'k' AND f.identity = e.identity)",
		"SELECT * FROM v_anchor a WHERE EXISTS (SELECT 1 FROM "
			"v_earlier_entry e WHERE e.identity = a.identity "
			"AND e.role = 'anchor')",
		"SELECT * FROM v_history_entry "
			"WHERE scan_id = 5 AND store_id = 5",
		"SELECT * FROM v_history_store WHERE scan_id = 5",
		"SELECT * FROM v_history_certificate "
			"WHERE scan_id = 5 AND sha256 = 'x'",
		"SELECT * FROM v_reach r JOIN v_certificate c USING (sha256) "
			"WHERE r.party = 'p'",
		"SELECT * FROM v_edge WHERE sha256 = 'x'",
		"SELECT * FROM v_edge WHERE issuer_identity = 5",
		"SELECT * FROM v_party_store WHERE store_id = 5",
		"SELECT * FROM v_problem WHERE store_id = 5",
	};
	/* scan_store, reading, manifest_entry, signature */
	static const char *const tables[] = {
		"SCAN ss", "SCAN rd", "SCAN e\n", "SCAN e ", "SCAN s\n",
		"SCAN s ", "AUTOMATIC",
	};
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	size_t k, t;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(questions); k++) {
		AUTO(str) char *sql = xasprintf("EXPLAIN QUERY PLAN %s",
						questions[k]);
		AUTO(str) char *plan = rows(i, sql);

		for (t = 0; t < ARRAY_SIZE(tables); t++)
			if (strstr(plan, tables[t]) != NULL)
				fail_msg("%s\n%s", questions[k], plan);
	}
}

/* ---- held views --------------------------------------------------------------*/

/* Every view's name and rows, and how values compare.  */
static char *all_rows(struct inventory *i)
{
	AUTO(str) char *names = rows(i, "SELECT name FROM main.sqlite_master "
				     "WHERE type = 'view' ORDER BY name");
	AUTO(str) char *compared = rows(i, "SELECT store_id = '1', path = 5, "
		"entries = '1' FROM v_store ORDER BY store_id");
	char *rest = names, *name;
	AUTO(buf) struct buf all;

	buf_init(&all, 1 << 20);
	buf_adds(&all, compared);
	while ((name = strsep(&rest, "\n")) != NULL) {
		AUTO(str) char *sql = xasprintf("SELECT * FROM %s", name);
		AUTO(str) char *result = rows(i, sql);

		buf_addf(&all, "\n%s:\n%s", name, result);
	}
	return buf_take(&all);
}

static void check_held(struct inventory *i)
{
	static const char sql[] = "SELECT count(*) FROM temp.sqlite_master "
				  "WHERE name LIKE 'v\\_%' ESCAPE '\\'";
	AUTO(str) char *before = all_rows(i), *held = NULL, *after = NULL;

	assert_int_equal(inventory_hold(i), 0);
	assert_int_equal(number(i, sql), 12);
	held = all_rows(i);
	assert_string_equal(before, held);
	inventory_release(i);
	assert_int_equal(number(i, sql), 0);
	after = all_rows(i);
	assert_string_equal(before, after);
}

/* Rules see the same rows, in the same order, whether views are held or not. */
static void test_held(void **state)
{
	AUTO(str) char *path = scratch_path("held.db");
	AUTO(inventory) struct inventory *i = open_ok(path, INVENTORY_WRITE);

	(void)state;
	check_held(i);		/* without any scan */
	small_scan(i, "/", 3, 2);
	check_rows(i, "SELECT count(*) > 0 FROM v_store", "1");
	assert_int_equal(sqlite3_exec(inventory_db(i),
		"INSERT INTO composition VALUES (77, 'c');"
		"INSERT INTO composition_party SELECT 77, column1, 'python', '/',"
		" column1, '', 'openssl', 1, column2, 0, 0"
		" FROM (VALUES ('b', 0), ('a', 1), ('c', 0));"
		"INSERT INTO composition_store SELECT 77, column1, id, column2, 0"
		" FROM store, (VALUES ('c', 'anchor'), ('a', 'anchor'),"
		" ('a', 'distrust'));"
		"INSERT INTO party_anchor_set VALUES ('a', 1), ('c', 1);"
		"INSERT INTO anchor_set_member SELECT 1, id FROM certificate;"
		"UPDATE certificate SET not_after = 9e9;"
		"INSERT INTO root_program (sha256, sha1, label, distrusted)"
		" VALUES ('another', '', '', 0);"
		"INSERT INTO redirection_set VALUES (7, 'r');"
		"INSERT INTO redirection (redirection_set_id, position, source,"
		" path, owner, program, section, name, effect, target)"
		" VALUES (7, 0, 'file', '/etc/x', '', 'requests', '', 'x',"
		" 'adds', '/y');"
		"UPDATE scan SET composition_id = 77, redirection_set_id = 7",
		NULL, NULL, NULL), SQLITE_OK);
	check_rows(i, "SELECT count(*) FROM v_party", "3");
	check_rows(i, "SELECT count(*) FROM v_party_setting", "3");
	check_rows(i, "SELECT count(*) > 0 FROM v_trusted", "1");
	check_rows(i, "SELECT count(*) > 0 FROM v_private_anchor", "1");
	check_rows(i, "SELECT count(*) > 0 FROM v_private_anchor_place", "1");
	check_rows(i, "SELECT count(*) > 0 FROM v_anchor_file", "1");
	check_held(i);
	inventory_close(TAKE(i));

	/* A connection for queries only, which it is again afterwards.  */
	i = open_ok(path, INVENTORY_READ);
	check_held(i);
	assert_int_equal(sqlite3_exec(inventory_db(i), "CREATE TEMP TABLE t (x)",
				      NULL, NULL, NULL), SQLITE_READONLY);
}

/* A file that somebody else made may have views of its own: they are interrupted when
 * they do not end, SQLite trusts them no more than where they are, and nothing is left
 * behind.  */
static void test_hostile_views(void **state)
{
	static const struct {
		const char *drop, *create, *why;
	} cases[] = {
		{ "v_run", "CREATE VIEW v_run AS WITH RECURSIVE n(i) AS (SELECT 1"
			   " UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS a"
			   " FROM n", "interrupted" },
		{ "v_run", "CREATE VIEW v_run AS WITH RECURSIVE n(i) AS (SELECT 1"
			   " UNION ALL SELECT i + 1 FROM n) SELECT i,"
			   " zeroblob(1000000) AS a FROM n", "interrupted" },
		{ "v_trusted", "CREATE VIEW v_trusted AS SELECT name FROM"
			       " pragma_database_list", "unsafe use" },
		{ "v_party_setting", "CREATE VIEW v_party_setting AS SELECT"
				     " load_extension('/x') AS a", "" },
		{ "v_trusted", "CREATE VIEW other AS SELECT 1 AS a", NULL },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		AUTO(str) char *path = scratch_path("hostile.db");
		AUTO(inventory) struct inventory *i =
			open_ok(path, INVENTORY_WRITE);
		AUTO(str) char *drop = xasprintf("DROP VIEW %s",
						 cases[k].drop);
		sqlite3 *db = NULL;
		int r;

		small_scan(i, "/", 3, 2);
		inventory_close(TAKE(i));
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, drop, NULL, NULL, NULL),
				 SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, cases[k].create, NULL, NULL,
					      NULL), SQLITE_OK);
		sqlite3_close(db);
		i = open_ok(path, INVENTORY_READ);
		r = inventory_hold(i);
		if (cases[k].why == NULL)
			assert_int_equal(r, 0);
		else if (r == 0 || strstr(inventory_error(i), cases[k].why) ==
			 NULL)
			fail_msg("%s: %d, %s", cases[k].create, r,
				 inventory_error(i));
		inventory_release(i);
		assert_int_equal(number(i, "SELECT count(*) FROM"
			" temp.sqlite_master WHERE name NOT LIKE 'sqlite%'"), 0);
		assert_int_equal(unlink(path), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual_has_all_columns),
		cmocka_unit_test(test_history_views),
		cmocka_unit_test(test_promised_columns),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_plans),
		SCRATCH_TEST(test_held),
		SCRATCH_TEST(test_hostile_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
