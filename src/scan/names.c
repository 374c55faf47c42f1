/* names.c -- which certificates an entry is about that has none of its own: those
 * of an issuer and serial number, or of a key.
 */
#include <errno.h>
#include <stdlib.h>

#include "scan/store.h"

struct stored_names *stored_names_read(const struct entry *e)
{
	struct stored_names *names = xcalloc(1, sizeof(*names));
	char *issuer = NULL;
	int r = -EINVAL;

	if (e->issuer.n > 0)
		r = x509_name(e->issuer, names->issuer_sha256, &issuer);
	if (r == 0) {
		names->issuer = issuer;
		names->serial = x509_serial(e->serial);
	}
	if (e->spki.n > 0) {
		hash_sha256(e->spki, names->spki_sha256);
		names->by_key = true;
	} else if (r < 0) {
		stored_names_free(names);
		return NULL;
	}
	return names;
}

struct stored_names *stored_names_copy(const struct stored_names *names)
{
	struct stored_names *copy;

	if (!names)
		return NULL;
	copy = xmemdup(names, sizeof(*names));
	copy->issuer = names->issuer ? xstrdup(names->issuer) : NULL;
	copy->serial = names->serial ? xstrdup(names->serial) : NULL;
	return copy;
}

void stored_names_free(struct stored_names *names)
{
	if (!names)
		return;
	free((char *)names->issuer);
	free((char *)names->serial);
	free(names);
}
