/* test-x509.c -- read/x509.c and read/name.c, against what OpenSSL said of the
 * same certificates when tests/tools/make-certificates.sh made them.
 */
#include <gnutls/x509.h>

#include "collect.h"

#define Y1950	(-631152000)
#define Y2000	946684800
#define Y2049	2524607999
#define Y9999	253402300799

static const struct {
	const char *file;
	uint32_t hash;		/* openssl x509 -subject_hash */
	const char *name, *subject, *issuer, *serial;
	int64_t not_before, not_after;
	bool is_ca, self_signed, key_id, authority_key_id;
} fixtures[] = {
	{ "root.der", 0x17152dee, "Example Root",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "impostor.der", 0x17152dee, "Example Root",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "cross.der", 0x17152dee, "Example Root",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "CN=Other Root,O=Example Trust,C=XX",
	  "102", Y2000, Y2049, true, false, true, true },
	{ "other.der", 0xdefca1b4, "Other Root",
	  "CN=Other Root,O=Example Trust,C=XX",
	  "CN=Other Root,O=Example Trust,C=XX",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "leaf.der", 0x667f0f06, "leaf.example", "CN=leaf.example",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "abcdef0123456789", Y2000, Y2049, false, false, true, true },
	{ "spaces.der", 0x68e67852, "Two  Words",
	  "OU=(c) 2000 Example,OU=Two  Words,O=\\  Example   Trust\\ ,C=XX",
	  "OU=(c) 2000 Example,OU=Two  Words,O=\\  Example   Trust\\ ,C=XX",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "utf8.der", 0xb3579be0, "Főtanúsítvány ŐŰ",
	  "CN=Főtanúsítvány ŐŰ,O=ÉXAMPLE Kft.,C=HU",
	  "CN=Főtanúsítvány ŐŰ,O=ÉXAMPLE Kft.,C=HU",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "latin1.der", 0xd3a097d4, "Zürich Wurzel",
	  "CN=Zürich Wurzel,O=Beispiel GmbH & Co. KG",
	  "CN=Zürich Wurzel,O=Beispiel GmbH & Co. KG",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "bmp.der", 0x9a13a1d7, "Ελληνική Root",
	  "CN=Ελληνική Root,O=BEISPIEL  Wide",
	  "CN=Ελληνική Root,O=BEISPIEL  Wide",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "several.der", 0x841c735c, "Several, Values",
	  "emailAddress=CA@Example.org,CN=Several\\, Values,"
	  "serialNumber=42+O=Example+OU=A Longer Unit,CN=Users,DC=example",
	  "emailAddress=CA@Example.org,CN=Several\\, Values,"
	  "serialNumber=42+O=Example+OU=A Longer Unit,CN=Users,DC=example",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "empty.der", 0xeea339da, "", "",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "7f", Y2000, Y2049, false, false, true, true },
	{ "ages.der", 0x17152dee, "Example Root",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "CN=Example Root,O=Example Trust,C=XX",
	  "1", Y1950, Y9999, true, true, true, false },
	{ "old.der", 0xbde8b399, "Example of Version 1",
	  "O=Example of Version 1", "O=Example of Version 1",
	  "1", Y2000, Y2049, true, true, false, false },
	{ "salt.der", 0xc0fcf131, "RSA-PSS with 20 Bytes of Salt",
	  "CN=RSA-PSS with 20 Bytes of Salt",
	  "CN=RSA-PSS with 20 Bytes of Salt",
	  "1", Y2000, Y2049, true, true, true, false },
	{ "md5.der", 0xd2470735, "MD5", "CN=MD5", "CN=MD5",
	  "1", Y2000, Y2049, true, true, true, false },
	/* GnuTLS does not have the curve, so nobody can say.  */
	{ "brainpool.der", 0xc9576891, "Brainpool", "CN=Brainpool",
	  "CN=Brainpool", "1", Y2000, Y2049, true, false, true, false },
};

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
		AUTO(certificate) struct certificate c = { .name = NULL };
		struct blob der = fixture(fixtures[i].file);
		uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE];
		uint32_t hash;

		x509_decode(der, &c);
		if (!c.decoded)
			fail_msg("%s: %s", fixtures[i].file, c.error);
		assert_null(c.error);
		hash_sha256(der, sha256);
		hash_sha1(der, sha1);
		assert_memory_equal(c.sha256, sha256, SHA256_SIZE);
		assert_memory_equal(c.sha1, sha1, SHA1_SIZE);
		assert_ptr_equal(c.der.p, der.p);
		assert_string_equal(c.name, fixtures[i].name);
		assert_string_equal(c.subject, fixtures[i].subject);
		assert_string_equal(c.issuer, fixtures[i].issuer);
		assert_string_equal(c.serial, fixtures[i].serial);
		assert_true(c.not_before == fixtures[i].not_before);
		assert_true(c.not_after == fixtures[i].not_after);
		assert_int_equal(c.is_ca, fixtures[i].is_ca);
		assert_int_equal(c.self_signed, fixtures[i].self_signed);
		assert_int_equal(c.key_id_n, fixtures[i].key_id ? 20 : 0);
		assert_int_equal(c.key_id != NULL, fixtures[i].key_id);
		assert_int_equal(c.authority_key_id_n,
				 fixtures[i].authority_key_id ? 20 : 0);
		assert_int_equal(x509_subject_hash(der, &hash), 0);
		assert_int_equal(hash, fixtures[i].hash);
		free((void *)der.p);
	}
}

/* As `openssl x509 -text` has it.  */
static void test_algorithms(void **state)
{
	static const struct {
		const char *file, *key, *hash;
		unsigned bits;
	} cases[] = {
		{ "root.der", "ec", "sha2", 256 },
		{ "brainpool.der", "ec", "sha2", 0 },
		{ "md5.der", "rsa", "md5", 1024 },
		{ "salt.der", "rsa", "other", 1024 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(certificate) struct certificate c = { .name = NULL };
		struct blob der = fixture(cases[i].file);

		x509_decode(der, &c);
		assert_string_equal(key_kind_name(c.key), cases[i].key);
		assert_int_equal(c.key_bits, cases[i].bits);
		assert_string_equal(hash_kind_name(c.hash), cases[i].hash);
		free((void *)der.p);
	}
}

/* What need not be verified again comes out as if it had been.  */
static void test_verified(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
		AUTO(certificate) struct certificate c = { .name = NULL };
		AUTO(certificate) struct certificate again = { .name = NULL };
		struct blob der = fixture(fixtures[i].file);

		x509_decode(der, &c);
		x509_decode_hashed(der, c.sha256, true, &again);
		assert_true(again.decoded);
		assert_memory_equal(again.sha256, c.sha256, SHA256_SIZE);
		assert_memory_equal(again.sha1, c.sha1, SHA1_SIZE);
		assert_memory_equal(again.spki_sha256, c.spki_sha256,
				    SHA256_SIZE);
		assert_memory_equal(again.subject_sha256, c.subject_sha256,
				    SHA256_SIZE);
		assert_string_equal(again.issuer, c.issuer);
		assert_string_equal(again.serial, c.serial);
		assert_true(again.not_after == c.not_after);
		assert_int_equal(again.is_ca, c.is_ca);
		/* Not even then is another's certificate its own.  */
		assert_int_equal(again.self_signed,
				 strcmp(c.subject, c.issuer) == 0);
		free((void *)der.p);
	}
}

/* The list that is shipped: what each line says is true of its block.  */
/* GnuTLS has 528 bits for P-521, whose numbers fill 66 bytes.  */
static void check_key(struct blob der, const struct certificate *c)
{
	gnutls_datum_t bytes = { (unsigned char *)der.p, (unsigned)der.n };
	gnutls_x509_crt_t crt;
	unsigned bits;
	int algorithm;

	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_import(crt, &bytes,
						GNUTLS_X509_FMT_DER), 0);
	algorithm = gnutls_x509_crt_get_pk_algorithm(crt, &bits);
	assert_int_equal(c->key, algorithm == GNUTLS_PK_RSA ? KEY_RSA :
				 algorithm == GNUTLS_PK_ECDSA ? KEY_EC :
				 KEY_OTHER);
	assert_int_equal(c->key_bits, bits == 528 ? 521 : bits);
	gnutls_x509_crt_deinit(crt);
}

static void test_roots(void **state)
{
	AUTO(str) char *path = xasprintf("%s/rootprogram/mozilla-roots.pem",
					 data_dir());
	AUTO(str) char *text = NULL;
	struct pem_block block;
	uint64_t pos = 0;
	struct blob in;
	size_t n = 0, self_signed = 0;

	(void)state;
	assert_int_equal(file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &in.n),
			 0);
	in.p = (const uint8_t *)text;
	while (pem_next(in, &pos, &block) == 1) {
		AUTO(certificate) struct certificate c = { .name = NULL };
		AUTO(str) char *line = NULL;
		char sha256[2 * SHA256_SIZE + 1], subject[2 * SHA256_SIZE + 1];

		assert_non_null(block.der);
		x509_decode((struct blob){ block.der, block.der_n }, &c);
		assert_true(c.decoded);
		check_key((struct blob){ block.der, block.der_n }, &c);
		hex_encode(c.sha256, SHA256_SIZE, sha256);
		hex_encode(c.subject_sha256, SHA256_SIZE, subject);
		line = xasprintf("subject %s sha256 %s%s\n", subject, sha256,
				 c.self_signed ? " self-signed" : "");
		assert_true(block.begin >= strlen(line));
		assert_memory_equal(text + block.begin - strlen(line), line,
				    strlen(line));
		self_signed += c.self_signed;
		n++;
		free(block.der);
	}
	assert_true(n > 300);
	assert_true(self_signed > 300);
}

static bool same_hash(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, SHA256_SIZE) == 0;
}

/* Who has whose name, whose key, and whose signature.  */
static void test_identities(void **state)
{
	static const char *const files[] = {
		"root.der", "impostor.der", "cross.der", "ages.der",
		"other.der", "leaf.der",
	};
	enum { ROOT, IMPOSTOR, CROSS, AGES, OTHER, LEAF, N };
	static const bool same_name[N][N] = {
		[ROOT] = { 1, 1, 1, 1, 0, 0 },
		[IMPOSTOR] = { 1, 1, 1, 1, 0, 0 },
		[CROSS] = { 1, 1, 1, 1, 0, 0 }, [AGES] = { 1, 1, 1, 1, 0, 0 },
		[OTHER] = { 0, 0, 0, 0, 1, 0 }, [LEAF] = { 0, 0, 0, 0, 0, 1 },
	};
	static const bool same_key[N][N] = {
		[ROOT] = { 1, 0, 1, 1, 0, 0 },
		[IMPOSTOR] = { 0, 1, 0, 0, 0, 0 },
		[CROSS] = { 1, 0, 1, 1, 0, 0 }, [AGES] = { 1, 0, 1, 1, 0, 0 },
		[OTHER] = { 0, 0, 0, 0, 1, 0 }, [LEAF] = { 0, 0, 0, 0, 0, 1 },
	};
	static const bool issued_name[N][N] = {	/* [child][issuer] */
		[ROOT] = { 1, 1, 1, 1, 0, 0 },
		[IMPOSTOR] = { 1, 1, 1, 1, 0, 0 },
		[CROSS] = { 0, 0, 0, 0, 1, 0 }, [AGES] = { 1, 1, 1, 1, 0, 0 },
		[OTHER] = { 0, 0, 0, 0, 1, 0 }, [LEAF] = { 1, 1, 1, 1, 0, 0 },
	};
	static const bool signed_by[N][N] = {
		[ROOT] = { 1, 0, 1, 1, 0, 0 },
		[IMPOSTOR] = { 0, 1, 0, 0, 0, 0 },
		[CROSS] = { 0, 0, 0, 0, 1, 0 }, [AGES] = { 1, 0, 1, 1, 0, 0 },
		[OTHER] = { 0, 0, 0, 0, 1, 0 }, [LEAF] = { 1, 0, 1, 1, 0, 0 },
	};
	struct certificate c[N];
	struct blob der[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		der[i] = fixture(files[i]);
		x509_decode(der[i], &c[i]);
	}
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < N; j++) {
			if (same_hash(c[i].subject_sha256,
				      c[j].subject_sha256) != same_name[i][j])
				fail_msg("names of %s, %s", files[i], files[j]);
			if (same_hash(c[i].spki_sha256,
				      c[j].spki_sha256) != same_key[i][j])
				fail_msg("keys of %s, %s", files[i], files[j]);
			if (same_hash(c[i].issuer_sha256,
				      c[j].subject_sha256) != issued_name[i][j])
				fail_msg("issuer of %s: %s", files[i],
					 files[j]);
			if (x509_verify(der[i], der[j]) != signed_by[i][j])
				fail_msg("%s signed by %s", files[i], files[j]);
		}
	}
	assert_memory_equal(c[LEAF].authority_key_id, c[ROOT].key_id, 20);
	for (int i = 0; i < N; i++) {
		x509_done(&c[i]);
		free((void *)der[i].p);
	}
}

static void test_verify_refuses(void **state)
{
	struct blob root = fixture("root.der"), salt = fixture("salt.der");
	struct blob md5 = fixture("md5.der"), curve = fixture("brainpool.der");
	static const uint8_t junk[] = { 0x30, 0x02, 0x30, 0x00 };
	const struct {
		struct blob child, issuer;
		int want;
	} cases[] = {
		{ salt, salt, 1 },
		{ md5, md5, 1 },
		{ salt, md5, 0 },
		{ md5, salt, 0 },
		{ root, md5, 0 },	/* another kind of key */
		{ md5, root, 0 },
		{ curve, curve, -ENOTSUP },
		{ root, curve, -ENOTSUP },
		{ curve, root, 0 },	/* ECDSA, whatever the curve */
		{ { junk, sizeof(junk) }, root, -EINVAL },
		{ root, { junk, sizeof(junk) }, -EINVAL },
		{ { NULL, 0 }, root, -EINVAL },
		{ root, { NULL, 0 }, -EINVAL },
		{ { root.p, root.n - 1 }, root, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int r = x509_verify(cases[i].child, cases[i].issuer);

		if (r != cases[i].want)
			fail_msg("case %zu gave %d", i, r);
	}
	free((void *)root.p);
	free((void *)salt.p);
	free((void *)md5.p);
	free((void *)curve.p);
}

/* One changed bit in what was signed, or in the signature, and it is no
 * signature any more.  */
static void test_verify_tampered(void **state)
{
	struct blob root = fixture("root.der");
	uint8_t *copy = xmemdup(root.p, root.n);
	const uint8_t *name = memmem(root.p, root.n, "Example Root", 12);
	AUTO(certificate) struct certificate c = { .name = NULL };

	(void)state;
	copy[name - root.p] ^= 1;
	assert_int_equal(x509_verify((struct blob){ copy, root.n }, root), 0);
	copy[name - root.p] ^= 1;
	copy[root.n - 1] ^= 1;
	assert_int_equal(x509_verify((struct blob){ copy, root.n }, root), 0);
	x509_decode((struct blob){ copy, root.n }, &c);
	assert_true(c.decoded);
	assert_false(c.self_signed);
	free(copy);
	free((void *)root.p);
}

/* ---- names, in root.der's place ------------------------------------------*/

static void add_tlv(struct buf *b, uint8_t tag, struct blob value)
{
	uint8_t h[4] = { tag, 0x82, (uint8_t)(value.n >> 8), (uint8_t)value.n };

	assert_true(value.n < 65536);
	if (value.n < 128) {
		h[1] = (uint8_t)value.n;
		buf_add(b, h, 2);
	} else if (value.n < 256) {
		h[1] = 0x81;
		h[2] = (uint8_t)value.n;
		buf_add(b, h, 3);
	} else {
		buf_add(b, h, 4);
	}
	if (value.n > 0)
		buf_add(b, value.p, value.n);
}

/* root.der with SUBJECT, the inside of a Name, and its old signature.  */
static void add_certificate(struct buf *b, struct blob subject)
{
	AUTO(buf) struct buf tbs = { .p = NULL }, all = { .p = NULL };
	struct blob root = fixture("root.der"), in = root;
	struct tlv whole, old, t;

	buf_init(&tbs, 1u << 20);
	buf_init(&all, 1u << 20);
	assert_int_equal(tlv_next(&in, &whole), 0);
	assert_int_equal(tlv_next(&whole.value, &old), 0);
	for (int i = 0; old.value.n > 0; i++) {
		assert_int_equal(tlv_next(&old.value, &t), 0);
		if (i == 5)
			add_tlv(&tbs, TAG_SEQUENCE, subject);
		else
			buf_add(&tbs, t.whole.p, t.whole.n);
	}
	add_tlv(&all, TAG_SEQUENCE, content(&tbs));
	buf_add(&all, whole.value.p, whole.value.n);
	add_tlv(b, TAG_SEQUENCE, content(&all));
	free((void *)root.p);
}

static void decode_hex_name(const char *hex, struct certificate *ret_c,
			    uint32_t *ret_hash)
{
	AUTO(buf) struct buf b = { .p = NULL };
	uint8_t name[512];
	size_t n = strlen(hex) / 2;

	assert_true(n <= sizeof(name));
	assert_int_equal(hex_decode(hex, name, n), 0);
	buf_init(&b, 1u << 20);
	add_certificate(&b, (struct blob){ name, n });
	x509_decode(content(&b), ret_c);
	if (x509_subject_hash(content(&b), ret_hash) < 0)
		assert_false(ret_c->decoded);
}

#define CN	"0603550403"
#define O	"060355040a"

static void test_name_text(void **state)
{
	static const struct {
		const char *hex, *subject, *name;	/* NULL: refused */
	} cases[] = {
		{ "310c300a" CN "0c03412041", "CN=A A", "A A" },
		/* RFC 4514 section 4 and 2.4: what is escaped.  */
		{ "310f300d" CN "0c06222b2c3b3c3e",
		  "CN=\\\"\\+\\,\\;\\<\\>", "\"+,;<>" },
		{ "310c300a" CN "0c035c233d", "CN=\\\\#=", "\\#=" },
		{ "310c300a" CN "0c03232041", "CN=\\# A", "# A" },
		{ "310a3008" CN "0c0120", "CN=\\ ", " " },
		{ "310b3009" CN "0c020a1b", "CN=\n\x1b", "\n\x1b" },
		/* The last CN, the first OU.  */
		{ "310a3008" CN "0c0141" "310a3008" CN "0c0142",
		  "CN=B,CN=A", "B" },
		{ "310a3008" "060355040b" "0c0141"
		  "310a3008" "060355040b" "0c0142", "OU=B,OU=A", "A" },
		{ "310a3008" O "0c0141" "310a3008" "060355040b" "0c0142",
		  "OU=B,O=A", "B" },
		{ "310a3008" O "0c0141", "O=A", "A" },
		{ "310a3008" "0603550406" "0c0141", "C=A", "C=A" },
		{ "310a3008" O "0c0141" "31093007" CN "0c00", "CN=,O=A", "A" },
		/* Strings.  */
		{ "310a3008" CN "1201" "37", "CN=7", "7" },
		{ "310a3008" CN "1401e4", "CN=ä", "ä" },
		{ "310a3008" CN "1301e4", "CN=ä", "ä" },
		{ "310d300b" CN "1c040001f600", "CN=😀", "😀" },
		{ "310d300b" CN "1c0400110000", "CN=#1c0400110000",
		  "CN=#1c0400110000" },
		{ "310b3009" CN "1e02d800", "CN=#1e02d800", "CN=#1e02d800" },
		{ "310a3008" CN "1e0141", "CN=#1e0141", "CN=#1e0141" },
		{ "310a3008" CN "0c01ff", "CN=#0c01ff", "\\xff" },
		{ "310a3008" CN "0c0100", "CN=#0c0100", "\\x00" },
		{ "310a3008" CN "020105", "CN=#020105", "CN=#020105" },
		/* Types.  */
		{ "310a3008" "06032a0304" "0c0141", "1.2.3.4=#0c0141", NULL },
		{ "310a3008" "0603883703" "0c0141", "2.999.3=#0c0141", NULL },
		{ "310a3008" "0603550461" "0c0141",
		  "organizationIdentifier=A", NULL },
		{ "310f300d" "0608698fffffffffff7f" "0c0141",
		  "2.25.70368744177663=#0c0141", NULL },
		/* Several in one RDN, in the order they have.  */
		{ "3114" "3008" CN "0c0142" "3008" O "0c0141",
		  "CN=B+O=A", "B" },
		/* No name.  */
		{ "3100", "", "" },
		{ "0500", NULL, NULL },
		{ "310a3108" CN "0c0141", NULL, NULL },
		{ "310a3008" "0c03550403" "0c0141", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(certificate) struct certificate c = { .name = NULL };
		uint32_t hash;

		decode_hex_name(cases[i].hex, &c, &hash);
		if (c.decoded != (cases[i].subject != NULL))
			fail_msg("%s: %s", cases[i].hex,
				 c.decoded ? c.subject : c.error);
		if (!c.decoded) {
			assert_non_null(c.error);
			continue;
		}
		assert_string_equal(c.subject, cases[i].subject);
		if (cases[i].name)
			assert_string_equal(c.name, cases[i].name);
	}
}

/* Pairs of names: does OpenSSL call them one?  */
static void test_name_equality(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "310c300a" CN "0c03612062", "310c300a" CN "0c03412042", 1 },
		{ "310c300a" CN "0c03612062", "310c300a" CN "1303412042", 1 },
		{ "310c300a" CN "0c03612062", "310c300a" CN "1603612062", 1 },
		{ "310c300a" CN "0c03612062", "310c300a" CN "1a03612062", 1 },
		{ "310c300a" CN "0c03612062",
		  "310f300d" CN "1e06006100200062", 1 },
		{ "310c300a" CN "0c03612062",
		  "3110300e" CN "0c07200961090a6220", 1 },
		{ "310c300a" CN "0c03612062", "310b3009" CN "0c026162", 0 },
		{ "310c300a" CN "0c03612062", "310c300a" O "0c03612062", 0 },
		{ "310a3008" CN "0c0137", "310a3008" CN "120137", 0 },
		{ "310a3008" CN "1401e4", "310b3009" CN "0c02c3a4", 1 },
		/* Only ASCII letters have cases.  */
		{ "310b3009" CN "0c02c3a4", "310b3009" CN "0c02c384", 0 },
		{ "310a3008" CN "0c0120", "31093007" CN "0c00", 1 },
		{ "3114" "3008" CN "0c0142" "3008" O "0c0141",
		  "3114" "3008" O "0c0141" "3008" CN "0c0142", 1 },
		{ "310a3008" CN "0c0142" "310a3008" O "0c0141",
		  "310a3008" O "0c0141" "310a3008" CN "0c0142", 0 },
		{ "310a3008" CN "0c0142" "310a3008" O "0c0141",
		  "3114" "3008" CN "0c0142" "3008" O "0c0141", 0 },
		{ "310a3008" CN "0c01ff", "310a3008" CN "0c01ff", 1 },
		{ "310b3009" CN "1e02d800", "310b3009" CN "1e02d800", 1 },
		{ "310b3009" CN "1e02d800", "310b3009" CN "1e02d801", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(certificate) struct certificate a = { .name = NULL };
		AUTO(certificate) struct certificate b = { .name = NULL };
		uint32_t hash_a, hash_b;

		decode_hex_name(cases[i].a, &a, &hash_a);
		decode_hex_name(cases[i].b, &b, &hash_b);
		assert_true(a.decoded && b.decoded);
		if (same_hash(a.subject_sha256,
			      b.subject_sha256) != cases[i].equal ||
		    (hash_a == hash_b) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

/* A name of one attribute of type OID (5 bytes), a UTF8String of N letters.  */
static void add_long_name(struct buf *b, const char *oid, size_t n)
{
	AUTO(buf) struct buf inner = { .p = NULL }, attribute = { .p = NULL };
	AUTO(str) char *letters = xcalloc(1, n);

	memset(letters, 'x', n);
	buf_init(&inner, 1u << 20);
	buf_init(&attribute, 1u << 20);
	buf_add(&inner, oid, 5);
	add_tlv(&inner, TAG_UTF8, (struct blob){ (uint8_t *)letters, n });
	add_tlv(&attribute, TAG_SEQUENCE, content(&inner));
	add_tlv(b, TAG_SET, content(&attribute));
}

/* A long name is no reason to forget a certificate without a word.  */
static void test_name_limit(void **state)
{
	static const struct {
		const char *oid;
		size_t n;
		bool want;
	} cases[] = {
		/* 21 bytes around the letters.  */
		{ "\x06\x03\x55\x04\x03", LIMIT_TEXT_BYTES - 21, true },
		{ "\x06\x03\x55\x04\x03", LIMIT_TEXT_BYTES - 20, false },
		/* Nobody's attribute becomes hex.  */
		{ "\x06\x03\x2a\x03\x04", LIMIT_TEXT_BYTES / 2 - 16, true },
		{ "\x06\x03\x2a\x03\x04", LIMIT_TEXT_BYTES / 2, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) struct buf name = { .p = NULL }, b = { .p = NULL };
		AUTO(certificate) struct certificate c = { .name = NULL };

		buf_init(&name, 1u << 20);
		buf_init(&b, 1u << 20);
		add_long_name(&name, cases[i].oid, cases[i].n);
		add_certificate(&b, content(&name));
		x509_decode(content(&b), &c);
		if (c.decoded != cases[i].want)
			fail_msg("%zu letters: %s", cases[i].n,
				 c.decoded ? "accepted" : c.error);
		if (!c.decoded)
			assert_non_null(strstr(c.error, "LIMIT_TEXT_BYTES"));
	}
}

/* ---- damage --------------------------------------------------------------*/

static void test_times(void **state)
{
	static const struct {
		const char *text;	/* in the place of 000101000000Z */
		bool want;
	} cases[] = {
		{ "000101000000Z", true },
		{ "000229000000Z", true },
		{ "490101235959Z", true },
		{ "000230000000Z", false },
		{ "001301000000Z", false },
		{ "000001000000Z", false },
		{ "000101240000Z", false },
		{ "000101006000Z", false },
		{ "000101000060Z", false },
		{ "0001010000000", false },
		{ "00010100000 Z", false },
		{ "-00101000000Z", false },
		{ "0001010000+01", false },
	};
	struct blob root = fixture("root.der");
	uint8_t *copy = xmemdup(root.p, root.n);
	uint8_t *place = memmem(copy, root.n, "000101000000Z", 13);

	(void)state;
	assert_non_null(place);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(certificate) struct certificate c = { .name = NULL };

		memcpy(place, cases[i].text, 13);
		x509_decode((struct blob){ copy, root.n }, &c);
		if (c.decoded != cases[i].want)
			fail_msg("%s: %s", cases[i].text,
				 c.decoded ? "accepted" : c.error);
	}
	free(copy);
	free((void *)root.p);
}

static void test_undecoded(void **state)
{
	struct blob root = fixture("root.der");
	uint8_t sha256[SHA256_SIZE];
	uint32_t hash = 99;

	(void)state;
	for (size_t n = 0; n < root.n; n++) {
		uint8_t *copy = malloc(n);
		struct blob in = { copy, n };
		struct certificate c;

		assert_true(copy != NULL || n == 0);
		if (n > 0)
			memcpy(copy, root.p, n);
		x509_decode(in, &c);
		assert_false(c.decoded);
		assert_true(strlen(c.error) > 0);
		assert_null(c.subject);
		assert_null(c.name);
		hash_sha256(in, sha256);
		assert_memory_equal(c.sha256, sha256, SHA256_SIZE);
		assert_int_equal(c.der.n, n);
		assert_int_equal(x509_subject_hash(in, &hash), -EINVAL);
		assert_int_equal(hash, 99);
		x509_done(&c);
		x509_done(&c);
		free(copy);
	}
	free((void *)root.p);
}

static void test_too_large(void **state)
{
	size_t n = LIMIT_CERTIFICATE_BYTES + 1;
	AUTO(str) char *zeros = xcalloc(1, n);
	AUTO(certificate) struct certificate c = { .name = NULL };

	(void)state;
	x509_decode((struct blob){ (uint8_t *)zeros, n }, &c);
	assert_false(c.decoded);
	assert_non_null(strstr(c.error, "LIMIT_CERTIFICATE_BYTES"));
}

/* Every byte of every fixture, changed in two ways: any answer will do, but
 * there has to be one.  */
static void test_changed_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
		struct blob der = fixture(fixtures[i].file);
		uint8_t *copy = xmemdup(der.p, der.n);

		for (size_t k = 0; k < 2 * der.n; k++) {
			uint8_t mask = k & 1 ? 0xff : 0x01;
			struct certificate c;
			uint32_t hash;

			copy[k / 2] ^= mask;
			x509_decode((struct blob){ copy, der.n }, &c);
			assert_true(c.decoded == (c.error == NULL));
			x509_subject_hash((struct blob){ copy, der.n }, &hash);
			x509_done(&c);
			copy[k / 2] ^= mask;
		}
		free(copy);
		free((void *)der.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_verified),
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_verify_refuses),
		cmocka_unit_test(test_verify_tampered),
		cmocka_unit_test(test_name_text),
		cmocka_unit_test(test_name_equality),
		cmocka_unit_test(test_name_limit),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_undecoded),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_changed_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
