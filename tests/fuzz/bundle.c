/* bundle.c -- fuzz target of bundles (src/fleet), over a server of our own that takes
 * the place of PostgreSQL's and has nothing: what is copied to it has to be what COPY
 * takes, whatever a host says, for one row that it does not take would keep out
 * all others of the transaction.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/server.h"
#include "fuzz.h"

struct server {
	size_t columns;		/* of the rows that are copied; 0: none are */
	bool arrays;		/* what begins with a brace is one, and not JSON */
};

int server_open(const char *conninfo, unsigned wait_seconds,
		struct server **ret_server, char **ret_error)
{
	(void)conninfo, (void)wait_seconds, (void)ret_error;
	*ret_server = xcalloc(1, sizeof(struct server));
	return 0;
}

void server_close(struct server *s)
{
	free(s);
}

const char *server_error(const struct server *s)
{
	(void)s;
	return "";
}

int server_run(struct server *s, const char *sql)
{
	MUST(s->columns == 0 && *sql != '\0');
	return 0;
}

int server_number(struct server *s, const char *sql, int64_t *ret_number)
{
	MUST(s->columns == 0 && *sql != '\0');
	*ret_number = 1;
	return 0;
}

int server_find(struct server *s, const char *sql,
		const uint8_t (*hashes)[SHA256_SIZE], size_t n, found_fn *fn,
		void *data)
{
	(void)fn, (void)data;
	MUST(s->columns == 0 && *sql != '\0' && hashes != NULL && n > 0);
	return 0;
}

int server_copy_begin(struct server *s, const char *sql)
{
	const char *list = strchr(sql, '(');

	MUST(s->columns == 0);
	s->arrays = strstr(sql, ".manifest ") != NULL;
	s->columns = list == NULL ? 11 : 1;	/* that of hosts has all */
	for (; list != NULL && *list != ')'; list++)
		s->columns += *list == ',';
	return 0;
}

/* An array: quotes and backslashes are behind backslashes, in quotes.  */
static bool is_array(const char *s, const char *end)
{
	bool quoted = false;

	for (; s < end; s++) {
		/* each backslash is two for COPY */
		if (*s == '\\' && s + 1 < end && s[1] == '\\' && quoted)
			s += s + 3 < end && s[2] == '\\' && s[3] == '\\' ? 3 : 2;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && (*s == '{' || *s == '}'))
			return false;
	}
	return !quoted;
}

int server_copy(struct server *s, const struct buf *rows)
{
	const char *p = rows->p, *end = p + rows->n;

	MUST(s->columns > 0);
	MUST(rows->n == 0 || is_utf8(p, rows->n));
	while (p < end) {
		size_t columns = 1;
		const char *column = p;

		for (; *p != '\n'; p++) {
			MUST(p + 1 < end && *p != '\r');
			if (*p == '\\') {
				p++;
				MUST(strchr("\\tnrNx", *p) != NULL);
			}
			if (*p != '\t' && p[1] != '\n')
				continue;
			if (s->arrays && *column == '{')
				MUST(*(p - (*p == '\t')) == '}' &&
				     is_array(column + 1, p - (*p == '\t')));
			if (*p == '\t') {
				columns++;
				column = p + 1;
			}
		}
		MUST(columns == s->columns);
		p++;
	}
	return 0;
}

int server_copy_end(struct server *s)
{
	MUST(s->columns > 0);
	s->columns = 0;
	return 0;
}

static void refused(const char *file, const char *host, size_t line,
		    const char *why, void *data)
{
	(void)line, (void)data;
	MUST(strcmp(file, "input") == 0 && *why != '\0');
	MUST(host == NULL || *host != '\0');
}

static void take(struct blob input)
{
	struct fleet_request request = {
		.f = input.n > 0 ? fmemopen((void *)input.p, input.n, "r") :
		     fopen("/dev/null", "r"),
		.file = "input", .now = 1700000000, .refused = refused,
	};
	struct fleet *f;
	char *error;

	MUST(request.f != NULL);
	MUST(fleet_open("", 0, NULL, &f, &error) == 0);
	MUST(fleet_import(f, &request) == 0);
	MUST(fleet_flush(f) == 0);
	fleet_close(f);
	fclose(request.f);
}

const struct fuzz_target bundle_target = { "bundle", NULL, take };
