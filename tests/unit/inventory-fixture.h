/* inventory-fixture.h -- a scratch directory, certificates that are no more
 * than names, and scans in a line or two.  For the tests of src/inventory.
 */
#ifndef INVENTORY_FIXTURE_H
#define INVENTORY_FIXTURE_H

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inventory/db.h"

#include <cmocka.h>

#define DAY	((int64_t)86400)

/* ---- files -----------------------------------------------------------------*/

static char *scratch;		/* this test's directory */

/* SCRATCH/NAME; the caller frees.  */
static inline char *scratch_path(const char *name)
{
	return xasprintf("%s/%s", scratch, name);
}

static inline int scratch_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	scratch = xasprintf("%s/inventory-XXXXXX",
			    tmp != NULL && *tmp == '/' ? tmp : "/tmp");
	return mkdtemp(scratch) != NULL ? 0 : -1;
}

static inline int scratch_remove(const char *path, const struct stat *st,
				 int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int scratch_teardown(void **state)
{
	int r = nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);

	(void)state;
	free(scratch);
	return r;
}

#define SCRATCH_TEST(f) \
	cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

static inline void write_bytes(const char *path, const void *p, size_t n)
{
	assert_int_equal(file_write_atomic(path, (struct blob){ p, n }, 0600),
			 0);
}

/* All of the directory's names, sizes, times and modes, and the content of
 * its files, as one hash.  */
static inline void hash_directory(const char *path,
				  uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(names) char **names = NULL;
	struct root root;
	struct digest d;
	size_t k, n;

	digest_init(&d);
	assert_int_equal(root_open(path, &root), 0);
	assert_int_equal(file_names(&root, "/", &names, &n), 0);
	for (k = 0; k <= n; k++) {
		AUTO(str) char *name = xasprintf("/%s", k < n ? names[k] : "");
		AUTO(scanned) struct file f = { 0 };
		struct file_id id;

		assert_int_equal(file_lstat(&root, name, &id), 0);
		digest_text(&d, name);
		digest_int(&d, id.ino);
		digest_int(&d, id.mode);
		digest_int(&d, (uint64_t)id.size);
		digest_int(&d, (uint64_t)id.mtime_ns);
		digest_int(&d, (uint64_t)id.ctime_ns);
		if (file_read(&root, name, LIMIT_FILE_BYTES, &f) == 0)
			digest_bytes(&d, f.data.p, f.data.n);
	}
	root_done(&root);
	digest_end(&d, ret_hash);
}

/* ---- inventories -----------------------------------------------------------*/

static inline struct inventory *open_ok(const char *path,
					enum inventory_mode mode)
{
	struct inventory *i = NULL;
	char *error = NULL;

	if (inventory_open(path, mode, 0, &i, &error) < 0)
		fail_msg("%s", error);
	assert_null(error);
	return i;
}

/* The first column of the first row, as a number; -1: no row.  */
static inline int64_t number(struct inventory *i, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(inventory_db(i), sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(inventory_db(i)));
	if (sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

/* All rows: columns separated by '|', rows by a line feed; the caller frees. */
static inline char *rows(struct inventory *i, const char *sql)
{
	AUTO(buf) struct buf all;
	sqlite3_stmt *s = NULL;
	int c;

	buf_init(&all, 1 << 20);
	if (sqlite3_prepare_v2(inventory_db(i), sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(inventory_db(i)));
	while (sqlite3_step(s) == SQLITE_ROW) {
		if (all.n > 0)
			buf_adds(&all, "\n");
		for (c = 0; c < sqlite3_column_count(s); c++) {
			const char *text =
				(const char *)sqlite3_column_text(s, c);

			buf_addf(&all, "%s%s", c > 0 ? "|" : "",
				 text != NULL ? text : "NULL");
		}
	}
	sqlite3_finalize(s);
	return buf_take(&all);
}

static inline void check_rows(struct inventory *i, const char *sql,
			      const char *want)
{
	AUTO(str) char *got = rows(i, sql);

	assert_string_equal(got, want);
}

static inline int64_t begin_at(struct inventory *i, const char *root,
			       int64_t now, int64_t made)
{
	struct scan_info info = {
		.root = root, .now = now, .made = made, .tool = "1.2.3",
		.host_name = "host", .warn_days = 90,
	};
	int64_t scan = 0;

	assert_int_equal(inventory_begin(i, &info, &scan), 0);
	return scan;
}

static inline int64_t begin(struct inventory *i)
{
	return begin_at(i, "/", 1000, 1000);
}

static inline void commit(struct inventory *i)
{
	assert_int_equal(inventory_commit(i), 0);
}

/* ---- certificates ----------------------------------------------------------*/

struct fake {
	const char *name, *key;
	const char *issuer;		/* NULL: itself */
	const char *key_id, *issuer_key_id;
	int64_t from, until;		/* until 0: 10000 */
	bool leaf, broken;
	enum key_kind kind;
	unsigned bits;
	enum hash_kind hash;
};

static inline void hash_of(const char *s, uint8_t ret_hash[SHA256_SIZE])
{
	hash_sha256((struct blob){ (const uint8_t *)s, strlen(s) }, ret_hash);
}

/* The DER of a fake certificate: "name/key<issuer".  The caller frees.  */
static inline char *fake_der(const struct fake *f)
{
	return xasprintf("%s/%s<%s@%lld", f->name, f->key,
			 f->issuer != NULL ? f->issuer : f->name,
			 (long long)f->from);
}

/* Its row, which is made when it is not there yet.  */
static inline int64_t fake(struct inventory *i, struct fake f)
{
	AUTO(str) char *der = fake_der(&f);
	struct certificate c = {
		.der = { (const uint8_t *)der, strlen(der) },
		.decoded = !f.broken, .error = (char *)"it is broken",
		.subject = (char *)f.name, .name = (char *)f.name,
		.issuer = (char *)(f.issuer != NULL ? f.issuer : f.name),
		.serial = (char *)"01", .not_before = f.from,
		.not_after = f.until != 0 ? f.until : 10000,
		.key_id = (uint8_t *)f.key_id,
		.key_id_n = f.key_id != NULL ? strlen(f.key_id) : 0,
		.authority_key_id = (uint8_t *)f.issuer_key_id,
		.authority_key_id_n =
			f.issuer_key_id != NULL ? strlen(f.issuer_key_id) : 0,
		.is_ca = !f.leaf, .self_signed = f.issuer == NULL,
		.key = f.kind, .key_bits = f.bits, .hash = f.hash,
	};
	int64_t id = 0;
	int r;

	hash_sha256(c.der, c.sha256);
	hash_sha1(c.der, c.sha1);
	if (c.decoded) {
		c.error = NULL;
		hash_of(f.key, c.spki_sha256);
		hash_of(c.subject, c.subject_sha256);
		hash_of(c.issuer, c.issuer_sha256);
	}
	r = inventory_find_certificate(i, c.sha256, &id);
	if (r == -ENOENT)
		r = inventory_add_certificate(i, &c, &id);
	assert_int_equal(r, 0);
	return id;
}

/* ---- stores ----------------------------------------------------------------*/

static inline struct stored_entry entry_of(int64_t certificate, enum role role)
{
	return (struct stored_entry){
		.certificate = certificate, .role = role, .label = "label",
		.location = "/file",
	};
}

/* Records a store of entries without problems; its id.  SIGNATURE may be
 * NULL, otherwise its hash is taken.  */
static inline int64_t record_of(struct inventory *i, const char *kind,
				const char *path, const char *instance,
				const char *signature,
				struct stored_entry *entries, size_t n)
{
	struct store_info info = {
		.kind = kind, .path = path, .format = "pem", .real_path = path,
		.owner = "", .instance = instance,
	};
	uint8_t hash[SHA256_SIZE];
	int64_t store = 0;

	if (signature != NULL)
		hash_of(signature, hash);
	assert_int_equal(inventory_store(i, kind, path, &store), 0);
	assert_int_equal(inventory_record(i, store, &info,
					  signature != NULL ? hash : NULL,
					  entries, n, NULL, 0), 0);
	return store;
}

static inline int64_t record(struct inventory *i, const char *kind,
			     const char *path, const char *signature,
			     struct stored_entry *entries, size_t n)
{
	return record_of(i, kind, path, "/", signature, entries, n);
}

/* A scan with one store that holds one anchor.  */
static inline void small_scan(struct inventory *i, const char *root,
			      int64_t now, int64_t made)
{
	struct stored_entry e;

	begin_at(i, root, now, made);
	e = entry_of(fake(i, (struct fake){ .name = "Root", .key = "k" }),
		     ROLE_ANCHOR);
	record(i, "pem", "/etc/ca.pem", "state", &e, 1);
	commit(i);
}

#endif
