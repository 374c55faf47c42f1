/* test-jks.c -- Java key stores made by hand: what keytool does not write, and
 * what somebody could.  What programs write is in tests/readers/jks.  */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "read/label.h"
#include "want.h"

extern const struct reader jks_reader;

/* ---- making --------------------------------------------------------------*/

struct made {
	struct buf b;
	struct blob root;	/* a certificate */
};

static int setup(void **state)
{
	struct made *m = xcalloc(1, sizeof(*m));

	buf_init(&m->b, 16u << 20);
	m->root = want_file("unit/data", "root.der");
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct made *m = *state;

	buf_done(&m->b);
	free((void *)m->root.p);
	free(m);
	return 0;
}

static void u8(struct made *m, uint8_t n)
{
	buf_add(&m->b, &n, 1);
}

static void u16(struct made *m, uint16_t n)
{
	u8(m, (uint8_t)(n >> 8));
	u8(m, (uint8_t)n);
}

static void u32(struct made *m, uint32_t n)
{
	u16(m, (uint16_t)(n >> 16));
	u16(m, (uint16_t)n);
}

static void text(struct made *m, const char *s)
{
	u16(m, (uint16_t)strlen(s));
	buf_adds(&m->b, s);
}

static void header(struct made *m, uint32_t magic, uint32_t version,
		   uint32_t count)
{
	buf_done(&m->b);
	buf_init(&m->b, 16u << 20);
	u32(m, magic);
	u32(m, version);
	u32(m, count);
}
#define JKS	0xfeedfeed
#define JCEKS	0xcececece

static void entry(struct made *m, uint32_t tag, const char *alias)
{
	u32(m, tag);
	text(m, alias);
	u32(m, 0);
	u32(m, 0);
}

static void certificate(struct made *m, const char *type)
{
	if (type != NULL)
		text(m, type);
	u32(m, (uint32_t)m->root.n);
	buf_add(&m->b, m->root.p, m->root.n);
}

static void trusted(struct made *m, const char *alias)
{
	entry(m, 2, alias);
	certificate(m, "X.509");
}

/* The digest with the password, as java.security writes it.  */
static void digest(struct made *m, const char *password)
{
	struct buf keyed;
	uint8_t hash[SHA1_SIZE];

	buf_init(&keyed, 16u << 20);
	for (; *password != '\0'; password++)
		buf_add(&keyed, (const char[]){ 0, *password }, 2);
	buf_adds(&keyed, "Mighty Aphrodite");
	buf_add(&keyed, m->b.p, m->b.n);
	hash_sha1((struct blob){ (const uint8_t *)keyed.p, keyed.n }, hash);
	buf_add(&m->b, hash, sizeof(hash));
	buf_done(&keyed);
}

/* ---- asking --------------------------------------------------------------*/

/* What the reader says of it begins with these lines, each of which is given
 * by its beginning (without the fingerprint), and that is all of them.  */
static void expect(const struct made *m, const char *const *lines, size_t n)
{
	const struct blob data = { (const uint8_t *)m->b.p, m->b.n };
	const char *at;
	struct want w;

	want_read(&jks_reader, data, LIMIT_STORE_ENTRIES, &w);
	at = buf_str(&w.text);
	for (size_t i = 0; i < n; i++) {
		const char *line = at;

		if (strspn(line, "0123456789abcdef") == 64)
			line += 65;
		if (!has_prefix(line, lines[i]))
			fail_msg("line %zu is not '%s' in:\n%s", i, lines[i],
				 buf_str(&w.text));
		at = strchr(at, '\n') + 1;
	}
	if (*at != '\0')
		fail_msg("more than %zu lines:\n%s", n, buf_str(&w.text));
	want_done(&w);
}
#define EXPECT(m, ...) \
	expect(m, (const char *const[]){ __VA_ARGS__ }, \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void test_versions(void **state)
{
	struct made *m = *state;

	header(m, JKS, 1, 1);
	entry(m, 2, "one");
	certificate(m, NULL);
	digest(m, "changeit");
	EXPECT(m, "- marked - - one\n");

	header(m, JKS, 2, 1);
	trusted(m, "two");
	digest(m, "changeme");
	EXPECT(m, "- marked - - two\n");

	header(m, JCEKS, 2, 1);
	trusted(m, "three");
	digest(m, "");
	EXPECT(m, "- marked - - three\n");

	header(m, JKS, 3, 0);
	digest(m, "changeit");
	EXPECT(m, "problem format 4 Java key store version 3");

	header(m, 0xfeedfeee, 2, 0);
	EXPECT(m, "problem format 0 ");
	assert_false(jks_reader.sniff((struct blob){
		(const uint8_t *)m->b.p, m->b.n }));
}

static void test_digest(void **state)
{
	struct made *m = *state;

	header(m, JKS, 2, 1);
	trusted(m, "a");
	digest(m, "something else");
	EXPECT(m, "- marked - - a\n", "skipped opaque ");

	header(m, JKS, 2, 0);
	EXPECT(m, "problem truncated 12 ");
	buf_adds(&m->b, "nineteen bytes here");
	EXPECT(m, "problem truncated 31 ");

	header(m, JKS, 2, 0);
	digest(m, "changeit");
	expect(m, NULL, 0);
	buf_adds(&m->b, "more");
	EXPECT(m, "skipped malformed 32 ");
}

static void test_counts(void **state)
{
	struct made *m = *state;

	/* more than there are: the digest is no entry */
	header(m, JKS, 2, 2);
	trusted(m, "a");
	digest(m, "changeit");
	EXPECT(m, "- marked - - a\n", "problem malformed ");

	header(m, JKS, 2, 0x7fffffff);
	trusted(m, "a");
	EXPECT(m, "- marked - - a\n", "problem truncated ");

	header(m, JKS, 2, 0x80000000);
	trusted(m, "a");
	digest(m, "changeit");
	EXPECT(m, "problem malformed 8 a negative count");

	/* a chain of more than two thousand million certificates */
	header(m, JKS, 2, 1);
	entry(m, 1, "k");
	u32(m, 3);
	buf_adds(&m->b, "key");
	u32(m, 0x7fffffff);
	certificate(m, "X.509");
	EXPECT(m, "- marked key - k\n", "problem truncated ");

	/* a certificate, a key longer than the file */
	header(m, JKS, 2, 1);
	entry(m, 2, "a");
	text(m, "X.509");
	u32(m, 0xffffffff);
	buf_adds(&m->b, "x");
	EXPECT(m, "problem truncated ");
	header(m, JKS, 2, 1);
	entry(m, 1, "a");
	u32(m, 0x80000000);
	EXPECT(m, "problem truncated ");
}

static void test_chain(void **state)
{
	struct made *m = *state;

	header(m, JKS, 2, 2);
	entry(m, 1, "k");
	u32(m, 3);
	buf_adds(&m->b, "key");
	u32(m, 2);
	certificate(m, "X.509");
	certificate(m, "X.509");
	entry(m, 1, "no chain");
	u32(m, 0);
	u32(m, 0);
	digest(m, "changeit");
	EXPECT(m, "- marked key - k\n", "- - - - k\n");
}

static void test_odd_certificates(void **state)
{
	struct made *m = *state;
	uint8_t *zeros = xcalloc(1, LIMIT_CERTIFICATE_BYTES + 1);

	header(m, JKS, 2, 4);
	entry(m, 2, "pgp");
	certificate(m, "OpenPGP");
	entry(m, 2, "none");
	text(m, "X.509");
	u32(m, 4);
	buf_adds(&m->b, "none");
	entry(m, 2, "more");
	text(m, "X.509");
	u32(m, (uint32_t)m->root.n + 1);
	buf_add(&m->b, m->root.p, m->root.n);
	buf_adds(&m->b, "+");
	entry(m, 2, "large");
	text(m, "X.509");
	u32(m, LIMIT_CERTIFICATE_BYTES + 1);
	buf_add(&m->b, zeros, LIMIT_CERTIFICATE_BYTES + 1);
	digest(m, "changeit");
	EXPECT(m, "problem opaque ", "problem certificate ",
	       "skipped certificate ", "- marked - - more\n",
	       "problem too-large ");
	free(zeros);
}

static void test_aliases(void **state)
{
	struct made *m = *state;
	char *longest = xcalloc(1, 65536);

	header(m, JKS, 2, 5);
	trusted(m, "");
	trusted(m, "Upper");		/* listed, not found: not trusted */
	trusted(m, "\xed\xa0\xbd\xed\xb4\x91");	/* a pair */
	trusted(m, "nul\xc0\x80nul");
	memset(longest, 'x', 65535);
	trusted(m, longest);
	digest(m, "changeit");
	EXPECT(m, "- marked - - \n", "skipped malformed ",
	       "- - - - Upper\n", "- marked - - \xf0\x9f\x94\x91\n",
	       "- marked - - nul\\x00nul\n", "skipped limit ",
	       "- marked - - xxxx");
	free(longest);
}

static void test_labels(void **state)
{
	static const struct {
		const char *java, *want;
	} cases[] = {
		{ "abc", "abc" },
		{ "\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac" },
		{ "\xed\xa0\xbd\xed\xb4\x91", "\xf0\x9f\x94\x91" },
		{ "\xed\xa0\xbdx", "\xef\xbf\xbdx" },
		{ "\xed\xb4\x91x", "\xef\xbf\xbdx" },
		{ "\xc1\x81", "A" },		/* Java decodes it so */
		{ "\xff\x80x", "\xef\xbf\xbd\xef\xbf\xbdx" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
		/* UTF-8 of four bytes is no modified UTF-8 */
		{ "\xf0\x9f\x94\x91", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		  "\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf b;

		buf_init(&b, 64);
		assert_int_equal(label_from_java((struct blob){
			(const uint8_t *)cases[i].java, strlen(cases[i].java)
			}, &b), 0);
		assert_string_equal(buf_str(&b), cases[i].want);
	}
	/* the limit cuts between characters */
	for (size_t limit = 1; limit < 4; limit++) {
		AUTO(buf) struct buf b;

		buf_init(&b, limit);
		assert_true(label_from_java((struct blob){
			(const uint8_t *)"a\xe2\x82\xac", 4 }, &b) < 0);
		assert_string_equal(buf_str(&b), "a");
	}
}

/* ---- serialized objects --------------------------------------------------*/

enum { S_NULL = 0x70, S_REFERENCE, S_CLASS, S_OBJECT, S_STRING, S_ARRAY,
       S_BLOCK = 0x77, S_END };

/* A class of FLAGS and N_FIELDS fields, which follow.  */
static void class(struct made *m, const char *name, uint8_t flags,
		  uint16_t n_fields)
{
	u8(m, S_CLASS);
	text(m, name);
	u32(m, 0);
	u32(m, 0);
	u8(m, flags);
	u16(m, n_fields);
}

static void field(struct made *m, char type, const char *name)
{
	u8(m, (uint8_t)type);
	text(m, name);
	if (type == 'L' || type == '[') {
		u8(m, S_STRING);
		text(m, type == 'L' ? "Ljava/lang/String;" : "[B");
	}
}

static void class_end(struct made *m)
{
	u8(m, S_END);	/* of its annotation */
	u8(m, S_NULL);	/* no superclass */
}

static void secret(struct made *m, uint32_t count)
{
	header(m, JCEKS, 2, count);
	entry(m, 3, "secret");
	u32(m, 0xaced0005);
}

/* Behind the secret key there is a certificate, which is found.  */
static void expect_passed(struct made *m)
{
	trusted(m, "behind");
	digest(m, "changeit");
	EXPECT(m, "- marked - - behind\n");
}

static void test_sealed_passed(void **state)
{
	struct made *m = *state;

	/* every type of field, a reference to a string, and to the class */
	secret(m, 2);
	u8(m, S_OBJECT);
	class(m, "A", 2, 10);
	for (const char *t = "BCDFIJSZ"; *t != '\0'; t++)
		field(m, *t, "f");
	field(m, 'L', "s");
	field(m, '[', "a");
	class_end(m);
	for (unsigned i = 0; i < 1 + 2 + 8 + 4 + 4 + 8 + 2 + 1; i++)
		u8(m, 0xff);
	u8(m, S_REFERENCE);
	u32(m, 0x7e0001);
	u8(m, S_ARRAY);
	class(m, "[B", 2, 0);
	class_end(m);
	u32(m, 3);
	buf_adds(&m->b, "abc");
	expect_passed(m);

	/* what its writeObject() wrote beside the fields; a superclass */
	secret(m, 2);
	u8(m, S_OBJECT);
	class(m, "B", 3, 1);
	field(m, 'I', "i");
	u8(m, S_END);
	class(m, "Super", 2, 1);
	field(m, 'S', "s");
	class_end(m);
	u16(m, 1);
	u32(m, 2);
	u8(m, S_BLOCK);
	u8(m, 2);
	u16(m, 0x7878);
	u8(m, S_STRING);
	text(m, "x");
	u8(m, S_END);
	expect_passed(m);

	/* null is an object, too */
	secret(m, 2);
	u8(m, S_NULL);
	expect_passed(m);

	/* an array of arrays */
	secret(m, 2);
	u8(m, S_ARRAY);
	class(m, "[[I", 2, 0);
	class_end(m);
	u32(m, 2);
	u8(m, S_ARRAY);
	class(m, "[I", 2, 0);
	class_end(m);
	u32(m, 1);
	u32(m, 5);
	u8(m, S_NULL);
	expect_passed(m);
}

static void test_sealed_refused(void **state)
{
	struct made *m = *state;

	/* JKS has no secret keys */
	header(m, JKS, 2, 1);
	entry(m, 3, "secret");
	EXPECT(m, "problem malformed 12 ");

	/* not a stream */
	header(m, JCEKS, 2, 1);
	entry(m, 3, "secret");
	u32(m, 0xaced0004);
	EXPECT(m, "problem malformed 12 ");

	/* a class that is its own superclass */
	secret(m, 1);
	u8(m, S_OBJECT);
	class(m, "A", 2, 0);
	u8(m, S_END);
	u8(m, S_REFERENCE);
	u32(m, 0x7e0000);
	EXPECT(m, "problem opaque 12 ");

	/* handles that are not there, or no class */
	secret(m, 1);
	u8(m, S_REFERENCE);
	u32(m, 0x7e0000);
	EXPECT(m, "problem malformed 12 ");
	secret(m, 1);
	u8(m, S_OBJECT);
	u8(m, S_REFERENCE);
	u32(m, 0);
	EXPECT(m, "problem malformed 12 ");
	secret(m, 1);
	u8(m, S_ARRAY);
	class(m, "[L", 2, 0);
	class_end(m);
	u32(m, 2);
	u8(m, S_STRING);
	text(m, "x");
	u8(m, S_OBJECT);
	u8(m, S_REFERENCE);
	u32(m, 0x7e0002);	/* the string */
	EXPECT(m, "problem malformed 12 ");

	/* arrays of nothing, of an unknown type, too long, with null class */
	secret(m, 1);
	u8(m, S_ARRAY);
	class(m, "[V", 2, 0);
	class_end(m);
	u32(m, 1);
	EXPECT(m, "problem malformed 12 ");
	secret(m, 1);
	u8(m, S_ARRAY);
	class(m, "[B", 2, 0);
	class_end(m);
	u32(m, 0xffffffff);
	EXPECT(m, "problem truncated ");
	secret(m, 1);
	u8(m, S_ARRAY);
	u8(m, S_NULL);
	u32(m, 0);
	EXPECT(m, "problem malformed 12 ");

	/* externalizable: it alone knows its length */
	secret(m, 1);
	u8(m, S_OBJECT);
	class(m, "E", 4, 0);
	class_end(m);
	EXPECT(m, "problem opaque 12 ");

	/* too many fields */
	secret(m, 1);
	u8(m, S_OBJECT);
	class(m, "F", 2, 33);
	EXPECT(m, "problem opaque 12 ");

	/* too deep: arrays of arrays */
	secret(m, 1);
	u8(m, S_ARRAY);
	class(m, "[[", 2, 0);
	class_end(m);
	u32(m, 1);
	for (unsigned i = 0; i < 100; i++) {
		u8(m, S_ARRAY);
		u8(m, S_REFERENCE);
		u32(m, 0x7e0000);
		u32(m, 1);
	}
	EXPECT(m, "problem opaque 12 ");

	/* a class whose annotation is an object of the class, without end */
	secret(m, 1);
	u8(m, S_OBJECT);
	class(m, "R", 3, 0);
	for (unsigned i = 0; i < 100; i++) {
		u8(m, S_OBJECT);
		u8(m, S_REFERENCE);
		u32(m, 0x7e0000);
	}
	EXPECT(m, "problem opaque 12 ");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_versions),
		TEST(test_digest),
		TEST(test_counts),
		TEST(test_chain),
		TEST(test_odd_certificates),
		TEST(test_aliases),
		TEST(test_labels),
		TEST(test_sealed_passed),
		TEST(test_sealed_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
