/* load.h -- private to src/locate: what the loaders of the catalogue's parts
 * share.
 */
#ifndef LOCATE_LOAD_H
#define LOCATE_LOAD_H

#include <libxml/tree.h>

#include "locate/locate.h"

enum path_of { PATH_OF_STORE, PATH_OF_PARTY, PATH_OF_SETTINGS };

/* A path as it is written, until all sets are known.  */
struct written {
	enum path_of of;
	size_t owner;		/* which one of these */
	char *text, *where;
};

struct set {			/* one <path> of a <set> */
	char *name, *path, *where;
	size_t name_bytes, path_bytes;
};

struct loader {
	struct catalogue *c;
	size_t cap_stores, cap_parties, n_homes, cap_homes;
	size_t cap_option_sets, cap_setting_files;
	struct written *written;
	size_t n_written, cap_written;
	struct set *sets;
	size_t n_sets, cap_sets;
	char *error;		/* "file:line: reason" */
};

/* Keeps the reason; returns -EINVAL.  */
int refuse(struct loader *l, const char *where, const char *format, ...)
	PRINTF(3, 4);
/* Keeps a path until the sets are known.  */
void load_path(struct loader *l, enum path_of of, size_t owner,
	       const char *file, const xmlNode *node);

/* settings.c: one file of data/redirections; what can only be said when all are
 * loaded; and freeing.  */
int load_settings(struct loader *l, const char *file, const xmlNode *root);
int check_settings(struct loader *l);
void settings_done(struct catalogue *c);

#endif
