/* model-mozpkix.c -- mozilla::pkix (Firefox, Thunderbird), BuildCertChain() with
 * NSSCertDBTrustDomain::FindIssuer().
 *
 * It searches and goes back: for each certificate every issuer of its name is
 * tried.  Everything is asked of a candidate before its own issuer is looked
 * for, and signatures last.  At most six intermediates are used.  Anchors need
 * not be self-signed; they are asked for all that others are asked, dates, too.
 * What an intermediate is for must include what is wanted.  No CN is a host's
 * name, and its certificate is no authority's, as CheckBasicConstraints() has it
 * (ERROR_CA_CERT_USED_AS_END_ENTITY).
 *
 * Surprising: what was sent is tried before what the database has, so a root that
 * a server sends is preferred to a better one beside it in the database, from
 * which self-issued ones are taken first, and of these that which begins last.
 * A self-signed certificate that is no anchor is never used.
 */
#include "graph/path.h"

/* MAX_SUBCA_COUNT, and the peer and the anchor */
#define MOZPKIX_LONGEST	8

static size_t place_in(const struct path_list *list, size_t number)
{
	size_t i = 0;

	while (i < list->n && list->items[i] != number)
		i++;
	return i;
}

/* How many of LIST begin after NUMBER: CERT_SortCBValidity(), which is asked for
 * a time at which none is valid.  */
static size_t begin_later(const struct path_question *q,
			  const struct path_list *list, size_t number)
{
	const int64_t begins =
		path_pool_get(q->pool, number)->certificate.not_before;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += path_pool_get(q->pool, list->items[i])
			     ->certificate.not_before > begins;
	return n;
}

static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	const struct path_certificate *c = path_pool_get(q->pool, number);
	const bool anchor = path_list_has(&q->anchors, number);
	const size_t sent = place_in(&q->sent, number);
	const size_t all = q->anchors.n + q->store.n;

	(void)a;
	/* one that is in several places is tried once, as what it is trusted
	 * for, when the first of these places is looked at */
	if (place == PLACE_CACHED || (place != PLACE_ANCHORS && anchor) ||
	    (place == PLACE_STORE && sent < q->sent.n))
		return PATH_SKIP;
	/* ShouldSkipSelfSignedNonTrustAnchor() */
	if (!anchor && c->certificate.self_signed)
		return PATH_SKIP;
	if (sent < q->sent.n)
		return (unsigned)sent;
	return (unsigned)(q->sent.n + (c->self_issued ? 0 : all) +
			  begin_later(q, &q->anchors, number) +
			  begin_later(q, &q->store, number));
}

#define MOZPKIX_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_PEER_USAGE | \
			 CHECK_PEER_PURPOSE | CHECK_PURPOSES | CHECK_NAMES | \
			 CHECK_CRITICAL | CHECK_HOST | CHECK_MALFORMED | \
			 CHECK_DISTRUST | CHECK_HASH | CHECK_PEER_NO_CA)

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
	.verified = "Firefox 153.8.0esr",
	.build = mozpkix_build,
};
