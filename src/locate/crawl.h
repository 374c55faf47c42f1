/* crawl.h -- private to src/locate: what the parts of the crawl share.
 */
#ifndef LOCATE_CRAWL_H
#define LOCATE_CRAWL_H

#include <pthread.h>
#include <stdatomic.h>

#include "locate/locate.h"

/* ---- names (crawl-names.c) -------------------------------------------------
 * What a file's name says before anybody looks at the file.  */
enum name_class {
	NAME_NEUTRAL,		/* nothing: its head decides */
	NAME_LIKELY,		/* a store's name: read whatever the head is */
	NAME_PROGRAM,		/* a program: only large ones are looked at */
	NAME_NEVER,		/* nothing that holds certificates */
};
struct crawl_names;
/* CATALOGUE must outlive it.  Free with crawl_names_free().  */
struct crawl_names *crawl_names_new(const struct catalogue *catalogue);
void crawl_names_free(struct crawl_names *n);
enum name_class crawl_name_class(const struct crawl_names *n, const char *name);

/* ---- what was there (crawl-state.c) ----------------------------------------- */
/* Equal stamps: nothing happened.  All zero: not to be relied on.  */
struct stamp {
	uint64_t dev, ino;
	int64_t size, mtime_ns, ctime_ns;
};
struct candidate {
	const char *name;	/* in its directory; the state's */
	struct stamp stamp;
	bool nothing;		/* it was read then, and is no store */
};
struct crawled_directory {
	const char *path;		/* the state's */
	struct stamp stamp;
	int64_t listed;			/* when, the clock; seconds */
	struct candidate *candidates;	/* sorted by name */
	size_t n, cap;
	bool kept;			/* it is as it was: part of the next state */
	bool gone;			/* it could not be found any more */
	bool hidden;			/* by a mount that is not gone into */
};
struct text_block;
struct crawl_state {
	struct crawled_directory *directories;	/* sorted by path */
	size_t n, cap;
	struct text_block *texts;	/* all paths and names */
	bool cut;			/* more than LIMIT_CRAWL_DIRECTORIES: of no
					 * use */
};
void crawl_state_done(struct crawl_state *s);
/* A copy of TEXT that lives as long as S, and room for N bytes that does.  */
const char *crawl_state_text(struct crawl_state *s, const char *text);
char *crawl_state_room(struct crawl_state *s, size_t n);
/* NULL: it is not there.  */
struct crawled_directory *crawl_state_find(const struct crawl_state *s,
					   const char *path);
struct candidate *crawl_candidate_find(const struct crawled_directory *d,
				       const char *name);
/* Moves the directories of OLD to S, only those that are kept if KEPT.  */
void crawl_state_take(struct crawl_state *s, struct crawl_state *old, bool kept);
/* Marks PATH and all beneath it as hidden.  */
void crawl_state_hide(struct crawl_state *s, const char *path);
void crawl_state_sort(struct crawl_state *s);
/* As bytes, for which KEY stands: what the crawl was asked and its catalogue. */
void crawl_state_write(const struct crawl_state *s,
		       const uint8_t key[SHA256_SIZE], struct buf *b);
/* -EBADMSG: not what was written, or with another key.  */
int crawl_state_read(struct blob bytes, const uint8_t key[SHA256_SIZE],
		     struct crawl_state *ret_state);

#define CRAWL_RACY_NS		(2 * INT64_C(1000000000))
#define CRAWL_NAMES_BYTES	65536u	/* of a directory, at a time */

/* ---- looking (crawl-look.c) ------------------------------------------------- */
/* A directory that is to be listed.  */
struct todo {
	char *path;
	uint64_t dev;			/* of the one above; 0: none */
	bool same;			/* as the one that was listed before */
};

struct crawl {
	const struct root *root;
	const struct catalogue *catalogue;
	const struct crawl_options *options;
	struct crawl_names *names;
	struct mounts mounts;
	char **closed;			/* mount points, in the root, that are not
					 * gone into; NULL behind the last */
	struct crawl_state old;
	int64_t young;			/* times from here on are not relied on */

	pthread_mutex_t lock;
	pthread_cond_t more;		/* the stack has something, or all is done */
	pthread_cond_t end;		/* a thread has ended */
	struct todo *stack;
	size_t n, cap;
	unsigned busy, running;
	atomic_size_t next;		/* of the old directories */
	atomic_bool stopped;
	atomic_bool changed;		/* something is not as it was */
	char **lost;			/* directories that could not be found any more
					 * and that no state has */
	size_t n_lost, cap_lost;
	atomic_size_t names_seen, directories, found;
};

/* What one thread found; put together at the end.  */
struct crawler {
	struct crawl *c;
	pthread_t thread;
	char *buffer;			/* CRAWL_NAMES_BYTES */
	struct descent descent;		/* to old directories */
	struct crawl_state state;
	struct crawl_result result;
	char **lost;			/* as the crawl's */
	size_t n_lost, cap_lost;
};


/* Where directory PATH is kept in S, without a stamp; NULL: there are too many.  MADE
 * is when the crawl began, in seconds.  */
struct crawled_directory *crawl_remember(struct crawl_state *s, const char *path,
					 int64_t made);
/* Lists a directory.  */
void crawl_list(struct crawler *w, const struct todo *t);
/* Sees whether a directory of the state before is as it was, and puts it on the
 * stack if it is not.  */
void crawl_visit(struct crawler *w, struct crawled_directory *old);
/* Puts a directory on the stack; T's path is taken.  */
void crawl_push(struct crawl *c, const struct todo *t);
void crawl_add_skip(struct crawl_result *r, const char *path, const char *type,
		    enum mount_kind kind);
bool crawl_enters(const struct crawl *c, const struct mount *m);
bool crawl_is_below(const char *path, const char *above);

#endif
