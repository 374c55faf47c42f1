/* xccdf.c -- XCCDF 1.2 (NIST SP 800-126) for OpenSCAP and what reads its results.
 * A report is a benchmark with the rules, and in it a TestResult with one
 * rule-result for each of them; without a report it is the benchmark alone, by
 * which OpenSCAP itself asks each rule through its Script Check Engine.
 *
 * A rule fails where the exit status would be 2; less grave findings, and those
 * that were accepted, are informational.  Never one result for each certificate:
 * what was found are messages, the first of them.  There is no platform, which a
 * reader without a dictionary of them takes for one that it is not.  The order of
 * elements is the schema's.
 *
 * What oscap 1.3.7 wants beyond the schema: a Value that is exported has an
 * operator, or it aborts; children of a check stand on lines of their own, or it
 * passes over some; a script is beside the benchmark, or a relative way leads to it
 * from there.  `oscap xccdf generate fix` takes the fix of a Rule, never that of a
 * result; so a fix is a command that repairs what is found then.
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

/* After a new audit each time, which knows what was repaired for the rule before; and
 * another behind it, for whoever asks again.  */
static void put_fix(struct markup *x, const struct rule *rule,
		    const char *command)
{
	AUTO(str) char *how = xasprintf(
		"trustdrift fix --rule %s writes a script that repairs it.",
		rule->id);
	AUTO(str) char *script = NULL;

	markup_element(x, "fixtext",
		       rule->no_fix != NULL ? rule->no_fix : how);
	if (rule->no_fix != NULL)
		return;
	script = xasprintf("%s audit --quiet --exit-zero >/dev/null &&\n"
			   "%s fix --quiet --rule %s | sh -s -- --yes\n"
			   "%s audit --quiet --exit-zero >/dev/null\n",
			   command, command, rule->id, command);
	markup_open(x, "fix");
	markup_attribute(x, "id", rule->id);
	markup_attribute(x, "system", "urn:xccdf:fix:script:sh");
	markup_attribute(x, "complexity", "low");
	markup_attribute(x, "disruption", "low");
	markup_attribute(x, "reboot", "false");
	markup_attribute(x, "strategy", "configure");
	markup_shown(x, script);
	markup_close(x);
}

static void put_export(struct markup *x, const char *value, const char *name)
{
	AUTO(str) char *id = id_of("value", value);

	markup_open(x, "check-export");
	markup_attribute(x, "value-id", id);
	markup_attribute(x, "export-name", name);
	markup_close(x);
}

/* HREF is the script that is asked.  */
static void put_script_check(struct markup *x, const char *id, const char *href)
{
	AUTO(str) char *value = xasprintf("rule_%s", id);

	markup_open(x, "check");
	markup_attribute(x, "system", "http://open-scap.org/page/SCE");
	markup_open(x, "check-import");
	markup_attribute(x, "import-name", "stdout");
	markup_close(x);
	put_export(x, value, "TRUSTDRIFT_RULE");
	put_export(x, "program", "TRUSTDRIFT_PROGRAM");
	put_export(x, "fail_on", "TRUSTDRIFT_FAIL_ON");
	markup_open(x, "check-content-ref");
	markup_attribute(x, "href", href);
	markup_close(x);
	markup_close(x);
}

/* CHECK NULL: results are here, and nobody is to ask.  */
static void put_rule(struct markup *x, const struct rule_group *g,
		     const char *command, const char *check)
{
	AUTO(str) char *id = id_of("rule", g->id);

	markup_open(x, "Rule");
	markup_attribute(x, "id", id);
	markup_attribute(x, "selected", "true");
	markup_attribute(x, "severity", severity_of(g));
	markup_element(x, "title", g->title);
	markup_element(x, "description", g->why);
	if (g->rule != NULL) {
		put_references(x, g->rule);
		put_fix(x, g->rule, command);
	}
	if (check != NULL)
		put_script_check(x, g->id, check);
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
	markup_element(x, "title", only_a_rule_failed(r) ?
		"trustdrift: a rule could not be judged" : r->incomplete ?
		"trustdrift: a store that a rule needs could not be read" :
		"trustdrift");
	markup_element(x, "target", r->host_name != NULL ? r->host_name
						      : "unknown");
	for (size_t i = 0; i < g->n; i++)
		put_result(x, &g->items[i], now);
	put_score(x, g);
	markup_close(x);
}

static struct markup *begin(const char *version, FILE *f)
{
	struct markup *x = markup_begin(f);

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
	markup_element(x, "version", version);
	return x;
}

int xccdf_write(const struct report *r, const struct output_options *o, FILE *f)
{
	AUTO(rule_groups) struct rule_groups g = { .items = NULL };
	struct markup *x = begin(r->tool, f);

	rule_groups_make(r, o, &g);
	for (size_t i = 0; i < g.n; i++)
		put_rule(x, &g.items[i], o->command, NULL);
	put_results(x, r, &g);
	markup_close(x);
	return markup_end(x);
}

/* ---- the benchmark alone ----------------------------------------------------*/

static void put_value(struct markup *x, const char *name, const char *title,
		      const char *why, const char *value)
{
	AUTO(str) char *id = id_of("value", name);

	markup_open(x, "Value");
	markup_attribute(x, "id", id);
	markup_attribute(x, "type", "string");
	markup_attribute(x, "operator", "equals");
	markup_element(x, "title", title);
	markup_element(x, "description", why);
	markup_element(x, "value", value);
	markup_close(x);
}

int xccdf_benchmark_write(const struct rules *rules, const char *program,
			  const char *command, const char *script, FILE *f)
{
	AUTO(rule_groups) struct rule_groups g = { .items = NULL };
	const struct output_options o = { .rules = rules };
	const struct report nothing = { .tool = PACKAGE_VERSION };
	struct markup *x = begin(nothing.tool, f);

	rule_groups_make(&nothing, &o, &g);
	put_value(x, "program", "The program that is asked",
		  "Its path, or a name in PATH.", program);
	put_value(x, "fail_on", "The least severity that fails",
		  "high, medium, low or info; below it a rule is informational.",
		  "medium");
	for (size_t i = 0; i < g.n; i++) {
		AUTO(str) char *name = xasprintf("rule_%s", g.items[i].id);

		put_value(x, name, g.items[i].title,
			  "Tells the script which rule it is asked about.",
			  g.items[i].id);
	}
	for (size_t i = 0; i < g.n; i++)
		put_rule(x, &g.items[i], command, script);
	markup_close(x);
	return markup_end(x);
}
