/* compile.c -- checks a rule pack before it judges anything: every query is
 * prepared under the guard, and every place of every sentence and every
 * parameter of an evidence query has to be a column of the query it is about.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/guard.h"

static char *located(const struct rule *r, unsigned line, char *reason)
{
	char *text = xasprintf("%s:%u: rule %s: %s", r->path, line, r->id,
			       reason);

	free(reason);
	return text;
}

/* Column names of a prepared query, without its rows.  */
static void take_names(sqlite3_stmt *s, struct result *ret_columns)
{
	int n = sqlite3_column_count(s);
	char **names = xcalloc((size_t)n, sizeof(*names));

	for (int i = 0; i < n; i++)
		names[i] = xstrdup(sqlite3_column_name(s, i));
	ret_columns->n_columns = n;
	ret_columns->names = names;
}

/* *ret_statement: prepared for real.  NULL: it is only checked.  */
static int compile_query(struct guard *g, const struct rule *r,
			 const char *query, unsigned line,
			 const struct result *bound, struct result *ret_columns,
			 sqlite3_stmt **ret_statement, char **ret_error)
{
	AUTO(statement) sqlite3_stmt *s = NULL;
	AUTO(str) char *reason = NULL;
	unsigned in_query;
	int n, e;

	e = guard_check(g, query, &s, &reason, &in_query);
	if (e == 0 && ret_statement != NULL)
		e = guard_prepare_checked(g, query, ret_statement, &reason,
					  &in_query);
	if (e < 0) {
		*ret_error = located(r, line + in_query, TAKE(reason));
		return -EINVAL;
	}
	n = sqlite3_bind_parameter_count(s);
	for (int i = 1; i <= n; i++) {
		const char *name = sqlite3_bind_parameter_name(s, i);

		if (name != NULL && name[0] == ':' && bound != NULL &&
		    result_column(bound, name + 1) >= 0)
			continue;
		*ret_error = located(r, line, xasprintf(
			"the parameter %s is no column of the rule's query",
			name != NULL ? name : "?"));
		return -EINVAL;
	}
	take_names(s, ret_columns);
	for (int i = 0; i < ret_columns->n_columns; i++) {
		if (result_column(ret_columns, ret_columns->names[i]) == i)
			continue;
		*ret_error = located(r, line, xasprintf(
			"two columns are named %s", ret_columns->names[i]));
		return -EINVAL;
	}
	return 0;
}

/* The columns of a folded rule's query, and the count of its members: what its
 * message may name.  Both borrow, free the array only.  */
static int with_count(const struct rule *r, const struct result *columns,
		      struct result *ret_columns, char **ret_error)
{
	static char count[] = FOLD_COUNT;
	int n = columns->n_columns;

	if (result_column(columns, count) >= 0) {
		*ret_error = located(r, r->query_line, xstrdup(
			"a column named " FOLD_COUNT
			" hides the count of what is folded"));
		return -EINVAL;
	}
	ret_columns->names = xcalloc((size_t)n + 1,
				     sizeof(*ret_columns->names));
	for (int i = 0; i < n; i++)
		ret_columns->names[i] = columns->names[i];
	ret_columns->names[n] = count;
	ret_columns->n_columns = n + 1;
	return 0;
}

static int compile_texts(const struct rule *r, unsigned line,
			 const struct rule_text *texts, size_t n,
			 const struct result *columns, char **ret_error)
{
	size_t unnamed = 0;

	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *reason = NULL;

		unnamed += texts[i].variant == NULL;
		if (sentence_check(texts[i].text, columns->names,
				   columns->n_columns, &reason) < 0) {
			*ret_error = located(r, line, TAKE(reason));
			return -EINVAL;
		}
	}
	if (unnamed != 1) {
		*ret_error = located(r, line, xstrdup(
			"exactly one sentence must be without variant"));
		return -EINVAL;
	}
	return 0;
}

/* Is one of the N texts VARIANT's?  */
static bool has_variant(const struct rule_text *texts, size_t n,
			const char *variant)
{
	for (size_t i = 0; i < n; i++)
		if (text_same(texts[i].variant, variant))
			return true;
	return false;
}

/* A misspelt variant would have what must not be repaired repaired.  */
static int check_no_fixes(const struct rule *r, char **ret_error)
{
	for (size_t i = 0; i < r->n_no_fixes; i++) {
		const char *variant = r->no_fixes[i].variant;

		if (has_variant(r->messages, r->n_messages, variant) ||
		    has_variant(r->members, r->n_members, variant))
			continue;
		*ret_error = located(r, r->query_line, xasprintf(
			"<no-fix> is for the variant %s, which no sentence has",
			variant));
		return -EINVAL;
	}
	return 0;
}

/* The sentences of the rule itself.  */
static int compile_sentences(const struct rule *r, const struct result *columns,
			     char **ret_error)
{
	struct result folded = { 0 };
	int e;

	if (r->fold == NULL && r->n_members > 0) {
		*ret_error = located(r, r->query_line, xstrdup(
			"only a folded rule has <member>"));
		return -EINVAL;
	}
	if (r->fold == NULL)
		return compile_texts(r, r->query_line, r->messages,
				     r->n_messages, columns, ret_error);
	e = with_count(r, columns, &folded, ret_error);
	if (e == 0)
		e = compile_texts(r, r->query_line, r->messages,
				  r->n_messages, &folded, ret_error);
	free(folded.names);
	if (e == 0)
		e = compile_texts(r, r->query_line, r->members, r->n_members,
				  columns, ret_error);
	return e;
}

/* EVIDENCE: room for a statement for each piece of evidence; NULL: those are
 * only checked, since most rules find nothing.  */
static int compile_rule(struct guard *g, const struct rule *r,
			sqlite3_stmt **ret_query, sqlite3_stmt **evidence,
			char **ret_error)
{
	AUTO(result) struct result columns = { 0 };
	int e;

	e = compile_query(g, r, r->query, r->query_line, NULL, &columns,
			  ret_query, ret_error);
	if (e < 0)
		return e;
	if (result_column(&columns, "store_id") < 0) {
		*ret_error = located(r, r->query_line,
				     xstrdup("no column is named store_id"));
		return -EINVAL;
	}
	e = check_no_fixes(r, ret_error);
	if (e == 0)
		e = compile_sentences(r, &columns, ret_error);
	for (size_t i = 0; e == 0 && i < r->n_evidence; i++) {
		const struct rule_evidence *v = &r->evidence[i];
		AUTO(result) struct result own = { 0 };

		e = compile_query(g, r, v->query, v->line, &columns, &own,
				  evidence != NULL ? &evidence[i] : NULL,
				  ret_error);
		if (e == 0)
			e = compile_texts(r, v->line, v->texts, v->n_texts,
					  &own, ret_error);
	}
	return e;
}

/* All of it, and nothing is kept.  */
static int try_rule(struct guard *g, const struct rule *r, char **ret_error)
{
	sqlite3_stmt **evidence = xcalloc(r->n_evidence, sizeof(*evidence));
	AUTO(statement) sqlite3_stmt *query = NULL;
	int e;

	e = compile_rule(g, r, &query, evidence, ret_error);
	for (size_t i = 0; i < r->n_evidence; i++)
		sqlite3_finalize(evidence[i]);
	free(evidence);
	return e;
}

int rules_compile(struct rules *rules, char **ret_error)
{
	AUTO(inventory) struct inventory *empty = NULL;
	AUTO(str) char *reason = NULL;
	struct guard g;
	int e;

	e = inventory_open(NULL, INVENTORY_MEMORY, 0, &empty, &reason);
	if (e < 0) {
		*ret_error = TAKE(reason);
		return e;
	}
	e = reads_learn(inventory_db(empty), &rules->reads, ret_error);
	if (e < 0)
		return e;
	guard_begin(&g, inventory_db(empty), rules->reads, DIALECT_RULE);
	for (size_t i = 0; e == 0 && i < rules->n; i++)
		e = try_rule(&g, &rules->items[i], ret_error);
	guard_end(&g);
	return e;
}

/* A rule that came with the program: the tests had it compiled as above.  */
static int prepare_rule(struct guard *g, const struct rule *r,
			sqlite3_stmt **ret_query, char **ret_error)
{
	AUTO(str) char *reason = NULL;
	unsigned in_query;
	int e = guard_prepare_checked(g, r->query, ret_query, &reason,
				      &in_query);

	if (e < 0)
		*ret_error = located(r, r->query_line + in_query,
				     TAKE(reason));
	return e;
}

int queries_compile(struct guard *g, const struct rules *rules,
		    sqlite3_stmt ***ret_queries, char **ret_error)
{
	sqlite3_stmt **queries = xcalloc(rules->n, sizeof(*queries));
	int e = 0;

	for (size_t i = 0; e == 0 && i < rules->n; i++) {
		const struct rule *r = &rules->items[i];

		e = r->shipped ? prepare_rule(g, r, &queries[i], ret_error) :
			compile_rule(g, r, &queries[i], NULL, ret_error);
	}
	if (e < 0) {
		queries_free(queries, rules->n);
		return e;
	}
	*ret_queries = queries;
	return 0;
}

void queries_free(sqlite3_stmt **queries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_finalize(queries[i]);
	free(queries);
}
