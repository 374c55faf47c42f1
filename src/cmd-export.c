/* cmd-export.c -- export: the newest scan as a bundle for a fleet's database
 * (fleet/fleet.h), all of it or what is new since the last one.
 *
 * Like tar's --listed-incremental, the file of --listed says what was written before,
 * and is replaced when the bundle is complete.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "fleet/fleet.h"

/* What earlier bundles had; nothing when there is no such file yet.  */
static int load_listed(const struct options *o, struct lines *known)
{
	AUTO(str) char *name = NULL, *text = NULL;
	size_t n, line;
	int r;

	if (o->listed == NULL)
		return -1;
	r = file_slurp(o->listed, LIMIT_LISTED_BYTES, &text, &n);
	if (r == -ENOENT)
		return -1;
	name = escape_text(o->listed, strlen(o->listed));
	if (r < 0) {
		log_error("%s: %s", name, error_words(r));
		return STATUS_FAILURE;
	}
	if (strlen(text) == n && lines_parse(known, text, &line) == 0)
		return -1;
	log_error(_("%s:%zu: no list of what was exported; delete it, and all is exported again"),
		  name, strlen(text) == n ? line : 0);
	return STATUS_FAILURE;
}

static int save_listed(const struct options *o, const struct lines *all)
{
	AUTO(str) char *name = NULL, *text = NULL;
	size_t n;
	int r;

	if (o->listed == NULL)
		return STATUS_OK;
	text = lines_format(all, "trustdrift/listed: lines that were exported",
			    &n);
	r = file_write_atomic(o->listed, (struct blob){ (uint8_t *)text, n },
			      0600);
	if (r == 0)
		return STATUS_OK;
	name = escape_text(o->listed, strlen(o->listed));
	log_error(_("%s: cannot be written: %s"), name, strerror(-r));
	return STATUS_FAILURE;
}

/* Then the list would take the bundle's place.  */
static bool is_one_file(const char *a, const char *b)
{
	AUTO(str) char *x = realpath(a, NULL);
	AUTO(str) char *y = realpath(b, NULL);

	return strcmp(a, b) == 0 ||
	       (x != NULL && y != NULL && strcmp(x, y) == 0);
}

int export_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(lines) struct lines known = { .items = NULL };
	AUTO(lines) struct lines all = { .items = NULL };
	AUTO(str) char *error = NULL;
	struct out out;
	int status, r;

	if (o->listed != NULL && o->output != NULL &&
	    is_one_file(o->listed, o->output))
		return usage_error(o->command,
			_("--listed and --output are one file:"), o->output,
			NULL);
	status = load_listed(o, &known);
	if (status < 0)
		status = open_newest(o, &i);
	if (status >= 0)
		return status;
	out_begin(o, &out);
	r = bundle_write(i, &known, &all, out.f, &error);
	if (r < 0) {
		out_cancel(&out);
		if (r == -ENODATA) {
			log_error(_("there is no scan yet: run audit first"));
			return STATUS_FAILURE;
		}
		if (error != NULL) {
			AUTO(str) char *text = escape_text(error, strlen(error));

			log_error("%s", text);
			return STATUS_FAILURE;
		}
		return inventory_failed(i, r,
			_("the newest scan cannot be read"));
	}
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : save_listed(o, &all);
}
