/* rows.c -- see rows.h.  */
#include "unit/rows.h"

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static char **copy_paths(const struct row *row)
{
	char **paths = xcalloc(PATHS_MAX + 1, sizeof(*paths));

	for (size_t i = 0; i < PATHS_MAX && row->paths[i] != NULL; i++)
		paths[i] = xstrdup(row->paths[i]);
	return paths;
}

struct catalogue *catalogue_of(const struct row *rows)
{
	struct catalogue *c = xcalloc(1, sizeof(*c));
	size_t n = 0, cap = 0, cap_parties = 0;

	for (; rows->kind != NULL; rows++, n++) {
		grow(&c->stores, n, &cap, sizeof(*c->stores));
		c->stores[n] = (struct store_definition){
			.kind = copy(rows->kind),
			.paths = copy_paths(rows),
			.selection = rows->selection,
			.files = copy(rows->files),
			.without = copy(rows->without),
			.except = copy(rows->except),
			.if_exists = copy(rows->if_exists),
			.unless_exists = copy(rows->unless_exists),
			.at_least = rows->at_least,
		};
		grow(&c->parties, n, &cap_parties, sizeof(*c->parties));
		c->parties[n] = (struct party_definition){
			.id = copy(rows->kind),
			.programs = copy_paths(rows),
		};
	}
	c->n_stores = c->n_parties = n;
	return c;
}

struct homes homes_of(const struct home_row *rows)
{
	struct homes h = { .problem = NULL };
	size_t cap = 0;

	for (; rows != NULL && rows->path != NULL; rows++) {
		grow(&h.items, h.n, &cap, sizeof(*h.items));
		h.items[h.n++] = (struct home){
			.path = copy(rows->path), .owner = copy(rows->owner),
		};
	}
	return h;
}
