/* overrides.c -- cert_override.txt of Firefox, Thunderbird and their kin: the
 * servers' certificates that the user accepted though they do not verify
 * (security/manager/ssl/nsCertOverrideService.cpp, Read).  The certificates are
 * not in it; a line is
 *
 *	HOST:PORT[:ATTRIBUTES] <tab> ALGORITHM <tab> FINGERPRINT <tab> ...
 *
 * ALGORITHM is SHA-256's object identifier; lines that older versions wrote
 * with SHA-1, as all that is not of this form, Firefox drops without a word.
 * What stands behind FINGERPRINT (kinds of errors, issuer and serial number) is
 * not looked at any more.
 */
#include <string.h>

#include "read/read.h"

#define HEADER		"# PSM Certificate Override Settings file"
#define SHA256_OID	"OID.2.16.840.1.101.3.4.2.1"
#define PORT_DIGITS	10	/* of a number below 2^31 */

static bool overrides_sniff(struct blob data)
{
	const size_t n = data.n < strlen(HEADER) ? data.n : strlen(HEADER);

	if (n == 0)
		return false;
	if (memcmp(data.p, HEADER, n) == 0)
		return true;
	/* the comments may be gone */
	return memmem(data.p, data.n, "\t" SHA256_OID "\t",
		      strlen(SHA256_OID) + 2) != NULL &&
	       memchr(data.p, '\0', data.n) == NULL;
}

static void line_skipped(struct sink *out, uint64_t offset, const char *what)
{
	sink_skipped(out, PROBLEM_FORMAT, offset, "%s, so Firefox passes over "
		     "this line", what);
}

/* Takes what is before the first of the characters ENDS, and that one, off the
 * front of *IN.  False: there is none.  */
static bool is_word(struct blob *in, const char *ends, struct blob *ret_word)
{
	for (size_t i = 0; i < in->n; i++) {
		if (in->p[i] == '\0' || strchr(ends, in->p[i]) == NULL)
			continue;
		*ret_word = (struct blob){ in->p, i };
		*in = (struct blob){ in->p + i + 1, in->n - i - 1 };
		return true;
	}
	return false;
}

static bool has_digits(struct blob *in)
{
	uint64_t number = 0;
	size_t n = 0;

	for (; n < in->n && n <= PORT_DIGITS && in->p[n] >= '0' &&
	       in->p[n] <= '9'; n++)
		number = 10 * number + in->p[n] - '0';
	*in = (struct blob){ in->p + n, in->n - n };
	return n > 0 && number <= INT32_MAX;
}

/* HOST:PORT and what ends it.  *ret_label is all of it.  */
static bool has_server(struct blob *line, struct blob *ret_label)
{
	const uint8_t *begin = line->p;
	struct blob rest = *line, host, attributes;

	if (rest.n > 0 && rest.p[0] == '[') {
		rest = (struct blob){ rest.p + 1, rest.n - 1 };
		if (!is_word(&rest, "]", &host) || rest.n == 0 ||
		    rest.p[0] != ':')
			return false;
		rest = (struct blob){ rest.p + 1, rest.n - 1 };
	} else if (!is_word(&rest, ":", &host)) {
		return false;
	}
	if (host.n == 0 || !has_digits(&rest) || rest.n == 0)
		return false;
	*ret_label = (struct blob){ begin, (size_t)(rest.p - begin) };
	if (rest.p[0] == ':') {
		rest = (struct blob){ rest.p + 1, rest.n - 1 };
		if (!is_word(&rest, " \t", &attributes))
			return false;
		if (attributes.n > 0)
			ret_label->n = (size_t)(attributes.p + attributes.n -
						begin);
	} else if (rest.p[0] == ' ' || rest.p[0] == '\t') {
		rest = (struct blob){ rest.p + 1, rest.n - 1 };
	} else {
		return false;
	}
	*line = rest;
	return true;
}

/* 01:23:...:EF.  Firefox compares the text, so other ways to write it match no
 * certificate.  */
static bool is_fingerprint(struct blob text, uint8_t ret_sha256[SHA256_SIZE])
{
	static const char digits[] = "0123456789ABCDEF";

	if (text.n != 3 * SHA256_SIZE - 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *digit = memchr(digits, text.p[i], 16);
		const size_t at = i / 3;

		if (i % 3 == 2) {
			if (text.p[i] != ':')
				return false;
			continue;
		}
		if (digit == NULL)
			return false;
		if (i % 3 == 0)
			ret_sha256[at] = (uint8_t)((digit - digits) << 4);
		else
			ret_sha256[at] |= (uint8_t)(digit - digits);
	}
	return true;
}

/* Comments apart, says something of each line.  */
static int line_read(struct blob line, uint64_t offset, struct sink *out)
{
	struct blob label, algorithm, fingerprint;
	uint8_t sha256[SHA256_SIZE];
	struct entry e = {
		.sha256 = sha256,
		.offset = offset,
		.role = ROLE_END_ENTITY,
		.purposes = PURPOSE_SERVER_AUTH,
	};

	if (!has_server(&line, &label)) {
		line_skipped(out, offset, "this does not begin with HOST:PORT");
		return 0;
	}
	if (!is_word(&line, " \t", &algorithm) ||
	    algorithm.n != strlen(SHA256_OID) ||
	    memcmp(algorithm.p, SHA256_OID, algorithm.n) != 0) {
		line_skipped(out, offset,
			     "this is not about a SHA-256 fingerprint");
		return 0;
	}
	if (!is_word(&line, " \t", &fingerprint)) {
		line_skipped(out, offset, "nothing ends the fingerprint");
		return 0;
	}
	if (!is_fingerprint(fingerprint, sha256)) {
		line_skipped(out, offset, "the fingerprint is not written as "
			     "32 pairs of capital digits with colons between");
		return 0;
	}
	if (label.n > LIMIT_LABEL_BYTES) {
		sink_problem(out, PROBLEM_LIMIT, offset, "the name of a server "
			     "is longer than %u bytes; the line is left out",
			     LIMIT_LABEL_BYTES);
		return 0;
	}
	e.label = (const char *)label.p;
	e.label_n = label.n;
	return out->entry(out, &e);
}

/* Length of the line at P, and *ret_end, the length with its end.  */
static size_t line_length(const uint8_t *p, size_t n, size_t *ret_end)
{
	size_t i = 0;

	while (i < n && p[i] != '\n' && p[i] != '\r')
		i++;
	*ret_end = i;
	if (i < n)
		*ret_end += p[i] == '\r' && i + 1 < n && p[i + 1] == '\n' ? 2
									  : 1;
	return i;
}

static int overrides_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	uint64_t offset = 0;
	size_t n, end, lines = 0;
	int r;

	for (; offset < data.n; offset += end) {
		n = line_length(data.p + offset, data.n - offset, &end);
		if (n == 0 || data.p[offset] == '#')
			continue;
		lines++;
		r = line_read((struct blob){ data.p + offset, n }, offset, out);
		if (r < 0)
			return r;
	}
	if (lines == 0)
		sink_skipped(out, PROBLEM_TRUNCATED, data.n, "there is no "
			     "exception in it; if there should be, the file "
			     "was cut off");
	return 0;
}

const struct reader overrides_reader = {
	.name = "firefox-overrides",
	.title = N_("Firefox's exceptions for servers (cert_override.txt)"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST,
	.sniff = overrides_sniff,
	.read = overrides_read,
};
