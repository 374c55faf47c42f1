/* cmd-scan.c -- scan: records what is there, without judging.  */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "locate/locate.h"
#include "scan/scan.h"

static void auto_catalogue(struct catalogue **c)
{
	if (*c != NULL)
		catalogue_free(*c);
}

static void auto_root(struct root *r)
{
	root_done(r);
}

struct totals {
	char *text;
	bool incomplete;
};

static int take_totals(int n, const char *const *names,
		       const char *const *values, const bool *numeric,
		       void *data)
{
	struct totals *t = data;

	(void)n;
	(void)names;
	(void)numeric;
	free(t->text);
	t->text = xasprintf(
		_("scan %s of %s: %s stores, %s entries, %s certificates, %s problems"),
		values[0], values[1], values[2], values[3], values[4],
		values[5]);
	t->incomplete = strcmp(values[6], "0") != 0;
	return 0;
}

/* Says what was recorded.  */
static int summarize(const struct options *o, struct inventory *i,
		     bool *ret_incomplete)
{
	static const char sql[] =
		"SELECT r.scan_id, r.root,"
		" (SELECT count(*) FROM v_store),"
		" (SELECT coalesce(sum(entries), 0) FROM v_store),"
		" (SELECT count(*) FROM v_history_certificate c"
		"  WHERE c.scan_id = r.scan_id),"
		" (SELECT count(*) FROM v_problem),"
		" (SELECT count(*) FROM v_problem WHERE skipped = 0)"
		" FROM v_run r";
	AUTO(str) char *line = NULL;
	struct totals totals = { .text = NULL };
	int status = select_rows(i, sql, take_totals, &totals);

	if (status < 0 && totals.text != NULL) {
		line = escape_text(totals.text, strlen(totals.text));
		if (!o->quiet)
			puts(line);
		*ret_incomplete = totals.incomplete;
	}
	free(totals.text);
	return status;
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

int scan_command(const struct options *o)
{
	AUTO(catalogue) struct catalogue *catalogue = NULL;
	AUTO(root) struct root root = { .path = NULL };
	AUTO(inventory) struct inventory *i = NULL;
	struct scan_result result;
	bool incomplete = false;
	int status, r;

	status = load_catalogue(o, &catalogue);
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
