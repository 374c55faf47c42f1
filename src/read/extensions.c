/* extensions.c -- the extensions of a certificate, as path validation needs
 * them (RFC 5280 4.2).
 *
 * Taken from the DER and not from GnuTLS, which has no getter for some of them,
 * drops the order and says only "error" where the kind of damage decides what
 * a client does.
 */
#include <errno.h>
#include <string.h>

#include "read/x509.h"

#define TAG_IMPLICIT(n)	(0x80 | (n))	/* primitive [n] */

/* BOOLEAN of DER, RFC 5280 4.2: FALSE is left out.  */
static bool is_true(const struct tlv *t)
{
	return t->value.n == 1 && t->value.p[0] != 0;
}

/* A number that is not negative; larger ones than fit are as large as can be. */
static int number(struct blob value, int64_t *ret_number)
{
	uint64_t n = 0;

	if (value.n == 0 || (value.p[0] & 0x80) != 0)
		return -EINVAL;
	for (size_t i = 0; i < value.n; i++)
		n = n > (uint64_t)INT32_MAX ? (uint64_t)INT32_MAX + 1
					    : n << 8 | value.p[i];
	*ret_number = (int64_t)n;
	return 0;
}

/* The one TLV with TAG that VALUE must be.  */
static int whole(struct blob value, uint8_t tag, struct tlv *ret_tlv)
{
	return tlv_expect(&value, tag, ret_tlv) < 0 || value.n > 0 ? -EINVAL
								   : 0;
}

static int basic_constraints(struct blob value, bool critical,
			     struct extensions *e)
{
	struct tlv t, ca, length;

	if (whole(value, TAG_SEQUENCE, &t) < 0 ||
	    tlv_optional(&t.value, TAG_BOOLEAN, &ca) < 0 ||
	    tlv_optional(&t.value, TAG_INTEGER, &length) < 0 || t.value.n > 0)
		return -EINVAL;
	e->basic_constraints = true;
	e->basic_critical = critical;
	e->is_ca = is_true(&ca);
	if (length.whole.n > 0)
		return number(length.value, &e->path_length);
	return 0;
}

static int key_usage(struct blob value, bool critical, struct extensions *e)
{
	struct tlv t;

	(void)critical;
	if (whole(value, TAG_BIT_STRING, &t) < 0 || t.value.n < 1 ||
	    t.value.p[0] > 7 || (t.value.n == 1 && t.value.p[0] != 0))
		return -EINVAL;
	e->key_usage = true;
	e->key_usage_bits = t.value.n > 1 ? t.value.p[1] : 0;
	return 0;
}

static int extended_usage(struct blob value, bool critical,
			  struct extensions *e)
{
	struct tlv t, oid;

	(void)critical;
	if (whole(value, TAG_SEQUENCE, &t) < 0 || t.value.n == 0)
		return -EINVAL;
	/* One by one: anyExtendedKeyUsage is not every purpose to everybody. */
	while (t.value.n > 0) {
		unsigned purposes;
		bool any;

		if (tlv_expect(&t.value, TAG_OID, &oid) < 0 ||
		    purposes_from_oids(oid.whole, &purposes, &any) < 0)
			return -EINVAL;
		if (any)
			e->any_usage = true;
		else
			e->purposes |= purposes;
	}
	e->extended_usage = true;
	return 0;
}

static int name_constraints(struct blob value, bool critical,
			    struct extensions *e)
{
	struct tlv t, permitted, excluded;

	(void)critical;
	if (whole(value, TAG_SEQUENCE, &t) < 0 ||
	    tlv_optional(&t.value, TAG_CONTEXT(0), &permitted) < 0 ||
	    tlv_optional(&t.value, TAG_CONTEXT(1), &excluded) < 0 ||
	    t.value.n > 0 || (permitted.value.n == 0 && excluded.value.n == 0))
		return -EINVAL;
	e->name_constraints = true;
	e->permitted = permitted.value;
	e->excluded = excluded.value;
	return 0;
}

static int alt_names(struct blob value, bool critical, struct extensions *e)
{
	struct tlv t;

	if (whole(value, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	e->alt_names = true;
	e->alt_critical = critical;
	e->alt_name_list = t.value;
	return 0;
}

static int policies(struct blob value, bool critical, struct extensions *e)
{
	struct tlv t;

	if (whole(value, TAG_SEQUENCE, &t) < 0 || t.value.n == 0)
		return -EINVAL;
	e->policies = true;
	e->policies_critical = critical;
	e->policy_list = t.value;
	return 0;
}

static int mappings(struct blob value, bool critical, struct extensions *e)
{
	struct tlv t;

	(void)critical;
	if (whole(value, TAG_SEQUENCE, &t) < 0)
		return -EINVAL;
	e->mappings = true;
	e->mapping_list = t.value;
	return 0;
}

static int policy_constraints(struct blob value, bool critical,
			      struct extensions *e)
{
	struct tlv t, require, inhibit;

	(void)critical;
	if (whole(value, TAG_SEQUENCE, &t) < 0 ||
	    tlv_optional(&t.value, TAG_IMPLICIT(0), &require) < 0 ||
	    tlv_optional(&t.value, TAG_IMPLICIT(1), &inhibit) < 0 ||
	    t.value.n > 0 || (require.value.n == 0 && inhibit.value.n == 0))
		return -EINVAL;
	e->policy_constraints = true;
	if (require.value.n > 0 &&
	    number(require.value, &e->require_explicit) < 0)
		return -EINVAL;
	if (inhibit.value.n > 0 &&
	    number(inhibit.value, &e->inhibit_mapping) < 0)
		return -EINVAL;
	return 0;
}

static int inhibit_any(struct blob value, bool critical, struct extensions *e)
{
	struct tlv t;

	(void)critical;
	if (whole(value, TAG_INTEGER, &t) < 0)
		return -EINVAL;
	e->inhibit_any = true;
	return number(t.value, &e->inhibit_any_skip);
}

static int key_identifier(struct blob value, bool critical,
			  struct extensions *e)
{
	struct tlv t;

	(void)critical;
	if (whole(value, TAG_OCTETS, &t) < 0)
		return -EINVAL;
	e->has_key_id = true;
	e->key_id = t.value;
	return 0;
}

static int authority_key_identifier(struct blob value, bool critical,
				    struct extensions *e)
{
	struct tlv t, id, issuer, serial, name;

	(void)critical;
	if (whole(value, TAG_SEQUENCE, &t) < 0 ||
	    tlv_optional(&t.value, TAG_IMPLICIT(0), &id) < 0 ||
	    tlv_optional(&t.value, TAG_CONTEXT(1), &issuer) < 0 ||
	    tlv_optional(&t.value, TAG_IMPLICIT(2), &serial) < 0 ||
	    t.value.n > 0)
		return -EINVAL;
	if (id.value.n > 0) {
		e->has_authority_key_id = true;
		e->authority_key_id = id.value;
	}
	if (issuer.value.n == 0 || serial.value.n == 0)
		return 0;
	e->authority_serial = true;
	e->authority_serial_number = serial.value;
	while (issuer.value.n > 0 && tlv_next(&issuer.value, &t) == 0)
		if (t.tag == TAG_CONTEXT(4) &&
		    whole(t.value, TAG_SEQUENCE, &name) == 0)
			e->authority_issuer = name.whole;
	return 0;
}

/* Without what decides nothing: pointers to lists and pages.  */
static int ignored(struct blob value, bool critical, struct extensions *e)
{
	(void)value;
	(void)critical;
	(void)e;
	return 0;
}

/* Last octets of 2.5.29.N.  Those that are only known to be ignored count as
 * unknown when they are critical.  */
static const struct known {
	uint8_t arc;
	bool processed;		/* may be critical */
	int (*read)(struct blob value, bool critical, struct extensions *e);
	const char *damage;
} known[] = {
	{ 14, true, key_identifier, "subjectKeyIdentifier is malformed" },
	{ 15, true, key_usage, "keyUsage is malformed" },
	{ 17, true, alt_names, "subjectAltName is malformed" },
	{ 18, true, ignored, NULL },	/* issuerAltName */
	{ 19, true, basic_constraints, "basicConstraints is malformed" },
	{ 30, true, name_constraints, "nameConstraints is malformed" },
	{ 31, true, ignored, NULL },	/* cRLDistributionPoints */
	{ 32, true, policies, "certificatePolicies is malformed" },
	{ 33, true, mappings, "policyMappings is malformed" },
	{ 35, true, authority_key_identifier,
	  "authorityKeyIdentifier is malformed" },
	{ 36, true, policy_constraints, "policyConstraints is malformed" },
	{ 37, true, extended_usage, "extendedKeyUsage is malformed" },
	{ 54, true, inhibit_any, "inhibitAnyPolicy is malformed" },
};

static const struct known *known_find(struct blob oid)
{
	if (oid.n != 3 || oid.p[0] != 0x55 || oid.p[1] != 0x1d)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].arc == oid.p[2])
			return &known[i];
	return NULL;
}

static void extension_read(struct blob oid, bool critical, struct blob value,
			   struct extensions *e, uint64_t *seen)
{
	const struct known *k = known_find(oid);

	if (k == NULL) {
		if (critical && !e->unknown_critical) {
			e->unknown_critical = true;
			oid_format(oid, e->unknown_oid);
		}
		return;
	}
	if ((*seen & (UINT64_C(1) << k->arc)) != 0) {
		e->malformed = "an extension is there twice";
		return;
	}
	*seen |= UINT64_C(1) << k->arc;
	if (k->read(value, critical, e) < 0)
		e->malformed = k->damage;
}

static void list_read(struct blob in, struct extensions *e)
{
	struct tlv extension, oid, critical, value;
	uint64_t seen = 0;

	while (in.n > 0) {
		if (tlv_expect(&in, TAG_SEQUENCE, &extension) < 0 ||
		    tlv_expect(&extension.value, TAG_OID, &oid) < 0 ||
		    tlv_optional(&extension.value, TAG_BOOLEAN,
				 &critical) < 0 ||
		    tlv_expect(&extension.value, TAG_OCTETS, &value) < 0 ||
		    extension.value.n > 0) {
			e->malformed = "an extension is not put together as "
				       "RFC 5280 4.1 says";
			return;
		}
		extension_read(oid.value, is_true(&critical), value.value, e,
			       &seen);
	}
}

int extensions_read_all(struct blob der, struct extensions *ret_extensions)
{
	struct extensions e = {
		.path_length = -1, .require_explicit = -1,
		.inhibit_mapping = -1, .inhibit_any_skip = -1,
	};
	struct parts p;

	if (parts_find(der, &p) < 0)
		return -EINVAL;
	e.version_1 = p.version_1;
	e.version_3 = p.version_3;
	e.subject = p.subject;
	e.issuer = p.issuer;
	e.serial = p.serial;
	e.hash = x509_hash_kind(p.algorithm);
	e.key = x509_key_kind(p.spki, &e.key_bits);
	list_read(p.extensions, &e);
	if (p.extensions.n > 0 && !p.version_3)
		e.malformed = "extensions in a certificate that is not of "
			      "version 3";
	*ret_extensions = e;
	return 0;
}
