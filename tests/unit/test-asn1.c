/* test-asn1.c -- read/asn1.c: lengths, limits, and what is no TLV. */
#include "collect.h"

static struct blob blob_of(const char *hex, uint8_t *bytes)
{
	size_t n = strlen(hex) / 2;

	assert_int_equal(hex_decode(hex, bytes, n), 0);
	return (struct blob){ bytes, n };
}

static void test_next(void **state)
{
	static const struct {
		const char *hex;
		int want;
		size_t header, value, end;	/* sizes; end-of-contents */
	} cases[] = {
		{ "0500", 0, 2, 0, 0 },
		{ "0401ff", 0, 2, 1, 0 },
		{ "0401ffff", 0, 2, 1, 0 },		/* more behind it */
		{ "048101ff", 0, 3, 1, 0 },		/* BER: not minimal */
		{ "04820001ff", 0, 4, 1, 0 },
		{ "04880000000000000001ff", 0, 10, 1, 0 },
		{ "04890000000000000000" "01ff", -EINVAL, 0, 0, 0 },
		{ "04ff", -EINVAL, 0, 0, 0 },
		{ "", -EAGAIN, 0, 0, 0 },
		{ "04", -EAGAIN, 0, 0, 0 },
		{ "0401", -EAGAIN, 0, 0, 0 },
		{ "0481", -EAGAIN, 0, 0, 0 },
		{ "048201", -EAGAIN, 0, 0, 0 },
		{ "0488ffffffffffffffff00", -EAGAIN, 0, 0, 0 },
		{ "0488fffffffffffffffe00", -EAGAIN, 0, 0, 0 },
		{ "1f2001ff", -EINVAL, 0, 0, 0 },	/* high tag number */
		{ "bf", -EINVAL, 0, 0, 0 },
		{ "0000", -EINVAL, 0, 0, 0 },		/* end of nothing */
		{ "30800000", 0, 2, 0, 2 },
		{ "308005000000", 0, 2, 2, 2 },
		{ "308030800000" "0000", 0, 2, 4, 2 },
		{ "3080308005000000" "0000ff", 0, 2, 6, 2 },
		{ "3080", -EAGAIN, 0, 0, 0 },
		{ "308000", -EAGAIN, 0, 0, 0 },
		{ "308030800000", -EAGAIN, 0, 0, 0 },
		{ "30800001", -EINVAL, 0, 0, 0 },
		{ "04800000", -EINVAL, 0, 0, 0 },	/* not constructed */
		{ "30801f00", -EINVAL, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t bytes[64];
		struct blob in = blob_of(cases[i].hex, bytes), rest = in;
		struct tlv t = { .tag = 99 };
		int r = tlv_next(&rest, &t);

		if (r != cases[i].want)
			fail_msg("%s gave %d", cases[i].hex, r);
		if (r < 0) {
			assert_ptr_equal(rest.p, in.p);
			assert_int_equal(rest.n, in.n);
			assert_int_equal(t.tag, 99);
			continue;
		}
		assert_int_equal(t.tag, in.p[0]);
		assert_int_equal(t.indefinite, cases[i].end == 2);
		assert_ptr_equal(t.whole.p, in.p);
		assert_ptr_equal(t.value.p, in.p + cases[i].header);
		assert_int_equal(t.value.n, cases[i].value);
		assert_int_equal(t.whole.n, cases[i].header + cases[i].value +
				 cases[i].end);
		assert_ptr_equal(rest.p, in.p + t.whole.n);
		assert_int_equal(rest.n, in.n - t.whole.n);
	}
}

/* N indefinite lengths inside one another.  */
static int nest(unsigned n)
{
	uint8_t bytes[4 * (LIMIT_ASN1_DEPTH + 1)];
	struct blob in = { bytes, 4 * n };
	struct tlv t;

	memset(bytes, 0, sizeof(bytes));
	for (unsigned i = 0; i < n; i++) {
		bytes[2 * i] = TAG_SEQUENCE;
		bytes[2 * i + 1] = 0x80;
	}
	return tlv_next(&in, &t);
}

static void test_depth(void **state)
{
	(void)state;
	assert_int_equal(nest(1), 0);
	assert_int_equal(nest(LIMIT_ASN1_DEPTH), 0);
	assert_int_equal(nest(LIMIT_ASN1_DEPTH + 1), -EINVAL);
}

static void test_expect(void **state)
{
	static const uint8_t bytes[] = { 0x02, 0x01, 0x05 };
	struct blob in = { bytes, sizeof(bytes) };
	struct tlv t = { .tag = 99 };

	(void)state;
	assert_int_equal(tlv_expect(&in, TAG_SEQUENCE, &t), -ENOMSG);
	assert_ptr_equal(in.p, bytes);
	assert_int_equal(in.n, sizeof(bytes));
	assert_int_equal(t.tag, 99);
	assert_int_equal(tlv_expect(&in, TAG_INTEGER, &t), 0);
	assert_int_equal(t.value.n, 1);
	assert_int_equal(in.n, 0);
	assert_int_equal(tlv_expect(&in, TAG_INTEGER, &t), -EAGAIN);
	in = (struct blob){ bytes, 2 };
	assert_int_equal(tlv_expect(&in, TAG_INTEGER, &t), -EAGAIN);
	assert_int_equal(tlv_expect(&in, TAG_NULL, &t), -ENOMSG);
}

static void test_size(void **state)
{
	static const struct {
		const char *begin;
		size_t n;
		int result;
		uint64_t size;
	} cases[] = {
		{ "\x30\x05", 2, 0, 7 },
		{ "\x30\x82\x01\x00", 4, 0, 260 },
		{ "\x30\x84\x7f\xff\xff\xff", 6, 0, 0x80000005 },
		{ "\x30\x80", 2, 0, 0 },
		{ "\x30\x82\x01", 3, -EAGAIN, 0 },
		{ "\x30", 1, -EAGAIN, 0 },
		{ "\x30\x89\1\1\1\1\1\1\1\1\1", 11, -EINVAL, 0 },
		{ "\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10, -EINVAL, 0 },
		{ "\x04\x80", 2, -EINVAL, 0 },
		{ "\0\0", 2, -EINVAL, 0 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		uint64_t size = 0;

		assert_int_equal(tlv_size((struct blob){
			(const uint8_t *)cases[k].begin, cases[k].n }, &size),
			cases[k].result);
		assert_int_equal(size, cases[k].size);
	}
}

static void test_certificate(void **state)
{
	static const struct {
		const char *hex;
		int want;
	} cases[] = {
		{ "30023000", 0 },
		{ "300430020500", 0 },
		{ "300230000500", 0 },		/* more behind it */
		{ "3002020100", -EINVAL },	/* as a PKCS#12 begins */
		{ "30820100020103", -EINVAL },	/* also when it is cut off */
		{ "3081ff3000", -EAGAIN },
		{ "3000", -EINVAL },
		{ "30023001", -EINVAL },	/* more inside than outside */
		{ "3100", -EINVAL },
		{ "2d2d2d", -EINVAL },
		{ "30", -EAGAIN },
	};
	struct blob root = fixture("root.der"), der;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t bytes[32];
		int r = certificate_tlv(blob_of(cases[i].hex, bytes), &der);

		if (r != cases[i].want)
			fail_msg("%s gave %d", cases[i].hex, r);
	}
	for (size_t n = 0; n < root.n; n++) {
		der = (struct blob){ NULL, 99 };
		assert_int_equal(certificate_tlv((struct blob){ root.p, n },
						 &der), -EAGAIN);
		assert_int_equal(der.n, 99);
	}
	assert_int_equal(certificate_tlv(root, &der), 0);
	assert_true(blob_equal(der, root));
	free((void *)root.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
