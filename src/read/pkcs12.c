/* pkcs12.c -- PKCS#12 (RFC 7292): .p12 and .pfx, the .NET user stores, and
 * Java's cacerts since JDK 18.
 *
 *	PFX -> AuthenticatedSafe -> SafeContents -> SafeBag -> certificate
 *
 * The walk is our own because GnuTLS keeps 32 elements of a bag and says
 * nothing of the rest.  BER as well as DER: indefinite lengths, and strings
 * in several pieces, which are then joined.
 *
 * The MAC says which password is right.  Without one, or with one that we
 * cannot compute, decryption is tried, and what comes out must have correct
 * padding and look like bags.  A file may have neither MAC nor encryption.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/pkcs12.h"

#define PKCS7		"\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define OID(s)		((struct blob){ (const uint8_t *)(s), sizeof(s) - 1 })
#define OID_DATA		OID(PKCS7 "\x01")
#define OID_ENCRYPTED_DATA	OID(PKCS7 "\x06")

#define TAG_CONSTRUCTED	0x20
#define TAG_IMPLICIT_0	0x80

/* Bytes that had to be joined or decrypted.  They may hold keys, so they are
 * wiped before they are freed.  */
struct pkcs12_held {
	struct pkcs12_held *next;
	size_t n;
	uint8_t p[];
};

/* ---- bytes ---------------------------------------------------------------*/

bool pkcs12_is_in_file(const struct pkcs12_reading *r, const uint8_t *p)
{
	const uintptr_t begin = (uintptr_t)r->file.p;

	return (uintptr_t)p >= begin && (uintptr_t)p - begin < r->file.n;
}

uint64_t pkcs12_offset(const struct pkcs12_reading *r, const uint8_t *p)
{
	if (pkcs12_is_in_file(r, p) || p == r->file.p + r->file.n)
		return (uint64_t)(p - r->file.p);
	return r->where;
}

static struct pkcs12_held *hold(struct pkcs12_reading *r, size_t n)
{
	struct pkcs12_held *h = xmalloc(sizeof(*h) + n);

	h->n = n;
	h->next = r->held;
	r->held = h;
	return h;
}

/* Lets go of the buffer that was held last.  */
static void unhold(struct pkcs12_reading *r)
{
	struct pkcs12_held *h = r->held;

	r->held = h->next;
	explicit_bzero(h->p, h->n);
	free(h);
}

static void reading_done(struct pkcs12_reading *r)
{
	while (r->held != NULL)
		unhold(r);
	free(r->bags);
}

void pkcs12_skipped(struct pkcs12_reading *r, enum problem_code code,
		    const uint8_t *at, const char *format, ...)
{
	char message[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	sink_skipped(r->out, code, pkcs12_offset(r, at), "%s", message);
}

void pkcs12_malformed(struct pkcs12_reading *r, const uint8_t *at,
		      const char *what)
{
	sink_problem(r->out, PROBLEM_MALFORMED, pkcs12_offset(r, at),
		     "%s; the file is damaged", what);
}

/* Joins the pieces of a constructed OCTET STRING: counts them when RET is
 * NULL, else writes them there.  Pieces may be constructed themselves.  */
static int pieces_join(struct blob pieces, unsigned depth, uint8_t *ret,
		       size_t *n)
{
	struct tlv t;
	int e;

	while (pieces.n > 0) {
		e = tlv_next(&pieces, &t);
		if (e < 0)
			return -EINVAL;
		if (t.tag == TAG_OCTETS) {
			if (ret != NULL)
				memcpy(ret + *n, t.value.p, t.value.n);
			*n += t.value.n;
		} else if (t.tag == (TAG_OCTETS | TAG_CONSTRUCTED) && depth) {
			e = pieces_join(t.value, depth - 1, ret, n);
			if (e < 0)
				return e;
		} else {
			return -EINVAL;
		}
	}
	return 0;
}

int pkcs12_octets(struct pkcs12_reading *r, struct blob *in, uint8_t tag,
		  struct blob *ret_octets)
{
	struct blob rest = *in;
	struct pkcs12_held *h;
	struct tlv t;
	size_t n = 0;

	if (tlv_next(&rest, &t) < 0)
		return -EINVAL;
	if (t.tag == tag) {
		*ret_octets = t.value;
	} else if (t.tag == (tag | TAG_CONSTRUCTED)) {
		if (pieces_join(t.value, LIMIT_ASN1_DEPTH, NULL, &n) < 0)
			return -EINVAL;
		h = hold(r, n);
		n = 0;
		pieces_join(t.value, LIMIT_ASN1_DEPTH, h->p, &n);
		*ret_octets = (struct blob){ h->p, n };
	} else {
		return -EINVAL;
	}
	*in = rest;
	return 0;
}

int pkcs12_typed(struct blob *in, struct blob *ret_type,
		 struct blob *ret_value, struct blob *ret_rest)
{
	struct blob inner, type, value = { NULL, 0 };
	struct tlv t;

	if (tlv_expect(in, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	inner = t.value;
	if (tlv_expect(&inner, TAG_OID, &t) < 0)
		return -EINVAL;
	type = t.value;
	if (inner.n > 0) {
		if (tlv_expect(&inner, TAG_CONTEXT(0), &t) < 0)
			return -EINVAL;
		value = t.value;
	}
	*ret_type = type;
	*ret_value = value;
	*ret_rest = inner;
	return 0;
}

/* ---- passwords -----------------------------------------------------------*/

/* NULL and "" differ for one of the two key derivations only.  */
static bool same_key(size_t password, const struct kdf *kdf)
{
	return password == 1 && kdf->kind != KDF_PKCS12;
}

/* Finds the password that the MAC was made with.  */
static void mac_try(struct pkcs12_reading *r, struct blob mac_data,
		    struct blob safe)
{
	struct blob oid = { NULL, 0 };
	struct pkcs12_mac mac;
	int e;

	e = pkcs12_mac_parse(mac_data, &mac, &oid);
	if (e < 0) {
		algorithm_problem(r->out, pkcs12_offset(r, mac_data.p),
				  "the MAC", e, oid);
		return;
	}
	for (size_t i = 0; i < PASSWORDS; i++) {
		if (same_key(i, &mac.kdf))
			continue;
		if (!kdf_affordable(&mac.kdf, pkcs12_mac_work(&mac), "the MAC",
				    r->out, pkcs12_offset(r, mac_data.p),
				    &r->work))
			return;
		if (pkcs12_mac_is_of(&mac, passwords[i], safe)) {
			r->password = i;
			r->authentic = true;
			if (i < EMPTY_PASSWORDS)
				r->seal = SEAL_OPEN;
			break;
		}
	}
	r->has_mac = true;
}

/* Does this look like SafeContents?  A wrong password can leave correct
 * padding behind once in 256 times, but not this.  */
static bool is_safe_contents(struct blob in)
{
	struct blob bags, bag;
	struct tlv t;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0 || in.n > 0)
		return false;
	bags = t.value;
	while (bags.n > 0) {
		if (tlv_expect(&bags, TAG_SEQUENCE, &t) < 0)
			return false;
		bag = t.value;
		if (tlv_expect(&bag, TAG_OID, &t) < 0)
			return false;
	}
	return true;
}

/* Decrypts with the first password that fits, beginning with the MAC's.  */
static int decrypt_try(struct pkcs12_reading *r, const struct pkcs12_pbe *pbe,
		       struct blob in, const uint8_t *at,
		       struct blob *ret_content)
{
	struct pkcs12_held *h = hold(r, in.n);
	size_t n;

	for (size_t i = 0; i < PASSWORDS; i++) {
		const size_t at_password = (r->password + i) % PASSWORDS;

		if (i > 0 && same_key(at_password, &pbe->kdf))
			continue;
		if (!kdf_affordable(&pbe->kdf, pkcs12_pbe_work(pbe),
				    "the encryption", r->out,
				    pkcs12_offset(r, at), &r->work)) {
			unhold(r);
			return -E2BIG;
		}
		if (pkcs12_decrypt(pbe, passwords[at_password], in, h->p,
				   &n) == 0 &&
		    is_safe_contents((struct blob){ h->p, n })) {
			if (at_password >= EMPTY_PASSWORDS)
				r->seal = SEAL_PASSWORD;
			*ret_content = (struct blob){ h->p, n };
			return 0;
		}
	}
	unhold(r);
	return -EBADMSG;
}

/* EncryptedData ::= SEQUENCE { version, SEQUENCE { contentType,
 * AlgorithmIdentifier, [0] IMPLICIT OCTET STRING } }  */
static int encrypted_read(struct pkcs12_reading *r, struct blob value,
			  struct blob *ret_content)
{
	const uint8_t *at = value.p;
	struct blob oid = { NULL, 0 };
	struct blob info, octets;
	struct pkcs12_pbe pbe;
	struct tlv t;
	int e;

	if (tlv_expect(&value, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	info = t.value;
	if (tlv_expect(&info, TAG_INTEGER, &t) < 0 ||
	    tlv_expect(&info, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	info = t.value;
	if (tlv_expect(&info, TAG_OID, &t) < 0 ||
	    tlv_expect(&info, TAG_SEQUENCE, &t) < 0 ||
	    pkcs12_octets(r, &info, TAG_IMPLICIT_0, &octets) < 0)
		goto damaged;

	e = pkcs12_pbe_parse(t.whole, &pbe, &oid);
	if (e < 0) {
		algorithm_problem(r->out, pkcs12_offset(r, t.whole.p),
				  "the encryption", e, oid);
		return -ENOTSUP;
	}
	e = -EBADMSG;
	if (r->authentic || !r->has_mac)
		e = decrypt_try(r, &pbe, octets, at, ret_content);
	if (e == -EBADMSG) {
		sink_problem(r->out, PROBLEM_OPAQUE, pkcs12_offset(r, at),
			     "encrypted with a password that is none of the "
			     "well-known ones, or changed; its certificates "
			     "are not seen");
		r->opaque = true;
	}
	return e;
damaged:
	pkcs12_malformed(r, at, "encrypted data that is not complete");
	return -EINVAL;
}

/* ---- the file ------------------------------------------------------------*/

static void safe_read(struct pkcs12_reading *r, struct blob type,
		      struct blob value)
{
	struct blob content;
	char text[OID_TEXT_SIZE];
	struct tlv t;

	r->where = pkcs12_offset(r, type.p);
	if (blob_equal(type, OID_DATA)) {
		if (pkcs12_octets(r, &value, TAG_OCTETS, &content) < 0) {
			pkcs12_malformed(r, type.p, "data that is no OCTET "
					 "STRING");
			return;
		}
	} else if (blob_equal(type, OID_ENCRYPTED_DATA)) {
		if (encrypted_read(r, value, &content) < 0)
			return;
	} else {
		sink_problem(r->out, PROBLEM_OPAQUE, r->where,
			     "content of the type %s, which no password opens; "
			     "it is not read", oid_format(type, text));
		return;
	}
	if (tlv_expect(&content, TAG_SEQUENCE, &t) < 0)
		pkcs12_malformed(r, content.p, "bags that are no SEQUENCE");
	else
		pkcs12_bags_read(r, t.value);
}

static void safes_read(struct pkcs12_reading *r, struct blob safe)
{
	struct blob type, value, rest;
	struct tlv t;

	if (tlv_expect(&safe, TAG_SEQUENCE, &t) < 0) {
		pkcs12_malformed(r, safe.p, "an AuthenticatedSafe that is no "
				 "SEQUENCE");
		return;
	}
	safe = t.value;
	while (safe.n > 0 && !r->full) {
		const uint8_t *at = safe.p;

		if (r->parts++ == LIMIT_PKCS12_SAFES) {
			sink_problem(r->out, PROBLEM_LIMIT,
				     pkcs12_offset(r, at), "more than %u "
				     "parts; the rest is not read",
				     LIMIT_PKCS12_SAFES);
			return;
		}
		if (pkcs12_typed(&safe, &type, &value, &rest) < 0) {
			pkcs12_malformed(r, at, "a part without type or "
					 "content");
			return;
		}
		safe_read(r, type, value);
	}
}

/* The version at the front; -EINVAL: none.  */
static int version_next(struct blob *in)
{
	struct tlv t;

	if (tlv_expect(in, TAG_INTEGER, &t) < 0 || t.value.n != 1)
		return -EINVAL;
	return t.value.p[0];
}

static void pfx_read(struct pkcs12_reading *r, struct blob pfx)
{
	struct blob type, value, rest, safe;
	const uint8_t *at = pfx.p;
	char text[OID_TEXT_SIZE];
	struct tlv t;

	if (pkcs12_typed(&pfx, &type, &value, &rest) < 0) {
		pkcs12_malformed(r, at, "a PFX without content");
		return;
	}
	r->where = pkcs12_offset(r, type.p);
	if (!blob_equal(type, OID_DATA)) {
		sink_problem(r->out, PROBLEM_OPAQUE, r->where,
			     "content of the type %s: signed or sealed with a "
			     "key; it is not read", oid_format(type, text));
		return;
	}
	if (pkcs12_octets(r, &value, TAG_OCTETS, &safe) < 0) {
		pkcs12_malformed(r, type.p, "a PFX whose content is no OCTET "
				 "STRING");
		return;
	}
	if (pfx.n > 0) {
		r->seal = SEAL_PASSWORD;	/* until it is known better */
		if (tlv_expect(&pfx, TAG_SEQUENCE, &t) < 0)
			pkcs12_malformed(r, pfx.p, "a MAC that is no SEQUENCE");
		else
			mac_try(r, t.value, safe);
	}
	safes_read(r, safe);
	/* With nothing encrypted, the entries are there for everybody.  */
	if (r->has_mac && !r->authentic && !r->opaque)
		pkcs12_skipped(r, PROBLEM_OPAQUE, t.whole.p, "the MAC fits "
			       "none of the well-known passwords: another "
			       "password, or a changed file");
}

static int pkcs12_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct pkcs12_reading r = { .file = data, .out = out };
	struct blob in = data, pfx;
	struct tlv t;
	int e;

	if (data.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0, "the file is empty");
		return 0;
	}
	e = tlv_expect(&in, TAG_SEQUENCE, &t);
	if (e == -EAGAIN) {
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the file ends before its content does; restore "
			     "it from its source");
		return 0;
	}
	if (e < 0) {
		sink_problem(out, PROBLEM_FORMAT, 0, "not a PKCS#12 file");
		return 0;
	}
	pfx = t.value;
	e = version_next(&pfx);
	if (e != 3) {
		if (e < 0)
			sink_problem(out, PROBLEM_FORMAT, 0,
				     "not a PKCS#12 file");
		else
			sink_problem(out, PROBLEM_FORMAT, 0,
				     "PKCS#12 version %d, only 3 is known", e);
		return 0;
	}
	if (in.n > 0)
		pkcs12_skipped(&r, PROBLEM_MALFORMED, in.p, "%zu bytes behind "
			       "the end; they are passed over", in.n);
	pfx_read(&r, pfx);
	e = pkcs12_bags_emit(&r);
	reading_done(&r);
	return e;
}

/* SEQUENCE { INTEGER 3, ..., whose end may be missing.  */
static bool pkcs12_sniff(struct blob data)
{
	size_t skip = 2;

	if (data.n < 2 || data.p[0] != TAG_SEQUENCE)
		return false;
	if (data.p[1] > 0x80)
		skip += data.p[1] & 0x7f;
	if (data.n < skip)
		return false;
	return version_next(&(struct blob){ data.p + skip,
					    data.n - skip }) == 3;
}

const struct reader pkcs12_reader = {
	.name = "pkcs12",
	.title = N_("PKCS#12"),
	.caps = READS_LABELS | READS_MANY | READS_MARKS | READS_PASSWORDS |
		READS_SEALS,
	.sniff = pkcs12_sniff,
	.read = pkcs12_read,
};
