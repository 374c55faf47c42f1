/* bks.h -- private to bks.c and uber.c: BouncyCastle's two stores have the same
 * header and the same entries, of which one encrypts the latter.
 */
#ifndef BKS_H
#define BKS_H

#include "read/java.h"
#include "read/password.h"

#define BKS_SALT_SIZE	20u		/* of all that BouncyCastle writes */

struct bks_header {
	uint32_t version;
	struct kdf kdf;
};

/* Takes the header off the front of *IN.  -EINVAL with a problem in OUT: ends
 * too early, a version that is not known, no or too much salt.  */
int bks_header_next(struct blob *in, struct sink *out,
		    struct bks_header *ret_header);

/* Could these be the header, or the entries behind it?  There is no magic, but
 * chance makes neither of them.  True for bytes that end too early.  */
bool bks_is_header(struct blob data, struct blob *ret_rest);
bool bks_is_entries(struct blob in);

/* Reads entries up to and with the mark behind the last.  0: that was there.
 * -EINVAL: something else was, which is said.  -E2BIG: the sink is full.  */
int bks_entries_read(struct java_input *in);

#endif
