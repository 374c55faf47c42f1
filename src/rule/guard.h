/* guard.h -- what the files of this folder share: the guard around SQL that
 * others wrote, the results of a query, and sentences with {column} places.
 * Private to src/rule.
 */
#ifndef RULE_GUARD_H
#define RULE_GUARD_H

#include "rule/rule.h"

struct sqlite3;
struct sqlite3_stmt;

/* ---- what views may read (guard.c) --------------------------------------*/

/* Prepares every v_* view of DB once and records which columns of which table
 * each of them reads.  -EINVAL: *ret_error says which view does not compile;
 * -EIO: not a database.  Free with reads_free().  */
int reads_learn(struct sqlite3 *db, struct reads **ret_reads, char **ret_error);
void reads_free(struct reads *r);
void auto_reads(struct reads **r);

/* ---- the guard (guard.c) ------------------------------------------------*/
enum dialect {
	DIALECT_RULE,		/* functions that PostgreSQL has as well */
	DIALECT_USER,		/* and SQLite's for reading at a terminal */
};

/* Between guard_begin() and guard_end() the connection can do nothing but
 * SELECT from views, within limits.  READS NULL: only SQL that came with the
 * program will be prepared, and the limits are all there is.  Not copied, not
 * nested.  */
struct guard {
	struct sqlite3 *db;
	const struct reads *reads;	/* or NULL */
	enum dialect dialect;
	int limits[12];		/* the connection's own, to be restored */
	uint64_t steps;		/* left of the running query's budget */
	int64_t memory;		/* SQLite's memory when the query began */
	const char *stopped;	/* why the running query was interrupted */
	char *refused;		/* what the authorizer refused last */
};
void guard_begin(struct guard *g, struct sqlite3 *db, const struct reads *reads,
		 enum dialect dialect);
void guard_end(struct guard *g);

/* One SELECT.  -EINVAL: *ret_error says why not (the caller frees) and
 * *ret_line on which of the statement's lines, from 0.  */
int guard_prepare(struct guard *g, const char *sql,
		  struct sqlite3_stmt **ret_statement, char **ret_error,
		  unsigned *ret_line);
/* Its two halves: does SQL name nothing but views and allowed functions?  The
 * statement knows its columns and parameters, but has no rows.  Then, and only
 * for SQL that was checked or came with the program, the statement proper.  */
int guard_check(struct guard *g, const char *sql,
		struct sqlite3_stmt **ret_statement, char **ret_error,
		unsigned *ret_line);
int guard_prepare_checked(struct guard *g, const char *sql,
			  struct sqlite3_stmt **ret_statement,
			  char **ret_error, unsigned *ret_line);
/* The next row of a statement: 1, or 0 behind the last; -EINVAL with
 * *ret_error when it fails or exceeds a limit.  FIRST begins a new budget.  */
int guard_step(struct guard *g, struct sqlite3_stmt *statement, bool first,
	       char **ret_error);
void auto_statement(struct sqlite3_stmt **s);
/* Where in its SQL the statement that DB refused last is wrong; -1: SQLite does
 * not say, and one before 3.38 never does.  */
int error_offset(struct sqlite3 *db);

/* ---- results (result.c) -------------------------------------------------*/
struct cell {
	char *text;		/* NULL: SQL NULL */
	int64_t number;		/* of an integer, else 0 */
	bool is_number;
};
struct result {
	int n_columns;
	char **names;
	struct cell *cells;	/* n_rows times n_columns */
	size_t n_rows;
};

/* Column NAME of a result, or -1.  */
int result_column(const struct result *r, const char *name);
/* A cell, NULL when the result has no such column or the cell is NULL.  */
const struct cell *result_cell(const struct result *r, size_t row,
			       const char *name);
const char *result_text(const struct result *r, size_t row, const char *name);
char *result_copy(const struct result *r, size_t row, const char *name);
/* OTHERWISE for what is no integer.  */
int64_t result_number(const struct result *r, size_t row, const char *name,
		      int64_t otherwise);
void result_done(struct result *r);
void auto_result(struct result *r);

/* All rows of a prepared query, at most LIMIT; its :name parameters are the
 * columns of row ROW of BOUND (NULL: it has none).  -EINVAL with *ret_error.  */
int result_fetch(struct guard *g, struct sqlite3_stmt *statement, size_t limit,
		 const struct result *bound, size_t row,
		 struct result *ret_result, char **ret_error);

/* ---- sentences (result.c) -----------------------------------------------
 * {column}, {column:time}, {column:date} and {column:short}; {{ and }} are
 * braces.  */

/* Is every place of TEXT a known form and one of the names?  -EINVAL with
 * *ret_error otherwise.  */
int sentence_check(const char *text, char *const *names, int n_names,
		   char **ret_error);
/* The sentence for a row; the caller frees.  */
char *sentence_fill(const char *text, const struct result *r, size_t row);
/* The text that a row's `variant` asks for; NULL when there is none.  */
const char *sentence_choose(const struct rule_text *texts, size_t n,
			    const struct result *r, size_t row);

#define FOLD_COUNT	"count"	/* place of a folded rule's message */

/* ---- compiling (compile.c) ----------------------------------------------*/

/* Prepares every query of the pack under the guard, against an empty
 * inventory, checks all places, and sets rules->reads.  -EINVAL: *ret_error =
 * "file:line: reason".  */
int rules_compile(struct rules *rules, char **ret_error);

/* The same against the connection of G, but queries of evidence are checked
 * only, by guard_check(), and rules that came with the program not even that;
 * keeps a statement for each rule's query.  They have to be freed before
 * guard_end().  */
int queries_compile(struct guard *g, const struct rules *rules,
		    struct sqlite3_stmt ***ret_queries, char **ret_error);
void queries_free(struct sqlite3_stmt **queries, size_t n);

#endif
