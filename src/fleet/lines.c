/* lines.c -- which lines are known, by the SHA-256 of their bytes.
 *
 * Open addressing.  Hashes are spread evenly, but what a bundle says is one need not
 * have been made of anything: so where one is looked for depends on a secret of the
 * process (multiply-shift: Dietzfelbinger, "Universal hashing and k-wise independent
 * random variables via integer arithmetic without primes", 1996).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fleet/fleet.h"

void lines_done(struct lines *l)
{
	free(l->items);
	*l = (struct lines){ .items = NULL };
}

void auto_lines(struct lines *l)
{
	lines_done(l);
}

static uint64_t mix(const uint8_t sha256[SHA256_SIZE])
{
	static uint64_t secret[SHA256_SIZE / 8 + 1];
	uint64_t sum;

	if (secret[0] == 0 &&
	    getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		die("getrandom: %s", strerror(errno));
	secret[0] |= 1;		/* it has been drawn */
	sum = secret[0];
	for (size_t k = 0; k < SHA256_SIZE / 8; k++)
		sum += secret[k + 1] * get_be64(sha256 + 8 * k);
	return sum;
}

/* Where SHA256 is, or where it would be.  */
static struct line *place(const struct lines *l,
			  const uint8_t sha256[SHA256_SIZE])
{
	/* Its upper bits, on which all of the hash has an influence.  */
	size_t k = (size_t)(mix(sha256) >> (__builtin_clzll(l->cap) + 1));

	while (l->items[k].used &&
	       memcmp(l->items[k].sha256, sha256, SHA256_SIZE) != 0)
		k = (k + 1) & (l->cap - 1);
	return &l->items[k];
}

bool lines_has(const struct lines *l, const uint8_t sha256[SHA256_SIZE],
	       int64_t *ret_value)
{
	const struct line *found = l->n > 0 ? place(l, sha256) : NULL;

	if (found == NULL || !found->used)
		return false;
	if (ret_value != NULL)
		*ret_value = found->value;
	return true;
}

static void make_room(struct lines *l)
{
	struct lines larger = { .cap = l->cap > 0 ? 2 * l->cap : 64, .n = l->n };

	if (2 * (l->n + 1) <= l->cap)
		return;
	larger.items = xcalloc(larger.cap, sizeof(*larger.items));
	for (size_t k = 0; k < l->cap; k++)
		if (l->items[k].used)
			*place(&larger, l->items[k].sha256) = l->items[k];
	free(l->items);
	*l = larger;
}

void lines_put(struct lines *l, const uint8_t sha256[SHA256_SIZE],
	       int64_t value)
{
	struct line *at;

	make_room(l);
	at = place(l, sha256);
	if (!at->used)
		l->n++;
	memcpy(at->sha256, sha256, SHA256_SIZE);
	at->value = value;
	at->used = true;
}

int lines_parse(struct lines *l, const char *text, size_t *ret_line)
{
	for (*ret_line = 1; *text != '\0'; ++*ret_line) {
		const char *end = strchrnul(text, '\n');
		char hex[2 * SHA256_SIZE + 1];
		uint8_t sha256[SHA256_SIZE];

		if (*text != '#') {
			if (end - text != 2 * SHA256_SIZE)
				return -EINVAL;
			memcpy(hex, text, sizeof(hex) - 1);
			hex[sizeof(hex) - 1] = '\0';
			if (hex_decode(hex, sha256, SHA256_SIZE) < 0)
				return -EINVAL;
			lines_put(l, sha256, 0);
		}
		text = *end != '\0' ? end + 1 : end;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_SIZE);
}

char *lines_format(const struct lines *l, const char *comment, size_t *ret_n)
{
	uint8_t (*sorted)[SHA256_SIZE] = xcalloc(l->n + 1, sizeof(*sorted));
	char hex[2 * SHA256_SIZE + 1];
	size_t n = 0;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	for (size_t k = 0; k < l->cap; k++)
		if (l->items[k].used)
			memcpy(sorted[n++], l->items[k].sha256, SHA256_SIZE);
	qsort(sorted, n, sizeof(*sorted), compare);
	buf_addf(&b, "# %s\n", comment);
	for (size_t k = 0; k < n; k++) {
		hex_encode(sorted[k], SHA256_SIZE, hex);
		buf_addf(&b, "%s\n", hex);
	}
	free(sorted);
	*ret_n = b.n;
	return buf_take(&b);
}
