/* sandbox.c -- what a process gives up before it touches what others wrote.
 *
 * A reader has one socket and the files that come through it.  It is a user that
 * nobody else on the host is (so that no other process may signal or trace it),
 * may open nothing (Landlock), and may call little of the kernel (seccomp): no
 * open, no socket, no fork, no exec, and write() to its socket only.  Whatever
 * is not on the list ends it, which its parent sees and says.
 *
 * The keeper is the program itself once the inventory is open.  It may run no
 * program, trace or mount nothing, and write only beneath the directories that
 * it was told to.  It has to read everywhere: that is its job.
 *
 * What the kernel, a container or the build lacks is not an error here: the
 * state says so, and --isolation=require makes it one.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "base/base.h"

/* AddressSanitizer reserves terabytes, tells what it found on stderr, and looks
 * into /proc for that.  SANITIZED makes all the exceptions for it.  */

/* Users past those of directories (sssd's go to 2000200000) and before those of
 * systemd (2147352576): nobody's.  With the process's number added no two
 * readers are the same one.  Where a container maps fewer it is "nobody".  */
#define USER_FIRST	2100000000u
#define USER_NOBODY	65534u

#define READER_FILES	(2 * LIMIT_WIRE_FILES + 16)	/* descriptors */

const char *sandbox_part_name(enum sandbox_part part)
{
	static const char *const names[] = {
		[SANDBOX_PRIVILEGES] = N_("no new privileges"),
		[SANDBOX_DESCRIPTORS] = N_("no other descriptors"),
		[SANDBOX_USER] = N_("a user of its own"),
		[SANDBOX_LIMITS] = N_("limits"),
		[SANDBOX_FILES] = N_("no other files (Landlock)"),
		[SANDBOX_CALLS] = N_("no other system calls (seccomp)"),
	};

	return names[part];
}

static int give_up_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* Also: no core file of it.  */
	if (!SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

/* ---- descriptors ---------------------------------------------------------*/

static int close_from(unsigned first)
{
	struct rlimit limit;
	unsigned last = 65536;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return 0;
#endif
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < last)
		last = (unsigned)limit.rlim_cur;
	for (; first < last; first++)
		close((int)first);
	return 0;
}

/* Standard descriptors that read as empty and cannot be written: otherwise the
 * files that come later would get their numbers.  */
static int keep_only(int socket)
{
	int p[2], last = SANITIZED ? STDOUT_FILENO : STDERR_FILENO;

	if (socket <= STDERR_FILENO)
		return -EINVAL;
	if (pipe(p) < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= last; fd++)
		if (dup2(p[0], fd) < 0)
			return -errno;
	if (socket != SANDBOX_SOCKET && dup2(socket, SANDBOX_SOCKET) < 0)
		return -errno;
	return close_from(SANDBOX_SOCKET + 1);
}

/* ---- user ----------------------------------------------------------------*/

static int become(unsigned id)
{
	if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0 ||
	    setresuid(id, id, id) < 0)
		return -errno;
	return 0;
}

static int change_user(void)
{
	int r;

	if (geteuid() != 0)
		return SANDBOX_NOT_ASKED;
	r = become(USER_FIRST + (unsigned)getpid());
	if (r == -EINVAL)
		r = become(USER_NOBODY);
	if (r == 0 && setresuid(-1, 0, -1) == 0)	/* capabilities are left */
		r = -EPERM;
	return r;
}

/* ---- limits --------------------------------------------------------------*/

static int limit_reader(void)
{
	static const struct {
		int what;
		rlim_t most;
		bool not_sanitized;
	} limits[] = {
		{ RLIMIT_CORE, 0, false },
		{ RLIMIT_FSIZE, 0, false },
		{ RLIMIT_NPROC, 0, false },
		{ RLIMIT_MEMLOCK, 0, false },
		{ RLIMIT_MSGQUEUE, 0, false },
		{ RLIMIT_NOFILE, READER_FILES, false },
		{ RLIMIT_CPU, 2 * LIMIT_WORKER_LIFE, false },
		{ RLIMIT_DATA, LIMIT_WORKER_MEMORY, true },
		{ RLIMIT_AS, LIMIT_WORKER_ADDRESSES, true },
	};
	int r = 0;

	for (size_t k = 0; k < ARRAY_SIZE(limits); k++) {
		struct rlimit l;

		if (limits[k].not_sanitized && SANITIZED)
			continue;
		if (getrlimit(limits[k].what, &l) < 0) {
			r = -errno;
			continue;
		}
		if (l.rlim_max == RLIM_INFINITY || l.rlim_max > limits[k].most)
			l.rlim_max = limits[k].most;
		l.rlim_cur = l.rlim_max;
		if (setrlimit(limits[k].what, &l) < 0)
			r = -errno;
	}
	return r;
}

/* ---- Landlock --------------------------------------------------------------
 * What of linux/landlock.h is needed, up to version 6: the header that this is
 * built with may be older than the kernel that it runs on, or missing.  */

#ifndef SYS_landlock_create_ruleset	/* the same on all architectures */
#define SYS_landlock_create_ruleset	444
#define SYS_landlock_add_rule		445
#define SYS_landlock_restrict_self	446
#endif
#define ASK_VERSION	1u
#define PATH_BENEATH	1
struct path_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

#define FS_EXECUTE	(UINT64_C(1) << 0)
#define FS_WRITE_FILE	(UINT64_C(1) << 1)
#define FS_REMOVE_DIR	(UINT64_C(1) << 4)
#define FS_ALL_1	((UINT64_C(1) << 13) - 1)	/* version 1 */
#define FS_MAKE_ALL	(FS_ALL_1 & ~(UINT64_C(0xf)) & ~FS_REMOVE_DIR)
#define FS_REFER	(UINT64_C(1) << 13)		/* 2 */
#define FS_TRUNCATE	(UINT64_C(1) << 14)		/* 3 */
#define FS_IOCTL_DEVICE	(UINT64_C(1) << 15)		/* 5 */
#define FS_OF_FILES	(FS_EXECUTE | FS_WRITE_FILE | FS_TRUNCATE)
#define NET_ALL		UINT64_C(3)			/* 4: bind, connect */
#define SCOPE_ALL	UINT64_C(3)			/* 6: sockets, signals */

struct ruleset {
	uint64_t files, net, scoped;
};

/* Landlock's version here; negative errno: none.  */
static int landlock_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0,
			 ASK_VERSION);

	return v < 0 ? -errno : (int)v;
}

static struct ruleset ruleset_of(int version)
{
	struct ruleset r = { .files = FS_ALL_1 };

	r.files |= version >= 2 ? FS_REFER : 0;
	r.files |= version >= 3 ? FS_TRUNCATE : 0;
	r.files |= version >= 5 ? FS_IOCTL_DEVICE : 0;
	r.net = version >= 4 ? NET_ALL : 0;
	r.scoped = version >= 6 ? SCOPE_ALL : 0;
	return r;
}

static int landlock_begin(int version, const struct ruleset *r, int *ret_fd)
{
	const size_t size = version >= 6 ? sizeof(*r) :
		version >= 4 ? offsetof(struct ruleset, scoped) :
		offsetof(struct ruleset, net);
	long fd = syscall(SYS_landlock_create_ruleset, r, size, 0);

	if (fd < 0)
		return -errno;
	*ret_fd = (int)fd;
	return 0;
}

static int landlock_allow(int ruleset, const char *path, uint64_t rights)
{
	AUTO(fd) int fd = open(path, O_PATH | O_CLOEXEC);
	struct path_beneath rule = { .fd = fd };
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	rule.allowed = S_ISDIR(st.st_mode) ? rights
						  : rights & FS_OF_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, PATH_BENEATH,
		    &rule, 0) < 0)
		return -errno;
	return 0;
}

/* Nothing at all.  */
static int lock_reader(void)
{
	AUTO(fd) int fd = -1;
	const int version = landlock_version();
	struct ruleset rules;
	int r;

	if (version < 0)
		return version;
	rules = ruleset_of(version);
	r = landlock_begin(version, &rules, &fd);
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		r = -errno;
	return r;
}

static int lock_keeper(const char *const *writable)
{
	AUTO(fd) int fd = -1;
	const int version = landlock_version();
	struct ruleset rules;
	int r;

	if (version < 0)
		return version;
	rules = ruleset_of(version);
	rules.files &= FS_EXECUTE | FS_WRITE_FILE | FS_MAKE_ALL |
		       FS_REMOVE_DIR | FS_REFER | FS_TRUNCATE;
	/* It speaks with its workers, and with the host's directory of users. */
	rules.net = rules.scoped = 0;
	r = landlock_begin(version, &rules, &fd);
	for (; r == 0 && *writable != NULL; writable++)
		r = landlock_allow(fd, *writable, rules.files & ~FS_EXECUTE);
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		r = -errno;
	return r;
}

/* ---- seccomp -------------------------------------------------------------*/

#ifdef HAVE_SECCOMP

static void auto_filter(scmp_filter_ctx *filter)
{
	if (*filter != NULL)
		seccomp_release(*filter);
}

static int allow(scmp_filter_ctx filter, const int *calls, size_t n)
{
	int r = 0;

	for (size_t k = 0; r == 0 && k < n; k++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[k], 0);
	/* -EDOM: this architecture does not have it.  */
	return r == -EDOM ? 0 : r;
}

/* What has an argument that matters.  */
static int allow_some(scmp_filter_ctx filter)
{
	static const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2),
				    SCMP_SYS(mprotect) };
	int r;

	/* Files are read: what is written goes to the parent.  */
	r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
			     SCMP_A0(SCMP_CMP_EQ, SANDBOX_SOCKET));
	if (r == 0 && SANITIZED)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				     SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvmsg),
				     1, SCMP_A0(SCMP_CMP_EQ, SANDBOX_SOCKET));
	/* abort() and raise() */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
				     1, SCMP_A0(SCMP_CMP_EQ,
						(scmp_datum_t)getpid()));
	/* Memory, but none that is code.  */
	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(maps); k++) {
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, maps[k], 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
		if (r == -EDOM || (r == -EINVAL && maps[k] == SCMP_SYS(mmap2)))
			r = 0;
	}
	return r;
}

static int filter_reader(void)
{
	static const int calls[] = {
		SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek),
		SCMP_SYS(close), SCMP_SYS(munmap), SCMP_SYS(mremap),
		SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
		SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid),
		SCMP_SYS(gettid), SCMP_SYS(rt_sigaction),
		SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
		SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
		SCMP_SYS(sched_yield), SCMP_SYS(exit), SCMP_SYS(exit_group),
		SCMP_SYS(sysinfo),	/* glibc's qsort() asks it */
	};
	/* What the sanitizers' run-time calls to tell what it found.  */
	static const int sanitizers[] = {
		SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(readlink),
		SCMP_SYS(readlinkat), SCMP_SYS(stat), SCMP_SYS(fstat),
		SCMP_SYS(newfstatat), SCMP_SYS(getrlimit), SCMP_SYS(prlimit64),
		SCMP_SYS(sched_getaffinity), SCMP_SYS(uname), SCMP_SYS(access),
		SCMP_SYS(ioctl), SCMP_SYS(getuid), SCMP_SYS(prctl),
		SCMP_SYS(getppid), SCMP_SYS(nanosleep),
		SCMP_SYS(clock_nanosleep), SCMP_SYS(rt_sigtimedwait),
	};
	AUTO(filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r;

	if (filter == NULL)
		return -ENOMEM;
	r = allow(filter, calls, ARRAY_SIZE(calls));
	if (r == 0)
		r = allow_some(filter);
	if (r == 0 && SANITIZED) {
		for (size_t k = 0; r == 0 && k < ARRAY_SIZE(sanitizers); k++) {
			/* Landlock and the lack of descriptors still hold:
			 * what cannot be had is refused, not fatal.  */
			r = seccomp_rule_add(filter, sanitizers[k] ==
					     SCMP_SYS(open) || sanitizers[k] ==
					     SCMP_SYS(openat) ?
					     SCMP_ACT_ERRNO(EACCES) :
					     SCMP_ACT_ALLOW, sanitizers[k], 0);
			if (r == -EDOM)
				r = 0;
		}
	}
	return r == 0 ? seccomp_load(filter) : r;
}

static int filter_keeper(void)
{
	static const int refused[] = {
		SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace),
		SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
		SCMP_SYS(mount), SCMP_SYS(umount), SCMP_SYS(umount2),
		SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns),
		SCMP_SYS(unshare), SCMP_SYS(init_module),
		SCMP_SYS(finit_module), SCMP_SYS(delete_module),
		SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(bpf),
		SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
		SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
		SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(reboot),
		SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
		SCMP_SYS(adjtimex), SCMP_SYS(listen), SCMP_SYS(accept),
		SCMP_SYS(accept4), SCMP_SYS(mknod), SCMP_SYS(mknodat),
		SCMP_SYS(open_by_handle_at), SCMP_SYS(io_uring_setup),
	};
	AUTO(filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = 0;

	if (filter == NULL)
		return -ENOMEM;
	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(refused); k++) {
		/* The search for leaks traces the process that it is in.  */
		if (SANITIZED && refused[k] == SCMP_SYS(ptrace))
			continue;
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[k],
				     0);
		if (r == -EDOM)
			r = 0;
	}
	return r == 0 ? seccomp_load(filter) : r;
}

bool sandbox_has_seccomp(void)
{
	return true;
}

#else

static int filter_reader(void)
{
	return -ENOSYS;
}

static int filter_keeper(void)
{
	return -ENOSYS;
}

bool sandbox_has_seccomp(void)
{
	return false;
}

#endif

/* ---- roles ---------------------------------------------------------------*/

void sandbox_enter_reader(int keep, struct sandbox_state *ret_state)
{
	const pid_t parent = getppid();
	struct sandbox_state s;

	s.parts[SANDBOX_PRIVILEGES] = give_up_privileges();
	s.parts[SANDBOX_DESCRIPTORS] = keep_only(keep);
	s.parts[SANDBOX_USER] = change_user();
	/* Another user gets the default again, and with it core files.  */
	if (s.parts[SANDBOX_PRIVILEGES] == 0)
		s.parts[SANDBOX_PRIVILEGES] = give_up_privileges();
	s.parts[SANDBOX_LIMITS] = limit_reader();
	s.parts[SANDBOX_FILES] = lock_reader();
	/* Asked for before, this would not outlive that change either.  */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	s.parts[SANDBOX_CALLS] = filter_reader();
	*ret_state = s;
}

void sandbox_enter_keeper(const char *const *writable,
			  struct sandbox_state *ret_state)
{
	struct sandbox_state s;

	for (size_t k = 0; k < SANDBOX_PARTS; k++)
		s.parts[k] = SANDBOX_NOT_ASKED;
	s.parts[SANDBOX_PRIVILEGES] =
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
	if (writable != NULL)
		s.parts[SANDBOX_FILES] = lock_keeper(writable);
	s.parts[SANDBOX_CALLS] = filter_keeper();
	*ret_state = s;
}
