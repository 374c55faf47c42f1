/* cmd-apt-hook.c -- apt-hook: what apt asks before it unpacks anything
 * (DPkg::Pre-Install-Pkgs, apt.conf(5)).
 *
 * apt says on standard input, or on the descriptor in APT_HOOK_INFO_FD, what it is
 * about to do.  Version 1 of that has a path on each line.  2 and 3 begin with
 * "VERSION N", lines of configuration and an empty one, and then a line has for
 * each package its name, the old version, <, > or =, the new version and a path,
 * **CONFIGURE** or **REMOVE**; 3 has behind each version its architecture and its
 * multi-arch word.  apt speaks the highest version that it knows when it is asked
 * for more, so the first line decides and not the configuration.
 *
 * A status other than 0 ends the whole update.  So the work is done by a process of
 * its own, and whatever becomes of that, the status is 0, unless the administrator
 * asked for the update to be stopped and the preview found a reason.
 *
 * Most updates have nothing to do with certificates, and unpacking every package
 * takes long: those are looked at whose installed version has a file of a store,
 * and those whose name is in data/packages.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "locate/locate.h"
#include "rule/rule.h"

#define STATUS_STOP	2	/* of this command: the update is not to be made */
#define CONFIGURATION	"apt-hook.conf"

struct hook {
	const struct options *o;
	struct root root;
	struct catalogue *catalogue;
	struct patterns *patterns;
	char **names;			/* patterns of data/packages, NULL behind */
	size_t n_names, cap_names;
	char *text;			/* what apt said; lines are in it */
	struct upgrade_package *packages;
	size_t n, cap;
};

static void auto_hook(struct hook *h)
{
	for (size_t k = 0; k < h->n_names; k++)
		free(h->names[k]);
	free(h->names);
	free(h->packages);
	free(h->text);
	patterns_free(h->patterns);
	catalogue_free(h->catalogue);
	root_done(&h->root);
}

/* ---- what apt says -----------------------------------------------------------*/

static int read_all(int fd, char **ret_text)
{
	AUTO(buf) struct buf b;
	char part[8192];
	ssize_t n;

	buf_init(&b, LIMIT_APT_BYTES);
	for (;;) {
		n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		if (buf_add(&b, part, (size_t)n) < 0)
			return -EFBIG;
	}
	*ret_text = buf_take(&b);
	return 0;
}

static int info_fd(void)
{
	const char *s = getenv("APT_HOOK_INFO_FD");
	uint64_t n;

	return s != NULL && number_parse(s, 1 << 20, &n) == 0 ? (int)n :
	       STDIN_FILENO;
}

/* Is a package of this name worth a look though nothing of it is installed?  */
static bool is_listed(const struct hook *h, const char *name)
{
	for (size_t k = 0; k < h->n_names; k++)
		if (pattern_match_any(h->names[k], name))
			return true;
	return false;
}

static void take_package(struct hook *h, const char *name,
			 const char *architecture, const char *file)
{
	if (h->n >= LIMIT_PACKAGES ||
	    (!is_listed(h, name) &&
	     !upgrade_has_stores(&h->root, h->patterns, name, architecture)))
		return;
	grow(&h->packages, h->n, &h->cap, sizeof(*h->packages));
	h->packages[h->n++] = (struct upgrade_package){
		.file = file, .name = name, .architecture = architecture };
}

/* PATH/NAME_VERSION_ARCHITECTURE.deb  */
static void take_path(struct hook *h, char *line)
{
	const char *slash = strrchr(line, '/');
	const char *base = slash != NULL ? slash + 1 : line;
	AUTO(str) char *name = xstrndup(base, strcspn(base, "_"));
	const size_t before = h->n;

	if (*line != '/' || !has_suffix(line, ".deb"))
		return;
	take_package(h, name, NULL, line);
	/* The file says it, too.  */
	if (h->n > before)
		h->packages[before].name = NULL;
}

/* The next word of *LINE, which moves behind it; NULL: there is none.  */
static char *next_word(char **line)
{
	char *word = *line != NULL ? strsep(line, " ") : NULL;

	return word != NULL && *word != '\0' ? word : NULL;
}

static void take_line(struct hook *h, char *line, unsigned version)
{
	/* Between the name and the action: 1 for the direction.  */
	const unsigned words = version == 2 ? 3 : 7;
	char *name = next_word(&line), *architecture = NULL;

	for (unsigned k = 0; k < words; k++) {
		char *word = next_word(&line);

		if (word == NULL)
			return;
		if (version > 2 && (k == 1 || (k == 5 && strcmp(word, "-") !=
					       0)))
			architecture = word;
	}
	if (name == NULL || line == NULL || *line == '\0' ||
	    strcmp(line, "**CONFIGURE**") == 0)
		return;
	if (strcmp(line, "**REMOVE**") == 0)
		take_package(h, name, architecture, NULL);
	else if (*line == '/')
		take_package(h, name, architecture, line);
}

static void take_lines(struct hook *h)
{
	char *rest = h->text, *line;
	unsigned version = 1;
	bool head = false;

	if (has_prefix(rest, "VERSION ")) {
		uint64_t n;

		line = strsep(&rest, "\n");
		/* What comes after 3 may be longer, but not shorter.  */
		version = number_parse(line + strlen("VERSION "), 1000, &n) ==
			  0 && n >= 2 ? (unsigned)n : 0;
		head = true;
	}
	if (version == 0) {
		log_warning(_("apt speaks a language that this hook does not know"));
		return;
	}
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line == '\0')
			head = false;
		else if (!head && version == 1)
			take_path(h, line);
		else if (!head)
			take_line(h, line, version);
	}
}

/* ---- what was configured -------------------------------------------------------*/

/* The lines of TEXT without comments and white space around them.  */
static char *next_setting(char **rest)
{
	char *line;

	while ((line = strsep(rest, "\n")) != NULL) {
		char *end;

		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t\r");
		end = line + strlen(line);
		while (end > line && strchr(" \t\r", end[-1]) != NULL)
			*--end = '\0';
		if (*line != '\0')
			return line;
	}
	return NULL;
}

static int read_names(struct hook *h)
{
	AUTO(names) char **paths = NULL;
	size_t n;
	int r = data_files(h->o->config, "packages", ".list", &paths, &n);

	for (size_t k = 0; r == 0 && k < n; k++) {
		AUTO(str) char *text = NULL;
		char *rest, *line;
		size_t size;

		r = file_slurp(paths[k], LIMIT_DATA_FILE_BYTES, &text, &size);
		rest = text;
		while (r == 0 && (line = next_setting(&rest)) != NULL) {
			grow(&h->names, h->n_names, &h->cap_names,
			     sizeof(*h->names));
			h->names[h->n_names++] = xstrdup(line);
		}
	}
	return r;
}

/* The least severity of a new finding that stops the update; false: none does,
 * which is also what is made of a mistake, for that is not to stop anything.  */
static bool stops_at(const struct options *o, enum severity *ret_severity)
{
	AUTO(str) char *path = NULL, *text = NULL, *name = NULL;
	char *rest, *line;
	bool stops = false;
	size_t n;
	int r = config_file(o->config, CONFIGURATION, &path);

	if (r < 0)
		return false;
	name = escape_text(path, strlen(path));
	r = file_slurp(path, LIMIT_SETTINGS_BYTES, &text, &n);
	if (r < 0) {
		log_warning("%s: %s", name, error_words(r));
		return false;
	}
	rest = text;
	while ((line = next_setting(&rest)) != NULL) {
		char *value = line + strcspn(line, "=");

		if (*value == '=')
			*value++ = '\0';
		value += strspn(value, " \t");
		line[strcspn(line, " \t")] = '\0';
		if (strcmp(line, "stop") == 0 && strcmp(value, "never") == 0)
			stops = false;
		else if (strcmp(line, "stop") == 0 &&
			 severity_from_name(value, ret_severity) == 0)
			stops = true;
		else
			log_warning(_("%s: only stop = high, medium, low, info or never is known there; no update is stopped because of other lines"),
				    name);
	}
	return stops;
}

/* ---- the work --------------------------------------------------------------------*/

static int prepare(struct hook *h)
{
	int status, r = read_all(info_fd(), &h->text);

	if (r < 0) {
		log_warning(_("what apt is about to do cannot be read: %s"),
			    error_words(r));
		return STATUS_FAILURE;
	}
	status = open_root(h->o->root, &h->root);
	if (status < 0)
		status = load_catalogue(h->o, &h->catalogue);
	if (status >= 0)
		return status;
	r = read_names(h);
	if (r < 0)
		log_warning(_("the names of packages that matter cannot be read: %s"),
			    error_words(r));
	h->patterns = interest_patterns(h->catalogue);
	take_lines(h);
	return -1;
}

/* Where the rest of a short preview is.  apt deletes what it fetched only when it
 * has installed it.  */
static void say_command(const struct hook *h)
{
	AUTO(str) char *command = own_command(h->o);

	if (strcmp(h->o->format, "short") != 0 || h->o->output != NULL)
		return;
	printf(_("trustdrift: all of it, with evidence: %s preview"), command);
	for (size_t k = 0; k < h->n; k++) {
		AUTO(str) char *file = h->packages[k].file != NULL ?
				       shell_word(h->packages[k].file) : NULL;

		if (file != NULL)
			printf(" %s", file);
	}
	putchar('\n');
}

static int work(const struct options *o)
{
	AUTO(hook) struct hook h = { .o = o, .root = { .fd = -1 } };
	enum severity least = SEVERITY_HIGH;
	int new = -1, status = prepare(&h);

	if (status >= 0 || h.n == 0)
		return STATUS_OK;
	status = preview_packages(o, h.packages, h.n, &new);
	if (status == STATUS_DIFFERENT)
		say_command(&h);
	fflush(stdout);
	if (status != STATUS_DIFFERENT || !stops_at(o, &least) ||
	    new < (int)least)
		return STATUS_OK;
	log_error(_("the update is stopped, as %s wants: repair what was found, or set stop = never there"),
		  CONFIGURATION);
	return STATUS_STOP;
}

/* ---- what nothing may happen to ----------------------------------------------------*/

static int guarded_work(const void *options)
{
	die_with(STATUS_OK);
	return work(options);
}

int apt_hook_command(const struct options *o)
{
	struct worker_end end;
	int r = guarded_run(guarded_work, o, LIMIT_APT_SECONDS, &end);

	if (r < 0) {
		log_warning(_("no process to look at the update with: %s"),
			    strerror(-r));
		return STATUS_OK;
	}
	if (end.signal != 0)
		log_warning(_("the look at what this update changes was ended (signal %d, %s): the update goes on"),
			    end.signal, strsignal(end.signal));
	return end.status == STATUS_STOP ? STATUS_STOP : STATUS_OK;
}
