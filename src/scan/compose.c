/* compose.c -- relying parties.  A party exists wherever its program or one of
 * its own stores exists: one party for each instance (a home, a JDK, a Node
 * binary).  It composes its own instance's stores, and those of the host that
 * its definition names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/compose.h"

struct known_store {
	char *kind, *instance, *owner;
	int64_t store;
	bool is_there;
};

struct known_party {
	const struct party_definition *definition;
	char *id, *instance, *owner;
	bool replaced;		/* by another party */
};

struct composition {
	const struct catalogue *catalogue;
	struct known_store *stores;
	size_t n_stores, cap_stores;
	struct known_party *parties;
	size_t n_parties, cap_parties;
};

struct composition *composition_new(const struct catalogue *catalogue)
{
	struct composition *c = xcalloc(1, sizeof(*c));

	c->catalogue = catalogue;
	return c;
}

static void known_party_done(struct known_party *p)
{
	free(p->id);
	free(p->instance);
	free(p->owner);
}

void composition_free(struct composition *c)
{
	size_t k;

	if (!c)
		return;
	for (k = 0; k < c->n_stores; k++) {
		free(c->stores[k].kind);
		free(c->stores[k].instance);
		free(c->stores[k].owner);
	}
	for (k = 0; k < c->n_parties; k++)
		known_party_done(&c->parties[k]);
	free(c->stores);
	free(c->parties);
	free(c);
}

void composition_store(struct composition *c, const char *kind,
		       const char *instance, const char *owner, int64_t store,
		       bool is_there)
{
	grow(&c->stores, c->n_stores, &c->cap_stores, sizeof(*c->stores));
	c->stores[c->n_stores++] = (struct known_store){
		.kind = xstrdup(kind), .instance = xstrdup(instance),
		.owner = xstrdup(owner), .store = store,
		.is_there = is_there };
}

/* The caller frees.  */
static char *party_id(const char *type, const char *instance)
{
	return strcmp(instance, "/") == 0 ? xstrdup(type)
	       : xasprintf("%s:%s", type, instance);
}

void composition_program(struct composition *c,
			 const struct party_definition *party,
			 const char *instance, const char *owner)
{
	size_t n = c->n_parties;
	struct known_party *p;

	grow(&c->parties, n, &c->cap_parties, sizeof(*c->parties));
	p = &c->parties[c->n_parties++];
	*p = (struct known_party){ .definition = party };
	p->instance = xstrdup(instance);
	p->owner = xstrdup(owner);
	p->id = party_id(party->id, instance);
}

static int compare_parties(const void *a, const void *b)
{
	const struct known_party *x = a, *y = b;
	int r = strcmp(x->id, y->id);

	/* what knows its owner first: the other one is dropped */
	return r ? r : -strcmp(x->owner, y->owner);
}

static int compare_stores(const void *a, const void *b)
{
	const struct known_store *x = a, *y = b;
	int r = strcmp(x->kind, y->kind);

	if (r == 0)
		r = strcmp(x->instance, y->instance);
	if (r == 0)
		r = (x->store > y->store) - (x->store < y->store);
	return r;
}

/* Parties that exist because of a store: of their own instance, or, for those
 * that have none of their own, of any store that they read.  */
static void parties_of_stores(struct composition *c)
{
	size_t k, s, u;

	for (k = 0; k < c->catalogue->n_parties; k++) {
		const struct party_definition *d = &c->catalogue->parties[k];
		bool has_own = false;

		for (u = 0; u < d->n_uses; u++)
			has_own |= d->uses[u].own;
		for (u = 0; u < d->n_uses; u++)
			for (s = 0; s < c->n_stores; s++) {
				const struct known_store *st = &c->stores[s];

				if (!st->is_there || d->uses[u].own != has_own ||
				    d->uses[u].only_if ||
				    !has_word(d->uses[u].kinds, st->kind))
					continue;
				composition_program(c, d, has_own
					? st->instance : "/",
					has_own ? st->owner : "");
			}
	}
}

static void drop_twins(struct composition *c)
{
	size_t k, n = 0;

	if (c->n_parties == 0)
		return;
	qsort(c->parties, c->n_parties, sizeof(*c->parties), compare_parties);
	for (k = 0; k < c->n_parties; k++) {
		struct known_party *p = &c->parties[k];

		if (n > 0 && strcmp(c->parties[n - 1].id, p->id) == 0) {
			known_party_done(p);
			continue;
		}
		c->parties[n++] = *p;
	}
	c->n_parties = n;
}

/* Is there the party that takes P's place?  Parties are sorted by id.  */
static bool is_replaced(const struct composition *c,
			const struct known_party *p)
{
	AUTO(str) char *id = NULL;
	size_t low = 0, high = c->n_parties;

	if (!p->definition->unless)
		return false;
	id = party_id(p->definition->unless, p->instance);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int r = strcmp(c->parties[middle].id, id);

		if (r == 0)
			return true;
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Takes out the parties in whose place there is another.  */
static void drop_replaced(struct composition *c)
{
	size_t k, n = 0;

	for (k = 0; k < c->n_parties; k++)
		c->parties[k].replaced = is_replaced(c, &c->parties[k]);
	for (k = 0; k < c->n_parties; k++) {
		struct known_party *p = &c->parties[k];

		if (p->replaced)
			known_party_done(p);
		else
			c->parties[n++] = *p;
	}
	c->n_parties = n;
}

/* The stores of one kind: their range in the sorted array.  */
static size_t first_of_kind(const struct composition *c, const char *kind,
			    size_t n, const char *instance)
{
	size_t low = 0, high = c->n_stores;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct known_store *s = &c->stores[middle];
		int r = strncmp(s->kind, kind, n);

		if (r == 0 && s->kind[n] != '\0')
			r = 1;
		if (r == 0 && instance)
			r = strcmp(s->instance, instance);
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

typedef void known_store_fn(const struct known_store *s, void *data);

/* Calls FN for the stores whose kind is one of KINDS, of INSTANCE or (NULL)
 * of any.  */
static void each_store(const struct composition *c, const char *kinds,
		       const char *instance, known_store_fn *fn, void *data)
{
	const char *word = kinds;

	while (*word) {
		size_t n = strcspn(word, " "), k;

		for (k = first_of_kind(c, word, n, instance); n > 0 &&
		     k < c->n_stores; k++) {
			const struct known_store *s = &c->stores[k];

			if (strncmp(s->kind, word, n) != 0 || s->kind[n] ||
			    (instance && strcmp(s->instance, instance) != 0))
				break;
			fn(s, data);
		}
		word += n;
		while (*word == ' ')
			word++;
	}
}

struct collected {
	struct composed_store *stores;
	size_t n, cap;
	enum role role;
	unsigned position;
	const char *instead;
};

static void collect(const struct known_store *s, void *data)
{
	struct collected *c = data;

	grow(&c->stores, c->n, &c->cap, sizeof(*c->stores));
	c->stores[c->n++] = (struct composed_store){
		s->store, c->role, c->position, c->instead };
}

static void count(const struct known_store *s, void *data)
{
	size_t *n = data;

	if (s->is_there)
		++*n;
}

/* The model of D, by the engine of one of its own N stores.  */
static int model_of(struct inventory *i, const struct party_definition *d,
		    const struct composed_store *stores, size_t n,
		    const char **ret_model)
{
	*ret_model = d->model;
	for (size_t k = 0; d->n_models > 0 && k < n; k++) {
		AUTO(str) char *engine = NULL;
		int r = inventory_engine(i, stores[k].store, &engine);

		if (r < 0)
			return r;
		for (size_t m = 0; engine != NULL && m < d->n_models; m++)
			if (has_prefix(engine, d->models[m].when)) {
				*ret_model = d->models[m].model;
				return 0;
			}
	}
	return 0;
}

int composition_record(struct composition *c, struct inventory *i)
{
	struct composed_party *composed;
	size_t k, u;
	int r = 0;

	parties_of_stores(c);
	drop_twins(c);
	drop_replaced(c);
	if (c->n_stores)
		qsort(c->stores, c->n_stores, sizeof(*c->stores),
		      compare_stores);

	composed = xcalloc(c->n_parties + 1, sizeof(*composed));
	for (k = 0; k < c->n_parties; k++) {
		const struct known_party *p = &c->parties[k];
		const struct party_definition *d = p->definition;
		struct collected found = { 0 };

		for (u = 0; u < d->n_uses; u++) {
			const struct party_use *use = &d->uses[u];
			size_t instead = 0, with = 0;

			if (use->unless)
				each_store(c, use->unless, p->instance, count,
					   &instead);
			if (use->only_if)
				each_store(c, use->only_if, p->instance, count,
					   &with);
			if (use->only_if && !with)
				continue;
			found.role = role_from_name(use->as);
			found.position = (unsigned)u;
			found.instead = instead ? use->unless : NULL;
			each_store(c, use->kinds,
				   use->own ? p->instance : NULL, collect,
				   &found);
		}
		composed[k] = (struct composed_party){
			.party = p->id, .type = d->id, .instance = p->instance,
			.title = d->title, .owner = p->owner,
			.model = d->model, .own_list = d->own_list,
			.is_system = d->system,
			.partial_chain = d->partial_chain,
			.distrusts_keys = d->distrusts_keys,
			.stores = found.stores, .n_stores = found.n };
		if (r == 0)
			r = model_of(i, d, found.stores, found.n,
				     &composed[k].model);
	}
	if (r == 0)
		r = inventory_compose(i, composed, c->n_parties);
	for (k = 0; k < c->n_parties; k++)
		free(composed[k].stores);
	free(composed);
	return r;
}
