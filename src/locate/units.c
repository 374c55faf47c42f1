/* units.c -- HOME as service units set it (systemd.unit(5), systemd.exec(5)):
 * a .NET or Node service often lives where no passwd entry points to.
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
			     struct buf *out)
{
	int e = 0;

	for (; *value != '\0' && e == 0; value++) {
		const char *text;

		if (*value != '%') {
			e = buf_add(out, value, 1);
			continue;
		}
		text = specifier(*++value);
		if (text != NULL)
			e = buf_adds(out, text);
		else if (*value != '\0' && name_part(unit, *value) != 0)
			e = buf_add(out, unit, name_part(unit, *value));
		else
			e = -EINVAL;
	}
	return e;
}

static void give_home(const struct unit *u, const char *value)
{
	AUTO(buf) struct buf home;

	buf_init(&home, LIMIT_PATH_BYTES - 1);
	if (expand_specifiers(value, u->name, &home) == 0 &&
	    buf_str(&home)[0] == '/')
		u->reading->fn(u->path, buf_str(&home), 0, u->reading->data);
}

/* ---- words ---------------------------------------------------------------*/

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads the escape at P, behind its backslash; *ret_next is behind it.  */
static char unescape(const char *p, const char **ret_next)
{
	static const char from[] = "abfnrtvs", to[] = "\a\b\f\n\r\t\v ";
	const char *at = strchr(from, *p);

	*ret_next = p + 1;
	if (*p == 'x' && hex_digit(p[1]) >= 0 && hex_digit(p[2]) >= 0) {
		*ret_next = p + 3;
		return (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
	}
	return at != NULL && *p != '\0' ? to[at - from] : *p;
}

/* The next word at P, quotes and escapes taken away; NULL: there is none, or
 * a quote is open, which makes systemd drop the rest of the line.  */
static const char *next_word(const char *p, struct buf *word)
{
	char quote = '\0';
	bool any = false;

	p += strspn(p, " \t");
	for (; *p != '\0'; any = true) {
		char c = *p++;

		if (quote == '\0' && (c == ' ' || c == '\t'))
			break;
		if (c == '\\' && *p != '\0') {
			c = unescape(p, &p);
		} else if (quote != '\0' && c == quote) {
			quote = '\0';
			continue;
		} else if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (c == '\0' || buf_add(word, &c, 1) < 0)
			return NULL;
	}
	return any && quote == '\0' ? p : NULL;
}

/* The value of one Environment= line.  */
static void read_assignments(const struct unit *u, const char *p)
{
	while (p != NULL) {
		AUTO(buf) struct buf word;

		buf_init(&word, LIMIT_DATA_FILE_BYTES);
		p = next_word(p, &word);
		if (p != NULL && has_prefix(buf_str(&word), "HOME="))
			give_home(u, buf_str(&word) + strlen("HOME="));
	}
}

/* ---- lines ---------------------------------------------------------------*/

/* One whole line, continuations joined.  *in_service: are we in [Service]?  */
static void read_line(const struct unit *u, const char *line, bool *in_service)
{
	line += strspn(line, " \t");
	if (*line == '[') {
		*in_service = has_prefix(line, "[Service]");
		return;
	}
	if (!*in_service || !has_prefix(line, "Environment"))
		return;
	line += strlen("Environment");
	line += strspn(line, " \t");
	if (*line == '=')
		read_assignments(u, line + 1);
}

static bool is_comment(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && (*p == '#' || *p == ';');
}

/* A backslash at its end joins a line with the next; comments between the two
 * are passed over, as systemd does.  */
static void read_lines(const struct unit *u, struct blob text)
{
	const char *p = (const char *)text.p, *end = p + text.n;
	AUTO(buf) struct buf line;
	bool in_service = false;

	buf_init(&line, LIMIT_DATA_FILE_BYTES);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;
		const char *next = lf != NULL ? lf + 1 : end;
		bool joined;

		if (is_comment(p, stop)) {
			p = next;
			continue;
		}
		if (stop > p && stop[-1] == '\r')
			stop--;
		joined = stop > p && stop[-1] == '\\';
		if (buf_add(&line, p, (size_t)(stop - p) - joined) < 0)
			return;
		p = next;
		if (joined && p < end) {
			if (buf_adds(&line, " ") < 0)
				return;
			continue;
		}
		read_line(u, buf_str(&line), &in_service);
		buf_done(&line);
		buf_init(&line, LIMIT_DATA_FILE_BYTES);
	}
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
	const struct unit u = { r, path, name };
	AUTO(scanned) struct file f = { .mapped = false };
	int e = file_read(r->root, path, LIMIT_DATA_FILE_BYTES, &f);

	if (e < 0)
		report(r, path, e);
	else
		read_lines(&u, f.data);
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
