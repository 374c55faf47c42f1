/* main.c -- the beginning and the end of the program; the work is that of a
 * command (cmd-*.c, named in the table of cmd.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

/* Whoever starts us with standard output closed must not get the report
 * written into the first file that is opened after that.  A pipe without
 * writers in its place reads as empty and cannot be written.  */
static int fill_standard_descriptors(void)
{
	int p[2];

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (pipe(p) < 0)
			return -errno;
		close(p[1]);
	}
	return 0;
}

/* What is written is UTF-8 in every locale.  One whose characters are others
 * cannot show what a translation is made of, so that it has none.  */
static void begin_translations(void)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return;
	bindtextdomain(PACKAGE, locale_dir());
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
}

int main(int argc, char **argv)
{
	struct options options = { .arguments = NULL };
	bool is_module;
	int status;

	if (fill_standard_descriptors() < 0)
		return STATUS_FAILURE;
	memory_keep();
	/* No memory is the end for libraries, too: jansson says NULL for whatever
	 * went wrong.  SQLite can do without; GnuTLS says so (gnutls_said()), and
	 * libxml2.c has the same for libxml2.  */
	json_set_alloc_funcs(xmalloc, free);
	database_watch_memory();
	/* A reader that goes away or a limit on the size of files is an error
	 * like a full disk, not a reason to die in the middle of a
	 * transaction.  */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* Not LC_ALL: numbers in machine formats keep their decimal point.  */
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
	begin_translations();

	is_module = module_begin(&argc, &argv, &status);
	if (status < 0)
		status = options_parse(argc, argv, &options);
	if (status < 0) {
		status = isolation_begin(&options);
		if (status < 0) {
			memory_in_huge_pages();
			status = options.command->run(&options);
		}
		if (options.plugin)
			status = plugin_end(status);
	}
	if (is_module)
		status = module_end(status);
	readings_close(options.readings);
	options_done(&options);

	errno = 0;
	if (ferror(stdout) | (fclose(stdout) != 0)) {
		/* Whoever noticed it while writing has said so.  */
		if (*log_last_error() == '\0')
			log_error(_("cannot write to standard output: %s"),
				  strerror(errno != 0 ? errno : EIO));
		status = options.plugin ? NAGIOS_UNKNOWN : STATUS_FAILURE;
	}
	return status;
}
