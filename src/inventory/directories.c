/* directories.c -- the directories above stores, in one scan: a set that seldom
 * changes and is kept once, under the hash of its content.
 */
#include <errno.h>

#include "inventory/db.h"

int inventory_placed(struct inventory *i, placed_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT f.path, 1 FROM scan_store ss "
		"JOIN reading_file f ON f.reading_id = ss.reading_id "
		"WHERE ss.scan_id = ?1 "
		"UNION SELECT f.real_path, 1 FROM scan_store ss "
		"JOIN reading_file f ON f.reading_id = ss.reading_id "
		"WHERE ss.scan_id = ?1 "
		"UNION SELECT st.path, 0 FROM scan_store ss "
		"JOIN store st ON st.id = ss.store_id WHERE ss.scan_id = ?1 "
		"UNION SELECT rd.real_path, 0 FROM scan_store ss "
		"JOIN reading rd ON rd.id = ss.reading_id "
		"WHERE ss.scan_id = ?1 AND rd.real_path IS NOT NULL "
		"UNION SELECT r.target, 0 FROM scan s JOIN redirection r "
		"ON r.redirection_set_id = s.redirection_set_id "
		"WHERE s.id = ?1 AND r.target IS NOT NULL "
		"UNION SELECT r.real_path, 0 FROM scan s JOIN redirection r "
		"ON r.redirection_set_id = s.redirection_set_id "
		"WHERE s.id = ?1 AND r.real_path IS NOT NULL");
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

static int add_set(struct inventory *i, const uint8_t hash[SHA256_SIZE],
		   const struct stored_directory *directories, size_t n,
		   int64_t *ret_set)
{
	AUTO(query) struct query set = query_start(i,
		"INSERT INTO directory_set (sha256) VALUES (?)");
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO directory VALUES (?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	query_hex(&set, hash, SHA256_SIZE);
	r = query_run(&set);
	id = sqlite3_last_insert_rowid(i->db);
	for (size_t k = 0; r == 0 && k < n; k++) {
		query_int(&q, id);
		query_text(&q, directories[k].path);
		query_int(&q, directories[k].mode);
		query_int(&q, directories[k].uid);
		query_int(&q, directories[k].gid);
		query_text(&q, directories[k].user);
		r = query_run(&q);
	}
	if (r == 0)
		*ret_set = id;
	return r;
}

int inventory_directories(struct inventory *i,
			  const struct stored_directory *directories, size_t n)
{
	AUTO(query) struct query find = query_start(i,
		"SELECT id FROM directory_set WHERE sha256 = ?");
	AUTO(query) struct query use = query_start(i,
		"UPDATE scan SET directory_set_id = ? WHERE id = ?");
	uint8_t hash[SHA256_SIZE];
	int64_t set = 0;
	struct digest d;
	int r;

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
	digest_end(&d, hash);
	query_hex(&find, hash, sizeof(hash));
	r = query_step(&find);
	if (r > 0)
		set = query_column_int(&find, 0);
	if (r == 0)
		r = add_set(i, hash, directories, n, &set);
	if (r < 0)
		return r;
	query_int(&use, set);
	query_int(&use, i->scan);
	return query_run(&use);
}
