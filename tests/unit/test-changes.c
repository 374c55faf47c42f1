/* test-changes.c -- what changed since an earlier audit: which findings are new,
 * graver or gone, and in what form the system's log is told.  The bytes are those of
 * tests/output/changes*; test-changes --write makes the files anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "output/output.h"
#include "golden.h"
#include "report-fixture.h"

#include <cmocka.h>

static struct output_options options(struct baseline *earlier)
{
	return (struct output_options){
		.command = "trustdrift", .fail_on = SEVERITY_MEDIUM,
		.critical = SEVERITY_HIGH, .earlier = earlier, .status = 6,
		.duration_ms = -1,
	};
}

/* Those of R from the second on, the third less grave than it is now, and one that
 * is not there any more.  */
static struct baseline *earlier_of(struct report *r)
{
	struct baseline *b = baseline_new();
	struct report gone = new_report();
	enum severity severity = r->findings[2].severity;

	r->findings[2].severity = SEVERITY_INFO;
	for (size_t i = 1; i < r->n_findings; i++) {
		AUTO(str) char *json = finding_to_json(&r->findings[i]);

		assert_int_equal(baseline_add_finding(b, json), 0);
	}
	r->findings[2].severity = severity;
	add(&gone, "0123456789abcdef0000000000000000", "weak-anchor",
	    SEVERITY_MEDIUM, "A title", "Why.", "It is \033[31mweak.");
	in_store(gone.findings, "dotnet-ca", HOSTILE, "ann", HOSTILE "/x", NULL);
	about(gone.findings, '7', "Gone\nname", NOW);
	{
		AUTO(str) char *json = finding_to_json(gone.findings);

		assert_int_equal(baseline_add_finding(b, json), 0);
	}
	report_done(&gone);
	return b;
}

static void test_which(void **state)
{
	struct report r = full_report();
	struct baseline *b = earlier_of(&r);
	const struct output_options o = options(b);
	struct changes c;

	(void)state;
	changes_make(&r, &o, &c);
	assert_int_equal(c.n_new, 1);
	assert_int_equal(c.n_updated, 1);
	assert_ptr_equal(c.came[0].finding, &r.findings[0]);
	assert_int_equal(c.came[0].novelty, NOVELTY_NEW);
	assert_ptr_equal(c.came[1].finding, &r.findings[2]);
	assert_int_equal(c.came[1].novelty, NOVELTY_UPDATED);
	assert_int_equal(c.n_gone, 1);
	assert_string_equal(c.gone[0]->rule_id, "weak-anchor");
	changes_done(&c);
	baseline_free(b);
	report_done(&r);
}

/* What a rule could not decide is not gone, in that store or anywhere.  */
static void test_undecided(void **state)
{
	static const char *const stores[] = { "/a", "/b", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		struct report before = new_report(), now = new_report();
		struct baseline *b = baseline_new();
		const struct output_options o = options(b);
		struct finding *f;
		struct changes c;
		char *json;

		f = add(&before, "00000000000000000000000000000001", "a-rule",
			SEVERITY_LOW, "T", "W", "M");
		in_store(f, "nss", "/a", "ann", "/a/x", NULL);
		json = finding_to_json(f);
		assert_int_equal(baseline_add_finding(b, json), 0);
		free(json);
		f = add(&now, "00000000000000000000000000000002", "a-rule",
			SEVERITY_LOW, "T", "W", "M");
		f->status = FINDING_UNKNOWN;
		if (stores[i] != NULL)
			f->store_path = xstrdup(stores[i]);
		changes_make(&now, &o, &c);
		assert_int_equal(c.n_came, 0);
		assert_int_equal(c.n_gone, i == 1);
		changes_done(&c);
		/* what was accepted meanwhile is there */
		snprintf(now.findings[0].id, sizeof(now.findings[0].id), "%s",
			 before.findings[0].id);
		now.findings[0].status = FINDING_WAIVED;
		changes_make(&now, &o, &c);
		assert_int_equal(c.n_came + c.n_gone, 0);
		changes_done(&c);
		baseline_free(b);
		report_done(&before);
		report_done(&now);
	}
}

/* ---- forms -----------------------------------------------------------------*/

static void put_bytes(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((p[i] >= ' ' && p[i] != '\\') || p[i] == '\n')
			buf_add(b, &p[i], 1);
		else
			buf_addf(b, "\\%03o", (unsigned char)p[i]);
	}
}

/* Lengths have bytes that a text file has not: \ooo.  */
static char *journal_text(const struct report *r,
			  const struct output_options *o)
{
	AUTO(str) char *bytes = NULL;
	AUTO(buf) struct buf b;
	size_t n = 0;
	FILE *f = open_memstream(&bytes, &n);

	assert_int_equal(journal_write(r, o, f), 0);
	fclose(f);
	buf_init(&b, SIZE_MAX);
	put_bytes(&b, bytes, n);
	return buf_take(&b);
}

static char *syslog_text(const struct report *r,
			 const struct output_options *o)
{
	struct notices all;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	notices_make(r, o, &all);
	for (size_t i = 0; i < all.n; i++) {
		AUTO(buf) struct buf one;

		buf_init(&one, SIZE_MAX);
		notice_syslog(&all.items[i], NOW + 9 * DAY, 4711, &one);
		assert_true(one.n <= LIMIT_SYSLOG_BYTES);
		assert_true(is_utf8(buf_str(&one), one.n));
		assert_null(strchr(buf_str(&one), '\n'));
		buf_addf(&b, "%s\n", buf_str(&one));
	}
	notices_done(&all);
	return buf_take(&b);
}

/* What the journal gets, without the lengths.  */
static char *values_text(const struct report *r,
			 const struct output_options *o)
{
	struct notices all;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	notices_make(r, o, &all);
	for (size_t i = 0; i < all.n; i++) {
		assert_null(strchr(all.items[i].message, '\n'));
		buf_addf(&b, "%s\n", all.items[i].message);
		for (size_t k = 0; k < all.items[i].n_fields; k++)
			buf_addf(&b, "%s\n", all.items[i].fields[k].value);
	}
	notices_done(&all);
	return buf_take(&b);
}

static void test_files(void **state)
{
	struct report full = full_report(), clean = new_report();
	struct baseline *b = earlier_of(&full), *none = baseline_new();
	const struct output_options o = options(b), quiet = options(none);
	AUTO(str) char *text = golden_written("changes", &full, &o);
	AUTO(str) char *nothing = golden_written("changes", &clean, &quiet);
	AUTO(str) char *journal = journal_text(&full, &o);
	AUTO(str) char *run = journal_text(&clean, &quiet);
	AUTO(str) char *lines = syslog_text(&full, &o);

	(void)state;
	golden_compare("changes.txt", text);
	assert_string_equal(nothing, "");
	golden_compare("changes-journal.txt", journal);
	golden_compare("changes-journal-none.txt", run);
	golden_compare("changes-syslog.txt", lines);
	baseline_free(b);
	baseline_free(none);
	report_done(&full);
	report_done(&clean);
}

/* Everything of the report, and all of it new.  */
static void test_nothing_raw(void **state)
{
	static const char *const bad[] = { "\033", "\007", "\r", "\xe2\x80\xae",
					   "\xc2\x9b", "$(touch x)`id`';\n" };
	const struct output_options o = options(NULL);
	struct report r = full_report();
	char *texts[] = {
		golden_written("changes", &r, &o), values_text(&r, &o),
		syslog_text(&r, &o),
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
		assert_true(is_utf8(texts[k], strlen(texts[k])));
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
			if (strstr(texts[k], bad[i]) != NULL)
				fail_msg("form %zu: %zu", k, i);
		free(texts[k]);
	}
	report_done(&r);
}

/* A name that fills a line leaves room for what tells which finding it is, and no
 * character is cut.  */
static void test_long(void **state)
{
	const struct output_options o = options(NULL);

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		struct report r = new_report();
		struct finding *f = add(&r, "00000000000000000000000000000001",
					"a-rule", SEVERITY_LOW, "T", "W", "M");
		AUTO(buf) struct buf name;
		AUTO(str) char *lines = NULL;

		buf_init(&name, SIZE_MAX);
		for (size_t i = 0; i < k; i++)
			buf_adds(&name, "x");
		for (size_t i = 0; i < 2000; i++)
			buf_adds(&name, "\xf0\x9f\x94\x91");
		in_store(f, "nss", buf_str(&name), "ann", "/x]\"\\", NULL);
		about(f, '1', buf_str(&name), NOW);
		lines = syslog_text(&r, &o);
		assert_non_null(strstr(lines, "finding_id=\"0000000000000000"));
		assert_non_null(strstr(lines, "location=\"/x\\]\\\"\\\\\\\\\""));
		report_done(&r);
	}
}

static void test_many(void **state)
{
	struct report r = new_report();
	struct baseline *b = baseline_new();
	const struct output_options o = options(NULL), gone = options(b);
	struct report clean = new_report();
	struct notices all;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		char id[33];
		AUTO(str) char *json = NULL;

		snprintf(id, sizeof(id), "%032zx", i);
		add(&r, id, "a-rule", SEVERITY_HIGH, "T", "W", "M");
		json = finding_to_json(&r.findings[i]);
		assert_int_equal(baseline_add_finding(b, json), 0);
	}
	notices_make(&r, &o, &all);
	assert_int_equal(all.n, LIMIT_NOTICES + 1);
	assert_non_null(strstr(all.items[LIMIT_NOTICES].message, "10000 new"));
	notices_done(&all);
	notices_make(&clean, &gone, &all);
	assert_int_equal(all.n, LIMIT_NOTICES + 1);
	assert_non_null(strstr(all.items[LIMIT_NOTICES].message,
			       "10000 resolved"));
	notices_done(&all);
	notices_make(&r, &gone, &all);
	assert_int_equal(all.n, 1);
	notices_done(&all);
	baseline_free(b);
	report_done(&r);
	report_done(&clean);
}

static void test_full_device(void **state)
{
	const struct output_options o = options(NULL);
	struct report r = full_report();
	FILE *f;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		f = fopen("/dev/full", "w");
		if (f == NULL)
			skip();
		assert_true((k == 0 ? journal_write(&r, &o, f) :
			     changes_write(&r, &o, f)) < 0);
		fclose(f);
	}
	report_done(&r);
}

/* ---- the socket ------------------------------------------------------------*/

static void test_socket(void **state)
{
	char directory[] = "/tmp/test-changes-XXXXXX";
	struct sockaddr_un here = { .sun_family = AF_UNIX };
	AUTO(str) char *path = NULL;
	AUTO(fd) int server = socket(AF_UNIX, SOCK_DGRAM, 0);
	AUTO(fd) int client = -1;
	AUTO(fd) int file = -1;
	uint8_t *large = xcalloc(8, 1 << 20);
	char got[16], control[256], first = 1;
	struct iovec room = { .iov_base = got, .iov_len = sizeof(got) };
	struct msghdr m = {
		.msg_iov = &room, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int r;

	(void)state;
	assert_non_null(mkdtemp(directory));
	path = xasprintf("%s/log", directory);
	assert_int_equal(datagram_open(path, &client), -ENOENT);
	snprintf(here.sun_path, sizeof(here.sun_path), "%s", path);
	assert_int_equal(bind(server, (struct sockaddr *)&here, sizeof(here)),
			 0);
	assert_int_equal(datagram_open(path, &client), 0);
	assert_int_equal(datagram_send(client, (struct blob){
				(const uint8_t *)"A=b\n", 4 }), 0);
	assert_int_equal(recv(server, got, sizeof(got), 0), 4);
	large[0] = 7;
	r = datagram_send(client, (struct blob){ large, 8u << 20 });
	assert_true(r == -EMSGSIZE || r == -ENOBUFS);
	assert_int_equal(datagram_send_sealed(client, (struct blob){
				large, 8u << 20 }), 0);
	assert_int_equal(recvmsg(server, &m, MSG_DONTWAIT), 0);
	assert_non_null(CMSG_FIRSTHDR(&m));
	memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(file));
	assert_int_equal(pread(file, &first, 1, 0), 1);
	assert_int_equal(first, 7);
	assert_int_equal(lseek(file, 0, SEEK_END), 8 << 20);
	assert_int_equal(fcntl(file, F_GET_SEALS), F_SEAL_SEAL |
			 F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	free(large);
	/* nobody is behind it any more */
	close(client);
	close(server);
	client = server = -1;
	assert_int_equal(datagram_open(path, &client), -ECONNREFUSED);
	unlink(path);
	rmdir(directory);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_undecided),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_nothing_raw),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_full_device),
		cmocka_unit_test(test_socket),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	golden_writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
