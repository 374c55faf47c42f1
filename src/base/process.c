/* process.c -- environment and command line of what runs on this host (proc(5)).
 *
 * A process comes and goes, and another one may get its number between two
 * looks: its directory is opened once, and all is read beneath that
 * descriptor, which fails when the process has ended.  Its memory is read for
 * it by the kernel, so a process can say anything there; it is only bytes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int process_list(uint32_t **ret_pids, size_t *ret_n)
{
	DIR *dir = opendir("/proc");
	uint32_t *pids = NULL;
	size_t n = 0, cap = 0;
	const struct dirent *e;
	int r = 0;

	if (dir == NULL)
		return -errno;
	while (r == 0 && (errno = 0, e = readdir(dir)) != NULL) {
		uint64_t pid;

		if (number_parse(e->d_name, INT32_MAX, &pid) < 0 ||
		    (pid_t)pid == getpid())
			continue;
		if (n == LIMIT_PROCESSES) {
			r = -E2BIG;
			break;
		}
		grow(&pids, n, &cap, sizeof(*pids));
		pids[n++] = (uint32_t)pid;
	}
	if (r == 0 && errno != 0)
		r = -errno;
	closedir(dir);
	if (r < 0) {
		free(pids);
		return r;
	}
	if (n != 0)
		qsort(pids, n, sizeof(*pids), compare_numbers);
	*ret_pids = pids;
	*ret_n = n;
	return 0;
}

/* The caller frees; NULL: not told.  */
static char *read_link(int dir, const char *name)
{
	static const char gone[] = " (deleted)";
	char target[LIMIT_PATH_BYTES];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n <= 0 || (size_t)n == sizeof(target))
		return NULL;
	target[n] = '\0';
	if (has_suffix(target, gone))
		target[(size_t)n - strlen(gone)] = '\0';
	return xstrdup(target);
}

/* All of file NAME, at most LIMIT_PROCESS_BYTES.  */
static int read_all(int dir, const char *name, char **ret_text,
		    struct blob *ret_blob, bool *cut)
{
	AUTO(fd) int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO(buf) struct buf b;
	char piece[16384];
	ssize_t n;

	buf_init(&b, LIMIT_PROCESS_BYTES);
	if (fd < 0)
		return -errno;
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (buf_add(&b, piece, (size_t)n) < 0) {
			*cut = true;
			break;
		}
	}
	ret_blob->n = b.n;
	*ret_text = buf_take(&b);
	ret_blob->p = (const uint8_t *)*ret_text;
	return 0;
}

static bool is_same_file(int dir, const char *name, const char *own)
{
	struct stat a, b;

	return fstatat(dir, name, &a, 0) == 0 && stat(own, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int process_read(uint32_t pid, struct process *ret_process)
{
	AUTO(str) char *path = xasprintf("/proc/%u", pid);
	AUTO(fd) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct process p = { .pid = pid };
	struct stat st;
	int r;

	if (dir < 0)
		return -errno;
	if (fstat(dir, &st) < 0)
		return -errno;
	p.uid = st.st_uid;
	r = read_all(dir, "environ", &p.storage[0], &p.environment, &p.cut);
	if (r == 0)
		r = read_all(dir, "cmdline", &p.storage[1], &p.command, &p.cut);
	if (r < 0) {
		process_done(&p);
		return r;
	}
	p.program = read_link(dir, "exe");
	p.directory = read_link(dir, "cwd");
	p.elsewhere = !is_same_file(dir, "root", "/") ||
		      !is_same_file(dir, "ns/mnt", "/proc/self/ns/mnt");
	*ret_process = p;
	return 0;
}

void process_done(struct process *p)
{
	free(p->program);
	free(p->directory);
	free(p->storage[0]);
	free(p->storage[1]);
	*p = (struct process){ .pid = 0 };
}
