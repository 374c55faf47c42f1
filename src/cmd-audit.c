/* cmd-audit.c -- audit and check: one scan, judged by every rule, as a report.
 *
 * Both do the same thing on an inventory of the same content.  A check's lives
 * in memory, begins as a copy of the recorded history, and is thrown away.
 */
#include <errno.h>
#include <stdlib.h>

#include "cmd.h"
#include "scan/scan.h"

static void auto_root(struct root *r)
{
	root_done(r);
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

/* BASELINE NULL: what is not new counts as well.  */
static int verdict(const struct options *o, struct baseline *baseline,
		   const struct report *r)
{
	int status = STATUS_OK;

	if (baseline != NULL && baseline_count_new(o, baseline, r) > 0)
		status = STATUS_FINDINGS;
	for (size_t i = 0; baseline == NULL && i < r->n_findings; i++)
		if (r->findings[i].status == FINDING_FOUND &&
		    r->findings[i].severity >= o->fail_on)
			status = STATUS_FINDINGS;
	if (r->incomplete)
		status |= STATUS_INCOMPLETE;
	return o->exit_zero ? STATUS_OK : status;
}

static int load_assets(struct inventory *i, struct assets **ret_assets)
{
	char *error = NULL;
	int r = assets_load(i, ret_assets, &error);

	return r < 0 ? load_failed(r, error) : -1;
}

static int run(const struct options *o, bool recorded)
{
	AUTO(pack) struct pack pack = { .rules = NULL };
	AUTO(root) struct root root = { .path = NULL };
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(judged) struct judged judged = { .first = NULL };
	AUTO(baseline) struct baseline *earlier = NULL;
	struct baseline *baseline;
	AUTO(assets) struct assets *assets = NULL;
	AUTO(str) char *history = NULL;
	const int64_t begun = monotonic_ns();
	struct report_facts facts;
	struct scan_result scan;
	int status, r;

	status = pack_load(o, &pack);
	if (status < 0)
		status = open_root(o->root, &root);
	if (status < 0)
		status = open_inventory(o, recorded ? INVENTORY_WRITE :
					INVENTORY_MEMORY, &i, &history);
	if (status < 0)
		status = baseline_load(o, i, &root, &earlier);
	if (status < 0)
		status = record_scan(o, &root, i, pack.catalogue, &scan);
	if (status >= 0)
		return status;

	status = reports_judge(o, i, &pack, recorded, &judged);
	if (status < 0 && reports_want_assets(o))
		status = load_assets(i, &assets);
	if (status >= 0) {
		inventory_rollback(i);
		return status;
	}
	if (recorded) {
		r = store_findings(i, &judged.programs);
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
		judged.people.scan = judged.programs.scan = 0;
	}
	baseline = baseline_decides(o) ? earlier : NULL;
	facts = (struct report_facts){
		.rules = pack.rules, .assets = assets, .baseline = baseline,
		.earlier = earlier,
		.history = history,
		/* A run that is as of another time is to be the same again.  */
		.duration_ms = o->given & BIT(OPTION_NOW) ? -1 :
			       (monotonic_ns() - begun) / NS_PER_MS,
		.status = verdict(o, baseline, judged.first),
	};
	notify_log(o, &judged, &facts);
	return reports_write(o, &judged, &facts);
}

int audit_command(const struct options *o)
{
	return run(o, true);
}

int check_command(const struct options *o)
{
	return run(o, false);
}
