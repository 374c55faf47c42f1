/* assets.h -- private to the formats that tell what a host holds, and not only
 * what is wrong with it.
 */
#ifndef OUTPUT_ASSETS_H
#define OUTPUT_ASSETS_H

#include "output/output.h"

struct asset_store {
	int64_t id;
	char *kind, *path, *owner, *party;	/* "" for none */
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

/* A signature that was verified.  */
struct asset_edge {
	char *sha256, *issuer;		/* SHA-256 of both */
};

/* A relying party will refuse from TIME on what it accepts now.  */
struct asset_event {
	int64_t time;
	char *party, *sha256, *reason;
};

struct assets {
	struct asset_store *stores;	/* by id */
	size_t n_stores, cap_stores;
	struct asset *items;		/* certificates by SHA-256 */
	size_t n, cap;
	struct asset *absent;		/* that signed one of these and are not on
					 * the host, by SHA-256; no places */
	size_t n_absent, cap_absent;
	struct asset_edge *edges;	/* by both */
	size_t n_edges, cap_edges;
	struct asset_event *events;	/* by time, party and certificate */
	size_t n_events, cap_events;
};

/* On the host, or absent; NULL: neither.  */
const struct asset *assets_find(const struct assets *a, const char *sha256);
/* Who signed SHA256: *ret_n edges, borrowed; NULL for none.  */
const struct asset_edge *assets_edges(const struct assets *a,
				      const char *sha256, size_t *ret_n);
/* private to assets*.c */
int assets_load_graph(struct inventory *i, struct assets *a, char **ret_error);
void assets_graph_done(struct assets *a);
#define ASSET_COLUMNS	"sha256, sha1, subject, issuer, name, serial, key, " \
	"signature_hash, not_before, not_after, key_bits, is_ca, self_signed"
void asset_take(struct asset *ret, const char *const *values);
void asset_done(struct asset *a);

bool asset_has_role(const struct asset *a, const char *role);
/* Trust anchors that end within DAYS of NOW.  */
size_t assets_expiring(const struct assets *a, int64_t now, unsigned days);

#endif
