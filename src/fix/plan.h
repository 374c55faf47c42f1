/* plan.h -- what is to be done about the chosen findings, in order: made by
 * plan.c, written as a shell script (script.c), as tasks for Ansible
 * (ansible.c) or as data (json.c).  Private to src/fix.
 */
#ifndef FIX_PLAN_H
#define FIX_PLAN_H

#include "fix/recipe.h"

struct target {
	char *path;		/* as a word of the script */
	char *raw;		/* as it is */
	char sha256[2 * SHA256_SIZE + 1];
};

struct step {
	const struct recipe *recipe;
	char **values;		/* words of the script, one for each parameter */
	char **raw;		/* the same as they are */
	struct target *targets;
	size_t n_targets;
	const char *location;	/* of the place it was made for, borrowed */
	const char *name;	/* of the certificate there, likewise */
	const struct finding **findings;
	size_t n_findings;
};

struct unfixable {
	const struct finding *finding;
	const char *location, *name;	/* as in a step */
	char *reason;
};

struct plan {
	const struct recipes *recipes;
	const struct script_info *info;
	struct step *steps;	/* those on what is derived stand last */
	size_t n_steps, cap_steps;
	struct unfixable *unfixable;
	size_t n_unfixable, cap_unfixable;
};

/* *PLAN, zeroed, gets the steps for FINDINGS, which it borrows, as it does
 * RECIPES and INFO.  -EINVAL: an id that is not hex.  */
int plan_make(const struct recipes *recipes, const struct script_info *info,
	      const struct finding *findings, size_t n, struct plan *plan);
void auto_plan(struct plan *p);

/* A file of the root that tells it from others, and its hash: of
 * 2 * SHA256_SIZE + 1 bytes, "" when there is none.  Returns its name, NULL if
 * there is none.  */
const char *plan_identity(const struct script_info *info, char *ret_hex);

/* S (NULL: "-") fit for a comment or a message, on one line; the caller frees. */
char *whole_line(const char *s);
/* The same, not longer than a reader takes in.  */
char *one_line(const char *s);
/* Which certificate (NAME; NULL: none) or store a finding is about, for people;
 * LOCATION is where (NULL: the store).  The caller frees.  */
char *about(const struct finding *f, const char *location, const char *name);

/* The script for PLAN.  -E2BIG: the limit of *out.  */
int script_from_plan(const struct plan *p, struct buf *out);
int ansible_from_plan(const struct plan *p, struct buf *out);
int json_from_plan(const struct plan *p, struct buf *out);

#endif
