/* answers.c -- puts the rows of a rule's query in order: what each is about,
 * in which store, how grave it is, and which of them belong together.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

/* ---- one row --------------------------------------------------------------*/

/* What makes a row's finding the same in the next scan and on other hosts. */
static int read_about(struct judge *j, const struct result *rows, size_t row,
		      char **ret_about, char **ret_error)
{
	AUTO(result) struct result identity = { 0 };
	const char *text, *topic;
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
	topic = result_text(rows, row, "topic");
	if (text != NULL && topic != NULL) {
		*ret_about = xasprintf("%s %s", text, topic);
		return 0;
	}
	if (text == NULL)
		text = topic;
	if (text == NULL && result_cell(rows, row, "store_id") == NULL)
		text = result_text(rows, row, "location");
	*ret_about = xstrdup(text != NULL ? text : "");
	return 0;
}

static const char *text_of(const struct result *rows, size_t row,
			   const char *column)
{
	const char *text = result_text(rows, row, column);

	return text != NULL ? text : "";
}

static int read_answer(struct judge *j, const struct rule *r,
		       const struct result *rows, size_t row,
		       struct answer *ret_answer, char **ret_error)
{
	struct answer a = { .row = row, .severity = r->severity };
	const char *severity = result_text(rows, row, "severity");
	const char *status = result_text(rows, row, "status");
	int64_t store_id = result_number(rows, row, "store_id", 0);
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
	a.store = NO_STORE;
	if (store_id != 0) {
		size_t store;

		if (store_find(j, store_id, &store) < 0) {
			*ret_error = xasprintf(_("there is no store %lld"),
					       (long long)store_id);
			return -EINVAL;
		}
		a.store = j->best_name[store];
		a.moved = a.store != store;
	}
	a.location = text_of(rows, row, "location");
	a.label = text_of(rows, row, "label");
	a.party = text_of(rows, row, "party");
	a.offset = result_number(rows, row, "offset", -1);
	if (r->fold != NULL) {
		a.fold = result_text(rows, row, "fold");
		a.fold = a.fold != NULL ? a.fold : r->fold;
	}
	e = read_about(j, rows, row, &a.about, ret_error);
	if (e < 0)
		return e;
	*ret_answer = a;
	return 0;
}

/* ---- stores that nobody reads ---------------------------------------------*/

static int file_compare(const struct judge *j, const struct answer *a,
			const struct answer *b)
{
	const char *x = store_text(j, a->store, "real_path");
	const char *y = store_text(j, b->store, "real_path");
	int order = strcmp(a->about, b->about);

	return order != 0 ? order : strcmp(x != NULL ? x : "",
					   y != NULL ? y : "");
}

static int use_compare(const void *a, const void *b, void *data)
{
	const struct answer *x = a, *y = b;
	const struct judge *j = data;
	int order = file_compare(j, x, y);

	if (order == 0)
		order = (store_text(j, x->store, "party") == NULL) -
			(store_text(j, y->store, "party") == NULL);
	return order != 0 ? order : (x->store > y->store) -
		(x->store < y->store);
}

/* What nobody reads by one name, and somebody by another, is found by the
 * latter only.  */
static void join_unused(struct judge *j, struct answer *answers, size_t n)
{
	size_t first = 0;

	if (n == 0)
		return;
	qsort_r(answers, n, sizeof(*answers), use_compare, j);
	for (size_t i = 0; i < n; i++) {
		if (file_compare(j, &answers[first], &answers[i]) != 0)
			first = i;
		if (store_text(j, answers[i].store, "real_path") != NULL &&
		    store_text(j, answers[i].store, "party") == NULL &&
		    store_text(j, answers[first].store, "party") != NULL) {
			answers[i].store = answers[first].store;
			answers[i].moved = true;
		}
	}
}

/* ---- all of them ----------------------------------------------------------*/

/* By the finding that they are folded into.  What could not be judged is no
 * part of what was found.  */
static int fold_compare(const struct answer *x, const struct answer *y)
{
	int order = x->fold != NULL && y->fold != NULL ?
		    strcmp(x->fold, y->fold) : 0;

	if (order == 0 && x->fold != NULL && x->status != y->status)
		order = x->status < y->status ? -1 : 1;
	return order;
}

static int answer_compare(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	int order;

	if (x->store != y->store)
		return x->store < y->store ? -1 : 1;
	order = fold_compare(x, y);
	if (order == 0)
		order = strcmp(x->about, y->about);
	if (order != 0)
		return order;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->status != y->status)
		return x->status < y->status ? -1 : 1;
	if (x->moved != y->moved)
		return x->moved ? 1 : -1;
	order = strcmp(x->location, y->location);
	if (order == 0 && x->offset != y->offset)
		order = x->offset < y->offset ? -1 : 1;
	if (order == 0)
		order = strcmp(x->label, y->label);
	if (order == 0)
		order = strcmp(x->party, y->party);
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

int answers_read(struct judge *j, const struct rule *r,
		 const struct result *rows, struct answers *ret_answers,
		 char **ret_error)
{
	struct answers a = { .items = xcalloc(rows->n_rows, sizeof(*a.items)) };

	for (; a.n < rows->n_rows; a.n++) {
		int e = read_answer(j, r, rows, a.n, &a.items[a.n], ret_error);

		if (e < 0) {
			answers_done(&a);
			return e;
		}
	}
	join_unused(j, a.items, a.n);
	if (a.n > 0)
		qsort(a.items, a.n, sizeof(*a.items), answer_compare);
	*ret_answers = a;
	return 0;
}

void answers_done(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->items[i].about);
	free(a->items);
	memset(a, 0, sizeof(*a));
}

size_t answers_group(const struct answers *a, size_t first)
{
	const struct answer *begin = &a->items[first];
	size_t end = first + 1;

	while (end < a->n && a->items[end].store == begin->store &&
	       fold_compare(&a->items[end], begin) == 0 &&
	       (begin->fold != NULL ||
		strcmp(a->items[end].about, begin->about) == 0))
		end++;
	return end;
}
