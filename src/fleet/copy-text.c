/* copy-text.c -- values of COPY's text format (PostgreSQL's manual, COPY, "Text
 * Format"), and of arrays in it (8.15.6).
 */
#include <string.h>

#include "fleet/server.h"

void copy_text(struct buf *b, const char *s)
{
	if (s == NULL) {
		buf_adds(b, "\\N");
		return;
	}
	for (;;) {
		size_t plain = strcspn(s, "\\\t\n\r");

		buf_add(b, s, plain);
		s += plain;
		if (*s == '\0')
			return;
		buf_adds(b, *s == '\\' ? "\\\\" : *s == '\t' ? "\\t" :
			 *s == '\n' ? "\\n" : "\\r");
		s++;
	}
}

void array_text(struct buf *b, const char *s)
{
	if (s == NULL) {
		buf_adds(b, "NULL");
		return;
	}
	buf_adds(b, "\"");
	for (;;) {
		size_t plain = strcspn(s, "\\\"");

		buf_add(b, s, plain);
		s += plain;
		if (*s == '\0')
			break;
		buf_addf(b, "\\%c", *s++);
	}
	buf_adds(b, "\"");
}

/* Much of what is copied are numbers, and printf() took a part of an import that could
 * be seen.  */
void put_digits(struct buf *b, int64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof(digits) - at);
}
