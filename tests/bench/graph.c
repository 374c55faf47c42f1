/* graph.c -- how the graph grows: edges and reachability over certificates of
 * which 15 % are cross-signed, against SHA-256 over as many certificates of the
 * usual size.  The goal is a tenth, signatures aside: these are verified once in
 * the life of an inventory.
 *
 *   graph        a line for 1,000, 10,000 and 100,000 certificates
 *
 * Both sides in turn, five times; the ratio is the median of the turns'.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "graph/graph.h"

#define TURNS		5
#define BYTES		1300u		/* of a certificate: the median of public
					 * roots and what they issue */
#define ROOTS		150u
#define BELOW		20u		/* certificates for each intermediate */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Roots, intermediates below them, and below those the rest.  Identity K is that
 * of certificate K; a cross-signed one is a second certificate of it.  */
static void make(size_t n, struct graph_input *in)
{
	const size_t issuers = ROOTS + n / BELOW;

	*in = (struct graph_input){ .now = 1000 };
	in->certificates = xcalloc(2 * n, sizeof(*in->certificates));
	in->edges = xcalloc(2 * n, sizeof(*in->edges));
	for (size_t k = 0; k < n; k++) {
		const bool crossed = k % 20 < 3;
		size_t issuer = k < ROOTS ? k : k < issuers
			? (k * 2654435761u) % ROOTS
			: ROOTS + (k * 2654435761u) % (issuers - ROOTS);

		for (int copy = 0; copy <= crossed; copy++) {
			const int64_t id = (int64_t)in->n_certificates + 1;

			in->certificates[in->n_certificates++] =
				(struct graph_certificate){
				.id = id, .identity = (int64_t)k + 1,
				.not_before = 0,
				.not_after = 2000 + (int64_t)(k % 977),
				.is_ca = k < issuers,
				.self_signed = k < ROOTS && copy == 0,
			};
			if (copy == 1)
				issuer = issuer < ROOTS
					? (issuer + 1) % ROOTS
					: ROOTS + (issuer + 1 - ROOTS) %
						  (issuers - ROOTS);
			if (k >= ROOTS || copy == 1)
				in->edges[in->n_edges++] = (struct graph_edge){
					id, (int64_t)issuer + 1 };
		}
	}
	in->anchors = xcalloc(ROOTS, sizeof(*in->anchors));
	in->first = xcalloc(2, sizeof(*in->first));
	for (size_t k = 0; k < in->n_certificates; k++)
		if (in->certificates[k].self_signed)
			in->anchors[in->first[1]++] = in->certificates[k].id;
	in->n_sets = 1;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(size_t n)
{
	double ratios[TURNS], graph = 0, sha = 0;
	uint8_t *bytes = xmalloc(BYTES), hash[SHA256_SIZE];
	struct graph_input in;
	size_t reach_n = 0;

	memset(bytes, 'x', BYTES);
	make(n, &in);
	for (int turn = 0; turn < TURNS; turn++) {
		struct reach *reach = NULL;
		size_t left;
		double begin = seconds();

		graph_reach(&in, &reach, &reach_n, &left);
		graph = seconds() - begin;
		free(reach);
		begin = seconds();
		for (size_t k = 0; k < in.n_certificates; k++)
			hash_sha256((struct blob){ bytes, BYTES }, hash);
		sha = seconds() - begin;
		ratios[turn] = graph / sha;
	}
	qsort(ratios, TURNS, sizeof(*ratios), compare);
	printf("graph / sha256, %6zu certificates   %.3f   (%.1f ms, %.1f ms; "
	       "%zu paths)\n", n, ratios[TURNS / 2], graph * 1e3, sha * 1e3,
	       reach_n);
	free(bytes);
	graph_input_done(&in);
}

int main(void)
{
	static const size_t sizes[] = { 1000, 10000, 100000 };

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
		measure(sizes[k]);
	return 0;
}
