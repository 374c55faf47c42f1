/* preview-json.c -- a preview as JSON: data/schema/preview.schema.json.  The
 * findings are those of the report, one a line.  All ASCII.
 */
#include <errno.h>

#include "output/output.h"

static void put_text(FILE *f, const char *key, const char *s)
{
	AUTO(str) char *text = json_text(s);

	fprintf(f, "\"%s\": %s", key, text);
}

static void put_time(FILE *f, const char *key, int64_t t)
{
	char s[TIME_SIZE];

	put_text(f, key, time_format(t, s));
}

static void put_head(FILE *f, const struct preview *p)
{
	fputs("{\n  \"format\": \"trustdrift/preview\", \"version\": 1, ", f);
	put_text(f, "tool", p->after->tool);
	fputs(",\n  ", f);
	put_time(f, "now", p->before->now);
	fputs(", ", f);
	put_time(f, "at", p->after->now);
	fputs(", ", f);
	put_text(f, "root", p->after->root);
	fputs(",\n  \"host\": { ", f);
	put_text(f, "name", p->after->host_name);
	fputs(", ", f);
	put_text(f, "os", p->after->host_os);
	fputs(" },\n", f);
}

static void put_change(FILE *f, const struct preview_change *c)
{
	fputs("{", f);
	put_text(f, "change", c->change);
	fputs(", \"certificate\": {", f);
	put_text(f, "sha256", c->sha256);
	fputs(", ", f);
	put_text(f, "name", c->name);
	fputs("}, \"stores\": [", f);
	for (size_t k = 0; k < c->n_places; k++) {
		fputs(k > 0 ? ", {" : "{", f);
		put_text(f, "kind", c->places[k].kind);
		fputs(", ", f);
		put_text(f, "path", c->places[k].path);
		fputs(", ", f);
		put_text(f, "location", c->places[k].location);
		fputs("}", f);
	}
	fputs("]}", f);
}

static void put_moves(FILE *f, const struct preview *p)
{
	fputs("  \"moves\": [", f);
	for (size_t k = 0; k < p->n_moves; k++) {
		fputs(k > 0 ? ",\n    {" : "\n    {", f);
		put_text(f, "kind", p->moves[k].kind);
		fputs(", ", f);
		put_text(f, "from", p->moves[k].from);
		fputs(", ", f);
		put_text(f, "to", p->moves[k].to);
		fputs("}", f);
	}
	fprintf(f, "%s],\n", p->n_moves > 0 ? "\n  " : "");
}

static void put_finding(FILE *f, const struct finding *finding)
{
	AUTO(str) char *line = finding_to_json(finding);

	fputs(line, f);
}

static void put_findings(FILE *f, const char *key,
			 const struct finding *const *findings, size_t n)
{
	fprintf(f, "  \"%s\": [", key);
	for (size_t k = 0; k < n; k++) {
		fputs(k > 0 ? ",\n    " : "\n    ", f);
		put_finding(f, findings[k]);
	}
	fprintf(f, "%s],\n", n > 0 ? "\n  " : "");
}

static void put_differ(FILE *f, const struct preview *p)
{
	fputs("  \"differ\": [", f);
	for (size_t k = 0; k < p->n_differ; k++) {
		fprintf(f, "%s\n    {\"before\": ", k > 0 ? "," : "");
		put_finding(f, p->differ[k].before);
		fputs(",\n     \"after\": ", f);
		put_finding(f, p->differ[k].after);
		fputs("}", f);
	}
	fprintf(f, "%s],\n", p->n_differ > 0 ? "\n  " : "");
}

static void put_verdict(FILE *f, const struct preview_verdict *v)
{
	fputs("{", f);
	put_text(f, "party", v->party);
	fputs(", ", f);
	put_text(f, "title", v->title);
	fputs(", ", f);
	put_text(f, "sha256", v->sha256);
	fputs(", ", f);
	put_text(f, "name", v->name);
	fprintf(f, ",\n     \"before\": {\"verdict\": \"%s\", \"reason\": "
		   "\"%s\"}, \"after\": {\"verdict\": \"%s\", \"reason\": "
		   "\"%s\"}}",
		v->accepted_before ? "accept" : "reject", v->before,
		v->accepted_after ? "accept" : "reject", v->after);
}

static void put_verdicts(FILE *f, const struct preview *p)
{
	fputs("  \"verdicts\": [", f);
	for (size_t k = 0; k < p->n_verdicts; k++) {
		fputs(k > 0 ? ",\n    " : "\n    ", f);
		put_verdict(f, &p->verdicts[k]);
	}
	fprintf(f, "%s],\n", p->n_verdicts > 0 ? "\n  " : "");
}

int preview_json_write(const struct preview *p, const struct output_options *o,
		       FILE *f)
{
	(void)o;
	put_head(f, p);
	fputs("  \"changes\": [", f);
	for (size_t k = 0; k < p->n_changes; k++) {
		fputs(k > 0 ? ",\n    " : "\n    ", f);
		put_change(f, &p->changes[k]);
	}
	fprintf(f, "%s],\n", p->n_changes > 0 ? "\n  " : "");
	put_moves(f, p);
	put_findings(f, "appear", p->appear, p->n_appear);
	put_findings(f, "disappear", p->disappear, p->n_disappear);
	put_differ(f, p);
	put_verdicts(f, p);
	fprintf(f, "  \"incomplete\": %s,\n  ",
		p->before->incomplete || p->after->incomplete ? "true" :
		"false");
	put_text(f, "note", p->before->note);
	fputs("\n}\n", f);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
