/* path-check.c -- what RFC 5280 section 6 asks of a path, check by check, so
 * that each model can ask what its client asks.
 *
 * A path is numbered from the peer upwards, as it is built; the RFC counts from
 * the anchor down.
 */
#include <stdlib.h>
#include <string.h>

#include "graph/path.h"

static const struct {
	const char *name, *section, *text;
} faults[PATH_FAULTS] = {
	[PATH_OK] = { "ok", "", N_("accepted") },
	[PATH_NO_ISSUER] = { "no-issuer", "6.1",
		N_("no certificate of its issuer") },
	[PATH_UNTRUSTED] = { "untrusted-root", "6.1.1 (d)",
		N_("ends in a root that is not trusted") },
	[PATH_SIGNATURE] = { "bad-signature", "6.1.3 (a) (1)",
		N_("not signed by the key that it names") },
	[PATH_EXPIRED] = { "expired", "6.1.3 (a) (2)", N_("expired") },
	[PATH_NOT_YET_VALID] = { "not-yet-valid", "6.1.3 (a) (2)",
		N_("not valid yet") },
	[PATH_NOT_A_CA] = { "not-a-ca", "6.1.4 (k)",
		N_("not an authority's certificate") },
	[PATH_PEER_CA] = { "peer-is-ca", "",
		N_("an authority's certificate, shown as a server's") },
	[PATH_LENGTH] = { "path-length", "6.1.4 (m)",
		N_("more authorities below it than it allows") },
	[PATH_KEY_USAGE] = { "key-usage", "6.1.4 (n)",
		N_("its key is not for this use") },
	[PATH_PURPOSE] = { "purpose", "4.2.1.12",
		N_("not for this purpose") },
	[PATH_NAMES] = { "name-constraint", "6.1.3 (b)",
		N_("an authority may not issue for that name") },
	[PATH_CRITICAL] = { "critical-extension", "6.1.5 (f)",
		N_("a critical extension that nobody knows") },
	[PATH_KEY_ID] = { "key-identifier", "4.2.1.1",
		N_("names another key or certificate as its issuer's") },
	[PATH_HOST] = { "host-name", "4.2.1.6", N_("for another host") },
	[PATH_WEAK] = { "weak", "4.1.1.2",
		N_("a key or signature that is too weak") },
	[PATH_DISTRUSTED] = { "distrusted", "6.1.1 (d)", N_("distrusted") },
	[PATH_POLICY] = { "policy", "6.1.5 (g)",
		N_("no certificate policy is left") },
	[PATH_MALFORMED] = { "malformed", "4.2", N_("malformed") },
	[PATH_TOO_LONG] = { "too-long", "6.1",
		N_("longer than this client goes") },
	[PATH_LIMIT] = { "limit", "",
		N_("too many paths to try all of them") },
};

const char *path_fault_name(enum path_fault fault)
{
	return faults[fault].name;
}

const char *path_fault_text(enum path_fault fault)
{
	return faults[fault].text;
}

const char *path_fault_section(enum path_fault fault)
{
	return faults[fault].section;
}

bool path_list_has(const struct path_list *l, size_t number)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i] == number)
			return true;
	return false;
}

/* ---- one certificate, or two ----------------------------------------------*/

const struct path_certificate *path_at(const struct path_question *q,
				       const struct path_answer *a, size_t at)
{
	return path_pool_get(q->pool, a->path[at]);
}

bool path_names_match(const struct path_question *q, size_t child,
		      size_t issuer)
{
	return memcmp(path_pool_get(q->pool, child)->certificate.issuer_sha256,
		      path_pool_get(q->pool, issuer)
			      ->certificate.subject_sha256,
		      SHA256_SIZE) == 0;
}

enum path_key_ids path_key_ids(const struct path_question *q, size_t child,
			       size_t issuer)
{
	const struct extensions *c = &path_pool_get(q->pool, child)->extensions;
	const struct extensions *i =
		&path_pool_get(q->pool, issuer)->extensions;

	if (!c->has_authority_key_id || !i->has_key_id)
		return KEY_IDS_ABSENT;
	return blob_equal(c->authority_key_id, i->key_id) ? KEY_IDS_MATCH
							  : KEY_IDS_DIFFER;
}

bool path_authority_serial_fits(const struct path_question *q, size_t child,
				size_t issuer)
{
	const struct extensions *c = &path_pool_get(q->pool, child)->extensions;
	const struct path_certificate *i = path_pool_get(q->pool, issuer);
	uint8_t name[SHA256_SIZE];
	char *text = NULL;
	bool fits;

	if (!c->authority_serial)
		return true;
	if (!blob_equal(c->authority_serial_number, i->extensions.serial))
		return false;
	if (c->authority_issuer.p == NULL)
		return true;
	if (x509_name(c->authority_issuer, name, &text) < 0)
		return false;
	fits = memcmp(name, i->certificate.issuer_sha256, SHA256_SIZE) == 0;
	auto_str(&text);
	return fits;
}

enum path_fault path_valid(const struct path_question *q, size_t number,
			   bool inclusive)
{
	const struct certificate *c =
		&path_pool_get(q->pool, number)->certificate;

	if (q->time < c->not_before)
		return PATH_NOT_YET_VALID;
	if (q->time > c->not_after ||
	    (!inclusive && q->time == c->not_after))
		return PATH_EXPIRED;
	return PATH_OK;
}

bool path_push(struct path_answer *a, size_t number)
{
	if (a->n == LIMIT_PATH_LENGTH)
		return false;
	a->path[a->n++] = number;
	return true;
}

bool path_has_identity(const struct path_question *q,
		       const struct path_answer *a, size_t number)
{
	for (size_t i = 0; i < a->n; i++)
		if (path_pool_same_identity(q->pool, a->path[i], number))
			return true;
	return false;
}

/* ---- the question ----------------------------------------------------------*/

static void *joined(const void *x, size_t x_bytes, const void *y,
		    size_t y_bytes)
{
	uint8_t *all = xcalloc(1, x_bytes + y_bytes + 1);

	if (x_bytes > 0)
		memcpy(all, x, x_bytes);
	if (y != NULL && y_bytes > 0)
		memcpy(all + x_bytes, y, y_bytes);
	return all;
}

struct path_question path_trust_store(const struct path_question *q)
{
	struct path_question all = *q;

	all.anchors.n = q->anchors.n + q->store.n;
	all.anchors.items = joined(q->anchors.items,
				   q->anchors.n * sizeof(size_t),
				   q->store.items, q->store.n * sizeof(size_t));
	if (q->distrust_after != NULL)
		all.distrust_after = joined(q->distrust_after,
					    q->anchors.n * sizeof(int64_t),
					    NULL, q->store.n * sizeof(int64_t));
	all.store = (struct path_list){ NULL, 0 };
	return all;
}

void path_trust_store_done(struct path_question *q)
{
	free((void *)(uintptr_t)q->anchors.items);
	free((void *)(uintptr_t)q->distrust_after);
}

/* ---- a whole path ----------------------------------------------------------*/

struct walk {
	const struct path_question *q;
	struct path_answer *a;
	unsigned checks;
	bool anchored;
};

/* Is the certificate at AT asked nothing, being the anchor?  */
static bool is_spared(const struct walk *w, size_t at)
{
	return w->anchored && (w->checks & ANCHOR_UNCHECKED) != 0 &&
	       at + 1 == w->a->n;
}

static enum path_fault signature_of(const struct walk *w, size_t at)
{
	if (at + 1 == w->a->n)
		return PATH_OK;
	return path_pool_signed(w->q->pool, w->a->path[at],
				w->a->path[at + 1]) == 1 ? PATH_OK
							 : PATH_SIGNATURE;
}

static enum path_fault dates_of(const struct walk *w, size_t at)
{
	if (is_spared(w, at) && (w->checks & ANCHOR_DATES) == 0)
		return PATH_OK;
	if ((w->checks & DATES_EARLY) != 0) {
		struct path_question later = *w->q;

		later.time += PATH_EARLY;
		if (path_valid(&later, w->a->path[at], true) ==
		    PATH_NOT_YET_VALID)
			return PATH_NOT_YET_VALID;
		return path_valid(w->q, w->a->path[at], true) == PATH_EXPIRED
			? PATH_EXPIRED : PATH_OK;
	}
	return path_valid(w->q, w->a->path[at],
			  (w->checks & DATES_EXCLUSIVE) == 0);
}

/* 6.1.4 (k); certificates of version 1 are no authorities, but for anchors, of
 * which nobody expects an extension.  */
static enum path_fault authority_of(const struct walk *w, size_t at)
{
	const struct path_certificate *c = path_at(w->q, w->a, at);

	if (at == 0 || is_spared(w, at))
		return PATH_OK;
	if (c->extensions.version_1 && w->anchored && at + 1 == w->a->n)
		return PATH_OK;
	return c->extensions.basic_constraints && c->extensions.is_ca
		? PATH_OK : PATH_NOT_A_CA;
}

/* 6.1.4 (l) and (m): self-issued certificates do not count, and neither does
 * the peer.  */
static enum path_fault length_of(const struct walk *w, size_t at)
{
	const struct path_certificate *c = path_at(w->q, w->a, at);
	int64_t below = 0;

	if (at == 0 || is_spared(w, at) || c->extensions.path_length < 0)
		return PATH_OK;
	for (size_t i = 1; i < at; i++)
		if (!path_at(w->q, w->a, i)->self_issued ||
		    (w->checks & LENGTH_OF_ALL) != 0)
			below++;
	return below > c->extensions.path_length ? PATH_LENGTH : PATH_OK;
}

static enum path_fault usage_of(const struct walk *w, size_t at)
{
	const struct extensions *e = &path_at(w->q, w->a, at)->extensions;

	if (at == 0 || is_spared(w, at))
		return PATH_OK;
	return e->key_usage && (e->key_usage_bits & KEY_USAGE_CERT_SIGN) == 0
		? PATH_KEY_USAGE : PATH_OK;
}

/* 4.2.1.12: what goes with serverAuth.  */
static enum path_fault peer_usage_of(const struct walk *w, size_t at)
{
	const struct extensions *e = &path_at(w->q, w->a, at)->extensions;
	const unsigned good = w->q->purpose == PURPOSE_SERVER_AUTH
		? KEY_USAGE_SIGNATURE | KEY_USAGE_ENCIPHERMENT |
			  KEY_USAGE_AGREEMENT
		: KEY_USAGE_SIGNATURE | KEY_USAGE_AGREEMENT;

	if (at > 0 || !e->key_usage || w->q->purpose == 0 ||
	    (w->q->purpose & (PURPOSE_SERVER_AUTH | PURPOSE_CLIENT_AUTH)) == 0)
		return PATH_OK;
	return (e->key_usage_bits & good) != 0 ? PATH_OK : PATH_KEY_USAGE;
}

static enum path_fault purpose_at(const struct walk *w, size_t at)
{
	const struct extensions *e = &path_at(w->q, w->a, at)->extensions;

	if (!e->extended_usage || w->q->purpose == 0 ||
	    ((w->checks & ANY_PURPOSE) != 0 && e->any_usage))
		return PATH_OK;
	return (e->purposes & w->q->purpose) != 0 ? PATH_OK : PATH_PURPOSE;
}

static enum path_fault peer_purpose_of(const struct walk *w, size_t at)
{
	return at == 0 ? purpose_at(w, at) : PATH_OK;
}

static enum path_fault purposes_of(const struct walk *w, size_t at)
{
	if (at == 0 || is_spared(w, at) ||
	    (w->anchored && (w->checks & ANCHOR_ANY_PURPOSE) != 0 &&
	     at + 1 == w->a->n))
		return PATH_OK;
	return purpose_at(w, at);
}

/* 6.1.3 (b) and (c): those of the certificate at AT, over all below it, but for
 * self-issued ones that are not the peer.  */
static enum path_fault names_of(const struct walk *w, size_t at)
{
	const struct extensions *e = &path_at(w->q, w->a, at)->extensions;

	if (at == 0 || is_spared(w, at) || !e->name_constraints)
		return PATH_OK;
	for (size_t i = 0; i < at; i++) {
		const struct path_certificate *c = path_at(w->q, w->a, i);

		if (i > 0 && c->self_issued)
			continue;
		if (constraints_check(e, &c->extensions,
				      i == 0 && (w->checks & COMMON_NAME)) !=
		    CONSTRAINT_KEPT)
			return PATH_NAMES;
	}
	return PATH_OK;
}

static enum path_fault critical_of(const struct walk *w, size_t at)
{
	return !is_spared(w, at) &&
	       path_at(w->q, w->a, at)->extensions.unknown_critical
		? PATH_CRITICAL : PATH_OK;
}

static enum path_fault host_of(const struct walk *w, size_t at)
{
	if (at > 0 || w->q->host == NULL || path_at(w->q, w->a, 0)->imagined)
		return PATH_OK;
	return host_matches(&path_at(w->q, w->a, 0)->extensions, w->q->host,
			    (w->checks & COMMON_NAME) != 0) ? PATH_OK
							    : PATH_HOST;
}

static enum path_fault policy_of(const struct walk *w, size_t at)
{
	return at > 0 || path_policies_fit(w->q, w->a) ? PATH_OK : PATH_POLICY;
}

static enum path_fault malformed_of(const struct walk *w, size_t at)
{
	return !is_spared(w, at) &&
	       path_at(w->q, w->a, at)->extensions.malformed != NULL
		? PATH_MALFORMED : PATH_OK;
}

/* An anchor may be trusted for what it issued up to a time only.  That time is
 * compared with when the peer's certificate begins, as NSS does it.  */
static enum path_fault distrust_of(const struct walk *w, size_t at)
{
	const struct path_question *q = w->q;
	const struct path_list *anchors = &q->anchors;
	const struct path_certificate *peer = path_at(q, w->a, 0);
	const int64_t issued = peer->imagined ? q->time
					      : peer->certificate.not_before;

	if (path_list_has(&q->distrusted, w->a->path[at]))
		return PATH_DISTRUSTED;
	if (q->distrust_after == NULL || at + 1 < w->a->n)
		return PATH_OK;
	for (size_t i = 0; i < anchors->n; i++)
		if (anchors->items[i] == w->a->path[at] &&
		    q->distrust_after[i] != 0 &&
		    issued > q->distrust_after[i])
			return PATH_DISTRUSTED;
	return PATH_OK;
}

static enum path_fault hash_of(const struct walk *w, size_t at)
{
	const struct path_certificate *c = path_at(w->q, w->a, at);

	if (c->certificate.self_signed || (w->anchored && at + 1 == w->a->n))
		return PATH_OK;
	switch (c->extensions.hash) {
	case HASH_KIND_MD2:
	case HASH_KIND_MD5:
	case HASH_KIND_SHA1:
		return PATH_WEAK;
	default:
		return PATH_OK;
	}
}

static enum path_fault peer_no_ca_of(const struct walk *w, size_t at)
{
	return at == 0 && path_at(w->q, w->a, 0)->extensions.is_ca
		? PATH_PEER_CA : PATH_OK;
}

enum path_fault path_check(const struct path_question *q, unsigned checks,
			   bool anchored, struct path_answer *a)
{
	static enum path_fault (*const all[])(const struct walk *w,
					      size_t at) = {
		signature_of, dates_of, authority_of, length_of, usage_of,
		peer_usage_of, peer_purpose_of, purposes_of, names_of,
		critical_of, host_of, policy_of, malformed_of, distrust_of, hash_of,
		peer_no_ca_of,
	};
	const struct walk w = { q, a, checks, anchored };
	const bool down = (checks & FROM_ANCHOR) != 0;
	const size_t n = ARRAY_SIZE(all) * a->n;

	/* By checks and in them from the peer, or by certificates.  */
	for (size_t i = 0; i < n; i++) {
		const size_t k = down ? i % ARRAY_SIZE(all) : i / a->n;
		const size_t at = down ? a->n - 1 - i / ARRAY_SIZE(all)
				       : i % a->n;
		const enum path_fault fault = (checks >> k & 1) != 0
			? all[k](&w, at) : PATH_OK;

		if (fault != PATH_OK) {
			a->fault = fault;
			a->at = at;
			return fault;
		}
	}
	a->fault = PATH_OK;
	a->at = 0;
	return PATH_OK;
}
