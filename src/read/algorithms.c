/* algorithms.c -- what a certificate's key and signature are made with, for what
 * is too weak: read off its DER (RFC 3279, 5480, 8410), because asking GnuTLS
 * means importing the key, which costs more than decoding all the rest.
 *
 * Surprising: RSASSA-PSS has its hash in parameters, and nobody uses it with a
 * weak one, so it is "other", like whatever came after SHA-2.
 */
#include "read/x509.h"

struct object {
	uint8_t n, oid[9];
};

#define PKCS_1		0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1
#define X9_62		0x2a, 0x86, 0x48, 0xce, 0x3d	/* ANSI X9.62 */
#define X9_57		0x2a, 0x86, 0x48, 0xce, 0x38	/* and X9.57 */

static const struct {
	struct object object;
	enum key_kind kind;
	unsigned bits;			/* 0: see its parameters or the key */
} keys[] = {
	{ { 9, { PKCS_1, 1 } }, KEY_RSA, 0 },
	{ { 9, { PKCS_1, 10 } }, KEY_RSA, 0 },		/* RSASSA-PSS */
	{ { 7, { X9_57, 4, 1 } }, KEY_DSA, 0 },
	{ { 7, { X9_62, 2, 1 } }, KEY_EC, 0 },
	{ { 3, { 0x2b, 0x65, 112 } }, KEY_EDWARDS, 256 },
	{ { 3, { 0x2b, 0x65, 113 } }, KEY_EDWARDS, 456 },
};

/* RFC 5480 2.1.1.1 */
static const struct {
	struct object object;
	unsigned bits;
} curves[] = {
	{ { 8, { X9_62, 3, 1, 1 } }, 192 },
	{ { 8, { X9_62, 3, 1, 7 } }, 256 },
	{ { 5, { 0x2b, 0x81, 4, 0, 1 } }, 163 },
	{ { 5, { 0x2b, 0x81, 4, 0, 15 } }, 163 },
	{ { 5, { 0x2b, 0x81, 4, 0, 26 } }, 233 },
	{ { 5, { 0x2b, 0x81, 4, 0, 27 } }, 233 },
	{ { 5, { 0x2b, 0x81, 4, 0, 33 } }, 224 },
	{ { 5, { 0x2b, 0x81, 4, 0, 34 } }, 384 },
	{ { 5, { 0x2b, 0x81, 4, 0, 35 } }, 521 },
};

static const struct {
	struct object object;
	enum hash_kind hash;
} signatures[] = {
	{ { 9, { PKCS_1, 2 } }, HASH_KIND_MD2 },
	{ { 9, { PKCS_1, 4 } }, HASH_KIND_MD5 },
	{ { 9, { PKCS_1, 5 } }, HASH_KIND_SHA1 },
	{ { 9, { PKCS_1, 11 } }, HASH_KIND_SHA2 },
	{ { 9, { PKCS_1, 12 } }, HASH_KIND_SHA2 },
	{ { 9, { PKCS_1, 13 } }, HASH_KIND_SHA2 },
	{ { 9, { PKCS_1, 14 } }, HASH_KIND_SHA2 },
	{ { 7, { X9_62, 4, 1 } }, HASH_KIND_SHA1 },
	{ { 8, { X9_62, 4, 3, 1 } }, HASH_KIND_SHA2 },
	{ { 8, { X9_62, 4, 3, 2 } }, HASH_KIND_SHA2 },
	{ { 8, { X9_62, 4, 3, 3 } }, HASH_KIND_SHA2 },
	{ { 8, { X9_62, 4, 3, 4 } }, HASH_KIND_SHA2 },
	{ { 7, { X9_57, 4, 3 } }, HASH_KIND_SHA1 },
	/* 1.3.14.3.2.29: what was used before PKCS #1 named one */
	{ { 5, { 0x2b, 0x0e, 3, 2, 0x1d } }, HASH_KIND_SHA1 },
};

static const char *const kinds[] = { "other", "rsa", "dsa", "ec", "edwards" };
static const char *const hashes[] = { "other", "md2", "md5", "sha1", "sha2" };

const char *key_kind_name(enum key_kind kind)
{
	return kinds[kind];
}

const char *hash_kind_name(enum hash_kind kind)
{
	return hashes[kind];
}

static bool is_object(struct blob oid, const struct object *o)
{
	return blob_equal(oid, (struct blob){ o->oid, o->n });
}

/* How many bits a positive INTEGER has.  */
static unsigned bits_of(struct blob number)
{
	unsigned bits;

	while (number.n > 0 && number.p[0] == 0) {
		number.p++;
		number.n--;
	}
	if (number.n == 0)
		return 0;
	bits = 8 * (unsigned)(number.n - 1);
	for (unsigned top = number.p[0]; top != 0; top >>= 1)
		bits++;
	return bits;
}

/* Of the first INTEGER in the SEQUENCE at the front of IN: the modulus of an
 * RSAPublicKey, the prime of DSA's parameters.  */
static unsigned first_number(struct blob in)
{
	struct tlv t, number;

	return tlv_expect(&in, TAG_SEQUENCE, &t) == 0 &&
	       tlv_expect(&t.value, TAG_INTEGER, &number) == 0
		       ? bits_of(number.value) : 0;
}

static unsigned curve_bits(struct blob parameters)
{
	struct tlv curve;

	if (tlv_expect(&parameters, TAG_OID, &curve) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++)
		if (is_object(curve.value, &curves[i].object))
			return curves[i].bits;
	return 0;
}

enum key_kind x509_key_kind(struct blob spki, unsigned *ret_bits)
{
	struct tlv t, algorithm, oid, key;
	size_t i = 0;

	*ret_bits = 0;
	if (tlv_expect(&spki, TAG_SEQUENCE, &t) < 0 ||
	    tlv_expect(&t.value, TAG_SEQUENCE, &algorithm) < 0 ||
	    tlv_expect(&t.value, TAG_BIT_STRING, &key) < 0 ||
	    key.value.n < 1 ||
	    tlv_expect(&algorithm.value, TAG_OID, &oid) < 0)
		return KEY_OTHER;
	while (i < ARRAY_SIZE(keys) && !is_object(oid.value, &keys[i].object))
		i++;
	if (i == ARRAY_SIZE(keys))
		return KEY_OTHER;
	*ret_bits = keys[i].bits;
	if (keys[i].kind == KEY_RSA)	/* behind the count of unused bits */
		*ret_bits = first_number((struct blob){ key.value.p + 1,
							key.value.n - 1 });
	else if (keys[i].kind == KEY_DSA)
		*ret_bits = first_number(algorithm.value);
	else if (keys[i].kind == KEY_EC)
		*ret_bits = curve_bits(algorithm.value);
	return keys[i].kind;
}

enum hash_kind x509_hash_kind(struct blob algorithm)
{
	struct tlv t, oid;

	if (tlv_expect(&algorithm, TAG_SEQUENCE, &t) < 0 ||
	    tlv_expect(&t.value, TAG_OID, &oid) < 0)
		return HASH_KIND_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++)
		if (is_object(oid.value, &signatures[i].object))
			return signatures[i].hash;
	return HASH_KIND_OTHER;
}
