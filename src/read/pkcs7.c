/* pkcs7.c -- lists of certificates as signed data that nobody signed: .p7b,
 * .p7c, what a CA sends and Windows, Java and OpenSSL import (RFC 2315; RFC
 * 5652, CMS, of which it is the beginning).  DER or BER, or PEM.
 *
 *	ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT content }
 *	SignedData ::= SEQUENCE { version, SET digestAlgorithms,
 *		SEQUENCE encapContentInfo { contentType, ... },
 *		certificates [0] IMPLICIT SET OPTIONAL,
 *		crls [1] IMPLICIT SET OPTIONAL, SET signerInfos }
 *
 * What is surprising: the same shell holds things that are no list.  In a
 * message that somebody did sign, the certificates are the signer's, and yet
 * programs that import such a file take them, so they are entries.  A
 * Microsoft trust list (CTL) names certificates by their hash; those in it are
 * of whoever signed it, so it is not read, and its type is said.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

#define PKCS7		"\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define OID(s)		((struct blob){ (const uint8_t *)(s), sizeof(s) - 1 })
#define OID_DATA		OID(PKCS7 "\x01")
#define OID_SIGNED_DATA		OID(PKCS7 "\x02")
#define OID_ENVELOPED_DATA	OID(PKCS7 "\x03")
#define OID_ENCRYPTED_DATA	OID(PKCS7 "\x06")

/* CMS numbers them by what they hold: 1, 3, 4 and 5 are in use.  */
#define VERSION_MAX	5

static const struct pem_kind pem_pkcs7 = {
	.labels = {
		"PKCS7",
		"CMS",
		"PKCS #7 SIGNED DATA",
	},
	.bytes = LIMIT_FILE_BYTES,
	.too_large = "larger than LIMIT_FILE_BYTES; not read",
};

struct reading {
	struct blob in;		/* the ContentInfo, as it is in memory */
	uint64_t base;		/* where it is in the file ... */
	bool decoded;		/* ... or the block that it was decoded from */
	struct sink *out;
};

static uint64_t offset_of(const struct reading *r, const uint8_t *p)
{
	return r->decoded ? r->base : r->base + (uint64_t)(p - r->in.p);
}

static void malformed(const struct reading *r, const uint8_t *at,
		      const char *what)
{
	sink_problem(r->out, PROBLEM_MALFORMED, offset_of(r, at),
		     "%s; restore the file from its source", what);
}

/* CertificateChoices: beside certificates, four old or private kinds of
 * attribute certificates, each with a tag of its own.  */
static int certificates_read(const struct reading *r, struct blob set)
{
	struct entry e = { .role = ROLE_NONE };
	struct blob whole;
	struct tlv t;
	int status;

	while (set.n > 0) {
		whole = set;
		if (tlv_next(&set, &t) < 0) {
			malformed(r, set.p, "a certificate that is not whole");
			return 0;
		}
		if (t.tag != TAG_SEQUENCE) {
			sink_skipped(r->out, PROBLEM_OPAQUE,
				     offset_of(r, whole.p), "an attribute "
				     "certificate or one of another kind; it "
				     "is passed over");
			continue;
		}
		if (certificate_tlv(t.whole, &e.der) < 0) {
			malformed(r, whole.p, "what stands for a certificate "
				  "is none");
			continue;
		}
		e.offset = offset_of(r, whole.p);
		status = r->out->entry(r->out, &e);
		if (status < 0)
			return status;
	}
	return 0;
}

/* What is signed must be data, of which a list has none.  */
static bool is_of_data(const struct reading *r, struct blob content)
{
	char text[OID_TEXT_SIZE];
	struct tlv t;

	if (tlv_expect(&content, TAG_OID, &t) < 0) {
		malformed(r, content.p, "signed content without a type");
		return false;
	}
	if (blob_equal(t.value, OID_DATA))
		return true;
	sink_problem(r->out, PROBLEM_FORMAT, offset_of(r, t.whole.p),
		     "signed content of the type %s, which is no list of "
		     "certificates; not read", oid_format(t.value, text));
	return false;
}

static int signed_data_read(const struct reading *r, struct blob in)
{
	const uint8_t *at = in.p;
	struct blob content;
	struct tlv t;

	if (tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	in = t.value;
	if (tlv_expect(&in, TAG_INTEGER, &t) < 0 || t.value.n == 0)
		goto damaged;
	if (t.value.n > 1 || t.value.p[0] == 0 || t.value.p[0] > VERSION_MAX) {
		char hex[2 * 8 + 1];

		hex_encode(t.value.p, t.value.n < 8 ? t.value.n : 8, hex);
		sink_problem(r->out, PROBLEM_FORMAT, offset_of(r, t.whole.p),
			     "signed data of version 0x%s; known are 1 to %d",
			     hex, VERSION_MAX);
		return 0;
	}
	if (tlv_expect(&in, TAG_SET, &t) < 0 ||
	    tlv_expect(&in, TAG_SEQUENCE, &t) < 0)
		goto damaged;
	content = t.value;
	if (!is_of_data(r, content))
		return 0;
	if (in.n > 0 && in.p[0] == TAG_CONTEXT(0)) {
		if (tlv_next(&in, &t) < 0)
			goto damaged;
		return certificates_read(r, t.value);
	}
	sink_problem(r->out, PROBLEM_FORMAT, offset_of(r, at),
		     "signed data without certificates: nothing in it is a "
		     "store");
	return 0;
damaged:
	malformed(r, at, "signed data that is not complete");
	return 0;
}

static int content_read(const struct reading *r)
{
	struct blob in = r->in, content;
	char text[OID_TEXT_SIZE];
	struct tlv t, type;
	int status;

	status = tlv_expect(&in, TAG_SEQUENCE, &t);
	if (status == -EAGAIN) {
		sink_problem(r->out, PROBLEM_TRUNCATED,
			     offset_of(r, r->in.p + r->in.n),
			     "ends before its content does; restore the file "
			     "from its source");
		return 0;
	}
	content = t.value;
	if (status < 0 || tlv_expect(&content, TAG_OID, &type) < 0) {
		sink_problem(r->out, PROBLEM_FORMAT, r->base,
			     "no PKCS#7 in this file");
		return 0;
	}
	if (in.n > 0)
		sink_problem(r->out, PROBLEM_MALFORMED, offset_of(r, in.p),
			     "%zu bytes behind the end are not read; restore "
			     "the file from its source", in.n);
	if (!blob_equal(type.value, OID_SIGNED_DATA)) {
		bool closed = blob_equal(type.value, OID_ENVELOPED_DATA) ||
			      blob_equal(type.value, OID_ENCRYPTED_DATA);

		sink_problem(r->out, closed ? PROBLEM_OPAQUE : PROBLEM_FORMAT,
			     offset_of(r, type.whole.p),
			     "content of the type %s, which is %s; not read",
			     oid_format(type.value, text),
			     closed ? "encrypted" : "no signed data");
		return 0;
	}
	if (tlv_expect(&content, TAG_CONTEXT(0), &t) < 0) {
		malformed(r, type.whole.p, "signed data that is not there");
		return 0;
	}
	return signed_data_read(r, t.value);
}

/* SEQUENCE { OBJECT IDENTIFIER, whose end may be missing.  */
static bool is_content_info(struct blob data)
{
	size_t skip = 2;

	if (data.n < 2 || data.p[0] != TAG_SEQUENCE)
		return false;
	if (data.p[1] > 0x80)
		skip += data.p[1] & 0x7f;
	return data.n > skip && data.p[skip] == TAG_OID;
}

/* A file that has PEM certificates, too, is a bundle to its readers.  */
static bool pkcs7_sniff(struct blob data)
{
	return is_content_info(data) ||
	       (pem_has(&pem_pkcs7, data) && !pem_has(&pem_certificates, data));
}

static int blocks_read(struct blob data, struct sink *out)
{
	struct pem_block b;
	uint64_t pos = 0;
	int status = 0;

	while (status == 0 && pem_next_of(&pem_pkcs7, data, &pos, &b) > 0) {
		const struct reading r = {
			.in = { b.der, b.der_n }, .base = b.begin,
			.decoded = true, .out = out,
		};

		if (b.error)
			sink_problem(out, pem_error_code(&b), b.begin, "%s",
				     b.error);
		else
			status = content_read(&r);
		free(b.der);
	}
	return status;
}

static int pkcs7_read(const struct input *input, struct sink *out)
{
	const struct reading r = { .in = input->data, .out = out };

	if (r.in.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0,
			     "the file is empty; restore it from its source");
		return 0;
	}
	if (r.in.p[0] != TAG_SEQUENCE && pem_has(&pem_pkcs7, r.in))
		return blocks_read(r.in, out);
	return content_read(&r);
}

const struct reader pkcs7_reader = {
	.name = "pkcs7",
	.title = N_("PKCS#7 list of certificates"),
	.caps = READS_MANY,
	.sniff = pkcs7_sniff,
	.read = pkcs7_read,
};
