/* preview.c -- what tells two sets of findings apart.  The id of a finding is
 * made of its rule, its store and what it is about, so it is the same finding
 * in both; what may differ is how grave it is, whether it could be judged, and
 * which certificates it is about when they are many.
 */
#include <stdlib.h>
#include <string.h>

#include "output/output.h"

static int compare_ids(const void *a, const void *b)
{
	const struct finding *const *f = a, *const *g = b;

	return strcmp((*f)->id, (*g)->id);
}

/* The findings of R by id; the caller frees.  */
static const struct finding **by_id(const struct report *r)
{
	const struct finding **all = xcalloc(r->n_findings, sizeof(*all));

	for (size_t k = 0; k < r->n_findings; k++)
		all[k] = &r->findings[k];
	if (r->n_findings > 0)
		qsort(all, r->n_findings, sizeof(*all), compare_ids);
	return all;
}

static const struct finding *find(const struct finding **all, size_t n,
				  const struct finding *wanted)
{
	const struct finding **found = n == 0 ? NULL :
		bsearch(&wanted, all, n, sizeof(*all), compare_ids);

	return found != NULL ? *found : NULL;
}

/* Those of R that OTHER lacks, in report order; the caller frees.  */
static const struct finding **lacking(const struct report *r,
				      const struct report *other, size_t *ret_n)
{
	const struct finding **others = by_id(other);
	const struct finding **lack = xcalloc(r->n_findings, sizeof(*lack));
	size_t n = 0;

	for (size_t k = 0; k < r->n_findings; k++)
		if (find(others, other->n_findings, &r->findings[k]) == NULL)
			lack[n++] = &r->findings[k];
	free(others);
	*ret_n = n;
	return lack;
}

/* Members are sorted, so that the same ones stand in one order.  */
static bool same_members(const struct finding *f, const struct finding *g)
{
	if (f->n_members != g->n_members)
		return false;
	for (size_t k = 0; k < f->n_members; k++) {
		const struct finding_member *m = &f->members[k];
		const struct finding_member *n = &g->members[k];

		if (m->severity != n->severity ||
		    (m->sha256 == NULL) != (n->sha256 == NULL) ||
		    (m->sha256 != NULL && strcmp(m->sha256, n->sha256) != 0))
			return false;
	}
	return true;
}

void preview_compare(const struct report *before, const struct report *after,
		     struct preview *ret_preview)
{
	struct preview p = { .before = before, .after = after };
	const struct finding **old = by_id(before);

	p.appear = lacking(after, before, &p.n_appear);
	p.disappear = lacking(before, after, &p.n_disappear);
	p.differ = xcalloc(after->n_findings, sizeof(*p.differ));
	for (size_t k = 0; k < after->n_findings; k++) {
		const struct finding *f = &after->findings[k];
		const struct finding *was = find(old, before->n_findings, f);

		if (was != NULL && (was->severity != f->severity ||
				    was->status != f->status ||
				    !same_members(was, f)))
			p.differ[p.n_differ++] = (struct preview_pair){ was, f };
	}
	free(old);
	*ret_preview = p;
}

void preview_add_change(struct preview *p, const char *change,
			const char *sha256, const char *name, const char *kind,
			const char *path, const char *location)
{
	struct preview_change *c = p->n_changes > 0 ?
				   &p->changes[p->n_changes - 1] : NULL;

	if (c == NULL || strcmp(c->change, change) != 0 ||
	    strcmp(c->sha256, sha256) != 0) {
		grow(&p->changes, p->n_changes, &p->cap_changes, sizeof(*c));
		c = &p->changes[p->n_changes++];
		*c = (struct preview_change){
			.change = xstrdup(change), .sha256 = xstrdup(sha256),
			.name = name != NULL ? xstrdup(name) : NULL,
		};
	}
	grow(&c->places, c->n_places, &c->cap_places, sizeof(*c->places));
	c->places[c->n_places++] = (struct preview_place){
		xstrdup(kind), xstrdup(path),
		xstrdup(location != NULL ? location : path) };
}

void preview_add_move(struct preview *p, const char *kind, const char *from,
		      const char *to)
{
	size_t at = p->n_moves;

	grow(&p->moves, p->n_moves, &p->cap_moves, sizeof(*p->moves));
	for (; at > 0 && strcmp(p->moves[at - 1].from, from) > 0; at--)
		p->moves[at] = p->moves[at - 1];
	p->moves[at] = (struct preview_move){ xstrdup(kind), xstrdup(from),
					      xstrdup(to) };
	p->n_moves++;
}

bool preview_is_elsewhere(const struct preview_place *p)
{
	const size_t n = strlen(p->path);

	return strncmp(p->location, p->path, n) != 0 ||
	       (p->location[n] != '/' && p->location[n] != '\0');
}

void preview_add_verdict(struct preview *p, const struct preview_verdict *v)
{
	grow(&p->verdicts, p->n_verdicts, &p->cap_verdicts,
	     sizeof(*p->verdicts));
	p->verdicts[p->n_verdicts++] = *v;
}

void preview_done(struct preview *p)
{
	for (size_t n = 0; n < p->n_verdicts; n++) {
		struct preview_verdict *v = &p->verdicts[n];

		free(v->party);
		free(v->title);
		free(v->sha256);
		free(v->name);
		free(v->before);
		free(v->after);
	}
	free(p->verdicts);
	for (size_t k = 0; k < p->n_changes; k++) {
		struct preview_change *c = &p->changes[k];

		for (size_t n = 0; n < c->n_places; n++) {
			free(c->places[n].kind);
			free(c->places[n].path);
			free(c->places[n].location);
		}
		free(c->places);
		free(c->change);
		free(c->sha256);
		free(c->name);
	}
	free(p->changes);
	for (size_t k = 0; k < p->n_moves; k++) {
		free(p->moves[k].kind);
		free(p->moves[k].from);
		free(p->moves[k].to);
	}
	free(p->moves);
	free(p->appear);
	free(p->disappear);
	free(p->differ);
	*p = (struct preview){ .before = NULL };
}
