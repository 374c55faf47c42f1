/* evaluate.c -- asks every rule and makes findings of the answers.
 *
 * Three things keep silence honest.  A store that a rule needs and that was
 * not read completely gives an `unknown` finding beside what the rule found
 * elsewhere; a rule that fails or exceeds its limits gives one in place of its
 * answers; and either makes the report incomplete.
 *
 * Rows about the same certificate (or identity) in the same store are one
 * finding: the gravest row is it, the other places are its evidence.  Those of
 * a folded rule are one for the whole store (fold.c).
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

static const char run_sql[] =
	"SELECT r.scan_id, r.now, r.root, r.earlier_scans, s.host_name,"
	" s.host_os, (SELECT count(*) FROM v_store) AS stores,"
	" (SELECT sum(entries) FROM v_store) AS entries,"
	/* v_certificate makes the set of all entries' first.  */
	" (SELECT count(*) FROM v_history_certificate c"
	"  WHERE c.scan_id = r.scan_id) AS certificates"
	" FROM v_run r JOIN v_scan s ON s.scan_id = r.scan_id";
static const char policy_sql[] =
	"SELECT DISTINCT kind FROM v_policy WHERE applies = 1";
static const char problems_sql[] =
	"SELECT s.path AS store, p.path, p.\"offset\", p.code, p.message,"
	" p.skipped FROM v_problem p"
	" LEFT JOIN v_store s ON s.store_id = p.store_id"
	" ORDER BY s.path, s.kind, p.path, p.\"offset\", p.code, p.message";
static const char certificate_sql[] =
	"SELECT sha1, spki_sha256, subject, issuer, name, serial, not_before,"
	" not_after, error FROM v_known_certificate WHERE sha256 = :sha256";
static const char identity_sql[] =
	"SELECT spki_sha256, name_sha256 FROM v_identity"
	" WHERE identity = :identity LIMIT 1";
static const char problem_sql[] =
	"SELECT path, message FROM v_problem"
	" WHERE store_id = :store_id AND skipped = 0"
	" ORDER BY path, \"offset\", message LIMIT 1";

/* ---- one rule -----------------------------------------------------------*/

/* Fills F from N answers that are about one thing, or folded.  */
static void fill(struct judge *j, struct finding *f,
		 sqlite3_stmt *const *evidence, const struct result *rows,
		 const struct answer *answers, size_t n)
{
	if (f->rule->fold != NULL)
		finding_fold(j, f, evidence, rows, answers, n);
	else
		finding_fill(j, f, evidence, rows, answers, n);
}

/* Moves the answers about certificates that a waiver covers behind the others,
 * which keep their order, and counts these; BY gets the waivers of the former. */
static size_t split_waived(const struct judge *j, const struct finding *f,
			   const struct result *rows, struct answer *answers,
			   size_t n, struct waiver **by)
{
	struct answer *waived = xcalloc(n, sizeof(*waived));
	size_t n_waived = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct waiver *w = waiver_for(j, f, result_text(
			rows, answers[i].row, "sha256"), true);

		if (w == NULL) {
			answers[kept++] = answers[i];
			continue;
		}
		by[n_waived] = w;
		waived[n_waived++] = answers[i];
	}
	memcpy(answers + kept, waived, n_waived * sizeof(*waived));
	free(waived);
	return kept;
}

/* Takes out of a folded finding what is waived, or waives it whole.  */
static void waive_members(struct judge *j, struct finding *f,
			  sqlite3_stmt *const *evidence,
			  const struct result *rows, struct answer *answers,
			  size_t n)
{
	struct waiver **by = xcalloc(n, sizeof(struct waiver *));
	size_t kept = split_waived(j, f, rows, answers, n, by);

	if (kept > 0 && kept < n) {
		const struct rule *r = f->rule;

		finding_done(f);
		finding_begin(f, r);
		fill(j, f, evidence, rows, answers, kept);
	}
	if (kept == 0)
		f->status = FINDING_WAIVED;
	for (size_t i = 0; kept < n && i < j->waivers->n; i++) {
		struct waiver *w = &j->waivers->items[i];
		size_t certificates = 0;

		for (size_t k = 0; k < n - kept; k++)
			certificates += by[k] == w &&
				(k == 0 || by[k - 1] != w ||
				 strcmp(answers[kept + k].about,
					answers[kept + k - 1].about) != 0);
		if (certificates > 0)
			finding_waive(f, w, NULL, certificates);
	}
	free(by);
}

static void waive(const struct judge *j, struct finding *f)
{
	struct waiver *w = waiver_for(j, f, f->certificate.sha256, false);

	if (w == NULL)
		return;
	f->status = FINDING_WAIVED;
	finding_waive(f, w, f->certificate.sha256, 0);
}

static int judge_rows(struct judge *j, const struct rule *r,
		      sqlite3_stmt *const *evidence, const struct result *rows,
		      char **ret_error)
{
	struct answers a;
	struct told told;
	int e;

	e = answers_read(j, r, rows, &a, ret_error);
	if (e < 0)
		return e;
	told_find(j, r, &told);
	for (size_t first = 0, end; first < a.n; first = end) {
		struct finding *f;

		end = answers_group(&a, first);
		if (told_has(&told, result_text(rows, a.items[first].row,
						"sha256")))
			continue;
		f = finding_new(j, r);
		fill(j, f, evidence, rows, &a.items[first], end - first);
		if (f->status == FINDING_UNKNOWN)
			j->report->incomplete = j->report->unread = true;
		else if (r->fold != NULL)
			waive_members(j, f, evidence, rows, &a.items[first],
				      end - first);
		else
			waive(j, f);
	}
	told_done(&told);
	answers_done(&a);
	return 0;
}

static int judge_rule(struct judge *j, const struct rule *r,
		      sqlite3_stmt *query, char **ret_error)
{
	AUTO(result) struct result rows = { 0 };
	sqlite3_stmt **evidence;
	unsigned line;
	int e;

	e = result_fetch(&j->guard, query, LIMIT_RULE_ROWS, NULL, 0, &rows,
			 ret_error);
	if (e < 0 || rows.n_rows == 0)
		return e;
	evidence = xcalloc(r->n_evidence, sizeof(*evidence));
	for (size_t i = 0; e == 0 && i < r->n_evidence; i++)
		e = guard_prepare_checked(&j->guard, r->evidence[i].query,
					  &evidence[i], ret_error, &line);
	if (e == 0)
		e = judge_rows(j, r, evidence, &rows, ret_error);
	asked_free(j->asked);
	j->asked = NULL;
	for (size_t i = 0; i < r->n_evidence; i++)
		sqlite3_finalize(evidence[i]);
	free(evidence);
	return e;
}

/* The rule itself failed: nothing is known of what it judges.  */
static void add_failed(struct judge *j, const struct rule *r,
		       const char *reason)
{
	struct finding *f = finding_new(j, r);

	f->status = FINDING_UNKNOWN;
	f->message = xasprintf(_("This rule could not be judged: %s."), reason);
	f->no_fix = r->shipped ?
		xasprintf(_("It is the program's own: please report it. To have"
			    " an answer without it, disable it: %s"),
			  r->defined_in) :
		xasprintf(_("Mend the rule, or disable it: %s"), r->defined_in);
	finding_set_store(j, f, NO_STORE, "failed");
	j->report->incomplete = j->report->rule_failed = true;
}

/* Does the policy say anything that the rule is about?  */
static bool has_policy(struct judge *j, const struct rule *r)
{
	for (size_t k = 0; r->policy != NULL && k < j->policy.n_rows; k++)
		if (has_word(r->policy, result_text(&j->policy, k, "kind")))
			return true;
	return r->policy == NULL;
}

/* For every store that the rule needs and that was not read completely.  */
static int add_unknown(struct judge *j, const struct rule *r)
{
	for (size_t store = 0; store < j->stores.n_rows; store++) {
		AUTO(result) struct result first = { 0 };
		AUTO(str) char *error = NULL;
		struct finding *f;
		const char *message;
		int e;

		if (result_number(&j->stores, store, "unread", 0) == 0 ||
		    j->best_name[store] != store || !has_policy(j, r) ||
		    !store_is_needed(j, store, r->needs))
			continue;
		e = result_fetch(&j->guard, j->problem, 1, &j->stores, store,
				 &first, &error);
		if (e < 0)
			return e;
		message = first.n_rows > 0 ?
			result_text(&first, 0, "message") : "?";
		f = finding_new(j, r);
		f->status = FINDING_UNKNOWN;
		finding_set_store(j, f, store, "unread");
		f->location = result_copy(&first, 0, "path");
		f->message = xasprintf(_("Not decided for this store, because "
					 "it was not read completely: %s"),
				       message);
		f->no_fix = xstrdup(_("Make the store readable and scan "
				      "again."));
		j->report->incomplete = j->report->unread = true;
	}
	return 0;
}

/* ---- the report ---------------------------------------------------------*/

int judge_fetch(struct judge *j, const char *sql, struct result *ret_result)
{
	AUTO(statement) sqlite3_stmt *s = NULL;
	AUTO(str) char *error = NULL;
	unsigned line;
	int e;

	e = guard_prepare_checked(&j->guard, sql, &s, &error, &line);
	if (e == 0)
		e = result_fetch(&j->guard, s, SIZE_MAX, NULL, 0, ret_result,
				 &error);
	return e < 0 ? -EIO : 0;
}

static int fill_run(struct judge *j)
{
	AUTO(result) struct result run = { 0 };
	struct report *r = j->report;
	int e;

	e = judge_fetch(j, run_sql, &run);
	if (e < 0)
		return e;
	if (run.n_rows == 0)
		return -ENODATA;
	r->scan = result_number(&run, 0, "scan_id", 0);
	r->now = result_number(&run, 0, "now", 0);
	r->root = result_copy(&run, 0, "root");
	r->host_name = result_copy(&run, 0, "host_name");
	r->host_os = result_copy(&run, 0, "host_os");
	r->stores = (size_t)result_number(&run, 0, "stores", 0);
	r->entries = (size_t)result_number(&run, 0, "entries", 0);
	r->certificates = (size_t)result_number(&run, 0, "certificates", 0);
	if (result_number(&run, 0, "earlier_scans", 0) == 0)
		r->note = xstrdup(_("There is no earlier scan of this root, so "
			"what was trusted here before was not there to judge "
			"by."));
	return 0;
}

static int fill_problems(struct judge *j)
{
	AUTO(result) struct result rows = { 0 };
	struct report *r = j->report;
	int e;

	e = judge_fetch(j, problems_sql, &rows);
	if (e < 0)
		return e;
	r->problems = xcalloc(rows.n_rows, sizeof(*r->problems));
	r->n_problems = rows.n_rows;
	for (size_t i = 0; i < rows.n_rows; i++) {
		struct problem_report *p = &r->problems[i];
		int64_t offset = result_number(&rows, i, "offset", -1);

		p->store = result_copy(&rows, i, "store");
		p->path = result_copy(&rows, i, "path");
		p->code = result_copy(&rows, i, "code");
		p->message = result_copy(&rows, i, "message");
		p->skipped = result_number(&rows, i, "skipped", 0) != 0;
		p->has_offset = offset >= 0;
		p->offset = p->has_offset ? (uint64_t)offset : 0;
		/* Stores may hide where even their names were not seen.  */
		if (p->store == NULL && !p->skipped)
			r->incomplete = r->unread = true;
	}
	return 0;
}

/* What every rule needs.  */
static int prepare(struct judge *j)
{
	AUTO(str) char *ignored = NULL;
	unsigned line;
	int e;

	e = fill_run(j);
	if (e == 0)
		e = fill_problems(j);
	if (e == 0)
		e = stores_load(j);
	if (e == 0)
		e = judge_fetch(j, policy_sql, &j->policy);
	if (e < 0)
		return e;
	if (guard_prepare_checked(&j->guard, certificate_sql, &j->certificate,
				  &ignored, &line) < 0 ||
	    guard_prepare_checked(&j->guard, identity_sql, &j->identity,
				  &ignored, &line) < 0 ||
	    guard_prepare_checked(&j->guard, problem_sql, &j->problem,
				  &ignored, &line) < 0)
		return -EIO;
	return 0;
}

/* All rules of the pack that are asked before, or after, it is known what
 * waivers waived, and of these those that yield to others, or those that do not. */
static int judge_stage(struct judge *j, const struct rules *rules,
		       sqlite3_stmt *const *queries, bool after_waivers,
		       bool yields)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->items[i];
		AUTO(str) char *error = NULL;

		if (r->after_waivers != after_waivers ||
		    (r->yields_to != NULL) != yields)
			continue;
		if (judge_rule(j, r, queries[i], &error) < 0)
			add_failed(j, r, error);
		if (add_unknown(j, r) < 0)
			return -EIO;
	}
	return 0;
}

/* Writing is nothing that the guard lets pass.  */
static int judge_waivers(struct judge *j, struct inventory *i,
			 const struct rules *rules)
{
	int e;

	if (rules->waivers == NULL)
		return 0;
	waivers_doubt(rules->waivers, j->report);
	guard_end(&j->guard);
	e = inventory_store_waivers(i, rules->waivers->items,
				    rules->waivers->n, true);
	guard_begin(&j->guard, inventory_db(i), rules->reads, DIALECT_RULE);
	return e;
}

static int judge_all(struct judge *j, struct inventory *i,
		     const struct rules *rules, sqlite3_stmt *const *queries)
{
	int e = prepare(j);

	if (e == 0)
		e = judge_stage(j, rules, queries, false, false);
	if (e == 0)
		e = judge_stage(j, rules, queries, false, true);
	if (e == 0)
		e = judge_waivers(j, i, rules);
	if (e == 0)
		e = judge_stage(j, rules, queries, true, false);
	if (e == 0)
		e = judge_stage(j, rules, queries, true, true);
	if (e == 0)
		findings_sort(j->report->findings, j->report->n_findings);
	return e;
}

/* What the administrator says, for rules to ask about.  */
static int store_config(struct inventory *i, const struct rules *rules)
{
	int e = 0;

	if (rules->policy != NULL)
		e = inventory_store_policy(i, rules->policy->lines,
					   rules->policy->n);
	for (size_t k = 0; rules->waivers != NULL && k < rules->waivers->n; k++)
		rules->waivers->items[k].matched = 0;
	if (e == 0 && rules->waivers != NULL)
		e = inventory_store_waivers(i, rules->waivers->items,
					    rules->waivers->n, false);
	return e;
}

/* Are there rules that somebody else wrote?  */
static bool has_foreign(const struct rules *rules)
{
	for (size_t k = 0; k < rules->n; k++)
		if (!rules->items[k].shipped)
			return true;
	return false;
}

int rules_evaluate(struct inventory *i, struct rules *rules,
		   bool (*recipe_automatic)(const char *recipe, void *data),
		   void *data, struct report *ret_report, char **ret_error)
{
	sqlite3_stmt **queries = NULL;
	struct report report = { 0 };
	struct judge j = {
		.report = &report,
		.automatic = recipe_automatic,
		.data = data,
		.waivers = rules->waivers,
	};
	int e = store_config(i, rules);

	if (e < 0)
		return e;
	if (rules->reads == NULL && has_foreign(rules)) {
		e = reads_learn(inventory_db(i), &rules->reads, ret_error);
		if (e < 0)
			return e;
	}
	e = inventory_hold(i);
	if (e < 0)
		return e;
	guard_begin(&j.guard, inventory_db(i), rules->reads, DIALECT_RULE);
	e = queries_compile(&j.guard, rules, &queries, ret_error);
	if (e == 0) {
		e = judge_all(&j, i, rules, queries);
		queries_free(queries, rules->n);
	}
	sqlite3_finalize(j.certificate);
	sqlite3_finalize(j.identity);
	sqlite3_finalize(j.problem);
	guard_end(&j.guard);
	inventory_release(i);
	stores_done(&j);
	if (e < 0) {
		report_done(&report);
		return e;
	}
	*ret_report = report;
	return 0;
}
