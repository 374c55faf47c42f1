/* redirect.h -- what redirect.c finds, and how much of it each user may give.
 *
 * What system-wide files say is not to be lost because a user's are full of it, and
 * one user's not because of another's: each has an allowance.
 */
#ifndef LOCATE_REDIRECT_H
#define LOCATE_REDIRECT_H

#include "locate/locate.h"

/* Of one user, of root and the files of everybody, or of the users without a home. */
struct allowance {
	const char *owner;	/* for people; borrowed */
	bool full;		/* of rows */
	size_t rows, follows, problems;
	size_t problems_left_out;
	size_t most_rows, most_follows, most_problems;
};

struct gathering {
	const struct homes *homes;
	struct redirection **rows;	/* all different, each allocated */
	size_t n_rows, cap_rows;
	void *by_content;		/* tsearch(3): the same */
	void *followed;			/* tsearch(3): strings */
	struct redirection_problem *problems;
	size_t n_problems, cap_problems;
	struct allowance *allowances;	/* one for each home, and two */
	size_t user_rows, user_problems;	/* of all users but root */
};

/* HOMES must live as long.  */
void gathering_init(struct gathering *g, const struct homes *homes);
/* What is left out is said, and the rest sorted.  Frees G's.  */
void gathering_end(struct gathering *g, struct redirections *ret_redirections);

/* HOME NULL: of a user without one, or (EVERYBODY) of no user.  */
struct allowance *allowance_of(struct gathering *g, const struct home *home,
			       uint32_t uid, bool everybody);

/* MESSAGE is taken; NULL: ERROR says it.  LIMIT: it is about one.  */
void gather_problem(struct gathering *g, struct allowance *a, const char *path,
		    int error, bool limit, char *message);
/* Takes over the strings of ROW that redirections_done() frees.  */
void gather_row(struct gathering *g, struct allowance *a,
		const struct redirection *row);
/* May TARGET be read as a file of the kind DEFINITION, which FROM names for OWNER?
 * Once for each of these.  */
bool may_follow(struct gathering *g, struct allowance *a, const char *owner,
		const char *definition, const char *target, const char *from);
/* One file more of several that TARGET stands for.  */
bool may_follow_another(struct gathering *g, struct allowance *a,
			const char *from);

#endif
