/* asked.c -- answers to questions for evidence, so that what many findings of a
 * rule have in common is asked once: where a thousand users lack an authority, each
 * of their findings has to say where it is.
 *
 * A question is a statement and what is bound to its parameters; while a rule is
 * judged nothing changes that could answer it otherwise.  Some answers are kept;
 * the one that was wanted longest ago goes, so that what each finding asks anew
 * does not push out what all of them ask.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

#define ANSWERS_KEPT	32u
#define ROWS_KEPT	200u	/* an answer with more is asked for again */

struct known_answer {
	sqlite3_stmt *statement;
	char *question;		/* NULL: it is not to be found */
	size_t n;
	uint64_t used;		/* when it was wanted last; 0: never */
	struct result rows;
};

struct asked {
	struct known_answer items[ANSWERS_KEPT];
	uint64_t now;		/* counts questions */
};

static void forget(struct known_answer *a)
{
	free(a->question);
	a->question = NULL;
	result_done(&a->rows);
}

void asked_free(struct asked *asked)
{
	if (asked == NULL)
		return;
	for (size_t k = 0; k < ANSWERS_KEPT; k++)
		forget(&asked->items[k]);
	free(asked);
}

/* What ROW binds to the parameters, so that no two read alike: the length of
 * each value stands before it.  */
static void write_question(struct buf *b, sqlite3_stmt *s,
			   const struct result *bound, size_t row)
{
	const int n = sqlite3_bind_parameter_count(s);

	for (int i = 1; i <= n; i++) {
		const char *name = sqlite3_bind_parameter_name(s, i);
		const struct cell *c = name != NULL && bound != NULL ?
			result_cell(bound, row, name + 1) : NULL;

		if (c == NULL)
			buf_adds(b, "-;");
		else if (c->is_number)
			buf_addf(b, "%" PRId64 ";", c->number);
		else
			buf_addf(b, "%zu:%s;", strlen(c->text), c->text);
	}
}

int asked_fetch(struct judge *j, sqlite3_stmt *s, const struct result *bound,
		size_t row, const struct result **ret_rows, char **ret_error)
{
	struct known_answer *a, *oldest;
	AUTO(buf) struct buf question;
	int e;

	if (j->asked == NULL)
		j->asked = xcalloc(1, sizeof(*j->asked));
	buf_init(&question, SIZE_MAX);
	write_question(&question, s, bound, row);
	oldest = j->asked->items;
	j->asked->now++;
	for (size_t k = 0; k < ANSWERS_KEPT; k++) {
		a = &j->asked->items[k];
		if (a->used < oldest->used)
			oldest = a;
		if (a->question == NULL || a->statement != s ||
		    a->n != question.n ||
		    memcmp(a->question, buf_str(&question), a->n) != 0)
			continue;
		a->used = j->asked->now;
		*ret_rows = &a->rows;
		return 0;
	}
	a = oldest;
	forget(a);
	a->used = 0;
	e = result_fetch(&j->guard, s, LIMIT_RULE_ROWS, bound, row, &a->rows,
			 ret_error);
	if (e < 0)
		return e;
	/* A long one has its place until the next question only.  */
	if (a->rows.n_rows <= ROWS_KEPT) {
		a->used = j->asked->now;
		a->statement = s;
		a->n = question.n;
		a->question = buf_take(&question);
	}
	*ret_rows = &a->rows;
	return 0;
}
