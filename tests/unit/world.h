/* world.h -- the worlds of cases (src/rule/case-world.h) for tests that write
 * their rows themselves.
 */
#ifndef WORLD_H
#define WORLD_H

#include "rule/case-world.h"

/* The tables, empty, and filling them.  Fails the test when the SQL does not
 * run.  The caller frees with case_world_free().  */
struct case_world *world_new(void);
void world_fill(struct case_world *w, const char *sql);

/* case_world_scan(), failing the test.  The caller closes the inventory.  */
struct inventory *world_scan(struct case_world *w, int64_t now,
			     unsigned warn_days);

/* The text of the file DIR/NAME in the tests' folder; the caller frees.  */
char *world_file(const char *dir, const char *name);
char *world_path(const char *dir, const char *name);

#endif
