/* test-read.c -- read/read.c: the words, which never change. */
#include "collect.h"

static void test_roles(void **state)
{
	static const struct {
		enum role role;
		const char *name;
	} cases[] = {
		{ ROLE_NONE, "" },
		{ ROLE_ANCHOR, "anchor" },
		{ ROLE_INTERMEDIATE, "intermediate" },
		{ ROLE_DISTRUST, "distrust" },
		{ ROLE_END_ENTITY, "end-entity" },
		{ ROLE_SOURCE, "source" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(role_name(cases[i].role), cases[i].name);
		assert_int_equal(role_from_name(cases[i].name), cases[i].role);
	}
	assert_int_equal(role_from_name("Anchor"), ROLE_NONE);
	assert_int_equal(role_from_name("anchors"), ROLE_NONE);
}

static void test_purposes(void **state)
{
	static const struct {
		unsigned purposes;
		const char *text;
	} cases[] = {
		{ 0, "" },
		{ PURPOSE_SERVER_AUTH, "serverAuth" },
		{ PURPOSE_TIME_STAMPING | PURPOSE_CLIENT_AUTH,
		  "clientAuth timeStamping" },
		{ 0x1f, "serverAuth clientAuth codeSigning emailProtection "
			"timeStamping" },
		{ PURPOSES_ALL, "serverAuth clientAuth codeSigning "
			"emailProtection timeStamping other" },
		{ 1u << 6, "" },
	};
	char text[PURPOSES_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(purposes_format(cases[i].purposes, text),
				    cases[i].text);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(cases); i++)
		assert_int_equal(purposes_from_words(cases[i].text),
				 cases[i].purposes);
	assert_int_equal(purposes_from_words("toys emailProtection"),
			 PURPOSE_EMAIL_PROTECTION);
	assert_int_equal(purposes_from_words(""), 0);
}

static void test_problems(void **state)
{
	static const char *const names[] = {
		[PROBLEM_UNREADABLE] = "unreadable",
		[PROBLEM_NOT_REGULAR] = "not-regular",
		[PROBLEM_TOO_LARGE] = "too-large",
		[PROBLEM_LIMIT] = "limit",
		[PROBLEM_FORMAT] = "format",
		[PROBLEM_TRUNCATED] = "truncated",
		[PROBLEM_MALFORMED] = "malformed",
		[PROBLEM_OPAQUE] = "opaque",
		[PROBLEM_CERTIFICATE] = "certificate",
		[PROBLEM_CHANGED] = "changed",
		[PROBLEM_DANGLING] = "dangling",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(problem_name((enum problem_code)i),
				    names[i]);
}

struct kept {
	struct sink sink;
	char *message;
	struct problem p;
};

static void keep_problem(struct sink *s, const struct problem *p)
{
	struct kept *k = (struct kept *)s;

	k->p = *p;
	k->message = xstrdup(p->message);
}

static void test_sink_problem(void **state)
{
	struct kept k = { .sink.problem = keep_problem };
	char name[4000];

	(void)state;
	sink_problem(&k.sink, PROBLEM_LIMIT, 42, "%u of %s", 7, "them");
	assert_string_equal(k.message, "7 of them");
	assert_int_equal(k.p.code, PROBLEM_LIMIT);
	assert_int_equal(k.p.offset, 42);
	assert_false(k.p.skipped);
	free(k.message);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	sink_problem(&k.sink, PROBLEM_LIMIT, 0, "%s", name);
	assert_true(strlen(k.message) < 1024);
	free(k.message);
}

static void test_readers(void **state)
{
	static const char *const names[] = {
		"elf-pem", "ca-certificates-conf", "pem", "der",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(reader_find(names[i])->name, names[i]);
	assert_null(reader_find("x"));
	assert_null(reader_find(""));
	for (const struct reader *const *r = readers; *r; r++) {
		assert_ptr_equal(reader_find((*r)->name), *r);
		assert_true(strlen((*r)->title) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_purposes),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_sink_problem),
		cmocka_unit_test(test_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
