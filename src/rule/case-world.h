/* case-world.h -- an inventory made of a few abstract rows, so that a case of a
 * rule can say what it is about and nothing else.  Their tables are
 * data/schema/world.sql.  Private to src/rule, and to tests of it.
 */
#ifndef RULE_CASE_WORLD_H
#define RULE_CASE_WORLD_H

#include "rule/rule.h"

struct sqlite3;
struct sqlite3_stmt;

struct case_world {
	struct sqlite3 *rows;	/* in memory */
	char **tables;		/* their names */
	size_t n_tables;
	uint64_t steps;		/* left for the file that is being read */
	int64_t memory;		/* SQLite's when its reading began */
	const char *stopped;	/* why it was interrupted */
	char *refused;		/* what the authorizer refused last */
	char *error;		/* what went wrong first while playing */
};

/* The tables, empty.  -EINVAL, -EIO: *ret_error says why (the caller frees).  */
int case_world_open(struct case_world **ret_world, char **ret_error);
void case_world_free(struct case_world *w);
void auto_case_world(struct case_world **w);
/* Runs the statements of SQL, which PATH is the name of in errors: they can
 * change the rows of the tables and nothing else, and no more than the limits
 * allow.  All rows that were there before stay where nobody changes them.
 * -EINVAL: *ret_error = "PATH:line: reason", fit for a terminal (the caller
 * frees), and W is of no use any more.  */
int case_world_fill(struct case_world *w, const char *sql, const char *path,
		    char **ret_error);
/* An inventory in memory with all scans of W, the newest one at NOW and with its
 * reachability computed; the caller closes it.  -EINVAL: *ret_error says what
 * of the rows cannot be (the caller frees).  */
int case_world_scan(struct case_world *w, int64_t now, unsigned warn_days,
		    struct inventory **ret_inventory, char **ret_error);
/* The name of the certificate with that hash, "-" for NULL, "?" for a hash of
 * none; the caller frees.  */
char *case_world_name(const struct case_world *w, const char *sha256);

/* ---- shared by case-scan.c and case-said.c -------------------------------*/
/* A query of ours: it cannot fail but for memory, of which the program dies. */
struct sqlite3_stmt *case_start(const struct case_world *w, const char *sql);
bool case_next(struct sqlite3_stmt *s);
const char *case_text(struct sqlite3_stmt *s, int column);
char *case_copy(struct sqlite3_stmt *s, int column);	/* NULL for NULL */
int64_t case_time(struct sqlite3_stmt *s, int column);	/* is_time() is sure */
struct blob case_blob(const char *s);
int case_key_kind(const char *name);	/* enum key_kind; -1: none */
int case_hash_kind(const char *name);	/* likewise */
void case_hash_words(const char *what, const char *words,
		     uint8_t ret_hash[SHA256_SIZE]);
/* Remembers that WHAT could not be put into the inventory, if R says so and it is
 * the first; what follows goes on and comes to nothing.  */
void case_try(struct case_world *w, struct inventory *i, const char *what,
	      int r);

/* What settings, directories and packages say, and after the graph is known, what
 * parties answer and the administrator demands.  Errors as in case_try().  */
void case_say_settings(struct case_world *w, struct inventory *i);
void case_say_program(struct case_world *w, struct inventory *i);
void case_say_verdicts(struct case_world *w, struct inventory *i);
void case_say_demands(struct case_world *w, struct inventory *i);

#endif
