/* path-search.c -- the search that goes back when it comes to a dead end
 * (RFC 4158), and with it the one that tries everything: does a good path exist
 * at all?
 *
 * Depth first from the peer upwards.  What can be told from a beginning of a
 * path is checked at once, so that a mesh of cross-signs is cut early; no
 * identity comes twice on a path, unless a client allows it.  A mesh can still
 * be made so that it has more paths than anybody can try: past LIMIT_PATH_STEPS
 * the answer is PATH_LIMIT, and never "no".
 *
 * Clients that search differ in what they try first, what they ask when, and
 * when they give up; that is what struct path_strategy says.
 *
 * The complete search asks of anchors what is asked of any certificate, though
 * RFC 5280 6.1.1 (d) knows only their name and key: clients do, and it is what
 * an administrator expects of an expired root.
 */
#include <stdlib.h>

#include "graph/path.h"

struct search {
	const struct path_question *q;
	const struct path_strategy *strategy;
	struct path_answer now, best;	/* best: of the refused ones */
	unsigned best_rank;
	size_t steps;
	bool limited;			/* by a limit of ours */
	bool given_up;			/* by one of the client's */
};

enum rank { RANK_NONE, RANK_BEGUN, RANK_UNTRUSTED, RANK_ANCHORED };

/* Which refusal to tell: the path that came to an anchor rather than the one
 * that did not; among equals the first that was tried.  */
static void refuse(struct search *s, enum path_fault fault, size_t at,
		   enum rank rank)
{
	if (rank <= s->best_rank)
		return;
	s->best_rank = rank;
	s->best = s->now;
	s->best.fault = fault;
	s->best.at = at;
}

struct candidate {
	size_t number, index;
	unsigned order;			/* lower is tried first */
	enum path_place place;
};

struct candidates {
	struct candidate *items;
	size_t n, cap;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static bool is_on_path(const struct search *s, size_t number)
{
	const struct path_list path = { s->now.path, s->now.n };

	return s->strategy->identities_again
		? path_list_has(&path, number)
		: path_has_identity(s->q, &s->now, number);
}

static void candidates_in(const struct search *s, const struct path_list *list,
			  enum path_place place, struct candidates *to)
{
	const size_t child = s->now.path[s->now.n - 1];

	for (size_t i = 0; i < list->n; i++) {
		const size_t number = list->items[i];
		unsigned order;

		if (!path_names_match(s->q, child, number) ||
		    is_on_path(s, number))
			continue;
		order = s->strategy->order(s->q, &s->now, number, place);
		if (order == PATH_SKIP)
			continue;
		grow(&to->items, to->n, &to->cap, sizeof(*to->items));
		to->items[to->n++] = (struct candidate){ number, i, order,
							 place };
	}
}

static struct candidates candidates_of(const struct search *s)
{
	struct candidates found = { .n = 0 };

	candidates_in(s, &s->q->anchors, PLACE_ANCHORS, &found);
	candidates_in(s, &s->q->store, PLACE_STORE, &found);
	candidates_in(s, &s->q->cached, PLACE_CACHED, &found);
	candidates_in(s, &s->q->sent, PLACE_SENT, &found);
	if (found.n > 0)
		qsort(found.items, found.n, sizeof(*found.items),
		      compare_candidates);
	return found;
}

/* The path so far ends in an anchor.  */
static bool is_accepted(struct search *s)
{
	const enum path_fault fault =
		path_check(s->q, s->strategy->end_checks, true, &s->now);

	if (fault == PATH_OK)
		return true;
	refuse(s, fault, s->now.at, RANK_ANCHORED);
	return false;
}

static bool extend(struct search *s);

/* Goes on above the last certificate, as one that is no anchor.  */
static bool go_on(struct search *s)
{
	const enum path_fault fault =
		path_check(s->q, s->strategy->checks, false, &s->now);

	if (fault == PATH_OK)
		return extend(s);
	refuse(s, fault, s->now.at, RANK_UNTRUSTED);
	return false;
}

static bool may_step(struct search *s)
{
	s->steps++;
	s->limited = s->limited || s->steps > LIMIT_PATH_STEPS ||
		     !path_pool_step(s->q->pool);
	s->given_up = s->given_up || (s->strategy->steps > 0 &&
				      s->steps > s->strategy->steps);
	return !s->limited && !s->given_up;
}

static bool try_issuer(struct search *s, const struct candidate *c)
{
	bool found;

	if (!may_step(s))
		return false;
	if (path_pool_signed(s->q->pool, s->now.path[s->now.n - 1],
			     c->number) != 1) {
		refuse(s, PATH_SIGNATURE, s->now.n - 1, RANK_BEGUN);
		return false;
	}
	if (s->strategy->longest > 0 && s->now.n >= s->strategy->longest) {
		refuse(s, PATH_TOO_LONG, s->now.n - 1, RANK_UNTRUSTED);
		return false;
	}
	if (!path_push(&s->now, c->number)) {
		s->limited = true;
		return false;
	}
	found = c->place == PLACE_ANCHORS && is_accepted(s);
	if (!found && (c->place != PLACE_ANCHORS ||
		       s->strategy->through_anchors))
		found = go_on(s);
	if (!found)
		s->now.n--;
	return found;
}

static bool extend(struct search *s)
{
	struct candidates c = candidates_of(s);
	bool found = false;

	for (size_t i = 0; i < c.n && !found && !s->limited && !s->given_up;
	     i++)
		found = try_issuer(s, &c.items[i]);
	if (c.n == 0)
		refuse(s, path_at(s->q, &s->now, s->now.n - 1)->self_issued
			       ? PATH_UNTRUSTED : PATH_NO_ISSUER,
		       s->now.n - 1, RANK_UNTRUSTED);
	free(c.items);
	return found;
}

void path_search_by(const struct path_question *q,
		    const struct path_strategy *strategy,
		    struct path_answer *ret_answer)
{
	struct search s = { .q = q, .strategy = strategy };
	bool found;

	path_push(&s.now, q->peer);
	s.best = s.now;
	found = path_list_has(&q->anchors, q->peer) && is_accepted(&s);
	if (!found) {
		const enum path_fault fault =
			path_check(q, strategy->checks, false, &s.now);

		if (fault != PATH_OK)
			refuse(&s, fault, s.now.at, RANK_ANCHORED);
		else
			found = extend(&s);
	}
	*ret_answer = found ? s.now : s.best;
	ret_answer->accepted = found;
	if (found) {
		ret_answer->fault = PATH_OK;
		ret_answer->at = 0;
	} else if (s.limited) {
		ret_answer->fault = PATH_LIMIT;
	} else if (s.given_up) {
		ret_answer->fault = PATH_TOO_LONG;
	}
}

/* ---- the one that tries everything -----------------------------------------*/

/* RFC 4158 3.5: trusted, valid now, and with the key identifier that is asked
 * for.  None of these keeps one from being tried, but what is in two places is
 * tried once.  */
static unsigned complete_order(const struct path_question *q,
			       const struct path_answer *a, size_t number,
			       enum path_place place)
{
	const size_t child = a->path[a->n - 1];

	if (place != PLACE_ANCHORS && path_list_has(&q->anchors, number))
		return PATH_SKIP;
	return (path_key_ids(q, child, number) == KEY_IDS_DIFFER ? 4u : 0u) +
	       (path_valid(q, number, true) != PATH_OK ? 2u : 0u) +
	       (place == PLACE_ANCHORS ? 0u : 1u);
}

/* Everything but what is asked of a whole path.  */
#define STEP_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_PURPOSES | CHECK_NAMES | \
			 CHECK_CRITICAL | CHECK_MALFORMED | CHECK_DISTRUST | \
			 CHECK_PEER_USAGE | CHECK_PEER_PURPOSE | CHECK_HOST | \
			 ANY_PURPOSE)

void path_search(const struct path_question *q, struct path_answer *ret_answer)
{
	static const struct path_strategy everything = {
		.checks = STEP_CHECKS,
		.end_checks = STEP_CHECKS | CHECK_POLICY,
		.order = complete_order,
		.through_anchors = true,
	};

	path_search_by(q, &everything, ret_answer);
}
