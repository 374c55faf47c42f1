/* test-descent.c -- base/descent.c: whatever the order of the paths and the depth
 * of the tree, the answer is that of a path from the root, no link is followed, and
 * no more descriptors are open than there may be.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/tree.h"

#include <cmocka.h>

static const struct tree_item items[] = {
	{ 'f', "/a/b/c/file", "text" },
	{ 'd', "/a/b-1/d", NULL },
	{ 'd', "/a/bc/d", NULL },
	{ 'f', "/a/top", "t" },
	{ 'l', "/a/link", "b" },
	{ 'l', "/a/b/up", ".." },
	{ 0, NULL, NULL },
};

/* What PATH is, asked for from the root; 0: it is there.  */
static int straight(const struct root *root, const char *path, struct stat *ret)
{
	int fd, r = beneath_open_straight(root, path, O_PATH, &fd);

	/* The last component may be a link, which is looked at itself.  */
	if (r == -ELOOP) {
		AUTO(str) char *copy = xstrdup(path);
		char *name = strrchr(copy, '/');

		*name++ = '\0';
		r = beneath_open_straight(root, copy, O_PATH | O_DIRECTORY, &fd);
		if (r < 0)
			return r;
		r = fstatat(fd, name, ret, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
		close(fd);
		return r;
	}
	if (r < 0)
		return r;
	assert_int_equal(fstat(fd, ret), 0);
	close(fd);
	return 0;
}

static size_t count_open(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_mode == b->st_mode;
}

static void compare(const struct root *root, struct descent *d, const char *path)
{
	struct stat want, got, above;
	const int r = straight(root, path, &want);
	const int e = descent_stat(d, path, &got);

	if ((r == 0) != (e == 0))
		fail_msg("%s: %d, not %d", path, e, r);
	if (r < 0)
		return;
	if (!is_same(&want, &got))
		fail_msg("%s: another", path);
	if (path[1] != '\0') {
		AUTO(str) char *parent = xstrndup(path, (size_t)(
						  strrchr(path, '/') - path));

		assert_int_equal(straight(root, parent, &above), 0);
		assert_int_equal(fstat(descent_lowest(d), &got), 0);
		assert_true(is_same(&above, &got));
	}
}

static void compare_open(const struct root *root, struct descent *d,
			 const char *path)
{
	struct stat want, got;
	const int r = straight(root, path, &want);
	int fd = -1;
	const int e = descent_open(d, path, &fd);

	if ((r == 0 && S_ISDIR(want.st_mode)) != (e == 0))
		fail_msg("%s: %d", path, e);
	if (e < 0)
		return;
	assert_int_equal(fstat(fd, &got), 0);
	assert_true(is_same(&want, &got));
}

/* Every path after every other one.  */
static void test_orders(void **state)
{
	static const char *const paths[] = {
		"/", "/a", "/a/b", "/a/b-1", "/a/b-1/d", "/a/b/c", "/a/b/c/file",
		"/a/b/c/file/x", "/a/b/nothing", "/a/b/nothing/x", "/a/b/up",
		"/a/b/up/bc", "/a/bc", "/a/bc/d", "/a/link", "/a/link/c",
		"/a/link/c/file", "/a/top", "/a/top/x", "/nothing", "/x/y/z",
	};
	const struct root *root = tree_make(items);
	const size_t before = count_open();
	struct descent d;

	(void)state;
	for (unsigned lacks = 0; lacks < 2; lacks++) {
		beneath_pretend(lacks != 0 ? BENEATH_LACKS_OPENAT2 : 0);
		descent_begin(&d, root);
		for (size_t k = 0; k < ARRAY_SIZE(paths); k++) {
			for (size_t j = 0; j < ARRAY_SIZE(paths); j++) {
				compare(root, &d, paths[k]);
				compare(root, &d, paths[j]);
				compare_open(root, &d, paths[k]);
				compare(root, &d, paths[j]);
				compare_open(root, &d, paths[j]);
			}
		}
		descent_end(&d);
		assert_int_equal(count_open(), before);
	}
	beneath_pretend(0);
}

static void test_refused(void **state)
{
	AUTO(str) char *name = xmalloc(LIMIT_PATH_BYTES + 2);
	const struct root *root = tree_make(items);
	struct descent d;
	struct stat st;
	int fd = -1;

	(void)state;
	memset(name, 'x', LIMIT_PATH_BYTES + 1);
	for (size_t k = 0; k < LIMIT_PATH_BYTES; k += 9)
		name[k] = '/';
	name[LIMIT_PATH_BYTES] = '\0';
	descent_begin(&d, root);
	assert_int_equal(descent_stat(&d, name, &st), -ENAMETOOLONG);
	assert_int_equal(descent_open(&d, name, &fd), -ENAMETOOLONG);
	assert_int_equal(descent_stat(&d, "a", &st), -ENAMETOOLONG);
	assert_int_equal(descent_stat(&d, "/a/b/c", &st), 0);
	/* As deep as a link that would lead to the same.  */
	fd = descent_stat(&d, "/a/link/c/file", &st);
	assert_true(fd == -ELOOP || fd == -ENOTDIR);
	descent_end(&d);
}

/* Deeper than what is kept open, down and up again.  */
static void test_deep(void **state)
{
	const struct root *root = tree_make(items);
	const size_t depth = 3 * DESCENT_LEVELS, before = count_open();
	char path[2 * 3 * DESCENT_LEVELS + 8];
	AUTO(str) char *top = NULL;
	struct descent d;
	struct stat st;
	size_t n = 0;

	(void)state;
	top = tree_path("");
	for (size_t k = 0; k < depth; k++) {
		AUTO(str) char *whole = NULL;

		memcpy(path + n, "/d", 3);
		n += 2;
		whole = xasprintf("%s%s", top, path);
		assert_int_equal(mkdir(whole, 0755), 0);
	}
	descent_begin(&d, root);
	for (size_t k = 2; k <= n; k += 2) {
		AUTO(str) char *part = xstrndup(path, k);

		compare(root, &d, part);
		assert_true(count_open() <= before + DESCENT_LEVELS);
	}
	assert_int_equal(d.n, DESCENT_LEVELS);
	for (size_t k = n; k > 0; k -= 2) {
		AUTO(str) char *part = xstrndup(path, k);

		compare(root, &d, part);
		compare_open(root, &d, part);
		assert_true(count_open() <= before + DESCENT_LEVELS);
	}
	assert_int_equal(descent_stat(&d, "/a/top", &st), 0);
	descent_end(&d);
	assert_int_equal(count_open(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_orders, tree_teardown),
		cmocka_unit_test_teardown(test_refused, tree_teardown),
		cmocka_unit_test_teardown(test_deep, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
