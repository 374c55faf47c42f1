/* test-output.c -- reports against the files in tests/output, byte for byte;
 * findings as JSON and back; what hostile names can do to either (nothing).
 *
 * test-output --write makes the files anew, to be looked at before they are
 * committed.
 */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/output.h"
#include "golden.h"
#include "report-fixture.h"

#include <cmocka.h>

/* ---- against the files -----------------------------------------------------*/

static void compare(const char *name, const char *format,
		    const struct report *r, const struct output_options *o)
{
	AUTO(str) char *got = golden_written(format, r, o);

	golden_compare(name, got);
}

static const struct output_options plain = {
	.width = 100, .command = "trustdrift",
};

static void use_locale(const char *name)
{
	if (setlocale(LC_CTYPE, name) == NULL) {
		print_message("SKIPPED, NOT TESTED: no locale %s\n", name);
		skip();
	}
}

static void test_text(void **state)
{
	struct report r = full_report();

	(void)state;
	use_locale("C.UTF-8");
	compare("full.txt", "text", &r, &plain);
	report_done(&r);
}

static void test_text_ascii(void **state)
{
	const struct output_options o = {
		.width = 60, .verbose = true, .command = "trustdrift --root '/m t'",
		.history = "/var/x.db: not a usable inventory",
	};
	struct report r = full_report();

	(void)state;
	use_locale("C");
	r.scan = 0;
	free(r.root);
	r.root = xstrdup("/m t");
	compare("full-ascii.txt", "text", &r, &o);
	report_done(&r);
}

static void test_text_color(void **state)
{
	const struct output_options o = {
		.width = 80, .color = true, .command = "trustdrift",
	};
	struct report r = full_report();

	(void)state;
	use_locale("C.UTF-8");
	compare("full-color.txt", "text", &r, &o);
	report_done(&r);
}

static void test_json(void **state)
{
	struct report r = full_report();

	(void)state;
	use_locale("C");
	compare("full.json", "json", &r, &plain);
	report_done(&r);
}

static void test_clean(void **state)
{
	struct report r = new_report();

	(void)state;
	use_locale("C.UTF-8");
	compare("clean.txt", "text", &r, &plain);
	r.scan = 0;
	free(r.host_name);
	r.host_name = NULL;
	compare("clean.json", "json", &r, &plain);
	report_done(&r);
}

/* ---- what holds for every report -------------------------------------------*/

static bool is_command(const char *line)
{
	return strstr(line, "trustdrift") != NULL;
}

static void test_widths(void **state)
{
	struct report r = full_report();

	(void)state;
	use_locale("C.UTF-8");
	for (unsigned width = 40; width <= 120; width++) {
		const struct output_options o = {
			.width = width, .verbose = width % 2,
			.command = "trustdrift",
		};
		AUTO(str) char *text = golden_written("text", &r, &o);
		char *save, *line;

		for (line = strtok_r(text, "\n", &save); line != NULL;
		     line = strtok_r(NULL, "\n", &save)) {
			if (!is_command(line) && text_columns(line) > width)
				fail_msg("at %u: %s", width, line);
			/* no blanks at the end */
			assert_true(line[strlen(line) - 1] != ' ');
			for (const char *c = line; *c != '\0'; c++)
				assert_true((unsigned char)*c >= ' ' &&
					    *c != 0x7f);
		}
	}
	report_done(&r);
}

/* What is there to be copied into a shell is on one line, however long.  */
static void test_commands_whole(void **state)
{
	static const char command[] = "/opt/a/directory/of/some/depth/trustdrift"
		" --db /srv/another/directory/inventory.db";
	const struct output_options o = { .width = 60, .command = command };
	struct report r = full_report();
	AUTO(str) char *text = golden_written("text", &r, &o);
	size_t begun = 0, whole = 0;

	(void)state;
	for (const char *s = text; (s = strstr(s, "/opt/a/dir")) != NULL; s++) {
		begun++;
		whole += strncmp(s, command, strlen(command)) == 0 &&
			 strncmp(s + strlen(command), " fix ", 5) == 0;
	}
	assert_true(begun > 1);
	assert_int_equal(whole, begun);
	assert_non_null(strstr(text, "/inventory.db fix --rule "));
	report_done(&r);
}

static void test_json_is_ascii(void **state)
{
	struct report r = full_report();
	AUTO(str) char *text = golden_written("json", &r, &plain);

	(void)state;
	for (const char *c = text; *c != '\0'; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c < 0x7f));
	report_done(&r);
}

static void test_full_device(void **state)
{
	struct report r = full_report();

	(void)state;
	for (const struct output *o = outputs; o->name != NULL; o++) {
		FILE *f = fopen("/dev/full", "w");

		if (f == NULL)
			skip();
		assert_true(o->write(&r, &plain, f) < 0);
		fclose(f);
		assert_ptr_equal(output_find(o->name), o);
	}
	assert_null(output_find("jso"));
	assert_null(output_find(""));
	report_done(&r);
}

/* ---- one finding -----------------------------------------------------------*/

static void test_round_trip(void **state)
{
	struct report r = full_report();

	(void)state;
	for (size_t i = 0; i < r.n_findings; i++) {
		AUTO(str) char *first = finding_to_json(&r.findings[i]);
		AUTO(str) char *second = NULL;
		struct finding back;

		assert_null(strchr(first, '\n'));
		assert_int_equal(finding_from_json(first, &back), 0);
		assert_null(back.rule);
		assert_string_equal(back.id, r.findings[i].id);
		second = finding_to_json(&back);
		finding_done(&back);
		assert_string_equal(first, second);
	}
	report_done(&r);
}

/* A script must never be made from a name that is not what it was.  */
static void test_not_utf8_is_not_fixable(void **state)
{
	struct report r = new_report();
	struct finding back;
	AUTO(str) char *json = NULL;

	(void)state;
	add_hostile(&r);
	json = finding_to_json(&r.findings[0]);
	assert_int_equal(finding_from_json(json, &back), 0);
	assert_null(back.recipe);
	assert_false(back.automatic);
	assert_non_null(back.no_fix);
	finding_done(&back);
	report_done(&r);
}

/* What is valid UTF-8 comes back byte for byte, whatever it is.  */
static void test_exact_names(void **state)
{
	static const char name[] = "/a\n\t\"\\'$(x)\033[m\xc2\x9b\xe2\x80\xae\xf0\x9f\x94\x92";
	struct report r = new_report();
	struct finding *f, back;
	AUTO(str) char *json = NULL;

	(void)state;
	f = add(&r, "00000000000000000000000000000001", "r", SEVERITY_LOW, name,
		name, name);
	in_store(f, name, name, name, name, name);
	about(f, '1', name, NOW);
	evidence(f, name, 3, NULL, name);
	f->recipe = xstrdup(name);
	f->no_fix = xstrdup(name);
	json = finding_to_json(f);
	assert_int_equal(finding_from_json(json, &back), 0);
	assert_string_equal(back.store_path, name);
	assert_string_equal(back.location, name);
	assert_string_equal(back.label, name);
	assert_string_equal(back.message, name);
	assert_string_equal(back.evidence[0].text, name);
	assert_int_equal(back.evidence[0].depth, 3);
	assert_string_equal(back.recipe, name);
	assert_string_equal(back.certificate.name, name);
	assert_int_equal(back.certificate.not_after, NOW);
	finding_done(&back);
	report_done(&r);
}

/* A document from which one thing was cut, or put wrong, is refused, and the
 * caller's struct is left alone.  */
static void test_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "{", "" },
		{ "}", "" },
		{ "\"id\"", "\"ID\"" },
		{ "86fdfac5", "86FDFAC5" },
		{ "86fdfac5", "86fdfac586fdfac586fdfac5" },
		{ "\"high\"", "\"higher\"" },
		{ "\"high\"", "1" },
		{ "\"found\"", "\"lost\"" },
		{ "\"rule\"", "\"ruler\"" },
		{ "\"title\": \"", "\"title\": null, \"x\": \"" },
		{ "\"message\"", "\"massage\"" },
		{ "\"store\": {", "\"store\": [], \"x\": {" },
		{ "\"party\"", "\"parity\"" },
		{ "\"offset\": null", "\"offset\": -1" },
		{ "\"offset\": null", "\"offset\": \"1\"" },
		{ "\"certificate\"", "\"certifcate\"" },
		{ "\"not_after\": \"2021", "\"not_after\": \"x021" },
		{ "\"not_after\": \"2021", "\"not_after\": null, \"x\": \"2021" },
		{ "\"evidence\": [", "\"evidence\": {}, \"x\": [" },
		{ "\"depth\": 0", "\"depth\": -1" },
		{ "\"depth\": 0", "\"depth\": 2147483648" },
		{ "\"depth\": 0", "\"depth\": null" },
		{ "\"automatic\": true", "\"automatic\": null" },
		{ "\"recipe\": \"", "\"recipe\": 1, \"x\": \"" },
		{ "\"reason\"", "\"raison\"" },
		{ "\"why\"", "\"who\"" },
		{ "R3 is", "R3\\u0000is" },
		{ "R3 is", "R3\xff" "is" },
	};
	struct report r = new_report();
	AUTO(str) char *json = NULL;
	struct finding back;

	(void)state;
	add_paths(&r);
	json = finding_to_json(&r.findings[0]);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *at = strstr(json, cases[i].from);
		AUTO(str) char *bad = NULL;

		if (at == NULL)
			fail_msg("case %zu does not apply", i);
		bad = xasprintf("%.*s%s%s", (int)(at - json), json, cases[i].to,
				at + strlen(cases[i].from));
		memset(&back, 0x5a, sizeof(back));
		if (finding_from_json(bad, &back) != -EINVAL)
			fail_msg("case %zu was taken: %s", i, bad);
		for (size_t k = 0; k < sizeof(back); k++)
			assert_int_equal(((unsigned char *)&back)[k], 0x5a);
	}
	assert_int_equal(finding_from_json("", &back), -EINVAL);
	assert_int_equal(finding_from_json("[]", &back), -EINVAL);
	assert_int_equal(finding_from_json("{}", &back), -EINVAL);
	report_done(&r);
}

static void test_json_text(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ NULL, "null" },
		{ "", "\"\"" },
		{ "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
		{ "\n\033", "\"\\n\\u001B\"" },
		{ "\xc3\xbc\xf0\x9f\x94\x92", "\"\\u00FC\\uD83D\\uDD12\"" },
		{ "\xff", "\"\\\\xff\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *got = json_text(cases[i].in);

		assert_string_equal(got, cases[i].want);
	}
}

static void test_columns(void **state)
{
	(void)state;
	use_locale("C.UTF-8");
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("abc"), 3);
	assert_int_equal(text_columns("\xc3\xbc"), 1);
	assert_int_equal(text_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4);
	assert_int_equal(text_columns("u\xcc\x88"), 1);	/* combining */
	assert_int_equal(text_fit("abc", 2), 2);
	assert_int_equal(text_fit("abc", 5), 3);
	assert_int_equal(text_fit("abc", 0), 1);
	assert_int_equal(text_fit("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
	assert_int_equal(text_fit("u\xcc\x88x", 1), 3);
	/* Not UTF-8 after all: no step past the end.  */
	assert_int_equal(text_fit("\xe6\x97", 9), 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_ascii),
		cmocka_unit_test(test_text_color),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_commands_whole),
		cmocka_unit_test(test_json_is_ascii),
		cmocka_unit_test(test_full_device),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_not_utf8_is_not_fixable),
		cmocka_unit_test(test_exact_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_json_text),
		cmocka_unit_test(test_columns),
	};

	golden_writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
