/* signatures.c -- which pairs of a certificate and an identity may be an edge
 * of the graph, and what their signatures turned out to be.  A pair is checked
 * once and remembered; names and key identifiers only nominate.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

/* Somebody may keep many certificates and many keys under one name, and the
 * pairs are their product: they are not even listed past this.  */
#define LISTED_PAIRS	(4 * (size_t)LIMIT_SIGNATURE_TRIES)

struct pair {
	int64_t certificate, identity;
};

struct pairs {
	struct pair *items;
	size_t n, cap;
	size_t limit;
	size_t left;		/* how many did not fit */
};

static void auto_pairs(struct pairs *p)
{
	free(p->items);
}

static void add_pair(struct pairs *p, struct pair pair)
{
	if (p->n == p->limit) {
		p->left++;
		return;
	}
	grow(&p->items, p->n, &p->cap, sizeof(*p->items));
	p->items[p->n++] = pair;
}

struct list {
	struct pairs *likely;	/* key identifiers agree or are absent */
	struct pairs *unlikely;	/* they differ */
	size_t listed;
	bool all;		/* every pair was looked at */
};

/* Unchecked pairs of the certificates behind *AFTER.  1: it went up to one
 * that has enough, now *AFTER, and is to be called again.  */
static int list_behind(struct inventory *i, int64_t *after, struct list *l)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT c.id, i.id, "
		"coalesce(c.authority_key_id <> (SELECT x.key_id "
			"FROM certificate x WHERE x.identity_id = i.id "
			"ORDER BY x.id LIMIT 1), 0), "
		"EXISTS (SELECT 1 FROM signature s "
			"WHERE s.certificate_id = c.id "
			"AND s.identity_id = i.id) "
		"FROM certificate c "
		"CROSS JOIN identity i ON i.name_sha256 = c.issuer_sha256 "
		"WHERE c.id > ? AND NOT c.self_signed "
		"ORDER BY c.id, i.id");
	int64_t certificate = 0;
	size_t keys = 0;
	int r;

	query_int(&q, *after);
	while ((r = query_step(&q)) > 0) {
		struct pair pair = {
			query_column_int(&q, 0), query_column_int(&q, 1),
		};

		if (++l->listed > LISTED_PAIRS) {
			l->all = false;
			return 0;
		}
		keys = pair.certificate == certificate ? keys + 1 : 1;
		certificate = pair.certificate;
		if (keys > LIMIT_ISSUER_KEYS) {
			l->all = false;
			*after = certificate;
			return 1;
		}
		if (query_column_int(&q, 3) == 0)
			add_pair(query_column_int(&q, 2) != 0 ? l->unlikely
							      : l->likely,
				 pair);
	}
	return r;
}

/* A certificate that its own key verified needs no other.  Of a name with more
 * keys than LIMIT_ISSUER_KEYS the first are candidates, so that whoever floods
 * a name makes work for no more than its certificates.  */
static int list_pairs(struct inventory *i, struct pairs *likely,
		      struct pairs *unlikely, bool *ret_all)
{
	struct list l = { likely, unlikely, 0, true };
	int64_t after = 0;
	int r;

	do
		r = list_behind(i, &after, &l);
	while (r > 0);
	if (r == 0)
		*ret_all = l.all;
	return r;
}

/* Asks FN about one pair; *ret_verified as in the table.  */
static int ask(struct inventory *i, struct pair pair, pair_fn *fn, void *data,
	       int *ret_verified)
{
	AUTO(query) struct query child =
		query_start(i, "SELECT der FROM certificate WHERE id = ?");
	AUTO(query) struct query issuer = query_start(i,
		"SELECT der FROM certificate WHERE identity_id = ? "
		"ORDER BY id LIMIT 1");
	int r;

	query_int(&child, pair.certificate);
	query_int(&issuer, pair.identity);
	r = query_step(&child);
	if (r > 0)
		r = query_step(&issuer);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = fn(query_column_blob(&child, 0), query_column_blob(&issuer, 0),
	       data);
	if (r < 0 && r != -EINVAL && r != -ENOTSUP)
		return r;
	*ret_verified = r < 0 ? -1 : r > 0;
	return 0;
}

static int check_pairs(struct inventory *i, const struct pairs *p, pair_fn *fn,
		       void *data, size_t limit, size_t *checked, bool *edges)
{
	size_t k;
	int r, verified = 0;

	for (k = 0; k < p->n && *checked < limit; k++) {
		r = ask(i, p->items[k], fn, data, &verified);
		if (r == 0)
			r = signature_add(i, p->items[k].certificate,
					  p->items[k].identity, verified);
		if (r < 0)
			return r;
		++*checked;
		*edges |= verified == 1;
	}
	return 0;
}

static int count_edges_upwards(struct inventory *i)
{
	int64_t edges = 0;
	int r = meta_int(i, "edges", &edges);

	return r < 0 && r != -ENOENT ? r : meta_set_int(i, "edges", edges + 1);
}

int inventory_check_signatures(struct inventory *i, pair_fn *fn, void *data,
			       size_t limit, size_t *ret_checked,
			       size_t *ret_left)
{
	AUTO(pairs) struct pairs likely = { .limit = limit };
	AUTO(pairs) struct pairs unlikely = { .limit = limit };
	size_t checked = 0, left;
	bool all = false, edges = false;
	int64_t complete;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	r = meta_int(i, "signatures", &complete);
	if (r != -ENOENT) {
		if (r == 0)
			*ret_checked = *ret_left = 0;
		return r;
	}
	r = list_pairs(i, &likely, &unlikely, &all);
	if (r == 0)
		r = check_pairs(i, &likely, fn, data, limit, &checked, &edges);
	if (r == 0)
		r = check_pairs(i, &unlikely, fn, data, limit, &checked,
				&edges);
	if (r == 0 && edges)
		r = count_edges_upwards(i);
	if (r < 0)
		return r;

	left = likely.n + likely.left + unlikely.n + unlikely.left - checked +
	       (all ? 0 : 1);
	if (left == 0) {
		r = meta_set_int(i, "signatures", 1);
		i->forgot_signatures = false;
		if (r < 0)
			return r;
	}
	*ret_checked = checked;
	*ret_left = left;
	return 0;
}
