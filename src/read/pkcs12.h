/* pkcs12.h -- private to pkcs12*.c.  Three files: the file and its encrypted
 * parts (pkcs12.c), the bags in a part (pkcs12-bags.c), and the
 * password-based algorithms (pkcs12-crypto.c), which report nothing and stand
 * on password.h.
 */
#ifndef PKCS12_H
#define PKCS12_H

#include "read/password.h"
#include "read/read.h"

/* ---- one reading of one file ---------------------------------------------*/

/* What a bag says that matters here.  Names and key identifiers are compared
 * as hashes: they have no bound of their own.  */
struct pkcs12_bag {
	bool key;		/* of a private key; else a certificate */
	bool shrouded;		/* an encrypted private key */
	bool trusted;		/* trustedKeyUsage is there */
	bool has_id, has_name;
	uint8_t id[SHA256_SIZE];	/* of localKeyId */
	uint8_t name[SHA256_SIZE];	/* of friendlyName, without case */
	struct blob friendly;	/* BMPString's content */
	struct blob der;	/* the certificate's TLV */
	uint64_t where;		/* of the part that the bag is in */
	size_t order;		/* in the file */
};

struct pkcs12_held;		/* bytes that had to be joined or decrypted */

struct pkcs12_reading {
	struct blob file;
	struct sink *out;
	uint64_t where;		/* offset that stands for decrypted bytes */
	struct pkcs12_held *held;
	struct pkcs12_bag *bags;
	size_t n_bags, cap_bags, n_shrouded;
	bool full;		/* too many bags, and that was said */
	unsigned parts;
	uint64_t work;		/* rounds of hashing spent so far */
	bool has_mac;		/* one that could be computed */
	bool authentic;		/* ... and fits passwords[password] */
	bool opaque;		/* something stayed encrypted */
	enum seal seal;
	size_t password;	/* where trying begins */
};

/* The offset of P in the file; that of its part when P was not in the file as
 * it is.  */
uint64_t pkcs12_offset(const struct pkcs12_reading *r, const uint8_t *p);
bool pkcs12_is_in_file(const struct pkcs12_reading *r, const uint8_t *p);

/* A PROBLEM_MALFORMED row: "WHAT; the file is damaged".  */
void pkcs12_malformed(struct pkcs12_reading *r, const uint8_t *at,
		      const char *what);
/* A problem that the owners of such files pass over too.  */
void pkcs12_skipped(struct pkcs12_reading *r, enum problem_code code,
		    const uint8_t *at, const char *format, ...) PRINTF(4, 5);

/* Takes SEQUENCE { OBJECT IDENTIFIER, [0] EXPLICIT value OPTIONAL, rest } off
 * the front of *IN: ContentInfo, SafeBag, CertBag.  An absent value is empty.
 * -EINVAL: something else is there.  */
int pkcs12_typed(struct blob *in, struct blob *ret_type,
		 struct blob *ret_value, struct blob *ret_rest);

/* Takes an OCTET STRING, in one piece or in several (BER), off the front of
 * *IN.  TAG is that of the form in one piece.  The octets are lent by the
 * input or kept by R until the reading ends.  -EINVAL: no such string.  */
int pkcs12_octets(struct pkcs12_reading *r, struct blob *in, uint8_t tag,
		  struct blob *ret_octets);

/* Collects the bags of a SafeContents; BAGS is its SEQUENCE's content.  */
void pkcs12_bags_read(struct pkcs12_reading *r, struct blob bags);
/* Gives the certificates of all bags to the sink.  Its result.  */
int pkcs12_bags_emit(struct pkcs12_reading *r);

/* ---- algorithms ----------------------------------------------------------*/

struct pkcs12_cipher;		/* a block cipher in CBC mode: a row of a table */

/* An encryption algorithm with its parameters.  */
struct pkcs12_pbe {
	struct kdf kdf;
	const struct pkcs12_cipher *cipher;
	struct blob iv;		/* PBES2 only: the others derive it */
};

/* MacData (RFC 7292, section 4), PBMAC1 (RFC 9579) included.  */
struct pkcs12_mac {
	struct kdf kdf;
	const struct hash_algorithm *hmac;
	size_t key_n;
	struct blob expected;	/* borrowed */
};

/* Reads an AlgorithmIdentifier (its whole TLV) resp. a MacData (the content
 * of its SEQUENCE).  -EINVAL: malformed.  -ENOTSUP: an algorithm we lack, and
 * then *ret_oid is its OBJECT IDENTIFIER's content, borrowed.  -E2BIG: the
 * salt is longer than SALT_MAX.  */
int pkcs12_pbe_parse(struct blob algorithm, struct pkcs12_pbe *ret_pbe,
		     struct blob *ret_oid);
int pkcs12_mac_parse(struct blob mac_data, struct pkcs12_mac *ret_mac,
		     struct blob *ret_oid);

/* Rounds of the hash that one try of one password costs.  */
uint64_t pkcs12_pbe_work(const struct pkcs12_pbe *pbe);
uint64_t pkcs12_mac_work(const struct pkcs12_mac *mac);

/* Decrypts IN, one SEQUENCE, to RET (room for in.n bytes).  *ret_n is the length
 * without the padding.  -EBADMSG: not a whole number of blocks, or the padding is
 * wrong, or it is no SEQUENCE of that length: most often the password is wrong.
 * PASSWORD may be NULL.  */
int pkcs12_decrypt(const struct pkcs12_pbe *pbe, const char *password,
		   struct blob in, uint8_t *ret, size_t *ret_n);

/* Is this the password under which CONTENT was authenticated?  */
bool pkcs12_mac_is_of(const struct pkcs12_mac *mac, const char *password,
		      struct blob content);

#endif
