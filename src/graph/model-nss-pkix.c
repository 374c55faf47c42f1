/* model-nss-pkix.c -- NSS's libpkix, CERT_PKIXVerifyCert() (vfychain -pp, and
 * programs that set NSS_ENABLE_PKIX_VERIFY or ask for it).
 *
 * It searches and goes back: of the candidates with the key identifier that is
 * asked for, or without one, the one that ends last first; then what was sent
 * before what is in the database.
 *
 * Surprising: another certificate of a name and key that is on the path already
 * may follow, so that paths go through a root that is not trusted to its twin
 * that is.  A certificate is valid a day before it begins.  What an intermediate
 * is for is not looked at.
 */
#include "graph/path.h"

/* 256 seconds are few for what is issued for days, and so much that all dates
 * of RFC 5280 have room.  */
#define DATE_STEP	256

static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	const int64_t ends = path_pool_get(q->pool, number)
				     ->certificate.not_after / DATE_STEP;
	const unsigned rank = place == PLACE_SENT ? 0
			      : place == PLACE_STORE ? 1 : 2;

	if (place == PLACE_CACHED ||
	    path_key_ids(q, a->path[a->n - 1], number) == KEY_IDS_DIFFER ||
	    (place == PLACE_SENT && (path_list_has(&q->anchors, number) ||
				     path_list_has(&q->store, number))))
		return PATH_SKIP;
	return (INT32_MAX / 2 - (unsigned)(ends < 0 ? 0 : ends)) * 3 + rank;
}

#define PKIX_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_NAMES | CHECK_CRITICAL | \
			 CHECK_MALFORMED | CHECK_DISTRUST | CHECK_HOST | \
			 CHECK_PEER_USAGE | CHECK_PEER_PURPOSE | \
			 DATES_EARLY | COMMON_NAME | ANY_PURPOSE)

static void pkix_build(const struct path_question *q,
		       struct path_answer *ret_answer)
{
	static const struct path_strategy strategy = {
		.checks = PKIX_CHECKS,
		.end_checks = PKIX_CHECKS | CHECK_POLICY,
		.order = order_of,
		.identities_again = true,
	};

	path_search_by(q, &strategy, ret_answer);
}

const struct path_model model_nss_pkix = {
	.id = "nss-pkix",
	.title = N_("NSS with libpkix"),
	.verified = "NSS 3.87.1",
	.build = pkix_build,
};
