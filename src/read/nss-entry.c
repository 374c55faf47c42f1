/* nss-entry.c -- one certificate of NSS's older formats: an entry for each role
 * that its trust gives it.  That of "C,p," is an anchor for TLS servers and
 * distrusted for e-mail.
 */
#include <stdlib.h>

#include "read/nss-entry.h"

#define NAME_MAX_BYTES	100	/* of a label in a message */

/* A name for messages.  The caller frees.  */
static char *name_of(const struct entry *e)
{
	if (e->label_n == 0)
		return xstrdup("(no name)");
	return escape_text(e->label, e->label_n < NAME_MAX_BYTES ? e->label_n
			   : NAME_MAX_BYTES);
}

static unsigned purposes_of(const struct nss_roles *roles, enum role role)
{
	return (roles->server == role ? PURPOSE_SERVER_AUTH : 0u) |
	       (roles->client == role ? PURPOSE_CLIENT_AUTH : 0u) |
	       (roles->code == role ? PURPOSE_CODE_SIGNING : 0u) |
	       (roles->email == role ? PURPOSE_EMAIL_PROTECTION : 0u);
}

static int roles_emit(struct sink *out, struct entry *e,
		      const struct nss_roles *roles)
{
	static const enum role order[] = {
		ROLE_ANCHOR, ROLE_DISTRUST, ROLE_END_ENTITY,
	};
	const int64_t distrust_after = e->distrust_after;
	bool any = false;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		e->purposes = purposes_of(roles, order[i]);
		if (e->purposes == 0)
			continue;
		any = true;
		e->role = order[i];
		e->distrust_after = roles->server == order[i] ?
			distrust_after : 0;
		r = out->entry(out, e);
		if (r < 0)
			return r;
	}
	if (any)
		return 0;
	e->role = ROLE_INTERMEDIATE;
	e->distrust_after = 0;
	return out->entry(out, e);
}

int nss_entry_emit(struct sink *out, const struct entry *entry,
		   const struct nss_roles *roles)
{
	struct entry e = *entry;

	e.label = NULL;
	e.label_n = 0;
	sink_label(out, &e, (struct blob){ (const uint8_t *)entry->label,
					   entry->label_n });
	if (entry->der.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(out, PROBLEM_TOO_LARGE, e.offset,
			     "a certificate of %zu bytes, the limit is %u; it "
			     "is not read", entry->der.n,
			     LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	if (certificate_tlv(entry->der, &e.der) < 0) {
		AUTO(str) char *name = name_of(&e);

		sink_problem(out, PROBLEM_CERTIFICATE, e.offset,
			     "%s: what stands for a certificate does not "
			     "decode", name);
		return 0;
	}
	return roles_emit(out, &e, roles);
}
