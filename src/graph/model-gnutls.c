/* model-gnutls.c -- GnuTLS, gnutls_x509_trust_list_verify_crt2(): as gnutls-cli,
 * wget and others call it, with a purpose, and as libcurl-gnutls does, which
 * names none, so that no extendedKeyUsage is looked at.
 *
 * What was sent is put into order first: the issuer of each is the first one
 * sent that fits, by name and key identifier; a self-issued one ends it.  What
 * is left over follows behind, until a trusted certificate can have issued the
 * last, so that a chain may be refused for what need not have been sent.  A
 * self-issued end is dropped.
 *
 * Then only trusted certificates count whose name is the last one's issuer's:
 * the first of the chain that has the name and key of such a one gives way to
 * it, else it must have issued the last; of several that fit the last valid one
 * is the anchor, else the first.  Only when there is none, or something has
 * expired, trusted ones with the last one's own name are tried like this.  It
 * never goes back otherwise.
 *
 * Surprising: everything in the trust list is an anchor, self-signed or not, and
 * yet one in the middle of the chain is not seen when the chain goes on to
 * another trusted one.  Name constraints are asked of the peer only.  A purpose
 * that is "any" does for the peer and not for an intermediate; the anchor's are
 * not looked at.
 */
#include <string.h>

#include "graph/path.h"

/* DEFAULT_MAX_VERIFY_DEPTH; a longer chain is not put into order.  */
#define GNUTLS_DEPTH	16

static bool is_issuer(const struct path_question *q, size_t child,
		      size_t issuer)
{
	return path_names_match(q, child, issuer) &&
	       path_key_ids(q, child, issuer) != KEY_IDS_DIFFER;
}

static bool is_issuer_of_itself(const struct path_question *q, size_t number)
{
	return is_issuer(q, number, number);
}

struct chain {
	size_t items[GNUTLS_DEPTH], n;
};

/* Brings those of C from BEGIN on into order, whose first stays: each is
 * followed by the first that fits as its issuer, and what is left over keeps
 * its order behind.  Returns where the ordered part ends.  */
static size_t segment_sort(const struct path_question *q, struct chain *c,
			   size_t begin)
{
	size_t end = begin + 1;

	while (!is_issuer_of_itself(q, c->items[end - 1])) {
		size_t i = end, next;

		while (i < c->n &&
		       !is_issuer(q, c->items[end - 1], c->items[i]))
			i++;
		if (i == c->n)
			break;
		next = c->items[i];
		memmove(c->items + end + 1, c->items + end,
			(i - end) * sizeof(c->items[0]));
		c->items[end++] = next;
	}
	return end;
}

static bool is_known(const struct path_question *q, size_t child)
{
	for (size_t i = 0; i < q->anchors.n; i++)
		if (is_issuer(q, child, q->anchors.items[i]))
			return true;
	return false;
}

/* What was sent, in order; the chain ends where the issuer of an ordered part
 * is trusted, so that parts that lead nowhere remain before it.  */
static void chain_sort(const struct path_question *q, struct path_answer *a)
{
	struct chain c = { .items = { q->peer }, .n = 1 };
	size_t end = 0;

	if (q->sent.n >= GNUTLS_DEPTH) {
		path_push(a, q->peer);
		for (size_t i = 0; i < q->sent.n; i++)
			path_push(a, q->sent.items[i]);
		return;
	}
	for (size_t i = 0; i < q->sent.n; i++) {
		const struct path_list so_far = { c.items, c.n };

		if (!path_list_has(&so_far, q->sent.items[i]))
			c.items[c.n++] = q->sent.items[i];
	}
	while (end < c.n) {
		end = segment_sort(q, &c, end);
		if (is_known(q, c.items[end - 1]))
			c.n = end;
	}
	for (size_t i = 0; i < c.n; i++)
		path_push(a, c.items[i]);
}

static void chain_cut(const struct path_question *q, struct path_answer *a)
{
	const size_t end = a->path[a->n - 1];

	if (a->n > 1 && is_issuer_of_itself(q, end))
		a->n--;
}

static bool is_named(const struct path_question *q, size_t number,
		     const uint8_t name[SHA256_SIZE])
{
	return memcmp(path_pool_get(q->pool, number)
			      ->certificate.subject_sha256,
		      name, SHA256_SIZE) == 0;
}

/* The trusted one that stands for the certificate at AT of the chain: the peer
 * must be that one, others may be another certificate of its key.  */
static size_t trusted_twin(const struct path_question *q,
			   const struct path_answer *a, size_t at,
			   const uint8_t name[SHA256_SIZE])
{
	const struct path_answer one = { .path = { a->path[at] }, .n = 1 };

	for (size_t i = 0; i < q->anchors.n; i++) {
		const size_t number = q->anchors.items[i];

		if (is_named(q, number, name) &&
		    (at == 0 ? number == a->path[0]
			     : path_has_identity(q, &one, number)))
			return number;
	}
	return PATH_NONE;
}

static size_t trusted_issuer(const struct path_question *q, size_t child,
			     const uint8_t name[SHA256_SIZE])
{
	size_t found = PATH_NONE;

	for (size_t i = 0; i < q->anchors.n; i++) {
		const size_t number = q->anchors.items[i];

		if (is_named(q, number, name) && is_issuer(q, child, number) &&
		    (found == PATH_NONE ||
		     path_valid(q, number, false) == PATH_OK))
			found = number;
	}
	return found;
}

/* From the anchor down, so that a gap in the chain shows only when all above it
 * is good.  */
static void judge(const struct path_question *q, bool purpose,
		  struct path_answer *a)
{
	const unsigned checks = CHECK_SIGNATURES | CHECK_DATES | CHECK_CA |
		CHECK_LENGTH | CHECK_KEY_USAGE | CHECK_NAMES | CHECK_CRITICAL |
		CHECK_MALFORMED | CHECK_DISTRUST | CHECK_HASH | LENGTH_OF_ALL |
		FROM_ANCHOR |
		(purpose ? CHECK_PURPOSES | ANCHOR_ANY_PURPOSE : 0);
	struct path_answer above = { .n = 0 };
	size_t at = a->n - 1;

	while (at > 0 && is_issuer(q, a->path[at - 1], a->path[at]))
		at--;
	for (size_t i = at; i < a->n; i++)
		path_push(&above, a->path[i]);
	path_check(q, checks, true, &above);
	a->fault = above.fault;
	a->at = at + above.at;
	if (at > 0 && a->fault == PATH_OK) {
		a->fault = PATH_NO_ISSUER;
		a->at = at - 1;
	}
}

/* The chain against the trusted certificates called NAME.  */
static void verify(const struct path_question *q, bool purpose,
		   const uint8_t name[SHA256_SIZE], struct path_answer *a)
{
	size_t issuer;

	chain_cut(q, a);
	for (size_t at = 0; at < a->n; at++) {
		const size_t twin = trusted_twin(q, a, at, name);

		if (twin == PATH_NONE)
			continue;
		a->n = at;
		a->fault = path_valid(q, twin, true);
		if (at == 0 || a->fault != PATH_OK) {
			path_push(a, twin);
			a->at = a->n - 1;
			return;
		}
	}
	issuer = trusted_issuer(q, a->path[a->n - 1], name);
	if (issuer == PATH_NONE) {
		a->fault = PATH_NO_ISSUER;
		a->at = a->n - 1;
	} else if (!path_push(a, issuer)) {
		a->fault = PATH_TOO_LONG;
	} else {
		judge(q, purpose, a);
	}
}

static void build(const struct path_question *q, bool purpose,
		  struct path_answer *ret_answer)
{
	struct path_answer chain = { .n = 0 }, a;
	const struct certificate *last;

	chain_sort(q, &chain);
	chain_cut(q, &chain);
	last = &path_at(q, &chain, chain.n - 1)->certificate;
	a = chain;
	verify(q, purpose, last->issuer_sha256, &a);
	if ((a.fault == PATH_NO_ISSUER || a.fault == PATH_WEAK ||
	     a.fault == PATH_EXPIRED) &&
	    memcmp(last->issuer_sha256, last->subject_sha256,
		   SHA256_SIZE) != 0) {
		struct path_answer b = chain;

		verify(q, purpose, last->subject_sha256, &b);
		if (b.fault == PATH_OK || a.fault == PATH_NO_ISSUER)
			a = b;
	}
	if (a.fault == PATH_OK)
		path_check(q, CHECK_HOST | COMMON_NAME | ANY_PURPOSE |
				   (purpose ? CHECK_PEER_PURPOSE : 0),
			   true, &a);
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
}

static void gnutls_build(const struct path_question *q,
			 struct path_answer *ret_answer)
{
	struct path_question all = path_trust_store(q);

	build(&all, true, ret_answer);
	path_trust_store_done(&all);
}

static void curl_build(const struct path_question *q,
		       struct path_answer *ret_answer)
{
	struct path_question all = path_trust_store(q);

	build(&all, false, ret_answer);
	path_trust_store_done(&all);
}

const struct path_model model_gnutls = {
	.id = "gnutls",
	.title = N_("GnuTLS"),
	.verified = "GnuTLS 3.7.9",
	.build = gnutls_build,
};

const struct path_model model_gnutls_curl = {
	.id = "gnutls-curl",
	.title = N_("GnuTLS without a purpose, as libcurl-gnutls and apt"),
	.verified = "GnuTLS 3.7.9",
	.build = curl_build,
};

/* The trust list asks p11-kit's module for what it needs, which finds the same
 * issuers.  */
const struct path_model model_p11_kit = {
	.id = "p11-kit",
	.title = N_("GnuTLS with p11-kit's trust"),
	.build = gnutls_build,
};
