/* inject.c -- a library to be preloaded (LD_PRELOAD): the nth call of some kind
 * that the program makes fails, or ends the process.
 *
 * The environment says what and where:
 *
 *   FAULT_KINDS   "read,write": which calls are counted; "all"
 *   FAULT_ROLE    program, nursery or worker: whose calls (src/base/worker.c);
 *                 told by how often the process was forked
 *   FAULT_N       the number of the call that fails, from 1; 0: none
 *   FAULT_LASTS   set: and all behind it
 *   FAULT_ERROR   the errno it fails with, a number; or "kill": the process ends
 *                 instead; or "short": half of what was asked for
 *   FAULT_STATE   a file of STATE_BYTES: how many calls there were, and, where
 *                 FAULT_STACKS is set, of each a hash of the functions that led
 *                 there, so that the caller need not try one place a thousand
 *                 times
 *   FAULT_SHOW    set: the functions that led to the call that fails go to
 *                 standard error, as addresses for addr2line(1)
 *
 * Only calls that go through the dynamic linker are seen: what stdio does inside
 * of libc is not, so that its functions are here themselves.  Needs glibc.  The file is mapped
 * and shared, because a worker of its own user in a sandbox must count, too.
 */
#undef _FILE_OFFSET_BITS	/* names as they are: open is not open64 */
#include <stdlib.h>
#ifdef __GLIBC__	/* others have no second name for malloc */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define STACKS		(4u << 20)
#define STATE_BYTES	(8 + 8 * (size_t)STACKS)
#define FRAMES		9
#define SHOWN_FRAMES	24
#define OWN_FRAMES	2

enum kind {
	ALLOC, CLOSE, FORK, MAP, NAME, OPEN, READ, RECEIVE, SEND, STAT, STEP,
	SYNC, THREAD, WRITE, KINDS,
};
static const char *const words[KINDS] = {
	"alloc", "close", "fork", "map", "name", "open", "read", "receive",
	"send", "stat", "step", "sync", "thread", "write",
};
static const int errors[KINDS] = {
	[ALLOC] = ENOMEM, [CLOSE] = EIO, [FORK] = EAGAIN, [MAP] = ENOMEM,
	[NAME] = EIO, [OPEN] = EMFILE, [READ] = EIO, [RECEIVE] = ENOBUFS,
	[SEND] = ENOBUFS, [STAT] = EIO, [STEP] = EIO, [SYNC] = EIO,
	[THREAD] = EAGAIN, [WRITE] = ENOSPC,
};

static struct state {
	_Atomic(uint64_t) n;
	_Atomic(uint64_t) stacks[STACKS];
} *state;

static unsigned mask, role, depth;
static uint64_t wanted;
static int error;
static bool lasts, kills, shortens, with_stacks, shows;
static __thread int inside __attribute__((tls_model("initial-exec")));
static __thread int executes __attribute__((tls_model("initial-exec")));

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

/* ---- what is to fail -------------------------------------------------------*/

static unsigned mask_of(const char *list)
{
	unsigned m = 0;

	if (strcmp(list, "all") == 0)
		return (1u << KINDS) - 1;
	for (unsigned k = 0; k < KINDS; k++) {
		const size_t n = strlen(words[k]);

		for (const char *s = list; (s = strstr(s, words[k])); s += n)
			if ((s == list || s[-1] == ',') &&
			    (s[n] == ',' || s[n] == '\0'))
				m |= 1u << k;
	}
	return m;
}

static void __attribute__((constructor)) begin(void)
{
	const char *kinds = getenv("FAULT_KINDS"), *who = getenv("FAULT_ROLE");
	const char *n = getenv("FAULT_N"), *how = getenv("FAULT_ERROR");
	const char *file = getenv("FAULT_STATE");
	void *frames[FRAMES];
	void *p;
	int fd;

	if (kinds == NULL || file == NULL)
		return;
	backtrace(frames, FRAMES);	/* loads a library the first time */
	fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
	p = fd < 0 ? MAP_FAILED : mmap(NULL, STATE_BYTES,
				       PROT_READ | PROT_WRITE, MAP_SHARED, fd,
				       0);
	if (p == MAP_FAILED) {
		static const char text[] = "inject: no FAULT_STATE\n";

		if (write(2, text, sizeof(text) - 1) < 0)
			abort();
		_exit(99);
	}
	close(fd);
	role = who == NULL || *who == 'p' ? 0 : *who == 'n' ? 1 : 2;
	wanted = n != NULL ? strtoull(n, NULL, 10) : 0;
	kills = how != NULL && strcmp(how, "kill") == 0;
	shortens = how != NULL && strcmp(how, "short") == 0;
	error = how != NULL ? atoi(how) : 0;
	lasts = getenv("FAULT_LASTS") != NULL;
	with_stacks = getenv("FAULT_STACKS") != NULL;
	shows = getenv("FAULT_SHOW") != NULL;
	mask = mask_of(kinds);
	state = p;
}

static uint64_t stack_hash(void)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	void *frames[FRAMES];
	int n = backtrace(frames, FRAMES);

	for (int k = OWN_FRAMES; k < n; k++)
		h = (h ^ (uintptr_t)frames[k]) * UINT64_C(0x100000001b3);
	return h;
}

static void show(void)
{
	void *frames[SHOWN_FRAMES];

	inside++;
	backtrace_symbols_fd(frames, backtrace(frames, SHOWN_FRAMES), 2);
	inside--;
}

static bool chosen(enum kind kind)
{
	uint64_t n;

	if (state == NULL || !(mask & 1u << kind) || depth != role || inside)
		return false;
	n = atomic_fetch_add(&state->n, 1) + 1;
	if (with_stacks && n <= STACKS) {
		inside++;
		atomic_store(&state->stacks[n - 1], stack_hash());
		inside--;
	}
	if (wanted == 0 || (n != wanted && !(lasts && n > wanted)))
		return false;
	if (shows && n == wanted)
		show();
	if (kills)
		kill(getpid(), SIGKILL);
	return true;
}

static bool fails(enum kind kind)
{
	if (!chosen(kind) || shortens)
		return false;
	errno = error != 0 ? error : errors[kind];
	return true;
}

/* Of what moves N bytes: how many it may move; -1: it fails.  */
static ssize_t cut(enum kind kind, size_t n)
{
	if (!chosen(kind))
		return (ssize_t)n;
	if (shortens)
		return (ssize_t)(n > 1 ? n / 2 : n);
	errno = error != 0 ? error : errors[kind];
	return -1;
}

/* ---- the calls -------------------------------------------------------------*/

/* The function that this one stands before.  dlsym() may allocate.  */
#define NEXT(name) ({							\
	static __typeof__(name) *next_;					\
	if (next_ == NULL) {						\
		inside++;						\
		next_ = (__typeof__(name) *)dlsym(RTLD_NEXT, #name);	\
		inside--;						\
	}								\
	next_;								\
})

/* A function that fails with VALUE: (RETURN, NAME, (PARAMETERS), (ARGUMENTS)). */
#define WRAP(kind, value, type, name, parameters, arguments)		\
type name parameters;							\
type name parameters							\
{									\
	if (fails(kind))						\
		return value;						\
	return NEXT(name) arguments;					\
}

void *malloc(size_t n)
{
	return fails(ALLOC) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails(ALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return n != 0 && fails(ALLOC) ? NULL : __libc_realloc(p, n);
}

int posix_memalign(void **ret, size_t alignment, size_t n)
{
	void *p = fails(ALLOC) ? NULL : __libc_memalign(alignment, n);

	if (p == NULL)
		return ENOMEM;
	*ret = p;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return fails(ALLOC) ? NULL : __libc_memalign(alignment, n);
}

ssize_t read(int fd, void *p, size_t n)
{
	const ssize_t some = cut(READ, n);

	return some < 0 ? -1 : NEXT(read)(fd, p, (size_t)some);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	const ssize_t some = cut(READ, n);

	return some < 0 ? -1 : NEXT(pread)(fd, p, (size_t)some, at);
}

ssize_t pread64(int fd, void *p, size_t n, off64_t at)
{
	const ssize_t some = cut(READ, n);

	return some < 0 ? -1 : NEXT(pread64)(fd, p, (size_t)some, at);
}

ssize_t write(int fd, const void *p, size_t n)
{
	const ssize_t some = cut(WRITE, n);

	return some < 0 ? -1 : NEXT(write)(fd, p, (size_t)some);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	const ssize_t some = cut(WRITE, n);

	return some < 0 ? -1 : NEXT(pwrite)(fd, p, (size_t)some, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	const ssize_t some = cut(WRITE, n);

	return some < 0 ? -1 : NEXT(pwrite64)(fd, p, (size_t)some, at);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	const ssize_t some = cut(RECEIVE, n);

	return some < 0 ? -1 : NEXT(recv)(fd, p, (size_t)some, flags);
}

/* Only of a stream a part can be taken.  A worker has no other socket, and its
 * sandbox does not let it ask.  */
static bool is_stream(int fd)
{
	int type = 0;
	socklen_t n = sizeof(type);

	return depth > 1 ||
	       (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 &&
		type == SOCK_STREAM);
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	const size_t n = m->msg_iovlen == 1 ? m->msg_iov->iov_len : 0;
	const ssize_t some = cut(RECEIVE, n);

	if (some < 0)
		return -1;
	if ((size_t)some < n && is_stream(fd))
		m->msg_iov->iov_len = (size_t)some;
	return NEXT(recvmsg)(fd, m, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	const size_t n = m->msg_iovlen == 1 ? m->msg_iov->iov_len : 0;
	const ssize_t some = cut(SEND, n);

	if (some < 0)
		return -1;
	if ((size_t)some < n && is_stream(fd))
		m->msg_iov->iov_len = (size_t)some;
	return NEXT(sendmsg)(fd, m, flags);
}

WRAP(SEND, -1, ssize_t, send, (int fd, const void *p, size_t n, int flags),
     (fd, p, n, flags))
WRAP(READ, -1, ssize_t, readlink, (const char *path, char *p, size_t n),
     (path, p, n))
WRAP(READ, -1, ssize_t, readlinkat, (int at, const char *path, char *p,
				     size_t n), (at, path, p, n))
WRAP(READ, NULL, char *, realpath, (const char *path, char *p), (path, p))
WRAP(READ, NULL, char *, getcwd, (char *p, size_t n), (p, n))
WRAP(READ, -1, ssize_t, getdents64, (int fd, void *p, size_t n), (fd, p, n))
WRAP(READ, NULL, struct dirent *, readdir, (DIR *dir), (dir))
WRAP(READ, NULL, struct dirent64 *, readdir64, (DIR *dir), (dir))
WRAP(WRITE, -1, int, ftruncate, (int fd, off_t n), (fd, n))
WRAP(WRITE, -1, int, ftruncate64, (int fd, off64_t n), (fd, n))
WRAP(WRITE, -1, int, fallocate, (int fd, int mode, off_t at, off_t n),
     (fd, mode, at, n))
WRAP(WRITE, EOF, int, fflush, (FILE *f), (f))
WRAP(SYNC, -1, int, fsync, (int fd), (fd))
WRAP(SYNC, -1, int, fdatasync, (int fd), (fd))
WRAP(OPEN, NULL, DIR *, opendir, (const char *path), (path))
WRAP(OPEN, NULL, DIR *, fdopendir, (int fd), (fd))
WRAP(OPEN, NULL, FILE *, fopen, (const char *path, const char *mode),
     (path, mode))
WRAP(OPEN, NULL, FILE *, fopen64, (const char *path, const char *mode),
     (path, mode))
WRAP(OPEN, NULL, FILE *, fdopen, (int fd, const char *mode), (fd, mode))
WRAP(OPEN, NULL, FILE *, tmpfile, (void), ())
WRAP(OPEN, NULL, FILE *, open_memstream, (char **p, size_t *n), (p, n))
WRAP(OPEN, -1, int, socketpair,
     (int domain, int type, int protocol, int fds[2]),
     (domain, type, protocol, fds))
WRAP(OPEN, -1, int, pipe, (int fds[2]), (fds))
WRAP(OPEN, -1, int, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(STAT, -1, int, stat, (const char *path, struct stat *st), (path, st))
WRAP(STAT, -1, int, lstat, (const char *path, struct stat *st), (path, st))
WRAP(STAT, -1, int, fstat, (int fd, struct stat *st), (fd, st))
WRAP(STAT, -1, int, fstatat, (int at, const char *path, struct stat *st,
			      int flags), (at, path, st, flags))
WRAP(STAT, -1, int, stat64, (const char *path, struct stat64 *st), (path, st))
WRAP(STAT, -1, int, lstat64, (const char *path, struct stat64 *st), (path, st))
WRAP(STAT, -1, int, fstat64, (int fd, struct stat64 *st), (fd, st))
WRAP(STAT, -1, int, fstatat64, (int at, const char *path, struct stat64 *st,
				int flags), (at, path, st, flags))
WRAP(STAT, -1, int, fstatfs, (int fd, struct statfs *st), (fd, st))
WRAP(STAT, -1, int, fstatfs64, (int fd, struct statfs64 *st), (fd, st))
WRAP(STAT, -1, int, access, (const char *path, int mode), (path, mode))
WRAP(NAME, -1, int, rename, (const char *from, const char *to), (from, to))
WRAP(NAME, -1, int, renameat, (int a, const char *from, int b, const char *to),
     (a, from, b, to))
WRAP(NAME, -1, int, unlink, (const char *path), (path))
WRAP(NAME, -1, int, unlinkat, (int at, const char *path, int flags),
     (at, path, flags))
WRAP(NAME, -1, int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(NAME, -1, int, mkdirat, (int at, const char *path, mode_t mode),
     (at, path, mode))
WRAP(NAME, -1, int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(NAME, -1, int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
WRAP(MAP, MAP_FAILED, void *, mmap, (void *at, size_t n, int protection,
				     int flags, int fd, off_t offset),
     (at, n, protection, flags, fd, offset))
WRAP(MAP, MAP_FAILED, void *, mmap64, (void *at, size_t n, int protection,
				       int flags, int fd, off64_t offset),
     (at, n, protection, flags, fd, offset))
WRAP(THREAD, EAGAIN, int, pthread_create,
     (pthread_t *thread, const pthread_attr_t *attributes,
      void *(*start)(void *), void *data), (thread, attributes, start, data))

int sqlite3_step(sqlite3_stmt *s)
{
	return !executes && fails(STEP) ? SQLITE_IOERR : NEXT(sqlite3_step)(s);
}

/* Its own steps are no calls: when one says that it failed and was never made,
 * SQLite forgets that.  */
int sqlite3_exec(sqlite3 *db, const char *sql,
		 int (*take)(void *, int, char **, char **), void *data,
		 char **ret_error)
{
	int r;

	if (fails(STEP))
		return SQLITE_IOERR;
	executes++;
	r = NEXT(sqlite3_exec)(db, sql, take, data, ret_error);
	executes--;
	return r;
}

/* What is closed stays closed, whatever is said of it.  */
int fclose(FILE *f)
{
	const int r = NEXT(fclose)(f);

	return fails(CLOSE) ? EOF : r;
}

pid_t fork(void)
{
	pid_t pid;

	if (fails(FORK))
		return -1;
	pid = NEXT(fork)();
	if (pid == 0)
		depth++;
	return pid;
}

static bool has_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define WRAP_OPEN(name)							\
int name(const char *path, int flags, ...)				\
{									\
	mode_t mode = 0;						\
	va_list args;							\
									\
	va_start(args, flags);						\
	if (has_mode(flags))						\
		mode = va_arg(args, mode_t);				\
	va_end(args);							\
	return fails(OPEN) ? -1 : NEXT(name)(path, flags, mode);	\
}

#define WRAP_OPENAT(name)						\
int name(int at, const char *path, int flags, ...)			\
{									\
	mode_t mode = 0;						\
	va_list args;							\
									\
	va_start(args, flags);						\
	if (has_mode(flags))						\
		mode = va_arg(args, mode_t);				\
	va_end(args);							\
	return fails(OPEN) ? -1 : NEXT(name)(at, path, flags, mode);	\
}

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

/* openat2 has no function in libc.  */
long syscall(long number, ...)
{
	long a[6];
	va_list args;

	va_start(args, number);
	for (unsigned k = 0; k < 6; k++)
		a[k] = va_arg(args, long);
	va_end(args);
	if (number == SYS_openat2 && fails(OPEN))
		return -1;
	return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
#else
extern int inject_needs_glibc;
#endif
