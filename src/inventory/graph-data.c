/* graph-data.c -- what reachability is computed over, and where it is kept.
 *
 * What a party's anchors are is said in anchors.c.  Parties with the same anchors
 * share one set, so that a host with a hundred programs that read the system
 * store computes one.
 *
 * What is stored is good until something that it depends on changes.  That is
 * known by a hash over the scan's manifests, its composition and the number of
 * verified signatures, and by the span of time around `now` in which no
 * certificate begins or ends.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

/* ---- does what is stored hold? ---------------------------------------------*/

int scan_hash(struct inventory *i, uint8_t ret_key[SHA256_SIZE])
{
	AUTO(query) struct query composition = query_start(i,
		"SELECT c.sha256 FROM scan s "
		"JOIN composition c ON c.id = s.composition_id WHERE s.id = ?");
	AUTO(query) struct query stores = query_start(i,
		"SELECT ss.store_id, m.sha256 FROM scan_store ss "
		"JOIN reading rd ON rd.id = ss.reading_id "
		"JOIN manifest m ON m.id = rd.manifest_id "
		"WHERE ss.scan_id = ? ORDER BY ss.store_id");
	int64_t edges = 0;
	struct digest d;
	int r;

	digest_init(&d);
	query_int(&composition, i->scan);
	r = query_step(&composition);
	if (r < 0)
		return r;
	digest_text(&d, r > 0 ? query_column_text(&composition, 0) : NULL);

	r = meta_int(i, "edges", &edges);
	if (r < 0 && r != -ENOENT)
		return r;
	digest_int(&d, (uint64_t)edges);

	query_int(&stores, i->scan);
	while ((r = query_step(&stores)) > 0) {
		digest_int(&d, (uint64_t)query_column_int(&stores, 0));
		digest_text(&d, query_column_text(&stores, 1));
	}
	if (r == 0)
		digest_end(&d, ret_key);
	return r;
}

/* 1: what is stored holds for KEY at NOW; 0: it does not.  */
static int is_current(struct inventory *i, const uint8_t key[SHA256_SIZE],
		      int64_t now)
{
	uint8_t stored[SHA256_SIZE];
	int64_t from, until;
	int r = meta_hash(i, "reach", stored);

	if (r == 0)
		r = meta_int(i, "reach_from", &from);
	if (r == 0)
		r = meta_int(i, "reach_until", &until);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return memcmp(stored, key, SHA256_SIZE) == 0 &&
	       now >= from && now < until;
}

static void narrow(struct inventory *i, int64_t now, int64_t boundary)
{
	if (boundary <= now && boundary > i->reach_from)
		i->reach_from = boundary;
	if (boundary > now && boundary < i->reach_until)
		i->reach_until = boundary;
}

/* ---- certificates and edges ------------------------------------------------*/

static int load_certificates(struct inventory *i, struct graph_input *in)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT id, identity_id, not_before, not_after, is_ca, "
		"self_signed FROM certificate "
		"WHERE identity_id IS NOT NULL AND +id IN "
		"(SELECT e.certificate_id FROM scan_store ss "
		"JOIN reading rd ON rd.id = ss.reading_id "
		"JOIN manifest_entry e ON e.manifest_id = rd.manifest_id "
		"WHERE ss.scan_id = ?) ORDER BY id");
	size_t cap = 0;
	int r;

	i->reach_from = INT64_MIN;
	i->reach_until = INT64_MAX;
	query_int(&q, i->scan);
	while ((r = query_step(&q)) > 0) {
		struct graph_certificate c = {
			.id = query_column_int(&q, 0),
			.identity = query_column_int(&q, 1),
			.not_before = query_column_int(&q, 2),
			.not_after = query_column_int(&q, 3),
			.is_ca = query_column_int(&q, 4) != 0,
			.self_signed = query_column_int(&q, 5) != 0,
		};

		narrow(i, in->now, c.not_before);
		narrow(i, in->now, c.not_after);
		grow(&in->certificates, in->n_certificates, &cap, sizeof(c));
		in->certificates[in->n_certificates++] = c;
	}
	return r;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_certificates(const void *a, const void *b)
{
	const struct graph_certificate *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool is_present(const struct graph_input *in, int64_t certificate)
{
	struct graph_certificate key = { .id = certificate };

	return in->n_certificates > 0 &&
	       bsearch(&key, in->certificates, in->n_certificates, sizeof(key),
		       compare_certificates) != NULL;
}

static int load_edges(struct inventory *i, struct graph_input *in)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT certificate_id, identity_id FROM signature "
		"WHERE verified = 1 ORDER BY certificate_id, identity_id");
	int64_t *identities = xcalloc(in->n_certificates, sizeof(*identities));
	const size_t n = in->n_certificates;
	size_t k, cap = 0;
	int r;

	for (k = 0; k < n; k++)
		identities[k] = in->certificates[k].identity;
	if (n > 0)
		qsort(identities, n, sizeof(*identities), compare_ids);
	while ((r = query_step(&q)) > 0) {
		struct graph_edge e = {
			query_column_int(&q, 0), query_column_int(&q, 1),
		};

		/* The inventory knows edges of certificates that went away. */
		if (!is_present(in, e.certificate) ||
		    bsearch(&e.issuer, identities, n, sizeof(*identities),
			    compare_ids) == NULL)
			continue;
		grow(&in->edges, in->n_edges, &cap, sizeof(e));
		in->edges[in->n_edges++] = e;
	}
	free(identities);
	return r;
}

/* ---- anchor sets -----------------------------------------------------------*/

/* The arrays that grow, and how far.  */
struct sets {
	struct graph_input *in;
	size_t cap_anchors, cap_first;
};

static void hash_set(const int64_t *anchors, size_t n,
		     uint8_t ret_hash[SHA256_SIZE])
{
	struct digest d;
	size_t k;

	digest_init(&d);
	for (k = 0; k < n; k++)
		digest_int(&d, (uint64_t)anchors[k]);
	digest_end(&d, ret_hash);
}

/* One party, as far as its anchors depend on it.  */
struct party {
	const char *id;
	bool partial_chain, distrusts_keys;
};

/* Puts a party's anchors behind the others, and loads them.  */
static int load_anchors(struct inventory *i, const struct party *party,
			struct sets *sets, size_t begin, size_t *ret_end)
{
	AUTO(query) struct query q = anchors_query(i, party->id,
						   party->partial_chain,
						   party->distrusts_keys);
	size_t end = begin;
	int r;

	while ((r = query_step(&q)) > 0) {
		grow(&sets->in->anchors, end, &sets->cap_anchors,
		     sizeof(*sets->in->anchors));
		sets->in->anchors[end++] = query_column_int(&q, 0);
	}
	if (r == 0)
		*ret_end = end;
	return r;
}

/* Set K of the input is row K + 1.  -ENOENT: there is none like it.  */
static int find_set(struct inventory *i, const uint8_t hash[SHA256_SIZE],
		    int64_t *ret_row)
{
	AUTO(query) struct query q =
		query_start(i, "SELECT id FROM anchor_set WHERE sha256 = ?");
	int r;

	query_hex(&q, hash, SHA256_SIZE);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret_row = query_column_int(&q, 0);
	return 0;
}

static int store_set(struct inventory *i, int64_t row,
		     const uint8_t hash[SHA256_SIZE], const int64_t *anchors,
		     size_t n)
{
	AUTO(query) struct query set =
		query_start(i, "INSERT INTO anchor_set VALUES (?, ?)");
	AUTO(query) struct query member =
		query_start(i, "INSERT INTO anchor_set_member VALUES (?, ?)");
	size_t k;
	int r;

	query_int(&set, row);
	query_hex(&set, hash, SHA256_SIZE);
	r = query_run(&set);
	for (k = 0; r == 0 && k < n; k++) {
		query_int(&member, row);
		query_int(&member, anchors[k]);
		r = query_run(&member);
	}
	return r;
}

/* The row of PARTY's set, which is added when it is new.  */
static int add_set(struct inventory *i, const struct party *party,
		   struct sets *sets, int64_t *ret_row)
{
	struct graph_input *in = sets->in;
	const size_t begin = in->first[in->n_sets];
	uint8_t hash[SHA256_SIZE];
	int64_t row = (int64_t)in->n_sets + 1;
	size_t end;
	int r = load_anchors(i, party, sets, begin, &end);

	if (r < 0)
		return r;
	hash_set(in->anchors + begin, end - begin, hash);
	r = find_set(i, hash, ret_row);
	if (r != -ENOENT)
		return r;
	r = store_set(i, row, hash, in->anchors + begin, end - begin);
	if (r < 0)
		return r;
	grow(&in->first, in->n_sets + 1, &sets->cap_first, sizeof(*in->first));
	in->first[++in->n_sets] = end;
	*ret_row = row;
	return 0;
}

static int load_sets(struct inventory *i, struct graph_input *in)
{
	AUTO(query) struct query parties = query_start(i,
		"SELECT p.party, p.partial_chain, p.distrusts_keys FROM scan s "
		"JOIN composition_party p "
			"ON p.composition_id = s.composition_id "
		"WHERE s.id = ? ORDER BY p.party");
	AUTO(query) struct query add =
		query_start(i, "INSERT INTO party_anchor_set VALUES (?, ?)");
	struct sets sets = { .in = in };
	int64_t row;
	int r;

	/* So that there is something to point to even without an anchor.  */
	grow(&in->anchors, 0, &sets.cap_anchors, sizeof(*in->anchors));
	grow(&in->first, 0, &sets.cap_first, sizeof(*in->first));
	in->first[0] = 0;
	query_int(&parties, i->scan);
	while ((r = query_step(&parties)) > 0) {
		const struct party party = {
			.id = query_column_text(&parties, 0),
			.partial_chain = query_column_int(&parties, 1) != 0,
			.distrusts_keys = query_column_int(&parties, 2) != 0,
		};

		r = add_set(i, &party, &sets, &row);
		if (r < 0)
			return r;
		query_text(&add, party.id);
		query_int(&add, row);
		r = query_run(&add);
		if (r < 0)
			return r;
	}
	return r;
}

int graph_forget(struct inventory *i)
{
	return db_exec(i, "DELETE FROM list_date; DELETE FROM verdict; "
			  "DELETE FROM reach; DELETE FROM anchor_set_member; "
			  "DELETE FROM anchor_set; "
			  "DELETE FROM party_anchor_set; "
			  "DELETE FROM meta "
			  "WHERE key IN ('reach', 'list_dates')");
}

/* ---- the two calls ---------------------------------------------------------*/

static void auto_input(struct graph_input *in)
{
	graph_input_done(in);
}

int inventory_graph_input(struct inventory *i, struct graph_input *ret_input)
{
	AUTO(input) struct graph_input in = { 0 };
	uint8_t key[SHA256_SIZE];
	int r;

	if (i->scan == 0)
		return -EINVAL;
	i->reach_current = i->reach_expected = false;
	r = scan_time(i, &in.now);
	if (r == 0)
		r = scan_hash(i, key);
	if (r == 0)
		r = is_current(i, key, in.now);
	if (r < 0)
		return r;
	if (r > 0) {
		i->reach_current = true;
		return -EALREADY;
	}
	r = graph_forget(i);
	if (r == 0)
		r = load_certificates(i, &in);
	if (r == 0)
		r = load_edges(i, &in);
	if (r == 0)
		r = load_sets(i, &in);
	if (r < 0)
		return r;
	memcpy(i->reach_key, key, sizeof(key));
	i->reach_expected = true;
	*ret_input = in;
	in = (struct graph_input){ 0 };
	return 0;
}

void graph_input_done(struct graph_input *in)
{
	free(in->certificates);
	free(in->edges);
	free(in->anchors);
	free(in->first);
	*in = (struct graph_input){ 0 };
}

int inventory_store_reach(struct inventory *i, const struct reach *reach,
			  size_t n, bool complete)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO reach VALUES (?, ?, ?, ?, ?, ?)");
	size_t k;
	int r;

	if (!i->reach_expected)
		return -EINVAL;
	r = db_exec(i, "DELETE FROM reach");
	for (k = 0; r == 0 && k < n; k++) {
		query_int(&q, (int64_t)reach[k].set + 1);
		query_int(&q, reach[k].certificate);
		query_int(&q, reach[k].anchor);
		query_int(&q, reach[k].next);
		query_int(&q, reach[k].valid_from);
		query_int(&q, reach[k].valid_until);
		r = query_run(&q);
	}
	if (r == 0)
		r = complete ? meta_set_hash(i, "reach", i->reach_key)
			     : meta_delete(i, "reach");
	if (r == 0)
		r = meta_set_int(i, "reach_from", i->reach_from);
	if (r == 0)
		r = meta_set_int(i, "reach_until", i->reach_until);
	i->reach_current = r == 0;
	return r;
}
