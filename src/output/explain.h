/* explain.h -- explanations of certification paths: one row and one file a
 * format.
 */
#ifndef OUTPUT_EXPLAIN_H
#define OUTPUT_EXPLAIN_H

#include "graph/graph.h"
#include "output/output.h"

struct explain_options {
	const struct output_options *common;
	const char *what;		/* what was asked, as it was written */
	const char *endpoint;		/* what which server sent, in words; NULL: none
					 * was asked */
	bool timeline;			/* the dates, in order, instead of trees */
};

struct explain_output {
	const char *name;		/* --format's word */
	const char *title;
	bool machine;
	int (*write)(const struct explanation *e,
		     const struct explain_options *o, FILE *f);
};
extern const struct explain_output explain_outputs[];	/* NULL name ends */
const struct explain_output *explain_output_find(const char *name);

/* What the rows name.  0, or a negative errno when F cannot be written.  */
int explain_text(const struct explanation *e, const struct explain_options *o,
		 FILE *f);
int explain_timeline(const struct explanation *e,
		     const struct explain_options *o, FILE *f);
int explain_json(const struct explanation *e, const struct explain_options *o,
		 FILE *f);
int explain_dot(const struct explanation *e, const struct explain_options *o,
		FILE *f);
/* The same, drawn by Graphviz's dot.  -ENOENT: that is not installed.  */
int explain_svg(const struct explanation *e, const struct explain_options *o,
		FILE *f);

#endif
