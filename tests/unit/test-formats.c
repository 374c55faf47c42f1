/* test-formats.c -- the reports for other programs against the files in
 * tests/output, byte for byte; and what holds for any of them.  That their
 * consumers take them, tests/output/formats.sh and tests/owners/ask-formats.sh
 * find out.
 *
 * test-formats --write makes the files anew, to be looked at before they are
 * committed; test-formats --many DIRECTORY writes reports of 10,000 findings.
 */
#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output/assets.h"
#include "output/output.h"
#include "golden.h"
#include "report-fixture.h"

#include <cmocka.h>

/* ---- what the host holds ---------------------------------------------------*/

static char sha_a[] = "1111111111111111111111111111111111111111111111111111111111111111";
static char sha_b[] = "2222222222222222222222222222222222222222222222222222222222222222";
static char sha_c[] = "3333333333333333333333333333333333333333333333333333333333333333";
static char nothing[] = "";

#define TEXT(s)	((char *)(uintptr_t)(s))	/* borrowed, and not changed */

static const struct assets *planted(void)
{
	static struct asset_store stores[] = {
		{ .id = 1, .kind = TEXT("system-bundle"), .owner = nothing,
		  .party = TEXT("openssl"),
		  .path = TEXT("/etc/ssl/certs/ca-certificates.crt") },
		{ .id = 2, .kind = TEXT("dotnet-ca"), .owner = TEXT("ann"),
		  .party = nothing,
		  .path = TEXT(HOSTILE), .unread = 1 },
	};
	static struct asset_place first[] = {
		{ &stores[0], TEXT("anchor"), nothing, nothing,
		  TEXT("/etc/ssl/certs/ca-certificates.crt"), 1234 },
		{ &stores[1], TEXT("intermediate"), TEXT("serverAuth"),
		  TEXT("la\"bel\r\n\xc2\x9b"), TEXT(HOSTILE "/x.pfx"), 0 },
	};
	static struct asset_place second[] = {
		{ &stores[1], TEXT("distrust"), nothing, nothing,
		  TEXT(HOSTILE "/y.pfx"), 0 },
	};
	static struct asset items[] = {
		{ .sha256 = sha_a, .sha1 = TEXT("1111111111111111111111111111111111111111"),
		  .subject = TEXT("CN=R3,O=Let's Encrypt,C=US"),
		  .issuer = TEXT("CN=DST Root CA X3"), .name = TEXT("R3"),
		  .serial = TEXT("1f"), .key = TEXT("rsa"), .key_bits = 2048,
		  .signature_hash = TEXT("sha2"), .is_ca = true,
		  .decoded = true, .not_before = NOW - 1000 * DAY,
		  .not_after = NOW + 5 * DAY, .places = first, .n = 2 },
		{ .sha256 = sha_b, .sha1 = TEXT("2222222222222222222222222222222222222222"),
		  .subject = TEXT("CN=Evil\\0A\033[2J <b>&amp;\xe2\x80\xaetxt\xc3"),
		  .issuer = TEXT("CN=\xff"), .name = TEXT("Evil\n\033[2J <b>&\xe2\x80\xae\xc3"),
		  .serial = TEXT("0"), .key = TEXT("ec"),
		  .signature_hash = TEXT("sha1"), .is_ca = true,
		  .self_signed = true, .decoded = true, .not_before = 0,
		  .not_after = NOW - DAY, .places = second, .n = 1 },
		{ .sha256 = sha_c, .sha1 = nothing, .subject = nothing,
		  .issuer = nothing, .name = nothing, .serial = nothing,
		  .key = nothing, .signature_hash = nothing },
	};
	static const struct assets all = {
		.stores = stores, .n_stores = ARRAY_SIZE(stores),
		.items = items, .n = ARRAY_SIZE(items),
	};

	return &all;
}

/* ---- rules -----------------------------------------------------------------*/

static char *references[] = {
	TEXT("https://www.rfc-editor.org/rfc/rfc5280#section-6.1"), NULL,
};
static struct rule rule_rows[] = {
	{ .id = TEXT("expired-anchor"), .severity = SEVERITY_MEDIUM,
	  .title = TEXT("Trusted roots have expired"),
	  .why = TEXT("Nearly every program refuses <them> & more."),
	  .references = references },
	{ .id = TEXT("never-fires"), .severity = SEVERITY_HIGH,
	  .title = TEXT("It is silent"), .why = TEXT("Because."),
	  .no_fix = TEXT("Nothing is to be done.") },
	{ .id = TEXT("undecodable"), .severity = SEVERITY_INFO,
	  .title = TEXT("It does not decode"), .why = TEXT("Because."),
	  .path = TEXT("/etc/trustdrift/rules.d/undecodable.xml") },
};
static const struct rules rules = {
	.items = rule_rows, .n = ARRAY_SIZE(rule_rows),
};

/* ---- writing ---------------------------------------------------------------*/

static struct output_options options(void)
{
	return (struct output_options){
		.command = "trustdrift", .rules = &rules, .assets = planted(),
		.fail_on = SEVERITY_MEDIUM, .critical = SEVERITY_HIGH,
		.duration_ms = 1234, .status = 6,
	};
}

/* Whose files are other tests'; the journal's have bytes that are no text.  */
static bool is_elsewhere(const struct output *o)
{
	return !o->machine || strcmp(o->name, "json") == 0 ||
	       strcmp(o->name, "journal") == 0;
}

static void test_files(void **state)
{
	const struct output_options o = options();
	struct output_options nothing_known = o, version_17 = o;
	struct report full = full_report(), clean = new_report();

	(void)state;
	version_17.cyclonedx_17 = true;
	nothing_known.rules = NULL;
	nothing_known.assets = NULL;
	nothing_known.duration_ms = -1;
	nothing_known.status = 0;
	for (const struct output *row = outputs; row->name != NULL; row++) {
		AUTO(str) char *name = xasprintf("full-%s.%s", row->name,
						 row->extension);
		AUTO(str) char *other = xasprintf("clean-%s.%s", row->name,
						  row->extension);
		AUTO(str) char *got = NULL, *least = NULL;

		if (is_elsewhere(row))
			continue;
		got = golden_written(row->name, &full, &o);
		golden_compare(name, got);
		if (has_prefix(row->name, "cyclonedx")) {
			AUTO(str) char *newer = xasprintf("full-17-%s.%s",
				row->name, row->extension);
			AUTO(str) char *text = golden_written(row->name, &full,
						       &version_17);

			golden_compare(newer, text);
		}
		least = golden_written(row->name, &clean, &nothing_known);
		golden_compare(other, least);
	}
	report_done(&full);
	report_done(&clean);
}

/* ---- what holds for each ---------------------------------------------------*/

/* No control or bidirectional character of a name comes through, and no byte
 * that is not UTF-8.  */
static void test_nothing_raw(void **state)
{
	static const char *const bad[] = { "\033", "\007", "\r", "\xe2\x80\xae",
					   "\xc2\x9b", "$(touch x)`id`';\n" };
	const struct output_options o = options();
	struct report r = full_report();

	(void)state;
	for (const struct output *row = outputs; row->name != NULL; row++) {
		AUTO(str) char *got = NULL;

		if (is_elsewhere(row))
			continue;
		got = golden_written(row->name, &r, &o);
		assert_true(is_utf8(got, strlen(got)));
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
			if (strstr(got, bad[i]) != NULL)
				fail_msg("%s: %zu", row->name, i);
	}
	report_done(&r);
}

static void test_full_device(void **state)
{
	const struct output_options o = options();
	struct report r = full_report();

	(void)state;
	for (const struct output *row = outputs; row->name != NULL; row++) {
		FILE *f = fopen("/dev/full", "w");

		if (f == NULL)
			skip();
		if (row->write(&r, &o, f) >= 0)
			fail_msg("%s does not notice", row->name);
		fclose(f);
	}
	report_done(&r);
}

/* ---- ten thousand findings ---------------------------------------------------*/

static struct report many_findings(size_t n)
{
	struct report r = new_report();
	size_t cap = 0;

	for (size_t i = 0; i < n; i++) {
		struct finding *f;

		grow(&r.findings, r.n_findings, &cap, sizeof(*r.findings));
		f = &r.findings[r.n_findings++];
		*f = (struct finding){
			.rule_id = xasprintf("rule-%zu", i % 7),
			.severity = i < n / 2 ? SEVERITY_HIGH : SEVERITY_LOW,
			.title = xstrdup("A title"), .why = xstrdup("Why."),
			.message = xstrdup("E\033[2J|\xff\xe2\x80\xae message."),
		};
		snprintf(f->id, sizeof(f->id), "%032zx", i);
		in_store(f, "dotnet-ca", HOSTILE, "ann", HOSTILE "/x", "l");
		about(f, "0123456789abcdef"[i % 16], "A | name\n", NOW + DAY);
	}
	return r;
}

static void test_many(void **state)
{
	const struct output_options o = options();
	struct report r = many_findings(10000);

	(void)state;
	for (const struct output *row = outputs; row->name != NULL; row++) {
		AUTO(str) char *got = NULL;

		if (is_elsewhere(row))
			continue;
		got = golden_written(row->name, &r, &o);
		/* what the core of Nagios keeps */
		if (strcmp(row->name, "nagios") == 0)
			assert_true(strlen(got) < 8192);
		/* nowhere several times what the findings are */
		assert_true(strlen(got) < 20u << 20);
	}
	report_done(&r);
}

static int write_many(const char *directory)
{
	const struct output_options o = options();
	struct report r = many_findings(10000);

	for (const struct output *row = outputs; row->name != NULL; row++) {
		AUTO(str) char *path = xasprintf("%s/many-%s.%s", directory,
						 row->name, row->extension);
		FILE *f = fopen(path, "w");

		if (f == NULL || row->write(&r, &o, f) < 0 || fclose(f) != 0)
			return 1;
	}
	report_done(&r);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_nothing_raw),
		cmocka_unit_test(test_full_device),
		cmocka_unit_test(test_many),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc > 2 && strcmp(argv[1], "--many") == 0)
		return write_many(argv[2]);
	golden_writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
