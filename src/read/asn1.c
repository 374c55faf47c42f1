/* asn1.c -- walking BER and DER (X.690 8.1), no more: no schema, and of values
 * only the names of types, for messages.
 *
 * Readers need it for what GnuTLS hides: PKCS#12 bags past the 32nd, bytes
 * behind a certificate, names before they became text.  Both encodings of the
 * length are accepted, the indefinite one too, because PKCS#12 files of some
 * writers use it; whoever wants DER checks `indefinite`.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "read/read.h"

#define CONSTRUCTED	0x20
#define HIGH_TAG	0x1f	/* the tag number follows in further octets */

struct header {
	uint8_t tag;
	bool indefinite;
	size_t size;		/* of tag and length octets */
	uint64_t length;	/* of the value; 0 when indefinite */
};

static int header_parse(struct blob in, struct header *ret_header)
{
	struct header h = { .size = 2 };
	unsigned octets, i;

	if (in.n >= 1 && (in.p[0] & HIGH_TAG) == HIGH_TAG)
		return -EINVAL;
	if (in.n < 2)
		return -EAGAIN;
	h.tag = in.p[0];
	if (h.tag == 0)		/* end-of-contents where none can be */
		return -EINVAL;
	if (in.p[1] < 0x80) {
		h.length = in.p[1];
	} else if (in.p[1] == 0x80) {
		if (!(h.tag & CONSTRUCTED))
			return -EINVAL;
		h.indefinite = true;
	} else {
		octets = in.p[1] & 0x7f;
		if (octets > sizeof(h.length))
			return -EINVAL;
		if (in.n < 2 + octets)
			return -EAGAIN;
		for (i = 0; i < octets; i++)
			h.length = h.length << 8 | in.p[2 + i];
		h.size += octets;
	}
	*ret_header = h;
	return 0;
}

int tlv_size(struct blob begin, uint64_t *ret_size)
{
	struct header h;
	int r = header_parse(begin, &h);

	if (r < 0 || h.length > UINT64_MAX - h.size)
		return r < 0 ? r : -EINVAL;
	*ret_size = h.indefinite ? 0 : h.size + h.length;
	return 0;
}

static bool at_end_of_contents(struct blob in)
{
	return in.n >= 2 && in.p[0] == 0 && in.p[1] == 0;
}

static int next_at_depth(struct blob *in, unsigned depth, struct tlv *ret_tlv)
{
	struct blob rest;
	struct header h;
	struct tlv t, child;
	int r;

	r = header_parse(*in, &h);
	if (r < 0)
		return r;
	rest = (struct blob){ in->p + h.size, in->n - h.size };
	t = (struct tlv){ .tag = h.tag, .indefinite = h.indefinite };
	t.value.p = rest.p;
	if (h.indefinite) {
		if (depth == 0)
			return -EINVAL;
		while (!at_end_of_contents(rest)) {
			r = next_at_depth(&rest, depth - 1, &child);
			if (r < 0)
				return r;
		}
		t.value.n = (size_t)(rest.p - t.value.p);
		rest = (struct blob){ rest.p + 2, rest.n - 2 };
	} else {
		if (h.length > rest.n)
			return -EAGAIN;
		t.value.n = h.length;
		rest = (struct blob){ rest.p + h.length, rest.n - h.length };
	}
	t.whole = (struct blob){ in->p, (size_t)(rest.p - in->p) };
	*in = rest;
	*ret_tlv = t;
	return 0;
}

int tlv_next(struct blob *in, struct tlv *ret_tlv)
{
	return next_at_depth(in, LIMIT_ASN1_DEPTH, ret_tlv);
}

int tlv_expect(struct blob *in, uint8_t tag, struct tlv *ret_tlv)
{
	if (in->n > 0 && in->p[0] != tag)
		return -ENOMSG;
	return tlv_next(in, ret_tlv);
}

int certificate_tlv(struct blob in, struct blob *ret_der)
{
	struct tlv certificate, tbs;
	struct header h;
	struct blob value;
	int r;

	/* What is inside decides before what is missing at the end: half of a
	 * PKCS#12 file is not half of a certificate.  */
	if (in.n > 0 && in.p[0] != TAG_SEQUENCE)
		return -EINVAL;
	r = header_parse(in, &h);
	if (r < 0)
		return r;
	if (in.n > h.size && in.p[h.size] != TAG_SEQUENCE)
		return -EINVAL;
	r = tlv_next(&in, &certificate);
	if (r < 0)
		return r;
	value = certificate.value;
	if (tlv_expect(&value, TAG_SEQUENCE, &tbs) < 0)
		return -EINVAL;
	*ret_der = certificate.whole;
	return 0;
}

const char *oid_format(struct blob oid, char ret[OID_TEXT_SIZE])
{
	size_t used = 0;
	uint64_t arc = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < oid.n; i++) {
		int n;

		if (arc >> 57)
			goto odd;
		arc = arc << 7 | (oid.p[i] & 0x7f);
		if (oid.p[i] & 0x80)
			continue;
		if (used == 0) {	/* the first byte is two numbers */
			const uint64_t first = arc < 80 ? arc / 40 : 2;

			n = snprintf(ret, OID_TEXT_SIZE, "%ju.%ju",
				     (uintmax_t)first,
				     (uintmax_t)(arc - 40 * first));
		} else {
			n = snprintf(ret + used, OID_TEXT_SIZE - used, ".%ju",
				     (uintmax_t)arc);
		}
		used += n;
		if (used >= OID_TEXT_SIZE)
			goto odd;
		arc = 0;
	}
	if (oid.n > 0 && (oid.p[oid.n - 1] & 0x80) == 0)
		return ret;
odd:
	used = oid.n < 32 ? oid.n : 32;
	memcpy(ret, "0x", 3);
	hex_encode(oid.p, used, ret + 2);
	if (oid.n > used)
		strncat(ret, "...", OID_TEXT_SIZE - strlen(ret) - 1);
	return ret;
}
