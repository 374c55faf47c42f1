/* test-list-date.c -- lists that programs and distributions really shipped, and of
 * when they are.
 *
 * A file of tests/unit/data/lists has in its first line what is wanted: since when
 * Mozilla's list was like that, until when, how many roots are missing and extra,
 * and how many came or went until NOW; then the beginning of the SHA-256 of each
 * root.  They were read out of the programs that they are named after.
 */
#include <stdlib.h>

#include "inventory-fixture.h"

#define NOW	INT64_C(1795824000)	/* 2026-11-28 */
#define OLD	INT64_C(1104537600)	/* 2005-01-01 */
#define LISTS_FEWEST	10u

static char *in_tree(const char *name)
{
	const char *top = getenv("srcdir");

	return xasprintf("%s/%s", top != NULL ? top : ".", name);
}

static void load_program(struct inventory *i)
{
	AUTO(str) char *path = in_tree("data/rootprogram/mozilla-roots.csv");
	AUTO(str) char *error = NULL;

	if (inventory_load_root_program(i, path, &error) < 0)
		fail_msg("%s", error);
}

/* The certificate of the program whose hash begins with DIGITS.  */
static int64_t root_of(struct inventory *i, const char *digits)
{
	AUTO(str) char *sql = xasprintf("SELECT sha256 FROM v_root_program "
					"WHERE sha256 LIKE '%s%%'", digits);
	AUTO(str) char *hex = rows(i, sql);
	uint8_t sha256[SHA256_SIZE];
	int64_t id;

	assert_int_equal(hex_decode(hex, sha256, sizeof(sha256)), 0);
	assert_int_equal(inventory_fingerprint(i, sha256, &id), 0);
	return id;
}

#define DATED	"SELECT list_from, list_until, missing, extra, behind " \
		"FROM v_list_date"

static void say_date(struct buf *b, const char *seconds)
{
	char text[TIME_SIZE];

	if (strcmp(seconds, "NULL") == 0) {
		buf_adds(b, "-");
		return;
	}
	time_format(strtoll(seconds, NULL, 10), text);
	buf_add(b, text, strcspn(text, "T"));
}

/* What the view says, in the form of a file's first line.  */
static char *dated(struct inventory *i)
{
	AUTO(str) char *row = rows(i, DATED);
	AUTO(buf) struct buf b;
	char *rest = row, *field;

	buf_init(&b, 1000);
	buf_adds(&b, "#");
	for (size_t k = 0; (field = strsep(&rest, "|")) != NULL; k++) {
		buf_adds(&b, " ");
		if (k < 2)
			say_date(&b, field);
		else
			buf_adds(&b, field);
	}
	return buf_take(&b);
}

static void check_list(const char *path)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *text = NULL, *got = NULL;
	struct stored_entry entries[400];
	char *rest, *line, *want;
	size_t n = 0, size;

	assert_int_equal(file_slurp(path, 1 << 20, &text, &size), 0);
	begin_at(i, "/", NOW, NOW);
	load_program(i);
	rest = text;
	want = strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0') {
			entries[n] = entry_of(root_of(i, line), ROLE_ANCHOR);
			entries[n].offset = n;
			n++;
		}
	record(i, "system-bundle", "/list", NULL, entries, n);
	assert_int_equal(inventory_date_lists(i), 0);
	got = dated(i);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s instead of %s", path, got, want);
	commit(i);
}

static void test_lists(void **state)
{
	AUTO(str) char *relative = in_tree("tests/unit/data/lists");
	AUTO(names) char **names = NULL;
	AUTO(str) char *directory = realpath(relative, NULL);
	struct root host;
	size_t n;

	(void)state;
	assert_non_null(directory);
	assert_int_equal(root_open("/", &host), 0);
	assert_int_equal(file_names(&host, directory, &names, &n), 0);
	root_done(&host);
	assert_true(n >= LISTS_FEWEST);
	for (size_t k = 0; k < n; k++) {
		AUTO(str) char *path = xasprintf("%s/%s", directory, names[k]);

		check_list(path);
	}
}

/* Few roots are no list, what is for e-mail only does not count, and neither
 * does what the program never had; a list made again is dated again.  */
static void test_no_list(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct stored_entry entries[40];
	AUTO(str) char *some = NULL;
	char *rest, *hex;
	size_t n = 0;

	(void)state;
	begin_at(i, "/", NOW, NOW);
	load_program(i);
	some = rows(i, "SELECT sha256 FROM v_root_program WHERE tls_until IS NULL "
		    "AND tls_from IS NOT NULL ORDER BY sha256 LIMIT 30");
	for (rest = some; (hex = strsep(&rest, "\n")) != NULL; n++) {
		entries[n] = entry_of(root_of(i, hex), ROLE_ANCHOR);
		entries[n].offset = n;
	}
	assert_int_equal(n, 30);
	record(i, "few", "/few", NULL, entries, 19);
	entries[0].purposes = entries[1].purposes = PURPOSE_EMAIL_PROTECTION;
	record(i, "email", "/email", NULL, entries, 21);
	record(i, "list", "/list", NULL, entries, 30);
	assert_int_equal(inventory_date_lists(i), 0);
	assert_int_equal(inventory_date_lists(i), 0);
	check_rows(i, "SELECT s.path, d.roots FROM v_list_date d "
		   "JOIN v_store s ON s.store_id = d.store_id", "/list|28");
	commit(i);
	assert_int_equal(inventory_date_lists(i), -EINVAL);
}

/* What holds is not computed again; whatever it depends on makes it be.  */
static void test_kept(void **state)
{
	static const char dates[] = "SELECT roots, behind FROM v_list_date";
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct stored_entry entries[40];
	AUTO(str) char *some = NULL;
	AUTO(str) char *first = NULL;
	AUTO(str) char *content = NULL;
	AUTO(str) char *late = NULL;
	AUTO(str) char *fewer = NULL;
	const uint8_t zero[SHA256_SIZE] = { 0 };
	char *rest, *hex;
	size_t n = 0;

	(void)state;
	begin_at(i, "/", OLD, OLD);
	load_program(i);
	some = rows(i, "SELECT sha256 FROM v_root_program "
		    "WHERE tls_from IS NOT NULL ORDER BY tls_from, sha256 "
		    "LIMIT 30");
	for (rest = some; (hex = strsep(&rest, "\n")) != NULL; n++) {
		entries[n] = entry_of(root_of(i, hex), ROLE_ANCHOR);
		entries[n].offset = n;
	}
	record(i, "list", "/list", NULL, entries, 30);
	assert_int_equal(inventory_date_lists(i), 0);
	first = rows(i, dates);
	content = rows(i, "SELECT content FROM v_list_date");
	/* A mark that only a new computation removes.  */
	assert_int_equal(db_exec(i, "UPDATE list_date SET missing = 1000"), 0);
	assert_int_equal(inventory_date_lists(i), 0);
	check_rows(i, "SELECT missing FROM v_list_date", "1000");
	commit(i);

	/* The same at a time by which roots came and went.  */
	begin_at(i, "/", NOW, NOW);
	record(i, "list", "/list", NULL, entries, 30);
	assert_int_equal(inventory_date_lists(i), 0);
	late = rows(i, dates);
	assert_string_not_equal(first, late);
	check_rows(i, "SELECT count(*) FROM v_list_date WHERE missing = 1000",
		   "0");
	check_rows(i, "SELECT content FROM v_list_date", content);
	commit(i);

	/* Another list.  */
	begin_at(i, "/", NOW, NOW);
	record(i, "list", "/list", NULL, entries, 29);
	assert_int_equal(inventory_date_lists(i), 0);
	fewer = rows(i, dates);
	assert_string_not_equal(late, fewer);
	check_rows(i, "SELECT count(*) FROM v_list_date", "1");
	/* Another program.  */
	assert_int_equal(db_exec(i, "UPDATE list_date SET missing = 1000"), 0);
	assert_int_equal(meta_set_hash(i, "root_program", zero), 0);
	assert_int_equal(inventory_date_lists(i), 0);
	check_rows(i, "SELECT count(*) FROM v_list_date WHERE missing = 1000",
		   "0");
	commit(i);
}

/* Lists of the same roots are alike, wherever these lie in them and for whatever
 * else they are there.  */
static void test_content(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct stored_entry entries[40], turned[40];
	AUTO(str) char *some = NULL;
	char *rest, *hex;
	size_t n = 0;

	(void)state;
	begin_at(i, "/", NOW, NOW);
	load_program(i);
	some = rows(i, "SELECT sha256 FROM v_root_program WHERE tls_until IS NULL "
		    "AND tls_from IS NOT NULL ORDER BY sha256 LIMIT 30");
	for (rest = some; (hex = strsep(&rest, "\n")) != NULL; n++) {
		entries[n] = entry_of(root_of(i, hex), ROLE_ANCHOR);
		entries[n].offset = n;
		turned[29 - n] = entries[n];
		turned[29 - n].offset = 29 - n;
	}
	record(i, "a", "/a", NULL, entries, 30);
	record(i, "b", "/b", NULL, turned, 30);
	record(i, "less", "/less", NULL, entries, 29);
	turned[0].role = ROLE_DISTRUST;
	record(i, "other", "/other", NULL, turned, 30);
	assert_int_equal(inventory_date_lists(i), 0);
	check_rows(i, "SELECT count(*), count(DISTINCT content) FROM v_list_date",
		   "4|2");
	check_rows(i, "SELECT s.path FROM v_list_date d "
		   "JOIN v_store s ON s.store_id = d.store_id "
		   "JOIN v_list_date a ON a.content = d.content "
		   "JOIN v_store t ON t.store_id = a.store_id AND t.path = '/a' "
		   "ORDER BY s.path", "/a\n/b");
	commit(i);
}

/* Without a program nothing is dated.  */
static void test_no_program(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);

	(void)state;
	begin_at(i, "/", NOW, NOW);
	assert_int_equal(inventory_date_lists(i), 0);
	check_rows(i, "SELECT count(*) FROM v_list_date", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
