/* cmd-query.c -- query: a user's SELECT over the views, as a table.  */
#include "cmd.h"

static int fill(const struct options *o, struct table *t, void *data)
{
	return fill_from(data, o->arguments[0], NULL, t);
}

int query_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	int status;

	if (o->n_arguments == 0)
		return usage_error(o->command, _("an SQL query is missing"),
				   NULL, NULL);
	status = open_newest(o, &i);
	return status >= 0 ? status : print_table(o, fill, i);
}
