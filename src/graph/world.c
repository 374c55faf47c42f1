/* world.c -- the part of an inventory that one question is about.
 *
 * Only what can be on a path is loaded, by the names of issuers upwards: an
 * inventory has thousands of entries, a path a handful.  Certificates that lie
 * nowhere any more are loaded, too: no party has them, but they say whose the
 * missing root is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph/world.h"

void numbers_add(struct numbers *n, size_t number)
{
	grow(&n->items, n->n, &n->cap, sizeof(*n->items));
	n->items[n->n++] = number;
}

void numbers_done(struct numbers *n)
{
	free(n->items);
	*n = (struct numbers){ .items = NULL };
}

void path_world_init(struct path_world *w, unsigned purpose)
{
	*w = (struct path_world){ .pool = path_pool_new(), .purpose = purpose };
}

void path_world_done(struct path_world *w)
{
	for (size_t k = 0; k < w->n_parties; k++) {
		struct world_party *p = &w->parties[k];

		free(p->id);
		free(p->title);
		free(p->owner);
		free(p->model_id);
		numbers_done(&p->anchors);
		numbers_done(&p->store);
		numbers_done(&p->cached);
		numbers_done(&p->distrusted);
		free(p->distrust_after);
	}
	for (size_t k = 0; k < w->n_copies; k++) {
		struct world_copy *c = &w->copies[k];

		free(c->kind);
		free(c->store);
		free(c->owner);
		free(c->location);
		free(c->label);
	}
	free(w->parties);
	free(w->copies);
	path_pool_free(w->pool);
	*w = (struct path_world){ .pool = NULL };
}

void auto_path_world(struct path_world *w)
{
	path_world_done(w);
}

int path_world_add(struct path_world *w, struct blob der, size_t *ret_number,
	      char **ret_error)
{
	return path_pool_add(w->pool, der, ret_number, ret_error);
}

/* ---- certificates ----------------------------------------------------------*/

static int take_named(const uint8_t sha256[SHA256_SIZE], struct blob der,
		      void *data)
{
	struct path_world *w = data;
	size_t number;

	(void)sha256;
	if (path_pool_count(w->pool) >= LIMIT_WORLD_CERTIFICATES) {
		w->cut = true;
		return 0;
	}
	/* What does not decode was said when it was scanned.  */
	path_pool_add(w->pool, der, &number, NULL);
	return 0;
}

/* The names that were asked for, in order.  */
struct names {
	uint8_t (*items)[SHA256_SIZE];
	size_t n, cap;
};

/* Puts NAME where it belongs; false when it is there already.  */
static bool names_add(struct names *names, const uint8_t name[SHA256_SIZE])
{
	size_t low = 0, high = names->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int d = memcmp(names->items[middle], name, SHA256_SIZE);

		if (d == 0)
			return false;
		if (d < 0)
			low = middle + 1;
		else
			high = middle;
	}
	grow(&names->items, names->n, &names->cap, sizeof(*names->items));
	memmove(names->items[low + 1], names->items[low],
		(names->n - low) * sizeof(*names->items));
	memcpy(names->items[low], name, SHA256_SIZE);
	names->n++;
	return true;
}

/* Each name is asked for once, however many certificates have it, which users can
 * make as many of as they like: the issuers of each certificate, as it comes, and
 * cross-signed forms of what was asked about.  */
static int load_certificates(struct path_world *w, struct inventory *i)
{
	struct names asked = { .n = 0 };
	int r = 0;

	for (size_t k = 0; r == 0 && k < path_pool_count(w->pool); k++) {
		const struct certificate *c =
			&path_pool_get(w->pool, k)->certificate;
		uint8_t names[2][SHA256_SIZE];

		/* The pool may move while it grows.  */
		memcpy(names[0], c->issuer_sha256, SHA256_SIZE);
		memcpy(names[1], c->subject_sha256, SHA256_SIZE);
		for (size_t n = 0; r == 0 && n < ARRAY_SIZE(names); n++)
			if (names_add(&asked, names[n]))
				r = inventory_named(i, names[n], take_named, w);
	}
	free(asked.items);
	return r;
}

/* ---- parties ---------------------------------------------------------------*/

static char *copy(const char *s)
{
	return s == NULL ? NULL : xstrdup(s);
}

static int take_party(const struct inventory_party *party, void *data)
{
	struct path_world *w = data;
	struct world_party p = {
		.id = xstrdup(party->party), .title = copy(party->title),
		.owner = copy(party->owner), .model_id = copy(party->model),
	};

	if (party->model != NULL) {
		/* What else lies in the store can end a path of theirs.  */
		if (party->partial_chain &&
		    strcmp(party->model, "openssl") == 0) {
			free(p.model_id);
			p.model_id = xstrdup("openssl-partial");
		}
		p.model = path_model_find(p.model_id);
	}
	grow(&w->parties, w->n_parties, &w->cap_parties, sizeof(p));
	w->parties[w->n_parties++] = p;
	return 0;
}

static struct world_party *party_find(const struct path_world *w, const char *id)
{
	size_t low = 0, high = w->n_parties;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int d = strcmp(w->parties[middle].id, id);

		if (d == 0)
			return &w->parties[middle];
		if (d < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* One use, to be put in the party's order when all are there.  */
struct placed {
	struct world_party *party;
	unsigned position;
	char *store, *location;
	uint64_t offset;
	size_t certificate;
	enum { AS_ANCHOR, AS_STORE, AS_CACHED, AS_DISTRUSTED } as;
	int64_t distrust_after;
};

struct loading {
	struct path_world *w;
	size_t certificate;
	struct placed *placed;
	size_t n, cap;
};

static void add_copy(struct loading *l, const struct certificate_use *u)
{
	struct path_world *w = l->w;
	struct world_copy c = { .certificate = l->certificate };

	/* Uses of one place by several parties follow each other by party.  */
	for (size_t k = w->n_copies; k-- > 0 &&
	     w->copies[k].certificate == l->certificate;)
		if (strcmp(w->copies[k].store, u->store) == 0 &&
		    strcmp(w->copies[k].kind, u->kind) == 0 &&
		    strcmp(w->copies[k].location, u->location) == 0 &&
		    w->copies[k].role == u->role) {
			w->copies[k].read |= u->party != NULL;
			return;
		}
	c.role = u->role;
	c.kind = xstrdup(u->kind);
	c.store = xstrdup(u->store);
	c.owner = copy(u->owner);
	c.location = xstrdup(u->location);
	c.label = copy(u->label);
	c.read = u->party != NULL;
	grow(&w->copies, w->n_copies, &w->cap_copies, sizeof(c));
	w->copies[w->n_copies++] = c;
}

static bool is_for(const struct path_world *w, const struct certificate_use *u)
{
	return u->purposes == 0 || (u->purposes & w->purpose) != 0;
}

static int take_use(const struct certificate_use *u, void *data)
{
	struct loading *l = data;
	struct placed p = {
		.certificate = l->certificate, .position = u->position,
		.offset = u->offset, .distrust_after = u->distrust_after,
	};

	add_copy(l, u);
	if (u->party == NULL)
		return 0;
	p.party = party_find(l->w, u->party);
	if (p.party == NULL)
		return 0;
	if (u->role == ROLE_DISTRUST && is_for(l->w, u))
		p.as = AS_DISTRUSTED;
	else if (u->used_as == ROLE_ANCHOR && u->role == ROLE_ANCHOR)
		p.as = (l->w->purpose == PURPOSE_SERVER_AUTH ? u->anchor
			: is_for(l->w, u)) ? AS_ANCHOR : AS_STORE;
	else if (u->used_as == ROLE_ANCHOR && u->role == ROLE_INTERMEDIATE)
		p.as = AS_STORE;
	else if (u->used_as == ROLE_INTERMEDIATE &&
		 (u->role == ROLE_ANCHOR || u->role == ROLE_INTERMEDIATE))
		p.as = AS_CACHED;
	else
		return 0;
	p.store = xstrdup(u->store);
	p.location = xstrdup(u->location);
	grow(&l->placed, l->n, &l->cap, sizeof(p));
	l->placed[l->n++] = p;
	return 0;
}

static int take_distrusting(const struct inventory_party *party, void *data)
{
	struct loading *l = data;
	struct placed p = {
		.certificate = l->certificate, .as = AS_DISTRUSTED,
		.party = party_find(l->w, party->party),
	};

	if (p.party == NULL)
		return 0;
	p.store = xstrdup("");
	p.location = xstrdup("");
	grow(&l->placed, l->n, &l->cap, sizeof(p));
	l->placed[l->n++] = p;
	return 0;
}

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int d;

	if (x->party != y->party)
		return x->party < y->party ? -1 : 1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	d = strcmp(x->store, y->store);
	if (d == 0)
		d = strcmp(x->location, y->location);
	if (d != 0)
		return d;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->certificate > y->certificate) -
	       (x->certificate < y->certificate);
}

static void put_anchor(struct world_party *p, const struct placed *x)
{
	const struct path_list list = { p->anchors.items, p->anchors.n };

	if (path_list_has(&list, x->certificate))
		return;
	numbers_add(&p->anchors, x->certificate);
	p->distrust_after = xrealloc(p->distrust_after, p->anchors.n,
				     sizeof(*p->distrust_after));
	p->distrust_after[p->anchors.n - 1] = x->distrust_after;
}

static void put_once(struct numbers *n, size_t number)
{
	const struct path_list list = { n->items, n->n };

	if (!path_list_has(&list, number))
		numbers_add(n, number);
}

static void put(const struct placed *x)
{
	switch (x->as) {
	case AS_ANCHOR:
		put_anchor(x->party, x);
		break;
	case AS_STORE:
		put_once(&x->party->store, x->certificate);
		break;
	case AS_CACHED:
		put_once(&x->party->cached, x->certificate);
		break;
	case AS_DISTRUSTED:
		put_once(&x->party->distrusted, x->certificate);
		break;
	}
}

static int load_uses(struct path_world *w, struct inventory *i)
{
	struct loading l = { .w = w };
	int r = 0;

	for (size_t k = 0; r == 0 && k < path_pool_count(w->pool); k++) {
		const struct certificate *c =
			&path_pool_get(w->pool, k)->certificate;

		l.certificate = k;
		r = inventory_uses(i, c->sha256, take_use, &l);
		if (r == 0)
			r = inventory_distrusting(i, c, take_distrusting, &l);
	}
	if (l.n > 0)
		qsort(l.placed, l.n, sizeof(*l.placed), compare_placed);
	for (size_t k = 0; k < l.n; k++) {
		put(&l.placed[k]);
		free(l.placed[k].store);
		free(l.placed[k].location);
	}
	free(l.placed);
	return r;
}

int path_world_load(struct path_world *w, struct inventory *i)
{
	int r = load_certificates(w, i);

	if (r == 0)
		r = inventory_parties(i, take_party, w);
	if (r == 0)
		r = load_uses(w, i);
	return r;
}

size_t path_world_add_imagined(struct path_world *w, size_t issuer)
{
	return path_pool_imagine(w->pool, issuer);
}

struct path_question path_world_question(const struct path_world *w,
				    const struct world_party *party,
				    size_t peer, const struct numbers *sent,
				    int64_t time, const char *host)
{
	return (struct path_question){
		.pool = w->pool, .peer = peer,
		.anchors = { party->anchors.items, party->anchors.n },
		.store = { party->store.items, party->store.n },
		.cached = { party->cached.items, party->cached.n },
		.sent = { sent->items, sent->n },
		.distrusted = { party->distrusted.items,
				party->distrusted.n },
		.distrust_after = party->distrust_after,
		.time = time, .host = host, .purpose = w->purpose,
	};
}

static bool same_numbers(const struct numbers *a, const struct numbers *b)
{
	return a->n == b->n &&
	       (a->n == 0 ||
		memcmp(a->items, b->items, a->n * sizeof(*a->items)) == 0);
}

bool world_parties_alike(const struct world_party *a,
		       const struct world_party *b)
{
	return a->model == b->model && same_numbers(&a->anchors, &b->anchors) &&
	       same_numbers(&a->store, &b->store) &&
	       same_numbers(&a->cached, &b->cached) &&
	       same_numbers(&a->distrusted, &b->distrusted) &&
	       (a->anchors.n == 0 ||
		memcmp(a->distrust_after, b->distrust_after,
		       a->anchors.n * sizeof(*a->distrust_after)) == 0);
}
