/* libxml2.c -- libxml2, when somebody needs it: see library.h.
 *
 * Without memory it gives trees in which something is missing, or dies of it: no
 * memory is the end for it as for the program.
 */
#include <stdlib.h>

#include "base/base.h"
#include "library/libxml2.h"

static void *resize(void *p, size_t n)
{
	return xrealloc(p, n, 1);
}

#ifdef LOAD_LIBRARIES

static struct libxml2 table;

static const struct library_symbol symbols[] = { LIBXML2(LIBRARY_SYMBOL) };

static struct library library = {
	.soname = LIBXML_SONAME,
	.symbols = symbols,
	.n = ARRAY_SIZE(symbols),
};

static bool is_new(void)
{
	return library_need(&library);
}

#else

static const struct libxml2 table = { LIBXML2(LIBRARY_ADDRESS) };

static bool is_new(void)
{
	static bool used;
	const bool now = !used;

	used = true;
	return now;
}

#endif

const struct libxml2 *libxml2(void)
{
	if (is_new())
		table.xmlMemSetup(free, xmalloc, resize, xstrdup);
	return &table;
}
