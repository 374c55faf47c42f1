/* beneath.c -- a path as seen inside a root becomes a descriptor, and never
 * one of anything outside that root.
 *
 * The kernel does this with openat2(2), RESOLVE_IN_ROOT: ".." at the root
 * stays there, and absolute links begin again at the root.  Before Linux 5.6,
 * and where a container's filter hides that call, walk() does the same one
 * component at a time.  Both give an O_PATH descriptor, which opens nothing:
 * no device is touched and no FIFO waits before the object was looked at.
 *
 * The scanned tree belongs to its users and changes under our feet, so what
 * was looked at must be what is opened.  /proc/self/fd/N leads to the very
 * object of a descriptor; this is the program's own /proc, not the root's.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/looks.h"

#ifndef SYS_openat2		/* glibc before 2.32 names fewer calls than the kernel */
#define SYS_openat2	__NR_openat2
#endif
#define LINKS_MAX	40	/* the kernel's own bound */
#define RETRIES		64	/* openat2 says EAGAIN when a rename interferes */
#define FD_PATH_SIZE	32	/* "/proc/self/fd/2147483647" */

static unsigned lacking;	/* enum beneath_lacks */
static atomic_bool no_openat2;	/* the kernel said so */

static char *const *avoided;	/* see beneath_avoid() */

void beneath_avoid(char *const *mount_points)
{
	avoided = mount_points != NULL && *mount_points != NULL ? mount_points
								: NULL;
}

bool beneath_avoids(const char *mount_point)
{
	for (char *const *p = avoided; p != NULL && *p != NULL; p++)
		if (mount_point == NULL || strcmp(*p, mount_point) == 0)
			return true;
	return false;
}

void beneath_pretend(unsigned lacks)
{
	lacking = lacks;
}

void auto_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int duplicate(int fd, int *ret_fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return -errno;
	*ret_fd = copy;
	return 0;
}

/* ---- the resolver for kernels without openat2 ---------------------------*/

struct walk {
	const struct root *root;
	int dir;				/* where we are */
	char where[LIMIT_PATH_BYTES];		/* free of links: "", "/a/b" */
	char todo[2 * LIMIT_PATH_BYTES];	/* what is left of the path */
	unsigned links;
};

/* Opens NAME in the directory DIR, which is PATH in the root, with FLAGS.  */
static int step(const struct walk *w, int dir, const char *path,
		const char *name, int flags, int *ret_fd)
{
	int fd, r = -ENODATA;

	if (w->root->overlay != NULL)
		r = overlay_open(w->root->overlay, dir, path, name, flags,
				 ret_fd);
	if (r != -ENODATA)
		return r;
	fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Goes to w->where from the root again.  What has become a link since is
 * refused: O_NOFOLLOW.  */
static int walk_again(struct walk *w)
{
	AUTO(fd) int dir = -1;
	char path[LIMIT_PATH_BYTES], *name, *end;
	int r, next;

	r = duplicate(w->root->fd, &dir);
	if (r < 0)
		return r;
	memcpy(path, w->where, sizeof(path));
	for (name = path; *name == '/'; name = end) {
		char separator;

		end = name + 1 + strcspn(name + 1, "/");
		separator = *end;
		*end = '\0';
		r = step(w, dir, path, name + 1, O_PATH | O_DIRECTORY, &next);
		*end = separator;
		if (r < 0)
			return r;
		close(dir);
		dir = next;
	}
	close(w->dir);
	w->dir = dir;
	dir = -1;
	return 0;
}

/* Going up by opening ".." could leave the root when somebody moves the
 * directory meanwhile; coming down again cannot.  */
static int walk_up(struct walk *w)
{
	char *slash = strrchr(w->where, '/');

	if (slash == NULL)
		return 0;
	*slash = '\0';
	return walk_again(w);
}

static int walk_down(struct walk *w, const char *name)
{
	size_t n = strlen(w->where), m = strlen(name);

	if (n + 1 + m >= sizeof(w->where))
		return -ENAMETOOLONG;
	w->where[n] = '/';
	memcpy(w->where + n + 1, name, m + 1);
	return 0;
}

/* Puts the target of the link LINK before REST, the end of w->todo.  */
static int walk_link(struct walk *w, int link, const char *rest)
{
	char target[LIMIT_PATH_BYTES];
	struct statfs fs;
	size_t m = strlen(rest) + 1;
	ssize_t n;

	if (++w->links > LINKS_MAX)
		return -ELOOP;
	/* A magic link's text is not where it leads; nothing that is scanned
	 * lies behind the other links of /proc.  */
	if (fstatfs(link, &fs) < 0)
		return -errno;
	if (fs.f_type == PROC_SUPER_MAGIC)
		return -ELOOP;
	n = readlinkat(link, "", target, sizeof(target));
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENOENT;
	if ((size_t)n == sizeof(target) || (size_t)n + m > sizeof(w->todo))
		return -ENAMETOOLONG;
	memmove(w->todo + n, rest, m);
	memcpy(w->todo, target, (size_t)n);
	if (target[0] != '/')
		return 0;
	w->where[0] = '\0';
	return walk_again(w);
}

/* Opens NAME, in the directory that was reached, with FLAGS.  */
static int walk_open(const struct walk *w, const char *name, int flags,
		     int *ret_fd)
{
	char path[LIMIT_PATH_BYTES];
	const int n = strcmp(name, ".") == 0 ?
		      snprintf(path, sizeof(path), "%s", w->where) :
		      snprintf(path, sizeof(path), "%s/%s", w->where, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return step(w, w->dir, path, name, flags, ret_fd);
}

/* Is NAME, in the directory that was reached, one of the mount points that are
 * not gone into?  Told by the path, for even opening it might wait.  */
static bool is_avoided(const struct walk *w, const char *name)
{
	const char *root = strcmp(w->root->path, "/") == 0 ? "" : w->root->path;
	const size_t n = strlen(root), m = strlen(w->where);

	for (char *const *p = avoided; p != NULL && *p != NULL; p++)
		if (strncmp(*p, root, n) == 0 &&
		    strncmp(*p + n, w->where, m) == 0 && (*p)[n + m] == '/' &&
		    strcmp(*p + n + m + 1, name) == 0)
			return true;
	return false;
}

static int walk_steps(struct walk *w, int flags, int *ret_fd)
{
	char name[NAME_MAX + 1];
	struct stat st;
	int r;

	for (;;) {
		AUTO(fd) int fd = -1;
		char *start = w->todo + strspn(w->todo, "/");
		size_t n = strcspn(start, "/");
		char *rest = start + n;
		bool last = *rest == '\0';

		if (n == 0)		/* the path ended in a directory */
			return walk_open(w, ".", flags, ret_fd);
		if (n >= sizeof(name))
			return -ENAMETOOLONG;
		memcpy(name, start, n);
		name[n] = '\0';
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			r = n == 2 ? walk_up(w) : 0;
			if (r < 0)
				return r;
			memmove(w->todo, rest, strlen(rest) + 1);
			continue;
		}
		if (is_avoided(w, name))
			return -ETIMEDOUT;
		r = walk_open(w, name, O_PATH, &fd);
		if (r < 0)
			return r;
		if (fstat(fd, &st) < 0)
			return -errno;
		if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW))) {
			r = walk_link(w, fd, rest);
			if (r < 0)
				return r;
			continue;
		}
		if (!S_ISDIR(st.st_mode) && (!last || (flags & O_DIRECTORY)))
			return -ENOTDIR;
		r = walk_down(w, name);
		if (r < 0)
			return r;
		if (last && !(flags & O_PATH))
			return step(w, w->dir, w->where, name, flags, ret_fd);
		if (last) {
			*ret_fd = fd;
			fd = -1;
			return 0;
		}
		close(w->dir);
		w->dir = fd;
		fd = -1;
		memmove(w->todo, rest, strlen(rest) + 1);
	}
}

/* RET_PATH (may be NULL): where it ended, free of links; the caller frees. */
static int walk(const struct root *r, const char *path, int flags, int *ret_fd,
		char **ret_path)
{
	size_t n = strlen(path);
	struct walk *w;
	int fd, e;

	if (n == 0)
		return -ENOENT;
	if (n >= LIMIT_PATH_BYTES)
		return -ENAMETOOLONG;
	w = xcalloc(1, sizeof(*w));
	w->root = r;
	memcpy(w->todo, path, n + 1);
	w->dir = -1;
	e = duplicate(r->fd, &w->dir);
	if (e == 0)
		e = walk_steps(w, flags, &fd);
	if (e == 0) {
		*ret_fd = fd;
		if (ret_path != NULL)
			*ret_path = xstrdup(w->where[0] != '\0' ? w->where : "/");
	}
	auto_fd(&w->dir);
	free(w);
	return e;
}

/* ---- the kernel's resolver ---------------------------------------------*/

/* Opens PATH beneath R with any FLAGS.  */
static int resolve(const struct root *r, const char *path, int flags,
		   int *ret_fd)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	if (no_openat2 || avoided != NULL || r->overlay != NULL || (lacking & BENEATH_LACKS_OPENAT2))
		return walk(r, path, flags, ret_fd, NULL);
	for (unsigned i = 0; i < RETRIES; i++) {
		fd = syscall(SYS_openat2, r->fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
		/* Filters answer EPERM to calls that they do not know; an
		 * EPERM of the file's own is one for walk() too.  */
		no_openat2 = errno == ENOSYS;
		return walk(r, path, flags, ret_fd, NULL);
	}
	if (fd < 0)
		return -errno;
	*ret_fd = (int)fd;
	return 0;
}

int beneath_open(const struct root *r, const char *path, int flags, int *ret_fd)
{
	return resolve(r, path, O_PATH | flags, ret_fd);
}

int beneath_find(const struct root *r, const char *path, int flags,
		 int *ret_fd, char **ret_real)
{
	*ret_real = NULL;
	return r->overlay == NULL ? beneath_open(r, path, flags, ret_fd) :
	       walk(r, path, O_PATH | flags, ret_fd, ret_real);
}

/* Component by component.  */
static int straight_steps(const struct root *r, const char *path, int flags,
			  int *ret_fd)
{
	AUTO(str) char *copy = xstrdup(path);
	char *rest = copy, *name;
	int at = r->fd;

	while ((name = strsep(&rest, "/")) != NULL) {
		int fd = openat(at, name, O_CLOEXEC | O_NOFOLLOW |
				(rest != NULL ? O_PATH | O_DIRECTORY : flags));
		int e = -errno;

		if (at != r->fd)
			close(at);
		if (fd < 0)
			return e;
		at = fd;
	}
	*ret_fd = at;
	return 0;
}

int beneath_open_straight(const struct root *r, const char *path, int flags,
			  int *ret_fd)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	long fd;

	path += strspn(path, "/");
	if (*path == '\0')
		path = ".";
	if (no_openat2 || (lacking & BENEATH_LACKS_OPENAT2))
		return straight_steps(r, path, flags, ret_fd);
	fd = syscall(SYS_openat2, r->fd, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN)) {
		if (errno == ENOSYS)
			no_openat2 = true;
		return straight_steps(r, path, flags, ret_fd);
	}
	if (fd < 0)
		return -errno;
	*ret_fd = (int)fd;
	return 0;
}

/* The path of descriptor FD as the kernel knows it, into RET.  Negative when
 * there is no /proc, or no path that can be relied on.  */
static int fd_path(int fd, char ret[LIMIT_PATH_BYTES])
{
	char name[FD_PATH_SIZE];
	ssize_t n;

	if (lacking & BENEATH_LACKS_PROC)
		return -ENOENT;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, ret, LIMIT_PATH_BYTES);
	if (n < 0)
		return -errno;
	if (n == LIMIT_PATH_BYTES)
		return -ENAMETOOLONG;
	ret[n] = '\0';
	/* "(unreachable)/..." lies outside our own root directory, and the
	 * other is what the kernel adds to names that were removed.  */
	return ret[0] == '/' && !has_suffix(ret, " (deleted)") ? 0 : -ENOENT;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT);
}

int beneath_reopen(const struct root *r, const char *path, int fd, int *ret_fd)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	AUTO(fd) int opened = -1;
	char name[FD_PATH_SIZE];
	struct stat want, st;
	int e;

	if (fstat(fd, &want) < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (!(lacking & BENEATH_LACKS_PROC)) {
		/* Only the owner and root may leave the access time alone.  */
		opened = open(name, flags | O_NOATIME);
		if (opened < 0 && errno == EPERM)
			opened = open(name, flags);
		if (opened < 0 && errno != ENOENT && errno != ENOTDIR)
			return -errno;
	}
	if (opened < 0) {
		e = resolve(r, path, flags, &opened);
		if (e < 0)
			return e;
	}
	if (fstat(opened, &st) < 0)
		return -errno;
	if (!is_same(&want, &st))
		return -EAGAIN;
	*ret_fd = opened;
	opened = -1;
	return 0;
}

/* ---- roots and paths ---------------------------------------------------*/

int root_open(const char *path, struct root *ret_root)
{
	AUTO(fd) int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *real;

	if (fd < 0)
		return -errno;
	real = realpath(path, NULL);
	if (real == NULL)
		return -errno;
	*ret_root = (struct root){ .fd = fd, .path = real };
	fd = -1;
	return 0;
}

void root_done(struct root *r)
{
	if (r->path != NULL)
		close(r->fd);
	free(r->path);
	*r = (struct root){ .fd = -1 };
}

bool root_is_host(const struct root *r)
{
	struct stat a, b;

	return fstat(r->fd, &a) == 0 && stat("/", &b) == 0 && is_same(&a, &b);
}

/* The id is for those who keep looks.  */
static int real_path_now(const struct root *r, const char *path,
			 char **ret_path, struct file_id *ret_id)
{
	char real[LIMIT_PATH_BYTES], root[LIMIT_PATH_BYTES];
	AUTO(fd) int fd = -1, again = -1;
	size_t n;
	int e;

	if (r->overlay != NULL)
		return walk(r, path, O_PATH, &fd, ret_path);
	e = beneath_open(r, path, 0, &fd);
	if (e < 0)
		return e;
	if (r->looks != NULL) {
		e = look_named(fd, "", ret_id);
		if (e < 0)
			return e;
	}
	/* The root is asked anew: it may have been moved since it was opened. */
	if (fd_path(r->fd, root) < 0 || fd_path(fd, real) < 0)
		return walk(r, path, O_PATH, &again, ret_path);
	n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(real, root, n) != 0 ||
	    (real[n] != '/' && real[n] != '\0'))
		return walk(r, path, O_PATH, &again, ret_path);
	*ret_path = xstrdup(real[n] != '\0' ? real + n : "/");
	return 0;
}

int file_real_path(const struct root *r, const char *path, char **ret_path)
{
	struct file_id id = { .ino = 0 };
	const int e = trouble_note(path, real_path_now(r, path, ret_path, &id));

	looks_note_real(r->looks, path, e, &id, e == 0 ? *ret_path : NULL);
	return e;
}
