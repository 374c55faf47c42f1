/* golden.h -- output against the files in tests/output, byte for byte.  */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "output/output.h"

/* With --write: the files are made anew, to be looked at before they are
 * committed.  */
extern bool golden_writing;
/* The test fails when GOT is not what the file NAME holds.  */
void golden_compare(const char *name, const char *got);
/* R in FORMAT, which must succeed; the caller frees.  */
char *golden_written(const char *format, const struct report *r,
		     const struct output_options *o);

#endif
