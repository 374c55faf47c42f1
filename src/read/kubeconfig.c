/* kubeconfig.c -- the authorities of Kubernetes clusters in a client's
 * configuration: certificate-authority-data, whose value is the base64 of a PEM
 * file (client-go, tools/clientcmd/api/v1/types.go).  YAML or JSON, which is
 * YAML, too.
 *
 * The file is not parsed: kubectl writes the key and its value on one line, and
 * a value in any other form is a problem.  Tokens and keys that stand in the
 * same file are not looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

#define KEY	"certificate-authority-data"

/* Does a comment begin before P, in its line and not before BEGIN?  */
static bool is_commented(const uint8_t *begin, const uint8_t *p)
{
	while (p > begin && p[-1] != '\n')
		if (*--p == '#')
			return true;
	return false;
}

/* The key at FROM of DATA or behind it, outside of comments; n of DATA: there is
 * none.  FROM is outside of comments, too, so that no byte is looked at twice.  */
static size_t find_key(struct blob data, size_t from)
{
	while (from < data.n) {
		const uint8_t *p = memmem(data.p + from, data.n - from, KEY,
					  strlen(KEY));

		if (p == NULL)
			break;
		if (!is_commented(data.p + from, p))
			return (size_t)(p - data.p);
		p = memchr(p, '\n', (size_t)(data.p + data.n - p));
		if (p == NULL)
			break;
		from = (size_t)(p - data.p);
	}
	return data.n;
}

static bool kubeconfig_sniff(struct blob data)
{
	return find_key(data, 0) < data.n;
}

static bool is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/* The value of the key that ends at P; n 0: not on this line, or none.  */
static struct blob find_value(struct blob data, const uint8_t *p)
{
	const uint8_t *end = data.p + data.n, *start;

	if (p < end && (*p == '"' || *p == '\''))
		p++;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || *p != ':')
		return (struct blob){ p, 0 };
	for (p++; p < end && (*p == ' ' || *p == '\t'); p++)
		;
	if (p < end && (*p == '"' || *p == '\''))
		p++;
	for (start = p; p < end && is_base64(*p); p++)
		;
	return (struct blob){ start, (size_t)(p - start) };
}

static int pem_give(struct blob pem, uint64_t offset, struct sink *out)
{
	struct pem_block b;
	uint64_t pos = 0;
	bool any = false;
	int r = 0;

	while (r >= 0 && pem_next(pem, &pos, &b) > 0) {
		struct entry e = { .offset = offset };

		any = true;
		if (b.error != NULL)
			sink_problem(out, pem_error_code(&b), offset, "%s",
				     b.error);
		else if (certificate_tlv((struct blob){ b.der, b.der_n },
					 &e.der) < 0)
			sink_problem(out, PROBLEM_MALFORMED, offset,
				     "a block in " KEY " holds no certificate; "
				     "fetch the configuration again");
		else
			r = out->entry(out, &e);
		free(b.der);
	}
	if (!any)
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     KEY " holds no certificate; fetch the "
			     "configuration again");
	return r;
}

static int value_read(struct blob value, uint64_t offset, struct sink *out)
{
	uint8_t *pem;
	size_t n;
	int r;

	if (value.n == 0) {
		sink_problem(out, PROBLEM_FORMAT, offset, KEY " without a "
			     "value on its line: write it as kubectl does");
		return 0;
	}
	pem = xmalloc(value.n / 4 * 3 + 3);
	r = base64_decode(value, pem, &n);
	if (r < 0) {
		sink_problem(out, PROBLEM_MALFORMED, offset, KEY " is not "
			     "base64; fetch the configuration again");
		r = 0;
	} else {
		r = pem_give((struct blob){ pem, n }, offset, out);
	}
	free(pem);
	return r;
}

static int kubeconfig_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	size_t at = find_key(data, 0);
	int r = 0;

	if (at == data.n) {
		sink_problem(out, PROBLEM_FORMAT, 0, "no " KEY " in this file: "
			     "the authorities are in a file that it names");
		return 0;
	}
	while (r >= 0 && at < data.n) {
		size_t behind = at + strlen(KEY);

		r = value_read(find_value(data, data.p + behind), at, out);
		at = find_key(data, behind);
	}
	return r;
}

const struct reader kubeconfig_reader = {
	.name = "kubeconfig",
	.title = N_("authorities in a kubeconfig"),
	.caps = READS_MANY,
	.sniff = kubeconfig_sniff,
	.read = kubeconfig_read,
};
