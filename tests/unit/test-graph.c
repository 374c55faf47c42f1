/* test-graph.c -- which anchors a certificate reaches, and until when: small
 * worlds as tables of certificates and edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

#include <cmocka.h>

#define NOW	1000

struct world {
	const char *what;
	struct graph_certificate certificates[12];	/* by id, from 1 */
	struct graph_edge edges[24];
	int64_t anchors[6];
	const char *want;	/* "certificate>anchor via next from-until ..." */
};

/* id, identity, not_before, not_after */
#define CA(id, identity, from, until) \
	{ (id), (identity), (from), (until), true, false }
#define LEAF(id, identity, from, until) \
	{ (id), (identity), (from), (until), false, false }

static const struct world worlds[] = {
	{ "an anchor reaches itself",
	  { CA(1, 1, 0, 2000) }, { { 0 } }, { 1 }, "1>1 via 1 0-2000" },
	{ "the intersection along the path",
	  { CA(1, 1, 0, 3000), CA(2, 2, 500, 2000), LEAF(3, 3, 900, 2500) },
	  { { 2, 1 }, { 3, 2 } }, { 1 },
	  "1>1 via 1 0-3000; 2>1 via 1 500-2000; 3>1 via 2 900-2000" },
	{ "of two ways the one that lasts longer",
	  { CA(1, 1, 0, 3000), CA(2, 2, 0, 1500), CA(3, 2, 0, 1800),
	    LEAF(4, 4, 0, 2500) },
	  { { 2, 1 }, { 3, 1 }, { 4, 2 } }, { 1 },
	  "1>1 via 1 0-3000; 2>1 via 1 0-1500; 3>1 via 1 0-1800; "
	  "4>1 via 3 0-1800" },
	{ "one that is valid now beats one that ends later but is not yet",
	  { CA(1, 1, 0, 3000), CA(2, 2, 0, 1200), CA(3, 2, 1100, 2900),
	    LEAF(4, 4, 0, 2500) },
	  { { 2, 1 }, { 3, 1 }, { 4, 2 } }, { 1 },
	  "1>1 via 1 0-3000; 2>1 via 1 0-1200; 3>1 via 1 1100-2900; "
	  "4>1 via 2 0-1200" },
	{ "where none is valid now, the one that lasted longest",
	  { CA(1, 1, 0, 900), CA(2, 2, 0, 2000), CA(3, 3, 0, 800),
	    CA(4, 3, 0, 950) },
	  { { 2, 1 }, { 3, 2 }, { 4, 2 } }, { 1 },
	  "1>1 via 1 0-900; 2>1 via 1 0-900; 3>1 via 2 0-800; "
	  "4>1 via 2 0-900" },
	{ "the second of notAfter is too late, that of notBefore is not",
	  { CA(1, 1, NOW, 3000), CA(2, 2, 0, NOW), CA(3, 2, 0, NOW + 1),
	    LEAF(4, 4, 0, 3000) },
	  { { 2, 1 }, { 3, 1 }, { 4, 2 } }, { 1 },
	  "1>1 via 1 1000-3000; 2>1 via 1 1000-1000; 3>1 via 1 1000-1001; "
	  "4>1 via 3 1000-1001" },
	{ "what is no CA issues nothing, unless it is the anchor",
	  { LEAF(1, 1, 0, 3000), LEAF(2, 2, 0, 3000), LEAF(3, 3, 0, 3000) },
	  { { 2, 1 }, { 3, 2 } }, { 1 },
	  "1>1 via 1 0-3000; 2>1 via 1 0-3000" },
	{ "a loop of cross-signs",
	  { CA(1, 1, 0, 3000), CA(2, 2, 0, 2000), CA(3, 3, 0, 2000),
	    CA(4, 2, 0, 2500) },
	  { { 2, 1 }, { 3, 2 }, { 4, 3 } }, { 1 },
	  "1>1 via 1 0-3000; 2>1 via 1 0-2000; 3>1 via 2 0-2000; "
	  "4>1 via 3 0-2000" },
	/* A path may come back to the anchor's own name and key: clients that
	 * look for a path from such a cross-sign do find that one.  */
	{ "two roots that sign each other, both anchors",
	  { CA(1, 1, 0, 3000), CA(2, 2, 0, 2000), CA(3, 1, 0, 1500),
	    CA(4, 2, 0, 1600) },
	  { { 3, 2 }, { 4, 1 } }, { 1, 2 },
	  "1>1 via 1 0-3000; 2>2 via 2 0-2000; 3>1 via 4 0-1500; "
	  "3>2 via 2 0-1500; 4>1 via 1 0-1600; 4>2 via 3 0-1500" },
	{ "a self-signed certificate is no step",
	  { CA(1, 1, 0, 3000), CA(2, 1, 0, 2000) }, { { 1, 1 }, { 2, 1 } },
	  { 1 }, "1>1 via 1 0-3000" },
	{ "an issuer that is not here, and an anchor that does not decode",
	  { CA(1, 1, 0, 3000) }, { { 1, 9 }, { 7, 1 } }, { 1, 8 },
	  "1>1 via 1 0-3000" },
	{ "no anchor", { CA(1, 1, 0, 3000) }, { { 0 } }, { 0 }, "" },
};

static void describe(const struct world *w, struct buf *b)
{
	struct graph_input in = { .now = NOW, .n_sets = 1 };
	size_t first[2] = { 0, 0 };
	struct reach *reach;
	size_t n, left;

	in.certificates = (struct graph_certificate *)w->certificates;
	while (w->certificates[in.n_certificates].id)
		in.n_certificates++;
	in.edges = (struct graph_edge *)w->edges;
	while (w->edges[in.n_edges].certificate)
		in.n_edges++;
	in.anchors = (int64_t *)w->anchors;
	while (w->anchors[first[1]])
		first[1]++;
	in.first = first;
	assert_int_equal(graph_reach(&in, &reach, &n, &left), 0);
	for (size_t k = 0; k < n; k++)
		buf_addf(b, "%s%d>%d via %d %d-%d", k ? "; " : "",
			 (int)reach[k].certificate, (int)reach[k].anchor,
			 (int)reach[k].next, (int)reach[k].valid_from,
			 (int)reach[k].valid_until);
	free(reach);
}

static void test_worlds(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(worlds); k++) {
		struct buf b;

		buf_init(&b, 4096);
		describe(&worlds[k], &b);
		if (strcmp(buf_str(&b), worlds[k].want) != 0)
			fail_msg("%s:\n got    %s\n wanted %s", worlds[k].what,
				 buf_str(&b), worlds[k].want);
		buf_done(&b);
	}
}

/* A mesh of N identities, each signed by all others: paths explode, edges do
 * not.  Ends at once or not at all.  */
static void test_mesh(void **state)
{
	enum { N = 200 };
	struct graph_input in = { .now = NOW, .n_sets = 1 };
	size_t first[2] = { 0, 1 };
	int64_t anchor = 1;
	struct reach *reach;
	size_t n, left;

	(void)state;
	in.certificates = xcalloc(N * N, sizeof(*in.certificates));
	in.edges = xcalloc(N * N, sizeof(*in.edges));
	for (int64_t subject = 0; subject < N; subject++)
		for (int64_t issuer = 0; issuer < N; issuer++) {
			int64_t id = subject * N + issuer + 1;

			in.certificates[in.n_certificates++] =
				(struct graph_certificate)CA(id, subject + 1,
					0, 2000 + subject + issuer);
			in.edges[in.n_edges++] = (struct graph_edge){
				id, issuer + 1 };
		}
	in.anchors = &anchor;
	in.first = first;
	assert_int_equal(graph_reach(&in, &reach, &n, &left), 0);
	/* all but the self-signed ones, which are no step, and the anchor is */
	assert_int_equal(n, N * N - (N - 1));
	for (size_t k = 0; k < n; k++)
		assert_true(reach[k].valid_until <= 2000);
	free(reach);
	free(in.certificates);
	free(in.edges);
}

/* Anchors of one identity and what that signed are a product.  The first set
 * comes to its bound, and the next one is served all the same.  */
static void test_product(void **state)
{
	enum { ANCHORS = 600, CHILDREN = 500, N = ANCHORS + CHILDREN };
	struct graph_input in = { .now = NOW, .n_sets = 2 };
	size_t first[3] = { 0, ANCHORS, ANCHORS + 1 };
	int64_t anchors[ANCHORS + 1];
	struct reach *reach;
	size_t n, left, second = 0;

	(void)state;
	in.certificates = xcalloc(N, sizeof(*in.certificates));
	in.edges = xcalloc(CHILDREN, sizeof(*in.edges));
	for (int64_t id = 1; id <= N; id++) {
		in.certificates[in.n_certificates++] =
			(struct graph_certificate)CA(id, id <= ANCHORS ? 1 : id,
						     0, 2000);
		if (id <= ANCHORS)
			anchors[id - 1] = id;
		else
			in.edges[in.n_edges++] = (struct graph_edge){ id, 1 };
	}
	anchors[ANCHORS] = 1;
	in.anchors = anchors;
	in.first = first;
	assert_int_equal(graph_reach(&in, &reach, &n, &left), 0);
	assert_true(n >= LIMIT_SET_REACH);
	assert_true(n <= LIMIT_SET_REACH + 2 * (CHILDREN + 1));
	assert_int_equal(left, ANCHORS - LIMIT_SET_REACH / (CHILDREN + 1) - 1);
	for (size_t k = 0; k < n; k++)
		second += reach[k].set == 1;
	assert_int_equal(second, CHILDREN + 1);
	free(reach);
	free(in.certificates);
	free(in.edges);
}

/* The same question answered in the plainest way: until nothing changes any more,
 * every edge passes on what it can.  UNTIL, by certificate: until when it
 * reaches the certificate ANCHOR; 0: it does not.  */
static void relax(const struct graph_input *in, size_t anchor, bool valid_only,
		  int64_t *until)
{
	const struct graph_certificate *c = in->certificates;
	bool changed = true;

	memset(until, 0, in->n_certificates * sizeof(*until));
#define USABLE(k) (!valid_only || \
		   (c[k].not_before <= in->now && in->now < c[k].not_after))
	if (USABLE(anchor))
		until[anchor] = c[anchor].not_after;
	while (changed) {
		changed = false;
		for (size_t e = 0; e < in->n_edges; e++) {
			size_t below = (size_t)in->edges[e].certificate - 1;

			for (size_t k = 0; k < in->n_certificates; k++) {
				int64_t best = until[k] < c[below].not_after
					? until[k] : c[below].not_after;

				if (c[k].identity != in->edges[e].issuer ||
				    c[k].identity == c[below].identity ||
				    (!c[k].is_ca && k != anchor) ||
				    !USABLE(below) || best <= until[below])
					continue;
				until[below] = best;
				changed = true;
			}
		}
	}
#undef USABLE
}

static uint32_t draw(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1;
	return (uint32_t)(*state >> 33) % below;
}

#define DRAWN	12			/* certificates of a drawn world */

static void draw_world(uint64_t seed, struct graph_input *in)
{
	const uint32_t identities = 1 + draw(&seed, 8);

	in->n_certificates = 1 + draw(&seed, DRAWN);
	for (size_t k = 0; k < in->n_certificates; k++)
		in->certificates[k] = (struct graph_certificate){
			.id = (int64_t)k + 1,
			.identity = 1 + draw(&seed, identities),
			.not_before = draw(&seed, 4) ? 0 : NOW + 50,
			.not_after = draw(&seed, 4)
				? 2000 + draw(&seed, 5) * 100 : NOW - 50,
			.is_ca = draw(&seed, 4) != 0 };
	in->n_edges = draw(&seed, 2 * DRAWN);
	for (size_t k = 0; k < in->n_edges; k++)
		in->edges[k] = (struct graph_edge){
			1 + draw(&seed, (uint32_t)in->n_certificates),
			1 + draw(&seed, identities + 1) };
	in->first[1] = 0;
	for (size_t k = 0; k < in->n_certificates; k++)
		if (draw(&seed, 4) == 0)
			in->anchors[in->first[1]++] = (int64_t)k + 1;
}

static int64_t until_of(const struct reach *reach, size_t n, size_t place,
			int64_t anchor)
{
	for (size_t k = 0; k < n; k++)
		if (reach[k].certificate == (int64_t)place + 1 &&
		    reach[k].anchor == anchor)
			return reach[k].valid_until;
	return 0;
}

static void test_drawn_worlds(void **state)
{
	struct graph_certificate certificates[DRAWN];
	struct graph_edge edges[2 * DRAWN];
	int64_t anchors[DRAWN], valid[DRAWN], any[DRAWN];
	size_t first[2] = { 0, 0 }, rows = 0;
	struct graph_input in = {
		.now = NOW, .certificates = certificates, .edges = edges,
		.anchors = anchors, .first = first, .n_sets = 1 };

	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct reach *reach;
		size_t n, left;

		draw_world(seed, &in);
		assert_int_equal(graph_reach(&in, &reach, &n, &left), 0);
		rows += n;
		for (size_t a = 0; a < first[1]; a++) {
			relax(&in, (size_t)anchors[a] - 1, true, valid);
			relax(&in, (size_t)anchors[a] - 1, false, any);
			for (size_t k = 0; k < in.n_certificates; k++)
				if (until_of(reach, n, k, anchors[a]) !=
				    (valid[k] ? valid[k] : any[k]))
					fail_msg("world %d: certificate %zu, "
						 "anchor %d", (int)seed, k + 1,
						 (int)anchors[a]);
		}
		free(reach);
	}
	assert_true(rows > 10000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worlds),
		cmocka_unit_test(test_mesh),
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_drawn_worlds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
