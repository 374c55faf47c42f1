/* options.c -- one row for each option; parsing, --help and its mistakes are
 * made from the rows and from the table of commands.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

#define WARN_DAYS	90
#define WAIT_SECONDS	10
#define DAYS_MAX	36500
#define WAIT_MAX	86400
#define TIMEOUT_MAX	600
#define FINGERPRINT_LEAST 8u	/* digits */
#define HELP_COLUMNS	80u
#define HELP_INDENT	27u	/* where the explanations begin */

struct option_row {
	const char *name;
	char letter;			/* '\0': none */
	const char *argument;		/* NULL: takes none */
	const char *help;
	const char *expects;		/* "is no ..."; NULL: anything will do */
	bool (*set)(struct options *o, const char *s);	/* false: no such */
};

static bool set_count(const char *s, uint64_t least, uint64_t max,
		      unsigned *ret)
{
	uint64_t n;

	if (number_parse(s, max, &n) < 0 || n < least)
		return false;
	*ret = (unsigned)n;
	return true;
}

static bool set_format(struct options *o, const char *s)
{
	o->format = s;		/* which words there are, the command knows */
	return true;
}

static bool set_fix_type(struct options *o, const char *s)
{
	o->fix_type = s;	/* the command knows which there are */
	return true;
}

static bool set_backups(struct options *o, const char *s)
{
	(void)s;
	o->backups = true;
	return true;
}

static bool set_output(struct options *o, const char *s)
{
	o->output = strcmp(s, "-") == 0 ? NULL : s;
	return *s != '\0';
}

/* "new" is "new:medium".  */
static bool set_fail_on(struct options *o, const char *s)
{
	o->fail_on_new = strcmp(s, "new") == 0 || has_prefix(s, "new:");
	if (strcmp(s, "new") == 0) {
		o->fail_on = SEVERITY_MEDIUM;
		return true;
	}
	if (o->fail_on_new)
		s += strlen("new:");
	return severity_from_name(s, &o->fail_on) == 0;
}

static bool set_severity(struct options *o, const char *s)
{
	return severity_from_name(s, &o->severity) == 0;
}

static bool set_warn_days(struct options *o, const char *s)
{
	return set_count(s, 0, DAYS_MAX, &o->warn_days);
}

static bool set_wait(struct options *o, const char *s)
{
	return set_count(s, 0, WAIT_MAX, &o->wait);
}

static bool set_keep(struct options *o, const char *s)
{
	return set_count(s, 1, UINT32_MAX, &o->keep);
}

static bool set_exit_zero(struct options *o, const char *s)
{
	(void)s;
	o->exit_zero = true;
	return true;
}

static bool set_rule(struct options *o, const char *s)
{
	o->rule = s;
	return true;
}

static bool set_store(struct options *o, const char *s)
{
	o->store = s;
	return true;
}

static bool set_all(struct options *o, const char *s)
{
	(void)s;
	o->all = true;
	return true;
}

static bool set_processes(struct options *o, const char *s)
{
	(void)s;
	o->processes = true;
	return true;
}

static bool set_crawl(struct options *o, const char *s)
{
	(void)s;
	o->crawl = true;
	return true;
}

static bool set_crawl_all(struct options *o, const char *s)
{
	(void)s;
	return o->crawl = o->crawl_all = true;
}

static bool set_crawl_names(struct options *o, const char *s)
{
	(void)s;
	return o->crawl = o->crawl_names = true;
}

static bool set_strict(struct options *o, const char *s)
{
	(void)s;
	o->strict = true;
	return true;
}

static bool set_isolation(struct options *o, const char *s)
{
	static const struct {
		const char *name;
		enum isolation isolation;
	} words[] = {
		{ "auto", ISOLATION_AUTO },
		{ "require", ISOLATION_REQUIRE },
		{ "off", ISOLATION_OFF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].name, s) == 0) {
			o->isolation = words[i].isolation;
			return true;
		}
	}
	return false;
}

static bool set_party(struct options *o, const char *s)
{
	o->party = s;
	return *s != '\0';
}

static bool set_purpose(struct options *o, const char *s)
{
	o->purpose = purposes_from_words(s);
	return o->purpose != 0 && strchr(s, ' ') == NULL;
}

static bool set_hostname(struct options *o, const char *s)
{
	o->hostname = s;
	return *s != '\0';
}

static bool set_timeout(struct options *o, const char *s)
{
	return set_count(s, 1, TIMEOUT_MAX, &o->timeout);
}

static bool set_timeline(struct options *o, const char *s)
{
	(void)s;
	o->timeline = true;
	return true;
}

/* Eight digits name a certificate as good as always; more than SHA-256 has are
 * a mistake.  Colons stand where openssl puts them, or anywhere.  */
static bool is_fingerprint(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == ':')
			continue;
		if (strchr("0123456789abcdefABCDEF", *s) == NULL)
			return false;
		n++;
	}
	return n >= FINGERPRINT_LEAST && n <= 2 * SHA256_SIZE;
}

static bool add_change(struct options *o, enum option_id id, const char *s)
{
	o->changes[o->n_changes++] = (struct named_change){ id, s };
	return *s != '\0';
}

static bool set_remove(struct options *o, const char *s)
{
	return add_change(o, OPTION_REMOVE, s) && is_fingerprint(s);
}

static bool set_distrust(struct options *o, const char *s)
{
	return add_change(o, OPTION_DISTRUST, s) && is_fingerprint(s);
}

static bool set_add(struct options *o, const char *s)
{
	return add_change(o, OPTION_ADD, s);
}

static bool set_set_bundle(struct options *o, const char *s)
{
	return add_change(o, OPTION_SET_BUNDLE, s);
}

static bool set_in(struct options *o, const char *s)
{
	o->in = s;
	return *s == '/' || strcmp(s, "system") == 0;
}

static bool set_at(struct options *o, const char *s)
{
	return time_parse(s, &o->at) == 0;
}

static bool set_baseline(struct options *o, const char *s)
{
	o->baseline = s;
	return *s != '\0';
}

static bool set_reason(struct options *o, const char *s)
{
	o->reason = s;
	return *s != '\0';
}

static bool set_until(struct options *o, const char *s)
{
	AUTO(str) char *midnight = xasprintf("%sT00:00:00Z", s);
	int64_t t;

	o->until = s;
	return time_parse(s, &t) == 0 || time_parse(midnight, &t) == 0;
}

static bool set_author(struct options *o, const char *s)
{
	o->author = s;
	return *s != '\0';
}

static bool set_cases(struct options *o, const char *s)
{
	o->cases = s;
	return *s != '\0';
}

static bool set_write(struct options *o, const char *s)
{
	(void)s;
	o->write = true;
	return true;
}

static bool set_root(struct options *o, const char *s)
{
	o->root = s;
	return *s != '\0';
}

static bool set_db(struct options *o, const char *s)
{
	o->db = s;
	return *s != '\0';
}

static bool set_now(struct options *o, const char *s)
{
	return time_parse(s, &o->now) == 0;
}

static bool set_config(struct options *o, const char *s)
{
	o->config = s;
	return *s != '\0';
}

static bool set_color(struct options *o, const char *s)
{
	static const struct {
		const char *name;
		enum color_when when;
	} words[] = {
		{ "auto", COLOR_AUTO },
		{ "always", COLOR_ALWAYS },
		{ "never", COLOR_NEVER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].name, s) == 0) {
			o->color = words[i].when;
			return true;
		}
	}
	return false;
}

static bool set_quiet(struct options *o, const char *s)
{
	(void)s;
	o->quiet = true;
	return true;
}

static bool set_verbose(struct options *o, const char *s)
{
	(void)s;
	o->verbose = true;
	return true;
}

/* --help and --version are only noted: the command may still follow.  */
static bool set_nothing(struct options *o, const char *s)
{
	(void)o;
	(void)s;
	return true;
}

static const struct option_row rows[] = {
	[OPTION_FORMAT] = { "format", '\0', "WORD",
		N_("the form of the data"), NULL, set_format },
	[OPTION_OUTPUT] = { "output", 'o', "FILE",
		N_("write to FILE, all of it or nothing"),
		N_("no file name"), set_output },
	[OPTION_FAIL_ON] = { "fail-on", '\0', "SEVERITY",
		N_("the least severity that gives exit status 2: high, medium (default), low or info; new:SEVERITY, or new for new:medium: only what was not there before"),
		N_("none of high, medium, low and info, with or without new: before it, and not new"),
		set_fail_on },
	[OPTION_BASELINE] = { "baseline", '\0', "FILE",
		N_("only findings that this earlier report (--format json) does not have give exit status 2"),
		N_("no file name"), set_baseline },
	[OPTION_WARN_DAYS] = { "warn-days", '\0', "N",
		N_("warn of what expires within N days (default 90)"),
		N_("no number of days"), set_warn_days },
	[OPTION_EXIT_ZERO] = { "exit-zero", '\0', NULL,
		N_("exit with 0 instead of 2, 4 and 6"), NULL, set_exit_zero },
	[OPTION_WAIT] = { "wait", '\0', "SECONDS",
		N_("how long to wait for another run on the same inventory (default 10)"),
		N_("no number of seconds"), set_wait },
	[OPTION_KEEP] = { "keep", '\0', "N",
		N_("keep only the newest N scans of the root"),
		N_("no number of scans, from 1 on"), set_keep },
	[OPTION_RULE] = { "rule", '\0', "ID",
		N_("only findings of this rule"), NULL, set_rule },
	[OPTION_SEVERITY] = { "severity", '\0', "SEVERITY",
		N_("only findings of at least this severity"),
		N_("none of high, medium, low and info"), set_severity },
	[OPTION_STORE] = { "store", '\0', "PATH",
		N_("only findings in the store of this path"), NULL,
		set_store },
	[OPTION_FIX_TYPE] = { "fix-type", '\0', "WORD",
		N_("sh (default): a script; ansible: tasks that run it; json: the plan as data"),
		NULL, set_fix_type },
	[OPTION_BACKUPS] = { "backups", '\0', NULL,
		N_("delete what fix scripts kept and not the scans: all but the newest N"),
		NULL, set_backups },
	[OPTION_CASES] = { "cases", '\0', "DIR",
		N_("the cases of a rule are in DIR/ID, and not beside its file"),
		N_("no directory"), set_cases },
	[OPTION_WRITE] = { "write", '\0', NULL,
		N_("write into the .want files of cases what the rules say"),
		NULL, set_write },
	[OPTION_ALL] = { "all", '\0', NULL,
		N_("with stores: every kind that is known, where it is looked for, and how many are there"),
		NULL, set_all },
	[OPTION_PROCESSES] = { "processes", '\0', NULL,
		N_("also look at the environment and command line of all processes, as root of this host"),
		NULL, set_processes },
	[OPTION_ISOLATION] = { "isolation", '\0', "WHEN",
		N_("read files in processes that may do nothing else: auto (default) as far as the kernel can, require all of it, or off"),
		N_("none of auto, require and off"), set_isolation },
	[OPTION_CRAWL] = { "crawl", '\0', NULL,
		N_("also look for stores in every directory of the local file systems, or beneath each DIR"),
		NULL, set_crawl },
	[OPTION_CRAWL_ALL] = { "crawl-all", '\0', NULL,
		N_("the same on network file systems and on what is mounted twice"),
		NULL, set_crawl_all },
	[OPTION_CRAWL_NAMES] = { "crawl-names", '\0', NULL,
		N_("the same, but open only files with the name of a store"),
		NULL, set_crawl_names },
	[OPTION_STRICT] = { "strict", '\0', NULL,
		N_("with --crawl: list directories that have not changed since the last one, too"),
		NULL, set_strict },
	[OPTION_PARTY] = { "party", '\0', "ID",
		N_("only this relying party, or all of a type: java"),
		N_("no party"), set_party },
	[OPTION_PURPOSE] = { "purpose", '\0', "WORD",
		N_("serverAuth (default), clientAuth, codeSigning, emailProtection or timeStamping"),
		N_("no purpose (serverAuth, clientAuth, codeSigning, emailProtection, timeStamping)"),
		set_purpose },
	[OPTION_HOSTNAME] = { "hostname", '\0', "NAME",
		N_("the certificate has to be for this host"),
		N_("no name of a host"), set_hostname },
	[OPTION_TIMEOUT] = { "timeout", '\0', "SECONDS",
		N_("how long a server may take, all in all (default 10)"),
		N_("no number of seconds from 1 to 600"), set_timeout },
	[OPTION_TIMELINE] = { "timeline", '\0', NULL,
		N_("when who begins and stops to accept it, in order"), NULL,
		set_timeline },
	[OPTION_REMOVE] = { "remove", '\0', "FINGERPRINT",
		N_("the certificate of this SHA-256 or SHA-1, 8 or more digits of it, goes from every store"),
		N_("no fingerprint: 8 or more hexadecimal digits"), set_remove },
	[OPTION_DISTRUST] = { "distrust", '\0', "FINGERPRINT",
		N_("nobody trusts that certificate any more"),
		N_("no fingerprint: 8 or more hexadecimal digits"),
		set_distrust },
	[OPTION_ADD] = { "add", '\0', "FILE",
		N_("the certificates in FILE join the system's list"),
		N_("no file name"), set_add },
	[OPTION_SET_BUNDLE] = { "set-bundle", '\0', "FILE",
		N_("the certificates in FILE, and no others, are the system's list"),
		N_("no file name"), set_set_bundle },
	[OPTION_IN] = { "in", '\0', "WHERE",
		N_("only there: 'system' for the stores of the system's list, or the path of a store"),
		N_("neither 'system' nor the absolute path of a store"),
		set_in },
	[OPTION_AT] = { "at", '\0', "TIME",
		N_("judge what would be as of TIME, and what is as of --now"),
		N_("no time (2021-09-25T00:00:00Z, or @1632528000)"), set_at },
	[OPTION_REASON] = { "reason", '\0', "WORDS",
		N_("why the finding is accepted"), N_("no reason"), set_reason },
	[OPTION_UNTIL] = { "until", '\0', "DAY",
		N_("the last day on which it is (2027-01-31), or a time"),
		N_("neither a day (2027-01-31) nor a time (2027-01-31T12:00:00Z)"),
		set_until },
	[OPTION_AUTHOR] = { "author", '\0', "NAME",
		N_("who accepts it (default: the user's name)"), N_("no name"),
		set_author },
	[OPTION_ROOT] = { "root", '\0', "DIR",
		N_("the root of the system to look at (default /); links stay inside it"),
		N_("no directory"), set_root },
	[OPTION_DB] = { "db", '\0', "FILE",
		N_("the inventory file"), N_("no file name"), set_db },
	[OPTION_NOW] = { "now", '\0', "TIME",
		N_("judge as of TIME: RFC 3339, or @SECONDS since 1970"),
		N_("no time (2021-09-25T00:00:00Z, or @1632528000)"), set_now },
	[OPTION_CONFIG] = { "config", '\0', "DIR",
		N_("the administrator's stores, rules and recipes (default /etc/trustdrift)"),
		N_("no directory"), set_config },
	[OPTION_COLOR] = { "color", '\0', "WHEN",
		N_("auto (default), always or never"),
		N_("none of auto, always and never"), set_color },
	[OPTION_QUIET] = { "quiet", 'q', NULL,
		N_("no warnings and no progress on standard error"), NULL,
		set_quiet },
	[OPTION_VERBOSE] = { "verbose", 'v', NULL,
		N_("say more, and show all of the evidence"), NULL,
		set_verbose },
	[OPTION_HELP] = { "help", 'h', NULL,
		N_("print this help"), NULL, set_nothing },
	[OPTION_VERSION] = { "version", 'V', NULL,
		N_("print the version and what it was built with"), NULL,
		set_nothing },
};
_Static_assert(ARRAY_SIZE(rows) == OPTION_COUNT, "a row for each option");
_Static_assert(OPTION_COUNT < 64, "a bit for each option");

/* ---- mistakes ------------------------------------------------------------*/

/* Edits (insert, delete, replace, swap neighbours) that make A into B; words
 * longer than any of ours are as far apart as it gets.  */
static unsigned distance(const char *a, const char *b)
{
	enum { MAX = 40 };
	unsigned d[MAX + 1][MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > MAX || m > MAX)
		return MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = (unsigned)i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[n][m];
}

/* The word that was probably meant; NULL when none is near.  */
static const char *closest(const char *wrong, const char *const *words)
{
	const char *best = NULL;
	size_t n = strlen(wrong);
	unsigned least = n < 4 ? 2 : n < 8 ? 3 : 4;	/* one more than allowed */

	for (; *words != NULL; words++) {
		unsigned d = distance(wrong, *words);

		/* "cert" for "certificates" */
		if (n >= 3 && has_prefix(*words, wrong))
			d = 1;
		if (d < least) {
			least = d;
			best = *words;
		}
	}
	return best;
}

int usage_error(const struct command *command, const char *what,
		const char *wrong, const char *const *words)
{
	AUTO(buf) struct buf line;
	const char *meant = wrong != NULL && words != NULL ?
			    closest(wrong, words) : NULL;

	buf_init(&line, LIMIT_TEXT_BYTES);
	buf_adds(&line, what);
	if (wrong != NULL) {
		AUTO(str) char *text = escape_text(wrong, strlen(wrong));

		buf_addf(&line, " '%s'", text);
	}
	if (meant != NULL)
		buf_addf(&line, _("; did you mean '%s'?"), meant);
	log_error(_("%s (see trustdrift%s%s --help)"), buf_str(&line),
		  command != NULL ? " " : "",
		  command != NULL ? command->name : "");
	return EX_USAGE;
}

static uint64_t options_of(const struct command *c)
{
	return GLOBAL_OPTIONS | (c != NULL ? c->options : 0);
}

static int unknown_option(const struct command *c, const char *word)
{
	AUTO(str) char *name = xstrndup(word, strcspn(word, "="));
	char *words[OPTION_COUNT + 1] = { NULL };
	/* Before the command is known, any option may be meant.  */
	uint64_t set = c != NULL ? options_of(c) : UINT64_MAX;
	size_t n = 0;
	int status;

	for (int i = 0; i < OPTION_COUNT; i++)
		if (set & BIT(i))
			words[n++] = xasprintf("--%s", rows[i].name);
	status = usage_error(c, _("unknown option"), name,
			     (const char *const *)words);
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	return status;
}

static int unknown_command(const char *word)
{
	const char *words[32];
	size_t n = 0;

	for (const struct command *c = commands; c->name != NULL &&
	     n + 1 < ARRAY_SIZE(words); c++)
		words[n++] = c->name;
	words[n] = NULL;
	return usage_error(NULL, _("unknown command"), word, words);
}

static int check_format(struct options *o)
{
	const struct command *c = o->command;
	const char *words[16];
	size_t n = 0;

	while (n + 1 < ARRAY_SIZE(words) && c->format(n) != NULL) {
		words[n] = c->format(n);
		if (o->format != NULL && strcmp(o->format, words[n]) == 0)
			return -1;
		n++;
	}
	words[n] = NULL;
	if (o->format == NULL) {
		o->format = words[0];
		return -1;
	}
	return usage_error(c, _("unknown format"), o->format, words);
}

/* ---- help ----------------------------------------------------------------*/

static void help_row(struct pen *p, const char *left, const char *text)
{
	AUTO(str) char *rest = xasprintf("%*s", (int)HELP_INDENT, "");

	if (text_columns(left) + 2 > HELP_INDENT) {
		pen_line(p, INK_PLAIN, left, "", "");
		pen_line(p, INK_PLAIN, rest, rest, text);
	} else {
		AUTO(str) char *first = xasprintf("%-*s", (int)HELP_INDENT,
						  left);

		pen_line(p, INK_PLAIN, first, rest, text);
	}
}

static void help_option(struct pen *p, const struct command *c, int id)
{
	const struct option_row *row = &rows[id];
	AUTO(buf) struct buf left, text;

	buf_init(&left, LIMIT_TEXT_BYTES);
	buf_init(&text, LIMIT_TEXT_BYTES);
	if (row->letter != '\0')
		buf_addf(&left, "  -%c, --%s", row->letter, row->name);
	else
		buf_addf(&left, "      --%s", row->name);
	if (row->argument != NULL)
		buf_addf(&left, " %s", row->argument);
	buf_adds(&text, _(row->help));
	if (id == OPTION_FORMAT)
		for (size_t i = 0; c->format(i) != NULL; i++)
			buf_addf(&text, "%s %s%s", i == 0 ? ":" : ",",
				 c->format(i), i == 0 ? _(" (default)") : "");
	help_row(p, buf_str(&left), buf_str(&text));
}

static void help_print(const struct command *c)
{
	struct pen p;

	pen_init(&p, stdout, HELP_COLUMNS, false);
	if (c == NULL) {
		fputs(_("Usage: trustdrift [OPTION...] COMMAND [ARGUMENT...]\n\n"
			"Which certificate authorities this host trusts, in every store of every\n"
			"runtime, where the stores disagree, what that breaks, and how to repair it.\n\n"
			"Commands:\n"), stdout);
		for (c = commands; c->name != NULL; c++) {
			AUTO(str) char *left = xasprintf("  %s", c->name);

			help_row(&p, left, _(c->summary));
		}
		c = NULL;
	} else {
		AUTO(str) char *usage = xasprintf(
			_("Usage: trustdrift %s [OPTION...] %s"), c->name,
			c->arguments);

		pen_line(&p, INK_PLAIN, "", "        ", usage);
		putchar('\n');
		printf("%s: %s\n", c->name, _(c->summary));
		if (c->options != 0)
			fputs(_("\nOptions:\n"), stdout);
		for (int i = 0; i < OPTION_ROOT; i++)
			if (c->options & BIT(i))
				help_option(&p, c, i);
	}
	fputs(_("\nOptions of every command:\n"), stdout);
	for (int i = OPTION_ROOT; i < OPTION_COUNT; i++)
		help_option(&p, c, i);
	if (c == NULL)
		fputs(_("\n'trustdrift COMMAND --help' tells the options of a command; trustdrift(1)\n"
			"explains all of them, the exit statuses and the files.\n"),
		      stdout);
}

/* ---- parsing -------------------------------------------------------------*/

/* What getopt wants; the value of a long option is LONG + its id.  The leading
 * '-' hands out words in their order, so that options may stand anywhere.  */
enum { LONG = 256 };

static void make_getopt(struct option longs[OPTION_COUNT + 1], struct buf *shorts)
{
	buf_adds(shorts, "-:");
	for (int i = 0; i < OPTION_COUNT; i++) {
		longs[i] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].argument != NULL ?
				   required_argument : no_argument,
			.val = LONG + i,
		};
		if (rows[i].letter != '\0')
			buf_addf(shorts, "%c%s", rows[i].letter,
				 rows[i].argument != NULL ? ":" : "");
	}
	longs[OPTION_COUNT] = (struct option){ .name = NULL };
}

/* The id of the option that getopt returned or complained of; -1: none.  */
static int option_of(int value)
{
	if (value >= LONG)
		return value - LONG;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (value != 0 && rows[i].letter == value)
			return i;
	return -1;
}

static int option_error(const struct command *c, int id, const char *what,
			const char *wrong)
{
	AUTO(str) char *text = xasprintf("--%s: %s", rows[id].name, what);

	return usage_error(c, text, wrong, NULL);
}

static int take_option(struct options *o, int id, const char *s)
{
	o->given |= BIT(id);
	if (!rows[id].set(o, s)) {
		AUTO(str) char *text = escape_text(s, strlen(s));
		AUTO(str) char *what = xasprintf(_("'%s' is %s"), text,
						 _(rows[id].expects));

		return option_error(o->command, id, what, NULL);
	}
	return -1;
}

static int take_word(struct options *o, char *word)
{
	if (o->command != NULL) {
		o->arguments[o->n_arguments++] = word;
		return -1;
	}
	for (const struct command *c = commands; c->name != NULL; c++) {
		if (strcmp(c->name, word) == 0) {
			o->command = c;
			return -1;
		}
	}
	return unknown_command(word);
}

static int take_all(int argc, char **argv, struct options *o)
{
	struct option longs[OPTION_COUNT + 1];
	AUTO(buf) struct buf shorts;
	int value, id, status = -1;

	buf_init(&shorts, LIMIT_TEXT_BYTES);
	make_getopt(longs, &shorts);
	opterr = 0;
	optind = 0;		/* begin anew, and look at the '-' */
	while (status < 0 && (value = getopt_long(argc, argv, buf_str(&shorts),
						  longs, NULL)) != -1) {
		if (value == 1) {
			status = take_word(o, optarg);
			continue;
		}
		id = option_of(value == ':' || value == '?' ? optopt : value);
		if (value == ':')
			return option_error(o->command, id,
					    _("an argument is missing"), NULL);
		if (value == '?' && id >= 0)
			return option_error(o->command, id,
					    _("takes no argument"), NULL);
		if (value == '?' && optopt != 0) {
			char word[] = { '-', (char)optopt, '\0' };

			return unknown_option(o->command, word);
		}
		if (value == '?')
			return unknown_option(o->command, argv[optind - 1]);
		status = take_option(o, id, optarg);
	}
	while (status < 0 && optind < argc)
		status = take_word(o, argv[optind++]);
	return status;
}

/* What can only be said when all was seen.  */
static int check_all(struct options *o)
{
	const struct command *c = o->command;

	for (int i = 0; i < OPTION_COUNT; i++)
		if ((o->given & BIT(i)) && !(options_of(c) & BIT(i)))
			return option_error(c, i,
				_("is no option of this command"), NULL);
	if (o->processes && o->given & BIT(OPTION_ROOT))
		return option_error(c, OPTION_PROCESSES,
			_("processes run on this host only, not in a --root"),
			NULL);
	if (o->processes && geteuid() != 0) {
		log_error("--processes: %s",
			  _("other users' processes are shown to root only"));
		return EX_NOPERM;
	}
	/* The default need not exist, but who names one means one.  */
	if (o->config != NULL && access(o->config, X_OK) < 0) {
		const int e = errno;
		AUTO(str) char *name = escape_text(o->config,
						   strlen(o->config));

		log_error("--config %s: %s", name, strerror(e));
		return e == EACCES ? EX_NOPERM : EX_CONFIG;
	}
	if (!(o->given & BIT(OPTION_AT)))
		o->at = o->now;
	if (c->format != NULL) {
		int status = check_format(o);

		if (status >= 0)
			return status;
	}
	if (c->max_arguments >= 0 && o->n_arguments > c->max_arguments &&
	    !o->crawl)
		return usage_error(c, _("one argument too many:"),
				   o->arguments[c->max_arguments], NULL);
	return -1;
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options o = {
		.program = argc > 0 ? argv[0] : "trustdrift",
		.root = "/",
		.now = time(NULL),
		.fail_on = SEVERITY_MEDIUM,
		.severity = SEVERITY_INFO,
		.warn_days = WARN_DAYS,
		.wait = WAIT_SECONDS,
		/* For the whole run, like argv.  */
		.arguments = xcalloc((size_t)argc + 1, sizeof(char *)),
		.changes = xcalloc((size_t)argc + 1,
				   sizeof(struct named_change)),
	};
	int status = argc > 0 ? take_all(argc, argv, &o) : -1;

	if (status < 0 && (o.given & BIT(OPTION_HELP))) {
		help_print(o.command);
		status = STATUS_OK;
	} else if (status < 0 && (o.given & BIT(OPTION_VERSION))) {
		version_print();
		status = STATUS_OK;
	} else if (status < 0 && o.command == NULL) {
		status = usage_error(NULL, _("which command?"), NULL, NULL);
	} else if (status < 0) {
		status = check_all(&o);
	}
	if (status >= 0) {
		free(o.arguments);
		free(o.changes);
		return status;
	}
	log_set_level(o.quiet ? LOG_QUIET : o.verbose ? LOG_VERBOSE :
		      LOG_NORMAL);
	*ret_options = o;
	return -1;
}
