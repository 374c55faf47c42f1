/* baseline.c -- what an audit or check is compared with, so that only what is
 * new makes it fail: a report that somebody kept, or the audit before.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define NAMED	5u		/* new findings that are told by their ids */

void auto_baseline(struct baseline **b)
{
	baseline_free(*b);
}

static int load_report(const struct options *o, struct baseline *b)
{
	AUTO(str) char *name = escape_text(o->baseline, strlen(o->baseline));
	AUTO(str) char *text = NULL;
	size_t n;
	int r = file_slurp(o->baseline, LIMIT_BASELINE_BYTES, &text, &n);

	if (r == 0 && (strlen(text) != n || baseline_add_report(b, text) < 0)) {
		log_error(_("%s: this is no report that trustdrift wrote with --format json"),
			  name);
		return EX_CONFIG;
	}
	if (r < 0) {
		log_error("%s: %s", name, error_words(r));
		return r == -EACCES ? EX_NOPERM : EX_CONFIG;
	}
	return -1;
}

static int add_finding(const char *document, void *data)
{
	return baseline_add_finding(data, document);
}

bool baseline_decides(const struct options *o)
{
	return o->fail_on_new || o->baseline != NULL;
}

int baseline_load(const struct options *o, struct inventory *i,
		  const struct root *root, struct baseline **ret_baseline)
{
	AUTO(baseline) struct baseline *b = NULL;
	int r = 0, status = -1;

	if (!baseline_decides(o) && !reports_want_earlier(o))
		return -1;
	b = baseline_new();
	if (o->baseline != NULL)
		status = load_report(o, b);
	else
		r = inventory_audited_findings(i, root->path, add_finding, b);
	if (r == -ENODATA) {
		log_warning(_("there is no earlier audit of this root to compare with: every finding is new"));
	} else if (r < 0) {
		status = findings_failed(i, r);
	}
	if (status < 0)
		*ret_baseline = TAKE(b);
	return status;
}

size_t baseline_count_new(const struct options *o, struct baseline *b,
			  const struct report *r)
{
	AUTO(buf) struct buf ids;
	size_t n = 0;

	buf_init(&ids, SIZE_MAX);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->status != FINDING_FOUND || f->severity < o->fail_on ||
		    baseline_has(b, f))
			continue;
		if (n < NAMED)
			buf_addf(&ids, "%s%.12s (%s)", n > 0 ? ", " : "",
				 f->id, f->rule_id);
		n++;
	}
	if (n > NAMED)
		log_warning(ngettext("%zu new finding: %s and %zu more",
				     "%zu new findings: %s and %zu more", n), n,
			    buf_str(&ids), n - NAMED);
	else if (n > 0)
		log_warning(ngettext("%zu new finding: %s",
				     "%zu new findings: %s", n), n,
			    buf_str(&ids));
	return n;
}
