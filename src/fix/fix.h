/* fix.h -- recipes (data/recipes) and the script made of them.
 * trustdrift never runs a fix itself.
 */
#ifndef FIX_H
#define FIX_H

#include "base/base.h"
#include "rule/rule.h"

struct recipes;
/* -EINVAL: *ret_error = "file:line: reason".  */
int recipes_load(const char *config_dir, struct recipes **ret_recipes,
		 char **ret_error);
void recipes_free(struct recipes *r);
/* Can this recipe be carried out without a decision?  For rules_evaluate();
 * DATA is the struct recipes.  */
bool recipe_is_automatic(const char *recipe, void *data);
/* "id<TAB>title<TAB>automatic" rows, for show recipes.  */
typedef int recipe_fn(const char *id, const char *title, bool automatic,
		      void *data);
int recipes_each(const struct recipes *r, recipe_fn *fn, void *data);

/* S as one POSIX sh word, in single quotes; NULL when it cannot be one: empty
 * is fine, but NUL cannot be in it, and bytes that are not UTF-8 or are control
 * characters are refused, because whoever approves the script could not read
 * them.  The caller frees.  The only function that quotes.  */
char *shell_quote(const char *s);

struct script_info {
	const char *tool, *host_name, *command;	/* how to regenerate */
	const char *root;	/* path on the host of what was scanned */
	int64_t now;
	int64_t scan_made;	/* the clock when it was scanned: what changed
				 * later is no target; 0: not known */
	const struct root *scanned;	/* to take hashes of targets now */
};
/* Writes the script for FINDINGS into *out.  *ret_steps: how many steps it
 * has; findings that ask for the same thing share one, and those that cannot
 * be fixed are listed in the script's comments with the reason.  -E2BIG: the
 * limit of *out; -EINVAL: an id that is not hex.  */
int script_write(const struct recipes *r, const struct script_info *info,
		 const struct finding *findings, size_t n, struct buf *out,
		 size_t *ret_steps);

#endif
