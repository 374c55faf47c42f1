/* x509.c -- one certificate as the inventory keeps it (RFC 5280), and whether
 * one key signed another's certificate.
 *
 * GnuTLS decides what a certificate is and does the mathematics.  The fields
 * are taken from the DER itself: GnuTLS takes every date before 1970 for 1970,
 * has no canonical form of names, and its getters search the whole structure
 * anew for each of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "library/libgnutls.h"
#include "read/name.h"
#include "read/x509.h"

static void auto_crt(gnutls_x509_crt_t *crt)
{
	if (*crt)
		libgnutls()->gnutls_x509_crt_deinit(*crt);
}

static void auto_pubkey(gnutls_pubkey_t *key)
{
	if (*key)
		libgnutls()->gnutls_pubkey_deinit(*key);
}

static gnutls_datum_t datum(struct blob b)
{
	return (gnutls_datum_t){ (unsigned char *)b.p, (unsigned)b.n };
}

int gnutls_said(int r)
{
	if (r == GNUTLS_E_MEMORY_ERROR)
		die("%s", _("out of memory"));
	return r;
}

void x509_ready(void)
{
	const struct libgnutls *lib = libgnutls();
	static bool is_ready;
	const int r = is_ready ? 0 : lib->gnutls_global_init();

	if (r < 0)
		die_aloud(_("GnuTLS does not start: %s"),
			  lib->gnutls_strerror(r));
	is_ready = true;
}

/* ---- the parts of a certificate ------------------------------------------*/

int tlv_optional(struct blob *in, uint8_t tag, struct tlv *ret_tlv)
{
	int r = in->n == 0 ? -ENOMSG : tlv_expect(in, tag, ret_tlv);

	if (r == -ENOMSG) {
		*ret_tlv = (struct tlv){ .tag = tag };
		return 0;
	}
	return r;
}

int parts_find(struct blob der, struct parts *ret_parts)
{
	struct tlv whole, tbs, t, algorithm, signature, issuer, validity;
	struct tlv subject, spki, serial, version, extensions;
	struct parts p;

	if (tlv_expect(&der, TAG_SEQUENCE, &whole) < 0 ||
	    tlv_expect(&whole.value, TAG_SEQUENCE, &tbs) < 0 ||
	    tlv_expect(&whole.value, TAG_SEQUENCE, &algorithm) < 0 ||
	    tlv_expect(&whole.value, TAG_BIT_STRING, &signature) < 0 ||
	    signature.value.n < 1 || signature.value.p[0] != 0)
		return -EINVAL;
	p.tbs = tbs.whole;
	if (tlv_optional(&tbs.value, TAG_CONTEXT(0), &version) < 0 ||
	    tlv_expect(&tbs.value, TAG_INTEGER, &serial) < 0 ||
	    tlv_expect(&tbs.value, TAG_SEQUENCE, &t) < 0 ||
	    tlv_expect(&tbs.value, TAG_SEQUENCE, &issuer) < 0 ||
	    tlv_expect(&tbs.value, TAG_SEQUENCE, &validity) < 0 ||
	    tlv_expect(&tbs.value, TAG_SEQUENCE, &subject) < 0 ||
	    tlv_expect(&tbs.value, TAG_SEQUENCE, &spki) < 0 ||
	    tlv_next(&validity.value, &p.not_before) < 0 ||
	    tlv_next(&validity.value, &p.not_after) < 0)
		return -EINVAL;
	p.extensions = (struct blob){ NULL, 0 };
	while (tbs.value.n > 0) {	/* [1] and [2] are unique identifiers */
		if (tlv_next(&tbs.value, &t) < 0)
			return -EINVAL;
		if (t.tag != TAG_CONTEXT(3))
			continue;
		if (tlv_expect(&t.value, TAG_SEQUENCE, &extensions) < 0)
			return -EINVAL;
		p.extensions = extensions.value;
	}
	p.algorithm = algorithm.whole;
	p.issuer = issuer.whole;
	p.subject = subject.whole;
	p.spki = spki.whole;
	p.serial = serial.value;
	p.signature = (struct blob){ signature.value.p + 1,
				     signature.value.n - 1 };
	p.version_1 = version.value.n == 0 ||
		version.value.p[version.value.n - 1] == 0;
	p.version_3 = version.value.n > 0 &&
		version.value.p[version.value.n - 1] == 2;
	*ret_parts = p;
	return 0;
}

/* ---- names ---------------------------------------------------------------*/

int name_hash(struct blob name, uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(buf) struct buf canonical = { .p = NULL };
	int r;

	buf_init(&canonical, CANONICAL_MAX);
	r = name_canonical(name, &canonical);
	if (r == 0)
		hash_sha256((struct blob){ (uint8_t *)canonical.p,
					   canonical.n }, ret_hash);
	return r;
}

int x509_name_and_key(struct blob der, struct blob *ret_subject,
		      struct blob *ret_spki)
{
	struct parts p;

	if (parts_find(der, &p) < 0)
		return -EINVAL;
	*ret_subject = p.subject;
	*ret_spki = p.spki;
	return 0;
}

int x509_subject_hash(struct blob der, uint32_t *ret_hash)
{
	AUTO(buf) struct buf canonical = { .p = NULL };
	uint8_t sha1[SHA1_SIZE];
	struct parts p;

	buf_init(&canonical, CANONICAL_MAX);
	if (parts_find(der, &p) < 0 ||
	    name_canonical(p.subject, &canonical) < 0)
		return -EINVAL;
	hash_sha1((struct blob){ (uint8_t *)canonical.p, canonical.n }, sha1);
	*ret_hash = get_le32(sha1);
	return 0;
}

int x509_name(struct blob name, uint8_t ret_sha256[SHA256_SIZE],
	      char **ret_text)
{
	AUTO(str) char *text = NULL;
	struct blob rest = name;
	struct tlv t;
	int r;

	if (tlv_expect(&rest, TAG_SEQUENCE, &t) < 0 || rest.n > 0)
		return -EINVAL;
	if (name.n > LIMIT_TEXT_BYTES)
		return -E2BIG;
	r = name_text(name, &text);
	if (r == 0)
		r = name_hash(name, ret_sha256);
	if (r == 0)
		*ret_text = TAKE(text);
	return r;
}

/* ---- other fields --------------------------------------------------------*/

char *x509_serial(struct blob serial)
{
	AUTO(str) char *hex = xmalloc(2 * serial.n + 1);
	const char *s = hex;

	hex_encode(serial.p, serial.n, hex);
	while (s[0] == '0' && s[1] != '\0')
		s++;
	return xstrdup(s);
}

/* The number of N digits at P; -1 when something else is there.  */
static int digits(const uint8_t *p, unsigned n)
{
	int v = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		v = 10 * v + (*p - '0');
	}
	return v;
}

/* DER has no other form, and GnuTLS refuses others.  */
int x509_time(struct blob text, int64_t *ret_time)
{
	bool utc = text.n == 13;
	const uint8_t *p = text.p;
	struct tm tm = { .tm_isdst = 0 }, back;
	time_t seconds;
	int year;

	if ((!utc && text.n != 15) || p[text.n - 1] != 'Z')
		return -EINVAL;
	year = digits(p, utc ? 2 : 4);
	if (year < 0)
		return -EINVAL;
	if (utc)
		year += year < 50 ? 2000 : 1900;
	p += utc ? 2 : 4;
	tm.tm_year = year - 1900;
	tm.tm_mon = digits(p, 2) - 1;
	tm.tm_mday = digits(p + 2, 2);
	tm.tm_hour = digits(p + 4, 2);
	tm.tm_min = digits(p + 6, 2);
	tm.tm_sec = digits(p + 8, 2);
	back = tm;
	seconds = timegm(&back);
	/* timegm() makes 1 March of 30 February.  */
	if (tm.tm_mon != back.tm_mon || tm.tm_mday != back.tm_mday ||
	    tm.tm_hour != back.tm_hour || tm.tm_min != back.tm_min ||
	    tm.tm_sec != back.tm_sec)
		return -EINVAL;
	*ret_time = seconds;
	return 0;
}

int x509_time_of(const struct tlv *t, int64_t *ret_time)
{
	size_t n = t->tag == TAG_UTC_TIME ? 13 :
		   t->tag == TAG_GENERALIZED_TIME ? 15 : 0;

	return n != 0 && t->value.n == n ? x509_time(t->value, ret_time)
					 : -EINVAL;
}

static void copy_key_id(struct blob id, uint8_t **ret_id, size_t *ret_n)
{
	if (*ret_id)		/* twice in a certificate: the first counts */
		return;
	*ret_id = xmemdup(id.p, id.n);
	*ret_n = id.n;
}

/* RFC 5280 4.2.1.1, 4.2.1.2 and 4.2.1.9.  An extension that is not made as
 * it should be says nothing.  */
static void extensions_read(struct blob in, struct certificate *c)
{
	struct tlv extension, oid, t, value;

	while (tlv_expect(&in, TAG_SEQUENCE, &extension) == 0) {
		if (tlv_expect(&extension.value, TAG_OID, &oid) < 0 ||
		    tlv_optional(&extension.value, TAG_BOOLEAN, &t) < 0 ||
		    tlv_expect(&extension.value, TAG_OCTETS, &value) < 0)
			continue;
		if (oid.value.n != 3 || oid.value.p[0] != 0x55 ||
		    oid.value.p[1] != 0x1d)
			continue;
		switch (oid.value.p[2]) {
		case 14:
			if (tlv_expect(&value.value, TAG_OCTETS, &t) == 0)
				copy_key_id(t.value, &c->key_id,
					    &c->key_id_n);
			break;
		case 19:
			if (tlv_expect(&value.value, TAG_SEQUENCE, &t) == 0 &&
			    tlv_expect(&t.value, TAG_BOOLEAN, &value) == 0 &&
			    value.value.n == 1)
				c->is_ca = value.value.p[0] != 0;
			break;
		case 35:
			if (tlv_expect(&value.value, TAG_SEQUENCE, &t) == 0 &&
			    tlv_expect(&t.value, 0x80, &value) == 0)
				copy_key_id(value.value, &c->authority_key_id,
					    &c->authority_key_id_n);
			break;
		}
	}
}

int x509_key_and_usage(struct blob der, struct blob *ret_spki,
		       struct blob *ret_usage)
{
	static const uint8_t usage[] = { 0x55, 0x1d, 0x25 };	/* 2.5.29.37 */
	struct tlv extension, oid, t, value, list;
	struct parts p;
	struct blob in;

	if (parts_find(der, &p) < 0)
		return -EINVAL;
	*ret_spki = p.spki;
	*ret_usage = (struct blob){ NULL, 0 };
	in = p.extensions;
	while (tlv_expect(&in, TAG_SEQUENCE, &extension) == 0) {
		if (tlv_expect(&extension.value, TAG_OID, &oid) == 0 &&
		    blob_equal(oid.value,
			       (struct blob){ usage, sizeof(usage) }) &&
		    tlv_optional(&extension.value, TAG_BOOLEAN, &t) == 0 &&
		    tlv_expect(&extension.value, TAG_OCTETS, &value) == 0 &&
		    tlv_expect(&value.value, TAG_SEQUENCE, &list) == 0)
			*ret_usage = list.value;
	}
	return 0;
}

int x509_is_authority(struct blob der)
{
	AUTO(certificate) struct certificate c = { .decoded = false };
	struct parts p;

	if (parts_find(der, &p) < 0 ||
	    p.subject.n > LIMIT_TEXT_BYTES || p.issuer.n > LIMIT_TEXT_BYTES ||
	    name_hash(p.subject, c.subject_sha256) < 0 ||
	    name_hash(p.issuer, c.issuer_sha256) < 0)
		return -EINVAL;
	if (p.version_1)
		return memcmp(c.subject_sha256, c.issuer_sha256,
			      SHA256_SIZE) == 0;
	extensions_read(p.extensions, &c);
	return c.is_ca;
}

/* ---- signatures ----------------------------------------------------------*/

static void auto_spki(gnutls_x509_spki_t *spki)
{
	if (*spki)
		libgnutls()->gnutls_x509_spki_deinit(*spki);
}

/* The salt's length in an RSASSA-PSS AlgorithmIdentifier (RFC 4055 3.1).  */
static int pss_salt(struct blob algorithm, unsigned *ret_length)
{
	struct tlv t, oid, parameters, salt;

	if (tlv_expect(&algorithm, TAG_SEQUENCE, &t) < 0 ||
	    tlv_expect(&t.value, TAG_OID, &oid) < 0 ||
	    tlv_expect(&t.value, TAG_SEQUENCE, &parameters) < 0)
		return -EINVAL;
	while (parameters.value.n > 0) {
		if (tlv_next(&parameters.value, &t) < 0)
			return -EINVAL;
		if (t.tag != TAG_CONTEXT(2))
			continue;
		if (tlv_expect(&t.value, TAG_INTEGER, &salt) < 0 ||
		    salt.value.n < 1 || salt.value.n > 2)
			return -EINVAL;
		*ret_length = salt.value.n == 1 ? salt.value.p[0] :
			      get_be16(salt.value.p);
		return 0;
	}
	*ret_length = 20;
	return 0;
}

/* gnutls_pubkey_verify_data2() takes the salt's length from the key, and
 * where that has none, the hash's length; the signature's own is told to it
 * by this.  */
static int pss_prepare(gnutls_pubkey_t key, gnutls_sign_algorithm_t algorithm,
		       struct blob identifier)
{
	const struct libgnutls *lib = libgnutls();
	AUTO(spki) gnutls_x509_spki_t spki = NULL;
	unsigned salt;

	if (pss_salt(identifier, &salt) < 0)
		return -EINVAL;
	if (lib->gnutls_x509_spki_init(&spki) < 0)
		die("out of memory");
	lib->gnutls_x509_spki_set_rsa_pss_params(spki,
			lib->gnutls_sign_get_hash_algorithm(algorithm), salt);
	return gnutls_said(lib->gnutls_pubkey_set_spki(key, spki, 0)) < 0 ?
	       -EINVAL : 0;
}

/* The time to verify grows with the product of modulus and exponent, and a
 * certificate has room for keys that take a minute.  These are the bounds of
 * OpenSSL (OPENSSL_RSA_MAX_MODULUS_BITS and those beside it); what it refuses
 * nobody uses.  */
static bool is_affordable(gnutls_pubkey_t key)
{
	const struct libgnutls *lib = libgnutls();
	gnutls_datum_t p = { 0 }, q = { 0 }, g = { 0 }, y = { 0 };
	unsigned bits = 0;
	bool fits = true;
	int algorithm = lib->gnutls_pubkey_get_pk_algorithm(key, &bits);

	if (bits > LIMIT_KEY_BITS)
		return false;
	if (bits <= LIMIT_SMALL_KEY_BITS)
		return true;
	if (algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS)
		fits = gnutls_said(lib->gnutls_pubkey_export_rsa_raw2(key,
				&p, &q, GNUTLS_EXPORT_FLAG_NO_LZ)) >= 0 &&
		       q.size <= LIMIT_EXPONENT_BYTES;
	else if (algorithm == GNUTLS_PK_DSA)
		fits = gnutls_said(lib->gnutls_pubkey_export_dsa_raw2(key,
				&p, &q, &g, &y,
				GNUTLS_EXPORT_FLAG_NO_LZ)) >= 0 &&
		       q.size <= SHA256_SIZE;
	(*lib->gnutls_free)(p.data);
	(*lib->gnutls_free)(q.data);
	(*lib->gnutls_free)(g.data);
	(*lib->gnutls_free)(y.data);
	return fits;
}

/* As x509_verify(), of decoded things.  KEY may be changed.  */
static int signature_check(gnutls_x509_crt_t child, const struct parts *p,
			   gnutls_pubkey_t key)
{
	const struct libgnutls *lib = libgnutls();
	gnutls_datum_t tbs = datum(p->tbs), signature = datum(p->signature);
	gnutls_sign_algorithm_t algorithm;
	int r;

	r = gnutls_said(lib->gnutls_x509_crt_get_signature_algorithm(child));
	if (r <= GNUTLS_SIGN_UNKNOWN)
		return -ENOTSUP;
	algorithm = (gnutls_sign_algorithm_t)r;
	if (!is_affordable(key))
		return -ENOTSUP;
	/* GnuTLS has names for these two, but verifies neither.  */
	if (algorithm == GNUTLS_SIGN_RSA_MD2 ||
	    algorithm == GNUTLS_SIGN_RSA_RMD160)
		return -ENOTSUP;
	if (!lib->gnutls_sign_supports_pk_algorithm(algorithm,
				lib->gnutls_pubkey_get_pk_algorithm(key, NULL)))
		return 0;
	if (lib->gnutls_sign_get_pk_algorithm(algorithm) == GNUTLS_PK_RSA_PSS &&
	    pss_prepare(key, algorithm, p->algorithm) < 0)
		return 0;
	r = lib->gnutls_pubkey_verify_data2(key, algorithm,
					    GNUTLS_VERIFY_ALLOW_BROKEN,
					    &tbs, &signature);
	switch (gnutls_said(r)) {
	case GNUTLS_E_INSUFFICIENT_SECURITY:	/* by this host's policy */
	case GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM:
	case GNUTLS_E_UNIMPLEMENTED_FEATURE:
		return -ENOTSUP;
	default:
		return r >= 0;
	}
}

/* ---- the whole -----------------------------------------------------------*/

/* Takes DER apart.  NULL, or why not; the caller frees that.  Comes before
 * import(), because GnuTLS takes seconds for a name of some ten thousand
 * parts.  */
static char *parts_check(struct blob der, struct parts *ret_parts)
{
	struct parts p;

	if (der.n > LIMIT_CERTIFICATE_BYTES)
		return xasprintf("larger than LIMIT_CERTIFICATE_BYTES (%u)",
				 LIMIT_CERTIFICATE_BYTES);
	if (parts_find(der, &p) < 0)
		return xstrdup("not put together as RFC 5280 4.1 says");
	if (p.subject.n > LIMIT_TEXT_BYTES || p.issuer.n > LIMIT_TEXT_BYTES)
		return xasprintf("a name is longer than LIMIT_TEXT_BYTES (%u)",
				 LIMIT_TEXT_BYTES);
	*ret_parts = p;
	return NULL;
}

/* GnuTLS's object of DER, which the caller frees.  Returns as above.  */
static char *import(struct blob der, gnutls_x509_crt_t *ret_crt)
{
	const struct libgnutls *lib = libgnutls();
	AUTO(crt) gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t bytes = datum(der);
	int r;

	x509_ready();
	if (lib->gnutls_x509_crt_init(&crt) < 0)
		die("out of memory");
	r = lib->gnutls_x509_crt_import(crt, &bytes, GNUTLS_X509_FMT_DER);
	if (gnutls_said(r) < 0)
		return xasprintf("GnuTLS: %s", lib->gnutls_strerror(r));
	*ret_crt = TAKE(crt);
	return NULL;
}

int x509_verify(struct blob child, struct blob issuer)
{
	const struct libgnutls *lib = libgnutls();
	AUTO(crt) gnutls_x509_crt_t crt = NULL;
	AUTO(pubkey) gnutls_pubkey_t key = NULL;
	AUTO(str) char *error = NULL;
	gnutls_datum_t spki;
	struct parts c, i;

	if (parts_find(issuer, &i) < 0)
		return -EINVAL;
	error = parts_check(child, &c);
	if (!error)
		error = import(child, &crt);
	if (error)
		return -EINVAL;
	if (lib->gnutls_pubkey_init(&key) < 0)
		die("out of memory");
	spki = datum(i.spki);
	if (gnutls_said(lib->gnutls_pubkey_import(key, &spki,
						  GNUTLS_X509_FMT_DER)) < 0)
		return -ENOTSUP;
	return signature_check(crt, &c, key);
}

static bool signed_itself(gnutls_x509_crt_t crt, const struct parts *p)
{
	const struct libgnutls *lib = libgnutls();
	AUTO(pubkey) gnutls_pubkey_t key = NULL;

	if (lib->gnutls_pubkey_init(&key) < 0)
		die("out of memory");
	return gnutls_said(lib->gnutls_pubkey_import_x509(key, crt, 0)) == 0 &&
	       signature_check(crt, p, key) == 1;
}

/* Fills *c but for the hashes of the whole.  NULL, or why not; the caller
 * frees that, and empties *c either way.  */
static char *decode(struct blob der, bool verified, struct certificate *c)
{
	AUTO(crt) gnutls_x509_crt_t crt = NULL;
	struct parts p;
	bool self_issued;
	char *error;
	int r;

	error = parts_check(der, &p);
	if (!error && !verified)
		error = import(der, &crt);
	if (error)
		return error;
	if (x509_time_of(&p.not_before, &c->not_before) < 0 ||
	    x509_time_of(&p.not_after, &c->not_after) < 0)
		return xstrdup("the validity is no time of RFC 5280 4.1.2.5");
	r = name_text(p.subject, &c->subject);
	if (r == 0)
		r = name_text(p.issuer, &c->issuer);
	if (r == -E2BIG)
		return xasprintf("a name is longer than LIMIT_TEXT_BYTES (%u)",
				 LIMIT_TEXT_BYTES);
	if (r < 0 || name_hash(p.subject, c->subject_sha256) < 0 ||
	    name_hash(p.issuer, c->issuer_sha256) < 0)
		return xstrdup("a name is not put together as X.501 says");
	c->name = name_for_people(p.subject);
	if (!c->name)
		c->name = xstrdup(c->subject);
	c->serial = x509_serial(p.serial);
	hash_sha256(p.spki, c->spki_sha256);
	c->key = x509_key_kind(p.spki, &c->key_bits);
	c->hash = x509_hash_kind(p.algorithm);
	extensions_read(p.extensions, c);
	self_issued = memcmp(c->subject_sha256, c->issuer_sha256,
			     SHA256_SIZE) == 0;
	if (p.version_1)
		c->is_ca = self_issued;
	c->self_signed = self_issued && (verified || signed_itself(crt, &p));
	return NULL;
}

void x509_decode_hashed(struct blob der, const uint8_t sha256[SHA256_SIZE],
			bool verified, struct certificate *ret_cert)
{
	struct certificate c = { .decoded = true };
	char *error = decode(der, verified, &c);

	if (error) {
		x509_done(&c);
		c.error = error;
	}
	memcpy(c.sha256, sha256, SHA256_SIZE);
	hash_sha1(der, c.sha1);
	c.der = der;
	*ret_cert = c;
}

void x509_decode(struct blob der, struct certificate *ret_cert)
{
	uint8_t sha256[SHA256_SIZE];

	hash_sha256(der, sha256);
	x509_decode_hashed(der, sha256, false, ret_cert);
}

void x509_done(struct certificate *c)
{
	free(c->error);
	free(c->subject);
	free(c->issuer);
	free(c->name);
	free(c->serial);
	free(c->key_id);
	free(c->authority_key_id);
	*c = (struct certificate){ .decoded = false };
}

void auto_certificate(struct certificate *c)
{
	x509_done(c);
}
