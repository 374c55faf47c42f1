/* model-java.c -- Java's CertPathBuilder ("PKIX" of the provider Sun), and the
 * trust manager of its TLS clients, which asks that builder only when what was
 * sent is not a chain already.
 *
 * The builder searches and goes back.  Everything in the trust store is an
 * anchor, self-signed or not, and nothing is asked of one but, surprisingly, its
 * dates when it did not issue the peer itself: the selector that finds issuers
 * is made once, and the date is set in it after the anchors were looked through
 * for the first time.  At most five intermediates are used, self-issued ones not
 * counted.  Key identifiers decide the order alone; those that match are tried
 * in the reverse order of hash tables, so that what was sent comes before the
 * anchors.  (What is sent and an anchor is in the tree of candidates once or
 * twice, which depends on how it was balanced; here it is there once.)
 *
 * The trust manager takes what was sent as the path when each names the next as
 * its issuer, up to one with the name and key of an anchor, and there is no
 * second try then.  The anchor is asked to be an authority, and not for dates.
 */
#include <string.h>

#include "graph/path.h"

/* PKIXBuilderParameters.getMaxPathLength(), unless somebody sets it.  */
#define JAVA_INTERMEDIATES	5

/* Of issuers of one name that were sent, up to twelve.  */
#define JAVA_TABLE	16u

static size_t intermediates_of(const struct path_question *q,
			       const struct path_answer *a)
{
	size_t n = 0;

	for (size_t i = 1; i < a->n; i++)
		if (!path_at(q, a, i)->self_issued)
			n++;
	return n;
}

/* Where java.util.HashMap keeps a certificate: Arrays.hashCode() of its bytes,
 * in a table of SIZE, a power of two.  */
static unsigned bucket_of(const struct path_question *q, size_t number,
			  unsigned size)
{
	const struct blob der = path_pool_get(q->pool, number)->certificate.der;
	uint32_t hash = 1;

	for (size_t i = 0; i < der.n; i++)
		hash = 31 * hash + (uint32_t)(int32_t)(int8_t)der.p[i];
	return (hash ^ hash >> 16) & (size - 1);
}

/* The table of N that begins with SIZE and grows when it is full by three
 * quarters.  */
static unsigned table_size(size_t n, unsigned size)
{
	while (n > size / 4 * 3 + size % 4 * 3 / 4 && size < 1u << 24)
		size *= 2;
	return size;
}

static unsigned power_of_two(size_t n)
{
	unsigned size = 1;

	while (size < n && size < 1u << 24)
		size *= 2;
	return size;
}

static bool is_anchors_name(const struct path_question *q, size_t number)
{
	for (size_t i = 0; i < q->anchors.n; i++)
		if (path_names_match(q, number, q->anchors.items[i]))
			return true;
	return false;
}

/* PKIXCertComparator, as far as it tells issuers of one name apart: by key
 * identifier, then those which an anchor can have issued.  A new one is put in
 * front of its equals.  */
static unsigned class_of(const struct path_question *q, size_t child,
			 size_t number)
{
	if (path_key_ids(q, child, number) == KEY_IDS_MATCH)
		return 0;
	return is_anchors_name(q, number) ? 1 : 2;
}

/* Its place in a table of SIZE, those of one bucket as they were put in.  */
static unsigned rank_of(const struct path_question *q, size_t number,
			const struct path_list *in, unsigned size)
{
	unsigned i = 0;

	while (i < in->n && i < 0xfff && in->items[i] != number)
		i++;
	return (bucket_of(q, number, size) & 0x7fff) << 12 | i;
}

/* Anchors were put in front of each other before what was sent was put in front
 * of them.  */
static unsigned order_of(const struct path_question *q,
			 const struct path_answer *a, size_t number,
			 enum path_place place)
{
	const unsigned class = class_of(q, a->path[a->n - 1], number);
	const bool valid = path_valid(q, number, true) == PATH_OK;
	const bool anchor = place == PLACE_ANCHORS;
	const unsigned size = anchor
		? table_size(q->anchors.n, power_of_two(q->anchors.n))
		: JAVA_TABLE;

	if (anchor ? a->n > 1 && !valid
		   : place != PLACE_SENT || !valid ||
		     path_list_has(&q->anchors, number) ||
		     intermediates_of(q, a) >= JAVA_INTERMEDIATES)
		return PATH_SKIP;
	return (2 * class + anchor) << 28 |
	       (0x7ffffff - rank_of(q, number, anchor ? &q->anchors : &q->sent,
				    size));
}

#define JAVA_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_NAMES | CHECK_CRITICAL | \
			 CHECK_MALFORMED | CHECK_DISTRUST | CHECK_HASH | \
			 CHECK_PEER_PURPOSE | ANY_PURPOSE | ANCHOR_UNCHECKED)

static const struct path_strategy builder = {
	.checks = JAVA_CHECKS,
	.end_checks = JAVA_CHECKS | CHECK_POLICY,
	.order = order_of,
};

static void java_build(const struct path_question *q,
		       struct path_answer *ret_answer)
{
	struct path_question all = path_trust_store(q);

	path_search_by(&all, &builder, ret_answer);
	/* The builder knows no hosts; who asks it for a server compares them.  */
	if (ret_answer->accepted)
		ret_answer->accepted = path_check(&all, CHECK_HOST | COMMON_NAME,
						  true, ret_answer) == PATH_OK;
	path_trust_store_done(&all);
}

/* ---- the trust manager -----------------------------------------------------*/

/* An anchor with the name and key of NUMBER.  */
static bool has_anchors_key(const struct path_question *q, size_t number)
{
	const struct path_answer one = { .path = { number }, .n = 1 };

	for (size_t i = 0; i < q->anchors.n; i++)
		if (path_has_identity(q, &one, q->anchors.items[i]))
			return true;
	return false;
}

enum sent_is { SENT_A_CHAIN, SENT_TRUSTED, SENT_UNORDERED };

/* What was sent as far as each issued the one before it, by name, up to one
 * that is trusted, which is left off.  */
static enum sent_is chain_of(const struct path_question *q,
			     struct path_answer *a)
{
	path_push(a, q->peer);
	if (path_list_has(&q->anchors, q->peer))
		return SENT_TRUSTED;
	for (size_t i = 0; i < q->sent.n; i++) {
		const size_t next = q->sent.items[i];

		if (!path_names_match(q, a->path[a->n - 1], next))
			return SENT_UNORDERED;
		if (has_anchors_key(q, next))
			return SENT_A_CHAIN;
		if (!path_push(a, next))
			return SENT_UNORDERED;
	}
	return is_anchors_name(q, a->path[a->n - 1]) ? SENT_A_CHAIN
						     : SENT_UNORDERED;
}

static void chain_validate(const struct path_question *q,
			   const struct path_answer *chain,
			   struct path_answer *a)
{
	const size_t last = chain->path[chain->n - 1];

	*a = *chain;
	a->fault = PATH_NO_ISSUER;
	a->at = a->n - 1;
	for (size_t i = 0; i < q->anchors.n; i++) {
		const size_t anchor = q->anchors.items[i];

		if (!path_names_match(q, last, anchor) ||
		    path_key_ids(q, last, anchor) == KEY_IDS_DIFFER)
			continue;
		*a = *chain;
		if (!path_push(a, anchor)) {
			a->fault = PATH_TOO_LONG;
			break;
		}
		if (path_check(q, JAVA_CHECKS | CHECK_SIGNATURES | CHECK_POLICY,
			       true, a) == PATH_OK)
			break;
	}
}

/* PKIXValidator.verifyTrustAnchor(), of the anchor that was found; there is no
 * going back after it.  Then EndEntityChecker and the host's name.  */
static void judge(const struct path_question *q, struct path_answer *a)
{
	const struct extensions *e = &path_at(q, a, a->n - 1)->extensions;

	a->at = a->n - 1;
	if (a->n > 1 && !e->version_1 && !e->is_ca)
		a->fault = PATH_NOT_A_CA;
	else if (a->n > 1 && e->key_usage &&
		 (e->key_usage_bits & KEY_USAGE_CERT_SIGN) == 0)
		a->fault = PATH_KEY_USAGE;
	else
		path_check(q, CHECK_PEER_PURPOSE | CHECK_PEER_USAGE |
				   CHECK_HOST | ANY_PURPOSE | COMMON_NAME,
			   true, a);
}

static void tls_build(const struct path_question *q,
		      struct path_answer *ret_answer)
{
	struct path_question all = path_trust_store(q);
	struct path_answer chain = { .n = 0 }, a;

	switch (chain_of(&all, &chain)) {
	case SENT_A_CHAIN:
		chain_validate(&all, &chain, &a);
		break;
	case SENT_TRUSTED:
		a = chain;
		break;
	case SENT_UNORDERED:
		path_search_by(&all, &builder, &a);
		break;
	}
	if (a.fault == PATH_OK)
		judge(&all, &a);
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
	path_trust_store_done(&all);
}

const struct path_model model_java = {
	.id = "java",
	.title = N_("Java's CertPathBuilder"),
	.verified = "OpenJDK 17.0.15 (Debian), 25.0.3 (Temurin)",
	.build = java_build,
};

const struct path_model model_java_tls = {
	.id = "java-tls",
	.title = N_("Java's TLS clients"),
	.verified = "OpenJDK 17.0.15 (Debian), 25.0.3 (Temurin)",
	.build = tls_build,
};
