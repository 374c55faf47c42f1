/* recipe.h -- what recipe.c loads and script.c writes; private to src/fix.  */
#ifndef FIX_RECIPE_H
#define FIX_RECIPE_H

#include "fix/fix.h"

/* A field of a finding that a script may get.  */
struct field {
	const char *name;
	size_t offset;		/* of a char * in struct finding */
	size_t digits;		/* it is a hash: lower-case hex digits; 0: text */
};

struct parameter {
	char *name;		/* the script's variable is arg_NAME */
	const struct field *from;
	bool optional;		/* empty when it is missing or unreadable */
};

struct recipe {
	char *id, *title;
	char *name;		/* the id as part of a shell function's name */
	char *tools;		/* programs, separated by blanks; "": none */
	char *refresh;		/* shell function; "": none */
	char *text;		/* its shell functions */
	char **libraries;	/* file names, NULL behind the last */
	const struct field *target;	/* the file that must be unchanged, NULL: none */
	struct parameter *parameters;
	size_t n_parameters;
	bool automatic;
	char *defined_in;	/* file:line */
};

struct library {		/* a file *.sh beside the recipes */
	char *name, *text;
};

struct recipes {
	struct recipe *items;	/* sorted by id */
	size_t n;
	struct library *libraries;	/* sorted by name */
	size_t n_libraries;
};

#define PRELUDE		"prelude.sh"	/* in every script */

/* NULL when there is none of that name.  */
const struct recipe *recipe_find(const struct recipes *r, const char *id);
const struct library *library_find(const struct recipes *r, const char *name);

#endif
