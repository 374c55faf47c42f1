/* test-bouncycastle.c -- BKS, UBER and BCFKS as BouncyCastle does not write
 * them by itself, and as somebody could.  What it writes is in tests/readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "want.h"

extern const struct reader bks_reader, uber_reader, bcfks_reader;

/* ---- making --------------------------------------------------------------*/

static struct buf made;
static struct blob root;	/* a certificate */

static int setup(void **state)
{
	(void)state;
	buf_init(&made, 16u << 20);
	root = want_file("unit/data", "root.der");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_done(&made);
	free((void *)root.p);
	return 0;
}

static void begin(void)
{
	buf_done(&made);
	buf_init(&made, 16u << 20);
}

static void bytes(const void *p, size_t n)
{
	assert_int_equal(buf_add(&made, p, n), 0);
}

static void u8(uint8_t n)
{
	bytes(&n, 1);
}

static void u16(unsigned n)
{
	u8((uint8_t)(n >> 8));
	u8((uint8_t)n);
}

static void u32(uint32_t n)
{
	u16(n >> 16);
	u16(n & 0xffff);
}

static void zeros(size_t n)
{
	while (n-- > 0)
		u8(0);
}

static void text(const char *s)
{
	u16((unsigned)strlen(s));
	bytes(s, strlen(s));
}

static void header(uint32_t version, uint32_t salt_n, uint32_t iterations)
{
	begin();
	u32(version);
	u32(salt_n);
	zeros(salt_n < 4096 ? salt_n : 0);
	u32(iterations);
}

static void entry(uint8_t type, const char *alias, uint32_t chain)
{
	u8(type);
	text(alias);
	zeros(8);
	u32(chain);
}

static void certificate(const char *type)
{
	text(type);
	u32((uint32_t)root.n);
	bytes(root.p, root.n);
}

/* What READER says, without the 64 digits of each fingerprint.  */
static const char *said(const struct reader *reader)
{
	static char lines[8192];
	struct want w;
	char *to = lines;
	const char *line, *end;

	want_read(reader, (struct blob){ (const uint8_t *)made.p, made.n },
		  LIMIT_STORE_ENTRIES, &w);
	for (line = buf_str(&w.text); *line != '\0'; line = end) {
		end = strchr(line, '\n') + 1;
		if (strcspn(line, " ") == 64)
			line += 65;
		assert_true(to + (end - line) < lines + sizeof(lines));
		memcpy(to, line, (size_t)(end - line));
		to += end - line;
	}
	*to = '\0';
	want_done(&w);
	return lines;
}

static void says(const struct reader *reader, const char *what)
{
	const char *s = said(reader);

	if (strstr(s, what) == NULL)
		fail_msg("wanted: %s\ngot: %s", what, s);
}

/* ---- BKS and UBER --------------------------------------------------------*/

static void test_header(void **state)
{
	(void)state;
	header(3, 20, 1024);
	says(&bks_reader, "problem format 0 BouncyCastle key store version 3, "
	     "only 0 to 2 are known");
	says(&uber_reader, "problem format 0 BouncyCastle key store version 3");
	header(0x504b0304, 20, 1024);
	says(&bks_reader, "problem format 0 not a BouncyCastle key store");
	header(2, 0, 1024);
	says(&bks_reader, "problem malformed 4 a salt of 0 bytes");
	header(2, 1025, 1024);
	says(&bks_reader, "problem malformed 4 a salt of 1025 bytes");
	header(2, 0xffffffff, 1024);
	says(&bks_reader, "problem malformed 4 ");
	begin();
	u32(2);
	u32(20);
	zeros(19);
	says(&bks_reader, "problem truncated 27 ");
}

static void test_entries(void **state)
{
	/* versions 0 and 1 are read as 2 is */
	(void)state;
	for (uint32_t version = 0; version <= 2; version++) {
		AUTO(str) char *want = NULL;

		header(version, 20, 1024);
		entry(1, "A", 1);
		certificate("X.509");
		certificate("X.509");
		entry(4, "key", 2);
		certificate("X.509");
		certificate("X.509");
		u32(3);
		zeros(3);
		entry(3, "secret", 0);
		u32(1);
		zeros(1);
		entry(1, "other", 0);
		certificate("X.400");
		zeros(1 + 20);
		want = xasprintf(
			"- - - - A\n- marked - - A\n- marked key - key\n"
			"- - - - key\nproblem opaque %zu a certificate whose "
			"type is not X.509; it is not read\nskipped opaque "
			"%zu the MAC fits none of the well-known passwords: "
			"another password, or a changed file\n",
			made.n - 21 - root.n, made.n - 20);
		assert_string_equal(said(&bks_reader), want);
	}
	header(2, 20, 1024);
	entry(5, "A", 0);
	says(&bks_reader, "problem malformed 32 entry 1 is of no known kind");
	header(2, 20, 1024);
	entry(1, "A", UINT32_MAX);
	says(&bks_reader, "problem truncated 48 the file ends in entry 1");
}

static void test_cost_of_the_mac(void **state)
{
	(void)state;
	header(2, 20, LIMIT_KDF_ITERATIONS + 1);
	zeros(1 + 20);
	says(&bks_reader, "problem limit 33 the MAC asks for 600001 "
	     "iterations");
	/* none and fewer than none are one to Java */
	header(2, 20, 0);
	zeros(1 + 20);
	says(&bks_reader, "skipped opaque 33 the MAC fits none");
	header(2, 20, UINT32_MAX);
	zeros(1 + 20);
	says(&bks_reader, "skipped opaque 33 the MAC fits none");
}

static void test_uber(void **state)
{
	(void)state;
	header(0, 20, 1024);
	zeros(64);
	says(&uber_reader, "problem opaque 0 UBER version 0, whose encryption "
	     "(OldPBEWithSHAAndTwofish-CBC) is not known");
	header(1, 19, 1024);
	zeros(64);
	says(&uber_reader, "problem malformed 4 a salt of 19 bytes and 1024 "
	     "iterations; BouncyCastle takes no salt but one of 20");
	header(1, 20, 65537);
	zeros(64);
	says(&uber_reader, "65537 iterations");
	header(1, 20, 1024);
	zeros(15);
	assert_string_equal(said(&uber_reader), "problem truncated 47 the file "
		"ends in a block of its encryption; restore it from its "
		"source\n");
	header(1, 20, 1024);
	zeros(64);
	assert_string_equal(said(&uber_reader), "problem opaque 32 encrypted "
		"with a password that is none of the well-known ones, or "
		"changed; its certificates are not seen\n");
}

/* Which of the two takes what was made.  */
static void sniffed(bool bks, bool uber)
{
	const struct blob b = { (const uint8_t *)made.p, made.n };

	assert_int_equal(bks_reader.sniff(b), bks);
	assert_int_equal(uber_reader.sniff(b), uber);
}

static void test_sniff(void **state)
{
	(void)state;
	header(2, 20, 1024);
	sniffed(true, false);
	zeros(1);
	sniffed(true, false);		/* the end mark */
	zeros(20);
	sniffed(true, false);
	zeros(1);
	sniffed(false, true);		/* no end that is known */
	header(2, 20, 1024);
	entry(1, "Sch\xc3\xbc", 0);
	sniffed(true, false);
	header(2, 20, 1024);
	entry(1, "A\nB", 0);
	sniffed(false, true);
	header(2, 20, 1024);
	entry(5, "A", 0);
	sniffed(false, true);
	header(2, 20, 1024);
	entry(1, "A", 65536);
	sniffed(false, true);
	header(2, 20, 1024);
	u8(1);
	u16(60000);
	bytes("just text", 9);
	sniffed(true, false);		/* which the file ends in */
	bytes("\x80", 1);
	sniffed(false, true);
	header(2, 20, 65537);
	sniffed(false, false);
	header(3, 20, 1024);
	sniffed(false, false);
	header(2, 19, 1024);
	sniffed(false, false);
	begin();
	u32(2);
	sniffed(false, false);
	u16(0);
	sniffed(false, false);
}

/* ---- BCFKS ---------------------------------------------------------------*/

/* What was made behind FROM becomes the content of a TLV there.  */
static void wrap(size_t from, uint8_t tag)
{
	const size_t n = made.n - from;
	uint8_t *content = xmemdup(made.p + from, n);

	made.n = from;
	u8(tag);
	if (n < 0x80) {
		u8((uint8_t)n);
	} else {
		u8(0x82);
		u16((unsigned)n);
	}
	bytes(content, n);
	free(content);
}

static void value(uint8_t tag, const void *p, size_t n)
{
	const size_t from = made.n;

	bytes(p, n);
	wrap(from, tag);
}

static void object(uint8_t type, const char *identifier, const void *p,
		   size_t n)
{
	const size_t from = made.n;

	value(TAG_INTEGER, &type, 1);
	value(TAG_UTF8, identifier, strlen(identifier));
	value(0x18, "20260101000000Z", 15);
	value(0x18, "20260101000000Z", 15);
	value(TAG_OCTETS, p, n);
	wrap(from, TAG_SEQUENCE);
}

/* A store that is not encrypted: VERSION, and what OBJECTS makes.  It is signed
 * with a key.  */
static void plain(uint8_t version, void (*objects)(void))
{
	static const uint8_t hmac[] = {
		0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11 };
	size_t from;

	begin();
	value(TAG_INTEGER, &version, 1);
	bytes(hmac, sizeof(hmac));
	value(0x18, "20260101000000Z", 15);
	value(0x18, "20260101000000Z", 15);
	from = made.n;
	objects();
	wrap(from, TAG_SEQUENCE);
	wrap(0, TAG_SEQUENCE);
	from = made.n;
	value(TAG_SEQUENCE, "", 0);
	wrap(from, TAG_CONTEXT(0));
	wrap(0, TAG_SEQUENCE);
}

static void one_of_each(void)
{
	char long_name[LIMIT_LABEL_BYTES + 2];
	size_t from;
	uint8_t *chain;
	size_t n;

	object(0, "root", root.p, root.n);
	object(2, "secret", "x", 1);
	object(4, "guarded secret", "x", 1);
	object(9, "odd", root.p, root.n);
	/* a key: what is encrypted, and two certificates */
	from = made.n;
	value(TAG_SEQUENCE, "", 0);
	n = made.n;
	bytes(root.p, root.n);
	bytes(root.p, root.n);
	wrap(n, TAG_SEQUENCE);
	wrap(from, TAG_SEQUENCE);
	n = made.n - from;
	chain = xmemdup(made.p + from, n);
	made.n = from;
	object(1, "key", chain, n);
	object(1, "key without", chain, n - 1);
	free(chain);
	/* cut in front of a character of two bytes */
	memset(long_name, 'x', sizeof(long_name));
	memcpy(long_name + LIMIT_LABEL_BYTES - 1, "\xc3\xbc", 3);
	object(0, long_name, "x", 1);
}

static void nothing(void)
{
}

static void test_plain(void **state)
{
	const char *s;

	(void)state;
	plain(1, one_of_each);
	assert_true(bcfks_reader.sniff((struct blob){
		(const uint8_t *)made.p, made.n }));
	s = said(&bcfks_reader);
	assert_true(has_prefix(s, "skipped opaque "));
	assert_non_null(strstr(s, "signed with a key; the signature is not "
			       "verified\n- marked - - root\nskipped opaque "));
	assert_non_null(strstr(s, "an entry of an unknown type"));
	assert_non_null(strstr(s, "\n- marked key - key\n- - - - key\n"
			       "problem malformed "));
	assert_non_null(strstr(s, "whose chain is not complete"));
	assert_non_null(strstr(s, "an alias longer than LIMIT_LABEL_BYTES"));
	assert_non_null(strstr(s, "problem certificate "));
	plain(2, nothing);
	says(&bcfks_reader, "BCFKS version 0x02, only 1 is known");
	plain(1, nothing);
	assert_string_equal(said(&bcfks_reader), "skipped opaque 55 signed "
		"with a key; the signature is not verified\n");
}

/* The last LEAVE bytes of WHAT, which the fixture has, replaced by one.  */
static void changed(const char *fixture, const char *what, size_t n,
		    uint8_t last)
{
	struct blob b = want_file("readers/bcfks", fixture);
	const uint8_t *at = memmem(b.p, b.n, what, n);

	assert_non_null(at);
	begin();
	bytes(b.p, b.n);
	made.p[at - b.p + n - 1] = (char)last;
	free((void *)b.p);
}
#define NIST	"\x60\x86\x48\x01\x65\x03\x04"

static void test_unknown(void **state)
{
	(void)state;
	changed("kwp.in", NIST "\x01\x30", 9, 49);
	says(&bcfks_reader, "the encryption uses the unknown algorithm "
	     "2.16.840.1.101.3.4.1.49\n");
	changed("scrypt.in", "\x2b\x06\x01\x04\x01\xda\x47\x04\x0b", 9, 12);
	says(&bcfks_reader, "the encryption uses the unknown algorithm "
	     "1.3.6.1.4.1.11591.4.12\n");
	changed("sha3.in", NIST "\x02\x10", 9, 17);
	says(&bcfks_reader, "the encryption uses the unknown algorithm "
	     "2.16.840.1.101.3.4.2.17\n");
	/* N 16 becomes 12, 8 becomes more bytes of tag than there are */
	changed("scrypt.in", "\x02\x01\x10\x02\x01\x02", 3, 12);
	says(&bcfks_reader, "problem malformed ");
	changed("sha3.in", "\x02\x01\x08", 3, 18);
	says(&bcfks_reader, "the encryption has parameters that make no "
	     "sense");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_cost_of_the_mac),
		cmocka_unit_test(test_uber),
		cmocka_unit_test(test_sniff),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
