/* test-crawl.c -- locate/crawl*.c and read/magic.c: what names and first bytes say,
 * what is kept for the next crawl, and that one which was damaged or is stopped
 * does no harm.  tests/hosts/crawl.sh crawls whole roots.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "locate/crawl.h"
#include "read/read.h"
#include "unit/tree.h"

#include <cmocka.h>

static char likely[] = "*.pem cacerts *truststore*";
static char program[] = "*.so";
static char never[] = "*.html Makefile *.1";

static const struct catalogue catalogue = {
	.crawl = { .likely = likely, .program = program, .never = never,
		   .least = 10, .program_least = 1000 },
};

static void test_names(void **state)
{
	static const struct {
		const char *name;
		enum name_class class;
	} rows[] = {
		{ "a.pem", NAME_LIKELY }, { "A.PEM", NAME_LIKELY },
		{ ".pem", NAME_LIKELY }, { "cacerts", NAME_LIKELY },
		{ "CaCerts", NAME_LIKELY }, { "cacerts2", NAME_NEUTRAL },
		{ "my-truststore.v2", NAME_LIKELY },
		{ "libx.so", NAME_PROGRAM }, { "libx.so.1", NAME_NEVER },
		{ "libx.so.2", NAME_NEUTRAL }, { "so", NAME_NEUTRAL },
		{ "index.html", NAME_NEVER }, { "Makefile", NAME_NEVER },
		{ "a.pem.html", NAME_NEVER }, { "a.html.pem", NAME_LIKELY },
		{ "pem.", NAME_NEUTRAL }, { "pem", NAME_NEUTRAL },
		{ "bundle", NAME_NEUTRAL }, { "\xff.pem", NAME_LIKELY },
	};
	struct crawl_names *n = crawl_names_new(&catalogue);

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
		if (crawl_name_class(n, rows[k].name) != rows[k].class)
			fail_msg("%s", rows[k].name);
	crawl_names_free(n);
}

#define HEAD(text)	{ (const uint8_t *)(text), sizeof(text) - 1 }

static void test_heads(void **state)
{
	static const struct {
		struct blob head;
		enum magic magic;
	} rows[] = {
		{ HEAD(""), MAGIC_NONE },
		{ HEAD("\x7f" "ELF"), MAGIC_PROGRAM },
		{ HEAD("\x7f" "EL"), MAGIC_NONE },
		{ HEAD("-----BEGIN CERTIFICATE-----"), MAGIC_STORE },
		{ HEAD("# roots\n-----BEGIN X509 CERTIFICATE-----\n"),
		  MAGIC_STORE },
		{ HEAD("a\r-----BEGIN TRUSTED CERTIFICATE-----"), MAGIC_STORE },
		{ HEAD("-----BEGIN RSA PRIVATE KEY-----\n"
		       "-----BEGIN CERTIFICATE-----"), MAGIC_STORE },
		{ HEAD("-----BEGIN RSA PRIVATE KEY-----\n"), MAGIC_NONE },
		{ HEAD("{\"a\": \"-----BEGIN CERTIFICATE-----\\n"), MAGIC_NONE },
		{ HEAD("-----BEGIN CERTIFICATE"), MAGIC_NONE },
		{ HEAD("-----BEGIN CERTIFICATE REQUEST-----"), MAGIC_NONE },
		{ HEAD("\xfe\xed\xfe\xed"), MAGIC_STORE },
		{ HEAD("\xce\xce\xce\xce"), MAGIC_STORE },
		{ HEAD("\0\6\x15\x61"), MAGIC_STORE },
		{ HEAD("\0\0\0\2\0\0\0\x14" "abcd"), MAGIC_STORE },
		{ HEAD("\0\0\0\3\0\0\0\x14" "abcd"), MAGIC_NONE },
		{ HEAD("\0\0\0\2\0\0\0\0" "abcd"), MAGIC_NONE },
		{ HEAD("\x30\x82\x01\x00\x30\x81\xf0\xa0\x03\x02\x01\x02"),
		  MAGIC_STORE },
		{ HEAD("\x30\x82\x01\x00\x30\x81\xf0\x02\x01\x01"),
		  MAGIC_STORE },
		{ HEAD("\x30\x82\x01\x00\x30\x81\xf0\x31\x01\x01"),
		  MAGIC_NONE },
		{ HEAD("\x30\x80\x02\x01\x03"), MAGIC_STORE },
		{ HEAD("\x30\x80\x02\x01\x02"), MAGIC_NONE },
		{ HEAD("\x30\x82\x01"), MAGIC_NONE },
		{ HEAD("\x30\xff\x01\x02\x03\x04\x05"), MAGIC_NONE },
		{ HEAD("\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"
		       "\x07\x02"), MAGIC_STORE },
		{ HEAD("SQLite format 3\0\0\x20nothing of ours "), MAGIC_NONE },
		{ HEAD("SQLite format 3\0\0\x20nssPublic        "),
		  MAGIC_STORE },
		{ HEAD("SQLite format 3\0\x80\0"), MAGIC_STORE },
		{ HEAD("SQLite format 3"), MAGIC_NONE },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
		/* Nothing may be read behind the end: let ASan see that.  */
		uint8_t *copy = xmalloc(rows[k].head.n + 1);
		struct blob head = { copy + 1, rows[k].head.n };

		memcpy(copy + 1, rows[k].head.p, rows[k].head.n);
		if (magic_of(head) != rows[k].magic)
			fail_msg("row %zu", k);
		free(copy);
	}
}

/* ---- what is kept ----------------------------------------------------------*/

static const uint8_t key[SHA256_SIZE] = { 1, 2, 3 };

static void add_directory(struct crawl_state *s, const char *path, size_t n)
{
	struct crawled_directory *d;

	grow(&s->directories, s->n, &s->cap, sizeof(*s->directories));
	d = &s->directories[s->n++];
	*d = (struct crawled_directory){ .path = crawl_state_text(s, path),
		.stamp = { 1, s->n, 2, -3, INT64_MAX },
		.listed = 1632528000 };
	for (size_t k = 0; k < n; k++) {
		AUTO(str) char *name = xasprintf("%zu.pem", n - k);

		grow(&d->candidates, d->n, &d->cap, sizeof(*d->candidates));
		d->candidates[d->n++] = (struct candidate){
			.name = crawl_state_text(s, name),
			.stamp = { 5, k, 7, 8, 9 }, .nothing = k == 1 };
	}
}

static void make_state(struct buf *b)
{
	struct crawl_state s = { .n = 0 };

	add_directory(&s, "/usr/lib/ssl", 2);
	add_directory(&s, "/", 0);
	add_directory(&s, "/usr", 0);
	add_directory(&s, "/usr/lib", 1);
	crawl_state_sort(&s);
	buf_init(b, SIZE_MAX);
	crawl_state_write(&s, key, b);
	crawl_state_done(&s);
}

static void test_state(void **state)
{
	static const char *const paths[] = {
		"/", "/usr", "/usr/lib", "/usr/lib/ssl" };
	AUTO(buf) struct buf b;
	struct crawl_state s;
	const struct crawled_directory *d;

	(void)state;
	make_state(&b);
	assert_int_equal(crawl_state_read((struct blob){
		(const uint8_t *)b.p, b.n }, key, &s), 0);
	assert_int_equal(s.n, ARRAY_SIZE(paths));
	for (size_t k = 0; k < s.n; k++)
		assert_string_equal(s.directories[k].path, paths[k]);
	d = crawl_state_find(&s, "/usr/lib/ssl");
	assert_non_null(d);
	assert_int_equal(d->n, 2);
	assert_string_equal(d->candidates[0].name, "1.pem");
	assert_int_equal(d->candidates[0].stamp.ino, 1);
	assert_true(d->candidates[0].nothing);
	assert_false(d->candidates[1].nothing);
	assert_int_equal(d->listed, 1632528000);
	assert_int_equal(d->stamp.ctime_ns, INT64_MAX);
	assert_null(crawl_state_find(&s, "/usr/li"));
	crawl_state_done(&s);
}

/* Whatever becomes of the bytes, they are refused or make a state in order.  */
static void test_damage(void **state)
{
	static const uint8_t other[SHA256_SIZE] = { 1, 2, 4 };
	AUTO(buf) struct buf b;
	struct crawl_state s;
	struct blob all;

	(void)state;
	make_state(&b);
	all = (struct blob){ (const uint8_t *)b.p, b.n };
	assert_int_equal(crawl_state_read(all, other, &s), -EBADMSG);
	for (size_t n = 0; n < b.n; n++) {
		uint8_t *cut = xmalloc(n + 1);

		memcpy(cut, b.p, n);
		assert_int_equal(crawl_state_read((struct blob){ cut, n }, key,
						  &s), -EBADMSG);
		free(cut);
	}
	for (size_t n = 0; n < b.n; n++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			b.p[n] ^= (char)(1 << bit);
			if (crawl_state_read(all, key, &s) == 0) {
				for (size_t k = 1; k < s.n; k++)
					assert_true(strcmp(
						s.directories[k - 1].path,
						s.directories[k].path) < 0);
				crawl_state_done(&s);
			}
			b.p[n] ^= (char)(1 << bit);
		}
	}
}

/* ---- crawling --------------------------------------------------------------*/

static int is_store(struct blob head)
{
	return (int)magic_of(head);
}

#define PEM	"-----BEGIN CERTIFICATE-----\nAAAA\n"

static const struct tree_item items[] = {
	{ 'f', "/a/b/roots.pem", "nothing yet" },
	{ 'f', "/a/b/neutral", PEM },
	{ 'f', "/a/b/page.html", PEM },
	{ 'f', "/a/b/small", "-----BEGI" },
	{ 'f', "/a/b/lib.so", "\x7f" "ELF, but small" },
	{ 'p', "/a/b/fifo.pem", NULL },
	{ 'p', "/a/b/fifo", NULL },
	{ 'l', "/a/b/up", ".." },
	{ 'l', "/a/b/out.pem", "/a/b/roots.pem" },
	{ 'f', "/c/cacerts", "0123456789" },
	{ 'd', "/c/empty", NULL },
	{ 0, NULL, NULL },
};

static void expect_found(const struct crawl_options *o, const char *want)
{
	const struct root *root = tree_make(items);
	struct crawl_result r;
	AUTO(buf) struct buf out;

	assert_int_equal(crawl_run(root, &catalogue, o, (struct blob){ NULL, 0 },
				   &r), 0);
	buf_init(&out, SIZE_MAX);
	for (size_t k = 0; k < r.n_found; k++)
		buf_addf(&out, "%s\n", r.found[k].path);
	assert_string_equal(buf_str(&out), want);
	assert_int_equal(r.n_problems, 0);
	crawl_result_done(&r);
}

static void test_crawl(void **state)
{
	char *c[] = { (char *)"/c", (char *)"/c/empty", (char *)"/c", NULL };

	(void)state;
	expect_found(&(struct crawl_options){ .made = 1, .head = is_store },
		     "/a/b/neutral\n/a/b/roots.pem\n/c/cacerts\n");
	tree_remove();
	expect_found(&(struct crawl_options){ .made = 1, .head = is_store,
					      .names_only = true },
		     "/a/b/roots.pem\n/c/cacerts\n");
	tree_remove();
	expect_found(&(struct crawl_options){ .made = 1, .head = is_store,
					      .starts = c },
		     "/c/cacerts\n");
	tree_remove();
	beneath_pretend(BENEATH_LACKS_OPENAT2);
	expect_found(&(struct crawl_options){ .made = 1, .head = is_store },
		     "/a/b/neutral\n/a/b/roots.pem\n/c/cacerts\n");
	beneath_pretend(0);
}

static void test_question(void **state)
{
	char *two[] = { (char *)"/a", (char *)"/b", NULL };
	char *one[] = { (char *)"/a:/b", NULL };
	char *other[] = { (char *)"/a\\:/b", NULL };
	const struct crawl_options options[] = {
		{ .starts = two }, { .starts = one }, { .starts = other },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		for (size_t k = 0; k < i; k++) {
			AUTO(str) char *a = crawl_question(&options[i]);
			AUTO(str) char *b = crawl_question(&options[k]);

			assert_string_not_equal(a, b);
		}
}

static void test_stopped(void **state)
{
	static const volatile sig_atomic_t stop = 1;
	const struct root *root = tree_make(items);
	const struct crawl_options o = { .made = 1, .head = is_store,
					 .stop = &stop };
	struct crawl_result r;

	(void)state;
	assert_int_equal(crawl_run(root, &catalogue, &o,
				   (struct blob){ NULL, 0 }, &r), 0);
	/* It may be faster than whoever looks at the word.  */
	if (r.stopped)
		assert_int_equal(r.state.n, 0);
	crawl_result_done(&r);
}

static void test_closed(void **state)
{
	static const struct tree_item closed[] = {
		{ 'f', "/a/roots.pem", "0123456789" },
		{ 'x', "/closed", NULL },
		{ 0, NULL, NULL },
	};
	const struct root *root = tree_make(closed);
	const struct crawl_options o = { .made = 1, .head = is_store };
	struct crawl_result r;

	(void)state;
	be_ordinary();
	assert_int_equal(crawl_run(root, &catalogue, &o,
				   (struct blob){ NULL, 0 }, &r), 0);
	be_again();
	assert_int_equal(r.n_found, 1);
	assert_int_equal(r.n_problems, 1);
	assert_string_equal(r.problems[0].path, "/closed");
	assert_int_equal(r.problems[0].error, -EACCES);
	crawl_result_done(&r);
}

/* A directory above those that are looked at is renamed while they are. */
static char *is_at, *away;

static int moves_away(struct blob head)
{
	if (rename(is_at, away) < 0)
		assert_int_equal(errno, ENOENT);	/* the second time */
	return is_store(head);
}

static void crawl_after(const struct root *root, const struct crawl_options *o,
			struct buf *state, struct buf *ret_found)
{
	struct crawl_result r;

	assert_int_equal(crawl_run(root, &catalogue, o, (struct blob){
				(const uint8_t *)state->p, state->n }, &r), 0);
	crawl_settle(&r);
	buf_done(state);
	*state = r.state;
	buf_init(&r.state, 0);
	buf_init(ret_found, SIZE_MAX);
	for (size_t k = 0; k < r.n_found; k++)
		buf_addf(ret_found, "%s\n", r.found[k].path);
	assert_int_equal(r.n_problems, 0);
	crawl_result_done(&r);
}

static void expect_later(const struct tree_item *tree, const char *want)
{
	const struct root *root = tree_make(tree);
	/* As if all of it were old.  */
	struct crawl_options o = { .made = time(NULL) + 10,
				   .head = moves_away };
	AUTO(str) char *from = xasprintf("%s/up/a", root->path);
	AUTO(str) char *to = xasprintf("%s/up/z", root->path);
	AUTO(buf) struct buf kept, first, next;

	is_at = from;
	away = to;
	buf_init(&kept, SIZE_MAX);
	crawl_after(root, &o, &kept, &first);
	assert_string_not_equal(buf_str(&first), want);
	assert_int_equal(rename(to, from), 0);
	o.made += 10;
	o.head = is_store;
	crawl_after(root, &o, &kept, &next);
	assert_string_equal(buf_str(&next), want);
	tree_remove();
}

/* What is lost so is found by the next crawl, though no directory of it changed. */
static void test_lost(void **state)
{
	static const struct tree_item directories[] = {
		{ 'f', "/up/a/b/c/first", PEM },
		{ 'f', "/up/a/b/c/d/roots.pem", PEM },
		{ 'd', "/up/a/b/c/e/f", NULL },
		{ 0, NULL, NULL },
	};
	static const struct tree_item files[] = {
		{ 'f', "/up/a/b/c/first", PEM },
		{ 'f', "/up/a/b/c/second", PEM },
		{ 0, NULL, NULL },
	};

	(void)state;
	expect_later(directories, "/up/a/b/c/d/roots.pem\n/up/a/b/c/first\n");
	expect_later(files, "/up/a/b/c/first\n/up/a/b/c/second\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_damage),
		cmocka_unit_test_teardown(test_crawl, tree_teardown),
		cmocka_unit_test(test_question),
		cmocka_unit_test_teardown(test_stopped, tree_teardown),
		cmocka_unit_test_teardown(test_closed, tree_teardown),
		cmocka_unit_test_teardown(test_lost, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
