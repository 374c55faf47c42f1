/* verdicts.c -- for rules: what each party makes of a server below an authority
 * that it knows by more than a root.
 *
 * Asked is, for every authority's certificate in a store that is not
 * self-signed, each party that has that authority in any form: would it accept
 * a server that sends this certificate, and until when; and is there a path
 * that is good, by what the party has and what was sent?  The two differ where
 * a client walks into a dead end.
 */
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

struct sent {
	struct blob *ders;		/* copies */
	size_t n, cap;
	bool cut;
};

static int take(const uint8_t sha256[SHA256_SIZE], struct blob der, void *data)
{
	struct sent *s = data;

	(void)sha256;
	if (s->n == LIMIT_VERDICT_CERTIFICATES) {
		s->cut = true;
		return 0;
	}
	grow(&s->ders, s->n, &s->cap, sizeof(*s->ders));
	s->ders[s->n++] = (struct blob){ xmemdup(der.p, der.n), der.n };
	return 0;
}

static void sent_done(struct sent *s)
{
	for (size_t k = 0; k < s->n; k++)
		free((void *)(uintptr_t)s->ders[k].p);
	free(s->ders);
}

struct verdicts {
	struct verdict *items;
	size_t n, cap;
};

static void verdicts_done(struct verdicts *v)
{
	for (size_t k = 0; k < v->n; k++)
		free((void *)(uintptr_t)v->items[k].party);
	free(v->items);
}

static bool has_identity(const struct explanation *e, const struct numbers *n,
			 size_t about)
{
	const struct certificate *c =
		&path_pool_get(e->world.pool, about)->certificate;

	for (size_t k = 0; k < n->n; k++) {
		const struct certificate *x =
			&path_pool_get(e->world.pool, n->items[k])->certificate;

		if (memcmp(x->subject_sha256, c->subject_sha256,
			   SHA256_SIZE) == 0 &&
		    memcmp(x->spki_sha256, c->spki_sha256, SHA256_SIZE) == 0)
			return true;
	}
	return false;
}

/* When it ends, by the certificates along it.  */
static int64_t end_of(const struct explanation *e, const struct path_answer *a)
{
	int64_t end = INT64_MAX;

	for (size_t k = 0; k < a->n; k++) {
		const int64_t t = path_pool_get(e->world.pool, a->path[k])
					  ->certificate.not_after;

		end = t < end ? t : end;
	}
	return end;
}

/* Until when there is a good path without a gap, of which GOOD is the one that
 * the search met first: it need not be the one that lasts longest.  */
static int64_t good_until(const struct explanation *e,
			  struct path_question question,
			  const struct path_answer *good)
{
	int64_t until = end_of(e, good);

	for (unsigned k = 0; k < LIMIT_VERDICT_PATHS && until < INT64_MAX; k++) {
		struct path_answer next = { .n = 0 };

		question.time = until + 1;
		path_search(&question, &next);
		if (!next.accepted)
			break;
		until = end_of(e, &next);
	}
	return until;
}

static void judge(struct explanation *e, const struct explained_question *q,
		  const struct explained_party *p, struct verdicts *to)
{
	const struct explained_span *now = &p->spans[p->now];
	const struct path_question question =
		path_world_question(&e->world, p->party, q->peer, &q->sent, e->now,
			       NULL);
	struct path_answer good = { .n = 0 };
	struct verdict v = {
		.accepted = now->answer.accepted,
		.reason = path_fault_name(now->answer.fault),
		.stops = INT64_MAX, .good_until = INT64_MAX,
	};

	memcpy(v.sha256, path_pool_get(e->world.pool, q->about)
				 ->certificate.sha256, SHA256_SIZE);
	if (!v.accepted && now->answer.at < now->answer.n) {
		const struct path_certificate *at = path_pool_get(
			e->world.pool, now->answer.path[now->answer.at]);

		v.has_at = !at->imagined;
		memcpy(v.at, at->certificate.sha256, SHA256_SIZE);
	}
	for (size_t k = p->now + 1; v.accepted && k < p->n_spans; k++)
		if (!p->spans[k].answer.accepted) {
			v.stops = p->spans[k].from;
			v.stop_reason =
				path_fault_name(p->spans[k].answer.fault);
			break;
		}
	path_search(&question, &good);
	v.good = good.accepted;
	if (good.accepted)
		v.good_until = good_until(e, question, &good);
	v.party = xstrdup(p->party->id);
	grow(&to->items, to->n, &to->cap, sizeof(*to->items));
	to->items[to->n++] = v;
}

static int ask(struct inventory *i, struct blob der, int64_t now,
	       struct verdicts *to)
{
	AUTO(explanation) struct explanation e = { .host = NULL };
	struct numbers sent = { .n = 0 };
	size_t number;
	int r;

	explanation_init(&e, PURPOSE_SERVER_AUTH);
	e.now = now;
	if (path_world_add(&e.world, der, &number, NULL) < 0)
		return 0;
	r = path_world_load(&e.world, i);
	if (r < 0)
		return r;
	numbers_add(&sent, number);
	explanation_ask(&e, number, path_world_add_imagined(&e.world, number),
			&sent);
	explanation_answer(&e);
	for (size_t k = 0; k < e.world.n_parties; k++) {
		const struct explained_party *p = &e.questions[0].parties[k];
		const struct world_party *party = p->party;

		if (p->spans != NULL &&
		    (has_identity(&e, &party->anchors, number) ||
		     has_identity(&e, &party->store, number) ||
		     has_identity(&e, &party->cached, number)))
			judge(&e, &e.questions[0], p, to);
	}
	return 0;
}

static int store_models(struct inventory *i)
{
	struct shown_model *models = NULL;
	size_t n = 0, cap = 0;
	int r;

	for (size_t k = 0; path_models[k] != NULL; k++) {
		grow(&models, n, &cap, sizeof(*models));
		models[n++] = (struct shown_model){
			path_models[k]->id, path_models[k]->title,
			path_models[k]->verified,
		};
	}
	r = inventory_store_models(i, models, n);
	free(models);
	return r;
}

int graph_verdicts(struct inventory *i, int64_t now, bool *ret_cut)
{
	struct verdicts verdicts = { .n = 0 };
	struct sent sent = { .n = 0 };
	int r = inventory_crossed(i, take, &sent);

	for (size_t k = 0; r == 0 && k < sent.n; k++)
		r = ask(i, sent.ders[k], now, &verdicts);
	if (r == 0)
		r = store_models(i);
	if (r == 0)
		r = inventory_store_verdicts(i, verdicts.items, verdicts.n);
	*ret_cut = sent.cut;
	sent_done(&sent);
	verdicts_done(&verdicts);
	return r;
}
