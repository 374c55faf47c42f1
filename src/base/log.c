/* log.c -- diagnostics on stderr, and the end of the program when it cannot
 * go on.  Data goes to stdout and never passes through here.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"

static enum log_level log_level = LOG_NORMAL;
static char last_error[512];
static int fatal_status = 1;
static int quiet_status;	/* 0: die() speaks */

void log_set_level(enum log_level level)
{
	log_level = level;
}

static void PRINTF(2, 0) put(const char *kind, const char *format,
			     va_list args)
{
	/* One lock around the three, so that a line stays a line.  */
	flockfile(stderr);
	fprintf(stderr, "trustdrift: %s", kind);
	vfprintf(stderr, format, args);
	putc('\n', stderr);
	funlockfile(stderr);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(last_error, sizeof(last_error), format, args);
	va_end(args);
	va_start(args, format);
	put("", format, args);
	va_end(args);
}

const char *log_last_error(void)
{
	return last_error;
}

void die_with(int status)
{
	fatal_status = status;
}

void log_warning(const char *format, ...)
{
	va_list args;

	if (log_level < LOG_NORMAL)
		return;
	va_start(args, format);
	put(_("warning: "), format, args);
	va_end(args);
}

void log_verbose(const char *format, ...)
{
	va_list args;

	if (log_level < LOG_VERBOSE)
		return;
	va_start(args, format);
	put("", format, args);
	va_end(args);
}

void die_quietly(int status)
{
	quiet_status = status;
}

static void __attribute__((noreturn)) end(void)
{
	if (quiet_status != 0)
		_exit(quiet_status);
	exit(fatal_status);
}

void die(const char *format, ...)
{
	va_list args;

	if (quiet_status != 0)
		end();
	va_start(args, format);
	put(_("fatal: "), format, args);
	va_end(args);
	end();
}

void die_aloud(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(_("fatal: "), format, args);
	va_end(args);
	end();
}
