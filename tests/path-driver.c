/* path-driver.c -- asks the complete search and every path model about cases
 * from outside, so that any suite of path validation can be converted and run.
 *
 *   path-driver [FILE]      a JSON array of cases; without FILE standard input
 *
 * A case is an object:
 *   id                       text, given back
 *   trusted_certs            anchors                              } arrays of PEM,
 *   store_certs              in the trust store without being such } may be absent
 *   cached_certs             in a store of intermediates           }
 *   untrusted_intermediates  as sent, in order, without the first  }
 *   peer_certificate         PEM
 *   validation_time          RFC 3339, null: now
 *   peer_name                a host's name or address, null: not checked; an
 *                            object's "value" likewise
 *   purpose                  "serverAuth" (or absent), "clientAuth", ...;
 *                            "any" or null: none is asked for
 *   expected_result          "SUCCESS", "FAILURE" or null: given back
 * It prints one array: per case id, expected_result and, for "complete" and for
 * each of "models" by id, { verdict: "accept" | "reject" | "unknown", path: the
 * SHA-256 of its certificates, the peer first, reason, section: of RFC 5280, at:
 * the SHA-256 of the certificate at fault or null }.  "unknown": a limit.
 * A certificate that does not decode is none; of the peer that is a refusal.
 * Status: 0, or 1 when the input is no such array.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "graph/path.h"

struct numbers {
	size_t *items;
	size_t n, cap;
};

static void add_pem(struct path_pool *pool, const char *text,
		    struct numbers *to)
{
	const struct blob in = { (const uint8_t *)text, strlen(text) };
	struct pem_block block;
	uint64_t at = 0;

	while (pem_next(in, &at, &block) == 1) {
		size_t number;

		if (block.der == NULL)
			continue;
		if (path_pool_add(pool, (struct blob){ block.der, block.der_n },
				  &number, NULL) == 0) {
			grow(&to->items, to->n, &to->cap, sizeof(*to->items));
			to->items[to->n++] = number;
		}
		free(block.der);
	}
}

static void add_list(struct path_pool *pool, const json_t *test,
		     const char *key, struct numbers *to)
{
	const json_t *list = json_object_get(test, key);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text != NULL)
			add_pem(pool, text, to);
	}
}

static struct path_list list_of(const struct numbers *n)
{
	return (struct path_list){ n->items, n->n };
}

static json_t *hash_of(const struct path_pool *pool, size_t number)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(path_pool_get(pool, number)->certificate.sha256,
		   SHA256_SIZE, hex);
	return json_string(hex);
}

static json_t *answer_json(const struct path_question *q,
			   const struct path_answer *a)
{
	json_t *path = json_array();

	for (size_t i = 0; i < a->n; i++)
		json_array_append_new(path, hash_of(q->pool, a->path[i]));
	return json_pack("{s:s, s:o, s:s, s:s, s:o}", "verdict",
			 a->accepted ? "accept"
			 : a->fault == PATH_LIMIT ? "unknown" : "reject",
			 "path", path, "reason", path_fault_name(a->fault),
			 "section", path_fault_section(a->fault), "at",
			 a->accepted || a->at >= a->n
				 ? json_null()
				 : hash_of(q->pool, a->path[a->at]));
}

static json_t *refused(void)
{
	return json_pack("{s:s, s:[], s:s, s:s, s:n}", "verdict", "reject",
			 "path", "reason", path_fault_name(PATH_MALFORMED),
			 "section", "4.1", "at");
}

static json_t *ask(const struct path_question *q, const struct path_model *m)
{
	struct path_answer a = { .n = 0 };

	if (q->peer == PATH_NONE)
		return refused();
	if (m == NULL)
		path_search(q, &a);
	else
		m->build(q, &a);
	return answer_json(q, &a);
}

static bool set_time(const json_t *test, struct path_question *q)
{
	const json_t *value = json_object_get(test, "validation_time");

	q->time = time(NULL);
	return value == NULL || json_is_null(value) ||
	       (json_is_string(value) &&
		time_parse(json_string_value(value), &q->time) == 0);
}

static bool set_purpose(const json_t *test, struct path_question *q)
{
	const json_t *value = json_object_get(test, "purpose");
	const char *word = json_string_value(value);

	q->purpose = PURPOSE_SERVER_AUTH;
	if (value == NULL)
		return true;
	q->purpose = 0;
	if (json_is_null(value) || (word && strcmp(word, "any") == 0))
		return true;
	q->purpose = word ? purposes_from_words(word) : 0;
	return q->purpose != 0;
}

static void set_host(const json_t *test, struct path_question *q)
{
	const json_t *value = json_object_get(test, "peer_name");

	if (json_is_object(value))
		value = json_object_get(value, "value");
	q->host = json_string_value(value);
}

static json_t *case_ask(const json_t *test)
{
	AUTO(path_pool) struct path_pool *pool = path_pool_new();
	struct numbers anchors = { .n = 0 }, store = { .n = 0 },
		       cached = { .n = 0 }, sent = { .n = 0 },
		       peer = { .n = 0 };
	struct path_question q = { .pool = pool };
	json_t *result = json_object(), *models = json_object();
	const char *text =
		json_string_value(json_object_get(test, "peer_certificate"));
	json_t *expected = json_object_get(test, "expected_result");

	add_list(pool, test, "trusted_certs", &anchors);
	add_list(pool, test, "store_certs", &store);
	add_list(pool, test, "cached_certs", &cached);
	add_list(pool, test, "untrusted_intermediates", &sent);
	if (text != NULL)
		add_pem(pool, text, &peer);
	q.anchors = list_of(&anchors);
	q.store = list_of(&store);
	q.cached = list_of(&cached);
	q.sent = list_of(&sent);
	q.peer = peer.n > 0 ? peer.items[0] : PATH_NONE;
	set_host(test, &q);
	json_object_set(result, "id", json_object_get(test, "id"));
	json_object_set_new(result, "expected_result",
			    expected ? json_incref(expected) : json_null());
	if (!set_time(test, &q) || !set_purpose(test, &q)) {
		json_object_set_new(result, "error", json_string(
			"validation_time or purpose is none"));
	} else {
		json_object_set_new(result, "complete", ask(&q, NULL));
		for (size_t i = 0; path_models[i] != NULL; i++)
			json_object_set_new(models, path_models[i]->id,
					    ask(&q, path_models[i]));
		json_object_set(result, "models", models);
	}
	json_decref(models);
	free(anchors.items);
	free(store.items);
	free(cached.items);
	free(sent.items);
	free(peer.items);
	return result;
}

int main(int argc, char **argv)
{
	json_t *cases, *results;
	json_error_t error;

	cases = argc > 1 && strcmp(argv[1], "-") != 0
		? json_load_file(argv[1], 0, &error)
		: json_loadf(stdin, 0, &error);
	if (!json_is_array(cases)) {
		fprintf(stderr, "path-driver: %s, line %d: %s\n",
			argc > 1 ? argv[1] : "standard input",
			cases ? 1 : error.line,
			cases ? "not an array of cases" : error.text);
		json_decref(cases);
		return 1;
	}
	results = json_array();
	for (size_t i = 0; i < json_array_size(cases); i++)
		json_array_append_new(results,
				      case_ask(json_array_get(cases, i)));
	json_dumpf(results, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(results);
	json_decref(cases);
	return fflush(stdout) != 0 || ferror(stdout) ? 1 : 0;
}
