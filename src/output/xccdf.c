/* xccdf.c -- a report as results of XCCDF 1.2 (NIST SP 800-126), for OpenSCAP and
 * what reads its results: a benchmark with the rules, and in it a TestResult with
 * one rule-result for each of them.
 *
 * A rule fails where the exit status would be 2; less grave findings, and those
 * that were accepted, are informational.  Never one result for each certificate:
 * what was found are messages, the first of them.  There is no platform, which a
 * reader without a dictionary of them takes for one that it is not.  The order of
 * elements is the schema's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/machine.h"

#define MESSAGES	20u		/* of one rule */

static const char *severity_of(const struct rule_group *g)
{
	return severity_name(g->rule != NULL ? g->rule->severity
					     : g->findings[0]->severity);
}

static const char *result_of(const struct rule_group *g)
{
	if (g->counting > 0)
		return "fail";
	if (g->unknown > 0)
		return "unknown";
	return g->n > 0 ? "informational" : "pass";
}

static char *id_of(const char *kind, const char *name)
{
	return xasprintf("xccdf_trustdrift_%s_%s", kind, name);
}

/* ---- the benchmark ---------------------------------------------------------*/

static void put_references(struct markup *x, const struct rule *rule)
{
	for (char **u = rule->references; u != NULL && *u != NULL; u++) {
		markup_open(x, "reference");
		markup_attribute(x, "href", *u);
		markup_words(x, *u);
		markup_close(x);
	}
}

static void put_rule(struct markup *x, const struct rule_group *g)
{
	AUTO(str) char *id = id_of("rule", g->id);

	markup_open(x, "Rule");
	markup_attribute(x, "id", id);
	markup_attribute(x, "selected", "true");
	markup_attribute(x, "severity", severity_of(g));
	markup_element(x, "title", g->title);
	markup_element(x, "description", g->why);
	if (g->rule != NULL) {
		AUTO(str) char *how = xasprintf(
			"trustdrift fix --rule %s writes a script that repairs it.",
			g->id);

		put_references(x, g->rule);
		markup_element(x, "fixtext", g->rule->no_fix != NULL ?
			    g->rule->no_fix : how);
	}
	markup_close(x);
}

/* ---- the results -----------------------------------------------------------*/

static const char *message_severity(const struct finding *f)
{
	return f->status != FINDING_FOUND || f->severity <= SEVERITY_LOW ?
	       "info" : f->severity == SEVERITY_HIGH ? "error" : "warning";
}

/* Who said so, as the specification wants it.  */
static void put_check(struct markup *x, const struct rule_group *g)
{
	markup_open(x, "check");
	markup_attribute(x, "system", "urn:trustdrift:rule");
	markup_open(x, "check-content-ref");
	markup_attribute(x, "href", "trustdrift");
	markup_attribute(x, "name", g->id);
	markup_close(x);
	markup_close(x);
}

static void put_result(struct markup *x, const struct rule_group *g,
		       const char *now)
{
	AUTO(str) char *id = id_of("rule", g->id);

	markup_open(x, "rule-result");
	markup_attribute(x, "idref", id);
	markup_attribute(x, "time", now);
	markup_attribute(x, "severity", severity_of(g));
	markup_element(x, "result", result_of(g));
	for (size_t i = 0; i < g->n && i < MESSAGES; i++) {
		AUTO(str) char *line = finding_line(g->findings[i]);

		markup_open(x, "message");
		markup_attribute(x, "severity", message_severity(g->findings[i]));
		markup_shown(x, line);
		markup_close(x);
	}
	if (g->n > MESSAGES) {
		AUTO(str) char *rest = xasprintf("and %zu more",
						 g->n - MESSAGES);

		markup_open(x, "message");
		markup_attribute(x, "severity", "info");
		markup_words(x, rest);
		markup_close(x);
	}
	put_check(x, g);
	markup_close(x);
}

/* How many of a hundred rules that say anything pass.  */
static void put_score(struct markup *x, const struct rule_groups *g)
{
	AUTO(str) char *score = NULL;
	size_t passed = 0, failed = 0;

	for (size_t i = 0; i < g->n; i++) {
		passed += g->items[i].n == 0;
		failed += g->items[i].counting > 0 || g->items[i].unknown > 0;
	}
	score = xasprintf("%zu.%02zu", passed + failed == 0 ? 100 :
			  100 * passed / (passed + failed),
			  passed + failed == 0 ? 0 :
			  10000 * passed / (passed + failed) % 100);
	markup_open(x, "score");
	markup_attribute(x, "system", "urn:xccdf:scoring:default");
	markup_attribute(x, "maximum", "100");
	markup_words(x, score);
	markup_close(x);
}

static void put_results(struct markup *x, const struct report *r,
			const struct rule_groups *g)
{
	AUTO(str) char *system = NULL;
	char now[TIME_SIZE];

	system = xasprintf("cpe:/a:trustdrift:trustdrift:%s", r->tool);
	time_format(r->now, now);
	markup_open(x, "TestResult");
	markup_attribute(x, "id", "xccdf_trustdrift_testresult_audit");
	markup_attribute(x, "start-time", now);
	markup_attribute(x, "end-time", now);
	markup_attribute(x, "version", r->tool);
	markup_attribute(x, "test-system", system);
	/* oscap does not know remarks */
	markup_element(x, "title", r->incomplete ?
		"trustdrift: a store that a rule needs could not be read" :
		"trustdrift");
	markup_element(x, "target", r->host_name != NULL ? r->host_name
						      : "unknown");
	for (size_t i = 0; i < g->n; i++)
		put_result(x, &g->items[i], now);
	put_score(x, g);
	markup_close(x);
}

int xccdf_write(const struct report *r, const struct output_options *o, FILE *f)
{
	AUTO(rule_groups) struct rule_groups g = { .items = NULL };
	struct markup *x;

	rule_groups_make(r, o, &g);
	x = markup_begin(f);
	markup_open(x, "Benchmark");
	markup_attribute(x, "xmlns", "http://checklists.nist.gov/xccdf/1.2");
	markup_attribute(x, "id", "xccdf_trustdrift_benchmark_trust");
	markup_attribute(x, "resolved", "true");
	markup_attribute(x, "xml:lang", "en");
	markup_element(x, "status", "accepted");
	markup_element(x, "title",
		    "Certificate authorities that a host trusts");
	markup_element(x, "description",
		    "Where the stores of a host disagree, and what that breaks.");
	markup_element(x, "version", r->tool);
	for (size_t i = 0; i < g.n; i++)
		put_rule(x, &g.items[i]);
	put_results(x, r, &g);
	markup_close(x);
	return markup_end(x);
}
