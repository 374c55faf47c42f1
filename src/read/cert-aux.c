/* cert-aux.c -- what a store says a certificate may be used for: lists of
 * purposes (RFC 5280 4.2.1.12), and OpenSSL's CertAux that has two of them
 * (crypto/x509/x_x509a.c; p11-kit common/openssl.asn):
 *
 *	CertAux ::= SEQUENCE {
 *		trust   SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
 *		reject  [0] IMPLICIT SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
 *		alias   UTF8String OPTIONAL,
 *		keyid   OCTET STRING OPTIONAL,
 *		other   [1] IMPLICIT SEQUENCE OF AlgorithmIdentifier OPTIONAL }
 *
 * What is surprising: its readers do not agree on what it means.  To OpenSSL
 * a missing list of trust says nothing; to p11-kit it says that there is no
 * purpose, which is distrust.  So here is no meaning, see pem.c and p11kit.c.
 */
#include <errno.h>
#include <string.h>

#include "read/read.h"

/* id-kp, 1.3.6.1.5.5.7.3, of which the last octet is the purpose.  */
static const uint8_t id_kp[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03 };
/* anyExtendedKeyUsage, 2.5.29.37.0 */
static const uint8_t any_usage[] = { 0x55, 0x1d, 0x25, 0x00 };

static unsigned purpose_from_oid(struct blob oid)
{
	if (oid.n != sizeof(id_kp) + 1 ||
	    memcmp(oid.p, id_kp, sizeof(id_kp)) != 0)
		return PURPOSE_OTHER;
	switch (oid.p[sizeof(id_kp)]) {
	case 1:
		return PURPOSE_SERVER_AUTH;
	case 2:
		return PURPOSE_CLIENT_AUTH;
	case 3:
		return PURPOSE_CODE_SIGNING;
	case 4:
		return PURPOSE_EMAIL_PROTECTION;
	case 8:
		return PURPOSE_TIME_STAMPING;
	default:
		return PURPOSE_OTHER;
	}
}

int purposes_from_oids(struct blob list, unsigned *ret_purposes, bool *ret_any)
{
	unsigned purposes = 0;
	bool any = false;
	struct tlv oid;

	while (list.n > 0) {
		if (tlv_expect(&list, TAG_OID, &oid) < 0 || oid.value.n == 0)
			return -EINVAL;
		if (blob_equal(oid.value, (struct blob){ any_usage,
							 sizeof(any_usage) })) {
			any = true;
			purposes |= PURPOSES_ALL;
		} else {
			purposes |= purpose_from_oid(oid.value);
		}
	}
	*ret_purposes = purposes;
	*ret_any = any;
	return 0;
}

/* Takes the list with TAG off *AUX, when it is there.  */
static int list_take(struct blob *aux, uint8_t tag, struct blob *ret_list,
		     unsigned *ret_purposes, bool *ret_any)
{
	struct tlv list, oid;
	struct blob rest;
	unsigned n = 0;

	if (aux->n == 0 || aux->p[0] != tag)
		return 0;
	if (tlv_next(aux, &list) < 0)
		return -EINVAL;
	for (rest = list.value; tlv_next(&rest, &oid) == 0; n++)
		if (n == LIMIT_PURPOSES)
			return -EINVAL;
	*ret_list = list.value;
	return purposes_from_oids(list.value, ret_purposes, ret_any);
}

static bool has_oid(struct blob list, struct blob oid)
{
	struct tlv t;

	while (tlv_next(&list, &t) == 0)
		if (blob_equal(t.value, oid))
			return true;
	return false;
}

static void find_left(struct blob trust, struct blob reject,
		      struct cert_aux *a)
{
	struct tlv oid;

	while (tlv_next(&trust, &oid) == 0) {
		unsigned purposes = 0;
		bool any = false;

		if (has_oid(reject, oid.value))
			continue;
		purposes_from_oids(oid.whole, &purposes, &any);
		a->left |= purposes;
		a->left_any |= any;
	}
}

static int string_take(struct blob *aux, uint8_t tag, struct blob *ret)
{
	struct tlv t;

	if (aux->n == 0 || aux->p[0] != tag)
		return 0;
	if (tlv_next(aux, &t) < 0)
		return -EINVAL;
	*ret = t.value;
	return 0;
}

int cert_aux_parse(struct blob aux, struct cert_aux *ret_aux)
{
	struct cert_aux a = { .has_trust = false };
	struct blob trust = { NULL, 0 }, reject = trust, other = trust;
	struct tlv t;

	if (tlv_expect(&aux, TAG_SEQUENCE, &t) < 0 || aux.n > 0)
		return -EINVAL;
	aux = t.value;
	if (list_take(&aux, TAG_SEQUENCE, &trust, &a.trust,
		      &a.trust_any) < 0 ||
	    list_take(&aux, TAG_CONTEXT(0), &reject, &a.reject,
		      &a.reject_any) < 0 ||
	    string_take(&aux, TAG_UTF8, &a.alias) < 0 ||
	    string_take(&aux, TAG_OCTETS, &a.key_id) < 0 ||
	    string_take(&aux, TAG_CONTEXT(1), &other) < 0 || aux.n > 0)
		return -EINVAL;
	a.has_trust = trust.p != NULL;
	a.has_reject = reject.p != NULL;
	find_left(trust, reject, &a);
	*ret_aux = a;
	return 0;
}
