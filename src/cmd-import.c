/* cmd-import.c -- import: bundles of hosts (cmd-export.c) into a fleet's database.
 *
 * Nothing of a host's inventory is opened: this runs where bundles are collected, by
 * whoever may write to that database.  What hosts say is parsed by a process that can
 * then write to no file and run nothing, and certificates are decoded in workers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "fleet/fleet.h"

#define DATABASE	"dbname=trustdrift"

/* The first of them; a bundle can be made of mistakes only.  */
static void say_refused(const char *file, const char *host, size_t line,
			const char *why, void *data)
{
	size_t *said = data;
	AUTO(str) char *name = escape_text(file, strlen(file));
	AUTO(str) char *whose = host != NULL ? escape_text(host, strlen(host)) :
				NULL;
	AUTO(str) char *place = line > 0 ? xasprintf("%s:%zu", name, line) :
				xstrdup(name);

	if (++*said > LIMIT_REFUSALS)
		return;
	if (whose != NULL)
		log_error(_("%s: the bundle of %s is refused: %s"), place,
			  whose, _(why));
	else
		log_error(_("%s: refused: %s"), place, _(why));
}

static int failed(struct fleet *f, int r, const char *file)
{
	const char *words = fleet_error(f);
	AUTO(str) char *text = escape_text(words, strlen(words));
	AUTO(str) char *name = escape_text(file, strlen(file));

	if (*text != '\0')
		log_error(_("the database: %s"), text);
	else
		log_error("%s: %s", name, error_words(r));
	return STATUS_FAILURE;
}

/* FILE NULL, "-": standard input.  */
static int import_file(struct fleet *f, struct fleet_request *request,
		       const char *file)
{
	AUTO(file) FILE *named = NULL;
	int fd, r;

	if (file == NULL || strcmp(file, "-") == 0) {
		request->file = _("standard input");
		request->f = stdin;
	} else {
		request->file = file;
		r = file_open_named(file, UINT64_MAX, &fd);
		if (r < 0) {
			AUTO(str) char *name = escape_text(file, strlen(file));

			log_error("%s: %s", name, error_words(r));
			return STATUS_FAILURE;
		}
		named = fdopen(fd, "r");
		if (named == NULL)
			die("%s", strerror(errno));
		request->f = named;
	}
	r = fleet_import(f, request);
	return r < 0 ? failed(f, r, request->file) : -1;
}

static int import_all(const struct options *o, struct fleet *f,
		      struct fleet_request *request)
{
	const struct fleet_counts *c = fleet_counts(f);
	int status = -1, r;

	if (o->n_arguments == 0)
		status = import_file(f, request, NULL);
	for (int k = 0; status < 0 && k < o->n_arguments; k++)
		status = import_file(f, request, o->arguments[k]);
	if (status >= 0)
		return status;
	r = fleet_flush(f);
	if (r < 0)
		return failed(f, r, "");
	if (!o->quiet)
		printf(_("hosts %zu, older than what is there %zu, refused %zu; lines %zu, new %zu\n"),
		       c->hosts, c->older, c->refused, c->lines, c->new_lines);
	return c->refused > 0 ? STATUS_INCOMPLETE : STATUS_OK;
}

int import_command(const struct options *o)
{
	AUTO(str) char *error = NULL, *as = NULL;
	size_t said = 0;
	struct fleet_request request = {
		.now = o->now, .refused = say_refused, .data = &said,
	};
	struct fleet *f;
	int r, status;

	if (o->as != NULL)
		request.as = as = utf8_text(o->as, strlen(o->as));
	r = fleet_open(o->db != NULL ? o->db : DATABASE, o->wait, o->readings,
		       &f, &error);
	if (r < 0) {
		AUTO(str) char *text = escape_text(error, strlen(error));

		log_error(_("the database: %s"), text);
		return r == -EBUSY ? EX_TEMPFAIL : STATUS_FAILURE;
	}
	status = isolation_enter(o, NULL);
	if (status < 0)
		status = import_all(o, f, &request);
	if (said > LIMIT_REFUSALS)
		log_error(_("%zu more bundles are refused"),
			  said - LIMIT_REFUSALS);
	isolation_say(o);
	fleet_close(f);
	return status;
}
