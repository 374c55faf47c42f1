/* fold.c -- one finding about many certificates of a store.
 *
 * Of a list that is years old a hundred lines can be said that are all the same
 * line.  A rule that folds says it once, and the certificates become the
 * finding's members, each with its place, its severity and a sentence of its
 * own.  So it is the same finding for as long as one of them is there: its id is
 * made of the rule, the store and the word that its rows are folded under.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

static int member_compare(const void *a, const void *b)
{
	const struct finding_member *x = a, *y = b;
	int order;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	order = text_compare(x->name, y->name);
	if (order == 0)
		order = text_compare(x->sha256, y->sha256);
	if (order == 0)
		order = text_compare(x->location, y->location);
	if (order == 0 && x->offset != y->offset)
		order = x->offset < y->offset ? -1 : 1;
	if (order == 0)
		order = text_compare(x->label, y->label);
	return order != 0 ? order : strcmp(x->message, y->message);
}

/* WHAT, in the place of A, which is about the same.  */
static void add_member(struct judge *j, struct finding *f, size_t *cap,
		       const struct result *rows, const struct answer *what,
		       const struct answer *a)
{
	AUTO(result) struct result c = { 0 };
	struct finding_member *m;

	grow(&f->members, f->n_members, cap, sizeof(*f->members));
	m = &f->members[f->n_members++];
	*m = (struct finding_member){
		.sha256 = result_copy(rows, a->row, "sha256"),
		.location = result_copy(rows, a->row, "location"),
		.label = result_copy(rows, a->row, "label"),
		.has_offset = a->offset >= 0,
		.offset = a->offset >= 0 ? (uint64_t)a->offset : 0,
		.severity = what->severity,
		.message = sentence_fill(translated(sentence_choose(
			f->rule->members, f->rule->n_members, rows,
			what->row)), rows, what->row),
		.fixable = f->recipe != NULL,
	};
	finding_certificate(j, f, rows, a->row, &c);
	if (c.n_rows == 0)
		return;
	m->sha1 = result_copy(&c, 0, "sha1");
	m->name = result_copy(&c, 0, "name");
	m->has_end = result_cell(&c, 0, "not_after") != NULL;
	m->not_after = result_number(&c, 0, "not_after", 0);
}

/* Sorts the members; those that differ in nothing, because several relying
 * parties read the store, are one.  */
static void sort_members(struct finding *f)
{
	size_t kept = 1;

	qsort(f->members, f->n_members, sizeof(*f->members), member_compare);
	for (size_t i = 1; i < f->n_members; i++) {
		if (member_compare(&f->members[kept - 1], &f->members[i]) != 0)
			f->members[kept++] = f->members[i];
		else
			finding_member_done(&f->members[i]);
	}
	f->n_members = kept;
}

/* Members, and *RET_AT: the gravest row of each certificate, of which *RET_N.
 * Its other rows tell of other places only.  */
static void add_members(struct judge *j, struct finding *f,
			const struct result *rows,
			const struct answer *answers, size_t n,
			size_t **ret_at, size_t *ret_n)
{
	size_t *at = xcalloc(n, sizeof(*at)), n_at = 0, cap = 0;
	const struct answer *what = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct answer *a = &answers[i];

		if (what == NULL || strcmp(a->about, what->about) != 0) {
			what = a;
			at[n_at++] = a->row;
		} else if (a->moved) {	/* the same place by another name */
			continue;
		}
		add_member(j, f, &cap, rows, what, a);
	}
	sort_members(f);
	*ret_at = at;
	*ret_n = n_at;
}

/* ---- its message -----------------------------------------------------------*/

/* NULL: there is no message for VARIANT (NULL: for the rest).  */
static const char *message(const struct rule *r, const char *variant)
{
	for (size_t i = 0; i < r->n_messages; i++)
		if (text_same(r->messages[i].variant, variant))
			return r->messages[i].text;
	return NULL;
}

/* Of "VARIANT-one", "one", "VARIANT" and the one for the rest the first that
 * there is; the former two for one certificate, VARIANT when it is that of all
 * rows.  */
static const char *choose(const struct rule *r, const struct result *rows,
			  const size_t *at, size_t n)
{
	const char *variant = result_text(rows, at[0], "variant");
	AUTO(str) char *single = xasprintf("%s-one",
					   variant != NULL ? variant : "");
	const char *text = NULL;

	for (size_t i = 1; i < n; i++)
		if (!text_same(variant,
			       result_text(rows, at[i], "variant")))
			variant = NULL;
	if (n == 1)
		text = message(r, single);
	if (n == 1 && text == NULL)
		text = message(r, "one");
	if (text == NULL)
		text = message(r, variant);
	return text != NULL ? text : message(r, NULL);
}

/* The message about a row, and how many there are.  */
static char *fill_message(const struct rule *r, const struct result *rows,
			  const size_t *at, size_t n)
{
	static char name[] = FOLD_COUNT;
	size_t width = (size_t)rows->n_columns;
	AUTO(str) char *number = xasprintf("%zu", n);
	struct result one = { .n_columns = rows->n_columns + 1, .n_rows = 1 };
	char *text;

	/* Borrowed, but for the two arrays.  */
	one.names = xcalloc(width + 1, sizeof(*one.names));
	one.cells = xcalloc(width + 1, sizeof(*one.cells));
	memcpy(one.names, rows->names, width * sizeof(*one.names));
	memcpy(one.cells, rows->cells + at[0] * width,
	       width * sizeof(*one.cells));
	one.names[width] = name;
	one.cells[width] = (struct cell){ .text = number,
					  .number = (int64_t)n,
					  .is_number = true };
	text = sentence_fill(translated(choose(r, rows, at, n)), &one, 0);
	free(one.names);
	free(one.cells);
	return text;
}

/* ---- the finding -----------------------------------------------------------*/

static void add_parties(struct finding *f, const struct answer *answers,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (answers[i].party[0] != '\0' && f->party != NULL &&
		    strcmp(answers[i].party, f->party) != 0)
			finding_add_party(f, answers[i].party);
}

void finding_fold(struct judge *j, struct finding *f,
		  sqlite3_stmt *const *evidence, const struct result *rows,
		  const struct answer *answers, size_t n)
{
	const struct answer *a = &answers[0];
	AUTO(str) char *about = xasprintf("%s%s", a->fold,
		a->status == FINDING_UNKNOWN ? " unknown" : "");
	size_t *at, n_at;

	f->severity = SEVERITY_INFO;
	for (size_t i = 0; i < n; i++)
		if (answers[i].severity > f->severity)
			f->severity = answers[i].severity;
	f->status = a->status;
	f->party = result_copy(rows, a->row, "party");
	finding_set_store(j, f, a->store, about);
	finding_repair(j, f, a->store, rows, answers, n);
	add_members(j, f, rows, answers, n, &at, &n_at);
	f->message = fill_message(f->rule, rows, at, n_at);
	finding_evidence(j, f, evidence, rows, at, n_at);
	add_parties(f, answers, n);
	free(at);
}
