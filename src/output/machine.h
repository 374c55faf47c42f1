/* machine.h -- private to the formats for programs: what they count, how
 * findings fall to rules, what the host holds, and how they write XML and JSON.
 */
#ifndef OUTPUT_MACHINE_H
#define OUTPUT_MACHINE_H

#include <jansson.h>

#include "output/output.h"

/* ---- numbers ---------------------------------------------------------------*/
struct tally {
	size_t found[SEVERITY_HIGH + 1], all_found;
	size_t unknown, waived;
	size_t counting;	/* of those found, see is_counting() */
	size_t unread;		/* problems that leave a store uncertain */
};
void tally_count(const struct report *r, const struct output_options *o,
		 struct tally *ret_tally);
/* Does it give exit status 2: found, at least as grave as --fail-on, and new if
 * there is a baseline?  */
bool is_counting(const struct output_options *o, const struct finding *f);

/* ---- by rule ---------------------------------------------------------------*/
struct rule_group {
	const char *id, *title, *why;	/* borrowed; "" where it has none */
	const struct rule *rule;	/* NULL: not known */
	const struct finding **findings;	/* in report order */
	size_t n, cap;
	size_t found, unknown, waived, counting;
	bool local;		/* the administrator's: pack_of() */
	size_t index;		/* among those of its pack */
};
struct rule_groups {
	struct rule_group *items;	/* every rule that was asked, by id */
	size_t n;
};
void rule_groups_make(const struct report *r, const struct output_options *o,
		      struct rule_groups *ret_groups);
struct rule_group *rule_groups_find(const struct rule_groups *g,
				    const char *id);
void auto_rule_groups(struct rule_groups *g);
/* Rules come in packs: the program's own, and what the administrator has added
 * or replaced.  */
const char *pack_of(const struct rule_group *g);

/* ---- text ------------------------------------------------------------------
 * All of it escaped as for a terminal, so that no control, bidirectional or
 * illegal character reaches whoever looks at it; the caller frees.  */
char *shown(const char *s);			/* "" for NULL */
/* "PATH, \"LABEL\"": where F is in its store; "" for nowhere.  */
char *finding_place(const struct finding *f);
/* "high: what it says: where, id": F in one line.  */
char *finding_line(const struct finding *f);
char *former_line(const struct former *f);	/* the same */

/* ---- JSON ------------------------------------------------------------------*/
json_t *json_shown(const char *s);	/* a string of shown(); JSON null for NULL */
/* Takes VALUE.  */
void json_put(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);
/* Writes ROOT, which it takes, in ASCII; 0 or a negative errno.  */
int json_finish(json_t *root, FILE *f);

/* ---- XML -------------------------------------------------------------------*/
struct markup;
struct markup *markup_begin(FILE *f);
void markup_open(struct markup *x, const char *name);
/* VALUE NULL: no attribute.  Before what is in the element.  */
void markup_attribute(struct markup *x, const char *name, const char *value);
void markup_number(struct markup *x, const char *name, size_t value);
void markup_words(struct markup *x, const char *text);	/* escaped: shown() */
void markup_shown(struct markup *x, const char *text);	/* escaped already */
void markup_line_break(struct markup *x);	/* in the text, which has none else */
void markup_close(struct markup *x);
/* Opens, says TEXT and closes; TEXT NULL: nothing at all.  */
void markup_element(struct markup *x, const char *name, const char *text);
int markup_end(struct markup *x);		/* frees X; 0 or a negative errno */

#endif
