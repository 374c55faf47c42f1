/* interest.c -- what of a package a catalogue would look at: paths without any
 * file system behind them, matched against the patterns that walk.c expands.
 *
 * Only absolute patterns count: no package brings what lies in a home.  What is
 * beneath the directory of a store is the store's, whatever its name.
 */
#include <string.h>

#include "locate/pattern.h"

static void add_all(struct patterns *p, char *const *paths, size_t tag)
{
	for (; paths != NULL && *paths != NULL; paths++)
		patterns_add(p, *paths, tag);
}

/* The directories of a list, separated by space, have no wildcards.  */
static void add_words(struct patterns *p, const char *words, size_t tag)
{
	while (words != NULL && *words != '\0') {
		const size_t n = strcspn(words, " ");
		AUTO(str) char *word = xstrndup(words, n);

		if (*word == '/' && word[1] != '\0')
			patterns_add(p, word, tag);
		words += n;
		words += strspn(words, " ");
	}
}

struct patterns *interest_patterns(const struct catalogue *c)
{
	struct patterns *p = patterns_new();

	for (size_t k = 0; k < c->n_stores; k++) {
		add_all(p, c->stores[k].paths, INTEREST_STORE);
		add_words(p, c->stores[k].base, INTEREST_STORE);
	}
	for (size_t k = 0; k < c->n_parties; k++)
		add_all(p, c->parties[k].programs, INTEREST_PROGRAM);
	for (size_t k = 0; k < c->n_setting_files; k++)
		add_all(p, c->setting_files[k].paths, INTEREST_SETTINGS);
	return p;
}

static enum interest ends_of(const struct node *node)
{
	enum interest i = INTEREST_NONE;

	for (const struct end *end = node->ends; end != NULL; end = end->next)
		if (end->tag > i)
			i = (enum interest)end->tag;
	return i;
}

static enum interest better(enum interest a, enum interest b)
{
	return a > b ? a : b;
}

/* PATH is what is left behind NODE: "" or "/...".  */
static enum interest look(const struct node *node, const char *path)
{
	enum interest i = ends_of(node);
	char name[LIMIT_PATH_BYTES];
	const size_t n = *path == '/' ? strcspn(path + 1, "/") : 0;
	const char *rest = path + 1 + n;

	if (n == 0 || n >= sizeof(name))
		return i;
	memcpy(name, path + 1, n);
	name[n] = '\0';
	for (const struct node *c = node->child; c != NULL && i <
	     INTEREST_STORE; c = c->next) {
		if (c->component == COMPONENT_PLAIN) {
			if (strcmp(c->name, name) == 0)
				i = better(i, look(c, rest));
		} else if (c->component == COMPONENT_WILD) {
			if ((name[0] != '.' || c->name[0] == '.') &&
			    pattern_match(c->name, name))
				i = better(i, look(c, rest));
		} else {
			/* No directory, one, two ...  */
			const char *from = path;

			for (unsigned depth = 0; *from == '/' && i <
			     INTEREST_STORE && depth <= LIMIT_TREE_DEPTH;
			     depth++) {
				i = better(i, look(c, from));
				if (from[1] == '.')
					break;
				from += 1 + strcspn(from + 1, "/");
			}
		}
	}
	return i;
}

enum interest interest_in(const struct patterns *p, const char *path)
{
	return look(&p->absolute, path);
}
