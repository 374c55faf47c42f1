/* looks.h -- private to src/base: what looks.c keeps, looks-write.c writes and
 * looks-same.c asks again.
 */
#ifndef BASE_LOOKS_H
#define BASE_LOOKS_H

#include "base/base.h"

#define LOOKS_VERSION	1u

/* Byte strings, each once, by number.  All zero but for looks_table_init().  */
struct looks_table {
	struct buf bytes;
	uint32_t *ends;			/* where each ends in them */
	size_t n, cap;
	uint32_t *slots;		/* 1 + number, 0: free; a power of two */
	size_t n_slots;
	bool crowded;			/* somebody made them meet */
};
void looks_table_init(struct looks_table *t);
void looks_table_done(struct looks_table *t);
/* The number of KEY; *ret_new: it was not there.  */
uint32_t looks_table_add(struct looks_table *t, const void *key, size_t n,
			 bool *ret_new);
/* Borrowed until the next is added.  */
struct blob looks_table_get(const struct looks_table *t, size_t k);

/* Where was looked: a directory as it was named, "" being the root, and a name.  */
struct look_at {
	uint32_t directory, name;
};

struct look {
	struct look_at at;
	bool follows;			/* links, at the end too */
	enum look_how how;		/* of an error */
	int error;			/* 0: `id` is what was seen */
	struct file_id id;
	char *real;			/* where it was said to be; NULL: nobody
					 * asked */
};

struct look_list {
	uint32_t directory;		/* by its own name */
	uint32_t filter;		/* in `filters` */
	uint8_t names[SHA256_SIZE];
	int64_t ctime_ns;		/* when it had them */
};

struct looks {
	int64_t since_ns;
	struct looks_table directories, names;
	struct looks_table filters;	/* as looks_list() has them; "": all names */
	struct looks_table absent;	/* struct look_at */
	struct looks_table keys;	/* of what is there: struct look_at and how */
	struct look *present;		/* in the order of `keys` */
	size_t n_present, cap_present;
	struct look_list *lists;
	size_t n_lists, cap_lists;
	uint32_t last;			/* directory */
	bool lost;			/* nothing can be relied on */
};

/* Is what is there the same for a pass?  */
bool look_is_same(const struct file_id *a, const struct file_id *b);
/* A hash over the names of D that FILTER is for, and what they are.  */
void look_names(const struct directory *d, struct blob filter,
		uint8_t ret_hash[SHA256_SIZE]);
/* What NAME in the directory FD is itself; "" is FD.  Negative errno.  */
int look_named(int fd, const char *name, struct file_id *ret_id);
/* The names in the directory FD, which may be an O_PATH descriptor; see
 * file_directory().  */
int look_list(int fd, struct directory *ret_directory);
/* Are the size and the times of such a thing looked at?  A directory's are not: names
 * that come and go are looked for by themselves.  */
bool look_has_times(uint32_t mode);
/* Does each name that comes or goes change the time of the directory FD?  */
bool look_keeps_times(int fd);

/* ---- the bytes ---------------------------------------------------------------
 * Numbers as wire_put_number(), texts and lists behind their length:
 *
 *	version
 *	names		each once
 *	filters		of names in directories that were listed
 *	absent sets	of names: homes lack the same
 *	errors		path, how it was looked at, errno
 *	groups		of names in one directory without links, by path:
 *			what it shares with the one before, the rest of it,
 *			what it is (its times: 0 when they are young),
 *			how it was listed: filter and hash over its names,
 *			absent set or 0,
 *			and each name with what is there
 *
 * What is there is written as a difference from the one before.  */
void look_put(struct buf *b, const struct file_id *id, struct file_id *before);
void look_get(struct wire *w, struct file_id *ret_id, struct file_id *before);

/* ---- for those who look ----------------------------------------------------
 * L NULL: nobody wants to know.  ERROR 0: ID is what is there; it may be given with
 * an error, too, that what is there explains (no regular file).  */
void looks_note(struct looks *l, enum look_how how, const char *path,
		bool follows, int error, const struct file_id *id);
/* PATH was found to be REAL.  */
void looks_note_real(struct looks *l, const char *path, int error,
		     const struct file_id *id, const char *real);
void looks_note_list(struct looks *l, const char *path, bool follows, int error,
		     const struct directory *d);

#endif
