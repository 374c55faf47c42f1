/* test-pattern.c -- locate/pattern.c: what a pattern is, and what matches it.  */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"

#include <cmocka.h>

static void test_matches(void **state)
{
	static const struct {
		const char *list, *name;
		bool want;
	} rows[] = {
		{ "*", "", true },
		{ "*", ".hidden", true },
		{ "*.pfx", "a.pfx", true },
		{ "*.pfx", ".pfx", true },
		{ "*.pfx", "a.PFX", false },
		{ "*.pfx", "a.pfx.bak", false },
		{ "*.pem *.crt", "a.crt", true },
		{ "  *.pem   *.crt ", "a.crt", true },
		{ "*.pem *.crt", "a.cer", false },
		{ "", "a", false },
		{ NULL, "a", false },
		{ "a?c", "abc", true },
		{ "a?c", "ac", false },
		{ "a?c", "a\xff" "c", true },
		{ "*\xc3\xa9*", "caf\xc3\xa9.pem", true },
		{ "[a-c]x", "bx", true },
		{ "[a-c]x", "dx", false },
		{ "[!a-c]x", "dx", true },
		{ "[^a-c]x", "ax", false },
		{ "[]]", "]", true },
		{ "[a-]", "-", true },
		{ "[", "[", true },
		{ "a[b", "a[b", true },
		{ "*a*b*c", "xxaxxbxxcxxc", true },
		{ "*a*b*c", "xxaxxbxxcxxd", false },
		{ "**a", "a", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (pattern_match_any(rows[i].list, rows[i].name) !=
		    rows[i].want)
			fail_msg("\"%s\" against \"%s\" in row %zu",
				 rows[i].list, rows[i].name, i);
}

/* Backtracking that tried every star would not end here.  */
static void test_match_is_quick(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(pattern_match_any("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
				       name));
}

static void test_pattern_form(void **state)
{
	static const struct {
		const char *pattern, *reason;	/* NULL: it is one */
	} rows[] = {
		{ "/etc/ssl/certs", NULL },
		{ "(/usr/lib/jvm/*)/lib/security/cacerts", NULL },
		{ "(/usr/bin/node)", NULL },
		{ "{home}/.pki/nssdb", NULL },
		{ "({home})/.pki/nssdb", NULL },
		{ "({home}/.mozilla/firefox/*)/cert9.db", NULL },
		{ "/a/[b-d]?*", NULL },
		{ "/a/[]]", NULL },
		{ "/a/**/b", NULL },
		{ "(/a/**)/b", NULL },
		{ "(/a/**/b)", NULL },
		{ "(/a)/**/b", NULL },
		{ "{home}/**/b", NULL },
		{ "({home})/**/b", NULL },
		{ "/a/b**c", NULL },
		{ "", "no component" },
		{ "(", "no component" },
		{ "{home}", "no component" },
		{ "/", "an empty component" },
		{ "/a/", "an empty component" },
		{ "/a//b", "an empty component" },
		{ "(/)/a", "an empty component" },
		{ "a/b", "it must begin with / or {home}" },
		{ "{homes}/a", "it must begin with / or {home}" },
		{ "{home}a/b", "it must begin with / or {home}" },
		{ "(/a)b", "it must begin with / or {home}" },
		{ "/a/../b", "\".\" or \"..\" as a component" },
		{ "/a/.", "\".\" or \"..\" as a component" },
		{ "/a/{home}/b", "a parenthesis or brace in a component" },
		{ "/a/(b)/c", "a parenthesis or brace in a component" },
		{ "/a)/b", "\")\" without \"(\" at the beginning" },
		{ "(/a)/b)/c", "\")\" without \"(\" at the beginning" },
		{ "(/a/b", "\"(\" without \")\"" },
		{ "/a/[b/c]", "\"[\" without \"]\"" },
		{ "/**/a", "\"**\" right beneath /" },
		{ "(/**/a)", "\"**\" right beneath /" },
		{ "/a/**/b/**/c", "\"**\" twice" },
		{ "/a/**/**/c", "\"**\" twice" },
		{ "/a/**", "\"**\" at the end" },
		{ "(/a/**)", "\"**\" at the end" },
		{ "{home}/**", "\"**\" at the end" },
	};
	AUTO(str) char *deep = NULL;
	AUTO(buf) struct buf b;
	const char *reason;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int e;

		reason = "";
		e = pattern_check(rows[i].pattern, &reason);
		if (e != (rows[i].reason != NULL ? -EINVAL : 0) ||
		    (e < 0 && strcmp(reason, rows[i].reason) != 0))
			fail_msg("\"%s\": %d \"%s\"", rows[i].pattern, e, reason);
	}
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < 65; i++)
		buf_adds(&b, "/a");
	assert_int_equal(pattern_check(buf_str(&b), &reason), -EINVAL);
	assert_string_equal(reason, "too many components");
	deep = xmalloc(LIMIT_PATH_BYTES + 1);
	memset(deep, 'a', LIMIT_PATH_BYTES);
	deep[0] = '/';
	deep[LIMIT_PATH_BYTES] = '\0';
	assert_int_equal(pattern_check(deep, &reason), -EINVAL);
	assert_string_equal(reason, "longer than LIMIT_PATH_BYTES");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_match_is_quick),
		cmocka_unit_test(test_pattern_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
