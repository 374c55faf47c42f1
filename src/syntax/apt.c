/* apt.c -- apt.conf(5): `Acquire::https::CaInfo "/a";`, the same in braces, and
 * comments of C++ and of shells.  The section is what stands before the last
 * name, with dots for the double colons; names differ in nothing but case.
 * Elements of a list (`Name:: "x";` or `{ "x"; }`) have an empty key and are
 * passed over.
 */
#include <stdlib.h>
#include <string.h>

#include "syntax/lines.h"

#define DEPTH_MAX	32u

struct apt {
	struct setting_sink *out;
	const char *p, *end;
	unsigned line, depth;
	struct buf name, value;
	bool has_value;
	struct trail trail;
	size_t before[DEPTH_MAX];
};

static void clear(struct apt *a)
{
	a->name.n = a->value.n = 0;
	buf_add(&a->name, "", 0);
	buf_add(&a->value, "", 0);
	a->has_value = false;
}

/* Over white space and comments; false: nothing is left.  */
static bool has_more(struct apt *a)
{
	for (; a->p < a->end; a->p++) {
		if (*a->p == '#' || (a->end - a->p > 1 && a->p[0] == '/' &&
				     a->p[1] == '/')) {
			while (a->p + 1 < a->end && a->p[1] != '\n')
				a->p++;
		} else if (a->end - a->p > 1 && a->p[0] == '/' &&
			   a->p[1] == '*') {
			for (a->p += 2; a->end - a->p > 1 &&
			     !(a->p[0] == '*' && a->p[1] == '/'); a->p++)
				a->line += *a->p == '\n';
			a->p += a->end - a->p > 1;
		} else if (*a->p == '\n') {
			a->line++;
		} else if (!is_blank(*a->p) && *a->p != '\r') {
			return true;
		}
	}
	return false;
}

/* What A's name says, its parts joined by dots: all but the last are added to
 * TRAIL and the last is returned.  */
static const char *split_name(struct apt *a, size_t *ret_before)
{
	const char *name = buf_str(&a->name), *colons;

	*ret_before = a->trail.n;
	while ((colons = strstr(name, "::")) != NULL) {
		trail_enter(&a->trail, name, (size_t)(colons - name));
		name = colons + 2;
	}
	return name;
}

static void back_to(struct apt *a, size_t before)
{
	a->trail.n = before;
	a->trail.lost = 0;
	a->trail.text[before] = '\0';
}

static int statement_end(struct apt *a)
{
	size_t before;
	const char *key = split_name(a, &before);
	int r = 0;

	if (*key != '\0' && *key != '#' && a->has_value && a->trail.lost == 0)
		r = give_strings(a->out, SETTING_KEY, a->trail.text, key,
				 buf_str(&a->value), a->line);
	back_to(a, before);
	clear(a);
	return r;
}

static void open_brace(struct apt *a)
{
	size_t before;
	const char *key = split_name(a, &before);

	if (*key != '\0')
		trail_enter(&a->trail, key, strlen(key));
	if (a->depth < DEPTH_MAX)
		a->before[a->depth] = before;
	a->depth++;
	clear(a);
}

static void close_brace(struct apt *a)
{
	if (a->depth == 0)
		return;
	if (--a->depth < DEPTH_MAX)
		back_to(a, a->before[a->depth]);
	clear(a);
}

static void read_quoted(struct apt *a)
{
	for (a->p++; a->p < a->end && *a->p != '"'; a->p++) {
		a->line += *a->p == '\n';
		buf_add(&a->value, a->p, 1);
	}
	a->p += a->p < a->end;
	a->has_value = true;
}

static void read_bare(struct apt *a)
{
	struct buf *to = a->name.n == 0 ? &a->name : &a->value;

	a->has_value = to == &a->value;
	for (; a->p < a->end && strchr(" \t\r\n;{}\"", *a->p) == NULL; a->p++)
		buf_add(to, a->p, 1);
}

int parse_apt(struct blob text, struct setting_sink *out)
{
	struct apt *a = xcalloc(1, sizeof(*a));
	int r = 0;

	a->out = out;
	a->p = (const char *)text.p;
	a->end = a->p + text.n;
	a->line = 1;
	buf_init(&a->name, text.n + 1);
	buf_init(&a->value, text.n + 1);
	clear(a);
	while (r >= 0 && has_more(a)) {
		switch (*a->p) {
		case ';':
			a->p++;
			r = statement_end(a);
			break;
		case '{':
			a->p++;
			open_brace(a);
			break;
		case '}':
			a->p++;
			close_brace(a);
			break;
		case '"':
			read_quoted(a);
			break;
		default:
			read_bare(a);
		}
	}
	buf_done(&a->name);
	buf_done(&a->value);
	free(a);
	return r < 0 ? r : 0;
}
