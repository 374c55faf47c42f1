/* model-openssl-old.c -- OpenSSL 1.0.2 (Node 6 and 8, and what is built with it
 * since), X509_verify_cert() of crypto/x509/x509_vfy.c.
 *
 * What was sent comes first: each is followed by the first one sent that fits,
 * whatever its dates, until none fits or a self-signed one comes, which is put
 * aside.  Then the trust store is looked through in the same way.  Only when
 * that led to no trusted root, the chain is cut back to the highest certificate
 * whose issuer the store has (since 1.0.2b).  A cross-sign that was sent is
 * followed to its expired root though a good one is in the store: this is the
 * outage of 30 May 2020.
 *
 * Surprising: an issuer whose keyUsage lacks keyCertSign is none, so that
 * another one is found; one without basicConstraints that has it is an
 * authority.  What comes from the store is asked for its dates and names only.
 */
#include "graph/path.h"

static bool is_issuer(const struct path_question *q, size_t child,
		      size_t issuer)
{
	const struct extensions *e = &path_pool_get(q->pool, issuer)->extensions;

	return path_names_match(q, child, issuer) &&
	       path_key_ids(q, child, issuer) != KEY_IDS_DIFFER &&
	       path_authority_serial_fits(q, child, issuer) &&
	       (!e->key_usage ||
		(e->key_usage_bits & KEY_USAGE_CERT_SIGN) != 0);
}

/* Its names are one, and its key identifiers do not say otherwise.  */
static bool is_end(const struct path_question *q, size_t number)
{
	return path_pool_get(q->pool, number)->self_issued &&
	       path_key_ids(q, number, number) != KEY_IDS_DIFFER;
}

static size_t issuer_in(const struct path_question *q,
			const struct path_list *list,
			const struct path_list *but, size_t child)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_issuer(q, child, list->items[i]) &&
		    !(but != NULL && path_list_has(but, list->items[i])))
			return list->items[i];
	return PATH_NONE;
}

static size_t last_of(const struct path_answer *a)
{
	return a->path[a->n - 1];
}

static void extend_sent(const struct path_question *q, struct path_answer *a)
{
	while (!is_end(q, last_of(a))) {
		const struct path_list used = { a->path, a->n };
		const size_t next = issuer_in(q, &q->sent, &used, last_of(a));

		if (next == PATH_NONE || !path_push(a, next))
			return;
	}
}

static void extend_trusted(const struct path_question *q, struct path_answer *a)
{
	while (!is_end(q, last_of(a))) {
		const size_t next = issuer_in(q, &q->anchors, NULL, last_of(a));

		if (next == PATH_NONE || !path_push(a, next))
			return;
	}
}

static bool is_trusted(const struct path_question *q,
		       const struct path_answer *a)
{
	return path_list_has(&q->anchors, last_of(a)) && is_end(q, last_of(a));
}

/* Cuts A back to ever lower certificates, from *N_SENT down, whose issuer is in
 * the store, until that leads to a trusted one.  *N_SENT: how much of the path
 * was sent.  */
static void cut_back(const struct path_question *q, struct path_answer *a,
		     size_t *n_sent)
{
	for (size_t n = *n_sent; !is_trusted(q, a) && n-- > 1;)
		if (issuer_in(q, &q->anchors, NULL, a->path[n - 1]) !=
		    PATH_NONE) {
			a->n = *n_sent = n;
			extend_trusted(q, a);
		}
}

static size_t build(const struct path_question *q, struct path_answer *a)
{
	size_t aside = PATH_NONE, n_sent;

	path_push(a, q->peer);
	extend_sent(q, a);
	if (a->n > 1 && is_end(q, last_of(a)))
		aside = a->path[--a->n];
	n_sent = a->n;
	extend_trusted(q, a);
	cut_back(q, a, &n_sent);
	a->at = a->n - 1;
	if (is_trusted(q, a)) {
		a->fault = PATH_OK;
	} else if (is_end(q, last_of(a))) {
		a->fault = PATH_UNTRUSTED;
	} else if (aside != PATH_NONE && is_issuer(q, last_of(a), aside)) {
		path_push(a, aside);
		a->fault = PATH_UNTRUSTED;
	} else {
		a->fault = PATH_NO_ISSUER;
	}
	return n_sent;
}

/* check_ca(): more than the RFC's.  */
static bool is_authority(const struct path_certificate *c)
{
	const struct extensions *e = &c->extensions;

	if (e->basic_constraints)
		return e->is_ca;
	return (e->version_1 && c->certificate.self_signed) || e->key_usage;
}

/* check_chain_extensions(): of what was sent only.  */
#define SENT_CHECKS	(CHECK_LENGTH | CHECK_KEY_USAGE | CHECK_PEER_USAGE | \
			 CHECK_PEER_PURPOSE | CHECK_PURPOSES | CHECK_CRITICAL)

static void judge(const struct path_question *q, size_t n_sent,
		  struct path_answer *a)
{
	struct path_answer sent = *a;

	sent.n = n_sent;
	for (size_t at = 1; at < n_sent; at++)
		if (!is_authority(path_at(q, a, at))) {
			a->fault = PATH_NOT_A_CA;
			a->at = at;
			return;
		}
	if (path_check(q, SENT_CHECKS, false, &sent) != PATH_OK) {
		a->fault = sent.fault;
		a->at = sent.at;
		return;
	}
	path_judge_openssl(q, SENT_CHECKS | CHECK_CA, a);
}

static void old_build(const struct path_question *q,
		      struct path_answer *ret_answer)
{
	struct path_question all = path_trust_store(q);
	struct path_answer a = { .n = 0 };
	const size_t n_sent = build(&all, &a);

	if (a.fault == PATH_OK)
		judge(&all, n_sent, &a);
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
	path_trust_store_done(&all);
}

const struct path_model model_openssl_old = {
	.id = "openssl-1.0.2",
	.title = N_("OpenSSL 1.0.2"),
	.verified = "OpenSSL 1.0.2r, Node 6.17.1 and 8.17.0",
	.build = old_build,
};
