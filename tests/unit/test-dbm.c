/* test-dbm.c -- read/dbm*.c over hash files made here: both byte orders, every
 * form of a large record, records that NSS loses, old versions, and what no
 * program writes.  What certutil writes is in tests/readers/nss-dbm.
 */
#include "collect.h"

#define HEADER_PAGES	2u
#define ROOT		"entry 0 anchor Example Root\n"

/* A file with one bucket (page 0) and overflow pages (1 and up).  */
struct image {
	uint8_t *p;
	size_t n;
	unsigned size, pages;
	bool big;
};

static const struct blob key = { (const uint8_t *)"\1key", 4 };

static void put32(struct image *f, size_t at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		f->p[at + i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint8_t *page_at(const struct image *f, unsigned page)
{
	return f->p + (size_t)(page + HEADER_PAGES) * f->size;
}

static void put16(struct image *f, unsigned page, unsigned k, unsigned v)
{
	uint8_t *p = page_at(f, page) + 2 * (size_t)k;

	p[f->big ? 0 : 1] = (uint8_t)(v >> 8);
	p[f->big ? 1 : 0] = (uint8_t)v;
}

static unsigned get16(const struct image *f, unsigned page, unsigned k)
{
	const uint8_t *p = page_at(f, page) + 2 * (size_t)k;

	return f->big ? get_be16(p) : (unsigned)p[1] << 8 | p[0];
}

static void records_set(struct image *f, uint32_t n)
{
	put32(f, 56, n);
}

static void file_make(struct image *f, unsigned size, unsigned pages, bool big)
{
	*f = (struct image){ .size = size, .pages = pages, .big = big };
	f->n = (size_t)(pages + HEADER_PAGES) * size;
	f->p = xcalloc(1, f->n);
	put32(f, 0, 0x061561);
	put32(f, 4, 2);
	put32(f, 8, big ? 4321 : 1234);
	put32(f, 12, size);
	put32(f, 60, HEADER_PAGES);
	for (unsigned i = 0; i < pages; i++)
		put16(f, i, 2, size);
}

/* Puts BYTES in front of what is on the page, and the pair's next number.  */
static void add_bytes(struct image *f, unsigned page, struct blob bytes)
{
	const unsigned n = get16(f, page, 0);
	const unsigned end = get16(f, page, n + 2) - (unsigned)bytes.n;

	assert_true(end >= 2 * (n + 4));
	if (bytes.n > 0)
		memcpy(page_at(f, page) + end, bytes.p, bytes.n);
	put16(f, page, n + 1, end);
	put16(f, page, 0, n + 1);
	put16(f, page, n + 2, end - 2 * (n + 4));
	put16(f, page, n + 3, end);
}

static void add_numbers(struct image *f, unsigned page, unsigned a, unsigned b)
{
	const unsigned n = get16(f, page, 0), end = get16(f, page, n + 2);

	put16(f, page, n + 1, a);
	put16(f, page, n + 2, b);
	put16(f, page, 0, n + 2);
	put16(f, page, n + 3, end - 2 * (n + 5));
	put16(f, page, n + 4, end);
}

static void add_pair(struct image *f, unsigned page, struct blob name,
		     struct blob data)
{
	add_bytes(f, page, name);
	add_bytes(f, page, data);
}

/* A piece of a large record with its mark.  */
static void add_piece(struct image *f, unsigned page, struct blob bytes,
		      unsigned mark)
{
	const unsigned end = f->size - (unsigned)bytes.n;

	memcpy(page_at(f, page) + end, bytes.p, bytes.n);
	put16(f, page, 0, 0);
	put16(f, page, 1, 0);
	put16(f, page, 2, end);
	add_numbers(f, page, end, mark);
}

/* A large record's whole key and the beginning of its data, or all of it, which
 * goes on at page 1 when ROOM, the bytes left, is 0.  */
static void add_data(struct image *f, unsigned page, struct blob data,
		     unsigned room)
{
	const unsigned end = f->size - (unsigned)(key.n + data.n);

	add_piece(f, page, key, 3);
	memcpy(page_at(f, page) + end, data.p, data.n);
	put16(f, page, 0, 4);
	put16(f, page, 3, 1);
	put16(f, page, 4, end);
	put16(f, page, 5, room);
}

static void add_version(struct image *f, unsigned page)
{
	add_pair(f, page, (struct blob){ (const uint8_t *)"\0Version", 9 },
		 (struct blob){ (const uint8_t *)"\10\0\0", 3 });
}

/* A certificate's record; the caller frees.  */
static struct blob record_of(unsigned version, unsigned ssl, struct blob der,
			     const char *nickname)
{
	const unsigned numbers[] = {
		ssl, 0, 0, (unsigned)der.n,
		nickname != NULL ? (unsigned)strlen(nickname) + 1 : 0,
	};
	struct buf b;

	buf_init(&b, 1u << 20);
	buf_add(&b, (uint8_t[]){ (uint8_t)version, 1, 0 }, 3);
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
		const uint8_t bytes[] = {
			(uint8_t)(numbers[i] >> 8), (uint8_t)numbers[i],
		};
		const bool one = version < 7 && i < 3;

		buf_add(&b, bytes + one, 2 - one);
	}
	buf_add(&b, der.p, der.n);
	if (nickname != NULL)
		buf_add(&b, nickname, numbers[4]);
	return (struct blob){ (uint8_t *)b.p, b.n };
}

static struct blob root_record(void)
{
	struct blob der = fixture("root.der");
	struct blob r = record_of(8, 0x10, der, "name");

	free((void *)der.p);
	return r;
}

static void check(struct image *f, const char *want)
{
	AUTO(str) char *got = transcript("nss-dbm",
					 (struct blob){ f->p, f->n });

	if (strcmp(got, want) != 0)
		fail_msg("got:\n%swanted:\n%s", got, want);
	free(f->p);
}

static void check_record(struct blob record, const char *want)
{
	AUTO(str) char *got = transcript("nss-dbm", record);

	if (strcmp(got, want) != 0)
		fail_msg("got:\n%swanted:\n%s", got, want);
	free((void *)record.p);
}

static struct blob part(struct blob b, size_t from, size_t to)
{
	return (struct blob){ b.p + from, to - from };
}

/* ---- small records -------------------------------------------------------*/

static void test_byte_orders(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct blob record = root_record();
		struct image f;

		file_make(&f, 2048, 2, big);
		add_version(&f, 0);
		add_pair(&f, 0, key, record);
		add_numbers(&f, 0, 1, 0);
		add_pair(&f, 1, key, record);
		records_set(&f, 3);
		check(&f, ROOT ROOT);
		free((void *)record.p);
	}
}

static void test_versions(void **state)
{
	static const struct {
		unsigned version, ssl;
		const char *want;
	} cases[] = {
		{ 4, 0x10, "problem 0 format\n" },
		{ 5, 0x10, "entry 0 anchor Example Root\n" },
		{ 6, 0x01, "entry 0 distrust Example Root\n" },
		{ 7, 0x80, "entry 0 anchor Example Root\n" },
		{ 8, 0x03, "entry 0 end-entity Example Root\n" },
		{ 8, 0x01, "entry 0 distrust Example Root\n" },
		{ 8, 0x08, "entry 0 intermediate Example Root\n" },
		{ 8, 0x09, "entry 0 intermediate Example Root\n" },
		{ 8, 0x401, "entry 0 intermediate Example Root\n" },
		{ 8, 0x90, "entry 0 anchor Example Root\n" },
		/* anchor for servers, peer for clients */
		{ 8, 0x12, "entry 0 anchor Example Root\n"
			   "entry 0 end-entity Example Root\n" },
		{ 9, 0x10, "problem 0 format\n" },
		{ 255, 0x10, "problem 0 format\n" },
	};
	struct blob der = fixture("root.der");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct image f;
		struct blob record = record_of(cases[i].version, cases[i].ssl,
					       der, NULL);
		AUTO(str) char *want = NULL;

		file_make(&f, 2048, 1, false);
		add_version(&f, 0);
		add_pair(&f, 0, key, record);
		records_set(&f, 2);
		want = has_prefix(cases[i].want, "problem") ?
			xasprintf("problem %u format\n", HEADER_PAGES * 2048) :
			xstrdup(cases[i].want);
		check(&f, want);
		check_record(record, cases[i].want);
	}
	free((void *)der.p);
}

/* The database's own version.  */
static void test_database_version(void **state)
{
	struct blob record = root_record();
	struct image f;

	(void)state;
	file_make(&f, 2048, 1, false);
	add_pair(&f, 0, (struct blob){ (const uint8_t *)"\0Version", 9 },
		 (struct blob){ (const uint8_t *)"\11\0\0", 3 });
	records_set(&f, 1);
	check(&f, "problem 4096 format\n");
	file_make(&f, 2048, 1, false);
	add_pair(&f, 0, key, record);
	records_set(&f, 1);
	check(&f, ROOT "problem 0 format\n");
	free((void *)record.p);
}

/* Lengths that are not the record's, and certificates past 64 KiB.  */
static void test_lengths(void **state)
{
	struct blob der = fixture("root.der"), record;
	uint8_t *large = xcalloc(1, 70000);
	static const uint8_t head[] = {
		0x30, 0x83, 0x01, 0x11, 0x6b, 0x30, 0x83, 0x01, 0x11, 0x66,
	};

	(void)state;
	for (int by = -1; by <= 1; by += 2) {
		record = record_of(8, 0x10, der, NULL);
		((uint8_t *)record.p)[10] = (uint8_t)((int)record.p[10] + by);
		check_record(record, "problem 0 malformed\n");
	}
	record = record_of(8, 0x10, der, NULL);
	record.n = 12;
	check_record(record, "problem 0 malformed\n");
	memcpy(large, head, sizeof(head));
	check_record(record_of(8, 0x10, (struct blob){ large, 70000 }, "x"),
		     "entry 0 anchor undecoded\n");
	/* what is no certificate */
	check_record(record_of(8, 0x10, (struct blob){ large + 4, 500 }, "x"),
		     "problem 0 certificate\n");
	free(large);
	free((void *)der.p);
}

static void test_file_names(void **state)
{
	struct image f;

	(void)state;
	file_make(&f, 2048, 1, false);
	add_version(&f, 0);
	add_pair(&f, 0, key, (struct blob){
		(const uint8_t *)"\10\10\0\0\1\0\0\0bName\0", 14 });
	add_pair(&f, 0, key, (struct blob){
		(const uint8_t *)"\10\10\0\0", 4 });
	add_pair(&f, 0, key, (struct blob){ (const uint8_t *)"\10", 1 });
	records_set(&f, 4);
	check(&f, "problem 4096 dangling skipped\n"
		  "problem 4096 dangling skipped\n"
		  "problem 4096 malformed\n");
}

/* ---- large records -------------------------------------------------------*/

/* The key ends on a page without data; data on three pages; a small record
 * on the page behind.  */
static void test_large_after_key(void **state)
{
	struct blob record = root_record();
	struct image f;

	(void)state;
	for (int big = 0; big < 2; big++) {
		file_make(&f, 512, 6, big);
		add_piece(&f, 0, key, 1);	/* the key on two pages */
		add_numbers(&f, 0, 1, 0);
		add_piece(&f, 1, key, 2);
		add_numbers(&f, 1, 2, 0);
		add_piece(&f, 2, part(record, 0, 200), 2);
		add_numbers(&f, 2, 3, 0);
		add_piece(&f, 3, part(record, 200, 201), 2);
		add_numbers(&f, 3, 4, 0);
		add_piece(&f, 4, part(record, 201, record.n), 3);
		add_numbers(&f, 4, 5, 0);
		add_version(&f, 5);
		records_set(&f, 2);
		check(&f, ROOT);
	}
	free((void *)record.p);
}

/* The data begins where the key ends, and fills that page.  */
static void test_large_beside_key(void **state)
{
	struct blob record = root_record();
	struct image f;

	(void)state;
	file_make(&f, 256, 3, false);
	add_data(&f, 0, part(record, 0, 200), 0);
	add_piece(&f, 1, part(record, 200, record.n), 3);
	add_numbers(&f, 1, 2, 0);
	add_version(&f, 2);
	records_set(&f, 2);
	check(&f, ROOT);

	/* ... or ends there, with a byte free */
	file_make(&f, 2048, 2, false);
	add_data(&f, 0, record, 1);
	add_version(&f, 1);
	records_set(&f, 2);
	check(&f, ROOT);
	free((void *)record.p);
}

/* Small records behind the end of a large one: NSS loses them.  */
static void test_lost(void **state)
{
	struct blob record = root_record();
	struct image f;

	(void)state;
	file_make(&f, 2048, 3, false);
	add_piece(&f, 0, key, 2);
	add_numbers(&f, 0, 1, 0);
	add_piece(&f, 1, record, 3);
	add_pair(&f, 1, key, record);
	add_numbers(&f, 1, 2, 0);
	add_version(&f, 2);
	records_set(&f, 3);
	check(&f, ROOT "problem 0 malformed skipped\n");
	free((void *)record.p);
}

/* More than any certificate needs.  */
static void test_too_large(void **state)
{
	const unsigned pages = 40;
	uint8_t bytes[16000] = { 0 };
	struct blob piece = { bytes, sizeof(bytes) };
	struct image f;

	(void)state;
	file_make(&f, 16384, pages + 1, false);
	add_piece(&f, 0, key, 2);
	add_numbers(&f, 0, 1, 0);
	for (unsigned i = 1; i < pages; i++) {
		add_piece(&f, i, piece, i + 1 == pages ? 3 : 2);
		add_numbers(&f, i, i + 1, 0);
	}
	add_version(&f, pages);
	records_set(&f, 2);
	check(&f, "problem 32768 too-large\n");
}

/* ---- damage --------------------------------------------------------------*/

static void simple(struct image *f)
{
	struct blob record = root_record();

	file_make(f, 2048, 3, false);
	add_version(f, 0);
	add_numbers(f, 0, 1, 0);
	add_pair(f, 1, key, record);
	records_set(f, 2);
	free((void *)record.p);
}

static void test_header(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *want;
	} cases[] = {
		{ 0, 0x061562, "problem 0 format\n" },
		{ 4, 0, "problem 4 format\n" },
		{ 4, 1, ROOT },
		{ 4, 3, "problem 4 format\n" },
		{ 8, 0, "problem 0 malformed\n" },
		{ 12, 0, "problem 0 malformed\n" },
		{ 12, 32, "problem 0 malformed\n" },
		{ 12, 2047, "problem 0 malformed\n" },
		{ 12, 65536, "problem 0 malformed\n" },
		{ 40, 0x80000000, "problem 0 malformed\n" },
		{ 56, 1, ROOT "problem 56 malformed skipped\n" },
		{ 56, 3, ROOT "problem 56 malformed skipped\n" },
		{ 60, 0x80000000, "problem 0 malformed\n" },
		/* all of it past the end */
		{ 60, 9, "problem 10240 truncated\nproblem 0 format\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct image f;

		simple(&f);
		put32(&f, cases[i].at, cases[i].value);
		check(&f, cases[i].want);
	}
}

/* Buckets past the end of the file, however many.  */
static void test_empty_buckets(void **state)
{
	struct image f;

	(void)state;
	simple(&f);
	put32(&f, 40, 0x7fffffff);
	for (unsigned i = 0; i < 32; i++)
		put32(&f, 68 + 4 * i, i == 0 ? 1 : 0xffffffff);
	check(&f, ROOT);
}

static void test_circles(void **state)
{
	struct image f;

	(void)state;
	simple(&f);
	put16(&f, 0, 3, 0);			/* the page leads to itself */
	check(&f, "problem 4096 malformed\n");
	simple(&f);
	add_numbers(&f, 1, 1, 0);
	check(&f, ROOT "problem 6144 malformed\n");
	simple(&f);				/* a large record in a circle */
	add_piece(&f, 2, key, 1);
	add_numbers(&f, 2, 2, 0);
	add_numbers(&f, 1, 2, 0);
	check(&f, ROOT "problem 8192 malformed\n");
	/* bucket 1 is what bucket 0 goes on in */
	simple(&f);
	put32(&f, 40, 1);
	check(&f, ROOT "problem 6144 malformed\n");
}

static void test_pages(void **state)
{
	static const struct {
		unsigned page, k, value;
		const char *want;
	} cases[] = {
		{ 1, 0, 1, "problem 6144 malformed\n" },
		{ 1, 0, 1022, "problem 6144 malformed\n" },
		{ 1, 0, 65534, "problem 6144 malformed\n" },
		{ 1, 1, 2049, "problem 6144 malformed\n" },
		{ 1, 1, 9, "problem 6144 malformed\n" },
		{ 1, 2, 2046, "problem 6144 malformed\n" },
		{ 1, 2, 9, "problem 6144 malformed\n" },
		/* the marks of large records, where none goes on */
		{ 1, 2, 1, "problem 6144 malformed\n" },
		{ 1, 2, 2, "problem 6144 malformed\n" },
		{ 1, 2, 3, "problem 6144 malformed\n" },
		/* to a page that is empty, and to one that is not there */
		{ 0, 3, 2, "problem 56 malformed skipped\n" },
		{ 0, 3, 3, "problem 10240 truncated\n" },
		{ 0, 3, 0xffff, "problem 10240 truncated\n" },
		{ 0, 4, 1, "problem 4096 malformed\n" },
		{ 0, 4, 9, "problem 4096 malformed\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *got = NULL;
		struct image f;

		simple(&f);
		put16(&f, cases[i].page, cases[i].k, cases[i].value);
		got = transcript("nss-dbm", (struct blob){ f.p, f.n });
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("number %u of page %u = %u: %s", cases[i].k,
				 cases[i].page, cases[i].value, got);
		free(f.p);
	}
}

/* Large records that go on where they cannot.  */
static void test_large_damage(void **state)
{
	struct blob record = root_record();
	struct image f;

	(void)state;
	/* the key goes on in a small record */
	simple(&f);
	add_piece(&f, 2, key, 1);
	add_numbers(&f, 2, 1, 0);
	put16(&f, 0, 3, 2);
	check(&f, "problem 6144 malformed\n");
	/* the data does */
	simple(&f);
	add_piece(&f, 2, key, 2);
	add_numbers(&f, 2, 1, 0);
	put16(&f, 0, 3, 2);
	check(&f, "problem 6144 malformed\n");
	/* in an empty page */
	file_make(&f, 2048, 3, false);
	add_version(&f, 0);
	add_numbers(&f, 0, 1, 0);
	add_piece(&f, 1, key, 2);
	add_numbers(&f, 1, 2, 0);
	records_set(&f, 2);
	check(&f, "problem 8192 malformed\n");
	/* past the end of the file */
	file_make(&f, 2048, 2, false);
	add_version(&f, 0);
	add_numbers(&f, 0, 1, 0);
	add_piece(&f, 1, key, 2);
	add_numbers(&f, 1, 7, 0);
	records_set(&f, 2);
	check(&f, "problem 8192 truncated\n");
	/* behind a small one */
	file_make(&f, 2048, 1, false);
	add_version(&f, 0);
	add_numbers(&f, 0, 1000, 2);
	records_set(&f, 2);
	check(&f, "problem 4096 malformed\n");
	free((void *)record.p);
}

static void test_full_sink(void **state)
{
	struct blob record = root_record();
	struct collect c;
	struct image f;

	(void)state;
	file_make(&f, 2048, 1, false);
	add_version(&f, 0);
	add_pair(&f, 0, key, record);
	add_pair(&f, 0, key, record);
	records_set(&f, 3);
	collect_init(&c);
	c.room = 1;
	assert_int_equal(reader_find("nss-dbm")->read(
		&(struct input){ .data = { f.p, f.n } }, &c.sink), -E2BIG);
	assert_string_equal(buf_str(&c.said), ROOT);
	buf_done(&c.said);
	free(f.p);
	free((void *)record.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_byte_orders),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_database_version),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_large_after_key),
		cmocka_unit_test(test_large_beside_key),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_empty_buckets),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_large_damage),
		cmocka_unit_test(test_full_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
