/* plugin.c -- the program as a plug-in of Nagios, Icinga and their like: called
 * check_trustdrift, or with --format nagios.  Then 0, 1, 2 and 3 mean what they
 * mean there, and whatever goes wrong is UNKNOWN, said on standard output, which is
 * all that a monitoring system looks at.
 */
#include <string.h>

#include "cmd.h"

bool is_plugin_name(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash != NULL ? slash + 1 : program, PLUGIN_NAME) == 0;
}

/* The command line may be wrong before its format is come to.  */
bool plugin_begin(int argc, char **argv)
{
	bool is_named = argc > 0 && is_plugin_name(argv[0]);
	bool is_plugin = is_named;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *word = argv[i];

		if (strcmp(word, "--format") == 0 && i + 1 < argc)
			is_plugin = strcmp(argv[i + 1], "nagios") == 0;
		else if (has_prefix(word, "--format="))
			is_plugin = strcmp(word + strlen("--format="),
					   "nagios") == 0;
	}
	if (is_plugin)
		die_with(NAGIOS_UNKNOWN);
	return is_plugin;
}

int plugin_end(int status)
{
	if (status >= PLUGIN_STATUS)
		return status - PLUGIN_STATUS;
	/* help, which is no verdict either */
	if (status != STATUS_OK)
		nagios_unknown(*log_last_error() != '\0' ? log_last_error() :
			       "there is no verdict", stdout);
	return NAGIOS_UNKNOWN;
}
