/* inventory.h -- the SQLite inventory: the only folder that knows table names.
 * What is public are the v_* views (trustdrift-inventory(5)); rules, show,
 * diff and query select from them through inventory_db().
 *
 * A scan is one transaction.  BEGIN IMMEDIATE at its start makes a second run
 * wait; a crash leaves the last complete scan.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "base/base.h"
#include "read/read.h"

struct inventory;
struct sqlite3;

enum inventory_mode {
	INVENTORY_WRITE,	/* created when it is not there */
	INVENTORY_READ,		/* must exist; never written, not even a journal */
	INVENTORY_MEMORY,	/* for check: a private copy in memory of PATH if
				 * that exists and can be read, else empty;
				 * PATH NULL: empty */
};

/* Opens the inventory.  *ret_error (the caller frees) says what to do.
 * -ENOENT: READ and not there; -EBUSY: locked for longer than WAIT_SECONDS;
 * -EMEDIUMTYPE: a file that is no inventory of ours, or damaged, or newer than
 * this program: it is left alone; -EUCLEAN: a hot journal in mode READ (a run
 * was killed; the next one that may write cleans up).
 * In mode MEMORY a history that cannot be read is no error: the inventory is
 * empty then and *ret_error says why (NULL when there was none to read); PATH
 * is not open any more when this returns.
 * A new file is 0600, its directory 0700.  The schema comes from
 * data/schema/inventory.sql.  */
int inventory_open(const char *path, enum inventory_mode mode,
		   unsigned wait_seconds, struct inventory **ret_inventory,
		   char **ret_error);
void inventory_close(struct inventory *i);
void auto_inventory(struct inventory **i);

/* For selects from views.  Owned by the inventory.  */
struct sqlite3 *inventory_db(struct inventory *i);
/* SQLite's words for what went wrong last; owned by the inventory.  All the
 * functions below may return -EMEDIUMTYPE (damage that was found only now),
 * -EBUSY, -ENOSPC, -EROFS and -EIO.  */
const char *inventory_error(struct inventory *i);
/* Did SQLite just meet damage?  For queries that it is asked directly.  */
bool inventory_is_damaged(struct inventory *i);
/* The file, "" for none; owned by the inventory.  */
const char *inventory_file(struct inventory *i);

/* ---- one scan ------------------------------------------------------------*/
struct scan_info {
	const char *root;	/* absolute path on the host */
	int64_t now, made;	/* --now, the clock */
	const char *tool;	/* version */
	const char *host_name, *host_os;	/* NULL: not known */
	unsigned warn_days;
};
/* Begins the transaction and the scan.  -EBUSY as above; -EINVAL: there is one
 * open already.  */
int inventory_begin(struct inventory *i, const struct scan_info *info,
		    int64_t *ret_scan);
/* -EBUSY: somebody read for longer than the wait; the scan is open still.
 * Reachability that was not computed for this scan is dropped.  */
int inventory_commit(struct inventory *i);
/* Harmless when no scan is open.  */
void inventory_rollback(struct inventory *i);

/* The certificate of that SHA-256, or -ENOENT, also when only its fingerprint
 * is known.  */
int inventory_find_certificate(struct inventory *i,
			       const uint8_t sha256[SHA256_SIZE],
			       int64_t *ret_certificate);
/* Why that certificate does not decode, as it was said when it was added: NULL
 * when it does; the caller frees.  For the problem row of each store that has
 * it.  -ENOENT.  */
int inventory_certificate_error(struct inventory *i, int64_t certificate,
				char **ret_error);
/* Adds one that is not there yet, with its identity.  */
int inventory_add_certificate(struct inventory *i, const struct certificate *c,
			      int64_t *ret_certificate);
/* The certificate of that SHA-256; one that is not known is added as a bare
 * fingerprint, until its bytes are met.  */
int inventory_fingerprint(struct inventory *i,
			  const uint8_t sha256[SHA256_SIZE],
			  int64_t *ret_certificate);
/* Calls FN with each name (the SHA-256 of its canonical form, in hex) that is an
 * issuer's but that no certificate here bears.  FN may not write.  */
typedef int missing_issuer_fn(const char *name_sha256, void *data);
int inventory_missing_issuers(struct inventory *i, missing_issuer_fn *fn,
			      void *data);

/* What a store held: owned by the caller, strings borrowed by these calls. */
struct stored_entry {
	int64_t certificate;
	enum role role;
	const char *label;		/* NULL: none; text, any bytes but NUL */
	const char *location;		/* path of the file inside the root */
	uint64_t offset;
	unsigned purposes;
	bool private_key;
	int64_t distrust_after;		/* see struct entry; 0: none */
	const struct entry_names *names;	/* instead of the certificate;
						 * NULL: it is about that */
};
struct stored_problem {
	const char *path;		/* inside the root */
	bool has_offset;
	uint64_t offset;
	enum problem_code code;
	const char *message;
	bool skipped;
};
/* A file that was read; strings borrowed likewise.  */
struct stored_file {
	const char *path, *real_path;	/* inside the root */
	uint64_t size;
	uint32_t mode, uid, gid;
	const char *user;		/* UID's name */
	int64_t modified;		/* seconds since 1970 */
};
struct store_info {
	const char *kind, *path;	/* together: which store */
	const char *format, *real_path, *owner, *instance;
	const char *recipe;		/* NULL: none */
	const char *repair;		/* for people; NULL: none */
	const char *engine;		/* library that verifies, with its version;
					 * NULL: none is built in */
	const struct stored_file *files;	/* for inventory_record() */
	size_t n_files;
};
/* The store's row, made when it is new to this root.  */
int inventory_store(struct inventory *i, const char *kind, const char *path,
		    int64_t *ret_store);
/* The same, but -ENOENT when it is new.  */
int inventory_find_store(struct inventory *i, const char *kind,
			 const char *path, int64_t *ret_store);
/* Calls FN with the path of each store of KIND that any scan of the open one's root
 * has, by path.  FN may not write.  */
typedef int store_path_fn(const char *path, void *data);
int inventory_recorded_paths(struct inventory *i, const char *kind,
			     store_path_fn *fn, void *data);
/* Was STORE, in the newest earlier scan of this root that holds it, read in
 * the state that SIGNATURE describes, with the same store_info?  Then it is
 * recorded for this scan as it was: 0; -ENOENT otherwise.  INFO's format is not
 * compared, because which one it is came out when it was read; neither is its
 * engine.  */

int inventory_reuse(struct inventory *i, int64_t store,
		    const struct store_info *info,
		    const uint8_t signature[SHA256_SIZE]);
/* Records what was read.  Entries are sorted here; equal content shares a
 * manifest with every earlier scan.  SIGNATURE NULL: do not reuse.  -EEXIST:
 * this scan has that store already (inventory_reuse() too).  */
int inventory_record(struct inventory *i, int64_t store,
		     const struct store_info *info,
		     const uint8_t *signature,
		     struct stored_entry *entries, size_t n_entries,
		     const struct stored_problem *problems, size_t n_problems);
/* Calls FN with the real path of each file of the open scan of which it is not
 * known whose package it is, sorted.  STATE is that of the package databases:
 * when it is not the one of the newest scan, nothing is known any more.  FN may
 * not write.  */
typedef int path_fn(const char *path, void *data);
int inventory_unowned_files(struct inventory *i,
			    const uint8_t state[SHA256_SIZE], path_fn *fn,
			    void *data);
/* PACKAGE NULL: no package has it; VERSION NULL: not known.  */
int inventory_own_file(struct inventory *i, const char *path,
		       const char *package, const char *version);

/* The engine of STORE in the open scan; the caller frees, NULL: none.  */
int inventory_engine(struct inventory *i, int64_t store, char **ret_engine);

/* The newest scan in numbers.  */
struct inventory_totals {
	int64_t scan;
	char *root;		/* the caller frees */
	int64_t stores, entries, certificates, problems;
	int64_t unread;		/* problems that hide something */
};
/* -ENODATA: there is no scan.  */
int inventory_totals(struct inventory *i, struct inventory_totals *ret_totals);

/* A problem of the scan that belongs to no store.  */
int inventory_scan_problem(struct inventory *i,
			   const struct stored_problem *problem);

/* Who composes what; sorted and stored by content.  -EEXIST: one party
 * twice.  */
struct composed_store {
	int64_t store;
	enum role role;
	unsigned position;	/* the party takes them in this order */
	const char *instead;	/* kinds that the party found and takes instead of
				 * it; NULL: it takes it */
};
struct composed_party {
	const char *party, *type, *instance, *title, *owner, *model;
	bool own_list, is_system, partial_chain;
	struct composed_store *stores;
	size_t n_stores;
	bool distrusts_keys;
};
int inventory_compose(struct inventory *i, const struct composed_party *parties,
		      size_t n);

/* Who is pointed at another store, or does not verify: as struct redirection of
 * locate/, with what became of the target.  In the order in which they are to
 * be shown; stored by content.  */
struct stored_redirection {
	const char *source, *path;	/* path NULL: no file or program */
	unsigned line;			/* 0: not known */
	const char *via;		/* NULL: none */
	const char *owner, *program, *section, *name;
	const char *option, *value;	/* NULL: none */
	const char *effect;
	const char *target, *real_path;	/* NULL: none, or not known */
	int present;			/* 1, 0; -1: there is no target, or it is
					 * not known */
	int64_t store;			/* 0: none */
	const char *note;		/* NULL: none */
	size_t processes;		/* 0: it is no process's */
};
int inventory_redirections(struct inventory *i,
			   const struct stored_redirection *redirections,
			   size_t n);

/* The directories above stores, their files and what settings lead to.  Calls FN
 * with each path of the open scan above which they are to be looked for; IS_FILE:
 * it is none itself.  FN may not write.  */
typedef int placed_fn(const char *path, bool is_file, void *data);
int inventory_placed(struct inventory *i, placed_fn *fn, void *data);
struct stored_directory {
	const char *path;
	uint32_t mode, uid, gid;
	const char *user;		/* UID's name */
};
/* Sorted by path, each once; stored by content.  */
int inventory_directories(struct inventory *i,
			  const struct stored_directory *directories, size_t n);

/* ---- a scan made of the one before -----------------------------------------
 * What would be found if stores were different: instead of reading a root, the
 * newest scan is recorded once more, store by store.  Only for inventories in
 * memory: no row of it tells that nobody looked.  */

/* Begins the transaction and a scan of the root of the newest one, at the time
 * NOW, of the same host, with the same parties, redirections and problems that
 * belong to no store.  -ENODATA: there is no scan; else as inventory_begin(). */
int inventory_begin_again(struct inventory *i, int64_t now, int64_t *ret_scan);

/* A store of the scan before; strings are its own.  */
struct recorded_store {
	int64_t store;
	char *kind, *path, *instance, *format;
	char *real_path;		/* NULL: it was not there to look at */
};
/* All of them, by path and kind; free with recorded_stores_free().  */
int inventory_recorded_stores(struct inventory *i,
			      struct recorded_store **ret_stores,
			      size_t *ret_n);
void recorded_stores_free(struct recorded_store *stores, size_t n);

/* What STORE held and said in the scan before.  All of it is this struct's, also
 * what more entries are given through recorded_entry().  */
struct recorded_reading {
	struct store_info info;
	struct stored_entry *entries;
	size_t n_entries;
	struct stored_problem *problems;
	size_t n_problems;
	size_t cap_entries;
	void **owned;			/* what all the pointers lead to */
	size_t n_owned, cap_owned;
};
/* -ENOENT: the scan before does not have it.  Free with
 * recorded_reading_done().  */
int inventory_recorded_reading(struct inventory *i, int64_t store,
			       struct recorded_reading *ret_reading);
/* One more entry, whose strings are copied; it has no names.  */
void recorded_entry(struct recorded_reading *r, const struct stored_entry *e);
void recorded_reading_done(struct recorded_reading *r);

/* Records STORE for the open scan as it was in the one before, at the cost of a
 * row; inventory_record() records it otherwise.  */
int inventory_record_again(struct inventory *i, int64_t store);

/* ---- the graph's own needs -------------------------------------------------*/
/* Calls FN for every pair that may be an edge and was never checked, at most
 * LIMIT times: the certificate's issuer name is the name of the identity;
 * ISSUER_DER is one certificate of that identity.  A certificate's own key is
 * known from decoding and not asked for again.  Pairs whose key identifiers
 * both exist and differ are still pairs, but come last.  FN returns what
 * x509_verify() does: 1 signed, 0 not signed, -EINVAL or -ENOTSUP cannot be
 * checked (remembered, too); any other negative errno stops and is returned.
 * *ret_checked: how often FN was asked; *ret_left: pairs past LIMIT,
 * and at least 1 when a name has more keys than LIMIT_ISSUER_KEYS.  */
typedef int pair_fn(struct blob child_der, struct blob issuer_der, void *data);
int inventory_check_signatures(struct inventory *i, pair_fn *fn, void *data,
			       size_t limit, size_t *ret_checked,
			       size_t *ret_left);

/* What the graph computes over, all of the newest scan; arrays owned by the
 * caller, free with graph_input_done().  Sorted by id.  */
struct graph_certificate {
	int64_t id, identity;
	int64_t not_before, not_after;
	bool is_ca, self_signed;
};
struct graph_edge {		/* identity ISSUER signed certificate */
	int64_t certificate, issuer;
};
struct graph_input {
	int64_t now;
	struct graph_certificate *certificates;	/* decoded ones present now */
	size_t n_certificates;
	struct graph_edge *edges;
	size_t n_edges;
	/* Distinct sets of anchors: set k is anchors[first[k]] up to
	 * anchors[first[k + 1]], certificate ids in order.  */
	int64_t *anchors;
	size_t *first;
	size_t n_sets;
};
/* Computes the parties' anchor sets from the composition (TLS: entries of role
 * anchor whose purposes are unrestricted or include serverAuth, less what the
 * party's stores distrust, less what is not self-signed where the party wants
 * that; for parties that distrust keys see graph-data.c), stores them, and
 * loads what the graph needs.
 * -EALREADY: nothing that the graph depends on has changed since reachability
 * was stored: neither stores, composition nor verified signatures, nor did
 * `now` cross the beginning or end of any certificate.  What is stored holds
 * for this scan, and nothing is to be computed.  Call it after
 * inventory_check_signatures().  */
int inventory_graph_input(struct inventory *i, struct graph_input *ret_input);
void graph_input_done(struct graph_input *in);

struct reach {
	size_t set;
	int64_t certificate, anchor, next;
	int64_t valid_from, valid_until;
};
/* Replaces what is stored.  Only after inventory_graph_input() was 0.  What is
 * not COMPLETE is computed anew for the next scan.  */
int inventory_store_reach(struct inventory *i, const struct reach *reach,
			  size_t n, bool complete);

/* ---- what path models need ---------------------------------------------------
 * Of the newest scan, or of the open one.  What is given to a function lives
 * until it returns; a function stops all by a negative errno.  */
typedef int known_fn(const uint8_t sha256[SHA256_SIZE], struct blob der,
		     void *data);
/* Every certificate that was ever known, in a store now or not: with that
 * subject (the SHA-256 of its canonical name); whose SHA-256 or SHA-1 begins
 * with HASH, lower-case hex; that people call NAME, by its common name or its
 * whole subject.  */
int inventory_named(struct inventory *i, const uint8_t name_sha256[SHA256_SIZE],
		    known_fn *fn, void *data);
int inventory_known(struct inventory *i, const char *hash, known_fn *fn,
		    void *data);
int inventory_called(struct inventory *i, const char *name, known_fn *fn,
		     void *data);

/* One place where a certificate lies, and who reads it there.  */
struct certificate_use {
	const char *party;		/* NULL: nobody reads that store */
	enum role used_as;		/* what the party takes the store for */
	unsigned position;		/* ... in which order */
	enum role role;			/* the entry's */
	unsigned purposes;		/* 0: not restricted */
	int64_t distrust_after;		/* 0: none */
	const char *kind, *store, *owner, *location, *label;
	uint64_t offset;
	bool anchor;			/* the party trusts it for TLS servers */
};
typedef int use_fn(const struct certificate_use *use, void *data);
/* In the order of parties, and of each in its order.  */
int inventory_uses(struct inventory *i, const uint8_t sha256[SHA256_SIZE],
		   use_fn *fn, void *data);

struct inventory_party {
	const char *party, *type, *instance, *title, *owner, *model;
	bool partial_chain;
};
typedef int party_fn(const struct inventory_party *party, void *data);
int inventory_parties(struct inventory *i, party_fn *fn, void *data);
/* The parties of which a store distrusts C without having it, by key or by
 * issuer and serial number; only `party` is set.  */
int inventory_distrusting(struct inventory *i, const struct certificate *c,
			  party_fn *fn, void *data);

/* Every authority's certificate in a store of the scan that is not
 * self-signed.  */
int inventory_crossed(struct inventory *i, known_fn *fn, void *data);

/* Every certificate of the newest scan, by its SHA-256; DER is empty where only that
 * is known.  */
int inventory_certificates(struct inventory *i, known_fn *fn, void *data);

/* What PARTY makes of a server that sends the authority's certificate SHA256
 * and its own that this one issued; strings are borrowed.  */
struct verdict {
	const char *party;
	uint8_t sha256[SHA256_SIZE];
	bool accepted;
	const char *reason;		/* "ok", or a word for what is wrong */
	bool has_at;
	uint8_t at[SHA256_SIZE];	/* which certificate is at fault */
	int64_t stops;			/* accepted now, and until then;
					 * INT64_MAX: for good */
	const char *stop_reason;	/* NULL when it does not stop */
	bool good;			/* a path that is good exists */
	int64_t good_until;		/* ... until then; INT64_MAX: none */
};
/* Replaces what is stored.  */
int inventory_store_verdicts(struct inventory *i, const struct verdict *verdicts,
			     size_t n);

/* A path model, as it is shown; strings are borrowed.  */
struct shown_model {
	const char *id, *title;
	const char *verified;		/* NULL: no program was asked */
};
/* Replaces what is stored.  */
int inventory_store_models(struct inventory *i, const struct shown_model *models,
			   size_t n);

/* ---- other tables ----------------------------------------------------------*/
/* Loads data/rootprogram/mozilla-roots.csv when its hash differs from what is
 * loaded.  -EINVAL: *ret_error = "file:line: reason" (the caller frees).  Part
 * of the scan if one is open.  */
int inventory_load_root_program(struct inventory *i, const char *path,
				char **ret_error);
/* The same of N bytes of TEXT (a NUL behind them), which it changes; NAME stands
 * for the path in errors.  */
int inventory_load_root_program_text(struct inventory *i, char *text, size_t n,
				     const char *name, char **ret_error);

/* Tells of when the lists of the open scan are, by the root program (v_list_date).
 */
int inventory_date_lists(struct inventory *i);

/* An audit's findings, as JSON documents in report order, in the place of those of
 * its root's audit before.  They belong to the newest scan.  */
int inventory_store_findings(struct inventory *i, const char *const *ids,
			     const char *const *documents, size_t n);
typedef int document_fn(const char *document, void *data);
/* Stops at the first negative return of FN and returns it.  -ENODATA: no audit
 * yet (a newer scan without audit counts as none).  */
int inventory_findings(struct inventory *i, document_fn *fn, void *data);
/* The same of the newest audit of ROOT, even if scans came after it.  */
int inventory_audited_findings(struct inventory *i, const char *root,
			       document_fn *fn, void *data);

/* One line of the administrator's policy, for one party; strings borrowed.  */
struct policy_line {
	size_t element;			/* which one of the file it is of, from 0: one
					 * that names several parties is several
					 * lines */
	char *kind;			/* "allow", "require", "forbid" */
	char *party, *purpose;		/* NULL: all */
	char *sha256, *spki_sha256, *subject;	/* NULL but for one */
	char *comment, *author;		/* NULL: none */
	int64_t until;			/* the first second without it;
					 * INT64_MAX: none */
	char *path;
	unsigned line;
};
/* An accepted finding, or several; strings borrowed.  */
struct waiver {
	char *finding;			/* id; NULL: by the next two */
	char *rule, *store;
	char **sha256;			/* of certificates, NULL behind the last */
	size_t n_sha256;		/* 0: whatever the finding is about */
	char *reason, *author;
	int64_t until;
	char *path;
	unsigned line;
	size_t matched;			/* what it waived in this report */
	bool undecided;			/* it waived nothing, and nobody knows
					 * whether there is anything */
};
/* What rules see of them; each replaces what is stored.  MATCHED: it is known
 * what the waivers waived.  */
int inventory_store_policy(struct inventory *i, const struct policy_line *lines,
			   size_t n);
int inventory_store_waivers(struct inventory *i, const struct waiver *waivers,
			    size_t n, bool matched);

/* While many queries are asked: v_run, v_store, v_party and v_party_store, and what
 * views make of these, are as they are now and cost little (held.c).  Not nested.
 * Release it before anything of a scan is written.  */
int inventory_hold(struct inventory *i);
void inventory_release(struct inventory *i);

/* What the last crawl of the open scan's root that was asked WHAT saw is appended
 * to B: nothing, when there was none.  An empty STATE forgets it.  */
int inventory_crawl_load(struct inventory *i, const char *what, struct buf *b);
int inventory_crawl_save(struct inventory *i, const char *what,
			 struct blob state);

/* What the scan before the open one, of the same root, looked at is appended to B;
 * *ret_scan is that scan.  -ENOENT: it is not known; -E2BIG: B is too small.  */
int inventory_looks_load(struct inventory *i, int64_t *ret_scan,
			 struct buf *b);
/* What the open scan looked at.  An empty STATE: it is not known.  */
int inventory_looks_save(struct inventory *i, struct blob state);
/* Makes the open scan, for which nothing was recorded, the same as scan FROM, of
 * the same root.  *ret_stores is how many stores it has.  */
int inventory_repeat(struct inventory *i, int64_t from, size_t *ret_stores);

/* Deletes scans of ROOT but the newest KEEP (0: all of 30 days before the
 * newest, and the newest of each earlier month), and what nothing refers to
 * any more; what remains of the file is made smaller.  Ages are by the clock
 * (`made`), months in UTC.  The newest scan is never deleted.  Part of the scan
 * if one is open, which is then the newest; nothing may be recorded after.  */
int inventory_prune(struct inventory *i, const char *root, unsigned keep,
		    size_t *ret_deleted);

/* The scan SCAN was never made, though a newer one may be made of it: only for
 * inventories in memory.  */
int inventory_forget(struct inventory *i, int64_t scan);

#endif
