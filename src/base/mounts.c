/* mounts.c -- file systems that do not answer.
 *
 * Looking at a file of a network file system whose server is gone, or of a FUSE
 * one whose program sleeps, takes for ever, and no signal ends it.  So each of
 * these kinds is looked at by a process that may be left behind, before the scan
 * looks at anything; what does not answer in time is not gone into
 * (beneath_avoid()).  Local file systems are not asked, and where there is no
 * other this costs reading one file of /proc.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"

#define PAUSE_NS	5000000L

/* Looks at PATH in a process of its own; negative errno: there is none.  */
static pid_t look(const char *path)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct stat st;

		signal(SIGINT, SIG_DFL);
		_exit(stat(path, &st) < 0);
	}
	return pid < 0 ? -errno : pid;
}

/* Has PID come back by END?  */
static bool comes_back(pid_t pid, int64_t end)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	for (;;) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return true;
		if (monotonic_ns() >= end) {
			kill(pid, SIGKILL);
			return false;
		}
		nanosleep(&pause, NULL);
	}
}

int mounts_unanswered(unsigned limit_ms, char ***ret_points, size_t *ret_n)
{
	AUTO(mounts) struct mounts mounts = { .n = 0 };
	AUTO(names) char **points = xcalloc(1, sizeof(*points));
	size_t n = 0, cap = 1, kept = 0;
	int64_t end;
	pid_t *pids;
	int r = mounts_read(&mounts);

	if (r < 0)
		return r;
	for (size_t k = 0; k < mounts.n; k++) {
		if (mounts.items[k].kind != MOUNT_REMOTE)
			continue;
		grow(&points, n + 1, &cap, sizeof(*points));
		points[n++] = xstrdup(mounts.items[k].point);
		points[n] = NULL;
	}
	/* All at once, so that many take no longer than one.  */
	pids = xcalloc(n, sizeof(*pids));
	for (size_t k = 0; k < n; k++)
		pids[k] = look(points[k]);
	end = monotonic_ns() + limit_ms * NS_PER_MS;
	for (size_t k = 0; k < n; k++) {
		if (pids[k] < 0 || comes_back(pids[k], end))
			free(points[k]);
		else
			points[kept++] = points[k];
	}
	points[kept] = NULL;
	free(pids);
	*ret_points = TAKE(points);
	*ret_n = kept;
	return mounts.cut;
}
