/* test-inventory.c -- what a scan records and later scans make of it: shared
 * manifests, reuse, history, findings, failures in the middle.
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

/* ---- manifests and readings ------------------------------------------------*/

#define COUNTS	"SELECT (SELECT count(*) FROM scan_store), " \
		"(SELECT count(*) FROM reading), " \
		"(SELECT count(*) FROM manifest), " \
		"(SELECT count(*) FROM manifest_entry), " \
		"(SELECT count(*) FROM certificate)"

static void test_equal_content_is_shared(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_entry e[2];
	int scan;

	(void)state;
	for (scan = 0; scan < 3; scan++) {
		begin(i);
		e[scan % 2] = entry_of(root_named(i, "A"), ROLE_ANCHOR);
		e[1 - scan % 2] = entry_of(root_named(i, "B"), ROLE_ANCHOR);
		record(i, "pem", "/one", "state", e, 2);
		record(i, "pem", "/two", NULL, e, 2);
		commit(i);
	}
	/* Two stores a scan, and no more rows than that.  */
	check_rows(i, COUNTS, "6|2|1|2|2");
	check_rows(i, "SELECT DISTINCT entries FROM v_store", "2");

	/* Another state, another owner: each one reading, no new manifest.  */
	begin(i);
	record(i, "pem", "/one", "other", e, 2);
	record(i, "jks", "/two", NULL, e, 2);
	commit(i);
	check_rows(i, COUNTS, "8|4|1|2|2");
}

static void test_order_and_fields(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_entry e[5];
	int64_t a, b;

	(void)state;
	begin(i);
	a = root_named(i, "A");
	b = fake(i, (struct fake){ .name = "Broken", .key = "k",
				   .broken = true });
	e[0] = (struct stored_entry){ b, ROLE_DISTRUST, "z\xff\n", "/b", 7,
		PURPOSE_SERVER_AUTH | PURPOSE_EMAIL_PROTECTION, true, 0,
		NULL };
	e[1] = (struct stored_entry){ a, ROLE_ANCHOR, "b", "/a", 9, 0, false,
		1733011199, NULL };
	e[2] = (struct stored_entry){ a, ROLE_ANCHOR, NULL, "/a", 9, 0, false,
		0, NULL };
	e[3] = (struct stored_entry){ a, ROLE_END_ENTITY, NULL, "/a", 2, 0,
		false, 0, NULL };
	e[4] = e[2];		/* really there twice */
	record(i, "pem", "/s", NULL, e, 5);
	commit(i);
	check_rows(i, "SELECT position, role, label, location, \"offset\", "
		   "purposes, private_key, distrust_after FROM manifest_entry "
		   "ORDER BY position",
		   "0|end-entity|NULL|/a|2||0|NULL\n"
		   "1|anchor|NULL|/a|9||0|NULL\n"
		   "2|anchor|NULL|/a|9||0|NULL\n"
		   "3|anchor|b|/a|9||0|1733011199\n"
		   "4|distrust|z\xff\n|/b|7|serverAuth emailProtection|1|NULL");
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry "
				"WHERE distrust_after = 1733011199"), 1);
	assert_int_equal(number(i, "SELECT entries FROM v_store"), 5);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry "
				"WHERE identity IS NULL"), 1);
}

/* The hash is of the content alone, so that two inventories agree.  */
static void test_hash_is_of_content(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory(), *j = in_memory();
	AUTO(str) char *hash = NULL;
	struct stored_entry e[2];

	(void)state;
	begin(i);
	e[0] = entry_of(root_named(i, "A"), ROLE_ANCHOR);
	e[1] = entry_of(root_named(i, "B"), ROLE_ANCHOR);
	record(i, "pem", "/s", NULL, e, 2);
	commit(i);
	hash = rows(i, "SELECT sha256 FROM manifest");

	/* Other numbers: what was rolled back must leave no memory of them. */
	begin(j);
	root_named(j, "X");
	inventory_rollback(j);
	begin(j);
	record(j, "other", "/t", NULL, NULL, 0);
	e[1] = entry_of(root_named(j, "B"), ROLE_ANCHOR);
	e[0] = entry_of(root_named(j, "A"), ROLE_ANCHOR);
	record(j, "pem", "/s", NULL, e, 2);
	commit(j);
	check_rows(j, "SELECT sha256 FROM manifest WHERE entries = 2", hash);
}

/* A list that fills many blocks of the hash differs in its last byte, too.  */
static void test_long_lists_differ(void **state)
{
	enum { N = 1000 };
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_entry e[N];
	int64_t a;
	int k;

	(void)state;
	begin(i);
	a = root_named(i, "A");
	for (k = 0; k < N; k++) {
		e[k] = entry_of(a, ROLE_ANCHOR);
		e[k].offset = (uint64_t)k;
	}
	record(i, "pem", "/1", NULL, e, N);
	record(i, "pem", "/2", NULL, e, N);
	e[N - 1].private_key = true;
	record(i, "pem", "/3", NULL, e, N);
	record(i, "pem", "/4", NULL, e, N - 1);
	e[N - 1].private_key = false;
	e[N - 1].distrust_after = 1;
	record(i, "pem", "/5", NULL, e, N);
	e[N - 1].distrust_after = 0;
	e[0].role = ROLE_DISTRUST;
	record(i, "pem", "/6", NULL, e, N);
	assert_int_equal(number(i, "SELECT count(*) FROM manifest"), 5);
	commit(i);
}

static void test_once_a_scan(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct store_info info = { .kind = "pem", .path = "/s",
		.format = "pem", .owner = "", .instance = "/" };
	uint8_t hash[SHA256_SIZE] = { 1 };
	int64_t store;

	(void)state;
	begin(i);
	store = record(i, "pem", "/s", NULL, NULL, 0);
	assert_int_equal(inventory_record(i, store, &info, hash, NULL, 0, NULL,
					  0), -EEXIST);
	commit(i);
}

static void test_limits_of_offsets(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct store_info info = { .kind = "pem", .path = "/s" };
	struct stored_problem p = { .path = "/s", .has_offset = true,
		.offset = UINT64_MAX, .message = "m" };
	struct stored_entry e;
	int64_t store;

	(void)state;
	begin(i);
	e = entry_of(root_named(i, "A"), ROLE_ANCHOR);
	assert_int_equal(inventory_store(i, "pem", "/s", &store), 0);
	assert_int_equal(inventory_record(i, store, &info, NULL, &e, 1, &p, 1),
			 -ERANGE);
	p.offset = INT64_MAX;
	e.offset = UINT64_MAX;
	assert_int_equal(inventory_record(i, store, &info, NULL, &e, 1, &p, 1),
			 -ERANGE);
	e.offset = INT64_MAX;
	e.certificate = 4711;
	assert_int_equal(inventory_record(i, store, &info, NULL, &e, 1, &p, 1),
			 -ENOENT);
	e.certificate = 1;
	assert_int_equal(inventory_record(i, store, &info, NULL, &e, 1, &p, 1),
			 0);
	commit(i);
	check_rows(i, "SELECT p.\"offset\" = e.\"offset\", format, real_path "
		   "FROM v_problem p, v_entry e, v_store",
		   "1||NULL");
}

static void test_problems(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_problem p[] = {
		{ "/s/b", true, 12, PROBLEM_TRUNCATED, "ends early", false },
		{ "/s/a\x1b", false, 0, PROBLEM_DANGLING, "no target", true },
	};
	struct store_info info = { .kind = "pem", .path = "/s", .format = "pem",
		.owner = "ann", .instance = "/home/ann", .recipe = "delete" };
	int64_t store;
	int scan;

	(void)state;
	for (scan = 0; scan < 3; scan++) {
		begin(i);
		assert_int_equal(inventory_store(i, "pem", "/s", &store), 0);
		assert_int_equal(inventory_record(i, store, &info, NULL, NULL,
						  0, p, scan < 2 ? 2 : 1), 0);
		assert_int_equal(inventory_scan_problem(i,
			&(struct stored_problem){ .path = "/home",
				.code = PROBLEM_UNREADABLE, .message = "no" }),
			0);
		assert_int_equal(inventory_scan_problem(i,
			&(struct stored_problem){ .path = "/root",
				.code = PROBLEM_LIMIT, .message = "many",
				.skipped = true }), 0);
		commit(i);
		check_rows(i, "SELECT * FROM v_problem ORDER BY path", scan < 2
			   ? "NULL|/home|NULL|unreadable|no|0\n"
			     "NULL|/root|NULL|limit|many|1\n"
			     "1|/s/a\x1b|NULL|dangling|no target|1\n"
			     "1|/s/b|12|truncated|ends early|0"
			   : "NULL|/home|NULL|unreadable|no|0\n"
			     "NULL|/root|NULL|limit|many|1\n"
			     "1|/s/b|12|truncated|ends early|0");
		check_rows(i, "SELECT problems, unread, owner, instance, "
			   "recipe FROM v_store",
			   scan < 2 ? "2|1|ann|/home/ann|delete"
				    : "1|1|ann|/home/ann|delete");
	}
	assert_int_equal(number(i, "SELECT count(*) FROM reading"), 2);
	assert_int_equal(number(i, "SELECT count(*) FROM reading_problem"), 3);
	assert_int_equal(number(i, "SELECT count(*) FROM v_history_problem"),
			 2 * 4 + 3);
}

/* ---- reuse -----------------------------------------------------------------*/

static struct store_info reuse_info = {
	.kind = "pem", .path = "/s", .format = "pem der", .real_path = "/s",
	.owner = "", .instance = "/",
};

/* Asks for reuse in a scan of ROOT that is rolled back again.  */
static int ask_reuse(struct inventory *i, const char *root,
		     const struct store_info *info, const char *signature)
{
	uint8_t hash[SHA256_SIZE];
	int64_t store;
	int r;

	hash_of(signature, hash);
	begin_at(i, root, 1, 1);
	assert_int_equal(inventory_store(i, info->kind, info->path, &store), 0);
	r = inventory_reuse(i, store, info, hash);
	inventory_rollback(i);
	return r;
}

static void one_store(struct inventory *i, const char *root,
		      const char *signature)
{
	struct stored_entry e;

	begin_at(i, root, 1, 1);
	e = entry_of(root_named(i, signature != NULL ? signature : "none"),
		     ROLE_ANCHOR);
	record(i, "pem", "/s", signature, &e, 1);
	commit(i);
}

static void test_reuse(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct store_info other;
	uint8_t hash[SHA256_SIZE];
	int64_t store;

	(void)state;
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "A"), -ENOENT);
	one_store(i, "/", "A");
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "A"), 0);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "B"), -ENOENT);

	/* Only of the same root.  */
	assert_int_equal(ask_reuse(i, "/other", &reuse_info, "A"), -ENOENT);
	one_store(i, "/other", "B");
	assert_int_equal(ask_reuse(i, "/other", &reuse_info, "A"), -ENOENT);
	assert_int_equal(ask_reuse(i, "/other", &reuse_info, "B"), 0);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "A"), 0);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "B"), -ENOENT);

	/* Only as the catalogue still has it; format came out later.  */
	other = reuse_info;
	other.owner = "ann";
	assert_int_equal(ask_reuse(i, "/", &other, "A"), -ENOENT);
	other = reuse_info;
	other.real_path = NULL;
	assert_int_equal(ask_reuse(i, "/", &other, "A"), -ENOENT);
	other = reuse_info;
	other.instance = "/i";
	assert_int_equal(ask_reuse(i, "/", &other, "A"), -ENOENT);
	other = reuse_info;
	other.recipe = "r";
	assert_int_equal(ask_reuse(i, "/", &other, "A"), -ENOENT);

	/* It is recorded as it was, and counts as a reading of that scan.  */
	hash_of("A", hash);
	begin(i);
	assert_int_equal(inventory_store(i, "pem", "/s", &store), 0);
	assert_int_equal(inventory_reuse(i, store, &reuse_info, hash), 0);
	assert_int_equal(inventory_reuse(i, store, &reuse_info, hash), -EEXIST);
	commit(i);
	check_rows(i, "SELECT format, entries FROM v_store", "pem|1");
	assert_int_equal(number(i, "SELECT count(*) FROM reading"), 2);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "A"), 0);
}

/* Only the newest earlier scan that has the store counts.  */
static void test_reuse_of_newest(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();

	(void)state;
	one_store(i, "/", "A");
	one_store(i, "/", "B");
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "A"), -ENOENT);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "B"), 0);
	begin(i);		/* a scan in which the store was not there */
	commit(i);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "B"), 0);
	one_store(i, "/", NULL);
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "B"), -ENOENT);
	one_store(i, "/", "A");
	assert_int_equal(ask_reuse(i, "/", &reuse_info, "A"), 0);
}

/* ---- certificates ----------------------------------------------------------*/

static void test_certificates(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	uint8_t none[SHA256_SIZE] = { 0 };
	struct stored_entry e[3];
	char *error = NULL;
	int64_t id;

	(void)state;
	begin(i);
	assert_int_equal(inventory_find_certificate(i, none, &id), -ENOENT);
	e[0] = entry_of(fake(i, (struct fake){ .name = "CA", .key = "k",
			.from = 5, .until = 9, .kind = KEY_RSA,
			.bits = 1024, .hash = HASH_KIND_SHA1 }), ROLE_ANCHOR);
	e[1] = entry_of(fake(i, (struct fake){ .name = "CA", .key = "k",
			.issuer = "Other", .from = 6, .leaf = true }),
			ROLE_INTERMEDIATE);
	e[2] = entry_of(fake(i, (struct fake){ .name = "X", .key = "k",
			.broken = true }), ROLE_END_ENTITY);
	/* Known, but in no store of this scan.  */
	fake(i, (struct fake){ .name = "Gone", .key = "g" });
	record(i, "pem", "/s", NULL, e, 3);
	assert_int_equal(inventory_certificate_error(i, e[0].certificate,
						     &error), 0);
	assert_null(error);
	assert_int_equal(inventory_certificate_error(i, e[2].certificate,
						     &error), 0);
	assert_string_equal(error, "it is broken");
	free(error);
	assert_int_equal(inventory_certificate_error(i, 4711, &error), -ENOENT);
	commit(i);

	check_rows(i, "SELECT length(sha256), length(sha1), "
		   "length(spki_sha256), subject, issuer, name, serial, "
		   "not_before, not_after, is_ca, self_signed, identity, error, "
		   "\"key\", key_bits, signature_hash "
		   "FROM v_certificate ORDER BY not_before",
		   "64|40|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|"
		   "it is broken|NULL|NULL|NULL\n"
		   "64|40|64|CA|CA|CA|01|5|9|1|1|1|NULL|rsa|1024|sha1\n"
		   "64|40|64|CA|Other|CA|01|6|10000|0|0|1|NULL|other|NULL|"
		   "other");
	check_rows(i, "SELECT name, present FROM v_known_certificate "
		   "WHERE name IS NOT NULL ORDER BY name, not_before",
		   "CA|1\nCA|1\nGone|0");
	assert_int_equal(number(i, "SELECT count(*) FROM v_history_certificate"),
			 3);
	check_rows(i, "SELECT count(*), count(DISTINCT identity) "
		   "FROM v_identity", "3|2");
}

/* More certificates than their hashes are remembered for is slower, not
 * wrong: ids past the bound are looked up.  */
/* ---- files -----------------------------------------------------------------*/

static int add_name(const char *path, void *data)
{
	struct buf *b = data;

	return buf_addf(b, "%s ", path);
}

static char *unowned(struct inventory *i, uint8_t state)
{
	const uint8_t bytes[SHA256_SIZE] = { state };
	struct buf b;

	buf_init(&b, 1024);
	assert_int_equal(inventory_unowned_files(i, bytes, add_name, &b), 0);
	return buf_take(&b);
}

static void expect_unowned(struct inventory *i, uint8_t state, const char *want)
{
	AUTO(str) char *got = unowned(i, state);

	assert_string_equal(got, want);
}

static void with_files(struct inventory *i, int64_t modified)
{
	const struct stored_file files[] = {
		{ .path = "/s/a", .real_path = "/r/a", .size = 3,
		  .mode = 0100644, .uid = 7, .user = "ann",
		  .modified = modified },
		{ .path = "/s/b", .real_path = "/r/b", .user = "0" },
		{ .path = "/s/c", .real_path = "/r/a", .user = "ann" },
	};
	struct store_info info = {
		.kind = "pem", .path = "/s", .files = files,
		.n_files = ARRAY_SIZE(files),
	};
	int64_t store;

	assert_int_equal(inventory_store(i, "pem", "/s", &store), 0);
	assert_int_equal(inventory_record(i, store, &info, NULL, NULL, 0, NULL,
					  0), 0);
}

/* Each real path is asked for once, and again when the packages changed.  */
static void test_files(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();

	(void)state;
	begin(i);
	with_files(i, 5);
	expect_unowned(i, 1, "/r/a /r/b ");
	assert_int_equal(inventory_own_file(i, "/r/a", "roots", "2"), 0);
	assert_int_equal(inventory_own_file(i, "/r/b", NULL, NULL), 0);
	expect_unowned(i, 1, "");
	commit(i);
	check_rows(i, "SELECT path, real_path, size, mode, uid, user, modified,"
		   " package, version FROM v_file ORDER BY path",
		   "/s/a|/r/a|3|33188|7|ann|5|roots|2\n"
		   "/s/b|/r/b|0|0|0|0|0|NULL|NULL\n"
		   "/s/c|/r/a|0|0|0|ann|0|roots|2");
	/* Another time of a file is another reading.  */
	begin(i);
	with_files(i, 6);
	expect_unowned(i, 1, "");
	commit(i);
	check_rows(i, "SELECT scan_id, modified FROM v_history_file"
		   " WHERE path = '/s/a' ORDER BY scan_id", "1|5\n2|6");
	begin(i);
	with_files(i, 6);
	expect_unowned(i, 2, "/r/a /r/b ");
	commit(i);
}

/* A fingerprint is a certificate of which no more is known; its bytes complete
 * the row, whichever came first.  */
static void test_fingerprints(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_entry e;
	uint8_t sha256[SHA256_SIZE];
	int64_t bare, again, id;

	(void)state;
	hash_sha256((struct blob){ (const uint8_t *)"|CA|k|", 6 }, sha256);
	begin(i);
	assert_int_equal(inventory_fingerprint(i, sha256, &bare), 0);
	assert_int_equal(inventory_fingerprint(i, sha256, &again), 0);
	assert_int_equal(again, bare);
	assert_int_equal(inventory_find_certificate(i, sha256, &id), -ENOENT);
	e = entry_of(bare, ROLE_DISTRUST);
	record(i, "blocked", "/s", NULL, &e, 1);
	commit(i);
	assert_int_equal(number(i, "SELECT count(*) FROM v_certificate "
		"WHERE sha1 IS NULL AND subject IS NULL AND error IS NULL"), 1);

	begin(i);
	id = fake(i, (struct fake){ .name = "CA", .key = "k" });
	assert_int_not_equal(id, bare);
	{
		struct certificate c = { .sha1 = { 1 } };

		memcpy(c.sha256, sha256, sizeof(sha256));
		c.der = (struct blob){ (const uint8_t *)"x", 1 };
		c.error = (char *)"why";
		assert_int_equal(inventory_add_certificate(i, &c, &id), 0);
		assert_int_equal(id, bare);
		assert_int_equal(inventory_add_certificate(i, &c, &id),
				 -EEXIST);
		assert_int_equal(inventory_find_certificate(i, sha256, &id), 0);
		assert_int_equal(inventory_fingerprint(i, sha256, &again), 0);
		assert_int_equal(again, bare);
	}
	e = entry_of(bare, ROLE_DISTRUST);
	record(i, "blocked", "/s", NULL, &e, 1);
	commit(i);
	assert_int_equal(number(i, "SELECT count(*) FROM v_certificate "
		"WHERE sha1 LIKE '01%' AND error = 'why'"), 1);
}

static void test_large_ids(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct stored_entry e;

	(void)state;
	begin(i);
	root_named(i, "A");
	assert_int_equal(db_exec(i, "UPDATE certificate SET id = 1 << 60"), 0);
	e = entry_of(root_named(i, "B"), ROLE_ANCHOR);
	assert_true(e.certificate > 1LL << 59);
	record(i, "pem", "/s", NULL, &e, 1);
	commit(i);
	check_rows(i, "SELECT name FROM v_certificate", "B");
}

static void test_damaged_hash(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct store_info info = { .kind = "pem", .path = "/s" };
	struct stored_entry e;
	int64_t store;

	(void)state;
	begin(i);
	assert_int_equal(inventory_store(i, "pem", "/s", &store), 0);
	e = entry_of(root_named(i, "A"), ROLE_ANCHOR);
	certificate_forget(i);
	assert_int_equal(db_exec(i, "UPDATE certificate SET sha256 = 'xyz'"),
			 0);
	assert_int_equal(inventory_record(i, store, &info, NULL, &e, 1, NULL,
					  0), -EMEDIUMTYPE);
	assert_non_null(strstr(inventory_error(i), "hex"));
	inventory_rollback(i);
}

/* ---- composition -----------------------------------------------------------*/

static void test_composition(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct composed_store uses[4];
	struct composed_party parties[] = {
		{ "java:/jdk", "java", "/jdk", "Java", "", "java", true, false,
		  false, uses, 1, false },
		{ "dotnet:/home/ann", "dotnet", "/home/ann", ".NET", "ann",
		  "dotnet", false, false, true, uses, 4, false },
		{ "bare", "bare", "/", "Bare", "", "openssl", false, true,
		  false, NULL, 0 },
	};
	struct composed_party turned[3];
	int64_t a, b;
	int scan;

	(void)state;
	for (scan = 0; scan < 3; scan++) {
		begin(i);
		a = record(i, "pem", "/a", NULL, NULL, 0);
		b = record(i, "pem", "/b", NULL, NULL, 0);
		uses[0] = (struct composed_store){ b, ROLE_ANCHOR };
		uses[1] = (struct composed_store){ a, ROLE_INTERMEDIATE };
		uses[2] = (struct composed_store){ a, ROLE_ANCHOR };
		uses[3] = uses[0];	/* said twice */
		turned[0] = parties[2];
		turned[1] = parties[1];
		turned[2] = parties[0];
		if (scan == 2)
			turned[0].model = "other";
		assert_int_equal(inventory_compose(i, scan == 0 ? parties
								: turned, 3),
				 0);
		commit(i);
		assert_int_equal(number(i, "SELECT count(*) FROM composition"),
				 scan < 2 ? 1 : 2);
	}
	check_rows(i, "SELECT * FROM v_party ORDER BY party",
		   "bare|bare|/|Bare||other|0|1|0\n"
		   "dotnet:/home/ann|dotnet|/home/ann|.NET|ann|dotnet|0|0|1\n"
		   "java:/jdk|java|/jdk|Java||java|1|0|0");
	check_rows(i, "SELECT party, store_id, role FROM v_party_store "
		   "ORDER BY party, store_id, role",
		   "dotnet:/home/ann|1|anchor\n"
		   "dotnet:/home/ann|1|intermediate\n"
		   "dotnet:/home/ann|2|anchor\n"
		   "java:/jdk|2|anchor");
	check_rows(i, "SELECT path, party FROM v_store ORDER BY path",
		   "/a|dotnet:/home/ann\n/b|dotnet:/home/ann");
	check_rows(i, "SELECT scan_id, model FROM v_history_party "
		   "WHERE party = 'bare'", "1|openssl\n2|openssl\n3|other");

	begin(i);
	turned[1].party = "java:/jdk";
	assert_int_equal(inventory_compose(i, turned, 3), -EEXIST);
	assert_int_equal(inventory_compose(i, NULL, 0), 0);
	commit(i);
	assert_int_equal(number(i, "SELECT count(*) FROM v_party"), 0);
}

/* ---- history ---------------------------------------------------------------*/

static void scan_of(struct inventory *i, const char *root, int64_t now,
		    const char *name)
{
	struct stored_entry e;

	begin_at(i, root, now, 1);
	e = entry_of(root_named(i, name), ROLE_ANCHOR);
	record(i, "pem", "/s", NULL, &e, 1);
	commit(i);
}

/* Earlier means made earlier; --now has no say in it.  */
static void test_history_is_in_order_of_making(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();

	(void)state;
	scan_of(i, "/", 5000, "A");
	scan_of(i, "/", 1000, "B");
	check_rows(i, "SELECT scan_id, now, earlier_scans FROM v_run",
		   "2|1000|1");
	check_rows(i, "SELECT name FROM v_certificate", "B");
	check_rows(i, "SELECT e.scan_id, c.name FROM v_earlier_entry e "
		   "JOIN v_known_certificate c USING (sha256)", "1|A");
	check_rows(i, "SELECT scan_id, name FROM v_history_certificate "
		   "ORDER BY 1", "1|A\n2|B");
	check_rows(i, "SELECT scan_id, store_id FROM v_history_entry "
		   "ORDER BY 1", "1|1\n2|1");
}

static void test_history_is_of_one_root(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();

	(void)state;
	scan_of(i, "/", 1, "A");
	scan_of(i, "/other", 1, "B");
	check_rows(i, "SELECT root, earlier_scans FROM v_run", "/other|0");
	assert_int_equal(number(i, "SELECT count(*) FROM v_earlier_entry"), 0);
	check_rows(i, "SELECT name FROM v_certificate", "B");
	scan_of(i, "/", 1, "A");
	scan_of(i, "/", 1, "C");
	/* One row for a state of a store, with its newest scan.  */
	check_rows(i, "SELECT e.scan_id, c.name, kind, path FROM "
		   "v_earlier_entry e JOIN v_known_certificate c USING (sha256)",
		   "3|A|pem|/s");
	check_rows(i, "SELECT earlier_scans FROM v_run", "2");
}

static void test_calls_need_a_scan(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct certificate c = { 0 };
	struct graph_input in = { 0 };
	uint8_t hash[SHA256_SIZE] = { 0 };
	struct scan_info info = { .root = "/", .tool = "x" };
	size_t n;
	int64_t id;

	(void)state;
	assert_int_equal(inventory_commit(i), -EINVAL);
	inventory_rollback(i);
	assert_int_equal(inventory_add_certificate(i, &c, &id), -EINVAL);
	assert_int_equal(inventory_store(i, "k", "/p", &id), -EINVAL);
	assert_int_equal(inventory_reuse(i, 1, &reuse_info, hash), -EINVAL);
	assert_int_equal(inventory_record(i, 1, &reuse_info, hash, NULL, 0,
					  NULL, 0), -EINVAL);
	assert_int_equal(inventory_scan_problem(i, &(struct stored_problem){
				.path = "/", .message = "" }), -EINVAL);
	assert_int_equal(inventory_compose(i, NULL, 0), -EINVAL);
	assert_int_equal(inventory_check_signatures(i, NULL, NULL, 1, &n, &n),
			 -EINVAL);
	assert_int_equal(inventory_graph_input(i, &in), -EINVAL);
	assert_int_equal(inventory_store_reach(i, NULL, 0, true), -EINVAL);
	begin(i);
	assert_int_equal(inventory_begin(i, &info, &id), -EINVAL);
	assert_int_equal(inventory_store_reach(i, NULL, 0, true), -EINVAL);
	commit(i);
	assert_int_equal(number(i, "SELECT count(*) FROM scan"), 1);
}

/* ---- findings --------------------------------------------------------------*/

static int collect(const char *document, void *data)
{
	struct buf *all = data;

	if (strcmp(document, "stop") == 0)
		return -ECANCELED;
	return buf_addf(all, "%s;", document);
}

static void test_findings(void **state)
{
	static const char *const ids[] = { "b", "a", "c" };
	static const char *const documents[] = { "{1}", "{2}", "stop" };
	AUTO(inventory) struct inventory *i = in_memory();
	AUTO(buf) struct buf all;

	(void)state;
	buf_init(&all, 1000);
	assert_int_equal(inventory_findings(i, collect, &all), -ENODATA);
	assert_int_equal(inventory_store_findings(i, ids, documents, 2),
			 -ENODATA);
	small_scan(i, "/", 1, 1);
	assert_int_equal(inventory_findings(i, collect, &all), -ENODATA);
	assert_int_equal(inventory_store_findings(i, ids, documents, 2), 0);
	assert_int_equal(inventory_findings(i, collect, &all), 0);
	assert_string_equal(buf_str(&all), "{1};{2};");
	assert_int_equal(inventory_store_findings(i, ids + 1, documents + 1, 2),
			 0);
	assert_int_equal(inventory_findings(i, collect, &all), -ECANCELED);
	assert_string_equal(buf_str(&all), "{1};{2};{2};");

	/* A newer scan has none before its own audit; none is an answer.  */
	begin(i);
	commit(i);
	assert_int_equal(inventory_findings(i, collect, &all), -ENODATA);
	begin(i);
	assert_int_equal(inventory_store_findings(i, NULL, NULL, 0), 0);
	commit(i);
	assert_int_equal(inventory_findings(i, collect, &all), 0);
	assert_string_equal(buf_str(&all), "{1};{2};{2};");
}

/* ---- failures --------------------------------------------------------------*/

static unsigned steps_left;

static int count_down(void *data)
{
	(void)data;
	return steps_left > 0 && --steps_left == 0;
}

/* A scan that stops at the first error, as the real one does.  */
static int whole_scan(struct inventory *i)
{
	struct scan_info info = { .root = "/", .tool = "x" };
	uint8_t hash[SHA256_SIZE] = { 1 };
	struct certificate c = { .der = { hash, sizeof(hash) } };
	struct stored_entry e = entry_of(0, ROLE_ANCHOR);
	struct composed_store uses = { 0, ROLE_ANCHOR };
	struct composed_party party = { .party = "p", .type = "t",
		.instance = "/", .title = "T", .owner = "", .model = "m",
		.stores = &uses, .n_stores = 1 };
	struct graph_input in = { 0 };
	const char *id = "id", *document = "{}";
	int64_t scan;
	int r;

	r = inventory_begin(i, &info, &scan);
	if (r == 0)
		r = inventory_store(i, "pem", "/new", &uses.store);
	if (r == 0)
		r = inventory_add_certificate(i, &c, &e.certificate);
	if (r == 0)
		r = inventory_record(i, uses.store, &reuse_info, hash, &e, 1,
				     NULL, 0);
	if (r == 0)
		r = inventory_compose(i, &party, 1);
	if (r == 0)
		r = inventory_graph_input(i, &in);
	if (r == 0)
		r = inventory_store_reach(i, NULL, 0, true);
	if (r == 0)
		r = inventory_store_findings(i, &id, &document, 1);
	if (r == 0)
		r = inventory_commit(i);
	graph_input_done(&in);
	if (r < 0)
		inventory_rollback(i);
	return r;
}

/* SQLite is interrupted after 1, 2, 3 ... of its steps: whatever was under
 * way, the last scan stays, and the next attempt works.  */
static void test_failure_anywhere(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	AUTO(str) char *before = NULL;
	unsigned steps, failures = 0;
	int r = -1;

	(void)state;
	small_scan(i, "/", 1, 1);
	before = rows(i, COUNTS);
	for (steps = 1; r < 0; steps += 1 + steps / 64) {
		steps_left = steps;
		sqlite3_progress_handler(inventory_db(i), 1, count_down, NULL);
		r = whole_scan(i);
		sqlite3_progress_handler(inventory_db(i), 0, NULL, NULL);
		if (r == 0)
			break;
		assert_int_equal(r, -EINTR);
		assert_true(sqlite3_get_autocommit(inventory_db(i)));
		check_rows(i, COUNTS, before);
		failures++;
	}
	assert_true(failures > 100);
	check_rows(i, "SELECT count(*) FROM v_entry", "1");
	check_rows(i, "SELECT scan_id FROM v_run", "2");
	check_rows(i, "PRAGMA integrity_check", "ok");
}

static void test_full_disk(void **state)
{
	AUTO(inventory) struct inventory *i = in_memory();
	struct scan_info info = { .root = "/", .tool = "x" };
	int64_t scan, id;
	int r, k;

	(void)state;
	small_scan(i, "/", 1, 1);
	assert_int_equal(db_exec(i, "PRAGMA max_page_count = 1"), 0);
	assert_int_equal(inventory_begin(i, &info, &scan), 0);
	for (k = 0, r = 0; r == 0 && k < 10000; k++) {
		AUTO(str) char *path = xasprintf("/store/%d", k);

		r = inventory_store(i, "pem", path, &id);
	}
	assert_int_equal(r, -ENOSPC);
	assert_non_null(strstr(inventory_error(i), "full"));
	inventory_rollback(i);
	assert_non_null(strstr(inventory_error(i), "full"));
	check_rows(i, "SELECT scan_id FROM v_run", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_content_is_shared),
		cmocka_unit_test(test_order_and_fields),
		cmocka_unit_test(test_hash_is_of_content),
		cmocka_unit_test(test_long_lists_differ),
		cmocka_unit_test(test_once_a_scan),
		cmocka_unit_test(test_limits_of_offsets),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_reuse_of_newest),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_large_ids),
		cmocka_unit_test(test_damaged_hash),
		cmocka_unit_test(test_composition),
		cmocka_unit_test(test_history_is_in_order_of_making),
		cmocka_unit_test(test_history_is_of_one_root),
		cmocka_unit_test(test_calls_need_a_scan),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_failure_anywhere),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
