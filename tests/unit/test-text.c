/* test-text.c -- base/text.c and base/hash.c, case by case. */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"

#include <cmocka.h>

static void test_hex(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x1f, 0xa9, 0xff };
	char text[9];
	uint8_t back[4];

	(void)state;
	hex_encode(bytes, 4, text);
	assert_string_equal(text, "001fa9ff");
	hex_encode(bytes, 0, text);
	assert_string_equal(text, "");
	assert_int_equal(hex_decode("001FA9fF", back, 4), 0);
	assert_memory_equal(back, bytes, 4);
	assert_int_equal(hex_decode("", back, 0), 0);
}

static void test_hex_refuses(void **state)
{
	static const char *const cases[] = {
		"", "0", "001fa9f", "001fa9fff", "001fa9ff0", "001fa9fg",
		"001fa9f ", " 01fa9ff", "0x1fa9ff", "001fa9:f", "001fa9f/",
		"001fa9f:", "001fa9f@", "001fa9fG", "001fa9f`",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t got[4] = { 9, 9, 9, 9 };

		assert_int_equal(hex_decode(cases[i], got, 4), -EINVAL);
		assert_memory_equal(got, "\t\t\t\t", 4);
	}
}

static void test_hashes(void **state)
{
	/* FIPS 180-4, the examples for "abc" and the empty message.  */
	static const struct {
		const char *text, *sha256, *sha1;
	} cases[] = {
		{ "abc",
		  "ba7816bf8f01cfea414140de5dae2223"
		  "b00361a396177a9cb410ff61f20015ad",
		  "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ "",
		  "e3b0c44298fc1c149afbf4c8996fb924"
		  "27ae41e4649b934ca495991b7852b855",
		  "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob data = { (const uint8_t *)cases[i].text,
				     strlen(cases[i].text) };
		uint8_t hash[SHA256_SIZE];
		char text[2 * SHA256_SIZE + 1];

		hash_sha256(data, hash);
		hex_encode(hash, SHA256_SIZE, text);
		assert_string_equal(text, cases[i].sha256);
		hash_sha1(data, hash);
		hex_encode(hash, SHA1_SIZE, text);
		assert_string_equal(text, cases[i].sha1);
	}
}

/* A literal with its length, NUL bytes and all.  */
#define BYTES(s)	(s), sizeof(s) - 1

static void test_utf8(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		bool good;
	} cases[] = {
		{ BYTES(""), true },
		{ BYTES("ascii \n\x7f"), true },
		{ BYTES("\xc2\x80"), true },			/* U+0080 */
		{ BYTES("\xdf\xbf"), true },			/* U+07FF */
		{ BYTES("\xe0\xa0\x80"), true },		/* U+0800 */
		{ BYTES("\xed\x9f\xbf"), true },		/* U+D7FF */
		{ BYTES("\xee\x80\x80"), true },		/* U+E000 */
		{ BYTES("\xef\xbf\xbf"), true },		/* U+FFFF */
		{ BYTES("\xf0\x90\x80\x80"), true },		/* U+10000 */
		{ BYTES("\xf4\x8f\xbf\xbf"), true },		/* U+10FFFF */
		{ BYTES("a\0b"), false },
		{ BYTES("\x80"), false },
		{ BYTES("\xbf"), false },
		{ BYTES("\xc0\x80"), false },			/* overlong */
		{ BYTES("\xc1\xbf"), false },
		{ BYTES("\xe0\x9f\xbf"), false },
		{ BYTES("\xf0\x8f\xbf\xbf"), false },
		{ BYTES("\xed\xa0\x80"), false },		/* surrogates */
		{ BYTES("\xed\xbf\xbf"), false },
		{ BYTES("\xf4\x90\x80\x80"), false },		/* too large */
		{ BYTES("\xf5\x80\x80\x80"), false },
		{ BYTES("\xff"), false },
		{ BYTES("\xc2"), false },			/* cut off */
		{ BYTES("\xe2\x82"), false },
		{ BYTES("\xf0\x9f\x98"), false },
		{ BYTES("\xc2" "a"), false },
		{ BYTES("\xe2\x82" "a"), false },
		{ BYTES("\xe2" "a\x82"), false },
		{ BYTES("\xc2\xc2"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* A copy of just that size, so that a sanitizer sees a read
		 * past the end.  */
		char *s = xmemdup(cases[i].s, cases[i].n);

		if (is_utf8(s, cases[i].n) != cases[i].good)
			fail_msg("case %zu", i);
		free(s);
	}
}

static void test_escape(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		const char *escaped, *utf8;	/* NULL: the same as s */
	} cases[] = {
		{ BYTES(""), NULL, NULL },
		{ BYTES("DST Root CA X3 ~"), NULL, NULL },
		{ BYTES("F\xc5\x91tan\xc3\xbas\xc3\xadtv\xc3\xa1ny"), NULL,
		  NULL },
		{ BYTES("\xf0\x9f\x98\x80"), NULL, NULL },
		{ BYTES("a\\b"), "a\\\\b", NULL },
		{ BYTES("a\nb"), "a\\nb", NULL },
		{ BYTES("a\r\tb"), "a\\x0d\\x09b", NULL },
		{ BYTES("a\0b"), "a\\x00b", "a\\x00b" },
		{ BYTES("\x1b[31m"), "\\x1b[31m", NULL },
		{ BYTES("\x7f"), "\\x7f", NULL },
		{ BYTES("\xc2\x80\xc2\x9f\xc2\xa0"),
		  "\\u{0080}\\u{009f}\xc2\xa0", NULL },
		{ BYTES("\xd8\x9c"), "\\u{061c}", NULL },
		{ BYTES("\xe2\x80\x8a\xe2\x80\x8b\xe2\x80\x8f\xe2\x80\x90"),
		  "\xe2\x80\x8a\\u{200b}\\u{200f}\xe2\x80\x90", NULL },
		{ BYTES("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf"),
		  "\xe2\x80\xa7\\u{2028}\\u{202e}\xe2\x80\xaf", NULL },
		{ BYTES("\xe2\x81\x9f\xe2\x81\xa0\xe2\x81\xaf\xe2\x81\xb0"),
		  "\xe2\x81\x9f\\u{2060}\\u{206f}\xe2\x81\xb0", NULL },
		{ BYTES("\xef\xb7\x8f\xef\xb7\x90\xef\xb7\xaf\xef\xb7\xb0"),
		  "\xef\xb7\x8f\\u{fdd0}\\u{fdef}\xef\xb7\xb0", NULL },
		{ BYTES("\xef\xbb\xbf"), "\\u{feff}", NULL },
		{ BYTES("\xef\xbf\xb8\xef\xbf\xb9\xef\xbf\xbb\xef\xbf\xbc"),
		  "\xef\xbf\xb8\\u{fff9}\\u{fffb}\xef\xbf\xbc", NULL },
		{ BYTES("\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf"),
		  "\xef\xbf\xbd\\u{fffe}\\u{ffff}", NULL },
		{ BYTES("\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf"),
		  "\\u{1fffe}\\u{10ffff}", NULL },
		{ BYTES("\xf3\xa0\x80\x80\xf3\xa0\x81\xbf\xf3\xa0\x82\x80"),
		  "\\u{e0000}\\u{e007f}\xf3\xa0\x82\x80", NULL },
		{ BYTES("\xff" "a\xc2"), "\\xffa\\xc2", "\\xffa\\xc2" },
		{ BYTES("\xe2\x82!"), "\\xe2\\x82!", "\\xe2\\x82!" },
		{ BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80",
		  "\\xed\\xa0\\x80" },
		{ BYTES("\\xff\xff"), "\\\\xff\\xff", "\\xff\\xff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *s = xmemdup(cases[i].s, cases[i].n);
		AUTO(str) char *escaped = escape_text(s, cases[i].n);
		AUTO(str) char *utf8 = utf8_text(s, cases[i].n);

		assert_string_equal(escaped, cases[i].escaped != NULL ?
				    cases[i].escaped : cases[i].s);
		assert_string_equal(utf8, cases[i].utf8 != NULL ?
				    cases[i].utf8 : cases[i].s);
	}
}

/* Whatever comes in, what goes out is UTF-8 without a control character.  */
static void test_escape_any(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char s[12];

		for (size_t j = 0; j < sizeof(s); j++) {
			seed = seed * 1664525 + 1013904223;
			s[j] = (char)(seed >> 24);
		}
		AUTO(str) char *escaped = escape_text(s, sizeof(s));
		AUTO(str) char *utf8 = utf8_text(s, sizeof(s));

		assert_true(is_utf8(escaped, strlen(escaped)));
		assert_true(is_utf8(utf8, strlen(utf8)));
		for (const char *p = escaped; *p != '\0'; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	}
}

static void test_time(void **state)
{
	static const struct {
		const char *in;
		int64_t t;
		const char *out;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z" },
		{ "2021-09-25T00:00:00Z", 1632528000, "2021-09-25T00:00:00Z" },
		{ "2021-09-29 19:21:40z", 1632943300, "2021-09-29T19:21:40Z" },
		{ "2021-09-29t19:21:40.999Z", 1632943300,
		  "2021-09-29T19:21:40Z" },
		{ "2020-05-30T12:48:38+02:00", 1590835718,
		  "2020-05-30T10:48:38Z" },
		{ "2020-05-30T05:18:38-05:30", 1590835718,
		  "2020-05-30T10:48:38Z" },
		{ "2020-02-29T23:59:59-00:00", 1583020799,
		  "2020-02-29T23:59:59Z" },
		{ "2000-02-29T00:00:00Z", 951782400, "2000-02-29T00:00:00Z" },
		{ "1999-12-31T23:59:59Z", 946684799, "1999-12-31T23:59:59Z" },
		{ "2016-12-31T23:59:60Z", 1483228800, "2017-01-01T00:00:00Z" },
		{ "2017-01-01T00:59:60+01:00", 1483228800,
		  "2017-01-01T00:00:00Z" },
		{ "2038-01-19T03:14:08Z", 2147483648, "2038-01-19T03:14:08Z" },
		{ "1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z" },
		{ "1600-03-01T00:00:00Z", -11670912000,
		  "1600-03-01T00:00:00Z" },
		{ "0000-01-01T00:00:00Z", -62167219200,
		  "0000-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59Z", 253402300799,
		  "9999-12-31T23:59:59Z" },
		{ "9999-12-31T23:59:59-01:00", 253402304399,
		  "9999-12-31T23:59:59Z" },
		{ "@0", 0, "1970-01-01T00:00:00Z" },
		{ "@1632528000", 1632528000, "2021-09-25T00:00:00Z" },
		{ "@-1", -1, "1969-12-31T23:59:59Z" },
		{ "@9223372036854775807", INT64_MAX, "9999-12-31T23:59:59Z" },
		{ "@-9223372036854775807", -INT64_MAX,
		  "0000-01-01T00:00:00Z" },
	};
	char text[TIME_SIZE];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (time_parse(cases[i].in, &t) != 0)
			fail_msg("%s", cases[i].in);
		assert_true(t == cases[i].t);
		assert_string_equal(time_format(t, text), cases[i].out);
	}
	assert_string_equal(time_format(INT64_MIN, text),
			    "0000-01-01T00:00:00Z");
}

static void test_time_refuses(void **state)
{
	static const char *const cases[] = {
		"", "now", "2021-09-25", "2021-09-25T", "2021-09-25T00:00Z",
		"2021-09-25T00:00:00", "2021-09-25T00:00:00 Z",
		"2021-09-25T00:00:00Zx", "2021-09-25  00:00:00Z",
		" 2021-09-25T00:00:00Z", "2021-09-25_00:00:00Z",
		"2021-00-25T00:00:00Z", "2021-13-25T00:00:00Z",
		"2021-09-00T00:00:00Z", "2021-09-31T00:00:00Z",
		"2021-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z", "2020-02-30T00:00:00Z",
		"2021-09-25T24:00:00Z", "2021-09-25T00:60:00Z",
		"2021-09-25T00:00:61Z", "2021-09-25T00:00:60Z",
		"2016-12-31T23:59:60+01:00", "2021-09-25T00:00:00.Z",
		"2021-09-25T00:00:00,5Z", "2021-09-25T00:00:00+0100",
		"2021-09-25T00:00:00+01", "2021-09-25T00:00:00+24:00",
		"2021-09-25T00:00:00+01:60", "2021-09-25T00:00:00+01:00x",
		"2021-09-25T00:00:00+-1:00", "21-09-25T00:00:00Z",
		"+2021-09-25T00:00:00Z", "12021-09-25T00:00:00Z",
		"2021-9-25T00:00:00Z", "-001-09-25T00:00:00Z",
		"@", "@-", "@x", "@1x", "@ 1", "@+1", "@--1", "@1.5",
		"@9223372036854775808", "@99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t t = 77;

		if (time_parse(cases[i], &t) != -EINVAL || t != 77)
			fail_msg("accepted: %s", cases[i]);
	}
}

/* Every day of 400 years and more, there and back, beside the C library's.  */
static void test_time_calendar(void **state)
{
	(void)state;
	for (int64_t day = -140000; day < 150000; day++) {
		const int64_t t = day * 86400 + (day & 0xffff);
		const time_t their_t = (time_t)t;
		char text[TIME_SIZE], theirs[TIME_SIZE];
		struct tm tm;
		int64_t back;

		time_format(t, text);
		assert_non_null(gmtime_r(&their_t, &tm));
		assert_true(strftime(theirs, sizeof(theirs),
				     "%Y-%m-%dT%H:%M:%SZ", &tm) != 0);
		assert_string_equal(text, theirs);
		assert_int_equal(time_parse(text, &back), 0);
		assert_true(back == t);
	}
}

static void test_time_ignores_zone(void **state)
{
	char text[TIME_SIZE];
	int64_t t;

	(void)state;
	assert_int_equal(setenv("TZ", "XYZ-7:30", 1), 0);
	tzset();
	assert_int_equal(time_parse("2021-09-25T00:00:00Z", &t), 0);
	assert_true(t == 1632528000);
	assert_string_equal(time_format(t, text), "2021-09-25T00:00:00Z");
	unsetenv("TZ");
	tzset();
}

static void test_number(void **state)
{
	static const struct {
		const char *s;
		uint64_t max;
		int result;
		uint64_t n;
	} cases[] = {
		{ "0", 0, 0, 0 },
		{ "10", 10, 0, 10 },
		{ "0010", 10, 0, 10 },
		{ "11", 10, -ERANGE, 0 },
		{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999", UINT64_MAX, -ERANGE, 0 },
		/* Past the range and back into it, were it to wrap.  */
		{ "184467440737095516160", 100, -ERANGE, 0 },
		{ "", 10, -EINVAL, 0 },
		{ "-1", 10, -EINVAL, 0 },
		{ "+1", 10, -EINVAL, 0 },
		{ " 1", 10, -EINVAL, 0 },
		{ "1 ", 10, -EINVAL, 0 },
		{ "0x1", 10, -EINVAL, 0 },
		{ "99x", 10, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t n = 77;

		assert_int_equal(number_parse(cases[i].s, cases[i].max, &n),
				 cases[i].result);
		assert_true(n == (cases[i].result == 0 ? cases[i].n : 77));
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *list, *word;
		bool is;
	} cases[] = {
		{ NULL, "a", false },
		{ "", "a", false },
		{ "a", "a", true },
		{ "ab", "a", false },
		{ "a", "ab", false },
		{ "x a y", "a", true },
		{ "  x  a", "a", true },
		{ "xa ay", "a", false },
		{ "a b", "a b", false },
		{ "a  b", "", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(has_word(cases[i].list, cases[i].word),
				 cases[i].is);
	assert_true(has_prefix("abc", "ab"));
	assert_true(has_prefix("abc", ""));
	assert_false(has_prefix("a", "ab"));
	assert_false(has_prefix("xab", "ab"));
	assert_true(has_suffix("abc", "bc"));
	assert_true(has_suffix("abc", ""));
	assert_false(has_suffix("c", "bc"));
	assert_false(has_suffix("bcx", "bc"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_hex_refuses),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_any),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_time_refuses),
		cmocka_unit_test(test_time_calendar),
		cmocka_unit_test(test_time_ignores_zone),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_words),
	};

	/* Whatever the user's locale is, the answers are these.  */
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
