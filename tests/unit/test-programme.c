/* test-programme.c -- the root program's CSV file: what is loaded, when, and
 * what is said about a broken one.
 */
#include "inventory-fixture.h"

#define HEADING	"sha256,sha1,label,tls_trusted_from,tls_trusted_until," \
		"tls_distrust_after,distrust_after_since,email_trusted_from," \
		"email_trusted_until,explicitly_distrusted\n"
#define A64	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define A40	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define LOADED	"SELECT substr(sha256, 1, 4), substr(sha1, 1, 4), label, " \
		"tls_from, tls_until, distrust_after, distrust_after_since, " \
		"email_from, email_until, distrusted, identity " \
		"FROM v_root_program ORDER BY sha256"

static void write_text(const char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

static void load(struct inventory *i, const char *path)
{
	AUTO(str) char *error = NULL;

	if (inventory_load_root_program(i, path, &error) < 0)
		fail_msg("%s", error);
	assert_null(error);
}

static void test_load(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *path = scratch_path("roots.csv");

	(void)state;
	write_text(path, HEADING
		   A64 "," A40 ",\"One, \"\"two\"\"\",<=2013-02-28,2020-05-30,"
		   "2019-01-01,2018-01-01,1969-12-31,,yes\r\n"
		   "\n"
		   B64 "," A40 ",,,,,,,,");
	load(i, path);
	check_rows(i, LOADED,
		   "aaaa|aaaa|One, \"two\"|1362009600|1590796800|1546300800|"
		   "1514764800|-86400|NULL|1|NULL\n"
		   "bbbb|aaaa||NULL|NULL|NULL|NULL|NULL|NULL|0|NULL");

	/* Not again while it is the same file.  */
	assert_int_equal(db_exec(i, "UPDATE root_program SET label = 'kept'"),
			 0);
	load(i, path);
	check_rows(i, "SELECT DISTINCT label FROM v_root_program", "kept");
	write_text(path, HEADING A64 "," A40 ",New,,,,,,,\n");
	load(i, path);
	check_rows(i, "SELECT label FROM v_root_program", "New");
}

static void test_identity(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *path = scratch_path("roots.csv");
	AUTO(str) char *hash = NULL, *text = NULL;

	(void)state;
	small_scan(i, "/", 1, 1);
	hash = rows(i, "SELECT sha256 FROM v_certificate");
	text = xasprintf(HEADING "%s," A40 ",Root,2020-01-01,,,,,,\n", hash);
	write_text(path, text);
	load(i, path);
	check_rows(i, "SELECT p.label FROM v_root_program p "
		   "JOIN v_certificate c USING (identity)", "Root");
}

/* Each is refused, its line is named, and what was loaded stays.  */
static void test_broken(void **state)
{
	static const struct { const char *text, *words; } cases[] = {
		{ "", ":1: the first line" },
		{ "sha256,sha1\n", ":1: the first line" },
		{ HEADING A64 "," A40 ",x,,,,,,\n", ":2: this line" },
		{ HEADING A64 "," A40 ",x,,,,,,,,\n", ":2: this line" },
		{ HEADING "\n" A64 "," A40 ",\"x,,,,,,,\n", ":3: this line" },
		{ HEADING A64 "," A40 ",\"x\"y,,,,,,,\n", ":2: this line" },
		{ HEADING A40 "," A40 ",x,,,,,,,\n", ":2: a hash" },
		{ HEADING A64 "," A64 ",x,,,,,,,\n", ":2: a hash" },
		{ HEADING A64 "," "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		  ",x,,,,,,,\n", ":2: a hash" },
		{ HEADING A64 "," A40 ",x,2020-13-01,,,,,,\n", ":2: a date" },
		{ HEADING A64 "," A40 ",x,,2020-01-01T00:00:00Z,,,,,\n",
		  ":2: a date" },
		{ HEADING A64 "," A40 ",x,,,,,,<=,\n", ":2: a date" },
		{ HEADING A64 "," A40 ",x,,,,,,,no\n", ":2: the last field" },
		{ HEADING A64 "," A40 ",x,,,,,,,\n" A64 "," A40 ",y,,,,,,,\n",
		  ":3: this certificate" },
	};
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *path = scratch_path("roots\x1b.csv");
	size_t k;

	(void)state;
	write_text(path, HEADING B64 "," A40 ",Good,,,,,,,\n");
	load(i, path);
	for (k = 0; k < ARRAY_SIZE(cases); k++) {
		AUTO(str) char *error = NULL;

		write_text(path, cases[k].text);
		assert_int_equal(inventory_load_root_program(i, path, &error),
				 -EINVAL);
		if (strstr(error, cases[k].words) == NULL ||
		    strchr(error, '\x1b') != NULL)
			fail_msg("\"%s\" is not in: %s", cases[k].words, error);
		check_rows(i, "SELECT label FROM v_root_program", "Good");
	}
}

static void test_unreadable(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *path = scratch_path("none.csv");
	AUTO(str) char *error = NULL;

	(void)state;
	assert_int_equal(inventory_load_root_program(i, path, &error), -ENOENT);
	assert_non_null(strstr(error, "none.csv"));
	free(TAKE(error));
	write_bytes(path, HEADING "\0", sizeof(HEADING));
	assert_int_equal(inventory_load_root_program(i, path, &error), -EINVAL);
	assert_non_null(strstr(error, "NUL"));
}

/* Inside a scan it is part of it.  */
static void test_rollback(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *path = scratch_path("roots.csv");

	(void)state;
	write_text(path, HEADING A64 "," A40 ",New,,,,,,,\n");
	begin(i);
	load(i, path);
	inventory_rollback(i);
	assert_int_equal(number(i, "SELECT count(*) FROM v_root_program"), 0);
	begin(i);
	load(i, path);
	commit(i);
	assert_int_equal(number(i, "SELECT count(*) FROM v_root_program"), 1);
}

/* The list that is shipped.  */
static void test_ours(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *path = xasprintf("%s/rootprogram/mozilla-roots.csv",
					 data_dir());

	AUTO(str) char *text = NULL;
	int64_t lines = 0;
	size_t k, n;

	(void)state;
	assert_int_equal(file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n), 0);
	for (k = 0; k < n; k++)
		lines += text[k] == '\n';
	load(i, path);
	assert_int_equal(number(i, "SELECT count(*) FROM v_root_program"),
			 lines - 1);
	assert_true(number(i, "SELECT count(*) FROM v_root_program "
			   "WHERE tls_from IS NOT NULL "
			   "AND tls_until IS NULL") > 100);
	/* DST Root CA X3, of the outage of 2021.  */
	check_rows(i, "SELECT label, tls_until FROM v_root_program "
		   "WHERE sha1 = 'dac9024f54d8f6df94935fb1732638ca6ad77c13'",
		   "DST Root CA X3|1639353600");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_load),
		SCRATCH_TEST(test_identity),
		SCRATCH_TEST(test_broken),
		SCRATCH_TEST(test_unreadable),
		SCRATCH_TEST(test_rollback),
		cmocka_unit_test(test_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
