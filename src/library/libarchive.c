/* libarchive.c -- libarchive, when somebody needs it: see library.h.  */
#include "base/base.h"

#ifdef HAVE_LIBARCHIVE

#include "library/libarchive.h"

LIBRARY_TABLE(libarchive, LIBARCHIVE, LIBARCHIVE_SONAME);

const struct libarchive *libarchive(void)
{
	library_need(&library);
	return &table;
}

#endif
