/* engine.c -- which release of a library verifies, where it is built into the
 * program that holds the list: Node 8 has OpenSSL 1.0.2 and walks other paths
 * than Node 10.  Libraries carry their name and version as text.
 */
#include <ctype.h>
#include <string.h>

#include "read/read.h"

#define VERSION_MAX	32u

/* "1.0.2u", "3.0.15+quic": three numbers.  */
static size_t version_length(struct blob at)
{
	size_t n = 0, dots = 0;

	if (at.n == 0 || !isdigit(at.p[0]))
		return 0;
	while (n < at.n && n < VERSION_MAX &&
	       (isalnum(at.p[n]) || strchr(".+-", at.p[n]) != NULL) &&
	       at.p[n] != '\0')
		dots += at.p[n++] == '.';
	return dots > 1 ? n : 0;
}

char *engine_find(struct blob data, const char *words)
{
	const size_t n = strlen(words);

	while (data.n > n) {
		const uint8_t *found = memmem(data.p, data.n, words, n);
		struct blob rest;
		size_t length;

		if (found == NULL)
			break;
		rest = (struct blob){ found + n, data.n -
				      (size_t)(found + n - data.p) };
		data = rest;
		if (rest.n == 0 || rest.p[0] != ' ')
			continue;
		rest = (struct blob){ rest.p + 1, rest.n - 1 };
		length = version_length(rest);
		if (length > 0)
			return xasprintf("%s %.*s", words, (int)length,
					 (const char *)rest.p);
	}
	return NULL;
}
