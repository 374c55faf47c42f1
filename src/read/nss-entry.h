/* nss-entry.h -- private to the readers of NSS's older formats, dbm.c and
 * nssckbi.c: a certificate whose trust is a word for each of four purposes.
 */
#ifndef NSS_ENTRY_H
#define NSS_ENTRY_H

#include "read/read.h"

/* What the store says of a certificate, for each purpose.  ROLE_NONE: it must
 * be verified, or nothing.  */
struct nss_roles {
	enum role server, client, code, email;
};

/* Gives E to OUT with its label (cut where it is too long, which is said) once
 * for every role that ROLES has, or as an intermediate when they are all
 * ROLE_NONE.  A DER that is no certificate is a problem row.  -E2BIG: full. */
int nss_entry_emit(struct sink *out, const struct entry *e,
		   const struct nss_roles *roles);

#endif
