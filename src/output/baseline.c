/* baseline.c -- the findings of an earlier report, as far as it takes to tell
 * which of a later one are new.
 *
 * Read leniently: a report that a team keeps as its baseline is older than the
 * program, and only what is compared has to be there.  What was waived, or not
 * decided, has not been found, so it is new when it is; and what was found and is
 * waived or not decided now is not gone.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"

struct known {
	struct former former;
	char **members;		/* of a folded one: SHA-256, or where there is none
				 * the location; sorted */
	size_t n_members;
};

struct baseline {
	struct known *items;	/* sorted by id, once `sorted` */
	size_t n, cap;
	bool sorted;
};

static void former_done(struct former *f)
{
	free(f->id);
	free(f->rule_id);
	free(f->message);
	free(f->store_path);
	free(f->location);
	free(f->sha256);
	free(f->name);
}

static void auto_json(json_t **j)
{
	json_decref(*j);
}

struct baseline *baseline_new(void)
{
	return xcalloc(1, sizeof(struct baseline));
}

void baseline_free(struct baseline *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++) {
		for (size_t k = 0; k < b->items[i].n_members; k++)
			free(b->items[i].members[k]);
		free(b->items[i].members);
		former_done(&b->items[i].former);
	}
	free(b->items);
	free(b);
}

static int compare_texts(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void add_members(const json_t *o, struct known *k)
{
	const json_t *a = json_object_get(o, "certificates");
	size_t n = json_array_size(a);

	k->members = xcalloc(n, sizeof(*k->members));
	for (size_t i = 0; i < n; i++) {
		const json_t *m = json_array_get(a, i);
		const char *key = json_string_value(json_object_get(m, "sha256"));

		if (key == NULL)
			key = json_string_value(json_object_get(m, "location"));
		if (key != NULL)
			k->members[k->n_members++] = xstrdup(key);
	}
	if (k->n_members > 0)
		qsort(k->members, k->n_members, sizeof(*k->members),
		      compare_texts);
}

/* KEY of the object OUTER of a finding, or of itself; NULL: there is none.  */
static char *text_in(const json_t *o, const char *outer, const char *key)
{
	const char *s = json_string_value(json_object_get(outer == NULL ? o :
					  json_object_get(o, outer), key));

	return s != NULL ? xstrdup(s) : NULL;
}

static int add(struct baseline *b, const json_t *o)
{
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *status = json_string_value(json_object_get(o, "status"));
	const char *severity = json_string_value(json_object_get(o, "severity"));
	struct known k = { .members = NULL };

	if (id == NULL || status == NULL || severity == NULL ||
	    severity_from_name(severity, &k.former.severity) < 0)
		return -EINVAL;
	if (strcmp(status, "found") != 0)
		return 0;
	k.former.id = xstrdup(id);
	k.former.rule_id = text_in(o, NULL, "rule");
	k.former.message = text_in(o, NULL, "message");
	k.former.store_path = text_in(o, "store", "path");
	k.former.location = text_in(o, "entry", "location");
	k.former.sha256 = text_in(o, "certificate", "sha256");
	k.former.name = text_in(o, "certificate", "name");
	add_members(o, &k);
	grow(&b->items, b->n, &b->cap, sizeof(*b->items));
	b->items[b->n++] = k;
	b->sorted = false;
	return 0;
}

int baseline_add_finding(struct baseline *b, const char *json)
{
	AUTO(json) json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, NULL);

	return add(b, o);
}

int baseline_add_report(struct baseline *b, const char *json)
{
	AUTO(json) json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	const char *format = json_string_value(json_object_get(o, "format"));
	const json_t *findings = json_object_get(o, "findings");
	int r = 0;

	if (format == NULL || strcmp(format, "trustdrift/findings") != 0 ||
	    !json_is_array(findings))
		return -EINVAL;
	for (size_t i = 0; i < json_array_size(findings) && r == 0; i++)
		r = add(b, json_array_get(findings, i));
	return r;
}

static int known_compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return strcmp(x->former.id, y->former.id);
}

static void sort(struct baseline *b)
{
	if (!b->sorted && b->n > 0)
		qsort(b->items, b->n, sizeof(*b->items), known_compare);
	b->sorted = true;
}

static const struct known *find(struct baseline *b, const struct finding *f)
{
	const struct known key = { .former.id = (char *)f->id };

	sort(b);
	return b->n > 0 ? bsearch(&key, b->items, b->n, sizeof(key),
				  known_compare) : NULL;
}

static bool lacks(const struct known *k, const struct finding *f, size_t i)
{
	char *member = f->members[i].sha256 != NULL ? f->members[i].sha256
						    : f->members[i].location;

	return member != NULL && (k->n_members == 0 ||
		bsearch(&member, k->members, k->n_members, sizeof(*k->members),
			compare_texts) == NULL);
}

bool baseline_lacks(struct baseline *b, const struct finding *f, size_t i)
{
	const struct known *k = find(b, f);

	return k == NULL || lacks(k, f, i);
}

enum novelty baseline_novelty(struct baseline *b, const struct finding *f)
{
	const struct known *k = find(b, f);

	if (k == NULL)
		return NOVELTY_NEW;
	if (k->former.severity < f->severity)
		return NOVELTY_UPDATED;
	for (size_t i = 0; i < f->n_members; i++)
		if (lacks(k, f, i))
			return NOVELTY_UPDATED;
	return NOVELTY_NONE;
}

bool baseline_has(struct baseline *b, const struct finding *f)
{
	return baseline_novelty(b, f) == NOVELTY_NONE;
}

/* ---- what is gone ----------------------------------------------------------*/

static int id_compare(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

/* Could it be that F is only not seen any more: its rule was not decided for its
 * store, or for no store in particular?  */
static bool is_undecided(const struct report *r, const struct former *f)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *u = &r->findings[i];

		if (u->status == FINDING_UNKNOWN && f->rule_id != NULL &&
		    strcmp(u->rule_id, f->rule_id) == 0 &&
		    (u->store_path == NULL || f->store_path == NULL ||
		     strcmp(u->store_path, f->store_path) == 0))
			return true;
	}
	return false;
}

/* The gravest first, like a report.  */
static int former_compare(const void *a, const void *b)
{
	const struct former *const *x = a, *const *y = b;

	if ((*x)->severity != (*y)->severity)
		return (*x)->severity > (*y)->severity ? -1 : 1;
	return strcmp((*x)->id, (*y)->id);
}

void baseline_gone(struct baseline *b, const struct report *r,
		   const struct former ***ret_gone, size_t *ret_n)
{
	const struct finding **now = xcalloc(r->n_findings, sizeof(*now));
	const struct former **gone = xcalloc(b->n, sizeof(*gone));
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++)
		now[i] = &r->findings[i];
	if (r->n_findings > 0)
		qsort(now, r->n_findings, sizeof(*now), id_compare);
	sort(b);
	for (size_t i = 0; i < b->n; i++) {
		const struct former *f = &b->items[i].former;
		struct finding key = { .rule = NULL };
		const struct finding *wanted = &key;

		/* once, however often a report names it */
		if (i > 0 && strcmp(b->items[i - 1].former.id, f->id) == 0)
			continue;
		snprintf(key.id, sizeof(key.id), "%s", f->id);
		if (r->n_findings > 0 &&
		    bsearch(&wanted, now, r->n_findings, sizeof(*now),
			    id_compare) != NULL)
			continue;
		if (!is_undecided(r, f))
			gone[n++] = f;
	}
	if (n > 0)
		qsort(gone, n, sizeof(*gone), former_compare);
	free(now);
	*ret_gone = gone;
	*ret_n = n;
}
