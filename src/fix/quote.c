/* quote.c -- the only function that makes a word of a script out of text that
 * came from outside (POSIX.1-2017, XCU 2.2.2: between single quotes nothing
 * but the single quote itself has a meaning).
 *
 * What the eye cannot see is refused rather than quoted: a script is approved
 * by reading it, and a terminal or an editor shows something else than the
 * shell gets when control or bidirectional characters are in a path.
 */
#include <stdlib.h>
#include <string.h>

#include "fix/fix.h"

/* Would a reader see all of S as it is?  base/ knows what has to be escaped;
 * only the backslash, which it escapes too, is plain here.  */
static bool is_readable(const char *s, size_t n)
{
	AUTO(str) char *plain = xstrndup(s, n);
	AUTO(str) char *escaped = NULL;

	for (char *p = plain; (p = strchr(p, '\\')) != NULL; p++)
		*p = '/';
	escaped = escape_text(plain, n);
	return strcmp(plain, escaped) == 0;
}

char *shell_quote(const char *s)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	if (!is_readable(s, strlen(s)))
		return NULL;
	buf_add(&b, "'", 1);
	for (const char *p = s; *p != '\0'; p++) {
		if (*p == '\'')
			buf_adds(&b, "'\\''");
		else
			buf_add(&b, p, 1);
	}
	buf_add(&b, "'", 1);
	return buf_take(&b);
}
