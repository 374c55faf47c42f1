/* graph.h -- identities, issuers and reachability.
 *
 * A node is an identity (subject name, public key); a certificate is an edge
 * from its issuer's identity to its own.  An edge counts only when the
 * signature was verified.  For each set of anchors and each certificate the
 * graph knows which anchors it reaches: the best path to each is the one that
 * is valid now (not_before <= now < not_after for every certificate on it, the
 * anchor included; the end of notAfter's second is already too late, as
 * OpenSSL and .NET have it) and lasts longest; where none is valid now, the
 * one that lasts longest.  Any certificate of the host may be on a path: a
 * server can send it.  valid_from and valid_until are the intersection along
 * that path.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "graph/explain.h"	/* and world.h, path.h below it */
#include "inventory/inventory.h"

struct graph_result {
	size_t signatures_checked, signatures_left;
	size_t reach;
	bool verdicts_cut;	/* LIMIT_VERDICT_CERTIFICATES */
	size_t anchors_left;	/* not followed: LIMIT_REACH, LIMIT_SET_REACH */
};

/* Verifies what was never verified, computes reachability for every set of
 * anchors, and stores both, inside the open scan.  What limits left out is a
 * problem of the scan.  READINGS: the workers that do it; NULL: this process.  */
int graph_update(struct inventory *i, struct readings *readings,
		 struct graph_result *ret_result);

/* Only the computation, for tests and benchmarks: the caller frees
 * *ret_reach.  Sorted by (set, certificate, anchor).  *ret_left: anchors that
 * were not followed, because there were too many paths already.  */
int graph_reach(const struct graph_input *in, struct reach **ret_reach,
		size_t *ret_n, size_t *ret_left);

/* Asks every party about the authorities that it knows by more than a root, and
 * stores what it would answer at NOW.  *ret_cut: there were more than
 * LIMIT_VERDICT_CERTIFICATES of them.  Part of graph_update().  */
int graph_verdicts(struct inventory *i, struct readings *readings, int64_t now,
		   bool *ret_cut);

#endif
