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
 * x509_ready() asks it to.  */
#define NO_INIT	"GNUTLS_NO_IMPLICIT_INIT"

const struct libgnutls *libgnutls(void)
{
	if (library.loaded)
		return &table;
	setenv(NO_INIT, "1", 1);
	library_need(&library);
	unsetenv(NO_INIT);
	return &table;
}

#else

/* It would make itself ready at each start, with all self-tests where FIPS mode is
 * on: who needs it calls x509_ready().  */
GNUTLS_SKIP_GLOBAL_INIT

static const struct libgnutls table = { LIBGNUTLS(LIBRARY_ADDRESS) };

const struct libgnutls *libgnutls(void)
{
	return &table;
}

#endif
