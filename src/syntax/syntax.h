/* syntax.h -- what the lines of configuration files say: which keys have which
 * values.  A syntax takes the bytes of one file and gives settings to a sink;
 * it does not open, log, follow, or know what a key means.
 *
 * Syntaxes lend, sinks copy: everything in a struct setting is borrowed until
 * the sink's function returns.
 */
#ifndef SYNTAX_H
#define SYNTAX_H

#include "base/base.h"

enum setting_kind {
	SETTING_KEY,		/* of the program whose file it is */
	SETTING_VARIABLE,	/* of the environment of what is started there */
	SETTING_ASSIGNED,	/* of a shell that does not export it */
};

struct setting {
	enum setting_kind kind;
	const char *section;	/* "" outside of all; parts are joined by dots */
	const char *key;
	const char *value;	/* NULL: the key stands alone, or see `unknown` */
	unsigned line;		/* from 1; 0: the syntax does not know */
	bool home;		/* the user's home stands before `value`; the file
				 * said ~ or $HOME there */
	const char *unknown;	/* NULL: `value` is the value; else why it is not,
				 * a constant for people.  `value` may be what
				 * is written instead.  */
};

/* `setting` returns 0; a negative number ends the reading and is returned.
 * `problem` is told what makes part of the file unreadable.  */
struct setting_sink {
	int (*setting)(struct setting_sink *s, const struct setting *setting);
	void (*problem)(struct setting_sink *s, unsigned line,
			const char *message);
};

struct syntax {
	const char *name;	/* the data's word: "gitconfig" */
	const char *title;	/* N_("...") */
	int (*parse)(struct blob text, struct setting_sink *out);
};
extern const struct syntax syntaxes[];		/* a NULL name behind the last */
const struct syntax *syntax_find(const char *name);	/* NULL: no such one */

/* Gives what TEXT says to OUT.  Text with a NUL in it is a problem and gives
 * nothing.  0, or what OUT ended it with.  */
int syntax_parse(const struct syntax *syntax, struct blob text,
		 struct setting_sink *out);

/* Does PATTERN (`*` is any text) fit NAME?  FOLD: letters of either case are
 * the same.  */
bool is_name_like(const char *pattern, const char *name, bool fold);

#endif
