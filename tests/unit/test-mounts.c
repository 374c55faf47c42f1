/* test-mounts.c -- base/mounts.c and beneath_avoid(): a file system that never
 * answers is found in bounded time, and nothing goes into it after that.  The
 * file system is a FUSE one that nobody serves, in a mount namespace of its own,
 * which takes root.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "unit/tree.h"

#include <cmocka.h>

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static bool has_point(char *const *points, const char *path)
{
	for (; *points != NULL; points++)
		if (strcmp(*points, path) == 0)
			return true;
	return false;
}

/* False where nothing can be mounted.  skip() is not for here: it jumps over what
 * frees.  */
static bool is_not_gone_into(const struct root *root)
{
	AUTO(str) char *path = tree_path("/home/bob smith");
	AUTO(str) char *real = realpath(path, NULL);
	AUTO(fd) int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	AUTO(str) char *options = xasprintf("fd=%d,rootmode=40000,user_id=0,"
					    "group_id=0,allow_other", fuse);
	AUTO(names) char **points = NULL;
	struct file_id id;
	int64_t begin;
	size_t n;

	if (fuse < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("nobody", path, "fuse.nobody", 0, options) < 0) {
		print_message("# SKIPPED: no FUSE to mount here (%s)\n",
			      strerror(errno));
		return false;
	}
	begin = now_ms();
	assert_int_equal(mounts_unanswered(300, &points, &n), 0);
	assert_true(now_ms() - begin < 10000);
	assert_true(has_point(points, real));
	beneath_avoid(points);
	begin = now_ms();
	assert_int_equal(file_stat(root, "/home/bob smith", &id), -ETIMEDOUT);
	assert_int_equal(file_stat(root, "/home/bob smith/a", &id), -ETIMEDOUT);
	assert_int_equal(file_stat(root, "/home/ann/../bob smith/a", &id),
			 -ETIMEDOUT);
	assert_int_equal(file_stat(root, "/link", &id), -ETIMEDOUT);
	assert_int_equal(file_stat(root, "/home/ann/file", &id), 0);
	assert_true(now_ms() - begin < 5000);
	beneath_avoid(NULL);
	/* Whoever waits for it is let go.  */
	close(fuse);
	fuse = -1;
	assert_int_equal(umount2(path, MNT_DETACH), 0);
	assert_int_equal(file_stat(root, "/home/bob smith", &id), 0);
	return true;
}

static void unanswered(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/home/ann/file", "x" },
		{ 'd', "/home/bob smith", NULL },
		{ 'l', "/link", "home/bob smith/inside" },
		{ 0 },
	};

	(void)state;
	if (!is_not_gone_into(tree_make(items)))
		skip();
}

/* Nothing of the kind is there, or all of it answers.  */
static void answered(void **state)
{
	AUTO(names) char **points = NULL;
	size_t n = 1;

	(void)state;
	assert_int_equal(mounts_unanswered(LIMIT_MOUNT_MS, &points, &n), 0);
	for (size_t k = 0; k < n; k++)
		print_message("# does not answer: %s\n", points[k]);
	assert_null(points[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(unanswered, tree_teardown),
		cmocka_unit_test(answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
