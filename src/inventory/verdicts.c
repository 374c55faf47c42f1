/* verdicts.c -- what each party would make of the authorities that it knows by
 * more than a root: kept for rules and for the dates of explain.
 */
#include "inventory/db.h"

static void bind_time(struct query *q, int64_t time)
{
	if (time == INT64_MAX)
		query_null(q);
	else
		query_int(q, time);
}

int inventory_store_verdicts(struct inventory *i, const struct verdict *verdicts,
			     size_t n)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO verdict SELECT ?, c.id, ?, ?, "
			"(SELECT a.id FROM certificate a WHERE a.sha256 = ?), "
			"?, ?, ?, ? FROM certificate c WHERE c.sha256 = ?");
	int r = db_exec(i, "DELETE FROM verdict");

	for (size_t k = 0; r == 0 && k < n; k++) {
		const struct verdict *v = &verdicts[k];

		query_text(&q, v->party);
		query_int(&q, v->accepted);
		query_text(&q, v->reason);
		if (v->has_at)
			query_hex(&q, v->at, SHA256_SIZE);
		else
			query_null(&q);
		bind_time(&q, v->stops);
		query_text(&q, v->stop_reason);
		query_int(&q, v->good);
		bind_time(&q, v->good_until);
		query_hex(&q, v->sha256, SHA256_SIZE);
		r = query_run(&q);
	}
	return r;
}

int inventory_store_models(struct inventory *i, const struct shown_model *models,
			   size_t n)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO path_model VALUES (?, ?, ?)");
	int r = db_exec(i, "DELETE FROM path_model");

	for (size_t k = 0; r == 0 && k < n; k++) {
		query_text(&q, models[k].id);
		query_text(&q, models[k].title);
		query_text(&q, models[k].verified);
		r = query_run(&q);
	}
	return r;
}
