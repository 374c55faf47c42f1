/* explain-json.c -- an explanation as one JSON object.
 *
 * { "format": "trustdrift/explanation", "version": 1, "what", "now", "host",
 *   "purpose", "endpoint", "complete": true unless limits left something out,
 *   "certificates": by SHA-256: [ { "sha256", "sha1", "spki_sha256", "subject",
 *     "issuer", "serial", "not_before", "not_after", "is_ca", "self_signed",
 *     "signed_by": [ sha256 ], "copies": [ { "store", "kind", "owner", "role",
 *     "location", "label", "read" } ] } ],
 *   "subjects": [ sha256 ],
 *   "questions": [ { "about", "peer": sha256 or null when it is imagined,
 *     "sent": [ { "sha256", "used" } ], "in_order": each is signed by the next,
 *     "missing": null or { "of": sha256, "issuer": sha256 or null, "name" },
 *     "complete": ANSWER,
 *     "parties": [ { "party", "title", "owner", "model", "verified",
 *       "verdict", "path", "reason", "section", "at",
 *       "changes": [ { "from", "until", and as above } ] } ] } ] }
 *
 * Keys may be added, never renamed or removed; in a path null is the imagined
 * certificate.  The schema is data/schema/explanation.schema.json.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "output/explain.h"

static json_t *text(const char *s)
{
	AUTO(str) char *utf8 = s ? utf8_text(s, strlen(s)) : NULL;

	return utf8 ? json_string(utf8) : json_null();
}

static json_t *time_of(int64_t t)
{
	char s[TIME_SIZE];

	return t == INT64_MIN || t == INT64_MAX
		? json_null() : json_string(time_format(t, s));
}

static json_t *hex_of(const uint8_t *p, size_t n)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(p, n, hex);
	return json_string(hex);
}

static json_t *hash_of(const struct explanation *e, size_t number)
{
	const struct path_certificate *c = path_pool_get(e->world.pool, number);

	return c->imagined ? json_null()
			   : hex_of(c->certificate.sha256, SHA256_SIZE);
}

static json_t *hashes_of(const struct explanation *e, const size_t *numbers,
			 size_t n)
{
	json_t *list = json_array();

	for (size_t k = 0; k < n; k++)
		json_array_append_new(list, hash_of(e, numbers[k]));
	return list;
}

static void put_answer(const struct explanation *e, json_t *to,
		       const struct path_answer *a)
{
	json_object_set_new(to, "verdict", json_string(
		a->accepted ? "accept"
		: a->fault == PATH_LIMIT ? "unknown" : "reject"));
	json_object_set_new(to, "path", hashes_of(e, a->path, a->n));
	json_object_set_new(to, "reason",
			    json_string(path_fault_name(a->fault)));
	json_object_set_new(to, "section",
			    json_string(path_fault_section(a->fault)));
	json_object_set_new(to, "at", a->accepted || a->at >= a->n
			    ? json_null() : hash_of(e, a->path[a->at]));
}

static json_t *copies_of(const struct explanation *e, size_t number)
{
	json_t *list = json_array();

	for (size_t k = 0; k < e->world.n_copies; k++) {
		const struct world_copy *c = &e->world.copies[k];

		if (c->certificate == number)
			json_array_append_new(list, json_pack(
				"{s:o, s:o, s:o, s:s, s:o, s:o, s:b}",
				"store", text(c->store), "kind", text(c->kind),
				"owner", text(c->owner), "role",
				role_name(c->role), "location",
				text(c->location), "label", text(c->label),
				"read", c->read));
	}
	return list;
}

static json_t *signers_of(const struct explanation *e, size_t number)
{
	struct path_pool *pool = e->world.pool;
	json_t *list = json_array();

	for (size_t i = path_pool_issuers(pool, number); i != PATH_NONE;
	     i = path_pool_get(pool, i)->same_subject)
		if (path_pool_signed(pool, number, i) == 1)
			json_array_append_new(list, hash_of(e, i));
	return list;
}

static json_t *certificate_of(const struct explanation *e, size_t number)
{
	const struct certificate *c =
		&path_pool_get(e->world.pool, number)->certificate;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, "
			 "s:o, s:o}",
			 "sha256", hex_of(c->sha256, SHA256_SIZE),
			 "sha1", hex_of(c->sha1, SHA1_SIZE),
			 "spki_sha256", hex_of(c->spki_sha256, SHA256_SIZE),
			 "subject", text(c->subject), "issuer",
			 text(c->issuer), "serial", text(c->serial),
			 "not_before", time_of(c->not_before), "not_after",
			 time_of(c->not_after), "is_ca", c->is_ca,
			 "self_signed", c->self_signed, "signed_by",
			 signers_of(e, number), "copies",
			 copies_of(e, number));
}

/* In the order of their hashes: that of loading is the inventory's affair.  */
static int compare_certificates(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;

	return strcmp(json_string_value(json_object_get(*x, "sha256")),
		      json_string_value(json_object_get(*y, "sha256")));
}

static json_t *certificates_of(const struct explanation *e)
{
	const size_t n = path_pool_count(e->world.pool);
	json_t **all = xcalloc(n + 1, sizeof(json_t *));
	json_t *list = json_array();
	size_t count = 0;

	for (size_t k = 0; k < n; k++)
		if (!path_pool_get(e->world.pool, k)->imagined)
			all[count++] = certificate_of(e, k);
	if (count > 0)
		qsort(all, count, sizeof(json_t *), compare_certificates);
	for (size_t k = 0; k < count; k++)
		json_array_append_new(list, all[k]);
	free(all);
	return list;
}

static json_t *party_of(const struct explanation *e,
			const struct explained_party *p)
{
	const struct world_party *party = p->party;
	json_t *changes = json_array();
	json_t *o = json_pack("{s:o, s:o, s:o, s:o, s:o}",
			      "party", text(party->id), "title",
			      text(party->title), "owner", text(party->owner),
			      "model", text(party->model_id), "verified",
			      text(party->model ? party->model->verified
						: NULL));

	if (p->spans == NULL) {
		json_object_set_new(o, "verdict", json_string("unknown"));
		json_object_set_new(o, "reason", json_string("no-model"));
	} else {
		put_answer(e, o, &p->spans[p->now].answer);
	}
	for (size_t k = 0; k < p->n_spans; k++) {
		json_t *span = json_pack("{s:o, s:o}", "from",
					 time_of(p->spans[k].from), "until",
					 time_of(p->spans[k].until));

		put_answer(e, span, &p->spans[k].answer);
		json_array_append_new(changes, span);
	}
	json_object_set_new(o, "changes", changes);
	return o;
}

static json_t *question_of(const struct explanation *e,
			   const struct explained_question *q)
{
	json_t *parties = json_array(), *complete = json_object();
	json_t *sent = json_array(), *missing = json_null();
	const size_t issuer = q->missing_issuer;

	for (size_t k = 0; k < e->world.n_parties; k++)
		if (explanation_asks(e, &e->world.parties[k]))
			json_array_append_new(parties,
					      party_of(e, &q->parties[k]));
	put_answer(e, complete, &q->complete.answer);
	for (size_t k = 0; k < q->sent.n; k++)
		json_array_append_new(sent, json_pack("{s:o, s:b}", "sha256",
			hash_of(e, q->sent.items[k]), "used", q->used[k]));
	if (q->missing != PATH_NONE)
		missing = json_pack("{s:o, s:o, s:o}", "of",
			hash_of(e, q->missing), "issuer", issuer == PATH_NONE
				? json_null() : hash_of(e, issuer), "name",
			text(path_pool_get(e->world.pool, q->missing)
				     ->certificate.issuer));
	return json_pack("{s:o, s:o, s:o, s:b, s:o, s:o, s:o}",
			 "about", hash_of(e, q->about), "peer",
			 hash_of(e, q->peer), "sent", sent, "in_order",
			 q->in_order, "missing", missing, "complete", complete,
			 "parties", parties);
}

int explain_json(const struct explanation *e, const struct explain_options *o,
		 FILE *f)
{
	json_t *questions = json_array(), *root;
	char purposes[PURPOSES_SIZE];
	int r;

	for (size_t k = 0; k < e->n_questions; k++)
		json_array_append_new(questions,
				      question_of(e, &e->questions[k]));
	root = json_pack("{s:s, s:i, s:o, s:o, s:o, s:s, s:o, s:b, s:o, s:o, "
			 "s:o}",
			 "format", "trustdrift/explanation", "version", 1,
			 "what", text(o->what), "now", time_of(e->now),
			 "host", text(e->host), "purpose",
			 purposes_format(e->world.purpose, purposes),
			 "endpoint", text(o->endpoint), "complete",
			 !e->cut && !e->world.cut, "certificates",
			 certificates_of(e), "subjects",
			 hashes_of(e, e->subjects.items, e->subjects.n),
			 "questions", questions);
	r = json_dumpf(root, f, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(root);
	fputc('\n', f);
	return r < 0 || ferror(f) ? -EIO : 0;
}
