/* html.h -- private to the format "html": the parts of its page, and how text gets
 * into it.
 */
#ifndef OUTPUT_HTML_H
#define OUTPUT_HTML_H

#include "output/assets.h"
#include "output/machine.h"

/* What a page is made of; all borrowed.  */
struct sheet {
	FILE *f;
	const struct report *report;
	const struct output_options *options;
	const struct assets *assets;	/* never NULL */
};

/* Text that came from files or certificates, and words that do not end in markup:
 * escaped as for a terminal, then as HTML.  NULL is nothing.  */
void html_words(FILE *f, const char *text);
/* The same of at most COLUMNS columns, with an ellipsis where it was cut.  */
void html_short(FILE *f, const char *text, size_t columns);
/* NAME="TEXT" behind a space.  */
void html_attribute(FILE *f, const char *name, const char *text);
/* <NAME class="CLASS">TEXT</NAME>; CLASS NULL: none.  */
void html_element(FILE *f, const char *name, const char *class,
		  const char *text);
/* "2021-09-30", for people; DATE has TIME_SIZE bytes.  */
void html_date(int64_t time, char *ret_date);
/* "in 34 days", "2 years ago"; the caller frees.  */
char *html_distance(int64_t time, int64_t now);

/* The certificate with this SHA-256, on the host or above something that is; NULL:
 * not known.  */
const struct asset *html_asset(const struct sheet *s, const char *sha256);
/* What to call it; never NULL, not escaped.  */
const char *html_name(const struct asset *a);
bool html_is_anchor(const struct asset *a);
bool html_is_distrusted(const struct asset *a);

/* ---- parts ------------------------------------------------------------------*/
void html_findings(const struct sheet *s);		/* html-finding.c */
/* Certificate SHA256 with its issuers and what it issued, as far as signatures were
 * verified; nothing when it stands alone.  */
void html_graph(const struct sheet *s, const char *sha256);
void html_matrix(const struct sheet *s);
void html_timeline(const struct sheet *s);

#endif
