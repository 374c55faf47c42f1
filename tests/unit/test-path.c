/* test-path.c -- certification paths in worlds that no list of clients' verdicts
 * has: meshes, loops, many of one name, and the two outages of
 * tests/hosts/certificates.  Certificates without a file are made here, each
 * time with other keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "graph/path.h"

#include <cmocka.h>

#define FROM	INT64_C(1577836800)	/* 2020-01-01 */
#define NOW	INT64_C(1622505600)	/* 2021-06-01 */
#define UNTIL	INT64_C(1893456000)	/* 2030-01-01 */
#define MANY	1000

enum { KEYS = 4 };
static gnutls_x509_privkey_t keys[KEYS];

static int make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		if (gnutls_x509_privkey_init(&keys[i]) < 0 ||
		    gnutls_x509_privkey_generate(keys[i], GNUTLS_PK_ECDSA,
			GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) < 0)
			return -1;
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		gnutls_x509_privkey_deinit(keys[i]);
	return 0;
}

/* SUBJECT with key number KEY, by ISSUER with key number BY.  */
struct spec {
	const char *subject, *issuer;
	unsigned key, by;
	bool leaf;
	uint32_t serial;
};

static gnutls_x509_crt_t named(const char *name, unsigned key)
{
	char dn[64];
	gnutls_x509_crt_t crt;

	snprintf(dn, sizeof(dn), "CN=%s", name);
	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_set_dn(crt, dn, NULL), 0);
	assert_int_equal(gnutls_x509_crt_set_key(crt, keys[key]), 0);
	return crt;
}

static size_t make(struct path_pool *pool, const struct spec *s)
{
	gnutls_x509_crt_t crt = named(s->subject, s->key);
	gnutls_x509_crt_t issuer = named(s->issuer, s->by);
	const uint8_t serial[] = { 1, (uint8_t)(s->serial >> 16),
				   (uint8_t)(s->serial >> 8),
				   (uint8_t)s->serial };
	gnutls_datum_t der;
	size_t number;

	assert_int_equal(gnutls_x509_crt_set_version(crt, 3), 0);
	assert_int_equal(gnutls_x509_crt_set_serial(crt, serial,
						    sizeof(serial)), 0);
	assert_int_equal(gnutls_x509_crt_set_activation_time(crt, FROM), 0);
	assert_int_equal(gnutls_x509_crt_set_expiration_time(crt, UNTIL), 0);
	assert_int_equal(gnutls_x509_crt_set_basic_constraints(crt, !s->leaf,
							       -1), 0);
	assert_int_equal(gnutls_x509_crt_sign2(crt, issuer, keys[s->by],
					       GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER,
						 &der), 0);
	assert_int_equal(path_pool_add(pool, (struct blob){ der.data, der.size },
				       &number, NULL), 0);
	gnutls_free(der.data);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_crt_deinit(issuer);
	return number;
}

static struct path_answer ask(const struct path_question *q, const char *id)
{
	const struct path_model *m = id != NULL ? path_model_find(id) : NULL;
	struct path_answer a = { .n = 0 };

	if (id != NULL && m == NULL)
		fail_msg("there is no model %s", id);
	if (m == NULL)
		path_search(q, &a);
	else
		m->build(q, &a);
	assert_true(a.fault < PATH_FAULTS);
	assert_int_equal(a.accepted, a.fault == PATH_OK);
	assert_true(a.n > 0 && a.n <= LIMIT_PATH_LENGTH);
	assert_int_equal(a.path[0], q->peer);
	return a;
}

static void everybody_says(const struct path_question *q, bool accepted)
{
	assert_int_equal(ask(q, NULL).accepted, accepted);
	for (size_t i = 0; path_models[i] != NULL; i++)
		if (ask(q, path_models[i]->id).accepted != accepted)
			fail_msg("%s: %s", path_models[i]->id,
				 accepted ? "refused" : "accepted");
}

/* Three that sign each other in a ring, and no anchor above; then one.  */
static void test_loop(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	const size_t sent[] = {
		make(pool, &(struct spec){ "A", "B", 1, 2, false, 1 }),
		make(pool, &(struct spec){ "B", "C", 2, 3, false, 2 }),
		make(pool, &(struct spec){ "C", "A", 3, 1, false, 3 }),
	};
	const size_t anchors[] = {
		make(pool, &(struct spec){ "Other", "Other", 0, 0, false, 4 }),
		make(pool, &(struct spec){ "C", "C", 3, 3, false, 5 }),
	};
	struct path_question q = {
		.pool = pool, .sent = { sent, 3 }, .anchors = { anchors, 1 },
		.time = NOW,
		.peer = make(pool, &(struct spec){ "Leaf", "A", 0, 1, true, 6 }),
	};

	(void)state;
	everybody_says(&q, false);
	q.anchors.n = 2;
	assert_true(ask(&q, NULL).accepted);
	assert_true(ask(&q, "go").accepted);
	assert_int_equal(ask(&q, "go").n, 4);
	assert_true(ask(&q, "openssl").accepted);
}

/* Sixteen that all signed each other: there are more paths than can be tried.  */
static void test_mesh(void **state)
{
	enum { MESH = 16 };
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	size_t sent[MESH * MESH], anchor, n = 0;
	struct path_question q = { .pool = pool, .time = NOW };
	char names[MESH][16];
	time_t began = time(NULL);

	(void)state;
	for (size_t k = 0; k < MESH; k++)
		snprintf(names[k], sizeof(names[k]), "Mesh %zu", k);
	for (uint32_t i = 0; i < MESH * MESH; i++) {
		const size_t of = i % MESH, by = i / MESH;

		sent[n++] = make(pool, &(struct spec){ names[of], names[by],
						1 + of % 3, 1 + by % 3, false, i });
	}
	anchor = make(pool, &(struct spec){ "Other", "Other", 0, 0, false, 1 });
	q.anchors = (struct path_list){ &anchor, 1 };
	q.sent = (struct path_list){ sent, n };
	q.peer = make(pool, &(struct spec){ "Leaf", names[0], 0, 1, true, 2 });
	assert_int_equal(ask(&q, NULL).fault, PATH_LIMIT);
	for (size_t i = 0; path_models[i] != NULL; i++)
		assert_false(ask(&q, path_models[i]->id).accepted);
	/* under a sanitizer, too, it is seconds */
	assert_true(time(NULL) - began < 120);
}

/* A thousand of one name that did not sign it, and one that did, the last: the
 * complete search finds it, and Go gives up after a hundred.  */
static void test_many_of_one_name(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	size_t sent[MANY + 1], anchor;
	struct path_question q = { .pool = pool, .time = NOW };
	struct path_answer a;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		sent[i] = make(pool, &(struct spec){ "CA", "Root", 3, 0, false,
						     i });
	sent[MANY] = make(pool, &(struct spec){ "CA", "Root", 1, 0, false, MANY });
	anchor = make(pool, &(struct spec){ "Root", "Root", 0, 0, false, 1 });
	q.anchors = (struct path_list){ &anchor, 1 };
	q.sent = (struct path_list){ sent, MANY + 1 };
	q.peer = make(pool, &(struct spec){ "Leaf", "CA", 2, 1, true, 2 });
	a = ask(&q, NULL);
	assert_true(a.accepted);
	assert_int_equal(a.path[1], sent[MANY]);
	assert_int_equal(ask(&q, "go").fault, PATH_TOO_LONG);
	assert_int_equal(ask(&q, "openssl").fault, PATH_SIGNATURE);
}

/* Its names are one, but another key signed it: self-issued, no root, and no
 * issuer of itself.  */
static void test_signed_by_another_key(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	const size_t renewed =
		make(pool, &(struct spec){ "Root", "Root", 1, 0, false, 1 });
	const size_t root =
		make(pool, &(struct spec){ "Root", "Root", 0, 0, false, 2 });
	const size_t peer =
		make(pool, &(struct spec){ "Leaf", "Root", 2, 1, true, 3 });
	struct path_question q = {
		.pool = pool, .peer = peer, .time = NOW, .sent = { &renewed, 1 },
		.anchors = { &renewed, 0 },
	};
	struct path_answer a;

	(void)state;
	assert_true(path_pool_get(pool, renewed)->self_issued);
	assert_false(path_pool_get(pool, renewed)->certificate.self_signed);
	everybody_says(&q, false);
	/* key rollover (RFC 5280 6.1: self-issued certificates) */
	q.anchors = (struct path_list){ &root, 1 };
	a = ask(&q, NULL);
	assert_true(a.accepted);
	assert_int_equal(a.n, 3);
	assert_int_equal(a.path[2], root);
	assert_true(ask(&q, "go").accepted);
}

/* One that issued itself and is no authority; as an anchor it is trusted.  */
static void test_leaf_is_its_own_issuer(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	const size_t peer =
		make(pool, &(struct spec){ "Leaf", "Leaf", 0, 0, true, 1 });
	const size_t other =
		make(pool, &(struct spec){ "Root", "Root", 1, 1, false, 2 });
	struct path_question q = {
		.pool = pool, .peer = peer, .time = NOW,
		.anchors = { &other, 1 }, .sent = { &peer, 1 },
	};
	struct path_answer a;

	(void)state;
	everybody_says(&q, false);
	q.anchors = (struct path_list){ &peer, 1 };
	a = ask(&q, NULL);
	assert_true(a.accepted);
	assert_int_equal(a.n, 1);
	assert_true(ask(&q, "openssl").accepted);
	assert_true(ask(&q, "gnutls").accepted);
}

static void test_limits_of_lists(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	struct path_question q = {
		.pool = pool, .time = NOW,
		.peer = make(pool, &(struct spec){ "Leaf", "CA", 0, 1, true, 1 }),
	};

	(void)state;
	everybody_says(&q, false);	/* of nothing at all */
	q.distrusted = (struct path_list){ &q.peer, 1 };
	q.anchors = (struct path_list){ &q.peer, 1 };
	assert_int_equal(ask(&q, NULL).fault, PATH_DISTRUSTED);
}

/* ---- the outages -----------------------------------------------------------*/

static size_t load(struct path_pool *pool, const char *name)
{
	const char *top = getenv("srcdir");
	gnutls_datum_t text;
	struct pem_block block;
	uint64_t at = 0;
	char path[1024];
	size_t number;

	snprintf(path, sizeof(path), "%s/tests/hosts/certificates/%s.pem",
		 top ? top : ".", name);
	assert_int_equal(gnutls_load_file(path, &text), 0);
	assert_int_equal(pem_next((struct blob){ text.data, text.size }, &at,
				  &block), 1);
	assert_int_equal(path_pool_add(pool, (struct blob){ block.der,
							    block.der_n },
				       &number, NULL), 0);
	free(block.der);
	gnutls_free(text.data);
	return number;
}

#define DURING	INT64_C(1632528000)	/* 2021-09-25 */
#define AFTER	INT64_C(1633046400)	/* 2021-10-01 */

/* 24 September 2021: who still has the cached intermediate and the old root no
 * more.  */
static void test_dst_2021(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	const size_t departing = load(pool, "dst-2021/dst-root-ca-x3");
	const size_t by_departing = load(pool, "dst-2021/r3-by-dst");
	const size_t anchors[] = { load(pool, "dst-2021/isrg-root-x1"),
				   departing };
	const size_t sent[] = { load(pool, "dst-2021/r3-by-isrg-x1"),
				load(pool, "dst-2021/isrg-root-x1-by-dst") };
	const size_t cached[] = { by_departing, departing };
	struct path_question q = {
		.pool = pool, .time = DURING, .host = "leaf.example",
		.purpose = PURPOSE_SERVER_AUTH, .anchors = { anchors, 1 },
		.sent = { sent, 2 }, .cached = { cached, 2 },
		.peer = load(pool, "dst-2021/leaf"),
	};

	(void)state;
	assert_true(ask(&q, NULL).accepted);
	assert_true(ask(&q, "openssl").accepted);
	assert_true(ask(&q, "go").accepted);
	assert_int_equal(ask(&q, "dotnet").fault, PATH_UNTRUSTED);
	q.time = AFTER;
	assert_false(ask(&q, "dotnet").accepted);
	q.cached.n = 1;
	assert_int_equal(ask(&q, "dotnet").path[1], sent[0]);
	assert_true(ask(&q, "dotnet").accepted);
	q.time = DURING;
	assert_int_equal(ask(&q, "dotnet").fault, PATH_NO_ISSUER);
	q.anchors.n = 2;	/* before the update */
	assert_true(ask(&q, "dotnet").accepted);
	assert_int_equal(ask(&q, "dotnet").path[1], by_departing);
	q.anchors.n = 1;
	q.cached.n = 0;
	assert_true(ask(&q, "dotnet").accepted);
	assert_int_equal(ask(&q, "dotnet").path[1], sent[0]);
}

/* 30 May 2020: old OpenSSL and GnuTLS follow the cross-sign to its end.  */
static void test_addtrust_2020(void **state)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	const size_t anchors[] = {
		load(pool, "addtrust-2020/addtrust-external-ca-root"),
		load(pool, "addtrust-2020/usertrust-rsa"),
	};
	const size_t sent =
		load(pool, "addtrust-2020/usertrust-rsa-by-addtrust");
	struct path_question q = {
		.pool = pool, .time = INT64_C(1590969600), /* 2020-06-01 */
		.anchors = { anchors, 2 }, .sent = { &sent, 1 },
		.peer = load(pool, "addtrust-2020/sectigo-rsa-dv"),
	};

	(void)state;
	assert_true(ask(&q, NULL).accepted);
	assert_int_equal(ask(&q, "openssl-1.0.2").fault, PATH_EXPIRED);
	assert_int_equal(ask(&q, "openssl-1.0.2").path[1], sent);
	assert_true(ask(&q, "openssl").accepted);
	assert_true(ask(&q, "go").accepted);
	assert_true(ask(&q, "java").accepted);
	q.time = INT64_C(1590796800);	/* 2020-05-30, in the morning */
	assert_true(ask(&q, "openssl-1.0.2").accepted);
}

static void test_models(void **state)
{
	(void)state;
	for (size_t i = 0; path_models[i] != NULL; i++) {
		assert_non_null(path_models[i]->title);
		assert_ptr_equal(path_model_find(path_models[i]->id),
				 path_models[i]);
	}
	assert_null(path_model_find("nobody"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_mesh),
		cmocka_unit_test(test_many_of_one_name),
		cmocka_unit_test(test_signed_by_another_key),
		cmocka_unit_test(test_leaf_is_its_own_issuer),
		cmocka_unit_test(test_limits_of_lists),
		cmocka_unit_test(test_dst_2021),
		cmocka_unit_test(test_addtrust_2020),
		cmocka_unit_test(test_models),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
