/* crawl-look.c -- one directory of a crawl: listing it, or seeing that it is as it
 * was, and what its files look like.
 *
 * Everything is opened from the root's descriptor by a path in which no component
 * may be a link, so what its users move about meanwhile leads nowhere else.  Links
 * are passed over: what they lead to is found where it lies.  A directory on
 * another device than the one above it is a mount: the table of mounts says whether
 * it is gone into, and one that is not in the table appeared meanwhile and is not.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "locate/crawl.h"

#define NO_TIME		INT64_MIN	/* no file has it */

static int64_t stat_ns(const struct timespec *t)
{
	return t->tv_sec * INT64_C(1000000000) + t->tv_nsec;
}

/* Without times that are too young.  */
static struct stamp stamp_of(const struct crawl *c, const struct stat *st)
{
	struct stamp s = {
		.dev = st->st_dev, .ino = st->st_ino, .size = st->st_size,
		.mtime_ns = stat_ns(&st->st_mtim),
		.ctime_ns = stat_ns(&st->st_ctim),
	};

	if (s.mtime_ns > c->young || s.ctime_ns > c->young)
		s.mtime_ns = s.ctime_ns = NO_TIME;
	return s;
}

static bool stamp_is(const struct stamp *old, const struct stat *st)
{
	return old->ino == st->st_ino && old->dev == st->st_dev &&
	       old->size == st->st_size &&
	       old->mtime_ns == stat_ns(&st->st_mtim) &&
	       old->ctime_ns == stat_ns(&st->st_ctim);
}

/* ---- opening ---------------------------------------------------------------*/

/* Only the owner and root may leave the access time alone.  */
static int open_path(const struct crawl *c, const char *path, int flags,
		     int *ret_fd)
{
	int r = beneath_open_straight(c->root, path, flags | O_NOATIME |
				      O_NONBLOCK | O_NOCTTY, ret_fd);

	if (r == -EPERM)
		r = beneath_open_straight(c->root, path, flags | O_NONBLOCK |
					  O_NOCTTY, ret_fd);
	return r;
}

/* ---- what is found ---------------------------------------------------------*/

/* Did it go, or become another, while we looked?  */
static bool is_gone(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ELOOP;
}

static void add_problem(struct crawler *w, const char *path, int error)
{
	struct crawl_result *r = &w->result;

	if (is_gone(error))
		return;
	if (r->n_problems++ >= LIMIT_CRAWL_PROBLEMS)
		return;
	grow(&r->problems, r->n_problems - 1, &r->cap_problems,
	     sizeof(*r->problems));
	r->problems[r->n_problems - 1] = (struct crawl_problem){
		.path = xstrdup(path), .error = error };
}

void crawl_add_skip(struct crawl_result *r, const char *path,
		     const char *type, enum mount_kind kind)
{
	grow(&r->skips, r->n_skips, &r->cap_skips, sizeof(*r->skips));
	r->skips[r->n_skips++] = (struct crawl_skip){
		.path = xstrdup(path), .type = xstrdup(type), .kind = kind };
}

/* WAS: what it was at the crawl before, when it has not changed since; else
 * NULL.  */
static void add_found(struct crawler *w, const char *path,
		      const struct stat *st, const struct candidate *was)
{
	struct crawl_result *r = &w->result;

	grow(&r->found, r->n_found, &r->cap_found, sizeof(*r->found));
	r->found[r->n_found++] = (struct crawl_found){
		.path = xstrdup(path), .unchanged = was != NULL,
		.nothing = was != NULL && was->nothing,
		.id = { .dev = st->st_dev, .ino = st->st_ino,
			.size = st->st_size,
			.mtime_ns = stat_ns(&st->st_mtim),
			.ctime_ns = stat_ns(&st->st_ctim),
			.mode = st->st_mode, .uid = st->st_uid,
			.gid = st->st_gid },
	};
	atomic_fetch_add(&w->c->found, 1);
}

/* WAS as above.  */
static void add_candidate(struct crawler *w, struct crawled_directory *d,
			  const char *name, const struct stat *st,
			  const struct candidate *was)
{
	if (d == NULL)
		return;
	grow(&d->candidates, d->n, &d->cap, sizeof(*d->candidates));
	d->candidates[d->n++] = (struct candidate){
		.name = crawl_state_text(&w->state, name),
		.stamp = stamp_of(w->c, st),
		.nothing = was != NULL && was->nothing };
}

/* File PATH of D could not be looked at: next time it is, though no name has
 * changed.  What is gone is no problem, but it may be there again: when a directory
 * above D was renamed, and back, nothing of D shows it.  */
static void add_file_problem(struct crawler *w, struct crawled_directory *d,
			     const char *path, int error)
{
	if (d != NULL)
		d->stamp = (struct stamp){ .dev = 0 };
	add_problem(w, path, error);
}

static char *join(const char *directory, const char *name)
{
	return xasprintf("%s/%s", directory[1] != '\0' ? directory : "", name);
}

/* ---- files -----------------------------------------------------------------*/

/* What the first bytes look like, as options->head() says; negative errno: nobody
 * can see.  */
static int head_fits(struct crawler *w, const char *path, const struct stat *st)
{
	uint8_t head[CRAWL_HEAD_BYTES];
	AUTO(fd) int fd = -1;
	struct stat now;
	ssize_t n;
	int r = open_path(w->c, path, O_RDONLY, &fd);

	if (r < 0)
		return r;
	/* Nothing but a regular file may be read from: a FIFO would wait.  */
	if (fstat(fd, &now) < 0)
		return -errno;
	if (!S_ISREG(now.st_mode) || now.st_ino != st->st_ino ||
	    now.st_dev != st->st_dev)
		return -ENOENT;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return -errno;
	return w->c->options->head((struct blob){ head, (size_t)n });
}

/* Was a file of neutral name looked at when its directory, OLD, was listed?  No
 * user can set back the time of a change.  */
static bool looked_at(const struct crawled_directory *old, const struct stat *st)
{
	return old != NULL && stat_ns(&st->st_ctim) <
	       old->listed * INT64_C(1000000000) - CRAWL_RACY_NS;
}

static void take_file(struct crawler *w, const struct todo *t,
		      struct crawled_directory *d, int at, const char *name,
		      const struct crawled_directory *old)
{
	const struct crawl_options *o = w->c->options;
	const struct crawl_words *words = &w->c->catalogue->crawl;
	enum name_class class = crawl_name_class(w->c->names, name);
	const struct candidate *was = old == NULL ? NULL :
				      crawl_candidate_find(old, name);
	AUTO(str) char *path = NULL;
	struct stat st;
	bool program;
	int r;

	if (was == NULL && (class == NAME_NEVER ||
			    (o->names_only && class == NAME_NEUTRAL)))
		return;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) {
		r = -errno;
		path = join(t->path, name);
		add_file_problem(w, d, path, r);
		return;
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < words->least)
		return;
	if (was != NULL && stamp_is(&was->stamp, &st)) {
		path = join(t->path, name);
		add_candidate(w, d, name, &st, was);
		add_found(w, path, &st, was);
		return;
	}
	program = (uint64_t)st.st_size >= words->program_least &&
		  (uint64_t)st.st_size <= LIMIT_ELF_BYTES;
	if (class == NAME_PROGRAM && !program)
		return;
	if (!program && (uint64_t)st.st_size > LIMIT_FILE_BYTES) {
		if (class == NAME_LIKELY) {
			path = join(t->path, name);
			add_file_problem(w, d, path, -EFBIG);
		}
		return;
	}
	if (class != NAME_LIKELY && looked_at(old, &st))
		return;
	path = join(t->path, name);
	r = class == NAME_LIKELY ? 1 : head_fits(w, path, &st);
	if (r < 0)
		add_file_problem(w, d, path, r);
	if (r <= 0 || (r == 2 && !program))
		return;
	add_candidate(w, d, name, &st, NULL);
	add_found(w, path, &st, NULL);
}

/* ---- directories -----------------------------------------------------------*/

void crawl_push(struct crawl *c, const struct todo *t)
{
	pthread_mutex_lock(&c->lock);
	grow(&c->stack, c->n, &c->cap, sizeof(*c->stack));
	c->stack[c->n++] = *t;
	pthread_cond_signal(&c->more);
	pthread_mutex_unlock(&c->lock);
}

/* What is mounted at PATH, absolute in the root; NULL: nothing.  */
static const struct mount *mount_of(const struct crawl *c, const char *path)
{
	AUTO(str) char *whole = NULL;

	if (strcmp(c->root->path, "/") == 0)
		return mounts_at(&c->mounts, path);
	whole = xasprintf("%s%s", c->root->path, path[1] != '\0' ? path : "");
	return mounts_at(&c->mounts, whole);
}

bool crawl_enters(const struct crawl *c, const struct mount *m)
{
	return m->kind == MOUNT_LOCAL ||
	       (c->options->all && m->kind != MOUNT_PSEUDO &&
		!beneath_avoids(m->point));
}

static void take_directory(struct crawler *w, const struct todo *t,
			   uint64_t dev, const char *name)
{
	struct crawl *c = w->c;
	AUTO(str) char *path = join(t->path, name);
	const struct mount *m = mount_of(c, path);

	if (strlen(path) >= LIMIT_PATH_BYTES) {
		add_problem(w, t->path, -ENAMETOOLONG);
		return;
	}
	if (m != NULL && !crawl_enters(c, m))
		return;
	/* An old one is looked at in its own turn.  */
	if (c->old.n > 0 && crawl_state_find(&c->old, path) != NULL)
		return;
	crawl_push(c, &(struct todo){ .path = TAKE(path),
				.dev = m != NULL ? 0 : dev });
}

static void take_name(struct crawler *w, const struct todo *t,
		      struct crawled_directory *d, int at, uint64_t dev,
		      const struct dirent64 *e,
		      const struct crawled_directory *old)
{
	unsigned char type = e->d_type;
	struct stat st;

	if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return;
	atomic_fetch_add_explicit(&w->c->names_seen, 1, memory_order_relaxed);
	if (type == DT_UNKNOWN &&
	    fstatat(at, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		type = S_ISDIR(st.st_mode) ? DT_DIR :
		       S_ISREG(st.st_mode) ? DT_REG : DT_LNK;
	if (type == DT_DIR)
		take_directory(w, t, dev, e->d_name);
	else if (type == DT_REG)
		take_file(w, t, d, at, e->d_name, old);
}

static int list_names(struct crawler *w, const struct todo *t, int fd,
		      uint64_t dev, struct crawled_directory *d)
{
	const struct crawled_directory *old =
		t->same ? crawl_state_find(&w->c->old, t->path) : NULL;
	ssize_t n;

	while ((n = getdents64(fd, w->buffer, CRAWL_NAMES_BYTES)) > 0) {
		for (ssize_t k = 0; k < n;) {
			const struct dirent64 *e =
				(const void *)(w->buffer + k);

			take_name(w, t, d, fd, dev, e, old);
			k += e->d_reclen;
		}
		if (atomic_load(&w->c->stopped))
			return 0;
	}
	return n < 0 ? -errno : 0;
}

struct crawled_directory *crawl_remember(struct crawl_state *s, const char *path,
					 int64_t made)
{
	if (s->n >= LIMIT_CRAWL_DIRECTORIES) {
		s->cut = true;
		return NULL;
	}
	grow(&s->directories, s->n, &s->cap, sizeof(*s->directories));
	s->directories[s->n] = (struct crawled_directory){
		.path = crawl_state_text(s, path), .listed = made };
	return &s->directories[s->n++];
}

static struct crawled_directory *remember(struct crawler *w, const char *path)
{
	return crawl_remember(&w->state, path, w->c->options->made);
}

/* What a directory is that is on another device than the one above, and no mount
 * point.  Each subvolume of a btrfs has a device of its own, and any user may make
 * one.  Those that nobody can write to are snapshots, which show the same files
 * dozens of times (tests/owners/ask-btrfs.sh).  */
static enum mount_kind unlisted_kind(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0 ||
	    (unsigned long)fs.f_type != BTRFS_SUPER_MAGIC)
		return MOUNT_UNKNOWN;
	if ((fs.f_flags & MS_RDONLY) != 0)	/* all of them are so */
		return MOUNT_LOCAL;
	return faccessat(fd, ".", W_OK, 0) < 0 && errno == EROFS
		? MOUNT_SNAPSHOT : MOUNT_LOCAL;
}

void crawl_list(struct crawler *w, const struct todo *t)
{
	struct crawl *c = w->c;
	AUTO(fd) int fd = -1;
	enum mount_kind kind = MOUNT_LOCAL;
	struct crawled_directory *d;
	struct stat st;
	int r = open_path(c, t->path, O_RDONLY | O_DIRECTORY, &fd);

	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	atomic_store(&c->changed, true);
	if (r < 0) {
		/* Kept, without times, so that it is tried again.  */
		if (!is_gone(r)) {
			remember(w, t->path);
		} else {
			grow(&w->lost, w->n_lost, &w->cap_lost,
			     sizeof(*w->lost));
			w->lost[w->n_lost++] = xstrdup(t->path);
		}
		add_problem(w, t->path, r);
		return;
	}
	if (t->dev != 0 && st.st_dev != t->dev && !c->options->all &&
	    mount_of(c, t->path) == NULL)
		kind = unlisted_kind(fd);
	if (kind != MOUNT_LOCAL) {
		AUTO(str) char *type = xasprintf("device %u:%u",
						 major(st.st_dev),
						 minor(st.st_dev));

		crawl_add_skip(&w->result, t->path, type, kind);
		return;
	}
	atomic_fetch_add_explicit(&c->directories, 1, memory_order_relaxed);
	d = remember(w, t->path);
	if (d != NULL)
		d->stamp = stamp_of(c, &st);
	r = list_names(w, t, fd, st.st_dev, d);
	if (r < 0) {
		add_problem(w, t->path, r);
		if (d != NULL)
			d->stamp = (struct stamp){ .dev = 0 };
	}
}

/* ---- what was there before -------------------------------------------------*/

/* The files of a directory, open as AT, in which no name changed.  It is kept as
 * it is, for nobody else looks at it.  */
static void look_again(struct crawler *w, struct crawled_directory *d, int at)
{
	size_t kept = 0;

	d->kept = true;
	for (size_t k = 0; k < d->n; k++) {
		struct candidate *was = &d->candidates[k];
		AUTO(str) char *path = join(d->path, was->name);
		struct stat st;
		bool same;
		int r = 0;

		if (fstatat(at, was->name, &st,
			    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
			r = -errno;
		if (r < 0 && !is_gone(r)) {
			atomic_store(&w->c->changed, true);
			add_file_problem(w, d, path, r);
			d->candidates[kept++] = *was;
			continue;
		}
		if (r < 0 || !S_ISREG(st.st_mode)) {
			atomic_store(&w->c->changed, true);
			continue;
		}
		same = stamp_is(&was->stamp, &st);
		if (!same) {
			atomic_store(&w->c->changed, true);
			was->stamp = stamp_of(w->c, &st);
		}
		add_found(w, path, &st, same ? was : NULL);
		d->candidates[kept++] = *was;
	}
	d->n = kept;
}

bool crawl_is_below(const char *path, const char *above)
{
	size_t n = strcmp(above, "/") == 0 ? 0 : strlen(above);

	return strncmp(path, above, n) == 0 && path[n] == '/';
}

/* The device of the directory above OLD, if another one than before is there now
 * and no mount that was known says why; 0: not asked.  */
static uint64_t device_above(const struct crawler *w,
			     const struct crawled_directory *old,
			     const struct stat *now)
{
	const struct crawl *c = w->c;
	AUTO(str) char *above = xstrdup(old->path);
	struct stat st;

	if (now->st_dev == old->stamp.dev || mount_of(c, old->path) != NULL)
		return 0;
	*strrchr(above, '/') = '\0';
	/* A start may lie anywhere.  */
	if (old->path[1] == '\0' ||
	    crawl_state_find(&c->old, above[0] != '\0' ? above : "/") == NULL ||
	    fstat(descent_lowest(&w->descent), &st) < 0)
		return 0;
	return st.st_dev;
}

void crawl_visit(struct crawler *w, struct crawled_directory *old)
{
	struct crawl *c = w->c;
	int at = -1, r;
	struct stat st;
	bool same;

	/* By its path alone: asking the kernel might wait.  It stays what it was for
	 * when it is to be seen again.  */
	if (old->hidden) {
		old->kept = true;
		return;
	}
	r = descent_stat(&w->descent, old->path, &st);
	if (r == 0 && !S_ISDIR(st.st_mode))
		r = -ENOTDIR;
	same = r == 0 && !c->options->strict && stamp_is(&old->stamp, &st);
	if (same && old->n > 0)
		r = descent_open(&w->descent, old->path, &at);
	if (r < 0) {
		/* crawl_list() says why, and keeps it.  */
		old->gone = is_gone(r);
		if (!old->gone)
			crawl_push(c, &(struct todo){ .path = xstrdup(old->path) });
		atomic_store(&c->changed, true);
		return;
	}
	if (same) {
		atomic_fetch_add_explicit(&c->directories, 1,
					  memory_order_relaxed);
		look_again(w, old, at);
		return;
	}
	crawl_push(c, &(struct todo){
		.path = xstrdup(old->path), .dev = device_above(w, old, &st),
		.same = old->stamp.dev == st.st_dev &&
			old->stamp.ino == st.st_ino });
}
