/* path-policy.c -- certificate policies along a path (RFC 5280 6.1.2 to 6.1.5),
 * with any-policy as the initial set and no demands of our own: only what
 * certificates demand by policyConstraints can refuse a path.
 *
 * For that it does not matter which policies are left, only whether any is.  So
 * the tree of the RFC, which can grow exponentially, is not kept: of each depth
 * the set of policies that the next certificate may have is enough.
 */
#include <stdlib.h>

#include "graph/path.h"

/* 2.5.29.32.0 */
static const uint8_t any_oid[] = { 0x55, 0x1d, 0x20, 0x00 };

struct policies {
	struct blob *items;		/* expected by the next certificate */
	size_t n, cap;
	bool any;			/* and any other */
};

struct state {
	struct policies expected;
	bool none;			/* the tree is NULL */
	int64_t explicit_policy, mapping, inhibit_any;
};

static bool is_any(struct blob policy)
{
	return blob_equal(policy, (struct blob){ any_oid, sizeof(any_oid) });
}

static bool has(const struct policies *s, struct blob policy)
{
	for (size_t i = 0; i < s->n; i++)
		if (blob_equal(s->items[i], policy))
			return true;
	return false;
}

static void add(struct policies *s, struct blob policy)
{
	if (has(s, policy))
		return;
	grow(&s->items, s->n, &s->cap, sizeof(*s->items));
	s->items[s->n++] = policy;
}

static void take_away(struct policies *s, struct blob policy)
{
	for (size_t i = 0; i < s->n; i++)
		if (blob_equal(s->items[i], policy))
			s->items[i--] = s->items[--s->n];
}

static bool is_empty(const struct policies *s)
{
	return s->n == 0 && !s->any;
}

/* PolicyInformation off the front of *LIST.  */
static bool policy_next(struct blob *list, struct blob *ret_policy)
{
	struct tlv t, oid;

	if (tlv_expect(list, TAG_SEQUENCE, &t) < 0 ||
	    tlv_expect(&t.value, TAG_OID, &oid) < 0)
		return false;
	*ret_policy = oid.value;
	return true;
}

/* 6.1.3 (d), (e).  LAST: it is the peer.  */
static void certificate_take(struct state *s, const struct path_certificate *c,
			     bool last)
{
	struct policies next = { .n = 0 };
	struct blob list = c->extensions.policy_list, policy;
	bool any = false;

	if (!c->extensions.policies || s->none) {
		s->none = true;
		return;
	}
	while (next.n < LIMIT_POLICIES && policy_next(&list, &policy)) {
		if (is_any(policy))
			any = true;
		else if (s->expected.any || has(&s->expected, policy))
			add(&next, policy);
	}
	if (any && (s->inhibit_any > 0 || (!last && c->self_issued))) {
		for (size_t i = 0; i < s->expected.n; i++)
			add(&next, s->expected.items[i]);
		next.any = s->expected.any;
	}
	free(s->expected.items);
	s->expected = next;
	s->none = is_empty(&next);
}

/* 6.1.4 (a), (b).  False: anyPolicy is mapped, which must not be.  */
static bool mappings_take(struct state *s, const struct extensions *e)
{
	struct policies from = { .n = 0 }, to = { .n = 0 };
	struct blob list = e->mapping_list;
	struct tlv pair, issuer, subject;
	bool good = true;

	while (good && from.n < LIMIT_POLICIES && list.n > 0) {
		good = tlv_expect(&list, TAG_SEQUENCE, &pair) == 0 &&
		       tlv_expect(&pair.value, TAG_OID, &issuer) == 0 &&
		       tlv_expect(&pair.value, TAG_OID, &subject) == 0 &&
		       !is_any(issuer.value) && !is_any(subject.value);
		if (!good)
			break;
		if (s->expected.any || has(&s->expected, issuer.value)) {
			add(&from, issuer.value);
			add(&to, subject.value);
		}
	}
	if (good) {
		for (size_t i = 0; i < from.n; i++)
			take_away(&s->expected, from.items[i]);
		for (size_t i = 0; s->mapping > 0 && i < to.n; i++)
			add(&s->expected, to.items[i]);
		s->none = s->none || is_empty(&s->expected);
	}
	free(from.items);
	free(to.items);
	return good;
}

static void lower(int64_t *counter, int64_t to)
{
	if (to >= 0 && to < *counter)
		*counter = to;
}

/* 6.1.4 (h) to (j).  */
static void counters_take(struct state *s, const struct path_certificate *c)
{
	const struct extensions *e = &c->extensions;

	if (!c->self_issued) {
		s->explicit_policy -= s->explicit_policy > 0;
		s->mapping -= s->mapping > 0;
		s->inhibit_any -= s->inhibit_any > 0;
	}
	lower(&s->explicit_policy, e->require_explicit);
	lower(&s->mapping, e->inhibit_mapping);
	lower(&s->inhibit_any, e->inhibit_any_skip);
}

bool path_policies_fit(const struct path_question *q,
		       const struct path_answer *a)
{
	const int64_t begin = (int64_t)a->n;	/* n + 1 of the RFC, whose n is
						 * without the anchor */
	struct state s = {
		.expected = { .any = true }, .explicit_policy = begin,
		.mapping = begin, .inhibit_any = begin,
	};
	bool good = true;

	/* From the anchor down, without it.  */
	for (size_t at = a->n - 1; good && at-- > 0;) {
		const struct path_certificate *c = path_at(q, a, at);

		certificate_take(&s, c, at == 0);
		good = s.explicit_policy > 0 || !s.none;
		if (!good || at == 0)
			break;
		if (c->extensions.mappings)
			good = mappings_take(&s, &c->extensions);
		counters_take(&s, c);
	}
	if (good && a->n > 1) {		/* 6.1.5 (a), (b), (g) */
		s.explicit_policy -= s.explicit_policy > 0;
		if (path_at(q, a, 0)->extensions.require_explicit == 0)
			s.explicit_policy = 0;
		good = s.explicit_policy > 0 || !s.none;
	}
	free(s.expected.items);
	return good;
}
