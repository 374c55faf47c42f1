/* option-rows.c -- one row for each option: its words in --help, and what it sets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "options.h"

#define DAYS_MAX	36500
#define WAIT_MAX	86400
#define TIMEOUT_MAX	600
#define FINGERPRINT_LEAST 8u	/* digits */

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

/* Which formats there are, the command knows; a FILE may have colons in it.  */
static bool add_report(struct options *o, const char *s)
{
	const char *colon = strchr(s, ':');

	if (colon == NULL || colon == s || colon[1] == '\0')
		return false;
	o->reports[o->n_reports++] = (struct named_report){
		.format = xstrndup(s, (size_t)(colon - s)),
		.path = strcmp(colon + 1, "-") == 0 ? NULL : colon + 1,
	};
	return true;
}

/* WORD, or WORD:SOCKET.  */
static bool set_notify(struct options *o, const char *s)
{
	static const struct {
		const char *name;
		enum notify notify;
	} words[] = {
		{ "auto", NOTIFY_AUTO },
		{ "journal", NOTIFY_JOURNAL },
		{ "syslog", NOTIFY_SYSLOG },
	};
	const char *colon = strchr(s, ':');
	const size_t n = colon != NULL ? (size_t)(colon - s) : strlen(s);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].name) != n ||
		    strncmp(words[i].name, s, n) != 0)
			continue;
		o->notify = words[i].notify;
		o->notify_socket = colon != NULL ? colon + 1 : NULL;
		return colon == NULL || (colon[1] == '/' &&
					 o->notify != NOTIFY_AUTO);
	}
	return false;
}

static bool set_cyclonedx(struct options *o, const char *s)
{
	o->cyclonedx_17 = strcmp(s, "1.7") == 0;
	return o->cyclonedx_17 || strcmp(s, "1.6") == 0;
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

static bool set_critical(struct options *o, const char *s)
{
	return severity_from_name(s, &o->critical) == 0;
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

static bool set_listed(struct options *o, const char *s)
{
	o->listed = s;
	return *s != '\0';
}

static bool set_as(struct options *o, const char *s)
{
	o->as = s;
	return *s != '\0' && strlen(s) <= LIMIT_HOST_NAME;
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

const struct option_row option_rows[] = {
	[OPTION_FORMAT] = { "format", '\0', "WORD",
		N_("the form of the data"), NULL, set_format,
		"@formats" },
	[OPTION_REPORT] = { "report", '\0', "FORMAT:FILE",
		N_("one more report, in this format, to FILE, or - for standard output; may be repeated"),
		N_("no format and file (sarif:report.sarif)"), add_report,
		"@reports" },
	[OPTION_NOTIFY] = { "notify", '\0', "LOG",
		N_("tell the system's log what changed since the audit before: auto, journal or syslog; journal:SOCKET and syslog:SOCKET name another socket"),
		N_("none of auto, journal and syslog, with or without the absolute path of a socket"),
		set_notify,
		"auto journal syslog" },
	[OPTION_OUTPUT] = { "output", 'o', "FILE",
		N_("write to FILE, all of it or nothing"),
		N_("no file name"), set_output,
		"@files" },
	[OPTION_FAIL_ON] = { "fail-on", 'w', "SEVERITY",
		N_("the least severity that gives exit status 2: high, medium (default), low or info; new:SEVERITY, or new for new:medium: only what was not there before"),
		N_("none of high, medium, low and info, with or without new: before it, and not new"),
		set_fail_on,
		"high medium low info new new:high new:medium "
		"new:low new:info" },
	[OPTION_CRITICAL] = { "critical", 'c', "SEVERITY",
		N_("with --format nagios: the least severity that is CRITICAL and not WARNING (default high)"),
		N_("none of high, medium, low and info"), set_critical,
		"high medium low info" },
	[OPTION_BASELINE] = { "baseline", '\0', "FILE",
		N_("only findings that this earlier report (--format json) does not have give exit status 2"),
		N_("no file name"), set_baseline,
		"@files" },
	[OPTION_WARN_DAYS] = { "warn-days", '\0', "N",
		N_("warn of what expires within N days (default 90)"),
		N_("no number of days"), set_warn_days },
	[OPTION_CYCLONEDX] = { "cyclonedx-version", '\0', "VERSION",
		N_("with the formats cyclonedx and cyclonedx-xml: 1.6 (default) or 1.7"),
		N_("neither 1.6 nor 1.7"), set_cyclonedx,
		"1.6 1.7" },
	[OPTION_EXIT_ZERO] = { "exit-zero", '\0', NULL,
		N_("exit with 0 instead of 2, 4 and 6"), NULL, set_exit_zero },
	[OPTION_WAIT] = { "wait", '\0', "SECONDS",
		N_("how long to wait for another run on the same inventory or database (default 10)"),
		N_("no number of seconds"), set_wait },
	[OPTION_KEEP] = { "keep", '\0', "N",
		N_("keep only the newest N scans of the root"),
		N_("no number of scans, from 1 on"), set_keep },
	[OPTION_RULE] = { "rule", '\0', "ID",
		N_("only findings of this rule"), NULL, set_rule,
		"@rules" },
	[OPTION_SEVERITY] = { "severity", '\0', "SEVERITY",
		N_("only findings of at least this severity"),
		N_("none of high, medium, low and info"), set_severity,
		"high medium low info" },
	[OPTION_STORE] = { "store", '\0', "PATH",
		N_("only findings in the store of this path"), NULL,
		set_store,
		"@stores" },
	[OPTION_FIX_TYPE] = { "fix-type", '\0', "WORD",
		N_("sh (default): a script; ansible: tasks that run it; json: the plan as data"),
		NULL, set_fix_type,
		"sh ansible json" },
	[OPTION_BACKUPS] = { "backups", '\0', NULL,
		N_("delete what fix scripts kept and not the scans: all but the newest N"),
		NULL, set_backups },
	[OPTION_CASES] = { "cases", '\0', "DIR",
		N_("the cases of a rule are in DIR/ID, and not beside its file"),
		N_("no directory"), set_cases,
		"@directories" },
	[OPTION_WRITE] = { "write", '\0', NULL,
		N_("write into the .want files of cases what the rules say"),
		NULL, set_write },
	[OPTION_LISTED] = { "listed", '\0', "FILE",
		N_("leave out what FILE says was exported before, and bring it up to date; a FILE that is not there is begun"),
		N_("no file name"), set_listed,
		"@files" },
	[OPTION_AS] = { "as", '\0', "NAME",
		N_("the bundles are of the host NAME, whatever they say"),
		N_("no name of a host, of at most 255 bytes"), set_as },
	[OPTION_ALL] = { "all", '\0', NULL,
		N_("with stores: every kind that is known, where it is looked for, and how many are there"),
		NULL, set_all },
	[OPTION_PROCESSES] = { "processes", '\0', NULL,
		N_("also look at the environment and command line of all processes, as root of this host"),
		NULL, set_processes },
	[OPTION_ISOLATION] = { "isolation", '\0', "WHEN",
		N_("read files in processes that may do nothing else: auto (default) as far as the kernel can, require all of it, or off"),
		N_("none of auto, require and off"), set_isolation,
		"auto require off" },
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
		N_("look everywhere, also where nothing has changed since the last scan or crawl"),
		NULL, set_strict },
	[OPTION_PARTY] = { "party", '\0', "ID",
		N_("only this relying party, or all of a type: java"),
		N_("no party"), set_party,
		"@parties" },
	[OPTION_PURPOSE] = { "purpose", '\0', "WORD",
		N_("serverAuth (default), clientAuth, codeSigning, emailProtection or timeStamping"),
		N_("no purpose (serverAuth, clientAuth, codeSigning, emailProtection, timeStamping)"),
		set_purpose,
		"serverAuth clientAuth codeSigning "
		"emailProtection timeStamping" },
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
		N_("no file name"), set_add,
		"@files" },
	[OPTION_SET_BUNDLE] = { "set-bundle", '\0', "FILE",
		N_("the certificates in FILE, and no others, are the system's list"),
		N_("no file name"), set_set_bundle,
		"@files" },
	[OPTION_IN] = { "in", '\0', "WHERE",
		N_("only there: 'system' for the stores of the system's list, or the path of a store"),
		N_("neither 'system' nor the absolute path of a store"),
		set_in,
		"@where" },
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
		N_("no directory"), set_root,
		"@directories" },
	[OPTION_DB] = { "db", '\0', "FILE",
		N_("the inventory file; of import, the database: postgresql://HOST/NAME, or what libpq takes else (default dbname=trustdrift)"),
		N_("no file name"), set_db,
		"@files" },
	[OPTION_NOW] = { "now", '\0', "TIME",
		N_("judge as of TIME: RFC 3339, or @SECONDS since 1970"),
		N_("no time (2021-09-25T00:00:00Z, or @1632528000)"), set_now },
	[OPTION_CONFIG] = { "config", '\0', "DIR",
		N_("the administrator's stores, rules and recipes (default /etc/trustdrift)"),
		N_("no directory"), set_config,
		"@directories" },
	[OPTION_COLOR] = { "color", '\0', "WHEN",
		N_("auto (default), always or never"),
		N_("none of auto, always and never"), set_color,
		"auto always never" },
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
_Static_assert(ARRAY_SIZE(option_rows) == OPTION_COUNT, "a row for each option");
_Static_assert(OPTION_COUNT < 64, "a bit for each option");
