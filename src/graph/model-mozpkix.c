/* model-mozpkix.c -- mozilla::pkix (Firefox, Thunderbird), BuildCertChain().
 *
 * It searches and goes back: for each certificate every issuer of its name is
 * tried, roots before intermediates.  Everything is asked of a candidate before
 * its own issuer is looked for, and signatures last.  At most six intermediates
 * are used.  Anchors need not be self-signed; they are asked for dates, and what
 * an intermediate is for must include what is wanted.  No CN is a host's name.
 * Nobody was asked.
 */
#include "graph/path.h"

/* MAX_SUBCA_COUNT, and the peer and the anchor */
#define MOZPKIX_LONGEST	8

static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	(void)a;
	if (place != PLACE_ANCHORS && path_list_has(&q->anchors, number))
		return PATH_SKIP;
	return place == PLACE_ANCHORS ? 0 : 1;
}

#define MOZPKIX_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_PEER_USAGE | \
			 CHECK_PEER_PURPOSE | CHECK_PURPOSES | CHECK_NAMES | \
			 CHECK_CRITICAL | CHECK_HOST | CHECK_MALFORMED | \
			 CHECK_DISTRUST | CHECK_HASH)

static void mozpkix_build(const struct path_question *q,
			  struct path_answer *ret_answer)
{
	static const struct path_strategy strategy = {
		.checks = MOZPKIX_CHECKS,
		.end_checks = MOZPKIX_CHECKS,
		.order = order_of,
		.longest = MOZPKIX_LONGEST,
	};

	path_search_by(q, &strategy, ret_answer);
}

const struct path_model model_mozpkix = {
	.id = "mozpkix",
	.title = N_("Firefox and Thunderbird"),
	.build = mozpkix_build,
};
