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

static bool has_identity(const struct path_world *w, const struct numbers *n,
			 size_t about)
{
	for (size_t k = 0; k < n->n; k++)
		if (path_pool_same_identity(w->pool, n->items[k], about))
			return true;
	return false;
}

/* When it ends, by the certificates along it.  */
static int64_t end_of(const struct path_world *w, const struct path_answer *a)
{
	int64_t end = INT64_MAX;

	for (size_t k = 0; k < a->n; k++) {
		const int64_t t =
			path_pool_get(w->pool, a->path[k])->certificate.not_after;

		end = t < end ? t : end;
	}
	return end;
}

/* Until when BUILD accepts without a gap, of which NOW is the path that it takes
 * now; what it says then is in *RET_AFTER.  A path is taken to stay the one that
 * is chosen for as long as it is valid.  The last second of notAfter is too
 * late for some.  INT64_MAX: for good, or past LIMIT_VERDICT_PATHS.  */
static int64_t accepted_until(const struct path_world *w,
			      struct path_question question,
			      void (*build)(const struct path_question *q,
					    struct path_answer *ret_answer),
			      const struct path_answer *now,
			      struct path_answer *ret_after)
{
	struct path_answer a = *now;

	for (unsigned k = 0; k < LIMIT_VERDICT_PATHS; k++) {
		const int64_t end = end_of(w, &a);

		if (end == INT64_MAX)
			break;
		for (int64_t t = end; t <= end + 1; t++) {
			a = (struct path_answer){ .n = 0 };
			question.time = t;
			build(&question, &a);
			if (!a.accepted) {
				*ret_after = a;
				return t;
			}
		}
	}
	return INT64_MAX;
}

static struct verdict judge(const struct path_world *w,
			    const struct world_party *party, size_t about,
			    size_t peer, const struct numbers *sent,
			    int64_t now)
{
	const struct path_question question =
		path_world_question(w, party, peer, sent, now, NULL);
	struct path_answer a = { .n = 0 }, good = { .n = 0 }, after;
	struct verdict v = { .stops = INT64_MAX, .good_until = INT64_MAX };

	memcpy(v.sha256, path_pool_get(w->pool, about)->certificate.sha256,
	       SHA256_SIZE);
	party->model->build(&question, &a);
	v.accepted = a.accepted;
	v.reason = path_fault_name(a.fault);
	if (!a.accepted && a.at < a.n) {
		const struct path_certificate *at =
			path_pool_get(w->pool, a.path[a.at]);

		v.has_at = !at->imagined;
		memcpy(v.at, at->certificate.sha256, SHA256_SIZE);
	}
	if (a.accepted) {
		v.stops = accepted_until(w, question, party->model->build, &a,
					 &after);
		if (v.stops != INT64_MAX)
			v.stop_reason = path_fault_name(after.fault);
	}
	path_search(&question, &good);
	v.good = good.accepted;
	if (good.accepted)
		v.good_until = accepted_until(w, question, path_search, &good,
					      &after);
	return v;
}

/* What all parties that know the authority ABOUT say of it.  Parties with the
 * same stores and model are asked once.  */
static void ask(struct path_world *w, size_t about, int64_t now,
		struct verdicts *to)
{
	const size_t peer = path_world_add_imagined(w, about), first = to->n;
	size_t *of = xcalloc(w->n_parties + 1, sizeof(*of));
	struct numbers sent = { .n = 0 };

	numbers_add(&sent, about);
	for (size_t k = 0; k < w->n_parties; k++) {
		const struct world_party *party = &w->parties[k];
		struct verdict v = { .reason = NULL };

		if (party->model == NULL ||
		    (!has_identity(w, &party->anchors, about) &&
		     !has_identity(w, &party->store, about) &&
		     !has_identity(w, &party->cached, about)))
			continue;
		for (size_t n = first; v.reason == NULL && n < to->n; n++)
			if (world_parties_alike(&w->parties[of[n - first]],
						party))
				v = to->items[n];
		if (v.reason == NULL)
			v = judge(w, party, about, peer, &sent, now);
		v.party = xstrdup(party->id);
		of[to->n - first] = k;
		grow(&to->items, to->n, &to->cap, sizeof(*to->items));
		to->items[to->n++] = v;
	}
	numbers_done(&sent);
	free(of);
}

/* One world of all of them.  *RET_NUMBERS: what is asked about; of one name not
 * more than LIMIT_VERDICT_TWINS, or somebody with a store of his own could keep
 * the scan busy.  */
static int load(struct path_world *w, struct inventory *i,
		const struct sent *sent, struct numbers *ret_numbers,
		bool *ret_cut)
{
	for (size_t k = 0; k < sent->n; k++) {
		size_t number, twins = 0;

		if (path_world_add(w, sent->ders[k], &number, NULL) < 0)
			continue;
		for (size_t n = 0; n < ret_numbers->n; n++)
			twins += memcmp(path_pool_get(w->pool,
					ret_numbers->items[n])->certificate
						.subject_sha256,
					path_pool_get(w->pool, number)
						->certificate.subject_sha256,
					SHA256_SIZE) == 0;
		if (twins < LIMIT_VERDICT_TWINS)
			numbers_add(ret_numbers, number);
		else
			*ret_cut = true;
	}
	return path_world_load(w, i);
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

int graph_verdicts(struct inventory *i, struct readings *readings, int64_t now,
		   bool *ret_cut)
{
	AUTO(path_world) struct path_world w = { .pool = NULL };
	struct verdicts verdicts = { .n = 0 };
	struct numbers numbers = { .n = 0 };
	struct sent sent = { .n = 0 };
	int r = inventory_crossed(i, take, &sent);

	path_world_init(&w, PURPOSE_SERVER_AUTH);
	path_pool_use(w.pool, readings);
	if (r == 0 && sent.n > 0)
		r = load(&w, i, &sent, &numbers, &sent.cut);
	for (size_t k = 0; r == 0 && k < numbers.n; k++)
		ask(&w, numbers.items[k], now, &verdicts);
	if (r == 0)
		r = path_pool_failed(w.pool);
	if (r == 0)
		r = store_models(i);
	if (r == 0)
		r = inventory_store_verdicts(i, verdicts.items, verdicts.n);
	*ret_cut = sent.cut || w.cut;
	numbers_done(&numbers);
	sent_done(&sent);
	verdicts_done(&verdicts);
	return r;
}
