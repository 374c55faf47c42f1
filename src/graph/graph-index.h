/* graph-index.h -- the input of graph_reach() with numbers of its own.  Private
 * to src/graph.
 */
#ifndef GRAPH_INDEX_H
#define GRAPH_INDEX_H

#include "graph/graph.h"

#define NOWHERE		UINT32_MAX

/* A certificate that has something below it, or is an anchor.  All others only
 * hang from these: they are never gone through.  */
struct node {
	int64_t not_before, not_after;
	uint32_t identity;
	uint32_t place;			/* in the input */
	bool is_ca;
	bool issues;			/* its identity signed another's */
};

/* Identities and nodes are numbers from 0.  A certificate's place is its index
 * in the input.  */
struct index {
	size_t n_nodes, n_identities;
	struct node *nodes;
	uint32_t *node_of;		/* by place; NOWHERE: it only hangs */
	/* The nodes of identity K:
	 * nodes_of[first_node[k]] up to nodes_of[first_node[k + 1]].  */
	uint32_t *first_node, *nodes_of;
	/* What identity K signed and is a node:
	 * children[first_child[k]] up to children[first_child[k + 1]].  */
	uint32_t *first_child, *children;
	uint32_t *hanging;		/* and how many are not, by identity */
	/* Who signed the certificate at place K: identities
	 * signers[first_signer[k]] up to signers[first_signer[k + 1]].  */
	uint32_t *first_signer, *signers;
	uint32_t *identity_of;		/* by place */
	uint32_t *anchors;		/* nodes, as in the input's anchors;
					 * NOWHERE: it does not decode */
	bool all_valid;			/* every certificate is valid now */
};

/* Borrows nothing from IN.  Free with index_done().  */
void index_build(const struct graph_input *in, struct index *ret_index);
void index_done(struct index *x);

static inline bool valid_at(int64_t not_before, int64_t not_after, int64_t now)
{
	return not_before <= now && now < not_after;
}

#endif
