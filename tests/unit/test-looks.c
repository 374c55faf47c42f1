/* test-looks.c -- base/looks.c: what was looked at is the same again until something
 * of it changes, and bytes that were damaged are never relied on.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/tree.h"

#include <cmocka.h>

#define LATER	(INT64_MAX / 2)		/* nothing is young */

static const struct tree_item items[] = {
	{ 'f', "/a/file", "text" },
	{ 'f', "/a/list/one.pem", "1" },
	{ 'f', "/a/list/two.txt", "2" },
	{ 'f', "/a/all/one", "1" },
	{ 'f', "/a/through/file", "1" },
	{ 'f', "/b/deep/down/file", "deep" },
	{ 'f', "/b/way/file", "1" },
	{ 'l', "/a/link", "../b/deep" },
	{ 'l', "/a/nowhere", "/b/none/at/all" },
	{ 'l', "/a/round", "../b/way/../deep" },
	{ 'l', "/top", "/a" },
	{ 'p', "/a/fifo", NULL },
	{ 0, NULL, NULL },
};

/* Looks at much, in every way that there is.  */
static void look(const struct root *root)
{
	AUTO(directory) struct directory list = { .n = 0 }, all = { .n = 0 };
	AUTO(str) char *real = NULL;
	struct root quiet = *root;
	struct file_id id;
	struct descent d;
	struct stat st;
	int fd;

	assert_int_equal(file_stat(root, "/a//file", &id), 0);
	assert_int_equal(file_stat(root, "/a/./none", &id), -ENOENT);
	assert_int_equal(file_stat(root, "/a/none/at/all", &id), -ENOENT);
	assert_int_equal(file_stat(root, "/a/file/beneath", &id), -ENOTDIR);
	assert_int_equal(file_directory(root, "/a/file", 0, &list), -ENOTDIR);
	assert_int_equal(file_stat(root, "/a/nowhere", &id), -ENOENT);
	assert_int_equal(file_stat(root, "/a/through/../file", &id), 0);
	assert_int_equal(file_stat(root, "/a/link/../other", &id), -ENOENT);
	assert_int_equal(file_stat(root, "/a/round/down/file", &id), 0);
	assert_int_equal(file_stat(root, "/", &id), 0);
	assert_int_equal(file_stat(root, "/top/link/down/file", &id), 0);
	assert_int_equal(file_lstat(root, "/a/link", &id), 0);
	assert_int_equal(file_open(root, "/a/file", 100, &fd, &id), 0);
	close(fd);
	assert_int_equal(file_open(root, "/a/fifo", 100, &fd, &id), -ENOTREG);
	assert_int_equal(file_real_path(root, "/a/link/down", &real), 0);
	assert_string_equal(real, "/b/deep/down");
	quiet.looks = NULL;
	assert_int_equal(file_directory(&quiet, "/a/list", 0, &list), 0);
	looks_list(root->looks, "/a/list", &list, "**.pem/d*/");
	assert_int_equal(file_directory(root, "/a/all", 0, &all), 0);
	looks_absent(root->looks, "/b/absent");
	descent_begin(&d, root);
	assert_int_equal(descent_stat(&d, "/b/deep", &st), 0);
	descent_end(&d);
}

/* What was looked at, as bytes.  */
static void keep(const struct root *root, int64_t since, int want, struct buf *b)
{
	struct root watched = *root;

	watched.looks = looks_new(since);
	look(&watched);
	assert_int_equal(looks_write(watched.looks, root, b), want);
	looks_free(watched.looks);
}

static int same(const struct root *root, const struct buf *b)
{
	return looks_same(root, (struct blob){ (const uint8_t *)b->p, b->n });
}

static void change_text(const char *path, const char *text)
{
	AUTO(str) char *host = tree_path(path);
	FILE *f = fopen(host, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void make_directory(const char *path)
{
	AUTO(str) char *host = tree_path(path);

	assert_int_equal(mkdir(host, 0755), 0);
}

static void move(const char *from, const char *to)
{
	AUTO(str) char *x = tree_path(from);
	AUTO(str) char *y = tree_path(to);

	assert_int_equal(rename(x, y), 0);
}

static void link_to(const char *text, const char *path)
{
	AUTO(str) char *host = tree_path(path);

	unlink(host);
	assert_int_equal(symlink(text, host), 0);
}

static void permit(const char *path, mode_t mode)
{
	AUTO(str) char *host = tree_path(path);

	assert_int_equal(chmod(host, mode), 0);
}

/* ---- what is no change ------------------------------------------------------*/

static void test_same(void **state)
{
	const struct root *root = tree_make(items);
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX / 2);
	keep(root, LATER, 0, &b);
	assert_int_equal(same(root, &b), 1);
	change_text("/a/other", "comes");
	change_text("/a/list/three.txt", "is no regular file's");
	change_text("/b/another", "comes");
	move("/a/other", "/a/another");
	permit("/a/another", 0600);
	assert_int_equal(same(root, &b), 1);
}

/* ---- what is one --------------------------------------------------------------*/

static void write_file(void)
{
	change_text("/a/file", "test");
}
static void write_deep(void)
{
	change_text("/b/deep/down/file", "not deep");
}
static void absent_comes(void)
{
	change_text("/a/none", "");
}
static void absent_directory_comes(void)
{
	make_directory("/a/none");
}
static void absent_in_b_comes(void)
{
	change_text("/b/absent", "");
}
static void target_comes(void)
{
	make_directory("/b/none");
}
static void listed_comes(void)
{
	change_text("/a/list/three.pem", "");
}
static void listed_directory_comes(void)
{
	make_directory("/a/list/directory");
}
static void listed_goes(void)
{
	move("/a/list/one.pem", "/a/list/one");
}
static void any_name_comes(void)
{
	change_text("/a/all/.hidden", "");
}
static void link_changes(void)
{
	link_to("/b/deep", "/a/link");
}
static void link_above_changes(void)
{
	link_to("a", "/top");
}
static void moved_and_linked(void)
{
	move("/b/deep", "/b/moved");
	link_to("moved", "/b/deep");
}
static void permissions(void)
{
	permit("/b/deep", 0700);
}
static void replaced(void)
{
	change_text("/a/new", "text");
	move("/a/new", "/a/file");
}
static void way_is_free(void)
{
	move("/a/file", "/a/was");
	make_directory("/a/file");
}
static void out_of_comes(void)
{
	change_text("/b/other", "");
}
static void through_goes(void)
{
	move("/a/through", "/a/away");
}
static void way_goes(void)
{
	move("/b/way", "/b/away");
}
static void fifo_goes(void)
{
	change_text("/a/text", "no FIFO");
	move("/a/text", "/a/fifo");
}

static const struct {
	const char *what;
	void (*change)(void);
} changes[] = {
	{ "a file is written", write_file },
	{ "a file behind links is written", write_deep },
	{ "a name comes", absent_comes },
	{ "a directory comes where much was looked for", absent_directory_comes },
	{ "a name that a listing lacked", absent_in_b_comes },
	{ "what a link leads to", target_comes },
	{ "a name that fits a wildcard", listed_comes },
	{ "a directory", listed_directory_comes },
	{ "a name goes that fitted", listed_goes },
	{ "any name, where all count", any_name_comes },
	{ "a link", link_changes },
	{ "a link above", link_above_changes },
	{ "a directory is moved and a link left", moved_and_linked },
	{ "permissions of a directory", permissions },
	{ "a file is replaced by one like it", replaced },
	{ "a file makes room for a directory", way_is_free },
	{ "a name in the directory above another", out_of_comes },
	{ "a directory that a path comes out of", through_goes },
	{ "one that a link's text comes out of", way_goes },
	{ "a FIFO is a file", fifo_goes },
};

static void test_changes(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(changes); k++) {
		const struct root *root = tree_make(items);
		AUTO(buf) struct buf b;

		buf_init(&b, SIZE_MAX / 2);
		keep(root, LATER, 0, &b);
		assert_int_equal(same(root, &b), 1);
		changes[k].change();
		if (same(root, &b) != 0)
			fail_msg("not seen: %s", changes[k].what);
		tree_remove();
	}
}

/* ---- what cannot be relied on ----------------------------------------------------*/

static void test_young(void **state)
{
	const struct root *root = tree_make(items);
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX / 2);
	keep(root, 0, -EAGAIN, &b);
	assert_int_equal(b.n, 0);
}

/* A clock that is slow: the time of a directory that got a name after it was listed
 * is not young.  */
static void test_slow(void **state)
{
	const struct root *root = tree_make(items);
	struct root watched = *root;
	struct directory list;
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX / 2);
	watched.looks = looks_new(LATER);
	assert_int_equal(file_directory(&watched, "/a/all", 0, &list), 0);
	directory_done(&list);
	usleep(50000);			/* clocks of file systems tick */
	change_text("/a/all/two", "2");
	assert_int_equal(looks_write(watched.looks, root, &b), 0);
	looks_free(watched.looks);
	assert_int_equal(same(root, &b), 0);
}

static void test_changing(void **state)
{
	const struct root *root = tree_make(items);
	struct root watched = *root;
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX / 2);
	watched.looks = looks_new(LATER);
	look(&watched);
	change_text("/a/file", "another");
	look(&watched);
	assert_int_equal(looks_write(watched.looks, root, &b), -EAGAIN);
	looks_free(watched.looks);
	watched.looks = looks_new(LATER);
	looks_forget(watched.looks);
	assert_int_equal(looks_write(watched.looks, root, &b), -EAGAIN);
	looks_free(watched.looks);
	looks_free(NULL);
	looks_forget(NULL);
	assert_int_equal(b.n, 0);
}

/* A look that is refused is asked again as it was.  */
static void test_refused(void **state)
{
	static const struct tree_item closed[] = {
		{ 'f', "/a/file", "text" },
		{ 'x', "/closed", NULL },
		{ 0, NULL, NULL },
	};
	const struct root *root = tree_make(closed);
	struct root watched = *root;
	struct directory d;
	struct file_id id;
	AUTO(buf) struct buf b;

	(void)state;
	be_ordinary();
	buf_init(&b, SIZE_MAX / 2);
	watched.looks = looks_new(LATER);
	assert_int_equal(file_stat(&watched, "/closed/file", &id), -EACCES);
	assert_int_equal(file_directory(&watched, "/closed", 0, &d), -EACCES);
	assert_int_equal(looks_write(watched.looks, root, &b), 0);
	looks_free(watched.looks);
	assert_int_equal(same(root, &b), 1);
	be_again();
	permit("/closed", 0755);
	be_ordinary();
	assert_int_equal(same(root, &b), 0);
	be_again();
}

/* Names that all have one place in a table, behind a link, so that it is only seen
 * where they lead; see hash_bytes().  */
static void test_crowded(void **state)
{
	const struct root *root = tree_make(items);
	struct root watched = *root;
	unsigned long want = 0;
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX / 2);
	watched.looks = looks_new(LATER);
	for (unsigned k = 0, n = 0; n < 300; k++) {
		AUTO(str) char *real = xasprintf("/b/deep/%x", k);
		AUTO(str) char *path = xasprintf("/a/link/%x/none", k);
		uint64_t h = UINT64_C(0xcbf29ce484222325);
		struct file_id id;

		for (const char *p = real; *p != '\0'; p++)
			h = (h ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
		h = (h ^ h >> 29) & 4095;
		if (n > 0 && h != want)
			continue;
		want = h;
		n++;
		make_directory(real);
		assert_int_equal(file_stat(&watched, path, &id), -ENOENT);
	}
	assert_int_equal(looks_write(watched.looks, root, &b), -EAGAIN);
	looks_free(watched.looks);
}

static void test_damaged(void **state)
{
	const struct root *root = tree_make(items);
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX / 2);
	keep(root, LATER, 0, &b);
	for (size_t n = 0; n < b.n; n++) {
		/* Of just that size, so that sanitizers see what is past it.  */
		uint8_t *part = xmemdup(b.p, n + 1);

		assert_true(looks_same(root, (struct blob){ part, n }) <= 0);
		free(part);
	}
	for (size_t k = 0; k < b.n; k++) {
		uint8_t *damaged = xmemdup(b.p, b.n);

		for (unsigned bit = 0; bit < 8; bit++) {
			damaged[k] ^= (uint8_t)(1u << bit);
			looks_same(root, (struct blob){ damaged, b.n });
			damaged[k] ^= (uint8_t)(1u << bit);
		}
		free(damaged);
	}
	buf_add(&b, "", 1);
	assert_int_equal(same(root, &b), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_same, tree_teardown),
		cmocka_unit_test_teardown(test_changes, tree_teardown),
		cmocka_unit_test_teardown(test_young, tree_teardown),
		cmocka_unit_test_teardown(test_slow, tree_teardown),
		cmocka_unit_test_teardown(test_changing, tree_teardown),
		cmocka_unit_test_teardown(test_refused, tree_teardown),
		cmocka_unit_test_teardown(test_crowded, tree_teardown),
		cmocka_unit_test_teardown(test_damaged, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
