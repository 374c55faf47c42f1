/* units.c -- what service units say (systemd.unit(5), systemd.exec(5)): HOME
 * first of all, because a .NET or Node service often lives where no passwd
 * entry points to.
 *
 * What systemd would make of all settings together is not asked.  Any HOME
 * that a unit or drop-in names is a place where a program may have kept its
 * stores, also when a later file overrides it.  Specifiers that depend on the
 * host alone or on the unit's name are filled in; a HOME with any other (%i of
 * a template, %h) names no place that is known here.
 */
#include <errno.h>
#include <string.h>

#include "locate/locate.h"
#include "syntax/syntax.h"

/* In the order of systemd's own search path.  */
static const char *const directories[] = {
	"/etc/systemd/system",
	"/run/systemd/system",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
};

struct reading {
	const struct root *root;
	unit_home_fn *fn;
	void *data;
};

struct unit {
	struct setting_sink sink;	/* first: the syntax sees only this */
	const struct reading *reading;
	const char *path;	/* of the file */
	const char *name;	/* "web.service", also for its drop-ins */
};

/* ---- values --------------------------------------------------------------*/

static const char *specifier(char c)
{
	switch (c) {
	case '%':
		return "%";
	case 'C':
		return "/var/cache";
	case 'E':
		return "/etc";
	case 'L':
		return "/var/log";
	case 'S':
		return "/var/lib";
	case 't':
		return "/run";
	case 'T':
		return "/tmp";
	case 'V':
		return "/var/tmp";
	default:
		return NULL;
	}
}

/* The first N bytes of a unit's name that specifier C stands for, 0: none. */
static size_t name_part(const char *name, char c)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot != NULL ? (size_t)(dot - name) : strlen(name);

	switch (c) {
	case 'n':
		return strlen(name);
	case 'N':
		return n;
	case 'p':
		return strcspn(name, "@") < n ? strcspn(name, "@") : n;
	default:
		return 0;
	}
}

static int expand_specifiers(const char *value, const char *unit,
			     const char *home, struct buf *out)
{
	int e = 0;

	for (; *value != '\0' && e == 0; value++) {
		const char *text;

		if (*value != '%') {
			e = buf_add(out, value, 1);
			continue;
		}
		if (*++value == '\0')
			return -EINVAL;
		text = *value == 'h' ? home : specifier(*value);
		if (text != NULL)
			e = buf_adds(out, text);
		else if (name_part(unit, *value) != 0)
			e = buf_add(out, unit, name_part(unit, *value));
		else
			e = -EINVAL;
	}
	return e;
}

int unit_specifiers(const char *value, const char *unit, const char *home,
		    char **ret_value)
{
	AUTO(buf) struct buf out;

	buf_init(&out, LIMIT_SETTING_BYTES);
	if (expand_specifiers(value, unit, home, &out) < 0)
		return -EINVAL;
	*ret_value = buf_take(&out);
	return 0;
}

/* ---- HOME ----------------------------------------------------------------*/

static int take_setting(struct setting_sink *sink, const struct setting *s)
{
	const struct unit *u = (const struct unit *)sink;
	AUTO(str) char *home = NULL;

	if (s->kind == SETTING_VARIABLE && s->value != NULL &&
	    strcmp(s->key, "HOME") == 0 &&
	    unit_specifiers(s->value, u->name, NULL, &home) == 0 &&
	    home[0] == '/' && strlen(home) < LIMIT_PATH_BYTES)
		u->reading->fn(u->path, home, 0, u->reading->data);
	return 0;
}

static void take_problem(struct setting_sink *sink, unsigned line,
			 const char *message)
{
	/* Whoever looks for redirections reads it too, and says so.  */
	(void)sink;
	(void)line;
	(void)message;
}

/* ---- files ---------------------------------------------------------------*/

static void report(const struct reading *r, const char *path, int error)
{
	/* Masked units are links to /dev/null; others come and go.  */
	if (error < 0 && error != -ENOENT && error != -ENOTDIR &&
	    error != -ENOTREG)
		r->fn(path, NULL, error, r->data);
}

static void read_unit(const struct reading *r, const char *path,
		      const char *name)
{
	struct unit u = { { take_setting, take_problem }, r, path, name };
	AUTO(scanned) struct file f = { .mapped = false };
	int e = file_read(r->root, path, LIMIT_DATA_FILE_BYTES, &f);

	if (e < 0)
		report(r, path, e);
	else
		syntax_parse(syntax_find("systemd"), f.data, &u.sink);
}

/* The drop-ins of NAME, in DIR.  */
static void read_drop_ins(const struct reading *r, const char *dir,
			  const char *name)
{
	AUTO(names) char **names = NULL;
	AUTO(str) char *unit = xstrndup(name, strlen(name) - strlen(".d"));
	size_t n;
	int e = file_names(r->root, dir, &names, &n);

	report(r, dir, e);
	for (size_t i = 0; e == 0 && i < n; i++) {
		AUTO(str) char *path = xasprintf("%s/%s", dir, names[i]);

		if (has_suffix(names[i], ".conf"))
			read_unit(r, path, unit);
	}
}

static void read_directory(const struct reading *r, const char *dir)
{
	AUTO(names) char **names = NULL;
	size_t n;
	int e = file_names(r->root, dir, &names, &n);

	report(r, dir, e);
	for (size_t i = 0; e == 0 && i < n; i++) {
		AUTO(str) char *path = xasprintf("%s/%s", dir, names[i]);

		if (has_suffix(names[i], ".service"))
			read_unit(r, path, names[i]);
		else if (has_suffix(names[i], ".service.d") ||
			 strcmp(names[i], "service.d") == 0)
			read_drop_ins(r, path, names[i]);
	}
}

void units_each_home(const struct root *r, unit_home_fn *fn, void *data)
{
	const struct reading reading = { r, fn, data };
	struct file_id seen[ARRAY_SIZE(directories)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct file_id id;
		bool again = false;
		int e = file_stat(r, directories[i], &id);

		if (e < 0) {
			report(&reading, directories[i], e);
			continue;
		}
		/* /lib is a link to /usr/lib nearly everywhere.  */
		for (size_t k = 0; k < n; k++)
			again |= seen[k].dev == id.dev && seen[k].ino == id.ino;
		if (again)
			continue;
		seen[n++] = id;
		read_directory(&reading, directories[i]);
	}
}
