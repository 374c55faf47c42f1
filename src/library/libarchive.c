/* libarchive.c -- libarchive, when somebody needs it: see library.h.  */
#include "base/base.h"

#ifdef HAVE_LIBARCHIVE

#include "library/libarchive.h"

#ifdef LOAD_LIBRARIES

static struct libarchive table;

static const struct library_symbol symbols[] = { LIBARCHIVE(LIBRARY_SYMBOL) };

static struct library library = {
	.soname = LIBARCHIVE_SONAME,
	.symbols = symbols,
	.n = ARRAY_SIZE(symbols),
};

const struct libarchive *libarchive(void)
{
	library_need(&library);
	return &table;
}

#else

static const struct libarchive table = { LIBARCHIVE(LIBRARY_ADDRESS) };

const struct libarchive *libarchive(void)
{
	return &table;
}

#endif

#endif
