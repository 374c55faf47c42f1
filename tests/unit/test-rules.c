/* test-rules.c -- every rule against its cases, tests/rules/ID/, which are asked
 * as `trustdrift rules check` asks them (src/rule/cases.c).  A rule without both
 * kinds of cases fails.
 *
 * trustdrift rules check --cases tests/rules --write data/rules/ID.xml writes
 * the .want files anew, to be looked at before they are committed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rule/rule.h"
#include "world.h"

static struct rules *rules;

static bool is_automatic(const char *recipe, void *data)
{
	(void)data;
	return strcmp(recipe, "remove-file") == 0;
}

/* Everything in a finding that every finding must have.  */
static void check_finding(const struct finding *f, const struct rule *r,
			  void *data)
{
	(void)data;
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

static void check_case(const struct rule_case *c, void *data)
{
	size_t *wrong = data;

	if (c->result == CASE_RIGHT)
		return;
	(*wrong)++;
	/* print_error() would cut it short.  */
	if (c->result == CASE_BROKEN)
		fprintf(stderr, "ERROR: %s\n", c->error);
	else
		fprintf(stderr, "ERROR: %s, result %d, says\n%s\n", c->path,
			(int)c->result, c->got);
}

static void test_rule(void **state)
{
	const struct rule *r = *state;
	const struct case_options options = {
		.automatic = is_automatic, .look = check_finding,
	};
	AUTO(str) char *path = world_path("rules", r->id);
	AUTO(str) char *error = NULL;
	size_t wrong = 0;
	int e = rule_cases_run(rules, (size_t)(r - rules->items), path,
			       &options, check_case, &wrong, &error);

	if (e == -ENOENT)
		fail_msg("the rule %s has no cases", r->id);
	if (e < 0)
		fail_msg("%s", error);
	if (wrong > 0)
		fail_msg("%zu cases of %s are not as is wanted", wrong, r->id);
}

int main(void)
{
	AUTO(str) char *error = NULL;
	struct CMUnitTest *tests;
	int failed;

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
