/* clock.c -- how long something takes: by the clock that nobody can set.  */
#include <time.h>

#include "base/base.h"

int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}
