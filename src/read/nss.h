/* nss.h -- private to nss*.c.  Three files: the database and its certificates
 * (nss.c), the trust objects (nss-trust.c), and key4.db's signatures over them
 * (nss-key4.c).
 */
#ifndef NSS_H
#define NSS_H

#include "read/database.h"

#define NSS_PURPOSES	4
extern const enum purpose nss_purposes[NSS_PURPOSES];

/* The attributes that are read, and their place in a row.  */
enum nss_column {
	COLUMN_ID,
	COLUMN_CLASS,
	COLUMN_LABEL,
	COLUMN_VALUE,
	COLUMN_TYPE,
	COLUMN_ISSUER,
	COLUMN_SERIAL,
	COLUMN_OLD_SHA1,
	COLUMN_OLD_STEP_UP,
	COLUMN_OLD_TRUST,	/* NSS_PURPOSES of them, as nss_purposes[] */
	COLUMN_NEW_ALGORITHM = COLUMN_OLD_TRUST + NSS_PURPOSES,
	COLUMN_NEW_HASH,
	COLUMN_NEW_TRUST,
	NSS_COLUMNS = COLUMN_NEW_TRUST + NSS_PURPOSES,
};
extern const char *const nss_column_names[NSS_COLUMNS];

/* An attribute's bytes, valid until the next step; empty when it is absent or
 * empty.  NSS writes blobs and would read the bytes of a text too.  */
struct blob nss_attribute(sqlite3_stmt *row, int column);
/* A number, or OTHER when the attribute is none.  */
uint32_t nss_number(sqlite3_stmt *row, int column, uint32_t other);
/* Trust is found by issuer and serial number together.  */
void nss_key_of(sqlite3_stmt *row, uint8_t ret_key[SHA256_SIZE]);

/* ---- signatures ----------------------------------------------------------*/

enum nss_signature {
	NSS_SIGNED,		/* or nothing that has to be */
	NSS_UNSIGNED,		/* not at all, or wrongly: NSS drops the object */
	NSS_UNCHECKED,		/* NSS does not check, or we cannot */
};

/* The file beside the database.  */
struct nss_key4 {
	struct database db;
	sqlite3_stmt *find;	/* NULL: nothing is checked */
	uint8_t password[SHA1_SIZE];	/* the empty one and the salt, hashed */
	uint64_t work;		/* rounds of HMAC so far */
	const struct problem *unchecked;	/* why something was not, NULL:
						 * all was, or it is said */
};

/* DATA: p is NULL when there is none.  Close it whatever it holds.  */
void nss_key4_open(struct blob data, struct sink *out,
		   struct nss_key4 *ret_key4);
void nss_key4_close(struct nss_key4 *k);
/* Is VALUE, the attribute TYPE of the object with this id, signed?  */
enum nss_signature nss_key4_check(struct nss_key4 *k, int64_t id, uint32_t type,
				  struct blob value);

/* ---- trust ---------------------------------------------------------------*/

struct nss_trust {
	uint8_t key[SHA256_SIZE];	/* of issuer and serial number */
	bool new;			/* CKO_TRUST */
	bool met;			/* a certificate has its key */
	size_t order;			/* in the table */
	int64_t id;
	enum nss_signature signature;
	enum role roles[NSS_PURPOSES];	/* ROLE_NONE: it must be verified */
	bool any;			/* needs no hash */
	const struct nettle_hash *algorithm;	/* NULL: no hash, or unknown */
	uint8_t hash[64];
};

struct nss_reading {
	struct sink *out;
	struct database db;
	struct nss_key4 key4;
	bool has[NSS_COLUMNS];
	struct nss_trust *trusts;
	size_t n_trusts, cap_trusts;
};

/* Takes one trust object.  -ERANGE: too many, which was said.  */
int nss_trust_row(struct nss_reading *r, sqlite3_stmt *row);
/* When all are taken: sorts, and drops what another one hides.  */
void nss_trusts_settle(struct nss_reading *r);
/* The object that decides, NULL: none; *ret_hidden is the old one behind a
 * new one, or NULL.  Both are marked as met.  */
const struct nss_trust *nss_trust_find(struct nss_reading *r,
				       const uint8_t key[SHA256_SIZE],
				       const struct nss_trust **ret_hidden);
/* What T, which may be NULL, means for the certificate.  */
void nss_trust_roles(const struct nss_trust *t, struct blob der,
		     enum role ret_roles[NSS_PURPOSES]);
/* Says what is odd about the trust of the certificate that NAME is for.  */
void nss_trust_report(struct nss_reading *r, const struct nss_trust *trust,
		      const struct nss_trust *hidden, struct blob der,
		      const char *name);
/* Reports trust in, or distrust of, certificates that are not here.  NSS
 * applies it when a peer sends them.  */
void nss_orphans_report(struct nss_reading *r);

#endif
