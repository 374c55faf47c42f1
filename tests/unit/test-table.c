/* test-table.c -- tables as text, JSON and TSV, wide and narrow.  */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"

#include <cmocka.h>

#define HASH	"0687260331a72403d909f105e69bcf0d32e1bd2493ffc6d9206d11bcd6770739"

struct row {
	const char *values[3];
	bool numeric[3];
};

static const char *const names[] = { "name", "n", "sha256" };
static const struct row rows[] = {
	{ { "DST Root CA X3", "7", HASH }, { false, true, false } },
	{ { "tab\there\n\033[31m \\ \xff \"q\"", "1234", HASH },
	  { false, true, false } },
	{ { NULL, NULL, NULL }, { false, false, false } },
	{ { "\xe6\x97\xa5\xe6\x9c\xac", "-1.5e3", "" }, { false, true, false } },
	{ { "", "Inf", "x" }, { false, true, false } },
};

static char *table(enum table_format format, unsigned width,
		   const struct row *r, size_t n)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	struct table *t = table_new(format, width, f);

	if (n == 0)
		assert_int_equal(table_row(t, 3, names, NULL, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(table_row(t, 3, names, r[i].values,
					   r[i].numeric), 0);
	assert_int_equal(table_end(t), 0);
	fclose(f);
	return text;
}

static void expect(enum table_format format, unsigned width,
		   const struct row *r, size_t n, const char *want)
{
	AUTO(str) char *got = table(format, width, r, n);

	assert_string_equal(got, want);
}

static void test_text(void **state)
{
	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	expect(TABLE_TEXT, 0, rows, ARRAY_SIZE(rows),
	       "name                                    n  sha256\n"
	       "DST Root CA X3                          7  " HASH "\n"
	       "tab\\x09here\\n\\x1b[31m \\\\ \\xff \"q\"    1234  " HASH "\n"
	       "-                                       -  -\n"
	       "\xe6\x97\xa5\xe6\x9c\xac                               -1.5e3\n"
	       "                                      Inf  x\n");
	expect(TABLE_TEXT, 0, rows, 0, "name  n  sha256\n");
}

/* On a narrow terminal hashes are shortened first, then columns wrap.  */
static void test_narrow(void **state)
{
	static const struct row path = {
		{ "/usr/lib/jvm/java-17-openjdk-amd64/lib/security/cacerts",
		  "140", HASH }, { false, true, false },
	};

	(void)state;
	expect(TABLE_TEXT, 40, rows, 1,
	       "name            n  sha256\n"
	       "DST Root CA X3  7  0687260331a72403\n");
	expect(TABLE_TEXT, 50, &path, 1,
	       "name                           n  sha256\n"
	       "/usr/lib/jvm/java-17-        140  0687260331a72403\n"
	       "openjdk-amd64/lib/security/\n"
	       "cacerts\n");
	/* Nothing is narrower than 8 columns, come what may.  */
	expect(TABLE_TEXT, 10, &path, 1,
	       "name        n  sha256\n"
	       "/usr/     140  06872603\n"
	       "lib/jvm/       31a72403\n"
	       "java-17-\n"
	       "openjdk-\n"
	       "amd64/\n"
	       "lib/secu\n"
	       "rity/\n"
	       "cacerts\n");
}

/* Wide enough: not one hash is cut.  */
static void test_no_loss(void **state)
{
	AUTO(str) char *text = table(TABLE_TEXT, 200, rows, ARRAY_SIZE(rows));

	(void)state;
	assert_non_null(strstr(text, HASH));
}

static void test_json(void **state)
{
	(void)state;
	expect(TABLE_JSON, 0, rows, ARRAY_SIZE(rows),
	       "[\n"
	       "  {\"name\": \"DST Root CA X3\", \"n\": 7, \"sha256\": \"" HASH "\"},\n"
	       "  {\"name\": \"tab\\there\\n\\u001B[31m \\\\ \\\\xff \\\"q\\\"\", \"n\": 1234, \"sha256\": \"" HASH "\"},\n"
	       "  {\"name\": null, \"n\": null, \"sha256\": null},\n"
	       "  {\"name\": \"\\u65E5\\u672C\", \"n\": -1.5e3, \"sha256\": \"\"},\n"
	       "  {\"name\": \"\", \"n\": \"Inf\", \"sha256\": \"x\"}\n"
	       "]\n");
	expect(TABLE_JSON, 0, rows, 0, "[]\n");
}

static void test_json_numbers(void **state)
{
	/* What RFC 8259 takes as a number, and what only looks like one.  */
	static const struct {
		const char *value;
		bool number;
	} cases[] = {
		{ "0", true }, { "-0", true }, { "10", true }, { "0.5", true },
		{ "1e9", true }, { "1E-9", true }, { "-1.25e+3", true },
		{ "9223372036854775807", true },
		{ "", false }, { "-", false }, { "01", false }, { "+1", false },
		{ ".5", false }, { "5.", false }, { "1e", false },
		{ "1e+", false }, { "0x10", false }, { "nan", false },
		{ "1 ", false }, { " 1", false }, { "1,2", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct row row = {
			{ "a", cases[i].value, NULL }, { false, true, false },
		};
		const char *quote = cases[i].number ? "" : "\"";
		AUTO(str) char *want = xasprintf("[\n  {\"name\": \"a\", "
			"\"n\": %s%s%s, \"sha256\": null}\n]\n", quote,
			cases[i].value, quote);

		expect(TABLE_JSON, 0, &row, 1, want);
	}
}

static void test_tsv(void **state)
{
	(void)state;
	expect(TABLE_TSV, 0, rows, ARRAY_SIZE(rows),
	       "name\tn\tsha256\n"
	       "DST Root CA X3\t7\t" HASH "\n"
	       "tab\\x09here\\n\\x1b[31m \\\\ \\xff \"q\"\t1234\t" HASH "\n"
	       "\t\t\n"
	       "\xe6\x97\xa5\xe6\x9c\xac\t-1.5e3\t\n"
	       "\tInf\tx\n");
	expect(TABLE_TSV, 0, rows, 0, "name\tn\tsha256\n");
}

/* Columns of one name would be one key of an object.  */
static void test_same_names(void **state)
{
	static const char *const same[] = { "a", "a", "a_2", "a" };
	static const char *const values[] = { "1", "2", "3", "4" };
	static const bool numeric[] = { true, true, true, true };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct table *t = table_new(TABLE_JSON, 0, f);

	(void)state;
	assert_int_equal(table_row(t, 4, same, values, numeric), 0);
	/* A row of another width is a mistake of the caller's.  */
	assert_int_equal(table_row(t, 3, same, values, numeric), -EINVAL);
	assert_int_equal(table_end(t), 0);
	fclose(f);
	assert_string_equal(text, "[\n  {\"a\": 1, \"a_2\": 2, \"a_2_2\": 3, "
			    "\"a_3\": 4}\n]\n");
	free(text);
}

/* More rows than are looked at for the widths: all are written, in order.  */
static void test_many_rows(void **state)
{
	enum { N = 5000 };
	char *text = NULL, *line, *save;
	size_t size, n = 0;
	FILE *f = open_memstream(&text, &size);
	struct table *t = table_new(TABLE_TEXT, 0, f);

	(void)state;
	for (size_t i = 0; i < N; i++) {
		AUTO(str) char *number = xasprintf("%zu", i);
		const char *values[] = { number, number, "x" };
		static const bool numeric[] = { true, false, false };

		assert_int_equal(table_row(t, 3, names, values, numeric), 0);
	}
	assert_int_equal(table_end(t), 0);
	fclose(f);
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save), n++) {
		AUTO(str) char *want = xasprintf("%4zu  %-4zu  x", n - 1, n - 1);

		if (n > 0)
			assert_string_equal(line, want);
	}
	assert_int_equal(n, N + 1);
	free(text);
}

static void test_nothing(void **state)
{
	FILE *f = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(f);
	/* Never named, never ended: nothing to free is forgotten.  */
	assert_int_equal(table_end(table_new(TABLE_TEXT, 0, f)), 0);
	table_free(table_new(TABLE_TEXT, 80, f));
	for (size_t i = 0; table_format_name(i) != NULL; i++) {
		enum table_format format;
		struct table *t;

		assert_int_equal(table_format_from_name(table_format_name(i),
							&format), 0);
		assert_int_equal(format, i);
		t = table_new(format, 0, f);
		assert_int_equal(table_row(t, 3, names, rows[0].values,
					   rows[0].numeric), 0);
		table_free(t);
	}
	assert_int_equal(table_format_from_name("xml", &(enum table_format){ 0 }),
			 -EINVAL);
	fclose(f);
}

static void test_full_device(void **state)
{
	(void)state;
	for (enum table_format format = TABLE_TEXT; format <= TABLE_TSV;
	     format++) {
		FILE *f = fopen("/dev/full", "w");
		struct table *t;

		if (f == NULL)
			skip();
		t = table_new(format, 0, f);
		table_row(t, 3, names, rows[0].values, rows[0].numeric);
		assert_int_equal(table_end(t), -ENOSPC);
		fclose(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_no_loss),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_numbers),
		cmocka_unit_test(test_tsv),
		cmocka_unit_test(test_same_names),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_full_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
