/* explain.c -- every party's answer to each question, now and at all times.
 *
 * An answer can only change when a certificate that could be on the path begins
 * or ends, so a model is asked once for each of these times, and what did not
 * change is put together again.  Parties with the same stores and model are
 * asked once.
 */
#include <stdlib.h>
#include <string.h>

#include "graph/explain.h"

void explanation_init(struct explanation *e, unsigned purpose)
{
	*e = (struct explanation){ .host = NULL };
	path_world_init(&e->world, purpose);
}

void explanation_done(struct explanation *e)
{
	for (size_t k = 0; k < e->n_questions; k++) {
		struct explained_question *q = &e->questions[k];

		for (size_t p = 0; q->parties && p < e->world.n_parties; p++)
			free(q->parties[p].spans);
		free(q->parties);
		free(q->used);
		numbers_done(&q->sent);
	}
	free(e->questions);
	free(e->own_host);
	free(e->endpoint);
	numbers_done(&e->subjects);
	path_world_done(&e->world);
	*e = (struct explanation){ .host = NULL };
}

void auto_explanation(struct explanation *e)
{
	explanation_done(e);
}

void explanation_ask(struct explanation *e, size_t about, size_t peer,
		     struct numbers *sent)
{
	grow(&e->questions, e->n_questions, &e->cap_questions,
	     sizeof(*e->questions));
	e->questions[e->n_questions++] = (struct explained_question){
		.peer = peer, .about = about, .sent = *sent,
	};
	*sent = (struct numbers){ .items = NULL };
}

bool explanation_asks(const struct explanation *e,
		      const struct world_party *party)
{
	const size_t n = e->party ? strlen(e->party) : 0;

	return e->party == NULL ||
	       (strncmp(party->id, e->party, n) == 0 &&
		(party->id[n] == '\0' || party->id[n] == ':'));
}

/* ---- when ------------------------------------------------------------------*/

struct times {
	int64_t *items;
	size_t n, cap;
};

static void add_time(struct times *t, int64_t time)
{
	grow(&t->items, t->n, &t->cap, sizeof(*t->items));
	t->items[t->n++] = time;
}

static int compare_times(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of more than LIMIT_CHANGES those around now are kept.  */
static void narrow(struct times *t, int64_t now, bool *ret_cut)
{
	size_t low = 0, high = t->n;

	*ret_cut = t->n > LIMIT_CHANGES;
	while (high - low > LIMIT_CHANGES) {
		/* unsigned: the distances are positive and fit */
		if ((uint64_t)now - (uint64_t)t->items[low] >
			    (uint64_t)t->items[high - 1] - (uint64_t)now &&
		    t->items[low] < now)
			low++;
		else
			high--;
	}
	memmove(t->items, t->items + low, (high - low) * sizeof(*t->items));
	t->n = high - low;
}

/* The last second of notAfter has two sides: some clients accept it still.  NSS
 * accepts the day before notBefore.  */
static struct times times_of(const struct explanation *e, bool *ret_cut)
{
	struct times t = { .n = 0 };
	size_t n = 0;

	for (size_t k = 0; k < path_pool_count(e->world.pool); k++) {
		const struct path_certificate *c =
			path_pool_get(e->world.pool, k);

		if (c->imagined)
			continue;
		add_time(&t, c->certificate.not_before - PATH_EARLY);
		add_time(&t, c->certificate.not_before);
		add_time(&t, c->certificate.not_after);
		if (c->certificate.not_after < INT64_MAX)
			add_time(&t, c->certificate.not_after + 1);
	}
	if (t.n > 0)
		qsort(t.items, t.n, sizeof(*t.items), compare_times);
	for (size_t k = 0; k < t.n; k++)
		if (n == 0 || t.items[n - 1] != t.items[k])
			t.items[n++] = t.items[k];
	t.n = n;
	narrow(&t, e->now, ret_cut);
	return t;
}

/* ---- answers ---------------------------------------------------------------*/

static bool same_answer(const struct path_answer *a,
			const struct path_answer *b)
{
	return a->accepted == b->accepted && a->fault == b->fault &&
	       a->at == b->at && a->n == b->n &&
	       memcmp(a->path, b->path, a->n * sizeof(*a->path)) == 0;
}

static struct path_answer ask(const struct explanation *e,
			      const struct explained_question *question,
			      const struct world_party *party, int64_t time)
{
	const struct path_question q =
		path_world_question(&e->world, party, question->peer,
			       &question->sent, time, e->host);
	struct path_answer a = { .n = 0 };

	party->model->build(&q, &a);
	return a;
}

static void answer_party(const struct explanation *e, const struct times *t,
			 const struct explained_question *question,
			 struct explained_party *p)
{
	size_t cap = 0;

	for (size_t k = 0; k <= t->n; k++) {
		const int64_t from = k == 0 ? INT64_MIN : t->items[k - 1];
		struct explained_span span = { .from = from, .until = INT64_MAX };
		struct explained_span *last =
			p->n_spans > 0 ? &p->spans[p->n_spans - 1] : NULL;

		span.answer = ask(e, question, p->party, from);
		if (last != NULL && same_answer(&last->answer, &span.answer))
			continue;
		if (last != NULL)
			last->until = from;
		grow(&p->spans, p->n_spans, &cap, sizeof(*p->spans));
		p->spans[p->n_spans++] = span;
	}
	for (size_t k = 0; k < p->n_spans; k++)
		if (p->spans[k].from <= e->now)
			p->now = k;
}

static size_t like_of(const struct explanation *e,
		      const struct explained_question *q, size_t party)
{
	const struct world_party *p = &e->world.parties[party];

	for (size_t k = 0; k < party; k++)
		if (q->parties[k].spans != NULL && q->parties[k].like == k &&
		    world_parties_alike(&e->world.parties[k], p))
			return k;
	return party;
}

/* Is there a good path to an anchor of anybody?  */
static void answer_completely(const struct explanation *e,
			      struct explained_question *question)
{
	const struct path_world *w = &e->world;
	struct world_party all = { .id = NULL };

	for (size_t k = 0; k < w->n_parties; k++) {
		const struct numbers *from[] = {
			&w->parties[k].anchors, &w->parties[k].store,
			&w->parties[k].cached,
		};
		struct numbers *to[] = { &all.anchors, &all.store,
					 &all.cached };

		for (size_t i = 0; i < ARRAY_SIZE(from); i++)
			for (size_t n = 0; n < from[i]->n; n++) {
				const struct path_list list = {
					to[i]->items, to[i]->n };

				if (!path_list_has(&list, from[i]->items[n]))
					numbers_add(to[i], from[i]->items[n]);
			}
	}
	question->complete = (struct explained_span){
		.from = e->now, .until = e->now };
	{
		const struct path_question q =
			path_world_question(w, &all, question->peer,
				       &question->sent, e->now, e->host);

		path_search(&q, &question->complete.answer);
	}
	numbers_done(&all.anchors);
	numbers_done(&all.store);
	numbers_done(&all.cached);
}

/* ---- what was sent ---------------------------------------------------------*/

static void mark_used(const struct explanation *e,
		      struct explained_question *q)
{
	q->used = xcalloc(q->sent.n + 1, sizeof(*q->used));
	for (size_t p = 0; p < e->world.n_parties; p++) {
		const struct explained_party *party = &q->parties[p];
		const struct path_answer *a;

		if (party->spans == NULL)
			continue;
		a = &party->spans[party->now].answer;
		for (size_t k = 0; k < q->sent.n; k++)
			for (size_t i = 0; i < a->n; i++)
				if (a->path[i] == q->sent.items[k])
					q->used[k] = true;
	}
	for (size_t k = 0; k < q->sent.n; k++)
		for (size_t i = 0; i < q->complete.answer.n; i++)
			if (q->complete.answer.accepted &&
			    q->complete.answer.path[i] == q->sent.items[k])
				q->used[k] = true;
}

/* RFC 5246 7.4.2: each certificate certifies the one before it.  */
static bool is_in_order(const struct explanation *e,
			const struct explained_question *q)
{
	size_t child = q->peer;

	for (size_t k = 0; k < q->sent.n; k++) {
		if (path_pool_signed(e->world.pool, child,
				     q->sent.items[k]) != 1)
			return false;
		child = q->sent.items[k];
	}
	return true;
}

/* The first that a party found no issuer of; its issuer where anybody's good
 * path has it.  */
static void find_missing(const struct explanation *e,
			 struct explained_question *q)
{
	const struct path_answer *good = &q->complete.answer;

	q->missing = q->missing_issuer = PATH_NONE;
	for (size_t p = 0; p < e->world.n_parties; p++) {
		const struct explained_party *party = &q->parties[p];
		const struct path_answer *a;

		if (party->spans == NULL)
			continue;
		a = &party->spans[party->now].answer;
		if (a->fault == PATH_NO_ISSUER && a->at < a->n) {
			q->missing = a->path[a->at];
			break;
		}
	}
	for (size_t k = 0; good->accepted && k + 1 < good->n; k++)
		if (good->path[k] == q->missing)
			q->missing_issuer = good->path[k + 1];
}

void explanation_answer(struct explanation *e)
{
	struct times t = times_of(e, &e->cut);

	for (size_t k = 0; k < e->n_questions; k++) {
		struct explained_question *q = &e->questions[k];

		q->parties = xcalloc(e->world.n_parties + 1,
				     sizeof(*q->parties));
		for (size_t p = 0; p < e->world.n_parties; p++) {
			struct explained_party *party = &q->parties[p];

			party->party = &e->world.parties[p];
			party->like = p;
			if (party->party->model == NULL ||
			    !explanation_asks(e, party->party))
				continue;
			party->like = like_of(e, q, p);
			if (party->like == p) {
				answer_party(e, &t, q, party);
				continue;
			}
			/* a copy of its own, so that each is freed once */
			party->n_spans = q->parties[party->like].n_spans;
			party->now = q->parties[party->like].now;
			party->spans = xmemdup(q->parties[party->like].spans,
					       party->n_spans *
					       sizeof(*party->spans));
		}
		answer_completely(e, q);
		mark_used(e, q);
		q->in_order = is_in_order(e, q);
		find_missing(e, q);
	}
	free(t.items);
}
