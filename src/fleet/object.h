/* object.h -- a line of a bundle as a row of the database.  Private to src/fleet.  */
#ifndef FLEET_OBJECT_H
#define FLEET_OBJECT_H

#include <jansson.h>

#include "fleet/fleet.h"

/* In this order they refer to each other: what is referred to comes first.  */
enum kind {
	KIND_CERTIFICATE, KIND_MANIFEST, KIND_ANCHORS, KIND_STORE, KIND_PARTY,
	KIND_FINDING, KIND_STORES, KIND_PARTIES, KIND_FINDINGS, KINDS
};

struct object {
	enum kind kind;
	/* What others name it by: the SHA-256 of its line; of a certificate, of
	 * its DER.  */
	uint8_t key[SHA256_SIZE];
	uint8_t (*refs)[SHA256_SIZE];	/* what it names, in its own order */
	size_t n_refs;
	char *row;		/* columns in COPY's text format, each after a
				 * tab, but for id, key and what it names */
	uint8_t *der;		/* of a certificate; NULL: not known */
	size_t der_n;
	uint32_t weight;	/* of a manifest and a store: its entries */
	int32_t id;		/* of its row; 0: none yet */
};

/* Years 0 to 9999, which is what certificates can say.  */
#define TIME_LEAST	INT64_C(-62167219200)
#define TIME_MOST	INT64_C(253402300799)

struct kind_row {
	const char *type;		/* the word in a line */
	enum kind names;		/* what its references are to */
	/* They are a list; one, which may be missing; or none.  */
	enum { NAMES_NONE, NAMES_ONE, NAMES_LIST } shape;
	const char *find;		/* key, id and weight of rows, by keys */
	const char *next;		/* the next id */
	const char *copy;
	/* Fills the object from the line: 0, or -EINVAL with *ret_why.  */
	int (*parse)(const json_t *line, struct object *o,
		     const char **ret_why);
};
extern const struct kind_row kind_rows[KINDS];

void object_free(struct object *o);
/* -ENOENT: there is no such kind.  */
int kind_find(const char *type, enum kind *ret_kind);

/* The columns of a certificate, decoded; the caller frees.  */
char *certificate_row(const struct certificate *c, bool has_der);

/* ---- JSON: a member of an object; false: it is not what it should be ----------- */
/* Text is borrowed; NULL of null, where that is ALLOWED.  */
bool member_text(const json_t *o, const char *key, size_t limit,
		 bool null_allowed, const char **ret);
bool member_number(const json_t *o, const char *key, int64_t least,
		   int64_t most, int64_t *ret);
bool member_hash(const json_t *o, const char *key,
		 uint8_t ret_sha256[SHA256_SIZE]);

#endif
