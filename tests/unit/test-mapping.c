/* test-mapping.c -- base/file.c: large files are mapped, pages that were read can
 * be dropped, and a file that shrinks meanwhile reads as zeros.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "unit/tree.h"

#include <cmocka.h>

#define BIG		((size_t)LIMIT_COPIED_BYTES + 3 * 65536 + 5)

static const unsigned ways[] = {
	0, BENEATH_LACKS_OPENAT2, BENEATH_LACKS_PROC,
	BENEATH_LACKS_OPENAT2 | BENEATH_LACKS_PROC,
};

static const struct root *root;

/* BIG bytes: the low byte of each one's offset, and never zero.  */
static void put_big(const char *name)
{
	AUTO(str) char *path = tree_path(name);
	AUTO(str) char *text = xmalloc(BIG);
	AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			       0644);

	for (size_t i = 0; i < BIG; i++)
		text[i] = (char)(i | 1);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, BIG), BIG);
}

static int setup(void **state)
{
	static const struct tree_item items[] = { { 'd', "/empty", NULL }, { 0 } };

	(void)state;
	root = tree_make(items);
	put_big("/big");
	return 0;
}

static int all_ways_again(void **state)
{
	(void)state;
	beneath_pretend(0);
	return 0;
}

static void check_big(const struct file *f, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (f->data.p[i] != (uint8_t)(i | 1))
			fail_msg("byte %zu", i);
	for (size_t i = end; i < f->data.n; i++)
		if (f->data.p[i] != 0)
			fail_msg("byte %zu is not zero", i);
}

static void test_mapping(void **state)
{
	AUTO(scanned) struct file f = { 0 };

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_read(root, "/big", BIG, &f), 0);
		assert_true(f.mapped);
		assert_int_equal(f.data.n, BIG);
		check_big(&f, BIG);
		/* What was dropped is read again when it is asked for.  */
		file_drop(&f, 12345);
		file_drop(&f, 0);
		file_drop(&f, SIZE_MAX);
		check_big(&f, BIG);
		assert_false(file_shrank(&f));
		file_done(&f);
		assert_null(f.data.p);
		file_done(&f);
	}
}

/* Pages of this process that are in memory; 0: cannot be told.  */
static size_t resident(void)
{
	AUTO(file) FILE *f = fopen("/proc/self/statm", "re");
	size_t total, pages;

	return f != NULL && fscanf(f, "%zu %zu", &total, &pages) == 2 ? pages
								      : 0;
}

static void test_drop(void **state)
{
	const size_t size = 32u << 20, page = (size_t)sysconf(_SC_PAGESIZE);
	AUTO(str) char *path = tree_path("/sparse");
	AUTO(scanned) struct file f = { 0 };
	size_t before, read, dropped;
	unsigned sum = 0;

	(void)state;
	put_big("/sparse");
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(truncate(path, (off_t)size), 0);
	assert_int_equal(file_read(root, "/sparse", size, &f), 0);
	before = resident();
	for (size_t i = 0; i < size; i += page)
		sum += f.data.p[i];
	assert_int_equal(sum, 0);
	read = resident();
	file_drop(&f, size);
	dropped = resident();
	if (before == 0 || read < before + size / page / 2) {
		print_message("resident pages cannot be told here\n");
		/* skip() does not come back */
		file_done(&f);
		free(TAKE(path));
		skip();
	}
	/* AddressSanitizer's shadow of what was read, an eighth, stays.  */
	assert_true(dropped < before + size / page / 4);
}

static void test_shrinking(void **state)
{
	/* Not at a page's end, at one, and nothing left.  */
	static const size_t sizes[] = { 70001, 65536, 0 };
	AUTO(str) char *path = tree_path("/shrinking");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO(scanned) struct file f = { 0 }, other = { 0 };

		put_big("/shrinking");
		assert_int_equal(file_read(root, "/big", BIG, &other), 0);
		assert_int_equal(file_read(root, "/shrinking", BIG, &f), 0);
		assert_int_equal(f.data.p[BIG - 1], (uint8_t)((BIG - 1) | 1));
		assert_false(file_shrank(&f));
		assert_int_equal(truncate(path, (off_t)sizes[i]), 0);
		/* From behind, so that it happens more than once.  */
		assert_int_equal(f.data.p[BIG - 1], 0);
		assert_true(file_shrank(&f));
		check_big(&f, sizes[i]);
		assert_false(file_shrank(&other));
		check_big(&other, BIG);
		file_done(&f);
		assert_int_equal(file_read(root, "/shrinking", BIG, &f), 0);
		assert_int_equal(f.data.n, sizes[i]);
		assert_false(file_shrank(&f));
	}
}

static void test_too_many_mappings(void **state)
{
	static struct file files[LIMIT_MAPPED_FILES];
	struct file more = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		assert_int_equal(file_read(root, "/big", BIG, &files[i]), 0);
	assert_int_equal(file_read(root, "/big", BIG, &more), -EMFILE);
	assert_null(more.data.p);
	file_done(&files[7]);
	assert_int_equal(file_read(root, "/big", BIG, &more), 0);
	file_done(&more);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		file_done(&files[i]);
}

static void act_foreign_fault(const struct file *f)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = memfd_create("foreign", MFD_CLOEXEC);
	volatile char *p;

	(void)f;
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	(void)*p;		/* behind the end of an empty file */
}

static void act_sent(const struct file *f)
{
	(void)f;
	kill(getpid(), SIGBUS);
}

static void act_after_done(const struct file *f)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *was = (uint8_t *)(uintptr_t)f->data.p;
	int fd = memfd_create("later", MFD_CLOEXEC);
	struct file copy = *f;
	volatile char *p;

	/* Its address belongs to somebody else now.  */
	file_done(&copy);
	p = mmap(was, page, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	(void)*p;
}

/* A bus error that is not about a live mapping of ours still kills.  */
static void test_foreign_bus_errors(void **state)
{
	static void (*const acts[])(const struct file *f) = {
		act_foreign_fault, act_sent, act_after_done,
	};
	AUTO(scanned) struct file f = { 0 };

	(void)state;
	/* Not the test runner's handler, nor a sanitizer's.  */
	signal(SIGBUS, SIG_DFL);
	assert_int_equal(file_read(root, "/big", BIG, &f), 0);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		static const struct rlimit none = { 0, 0 };
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			setrlimit(RLIMIT_CORE, &none);
			acts[i](&f);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGBUS);
	}
	assert_false(file_shrank(&f));
}

#define TEST(f)	cmocka_unit_test_teardown(f, all_ways_again)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_mapping),
		TEST(test_drop),
		TEST(test_shrinking),
		TEST(test_too_many_mappings),
		TEST(test_foreign_bus_errors),
	};

	umask(022);
	return cmocka_run_group_tests(tests, setup, tree_teardown);
}
