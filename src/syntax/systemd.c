/* systemd.c -- units, drop-ins and the manager's configuration
 * (systemd.syntax(7), systemd.exec(5)).
 *
 * Environment= and DefaultEnvironment= give variables, everything else keys.
 * Specifiers are left as they are: what they stand for depends on the unit's
 * name.  An open quote makes systemd drop the rest of that line.
 */
#include <string.h>

#include "syntax/lines.h"

struct unit {
	struct setting_sink *out;
	char section[64];
	unsigned line;
};

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
 * a quote is open.  */
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
static int read_assignments(struct unit *u, const char *p)
{
	size_t n = strlen(p) + 1;
	int r = 0;

	while (p != NULL && r >= 0) {
		AUTO(buf) struct buf word;
		char *equals;

		buf_init(&word, n);
		p = next_word(p, &word);
		equals = p != NULL ? memchr(word.p, '=', word.n) : NULL;
		if (equals == NULL || equals == word.p)
			continue;
		buf_str(&word);
		*equals = '\0';
		r = give_strings(u->out, SETTING_VARIABLE, u->section, word.p,
				 equals + 1, u->line);
	}
	return r;
}

static bool is_environment(const char *section, struct span key)
{
	static const char *const with[] = { "Service", "Socket", "Mount",
					    "Swap" };

	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		if (strcmp(section, with[i]) == 0)
			return span_is(key, "Environment");
	return strcmp(section, "Manager") == 0 &&
	       (span_is(key, "DefaultEnvironment") ||
		span_is(key, "ManagerEnvironment"));
}

/* One whole line, continuations joined.  */
static int read_line(struct unit *u, const char *line)
{
	const char *end = line + strlen(line), *equals;
	struct span key, value;

	line += strspn(line, " \t");
	if (*line == '[') {
		size_t n = strcspn(line + 1, "]");

		if (n < sizeof(u->section)) {
			memcpy(u->section, line + 1, n);
			u->section[n] = '\0';
		} else {
			u->section[0] = '\0';
		}
		return 0;
	}
	equals = strchr(line, '=');
	if (equals == NULL)
		return 0;
	key = span_trim(line, equals);
	value = span_trim(equals + 1, end);
	if (is_environment(u->section, key))
		return read_assignments(u, equals + 1);
	return give_setting(u->out, SETTING_KEY, u->section, key, value,
			    u->line);
}

static bool is_comment(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p < end && (*p == '#' || *p == ';');
}

/* A backslash at its end joins a line with the next; comments between the two
 * are passed over, as systemd does.  */
int parse_systemd(struct blob text, struct setting_sink *out)
{
	const char *p = (const char *)text.p, *end = p + text.n;
	struct unit u = { .out = out };
	AUTO(buf) struct buf line;
	unsigned number = 0;
	bool joining = false;
	int r = 0;

	buf_init(&line, 2 * text.n);
	while (p < end && r >= 0) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;
		const char *next = lf != NULL ? lf + 1 : end;

		number++;
		if (is_comment(p, stop)) {
			p = next;
			continue;
		}
		if (!joining)
			u.line = number;
		if (stop > p && stop[-1] == '\r')
			stop--;
		joining = stop > p && stop[-1] == '\\';
		buf_add(&line, p, (size_t)(stop - p) - joining);
		p = next;
		if (joining)
			buf_adds(&line, " ");
		if (joining)
			continue;
		r = read_line(&u, buf_str(&line));
		line.n = 0;
	}
	/* The file may end with a line that goes on, or with comments there.  */
	if (joining && r >= 0)
		r = read_line(&u, buf_str(&line));
	return r < 0 ? r : 0;
}
