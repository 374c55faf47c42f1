/* test-place-files.c -- locate/files.c: which files of a place belong to its
 * store.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/rows.h"
#include "unit/tree.h"

#include <cmocka.h>

static const struct root *root;

/* One line a file: path [error].  */
static int write_file(const struct store_file *f, void *data)
{
	struct buf *out = data;

	buf_adds(out, f->path);
	assert_string_equal(f->name, strrchr(f->path, '/') + 1);
	if (f->error < 0)
		buf_addf(out, " %s", strerrorname_np(-f->error));
	return buf_adds(out, "\n");
}

struct wanted {
	const char *want;
	int result;
	bool seen;
};

static int check_files(const struct place *p, void *data)
{
	struct wanted *w = data;
	AUTO(buf) struct buf out;

	w->seen = true;
	buf_init(&out, SIZE_MAX);
	assert_int_equal(place_files(root, p, write_file, &out),
			 w->result);
	assert_string_equal(buf_str(&out), w->want);
	return 0;
}

static void expect_files(struct row row, int result, const char *want)
{
	const struct row rows[] = { row, { 0 } };
	struct catalogue *c = catalogue_of(rows);
	const struct homes none = { .n = 0 };
	struct wanted w = { want, result, false };

	assert_int_equal(walk_stores(root, c, &none, check_files, &w), 0);
	assert_true(w.seen);
	catalogue_free(c);
}

static void test_one_file(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/a/file", "" }, { 'd', "/a/dir", NULL },
		{ 'p', "/a/fifo", NULL }, { 'l', "/a/link", "file" },
		{ 'l', "/a/loop", "loop" }, { 0 },
	};
	struct row d = { .kind = "k" };

	(void)state;
	root = tree_make(items);
	d.paths[0] = "/a/file";
	expect_files(d, 0, "/a/file\n");
	d.paths[0] = "/a/link";
	expect_files(d, 0, "/a/link\n");
	d.paths[0] = "/a/dir";
	expect_files(d, 0, "/a/dir ENOTBLK\n");
	d.paths[0] = "/a/fifo";
	expect_files(d, 0, "/a/fifo ENOTBLK\n");
	d.paths[0] = "/a/loop";
	expect_files(d, -ELOOP, "");
}

static void test_names(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/certs/b.pem", "" }, { 'f', "/certs/a.crt", "" },
		{ 'f', "/certs/.hidden.pem", "" }, { 'f', "/certs/c.PEM", "" },
		{ 'f', "/certs/bundle.crt", "" }, { 'f', "/certs/README", "" },
		{ 'd', "/certs/dir.pem", NULL }, { 'p', "/certs/fifo.pem", NULL },
		{ 'l', "/certs/link.pem", "/elsewhere/x" },
		{ 'f', "/elsewhere/x", "" },
		{ 'l', "/certs/gone.pem", "nowhere" },
		{ 'l', "/certs/loop.pem", "loop.pem" },
		{ 'f', "/certs/\xff\n.pem", "" },
		{ 0 },
	};
	struct row d = {
		.kind = "k", .selection = SELECT_NAMES, .files = "*.pem *.crt",
		.without = "bundle.* x", .paths = { "/certs" },
	};

	(void)state;
	root = tree_make(items);
	expect_files(d, 0,
		"/certs/.hidden.pem\n/certs/a.crt\n/certs/b.pem\n"
		"/certs/fifo.pem ENOTBLK\n/certs/gone.pem ENOENT\n"
		"/certs/link.pem\n/certs/loop.pem ELOOP\n"
		"/certs/\xff\n.pem\n");
}

static void test_hashes(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/c/ca.pem", "" },
		{ 'l', "/c/abcdef01.0", "ca.pem" },
		{ 'l', "/c/abcdef01.1", "ca.pem" },
		{ 'l', "/c/abcdef01.3", "ca.pem" },	/* behind a gap */
		{ 'l', "/c/abcdef01.r0", "ca.pem" },	/* a CRL */
		{ 'l', "/c/abcdef01.00", "ca.pem" },
		{ 'l', "/c/abcdef02.1", "ca.pem" },	/* no first */
		{ 'l', "/c/abcdef03.0", "nowhere" },	/* stat(2) fails */
		{ 'l', "/c/abcdef03.1", "ca.pem" },
		{ 'd', "/c/abcdef04.0", NULL },		/* cannot be loaded */
		{ 'l', "/c/abcdef04.1", "ca.pem" },
		{ 'l', "/c/ABCDEF05.0", "ca.pem" },
		{ 'l', "/c/abcdef0.0", "ca.pem" },
		{ 'l', "/c/abcdef012.0", "ca.pem" },
		{ 'l', "/c/abcdef06.", "ca.pem" },
		{ 'l', "/c/abcdef07.0.bak", "ca.pem" },
		{ 'l', "/c/01234567.0", "ca.pem" },
		{ 'l', "/c/01234567.1", "ca.pem" },
		{ 'l', "/c/01234567.2", "ca.pem" },
		{ 'l', "/c/01234567.3", "ca.pem" },
		{ 'l', "/c/01234567.4", "ca.pem" },
		{ 'l', "/c/01234567.5", "ca.pem" },
		{ 'l', "/c/01234567.6", "ca.pem" },
		{ 'l', "/c/01234567.7", "ca.pem" },
		{ 'l', "/c/01234567.8", "ca.pem" },
		{ 'l', "/c/01234567.9", "ca.pem" },
		{ 'l', "/c/01234567.10", "ca.pem" },
		{ 0 },
	};
	struct row d = {
		.kind = "k", .selection = SELECT_HASHES, .paths = { "/c" },
	};

	(void)state;
	root = tree_make(items);
	expect_files(d, 0,
		"/c/01234567.0\n/c/01234567.1\n/c/01234567.2\n/c/01234567.3\n"
		"/c/01234567.4\n/c/01234567.5\n/c/01234567.6\n/c/01234567.7\n"
		"/c/01234567.8\n/c/01234567.9\n/c/01234567.10\n"
		"/c/abcdef01.0\n/c/abcdef01.1\n/c/abcdef03.0 ENOENT\n");
}

static void test_tree(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/local/b.crt", "" },
		{ 'f', "/local/a/c.crt", "" },
		{ 'f', "/local/a.crt", "" },
		{ 'f', "/local/a/README", "" },
		{ 'f', "/local/a/.hidden/d.crt", "" },
		{ 'd', "/local/dir.crt", NULL },
		{ 'l', "/local/more", "/srv/cas" },
		{ 'f', "/srv/cas/e.crt", "" },
		{ 'l', "/srv/cas/back", "/local" },	/* a loop */
		{ 'l', "/local/a/up", "..", },		/* another */
		{ 'l', "/local/self", "self" },
		{ 'l', "/local/self.crt", "self.crt" },
		{ 'l', "/local/gone.crt", "nowhere" },
		{ 'p', "/local/fifo.crt", NULL },
		{ 0 },
	};
	struct row d = {
		.kind = "k", .selection = SELECT_TREE, .files = "*.crt",
		.paths = { "/local" },
	};

	(void)state;
	root = tree_make(items);
	expect_files(d, 0,
		"/local/a.crt\n/local/a/.hidden/d.crt\n/local/a/c.crt\n"
		"/local/b.crt\n/local/fifo.crt ENOTBLK\n"
		"/local/gone.crt ENOENT\n/local/more/e.crt\n"
		"/local/self.crt ELOOP\n");
}

static void test_closed_directories(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/local/a.crt", "" },
		{ 'f', "/local/closed/b.crt", "" },
		{ 'x', "/local/closed", NULL },
		{ 'x', "/shut", NULL },
		{ 0 },
	};
	struct row d = {
		.kind = "k", .selection = SELECT_TREE, .files = "*.crt",
		.paths = { "/local" },
	};

	(void)state;
	root = tree_make(items);
	be_ordinary();
	expect_files(d, 0, "/local/a.crt\n/local/closed EACCES\n");
	d.paths[0] = "/shut";
	expect_files(d, -EACCES, "");
	d.selection = SELECT_NAMES;
	expect_files(d, -EACCES, "");
	d.selection = SELECT_HASHES;
	expect_files(d, -EACCES, "");
	be_again();
}

/* A tree deeper than the limit, and one whose links make endless paths.  */
static void test_tree_limits(void **state)
{
	static const struct tree_item wide[] = {
		{ 'd', "/t/a", NULL }, { 'd', "/t/b", NULL },
		{ 'd', "/t/c", NULL }, { 'd', "/t/d", NULL },
		{ 'd', "/t/e", NULL }, { 'd', "/t/f", NULL },
		{ 'd', "/t/g", NULL }, { 'd', "/t/h", NULL },
		{ 'd', "/t/i", NULL }, { 0 },
	};
	struct row d = {
		.kind = "k", .selection = SELECT_TREE, .files = "*.crt",
		.paths = { "/t" },
	};
	AUTO(str) char *path = NULL;
	AUTO(str) char *want = NULL;
	AUTO(buf) struct buf deep;

	(void)state;
	buf_init(&deep, SIZE_MAX);
	buf_adds(&deep, "/t");
	for (size_t i = 0; i <= LIMIT_TREE_DEPTH; i++)
		buf_adds(&deep, "/d");
	want = xasprintf("%s E2BIG\n", buf_str(&deep));
	buf_adds(&deep, "/x.crt");
	{
		struct tree_item items[] = {
			{ 'f', buf_str(&deep), "" }, { 0 },
		};

		root = tree_make(items);
		expect_files(d, 0, want);
		tree_remove();
	}

	/* Nine directories, each with links to all nine: 9! paths.  */
	root = tree_make(wide);
	for (const struct tree_item *from = wide; from->type != 0; from++) {
		for (const struct tree_item *to = wide; to->type != 0; to++) {
			free(path);
			path = xasprintf("%s%s/%s", root->path, from->path,
					 strrchr(to->path, '/') + 1);
			assert_int_equal(symlink(to->path, path), 0);
		}
	}
	expect_files(d, -E2BIG, "");
}

#define TREE_TEST(test)	cmocka_unit_test_teardown(test, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_one_file),
		TREE_TEST(test_names),
		TREE_TEST(test_hashes),
		TREE_TEST(test_tree),
		TREE_TEST(test_closed_directories),
		TREE_TEST(test_tree_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
