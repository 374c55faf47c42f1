/* jsonl.c -- a report as JSON Lines: one object a line, for log shippers and
 * SIEMs, which look at each line alone.  So every line says of which host and
 * time it is, and `type` what it is; the rest are the keys of --format json.
 *
 * All ASCII, like that.
 */
#include <errno.h>
#include <inttypes.h>

#include "output/machine.h"

static void put_text(FILE *f, const char *key, const char *s)
{
	AUTO(str) char *text = json_text(s);

	fprintf(f, ", \"%s\": %s", key, text);
}

static void begin(FILE *f, const struct report *r, const char *type)
{
	char now[TIME_SIZE];

	fprintf(f, "{\"type\": \"%s\", \"now\": \"%s\"", type,
		time_format(r->now, now));
	put_text(f, "host", r->host_name);
}

static void put_report(FILE *f, const struct report *r,
		       const struct output_options *o)
{
	struct tally t;

	tally_count(r, o, &t);
	begin(f, r, "report");
	fputs(", \"format\": \"trustdrift/findings-lines\", \"version\": 1", f);
	put_text(f, "tool", r->tool);
	put_text(f, "os", r->host_os);
	put_text(f, "root", r->root);
	if (r->scan != 0)
		fprintf(f, ", \"scan\": %" PRId64, r->scan);
	else
		fputs(", \"scan\": null", f);
	fprintf(f, ", \"exit_code\": %d, \"stores\": %zu, \"entries\": %zu, "
		"\"certificates\": %zu, \"problems\": %zu, \"findings\": "
		"{\"high\": %zu, \"medium\": %zu, \"low\": %zu, "
		"\"info\": %zu}, \"unknown\": %zu, \"waived\": %zu, "
		"\"incomplete\": %s", o->status, r->stores, r->entries,
		r->certificates, r->n_problems, t.found[SEVERITY_HIGH],
		t.found[SEVERITY_MEDIUM], t.found[SEVERITY_LOW],
		t.found[SEVERITY_INFO], t.unknown, t.waived,
		r->incomplete ? "true" : "false");
	put_text(f, "note", r->note);
	fputs("}\n", f);
}

static void put_problem(FILE *f, const struct report *r,
			const struct problem_report *p)
{
	begin(f, r, "problem");
	put_text(f, "store", p->store);
	put_text(f, "path", p->path);
	if (p->has_offset)
		fprintf(f, ", \"offset\": %" PRIu64, p->offset);
	else
		fputs(", \"offset\": null", f);
	put_text(f, "code", p->code);
	put_text(f, "message", p->message);
	fprintf(f, ", \"skipped\": %s}\n", p->skipped ? "true" : "false");
}

int jsonl_write(const struct report *r, const struct output_options *o, FILE *f)
{
	put_report(f, r, o);
	for (size_t i = 0; i < r->n_findings; i++) {
		AUTO(str) char *line = finding_to_json(&r->findings[i]);

		begin(f, r, "finding");
		/* that is an object of its own, and none is empty */
		fprintf(f, ", \"new\": %s, %s\n", o->baseline == NULL ? "null" :
			baseline_has(o->baseline, &r->findings[i]) ? "false" :
			"true", line + 1);
	}
	for (size_t i = 0; i < r->n_problems; i++)
		put_problem(f, r, &r->problems[i]);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
