/* repeat.c -- a scan that found nothing changed: what was looked at in the scan before
 * it, and its rows once more.
 *
 * What was looked at is bytes that only base/looks-same.c and scan/unchanged.c
 * understand.  They are of one scan, and there is one row for each root.
 */
#include <errno.h>

#include "inventory/db.h"

int inventory_looks_load(struct inventory *i, int64_t *ret_scan, struct buf *b)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT l.scan_id, l.state FROM looks l WHERE l.root_id = ?1 "
		"AND l.scan_id = (SELECT max(id) FROM scan "
			"WHERE root_id = ?1 AND id < ?2)");
	struct blob state;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_int(&q, i->scan);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret_scan = query_column_int(&q, 0);
	state = query_column_blob(&q, 1);
	return buf_add(b, state.p, state.n);
}

int inventory_looks_save(struct inventory *i, struct blob state)
{
	AUTO(query) struct query q = query_start(i, state.n > 0 ?
		"INSERT INTO looks SELECT ?1, ?2, ?3, count(*) "
		"FROM scan_problem WHERE scan_id = ?2 "
		"ON CONFLICT (root_id) DO UPDATE SET scan_id = excluded.scan_id, "
		"state = excluded.state, problems = excluded.problems" :
		"DELETE FROM looks WHERE root_id = ?1 AND ?2 > 0");

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_int(&q, i->scan);
	if (state.n > 0)
		query_blob(&q, state);
	return query_run(&q);
}

int scan_copy_sets(struct inventory *i, int64_t from)
{
	AUTO(query) struct query q = query_start(i,
		"UPDATE scan SET (composition_id, redirection_set_id, "
		"directory_set_id) = (SELECT composition_id, "
		"redirection_set_id, directory_set_id FROM scan "
		"WHERE id = ?1) WHERE id = ?2");

	query_int(&q, from);
	query_int(&q, i->scan);
	return query_run(&q);
}

/* Those that the scan itself had: what came of signatures comes again.  */
static int copy_own_problems(struct inventory *i, int64_t from)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO scan_problem SELECT ?2, position, path, code, "
		"message, skipped FROM scan_problem WHERE scan_id = ?1 "
		"AND position <= (SELECT problems FROM looks "
			"WHERE scan_id = ?1)");

	query_int(&q, from);
	query_int(&q, i->scan);
	return query_run(&q);
}

static int copy_stores(struct inventory *i, int64_t from, size_t *ret_n)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO scan_store SELECT ?2, store_id, reading_id "
		"FROM scan_store WHERE scan_id = ?1");
	int r;

	query_int(&q, from);
	query_int(&q, i->scan);
	r = query_run(&q);
	if (r == 0)
		*ret_n = (size_t)sqlite3_changes(i->db);
	return r;
}

int inventory_repeat(struct inventory *i, int64_t from, size_t *ret_stores)
{
	AUTO(query) struct query looks = query_start(i,
		"UPDATE looks SET scan_id = ? WHERE root_id = ?");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	r = scan_copy_sets(i, from);
	if (r == 0)
		r = copy_own_problems(i, from);
	if (r == 0)
		r = copy_stores(i, from, ret_stores);
	if (r < 0)
		return r;
	query_int(&looks, i->scan);
	query_int(&looks, i->root_id);
	return query_run(&looks);
}
