/* junit.c -- a report as JUnit XML, as Jenkins, GitLab and others read it (there
 * is no official schema).
 *
 * A test case is a rule: Jenkins keeps one failure of a case, so all findings of
 * a rule stand in its text.  It fails where the exit status would be 2; what
 * counts for less is in the case's output.  Times have no zone, which strict
 * readers refuse.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/machine.h"

#define LINES	1000u		/* of one case */

struct suite {
	size_t tests, failures, errors, skipped;
};

static bool is_failure(const struct rule_group *g)
{
	return g->counting > 0;
}

static bool is_error(const struct rule_group *g)
{
	return !is_failure(g) && g->unknown > 0;
}

/* All that it found was accepted.  */
static bool is_skipped(const struct rule_group *g)
{
	return g->waived > 0 && g->waived == g->n;
}

static void count_pack(const struct rule_groups *g, bool local,
		       struct suite *ret_suite)
{
	struct suite s = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		const struct rule_group *group = &g->items[i];

		if (group->local != local)
			continue;
		s.tests++;
		s.failures += is_failure(group);
		s.errors += is_error(group);
		s.skipped += is_skipped(group);
	}
	*ret_suite = s;
}

static void put_time(struct markup *x, const struct output_options *o)
{
	AUTO(str) char *time = o->duration_ms < 0 ? xstrdup("0") :
		xasprintf("%" PRId64 ".%03u", o->duration_ms / 1000,
			  (unsigned)(o->duration_ms % 1000));

	markup_attribute(x, "time", time);
}

static void put_numbers(struct markup *x, const struct suite *s)
{
	markup_number(x, "tests", s->tests);
	markup_number(x, "failures", s->failures);
	markup_number(x, "errors", s->errors);
	markup_number(x, "skipped", s->skipped);
}

static void open_suite(struct markup *x, const char *name,
		       const struct report *r,
		       const struct output_options *o, const struct suite *s,
		       size_t id)
{
	char now[TIME_SIZE];

	time_format(r->now, now);
	now[strcspn(now, "Z")] = '\0';
	markup_open(x, "testsuite");
	markup_attribute(x, "name", name);
	put_numbers(x, s);
	put_time(x, o);
	markup_attribute(x, "timestamp", now);
	markup_attribute(x, "hostname", r->host_name != NULL ? r->host_name :
		      "unknown");
	markup_number(x, "id", id);
}

static void put_property(struct markup *x, const char *name, const char *value)
{
	markup_open(x, "property");
	markup_attribute(x, "name", name);
	markup_attribute(x, "value", value != NULL ? value : "");
	markup_close(x);
}

static void put_lines(struct markup *x, const struct rule_group *g)
{
	for (size_t i = 0; i < g->n && i < LINES; i++) {
		AUTO(str) char *line = finding_line(g->findings[i]);

		/* shown already, which is not undone by showing it again */
		markup_shown(x, line);
		markup_line_break(x);
	}
	if (g->n > LINES) {
		AUTO(str) char *rest = xasprintf("and %zu more", g->n - LINES);

		markup_words(x, rest);
	}
}

static void put_outcome(struct markup *x, const struct rule_group *g)
{
	AUTO(str) char *message = NULL;

	if (g->n == 0)
		return;
	if (is_failure(g)) {
		message = xasprintf("%zu found", g->found);
		markup_open(x, "failure");
		markup_attribute(x, "type",
			      severity_name(g->findings[0]->severity));
	} else if (is_error(g)) {
		message = xasprintf("%zu not judged", g->unknown);
		markup_open(x, "error");
		markup_attribute(x, "type", "unknown");
	} else if (is_skipped(g)) {
		message = xasprintf("%zu waived", g->waived);
		markup_open(x, "skipped");
	} else {
		markup_open(x, "system-out");
	}
	markup_attribute(x, "message", message);
	if (!is_skipped(g))
		put_lines(x, g);
	markup_close(x);
	if (is_skipped(g)) {
		markup_open(x, "system-out");
		put_lines(x, g);
		markup_close(x);
	}
}

static void put_rules(struct markup *x, const struct rule_groups *g, bool local)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct rule_group *group = &g->items[i];
		AUTO(str) char *name = xasprintf("%s: %s", group->id,
						 group->title);
		AUTO(str) char *class = xasprintf("%s.rules", pack_of(group));

		if (group->local != local)
			continue;
		markup_open(x, "testcase");
		markup_attribute(x, "name", name);
		markup_attribute(x, "classname", class);
		markup_attribute(x, "time", "0");
		put_outcome(x, group);
		markup_close(x);
	}
}

/* What could not be read, which the verdict is incomplete without.  */
static void put_stores(struct markup *x, const struct report *r,
		       const struct tally *t)
{
	size_t told = 0;

	markup_open(x, "testcase");
	markup_attribute(x, "name", "every store was read");
	markup_attribute(x, "classname", "trustdrift.stores");
	markup_attribute(x, "time", "0");
	if (r->incomplete && !only_a_rule_failed(r)) {
		AUTO(str) char *message = xasprintf("%zu problems", t->unread);

		markup_open(x, "error");
		markup_attribute(x, "type", "incomplete");
		markup_attribute(x, "message", message);
		for (size_t i = 0; i < r->n_problems && told < LINES; i++) {
			const struct problem_report *p = &r->problems[i];

			if (p->skipped)
				continue;
			markup_words(x, p->path);
			markup_words(x, ": ");
			markup_words(x, p->message);
			markup_line_break(x);
			told++;
		}
		markup_close(x);
	}
	markup_close(x);
}

int junit_write(const struct report *r, const struct output_options *o, FILE *f)
{
	AUTO(rule_groups) struct rule_groups g = { .items = NULL };
	struct suite packs[2], all;
	struct tally t;
	struct markup *x;

	tally_count(r, o, &t);
	rule_groups_make(r, o, &g);
	count_pack(&g, false, &packs[0]);
	count_pack(&g, true, &packs[1]);
	packs[0].tests++;		/* of the stores */
	packs[0].errors += r->incomplete && !only_a_rule_failed(r);
	all = (struct suite){
		packs[0].tests + packs[1].tests,
		packs[0].failures + packs[1].failures,
		packs[0].errors + packs[1].errors,
		packs[0].skipped + packs[1].skipped,
	};
	x = markup_begin(f);
	markup_open(x, "testsuites");
	markup_attribute(x, "name", "trustdrift");
	put_numbers(x, &all);
	put_time(x, o);
	for (int local = 0; local < 2; local++) {
		if (packs[local].tests == 0)
			continue;
		open_suite(x, local ? "local" : "trustdrift", r, o,
			   &packs[local], (size_t)local);
		markup_open(x, "properties");
		put_property(x, "version", r->tool);
		put_property(x, "root", r->root);
		put_property(x, "os", r->host_os);
		markup_close(x);
		if (!local)
			put_stores(x, r, &t);
		put_rules(x, &g, local);
		markup_close(x);
	}
	markup_close(x);
	return markup_end(x);
}
