/* store.h -- private to src/scan: reading one store.  */
#ifndef SCAN_STORE_H
#define SCAN_STORE_H

#include "scan/scan.h"

/* What one scan keeps while it runs.  */
struct pass {
	struct inventory *inventory;
	const struct scan_options *options;
	int64_t made;			/* the clock when the scan began */
	struct scan_result result;
	struct seen_file *seen;		/* files read in this scan, by inode */
	size_t n_seen, cap_seen;
	size_t *seen_index;		/* hash table of 1 + index, 0: free */
	size_t seen_slots;
};

/* Reads PLACE, or finds that it is as it was, and records it.  What is wrong
 * with the store is a problem row; negative errno when the inventory fails. */
int store_scan(struct pass *pass, const struct place *place,
	       int64_t *ret_store);
void pass_done(struct pass *pass);

/* Adds roots of Mozilla's program that bear the name of an issuer that no
 * certificate of the inventory bears; they are known then, not present.  */
int scan_missing_issuers(struct pass *pass);

#endif
