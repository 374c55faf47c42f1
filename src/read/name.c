/* name.c -- X.501 names: equal or not, and as text.
 *
 * Two names are equal here when OpenSSL finds them equal, because its
 * directories (<hash>.N) and most of the paths built on a host rest on that:
 * X509_NAME's canonical encoding, which is every RDN with its strings as
 * UTF8String, ASCII letters in lower case, white space trimmed and collapsed,
 * and no SEQUENCE around the whole (crypto/x509/x_name.c).
 *
 * Text is RFC 4514.  GnuTLS has a writer of it too, but gives only hex for
 * strings of another kind than the standard wants: every TeletexString with
 * an umlaut in it, and the names of some roots.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/name.h"

#define TAG_NUMERIC	0x12
#define TAG_PRINTABLE	0x13
#define TAG_T61		0x14
#define TAG_IA5		0x16
#define TAG_VISIBLE	0x1a
#define TAG_UNIVERSAL	0x1c

/* ---- strings -------------------------------------------------------------*/

static int add_code_point(struct buf *b, uint32_t c)
{
	uint8_t u[4];

	if (c < 0x80) {
		u[0] = (uint8_t)c;
		return buf_add(b, u, 1);
	}
	if (c < 0x800) {
		u[0] = (uint8_t)(0xc0 | c >> 6);
		u[1] = (uint8_t)(0x80 | (c & 63));
		return buf_add(b, u, 2);
	}
	if (c < 0x10000) {
		if (c >= 0xd800 && c < 0xe000)
			return -EINVAL;
		u[0] = (uint8_t)(0xe0 | c >> 12);
		u[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		u[2] = (uint8_t)(0x80 | (c & 63));
		return buf_add(b, u, 3);
	}
	if (c > 0x10ffff)
		return -EINVAL;
	u[0] = (uint8_t)(0xf0 | c >> 18);
	u[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	u[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	u[3] = (uint8_t)(0x80 | (c & 63));
	return buf_add(b, u, 4);
}

/* Appends the string T as UTF-8.  What is one byte a character is taken as
 * Latin-1, TeletexString included, as every implementation does.  -ENOTSUP:
 * not a string; -EINVAL: not characters.  */
static int add_text(struct buf *b, const struct tlv *t)
{
	size_t i, width;
	uint32_t c;
	unsigned k;
	int r;

	switch (t->tag) {
	case TAG_UTF8:
		return buf_add(b, t->value.p, t->value.n);
	case TAG_NUMERIC:
	case TAG_PRINTABLE:
	case TAG_T61:
	case TAG_IA5:
	case TAG_VISIBLE:
		width = 1;
		break;
	case TAG_BMP:
		width = 2;
		break;
	case TAG_UNIVERSAL:
		width = 4;
		break;
	default:
		return -ENOTSUP;
	}
	if (t->value.n % width != 0)
		return -EINVAL;
	for (i = 0; i < t->value.n; i += width) {
		c = 0;
		for (k = 0; k < width; k++)
			c = c << 8 | t->value.p[i + k];
		r = add_code_point(b, c);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The next attribute of *rdn, which is the inside of a SET: its type and its
 * value.  */
static int attribute_next(struct blob *rdn, struct tlv *ret_type,
			  struct tlv *ret_value)
{
	struct tlv attribute, type, value;

	if (tlv_expect(rdn, TAG_SEQUENCE, &attribute) < 0 ||
	    tlv_expect(&attribute.value, TAG_OID, &type) < 0 ||
	    tlv_next(&attribute.value, &value) < 0)
		return -EINVAL;
	*ret_type = type;
	*ret_value = value;
	return 0;
}

/* ---- canonical names -----------------------------------------------------*/

static int add_header(struct buf *b, uint8_t tag, size_t length)
{
	uint8_t h[2 + sizeof(length)] = { tag };
	size_t n = 2, octets = 0, rest;

	if (length < 0x80) {
		h[1] = (uint8_t)length;
	} else {
		for (rest = length; rest > 0; rest >>= 8)
			octets++;
		h[1] = (uint8_t)(0x80 | octets);
		while (octets-- > 0)
			h[n++] = (uint8_t)(length >> 8 * octets);
	}
	return buf_add(b, h, n);
}

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Lower case and single spaces, in place.  Other scripts stay as they are. */
static void text_fold(struct buf *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++) {
		char c = b->p[i];

		if (is_white(c)) {
			if (n == 0 || b->p[n - 1] == ' ')
				continue;
			c = ' ';
		} else if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		}
		b->p[n++] = c;
	}
	if (n > 0 && b->p[n - 1] == ' ')
		n--;
	b->n = n;
}

/* Appends the attribute in canonical form.  Strings that are no characters,
 * and values that are no strings, stay as they are.  */
static int add_canonical(struct buf *b, const struct tlv *type,
			 const struct tlv *value)
{
	AUTO(buf) struct buf text = { .p = NULL };
	AUTO(buf) struct buf inner = { .p = NULL };
	int r = -ENOTSUP;

	buf_init(&text, CANONICAL_MAX);
	buf_init(&inner, CANONICAL_MAX);
	if (value->tag != TAG_NUMERIC)
		r = add_text(&text, value);
	if (buf_add(&inner, type->whole.p, type->whole.n) < 0)
		return -E2BIG;
	if (r < 0) {
		if (buf_add(&inner, value->whole.p, value->whole.n) < 0)
			return -E2BIG;
	} else {
		text_fold(&text);
		if (add_header(&inner, TAG_UTF8, text.n) < 0 ||
		    buf_add(&inner, text.p, text.n) < 0)
			return -E2BIG;
	}
	if (add_header(b, TAG_SEQUENCE, inner.n) < 0)
		return -E2BIG;
	return buf_add(b, inner.p, inner.n);
}

static void auto_blobs(struct blob **p)
{
	free(*p);
}

static int compare_encodings(const void *a, const void *b)
{
	return blob_compare(*(const struct blob *)a, *(const struct blob *)b);
}

/* Appends one RDN; its attributes are sorted as DER wants a SET OF.  */
static int add_rdn(struct buf *b, struct blob rdn)
{
	AUTO(buf) struct buf all = { .p = NULL };
	AUTO(blobs) struct blob *items = NULL;
	struct tlv type, value;
	size_t i, n = 0, cap = 0, start;

	buf_init(&all, CANONICAL_MAX);
	while (rdn.n > 0) {
		if (attribute_next(&rdn, &type, &value) < 0)
			return -EINVAL;
		start = all.n;
		if (add_canonical(&all, &type, &value) < 0)
			return -E2BIG;
		grow(&items, n, &cap, sizeof(*items));
		items[n++] = (struct blob){ NULL, all.n - start };
	}
	start = 0;
	for (i = 0; i < n; i++) {	/* now that `all` moves no more */
		items[i].p = (uint8_t *)all.p + start;
		start += items[i].n;
	}
	if (n > 1)
		qsort(items, n, sizeof(*items), compare_encodings);
	if (add_header(b, TAG_SET, all.n) < 0)
		return -E2BIG;
	for (i = 0; i < n; i++)
		if (buf_add(b, items[i].p, items[i].n) < 0)
			return -E2BIG;
	return 0;
}

int name_canonical(struct blob name, struct buf *b)
{
	struct tlv sequence, rdn;
	int r;

	if (tlv_expect(&name, TAG_SEQUENCE, &sequence) < 0)
		return -EINVAL;
	while (sequence.value.n > 0) {
		if (tlv_expect(&sequence.value, TAG_SET, &rdn) < 0)
			return -EINVAL;
		r = add_rdn(b, rdn.value);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- text ----------------------------------------------------------------*/

/* Attribute types by the value of their OID.  RFC 4514 section 3 wants nine
 * of these names known; the others are those that RFC 4519, PKCS#9 and EN 319
 * 412-1 give them, as OpenSSL writes them.  */
static const struct {
	const char *oid;
	uint8_t n;
	const char *name;
} types[] = {
	{ "\x55\x04\x03", 3, "CN" },
	{ "\x55\x04\x04", 3, "SN" },
	{ "\x55\x04\x05", 3, "serialNumber" },
	{ "\x55\x04\x06", 3, "C" },
	{ "\x55\x04\x07", 3, "L" },
	{ "\x55\x04\x08", 3, "ST" },
	{ "\x55\x04\x09", 3, "STREET" },
	{ "\x55\x04\x0a", 3, "O" },
	{ "\x55\x04\x0b", 3, "OU" },
	{ "\x55\x04\x0c", 3, "title" },
	{ "\x55\x04\x0d", 3, "description" },
	{ "\x55\x04\x0f", 3, "businessCategory" },
	{ "\x55\x04\x11", 3, "postalCode" },
	{ "\x55\x04\x29", 3, "name" },
	{ "\x55\x04\x2a", 3, "GN" },
	{ "\x55\x04\x2b", 3, "initials" },
	{ "\x55\x04\x2e", 3, "dnQualifier" },
	{ "\x55\x04\x41", 3, "pseudonym" },
	{ "\x55\x04\x61", 3, "organizationIdentifier" },
	{ "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 10, "UID" },
	{ "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "DC" },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, "emailAddress" },
};

/* RFC 4514 2.4: # and the DER in hex, for what is no string, or whose type
 * has no name.  */
static int add_hex(struct buf *b, struct blob value)
{
	AUTO(str) char *hex = xmalloc(2 * value.n + 1);

	hex_encode(value.p, value.n, hex);
	return buf_addf(b, "#%s", hex);
}

/* Appends the OID in dotted form (X.690 8.19), or in hex when an arc is cut
 * off or has more than 64 bits.  */
static int add_oid(struct buf *b, struct blob oid)
{
	AUTO(buf) struct buf dotted = { .p = NULL };
	uint64_t arc = 0;
	bool first = true;
	unsigned root;
	size_t i;

	buf_init(&dotted, LIMIT_TEXT_BYTES);
	if (oid.n == 0 || oid.p[oid.n - 1] & 0x80)
		return add_hex(b, oid);
	for (i = 0; i < oid.n; i++) {
		if (arc >> 57)
			return add_hex(b, oid);
		arc = arc << 7 | (oid.p[i] & 0x7f);
		if (oid.p[i] & 0x80)
			continue;
		root = arc < 40 ? 0 : arc < 80 ? 1 : 2;
		if (first)
			buf_addf(&dotted, "%u.%ju", root,
				 (uintmax_t)(arc - 40 * root));
		else
			buf_addf(&dotted, ".%ju", (uintmax_t)arc);
		first = false;
		arc = 0;
	}
	return dotted.truncated ? -E2BIG : buf_add(b, dotted.p, dotted.n);
}

/* RFC 4514 2.4, the string form.  */
static int add_escaped(struct buf *b, const struct buf *text)
{
	size_t i;
	int r;

	for (i = 0; i < text->n; i++) {
		char c = text->p[i];

		if (strchr("\"+,;<>\\", c) || (c == '#' && i == 0) ||
			 (c == ' ' && (i == 0 || i == text->n - 1)))
			r = buf_addf(b, "\\%c", c);
		else
			r = buf_add(b, &c, 1);
		if (r < 0)
			return r;
	}
	return 0;
}

/* RFC 4514 2.3.  */
static int add_attribute(struct buf *b, const struct tlv *type,
			 const struct tlv *value)
{
	AUTO(buf) struct buf text = { .p = NULL };
	size_t i;
	int r;

	buf_init(&text, LIMIT_TEXT_BYTES);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].n == type->value.n &&
		    memcmp(types[i].oid, type->value.p, types[i].n) == 0)
			break;
	if (i == ARRAY_SIZE(types)) {
		r = add_oid(b, type->value);
		if (r == 0)
			r = buf_adds(b, "=");
		return r < 0 ? r : add_hex(b, value->whole);
	}
	r = buf_addf(b, "%s=", types[i].name);
	if (r < 0)
		return r;
	r = add_text(&text, value);
	if (r == -E2BIG)
		return r;
	if (r < 0 || (text.n > 0 && !is_utf8(text.p, text.n)))
		return add_hex(b, value->whole);
	return add_escaped(b, &text);
}

static int add_rdn_text(struct buf *b, struct blob rdn)
{
	struct tlv type, value;
	bool first = true;
	int r;

	for (; rdn.n > 0; first = false) {
		if (attribute_next(&rdn, &type, &value) < 0)
			return -EINVAL;
		r = first ? 0 : buf_adds(b, "+");
		if (r == 0)
			r = add_attribute(b, &type, &value);
		if (r < 0)
			return r;
	}
	return 0;
}

int name_text(struct blob name, char **ret_text)
{
	AUTO(buf) struct buf b = { .p = NULL };
	AUTO(blobs) struct blob *rdns = NULL;
	struct tlv sequence, rdn;
	size_t n = 0, cap = 0;
	int r;

	buf_init(&b, LIMIT_TEXT_BYTES);
	if (tlv_expect(&name, TAG_SEQUENCE, &sequence) < 0)
		return -EINVAL;
	while (sequence.value.n > 0) {
		if (tlv_expect(&sequence.value, TAG_SET, &rdn) < 0)
			return -EINVAL;
		grow(&rdns, n, &cap, sizeof(*rdns));
		rdns[n++] = rdn.value;
	}
	while (n > 0) {			/* the last comes first */
		r = add_rdn_text(&b, rdns[--n]);
		if (r == 0 && n > 0)
			r = buf_adds(&b, ",");
		if (r < 0)
			return r;
	}
	*ret_text = xstrdup(buf_str(&b));
	return 0;
}

/* The value of the attribute 2.5.4.ARC in NAME as UTF-8, the last one that is
 * not empty or else the first; NULL when there is none.  The caller frees. */
static char *name_attribute(struct blob name, uint8_t arc, bool last)
{
	const uint8_t oid[] = { 0x55, 0x04, arc };
	AUTO(buf) struct buf text = { .p = NULL };
	AUTO(str) char *found = NULL;
	struct tlv sequence, rdn, type, value;

	buf_init(&text, LIMIT_TEXT_BYTES);
	if (tlv_expect(&name, TAG_SEQUENCE, &sequence) < 0)
		return NULL;
	while (tlv_expect(&sequence.value, TAG_SET, &rdn) == 0) {
		while (attribute_next(&rdn.value, &type, &value) == 0) {
			if (!blob_equal(type.value,
					(struct blob){ oid, sizeof(oid) }))
				continue;
			text.n = 0;
			if (add_text(&text, &value) < 0 || text.n == 0)
				continue;
			free(found);
			found = utf8_text(text.p, text.n);
			if (!last)
				return TAKE(found);
		}
	}
	return TAKE(found);
}

/* In a directory's names the last CN is the most specific one; of several OU
 * it is the first, the others being notices ("(c) 1998 VeriSign, Inc.").  */
char *name_for_people(struct blob name)
{
	char *s = name_attribute(name, 3, true);	/* CN */

	if (!s)
		s = name_attribute(name, 11, false);	/* OU */
	if (!s)
		s = name_attribute(name, 10, false);	/* O */
	return s;
}
