/* model-openssl.c -- OpenSSL since 1.1.1 (curl, Python, Node since 10, and most
 * of a distribution), X509_verify_cert() of crypto/x509/x509_vfy.c.
 *
 * The trust store comes before what was sent.  Of several candidates in one
 * place the first that is valid now is taken, and when none is the one that
 * expires last (3.x) or the last one (1.1.1); a single one is taken whatever its
 * dates.  It never goes back: a stranded old intermediate in the store defeats
 * a good one that was sent.  What is wrong with the path is looked at when it
 * has been chosen.
 *
 * A path ends where the store has a self-signed certificate; with partial
 * chains (curl, and what sets X509_V_FLAG_PARTIAL_CHAIN) at any of the store.
 */
#include "graph/path.h"

/* Signature and keyCertSign only count at the end.  */
static bool is_issuer(const struct path_question *q, size_t child,
		      size_t issuer)
{
	return path_names_match(q, child, issuer) &&
	       path_key_ids(q, child, issuer) != KEY_IDS_DIFFER &&
	       path_authority_serial_fits(q, child, issuer);
}

/* PATH_NONE: there is none.  Those on the path already are passed over, but for
 * the child itself, which may be self-signed.  */
static size_t issuer_in(const struct path_question *q,
			const struct path_list *list, unsigned how,
			const struct path_answer *a)
{
	const size_t child = a->path[a->n - 1];
	const struct path_list path = { a->path, a->n };
	size_t found = PATH_NONE;

	for (size_t i = 0; i < list->n; i++) {
		const size_t number = list->items[i];

		if (path_list_has(&path, number) ||
		    !is_issuer(q, child, number))
			continue;
		if (path_valid(q, number, false) == PATH_OK)
			return number;
		if (found == PATH_NONE || (how & OPENSSL_1_1) != 0 ||
		    path_pool_get(q->pool, number)->certificate.not_after >
		    path_pool_get(q->pool, found)->certificate.not_after)
			found = number;
	}
	return found;
}

static bool in_store(const struct path_question *q, size_t number)
{
	return path_list_has(&q->anchors, number) ||
	       path_list_has(&q->store, number);
}

/* The store's candidates are anchors and what else lies in it, which OpenSSL
 * does not tell apart.  */
static size_t issuer_in_store(const struct path_question *q, unsigned how,
			      const struct path_answer *a)
{
	size_t x = issuer_in(q, &q->anchors, how, a);
	size_t y = issuer_in(q, &q->store, how, a);

	if (x == PATH_NONE)
		return y;
	if (y != PATH_NONE && path_valid(q, x, false) != PATH_OK &&
	    (path_valid(q, y, false) == PATH_OK || (how & OPENSSL_1_1) != 0 ||
	     path_pool_get(q->pool, y)->certificate.not_after >
	     path_pool_get(q->pool, x)->certificate.not_after))
		return y;
	return x;
}

void path_build_openssl(const struct path_question *q, unsigned how,
			struct path_answer *a)
{
	bool trusted_only = false;

	path_push(a, q->peer);
	a->fault = PATH_NO_ISSUER;
	for (;;) {
		const size_t end = a->path[a->n - 1];
		const struct path_certificate *c =
			path_pool_get(q->pool, end);
		size_t next;

		a->at = a->n - 1;
		if (in_store(q, end) &&
		    (c->certificate.self_signed ||
		     (how & OPENSSL_PARTIAL) != 0)) {
			a->fault = PATH_OK;
			return;
		}
		next = c->self_issued && c->certificate.self_signed
			? PATH_NONE : issuer_in_store(q, how, a);
		if (next != PATH_NONE)
			trusted_only = true;
		else if (!trusted_only && !c->certificate.self_signed)
			next = issuer_in(q, &q->sent, how, a);
		if (next == PATH_NONE) {
			a->fault = c->certificate.self_signed
				? PATH_UNTRUSTED : PATH_NO_ISSUER;
			return;
		}
		if (!path_push(a, next)) {
			a->fault = PATH_TOO_LONG;
			return;
		}
	}
}

#define EXTENSIONS	(CHECK_CA | CHECK_LENGTH | CHECK_KEY_USAGE | \
			 CHECK_PEER_USAGE | CHECK_PEER_PURPOSE | \
			 CHECK_PURPOSES | CHECK_CRITICAL | CHECK_MALFORMED | \
			 CHECK_HOST | CHECK_DISTRUST)

/* In the order of verify_chain(): what extensions say, then signatures and dates
 * from the anchor down, then names and policies.  */
void path_judge_openssl(const struct path_question *q, unsigned but,
			struct path_answer *a)
{
	if (path_check(q, (EXTENSIONS & ~but) | COMMON_NAME, true, a) ==
		    PATH_OK &&
	    path_check(q, ((CHECK_SIGNATURES | CHECK_DATES) & ~but) |
			       DATES_EXCLUSIVE | FROM_ANCHOR,
		       true, a) == PATH_OK)
		path_check(q, ((CHECK_NAMES | CHECK_POLICY) & ~but) |
				   COMMON_NAME,
			   true, a);
}

static void answer(const struct path_question *q, unsigned how,
		   struct path_answer *ret_answer)
{
	struct path_answer a = { .n = 0 };

	path_build_openssl(q, how, &a);
	if (a.fault == PATH_OK)
		path_judge_openssl(q, 0, &a);
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
}

static void openssl_build(const struct path_question *q,
			  struct path_answer *ret_answer)
{
	answer(q, 0, ret_answer);
}

static void partial_build(const struct path_question *q,
			  struct path_answer *ret_answer)
{
	answer(q, OPENSSL_PARTIAL, ret_answer);
}

const struct path_model model_openssl = {
	.id = "openssl",
	.title = N_("OpenSSL since 1.1.1"),
	.verified = "OpenSSL 1.1.1w, 3.0.19; Node 10, 16, 20, 24",
	.build = openssl_build,
};

const struct path_model model_openssl_partial = {
	.id = "openssl-partial",
	.title = N_("OpenSSL with partial chains, as curl sets it"),
	.verified = "OpenSSL 3.0.19",
	.build = partial_build,
};

/* BoringSSL (gRPC, Bun, and Mono since 4.8, which builds it in) comes from 1.0.2
 * with the store looked at first.  */
static void boringssl_build(const struct path_question *q,
			    struct path_answer *ret_answer)
{
	answer(q, OPENSSL_1_1, ret_answer);
}

const struct path_model model_boringssl = {
	.id = "boringssl",
	.title = N_("BoringSSL"),
	.build = boringssl_build,
};

const struct path_model model_mono = {
	.id = "mono",
	.title = N_("Mono"),
	.build = boringssl_build,
};
