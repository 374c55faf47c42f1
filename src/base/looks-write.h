/* looks-write.h -- what looks-write.c and looks-places.c share: names in directories
 * without links, which is what looks become.
 */
#ifndef BASE_LOOKS_WRITE_H
#define BASE_LOOKS_WRITE_H

#include "base/looks.h"

#define NOWHERE		UINT32_MAX
#define REFUSED		(UINT32_MAX - 1)

/* A directory by its real path, "/" being the root.  */
struct look_group {
	char *path;
	uint32_t rank;			/* by path */
};

/* How a group was listed.  */
struct look_listing {
	uint32_t group, filter;		/* as an item's */
	const uint8_t *names;
	int64_t ctime_ns;
};

/* A name in a group; there are very many.  */
struct look_item {
	uint32_t group;			/* while they are sorted, its rank */
	uint32_t name;
	uint32_t what;			/* NOT_THERE; 1 + the number of a look, or, with
				 * OWN, of one that was made here */
};
#define NOT_THERE	0u
#define OWN		(UINT32_C(1) << 31)

/* Where a path leads: a directory, or a name in one that is none.  */
struct look_place {
	uint32_t group;			/* NOWHERE: it is not there; REFUSED: that cannot
					 * be seen */
	uint32_t name;			/* NOWHERE: it is the directory */
};

struct looks_writing {
	const struct looks *looks;
	const struct root *root;
	uint32_t *directories;		/* of looks.directories: as a place's group */
	struct looks_table names;	/* looks.names, and more */
	struct looks_table paths;	/* of groups, in their order */
	struct looks_table stepped;	/* names in groups that were asked for */
	struct look_place *steps;	/* in their order */
	size_t n_steps, cap_steps;
	struct looks_table sets;	/* of absent names */
	struct look_group *groups;
	size_t n_groups, cap_groups;
	struct look_item *items;
	size_t n_items, cap_items;
	struct look_listing *lists;	/* of looks.lists */
	size_t n_lists;
	struct file_id *own;		/* of what was looked at here */
	size_t n_own, cap_own;
	struct buf errors, grouped;
	size_t n_errors, n_grouped;
	unsigned links;
};

/* The group of the directory that really is at REAL, "/" being the root.  */
uint32_t looks_group(struct looks_writing *w, const char *real);
uint32_t looks_name(struct looks_writing *w, const char *name);
/* WHAT as in struct look_item.  */
void looks_item(struct looks_writing *w, uint32_t group, uint32_t name,
		uint32_t what);
const struct file_id *looks_id(const struct looks_writing *w,
			       const struct look_item *item);

/* Where NAME in the directory GROUP leads, and PATH from the root.  What is not there
 * and what is a link on the way become items.  -EAGAIN: it cannot be told, or may
 * have changed meanwhile.  */
int looks_step(struct looks_writing *w, uint32_t group, const char *name,
	       struct look_place *ret_place);
int looks_walk(struct looks_writing *w, const char *path,
	       struct look_place *ret_place);

/* A copy of B as a string; the caller frees.  */
char *looks_text(struct blob b);
/* DIRECTORY/NAME, and the path of PLACE, which is there; the caller frees.  */
char *looks_beneath(const char *directory, const char *name);
char *looks_path(const struct looks_writing *w, struct look_place place);

#endif
