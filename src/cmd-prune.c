/* cmd-prune.c -- prune: bounds the history of every root in the inventory, or
 * of the one that --root names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

int prune_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(roots) struct roots roots = { .items = NULL };
	int status;

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
