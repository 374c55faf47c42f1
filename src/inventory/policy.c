/* policy.c -- what the administrator demands and accepts, kept so that rules
 * can ask about it like about everything else.
 */
#include "inventory/db.h"

static int add_lines(struct inventory *i, const struct policy_line *lines,
		     size_t n)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO policy_line VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int r = db_exec(i, "DELETE FROM policy_line");

	for (size_t k = 0; r == 0 && k < n; k++) {
		const struct policy_line *l = &lines[k];

		query_int(&q, (int64_t)k);
		query_text(&q, l->kind);
		query_text(&q, l->party);
		query_text(&q, l->purpose);
		query_text(&q, l->sha256);
		query_text(&q, l->spki_sha256);
		query_text(&q, l->subject);
		query_text(&q, l->comment);
		query_text(&q, l->author);
		if (l->until == INT64_MAX)
			query_null(&q);
		else
			query_int(&q, l->until);
		query_text(&q, l->path);
		query_int(&q, l->line);
		r = query_run(&q);
	}
	return r;
}

static int add_waivers(struct inventory *i, const struct waiver *waivers,
		       size_t n, bool matched)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO waiver VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int r = db_exec(i, "DELETE FROM waiver");

	for (size_t k = 0; r == 0 && k < n; k++) {
		const struct waiver *w = &waivers[k];

		query_int(&q, (int64_t)k);
		query_text(&q, w->finding);
		query_text(&q, w->rule);
		query_text(&q, w->store);
		query_text(&q, w->reason);
		query_text(&q, w->author);
		query_int(&q, w->until);
		query_text(&q, w->path);
		query_int(&q, w->line);
		if (matched && !w->undecided)
			query_int(&q, (int64_t)w->matched);
		else
			query_null(&q);
		r = query_run(&q);
	}
	return r;
}

int inventory_store_policy(struct inventory *i, const struct policy_line *lines,
			   size_t n)
{
	bool own;
	int r = transaction_begin(i, &own);

	return r < 0 ? r : transaction_end(i, own, add_lines(i, lines, n));
}

int inventory_store_waivers(struct inventory *i, const struct waiver *waivers,
			    size_t n, bool matched)
{
	bool own;
	int r = transaction_begin(i, &own);

	return r < 0 ? r :
		transaction_end(i, own, add_waivers(i, waivers, n, matched));
}
