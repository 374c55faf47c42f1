/* test-ownfile.c -- base/ownfile.c: what the program writes, and where it
 * finds its own data.
 *
 * Called with an argument it only says where its data is: a copy of this
 * program outside the build tree is asked that.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

#include <cmocka.h>

static char *top;

/* TOP/NAME; the caller frees.  */
static char *path_of(const char *name)
{
	return xasprintf("%s/%s", top, name);
}

static struct blob text_blob(const char *s)
{
	return (struct blob){ (const uint8_t *)s, strlen(s) };
}

static int write_text(const char *path, const char *text, mode_t mode)
{
	return file_write_atomic(path, text_blob(text), mode);
}

static void check_text(const char *path, const char *want)
{
	AUTO(str) char *text = NULL;
	size_t n;

	assert_int_equal(file_slurp(path, 1000, &text, &n), 0);
	assert_string_equal(text, want);
	assert_int_equal(n, strlen(want));
}

/* The names in directory NAME are these, separated by spaces.  */
static void check_names(const char *name, const char *want)
{
	AUTO(str) char *path = path_of(name);
	AUTO(names) char **names = NULL;
	AUTO(buf) struct buf all;
	struct root r;
	size_t n;

	buf_init(&all, 1000);
	assert_int_equal(root_open(path, &r), 0);
	assert_int_equal(file_names(&r, "/", &names, &n), 0);
	root_done(&r);
	for (size_t i = 0; i < n; i++)
		buf_addf(&all, "%s%s", i > 0 ? " " : "", names[i]);
	assert_string_equal(buf_str(&all), want);
}

static int remove_one(const char *path, const struct stat *st, int kind,
		      struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	AUTO(str) char *name = xasprintf("%s/trustdrift-own-XXXXXX",
					 tmp != NULL && *tmp == '/' ? tmp
								    : "/tmp");

	(void)state;
	assert_non_null(mkdtemp(name));
	top = realpath(name, NULL);
	assert_non_null(top);
	return 0;
}

static int teardown(void **state)
{
	int r = nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);

	(void)state;
	free(top);
	return r;
}

static void make_dir(const char *name)
{
	AUTO(str) char *path = path_of(name);

	assert_int_equal(mkdir(path, 0755), 0);
}

/* ---- writing -----------------------------------------------------------*/

static void test_write(void **state)
{
	AUTO(str) char *path = NULL, *link = NULL, *dangling = NULL;
	struct stat st, before;

	(void)state;
	make_dir("write");
	path = path_of("write/report");
	link = path_of("write/link");
	dangling = path_of("write/dangling");
	assert_int_equal(write_text(path, "one", 0600), 0);
	check_text(path, "one");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	/* Who has the old one open keeps it.  */
	before = st;
	assert_int_equal(write_text(path, "", 0777), 0);
	check_text(path, "");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_not_equal(st.st_ino, before.st_ino);

	assert_int_equal(symlink("report", link), 0);
	assert_int_equal(write_text(link, "two", 0644), 0);
	check_text(path, "two");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));

	assert_int_equal(symlink("nowhere", dangling), 0);
	assert_int_equal(write_text(dangling, "three", 0644), 0);
	check_text(dangling, "three");
	check_names("write", "dangling link report");
}

static void test_write_here(void **state)
{
	AUTO(fd) int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	make_dir("here");
	assert_true(here >= 0);
	assert_int_equal(chdir(top), 0);
	assert_int_equal(write_text("here/a", "a", 0644), 0);
	assert_int_equal(chdir("here"), 0);
	assert_int_equal(write_text("b", "b", 0644), 0);
	assert_int_equal(fchdir(here), 0);
	check_names("here", "a b");
}

static void test_write_refuses(void **state)
{
	static const struct {
		const char *name;
		int error;
	} cases[] = {
		{ "refuse", -EISDIR },
		{ "refuse/new/", -EISDIR },
		{ "refuse/none/report", -ENOENT },
		{ "refuse/file/report", -ENOTDIR },
	};
	AUTO(str) char *file = path_of("refuse/file");

	(void)state;
	make_dir("refuse");
	assert_int_equal(write_text(file, "x", 0644), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *path = path_of(cases[i].name);

		assert_int_equal(write_text(path, "x", 0644), cases[i].error);
	}
	assert_int_equal(write_text("", "x", 0644), -ENOENT);
	check_names("refuse", "file");
}

/* The disk is full while the report is written: the old one stays.  */
static void test_write_fails(void **state)
{
	AUTO(str) char *path = NULL;
	pid_t pid;
	int status;

	(void)state;
	make_dir("full");
	path = path_of("full/report");
	assert_int_equal(write_text(path, "old", 0644), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static const struct rlimit small = { 100, 100 };
		static char much[1000];

		memset(much, 'x', sizeof(much) - 1);
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(write_text(path, much, 0644) == -EFBIG ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	check_text(path, "old");
	check_names("full", "report");
}

/* What is no file is written to and stays what it is.  */
static void test_write_into(void **state)
{
	AUTO(str) char *fifo = NULL;
	AUTO(fd) int reader = -1;
	struct stat st;
	char got[16];

	(void)state;
	make_dir("into");
	fifo = path_of("into/fifo");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	reader = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_int_equal(write_text(fifo, "report", 0644), 0);
	assert_int_equal(read(reader, got, sizeof(got)), 6);
	assert_memory_equal(got, "report", 6);
	assert_int_equal(lstat(fifo, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	check_names("into", "fifo");
}

static void test_write_stdout(void **state)
{
	int fds[2], saved;
	char got[16];
	int e;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	/* What stdio holds comes first.  */
	fputs("a", stdout);
	e = write_text("-", "bc", 0644);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fds[1]);
	assert_int_equal(e, 0);
	assert_int_equal(read(fds[0], got, sizeof(got)), 3);
	assert_memory_equal(got, "abc", 3);
	close(fds[0]);
	assert_int_not_equal(access("-", F_OK), 0);
}

/* ---- reading -----------------------------------------------------------*/

static void test_slurp(void **state)
{
	AUTO(str) char *path = NULL, *none = NULL, *text = NULL, *same = NULL;
	AUTO(str) char *fifo = NULL;
	AUTO(buf) struct buf big;
	size_t n = 77;

	(void)state;
	make_dir("slurp");
	path = path_of("slurp/file");
	none = path_of("slurp/none");
	fifo = path_of("slurp/fifo");
	buf_init(&big, SIZE_MAX);
	while (big.n < 50000)
		buf_addf(&big, "%zu ", big.n);
	assert_int_equal(write_text(path, buf_str(&big), 0644), 0);
	assert_int_equal(file_slurp(path, big.n - 1, &text, &n), -EFBIG);
	assert_int_equal(file_slurp(none, 10, &text, &n), -ENOENT);
	assert_int_equal(file_slurp(top, 10, &text, &n), -EISDIR);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(file_slurp(fifo, 10, &text, &n), -ENOTREG);
	assert_null(text);
	assert_int_equal(n, 77);
	assert_int_equal(file_slurp(path, big.n, &same, &n), 0);
	assert_int_equal(n, big.n);
	assert_memory_equal(same, buf_str(&big), n + 1);
	check_text("/dev/null", "");
}

/* ---- data --------------------------------------------------------------*/

static void test_data_dir(void **state)
{
	AUTO(str) char *schema = xasprintf("%s/schema/inventory.sql",
					   data_dir());

	(void)state;
	/* This program runs from the build tree.  */
	assert_int_equal(access(schema, R_OK), 0);
	assert_true(has_suffix(data_dir(), "/data"));
}

/* The same program anywhere else belongs to the installed data, whatever the
 * environment says.  */
static void test_data_dir_installed(void **state)
{
	AUTO(str) char *copy = path_of("copy"), *text = NULL;
	AUTO(str) char *build = realpath("/proc/self/exe", NULL);
	char *tests;
	int fds[2], status;
	char got[4096];
	ssize_t n;
	size_t size;
	pid_t pid;

	(void)state;
	assert_non_null(build);
	assert_int_equal(file_slurp(build, 64u << 20, &text, &size), 0);
	assert_int_equal(file_write_atomic(copy, (struct blob){
				(const uint8_t *)text, size }, 0700), 0);
	/* BUILD/tests/unit/NAME: up to and with the slash behind BUILD.  */
	tests = strstr(build, "/tests/");
	if (tests != NULL)
		tests[1] = '\0';
	if (has_prefix(top, build)) {
		print_message("the temporary directory is in the build tree\n");
		skip();
	}
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execl(copy, copy, "where", (char *)NULL);
		_exit(errno == EACCES ? 77 : 1);
	}
	close(fds[1]);
	n = read(fds[0], got, sizeof(got) - 1);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("the temporary directory runs no programs\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(n > 0);
	got[n] = '\0';
	assert_int_equal(got[0], '/');
	assert_true(has_suffix(got, "/trustdrift"));
	assert_string_not_equal(got, data_dir());
}

/* The part of PATHS from directory DIR, names only, space-separated.  */
static char *names_from(char **paths, const char *dir)
{
	AUTO(buf) struct buf b;
	size_t n = strlen(dir);

	buf_init(&b, 1000);
	for (; *paths != NULL; paths++)
		if (has_prefix(*paths, dir) && (*paths)[n] == '/')
			buf_addf(&b, "%s%s", b.n > 0 ? " " : "",
				 *paths + n + 1);
	return buf_take(&b);
}

static void test_data_files(void **state)
{
	static const char *const files[] = {
		"zz.sql", "00.sql", "a.xml", ".hidden.sql", "10.sql", ".sql",
	};
	AUTO(str) char *config = path_of("config");
	AUTO(str) char *local = path_of("config/schema");
	AUTO(str) char *vendor = xasprintf("%s/schema", data_dir());
	AUTO(str) char *mask = path_of("config/schema/inventory.sql");
	AUTO(names) char **paths = NULL;
	AUTO(str) char *before = NULL, *later = NULL, *null = NULL;
	static const char *const in_d[] = {
		"00.sql", "inventory.sql", "zzz.sql",
	};
	size_t n, vendors;

	(void)state;
	make_dir("config");
	/* No directory there: only the vendor's.  */
	assert_int_equal(data_files(config, "schema", ".sql", &paths, &n), 0);
	before = names_from(paths, vendor);
	assert_true(has_word(before, "inventory.sql"));
	assert_null(paths[n]);
	vendors = n;
	names_free(TAKE(paths));

	make_dir("config/schema");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		AUTO(str) char *path = xasprintf("%s/%s", local, files[i]);

		assert_int_equal(write_text(path, "x", 0644), 0);
	}
	assert_int_equal(data_files(config, "schema", ".sql", &paths, &n), 0);
	assert_int_equal(n, vendors + 3);
	assert_null(paths[n]);
	{
		AUTO(str) char *ours = names_from(paths, local);
		AUTO(str) char *theirs = names_from(paths, vendor);

		assert_string_equal(ours, "00.sql 10.sql zz.sql");
		assert_string_equal(theirs, before);
	}
	/* By base name over both directories.  */
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(strrchr(paths[i - 1], '/'),
				   strrchr(paths[i], '/')) < 0);
	names_free(TAKE(paths));

	/* The administrator's instead of the vendor's.  */
	assert_int_equal(write_text(mask, "x", 0644), 0);
	assert_int_equal(data_files(config, "schema", ".sql", &paths, &n), 0);
	assert_int_equal(n, vendors + 3);
	{
		AUTO(str) char *ours = names_from(paths, local);
		AUTO(str) char *theirs = names_from(paths, vendor);

		assert_true(has_word(ours, "inventory.sql"));
		assert_false(has_word(theirs, "inventory.sql"));
	}
	names_free(TAKE(paths));

	/* And none at all.  */
	assert_int_equal(unlink(mask), 0);
	assert_int_equal(symlink("/dev/null", mask), 0);
	assert_int_equal(data_files(config, "schema", ".sql", &paths, &n), 0);
	assert_int_equal(n, vendors + 2);
	for (size_t i = 0; i < n; i++)
		assert_false(has_suffix(paths[i], "/inventory.sql"));
	names_free(TAKE(paths));

	/* What is in the directory with .d goes before both.  */
	make_dir("config/schema.d");
	later = path_of("config/schema.d");
	for (size_t i = 0; i < ARRAY_SIZE(in_d); i++) {
		AUTO(str) char *path = xasprintf("%s/%s", later, in_d[i]);

		assert_int_equal(write_text(path, "x", 0644), 0);
	}
	null = path_of("config/schema.d/10.sql");
	assert_int_equal(symlink("/dev/null", null), 0);
	assert_int_equal(data_files(config, "schema", ".sql", &paths, &n), 0);
	{
		AUTO(str) char *ours = names_from(paths, local);
		AUTO(str) char *theirs = names_from(paths, later);

		assert_string_equal(ours, "zz.sql");
		assert_string_equal(theirs, "00.sql inventory.sql zzz.sql");
	}
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(strrchr(paths[i - 1], '/'),
				   strrchr(paths[i], '/')) < 0);
	names_free(TAKE(paths));

	assert_int_equal(data_files(config, "no-such", ".x", &paths, &n), 0);
	assert_int_equal(n, 0);
	assert_null(paths[0]);
}

static void test_data_files_by_relative_path(void **state)
{
	AUTO(fd) int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(names) char **paths = NULL;
	AUTO(str) char *file = NULL;
	size_t n;
	int e;

	(void)state;
	make_dir("relative");
	make_dir("relative/real");
	file = path_of("relative/real/a.xml");
	assert_int_equal(write_text(file, "x", 0644), 0);
	free(file);
	file = path_of("relative/things");
	assert_int_equal(symlink("real", file), 0);
	assert_true(here >= 0);
	assert_int_equal(chdir(top), 0);
	e = data_files("relative", "things", ".xml", &paths, &n);
	assert_int_equal(fchdir(here), 0);
	assert_int_equal(e, 0);
	assert_int_equal(n, 1);
	assert_string_equal(paths[0], "relative/things/a.xml");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_here),
		cmocka_unit_test(test_write_refuses),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_write_into),
		cmocka_unit_test(test_write_stdout),
		cmocka_unit_test(test_slurp),
		cmocka_unit_test(test_data_dir),
		cmocka_unit_test(test_data_dir_installed),
		cmocka_unit_test(test_data_files),
		cmocka_unit_test(test_data_files_by_relative_path),
	};

	(void)argv;
	if (argc > 1) {
		fputs(data_dir(), stdout);
		return 0;
	}
	umask(022);
	return cmocka_run_group_tests(tests, setup, teardown);
}
