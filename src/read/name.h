/* name.h -- X.501 names, between name.c and x509.c only.  A name is its TLV,
 * as it stands in a certificate.
 */
#ifndef NAME_H
#define NAME_H

#include "read/read.h"

/* No string grows by more when it becomes UTF-8.  */
#define CANONICAL_MAX	(2 * LIMIT_CERTIFICATE_BYTES)

/* Appends OpenSSL's canonical encoding of NAME.  -EINVAL: not put together as
 * a name; -E2BIG: *b is full.  */
int name_canonical(struct blob name, struct buf *b);

/* NAME as RFC 4514 text, "" for the empty one; the caller frees.  -EINVAL:
 * not put together as a name; -E2BIG: longer than LIMIT_TEXT_BYTES.  */
int name_text(struct blob name, char **ret_text);

/* What people call it: its CN, else OU, else O, as UTF-8; NULL when it has
 * none of them.  The caller frees.  */
char *name_for_people(struct blob name);

#endif
