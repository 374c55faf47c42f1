/* subversion.c -- a server's certificate that the user of Subversion accepted
 * permanently: a file of ~/.subversion/auth/svn.ssl.server, whose name is the
 * MD5 of the realm (https://HOST:PORT).  It is a hash in the form that
 * subversion/libsvn_subr/hash.c explains,
 *
 *	K <length>\n <key>\n V <length>\n <value>\n ... END\n
 *
 * and libsvn_subr/ssl_server_trust_providers.c is who reads it.  Of these keys
 * the last of each counts, in any order:
 *
 *	ascii_cert	base64 of the certificate, compared as text with that
 *			of the server
 *	failures	which failures were accepted, as bits: 1 not yet valid,
 *			2 expired, 4 another host's, 8 unknown authority,
 *			0x40000000 others; all that the certificate has must be
 *			among them
 *	svn:realmstring	the realm; a file without it is none of its name
 *
 * Only with 8 is the certificate taken without a path to an authority; other
 * files say something of a certificate that has one.  Subversion passes over
 * files that are damaged up to END, and does not look behind it.
 */
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "read/read.h"

#define HEAD		"K 10\nascii_cert\n"	/* keys are sorted */
#define UNKNOWN_CA	8u

struct value {
	struct blob text;	/* p NULL: the key is not there */
	uint64_t offset;
};

struct hash {
	struct value certificate, failures, realm;
};

struct reading {
	struct blob data;
	uint64_t at;
	struct sink *out;
};

static bool subversion_sniff(struct blob data)
{
	const size_t n = data.n < strlen(HEAD) ? data.n : strlen(HEAD);

	if (n == 0)
		return false;
	if (memcmp(data.p, HEAD, n) == 0)
		return true;
	return data.n >= 2 && memcmp(data.p, "K ", 2) == 0 &&
	       memmem(data.p, data.n, "\nascii_cert\n", 12) != NULL;
}

/* A number as strtol() takes it, and nothing behind it; Subversion has no
 * negative ones.  */
static bool is_number(struct blob text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i = 0, digits = 0;
	bool negative;

	while (i < text.n && (text.p[i] == ' ' ||
			      (text.p[i] >= '\t' && text.p[i] <= '\r')))
		i++;
	negative = i < text.n && text.p[i] == '-';
	if (i < text.n && (text.p[i] == '+' || text.p[i] == '-'))
		i++;
	for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++) {
		const unsigned digit = (unsigned)(text.p[i] - '0');

		if (number > (max - digit) / 10)
			return false;
		number = 10 * number + digit;
		digits++;
	}
	if (digits == 0 || i < text.n || (negative && number > 0))
		return false;
	*ret_number = number;
	return true;
}

/* Is there one more line?  *ret_line is without its end, which the last one
 * need not have; *ret_ended: it has.  */
static bool next_line(struct reading *r, struct blob *ret_line, bool *ret_ended)
{
	const uint8_t *p = r->data.p + r->at, *end;
	const size_t n = r->data.n - r->at;

	if (n == 0)
		return false;
	end = memchr(p, '\n', n);
	*ret_line = (struct blob){ p, end != NULL ? (size_t)(end - p) : n };
	*ret_ended = end != NULL;
	r->at += ret_line->n + *ret_ended;
	return true;
}

static bool cut_off(struct reading *r)
{
	sink_skipped(r->out, PROBLEM_TRUNCATED, r->data.n, "the file ends "
		     "before END, so Subversion does not use it and asks again");
	return false;
}

static bool no_hash(struct reading *r, uint64_t offset, const char *what)
{
	sink_skipped(r->out, PROBLEM_MALFORMED, offset, "%s, so Subversion "
		     "does not use this file and asks again", what);
	return false;
}

/* The rest of a key or value: LINE, "K 10", and the ten bytes behind it.  */
static bool text_read(struct reading *r, struct blob line, uint64_t offset,
		      char letter, struct value *ret_text)
{
	uint64_t n;

	if (line.n < 2 || line.p[0] != letter || line.p[1] != ' ')
		return no_hash(r, offset, letter == 'K' ?
			       "there is neither K and a length nor END" :
			       "there is no V and a length behind a key");
	if (!is_number((struct blob){ line.p + 2, line.n - 2 }, INT64_MAX, &n))
		return no_hash(r, offset, "a length is no number");
	if (n >= r->data.n - r->at)
		return cut_off(r);
	*ret_text = (struct value){ { r->data.p + r->at, (size_t)n }, r->at };
	r->at += n;
	if (r->data.p[r->at] != '\n')
		return no_hash(r, r->at, "a length is not that of what follows");
	r->at++;
	return true;
}

static struct value *value_of(struct hash *h, struct blob key)
{
	const struct {
		const char *name;
		struct value *value;
	} keys[] = {
		{ "ascii_cert", &h->certificate },
		{ "failures", &h->failures },
		{ "svn:realmstring", &h->realm },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (key.n == strlen(keys[i].name) &&
		    memcmp(key.p, keys[i].name, key.n) == 0)
			return keys[i].value;
	return NULL;
}

/* Everything up to END.  False: it is damaged, and that was said.  */
static bool hash_read(struct reading *r, struct hash *ret_hash)
{
	struct hash h = { .certificate.text.p = NULL };
	uint64_t offset;
	struct blob line;
	bool ended;

	for (;;) {
		struct value key, value, *wanted;

		offset = r->at;
		if (!next_line(r, &line, &ended))
			return cut_off(r);
		/* a C string to Subversion */
		if (strnlen((const char *)line.p, line.n) == 3 &&
		    memcmp(line.p, "END", 3) == 0)
			break;
		if (!ended)
			return cut_off(r);
		if (!text_read(r, line, offset, 'K', &key))
			return false;
		offset = r->at;
		if (!next_line(r, &line, &ended) || !ended)
			return cut_off(r);
		if (!text_read(r, line, offset, 'V', &value))
			return false;
		wanted = value_of(&h, key.text);
		if (wanted != NULL)
			*wanted = value;
	}
	*ret_hash = h;
	return true;
}

/* Was an unknown authority accepted?  Says why not.  */
static bool is_about_trust(struct value failures, struct sink *out)
{
	struct blob text = failures.text;
	uint64_t bits;

	if (text.p == NULL) {
		sink_skipped(out, PROBLEM_FORMAT, 0, "it does not say which "
			     "failures were accepted, so to Subversion none "
			     "were");
		return false;
	}
	text.n = strnlen((const char *)text.p, text.n);
	if (!is_number(text, UINT32_MAX, &bits)) {
		sink_skipped(out, PROBLEM_MALFORMED, failures.offset, "the "
			     "failures that were accepted are no number, so "
			     "Subversion does not connect; remove the file");
		return false;
	}
	if ((bits & UNKNOWN_CA) == 0) {
		sink_skipped(out, PROBLEM_FORMAT, failures.offset, "an unknown "
			     "authority (8) is not among the failures that "
			     "were accepted (%u), so the certificate still "
			     "needs one that Subversion trusts",
			     (unsigned)bits);
		return false;
	}
	return true;
}

/* Is TEXT how Subversion writes DER?  It compares no more than the text.  */
static bool is_written_so(struct blob text, const uint8_t *der, size_t n)
{
	char *again;
	bool same;

	if (text.n != BASE64_ENCODE_RAW_LENGTH(n))
		return false;
	again = xmalloc(text.n + 1);
	base64_encode_raw(again, n, der);
	same = memcmp(again, text.p, text.n) == 0;
	free(again);
	return same;
}

static int certificate_read(struct value certificate, struct blob realm,
			    struct sink *out)
{
	const struct blob text = certificate.text;
	struct entry e = {
		.offset = certificate.offset,
		.role = ROLE_END_ENTITY,
		.purposes = PURPOSE_SERVER_AUTH,
	};
	uint8_t *der;
	size_t n;
	int r = 0;

	if (text.n > BASE64_ENCODE_RAW_LENGTH(LIMIT_CERTIFICATE_BYTES)) {
		sink_problem(out, PROBLEM_LIMIT, certificate.offset, "the "
			     "certificate is larger than %u bytes and left out",
			     LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	der = xmalloc(text.n / 4 * 3 + 3);
	if (base64_decode(text, der, &n) < 0 || !is_written_so(text, der, n) ||
	    certificate_tlv((struct blob){ der, n }, &e.der) < 0 ||
	    e.der.n != n) {
		sink_skipped(out, PROBLEM_CERTIFICATE, certificate.offset,
			     "ascii_cert is not the base64 of one certificate "
			     "and nothing else, so no server's is equal to it");
	} else {
		sink_label(out, &e, realm);
		r = out->entry(out, &e);
	}
	free(der);
	return r;
}

static int subversion_read(const struct input *input, struct sink *out)
{
	struct reading r = { .data = input->data, .out = out };
	struct hash h = { .realm.text.p = NULL };

	if (!hash_read(&r, &h))
		return 0;
	if (h.certificate.text.p == NULL) {
		sink_skipped(out, PROBLEM_FORMAT, 0, "there is no ascii_cert "
			     "in it, so Subversion accepts nothing for it");
		return 0;
	}
	if (h.realm.text.p == NULL) {
		sink_skipped(out, PROBLEM_FORMAT, 0, "there is no "
			     "svn:realmstring in it, so Subversion does not "
			     "use this file and asks again");
		return 0;
	}
	if (!is_about_trust(h.failures, out))
		return 0;
	return certificate_read(h.certificate, h.realm.text, out);
}

const struct reader subversion_reader = {
	.name = "subversion",
	.title = N_("a server's certificate accepted in Subversion"),
	.caps = READS_LABELS | READS_TRUST,
	.sniff = subversion_sniff,
	.read = subversion_read,
};
