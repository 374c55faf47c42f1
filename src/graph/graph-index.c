/* graph-index.c -- the numbers that graph.c works with.
 *
 * The rows of the inventory have ids; here certificates and identities have
 * small numbers, and what goes through them goes through arrays.  Only
 * certificates that signed something, and anchors, become nodes: on a host with
 * a hundred thousand certificates these are a few thousand, which fit into the
 * processor's cache, and the others are gone through once, in order.
 */
#include <stdlib.h>
#include <string.h>

#include "graph/graph-index.h"

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* From ids, which come from SQLite and hence lie close together, to their
 * places in order.  Where they do not, they are searched for.  */
struct places {
	int64_t *ids;			/* sorted, distinct; NULL: see table */
	size_t n;
	int64_t least, most;
	uint32_t *table;		/* by id - least: the place, or NOWHERE */
};

static size_t distinct(int64_t *ids, size_t n)
{
	size_t k, kept = 0;

	for (k = 0; k < n; k++)
		if (kept == 0 || ids[kept - 1] != ids[k])
			ids[kept++] = ids[k];
	return kept;
}

/* The id at FIELD of each certificate of IN.  */
static void places_build(struct places *p, const struct graph_input *in,
			 size_t field)
{
	const size_t n = in->n_certificates;
	const char *base = (const char *)in->certificates + field;
	uint64_t range;
	size_t k;

	*p = (struct places){ .least = INT64_MAX, .most = INT64_MIN };
#define ID(k)	(*(const int64_t *)(base + (k) * sizeof(*in->certificates)))
	for (k = 0; k < n; k++) {
		p->least = ID(k) < p->least ? ID(k) : p->least;
		p->most = ID(k) > p->most ? ID(k) : p->most;
	}
	if (n == 0)
		return;
	range = (uint64_t)p->most - (uint64_t)p->least + 1;
	if (range != 0 && range <= 16 * (uint64_t)n + 1024) {
		p->table = xmalloc((size_t)range * sizeof(*p->table));
		memset(p->table, 0xff, (size_t)range * sizeof(*p->table));
		for (k = 0; k < n; k++)
			p->table[ID(k) - p->least] = 0;
		for (k = 0; k < range; k++)
			if (p->table[k] != NOWHERE)
				p->table[k] = (uint32_t)p->n++;
		return;
	}
	p->ids = xcalloc(n, sizeof(*p->ids));
	for (k = 0; k < n; k++)
		p->ids[k] = ID(k);
#undef ID
	qsort(p->ids, n, sizeof(*p->ids), compare_ids);
	p->n = distinct(p->ids, n);
}

static void places_done(struct places *p)
{
	free(p->ids);
	free(p->table);
}

static inline uint32_t place_of(const struct places *p, int64_t id)
{
	const int64_t *found;

	if (p->n == 0 || id < p->least || id > p->most)
		return NOWHERE;
	if (p->table != NULL)
		return p->table[id - p->least];
	found = bsearch(&id, p->ids, p->n, sizeof(*p->ids), compare_ids);
	return found ? (uint32_t)(found - p->ids) : NOWHERE;
}

/* Makes counts at [k + 1] the places where what was counted begins, at [k].  */
static void sum_up(uint32_t *counts, size_t n)
{
	for (size_t k = 1; k <= n; k++)
		counts[k] += counts[k - 1];
}

/* An edge in numbers; issuer NOWHERE: it leads to nobody present.  */
struct link {
	uint32_t place, issuer;
};

/* A certificate whose own identity signed it leads nowhere.  */
static bool leads_on(const struct index *x, const struct link *l)
{
	return l->issuer != NOWHERE && l->issuer != x->identity_of[l->place];
}

static struct link *read_links(const struct graph_input *in,
			       const struct places *ids,
			       const struct places *identities)
{
	struct link *links = xcalloc(in->n_edges + 1, sizeof(*links));

	for (size_t k = 0; k < in->n_edges; k++) {
		const struct graph_edge *e = &in->edges[k];

		links[k].place = place_of(ids, e->certificate);
		links[k].issuer = links[k].place == NOWHERE ? NOWHERE :
			place_of(identities, e->issuer);
	}
	return links;
}

static void add_node(const struct graph_input *in, struct index *x,
		     uint32_t place, const bool *issues)
{
	const struct graph_certificate *c = &in->certificates[place];
	const uint32_t identity = x->identity_of[place];

	if (x->node_of[place] != NOWHERE)
		return;
	x->node_of[place] = (uint32_t)x->n_nodes;
	x->nodes[x->n_nodes++] = (struct node){
		.not_before = c->not_before, .not_after = c->not_after,
		.identity = identity, .place = place, .is_ca = c->is_ca,
		.issues = issues[identity],
	};
	x->first_node[identity + 2]++;
}

/* The nodes: anchors, and what has an identity that signed something.  */
static void find_nodes(const struct graph_input *in, struct index *x,
		       const struct places *ids, const struct link *links)
{
	const size_t n = in->n_certificates;
	const size_t n_anchors = in->n_sets > 0 ? in->first[in->n_sets] : 0;
	bool *issues = xcalloc(x->n_identities + 1, sizeof(*issues));
	size_t k, most = n_anchors;

	for (k = 0; k < in->n_edges; k++)
		if (leads_on(x, &links[k]))
			issues[links[k].issuer] = true;
	for (k = 0; k < n; k++)
		most += issues[x->identity_of[k]];
	x->node_of = xmalloc((n + 1) * sizeof(*x->node_of));
	memset(x->node_of, 0xff, (n + 1) * sizeof(*x->node_of));
	x->nodes = xcalloc(most + 1, sizeof(*x->nodes));
	x->first_node = xcalloc(x->n_identities + 2, sizeof(uint32_t));
	x->anchors = xcalloc(n_anchors + 1, sizeof(*x->anchors));
	for (k = 0; k < n; k++)
		if (issues[x->identity_of[k]])
			add_node(in, x, (uint32_t)k, issues);
	for (k = 0; k < n_anchors; k++) {
		const uint32_t place = place_of(ids, in->anchors[k]);

		if (place != NOWHERE)
			add_node(in, x, place, issues);
		x->anchors[k] = place == NOWHERE ? NOWHERE : x->node_of[place];
	}
	free(issues);
	sum_up(x->first_node, x->n_identities + 1);
	x->nodes_of = xcalloc(x->n_nodes + 1, sizeof(uint32_t));
	for (k = 0; k < x->n_nodes; k++)
		x->nodes_of[x->first_node[x->nodes[k].identity + 1]++] =
			(uint32_t)k;
}

/* The edges, sorted by who signed and, for what only hangs, by what was
 * signed.  */
static void sort_links(const struct graph_input *in, struct index *x,
		       const struct link *links)
{
	const size_t n = in->n_certificates;
	size_t k;

	x->first_child = xcalloc(x->n_identities + 2, sizeof(uint32_t));
	x->hanging = xcalloc(x->n_identities + 1, sizeof(uint32_t));
	x->first_signer = xcalloc(n + 2, sizeof(uint32_t));
	for (k = 0; k < in->n_edges; k++) {
		const struct link *l = &links[k];

		if (!leads_on(x, l))
			continue;
		if (x->node_of[l->place] != NOWHERE) {
			x->first_child[l->issuer + 2]++;
		} else {
			x->first_signer[l->place + 2]++;
			x->hanging[l->issuer]++;
		}
	}
	sum_up(x->first_child, x->n_identities + 1);
	sum_up(x->first_signer, n + 1);
	x->children = xcalloc(x->first_child[x->n_identities + 1] + 1,
			      sizeof(uint32_t));
	x->signers = xcalloc(x->first_signer[n + 1] + 1, sizeof(uint32_t));
	for (k = 0; k < in->n_edges; k++) {
		const struct link *l = &links[k];

		if (!leads_on(x, l))
			continue;
		if (x->node_of[l->place] != NOWHERE)
			x->children[x->first_child[l->issuer + 1]++] =
				x->node_of[l->place];
		else
			x->signers[x->first_signer[l->place + 1]++] =
				l->issuer;
	}
}

void index_build(const struct graph_input *in, struct index *ret_index)
{
	struct index *x = ret_index;
	const size_t n = in->n_certificates;
	struct places ids, identities;
	struct link *links;

	*x = (struct index){ .all_valid = true };
	places_build(&ids, in, offsetof(struct graph_certificate, id));
	places_build(&identities, in,
		     offsetof(struct graph_certificate, identity));
	x->n_identities = identities.n;
	x->identity_of = xcalloc(n + 1, sizeof(*x->identity_of));
	for (size_t k = 0; k < n; k++) {
		const struct graph_certificate *c = &in->certificates[k];

		x->identity_of[k] = place_of(&identities, c->identity);
		x->all_valid = x->all_valid &&
			valid_at(c->not_before, c->not_after, in->now);
	}
	links = read_links(in, &ids, &identities);
	find_nodes(in, x, &ids, links);
	sort_links(in, x, links);
	free(links);
	places_done(&ids);
	places_done(&identities);
}

void index_done(struct index *x)
{
	free(x->nodes);
	free(x->first_node);
	free(x->nodes_of);
	free(x->node_of);
	free(x->first_child);
	free(x->children);
	free(x->hanging);
	free(x->first_signer);
	free(x->signers);
	free(x->identity_of);
	free(x->anchors);
}
