/* db.h -- what the files of this folder share: the connection, its statements
 * and the state of the open scan.  Private to src/inventory and its tests.
 */
#ifndef INVENTORY_DB_H
#define INVENTORY_DB_H

#include <sqlite3.h>

#include "inventory/inventory.h"

/* A prepared statement, kept until the inventory is closed and found again by
 * the address of its text: SQL is always a string literal.  */
struct statement {
	struct statement *next;
	const char *sql;
	sqlite3_stmt *handle;
	bool in_use;
};

struct inventory {
	sqlite3 *db;
	struct statement *statements;
	char error[512];		/* words for the last failure */

	/* The open scan; 0: none.  */
	int64_t scan, root_id;
	bool forgot_signatures;		/* meta.signatures is gone already */

	/* Reachability: does what is stored hold for the open scan, and what
	 * will be remembered with it once it is stored?  */
	bool reach_current, reach_expected;
	uint8_t reach_key[SHA256_SIZE];
	int64_t reach_from, reach_until;

	/* Hashes of certificates by id, all zero where not known: manifests
	 * are made of them.  */
	uint8_t (*hashes)[SHA256_SIZE];
	size_t n_hashes;
};

/* The errno for a result code of SQLite; keeps its words for
 * inventory_error().  */
int db_error(struct inventory *i, int code);
/* Statements that give no rows, one or many.  */
int db_exec(struct inventory *i, const char *sql);
/* The number that SQL, a constant, answers with in its only row.  */
int pragma_int(struct inventory *i, const char *sql, int64_t *ret_value);

/* ---- one use of a statement -----------------------------------------------
 *	AUTO(query) struct query q = query_start(i, "SELECT ... WHERE a = ?");
 *
 *	query_int(&q, a);
 *	while ((r = query_step(&q)) > 0)
 *		... query_column_int(&q, 0) ...
 *
 * Parameters are bound in order.  An error is kept until query_step() or
 * query_run(), so the calls before need no checks.  Text and blobs are
 * borrowed until the statement has run; columns until the next step.  */
struct query {
	struct inventory *inventory;
	struct statement *statement;	/* NULL when it could not be prepared */
	int parameters;			/* bound so far */
	int error;			/* the first one */
};
struct query query_start(struct inventory *i, const char *sql);
void auto_query(struct query *q);

void query_int(struct query *q, int64_t value);
void query_null(struct query *q);
void query_text(struct query *q, const char *text);	/* NULL: SQL NULL */
void query_hex(struct query *q, const uint8_t *p, size_t n);	/* likewise */
void query_blob(struct query *q, struct blob blob);

int query_step(struct query *q);	/* 1: a row; 0: no more; -errno */
/* For statements without rows; it can be bound and run again afterwards.  */
int query_run(struct query *q);

int64_t query_column_int(struct query *q, int column);
bool query_column_is_null(struct query *q, int column);
const char *query_column_text(struct query *q, int column); /* NULL: SQL NULL */
struct blob query_column_blob(struct query *q, int column);
/* From lower-case hex; -EMEDIUMTYPE when it is not.  */
int query_column_hash(struct query *q, int column,
		      uint8_t ret_hash[SHA256_SIZE]);

/* A transaction of its own, unless one is open already.  transaction_end()
 * commits when RESULT is 0 and rolls back otherwise; it returns RESULT or what
 * went wrong at the end.  */
int transaction_begin(struct inventory *i, bool *ret_own);
int transaction_end(struct inventory *i, bool own, int result);

/* The table meta.  -ENOENT: no such key.  */
int meta_int(struct inventory *i, const char *key, int64_t *ret_value);
int meta_hash(struct inventory *i, const char *key,
	      uint8_t ret_hash[SHA256_SIZE]);
int meta_set_int(struct inventory *i, const char *key, int64_t value);
int meta_set_hash(struct inventory *i, const char *key,
		  const uint8_t hash[SHA256_SIZE]);
int meta_delete(struct inventory *i, const char *key);

/* ---- a hash over a stream --------------------------------------------------
 * SHA-256 in fixed memory over what may be 100,000 entries: blocks of the
 * stream are hashed one after the other, each with its number and the hash of
 * the block before it in front.  */
struct digest {
	uint8_t block[4096];
	size_t n;
	uint64_t number;
};
void digest_init(struct digest *d);
void digest_bytes(struct digest *d, const void *p, size_t n);
void digest_int(struct digest *d, uint64_t value);
void digest_text(struct digest *d, const char *text);	/* NULL differs from "" */
void digest_end(struct digest *d, uint8_t ret_hash[SHA256_SIZE]);

/* ---- what scans refer to by its content (content.c) -------------------------
 * Tables with the columns id and sha256; the SQL is static text.  */
struct content_table {
	const char *find, *add, *use;
};
#define CONTENT(table) { \
	"SELECT id FROM " table " WHERE sha256 = ?", \
	"INSERT INTO " table " (sha256) VALUES (?)", \
	"UPDATE scan SET " table "_id = ? WHERE id = ?" }
/* Adds element K of DATA to the content ROW.  */
typedef int content_fn(struct inventory *i, int64_t row, size_t k,
		       const void *data);
/* Makes the open scan refer to the row whose content OVER is over, and which is
 * added with the N elements of DATA when it is new.  */
int scan_refer(struct inventory *i, const struct content_table *c,
	       struct digest *over, content_fn *add, const void *data, size_t n);

/* The open scan refers to what scan FROM refers to by its content (repeat.c).  */
int scan_copy_sets(struct inventory *i, int64_t from);

/* The time of the open scan.  -ENOENT: there is none.  */
int scan_time(struct inventory *i, int64_t *ret_now);
/* Over what the open scan's stores hold, who composes them, and which signatures
 * are known: equal for scans of the same (graph-data.c).  */
int scan_hash(struct inventory *i, uint8_t ret_key[SHA256_SIZE]);

/* ---- certificates ----------------------------------------------------------*/
/* -ENOENT: no such certificate.  */
int certificate_hash(struct inventory *i, int64_t id,
		     uint8_t ret_hash[SHA256_SIZE]);
/* VERIFIED: 1, 0, or -1 could not be checked.  -EEXIST: known already.  */
int signature_add(struct inventory *i, int64_t certificate, int64_t identity,
		  int verified);
/* What was remembered about ids is void.  */
void certificate_forget(struct inventory *i);

/* The ids of PARTY's anchors in the open scan, in order; a query that was
 * started already.  PARTY is borrowed until it has run.  */
struct query anchors_query(struct inventory *i, const char *party,
			   bool partial_chain, bool distrusts_keys);

/* Deletes all that was computed from a scan.  */
int graph_forget(struct inventory *i);

/* ---- schema ----------------------------------------------------------------*/
#define APPLICATION_ID	0x54445246	/* "TDRF", at offset 68 of the file */

/* A step from version FROM to FROM + 1.  SQL concerns base tables only: views
 * are dropped and made anew when all steps are done.  */
struct migration {
	int from;
	const char *sql;	/* NULL behind the last */
};
struct schema {
	int version;
	const struct migration *migrations;
};
extern const struct schema schema_current;

/* All of these give -EMEDIUMTYPE for files that are not what they should be;
 * *ret_error then says why in a few words (the caller frees).  */
int schema_create(struct inventory *i, const struct schema *schema,
		  char **ret_error);
/* Brings an older file up to date, and checks that the tables are there.  An
 * empty database is -ENODATA.  MAY_WRITE false: *ret_older instead.  */
int schema_check(struct inventory *i, const struct schema *schema,
		 bool may_write, bool *ret_older, char **ret_error);

/* inventory_open() with another schema than the current one, for tests of
 * migrations.  */
int open_with_schema(const char *path, enum inventory_mode mode,
		     unsigned wait_seconds, const struct schema *schema,
		     struct inventory **ret_inventory, char **ret_error);

#endif
