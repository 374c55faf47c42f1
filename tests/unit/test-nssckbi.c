/* test-nssckbi.c -- read/nssckbi.c and read/elf-module.c over modules made here:
 * what no compiler writes.  Real ones are in tests/readers/nssckbi.
 */
#include "collect.h"

#define W		8u
#define SEGMENT		64u	/* the program headers */
#define DYNAMIC		512u
#define RELOCATIONS	640u
#define TYPES		1024u
#define ITEMS		1280u
#define BYTES		2048u	/* what items point to */
#define OBJECTS		8192u
#define SIZE		65536u

#define CLASS_CERTIFICATE	1u
#define CLASS_TRUST		0x0bu
#define CLASS_NSS_TRUST		0xce534353u

static void put(uint8_t *image, size_t at, uint64_t v)
{
	for (unsigned i = 0; i < W; i++)
		image[at + i] = (uint8_t)(v >> 8 * i);
}

static void segment_put(uint8_t *image, unsigned index, uint32_t type,
			uint64_t offset, uint64_t size)
{
	const size_t at = SEGMENT + 56 * (size_t)index;

	put(image, at, type);
	put(image, at + 8, offset);
	put(image, at + 16, offset);		/* address */
	put(image, at + 32, size);
}

/* A 64-bit little-endian file that is loaded whole, at 0.  */
static uint8_t *image_new(void)
{
	uint8_t *image = xcalloc(1, SIZE);

	memcpy(image, "\177ELF\2\1", 6);
	put(image, 32, SEGMENT);
	image[54] = 56;
	image[56] = 2;
	segment_put(image, 0, 1, 0, SIZE);
	segment_put(image, 1, 2, DYNAMIC, 128);
	return image;
}

/* An object of class CLASS with N more attributes, all of TYPE and at the same
 * bytes; it is at INDEX of the array.  */
static void object_put(uint8_t *image, unsigned index, uint32_t class,
		       unsigned n, uint32_t type, uint64_t size)
{
	const size_t at = OBJECTS + 3 * W * (size_t)index;

	put(image, BYTES, class);
	put(image, ITEMS, BYTES);
	put(image, ITEMS + W, W);
	for (unsigned i = 1; i <= n; i++) {
		put(image, TYPES + W * i, type);
		put(image, ITEMS + 2 * W * i, BYTES);
		put(image, ITEMS + 2 * W * i + W, size);
	}
	put(image, at, n + 1);
	put(image, at + W, TYPES);
	put(image, at + 2 * W, ITEMS);
}

static void check(uint8_t *image, const char *want)
{
	AUTO(str) char *got = transcript("nssckbi",
					 (struct blob){ image, SIZE });

	if (strcmp(got, want) != 0)
		fail_msg("got:\n%swanted:\n%s", got, want);
	free(image);
}

static void test_objects(void **state)
{
	uint8_t *image = image_new();

	(void)state;
	check(image, "problem 0 format skipped\n");
	image = image_new();
	object_put(image, 0, CLASS_TRUST, 0, 0, 0);
	check(image, "problem 0 format\n");
	image = image_new();
	object_put(image, 0, CLASS_CERTIFICATE, 0, 0, 0);
	check(image, "problem 8192 certificate\n");
	/* a class that is no object's, and numbers past the limit */
	image = image_new();
	object_put(image, 0, 2, 0, 0, 0);
	check(image, "problem 0 format skipped\n");
	image = image_new();
	object_put(image, 0, CLASS_CERTIFICATE, 0, 0, 0);
	put(image, OBJECTS, 65);
	check(image, "problem 0 format skipped\n");
	/* arrays that end past the file */
	image = image_new();
	object_put(image, 0, CLASS_CERTIFICATE, 0, 0, 0);
	put(image, OBJECTS + W, SIZE - W + 1);
	check(image, "problem 0 format skipped\n");
	image = image_new();
	object_put(image, 0, CLASS_CERTIFICATE, 0, 0, 0);
	put(image, OBJECTS + 2 * W, UINT64_MAX - 3);
	check(image, "problem 0 format skipped\n");
	/* a value that does is as if it were not there */
	image = image_new();
	object_put(image, 0, CLASS_CERTIFICATE, 1, 0x11, SIZE);
	check(image, "problem 8192 certificate\n");
}

/* Trust without a hash: what only distrusts is said, other trust is nothing. */
static void test_trust_without_hash(void **state)
{
	static const struct {
		uint32_t trust;
		const char *want;
	} cases[] = {
		{ 0xce534352, "" },
		{ 0xce53435a, "problem 8192 dangling skipped\n" },
		{ 0xce534353, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t *image = image_new();

		object_put(image, 0, CLASS_NSS_TRUST, 1, 0xce536358, W);
		put(image, BYTES + W, cases[i].trust);
		put(image, ITEMS + 2 * W, BYTES + W);
		check(image, cases[i].want);
	}
}

/* Many objects of the same large bytes.  */
static void test_shared_bytes(void **state)
{
	uint8_t *image = image_new();

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		object_put(image, i, CLASS_NSS_TRUST, 1, 0x81, SIZE - BYTES);
	check(image, "problem 0 limit\n");
}

/* Relocations, with and without a symbol, and tables that are not there.  */
static void test_relocations(void **state)
{
	static const struct {
		uint64_t info, table, size, entry;
		bool found;
	} cases[] = {
		{ 8, RELOCATIONS, 48, 24, true },
		{ 8 | UINT64_C(1) << 32, RELOCATIONS, 48, 24, false },
		{ 8, RELOCATIONS, 24, 24, false },	/* one of two */
		{ 8, RELOCATIONS, 47, 24, false },
		{ 8, RELOCATIONS, 48, 16, false },
		{ 8, SIZE, 48, 24, false },
		{ 8, RELOCATIONS, SIZE, 24, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t *image = image_new();
		const uint64_t dynamic[] = {
			7, cases[i].table, 8, cases[i].size, 9, cases[i].entry,
		};
		const uint64_t relocations[] = {
			OBJECTS + W, cases[i].info, TYPES,
			OBJECTS + 2 * W, cases[i].info, ITEMS,
		};

		object_put(image, 0, CLASS_CERTIFICATE, 0, 0, 0);
		put(image, OBJECTS + W, 0);
		put(image, OBJECTS + 2 * W, 0);
		for (unsigned k = 0; k < ARRAY_SIZE(dynamic); k++)
			put(image, DYNAMIC + W * k, dynamic[k]);
		for (unsigned k = 0; k < ARRAY_SIZE(relocations); k++)
			put(image, RELOCATIONS + W * k, relocations[k]);
		check(image, cases[i].found ? "problem 8192 certificate\n" :
		      "problem 0 format skipped\n");
	}
}

static void test_segments(void **state)
{
	uint8_t *image = image_new();

	(void)state;
	segment_put(image, 1, 2, DYNAMIC, SIZE);	/* past the end */
	check(image, "problem 65536 truncated\n");
	image = image_new();
	image[4] = 3;
	check(image, "problem 0 malformed\n");
	image = image_new();
	image[56] = 33;
	for (unsigned i = 0; i < 33; i++)
		segment_put(image, i, 1, 0, 8);
	check(image, "problem 0 malformed\n");
	/* the whole file twice, and a byte a third time */
	image = image_new();
	image[56] = 3;
	segment_put(image, 1, 1, 0, SIZE);
	segment_put(image, 2, 1, 0, 0);
	check(image, "problem 0 format skipped\n");
	image = image_new();
	image[56] = 3;
	segment_put(image, 1, 1, 0, SIZE);
	segment_put(image, 2, 1, 0, 1);
	check(image, "problem 0 malformed\n");
	image = image_new();
	image[0] = 0;
	check(image, "problem 0 format\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_trust_without_hash),
		cmocka_unit_test(test_shared_bytes),
		cmocka_unit_test(test_relocations),
		cmocka_unit_test(test_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
