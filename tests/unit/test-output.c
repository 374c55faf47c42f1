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

#include <cmocka.h>

#define NOW	INT64_C(1632528000)	/* 2021-09-25T00:00:00Z */
#define DAY	INT64_C(86400)

static bool writing;			/* --write */

/* ---- reports ---------------------------------------------------------------*/

static struct finding *add(struct report *r, const char *id, const char *rule,
			   enum severity severity, const char *title,
			   const char *why, const char *message)
{
	struct finding *f;

	r->findings = xrealloc(r->findings, r->n_findings + 1,
			       sizeof(*r->findings));
	f = &r->findings[r->n_findings++];
	*f = (struct finding){
		.rule_id = xstrdup(rule), .severity = severity,
		.title = xstrdup(title), .why = xstrdup(why),
		.message = xstrdup(message),
	};
	snprintf(f->id, sizeof(f->id), "%s", id);
	return f;
}

static void in_store(struct finding *f, const char *kind, const char *path,
		     const char *owner, const char *location, const char *label)
{
	f->store_kind = xstrdup(kind);
	f->store_path = xstrdup(path);
	f->store_owner = xstrdup(owner);
	f->party = xstrdup("dotnet:/home/ann");
	f->location = xstrdup(location);
	f->label = label != NULL ? xstrdup(label) : NULL;
}

/* A certificate whose hashes are the DIGIT again and again.  */
static void about(struct finding *f, char digit, const char *name,
		  int64_t not_after)
{
	char hex[65];

	memset(hex, digit, 64);
	hex[64] = '\0';
	f->certificate.sha256 = xstrdup(hex);
	f->certificate.spki_sha256 = xstrdup(hex);
	f->certificate.sha1 = xstrndup(hex, 40);
	f->certificate.subject = xasprintf("CN=%s,C=XX", name);
	f->certificate.issuer = xstrdup("CN=Root,C=XX");
	f->certificate.serial = xstrdup("1f");
	f->certificate.name = xstrdup(name);
	f->certificate.not_before = NOW - 1000 * DAY;
	f->certificate.not_after = not_after;
	f->certificate.decoded = true;
}

static void evidence(struct finding *f, const char *kind, int depth,
		     const char *sha256, const char *text)
{
	f->evidence = xrealloc(f->evidence, f->n_evidence + 1,
			       sizeof(*f->evidence));
	f->evidence[f->n_evidence++] = (struct evidence){
		.kind = xstrdup(kind), .text = xstrdup(text), .depth = depth,
		.sha256 = sha256 != NULL ? xstrdup(sha256) : NULL,
	};
}

static void problem(struct report *r, const char *store, const char *path,
		    int64_t offset, bool skipped, const char *message)
{
	r->problems = xrealloc(r->problems, r->n_problems + 1,
			       sizeof(*r->problems));
	r->problems[r->n_problems++] = (struct problem_report){
		.store = store != NULL ? xstrdup(store) : NULL,
		.path = xstrdup(path), .code = xstrdup("truncated"),
		.message = xstrdup(message), .skipped = skipped,
		.has_offset = offset >= 0,
		.offset = offset >= 0 ? (uint64_t)offset : 0,
	};
}

static struct report new_report(void)
{
	return (struct report){
		.tool = "0.1.0", .now = NOW, .scan = 7, .root = xstrdup("/"),
		.host_name = xstrdup("web1"), .host_os = xstrdup("Debian 11"),
		.stores = 3, .entries = 145, .certificates = 144,
	};
}

#define ANN	"/home/ann/.dotnet/corefx/cryptography/x509stores/ca"
#define HOSTILE	"/srv/a\n$(touch x)`id`';\033[31m\x80 \xe2\x80\xae" "b"

static void add_paths(struct report *r)
{
	struct finding *f = add(r, "86fdfac5000000000000000000000001",
		"stale-cached-intermediate", SEVERITY_HIGH,
		"A cached certificate leads .NET astray",
		"The runtime prefers what it has kept to what a server sends.",
		"R3 is cached and leads to no certificate that .NET trusts now.");

	in_store(f, "dotnet-ca", ANN, "ann", ANN "/48504E97.pfx", NULL);
	about(f, '1', "R3", NOW + 4 * DAY + 69700);
	evidence(f, "path", 0, f->certificate.sha256,
		 "R3, until 2021-09-29T19:21:40Z, in " ANN "/48504E97.pfx");
	evidence(f, "path", 1, NULL,
		 "DST Root CA X3, until 2021-09-30T14:01:15Z, trusted until it was removed from this host, in " ANN "/DAC9024F.pfx");
	evidence(f, "path", 1, NULL, "a second issuer");
	evidence(f, "path", 2, NULL, "its own issuer");
	evidence(f, "good-path", 0, NULL, "R3, by ISRG Root X1");
	evidence(f, "good-path", 1, NULL, "ISRG Root X1, trusted");
	evidence(f, "history", 2, NULL, "first, though its depth is 2");
	evidence(f, "history", 3, NULL, "second");
	f->recipe = xstrdup("remove-file");
	f->automatic = true;
}

static void add_hostile(struct report *r)
{
	struct finding *f = add(r, "86fdfac57e0000000000000000000002",
		"stale-cached-intermediate", SEVERITY_HIGH,
		"A cached certificate leads .NET astray",
		"The runtime prefers what it has kept to what a server sends.",
		"\033]0;owned\007\n\"$(reboot)\" \\ \xff is cached.");

	in_store(f, "dotnet-ca", HOSTILE, "an\tn", HOSTILE "/x.pfx",
		 "la\"bel\r\n\xc2\x9b");
	about(f, '2', "Evil\n\033[2J <b>&amp;\xe2\x80\xaetxt.exe\xc3",
	      NOW - 1);
	f->has_offset = true;
	f->offset = 42;
	evidence(f, "path\n", 0, NULL, "one\ntwo\033[0m");
	evidence(f, "path\n", 40, NULL, "deep");
	f->recipe = xstrdup("remove-file");
	f->automatic = true;
}

/* The same in five stores, and two more that only nearly are.  */
static void add_shared(struct report *r)
{
	static const char *const stores[] = {
		"/etc/ssl/certs/ca-certificates.crt", "/opt/a/cacerts",
		"/opt/b/cacerts", "/opt/c/cacerts", "/opt/d/cacerts",
	};

	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		char id[33];
		struct finding *f;

		snprintf(id, sizeof(id), "%zu0abcdef0000000000000000000000ff",
			 i);
		f = add(r, id, "expired-anchor", SEVERITY_MEDIUM,
			"A trusted root has expired",
			"Nearly every program refuses a path that ends in one.",
			"Old Root is a trust anchor that has expired.");
		in_store(f, i == 0 ? "system-bundle" : "java-cacerts",
			 stores[i], "", stores[i], i == 0 ? NULL : "old-root");
		about(f, '3', "Old Root", NOW - 900 * DAY);
		f->has_offset = true;
		f->offset = 100 * i;
		evidence(f, "replacement", 0, NULL, "Old Root was reissued");
		if (i == 1)
			evidence(f, "copy", 0, NULL, "also in /opt/a/more");
		f->recipe = xstrdup(i == 0 ? "debian-system-ca" :
				    "keytool-delete");
		f->automatic = i != 0;
	}
}

static void member(struct finding *f, char digit, enum severity severity,
		   const char *name, const char *location, const char *message)
{
	struct finding_member *m;

	f->members = xrealloc(f->members, f->n_members + 1,
			      sizeof(*f->members));
	m = &f->members[f->n_members++];
	*m = (struct finding_member){
		.severity = severity, .message = xstrdup(message),
		.location = xstrdup(location), .fixable = f->recipe != NULL,
		.has_offset = true, .offset = 10 * f->n_members,
		.name = name != NULL ? xstrdup(name) : NULL,
		.has_end = name != NULL, .not_after = NOW - 100 * DAY,
	};
	if (name != NULL) {
		m->sha256 = xstrdup("5555555555555555555555555555555555555555555555555555555555555555");
		memset(m->sha256, digit, 64);
		m->sha1 = xstrndup(m->sha256, 40);
	}
}

/* A long list in two stores, and a short one with a hostile name.  */
static void add_folded(struct report *r)
{
	static const char *const stores[] = { "/opt/a.pem", "/opt/b.pem" };
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		f = add(r, i == 0 ? "e0000000000000000000000000000000" :
			"e1000000000000000000000000000000", "removed",
			SEVERITY_HIGH, "Removed roots are still trusted",
			"The system has dropped them.",
			"Python trusts 11 roots that the system has dropped.");
		in_store(f, "python-certifi", stores[i], "", "", NULL);
		free(f->location);
		f->location = NULL;
		f->no_fix = xstrdup("Update the package.");
		for (int k = 0; k < 12; k++) {
			AUTO(str) char *name = xasprintf("Root %d",
							 k < 4 ? k : k - 1);
			AUTO(str) char *text = xasprintf("%s: gone", name);

			member(f, (char)('a' + k % 6), k < 9 ? SEVERITY_HIGH :
			       SEVERITY_LOW, name, stores[i], text);
			if (k == 4) {	/* a further place of the last */
				memset(f->members[k].sha256, 'd', 64);
				memset(f->members[k].sha1, 'd', 40);
			}
		}
		evidence(f, "history", 0, NULL, "Root 0 was trusted");
	}
	f = add(r, "e2000000000000000000000000000000", "removed",
		SEVERITY_HIGH, "Removed roots are still trusted",
		"The system has dropped them.", "Java trusts a root.");
	in_store(f, "java-cacerts", "/opt/cacerts", "", "", NULL);
	free(f->location);
	f->location = NULL;
	f->recipe = xstrdup("keytool-delete");
	member(f, 'f', SEVERITY_HIGH, "E\033[2J\n\"\xff", "/opt/\x80\n",
	       "E\033[2J\n\"\xff: gone");
	member(f, '0', SEVERITY_INFO, NULL, "/opt/cacerts", "it has no name");
	evidence(f, "history", 0, NULL, "it was trusted");
}

static void add_rest(struct report *r)
{
	struct finding *f = add(r, "f0000000000000000000000000000000",
		"missing-replacement-root", SEVERITY_LOW,
		"The root that replaces an expiring one is missing", "",
		"Node.js lacks a root.");

	in_store(f, "node-binary", "/usr/bin/node", "", "/usr/bin/node", NULL);
	about(f, '4', "\xe6\x97\xa5\xe6\x9c\xac Root \xc3\x9cnn", NOW + DAY);
	f->certificate.not_before = NOW + 3600;
	f->has_offset = true;
	f->offset = 36440872;
	for (int i = 0; i < 9; i++) {
		char text[32];

		snprintf(text, sizeof(text), "place %d", i);
		evidence(f, "copy", 0, NULL, text);
	}
	f->no_fix = xstrdup("Update Node.js.");

	f = add(r, "f1000000000000000000000000000000", "undecodable",
		SEVERITY_INFO, "It does not decode", "Because.", "What it is.");
	in_store(f, "dotnet-ca", ANN, "ann", ANN "/odd.pfx", NULL);
	f->certificate.sha256 = xstrdup("5555555555555555555555555555555555555555555555555555555555555555");
	f->certificate.sha1 = xstrdup("5555555555555555555555555555555555555555");

	for (int i = 0; i < 2; i++) {
		f = add(r, i == 0 ? "f2000000000000000000000000000000" :
			"f3000000000000000000000000000000",
			i == 0 ? "expired-anchor" : "removed-root-still-trusted",
			SEVERITY_MEDIUM, "Title", "Why.",
			"Not decided for this store: Permission denied");
		f->status = FINDING_UNKNOWN;
		in_store(f, "nss", "/home/bob/.pki/nssdb", "bob",
			 "/home/bob/.pki/nssdb/cert9.db", NULL);
		f->no_fix = xstrdup("Make the store readable and scan again.");
	}
	f = add(r, "f4000000000000000000000000000000", "expired-anchor",
		SEVERITY_MEDIUM, "A trusted root has expired", "", "Accepted.");
	f->status = FINDING_WAIVED;
	in_store(f, "java-cacerts", "/opt/e/cacerts", "", "/opt/e/cacerts", NULL);
	about(f, '6', "Waived Root", NOW - 400 * DAY);

	problem(r, "/home/bob/.pki/nssdb", "/home/bob/.pki/nssdb/cert9.db", -1,
		false, "Permission denied");
	for (int i = 0; i < 6; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/opt/many/%d\n.pem", i);
		problem(r, "/opt/many", path, 10 * i, true, "ends too early");
	}
	problem(r, NULL, "/etc/passwd", 0, false, "a home is missing");
	r->incomplete = true;
	r->note = xstrdup("There is no earlier scan\nof this root.");
}

static struct report full_report(void)
{
	struct report r = new_report();

	add_paths(&r);
	add_hostile(&r);
	add_folded(&r);
	add_shared(&r);
	add_rest(&r);
	return r;
}

/* ---- against the files -----------------------------------------------------*/

static char *path_of(const char *name)
{
	const char *srcdir = getenv("srcdir");

	return xasprintf("%s/tests/output/%s", srcdir != NULL ? srcdir : ".",
			 name);
}

static char *written(const char *format, const struct report *r,
		     const struct output_options *o)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	assert_int_equal(output_find(format)->write(r, o, f), 0);
	fclose(f);
	assert_int_equal(strlen(text), n);	/* no NUL inside */
	return text;
}

static void compare(const char *name, const char *format,
		    const struct report *r, const struct output_options *o)
{
	AUTO(str) char *path = path_of(name);
	AUTO(str) char *got = written(format, r, o);
	AUTO(str) char *want = NULL;
	AUTO(file) FILE *f = NULL;
	size_t n;

	if (writing) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(got, f);
		return;
	}
	assert_int_equal(file_slurp(path, 1 << 20, &want, &n), 0);
	assert_string_equal(got, want);
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
		AUTO(str) char *text = written("text", &r, &o);
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
	AUTO(str) char *text = written("text", &r, &o);
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
	AUTO(str) char *text = written("json", &r, &plain);

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

	writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
