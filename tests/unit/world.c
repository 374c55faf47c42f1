/* world.c -- worlds of cases, where failing fails the test.  */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

char *world_path(const char *dir, const char *name)
{
	const char *top = getenv("srcdir");

	return xasprintf("%s/tests/%s/%s", top != NULL ? top : ".", dir, name);
}

char *world_file(const char *dir, const char *name)
{
	AUTO(str) char *path = world_path(dir, name);
	char *text = NULL;
	size_t n;

	if (file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n) < 0)
		fail_msg("cannot read %s", path);
	return text;
}

struct case_world *world_new(void)
{
	struct case_world *w = NULL;
	char *error = NULL;

	if (case_world_open(&w, &error) < 0)
		fail_msg("%s", error);
	return w;
}

void world_fill(struct case_world *w, const char *sql)
{
	char *error = NULL;

	if (case_world_fill(w, sql, "test", &error) < 0)
		fail_msg("%s", error);
}

struct inventory *world_scan(struct case_world *w, int64_t now,
			     unsigned warn_days)
{
	struct inventory *i = NULL;
	char *error = NULL;

	if (case_world_scan(w, now, warn_days, &i, &error) < 0)
		fail_msg("%s", error);
	return i;
}
