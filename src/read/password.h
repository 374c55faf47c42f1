/* password.h -- private to the readers of stores that a password protects:
 * the passwords that are tried, keys made of them, and what that may cost.
 * password.c has RFC 7292's derivation, PBKDF2 and HMAC, scrypt.c the other.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>

#include "read/read.h"

/* ---- passwords -----------------------------------------------------------*/

/* All that are tried, in this order, by every reader.  The first is NULL, "no
 * password": to the key derivation of RFC 7292 that is a string of no bytes,
 * while "" is the two zero bytes that end it, so they make different keys.
 * To all others both are the empty string.  */
#define PASSWORDS	4
#define EMPTY_PASSWORDS	2	/* of them, at the front */
#define PASSWORD_MAX	16	/* characters, all of them ASCII */
extern const char *const passwords[PASSWORDS];

/* The password as a BMPString with its end, as RFC 7292 wants it; no bytes
 * for NULL.  It is in RET.  */
#define PASSWORD_BMP_SIZE	(2 * PASSWORD_MAX + 2)
struct blob password_bmp(const char *password, uint8_t ret[PASSWORD_BMP_SIZE]);

/* ---- OBJECT IDENTIFIERs and parameters -----------------------------------*/

struct oid {
	uint8_t n;
	uint8_t p[11];
};
/* 1.2.840.113549 = PKCS, 2.16.840.1.101.3.4 = NIST's algorithms */
#define OID_PKCS	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d
#define OID_NIST	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04

/* Is OID, an OBJECT IDENTIFIER's content, that of ROW?  */
bool oid_is(struct blob oid, const struct oid *row);
extern const struct oid oid_pbes2, oid_pbkdf2;

/* Takes SEQUENCE { OBJECT IDENTIFIER, rest } off the front of *IN.  */
int algorithm_next(struct blob *in, struct blob *ret_oid,
		   struct blob *ret_rest);
/* Takes a positive INTEGER; what does not fit in 64 bits is UINT64_MAX, over
 * every limit.  */
int positive_next(struct blob *in, uint64_t *ret_number);
/* Takes a salt, an OCTET STRING in one piece.  -E2BIG: longer than SALT_MAX. */
int salt_next(struct blob *in, struct blob *ret_salt);

/* ---- hash functions ------------------------------------------------------*/

#define HASH_MAX	SHA512_DIGEST_SIZE	/* bytes of a digest */
#define HASH_BLOCK_MAX	SHA512_BLOCK_SIZE

struct nettle_hash;
struct hash_algorithm {
	struct oid hash, hmac;
	const struct nettle_hash *nettle;
};
extern const struct hash_algorithm *const hash_sha1_algorithm;
/* By the OBJECT IDENTIFIER of the hash or of its HMAC; NULL: unknown.  */
const struct hash_algorithm *hash_find(struct blob oid, bool hmac);

union hash_context {
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha512_ctx sha512;
	struct sha3_512_ctx sha3_512;
};

struct hmac_context {
	const struct nettle_hash *hash;
	union hash_context outer, inner, state;
};
/* The last two in the form that nettle's pbkdf2() calls.  */
void hmac_begin(struct hmac_context *h, const struct hash_algorithm *a,
		size_t n, const uint8_t *key);
void hmac_add(void *context, size_t n, const uint8_t *p);
void hmac_end(void *context, size_t n, uint8_t *ret);

/* ---- keys ----------------------------------------------------------------*/

/* Longest salt that is worked on: it enters every block of the derivation.
 * Files in use have 8 to 64 bytes.  */
#define SALT_MAX	1024u

enum kdf_kind {
	KDF_PKCS12,		/* RFC 7292, appendix B */
	KDF_PBKDF2,		/* RFC 8018 */
	KDF_SCRYPT,		/* RFC 7914 */
};

/* A key derivation with its parameters; the salt is borrowed.  */
struct kdf {
	enum kdf_kind kind;
	const struct hash_algorithm *hash;	/* not of KDF_SCRYPT */
	struct blob salt;
	uint64_t iterations;	/* at least 1; scrypt's N */
	uint64_t block, parallel;	/* scrypt's r and p */
};

/* Reads the parameters of PBKDF2 resp. scrypt, a SEQUENCE; *ret_key_n is 0
 * when keyLength is absent.  -EINVAL: malformed.  -ENOTSUP: a hash that we
 * lack, *ret_oid is its OBJECT IDENTIFIER.  -E2BIG: see salt_next().  */
int pbkdf2_parse(struct blob in, struct kdf *ret_kdf, uint64_t *ret_key_n,
		 struct blob *ret_oid);
int scrypt_parse(struct blob in, struct kdf *ret_kdf, uint64_t *ret_key_n);

/* Rounds of a hash that N bytes of key cost; UINT64_MAX when that many do not
 * fit.  */
uint64_t kdf_work(const struct kdf *kdf, size_t n);

/* N bytes of key from a secret: for KDF_PKCS12 a BMPString with its end, and
 * ID says what the bytes are for (B.3).  The caller asked kdf_affordable().  */
enum kdf_id { KDF_ID_KEY = 1, KDF_ID_IV = 2, KDF_ID_MAC = 3 };
void kdf_derive(const struct kdf *kdf, enum kdf_id id, struct blob secret,
		uint8_t *ret, size_t n);

/* scrypt(SECRET) as KDF says.  */
void scrypt_derive(const struct kdf *kdf, struct blob secret, uint8_t *ret,
		   size_t n);

/* May ROUNDS be spent on one try more, beside the *spent so far in this file?
 * Adds them, or says to OUT why not.  WHAT begins the message: "the MAC".  */
bool kdf_affordable(const struct kdf *kdf, uint64_t rounds, const char *what,
		    struct sink *out, uint64_t offset, uint64_t *spent);

/* The problem that parsing an algorithm's parameters ended with.  */
void algorithm_problem(struct sink *out, uint64_t offset, const char *what,
		       int error, struct blob oid);

#endif
