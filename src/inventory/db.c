/* db.c -- SQLite with the manners of this program: errors are negative errno,
 * statements are prepared once, and a statement in use is given back at the
 * end of its scope.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

int db_error(struct inventory *i, int code)
{
	/* SQLITE_MISUSE and no connection at all have no words of their own. */
	const char *words = i->db != NULL && code == sqlite3_extended_errcode(i->db)
		? sqlite3_errmsg(i->db) : sqlite3_errstr(code);
	int os;

	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return 0;
	snprintf(i->error, sizeof(i->error), "%s", words);

	switch (code) {
	case SQLITE_READONLY_ROLLBACK:
	case SQLITE_READONLY_RECOVERY:
	case SQLITE_BUSY_RECOVERY:
		return -EUCLEAN;
	}
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EMEDIUMTYPE;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_TOOBIG:
		return -E2BIG;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_INTERRUPT:
		return -EINTR;
	case SQLITE_CANTOPEN:
		os = i->db != NULL ? sqlite3_system_errno(i->db) : 0;
		return os > 0 ? -os : -EIO;
	default:
		return -EIO;
	}
}

int db_exec(struct inventory *i, const char *sql)
{
	return db_error(i, sqlite3_exec(i->db, sql, NULL, NULL, NULL));
}

/* ---- statements ------------------------------------------------------------*/

struct query query_start(struct inventory *i, const char *sql)
{
	struct query q = { .inventory = i };
	struct statement *s;
	int code;

	for (s = i->statements; s != NULL; s = s->next)
		if (s->sql == sql && !s->in_use)
			break;
	if (s == NULL) {
		sqlite3_stmt *handle = NULL;

		code = sqlite3_prepare_v3(i->db, sql, -1,
					  SQLITE_PREPARE_PERSISTENT, &handle,
					  NULL);
		if (code != SQLITE_OK) {
			q.error = db_error(i, code);
			/* Our SQL is right, so somebody changed the tables. */
			if ((code & 0xff) == SQLITE_ERROR)
				q.error = -EMEDIUMTYPE;
			return q;
		}
		s = xcalloc(1, sizeof(*s));
		s->sql = sql;
		s->handle = handle;
		s->next = i->statements;
		i->statements = s;
	}
	s->in_use = true;
	q.statement = s;
	return q;
}

void auto_query(struct query *q)
{
	if (q->statement == NULL)
		return;
	sqlite3_reset(q->statement->handle);
	sqlite3_clear_bindings(q->statement->handle);
	q->statement->in_use = false;
	q->statement = NULL;
}

static void bound(struct query *q, int code)
{
	if (code != SQLITE_OK)
		q->error = db_error(q->inventory, code);
}

void query_int(struct query *q, int64_t value)
{
	if (q->error == 0)
		bound(q, sqlite3_bind_int64(q->statement->handle,
					    ++q->parameters, value));
}

void query_null(struct query *q)
{
	if (q->error == 0)
		bound(q, sqlite3_bind_null(q->statement->handle,
					   ++q->parameters));
}

void query_text(struct query *q, const char *text)
{
	if (text == NULL)
		query_null(q);
	else if (q->error == 0)
		bound(q, sqlite3_bind_text(q->statement->handle,
					   ++q->parameters, text, -1,
					   SQLITE_STATIC));
}

void query_hex(struct query *q, const uint8_t *p, size_t n)
{
	char *hex;

	if (p == NULL) {
		query_null(q);
		return;
	}
	if (q->error != 0)
		return;
	hex = sqlite3_malloc64(2 * (uint64_t)n + 1);
	if (hex == NULL) {
		q->error = -ENOMEM;
		return;
	}
	hex_encode(p, n, hex);
	bound(q, sqlite3_bind_text64(q->statement->handle, ++q->parameters, hex,
				     2 * (uint64_t)n, sqlite3_free,
				     SQLITE_UTF8));
}

void query_blob(struct query *q, struct blob blob)
{
	if (q->error == 0)
		bound(q, sqlite3_bind_blob64(q->statement->handle,
					     ++q->parameters,
					     blob.n != 0 ? (void *)blob.p : "",
					     blob.n, SQLITE_STATIC));
}

int query_step(struct query *q)
{
	int code;

	if (q->error != 0)
		return q->error;
	code = sqlite3_step(q->statement->handle);
	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		q->error = db_error(q->inventory, code);
	return q->error;
}

int query_run(struct query *q)
{
	int r = query_step(q);

	if (q->statement != NULL)
		sqlite3_reset(q->statement->handle);
	q->parameters = 0;
	return r < 0 ? r : 0;
}

int64_t query_column_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->statement->handle, column);
}

bool query_column_is_null(struct query *q, int column)
{
	return sqlite3_column_type(q->statement->handle, column) == SQLITE_NULL;
}

const char *query_column_text(struct query *q, int column)
{
	return (const char *)sqlite3_column_text(q->statement->handle, column);
}

struct blob query_column_blob(struct query *q, int column)
{
	/* The pointer first: SQLite may convert, and the length follows.  */
	const uint8_t *p = sqlite3_column_blob(q->statement->handle, column);
	int n = sqlite3_column_bytes(q->statement->handle, column);

	return (struct blob){ p, (size_t)n };
}

int query_column_hash(struct query *q, int column,
		      uint8_t ret_hash[SHA256_SIZE])
{
	const char *hex = query_column_text(q, column);
	uint8_t hash[SHA256_SIZE];

	if (hex == NULL || hex_decode(hex, hash, sizeof(hash)) < 0) {
		snprintf(q->inventory->error, sizeof(q->inventory->error),
			 "a hash in the inventory is not 64 hex digits");
		return -EMEDIUMTYPE;
	}
	memcpy(ret_hash, hash, sizeof(hash));
	return 0;
}

/* ---- transactions ----------------------------------------------------------*/

int transaction_begin(struct inventory *i, bool *ret_own)
{
	int r;

	if (!sqlite3_get_autocommit(i->db)) {
		*ret_own = false;
		return 0;
	}
	r = db_exec(i, "BEGIN IMMEDIATE");
	if (r < 0)	/* interrupted, it may have begun all the same */
		return transaction_end(i, true, r);
	*ret_own = true;
	return 0;
}

int transaction_end(struct inventory *i, bool own, int result)
{
	char words[sizeof(i->error)];

	if (!own)
		return result;
	if (result == 0)
		result = db_exec(i, "COMMIT");
	if (result != 0 && !sqlite3_get_autocommit(i->db)) {
		/* What failed is worth more than how the rollback went.  */
		memcpy(words, i->error, sizeof(words));
		db_exec(i, "ROLLBACK");
		memcpy(i->error, words, sizeof(words));
	}
	return result;
}

/* ---- meta ------------------------------------------------------------------*/

static const char meta_select[] = "SELECT value FROM meta WHERE key = ?";
static const char meta_replace[] = "INSERT OR REPLACE INTO meta VALUES (?, ?)";

int meta_int(struct inventory *i, const char *key, int64_t *ret_value)
{
	AUTO(query) struct query q = query_start(i, meta_select);
	int r;

	query_text(&q, key);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret_value = query_column_int(&q, 0);
	return 0;
}

int meta_hash(struct inventory *i, const char *key,
	      uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(query) struct query q = query_start(i, meta_select);
	int r;

	query_text(&q, key);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	return query_column_hash(&q, 0, ret_hash);
}

int meta_set_int(struct inventory *i, const char *key, int64_t value)
{
	AUTO(query) struct query q = query_start(i, meta_replace);

	query_text(&q, key);
	query_int(&q, value);
	return query_run(&q);
}

int meta_set_hash(struct inventory *i, const char *key,
		  const uint8_t hash[SHA256_SIZE])
{
	AUTO(query) struct query q = query_start(i, meta_replace);

	query_text(&q, key);
	query_hex(&q, hash, SHA256_SIZE);
	return query_run(&q);
}

int meta_delete(struct inventory *i, const char *key)
{
	AUTO(query) struct query q =
		query_start(i, "DELETE FROM meta WHERE key = ?");

	query_text(&q, key);
	return query_run(&q);
}

/* ---- digest ----------------------------------------------------------------*/

static void begin_block(struct digest *d, const uint8_t before[SHA256_SIZE])
{
	for (d->n = 0; d->n < 8; d->n++)
		d->block[d->n] = (uint8_t)(d->number >> (56 - 8 * d->n));
	memcpy(d->block + d->n, before, SHA256_SIZE);
	d->n += SHA256_SIZE;
	d->number++;
}

static void end_block(struct digest *d, uint8_t ret_hash[SHA256_SIZE])
{
	hash_sha256((struct blob){ d->block, d->n }, ret_hash);
}

void digest_init(struct digest *d)
{
	static const uint8_t none[SHA256_SIZE];

	d->number = 0;
	begin_block(d, none);
}

void digest_bytes(struct digest *d, const void *p, size_t n)
{
	const uint8_t *from = p;
	uint8_t hash[SHA256_SIZE];

	while (n > 0) {
		size_t room = sizeof(d->block) - d->n;
		size_t now = n < room ? n : room;

		memcpy(d->block + d->n, from, now);
		d->n += now;
		from += now;
		n -= now;
		if (d->n == sizeof(d->block)) {
			end_block(d, hash);
			begin_block(d, hash);
		}
	}
}

void digest_int(struct digest *d, uint64_t value)
{
	uint8_t bytes[8];
	size_t k;

	for (k = 0; k < sizeof(bytes); k++)
		bytes[k] = (uint8_t)(value >> (56 - 8 * k));
	digest_bytes(d, bytes, sizeof(bytes));
}

void digest_text(struct digest *d, const char *text)
{
	if (text == NULL) {
		digest_int(d, UINT64_MAX);
		return;
	}
	digest_int(d, strlen(text));
	digest_bytes(d, text, strlen(text));
}

void digest_end(struct digest *d, uint8_t ret_hash[SHA256_SIZE])
{
	end_block(d, ret_hash);
}
