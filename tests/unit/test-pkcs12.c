/* test-pkcs12.c -- what no program writes, or only ones that we do not have:
 * PKCS#12 made by hand.  What programs do write is in tests/readers/pkcs12.  */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "read/label.h"
#include "read/pkcs12.h"
#include "want.h"

extern const struct reader pkcs12_reader;

/* ---- making DER and BER --------------------------------------------------*/

/* All that a test makes, freed behind it.  */
static void *made[4096];
static size_t n_made;

static uint8_t *make(size_t n)
{
	assert_true(n_made < ARRAY_SIZE(made));
	made[n_made] = xmalloc(n);
	return made[n_made++];
}

static int unmake(void **state)
{
	(void)state;
	while (n_made > 0)
		free(made[--n_made]);
	return 0;
}

static struct blob text(const char *s)
{
	return (struct blob){ (const uint8_t *)s, strlen(s) };
}

#define BYTES(...) \
	((struct blob){ (const uint8_t[]){ __VA_ARGS__ }, \
			sizeof((const uint8_t[]){ __VA_ARGS__ }) })

static struct blob join(const struct blob *parts, size_t n)
{
	struct blob b = { NULL, 0 };
	uint8_t *p;

	for (size_t i = 0; i < n; i++)
		b.n += parts[i].n;
	b.p = p = make(b.n + 1);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n > 0)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
	}
	return b;
}
#define JOIN(...) \
	join((const struct blob[]){ __VA_ARGS__ }, \
	     sizeof((const struct blob[]){ __VA_ARGS__ }) / sizeof(struct blob))

/* Definite length, four octets of it.  */
static struct blob tlv(uint8_t tag, struct blob content)
{
	const size_t n = content.n;

	return JOIN(BYTES(tag, 0x84, (uint8_t)(n >> 24), (uint8_t)(n >> 16),
			  (uint8_t)(n >> 8), (uint8_t)n), content);
}

static struct blob indefinite(uint8_t tag, struct blob content)
{
	return JOIN(BYTES(tag, 0x80), content, BYTES(0, 0));
}

#define NOTHING		((struct blob){ NULL, 0 })
#define SEQ(...)	tlv(TAG_SEQUENCE, JOIN(__VA_ARGS__))
#define SET(...)	tlv(TAG_SET, JOIN(__VA_ARGS__))
#define PKCS7(n)	tlv(TAG_OID, BYTES(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, \
					   1, 7, n))
#define PKCS9(...)	tlv(TAG_OID, BYTES(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, \
					   1, 9, __VA_ARGS__))
#define BAG_TYPE(n)	tlv(TAG_OID, BYTES(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, \
					   1, 12, 10, 1, n))
#define TRUSTED_USAGE	tlv(TAG_OID, BYTES(0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, \
					   0x66, 0xad, 0xca, 0x7b, 1, 1))
#define INTEGER(...)	tlv(TAG_INTEGER, BYTES(__VA_ARGS__))

static struct blob octets(struct blob content)
{
	return tlv(TAG_OCTETS, content);
}

static struct blob data_info(struct blob content)
{
	return SEQ(PKCS7(1), tlv(TAG_CONTEXT(0), octets(content)));
}

/* A PFX of parts (ContentInfos), without MAC.  */
static struct blob pfx(struct blob parts)
{
	return SEQ(INTEGER(3), data_info(tlv(TAG_SEQUENCE, parts)));
}

/* A PFX of one part, not encrypted.  */
static struct blob pfx_of_bags(struct blob bags)
{
	return pfx(data_info(tlv(TAG_SEQUENCE, bags)));
}

static struct blob bag(struct blob type, struct blob value,
		       struct blob attributes)
{
	return SEQ(type, tlv(TAG_CONTEXT(0), value),
		   attributes.n > 0 ? tlv(TAG_SET, attributes) : NOTHING);
}

static struct blob cert_bag(struct blob der, struct blob attributes)
{
	return bag(BAG_TYPE(3), SEQ(PKCS9(22, 1),
				    tlv(TAG_CONTEXT(0), octets(der))),
		   attributes);
}

static struct blob key_bag(struct blob attributes)
{
	return bag(BAG_TYPE(2), SEQ(INTEGER(0)), attributes);
}

static struct blob trusted(void)
{
	return SEQ(TRUSTED_USAGE, SET(PKCS9(1)));
}

static struct blob key_id(struct blob id)
{
	return SEQ(PKCS9(21), SET(octets(id)));
}

static struct blob name(const char *ascii)
{
	const size_t n = strlen(ascii);
	uint8_t *bmp = make(2 * n + 1);

	for (size_t i = 0; i < n; i++) {
		bmp[2 * i] = 0;
		bmp[2 * i + 1] = (uint8_t)ascii[i];
	}
	return SEQ(PKCS9(20), SET(tlv(TAG_BMP, (struct blob){ bmp, 2 * n })));
}

static struct blob certificate(const char *file)
{
	struct blob b = want_file("unit/data", file);

	assert_true(n_made < ARRAY_SIZE(made));
	made[n_made++] = (void *)b.p;
	return b;
}

/* ---- asking --------------------------------------------------------------*/

/* The lines without the 64 digits of the fingerprint.  */
static char *said(struct blob file)
{
	struct want w;
	struct buf out;
	const char *line, *end;
	char *result;

	buf_init(&out, 1u << 20);
	want_read(&pkcs12_reader, file, LIMIT_STORE_ENTRIES, &w);
	for (line = buf_str(&w.text); *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (end - line > 65 && line[64] == ' ' &&
		    strspn(line, "0123456789abcdef") == 64)
			line += 65;
		buf_add(&out, line, (size_t)(end + 1 - line));
	}
	want_done(&w);
	result = buf_take(&out);
	if (result == NULL)
		result = xstrdup("");
	assert_true(n_made < ARRAY_SIZE(made));
	made[n_made++] = result;
	return result;
}

static void test_marks(void **state)
{
	const struct blob root = certificate("root.der");
	const struct blob leaf = certificate("leaf.der");

	(void)state;
	/* the attribute makes a trust entry, whatever purpose it names */
	assert_string_equal(said(pfx_of_bags(
		cert_bag(root, JOIN(trusted(), name("yes"))))),
		"- marked - - yes\n");
	assert_string_equal(said(pfx_of_bags(cert_bag(root, name("no")))),
			    "- - - - no\n");
	assert_string_equal(said(pfx_of_bags(cert_bag(root, NOTHING))),
			    "- - - - \n");
	/* the last of one name, without case */
	assert_string_equal(said(pfx_of_bags(JOIN(
		cert_bag(root, JOIN(trusted(), name("Same"))),
		cert_bag(leaf, JOIN(trusted(), name("other"))),
		cert_bag(leaf, name("same")),
		cert_bag(leaf, JOIN(trusted(), name("sAmE")))))),
		"- - - - Same\n- marked - - other\n- - - - same\n"
		"- marked - - sAmE\n");
	/* a key of that name replaces it, too */
	assert_string_equal(said(pfx_of_bags(JOIN(
		cert_bag(root, JOIN(trusted(), name("x"))),
		key_bag(JOIN(name("X"), key_id(BYTES(1))))))),
		"- - - - x\n");
}

static void test_private_keys(void **state)
{
	const struct blob root = certificate("root.der");
	const struct blob leaf = certificate("leaf.der");
	const struct blob plain_key = bag(BAG_TYPE(1), SEQ(INTEGER(0)),
					  key_id(BYTES(7)));

	(void)state;
	/* in a part of its own, behind the certificates */
	assert_string_equal(said(pfx(JOIN(
		data_info(SEQ(cert_bag(leaf, key_id(BYTES(1, 2))),
			      cert_bag(root, key_id(BYTES(1))))),
		data_info(SEQ(key_bag(key_id(BYTES(1, 2)))))))),
		"- marked key - \n- - - - \n");
	/* Java does not see a key that is not encrypted */
	assert_string_equal(said(pfx_of_bags(JOIN(
		plain_key, cert_bag(leaf, key_id(BYTES(7)))))),
		"- - key - \n");
	/* without localKeyId: the only key's is the first of a part */
	assert_string_equal(said(pfx(JOIN(
		data_info(SEQ(key_bag(name("k")))),
		data_info(SEQ(cert_bag(leaf, NOTHING),
			      cert_bag(root, NOTHING)))))),
		"- marked key - \n- - - - \n");
	/* ... but not with two keys */
	assert_string_equal(said(pfx(JOIN(
		data_info(SEQ(key_bag(name("k")), key_bag(name("l")))),
		data_info(SEQ(cert_bag(leaf, NOTHING)))))),
		"- - - - \n");
}

static void test_ber(void **state)
{
	const struct blob root = certificate("root.der");
	const struct blob half = { root.p, root.n / 2 };
	const struct blob rest = { root.p + half.n, root.n - half.n };
	struct blob pieces, value, contents, safe, file;
	struct want w;

	(void)state;
	/* a certificate in pieces, one of them in pieces itself */
	pieces = indefinite(0x24, JOIN(octets(half), tlv(0x24, octets(rest)),
				       octets(NOTHING)));
	value = SEQ(PKCS9(22, 1), indefinite(TAG_CONTEXT(0), pieces));
	contents = indefinite(TAG_SEQUENCE, indefinite(TAG_SEQUENCE, JOIN(
		BAG_TYPE(3), indefinite(TAG_CONTEXT(0), value),
		tlv(TAG_SET, name("ber")))));
	safe = indefinite(TAG_SEQUENCE, indefinite(TAG_SEQUENCE, JOIN(
		PKCS7(1), indefinite(TAG_CONTEXT(0), indefinite(0x24, JOIN(
			octets((struct blob){ contents.p, 7 }),
			octets((struct blob){ contents.p + 7,
					      contents.n - 7 })))))));
	file = indefinite(TAG_SEQUENCE, JOIN(INTEGER(3), indefinite(
		TAG_SEQUENCE, JOIN(PKCS7(1), indefinite(TAG_CONTEXT(0),
			indefinite(0x24, octets(safe)))))));
	assert_string_equal(said(file), "- - - - ber\n");
	assert_true(pkcs12_reader.sniff(file));

	/* joined bytes have no offset in the file, others do */
	want_read(&pkcs12_reader, file, 10, &w);
	assert_int_equal(w.offset, 0);
	want_done(&w);
	file = pfx_of_bags(cert_bag(root, NOTHING));
	want_read(&pkcs12_reader, file, 10, &w);
	assert_memory_equal(file.p + w.offset, root.p, root.n);
	want_done(&w);

	/* something else among the pieces */
	assert_string_equal(said(SEQ(INTEGER(3), SEQ(PKCS7(1), tlv(
		TAG_CONTEXT(0), tlv(0x24, INTEGER(1)))))),
		"problem malformed 25 a PFX whose content is no OCTET STRING; "
		"the file is damaged\n");
}

static void test_nested(void **state)
{
	const struct blob root = certificate("root.der");
	struct blob nested = cert_bag(root, name("deep"));

	(void)state;
	for (unsigned i = 0; i < LIMIT_ASN1_DEPTH; i++)
		nested = bag(BAG_TYPE(6), SEQ(nested), NOTHING);
	assert_string_equal(said(pfx_of_bags(JOIN(
		nested, cert_bag(root, name("flat"))))),
		"- - - - deep\n- - - - flat\n");
	nested = bag(BAG_TYPE(6), SEQ(nested), NOTHING);
	assert_non_null(strstr(said(pfx_of_bags(JOIN(
		nested, cert_bag(root, name("flat"))))),
		"bags nested deeper than 32; they are not read\n"
		"- - - - flat\n"));
}

static void test_odd_bags(void **state)
{
	const struct blob root = certificate("root.der");
	const struct blob good = cert_bag(root, name("good"));
	struct blob bad;
	const char *s;

	(void)state;
	/* revocation lists and secrets are no business of ours */
	assert_string_equal(said(pfx_of_bags(JOIN(
		bag(BAG_TYPE(4), SEQ(INTEGER(0)), NOTHING),
		bag(BAG_TYPE(5), SEQ(INTEGER(0)), NOTHING), good))),
		"- - - - good\n");
	s = said(pfx_of_bags(JOIN(bag(BAG_TYPE(9), SEQ(INTEGER(0)), NOTHING),
				  good)));
	assert_ptr_equal(strstr(s, "skipped opaque"), s);
	assert_non_null(strstr(s, "1.2.840.113549.1.12.10.1.9"));
	assert_non_null(strstr(s, "- - - - good\n"));

	/* SDSI */
	bad = bag(BAG_TYPE(3), SEQ(PKCS9(22, 2), tlv(TAG_CONTEXT(0),
						    octets(text("x")))),
		  NOTHING);
	s = said(pfx_of_bags(JOIN(bad, good)));
	assert_non_null(strstr(s, "1.2.840.113549.1.9.22.2, which is not"));
	assert_non_null(strstr(s, "- - - - good\n"));

	/* damage in one bag leaves the next */
	s = said(pfx_of_bags(JOIN(cert_bag(text("no"), NOTHING), good)));
	assert_ptr_equal(strstr(s, "problem certificate"), s);
	assert_non_null(strstr(s, "- - - - good\n"));
	s = said(pfx_of_bags(JOIN(SEQ(INTEGER(1)), good)));
	assert_ptr_equal(strstr(s, "problem malformed"), s);
	assert_non_null(strstr(s, "- - - - good\n"));
	s = said(pfx_of_bags(JOIN(cert_bag(JOIN(root, text("more")), NOTHING),
				  good)));
	assert_ptr_equal(strstr(s, "skipped certificate"), s);
	assert_non_null(strstr(s, "4 bytes behind a certificate"));

	/* attributes of the wrong kind */
	s = said(pfx_of_bags(cert_bag(root, SEQ(PKCS9(20), SET(octets(
		text("ab")))))));
	assert_non_null(strstr(s, "a friendlyName that is no BMPString"));
	s = said(pfx_of_bags(cert_bag(root, SEQ(PKCS9(21), SET(INTEGER(1))))));
	assert_non_null(strstr(s, "a localKeyId that is no OCTET STRING"));
}

static void test_too_large(void **state)
{
	const size_t n = LIMIT_CERTIFICATE_BYTES;
	uint8_t *zeros = make(n);
	struct blob large;

	(void)state;
	memset(zeros, 0, n);
	large = SEQ(SEQ(octets((struct blob){ zeros, n })));
	assert_non_null(strstr(said(pfx_of_bags(cert_bag(large, NOTHING))),
			       "problem too-large"));
}

static void test_parts(void **state)
{
	const struct blob root = certificate("root.der");
	struct blob parts = NOTHING;
	const char *s;

	(void)state;
	for (unsigned i = 0; i < LIMIT_PKCS12_SAFES; i++)
		parts = JOIN(parts, data_info(SEQ(cert_bag(root, NOTHING))));
	s = said(pfx(parts));
	assert_int_equal(strlen(s), LIMIT_PKCS12_SAFES * strlen("- - - - \n"));
	s = said(pfx(JOIN(parts, data_info(SEQ(cert_bag(root, NOTHING))))));
	assert_non_null(strstr(s, "problem limit"));
	assert_non_null(strstr(s, "more than 64 parts"));

	/* sealed with a public key: named, the others are read */
	s = said(pfx(JOIN(SEQ(PKCS7(3), tlv(TAG_CONTEXT(0), SEQ(INTEGER(0)))),
			  data_info(SEQ(cert_bag(root, name("plain")))))));
	assert_non_null(strstr(s, "problem opaque"));
	assert_non_null(strstr(s, "1.2.840.113549.1.7.3"));
	assert_non_null(strstr(s, "- - - - plain\n"));
	/* signed instead of with a MAC */
	s = said(SEQ(INTEGER(3), SEQ(PKCS7(2), tlv(TAG_CONTEXT(0),
						 SEQ(INTEGER(1))))));
	assert_non_null(strstr(s, "1.2.840.113549.1.7.2"));
}

/* A part encrypted with 3DES and the salt and iterations given.  */
static struct blob encrypted(struct blob salt, struct blob iterations,
			     struct blob ciphertext)
{
	const struct blob des3 = tlv(TAG_OID, BYTES(
		0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 3));

	return SEQ(PKCS7(6), tlv(TAG_CONTEXT(0), SEQ(INTEGER(0), SEQ(
		PKCS7(1), SEQ(des3, SEQ(octets(salt),
					tlv(TAG_INTEGER, iterations))),
		tlv(0x80, ciphertext)))));
}

static void test_limits_of_work(void **state)
{
	const struct blob block = text("12345678");
	uint8_t salt[SALT_MAX + 1] = { 0 };
	struct blob parts = NOTHING;
	const char *s;

	(void)state;
	/* 600001 */
	s = said(pfx(encrypted(block, BYTES(9, 0x27, 0xc1), block)));
	assert_non_null(strstr(s, "problem limit"));
	assert_non_null(strstr(s, "600001 iterations, the limit is 600000"));
	/* 2 ** 64 and more */
	s = said(pfx(encrypted(block, BYTES(1, 0, 0, 0, 0, 0, 0, 0, 0),
			       block)));
	assert_non_null(strstr(s, "problem limit"));
	/* none, and fewer than none */
	s = said(pfx(encrypted(block, BYTES(0), block)));
	assert_non_null(strstr(s, "problem malformed"));
	s = said(pfx(encrypted(block, BYTES(0xff), block)));
	assert_non_null(strstr(s, "problem malformed"));
	/* long salts cost as much as many iterations */
	s = said(pfx(encrypted((struct blob){ salt, SALT_MAX },
			       BYTES(1), block)));
	assert_non_null(strstr(s, "problem opaque"));
	s = said(pfx(encrypted((struct blob){ salt, sizeof(salt) }, BYTES(1),
			       block)));
	assert_non_null(strstr(s, "problem limit"));
	assert_non_null(strstr(s, "longer than 1024 bytes"));
	/* no salt is a salt */
	s = said(pfx(encrypted(NOTHING, BYTES(1), block)));
	assert_non_null(strstr(s, "problem opaque"));
	/* not whole blocks, no blocks */
	s = said(pfx(encrypted(block, BYTES(1), text("123"))));
	assert_non_null(strstr(s, "problem opaque"));
	s = said(pfx(encrypted(block, BYTES(1), NOTHING)));
	assert_non_null(strstr(s, "problem opaque"));

	/* 60 parts, each of which may be tried: 3 rounds of 50000 for each
	 * of four passwords, so the fourth part is too much */
	for (size_t i = 0; i < 60; i++)
		parts = JOIN(parts, encrypted(block, BYTES(0, 0xc3, 0x50),
					      block));
	s = said(pfx(parts));
	assert_non_null(strstr(s, "problem opaque"));
	assert_non_null(strstr(s, "the limit of 4000000 rounds"));
}

static void test_front(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool sniff;
		const char *want;
	} cases[] = {
		{ "\x30\x80\x02\x01\x03", 5, true, "problem truncated 5" },
		{ "\x30\x82\x10\x00\x02\x01\x03", 7, true,
		  "problem truncated 7" },
		{ "\x30\x03\x02\x01\x03", 5, true, "problem malformed 5" },
		{ "\x30\x03\x02\x01\x02", 5, false, "problem format 0" },
		{ "\x30\x03\x02\x01\x04", 5, false, "problem format 0" },
		{ "\x30\x04\x02\x02\x00\x03", 6, false, "problem format 0" },
		{ "\x30\x82\x10", 3, false, "problem truncated 3" },
		{ "\x31\x03\x02\x01\x03", 5, false, "problem format 0" },
		{ "-----BEGIN", 10, false, "problem format 0" },
		{ "\x30\xff\x02\x01\x03", 5, false, "problem format 0" },
		{ "", 0, false, "problem truncated 0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct blob b = { (const uint8_t *)cases[i].bytes,
					cases[i].n };
		const char *s = said(b);

		assert_int_equal(pkcs12_reader.sniff(b), cases[i].sniff);
		if (!has_prefix(s, cases[i].want))
			fail_msg("case %zu: %s", i, s);
	}
}

static void test_oids(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} cases[] = {
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06", 10,
		  "1.2.840.113549.1.12.1.6" },
		{ "\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01", 12,
		  "2.16.840.1.113894.746875.1.1" },
		{ "\x00", 1, "0.0" },
		{ "\x88\x37", 2, "2.999" },
		{ "\x2a\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11,
		  "1.2.18446744073709551615" },
		{ "\x2a\x83\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11,
		  "0x2a83ffffffffffffffff7f" },
		{ "\x2a\x86", 2, "0x2a86" },
		{ "", 0, "0x" },
	};
	char ret[OID_TEXT_SIZE];
	uint8_t ones[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(oid_format((struct blob){
			(const uint8_t *)cases[i].bytes, cases[i].n }, ret),
			cases[i].want);
	memset(ones, 1, sizeof(ones));
	oid_format((struct blob){ ones, sizeof(ones) }, ret);
	assert_true(has_prefix(ret, "0x0101") && has_suffix(ret, "01..."));
}

static void test_labels(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} cases[] = {
		{ "\0A\0\xe4\x20\xac", 6, "A\xc3\xa4\xe2\x82\xac" },
		{ "\xd8\x3d\xdd\x11", 4, "\xf0\x9f\x94\x91" },
		{ "\xd8\x3d\0A", 4, "\xef\xbf\xbd""A" },
		{ "\xdd\x11\0A", 4, "\xef\xbf\xbd""A" },
		{ "\xd8\x3d", 2, "\xef\xbf\xbd" },
		{ "\0A\0", 3, "A" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf b;

		buf_init(&b, LIMIT_LABEL_BYTES);
		assert_int_equal(label_from_bmp((struct blob){
			(const uint8_t *)cases[i].bytes, cases[i].n }, &b), 0);
		assert_string_equal(buf_str(&b), cases[i].want);
	}
}

#define TEST(f)	cmocka_unit_test_teardown(f, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_marks),
		TEST(test_private_keys),
		TEST(test_ber),
		TEST(test_nested),
		TEST(test_odd_bags),
		TEST(test_too_large),
		TEST(test_parts),
		TEST(test_limits_of_work),
		TEST(test_front),
		TEST(test_oids),
		TEST(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
