/* model-webpki.c -- rustls-webpki (Deno, uv and most of what is written in
 * Rust), verify_chain().
 *
 * It searches and goes back: the anchors first, then what was sent in its order.
 * An anchor is a name, a key and name constraints; so its dates and the rest are
 * not looked at, which is surprising where an expired root is still in a store.
 * A server's certificate may be no authority's (CaUsedAsEndEntity).
 * At most six intermediates are used, and a hundred signatures are verified.
 * Nobody was asked.
 */
#include "graph/path.h"

#define WEBPKI_LONGEST		8
#define WEBPKI_SIGNATURES	100

static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	(void)q;
	(void)a;
	(void)number;
	return place == PLACE_ANCHORS ? 0 : place == PLACE_SENT ? 1 : PATH_SKIP;
}

#define WEBPKI_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_PEER_PURPOSE | CHECK_PURPOSES | CHECK_NAMES | \
			 CHECK_CRITICAL | CHECK_HOST | CHECK_MALFORMED | \
			 CHECK_HASH | CHECK_PEER_NO_CA | ANCHOR_UNCHECKED)

static void webpki_build(const struct path_question *q,
			 struct path_answer *ret_answer)
{
	static const struct path_strategy strategy = {
		.checks = WEBPKI_CHECKS,
		.end_checks = WEBPKI_CHECKS,
		.order = order_of,
		.longest = WEBPKI_LONGEST,
		.steps = WEBPKI_SIGNATURES,
	};
	struct path_question all = path_trust_store(q);

	path_search_by(&all, &strategy, ret_answer);
	path_trust_store_done(&all);
}

const struct path_model model_webpki = {
	.id = "webpki",
	.title = N_("rustls"),
	.build = webpki_build,
};
