/* java.h -- private to the readers of stores that a Java program writes entry
 * by entry with java.io.DataOutput: JKS and JCEKS, and BouncyCastle's.
 * Numbers are big-endian, strings "modified UTF-8" behind a 16-bit length.
 */
#ifndef JAVA_H
#define JAVA_H

#include "read/read.h"

/* All of these take from the front of *IN, and leave it as it was when it is
 * too short: -EAGAIN.  */
int bytes_next(struct blob *in, uint64_t n, struct blob *ret_bytes);
int u8_next(struct blob *in, uint8_t *ret);
int u16_next(struct blob *in, uint16_t *ret);
int u32_next(struct blob *in, uint32_t *ret);
int text_next(struct blob *in, struct blob *ret_text);
/* Bytes behind their 32-bit length.  */
int block_next(struct blob *in, struct blob *ret_block);

/* One reading of one store.  */
struct java_input {
	struct blob file;	/* the file, or what was decrypted of it */
	struct blob rest;	/* of FILE */
	struct sink *out;
	bool typed;		/* each certificate names its type */
	bool decrypted;		/* offsets in FILE are none in the file ... */
	uint64_t where;		/* ... and this one stands for them all */
};

/* For messages: where AT, bytes of FILE, are.  */
uint64_t java_offset_of(const struct java_input *in, const uint8_t *at);
/* Where REST begins.  */
uint64_t java_offset(const struct java_input *in);

/* Makes ALIAS the label of *E.  *LABEL, of LIMIT_LABEL_BYTES and empty, keeps
 * its bytes.  */
void java_label(struct java_input *in, struct blob alias, uint64_t offset,
		struct buf *label, struct entry *e);

/* Takes a certificate and gives it to the sink, with everything of *E set but
 * what is read here.  One that is not X.509, or too large, or damaged, is
 * passed over with a problem.  -EAGAIN: the bytes end in it, or the sink's
 * result.  */
int java_certificate_next(struct java_input *in, struct entry *e);

#endif
