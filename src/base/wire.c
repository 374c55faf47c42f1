/* wire.c -- numbers, bytes and texts between two processes, one of which may lie:
 * a worker has parsed what anybody may have written, and what it says afterwards
 * is as good as that.
 *
 * Getting never fails in the middle: the message turns bad and stays so, and
 * wire_end() tells.  So a function that gets a record is one expression after
 * the other, in the order of the one that puts it, and nothing is checked that
 * could be forgotten.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#define TEXT_NULL	UINT32_MAX	/* the length of a text that is NULL */

static void put_be(struct buf *b, uint64_t number, size_t n)
{
	uint8_t bytes[8];

	for (size_t k = 0; k < n; k++)
		bytes[k] = (uint8_t)(number >> 8 * (n - 1 - k));
	buf_add(b, bytes, n);
}

/* N bytes of the message; NULL: there are not as many.  */
static const uint8_t *take(struct wire *w, size_t n)
{
	const uint8_t *p = w->p;

	if (w->bad || n > w->n) {
		w->bad = true;
		return NULL;
	}
	w->p += n;
	w->n -= n;
	return p;
}

void wire_put_u32(struct buf *b, uint32_t number)
{
	put_be(b, number, 4);
}

uint32_t wire_get_u32(struct wire *w, uint32_t max)
{
	const uint8_t *p = take(w, 4);
	const uint32_t number = p != NULL ? get_be32(p) : 0;

	if (number <= max)
		return number;
	w->bad = true;
	return 0;
}

void wire_put_u64(struct buf *b, uint64_t number)
{
	put_be(b, number, 8);
}

uint64_t wire_get_u64(struct wire *w, uint64_t max)
{
	const uint8_t *p = take(w, 8);
	const uint64_t number = p != NULL ? get_be64(p) : 0;

	if (number <= max)
		return number;
	w->bad = true;
	return 0;
}

void wire_put_i64(struct buf *b, int64_t number)
{
	put_be(b, (uint64_t)number, 8);
}

int64_t wire_get_i64(struct wire *w, int64_t min, int64_t max)
{
	const uint8_t *p = take(w, 8);
	const int64_t number = p != NULL ? (int64_t)get_be64(p) : 0;

	if (p != NULL && number >= min && number <= max)
		return number;
	w->bad = true;
	return 0;
}

void wire_put_number(struct buf *b, uint64_t number)
{
	uint8_t bytes[10];
	size_t n = 0;

	for (; number >= 0x80; number >>= 7)
		bytes[n++] = (uint8_t)(number | 0x80);
	bytes[n++] = (uint8_t)number;
	buf_add(b, bytes, n);
}

uint64_t wire_get_number(struct wire *w, uint64_t max)
{
	uint64_t number = 0;

	for (unsigned bits = 0; bits < 64 && w->n > 0 && !w->bad; bits += 7) {
		const uint8_t byte = *w->p++;

		w->n--;
		number |= (uint64_t)(byte & 0x7f) << bits;
		if (bits == 63 && byte > 1)
			break;
		if (byte >= 0x80)
			continue;
		if (number > max)
			break;
		return number;
	}
	w->bad = true;
	return 0;
}

void wire_put_change(struct buf *b, uint64_t number, uint64_t before)
{
	const uint64_t change = number - before;

	wire_put_number(b, change << 1 ^
			   (change >> 63 != 0 ? UINT64_MAX : 0));
}

uint64_t wire_get_change(struct wire *w, uint64_t before)
{
	const uint64_t n = wire_get_number(w, UINT64_MAX);

	return before + (n >> 1 ^ ((n & 1) != 0 ? UINT64_MAX : 0));
}

void wire_put_fixed(struct buf *b, const void *p, size_t n)
{
	buf_add(b, p, n);
}

void wire_get_fixed(struct wire *w, void *ret, size_t n)
{
	const uint8_t *p = take(w, n);

	if (p != NULL)
		memcpy(ret, p, n);
	else
		memset(ret, 0, n);
}

void wire_put_bytes(struct buf *b, struct blob bytes)
{
	wire_put_u32(b, (uint32_t)bytes.n);
	buf_add(b, bytes.p, bytes.n);
}

struct blob wire_get_bytes(struct wire *w, size_t max)
{
	const size_t n = wire_get_u32(w, max < TEXT_NULL ? (uint32_t)max
							 : TEXT_NULL - 1);
	const uint8_t *p = take(w, n);

	return (struct blob){ p, p != NULL ? n : 0 };
}

void wire_put_text(struct buf *b, const char *text)
{
	if (text == NULL)
		wire_put_u32(b, TEXT_NULL);
	else
		wire_put_bytes(b, (struct blob){ (const uint8_t *)text,
						 strlen(text) });
}

char *wire_get_text(struct wire *w, size_t max)
{
	struct blob text;

	if (!w->bad && w->n >= 4 && get_be32(w->p) == TEXT_NULL) {
		take(w, 4);
		return NULL;
	}
	text = wire_get_bytes(w, max);
	if (text.n != 0 && memchr(text.p, '\0', text.n) != NULL)
		w->bad = true;
	return w->bad ? NULL : xstrndup((const char *)text.p, text.n);
}

int wire_end(const struct wire *w)
{
	return w->bad || w->n != 0 ? -EBADMSG : 0;
}
