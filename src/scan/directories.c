/* directories.c -- the directories above stores.  Who may write to one of them can
 * put another file in a store's place, whatever the file's own permissions say;
 * and where a setting leads to a file that is not there, can make it.  They are
 * looked at in every scan: the state of a directory above it is no part of a
 * store's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

struct directories {
	const struct pass *pass;
	char **paths;			/* of all that may be one */
	size_t n, cap;
	size_t longest;			/* of those of the path before */
};

/* Are the first N bytes of PATH the directory BEFORE, or one above it?  */
static bool is_above(const char *before, const char *path, size_t n)
{
	return strncmp(before, path, n) == 0 &&
	       (n == 1 || before[n] == '/' || before[n] == '\0');
}

/* They come sorted, so most are those of the path before.  */
static void take_above(struct directories *d, const char *path, size_t n)
{
	const size_t first = d->n;
	const size_t before = d->longest;

	while (first == 0 || !is_above(d->paths[before], path, n)) {
		grow(&d->paths, d->n, &d->cap, sizeof(*d->paths));
		d->paths[d->n++] = xstrndup(path, n);
		if (n == 1)
			break;
		while (n > 1 && path[n - 1] != '/')
			n--;
		while (n > 1 && path[n - 1] == '/')
			n--;
	}
	if (d->n > first)
		d->longest = first;
}

static int take_placed(const char *path, bool is_file, void *data)
{
	size_t n = strlen(path);

	if (path[0] != '/' || n > LIMIT_PATH_BYTES)
		return 0;
	while (is_file && n > 1 && path[n - 1] != '/')
		n--;
	while (is_file && n > 1 && path[n - 1] == '/')
		n--;
	take_above(data, path, n);
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Most are reached by no link, and are below the one before.  The others, and all
 * when some file system does not answer, are asked for by their whole path.  */
static int look_at(const struct directories *d, struct descent *descent,
		   const char *path, struct file_id *ret_id)
{
	struct stat st;

	if (beneath_avoids(NULL) || descent_stat(descent, path, &st) < 0 ||
	    S_ISLNK(st.st_mode))
		return file_stat(d->pass->options->root, path, ret_id);
	*ret_id = (struct file_id){ .mode = st.st_mode, .uid = st.st_uid,
				    .gid = st.st_gid };
	return 0;
}

static int record(const struct directories *d)
{
	struct stored_directory *found = xcalloc(d->n + 1, sizeof(*found));
	struct descent descent;
	size_t n = 0;
	int r;

	descent_begin(&descent, d->pass->options->root);
	for (size_t k = 0; k < d->n; k++) {
		struct file_id id;

		if (k > 0 && strcmp(d->paths[k], d->paths[k - 1]) == 0)
			continue;
		if (look_at(d, &descent, d->paths[k], &id) < 0 ||
		    !S_ISDIR(id.mode))
			continue;
		found[n++] = (struct stored_directory){
			.path = d->paths[k], .mode = id.mode, .uid = id.uid,
			.gid = id.gid,
			.user = homes_user(d->pass->homes, id.uid),
		};
	}
	descent_end(&descent);
	r = inventory_directories(d->pass->inventory, found, n);
	for (size_t k = 0; k < n; k++)
		free((char *)found[k].user);
	free(found);
	return r;
}

int scan_directories(struct pass *pass)
{
	struct directories d = { .pass = pass };
	int r = inventory_placed(pass->inventory, take_placed, &d);

	if (d.n > 0)
		qsort(d.paths, d.n, sizeof(*d.paths), compare_paths);
	if (r == 0)
		r = record(&d);
	for (size_t k = 0; k < d.n; k++)
		free(d.paths[k]);
	free(d.paths);
	return r;
}
