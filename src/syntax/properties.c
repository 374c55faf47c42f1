/* properties.c -- Java's property files (java.util.Properties.load): key=value,
 * key:value or key value, with backslash escapes and continuation; a line that
 * begins with # or ! is a comment.
 */
#include <string.h>

#include "syntax/lines.h"

/* The character of \uXXXX at P as UTF-8; returns how many bytes were read.  */
static size_t add_unicode(const char *p, const char *end, struct buf *out)
{
	unsigned code = 0;
	char utf8[3];

	if (end - p < 4)
		return 0;
	for (size_t i = 0; i < 4; i++) {
		char c = p[i] | ('a' - 'A');
		bool digit = p[i] >= '0' && p[i] <= '9';

		if (!digit && !(c >= 'a' && c <= 'f'))
			return 0;
		code = code << 4 | (unsigned)(digit ? p[i] - '0' : c - 'a' + 10);
	}
	if (code == 0)
		return 4;
	if (code < 0x80) {
		utf8[0] = (char)code;
		buf_add(out, utf8, 1);
	} else if (code < 0x800) {
		utf8[0] = (char)(0xc0 | code >> 6);
		utf8[1] = (char)(0x80 | (code & 0x3f));
		buf_add(out, utf8, 2);
	} else {
		utf8[0] = (char)(0xe0 | code >> 12);
		utf8[1] = (char)(0x80 | (code >> 6 & 0x3f));
		utf8[2] = (char)(0x80 | (code & 0x3f));
		buf_add(out, utf8, 3);
	}
	return 4;
}

/* Reads an element at P, up to what parts key and value (KEY) or the end of the
 * line; goes to the next line where a backslash says so.  Returns where it
 * stopped, in the line that L then stands at.  */
static const char *read_element(struct lines *l, const char *p, bool key,
				struct buf *out)
{
	for (;;) {
		if (p >= l->end)
			return p;
		if (*p != '\\') {
			if (key && (*p == '=' || *p == ':' || is_blank(*p)))
				return p;
			buf_add(out, p++, 1);
			continue;
		}
		if (++p >= l->end) {
			if (!has_line(l))
				return l->end;
			for (p = l->p; p < l->end && is_blank(*p); p++)
				;
			continue;
		}
		if (*p == 'u') {
			p += 1 + add_unicode(p + 1, l->end, out);
			continue;
		}
		buf_add(out, *p == 't' ? "\t" : *p == 'n' ? "\n"
			     : *p == 'r' ? "\r" : *p == 'f' ? "\f" : p, 1);
		p++;
	}
}

int parse_properties(struct blob text, struct setting_sink *out)
{
	AUTO(buf) struct buf key;
	AUTO(buf) struct buf value;
	struct lines l;
	int r = 0;

	buf_init(&key, text.n + 1);
	buf_init(&value, text.n + 1);
	lines_init(&l, text);
	while (r >= 0 && has_line(&l)) {
		const char *p = l.p;
		unsigned line = l.number;

		while (p < l.end && is_blank(*p))
			p++;
		if (p == l.end || *p == '#' || *p == '!')
			continue;
		key.n = value.n = 0;
		buf_add(&key, "", 0);
		buf_add(&value, "", 0);
		p = read_element(&l, p, true, &key);
		while (p < l.end && is_blank(*p))
			p++;
		if (p < l.end && (*p == '=' || *p == ':'))
			p++;
		while (p < l.end && is_blank(*p))
			p++;
		read_element(&l, p, false, &value);
		r = give_strings(out, SETTING_KEY, "", buf_str(&key),
				 buf_str(&value), line);
	}
	return r < 0 ? r : 0;
}
