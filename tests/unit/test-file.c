/* test-file.c -- base/beneath.c and base/file.c: a hostile tree beneath a root,
 * read the four ways that hosts have (with and without openat2 and /proc).
 *
 *	TOP/secret, TOP/outside/secret	must never be seen through the root
 *	TOP/root/			the root
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

#include <cmocka.h>

#define SECRET		"secret"
#define CERT		"certificate\n"
#define BIG		((size_t)LIMIT_COPIED_BYTES + 3 * 65536 + 5)
#define NOBODY		65534

static const unsigned ways[] = {
	0, BENEATH_LACKS_OPENAT2, BENEATH_LACKS_PROC,
	BENEATH_LACKS_OPENAT2 | BENEATH_LACKS_PROC,
};

static char *top;
static struct root root;

/* ---- the tree ----------------------------------------------------------*/

/* TOP/NAME; the caller frees.  */
static char *host_path(const char *name)
{
	return xasprintf("%s/%s", top, name);
}

static void put_file(const char *name, const char *text)
{
	AUTO(str) char *path = host_path(name);
	AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			       0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void put_dir(const char *name)
{
	AUTO(str) char *path = host_path(name);

	assert_int_equal(mkdir(path, 0755), 0);
}

static void put_link(const char *name, const char *target)
{
	AUTO(str) char *path = host_path(name);

	assert_int_equal(symlink(target, path), 0);
}

static void put_node(const char *name, mode_t mode)
{
	AUTO(str) char *path = host_path(name);

	assert_int_equal(mknod(path, mode, 0), 0);
}

/* BIG bytes: the low byte of each one's offset, and never zero.  */
static void put_big(const char *name)
{
	AUTO(str) char *path = host_path(name);
	AUTO(str) char *text = xmalloc(BIG);
	AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			       0644);

	for (size_t i = 0; i < BIG; i++)
		text[i] = (char)(i | 1);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, BIG), BIG);
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
	AUTO(str) char *name = NULL, *path = NULL, *outside = NULL;
	char link[64];

	(void)state;
	name = xasprintf("%s/trustdrift-file-XXXXXX",
			 tmp != NULL && *tmp == '/' ? tmp : "/tmp");
	assert_non_null(mkdtemp(name));
	top = realpath(name, NULL);
	assert_non_null(top);
	assert_int_equal(chmod(top, 0755), 0);

	put_file("secret", SECRET);
	put_dir("outside");
	put_file("outside/secret", SECRET);
	put_dir("root");
	put_dir("root/etc");
	put_dir("root/etc/ssl");
	put_dir("root/empty");
	put_file("root/etc/ssl/cert.pem", CERT);
	put_file("root/odd (deleted)", CERT);
	put_link("root/etc/abs", "/etc/ssl/cert.pem");
	put_link("root/etc/rel", "ssl/cert.pem");
	put_link("root/etc/clamped", "../../../../../../etc/ssl/cert.pem");
	put_link("root/etc/escape", "../../outside/secret");
	put_link("root/etc/up", "../../secret");
	put_link("root/etc/dirlink", "/etc/ssl");
	put_link("root/etc/slashes", "//etc/.//ssl///");
	put_link("root/rootlink", "/");
	put_link("root/dotdot", "..");
	put_link("root/dangling", "nowhere");
	put_link("root/loop-a", "loop-b");
	put_link("root/loop-b", "/loop-a");
	put_link("root/self", "self");
	outside = host_path("outside/secret");
	put_link("root/etc/escape-abs", outside);
	put_link("root/chain-0", "etc/ssl/cert.pem");
	for (int i = 1; i <= 40; i++) {
		AUTO(str) char *from = xasprintf("root/chain-%d", i);

		snprintf(link, sizeof(link), "/chain-%d", i - 1);
		put_link(from, link);
	}
	put_node("root/fifo", S_IFIFO | 0644);
	put_node("root/socket", S_IFSOCK | 0644);
	put_link("root/fifolink", "/fifo");
	put_big("root/big");

	path = host_path("root");
	assert_int_equal(root_open(path, &root), 0);
	assert_string_equal(root.path, path);
	return 0;
}

static int teardown(void **state)
{
	int r;

	(void)state;
	root_done(&root);
	r = nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(top);
	return r;
}

static int all_ways_again(void **state)
{
	(void)state;
	beneath_pretend(0);
	return 0;
}

/* ---- where a path leads ------------------------------------------------*/

static const char long_name[] =
	"/0123456789012345678901234567890123456789012345678901234567890123456789"
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"01234567890123456789012345678901234567890123456789";

/* REAL: where it really is; else the error.  */
static const struct place {
	const char *path, *real;
	int error;
} places[] = {
	{ "/etc/ssl/cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "//etc///ssl//cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "/etc/./ssl/../ssl/cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "/../../../etc/ssl/cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "etc/ssl/cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "/etc/abs", "/etc/ssl/cert.pem", 0 },
	{ "/etc/rel", "/etc/ssl/cert.pem", 0 },
	{ "/etc/clamped", "/etc/ssl/cert.pem", 0 },
	{ "/etc/dirlink/cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "/etc/dirlink/../rel", "/etc/ssl/cert.pem", 0 },
	{ "/etc/slashes/cert.pem", "/etc/ssl/cert.pem", 0 },
	{ "/rootlink/rootlink/etc/abs", "/etc/ssl/cert.pem", 0 },
	{ "/dotdot/dotdot/etc/abs", "/etc/ssl/cert.pem", 0 },
	{ "/chain-39", "/etc/ssl/cert.pem", 0 },
	{ "/odd (deleted)", "/odd (deleted)", 0 },
	{ "/etc/dirlink", "/etc/ssl", 0 },
	{ "/etc/dirlink/", "/etc/ssl", 0 },
	{ "/etc/slashes", "/etc/ssl", 0 },
	{ "/etc/ssl/", "/etc/ssl", 0 },
	{ "/etc/ssl/.", "/etc/ssl", 0 },
	{ "/etc/ssl/..", "/etc", 0 },
	{ "/", "/", 0 },
	{ "//", "/", 0 },
	{ ".", "/", 0 },
	{ "/..", "/", 0 },
	{ "/rootlink", "/", 0 },
	{ "/dotdot", "/", 0 },
	{ "/fifolink", "/fifo", 0 },
	{ "", NULL, -ENOENT },
	{ "/nowhere", NULL, -ENOENT },
	{ "/nowhere/cert.pem", NULL, -ENOENT },
	{ "/nowhere/../etc/abs", NULL, -ENOENT },
	{ "/dangling", NULL, -ENOENT },
	{ "/etc/escape", NULL, -ENOENT },
	{ "/etc/escape-abs", NULL, -ENOENT },
	{ "/etc/up", NULL, -ENOENT },
	{ "/../secret", NULL, -ENOENT },
	{ "/dotdot/secret", NULL, -ENOENT },
	{ "/etc/ssl/cert.pem/", NULL, -ENOTDIR },
	{ "/etc/abs/", NULL, -ENOTDIR },
	{ "/etc/ssl/cert.pem/..", NULL, -ENOTDIR },
	{ "/etc/ssl/cert.pem/x", NULL, -ENOTDIR },
	{ "/loop-a", NULL, -ELOOP },
	{ "/self", NULL, -ELOOP },
	{ "/self/x", NULL, -ELOOP },
	{ "/chain-40", NULL, -ELOOP },
	{ long_name, NULL, -ENAMETOOLONG },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			const struct place *p = &places[i];
			AUTO(str) char *real = NULL, *on_host = NULL;
			struct file_id id;
			struct stat st;
			int e = file_stat(&root, p->path, &id);

			if (e != p->error)
				fail_msg("way %u, %s: %s", ways[w], p->path,
					 strerror(-e));
			assert_int_equal(file_real_path(&root, p->path, &real),
					 p->error);
			if (p->error != 0) {
				assert_null(real);
				continue;
			}
			assert_string_equal(real, p->real);
			on_host = xasprintf("%s%s", root.path, p->real);
			assert_int_equal(stat(on_host, &st), 0);
			assert_true(id.dev == st.st_dev && id.ino == st.st_ino);
			assert_int_equal(id.mode, st.st_mode);
			assert_true(id.size == st.st_size);
			assert_true(id.mtime_ns == (int64_t)st.st_mtim.tv_sec *
				    1000000000 + st.st_mtim.tv_nsec);
			assert_int_equal(id.uid, st.st_uid);
		}
	}
}

static void test_long_path(void **state)
{
	AUTO(str) char *path = xmalloc(LIMIT_PATH_BYTES + 1);
	struct file_id id;

	(void)state;
	memset(path, '/', LIMIT_PATH_BYTES);
	path[LIMIT_PATH_BYTES] = '\0';
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_stat(&root, path, &id), -ENAMETOOLONG);
		assert_int_equal(file_stat(&root, path + 1, &id), 0);
	}
}

/* HEAD, then "/." until N bytes are near, then TAIL.  */
static char *padded(const char *head, size_t n, const char *tail)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_adds(&b, head);
	while (b.n < n)
		buf_adds(&b, "/.");
	buf_adds(&b, tail);
	return buf_take(&b);
}

/* Links and paths that each nearly fill a buffer must not overflow it
 * together.  What our own resolver refuses then, the kernel's may not.  */
static void test_long_links(void **state)
{
	AUTO(str) char *half = padded("/half", 4000, "");
	AUTO(str) char *end = padded("/etc", 4000, "");
	AUTO(str) char *path = padded("/outer", 4000, "/ssl/cert.pem");
	AUTO(str) char *twice = padded("/end", 4000, "/ssl/cert.pem");
	struct file_id id;

	(void)state;
	put_link("root/outer", half);
	put_link("root/half", end);
	put_link("root/end", end);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_stat(&root, twice, &id), 0);
		assert_true(S_ISREG(id.mode));
		if (ways[w] & BENEATH_LACKS_OPENAT2)
			assert_int_equal(file_stat(&root, path, &id),
					 -ENAMETOOLONG);
	}
}

static void test_lstat_and_readlink(void **state)
{
	static const struct {
		const char *path, *target;
		mode_t kind;
	} cases[] = {
		{ "/etc/abs", "/etc/ssl/cert.pem", S_IFLNK },
		{ "/etc/dirlink/../rel", "ssl/cert.pem", S_IFLNK },
		{ "/dangling", "nowhere", S_IFLNK },
		{ "/self", "self", S_IFLNK },
		{ "/rootlink/rootlink", "/", S_IFLNK },
		{ "/rootlink/", NULL, S_IFDIR },
		{ "/etc/dirlink/cert.pem", NULL, S_IFREG },
		{ "/", NULL, S_IFDIR },
		{ "/fifo", NULL, S_IFIFO },
		{ "/socket", NULL, S_IFSOCK },
	};

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			AUTO(str) char *target = NULL;
			struct file_id id;
			int e;

			assert_int_equal(file_lstat(&root, cases[i].path, &id),
					 0);
			assert_int_equal(id.mode & S_IFMT, cases[i].kind);
			e = file_readlink(&root, cases[i].path, &target);
			if (cases[i].target == NULL) {
				assert_int_equal(e, -EINVAL);
				assert_null(target);
			} else {
				assert_int_equal(e, 0);
				assert_string_equal(target, cases[i].target);
			}
		}
	}
}

static void test_host_root(void **state)
{
	AUTO(str) char *path = host_path("root/etc/rel");
	AUTO(str) char *want = host_path("root/etc/ssl/cert.pem");
	AUTO(str) char *link = host_path("rootlink");
	struct root host, linked, none = { .fd = -1 };

	(void)state;
	put_link("rootlink", "root");
	assert_int_equal(root_open("/", &host), 0);
	assert_int_equal(root_open(link, &linked), 0);
	assert_string_equal(host.path, "/");
	assert_string_equal(linked.path, root.path);
	assert_true(root_is_host(&host));
	assert_false(root_is_host(&root));
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		AUTO(str) char *real = NULL, *slash = NULL;

		beneath_pretend(ways[w]);
		assert_int_equal(file_real_path(&host, path, &real), 0);
		assert_string_equal(real, want);
		assert_int_equal(file_real_path(&host, "/", &slash), 0);
		assert_string_equal(slash, "/");
	}
	root_done(&host);
	root_done(&linked);
	root_done(&linked);
	assert_int_equal(root_open(path, &none), -ENOTDIR);
	assert_int_equal(root_open("/nowhere/at/all", &none), -ENOENT);
	assert_int_equal(none.fd, -1);
}

/* A sibling whose name begins like the root's is not beneath it.  */
static void test_moved_root(void **state)
{
	AUTO(str) char *path = host_path("moving"), *to = host_path("moved");
	struct root r;

	(void)state;
	put_dir("moving");
	put_file("moving/f", CERT);
	assert_int_equal(root_open(path, &r), 0);
	assert_int_equal(rename(path, to), 0);
	put_dir("moving");
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		AUTO(str) char *real = NULL;

		beneath_pretend(ways[w]);
		assert_int_equal(file_real_path(&r, "/f", &real), 0);
		assert_string_equal(real, "/f");
	}
	root_done(&r);
}

static void test_magic_links(void **state)
{
	AUTO(str) char *exe = xasprintf("/proc/%d/exe", (int)getpid());
	AUTO(str) char *cwd = xasprintf("/proc/%d/root/etc", (int)getpid());
	struct file_id id;
	struct root host;

	(void)state;
	if (access(exe, F_OK) != 0) {
		print_message("no /proc, so no magic links\n");
		skip();
	}
	assert_int_equal(root_open("/", &host), 0);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_stat(&host, exe, &id), -ELOOP);
		assert_int_equal(file_stat(&host, cwd, &id), -ELOOP);
		assert_int_equal(file_lstat(&host, exe, &id), 0);
		assert_true(S_ISLNK(id.mode));
	}
	root_done(&host);
}

/* While one process moves a directory out of the root and back, another goes
 * up from it: nothing outside may ever be reached.  */
static void test_never_outside(void **state)
{
	AUTO(str) char *in = host_path("root/etc/deep"),
		       *out = host_path("outside/deep");
	struct file_id id;
	unsigned reached = 0;
	int status;
	pid_t pid;

	(void)state;
	put_dir("root/etc/deep");
	put_dir("root/etc/deep/er");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		while (getppid() != 1) {
			rename(in, out);
			rename(out, in);
		}
		_exit(0);
	}
	for (size_t w = 0; w < 2; w++) {
		beneath_pretend(ways[w]);
		for (int i = 0; i < 4000; i++) {
			const char *path = i & 1 ?
				"/etc/deep/er/../../../secret" :
				"/etc/deep/er/../../secret";

			if (file_stat(&root, path, &id) == 0)
				reached++;
		}
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* Its last act may have been to move it away.  */
	rename(out, in);
	assert_int_equal(reached, 0);
}

/* ---- what may be opened ------------------------------------------------*/

static void test_read(void **state)
{
	static const struct {
		const char *path;
		uint64_t limit;
		int error;
	} cases[] = {
		{ "/etc/ssl/cert.pem", 4096, 0 },
		{ "/etc/abs", sizeof(CERT) - 1, 0 },
		{ "/etc/abs", sizeof(CERT) - 2, -EFBIG },
		{ "/etc/abs", 0, -EFBIG },
		{ "/fifo", 4096, -ENOTREG },
		{ "/fifolink", 4096, -ENOTREG },
		{ "/socket", 4096, -ENOTREG },
		{ "/etc", 4096, -ENOTREG },
		{ "/", 4096, -ENOTREG },
		{ "/dangling", 4096, -ENOENT },
		{ "/etc/escape", 4096, -ENOENT },
		{ "/etc/up", 4096, -ENOENT },
		{ "/loop-a", 4096, -ELOOP },
		{ "/etc/abs/x", 4096, -ENOTDIR },
		{ "/big", BIG - 1, -EFBIG },
	};

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			AUTO(scanned) struct file f = { .id.ino = 77 };
			int e = file_read(&root, cases[i].path, cases[i].limit,
					  &f);

			if (e != cases[i].error)
				fail_msg("way %u, %s: %s", ways[w],
					 cases[i].path, strerror(-e));
			if (e != 0) {
				assert_null(f.data.p);
				assert_int_equal(f.id.ino, 77);
				continue;
			}
			assert_int_equal(f.data.n, sizeof(CERT) - 1);
			assert_memory_equal(f.data.p, CERT, f.data.n);
			assert_true(f.id.size == sizeof(CERT) - 1);
			assert_false(f.mapped);
			assert_false(file_shrank(&f));
			file_drop(&f, 5);
		}
	}
}

static void test_read_empty(void **state)
{
	AUTO(scanned) struct file f = { 0 };

	(void)state;
	put_file("root/nothing", "");
	assert_int_equal(file_read(&root, "/nothing", 0, &f), 0);
	assert_non_null(f.data.p);
	assert_int_equal(f.data.n, 0);
}

static void test_device(void **state)
{
	struct file f = { 0 };
	struct root host;

	(void)state;
	assert_int_equal(root_open("/", &host), 0);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_read(&host, "/dev/null", 10, &f),
				 -ENOTREG);
	}
	root_done(&host);
}

/* The kernel says that this has no bytes, and then there are some: some file systems
 * say that as well.  It is no file, though, to whoever asks for its name.  */
static void test_read_of_unknown_size(void **state)
{
	AUTO(str) char *path = xasprintf("/proc/%d/limits", (int)getpid());
	AUTO(scanned) struct file f = { 0 };
	AUTO(fd) int fd = -1;
	struct file_id id;
	struct root host;
	struct stat st;
	int other;

	(void)state;
	if (access(path, R_OK) != 0) {
		print_message("no /proc, so no file of unknown size\n");
		skip();
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	id = file_id_of(&st);
	assert_int_equal(id.size, 0);
	assert_int_equal(file_load(fd, &id, 100, &f), -EFBIG);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(file_load(fd, &id, 65536, &f), 0);
	assert_true(f.data.n > 100);
	assert_memory_equal(f.data.p, "Limit", 5);
	assert_int_equal(root_open("/", &host), 0);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_open(&host, path, 65536, &other, &id),
				 -EPSEUDO);
	}
	root_done(&host);
}

/* Between the look and the opening the name gets another file.  */
static void test_swapped(void **state)
{
	AUTO(str) char *old = host_path("root/swapped"),
		       *new = host_path("root/swapped.new");

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		AUTO(fd) int at = -1, fd = -1;
		struct stat before, after;
		int e;

		beneath_pretend(ways[w]);
		put_file("root/swapped", "old");
		put_file("root/swapped.new", "new");
		assert_int_equal(beneath_open(&root, "/swapped", 0, &at), 0);
		assert_int_equal(fstat(at, &before), 0);
		assert_int_equal(rename(new, old), 0);
		e = beneath_reopen(&root, "/swapped", at, &fd);
		if ((ways[w] & BENEATH_LACKS_PROC) ||
		    access("/proc/self/fd", F_OK) != 0) {
			assert_int_equal(e, -EAGAIN);
			assert_int_equal(fd, -1);
			continue;
		}
		assert_int_equal(e, 0);
		assert_int_equal(fstat(fd, &after), 0);
		assert_true(before.st_ino == after.st_ino);
	}
}

/* Runs ACT as a user who is not root; -1 when this process cannot become one.
 * ACT's result is the child's exit status.  */
static int as_nobody(int (*act)(void))
{
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return act();
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 ||
		    setuid(NOBODY) < 0)
			_exit(255);
		_exit(act());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 255 ? -1 : WEXITSTATUS(status);
}

/* 0, or the number of the first thing that was not as it should be.  */
static int read_as_nobody(void)
{
	AUTO(scanned) struct file f = { 0 }, none = { 0 };
	char **names = NULL;
	struct file_id id;
	size_t n;

	if (file_read(&root, "/etc/ssl/cert.pem", 4096, &f) != 0)
		return 1;
	if (file_stat(&root, "/private", &id) != 0)
		return 2;
	if (file_read(&root, "/private", 4096, &none) != -EACCES)
		return 3;
	if (file_names(&root, "/closed", &names, &n) != -EACCES)
		return 4;
	if (file_stat(&root, "/closed/inside", &id) != -EACCES)
		return 5;
	if (file_read(&root, "/closed/inside", 4096, &none) != -EACCES)
		return 6;
	return names == NULL && none.data.p == NULL ? 0 : 7;
}

static void test_unreadable(void **state)
{
	AUTO(str) char *private = host_path("root/private"),
		       *closed = host_path("root/closed");
	int r[ARRAY_SIZE(ways)];

	(void)state;
	put_file("root/private", SECRET);
	put_dir("root/closed");
	put_file("root/closed/inside", SECRET);
	assert_int_equal(chmod(private, 0), 0);
	assert_int_equal(chmod(closed, 0), 0);
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		r[w] = as_nobody(read_as_nobody);
	}
	/* So that everybody can clean up.  */
	assert_int_equal(chmod(closed, 0755), 0);
	if (r[0] < 0) {
		print_message("root here cannot become another user\n");
		skip();
	}
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++)
		assert_int_equal(r[w], 0);
}

static void test_access_times_stay(void **state)
{
	static const struct timespec times[] = { { 1000, 0 }, { 2000, 0 } };
	AUTO(str) char *file = host_path("root/read/f"),
		       *dir = host_path("root/read");
	AUTO(scanned) struct file f = { 0 };
	AUTO(names) char **names = NULL;
	struct stat st;
	size_t n;

	(void)state;
	put_dir("root/read");
	put_file("root/read/f", CERT);
	assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, dir, times, 0), 0);
	assert_int_equal(file_names(&root, "/read", &names, &n), 0);
	assert_int_equal(file_read(&root, "/read/f", 100, &f), 0);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_atime, 1000);
	if (access("/proc/self/fd", F_OK) != 0) {
		print_message("no /proc: a file's access time may change\n");
		skip();
	}
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_atime, 1000);
}

/* ---- directories -------------------------------------------------------*/

static void test_names(void **state)
{
	static const char *const want[] = {
		".hidden", "10", "9", "B", "a", "a.0", "a0", "b", "\x7f",
		"\xc3\xa4", "\xff",
	};
	AUTO(str) char *name = NULL;
	char **names = NULL;
	size_t n = 77;

	(void)state;
	put_dir("root/names");
	for (size_t i = ARRAY_SIZE(want); i-- > 0;) {
		free(name);
		name = xasprintf("root/names/%s", want[i]);
		put_file(name, "");
	}
	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		beneath_pretend(ways[w]);
		assert_int_equal(file_names(&root, "/names", &names, &n), 0);
		assert_int_equal(n, ARRAY_SIZE(want));
		for (size_t i = 0; i < n; i++)
			assert_string_equal(names[i], want[i]);
		assert_null(names[n]);
		names_free(names);
		assert_int_equal(file_names(&root, "/empty/", &names, &n), 0);
		assert_int_equal(n, 0);
		assert_null(names[0]);
		names_free(names);
		names = NULL;
		n = 77;
		assert_int_equal(file_names(&root, "/fifo", &names, &n),
				 -ENOTDIR);
		assert_int_equal(file_names(&root, "/nowhere", &names, &n),
				 -ENOENT);
		assert_int_equal(file_names(&root, "/self", &names, &n),
				 -ELOOP);
		assert_null(names);
		assert_int_equal(n, 77);
	}
	names_free(NULL);
}

static void test_too_many_names(void **state)
{
	AUTO(fd) int dir = -1;
	AUTO(str) char *path = host_path("root/many");
	AUTO(names) char **names = NULL;
	char name[16], from[16] = "";
	size_t n;

	(void)state;
	put_dir("root/many");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	for (unsigned i = 0; i < LIMIT_DIRECTORY_NAMES; i++) {
		/* Links are cheaper than files, but may only be so many.  */
		snprintf(name, sizeof(name), "%u", i);
		if (i % 10000 != 0 && linkat(dir, from, dir, name, 0) == 0)
			continue;
		assert_int_equal(mknodat(dir, name, S_IFREG | 0644, 0), 0);
		memcpy(from, name, sizeof(from));
	}
	assert_int_equal(file_names(&root, "/many", &names, &n), 0);
	assert_int_equal(n, LIMIT_DIRECTORY_NAMES);
	names_free(TAKE(names));
	put_file("root/many/more", "");
	assert_int_equal(file_names(&root, "/many", &names, &n), -E2BIG);
	assert_null(names);
}

#define TEST(f)	cmocka_unit_test_teardown(f, all_ways_again)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_places),
		TEST(test_long_path),
		TEST(test_long_links),
		TEST(test_lstat_and_readlink),
		TEST(test_host_root),
		TEST(test_moved_root),
		TEST(test_magic_links),
		TEST(test_never_outside),
		TEST(test_read),
		TEST(test_read_empty),
		TEST(test_device),
		TEST(test_read_of_unknown_size),
		TEST(test_swapped),
		TEST(test_unreadable),
		TEST(test_access_times_stay),
		TEST(test_names),
		TEST(test_too_many_names),
	};

	/* A FIFO that was opened after all would wait for ever.  */
	alarm(300);
	umask(022);
	return cmocka_run_group_tests(tests, setup, teardown);
}
