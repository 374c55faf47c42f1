/* redirect.h -- private to src/scan: redirections, and the stores that they
 * lead to.  */
#ifndef SCAN_REDIRECT_H
#define SCAN_REDIRECT_H

#include "scan/compose.h"
#include "scan/store.h"

/* The stores of this scan by where they are.  All zero is empty; free with
 * store_places_done().  */
struct store_place {
	char *path, *real_path, *kind;
	int64_t store;
};
struct store_places {
	struct store_place *items;
	size_t n, cap;
};
void store_places_add(struct store_places *s, const struct place *place,
		      int64_t store);
void store_places_done(struct store_places *s);

/* Finds the redirections and records them; what they lead to and what is no
 * store yet becomes one.  */
int scan_redirections(struct pass *pass, const struct homes *homes,
		      struct store_places *stores, struct composition *c);

#endif
