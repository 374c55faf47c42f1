/* libgnutls.c -- GnuTLS, when somebody needs it: see library.h.  */
#include <stdlib.h>

#include "base/base.h"
#include "library/libgnutls.h"

#ifdef LOAD_LIBRARIES

static struct libgnutls table;

static const struct library_symbol symbols[] = { LIBGNUTLS(LIBRARY_SYMBOL) };

static struct library library = {
	.soname = GNUTLS_SONAME,
	.symbols = symbols,
	.n = ARRAY_SIZE(symbols),
};

/* It would make itself ready while it is loaded, and say itself when it cannot:
 * x509_ready() asks it to.  The other name is that of older versions.  */
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

#else

/* It would make itself ready at each start, with all self-tests where FIPS mode is
 * on: who needs it calls x509_ready().  */
GNUTLS_SKIP_GLOBAL_INIT

static const struct libgnutls table = { LIBGNUTLS(LIBRARY_ADDRESS) };

char *libgnutls_load(void)
{
	return NULL;
}

const struct libgnutls *libgnutls(void)
{
	return &table;
}

#endif
