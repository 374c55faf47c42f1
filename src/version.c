/* version.c -- what this build is made of, for bug reports.  The only file
 * outside their folders that includes the libraries' headers.
 */
#include <jansson.h>
#include <libxml/xmlversion.h>
#include <nettle/version.h>
#include <sqlite3.h>

#include "cmd.h"
#include "library/libgnutls.h"

/* What a build may have or lack: a line of --version each.  */
static const struct {
	const char *title;
	bool built;
} parts[] = {
#ifdef ENABLE_NLS
	{ N_("translations"), ENABLE_NLS },
#else
	{ N_("translations"), false },
#endif
#ifdef __SANITIZE_ADDRESS__
	{ N_("sanitizers"), true },
#else
	{ N_("sanitizers"), false },
#endif
#ifdef HAVE_LIBARCHIVE
	{ N_("libarchive (packages can be previewed)"), true },
#else
	{ N_("libarchive (packages can be previewed)"), false },
#endif
#ifdef HAVE_LIBPQ
	{ N_("libpq (bundles can be imported)"), true },
#else
	{ N_("libpq (bundles can be imported)"), false },
#endif
#ifdef LOAD_LIBRARIES
	{ N_("loading (GnuTLS, libxml2, libarchive come when they are needed)"), true },
#else
	{ N_("loading (GnuTLS, libxml2, libarchive come when they are needed)"), false },
#endif
#ifdef HAVE_SECCOMP
	{ N_("seccomp (system calls of readers are limited)"), true },
#else
	{ N_("seccomp (system calls of readers are limited)"), false },
#endif
};

void version_print(void)
{
	AUTO(str) char *error = NULL;

	printf("trustdrift %s\n", PACKAGE_VERSION);
	fputs(_("Copyright (C) 2026 The trustdrift authors\n"
		"License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
		"This is free software: you are free to change and redistribute it.\n"
		"There is NO WARRANTY, to the extent permitted by law.\n"),
	      stdout);
	putchar('\n');
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		printf("%s %s\n", parts[i].built ? _("with   ") : _("without"),
		       _(parts[i].title));
	error = libgnutls_load();
	printf("GnuTLS  %s\n", error != NULL ? error :
	       libgnutls()->gnutls_check_version(NULL));
	printf("nettle  %d.%d\n", nettle_version_major(),
	       nettle_version_minor());
	printf("libxml2 %s\n", LIBXML_DOTTED_VERSION);
	printf("SQLite  %s\n", sqlite3_libversion());
	printf("jansson %s\n", jansson_version_str());
}
