/* redirections.c -- who is pointed at another store, or does not verify, in one
 * scan; the set seldom changes and is kept once, under the hash of its content.
 */
#include <errno.h>

#include "inventory/db.h"

static void digest_one(struct digest *d, const struct stored_redirection *r)
{
	const char *const texts[] = {
		r->source, r->path, r->via, r->owner, r->program, r->section,
		r->name, r->option, r->value, r->effect, r->target,
		r->real_path, r->note,
	};

	for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
		digest_text(d, texts[k]);
	digest_int(d, r->line);
	digest_int(d, (uint64_t)(int64_t)r->present);
	digest_int(d, (uint64_t)r->store);
	digest_int(d, r->processes);
}

/* 0 becomes NULL.  */
static void bind_positive(struct query *q, int64_t value)
{
	if (value > 0)
		query_int(q, value);
	else
		query_null(q);
}

static int add_one(struct inventory *i, int64_t set, size_t position,
		   const struct stored_redirection *r)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO redirection VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_int(&q, set);
	query_int(&q, (int64_t)position);
	query_text(&q, r->source);
	query_text(&q, r->path);
	bind_positive(&q, r->line);
	query_text(&q, r->via);
	query_text(&q, r->owner);
	query_text(&q, r->program);
	query_text(&q, r->section);
	query_text(&q, r->name);
	query_text(&q, r->option);
	query_text(&q, r->value);
	query_text(&q, r->effect);
	query_text(&q, r->target);
	query_text(&q, r->real_path);
	if (r->present >= 0)
		query_int(&q, r->present);
	else
		query_null(&q);
	bind_positive(&q, r->store);
	query_text(&q, r->note);
	bind_positive(&q, (int64_t)r->processes);
	return query_run(&q);
}

static int add_set(struct inventory *i, const uint8_t hash[SHA256_SIZE],
		   const struct stored_redirection *redirections, size_t n,
		   int64_t *ret_set)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO redirection_set (sha256) VALUES (?)");
	int64_t set;
	int r;

	query_hex(&q, hash, SHA256_SIZE);
	r = query_run(&q);
	set = sqlite3_last_insert_rowid(i->db);
	for (size_t k = 0; r == 0 && k < n; k++)
		r = add_one(i, set, k, &redirections[k]);
	if (r == 0)
		*ret_set = set;
	return r;
}

int inventory_redirections(struct inventory *i,
			   const struct stored_redirection *redirections,
			   size_t n)
{
	AUTO(query) struct query find = query_start(i,
		"SELECT id FROM redirection_set WHERE sha256 = ?");
	AUTO(query) struct query use = query_start(i,
		"UPDATE scan SET redirection_set_id = ? WHERE id = ?");
	uint8_t hash[SHA256_SIZE];
	int64_t set = 0;
	struct digest d;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	digest_init(&d);
	for (size_t k = 0; k < n; k++)
		digest_one(&d, &redirections[k]);
	digest_end(&d, hash);
	query_hex(&find, hash, sizeof(hash));
	r = query_step(&find);
	if (r > 0)
		set = query_column_int(&find, 0);
	if (r == 0)
		r = add_set(i, hash, redirections, n, &set);
	if (r < 0)
		return r;
	query_int(&use, set);
	query_int(&use, i->scan);
	return query_run(&use);
}
