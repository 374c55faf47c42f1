/* cmd.h -- the command line: a row for each option (option-rows.c), a row for
 * each command (cmd.c), a file for each command (cmd-*.c), and what they share
 * (cmd.c).
 */
#ifndef CMD_H
#define CMD_H

#include <sysexits.h>

#include "base/base.h"
#include "inventory/inventory.h"
#include "output/output.h"

/* Exit statuses; those from 64 on are of sysexits.h.  */
enum {
	STATUS_OK = 0,
	STATUS_FAILURE = 1,		/* said in one line on stderr */
	STATUS_FINDINGS = 2,		/* audit, check; bits with the next */
	STATUS_INCOMPLETE = 4,
	STATUS_DIFFERENT = 2,		/* diff */
	STATUS_WRITTEN = 2,		/* fix */
};

/* ---- options -------------------------------------------------------------*/

enum option_id {
	OPTION_FORMAT, OPTION_REPORT, OPTION_NOTIFY, OPTION_OUTPUT,
	OPTION_FAIL_ON,
	OPTION_CRITICAL, OPTION_WARN_DAYS, OPTION_CYCLONEDX,
	OPTION_EXIT_ZERO, OPTION_WAIT, OPTION_KEEP, OPTION_RULE,
	OPTION_SEVERITY, OPTION_STORE, OPTION_ALL, OPTION_PROCESSES,
	OPTION_ISOLATION, OPTION_CRAWL, OPTION_CRAWL_ALL, OPTION_CRAWL_NAMES,
	OPTION_STRICT,
	OPTION_PARTY, OPTION_PURPOSE, OPTION_HOSTNAME, OPTION_TIMEOUT,
	OPTION_TIMELINE,
	OPTION_REMOVE, OPTION_DISTRUST, OPTION_ADD, OPTION_SET_BUNDLE,
	OPTION_IN, OPTION_AT, OPTION_BASELINE,
	OPTION_REASON, OPTION_UNTIL, OPTION_AUTHOR,
	OPTION_FIX_TYPE, OPTION_BACKUPS,
	OPTION_CASES, OPTION_WRITE, OPTION_LISTED, OPTION_AS,
	/* Those that every command takes.  */
	OPTION_ROOT, OPTION_DB, OPTION_NOW, OPTION_CONFIG, OPTION_COLOR,
	OPTION_QUIET, OPTION_VERBOSE, OPTION_HELP, OPTION_VERSION,
	OPTION_COUNT
};
#define BIT(option)	(UINT64_C(1) << (option))
#define GLOBAL_OPTIONS	(BIT(OPTION_COUNT) - BIT(OPTION_ROOT))

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Whom --notify tells what changed.  */
enum notify { NOTIFY_NOBODY, NOTIFY_AUTO, NOTIFY_JOURNAL, NOTIFY_SYSLOG };

/* --remove and its like, in the order of the command line.  */
struct named_change {
	enum option_id option;
	const char *value;
};

/* --report FORMAT:FILE */
struct named_report {
	char *format;			/* the run's own copy */
	const char *path;		/* NULL: standard output */
};

/* What the command line says; strings are those of argv.  */
struct options {
	const struct command *command;
	const char *program;		/* argv[0] */
	uint64_t given;			/* BIT(option) of all that were named */
	const char *root;		/* "/" unless named */
	const char *db, *config;	/* NULL: the default */
	int64_t now;			/* the clock unless named */
	enum color_when color;
	bool quiet, verbose;
	bool plugin;			/* speaks to a monitoring system */
	const char *format;		/* one of the command's formats */
	struct named_report *reports;	/* audit, check: besides `format` */
	size_t n_reports;
	enum notify notify;
	const char *notify_socket;	/* NULL: the host's */
	bool cyclonedx_17;
	const char *fix_type;		/* fix; NULL: not named */
	bool backups;			/* prune */
	const char *cases;		/* rules; NULL: beside the file */
	bool write;			/* rules */
	const char *listed;		/* export; NULL: not named */
	const char *as;			/* import; NULL: as the bundle says */
	const char *output;		/* NULL, "-": standard output */
	enum severity fail_on, critical;
	bool fail_on_new;
	const char *baseline;		/* NULL: the audit before */
	const char *reason, *until, *author;	/* waive; NULL: not named */
	unsigned warn_days, wait, keep;	/* keep 0: not named */
	bool exit_zero, all, processes;
	const char *rule, *store;	/* fix; NULL: all */
	const char *party, *hostname;	/* explain; NULL: all, any */
	unsigned timeout;		/* seconds; 0: not named */
	unsigned purpose;		/* enum purpose; 0: not named */
	bool timeline;
	bool crawl, crawl_all, crawl_names, strict;
	enum isolation isolation;
	struct readings *readings;	/* NULL: files are read in this process */
	enum severity severity;
	struct named_change *changes;	/* preview */
	size_t n_changes;
	const char *in;			/* NULL: not named */
	int64_t at;			/* `now` unless named */
	char **arguments;
	int n_arguments;
	char *lines;			/* of a file with options; they lie in it */
};

struct command {
	const char *name;
	const char *arguments;		/* for the usage line; "" */
	const char *summary;		/* N_("...") */
	int (*run)(const struct options *o);	/* gives the exit status */
	uint64_t options;		/* BIT(option), global ones not named */
	int max_arguments;		/* -1: any number */
	/* Words of --format, the first is the default; NULL behind the last.
	 * NULL: the command has no formats.  */
	const char *(*format)(size_t i);
	bool audit_options;		/* audit.options says of how to look */
	bool packages;			/* takes packages apart */
};
extern const struct command commands[];	/* a NULL name behind the last */

/* Reads the command line.  Returns -1 when the command is to be run, else the
 * exit status: help and version were printed, or a mistake was explained.  */
int options_parse(int argc, char **argv, struct options *ret_options);
void options_done(struct options *o);
/* Explains a mistake in the command line: WHAT (translated) about the word
 * WRONG (NULL: none), and which of WORDS (NULL behind the last; NULL: none)
 * may have been meant.  COMMAND NULL: none was named.  Returns EX_USAGE.  */
int usage_error(const struct command *command, const char *what,
		const char *wrong, const char *const *words);

/* Which of WORDS (NULL behind the last) was probably meant; NULL: none is near.  */
const char *closest_word(const char *wrong, const char *const *words);

void version_print(void);

/* ---- the monitoring plug-in (plugin.c) ---------------------------------------
 * Does this command line begin one: by the program's name, or by its format?  Says
 * so to what ends the program early.  */
#define PLUGIN_NAME	"check_trustdrift"
bool is_plugin_name(const char *program);
bool plugin_begin(int argc, char **argv);
/* The exit status of one: what has no verdict is UNKNOWN, in a line on standard
 * output.  */
int plugin_end(int status);

/* ---- the module of Ansible (ansible-module.c) ---------------------------------
 * Is this command line the call of one?  Then it is replaced by that of a check or
 * audit, which lives as long as the program, and *ret_status is -1, or the exit
 * status after saying what is wrong.  Or another program goes on instead.  */
bool module_begin(int *argc, char ***argv, int *ret_status);
/* The exit status of one: a STATUS that is no verdict is answered first.  */
int module_end(int status);

/* ---- isolation (isolation.c) -----------------------------------------------
 * Each returns -1, or the exit status after saying what is wrong.  The first is
 * main's; the second gives up what a command does not need once I is open.  */
int isolation_begin(struct options *o);
int isolation_enter(const struct options *o, struct inventory *i);
/* What readers could enforce, when they have been needed.  */
void isolation_say(const struct options *o);

/* ---- the crawl (crawling.c) --------------------------------------------------
 * What these options ask for, and Ctrl-C for as long as it is; NULL: no crawl.
 * Says what is wrong; returns -1 or the exit status.  */
struct crawling;
struct crawl_options;
int crawling_begin(const struct options *o, const struct root *root,
		   struct crawling **ret_crawling);
const struct crawl_options *crawling_options(const struct crawling *c);
/* STOPPED: Ctrl-C has ended the crawl.  One that came too late for that ends the
 * program now.  */
void crawling_end(struct crawling *c, bool stopped);

/* ---- shared by commands ----------------------------------------------------*/

/* The inventory file of these options; the caller frees.  Returns -1, or the
 * exit status after saying why there is none.  */
int inventory_path(const struct options *o, char **ret_path);
/* Opens the inventory and says what went wrong.  Returns -1, or the exit
 * status to end with.  RET_HISTORY (NULL unless MODE is INVENTORY_MEMORY): why
 * there is no history, NULL if there is or there never was; the caller frees. */
int open_inventory(const struct options *o, enum inventory_mode mode,
		   struct inventory **ret_inventory, char **ret_history);
/* The same for reading, where the newest scan is what is asked: with --root that has
 * to be one of that root.  */
int open_newest(const struct options *o, struct inventory **ret_inventory);
/* Says WHAT (translated) failed with R; gives the exit status.  */
int inventory_failed(struct inventory *i, int r, const char *what);
/* The root of these options, open; returns -1 or the exit status.  */
int open_root(const char *path, struct root *ret_root);
/* How a user calls this program for the same inventory, as shell words; the
 * caller frees.  */
char *own_command(const struct options *o);
/* S as a shell word, quoted only where that is needed; the caller frees.  */
char *shell_word(const char *s);

/* One scan of ROOT, with the root program's dates and the graph; C NULL: the
 * catalogue is loaded if the scan needs it.  The transaction stays open, the caller commits.  Says what went wrong; returns
 * -1, or the exit status, and the transaction is gone then.  */
struct catalogue;
struct scan_result;
int record_scan(const struct options *o, const struct root *root,
		struct inventory *i, const struct catalogue *c,
		struct scan_result *ret_result);
/* One more scan in the same run, without crawl, dates and graph.  As above, but for
 * the transaction after an error: it may still be open.  */
int scan_more(const struct options *o, const struct root *root,
	      struct inventory *i, const struct catalogue *c,
	      struct scan_result *ret_result);
/* The root program's dates and the graph for the scan that is open.  Says what
 * went wrong; returns -1 or the exit status.  */
int link_scan(const struct options *o, struct inventory *i);
int load_catalogue(const struct options *o, struct catalogue **ret_catalogue);
/* Says that LOADING a data file gave R and ERROR (freed); gives the status. */
int load_failed(int r, char *error);

/* Do the parties that a policy names exist in the catalogue?  Says which does
 * not; returns -1 or the exit status.  */
struct policy;
int check_policy_parties(const struct options *o, const struct policy *p,
			 const struct catalogue *c);

/* ---- judging (pack.c) ------------------------------------------------------
 * Everything that the verdict depends on and that is loaded before anything is
 * looked at.  */
struct pack {
	struct catalogue *catalogue;
	struct rules *rules;
	struct recipes *recipes;
	struct policy *policy;
	struct waivers *waivers;
};
/* Says what went wrong; returns -1 or the exit status.  */
int pack_load(const struct options *o, struct pack *ret_pack);
void auto_pack(struct pack *p);
/* Judges the newest scan of I.  MACHINE: in words that are never translated.
 * Says what went wrong; returns -1 or the exit status.  */
int pack_judge(const struct options *o, struct inventory *i,
	       const struct pack *p, bool machine, struct report *ret_report);

/* The option --report: which formats there are, and that no two reports go to one
 * place.  Says what is wrong; returns -1 or the exit status.  */
int reports_check(const struct options *o);
/* What report writers ask for besides the report; see struct output_options.  */
struct report_facts {
	const struct rules *rules;
	const struct assets *assets;	/* NULL: no format wants them */
	struct baseline *baseline;	/* NULL: none */
	struct baseline *earlier;	/* what changes are told against; NULL */
	int64_t duration_ms;		/* -1: not to be told */
	int status;			/* the verdict as an exit status */
	const char *history;		/* NULL: there is one, or never was */
};
/* Does a format tell what the host holds?  */
bool reports_want_assets(const struct options *o);
/* Judges the newest scan of I in the words that --format and each --report is
 * written in: for people, in their language, and for programs.  `first` is that
 * of --format.  RECORDED: there is to be the programs' in any case, which is the
 * one to record.  Says what went wrong; returns -1 or the exit status.  */
struct judged {
	struct report people, programs;
	bool has_people, has_programs;
	const struct report *first;
};
int reports_judge(const struct options *o, struct inventory *i,
		  const struct pack *p, bool recorded,
		  struct judged *ret_judged);
void auto_judged(struct judged *j);
/* Writes each report whole or not at all, files before standard output.  What
 * cannot be written is said and does not keep the others from being written.
 * Returns the exit status.  */
int reports_write(const struct options *o, const struct judged *j,
		  const struct report_facts *facts);
/* Is anybody told what changed?  */
bool reports_want_earlier(const struct options *o);
/* Tells the system's log what --notify asks for.  A log that cannot be reached is a
 * warning: the verdict is as good without.  */
void notify_log(const struct options *o, const struct judged *j,
		const struct report_facts *facts);

/* How a report is to be written.  COMMAND (own_command()) and HISTORY are
 * borrowed.  */
struct output_options report_options(const struct options *o,
				     const char *command, const char *history);

/* ---- what is new (baseline.c) ------------------------------------------------
 * The baseline of these options, NULL when nobody asks for it: a file, or the
 * newest audit of ROOT in I, before another one is recorded.  Says what went wrong;
 * returns -1 or the exit status.  */
int baseline_load(const struct options *o, struct inventory *i,
		  const struct root *root, struct baseline **ret_baseline);
void auto_baseline(struct baseline **b);
/* Does the verdict ask for it, and not only who tells what changed?  */
bool baseline_decides(const struct options *o);
/* How many findings of at least --fail-on are not in B; names them on stderr. */
size_t baseline_count_new(const struct options *o, struct baseline *b,
			  const struct report *r);

/* ---- the findings of the newest audit (audited.c) -----------------------------
 * All of them, and which of them the arguments name.  */
struct audited {
	struct finding *findings;
	size_t n, cap;
	bool *named;
};
/* Into an empty one.  NONE is said when there is no audit.  Says what went
 * wrong; returns -1 or the exit status.  */
int audited_load(struct inventory *i, const char *none,
		 struct audited *ret_audited);
/* Says that findings could not be read because of R; returns the exit status. */
int findings_failed(struct inventory *i, int r);
/* Is ID an id, or the beginning of one?  As above.  */
int check_finding_id(const struct options *o, const char *id);
/* Marks what each argument of O names, one finding each.  As above.  */
int audited_name(const struct options *o, struct audited *a);
/* A --rule that is not in the pack is a mistake, one without findings is good news.
 * As above.  */
int audited_check_rule(const struct options *o, const struct audited *a);
void audited_done(struct audited *a);

/* Writes ` NAME="VALUE"`, VALUE as people see it: for XML.  */
void put_attribute(FILE *f, const char *name, const char *value);

/* ---- packages that are about to come or go (upgrade.c) -------------------------
 * A root as the package manager would leave it.  */
struct upgrade_package {
	const char *file;	/* NULL: it is removed */
	const char *name;	/* NULL: as the file says */
	const char *architecture;	/* NULL: not known */
};
struct upgrade;
/* Reads them.  *ret_upgrade is NULL when none of them has, or had, anything that
 * the catalogue looks for.  Says what went wrong; returns -1 or the exit
 * status.  */
int upgrade_prepare(const struct options *o, const struct root *root,
		    const struct catalogue *c,
		    const struct upgrade_package *packages, size_t n,
		    struct upgrade **ret_upgrade);
const struct root *upgrade_root(const struct upgrade *u);
void upgrade_free(struct upgrade *u);		/* NULL is allowed */
/* Did the installed package NAME bring a file of a store?  */
struct patterns;
bool upgrade_has_stores(const struct root *root, const struct patterns *p,
			const char *name, const char *architecture);
/* Adds to V the certificates that come and go, and the stores that move, between
 * the scans BEFORE and AFTER (cmd-preview-changes.c); as select_rows().  */
struct preview;
int list_changes(struct inventory *i, int64_t before, int64_t after,
		 struct preview *v);
/* preview_command() of PACKAGES: status as its own, or STATUS_OK and nothing
 * written when they change nothing.  RET_NEW (may be NULL): the highest severity
 * among the findings that would appear, -1: none.  */
int preview_packages(const struct options *o,
		     const struct upgrade_package *packages, size_t n,
		     int *ret_new);
int apt_hook_command(const struct options *o);
bool is_package_name(const char *file);		/* ends in .deb or .rpm */

/* ---- more that commands share (cmd.c) --------------------------------------
 * Where data goes: standard output or -o FILE.  */
struct out {
	FILE *f;
	const char *path;	/* NULL: standard output */
	char *text;
	size_t n;
};
void out_begin(const struct options *o, struct out *ret_out);
/* Writes everything out, atomically when it is a file.  RESULT: what the writer
 * returned.  Says what went wrong; returns -1 or the exit status.  */
int out_end(struct out *out, int result, mode_t mode);
/* Nothing is to be written after all.  */
void out_cancel(struct out *out);
bool use_color(const struct options *o);
/* Columns of the terminal that the data goes to; OTHERWISE if it does not. */
unsigned terminal_width(const struct options *o, unsigned otherwise);

/* Runs SQL over the views of I and calls FN for each row.  Says what went
 * wrong; returns -1 or the exit status.  */
int select_rows(struct inventory *i, const char *sql, row_fn *fn, void *data);
/* Writes a table in the format and to the place of these options; FILL gives
 * it its rows and returns -1 or the exit status.  Returns the exit status.  */
typedef int fill_fn(const struct options *o, struct table *t, void *data);
int print_table(const struct options *o, fill_fn *fill, void *data);
/* What SQL selects, as rows of T; columns of these names, seconds since 1970,
 * become RFC 3339 (NULL behind the last; NULL: none).  As select_rows().  */
int fill_from(struct inventory *i, const char *sql, const char *const *times,
	      struct table *t);

/* What is going on, on stderr if that is a terminal; NULL: nothing any more. */
void progress(const struct options *o, const char *what);

int audit_command(const struct options *o);
int check_command(const struct options *o);
int scan_command(const struct options *o);
int fix_command(const struct options *o);
int diff_command(const struct options *o);
int explain_command(const struct options *o);
/* Answers what these options ask about, at NOW, by the newest scan of I: -1, or
 * the exit status after saying what is wrong.  *E is the caller's to free either
 * way.  */
struct explanation;
int explain_what(const struct options *o, struct inventory *i, int64_t now,
		 struct explanation *e);
const char *explain_format(size_t i);
int preview_command(const struct options *o);
int show_command(const struct options *o);
int policy_command(const struct options *o);
int rules_command(const struct options *o);
int waive_command(const struct options *o);
int query_command(const struct options *o);
int complete_command(const struct options *o);
int prune_command(const struct options *o);
int export_command(const struct options *o);
int import_command(const struct options *o);

#endif
