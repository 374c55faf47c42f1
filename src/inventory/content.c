/* content.c -- what a scan refers to by its content: who composes what, settings,
 * directories.  These seldom change from one scan to the next, so each state is
 * kept once, under the hash over it.
 */
#include "inventory/db.h"

static int add_content(struct inventory *i, const struct content_table *c,
		       const uint8_t hash[SHA256_SIZE], content_fn *add,
		       const void *data, size_t n, int64_t *ret_row)
{
	AUTO(query) struct query q = query_start(i, c->add);
	int r;

	query_hex(&q, hash, SHA256_SIZE);
	r = query_run(&q);
	*ret_row = sqlite3_last_insert_rowid(i->db);
	for (size_t k = 0; r == 0 && k < n; k++)
		r = add(i, *ret_row, k, data);
	return r;
}

int scan_refer(struct inventory *i, const struct content_table *c,
	       struct digest *over, content_fn *add, const void *data, size_t n)
{
	AUTO(query) struct query find = query_start(i, c->find);
	AUTO(query) struct query use = query_start(i, c->use);
	uint8_t hash[SHA256_SIZE];
	int64_t row = 0;
	int r;

	digest_end(over, hash);
	query_hex(&find, hash, sizeof(hash));
	r = query_step(&find);
	if (r > 0)
		row = query_column_int(&find, 0);
	if (r == 0)
		r = add_content(i, c, hash, add, data, n, &row);
	if (r < 0)
		return r;
	query_int(&use, row);
	query_int(&use, i->scan);
	return query_run(&use);
}
