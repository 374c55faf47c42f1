/* decoding.c -- what the readers stand on.
 *
 * asn1  walks of DER and BER, and what is read of single elements
 * x509  a certificate, decoded by GnuTLS and taken apart by our own code, as a
 *       worker and the program do; what the worker says the program takes
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "read/jobs.h"

static void check_utf8(const char *s)
{
	MUST(s != NULL && is_utf8(s, strlen(s)));
}

static bool is_inside(struct blob part, struct blob whole)
{
	return part.n == 0 || (part.p >= whole.p && part.n <= whole.n &&
			       part.p - whole.p <=
			       (ptrdiff_t)(whole.n - part.n));
}

/* ---- asn1 ------------------------------------------------------------------*/

static void take_element(const struct tlv *t)
{
	char oid[OID_TEXT_SIZE];
	uint8_t hash[SHA256_SIZE];
	AUTO(str) char *name = NULL, *serial = NULL;
	struct cert_aux aux;
	unsigned purposes;
	int64_t time;
	bool any;

	check_utf8(oid_format(t->value, oid));
	if (x509_time_of(t, &time) == 0)
		MUST(t->tag == TAG_UTC_TIME || t->tag == TAG_GENERALIZED_TIME);
	if (x509_name(t->whole, hash, &name) == 0)
		check_utf8(name);
	serial = x509_serial(t->value);
	MUST(serial != NULL &&
	     serial[strspn(serial, "0123456789abcdef")] == '\0');
	if (purposes_from_oids(t->value, &purposes, &any) == 0)
		MUST((purposes & ~PURPOSES_ALL) == 0);
	if (cert_aux_parse(t->whole, &aux) == 0)
		MUST(is_inside(aux.alias, t->whole) &&
		     is_inside(aux.key_id, t->whole));
}

static void walk(struct blob in, unsigned depth)
{
	struct tlv t;

	while (in.n > 0 && depth < LIMIT_ASN1_DEPTH) {
		const struct blob before = in;

		if (tlv_next(&in, &t) < 0) {
			MUST(in.p == before.p && in.n == before.n);
			return;
		}
		MUST(is_inside(t.whole, before) && t.whole.p == before.p);
		MUST(is_inside(t.value, t.whole) && t.value.n < t.whole.n);
		MUST(in.p == t.whole.p + t.whole.n &&
		     in.n == before.n - t.whole.n);
		if (t.whole.n <= LIMIT_CERTIFICATE_BYTES)
			take_element(&t);
		walk(t.value, depth + 1);
	}
}

static void take_asn1(struct blob input)
{
	struct blob der;
	uint8_t *decoded;
	size_t n;

	walk(input, 0);
	if (certificate_tlv(input, &der) == 0)
		MUST(is_inside(der, input) && der.p == input.p);
	/* its room is what read.h says, to the byte */
	decoded = xmalloc(input.n / 4 * 3 + 3);
	if (base64_decode(input, decoded, &n) == 0)
		MUST(n <= input.n / 4 * 3 + 3);
	free(decoded);
}

const struct fuzz_target asn1_target = { "asn1", NULL, take_asn1 };

/* ---- x509 ------------------------------------------------------------------*/

static void check_certificate(const struct certificate *c)
{
	MUST(c->decoded == (c->error == NULL));
	if (!c->decoded) {
		check_utf8(c->error);
		return;
	}
	check_utf8(c->subject);
	check_utf8(c->issuer);
	check_utf8(c->name);
	check_utf8(c->serial);
	MUST(c->serial[strspn(c->serial, "0123456789abcdef")] == '\0');
}

/* As a worker tells the program of it.  */
static void check_sent(const struct certificate *c)
{
	AUTO(certificate) struct certificate got = { .decoded = false };
	AUTO(buf) struct buf record;
	uint8_t *copy;
	struct wire w;

	buf_init(&record, LIMIT_WIRE_BYTES);
	certificate_put(&record, c);
	MUST(!record.truncated);
	w = fuzz_wire(&record, &copy);
	certificate_get(&w, c->der, c->sha256, false, &got);
	MUST(wire_end(&w) == 0);
	MUST(got.decoded == c->decoded && got.is_ca == c->is_ca &&
	     got.self_signed == c->self_signed);
	free(copy);
}

static void take_extensions(struct blob der)
{
	struct extensions e;

	if (extensions_read_all(der, &e) < 0)
		return;
	MUST(is_inside(e.subject, der) && is_inside(e.issuer, der) &&
	     is_inside(e.serial, der) && is_inside(e.permitted, der) &&
	     is_inside(e.excluded, der) && is_inside(e.alt_name_list, der) &&
	     is_inside(e.policy_list, der) && is_inside(e.mapping_list, der) &&
	     is_inside(e.key_id, der) && is_inside(e.authority_key_id, der) &&
	     is_inside(e.authority_issuer, der) &&
	     is_inside(e.authority_serial_number, der));
	MUST(memchr(e.unknown_oid, '\0', sizeof(e.unknown_oid)) != NULL);
	constraints_check(&e, &e, false);
	constraints_check(&e, &e, true);
	host_matches(&e, "www.example.com", true);
	host_matches(&e, "192.0.2.1", false);
	host_matches(&e, "2001:db8::1", true);
}

static void take_x509(struct blob input)
{
	AUTO(certificate) struct certificate c = { .decoded = false };
	struct blob der, subject, spki, usage;
	uint32_t hash;

	if (input.n > LIMIT_CERTIFICATE_BYTES)
		return;
	take_extensions(input);
	if (x509_name_and_key(input, &subject, &spki) == 0)
		MUST(is_inside(subject, input) && is_inside(spki, input));
	if (x509_key_and_usage(input, &spki, &usage) == 0)
		MUST(is_inside(spki, input) && is_inside(usage, input));
	x509_is_authority(input);
	x509_subject_hash(input, &hash);
	/* no reader gives other bytes than these */
	if (certificate_tlv(input, &der) < 0)
		return;
	x509_decode(der, &c);
	check_certificate(&c);
	check_sent(&c);
}

const struct fuzz_target x509_target = { "x509", NULL, take_x509 };
