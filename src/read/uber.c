/* uber.c -- UBER, BouncyCastle's store that encrypts all of its entries.  No
 * specification; the format is what BcKeyStoreSpi.BouncyCastleStore reads.
 *
 *	version, salt, iterations, Twofish-CBC(entries, 0, SHA-1)
 *
 * Header and entries are those of BKS (bks.h), and there is no magic number
 * either: it is an UBER store if what follows such a header cannot be entries.
 * Key and initialization vector are made of the password as PKCS#12 does it,
 * padding is PKCS#7's, the digest is over the entries and the 0.  What comes
 * out right with a wrong password does not look like entries, so a file whose
 * end is missing or damaged is read as far as it goes.
 *
 * BouncyCastle writes version 1.  Version 0 derives its keys in another way,
 * which no released program writes any more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/cbc.h>
#include <nettle/twofish.h>

#include "read/bks.h"

#define KEY_SIZE	32
#define ITERATIONS_MAX	65536u		/* BouncyCastle refuses more */
#define LOOK		(8 * TWOFISH_BLOCK_SIZE)

static void decrypt(const struct kdf *kdf, const char *password,
		    struct blob in, uint8_t *ret)
{
	uint8_t text[PASSWORD_BMP_SIZE], key[KEY_SIZE];
	uint8_t iv[TWOFISH_BLOCK_SIZE];
	const struct blob secret = password_bmp(password, text);
	struct twofish_ctx context;

	kdf_derive(kdf, KDF_ID_KEY, secret, key, sizeof(key));
	kdf_derive(kdf, KDF_ID_IV, secret, iv, sizeof(iv));
	twofish256_set_key(&context, key);
	cbc_decrypt(&context, (nettle_cipher_func *)twofish_decrypt,
		    TWOFISH_BLOCK_SIZE, iv, in.n, ret, in.p);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&context, sizeof(context));
}

/* Is this how the content begins?  A store without entries is its end mark and
 * the digest of that.  */
static bool is_content(struct blob in)
{
	uint8_t digest[SHA1_SIZE];
	struct sha1_ctx sha1;

	if (in.p[0] != 0 || in.n < 1 + sizeof(digest))
		return bks_is_entries(in);
	sha1_init(&sha1);
	sha1_update(&sha1, 1, in.p);
	sha1_digest(&sha1, sizeof(digest), digest);
	return memcmp(in.p + 1, digest, sizeof(digest)) == 0;
}

/* Finds the password by how the content begins.  -ENOKEY: none fits.  -E2BIG:
 * trying costs too much, which was said.  */
static int password_find(const struct kdf *kdf, struct blob in,
			 struct sink *out, uint64_t offset,
			 const char **ret_password)
{
	uint8_t begin[LOOK];
	const size_t n = in.n < sizeof(begin) ? in.n : sizeof(begin);
	uint64_t spent = 0;
	bool fits;

	for (size_t i = 0; i < PASSWORDS; i++) {
		if (passwords[i] != NULL && passwords[i][0] == '\0')
			continue;	/* to BouncyCastle it is none */
		if (!kdf_affordable(kdf, kdf_work(kdf, KEY_SIZE) +
				    kdf_work(kdf, TWOFISH_BLOCK_SIZE),
				    "the encryption", out, offset, &spent))
			return -E2BIG;
		decrypt(kdf, passwords[i], (struct blob){ in.p, n }, begin);
		fits = is_content((struct blob){ begin, n });
		explicit_bzero(begin, sizeof(begin));
		if (fits) {
			*ret_password = passwords[i];
			return 0;
		}
	}
	return -ENOKEY;
}

/* What is behind the entries: the digest, and padding up to a whole block.  */
static void end_check(struct java_input *in)
{
	const size_t n = (size_t)(in->rest.p - in->file.p);
	uint8_t digest[SHA1_SIZE];
	struct sha1_ctx sha1;
	struct blob is;

	if (bytes_next(&in->rest, SHA1_SIZE, &is) < 0) {
		sink_problem(in->out, PROBLEM_TRUNCATED, in->where,
			     "the file ends in the digest behind its entries; "
			     "BouncyCastle refuses it");
		return;
	}
	sha1_init(&sha1);
	sha1_update(&sha1, n, in->file.p);
	sha1_digest(&sha1, sizeof(digest), digest);
	if (memcmp(is.p, digest, sizeof(digest)) != 0)
		sink_problem(in->out, PROBLEM_MALFORMED, in->where,
			     "the digest behind the entries does not fit them: "
			     "the file was changed, and BouncyCastle refuses "
			     "it; restore it from its source");
	else if (in->rest.n == 0 || in->rest.n > TWOFISH_BLOCK_SIZE ||
		 in->rest.p[in->rest.n - 1] != in->rest.n)
		sink_skipped(in->out, PROBLEM_MALFORMED, in->where, "bytes "
			     "behind the digest that ends the content, or none "
			     "of its padding; they are passed over");
}

static int content_read(const struct kdf *kdf, const char *password,
			struct blob in, uint64_t offset, struct sink *out)
{
	uint8_t *plain = xmalloc(in.n);
	struct java_input content = {
		.file = { plain, in.n }, .rest = { plain, in.n }, .out = out,
		.typed = true, .decrypted = true, .where = offset,
	};
	int r;

	decrypt(kdf, password, in, plain);
	r = bks_entries_read(&content);
	if (r == 0)
		end_check(&content);
	explicit_bzero(plain, in.n);
	free(plain);
	return r == -E2BIG ? r : 0;
}

static int uber_read(const struct input *input, struct sink *out)
{
	struct blob in = input->data;
	const char *password;
	struct bks_header h;
	uint64_t offset;
	int r;

	if (bks_header_next(&in, out, &h) < 0)
		return 0;
	offset = (uint64_t)(in.p - input->data.p);
	if (h.version == 0) {
		sink_problem(out, PROBLEM_OPAQUE, 0,
			     "UBER version 0, whose encryption "
			     "(OldPBEWithSHAAndTwofish-CBC) is not known; its "
			     "certificates are not seen");
		return 0;
	}
	if (h.kdf.salt.n != BKS_SALT_SIZE ||
	    h.kdf.iterations > ITERATIONS_MAX) {
		sink_problem(out, PROBLEM_MALFORMED, 4,
			     "a salt of %zu bytes and %ju iterations; "
			     "BouncyCastle takes no salt but one of %u and no "
			     "more than %u iterations", h.kdf.salt.n,
			     (uintmax_t)h.kdf.iterations, BKS_SALT_SIZE,
			     ITERATIONS_MAX);
		return 0;
	}
	if (in.n % TWOFISH_BLOCK_SIZE != 0 || in.n == 0)
		sink_problem(out, PROBLEM_TRUNCATED, input->data.n,
			     "the file ends in a block of its encryption; "
			     "restore it from its source");
	in.n -= in.n % TWOFISH_BLOCK_SIZE;
	if (in.n == 0)
		return 0;
	r = password_find(&h.kdf, in, out, offset, &password);
	if (r == -ENOKEY)
		sink_problem(out, PROBLEM_OPAQUE, offset,
			     "encrypted with a password that is none of the "
			     "well-known ones, or changed; its certificates "
			     "are not seen");
	if (r < 0)
		return 0;
	return content_read(&h.kdf, password, in, offset, out);
}

static bool uber_sniff(struct blob data)
{
	struct blob rest;

	return bks_is_header(data, &rest) && !bks_is_entries(rest);
}

const struct reader uber_reader = {
	.name = "uber",
	.title = N_("BouncyCastle key store, encrypted (UBER)"),
	.caps = READS_LABELS | READS_MANY | READS_MARKS | READS_PASSWORDS,
	.sniff = uber_sniff,
	.read = uber_read,
};
