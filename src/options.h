/* options.h -- private to options.c and option-rows.c: the table of options.  */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "cmd.h"

struct option_row {
	const char *name;
	char letter;			/* '\0': none */
	const char *argument;		/* NULL: takes none */
	const char *help;
	const char *expects;		/* "is no ..."; NULL: anything will do */
	bool (*set)(struct options *o, const char *s);	/* false: no such */
};
extern const struct option_row option_rows[];	/* by enum option_id */

#endif
