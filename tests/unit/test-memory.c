/* test-memory.c -- base/memory.c, base/log.c: what they promise, and how they
 * end the program.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

#include <cmocka.h>

/* A sanitizer's malloc ends the program by itself unless told otherwise.  */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* Runs ACT in a child; gives its exit status (or -1 when it was killed) and
 * what it wrote on stderr.  */
static int run_child(void (*act)(void), char *err, size_t size)
{
	int fds[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		act();
		_exit(0);
	}
	close(fds[1]);
	while (n < size - 1 && (got = read(fds[0], err + n, size - 1 - n)) > 0)
		n += (size_t)got;
	err[n] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The compiler must not see that these are too much.  */
static volatile size_t huge = SIZE_MAX / 2 - 4096;

static void act_malloc(void)
{
	free(xmalloc(huge));
}

static void act_calloc(void)
{
	free(xcalloc(huge, 16));
}

static void act_realloc(void)
{
	/* 2^63 * 2 is 0 in the arithmetic of size_t.  */
	free(xrealloc(NULL, huge + 4097, 2));
}

static void act_grow(void)
{
	char *p = NULL;
	size_t cap = SIZE_MAX - 3;

	grow(&p, SIZE_MAX - 3, &cap, 1);
	free(p);
}

static void test_exhausted_memory_ends_the_program(void **state)
{
	static void (*const acts[])(void) = {
		act_malloc, act_calloc, act_realloc, act_grow,
	};
	char err[8192];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		assert_int_equal(run_child(acts[i], err, sizeof(err)), 1);
		assert_non_null(strstr(err, "trustdrift: fatal: out of memory"));
	}
}

static void act_die(void)
{
	die("%s is %d", "answer", 42);
}

static void act_log(void)
{
	log_error("one");
	log_warning("two");
	log_verbose("three");
	log_set_level(LOG_QUIET);
	log_error("four");
	log_warning("five");
	log_set_level(LOG_VERBOSE);
	log_warning("six");
	log_verbose("%s", "seven");
}

static void test_log(void **state)
{
	char err[512];

	(void)state;
	assert_int_equal(run_child(act_die, err, sizeof(err)), 1);
	assert_string_equal(err, "trustdrift: fatal: answer is 42\n");
	assert_int_equal(run_child(act_log, err, sizeof(err)), 0);
	assert_string_equal(err, "trustdrift: one\n"
			    "trustdrift: warning: two\n"
			    "trustdrift: four\n"
			    "trustdrift: warning: six\n"
			    "trustdrift: seven\n");
}

static void test_nothing_is_something(void **state)
{
	void *p;

	(void)state;
	p = xmalloc(0);
	assert_non_null(p);
	p = xrealloc(p, 0, 8);
	assert_non_null(p);
	free(p);
	p = xcalloc(0, 8);
	assert_non_null(p);
	free(p);
	p = xmemdup(NULL, 0);
	assert_non_null(p);
	free(p);
}

static void test_copies(void **state)
{
	AUTO(str) char *a = xstrdup("abc"), *b = xstrndup("abc", 2),
		       *c = xasprintf("%d-%s", 7, "x"), *d = xmemdup("q", 2);
	char *taken;

	(void)state;
	assert_string_equal(a, "abc");
	assert_string_equal(b, "ab");
	assert_string_equal(c, "7-x");
	assert_string_equal(d, "q");
	taken = TAKE(a);
	assert_null(a);
	assert_string_equal(taken, "abc");
	free(taken);
}

static void test_grow(void **state)
{
	uint32_t *items = NULL;
	size_t cap = 0;

	(void)state;
	for (uint32_t i = 0; i < 10000; i++) {
		grow(&items, i, &cap, sizeof(*items));
		assert_true(cap > i);
		items[i] = i;
	}
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void test_blob(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "", "", 0 },
		{ "", "a", -1 },
		{ "a", "a", 0 },
		{ "a", "ab", -1 },
		{ "b", "ab", 1 },
		{ "\x7f", "\xff", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob a = { (const uint8_t *)cases[i].a,
				  strlen(cases[i].a) };
		struct blob b = { (const uint8_t *)cases[i].b,
				  strlen(cases[i].b) };
		int order = blob_compare(a, b), back = blob_compare(b, a);

		assert_int_equal((order > 0) - (order < 0), cases[i].order);
		assert_int_equal((back > 0) - (back < 0), -cases[i].order);
		assert_int_equal(blob_equal(a, b), cases[i].order == 0);
	}
	assert_true(blob_equal((struct blob){ NULL, 0 },
			       (struct blob){ (const uint8_t *)"", 0 }));
	assert_int_equal(blob_compare((struct blob){ NULL, 0 },
				      (struct blob){ NULL, 0 }), 0);
}

static void test_byte_order(void **state)
{
	static const uint8_t p[] = { 0xf1, 0xe2, 0xd3, 0xc4,
				     0xb5, 0xa6, 0x97, 0x88 };

	(void)state;
	assert_int_equal(get_be16(p), 0xf1e2);
	assert_int_equal(get_be32(p), 0xf1e2d3c4);
	assert_true(get_be64(p) == 0xf1e2d3c4b5a69788);
	assert_int_equal(get_le32(p), 0xc4d3e2f1);
}

static void test_buf(void **state)
{
	AUTO(buf) struct buf b;
	char *taken;

	(void)state;
	buf_init(&b, 10);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_add(&b, NULL, 0), 0);
	assert_int_equal(buf_adds(&b, "abc"), 0);
	assert_int_equal(buf_addf(&b, "%03d", 7), 0);
	assert_int_equal(buf_add(&b, "x\0y", 3), 0);
	assert_int_equal(b.n, 9);
	assert_memory_equal(buf_str(&b), "abc007x\0y", 10);
	taken = buf_take(&b);
	assert_memory_equal(taken, "abc007x\0y", 10);
	free(taken);
	assert_int_equal(b.n, 0);
	assert_string_equal(buf_str(&b), "");
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	assert_int_equal(buf_adds(&b, "0123456789"), 0);
	assert_false(b.truncated);
}

/* The three ways to append, each one byte past the limit.  */
static int add_bytes(struct buf *b)
{
	return buf_add(b, "abcdef", 6);
}

static int add_string(struct buf *b)
{
	return buf_adds(b, "abcdef");
}

static int add_format(struct buf *b)
{
	return buf_addf(b, "%s%d", "abcde", 1);
}

static void test_buf_limit(void **state)
{
	static int (*const adds[])(struct buf *b) = {
		add_bytes, add_string, add_format,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(adds); i++) {
		AUTO(buf) struct buf b;

		buf_init(&b, 10);
		assert_int_equal(buf_adds(&b, "12345"), 0);
		assert_int_equal(adds[i](&b), -E2BIG);
		assert_true(b.truncated);
		assert_string_equal(buf_str(&b), "12345");
		/* This would fit, but behind a hole.  */
		assert_int_equal(buf_adds(&b, "6"), -E2BIG);
		assert_string_equal(buf_str(&b), "12345");
		buf_done(&b);
		assert_false(b.truncated);
		assert_int_equal(adds[i](&b), 0);
	}
}

static void test_buf_grows(void **state)
{
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(buf_addf(&b, "%05d", i), 0);
	assert_int_equal(b.n, 100000);
	assert_memory_equal(buf_str(&b) + 5 * 12345, "12345", 5);
	assert_int_equal(strlen(buf_str(&b)), 100000);
}

#ifdef HAVE_MALLOPT
#define ALLOCATOR_OBEYS	true
#else
#define ALLOCATOR_OBEYS	false
#endif

/* The line of /proc/self/smaps that begins with FIELD, of the mapping in which P is;
 * "" if it has none.  */
static void smaps_field(const void *p, const char *field, char *ret, size_t size)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	bool inside = false;

	assert_non_null(f);
	*ret = '\0';
	while (*ret == '\0' && fgets(line, sizeof(line), f) != NULL) {
		unsigned long begin, end;

		if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
			inside = (uintptr_t)p >= begin && (uintptr_t)p < end;
		else if (inside && strncmp(line, field, strlen(field)) == 0)
			snprintf(ret, size, "%s", line);
	}
	fclose(f);
}

static bool has_huge_pages(void)
{
	FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
	char line[80] = "[never]";
	bool has;

	if (f == NULL)
		return false;
	has = fgets(line, sizeof(line), f) != NULL &&
	      strstr(line, "[never]") == NULL;
	fclose(f);
	return has;
}

/* A mapping of its own that grows is moved, and stays one: realloc() would copy
 * one that is in parts.  */
static bool grows_as_one(void)
{
	const size_t n = (size_t)64 << 20;
	char flags[512], size[512], *p = xrealloc(NULL, n, 1);

	memset(p, 'x', n);
	p = xrealloc(p, 2 * n, 1);
	smaps_field(p, "VmFlags:", flags, sizeof(flags));
	smaps_field(p, "Size:", size, sizeof(size));
	return strtoul(size + strlen("Size:"), NULL, 10) >= 2 * n / 1024 &&
	       strstr(flags, " hg") != NULL && p[0] == 'x' && p[n - 1] == 'x';
}

static void act_huge(void)
{
	AUTO(buf) struct buf b;
	char flags[512];

	memory_keep();
	memory_in_huge_pages();
	if (!SANITIZED && ALLOCATOR_OBEYS && has_huge_pages() && !grows_as_one())
		_exit(5);
	buf_init(&b, SIZE_MAX);
	for (int i = 0; i < 300000; i++)	/* 1.5 MB, and more on the way */
		buf_addf(&b, "%05d", i % 100000);
	smaps_field(buf_str(&b), "VmFlags:", flags, sizeof(flags));
	if (b.n != 1500000 || memcmp(buf_str(&b) + 5 * 112345, "12345", 5) != 0)
		_exit(2);
	_exit(strstr(flags, " hg") != NULL ? 3 : 4);
}

static void test_huge_pages(void **state)
{
	char said[200];
	int status;

	(void)state;
	status = run_child(act_huge, said, sizeof(said));
	assert_string_equal(said, "");
	assert_true(status == 3 || status == 4);
	if (has_huge_pages() && !SANITIZED && ALLOCATOR_OBEYS &&
	    sysconf(_SC_PAGESIZE) == 4096 && sizeof(void *) == 8)
		assert_int_equal(status, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exhausted_memory_ends_the_program),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_nothing_is_something),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_blob),
		cmocka_unit_test(test_byte_order),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_limit),
		cmocka_unit_test(test_buf_grows),
		cmocka_unit_test(test_huge_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
