/* audit-options.c -- what the administrator wants of audits, for the hook before an
 * update.
 *
 * That hook tells what the audit behind the update will find, so that it has to look
 * in the same way: what audit.options, whose lines data/hooks/after-update hands to
 * audits, says of that.  Who is told, and in which format, is the audit's alone.
 */
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define FILE_NAME	"audit.options"

static void take_from_audit(struct options *o, const struct options *audit)
{
	const uint64_t own = audit->given & ~o->given;

	if (own & BIT(OPTION_NOW))
		o->now = audit->now;
	if (own & BIT(OPTION_CONFIG))
		o->config = audit->config;
	if (own & BIT(OPTION_DB))
		o->db = audit->db;
	if (own & BIT(OPTION_WARN_DAYS))
		o->warn_days = audit->warn_days;
	if (own & BIT(OPTION_WAIT))
		o->wait = audit->wait;
	if (own & BIT(OPTION_ISOLATION))
		o->isolation = audit->isolation;
}

/* COMMAND's words, and then each line of TEXT as one, as the script reads them: *ret_n
 * in all, and NULL.  They lie in TEXT; the caller frees the vector.  */
static char **arguments_of(char *text, char **command, int *ret_n)
{
	char **arguments = NULL, *line;
	size_t n = 0, cap = 0;

	for (; *command != NULL; command++) {
		grow(&arguments, n, &cap, sizeof(*arguments));
		arguments[n++] = *command;
	}
	while ((line = strsep(&text, "\n")) != NULL) {
		size_t length;

		line += strspn(line, " \t");
		length = strlen(line);
		while (length > 0 && strchr(" \t", line[length - 1]) != NULL)
			line[--length] = '\0';
		if (length == 0 || *line == '#')
			continue;
		grow(&arguments, n, &cap, sizeof(*arguments));
		arguments[n++] = line;
	}
	grow(&arguments, n, &cap, sizeof(*arguments));
	arguments[n] = NULL;
	*ret_n = (int)n;
	return arguments;
}

void options_of_audits(struct options *o)
{
	char program[] = PACKAGE, command[] = "audit";
	char *before[] = { program, command, NULL };
	AUTO(str) char *path = NULL, *name = NULL;
	struct options audit;
	char **arguments;
	size_t size;
	int n, r;

	if (config_file(o->config, FILE_NAME, &path) < 0)
		return;
	name = escape_text(path, strlen(path));
	r = file_slurp(path, LIMIT_SETTINGS_BYTES, &o->lines, &size);
	if (r < 0) {
		log_warning("%s: %s", name, error_words(r));
		return;
	}
	arguments = arguments_of(o->lines, before, &n);
	audit = options_defaults(n, arguments);
	if (options_take(n, arguments, &audit) < 0)
		take_from_audit(o, &audit);
	else
		log_warning(_("%s: what is there counts for nothing before updates because of this"),
			    name);
	options_done(&audit);
	free(arguments);
}
