/* findings.c -- the findings of the newest audit, as they were reported: fix
 * and show read them here.
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

static int replace(struct inventory *i, const char *const *ids,
		   const char *const *documents, size_t n)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO finding VALUES (?, ?, ?, ?)");
	int64_t scan;
	size_t k;
	int r = newest_scan(i, &scan);

	if (r == 0)
		r = db_exec(i, "DELETE FROM finding");
	for (k = 0; r == 0 && k < n; k++) {
		query_int(&q, (int64_t)k);
		query_int(&q, scan);
		query_text(&q, ids[k]);
		query_text(&q, documents[k]);
		r = query_run(&q);
	}
	/* An audit without findings is one, too.  */
	return r < 0 ? r : meta_set_int(i, "audit", scan);
}

int inventory_store_findings(struct inventory *i, const char *const *ids,
			     const char *const *documents, size_t n)
{
	bool own;
	int r = transaction_begin(i, &own);

	return r < 0 ? r : transaction_end(i, own,
					   replace(i, ids, documents, n));
}

static int each_finding(struct inventory *i, document_fn *fn, void *data)
{
	AUTO(query) struct query q =
		query_start(i, "SELECT document FROM finding ORDER BY position");
	int r;

	while ((r = query_step(&q)) > 0) {
		r = fn(query_column_text(&q, 0), data);
		if (r < 0)
			return r;
	}
	return r;
}

int inventory_findings(struct inventory *i, document_fn *fn, void *data)
{
	int64_t scan, audited;
	int r = newest_scan(i, &scan);

	if (r == 0)
		r = meta_int(i, "audit", &audited);
	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	return audited != scan ? -ENODATA : each_finding(i, fn, data);
}

int inventory_audited_findings(struct inventory *i, const char *root,
			       document_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT 1 FROM scan s JOIN root r ON r.id = s.root_id "
		"WHERE s.id = ? AND r.path = ?");
	int64_t audited;
	int r = meta_int(i, "audit", &audited);

	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	query_int(&q, audited);
	query_text(&q, root);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENODATA;
	return each_finding(i, fn, data);
}
