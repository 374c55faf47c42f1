/* pkcs12-crypto.c -- what PKCS#12 does with the keys that password.c makes of
 * passwords: RFC 7292 (appendix C: its encryption algorithms), RFC 8018
 * (PBES2, PBMAC1) and RFC 9579 (PBMAC1 in MacData).
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
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>

#include "read/pkcs12.h"

#define KEY_MAX		32
#define BLOCK_MAX	16

/* ---- tables ------------------------------------------------------------*/

static const struct oid oid_pbmac1 = { 9, { OID_PKCS, 1, 5, 14 } };

enum cipher_kind { CIPHER_RC2, CIPHER_DES3, CIPHER_AES };

struct pkcs12_cipher {
	struct oid oid;
	enum cipher_kind kind;
	uint8_t key_n, block_n;
	bool pbes2;		/* else it names the derivation too */
};

static const struct pkcs12_cipher ciphers[] = {
	{ { 10, { OID_PKCS, 1, 12, 1, 3 } }, CIPHER_DES3, 24, 8, false },
	{ { 10, { OID_PKCS, 1, 12, 1, 4 } }, CIPHER_DES3, 16, 8, false },
	{ { 10, { OID_PKCS, 1, 12, 1, 5 } }, CIPHER_RC2, 16, 8, false },
	{ { 10, { OID_PKCS, 1, 12, 1, 6 } }, CIPHER_RC2, 5, 8, false },
	{ { 8, { OID_PKCS, 3, 7 } }, CIPHER_DES3, 24, 8, true },
	{ { 9, { OID_NIST, 1, 2 } }, CIPHER_AES, 16, 16, true },
	{ { 9, { OID_NIST, 1, 22 } }, CIPHER_AES, 24, 16, true },
	{ { 9, { OID_NIST, 1, 42 } }, CIPHER_AES, 32, 16, true },
};

static const struct pkcs12_cipher *cipher_find(struct blob oid, bool pbes2)
{
	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (ciphers[i].pbes2 == pbes2 && oid_is(oid, &ciphers[i].oid))
			return &ciphers[i];
	return NULL;
}

/* ---- parameters ----------------------------------------------------------*/

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
	struct pkcs12_pbe pbe = { .kdf = { .kind = KDF_PKCS12,
				   .hash = hash_sha1_algorithm } };
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
	mac->hmac = hash_find(oid, true);
	if (mac->hmac == NULL) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	if (key_n == 0 || key_n > HASH_MAX)
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
		mac.hmac = hash_find(oid, false);
		if (mac.hmac == NULL) {
			*ret_oid = oid;
			return -ENOTSUP;
		}
		mac.kdf.hash = mac.hmac;
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

static void derive(const struct kdf *kdf, enum kdf_id id,
		   const char *password, uint8_t *ret, size_t n)
{
	uint8_t text[PASSWORD_BMP_SIZE];
	struct blob secret;

	if (kdf->kind == KDF_PKCS12)
		secret = password_bmp(password, text);
	else if (password != NULL)
		secret = (struct blob){ (const uint8_t *)password,
					strlen(password) };
	else
		secret = (struct blob){ text, 0 };
	kdf_derive(kdf, id, secret, ret, n);
	explicit_bzero(text, sizeof(text));
}

uint64_t pkcs12_mac_work(const struct pkcs12_mac *mac)
{
	return kdf_work(&mac->kdf, mac->key_n);
}

uint64_t pkcs12_pbe_work(const struct pkcs12_pbe *pbe)
{
	uint64_t work = kdf_work(&pbe->kdf, pbe->cipher->key_n);

	if (pbe->kdf.kind == KDF_PKCS12 &&
	    __builtin_add_overflow(work, kdf_work(&pbe->kdf,
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

/* Does IN decrypt to one SEQUENCE and correct padding?  In CBC each block needs only
 * the one before it: the first and the last one tell, and what no password opens
 * costs four blocks for each, not all of 64 MB.  */
static bool is_key(const struct pkcs12_cipher *cipher, const void *context,
		   nettle_cipher_func *decrypt, const uint8_t *iv,
		   struct blob in)
{
	const size_t n = cipher->block_n;
	const uint8_t *last = in.p + in.n - n;
	uint8_t before[BLOCK_MAX], block[BLOCK_MAX];
	uint64_t size = 0;
	size_t left = 0;
	bool fits;

	memcpy(before, in.n > n ? last - n : iv, n);
	cbc_decrypt(context, decrypt, n, before, n, block, last);
	fits = padding_remove(block, n, n, &left) == 0;
	memcpy(before, iv, n);
	cbc_decrypt(context, decrypt, n, before, n, block, in.p);
	fits = fits && block[0] == TAG_SEQUENCE &&
	       tlv_size((struct blob){ block, n }, &size) == 0 &&
	       (size == 0 || size == in.n - n + left);
	explicit_bzero(block, sizeof(block));
	return fits;
}

int pkcs12_decrypt(const struct pkcs12_pbe *pbe, const char *password,
		   struct blob in, uint8_t *ret, size_t *ret_n)
{
	const struct pkcs12_cipher *cipher = pbe->cipher;
	uint8_t key[KEY_MAX], iv[BLOCK_MAX];
	union cipher_context context;
	nettle_cipher_func *decrypt;
	bool fits;

	if (in.n == 0 || in.n % cipher->block_n != 0)
		return -EBADMSG;
	derive(&pbe->kdf, KDF_ID_KEY, password, key, cipher->key_n);
	if (pbe->kdf.kind != KDF_PKCS12)
		memcpy(iv, pbe->iv.p, cipher->block_n);
	else
		derive(&pbe->kdf, KDF_ID_IV, password, iv, cipher->block_n);

	decrypt = cipher_begin(&context, cipher, key);
	fits = is_key(cipher, &context, decrypt, iv, in);
	if (fits)
		cbc_decrypt(&context, decrypt, cipher->block_n, iv, in.n, ret,
			    in.p);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&context, sizeof(context));
	return fits ? padding_remove(ret, in.n, cipher->block_n, ret_n)
		    : -EBADMSG;
}

bool pkcs12_mac_is_of(const struct pkcs12_mac *mac, const char *password,
		      struct blob content)
{
	uint8_t key[HASH_MAX], is[HASH_MAX];
	struct hmac_context h;

	derive(&mac->kdf, KDF_ID_MAC, password, key, mac->key_n);
	hmac_begin(&h, mac->hmac, mac->key_n, key);
	hmac_add(&h, content.n, content.p);
	hmac_end(&h, mac->expected.n, is);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&h, sizeof(h));
	return memeql_sec(is, mac->expected.p, mac->expected.n);
}
