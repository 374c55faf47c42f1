/* test-password.c -- keys from passwords that no fixture shows: scrypt by the
 * vectors of RFC 7914, section 12, and what a derivation may cost.  */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "read/password.h"

static struct blob text(const char *s)
{
	return (struct blob){ (const uint8_t *)s, strlen(s) };
}

static void test_scrypt(void **state)
{
	static const struct {
		const char *secret, *salt;
		uint64_t n, r, p;
		const char *want;
	} cases[] = {
		{ "", "", 16, 1, 1,
		  "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede2"
		  "1442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c"
		  "38d18906" },
		{ "password", "NaCl", 1024, 8, 16,
		  "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b37"
		  "31622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdf"
		  "a2cc0640" },
		{ "pleaseletmein", "SodiumChloride", 16384, 8, 1,
		  "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545d"
		  "a1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b"
		  "45575887" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kdf kdf = {
			.kind = KDF_SCRYPT,
			.salt = text(cases[i].salt),
			.iterations = cases[i].n,
			.block = cases[i].r,
			.parallel = cases[i].p,
		};
		uint8_t key[64];
		char hex[2 * sizeof(key) + 1];

		kdf_derive(&kdf, KDF_ID_KEY, text(cases[i].secret), key,
			   sizeof(key));
		hex_encode(key, sizeof(key), hex);
		assert_string_equal(hex, cases[i].want);
	}
}

static void test_scrypt_parameters(void **state)
{
	static const struct {
		uint8_t bytes[24];
		int result;
	} cases[] = {
		/* salt "s", N 16, r 1, p 1, and with keyLength 32 */
		{ { 0x30, 12, 4, 1, 's', 2, 1, 16, 2, 1, 1, 2, 1, 1 }, 0 },
		{ { 0x30, 15, 4, 1, 's', 2, 1, 16, 2, 1, 1, 2, 1, 1,
		    2, 1, 32 }, 0 },
		/* N 1, N 12, no p, p 0, a salt that is none, no SEQUENCE */
		{ { 0x30, 12, 4, 1, 's', 2, 1, 1, 2, 1, 1, 2, 1, 1 }, -EINVAL },
		{ { 0x30, 12, 4, 1, 's', 2, 1, 12, 2, 1, 1, 2, 1, 1 },
		  -EINVAL },
		{ { 0x30, 9, 4, 1, 's', 2, 1, 16, 2, 1, 1 }, -EINVAL },
		{ { 0x30, 12, 4, 1, 's', 2, 1, 16, 2, 1, 1, 2, 1, 0 },
		  -EINVAL },
		{ { 0x30, 12, 5, 1, 's', 2, 1, 16, 2, 1, 1, 2, 1, 1 },
		  -EINVAL },
		{ { 0x31, 12, 4, 1, 's', 2, 1, 16, 2, 1, 1, 2, 1, 1 },
		  -EINVAL },
	};
	struct kdf kdf;
	uint64_t key_n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct blob in = { cases[i].bytes,
					 2u + cases[i].bytes[1] };

		assert_int_equal(scrypt_parse(in, &kdf, &key_n),
				 cases[i].result);
		if (cases[i].result == 0) {
			assert_int_equal(kdf.iterations, 16);
			assert_int_equal(key_n, cases[i].bytes[1] == 15
						? 32 : 0);
		}
	}
}

/* ---- cost ----------------------------------------------------------------*/

struct said {
	struct sink sink;
	size_t n;
	char last[256];
};

static void problem(struct sink *s, const struct problem *p)
{
	struct said *said = (struct said *)s;

	said->n++;
	assert_int_equal(p->code, PROBLEM_LIMIT);
	snprintf(said->last, sizeof(said->last), "%s", p->message);
}

static void test_cost(void **state)
{
	struct said said = { .sink.problem = problem };
	struct kdf kdf = { .kind = KDF_PBKDF2, .hash = hash_sha1_algorithm };
	uint64_t spent = 0;

	(void)state;
	kdf.iterations = LIMIT_KDF_ITERATIONS;
	assert_int_equal(kdf_work(&kdf, 20), LIMIT_KDF_ITERATIONS);
	assert_int_equal(kdf_work(&kdf, 21), 2 * LIMIT_KDF_ITERATIONS);
	for (unsigned i = 0; i < LIMIT_KDF_WORK / LIMIT_KDF_ITERATIONS; i++)
		assert_true(kdf_affordable(&kdf, kdf_work(&kdf, 20), "It",
					   &said.sink, 0, &spent));
	assert_int_equal(said.n, 0);
	assert_false(kdf_affordable(&kdf, kdf_work(&kdf, 20), "It",
				    &said.sink, 0, &spent));
	assert_non_null(strstr(said.last, "4000000 rounds"));

	spent = 0;
	kdf.iterations = LIMIT_KDF_ITERATIONS + 1;
	assert_false(kdf_affordable(&kdf, 1, "It", &said.sink, 0, &spent));
	assert_non_null(strstr(said.last, "It asks for 600001 iterations"));
	kdf.iterations = UINT64_MAX;
	assert_true(kdf_work(&kdf, 21) == UINT64_MAX);
}

static void test_cost_of_scrypt(void **state)
{
	/* in units of 128 bytes, of which the limit is MOST */
	const uint64_t most = LIMIT_SCRYPT_BYTES / 128;
	const struct {
		uint64_t n, r, p;
		bool affordable;
	} cases[] = {
		{ most, 1, 1, true },
		{ 2 * most, 1, 1, false },
		{ most / 2, 2, 1, true },
		{ most / 2, 4, 1, false },
		{ 2, most / 2, 1, true },
		{ 2, most, 1, false },
		{ 2, 1, most, true },
		{ 2, 1, most + 1, false },
		{ UINT64_MAX / 2 + 1, 1, 1, false },
		{ 2, UINT64_MAX, 1, false },
		{ 2, 1, UINT64_MAX, false },
		{ most, 1, 8, false },		/* for its time */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kdf kdf = {
			.kind = KDF_SCRYPT,
			.iterations = cases[i].n,
			.block = cases[i].r,
			.parallel = cases[i].p,
		};
		struct said said = { .sink.problem = problem };
		uint64_t spent = 0;

		if (kdf_affordable(&kdf, kdf_work(&kdf, 32), "It", &said.sink,
				   0, &spent) != cases[i].affordable ||
		    said.n != !cases[i].affordable)
			fail_msg("case %zu: %s", i, said.last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scrypt),
		cmocka_unit_test(test_scrypt_parameters),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_cost_of_scrypt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
