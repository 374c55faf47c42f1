/* findings.c -- the findings of the newest audit of each root, as they were
 * reported: fix and show read them here.
 */
#include <errno.h>
#include <string.h>

#include "inventory/db.h"

static int newest_scan(struct inventory *i, int64_t *ret_scan)
{
	AUTO(query) struct query q =
		query_start(i, "SELECT id FROM scan ORDER BY id DESC LIMIT 1");
	int r = query_step(&q);

	if (r <= 0)
		return r < 0 ? r : -ENODATA;
	*ret_scan = query_column_int(&q, 0);
	return 0;
}

/* Those of the root's audit before.  */
static int forget(struct inventory *i, int64_t scan)
{
	AUTO(query) struct query q = query_start(i,
		"DELETE FROM finding WHERE scan_id IN (SELECT a.scan_id "
		"FROM audit a JOIN scan s ON s.root_id = a.root_id "
		"WHERE s.id = ?)");

	query_int(&q, scan);
	return query_run(&q);
}

/* An audit without findings is one, too.  */
static int mark(struct inventory *i, int64_t scan)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT OR REPLACE INTO audit "
		"SELECT root_id, id FROM scan WHERE id = ?");

	query_int(&q, scan);
	return query_run(&q);
}

static int replace(struct inventory *i, const char *const *ids,
		   const char *const *documents, size_t n)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO finding VALUES (?, ?, ?, ?)");
	int64_t scan = 0;
	size_t k;
	int r = newest_scan(i, &scan);

	if (r == 0)
		r = forget(i, scan);
	for (k = 0; r == 0 && k < n; k++) {
		query_int(&q, scan);
		query_int(&q, (int64_t)k);
		query_text(&q, ids[k]);
		query_text(&q, documents[k]);
		r = query_run(&q);
	}
	return r < 0 ? r : mark(i, scan);
}

int inventory_store_findings(struct inventory *i, const char *const *ids,
			     const char *const *documents, size_t n)
{
	bool own;
	int r = transaction_begin(i, &own);

	return r < 0 ? r : transaction_end(i, own,
					   replace(i, ids, documents, n));
}

/* Q gives the scan of an audit, or nothing where there is none.  */
static int each_finding(struct inventory *i, struct query *q, document_fn *fn,
			void *data)
{
	AUTO(query) struct query found = query_start(i, "SELECT document "
		"FROM finding WHERE scan_id = ? ORDER BY position");
	int r = query_step(q);

	if (r <= 0)
		return r < 0 ? r : -ENODATA;
	query_int(&found, query_column_int(q, 0));
	while ((r = query_step(&found)) > 0) {
		r = fn(query_column_text(&found, 0), data);
		if (r < 0)
			return r;
	}
	return r;
}

int inventory_findings(struct inventory *i, document_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i, "SELECT scan_id FROM audit "
		"WHERE scan_id = (SELECT max(id) FROM scan)");

	return each_finding(i, &q, fn, data);
}

int inventory_audited_findings(struct inventory *i, const char *root,
			       document_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i, "SELECT a.scan_id "
		"FROM audit a JOIN root r ON r.id = a.root_id WHERE r.path = ?");

	query_text(&q, root);
	return each_finding(i, &q, fn, data);
}
