/* programme.c -- Mozilla's root program as dates, from a CSV file (RFC 4180)
 * with one line a root certificate:
 *
 *	sha256,sha1,label,tls_trusted_from,tls_trusted_until,
 *	tls_distrust_after,distrust_after_since,email_trusted_from,
 *	email_trusted_until,explicitly_distrusted
 *
 * A date is a day, which begins at 0:00 UTC, or empty for never; "<=" before
 * it says that it was so already when the records begin.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

#define COLUMNS		10

static const char heading[] =
	"sha256,sha1,label,tls_trusted_from,tls_trusted_until,"
	"tls_distrust_after,distrust_after_since,email_trusted_from,"
	"email_trusted_until,explicitly_distrusted";

/* Cuts the first field off *LINE, which is changed; a field in quotes may have
 * commas in it and quotes written twice.  NULL with *LINE NULL behind the
 * last, NULL with *LINE left alone when a quote is not closed.  */
static char *next_field(char **line)
{
	char *field = *line, *from, *to;

	if (field == NULL)
		return NULL;
	if (*field != '"') {
		*line = strchr(field, ',');
		if (*line != NULL)
			*(*line)++ = '\0';
		return field;
	}
	field++;
	for (from = to = field; *from != '"' || from[1] == '"'; from++) {
		if (*from == '\0')
			return NULL;
		if (*from == '"')
			from++;
		*to++ = *from;
	}
	if (from[1] != ',' && from[1] != '\0')
		return NULL;
	*line = from[1] == ',' ? from + 2 : NULL;
	*to = '\0';
	return field;
}

static bool is_hash(const char *hex, size_t n)
{
	uint8_t bytes[SHA256_SIZE];

	/* Upper case would be equal here and different in the database.  */
	return strspn(hex, "0123456789abcdef") == 2 * n &&
	       hex[2 * n] == '\0' && hex_decode(hex, bytes, n) == 0;
}

static int bind_date(struct query *q, const char *field)
{
	AUTO(str) char *text = NULL;
	int64_t time;
	int r;

	if (*field == '\0') {
		query_null(q);
		return 0;
	}
	if (has_prefix(field, "<="))
		field += 2;
	text = xasprintf("%sT00:00:00Z", field);
	r = time_parse(text, &time);
	if (r == 0)
		query_int(q, time);
	return r;
}

/* One line without its end.  -EINVAL: *ret_why is static.  */
static int load_line(struct query *q, char *line, const char **ret_why)
{
	const char *fields[COLUMNS];
	char *rest = line;
	size_t k;

	for (k = 0; k < COLUMNS; k++) {
		fields[k] = next_field(&rest);
		if (fields[k] == NULL)
			break;
	}
	if (k < COLUMNS || rest != NULL) {
		*ret_why = _("this line does not have ten fields");
		return -EINVAL;
	}
	if (!is_hash(fields[0], SHA256_SIZE) || !is_hash(fields[1], SHA1_SIZE)) {
		*ret_why = _("a hash is not lower-case hex of the right length");
		return -EINVAL;
	}
	for (k = 0; k < 3; k++)
		query_text(q, fields[k]);
	for (; k < COLUMNS - 1; k++)
		if (bind_date(q, fields[k]) < 0) {
			*ret_why = _("a date is not YYYY-MM-DD");
			return -EINVAL;
		}
	if (*fields[k] != '\0' && strcmp(fields[k], "yes") != 0) {
		*ret_why = _("the last field is neither empty nor \"yes\"");
		return -EINVAL;
	}
	query_int(q, *fields[k] != '\0');
	return query_run(q);
}

static int load_lines(struct inventory *i, char *text, unsigned *line_number,
		      const char **ret_why)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO root_program (sha256, sha1, label, tls_from, "
		"tls_until, distrust_after, distrust_after_since, email_from, "
		"email_until, distrusted) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	char *line;
	int r;

	for (; (line = strsep(&text, "\n")) != NULL; ++*line_number) {
		size_t n = strlen(line);

		if (n > 0 && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (*line_number == 1) {
			if (strcmp(line, heading) == 0)
				continue;
			*ret_why = _("the first line does not name the "
				     "columns that are expected");
			return -EINVAL;
		}
		if (*line == '\0')
			continue;
		r = load_line(&q, line, ret_why);
		if (r == -EEXIST) {
			*ret_why = _("this certificate was there already");
			return -EINVAL;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int replace(struct inventory *i, char *text, size_t n,
		   const uint8_t hash[SHA256_SIZE], unsigned *line,
		   const char **ret_why)
{
	int r;

	if (strlen(text) != n) {
		*ret_why = _("there is a NUL in this file");
		return -EINVAL;
	}
	r = db_exec(i, "DELETE FROM root_program");
	if (r == 0)
		r = load_lines(i, text, line, ret_why);
	return r < 0 ? r : meta_set_hash(i, "root_program", hash);
}

/* 1: HASH is what is loaded; 0: it is not.  */
static int is_loaded(struct inventory *i, const uint8_t hash[SHA256_SIZE])
{
	uint8_t loaded[SHA256_SIZE];
	int r = meta_hash(i, "root_program", loaded);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return memcmp(hash, loaded, SHA256_SIZE) == 0;
}

int inventory_load_root_program_text(struct inventory *i, char *text, size_t n,
				     const char *name, char **ret_error)
{
	uint8_t hash[SHA256_SIZE];
	const char *why = NULL;
	unsigned line = 1;
	bool own;
	int r;

	hash_sha256((struct blob){ (const uint8_t *)text, n }, hash);
	r = is_loaded(i, hash);
	if (r > 0)
		return 0;
	if (r == 0)
		r = transaction_begin(i, &own);
	if (r == 0)
		r = transaction_end(i, own,
				    replace(i, text, n, hash, &line, &why));
	if (r < 0)
		*ret_error = why != NULL ?
			xasprintf("%s:%u: %s", name, line, why) :
			xasprintf("%s: %s", name, i->error);
	return r;
}

int inventory_load_root_program(struct inventory *i, const char *path,
				char **ret_error)
{
	AUTO(str) char *text = NULL, *name = escape_text(path, strlen(path));
	size_t n;
	int r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n);

	if (r < 0) {
		*ret_error = xasprintf("%s: %s", name, strerror(-r));
		return r;
	}
	return inventory_load_root_program_text(i, text, n, name, ret_error);
}
