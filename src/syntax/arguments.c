/* arguments.c -- options as on a command line: JAVA_TOOL_OPTIONS, NODE_OPTIONS,
 * ExecStart=, and files of them, one or several on each line (jvm.options,
 * jvm.config).
 *
 * --key=value and -Dkey=value give the key with its dashes; behind a key
 * without `=` the next word is the value, unless it is an option itself, for
 * nobody here knows which options take one.  In jvm.options a line may begin
 * with the versions of Java that it is for, and # makes a comment.
 */
#include <string.h>

#include "syntax/lines.h"

struct cursor {
	const char *p, *end;
	unsigned line;
	bool fresh;		/* nothing but white space on this line yet */
};

/* "11:", "8-13:", "14-:" before an option.  */
static void skip_versions(struct cursor *c)
{
	const char *p = c->p;

	while (p < c->end && ((*p >= '0' && *p <= '9') || *p == '-'))
		p++;
	if (p > c->p && p + 1 < c->end && *p == ':' && p[1] == '-')
		c->p = p + 1;
}

/* The next word, quotes taken away, into WORD; false: there is none.  */
static bool has_word_next(struct cursor *c, struct buf *word)
{
	char quote = '\0';

	word->n = 0;
	buf_add(word, "", 0);
	for (; c->p < c->end; c->p++) {
		if (*c->p == '\n') {
			c->line++;
			c->fresh = true;
		} else if (*c->p == '#' && c->fresh) {
			while (c->p + 1 < c->end && c->p[1] != '\n')
				c->p++;
		} else if (!is_blank(*c->p) && *c->p != '\r') {
			break;
		}
	}
	if (c->p >= c->end)
		return false;
	if (c->fresh)
		skip_versions(c);
	c->fresh = false;
	for (; c->p < c->end; c->p++) {
		char ch = *c->p;

		if (quote == '\0' && (is_blank(ch) || ch == '\n' || ch == '\r'))
			break;
		if (ch == quote)
			quote = '\0';
		else if (quote == '\0' && (ch == '"' || ch == '\''))
			quote = ch;
		else
			buf_add(word, &ch, 1);
		c->line += ch == '\n';
	}
	return true;
}

static int give(struct setting_sink *out, const char *word, const char *next,
		unsigned line)
{
	const char *equals = strchr(word, '=');
	struct span key = { word, strlen(word) }, value = { NULL, 0 };

	if (equals != NULL) {
		key.n = (size_t)(equals - word);
		value = (struct span){ equals + 1, strlen(equals + 1) };
	} else if (next != NULL && next[0] != '-') {
		value = (struct span){ next, strlen(next) };
	}
	return give_setting(out, SETTING_KEY, "", key, value, line);
}

int parse_arguments(struct blob text, struct setting_sink *out)
{
	struct cursor c = {
		.p = (const char *)text.p, .end = (const char *)text.p + text.n,
		.line = 1, .fresh = true,
	};
	AUTO(buf) struct buf word;
	AUTO(buf) struct buf next;
	bool more;
	int r = 0;

	buf_init(&word, text.n + 1);
	buf_init(&next, text.n + 1);
	more = has_word_next(&c, &word);
	while (more && r >= 0) {
		unsigned line = c.line;
		struct buf swap;

		more = has_word_next(&c, &next);
		if (buf_str(&word)[0] == '-')
			r = give(out, buf_str(&word),
				 more ? buf_str(&next) : NULL, line);
		swap = word;
		word = next;
		next = swap;
	}
	return r < 0 ? r : 0;
}
