/* readers.c -- the table of readers.  read/readers.def is made from the words
 * of Makefile.am, in sniffing order: formats with a magic number first, then
 * those that could be anything.
 */
#include "read/read.h"

#define READER(name)	extern const struct reader name##_reader;
#include "read/readers.def"
#undef READER

const struct reader *const readers[] = {
#define READER(name)	&name##_reader,
#include "read/readers.def"
#undef READER
	NULL
};
