/* hash.c -- the two hashes by which certificates are known: SHA-256 (FIPS
 * 180-4) everywhere, SHA-1 because .NET names its files and users by it; and MD5
 * (RFC 1321), by which dpkg knows files of settings.  And to Base64 (RFC
 * 4648 section 4), which is of the same library.
 */
#include <string.h>

#include <nettle/base64.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "base/base.h"

_Static_assert(SHA256_SIZE == SHA256_DIGEST_SIZE, "SHA-256 is 32 bytes");
_Static_assert(SHA1_SIZE == SHA1_DIGEST_SIZE, "SHA-1 is 20 bytes");
_Static_assert(MD5_SIZE == MD5_DIGEST_SIZE, "MD5 is 16 bytes");

void hash_sha256(struct blob data, uint8_t ret_hash[SHA256_SIZE])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, data.n, data.p);
	sha256_digest(&ctx, SHA256_SIZE, ret_hash);
}

void hash_sha1(struct blob data, uint8_t ret_hash[SHA1_SIZE])
{
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, data.n, data.p);
	sha1_digest(&ctx, SHA1_SIZE, ret_hash);
}

void hash_md5(struct blob data, uint8_t ret_hash[MD5_SIZE])
{
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, data.n, data.p);
	md5_digest(&ctx, MD5_SIZE, ret_hash);
}

void hash_base64(const char *text, char ret[SHA256_BASE64_SIZE])
{
	uint8_t hash[SHA256_SIZE];

	_Static_assert(BASE64_ENCODE_RAW_LENGTH(SHA256_SIZE) + 1 ==
		       SHA256_BASE64_SIZE, "4 characters for 3 bytes");
	hash_sha256((struct blob){ (const uint8_t *)text, strlen(text) }, hash);
	base64_encode_raw(ret, sizeof(hash), hash);
	ret[SHA256_BASE64_SIZE - 1] = '\0';
}

char *base64_encode(struct blob bytes)
{
	const size_t n = BASE64_ENCODE_RAW_LENGTH(bytes.n);
	char *text = xmalloc(n + 1);

	base64_encode_raw(text, bytes.n, bytes.p);
	text[n] = '\0';
	return text;
}
