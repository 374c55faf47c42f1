/* libxml2.c -- libxml2, when somebody needs it: see library.h.
 *
 * Without memory it gives trees in which something is missing, or dies of it: no
 * memory is the end for it as for the program.
 */
#include <stdlib.h>

#include "base/base.h"
#include "library/libxml2.h"

LIBRARY_TABLE(libxml2, LIBXML2, LIBXML_SONAME);

static void *resize(void *p, size_t n)
{
	return xrealloc(p, n, 1);
}

const struct libxml2 *libxml2(void)
{
	if (library_need(&library))
		table.xmlMemSetup(free, xmalloc, resize, xstrdup);
	return &table;
}
