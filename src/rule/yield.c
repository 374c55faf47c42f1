/* yield.c -- what a more specific rule tells is not told again.
 *
 * A rule with yields-to="RULE ..." says nothing of a certificate that a finding of
 * one of these rules is about, in whatever store: they are judged before it.  What
 * a waiver accepts there has been told, too; a rule that is disabled tells
 * nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

static int compare(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void add(struct told *t, const struct finding *f, size_t *cap)
{
	if (f->certificate.sha256 != NULL) {
		grow(&t->sha256, t->n, cap, sizeof(*t->sha256));
		t->sha256[t->n++] = f->certificate.sha256;
	}
	for (size_t i = 0; i < f->n_members; i++) {
		if (f->members[i].sha256 == NULL)
			continue;
		grow(&t->sha256, t->n, cap, sizeof(*t->sha256));
		t->sha256[t->n++] = f->members[i].sha256;
	}
}

void told_find(const struct judge *j, const struct rule *r,
	       struct told *ret_told)
{
	struct told t = { 0 };
	size_t cap = 0;

	for (size_t i = 0; r->yields_to != NULL && i < j->report->n_findings;
	     i++) {
		const struct finding *f = &j->report->findings[i];

		if (f->status != FINDING_UNKNOWN &&
		    has_word(r->yields_to, f->rule_id))
			add(&t, f, &cap);
	}
	if (t.n > 0)
		qsort(t.sha256, t.n, sizeof(*t.sha256), compare);
	*ret_told = t;
}

bool told_has(const struct told *t, const char *sha256)
{
	return sha256 != NULL && t->n > 0 &&
		bsearch(&sha256, t->sha256, t->n, sizeof(*t->sha256),
			compare) != NULL;
}

void told_done(struct told *t)
{
	free(t->sha256);
}
