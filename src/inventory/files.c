/* files.c -- the files of stores and the packages that own them.  What a package
 * database said holds for all scans of a root until the database changes, so it
 * is kept beside the readings, which do not change with it.
 */
#include <errno.h>
#include <string.h>

#include "inventory/db.h"

/* Forgets who owns what when the databases are in another STATE than the one
 * that it is from.  */
static int check_state(struct inventory *i, const uint8_t state[SHA256_SIZE])
{
	AUTO(query) struct query q = query_start(i,
		"DELETE FROM package_file WHERE root_id = ?");
	uint8_t known[SHA256_SIZE], now[SHA256_SIZE];
	struct digest d;
	int r;

	digest_init(&d);
	digest_int(&d, (uint64_t)i->root_id);
	digest_bytes(&d, state, SHA256_SIZE);
	digest_end(&d, now);
	r = meta_hash(i, "packages", known);
	if (r == 0 && memcmp(known, now, sizeof(now)) == 0)
		return 0;
	if (r < 0 && r != -ENOENT)
		return r;
	query_int(&q, i->root_id);
	r = query_run(&q);
	return r < 0 ? r : meta_set_hash(i, "packages", now);
}

int inventory_unowned_files(struct inventory *i,
			    const uint8_t state[SHA256_SIZE], path_fn *fn,
			    void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT DISTINCT f.real_path FROM scan_store ss "
		"JOIN reading_file f ON f.reading_id = ss.reading_id "
		"WHERE ss.scan_id = ? AND NOT EXISTS (SELECT 1 "
			"FROM package_file p WHERE p.root_id = ? "
			"AND p.path = f.real_path) ORDER BY f.real_path");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	r = check_state(i, state);
	if (r < 0)
		return r;
	query_int(&q, i->scan);
	query_int(&q, i->root_id);
	while ((r = query_step(&q)) > 0) {
		const char *path = query_column_text(&q, 0);

		if (path == NULL)
			return -EMEDIUMTYPE;
		r = fn(path, data);
		if (r < 0)
			return r;
	}
	return r;
}

int inventory_own_file(struct inventory *i, const char *path,
		       const char *package, const char *version)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO package_file VALUES (?, ?, ?, ?)");

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_text(&q, path);
	query_text(&q, package);
	query_text(&q, version);
	return query_run(&q);
}
