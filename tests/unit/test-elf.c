/* test-elf.c -- read/elf-*.c: which bytes of a program are certificates, and
 * which programs are whole.
 */
#include "collect.h"

#define HEADER	256	/* bytes before the content; the headers and zeros */

struct kind {
	bool wide, big;
};

static void put(const struct kind *k, uint8_t *p, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p[k->big ? size - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

/* An ELF header and one program header, of a PT_LOAD that is LOADED bytes
 * from the start of the file, zeros up to HEADER.  */
static void add_elf(struct buf *b, const struct kind *k, uint64_t loaded)
{
	uint8_t h[HEADER] = { 0x7f, 'E', 'L', 'F' };
	unsigned n = k->wide ? 8 : 4;
	uint8_t *segment = h + (k->wide ? 64 : 52);

	h[4] = k->wide ? 2 : 1;
	h[5] = k->big ? 2 : 1;
	put(k, h + (k->wide ? 32 : 28), (uint64_t)(segment - h), n);
	put(k, h + (k->wide ? 54 : 42), k->wide ? 56 : 32, 2);
	put(k, h + (k->wide ? 56 : 44), 1, 2);
	put(k, segment, 1, 4);
	put(k, segment + (k->wide ? 32 : 16), loaded, n);
	buf_add(b, h, sizeof(h));
}

/* Appends TEXT with {x} replaced: {R} and {O} are the PEM of root.der and
 * other.der, {r} and {o} the same without the last line feed, {k} the PEM of
 * no certificate, {s} of what only begins like one, {0} a NUL.  offsets[i] is
 * where the i-th of them begins.  */
#define PLACES	8
static void expand(struct buf *b, const char *text, size_t offsets[PLACES])
{
	struct blob root = fixture("root.der"), other = fixture("other.der");
	unsigned place = 0;

	for (; *text; text++) {
		if (*text != '{') {
			buf_add(b, text, 1);
			continue;
		}
		assert_true(place < PLACES);
		offsets[place++] = b->n;
		switch (*++text) {
		case 'R':
		case 'r':
			add_pem(b, "CERTIFICATE", root);
			break;
		case 'O':
		case 'o':
			add_pem(b, "CERTIFICATE", other);
			break;
		case 'k':
			add_pem(b, "CERTIFICATE", (struct blob){
				(const uint8_t *)"\x30\x03\x02\x01\x05", 5 });
			break;
		case 's':
			add_pem(b, "CERTIFICATE", (struct blob){
				(const uint8_t *)"\x30\x02\x30\x00", 4 });
			break;
		case '0':
			buf_add(b, "", 1);
			break;
		default:
			fail();
		}
		if (*text == 'r' || *text == 'o')
			b->n--;
		assert_int_equal(*++text, '}');
	}
	free((void *)root.p);
	free((void *)other.p);
}

static void test_strings(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "machine code", "" },
		{ "{r}{0}{o}{0}", "entry @0 - Example Root\n"
				  "entry @2 - Other Root\n" },
		{ "{R}{0}{O}{0}", "entry @0 - Example Root\n"
				  "entry @2 - Other Root\n" },
		{ "x{r}", "entry @0 - Example Root\n" },
		{ "{R}{O}", "entry @0 - Example Root\n"
			    "entry @1 - Other Root\n" },

		/* What the programs' own PEM parsers hold.  */
		{ "-----BEGIN CERTIFICATE-----{0}{R}{0}",
		  "entry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{0}-----END CERTIFICATE-----"
		  "{R}", "entry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----{R}",
		  "entry @0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{R}",
		  "entry @0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
		  "{0}{R}", "entry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n\xc0\x1a\n"
		  "-----END CERTIFICATE-----{0}", "" },
		{ "-----BEGIN CERTIFICATE-----([^-]*)"
		  "-----END CERTIFICATE-----{0}", "" },
		{ "-----BEGIN CERTIFICATE-----", "" },
		{ "-----BEGIN CERTIFICATE-----\n", "" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA", "" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA-----END X", "" },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n"
		  "-----END PRIVATE KEY-----\n", "" },

		/* Whole blocks that should have been certificates.  */
		{ "-----BEGIN CERTIFICATE-----\nA!AA\n"
		  "-----END CERTIFICATE-----{0}{r}",
		  "problem 256 malformed\nentry @1 - Example Root\n" },
		{ "{k}{r}", "problem @0 malformed\nentry @1 - Example Root\n" },
		{ "{s}{r}", "problem @0 malformed\nentry @1 - Example Root\n" },
	};
	const struct kind k = { true, false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf in = { .p = NULL }, want = { .p = NULL };
		AUTO(str) char *got = NULL;
		size_t offsets[PLACES];

		buf_init(&in, 1u << 20);
		buf_init(&want, 1u << 20);
		add_elf(&in, &k, 0);
		expand(&in, cases[i].text, offsets);
		for (const char *w = cases[i].want; *w; w++) {
			if (*w == '@')
				buf_addf(&want, "%zu", offsets[*++w - '0']);
			else
				buf_add(&want, w, 1);
		}
		got = transcript("elf-pem", content(&in));
		if (strcmp(got, buf_str(&want)) != 0)
			fail_msg("%s gave %s", cases[i].text, got);
	}
}

static void test_headers(void **state)
{
	static const struct kind kinds[] = {
		{ true, false }, { true, true }, { false, false },
		{ false, true },
	};
	static const uint64_t ends[] = {
		HEADER - 1, HEADER, HEADER + 1, 0x7fffffff, 0xffffffff,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct kind *k = &kinds[i];

		for (size_t j = 0; j < ARRAY_SIZE(ends); j++) {
			AUTO(buf) struct buf b = { .p = NULL };
			AUTO(str) char *got = NULL;

			buf_init(&b, 4096);
			add_elf(&b, k, ends[j]);
			got = transcript("elf-pem", content(&b));
			assert_string_equal(got, ends[j] <= HEADER ? "" :
					    "problem 256 truncated\n");
		}
		for (size_t n = 0; n < HEADER; n++) {
			AUTO(buf) struct buf b = { .p = NULL };
			AUTO(str) char *got = NULL, *want = NULL;

			buf_init(&b, 4096);
			add_elf(&b, k, HEADER);
			got = transcript("elf-pem", (struct blob){
					(uint8_t *)b.p, n });
			want = n < 4 ? xstrdup("problem 0 format\n") :
				xasprintf("problem %zu truncated\n", n);
			assert_string_equal(got, want);
		}
	}
}

static void test_bad_headers(void **state)
{
	static const struct {
		size_t offset;
		uint8_t value;
		const char *want;
	} cases[] = {
		{ 0, 0x7e, "problem 0 format\n" },
		{ 4, 0, "problem 0 malformed\n" },
		{ 4, 3, "problem 0 malformed\n" },
		{ 5, 0, "problem 0 malformed\n" },
		{ 5, 3, "problem 0 malformed\n" },
		{ 54, 55, "problem 0 malformed\n" },	/* e_phentsize */
		{ 33, 1, "problem 256 truncated\n" },	/* e_phoff */
		{ 39, 0xff, "problem 256 truncated\n" },
		{ 56, 5, "problem 256 truncated\n" },	/* e_phnum */
		{ 79, 0xff, "problem 256 truncated\n" },	/* p_offset */
		{ 103, 0xff, "problem 256 truncated\n" },	/* p_filesz */
		{ 64, 2, "" },				/* not PT_LOAD */
	};
	const struct kind k = { true, false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf b = { .p = NULL };
		AUTO(str) char *got = NULL;

		buf_init(&b, 4096);
		add_elf(&b, &k, cases[i].offset == 64 ? 9999 : HEADER);
		b.p[cases[i].offset] = (char)cases[i].value;
		got = transcript("elf-pem", content(&b));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("byte %zu = %u gave %s", cases[i].offset,
				 cases[i].value, got);
	}
}

/* A program ends early, but what it still holds is found.  */
static void test_truncated_with_certificate(void **state)
{
	AUTO(buf) struct buf b = { .p = NULL };
	AUTO(str) char *got = NULL;
	size_t offsets[PLACES];

	(void)state;
	buf_init(&b, 1u << 20);
	add_elf(&b, &(struct kind){ true, false }, 1u << 20);
	expand(&b, "{r}{0}", offsets);
	got = transcript("elf-pem", content(&b));
	assert_true(has_prefix(got, "problem "));
	assert_true(has_suffix(got, "truncated\nentry 256 - Example Root\n"));
}

/* What is on and around the borders of what is searched at a time, and the
 * calls that let the caller drop pages.  */
static void try_large(const char *reader, struct blob what)
{
	const size_t size = 9u << 20, window = 4u << 20;
	const size_t places[] = {
		window - 28, window - 27, window - 26, window - 14, window - 5,
		window - 2, window - 1, window, window + 1, (256u << 10) - 1,
		(256u << 10) - 2, (512u << 10) - 20,
	};
	uint8_t *image = xcalloc(1, size);
	AUTO(buf) struct buf head = { .p = NULL };

	buf_init(&head, 4096);
	add_elf(&head, &(struct kind){ true, false }, size);
	memcpy(image, head.p, head.n);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const size_t at = places[i];
		AUTO(str) char *want = xasprintf("entry %zu - Example Root\n",
						 at);
		struct collect c;

		memcpy(image + at, what.p, what.n);
		collect_init(&c);
		assert_int_equal(reader_find(reader)->read(
			&(struct input){ .data = { image, size } }, &c.sink), 0);
		assert_string_equal(buf_str(&c.said), want);
		assert_true(c.done_calls >= 2 && c.done_calls <= 4);
		assert_true(c.done > size - window && c.done <= size);
		buf_done(&c.said);
		memset(image + at, 0, what.n);
	}
	free(image);
}

static void test_large(void **state)
{
	AUTO(buf) struct buf pem = { .p = NULL };
	struct blob root = fixture("root.der");

	(void)state;
	buf_init(&pem, 4096);
	add_pem(&pem, "CERTIFICATE", root);
	try_large("elf-pem", content(&pem));
	try_large("elf-der", root);
	try_large("elf-certificates", content(&pem));
	try_large("elf-certificates", root);
	free((void *)root.p);
}

/* A certificate at the very end of a program, and what is cut off there.  */
static void test_der_at_end(void **state)
{
	struct blob root = fixture("root.der");

	(void)state;
	for (size_t n = 0; n <= root.n; n++) {
		AUTO(buf) struct buf b = { .p = NULL };
		AUTO(str) char *got = NULL;

		buf_init(&b, 4096);
		add_elf(&b, &(struct kind){ true, false }, HEADER);
		buf_add(&b, root.p, n);
		got = transcript("elf-der", content(&b));
		assert_string_equal(got, n < root.n ? "" :
				    "entry 256 - Example Root\n");
	}
	free((void *)root.p);
}

/* One byte of a certificate is another.  */
static void test_der_look_alikes(void **state)
{
	static const struct {
		size_t offset;
		uint8_t value;
		const char *want;
	} cases[] = {
		{ 0, 0x31, "" },	/* the outer SEQUENCE */
		{ 3, 0x98, "" },	/* its length, one less */
		{ 4, 0x31, "" },	/* TBSCertificate */
		{ 13, 0x04, "" },	/* the serial number's tag */
		{ 16, 0x31, "" },
		{ 28, 0x31, "" },	/* the issuer's tag */
		{ 29, 0x80, "" },	/* its length, indefinite */
		{ 30, 0x30, "problem 256 certificate\n" },	/* a SET in it */
	};
	struct blob root = fixture("root.der");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf b = { .p = NULL };
		AUTO(str) char *got = NULL;

		buf_init(&b, 4096);
		add_elf(&b, &(struct kind){ true, false }, HEADER);
		buf_add(&b, root.p, root.n);
		b.p[HEADER + cases[i].offset] = (char)cases[i].value;
		got = transcript("elf-der", content(&b));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("byte %zu = %u gave %s", cases[i].offset,
				 cases[i].value, got);
	}
	free((void *)root.p);
}

/* More certificates than the table of those seen begins with: each twice,
 * told apart by the first bytes of the signature.  */
static void test_der_many(void **state)
{
	const unsigned many = 1500;
	struct blob root = fixture("root.der");
	uint8_t *copy = xmemdup(root.p, root.n);
	AUTO(buf) struct buf b = { .p = NULL };
	struct collect c;
	size_t lines = 0;

	(void)state;
	buf_init(&b, 4u << 20);
	add_elf(&b, &(struct kind){ true, false }, HEADER);
	for (unsigned i = 0; i < 2 * many; i++) {
		copy[root.n - 2] = (uint8_t)(i % many >> 8);
		copy[root.n - 1] = (uint8_t)(i % many);
		buf_add(&b, copy, root.n);
	}
	collect_init(&c);
	assert_int_equal(reader_find("elf-der")->read(
			&(struct input){ .data = content(&b) }, &c.sink), 0);
	for (const char *p = buf_str(&c.said); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, many);
	buf_done(&c.said);
	free(copy);
	free((void *)root.p);
}

/* Places that begin like certificates must not be paid for with more than a
 * look, however long and deep they say that they are.  */
static void test_der_many_places(void **state)
{
	static const uint8_t place[] = {
		0x30, 0x82, 0xff, 0xff, 0x30, 0x82, 0xff, 0x00, 0x02, 0x00,
		0x30, 0x80,
	};
	AUTO(buf) struct buf b = { .p = NULL };
	AUTO(str) char *got = NULL;

	(void)state;
	buf_init(&b, 32u << 20);
	add_elf(&b, &(struct kind){ true, false }, HEADER);
	while (b.n < 4u << 20)
		buf_add(&b, place, sizeof(place));
	got = transcript("elf-der", content(&b));
	assert_string_equal(got, "");
}

/* Markers without an end must not be paid for again and again.  */
static void test_many_markers(void **state)
{
	static const char marker[] = "-----BEGIN CERTIFICATE-----\n";
	AUTO(buf) struct buf b = { .p = NULL };
	AUTO(str) char *got = NULL;

	(void)state;
	buf_init(&b, 32u << 20);
	add_elf(&b, &(struct kind){ true, false }, HEADER);
	while (b.n < 4u << 20)
		buf_add(&b, marker, sizeof(marker) - 1);
	got = transcript("elf-pem", content(&b));
	assert_string_equal(got, "");
}

static void test_full_sink(void **state)
{
	AUTO(buf) struct buf b = { .p = NULL };
	size_t offsets[PLACES];
	struct collect c;

	(void)state;
	buf_init(&b, 1u << 20);
	add_elf(&b, &(struct kind){ true, false }, HEADER);
	expand(&b, "{R}{R}{O}", offsets);
	collect_init(&c);
	c.room = 1;
	assert_int_equal(reader_find("elf-pem")->read(
			&(struct input){ .data = content(&b) }, &c.sink),
			 -E2BIG);
	assert_string_equal(buf_str(&c.said), "entry 256 - Example Root\n");
	buf_done(&c.said);
}

static void test_prefixes(void **state)
{
	AUTO(buf) struct buf b = { .p = NULL };
	size_t offsets[PLACES];

	(void)state;
	buf_init(&b, 1u << 20);
	add_elf(&b, &(struct kind){ true, false }, HEADER);
	expand(&b, "{r}{0}-----BEGIN CERTIFICATE-----{0}{k}{O}{0}", offsets);
	try_prefixes("elf-pem", content(&b));
	assert_false(reader_find("elf-pem")->sniff((struct blob){
			(uint8_t *)b.p, 3 }));
	assert_true(reader_find("elf-pem")->sniff((struct blob){
			(uint8_t *)b.p, 4 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bad_headers),
		cmocka_unit_test(test_truncated_with_certificate),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_der_at_end),
		cmocka_unit_test(test_der_look_alikes),
		cmocka_unit_test(test_der_many),
		cmocka_unit_test(test_der_many_places),
		cmocka_unit_test(test_many_markers),
		cmocka_unit_test(test_full_sink),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
