/* path-search.c -- the search that tries everything (RFC 4158): does a good path
 * exist at all?
 *
 * Depth first from the peer upwards, the likeliest issuers first.  What can be
 * told from a beginning of a path is checked at once, so that a mesh of
 * cross-signs is cut early; no identity comes twice on a path.  A mesh can
 * still be made so that it has more paths than anybody can try: past
 * LIMIT_PATH_STEPS the answer is PATH_LIMIT, and never "no".
 *
 * Anchors are asked what any certificate is asked, though RFC 5280 6.1.1 (d)
 * knows only their name and key: clients do, and it is what an administrator
 * expects of an expired root.
 */
#include <stdlib.h>

#include "graph/path.h"

/* Everything but what is asked of a whole path.  */
#define STEP_CHECKS	(CHECK_DATES | CHECK_CA | CHECK_LENGTH | \
			 CHECK_KEY_USAGE | CHECK_PURPOSES | CHECK_NAMES | \
			 CHECK_CRITICAL | CHECK_MALFORMED | CHECK_DISTRUST | \
			 CHECK_PEER_USAGE | CHECK_PEER_PURPOSE | CHECK_HOST | \
			 ANY_PURPOSE)

struct search {
	const struct path_question *q;
	struct path_answer now, best;	/* best: of the refused ones */
	unsigned best_rank;
	size_t steps;
	bool limited;
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

static bool is_usable(const struct path_question *q, size_t number)
{
	return path_list_has(&q->anchors, number) ||
	       path_list_has(&q->sent, number) ||
	       path_list_has(&q->store, number) ||
	       path_list_has(&q->cached, number);
}

struct candidate {
	size_t number;
	unsigned order;			/* lower is tried first */
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* RFC 4158 3.5: trusted, valid now, and with the key identifier that is asked
 * for.  None of these keeps one from being tried.  */
static unsigned order_of(const struct path_question *q, size_t child,
			 size_t number)
{
	return (path_key_ids(q, child, number) == KEY_IDS_DIFFER ? 4u : 0u) +
	       (path_valid(q, number, true) != PATH_OK ? 2u : 0u) +
	       (path_list_has(&q->anchors, number) ? 0u : 1u);
}

static size_t candidates_of(const struct search *s, size_t child,
			    struct candidate **ret_candidates)
{
	struct candidate *candidates = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = path_pool_issuers(s->q->pool, child); i != PATH_NONE;
	     i = path_pool_get(s->q->pool, i)->same_subject) {
		if (!is_usable(s->q, i) ||
		    path_has_identity(s->q, &s->now, i))
			continue;
		grow(&candidates, n, &cap, sizeof(*candidates));
		candidates[n++] = (struct candidate){ i,
						order_of(s->q, child, i) };
	}
	if (n > 0)
		qsort(candidates, n, sizeof(*candidates), compare_candidates);
	*ret_candidates = candidates;
	return n;
}

/* The path so far ends in an anchor.  */
static bool is_accepted(struct search *s)
{
	const enum path_fault fault =
		path_check(s->q, STEP_CHECKS | CHECK_POLICY, true, &s->now);

	if (fault == PATH_OK)
		return true;
	refuse(s, fault, s->now.at, RANK_ANCHORED);
	return false;
}

static bool extend(struct search *s);

static bool try_issuer(struct search *s, size_t issuer)
{
	enum path_fault fault;
	bool found;

	if (++s->steps > LIMIT_PATH_STEPS) {
		s->limited = true;
		return false;
	}
	if (path_pool_signed(s->q->pool, s->now.path[s->now.n - 1],
			     issuer) != 1) {
		refuse(s, PATH_SIGNATURE, s->now.n - 1, RANK_BEGUN);
		return false;
	}
	if (!path_push(&s->now, issuer)) {
		s->limited = true;
		return false;
	}
	found = path_list_has(&s->q->anchors, issuer) && is_accepted(s);
	if (!found) {
		fault = path_check(s->q, STEP_CHECKS, false, &s->now);
		if (fault != PATH_OK)
			refuse(s, fault, s->now.at, RANK_UNTRUSTED);
		else
			found = extend(s);
	}
	if (!found)
		s->now.n--;
	return found;
}

static bool extend(struct search *s)
{
	const size_t end = s->now.path[s->now.n - 1];
	struct candidate *candidates;
	const size_t n = candidates_of(s, end, &candidates);
	bool found = false;

	for (size_t i = 0; i < n && !found && !s->limited; i++)
		found = try_issuer(s, candidates[i].number);
	free(candidates);
	if (n == 0)
		refuse(s, path_pool_get(s->q->pool, end)->self_issued
			       ? PATH_UNTRUSTED : PATH_NO_ISSUER,
		       s->now.n - 1, RANK_UNTRUSTED);
	return found;
}

void path_search(const struct path_question *q, struct path_answer *ret_answer)
{
	struct search s = { .q = q };
	bool found;

	path_push(&s.now, q->peer);
	found = path_list_has(&q->anchors, q->peer) && is_accepted(&s);
	if (!found) {
		const enum path_fault fault = path_check(q, STEP_CHECKS, false,
							 &s.now);

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
	}
}
