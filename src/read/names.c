/* names.c -- which certificates an entry is about that has none of its own: those
 * of an issuer and serial number, or of a key; or the issuer, and the times, of a
 * revocation list.
 */
#include <errno.h>
#include <stdlib.h>

#include "read/read.h"

struct entry_names *entry_names_read(const struct entry *e)
{
	struct entry_names *names = xcalloc(1, sizeof(*names));
	char *issuer = NULL;
	int r = -EINVAL;

	/* No certificate has a number like that.  */
	if (e->serial.n > LIMIT_CERTIFICATE_BYTES) {
		free(names);
		return NULL;
	}
	if (e->issuer.n > 0)
		r = x509_name(e->issuer, names->issuer_sha256, &issuer);
	if (r == 0) {
		names->issuer = issuer;
		if (e->serial.p != NULL)
			names->serial = x509_serial(e->serial);
		names->this_update = e->this_update;
		names->next_update = e->next_update;
	}
	if (e->spki.n > 0) {
		hash_sha256(e->spki, names->spki_sha256);
		names->by_key = true;
	} else if (r < 0) {
		entry_names_free(names);
		return NULL;
	}
	return names;
}

struct entry_names *entry_names_copy(const struct entry_names *names)
{
	struct entry_names *copy;

	if (!names)
		return NULL;
	copy = xmemdup(names, sizeof(*names));
	copy->issuer = names->issuer ? xstrdup(names->issuer) : NULL;
	copy->serial = names->serial ? xstrdup(names->serial) : NULL;
	return copy;
}

void entry_names_free(struct entry_names *names)
{
	if (!names)
		return;
	free((char *)names->issuer);
	free((char *)names->serial);
	free(names);
}
