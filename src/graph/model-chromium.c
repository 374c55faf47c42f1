/* model-chromium.c -- Chromium's own verifier (net/cert/pki, now in BoringSSL),
 * CertPathBuilder.
 *
 * It searches and goes back.  Candidates are sorted: trust anchors first, then
 * by key identifier, then those that are valid now.  Of an anchor the name and
 * key count; the browser's own are not asked for dates, what the administrator
 * added is, since 2023.  Here every anchor is, for the browser's own do not
 * expire while it is supported.
 *
 * Nobody was asked: how a browser is to be asked about a thousand worlds is open.
 */
#include "graph/path.h"

static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	static const unsigned by_key_id[] = {
		[KEY_IDS_MATCH] = 0, [KEY_IDS_ABSENT] = 1,
		[KEY_IDS_DIFFER] = 2,
	};
	const bool valid = path_valid(q, number, true) == PATH_OK;

	if (place != PLACE_ANCHORS && path_list_has(&q->anchors, number))
		return PATH_SKIP;
	return (place == PLACE_ANCHORS ? 0 : 8) +
	       2 * by_key_id[path_key_ids(q, a->path[a->n - 1], number)] +
	       (valid ? 0 : 1);
}

#define CHROMIUM_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_PEER_PURPOSE | \
			 CHECK_PURPOSES | CHECK_NAMES | CHECK_CRITICAL | \
			 CHECK_HOST | CHECK_MALFORMED | CHECK_DISTRUST | \
			 CHECK_HASH | ANY_PURPOSE | ANCHOR_UNCHECKED | \
			 ANCHOR_DATES)

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
	.build = chromium_build,
};
