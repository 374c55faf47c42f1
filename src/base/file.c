/* file.c -- what is scanned is read here and nowhere else: descriptions,
 * directories, and the bytes of regular files.  beneath.c says where a path
 * leads; this file decides what may be opened there and how much of it.
 *
 * A large file is mapped, so that a program of 100 MB costs no memory.  Its
 * owner can truncate it meanwhile, and the next access is then a SIGBUS;
 * on_bus() puts zeros there and says so, see struct file.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/looks.h"

void auto_file(FILE **f)
{
	if (*f != NULL)
		fclose(*f);
}

static int64_t nanoseconds(struct timespec t)
{
	int64_t ns;

	/* Times that do not fit (after 2262) only have to differ.  */
	if (__builtin_mul_overflow((int64_t)t.tv_sec, 1000000000, &ns) ||
	    __builtin_add_overflow(ns, t.tv_nsec, &ns))
		return t.tv_sec;
	return ns;
}

struct file_id file_id_of(const struct stat *st)
{
	return (struct file_id){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = st->st_size,
		.mtime_ns = nanoseconds(st->st_mtim),
		.ctime_ns = nanoseconds(st->st_ctim),
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
	};
}

/* The description of FD, which is REAL in the root (see beneath_find()).  */
static struct file_id described(const struct root *r, const char *real,
				const struct stat *st)
{
	struct file_id id = file_id_of(st);

	if (r->overlay != NULL && real != NULL)
		overlay_describe(r->overlay, real, &id);
	return id;
}

static int stat_now(const struct root *r, const char *path, int flags,
		    struct file_id *ret_id)
{
	AUTO(str) char *real = NULL;
	AUTO(fd) int fd = -1;
	struct stat st;
	int e = beneath_find(r, path, flags, &fd, &real);

	if (e < 0)
		return e;
	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_id = described(r, real, &st);
	return 0;
}

static int stat_and_keep(const struct root *r, const char *path, int flags,
			 struct file_id *ret_id)
{
	const int e = trouble_note(path, stat_now(r, path, flags, ret_id));

	looks_note(r->looks, LOOK_STAT, path, flags == 0, e,
		   e == 0 ? ret_id : NULL);
	return e;
}

int file_stat(const struct root *r, const char *path, struct file_id *ret_id)
{
	return stat_and_keep(r, path, 0, ret_id);
}

int file_lstat(const struct root *r, const char *path, struct file_id *ret_id)
{
	return stat_and_keep(r, path, O_NOFOLLOW, ret_id);
}

static int readlink_now(const struct root *r, const char *path,
			char **ret_target)
{
	AUTO(fd) int fd = -1;
	char target[LIMIT_PATH_BYTES];
	struct stat st;
	ssize_t n;
	int e = beneath_open(r, path, O_NOFOLLOW, &fd);

	if (e < 0)
		return e;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return -EINVAL;
	n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(target))
		return -ENAMETOOLONG;
	*ret_target = xstrndup(target, (size_t)n);
	return 0;
}

int file_readlink(const struct root *r, const char *path, char **ret_target)
{
	looks_forget(r->looks);		/* no pass that keeps them reads links */
	return trouble_note(path, readlink_now(r, path, ret_target));
}

/* ---- directories -------------------------------------------------------*/

struct name {
	char *name;
	char kind;
};

struct names {
	struct name *items;
	size_t n, cap;
};

static void auto_read(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i].name);
	free(names->items);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->name,
		      ((const struct name *)b)->name);
}

/* Not every file system says in its listing what a name is.  */
static char kind_of(DIR *dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR ? 'd' : e->d_type == DT_REG ? 'f'
		       : 'o';
	if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 'o';
	return S_ISDIR(st.st_mode) ? 'd' : S_ISREG(st.st_mode) ? 'f' : 'o';
}

/* The names left in DIR, sorted; TAKEs what it gives out of NAMES.  */
static int read_names(DIR *dir, struct directory *ret_directory)
{
	AUTO(read) struct names names = { .n = 0 };
	struct directory l = { .n = 0 };
	const struct dirent *e;

	while (errno = 0, (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (names.n == LIMIT_DIRECTORY_NAMES)
			return -E2BIG;
		grow(&names.items, names.n, &names.cap, sizeof(*names.items));
		names.items[names.n++] = (struct name){
			xstrdup(e->d_name), kind_of(dir, e),
		};
	}
	if (errno != 0)
		return -errno;
	if (names.n != 0)
		qsort(names.items, names.n, sizeof(*names.items),
		      compare_names);
	l.names = xcalloc(names.n + 1, sizeof(*l.names));
	l.kinds = xcalloc(names.n + 1, 1);
	for (; l.n < names.n; l.n++) {
		l.names[l.n] = TAKE(names.items[l.n].name);
		l.kinds[l.n] = names.items[l.n].kind;
	}
	*ret_directory = l;
	return 0;
}

int look_list(int at, struct directory *ret_directory)
{
	const int how = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC;
	int e, fd = openat(at, ".", how | O_NOATIME);
	DIR *dir;

	if (fd < 0 && errno == EPERM)
		fd = openat(at, ".", how);
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (dir == NULL) {
		e = -errno;
		close(fd);
		return e;
	}
	e = read_names(dir, ret_directory);
	closedir(dir);
	return e;
}

static int list_now(const struct root *r, const char *path, int flags,
		    struct directory *ret_directory)
{
	AUTO(directory) struct directory l = { .n = 0 };
	AUTO(str) char *real = NULL;
	AUTO(fd) int at = -1;
	struct stat st;
	int e = beneath_find(r, path, O_DIRECTORY | flags, &at, &real);

	if (e < 0)
		return e;
	if (fstat(at, &st) < 0)
		return -errno;
	e = look_list(at, &l);
	if (e == 0 && real != NULL)
		e = overlay_list(r->overlay, real, &l);
	if (e < 0)
		return e;
	l.id = described(r, real, &st);
	*ret_directory = l;
	l = (struct directory){ .n = 0 };
	return 0;
}

int file_directory(const struct root *r, const char *path, int flags,
		   struct directory *ret_directory)
{
	const int e = trouble_note(path, list_now(r, path, flags,
						  ret_directory));

	looks_note_list(r->looks, path, !(flags & O_NOFOLLOW), e,
			e == 0 ? ret_directory : NULL);
	return e;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool directory_has(const struct directory *l, const char *name)
{
	return bsearch(&name, l->names, l->n, sizeof(*l->names),
		       compare_strings) != NULL;
}

void directory_done(struct directory *l)
{
	names_free(l->names);
	free(l->kinds);
	*l = (struct directory){ .n = 0 };
}

void auto_directory(struct directory *l)
{
	directory_done(l);
}

int file_names(const struct root *r, const char *path, char ***ret_names,
	       size_t *ret_n)
{
	AUTO(directory) struct directory l = { .n = 0 };
	int e = file_directory(r, path, 0, &l);

	if (e < 0)
		return e;
	*ret_n = l.n;
	*ret_names = TAKE(l.names);
	return 0;
}

void names_free(char **names)
{
	if (names == NULL)
		return;
	for (char **p = names; *p != NULL; p++)
		free(*p);
	free(names);
}

void auto_names(char ***names)
{
	names_free(*names);
}

/* ---- mappings ----------------------------------------------------------*/

/* The live mappings.  The handler reads this while it is written: `start` is
 * set last and cleared first.  */
static struct mapping {
	_Atomic(uintptr_t) start;	/* 0: free */
	size_t size;
	struct file *file;
} mappings[LIMIT_MAPPED_FILES];

static struct sigaction bus_before;
static uintptr_t page_size;

/* Async-signal-safe: only mmap, sigaction and raise, all plain system calls
 * here.  Zeros go over everything from the faulting page to the end, in one
 * piece: page by page a scan through a file of 1 GB that became empty would
 * take a quarter of a million signals.  */
static void on_bus(int signal, siginfo_t *info, void *context)
{
	const uintptr_t at = (uintptr_t)info->si_addr & ~(page_size - 1);
	const int saved = errno;

	(void)context;
	for (size_t i = 0; info->si_code > 0 && i < ARRAY_SIZE(mappings); i++) {
		struct mapping *m = &mappings[i];
		const uintptr_t start = atomic_load(&m->start);

		if (start == 0 || at < start || at - start >= m->size)
			continue;
		if (mmap((void *)at, m->size - (at - start), PROT_READ,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			 0) == MAP_FAILED)
			break;
		/* A struct that moved against the rules is left alone.  */
		if ((uintptr_t)m->file->data.p == start)
			m->file->shrank = true;
		errno = saved;
		return;
	}
	/* Not ours: it happens again, or is sent again, as it was before.  */
	sigaction(SIGBUS, &bus_before, NULL);
	if (info->si_code <= 0)
		raise(signal);
	errno = saved;
}

/* Asked before every mapping: others (a test runner, a library) may have
 * taken the signal since.  */
static int catch_bus(void)
{
	struct sigaction now, sa = {
		.sa_sigaction = on_bus,
		.sa_flags = SA_SIGINFO | SA_RESTART,
	};

	if (sigaction(SIGBUS, NULL, &now) < 0)
		return -errno;
	if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_bus)
		return 0;
	page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
	bus_before = now;
	sigemptyset(&sa.sa_mask);
	return sigaction(SIGBUS, &sa, NULL) < 0 ? -errno : 0;
}

static struct mapping *find_mapping(uintptr_t start)
{
	for (size_t i = 0; i < ARRAY_SIZE(mappings); i++)
		if (atomic_load(&mappings[i].start) == start)
			return &mappings[i];
	return NULL;
}

/* Maps SIZE bytes of FD.  *ret_file is complete before a fault can mark it. */
static int map_file(int fd, const struct file_id *id, struct file *ret_file)
{
	const size_t size = (size_t)id->size;
	struct mapping *m = find_mapping(0);
	void *p;
	int e = catch_bus();

	if (e < 0)
		return e;
	if (m == NULL)
		return -EMFILE;
	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	madvise(p, size, MADV_SEQUENTIAL);
	*ret_file = (struct file){
		.data = { p, size }, .id = *id, .mapped = true,
	};
	m->size = size;
	m->file = ret_file;
	atomic_store(&m->start, (uintptr_t)p);
	return 0;
}

static void unmap_file(const struct file *f)
{
	struct mapping *m = find_mapping((uintptr_t)f->data.p);

	if (m != NULL)
		atomic_store(&m->start, 0);
	munmap((void *)(uintptr_t)f->data.p, f->data.n);
}

/* ---- bytes -------------------------------------------------------------*/

/* Reads to the end, whatever fstat said about the size: files of /proc say 0
 * and others grow.  From the beginning, though somebody may have read the
 * descriptor before.  */
static int copy_file(int fd, const struct file_id *id, uint64_t limit,
		     struct file *ret_file)
{
	/* One byte more than there should be, to meet the end without a
	 * second buffer.  */
	size_t cap = (size_t)id->size + 1, n = 0;
	uint8_t *p = xmalloc(cap);
	ssize_t got;
	int e = 0;

	for (;;) {
		if (n == cap)
			grow(&p, n, &cap, 1);
		got = pread(fd, p + n, cap - n, (off_t)n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			e = -errno;
		if (got <= 0)
			break;
		n += (size_t)got;
		if (n > limit) {
			e = -EFBIG;
			break;
		}
	}
	if (e < 0) {
		explicit_bzero(p, n);
		free(p);
		return e;
	}
	*ret_file = (struct file){ .data = { p, n }, .id = *id };
	return 0;
}

/* Is what FD leads to an interface of the kernel's?  Some of those say that they are
 * regular files, and reading them does something: /proc/kmsg gives each message to
 * one reader only.  EFI's variables are files of settings like others.  */
static bool is_kernels(int fd)
{
	static const unsigned long kinds[] = {
		PROC_SUPER_MAGIC, SYSFS_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
		SECURITYFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
		SELINUX_MAGIC, SMACK_MAGIC,
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if ((unsigned long)fs.f_type == kinds[k])
			return true;
	return false;
}

/* *ret_seen is what was found, where anything was; its inode is 0 elsewhere.  */
static int open_now(const struct root *r, const char *path, uint64_t limit,
		    int *ret_fd, struct file_id *ret_id,
		    struct file_id *ret_seen)
{
	AUTO(str) char *real = NULL;
	AUTO(fd) int at = -1, fd = -1;
	struct file_id id;
	struct stat st;
	int e;

	e = beneath_find(r, path, 0, &at, &real);
	if (e < 0)
		return e;
	if (fstat(at, &st) < 0)
		return -errno;
	*ret_seen = file_id_of(&st);
	if (!S_ISREG(st.st_mode))
		return -ENOTREG;
	if (is_kernels(at))
		return -EPSEUDO;
	e = beneath_reopen(r, path, at, &fd);
	if (e < 0)
		return e;
	if (fstat(fd, &st) < 0)
		return -errno;
	id = described(r, real, &st);
	if (id.size < 0 || (uint64_t)id.size > limit ||
	    (uint64_t)id.size >= SIZE_MAX)
		return -EFBIG;
	*ret_id = id;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int file_open(const struct root *r, const char *path, uint64_t limit,
	      int *ret_fd, struct file_id *ret_id)
{
	struct file_id seen = { .ino = 0 };
	const int e = trouble_note(path, open_now(r, path, limit, ret_fd, ret_id,
						  &seen));

	/* Why a file that is there could not be opened is in what it is, or is
	 * asked again.  */
	looks_note(r->looks, LOOK_OPEN, path, true, e,
		   e == 0 || e == -ENOTREG || e == -EPSEUDO || e == -EFBIG
		   ? &seen : NULL);
	return e;
}

int file_load(int fd, const struct file_id *id, uint64_t limit,
	      struct file *ret_file)
{
	int e;

	if ((uint64_t)id->size <= LIMIT_COPIED_BYTES)
		return copy_file(fd, id, limit, ret_file);
	e = map_file(fd, id, ret_file);
	/* Some file systems cannot map.  */
	return e == -ENODEV ? copy_file(fd, id, limit, ret_file) : e;
}

int file_read(const struct root *r, const char *path, uint64_t limit,
	      struct file *ret_file)
{
	AUTO(fd) int fd = -1;
	struct file_id id;
	int e = file_open(r, path, limit, &fd, &id);

	return e < 0 ? e :
	       trouble_note(path, file_load(fd, &id, limit, ret_file));
}

bool file_shrank(const struct file *f)
{
	return *(const volatile bool *)&f->shrank;
}

void file_drop(const struct file *f, size_t offset)
{
	if (!f->mapped)
		return;
	if (offset > f->data.n)
		offset = f->data.n;
	offset -= offset % page_size;
	if (offset != 0)
		madvise((void *)(uintptr_t)f->data.p, offset, MADV_DONTNEED);
}

void file_done(struct file *f)
{
	if (f->mapped) {
		unmap_file(f);
	} else if (f->data.p != NULL) {
		/* It may hold a private key beside its certificates.  */
		explicit_bzero((void *)(uintptr_t)f->data.p, f->data.n);
		free((void *)(uintptr_t)f->data.p);
	}
	*f = (struct file){ 0 };
}

void auto_scanned(struct file *f)
{
	file_done(f);
}
