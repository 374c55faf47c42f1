/* output.h -- reports: one row and one file per format.  */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/base.h"
#include "rule/rule.h"

struct output_options {
	bool color;
	unsigned width;		/* columns, for text */
	bool verbose;
};

struct output {
	const char *name;	/* --format's word */
	const char *title;	/* N_("...") */
	const char *extension;
	int (*write)(const struct report *r, const struct output_options *o,
		     FILE *f);
};
extern const struct output outputs[];	/* a NULL name behind the last */
const struct output *output_find(const char *name);

/* One finding as the JSON object of design section 4, one line; the caller
 * frees.  finding_from_json() reads it back (rule is NULL then); -EINVAL.
 * Free with finding_done().  */
char *finding_to_json(const struct finding *f);
int finding_from_json(const char *json, struct finding *ret_finding);
void finding_done(struct finding *f);

/* Tables of show and query: rows are given one by one.  */
enum table_format { TABLE_TEXT, TABLE_JSON, TABLE_TSV };
struct table;
struct table *table_new(enum table_format format, unsigned width, FILE *f);
/* The first call names the columns; VALUES NULL = SQL NULL.  */
int table_row(struct table *t, int n, const char *const *names,
	      const char *const *values, const bool *numeric);
int table_end(struct table *t);		/* writes what is left, frees T */

#endif
