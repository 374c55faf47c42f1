/* crl.c -- lists of revoked certificates (RFC 5280 section 5), as PEM or DER: whose
 * it is, when it was made, and until when the next one was to come.  .NET keeps
 * what it downloaded as PEM, OpenSSL's directories have PEM (NAME.rN), and
 * strongSwan and administrators keep either.
 *
 * What it revokes is not looked at, and its signature is not checked: lists have
 * megabytes, and what is asked of them here is their age.  So this walks the
 * structure as far as nextUpdate, which is near the beginning, and lets nobody
 * decode the rest.  That all of it is there is known from the outermost length.
 *
 * What is surprising: nextUpdate is optional in X.509 and must be there by
 * RFC 5280 5.1.2.5; a list without it never ends to OpenSSL.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

static const struct pem_kind pem_lists = {
	.labels = { "X509 CRL" },
	.bytes = LIMIT_FILE_BYTES,
	.too_large = "larger than LIMIT_FILE_BYTES; not read",
};

static bool is_der(struct blob data)
{
	return data.n > 0 && data.p[0] == TAG_SEQUENCE;
}

static bool crl_sniff(struct blob data)
{
	return is_der(data) || pem_has(&pem_lists, data);
}

/* CertificateList up to nextUpdate, from DER into *ret_e, which borrows.  0 or what
 * tlv_next() says; *ret_more: bytes behind the list.  */
static int parse(struct blob der, struct entry *ret_e, size_t *ret_more)
{
	struct tlv list, tbs, t, issuer;
	struct blob in;
	int r = tlv_expect(&der, TAG_SEQUENCE, &list);

	*ret_more = der.n;
	in = list.value;
	if (r == 0)
		r = tlv_expect(&in, TAG_SEQUENCE, &tbs);
	if (r < 0)
		return r;
	in = tbs.value;
	r = tlv_expect(&in, TAG_INTEGER, &t);		/* version, from 2 on */
	if (r == 0 || r == -ENOMSG)
		r = tlv_expect(&in, TAG_SEQUENCE, &t);	/* signature */
	if (r == 0)
		r = tlv_expect(&in, TAG_SEQUENCE, &issuer);
	if (r == 0)
		r = tlv_next(&in, &t);
	if (r == 0)
		r = x509_time_of(&t, &ret_e->this_update);
	if (r < 0)
		return r;
	ret_e->issuer = issuer.whole;
	if (in.n > 0 && (in.p[0] == TAG_UTC_TIME ||
			 in.p[0] == TAG_GENERALIZED_TIME)) {
		r = tlv_next(&in, &t);
		if (r == 0)
			r = x509_time_of(&t, &ret_e->next_update);
	}
	return r;
}

static int take(struct blob der, uint64_t offset, struct sink *out)
{
	struct entry e = { .role = ROLE_SOURCE, .offset = offset };
	size_t more;
	int r = parse(der, &e, &more);

	if (r == -EAGAIN)
		sink_problem(out, PROBLEM_TRUNCATED, offset,
			     "the revocation list ends too early; fetch it "
			     "again");
	else if (r < 0)
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "this is no revocation list; fetch it again");
	if (r < 0)
		return 0;
	if (more > 0)
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "%zu bytes behind the revocation list are not "
			     "read", more);
	return out->entry(out, &e);
}

static int crl_read(const struct input *in, struct sink *out)
{
	struct pem_block b;
	uint64_t pos = 0;
	size_t n = 0;
	int r = 0;

	if (is_der(in->data))
		return take(in->data, 0, out);
	while (r == 0 && pem_next_of(&pem_lists, in->data, &pos, &b) > 0) {
		n++;
		if (b.error != NULL)
			sink_problem(out, pem_error_code(&b), b.begin, "%s",
				     b.error);
		else
			r = take((struct blob){ b.der, b.der_n }, b.begin, out);
		free(b.der);
	}
	if (n == 0)
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "there is no revocation list here");
	return r;
}

const struct reader crl_reader = {
	.name = "crl",
	.title = N_("Revocation lists (CRL), of which issuer and times are noted"),
	.caps = READS_MANY | READS_OTHERS,
	.sniff = crl_sniff,
	.read = crl_read,
};
