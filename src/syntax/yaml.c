/* yaml.c -- YAML 1.2 as configuration files use it (conda, Yarn, Bundler,
 * RubyGems, MongoDB, kubeconfig): one key a line, indentation, lists, quotes,
 * blocks.  A file that begins with a brace is JSON, which is YAML too.
 *
 * The section is made of the keys above.  Elements of a list are given under
 * the list's key, or, where they are mappings, lie in its section.  A mapping
 * in braces is not taken apart: that is a problem, it may say anything.
 */
#include <stdlib.h>
#include <string.h>

#include "syntax/lines.h"

#define DEPTH_MAX	64u

struct level {
	size_t indent, before;	/* of the trail */
};

struct yaml {
	struct setting_sink *out;
	struct trail trail;
	struct level levels[DEPTH_MAX];
	size_t depth;
	struct buf value;
	char *parent;		/* the key that a list stands under */
	size_t block;		/* a text block's lines are indented by more */
	bool in_block;
};

/* Leaves what is indented as far as INDENT or further.  */
static void leave(struct yaml *y, size_t indent)
{
	while (y->depth != 0 && y->levels[y->depth - 1].indent >= indent)
		trail_leave(&y->trail, y->levels[--y->depth].before);
}

static void enter(struct yaml *y, size_t indent, const char *key, size_t n)
{
	/* Deeper than anybody writes: such keys stay in the section above.  */
	if (y->depth == DEPTH_MAX)
		return;
	y->levels[y->depth++] = (struct level){
		indent, trail_enter(&y->trail, key, n) };
}

/* Where the quoted text at P ends: at its closing quote, END without one.  */
static const char *quoted_end(const char *p, const char *end)
{
	const char quote = *p++;

	for (; p < end; p++) {
		if (*p == '\\' && quote == '"')
			p++;
		else if (*p == quote && quote == '\'' && p + 1 < end &&
			 p[1] == '\'')
			p++;
		else if (*p == quote)
			return p;
	}
	return end;
}

/* The scalar [P, END) into y->value: quotes and comments taken away.  */
static void read_scalar(struct yaml *y, const char *p, const char *end)
{
	y->value.n = 0;
	buf_add(&y->value, "", 0);
	if (p < end && (*p == '"' || *p == '\'')) {
		const char *close = quoted_end(p, end);
		const char quote = *p++;

		for (; p < close; p++) {
			if ((quote == '"' && *p == '\\') ||
			    (quote == '\'' && *p == '\''))
				p++;
			if (p < close)
				buf_add(&y->value, p, 1);
		}
		return;
	}
	for (const char *c = p; c < end; c++) {
		if (*c == '#' && (c == p || is_blank(c[-1]))) {
			end = c;
			break;
		}
	}
	while (end > p && is_blank(end[-1]))
		end--;
	buf_add(&y->value, p, (size_t)(end - p));
}

/* The colon that ends the key at P; NULL: there is none.  */
static const char *key_end(const char *p, const char *end)
{
	if (p < end && (*p == '"' || *p == '\'')) {
		p = quoted_end(p, end);
		p += p < end;
		return p < end && *p == ':' ? p : NULL;
	}
	for (; p < end && *p != '#'; p++)
		if (*p == ':' && (p + 1 == end || is_blank(p[1])))
			return p;
	return NULL;
}

static int give(struct yaml *y, const char *key, unsigned line)
{
	if (buf_str(&y->value)[0] == '{' && strcmp(y->value.p, "{}") != 0)
		y->out->problem(y->out, line,
				"a mapping in braces is not read: write one "
				"key a line");
	return give_strings(y->out, SETTING_KEY, y->trail.text, key,
			    buf_str(&y->value), line);
}

/* Elements of [a, b] under KEY.  */
static int give_flow(struct yaml *y, const char *key, const char *p,
		     const char *end, unsigned line)
{
	int r = 0;

	for (p++; p < end && *p != ']' && r >= 0;) {
		const char *stop = p;

		while (p < end && is_blank(*p))
			p++;
		if (p < end && (*p == '"' || *p == '\''))
			stop = quoted_end(p, end);
		else
			stop = p;
		while (stop < end && *stop != ',' && *stop != ']')
			stop++;
		read_scalar(y, p, stop);
		if (y->value.n != 0)
			r = give(y, key, line);
		p = stop + (stop < end && *stop == ',');
	}
	return r;
}

static int read_pair(struct yaml *y, size_t indent, const char *p,
		     const char *colon, const char *end, unsigned line)
{
	struct span key = span_trim(p, colon), value = span_trim(colon + 1, end);
	AUTO(str) char *name = NULL;

	if (span_is_quoted(key))
		key = (struct span){ key.p + 1, key.n - 2 };
	leave(y, indent);
	if (key.n > LIMIT_LABEL_BYTES)
		key.n = 0;
	name = xstrndup(key.p, key.n);
	free(y->parent);
	y->parent = xstrdup(name);
	if (value.n != 0 && (value.p[0] == '|' || value.p[0] == '>')) {
		y->in_block = true;
		y->block = indent;
		return 0;
	}
	if (value.n != 0 && value.p[0] == '[')
		return give_flow(y, name, value.p, end, line);
	read_scalar(y, value.p, end);
	if (y->value.n == 0 && (value.n == 0 || value.p[0] == '#')) {
		enter(y, indent, name, strlen(name));
		return 0;
	}
	return give(y, name, line);
}

static int read_line(struct yaml *y, const struct lines *l)
{
	const char *p = l->p, *colon;
	size_t indent;
	bool element = false;

	while (p < l->end && *p == ' ')
		p++;
	indent = (size_t)(p - l->p);
	if (p == l->end || *p == '#')
		return 0;
	if (y->in_block && indent > y->block)
		return 0;
	y->in_block = false;
	while (p < l->end && *p == '-' && (p + 1 == l->end || is_blank(p[1]))) {
		element = true;
		for (p++; p < l->end && is_blank(*p); p++)
			;
		indent = (size_t)(p - l->p);
	}
	colon = key_end(p, l->end);
	if (colon != NULL)
		return read_pair(y, indent, p, colon, l->end, l->number);
	if (!element || y->parent == NULL || p == l->end)
		return 0;
	/* The list's own key was entered, because nothing followed it.  */
	read_scalar(y, p, l->end);
	if (y->depth != 0) {
		char *end = &y->trail.text[y->levels[y->depth - 1].before];
		const char kept = *end;
		int r;

		*end = '\0';
		r = give(y, y->parent, l->number);
		*end = kept;
		return r;
	}
	return give(y, y->parent, l->number);
}

int parse_yaml(struct blob text, struct setting_sink *out)
{
	struct yaml *y;
	struct lines l;
	int r = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '{')
			return parse_json(text, out);
		if (strchr(" \t\r\n", text.p[i]) == NULL)
			break;
	}
	y = xcalloc(1, sizeof(*y));
	y->out = out;
	buf_init(&y->value, text.n + 1);
	lines_init(&l, text);
	while (r >= 0 && has_line(&l))
		r = read_line(y, &l);
	buf_done(&y->value);
	free(y->parent);
	free(y);
	return r < 0 ? r : 0;
}
