/* test-rules.c -- every rule against its cases, tests/rules/ID/.
 *
 * A case is a world (fires*.sql, silent*.sql, after the world.sql of all cases
 * if there is one; see tests/rules/world.sql for the tables) and what the rule
 * says of it (the same name with .want): for each time
 *
 *	@TIME [evidence]
 *	SEVERITY STATUS STORE CERTIFICATE MESSAGE
 *		* [SEVERITY] CERTIFICATE SENTENCE	(of a folded finding)
 *		KIND DEPTH CERTIFICATE TEXT	(with the word `evidence`)
 *	incomplete				(when the report is)
 *
 * A rule without both kinds of cases fails, and so does a case that fires
 * nowhere or is not silent.  test-rules --write writes the .want files anew, to
 * be looked at before they are committed; a new one needs its times.
 */
#include <errno.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rule/rule.h"
#include "world.h"

#define WARN_DAYS	90

static struct rules *rules;
static bool writing;			/* --write */

/* ---- what a rule says ----------------------------------------------------*/

static bool is_automatic(const char *recipe, void *data)
{
	(void)data;
	return strcmp(recipe, "remove-file") == 0;
}

/* Everything in a finding that every finding must have.  */
static void check_finding(const struct finding *f, const struct rule *r)
{
	assert_int_equal(strlen(f->id), 32);
	assert_string_equal(f->rule->id, r->id);
	assert_string_equal(f->rule_id, r->id);
	assert_string_equal(f->title, r->title);
	assert_string_equal(f->why, r->why);
	assert_true((f->recipe != NULL) != (f->no_fix != NULL));
	if (f->store_id != 0) {
		assert_non_null(f->store_kind);
		assert_non_null(f->store_path);
		assert_non_null(f->store_owner);
	}
	if (f->certificate.sha256 != NULL) {
		assert_non_null(f->certificate.sha1);
		assert_true(f->certificate.decoded);
		assert_non_null(f->certificate.subject);
	}
	if (f->n_members > 0) {
		assert_string_equal(r->fold, "store");
		assert_null(f->certificate.sha256);
		assert_null(f->location);
	} else if (r->fold != NULL) {
		assert_int_equal(f->status, FINDING_UNKNOWN);
	}
	if (f->automatic)
		assert_string_equal(f->recipe, "remove-file");
}

static void add_finding(struct buf *b, const struct world *w,
			const struct finding *f, bool with_evidence)
{
	buf_addf(b, "%s %s %s", severity_name(f->severity),
		 finding_status_name(f->status),
		 f->store_path != NULL ? f->store_path : "-");
	buf_addf(b, " %s %s\n", world_name(w, f->certificate.sha256),
		 f->message);
	for (size_t i = 0; i < f->n_members; i++) {
		const struct finding_member *m = &f->members[i];

		buf_addf(b, "\t* %s%s%s %s\n",
			 m->severity != f->severity ?
			 severity_name(m->severity) : "",
			 m->severity != f->severity ? " " : "",
			 world_name(w, m->sha256), m->message);
	}
	for (size_t i = 0; with_evidence && i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		buf_addf(b, "\t%s %d %s %s\n", e->kind, e->depth,
			 world_name(w, e->sha256), e->text);
	}
}

/* R and the rules that it yields to, all of which must be there; to be freed.  */
static struct rule *with_told_before(const struct rule *r, size_t *ret_n)
{
	struct rule *items = xcalloc(rules->n, sizeof(*items));
	size_t n = 0, words = 0;

	items[n++] = *r;
	for (const char *p = r->yields_to; p != NULL && *p != '\0';
	     p += strspn(p, " ")) {
		p += strcspn(p, " ");
		words++;
	}
	for (size_t k = 0; k < rules->n; k++)
		if (has_word(r->yields_to, rules->items[k].id))
			items[n++] = rules->items[k];
	assert_int_equal(n, words + 1);
	*ret_n = n;
	return items;
}

/* How many findings of status found there are at NOW; adds all to B.  */
static size_t judge(const struct world *w, const struct rule *r, int64_t now,
		    bool with_evidence, struct buf *b)
{
	struct rules some = { .reads = rules->reads };
	struct inventory *i = world_scan(w, now, WARN_DAYS);
	struct report report;
	char *error = NULL;
	size_t found = 0;

	some.items = with_told_before(r, &some.n);
	assert_int_equal(rules_evaluate(i, &some, is_automatic, NULL, &report,
					&error), 0);
	assert_int_equal(report.now, now);
	for (size_t k = 0; k < report.n_findings; k++) {
		const struct finding *f = &report.findings[k];

		if (strcmp(f->rule_id, r->id) != 0)
			continue;
		check_finding(f, r);
		add_finding(b, w, f, with_evidence);
		found += f->status == FINDING_FOUND;
	}
	if (report.incomplete)
		buf_adds(b, "incomplete\n");
	report_done(&report);
	free(some.items);
	inventory_close(i);
	return found;
}

/* ---- cases ---------------------------------------------------------------*/

static void run_case(const struct rule *r, const char *dir, const char *name,
		     const char *common)
{
	AUTO(str) char *sql = world_file(dir, name), *want = NULL;
	AUTO(str) char *want_name = xasprintf("%.*s.want",
		(int)(strlen(name) - strlen(".sql")), name);
	bool fires = has_prefix(name, "fires");
	size_t found = 0, times = 0;
	struct world w;
	AUTO(buf) struct buf got;

	want = world_file(dir, want_name);
	buf_init(&got, 1 << 20);
	world_init(&w);
	if (common != NULL)
		world_fill(&w, common);
	world_fill(&w, sql);
	for (const char *p = want; *p != '\0'; p += *p == '\n') {
		size_t n = strcspn(p, "\n");
		AUTO(str) char *line = xstrndup(p, n), *space = NULL;
		AUTO(str) char *time = NULL;
		int64_t now;

		p += n;
		if (line[0] != '@')
			continue;
		time = xstrndup(line + 1, strcspn(line + 1, " "));
		if (time_parse(time, &now) < 0)
			fail_msg("%s/%s: %s is no time", dir, want_name, time);
		buf_addf(&got, "%s\n", line);
		found += judge(&w, r, now, has_suffix(line, " evidence"), &got);
		times++;
	}
	world_done(&w);
	if (writing) {
		AUTO(str) char *path = world_path(dir, want_name);
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(buf_str(&got), f);
		assert_int_equal(fclose(f), 0);
	} else if (strcmp(buf_str(&got), want) != 0) {
		/* print_error() would cut it short.  */
		fprintf(stderr, "ERROR: %s/%s says\n%s\n", dir, name,
			buf_str(&got));
		fail_msg("%s/%s is not what is wanted", dir, name);
	}
	if (times == 0 || (found > 0) != fires)
		fail_msg("%s/%s: %zu findings at %zu times", dir, name, found,
			 times);
}

static void test_rule(void **state)
{
	const struct rule *r = *state;
	AUTO(str) char *dir = xasprintf("rules/%s", r->id);
	AUTO(str) char *path = world_path(dir, "");
	AUTO(names) char **names = NULL;
	AUTO(str) char *common = NULL;
	struct root host;
	size_t n, fires = 0, silent = 0;
	char *real;

	real = realpath(path, NULL);
	if (real == NULL)
		fail_msg("the rule %s has no cases", r->id);
	assert_int_equal(root_open("/", &host), 0);
	assert_int_equal(file_names(&host, real, &names, &n), 0);
	root_done(&host);
	free(real);
	for (size_t k = 0; k < n; k++)
		if (strcmp(names[k], "world.sql") == 0)
			common = world_file(dir, names[k]);
	for (size_t k = 0; k < n; k++) {
		bool fire = fnmatch("fires*.sql", names[k], 0) == 0;

		if (!fire && fnmatch("silent*.sql", names[k], 0) != 0)
			continue;
		fires += fire;
		silent += !fire;
		run_case(r, dir, names[k], common);
	}
	if (fires == 0 || silent == 0)
		fail_msg("the rule %s has %zu cases that fire and %zu silent "
			 "ones", r->id, fires, silent);
}

int main(int argc, char **argv)
{
	AUTO(str) char *error = NULL;
	struct CMUnitTest *tests;
	int failed;

	writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	if (rules_load("/nonexistent", &rules, &error) < 0) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	tests = xcalloc(rules->n, sizeof(*tests));
	for (size_t i = 0; i < rules->n; i++)
		tests[i] = (struct CMUnitTest){
			.name = rules->items[i].id,
			.test_func = test_rule,
			.initial_state = &rules->items[i],
		};
	failed = _cmocka_run_group_tests("rules", tests, rules->n, NULL, NULL);
	free(tests);
	rules_free(rules);
	return failed;
}
