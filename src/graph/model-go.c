/* model-go.c -- Go's crypto/x509, Certificate.Verify() as crypto/tls calls it.
 *
 * It searches and goes back.  Everything in the pool of roots is an anchor,
 * self-signed or not, and anchors are tried before what was sent; in each pool
 * those whose key identifier is the one asked for come first, then those where
 * one of the two has none, then those with another: none is left out, so an
 * authorityKeyIdentifier that names another key changes nothing.
 *
 * Surprising: after a hundred issuers it gives up, whatever it was about to
 * find.  The anchor is asked for its dates, its path length and its purposes
 * like the others.  Self-issued certificates count for path lengths.  A
 * subjectAltName is needed, the CN is no host's name.
 */
#include "graph/path.h"

/* maxChainSignatureChecks */
#define GO_SIGNATURES	100

static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	const enum path_key_ids ids =
		path_key_ids(q, a->path[a->n - 1], number);

	if (place != PLACE_ANCHORS && place != PLACE_SENT)
		return PATH_SKIP;
	return (place == PLACE_ANCHORS ? 0u : 4u) +
	       (ids == KEY_IDS_MATCH ? 0u : ids == KEY_IDS_ABSENT ? 1u : 2u);
}

#define GO_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_NAMES | CHECK_CRITICAL | \
			 CHECK_HOST | CHECK_MALFORMED | CHECK_DISTRUST | \
			 CHECK_HASH | LENGTH_OF_ALL | ANY_PURPOSE)

static void go_build(const struct path_question *q,
		     struct path_answer *ret_answer)
{
	/* What a certificate is for is asked of whole paths.  */
	static const struct path_strategy strategy = {
		.checks = GO_CHECKS,
		.end_checks = GO_CHECKS | CHECK_PEER_PURPOSE |
			      CHECK_PURPOSES | CHECK_POLICY,
		.order = order_of,
		.steps = GO_SIGNATURES,
	};
	struct path_question all = path_trust_store(q);

	path_search_by(&all, &strategy, ret_answer);
	path_trust_store_done(&all);
}

const struct path_model model_go = {
	.id = "go",
	.title = N_("Go"),
	.verified = "Go 1.26.10",
	.build = go_build,
};
