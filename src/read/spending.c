/* spending.c -- how much time the files of each user have taken.  */
#include <search.h>
#include <stdlib.h>

#include "base/base.h"
#include "read/spending.h"

struct spent {
	uint32_t uid;
	int64_t cpu, wall;
};

struct spending {
	unsigned cpu, wall;		/* seconds of one user */
	void *users;			/* tsearch(3): struct spent by uid */
	struct spent all;
};

struct spending *spending_new(void)
{
	struct spending *s = xcalloc(1, sizeof(*s));

	spending_limit(s, LIMIT_USER_CPU, LIMIT_USER_WALL);
	return s;
}

void spending_free(struct spending *s)
{
	if (s != NULL)
		tdestroy(s->users, free);
	free(s);
}

void spending_limit(struct spending *s, unsigned cpu, unsigned wall)
{
	s->cpu = cpu;
	s->wall = wall;
}

static int compare(const void *a, const void *b)
{
	const struct spent *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

static bool is_more(const struct spent *spent, const struct spending *s,
		    unsigned times)
{
	return spent->cpu > (int64_t)times * s->cpu * NS_PER_SECOND ||
	       spent->wall > (int64_t)times * s->wall * NS_PER_SECOND;
}

void spending_forget(struct spending *s)
{
	tdestroy(s->users, free);
	s->users = NULL;
	s->all = (struct spent){ .cpu = 0 };
}

bool spending_is_over(const struct spending *s, uint32_t uid)
{
	const struct spent key = { .uid = uid };
	struct spent *const *user;

	if (uid_is_own(uid))
		return false;
	user = tfind(&key, &s->users, compare);
	return (user != NULL && is_more(*user, s, 1)) ||
	       is_more(&s->all, s, LIMIT_USERS_TIMES);
}

void spending_add(struct spending *s, uint32_t uid, int64_t cpu, int64_t wall)
{
	const struct spent key = { .uid = uid };
	struct spent **there, *user;

	if (uid_is_own(uid))
		return;
	there = tfind(&key, &s->users, compare);
	user = there != NULL ? *there : xmemdup(&key, sizeof(key));
	if (there == NULL && tsearch(user, &s->users, compare) == NULL)
		die(_("out of memory"));
	user->cpu += cpu;
	user->wall += wall;
	s->all.cpu += cpu;
	s->all.wall += wall;
}

char *spending_reason(const struct spending *s, uint32_t uid)
{
	return xasprintf("the files of its owner (%u) had all the time that a user's "
			 "files are given in one scan (%u seconds of processor time, "
			 "%u by the clock, and %u times that for all users): it was "
			 "not read; look at them, and scan again",
			 uid, s->cpu, s->wall, LIMIT_USERS_TIMES);
}
