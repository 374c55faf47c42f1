/* nss-trust.c -- trust objects of NSS databases: two generations, their hashes
 * and signatures; see nss.c.
 *
 * Trust is found by issuer and serial number, and counts only with the right
 * hash of the certificate; or without one, when it does nothing but distrust
 * (lib/pki/certificate.c, nssTrust_Create).  The first row found decides: one
 * with a wrong hash or signature hides all others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "read/nss.h"

#define CKO_TRUST	0x0000000bu
#define CKT_UNKNOWN_OLD	0xce534355u	/* CKT_NSS_TRUST_UNKNOWN */

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
	       trust == CKT_UNKNOWN_OLD;
}

/* Is the attribute in COLUMN, which NSS reads, signed?  */
static enum nss_signature column_check(struct nss_reading *r,
				       sqlite3_stmt *row, int column)
{
	const char *name = nss_column_names[column];
	uint32_t type = 0;

	if (database_bytes(row, column).p == NULL)
		return NSS_SIGNED;	/* it is not there */
	for (const char *c = name + 1; *c != '\0'; c++)
		type = type << 4 | (uint32_t)(*c >= 'a' ? *c - 'a' + 10
							: *c - '0');
	return nss_key4_check(&r->key4, sqlite3_column_int64(row, COLUMN_ID),
			      type, nss_attribute(row, column));
}

static void worse(enum nss_signature *to, enum nss_signature other)
{
	if (*to == NSS_SIGNED || other == NSS_UNSIGNED)
		*to = other;
}

/* What the signatures of all attributes of T make.  Values that say nothing
 * need none; NSS before 3.114 wanted that of an unknown trust, too.  */
static enum nss_signature signature_of(struct nss_reading *r,
				       sqlite3_stmt *row,
				       const struct nss_trust *t)
{
	const int first = t->new ? COLUMN_NEW_TRUST : COLUMN_OLD_TRUST;
	enum nss_signature all = NSS_SIGNED;

	for (int i = 0; i < NSS_PURPOSES; i++) {
		const uint32_t trust = nss_number(row, first + i, ~0u);

		if (trust != 0 && trust != CKT_UNKNOWN_OLD)
			worse(&all, column_check(r, row, first + i));
	}
	if (t->new) {
		worse(&all, column_check(r, row, COLUMN_NEW_HASH));
		worse(&all, column_check(r, row, COLUMN_NEW_ALGORITHM));
	} else {
		const struct blob step_up = nss_attribute(row,
							  COLUMN_OLD_STEP_UP);

		worse(&all, column_check(r, row, COLUMN_OLD_SHA1));
		if (step_up.n != 1 || step_up.p[0] != 0)
			worse(&all, column_check(r, row, COLUMN_OLD_STEP_UP));
	}
	return all;
}

int nss_trust_row(struct nss_reading *r, sqlite3_stmt *row)
{
	const bool new = nss_number(row, COLUMN_CLASS, 0) == CKO_TRUST;
	const int first = new ? COLUMN_NEW_TRUST : COLUMN_OLD_TRUST;
	const struct blob algorithm = nss_attribute(row, COLUMN_NEW_ALGORITHM);
	struct blob hash = nss_attribute(row, new ? COLUMN_NEW_HASH
						  : COLUMN_OLD_SHA1);
	const struct blob step_up = nss_attribute(row, COLUMN_OLD_STEP_UP);
	struct nss_trust *t;

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
	nss_key_of(row, t->key);
	t->signature = signature_of(r, row, t);
	if (new && algorithm.n == 0)
		hash.n = 0;
	t->any = hash.n == 0 && (new || step_up.n != 1 || step_up.p[0] == 0);
	for (int i = 0; i < NSS_PURPOSES; i++) {
		const uint32_t trust = nss_number(row, first + i, 0);

		t->roles[i] = role_of(trust);
		t->any &= only_distrusts(trust);
	}
	t->algorithm = &nettle_sha1;
	if (new)
		t->algorithm = algorithm_find(
			nss_number(row, COLUMN_NEW_ALGORITHM, 0));
	if (t->algorithm != NULL && hash.n == t->algorithm->digest_size)
		memcpy(t->hash, hash.p, hash.n);
	else
		t->algorithm = NULL;
	return 0;
}

static int compare_trusts(const void *a, const void *b)
{
	const struct nss_trust *x = a, *y = b;
	int d = memcmp(x->key, y->key, SHA256_SIZE);

	if (d == 0)
		d = y->new - x->new;
	if (d == 0)
		d = (x->order > y->order) - (x->order < y->order);
	return d;
}

/* Of each key there is afterwards at most one object of each generation, the
 * new one in front.  */
void nss_trusts_settle(struct nss_reading *r)
{
	size_t n = 0;

	if (r->n_trusts == 0)
		return;
	qsort(r->trusts, r->n_trusts, sizeof(*r->trusts), compare_trusts);
	for (size_t i = 0; i < r->n_trusts; i++) {
		const struct nss_trust *t = &r->trusts[i];

		if (n > 0 && r->trusts[n - 1].new == t->new &&
		    memcmp(r->trusts[n - 1].key, t->key, SHA256_SIZE) == 0)
			continue;
		r->trusts[n++] = *t;
	}
	r->n_trusts = n;
}

static bool trust_at(const struct nss_reading *r, size_t i,
		     const uint8_t key[SHA256_SIZE])
{
	return i < r->n_trusts &&
	       memcmp(r->trusts[i].key, key, SHA256_SIZE) == 0;
}

const struct nss_trust *nss_trust_find(struct nss_reading *r,
				      const uint8_t key[SHA256_SIZE],
				      const struct nss_trust **ret_hidden)
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
static bool trust_is_of(const struct nss_trust *t, struct blob der)
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

static bool trust_says_something(const struct nss_trust *t)
{
	for (size_t i = 0; i < NSS_PURPOSES; i++)
		if (t->roles[i] != ROLE_NONE)
			return true;
	return false;
}

void nss_trust_roles(const struct nss_trust *t, struct blob der,
		     enum role ret_roles[NSS_PURPOSES])
{
	for (size_t i = 0; i < NSS_PURPOSES; i++)
		ret_roles[i] = ROLE_NONE;
	if (t != NULL && t->signature != NSS_UNSIGNED && trust_is_of(t, der))
		memcpy(ret_roles, t->roles, sizeof(t->roles));
}

void nss_trust_report(struct nss_reading *r, const struct nss_trust *trust,
		      const struct nss_trust *hidden, struct blob der,
		      const char *name)
{
	enum role roles[NSS_PURPOSES], other_roles[NSS_PURPOSES];

	if (trust_says_something(trust) && !trust_is_of(trust, der))
		sink_skipped(r->out, PROBLEM_MALFORMED, 0, "%s: its trust "
			     "object has no hash, or that of another "
			     "certificate; NSS ignores it", name);
	else if (trust_says_something(trust) &&
		 trust->signature == NSS_UNSIGNED)
		sink_skipped(r->out, PROBLEM_MALFORMED, 0, "%s: its trust is "
			     "not signed by key4.db, so NSS ignores it", name);
	if (hidden == NULL)
		return;
	nss_trust_roles(trust, der, roles);
	nss_trust_roles(hidden, der, other_roles);
	if (memcmp(roles, other_roles, sizeof(roles)) != 0)
		sink_skipped(r->out, PROBLEM_FORMAT, 0, "%s: its two trust "
			     "objects disagree; NSS before 3.114 reads the "
			     "other one", name);
}

void nss_orphans_report(struct nss_reading *r)
{
	char hash[2 * SHA512_DIGEST_SIZE + 1];

	for (size_t i = 0; i < r->n_trusts; i++) {
		const struct nss_trust *t = &r->trusts[i];
		bool distrust = false;

		if (t->met || !trust_says_something(t))
			continue;
		if (t->signature == NSS_UNSIGNED) {
			sink_skipped(r->out, PROBLEM_MALFORMED, 0, "object "
				     "%jd, whose certificate is not in the "
				     "database, is not signed by key4.db, so "
				     "NSS ignores it", (intmax_t)t->id);
			continue;
		}
		if (t->algorithm == NULL) {
			if (t->any)
				sink_skipped(r->out, PROBLEM_DANGLING, 0,
					     "object %jd distrusts, by issuer "
					     "and serial number, a certificate "
					     "that is not in the database",
					     (intmax_t)t->id);
			continue;
		}
		for (size_t j = 0; j < NSS_PURPOSES; j++)
			distrust |= t->roles[j] == ROLE_DISTRUST;
		hex_encode(t->hash, t->algorithm->digest_size, hash);
		sink_skipped(r->out, PROBLEM_DANGLING, 0, "object %jd %s a "
			     "certificate that is not in the database (%s %s)",
			     (intmax_t)t->id, distrust ? "distrusts" : "trusts",
			     t->algorithm->name, hash);
	}
}

