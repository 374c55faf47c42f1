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
/* What a recipe that depends on the store comes to: another recipe, or else what
 * to tell people; both are NULL when nothing fits.  */
struct remedy {
	const char *recipe, *advice;	/* the recipes' own */
	bool automatic;
};
/* Is RECIPE such a choice, and what does it come to for a store of that kind
 * (NULL: about no store) in ROOT (NULL: nothing is known of it)?  */
bool recipe_choose(const struct recipes *r, const struct root *root,
		   const char *recipe, const char *store_kind,
		   struct remedy *ret_remedy);
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
/* The I-th form that fix_write() knows, NULL behind the last; sh is the first. */
const char *fix_type(size_t i);
/* Writes the plan for FINDINGS into *out, as a script, as tasks for Ansible, or
 * as data.  *ret_steps: how many steps it has; findings that ask for the same
 * thing share one, and those that cannot be fixed are listed with the reason.
 * -E2BIG: the limit of *out; -EINVAL: an id that is not hex.  */
int fix_write(const char *type, const struct recipes *r,
	      const struct script_info *info, const struct finding *findings,
	      size_t n, struct buf *out, size_t *ret_steps);
/* The script.  */
int script_write(const struct recipes *r, const struct script_info *info,
		 const struct finding *findings, size_t n, struct buf *out,
		 size_t *ret_steps);

#endif
