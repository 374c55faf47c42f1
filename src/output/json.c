/* json.c -- a report as JSON: design section 4, data/schema/
 * findings.schema.json.  Written as it goes, so a long report needs no memory
 * of its own; one finding is one line, so two reports can be compared with
 * diff(1) and searched with grep(1).
 *
 * All ASCII: what a certificate carries cannot reach a terminal from here.
 */
#include <errno.h>
#include <inttypes.h>

#include "output/output.h"

static void put_text(FILE *f, const char *key, const char *s)
{
	AUTO(str) char *text = json_text(s);

	fprintf(f, "\"%s\": %s", key, text);
}

struct counts {
	size_t found[SEVERITY_HIGH + 1];
	size_t unknown, waived;
};

static struct counts count(const struct report *r)
{
	struct counts n = { .unknown = 0 };

	for (size_t i = 0; i < r->n_findings; i++) {
		switch (r->findings[i].status) {
		case FINDING_FOUND:
			n.found[r->findings[i].severity]++;
			break;
		case FINDING_UNKNOWN:
			n.unknown++;
			break;
		case FINDING_WAIVED:
			n.waived++;
			break;
		}
	}
	return n;
}

static void put_summary(FILE *f, const struct report *r)
{
	struct counts n = count(r);

	fprintf(f, "  \"summary\": { \"stores\": %zu, \"entries\": %zu, "
		"\"certificates\": %zu, \"problems\": %zu,\n", r->stores,
		r->entries, r->certificates, r->n_problems);
	fprintf(f, "    \"findings\": { \"high\": %zu, \"medium\": %zu, "
		"\"low\": %zu, \"info\": %zu },\n", n.found[SEVERITY_HIGH],
		n.found[SEVERITY_MEDIUM], n.found[SEVERITY_LOW],
		n.found[SEVERITY_INFO]);
	fprintf(f, "    \"unknown\": %zu, \"waived\": %zu, "
		"\"incomplete\": %s },\n", n.unknown, n.waived,
		r->incomplete ? "true" : "false");
}

static void put_problem(FILE *f, const struct problem_report *p)
{
	fputs("{", f);
	put_text(f, "store", p->store);
	fputs(", ", f);
	put_text(f, "path", p->path);
	if (p->has_offset)
		fprintf(f, ", \"offset\": %" PRIu64 ", ", p->offset);
	else
		fputs(", \"offset\": null, ", f);
	put_text(f, "code", p->code);
	fputs(", ", f);
	put_text(f, "message", p->message);
	fprintf(f, ", \"skipped\": %s}", p->skipped ? "true" : "false");
}

static void put_head(FILE *f, const struct report *r)
{
	char now[TIME_SIZE];

	fputs("{\n  \"format\": \"trustdrift/findings\", \"version\": 1, ", f);
	put_text(f, "tool", r->tool);
	fputs(",\n  ", f);
	put_text(f, "now", time_format(r->now, now));
	fputs(", ", f);
	put_text(f, "root", r->root);
	if (r->scan != 0)
		fprintf(f, ", \"scan\": %" PRId64 ",\n", r->scan);
	else
		fputs(", \"scan\": null,\n", f);
	fputs("  \"host\": { ", f);
	put_text(f, "name", r->host_name);
	fputs(", ", f);
	put_text(f, "os", r->host_os);
	fputs(" },\n", f);
	put_summary(f, r);
}

int json_write(const struct report *r, const struct output_options *o, FILE *f)
{
	(void)o;
	put_head(f, r);
	fputs("  \"findings\": [", f);
	for (size_t i = 0; i < r->n_findings; i++) {
		AUTO(str) char *line = finding_to_json(&r->findings[i]);

		fprintf(f, "%s\n    %s", i > 0 ? "," : "", line);
	}
	fprintf(f, "%s],\n  \"problems\": [", r->n_findings > 0 ? "\n  " : "");
	for (size_t i = 0; i < r->n_problems; i++) {
		fputs(i > 0 ? ",\n    " : "\n    ", f);
		put_problem(f, &r->problems[i]);
	}
	fprintf(f, "%s],\n  ", r->n_problems > 0 ? "\n  " : "");
	put_text(f, "note", r->note);
	fputs("\n}\n", f);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
