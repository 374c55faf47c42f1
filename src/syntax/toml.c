/* toml.c -- TOML 1.0 (cargo, uv, containerd, BuildKit, podman): tables, dotted
 * and quoted keys, strings of all four kinds, arrays and inline tables.  Each
 * element of an array is given under the array's key; other values as they are
 * written.
 *
 * What does not parse is passed over to the end of its line: one strange line
 * hides no other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "syntax/lines.h"

#define DEPTH_MAX	16u

struct toml {
	struct setting_sink *out;
	const char *p, *end;
	unsigned line;
	struct trail trail;	/* the table, and the key's parts but the last */
	struct buf value;
};

static void skip(struct toml *t, bool newlines)
{
	for (; t->p < t->end; t->p++) {
		if (*t->p == '#') {
			while (t->p + 1 < t->end && t->p[1] != '\n')
				t->p++;
		} else if (*t->p == '\n' && newlines) {
			t->line++;
		} else if (!is_blank(*t->p) && *t->p != '\r') {
			return;
		}
	}
}

static void skip_line(struct toml *t)
{
	while (t->p < t->end && *t->p != '\n')
		t->p++;
}

static bool is_at(const struct toml *t, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(t->end - t->p) >= n && memcmp(t->p, text, n) == 0;
}

/* The escape at t->p, behind its backslash.  */
static void read_escape(struct toml *t)
{
	static const char from[] = "btnfre", to[] = "\b\t\n\f\r\x1b";
	const char *at;

	if (t->p >= t->end)
		return;
	at = strchr(from, *t->p);
	buf_add(&t->value, at != NULL && *t->p != '\0' ? &to[at - from] : t->p,
		1);
	t->line += *t->p == '\n';
	t->p++;
}

/* A string at t->p into t->value; -EINVAL: it does not end.  */
static int read_string(struct toml *t)
{
	const char quote[] = { *t->p, '\0' };
	char close[4] = { *t->p, *t->p, *t->p, '\0' };
	const bool many = is_at(t, close);

	if (!many)
		close[1] = '\0';
	t->p += strlen(close);
	if (many && t->p < t->end && *t->p == '\n') {
		t->p++;
		t->line++;
	}
	while (t->p < t->end && !is_at(t, close)) {
		if (*t->p == '\n') {
			if (!many)
				return -EINVAL;
			t->line++;
		}
		if (*t->p == '\\' && quote[0] == '"') {
			t->p++;
			read_escape(t);
			continue;
		}
		buf_add(&t->value, t->p++, 1);
	}
	if (t->p >= t->end)
		return -EINVAL;
	t->p += strlen(close);
	return 0;
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void clear(struct toml *t)
{
	t->value.n = 0;
	buf_add(&t->value, "", 0);
}

/* One part of a key into t->value.  */
static int read_part(struct toml *t)
{
	clear(t);
	skip(t, false);
	if (t->p < t->end && (*t->p == '"' || *t->p == '\''))
		return read_string(t);
	while (t->p < t->end && is_bare(*t->p))
		buf_add(&t->value, t->p++, 1);
	return t->value.n != 0 ? 0 : -EINVAL;
}

/* A dotted key: all parts but the last are entered, the last is in t->value.
 * *entered counts them.  */
static int read_key(struct toml *t, unsigned *entered)
{
	*entered = 0;
	for (;;) {
		int r = read_part(t);

		if (r < 0)
			return r;
		skip(t, false);
		if (t->p >= t->end || *t->p != '.')
			return 0;
		t->p++;
		if (*entered == DEPTH_MAX)
			return -EINVAL;
		trail_enter(&t->trail, t->value.p, t->value.n);
		++*entered;
	}
}

static int give(struct toml *t, const char *key, unsigned line)
{
	return give_strings(t->out, SETTING_KEY, t->trail.text, key,
			    buf_str(&t->value), line);
}

static int read_pair(struct toml *t, unsigned depth);

/* A value at t->p, of KEY.  -EINVAL: it is none.  */
static int read_value(struct toml *t, const char *key, unsigned depth)
{
	const unsigned line = t->line;
	char close;
	int r = 0;

	skip(t, false);
	clear(t);
	if (t->p >= t->end || depth > DEPTH_MAX)
		return -EINVAL;
	if (*t->p == '"' || *t->p == '\'') {
		r = read_string(t);
		return r < 0 ? r : give(t, key, line);
	}
	if (*t->p != '[' && *t->p != '{') {
		while (t->p < t->end && strchr(",]}#\n\r", *t->p) == NULL)
			buf_add(&t->value, t->p++, 1);
		while (t->value.n != 0 && is_blank(t->value.p[t->value.n - 1]))
			t->value.p[--t->value.n] = '\0';
		return t->value.n != 0 ? give(t, key, line) : -EINVAL;
	}
	close = *t->p++ == '[' ? ']' : '}';
	for (;;) {
		skip(t, true);
		if (t->p >= t->end)
			return -EINVAL;
		if (*t->p == close) {
			t->p++;
			return 0;
		}
		if (*t->p == ',') {
			t->p++;
			continue;
		}
		if (close == ']') {
			r = read_value(t, key, depth + 1);
		} else {
			size_t before = trail_enter(&t->trail, key, strlen(key));

			r = read_pair(t, depth + 1);
			trail_leave(&t->trail, before);
		}
		if (r < 0)
			return r;
	}
}

/* key = value at t->p.  */
static int read_pair(struct toml *t, unsigned depth)
{
	const struct trail *trail = &t->trail;
	const size_t n = trail->n, lost = trail->lost;
	AUTO(str) char *key = NULL;
	unsigned entered;
	int r = read_key(t, &entered);

	if (r == 0 && (t->p >= t->end || *t->p != '='))
		r = -EINVAL;
	if (r == 0) {
		t->p++;
		key = xstrdup(buf_str(&t->value));
		r = read_value(t, key, depth);
	}
	t->trail.n = n;
	t->trail.lost = lost;
	t->trail.text[n] = '\0';
	return r;
}

/* [table] or [[table]] at t->p.  */
static int read_table(struct toml *t)
{
	unsigned entered;
	int r;

	t->p += 1 + is_at(t, "[[");
	t->trail.n = t->trail.lost = 0;
	t->trail.text[0] = '\0';
	r = read_key(t, &entered);
	if (r == 0)
		trail_enter(&t->trail, t->value.p, t->value.n);
	return r;
}

int parse_toml(struct blob text, struct setting_sink *out)
{
	struct toml *t = xcalloc(1, sizeof(*t));
	int r = 0;

	t->out = out;
	t->p = (const char *)text.p;
	t->end = t->p + text.n;
	t->line = 1;
	buf_init(&t->value, text.n + 1);
	for (;;) {
		skip(t, true);
		if (t->p >= t->end)
			break;
		r = *t->p == '[' ? read_table(t) : read_pair(t, 0);
		if (r < 0 && r != -EINVAL)
			break;
		r = 0;
		skip_line(t);
	}
	buf_done(&t->value);
	free(t);
	return r;
}
