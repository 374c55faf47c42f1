/* p11kit.c -- files of a p11-kit token, as p11-kit's trust module reads them
 * whatever their names are (p11-kit trust/parser.c): a .p11-kit file, else one
 * DER certificate, else PEM blocks.
 *
 * A certificate is an anchor, distrusted, or neither: then the directory
 * decides (`anchors`, `blocklist`), and that is the catalogue's.  An anchor is
 * for the purposes of the extendedKeyUsage that is "stapled" to its key by an
 * x-certificate-extension object, else of its own, else for all.
 *
 * What is surprising: a TRUSTED CERTIFICATE whose CertAux has no list of
 * trust, or one without anything that is not rejected, is distrusted, which
 * is what OpenSSL writes for a certificate with an alias; X509 CERTIFICATE is
 * no label of a certificate; and distrust concerns all certificates with the
 * same key, in all tokens, which is the relying party's to know.
 *
 * What p11-kit passes over without a word is a problem that is `skipped`
 * here: it is known what is trusted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/p11kit.h"

/* ---- certificates --------------------------------------------------------*/

/* To p11-kit anyExtendedKeyUsage is every purpose, and a list that is none of
 * purposes has none.  */
static unsigned purposes_of(struct blob oids)
{
	unsigned purposes = 0;
	bool any = false;

	if (purposes_from_oids(oids, &purposes, &any) < 0 || purposes == 0)
		return PURPOSE_OTHER;
	return any ? PURPOSES_ALL : purposes;
}

/* Every purpose is no restriction.  */
static void set_purposes(struct entry *e, unsigned purposes)
{
	e->purposes = purposes == PURPOSES_ALL ? 0 : purposes;
}

/* Is DER, all of it, a certificate as far as one can see cheaply?  */
static bool is_certificate(struct blob der, struct blob *ret_spki,
			   struct blob *ret_usage)
{
	struct blob certificate;

	return certificate_tlv(der, &certificate) == 0 &&
	       certificate.n == der.n && der.n <= LIMIT_CERTIFICATE_BYTES &&
	       x509_key_and_usage(der, ret_spki, ret_usage) == 0;
}

/* Purposes for all anchors with the key SPKI in the same token.  */
static int give_staple(struct sink *out, struct blob spki, unsigned purposes,
		       const struct entry *like)
{
	struct entry e = {
		.spki = spki,
		.role = ROLE_ANCHOR,
		.purposes = purposes,
		.label = like->label,
		.label_n = like->label_n,
		.offset = like->offset,
	};

	return out->entry(out, &e);
}

static int give_plain(struct sink *out, struct blob der, struct blob usage,
		      uint64_t offset)
{
	struct entry e = { .der = der, .offset = offset };

	if (usage.n > 0)
		set_purposes(&e, purposes_of(usage));
	return out->entry(out, &e);
}

/* ---- PEM -----------------------------------------------------------------*/

static bool is_label(struct blob label, const char *word)
{
	return blob_equal(label, (struct blob){ (const uint8_t *)word,
						strlen(word) });
}

/* The certificate at the front of DER and its CertAux behind.  */
static int trusted_read(struct blob der, uint64_t offset, struct sink *out)
{
	struct entry e = { .offset = offset };
	struct blob rest, spki, usage;
	struct cert_aux aux;
	unsigned purposes;
	int r;

	if (certificate_tlv(der, &e.der) < 0 ||
	    !is_certificate(e.der, &spki, &usage)) {
		sink_skipped(out, PROBLEM_MALFORMED, offset, "the block holds "
			     "no certificate, so p11-kit passes over it; "
			     "restore it from its source");
		return 0;
	}
	rest = (struct blob){ der.p + e.der.n, der.n - e.der.n };
	if (rest.n == 0)
		return give_plain(out, e.der, usage, offset);
	if (cert_aux_parse(rest, &aux) < 0) {
		sink_skipped(out, PROBLEM_MALFORMED, offset, "the trust "
			     "settings behind the certificate are damaged, so "
			     "p11-kit passes over the block; write them again "
			     "with openssl x509 -trustout");
		return 0;
	}
	sink_label(out, &e, aux.alias);
	/* `any` is one name among others here, and rejecting it no more.  */
	purposes = aux.left_any ? PURPOSES_ALL : aux.left;
	e.role = purposes != 0 ? ROLE_ANCHOR : ROLE_DISTRUST;
	if (e.role == ROLE_ANCHOR)
		set_purposes(&e, purposes);
	r = out->entry(out, &e);
	return r < 0 || e.role == ROLE_DISTRUST ? r :
	       give_staple(out, spki, purposes, &e);
}

static int block_read(const struct loose_block *b, struct sink *out)
{
	AUTO(str) char *own = NULL;
	struct blob der, spki, usage;
	uint8_t *bytes;
	bool trusted = is_label(b->label, "TRUSTED CERTIFICATE");
	size_t n;
	int r;

	if (!trusted && !is_label(b->label, "CERTIFICATE"))
		return 0;
	r = loose_pem_decode(b->body, &bytes, &n);
	if (r < 0) {
		if (r == -E2BIG)
			sink_skipped(out, PROBLEM_TOO_LARGE, b->begin, "larger "
				     "than LIMIT_CERTIFICATE_BYTES, which no "
				     "certificate is; not read");
		else
			sink_skipped(out, PROBLEM_MALFORMED, b->begin, "not "
				     "base64, so p11-kit passes over the "
				     "block; restore it from its source");
		return 0;
	}
	own = (char *)bytes;
	der = (struct blob){ bytes, n };
	if (trusted)
		return trusted_read(der, b->begin, out);
	if (!is_certificate(der, &spki, &usage)) {
		sink_skipped(out, PROBLEM_MALFORMED, b->begin, "the block does "
			     "not hold one certificate and nothing else, so "
			     "p11-kit passes over it; restore it from its "
			     "source");
		return 0;
	}
	return give_plain(out, der, usage, b->begin);
}

static int pem_blocks_read(struct blob data, struct sink *out)
{
	struct loose_block b;
	uint64_t pos = 0;
	bool found = false;
	int r;

	while ((r = loose_pem_next(data, &pos, &b)) > 0) {
		found |= is_label(b.label, "CERTIFICATE") ||
			 is_label(b.label, "TRUSTED CERTIFICATE");
		r = block_read(&b, out);
		if (r < 0)
			return r;
	}
	if (r < 0)
		sink_skipped(out, PROBLEM_MALFORMED, b.begin, "a BEGIN line "
			     "without its END line; p11-kit reads nothing from "
			     "here on: repair or remove the block");
	else if (!found)
		sink_skipped(out, PROBLEM_FORMAT, 0, "nothing in it is a "
			     "certificate to p11-kit");
	return 0;
}

/* ---- objects of a .p11-kit file ------------------------------------------*/

/* Purposes that an extension object gives to a key.  */
struct staple {
	uint8_t key[SHA256_SIZE];
	uint64_t offset;
	unsigned purposes;
};

struct reading {
	struct sink *out;
	struct staple *staples;		/* sorted when they are used */
	size_t n_staples, cap_staples;
	size_t n_objects;
};

/* By key, then as they are in the file.  */
static int compare_staples(const void *a, const void *b)
{
	const struct staple *x = a, *y = b;
	int r = memcmp(x->key, y->key, SHA256_SIZE);

	return r ? r : (x->offset > y->offset) - (x->offset < y->offset);
}

/* NULL: no extension of the file is for that key.  Of several p11-kit takes the
 * first.  */
static const struct staple *staple_find(const struct reading *r,
					struct blob spki)
{
	size_t low = 0, high = r->n_staples;
	uint8_t key[SHA256_SIZE];

	hash_sha256(spki, key);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(r->staples[middle].key, key, SHA256_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < r->n_staples &&
	    memcmp(r->staples[low].key, key, SHA256_SIZE) == 0)
		return &r->staples[low];
	return NULL;
}

/* What the stapled extension in VALUE is: 1 an extendedKeyUsage with
 * *ret_purposes, 0 another one, -EINVAL no extension.  *ret_reject: p11-kit's
 * list of what is rejected.  */
static int extension_read(struct blob value, unsigned *ret_purposes,
			  bool *ret_reject)
{
	static const uint8_t usage[] = { 0x55, 0x1d, 0x25 };
	static const uint8_t reject[] = {	/* 1.3.6.1.4.1.3319.6.10.1 */
		0x2b, 0x06, 0x01, 0x04, 0x01, 0x99, 0x77, 0x06, 0x0a, 0x01
	};
	struct tlv extension, oid, t, list;

	if (tlv_expect(&value, TAG_SEQUENCE, &extension) < 0 || value.n > 0 ||
	    tlv_expect(&extension.value, TAG_OID, &oid) < 0)
		return -EINVAL;
	tlv_expect(&extension.value, 0x01, &t);		/* critical */
	if (tlv_expect(&extension.value, TAG_OCTETS, &t) < 0 ||
	    extension.value.n > 0)
		return -EINVAL;
	*ret_reject = blob_equal(oid.value,
				 (struct blob){ reject, sizeof(reject) });
	if (!blob_equal(oid.value, (struct blob){ usage, sizeof(usage) }))
		return 0;
	*ret_purposes = tlv_expect(&t.value, TAG_SEQUENCE, &list) < 0 ?
		PURPOSE_OTHER : purposes_of(list.value);
	return 1;
}

/* First pass: the staples.  */
static int object_note(const struct object *o, void *data)
{
	struct reading *r = data;
	struct staple s = { .offset = o->offset };
	bool reject;

	if (++r->n_objects > LIMIT_STORE_ENTRIES)
		return -E2BIG;
	if (o->error || o->kind != CLASS_EXTENSION ||
	    o->attributes[ATTRIBUTE_PUBLIC_KEY_INFO].n == 0 ||
	    extension_read(o->attributes[ATTRIBUTE_VALUE], &s.purposes,
			   &reject) <= 0)
		return 0;
	hash_sha256(o->attributes[ATTRIBUTE_PUBLIC_KEY_INFO], s.key);
	grow(&r->staples, r->n_staples, &r->cap_staples, sizeof(s));
	r->staples[r->n_staples++] = s;
	return 0;
}

static bool is_true(const struct object *o, enum attribute attribute)
{
	struct blob b = o->attributes[attribute];

	return b.n == 1 && b.p[0] != 0;
}

static int extension_give(const struct object *o, struct reading *r)
{
	const struct blob key = o->attributes[ATTRIBUTE_PUBLIC_KEY_INFO];
	struct entry e = { .offset = o->offset };
	unsigned purposes;
	bool reject;
	int kind = extension_read(o->attributes[ATTRIBUTE_VALUE], &purposes,
				  &reject);

	if (key.n == 0) {
		sink_skipped(r->out, PROBLEM_MALFORMED, o->offset, "an extension "
			     "for an empty public key, which no certificate has");
		return 0;
	}
	if (kind < 0) {
		sink_skipped(r->out, PROBLEM_MALFORMED, o->offset, "the value "
			     "is no extension; p11-kit has no anchor with that "
			     "key then: write the object again");
		kind = 1;
		purposes = PURPOSE_OTHER;
	}
	if (kind == 0) {
		sink_skipped(r->out, PROBLEM_FORMAT, o->offset, "%s", reject ?
			     "a list of rejected purposes: only programs that "
			     "ask p11-kit for trust objects (NSS) obey it" :
			     "an extension that says nothing about purposes");
		return 0;
	}
	sink_label(r->out, &e, o->attributes[ATTRIBUTE_LABEL]);
	return give_staple(r->out, key, purposes, &e);
}

static void set_distrust_after(struct entry *e, const struct object *o,
			       struct reading *r)
{
	struct blob time = o->attributes[ATTRIBUTE_SERVER_DISTRUST_AFTER];

	if (time.n <= 1)		/* absent or false */
		return;
	if (x509_time(time, &e->distrust_after) < 0)
		sink_skipped(r->out, PROBLEM_MALFORMED, o->offset,
			     "nss-server-distrust-after is no time such as "
			     "241130235959Z; p11-kit hands it to NSS as it is");
}

/* A certificate that the object only names: by issuer and serial number, by
 * its key, or by both.  */
static int names_give(const struct object *o, struct entry *e,
		      struct reading *r)
{
	struct blob serial = o->attributes[ATTRIBUTE_SERIAL_NUMBER];
	struct blob issuer = o->attributes[ATTRIBUTE_ISSUER];
	struct blob key = o->attributes[ATTRIBUTE_PUBLIC_KEY_INFO], rest = key;
	struct tlv t, name;

	if (tlv_expect(&serial, TAG_INTEGER, &t) == 0 && serial.n == 0 &&
	    tlv_expect(&issuer, TAG_SEQUENCE, &name) == 0 && issuer.n == 0) {
		e->issuer = name.whole;
		e->serial = t.value;
	}
	if (tlv_expect(&rest, TAG_SEQUENCE, &t) == 0 && rest.n == 0)
		e->spki = key;
	if (e->issuer.n > 0 || e->spki.n > 0) {
		/* Without a certificate there is nothing to trust.  */
		if (e->role == ROLE_ANCHOR)
			e->role = ROLE_NONE;
		return r->out->entry(r->out, e);
	}
	sink_skipped(r->out, PROBLEM_MALFORMED, o->offset, "an object without "
		     "a certificate that names none either, by issuer and "
		     "serial-number or public-key-info");
	return 0;
}

static int certificate_give(const struct object *o, struct reading *r)
{
	struct entry e = { .offset = o->offset };
	const struct staple *staple;
	struct blob spki, usage;

	e.role = is_true(o, ATTRIBUTE_DISTRUSTED) ? ROLE_DISTRUST :
		 is_true(o, ATTRIBUTE_TRUSTED) ? ROLE_ANCHOR : ROLE_NONE;
	sink_label(r->out, &e, o->attributes[ATTRIBUTE_LABEL]);
	if (o->attributes[ATTRIBUTE_VALUE].n == 0)
		return names_give(o, &e, r);
	e.der = o->attributes[ATTRIBUTE_VALUE];
	if (!is_certificate(e.der, &spki, &usage)) {
		sink_skipped(r->out, PROBLEM_MALFORMED, o->offset, "the "
			     "object's value is not one certificate and "
			     "nothing else; p11-kit makes no use of it: write "
			     "the object again");
		return 0;
	}
	set_distrust_after(&e, o, r);
	if (e.role != ROLE_DISTRUST) {
		staple = staple_find(r, spki);
		if (staple)
			set_purposes(&e, staple->purposes);
		else if (usage.n > 0)
			set_purposes(&e, purposes_of(usage));
	}
	return r->out->entry(r->out, &e);
}

/* Second pass.  */
static int object_give(const struct object *o, void *data)
{
	struct reading *r = data;

	if (o->error) {
		sink_skipped(r->out, PROBLEM_MALFORMED, o->offset, "%s; "
			     "p11-kit loads neither this object nor what "
			     "follows it in the file: correct it", o->error);
		return 0;
	}
	switch (o->kind) {
	case CLASS_CERTIFICATE:
		return certificate_give(o, r);
	case CLASS_EXTENSION:
		return extension_give(o, r);
	case CLASS_TRUST:
		sink_skipped(r->out, PROBLEM_FORMAT, o->offset, "a trust "
			     "object: only programs that ask p11-kit for such "
			     "(NSS) obey it");
		return 0;
	case CLASS_NOTHING:
		sink_skipped(r->out, PROBLEM_FORMAT, o->offset, "an object of "
			     "a class that says nothing of trust");
		return 0;
	}
	return 0;
}

/* -EINVAL: p11-kit takes the file for one of another format.  */
static int objects_read(struct blob data, struct sink *out)
{
	struct reading reading = { .out = out };
	const char *error;
	uint64_t offset;
	int r;

	r = persist_each(data, object_note, &reading, &error, &offset);
	if (r == -EINVAL) {
		sink_skipped(out, PROBLEM_MALFORMED, offset, "%s; so p11-kit "
			     "takes no attribute of this file, distrust "
			     "included, and reads its certificates as if there "
			     "were none: correct it", error);
	} else if (r == -E2BIG) {
		sink_problem(out, PROBLEM_LIMIT, 0,
			     "more than %u objects: not read",
			     LIMIT_STORE_ENTRIES);
		r = 0;
	} else if (reading.n_objects == 0) {
		sink_skipped(out, PROBLEM_FORMAT, 0, "no object in it");
	} else {
		if (reading.n_staples > 0)
			qsort(reading.staples, reading.n_staples,
			      sizeof(*reading.staples), compare_staples);
		r = persist_each(data, object_give, &reading, &error, &offset);
	}
	free(reading.staples);
	return r;
}

/* ---- the reader ----------------------------------------------------------*/

static bool p11kit_sniff(struct blob data)
{
	struct blob der;

	if (data.n >= 2 && data.p[0] == TAG_SEQUENCE && data.p[1] >= 0x80)
		return certificate_tlv(data, &der) != -EINVAL;
	return persist_has_magic(data) ||
	       (data.n > 0 && memmem(data.p, data.n, "-----BEGIN ", 11));
}

static int p11kit_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct blob spki, usage;
	int r = -EINVAL;

	if (data.n == 0) {
		sink_skipped(out, PROBLEM_TRUNCATED, 0, "the file is empty");
		return 0;
	}
	if (persist_has_magic(data))
		r = objects_read(data, out);
	if (r != -EINVAL)
		return r;
	if (data.p[0] != TAG_SEQUENCE)
		return pem_blocks_read(data, out);
	if (is_certificate(data, &spki, &usage))
		return give_plain(out, data, usage, 0);
	sink_skipped(out, PROBLEM_MALFORMED, 0, "not one DER certificate and "
		     "nothing else, so p11-kit passes over the file; restore "
		     "it from its source");
	return 0;
}

const struct reader p11kit_reader = {
	.name = "p11-kit",
	.title = N_("Files of a p11-kit token"),
	.caps = READS_MANY | READS_TRUST | READS_LABELS | READS_OTHERS,
	.sniff = p11kit_sniff,
	.read = p11kit_read,
};
