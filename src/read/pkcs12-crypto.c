/* pkcs12-crypto.c -- keys from passwords, and what PKCS#12 does with them:
 * RFC 7292 (appendix B: the key derivation; appendix C: its encryption
 * algorithms), RFC 8018 (PBES2, PBKDF2, PBMAC1) and RFC 9579 (PBMAC1 in
 * MacData).
 *
 * Nettle rather than GnuTLS: GnuTLS opens whole bags only, and no more than
 * 32 certificates of each.  RC2 with 40 bits protects nothing, but .NET and
 * keytool's legacy mode write it, so it must be read.
 */
#include <errno.h>
#include <string.h>

#include <nettle/aes.h>
#include <nettle/arctwo.h>
#include <nettle/cbc.h>
#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "read/pkcs12.h"

const char *const pkcs12_passwords[PKCS12_PASSWORDS] = {
	NULL, "", "changeit", "changeme",
};
#define PASSWORD_MAX	16	/* characters, all of them ASCII */

#define KEY_MAX		32
#define BLOCK_MAX	16
#define DIGEST_MAX	SHA512_DIGEST_SIZE
#define DIGEST_BLOCK	SHA512_BLOCK_SIZE

/* ---- tables ------------------------------------------------------------*/

struct oid {
	uint8_t n;
	uint8_t p[11];
};

static bool oid_is(struct blob oid, const struct oid *row)
{
	return oid.n == row->n && memcmp(oid.p, row->p, row->n) == 0;
}

/* 1.2.840.113549 = PKCS, 2.16.840.1.101.3.4 = NIST's algorithms */
#define PKCS	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d
#define NIST	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04

static const struct oid oid_pbes2 = { 9, { PKCS, 1, 5, 13 } };
static const struct oid oid_pbkdf2 = { 9, { PKCS, 1, 5, 12 } };
static const struct oid oid_pbmac1 = { 9, { PKCS, 1, 5, 14 } };

struct pkcs12_digest {
	struct oid hash, hmac;
	const struct nettle_hash *nettle;
};

static const struct pkcs12_digest digests[] = {
	{ { 5, { 0x2b, 14, 3, 2, 26 } }, { 8, { PKCS, 2, 7 } }, &nettle_sha1 },
	{ { 9, { NIST, 2, 4 } }, { 8, { PKCS, 2, 8 } }, &nettle_sha224 },
	{ { 9, { NIST, 2, 1 } }, { 8, { PKCS, 2, 9 } }, &nettle_sha256 },
	{ { 9, { NIST, 2, 2 } }, { 8, { PKCS, 2, 10 } }, &nettle_sha384 },
	{ { 9, { NIST, 2, 3 } }, { 8, { PKCS, 2, 11 } }, &nettle_sha512 },
};
#define DIGEST_SHA1	(&digests[0])

enum cipher_kind { CIPHER_RC2, CIPHER_DES3, CIPHER_AES };

struct pkcs12_cipher {
	struct oid oid;
	enum cipher_kind kind;
	uint8_t key_n, block_n;
	bool pbes2;		/* else it names the derivation too */
};

static const struct pkcs12_cipher ciphers[] = {
	{ { 10, { PKCS, 1, 12, 1, 3 } }, CIPHER_DES3, 24, 8, false },
	{ { 10, { PKCS, 1, 12, 1, 4 } }, CIPHER_DES3, 16, 8, false },
	{ { 10, { PKCS, 1, 12, 1, 5 } }, CIPHER_RC2, 16, 8, false },
	{ { 10, { PKCS, 1, 12, 1, 6 } }, CIPHER_RC2, 5, 8, false },
	{ { 8, { PKCS, 3, 7 } }, CIPHER_DES3, 24, 8, true },
	{ { 9, { NIST, 1, 2 } }, CIPHER_AES, 16, 16, true },
	{ { 9, { NIST, 1, 22 } }, CIPHER_AES, 24, 16, true },
	{ { 9, { NIST, 1, 42 } }, CIPHER_AES, 32, 16, true },
};

static const struct pkcs12_digest *digest_find(struct blob oid, bool hmac)
{
	for (size_t i = 0; i < ARRAY_SIZE(digests); i++)
		if (oid_is(oid, hmac ? &digests[i].hmac : &digests[i].hash))
			return &digests[i];
	return NULL;
}

static const struct pkcs12_cipher *cipher_find(struct blob oid, bool pbes2)
{
	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (ciphers[i].pbes2 == pbes2 && oid_is(oid, &ciphers[i].oid))
			return &ciphers[i];
	return NULL;
}

/* ---- parameters ----------------------------------------------------------
 * Strings in them are read in primitive form only: what writes constructed
 * ones does so for content whose length it did not know.  */

/* Takes SEQUENCE { OBJECT IDENTIFIER, rest } off the front of *IN.  */
static int algorithm_next(struct blob *in, struct blob *ret_oid,
			  struct blob *ret_rest)
{
	struct blob value;
	struct tlv t;

	if (tlv_expect(in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	value = t.value;
	if (tlv_expect(&value, TAG_OID, &t) < 0)
		return -EINVAL;
	*ret_oid = t.value;
	*ret_rest = value;
	return 0;
}

/* A positive INTEGER.  What does not fit in 64 bits is UINT64_MAX: over every
 * limit.  */
static int positive_next(struct blob *in, uint64_t *ret_number)
{
	uint64_t number = 0;
	struct tlv t;

	if (tlv_expect(in, TAG_INTEGER, &t) < 0 || t.value.n == 0 ||
	    (t.value.p[0] & 0x80))
		return -EINVAL;
	for (size_t i = 0; i < t.value.n; i++)
		number = number >> 56 ? UINT64_MAX : number << 8 | t.value.p[i];
	if (number == 0)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

static int salt_next(struct blob *in, struct blob *ret_salt)
{
	struct tlv t;

	if (tlv_expect(in, TAG_OCTETS, &t) < 0)
		return -EINVAL;
	if (t.value.n > PKCS12_SALT_MAX)
		return -E2BIG;
	*ret_salt = t.value;
	return 0;
}

/* PBKDF2-params; *ret_key_n is 0 when keyLength is absent.  */
static int pbkdf2_parse(struct blob in, struct pkcs12_kdf *ret_kdf,
			uint64_t *ret_key_n, struct blob *ret_oid)
{
	struct pkcs12_kdf kdf = { .digest = DIGEST_SHA1, .pbkdf2 = true };
	struct blob params, oid, rest;
	uint64_t key_n = 0;
	struct tlv t;
	int r;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	r = salt_next(&params, &kdf.salt);
	if (r < 0)
		return r;
	if (positive_next(&params, &kdf.iterations) < 0)
		return -EINVAL;
	if (params.n > 0 && params.p[0] == TAG_INTEGER &&
	    positive_next(&params, &key_n) < 0)
		return -EINVAL;
	if (params.n > 0) {
		if (algorithm_next(&params, &oid, &rest) < 0)
			return -EINVAL;
		kdf.digest = digest_find(oid, true);
		if (kdf.digest == NULL) {
			*ret_oid = oid;
			return -ENOTSUP;
		}
	}
	*ret_kdf = kdf;
	*ret_key_n = key_n;
	return 0;
}

static int pbes2_parse(struct blob in, struct pkcs12_pbe *ret_pbe,
		       struct blob *ret_oid)
{
	struct blob params, oid, rest;
	struct pkcs12_pbe pbe = { 0 };
	uint64_t key_n;
	struct tlv t;
	int r;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	if (algorithm_next(&params, &oid, &rest) < 0)
		return -EINVAL;
	if (!oid_is(oid, &oid_pbkdf2)) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	r = pbkdf2_parse(rest, &pbe.kdf, &key_n, ret_oid);
	if (r < 0)
		return r;
	if (algorithm_next(&params, &oid, &rest) < 0)
		return -EINVAL;
	pbe.cipher = cipher_find(oid, true);
	if (pbe.cipher == NULL) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	if (tlv_expect(&rest, TAG_OCTETS, &t) < 0 ||
	    t.value.n != pbe.cipher->block_n ||
	    (key_n != 0 && key_n != pbe.cipher->key_n))
		return -EINVAL;
	pbe.iv = t.value;
	*ret_pbe = pbe;
	return 0;
}

int pkcs12_pbe_parse(struct blob algorithm, struct pkcs12_pbe *ret_pbe,
		     struct blob *ret_oid)
{
	struct pkcs12_pbe pbe = { .kdf.digest = DIGEST_SHA1 };
	struct blob params, oid, rest;
	struct tlv t;
	int r;

	if (algorithm_next(&algorithm, &oid, &rest) < 0)
		return -EINVAL;
	if (oid_is(oid, &oid_pbes2))
		return pbes2_parse(rest, ret_pbe, ret_oid);

	pbe.cipher = cipher_find(oid, false);
	if (pbe.cipher == NULL) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	if (tlv_expect(&rest, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	r = salt_next(&params, &pbe.kdf.salt);
	if (r < 0)
		return r;
	if (positive_next(&params, &pbe.kdf.iterations) < 0)
		return -EINVAL;
	*ret_pbe = pbe;
	return 0;
}

/* PBMAC1-params: derivation, then HMAC.  RFC 9579 makes keyLength mandatory,
 * and macSalt and iterations of MacData meaningless.  */
static int pbmac1_parse(struct blob in, struct pkcs12_mac *mac,
			struct blob *ret_oid)
{
	struct blob params, oid, rest;
	uint64_t key_n;
	struct tlv t;
	int r;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	if (algorithm_next(&params, &oid, &rest) < 0)
		return -EINVAL;
	if (!oid_is(oid, &oid_pbkdf2)) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	r = pbkdf2_parse(rest, &mac->kdf, &key_n, ret_oid);
	if (r < 0)
		return r;
	if (algorithm_next(&params, &oid, &rest) < 0)
		return -EINVAL;
	mac->hmac = digest_find(oid, true);
	if (mac->hmac == NULL) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	if (key_n == 0 || key_n > DIGEST_MAX)
		return -EINVAL;
	mac->key_n = key_n;
	return 0;
}

int pkcs12_mac_parse(struct blob mac_data, struct pkcs12_mac *ret_mac,
		     struct blob *ret_oid)
{
	struct blob info, oid, rest;
	struct pkcs12_mac mac = { 0 };
	struct tlv t;
	int r;

	if (tlv_expect(&mac_data, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	info = t.value;
	if (algorithm_next(&info, &oid, &rest) < 0 ||
	    tlv_expect(&info, TAG_OCTETS, &t) < 0)
		return -EINVAL;
	mac.expected = t.value;

	if (oid_is(oid, &oid_pbmac1)) {
		r = pbmac1_parse(rest, &mac, ret_oid);
		if (r < 0)
			return r;
	} else {
		mac.hmac = digest_find(oid, false);
		if (mac.hmac == NULL) {
			*ret_oid = oid;
			return -ENOTSUP;
		}
		mac.kdf.digest = mac.hmac;
		mac.key_n = mac.hmac->nettle->digest_size;
		r = salt_next(&mac_data, &mac.kdf.salt);
		if (r < 0)
			return r;
		mac.kdf.iterations = 1;		/* the DEFAULT */
		if (mac_data.n > 0 &&
		    positive_next(&mac_data, &mac.kdf.iterations) < 0)
			return -EINVAL;
	}
	if (mac.expected.n != mac.hmac->nettle->digest_size)
		return -EINVAL;
	*ret_mac = mac;
	return 0;
}

/* ---- key derivation ------------------------------------------------------*/

union digest_context {
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha512_ctx sha512;
};

struct hmac_context {
	const struct nettle_hash *hash;
	union digest_context outer, inner, state;
};

static void hmac_begin(struct hmac_context *h, const struct pkcs12_digest *d,
		       size_t n, const uint8_t *key)
{
	h->hash = d->nettle;
	hmac_set_key(&h->outer, &h->inner, &h->state, h->hash, n, key);
}

/* In the form that pbkdf2() calls.  */
static void hmac_add(void *context, size_t n, const uint8_t *p)
{
	struct hmac_context *h = context;

	hmac_update(&h->state, h->hash, n, p);
}

static void hmac_end(void *context, size_t n, uint8_t *ret)
{
	struct hmac_context *h = context;

	hmac_digest(&h->outer, &h->inner, &h->state, h->hash, n, ret);
}

/* Fills TO with as many copies of the N bytes at P as fit, the last one cut.
 * Nothing is made of nothing.  */
static size_t repeat(uint8_t *to, size_t room, const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	for (size_t i = 0; i < room; i++)
		to[i] = p[i % n];
	return room;
}

static size_t round_up(size_t n, size_t step)
{
	return (n + step - 1) / step * step;
}

/* RFC 7292, B.2.  ID says what the bytes are for (B.3).  */
enum { ID_KEY = 1, ID_IV = 2, ID_MAC = 3 };

static void pkcs12_derive(const struct pkcs12_kdf *kdf, uint8_t id,
			  const char *password, uint8_t *ret, size_t n)
{
	const struct nettle_hash *hash = kdf->digest->nettle;
	const size_t u = hash->digest_size, v = hash->block_size;
	uint8_t text[2 * PASSWORD_MAX + 2];
	uint8_t input[PKCS12_SALT_MAX + 2 * DIGEST_BLOCK + sizeof(text)];
	uint8_t diversifier[DIGEST_BLOCK], a[DIGEST_MAX], b[DIGEST_BLOCK];
	union digest_context context;
	size_t text_n = 0, input_n;

	if (password != NULL) {		/* BMPString with its end */
		for (const char *c = password; *c != '\0'; c++) {
			text[text_n++] = 0;
			text[text_n++] = *c;
		}
		text[text_n++] = 0;
		text[text_n++] = 0;
	}
	memset(diversifier, id, v);
	input_n = repeat(input, round_up(kdf->salt.n, v), kdf->salt.p,
			 kdf->salt.n);
	input_n += repeat(input + input_n, round_up(text_n, v), text, text_n);

	while (n > 0) {
		const size_t take = n < u ? n : u;

		hash->init(&context);
		hash->update(&context, v, diversifier);
		hash->update(&context, input_n, input);
		hash->digest(&context, u, a);
		for (uint64_t i = 1; i < kdf->iterations; i++) {
			hash->update(&context, u, a);
			hash->digest(&context, u, a);
		}
		memcpy(ret, a, take);
		ret += take;
		n -= take;

		/* every block of the input grows by B + 1 */
		repeat(b, v, a, u);
		for (size_t at = 0; at < input_n; at += v) {
			unsigned carry = 1;

			for (size_t i = v; i-- > 0;) {
				carry += input[at + i] + b[i];
				input[at + i] = carry;
				carry >>= 8;
			}
		}
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(input, sizeof(input));
	explicit_bzero(a, sizeof(a));
	explicit_bzero(b, sizeof(b));
	explicit_bzero(&context, sizeof(context));
}

static void derive(const struct pkcs12_kdf *kdf, uint8_t id,
		   const char *password, uint8_t *ret, size_t n)
{
	struct hmac_context h;
	const char *text = password != NULL ? password : "";

	if (!kdf->pbkdf2) {
		pkcs12_derive(kdf, id, password, ret, n);
		return;
	}
	hmac_begin(&h, kdf->digest, strlen(text), (const uint8_t *)text);
	pbkdf2(&h, hmac_add, hmac_end, h.hash->digest_size, kdf->iterations,
	       kdf->salt.n, kdf->salt.p, n, ret);
	explicit_bzero(&h, sizeof(h));
}

static uint64_t derive_work(const struct pkcs12_kdf *kdf, size_t n)
{
	const size_t u = kdf->digest->nettle->digest_size;
	uint64_t work;

	if (__builtin_mul_overflow(kdf->iterations, (n + u - 1) / u, &work))
		return UINT64_MAX;
	return work;
}

uint64_t pkcs12_mac_work(const struct pkcs12_mac *mac)
{
	return derive_work(&mac->kdf, mac->key_n);
}

uint64_t pkcs12_pbe_work(const struct pkcs12_pbe *pbe)
{
	uint64_t work = derive_work(&pbe->kdf, pbe->cipher->key_n);

	if (!pbe->kdf.pbkdf2 &&
	    __builtin_add_overflow(work, derive_work(&pbe->kdf,
						     pbe->cipher->block_n),
				   &work))
		return UINT64_MAX;
	return work;
}

/* ---- ciphers -------------------------------------------------------------*/

union cipher_context {
	struct arctwo_ctx rc2;
	struct des3_ctx des3;
	struct aes128_ctx aes128;
	struct aes192_ctx aes192;
	struct aes256_ctx aes256;
};

/* KEY has room for 24 bytes: two-key triple DES is three-key triple DES whose
 * third key is the first.  */
static nettle_cipher_func *cipher_begin(union cipher_context *context,
					const struct pkcs12_cipher *cipher,
					uint8_t *key)
{
	switch (cipher->kind) {
	case CIPHER_RC2:
		arctwo_set_key_ekb(&context->rc2, cipher->key_n, key,
				   8 * cipher->key_n);
		return (nettle_cipher_func *)arctwo_decrypt;
	case CIPHER_DES3:
		if (cipher->key_n == 16)
			memcpy(key + 16, key, 8);
		/* its result says that the key is weak, which is no reason
		 * to leave the file unread */
		des3_set_key(&context->des3, key);
		return (nettle_cipher_func *)des3_decrypt;
	case CIPHER_AES:
		break;
	}
	if (cipher->key_n == 16) {
		aes128_set_decrypt_key(&context->aes128, key);
		return (nettle_cipher_func *)aes128_decrypt;
	}
	if (cipher->key_n == 24) {
		aes192_set_decrypt_key(&context->aes192, key);
		return (nettle_cipher_func *)aes192_decrypt;
	}
	aes256_set_decrypt_key(&context->aes256, key);
	return (nettle_cipher_func *)aes256_decrypt;
}

/* How many of N bytes remain without the padding (RFC 8018, 6.1.1).  */
static int padding_remove(const uint8_t *p, size_t n, size_t block_n,
			  size_t *ret_n)
{
	const uint8_t pad = p[n - 1];

	if (pad == 0 || pad > block_n)
		return -EBADMSG;
	for (size_t i = n - pad; i < n; i++)
		if (p[i] != pad)
			return -EBADMSG;
	*ret_n = n - pad;
	return 0;
}

int pkcs12_decrypt(const struct pkcs12_pbe *pbe, const char *password,
		   struct blob in, uint8_t *ret, size_t *ret_n)
{
	const struct pkcs12_cipher *cipher = pbe->cipher;
	uint8_t key[KEY_MAX], iv[BLOCK_MAX];
	union cipher_context context;
	nettle_cipher_func *decrypt;

	if (in.n == 0 || in.n % cipher->block_n != 0)
		return -EBADMSG;
	derive(&pbe->kdf, ID_KEY, password, key, cipher->key_n);
	if (pbe->kdf.pbkdf2)
		memcpy(iv, pbe->iv.p, cipher->block_n);
	else
		derive(&pbe->kdf, ID_IV, password, iv, cipher->block_n);

	decrypt = cipher_begin(&context, cipher, key);
	cbc_decrypt(&context, decrypt, cipher->block_n, iv, in.n, ret, in.p);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&context, sizeof(context));
	return padding_remove(ret, in.n, cipher->block_n, ret_n);
}

bool pkcs12_mac_is_of(const struct pkcs12_mac *mac, const char *password,
		      struct blob content)
{
	uint8_t key[DIGEST_MAX], is[DIGEST_MAX];
	struct hmac_context h;

	derive(&mac->kdf, ID_MAC, password, key, mac->key_n);
	hmac_begin(&h, mac->hmac, mac->key_n, key);
	hmac_add(&h, content.n, content.p);
	hmac_end(&h, mac->expected.n, is);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&h, sizeof(h));
	return memeql_sec(is, mac->expected.p, mac->expected.n);
}
