/* elf-pem.c -- certificates compiled into a program as C strings in PEM, which
 * is how every Node carries its list (src/node_root_certs.h: an array of
 * string literals), and so does Bun before 1.4
 * (packages/bun-usockets/src/crypto/root_certs.h).
 *
 * What is surprising: up to Node 10.0 a line feed stands before the string's
 * NUL, later none; and programs hold BEGIN markers that begin no certificate,
 * those of their own PEM parser and writer.  So a certificate is a BEGIN line,
 * at least one line of base64 and an END marker with no NUL in between, whose
 * bytes have a certificate's structure.
 */
#include <stdlib.h>
#include <string.h>

#include "read/elf-image.h"

#define BEGIN		"-----BEGIN CERTIFICATE-----"
#define END		"-----END CERTIFICATE-----"

/* An encoded certificate at the limit, with room for line feeds.  */
#define STRING_MAX	(LIMIT_CERTIFICATE_BYTES * 3 / 2)

static bool starts_with(struct blob in, const char *s, size_t n)
{
	return in.n >= n && memcmp(in.p, s, n) == 0;
}

static bool is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

static int pem_take(struct blob data, uint64_t offset, struct sink *out,
		    void *state, uint64_t *ret_next)
{
	struct pem_block b = { .error = NULL };
	struct entry e = { .offset = offset };
	uint64_t body = offset + strlen(BEGIN), pos = 0;
	struct blob in = { data.p + body, data.n - body };
	const uint8_t *dashes;
	uint32_t hash;
	int r;

	(void)state;
	*ret_next = body;
	if (in.n > STRING_MAX)
		in.n = STRING_MAX;
	if (in.n == 0 || (in.p[0] != '\n' && in.p[0] != '\r'))
		return 0;
	dashes = memmem(in.p, in.n, "-----", 5);
	if (!dashes)
		return 0;
	if (memchr(in.p, '\0', (size_t)(dashes - in.p)))
		return 0;
	/* Writers have the lines behind each other, or with a mark between.  */
	while (in.p < dashes && (in.p[0] == '\n' || in.p[0] == '\r'))
		in = (struct blob){ in.p + 1, in.n - 1 };
	if (!is_base64(in.p[0]))
		return 0;
	in = (struct blob){ dashes, in.n - (size_t)(dashes - in.p) };
	if (!starts_with(in, END, strlen(END)))
		return 0;

	in.n = (size_t)(dashes - data.p) + strlen(END) - offset;
	in.p = data.p + offset;
	*ret_next = offset + in.n;
	if (pem_next(in, &pos, &b) > 0 && b.der &&
	    certificate_tlv((struct blob){ b.der, b.der_n }, &e.der) == 0 &&
	    e.der.n == b.der_n && x509_subject_hash(e.der, &hash) == 0) {
		r = out->entry(out, &e);
	} else {
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "a compiled-in PEM block holds no certificate; "
			     "install the program again");
		r = 0;
	}
	free(b.der);
	return r;
}

const struct elf_pattern elf_pem = {
	.needle = BEGIN,
	.n = sizeof(BEGIN) - 1,
	.take = pem_take,
};

static int elf_pem_read(const struct input *in, struct sink *out)
{
	if (!elf_report(in->data, out))
		return 0;
	return elf_search(&elf_pem, 1, in->data, out, NULL);
}

const struct reader elf_pem_reader = {
	.name = "elf-pem",
	.title = N_("PEM certificates compiled into a program"),
	.caps = READS_MANY | READS_LARGE,
	.sniff = elf_sniff,
	.read = elf_pem_read,
};
