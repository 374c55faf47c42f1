/* directories.c -- the directories above stores, in one scan: a set that seldom
 * changes and is kept once, under the hash of its content.
 */
#include <errno.h>

#include "inventory/db.h"

int inventory_placed(struct inventory *i, placed_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT path, max(is_file) FROM ("
		"SELECT f.path AS path, 1 AS is_file FROM scan_store ss "
		"JOIN reading_file f ON f.reading_id = ss.reading_id "
		"WHERE ss.scan_id = ?1 "
		"UNION ALL SELECT f.real_path, 1 FROM scan_store ss "
		"JOIN reading_file f ON f.reading_id = ss.reading_id "
		"WHERE ss.scan_id = ?1 AND f.real_path <> f.path "
		"UNION ALL SELECT st.path, 0 FROM scan_store ss "
		"JOIN store st ON st.id = ss.store_id WHERE ss.scan_id = ?1 "
		"UNION ALL SELECT rd.real_path, 0 FROM scan_store ss "
		"JOIN store st ON st.id = ss.store_id "
		"JOIN reading rd ON rd.id = ss.reading_id "
		"WHERE ss.scan_id = ?1 AND rd.real_path <> st.path "
		"UNION ALL SELECT r.target, 0 FROM scan s JOIN redirection r "
		"ON r.redirection_set_id = s.redirection_set_id "
		"WHERE s.id = ?1 AND r.target IS NOT NULL "
		"UNION ALL SELECT r.real_path, 0 FROM scan s JOIN redirection r "
		"ON r.redirection_set_id = s.redirection_set_id "
		"WHERE s.id = ?1 AND r.real_path IS NOT NULL"
		") GROUP BY path ORDER BY path");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->scan);
	while ((r = query_step(&q)) > 0) {
		const char *path = query_column_text(&q, 0);

		if (path == NULL)
			return -EMEDIUMTYPE;
		r = fn(path, query_column_int(&q, 1) != 0, data);
		if (r < 0)
			return r;
	}
	return r;
}

static int add_one(struct inventory *i, int64_t set, size_t k, const void *data)
{
	const struct stored_directory *d =
		(const struct stored_directory *)data + k;
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO directory VALUES (?, ?, ?, ?, ?, ?)");

	query_int(&q, set);
	query_text(&q, d->path);
	query_int(&q, d->mode);
	query_int(&q, d->uid);
	query_int(&q, d->gid);
	query_text(&q, d->user);
	return query_run(&q);
}

int inventory_directories(struct inventory *i,
			  const struct stored_directory *directories, size_t n)
{
	static const struct content_table sets = CONTENT("directory_set");
	struct digest d;

	if (i->scan == 0)
		return -EINVAL;
	digest_init(&d);
	for (size_t k = 0; k < n; k++) {
		digest_text(&d, directories[k].path);
		digest_int(&d, directories[k].mode);
		digest_int(&d, directories[k].uid);
		digest_int(&d, directories[k].gid);
		digest_text(&d, directories[k].user);
	}
	return scan_refer(i, &sets, &d, add_one, directories, n);
}
