/* test-script.c -- what a script says, and that nothing of a finding is code
 * in it.  What scripts do is in tests/fix.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fix/fix.h"

static char top[] = "/tmp/test-script.XXXXXX";
static struct recipes *recipes;
static struct root root;
static struct script_info info = {
	.tool = "9.9", .host_name = "a host", .command = "the command line",
	.now = 1632528000, .scanned = &root,
};

static const char *const files[][2] = {
	{ "etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
	{ "etc/hostname", "fake\n" },
	{ "A.pfx", "abc" },
	{ "B.pfx", "" },
};
#define SHA256_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA256_EMPTY \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void put_file(const char *name, const char *text)
{
	AUTO(str) char *path = xasprintf("%s/%s", top, name);

	assert_int_equal(file_write_atomic(path,
		(struct blob){ (const uint8_t *)text, strlen(text) }, 0600), 0);
}

static void drop_file(const char *name)
{
	AUTO(str) char *path = xasprintf("%s/%s", top, name);

	assert_int_equal(unlink(path), 0);
}

static int set_up(void **state)
{
	AUTO(str) char *etc = NULL;
	AUTO(str) char *error = NULL;

	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	etc = xasprintf("%s/etc", top);
	if (mkdir(etc, 0700) < 0 || root_open(top, &root) < 0)
		return -1;
	info.root = root.path;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put_file(files[i][0], files[i][1]);
	return recipes_load(top, &recipes, &error);
}

static int tear_down(void **state)
{
	AUTO(str) char *etc = xasprintf("%s/etc", top);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		drop_file(files[i][0]);
	root_done(&root);
	recipes_free(recipes);
	return rmdir(etc) | rmdir(top);
}

/* A finding about the file LOCATION; its strings are not freed.  */
static struct finding about(const char *id, const char *location)
{
	struct finding f = {
		.rule_id = (char *)"a-rule",
		.severity = SEVERITY_HIGH,
		.status = FINDING_FOUND,
		.recipe = (char *)"remove-file",
		.location = (char *)location,
	};

	memcpy(f.id, id, strlen(id));
	return f;
}

/* The script for N findings; the caller frees.  */
static char *script(const struct finding *findings, size_t n, size_t steps)
{
	AUTO(buf) struct buf out;
	size_t got = 99;

	buf_init(&out, 1u << 20);
	assert_int_equal(script_write(recipes, &info, findings, n, &out, &got),
			 0);
	assert_int_equal(got, steps);
	return buf_take(&out);
}

static void has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("the script lacks: %s", part);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("the script has: %s", part);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

static void test_header(void **state)
{
	struct finding f[2] = { about("01", "/A.pfx"), about("02", "/B.pfx") };
	AUTO(str) char *s = NULL, *line = NULL;

	(void)state;
	f[0].certificate.name = (char *)"A \"CA\"";
	f[1].recipe = NULL;
	f[1].no_fix = (char *)"upgrade\nit";
	s = script(f, 2, 1);
	assert_int_equal(strncmp(s, "#!/bin/sh\n", 10), 0);
	has(s, "\n#   written by  9.9\n");
	has(s, "\n#   host        a host\n");
	line = xasprintf("\n#   root        %s\n", root.path);
	has(s, line);
	has(s, "\n#   audit of    2021-09-25T00:00:00Z\n");
	has(s, "\n#   made by     the command line\n");
	has(s, "\n# Step 1: Delete the file from its store\n"
	       "#     why so: The store is a directory without an index: deleting "
	       "the file is all that there is to removing an entry.\n"
	       "#     01  high: a-rule: /A.pfx (A \"CA\")\n");
	has(s, "\n#     02  high: a-rule: /B.pfx\n"
	       "#       not fixable here: upgrade\\nit\n");
	has(s, "\nhost_file='/etc/machine-id'\n");
	has(s, "\nstep_1() {\n\targ_path='/A.pfx'\n"
	       "\ttarget '/A.pfx' \\\n\t\t" SHA256_ABC "\n}\n");
	lacks(s, "step_2");
	has(s, "\t\"$1\" 1 remove_file sure '' 'sha256sum' '01' \\\n"
	       "\t\t'Delete the file from its store: /A.pfx (A \"CA\")'\n");
	assert_string_equal(s + strlen(s) - 10, "main \"$@\"\n");
}

static void test_same_input_same_script(void **state)
{
	const struct finding f[2] = { about("01", "/A.pfx"),
				      about("02", "/B.pfx") };
	AUTO(str) char *a = script(f, 2, 2), *b = script(f, 2, 2);
	AUTO(str) char *one = script(f, 1, 1);
	const char *id = strstr(a, "\nscript_id=");

	(void)state;
	assert_string_equal(a, b);
	assert_non_null(id);
	assert_memory_not_equal(id, strstr(one, "\nscript_id="), 40);
}

/* Each is written wherever a text of a finding can be.  */
static const char *const hostile[] = {
	"\ntouch code\n", "'\ntouch code\n'", "$(touch code)", "`touch code`",
	"'; touch code; '", "\r\ntouch code", "\xff\ntouch code",
	"\u2028touch code", "\\\ntouch code", "#\ntouch code",
};

/* No line of the script may be one that the text brought along: it is in
 * comments, or between quotes that it does not end.  */
static void check_hostile(const char *s, const char *text)
{
	AUTO(str) char *word = shell_quote(text);

	assert_int_equal(count(s, "\ntouch code"), 0);
	assert_int_equal(count(s, "\r"), 0);
	assert_true(is_utf8(s, strlen(s)));
	if (word == NULL)	/* then it is in comments, escaped */
		return;
	/* Outside comments it is always inside a word, quoted as a whole: take
	 * these away, and nothing is left.  */
	word[strlen(word) - 1] = '\0';
	for (const char *p = s; (p = strstr(p, "touch code")) != NULL; p++) {
		const size_t before = (size_t)(strstr(word, "touch code") - word);
		const char *line = p;

		while (line > s && line[-1] != '\n')
			line--;
		if (*line == '#')
			continue;
		assert_true((size_t)(p - line) >= before);
		assert_memory_equal(p - before + 1, word + 1,
				    strlen(word) - 1);
	}
}

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		char *text = (char *)hostile[i];
		AUTO(str) char *path = xasprintf("/%s", text), *s = NULL;
		struct finding f[3] = { about("01", "/A.pfx"),
					about("02", path),
					about("03", "/A.pfx") };
		const char *const before[] = { info.host_name, info.command };

		for (size_t j = 0; j < 3; j++) {
			f[j].rule_id = f[j].title = f[j].message = text;
			f[j].certificate.name = f[j].label = text;
			f[j].store_path = f[j].store_kind = text;
		}
		f[2].recipe = NULL;
		f[2].no_fix = text;
		info.host_name = info.command = text;
		s = script(f, 3, 1);
		info.host_name = before[0];
		info.command = before[1];
		check_hostile(s, text);
		/* Whichever it is that has no step: never the readable one. */
		has(s, "arg_path='/A.pfx'");
	}
}

static void test_reasons(void **state)
{
	static const struct {
		const char *recipe, *location, *sha256, *reason;
	} cases[] = {
		{ NULL, "/A.pfx", SHA256_ABC, "there is no recipe for it" },
		{ "other", "/A.pfx", SHA256_ABC,
		  "the recipe other is not there" },
		{ "remove-file", NULL, SHA256_ABC,
		  "the finding has no location" },
		{ "remove-file", "/C.pfx", SHA256_ABC,
		  "it is not there any more" },
		{ "remove-file", "/etc", SHA256_ABC,
		  "it is not a regular file" },
		{ "remove-file", "/A.pfx/B", SHA256_ABC,
		  "it is not there any more" },
		{ "remove-file", "/\n", SHA256_ABC,
		  "its location cannot be written so that" },
		{ "keytool-delete", "/A.pfx", NULL,
		  "the finding has no sha256" },
		{ "keytool-delete", "/A.pfx", "' ; touch code ; '",
		  "its sha256 is no hash" },
		{ "keytool-delete", "/A.pfx", "ab", "its sha256 is no hash" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct finding f = about("01", cases[i].location);
		AUTO(str) char *s = NULL, *line = NULL;

		f.recipe = (char *)cases[i].recipe;
		f.certificate.sha256 = (char *)cases[i].sha256;
		s = script(&f, 1, 0);
		line = xasprintf("\n#       not fixable here: %s",
				 cases[i].reason);
		has(s, line);
	}
}

/* The same advice stands once below its findings, and is never cut.  */
static void test_advice(void **state)
{
	struct finding f[3] = { about("01", "/A.pfx"), about("02", "/A.pfx"),
				about("03", "/A.pfx") };
	AUTO(str) char *s = NULL;
	char advice[400];

	(void)state;
	memset(advice, 'a', sizeof(advice) - 1);
	advice[sizeof(advice) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		f[i].recipe = NULL;
	f[0].no_fix = f[1].no_fix = advice;
	f[2].no_fix = (char *)"upgrade it";
	s = script(f, ARRAY_SIZE(f), 0);
	has(s, "/A.pfx\n#     02  ");
	has(s, "/A.pfx\n#       not fixable here: a");
	has(s, advice);
	has(s, "a\n#     03  high: a-rule: /A.pfx\n"
	       "#       not fixable here: upgrade it\n");
}

static void test_not_found(void **state)
{
	static const enum finding_status statuses[] = { FINDING_UNKNOWN,
							FINDING_WAIVED };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		struct finding f = about("01", "/A.pfx");
		AUTO(str) char *s = NULL;

		f.status = statuses[i];
		s = script(&f, 1, 0);
		has(s, "not fixable here: the finding is ");
	}
}

/* Findings that ask for the same thing share a step, with a target each.  */
static void test_shared_step(void **state)
{
	struct finding f[4] = { about("01", "/A.pfx"), about("02", "/B.pfx"),
				about("03", "/A.pfx"), about("04", "/B.pfx") };
	AUTO(str) char *s = NULL;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		f[i].recipe = (char *)"debian-system-ca";
		f[i].certificate.sha256 = (char *)SHA256_ABC;
	}
	s = script(f, 4, 2);
	has(s, "\ttarget '/A.pfx' \\\n\t\t" SHA256_ABC "\n"
	       "\ttarget '/B.pfx' \\\n\t\t" SHA256_EMPTY "\n}\n");
	has(s, "1 debian_system_ca sure 'update_ca_certificates' "
	       "'base64 sha256sum tar' '01 02 03' ");
	assert_int_equal(count(s, "\tdebian_system_ca_state()") +
			 count(s, "\ndebian_system_ca_state()"), 1);
	assert_int_equal(count(s, "\nfingerprints() "), 1);
	assert_int_equal(count(s, "# shellcheck shell="), 0);
}

/* Copies of a certificate in a store have a step each, which bears the place's
 * name and belongs to every finding that asks for it.  */
static void test_places(void **state)
{
	struct finding f[2] = { about("01", "/A.pfx"), about("02", "/B.pfx") };
	struct finding_place place = { .location = (char *)"/B.pfx" };
	AUTO(str) char *s = NULL;

	(void)state;
	f[0].places = &place;
	f[0].n_places = 1;
	s = script(f, 1, 2);
	has(s, "'01' \\\n\t\t'Delete the file from its store: /A.pfx'\n");
	has(s, "'01' \\\n\t\t'Delete the file from its store: /B.pfx'\n");
	free(TAKE(s));
	s = script(f, 2, 2);
	has(s, "'01 02' \\\n\t\t'Delete the file from its store: /B.pfx'\n");
	free(TAKE(s));
	place.location = (char *)"/C.pfx";
	s = script(f, 1, 1);
	has(s, "not fixable here: /C.pfx: it is not there any more");
}

/* So has each certificate of a finding about several.  */
static void test_members(void **state)
{
	struct finding f = about("01", NULL);
	struct finding_member m[2] = {
		{ .location = (char *)"/A.pfx", .name = (char *)"Old Root",
		  .sha256 = (char *)SHA256_ABC, .fixable = true },
		{ .location = (char *)"/B.pfx", .fixable = true },
	};
	AUTO(str) char *s = NULL;

	(void)state;
	f.members = m;
	f.n_members = 2;
	s = script(&f, 1, 2);
	has(s, "#     01  high: a-rule: /A.pfx (Old Root)\n");
	has(s, "'01' \\\n\t\t'Delete the file from its store: "
	       "/A.pfx (Old Root)'\n");
	has(s, "'01' \\\n\t\t'Delete the file from its store: /B.pfx'\n");
	has(s, "\ttarget '/A.pfx' "); /* not that of the store */
	free(TAKE(s));
	m[1].fixable = false;
	s = script(&f, 1, 1);
	has(s, "# Not fixable here:\n#     01  high: a-rule: /B.pfx\n"
	       "#       not fixable here: its name cannot be written");
	free(TAKE(s));
	f.recipe = NULL;
	f.no_fix = (char *)"Update it.";
	s = script(&f, 1, 0);
	assert_int_equal(count(s, "#     01  "), 1);
	has(s, "#       not fixable here: Update it.\n");
}

/* A label is only a hint: one that cannot be shown is left out.  */
static void test_optional(void **state)
{
	struct finding f[2] = { about("01", "/A.pfx"), about("02", "/B.pfx") };
	AUTO(str) char *s = NULL;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		f[i].recipe = (char *)"certutil-delete";
		f[i].certificate.sha256 = (char *)SHA256_ABC;
	}
	f[0].label = (char *)"it's";
	f[1].label = (char *)"new\nline";
	s = script(f, 2, 2);
	has(s, "\targ_label='it'\\''s'\n");
	has(s, "\targ_label=''\n");
}

static void test_identity(void **state)
{
	const struct finding f = about("01", "/A.pfx");
	static const struct {
		const char *machine_id, *hostname, *line;
	} cases[] = {
		{ "uninitialized\n", "fake\n", "\nhost_file='/etc/hostname'\n" },
		{ "", "fake\n", "\nhost_file='/etc/hostname'\n" },
		{ "\n", "\n", "\nhost_file=''\nhost_sha256=''\n" },
		{ "0123456789abcdef0123456789abcdef\n", "fake\n",
		  "\nhost_file='/etc/machine-id'\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *s = NULL;

		put_file("etc/machine-id", cases[i].machine_id);
		put_file("etc/hostname", cases[i].hostname);
		s = script(&f, 1, 1);
		has(s, cases[i].line);
		lacks(s, "0123456789abcdef0123456789abcdef");
	}
}

static void test_changed_since(void **state)
{
	const struct finding f = about("01", "/A.pfx");
	AUTO(str) char *before = NULL, *after = NULL;
	struct file_id id;

	(void)state;
	assert_int_equal(file_stat(&root, "/A.pfx", &id), 0);
	info.scan_made = id.ctime_ns / 1000000000 - 1;
	before = script(&f, 1, 0);
	has(before, "not fixable here: it has changed since the audit");
	info.scan_made++;
	after = script(&f, 1, 1);
	info.scan_made = 0;
}

static void test_refused(void **state)
{
	struct finding f = about("01", "/A.pfx");
	struct buf out;
	size_t steps = 99;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(script_write(recipes, &info, &f, 1, &out, &steps),
			 -E2BIG);
	buf_done(&out);
	buf_init(&out, 1u << 20);
	memcpy(f.id, "'; x", 5);
	assert_int_equal(script_write(recipes, &info, &f, 1, &out, &steps),
			 -EINVAL);
	memset(f.id, 'a', sizeof(f.id));
	assert_int_equal(script_write(recipes, &info, &f, 1, &out, &steps),
			 -EINVAL);
	memset(f.id, 0, sizeof(f.id));
	assert_int_equal(script_write(recipes, &info, &f, 1, &out, &steps),
			 -EINVAL);
	assert_int_equal(steps, 99);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_same_input_same_script),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_shared_step),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_optional),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_changed_since),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
