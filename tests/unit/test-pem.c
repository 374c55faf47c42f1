/* test-pem.c -- read/pem.c and read/der.c: what is a certificate in a file,
 * and what is said about the rest of it.
 */
#include "collect.h"

/* ---- making PEM ----------------------------------------------------------*/

#define PLACES	8

/* Appends TEXT with {x} replaced: {R} and {O} are the PEM of root.der and
 * other.der, {r} and {o} the same without the last line feed, {B} the base64
 * of root.der; {t} is root.der with two bytes more, {c} with two less, {k} no
 * certificate, each a block; {x} is nothing.  offsets[i] is where the i-th of
 * them begins.  */
static void expand(struct buf *b, const char *text, size_t offsets[PLACES])
{
	struct blob root = fixture("root.der"), other = fixture("other.der");
	unsigned place = 0;
	uint8_t more[1024];

	assert_true(root.n + 2 <= sizeof(more));
	memcpy(more, root.p, root.n);
	memcpy(more + root.n, "\x05\x00", 2);
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
		case 'B':
			add_base64(b, root, 64);
			break;
		case 't':
			add_pem(b, "CERTIFICATE",
				(struct blob){ more, root.n + 2 });
			break;
		case 'c':
			add_pem(b, "CERTIFICATE",
				(struct blob){ root.p, root.n - 2 });
			break;
		case 'k':
			add_pem(b, "CERTIFICATE", (struct blob){
				(const uint8_t *)"\x30\x03\x02\x01\x05", 5 });
			break;
		case 'x':	/* only the place */
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

/* Appends WANT with the offset of the N-th place for @N.  */
static void expand_want(struct buf *b, const char *want,
			const size_t offsets[PLACES])
{
	for (; *want; want++) {
		if (*want == '@')
			buf_addf(b, "%zu", offsets[*++want - '0']);
		else
			buf_add(b, want, 1);
	}
}

/* ---- the reader ----------------------------------------------------------*/

static void test_reader(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{R}", "entry 0 - Example Root\n" },
		{ "{r}", "entry 0 - Example Root\n" },
		{ "{R}{O}", "entry 0 - Example Root\n"
			    "entry @1 - Other Root\n" },
		{ "# a bundle\n\n{R}\nBag Attributes\n  x: y\n{O}end\n",
		  "entry @0 - Example Root\nentry @1 - Other Root\n" },
		{ "\xef\xbb\xbf{R}", "entry 3 - Example Root\n" },
		{ "{r} \t\r\n{O}", "entry 0 - Example Root\n"
				   "entry @1 - Other Root\n" },
		{ "-----BEGIN X509 CERTIFICATE-----\n{B}"
		  "-----END X509 CERTIFICATE-----\n",
		  "entry 0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----  \nX-Header: 1\nY: 2\n\n{B}"
		  "-----END CERTIFICATE-----\n",
		  "entry 0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n \n\n{B}\n"
		  "-----END CERTIFICATE-----\n",
		  "entry 0 - Example Root\n" },

		/* Not certificates, and nothing wrong with that.  */
		{ "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n"
		  "{R}", "entry @0 - Example Root\n" },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n", "" },
		{ "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"
		  "-----END CERTIFICATE REQUEST-----\n", "" },
		{ "-----BEGIN TRUSTED CERTIFICATES-----\n", "" },
		{ "-----BEGIN PRIVATE KEY-----", "" },
		{ "-----BEGIN \n", "" },
		{ "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
		  "" },

		/* Read by some programs only.  */
		{ "{r}{O}", "problem 0 malformed\nentry 0 - Example Root\n"
			    "problem @1 malformed\nentry @1 - Other Root\n" },
		{ "x {R}{O}", "problem 2 malformed\nentry 2 - Example Root\n"
			      "entry @1 - Other Root\n" },
		{ "{r} junk\n{O}",
		  "problem 0 malformed\nentry 0 - Example Root\n"
		  "entry @1 - Other Root\n" },
		{ "-----BEGIN CERTIFICATE-----{B}-----END CERTIFICATE-----\n",
		  "problem 0 malformed\nentry 0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{B}  "
		  "-----END CERTIFICATE-----\n",
		  "problem 0 malformed\nentry 0 - Example Root\n" },
		{ "\n\xef\xbb\xbf{R}",
		  "problem 4 malformed\nentry 4 - Example Root\n" },
		{ "{t}", "problem 0 malformed\nentry 0 - Example Root\n" },

		/* Damage; the blocks behind it are read.  */
		{ "{c}{R}", "problem 0 malformed\n"
			    "entry @1 - Example Root\n" },
		{ "{k}{R}", "problem 0 malformed\n"
			    "entry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{R}",
		  "problem 0 malformed\nentry @0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n"
		  "-----END CERTIFICATE-----\n{R}",
		  "problem 0 malformed\nentry @0 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{B}"
		  "-----END X509 CERTIFICATE-----\n{R}",
		  "problem 0 malformed\nentry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{B}-----\n{R}",
		  "problem 0 malformed\nentry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\nno: blank line\n{B}"
		  "-----END CERTIFICATE-----\n{R}",
		  "problem 0 malformed\nentry @1 - Example Root\n" },
		{ "-----BEGIN CERTIFICATE-----\n{B}", "problem 0 truncated\n" },
		{ "{R}{x}-----BEGIN CERTIFICATE-----",
		  "entry 0 - Example Root\nproblem @1 truncated\n" },
		{ "-----BEGIN ", "problem 0 truncated\n" },
		{ "{R}{x}-----BEGIN CERTIFICATE----",
		  "entry 0 - Example Root\nproblem @1 truncated\n" },
		{ "", "problem 0 truncated\n" },
		{ "no PEM\n", "problem 0 format\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf in = { .p = NULL }, want = { .p = NULL };
		AUTO(str) char *got = NULL;
		size_t offsets[PLACES];

		buf_init(&in, 1u << 20);
		buf_init(&want, 1u << 20);
		expand(&in, cases[i].text, offsets);
		expand_want(&want, cases[i].want, offsets);
		got = transcript("pem", content(&in));
		if (strcmp(got, buf_str(&want)) != 0)
			fail_msg("case %zu, %s: %s", i, cases[i].text, got);
	}
}

static void test_crlf(void **state)
{
	AUTO(buf) struct buf lf = { .p = NULL }, crlf = { .p = NULL };
	AUTO(str) char *got = NULL, *want = NULL;
	size_t offsets[PLACES], lines = 0;

	(void)state;
	buf_init(&lf, 1u << 20);
	buf_init(&crlf, 1u << 20);
	expand(&lf, "text\n{R}more\n{o}", offsets);
	for (size_t i = 0; i < lf.n; i++) {
		if (lf.p[i] == '\n')
			buf_adds(&crlf, "\r");
		if (lf.p[i] == '\n' && i < offsets[1])
			lines++;
		buf_add(&crlf, lf.p + i, 1);
	}
	want = xasprintf("entry 6 - Example Root\nentry %zu - Other Root\n",
			 offsets[1] + lines);
	got = transcript("pem", content(&crlf));
	assert_string_equal(got, want);
}

static void test_base64(void **state)
{
	static const char *const bad[] = {
		"A", "AA", "AAA", "AAAAA", "=", "A===", "AA=", "AA=A", "AA==A",
		"AAA=A", "AA===", "AAA==", "AAAA=", "AAAA====", "AA-A", "AA_A",
		"AA.A", "AA\x80" "A", "AAAA!", "AA==AAAA",
	};
	uint8_t bytes[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		for (size_t width = 1; width <= 76; width += 25) {
			AUTO(buf) struct buf b = { .p = NULL };
			struct pem_block block;
			uint64_t pos = 0;

			buf_init(&b, 4096);
			buf_adds(&b, "-----BEGIN CERTIFICATE-----\n");
			add_base64(&b, (struct blob){ bytes, n }, width);
			buf_adds(&b, "-----END CERTIFICATE-----\n");
			assert_int_equal(pem_next(content(&b), &pos,
						  &block), 1);
			assert_null(block.error);
			assert_int_equal(block.der_n, n);
			assert_memory_equal(block.der, bytes, n);
			assert_int_equal(block.begin, 0);
			assert_int_equal(block.end, b.n);
			assert_int_equal(pos, b.n);
			assert_int_equal(block.label.n, 11);
			free(block.der);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO(str) char *text = xasprintf("-----BEGIN CERTIFICATE-----\n"
			"%s\n-----END CERTIFICATE-----\n", bad[i]);
		struct pem_block block;
		uint64_t pos = 0;

		assert_int_equal(pem_next((struct blob){ (uint8_t *)text,
						strlen(text) }, &pos, &block),
				 1);
		if (!block.error || block.der)
			fail_msg("%s was decoded", bad[i]);
	}
}

static void test_nul_is_no_base64(void **state)
{
	static const char text[] = "-----BEGIN CERTIFICATE-----\nAA\0AAA\n"
		"-----END CERTIFICATE-----\n";
	AUTO(str) char *got = transcript("pem", (struct blob){
			(const uint8_t *)text, sizeof(text) - 1 });

	(void)state;
	assert_string_equal(got, "problem 0 malformed\n");
}

static void test_too_large(void **state)
{
	static const struct {
		size_t bytes;
		const char *want;
	} cases[] = {
		/* No certificate either, but that is found out by looking.  */
		{ LIMIT_CERTIFICATE_BYTES, "problem 0 malformed\n" },
		{ LIMIT_CERTIFICATE_BYTES + 1, "problem 0 too-large\n" },
		{ 2 * LIMIT_CERTIFICATE_BYTES, "problem 0 too-large\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf b = { .p = NULL };
		AUTO(str) char *zeros = xcalloc(1, cases[i].bytes), *got = NULL;

		buf_init(&b, 4u << 20);
		add_pem(&b, "CERTIFICATE", (struct blob){ (uint8_t *)zeros,
							  cases[i].bytes });
		got = transcript("pem", content(&b));
		assert_string_equal(got, cases[i].want);
	}
}

/* ---- TRUSTED CERTIFICATE -------------------------------------------------*/

#define DISTRUST	"entry 0 distrust Example Root\n"
#define ENTRY		"entry 0 - Example Root\n"

/* For some purposes, and against others.  */
static void test_trusted_files(void **state)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{ "trusted-alias.pem", "entry 0 - Example Root\n" },
		{ "trusted-server.pem", DISTRUST ENTRY },
		{ "trusted-reject.pem", DISTRUST ENTRY },
		{ "trusted-reject-any.pem", "entry 0 distrust Example Root\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob in = fixture(cases[i].file);
		AUTO(str) char *got = transcript("pem", in);

		assert_string_equal(got, cases[i].want);
		free((void *)in.p);
	}
}

#define SERVER	"06082b06010505070301"
#define EMAIL	"06082b06010505070304"
#define ANY	"0604551d2500"
#define MALFORMED	"problem 0 malformed\n"

static void test_trusted_aux(void **state)
{
	static const struct {
		const char *aux, *want;
	} cases[] = {
		{ "", ENTRY },
		{ "3000", ENTRY },
		{ "3002" "3000", ENTRY },
		{ "300c" "300a" SERVER, ENTRY },
		{ "300c" "a00a" SERVER, DISTRUST ENTRY },
		{ "300c" "a00a" EMAIL, DISTRUST ENTRY },
		{ "3008" "a006" ANY, DISTRUST },
		{ "3016" "a014" EMAIL SERVER, DISTRUST ENTRY },
		{ "3018" "300a" EMAIL "a00a" SERVER, DISTRUST ENTRY },
		{ "3018" "300a" SERVER "a00a" SERVER, DISTRUST },
		{ "3014" "3006" ANY "a00a" SERVER, DISTRUST ENTRY },
		{ "300f" "a00a" SERVER "0c0141", DISTRUST ENTRY },
		{ "3008" "0c0141" "040100" "a100", ENTRY },
		{ "30", MALFORMED ENTRY },
		{ "0500", MALFORMED ENTRY },
		{ "30000500", MALFORMED ENTRY },
		{ "3002" "0500", MALFORMED ENTRY },
		{ "3006" "0c0141" "0c0141", MALFORMED ENTRY },
		{ "300e" "300a" SERVER "3000", MALFORMED ENTRY },
		{ "3002" "a001", MALFORMED ENTRY },
		{ "3004" "a0020500", MALFORMED ENTRY },
		{ "3004" "a0020600", MALFORMED ENTRY },
		{ "3004" "30020500", MALFORMED ENTRY },
		{ "3001" "0c", MALFORMED ENTRY },
	};
	struct blob root = fixture("root.der");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf b = { .p = NULL };
		AUTO(str) char *got = NULL;
		size_t n = strlen(cases[i].aux) / 2;
		uint8_t der[1024];

		memcpy(der, root.p, root.n);
		assert_int_equal(hex_decode(cases[i].aux, der + root.n, n), 0);
		buf_init(&b, 4096);
		add_pem(&b, "TRUSTED CERTIFICATE",
			(struct blob){ der, root.n + n });
		got = transcript("pem", content(&b));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("aux %s: %s", cases[i].aux, got);
	}
	free((void *)root.p);
}

/* ---- the rest ------------------------------------------------------------*/

static void test_full_sink(void **state)
{
	AUTO(buf) struct buf in = { .p = NULL };
	size_t offsets[PLACES];
	struct collect c;

	(void)state;
	buf_init(&in, 1u << 20);
	expand(&in, "{R}{R}{O}", offsets);
	collect_init(&c);
	c.room = 1;
	assert_int_equal(reader_find("pem")->read(
			&(struct input){ .data = content(&in) }, &c.sink),
			 -E2BIG);
	assert_string_equal(buf_str(&c.said), "entry 0 - Example Root\n");
	buf_done(&c.said);
}

static void test_done(void **state)
{
	AUTO(buf) struct buf b = { .p = NULL };
	struct blob root = fixture("root.der");
	struct collect c;

	(void)state;
	buf_init(&b, 4u << 20);
	while (b.n < 3u << 20)
		add_pem(&b, "CERTIFICATE", root);
	collect_init(&c);
	assert_int_equal(reader_find("pem")->read(
			&(struct input){ .data = content(&b) }, &c.sink), 0);
	assert_true(c.done_calls >= 2 && c.done_calls <= 4);
	buf_done(&c.said);
	free((void *)root.p);
}

static void test_sniff(void **state)
{
	static const struct {
		const char *text;
		bool pem, der;
	} cases[] = {
		{ "", false, false },
		{ "-----BEGIN CERTIFICATE-----", true, false },
		{ "text\n-----BEGIN PRIVATE KEY-----\n", true, false },
		{ "----BEGIN CERTIFICATE-----", false, false },
		{ "0", false, true },
		{ "0\x82", false, true },
		{ "0123456789", false, false },
		{ "0\x82\x01\x02" "0", false, true },
		{ "0\x82\x01\x02" "\x02\x01\x03", false, false },
		{ "1\x82\x01\x02" "0", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct blob in = { (const uint8_t *)cases[i].text,
				   strlen(cases[i].text) };

		assert_int_equal(reader_find("pem")->sniff(in), cases[i].pem);
		assert_int_equal(reader_find("der")->sniff(in), cases[i].der);
	}
}

static void test_der(void **state)
{
	struct blob root = fixture("root.der");
	uint8_t more[1024] = { 0 };
	const struct {
		struct blob in;
		const char *want;	/* @0: the size of root.der */
	} cases[] = {
		{ root, "entry 0 - Example Root\n" },
		{ { more, root.n + 1 }, "problem @0 malformed\n"
					"entry 0 - Example Root\n" },
		{ { more, root.n - 1 }, "problem @1 truncated\n" },
		{ { more, 1 }, "problem 1 truncated\n" },
		{ { more, 0 }, "problem 0 truncated\n" },
		{ { more + 1, root.n - 1 }, "problem 0 format\n" },
		{ { (const uint8_t *)"0\x02" "0\x00", 4 },
		  "entry 0 - undecoded\n" },
	};
	const size_t offsets[PLACES] = { root.n, root.n - 1 };

	(void)state;
	memcpy(more, root.p, root.n);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf want = { .p = NULL };
		AUTO(str) char *got = transcript("der", cases[i].in);

		buf_init(&want, 4096);
		expand_want(&want, cases[i].want, offsets);
		assert_string_equal(got, buf_str(&want));
	}
	try_prefixes("der", root);
	free((void *)root.p);
}

static void test_der_too_large(void **state)
{
	size_t n = LIMIT_CERTIFICATE_BYTES + 1;
	AUTO(str) char *zeros = xcalloc(1, n + 5), *got = NULL;

	(void)state;
	memcpy(zeros, "\x30\x83\x04\x00\x01\x30", 6);	/* of n bytes */
	got = transcript("der", (struct blob){ (uint8_t *)zeros, n + 5 });
	assert_string_equal(got, "problem 0 too-large\n");
}

static void test_prefixes(void **state)
{
	static const char *const texts[] = {
		"# text\n{R}-----BEGIN PRIVATE KEY-----\nAA==\n"
		"-----END PRIVATE KEY-----\n{r}",
		"-----BEGIN X509 CERTIFICATE-----\r\nA: b\r\n\r\n{B}"
		"-----END X509 CERTIFICATE-----\r\n{k}{c}{t}",
	};
	struct blob in;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO(buf) struct buf b = { .p = NULL };
		size_t offsets[PLACES];

		buf_init(&b, 1u << 20);
		expand(&b, texts[i], offsets);
		try_prefixes("pem", content(&b));
	}
	in = fixture("trusted-reject.pem");
	try_prefixes("pem", in);
	free((void *)in.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_crlf),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_nul_is_no_base64),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_trusted_files),
		cmocka_unit_test(test_trusted_aux),
		cmocka_unit_test(test_full_sink),
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_sniff),
		cmocka_unit_test(test_der),
		cmocka_unit_test(test_der_too_large),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
