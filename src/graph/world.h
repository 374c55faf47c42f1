/* world.h -- the part of an inventory that one question is about: certificates
 * that can be on a path, where each of them lies, and what each relying party
 * makes of them.
 */
#ifndef WORLD_H
#define WORLD_H

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

struct world {
	struct path_pool *pool;
	struct world_party *parties;	/* sorted by id */
	size_t n_parties, cap_parties;
	struct world_copy *copies;	/* in the order of certificates */
	size_t n_copies, cap_copies;
	unsigned purpose;
	bool cut;			/* LIMIT_WORLD_CERTIFICATES */
};

/* An empty world for questions about PURPOSE, one of enum purpose.  */
void world_init(struct world *w, unsigned purpose);
void world_done(struct world *w);
void auto_world(struct world *w);

/* Adds what is not of the inventory, or not only: as path_pool_add().  */
int world_add(struct world *w, struct blob der, size_t *ret_number,
	      char **ret_error);
/* Adds, of the inventory, all that can be on a path above what is there: every
 * certificate with the name of an issuer, and theirs; then parties, and what
 * they have of them.  To be called once.  */
int world_load(struct world *w, struct inventory *i);
/* Adds a certificate for servers that ISSUER would issue at the time it is asked
 * about: it is always valid, for any host, and signed by the key of ISSUER and
 * its like.  To be called after world_load().  */
size_t world_add_imagined(struct world *w, size_t issuer);

/* A question of PARTY; what is sent is the caller's.  */
struct path_question world_question(const struct world *w,
				    const struct world_party *party,
				    size_t peer, const struct numbers *sent,
				    int64_t time, const char *host);

#endif
