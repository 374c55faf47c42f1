/* password.c -- what stores that a password protects have in common: the
 * passwords that are tried, and keys made of them.  RFC 7292, appendix B (the
 * derivation of PKCS#12, which BouncyCastle uses for its own formats too), RFC
 * 8018 (PBKDF2), RFC 2104 (HMAC).
 *
 * A file says itself how many rounds its derivation takes, so that one may ask
 * for years of them: there is a limit for one, and one for all of a file.
 */
#include <errno.h>
#include <string.h>

#include <nettle/hmac.h>
#include <nettle/nettle-meta.h>
#include <nettle/pbkdf2.h>

#include "read/password.h"

const char *const passwords[PASSWORDS] = {
	NULL, "", "changeit", "changeme",
};

struct blob password_bmp(const char *password, uint8_t ret[PASSWORD_BMP_SIZE])
{
	size_t n = 0;

	if (password != NULL) {
		for (const char *c = password; *c != '\0'; c++) {
			ret[n++] = 0;
			ret[n++] = (uint8_t)*c;
		}
		ret[n++] = 0;
		ret[n++] = 0;
	}
	return (struct blob){ ret, n };
}

/* ---- OBJECT IDENTIFIERs and parameters -----------------------------------
 * Strings in parameters are read in primitive form only: what writes
 * constructed ones does so for content whose length it did not know.  */

const struct oid oid_pbes2 = { 9, { OID_PKCS, 1, 5, 13 } };
const struct oid oid_pbkdf2 = { 9, { OID_PKCS, 1, 5, 12 } };

bool oid_is(struct blob oid, const struct oid *row)
{
	return oid.n == row->n && memcmp(oid.p, row->p, row->n) == 0;
}

int algorithm_next(struct blob *in, struct blob *ret_oid,
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

int positive_next(struct blob *in, uint64_t *ret_number)
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

int salt_next(struct blob *in, struct blob *ret_salt)
{
	struct tlv t;

	if (tlv_expect(in, TAG_OCTETS, &t) < 0)
		return -EINVAL;
	if (t.value.n > SALT_MAX)
		return -E2BIG;
	*ret_salt = t.value;
	return 0;
}

void algorithm_problem(struct sink *out, uint64_t offset, const char *what,
		       int error, struct blob oid)
{
	char text[OID_TEXT_SIZE];

	if (error == -ENOTSUP)
		sink_problem(out, PROBLEM_OPAQUE, offset,
			     "%s uses the unknown algorithm %s", what,
			     oid_format(oid, text));
	else if (error == -E2BIG)
		sink_problem(out, PROBLEM_LIMIT, offset,
			     "%s has a salt longer than %u bytes", what,
			     SALT_MAX);
	else
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "%s has parameters that make no sense; the file "
			     "is damaged", what);
}

/* ---- hash functions ------------------------------------------------------*/

static const struct hash_algorithm hashes[] = {
	{ { 5, { 0x2b, 14, 3, 2, 26 } }, { 8, { OID_PKCS, 2, 7 } },
	  &nettle_sha1 },
	{ { 9, { OID_NIST, 2, 4 } }, { 8, { OID_PKCS, 2, 8 } },
	  &nettle_sha224 },
	{ { 9, { OID_NIST, 2, 1 } }, { 8, { OID_PKCS, 2, 9 } },
	  &nettle_sha256 },
	{ { 9, { OID_NIST, 2, 2 } }, { 8, { OID_PKCS, 2, 10 } },
	  &nettle_sha384 },
	{ { 9, { OID_NIST, 2, 3 } }, { 8, { OID_PKCS, 2, 11 } },
	  &nettle_sha512 },
	{ { 9, { OID_NIST, 2, 10 } }, { 9, { OID_NIST, 2, 16 } },
	  &nettle_sha3_512 },
};
const struct hash_algorithm *const hash_sha1_algorithm = &hashes[0];

const struct hash_algorithm *hash_find(struct blob oid, bool hmac)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (oid_is(oid, hmac ? &hashes[i].hmac : &hashes[i].hash))
			return &hashes[i];
	return NULL;
}

void hmac_begin(struct hmac_context *h, const struct hash_algorithm *a,
		size_t n, const uint8_t *key)
{
	h->hash = a->nettle;
	hmac_set_key(&h->outer, &h->inner, &h->state, h->hash, n, key);
}

void hmac_add(void *context, size_t n, const uint8_t *p)
{
	struct hmac_context *h = context;

	hmac_update(&h->state, h->hash, n, p);
}

void hmac_end(void *context, size_t n, uint8_t *ret)
{
	struct hmac_context *h = context;

	hmac_digest(&h->outer, &h->inner, &h->state, h->hash, n, ret);
}

/* ---- key derivation ------------------------------------------------------*/

int pbkdf2_parse(struct blob in, struct kdf *ret_kdf, uint64_t *ret_key_n,
		 struct blob *ret_oid)
{
	struct kdf kdf = { .kind = KDF_PBKDF2, .hash = hash_sha1_algorithm };
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
		kdf.hash = hash_find(oid, true);
		if (kdf.hash == NULL) {
			*ret_oid = oid;
			return -ENOTSUP;
		}
	}
	*ret_kdf = kdf;
	*ret_key_n = key_n;
	return 0;
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

/* RFC 7292, B.2.  */
static void pkcs12_derive(const struct kdf *kdf, enum kdf_id id,
			  struct blob text, uint8_t *ret, size_t n)
{
	const struct nettle_hash *hash = kdf->hash->nettle;
	const size_t u = hash->digest_size, v = hash->block_size;
	uint8_t input[SALT_MAX + 2 * HASH_BLOCK_MAX + PASSWORD_BMP_SIZE];
	uint8_t diversifier[HASH_BLOCK_MAX], a[HASH_MAX], b[HASH_BLOCK_MAX];
	union hash_context context;
	size_t input_n;

	memset(diversifier, (int)id, v);
	input_n = repeat(input, round_up(kdf->salt.n, v), kdf->salt.p,
			 kdf->salt.n);
	input_n += repeat(input + input_n, round_up(text.n, v), text.p,
			  text.n);

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
	explicit_bzero(input, sizeof(input));
	explicit_bzero(a, sizeof(a));
	explicit_bzero(b, sizeof(b));
	explicit_bzero(&context, sizeof(context));
}

void kdf_derive(const struct kdf *kdf, enum kdf_id id, struct blob secret,
		uint8_t *ret, size_t n)
{
	struct hmac_context h;

	switch (kdf->kind) {
	case KDF_PKCS12:
		pkcs12_derive(kdf, id, secret, ret, n);
		break;
	case KDF_PBKDF2:
		hmac_begin(&h, kdf->hash, secret.n, secret.p);
		pbkdf2(&h, hmac_add, hmac_end, h.hash->digest_size,
		       kdf->iterations, kdf->salt.n, kdf->salt.p, n, ret);
		explicit_bzero(&h, sizeof(h));
		break;
	case KDF_SCRYPT:
		scrypt_derive(kdf, secret, ret, n);
		break;
	}
}

/* ---- what it may cost ----------------------------------------------------*/

uint64_t kdf_work(const struct kdf *kdf, size_t n)
{
	uint64_t work, blocks;

	if (kdf->kind == KDF_SCRYPT) {
		/* Four runs of Salsa20/8, together about an iteration.  */
		if (__builtin_mul_overflow(kdf->iterations, kdf->block, &work) ||
		    __builtin_mul_overflow(work, kdf->parallel, &work))
			return UINT64_MAX;
		return work;
	}
	blocks = (n + kdf->hash->nettle->digest_size - 1) /
		 kdf->hash->nettle->digest_size;
	if (__builtin_mul_overflow(kdf->iterations, blocks, &work))
		return UINT64_MAX;
	return work;
}

/* Is one derivation of KDF within its limit?  */
static bool is_modest(const struct kdf *kdf, const char *what,
		      struct sink *out, uint64_t offset)
{
	if (kdf->kind == KDF_SCRYPT) {
		const uint64_t most = LIMIT_SCRYPT_BYTES / 128;

		if (kdf->block <= most && kdf->iterations <= most / kdf->block &&
		    kdf->parallel <= most / kdf->block)
			return true;
		sink_problem(out, PROBLEM_LIMIT, offset,
			     "%s asks for scrypt with N %ju, r %ju and p %ju, "
			     "which is more memory than the limit of %u bytes; "
			     "it is not computed", what,
			     (uintmax_t)kdf->iterations, (uintmax_t)kdf->block,
			     (uintmax_t)kdf->parallel, LIMIT_SCRYPT_BYTES);
		return false;
	}
	if (kdf->iterations <= LIMIT_KDF_ITERATIONS)
		return true;
	sink_problem(out, PROBLEM_LIMIT, offset,
		     "%s asks for %ju iterations, the limit is %u; it is not "
		     "computed", what, (uintmax_t)kdf->iterations,
		     LIMIT_KDF_ITERATIONS);
	return false;
}

bool kdf_affordable(const struct kdf *kdf, uint64_t rounds, const char *what,
		    struct sink *out, uint64_t offset, uint64_t *spent)
{
	if (!is_modest(kdf, what, out, offset))
		return false;
	if (rounds > LIMIT_KDF_WORK - *spent) {
		sink_problem(out, PROBLEM_LIMIT, offset,
			     "%s asks for %ju iterations a try; all tries "
			     "together would pass the limit of %u rounds a "
			     "file", what, (uintmax_t)kdf->iterations,
			     LIMIT_KDF_WORK);
		return false;
	}
	*spent += rounds;
	return true;
}
