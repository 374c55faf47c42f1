/* overlay.c -- a root as it would be if some files were others: what a package
 * is about to bring lies over what is there, and what it will take away is not
 * there any more.  beneath.c asks here at every component of a path that it
 * resolves, so that nobody above base/ knows the difference.
 *
 * The files are in a directory of the program's own, under numbers and not under
 * their names: what a package calls its members, and what links it has, cannot
 * lead anywhere there.  Names are the resolved ones of the root, as unpackers
 * have it: a package's /lib/x is /usr/lib/x where /lib is a link.
 *
 * A process of its own deletes that directory when this one is done or gone:
 * the program may be killed, and once it is isolated it may write nowhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

#define NUMBER_SIZE	24u
#define SLOTS_FIRST	1024u
#define INODE_MARK	(UINT64_C(1) << 63)	/* no file system has so many */

enum kind { KIND_GONE, KIND_FILE, KIND_LINK, KIND_DIRECTORY };

struct entry {
	char *path;
	enum kind kind;
	unsigned number;	/* its name in the scratch directory */
	uint64_t device;	/* as if it lay there */
	uint32_t mode;
};

struct overlay {
	struct root view;	/* borrows all but the overlay */
	char *tmp, *scratch;	/* NULL: none yet */
	int fd;
	pid_t keeper;
	int keeper_pipe;
	struct entry *items;
	size_t n, cap;
	size_t *slots;		/* 1 + index, 0: none */
	size_t n_slots;
	size_t *sorted;		/* by path; NULL: not known */
	char *parent, *real;	/* what was asked for last */
	uint64_t device;
	unsigned numbers;
};

/* ---- the table -------------------------------------------------------------*/

static size_t hash_of(const char *path)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *path != '\0'; path++)
		h = (h ^ (uint8_t)*path) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static size_t *slot_of(const struct overlay *o, const char *path)
{
	size_t k = hash_of(path) & (o->n_slots - 1);

	while (o->slots[k] != 0 &&
	       strcmp(o->items[o->slots[k] - 1].path, path) != 0)
		k = (k + 1) & (o->n_slots - 1);
	return &o->slots[k];
}

static struct entry *find(const struct overlay *o, const char *path)
{
	const size_t k = o->n_slots > 0 ? *slot_of(o, path) : 0;

	return k > 0 ? &o->items[k - 1] : NULL;
}

static void make_slots(struct overlay *o)
{
	if (2 * (o->n + 1) < o->n_slots)
		return;
	free(o->slots);
	o->n_slots = o->n_slots > 0 ? 2 * o->n_slots : SLOTS_FIRST;
	o->slots = xcalloc(o->n_slots, sizeof(*o->slots));
	for (size_t k = 0; k < o->n; k++)
		*slot_of(o, o->items[k].path) = k + 1;
}

static int put(struct overlay *o, struct entry e)
{
	struct entry *old = find(o, e.path);

	if (old != NULL) {
		e.path = old->path;
		*old = e;
		return 0;
	}
	if (o->n >= LIMIT_OVERLAY)
		return -E2BIG;
	make_slots(o);
	grow(&o->items, o->n, &o->cap, sizeof(*o->items));
	e.path = xstrdup(e.path);
	*slot_of(o, e.path) = o->n + 1;
	o->items[o->n++] = e;
	free(o->sorted);
	o->sorted = NULL;
	return 0;
}

static int compare_sorted(const void *a, const void *b, void *data)
{
	const struct entry *items = data;

	return strcmp(items[*(const size_t *)a].path,
		      items[*(const size_t *)b].path);
}

/* The first of the sorted entries whose path is not before PATH.  */
static size_t first_from(struct overlay *o, const char *path)
{
	size_t low = 0, high = o->n;

	if (o->sorted == NULL && o->n > 0) {
		o->sorted = xcalloc(o->n, sizeof(*o->sorted));
		for (size_t k = 0; k < o->n; k++)
			o->sorted[k] = k;
		qsort_r(o->sorted, o->n, sizeof(*o->sorted), compare_sorted,
			o->items);
	}
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(o->items[o->sorted[middle]].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- the scratch directory ---------------------------------------------------*/

static void __attribute__((noreturn)) keep(const char *scratch, int pipe_end)
{
	char byte;

	/* Ctrl-C is for the whole group; this one has still to clear up.  */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	while (read(pipe_end, &byte, 1) < 0 && errno == EINTR)
		;
	tree_delete(AT_FDCWD, scratch, 2);
	_exit(EXIT_SUCCESS);
}

static int start_keeper(struct overlay *o)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	o->keeper = fork();
	if (o->keeper == 0) {
		close(ends[1]);
		keep(o->scratch, ends[0]);
	}
	close(ends[0]);
	if (o->keeper < 0) {
		const int e = -errno;

		close(ends[1]);
		return e;
	}
	o->keeper_pipe = ends[1];
	return 0;
}

static int make_scratch(struct overlay *o)
{
	int r;

	if (o->scratch != NULL)
		return 0;
	o->scratch = xasprintf("%s/trustdrift-XXXXXX", o->tmp);
	if (mkdtemp(o->scratch) == NULL) {
		r = -errno;
		free(o->scratch);
		o->scratch = NULL;
		return r;
	}
	r = start_keeper(o);
	if (r == 0)
		r = directory_open(AT_FDCWD, o->scratch, &o->fd);
	if (r < 0 && o->keeper <= 0)
		rmdir(o->scratch);
	return r;
}

void overlay_new(const struct root *r, const char *tmp,
		 struct overlay **ret_overlay)
{
	struct overlay *o = xcalloc(1, sizeof(*o));

	*o = (struct overlay){
		.view = { .fd = r->fd, .path = r->path, .overlay = o },
		.tmp = xstrdup(tmp != NULL && *tmp == '/' ? tmp : "/tmp"),
		.fd = -1, .keeper = -1, .keeper_pipe = -1 };
	*ret_overlay = o;
}

void overlay_free(struct overlay *o)
{
	if (o == NULL)
		return;
	auto_fd(&o->fd);
	auto_fd(&o->keeper_pipe);
	while (o->keeper > 0 && waitpid(o->keeper, NULL, 0) < 0 &&
	       errno == EINTR)
		;
	for (size_t k = 0; k < o->n; k++)
		free(o->items[k].path);
	free(o->items);
	free(o->slots);
	free(o->sorted);
	free(o->tmp);
	free(o->scratch);
	free(o->parent);
	free(o->real);
	free(o);
}

const struct root *overlay_root(const struct overlay *o)
{
	return &o->view;
}

/* ---- what lies over the root ---------------------------------------------------*/

/* Where the directory PATH really is, which need not be there yet, and on which
 * device.  *ret_real is the overlay's until the next call.  */
static int directory_place(struct overlay *o, const char *path,
			   const char **ret_real)
{
	AUTO(str) char *real = NULL;
	struct file_id id;
	int r;

	if (o->parent != NULL && strcmp(o->parent, path) == 0) {
		*ret_real = o->real;
		return 0;
	}
	r = file_real_path(&o->view, path, &real);
	if (r == -ENOENT && strcmp(path, "/") != 0)
		r = overlay_directory(o, path);
	if (r == 0 && real == NULL)
		r = file_real_path(&o->view, path, &real);
	if (r == 0)
		r = file_stat(&o->view, real, &id);
	if (r == 0 && !S_ISDIR(id.mode))
		r = -ENOTDIR;
	if (r < 0)
		return r;
	free(o->parent);
	free(o->real);
	o->parent = xstrdup(path);
	*ret_real = o->real = TAKE(real);
	o->device = id.dev;
	return 0;
}

/* The path by which the table is to know PATH; the caller frees.  */
static int place_of(struct overlay *o, const char *path, char **ret_place)
{
	const char *name = strrchr(path, '/');
	AUTO(str) char *parent = NULL;
	const char *real;
	int r;

	if (name == NULL || name[1] == '\0' || *path != '/' ||
	    strlen(path) >= LIMIT_PATH_BYTES)
		return -EINVAL;
	parent = name == path ? xstrdup("/") :
		 xstrndup(path, (size_t)(name - path));
	r = directory_place(o, parent, &real);
	if (r < 0)
		return r;
	*ret_place = xasprintf("%s%s", strcmp(real, "/") == 0 ? "" : real,
			       name);
	return 0;
}

static int put_at(struct overlay *o, const char *place, enum kind kind,
		  unsigned mode)
{
	return put(o, (struct entry){
		.path = (char *)(uintptr_t)place, .kind = kind,
		.number = o->numbers, .device = o->device, .mode = mode });
}

/* The next name in the scratch directory.  */
static int next_number(struct overlay *o, char ret_name[NUMBER_SIZE])
{
	const int r = make_scratch(o);

	if (r == 0)
		snprintf(ret_name, NUMBER_SIZE, "%u", ++o->numbers);
	return r;
}

int overlay_file(struct overlay *o, const char *path, unsigned mode,
		 int *ret_fd)
{
	AUTO(str) char *place = NULL;
	AUTO(fd) int fd = -1;
	char name[NUMBER_SIZE];
	int r = place_of(o, path, &place);

	if (r == 0)
		r = next_number(o, name);
	if (r < 0)
		return r;
	fd = openat(o->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = put_at(o, place, KIND_FILE, S_IFREG | (mode & 07777));
	if (r < 0)
		return r;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int overlay_link(struct overlay *o, const char *path, const char *target)
{
	AUTO(str) char *place = NULL;
	char name[NUMBER_SIZE];
	int r = place_of(o, path, &place);

	if (r == 0)
		r = next_number(o, name);
	if (r == 0 && symlinkat(target, o->fd, name) < 0)
		r = -errno;
	return r < 0 ? r : put_at(o, place, KIND_LINK, S_IFLNK | 0777);
}

int overlay_again(struct overlay *o, const char *path, const char *target)
{
	AUTO(str) char *place = NULL, *other = NULL;
	const struct entry *e;
	struct entry copy;
	int r = place_of(o, target, &other);

	if (r == 0)
		r = place_of(o, path, &place);
	if (r < 0)
		return r;
	e = find(o, other);
	if (e == NULL || e->kind != KIND_FILE)
		return -ENOENT;
	copy = *e;
	copy.path = place;
	return put(o, copy);
}

int overlay_directory(struct overlay *o, const char *path)
{
	AUTO(str) char *place = NULL;
	char name[NUMBER_SIZE];
	struct file_id id;
	int r = file_stat(&o->view, path, &id);

	/* Also when it is a link to one: unpackers leave that.  */
	if (r == 0 && S_ISDIR(id.mode))
		return 0;
	r = place_of(o, path, &place);
	if (r == 0)
		r = next_number(o, name);
	if (r == 0 && mkdirat(o->fd, name, 0700) < 0)
		r = -errno;
	return r < 0 ? r : put_at(o, place, KIND_DIRECTORY, S_IFDIR | 0755);
}

int overlay_remove(struct overlay *o, const char *path)
{
	AUTO(str) char *place = NULL;
	int r = place_of(o, path, &place);

	return r < 0 ? r : put_at(o, place, KIND_GONE, 0);
}

/* ---- what beneath.c and file.c ask -----------------------------------------------*/

int overlay_open(const struct overlay *o, int dir, const char *path,
		 const char *name, int flags, int *ret_fd)
{
	const struct entry *e = find(o, path);
	char number[NUMBER_SIZE];
	int fd;

	if (e == NULL)
		return -ENODATA;
	if (e->kind == KIND_GONE)
		return -ENOENT;
	if (e->kind == KIND_DIRECTORY) {
		fd = openat(dir, name, flags | O_DIRECTORY | O_NOFOLLOW |
			    O_CLOEXEC);
		if (fd >= 0) {
			*ret_fd = fd;
			return 0;
		}
	}
	snprintf(number, sizeof(number), "%u", e->number);
	fd = openat(o->fd, number, flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Does the overlay say anything of what is right in the directory PATH?  */
static size_t first_beneath(struct overlay *o, const char *path,
			    char **ret_prefix)
{
	*ret_prefix = xasprintf("%s/", strcmp(path, "/") == 0 ? "" : path);
	return first_from(o, *ret_prefix);
}

void overlay_describe(struct overlay *o, const char *path,
		      struct file_id *id)
{
	const struct entry *e = find(o, path);
	AUTO(str) char *prefix = NULL;
	size_t k;

	/* A directory of the root's may be one of the package's, too.  */
	if (e != NULL && e->kind == KIND_DIRECTORY && (id->ino & INODE_MARK) == 0
	    && id->dev == e->device)
		e = NULL;
	if (e != NULL && e->kind != KIND_GONE) {
		id->dev = e->device;
		id->ino = INODE_MARK | e->number;
		id->mode = e->mode;
		id->uid = id->gid = 0;
		return;
	}
	if (!S_ISDIR(id->mode))
		return;
	k = first_beneath(o, path, &prefix);
	/* Whoever compares with what he saw before shall look again.  */
	if (k < o->n && has_prefix(o->items[o->sorted[k]].path, prefix))
		id->ctime_ns = ~id->ctime_ns;
}

static char letter_of(enum kind kind)
{
	return kind == KIND_FILE ? 'f' : kind == KIND_DIRECTORY ? 'd' : 'o';
}

/* Puts NAME into D, or says what it is now; KIND GONE takes it out.  Names come
 * in order: FROM is how far the last one was.  */
static void change_name(struct directory *d, const char *name, enum kind kind,
			size_t *from)
{
	size_t k = *from;

	while (k < d->n && strcmp(d->names[k], name) < 0)
		k++;
	*from = k;
	if (k < d->n && strcmp(d->names[k], name) == 0) {
		if (kind != KIND_GONE) {
			d->kinds[k] = letter_of(kind);
			return;
		}
		free(d->names[k]);
		/* With the NULL behind the last.  */
		memmove(&d->names[k], &d->names[k + 1],
			(d->n - k) * sizeof(*d->names));
		memmove(&d->kinds[k], &d->kinds[k + 1], d->n - k);
		d->n--;
		return;
	}
	if (kind == KIND_GONE)
		return;
	d->names = xrealloc(d->names, d->n + 2, sizeof(*d->names));
	d->kinds = xrealloc(d->kinds, d->n + 2, 1);
	memmove(&d->names[k + 1], &d->names[k],
		(d->n + 1 - k) * sizeof(*d->names));
	memmove(&d->kinds[k + 1], &d->kinds[k], d->n + 1 - k);
	d->names[k] = xstrdup(name);
	d->kinds[k] = letter_of(kind);
	d->n++;
}

int overlay_list(struct overlay *o, const char *path, struct directory *d)
{
	AUTO(str) char *prefix = NULL;
	size_t k = first_beneath(o, path, &prefix);
	const size_t n = strlen(prefix);
	size_t from = 0;

	for (; k < o->n; k++) {
		const struct entry *e = &o->items[o->sorted[k]];

		if (!has_prefix(e->path, prefix))
			break;
		if (strchr(e->path + n, '/') != NULL)
			continue;
		if (d->n >= LIMIT_DIRECTORY_NAMES)
			return -E2BIG;
		change_name(d, e->path + n, e->kind, &from);
	}
	return 0;
}
