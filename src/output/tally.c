/* tally.c -- what the formats for programs count and sort before they write.  */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/machine.h"

bool is_counting(const struct output_options *o, const struct finding *f)
{
	return f->status == FINDING_FOUND && f->severity >= o->fail_on &&
	       (o->baseline == NULL || !baseline_has(o->baseline, f));
}

void tally_count(const struct report *r, const struct output_options *o,
		 struct tally *ret_tally)
{
	struct tally t = { .all_found = 0 };

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		switch (f->status) {
		case FINDING_FOUND:
			t.found[f->severity]++;
			t.all_found++;
			t.counting += is_counting(o, f);
			break;
		case FINDING_UNKNOWN:
			t.unknown++;
			break;
		case FINDING_WAIVED:
			t.waived++;
			break;
		}
	}
	for (size_t i = 0; i < r->n_problems; i++)
		t.unread += !r->problems[i].skipped;
	*ret_tally = t;
}

/* ---- by rule ---------------------------------------------------------------*/

static int by_id(const void *a, const void *b)
{
	const struct rule_group *x = a, *y = b;

	return strcmp(x->id, y->id);
}

struct rule_group *rule_groups_find(const struct rule_groups *g, const char *id)
{
	const struct rule_group key = { .id = id };

	return bsearch(&key, g->items, g->n, sizeof(*g->items), by_id);
}

static bool is_local(const struct rule *rule)
{
	return rule != NULL && rule->path != NULL &&
	       !has_prefix(rule->path, data_dir());
}

static const char *or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* Rules that were asked, then those of findings, which may be of another run.
 * Some are there twice then, the one that is known first.  */
static void collect(const struct report *r, const struct rules *rules,
		    struct rule_groups *g)
{
	g->items = xcalloc((rules != NULL ? rules->n : 0) + r->n_findings,
			   sizeof(*g->items));
	for (size_t i = 0; rules != NULL && i < rules->n; i++)
		g->items[g->n++] = (struct rule_group){
			.id = rules->items[i].id,
			.title = or_empty(rules->items[i].title),
			.why = or_empty(rules->items[i].why),
			.rule = &rules->items[i],
			.local = is_local(&rules->items[i]),
		};
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		const struct rule_groups known = {
			g->items, rules != NULL ? rules->n : 0,
		};

		if (rule_groups_find(&known, f->rule_id) != NULL)
			continue;
		g->items[g->n++] = (struct rule_group){
			.id = f->rule_id, .title = or_empty(f->title),
			.why = or_empty(f->why),
		};
	}
}

void rule_groups_make(const struct report *r, const struct output_options *o,
		      struct rule_groups *ret_groups)
{
	struct rule_groups g = { .items = NULL };
	size_t kept = 0, indices[2] = { 0, 0 };

	collect(r, o->rules, &g);
	qsort(g.items, g.n, sizeof(*g.items), by_id);
	for (size_t i = 0; i < g.n; i++)
		if (kept == 0 || strcmp(g.items[kept - 1].id, g.items[i].id))
			g.items[kept++] = g.items[i];
	g.n = kept;
	for (size_t i = 0; i < g.n; i++)
		g.items[i].index = indices[g.items[i].local]++;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		struct rule_group *group = rule_groups_find(&g, f->rule_id);

		grow(&group->findings, group->n, &group->cap,
		     sizeof(*group->findings));
		group->findings[group->n++] = f;
		group->found += f->status == FINDING_FOUND;
		group->unknown += f->status == FINDING_UNKNOWN;
		group->waived += f->status == FINDING_WAIVED;
		group->counting += is_counting(o, f);
	}
	*ret_groups = g;
}

void auto_rule_groups(struct rule_groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->items[i].findings);
	free(g->items);
}

const char *pack_of(const struct rule_group *g)
{
	return g->local ? "local" : "trustdrift";
}

/* ---- text ------------------------------------------------------------------*/

char *shown(const char *s)
{
	return s != NULL ? escape_text(s, strlen(s)) : xstrdup("");
}

char *finding_place(const struct finding *f)
{
	AUTO(str) char *location = shown(f->location != NULL ? f->location :
					 f->store_path);
	AUTO(str) char *label = shown(f->label);

	if (*location == '\0')
		return xstrdup("");
	if (*label != '\0')
		return xasprintf("%s, \"%s\"", location, label);
	if (f->has_offset && f->offset > 0)
		return xasprintf("%s, byte %" PRIu64, location, f->offset);
	return xstrdup(location);
}

#define NAMED		3	/* certificates of a folded finding in one line */

/* What a folded finding is about: its first names, and how many more.  */
static void add_members(struct buf *b, const struct finding *f)
{
	size_t named = 0;

	for (size_t i = 0; i < f->n_members && named < NAMED; i++) {
		AUTO(str) char *name = shown(f->members[i].name);

		if (*name == '\0')
			continue;
		buf_addf(b, "%s%s", named == 0 ? " " : ", ", name);
		named++;
	}
	if (named > 0 && f->n_members > named)
		buf_addf(b, ", +%zu", f->n_members - named);
}

char *finding_line(const struct finding *f)
{
	AUTO(str) char *message = shown(f->message);
	AUTO(str) char *name = shown(f->certificate.name);
	AUTO(str) char *place = finding_place(f);
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "%s: ", f->status == FINDING_FOUND ?
		 severity_name(f->severity) : finding_status_name(f->status));
	if (*name != '\0')
		buf_addf(&b, "%s: ", name);
	buf_adds(&b, message);
	/* The message about one names it.  */
	if (f->n_members > 1)
		add_members(&b, f);
	if (*place != '\0')
		buf_addf(&b, " (%s)", place);
	buf_addf(&b, " [%.12s]", f->id);
	return buf_take(&b);
}
