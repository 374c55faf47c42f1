/* certificate.c -- certificates are kept once, by the SHA-256 of their DER;
 * an identity is a (canonical name, public key) pair.  Of some only the
 * fingerprint is known, since a store says no more; when the certificate is met
 * its row is completed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

/* Ids are given out from 1 on; past this many they are looked up each time,
 * so that a damaged file cannot make us ask for much memory.  */
#define REMEMBERED_HASHES	65536

static const uint8_t no_hash[SHA256_SIZE];

static void remember(struct inventory *i, int64_t id,
		     const uint8_t hash[SHA256_SIZE])
{
	size_t n;

	if (id < 0 || id >= REMEMBERED_HASHES)
		return;
	if ((size_t)id >= i->n_hashes) {
		n = i->n_hashes != 0 ? i->n_hashes : 512;
		while (n <= (size_t)id)
			n *= 2;
		i->hashes = xrealloc(i->hashes, n, sizeof(*i->hashes));
		memset(i->hashes + i->n_hashes, 0,
		       (n - i->n_hashes) * sizeof(*i->hashes));
		i->n_hashes = n;
	}
	memcpy(i->hashes[id], hash, SHA256_SIZE);
}

void certificate_forget(struct inventory *i)
{
	free(i->hashes);
	i->hashes = NULL;
	i->n_hashes = 0;
}

int certificate_hash(struct inventory *i, int64_t id,
		     uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(query) struct query q = { .inventory = i };
	uint8_t hash[SHA256_SIZE];
	int r;

	if (id >= 0 && (uint64_t)id < i->n_hashes &&
	    memcmp(i->hashes[id], no_hash, SHA256_SIZE) != 0) {
		memcpy(ret_hash, i->hashes[id], SHA256_SIZE);
		return 0;
	}
	q = query_start(i, "SELECT sha256 FROM certificate WHERE id = ?");
	query_int(&q, id);
	r = query_step(&q);
	if (r > 0)
		r = query_column_hash(&q, 0, hash);
	else if (r == 0)
		r = -ENOENT;
	if (r < 0)
		return r;
	remember(i, id, hash);
	memcpy(ret_hash, hash, SHA256_SIZE);
	return 0;
}

/* *ret_bare: nothing but the fingerprint is known of it.  */
static int find(struct inventory *i, const uint8_t sha256[SHA256_SIZE],
		int64_t *ret_certificate, bool *ret_bare)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT id, der IS NULL FROM certificate WHERE sha256 = ?");
	int64_t id;
	int r;

	query_hex(&q, sha256, SHA256_SIZE);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	id = query_column_int(&q, 0);
	remember(i, id, sha256);
	*ret_certificate = id;
	*ret_bare = query_column_int(&q, 1) != 0;
	return 0;
}

int inventory_find_certificate(struct inventory *i,
			       const uint8_t sha256[SHA256_SIZE],
			       int64_t *ret_certificate)
{
	int64_t id = 0;
	bool bare;
	int r = find(i, sha256, &id, &bare);

	if (r == 0 && bare)
		r = -ENOENT;
	if (r == 0)
		*ret_certificate = id;
	return r;
}

int inventory_fingerprint(struct inventory *i,
			  const uint8_t sha256[SHA256_SIZE],
			  int64_t *ret_certificate)
{
	AUTO(query) struct query q = { .inventory = i };
	bool bare;
	int r = find(i, sha256, ret_certificate, &bare);

	if (r != -ENOENT)
		return r;
	if (i->scan == 0)
		return -EINVAL;
	q = query_start(i, "INSERT INTO certificate (sha256) VALUES (?)");
	query_hex(&q, sha256, SHA256_SIZE);
	r = query_run(&q);
	if (r < 0)
		return r;
	*ret_certificate = sqlite3_last_insert_rowid(i->db);
	remember(i, *ret_certificate, sha256);
	return 0;
}

int inventory_certificate_error(struct inventory *i, int64_t certificate,
				char **ret_error)
{
	AUTO(query) struct query q =
		query_start(i, "SELECT error FROM certificate WHERE id = ?");
	const char *error;
	int r;

	query_int(&q, certificate);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	error = query_column_text(&q, 0);
	*ret_error = error != NULL ? xstrdup(error) : NULL;
	return 0;
}

static int find_identity(struct inventory *i, const struct certificate *c,
			 int64_t *ret_identity)
{
	AUTO(query) struct query find = query_start(i,
		"SELECT id FROM identity "
		"WHERE name_sha256 = ? AND spki_sha256 = ?");
	AUTO(query) struct query add = query_start(i,
		"INSERT INTO identity (name_sha256, spki_sha256) "
		"VALUES (?, ?)");
	int r;

	query_hex(&find, c->subject_sha256, SHA256_SIZE);
	query_hex(&find, c->spki_sha256, SHA256_SIZE);
	r = query_step(&find);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret_identity = query_column_int(&find, 0);
		return 0;
	}
	query_hex(&add, c->subject_sha256, SHA256_SIZE);
	query_hex(&add, c->spki_sha256, SHA256_SIZE);
	r = query_run(&add);
	if (r == 0)
		*ret_identity = sqlite3_last_insert_rowid(i->db);
	return r;
}

/* What is NULL for a certificate that does not decode.  */
static void bind_decoded(struct query *q, const struct certificate *c,
			 int64_t identity)
{
	query_int(q, identity);
	query_hex(q, c->issuer_sha256, SHA256_SIZE);
	query_text(q, c->subject);
	query_text(q, c->issuer);
	query_text(q, c->name);
	query_text(q, c->serial);
	query_int(q, c->not_before);
	query_int(q, c->not_after);
	query_hex(q, c->key_id, c->key_id_n);
	query_hex(q, c->authority_key_id, c->authority_key_id_n);
	query_int(q, c->is_ca);
	query_int(q, c->self_signed);
	query_text(q, key_kind_name(c->key));
	if (c->key_bits != 0)
		query_int(q, c->key_bits);
	else
		query_null(q);
	query_text(q, hash_kind_name(c->hash));
}

/* *id: 0, or the row of its bare fingerprint.  */
static int store(struct inventory *i, const struct certificate *c,
		 int64_t identity, int64_t *id)
{
	AUTO(query) struct query q = query_start(i,
		"REPLACE INTO certificate (id, sha256, sha1, der, error, "
		"identity_id, issuer_sha256, subject, issuer, name, serial, "
		"not_before, not_after, key_id, authority_key_id, is_ca, "
		"self_signed, key_kind, key_bits, signature_hash) VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?)");
	int r;

	if (*id != 0)
		query_int(&q, *id);
	else
		query_null(&q);
	query_hex(&q, c->sha256, SHA256_SIZE);
	query_hex(&q, c->sha1, SHA1_SIZE);
	query_blob(&q, c->der);
	query_text(&q, c->error);
	if (c->decoded)
		bind_decoded(&q, c, identity);
	r = query_run(&q);
	if (r == 0)
		*id = sqlite3_last_insert_rowid(i->db);
	return r;
}

int signature_add(struct inventory *i, int64_t certificate, int64_t identity,
		  int verified)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO signature VALUES (?, ?, ?)");

	query_int(&q, certificate);
	query_int(&q, identity);
	query_int(&q, verified);
	return query_run(&q);
}

int inventory_add_certificate(struct inventory *i, const struct certificate *c,
			      int64_t *ret_certificate)
{
	int64_t id = 0, identity = 0;
	bool bare;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	r = find(i, c->sha256, &id, &bare);
	if (r == 0 && !bare)
		return -EEXIST;
	if (r == -ENOENT)
		r = 0;
	if (r == 0 && c->decoded)
		r = find_identity(i, c, &identity);
	if (r == 0)
		r = store(i, c, identity, &id);
	if (r == 0 && c->decoded && c->self_signed)
		r = signature_add(i, id, identity, 1);
	if (r == 0 && !i->forgot_signatures) {
		r = meta_delete(i, "signatures");
		i->forgot_signatures = r == 0;
	}
	if (r < 0)
		return r;
	remember(i, id, c->sha256);
	*ret_certificate = id;
	return 0;
}
