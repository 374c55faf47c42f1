/* test-nss.c -- databases made with SQLite: what NSS does not write, and what
 * somebody could.  What certutil and Firefox write is in tests/readers/nss.  */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <nettle/sha2.h>
#include <sqlite3.h>

#include "want.h"

extern const struct reader nss_reader;

#define COLUMNS_OLD	"ace5363b4, ace536358, ace536359, ace53635a, " \
			"ace53635b, ace536360"
#define COLUMNS_NEW	"a635, a8c, a62c, a62d, a62e, a62f"
#define TABLE		"nssPublic(id PRIMARY KEY UNIQUE ON CONFLICT ABORT, " \
			"a0, a1, a3, a11, a80, a81, a82, "

struct db {
	sqlite3 *db;
	char path[32];
	struct blob cert, other;
	char sha1[2 * SHA1_SIZE + 1], sha256[2 * SHA256_SIZE + 1];
	char sha384[2 * SHA384_DIGEST_SIZE + 1];
};

static void run(struct db *d, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(d->db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

static void run_format(struct db *d, const char *format, ...) PRINTF(2, 3);

static void run_format(struct db *d, const char *format, ...)
{
	char *sql;
	va_list ap;

	va_start(ap, format);
	assert_true(vasprintf(&sql, format, ap) >= 0);
	va_end(ap);
	run(d, sql);
	free(sql);
}

static int setup(void **state)
{
	struct db *d = xcalloc(1, sizeof(*d));
	uint8_t hash[SHA384_DIGEST_SIZE];
	struct sha512_ctx sha384;
	AUTO(fd) int fd = -1;

	/* A file: Debian 11's SQLite is built without sqlite3_serialize().  */
	snprintf(d->path, sizeof(d->path), "/tmp/trustdrift-nss-XXXXXX");
	fd = mkstemp(d->path);
	assert_true(fd >= 0);
	assert_int_equal(sqlite3_open(d->path, &d->db), SQLITE_OK);
	run(d, "PRAGMA synchronous = OFF");
	run(d, "PRAGMA journal_mode = MEMORY");
	d->cert = want_file("unit/data", "root.der");
	d->other = want_file("unit/data", "leaf.der");
	hash_sha1(d->cert, hash);
	hex_encode(hash, SHA1_SIZE, d->sha1);
	hash_sha256(d->cert, hash);
	hex_encode(hash, SHA256_SIZE, d->sha256);
	sha384_init(&sha384);
	sha384_update(&sha384, d->cert.n, d->cert.p);
	sha384_digest(&sha384, sizeof(hash), hash);
	hex_encode(hash, SHA384_DIGEST_SIZE, d->sha384);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct db *d = *state;

	sqlite3_close(d->db);
	unlink(d->path);
	free((void *)d->cert.p);
	free((void *)d->other.p);
	free(d);
	return 0;
}

static void table(struct db *d)
{
	run(d, "DROP TABLE IF EXISTS nssPublic");
	run(d, "CREATE TABLE " TABLE COLUMNS_OLD ", " COLUMNS_NEW ")");
}

/* A certificate with issuer "I" and serial number "S".  */
static void add_cert(struct db *d, struct blob der, const char *label)
{
	AUTO(str) char *hex = xmalloc(2 * der.n + 1);

	hex_encode(der.p, der.n, hex);
	run_format(d, "INSERT INTO nssPublic(id, a0, a3, a11, a80, a81, a82) "
		   "VALUES((SELECT count(*) FROM nssPublic), x'00000001', %s, "
		   "x'%s', x'00000000', x'49', x'53')", label, hex);
}

/* Trust for it: hash (a literal), server, client, code, mail.  */
static void add_old(struct db *d, const char *hash, unsigned s, unsigned c,
		    unsigned o, unsigned m)
{
	run_format(d, "INSERT INTO nssPublic(id, a0, a81, a82, " COLUMNS_OLD
		   ") VALUES((SELECT count(*) FROM nssPublic), x'ce534353', "
		   "x'49', x'53', %s, x'ce5343%02x', x'ce5343%02x', "
		   "x'ce5343%02x', x'ce5343%02x', x'00')", hash, s, c, o, m);
}

static void add_new(struct db *d, const char *hash, const char *algorithm,
		    unsigned s, unsigned c, unsigned o, unsigned m)
{
	run_format(d, "INSERT INTO nssPublic(id, a0, a81, a82, " COLUMNS_NEW
		   ") VALUES((SELECT count(*) FROM nssPublic), x'0000000b', "
		   "x'49', x'53', %s, %s, x'%08x', x'%08x', x'%08x', x'%08x')",
		   hash, algorithm, s, c, o, m);
}

/* ---- asking --------------------------------------------------------------*/

/* None of these has a key4.db; what that changes is in tests/readers/nss.  */
#define NO_KEY4		"skipped dangling 0 there is no key4.db"

static void expect_bytes(struct blob data, const char *const *lines, size_t n)
{
	const char *at;
	struct want w;

	want_read(&nss_reader, data, LIMIT_STORE_ENTRIES, &w);
	at = buf_str(&w.text);
	if (has_prefix(at, NO_KEY4))
		at = strchr(at, '\n') + 1;
	for (size_t i = 0; i < n; i++) {
		const char *line = at;

		if (strspn(line, "0123456789abcdef") == 64)
			line += 65;
		if (!has_prefix(line, lines[i]))
			fail_msg("line %zu is not '%s' in:\n%s", i, lines[i],
				 buf_str(&w.text));
		at = strchr(at, '\n') + 1;
	}
	if (*at != '\0')
		fail_msg("more than %zu lines:\n%s", n, buf_str(&w.text));
	want_done(&w);
}

/* The bytes of the database; the caller frees.  */
static struct blob file_of(struct db *d)
{
	char *text = NULL;
	size_t n = 0;

	assert_int_equal(file_slurp(d->path, LIMIT_FILE_BYTES, &text, &n), 0);
	return (struct blob){ (const uint8_t *)text, n };
}

static void expect(struct db *d, const char *const *lines, size_t n)
{
	const struct blob data = file_of(d);

	expect_bytes(data, lines, n);
	free((void *)data.p);
}
#define LINES(...) \
	(const char *const[]){ __VA_ARGS__ }, \
	sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static void test_roles(void **state)
{
	struct db *d = *state;
	AUTO(str) char *sha1 = xasprintf("x'%s'", d->sha1);
	AUTO(str) char *sha256 = xasprintf("x'%s'", d->sha256);
	AUTO(str) char *sha384 = xasprintf("x'%s'", d->sha384);

	/* no trust object, and no label */
	table(d);
	add_cert(d, d->cert, "NULL");
	expect(d, LINES("intermediate - - - \n"));
	/* one that says nothing */
	add_old(d, sha1, 0x55, 0x5b, 0x53, 0x00);
	expect(d, LINES("intermediate - - - \n"));

	/* three roles at once; the label's "there and empty" is no label */
	table(d);
	add_cert(d, d->cert, "x'a5005a'");
	add_old(d, sha1, 0x52, 0x5a, 0x51, 0x52);
	expect(d, LINES("anchor - - serverAuth,emailProtection \n",
			"distrust - - clientAuth \n",
			"end-entity - - codeSigning \n"));

	/* the new generation, with each hash that it may have */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha256, "x'00000250'", 2, 3, 1, 4);
	expect(d, LINES("anchor - - serverAuth n\n",
			"distrust - - clientAuth n\n",
			"end-entity - - codeSigning n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha1, "x'00000220'", 2, 0, 0, 0);
	expect(d, LINES("anchor - - serverAuth n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha384, "x'00000260'", 2, 0, 0, 0);
	expect(d, LINES("anchor - - serverAuth n\n"));
}

static void test_hashes(void **state)
{
	struct db *d = *state;
	AUTO(str) char *sha1 = xasprintf("x'%s'", d->sha1);
	AUTO(str) char *sha256 = xasprintf("x'%s'", d->sha256);
	AUTO(str) char *wrong = xasprintf("x'%s'", d->sha256);
	static const char *const missing[] = { "NULL", "x''", "x'a5005a'" };

	wrong[2] = wrong[2] == '0' ? '1' : '0';
	/* trust without a hash is none ... */
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		table(d);
		add_cert(d, d->cert, "x'6e'");
		add_old(d, missing[i], 0x52, 0x5a, 0x5a, 0x5a);
		expect(d, LINES("skipped malformed 0 n: ",
				"intermediate - - - n\n"));
		/* ... distrust is, if there is nothing else */
		table(d);
		add_cert(d, d->cert, "x'6e'");
		add_old(d, missing[i], 0x5a, 0x5a, 0x55, 0x5a);
		expect(d, LINES("distrust - - serverAuth,clientAuth,"
				"emailProtection n\n"));
		table(d);
		add_cert(d, d->cert, "x'6e'");
		add_new(d, missing[i], "NULL", 3, 3, 0, 3);
		expect(d, LINES("distrust - - serverAuth,clientAuth,"
				"emailProtection n\n"));
	}
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_old(d, "NULL", 0x5a, 0x5a, 0x53, 0x53);
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_old(d, "NULL", 0x5a, 0x5a, 0x5a, 0x5a);
	run(d, "UPDATE nssPublic SET ace536360 = x'01'");
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));

	/* one of no algorithm is none (certutil of NSS 3.132) */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha256, "NULL", 2, 2, 2, 2);
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha256, "NULL", 3, 3, 3, 3);
	expect(d, LINES("distrust - - serverAuth,clientAuth,codeSigning,"
			"emailProtection n\n"));

	/* a wrong one is none for both */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, wrong, "x'00000250'", 3, 3, 3, 3);
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));
	/* the right one of another algorithm, an unknown one, another size */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha1, "x'00000250'", 2, 0, 0, 0);
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, sha256, "x'00000666'", 2, 0, 0, 0);
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_old(d, sha256, 0x52, 0x53, 0x53, 0x53);
	expect(d, LINES("skipped malformed 0 n: ", "intermediate - - - n\n"));

	/* the first row decides, even with a hash that is wrong */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_old(d, sha1, 0x52, 0x53, 0x53, 0x53);
	add_old(d, sha1, 0x5a, 0x53, 0x53, 0x53);
	expect(d, LINES("anchor - - serverAuth n\n"));
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_new(d, wrong, "x'00000250'", 2, 0, 0, 0);
	add_new(d, sha256, "x'00000250'", 2, 0, 0, 0);
	add_old(d, sha1, 0x52, 0x53, 0x53, 0x53);
	expect(d, LINES("skipped malformed 0 n: ", "skipped format 0 n: ",
			"intermediate - - - n\n"));

	/* two certificates with one issuer and serial number: the hash says
	 * which one is meant */
	table(d);
	add_cert(d, d->cert, "x'61'");
	add_cert(d, d->other, "x'62'");
	add_new(d, sha256, "x'00000250'", 2, 0, 0, 0);
	expect(d, LINES("anchor - - serverAuth a\n", "skipped malformed 0 b: ",
			"intermediate - - - b\n"));
}

static void test_generations(void **state)
{
	struct db *d = *state;
	AUTO(str) char *sha1 = xasprintf("x'%s'", d->sha1);
	AUTO(str) char *sha256 = xasprintf("x'%s'", d->sha256);

	/* the new one wins, wherever it is */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_old(d, sha1, 0x52, 0x53, 0x53, 0x53);
	add_new(d, sha256, "x'00000250'", 3, 4, 4, 4);
	expect(d, LINES("skipped format 0 n: ", "distrust - - serverAuth n\n"));
	table(d);
	add_new(d, sha256, "x'00000250'", 4, 4, 4, 4);
	add_old(d, sha1, 0x52, 0x53, 0x53, 0x53);
	add_cert(d, d->cert, "x'6e'");
	expect(d, LINES("skipped format 0 n: ", "intermediate - - - n\n"));
	/* both mean the same, in their own numbers */
	table(d);
	add_cert(d, d->cert, "x'6e'");
	add_old(d, sha1, 0x52, 0x5b, 0x5a, 0x51);
	add_new(d, sha256, "x'00000250'", 2, 4, 3, 1);
	expect(d, LINES("anchor - - serverAuth n\n",
			"distrust - - codeSigning n\n",
			"end-entity - - emailProtection n\n"));
	/* a name that would be two messages, or none */
	table(d);
	add_cert(d, d->cert, "x'0a0a1b5b32'");
	add_old(d, sha1, 0x52, 0x53, 0x53, 0x53);
	add_new(d, sha256, "x'00000250'", 3, 4, 4, 4);
	expect(d, LINES("skipped format 0 \\\\n\\\\n\\\\x1b[2: its two",
			"distrust - - serverAuth \\n\\n\\x1b[2\n"));
}

static void test_orphans(void **state)
{
	struct db *d = *state;
	AUTO(str) char *sha1 = xasprintf("x'%s'", d->sha1);

	table(d);
	add_old(d, sha1, 0x5a, 0x53, 0x53, 0x53);
	expect(d, LINES("skipped dangling 0 object 0 distrusts a certificate "
			"that is not in the database (sha1 "));
	table(d);
	add_old(d, "NULL", 0x5a, 0x5a, 0x5a, 0x5a);
	expect(d, LINES("skipped dangling 0 object 0 distrusts, by issuer"));
	table(d);
	add_old(d, sha1, 0x53, 0x53, 0x53, 0x53);
	expect(d, NULL, 0);
	/* without a hash it means nothing */
	table(d);
	add_old(d, "NULL", 0x52, 0x53, 0x53, 0x53);
	expect(d, NULL, 0);
}

static void test_odd_rows(void **state)
{
	struct db *d = *state;
	AUTO(str) char *sha1 = xasprintf("x'%s'", d->sha1);
	const struct blob none = { (const uint8_t *)"none", 4 };

	/* other objects, other types of certificate */
	table(d);
	run(d, "INSERT INTO nssPublic(id, a0, a11) "
	    "VALUES(1, x'ce534351', x'')");
	run(d, "INSERT INTO nssPublic(id, a0, a11) VALUES(2, 1, 2)");
	run(d, "INSERT INTO nssPublic(id, a0, a11) VALUES(3, NULL, NULL)");
	run(d, "INSERT INTO nssPublic(id, a0, a80) VALUES(4, x'00000001', "
	    "x'00000001')");
	expect(d, NULL, 0);

	/* values of other types: no crash, nothing made up */
	table(d);
	run(d, "INSERT INTO nssPublic(id, a0, a3, a11) "
	    "VALUES(1, x'00000001', 17, 3.5)");
	expect(d, LINES("problem certificate 0 (no name): "));
	table(d);
	add_cert(d, none, "x'6e'");
	expect(d, LINES("problem certificate 0 n: "));
	table(d);
	add_cert(d, d->cert, "'text'");
	add_old(d, sha1, 0x52, 0x53, 0x53, 0x53);
	run(d, "UPDATE nssPublic SET ace536358 = 7");
	expect(d, LINES("intermediate - - - text\n"));

	table(d);
	run_format(d, "INSERT INTO nssPublic(id, a0, a11) VALUES(1, "
		   "x'00000001', zeroblob(%u))", LIMIT_CERTIFICATE_BYTES + 1);
	expect(d, LINES("problem too-large 0 "));
	table(d);
	add_cert(d, d->cert, "CAST('x' || replace(hex(zeroblob(600)), '00', "
		 "'\xc3\xa4') AS BLOB)");
	expect(d, LINES("skipped limit 0 ", "intermediate - - - x\xc3\xa4"));
}

static void test_too_many(void **state)
{
	struct db *d = *state;

	table(d);
	run_format(d, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		   "FROM n WHERE i < %u) INSERT INTO nssPublic(id, a0, a81) "
		   "SELECT i, x'ce534353', i FROM n", LIMIT_STORE_ENTRIES + 1);
	expect(d, LINES("problem limit 0 more than 100000 trust objects"));
}

/* All children of the table's root are its first one from now on.  */
static void share_leaf(struct db *d, struct blob data)
{
	uint8_t *root = (uint8_t *)data.p, *child;
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_prepare_v2(d->db, "SELECT rootpage FROM "
			 "sqlite_schema WHERE name = 'nssPublic'", -1, &s,
			 NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	root += (sqlite3_column_int(s, 0) - 1) * (size_t)get_be16(data.p + 16);
	sqlite3_finalize(s);
	assert_int_equal(root[0], 5);		/* an interior page */
	child = root + get_be16(root + 12);
	for (unsigned i = 1; i < get_be16(root + 3); i++)
		memcpy(root + get_be16(root + 12 + 2 * i), child, 4);
	memcpy(root + 8, child, 4);
}

/* Hundreds of leaves that are one, with seven rows of two megabytes, of which
 * little is on the leaf: a class that is behind all that, and values that are
 * read.  */
static void test_shared_pages(void **state)
{
	static const char *const cases[] = {
		"zeroblob(2001470), x'00000007', NULL",
		"NULL, x'ce534353', zeroblob(2001470)",
	};
	struct db *d = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob data;

		run(d, "DROP TABLE IF EXISTS nssPublic");
		run(d, "CREATE TABLE nssPublic(id INTEGER PRIMARY KEY, z, a0, "
		    "a81, a11)");
		for (unsigned k = 0; k < 7; k++)
			run_format(d, "INSERT INTO nssPublic VALUES(%u, %s, "
				   "NULL)", k, cases[i]);
		run(d, "WITH RECURSIVE n(i) AS (SELECT 7 UNION ALL SELECT i + 1 "
		    "FROM n WHERE i < 1600) INSERT INTO nssPublic SELECT i, "
		    "zeroblob(1000), NULL, NULL, NULL FROM n");
		data = file_of(d);
		expect_bytes(data, NULL, 0);
		share_leaf(d, data);
		expect_bytes(data, LINES("problem limit 0 reading takes more "
					 "than 50000000 steps of SQLite"));
		free((void *)data.p);
	}
}

static void test_other_tables(void **state)
{
	struct db *d = *state;

	run(d, "CREATE TABLE certificates(sha256hash_hex, der_cert)");
	expect(d, LINES("problem format 0 an SQLite database without"));

	/* a view, and a virtual table, would be programs */
	run(d, "CREATE VIEW nssPublic AS SELECT x'00000001' AS a0, "
	    "randomblob(100) AS a11");
	expect(d, LINES("problem format 0 an SQLite database without"));
	run(d, "DROP VIEW nssPublic");
	run(d, "PRAGMA writable_schema = 1");
	run(d, "INSERT INTO sqlite_schema VALUES('table', 'nssPublic', "
	    "'nssPublic', 0, 'CREATE VIRTUAL TABLE nssPublic USING x(a0)')");
	expect(d, LINES("problem format 0 an SQLite database without"));
	run(d, "DELETE FROM sqlite_schema WHERE name = 'nssPublic'");
	run(d, "PRAGMA writable_schema = RESET");

	/* without what every NSS has */
	run(d, "CREATE TABLE nssPublic(id, a0)");
	expect(d, LINES("problem format 0 the table nssPublic lacks"));
	run(d, "DROP TABLE nssPublic");
	/* computed columns are as good as none */
	run(d, "CREATE TABLE nssPublic(id, a0, a11 AS (zeroblob(1000000)))");
	expect(d, LINES("problem format 0 the table nssPublic lacks"));
	run(d, "DROP TABLE nssPublic");

	/* of an NSS that knows neither generation's columns, case aside */
	run(d, "CREATE TABLE NSSPUBLIC(ID, A0, A11)");
	run(d, "INSERT INTO nssPublic VALUES(1, x'00000001', x'30023000')");
	expect(d, LINES("intermediate - - - \n"));
}

static void test_file(void **state)
{
	struct db *d = *state;
	struct blob data, copy;
	uint8_t *p;

	table(d);
	add_cert(d, d->cert, "x'6e'");
	data = file_of(d);
	assert_true(nss_reader.sniff(data));
	p = xmemdup(data.p, data.n);
	copy = (struct blob){ p, data.n };

	p[18] = p[19] = 2;	/* WAL */
	expect_bytes(copy, LINES("skipped format 0 the database is in WAL",
				 "intermediate - - - n\n"));
	p[18] = p[19] = 3;	/* of the future: may be read, not written */
	expect_bytes(copy, LINES("problem malformed 0 SQLite says: "));
	memcpy(p, data.p, data.n);

	p[16] = 3;		/* a page size that is no power of two */
	expect_bytes(copy, LINES("problem malformed 0 SQLite says: file is "
				 "not a database"));
	memcpy(p, data.p, data.n);

	p[100] = 0x77;		/* the first page is no b-tree */
	expect_bytes(copy, LINES("problem malformed 0 SQLite says: database "
				 "disk image is malformed"));
	memcpy(p, data.p, data.n);

	copy.n = data.n - 1;
	expect_bytes(copy, LINES("problem truncated "));
	assert_true(nss_reader.sniff((struct blob){ p, 1000 }));
	copy.n = 99;
	expect_bytes(copy, LINES("problem truncated 99 "));
	assert_true(nss_reader.sniff(copy));
	copy.n = data.n;

	p[0] = 's';
	expect_bytes(copy, LINES("problem format 0 "));
	assert_false(nss_reader.sniff(copy));
	memcpy(p, data.p, data.n);

	/* somebody else's database */
	for (char *at; (at = memmem(p, data.n, "nssPublic", 9)) != NULL;)
		*at = 'x';
	assert_false(nss_reader.sniff(copy));
	free(p);
	free((void *)data.p);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_roles),
		TEST(test_hashes),
		TEST(test_generations),
		TEST(test_orphans),
		TEST(test_odd_rows),
		TEST(test_too_many),
		TEST(test_shared_pages),
		TEST(test_other_tables),
		TEST(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
