/* assets-graph.c -- who signed what of the certificates on the host, those above it
 * that are not there, and what will be refused when.
 */
#include <stdlib.h>
#include <string.h>

#include "output/assets.h"

/* A host with a thousand homes has as many parties, each with its own end of the
 * same certificate: a picture of more than that is none.  */
#define EVENTS		20000u

static int compare_assets(const void *a, const void *b)
{
	const struct asset *x = a, *y = b;

	return strcmp(x->sha256, y->sha256);
}

static const char absent_sql[] =
	"SELECT " ASSET_COLUMNS " FROM v_known_certificate k"
	" WHERE present = 0 AND EXISTS (SELECT 1 FROM v_edge e"
	" WHERE e.issuer_sha256 = k.sha256)";

static int take_absent(int n, const char *const *names,
		       const char *const *values, const bool *numeric,
		       void *data)
{
	struct assets *a = data;

	(void)n, (void)names, (void)numeric;
	grow(&a->absent, a->n_absent, &a->cap_absent, sizeof(*a->absent));
	asset_take(&a->absent[a->n_absent++], values);
	return 0;
}

/* A root's own signature says nothing.  */
static const char edge_sql[] =
	"SELECT sha256, issuer_sha256 FROM v_edge"
	" WHERE sha256 <> issuer_sha256 ORDER BY 1, 2";

static int take_edge(int n, const char *const *names,
		     const char *const *values, const bool *numeric, void *data)
{
	struct assets *a = data;

	(void)n, (void)names, (void)numeric;
	grow(&a->edges, a->n_edges, &a->cap_edges, sizeof(*a->edges));
	a->edges[a->n_edges++] = (struct asset_edge){
		.sha256 = xstrdup(values[0]), .issuer = xstrdup(values[1]) };
	return 0;
}

static const char event_sql[] =
	"SELECT t.time, coalesce(p.title, t.party), t.sha256, t.reason"
	" FROM v_timeline t LEFT JOIN v_party p ON p.party = t.party"
	" ORDER BY t.time, t.party, t.sha256";

static int take_event(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct assets *a = data;

	(void)n, (void)names, (void)numeric;
	if (a->n_events == EVENTS)
		return 0;
	grow(&a->events, a->n_events, &a->cap_events, sizeof(*a->events));
	a->events[a->n_events++] = (struct asset_event){
		.time = strtoll(values[0], NULL, 10),
		.party = xstrdup(values[1]), .sha256 = xstrdup(values[2]),
		.reason = xstrdup(values[3] != NULL ? values[3] : "") };
	return 0;
}

int assets_load_graph(struct inventory *i, struct assets *a, char **ret_error)
{
	int r = guarded_select(i, absent_sql, take_absent, a, ret_error);

	if (r == 0)
		r = guarded_select(i, edge_sql, take_edge, a, ret_error);
	if (r == 0)
		r = guarded_select(i, event_sql, take_event, a, ret_error);
	if (a->n_absent > 0)
		qsort(a->absent, a->n_absent, sizeof(*a->absent),
		      compare_assets);
	return r;
}

void assets_graph_done(struct assets *a)
{
	for (size_t k = 0; k < a->n_absent; k++)
		asset_done(&a->absent[k]);
	for (size_t k = 0; k < a->n_edges; k++) {
		free(a->edges[k].sha256);
		free(a->edges[k].issuer);
	}
	for (size_t k = 0; k < a->n_events; k++) {
		free(a->events[k].party);
		free(a->events[k].sha256);
		free(a->events[k].reason);
	}
	free(a->absent);
	free(a->edges);
	free(a->events);
}

static const struct asset *find(const struct asset *items, size_t n,
				const char *sha256)
{
	const struct asset key = { .sha256 = (char *)sha256 };

	return n == 0 ? NULL :
	       bsearch(&key, items, n, sizeof(*items), compare_assets);
}

const struct asset *assets_find(const struct assets *a, const char *sha256)
{
	const struct asset *found = find(a->items, a->n, sha256);

	return found != NULL ? found : find(a->absent, a->n_absent, sha256);
}

const struct asset_edge *assets_edges(const struct assets *a,
				      const char *sha256, size_t *ret_n)
{
	size_t low = 0, high = a->n_edges, end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(a->edges[middle].sha256, sha256) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < a->n_edges &&
	     strcmp(a->edges[end].sha256, sha256) == 0;)
		end++;
	*ret_n = end - low;
	return end > low ? &a->edges[low] : NULL;
}
