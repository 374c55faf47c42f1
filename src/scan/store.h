/* store.h -- private to src/scan: reading one store, and what one scan
 * remembers while it does.
 */
#ifndef SCAN_STORE_H
#define SCAN_STORE_H

#include "scan/scan.h"

/* What changed later than so long before the scan says nothing by its times.  */
#define RACY_NS		(2 * INT64_C(1000000000))

/* An entry and a problem as they are in a file, whatever its name.  */
struct file_entry {
	int64_t certificate;
	struct entry_names *names;	/* instead, with its texts; or NULL */
	char *label;
	uint64_t offset;
	unsigned purposes;
	enum role role;
	bool marked, private_key;
	enum seal seal;
	int64_t distrust_after;
};

struct file_problem {
	enum problem_code code;
	uint64_t offset;
	char *message;
	bool skipped;
};

struct seen_file {
	uint64_t dev, ino;
	const char *format;		/* catalogue's: what readers were tried */
	const struct reader *reader;	/* NULL: none took it */
	struct file_entry *entries;
	size_t n_entries, cap_entries;
	struct file_problem *problems;
	size_t n_problems, cap_problems;
	size_t problems_left_out;
	char *engine;			/* see engine_find(); NULL: none */
	bool passing;			/* it may be read next time as it is */
};

/* Files (inodes.c).  All zero is empty.  */
struct inode {
	uint64_t dev, ino;
	bool used;
};
struct inodes {
	struct inode *items;
	size_t n, slots;
};
bool inodes_has(const struct inodes *s, const struct file_id *id);
void inodes_add(struct inodes *s, const struct file_id *id);
void inodes_done(struct inodes *s);

/* Mozilla's, see roots.c.  */
struct roots {
	char *text;			/* NULL: not loaded yet */
	const char **lines;		/* in it, one for each root */
	size_t n;
	struct blob *certificates;	/* decoded, NULL: not asked for yet */
	size_t n_certificates;
};

/* What one scan keeps while it runs.  */
struct pass {
	struct inventory *inventory;
	struct readings *readings;
	const struct scan_options *options;
	const struct homes *homes;
	int64_t made;			/* the clock when the scan began */
	struct scan_result result;
	struct seen_file *seen;		/* files read in this scan, by inode */
	size_t n_seen, cap_seen;
	size_t n_counted, seen_entries;	/* how many entries the first of them have */
	size_t *seen_index;		/* hash table of 1 + index, 0: free */
	size_t seen_slots;
	struct roots roots;
	struct inodes inodes;		/* of all stores */
	/* The options with a catalogue, and this root in them, whose `looks` are
	 * those of the scan; NULL: they are not kept.  */
	struct scan_options complete;
	struct root root;
	uint8_t key[SHA256_SIZE];	/* see unchanged.c: when the scan began */
};

/* Reads PLACE, or finds that it is as it was, and records it.  What is wrong
 * with the store is a problem row; negative errno when the inventory fails.
 * *RET_STORE is 0 when a crawl's find is no store, and -1 when it went or was
 * replaced before anybody could see that.  */
int store_scan(struct pass *pass, const struct place *place,
	       int64_t *ret_store);
void pass_done(struct pass *pass);

/* The place in pass->seen of the file if it was read in this scan already, or of
 * a new empty one: then *ret_new.  FORMAT is a string of the catalogue.  */
size_t seen_get(struct pass *pass, const struct file_id *id,
		const char *format, bool *ret_new);
/* Makes room: the places of the next N stay what they are.  */
void seen_reserve(struct pass *pass, size_t n);
/* Forgets what the file held.  */
void seen_forget(struct seen_file *f);

/* A file of a store.  */
struct wanted_file {
	const char *path;
	const struct file_id *id;
	const char *companion;		/* beside it; NULL: none */
	size_t seen;			/* its place in pass->seen, unless ... */
	int error;			/* ... it could not be read */
	int companion_error;		/* why that was not read; 0: it was, or
					 * nobody wanted it */
};
/* Reads what of FILES, at most LIMIT_WIRE_FILES, was not read in this scan.
 * Negative errno when the inventory fails, or nothing can be read at all.  */
int files_read(struct pass *pass, const struct store_definition *d,
	       struct wanted_file *files, size_t n);
/* readings_run() for this pass, in this process if HERE.  */
int files_run(struct pass *pass, bool here, const struct read_request *request,
	      struct read_file *files, size_t n);

/* What the catalogue makes of entries (aside.c).  Which one of F is the only one
 * that counts; SIZE_MAX: all do.  */
size_t file_one(const struct store_definition *d, const struct seen_file *f);
/* The role of entry K, where ROLE is what a reference to the file says, or
 * ROLE_NONE; ONE is what file_one() said.  */
enum role final_role(const struct store_definition *d,
		     const struct seen_file *f, size_t k, size_t one,
		     enum role role);
/* Crawls, if the options want that, and records what crawls found.  */
int scan_found(struct pass *pass);

/* Why what was set aside of F is not certain; NULL: it is.  */
const char *aside_doubt(const struct store_definition *d,
			const struct seen_file *f);

/* The row of the certificate DER, which is decoded and added if the inventory
 * never saw it.  */
int pass_certificate(struct pass *pass, struct blob der,
		     int64_t *ret_certificate);

/* 1: it is known of the certificate with this SHA-256 that it decodes and that
 * its own key verifies it, 0: it is not, or why the list cannot be read.  */
int root_is_verified(struct pass *pass, const uint8_t sha256[SHA256_SIZE]);

/* The certificates of all these roots, in *ret_roots, which lives as long as the
 * pass.  Negative errno when the list cannot be read.  */
int roots_certificates(struct pass *pass, const struct blob **ret_roots,
		       size_t *ret_n);

void roots_done(struct roots *roots);

/* Finds which packages own the files of the stores.  What cannot be read of
 * their databases is a problem row.  */
int scan_provenance(struct pass *pass);

/* Records the directories above all stores, and above what settings lead to.  */
int scan_directories(struct pass *pass);

/* Can it be that this scan need not be made (unchanged.c)?  ALL_ANSWER: file systems
 * do.  */
bool unchanged_is_asked(const struct pass *pass, bool all_answer);
/* 1: the scan is the one before once more, and recorded; 0: it has to be made;
 * negative errno: the inventory failed.  */
int scan_unchanged(struct pass *pass);
/* From here on looks are kept.  */
void unchanged_begin(struct pass *pass);
/* Keeps for the next scan what this one LOOKS at, which was all but for what the key
 * is made of.  */
int unchanged_keep(struct pass *pass, const struct homes *homes,
		   const struct looks *looks);

/* Adds roots of Mozilla's program that bear the name of an issuer that no
 * certificate of the inventory bears; they are known then, not present.  */
int scan_missing_issuers(struct pass *pass);

#endif
