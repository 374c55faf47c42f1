/* graph.c -- which anchors a certificate reaches, and until when.
 *
 * The search starts at each anchor and goes down to what it signed, so that
 * its cost is the size of what hangs below the anchors and not the number of
 * paths.  The best path to an anchor is a widest path: along it the earliest
 * notAfter is as late as possible.  Dijkstra's algorithm finds it, because
 * going one certificate further can only shorten a path's life.  Meshes of
 * cross-signs and cycles therefore cost no more than their edges.
 *
 * What signed nothing and is no anchor is not gone through at all: it reaches
 * what its issuers reach, which is written down once at the end, in order.
 *
 * Two passes: the first uses only certificates that are valid now, and its
 * answers win; the second fills in what no living path reaches.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph-index.h"

struct label {				/* best known path of one node */
	int64_t valid_from, valid_until;
	uint32_t next;			/* node above it */
	bool reached, settled;
};

struct heap_item {
	int64_t valid_until;
	uint32_t node;
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
		: a->node < b->node;
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

/* RFC 5280 6.1.4 (k); an anchor is trusted as it is (6.1.1 (d)).  */
static bool may_issue(const struct index *x, uint32_t node, uint32_t anchor)
{
	return x->nodes[node].is_ca || node == anchor;
}

/* ---- one anchor -------------------------------------------------------------*/

struct search {
	const struct graph_input *in;
	const struct index *x;
	struct heap heap;
	struct label *labels[2];	/* by node: of what is valid now, of all */
	uint32_t *touched[2];		/* nodes with a label */
	size_t n_touched[2];
	size_t *counted;		/* by identity: 1 + the anchor for which
					 * what hangs from it was counted */
	size_t hanging;			/* that much */
};

/* All nodes below ANCHOR, the A-th of the input; pass 0: through certificates
 * that are valid now.  */
static void search_below(struct search *s, uint32_t anchor, size_t a, int pass)
{
	const struct index *x = s->x;
	const struct node *nodes = x->nodes;
	const int64_t now = s->in->now;
	struct label *labels = s->labels[pass];
	struct heap *heap = &s->heap;

	if (pass == 0 && !valid_at(nodes[anchor].not_before,
				   nodes[anchor].not_after, now))
		return;
	labels[anchor] = (struct label){ nodes[anchor].not_before,
		nodes[anchor].not_after, anchor, true, false };
	s->touched[pass][s->n_touched[pass]++] = anchor;
	heap_push(heap, (struct heap_item){ nodes[anchor].not_after, anchor });

	while (heap->n > 0) {
		const uint32_t issuer = heap_pop(heap).node;
		const uint32_t identity = nodes[issuer].identity;

		if (labels[issuer].settled)
			continue;
		labels[issuer].settled = true;
		if (!may_issue(x, issuer, anchor))
			continue;
		if (s->counted[identity] != a + 1) {
			s->counted[identity] = a + 1;
			s->hanging += x->hanging[identity];
		}
		for (uint32_t k = x->first_child[identity];
		     k < x->first_child[identity + 1]; k++) {
			const uint32_t child = x->children[k];
			const struct node *c = &nodes[child];
			struct label *l = &labels[child];
			int64_t from = labels[issuer].valid_from;
			int64_t until = labels[issuer].valid_until;

			if (pass == 0 && !valid_at(c->not_before, c->not_after,
						   now))
				continue;
			if (c->not_before > from)
				from = c->not_before;
			if (c->not_after < until)
				until = c->not_after;
			if (l->settled || (l->reached && until <= l->valid_until))
				continue;
			if (!l->reached)
				s->touched[pass][s->n_touched[pass]++] = child;
			*l = (struct label){ from, until, issuer, true, false };
			/* What issued nothing has nothing to pass on.  */
			if (c->issues)
				heap_push(heap, (struct heap_item){ until,
								    child });
		}
	}
}

/* ---- what the nodes reach ------------------------------------------------------*/

/* Next NOWHERE: there is none.  */
struct path {
	int64_t valid_from, valid_until;
	uint32_t next;			/* node above */
};

/* Paths from a node to an anchor, in the order of the anchors.  */
struct found {
	uint32_t node;
	size_t anchor;			/* index in the input's anchors */
	struct path valid, any;		/* the best of those valid now, of all */
};

struct set {
	struct found *found;
	size_t n, cap;
	size_t *first;			/* of node k, once sorted; n_nodes + 1 */
};

static struct path path_of(const struct label *l)
{
	return l->reached ? (struct path){ l->valid_from, l->valid_until,
					   l->next }
			  : (struct path){ .next = NOWHERE };
}

static void take_found(struct set *set, struct search *s, size_t anchor,
		       int last)
{
	/* Whatever the first pass reached, the second did too.  */
	for (size_t k = 0; k < s->n_touched[last]; k++) {
		const uint32_t node = s->touched[last][k];

		grow(&set->found, set->n, &set->cap, sizeof(*set->found));
		set->found[set->n++] = (struct found){
			.node = node, .anchor = anchor,
			.valid = path_of(&s->labels[0][node]),
			.any = path_of(&s->labels[last][node]),
		};
	}
	for (int pass = 0; pass <= last; pass++) {
		for (size_t k = 0; k < s->n_touched[pass]; k++)
			s->labels[pass][s->touched[pass][k]] =
				(struct label){ 0 };
		s->n_touched[pass] = 0;
	}
}

/* By node; those of one stay in the order of the anchors.  */
static void set_sort(struct set *set, size_t n_nodes)
{
	struct found *sorted = xcalloc(set->n + 1, sizeof(*sorted));

	memset(set->first, 0, (n_nodes + 2) * sizeof(*set->first));
	for (size_t k = 0; k < set->n; k++)
		set->first[set->found[k].node + 2]++;
	for (size_t k = 2; k < n_nodes + 2; k++)
		set->first[k] += set->first[k - 1];
	for (size_t k = 0; k < set->n; k++)
		sorted[set->first[set->found[k].node + 1]++] = set->found[k];
	free(set->found);
	set->found = sorted;
	set->cap = set->n + 1;
}

/* ---- rows ------------------------------------------------------------------------*/

struct rows {
	const struct graph_input *in;
	const struct index *x;
	size_t set;
	struct reach *items;
	size_t n, cap;
	/* Whoever may have issued the certificate at hand, and how far its
	 * paths were gone through.  */
	struct source {
		const struct found *at, *end;
		uint32_t node;
	} *sources;
	size_t n_sources, cap_sources;
};

static void add_row(struct rows *r, size_t place, size_t anchor,
		    const struct path *p)
{
	const struct graph_certificate *certificates = r->in->certificates;

	grow(&r->items, r->n, &r->cap, sizeof(*r->items));
	r->items[r->n++] = (struct reach){
		.set = r->set, .certificate = certificates[place].id,
		.anchor = r->in->anchors[anchor],
		.next = certificates[r->x->nodes[p->next].place].id,
		.valid_from = p->valid_from, .valid_until = p->valid_until,
	};
}

static void add_node_rows(struct rows *r, const struct set *set, uint32_t node)
{
	for (size_t k = set->first[node]; k < set->first[node + 1]; k++) {
		const struct found *f = &set->found[k];

		add_row(r, r->x->nodes[node].place, f->anchor,
			f->valid.next != NOWHERE ? &f->valid : &f->any);
	}
}

static void find_sources(struct rows *r, const struct set *set, size_t place)
{
	const struct index *x = r->x;

	r->n_sources = 0;
	for (uint32_t k = x->first_signer[place];
	     k < x->first_signer[place + 1]; k++) {
		const uint32_t identity = x->signers[k];

		for (uint32_t m = x->first_node[identity];
		     m < x->first_node[identity + 1]; m++) {
			const uint32_t node = x->nodes_of[m];

			if (set->first[node] == set->first[node + 1])
				continue;
			grow(&r->sources, r->n_sources, &r->cap_sources,
			     sizeof(*r->sources));
			r->sources[r->n_sources++] = (struct source){
				&set->found[set->first[node]],
				&set->found[set->first[node + 1]], node };
		}
	}
}

/* Makes *BEST the path by way of NODE, whose own is P, if that lasts longer.
 * Ties go to the lower number, as in the search.  */
static void take_better(struct path *best, const struct path *p, uint32_t node)
{
	if (p->next == NOWHERE)
		return;
	if (best->next == NOWHERE || p->valid_until > best->valid_until ||
	    (p->valid_until == best->valid_until && node < best->next))
		*best = (struct path){ p->valid_from, p->valid_until, node };
}

/* What hangs at PLACE reaches what its issuers reach.  */
static void add_hanging_rows(struct rows *r, const struct set *set,
			     size_t place)
{
	const struct graph_certificate *c = &r->in->certificates[place];
	const bool is_valid = valid_at(c->not_before, c->not_after, r->in->now);

	find_sources(r, set, place);
	for (;;) {
		size_t anchor = SIZE_MAX;
		struct path valid = { .next = NOWHERE }, any = valid, *best;

		for (size_t k = 0; k < r->n_sources; k++)
			if (r->sources[k].at < r->sources[k].end &&
			    r->sources[k].at->anchor < anchor)
				anchor = r->sources[k].at->anchor;
		if (anchor == SIZE_MAX)
			return;
		for (size_t k = 0; k < r->n_sources; k++) {
			struct source *from = &r->sources[k];

			if (from->at == from->end || from->at->anchor != anchor)
				continue;
			if (may_issue(r->x, from->node,
				      r->x->anchors[anchor])) {
				take_better(&valid, &from->at->valid,
					    from->node);
				take_better(&any, &from->at->any, from->node);
			}
			from->at++;
		}
		best = is_valid && valid.next != NOWHERE ? &valid : &any;
		if (best->next == NOWHERE)
			continue;
		if (c->not_before > best->valid_from)
			best->valid_from = c->not_before;
		if (c->not_after < best->valid_until)
			best->valid_until = c->not_after;
		add_row(r, place, anchor, best);
	}
}

static void add_set_rows(struct rows *r, const struct set *set)
{
	for (size_t k = 0; set->n > 0 && k < r->in->n_certificates; k++) {
		if (r->x->node_of[k] != NOWHERE)
			add_node_rows(r, set, r->x->node_of[k]);
		else if (r->x->first_signer[k] < r->x->first_signer[k + 1])
			add_hanging_rows(r, set, k);
	}
}

int graph_reach(const struct graph_input *in, struct reach **ret_reach,
		size_t *ret_n, size_t *ret_left)
{
	struct index x;
	struct search s = { .in = in, .x = &x };
	struct rows rows = { .in = in, .x = &x };
	struct set set = { .found = NULL };
	int pass, last;

	index_build(in, &x);
	/* Where all are valid the second pass would find what the first did. */
	last = x.all_valid ? 0 : 1;
	for (pass = 0; pass < 2; pass++) {
		s.labels[pass] = xcalloc(x.n_nodes + 1, sizeof(**s.labels));
		s.touched[pass] = xcalloc(x.n_nodes + 1, sizeof(**s.touched));
	}
	s.counted = xcalloc(x.n_identities + 1, sizeof(*s.counted));
	set.first = xcalloc(x.n_nodes + 2, sizeof(*set.first));
	*ret_left = 0;

	for (rows.set = 0; rows.set < in->n_sets; rows.set++) {
		set.n = s.hanging = 0;
		for (size_t a = in->first[rows.set];
		     a < in->first[rows.set + 1]; a++) {
			const size_t n = set.n + s.hanging;

			if (x.anchors[a] == NOWHERE)
				continue;	/* it does not decode */
			/* Many anchors over many certificates are their
			 * product.  */
			if (rows.n + n >= LIMIT_REACH || n >= LIMIT_SET_REACH) {
				(*ret_left)++;
				continue;
			}
			for (pass = 0; pass <= last; pass++)
				search_below(&s, x.anchors[a], a, pass);
			take_found(&set, &s, a, last);
		}
		set_sort(&set, x.n_nodes);
		add_set_rows(&rows, &set);
	}

	for (pass = 0; pass < 2; pass++) {
		free(s.labels[pass]);
		free(s.touched[pass]);
	}
	free(s.heap.items);
	free(s.counted);
	free(set.found);
	free(set.first);
	free(rows.sources);
	index_done(&x);
	*ret_reach = rows.items;
	*ret_n = rows.n;
	return 0;
}
