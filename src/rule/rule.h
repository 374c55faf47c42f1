/* rule.h -- rules are data (data/rules, trustdrift-rules(5)): a query
 * over the views with words around it.  This folder loads them, guards their
 * SQL and turns rows into findings.
 */
#ifndef RULE_H
#define RULE_H

#include "base/base.h"
#include "inventory/inventory.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };
const char *severity_name(enum severity s);
int severity_from_name(const char *name, enum severity *ret_severity);

/* A sentence with {column} places.  A row whose column `variant` is VARIANT
 * gets this one; NULL: the one for all other rows.  */
struct rule_text {
	char *variant;
	char *text;
};

/* <evidence kind="..."> of a rule: a query in which :name is column NAME of
 * the finding's row; a row of it is one piece of evidence.  */
struct rule_evidence {
	char *kind;		/* "path", "good-path", "history" ... */
	char *query;
	struct rule_text *texts;
	size_t n_texts;
	unsigned line;		/* of the query in the file */
};

struct rule {
	char *id, *since;
	enum severity severity;
	char *needs;		/* what must have been read, words separated by
				 * space: [role:]kind, the kind with or as a
				 * final `*`; see trustdrift-rules(5) */
	char *policy;		/* ... where the policy has such a line: words;
				 * NULL: in any case */
	char *title, *why;	/* English; shown through gettext */
	char *fold;		/* "store": all rows of one store are one finding;
				 * NULL: each is about one certificate */
	char *yields_to;	/* rules, separated by space: what one of them tells
				 * of a certificate this one does not tell again */
	char **references;	/* NULL behind the last */
	char *query;
	struct rule_text *messages;
	size_t n_messages;
	struct rule_text *members;	/* of a folded rule: about one row */
	size_t n_members;
	struct rule_evidence *evidence;
	size_t n_evidence;
	char *recipe;		/* NULL: the store's own recipe */
	char *no_fix;		/* why there is none; NULL: there is one */
	struct rule_text *no_fixes;	/* ... but for rows of a variant: why */
	size_t n_no_fixes;
	bool after_waivers;	/* asked when it is known what they waived */
	bool shipped;		/* came with the program, unchanged */
	char *defined_in;	/* file:line */
	char *path;		/* the file */
	unsigned query_line;	/* where the query begins in it */
};

struct reads;			/* what each view may read: guard.c */
struct policy;
struct waivers;

struct rules {
	struct rule *items;	/* sorted by id */
	size_t n;
	struct reads *reads;	/* NULL: nobody needed them yet */
	/* What the administrator demands and accepts; borrowed, NULL: nothing,
	 * and what the inventory has of it is left alone.  */
	const struct policy *policy;
	struct waivers *waivers;
};

/* Loads and validates all rules.  -EINVAL: *ret_error = "file:line: reason" (the
 * caller frees); nothing is loaded then.  Free with rules_free().  */
int rules_parse(const char *config_dir, struct rules **ret_rules,
		char **ret_error);
/* The same, and compiles their queries under the guard against an empty
 * inventory.  -EINVAL: *ret_error = "file:line: reason";
 * nothing is loaded then.  Free with rules_free().  */
int rules_load(const char *config_dir, struct rules **ret_rules,
	       char **ret_error);
/* The same of one file, wherever it is, alone.  */
int rules_load_file(const char *path, struct rules **ret_rules,
		    char **ret_error);
void rules_free(struct rules *r);

/* ---- policy (policy.c), trustdrift-policy(5) -------------------------------*/
struct policy {
	struct policy_line *lines;	/* one for each party that is named */
	size_t n;
	char *path;			/* NULL: there is no policy */
};
/* policy.xml in the configuration directory; none is an empty policy.  -EINVAL:
 * *ret_error = "file:line: reason" (the caller frees).  Free with
 * policy_free().  */
int policy_load(const char *config_dir, struct policy **ret_policy,
		char **ret_error);
int policy_load_file(const char *path, struct policy **ret_policy,
		     char **ret_error);
void policy_free(struct policy *p);

/* ---- waivers (waivers.c), trustdrift-waivers(5) ----------------------------*/
struct waivers {
	struct waiver *items;
	size_t n;
};
/* waivers.xml and the files of waivers.d in the configuration directory; errors as
 * above.  Free with waivers_free().  */
int waivers_load(const char *config_dir, struct waivers **ret_waivers,
		 char **ret_error);
void waivers_free(struct waivers *w);

enum finding_status { FINDING_FOUND, FINDING_UNKNOWN, FINDING_WAIVED };
const char *finding_status_name(enum finding_status s);

struct evidence {
	char *kind, *text;
	char *sha256;		/* NULL: about no certificate */
	int depth;		/* for drawing: column `depth` of the row, else 0 */
};

/* Where else in its store a finding's certificate lies.  */
struct finding_place {
	char *location, *label;	/* label NULL: none */
	bool has_offset;
	uint64_t offset;
};

/* One of the certificates that a folded finding is about, and where it lies.
 * One that lies in two places is there twice.  */
struct finding_member {
	char *sha256, *sha1, *name;	/* NULL: about none, or it is not known */
	bool has_end;
	int64_t not_after;
	char *location, *label;		/* NULL: none */
	bool has_offset;
	uint64_t offset;
	enum severity severity;
	char *message;
	bool fixable;			/* by the finding's recipe */
};

/* One finding; all strings owned by it, NULL where there is none.  Text is as
 * it was in the certificate or file name: outputs escape.  */
struct finding {
	char id[33];		/* 128 bits, hex */
	const struct rule *rule;	/* NULL when read back from an inventory */
	char *rule_id;
	enum severity severity;
	enum finding_status status;
	char *title, *why, *message;
	int64_t store_id;	/* 0: none */
	char *store_kind, *store_path, *store_owner, *party;
	char *location, *label;
	bool has_offset;
	uint64_t offset;
	struct {
		char *sha256, *sha1, *spki_sha256, *subject, *issuer, *serial;
		char *name;
		int64_t not_before, not_after;
		bool decoded;	/* the fields after sha1 are valid */
	} certificate;		/* sha256 NULL: about no certificate */
	struct finding_place *places;	/* besides location, label, offset */
	size_t n_places;
	struct finding_member *members;	/* of a folded finding, which has no
					 * certificate, location and places:
					 * the gravest first, then by name */
	size_t n_members;
	struct evidence *evidence;
	size_t n_evidence;
	char *recipe;		/* NULL: not fixable */
	bool automatic;
	char *no_fix;		/* what to do instead, for people */
};

struct problem_report {
	char *store, *path, *code, *message;	/* store: its path, NULL: none */
	bool has_offset, skipped;
	uint64_t offset;
};

struct report {
	const char *tool;	/* version */
	int64_t now, scan;	/* scan 0: not recorded (check) */
	char *root, *host_name, *host_os;
	char *note;		/* what verdicts had to do without (history) */
	size_t stores, entries, certificates;
	struct finding *findings;	/* sorted: severity, rule, path, location */
	size_t n_findings;
	struct problem_report *problems;
	size_t n_problems;
	bool incomplete;	/* one of these */
	bool unread;		/* a store that a rule needs could not be read,
				 * or stores may be hidden */
	bool rule_failed;	/* by its query, or a limit */
};

/* Incomplete, and not for what was not read?  */
static inline bool only_a_rule_failed(const struct report *r)
{
	return r->rule_failed && !r->unread;
}

void finding_done(struct finding *f);	/* empties it */
void finding_member_done(struct finding_member *m);

/* Judges the newest scan in the inventory, having compiled every rule there:
 * -EINVAL with *ret_error = "file:line: reason" (the caller frees) when one does
 * not compile, and nothing is judged.  What came with the program is not checked
 * again, but has the same limits.  A rule whose query fails or runs past
 * its limits gives one `unknown` finding that says so.  RECIPE_AUTOMATIC
 * tells whether a recipe needs no decision (asked of fix/ by the command; NULL:
 * none).  `tool` is left NULL and `scan` is the inventory's own: the command
 * overrides both where it must.  -ENODATA: there is no scan; other negative
 * errno: the inventory failed.  Free with report_done().  */
int rules_evaluate(struct inventory *i, struct rules *rules,
		   bool (*recipe_automatic)(const char *recipe, void *data),
		   void *data, struct report *ret_report, char **ret_error);
void report_done(struct report *r);

/* ---- cases (cases.c), trustdrift-rules(5) ------------------------------------
 * Worlds of a few rows in which a rule fires or stays silent, and what it is to
 * say there.  */
enum case_result {
	CASE_RIGHT,
	CASE_BROKEN,		/* it could not be asked: `error` */
	CASE_DIFFERS,		/* `got` is not `want` */
	CASE_DOES_NOT_FIRE,	/* at none of its times */
	CASE_IS_NOT_SILENT,
};

struct rule_case {
	char *path, *want_path;		/* of its SQL, and of what is wanted */
	bool fires;			/* or is to be silent */
	enum case_result result;
	char *error;			/* "file:line: reason" */
	char *want, *got;		/* NULL in a broken one */
	bool has_want;			/* there is a file want_path */
};

struct case_options {
	int64_t now;			/* for a case without a file of its own
					 * that says what is wanted and when */
	bool write;			/* make `got` what is wanted */
	bool (*automatic)(const char *recipe, void *data);	/* or NULL */
	/* Is told of every finding (NULL: nobody).  */
	void (*look)(const struct finding *f, const struct rule *r, void *data);
	void *data;
};

/* Asks the rule NUMBER of RULES, which are compiled, in every case of the
 * directory DIR; FN is told of each, in the order of their names.
 * -ENOENT: there is no such directory.  -EINVAL: the cases as a whole are
 * nothing, *ret_error says why (the caller frees).  Otherwise 0, whatever the
 * cases came to.  */
typedef void case_fn(const struct rule_case *c, void *data);
int rule_cases_run(const struct rules *rules, size_t number, const char *dir,
		   const struct case_options *options, case_fn *fn, void *data,
		   char **ret_error);

/* Runs one SELECT of a user under the same guard (trustdrift query).  FN gets
 * column names and values (NULL: SQL NULL).  -EINVAL with *ret_error.  */
typedef int row_fn(int n, const char *const *names, const char *const *values,
		   const bool *numeric, void *data);
int guarded_select(struct inventory *i, const char *sql, row_fn *fn, void *data,
		   char **ret_error);

#endif
