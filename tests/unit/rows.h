/* rows.h -- a catalogue and homes as a test writes them.  */
#ifndef ROWS_H
#define ROWS_H

#include "locate/locate.h"

#define PATHS_MAX	8

/* A store or relying party, as a test writes it.  */
struct row {
	const char *kind;	/* or id; NULL behind the last */
	const char *paths[PATHS_MAX];
	enum selection selection;
	const char *files, *without, *except;
	const char *if_exists, *unless_exists;
	uint64_t at_least;
};

struct home_row {
	const char *path, *owner;
};

/* ROWS, as stores and as parties at once.  The caller frees.  */
struct catalogue *catalogue_of(const struct row *rows);
/* The caller empties them; ROWS NULL: none.  */
struct homes homes_of(const struct home_row *rows);

#endif
