/* world.h -- the part of an inventory that one question is about: certificates
 * that can be on a path, where each of them lies, and what each relying party
 * makes of them.
 */
#ifndef GRAPH_WORLD_H
#define GRAPH_WORLD_H

#include "graph/path.h"
#include "inventory/inventory.h"

struct numbers {
	size_t *items;
	size_t n, cap;
};
void numbers_add(struct numbers *n, size_t number);
void numbers_done(struct numbers *n);

/* A place where a certificate lies.  */
struct world_copy {
	size_t certificate;
	enum role role;
	char *kind, *store, *owner, *location, *label;
	bool read;			/* by any party */
};

/* A relying party, and those of the certificates that it has, in its order.  */
struct world_party {
	char *id, *title, *owner;
	const struct path_model *model;	/* NULL: none is known for it */
	char *model_id;
	struct numbers anchors, store, cached, distrusted;
	int64_t *distrust_after;	/* as in struct path_question */
};

struct path_world {
	struct path_pool *pool;
	struct world_party *parties;	/* sorted by id */
	size_t n_parties, cap_parties;
	struct world_copy *copies;	/* in the order of certificates */
	size_t n_copies, cap_copies;
	unsigned purpose;
	bool cut;			/* LIMIT_WORLD_CERTIFICATES */
};

/* An empty world for questions about PURPOSE, one of enum purpose.  */
void path_world_init(struct path_world *w, unsigned purpose);
void path_world_done(struct path_world *w);
void auto_path_world(struct path_world *w);

/* Adds what is not of the inventory, or not only: as path_pool_add().  */
int path_world_add(struct path_world *w, struct blob der, size_t *ret_number,
	      char **ret_error);
/* Adds, of the inventory, all that can be on a path above what is there: every
 * certificate with the name of an issuer, and theirs; then parties, and what
 * they have of them.  To be called once.  */
int path_world_load(struct path_world *w, struct inventory *i);
/* Adds a certificate for servers that ISSUER would issue at the time it is asked
 * about: it is always valid, for any host, and signed by the key of ISSUER and
 * its like.  To be called after path_world_load().  */
size_t path_world_add_imagined(struct path_world *w, size_t issuer);

/* Would they answer every question alike?  */
bool world_parties_alike(const struct world_party *a,
			 const struct world_party *b);

/* A question of PARTY; what is sent is the caller's.  */
struct path_question path_world_question(const struct path_world *w,
				    const struct world_party *party,
				    size_t peer, const struct numbers *sent,
				    int64_t time, const char *host);

#endif
