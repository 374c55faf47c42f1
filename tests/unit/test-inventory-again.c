/* test-inventory-again.c -- a scan that is made of the scan before: nothing is
 * lost on the way there and back, what is changed is, and the scan before is
 * history then.
 */
#include "inventory-fixture.h"

static struct inventory *in_memory(void)
{
	return open_ok(NULL, INVENTORY_MEMORY);
}

static int64_t root_named(struct inventory *i, const char *name)
{
	return fake(i, (struct fake){ .name = name, .key = name });
}

/* A store that has one of everything.  */
static int64_t record_all(struct inventory *i)
{
	struct entry_names serial = { .issuer = "CN=x", .serial = "0a" };
	struct entry_names key = { .by_key = true };
	struct stored_file files[] = {
		{ "/d/a", "/real/a", 1234, 0100644, 0, 0, "root", 77 },
		{ "/d/b", "/real/b", 5, 0100600, 1000, 100, "ann", -1 },
	};
	struct store_info info = {
		.kind = "pem", .path = "/d", .format = "pem",
		.real_path = "/real", .owner = "ann", .instance = "/home/ann",
		.recipe = "remove-file", .repair = "Delete it.",
		.files = files, .n_files = 2,
	};
	struct stored_entry e[4] = {
		{ root_named(i, "A"), ROLE_ANCHOR, "l\xff", "/d/a", 9,
		  PURPOSE_SERVER_AUTH | PURPOSE_OTHER, true, 1733011199, NULL },
		{ root_named(i, "B"), ROLE_INTERMEDIATE, NULL, "/d/b", 0, 0,
		  false, 0, NULL },
		{ 0, ROLE_DISTRUST, "named", "/d/b", 3, 0, false, 0, &serial },
		{ 0, ROLE_ANCHOR, NULL, "/d/b", 4, PURPOSE_CODE_SIGNING, false,
		  0, &key },
	};
	const struct stored_problem p[] = {
		{ "/d/a", true, 12, PROBLEM_TRUNCATED, "cut", false },
		{ "/d/c", false, 0, PROBLEM_DANGLING, "nowhere", true },
	};
	int64_t store = 0;

	hash_of("CN=x", serial.issuer_sha256);
	hash_of("key", key.spki_sha256);
	assert_int_equal(inventory_store(i, info.kind, info.path, &store), 0);
	assert_int_equal(inventory_record(i, store, &info, NULL, e, 4, p, 2),
			 0);
	return store;
}

static int64_t begin_again(struct inventory *i, int64_t now)
{
	int64_t scan = 0;

	assert_int_equal(inventory_begin_again(i, now, &scan), 0);
	return scan;
}

static void test_what_was_loaded_is_what_was_recorded(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct recorded_reading r;
	int64_t store;

	(void)state;
	begin(i);
	store = record_all(i);
	commit(i);
	begin_again(i, 2000);
	assert_int_equal(inventory_recorded_reading(i, store, &r), 0);
	assert_int_equal(r.n_entries, 4);
	/* Equal content is the same reading; a column that got lost on the way
	 * would make another one.  */
	assert_int_equal(inventory_record(i, store, &r.info, NULL, r.entries,
					  r.n_entries, r.problems,
					  r.n_problems), 0);
	recorded_reading_done(&r);
	commit(i);
	check_rows(i, "SELECT count(*), count(DISTINCT reading_id) "
		   "FROM scan_store", "2|1");
	check_rows(i, "SELECT count(*) FROM reading", "1");
	check_rows(i, "SELECT count(*) FROM manifest", "1");
}

static int add_placed(const char *path, bool is_file, void *data)
{
	buf_addf(data, "%s %d\n", path, is_file);
	return 0;
}

static void test_the_scan_is_the_same_but_for_its_time(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	const struct stored_problem hidden = {
		"/home", false, 0, PROBLEM_UNREADABLE, "hidden", false };
	const struct stored_redirection points = {
		.source = "file", .path = "/etc/profile", .owner = "",
		.program = "openssl", .section = "", .name = "SSL_CERT_FILE",
		.effect = "replaces", .target = "/x.pem", .present = -1 };
	const struct stored_directory directories[] = {
		{ "/", 040755, 0, 0, "root" },
		{ "/d", 041777, 1000, 50, "ann" },
	};
	AUTO(buf) struct buf places;
	struct composed_store uses = { .role = ROLE_ANCHOR };
	const struct composed_party party = {
		.party = "p", .type = "p", .instance = "/", .title = "P",
		.owner = "", .model = "m", .is_system = true,
		.stores = &uses, .n_stores = 1 };
	struct recorded_store *stores;
	size_t n;

	(void)state;
	buf_init(&places, SIZE_MAX / 2);
	small_scan(i, "/other", 1, 1);
	begin(i);
	uses.store = record_all(i);
	assert_int_equal(inventory_compose(i, &party, 1), 0);
	assert_int_equal(inventory_redirections(i, &points, 1), 0);
	assert_int_equal(inventory_placed(i, add_placed, &places), 0);
	assert_string_equal(buf_str(&places), "/d 0\n/d/a 1\n/d/b 1\n/real 0\n"
			    "/real/a 1\n/real/b 1\n/x.pem 0\n");
	assert_int_equal(inventory_directories(i, directories, 2), 0);
	assert_int_equal(inventory_scan_problem(i, &hidden), 0);
	commit(i);
	assert_int_equal(begin_again(i, 2000), 3);
	assert_int_equal(inventory_recorded_stores(i, &stores, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(stores[0].kind, "pem");
	assert_string_equal(stores[0].real_path, "/real");
	assert_string_equal(stores[0].instance, "/home/ann");
	assert_int_equal(inventory_record_again(i, stores[0].store), 0);
	assert_int_equal(inventory_record_again(i, stores[0].store), -EEXIST);
	recorded_stores_free(stores, n);
	commit(i);
	check_rows(i, "SELECT root, now, tool, host_name, host_os, warn_days "
		   "FROM v_scan WHERE scan_id > 1",
		   "/|1000|1.2.3|host|NULL|90\n/|2000|1.2.3|host|NULL|90");
	check_rows(i, "SELECT count(*), count(DISTINCT composition_id), "
		   "count(DISTINCT redirection_set_id) FROM scan "
		   "WHERE id > 1", "2|1|1");
	check_rows(i, "SELECT path, message FROM v_problem "
		   "WHERE store_id IS NULL", "/home|hidden");
	check_rows(i, "SELECT party, role FROM v_party_store", "p|anchor");
	check_rows(i, "SELECT name FROM v_redirection", "SSL_CERT_FILE");
	check_rows(i, "SELECT * FROM v_directory",
		   "/|16877|0|0|root\n/d|17407|1000|50|ann");
	check_rows(i, "SELECT count(*), count(DISTINCT directory_set_id) "
		   "FROM scan WHERE id > 1", "2|1");
	check_rows(i, "SELECT path, gid FROM v_file", "/d/a|0\n/d/b|100");
}

static void test_a_change_leaves_history(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_entry e[2];
	struct recorded_reading r;
	int64_t a, c, one, two;

	(void)state;
	begin(i);
	a = root_named(i, "A");
	c = root_named(i, "C");
	e[0] = entry_of(a, ROLE_ANCHOR);
	e[1] = entry_of(root_named(i, "B"), ROLE_ANCHOR);
	one = record(i, "pem", "/one", "state", e, 2);
	two = record(i, "pem", "/two", "state", e, 1);
	commit(i);
	begin_again(i, 1000);
	assert_int_equal(inventory_recorded_reading(i, one, &r), 0);
	/* in the order of their hashes */
	if (r.entries[0].certificate == a)
		r.entries[0] = r.entries[1];
	r.n_entries = 1;
	{
		char place[] = "/one/new";
		const struct stored_entry new = {
			.certificate = c, .role = ROLE_ANCHOR,
			.location = place };

		recorded_entry(&r, &new);
		memset(place, 'x', sizeof(place) - 1);
	}
	assert_int_equal(inventory_record(i, one, &r.info, NULL, r.entries,
					  r.n_entries, r.problems,
					  r.n_problems), 0);
	recorded_reading_done(&r);
	assert_int_equal(inventory_record_again(i, two), 0);
	commit(i);
	check_rows(i, "SELECT c.name, e.location FROM v_entry e "
		   "JOIN v_known_certificate c ON c.sha256 = e.sha256 "
		   "WHERE store_id = 1 ORDER BY c.name",
		   "B|/file\nC|/one/new");
	check_rows(i, "SELECT count(*) FROM v_entry WHERE store_id = 2", "1");
	check_rows(i, "SELECT max(scan_id) FROM v_earlier_entry e "
		   "JOIN v_known_certificate c ON c.sha256 = e.sha256 "
		   "WHERE store_id = 1 AND c.name = 'A'", "1");
	/* No state of files is behind it, so it is never taken for one.  */
	check_rows(i, "SELECT signature FROM reading WHERE id = (SELECT "
		   "reading_id FROM scan_store WHERE store_id = 1 "
		   "ORDER BY scan_id DESC LIMIT 1)", "NULL");
}

static int64_t problems_of(struct inventory *i, int64_t scan)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT count(*) FROM scan_problem WHERE scan_id = ?");

	query_int(&q, scan);
	assert_int_equal(query_step(&q), 1);
	return query_column_int(&q, 0);
}

static void add_problem(struct inventory *i, const char *path)
{
	const struct stored_problem p = { .path = path, .code = PROBLEM_LIMIT,
					  .message = "words" };

	assert_int_equal(inventory_scan_problem(i, &p), 0);
}

/* A scan that found nothing changed is the one before once more, but not what was
 * said of that when it was judged.  */
static void test_repeated(void **state)
{
	const uint8_t state_bytes[] = "looks";
	AUTO(inventory) struct inventory *i = in_memory();
	AUTO(buf) struct buf b;
	int64_t first, scan, before = 0;
	size_t stores = 0;

	(void)state;
	buf_init(&b, 100);
	first = begin(i);
	record_all(i);
	assert_int_equal(inventory_looks_load(i, &before, &b), -ENOENT);
	add_problem(i, "/home");
	assert_int_equal(inventory_looks_save(i, (struct blob){
				 state_bytes, sizeof(state_bytes) }), 0);
	add_problem(i, "signatures");
	commit(i);
	for (int k = 0; k < 2; k++) {
		scan = begin(i);
		b.n = 0;
		assert_int_equal(inventory_looks_load(i, &before, &b), 0);
		assert_int_equal(before, first);
		assert_int_equal(b.n, sizeof(state_bytes));
		assert_int_equal(inventory_repeat(i, before, &stores), 0);
		assert_int_equal(stores, 1);
		assert_int_equal(problems_of(i, scan), 1);
		add_problem(i, "signatures");
		commit(i);
		first = scan;
	}
	/* What another scan looked at is not this one's.  */
	begin(i);
	commit(i);
	begin(i);
	assert_int_equal(inventory_looks_load(i, &before, &b), -ENOENT);
	inventory_rollback(i);
}

static void test_refused(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct recorded_reading r;
	struct recorded_store *stores;
	int64_t scan = -7;
	size_t n;

	(void)state;
	assert_int_equal(inventory_begin_again(i, 1, &scan), -ENODATA);
	small_scan(i, "/", 1, 1);
	assert_int_equal(inventory_recorded_stores(i, &stores, &n), -EINVAL);
	assert_int_equal(inventory_recorded_reading(i, 1, &r), -EINVAL);
	assert_int_equal(inventory_record_again(i, 1), -EINVAL);
	begin_again(i, 1);
	assert_int_equal(inventory_begin_again(i, 1, &scan), -EINVAL);
	assert_int_equal(inventory_recorded_reading(i, 99, &r), -ENOENT);
	assert_int_equal(inventory_record_again(i, 99), -ENOENT);
	assert_int_equal(scan, -7);
	inventory_rollback(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_loaded_is_what_was_recorded),
		cmocka_unit_test(test_the_scan_is_the_same_but_for_its_time),
		cmocka_unit_test(test_a_change_leaves_history),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
