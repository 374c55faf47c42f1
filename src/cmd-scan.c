/* cmd-scan.c -- scan: records what is there, without judging.  */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "locate/locate.h"
#include "scan/scan.h"

static void auto_root(struct root *r)
{
	root_done(r);
}

/* Says what was recorded.  */
static int summarize(const struct options *o, struct inventory *i,
		     bool *ret_incomplete)
{
	struct inventory_totals t;
	AUTO(str) char *root = NULL;
	int r = inventory_totals(i, &t);

	if (r < 0)
		return inventory_failed(i, r,
			_("what was recorded could not be read"));
	*ret_incomplete = t.unread > 0;
	root = escape_text(t.root, strlen(t.root));
	free(t.root);
	if (!o->quiet)
		printf(_("scan %jd of %s: %jd stores, %jd entries, %jd certificates, %jd problems\n"),
		       (intmax_t)t.scan, root, (intmax_t)t.stores,
		       (intmax_t)t.entries, (intmax_t)t.certificates,
		       (intmax_t)t.problems);
	return -1;
}

static int prune(const struct options *o, struct inventory *i,
		 const char *root)
{
	size_t deleted = 0;
	int r;

	if (o->keep == 0)
		return -1;
	r = inventory_prune(i, root, o->keep, &deleted);
	if (r < 0)
		return inventory_failed(i, r,
					_("old scans could not be deleted"));
	log_verbose(ngettext("%zu old scan deleted", "%zu old scans deleted",
			     deleted), deleted);
	return -1;
}

static void auto_catalogue(struct catalogue **c)
{
	if (*c != NULL)
		catalogue_free(*c);
}

/* A first scan needs the catalogue, and makes no inventory without one.  */
static int load_for_first(const struct options *o, struct catalogue **ret)
{
	AUTO(str) char *path = NULL;
	int status = inventory_path(o, &path);

	if (status >= 0)
		return status;
	return access(path, F_OK) < 0 ? load_catalogue(o, ret) : -1;
}

int scan_command(const struct options *o)
{
	AUTO(catalogue) struct catalogue *catalogue = NULL;
	AUTO(root) struct root root = { .path = NULL };
	AUTO(inventory) struct inventory *i = NULL;
	struct scan_result result;
	bool incomplete = false;
	int status, r;

	status = load_for_first(o, &catalogue);
	if (status < 0)
		status = open_root(o->root, &root);
	if (status < 0)
		status = open_inventory(o, INVENTORY_WRITE, &i, NULL);
	if (status < 0)
		status = record_scan(o, &root, i, catalogue, &result);
	if (status >= 0)
		return status;
	progress(o, NULL);
	r = inventory_commit(i);
	if (r < 0)
		return inventory_failed(i, r,
					_("the scan could not be recorded"));
	status = prune(o, i, root.path);
	if (status < 0)
		status = summarize(o, i, &incomplete);
	if (status >= 0)
		return status;
	return incomplete ? STATUS_INCOMPLETE : STATUS_OK;
}
