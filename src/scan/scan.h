/* scan.h -- one pass over a root: locate -> read -> inventory.  */
#ifndef SCAN_H
#define SCAN_H

#include "base/base.h"
#include "inventory/inventory.h"
#include "locate/locate.h"

struct scan_options {
	const struct root *root;
	const struct catalogue *catalogue;
	int64_t now;
	unsigned warn_days;
	bool reread;		/* read stores that have not changed, too */
	/* Where redirections are looked for besides the catalogue's files.  */
	struct redirection_sources sources;
};

struct scan_result {
	int64_t scan;
	size_t stores, reused, files_read, certificates_decoded;
};

/* The catalogue names readers, which its own folder does not know: -EINVAL with
 * *ret_error = "file:line: reason" (the caller frees) when one does not exist. */
int scan_check_catalogue(const struct catalogue *catalogue, char **ret_error);

/* Begins a scan, walks, reads and records, and composes the relying parties.
 * The transaction stays open for the graph and the findings: the caller ends
 * it with inventory_commit(), or inventory_rollback() after an error.
 * -EBUSY: locked; other negative errno: the inventory failed.  What could not
 * be read is a problem row, not an error.  */
int scan_run(struct inventory *i, const struct scan_options *options,
	     struct scan_result *ret_result);

#endif
