/* elf-webpki.c -- Mozilla's list as the Rust crate webpki-roots compiles it
 * into programs that use rustls (its src/lib.rs): Deno, and many more.  There
 * are no certificates in it.  An anchor is a struct rustls_pki_types::
 * TrustAnchor of byte strings: the content of the subject's Name without its
 * SEQUENCE header, the content of the SubjectPublicKeyInfo without its own, and
 * seldom name constraints.  rustc puts the strings of an anchor into the
 * program one behind the other: each key has its name right in front.  (Seen so
 * in Deno 1.46 and 2.9, turbo, tauri and baml.)
 *
 * So keys are looked for, by the object identifier that they begin with, and
 * looked up among those of the roots that are known; a root whose name stands
 * in front is an anchor.  In certificates, which a program may have as well, a
 * key has its SEQUENCE header in front.  An anchor has no dates: of roots with
 * one name and key it is the first in struct input, that which Mozilla took up
 * last.
 *
 * A name and a key that are of no known root are an anchor all the same, which
 * cannot be shown; that is a problem.  So is a root's key that stands alone,
 * for then programs are laid out in another way than we know.
 */
#include <stdlib.h>
#include <string.h>

#include "read/elf-image.h"

struct known {
	struct blob subject, spki;	/* contents */
	size_t index;			/* in struct input's roots */
	bool found;
};

struct webpki {
	const struct input *in;
	struct known *roots;		/* sorted by spki, then index */
	size_t n_roots;
	size_t unknown, nameless;
	uint64_t first_unknown, first_nameless;
};

/* ---- the roots that are known --------------------------------------------*/

static struct blob content(struct blob tlv)
{
	struct tlv t;

	return tlv_next(&tlv, &t) == 0 ? t.value : (struct blob){ NULL, 0 };
}

static int compare_known(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int d = blob_compare(x->spki, y->spki);

	return d != 0 ? d : (x->index > y->index) - (x->index < y->index);
}

static void known_prepare(struct webpki *w)
{
	w->roots = xcalloc(w->in->n_roots, sizeof(*w->roots));
	for (size_t i = 0; i < w->in->n_roots; i++) {
		struct known *r = &w->roots[w->n_roots];

		if (x509_name_and_key(w->in->roots[i], &r->subject,
				      &r->spki) < 0)
			continue;
		r->subject = content(r->subject);
		r->spki = content(r->spki);
		r->index = i;
		w->n_roots++;
	}
	qsort(w->roots, w->n_roots, sizeof(*w->roots), compare_known);
}

/* The first root with this key, n_roots: none.  */
static size_t known_find(const struct webpki *w, struct blob spki)
{
	size_t low = 0, high = w->n_roots;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (blob_compare(w->roots[middle].spki, spki) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->n_roots && blob_equal(w->roots[low].spki, spki) ?
		low : w->n_roots;
}

/* ---- keys ----------------------------------------------------------------*/

/* How a key's content begins: the AlgorithmIdentifier, and as much of the
 * BIT STRING as is the same for all keys (RFC 3279 2.3, RFC 5480, RFC 8410).
 * SIZE is the whole's, 0: the BIT STRING says.  */
static const struct kind {
	uint8_t bytes[26];
	size_t n, size;
} kinds[] = {
	{ { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	    0x01, 0x01, 0x05, 0x00, 0x03, 0x82 }, 17, 0 },	/* RSA */
	{ { 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
	    0x42, 0x00, 0x04 }, 25, 89 },			/* P-256 */
	{ { 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	    0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
	    0x04 }, 22, 118 },					/* P-384 */
	{ { 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	    0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00,
	    0x04 }, 23, 155 },					/* P-521 */
	{ { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 },
	  10, 42 },						/* Ed25519 */
};

/* Is BITS, the value of a BIT STRING, an RSAPublicKey and no more?  */
static bool is_rsa_key(struct blob bits)
{
	struct tlv key, modulus, exponent;

	if (bits.n < 3 || bits.p[0] != 0 || bits.p[2] == 0x80)
		return false;
	bits = (struct blob){ bits.p + 1, bits.n - 1 };
	return tlv_expect(&bits, TAG_SEQUENCE, &key) == 0 && bits.n == 0 &&
	       tlv_expect(&key.value, TAG_INTEGER, &modulus) == 0 &&
	       tlv_expect(&key.value, TAG_INTEGER, &exponent) == 0 &&
	       key.value.n == 0;
}

/* The content of the SubjectPublicKeyInfo at the front of IN; false: there is
 * none.  */
static bool key_take(struct blob in, struct blob *ret_spki)
{
	struct blob rest = in;
	struct tlv algorithm, bits;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (in.n < kinds[i].n ||
		    memcmp(in.p, kinds[i].bytes, kinds[i].n) != 0)
			continue;
		if (tlv_next(&rest, &algorithm) < 0 ||
		    tlv_next(&rest, &bits) < 0)
			return false;
		n = (size_t)(rest.p - in.p);
		if (kinds[i].size == 0 ? !is_rsa_key(bits.value) :
		    n != kinds[i].size)
			return false;
		*ret_spki = (struct blob){ in.p, n };
		return true;
	}
	return false;
}

/* Do the bytes before OFFSET announce a SEQUENCE of N bytes?  */
static bool has_header(struct blob data, uint64_t offset, size_t n)
{
	const uint8_t *p = data.p + offset;

	if (n < 0x80)
		return offset >= 2 && p[-2] == TAG_SEQUENCE && p[-1] == n;
	if (n < 0x100)
		return offset >= 3 && p[-3] == TAG_SEQUENCE &&
		       p[-2] == 0x81 && p[-1] == n;
	return offset >= 4 && p[-4] == TAG_SEQUENCE && p[-3] == 0x82 &&
	       get_be16(p - 2) == n;
}

/* ---- names ---------------------------------------------------------------*/

static bool stands_before(struct blob data, uint64_t offset, struct blob what)
{
	return offset >= what.n &&
	       memcmp(data.p + offset - what.n, what.p, what.n) == 0;
}

/* Does what stands before OFFSET end as the content of a Name does, in a SET of
 * one attribute?  */
static bool has_name(struct blob data, uint64_t offset)
{
	struct blob in;
	struct tlv set, attribute, oid, value;

	for (uint64_t n = 8; n < 0x100 && n <= offset; n++) {
		in = (struct blob){ data.p + offset - n, n };
		if (in.p[0] == TAG_SET &&
		    tlv_next(&in, &set) == 0 && in.n == 0 &&
		    tlv_expect(&set.value, TAG_SEQUENCE, &attribute) == 0 &&
		    set.value.n == 0 &&
		    tlv_expect(&attribute.value, TAG_OID, &oid) == 0 &&
		    tlv_next(&attribute.value, &value) == 0 &&
		    attribute.value.n == 0)
			return true;
	}
	return false;
}

/* ---- anchors -------------------------------------------------------------*/

static int webpki_take(struct blob data, uint64_t offset, struct sink *out,
		       void *state, uint64_t *ret_next)
{
	struct webpki *w = state;
	struct blob spki;
	size_t first, i;

	*ret_next = offset + 1;
	if (!key_take((struct blob){ data.p + offset, data.n - offset },
		      &spki) || has_header(data, offset, spki.n))
		return 0;
	*ret_next = offset + spki.n;
	first = known_find(w, spki);
	for (i = first; i < w->n_roots; i++) {
		struct known *r = &w->roots[i];
		struct entry e = { .offset = offset - r->subject.n };

		if (!blob_equal(r->spki, spki))
			break;
		if (!stands_before(data, offset, r->subject))
			continue;
		if (r->found)
			return 0;
		r->found = true;
		e.der = w->in->roots[r->index];
		return out->entry(out, &e);
	}
	if (has_name(data, offset)) {
		if (w->unknown++ == 0)
			w->first_unknown = offset;
	} else if (first < w->n_roots && w->nameless++ == 0) {
		w->first_nameless = offset;
	}
	return 0;
}

static int webpki_read(const struct input *in, struct sink *out)
{
	struct elf_pattern patterns[ARRAY_SIZE(kinds)];
	struct webpki w = { .in = in };
	int r;

	if (!elf_report(in->data, out))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		patterns[i] = (struct elf_pattern){ .needle = kinds[i].bytes,
						    .n = kinds[i].n,
						    .take = webpki_take };
	known_prepare(&w);
	r = elf_search(patterns, ARRAY_SIZE(patterns), in->data, out, &w);
	if (r == 0 && w.unknown > 0)
		sink_problem(out, PROBLEM_OPAQUE, w.first_unknown,
			     "trust anchors of no root certificate that is "
			     "known here: %zu, the first of them here; the "
			     "program has only their names and keys, see its "
			     "documentation for its list", w.unknown);
	if (r == 0 && w.nameless > 0)
		sink_problem(out, PROBLEM_FORMAT, w.first_nameless,
			     "keys of root certificates with no name in front "
			     "of them: %zu, the first of them here; the "
			     "program may have a list that is laid out in a "
			     "way that is not known, see its documentation",
			     w.nameless);
	free(w.roots);
	return r;
}

const struct reader elf_webpki_reader = {
	.name = "elf-webpki",
	.title = N_("trust anchors of webpki-roots compiled into a program"),
	.caps = READS_MANY | READS_LARGE | READS_ROOTS | READS_OTHERS,
	.sniff = elf_sniff,
	.read = webpki_read,
};
