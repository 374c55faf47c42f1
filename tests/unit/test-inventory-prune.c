/* test-inventory-prune.c -- how much history is kept, and that what goes goes
 * whole.
 */
#include "inventory-fixture.h"

/* Nothing points nowhere, and nothing is kept that nothing points to.  */
static void check_whole(struct inventory *i)
{
	static const char *const none[] = {
		"scan_store WHERE scan_id NOT IN (SELECT id FROM scan)",
		"scan_store WHERE reading_id NOT IN (SELECT id FROM reading)",
		"scan_store WHERE store_id NOT IN (SELECT id FROM store)",
		"scan_problem WHERE scan_id NOT IN (SELECT id FROM scan)",
		"reading WHERE id NOT IN (SELECT reading_id FROM scan_store)",
		"reading WHERE manifest_id NOT IN (SELECT id FROM manifest)",
		"reading_problem WHERE reading_id NOT IN "
			"(SELECT id FROM reading)",
		"manifest WHERE id NOT IN (SELECT manifest_id FROM reading)",
		"manifest_entry WHERE manifest_id NOT IN "
			"(SELECT id FROM manifest)",
		"manifest_entry WHERE certificate_id NOT IN "
			"(SELECT id FROM certificate)",
		"certificate WHERE id NOT IN "
			"(SELECT certificate_id FROM manifest_entry) "
			"AND subject <> 'Departed'",
		"certificate WHERE identity_id NOT IN "
			"(SELECT id FROM identity)",
		"identity WHERE id NOT IN "
			"(SELECT identity_id FROM certificate)",
		"signature WHERE certificate_id NOT IN "
			"(SELECT id FROM certificate)",
		"signature WHERE identity_id NOT IN (SELECT id FROM identity)",
		"composition WHERE id NOT IN "
			"(SELECT composition_id FROM scan)",
		"composition_party WHERE composition_id NOT IN "
			"(SELECT id FROM composition)",
		"composition_store WHERE store_id NOT IN "
			"(SELECT id FROM store)",
		"store WHERE id NOT IN (SELECT store_id FROM scan_store)",
		"finding WHERE scan_id NOT IN (SELECT id FROM scan)",
		"audit WHERE scan_id NOT IN (SELECT id FROM scan)",
	};
	size_t k;

	for (k = 0; k < ARRAY_SIZE(none); k++) {
		AUTO(str) char *sql = xasprintf("SELECT count(*) FROM %s",
						none[k]);

		if (number(i, sql) != 0)
			fail_msg("there are: %s", none[k]);
	}
	check_rows(i, "PRAGMA integrity_check", "ok");
}

/* A scan with something of its own in every table.  */
static void rich_scan(struct inventory *i, const char *root, int64_t made,
		      const char *name)
{
	AUTO(str) char *path = xasprintf("/only/%s", name);
	struct stored_problem p = { .path = path, .code = PROBLEM_MALFORMED,
		.message = name };
	struct store_info info = { .kind = "pem", .path = path,
		.format = "pem", .owner = "", .instance = "/" };
	struct composed_store uses = { 0, ROLE_ANCHOR };
	struct composed_party party = { .party = name, .type = "t",
		.instance = "/", .title = "T", .owner = "", .model = "m",
		.stores = &uses, .n_stores = 1 };
	const char *document = "{}";
	struct stored_entry e;

	begin_at(i, root, 1, made);
	e = entry_of(fake(i, (struct fake){ .name = "Always", .key = "k" }),
		     ROLE_ANCHOR);
	record(i, "pem", "/always", "same", &e, 1);
	assert_int_equal(inventory_store(i, "pem", path, &uses.store), 0);
	e = entry_of(fake(i, (struct fake){ .name = name, .key = "k" }),
		     ROLE_ANCHOR);
	assert_int_equal(inventory_record(i, uses.store, &info, NULL, &e, 1,
					  &p, 1), 0);
	assert_int_equal(inventory_scan_problem(i, &p), 0);
	assert_int_equal(inventory_compose(i, &party, 1), 0);
	assert_int_equal(inventory_store_findings(i, &name, &document, 1), 0);
	commit(i);
}

static void test_keep(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *before = NULL;
	size_t deleted = 4711;

	(void)state;
	rich_scan(i, "/", 1, "a");
	rich_scan(i, "/", 2, "b");
	rich_scan(i, "/other", 3, "x");
	rich_scan(i, "/", 4, "c");
	rich_scan(i, "/", 5, "d");
	check_whole(i);
	before = rows(i, "SELECT * FROM v_entry, v_store, v_problem");

	assert_int_equal(inventory_prune(i, "/no/such", 1, &deleted), 0);
	assert_int_equal(deleted, 0);
	assert_int_equal(inventory_prune(i, "/", 4, &deleted), 0);
	assert_int_equal(deleted, 0);
	assert_int_equal(inventory_prune(i, "/", 3, &deleted), 0);
	assert_int_equal(deleted, 1);
	check_whole(i);
	check_rows(i, "SELECT scan_id FROM v_scan ORDER BY 1", "2\n3\n4\n5");
	check_rows(i, "SELECT name FROM v_known_certificate ORDER BY name",
		   "Always\nb\nc\nd\nx");
	assert_int_equal(inventory_prune(i, "/", 1, &deleted), 0);
	assert_int_equal(deleted, 2);
	check_whole(i);
	check_rows(i, "SELECT scan_id, root FROM v_scan ORDER BY 1",
		   "3|/other\n5|/");
	check_rows(i, "SELECT * FROM v_entry, v_store, v_problem", before);
	check_rows(i, "SELECT id FROM finding ORDER BY scan_id", "x\nd");
	check_rows(i, "SELECT scan_id FROM audit ORDER BY 1", "3\n5");
	assert_int_equal(inventory_prune(i, "/other", 1, &deleted), 0);
	assert_int_equal(deleted, 0);

	/* A number is never given out again.  */
	rich_scan(i, "/", 6, "e");
	check_rows(i, "SELECT scan_id FROM v_run", "6");
	check_whole(i);
}

/* All of 30 days, then the newest of each month.  */
static void test_ages(void **state)
{
	static const struct { const char *made; bool kept; } scans[] = {
		{ "2021-01-31T23:59:59Z", true },	/* last of January */
		{ "2021-02-01T00:00:00Z", false },
		{ "2021-02-27T12:00:00Z", true },	/* last of February */
		{ "2021-05-01T00:00:00Z", false },
		{ "2021-05-02T00:00:00Z", false },
		{ "2021-05-02T11:59:59Z", true },	/* a second too old */
		{ "2021-05-02T12:00:00Z", true },	/* 30 days */
		{ "2021-05-03T00:00:00Z", true },
		{ "2031-01-01T00:00:00Z", true },	/* the clock was wrong */
		{ "2021-05-31T00:00:00Z", true },
		{ "2021-06-01T11:00:00Z", true },
		{ "2021-06-01T12:00:00Z", true },	/* the newest */
	};
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(buf) struct buf want;
	size_t k, deleted, expected = 0;
	int64_t made;

	(void)state;
	buf_init(&want, 1000);
	for (k = 0; k < ARRAY_SIZE(scans); k++) {
		assert_int_equal(time_parse(scans[k].made, &made), 0);
		small_scan(i, "/", 1, made);
		if (scans[k].kept)
			buf_addf(&want, "%s%zu", want.n > 0 ? "\n" : "", k + 1);
		else
			expected++;
	}
	assert_int_equal(inventory_prune(i, "/", 0, &deleted), 0);
	check_rows(i, "SELECT scan_id FROM v_scan ORDER BY 1", buf_str(&want));
	assert_int_equal(deleted, expected);
	check_whole(i);
	assert_int_equal(inventory_prune(i, "/", 0, &deleted), 0);
	assert_int_equal(deleted, 0);
}

static void test_newest_stays_whatever_its_clock(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	size_t deleted;

	(void)state;
	small_scan(i, "/", 1, 1000 * DAY);
	small_scan(i, "/", 1, 2 * DAY);
	assert_int_equal(inventory_prune(i, "/", 0, &deleted), 0);
	check_rows(i, "SELECT scan_id FROM v_scan ORDER BY 1", "1\n2");
	assert_int_equal(inventory_prune(i, "/", 1, &deleted), 0);
	check_rows(i, "SELECT scan_id FROM v_scan", "2");
}

/* Within a scan: it is the newest, and a rollback brings all back.  */
static void test_in_a_scan(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	size_t deleted;

	(void)state;
	rich_scan(i, "/", 1, "a");
	rich_scan(i, "/", 1, "b");
	begin(i);
	record(i, "pem", "/new", NULL, NULL, 0);
	assert_int_equal(inventory_prune(i, "/", 1, &deleted), 0);
	assert_int_equal(deleted, 2);
	inventory_rollback(i);
	check_rows(i, "SELECT scan_id FROM v_scan ORDER BY 1", "1\n2");
	check_whole(i);
	begin(i);
	record(i, "pem", "/new", NULL, NULL, 0);
	assert_int_equal(inventory_prune(i, "/", 2, &deleted), 0);
	assert_int_equal(deleted, 1);
	assert_int_equal(inventory_compose(i, NULL, 0), 0);
	commit(i);
	check_rows(i, "SELECT path FROM v_store", "/new");
	check_whole(i);
}

/* A root that no store holds stays known while it is somebody's issuer.  */
static void test_departed_issuer(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct stored_entry e;
	size_t deleted;

	(void)state;
	rich_scan(i, "/", 1, "a");
	begin(i);
	fake(i, (struct fake){ .name = "Departed", .key = "d" });
	fake(i, (struct fake){ .name = "Nobody", .key = "n" });
	e = entry_of(fake(i, (struct fake){ .name = "Sub", .key = "s",
			.issuer = "Departed" }), ROLE_INTERMEDIATE);
	record(i, "pem", "/s", NULL, &e, 1);
	assert_int_equal(inventory_compose(i, NULL, 0), 0);
	commit(i);
	assert_int_equal(inventory_prune(i, "/", 1, &deleted), 0);
	assert_int_equal(deleted, 1);
	check_rows(i, "SELECT name, present FROM v_known_certificate "
		   "ORDER BY name", "Departed|0\nSub|1");
	check_whole(i);

	begin(i);
	record(i, "pem", "/s", NULL, NULL, 0);
	assert_int_equal(inventory_compose(i, NULL, 0), 0);
	commit(i);
	assert_int_equal(inventory_prune(i, "/", 1, &deleted), 0);
	assert_int_equal(number(i, "SELECT count(*) FROM v_known_certificate"),
			 0);
}

static void test_file_gets_smaller(void **state)
{
	AUTO(str) char *path = scratch_path("inventory.db");
	AUTO(inventory) struct inventory *i = open_ok(path, INVENTORY_WRITE);
	struct stored_entry e[500];
	struct stat before, after;
	size_t deleted;
	int k;

	(void)state;
	begin(i);
	for (k = 0; k < 500; k++) {
		AUTO(str) char *name = xasprintf("Root %d", k);

		e[k] = entry_of(fake(i, (struct fake){
				.name = name, .key = "k" }), ROLE_ANCHOR);
	}
	record(i, "pem", "/s", NULL, e, 500);
	commit(i);
	begin(i);
	record(i, "pem", "/s", NULL, e, 1);
	commit(i);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(inventory_prune(i, "/", 1, &deleted), 0);
	assert_int_equal(deleted, 1);
	assert_int_equal(stat(path, &after), 0);
	assert_true(after.st_size < before.st_size / 2);
	check_rows(i, "PRAGMA integrity_check", "ok");
	check_rows(i, "SELECT name FROM v_certificate", "Root 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_newest_stays_whatever_its_clock),
		cmocka_unit_test(test_in_a_scan),
		cmocka_unit_test(test_departed_issuer),
		SCRATCH_TEST(test_file_gets_smaller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
