/* server.h -- what import.c asks of a database: to find rows by hashes, and to add
 * many.  Private to src/fleet.
 */
#ifndef FLEET_SERVER_H
#define FLEET_SERVER_H

#include "fleet/fleet.h"

struct server;
/* As fleet_open().  */
int server_open(const char *conninfo, unsigned wait_seconds,
		struct server **ret_server, char **ret_error);
void server_close(struct server *d);	/* NULL is allowed */
const char *server_error(const struct server *d);

/* All of the following: 0, or -EIO with words in server_error().  */
int server_run(struct server *d, const char *sql);	/* without text of others */
/* SQL is a query with one row of one number.  */
int server_number(struct server *d, const char *sql, int64_t *ret_number);
/* SQL has one parameter, an array of bytea, and answers with rows (hash, integer,
 * integer).  FN is told of each.  */
typedef void found_fn(const uint8_t sha256[SHA256_SIZE], int32_t first,
		      int32_t second, void *data);
int server_find(struct server *d, const char *sql,
		const uint8_t (*hashes)[SHA256_SIZE], size_t n, found_fn *fn,
		void *data);
/* SQL is COPY ... FROM STDIN in text format.  */
int server_copy_begin(struct server *d, const char *sql);
int server_copy(struct server *d, const struct buf *rows);
int server_copy_end(struct server *d);

/* ---- values of COPY's text format: PostgreSQL's manual, COPY, "Text Format" ---- */
void copy_text(struct buf *b, const char *s);		/* NULL is kept */
void put_digits(struct buf *b, int64_t number);
/* An element of an array, in it; the array is then put with copy_text().  */
void array_text(struct buf *b, const char *s);

#endif
