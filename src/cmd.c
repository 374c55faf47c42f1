/* cmd.c -- the table of commands, and what several of them need: the
 * inventory's file, the data's way out, progress.
 */
#include <errno.h>
#include <locale.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "fix/fix.h"
#include "graph/graph.h"
#include "locate/locate.h"
#include "scan/scan.h"

#define STATE_DIR	"/var/lib/trustdrift"
#define TABLE_OPTIONS	(BIT(OPTION_FORMAT) | BIT(OPTION_OUTPUT))
#define CRAWL_OPTIONS	(BIT(OPTION_CRAWL) | BIT(OPTION_CRAWL_ALL) | \
			 BIT(OPTION_CRAWL_NAMES) | BIT(OPTION_STRICT))
#define AUDIT_OPTIONS	(BIT(OPTION_FORMAT) | BIT(OPTION_OUTPUT) | \
			 BIT(OPTION_REPORT) | BIT(OPTION_CRITICAL) | \
			 BIT(OPTION_NOTIFY) | \
			 BIT(OPTION_CYCLONEDX) | \
			 BIT(OPTION_FAIL_ON) | BIT(OPTION_WARN_DAYS) | \
			 BIT(OPTION_EXIT_ZERO) | BIT(OPTION_WAIT) | \
			 BIT(OPTION_PROCESSES) | BIT(OPTION_BASELINE) | \
			 BIT(OPTION_ISOLATION) | CRAWL_OPTIONS)

static const char *report_format(size_t i)
{
	return outputs[i].name;
}

static const char *preview_format(size_t i)
{
	return preview_outputs[i].name;
}

/* The same, and the first is what a hook is to print.  */
static const char *hook_format(size_t i)
{
	static const char *const names[] = { "short", "text", "json", NULL };

	return names[i];
}

static const char *diff_format(size_t i)
{
	static const char *const names[] = { "text", "json", NULL };

	return names[i];
}

const struct command commands[] = {
	{ "audit", "[--crawl [DIR...]]", N_("scan, judge, report: the main job"),
	  audit_command, AUDIT_OPTIONS, 0, report_format },
	{ "check", "[--crawl [DIR...]]", N_("the same verdict, writing nothing at all"),
	  check_command, AUDIT_OPTIONS, 0, report_format },
	{ "scan", "[--crawl [DIR...]]", N_("record what is there, without judging"),
	  scan_command, BIT(OPTION_KEEP) | BIT(OPTION_WAIT) |
	  BIT(OPTION_PROCESSES) | BIT(OPTION_ISOLATION) | CRAWL_OPTIONS, 0,
	  NULL },
	{ "fix", "[FINDING-ID...]",
	  N_("write the script that repairs the chosen findings"),
	  fix_command, BIT(OPTION_RULE) | BIT(OPTION_SEVERITY) |
	  BIT(OPTION_STORE) | BIT(OPTION_FIX_TYPE) | BIT(OPTION_OUTPUT), -1,
	  NULL },
	{ "diff", "[OLD [NEW]]", N_("what changed between two scans"),
	  diff_command, TABLE_OPTIONS, 2, diff_format },
	{ "explain", "[WHAT [SENT]]",
	  N_("who would build which path, and who would fail"),
	  explain_command, BIT(OPTION_FORMAT) | BIT(OPTION_OUTPUT) |
	  BIT(OPTION_PARTY) | BIT(OPTION_PURPOSE) | BIT(OPTION_HOSTNAME) |
	  BIT(OPTION_TIMEOUT) | BIT(OPTION_TIMELINE) |
	  BIT(OPTION_ISOLATION), 2, explain_format },
	{ "preview", "[PACKAGE...] [WHAT [SENT]]",
	  N_("what a change would break before it is made"),
	  preview_command, TABLE_OPTIONS | BIT(OPTION_REMOVE) |
	  BIT(OPTION_DISTRUST) | BIT(OPTION_ADD) | BIT(OPTION_SET_BUNDLE) |
	  BIT(OPTION_IN) | BIT(OPTION_AT) | BIT(OPTION_WARN_DAYS) |
	  BIT(OPTION_WAIT) | BIT(OPTION_PROCESSES) | BIT(OPTION_PARTY) |
	  BIT(OPTION_PURPOSE) | BIT(OPTION_HOSTNAME) |
	  BIT(OPTION_TIMEOUT) | BIT(OPTION_ISOLATION), -1, preview_format,
	  .packages = true },
	{ "apt-hook", "",
	  N_("for apt: what it is about to install would break"),
	  apt_hook_command, TABLE_OPTIONS | BIT(OPTION_WARN_DAYS) |
	  BIT(OPTION_WAIT) | BIT(OPTION_ISOLATION), 0, hook_format,
	  .audit_options = true, .packages = true },
	{ "policy", "init | check [FILE]",
	  N_("write a policy of what is trusted now, or check one"),
	  policy_command, BIT(OPTION_OUTPUT), 2, NULL },
	{ "waive", "FINDING-ID...",
	  N_("write a waiver for findings of the newest audit"),
	  waive_command, BIT(OPTION_OUTPUT) | BIT(OPTION_REASON) |
	  BIT(OPTION_UNTIL) | BIT(OPTION_AUTHOR), -1, NULL },
	{ "rules", "check FILE... | new ID | xccdf",
	  N_("check rules, begin one, or make OpenSCAP's benchmark"),
	  rules_command, BIT(OPTION_OUTPUT) | BIT(OPTION_CASES) |
	  BIT(OPTION_WRITE), -1, NULL },
	{ "show",
	  "stores | certificates | statements | findings | parties [ID] | shadowed | "
	  "redirections | rules [ID] | schema | formats | recipes | scans | problems",
	  N_("what the inventory, the rules and the program hold"),
	  show_command, TABLE_OPTIONS | BIT(OPTION_ALL) | BIT(OPTION_RULE), 2,
	  table_format_name },
	{ "query", "SQL", N_("read-only SQL over the inventory's views"),
	  query_command, TABLE_OPTIONS, 1, table_format_name },
	{ "prune", "", N_("delete old scans, or what fix scripts kept"),
	  prune_command, BIT(OPTION_KEEP) | BIT(OPTION_BACKUPS) |
	  BIT(OPTION_WAIT), 0, NULL },
	{ "export", "", N_("write the newest scan as a bundle, for a fleet"),
	  export_command, BIT(OPTION_LISTED) | BIT(OPTION_OUTPUT), 0, NULL },
	{ "import", "[FILE...]", N_("take bundles of a fleet into a database"),
	  import_command, BIT(OPTION_AS) | BIT(OPTION_WAIT) |
	  BIT(OPTION_ISOLATION), -1, NULL },
	{ "complete", "[-- WORD...]",
	  N_("what may stand at the end of a command line, for shells"),
	  complete_command, 0, -1, NULL },
	{ NULL, NULL, NULL, NULL, 0, 0, NULL },
};

/* ---- the inventory's file ------------------------------------------------*/

static int state_directory(char **ret_dir)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	const struct passwd *pw;

	if (geteuid() == 0) {
		*ret_dir = xstrdup(STATE_DIR);
		return -1;
	}
	/* The specification wants relative values ignored.  */
	if (state != NULL && *state == '/') {
		*ret_dir = xasprintf("%s/trustdrift", state);
		return -1;
	}
	if (home == NULL || *home != '/') {
		pw = getpwuid(geteuid());
		home = pw != NULL ? pw->pw_dir : NULL;
	}
	if (home == NULL || *home != '/') {
		log_error(_("no home directory: name the inventory with --db"));
		return STATUS_FAILURE;
	}
	*ret_dir = xasprintf("%s/.local/state/trustdrift", home);
	return -1;
}

int inventory_path(const struct options *o, char **ret_path)
{
	AUTO(str) char *dir = NULL, *root = NULL;
	uint8_t hash[SHA256_SIZE];
	char hex[17];
	int status;

	if (o->db != NULL) {
		*ret_path = xstrdup(o->db);
		return -1;
	}
	status = state_directory(&dir);
	if (status >= 0)
		return status;
	root = realpath(o->root, NULL);
	if (root == NULL) {
		AUTO(str) char *name = escape_text(o->root, strlen(o->root));

		log_error("%s: %s", name, strerror(errno));
		return STATUS_FAILURE;
	}
	if (strcmp(root, "/") == 0) {
		*ret_path = xasprintf("%s/inventory.db", dir);
		return -1;
	}
	hash_sha256((struct blob){ (uint8_t *)root, strlen(root) }, hash);
	hex_encode(hash, 8, hex);
	*ret_path = xasprintf("%s/roots/%s.db", dir, hex);
	return -1;
}

int open_inventory(const struct options *o, enum inventory_mode mode,
		   struct inventory **ret_inventory, char **ret_history)
{
	AUTO(str) char *path = NULL, *error = NULL;
	int status = inventory_path(o, &path), r;

	if (status >= 0)
		return status;
	r = inventory_open(path, mode, o->wait, ret_inventory, &error);
	if (r == 0) {
		if (ret_history != NULL)
			*ret_history = TAKE(error);
		return -1;
	}
	if (mode == INVENTORY_WRITE && r == -ENOENT) {
		AUTO(str) char *name = escape_text(path, strlen(path));

		log_error(_("%s: the inventory cannot be made there; name another file with --db"),
			  name);
	} else {
		log_error("%s", error);
	}
	switch (r) {
	case -EBUSY:
		return EX_TEMPFAIL;
	case -EACCES:
	case -EPERM:
		return EX_NOPERM;
	default:
		return STATUS_FAILURE;
	}
}

static int take_root_path(int n, const char *const *names,
			  const char *const *values, const bool *numeric,
			  void *data)
{
	char **path = data;

	(void)n, (void)names, (void)numeric;
	free(*path);
	*path = xstrdup(values[0]);
	return 0;
}

int open_newest(const struct options *o, struct inventory **ret_inventory)
{
	AUTO(str) char *asked = NULL, *path = NULL, *file = NULL;
	int status = open_inventory(o, INVENTORY_READ, ret_inventory, NULL);

	if (status >= 0 || !(o->given & BIT(OPTION_ROOT)))
		return status;
	status = select_rows(*ret_inventory, "SELECT root FROM v_run",
			     take_root_path, &path);
	asked = realpath(o->root, NULL);
	if (status >= 0 || path == NULL ||
	    strcmp(asked != NULL ? asked : o->root, path) == 0)
		return status;
	if (inventory_path(o, &file) < 0) {
		AUTO(str) char *where = escape_text(file, strlen(file));
		AUTO(str) char *of = escape_text(path, strlen(path));
		AUTO(str) char *name = escape_text(o->root, strlen(o->root));

		log_error(_("%s: the newest scan is of %s and not of %s: scan that, or name another file with --db"),
			  where, of, name);
	}
	return STATUS_FAILURE;
}

int open_root(const char *path, struct root *ret_root)
{
	int r = root_open(path, ret_root);

	if (r < 0) {
		AUTO(str) char *name = escape_text(path, strlen(path));

		log_error(_("%s: cannot be used as root: %s"), name,
			  strerror(-r));
		return r == -EACCES ? EX_NOPERM : STATUS_FAILURE;
	}
	return -1;
}

/* Damage that nobody met when the file was opened.  */
static void log_damaged(struct inventory *i, const char *why)
{
	const char *path = inventory_file(i);
	AUTO(str) char *name = escape_text(path, strlen(path));

	log_error(_("%s: the inventory is damaged (%s); it was left alone: move it away, or name another file with --db"),
		  name, why);
}

int inventory_failed(struct inventory *i, int r, const char *what)
{
	const char *why = inventory_error(i);

	if (r == -EBUSY) {
		log_error(_("%s: another run is using the inventory; try again later or with a longer --wait"),
			  what);
		return EX_TEMPFAIL;
	}
	if (r == -EMEDIUMTYPE) {
		log_damaged(i, why);
		return STATUS_FAILURE;
	}
	log_error("%s: %s", what, *why != '\0' ? why : strerror(-r));
	return STATUS_FAILURE;
}

char *shell_word(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";
	char *word;

	if (*s != '\0' && s[strspn(s, plain)] == '\0')
		return xstrdup(s);
	word = shell_quote(s);
	/* What cannot be quoted cannot be typed either: shown, not meant.  */
	return word != NULL ? word : escape_text(s, strlen(s));
}

char *own_command(const struct options *o)
{
	const struct {
		const char *option, *value;
	} named[] = {
		{ "--root", strcmp(o->root, "/") != 0 ? o->root : NULL },
		{ "--db", o->db },
		{ "--config", o->config },
	};
	/* From PATH it is known by its name, elsewhere as it was called.  */
	AUTO(str) char *program = shell_word(strchr(o->program, '/') != NULL ?
					     o->program : "trustdrift");
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_adds(&b, program);
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		AUTO(str) char *word = NULL;

		if (named[i].value == NULL)
			continue;
		word = shell_word(named[i].value);
		buf_addf(&b, " %s %s", named[i].option, word);
	}
	return buf_take(&b);
}

/* ---- data files and scans --------------------------------------------------*/

int load_failed(int r, char *error)
{
	log_error("%s", error != NULL ? error : error_words(r));
	free(error);
	switch (r) {
	case -EACCES:
	case -EPERM:
		return EX_NOPERM;
	case -EINVAL:
	case -ENOENT:		/* a dangling link */
	case -ENOTDIR:
	case -EISDIR:
	case -ENOTREG:
	case -ENXIO:		/* a socket */
	case -ELOOP:
	case -EFBIG:
	case -E2BIG:
		return EX_CONFIG;
	default:
		return STATUS_FAILURE;
	}
}

int load_catalogue(const struct options *o, struct catalogue **ret_catalogue)
{
	char *error = NULL;
	int r = catalogue_load(o->config, ret_catalogue, &error);

	if (r == 0)
		r = scan_check_catalogue(*ret_catalogue, &error);

	return r < 0 ? load_failed(r, error) : -1;
}

static int load_root_program(struct inventory *i)
{
	AUTO(str) char *path = xasprintf("%s/rootprogram/mozilla-roots.csv",
					 data_dir());
	char *error = NULL;
	int r = inventory_load_root_program(i, path, &error);

	return r < 0 ? load_failed(r, error) : -1;
}

static int scan_failed(const struct options *o, struct inventory *i, int r)
{
	if (*readings_error(o->readings) != '\0') {
		log_error("%s", readings_error(o->readings));
		return STATUS_FAILURE;
	}
	return inventory_failed(i, r, _("the scan could not be recorded"));
}

/* A catalogue that is loaded when a scan needs it, or why it was not.  */
struct later {
	const struct options *options;
	struct catalogue *catalogue;
	int status;
};

static int load_later(void *data, const struct catalogue **ret_catalogue)
{
	struct later *later = data;

	setlocale(LC_MESSAGES, "");
	later->status = load_catalogue(later->options, &later->catalogue);
	setlocale(LC_MESSAGES, "C");
	*ret_catalogue = later->catalogue;
	return later->status < 0 ? 0 : -ECANCELED;
}

static int scan_only(const struct options *o, const struct root *root,
		     struct inventory *i, const struct catalogue *c,
		     const struct crawling *crawling,
		     struct scan_result *ret_result)
{
	AUTO(str) char *directory = getcwd(NULL, 0);
	struct later later = { .options = o, .status = -1 };
	const struct scan_options options = {
		.root = root, .catalogue = c, .readings = o->readings,
		.config_dir = o->config, .load = load_later,
		.load_data = &later,
		.now = o->now,
		.warn_days = o->warn_days,
		.anew = o->strict,
		.crawl = crawling_options(crawling),
		.sources = {
			.environment = root_is_host(root) ? environ : NULL,
			.directory = directory,
			.uid = geteuid(),
			.processes = o->processes,
		},
	};
	int r;

	progress(o, _("reading the stores"));
	/* What is recorded reads the same whoever made it.  */
	setlocale(LC_MESSAGES, "C");
	r = scan_run(i, &options, ret_result);
	setlocale(LC_MESSAGES, "");
	if (later.catalogue != NULL)
		catalogue_free(later.catalogue);
	if (later.status >= 0)
		return later.status;
	if (r < 0)
		return scan_failed(o, i, r);
	log_verbose(_("%zu stores, %zu of them as before; %zu files read, %zu certificates decoded"),
		    ret_result->stores, ret_result->reused,
		    ret_result->files_read, ret_result->certificates_decoded);
	if (ret_result->repeated)
		log_verbose(_("nothing has changed since the last scan, so no store was opened"));
	if (crawling != NULL)
		log_verbose(_("crawled %zu directories, %zu names in those that were listed"),
			    ret_result->crawled_directories,
			    ret_result->crawled_names);
	return -1;
}

int scan_more(const struct options *o, const struct root *root,
	      struct inventory *i, const struct catalogue *c,
	      struct scan_result *ret_result)
{
	return scan_only(o, root, i, c, NULL, ret_result);
}

int link_scan(const struct options *o, struct inventory *i)
{
	struct graph_result graph;
	int status = load_root_program(i), r;

	if (status >= 0)
		return status;
	progress(o, _("verifying who signed what"));
	r = graph_update(i, o->readings, &graph);
	if (r == 0)
		r = inventory_date_lists(i);
	if (r < 0)
		return scan_failed(o, i, r);
	log_verbose(_("%zu signatures verified, %zu paths to anchors"),
		    graph.signatures_checked, graph.reach);
	if (graph.signatures_left > 0)
		log_warning(ngettext("%zu signature is left to verify: the next run goes on with it",
				     "%zu signatures are left to verify: the next run goes on with them",
				     graph.signatures_left),
			    graph.signatures_left);
	return -1;
}

int record_scan(const struct options *o, const struct root *root,
		struct inventory *i, const struct catalogue *c,
		struct scan_result *ret_result)
{
	struct crawling *crawling;
	int status = crawling_begin(o, root, &crawling);

	*ret_result = (struct scan_result){ .scan = 0 };
	if (status < 0)
		status = isolation_enter(o, i);
	if (status < 0)
		status = scan_only(o, root, i, c, crawling, ret_result);
	if (status < 0)
		status = link_scan(o, i);
	crawling_end(crawling, ret_result->crawl_stopped);
	if (status < 0)
		isolation_say(o);
	if (status >= 0) {
		progress(o, NULL);
		inventory_rollback(i);
	}
	return status;
}

/* ---- the way out -----------------------------------------------------------*/

void out_begin(const struct options *o, struct out *ret_out)
{
	*ret_out = (struct out){ .f = stdout, .path = o->output };
	if (o->output == NULL)
		return;
	ret_out->f = open_memstream(&ret_out->text, &ret_out->n);
	if (ret_out->f == NULL)
		die("%s", strerror(errno));
}

static int out_close(struct out *out, int result, mode_t mode)
{
	if (out->path == NULL) {
		if (fflush(out->f) != 0 && errno != 0)
			result = -errno;
		return result == 0 && ferror(out->f) ? -EIO : result;
	}
	if (fclose(out->f) != 0 && result == 0)
		result = -ENOMEM;
	if (result == 0)
		result = file_write_atomic(out->path, (struct blob){
			(const uint8_t *)out->text, out->n }, mode);
	free(out->text);
	return result;
}

int out_end(struct out *out, int result, mode_t mode)
{
	int r = out_close(out, result, mode);

	if (r < 0) {
		const char *path = out->path != NULL ? out->path :
				   _("standard output");
		AUTO(str) char *name = escape_text(path, strlen(path));

		log_error(_("%s: cannot be written: %s"), name, strerror(-r));
		return STATUS_FAILURE;
	}
	return -1;
}

void out_cancel(struct out *out)
{
	if (out->path != NULL) {
		fclose(out->f);
		free(out->text);
	}
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return term == NULL || *term == '\0' || strcmp(term, "dumb") == 0;
}

bool use_color(const struct options *o)
{
	const char *no_color = getenv("NO_COLOR");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	return o->output == NULL && isatty(STDOUT_FILENO) && !is_dumb() &&
	       (no_color == NULL || *no_color == '\0');
}

unsigned terminal_width(const struct options *o, unsigned otherwise)
{
	struct winsize size;

	if (o->output != NULL || !isatty(STDOUT_FILENO))
		return otherwise;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

void progress(const struct options *o, const char *what)
{
	static bool shown;

	if (what == NULL ? !shown : o->quiet || !isatty(STDERR_FILENO) ||
	    is_dumb())
		return;
	fprintf(stderr, "\r\033[K%s%s", what != NULL ? what : "",
		what != NULL ? " ..." : "");
	fflush(stderr);
	shown = what != NULL;
}

/* ---- selecting -------------------------------------------------------------*/

int select_rows(struct inventory *i, const char *sql, row_fn *fn, void *data)
{
	AUTO(str) char *error = NULL, *text = NULL;
	int r = guarded_select(i, sql, fn, data, &error);

	if (r >= 0)
		return -1;
	/* FN stopped it, and whoever wrote FN knows why.  */
	if (error == NULL)
		return STATUS_FAILURE;
	text = escape_text(error, strlen(error));
	if (inventory_is_damaged(i))
		log_damaged(i, text);
	else
		log_error(_("the query was refused: %s"), text);
	return STATUS_FAILURE;
}

/* ---- tables ----------------------------------------------------------------*/

int print_table(const struct options *o, fill_fn *fill, void *data)
{
	enum table_format format = TABLE_TEXT;
	struct table *t;
	struct out out;
	int status;

	table_format_from_name(o->format, &format);
	out_begin(o, &out);
	t = table_new(format, terminal_width(o, 0), out.f);
	/* What a query selects is given as it is.  */
	if (o->command->run != query_command)
		table_translate(t);
	status = fill(o, t, data);
	if (status >= 0 && !ferror(out.f)) {
		table_free(t);
		out_cancel(&out);
		return status;
	}
	status = out_end(&out, table_end(t), 0644);
	return status >= 0 ? status : STATUS_OK;
}

struct filling {
	struct table *table;
	const char *const *times;
	bool any;
};

static bool is_time(const char *const *times, const char *name)
{
	for (; times != NULL && *times != NULL; times++)
		if (strcmp(*times, name) == 0)
			return true;
	return false;
}

static int give_row(int n, const char *const *names, const char *const *values,
		    const bool *numeric, void *data)
{
	enum { MAX = 100 };		/* the guard's own limit */
	struct filling *f = data;
	char times[MAX][TIME_SIZE];
	const char *shown[MAX];
	bool number[MAX];

	for (int i = 0; i < n && i < MAX; i++) {
		int64_t t;

		shown[i] = values[i];
		number[i] = numeric[i];
		if (!numeric[i] || !is_time(f->times, names[i]))
			continue;
		AUTO(str) char *seconds = xasprintf("@%s", values[i]);
		if (time_parse(seconds, &t) < 0)
			continue;
		shown[i] = time_format(t, times[i]);
		number[i] = false;
	}
	f->any = true;
	return table_row(f->table, n, names, shown, number);
}

static int give_names(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct filling *f = data;

	(void)values;
	return table_row(f->table, n, names, NULL, numeric);
}

int fill_from(struct inventory *i, const char *sql, const char *const *times,
	      struct table *t)
{
	struct filling f = { t, times, false };
	int status = select_rows(i, sql, give_row, &f);

	/* A table without rows has a header all the same.  A query that cannot
	 * be wrapped, because a semicolon ends it, does without.  */
	if (status < 0 && !f.any) {
		AUTO(str) char *error = NULL;
		AUTO(str) char *outer = xasprintf("SELECT q.* FROM (SELECT 1)"
			" LEFT JOIN (\n%s\n) q ON 1 = 1", sql);

		guarded_select(i, outer, give_names, &f, &error);
	}
	return status;
}
