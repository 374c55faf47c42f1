/* jobs.h -- private to src/read: what the program and its reading workers say to
 * each other.  Each x_put is beside its x_get in wire-entry.c or
 * wire-certificate.c.
 */
#ifndef READ_JOBS_H
#define READ_JOBS_H

#include "read/read.h"

/* Types of messages.  0 is the worker's greeting.  */
enum job_message {
	/* From the program.  */
	JOB_READ = 1,	/* files: CHUNKs come back */
	JOB_WANT,	/* of a chunk, which certificates are to be decoded */
	JOB_ROOTS,	/* certificates that are known */
	JOB_DECODE,	/* one certificate: DECODED comes back */
	JOB_VERIFY,	/* a pair: VERIFIED */
	JOB_UNPACK,	/* a package: PACKAGE, MARKEDs, LISTED, MEMBERs and BYTES,
			 * UNPACKED */
	JOB_TAKE,	/* whether a member's bytes are wanted */
	/* From the worker.  */
	JOB_CHUNK,	/* records; the last has that of the last file's end */
	JOB_NEED_ROOTS,
	JOB_DECODED,
	JOB_VERIFIED,
	JOB_PACKAGE,
	JOB_MEMBER,	/* of a regular file: TAKE is the answer */
	JOB_BYTES,
	JOB_UNPACKED,	/* the end, and what was wrong */
	JOB_MARKED,
	JOB_LISTED,
};

/* In a chunk.  */
enum job_record { RECORD_ENTRY = 1, RECORD_REFERENCE, RECORD_PROBLEM,
		  RECORD_END };

#define ENGINE_BYTES	256u
#define MESSAGE_BYTES	4096u	/* of a problem, or why something failed */

/* One file of a JOB_READ.  */
void read_file_put(struct buf *b, const struct read_file *f);
void read_file_get(struct wire *w, struct read_file *ret_file,
		   bool *ret_companion);
void request_put(struct buf *b, const struct read_request *r);
/* Strings are the caller's to free.  */
void request_get(struct wire *w, struct read_request *ret_request);

/* An entry and the names among its facts; the hash and the certificate do not go
 * this way.  What is got is borrowed from the message, but for its names, which
 * the caller frees.  LIMIT is that of an offset.  */
void entry_put(struct buf *b, const struct entry *e);
void entry_get(struct wire *w, uint64_t limit, struct entry *ret_entry,
	       struct entry_names **ret_names);

struct reference {
	struct blob name;
	enum role role;
	uint64_t offset;
};
void reference_put(struct buf *b, const struct reference *r);
void reference_get(struct wire *w, uint64_t limit,
		   struct reference *ret_reference);

/* What is got has a message that the caller frees.  */
void problem_put(struct buf *b, const struct problem *p);
void problem_get(struct wire *w, uint64_t limit, struct problem *ret_problem);

/* The results of F.  */
void result_put(struct buf *b, const struct read_file *f);
/* Into F, if all of it is what REQUEST can lead to.  */
void result_get(struct wire *w, const struct read_request *request,
		struct read_file *f);

/* All of C but its hashes and its DER, which whoever gets it knows.  */
void certificate_put(struct buf *b, const struct certificate *c);
/* *ret_certificate is to be freed with x509_done() even when W is bad.  */
void certificate_get(struct wire *w, struct blob der,
		     const uint8_t sha256[SHA256_SIZE], bool verified,
		     struct certificate *ret_certificate);

/* The reader for DATA among FORMATS, words; NULL: none takes it.  */
const struct reader *choose_reader(const char *formats, struct blob data);

/* Asked for when a reader wants them.  */
typedef int roots_fn(void *data, const struct blob **ret_roots, size_t *ret_n);
/* Reads F, whose descriptors are open here, into TO.  Entries are within the
 * limits and have names among their facts where they need them, and no other
 * facts.  Fills in the results.  Returns what ROOTS returned if that was
 * negative.  */
int read_one(const struct read_request *request, struct read_file *f,
	     struct sink *to, roots_fn *roots, void *data);

/* A certificate of a chunk, in its order.  */
struct came {
	uint8_t sha256[SHA256_SIZE];
	struct blob der;
	bool wanted, verified;
	struct certificate certificate;		/* when it was wanted */
};

/* Files of one owner and one worker.  */
struct batch {
	const struct readings_host *host;
	const struct read_request *request;
	struct channel *channel;
	struct read_file *files;
	size_t n, finished;
	size_t entries;			/* of the file that is not finished */
	bool full;			/* its sink takes no more */
	int host_error;			/* what the host returned */
	struct blob chunk;		/* a copy */
	struct came *came;
	size_t n_came, cap_came;
};
/* Hands the files over and gives their sinks what they hold.  Negative: the worker
 * is not to be used any more, or the host failed; `finished` files have all they
 * are to have then, and the next one may have a part.  */
int batch_run(struct batch *b);

/* ---- packages (unpack.c, unpack-job.c) ---------------------------------------
 * As readings_unpack(), here.  */
int package_unpack(int fd, const struct package_sink *sink, void *data,
		   char **ret_error);
void unpack_ready(void);	/* opens what the first one would */
/* What a worker does about a JOB_UNPACK.  */
void unpack_work(struct channel *c, struct wire message);
/* The program's side of it.  Negative: the worker is not to be used any more, or
 * the sink failed, which *ret_host_error says then.  *ret_error, which the caller
 * frees: what is wrong with the package.  */
int unpack_hear(struct channel *c, int fd, const struct package_sink *sink,
		void *data, int *ret_host_error, char **ret_error);

/* What a worker runs.  */
extern const struct worker_kind reading_worker;
extern const struct worker_kind unpacking_worker;	/* JOB_UNPACK as well */

#endif
