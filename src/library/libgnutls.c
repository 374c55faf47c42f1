/* libgnutls.c -- GnuTLS, when somebody needs it: see library.h.
 *
 * It would make itself ready when it is loaded, with all self-tests where FIPS mode
 * is on, and say itself when it cannot: x509_ready() asks it to.
 */
#include <stdlib.h>

#include "base/base.h"
#include "library/libgnutls.h"

LIBRARY_TABLE(libgnutls, LIBGNUTLS, GNUTLS_SONAME);

#ifndef LOAD_LIBRARIES
GNUTLS_SKIP_GLOBAL_INIT
#endif

/* The second name is that of older versions.  */
static const char *const no_init[] = {
	"GNUTLS_NO_IMPLICIT_INIT", "GNUTLS_NO_EXPLICIT_INIT",
};

char *libgnutls_load(void)
{
	char *error;

	if (library.loaded)
		return NULL;
	for (size_t k = 0; k < ARRAY_SIZE(no_init); k++)
		setenv(no_init[k], "1", 1);
	error = library_load(&library);
	for (size_t k = 0; k < ARRAY_SIZE(no_init); k++)
		unsetenv(no_init[k]);
	return error;
}

const struct libgnutls *libgnutls(void)
{
	char *error = libgnutls_load();

	if (error != NULL)
		die_aloud("%s", error);
	return &table;
}
