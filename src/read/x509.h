/* x509.h -- the parts of a certificate (RFC 5280 4.1) and of its extensions,
 * between x509.c, algorithms.c, extensions.c and constraints.c only.
 */
#ifndef X509_H
#define X509_H

#include "read/read.h"

#define TAG_BOOLEAN	0x01

struct parts {
	struct blob tbs;	/* the TLVs, but for serial and below */
	struct blob algorithm;	/* of the signature */
	struct blob issuer, subject, spki;
	struct blob serial;	/* values */
	struct blob signature;	/* without the count of unused bits */
	struct tlv not_before, not_after;
	struct blob extensions;	/* inside the SEQUENCE OF; may be empty */
	bool version_1, version_3;
};

/* Loads GnuTLS and lets it do what it does once in a process, such as reading its
 * configuration.  */
void x509_ready(void);

/* R, which a function of GnuTLS gave; that it had no memory is the end, and never
 * the verdict on a certificate.  */
int gnutls_said(int r);

/* RFC 5280 4.1.  -EINVAL when DER is not put together like that.  */
int parts_find(struct blob der, struct parts *ret_parts);

/* Takes a TLV off IN when it has TAG.  A missing one is no error and leaves
 * ret_tlv's value empty.  */
int tlv_optional(struct blob *in, uint8_t tag, struct tlv *ret_tlv);

/* What kind of key SPKI, a TLV, is, and of how many bits (0: not known).  */
enum key_kind x509_key_kind(struct blob spki, unsigned *ret_bits);
/* The hash of a signature with ALGORITHM, an AlgorithmIdentifier's TLV.  */
enum hash_kind x509_hash_kind(struct blob algorithm);

/* The SHA-256 of NAME in its canonical form.  Errors as name_canonical()'s.  */
int name_hash(struct blob name, uint8_t ret_hash[SHA256_SIZE]);

#endif
