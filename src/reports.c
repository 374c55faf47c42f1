/* reports.c -- where the reports of one run go: that of --format and those of
 * --report, from one judgement.
 *
 * Words are translated while rules are asked, not while a report is written.
 * So a run that writes for people and for programs asks the rules twice if the
 * people's language is not the program's own; the scan is the same.  What is
 * recorded is for programs: the next one to read it may be of another language.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

/* ---- which ------------------------------------------------------------------*/

static int check_word(const struct options *o, const char *format)
{
	const char *words[32];
	size_t n = 0;

	for (; n + 1 < ARRAY_SIZE(words) && outputs[n].name != NULL; n++)
		words[n] = outputs[n].name;
	words[n] = NULL;
	return output_find(format) != NULL ? -1 :
	       usage_error(o->command, _("--report: unknown format"), format,
			   words);
}

static bool is_same_place(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Is standard output (or -o FILE) for a report of its own?  Not when one of the
 * others is sent there and nobody asked for two.  */
static bool has_first(const struct options *o)
{
	if (o->given & (BIT(OPTION_FORMAT) | BIT(OPTION_OUTPUT)))
		return true;
	for (size_t i = 0; i < o->n_reports; i++)
		if (o->reports[i].path == NULL)
			return false;
	return true;
}

int reports_check(const struct options *o)
{
	for (size_t i = 0; i < o->n_reports; i++) {
		const char *path = o->reports[i].path;
		bool taken = has_first(o) && is_same_place(path, o->output);
		int status = check_word(o, o->reports[i].format);

		if (status >= 0)
			return status;
		for (size_t k = 0; k < i; k++)
			taken = taken || is_same_place(path, o->reports[k].path);
		if (taken)
			return usage_error(o->command,
				_("--report: two reports to one place:"),
				path != NULL ? path : "-", NULL);
	}
	return -1;
}

bool reports_want_assets(const struct options *o)
{
	bool wanted = output_find(o->format)->wants_assets;

	for (size_t i = 0; i < o->n_reports; i++)
		wanted = wanted ||
			 output_find(o->reports[i].format)->wants_assets;
	return wanted;
}

bool reports_want_earlier(const struct options *o)
{
	bool wanted = output_find(o->format)->wants_earlier ||
		      o->notify != NOTIFY_NOBODY;

	for (size_t i = 0; i < o->n_reports; i++)
		wanted = wanted ||
			 output_find(o->reports[i].format)->wants_earlier;
	return wanted;
}

/* ---- judging ----------------------------------------------------------------*/

void auto_judged(struct judged *j)
{
	report_done(&j->people);
	report_done(&j->programs);
}

/* Are there other words for people than those in the program?  A catalogue of
 * translations has a head, which is the translation of nothing.  */
static bool is_translated(void)
{
	static const char head[] = "";

	return *gettext(head) != '\0';
}

int reports_judge(const struct options *o, struct inventory *i,
		  const struct pack *p, bool recorded,
		  struct judged *ret_judged)
{
	struct judged *j = ret_judged;
	const bool first = output_find(o->format)->machine;
	bool people = !first, programs = first || recorded;
	int status = -1;

	for (size_t k = 0; k < o->n_reports; k++) {
		if (output_find(o->reports[k].format)->machine)
			programs = true;
		else
			people = true;
	}
	if (o->notify != NOTIFY_NOBODY)
		programs = true;
	/* One is as good as the other.  */
	if (people && programs && !is_translated())
		people = false;
	if (people)
		status = pack_judge(o, i, p, false, &j->people);
	j->has_people = people && status < 0;
	if (programs && status < 0)
		status = pack_judge(o, i, p, true, &j->programs);
	j->has_programs = programs && status < 0;
	j->first = j->has_programs && (first || !j->has_people) ? &j->programs
								: &j->people;
	return status;
}

/* ---- writing ----------------------------------------------------------------*/

/* The options of a report that goes to PATH, as if it were the only one.  */
static struct output_options options_of(const struct options *o,
					const char *path,
					const struct report_facts *facts,
					const char *command)
{
	struct options there = *o;
	struct output_options options;

	there.output = path;
	options = report_options(&there, command, facts->history);
	options.rules = facts->rules;
	options.assets = facts->assets;
	options.baseline = facts->baseline;
	options.earlier = facts->earlier;
	options.fail_on = o->fail_on;
	options.critical = o->critical;
	options.cyclonedx_17 = o->cyclonedx_17;
	options.duration_ms = facts->duration_ms;
	options.status = facts->status;
	return options;
}

static int write_one(const struct options *o, const char *format,
		     const char *path, const struct judged *j,
		     const struct report_facts *facts, const char *command)
{
	const struct output *output = output_find(format);
	const struct output_options options = options_of(o, path, facts,
							 command);
	struct options there = *o;
	const struct report *r;
	struct out out;

	there.output = path;
	r = j->has_programs && (output->machine || !j->has_people)
		? &j->programs : &j->people;
	out_begin(&there, &out);
	return out_end(&out, output->write(r, &options, out.f), 0644);
}

static int write_first(const struct options *o, const struct judged *j,
		       const struct report_facts *facts, const char *command)
{
	return write_one(o, o->format, o->output, j, facts, command);
}

int reports_write(const struct options *o, const struct judged *j,
		  const struct report_facts *facts)
{
	AUTO(str) char *command = own_command(o);
	const struct output *first = output_find(o->format);
	const struct output_options options = options_of(o, o->output, facts,
							 command);
	int failed = -1, status;

	/* A report for people says it itself.  */
	if (facts->history != NULL && first->machine)
		log_warning("%s", facts->history);
	for (int to_stdout = 0; to_stdout <= 1; to_stdout++) {
		for (size_t k = 0; k < o->n_reports; k++) {
			const struct named_report *n = &o->reports[k];

			if ((n->path == NULL) != to_stdout)
				continue;
			status = write_one(o, n->format, n->path, j, facts,
					   command);
			failed = status >= 0 ? status : failed;
		}
		if (!has_first(o) || (o->output == NULL) != to_stdout)
			continue;
		/* Where the exit status belongs to what is written, the one is
		 * not to contradict the other.  */
		if (failed >= 0 && first->status != NULL)
			continue;
		status = write_first(o, j, facts, command);
		failed = status >= 0 ? status : failed;
	}
	if (failed >= 0)
		return failed;
	return has_first(o) && first->status != NULL
		? first->status(j->first, &options) : facts->status;
}
