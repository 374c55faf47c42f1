/* update.c -- brings the inventory's edges and reachability up to date with
 * the scan that is open.  Signatures are the dear part (65 to 750 µs each), so
 * each pair is verified once in the life of an inventory.
 */
#include <errno.h>
#include <stdlib.h>

#include "graph/graph.h"

static int check_pair(struct blob child, struct blob issuer, void *data)
{
	/* -EINVAL and -ENOTSUP: cannot be checked.  The inventory remembers
	 * that, and it is no edge.  */
	return readings_verify(data, child, issuer);
}

/* What was left out may be what a verdict depends on.  */
static int say_left(struct inventory *i, const struct graph_result *result)
{
	struct stored_problem problem = { .path = "/", .code = PROBLEM_LIMIT };
	AUTO(str) char *message = NULL;

	if (result->signatures_left == 0 && result->anchors_left == 0 &&
	    !result->verdicts_cut)
		return 0;
	if (result->verdicts_cut)
		message = xasprintf("more than %u certificates of authorities "
				    "that are not self-signed: what parties "
				    "make of the others was not asked",
				    LIMIT_VERDICT_CERTIFICATES);
	else if (result->signatures_left > 0)
		message = xstrdup("not all signatures were verified: too many "
				  "certificates, or keys under one name; the "
				  "next scan goes on, show certificates tells "
				  "which store has them");
	else
		message = xasprintf("more than %u paths: %zu anchors were not "
				    "followed; show stores tells which store "
				    "has so many", LIMIT_SET_REACH,
				    result->anchors_left);
	problem.message = message;
	return inventory_scan_problem(i, &problem);
}

static int update(struct inventory *i, struct readings *readings,
		  struct graph_result *ret_result)
{
	struct graph_result result = { 0 };
	struct graph_input in = { 0 };
	struct reach *reach = NULL;
	int r;

	r = inventory_check_signatures(i, check_pair, readings,
				       LIMIT_SIGNATURE_TRIES,
				       &result.signatures_checked,
				       &result.signatures_left);
	if (r < 0)
		return r;
	r = inventory_graph_input(i, &in);
	if (r == -EALREADY) {	/* nothing that reachability depends on changed */
		*ret_result = result;
		return 0;
	}
	if (r < 0)
		return r;
	r = graph_reach(&in, &reach, &result.reach, &result.anchors_left);
	/* What is cut is computed anew, so that it is said each time.  */
	if (r == 0)
		r = graph_verdicts(i, readings, in.now, &result.verdicts_cut);
	if (r == 0)
		r = inventory_store_reach(i, reach, result.reach,
					  result.anchors_left == 0 &&
					  !result.verdicts_cut);
	free(reach);
	graph_input_done(&in);
	if (r == 0)
		*ret_result = result;
	return r;
}

/* A pair that ended the worker twice counts as not signed.  */
static int say_deaths(struct inventory *i, size_t deaths)
{
	struct stored_problem problem = {
		.path = "/", .code = PROBLEM_READER_DIED };
	AUTO(str) char *message = NULL;

	if (deaths == 0)
		return 0;
	message = xasprintf("checking %zu signatures ended the process that "
			    "did: they count as wrong; report this", deaths);
	problem.message = message;
	return inventory_scan_problem(i, &problem);
}

int graph_update(struct inventory *i, struct readings *readings,
		 struct graph_result *ret_result)
{
	struct graph_result result = { 0 };
	const size_t deaths = readings_deaths(readings);
	int r = update(i, readings, &result);

	if (r == 0)
		r = say_left(i, &result);
	if (r == 0)
		r = say_deaths(i, readings_deaths(readings) - deaths);
	if (r == 0)
		*ret_result = result;
	return r;
}
