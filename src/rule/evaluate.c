/* evaluate.c -- asks every rule and makes findings of the answers.
 *
 * Three things keep silence honest.  A store that a rule needs and that was
 * not read completely gives an `unknown` finding beside what the rule found
 * elsewhere; a rule that fails or exceeds its limits gives one in place of its
 * answers; and either makes the report incomplete.
 *
 * Rows about the same certificate (or identity) in the same store are one
 * finding: the gravest row is it, the other places are its evidence.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/guard.h"

/* What is looked up for every finding, and what a rule's query is run with. */
struct judge {
	struct guard guard;
	struct report *report;
	size_t findings_cap;
	struct result stores;		/* sorted by store_id */
	struct result roles;		/* likewise */
	sqlite3_stmt *certificate, *identity, *problem;
	bool (*automatic)(const char *recipe, void *data);
	void *data;
};

/* A row of a rule's query.  */
struct answer {
	size_t row;
	int64_t store_id;		/* 0: none */
	char *about;			/* see finding_identify() */
	enum severity severity;
	enum finding_status status;
	const char *location, *party;	/* borrowed from the row */
	int64_t offset;			/* -1: none */
};

static const char stores_sql[] =
	"SELECT store_id, kind, path, owner, party, recipe, unread"
	" FROM v_store ORDER BY store_id";
static const char roles_sql[] =
	"SELECT DISTINCT store_id, role FROM v_party_store"
	" ORDER BY store_id, role";
static const char run_sql[] =
	"SELECT r.scan_id, r.now, r.root, r.earlier_scans, s.host_name,"
	" s.host_os, (SELECT count(*) FROM v_store) AS stores,"
	" (SELECT sum(entries) FROM v_store) AS entries,"
	" (SELECT count(*) FROM v_certificate) AS certificates"
	" FROM v_run r JOIN v_scan s ON s.scan_id = r.scan_id";
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

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static int64_t number_of(const struct result *r, size_t row, const char *name,
			 int64_t otherwise)
{
	const struct cell *c = result_cell(r, row, name);

	return c != NULL && c->is_number ? c->number : otherwise;
}

/* ---- stores -------------------------------------------------------------*/

/* The first row of R, which is sorted by its column store_id, that is about
 * STORE_ID, or -ENOENT.  */
static int find_store(const struct result *r, int64_t store_id, size_t *ret_row)
{
	size_t low = 0, high = r->n_rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (number_of(r, middle, "store_id", 0) < store_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == r->n_rows || number_of(r, low, "store_id", 0) != store_id)
		return -ENOENT;
	*ret_row = low;
	return 0;
}

static bool has_role(const struct judge *j, int64_t store_id, const char *role,
		     size_t n)
{
	size_t row;

	if (find_store(&j->roles, store_id, &row) < 0)
		return false;
	for (; row < j->roles.n_rows; row++) {
		const char *word = result_text(&j->roles, row, "role");

		if (number_of(&j->roles, row, "store_id", 0) != store_id)
			break;
		if (word != NULL && strlen(word) == n &&
		    memcmp(word, role, n) == 0)
			return true;
	}
	return false;
}

/* Does one of the words [role:]kind of NEEDS mean the store in ROW?  */
static bool needs_store(const struct judge *j, const char *needs, size_t row)
{
	const char *kind = result_text(&j->stores, row, "kind");
	int64_t store_id = number_of(&j->stores, row, "store_id", 0);

	while (needs != NULL && *needs != '\0') {
		size_t n = strcspn(needs, " ");
		const char *word = needs, *colon = memchr(word, ':', n);
		bool role_fits = true;

		needs += n + strspn(needs + n, " ");
		if (colon != NULL) {
			size_t role_n = (size_t)(colon - word);

			role_fits = has_role(j, store_id, word, role_n);
			n -= role_n + 1;
			word = colon + 1;
		}
		if (!role_fits)
			continue;
		if (n > 0 && word[n - 1] == '*') {
			if (strncmp(kind, word, n - 1) == 0)
				return true;
		} else if (strlen(kind) == n && memcmp(kind, word, n) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- one finding --------------------------------------------------------*/

static struct finding *finding_new(struct judge *j, const struct rule *r)
{
	struct report *report = j->report;
	struct finding *f;

	grow(&report->findings, report->n_findings, &j->findings_cap,
	     sizeof(*report->findings));
	f = &report->findings[report->n_findings++];
	memset(f, 0, sizeof(*f));
	f->rule = r;
	f->rule_id = xstrdup(r->id);
	f->severity = r->severity;
	f->title = xstrdup(_(r->title));
	f->why = xstrdup(_(r->why));
	return f;
}

/* Names the store (0: none) and with it makes the id.  */
static void fill_store(const struct judge *j, struct finding *f,
		       int64_t store_id, const char *about)
{
	const char *kind, *path;
	size_t row;

	if (store_id == 0 || find_store(&j->stores, store_id, &row) < 0) {
		finding_identify(f, "", "", about);
		return;
	}
	kind = result_text(&j->stores, row, "kind");
	path = result_text(&j->stores, row, "path");
	finding_identify(f, kind, path, about);
	f->store_id = store_id;
	f->store_kind = xstrdup(kind);
	f->store_path = xstrdup(path);
	f->store_owner = copy(result_text(&j->stores, row, "owner"));
	if (f->party == NULL)
		f->party = copy(result_text(&j->stores, row, "party"));
}

static void fill_certificate(struct judge *j, struct finding *f,
			     const struct result *rows, size_t row)
{
	AUTO(result) struct result c = { 0 };
	AUTO(str) char *error = NULL;
	const char *sha256 = result_text(rows, row, "sha256");

	if (sha256 == NULL)
		return;
	f->certificate.sha256 = xstrdup(sha256);
	if (result_fetch(&j->guard, j->certificate, 1, rows, row, &c,
			 &error) < 0 || c.n_rows == 0)
		return;
	f->certificate.sha1 = copy(result_text(&c, 0, "sha1"));
	if (result_text(&c, 0, "error") != NULL)
		return;
	f->certificate.decoded = true;
	f->certificate.spki_sha256 = copy(result_text(&c, 0, "spki_sha256"));
	f->certificate.subject = copy(result_text(&c, 0, "subject"));
	f->certificate.issuer = copy(result_text(&c, 0, "issuer"));
	f->certificate.name = copy(result_text(&c, 0, "name"));
	f->certificate.serial = copy(result_text(&c, 0, "serial"));
	f->certificate.not_before = number_of(&c, 0, "not_before", 0);
	f->certificate.not_after = number_of(&c, 0, "not_after", 0);
}

/* The rule's word on how to repair, else the store's own way.  */
static void fill_repair(const struct judge *j, struct finding *f)
{
	const char *recipe = f->rule->recipe;
	size_t row;

	if (f->rule->no_fix != NULL) {
		f->no_fix = xstrdup(_(f->rule->no_fix));
		return;
	}
	if (recipe == NULL && find_store(&j->stores, f->store_id, &row) == 0)
		recipe = result_text(&j->stores, row, "recipe");
	if (recipe == NULL) {
		f->no_fix = xstrdup(_("There is no recipe for this kind of "
				      "store: change it with the program that "
				      "owns it."));
		return;
	}
	f->recipe = xstrdup(recipe);
	f->automatic = j->automatic != NULL && j->automatic(recipe, j->data);
}

/* ---- evidence -----------------------------------------------------------*/

static int depth_compare(const void *a, const void *b)
{
	const struct evidence *x = a, *y = b;

	return (x->depth > y->depth) - (x->depth < y->depth);
}

static void fill_evidence(struct judge *j, struct finding *f,
			  sqlite3_stmt *const *statements,
			  const struct result *rows, size_t row)
{
	for (size_t i = 0; i < f->rule->n_evidence; i++) {
		const struct rule_evidence *v = &f->rule->evidence[i];
		AUTO(result) struct result own = { 0 };
		AUTO(str) char *error = NULL;
		size_t first = f->n_evidence;

		if (result_fetch(&j->guard, statements[i], LIMIT_RULE_ROWS,
				 rows, row, &own, &error) < 0) {
			finding_add_evidence(f, v->kind, xasprintf(
				_("this evidence could not be gathered: %s"),
				error), NULL, 0);
			j->report->incomplete = true;
			continue;
		}
		for (size_t k = 0; k < own.n_rows; k++) {
			const char *text = sentence_choose(
				v->texts, v->n_texts, &own, k);
			int64_t depth = number_of(&own, k, "depth", 0);

			if (depth < 0 || depth > LIMIT_PATH_LENGTH)
				depth = LIMIT_PATH_LENGTH;
			finding_add_evidence(f, v->kind,
				sentence_fill(_(text), &own, k),
				result_text(&own, k, "sha256"), (int)depth);
		}
		if (f->n_evidence > first)
			qsort(f->evidence + first, f->n_evidence - first,
			      sizeof(*f->evidence), depth_compare);
	}
}

/* A further row about what F is about: another place, another user.  */
static void add_copy(struct finding *f, const struct answer *previous,
		     const struct answer *a, const struct result *rows)
{
	const char *label = result_text(rows, a->row, "label");
	const char *was = result_text(rows, previous->row, "label");
	bool moved = a->offset != previous->offset ||
		strcmp(a->location, previous->location) != 0 ||
		strcmp(label != NULL ? label : "", was != NULL ? was : "") != 0;

	if (moved && a->location[0] != '\0')
		finding_add_evidence(f, "copy", label == NULL ?
			xasprintf(_("also in %s"), a->location) :
			xasprintf(_("also in %s as %s"), a->location, label),
			result_text(rows, a->row, "sha256"), 0);
	else if (strcmp(a->party, previous->party) != 0)
		finding_add_evidence(f, "party", xasprintf(
			_("%s uses this store too"), a->party), NULL, 0);
}

/* ---- one rule -----------------------------------------------------------*/

static int answer_compare(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	int order;

	if (x->store_id != y->store_id)
		return x->store_id < y->store_id ? -1 : 1;
	order = strcmp(x->about, y->about);
	if (order != 0)
		return order;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->status != y->status)
		return x->status < y->status ? -1 : 1;
	order = strcmp(x->location, y->location);
	if (order == 0 && x->offset != y->offset)
		order = x->offset < y->offset ? -1 : 1;
	if (order == 0)
		order = strcmp(x->party, y->party);
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static void answers_free(struct answer *answers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(answers[i].about);
	free(answers);
}

/* What makes a row's finding the same in the next scan and on other hosts. */
static int read_about(struct judge *j, const struct result *rows, size_t row,
		      char **ret_about, char **ret_error)
{
	AUTO(result) struct result identity = { 0 };
	const char *text;
	int e;

	if (result_cell(rows, row, "identity") != NULL) {
		e = result_fetch(&j->guard, j->identity, 1, rows, row,
				 &identity, ret_error);
		if (e < 0)
			return e;
		if (identity.n_rows > 0) {
			*ret_about = xasprintf("%s%s",
				result_text(&identity, 0, "spki_sha256"),
				result_text(&identity, 0, "name_sha256"));
			return 0;
		}
	}
	text = result_text(rows, row, "sha256");
	if (text == NULL && result_cell(rows, row, "store_id") == NULL)
		text = result_text(rows, row, "location");
	*ret_about = xstrdup(text != NULL ? text : "");
	return 0;
}

static int read_answer(struct judge *j, const struct rule *r,
		       const struct result *rows, size_t row,
		       struct answer *ret_answer, char **ret_error)
{
	struct answer a = { .row = row, .severity = r->severity };
	const char *severity = result_text(rows, row, "severity");
	const char *status = result_text(rows, row, "status");
	size_t store_row;
	int e;

	if (severity != NULL && severity_from_name(severity, &a.severity) < 0) {
		*ret_error = xasprintf(_("there is no severity %s"), severity);
		return -EINVAL;
	}
	if (status != NULL && strcmp(status, "unknown") == 0) {
		a.status = FINDING_UNKNOWN;
	} else if (status != NULL && strcmp(status, "found") != 0) {
		*ret_error = xasprintf(_("there is no status %s"), status);
		return -EINVAL;
	}
	a.store_id = number_of(rows, row, "store_id", 0);
	if (a.store_id != 0 &&
	    find_store(&j->stores, a.store_id, &store_row) < 0) {
		*ret_error = xasprintf(_("there is no store %lld"),
				       (long long)a.store_id);
		return -EINVAL;
	}
	a.location = result_text(rows, row, "location");
	a.party = result_text(rows, row, "party");
	if (a.location == NULL)
		a.location = "";
	if (a.party == NULL)
		a.party = "";
	a.offset = number_of(rows, row, "offset", -1);
	e = read_about(j, rows, row, &a.about, ret_error);
	if (e < 0)
		return e;
	*ret_answer = a;
	return 0;
}

static void add_finding(struct judge *j, const struct rule *r,
			sqlite3_stmt *const *evidence,
			const struct result *rows, const struct answer *answers,
			size_t n)
{
	const struct answer *a = &answers[0];
	struct finding *f = finding_new(j, r);

	f->severity = a->severity;
	f->status = a->status;
	if (f->status == FINDING_UNKNOWN)
		j->report->incomplete = true;
	f->party = copy(result_text(rows, a->row, "party"));
	fill_store(j, f, a->store_id, a->about);
	fill_certificate(j, f, rows, a->row);
	fill_repair(j, f);
	f->location = copy(result_text(rows, a->row, "location"));
	f->label = copy(result_text(rows, a->row, "label"));
	f->has_offset = a->offset >= 0;
	f->offset = f->has_offset ? (uint64_t)a->offset : 0;
	f->message = sentence_fill(_(sentence_choose(
		r->messages, r->n_messages, rows, a->row)), rows, a->row);
	fill_evidence(j, f, evidence, rows, a->row);
	for (size_t i = 1; i < n; i++)
		add_copy(f, &answers[i - 1], &answers[i], rows);
}

static int judge_rows(struct judge *j, const struct rule *r,
		      sqlite3_stmt *const *evidence, const struct result *rows,
		      char **ret_error)
{
	struct answer *answers = xcalloc(rows->n_rows, sizeof(*answers));
	size_t n = 0;
	int e = 0;

	for (; n < rows->n_rows; n++) {
		e = read_answer(j, r, rows, n, &answers[n], ret_error);
		if (e < 0)
			break;
	}
	if (e == 0 && n > 0)
		qsort(answers, n, sizeof(*answers), answer_compare);
	for (size_t first = 0, end; e == 0 && first < n; first = end) {
		const struct answer *a = &answers[first];

		for (end = first + 1; end < n; end++)
			if (answers[end].store_id != a->store_id ||
			    strcmp(answers[end].about, a->about) != 0)
				break;
		add_finding(j, r, evidence, rows, a, end - first);
	}
	answers_free(answers, n);
	return e;
}

static int judge_rule(struct judge *j, const struct rule *r, char **ret_error)
{
	AUTO(statement) sqlite3_stmt *query = NULL;
	AUTO(result) struct result rows = { 0 };
	sqlite3_stmt **evidence;
	unsigned line;
	int e;

	e = guard_prepare(&j->guard, r->query, &query, ret_error, &line);
	if (e == 0)
		e = result_fetch(&j->guard, query, LIMIT_RULE_ROWS, NULL, 0,
				 &rows, ret_error);
	if (e < 0 || rows.n_rows == 0)
		return e;
	evidence = xcalloc(r->n_evidence, sizeof(*evidence));
	for (size_t i = 0; e == 0 && i < r->n_evidence; i++)
		e = guard_prepare(&j->guard, r->evidence[i].query, &evidence[i],
				  ret_error, &line);
	if (e == 0)
		e = judge_rows(j, r, evidence, &rows, ret_error);
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
	f->no_fix = xasprintf(_("Mend the rule, or disable it: %s"),
			      r->defined_in);
	finding_identify(f, "", "", "");
	j->report->incomplete = true;
}

/* For every store that the rule needs and that was not read completely.  */
static int add_unknown(struct judge *j, const struct rule *r)
{
	for (size_t row = 0; row < j->stores.n_rows; row++) {
		AUTO(result) struct result first = { 0 };
		AUTO(str) char *error = NULL;
		struct finding *f;
		int64_t unread = number_of(&j->stores, row, "unread", 0);
		int e;

		if (unread == 0 || !needs_store(j, r->needs, row))
			continue;
		e = result_fetch(&j->guard, j->problem, 1, &j->stores, row,
				 &first, &error);
		if (e < 0)
			return e;
		f = finding_new(j, r);
		f->status = FINDING_UNKNOWN;
		fill_store(j, f, number_of(&j->stores, row, "store_id", 0),
			   "");
		f->location = copy(result_text(&first, 0, "path"));
		f->message = xasprintf(_("Not decided for this store, because "
					 "it was not read completely: %s"),
			first.n_rows > 0 ? result_text(&first, 0, "message") :
			"?");
		f->no_fix = xstrdup(_("Make the store readable and scan "
				      "again."));
		j->report->incomplete = true;
	}
	return 0;
}

/* ---- the report ---------------------------------------------------------*/

static int fetch(struct judge *j, const char *sql, struct result *ret_result)
{
	AUTO(statement) sqlite3_stmt *s = NULL;
	AUTO(str) char *error = NULL;
	unsigned line;
	int e;

	e = guard_prepare(&j->guard, sql, &s, &error, &line);
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

	e = fetch(j, run_sql, &run);
	if (e < 0)
		return e;
	if (run.n_rows == 0)
		return -ENODATA;
	r->scan = number_of(&run, 0, "scan_id", 0);
	r->now = number_of(&run, 0, "now", 0);
	r->root = copy(result_text(&run, 0, "root"));
	r->host_name = copy(result_text(&run, 0, "host_name"));
	r->host_os = copy(result_text(&run, 0, "host_os"));
	r->stores = (size_t)number_of(&run, 0, "stores", 0);
	r->entries = (size_t)number_of(&run, 0, "entries", 0);
	r->certificates = (size_t)number_of(&run, 0, "certificates", 0);
	if (number_of(&run, 0, "earlier_scans", 0) == 0)
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

	e = fetch(j, problems_sql, &rows);
	if (e < 0)
		return e;
	r->problems = xcalloc(rows.n_rows, sizeof(*r->problems));
	r->n_problems = rows.n_rows;
	for (size_t i = 0; i < rows.n_rows; i++) {
		struct problem_report *p = &r->problems[i];
		int64_t offset = number_of(&rows, i, "offset", -1);

		p->store = copy(result_text(&rows, i, "store"));
		p->path = copy(result_text(&rows, i, "path"));
		p->code = copy(result_text(&rows, i, "code"));
		p->message = copy(result_text(&rows, i, "message"));
		p->skipped = number_of(&rows, i, "skipped", 0) != 0;
		p->has_offset = offset >= 0;
		p->offset = p->has_offset ? (uint64_t)offset : 0;
		/* Stores may hide where even their names were not seen.  */
		if (p->store == NULL && !p->skipped)
			r->incomplete = true;
	}
	return 0;
}

static int judge_all(struct judge *j, const struct rules *rules)
{
	AUTO(str) char *ignored = NULL;
	unsigned line;
	int e;

	e = fill_run(j);
	if (e == 0)
		e = fill_problems(j);
	if (e == 0)
		e = fetch(j, stores_sql, &j->stores);
	if (e == 0)
		e = fetch(j, roles_sql, &j->roles);
	if (e < 0)
		return e;
	if (guard_prepare(&j->guard, certificate_sql, &j->certificate,
			  &ignored, &line) < 0 ||
	    guard_prepare(&j->guard, identity_sql, &j->identity,
			  &ignored, &line) < 0 ||
	    guard_prepare(&j->guard, problem_sql, &j->problem,
			  &ignored, &line) < 0)
		return -EIO;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->items[i];
		AUTO(str) char *error = NULL;

		if (judge_rule(j, r, &error) < 0)
			add_failed(j, r, error);
		if (add_unknown(j, r) < 0)
			return -EIO;
	}
	findings_sort(j->report->findings, j->report->n_findings);
	return 0;
}

int rules_evaluate(struct inventory *i, const struct rules *rules,
		   bool (*recipe_automatic)(const char *recipe, void *data),
		   void *data, struct report *ret_report)
{
	struct report report = { 0 };
	struct judge j = {
		.report = &report,
		.automatic = recipe_automatic,
		.data = data,
	};
	int e;

	guard_begin(&j.guard, inventory_db(i), rules->reads, DIALECT_RULE);
	e = judge_all(&j, rules);
	sqlite3_finalize(j.certificate);
	sqlite3_finalize(j.identity);
	sqlite3_finalize(j.problem);
	guard_end(&j.guard);
	result_done(&j.stores);
	result_done(&j.roles);
	if (e < 0) {
		report_done(&report);
		return e;
	}
	*ret_report = report;
	return 0;
}
