/* golden.c -- see golden.h.  */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

#include <cmocka.h>

bool golden_writing;

void golden_compare(const char *name, const char *got)
{
	const char *srcdir = getenv("srcdir");
	AUTO(str) char *path = xasprintf("%s/tests/output/%s", srcdir != NULL ?
					 srcdir : ".", name);
	AUTO(str) char *want = NULL;
	AUTO(file) FILE *f = NULL;
	size_t n;

	if (golden_writing) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(got, f);
		return;
	}
	assert_int_equal(file_slurp(path, 1 << 20, &want, &n), 0);
	assert_string_equal(got, want);
}

char *golden_written(const char *format, const struct report *r,
		     const struct output_options *o)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	assert_int_equal(output_find(format)->write(r, o, f), 0);
	fclose(f);
	assert_int_equal(strlen(text), n);	/* no NUL inside */
	return text;
}
