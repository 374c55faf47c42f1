/* descent.c -- a look at many paths of a tree, which come sorted: each is looked up
 * from the descriptor of the directory above it, which is open from the path
 * before.  What the kernel does for a path from the root is otherwise most of what
 * a look at it costs.
 *
 * No component may be a link.  Those above the last are opened so that a link is
 * refused, and the last one is not followed, so what users move about meanwhile
 * leads nowhere else.  A directory that is moved while it is open is still the one
 * that was come to.
 *
 * Only the lowest DESCENT_LEVELS directories are open: a deeper tree costs a longer
 * way now and then, and not more descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/looks.h"

bool path_is_plain(const char *path, size_t from)
{
	const char *p;

	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	while (from > 0 && path[--from] != '/')
		;
	for (p = path + from; *p == '/'; p += strcspn(p, "/")) {
		const size_t n = strcspn(++p, "/");

		if (n == 0 || (p[0] == '.' && (n == 1 || (n == 2 && p[1] == '.'))))
			return false;
	}
	return true;
}

void descent_begin(struct descent *d, const struct root *root)
{
	d->root = root;
	d->n = 0;
	d->path[0] = '\0';
}

static void go_up(struct descent *d)
{
	close(d->levels[--d->n].fd);
}

void descent_end(struct descent *d)
{
	while (d->n > 0)
		go_up(d);
}

/* Leaves the levels that are not the first N bytes of PATH or above them.  */
static void go_up_to(struct descent *d, const char *path, size_t n)
{
	size_t same = 0;

	while (same < n && d->path[same] == path[same])
		same++;
	while (d->n > 0) {
		const size_t end = d->levels[d->n - 1].end;

		if (end <= same && (end == n || path[end] == '/'))
			break;
		go_up(d);
	}
	d->path[d->n > 0 ? d->levels[d->n - 1].end : 0] = '\0';
}

/* Makes the directory that the first N bytes of PATH name the lowest level.  */
static int go_down(struct descent *d, const char *path, size_t n)
{
	struct root from = *d->root;
	size_t end = 0;
	int fd, r;

	go_up_to(d, path, n);
	if (d->n > 0) {
		from.fd = d->levels[d->n - 1].fd;
		end = d->levels[d->n - 1].end;
	}
	if (end == n)
		return 0;
	memcpy(d->path + end, path + end, n - end);
	d->path[n] = '\0';
	r = beneath_open_straight(&from, d->path + end, O_PATH | O_DIRECTORY,
				  &fd);
	if (r < 0) {
		d->path[end] = '\0';
		return r;
	}
	if (d->n == DESCENT_LEVELS) {
		close(d->levels[0].fd);
		memmove(d->levels, d->levels + 1,
			(DESCENT_LEVELS - 1) * sizeof(*d->levels));
		d->n--;
	}
	d->levels[d->n].fd = fd;
	d->levels[d->n++].end = n;
	return 0;
}

/* How long the path of the directory above PATH is, 0 being the root; SIZE_MAX:
 * PATH is none that this file takes.  */
static size_t above(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || strlen(path) >= LIMIT_PATH_BYTES ? SIZE_MAX :
	       (size_t)(slash - path);
}

int descent_lowest(const struct descent *d)
{
	return d->n > 0 ? d->levels[d->n - 1].fd : d->root->fd;
}

int descent_stat(struct descent *d, const char *path, struct stat *ret_st)
{
	const size_t n = above(path);
	const char *name = path + n + 1;
	int r;

	if (n == SIZE_MAX)
		return -ENAMETOOLONG;
	r = go_down(d, path, n);
	if (r < 0)
		return r;
	if (fstatat(descent_lowest(d), *name != '\0' ? name : ".", ret_st,
		    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
		return -errno;
	/* Where a link stands in the way the caller has to ask otherwise, so
	 * that an error is no answer yet.  */
	if (d->root->looks != NULL) {
		const struct file_id id = file_id_of(ret_st);

		looks_note(d->root->looks, LOOK_STAT, path, false, 0, &id);
	}
	return 0;
}

int descent_open(struct descent *d, const char *path, int *ret_fd)
{
	int r;

	if (above(path) == SIZE_MAX)
		return -ENAMETOOLONG;
	r = go_down(d, path, path[1] != '\0' ? strlen(path) : 0);
	if (r == 0)
		*ret_fd = descent_lowest(d);
	return r;
}
