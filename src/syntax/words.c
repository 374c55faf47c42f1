/* words.c -- a word and its value on each line, in whatever way the two are
 * parted: curlrc and wgetrc (key = value, key: value, --key value), ldap.conf
 * and redis.conf (key value), wpa_supplicant.conf and dovecot.conf (key=value
 * between braces), OpenVPN (key value, <element>).
 *
 * A value in double quotes ends at the closing one, with backslashes as curl
 * has them; others are the rest of the line up to a # behind white space.  In
 * Postfix' main.cf an indented line goes on with the value above.
 */
#include <string.h>

#include "syntax/lines.h"

static bool is_comment(char c)
{
	return c == '#' || c == ';';
}

/* The value of a line, [P, END), into VALUE.  */
static void read_value(const char *p, const char *end, struct buf *value)
{
	const char *stop;

	if (p < end && (*p == '"' || *p == '\'')) {
		const char quote = *p++;

		while (p < end && *p != quote) {
			if (*p == '\\' && quote == '"' && p + 1 < end)
				p++;
			buf_add(value, p++, 1);
		}
		return;
	}
	for (stop = p; stop < end; stop++)
		if (*stop == '#' && stop > p && is_blank(stop[-1]))
			break;
	while (stop > p && is_blank(stop[-1]))
		stop--;
	buf_add(value, p, (size_t)(stop - p));
}

static bool is_parting(const char *p, const char *end)
{
	return is_blank(*p) || *p == '=' ||
	       (*p == ':' && (p + 1 == end || is_blank(p[1])));
}

struct pending {
	struct span key;
	struct buf value;
	bool has_value;
	unsigned line;
};

static int give(struct setting_sink *out, struct pending *w)
{
	struct span key = w->key, value = { NULL, 0 };

	w->key = (struct span){ NULL, 0 };
	if (key.p == NULL)
		return 0;
	if (w->has_value)
		value = (struct span){ buf_str(&w->value), w->value.n };
	return give_setting(out, SETTING_KEY, "", key, value, w->line);
}

static void read_line(struct pending *w, const char *p, const char *end,
		      unsigned line)
{
	const char *start;

	if (end - p > 2 && p[0] == '-' && p[1] == '-')
		p += 2;
	for (start = p; p < end && !is_parting(p, end); p++)
		;
	w->key = (struct span){ start, (size_t)(p - start) };
	w->line = line;
	while (p < end && is_blank(*p))
		p++;
	w->has_value = p < end;
	if (p < end && (*p == '=' || *p == ':'))
		p++;
	while (p < end && is_blank(*p))
		p++;
	w->value.n = 0;
	buf_add(&w->value, "", 0);
	read_value(p, end, &w->value);
}

static int parse(struct blob text, bool goes_on, struct setting_sink *out)
{
	struct pending w = { .has_value = false };
	struct lines l;
	int r = 0;

	buf_init(&w.value, 2 * text.n + 1);
	lines_init(&l, text);
	while (r >= 0 && has_line(&l)) {
		const char *p = l.p;

		while (p < l.end && is_blank(*p))
			p++;
		if (p == l.end || is_comment(*p))
			continue;
		if (goes_on && p > l.p && w.key.p != NULL) {
			if (w.value.n != 0)
				buf_adds(&w.value, " ");
			buf_add(&w.value, p, (size_t)(l.end - p));
			w.has_value = true;
			continue;
		}
		r = give(out, &w);
		if (r >= 0)
			read_line(&w, p, l.end, l.number);
	}
	if (r >= 0)
		r = give(out, &w);
	buf_done(&w.value);
	return r < 0 ? r : 0;
}

int parse_words(struct blob text, struct setting_sink *out)
{
	return parse(text, false, out);
}

int parse_postfix(struct blob text, struct setting_sink *out)
{
	return parse(text, true, out);
}
