/* nss-key4.c -- key4.db, which signs the trust in the cert9.db beside it
 * (lib/softoken/sftkpwd.c and sftkdb.c).  An SQLite database whose table
 * metaData has the row "password", and one "sig_cert_<object>_<attribute>" for
 * each attribute that is protected: PBMAC1 (RFC 8018) with HMAC-SHA-256 over
 * object, attribute (four bytes each, big-endian) and value.  The password of
 * all is SHA-1 over the salt in "password" and the user's password.
 *
 * NSS checks signatures only while it knows the password; an empty one it
 * always knows, and then uses one iteration.  Where the password row is missing
 * or does not decrypt with the empty password, nothing is checked, and trust
 * counts as it is written.  One attribute that is read and not signed makes NSS
 * pass over the whole trust object.
 *
 * Surprising: the initialisation vector of "password" has 14 bytes, and NSS
 * uses the two before them, its tag and length, as well.
 */
#include <errno.h>
#include <string.h>

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/pbkdf2.h>

#include "read/nss.h"

#define CHECK_TEXT	"password-check"
#define OBJECT_MASK	0x3fffffffu	/* of an id: the rest says which table */
#define KEY_MAX		64u

/* What stays unchecked is trusted as it is written.  NSS does the same in the
 * cases that are `skipped`; in the others it may know better.  */
static const struct problem no_file = {
	.code = PROBLEM_DANGLING,
	.message = "there is no key4.db beside it, so its trust is not checked; "
		"NSS signs it as it is when it opens the database for writing",
	.skipped = true,
};
static const struct problem no_password = {
	.code = PROBLEM_FORMAT,
	.message = "key4.db has no row for the password, so NSS does not check "
		"who wrote the trust",
	.skipped = true,
};
static const struct problem has_password = {
	.code = PROBLEM_OPAQUE,
	.message = "key4.db has a password, without which NSS does not check "
		"who wrote the trust",
	.skipped = true,
};
static const struct problem unknown = {
	.code = PROBLEM_FORMAT,
	.message = "key4.db uses an algorithm that trustdrift does not know, so "
		"trust was not checked; compare with certutil -L",
};
static const struct problem too_much = {
	.code = PROBLEM_LIMIT,
	.message = "key4.db asks for more rounds of HMAC than LIMIT_KEY4_WORK, "
		"so trust was not checked; compare with certutil -L",
};

/* ---- algorithms ----------------------------------------------------------*/

#define PKCS	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d
static const uint8_t oid_pbkdf2[] = { PKCS, 1, 5, 12 };
static const uint8_t oid_pbes2[] = { PKCS, 1, 5, 13 };
static const uint8_t oid_pbmac1[] = { PKCS, 1, 5, 14 };
static const uint8_t oid_hmac_sha256[] = { PKCS, 2, 9 };
static const uint8_t oid_aes256_cbc[] = {
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 1, 42,
};

/* PBKDF2 with HMAC-SHA-256.  */
struct derivation {
	struct blob salt;
	uint64_t iterations, key_n;
};

/* A password-based algorithm and the bytes that it made.  */
struct protected {
	struct derivation derivation;
	struct blob rest;		/* of the parameters of the second one */
	struct blob value;
};

/* Takes SEQUENCE { OBJECT IDENTIFIER, rest } off the front of *IN.  -ENOTSUP:
 * another one than the N bytes at OID.  */
static int algorithm_next(struct blob *in, const uint8_t *oid, size_t n,
			  struct blob *ret_rest)
{
	struct tlv sequence, t;

	if (tlv_expect(in, TAG_SEQUENCE, &sequence) < 0 ||
	    tlv_expect(&sequence.value, TAG_OID, &t) < 0)
		return -EINVAL;
	if (t.value.n != n || memcmp(t.value.p, oid, n) != 0)
		return -ENOTSUP;
	*ret_rest = sequence.value;
	return 0;
}

/* UINT64_MAX for what does not fit.  */
static int positive_next(struct blob *in, uint64_t *ret_number)
{
	uint64_t number = 0;
	struct tlv t;

	if (tlv_expect(in, TAG_INTEGER, &t) < 0 || t.value.n == 0 ||
	    (t.value.p[0] & 0x80) != 0)
		return -EINVAL;
	for (size_t i = 0; i < t.value.n; i++)
		number = number >> 56 != 0 ? UINT64_MAX
					   : number << 8 | t.value.p[i];
	*ret_number = number;
	return number > 0 ? 0 : -EINVAL;
}

static int derivation_next(struct blob *in, struct derivation *ret_derivation)
{
	struct derivation d;
	struct blob params, rest;
	struct tlv t;
	int e;

	e = algorithm_next(in, oid_pbkdf2, sizeof(oid_pbkdf2), &params);
	if (e < 0)
		return e;
	if (tlv_expect(&params, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	if (tlv_expect(&params, TAG_OCTETS, &t) < 0)
		return -EINVAL;
	d.salt = t.value;
	if (positive_next(&params, &d.iterations) < 0 ||
	    positive_next(&params, &d.key_n) < 0 || d.key_n > KEY_MAX)
		return -EINVAL;
	e = algorithm_next(&params, oid_hmac_sha256, sizeof(oid_hmac_sha256),
			   &rest);
	if (e == 0)
		*ret_derivation = d;
	return e;
}

/* SEQUENCE { AlgorithmIdentifier, OCTET STRING }, the algorithm being OUTER
 * with PBKDF2 and INNER.  -ENOTSUP: others; -EINVAL: damaged.  */
static int protected_parse(struct blob in, const uint8_t *outer, size_t outer_n,
			   const uint8_t *inner, size_t inner_n,
			   struct protected *ret_protected)
{
	struct protected p;
	struct blob params;
	struct tlv t;
	int e;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	in = t.value;
	e = algorithm_next(&in, outer, outer_n, &params);
	if (e < 0)
		return e;
	if (tlv_expect(&params, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	e = derivation_next(&params, &p.derivation);
	if (e == 0)
		e = algorithm_next(&params, inner, inner_n, &p.rest);
	if (e < 0)
		return e;
	if (tlv_expect(&in, TAG_OCTETS, &t) < 0)
		return -EINVAL;
	p.value = t.value;
	*ret_protected = p;
	return 0;
}

/* -ERANGE: that would be too much work.  */
static int derive(struct nss_key4 *k, const struct derivation *d,
		  uint8_t ret_key[KEY_MAX])
{
	const uint64_t blocks = (d->key_n + SHA256_SIZE - 1) / SHA256_SIZE;

	if (d->iterations > LIMIT_KEY4_WORK ||
	    k->work + blocks * d->iterations > LIMIT_KEY4_WORK)
		return -ERANGE;
	k->work += blocks * d->iterations;
	pbkdf2_hmac_sha256(sizeof(k->password), k->password,
			   (unsigned)d->iterations, d->salt.n, d->salt.p,
			   d->key_n, ret_key);
	return 0;
}

/* ---- the password --------------------------------------------------------*/

/* 0: it is the empty one.  -EACCES: it is not, or nobody could tell.
 * -ENOTSUP, -ERANGE.  */
static int password_check(struct nss_key4 *k, struct blob check)
{
	uint8_t key[KEY_MAX], iv[AES_BLOCK_SIZE], text[AES_BLOCK_SIZE];
	struct aes256_ctx aes;
	struct protected p;
	struct tlv t;
	int e;

	e = protected_parse(check, oid_pbes2, sizeof(oid_pbes2),
			    oid_aes256_cbc, sizeof(oid_aes256_cbc), &p);
	if (e < 0)
		return e == -ENOTSUP ? e : -EACCES;
	if (tlv_expect(&p.rest, TAG_OCTETS, &t) < 0 ||
	    t.whole.n < sizeof(iv) || p.value.n != sizeof(text) ||
	    p.derivation.key_n != AES256_KEY_SIZE)
		return -EACCES;
	memcpy(iv, t.whole.p + t.whole.n - sizeof(iv), sizeof(iv));
	e = derive(k, &p.derivation, key);
	if (e < 0)
		return e;
	aes256_set_decrypt_key(&aes, key);
	cbc_decrypt(&aes, (nettle_cipher_func *)aes256_decrypt, sizeof(iv), iv,
		    sizeof(text), text, p.value.p);
	/* Two bytes of padding, each of them a 2.  */
	return memcmp(text, CHECK_TEXT "\2\2", sizeof(text)) == 0 ? 0 : -EACCES;
}

/* -ENOENT: there is no such row.  */
static int password_read(struct nss_key4 *k)
{
	sqlite3_stmt *s = NULL;
	int e, result = -ENOENT;

	e = database_prepare(&k->db, "SELECT item1, item2 FROM main.metaData "
			     "WHERE id = 'password'", &s);
	if (e < 0)
		return e;
	e = database_next(&k->db, s);
	if (e == SQLITE_ROW) {
		const struct blob salt = database_bytes(s, 0);

		/* The empty password adds nothing to it.  */
		hash_sha1(salt, k->password);
		result = password_check(k, database_bytes(s, 1));
	} else if (e != SQLITE_DONE) {
		result = -EIO;
	}
	sqlite3_finalize(s);
	return result;
}

/* ---- signatures ----------------------------------------------------------*/

static bool is_signature(const struct protected *p,
			 const uint8_t *key, uint32_t object, uint32_t type,
			 struct blob value)
{
	const uint8_t head[] = {
		object >> 24, object >> 16, object >> 8, object,
		type >> 24, type >> 16, type >> 8, type,
	};
	uint8_t digest[SHA256_SIZE];
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, p->derivation.key_n, key);
	hmac_sha256_update(&hmac, sizeof(head), head);
	hmac_sha256_update(&hmac, value.n, value.p);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	return p->value.n == sizeof(digest) &&
	       memeql_sec(digest, p->value.p, sizeof(digest));
}

static enum nss_signature signature_check(struct nss_key4 *k,
					  struct blob signature,
					  uint32_t object, uint32_t type,
					  struct blob value)
{
	uint8_t key[KEY_MAX];
	struct protected p;
	int e;

	e = protected_parse(signature, oid_pbmac1, sizeof(oid_pbmac1),
			    oid_hmac_sha256, sizeof(oid_hmac_sha256), &p);
	if (e == 0)
		e = derive(k, &p.derivation, key);
	if (e == -EINVAL)
		return NSS_UNSIGNED;
	if (e < 0) {
		k->unchecked = e == -ERANGE ? &too_much : &unknown;
		return NSS_UNCHECKED;
	}
	return is_signature(&p, key, object, type, value) ? NSS_SIGNED
							     : NSS_UNSIGNED;
}

enum nss_signature nss_key4_check(struct nss_key4 *k, int64_t id, uint32_t type,
				  struct blob value)
{
	const uint32_t object = (uint32_t)id & OBJECT_MASK;
	enum nss_signature result = NSS_UNSIGNED;
	char name[sizeof("sig_cert_") + 2 * 8 + 1];
	int e;

	if (k->find == NULL)
		return NSS_UNCHECKED;
	snprintf(name, sizeof(name), "sig_cert_%08x_%08x", object, type);
	sqlite3_bind_text(k->find, 1, name, -1, SQLITE_STATIC);
	e = database_next(&k->db, k->find);
	if (e == SQLITE_ROW)
		result = signature_check(k, database_bytes(k->find, 0), object,
					 type, value);
	sqlite3_reset(k->find);
	if (e == SQLITE_ROW || e == SQLITE_DONE)
		return result;
	/* A half of it would make trust unsigned that is not.  */
	database_failed(&k->db);
	sqlite3_finalize(TAKE(k->find));
	return NSS_UNCHECKED;
}

/* ---- the file ------------------------------------------------------------*/

static int key4_open(struct nss_key4 *k, struct blob data, struct sink *out)
{
	int e;

	e = database_open(data, out, "key4.db: ", &k->db);
	if (e == 0)
		e = database_table(&k->db, "metaData");
	if (e == 0)
		e = password_read(k);
	if (e == 0)
		e = database_prepare(&k->db, "SELECT item1 FROM main.metaData "
				     "WHERE id = ?1", &k->find);
	return e;
}

void nss_key4_open(struct blob data, struct sink *out,
		   struct nss_key4 *ret_key4)
{
	struct nss_key4 *k = ret_key4;

	*k = (struct nss_key4){ 0 };
	if (data.p == NULL) {
		k->unchecked = &no_file;
		return;
	}
	switch (-key4_open(k, data, out)) {
	case 0:
	case EINVAL:
		break;
	case EIO:
		database_failed(&k->db);
		break;
	case ENOENT:
		k->unchecked = &no_password;
		break;
	case ENOTSUP:
		k->unchecked = &unknown;
		break;
	case ERANGE:
		k->unchecked = &too_much;
		break;
	default:
		k->unchecked = &has_password;
	}
}

void nss_key4_close(struct nss_key4 *k)
{
	sqlite3_finalize(k->find);
	database_close(&k->db);
}
