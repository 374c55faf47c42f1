/* extensions.h -- what path validation asks of one certificate (RFC 5280 4.1,
 * 4.2 and 6.1.3 to 6.1.5): beside struct certificate, the extensions that
 * decide whether it may stand where it does.
 */
#ifndef EXTENSIONS_H
#define EXTENSIONS_H

#include "read/read.h"

/* keyUsage, RFC 5280 4.2.1.3: bit 0 of the BIT STRING is the highest here.  */
#define KEY_USAGE_SIGNATURE	0x80u	/* digitalSignature */
#define KEY_USAGE_ENCIPHERMENT	0x20u	/* keyEncipherment */
#define KEY_USAGE_AGREEMENT	0x08u	/* keyAgreement */
#define KEY_USAGE_CERT_SIGN	0x04u	/* keyCertSign */

enum key_kind { KEY_OTHER, KEY_RSA, KEY_DSA, KEY_EC, KEY_EDWARDS };
enum hash_kind { HASH_KIND_OTHER, HASH_KIND_MD2, HASH_KIND_MD5, HASH_KIND_SHA1,
		 HASH_KIND_SHA2 };

/* Borrows from the DER that it was read from.  */
struct extensions {
	const char *malformed;		/* NULL, or what is wrong with the
					 * certificate: static text */
	bool version_1, version_3;
	bool basic_constraints, basic_critical, is_ca;
	int64_t path_length;		/* -1: no limit */
	bool key_usage;
	unsigned key_usage_bits;	/* KEY_USAGE_ */
	bool extended_usage, any_usage;
	unsigned purposes;		/* enum purpose of extendedKeyUsage,
					 * without those of any_usage */
	bool name_constraints;
	struct blob permitted, excluded;	/* inside GeneralSubtrees */
	bool alt_names, alt_critical;
	struct blob alt_name_list;	/* inside GeneralNames */
	bool policies, policies_critical, mappings, policy_constraints,
	     inhibit_any;
	struct blob policy_list, mapping_list;	/* inside their SEQUENCEs */
	int64_t require_explicit, inhibit_mapping, inhibit_any_skip;
					/* -1: not set */
	bool has_key_id, has_authority_key_id;
	struct blob key_id, authority_key_id;
	bool authority_serial;		/* authorityCertIssuer and -SerialNumber */
	struct blob authority_issuer;	/* its directoryName's TLV; p NULL: other
					 * kinds of names only */
	struct blob authority_serial_number;
	bool unknown_critical;
	char unknown_oid[OID_TEXT_SIZE];
	struct blob subject, issuer;	/* TLVs */
	struct blob serial;		/* content of the INTEGER */
	enum key_kind key;
	unsigned key_bits;		/* 0: not known */
	enum hash_kind hash;		/* of its signature */
};

/* Reads DER, one certificate that x509_decode() takes.  -EINVAL when it is not
 * put together as RFC 5280 4.1 says; an extension that is not made as it should
 * be, or is there twice, is `malformed`.  */
int extensions_read_all(struct blob der, struct extensions *ret_extensions);

/* ---- names ---------------------------------------------------------------*/

/* What a name constraint did to a certificate.  */
enum constraint_result {
	CONSTRAINT_KEPT,
	CONSTRAINT_NOT_PERMITTED,
	CONSTRAINT_EXCLUDED,
	CONSTRAINT_UNKNOWN,	/* a form of names that is not understood and
				 * that the certificate uses */
};

/* Do the constraints of ISSUER allow the names of SUBJECT (RFC 5280 4.2.1.10
 * and 6.1.3 (b), (c)): its subject, and the names of subjectAltName?
 * COMMON_NAME: the subject's CN counts as a DNS name when there is no
 * subjectAltName.  What is malformed is CONSTRAINT_UNKNOWN.  */
enum constraint_result constraints_check(const struct extensions *issuer,
					 const struct extensions *subject,
					 bool common_name);

/* Is the certificate for the host NAME (RFC 6125 6.4; an IP address is compared
 * with iPAddress only)?  COMMON_NAME: fall back on the subject's CN when there
 * is no subjectAltName with a DNS name or address.  */
bool host_matches(const struct extensions *e, const char *name,
		  bool common_name);

#endif
