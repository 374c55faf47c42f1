/* world.h -- an inventory made of a few abstract rows (tests/rules/world.sql),
 * so that a test of rules can say what it is about and nothing else.
 */
#ifndef WORLD_H
#define WORLD_H

#include "inventory/inventory.h"

struct sqlite3;

struct world {
	struct sqlite3 *rows;	/* the abstract tables */
};

/* The tables, empty, and filling them.  Fails the test when the SQL does not
 * run.  */
void world_init(struct world *w);
void world_fill(const struct world *w, const char *sql);
void world_done(struct world *w);

/* An inventory in memory with all of the world's scans, the newest one at NOW;
 * its reachability is computed.  The caller closes it.  */
struct inventory *world_scan(const struct world *w, int64_t now,
			     unsigned warn_days);

/* The name of the certificate with that hash, "-" for NULL, "?" for a hash of
 * none.  Valid until the next call.  */
const char *world_name(const struct world *w, const char *sha256);

/* The text of the file DIR/NAME in the tests' folder; the caller frees.  */
char *world_file(const char *dir, const char *name);
char *world_path(const char *dir, const char *name);

#endif
