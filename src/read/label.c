/* label.c -- names of entries to UTF-8, from the two encodings that Java key
 * stores use: BMPString in PKCS#12 and "modified UTF-8" (java.io.DataInput)
 * in JKS, and from that of Windows.  All are UTF-16 inside, so characters past
 * U+FFFF come as pairs.
 */
#include <errno.h>

#include "read/label.h"

#define REPLACEMENT	0xfffd

static int character_add(struct buf *out, uint32_t c)
{
	char utf8[4];
	size_t n = 0;

	if (c < 0x80) {
		utf8[n++] = (char)c;
	} else if (c < 0x800) {
		utf8[n++] = (char)(0xc0 | c >> 6);
		utf8[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		utf8[n++] = (char)(0xe0 | c >> 12);
		utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		utf8[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		utf8[n++] = (char)(0xf0 | c >> 18);
		utf8[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		utf8[n++] = (char)(0x80 | (c & 0x3f));
	}
	return buf_add(out, utf8, n);
}

/* Takes one UTF-16 unit off the front of *IN, which is not empty.  */
typedef uint32_t unit_fn(struct blob *in);

static struct blob behind(struct blob in, size_t n)
{
	return (struct blob){ in.p + n, in.n - n };
}

static uint32_t bmp_unit(struct blob *in)
{
	uint32_t unit = REPLACEMENT;

	if (in->n >= 2)
		unit = get_be16(in->p);
	*in = behind(*in, in->n >= 2 ? 2 : in->n);
	return unit;
}

static uint32_t windows_unit(struct blob *in)
{
	const uint32_t unit = in->p[0] | (uint32_t)in->p[1] << 8;

	*in = behind(*in, 2);
	return unit;
}

static bool continues(struct blob in, size_t at)
{
	return at < in.n && (in.p[at] & 0xc0) == 0x80;
}

static uint32_t java_unit(struct blob *in)
{
	const uint8_t *p = in->p;
	uint32_t unit = REPLACEMENT;
	size_t n = 1;

	if (p[0] < 0x80) {
		unit = p[0];
	} else if ((p[0] & 0xe0) == 0xc0 && continues(*in, 1)) {
		unit = (p[0] & 0x1fu) << 6 | (p[1] & 0x3f);
		n = 2;
	} else if ((p[0] & 0xf0) == 0xe0 && continues(*in, 1) &&
		   continues(*in, 2)) {
		unit = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 |
		       (p[2] & 0x3f);
		n = 3;
	}
	*in = behind(*in, n);
	return unit;
}

static int units_add(struct blob in, unit_fn *next, struct buf *out)
{
	while (in.n > 0) {
		uint32_t c = next(&in);

		if (c >= 0xd800 && c < 0xdc00 && in.n > 0) {
			struct blob rest = in;
			const uint32_t low = next(&rest);

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c & 0x3ff) << 10) +
				    (low & 0x3ff);
				in = rest;
			}
		}
		if (c >= 0xd800 && c < 0xe000)
			c = REPLACEMENT;
		if (character_add(out, c) < 0)
			return -E2BIG;
	}
	return 0;
}

int label_from_bmp(struct blob bmp, struct buf *out)
{
	return units_add((struct blob){ bmp.p, bmp.n & ~(size_t)1 }, bmp_unit,
			 out);
}

int label_from_java(struct blob text, struct buf *out)
{
	return units_add(text, java_unit, out);
}

int label_from_windows(struct blob text, struct buf *out)
{
	size_t n = 0;

	while (n + 1 < text.n && (text.p[n] | text.p[n + 1]) != 0)
		n += 2;
	return units_add((struct blob){ text.p, n }, windows_unit, out);
}
