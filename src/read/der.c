/* der.c -- one certificate as it is signed, in a file of its own: .der, .cer,
 * and what update-ca-certificates copies when it is given one under a .crt
 * name (X.690, RFC 5280 4.1).  The readers of such files stop behind the
 * certificate; more bytes are a sign that somebody joined two files.
 */
#include <errno.h>

#include "read/read.h"

static bool der_sniff(struct blob data)
{
	struct blob der;

	/* A length below 128 is no certificate, but may well be text that
	 * happens to begin with the digit 0.  */
	if (data.n == 0 || data.p[0] != TAG_SEQUENCE)
		return false;
	if (data.n >= 2 && data.p[1] < 0x80)
		return false;
	return certificate_tlv(data, &der) != -EINVAL;
}

static int der_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct entry e = { .offset = 0 };
	int r;

	if (data.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0,
			     "the file is empty; restore it from its source");
		return 0;
	}
	r = certificate_tlv(data, &e.der);
	if (r == -EAGAIN) {
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the certificate ends too early; restore the "
			     "file from its source");
		return 0;
	}
	if (r < 0) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "no DER certificate in this file");
		return 0;
	}
	if (e.der.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(out, PROBLEM_TOO_LARGE, 0,
			     "larger than LIMIT_CERTIFICATE_BYTES, which no "
			     "certificate is; not read");
		return 0;
	}
	if (e.der.n < data.n)
		sink_problem(out, PROBLEM_MALFORMED, e.der.n,
			     "%zu bytes behind the certificate are not read; "
			     "put every certificate in a file of its own",
			     data.n - e.der.n);
	return out->entry(out, &e);
}

const struct reader der_reader = {
	.name = "der",
	.title = N_("DER certificate"),
	.caps = 0,
	.sniff = der_sniff,
	.read = der_read,
};
