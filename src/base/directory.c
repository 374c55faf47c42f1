/* directory.c -- directories of the program's own, beneath descriptors: what is
 * in them, and deleting what is not wanted any more.  What is scanned goes
 * through file.c instead.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

void auto_name_list(struct name_list *l)
{
	for (size_t k = 0; k < l->n; k++)
		free(l->items[k]);
	free(l->items);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int directory_open(int at, const char *path, int *ret_fd)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int directory_names(int fd, struct name_list *ret_names)
{
	struct name_list *l = ret_names;
	const struct dirent *e;
	DIR *d;
	int own = -1, r;

	*l = (struct name_list){ .items = NULL };
	/* Not dup(): that would share, and move, the reader's place.  */
	r = directory_open(fd, ".", &own);
	if (r < 0)
		return r;
	d = fdopendir(own);
	if (d == NULL) {
		r = -errno;
		close(own);
		return r;
	}
	while (errno = 0, (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		grow(&l->items, l->n, &l->cap, sizeof(*l->items));
		l->items[l->n++] = xstrdup(e->d_name);
	}
	r = -errno;
	closedir(d);
	if (l->n > 0)
		qsort(l->items, l->n, sizeof(*l->items), compare_names);
	return r;
}

int tree_delete(int at, const char *name, unsigned depth)
{
	AUTO(name_list) struct name_list l = { .items = NULL };
	AUTO(fd) int fd = -1;
	int r = 0;

	if (unlinkat(at, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth == 0)
		return -ELOOP;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = directory_names(fd, &l);
	for (size_t k = 0; k < l.n && r == 0; k++)
		r = tree_delete(fd, l.items[k], depth - 1);
	if (r == 0 && unlinkat(at, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}
