/* library.h -- libraries that are loaded when something of them is needed for the
 * first time, and not at each start of the program.
 *
 * GnuTLS, libxml2 and libarchive bring 17 more libraries (ICU and the C++ runtime,
 * p11-kit, GMP, compressors), for which the dynamic linker takes three quarters of a
 * start; a scan that finds nothing changed and most questions to an inventory have
 * no use for any of them.  For each of the three there is a header here with a list
 * of what this program uses of it, and a function that gives a table of that:
 *
 *	const struct libgnutls *g = libgnutls();
 *
 *	g->gnutls_x509_crt_init(&crt);
 *
 * Names and types are those of the library's own header; a variable of the library
 * is a pointer to it.  What is missing in the list does not link.  A worker may not
 * open files: what it needs is loaded before (worker_kind.prepare).
 *
 * Built with --disable-loading the program is linked with the libraries, and the
 * tables are constants.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_symbol {
	const char *name;
	void *place;		/* of a pointer, which becomes its address */
};

struct library {
	const char *soname;	/* NULL: the program is linked with it */
	const struct library_symbol *symbols;
	size_t n;
	bool loaded;
};

/* Loads L for as long as the process lives, unless it is there.  NULL, or why it cannot
 * be, for the caller to free.  Not for two threads at a time.  */
char *library_load(struct library *l);

/* The same for what the program cannot do without: says why and dies, in a nursery
 * as well.  Was it loaded now?  */
bool library_need(struct library *l);

/* For a list: a member of the table, and what fills that.  */
#define LIBRARY_MEMBER(name)	__typeof__(name) *name;
#define LIBRARY_SYMBOL(name)	{ #name, &table.name },
#define LIBRARY_ADDRESS(name)	&name,

/* `table`, a struct TYPE, and the `library` that it is of.  */
#ifdef LOAD_LIBRARIES
#define LIBRARY_TABLE(type, list, name)					\
	static struct type table;					\
	static const struct library_symbol symbols[] = {		\
		list(LIBRARY_SYMBOL)					\
	};								\
	static struct library library = {				\
		.soname = (name),					\
		.symbols = symbols,					\
		.n = ARRAY_SIZE(symbols),				\
	}
#else
#define LIBRARY_TABLE(type, list, name)					\
	static const struct type table = { list(LIBRARY_ADDRESS) };	\
	static struct library library
#endif

#endif
