/* p11kit.h -- private to p11kit.c and p11kit-persist.c: the objects in a
 * .p11-kit file.
 */
#ifndef P11KIT_H
#define P11KIT_H

#include "read/read.h"

/* The attributes that mean something here.  */
enum attribute {
	ATTRIBUTE_CLASS,
	ATTRIBUTE_LABEL,
	ATTRIBUTE_VALUE,
	ATTRIBUTE_CERTIFICATE_TYPE,
	ATTRIBUTE_ISSUER,
	ATTRIBUTE_SERIAL_NUMBER,
	ATTRIBUTE_TRUSTED,
	ATTRIBUTE_DISTRUSTED,
	ATTRIBUTE_PUBLIC_KEY_INFO,
	ATTRIBUTE_SERVER_DISTRUST_AFTER,
	ATTRIBUTES
};

enum object_class {
	CLASS_CERTIFICATE,
	CLASS_EXTENSION,	/* x-certificate-extension */
	CLASS_TRUST,		/* for NSS programs: nss-trust, trust and
				 * x-trust-assertion */
	CLASS_NOTHING,		/* loaded, and of no consequence */
};

struct object {
	uint64_t offset;		/* of its section */
	/* p NULL: absent.  Numbers are eight bytes, truth values one.  */
	struct blob attributes[ATTRIBUTES];
	enum object_class kind;
	const char *error;		/* not NULL: p11-kit loads neither this
					 * object nor what follows it */
};

/* Is the mark of the format anywhere in DATA?  */
bool persist_has_magic(struct blob data);

/* Calls FN with each object up to the first with an error, that one included.
 * Stops at the first negative return of FN and returns it.
 * -EINVAL: p11-kit takes nothing of the file for objects, and neither may the
 * caller what it was given before; *ret_error, a constant, says why, and
 * *ret_offset where.  */
typedef int object_fn(const struct object *o, void *data);
int persist_each(struct blob data, object_fn *fn, void *fn_data,
		 const char **ret_error, uint64_t *ret_offset);

/* One block as p11_pem_parse() finds it: BEGIN anywhere.  */
struct loose_block {
	uint64_t begin;
	struct blob label, body;	/* in the input; body is base64 */
};
/* 1: a block; 0: no more.  -EINVAL: p11-kit gives up here, *ret_block has only
 * `begin`.  *pos moves behind the block.  */
int loose_pem_next(struct blob in, uint64_t *pos,
		   struct loose_block *ret_block);
/* The bytes of BODY, which the caller frees.  -EINVAL: not base64; -E2BIG: no
 * certificate is that large.  */
int loose_pem_decode(struct blob body, uint8_t **ret_der, size_t *ret_n);

#endif
