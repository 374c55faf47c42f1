/* recipe.h -- what recipe.c loads and script.c writes; private to src/fix.  */
#ifndef FIX_RECIPE_H
#define FIX_RECIPE_H

#include <libxml/tree.h>

#include "fix/fix.h"

#define NUMBER_FIELD	SIZE_MAX

/* A field of a finding that a script may get.  */
struct field {
	const char *name;
	size_t offset;		/* of a char * in struct finding; NUMBER_FIELD:
				 * where in the file the entry begins */
	size_t digits;		/* it is a hash: lower-case hex digits; 0: text */
};

struct parameter {
	char *name;		/* the script's variable is arg_NAME */
	const struct field *from;
	bool optional;		/* empty when it is missing or unreadable */
};

struct recipe {
	char *id, *title;
	char *why;		/* why it is done so, for people; NULL: clear */
	char *name;		/* the id as part of a shell function's name */
	char *tools;		/* programs, separated by blanks; "": none */
	char *refresh;		/* shell function; "": none */
	char *text;		/* its shell functions */
	char **libraries;	/* file names, NULL behind the last */
	const struct field *target;	/* the file that must be unchanged, NULL: none */
	struct parameter *parameters;
	size_t n_parameters;
	bool automatic;
	bool is_derived;	/* it changes what is made of other stores: after
				 * all steps that change these */
	char *defined_in;	/* file:line */
};

struct library {		/* a file *.sh beside the recipes */
	char *name, *text;
};

/* One way to go, for findings in a store of one of STORES in a root that has, or
 * lacks, a path; NULL: whichever.  */
struct way {
	char *stores;		/* kinds, separated by blanks; "*" ends what they
				 * begin with */
	char *if_exists, *unless_exists;
	char *recipe;		/* NULL: only ADVICE */
	char *advice;
};

/* choice.c: a recipe that is another one, or advice, depending on the store. */
struct choice {
	char *id, *defined_in;
	struct way *ways;	/* the first that fits is taken */
	size_t n_ways;
};

struct recipes {
	struct choice *choices;	/* sorted by id */
	size_t n_choices;
	struct recipe *items;	/* sorted by id */
	size_t n;
	struct library *libraries;	/* sorted by name */
	size_t n_libraries;
};

/* Libraries that are in every script, in this order; NULL at the end.  */
extern const char *const common_libraries[];

/* NULL when there is none of that name.  */
const struct recipe *recipe_find(const struct recipes *r, const char *id);
const struct library *library_find(const struct recipes *r, const char *name);

/* ---- choice.c ------------------------------------------------------------*/

void choice_read(xmlNode *root, const char *path, struct recipes *r);
/* Sorts them; -EINVAL: an id twice.  A recipe that is not there has been masked,
 * and the way is passed over.  */
int choices_check(struct recipes *r, char **ret_error);
void choice_done(struct choice *c);

#endif
