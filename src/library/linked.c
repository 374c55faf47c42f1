/* linked.c -- a program that is linked with all that src/library loads, and does
 * nothing.  What puts packages together finds there on which libraries, and on which
 * versions of their symbols, trustdrift depends.
 */
#include "library/libgnutls.h"
#include "library/libxml2.h"

#ifdef HAVE_LIBARCHIVE
#include "library/libarchive.h"
#else
#define LIBARCHIVE(X)
#endif

#define ADDRESS(name)	&name,

static const void *const loaded[] = {
	LIBGNUTLS(ADDRESS)
	LIBXML2(ADDRESS)
	LIBARCHIVE(ADDRESS)
};

/* Nobody runs it; it looks at them, so that no linker leaves them out.  */
int main(int argc, char **argv)
{
	(void)argv;
	return loaded[(size_t)argc % (sizeof(loaded) / sizeof(loaded[0]))] == NULL;
}
