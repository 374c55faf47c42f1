/* elf-der.c -- certificates compiled into a program as DER: Bun since 1.4,
 * Go programs with golang.org/x/crypto/x509roots/fallback (all of them behind
 * each other), Rust programs with webpki-root-certs, Chromium, Firefox.
 *
 * Nothing announces them, so they are found by their first bytes: a SEQUENCE
 * in a SEQUENCE with lengths of two bytes, as every certificate of 256 bytes
 * to 64 KiB begins, and no authority's is smaller.  Of a thousand such places
 * in machine code none has the fields of RFC 5280 4.1 as well, with lengths
 * that add up; one that has is a certificate.
 *
 * Programs also hold certificates that are nobody's trust: of servers, for
 * tests and templates.  Only those of authorities are entries; the others are
 * counted.  One that is in the program twice is one entry.
 */
#include <stdlib.h>
#include <string.h>

#include "read/elf-image.h"

#define LENGTH_1	0x81	/* one byte of length follows */
#define LENGTH_2	0x82

static uint64_t der_find(struct blob data, uint64_t from, uint64_t to)
{
	const uint64_t last = data.n > 5 ? data.n - 5 : 0;
	const uint64_t end = to < last ? to : last;
	const uint8_t *p;

	for (uint64_t at = from; at < end; at++) {
		/* The length is much rarer in programs than the tag.  */
		p = memchr(data.p + at + 1, LENGTH_2, end - at);
		if (p == NULL)
			break;
		at = (uint64_t)(p - data.p) - 1;
		if (p[-1] == TAG_SEQUENCE && p[3] == TAG_SEQUENCE &&
		    (p[4] == LENGTH_2 || p[4] == LENGTH_1))
			return at;
	}
	return to;
}

/* Takes a TLV with TAG off IN.  That no length is indefinite keeps the cost of
 * a place that is no certificate small, however it is made.  */
static bool take_tlv(struct blob *in, uint8_t tag, struct tlv *ret_tlv)
{
	return in->n >= 2 && in->p[0] == tag && in->p[1] != 0x80 &&
	       tlv_next(in, ret_tlv) == 0;
}

/* The certificate at the front of IN; false: there is none.  */
static bool certificate_take(struct blob in, struct blob *ret_der)
{
	static const uint8_t fields[] = {	/* TBSCertificate's */
		TAG_INTEGER,		/* serial number */
		TAG_SEQUENCE,		/* signature */
		TAG_SEQUENCE,		/* issuer */
		TAG_SEQUENCE,		/* validity */
		TAG_SEQUENCE,		/* subject */
		TAG_SEQUENCE,		/* key */
	};
	struct tlv whole, tbs, t;

	if (!take_tlv(&in, TAG_SEQUENCE, &whole) ||
	    !take_tlv(&whole.value, TAG_SEQUENCE, &tbs) ||
	    !take_tlv(&whole.value, TAG_SEQUENCE, &t) ||
	    !take_tlv(&whole.value, TAG_BIT_STRING, &t) ||
	    whole.value.n > 0)
		return false;
	take_tlv(&tbs.value, TAG_CONTEXT(0), &t);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!take_tlv(&tbs.value, fields[i], &t))
			return false;
	*ret_der = whole.whole;
	return true;
}

/* ---- what the sink has already -------------------------------------------*/

/* The place of HASH in the table, which has a free one.  */
static uint8_t *seen_place(struct elf_der_state *s,
			   const uint8_t hash[SHA256_SIZE])
{
	static const uint8_t none[SHA256_SIZE];
	size_t i = get_le32(hash) % s->size;

	while (memcmp(s->seen[i], none, SHA256_SIZE) != 0 &&
	       memcmp(s->seen[i], hash, SHA256_SIZE) != 0)
		i = (i + 1) % s->size;
	return s->seen[i];
}

static void seen_grow(struct elf_der_state *s)
{
	struct elf_der_state larger = *s;

	larger.size = s->size == 0 ? 1024 : 2 * s->size;
	larger.seen = xcalloc(larger.size, SHA256_SIZE);
	for (size_t i = 0; i < s->size; i++)
		memcpy(seen_place(&larger, s->seen[i]), s->seen[i],
		       SHA256_SIZE);
	free(s->seen);
	*s = larger;
}

/* True the first time it is asked of DER.  */
static bool is_new(struct elf_der_state *s, struct blob der)
{
	uint8_t hash[SHA256_SIZE], *place;

	if (2 * s->n >= s->size)
		seen_grow(s);
	hash_sha256(der, hash);
	place = seen_place(s, hash);
	if (memcmp(place, hash, SHA256_SIZE) == 0)
		return false;
	memcpy(place, hash, SHA256_SIZE);
	s->n++;
	return true;
}

/* ---- the pattern ---------------------------------------------------------*/

static int der_take(struct blob data, uint64_t offset, struct sink *out,
		    void *state, uint64_t *ret_next)
{
	struct elf_der_state *s = state;
	struct entry e = { .offset = offset };
	int authority;

	*ret_next = offset + 1;
	if (!certificate_take((struct blob){ data.p + offset,
					     data.n - offset }, &e.der))
		return 0;
	*ret_next = offset + e.der.n;
	authority = x509_is_authority(e.der);
	if (authority < 0)
		sink_problem(out, PROBLEM_CERTIFICATE, offset,
			     "a compiled-in certificate does not decode; "
			     "install the program again");
	else if (authority == 0 && s->others++ == 0)
		s->first_other = offset;
	if (authority <= 0 || !is_new(s, e.der))
		return 0;
	return out->entry(out, &e);
}

const struct elf_pattern elf_der = { .find = der_find, .take = der_take };

int elf_der_finish(struct elf_der_state *s, int r, struct sink *out)
{
	if (r == 0 && s->others > 0)
		sink_skipped(out, PROBLEM_CERTIFICATE, s->first_other,
			     "certificates that are not of authorities: %zu, "
			     "the first of them here; they are not counted",
			     s->others);
	free(s->seen);
	*s = (struct elf_der_state){ .seen = NULL };
	return r;
}

static int elf_der_read(const struct input *in, struct sink *out)
{
	struct elf_der_state state = { .seen = NULL };
	int r;

	if (!elf_report(in->data, out))
		return 0;
	r = elf_search(&elf_der, 1, in->data, out, &state);
	return elf_der_finish(&state, r, out);
}

const struct reader elf_der_reader = {
	.name = "elf-der",
	.title = N_("DER certificates compiled into a program"),
	.caps = READS_MANY | READS_LARGE | READS_OTHERS,
	.sniff = elf_sniff,
	.read = elf_der_read,
};
