/* options.h -- private to what knows the command line: the table of options.  */
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
	/* For completion: the argument's words, with blanks between them, or one
	 * of cmd-complete.c's that begin with @; NULL: nobody can know.  */
	const char *values;
};
extern const struct option_row option_rows[];	/* by enum option_id */

/* NULL: there is no such command.  */
const struct command *command_find(const char *name);

/* What the options are before any is read, with room for ARGC words.  ARGV is
 * borrowed; options_done() frees.  */
struct options options_defaults(int argc, char **argv);
/* Reads the words, without a look at whether they go together.  Says what is wrong;
 * returns -1 or the exit status.  */
int options_take(int argc, char **argv, struct options *o);
/* Takes what audit.options has and the command line has not.  What is wrong there is
 * said, and then nothing of it counts: it keeps no hook from looking.  */
void options_of_audits(struct options *o);

#endif
