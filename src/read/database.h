/* database.h -- private to the readers of SQLite databases: opens the bytes of
 * one in memory, harmless whatever is in it, and says what is wrong with it.
 *
 * The bytes come from whoever owns the profile.  SQLite sees a copy of them,
 * is told to distrust the schema, may only read plain tables, and stops after
 * LIMIT_DATABASE_STEPS steps.  Pages that are gone through and bytes of rows are
 * steps as well: rows may share them, and many such rows are a small file.
 */
#ifndef DATABASE_H
#define DATABASE_H

#include <sqlite3.h>

#include "read/read.h"

struct database {
	sqlite3 *db;
	struct sink *out;
	const char *name;	/* begins every message: "key4.db: ", or "" */
	unsigned page_steps;	/* what a page costs */
	uint64_t steps;
};

/* Lets SQLite do what it does once in a process, such as asking for randomness. */
void database_ready(void);

/* Opens N BYTES, which sqlite3_malloc64() gave and which are SQLite's from then on,
 * as a database; for a library without sqlite3_deserialize().  SQLITE_OK or an
 * error; *ret_db is to be closed either way.  */
int database_from_memory(unsigned char *bytes, size_t n, sqlite3 **ret_db);

/* Could these bytes be an SQLite database with TEXT in its schema?  What was
 * cut off before its schema could be.  */
bool database_sniff(struct blob data, const char *text);

/* Opens DATA; close with database_close(), whatever the result.  NAME lives as
 * long as the database.  -EINVAL: it cannot be, which was said.  -EIO: SQLite
 * can say why, see database_failed().  */
int database_open(struct blob data, struct sink *out, const char *name,
		  struct database *ret_database);
void database_close(struct database *d);

/* Reports why a function here failed; dies when there was no memory.  Without
 * database_watch_memory() that is told like a damaged database.  */
void database_failed(struct database *d);

/* The caller finalizes.  -EIO.  */
int database_prepare(struct database *d, const char *sql,
		     sqlite3_stmt **ret_statement);

/* sqlite3_step(), whose row counts.  What is no SQLITE_ROW or SQLITE_DONE is an
 * error, see database_failed().  */
int database_next(struct database *d, sqlite3_stmt *s);

/* Is TABLE, an SQL name, a plain table?  A view or a virtual table of this name
 * would be a program of its maker.  -ENOENT: it is not.  -EIO.  */
int database_table(struct database *d, const char *table);

/* Which of the N columns TABLE has.  Computed ones count as missing, so they
 * are never read.  -EIO.  */
int database_columns(struct database *d, const char *table,
		     const char *const *names, size_t n, bool *ret_has);

/* The bytes of a column of the current row, valid until the next step; none
 * when it holds neither blob nor text.  */
struct blob database_bytes(sqlite3_stmt *row, int column);

#endif
