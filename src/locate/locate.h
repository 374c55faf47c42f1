/* locate.h -- where stores are and what membership in them means: the
 * catalogue (data/stores), the relying parties
 * (data/relying-parties), the homes of a root, and the walk that
 * expands path patterns beneath it.  Knows nothing of file contents.
 */
#ifndef LOCATE_H
#define LOCATE_H

#include <signal.h>

#include "base/base.h"

/* Which names of a directory belong to a store.  */
enum selection {
	SELECT_FILE,		/* the path is one file */
	SELECT_NAMES,		/* directory: names that match `files` */
	SELECT_HASHES,		/* OpenSSL hash directory: <8 hex>.N, N from 0 */
	SELECT_TREE,		/* directory and all below, names match `files` */
};

/* One <store> of the catalogue.  Strings live as long as the catalogue.  */
struct store_definition {
	char *kind;		/* "dotnet-ca"; unique in the catalogue */
	char *title;
	char *format;		/* reader names in order of preference */
	char *role;		/* role_name() word for its entries */
	char *unmarked;		/* role of entries without the format's mark of
				 * trust, NULL: like role */
	bool forces;		/* ... whatever they say themselves */
	char *unused;		/* formats that the owner's program shows and does
				 * not use: such entries are sources */
	char *one;		/* not NULL: one entry of a file counts, the
				 * "first", or that with the private key, else
				 * the "last"; the others are sources */
	char *unsealed;		/* role of entries of a file whose MAC is not of
				 * the empty password, NULL: like the others */
	char *distrust;		/* role of entries that the format distrusts,
				 * where the owner's program does not; NULL: so */
	char *purposes;		/* of entries that say none, words; NULL:
				 * unrestricted */
	char *base;		/* for references in it: the directories that they
				 * are looked for in, in this order, separated
				 * by space; NULL: it has none */
	bool absolute;		/* ... unless they begin with / */
	char *if_exists;	/* looked for only in a root that has this path, */
	char *unless_exists;	/* or not this one (what tells distributions
				 * apart); NULL: in all */
	enum selection selection;
	char *files;		/* shell pattern(s), separated by space */
	char **paths;		/* patterns, NULL behind the last */
	char **written;		/* the same as they are written, with the names
				 * of sets */
	char *without;		/* shell patterns of names in the directory that
				 * are left out though `files` matches */
	char *except;		/* base names that a pattern in the last component
				 * of a path does not match, separated by space */
	char *engine;		/* what stands in the file before the version of
				 * the library that verifies: "OpenSSL"; NULL:
				 * it has none built in */
	uint64_t at_least;	/* a smaller file is no such store: programs that
				 * only load the library with the list */
	char *recipe;		/* how an entry is removed; NULL: see repair */
	char *repair;		/* what to tell people when there is no recipe */
	char *packaged;		/* "yes": files belong to a package */
	bool skips;		/* the owner's program passes over files that are
				 * not what it expects (.NET, hash directories):
				 * such a problem does not make verdicts unsure */
	bool secret;		/* private keys: what may not be read, or is
				 * none, is as it should be and no problem */
	bool found;		/* what a crawl finds and no other kind has: a file
				 * in which there is nothing is none */
	char *system;		/* "made" by the system's updater, of what is
				 * "packaged" and what is "local", the
				 * administrator's, less what is "distrusted";
				 * NULL: none of these */
	char *defined_in;	/* file:line, for messages */
};

/* One <uses> of a relying party.  */
struct party_use {
	char *kinds;		/* store kinds, separated by space */
	char *as;		/* role word: anchor, intermediate, distrust;
				 * source: there, but not consulted */
	bool own;		/* only stores of the same instance, else all */
	char *unless;		/* kinds; used only if the instance has no store
				 * of these (jssecacerts replaces cacerts) */
	char *only_if;		/* kinds; used only if the instance has a store of
				 * one; a party is not there because of it */
};

/* One <model> of a relying party.  */
struct party_model {
	char *when;		/* how the engine's text begins */
	char *model;
};

/* One <relying-party>.  */
struct party_definition {
	char *id;		/* "java" */
	char *title;
	char *model;		/* path model's name */
	struct party_model *models;	/* others, by the engine of its own
					 * store; the first that fits */
	size_t n_models;
	bool own_list;		/* has a list of its own, does not read the
				 * system's: local CAs must be added to it */
	bool system;		/* is the system store itself */
	bool partial_chain;	/* an anchor need not be self-signed */
	char *unless;		/* another party; where that has the same
				 * instance this one is not there; NULL: none */
	bool distrusts_keys;	/* distrust is of every certificate with the
				 * same key, and anchors are as p11-kit's
				 * tokens have them (inventory/anchors.c) */
	char **programs;	/* path patterns, an instance each */
	struct party_use *uses;
	size_t n_uses;
	char *defined_in;
};

/* One <variable>, or one <key> of a file or of a set of options: a setting that
 * points somebody at another store, or switches verification off.  */
struct setting_rule {
	char *name;		/* of the variable or key; `*` is any text */
	char *section;		/* likewise; NULL: any */
	char *values;		/* likewise, several: what counts; NULL: all */
	char *of;		/* words: who obeys; NULL: see its file */
	char *programs;		/* words: only on their command line; NULL: any */
	bool secret;		/* the value may hold a secret: not kept */
	char *effect;		/* replaces, adds, off, moves */
	char *stores;		/* kinds of which the first that fits is what the
				 * value names; NULL: it names no store */
	bool path;		/* the value is a path, of a store or not */
	bool self;		/* the file itself is the store */
	char *separator;	/* the value is a list of paths; NULL: is one */
	char *append;		/* behind the path; NULL: nothing */
	char *relative;		/* file: to its file's directory; parent: to that
				 * one's parent; NULL: to what is not known */
	char *follow;		/* the path leads to settings: id of a <file> */
	bool glob;		/* ... and may have wildcards, to several */
	char *options;		/* the value has options: words, <options> */
};
struct setting_rules {
	struct setting_rule *items;
	size_t n, cap;
};
/* One <options>.  */
struct option_set {
	char *name;
	bool command;		/* also looked for on running command lines */
	struct setting_rules rules;
};
/* One <file> of settings.  */
struct setting_file {
	char *id;		/* NULL: nothing follows to it */
	char *title;
	char *syntax;		/* of src/syntax */
	char *of;
	char *options;		/* <options> whose keys it has, too; NULL: none */
	char *homes;		/* words that mean the home before a path */
	bool environment;	/* sets variables */
	bool assigned;		/* without exporting them, too */
	bool fold;		/* keys may be of either case */
	char **paths;
	struct setting_rules rules;
	char *defined_in;
};

/* The <crawl> elements of all files together: shell patterns of names, separated
 * by space; NULL: none.  */
struct crawl_words {
	char *likely;		/* a store's */
	char *program;		/* programs: looked at from program_least on */
	char *never;
	uint64_t least, program_least;	/* bytes; smaller files hold nothing */
};

/* Which files a catalogue is loaded from, without reading them: a hash over their
 * paths, inodes, sizes and times.  */
struct catalogue_state {
	uint8_t sha256[SHA256_SIZE];
	int64_t changed_ns;		/* the newest change of one of them */
};
struct catalogue {
	struct catalogue_state state;	/* before they were read */
	struct store_definition *stores;
	size_t n_stores;
	struct party_definition *parties;
	size_t n_parties;
	char **service_homes;	/* <home> elements: patterns of more homes */
	struct crawl_words crawl;
	struct setting_rules variables;
	struct option_set *option_sets;
	size_t n_option_sets;
	struct setting_file *setting_files;
	size_t n_setting_files;
	uint8_t sha256[SHA256_SIZE];	/* of all its files: part of what decides
					 * whether an earlier reading still holds */
};

/* Loads and validates (RELAX NG) every data file; CONFIG_DIR as in
 * data_files().  -EINVAL: *ret_error says file, line and reason (the caller
 * frees); nothing is loaded then.  Free with catalogue_free().  */
int catalogue_load(const char *config_dir, struct catalogue **ret_catalogue,
		   char **ret_error);
void catalogue_free(struct catalogue *c);
/* Negative errno: it cannot be told.  */
int catalogue_state(const char *config_dir, struct catalogue_state *ret_state);
const struct store_definition *catalogue_store(const struct catalogue *c,
					       const char *kind);

/* XML files of our own are read with these (rules and recipes too): no
 * network, no entities, no DTD, size-limited, valid by the schema
 * data/schema/SCHEMA: held against it, unless it is a file that came with the
 * program, unchanged.  DOC is an xmlDoc; the caller frees it with
 * xmlFreeDoc().  -EINVAL with *ret_error = "file:line: reason" (the caller
 * frees) when it is not well-formed or valid; other errors, also with
 * *ret_error, when it cannot be read.  */
struct _xmlDoc;
int xml_load(const char *path, const char *schema, struct _xmlDoc **ret_doc,
	     char **ret_error);
/* The same, and what its bytes are.  */
struct xml_bytes {
	uint8_t sha256[SHA256_SIZE];
	bool shipped;		/* came with the program, for SCHEMA */
};
int xml_load_known(const char *path, const char *schema,
		   struct _xmlDoc **ret_doc, struct xml_bytes *ret_bytes,
		   char **ret_error);
/* Frees the compiled schemas that xml_load() keeps.  */
void xml_done(void);

/* What an element says; the caller frees all text.  `words`, and attributes but
 * for exact ones: without leading and trailing space, each run of it one blank. */
struct _xmlNode;
struct _xmlNode *xml_root(const struct _xmlDoc *doc);
char *xml_text(const struct _xmlNode *node);	/* all below it, as it is */
char *xml_words(const struct _xmlNode *node);
/* NULL: there is no such attribute.  */
char *xml_attribute(const struct _xmlNode *node, const char *name);
char *xml_exact_attribute(const struct _xmlNode *node, const char *name);
bool xml_has_value(const struct _xmlNode *node, const char *name,
		   const char *word);
bool xml_is(const struct _xmlNode *node, const char *name);
/* The line on which its text begins: libxml2 knows where the start tag ends.  */
unsigned xml_line(const struct _xmlNode *node);
char *xml_where(const char *file, const struct _xmlNode *node); /* file:line */
void auto_document(struct _xmlDoc **doc);

/* ---- path patterns -------------------------------------------------------
 * `*`, `?` and `[a-z]`, `[!a-z]` match within one component, by bytes, and not
 * a leading dot.  A component that is `**` stands for any number of
 * directories, also none: not hidden ones, not links to directories, nothing
 * on another device, not /proc and /sys; at most LIMIT_TREE_DEPTH of them and
 * LIMIT_DIRECTORY_NAMES names in all.  A pattern is absolute or begins with
 * {home}, and an opening parenthesis at its very beginning, closed behind a
 * component, marks the part that is the instance:
 * (/opt/jdk-[0-9]?)/lib/security/cacerts.
 */
/* -EINVAL, with *ret_reason, a constant for people, when it is no pattern. */
int pattern_check(const char *pattern, const char **ret_reason);
/* Does NAME match one of the space-separated patterns of LIST?  A leading dot
 * is like any other character here.  */
bool pattern_match_any(const char *list, const char *name);

/* Several patterns that are expanded together, so that a directory that they
 * share is asked for once.  Each has the caller's TAG.  */
struct patterns;
struct patterns *patterns_new(void);
void patterns_free(struct patterns *p);
void patterns_add(struct patterns *p, const char *pattern, size_t tag);

struct match {
	size_t tag;
	const char *path;	/* borrowed; what exists, or what hides it */
	size_t instance_n;	/* length of the part of PATH in parentheses,
				 * 0: the pattern has none */
	bool listed;		/* the last component was found by listing */
	struct file_id id;	/* valid when there is no error */
	int error;		/* why everything beneath PATH is hidden */
};
typedef int match_fn(const struct match *m, void *data);
/* Calls FN for what exists of the absolute patterns, or with HOME (absolute
 * in the root) of those beneath {home}; unsorted.  A directory that cannot be
 * looked into is given once for each pattern that goes on beneath it.  Stops
 * at the first negative return of FN and returns it.  */
int patterns_expand(const struct patterns *p, const struct root *r,
		    const char *home, match_fn *fn, void *data);

/* What of a package matters to a catalogue: is PATH, absolute, the program of a
 * party, a file of settings, or in a store?  */
enum interest { INTEREST_NONE, INTEREST_PROGRAM, INTEREST_SETTINGS,
		INTEREST_STORE };
struct patterns *interest_patterns(const struct catalogue *c);
enum interest interest_in(const struct patterns *p, const char *path);

/* ---- homes ---------------------------------------------------------------*/
struct home {
	char *path;		/* absolute inside the root */
	char *owner;		/* user name, or the uid in decimal */
	uint32_t uid;
};
struct user {
	uint32_t uid;
	char *name;
};
struct users {
	struct user *items;
	size_t n, cap;
};
struct homes {
	struct home *items;
	size_t n;
	struct user *users;	/* that passwd names */
	size_t n_users;
	struct users *asked;	/* others of whom the live host was asked; NULL:
				 * it is not that */
	char *problem;		/* NULL, or why the list may lack some */
};
/* The homes in scope: of passwd (getpwent on the live host), their siblings
 * on disk, HOME= of service units, the catalogue's service homes; sorted by
 * path, each real directory once.  An ordinary user on the live host has only
 * their own.  Free with homes_done().  */
int homes_list(const struct root *r, const struct catalogue *c,
	       struct homes *ret_homes);
void homes_done(struct homes *h);
/* Appends what homes_list() takes from the live host and from nothing that lies
 * beneath R: users and their homes.  */
void homes_key(const struct root *r, struct buf *b);
/* The name of UID on the live host, or its number; the caller frees.  */
char *live_user(uint32_t uid);
/* The name of UID, or its number; the caller frees.  */
char *homes_user(const struct homes *h, uint32_t uid);

/* VALUE of a unit's setting with its specifiers filled in, as far as they
 * depend on the host, the unit's file name and HOME (NULL: not a user's unit)
 * alone; the caller frees.  -EINVAL: they do not.  */
int unit_specifiers(const char *value, const char *unit, const char *home,
		    char **ret_value);
/* Calls FN for each HOME that Environment= of the system's service units
 * sets, and with HOME NULL for each PATH that could not be read (ERROR).  */
typedef void unit_home_fn(const char *path, const char *home, int error,
			  void *data);
void units_each_home(const struct root *r, unit_home_fn *fn, void *data);

/* ---- packages ------------------------------------------------------------
 * Which package owns a file, from the databases of dpkg, rpm, apk and pacman.
 */
struct file_package {
	char *package;		/* NULL: no package has the file */
	char *version;		/* NULL: not known */
	unsigned owners;	/* packages that have it */
};
void file_package_done(struct file_package *f);
/* PATH, a database, could not be read as MESSAGE says (borrowed).  */
typedef void package_problem_fn(const char *path, const char *message,
				void *data);
/* Looks for the N real PATHS in every database of the root and fills
 * RET_PACKAGES, N of them, which the caller empties with
 * file_package_done().  */
void packages_find(const struct root *r, const char *const *paths, size_t n,
		   struct file_package *ret_packages,
		   package_problem_fn *problem, void *data);
/* Calls FN for each file that the installed version of the package NAME has, as the
 * database of FORMAT ("deb", "rpm") calls it, absolute but for damage; of one that
 * can be installed for several architectures at once that of ARCHITECTURE (NULL or
 * that of none: of all).  SHA256: of its bytes, hexadecimal; NULL: not known.
 * Nothing is called for what is not installed.  */
typedef void package_file_fn(void *data, const char *path,
			     const char *sha256);
void package_files(const struct root *r, const char *format, const char *name,
		   const char *architecture, package_file_fn *fn,
		   package_problem_fn *problem, void *data);
/* Calls FN for each file of settings (conffile) that dpkg knows of the installed
 * package NAME of ARCHITECTURE, as above: of the installed version, and what earlier
 * ones had and this has not.  MD5: of the bytes that the package brought, hexadecimal;
 * NULL: there was no such file before.  */
typedef void package_conffile_fn(void *data, const char *path,
				 const char *md5);
void package_conffiles(const struct root *r, const char *name,
		       const char *architecture, package_conffile_fn *fn,
		       package_problem_fn *problem, void *data);
/* A hash that changes when a package is installed, upgraded or removed.  */
void packages_state(const struct root *r, uint8_t ret_state[SHA256_SIZE]);

/* ---- the walk ------------------------------------------------------------*/
/* One store that exists.  Borrowed by the callback.  */
struct place {
	const struct store_definition *definition;
	const char *path;	/* the name through which it was found */
	const char *real_path;	/* where that really is */
	const char *instance;	/* real path of what matched (...) in the pattern,
				 * else of {home}, else "/" */
	const char *owner;	/* the home's user, "" outside homes */
	struct file_id id;	/* of real_path */
	int error;		/* 0, or why it could not be looked at: it is
				 * there, or may be there (-EACCES, -ELOOP) */
};
typedef int place_fn(const struct place *place, void *data);
/* Calls FN for every store that exists, in the catalogue's order, then by
 * path.  A path that does not exist (-ENOENT, -ENOTDIR) is no place; one that
 * an unreadable directory or a loop hides is a place with `error`.
 * A home out of scope is never looked at.  Stops at the first negative return
 * of FN and returns it.  */
int walk_stores(const struct root *r, const struct catalogue *c,
		const struct homes *h, place_fn *fn, void *data);

/* One file of a store.  */
struct store_file {
	const char *path;	/* name: place's path + "/" + name in it */
	const char *name;	/* last component */
	struct file_id id;
	int error;		/* 0 or why it cannot be read: -ENOENT is a
				 * dangling link, -ELOOP a loop, -ENOTREG ... */
};
typedef int store_file_fn(const struct store_file *file, void *data);
/* Calls FN for each file of PLACE that its selection picks, sorted by path;
 * those of a hash directory by hash and number, as OpenSSL takes them: up to
 * the first number that is missing or leads nowhere, which is reported.
 * Directories inside are passed over without a word; one of a tree that
 * cannot be listed, or lies deeper than LIMIT_TREE_DEPTH, is reported as if it
 * were a file.  -E2BIG: too many names; -EACCES: cannot be listed.  */
int place_files(const struct root *r, const struct place *place,
		store_file_fn *fn, void *data);

/* One program of a relying party that exists: calls FN once for each instance
 * (see struct place), in the catalogue's order, then by instance.  */
typedef int program_fn(const struct party_definition *party,
		       const char *instance, const char *owner, void *data);
int walk_programs(const struct root *r, const struct catalogue *c,
		  const struct homes *h, program_fn *fn, void *data);

/* ---- the crawl -----------------------------------------------------------*/
#define CRAWL_HEAD_BYTES	4096u

struct crawl_progress {
	size_t names, directories, found;
	const char *path;	/* one that will be listed soon; NULL: none */
};
struct crawl_options {
	int64_t made;			/* the clock */
	char *const *starts;		/* absolute in the root, NULL behind the
					 * last; NULL: all of it */
	bool all;			/* remote file systems, too, and those that
					 * others show already */
	bool names_only;		/* files of neutral names are not opened */
	bool strict;			/* list and stat what did not change, too */
	/* Do the first bytes of a file, CRAWL_HEAD_BYTES at most, look like a
	 * store's (1), or a program's (2)?  Called by several threads at
	 * once.  */
	int (*head)(struct blob head);
	const volatile sig_atomic_t *stop;	/* not 0: end soon; NULL: never */
	/* Called five times a second, and once at the end; NULL: is not.  */
	void (*progress)(const struct crawl_progress *p, void *data);
	void *data;
};
struct crawl_found {
	char *path;
	struct file_id id;
	bool unchanged;			/* since the crawl before */
	bool nothing;			/* and it was read then, and is no store;
					 * or the caller says so, and that it is */
	bool settled;			/* said now */
};
struct crawl_skip {			/* a mount that was not gone into */
	char *path, *type;
	enum mount_kind kind;
};
struct crawl_problem {
	char *path;
	int error;			/* negative errno */
};
struct crawl_result {
	struct crawl_found *found;	/* sorted by path, as the others */
	size_t n_found, cap_found;
	struct crawl_skip *skips;
	size_t n_skips, cap_skips;
	struct crawl_problem *problems;	/* n_kept_problems of n_problems */
	size_t n_problems, n_kept_problems, cap_problems;
	size_t names, directories;
	bool stopped;
	bool cut;		/* too many directories to remember: the next crawl
				 * lists all of them again */
	bool same;		/* nothing changed: what is kept stays as it is */
	struct crawl_state *next;	/* private, as KEY; NULL: stopped */
	uint8_t key[SHA256_SIZE];
	struct buf state;	/* for the next crawl; empty: nothing to keep */
};
/* Looks for files that may be stores, in every directory.  BEFORE is the state
 * of an earlier crawl, empty: none; one of another catalogue or of other
 * questions is passed over.  Free with crawl_result_done().  Negative errno: it
 * cannot be known what is mounted.  */
int crawl_run(const struct root *root, const struct catalogue *catalogue,
	      const struct crawl_options *options, struct blob before,
	      struct crawl_result *ret_result);
/* Once all that was found has been read: fills in the state, with what is no
 * store, and says whether it is the same.  What could not be read stays a find
 * that has yet to be looked at.  */
void crawl_settle(struct crawl_result *r);
void crawl_result_done(struct crawl_result *r);
/* What O asks for, in words, for whom BEFORE is kept; the caller frees.  */
char *crawl_question(const struct crawl_options *o);

/* ---- redirections --------------------------------------------------------*/
/* One file of settings of the catalogue: HOME is the home that it lies in, NULL
 * outside of all.  ERROR is 0, or why it could not be looked at.  */
typedef int setting_file_fn(const struct setting_file *definition,
			    const char *path, const struct home *home,
			    const struct file_id *id, int error, void *data);
/* Calls FN for each that exists, in the catalogue's order, then by path; one
 * file under several names once for each definition and home.  */
int walk_settings(const struct root *r, const struct catalogue *c,
		  const struct homes *h, setting_file_fn *fn, void *data);

/* What else is looked at; all zero: nothing.  */
struct redirection_sources {
	char *const *environment;	/* of this process, NULL: not looked at */
	const char *directory;		/* its working directory, NULL: unknown */
	uint32_t uid;
	bool processes;			/* all that run on this host */
};

/* A setting that redirects somebody.  Strings are owned by the list.  */
struct redirection {
	const struct setting_rule *rule;
	const char *source;	/* "file", "environment", "process" */
	char *path;		/* of the file or program; NULL: neither */
	unsigned line;		/* 0: not known */
	char *via;		/* the file that named that file, NULL: none */
	char *owner;		/* user, "" for everybody */
	const char *of;		/* words: who obeys */
	char *section, *name;
	char *option;		/* the option in the variable's value; NULL */
	char *value;		/* NULL: it says nothing, or may not be kept */
	char *target;		/* absolute, inside the root; NULL: not a path,
				 * or not known */
	const char *note;	/* why it is not known; NULL */
	size_t processes;	/* that have it; 0: it is no process's */
};
struct redirection_problem {
	char *path;
	int error;		/* negative errno, or 0 */
	bool limit;		/* `message` is about a limit */
	bool unsure;		/* ... and nobody can say who is missing */
	char *message;		/* NULL: `error` says it */
};
struct redirections {
	struct redirection *items;	/* sorted, all different */
	size_t n, cap;
	struct redirection_problem *problems;
	size_t n_problems, cap_problems;
};
/* Everything that the catalogue's files, and SOURCES, say.  Free with
 * redirections_done(); CATALOGUE and HOMES must live as long.  */
void redirections_find(const struct root *r, const struct catalogue *c,
		       const struct homes *h,
		       const struct redirection_sources *sources,
		       struct redirections *ret_redirections);
void redirections_done(struct redirections *r);
/* Appends what that takes from SOURCES, without the processes, when NAMES are the
 * patterns of the catalogue's variables.  */
void redirections_key(const char *const *names, size_t n,
		      const struct redirection_sources *sources,
		      struct buf *b);

#endif
