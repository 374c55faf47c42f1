/* fleet.h -- what many hosts trust, in one database.
 *
 * A host writes its newest scan as a bundle: lines of JSON, one a certificate, a
 * store's content, a store, a relying party or a finding, in which a line names
 * others by the SHA-256 of their bytes (trustdrift-fleet(5)).  What is equal on many
 * hosts is therefore one line, which is sent, checked and kept once.  Whoever collects
 * bundles imports them into PostgreSQL (data/schema/fleet.sql).
 *
 * A host may be another's: what a bundle says is checked like what a file says, and
 * nothing in it can change what was said of another host.
 */
#ifndef FLEET_H
#define FLEET_H

#include "base/base.h"
#include "inventory/inventory.h"
#include "read/read.h"

/* ---- lines, by the SHA-256 of their bytes ------------------------------------ */
struct line {
	uint8_t sha256[SHA256_SIZE];
	int64_t value;
	bool used;
};
struct lines {			/* zeroed: none */
	struct line *items;	/* a power of two of them, at most half in use */
	size_t n, cap;
};
void lines_done(struct lines *l);
void auto_lines(struct lines *l);
/* *ret_value may be NULL.  */
bool lines_has(const struct lines *l, const uint8_t sha256[SHA256_SIZE],
	       int64_t *ret_value);
/* What was there is replaced.  */
void lines_put(struct lines *l, const uint8_t sha256[SHA256_SIZE],
	       int64_t value);
/* TEXT has a hash a line, in lower-case hex; lines that begin with # are comments.
 * *ret_line is the line that -EINVAL is about.  */
int lines_parse(struct lines *l, const char *text, size_t *ret_line);
/* The same text, sorted, after COMMENT; the caller frees.  */
char *lines_format(const struct lines *l, const char *comment, size_t *ret_n);

/* ---- a host's bundle (bundle.c) ----------------------------------------------- */
/* Writes the newest scan of I to F.  Lines that KNOWN has are left out; ALL gets
 * every line that the bundle is made of, left out or not.  -ENODATA: there is no
 * scan.  -EINVAL: *ret_error, which the caller frees, are SQLite's words.  */
int bundle_write(struct inventory *i, const struct lines *known,
		 struct lines *all, FILE *f, char **ret_error);

/* ---- the database ------------------------------------------------------------- */
struct fleet;
/* Connects to CONNINFO (libpq's connection string or URI) and makes the tables if
 * there are none.  Waits so many seconds for another import.  *ret_error, which the
 * caller frees, says what is wrong: -ECONNREFUSED, -EBUSY, -EMEDIUMTYPE (the tables
 * are of a newer version), -EIO.  -ENOTSUP: this build, or this host, has no libpq.  */
int fleet_open(const char *conninfo, unsigned wait_seconds,
	       struct readings *readings, struct fleet **ret_fleet,
	       char **ret_error);
void fleet_close(struct fleet *f);		/* NULL is allowed */

struct fleet_counts {
	size_t hosts;		/* whose bundle is in the database now */
	size_t older;		/* of which there is a newer bundle already */
	size_t refused;
	size_t lines, new_lines;
};
/* Says why a bundle was refused: HOST is NULL when it is not known whose it is, LINE
 * counts from 1, and is 0 when it is about all of the bundle.  WHY is in English.  */
typedef void refused_fn(const char *file, const char *host, size_t line,
			const char *why, void *data);
struct fleet_request {
	FILE *f;		/* bundles, one after the other */
	const char *file;	/* its name, for REFUSED */
	const char *as;		/* the host's name, whatever the bundle says;
				 * NULL: as it says */
	int64_t now;
	refused_fn *refused;
	void *data;
};
/* Reads all of REQUEST's file.  What is complete is in the database at the latest
 * after fleet_flush(), up to which REQUEST is borrowed.  Negative errno: -EIO with
 * words in fleet_error(), or what is wrong with the file.  */
int fleet_import(struct fleet *f, const struct fleet_request *request);
int fleet_flush(struct fleet *f);
const struct fleet_counts *fleet_counts(const struct fleet *f);
/* Words for the last negative errno of the database; owned by F.  "": none.  */
const char *fleet_error(const struct fleet *f);

#endif
