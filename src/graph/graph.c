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
struct index {
	int64_t *identities;		/* sorted, distinct */
	size_t n_identities;
	size_t *identity_of;		/* per certificate, into identities */
	size_t *first;
	size_t *children;		/* indexes of certificates */
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

/* Position of ID in the sorted array, or N.  */
static size_t find_id(const int64_t *ids, size_t n, int64_t id)
{
	const int64_t *found = n ? bsearch(&id, ids, n, sizeof(*ids),
					   compare_ids) : NULL;

	return found ? (size_t)(found - ids) : n;
}

static size_t find_certificate(const struct graph_input *in, int64_t id)
{
	size_t low = 0, high = in->n_certificates;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (in->certificates[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < in->n_certificates && in->certificates[low].id == id
		? low : in->n_certificates;
}

static void index_build(const struct graph_input *in, struct index *x)
{
	size_t k, n = 0;

	x->identities = xcalloc(in->n_certificates + 1, sizeof(int64_t));
	for (k = 0; k < in->n_certificates; k++)
		x->identities[k] = in->certificates[k].identity;
	if (in->n_certificates)
		qsort(x->identities, in->n_certificates, sizeof(int64_t),
		      compare_ids);
	for (k = 0; k < in->n_certificates; k++)
		if (n == 0 || x->identities[n - 1] != x->identities[k])
			x->identities[n++] = x->identities[k];
	x->n_identities = n;

	x->identity_of = xcalloc(in->n_certificates + 1, sizeof(size_t));
	for (k = 0; k < in->n_certificates; k++)
		x->identity_of[k] = find_id(x->identities, n,
					    in->certificates[k].identity);

	/* A counting sort of the edges by issuer.  Edges to identities that are
	 * not present now lead nowhere.  */
	x->first = xcalloc(n + 2, sizeof(size_t));
	x->children = xcalloc(in->n_edges + 1, sizeof(size_t));
	for (k = 0; k < in->n_edges; k++) {
		size_t issuer = find_id(x->identities, n, in->edges[k].issuer);

		if (issuer < n && find_certificate(in, in->edges[k].certificate)
				< in->n_certificates)
			x->first[issuer + 2]++;
	}
	for (k = 2; k < n + 2; k++)
		x->first[k] += x->first[k - 1];
	for (k = 0; k < in->n_edges; k++) {
		size_t issuer = find_id(x->identities, n, in->edges[k].issuer);
		size_t child = find_certificate(in, in->edges[k].certificate);

		if (issuer < n && child < in->n_certificates)
			x->children[x->first[issuer + 1]++] = child;
	}
}

static void index_done(struct index *x)
{
	free(x->identities);
	free(x->identity_of);
	free(x->first);
	free(x->children);
}

static bool is_valid(const struct graph_certificate *c, int64_t now)
{
	return c->not_before <= now && now < c->not_after;
}

/* All that hangs below ANCHOR, into LABELS; the indexes that were reached are
 * appended to TOUCHED.  */
static void search(const struct graph_input *in, const struct index *x,
		   size_t anchor, bool valid_only, struct label *labels,
		   size_t *touched, size_t *n_touched, struct heap *heap)
{
	const struct graph_certificate *certs = in->certificates;

	if (valid_only && !is_valid(&certs[anchor], in->now))
		return;
	labels[anchor] = (struct label){ certs[anchor].not_before,
		certs[anchor].not_after, anchor, true, false };
	touched[(*n_touched)++] = anchor;
	heap_push(heap, (struct heap_item){ certs[anchor].not_after, anchor });

	while (heap->n > 0) {
		size_t issuer = heap_pop(heap).certificate;
		size_t identity = x->identity_of[issuer];
		size_t k;

		if (labels[issuer].settled)
			continue;
		labels[issuer].settled = true;
		/* RFC 5280 6.1.4 (k); an anchor is trusted as it is (6.1.1 (d)) */
		if (!certs[issuer].is_ca && issuer != anchor)
			continue;
		for (k = x->first[identity]; k < x->first[identity + 1]; k++) {
			size_t child = x->children[k];
			struct label *l = &labels[child];
			int64_t from = labels[issuer].valid_from;
			int64_t until = labels[issuer].valid_until;

			if (x->identity_of[child] == identity)
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
			heap_push(heap, (struct heap_item){ until, child });
		}
	}
}

static int compare_reach(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;

	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	if (x->certificate != y->certificate)
		return x->certificate < y->certificate ? -1 : 1;
	return (x->anchor > y->anchor) - (x->anchor < y->anchor);
}

int graph_reach(const struct graph_input *in, struct reach **ret_reach,
		size_t *ret_n, size_t *ret_left)
{
	size_t n = in->n_certificates, n_reach = 0, cap = 0, set, a, k;
	size_t begin = 0, left = 0;
	struct label *labels[2];
	size_t *touched[2], n_touched[2] = { 0, 0 };
	struct reach *reach = NULL;
	struct index x = { 0 };
	struct heap heap = { 0 };
	int pass;

	index_build(in, &x);
	for (pass = 0; pass < 2; pass++) {
		labels[pass] = xcalloc(n + 1, sizeof(**labels));
		touched[pass] = xcalloc(n + 1, sizeof(**touched));
	}

	for (set = 0; set < in->n_sets; set++)
	for (a = in->first[set]; a < in->first[set + 1]; a++) {
		size_t anchor = find_certificate(in, in->anchors[a]);

		if (a == in->first[set])
			begin = n_reach;
		if (anchor == n)
			continue;	/* it does not decode */
		/* Many anchors over many certificates are their product.  */
		if (n_reach >= LIMIT_REACH ||
		    n_reach - begin >= LIMIT_SET_REACH) {
			left++;
			continue;
		}
		for (pass = 0; pass < 2; pass++)
			search(in, &x, anchor, pass == 0, labels[pass],
			       touched[pass], &n_touched[pass], &heap);
		/* Whatever the first pass reached, the second did too.  */
		for (k = 0; k < n_touched[1]; k++) {
			size_t c = touched[1][k];
			const struct label *l = labels[0][c].reached
				? &labels[0][c] : &labels[1][c];

			grow(&reach, n_reach, &cap, sizeof(*reach));
			reach[n_reach++] = (struct reach){
				.set = set,
				.certificate = in->certificates[c].id,
				.anchor = in->certificates[anchor].id,
				.next = in->certificates[l->next].id,
				.valid_from = l->valid_from,
				.valid_until = l->valid_until,
			};
		}
		for (pass = 0; pass < 2; pass++) {
			for (k = 0; k < n_touched[pass]; k++)
				labels[pass][touched[pass][k]] =
					(struct label){ 0 };
			n_touched[pass] = 0;
		}
	}
	if (n_reach)
		qsort(reach, n_reach, sizeof(*reach), compare_reach);

	for (pass = 0; pass < 2; pass++) {
		free(labels[pass]);
		free(touched[pass]);
	}
	free(heap.items);
	index_done(&x);
	*ret_reach = reach;
	*ret_n = n_reach;
	*ret_left = left;
	return 0;
}
