/* dot.c -- the findings of a report as a graph for Graphviz: a box for each
 * store, an ellipse for each certificate that something is found about, an arrow
 * for each finding, in the colour of its severity.
 *
 * A store of ten thousand findings cannot be drawn: the gravest FINDINGS are,
 * and the graph's label says how many are not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/machine.h"

#define FINDINGS	500u

static const char *const colors[] = {
	[SEVERITY_INFO] = "#5f6b7a", [SEVERITY_LOW] = "#2a6fb0",
	[SEVERITY_MEDIUM] = "#b26a00", [SEVERITY_HIGH] = "#b00020",
};

/* A string of the language, in which a backslash begins an escape.  */
static void put_string(FILE *f, const char *s)
{
	AUTO(str) char *text = shown(s);

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			fputc('\\', f);
		fputc(*p, f);
	}
}

/* The number of S among the N names, which is where it is put if it is new.  */
static size_t number_of(const char **names, size_t *n, const char *s)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(names[i], s) == 0)
			return i;
	names[*n] = s;
	return (*n)++;
}

static void put_store(FILE *f, size_t number, const struct finding *x)
{
	fprintf(f, "  s%zu [shape=box label=\"", number);
	put_string(f, x->store_path);
	fputs("\\n", f);
	put_string(f, x->store_kind);
	fputs("\"];\n", f);
}

static void put_certificate(FILE *f, size_t number, const struct finding *x)
{
	char until[TIME_SIZE];

	fprintf(f, "  c%zu [label=\"", number);
	put_string(f, x->certificate.name != NULL ? x->certificate.name
						  : "no name");
	fprintf(f, "\\n%.12s", x->certificate.sha256);
	if (x->certificate.decoded)
		fprintf(f, "\\nuntil %.10s",
			time_format(x->certificate.not_after, until));
	fputs("\"];\n", f);
}

/* About many certificates, or none: a node of its own.  */
static void put_group(FILE *f, size_t number, const struct finding *x)
{
	fprintf(f, "  g%zu [shape=note label=\"", number);
	if (x->n_members > 0)
		fprintf(f, "%zu certificates", x->n_members);
	else
		put_string(f, x->title);
	fputs("\"];\n", f);
}

static void put_finding(FILE *f, const struct finding *x, size_t index,
			const char **stores, size_t *n_stores,
			const char **certificates, size_t *n_certificates)
{
	const char *path = x->store_path != NULL ? x->store_path : "";
	size_t before = *n_stores, known = *n_certificates;
	size_t store = number_of(stores, n_stores, path), number = index;
	char kind = 'g';

	if (*n_stores > before)
		put_store(f, store, x);
	if (x->certificate.sha256 != NULL) {
		kind = 'c';
		number = number_of(certificates, n_certificates,
				   x->certificate.sha256);
		if (*n_certificates > known)
			put_certificate(f, number, x);
	} else {
		put_group(f, index, x);
	}
	fprintf(f, "  s%zu -> %c%zu [color=\"%s\" fontcolor=\"%s\"%s label=\"",
		store, kind, number, colors[x->severity], colors[x->severity],
		x->status == FINDING_FOUND ? "" : " style=dashed");
	put_string(f, x->rule_id);
	fprintf(f, "\\n%s\"];\n", x->status == FINDING_FOUND ?
		severity_name(x->severity) : finding_status_name(x->status));
}

int dot_write(const struct report *r, const struct output_options *o, FILE *f)
{
	size_t n = r->n_findings < FINDINGS ? r->n_findings : FINDINGS;
	const char **stores = xcalloc(n, sizeof(*stores));
	const char **certificates = xcalloc(n, sizeof(*certificates));
	size_t n_stores = 0, n_certificates = 0;
	char now[TIME_SIZE];

	(void)o;
	fputs("digraph trustdrift {\n  rankdir=LR;\n"
	      "  node [fontname=\"sans-serif\" fontsize=10];\n"
	      "  edge [fontname=\"sans-serif\" fontsize=9];\n  label=\"", f);
	put_string(f, r->host_name);
	fprintf(f, " at %s", time_format(r->now, now));
	if (r->n_findings > n)
		fprintf(f, ", %zu more findings are not shown",
			r->n_findings - n);
	fputs("\";\n", f);
	for (size_t i = 0; i < n; i++)
		put_finding(f, &r->findings[i], i, stores, &n_stores,
			    certificates, &n_certificates);
	fputs("}\n", f);
	free(stores);
	free(certificates);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
