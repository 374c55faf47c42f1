/* scrypt.c -- a key derivation that costs memory (RFC 7914), which BCFKS stores
 * may use; nettle has it since 3.9 only.
 *
 * The numbers of the algorithm are little-endian.  Blocks of 64 bytes are 16
 * words here from the beginning to the end, so only the way in and out knows
 * of that.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/pbkdf2.h>

#include "read/password.h"

#define BLOCK_WORDS	16

int scrypt_parse(struct blob in, struct kdf *ret_kdf, uint64_t *ret_key_n)
{
	struct kdf kdf = { .kind = KDF_SCRYPT };
	struct blob params;
	uint64_t key_n = 0;
	struct tlv t;
	int r;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	r = salt_next(&params, &kdf.salt);
	if (r < 0)
		return r;
	if (positive_next(&params, &kdf.iterations) < 0 ||
	    positive_next(&params, &kdf.block) < 0 ||
	    positive_next(&params, &kdf.parallel) < 0)
		return -EINVAL;
	if (params.n > 0 && positive_next(&params, &key_n) < 0)
		return -EINVAL;
	/* N is a power of two, and more than one.  */
	if (kdf.iterations < 2 || (kdf.iterations & (kdf.iterations - 1)) != 0)
		return -EINVAL;
	*ret_kdf = kdf;
	*ret_key_n = key_n;
	return 0;
}

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*b ^= rotate(*a + *d, 7);
	*c ^= rotate(*b + *a, 9);
	*d ^= rotate(*c + *b, 13);
	*a ^= rotate(*d + *c, 18);
}

/* Salsa20/8 (section 3).  */
static void salsa(uint32_t b[BLOCK_WORDS])
{
	uint32_t x[BLOCK_WORDS];

	memcpy(x, b, sizeof(x));
	for (unsigned i = 0; i < 8; i += 2) {
		quarter(&x[0], &x[4], &x[8], &x[12]);
		quarter(&x[5], &x[9], &x[13], &x[1]);
		quarter(&x[10], &x[14], &x[2], &x[6]);
		quarter(&x[15], &x[3], &x[7], &x[11]);
		quarter(&x[0], &x[1], &x[2], &x[3]);
		quarter(&x[5], &x[6], &x[7], &x[4]);
		quarter(&x[10], &x[11], &x[8], &x[9]);
		quarter(&x[15], &x[12], &x[13], &x[14]);
	}
	for (unsigned i = 0; i < BLOCK_WORDS; i++)
		b[i] += x[i];
}

static void mix_in(uint32_t *to, const uint32_t *from, size_t words)
{
	for (size_t i = 0; i < words; i++)
		to[i] ^= from[i];
}

/* scryptBlockMix (section 4): B has 2 * R blocks, and so has the room at
 * SPARE.  */
static void block_mix(uint32_t *b, uint32_t *spare, size_t r)
{
	uint32_t x[BLOCK_WORDS];

	memcpy(x, b + (2 * r - 1) * BLOCK_WORDS, sizeof(x));
	for (size_t i = 0; i < 2 * r; i++) {
		mix_in(x, b + i * BLOCK_WORDS, BLOCK_WORDS);
		salsa(x);
		memcpy(spare + (i / 2 + (i & 1) * r) * BLOCK_WORDS, x,
		       sizeof(x));
	}
	memcpy(b, spare, 2 * r * sizeof(x));
}

/* scryptROMix (section 5): V has room for N times what is at B.  */
static void ro_mix(uint32_t *b, uint32_t *spare, uint32_t *v, size_t n,
		   size_t r)
{
	const size_t words = 2 * r * BLOCK_WORDS;

	for (size_t i = 0; i < n; i++) {
		memcpy(v + i * words, b, words * sizeof(*b));
		block_mix(b, spare, r);
	}
	for (size_t i = 0; i < n; i++) {
		const uint32_t *last = b + words - BLOCK_WORDS;
		const uint64_t j = last[0] | (uint64_t)last[1] << 32;

		mix_in(b, v + (j & (n - 1)) * words, words);
		block_mix(b, spare, r);
	}
}

static void pbkdf2_once(struct blob secret, size_t salt_n, const uint8_t *salt,
			uint8_t *ret, size_t n)
{
	pbkdf2_hmac_sha256(secret.n, secret.p, 1, salt_n, salt, n, ret);
}

void scrypt_derive(const struct kdf *kdf, struct blob secret, uint8_t *ret,
		   size_t n)
{
	const size_t r = kdf->block, words = 2 * r * BLOCK_WORDS;
	const size_t bytes = words * sizeof(uint32_t);
	uint8_t *b = xmalloc(kdf->parallel * bytes);
	uint32_t *work = xcalloc(2 * words, sizeof(*work));
	uint32_t *v = xcalloc(kdf->iterations * words, sizeof(*v));

	pbkdf2_once(secret, kdf->salt.n, kdf->salt.p, b,
		    kdf->parallel * bytes);
	for (size_t i = 0; i < kdf->parallel; i++) {
		uint8_t *part = b + i * bytes;

		for (size_t k = 0; k < words; k++)
			work[k] = get_le32(part + 4 * k);
		ro_mix(work, work + words, v, kdf->iterations, r);
		for (size_t k = 0; k < bytes; k++)
			part[k] = (uint8_t)(work[k / 4] >> 8 * (k % 4));
	}
	pbkdf2_once(secret, kdf->parallel * bytes, b, ret, n);
	free(b);
	free(work);
	free(v);
}
