/* wire-certificate.c -- a decoded certificate between a worker and the program.
 *
 * The program knows the bytes and their hashes itself and cannot know the rest
 * without doing the worker's work: it is held to its form and to what has to go
 * together, so that nothing else can come of a lie than a certificate that is
 * described wrongly.
 */
#include <stdlib.h>
#include <string.h>

#include "read/jobs.h"

void certificate_put(struct buf *b, const struct certificate *c)
{
	wire_put_u32(b, c->decoded);
	wire_put_text(b, c->error);
	if (!c->decoded)
		return;
	wire_put_fixed(b, c->spki_sha256, SHA256_SIZE);
	wire_put_fixed(b, c->subject_sha256, SHA256_SIZE);
	wire_put_fixed(b, c->issuer_sha256, SHA256_SIZE);
	wire_put_text(b, c->subject);
	wire_put_text(b, c->issuer);
	wire_put_text(b, c->name);
	wire_put_text(b, c->serial);
	wire_put_i64(b, c->not_before);
	wire_put_i64(b, c->not_after);
	wire_put_u32(b, c->key_id != NULL);
	wire_put_bytes(b, (struct blob){ c->key_id, c->key_id_n });
	wire_put_u32(b, c->authority_key_id != NULL);
	wire_put_bytes(b, (struct blob){ c->authority_key_id,
					 c->authority_key_id_n });
	wire_put_u32(b, c->is_ca);
	wire_put_u32(b, c->self_signed);
	wire_put_u32(b, c->key);
	wire_put_u32(b, c->key_bits);
	wire_put_u32(b, c->hash);
}

/* UTF-8, not NULL.  */
static char *get_name(struct wire *w, size_t max)
{
	char *s = wire_get_text(w, max);

	w->bad |= s == NULL || !is_utf8(s, strlen(s));
	return s;
}

static uint8_t *get_key_id(struct wire *w, size_t *ret_n)
{
	const bool has = wire_get_u32(w, 1) != 0;
	const struct blob id = wire_get_bytes(w, LIMIT_CERTIFICATE_BYTES);

	w->bad |= !has && id.n > 0;
	*ret_n = id.n;
	return has && !w->bad ? xmemdup(id.p, id.n) : NULL;
}

static void get_decoded(struct wire *w, struct certificate *c)
{
	wire_get_fixed(w, c->spki_sha256, SHA256_SIZE);
	wire_get_fixed(w, c->subject_sha256, SHA256_SIZE);
	wire_get_fixed(w, c->issuer_sha256, SHA256_SIZE);
	c->subject = get_name(w, LIMIT_TEXT_BYTES);
	c->issuer = get_name(w, LIMIT_TEXT_BYTES);
	/* bytes that are not UTF-8 are written with four characters */
	c->name = get_name(w, 4 * LIMIT_TEXT_BYTES);
	c->serial = get_name(w, 2 * LIMIT_CERTIFICATE_BYTES);
	c->not_before = wire_get_i64(w, INT64_MIN, INT64_MAX);
	c->not_after = wire_get_i64(w, INT64_MIN, INT64_MAX);
	c->key_id = get_key_id(w, &c->key_id_n);
	c->authority_key_id = get_key_id(w, &c->authority_key_id_n);
	c->is_ca = wire_get_u32(w, 1) != 0;
	c->self_signed = wire_get_u32(w, 1) != 0;
	c->key = (enum key_kind)wire_get_u32(w, KEY_EDWARDS);
	c->key_bits = wire_get_u32(w, 8 * LIMIT_CERTIFICATE_BYTES);
	c->hash = (enum hash_kind)wire_get_u32(w, HASH_KIND_SHA2);
	if (c->serial != NULL &&
	    c->serial[strspn(c->serial, "0123456789abcdef")] != '\0')
		w->bad = true;
	if (c->self_signed && memcmp(c->subject_sha256, c->issuer_sha256,
				     SHA256_SIZE) != 0)
		w->bad = true;
}

void certificate_get(struct wire *w, struct blob der,
		     const uint8_t sha256[SHA256_SIZE], bool verified,
		     struct certificate *ret_certificate)
{
	struct certificate c = { .der = der };

	memcpy(c.sha256, sha256, SHA256_SIZE);
	hash_sha1(der, c.sha1);
	c.decoded = wire_get_u32(w, 1) != 0;
	c.error = wire_get_text(w, MESSAGE_BYTES);
	w->bad |= c.decoded != (c.error == NULL);
	if (c.error != NULL && !is_utf8(c.error, strlen(c.error)))
		w->bad = true;
	if (c.decoded)
		get_decoded(w, &c);
	/* Of these very bytes it is known.  */
	w->bad |= verified && !(c.decoded && c.self_signed);
	*ret_certificate = c;
}
