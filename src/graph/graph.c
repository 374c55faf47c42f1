/* graph.c -- which anchors a certificate reaches, and until when.
 *
 * The search starts at each anchor and goes down to what it signed, so that
 * its cost is the size of what hangs below the anchors and not the number of
 * paths.  The best path to an anchor is a widest path: along it the earliest
 * notAfter is as late as possible.  Dijkstra's algorithm finds it, because
 * going one certificate further can only shorten a path's life.  Meshes of
 * cross-signs and cycles therefore cost no more than their edges.
 *
 * Two passes: the first uses only certificates that are valid now, and its
 * answers win; the second fills in what no living path reaches.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

/* Edges by issuing identity: child certificates of identity k are
 * children[first[k]] up to children[first[k + 1]].  */
/* Certificates have numbers of their own here: what one authority issued has
 * numbers in a row, so that going through it goes through memory in order.  With
 * a hundred thousand certificates that is most of the time.  */
struct node {
	int64_t not_before, not_after;
	uint32_t identity;
	uint32_t place;			/* in the input */
	bool is_ca;
};

struct index {
	size_t n_identities;
	struct node *nodes;
	uint32_t *node_of;		/* by place in the input */
	uint32_t *first;
	uint32_t *children;		/* nodes */
	bool all_valid;			/* every certificate is valid now */
};

struct label {				/* best known path of one certificate */
	int64_t valid_from, valid_until;
	size_t next;			/* certificate above it */
	bool reached, settled;
};

struct heap_item {
	int64_t valid_until;
	size_t certificate;
};

struct heap {
	struct heap_item *items;
	size_t n, cap;
};

static bool heap_above(const struct heap_item *a, const struct heap_item *b)
{
	/* the second key makes the order, and so the paths, deterministic */
	return a->valid_until != b->valid_until
		? a->valid_until > b->valid_until
		: a->certificate < b->certificate;
}

static void heap_push(struct heap *h, struct heap_item item)
{
	size_t k;

	grow(&h->items, h->n, &h->cap, sizeof(*h->items));
	for (k = h->n++; k > 0; k = (k - 1) / 2) {
		if (!heap_above(&item, &h->items[(k - 1) / 2]))
			break;
		h->items[k] = h->items[(k - 1) / 2];
	}
	h->items[k] = item;
}

static struct heap_item heap_pop(struct heap *h)
{
	struct heap_item top = h->items[0], last = h->items[--h->n];
	size_t k = 0;

	for (;;) {
		size_t child = 2 * k + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n &&
		    heap_above(&h->items[child + 1], &h->items[child]))
			child++;
		if (!heap_above(&h->items[child], &last))
			break;
		h->items[k] = h->items[child];
		k = child;
	}
	h->items[k] = last;
	return top;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* From ids, which come from SQLite and hence lie close together, to their
 * places in order.  Where they do not, they are searched for.  */
struct places {
	int64_t *ids;			/* sorted, distinct */
	size_t n;
	uint32_t *table;		/* by id - ids[0]: 1 + place; NULL: none */
	uint64_t range;
};

#define NOWHERE		UINT32_MAX

static size_t distinct(int64_t *ids, size_t n)
{
	size_t k, kept = 0;

	for (k = 0; k < n; k++)
		if (kept == 0 || ids[kept - 1] != ids[k])
			ids[kept++] = ids[k];
	return kept;
}

/* IDS is taken over.  */
static void places_build(struct places *p, int64_t *ids, size_t n)
{
	bool sorted = true;
	int64_t least = n ? ids[0] : 0, most = least;
	size_t k;

	for (k = 1; k < n; k++) {
		sorted = sorted && ids[k - 1] <= ids[k];
		least = ids[k] < least ? ids[k] : least;
		most = ids[k] > most ? ids[k] : most;
	}
	*p = (struct places){ .ids = ids,
			      .range = (uint64_t)most - (uint64_t)least + 1 };
	if (n > 0 && p->range <= 16 * (uint64_t)n + 1024) {
		p->table = xcalloc((size_t)p->range, sizeof(*p->table));
		for (k = 0; k < n; k++)
			p->table[ids[k] - least] = 1;
		for (k = 0; k < p->range; k++)
			if (p->table[k] != 0) {
				p->table[k] = (uint32_t)(p->n + 1);
				ids[p->n++] = least + (int64_t)k;
			}
		return;
	}
	if (!sorted)
		qsort(ids, n, sizeof(*ids), compare_ids);
	p->n = distinct(ids, n);
}

static void places_done(struct places *p)
{
	free(p->ids);
	free(p->table);
}

static uint32_t place_of(const struct places *p, int64_t id)
{
	const int64_t *found;

	if (p->n == 0 || id < p->ids[0] || id > p->ids[p->n - 1])
		return NOWHERE;
	if (p->table != NULL)
		return p->table[id - p->ids[0]] - 1;	/* 0 wraps to NOWHERE */
	found = bsearch(&id, p->ids, p->n, sizeof(*p->ids), compare_ids);
	return found ? (uint32_t)(found - p->ids) : NOWHERE;
}

static bool is_valid(const struct node *c, int64_t now)
{
	return c->not_before <= now && now < c->not_after;
}

/* Numbers the certificates in the order in which X has them as children, and
 * makes X's children these numbers.  */
static void number_nodes(const struct graph_input *in,
			 const struct places *by_identity, struct index *x)
{
	const size_t n = in->n_certificates;
	const size_t edges = x->first[x->n_identities];
	uint32_t *order = xcalloc(n + 1, sizeof(*order));
	size_t used = 0, k;

	x->node_of = xcalloc(n + 1, sizeof(*x->node_of));
	x->nodes = xcalloc(n + 1, sizeof(*x->nodes));
	for (k = 0; k < n; k++)
		x->node_of[k] = NOWHERE;
	for (k = 0; k < edges + n; k++) {
		const size_t place = k < edges ? x->children[k] : k - edges;

		if (x->node_of[place] != NOWHERE)
			continue;
		x->node_of[place] = (uint32_t)used;
		order[used++] = (uint32_t)place;
	}
	for (k = 0; k < edges; k++)
		x->children[k] = x->node_of[x->children[k]];
	for (k = 0; k < n; k++) {
		const struct graph_certificate *c =
			&in->certificates[order[k]];

		x->nodes[k] = (struct node){
			.not_before = c->not_before, .not_after = c->not_after,
			.identity = place_of(by_identity, c->identity),
			.place = order[k], .is_ca = c->is_ca,
		};
	}
	free(order);
}

/* *RET_PLACES finds certificates by their ids.  */
static void index_build(const struct graph_input *in, struct index *x,
			struct places *ret_places)
{
	const size_t n = in->n_certificates;
	int64_t *ids = xcalloc(n + 1, sizeof(*ids));
	int64_t *identities = xcalloc(n + 1, sizeof(*identities));
	uint32_t *issuers = xcalloc(in->n_edges + 1, sizeof(*issuers));
	struct places by_identity;
	size_t k;

	x->all_valid = true;
	for (k = 0; k < n; k++) {
		ids[k] = in->certificates[k].id;
		identities[k] = in->certificates[k].identity;
		x->all_valid = x->all_valid &&
			in->certificates[k].not_before <= in->now &&
			in->now < in->certificates[k].not_after;
	}
	places_build(ret_places, ids, n);
	places_build(&by_identity, identities, n);
	x->n_identities = by_identity.n;

	/* A counting sort of the edges by issuer.  Edges to identities that are
	 * not present now lead nowhere.  */
	x->first = xcalloc(x->n_identities + 2, sizeof(*x->first));
	x->children = xcalloc(in->n_edges + 1, sizeof(*x->children));
	for (k = 0; k < in->n_edges; k++) {
		issuers[k] = place_of(&by_identity, in->edges[k].issuer);
		if (issuers[k] == NOWHERE ||
		    place_of(ret_places, in->edges[k].certificate) == NOWHERE)
			issuers[k] = NOWHERE;
		else
			x->first[issuers[k] + 2]++;
	}
	for (k = 2; k < x->n_identities + 2; k++)
		x->first[k] += x->first[k - 1];
	for (k = 0; k < in->n_edges; k++)
		if (issuers[k] != NOWHERE)
			x->children[x->first[issuers[k] + 1]++] = place_of(
				ret_places, in->edges[k].certificate);
	free(issuers);
	number_nodes(in, &by_identity, x);
	places_done(&by_identity);
}

static void index_done(struct index *x)
{
	free(x->nodes);
	free(x->node_of);
	free(x->first);
	free(x->children);
}

/* All that hangs below ANCHOR, into LABELS; the indexes that were reached are
 * appended to TOUCHED.  */
static void search(const struct graph_input *in, const struct index *x,
		   size_t anchor, bool valid_only, struct label *labels,
		   size_t *touched, size_t *n_touched, struct heap *heap)
{
	const struct node *certs = x->nodes;

	if (valid_only && !is_valid(&certs[anchor], in->now))
		return;
	labels[anchor] = (struct label){ certs[anchor].not_before,
		certs[anchor].not_after, anchor, true, false };
	touched[(*n_touched)++] = anchor;
	heap_push(heap, (struct heap_item){ certs[anchor].not_after, anchor });

	while (heap->n > 0) {
		size_t issuer = heap_pop(heap).certificate;
		const uint32_t identity = certs[issuer].identity;
		size_t k;

		if (labels[issuer].settled)
			continue;
		labels[issuer].settled = true;
		/* RFC 5280 6.1.4 (k); an anchor is trusted as it is (6.1.1 (d)) */
		if (!certs[issuer].is_ca && issuer != anchor)
			continue;
		for (k = x->first[identity]; k < x->first[identity + 1]; k++) {
			const size_t child = x->children[k];
			const uint32_t below = certs[child].identity;
			struct label *l = &labels[child];
			int64_t from = labels[issuer].valid_from;
			int64_t until = labels[issuer].valid_until;

			if (below == identity)
				continue;	/* self-issued: no progress */
			if (valid_only && !is_valid(&certs[child], in->now))
				continue;
			if (certs[child].not_before > from)
				from = certs[child].not_before;
			if (certs[child].not_after < until)
				until = certs[child].not_after;
			if (l->settled || (l->reached && until <= l->valid_until))
				continue;
			if (!l->reached)
				touched[(*n_touched)++] = child;
			*l = (struct label){ from, until, issuer, true, false };
			/* What issued nothing has nothing to pass on.  */
			if (x->first[below] != x->first[below + 1])
				heap_push(heap, (struct heap_item){ until,
								    child });
		}
	}
}

/* Rows come by set and anchor; they are wanted by set, certificate and anchor.
 * Anchors of a set are in the order of their ids, so that a stable sort by
 * certificate, of which there are N, does it.  PLACES: of the rows'.  */
static void sort_set(struct reach *rows, size_t n_rows, const uint32_t *places,
		     size_t n, struct reach *room)
{
	uint32_t *begin = xcalloc(n + 1, sizeof(*begin));

	for (size_t k = 0; k < n_rows; k++)
		begin[places[k] + 1]++;
	for (size_t k = 1; k <= n; k++)
		begin[k] += begin[k - 1];
	for (size_t k = 0; k < n_rows; k++)
		room[begin[places[k]]++] = rows[k];
	memcpy(rows, room, n_rows * sizeof(*rows));
	free(begin);
}

/* What one set reached.  */
struct found {
	struct reach *rows;
	size_t n, cap, begin;
	uint32_t *places;		/* of the certificates of the set's rows */
	size_t n_places, cap_places;
};

static void set_end(struct found *f, size_t n)
{
	struct reach *room;

	if (f->n_places == 0)
		return;
	room = xcalloc(f->n_places, sizeof(*room));
	sort_set(f->rows + f->begin, f->n_places, f->places, n, room);
	free(room);
	f->begin = f->n;
	f->n_places = 0;
}

static int64_t id_of(const struct graph_input *in, const struct index *x,
		     size_t node)
{
	return in->certificates[x->nodes[node].place].id;
}

int graph_reach(const struct graph_input *in, struct reach **ret_reach,
		size_t *ret_n, size_t *ret_left)
{
	const size_t n = in->n_certificates;
	size_t set, a, k, left = 0;
	struct label *labels[2];
	size_t *touched[2], n_touched[2] = { 0, 0 };
	struct found f = { .rows = NULL };
	struct places places;
	struct index x = { 0 };
	struct heap heap = { 0 };
	int pass, last;

	index_build(in, &x, &places);
	/* Where all are valid the second pass would find what the first did. */
	last = x.all_valid ? 0 : 1;
	for (pass = 0; pass < 2; pass++) {
		labels[pass] = xcalloc(n + 1, sizeof(**labels));
		touched[pass] = xcalloc(n + 1, sizeof(**touched));
	}

	for (set = 0; set < in->n_sets; set++) {
		for (a = in->first[set]; a < in->first[set + 1]; a++) {
			uint32_t anchor = place_of(&places, in->anchors[a]);

			if (anchor == NOWHERE)
				continue;	/* it does not decode */
			anchor = x.node_of[anchor];
			/* Many anchors over many certificates are their
			 * product.  */
			if (f.n >= LIMIT_REACH ||
			    f.n - f.begin >= LIMIT_SET_REACH) {
				left++;
				continue;
			}
			for (pass = 0; pass <= last; pass++)
				search(in, &x, anchor, pass == 0, labels[pass],
				       touched[pass], &n_touched[pass], &heap);
			/* Whatever the first pass reached, the second did
			 * too.  */
			for (k = 0; k < n_touched[last]; k++) {
				const size_t c = touched[last][k];
				const struct label *l = labels[0][c].reached
					? &labels[0][c] : &labels[1][c];

				grow(&f.rows, f.n, &f.cap, sizeof(*f.rows));
				grow(&f.places, f.n_places, &f.cap_places,
				     sizeof(*f.places));
				f.places[f.n_places++] = x.nodes[c].place;
				f.rows[f.n++] = (struct reach){
					.set = set,
					.certificate = id_of(in, &x, c),
					.anchor = in->anchors[a],
					.next = id_of(in, &x, l->next),
					.valid_from = l->valid_from,
					.valid_until = l->valid_until,
				};
			}
			for (pass = 0; pass <= last; pass++) {
				for (k = 0; k < n_touched[pass]; k++)
					labels[pass][touched[pass][k]] =
						(struct label){ 0 };
				n_touched[pass] = 0;
			}
		}
		set_end(&f, n);
	}

	for (pass = 0; pass < 2; pass++) {
		free(labels[pass]);
		free(touched[pass]);
	}
	free(heap.items);
	free(f.places);
	places_done(&places);
	index_done(&x);
	*ret_reach = f.rows;
	*ret_n = f.n;
	*ret_left = left;
	return 0;
}
