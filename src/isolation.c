/* isolation.c -- how far this run is isolated: the workers that read, the process
 * itself, and what --verbose says of both.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

/* Before the command opens anything, so that no worker has it.  */
int isolation_begin(struct options *o)
{
	int r = 0;

	if (!(o->command->options & BIT(OPTION_ISOLATION)))
		return -1;
	r = readings_open(o->isolation, o->command->packages,
			  &o->readings);
	if (r == 0 && o->isolation == ISOLATION_REQUIRE)
		r = readings_try(o->readings);
	if (r == 0)
		return -1;
	if (*readings_error(o->readings) != '\0')
		log_error("%s", readings_error(o->readings));
	else
		log_error(_("no process for reading can be started (%s); --isolation=off reads without"),
			  strerror(-r));
	return STATUS_FAILURE;
}

/* What the keeper's parts are, which are not a reader's.  */
static const char *keeper_part(enum sandbox_part part)
{
	switch (part) {
	case SANDBOX_FILES:
		return N_("writes nothing else and runs nothing (Landlock)");
	case SANDBOX_CALLS:
		return N_("runs, traces and mounts nothing (seccomp)");
	default:
		return sandbox_part_name(part);
	}
}

/* "ROLE: what is in force; not: what is not (why)".  */
static void say(const char *role, const struct sandbox_state *s,
		const char *(*part_name)(enum sandbox_part part))
{
	AUTO(buf) struct buf yes, no;

	buf_init(&yes, LIMIT_TEXT_BYTES);
	buf_init(&no, LIMIT_TEXT_BYTES);
	for (size_t k = 0; k < SANDBOX_PARTS; k++) {
		const char *name = _(part_name((enum sandbox_part)k));

		if (s->parts[k] == 0)
			buf_addf(&yes, "%s%s", yes.n > 0 ? ", " : "", name);
		else if (s->parts[k] < 0)
			buf_addf(&no, "%s%s (%s)", no.n > 0 ? ", " : "", name,
				 strerror(-s->parts[k]));
	}
	if (no.n == 0)
		log_verbose(_("%s: %s"), role, buf_str(&yes));
	else
		log_verbose(_("%s: %s; not: %s"), role, buf_str(&yes),
			    buf_str(&no));
}

void isolation_say(const struct options *o)
{
	const struct sandbox_state *s = readings_sandbox(o->readings);

	if (s != NULL)
		say(_("readers"), s, sandbox_part_name);
	else if (o->readings != NULL)
		log_verbose(_("readers: none was needed"));
	else
		log_verbose(_("readers: not isolated"));
}

/* The directory of PATH; the caller frees.  NULL of NULL.  */
static char *directory_of(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	if (path == NULL)
		return NULL;
	if (slash == NULL)
		return xstrdup(".");
	return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Where PATH (NULL: nowhere) leads, and its directory, in which the new file is
 * made; if there is nothing yet, the directory it is to be in.  */
static void add_writable(char **writable, size_t *n, const char *path)
{
	char *real = path != NULL ? realpath(path, NULL) : NULL;

	if (path != NULL)
		writable[(*n)++] = directory_of(real != NULL ? real : path);
	if (real != NULL)
		writable[(*n)++] = real;
}

/* The inventory is open, if there is one, and what is left to be written lies beside
 * it or where the command line says.  */
int isolation_enter(const struct options *o, struct inventory *i)
{
	const char *file = i != NULL ? inventory_file(i) : "";
	AUTO(str) char *state = directory_of(*file != '\0' ? file : NULL);
	AUTO(names) char **writable = NULL;
	struct sandbox_state s;
	size_t n = 0;

	if (o->isolation == ISOLATION_OFF)
		return -1;
	/* Each may be two: the file and its directory.  */
	writable = xcalloc(2 * (o->n_reports + 1) + 3, sizeof(*writable));
	writable[n++] = xstrdup("/dev/null");
	if (state != NULL)
		writable[n++] = TAKE(state);
	add_writable(writable, &n, o->output);
	for (size_t k = 0; k < o->n_reports; k++)
		add_writable(writable, &n, o->reports[k].path);
	sandbox_enter_keeper(o->processes ? NULL :
			     (const char *const *)writable, &s);
	say(_("keeper"), &s, keeper_part);
	for (size_t k = 0; k < SANDBOX_PARTS; k++) {
		if (o->isolation != ISOLATION_REQUIRE || s.parts[k] >= 0)
			continue;
		log_error(_("this process cannot be isolated as --isolation=require wants: %s: %s"),
			  _(keeper_part((enum sandbox_part)k)),
			  strerror(-s.parts[k]));
		return STATUS_FAILURE;
	}
	return -1;
}
