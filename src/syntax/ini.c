/* ini.c -- [sections] of key = value lines, in four dialects that differ in
 * what a key and a value are:
 *
 *   ini		as Python's configparser has it: the first = or : ends the
 *		key, quotes belong to the value, an indented line goes on with
 *		the value above it (pip, AWS, gcloud, Subversion)
 *   ini-equals	likewise, but keys hold colons (Mercurial's
 *		hg.example.org:verifycertsfile, libdnf, sssd)
 *   ini-quoted	quotes around a value are taken away, a comment may follow
 *		it (php.ini, npmrc, my.cnf, NetworkManager, stunnel)
 *   gitconfig	git-config(1): quotes anywhere, backslashes, subsections in
 *		quotes, and a key that stands alone is true
 */
#include <string.h>

#include "syntax/lines.h"

enum dialect { DIALECT_PLAIN, DIALECT_EQUALS, DIALECT_QUOTED, DIALECT_GIT };

struct ini {
	struct setting_sink *out;
	enum dialect dialect;
	struct buf section;
	struct lines lines;
	/* The key above, while its value may go on.  */
	struct span key;
	struct buf value;
	bool has_value;
	unsigned line;
};

static int give_pending(struct ini *f)
{
	struct span key = f->key, value = { NULL, 0 };

	f->key = (struct span){ NULL, 0 };
	if (key.p == NULL)
		return 0;
	if (f->has_value)
		value = (struct span){ buf_str(&f->value), f->value.n };
	return give_setting(f->out, SETTING_KEY, buf_str(&f->section), key,
			    value, f->line);
}

/* [name], or git's [name "sub.section"], which becomes name.sub.section.
 * Returns what is behind it.  */
static const char *read_section(struct ini *f, const char *p, const char *end)
{
	bool quoted = false;

	f->section.n = 0;
	buf_add(&f->section, "", 0);
	for (p++; p < end; p++) {
		if (f->dialect == DIALECT_GIT && *p == '"') {
			quoted = !quoted;
			if (quoted && f->section.n != 0)
				buf_adds(&f->section, ".");
			continue;
		}
		if (quoted && *p == '\\' && p + 1 < end)
			p++;
		else if (!quoted && *p == ']')
			return p + 1;
		else if (!quoted && f->dialect == DIALECT_GIT && is_blank(*p))
			continue;
		if (f->section.n < LIMIT_LABEL_BYTES)
			buf_add(&f->section, p, 1);
	}
	return end;
}

/* git's value at P, over several lines when backslashes say so.  */
static void git_value(struct ini *f, const char *p)
{
	bool quoted = false;
	size_t kept = 0;

	for (;;) {
		char c;

		if (p >= f->lines.end)
			break;
		c = *p++;
		if (c == '\\' && p >= f->lines.end) {
			if (!has_line(&f->lines))
				break;
			p = f->lines.p;
			continue;
		}
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (!quoted && (c == '#' || c == ';'))
			break;
		if (c == '\\') {
			c = *p++;
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		buf_add(&f->value, &c, 1);
		if (quoted || !is_blank(c))
			kept = f->value.n;
	}
	f->value.n = kept;
	buf_add(&f->value, "", 0);
}

static void quoted_value(struct ini *f, struct span v)
{
	const char *close;

	if (v.n != 0 && (v.p[0] == '"' || v.p[0] == '\'')) {
		close = memchr(v.p + 1, v.p[0], v.n - 1);
		if (close != NULL) {
			buf_add(&f->value, v.p + 1, (size_t)(close - v.p) - 1);
			return;
		}
	}
	for (size_t i = 0; i < v.n; i++) {
		if ((v.p[i] == ';' || v.p[i] == '#') && i != 0 &&
		    is_blank(v.p[i - 1])) {
			v = span_trim(v.p, v.p + i);
			break;
		}
	}
	buf_add(&f->value, v.p, v.n);
}

/* Are values as they are written, and go on in indented lines?  */
static bool is_verbatim(const struct ini *f)
{
	return f->dialect == DIALECT_PLAIN || f->dialect == DIALECT_EQUALS;
}

static void read_key(struct ini *f, const char *p)
{
	const char *end = f->lines.end, *stop = p;
	struct span value;

	/* git: a comment ends a key that stands alone.  */
	while (stop < end && *stop != '=' &&
	       !(f->dialect == DIALECT_PLAIN && *stop == ':' && stop > p) &&
	       !(f->dialect == DIALECT_GIT && (*stop == '#' || *stop == ';')))
		stop++;
	f->key = span_trim(p, stop);
	f->line = f->lines.number;
	f->value.n = 0;
	buf_add(&f->value, "", 0);
	f->has_value = stop < end && (*stop == '=' || *stop == ':');
	if (!f->has_value)
		return;
	value = span_trim(stop + 1, end);
	if (f->dialect == DIALECT_GIT)
		git_value(f, value.p);
	else if (f->dialect == DIALECT_QUOTED)
		quoted_value(f, value);
	else
		buf_add(&f->value, value.p, value.n);
}

static int read_line(struct ini *f)
{
	const char *p = f->lines.p;
	bool indented;
	int r;

	while (p < f->lines.end && is_blank(*p))
		p++;
	if (p == f->lines.end || *p == '#' || *p == ';')
		return 0;
	indented = p > f->lines.p;
	if (is_verbatim(f) && indented && f->key.p != NULL && f->has_value) {
		if (f->value.n != 0)
			buf_adds(&f->value, " ");
		buf_add(&f->value, p, (size_t)(f->lines.end - p));
		return 0;
	}
	r = give_pending(f);
	if (r < 0)
		return r;
	if (*p == '[') {
		p = read_section(f, p, f->lines.end);
		while (p < f->lines.end && is_blank(*p))
			p++;
		if (f->dialect != DIALECT_GIT || p == f->lines.end ||
		    *p == '#' || *p == ';')
			return 0;
	}
	read_key(f, p);
	return 0;
}

static int parse(struct blob text, enum dialect dialect,
		 struct setting_sink *out)
{
	struct ini f = { .out = out, .dialect = dialect };
	int r = 0;

	buf_init(&f.section, LIMIT_LABEL_BYTES + 1);
	buf_init(&f.value, 2 * text.n + 1);
	lines_init(&f.lines, text);
	while (r >= 0 && has_line(&f.lines))
		r = read_line(&f);
	if (r >= 0)
		r = give_pending(&f);
	buf_done(&f.section);
	buf_done(&f.value);
	return r < 0 ? r : 0;
}

int parse_ini(struct blob text, struct setting_sink *out)
{
	return parse(text, DIALECT_PLAIN, out);
}

int parse_ini_equals(struct blob text, struct setting_sink *out)
{
	return parse(text, DIALECT_EQUALS, out);
}

int parse_ini_quoted(struct blob text, struct setting_sink *out)
{
	return parse(text, DIALECT_QUOTED, out);
}

int parse_gitconfig(struct blob text, struct setting_sink *out)
{
	return parse(text, DIALECT_GIT, out);
}
