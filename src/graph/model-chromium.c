/* model-chromium.c -- Chromium's own verifier (CertVerifyProcBuiltin over
 * BoringSSL's CertPathBuilder).
 *
 * It searches and goes back.  Candidates are sorted: by trust and key identifier
 * together, so that one that is no anchor and has the right one goes before an
 * anchor with another; then self-issued ones, then those that begin last, then
 * those that end last.  No date decides which is tried first, an expired one
 * may be.
 *
 * An anchor of the user, of a policy or of the NSS database is asked for all that
 * others are asked.  Of the browser's own only name and key count, but these do
 * not expire while it is supported, so they are asked, too.
 *
 * It gives up after 20 steps (kPathBuilderIterationLimit), of which each issuer
 * looked at is one and each way back another; nothing is checked before a path
 * is whole.  This is not modelled: none of the worlds needs so many.
 */
#include "graph/path.h"

static size_t newer_in(const struct path_question *q,
		       const struct path_list *list, size_t number)
{
	const struct certificate *c =
		&path_pool_get(q->pool, number)->certificate;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct certificate *other =
			&path_pool_get(q->pool, list->items[i])->certificate;

		if (other->not_before != c->not_before
			    ? other->not_before > c->not_before
			    : other->not_after > c->not_after)
			n++;
	}
	return n;
}

/* TrustAndKeyIdentifierMatchToOrder(), then as SortRemainingIssuers().  */
static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	static const unsigned trusted[] = {
		[KEY_IDS_MATCH] = 0, [KEY_IDS_ABSENT] = 1,
		[KEY_IDS_DIFFER] = 4,
	}, others[] = {
		[KEY_IDS_MATCH] = 2, [KEY_IDS_ABSENT] = 3,
		[KEY_IDS_DIFFER] = 5,
	};
	const enum path_key_ids ids =
		path_key_ids(q, a->path[a->n - 1], number);
	const size_t all = q->anchors.n + q->store.n + q->sent.n + 1;
	const size_t newer = newer_in(q, &q->anchors, number) +
			     newer_in(q, &q->store, number) +
			     newer_in(q, &q->sent, number);
	const bool self = path_pool_get(q->pool, number)->self_issued;

	if (place == PLACE_CACHED ||
	    (place != PLACE_ANCHORS && path_list_has(&q->anchors, number)))
		return PATH_SKIP;
	return (unsigned)((place == PLACE_ANCHORS ? trusted : others)[ids] *
				  2 * all +
			  (self ? 0 : all) + newer);
}

#define CHROMIUM_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_PEER_PURPOSE | \
			 CHECK_PURPOSES | CHECK_NAMES | CHECK_CRITICAL | \
			 CHECK_HOST | CHECK_MALFORMED | CHECK_DISTRUST | \
			 CHECK_HASH | ANY_PURPOSE)

static void chromium_build(const struct path_question *q,
			   struct path_answer *ret_answer)
{
	static const struct path_strategy strategy = {
		.checks = CHROMIUM_CHECKS,
		.end_checks = CHROMIUM_CHECKS | CHECK_POLICY,
		.order = order_of,
	};

	path_search_by(q, &strategy, ret_answer);
}

const struct path_model model_chromium = {
	.id = "chromium",
	.title = N_("Chromium"),
	.verified = "Chromium 156.0.8078.108",
	.build = chromium_build,
};
