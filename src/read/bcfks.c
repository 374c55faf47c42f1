/* bcfks.c -- BCFKS, the store of BouncyCastle's FIPS provider.  No
 * specification; the format is what BcFKSKeyStoreSpi and org.bouncycastle.asn1.bc
 * read:
 *
 *	ObjectStore ::= SEQUENCE {
 *		CHOICE { SEQUENCE { AlgorithmIdentifier, OCTET STRING },
 *			 ObjectStoreData },
 *		CHOICE { SEQUENCE { macAlgorithm, keyDerivation, mac },
 *			 [0] signature } }
 *	ObjectStoreData ::= SEQUENCE { version, macAlgorithm, created, modified,
 *		SEQUENCE OF ObjectData, comment OPTIONAL }
 *	ObjectData ::= SEQUENCE { type, identifier, created, modified,
 *		OCTET STRING, comment OPTIONAL }
 *
 * Encryption is PBES2 with AES-256 in CCM (RFC 3610, parameters of RFC 5084)
 * or as a padded key wrap (RFC 5649).  Both say by themselves whether the key
 * was right.  The secret that keys are derived from is the password followed
 * by what the key is for, both as PKCS#12 writes a password.
 *
 * With scrypt BouncyCastle ignores the parameter p and takes r for it.
 *
 * Java trusts the certificates, and the first one of a private key's chain.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/aes.h>
#include <nettle/ccm.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>

#include "read/password.h"

#define KEY_SIZE	AES256_KEY_SIZE
#define PURPOSE_STORE	"STORE_ENCRYPTION"
#define PURPOSE_MAC	"INTEGRITY_CHECK"
#define PURPOSE_SIZE	(2 * sizeof(PURPOSE_STORE))

enum type {
	TYPE_CERTIFICATE,
	TYPE_PRIVATE_KEY,
	TYPE_SECRET_KEY,
	TYPE_PROTECTED_PRIVATE_KEY,
	TYPE_PROTECTED_SECRET_KEY,
};

/* 1.3.6.1.4.1.11591.4.11 */
static const struct oid oid_scrypt = {
	9, { 0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11 } };
static const struct oid oid_aes256_ccm = { 9, { OID_NIST, 1, 47 } };
static const struct oid oid_aes256_wrap_pad = { 9, { OID_NIST, 1, 48 } };

struct reading {
	struct blob file;
	struct sink *out;
	uint64_t spent;		/* rounds of hashing */
	bool decrypted;		/* offsets are WHERE's */
	uint64_t where;
};

struct mac {
	const struct hash_algorithm *hmac;
	struct kdf kdf;
	size_t key_n;
	struct blob expected;
};

struct encryption {
	struct kdf kdf;
	bool ccm;		/* else a padded key wrap */
	struct blob nonce;	/* ccm's */
	size_t tag_n;
};

static uint64_t offset_of(const struct reading *r, const uint8_t *p)
{
	return r->decrypted ? r->where : (uint64_t)(p - r->file.p);
}

static void malformed(struct reading *r, const uint8_t *at, const char *what)
{
	sink_problem(r->out, PROBLEM_MALFORMED, offset_of(r, at),
		     "%s; the file is damaged", what);
}

static void skipped(struct reading *r, enum problem_code code,
		    const uint8_t *at, const char *message)
{
	sink_skipped(r->out, code, offset_of(r, at), "%s", message);
}

/* ---- parameters ----------------------------------------------------------*/

/* KeyDerivationFunc off the front of *IN; *ret_key_n is 0 when the file leaves
 * it open.  Errors as those of pbkdf2_parse().  */
static int kdf_next(struct blob *in, struct kdf *ret_kdf, uint64_t *ret_key_n,
		    struct blob *ret_oid)
{
	struct blob oid, rest;
	int e;

	if (algorithm_next(in, &oid, &rest) < 0)
		return -EINVAL;
	if (oid_is(oid, &oid_pbkdf2))
		return pbkdf2_parse(rest, ret_kdf, ret_key_n, ret_oid);
	if (!oid_is(oid, &oid_scrypt)) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	e = scrypt_parse(rest, ret_kdf, ret_key_n);
	if (e == 0)
		ret_kdf->parallel = ret_kdf->block;
	return e;
}

static int mac_parse(struct blob in, struct mac *ret_mac, struct blob *ret_oid)
{
	struct mac mac = { 0 };
	struct blob oid, rest;
	uint64_t key_n;
	struct tlv t;
	int e;

	if (algorithm_next(&in, &oid, &rest) < 0)
		return -EINVAL;
	mac.hmac = hash_find(oid, true);
	if (mac.hmac == NULL) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	e = kdf_next(&in, &mac.kdf, &key_n, ret_oid);
	if (e < 0)
		return e;
	if (key_n == 0 || key_n > HASH_MAX ||
	    tlv_expect(&in, TAG_OCTETS, &t) < 0 ||
	    t.value.n != mac.hmac->nettle->digest_size)
		return -EINVAL;
	mac.key_n = key_n;
	mac.expected = t.value;
	*ret_mac = mac;
	return 0;
}

/* CCMParameters (RFC 5084, section 3.1).  */
static int ccm_parse(struct blob in, struct encryption *e)
{
	uint64_t tag_n = 12;		/* the DEFAULT */
	struct blob params;
	struct tlv t;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	if (tlv_expect(&params, TAG_OCTETS, &t) < 0 ||
	    (params.n > 0 && positive_next(&params, &tag_n) < 0))
		return -EINVAL;
	if (t.value.n < CCM_MIN_NONCE_SIZE || t.value.n > 13 ||
	    tag_n < 4 || tag_n > CCM_DIGEST_SIZE || tag_n % 2 != 0)
		return -EINVAL;
	e->ccm = true;
	e->nonce = t.value;
	e->tag_n = tag_n;
	return 0;
}

static int encryption_parse(struct blob algorithm, struct encryption *ret,
			    struct blob *ret_oid)
{
	struct encryption encryption = { 0 };
	struct blob params, oid, rest;
	uint64_t key_n;
	struct tlv t;
	int e;

	if (algorithm_next(&algorithm, &oid, &rest) < 0)
		return -EINVAL;
	if (!oid_is(oid, &oid_pbes2)) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	if (tlv_expect(&rest, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	params = t.value;
	e = kdf_next(&params, &encryption.kdf, &key_n, ret_oid);
	if (e < 0)
		return e;
	if (algorithm_next(&params, &oid, &rest) < 0 ||
	    (key_n != 0 && key_n != KEY_SIZE))
		return -EINVAL;
	if (oid_is(oid, &oid_aes256_ccm)) {
		e = ccm_parse(rest, &encryption);
		if (e < 0)
			return e;
	} else if (!oid_is(oid, &oid_aes256_wrap_pad)) {
		*ret_oid = oid;
		return -ENOTSUP;
	}
	*ret = encryption;
	return 0;
}

/* ---- decryption ----------------------------------------------------------*/

/* The key that the password is good for.  */
static void derive(const struct kdf *kdf, const char *password,
		   const char *purpose, uint8_t *ret, size_t n)
{
	uint8_t secret[PASSWORD_BMP_SIZE + PURPOSE_SIZE];
	size_t at = password_bmp(password, secret).n;

	do {				/* its NUL too */
		secret[at++] = 0;
		secret[at++] = (uint8_t)*purpose;
	} while (*purpose++ != '\0');
	kdf_derive(kdf, KDF_ID_KEY, (struct blob){ secret, at }, ret, n);
	explicit_bzero(secret, sizeof(secret));
}

/* RET has room for IN's bytes.  -EBADMSG: not encrypted with this key.  */
static int ccm_open(const struct encryption *e, const uint8_t key[KEY_SIZE],
		    struct blob in, uint8_t *ret, size_t *ret_n)
{
	struct aes256_ctx aes;
	size_t n;
	int fits;

	if (in.n < e->tag_n)
		return -EBADMSG;
	n = in.n - e->tag_n;
	if (n > CCM_MAX_MSG_SIZE(e->nonce.n))
		return -EBADMSG;
	aes256_set_encrypt_key(&aes, key);
	fits = ccm_decrypt_message(&aes, (nettle_cipher_func *)aes256_encrypt,
				   e->nonce.n, e->nonce.p, 0, NULL, e->tag_n,
				   n, ret, in.p);
	explicit_bzero(&aes, sizeof(aes));
	*ret_n = n;
	return fits ? 0 : -EBADMSG;
}

/* RFC 5649, section 4.2, with the process W of RFC 3394, section 2.2.2.  */
static int unwrap(const uint8_t key[KEY_SIZE], struct blob in, uint8_t *ret,
		  size_t *ret_n)
{
	const size_t n = in.n / 8 - 1;	/* half blocks behind the first */
	uint8_t block[AES_BLOCK_SIZE];
	struct aes256_ctx aes;
	size_t length;

	if (in.n % 8 != 0 || in.n < 16)
		return -EBADMSG;
	aes256_set_decrypt_key(&aes, key);
	if (n == 1) {
		aes256_decrypt(&aes, sizeof(block), block, in.p);
		memcpy(ret, block + 8, 8);
	} else {
		memcpy(block, in.p, 8);
		memcpy(ret, in.p + 8, 8 * n);
		for (uint64_t t = 6 * (uint64_t)n; t > 0; t--) {
			uint8_t *half = ret + 8 * ((t - 1) % n);

			for (unsigned i = 0; i < 8; i++)
				block[i] ^= (uint8_t)(t >> (56 - 8 * i));
			memcpy(block + 8, half, 8);
			aes256_decrypt(&aes, sizeof(block), block, block);
			memcpy(half, block + 8, 8);
		}
	}
	explicit_bzero(&aes, sizeof(aes));
	if (get_be32(block) != 0xa65959a6)
		return -EBADMSG;
	length = get_be32(block + 4);
	if (length > 8 * n || length <= 8 * (n - 1))
		return -EBADMSG;
	for (size_t i = length; i < 8 * n; i++)
		if (ret[i] != 0)
			return -EBADMSG;
	*ret_n = length;
	return 0;
}

static int open_with(const struct encryption *e, const char *password,
		     struct blob in, uint8_t *ret, size_t *ret_n)
{
	uint8_t key[KEY_SIZE];
	int r;

	derive(&e->kdf, password, PURPOSE_STORE, key, sizeof(key));
	r = e->ccm ? ccm_open(e, key, in, ret, ret_n)
		   : unwrap(key, in, ret, ret_n);
	explicit_bzero(key, sizeof(key));
	return r;
}

/* ---- passwords -----------------------------------------------------------*/

static bool mac_is_of(const struct mac *mac, const char *password,
		      struct blob data)
{
	uint8_t key[HASH_MAX], is[HASH_MAX];
	struct hmac_context hmac;

	derive(&mac->kdf, password, PURPOSE_MAC, key, mac->key_n);
	hmac_begin(&hmac, mac->hmac, mac->key_n, key);
	hmac_add(&hmac, data.n, data.p);
	hmac_end(&hmac, mac->expected.n, is);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&hmac, sizeof(hmac));
	return memeql_sec(is, mac->expected.p, mac->expected.n);
}

/* To BouncyCastle an empty password is none.  */
static bool is_tried(size_t password)
{
	return passwords[password] == NULL || passwords[password][0] != '\0';
}

/* The password that the MAC was made with.  -ENOKEY: none fits.  -E2BIG: it
 * costs too much, which was said.  */
static int mac_try(struct reading *r, const struct mac *mac, struct blob data,
		   size_t *ret_password)
{
	for (size_t i = 0; i < PASSWORDS; i++) {
		if (!is_tried(i))
			continue;
		if (!kdf_affordable(&mac->kdf, kdf_work(&mac->kdf, mac->key_n),
				    "the MAC", r->out,
				    offset_of(r, mac->expected.p), &r->spent))
			return -E2BIG;
		if (mac_is_of(mac, passwords[i], data)) {
			*ret_password = i;
			return 0;
		}
	}
	return -ENOKEY;
}

/* Decrypts with the first password that fits, beginning with FIRST.  Errors as
 * above.  */
static int decrypt_try(struct reading *r, const struct encryption *e,
		       size_t first, struct blob in, uint8_t *ret,
		       size_t *ret_n)
{
	for (size_t i = 0; i < PASSWORDS; i++) {
		const size_t at = (first + i) % PASSWORDS;

		if (!is_tried(at))
			continue;
		if (!kdf_affordable(&e->kdf, kdf_work(&e->kdf, KEY_SIZE),
				    "the encryption", r->out,
				    offset_of(r, in.p), &r->spent))
			return -E2BIG;
		if (open_with(e, passwords[at], in, ret, ret_n) == 0)
			return 0;
	}
	return -ENOKEY;
}

/* ---- content -------------------------------------------------------------*/

static int certificate_emit(struct reading *r, struct blob in, struct entry *e)
{
	int error = certificate_tlv(in, &e->der);

	if (error < 0) {
		sink_problem(r->out, PROBLEM_CERTIFICATE, offset_of(r, in.p),
			     "what stands for a certificate does not decode; "
			     "BouncyCastle takes none from this entry");
		return 0;
	}
	if (e->der.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(r->out, PROBLEM_TOO_LARGE, offset_of(r, in.p),
			     "a certificate of %zu bytes, the limit is %u; it "
			     "is not read", e->der.n, LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	if (e->der.n < in.n)
		skipped(r, PROBLEM_CERTIFICATE, in.p + e->der.n,
			"bytes behind a certificate; they are passed over");
	e->offset = r->decrypted ? 0 : offset_of(r, in.p);
	return r->out->entry(r->out, e);
}

/* EncryptedPrivateKeyData ::= SEQUENCE { EncryptedPrivateKeyInfo,
 * SEQUENCE OF Certificate }  */
static int chain_emit(struct reading *r, struct blob in, struct entry *e)
{
	const uint8_t *at = in.p;
	struct blob data, chain;
	struct tlv t;
	int result;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	data = t.value;
	if (tlv_expect(&data, TAG_SEQUENCE, &t) < 0 ||
	    tlv_expect(&data, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	chain = t.value;
	for (bool first = true; chain.n > 0; first = false) {
		if (tlv_next(&chain, &t) < 0)
			goto damaged;
		e->marked = e->private_key = first;
		result = certificate_emit(r, t.whole, e);
		if (result < 0)
			return result;
	}
	return 0;
damaged:
	malformed(r, at, "a private key whose chain is not complete");
	return 0;
}

/* At most LIMIT_LABEL_BYTES of an identifier, whole characters.  */
static void label_set(struct reading *r, struct blob identifier,
		      struct entry *e)
{
	size_t n = identifier.n;

	if (n > LIMIT_LABEL_BYTES) {
		skipped(r, PROBLEM_LIMIT, identifier.p, "an alias longer than "
			"LIMIT_LABEL_BYTES (1024); it is cut there");
		for (n = LIMIT_LABEL_BYTES;
		     n > 0 && (identifier.p[n] & 0xc0) == 0x80; n--)
			;
	}
	e->label = (const char *)identifier.p;
	e->label_n = n;
}

static int object_emit(struct reading *r, struct blob object)
{
	const uint8_t *at = object.p;
	struct entry e = { .marked = true };
	struct tlv type, identifier, t;

	if (tlv_expect(&object, TAG_INTEGER, &type) < 0 ||
	    tlv_expect(&object, TAG_UTF8, &identifier) < 0 ||
	    tlv_next(&object, &t) < 0 ||	/* when it was made */
	    tlv_next(&object, &t) < 0 ||	/* and changed */
	    tlv_expect(&object, TAG_OCTETS, &t) < 0) {
		malformed(r, at, "an entry that is not complete");
		return 0;
	}
	label_set(r, identifier.value, &e);
	switch (type.value.n == 1 ? type.value.p[0] : UINT8_MAX) {
	case TYPE_CERTIFICATE:
		return certificate_emit(r, t.value, &e);
	case TYPE_PRIVATE_KEY:
	case TYPE_PROTECTED_PRIVATE_KEY:
		return chain_emit(r, t.value, &e);
	case TYPE_SECRET_KEY:
	case TYPE_PROTECTED_SECRET_KEY:
		return 0;
	default:
		skipped(r, PROBLEM_OPAQUE, at, "an entry of an unknown type, "
			"which is neither key nor certificate to BouncyCastle; "
			"it is passed over");
		return 0;
	}
}

/* ObjectStoreData; MAC_ALGORITHM is the one outside, or none.  */
static int data_read(struct reading *r, struct blob in,
		     struct blob mac_algorithm)
{
	const uint8_t *at = in.p;
	struct blob data, objects;
	struct tlv t;
	int e;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	data = t.value;
	if (tlv_expect(&data, TAG_INTEGER, &t) < 0)
		goto damaged;
	if (t.value.n != 1 || t.value.p[0] != 1) {
		char version[2 * 8 + 1];

		hex_encode(t.value.p, t.value.n < 8 ? t.value.n : 8, version);
		sink_problem(r->out, PROBLEM_FORMAT, offset_of(r, t.value.p),
			     "BCFKS version 0x%s, only 1 is known", version);
		return 0;
	}
	if (tlv_expect(&data, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	if (mac_algorithm.p != NULL && !blob_equal(mac_algorithm, t.whole))
		malformed(r, t.whole.p, "the MAC's algorithm is not the one "
			  "that the content names, so BouncyCastle refuses it");
	if (tlv_next(&data, &t) < 0 || tlv_next(&data, &t) < 0 ||
	    tlv_expect(&data, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	objects = t.value;
	while (objects.n > 0) {
		if (tlv_expect(&objects, TAG_SEQUENCE, &t) < 0)
			goto damaged;
		e = object_emit(r, t.value);
		if (e < 0)
			return e;
	}
	return 0;
damaged:
	malformed(r, at, "content that is not complete");
	return 0;
}

/* What PASSWORDS[first], or another, opens.  */
static int encrypted_read(struct reading *r, struct blob value, size_t first,
			  bool authentic, struct blob mac_algorithm)
{
	const uint8_t *at = value.p;
	struct blob oid = { NULL, 0 }, in;
	struct encryption encryption;
	struct tlv algorithm, t;
	uint8_t *plain;
	size_t n = 0;
	int e;

	if (tlv_expect(&value, TAG_SEQUENCE, &algorithm) < 0 ||
	    tlv_expect(&value, TAG_OCTETS, &t) < 0) {
		malformed(r, at, "encrypted content that is not complete");
		return 0;
	}
	in = t.value;
	e = encryption_parse(algorithm.whole, &encryption, &oid);
	if (e < 0) {
		algorithm_problem(r->out, offset_of(r, algorithm.whole.p),
				  "the encryption", e, oid);
		return 0;
	}
	plain = xmalloc(in.n + 1);
	e = decrypt_try(r, &encryption, first, in, plain, &n);
	if (e == -ENOKEY) {
		sink_problem(r->out, PROBLEM_OPAQUE, offset_of(r, in.p),
			     "encrypted with a password that is none of the "
			     "well-known ones, or changed; its certificates "
			     "are not seen");
		e = 0;
	} else if (e == 0) {
		if (!authentic)
			malformed(r, in.p, "the MAC fits none of the well-"
				  "known passwords, which open the content: "
				  "BouncyCastle refuses it");
		r->where = offset_of(r, in.p);
		r->decrypted = true;
		e = data_read(r, (struct blob){ plain, n }, mac_algorithm);
	} else {
		e = 0;
	}
	explicit_bzero(plain, in.n);
	free(plain);
	return e;
}

/* ---- the file ------------------------------------------------------------*/

/* Checks what comes behind the store's data.  *ret_authentic: nothing speaks
 * against it.  *ret_algorithm, of the MAC, has no bytes if there is none.  */
static void integrity_check(struct reading *r, struct blob in,
			    struct blob data, size_t *ret_password,
			    bool *ret_authentic, struct blob *ret_algorithm)
{
	const uint8_t *at = in.p;
	struct blob oid = { NULL, 0 }, value;
	struct mac mac;
	struct tlv t;
	int e;

	*ret_authentic = true;
	if (tlv_next(&in, &t) < 0 ||
	    (t.tag != TAG_SEQUENCE && t.tag != TAG_CONTEXT(0))) {
		malformed(r, at, "a store without its MAC or signature");
		return;
	}
	if (in.n > 0)
		malformed(r, in.p, "something behind the MAC or signature");
	if (t.tag == TAG_CONTEXT(0)) {
		skipped(r, PROBLEM_OPAQUE, t.whole.p, "signed with a key; the "
			"signature is not verified");
		return;
	}
	value = t.value;
	e = mac_parse(value, &mac, &oid);
	if (e < 0) {
		algorithm_problem(r->out, offset_of(r, value.p), "the MAC", e,
				  oid);
		return;
	}
	if (tlv_next(&value, &t) == 0)
		*ret_algorithm = t.whole;
	e = mac_try(r, &mac, data, ret_password);
	*ret_authentic = e != -ENOKEY;
}

static int bcfks_read(const struct input *input, struct sink *out)
{
	struct reading r = { .file = input->data, .out = out };
	struct blob in = r.file, store, algorithm = { NULL, 0 };
	bool authentic;
	size_t password = 0;
	struct tlv data, t;
	int e;

	if (in.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0, "the file is empty");
		return 0;
	}
	e = tlv_expect(&in, TAG_SEQUENCE, &t);
	if (e == -EAGAIN) {
		sink_problem(out, PROBLEM_TRUNCATED, r.file.n,
			     "the file ends before its content does; restore "
			     "it from its source");
		return 0;
	}
	store = t.value;
	if (e < 0 || tlv_expect(&store, TAG_SEQUENCE, &data) < 0 ||
	    data.value.n == 0 || (data.value.p[0] != TAG_SEQUENCE &&
				  data.value.p[0] != TAG_INTEGER)) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "not a BCFKS key store");
		return 0;
	}
	if (in.n > 0)
		skipped(&r, PROBLEM_MALFORMED, in.p, "bytes behind the end; "
			"they are passed over");
	integrity_check(&r, store, data.whole, &password, &authentic,
			&algorithm);
	if (data.value.p[0] == TAG_SEQUENCE)
		return encrypted_read(&r, data.value, password, authentic,
				      algorithm);
	if (!authentic)
		skipped(&r, PROBLEM_OPAQUE, data.whole.p, "the MAC fits none "
			"of the well-known passwords: another password, or a "
			"changed file");
	return data_read(&r, data.whole, algorithm);
}

/* Does IN begin with SEQUENCE?  Its header is taken off, its end may be
 * missing.  */
static bool sequence_enter(struct blob *in)
{
	size_t n = 2;

	if (in->n < 2 || in->p[0] != TAG_SEQUENCE)
		return false;
	if (in->p[1] > 0x80)
		n += in->p[1] & 0x7f;
	if (n > in->n || in->p[1] == 0xff)
		return false;
	*in = (struct blob){ in->p + n, in->n - n };
	return true;
}

/* SEQUENCE { SEQUENCE { and then SEQUENCE { PBES2, or the version 1 and, unlike
 * a certificate, the algorithm of a MAC.  */
static bool bcfks_sniff(struct blob data)
{
	static const uint8_t version[] = { TAG_INTEGER, 1, 1 };
	static const uint8_t hmac[] = { TAG_OID, 8, OID_PKCS, 2 };
	static const uint8_t sha3[] = { TAG_OID, 9, OID_NIST, 2 };
	struct blob in = data;

	if (!sequence_enter(&in) || !sequence_enter(&in))
		return false;
	if (in.n >= sizeof(version) &&
	    memcmp(in.p, version, sizeof(version)) == 0) {
		in = (struct blob){ in.p + sizeof(version),
				    in.n - sizeof(version) };
		return sequence_enter(&in) && in.n >= sizeof(sha3) &&
		       (memcmp(in.p, hmac, sizeof(hmac)) == 0 ||
			memcmp(in.p, sha3, sizeof(sha3)) == 0);
	}
	return sequence_enter(&in) && in.n >= 2u + oid_pbes2.n &&
	       in.p[0] == TAG_OID && in.p[1] == oid_pbes2.n &&
	       memcmp(in.p + 2, oid_pbes2.p, oid_pbes2.n) == 0;
}

const struct reader bcfks_reader = {
	.name = "bcfks",
	.title = N_("BouncyCastle FIPS key store (BCFKS)"),
	.caps = READS_LABELS | READS_MANY | READS_MARKS | READS_PASSWORDS,
	.sniff = bcfks_sniff,
	.read = bcfks_read,
};
