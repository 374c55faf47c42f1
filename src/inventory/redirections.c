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

static int add_one(struct inventory *i, int64_t set, size_t k, const void *data)
{
	const struct stored_redirection *r =
		(const struct stored_redirection *)data + k;
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO redirection VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_int(&q, set);
	query_int(&q, (int64_t)k);
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

int inventory_redirections(struct inventory *i,
			   const struct stored_redirection *redirections,
			   size_t n)
{
	static const struct content_table sets = CONTENT("redirection_set");
	struct digest d;

	if (i->scan == 0)
		return -EINVAL;
	digest_init(&d);
	for (size_t k = 0; k < n; k++)
		digest_one(&d, &redirections[k]);
	return scan_refer(i, &sets, &d, add_one, redirections, n);
}
