/* postgres.c -- the fleet's database in PostgreSQL, by libpq; the only file that
 * knows it.
 *
 * All that adds rows holds one advisory lock of the session, so that what was not
 * there when it was looked for is not there when it is added.  A connection pooler
 * has to give a session and not a transaction for that.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/server.h"
#include "library/library.h"

/* What is used of libpq, which a host that only exports need not have.  */
#define LIBPQ(X) \
	X(PQclear) \
	X(PQconnectdbParams) \
	X(PQerrorMessage) \
	X(PQexec) \
	X(PQexecParams) \
	X(PQfinish) \
	X(PQgetResult) \
	X(PQgetlength) \
	X(PQgetvalue) \
	X(PQnfields) \
	X(PQntuples) \
	X(PQputCopyData) \
	X(PQputCopyEnd) \
	X(PQresultErrorField) \
	X(PQresultStatus) \
	X(PQsetNoticeReceiver) \
	X(PQstatus)

static struct { LIBPQ(LIBRARY_MEMBER) } pq;

#define SYMBOL(name)	{ #name, &pq.name },
static const struct library_symbol symbols[] = { LIBPQ(SYMBOL) };
#undef SYMBOL

static struct library library = {
	.soname = "libpq.so.5",		/* its ABI since PostgreSQL 8.0 */
	.symbols = symbols,
	.n = ARRAY_SIZE(symbols),
};

#define BYTEA_OID	17		/* pg_type.dat */
#define FLEET_VERSION	1

struct server {
	PGconn *connection;
	char *error;
};

const char *server_error(const struct server *d)
{
	return d->error != NULL ? d->error : "";
}

/* Keeps libpq's words, which are lines, as one.  */
static int failed(struct server *d)
{
	const char *words = pq.PQerrorMessage(d->connection);
	AUTO(buf) struct buf b;

	buf_init(&b, LIMIT_TEXT_BYTES);
	for (size_t n; *words != '\0'; words += n + strspn(words + n, "\n\t ")) {
		n = strcspn(words, "\n");
		buf_adds(&b, b.n > 0 ? "; " : "");
		buf_add(&b, words, n);
	}
	free(d->error);
	d->error = buf_take(&b);
	return -EIO;
}

static int expect(struct server *d, PGresult *result, ExecStatusType wanted)
{
	int r = pq.PQresultStatus(result) == wanted ? 0 : failed(d);

	pq.PQclear(result);
	return r;
}

int server_run(struct server *d, const char *sql)
{
	PGresult *result = pq.PQexec(d->connection, sql);
	ExecStatusType status = pq.PQresultStatus(result);

	if (status == PGRES_TUPLES_OK) {
		pq.PQclear(result);
		return 0;
	}
	return expect(d, result, PGRES_COMMAND_OK);
}

int server_number(struct server *d, const char *sql, int64_t *ret_number)
{
	PGresult *result = pq.PQexec(d->connection, sql);
	int r = 0;

	if (pq.PQresultStatus(result) != PGRES_TUPLES_OK ||
	    pq.PQntuples(result) != 1 || pq.PQnfields(result) != 1)
		r = failed(d);
	else
		*ret_number = strtoll(pq.PQgetvalue(result, 0, 0), NULL, 10);
	pq.PQclear(result);
	return r;
}

/* PostgreSQL's binary format of an array (array_recv() of its source): dimensions,
 * whether there are NULLs, the elements' type, their number, the first one's number,
 * and each with its length.  */
static void put_array(struct buf *b, const uint8_t (*hashes)[SHA256_SIZE],
		      size_t n)
{
	const uint32_t head[] = {
		htonl(1), htonl(0), htonl(BYTEA_OID), htonl((uint32_t)n),
		htonl(1),
	}, size = htonl(SHA256_SIZE);

	buf_add(b, head, sizeof(head));
	for (size_t k = 0; k < n; k++) {
		buf_add(b, &size, sizeof(size));
		buf_add(b, hashes[k], SHA256_SIZE);
	}
}

static int give_rows(const PGresult *result, found_fn *fn, void *data)
{
	for (int row = 0; row < pq.PQntuples(result); row++) {
		const char *p[3];

		for (int k = 0; k < 3; k++) {
			p[k] = pq.PQgetvalue(result, row, k);
			if (pq.PQgetlength(result, row, k) !=
			    (k == 0 ? SHA256_SIZE : 4))
				return -EIO;
		}
		fn((const uint8_t *)p[0],
		   (int32_t)get_be32((const uint8_t *)p[1]),
		   (int32_t)get_be32((const uint8_t *)p[2]), data);
	}
	return 0;
}

int server_find(struct server *d, const char *sql,
		const uint8_t (*hashes)[SHA256_SIZE], size_t n, found_fn *fn,
		void *data)
{
	enum { AT_ONCE = 100000 };	/* elements of one array */
	int r = 0;

	for (size_t from = 0; r == 0 && from < n; from += AT_ONCE) {
		const size_t part = n - from < AT_ONCE ? n - from : AT_ONCE;
		const char *value;
		int length, binary = 1;
		PGresult *result;
		AUTO(buf) struct buf b;

		buf_init(&b, SIZE_MAX);
		put_array(&b, hashes + from, part);
		value = b.p;
		length = (int)b.n;
		result = pq.PQexecParams(d->connection, sql, 1, NULL, &value,
				      &length, &binary, 1);
		if (pq.PQresultStatus(result) == PGRES_TUPLES_OK &&
		    pq.PQnfields(result) == 3)
			r = give_rows(result, fn, data);
		else
			r = failed(d);
		pq.PQclear(result);
	}
	return r;
}

int server_copy_begin(struct server *d, const char *sql)
{
	return expect(d, pq.PQexec(d->connection, sql), PGRES_COPY_IN);
}

int server_copy(struct server *d, const struct buf *rows)
{
	return rows->n == 0 ||
	       pq.PQputCopyData(d->connection, rows->p, (int)rows->n) == 1 ?
	       0 : failed(d);
}

int server_copy_end(struct server *d)
{
	PGresult *result;
	int r = 0;

	if (pq.PQputCopyEnd(d->connection, NULL) != 1)
		return failed(d);
	while ((result = pq.PQgetResult(d->connection)) != NULL) {
		int each = expect(d, result, PGRES_COMMAND_OK);

		r = r == 0 ? each : r;
	}
	return r;
}

/* ---- opening ------------------------------------------------------------------- */

static void no_notice(void *data, const PGresult *result)
{
	(void)data;
	(void)result;
}

static int make_tables(struct server *d)
{
	AUTO(str) char *path = xasprintf("%s/schema/fleet.sql", data_dir());
	AUTO(str) char *sql = NULL;
	size_t n;
	int r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &sql, &n);

	if (r < 0) {
		free(d->error);
		d->error = xasprintf("%s: %s", path, error_words(r));
		return -EIO;
	}
	return server_run(d, sql);	/* one transaction */
}

static int lock(struct server *d, unsigned wait_seconds)
{
	AUTO(str) char *timeout = xasprintf("SET lock_timeout = '%us'",
					    wait_seconds);
	PGresult *result;
	const char *state;
	bool busy;

	/* 0 would wait for ever.  */
	if (wait_seconds == 0) {
		free(timeout);
		timeout = xstrdup("SET lock_timeout = '1ms'");
	}
	if (server_run(d, timeout) < 0)
		return -EIO;
	result = pq.PQexec(d->connection, "SELECT pg_advisory_lock("
			"hashtext('trustdrift'))");
	state = pq.PQresultErrorField(result, PG_DIAG_SQLSTATE);
	busy = state != NULL && strcmp(state, "55P03") == 0;
	if (busy) {
		free(d->error);
		d->error = xasprintf(_("another import has held the database for more than %u seconds; see --wait"),
				     wait_seconds);
		pq.PQclear(result);
		return -EBUSY;
	}
	return expect(d, result, PGRES_TUPLES_OK);
}

static int prepare(struct server *d, unsigned wait_seconds)
{
	int64_t there, version;
	int r = lock(d, wait_seconds);

	if (r == 0)
		r = server_number(d, "SELECT CASE WHEN "
			"current_setting('server_encoding') <> 'UTF8' THEN 2 "
			"WHEN to_regclass('trustdrift.version') IS NULL "
			"THEN 0 ELSE 1 END", &there);
	if (r == 0 && there == 2) {
		free(d->error);
		d->error = xstrdup(_("the database's encoding is not UTF8; make it with: createdb --encoding UTF8 --template template0 NAME"));
		return -EMEDIUMTYPE;
	}
	if (r == 0 && there == 0)
		r = make_tables(d);
	if (r == 0)
		r = server_number(d,
			"SELECT number FROM trustdrift.version", &version);
	if (r == 0 && version != FLEET_VERSION) {
		free(d->error);
		d->error = xasprintf(_("the tables are of version %lld, and this program knows %d"),
				     (long long)version, FLEET_VERSION);
		return -EMEDIUMTYPE;
	}
	return r;
}

int server_open(const char *conninfo, unsigned wait_seconds,
		struct server **ret_server, char **ret_error)
{
	const char *const keywords[] = {
		"client_encoding", "fallback_application_name", "dbname", NULL,
	};
	const char *const values[] = { "UTF8", PACKAGE, conninfo, NULL };
	struct server *d;
	int r = 0;

	*ret_error = library_load(&library);
	if (*ret_error != NULL)
		return -ENOTSUP;
	d = xcalloc(1, sizeof(*d));
	/* `dbname` may be all of a connection string.  */
	d->connection = pq.PQconnectdbParams(keywords, values, 1);
	if (pq.PQstatus(d->connection) != CONNECTION_OK) {
		failed(d);
		r = -ECONNREFUSED;
	}
	if (r == 0) {
		pq.PQsetNoticeReceiver(d->connection, no_notice, NULL);
		r = prepare(d, wait_seconds);
	}
	if (r < 0) {
		*ret_error = xstrdup(server_error(d));
		server_close(d);
		return r;
	}
	*ret_server = d;
	return 0;
}

void server_close(struct server *d)
{
	if (d == NULL)
		return;
	pq.PQfinish(d->connection);
	free(d->error);
	free(d);
}
