/* nss.c -- cert9.db, the certificates and trust of Firefox, Thunderbird,
 * Chromium and everything else that uses NSS: an SQLite database whose table
 * nssPublic has a row for each PKCS#11 object and a column a<hex> for each
 * attribute (lib/softoken/sdb.c).  Numbers are four bytes, big-endian; "there
 * and empty" is the three bytes A5 00 5A.
 *
 * Trust is an object of its own, found by issuer and serial number, and counts
 * only with the right hash of the certificate; or without one, when it does
 * nothing but distrust (lib/pki/certificate.c, nssTrust_Create).  There are
 * two generations of it: CKO_NSS_TRUST, and since NSS 3.114 PKCS#11's
 * CKO_TRUST, which older NSS does not see.  Where both are, new NSS reads the
 * new one, old NSS the old.  The first row found decides: one with a wrong
 * hash hides all others.
 *
 * What key4.db says about these rows (it signs them) is not looked at.
 *
 * The database comes from whoever owns the profile.  SQLite sees a copy in
 * memory, is told to distrust its schema, may only read a plain table, and
 * stops after NSS_STEPS_MAX steps.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <sqlite3.h>

#include "read/read.h"

#define SQLITE_MAGIC	"SQLite format 3"	/* and its NUL */
#define HEADER_SIZE	100
#define NSS_STEPS_MAX	50000000u	/* a full table takes a tenth */
#define STEPS_A_CALL	1000
#define SNIFFED_BYTES	(256u << 10)	/* the schema is on the first page */

#define PURPOSES	4

/* The attributes that are read, and their place in a row.  */
enum column {
	COLUMN_ID,
	COLUMN_CLASS,
	COLUMN_LABEL,
	COLUMN_VALUE,
	COLUMN_TYPE,
	COLUMN_ISSUER,
	COLUMN_SERIAL,
	COLUMN_OLD_SHA1,
	COLUMN_OLD_STEP_UP,
	COLUMN_OLD_TRUST,	/* PURPOSES of them, as all_purposes[] */
	COLUMN_NEW_ALGORITHM = COLUMN_OLD_TRUST + PURPOSES,
	COLUMN_NEW_HASH,
	COLUMN_NEW_TRUST,
	COLUMNS = COLUMN_NEW_TRUST + PURPOSES,
};
static const char *const column_names[COLUMNS] = {
	[COLUMN_ID] = "id",
	[COLUMN_CLASS] = "a0",
	[COLUMN_LABEL] = "a3",
	[COLUMN_VALUE] = "a11",
	[COLUMN_TYPE] = "a80",
	[COLUMN_ISSUER] = "a81",
	[COLUMN_SERIAL] = "a82",
	[COLUMN_OLD_SHA1] = "ace5363b4",
	[COLUMN_OLD_STEP_UP] = "ace536360",
	[COLUMN_OLD_TRUST] = "ace536358", "ace536359", "ace53635a", "ace53635b",
	[COLUMN_NEW_ALGORITHM] = "a8c",
	[COLUMN_NEW_HASH] = "a635",
	[COLUMN_NEW_TRUST] = "a62c", "a62d", "a62e", "a62f",
};
static const enum purpose all_purposes[PURPOSES] = {
	PURPOSE_SERVER_AUTH, PURPOSE_CLIENT_AUTH, PURPOSE_CODE_SIGNING,
	PURPOSE_EMAIL_PROTECTION,
};

/* Object classes */
#define CKO_CERTIFICATE	0x00000001u
#define CKO_TRUST	0x0000000bu
#define CKO_NSS_TRUST	0xce534353u

/* The hashes that a CKO_TRUST may name (CKM_SHA_1, ...).  */
static const struct {
	uint32_t mechanism;
	const struct nettle_hash *hash;
} mechanisms[] = {
	{ 0x220, &nettle_sha1 },
	{ 0x250, &nettle_sha256 },
	{ 0x255, &nettle_sha224 },
	{ 0x260, &nettle_sha384 },
	{ 0x270, &nettle_sha512 },
};

struct trust {
	uint8_t key[SHA256_SIZE];	/* of issuer and serial number */
	bool new;			/* CKO_TRUST */
	bool met;			/* a certificate has its key */
	size_t order;			/* in the table */
	int64_t id;
	enum role roles[PURPOSES];	/* ROLE_NONE: it must be verified */
	bool any;			/* needs no hash */
	const struct nettle_hash *algorithm;	/* NULL: no hash, or unknown */
	uint8_t hash[SHA512_DIGEST_SIZE];
};

struct reading {
	struct sink *out;
	sqlite3 *db;
	unsigned steps;
	bool has[COLUMNS];
	struct trust *trusts;
	size_t n_trusts, cap_trusts;
};

static void skipped(struct reading *r, enum problem_code code,
		    const char *format, ...) PRINTF(3, 4);

/* A problem that NSS passes over too.  */
static void skipped(struct reading *r, enum problem_code code,
		    const char *format, ...)
{
	char message[512];
	struct problem p = {
		.code = code,
		.message = message,
		.skipped = true,
	};
	va_list ap;

	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	r->out->problem(r->out, &p);
}

/* ---- the database --------------------------------------------------------*/

static void sqlite_problem(struct reading *r)
{
	switch (sqlite3_errcode(r->db) & 0xff) {
	case SQLITE_INTERRUPT:
		sink_problem(r->out, PROBLEM_LIMIT, 0,
			     "reading takes more than %u steps of SQLite; the "
			     "rest is not read", NSS_STEPS_MAX);
		break;
	case SQLITE_NOMEM:
		die("%s", _("out of memory"));
	default:
		sink_problem(r->out, PROBLEM_MALFORMED, 0, "SQLite says: %s",
			     sqlite3_errmsg(r->db));
	}
}

static int count_steps(void *data)
{
	struct reading *r = data;

	r->steps += STEPS_A_CALL;
	return r->steps > NSS_STEPS_MAX;
}

/* What a hostile database could use and NSS never does.  N is its size: no
 * value in it is longer.  */
static void database_restrain(struct reading *r, size_t n)
{
	static const struct {
		int what, value;
	} limits[] = {
		{ SQLITE_LIMIT_SQL_LENGTH, 65536 },
		{ SQLITE_LIMIT_COLUMN, 1000 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 20 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 2 },
		{ SQLITE_LIMIT_VDBE_OP, 10000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 8 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	static const struct {
		int what, value;
	} settings[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
	};

	sqlite3_limit(r->db, SQLITE_LIMIT_LENGTH, (int)n);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(r->db, limits[i].what, limits[i].value);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		sqlite3_db_config(r->db, settings[i].what, settings[i].value,
				  NULL);
	sqlite3_exec(r->db, "PRAGMA cell_size_check = 1", NULL, NULL, NULL);
	sqlite3_progress_handler(r->db, STEPS_A_CALL, count_steps, r);
}

/* -EIO: said by SQLite, see sqlite_problem().  */
static int database_open(struct reading *r, struct blob data)
{
	unsigned char *copy;

	if (sqlite3_open_v2(":memory:", &r->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE,
			    NULL) != SQLITE_OK || r->db == NULL)
		die("%s", _("out of memory"));
	sqlite3_extended_result_codes(r->db, 1);
	database_restrain(r, data.n);

	copy = sqlite3_malloc64(data.n);
	if (copy == NULL)
		die("%s", _("out of memory"));
	memcpy(copy, data.p, data.n);
	/* A database in memory cannot be in WAL mode.  */
	if (copy[18] == 2) {
		copy[18] = copy[19] = 1;
		skipped(r, PROBLEM_FORMAT, "the database is in WAL mode: what "
			"is in its -wal file, if there is one, is not seen");
	}
	if (sqlite3_deserialize(r->db, "main", copy, (sqlite3_int64)data.n,
				(sqlite3_int64)data.n,
				SQLITE_DESERIALIZE_FREEONCLOSE |
				SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return -EIO;
	return 0;
}

/* The size that the header says, 0 when it does not (SQLite's file format,
 * section 1.3.8: the number of pages counts only with the right version).  */
static uint64_t size_declared(struct blob data)
{
	uint64_t page = get_be16(data.p + 16);

	if (page == 1)
		page = 65536;
	if (get_be32(data.p + 24) != get_be32(data.p + 92))
		return 0;
	return page * get_be32(data.p + 28);
}

static int statement_prepare(struct reading *r, const char *sql,
			     sqlite3_stmt **ret_statement)
{
	if (sqlite3_prepare_v3(r->db, sql, -1, 0, ret_statement, NULL) !=
	    SQLITE_OK)
		return -EIO;
	return 0;
}

/* Is nssPublic a plain table?  A view or a virtual table of this name would
 * be a program of its maker.  -ENOENT: it is not.  */
static int table_check(struct reading *r)
{
	sqlite3_stmt *s = NULL;
	bool plain = false;
	int e;

	e = statement_prepare(r, "SELECT type, rootpage FROM sqlite_schema "
			      "WHERE name = 'nssPublic' COLLATE NOCASE", &s);
	if (e < 0)
		return e;
	while ((e = sqlite3_step(s)) == SQLITE_ROW) {
		const unsigned char *type = sqlite3_column_text(s, 0);

		plain = type != NULL && strcmp((const char *)type,
					       "table") == 0 &&
			sqlite3_column_type(s, 1) == SQLITE_INTEGER &&
			sqlite3_column_int64(s, 1) > 0;
	}
	sqlite3_finalize(s);
	if (e != SQLITE_DONE)
		return -EIO;
	return plain ? 0 : -ENOENT;
}

/* Which columns are there: newer NSS adds some.  table_info leaves computed
 * columns out, so those are never read.  */
static int columns_list(struct reading *r)
{
	sqlite3_stmt *s = NULL;
	int e;

	e = statement_prepare(r, "PRAGMA main.table_info(nssPublic)", &s);
	if (e < 0)
		return e;
	while ((e = sqlite3_step(s)) == SQLITE_ROW) {
		const unsigned char *name = sqlite3_column_text(s, 1);

		for (size_t i = 0; name != NULL && i < COLUMNS; i++)
			if (sqlite3_stricmp((const char *)name,
					    column_names[i]) == 0)
				r->has[i] = true;
	}
	sqlite3_finalize(s);
	return e == SQLITE_DONE ? 0 : -EIO;
}

/* Calls FN for every row of the classes, in the table's order; no index is
 * believed.  Stops at FN's first negative return and returns it.  */
typedef int row_fn(struct reading *r, sqlite3_stmt *row);

static int rows_read(struct reading *r, const char *classes, row_fn *fn)
{
	AUTO(buf) struct buf sql;
	sqlite3_stmt *s = NULL;
	int e, result = 0;

	buf_init(&sql, 1024);
	buf_adds(&sql, "SELECT ");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(&sql, "%s%s", i ? ", " : "",
			 r->has[i] ? column_names[i] : "NULL");
	buf_addf(&sql, " FROM main.nssPublic NOT INDEXED WHERE a0 IN (%s)",
		 classes);
	e = statement_prepare(r, buf_str(&sql), &s);
	if (e < 0)
		return e;
	while (result == 0 && (e = sqlite3_step(s)) == SQLITE_ROW)
		result = fn(r, s);
	sqlite3_finalize(s);
	if (result < 0)
		return result;
	return e == SQLITE_DONE ? 0 : -EIO;
}

/* ---- attributes ----------------------------------------------------------*/

/* An attribute's bytes, valid until the next step; empty when it is absent or
 * empty.  NSS writes blobs and would read the bytes of a text too.  */
static struct blob attribute(sqlite3_stmt *row, int column)
{
	const int type = sqlite3_column_type(row, column);
	struct blob b = { NULL, 0 };

	if (type != SQLITE_BLOB && type != SQLITE_TEXT)
		return b;
	b.p = sqlite3_column_blob(row, column);
	b.n = (size_t)sqlite3_column_bytes(row, column);
	if (b.p == NULL || (b.n == 3 && memcmp(b.p, "\xa5\x00\x5a", 3) == 0))
		b.n = 0;
	return b;
}

/* A number, or OTHER when the attribute is none.  */
static uint32_t number(sqlite3_stmt *row, int column, uint32_t other)
{
	const struct blob b = attribute(row, column);

	return b.n == 4 ? get_be32(b.p) : other;
}

/* Trust is found by these two together.  */
static void key_of(sqlite3_stmt *row, uint8_t ret_key[SHA256_SIZE])
{
	const struct blob issuer = attribute(row, COLUMN_ISSUER);
	const struct blob serial = attribute(row, COLUMN_SERIAL);
	uint8_t hashes[2 * SHA256_SIZE];

	hash_sha256(issuer, hashes);
	hash_sha256(serial, hashes + SHA256_SIZE);
	hash_sha256((struct blob){ hashes, sizeof(hashes) }, ret_key);
}

/* ---- trust ---------------------------------------------------------------*/

static enum role role_of(uint32_t trust)
{
	switch (trust) {
	case 0xce534352:	/* CKT_NSS_TRUSTED_DELEGATOR */
	case 2:			/* CKT_TRUST_ANCHOR */
		return ROLE_ANCHOR;
	case 0xce53435a:	/* CKT_NSS_NOT_TRUSTED */
	case 3:			/* CKT_NOT_TRUSTED */
		return ROLE_DISTRUST;
	case 0xce534351:	/* CKT_NSS_TRUSTED: this certificate only */
	case 1:			/* CKT_TRUSTED */
		return ROLE_END_ENTITY;
	}
	return ROLE_NONE;	/* unknown, must verify, valid CA */
}

static const struct nettle_hash *algorithm_find(uint32_t mechanism)
{
	for (size_t i = 0; i < ARRAY_SIZE(mechanisms); i++)
		if (mechanisms[i].mechanism == mechanism)
			return mechanisms[i].hash;
	return NULL;
}

/* Does a trust value neither trust nor demand verification?  Only an object of
 * such values may do without a hash.  */
static bool only_distrusts(uint32_t trust)
{
	return role_of(trust) == ROLE_DISTRUST || trust == 0 ||
	       trust == 0xce534355;	/* CKT_NSS_TRUST_UNKNOWN */
}

static int trust_row(struct reading *r, sqlite3_stmt *row)
{
	const bool new = number(row, COLUMN_CLASS, 0) == CKO_TRUST;
	const int first = new ? COLUMN_NEW_TRUST : COLUMN_OLD_TRUST;
	const struct blob hash = attribute(row, new ? COLUMN_NEW_HASH :
					   COLUMN_OLD_SHA1);
	const struct blob step_up = attribute(row, COLUMN_OLD_STEP_UP);
	struct trust *t;

	if (r->n_trusts == LIMIT_STORE_ENTRIES) {
		sink_problem(r->out, PROBLEM_LIMIT, 0,
			     "more than %u trust objects; the database is not "
			     "read", LIMIT_STORE_ENTRIES);
		return -ERANGE;
	}
	grow(&r->trusts, r->n_trusts, &r->cap_trusts, sizeof(*t));
	t = &r->trusts[r->n_trusts];
	memset(t, 0, sizeof(*t));
	t->order = r->n_trusts++;
	t->new = new;
	t->id = sqlite3_column_int64(row, COLUMN_ID);
	key_of(row, t->key);
	t->any = hash.n == 0 && (new || step_up.n != 1 || step_up.p[0] == 0);
	for (int i = 0; i < PURPOSES; i++) {
		const uint32_t trust = number(row, first + i, 0);

		t->roles[i] = role_of(trust);
		t->any &= only_distrusts(trust);
	}
	t->algorithm = &nettle_sha1;
	if (new)
		t->algorithm = algorithm_find(number(row, COLUMN_NEW_ALGORITHM,
						     0));
	if (t->algorithm != NULL && hash.n == t->algorithm->digest_size)
		memcpy(t->hash, hash.p, hash.n);
	else
		t->algorithm = NULL;
	return 0;
}

static int compare_trusts(const void *a, const void *b)
{
	const struct trust *x = a, *y = b;
	int d = memcmp(x->key, y->key, SHA256_SIZE);

	if (d == 0)
		d = y->new - x->new;
	if (d == 0)
		d = (x->order > y->order) - (x->order < y->order);
	return d;
}

/* Sorts, and drops what a row before it hides.  Of each key there is then at
 * most one object of each generation, the new one in front.  */
static void trusts_settle(struct reading *r)
{
	size_t n = 0;

	if (r->n_trusts == 0)
		return;
	qsort(r->trusts, r->n_trusts, sizeof(*r->trusts), compare_trusts);
	for (size_t i = 0; i < r->n_trusts; i++) {
		const struct trust *t = &r->trusts[i];

		if (n > 0 && r->trusts[n - 1].new == t->new &&
		    memcmp(r->trusts[n - 1].key, t->key, SHA256_SIZE) == 0)
			continue;
		r->trusts[n++] = *t;
	}
	r->n_trusts = n;
}

static bool trust_at(const struct reading *r, size_t i,
		     const uint8_t key[SHA256_SIZE])
{
	return i < r->n_trusts &&
	       memcmp(r->trusts[i].key, key, SHA256_SIZE) == 0;
}

/* The object that decides, NULL: none; *ret_hidden is the old one behind a
 * new one, or NULL.  Both are marked as met.  */
static const struct trust *trust_find(struct reading *r,
				      const uint8_t key[SHA256_SIZE],
				      const struct trust **ret_hidden)
{
	size_t low = 0, high = r->n_trusts;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (memcmp(r->trusts[middle].key, key, SHA256_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_hidden = NULL;
	if (!trust_at(r, low, key))
		return NULL;
	r->trusts[low].met = true;
	if (trust_at(r, low + 1, key)) {
		r->trusts[low + 1].met = true;
		*ret_hidden = &r->trusts[low + 1];
	}
	return &r->trusts[low];
}

/* Does the object, which has its issuer and serial number, speak of this very
 * certificate?  */
static bool trust_is_of(const struct trust *t, struct blob der)
{
	union {
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} context;
	uint8_t digest[SHA512_DIGEST_SIZE];

	if (t->algorithm == NULL)
		return t->any;
	t->algorithm->init(&context);
	t->algorithm->update(&context, der.n, der.p);
	t->algorithm->digest(&context, t->algorithm->digest_size, digest);
	return memcmp(digest, t->hash, t->algorithm->digest_size) == 0;
}

static bool trust_says_something(const struct trust *t)
{
	for (size_t i = 0; i < PURPOSES; i++)
		if (t->roles[i] != ROLE_NONE)
			return true;
	return false;
}

/* What T means for the certificate; T may be NULL.  */
static void roles_of(const struct trust *t, struct blob der,
		     enum role ret_roles[PURPOSES])
{
	for (size_t i = 0; i < PURPOSES; i++)
		ret_roles[i] = ROLE_NONE;
	if (t != NULL && trust_is_of(t, der))
		memcpy(ret_roles, t->roles, sizeof(t->roles));
}

/* ---- certificates --------------------------------------------------------*/

static int entries_emit(struct reading *r, struct entry *e,
			const enum role roles[PURPOSES])
{
	static const enum role order[] = {
		ROLE_ANCHOR, ROLE_DISTRUST, ROLE_END_ENTITY,
	};
	bool any = false;
	int result;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		e->purposes = 0;
		for (size_t j = 0; j < PURPOSES; j++)
			if (roles[j] == order[i])
				e->purposes |= all_purposes[j];
		if (e->purposes == 0)
			continue;
		any = true;
		e->role = order[i];
		result = r->out->entry(r->out, e);
		if (result < 0)
			return result;
	}
	if (any)
		return 0;
	e->purposes = 0;
	e->role = ROLE_INTERMEDIATE;
	return r->out->entry(r->out, e);
}

/* How many of N bytes of text make at most LIMIT, no character cut in two. */
static size_t text_cut(const char *text, size_t n, size_t limit)
{
	if (n <= limit)
		return n;
	for (n = limit; n > 0; n--)
		if (((unsigned char)text[n] & 0xc0) != 0x80)
			break;
	return n;
}

/* A name for messages.  The caller frees.  */
static char *name_of(const struct entry *e)
{
	char *name;

	if (e->label_n == 0)
		return xstrdup("(no name)");
	name = escape_text(e->label, e->label_n);
	name[text_cut(name, strlen(name), 200)] = '\0';
	return name;
}

/* Says what is odd about the trust of a certificate.  */
static void trust_report(struct reading *r, const struct trust *trust,
			 const struct trust *hidden, const struct entry *e)
{
	enum role roles[PURPOSES], other_roles[PURPOSES];
	AUTO(str) char *name = NULL;

	if (trust == NULL)
		return;
	name = name_of(e);
	if (trust_says_something(trust) && !trust_is_of(trust, e->der))
		skipped(r, PROBLEM_MALFORMED, "%s: its trust object has no "
			"hash, or that of another certificate; NSS ignores it",
			name);
	if (hidden == NULL)
		return;
	roles_of(trust, e->der, roles);
	roles_of(hidden, e->der, other_roles);
	if (memcmp(roles, other_roles, sizeof(roles)) != 0)
		skipped(r, PROBLEM_FORMAT, "%s: its two trust objects "
			"disagree; NSS before 3.114 reads the other one",
			name);
}

static int certificate_row(struct reading *r, sqlite3_stmt *row)
{
	const struct blob value = attribute(row, COLUMN_VALUE);
	const struct blob label = attribute(row, COLUMN_LABEL);
	const struct trust *trust, *hidden;
	struct entry e = {
		.label = (const char *)label.p,
		.label_n = label.n,
	};
	enum role roles[PURPOSES];
	uint8_t key[SHA256_SIZE];

	if (number(row, COLUMN_TYPE, 0) != 0)	/* CKC_X_509 */
		return 0;
	key_of(row, key);
	trust = trust_find(r, key, &hidden);
	if (label.n > LIMIT_LABEL_BYTES) {
		e.label_n = text_cut(e.label, label.n, LIMIT_LABEL_BYTES);
		skipped(r, PROBLEM_LIMIT, "a nickname longer than %u bytes; it "
			"is cut there", LIMIT_LABEL_BYTES);
	}
	if (value.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(r->out, PROBLEM_TOO_LARGE, 0,
			     "a certificate of %zu bytes, the limit is %u; it "
			     "is not read", value.n, LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	if (certificate_tlv(value, &e.der) < 0) {
		AUTO(str) char *name = name_of(&e);

		sink_problem(r->out, PROBLEM_CERTIFICATE, 0,
			     "%s: what stands for a certificate does not "
			     "decode", name);
		return 0;
	}
	roles_of(trust, e.der, roles);
	trust_report(r, trust, hidden, &e);
	return entries_emit(r, &e, roles);
}

/* Trust in, or distrust of, certificates that are not here.  NSS applies it
 * when a peer sends them.  */
static void orphans_report(struct reading *r)
{
	char hash[2 * SHA512_DIGEST_SIZE + 1];

	for (size_t i = 0; i < r->n_trusts; i++) {
		const struct trust *t = &r->trusts[i];
		bool distrust = false;

		if (t->met || !trust_says_something(t))
			continue;
		if (t->algorithm == NULL) {
			if (t->any)
				skipped(r, PROBLEM_DANGLING, "object %jd "
					"distrusts, by issuer and serial "
					"number, a certificate that is not in "
					"the database", (intmax_t)t->id);
			continue;
		}
		for (size_t j = 0; j < PURPOSES; j++)
			distrust |= t->roles[j] == ROLE_DISTRUST;
		hex_encode(t->hash, t->algorithm->digest_size, hash);
		skipped(r, PROBLEM_DANGLING, "object %jd %s a certificate that "
			"is not in the database (%s %s)", (intmax_t)t->id,
			distrust ? "distrusts" : "trusts", t->algorithm->name,
			hash);
	}
}

/* ---- the file ------------------------------------------------------------*/

/* -EIO: said by SQLite.  -ERANGE: a limit, which was said.  -E2BIG: the sink
 * is full.  */
static int database_read(struct reading *r, struct blob data)
{
	int e;

	e = database_open(r, data);
	if (e < 0)
		return e;
	e = table_check(r);
	if (e == -ENOENT) {
		sink_problem(r->out, PROBLEM_FORMAT, 0, "an SQLite database "
			     "without the table nssPublic: not NSS's");
		return 0;
	}
	if (e < 0)
		return e;
	e = columns_list(r);
	if (e < 0)
		return e;
	if (!r->has[COLUMN_CLASS] || !r->has[COLUMN_VALUE]) {
		sink_problem(r->out, PROBLEM_FORMAT, 0, "the table nssPublic "
			     "lacks the columns a0 and a11: not NSS's");
		return 0;
	}
	e = rows_read(r, "x'0000000b', x'ce534353'", trust_row);
	if (e < 0)
		return e;
	trusts_settle(r);
	e = rows_read(r, "x'00000001'", certificate_row);
	if (e < 0)
		return e;
	orphans_report(r);
	return 0;
}

static int nss_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct reading r = { .out = out };
	int e;

	if (data.n < HEADER_SIZE) {
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the file ends in its header of %d bytes",
			     HEADER_SIZE);
		return 0;
	}
	if (memcmp(data.p, SQLITE_MAGIC, sizeof(SQLITE_MAGIC)) != 0) {
		sink_problem(out, PROBLEM_FORMAT, 0, "not an SQLite database");
		return 0;
	}
	if (size_declared(data) > data.n) {
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the file ends before its last page; restore it "
			     "from a backup");
		return 0;
	}
	e = database_read(&r, data);
	if (e == -EIO)
		sqlite_problem(&r);
	sqlite3_close(r.db);
	free(r.trusts);
	return e == -E2BIG ? e : 0;
}

static bool nss_sniff(struct blob data)
{
	const size_t n = data.n < SNIFFED_BYTES ? data.n : SNIFFED_BYTES;

	if (data.n < sizeof(SQLITE_MAGIC) ||
	    memcmp(data.p, SQLITE_MAGIC, sizeof(SQLITE_MAGIC)) != 0)
		return false;
	/* Other programs have SQLite databases too; what was cut off before
	 * its schema may still be ours.  */
	return data.n < HEADER_SIZE ||
	       memmem(data.p, n, "nssPublic", strlen("nssPublic")) != NULL ||
	       size_declared(data) > data.n;
}

const struct reader nss_reader = {
	.name = "nss",
	.title = N_("NSS database"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST | READS_SQLITE,
	.sniff = nss_sniff,
	.read = nss_read,
};
