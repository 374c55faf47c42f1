/* want.h -- what a reader said, as text that a test can compare: a line for
 * each entry and each problem, in the order in which the sink got them.
 *
 *	SHA-256 role|- marked|- key|- purposes|-[;after=TIME] label
 *	about <ISSUER>SERIAL key=SHA-256 role|- ... (instead of a certificate)
 *	problem|skipped CODE OFFSET MESSAGE
 *	reference ROLE|- OFFSET NAME
 *
 * Purposes are joined by commas; labels, names and messages are escaped.  The
 * sink also holds the reader to its contract: an entry's bytes are one
 * certificate TLV, labels have a bound, nothing follows a full sink.
 */
#ifndef WANT_H
#define WANT_H

#include "read/read.h"

struct want {
	struct sink sink;
	struct blob data;	/* what is being read */
	struct buf text;
	size_t entries, references, problems, skipped;
	size_t room;		/* entries until -E2BIG */
	bool full;
	uint64_t done;		/* highest offset of done() */
	uint64_t offset;	/* of the last entry */
	bool private_key;	/* ... and whether it has its key */
};

/* Reads DATA; free with want_done().  ROOM entries fit, then the sink is
 * full.  Returns what the reader did.  The bytes are handed over in a copy of
 * exactly their size, so that a step past the end is seen.  */
int want_read(const struct reader *reader, struct blob data, size_t room,
	      struct want *ret_want);
/* The same with a companion and roots; IN's data is what is copied.  */
int want_read_input(const struct reader *reader, const struct input *in,
		    size_t room, struct want *ret_want);
void want_done(struct want *w);

/* The file DIR/NAME of the test folder (below $srcdir, or the working
 * directory); the test fails when it cannot be read.  The caller frees.  */
struct blob want_file(const char *dir, const char *name);
char *want_path(const char *dir, const char *name);

#endif
