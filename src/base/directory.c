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

int directory_names(int fd, char ***ret_names, size_t *ret_n)
{
	AUTO(names) char **names = xcalloc(1, sizeof(*names));
	const struct dirent *e;
	size_t n = 0, cap = 0;
	int own = -1, r;
	DIR *d;

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
		grow(&names, n + 1, &cap, sizeof(*names));
		names[n++] = xstrdup(e->d_name);
		names[n] = NULL;
	}
	r = -errno;
	closedir(d);
	if (r < 0)
		return r;
	qsort(names, n, sizeof(*names), compare_names);
	*ret_names = TAKE(names);
	*ret_n = n;
	return 0;
}

int tree_delete(int at, const char *name, unsigned depth)
{
	AUTO(names) char **names = NULL;
	AUTO(fd) int fd = -1;
	size_t n;
	int r;

	if (unlinkat(at, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth == 0)
		return -ELOOP;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = directory_names(fd, &names, &n);
	for (size_t k = 0; r == 0 && k < n; k++)
		r = tree_delete(fd, names[k], depth - 1);
	if (r == 0 && unlinkat(at, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}
