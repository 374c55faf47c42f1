/* crawl-names.c -- what a file's name tells the crawl: the words of the
 * catalogue's <crawl> elements, so that most files cost two lookups and no system
 * call.  Endings (*.pem) and whole names (cacerts) are in one hash table; what
 * other patterns there are, few, is tried for what neither knows.  Names are
 * compared without regard to the case of ASCII letters, as other systems write
 * them.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "locate/crawl.h"

struct word {
	const char *text;	/* in `words`; of an ending, without "*." */
	size_t n;
	bool ending;
	enum name_class class;
};

struct crawl_names {
	struct word *words;
	size_t n_words, cap_words;
	size_t *table;		/* 1 + index in words; 0: free */
	size_t slots;
	struct word *patterns;
	size_t n_patterns, cap_patterns;
};

static bool is_plain(const char *s, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (strchr("*?[", s[k]) != NULL)
			return false;
	return true;
}

/* FNV-1a: the names are not an attacker's, and what is looked up is compared. */
static size_t hash(const char *s, size_t n, bool ending)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) + ending;

	for (size_t k = 0; k < n; k++)
		h = (h ^ (uint8_t)tolower((unsigned char)s[k])) *
		    UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 29);
}

static size_t slot_of(const struct crawl_names *c, const char *s, size_t n,
		      bool ending)
{
	size_t slot = hash(s, n, ending) & (c->slots - 1);

	while (c->table[slot] != 0) {
		const struct word *w = &c->words[c->table[slot] - 1];

		if (w->n == n && w->ending == ending &&
		    strncasecmp(w->text, s, n) == 0)
			break;
		slot = (slot + 1) & (c->slots - 1);
	}
	return slot;
}

static void add_words(struct crawl_names *c, const char *list,
		      enum name_class class)
{
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, " ");
		struct word w = { .text = list, .n = n, .class = class };

		w.ending = n > 2 && list[0] == '*' && list[1] == '.' &&
			   is_plain(list + 2, n - 2) &&
			   memchr(list + 2, '.', n - 2) == NULL;
		if (w.ending)
			w.text += 2, w.n -= 2;
		if (w.ending || is_plain(list, n)) {
			grow(&c->words, c->n_words, &c->cap_words,
			     sizeof(*c->words));
			c->words[c->n_words++] = w;
		} else if (n > 0) {
			w.text = xstrndup(list, n);
			grow(&c->patterns, c->n_patterns, &c->cap_patterns,
			     sizeof(*c->patterns));
			c->patterns[c->n_patterns++] = w;
		}
		list += n + (list[n] == ' ');
	}
}

struct crawl_names *crawl_names_new(const struct catalogue *catalogue)
{
	struct crawl_names *c = xcalloc(1, sizeof(*c));

	add_words(c, catalogue->crawl.likely, NAME_LIKELY);
	add_words(c, catalogue->crawl.program, NAME_PROGRAM);
	add_words(c, catalogue->crawl.never, NAME_NEVER);
	c->slots = 64;
	while (c->slots < 4 * c->n_words)
		c->slots *= 2;
	c->table = xcalloc(c->slots, sizeof(*c->table));
	for (size_t k = 0; k < c->n_words; k++) {
		const struct word *w = &c->words[k];
		size_t slot = slot_of(c, w->text, w->n, w->ending);

		if (c->table[slot] == 0)	/* the first one says it */
			c->table[slot] = k + 1;
	}
	return c;
}

void crawl_names_free(struct crawl_names *c)
{
	if (c == NULL)
		return;
	for (size_t k = 0; k < c->n_patterns; k++)
		free((char *)c->patterns[k].text);
	free(c->patterns);
	free(c->words);
	free(c->table);
	free(c);
}

enum name_class crawl_name_class(const struct crawl_names *c, const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t found = c->table[slot_of(c, name, strlen(name), false)];

	if (found == 0 && dot != NULL && dot[1] != '\0')
		found = c->table[slot_of(c, dot + 1, strlen(dot + 1), true)];
	if (found != 0)
		return c->words[found - 1].class;
	for (size_t k = 0; k < c->n_patterns; k++)
		if (fnmatch(c->patterns[k].text, name, FNM_CASEFOLD) == 0)
			return c->patterns[k].class;
	return NAME_NEUTRAL;
}
