/* finding.c -- what a finding is made of: its stable id, its certificate, its
 * evidence, how it is repaired, its place in the report.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

/* Translated only where the reader is no program.  */
static const char *const severity_names[] = {
	[SEVERITY_INFO] = N_("info"), [SEVERITY_LOW] = N_("low"),
	[SEVERITY_MEDIUM] = N_("medium"), [SEVERITY_HIGH] = N_("high"),
};

static const char *const status_names[] = {
	[FINDING_FOUND] = N_("found"), [FINDING_UNKNOWN] = N_("unknown"),
	[FINDING_WAIVED] = N_("waived"),
};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

int severity_from_name(const char *name, enum severity *ret_severity)
{
	for (size_t i = 0; i < ARRAY_SIZE(severity_names); i++) {
		if (strcmp(severity_names[i], name) == 0) {
			*ret_severity = (enum severity)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *finding_status_name(enum finding_status s)
{
	return status_names[s];
}

void finding_member_done(struct finding_member *m)
{
	free(m->sha256);
	free(m->sha1);
	free(m->name);
	free(m->location);
	free(m->label);
	free(m->message);
}

void finding_done(struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		free(f->evidence[i].kind);
		free(f->evidence[i].text);
		free(f->evidence[i].sha256);
	}
	free(f->evidence);
	free(f->rule_id);
	free(f->title);
	free(f->why);
	free(f->message);
	free(f->store_kind);
	free(f->store_path);
	free(f->store_owner);
	free(f->party);
	free(f->location);
	free(f->label);
	free(f->certificate.sha256);
	free(f->certificate.sha1);
	free(f->certificate.spki_sha256);
	free(f->certificate.subject);
	free(f->certificate.issuer);
	free(f->certificate.serial);
	free(f->certificate.name);
	for (size_t i = 0; i < f->n_places; i++) {
		free(f->places[i].location);
		free(f->places[i].label);
	}
	free(f->places);
	for (size_t i = 0; i < f->n_members; i++)
		finding_member_done(&f->members[i]);
	free(f->members);
	free(f->recipe);
	free(f->no_fix);
	memset(f, 0, sizeof(*f));
}

/* ---- making one ----------------------------------------------------------*/

/* Over rule, store and what it is about.  */
static void identify(struct finding *f, const char *store_kind,
		     const char *store_path, const char *about)
{
	const char *const parts[] = { f->rule_id, store_kind, store_path };
	uint8_t hash[SHA256_SIZE];
	AUTO(buf) struct buf b;

	buf_init(&b, LIMIT_RULE_VALUE_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buf_add(&b, parts[i], strlen(parts[i]) + 1);
	buf_adds(&b, about);
	hash_sha256((struct blob){ (const uint8_t *)b.p, b.n }, hash);
	hex_encode(hash, (sizeof(f->id) - 1) / 2, f->id);
}

/* Takes TEXT.  */
static void add_evidence(struct finding *f, const char *kind, char *text,
			 const char *sha256, int depth)
{
	f->evidence = xrealloc(f->evidence, f->n_evidence + 1,
			       sizeof(*f->evidence));
	f->evidence[f->n_evidence++] = (struct evidence){
		.kind = xstrdup(kind),
		.text = text,
		.sha256 = sha256 != NULL ? xstrdup(sha256) : NULL,
		.depth = depth,
	};
}

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

void finding_add_evidence(struct finding *f, const char *kind, char *text,
			  const char *sha256)
{
	add_evidence(f, kind, text, sha256, 0);
}

void finding_begin(struct finding *f, const struct rule *r)
{
	memset(f, 0, sizeof(*f));
	f->rule = r;
	f->rule_id = xstrdup(r->id);
	f->severity = r->severity;
	f->title = xstrdup(translated(r->title));
	f->why = xstrdup(translated(r->why));
}

struct finding *finding_new(struct judge *j, const struct rule *r)
{
	struct report *report = j->report;
	struct finding *f;

	grow(&report->findings, report->n_findings, &j->findings_cap,
	     sizeof(*report->findings));
	f = &report->findings[report->n_findings++];
	finding_begin(f, r);
	return f;
}

void finding_set_store(const struct judge *j, struct finding *f, size_t store,
		       const char *about)
{
	if (store == NO_STORE) {
		identify(f, "", "", about);
		return;
	}
	f->store_id = result_number(&j->stores, store, "store_id", 0);
	f->store_kind = copy(store_text(j, store, "kind"));
	f->store_path = copy(store_text(j, store, "path"));
	f->store_owner = copy(store_text(j, store, "owner"));
	if (f->party == NULL)
		f->party = copy(store_text(j, store, "party"));
	identify(f, f->store_kind, f->store_path, about);
}

void finding_certificate(struct judge *j, struct finding *f,
			 const struct result *rows, size_t row,
			 struct result *ret_certificate)
{
	AUTO(str) char *error = NULL;

	memset(ret_certificate, 0, sizeof(*ret_certificate));
	if (result_text(rows, row, "sha256") == NULL ||
	    result_fetch(&j->guard, j->certificate, 1, rows, row,
			 ret_certificate, &error) == 0)
		return;
	add_evidence(f, N_("problem"), xasprintf(
		_("this evidence could not be gathered: %s"), error), NULL, 0);
	j->report->incomplete = j->report->rule_failed = true;
}

static void fill_certificate(struct judge *j, struct finding *f,
			     const struct result *rows, size_t row)
{
	AUTO(result) struct result c = { 0 };

	f->certificate.sha256 = result_copy(rows, row, "sha256");
	finding_certificate(j, f, rows, row, &c);
	if (c.n_rows == 0)
		return;
	f->certificate.sha1 = result_copy(&c, 0, "sha1");
	if (result_text(&c, 0, "error") != NULL)
		return;
	f->certificate.decoded = true;
	f->certificate.spki_sha256 = result_copy(&c, 0, "spki_sha256");
	f->certificate.subject = result_copy(&c, 0, "subject");
	f->certificate.issuer = result_copy(&c, 0, "issuer");
	f->certificate.name = result_copy(&c, 0, "name");
	f->certificate.serial = result_copy(&c, 0, "serial");
	f->certificate.not_before = result_number(&c, 0, "not_before", 0);
	f->certificate.not_after = result_number(&c, 0, "not_after", 0);
}

/* Why the rule has no script for this; NULL: it has one.  A script would repair all
 * that the finding is about, so that one row without is enough.  */
static const char *why_no_fix(const struct rule *r, const struct result *rows,
			      const struct answer *answers, size_t n)
{
	for (size_t i = 0; i < r->n_no_fixes; i++)
		for (size_t k = 0; k < n; k++)
			if (text_same(r->no_fixes[i].variant,
				      result_text(rows, answers[k].row,
						  "variant")))
				return r->no_fixes[i].text;
	return r->no_fix;
}

/* The rule's word on how to repair, else the store's own way.  */
void finding_repair(const struct judge *j, struct finding *f, size_t store,
		    const struct result *rows, const struct answer *answers,
		    size_t n)
{
	const char *recipe = f->rule->recipe;
	const char *why = why_no_fix(f->rule, rows, answers, n);

	if (why != NULL) {
		f->no_fix = xstrdup(translated(why));
		return;
	}
	if (recipe == NULL)
		recipe = store_text(j, store, "recipe");
	if (recipe == NULL) {
		const char *repair = store_text(j, store, "repair");

		f->no_fix = repair != NULL ? xstrdup(translated(repair))
			: xstrdup(_("There is no recipe for this kind of "
				    "store: change it with the program that "
				    "owns it."));
		return;
	}
	f->recipe = xstrdup(recipe);
	f->automatic = j->automatic != NULL && j->automatic(recipe, j->data);
}

/* ---- evidence -----------------------------------------------------------*/

static int evidence_compare(const void *a, const void *b)
{
	const struct evidence *x = a, *y = b;
	int order = (x->depth > y->depth) - (x->depth < y->depth);

	if (order == 0)
		order = strcmp(x->text, y->text);
	return order != 0 ? order : text_compare(x->sha256, y->sha256);
}

/* One kind of evidence about one row.  */
static void ask_evidence(struct judge *j, struct finding *f,
			 const struct rule_evidence *v,
			 sqlite3_stmt *statement, const struct result *rows,
			 size_t row)
{
	const struct result *own;
	AUTO(str) char *error = NULL;

	if (asked_fetch(j, statement, rows, row, &own, &error) < 0) {
		add_evidence(f, v->kind, xasprintf(
			_("this evidence could not be gathered: %s"),
			error), NULL, 0);
		j->report->incomplete = j->report->rule_failed = true;
		return;
	}
	for (size_t k = 0; k < own->n_rows; k++) {
		const char *text = sentence_choose(v->texts, v->n_texts, own,
						   k);
		int64_t depth = result_number(own, k, "depth", 0);

		if (depth < 0 || depth > LIMIT_PATH_LENGTH)
			depth = LIMIT_PATH_LENGTH;
		add_evidence(f, v->kind, sentence_fill(translated(text), own, k),
			     result_text(own, k, "sha256"), (int)depth);
	}
}

/* Leaves of equal pieces from FIRST on, which are sorted, one each.  */
static void join_equal(struct finding *f, size_t first)
{
	size_t kept = first + 1;

	for (size_t i = kept; i < f->n_evidence; i++) {
		struct evidence *e = &f->evidence[i];

		if (evidence_compare(&f->evidence[kept - 1], e) != 0) {
			f->evidence[kept++] = *e;
			continue;
		}
		free(e->kind);
		free(e->text);
		free(e->sha256);
	}
	f->n_evidence = kept;
}

void finding_evidence(struct judge *j, struct finding *f,
		      sqlite3_stmt *const *statements,
		      const struct result *rows, const size_t *at, size_t n)
{
	for (size_t i = 0; i < f->rule->n_evidence; i++) {
		const struct rule_evidence *v = &f->rule->evidence[i];
		size_t first = f->n_evidence, asked = 0;

		/* Each asks the inventory, whether it has an answer or not.  */
		while (asked < n && asked < LIMIT_FOLD_EVIDENCE &&
		       f->n_evidence - first < LIMIT_FOLD_EVIDENCE)
			ask_evidence(j, f, v, statements[i], rows,
				     at[asked++]);
		if (f->n_evidence > first) {
			qsort(f->evidence + first, f->n_evidence - first,
			      sizeof(*f->evidence), evidence_compare);
			if (n > 1)
				join_equal(f, first);
		}
		if (asked < n)
			add_evidence(f, v->kind, xasprintf(
				ngettext("and what there is about %zu more",
					 "and what there is about %zu more",
					 n - asked), n - asked), NULL,
				LIMIT_PATH_LENGTH);
	}
}

void finding_add_party(struct finding *f, const char *party)
{
	AUTO(str) char *text = xasprintf(_("%s uses this store too"), party);

	for (size_t i = 0; i < f->n_evidence; i++)
		if (strcmp(f->evidence[i].kind, "party") == 0 &&
		    strcmp(f->evidence[i].text, text) == 0)
			return;
	add_evidence(f, N_("party"), TAKE(text), NULL, 0);
}

static void add_place(struct finding *f, const struct answer *a)
{
	struct finding_place *p;

	f->places = xrealloc(f->places, f->n_places + 1, sizeof(*f->places));
	p = &f->places[f->n_places++];
	*p = (struct finding_place){
		.location = xstrdup(a->location),
		.label = a->label[0] != '\0' ? xstrdup(a->label) : NULL,
		.has_offset = a->offset >= 0,
		.offset = a->offset >= 0 ? (uint64_t)a->offset : 0,
	};
}

/* Rows behind the first: other places of it, other users of its store.  */
static void fill_copies(struct finding *f, const struct answer *answers,
			size_t n, const struct result *rows)
{
	bool is_first = true;	/* place of all */

	for (size_t i = 1; i < n; i++) {
		const struct answer *a = &answers[i], *last = a - 1;
		const char *sha256 = result_text(rows, a->row, "sha256");

		/* The same place by another name is no further one.  */
		if (a->moved)
			continue;
		if (a->offset != last->offset ||
		    strcmp(a->location, last->location) != 0 ||
		    strcmp(a->label, last->label) != 0) {
			is_first = false;
			add_place(f, a);
			add_evidence(f, N_("copy"), a->label[0] == '\0' ?
				xasprintf(_("also in %s"), a->location) :
				xasprintf(_("also in %s as %s"), a->location,
					  a->label), sha256, 0);
		} else if (is_first && strcmp(a->party, last->party) != 0) {
			finding_add_party(f, a->party);
		}
	}
}

void finding_fill(struct judge *j, struct finding *f,
		  sqlite3_stmt *const *evidence, const struct result *rows,
		  const struct answer *answers, size_t n)
{
	const struct answer *a = &answers[0];
	const struct rule *r = f->rule;

	f->severity = a->severity;
	f->status = a->status;
	f->party = result_copy(rows, a->row, "party");
	finding_set_store(j, f, a->store, a->about);
	fill_certificate(j, f, rows, a->row);
	finding_repair(j, f, a->store, rows, answers, n);
	f->location = result_copy(rows, a->row, "location");
	f->label = result_copy(rows, a->row, "label");
	f->has_offset = a->offset >= 0;
	f->offset = f->has_offset ? (uint64_t)a->offset : 0;
	f->message = sentence_fill(translated(sentence_choose(
		r->messages, r->n_messages, rows, a->row)), rows, a->row);
	finding_evidence(j, f, evidence, rows, &a->row, 1);
	fill_copies(f, answers, n, rows);
}

/* ---- all of them ---------------------------------------------------------*/

static int finding_compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	order = strcmp(x->rule_id, y->rule_id);
	if (order == 0)
		order = text_compare(x->store_path, y->store_path);
	if (order == 0)
		order = text_compare(x->location, y->location);
	if (order == 0 && x->offset != y->offset)
		order = x->offset < y->offset ? -1 : 1;
	return order != 0 ? order : strcmp(x->id, y->id);
}

void findings_sort(struct finding *findings, size_t n)
{
	if (n > 0)
		qsort(findings, n, sizeof(*findings), finding_compare);
}

void report_done(struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		finding_done(&r->findings[i]);
	for (size_t i = 0; i < r->n_problems; i++) {
		free(r->problems[i].store);
		free(r->problems[i].path);
		free(r->problems[i].code);
		free(r->problems[i].message);
	}
	free(r->findings);
	free(r->problems);
	free(r->root);
	free(r->host_name);
	free(r->host_os);
	free(r->note);
	memset(r, 0, sizeof(*r));
}
