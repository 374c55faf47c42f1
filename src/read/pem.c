/* pem.c -- certificates as text: bundles, directories of .pem and .crt files,
 * what administrators paste (RFC 7468; RFC 1421 headers are skipped).
 *
 * Three labels hold a certificate: CERTIFICATE, its old name X509
 * CERTIFICATE, and OpenSSL's TRUSTED CERTIFICATE, which has a CertAux behind
 * the certificate (cert-aux.c) that is understood here as OpenSSL does.
 * Other blocks, private keys above all, are passed over without decoding.
 *
 * What is surprising: programs disagree about damaged files.  GnuTLS and
 * p11-kit find a BEGIN anywhere; OpenSSL wants it at the start of a line (a
 * byte order mark before the first is forgiven) and refuses the whole file,
 * good blocks too, when one END line, base64 body or certificate in it is
 * bad.  So everything that decodes is an entry, and what some program does
 * not read is a problem beside it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

#define DASHES		"-----"
#define BEGIN		DASHES "BEGIN "
#define END		DASHES "END "

/* How often the sink hears how far we are.  */
#define DONE_STEP	(1u << 20)

const struct pem_kind pem_certificates = {
	.labels = {
		"CERTIFICATE",
		"X509 CERTIFICATE",
		"TRUSTED CERTIFICATE",
	},
	.bytes = LIMIT_CERTIFICATE_BYTES,
	.too_large = "larger than LIMIT_CERTIFICATE_BYTES, which no "
		     "certificate is; not read",
};

static const char no_end[] =
	"the file ends before the END line; restore it from its source";
static const char begin_in_block[] =
	"the next block begins before this one's END line; OpenSSL refuses "
	"the whole file: restore this block from its source";
static const char other_end[] =
	"the END line has another label than the BEGIN line; OpenSSL refuses "
	"the whole file: restore this block from its source";
static const char bad_base64[] =
	"not base64; OpenSSL refuses the whole file: restore this block from "
	"its source";

/* ---- base64 --------------------------------------------------------------*/

#define VALUE	0x80		/* with the six bits */
#define WHITE	0x01
#define PAD	0x02

/* 0 is no part of base64.  A table, because most of the
 * bytes that a scan of the system store looks at are these.  */
static const uint8_t values[256] = {
	['\t'] = WHITE, ['\n'] = WHITE, ['\v'] = WHITE, ['\f'] = WHITE,
	['\r'] = WHITE, [' '] = WHITE, ['='] = PAD,
	['A'] = 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
		0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x92, 0x93,
		0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
	['a'] = 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2, 0xa3,
		0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad,
		0xae, 0xaf, 0xb0, 0xb1, 0xb2, 0xb3,
	['0'] = 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd,
	['+'] = 0xbe, ['/'] = 0xbf,
};

int base64_decode(struct blob in, uint8_t *ret, size_t *ret_n)
{
	const uint8_t *p = in.p, *end = in.p + in.n;
	uint32_t bits = 0;
	unsigned have = 0, pad = 0;
	uint8_t *q = ret;
	uint8_t v;

	while (p < end) {
		/* Four at a time while nothing is in the way.  */
		while (have == 0 && pad == 0 && end - p >= 4) {
			uint32_t a = values[p[0]], b = values[p[1]];
			uint32_t c = values[p[2]], d = values[p[3]];

			if (!(a & b & c & d & VALUE))
				break;
			bits = (a & 63) << 18 | (b & 63) << 12 |
			       (c & 63) << 6 | (d & 63);
			q[0] = (uint8_t)(bits >> 16);
			q[1] = (uint8_t)(bits >> 8);
			q[2] = (uint8_t)bits;
			q += 3;
			p += 4;
		}
		if (p == end)
			break;
		v = values[*p++];
		if (v == WHITE)
			continue;
		if (v == PAD) {
			if (have < 2)
				return -EINVAL;
			pad++;
			continue;
		}
		if (!(v & VALUE) || pad > 0)
			return -EINVAL;
		bits = bits << 6 | (v & 63);
		if (++have == 4) {
			q[0] = (uint8_t)(bits >> 16);
			q[1] = (uint8_t)(bits >> 8);
			q[2] = (uint8_t)bits;
			q += 3;
			have = 0;
		}
	}
	if (have > 0) {
		if (have + pad != 4)
			return -EINVAL;
		bits <<= 6 * pad;
		*q++ = (uint8_t)(bits >> 16);
		if (have == 3)
			*q++ = (uint8_t)(bits >> 8);
	}
	*ret_n = (size_t)(q - ret);
	return 0;
}

/* ---- blocks --------------------------------------------------------------*/

static struct blob blob_from(struct blob in, size_t offset)
{
	return (struct blob){ in.p + offset, in.n - offset };
}

/* Where S begins in IN, at or behind OFFSET; in.n when it does not.  */
static size_t find(struct blob in, size_t offset, const char *s)
{
	const uint8_t *p = NULL;

	if (offset < in.n)
		p = memmem(in.p + offset, in.n - offset, s, strlen(s));
	return p ? (size_t)(p - in.p) : in.n;
}

static bool starts_with(struct blob in, const char *s)
{
	size_t n = strlen(s);

	return in.n >= n && memcmp(in.p, s, n) == 0;
}

/* The label of KIND, with the dashes behind it, at the front of IN; its length
 * is 0 when there is none.  */
static struct blob label_at(const struct pem_kind *kind, struct blob in)
{
	size_t i, n;

	for (i = 0; i < PEM_LABELS_MAX && kind->labels[i]; i++) {
		n = strlen(kind->labels[i]);
		if (starts_with(in, kind->labels[i]) &&
		    starts_with(blob_from(in, n), DASHES))
			return (struct blob){ in.p, n };
	}
	return (struct blob){ in.p, 0 };
}

/* Past what is left of the line when that is white space, else OFFSET.  */
static size_t line_end(struct blob in, size_t offset)
{
	size_t i = offset;

	while (i < in.n && in.p[i] <= ' ')
		if (in.p[i++] == '\n')
			return i;
	return i == in.n ? i : offset;
}

/* The base64 part: behind the empty line that ends RFC 1421 headers, when
 * there are any.  Without that line all of it, which is not base64 then.  */
static struct blob body_without_headers(struct blob body)
{
	size_t i, next;

	if (!memchr(body.p, ':', body.n))
		return body;
	for (i = 0; i < body.n; i = next + 1) {
		const uint8_t *lf = memchr(body.p + i, '\n', body.n - i);

		if (!lf)
			break;
		next = (size_t)(lf - body.p);
		if (i > 0 && (next == i ||
			      (next == i + 1 && body.p[i] == '\r')))
			return blob_from(body, next + 1);
	}
	return body;
}

static const char *body_decode(const struct pem_kind *kind, struct blob body,
			       uint8_t **ret_der, size_t *ret_n)
{
	AUTO(str) char *der = NULL;
	size_t n;

	/* Twice the limit is base64 with more white space than anybody
	 * writes; past that not even the memory is asked for.  */
	if (body.n / 2 > kind->bytes)
		return kind->too_large;
	body = body_without_headers(body);
	der = xmalloc(body.n / 4 * 3 + 3);
	if (base64_decode(body, (uint8_t *)der, &n) < 0)
		return bad_base64;
	if (n > kind->bytes)
		return kind->too_large;
	*ret_der = (uint8_t *)TAKE(der);
	*ret_n = n;
	return NULL;
}

int pem_next_of(const struct pem_kind *kind, struct blob in, uint64_t *pos,
		struct pem_block *ret_block)
{
	struct pem_block b = { .begin = *pos };
	struct blob end_line;
	size_t body, dashes;

	for (;;) {
		b.begin = find(in, b.begin, BEGIN);
		if (b.begin == in.n) {
			*pos = in.n;
			return 0;
		}
		body = b.begin + strlen(BEGIN);
		b.label = label_at(kind, blob_from(in, body));
		if (b.label.n > 0)
			break;
		if (find(in, body, DASHES) == in.n &&
		    !memchr(in.p + body, '\n', in.n - body)) {
			b.end = *pos = in.n;
			b.error = no_end;
			*ret_block = b;
			return 1;
		}
		b.begin = body;
	}
	body = line_end(in, body + b.label.n + strlen(DASHES));
	dashes = find(in, body, DASHES);
	end_line = blob_from(in, dashes);
	b.end = dashes;
	if (dashes == in.n) {
		b.error = no_end;
	} else if (starts_with(end_line, BEGIN)) {
		b.error = begin_in_block;
	} else {
		b.end += strlen(DASHES);
		b.error = other_end;
		if (starts_with(end_line, END)) {
			struct blob label;

			b.end = dashes + strlen(END);
			label = label_at(kind, blob_from(in, b.end));
			if (blob_equal(label, b.label)) {
				b.end += label.n + strlen(DASHES);
				b.end = line_end(in, b.end);
				b.error = NULL;
			}
		}
	}
	if (!b.error)
		b.error = body_decode(kind, (struct blob){ in.p + body,
							   dashes - body },
				      &b.der, &b.der_n);
	b.too_large = b.error && b.error == kind->too_large;
	*pos = b.end;
	*ret_block = b;
	return 1;
}

int pem_next(struct blob in, uint64_t *pos, struct pem_block *ret_block)
{
	return pem_next_of(&pem_certificates, in, pos, ret_block);
}

bool pem_has(const struct pem_kind *kind, struct blob in)
{
	size_t at = find(in, 0, BEGIN);

	for (; at < in.n; at = find(in, at, BEGIN)) {
		at += strlen(BEGIN);
		if (label_at(kind, blob_from(in, at)).n > 0)
			return true;
	}
	return false;
}

enum problem_code pem_error_code(const struct pem_block *b)
{
	return b->error == no_end ? PROBLEM_TRUNCATED :
	       b->too_large ? PROBLEM_TOO_LARGE : PROBLEM_MALFORMED;
}

/* ---- the reader ----------------------------------------------------------*/

/* Gives E, whose CertAux is AUX, as OpenSSL understands it (obj_trust() in
 * crypto/x509/x509_trust.c): what is rejected is distrusted, and a list of
 * trust, even an empty one, leaves no other purpose.  The lists may say both,
 * of different purposes, and are two entries then.  */
static int entry_with_aux(struct sink *out, struct entry *e,
			  const struct cert_aux *aux)
{
	unsigned allowed = PURPOSES_ALL;
	int r;

	sink_label(out, e, aux->alias);
	if (aux->has_trust && !aux->trust_any)
		allowed = aux->trust;
	allowed &= ~aux->reject;
	if (aux->reject != 0) {
		e->role = ROLE_DISTRUST;
		e->purposes = aux->reject_any ? 0 : aux->reject;
		r = out->entry(out, e);
		/* Nothing that has a name here is left to say.  */
		if (r < 0 || (allowed & ~(unsigned)PURPOSE_OTHER) == 0)
			return r;
	}
	e->role = ROLE_NONE;
	e->purposes = allowed == PURPOSES_ALL ? 0 :
		      allowed != 0 ? allowed : PURPOSE_OTHER;
	return out->entry(out, e);
}

/* Of a block that was decoded.  */
static bool on_lines_of_its_own(struct blob data, const struct pem_block *b)
{
	size_t body = b->begin + strlen(BEGIN) + b->label.n + strlen(DASHES);
	size_t dashes = find(data, body, DASHES);
	bool at_start = b->begin == 0 || data.p[b->begin - 1] == '\n' ||
		(b->begin == 3 && starts_with(data, "\xef\xbb\xbf"));

	return at_start && line_end(data, body) != body &&
	       data.p[dashes - 1] == '\n' &&
	       (b->end == data.n || data.p[b->end - 1] == '\n');
}

static int block_read(struct blob data, const struct pem_block *b,
		      struct sink *out)
{
	struct blob der = { b->der, b->der_n }, rest;
	struct entry e = { .offset = b->begin };
	struct cert_aux aux;
	bool has_aux = false;
	int r;

	if (b->error) {
		sink_problem(out, pem_error_code(b), b->begin, "%s", b->error);
		return 0;
	}
	r = certificate_tlv(der, &e.der);
	if (r < 0) {
		sink_problem(out, PROBLEM_MALFORMED, b->begin,
			     "%s; OpenSSL refuses the whole file: restore "
			     "this block from its source", r == -EAGAIN ?
			     "the certificate ends too early" :
			     "the block holds no certificate");
		return 0;
	}
	rest = blob_from(der, e.der.n);
	if (rest.n > 0 && !starts_with(b->label, "TRUSTED")) {
		sink_problem(out, PROBLEM_MALFORMED, b->begin,
			     "%zu bytes behind the certificate; restore this "
			     "block from its source", rest.n);
	} else if (rest.n > 0) {
		has_aux = cert_aux_parse(rest, &aux) == 0;
		if (!has_aux)
			sink_problem(out, PROBLEM_MALFORMED, b->begin,
				     "the trust settings behind the "
				     "certificate are damaged; write them "
				     "again with openssl x509 -trustout");
	}
	if (!on_lines_of_its_own(data, b))
		sink_problem(out, PROBLEM_MALFORMED, b->begin,
			     "the BEGIN or END line has other text on it; "
			     "OpenSSL passes over the block or refuses the "
			     "whole file: give it a line of its own");
	return has_aux ? entry_with_aux(out, &e, &aux) : out->entry(out, &e);
}

static bool pem_sniff(struct blob data)
{
	return find(data, 0, BEGIN) < data.n;
}

static int pem_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct pem_block b;
	uint64_t pos = 0, done = 0;
	int r;

	if (data.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0,
			     "the file is empty; restore it from its source");
		return 0;
	}
	if (!pem_sniff(data)) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "no PEM block in this file");
		return 0;
	}
	while (pem_next(data, &pos, &b) > 0) {
		r = block_read(data, &b, out);
		free(b.der);
		if (r < 0)
			return r;
		if (pos - done >= DONE_STEP) {
			done = pos;
			out->done(out, done);
		}
	}
	return 0;
}

const struct reader pem_reader = {
	.name = "pem",
	.title = N_("PEM certificates"),
	.caps = READS_MANY | READS_TRUST | READS_LABELS,
	.sniff = pem_sniff,
	.read = pem_read,
};
