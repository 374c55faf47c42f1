/* nss.c -- cert9.db, the certificates and trust of Firefox, Thunderbird,
 * Chromium and everything else that uses NSS: an SQLite database whose table
 * nssPublic has a row for each PKCS#11 object and a column a<hex> for each
 * attribute (lib/softoken/sdb.c).  Numbers are four bytes, big-endian; "there
 * and empty" is the three bytes A5 00 5A.
 *
 * Trust is an object of its own (nss-trust.c).  There are two generations of
 * it: CKO_NSS_TRUST, and since NSS 3.114 PKCS#11's CKO_TRUST, which older NSS
 * does not see.  Where both are, new NSS reads the new one, old NSS the old.
 * key4.db, in the same directory, signs trust (nss-key4.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/nss.h"

const char *const nss_column_names[NSS_COLUMNS] = {
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
const enum purpose nss_purposes[NSS_PURPOSES] = {
	PURPOSE_SERVER_AUTH, PURPOSE_CLIENT_AUTH, PURPOSE_CODE_SIGNING,
	PURPOSE_EMAIL_PROTECTION,
};

/* ---- rows ----------------------------------------------------------------*/

/* Calls FN for every row of the classes, in the table's order; no index is
 * believed.  Stops at FN's first negative return and returns it.  */
typedef int row_fn(struct nss_reading *r, sqlite3_stmt *row);

static int rows_read(struct nss_reading *r, const char *classes, row_fn *fn)
{
	AUTO(buf) struct buf sql;
	sqlite3_stmt *s = NULL;
	int e, result = 0;

	buf_init(&sql, 1024);
	buf_adds(&sql, "SELECT ");
	for (size_t i = 0; i < NSS_COLUMNS; i++)
		buf_addf(&sql, "%s%s", i ? ", " : "",
			 r->has[i] ? nss_column_names[i] : "NULL");
	buf_addf(&sql, " FROM main.nssPublic NOT INDEXED WHERE a0 IN (%s)",
		 classes);
	e = database_prepare(&r->db, buf_str(&sql), &s);
	if (e < 0)
		return e;
	while (result == 0 && (e = database_next(&r->db, s)) == SQLITE_ROW)
		result = fn(r, s);
	sqlite3_finalize(s);
	if (result < 0)
		return result;
	return e == SQLITE_DONE ? 0 : -EIO;
}

struct blob nss_attribute(sqlite3_stmt *row, int column)
{
	struct blob b = database_bytes(row, column);

	if (b.n == 3 && memcmp(b.p, "\xa5\x00\x5a", 3) == 0)
		b.n = 0;
	return b;
}

uint32_t nss_number(sqlite3_stmt *row, int column, uint32_t other)
{
	const struct blob b = nss_attribute(row, column);

	return b.n == 4 ? get_be32(b.p) : other;
}

void nss_key_of(sqlite3_stmt *row, uint8_t ret_key[SHA256_SIZE])
{
	const struct blob issuer = nss_attribute(row, COLUMN_ISSUER);
	const struct blob serial = nss_attribute(row, COLUMN_SERIAL);
	uint8_t hashes[2 * SHA256_SIZE];

	hash_sha256(issuer, hashes);
	hash_sha256(serial, hashes + SHA256_SIZE);
	hash_sha256((struct blob){ hashes, sizeof(hashes) }, ret_key);
}

/* ---- certificates --------------------------------------------------------*/

static int entries_emit(struct nss_reading *r, struct entry *e,
			const enum role roles[NSS_PURPOSES])
{
	static const enum role order[] = {
		ROLE_ANCHOR, ROLE_DISTRUST, ROLE_END_ENTITY,
	};
	bool any = false;
	int result;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		e->purposes = 0;
		for (size_t j = 0; j < NSS_PURPOSES; j++)
			if (roles[j] == order[i])
				e->purposes |= nss_purposes[j];
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

static int certificate_row(struct nss_reading *r, sqlite3_stmt *row)
{
	const struct blob value = nss_attribute(row, COLUMN_VALUE);
	const struct blob label = nss_attribute(row, COLUMN_LABEL);
	const struct nss_trust *trust, *hidden;
	struct entry e = {
		.label = (const char *)label.p,
		.label_n = label.n,
	};
	enum role roles[NSS_PURPOSES];
	uint8_t key[SHA256_SIZE];

	if (nss_number(row, COLUMN_TYPE, 0) != 0)	/* CKC_X_509 */
		return 0;
	nss_key_of(row, key);
	trust = nss_trust_find(r, key, &hidden);
	if (label.n > LIMIT_LABEL_BYTES) {
		e.label_n = text_cut(e.label, label.n, LIMIT_LABEL_BYTES);
		sink_skipped(r->out, PROBLEM_LIMIT, 0, "a nickname longer than "
			     "%u bytes; it is cut there", LIMIT_LABEL_BYTES);
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
	nss_trust_roles(trust, e.der, roles);
	if (trust != NULL) {
		AUTO(str) char *name = name_of(&e);

		nss_trust_report(r, trust, hidden, e.der, name);
	}
	return entries_emit(r, &e, roles);
}

/* ---- the file ------------------------------------------------------------*/

/* -EIO: SQLite can say why.  -EINVAL, -ERANGE: it was said.  -E2BIG: the sink
 * is full.  */
static int nss_database_read(struct nss_reading *r, const struct input *in)
{
	int e;

	e = database_open(in->data, r->out, "", &r->db);
	if (e < 0)
		return e;
	e = database_table(&r->db, "nssPublic");
	if (e == -ENOENT) {
		sink_problem(r->out, PROBLEM_FORMAT, 0, "an SQLite database "
			     "without the table nssPublic: not NSS's");
		return 0;
	}
	if (e < 0)
		return e;
	e = database_columns(&r->db, "nssPublic", nss_column_names,
			     NSS_COLUMNS, r->has);
	if (e < 0)
		return e;
	if (!r->has[COLUMN_CLASS] || !r->has[COLUMN_VALUE]) {
		sink_problem(r->out, PROBLEM_FORMAT, 0, "the table nssPublic "
			     "lacks the columns a0 and a11: not NSS's");
		return 0;
	}
	nss_key4_open(in->companion, r->out, &r->key4);
	e = rows_read(r, "x'0000000b', x'ce534353'", nss_trust_row);
	if (e < 0)
		return e;
	nss_trusts_settle(r);
	if (r->n_trusts > 0 && r->key4.unchecked != NULL)
		r->out->problem(r->out, r->key4.unchecked);
	e = rows_read(r, "x'00000001'", certificate_row);
	if (e < 0)
		return e;
	nss_orphans_report(r);
	return 0;
}

static int nss_read(const struct input *input, struct sink *out)
{
	struct nss_reading r = { .out = out };
	int e;

	e = nss_database_read(&r, input);
	if (e == -EIO)
		database_failed(&r.db);
	nss_key4_close(&r.key4);
	database_close(&r.db);
	free(r.trusts);
	return e == -E2BIG ? e : 0;
}

static bool nss_sniff(struct blob data)
{
	return database_sniff(data, "nssPublic");
}

const struct reader nss_reader = {
	.name = "nss",
	.title = N_("NSS database"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST | READS_SQLITE,
	.companion = { "cert9.db", "key4.db" },
	.sniff = nss_sniff,
	.read = nss_read,
};
