/* wildcard.c -- shell patterns (`*`, `?`, `[a-z]`, `[!a-z]`) against names.
 *
 * glob(3) and fnmatch(3) are not used: they know nothing of roots, collate by
 * locale, and disagree with themselves about names that are not valid in it.
 * Names are bytes here.
 */
#include <string.h>

#include "base/base.h"

const char *wildcard_set_end(const char *p, const char *end)
{
	if (p < end && (*p == '!' || *p == '^'))
		p++;
	if (p < end && *p == ']')	/* first in the set: itself */
		p++;
	return p < end ? memchr(p, ']', (size_t)(end - p)) : NULL;
}

static bool set_has(const char *p, const char *close, unsigned char c)
{
	bool negated = *p == '!' || *p == '^', found = false;

	for (p += negated; p < close; p++) {
		unsigned char low = (unsigned char)*p, high = low;

		if (p + 2 < close && p[1] == '-') {
			high = (unsigned char)p[2];
			p += 2;
		}
		found |= low <= c && c <= high;
	}
	return found != negated;
}

/* Does the element of a pattern at P match C?  *ret_next is the one behind
 * it, whatever the answer.  */
static bool match_one(const char *p, const char *end, unsigned char c,
		      const char **ret_next)
{
	const char *close = *p == '[' ? wildcard_set_end(p + 1, end) : NULL;

	*ret_next = close != NULL ? close + 1 : p + 1;
	if (close != NULL)
		return set_has(p + 1, close, c);
	return *p == '?' || (unsigned char)*p == c;
}

/* Only the last star is ever gone back to, so this takes at most |pattern| * |name|
 * steps.  */
bool wildcard_match(const char *p, size_t n, const char *name)
{
	const char *const end = p + n;
	const char *star = NULL, *from = NULL, *next;

	while (*name != '\0') {
		if (p < end && *p == '*') {
			star = ++p;
			from = name;
		} else if (p < end &&
			   match_one(p, end, (unsigned char)*name, &next)) {
			p = next;
			name++;
		} else if (star != NULL) {
			p = star;
			name = ++from;
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}
