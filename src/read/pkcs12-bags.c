/* pkcs12-bags.c -- SafeContents (RFC 7292, section 4.2): certificates, keys,
 * and what their attributes say (RFC 2985, section 5.5: friendlyName and
 * localKeyId).
 *
 * Bags are collected from all parts of the file first, because the key that
 * belongs to a certificate often lies in a later part, and because a later
 * trust entry replaces an earlier one of its name.  No key bag is looked
 * into.
 *
 * How Java (sun.security.pkcs12.PKCS12KeyStore) sees the bags decides what
 * `marked` says: a trust entry is a certificate with Oracle's attribute
 * trustedKeyUsage, whatever purpose that names; the certificate of a private
 * key is trusted too, if the key is shrouded (it does not see others); other
 * certificates are chain material.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/label.h"
#include "read/pkcs12.h"

/* One more than a sink takes, so that it is the sink that says so.  */
#define BAGS_MAX	(LIMIT_STORE_ENTRIES + 1u)

#define PKCS9		"\x2a\x86\x48\x86\xf7\x0d\x01\x09"
#define PKCS12_BAG	"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
#define OID(s)		((struct blob){ (const uint8_t *)(s), sizeof(s) - 1 })
#define OID_KEY_BAG		OID(PKCS12_BAG "\x01")
#define OID_SHROUDED_KEY_BAG	OID(PKCS12_BAG "\x02")
#define OID_CERT_BAG		OID(PKCS12_BAG "\x03")
#define OID_CRL_BAG		OID(PKCS12_BAG "\x04")
#define OID_SECRET_BAG		OID(PKCS12_BAG "\x05")
#define OID_SAFE_BAG		OID(PKCS12_BAG "\x06")
#define OID_FRIENDLY_NAME	OID(PKCS9 "\x14")
#define OID_LOCAL_KEY_ID	OID(PKCS9 "\x15")
#define OID_X509_CERTIFICATE	OID(PKCS9 "\x16\x01")
/* 2.16.840.1.113894.746875.1.1, Oracle's */
#define OID_TRUSTED_KEY_USAGE \
	OID("\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01")

/* ---- bags ----------------------------------------------------------------*/

/* Of the name with A to Z in lower case.  Java lowers other letters too;
 * names that differ in nothing but the case of those are not seen as one.  */
static void name_hash(struct blob bmp, uint8_t ret_hash[SHA256_SIZE])
{
	uint8_t *lower = xmemdup(bmp.p, bmp.n);

	for (size_t i = 0; i + 1 < bmp.n; i += 2)
		if (lower[i] == 0 && lower[i + 1] >= 'A' && lower[i + 1] <= 'Z')
			lower[i + 1] |= 0x20;
	hash_sha256((struct blob){ lower, bmp.n }, ret_hash);
	free(lower);
}

static void attribute_read(struct pkcs12_reading *r, struct blob type,
			   struct blob values, struct pkcs12_bag *bag)
{
	struct blob octets;
	struct tlv t;

	if (blob_equal(type, OID_TRUSTED_KEY_USAGE)) {
		bag->trusted = true;
	} else if (blob_equal(type, OID_LOCAL_KEY_ID)) {
		if (pkcs12_octets(r, &values, TAG_OCTETS, &octets) < 0) {
			pkcs12_malformed(r, type.p, "a localKeyId that is no "
					 "OCTET STRING");
			return;
		}
		bag->has_id = true;
		hash_sha256(octets, bag->id);
	} else if (blob_equal(type, OID_FRIENDLY_NAME)) {
		if (tlv_expect(&values, TAG_BMP, &t) < 0 || t.value.n % 2) {
			pkcs12_malformed(r, type.p, "a friendlyName that is "
					 "no BMPString");
			return;
		}
		bag->has_name = true;
		bag->friendly = t.value;
		name_hash(t.value, bag->name);
	}
}

static void attributes_read(struct pkcs12_reading *r, struct blob in,
			    struct pkcs12_bag *bag)
{
	struct blob set, attribute, type;
	struct tlv t;

	if (in.n == 0)
		return;
	if (tlv_expect(&in, TAG_SET, &t) < 0) {
		pkcs12_malformed(r, in.p, "attributes that are no SET");
		return;
	}
	set = t.value;
	while (set.n > 0) {
		if (tlv_expect(&set, TAG_SEQUENCE, &t) < 0) {
			pkcs12_malformed(r, set.p, "an attribute that is no "
					 "SEQUENCE");
			return;
		}
		attribute = t.value;
		if (tlv_expect(&attribute, TAG_OID, &t) < 0) {
			pkcs12_malformed(r, attribute.p, "an attribute without "
					 "a type");
			continue;
		}
		type = t.value;
		if (tlv_expect(&attribute, TAG_SET, &t) < 0) {
			pkcs12_malformed(r, type.p, "an attribute without "
					 "values");
			continue;
		}
		attribute_read(r, type, t.value, bag);
	}
}

static struct pkcs12_bag *bag_new(struct pkcs12_reading *r)
{
	struct pkcs12_bag *bag;

	if (r->n_bags >= BAGS_MAX) {
		if (!r->full)
			sink_problem(r->out, PROBLEM_LIMIT, r->where,
				     "more than %u bags; the rest is not read",
				     LIMIT_STORE_ENTRIES);
		r->full = true;
		return NULL;
	}
	grow(&r->bags, r->n_bags, &r->cap_bags, sizeof(*bag));
	bag = &r->bags[r->n_bags];
	memset(bag, 0, sizeof(*bag));
	bag->where = r->where;
	bag->order = r->n_bags++;
	return bag;
}

/* CertBag ::= SEQUENCE { certId, [0] EXPLICIT OCTET STRING }  */
static void certificate_read(struct pkcs12_reading *r, struct blob value,
			     struct blob attributes, size_t index)
{
	struct blob type, content, rest, octets, der;
	char text[OID_TEXT_SIZE];
	const uint8_t *at = value.p;
	struct pkcs12_bag *bag;

	if (pkcs12_typed(&value, &type, &content, &rest) < 0) {
		pkcs12_malformed(r, at, "a certificate bag without a "
				 "certificate");
		return;
	}
	if (!blob_equal(type, OID_X509_CERTIFICATE)) {
		pkcs12_skipped(r, PROBLEM_OPAQUE, at, "a certificate of the "
			       "type %s, which is not X.509; it is passed "
			       "over", oid_format(type, text));
		return;
	}
	if (pkcs12_octets(r, &content, TAG_OCTETS, &octets) < 0) {
		pkcs12_malformed(r, at, "a certificate bag without an OCTET "
				 "STRING");
		return;
	}
	if (certificate_tlv(octets, &der) < 0) {
		sink_problem(r->out, PROBLEM_CERTIFICATE,
			     pkcs12_offset(r, octets.p), "what stands for a "
			     "certificate does not decode; the file is "
			     "damaged");
		return;
	}
	if (der.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(r->out, PROBLEM_TOO_LARGE, pkcs12_offset(r, der.p),
			     "a certificate of %zu bytes, the limit is %u; it "
			     "is not read", der.n, LIMIT_CERTIFICATE_BYTES);
		return;
	}
	if (der.n < octets.n)
		pkcs12_skipped(r, PROBLEM_CERTIFICATE, der.p + der.n,
			       "%zu bytes behind a certificate; they are "
			       "passed over", octets.n - der.n);
	bag = bag_new(r);
	if (bag == NULL)
		return;
	bag->der = der;
	attributes_read(r, attributes, bag);
	/* Java gives a lone key without localKeyId, and then the first bag
	 * of a SafeContents, the same made-up one; here that is no bytes.  */
	if (!bag->has_id && r->n_shrouded == 1 && index == 0) {
		bag->has_id = true;
		hash_sha256((struct blob){ NULL, 0 }, bag->id);
	}
}

static void key_read(struct pkcs12_reading *r, struct blob attributes,
		     bool shrouded)
{
	struct pkcs12_bag *bag = bag_new(r);

	if (bag == NULL)
		return;
	bag->key = true;
	bag->shrouded = shrouded;
	r->n_shrouded += shrouded;
	attributes_read(r, attributes, bag);
	if (!bag->has_id && shrouded && r->n_shrouded == 1) {
		bag->has_id = true;
		hash_sha256((struct blob){ NULL, 0 }, bag->id);
	}
}

static void bags_at_depth(struct pkcs12_reading *r, struct blob bags,
			  unsigned depth)
{
	struct blob type, value, attributes;
	char text[OID_TEXT_SIZE];
	struct blob bag;
	struct tlv t;

	for (size_t i = 0; bags.n > 0 && !r->full; i++) {
		if (tlv_expect(&bags, TAG_SEQUENCE, &t) < 0) {
			pkcs12_malformed(r, bags.p, "a bag that is no "
					 "SEQUENCE");
			return;
		}
		bag = t.whole;
		if (pkcs12_typed(&bag, &type, &value, &attributes) < 0) {
			pkcs12_malformed(r, t.whole.p, "a bag without type or "
					 "value");
			continue;
		}
		if (blob_equal(type, OID_CERT_BAG)) {
			certificate_read(r, value, attributes, i);
		} else if (blob_equal(type, OID_KEY_BAG)) {
			key_read(r, attributes, false);
		} else if (blob_equal(type, OID_SHROUDED_KEY_BAG)) {
			key_read(r, attributes, true);
		} else if (blob_equal(type, OID_SAFE_BAG)) {
			if (depth == 0)
				sink_problem(r->out, PROBLEM_LIMIT,
					     pkcs12_offset(r, t.whole.p),
					     "bags nested deeper than %u; they "
					     "are not read", LIMIT_ASN1_DEPTH);
			else if (tlv_expect(&value, TAG_SEQUENCE, &t) < 0)
				pkcs12_malformed(r, value.p, "a nested bag "
						 "that is no SEQUENCE");
			else
				bags_at_depth(r, t.value, depth - 1);
		} else if (!blob_equal(type, OID_CRL_BAG) &&
			   !blob_equal(type, OID_SECRET_BAG)) {
			pkcs12_skipped(r, PROBLEM_OPAQUE, t.whole.p, "a bag of "
				       "the unknown type %s; it is passed "
				       "over", oid_format(type, text));
		}
	}
}

void pkcs12_bags_read(struct pkcs12_reading *r, struct blob bags)
{
	bags_at_depth(r, bags, LIMIT_ASN1_DEPTH);
}

/* ---- entries -------------------------------------------------------------*/

static int compare_ids(const void *a, const void *b)
{
	const struct pkcs12_bag *const *x = a, *const *y = b;

	return memcmp((*x)->id, (*y)->id, SHA256_SIZE);
}

static int compare_names(const void *a, const void *b)
{
	const struct pkcs12_bag *const *x = a, *const *y = b;
	const int d = memcmp((*x)->name, (*y)->name, SHA256_SIZE);

	if (d != 0)
		return d;
	return ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

/* Of trust entries with one name only the last remains in Java.  */
static void names_settle(struct pkcs12_reading *r)
{
	struct pkcs12_bag **named = xcalloc(r->n_bags + 1, sizeof(*named));
	size_t n = 0;

	for (size_t i = 0; i < r->n_bags; i++)
		if (r->bags[i].has_name &&
		    (r->bags[i].trusted ||
		     (r->bags[i].shrouded && r->bags[i].has_id)))
			named[n++] = &r->bags[i];
	qsort(named, n, sizeof(*named), compare_names);
	for (size_t i = 0; i + 1 < n; i++)
		if (memcmp(named[i]->name, named[i + 1]->name,
			   SHA256_SIZE) == 0)
			named[i]->trusted = false;
	free(named);
}

/* Keys in the order of their localKeyId.  */
struct keys {
	const struct pkcs12_bag **items;
	size_t n;
};

static void keys_sort(const struct pkcs12_reading *r, bool shrouded_only,
		      struct keys *ret_keys)
{
	struct keys k = { xcalloc(r->n_bags + 1, sizeof(*k.items)), 0 };

	for (size_t i = 0; i < r->n_bags; i++)
		if (r->bags[i].key && r->bags[i].has_id &&
		    (r->bags[i].shrouded || !shrouded_only))
			k.items[k.n++] = &r->bags[i];
	qsort(k.items, k.n, sizeof(*k.items), compare_ids);
	*ret_keys = k;
}

static bool has_key(const struct keys *k, const struct pkcs12_bag *bag)
{
	return bag->has_id && bsearch(&bag, k->items, k->n, sizeof(*k->items),
				      compare_ids) != NULL;
}

static int entry_emit(struct pkcs12_reading *r, const struct pkcs12_bag *bag,
		      const struct keys *all, const struct keys *shrouded)
{
	AUTO(buf) struct buf label;
	struct entry e = {
		.der = bag->der,
		.marked = bag->trusted || has_key(shrouded, bag),
		.private_key = has_key(all, bag),
		.seal = r->seal,
	};

	buf_init(&label, LIMIT_LABEL_BYTES);
	r->where = bag->where;
	if (pkcs12_is_in_file(r, bag->der.p))
		e.offset = pkcs12_offset(r, bag->der.p);
	if (bag->has_name) {
		if (label_from_bmp(bag->friendly, &label) < 0)
			pkcs12_skipped(r, PROBLEM_LIMIT, bag->friendly.p,
				       "a friendlyName longer than %u bytes; "
				       "it is cut there", LIMIT_LABEL_BYTES);
		e.label = buf_str(&label);
		e.label_n = label.n;
	}
	return r->out->entry(r->out, &e);
}

int pkcs12_bags_emit(struct pkcs12_reading *r)
{
	struct keys all, shrouded;
	int e = 0;

	names_settle(r);
	keys_sort(r, false, &all);
	keys_sort(r, true, &shrouded);
	for (size_t i = 0; i < r->n_bags && e == 0; i++)
		if (!r->bags[i].key)
			e = entry_emit(r, &r->bags[i], &all, &shrouded);
	free(all.items);
	free(shrouded.items);
	return e;
}
