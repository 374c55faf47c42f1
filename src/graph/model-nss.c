/* model-nss.c -- NSS, CERT_VerifyCert() (curl with NSS, and what never asked for
 * libpkix).
 *
 * Of all certificates whose subject is the issuer's name, in the database and
 * sent ones together, it takes one: those with the key identifier asked for, or
 * with none when there is no such one, that are authorities by themselves or by
 * their trust; of these one that may sign certificates rather than one that may
 * not, a valid one rather than one that is not, a trusted one rather than
 * another, then the newer, then the one of the database that was put there
 * first, then the one that was sent last.  The path ends at the first that is
 * trusted.  It never goes back.
 *
 * Surprising: a certificate is valid a day before it begins.  The newer is the
 * one that begins and ends later; of two of which one begins and the other ends
 * later the former, unless that has expired.  A trusted certificate,
 * self-signed or not, is asked for all that others are asked.  What an
 * intermediate is for is not looked at.
 */
#include "graph/path.h"

/* CERT_MAX_CERT_CHAIN */
#define NSS_LONGEST	20

struct best {
	size_t number;
	bool signs;			/* may sign certificates */
	bool named;			/* has the key identifier */
};

static const struct certificate *certificate(const struct path_question *q,
					     size_t number)
{
	return &path_pool_get(q->pool, number)->certificate;
}

static bool is_valid(const struct path_question *q, size_t number)
{
	const struct certificate *c = certificate(q, number);

	return q->time >= c->not_before - PATH_EARLY &&
	       q->time <= c->not_after;
}

/* CERT_IsNewer() */
static bool is_newer(const struct path_question *q, size_t x, size_t y)
{
	const struct certificate *a = certificate(q, x);
	const struct certificate *b = certificate(q, y);
	const bool begins = a->not_before > b->not_before;
	const bool ends = a->not_after > b->not_after;

	if (begins == ends)
		return begins;
	return begins ? a->not_after >= q->time : b->not_after < q->time;
}

static bool is_authority(const struct path_question *q, size_t number)
{
	const struct path_certificate *c = path_pool_get(q->pool, number);

	if (path_list_has(&q->anchors, number))
		return true;
	return c->extensions.basic_constraints
		? c->extensions.is_ca
		: c->extensions.version_1 && c->certificate.self_signed;
}

static bool may_sign(const struct path_question *q, size_t number)
{
	const struct extensions *e = &path_pool_get(q->pool, number)->extensions;

	return !e->key_usage ||
	       (e->key_usage_bits & KEY_USAGE_CERT_SIGN) != 0;
}

static bool is_better(const struct path_question *q, const struct best *best,
		      const struct best *other)
{
	const bool valid = is_valid(q, best->number);
	const bool trusted = path_list_has(&q->anchors, best->number);

	if (best->signs != other->signs)
		return other->signs;
	if (valid != is_valid(q, other->number))
		return !valid;
	if (trusted != path_list_has(&q->anchors, other->number))
		return !trusted;
	return !is_newer(q, best->number, other->number);
}

/* BACK: from the last on.  Of equals the one that is seen last is taken.  */
static void consider(const struct path_question *q,
		     const struct path_list *list, bool back, size_t child,
		     struct best *best)
{
	for (size_t k = 0; k < list->n; k++) {
		const size_t i = back ? list->n - 1 - k : k;
		const size_t number = list->items[i];
		const enum path_key_ids ids = path_key_ids(q, child, number);
		struct best other = { .number = number,
				      .named = ids == KEY_IDS_MATCH };

		if (!path_names_match(q, child, number) ||
		    ids == KEY_IDS_DIFFER || (best->named && !other.named) ||
		    !is_authority(q, number))
			continue;
		other.signs = may_sign(q, number);
		if (best->number == PATH_NONE || other.named != best->named ||
		    is_better(q, best, &other))
			*best = other;
	}
}

static size_t issuer_of(const struct path_question *q, size_t child)
{
	const struct path_list peer = { &q->peer, 1 };
	struct best best = { .number = PATH_NONE };

	consider(q, &peer, false, child, &best);
	consider(q, &q->sent, false, child, &best);
	consider(q, &q->anchors, true, child, &best);
	consider(q, &q->store, true, child, &best);
	return best.number;
}

static void build(const struct path_question *q, struct path_answer *a)
{
	path_push(a, q->peer);
	for (;;) {
		const size_t next = issuer_of(q, a->path[a->n - 1]);

		a->at = a->n - 1;
		a->fault = PATH_NO_ISSUER;
		if (next == PATH_NONE)
			return;
		a->fault = PATH_TOO_LONG;
		if (a->n >= NSS_LONGEST || !path_push(a, next))
			return;
		a->at = a->n - 1;
		a->fault = PATH_OK;
		if (path_list_has(&q->anchors, next))
			return;
		a->fault = PATH_UNTRUSTED;
		if (certificate(q, next)->self_signed)
			return;
	}
}

static void nss_build(const struct path_question *q,
		      struct path_answer *ret_answer)
{
	struct path_answer a = { .n = 0 };

	build(q, &a);
	if (a.fault == PATH_OK)
		path_check(q, CHECK_SIGNATURES | CHECK_DATES | CHECK_CA |
				   CHECK_LENGTH | CHECK_KEY_USAGE |
				   CHECK_PEER_USAGE | CHECK_PEER_PURPOSE |
				   CHECK_NAMES | CHECK_CRITICAL | CHECK_HOST |
				   CHECK_MALFORMED | CHECK_DISTRUST |
				   DATES_EARLY | COMMON_NAME | ANY_PURPOSE,
			   true, &a);
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
}

const struct path_model model_nss = {
	.id = "nss",
	.title = N_("NSS"),
	.verified = "NSS 3.87.1",
	.build = nss_build,
};
