/* private-key.c -- which keys somebody has here: PEM blocks of PKCS#8 (RFC 5958),
 * PKCS#1 (RFC 8017 A.1.2) and SEC 1 (RFC 5915) that are not encrypted.
 *
 * All that leaves this file is the public key, as a statement about whatever
 * certificates have it.  Of an encrypted block not even that is known.  What else
 * is in the file, certificates above all, is others' matter.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "library/libgnutls.h"
#include "read/read.h"
#include "read/x509.h"

#define ENCRYPTED	"ENCRYPTED"

static const struct pem_kind pem_keys = {
	.labels = {
		"PRIVATE KEY",
		"RSA PRIVATE KEY",
		"EC PRIVATE KEY",
		"ENCRYPTED PRIVATE KEY",
	},
	.bytes = LIMIT_KEY_BYTES,
	.too_large = "larger than LIMIT_KEY_BYTES, which no private key is; "
		     "not read",
};

static bool private_key_sniff(struct blob data)
{
	return pem_has(&pem_keys, data);
}

static void wipe(struct pem_block *b)
{
	if (b->der != NULL)
		explicit_bzero(b->der, b->der_n);
	free(b->der);
	b->der = NULL;
}

static bool has_label(const struct pem_block *b, const char *label)
{
	return b->label.n == strlen(label) &&
	       memcmp(b->label.p, label, b->label.n) == 0;
}

/* By the label, or by the headers of RFC 1421.  */
static bool is_encrypted(struct blob data, const struct pem_block *b)
{
	return has_label(b, ENCRYPTED " PRIVATE KEY") ||
	       memmem(data.p + b->begin, b->end - b->begin, "," ENCRYPTED,
		      strlen("," ENCRYPTED)) != NULL;
}

static int import(gnutls_x509_privkey_t key, const struct pem_block *b)
{
	const struct libgnutls *lib = libgnutls();
	const gnutls_datum_t der = { b->der, (unsigned)b->der_n };

	if (has_label(b, "PRIVATE KEY"))
		return lib->gnutls_x509_privkey_import_pkcs8(key, &der,
			GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN);
	return lib->gnutls_x509_privkey_import(key, &der, GNUTLS_X509_FMT_DER);
}

/* The SubjectPublicKeyInfo of PRIVATE; gnutls_free() what is returned.  */
static int export_public(gnutls_privkey_t private, gnutls_datum_t *ret_spki)
{
	const struct libgnutls *lib = libgnutls();
	gnutls_pubkey_t public;
	int r = lib->gnutls_pubkey_init(&public);

	if (r < 0)
		return r;
	r = lib->gnutls_pubkey_import_privkey(public, private, 0, 0);
	if (r >= 0)
		r = lib->gnutls_pubkey_export2(public, GNUTLS_X509_FMT_DER,
					       ret_spki);
	lib->gnutls_pubkey_deinit(public);
	return r;
}

static int public_part(const struct pem_block *b, gnutls_datum_t *ret_spki)
{
	const struct libgnutls *lib = libgnutls();
	gnutls_x509_privkey_t key;
	gnutls_privkey_t private;
	int r;

	x509_ready();
	r = lib->gnutls_x509_privkey_init(&key);
	if (r < 0)
		return r;
	r = import(key, b);
	if (r >= 0)
		r = lib->gnutls_privkey_init(&private);
	if (r >= 0) {
		r = lib->gnutls_privkey_import_x509(private, key, 0);
		if (r >= 0)
			r = export_public(private, ret_spki);
		lib->gnutls_privkey_deinit(private);
	}
	lib->gnutls_x509_privkey_deinit(key);
	return r;
}

static int take_block(const struct pem_block *b, struct sink *out)
{
	const struct libgnutls *lib = libgnutls();
	gnutls_datum_t spki = { NULL, 0 };
	struct entry e = { .role = ROLE_SOURCE, .private_key = true,
			   .offset = b->begin };
	int r = gnutls_said(public_part(b, &spki));

	if (r < 0) {
		sink_problem(out, PROBLEM_MALFORMED, b->begin,
			     "no private key that can be understood: %s",
			     lib->gnutls_strerror(r));
		return 0;
	}
	e.spki = (struct blob){ spki.data, spki.size };
	r = out->entry(out, &e);
	(*lib->gnutls_free)(spki.data);
	return r;
}

static int private_key_read(const struct input *in, struct sink *out)
{
	struct pem_block b;
	uint64_t pos = 0;
	size_t n = 0;
	int r = 0;

	while (r == 0 && pem_next_of(&pem_keys, in->data, &pos, &b) > 0) {
		if (++n > LIMIT_KEYS)
			sink_problem(out, PROBLEM_LIMIT, b.begin,
				     "more than %u private keys: the rest was "
				     "not read", LIMIT_KEYS);
		else if (is_encrypted(in->data, &b))
			sink_skipped(out, PROBLEM_OPAQUE, b.begin,
				     "encrypted: whose key it is cannot be "
				     "told");
		else if (b.error != NULL)
			sink_problem(out, pem_error_code(&b), b.begin, "%s",
				     b.error);
		else
			r = take_block(&b, out);
		wipe(&b);
		if (n > LIMIT_KEYS)
			break;
	}
	if (n == 0)
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "there is no private key in PEM here");
	return r;
}

const struct reader private_key_reader = {
	.name = "private-key",
	.title = N_("PEM private key, of which the public part is noted"),
	.caps = READS_MANY | READS_OTHERS,
	.sniff = private_key_sniff,
	.read = private_key_read,
};
