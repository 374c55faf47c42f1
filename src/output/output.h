/* output.h -- reports: one row and one file per format.  */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/base.h"
#include "rule/rule.h"

struct output_options {
	bool color;
	unsigned width;		/* columns, for text */
	bool verbose;		/* all of the evidence, and what was waived */
	const char *command;	/* text: how to call this program so that it
				 * finds the same inventory: "trustdrift",
				 * "trustdrift --root '/mnt'" */
	const struct rules *rules;	/* that were asked; NULL: not known, but
					 * those of the findings */
	struct baseline *baseline;	/* borrowed; NULL: there is none */
	struct baseline *earlier;	/* what changes are told against, whether
					 * or not the verdict asks for them; NULL:
					 * nothing is known, and all is new */
	enum severity fail_on;	/* the least that gives exit status 2 */
	enum severity critical;	/* nagios: ... and CRITICAL */
	const struct assets *assets;	/* NULL: not known */
	bool cyclonedx_17;	/* version 1.7 of it, not 1.6 */
	int64_t duration_ms;	/* of the run; -1: not told */
	int status;		/* the run's exit status */
	const char *history;	/* why there is no history to judge by, when
				 * one could not be read; NULL */
};

struct output {
	const char *name;	/* --format's word */
	const char *title;	/* N_("...") */
	const char *extension;
	bool machine;		/* for programs: never translated */
	bool wants_assets;	/* tells what the host holds */
	int (*write)(const struct report *r, const struct output_options *o,
		     FILE *f);
	/* The exit status of a run whose --format it is; NULL: the verdict.  */
	int (*status)(const struct report *r, const struct output_options *o);
	bool wants_earlier;	/* tells what changed */
};
extern const struct output outputs[];	/* a NULL name behind the last */
const struct output *output_find(const char *name);
/* What the rows name.  0, or a negative errno when F cannot be written.  */
int text_write(const struct report *r, const struct output_options *o, FILE *f);
int json_write(const struct report *r, const struct output_options *o, FILE *f);
int html_write(const struct report *r, const struct output_options *o, FILE *f);
int jsonl_write(const struct report *r, const struct output_options *o, FILE *f);
int nagios_write(const struct report *r, const struct output_options *o,
		 FILE *f);
int prometheus_write(const struct report *r, const struct output_options *o,
		     FILE *f);
int junit_write(const struct report *r, const struct output_options *o,
		FILE *f);
int sarif_write(const struct report *r, const struct output_options *o,
		FILE *f);
int cyclonedx_write(const struct report *r, const struct output_options *o,
		    FILE *f);
int cyclonedx_xml_write(const struct report *r, const struct output_options *o,
			FILE *f);
int salt_write(const struct report *r, const struct output_options *o, FILE *f);
int salt_status(const struct report *r, const struct output_options *o);
int dot_write(const struct report *r, const struct output_options *o, FILE *f);
int xccdf_write(const struct report *r, const struct output_options *o,
		FILE *f);
/* A benchmark of RULES by which OpenSCAP asks SCRIPT (data/xccdf/trustdrift-sce, by
 * its way from where the benchmark will be) about each; SCRIPT asks PROGRAM, and
 * COMMAND is that as a shell calls it.  As above.  */
int xccdf_benchmark_write(const struct rules *rules, const char *program,
			  const char *command, const char *script, FILE *f);
int ansible_write(const struct report *r, const struct output_options *o,
		  FILE *f);
/* The answer of a module that has no verdict, and WHY.  As above.  */
int ansible_failed(const char *why, int status, FILE *f);
int changes_write(const struct report *r, const struct output_options *o,
		  FILE *f);
int journal_write(const struct report *r, const struct output_options *o,
		  FILE *f);
/* What a monitoring plug-in ends with; the statuses of the program itself are
 * told from these by PLUGIN_STATUS, which is added.  */
enum nagios_state {
	NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN,
};
#define PLUGIN_STATUS	256
int nagios_status(const struct report *r, const struct output_options *o);
/* The line of a plug-in that has no verdict, and WHY.  */
void nagios_unknown(const char *why, FILE *f);

/* What the newest scan of I found: each certificate, and where it lies.
 * -EINVAL: *ret_error says why (the caller frees).  */
struct assets;
int assets_load(struct inventory *i, struct assets **ret_assets,
		char **ret_error);
void auto_assets(struct assets **assets);

/* ---- previews --------------------------------------------------------------
 * What a change of the stores would do to the findings.  */

/* One certificate that comes, goes or changes its role, and where.  */
struct preview_place {
	char *kind, *path;	/* of the store */
	char *location;		/* of the file; the first of several */
};
/* Does that lie elsewhere than the store, which is a list of names then?  */
bool preview_is_elsewhere(const struct preview_place *p);
struct preview_change {
	char *change;		/* "added", "distrusted" or "removed" */
	char *sha256;
	char *name;		/* NULL: it does not decode */
	struct preview_place *places;
	size_t n_places, cap_places;
};
/* A store that would be elsewhere, and is one store to what is above.  */
struct preview_move {
	char *kind, *from, *to;
};
/* The same finding, judged differently: severity, status, or which certificates
 * it is about.  */
struct preview_pair {
	const struct finding *before, *after;
};
/* A party that would take what it refuses, or refuse what it takes: a server
 * below the authority SHA256, or (NULL) the one that was asked about.  */
struct preview_verdict {
	char *party, *title;
	char *sha256, *name;
	bool accepted_before, accepted_after;
	char *before, *after;	/* words for why, see path_fault_name() */
};
struct preview {
	const struct report *before, *after;	/* borrowed, and so are findings */
	struct preview_change *changes;
	size_t n_changes, cap_changes;
	struct preview_move *moves;		/* by where they are */
	size_t n_moves, cap_moves;
	const struct finding **appear, **disappear;	/* in report order */
	size_t n_appear, n_disappear;
	struct preview_pair *differ;		/* in the order of `after` */
	size_t n_differ;
	struct preview_verdict *verdicts;	/* by party, then certificate */
	size_t n_verdicts, cap_verdicts;
};
/* What tells the findings of BEFORE and AFTER apart, by their ids; without any
 * change of stores.  Free with preview_done().  */
void preview_compare(const struct report *before, const struct report *after,
		     struct preview *ret_preview);
/* One place more; those of one change and certificate come one after the
 * other.  */
void preview_add_change(struct preview *p, const char *change,
			const char *sha256, const char *name, const char *kind,
			const char *path, const char *location);
void preview_add_move(struct preview *p, const char *kind, const char *from,
		      const char *to);
/* Takes over the strings of V.  */
void preview_add_verdict(struct preview *p, const struct preview_verdict *v);
void preview_done(struct preview *p);

struct preview_output {
	const char *name;	/* --format's word */
	bool machine;		/* for programs: never translated */
	int (*write)(const struct preview *p, const struct output_options *o,
		     FILE *f);
};
extern const struct preview_output preview_outputs[];	/* ends in a NULL name */
const struct preview_output *preview_output_find(const char *name);
/* What the rows name; as those of reports.  */
int preview_text_write(const struct preview *p, const struct output_options *o,
		       FILE *f);
int preview_short_write(const struct preview *p, const struct output_options *o,
			FILE *f);
int preview_json_write(const struct preview *p, const struct output_options *o,
		       FILE *f);

/* One finding as the JSON object of design section 4, one line; the caller
 * frees.  finding_from_json() reads it back (rule is NULL then); -EINVAL.  */
char *finding_to_json(const struct finding *f);
int finding_from_json(const char *json, struct finding *ret_finding);

/* Tables of show and query: rows are given one by one.  */
enum table_format { TABLE_TEXT, TABLE_JSON, TABLE_TSV };
struct table;
struct table *table_new(enum table_format format, unsigned width, FILE *f);
/* The first call names the columns; a value NULL = SQL NULL.  VALUES itself
 * NULL only names them: a table without rows.  */
int table_row(struct table *t, int n, const char *const *names,
	      const char *const *values, const bool *numeric);
/* From now on words of the program's own data, which are in a column "title",
 * are translated where the table is text.  */
void table_translate(struct table *t);
int table_end(struct table *t);		/* writes what is left, frees T */
void table_free(struct table *t);	/* without writing what is left */
const char *table_format_name(size_t i);	/* NULL behind the last */
int table_format_from_name(const char *name, enum table_format *ret_format);

/* S as a JSON string, quotes included, all ASCII; "null" for NULL.  Bytes that
 * are not UTF-8 as in utf8_text().  The caller frees.  */
char *json_text(const char *s);

/* ---- text for people -----------------------------------------------------
 * A pen fills lines of a given width.  What it is given has been escaped.  */
enum ink {
	INK_PLAIN, INK_BOLD, INK_DIM,
	INK_HIGH, INK_MEDIUM, INK_LOW, INK_INFO, INK_GOOD,
};
struct pen {
	FILE *f;
	unsigned width;
	bool color;
	bool utf8;		/* the locale can show lines and bullets */
	enum ink ink;		/* what the terminal is set to */
	/* The line that is being filled.  */
	size_t column, least;	/* where it is, and where its text begins */
	size_t next;		/* where the next word is to begin; 0: behind
				 * the last one */
	const char *rest;
};
void pen_init(struct pen *p, FILE *f, unsigned width, bool color);
/* Begins a line with FIRST; when it is full it goes on in the next one behind
 * REST, which lives until pen_end().  */
void pen_begin(struct pen *p, const char *first, const char *rest);
void pen_words(struct pen *p, enum ink ink, const char *text);	/* breakable */
void pen_word(struct pen *p, enum ink ink, const char *text);	/* kept whole */
/* A command: not even cut where it is wider than a line, so that it can be
 * copied from the terminal to the terminal.  */
void pen_code(struct pen *p, enum ink ink, const char *text);
/* The next word begins at COLUMN if it fits there, a space further at least. */
void pen_column(struct pen *p, size_t column);
void pen_end(struct pen *p);
void pen_line(struct pen *p, enum ink ink, const char *first, const char *rest,
	      const char *text);		/* the three in one */

/* How long SECONDS are, in the largest unit that still says something, for people;
 * the caller frees.  */
char *text_duration(int64_t seconds);
/* How many columns S takes on a terminal, and how many bytes of S fit into N
 * columns, at least one character.  S is valid UTF-8.  */
size_t text_columns(const char *s);
size_t text_fit(const char *s, size_t n);

/* ---- findings of an earlier report (baseline.c) -----------------------------*/
struct baseline;
struct baseline *baseline_new(void);
void baseline_free(struct baseline *b);
/* -EINVAL: JSON is no report with findings, or no finding.  */
int baseline_add_report(struct baseline *b, const char *json);
int baseline_add_finding(struct baseline *b, const char *json);
/* Was F found before, with nothing new in it: as grave, and if it is folded, all
 * that it is about?  */
bool baseline_has(struct baseline *b, const struct finding *f);
enum novelty {
	NOVELTY_NONE, NOVELTY_NEW,
	NOVELTY_UPDATED,	/* it was there, but not so grave, or about less */
};
/* Is member I of F, which is folded, one that B does not know?  */
bool baseline_lacks(struct baseline *b, const struct finding *f, size_t i);
enum novelty baseline_novelty(struct baseline *b, const struct finding *f);

/* One that was found, as far as its report says; NULL where it does not.  */
struct former {
	char *id, *rule_id, *message, *store_path, *location, *sha256, *name;
	enum severity severity;
};
/* Those of B that R would have if they were still to be found: the gravest first.
 * *ret_gone is the caller's to free, what it points to is B's.  */
void baseline_gone(struct baseline *b, const struct report *r,
		   const struct former ***ret_gone, size_t *ret_n);

/* ---- what changed, for the system's log (changes.c, notice.c) ----------------*/
struct arrival {
	enum novelty novelty;
	const struct finding *finding;
};
struct changes {
	struct arrival *came;		/* found now, in report order */
	const struct former **gone;
	size_t n_came, n_gone;
	size_t n_new, n_updated;	/* of those that came */
};
/* Borrows from R and from O->earlier; free with changes_done().  */
void changes_make(const struct report *r, const struct output_options *o,
		  struct changes *ret_changes);
void changes_done(struct changes *c);
void auto_changes(struct changes *c);

/* A message for the system's log: MESSAGE and what belongs to it.  */
struct notice {
	int priority;			/* as syslog(3) has them: 3 to 6 */
	const char *message_id;
	char *message;			/* one line, escaped */
	struct notice_field {
		const char *name;	/* without the TRUSTDRIFT_ before it */
		char *value;		/* escaped, but it may have lines */
	} *fields;
	size_t n_fields, cap_fields;
};
struct notices {
	struct notice *items;
	size_t n, cap;
};
/* One for each change, LIMIT_NOTICES of a kind, and the last for the run.  */
void notices_make(const struct report *r, const struct output_options *o,
		  struct notices *ret_notices);
void notices_done(struct notices *n);
void auto_notices(struct notices *n);
/* As systemd-journald takes it: a datagram of its native protocol.  */
void notice_native(const struct notice *n, struct buf *b);
/* As programs of a host speak to /dev/log: RFC 3164 without the host, at most
 * LIMIT_SYSLOG_BYTES.  NOW in the local time zone; PID is who says it.  */
void notice_syslog(const struct notice *n, int64_t now, long pid, struct buf *b);

#endif
