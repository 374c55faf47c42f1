/* cmd-prune.c -- prune: bounds the history of every root in the inventory, or
 * of the one that --root names; with --backups what fix scripts kept in a root.
 *
 * Backups lie in directories that are named by their time, so the names' order
 * is theirs.  They are deleted beneath the root's descriptor and no link is
 * followed: what a script kept may hold any.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

struct roots {
	char **items;
	size_t n, cap;
};

static void auto_roots(struct roots *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->items[i]);
	free(r->items);
}

static int take_root(int n, const char *const *names,
		     const char *const *values, const bool *numeric,
		     void *data)
{
	struct roots *r = data;

	(void)n;
	(void)names;
	(void)numeric;
	grow(&r->items, r->n, &r->cap, sizeof(*r->items));
	r->items[r->n++] = xstrdup(values[0]);
	return 0;
}

static int prune_roots(const struct options *o, struct inventory *i,
		       const struct roots *roots)
{
	AUTO(str) char *only = NULL;
	size_t all = 0, deleted;
	int r;

	/* A root that is gone from this host is known by its name.  */
	if (o->given & BIT(OPTION_ROOT)) {
		only = realpath(o->root, NULL);
		if (only == NULL)
			only = xstrdup(o->root);
	}
	for (size_t k = 0; k < roots->n; k++) {
		if (only != NULL && strcmp(only, roots->items[k]) != 0)
			continue;
		r = inventory_prune(i, roots->items[k], o->keep, &deleted);
		if (r < 0)
			return inventory_failed(i, r,
				_("old scans could not be deleted"));
		all += deleted;
	}
	if (!o->quiet)
		printf(ngettext("%zu scan deleted\n", "%zu scans deleted\n",
				all), all);
	return STATUS_OK;
}

/* ---- backups ---------------------------------------------------------------*/

#define BACKUPS_KEPT	10u

/* Is NAME what a script makes, TIME-PID?  */
static bool is_backup(const char *name)
{
	return strlen(name) > 17 && name[8] == 'T' && name[15] == 'Z' &&
	       name[16] == '-' && strspn(name, "0123456789TZ-") == strlen(name);
}

static int open_backups(const struct options *o, const struct root *root,
			int *ret_fd)
{
	AUTO(str) char *own = NULL;
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (geteuid() == 0 || o->given & BIT(OPTION_ROOT)) {
		int path, r = beneath_open(root, "/var/lib/trustdrift/backup",
					   O_DIRECTORY, &path);

		if (r < 0)
			return r;
		r = directory_open(path, ".", ret_fd);
		close(path);
		return r;
	}
	if (state != NULL && *state == '/')
		own = xasprintf("%s/trustdrift/backup", state);
	else
		own = xasprintf("%s/.local/state/trustdrift/backup",
				home != NULL ? home : "");
	return directory_open(AT_FDCWD, own, ret_fd);
}

static int prune_backups(const struct options *o)
{
	AUTO(names) char **names = NULL;
	const size_t keep = o->keep != 0 ? o->keep : BACKUPS_KEPT;
	size_t n_names = 0, n = 0, deleted = 0;
	struct root root;
	int fd = -1, r, status = open_root(o->root, &root);

	if (status >= 0)
		return status;
	r = open_backups(o, &root, &fd);
	root_done(&root);
	if (r == 0)
		r = directory_names(fd, &names, &n_names);
	for (size_t i = 0; i < n_names; i++)
		n += is_backup(names[i]);
	for (size_t i = 0; i < n_names && r == 0 && n > keep; i++) {
		if (!is_backup(names[i]))
			continue;
		r = tree_delete(fd, names[i], LIMIT_BACKUP_DEPTH);
		deleted += r == 0;
		n--;
	}
	if (fd >= 0)
		close(fd);
	if (r < 0 && r != -ENOENT) {
		log_error(_("backups could not be deleted: %s"), strerror(-r));
		return STATUS_FAILURE;
	}
	if (!o->quiet)
		printf(ngettext("%zu backup deleted\n",
				"%zu backups deleted\n", deleted), deleted);
	return STATUS_OK;
}

/* ---- both ------------------------------------------------------------------*/

int prune_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(roots) struct roots roots = { .items = NULL };
	int status;

	if (o->backups)
		return prune_backups(o);
	/* Opening it for writing would make one that is not there.  */
	status = open_inventory(o, INVENTORY_READ, &i, NULL);
	if (status >= 0)
		return status;
	inventory_close(TAKE(i));
	status = open_inventory(o, INVENTORY_WRITE, &i, NULL);
	if (status < 0)
		status = select_rows(i, "SELECT DISTINCT root FROM v_scan"
				     " ORDER BY root", take_root, &roots);
	return status >= 0 ? status : prune_roots(o, i, &roots);
}
