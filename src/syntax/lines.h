/* lines.h -- private to src/syntax: lines, and the way to the sink.  */
#ifndef SYNTAX_LINES_H
#define SYNTAX_LINES_H

#include "syntax/syntax.h"

#define UNKNOWN_COMPUTED	"a shell computes it"
#define UNKNOWN_QUOTE		"a quotation mark is open"
#define UNKNOWN_LONG		"it is longer than LIMIT_SETTING_BYTES"

/* One line after the other; text from P to END, without line feed, carriage
 * return and white space at the end.  */
struct lines {
	const char *p, *end;
	unsigned number;	/* of this line, 0 before the first */
	const char *next, *stop;
};
void lines_init(struct lines *l, struct blob text);
bool has_line(struct lines *l);		/* goes to the next; false: no more */

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}
/* [P, END) without blanks at either end.  */
struct span {
	const char *p;
	size_t n;
};
struct span span_trim(const char *p, const char *end);
bool span_is(struct span s, const char *word);
/* Does S begin and end with the same quotation mark?  */
bool span_is_quoted(struct span s);

/* Gives one setting; VALUE.p NULL: the key stands alone.  A key longer than
 * LIMIT_LABEL_BYTES is none that anybody knows and is passed over.  */
int give_setting(struct setting_sink *out, enum setting_kind kind,
		 const char *section, struct span key, struct span value,
		 unsigned line);
/* The same where the strings are ready; VALUE NULL as above.  */
int give_strings(struct setting_sink *out, enum setting_kind kind,
		 const char *section, const char *key, const char *value,
		 unsigned line);

/* Names that lead to where the parser is, joined by dots.  What does not fit
 * into LIMIT_TEXT_BYTES makes `lost` true until it is left again.  */
struct trail {
	char text[LIMIT_TEXT_BYTES];
	size_t n, lost;
};
/* Returns what trail_leave() wants.  */
size_t trail_enter(struct trail *t, const char *name, size_t n);
void trail_leave(struct trail *t, size_t before);

/* The parsers; syntax.c has the row of each.  */
int parse_apt(struct blob text, struct setting_sink *out);
int parse_arguments(struct blob text, struct setting_sink *out);
int parse_environment(struct blob text, struct setting_sink *out);
int parse_environment_d(struct blob text, struct setting_sink *out);
int parse_gitconfig(struct blob text, struct setting_sink *out);
int parse_ini(struct blob text, struct setting_sink *out);
int parse_ini_equals(struct blob text, struct setting_sink *out);
int parse_ini_quoted(struct blob text, struct setting_sink *out);
int parse_json(struct blob text, struct setting_sink *out);
int parse_postfix(struct blob text, struct setting_sink *out);
int parse_properties(struct blob text, struct setting_sink *out);
int parse_shell(struct blob text, struct setting_sink *out);
int parse_systemd(struct blob text, struct setting_sink *out);
int parse_toml(struct blob text, struct setting_sink *out);
int parse_words(struct blob text, struct setting_sink *out);
int parse_yaml(struct blob text, struct setting_sink *out);

#endif
