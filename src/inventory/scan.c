/* scan.c -- one scan is one transaction: its beginning and end, the problems
 * that belong to no store, and who composes what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

/* ---- begin and end ---------------------------------------------------------*/

static int find_root(struct inventory *i, const char *path, int64_t *ret_root)
{
	AUTO(query) struct query find =
		query_start(i, "SELECT id FROM root WHERE path = ?");
	AUTO(query) struct query add =
		query_start(i, "INSERT INTO root (path) VALUES (?)");
	int r;

	query_text(&find, path);
	r = query_step(&find);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret_root = query_column_int(&find, 0);
		return 0;
	}
	query_text(&add, path);
	r = query_run(&add);
	if (r == 0)
		*ret_root = sqlite3_last_insert_rowid(i->db);
	return r;
}

static int add_scan(struct inventory *i, const struct scan_info *info,
		    int64_t root, int64_t *ret_scan)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO scan (root_id, now, made, tool, host_name, "
		"host_os, warn_days) VALUES (?, ?, ?, ?, ?, ?, ?)");
	int r;

	query_int(&q, root);
	query_int(&q, info->now);
	query_int(&q, info->made);
	query_text(&q, info->tool);
	query_text(&q, info->host_name);
	query_text(&q, info->host_os);
	query_int(&q, info->warn_days);
	r = query_run(&q);
	if (r == 0)
		*ret_scan = sqlite3_last_insert_rowid(i->db);
	return r;
}

static void forget_scan(struct inventory *i)
{
	i->scan = i->root_id = 0;
	i->forgot_signatures = false;
	i->reach_current = i->reach_expected = false;
}

int inventory_begin(struct inventory *i, const struct scan_info *info,
		    int64_t *ret_scan)
{
	int64_t root = 0, scan = 0;
	bool own;
	int r;

	if (i->scan != 0 || !sqlite3_get_autocommit(i->db))
		return -EINVAL;
	r = transaction_begin(i, &own);
	if (r < 0)
		return r;
	r = find_root(i, info->root, &root);
	if (r == 0)
		r = add_scan(i, info, root, &scan);
	if (r < 0)
		return transaction_end(i, own, r);
	i->scan = scan;
	i->root_id = root;
	*ret_scan = scan;
	return 0;
}

int inventory_commit(struct inventory *i)
{
	int r = 0;

	if (i->scan == 0)
		return -EINVAL;
	if (!i->reach_current) {
		/* It would be another scan's.  */
		r = graph_forget(i);
		i->reach_current = r == 0;
	}
	if (r == 0)
		r = db_exec(i, "COMMIT");
	if (r == 0)
		forget_scan(i);
	return r;
}

void inventory_rollback(struct inventory *i)
{
	char words[sizeof(i->error)];

	if (i->scan == 0)
		return;
	/* SQLite has rolled back already after some errors.  */
	memcpy(words, i->error, sizeof(words));
	if (!sqlite3_get_autocommit(i->db))
		db_exec(i, "ROLLBACK");
	memcpy(i->error, words, sizeof(words));
	/* Numbers given out meanwhile will be given out again.  */
	certificate_forget(i);
	forget_scan(i);
}

int inventory_scan_problem(struct inventory *i,
			   const struct stored_problem *problem)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO scan_problem SELECT ?1, 1 + coalesce((SELECT "
		"max(position) FROM scan_problem WHERE scan_id = ?1), 0), "
		"?2, ?3, ?4, ?5");

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->scan);
	query_text(&q, problem->path);
	query_text(&q, problem_name(problem->code));
	query_text(&q, problem->message);
	query_int(&q, problem->skipped);
	return query_run(&q);
}

int inventory_totals(struct inventory *i, struct inventory_totals *ret_totals)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT r.scan_id, r.root, (SELECT count(*) FROM v_store), "
		"(SELECT coalesce(sum(entries), 0) FROM v_store), "
		"(SELECT count(*) FROM v_history_certificate c "
			"WHERE c.scan_id = r.scan_id), "
		"(SELECT count(*) FROM v_problem), "
		"(SELECT count(*) FROM v_problem WHERE skipped = 0) "
		"FROM v_run r");
	int r = query_step(&q);

	if (r <= 0)
		return r < 0 ? r : -ENODATA;
	*ret_totals = (struct inventory_totals){
		.scan = query_column_int(&q, 0),
		.root = xstrdup(query_column_text(&q, 1)),
		.stores = query_column_int(&q, 2),
		.entries = query_column_int(&q, 3),
		.certificates = query_column_int(&q, 4),
		.problems = query_column_int(&q, 5),
		.unread = query_column_int(&q, 6),
	};
	return 0;
}

/* ---- composition -----------------------------------------------------------*/

static int compare_stores(const void *a, const void *b)
{
	const struct composed_store *s = a, *t = b;

	if (s->store != t->store)
		return s->store < t->store ? -1 : 1;
	return (s->role > t->role) - (s->role < t->role);
}

/* What is taken comes before what is not, then by position.  */
static int compare_uses(const void *a, const void *b)
{
	const struct composed_store *s = a, *t = b;
	int order = compare_stores(a, b);

	if (order == 0)
		order = (s->instead != NULL) - (t->instead != NULL);
	if (order == 0)
		order = (s->position > t->position) -
			(s->position < t->position);
	return order;
}

static int compare_parties(const void *a, const void *b)
{
	const struct composed_party *const *p = a, *const *q = b;

	return strcmp((*p)->party, (*q)->party);
}

/* A copy of P's stores, sorted, each (store, role) once.  */
static struct composed_store *sorted_stores(const struct composed_party *p,
					    size_t *ret_n)
{
	struct composed_store *stores;
	size_t k, n = 0;

	stores = xmemdup(p->stores, p->n_stores * sizeof(*stores));
	if (p->n_stores > 0)
		qsort(stores, p->n_stores, sizeof(*stores), compare_uses);
	for (k = 0; k < p->n_stores; k++)
		if (n == 0 || compare_stores(&stores[n - 1], &stores[k]) != 0)
			stores[n++] = stores[k];
	*ret_n = n;
	return stores;
}

static void auto_stores(struct composed_store **stores)
{
	free(*stores);
}

static void digest_party(struct digest *d, const struct composed_party *p)
{
	AUTO(stores) struct composed_store *stores = NULL;
	size_t k, n;

	digest_text(d, p->party);
	digest_text(d, p->type);
	digest_text(d, p->instance);
	digest_text(d, p->title);
	digest_text(d, p->owner);
	digest_text(d, p->model);
	digest_int(d, p->own_list);
	digest_int(d, p->is_system);
	digest_int(d, p->partial_chain);
	digest_int(d, p->distrusts_keys);
	stores = sorted_stores(p, &n);
	digest_int(d, n);
	for (k = 0; k < n; k++) {
		digest_int(d, (uint64_t)stores[k].store);
		digest_text(d, role_name(stores[k].role));
		digest_int(d, stores[k].position);
		digest_text(d, stores[k].instead);
	}
}

static int add_party(struct inventory *i, int64_t composition,
		     const struct composed_party *p)
{
	AUTO(query) struct query party = query_start(i,
		"INSERT INTO composition_party VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	AUTO(query) struct query uses = query_start(i,
		"INSERT INTO composition_store VALUES (?, ?, ?, ?, ?)");
	AUTO(query) struct query shadow = query_start(i,
		"INSERT INTO composition_shadow VALUES (?, ?, ?, ?, ?, ?)");
	AUTO(stores) struct composed_store *stores = NULL;
	size_t k, n;
	int r;

	query_int(&party, composition);
	query_text(&party, p->party);
	query_text(&party, p->type);
	query_text(&party, p->instance);
	query_text(&party, p->title);
	query_text(&party, p->owner);
	query_text(&party, p->model);
	query_int(&party, p->own_list);
	query_int(&party, p->is_system);
	query_int(&party, p->partial_chain);
	query_int(&party, p->distrusts_keys);
	r = query_run(&party);

	stores = sorted_stores(p, &n);
	for (k = 0; r == 0 && k < n; k++) {
		struct query *q = stores[k].instead ? &shadow : &uses;

		query_int(q, composition);
		query_text(q, p->party);
		query_int(q, stores[k].store);
		query_text(q, role_name(stores[k].role));
		query_int(q, stores[k].position);
		if (stores[k].instead)
			query_text(q, stores[k].instead);
		r = query_run(q);
	}
	return r;
}

static int add_kth_party(struct inventory *i, int64_t composition, size_t k,
			 const void *data)
{
	const struct composed_party *const *parties = data;

	return add_party(i, composition, parties[k]);
}

static int compose(struct inventory *i, const struct composed_party **parties,
		   size_t n)
{
	static const struct content_table compositions = CONTENT("composition");
	struct digest d;

	digest_init(&d);
	for (size_t k = 0; k < n; k++)
		digest_party(&d, parties[k]);
	return scan_refer(i, &compositions, &d, add_kth_party, parties, n);
}

int inventory_compose(struct inventory *i, const struct composed_party *parties,
		      size_t n)
{
	const struct composed_party **sorted;
	size_t k;
	int r = 0;

	if (i->scan == 0)
		return -EINVAL;
	sorted = xcalloc(n, sizeof(*sorted));
	for (k = 0; k < n; k++)
		sorted[k] = &parties[k];
	if (n > 0)
		qsort(sorted, n, sizeof(*sorted), compare_parties);
	for (k = 1; k < n && r == 0; k++)
		if (compare_parties(&sorted[k - 1], &sorted[k]) == 0)
			r = -EEXIST;
	if (r == 0)
		r = compose(i, sorted, n);
	free(sorted);
	return r;
}

int scan_time(struct inventory *i, int64_t *ret_now)
{
	AUTO(query) struct query q =
		query_start(i, "SELECT now FROM scan WHERE id = ?");
	int r;

	query_int(&q, i->scan);
	r = query_step(&q);
	if (r > 0)
		*ret_now = query_column_int(&q, 0);
	return r > 0 ? 0 : r < 0 ? r : -ENOENT;
}
