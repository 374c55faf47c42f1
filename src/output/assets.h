/* assets.h -- private to the formats that tell what a host holds, and not only
 * what is wrong with it.
 */
#ifndef OUTPUT_ASSETS_H
#define OUTPUT_ASSETS_H

#include "output/output.h"

struct asset_store {
	int64_t id;
	char *kind, *path, *owner;
	int64_t unread;		/* problems that leave it uncertain */
};

/* Where a certificate lies.  */
struct asset_place {
	const struct asset_store *store;
	char *role, *purposes, *label, *location;	/* "" for none */
	int64_t offset;
};

struct asset {
	char *sha256;
	/* "" and 0: it does not decode, or is not known */
	char *sha1, *subject, *issuer, *name, *serial, *key, *signature_hash;
	int64_t not_before, not_after, key_bits;
	bool decoded, is_ca, self_signed;
	struct asset_place *places;	/* by store, location and offset */
	size_t n, cap;
};

struct assets {
	struct asset_store *stores;	/* by id */
	size_t n_stores, cap_stores;
	struct asset *items;		/* certificates by SHA-256 */
	size_t n, cap;
};

bool asset_has_role(const struct asset *a, const char *role);
/* Trust anchors that end within DAYS of NOW.  */
size_t assets_expiring(const struct assets *a, int64_t now, unsigned days);

#endif
