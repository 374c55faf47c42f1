/* environment.c -- files of KEY=VALUE lines: /etc/environment (pam_env(8)),
 * EnvironmentFile= (systemd.exec(5)) and environment.d(5).
 *
 * The three agree on quotes, comments and a backslash at the end of a line.
 * Only environment.d puts variables into values; elsewhere `$HOME` is five
 * letters.  An `export` before the key is what pam_env passes over.
 */
#include <string.h>

#include "syntax/lines.h"

static bool is_key(struct span s)
{
	if (s.n == 0 || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

struct value {
	struct buf text;
	size_t kept;		/* white space behind this is cut */
	bool home, computed, expands;
};

/* A variable at P; returns what is behind it.  */
static const char *read_variable(const char *p, const char *end,
				 struct value *v)
{
	static const char *const homes[] = { "$HOME/", "${HOME}" };

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		size_t n = strlen(homes[i]);

		if (v->text.n == 0 && (size_t)(end - p) >= n &&
		    memcmp(p, homes[i], n) == 0) {
			v->home = true;
			return p + n - (i == 0);
		}
	}
	v->computed = true;
	buf_add(&v->text, p, 1);
	return p + 1;
}

/* The value at P, over several lines where quotes or backslashes say so;
 * returns where it ends, NULL: a quote is open at the end of the file.  */
static const char *read_value(const char *p, const char *end, struct value *v)
{
	char quote = '\0';

	for (; p < end && (*p != '\n' || quote != '\0'); p++) {
		char c = *p;

		if (c == quote || (quote == '\0' && (c == '"' || c == '\''))) {
			quote = quote == '\0' ? c : '\0';
			v->kept = v->text.n;
			continue;
		}
		if (c == '\\' && quote != '\'' && p + 1 < end) {
			c = *++p;
			if (c == '\n')
				continue;
			v->kept = v->text.n + 1;
		} else if (c == '$' && v->expands && quote != '\'') {
			p = read_variable(p, end, v) - 1;
			v->kept = v->text.n;
			continue;
		} else if (c == '#' && quote == '\0' && is_blank(p[-1])) {
			while (p < end && *p != '\n')
				p++;
			return p;
		}
		buf_add(&v->text, &c, 1);
		if (quote != '\0' || !(is_blank(c) || c == '\r'))
			v->kept = v->text.n;
	}
	return quote == '\0' ? p : NULL;
}

/* The key before an equals sign in [P, STOP); n 0: there is none.  */
static struct span read_key(const char *p, const char *stop)
{
	const char *equals = memchr(p, '=', (size_t)(stop - p));
	struct span key = span_trim(p, equals != NULL ? equals : p);

	if (key.n > 7 && memcmp(key.p, "export", 6) == 0 && is_blank(key.p[6]))
		key = span_trim(key.p + 7, key.p + key.n);
	return is_key(key) ? key : (struct span){ p, 0 };
}

/* One assignment whose value begins at P, on a line that ends at STOP; returns
 * where to go on.  */
static int take(struct setting_sink *out, struct value *v, struct span key,
		unsigned line, const char *p, const char *stop, const char *end,
		const char **ret_next)
{
	struct setting s = {
		.kind = SETTING_VARIABLE, .section = "", .line = line,
	};
	AUTO(str) char *name = xstrndup(key.p, key.n);
	AUTO(str) char *text = NULL;
	const char *next;

	while (p < stop && is_blank(*p))
		p++;
	next = read_value(p, end, v);
	*ret_next = next != NULL ? next : stop;
	text = xstrndup(buf_str(&v->text), v->kept);
	s.key = name;
	s.home = v->home;
	if (next == NULL)
		s.unknown = UNKNOWN_QUOTE;
	else if (v->kept > LIMIT_SETTING_BYTES)
		s.unknown = UNKNOWN_LONG;
	else
		s.value = text;
	if (s.value != NULL && v->computed)
		s.unknown = UNKNOWN_COMPUTED;
	return key.n > LIMIT_LABEL_BYTES ? 0 : out->setting(out, &s);
}

static int parse(struct blob text, bool expands, struct setting_sink *out)
{
	const char *p = (const char *)text.p, *end = p + text.n, *next;
	unsigned line = 1;
	int r = 0;

	for (; p < end && r >= 0; p = next + (next < end)) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct span key = read_key(p, lf != NULL ? lf : end);

		next = lf != NULL ? lf : end;
		if (key.n != 0) {
			struct value v = { .expands = expands };
			const char *equals = memchr(key.p + key.n, '=',
						(size_t)(next - key.p - key.n));

			buf_init(&v.text, text.n);
			r = take(out, &v, key, line, equals + 1, next, end,
				 &next);
			buf_done(&v.text);
		}
		for (; p < next; p++)
			line += *p == '\n';
		line++;
	}
	return r < 0 ? r : 0;
}

int parse_environment(struct blob text, struct setting_sink *out)
{
	return parse(text, false, out);
}

int parse_environment_d(struct blob text, struct setting_sink *out)
{
	return parse(text, true, out);
}
