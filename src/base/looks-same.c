/* looks-same.c -- are the looks of an earlier pass, which looks-write.c wrote, those
 * that a pass would have now?
 *
 * The bytes are this program's own, from its inventory, and are checked as a
 * stranger's are: a wrong answer here is a store that is not read again.  They are
 * never unpacked as a whole; what is read is asked at once, from the descriptor of
 * its directory, and no link is followed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/looks.h"

struct asking {
	struct root root;		/* a copy that keeps no looks */
	struct wire w;
	struct blob *names, *filters, *sets;
	size_t n_names, n_filters, n_sets;
	char name[LIMIT_PATH_BYTES];	/* the one that is asked for */
	char path[LIMIT_PATH_BYTES];	/* of the last group */
	size_t path_n;
};

void look_get(struct wire *w, struct file_id *ret, struct file_id *before)
{
	ret->mode = (uint32_t)wire_get_number(w, UINT32_MAX);
	ret->uid = (uint32_t)wire_get_number(w, UINT32_MAX);
	ret->gid = (uint32_t)wire_get_number(w, UINT32_MAX);
	ret->dev = wire_get_change(w, before->dev);
	ret->ino = wire_get_change(w, before->ino);
	ret->size = (int64_t)wire_get_change(w, 0);
	ret->ctime_ns = (int64_t)wire_get_change(w,
						 (uint64_t)before->ctime_ns);
	ret->mtime_ns = (int64_t)wire_get_change(w, (uint64_t)ret->ctime_ns);
	*before = *ret;
}

/* Text without NUL, shorter than LIMIT_PATH_BYTES; borrowed.  */
static struct blob get_text(struct wire *w)
{
	const size_t n = wire_get_number(w, LIMIT_PATH_BYTES - 1);
	struct blob text = { w->p, n };

	if (w->bad || n > w->n || memchr(w->p, '\0', n) != NULL) {
		w->bad = true;
		return (struct blob){ NULL, 0 };
	}
	w->p += n;
	w->n -= n;
	return text;
}

static char *get_path(struct wire *w)
{
	const struct blob text = get_text(w);

	return w->bad ? NULL : xstrndup((const char *)text.p, text.n);
}

/* Sets are no text: N numbers.  */
static struct blob get_bytes(struct wire *w)
{
	const size_t n = wire_get_number(w, SIZE_MAX);
	struct blob bytes = { w->p, n };

	if (w->bad || n > w->n) {
		w->bad = true;
		return (struct blob){ NULL, 0 };
	}
	w->p += n;
	w->n -= n;
	return bytes;
}

/* A list of texts, or of bytes; the caller frees.  */
static struct blob *get_list(struct wire *w, struct blob (*get)(struct wire *),
			     size_t *ret_n)
{
	const uint64_t n = wire_get_number(w, w->n < LIMIT_LOOKS ? w->n :
					      LIMIT_LOOKS);
	struct blob *list = xcalloc((size_t)n + 1, sizeof(*list));

	for (size_t k = 0; k < n && !w->bad; k++)
		list[k] = get(w);
	*ret_n = (size_t)n;
	return list;
}

/* The name with number K, in a->name; NULL: there is none, or it is no name.  */
static const char *name_at(struct asking *a, uint64_t k)
{
	const struct blob *name;

	if (k >= a->n_names || a->names[k].n == 0 ||
	    memchr(a->names[k].p, '/', a->names[k].n) != NULL ||
	    (a->names[k].n == 2 && memcmp(a->names[k].p, "..", 2) == 0)) {
		a->w.bad = true;
		return NULL;
	}
	name = &a->names[k];
	memcpy(a->name, name->p, name->n);
	a->name[name->n] = '\0';
	return a->name;
}

/* ---- errors --------------------------------------------------------------------*/

static int error_now(const struct root *r, const char *path, unsigned how,
		     bool follows)
{
	struct directory d;
	struct file_id id;
	int fd, e;

	if (how == LOOK_STAT)
		return follows ? file_stat(r, path, &id) :
		       file_lstat(r, path, &id);
	if (how == LOOK_LIST) {
		e = file_directory(r, path, follows ? 0 : O_NOFOLLOW, &d);
		if (e == 0)
			directory_done(&d);
		return e;
	}
	e = file_open(r, path, UINT64_MAX, &fd, &id);
	if (e == 0)
		close(fd);
	return e;
}

static bool same_errors(struct asking *a)
{
	uint64_t n = wire_get_number(&a->w, a->w.n);
	bool same = true;

	for (; n > 0 && same && !a->w.bad; n--) {
		AUTO(str) char *path = get_path(&a->w);
		const unsigned how = (unsigned)wire_get_number(&a->w,
							       LOOK_OPEN);
		const bool follows = wire_get_number(&a->w, 1) != 0;
		const int error = -(int)wire_get_number(&a->w, 4096);

		if (!a->w.bad)
			same = error_now(&a->root, path, how, follows) == error;
	}
	return same;
}

/* ---- groups --------------------------------------------------------------------*/

/* The next group's path, in a->path.  */
static void get_group_path(struct asking *a)
{
	const size_t same = wire_get_number(&a->w, a->path_n);
	const struct blob rest = get_text(&a->w);

	if (a->w.bad || same + rest.n >= sizeof(a->path) ||
	    same + rest.n == 0) {
		a->w.bad = true;
		return;
	}
	memcpy(a->path + same, rest.p, rest.n);
	a->path_n = same + rest.n;
	a->path[a->path_n] = '\0';
	a->w.bad = !path_is_plain(a->path, same);
}

/* Are there none of the names of SET (1 + its number, 0: none) in the directory FD,
 * which changed if CHANGED?  */
static bool same_absent(struct asking *a, uint64_t set, int fd, bool changed)
{
	struct wire w;
	uint64_t name = 0;
	struct file_id id;

	if (set > a->n_sets)
		a->w.bad = true;
	if (a->w.bad || set == 0 || !changed)
		return true;
	w = (struct wire){ .p = a->sets[set - 1].p, .n = a->sets[set - 1].n };
	while (w.n > 0 && !w.bad) {
		name += wire_get_number(&w, UINT32_MAX);
		if (w.bad || name_at(a, name) == NULL)
			break;
		if (look_named(fd, a->name, &id) != -ENOENT)
			return false;
	}
	a->w.bad |= w.bad;
	return true;
}

/* Has the directory FD, which changed if CHANGED, the names that it had when it was
 * listed?  */
static bool same_lists(struct asking *a, int fd, bool changed)
{
	AUTO(directory) struct directory now = { .n = 0 };
	uint64_t n = wire_get_number(&a->w, a->n_filters);
	bool same = true, is_listed = false;

	for (; n > 0 && same && !a->w.bad; n--) {
		const uint64_t filter = wire_get_number(&a->w, UINT32_MAX);
		uint8_t names[SHA256_SIZE], hash[SHA256_SIZE];

		wire_get_fixed(&a->w, names, sizeof(names));
		a->w.bad |= filter >= a->n_filters;
		if (a->w.bad || !changed)
			continue;
		if (!is_listed)
			same = look_list(fd, &now) == 0;
		is_listed = true;
		look_names(&now, a->filters[filter], hash);
		same &= memcmp(hash, names, sizeof(hash)) == 0;
	}
	return same;
}

static bool same_present(struct asking *a, int fd, struct file_id *before)
{
	uint64_t n = wire_get_number(&a->w, a->w.n);
	struct file_id id, now;
	bool same = true;

	for (; n > 0 && same && !a->w.bad; n--) {
		const char *name = name_at(a, wire_get_number(&a->w,
							      UINT32_MAX));

		look_get(&a->w, &id, before);
		if (!a->w.bad)
			same = look_named(fd, name, &now) == 0 &&
			       look_is_same(&id, &now);
	}
	return same;
}

static bool same_group(struct asking *a, struct descent *d,
		       struct file_id *before)
{
	struct file_id id, now;
	bool changed;
	uint64_t set;
	int fd;

	get_group_path(a);
	look_get(&a->w, &id, before);
	if (a->w.bad || descent_open(d, a->path, &fd) < 0 ||
	    look_named(fd, "", &now) < 0 || !look_is_same(&id, &now))
		return false;
	changed = id.ctime_ns == 0 || id.ctime_ns != now.ctime_ns;
	if (!same_lists(a, fd, changed))
		return false;
	set = wire_get_number(&a->w, a->n_sets);
	return same_absent(a, set, fd, changed) &&
	       same_present(a, fd, before);
}

static bool same_groups(struct asking *a)
{
	struct file_id before = { .ino = 0 };
	uint64_t n = wire_get_number(&a->w, a->w.n);
	struct descent descent;
	bool same = true;

	descent_begin(&descent, &a->root);
	for (; n > 0 && same && !a->w.bad; n--)
		same = same_group(a, &descent, &before);
	descent_end(&descent);
	return same;
}

int looks_same(const struct root *r, struct blob bytes)
{
	struct asking a = { .root = *r, .w = { .p = bytes.p, .n = bytes.n } };
	bool same;

	a.root.looks = NULL;
	if (wire_get_number(&a.w, UINT32_MAX) != LOOKS_VERSION)
		return -EBADMSG;
	a.names = get_list(&a.w, get_text, &a.n_names);
	a.filters = get_list(&a.w, get_text, &a.n_filters);
	a.sets = get_list(&a.w, get_bytes, &a.n_sets);
	same = !a.w.bad && same_errors(&a) && same_groups(&a);
	free(a.names);
	free(a.filters);
	free(a.sets);
	if (a.w.bad || (same && wire_end(&a.w) < 0))
		return -EBADMSG;
	return same;
}
