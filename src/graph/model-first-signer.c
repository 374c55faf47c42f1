/* model-first-signer.c -- clients that take, step by step, the first certificate
 * that really signed the last one, a trusted one before one that was sent, and
 * never go back: Mbed TLS (mbedtls_x509_crt_verify()), strongSwan's credential
 * manager, GnuPG's dirmngr and Wine's crypt32.
 *
 * Mbed TLS passes over issuers that are no authorities, and takes one that is
 * not valid only when there is no other.  Mbed TLS and strongSwan end at any
 * trusted certificate, the others at a self-signed one.  Nobody was asked.
 */
#include "graph/path.h"

enum habits {
	AUTHORITIES = 1 << 0,		/* others are passed over */
	VALID_FIRST = 1 << 1,
	ROOTS_ONLY = 1 << 2,		/* a path ends at a self-signed one */
	ALL_PURPOSES = 1 << 3,		/* of intermediates, too */
};

static bool is_issuer(const struct path_question *q, unsigned habits,
		      size_t child, size_t issuer)
{
	const struct extensions *e = &path_pool_get(q->pool, issuer)->extensions;

	if (!path_names_match(q, child, issuer))
		return false;
	if ((habits & AUTHORITIES) != 0 && !e->version_1 &&
	    (!e->is_ca ||
	     (e->key_usage && (e->key_usage_bits & KEY_USAGE_CERT_SIGN) == 0)))
		return false;
	return path_pool_signed(q->pool, child, issuer) == 1;
}

/* PATH_NONE: there is none that is not on the path.  */
static size_t issuer_in(const struct path_question *q, unsigned habits,
			const struct path_list *list,
			const struct path_answer *a)
{
	const struct path_list path = { a->path, a->n };
	size_t found = PATH_NONE;

	for (size_t i = 0; i < list->n; i++) {
		const size_t number = list->items[i];

		if (path_list_has(&path, number) ||
		    !is_issuer(q, habits, a->path[a->n - 1], number))
			continue;
		if ((habits & VALID_FIRST) == 0 ||
		    path_valid(q, number, true) == PATH_OK)
			return number;
		if (found == PATH_NONE)
			found = number;
	}
	return found;
}

static bool is_end(const struct path_question *q, unsigned habits,
		   size_t number)
{
	return path_list_has(&q->anchors, number) &&
	       ((habits & ROOTS_ONLY) == 0 ||
		path_pool_get(q->pool, number)->certificate.self_signed);
}

static void build(const struct path_question *q, unsigned habits,
		  struct path_answer *a)
{
	path_push(a, q->peer);
	while (!is_end(q, habits, a->path[a->n - 1])) {
		size_t next = issuer_in(q, habits, &q->anchors, a);

		if (next == PATH_NONE)
			next = issuer_in(q, habits, &q->cached, a);
		if (next == PATH_NONE)
			next = issuer_in(q, habits, &q->sent, a);
		a->at = a->n - 1;
		if (next == PATH_NONE) {
			a->fault = path_at(q, a, a->at)->certificate.self_signed
				? PATH_UNTRUSTED : PATH_NO_ISSUER;
			return;
		}
		if (!path_push(a, next)) {
			a->fault = PATH_TOO_LONG;
			return;
		}
	}
	a->fault = PATH_OK;
}

static void answer(const struct path_question *q, unsigned habits,
		   struct path_answer *ret_answer)
{
	struct path_question all = path_trust_store(q);
	struct path_answer a = { .n = 0 };

	build(&all, habits, &a);
	if (a.fault == PATH_OK)
		path_check(&all, (CHECK_ALL & ~(unsigned)(CHECK_PURPOSES |
							  CHECK_POLICY)) |
				 (habits & ALL_PURPOSES ? CHECK_PURPOSES : 0) |
				 COMMON_NAME | ANY_PURPOSE,
			   true, &a);
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
	path_trust_store_done(&all);
}

static void mbedtls_build(const struct path_question *q,
			  struct path_answer *ret_answer)
{
	answer(q, AUTHORITIES | VALID_FIRST, ret_answer);
}

static void strongswan_build(const struct path_question *q,
			     struct path_answer *ret_answer)
{
	answer(q, AUTHORITIES, ret_answer);
}

static void gnupg_build(const struct path_question *q,
			struct path_answer *ret_answer)
{
	answer(q, ROOTS_ONLY, ret_answer);
}

static void wine_build(const struct path_question *q,
		       struct path_answer *ret_answer)
{
	answer(q, ROOTS_ONLY | VALID_FIRST | ALL_PURPOSES, ret_answer);
}

const struct path_model model_mbedtls = {
	.id = "mbedtls",
	.title = N_("Mbed TLS"),
	.build = mbedtls_build,
};

const struct path_model model_strongswan = {
	.id = "strongswan",
	.title = N_("strongSwan"),
	.build = strongswan_build,
};

const struct path_model model_gnupg = {
	.id = "gnupg",
	.title = N_("GnuPG's dirmngr"),
	.build = gnupg_build,
};

const struct path_model model_wine = {
	.id = "wine",
	.title = N_("Wine"),
	.build = wine_build,
};
