/* options.c -- reads the command line, prints --help and explains mistakes, all
 * from the rows of option-rows.c and from the table of commands.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "options.h"

#define WARN_DAYS	90
#define WAIT_SECONDS	10
#define HELP_COLUMNS	80u
#define HELP_INDENT	27u	/* where the explanations begin */

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

const char *closest_word(const char *wrong, const char *const *words)
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
			    closest_word(wrong, words) : NULL;

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
			words[n++] = xasprintf("--%s", option_rows[i].name);
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
	const char *words[32];
	size_t n = 0;

	while (n + 1 < ARRAY_SIZE(words) && c->format(n) != NULL) {
		words[n] = c->format(n);
		if (o->format != NULL && strcmp(o->format, words[n]) == 0)
			return -1;
		n++;
	}
	words[n] = NULL;
	if (o->format == NULL) {
		o->format = is_plugin_name(o->program) ? "nagios" : words[0];
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
	const struct option_row *row = &option_rows[id];
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
			.name = option_rows[i].name,
			.has_arg = option_rows[i].argument != NULL ?
				   required_argument : no_argument,
			.val = LONG + i,
		};
		if (option_rows[i].letter != '\0')
			buf_addf(shorts, "%c%s", option_rows[i].letter,
				 option_rows[i].argument != NULL ? ":" : "");
	}
	longs[OPTION_COUNT] = (struct option){ .name = NULL };
}

/* The id of the option that getopt returned or complained of; -1: none.  */
static int option_of(int value)
{
	if (value >= LONG)
		return value - LONG;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (value != 0 && option_rows[i].letter == value)
			return i;
	return -1;
}

static int option_error(const struct command *c, int id, const char *what,
			const char *wrong)
{
	AUTO(str) char *text = xasprintf(_("--%s: %s"), option_rows[id].name, what);

	return usage_error(c, text, wrong, NULL);
}

static int take_option(struct options *o, int id, const char *s)
{
	o->given |= BIT(id);
	if (!option_rows[id].set(o, s)) {
		AUTO(str) char *text = escape_text(s, strlen(s));
		AUTO(str) char *what = xasprintf(_("'%s' is %s"), text,
						 _(option_rows[id].expects));

		return option_error(o->command, id, what, NULL);
	}
	return -1;
}

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static int take_word(struct options *o, char *word)
{
	if (o->command != NULL) {
		o->arguments[o->n_arguments++] = word;
		return -1;
	}
	o->command = command_find(word);
	return o->command != NULL ? -1 : unknown_command(word);
}

int options_take(int argc, char **argv, struct options *o)
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
	if (o->n_reports > 0) {
		int status = reports_check(o);

		if (status >= 0)
			return status;
	}
	if (c->max_arguments >= 0 && o->n_arguments > c->max_arguments &&
	    !o->crawl)
		return usage_error(c, _("one argument too many:"),
				   o->arguments[c->max_arguments], NULL);
	return -1;
}

void options_done(struct options *o)
{
	for (size_t i = 0; i < o->n_reports; i++)
		free(o->reports[i].format);
	free(o->reports);
	free(o->arguments);
	free(o->changes);
	free(o->lines);
}

struct options options_defaults(int argc, char **argv)
{
	return (struct options){
		.program = argc > 0 ? argv[0] : "trustdrift",
		.root = "/",
		.now = time(NULL),
		.fail_on = SEVERITY_MEDIUM,
		.critical = SEVERITY_HIGH,
		.severity = SEVERITY_INFO,
		.warn_days = WARN_DAYS,
		.wait = WAIT_SECONDS,
		/* For the whole run, like argv.  */
		.arguments = xcalloc((size_t)argc + 1, sizeof(char *)),
		.changes = xcalloc((size_t)argc + 1,
				   sizeof(struct named_change)),
		.reports = xcalloc((size_t)argc + 1,
				   sizeof(struct named_report)),
	};
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options o = options_defaults(argc, argv);
	int status;

	o.plugin = plugin_begin(argc, argv);
	if (is_plugin_name(o.program))
		o.command = command_find("check");
	status = argc > 0 ? options_take(argc, argv, &o) : -1;

	if (status < 0 && (o.given & BIT(OPTION_HELP))) {
		help_print(o.command);
		status = STATUS_OK;
	} else if (status < 0 && (o.given & BIT(OPTION_VERSION))) {
		version_print();
		status = STATUS_OK;
	} else if (status < 0 && o.command == NULL) {
		status = usage_error(NULL, _("which command?"), NULL, NULL);
	} else if (status < 0) {
		if (o.command->audit_options)
			options_of_audits(&o);
		status = check_all(&o);
	}
	if (status >= 0) {
		options_done(&o);
		return o.plugin ? plugin_end(status) : status;
	}
	log_set_level(o.quiet ? LOG_QUIET : o.verbose ? LOG_VERBOSE :
		      LOG_NORMAL);
	*ret_options = o;
	return -1;
}
