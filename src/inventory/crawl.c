/* crawl.c -- what the last crawl of a root saw, for the next one: bytes that only
 * locate/crawl-state.c understands, one row for each question that was asked.
 */
#include <errno.h>

#include "inventory/db.h"

int inventory_crawl_load(struct inventory *i, const char *what, struct buf *b)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT state FROM crawl WHERE root_id = ? AND what = ?");
	struct blob state;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_text(&q, what);
	r = query_step(&q);
	if (r <= 0)
		return r;
	state = query_column_blob(&q, 0);
	buf_add(b, state.p, state.n);
	return 0;
}

int inventory_crawl_save(struct inventory *i, const char *what,
			 struct blob state)
{
	AUTO(query) struct query q = query_start(i, state.n > 0 ?
		"INSERT INTO crawl VALUES (?1, ?2, ?3) "
		"ON CONFLICT (root_id, what) DO UPDATE SET state = ?3 WHERE state <> ?3" :
		"DELETE FROM crawl WHERE root_id = ?1 AND what = ?2");

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_text(&q, what);
	if (state.n > 0)
		query_blob(&q, state);
	return query_run(&q);
}

int inventory_recorded_paths(struct inventory *i, const char *kind,
			     store_path_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT path FROM store WHERE root_id = ?1 AND kind = ?2 "
		"ORDER BY path");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_text(&q, kind);
	while ((r = query_step(&q)) > 0) {
		r = fn(query_column_text(&q, 0), data);
		if (r < 0)
			return r;
	}
	return r;
}
