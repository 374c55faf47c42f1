/* scan.h -- one pass over a root: locate -> read -> inventory.  */
#ifndef SCAN_H
#define SCAN_H

#include "base/base.h"
#include "inventory/inventory.h"
#include "locate/locate.h"

struct scan_options {
	const struct root *root;
	/* NULL: it is that of CONFIG_DIR, and LOAD gives it, who keeps it, when it is
	 * needed.  LOAD's error is that of the scan.  */
	const struct catalogue *catalogue;
	const char *config_dir;
	int (*load)(void *data, const struct catalogue **ret_catalogue);
	void *load_data;
	struct readings *readings;	/* NULL: files are read in this process */
	int64_t now;
	unsigned warn_days;
	bool anew;		/* walk, even if nothing seems to have changed */
	bool reread;		/* read stores that have not changed, too */
	/* NULL: no crawl.  `made` and `head` need not be set.  */
	const struct crawl_options *crawl;
	/* Where redirections are looked for besides the catalogue's files.  */
	struct redirection_sources sources;
};

struct scan_result {
	int64_t scan;
	size_t stores, reused, files_read, certificates_decoded;
	size_t crawled_names, crawled_directories;
	bool crawl_stopped;	/* as crawl_options.stop wanted */
	bool repeated;		/* nothing that is looked at had changed */
};

/* The catalogue names readers, which its own folder does not know: -EINVAL with
 * *ret_error = "file:line: reason" (the caller frees) when one does not exist. */
int scan_check_catalogue(const struct catalogue *catalogue, char **ret_error);

/* Begins a scan, walks, reads and records, and composes the relying parties.
 * The transaction stays open for the graph and the findings: the caller ends
 * it with inventory_commit(), or inventory_rollback() after an error.
 * -EBUSY: locked; other negative errno: the inventory failed, or there is no
 * worker to read with (readings_error()).  What could not be read is a problem
 * row, not an error.  */
int scan_run(struct inventory *i, const struct scan_options *options,
	     struct scan_result *ret_result);

/* ---- what would be ---------------------------------------------------------*/

enum scan_change_kind {
	CHANGE_SET,		/* the system's list is these certificates */
	CHANGE_REMOVE,		/* the certificate goes; what distrusts it stays,
				 * but where `where` names a store */
	CHANGE_DISTRUST,	/* it is no anchor any more, but distrusted */
	CHANGE_ADD,		/* these join the system's list */
	CHANGE_UPDATE,		/* what the system's updater makes follows its
				 * sources, which were others `before` */
};
struct scan_change {
	enum scan_change_kind kind;
	uint8_t sha256[SHA256_SIZE];		/* of REMOVE and DISTRUST */
	const struct blob *certificates;	/* of SET and ADD: DER, at least */
	size_t n_certificates;			/* one; else 0 */
	const char *name;	/* of the file that they are from, else NULL */
	const int64_t *before;	/* of UPDATE: what scan_sources() gave */
	size_t n_before;
	size_t entries;		/* how many came, went or changed */
};
struct scan_again {
	const struct catalogue *catalogue;
	struct readings *readings;	/* NULL: none */
	int64_t now;			/* of the scan to make */
	struct scan_change *changes;	/* made in this order, in each store */
	size_t n_changes;
	/* The stores that have this path, and other names of theirs, instead of
	 * the system's list and, for REMOVE and DISTRUST, all others; NULL.  */
	const char *where;
	bool system_only;		/* REMOVE and DISTRUST: not all others */
	bool has_stores;		/* set: there is one with that path, or one
					 * that the system's updater makes */
};
/* Of the newest scan but the open one: the certificates of which the system's
 * updater makes its lists for servers; the caller frees.  */
int scan_sources(struct inventory *i, const struct catalogue *catalogue,
		 int64_t **ret_ids, size_t *ret_n);
/* Begins a scan that is the newest one with the changes made, as if a root had
 * been read where they are.  Only for inventories in memory.  -ENODATA: there is
 * no scan.  The transaction stays open as with scan_run(), and is gone after an
 * error.  */
int scan_again(struct inventory *i, struct scan_again *request,
	       int64_t *ret_scan);

#endif
