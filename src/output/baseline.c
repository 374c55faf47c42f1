/* baseline.c -- the findings of an earlier report, as far as it takes to tell
 * which of a later one are new.
 *
 * Read leniently: a report that a team keeps as its baseline is older than the
 * program, and only what is compared has to be there.  What was waived, or not
 * decided, has not been found, so it is new when it is.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"

struct known {
	char *id;
	enum severity severity;
	char **members;		/* of a folded one: SHA-256, sorted */
	size_t n_members;
};

struct baseline {
	struct known *items;	/* sorted by id, once `sorted` */
	size_t n, cap;
	bool sorted;
};

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
		free(b->items[i].id);
	}
	free(b->items);
	free(b);
}

static int text_compare(const void *a, const void *b)
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
		const char *sha256 = json_string_value(json_object_get(
			json_array_get(a, i), "sha256"));

		if (sha256 != NULL)
			k->members[k->n_members++] = xstrdup(sha256);
	}
	if (k->n_members > 0)
		qsort(k->members, k->n_members, sizeof(*k->members),
		      text_compare);
}

static int add(struct baseline *b, const json_t *o)
{
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *status = json_string_value(json_object_get(o, "status"));
	const char *severity = json_string_value(json_object_get(o, "severity"));
	struct known k = { .id = NULL };

	if (id == NULL || status == NULL || severity == NULL ||
	    severity_from_name(severity, &k.severity) < 0)
		return -EINVAL;
	if (strcmp(status, "found") != 0)
		return 0;
	k.id = xstrdup(id);
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

	return strcmp(x->id, y->id);
}

bool baseline_has(struct baseline *b, const struct finding *f)
{
	struct known key = { .id = (char *)f->id };
	const struct known *k;

	if (!b->sorted && b->n > 0)
		qsort(b->items, b->n, sizeof(*b->items), known_compare);
	b->sorted = true;
	k = b->n > 0 ? bsearch(&key, b->items, b->n, sizeof(key),
			       known_compare) : NULL;
	if (k == NULL || k->severity < f->severity)
		return false;
	for (size_t i = 0; i < f->n_members; i++) {
		char *sha256 = f->members[i].sha256;

		if (sha256 != NULL && (k->n_members == 0 ||
		    bsearch(&sha256, k->members, k->n_members,
			    sizeof(*k->members), text_compare) == NULL))
			return false;
	}
	return true;
}
