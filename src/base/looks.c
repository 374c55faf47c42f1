/* looks.c -- what was looked at beneath a root, kept so that the next pass can tell
 * whether it would see the same.
 *
 * A pass over a root is a function of its looks: a name is there or is not, a file
 * has this inode, this size and these times, a directory has these names.  While
 * all of them give the same again, so does the pass, whatever lies between them and
 * its result; looks-same.c asks them again.
 *
 * What is kept is what lstat(2) says of paths without links: one group of names for
 * each real directory, and beside it where the paths with links lead.  A name that
 * is not there needs no look as long as its directory has not changed; which names
 * these are is kept all the same, for in a home that is used files come and go.  One
 * look at a name deep in what does not exist is one at the first component that is
 * missing.
 *
 * The times of a file or directory that changed when the pass had begun, or shortly
 * before, say nothing: it may have changed again without a trace.  A directory is
 * then asked for each name the next time, and what a file held cannot be relied on,
 * so that nothing is kept.  Only the change time counts, which nobody can set.
 *
 * Who has written to a file through a mapping can write to the same page again, and
 * the kernel sets no time until it has written the page to the disk: after 35
 * seconds where nobody set vm.dirty_expire_centisecs, and never on a tmpfs.  So a
 * file of somebody else's counts as young for longer; --strict relies on no times.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/looks.h"

#define ZFS_MAGIC	0x2fc12fc1u	/* linux/magic.h lacks it */
#define MAPPED_NS	(60 * INT64_C(1000000000))
#define CHAIN_MAX	256	/* slots that are tried; chance needs a dozen */

/* ---- tables ----------------------------------------------------------------*/

struct blob looks_table_get(const struct looks_table *t, size_t k)
{
	const size_t start = k > 0 ? t->ends[k - 1] : 0;

	return (struct blob){ (const uint8_t *)t->bytes.p + start,
			      t->ends[k] - start };
}

/* FNV-1a, folded.  Who writes a home chooses its names so that they meet, if they
 * like: see CHAIN_MAX.  */
static size_t hash_bytes(const uint8_t *p, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t k = 0; k < n; k++)
		h = (h ^ p[k]) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 29);
}

static uint32_t *table_slot(struct looks_table *t, struct blob key)
{
	size_t k = hash_bytes(key.p, key.n) & (t->n_slots - 1), chain = 0;

	while (t->slots[k] != 0 &&
	       !blob_equal(looks_table_get(t, t->slots[k] - 1), key)) {
		k = (k + 1) & (t->n_slots - 1);
		chain++;
	}
	t->crowded |= chain > CHAIN_MAX;
	return &t->slots[k];
}

static void table_grow(struct looks_table *t)
{
	if (2 * t->n < t->n_slots)
		return;
	t->n_slots = t->n_slots > 0 ? 2 * t->n_slots : 256;
	free(t->slots);
	t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
	for (size_t k = 0; k < t->n; k++)
		*table_slot(t, looks_table_get(t, k)) = (uint32_t)k + 1;
}

uint32_t looks_table_add(struct looks_table *t, const void *key, size_t n,
			 bool *ret_new)
{
	uint32_t *slot;

	table_grow(t);
	slot = table_slot(t, (struct blob){ key, n });
	*ret_new = *slot == 0;
	if (*slot != 0)
		return *slot - 1;
	buf_add(&t->bytes, key, n);
	grow(&t->ends, t->n, &t->cap, sizeof(*t->ends));
	t->ends[t->n++] = (uint32_t)t->bytes.n;
	*slot = (uint32_t)t->n;
	return *slot - 1;
}

void looks_table_init(struct looks_table *t)
{
	*t = (struct looks_table){ .n = 0 };
	buf_init(&t->bytes, SIZE_MAX / 2);
}

void looks_table_done(struct looks_table *t)
{
	buf_done(&t->bytes);
	free(t->ends);
	free(t->slots);
}

/* ---- looking ---------------------------------------------------------------*/

struct looks *looks_new(int64_t since_ns)
{
	struct looks *l = xcalloc(1, sizeof(*l));

	l->since_ns = since_ns;
	l->last = UINT32_MAX;
	looks_table_init(&l->directories);
	looks_table_init(&l->names);
	looks_table_init(&l->filters);
	looks_table_init(&l->absent);
	looks_table_init(&l->keys);
	return l;
}

void looks_free(struct looks *l)
{
	if (l == NULL)
		return;
	for (size_t k = 0; k < l->n_present; k++)
		free(l->present[k].real);
	free(l->present);
	free(l->lists);
	looks_table_done(&l->directories);
	looks_table_done(&l->names);
	looks_table_done(&l->filters);
	looks_table_done(&l->absent);
	looks_table_done(&l->keys);
	free(l);
}

void looks_forget(struct looks *l)
{
	if (l != NULL)
		l->lost = true;
}

/* PATH with single slashes, without "." and none at the end, into RET.  False: it
 * is not absolute or too long.  */
static bool tidy(const char *path, char ret[LIMIT_PATH_BYTES])
{
	size_t n = 0;

	if (path[0] != '/')
		return false;
	while (*path != '\0') {
		const size_t skip = strspn(path, "/");
		const size_t m = strcspn(path + skip, "/");
		const char *name = path + skip;

		path = name + m;
		if (m == 0 || (m == 1 && name[0] == '.'))
			continue;
		if (n + 1 + m + 1 >= LIMIT_PATH_BYTES)
			return false;
		ret[n++] = '/';
		memcpy(ret + n, name, m);
		n += m;
	}
	ret[n] = '\0';
	return true;
}

static uint32_t directory_number(struct looks *l, const char *path, size_t n)
{
	bool is_new;

	if (l->last != UINT32_MAX) {
		const struct blob last = looks_table_get(&l->directories, l->last);

		if (last.n == n && memcmp(last.p, path, n) == 0)
			return l->last;
	}
	l->last = looks_table_add(&l->directories, path, n, &is_new);
	return l->last;
}

static bool is_full(const struct looks *l)
{
	return l->keys.n + l->absent.n >= LIMIT_LOOKS ||
	       l->directories.bytes.n + LIMIT_PATH_BYTES > LIMIT_LOOKS_BYTES ||
	       l->names.bytes.n + LIMIT_PATH_BYTES > LIMIT_LOOKS_BYTES ||
	       l->directories.crowded || l->names.crowded ||
	       l->absent.crowded || l->keys.crowded;
}

/* Where PATH is looked at; the root's own name is ".".  False: PATH is not one that
 * can be kept, or there are too many.  */
static bool place(struct looks *l, const char *path, struct look_at *ret)
{
	char tidied[LIMIT_PATH_BYTES];
	const char *slash, *name;
	bool is_new;

	if (l->lost)
		return false;
	if (!tidy(path, tidied) || is_full(l)) {
		l->lost = true;
		return false;
	}
	slash = strrchr(tidied, '/');
	name = slash != NULL ? slash + 1 : ".";
	if (strcmp(name, "..") == 0) {
		l->lost = true;
		return false;
	}
	ret->directory = directory_number(l, tidied, slash != NULL ?
					  (size_t)(slash - tidied) : 0);
	ret->name = looks_table_add(&l->names, name, strlen(name), &is_new);
	return true;
}

bool look_has_times(uint32_t mode)
{
	return S_ISREG(mode) || S_ISLNK(mode);
}

bool look_is_same(const struct file_id *a, const struct file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid &&
	       (!look_has_times(a->mode) ||
		(a->size == b->size && a->mtime_ns == b->mtime_ns &&
		 a->ctime_ns == b->ctime_ns));
}

bool uid_is_own(uint32_t uid)
{
	return uid == 0 || uid == geteuid();
}

bool file_is_young(const struct file_id *id, int64_t since_ns)
{
	const bool others = S_ISREG(id->mode) && !uid_is_own(id->uid);

	return id->ctime_ns >= since_ns - (others ? MAPPED_NS : 0);
}

/* A directory of an overlay has the time of its uppermost layer, whatever the layers
 * beneath have: systemd-sysext puts others there.  In images that are to come out the
 * same each time all have one time, and others who keep no change time (FAT, programs'
 * file systems) say another.  */
bool look_keeps_times(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case BTRFS_SUPER_MAGIC:
	case EXT4_SUPER_MAGIC:		/* and ext2, ext3 */
	case F2FS_SUPER_MAGIC:
	case NFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case XFS_SUPER_MAGIC:
	case ZFS_MAGIC:
		return true;
	default:
		return false;
	}
}

int look_named(int fd, const char *name, struct file_id *ret_id)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT |
				   AT_EMPTY_PATH) < 0)
		return -errno;
	*ret_id = file_id_of(&st);
	return 0;
}

/* The look at AT, as it was kept first.  */
static struct look *add_present(struct looks *l, struct look_at at,
				   bool follows, const struct look *what)
{
	struct {
		struct look_at at;
		uint32_t how;
	} key = { at, follows + 2u * (uint32_t)what->how };
	bool is_new;
	const uint32_t k = looks_table_add(&l->keys, &key, sizeof(key), &is_new);
	struct look *p;

	if (is_new) {
		grow(&l->present, l->n_present, &l->cap_present,
		     sizeof(*l->present));
		p = &l->present[l->n_present++];
		*p = *what;
		p->at = at;
		p->follows = follows;
		return p;
	}
	p = &l->present[k];
	if (p->error != what->error ||
	    (p->error == 0 && !look_is_same(&p->id, &what->id)))
		l->lost = true;
	return p;
}

static void add_absent(struct looks *l, struct look_at at)
{
	bool is_new;

	looks_table_add(&l->absent, &at, sizeof(at), &is_new);
}

void looks_note(struct looks *l, enum look_how how, const char *path,
		bool follows, int error, const struct file_id *id)
{
	struct look p = { .error = error, .how = how };
	struct look_at at;

	if (l == NULL || !place(l, path, &at))
		return;
	if (error == -ENOENT) {
		add_absent(l, at);
		return;
	}
	if (error == 0 || id != NULL) {
		p.error = 0;
		p.how = LOOK_STAT;
		p.id = *id;
	}
	add_present(l, at, follows, &p);
}

void looks_absent(struct looks *l, const char *path)
{
	looks_note(l, LOOK_STAT, path, true, -ENOENT, NULL);
}

void looks_note_real(struct looks *l, const char *path, int error,
		     const struct file_id *id, const char *real)
{
	struct look p = { .error = error, .how = LOOK_STAT };
	struct look *known;
	struct look_at at;

	if (l == NULL || !place(l, path, &at))
		return;
	if (error == -ENOENT) {
		add_absent(l, at);
		return;
	}
	if (error == 0)
		p.id = *id;
	known = add_present(l, at, true, &p);
	if (error < 0)
		return;
	if (known->real == NULL)
		known->real = xstrdup(real);
	else if (strcmp(known->real, real) != 0)
		l->lost = true;
}

/* Does FILTER ask for a name, which is KIND itself?  */
static bool is_meant(struct blob filter, const char *name, char kind)
{
	const char *p = (const char *)filter.p, *end = p + filter.n;

	while (p < end) {
		const char *stop = memchr(p, '/', (size_t)(end - p));

		if (stop == NULL || stop == p)
			return true;	/* none that is ours */
		if ((*p != 'd' || kind != 'f') &&
		    (name[0] != '.' || p[1] == '.') &&
		    wildcard_match(p + 1, (size_t)(stop - p - 1), name))
			return true;
		p = stop + 1;
	}
	return filter.n == 0;
}

void look_names(const struct directory *d, struct blob filter,
		uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	for (size_t k = 0; k < d->n; k++) {
		if (!is_meant(filter, d->names[k], d->kinds[k]))
			continue;
		buf_add(&b, &d->kinds[k], 1);
		buf_add(&b, d->names[k], strlen(d->names[k]) + 1);
	}
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&b), b.n },
		    ret_hash);
}

void looks_list(struct looks *l, const char *path, const struct directory *d,
		const char *filter)
{
	char tidied[LIMIT_PATH_BYTES];
	struct look_list *list;
	bool is_new;

	if (l == NULL)
		return;
	looks_note(l, LOOK_LIST, path, true, 0, &d->id);
	if (l->lost || !tidy(path, tidied))
		return;
	grow(&l->lists, l->n_lists, &l->cap_lists, sizeof(*l->lists));
	list = &l->lists[l->n_lists++];
	list->directory = directory_number(l, tidied, strlen(tidied));
	list->filter = looks_table_add(&l->filters, filter, strlen(filter),
				       &is_new);
	list->ctime_ns = d->id.ctime_ns;
	look_names(d, looks_table_get(&l->filters, list->filter), list->names);
}

void looks_note_list(struct looks *l, const char *path, bool follows, int error,
		     const struct directory *d)
{
	if (error == 0)
		looks_list(l, path, d, "");
	else
		looks_note(l, LOOK_LIST, path, follows, error, NULL);
}
