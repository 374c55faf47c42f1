/* test-conf.c -- read/conf.c.  The lines were also given to the sed and `read`
 * of update-ca-certificates 20230311, and the names are those that came out.
 */
#include "collect.h"

static void test_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "problem 0 truncated\n" },
		{ "\n\n", "" },
		{ "# comment\n#!x\n", "" },
		{ "mozilla/A.crt\n", "reference 0 source mozilla/A.crt\n" },
		{ "# c\n\nmozilla/A.crt\n!mozilla/B C.crt\n",
		  "reference 5 source mozilla/A.crt\n"
		  "reference 19 distrust mozilla/B C.crt\n" },
		{ " \t a b \t\n", "reference 0 source a b\n" },
		{ "! a\n", "reference 0 distrust a\n" },
		{ "!\n", "" },
		{ " \t\n", "" },
		{ " #a\n !b\n!!c\n", "reference 0 source #a\n"
				     "reference 4 source !b\n"
				     "reference 8 distrust !c\n" },
		{ "a\\ \n", "reference 0 source a \n" },
		{ "\\ a\\/b\\\\\n", "reference 0 source  a/b\\\\\n" },
		{ "a\\\nb\n", "problem 0 malformed\nreference 3 source b\n" },
		{ "a\r\nb\r\n", "problem 0 malformed skipped\n"
				"reference 0 source a\\x0d\n"
				"reference 3 source b\\x0d\n" },
		{ "# a\r\nb\n", "reference 5 source b\n" },
		{ "\r\n", "problem 0 malformed skipped\n"
			  "reference 0 source \\x0d\n" },
		{ "a\nb", "reference 0 source a\n"
			  "problem 2 truncated skipped\n" },
		{ "a\n!b", "reference 0 source a\n"
			   "problem 2 truncated skipped\n" },
		{ "a\n# b", "reference 0 source a\n" },
		{ "caf\xc3\xa9.crt\n", "reference 0 source caf\xc3\xa9.crt\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob in = { (const uint8_t *)cases[i].text,
				   strlen(cases[i].text) };
		AUTO(str) char *got = transcript("ca-certificates-conf", in);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s gave %s", cases[i].text, got);
		try_prefixes("ca-certificates-conf", in);
	}
}

static void test_nul(void **state)
{
	static const char text[] = "a\nb\0c\nd\n";
	AUTO(str) char *got = transcript("ca-certificates-conf", (struct blob){
			(const uint8_t *)text, sizeof(text) - 1 });

	(void)state;
	assert_string_equal(got, "reference 0 source a\n"
				 "problem 2 malformed\n"
				 "reference 6 source d\n");
}

static void test_long_lines(void **state)
{
	static char text[2 * LIMIT_PATH_BYTES];

	(void)state;
	for (size_t n = LIMIT_PATH_BYTES - 1; n <= LIMIT_PATH_BYTES + 1; n++) {
		AUTO(str) char *got = NULL;

		memset(text, 'a', n);
		memcpy(text + n, "\nb\n", 3);
		got = transcript("ca-certificates-conf", (struct blob){
				(uint8_t *)text, n + 3 });
		if (n > LIMIT_PATH_BYTES)
			assert_true(has_prefix(got, "problem 0 limit\n"));
		else
			assert_true(has_prefix(got, "reference 0 source aaa"));
		assert_true(has_suffix(got, "source b\n"));
	}
	memset(text, 'a', sizeof(text));
	text[0] = '#';
	text[sizeof(text) - 1] = '\n';
	{
		AUTO(str) char *got = transcript("ca-certificates-conf",
			(struct blob){ (uint8_t *)text, sizeof(text) });

		assert_string_equal(got, "");
	}
}

static void test_full_sink(void **state)
{
	struct collect c;

	(void)state;
	collect_init(&c);
	c.room = 1;
	assert_int_equal(reader_find("ca-certificates-conf")->read(
			&(struct input){ .data = {
				(const uint8_t *)"a\nb\nc\n", 6 } }, &c.sink), -E2BIG);
	assert_string_equal(buf_str(&c.said), "reference 0 source a\n");
	buf_done(&c.said);
}

static void test_sniff(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool want;
	} cases[] = {
		{ "", 0, false },
		{ "mozilla/A.crt\r\n\t!b\n", 19, true },
		{ "a\0b\n", 4, false },
		{ "a\n-----BEGIN CERTIFICATE-----\n", 30, false },
		{ "0\x82\x01\x02\x30", 5, false },
		{ "\x7f" "ELF\x02\x01", 6, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(reader_find("ca-certificates-conf")->sniff(
			(struct blob){ (const uint8_t *)cases[i].bytes,
				       cases[i].n }), cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_full_sink),
		cmocka_unit_test(test_sniff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
