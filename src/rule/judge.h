/* judge.h -- what evaluate.c, stores.c, answers.c and finding.c share while
 * one report is made.  Private to src/rule.
 */
#ifndef RULE_JUDGE_H
#define RULE_JUDGE_H

#include "rule/guard.h"

#define NO_STORE	SIZE_MAX

struct judge {
	struct guard guard;
	struct report *report;
	size_t findings_cap;
	struct result stores;		/* sorted by store_id */
	struct result roles;		/* likewise */
	struct result policy;		/* the kinds of lines that apply */
	size_t *best_name;		/* of each store, see stores_load() */
	struct sqlite3_stmt *certificate, *identity, *problem;
	struct waivers *waivers;	/* NULL: none */
	struct asked *asked;		/* of the rule that is judged */
	bool (*automatic)(const char *recipe, void *data);
	void *data;
};

/* ---- evaluate.c ---------------------------------------------------------*/

/* All rows of one of our own queries; -EIO.  */
int judge_fetch(struct judge *j, const char *sql, struct result *ret_result);

/* ---- the scan's stores (stores.c): a store is a row of judge.stores -------*/

/* A store that has several names, like Debian's /usr/lib/ssl/certs, is as many
 * rows.  As far as one relying party reads one kind of store by all of them,
 * findings use the best name only: the real one, else the first.  -EIO.  */
int stores_load(struct judge *j);
void stores_done(struct judge *j);
/* -ENOENT: the scan has no such store.  */
int store_find(const struct judge *j, int64_t store_id, size_t *ret_store);
/* A column; NULL for NO_STORE and SQL NULL.  */
const char *store_text(const struct judge *j, size_t store, const char *column);
/* Does one of the words [role:]kind of NEEDS mean this store?  */
bool store_is_needed(const struct judge *j, size_t store, const char *needs);

/* ---- a rule's rows (answers.c) --------------------------------------------*/
struct answer {
	size_t row;
	size_t store;
	bool moved;			/* here from another name of STORE */
	char *about;			/* what it is about: the hash of a
					 * certificate or identity, or "" */
	const char *fold;		/* which finding it is folded into; NULL:
					 * it is one of its own */
	enum severity severity;
	enum finding_status status;
	const char *location, *label, *party;	/* of the row; "" for NULL */
	int64_t offset;			/* -1: none */
};
struct answers {
	struct answer *items;
	size_t n;
};

/* The rows as answers: those about one thing in one store stand together, the
 * gravest first, and so do those that are folded.  -EINVAL with *ret_error: the rule says what cannot be.  They
 * borrow from ROWS; free with answers_done().  */
int answers_read(struct judge *j, const struct rule *r,
		 const struct result *rows, struct answers *ret_answers,
		 char **ret_error);
void answers_done(struct answers *a);
/* Where the group that begins at FIRST ends.  */
size_t answers_group(const struct answers *a, size_t first);

/* ---- findings (finding.c) -------------------------------------------------*/

/* A finding of R at the end of the report, with nothing but the rule's words;
 * valid until the next one.  */
struct finding *finding_new(struct judge *j, const struct rule *r);
/* What that makes of F, which is empty.  */
void finding_begin(struct finding *f, const struct rule *r);
/* Names the store and makes the id, which stays the same over rescans and
 * hosts.  ABOUT: as in an answer, or a word of our own.  */
void finding_set_store(const struct judge *j, struct finding *f, size_t store,
		       const char *about);
/* Fills it from the first of N answers about one thing; the others become
 * evidence of further places.  EVIDENCE has the rule's evidence queries.  */
void finding_fill(struct judge *j, struct finding *f,
		  struct sqlite3_stmt *const *evidence,
		  const struct result *rows, const struct answer *answers,
		  size_t n);
/* A piece of evidence that is no answer of the rule's.  Takes TEXT.  */
void finding_add_evidence(struct finding *f, const char *kind, char *text,
			  const char *sha256);
void findings_sort(struct finding *findings, size_t n);

/* ---- evidence that was asked for (asked.c) --------------------------------*/

/* The rows of S, a query for evidence of the rule that is judged, with ROW bound;
 * borrowed until the next call.  Negative with *ret_error as result_fetch() has it.
 */
int asked_fetch(struct judge *j, struct sqlite3_stmt *s,
		const struct result *bound, size_t row,
		const struct result **ret_rows, char **ret_error);
/* To be called when the rule has been judged.  */
void asked_free(struct asked *asked);

/* ---- what it is made of, for fold.c ---------------------------------------*/

/* The certificate of a row as the inventory knows it; no rows: not at all.  When
 * the inventory fails F says so.  */
void finding_certificate(struct judge *j, struct finding *f,
			 const struct result *rows, size_t row,
			 struct result *ret_certificate);
/* How what the N answers of F are about in STORE is repaired, or why not.  */
void finding_repair(const struct judge *j, struct finding *f, size_t store,
		    const struct result *rows, const struct answer *answers,
		    size_t n);
/* Asks for each kind of evidence about each of N rows; what they share is there
 * once.  */
void finding_evidence(struct judge *j, struct finding *f,
		      struct sqlite3_stmt *const *statements,
		      const struct result *rows, const size_t *at, size_t n);
/* Another relying party that uses the store; once.  */
void finding_add_party(struct finding *f, const char *party);

/* ---- findings about many certificates (fold.c) ------------------------------*/

/* Fills it from N answers that are folded into one.  */
void finding_fold(struct judge *j, struct finding *f,
		  struct sqlite3_stmt *const *evidence, const struct result *rows,
		  const struct answer *answers, size_t n);

/* ---- more specific rules (yield.c) ------------------------------------------*/

/* The certificates that the rules which R yields to have told of.  */
struct told {
	const char **sha256;		/* sorted; the findings' own */
	size_t n;
};

/* Free with told_done(), before the findings.  */
void told_find(const struct judge *j, const struct rule *r,
	       struct told *ret_told);
bool told_has(const struct told *t, const char *sha256);
void told_done(struct told *t);

/* ---- waivers (waivers.c) ----------------------------------------------------*/

/* Which of W, that waived nothing, are about what was not decided?  */
void waivers_doubt(struct waivers *w, const struct report *r);
/* The waiver that covers F, which is filled, as far as it is about that
 * certificate (NULL: about none); NULL: there is none.  IS_MEMBER: F is about
 * others as well.  */
struct waiver *waiver_for(const struct judge *j, const struct finding *f,
			  const char *sha256, bool is_member);
/* Says so in F, and counts it.  CERTIFICATES: of how many of a folded finding;
 * 0: it is not folded.  */
void finding_waive(struct finding *f, struct waiver *w, const char *sha256,
		   size_t certificates);

#endif
