/* no-postgres.c -- in place of postgres.c where there is no libpq.  Nothing but
 * server_open() is ever called.
 */
#include <errno.h>

#include "fleet/server.h"

int server_open(const char *conninfo, unsigned wait_seconds,
		struct server **ret_server, char **ret_error)
{
	(void)conninfo, (void)wait_seconds, (void)ret_server;
	*ret_error = xstrdup(_("this build cannot import: it has no libpq"));
	return -ENOTSUP;
}

void server_close(struct server *d)
{
	(void)d;
}

const char *server_error(const struct server *d)
{
	(void)d;
	return "";
}

int server_run(struct server *d, const char *sql)
{
	(void)d, (void)sql;
	return -ENOTSUP;
}

int server_number(struct server *d, const char *sql, int64_t *ret_number)
{
	(void)d, (void)sql, (void)ret_number;
	return -ENOTSUP;
}

int server_find(struct server *d, const char *sql,
		const uint8_t (*hashes)[SHA256_SIZE], size_t n, found_fn *fn,
		void *data)
{
	(void)d, (void)sql, (void)hashes, (void)n, (void)fn, (void)data;
	return -ENOTSUP;
}

int server_copy_begin(struct server *d, const char *sql)
{
	(void)d, (void)sql;
	return -ENOTSUP;
}

int server_copy(struct server *d, const struct buf *rows)
{
	(void)d, (void)rows;
	return -ENOTSUP;
}

int server_copy_end(struct server *d)
{
	(void)d;
	return -ENOTSUP;
}
