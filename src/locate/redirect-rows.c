/* redirect-rows.c -- gathers what redirect.c finds: equal rows are one, and nobody
 * may give more than the share that is theirs.
 *
 * What is surprising: a limit of all users together would be one that any of them
 * can use up for the others.  So those that matter are of each user, and what all
 * users give together has a second one, which never takes anything from root and
 * the system.  What was left out is counted, and is said in any case.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "locate/redirect.h"

/* ---- order -----------------------------------------------------------------*/

static int compare_rows(const void *a, const void *b)
{
	const struct redirection *x = a, *y = b;
	const char *const left[] = {
		x->source, x->owner, x->path, x->of, x->section, x->name,
		x->option, x->value, x->target, x->note, x->via,
		x->rule->effect,
	};
	const char *const right[] = {
		y->source, y->owner, y->path, y->of, y->section, y->name,
		y->option, y->value, y->target, y->note, y->via,
		y->rule->effect,
	};

	if (strcmp(x->source, y->source) == 0 && strcmp(x->owner, y->owner) == 0 &&
	    text_compare(x->path, y->path) == 0 && x->line != y->line)
		return x->line < y->line ? -1 : 1;
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		int order = text_compare(left[i], right[i]);

		if (order != 0)
			return order;
	}
	return 0;
}

static int compare_pointers(const void *a, const void *b)
{
	return compare_rows(*(struct redirection *const *)a,
			    *(struct redirection *const *)b);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void row_done(struct redirection *r)
{
	free(r->path);
	free(r->via);
	free(r->owner);
	free(r->section);
	free(r->name);
	free(r->option);
	free(r->value);
	free(r->target);
}

/* ---- allowances ------------------------------------------------------------*/

static struct allowance allowance(const char *owner, bool privileged)
{
	return privileged ? (struct allowance){
		.owner = NULL,
		.most_rows = LIMIT_REDIRECTIONS,
		.most_follows = LIMIT_INCLUDES,
		.most_problems = LIMIT_STORE_PROBLEMS,
	} : (struct allowance){
		.owner = owner,
		.most_rows = LIMIT_USER_REDIRECTIONS,
		.most_follows = LIMIT_USER_INCLUDES,
		.most_problems = LIMIT_USER_PROBLEMS,
	};
}

void gathering_init(struct gathering *g, const struct homes *homes)
{
	*g = (struct gathering){
		.homes = homes,
		.allowances = xcalloc(homes->n + 2, sizeof(*g->allowances)),
	};
	for (size_t i = 0; i < homes->n; i++)
		g->allowances[i] = allowance(homes->items[i].owner, false);
	g->allowances[homes->n] = allowance(NULL, true);
	g->allowances[homes->n + 1] = allowance("users without a home", false);
}

struct allowance *allowance_of(struct gathering *g, const struct home *home,
			       uint32_t uid, bool everybody)
{
	if (everybody || uid == 0)
		return &g->allowances[g->homes->n];
	if (home == NULL)
		return &g->allowances[g->homes->n + 1];
	return &g->allowances[home - g->homes->items];
}

/* ---- problems --------------------------------------------------------------*/

static struct redirection_problem *put_problem(struct gathering *g,
					       const char *path)
{
	struct redirection_problem *p;

	grow(&g->problems, g->n_problems, &g->cap_problems,
	     sizeof(*g->problems));
	p = &g->problems[g->n_problems++];
	*p = (struct redirection_problem){ .path = xstrdup(path) };
	return p;
}

/* " of ann", "" for root and all; the caller frees.  */
static char *whose_words(const struct allowance *a)
{
	return a->owner != NULL ? xasprintf(" of %s", a->owner) : xstrdup("");
}

/* A user can hide settings of that user so, and no more; what is missing of the
 * system's, or of others', makes the scan incomplete.  */
static void put_limit(struct gathering *g, const struct allowance *a, bool others,
		      const char *path, char *message)
{
	struct redirection_problem *p = put_problem(g, path);

	p->limit = true;
	p->unsure = a->owner == NULL || others;
	p->message = message;
}

void gather_problem(struct gathering *g, struct allowance *a, const char *path,
		    int error, bool limit, char *message)
{
	struct redirection_problem *p;

	if (a->problems >= a->most_problems ||
	    (a->owner != NULL && g->user_problems >= LIMIT_REDIRECTIONS)) {
		a->problems_left_out++;
		free(message);
		return;
	}
	a->problems++;
	g->user_problems += a->owner != NULL;
	p = put_problem(g, path);
	p->error = error;
	p->limit = limit;
	p->message = message;
}

/* ---- rows ------------------------------------------------------------------*/

/* The first time that there is no room for one more of A's.  */
static void say_full(struct gathering *g, struct allowance *a, const char *path)
{
	const bool others = a->rows < a->most_rows;
	AUTO(str) char *whose = whose_words(a);

	if (!a->full)
		put_limit(g, a, others, path,
			  others ? xasprintf("more than LIMIT_REDIRECTIONS (%u) "
					     "settings of all users: from here on "
					     "those%s were left out",
					     LIMIT_REDIRECTIONS, whose)
				 : xasprintf("more than %s (%zu) settings%s: from "
					     "here on they were left out",
					     a->owner != NULL
					     ? "LIMIT_USER_REDIRECTIONS"
					     : "LIMIT_REDIRECTIONS",
					     a->most_rows, whose));
	a->full = true;
}

void gather_row(struct gathering *g, struct allowance *a,
		const struct redirection *row)
{
	struct redirection **same = tfind(row, &g->by_content, compare_rows);
	struct redirection *own = NULL, unused = *row;

	if (same != NULL) {
		(*same)->processes += row->processes;
	} else if (a->rows >= a->most_rows ||
		   (a->owner != NULL && g->user_rows >= LIMIT_REDIRECTIONS)) {
		say_full(g, a, row->path != NULL ? row->path : "/proc");
	} else {
		own = xmalloc(sizeof(*own));
		*own = *row;
		a->rows++;
		g->user_rows += a->owner != NULL;
		grow(&g->rows, g->n_rows, &g->cap_rows, sizeof(*g->rows));
		g->rows[g->n_rows++] = own;
		if (tsearch(own, &g->by_content, compare_rows) == NULL)
			die(_("out of memory"));
	}
	if (own == NULL)
		row_done(&unused);
}

/* ---- files that are named by others ----------------------------------------*/

bool may_follow_another(struct gathering *g, struct allowance *a,
			const char *from)
{
	AUTO(str) char *whose = NULL;

	if (a->follows++ < a->most_follows)
		return true;
	if (a->follows > a->most_follows + 1)
		return false;
	whose = whose_words(a);
	put_limit(g, a, false, from,
		  xasprintf("more than %s (%zu) files%s are named by others: from "
			    "here on they were left out", a->owner != NULL
			    ? "LIMIT_USER_INCLUDES" : "LIMIT_INCLUDES",
			    a->most_follows, whose));
	return false;
}

bool may_follow(struct gathering *g, struct allowance *a, const char *owner,
		const char *definition, const char *target, const char *from)
{
	AUTO(str) char *key = xasprintf("%s\n%s\n%s\n%s", owner, definition,
					from, target);

	if (tfind(key, &g->followed, compare_strings) != NULL ||
	    !may_follow_another(g, a, from))
		return false;
	if (tsearch(TAKE(key), &g->followed, compare_strings) == NULL)
		die(_("out of memory"));
	return true;
}

/* ---- all -------------------------------------------------------------------*/

static void nothing(void *p)
{
	(void)p;
}

static void say_left_out(struct gathering *g)
{
	for (size_t i = 0; i < g->homes->n + 2; i++) {
		const struct allowance *a = &g->allowances[i];
		const char *path = i < g->homes->n ? g->homes->items[i].path
						   : "/";
		AUTO(str) char *whose = whose_words(a);

		if (a->problems_left_out > 0)
			put_limit(g, a, false, path,
				  xasprintf("%zu more problems with files of "
					    "settings%s are not listed: mend "
					    "those that are, and scan again",
					    a->problems_left_out, whose));
	}
}

void gathering_end(struct gathering *g, struct redirections *ret_redirections)
{
	struct redirections out = { .n = g->n_rows, .cap = g->n_rows };

	say_left_out(g);
	out.items = xcalloc(g->n_rows + 1, sizeof(*out.items));
	if (g->n_rows > 0)
		qsort(g->rows, g->n_rows, sizeof(*g->rows), compare_pointers);
	for (size_t i = 0; i < g->n_rows; i++) {
		out.items[i] = *g->rows[i];
		free(g->rows[i]);
	}
	tdestroy(g->by_content, nothing);
	tdestroy(g->followed, free);
	free(g->rows);
	free(g->allowances);
	out.problems = g->problems;
	out.n_problems = g->n_problems;
	out.cap_problems = g->cap_problems;
	*ret_redirections = out;
}

void redirections_done(struct redirections *r)
{
	for (size_t i = 0; i < r->n; i++)
		row_done(&r->items[i]);
	free(r->items);
	for (size_t i = 0; i < r->n_problems; i++) {
		free(r->problems[i].path);
		free(r->problems[i].message);
	}
	free(r->problems);
	*r = (struct redirections){ .n = 0 };
}
