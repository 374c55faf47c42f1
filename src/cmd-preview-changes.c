/* cmd-preview-changes.c -- what a preview says of stores: which certificates come
 * and go where, between two scans of one inventory.
 *
 * A file that a package brings in another place than the one before is another
 * store, and so would be all that is in it.  Nobody is helped by that: where a
 * store goes and one of its kind comes that has half of its certificates, it has
 * moved, and only what differs between the two is a change.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define PAIRS_MAX	10000u	/* that are compared */
#define MOVES_MAX	1000u	/* more are stores that go and come */
#define MOVES_BYTES	(48u << 10)	/* of SQL that names them */

/* ---- stores that move --------------------------------------------------------*/

struct pair {
	uint64_t from, to;	/* store_id */
	char *kind, *from_path, *to_path;
	uint64_t shared;	/* certificates */
	size_t alike;		/* bytes at the front and at the end */
};
struct pairs {
	struct pair *items;
	size_t n, cap;
};

static void auto_pairs(struct pairs *all)
{
	for (size_t k = 0; k < all->n; k++) {
		free(all->items[k].kind);
		free(all->items[k].from_path);
		free(all->items[k].to_path);
	}
	free(all->items);
}

/* Takes: the scan before, and after; after, before; before, after; before.  */
static const char pairs_sql[] =
	"WITH gone AS (SELECT store_id, kind, path FROM v_history_store"
	" WHERE scan_id = %" PRId64 " AND store_id NOT IN (SELECT store_id"
	" FROM v_history_store WHERE scan_id = %" PRId64 ")),"
	" come AS (SELECT store_id, kind, path FROM v_history_store"
	" WHERE scan_id = %" PRId64 " AND store_id NOT IN (SELECT store_id"
	" FROM v_history_store WHERE scan_id = %" PRId64 "))"
	" SELECT g.store_id, c.store_id, g.kind, g.path, c.path,"
	" count(DISTINCT d.sha256) AS shared"
	" FROM gone g JOIN come c ON c.kind = g.kind"
	" JOIN v_history_entry e ON e.scan_id = %" PRId64
	" AND e.store_id = g.store_id"
	" JOIN v_history_entry d ON d.scan_id = %" PRId64
	" AND d.store_id = c.store_id AND d.sha256 = e.sha256"
	" GROUP BY g.store_id, c.store_id"
	" HAVING 2 * shared >= (SELECT count(DISTINCT h.sha256)"
	" FROM v_history_entry h WHERE h.scan_id = %" PRId64
	" AND h.store_id = g.store_id)"
	" ORDER BY shared DESC, g.path, c.path LIMIT %u";

static size_t likeness(const char *a, const char *b)
{
	const size_t n = strlen(a), m = strlen(b), most = n < m ? n : m;
	size_t front = 0, end = 0;

	while (front < most && a[front] == b[front])
		front++;
	while (end < most - front && a[n - 1 - end] == b[m - 1 - end])
		end++;
	return front + end;
}

static int take_pair(int n, const char *const *names,
		     const char *const *values, const bool *numeric,
		     void *data)
{
	struct pairs *all = data;
	struct pair p = { .alike = likeness(values[3], values[4]) };

	(void)n, (void)names, (void)numeric;
	if (number_parse(values[0], INT64_MAX, &p.from) < 0 ||
	    number_parse(values[1], INT64_MAX, &p.to) < 0 ||
	    number_parse(values[5], INT64_MAX, &p.shared) < 0)
		return -EINVAL;
	p.kind = xstrdup(values[2]);
	p.from_path = xstrdup(values[3]);
	p.to_path = xstrdup(values[4]);
	grow(&all->items, all->n, &all->cap, sizeof(*all->items));
	all->items[all->n++] = p;
	return 0;
}

/* The likeliest first: a host may have a package's file for two architectures,
 * with the same in both.  */
static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int d = (x->shared < y->shared) - (x->shared > y->shared);

	if (d == 0)
		d = (x->alike < y->alike) - (x->alike > y->alike);
	if (d == 0)
		d = strcmp(x->from_path, y->from_path);
	if (d == 0)
		d = strcmp(x->to_path, y->to_path);
	return d != 0 ? d : strcmp(x->kind, y->kind);
}

static bool is_taken(const struct pairs *all, size_t n, const struct pair *p)
{
	for (size_t k = 0; k < n; k++)
		if (all->items[k].from == p->from || all->items[k].to == p->to)
			return true;
	return false;
}

/* Leaves in ALL only those that are meant.  */
static void choose_pairs(struct pairs *all)
{
	size_t n = 0;

	if (all->n > 0)
		qsort(all->items, all->n, sizeof(*all->items), compare_pairs);
	for (size_t k = 0; k < all->n; k++) {
		const struct pair p = all->items[k];

		if (n == MOVES_MAX || is_taken(all, n, &p))
			continue;
		all->items[k] = all->items[n];
		all->items[n++] = p;
	}
	for (size_t k = n; k < all->n; k++) {
		free(all->items[k].kind);
		free(all->items[k].from_path);
		free(all->items[k].to_path);
	}
	all->n = n;
}

static int find_moves(struct inventory *i, int64_t before, int64_t after,
		      struct pairs *ret_pairs)
{
	AUTO(str) char *sql = xasprintf(pairs_sql, before, after, after, before,
					before, after, before, PAIRS_MAX);
	int status = select_rows(i, sql, take_pair, ret_pairs);

	choose_pairs(ret_pairs);
	return status;
}

/* (old, new) of the stores that move, as a table named moved; the caller frees.
 * Rows of VALUES are no terms of a compound SELECT, of which few are allowed.  */
static char *moved_sql(const struct pairs *all)
{
	struct buf b;

	buf_init(&b, MOVES_BYTES);
	buf_addf(&b, "moved(old, new) AS (%s", all->n > 0 ? "VALUES" :
		 "SELECT 0, 0 WHERE 0");
	for (size_t k = 0; k < all->n; k++)
		buf_addf(&b, "%s (%" PRIu64 ", %" PRIu64 ")", k > 0 ? "," : "",
			 all->items[k].from, all->items[k].to);
	buf_addf(&b, ")");
	return buf_take(&b);
}

/* ---- certificates --------------------------------------------------------------*/

/* Where an entry lies in its store and under which label makes no difference to
 * anybody.  What was distrusted there and is trusted comes; what is distrusted is
 * told as that, and does not go.  Takes: change, the scan that has it, the column of
 * `moved' with this scan's stores and that with the other's, the other scan, which
 * of its entries count, this scan.  */
static const char side_sql[] =
	"SELECT '%s' AS change, c.name, e.sha256, s.kind, s.path, e.location"
	" FROM (SELECT h.store_id, h.sha256, min(h.location) AS location"
	" FROM v_history_entry h WHERE h.scan_id = %" PRId64
	" AND h.role <> 'distrust' GROUP BY h.store_id, h.sha256) e"
	" LEFT JOIN (SELECT DISTINCT coalesce(m.%s, h.store_id) AS store_id,"
	" h.sha256 FROM v_history_entry h LEFT JOIN moved m ON m.%s = h.store_id"
	" WHERE h.scan_id = %" PRId64 "%s) x"
	" ON x.store_id = e.store_id AND x.sha256 = e.sha256"
	" JOIN v_history_store s ON s.store_id = e.store_id"
	" AND s.scan_id = %" PRId64
	" LEFT JOIN v_known_certificate c ON c.sha256 = e.sha256"
	" WHERE x.sha256 IS NULL";
static const char distrusted_sql[] =
	"SELECT 'distrusted' AS change, c.name, e.sha256, s.kind, s.path,"
	" NULL AS location FROM ("
	"SELECT store_id, sha256 FROM v_history_entry"
	" WHERE scan_id = %" PRId64 " AND role = 'distrust'"
	" EXCEPT SELECT coalesce(m.new, h.store_id), h.sha256"
	" FROM v_history_entry h LEFT JOIN moved m ON m.old = h.store_id"
	" WHERE h.scan_id = %" PRId64 " AND h.role = 'distrust') e"
	" JOIN v_history_store s ON s.store_id = e.store_id"
	" AND s.scan_id = %" PRId64
	" LEFT JOIN v_known_certificate c ON c.sha256 = e.sha256";

static int take_change(int n, const char *const *names,
		       const char *const *values, const bool *numeric,
		       void *data)
{
	(void)n, (void)names, (void)numeric;
	preview_add_change(data, values[0], values[2], values[1], values[3],
			   values[4], values[5]);
	return 0;
}

int list_changes(struct inventory *i, int64_t before, int64_t after,
		 struct preview *v)
{
	AUTO(pairs) struct pairs moves = { .n = 0 };
	int status = find_moves(i, before, after, &moves);
	AUTO(str) char *moved = moved_sql(&moves);
	AUTO(str) char *added = xasprintf(side_sql, "added", after, "new",
					  "old", before,
					  " AND h.role <> 'distrust'", after);
	AUTO(str) char *removed = xasprintf(side_sql, "removed", before, "old",
					    "new", after, "", before);
	AUTO(str) char *distrusted = xasprintf(distrusted_sql, after, before,
					       after);
	AUTO(str) char *sql = xasprintf(
		"WITH %s SELECT * FROM (%s UNION ALL %s UNION ALL %s)"
		" ORDER BY change, name, sha256, path, kind",
		moved, added, removed, distrusted);

	for (size_t k = 0; k < moves.n; k++)
		preview_add_move(v, moves.items[k].kind,
				 moves.items[k].from_path,
				 moves.items[k].to_path);
	return status < 0 ? select_rows(i, sql, take_change, v) : status;
}
