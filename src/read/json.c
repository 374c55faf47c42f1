/* json.c -- JSON (RFC 8259) from outside: see json.h.
 *
 * jansson's parser calls itself for what is nested, to a depth of its own that
 * is beyond our stack in a worker; so the depth is counted first.  The same
 * pass takes out what only people write.
 */
#include <string.h>

#include "read/json.h"

void json_ready(void)
{
	json_object_seed(0);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool json_sniff(struct blob data)
{
	size_t i = 0;

	if (data.n >= 3 && memcmp(data.p, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < data.n && is_blank(data.p[i]))
		i++;
	if (i == data.n || memchr(data.p, '\0', data.n) != NULL)
		return false;
	return data.p[i] == '{' || (data.p[i] == '/' && i + 1 < data.n &&
				    (data.p[i + 1] == '*' ||
				     data.p[i + 1] == '/'));
}

/* Length of the comment at P, 0: there is none.  */
static size_t comment_length(const char *p, size_t n)
{
	const char *end;

	if (n < 2 || p[0] != '/')
		return 0;
	if (p[1] == '/') {
		end = memchr(p, '\n', n);
		return end != NULL ? (size_t)(end - p) : n;
	}
	if (p[1] != '*')
		return 0;
	end = memmem(p + 2, n - 2, "*/", 2);
	return end != NULL ? (size_t)(end + 2 - p) : n;
}

static size_t string_length(const char *p, size_t n)
{
	size_t i = 1;

	while (i < n && p[i] != '"')
		i += p[i] == '\\' ? 2 : 1;
	return i < n ? i + 1 : n;
}

/* Blanks out in TEXT what DIALECT takes and jansson does not.  Returns the
 * depth.  */
static unsigned text_prepare(char *text, size_t n, enum json_dialect dialect)
{
	unsigned depth = 0, deepest = 0;
	char *comma = NULL;		/* nothing but blanks since */
	size_t step;

	for (size_t i = 0; i < n; i += step) {
		step = comment_length(text + i, n - i);
		if (step > 0 && dialect == JSON_WITH_COMMENTS) {
			memset(text + i, ' ', step);
			continue;
		}
		step = text[i] == '"' ? string_length(text + i, n - i) : 1;
		if (is_blank((uint8_t)text[i]))
			continue;
		if (text[i] == '{' || text[i] == '[')
			depth++;
		if (depth > deepest)
			deepest = depth;
		if (text[i] == '}' || text[i] == ']') {
			depth -= depth > 0;
			if (comma != NULL && dialect == JSON_WITH_COMMENTS)
				*comma = ' ';
		}
		comma = text[i] == ',' ? text + i : NULL;
	}
	return deepest;
}

json_t *json_object_read(struct blob data, enum json_dialect dialect,
			 struct sink *out)
{
	AUTO(str) char *text = NULL, *why = NULL;
	json_error_t error;
	json_t *value;
	size_t bom = 0;

	if (data.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0, "an empty file");
		return NULL;
	}
	if (data.n > LIMIT_JSON_BYTES) {
		sink_problem(out, PROBLEM_TOO_LARGE, 0, "more than %u bytes of "
			     "JSON; not read", LIMIT_JSON_BYTES);
		return NULL;
	}
	if (data.n >= 3 && memcmp(data.p, "\xef\xbb\xbf", 3) == 0)
		bom = 3;
	text = xmemdup(data.p, data.n);
	if (text_prepare(text, data.n, dialect) > LIMIT_JSON_DEPTH) {
		sink_problem(out, PROBLEM_LIMIT, 0, "JSON nested deeper than "
			     "%u; not read", LIMIT_JSON_DEPTH);
		return NULL;
	}
	value = json_loadb(text + bom, data.n - bom, 0, &error);
	if (json_is_object(value))
		return value;
	if (value != NULL) {
		json_decref(value);
		sink_problem(out, PROBLEM_FORMAT, 0, "JSON, but no object");
		return NULL;
	}
	why = escape_text(error.text, strlen(error.text));
	sink_problem(out, PROBLEM_MALFORMED, 0, "not JSON: %s in line %d", why,
		     error.line);
	return NULL;
}
