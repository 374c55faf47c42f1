/* update.c -- brings the inventory's edges and reachability up to date with
 * the scan that is open.  Signatures are the dear part (65 to 750 µs each), so
 * each pair is verified once in the life of an inventory.
 */
#include <errno.h>
#include <stdlib.h>

#include "graph/graph.h"

static int check_pair(struct blob child, struct blob issuer, void *data)
{
	(void)data;
	/* -EINVAL and -ENOTSUP: cannot be checked.  The inventory remembers
	 * that, and it is no edge.  */
	return x509_verify(child, issuer);
}

int graph_update(struct inventory *i, struct graph_result *ret_result)
{
	struct graph_result result = { 0 };
	struct graph_input in = { 0 };
	struct reach *reach = NULL;
	int r;

	r = inventory_check_signatures(i, check_pair, NULL,
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
	r = graph_reach(&in, &reach, &result.reach);
	if (r == 0)
		r = inventory_store_reach(i, reach, result.reach);
	free(reach);
	graph_input_done(&in);
	if (r == 0)
		*ret_result = result;
	return r;
}
