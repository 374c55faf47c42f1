/* cmd-audit.c -- audit and check: one scan, judged by every rule, as a report.
 *
 * Both do the same thing on an inventory of the same content.  A check's lives
 * in memory, begins as a copy of the recorded history, and is thrown away.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "fix/fix.h"
#include "locate/locate.h"
#include "scan/scan.h"

#define WIDEST	100u
#define NARROWEST 40u

/* Everything that the verdict depends on and that is loaded before anything is
 * looked at.  */
struct pack {
	struct catalogue *catalogue;
	struct rules *rules;
	struct recipes *recipes;
};

static void auto_pack(struct pack *p)
{
	if (p->catalogue != NULL)
		catalogue_free(p->catalogue);
	if (p->rules != NULL)
		rules_free(p->rules);
	if (p->recipes != NULL)
		recipes_free(p->recipes);
}

static void auto_root(struct root *r)
{
	root_done(r);
}

static void auto_report(struct report *r)
{
	report_done(r);
}

static int load_pack(const struct options *o, struct pack *p)
{
	char *error = NULL;
	int status = load_catalogue(o, &p->catalogue), r;

	if (status >= 0)
		return status;
	r = rules_parse(o->config, &p->rules, &error);
	if (r < 0)
		return load_failed(r, error);
	r = recipes_load(o->config, &p->recipes, &error);
	return r < 0 ? load_failed(r, error) : -1;
}

/* Keeps the findings, so that fix can be asked for them.  */
static int store_findings(struct inventory *i, const struct report *report)
{
	size_t n = report->n_findings;
	char **documents = xcalloc(n, sizeof(*documents));
	const char **ids = xcalloc(n, sizeof(*ids));
	int r;

	for (size_t k = 0; k < n; k++) {
		documents[k] = finding_to_json(&report->findings[k]);
		ids[k] = report->findings[k].id;
	}
	r = inventory_store_findings(i, ids, (const char *const *)documents, n);
	for (size_t k = 0; k < n; k++)
		free(documents[k]);
	free(documents);
	free(ids);
	return r;
}

static int judge(const struct options *o, struct inventory *i,
		 const struct pack *p, const struct output *output,
		 struct report *ret_report)
{
	char *error = NULL;
	int r;

	progress(o, _("asking the rules"));
	if (output->machine)
		setlocale(LC_MESSAGES, "C");
	r = rules_evaluate(i, p->rules, recipe_is_automatic, p->recipes,
			   ret_report, &error);
	setlocale(LC_MESSAGES, "");
	progress(o, NULL);
	if (error != NULL)
		return load_failed(r, error);
	if (r < 0)
		return inventory_failed(i, r, _("the rules could not be asked"));
	ret_report->tool = PACKAGE_VERSION;
	return -1;
}

static int write_report(const struct options *o, const struct report *report,
			const struct output *output, const char *history)
{
	AUTO(str) char *command = own_command(o);
	unsigned width = terminal_width(o, WIDEST);
	struct output_options options = {
		.color = use_color(o),
		.width = width > WIDEST ? WIDEST :
			 width < NARROWEST ? NARROWEST : width,
		.verbose = o->verbose,
		.command = command,
		.history = history,
	};
	struct out out;

	out_begin(o, &out);
	return out_end(&out, output->write(report, &options, out.f), 0644);
}

static int verdict(const struct options *o, const struct report *r)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].status == FINDING_FOUND &&
		    r->findings[i].severity >= o->fail_on)
			status = STATUS_FINDINGS;
	if (r->incomplete)
		status |= STATUS_INCOMPLETE;
	return o->exit_zero ? STATUS_OK : status;
}

static int run(const struct options *o, bool recorded)
{
	AUTO(pack) struct pack pack = { .rules = NULL };
	AUTO(root) struct root root = { .path = NULL };
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(report) struct report report = { .root = NULL };
	AUTO(str) char *history = NULL;
	const struct output *output = output_find(o->format);
	struct scan_result scan;
	int status, r;

	status = load_pack(o, &pack);
	if (status < 0)
		status = open_root(o->root, &root);
	if (status < 0)
		status = open_inventory(o, recorded ? INVENTORY_WRITE :
					INVENTORY_MEMORY, &i, &history);
	if (status < 0)
		status = record_scan(o, &root, i, pack.catalogue, &scan);
	if (status >= 0)
		return status;

	status = judge(o, i, &pack, output, &report);
	if (status >= 0) {
		inventory_rollback(i);
		return status;
	}
	if (recorded) {
		r = store_findings(i, &report);
		if (r == 0)
			r = inventory_commit(i);
		if (r < 0) {
			status = inventory_failed(i, r,
				_("the audit could not be recorded"));
			inventory_rollback(i);
			return status;
		}
	} else {
		inventory_rollback(i);
		report.scan = 0;
	}
	/* The report for people says it itself.  */
	if (history != NULL && output->machine)
		log_warning("%s", history);
	status = write_report(o, &report, output, history);
	return status >= 0 ? status : verdict(o, &report);
}

int audit_command(const struct options *o)
{
	return run(o, true);
}

int check_command(const struct options *o)
{
	return run(o, false);
}
