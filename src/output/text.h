/* text.h -- what the files of the report for people share: text.c the page,
 * text-finding.c its findings.  Private to them.
 */
#ifndef OUTPUT_TEXT_H
#define OUTPUT_TEXT_H

#include "output/output.h"

/* How lines are drawn where the locale has the characters, and elsewhere.  */
struct marks {
	const char *bullet, *bar, *dot, *dots;
	const char *tee, *corner, *trunk;
};

struct page {
	struct pen pen;
	const struct report *r;
	const struct output_options *o;
	const struct marks *m;
	size_t id_length;	/* the shortest that names one finding only */
	size_t found[SEVERITY_HIGH + 1];
	size_t all_found, unknown, waived, fixable;
	const char **told;	/* rules whose why was said, borrowed */
	size_t n_told, cap_told;
};

extern const enum ink severity_ink[];

/* Escaped copies; "" for NULL; the caller frees.  */
char *text_escaped(const char *s);
void text_gap(struct page *p);			/* sets the next word off */
/* "/path (kind, of owner)" of the finding's store.  */
void text_store(struct page *p, const struct finding *f);

/* Begins a page about R's findings and counts them; text_end() ends it and gives
 * 0 or a negative errno.  */
void text_begin(struct page *p, const struct report *r,
		const struct output_options *o, FILE *f);
int text_end(struct page *p);
/* The host; NOTE says what became of the scan.  */
void text_host(struct page *p, const char *note);
/* How many findings of each severity, NONE if there are none at all.  */
void text_counts(struct page *p, enum ink ink, const char *none);
/* What limits the verdicts: stores, the history.  */
void text_doubts(struct page *p);
void text_section(struct page *p, enum ink ink, const char *title);
/* The findings by severity, and what was not judged.  */
void text_findings(struct page *p);

/* A severity as it stands in a report.  */
const char *text_severity(enum severity s);

/* N findings of one rule and severity, in report order.  */
void text_rule(struct page *p, const struct finding *const *findings, size_t n);

#endif
