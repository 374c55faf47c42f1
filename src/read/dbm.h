/* dbm.h -- private to dbm*.c: the hash file of Berkeley DB 1.85 as NSS wrote
 * it.  dbm-pages.c knows how records lie in pages, dbm.c what they mean.
 */
#ifndef DBM_H
#define DBM_H

#include "read/read.h"

#define DBM_MAGIC	0x061561u

/* The largest key and the largest data that are put together: a certificate at
 * its limit, its names and its record's header.  */
#define DBM_RECORD_MAX	(2 * LIMIT_CERTIFICATE_BYTES)

struct dbm_record {
	struct blob key, data;	/* valid until the function returns */
	uint64_t offset;	/* where its page begins */
};
typedef int dbm_record_fn(const struct dbm_record *r, void *data);

/* Calls FN for every record, in the order in which NSS's library gives them.
 * Damage is OUT's problem rows.  Stops at FN's first negative return and
 * returns it.  -EINVAL: the header is not one that can be followed, which was
 * said.  */
int dbm_each(struct blob file, struct sink *out, dbm_record_fn *fn,
	     void *data);

#endif
