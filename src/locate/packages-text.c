/* packages-text.c -- the package databases that are text: dpkg's (dpkg(1),
 * dpkg-query(1), /var/lib/dpkg/info/<package>[:<architecture>].list), apk's
 * (apk-v2's installed database) and pacman's (libalpm, local/<name>-<version>).
 *
 * dpkg's lists are the bulk: 10 MB and a thousand files on a usual host, so a
 * line is looked at once and nothing is copied.  Images without dpkg
 * (distroless) keep one status file a package in status.d, whose <name>.md5sums
 * names its files.  What was diverted (dpkg-divert(1)) is named by both
 * packages; the one whose list is read first keeps it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/packages.h"

#define DPKG		"/var/lib/dpkg"
#define PACMAN		"/var/lib/pacman/local"

/* Takes one line off the front of *TEXT, without its line feed.  */
static bool next_line(struct blob *text, struct blob *ret_line)
{
	const uint8_t *lf;
	size_t n;

	if (text->n == 0)
		return false;
	lf = memchr(text->p, '\n', text->n);
	n = lf != NULL ? (size_t)(lf - text->p) : text->n;
	*ret_line = (struct blob){ text->p, n };
	n += lf != NULL;
	*text = (struct blob){ text->p + n, text->n - n };
	return true;
}

/* What is behind KEY at the front of LINE; the caller frees, NULL: another
 * line, or none that could be a name.  */
static char *value_of(struct blob line, const char *key)
{
	size_t n = strlen(key);

	if (line.n <= n || memcmp(line.p, key, n) != 0 ||
	    line.n - n > LIMIT_LABEL_BYTES ||
	    memchr(line.p, '\0', line.n) != NULL)
		return NULL;
	return xstrndup((const char *)line.p + n, line.n - n);
}

/* Reads PATH; false: it is not there, or that was said.  */
static bool read_database(struct package_search *s, const char *path,
			  struct file *ret_file)
{
	int e = file_read(search_root(s), path, LIMIT_FILE_BYTES, ret_file);

	if (e < 0 && e != -ENOENT && e != -ENOTDIR)
		search_problem(s, path, xstrdup(error_words(e)));
	return e == 0;
}

/* The names in DIR; false: as above.  */
static bool list_database(struct package_search *s, const char *dir,
			  char ***ret_names)
{
	size_t n;
	int e = file_names(search_root(s), dir, ret_names, &n);

	if (e < 0 && e != -ENOENT && e != -ENOTDIR)
		search_problem(s, dir, xstrdup(error_words(e)));
	return e == 0;
}

/* ---- dpkg ------------------------------------------------------------------*/

static void search_list(struct package_search *s, const char *name)
{
	AUTO(str) char *path = xasprintf(DPKG "/info/%s", name);
	AUTO(str) char *package = xstrndup(name, strlen(name) -
						 strlen(".list"));
	AUTO(scanned) struct file f = { .mapped = false };
	struct blob text, line;

	if (!read_database(s, path, &f))
		return;
	package[strcspn(package, ":")] = '\0';
	for (text = f.data; next_line(&text, &line);)
		search_file(s, (const char *)line.p, line.n, package, NULL);
}

/* The versions of what was found.  */
static void dpkg_status(struct package_search *s)
{
	AUTO(scanned) struct file f = { .mapped = false };
	AUTO(str) char *package = NULL;
	struct blob text, line;

	if (!read_database(s, DPKG "/status", &f))
		return;
	for (text = f.data; next_line(&text, &line);) {
		AUTO(str) char *version = NULL;
		char *name = value_of(line, "Package: ");

		if (name != NULL) {
			free(package);
			package = name;
			continue;
		}
		version = value_of(line, "Version: ");
		if (version != NULL && package != NULL)
			search_version(s, package, version);
	}
}

/* NAME.md5sums: a checksum, two spaces, a path without its slash.  */
static void dpkg_sums(struct package_search *s, const char *name)
{
	AUTO(str) char *path = xasprintf(DPKG "/status.d/%s", name);
	AUTO(str) char *package = xstrndup(name, strlen(name) -
						 strlen(".md5sums"));
	AUTO(str) char *status = xasprintf(DPKG "/status.d/%s", package);
	AUTO(scanned) struct file f = { .mapped = false };
	AUTO(scanned) struct file g = { .mapped = false };
	AUTO(str) char *version = NULL;
	struct blob text, line;

	if (!read_database(s, path, &f) || !read_database(s, status, &g))
		return;
	for (text = g.data; version == NULL && next_line(&text, &line);)
		version = value_of(line, "Version: ");
	for (text = f.data; next_line(&text, &line);) {
		AUTO(str) char *file = NULL;

		if (line.n < 35 || line.n > LIMIT_PATH_BYTES)
			continue;
		file = xasprintf("/%.*s", (int)(line.n - 34), line.p + 34);
		search_file(s, file, strlen(file), package, version);
	}
}

void dpkg_search(struct package_search *s)
{
	AUTO(names) char **info = NULL;
	AUTO(names) char **status = NULL;

	if (list_database(s, DPKG "/info", &info))
		for (char **name = info; *name != NULL; name++)
			if (has_suffix(*name, ".list"))
				search_list(s, *name);
	dpkg_status(s);
	if (list_database(s, DPKG "/status.d", &status))
		for (char **name = status; *name != NULL; name++)
			if (has_suffix(*name, ".md5sums"))
				dpkg_sums(s, *name);
}

/* -ENOENT: there is no such list.  */
static int give_list(const struct package_listing *l, const char *path)
{
	AUTO(scanned) struct file f = { .mapped = false };
	int r = file_read(l->root, path, LIMIT_FILE_BYTES, &f);
	struct blob text, line;

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		l->problem(path, error_words(r), l->data);
	if (r < 0)
		return r;
	for (text = f.data; next_line(&text, &line);) {
		AUTO(str) char *file = NULL;

		if (line.n == 0 || line.n >= LIMIT_PATH_BYTES)
			continue;
		file = xstrndup((const char *)line.p, line.n);
		l->fn(l->data, file, NULL);
	}
	return 0;
}

/* Those of all architectures.  */
static void give_lists(const struct package_listing *l)
{
	AUTO(str) char *prefix = xasprintf("%s:", l->name);
	AUTO(names) char **info = NULL;
	size_t n;

	if (file_names(l->root, DPKG "/info", &info, &n) < 0)
		return;
	for (char **name = info; *name != NULL; name++) {
		AUTO(str) char *path = xasprintf(DPKG "/info/%s", *name);

		if (has_prefix(*name, prefix) && has_suffix(*name, ".list"))
			give_list(l, path);
	}
}

void dpkg_list(struct package_listing *l)
{
	AUTO(str) char *plain = xasprintf(DPKG "/info/%s.list", l->name);
	AUTO(str) char *full = xasprintf(DPKG "/info/%s:%s.list", l->name,
		l->architecture != NULL ? l->architecture : "");

	/* Names come from packages.  */
	if (strchr(l->name, '/') != NULL ||
	    strlen(l->name) > LIMIT_LABEL_BYTES ||
	    (l->architecture != NULL && strchr(l->architecture, '/') != NULL))
		return;
	if (give_list(l, plain) != -ENOENT)
		return;
	if (l->architecture == NULL || strcmp(l->architecture, "all") == 0)
		give_lists(l);
	else
		give_list(l, full);
}

/* Is STANZA of /var/lib/dpkg/status that of the package?  */
static bool is_stanza_of(struct blob stanza, const char *name,
			 const char *architecture)
{
	const bool any = architecture == NULL ||
			 strcmp(architecture, "all") == 0;
	bool named = false, fits = any;
	struct blob line;

	while (next_line(&stanza, &line)) {
		AUTO(str) char *package = value_of(line, "Package: ");
		AUTO(str) char *of = value_of(line, "Architecture: ");

		if (package != NULL)
			named = strcmp(package, name) == 0;
		if (of != NULL && !any)
			fits = strcmp(of, architecture) == 0 ||
			       strcmp(of, "all") == 0;
	}
	return named && fits;
}

/* The last word of *LINE, which ends before it then.  */
static struct blob last_word(struct blob *line)
{
	size_t end = line->n, begin;

	while (end > 0 && line->p[end - 1] == ' ')
		end--;
	for (begin = end; begin > 0 && line->p[begin - 1] != ' ';)
		begin--;
	line->n = begin;
	return (struct blob){ line->p + begin, end - begin };
}

static bool is_word(struct blob word, const char *s)
{
	return word.n == strlen(s) && memcmp(word.p, s, word.n) == 0;
}

/* A line of the field Conffiles: " PATH MD5", and "obsolete" or "remove-on-upgrade"
 * behind.  A path may have spaces (dpkg's lib/dpkg/fields.c reads from the end, too);
 * what is new has "newconffile" for an MD5.  */
static void give_conffile(struct blob line, package_conffile_fn *fn, void *data)
{
	struct blob word = last_word(&line);
	AUTO(str) char *path = NULL, *md5 = NULL;
	uint8_t hash[MD5_SIZE];

	while (is_word(word, "obsolete") || is_word(word, "remove-on-upgrade"))
		word = last_word(&line);
	while (line.n > 0 && line.p[line.n - 1] == ' ')
		line.n--;
	if (line.n < 2 || line.n > LIMIT_PATH_BYTES || line.p[1] != '/' ||
	    memchr(line.p, '\0', line.n) != NULL)
		return;
	path = xstrndup((const char *)line.p + 1, line.n - 1);
	md5 = xstrndup((const char *)word.p, word.n);
	fn(data, path, hex_decode(md5, hash, sizeof(hash)) == 0 ? md5 : NULL);
}

/* Takes one stanza off the front of *TEXT.  */
static struct blob next_stanza(struct blob *text)
{
	const uint8_t *end = memmem(text->p, text->n, "\n\n", 2);
	const size_t n = end != NULL ? (size_t)(end - text->p) + 2 : text->n;
	const struct blob stanza = { text->p, n };

	*text = (struct blob){ text->p + n, text->n - n };
	return stanza;
}

void package_conffiles(const struct root *r, const char *name,
		       const char *architecture, package_conffile_fn *fn,
		       package_problem_fn *problem, void *data)
{
	AUTO(scanned) struct file f = { .mapped = false };
	const int e = file_read(r, DPKG "/status", LIMIT_FILE_BYTES, &f);
	struct blob text = f.data, line;

	if (e < 0 && e != -ENOENT && e != -ENOTDIR)
		problem(DPKG "/status", error_words(e), data);
	while (e == 0 && text.n > 0) {
		struct blob stanza = next_stanza(&text);
		bool within = false;

		if (!is_stanza_of(stanza, name, architecture))
			continue;
		while (next_line(&stanza, &line)) {
			if (within && line.n > 0 && line.p[0] == ' ')
				give_conffile(line, fn, data);
			else
				within = is_word(line, "Conffiles:");
		}
	}
}

/* ---- apk -------------------------------------------------------------------*/

/* Packages are separated by empty lines; F: is a directory and R: a file in
 * it, both without a leading slash.  */
static void apk_database(struct package_search *s, const char *path)
{
	AUTO(scanned) struct file f = { .mapped = false };
	AUTO(str) char *package = NULL, *version = NULL, *dir = NULL;
	struct blob text, line;

	if (!read_database(s, path, &f))
		return;
	for (text = f.data; next_line(&text, &line);) {
		static const char *const keys[] = { "P:", "V:", "F:" };
		char **const values[] = { &package, &version, &dir };
		AUTO(str) char *name = value_of(line, "R:");

		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			char *value = value_of(line, keys[i]);

			if (value == NULL)
				continue;
			free(*values[i]);
			*values[i] = value;
		}
		if (name != NULL && package != NULL && dir != NULL) {
			AUTO(str) char *file = xasprintf("/%s/%s", dir, name);

			search_file(s, file, strlen(file), package, version);
		}
	}
}

void apk_search(struct package_search *s)
{
	apk_database(s, "/lib/apk/db/installed");
	apk_database(s, "/usr/lib/apk/db/installed");
}

/* ---- pacman ----------------------------------------------------------------*/

/* The line behind HEADING in a `desc` file; the caller frees, NULL: none.  */
static char *pacman_value(struct blob text, const char *heading)
{
	struct blob line;

	while (next_line(&text, &line))
		if (line.n == strlen(heading) &&
		    memcmp(line.p, heading, line.n) == 0 &&
		    next_line(&text, &line))
			return value_of(line, "");
	return NULL;
}

static void pacman_package(struct package_search *s, const char *name)
{
	AUTO(str) char *desc = xasprintf(PACMAN "/%s/desc", name);
	AUTO(str) char *files = xasprintf(PACMAN "/%s/files", name);
	AUTO(scanned) struct file f = { .mapped = false };
	AUTO(scanned) struct file g = { .mapped = false };
	AUTO(str) char *package = NULL, *version = NULL;
	struct blob text, line;

	if (!read_database(s, desc, &f) || !read_database(s, files, &g))
		return;
	package = pacman_value(f.data, "%NAME%");
	version = pacman_value(f.data, "%VERSION%");
	if (package == NULL) {
		search_problem(s, desc, xstrdup("no line %NAME% with a name "
						"behind it"));
		return;
	}
	/* Lines of %BACKUP% have a tab and a checksum and fit no path.  */
	for (text = g.data; next_line(&text, &line);) {
		AUTO(str) char *file = NULL;

		if (line.n == 0 || line.n > LIMIT_PATH_BYTES)
			continue;
		file = xasprintf("/%.*s", (int)line.n, line.p);
		search_file(s, file, strlen(file), package, version);
	}
}

void pacman_search(struct package_search *s)
{
	AUTO(names) char **names = NULL;

	if (list_database(s, PACMAN, &names))
		for (char **name = names; *name != NULL; name++)
			if (strcmp(*name, "ALPM_DB_VERSION") != 0)
				pacman_package(s, *name);
}
