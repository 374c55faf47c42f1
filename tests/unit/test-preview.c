/* test-preview.c -- what tells two reports apart, and previews against the files
 * in tests/output, byte for byte.
 *
 * test-preview --write makes the files anew, to be looked at before they are
 * committed.
 */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"
#include "golden.h"

#include <cmocka.h>

#define NOW	INT64_C(1632528000)	/* 2021-09-25T00:00:00Z */
#define DAY	INT64_C(86400)

/* ---- two reports -----------------------------------------------------------*/

static struct finding *add(struct report *r, char digit, const char *rule,
			   enum severity severity, enum finding_status status,
			   const char *message)
{
	struct finding *f;
	char hex[65];

	memset(hex, digit, 64);
	hex[64] = '\0';
	r->findings = xrealloc(r->findings, r->n_findings + 1,
			       sizeof(*r->findings));
	f = &r->findings[r->n_findings++];
	*f = (struct finding){
		.rule_id = xstrdup(rule), .severity = severity,
		.status = status, .title = xasprintf("About %s", rule),
		.why = xstrdup("It breaks."), .message = xstrdup(message),
		.store_kind = xstrdup("dotnet-ca"),
		.store_path = xstrdup("/home/ann/ca"),
		.store_owner = xstrdup("ann"),
		.party = xstrdup("dotnet:/home/ann"),
		.location = xasprintf("/home/ann/ca/%c.pfx", digit),
		.recipe = xstrdup("remove-file"), .automatic = true,
	};
	snprintf(f->id, sizeof(f->id), "%.32s", hex);
	f->certificate.sha256 = xstrdup(hex);
	f->certificate.spki_sha256 = xstrdup(hex);
	f->certificate.sha1 = xstrndup(hex, 40);
	f->certificate.subject = xasprintf("CN=C%c", digit);
	f->certificate.issuer = xstrdup("CN=Root");
	f->certificate.serial = xstrdup("1f");
	f->certificate.name = xasprintf("C%c", digit);
	f->certificate.not_before = NOW - 1000 * DAY;
	f->certificate.not_after = NOW + 30 * DAY;
	f->certificate.decoded = true;
	return f;
}

static struct report new_report(int64_t now)
{
	return (struct report){
		.tool = "0.1.0", .now = now, .root = xstrdup("/"),
		.host_name = xstrdup("web1"), .host_os = xstrdup("Debian 11"),
		.stores = 3, .entries = 145, .certificates = 144,
	};
}

struct sides {
	struct report before, after;
	struct preview preview;
};

static struct sides *new_sides(void)
{
	struct sides *s = xcalloc(1, sizeof(*s));

	s->before = new_report(NOW);
	s->before.note = xstrdup("There is no history.");
	s->after = new_report(NOW + 20 * DAY);
	/* 1 stays, 2 grows graver, 3 goes, 4 and 6 come, 5 is decided no more. */
	add(&s->before, '1', "stays", SEVERITY_HIGH, FINDING_FOUND, "Same.");
	add(&s->before, '5', "decided", SEVERITY_HIGH, FINDING_FOUND, "Was.");
	add(&s->before, '3', "goes", SEVERITY_MEDIUM, FINDING_FOUND, "Goes.");
	add(&s->before, '2', "graver", SEVERITY_LOW, FINDING_FOUND, "In days.");
	add(&s->after, '4', "comes", SEVERITY_HIGH, FINDING_FOUND,
	    "Comes with a\033[31m name\nof its own.");
	add(&s->after, '1', "stays", SEVERITY_HIGH, FINDING_FOUND, "Same.");
	add(&s->after, '5', "decided", SEVERITY_HIGH, FINDING_UNKNOWN,
	    "Not read.");
	add(&s->after, '2', "graver", SEVERITY_MEDIUM, FINDING_FOUND, "Ended.");
	add(&s->after, '6', "comes", SEVERITY_LOW, FINDING_FOUND, "Another.");
	preview_compare(&s->before, &s->after, &s->preview);
	return s;
}

static void auto_sides(struct sides **s)
{
	preview_done(&(*s)->preview);
	report_done(&(*s)->before);
	report_done(&(*s)->after);
	free(*s);
}

static void add_changes(struct preview *p)
{
	static const char *const paths[] = {
		"/etc/a", "/etc/b", "/etc/c", "/etc/d", "/etc/e", "/etc/f",
	};
	char hex[65];

	memset(hex, 'a', 64);
	hex[64] = '\0';
	preview_add_change(p, "added", hex, NULL, "pem", "/etc/new\n", NULL);
	memset(hex, 'b', 64);
	preview_add_change(p, "distrusted", hex, "Root\033[m B", "nss", "/n",
			   NULL);
	for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
		preview_add_change(p, "removed", hex, "Root B", "pem",
				   paths[k], NULL);
	memset(hex, 'c', 64);
	preview_add_change(p, "removed", hex, "Root C", "pem", "/etc/a",
			   "/usr/c.crt");
	preview_add_move(p, "nss", "/opt/b\033[m", "/opt/new/b");
	preview_add_move(p, "nss", "/opt/a", "/opt/new/a");
}

/* ---- comparing -------------------------------------------------------------*/

static void test_compare(void **state)
{
	AUTO(sides) struct sides *s = new_sides();
	const struct preview *p = &s->preview;

	(void)state;
	assert_int_equal(p->n_appear, 2);
	assert_ptr_equal(p->appear[0], &s->after.findings[0]);
	assert_ptr_equal(p->appear[1], &s->after.findings[4]);
	assert_int_equal(p->n_disappear, 1);
	assert_ptr_equal(p->disappear[0], &s->before.findings[2]);
	assert_int_equal(p->n_differ, 2);
	assert_ptr_equal(p->differ[0].before, &s->before.findings[1]);
	assert_ptr_equal(p->differ[0].after, &s->after.findings[2]);
	assert_ptr_equal(p->differ[1].before, &s->before.findings[3]);
	assert_ptr_equal(p->differ[1].after, &s->after.findings[3]);
}

static void test_same(void **state)
{
	AUTO(sides) struct sides *s = new_sides();
	struct report none = new_report(NOW);
	struct preview p;

	(void)state;
	preview_compare(&s->after, &s->after, &p);
	assert_int_equal(p.n_appear + p.n_disappear + p.n_differ, 0);
	preview_done(&p);
	preview_compare(&none, &s->after, &p);
	assert_int_equal(p.n_appear, 5);
	assert_int_equal(p.n_disappear + p.n_differ, 0);
	preview_done(&p);
	preview_compare(&none, &none, &p);
	assert_int_equal(p.n_appear + p.n_disappear + p.n_differ, 0);
	preview_done(&p);
	report_done(&none);
}

static void test_changes(void **state)
{
	AUTO(sides) struct sides *s = new_sides();
	const struct preview *p = &s->preview;

	(void)state;
	add_changes(&s->preview);
	assert_int_equal(p->n_changes, 4);
	assert_int_equal(p->changes[2].n_places, 6);
	assert_string_equal(p->changes[2].places[5].path, "/etc/f");
	assert_int_equal(p->changes[3].n_places, 1);
	assert_null(p->changes[0].name);
}

/* ---- writing ---------------------------------------------------------------*/

static const struct output_options plain = {
	.width = 80, .command = "trustdrift",
};

static char *written(const char *format, const struct preview *p,
		     const struct output_options *o)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	assert_int_equal(preview_output_find(format)->write(p, o, f), 0);
	fclose(f);
	assert_int_equal(strlen(text), n);
	return text;
}

static void compare_file(const char *name, const char *format,
			 const struct preview *p)
{
	AUTO(str) char *got = written(format, p, &plain);

	golden_compare(name, got);
}

static void use_locale(const char *name)
{
	if (setlocale(LC_CTYPE, name) == NULL) {
		print_message("SKIPPED, NOT TESTED: no locale %s\n", name);
		skip();
	}
}

static void test_files(void **state)
{
	AUTO(sides) struct sides *s = new_sides();
	struct preview none;

	(void)state;
	use_locale("C");
	add_changes(&s->preview);
	compare_file("preview.txt", "text", &s->preview);
	compare_file("preview.json", "json", &s->preview);
	preview_compare(&s->after, &s->after, &none);
	compare_file("preview-none.txt", "text", &none);
	compare_file("preview-none.json", "json", &none);
	preview_done(&none);
}

/* Nothing reaches a terminal that is not meant for it, in no width.  */
static void test_text_is_harmless(void **state)
{
	AUTO(sides) struct sides *s = new_sides();

	(void)state;
	use_locale("C");
	add_changes(&s->preview);
	for (unsigned width = 40; width <= 120; width += 5) {
		const struct output_options o = {
			.width = width, .verbose = width % 2,
			.command = "trustdrift",
		};
		AUTO(str) char *text = written("text", &s->preview, &o);

		for (const char *c = text; *c != '\0'; c++)
			assert_true(*c == '\n' || (*c >= ' ' && *c < 0x7f));
		/* Nothing to be typed: no audit has these findings.  */
		assert_null(strstr(text, "trustdrift fix"));
		assert_int_equal(strstr(text, "/etc/f") != NULL, width % 2);
	}
}

static void test_full_device(void **state)
{
	AUTO(sides) struct sides *s = new_sides();
	const struct preview_output *o;

	(void)state;
	for (o = preview_outputs; o->name != NULL; o++) {
		FILE *f = fopen("/dev/full", "w");

		if (f == NULL)
			skip();
		assert_int_equal(o->write(&s->preview, &plain, f), -ENOSPC);
		fclose(f);
	}
	assert_null(preview_output_find("tsv"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_text_is_harmless),
		cmocka_unit_test(test_full_device),
	};

	golden_writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
