/* trouble.c -- what could not be looked at because this machine failed: a disk
 * that cannot be read, no memory, no descriptors.
 *
 * Whoever asks whether something is there takes most errors for "no", and is right
 * to: what may not be entered is not there for its programs either.  Where the
 * machine fails that answer is wrong, and a report without a store would look like
 * that of a host without it.  So such errors are kept here, wherever they come up
 * while a root is looked at, and a scan asks in the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

static struct trouble troubles[LIMIT_TROUBLES];
static size_t n_troubles;

static bool is_machines(int error)
{
	switch (-error) {
	case EIO:
	case EINTR:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return true;
	default:
		return false;
	}
}

static size_t find(const char *path)
{
	size_t k = 0;

	while (k < n_troubles && strcmp(troubles[k].path, path) != 0)
		k++;
	return k;
}

int trouble_note(const char *path, int error)
{
	if (!is_machines(error) || n_troubles == LIMIT_TROUBLES ||
	    find(path) < n_troubles)
		return error;
	troubles[n_troubles++] = (struct trouble){ xstrdup(path), error };
	return error;
}

void trouble_told(const char *path)
{
	const size_t k = find(path);

	if (k == n_troubles)
		return;
	free(troubles[k].path);
	n_troubles--;
	memmove(&troubles[k], &troubles[k + 1],
		(n_troubles - k) * sizeof(*troubles));
}

size_t troubles_list(const struct trouble **ret_troubles)
{
	*ret_troubles = troubles;
	return n_troubles;
}

void troubles_forget(void)
{
	while (n_troubles > 0)
		free(troubles[--n_troubles].path);
}
