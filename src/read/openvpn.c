/* openvpn.c -- configuration of OpenVPN with certificates in it: inline files,
 * an element of one line each, <ca> ... </ca> (openvpn(8), INLINE FILE SUPPORT;
 * src/openvpn/options.c, read_inline_file).
 *
 * <ca> holds the authorities; <extra-certs> and what stands behind the first
 * certificate of <cert> help the other side to build a path, and that first one
 * is the client's own.  Other elements, keys above all, are passed over.  Text
 * around the PEM blocks of an element means nothing, and an element without its
 * end makes OpenVPN refuse the whole file.
 */
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

struct element {
	const char *begin, *end;
	enum role first, others;
};

static const struct element elements[] = {
	{ "<ca>", "</ca>", ROLE_ANCHOR, ROLE_ANCHOR },
	{ "<extra-certs>", "</extra-certs>", ROLE_INTERMEDIATE,
	  ROLE_INTERMEDIATE },
	{ "<cert>", "</cert>", ROLE_END_ENTITY, ROLE_INTERMEDIATE },
};

/* Where TAG stands at the beginning of a line of DATA, at FROM or behind it; n
 * of DATA: nowhere.  */
static size_t find_tag(struct blob data, size_t from, const char *tag)
{
	const size_t n = strlen(tag);

	while (from < data.n) {
		const uint8_t *p = memmem(data.p + from, data.n - from, tag, n);
		size_t at, line;

		if (p == NULL)
			break;
		at = line = (size_t)(p - data.p);
		while (line > 0 && (data.p[line - 1] == ' ' ||
				    data.p[line - 1] == '\t'))
			line--;
		if (line == 0 || data.p[line - 1] == '\n')
			return at;
		from = at + n;
	}
	return data.n;
}

static bool openvpn_sniff(struct blob data)
{
	return find_tag(data, 0, "<ca>") < data.n;
}

static int give(const struct pem_block *b, uint64_t offset, enum role role,
		bool has_key, struct sink *out)
{
	struct entry e = { .offset = offset, .role = role };

	if (b->error != NULL) {
		sink_problem(out, pem_error_code(b), offset, "%s", b->error);
		return 0;
	}
	if (certificate_tlv((struct blob){ b->der, b->der_n }, &e.der) < 0) {
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "the block holds no certificate; restore it from "
			     "its source");
		return 0;
	}
	e.private_key = has_key && role == ROLE_END_ENTITY;
	return out->entry(out, &e);
}

/* The element at *AT, which is then where it ends: what is in it, also another
 * begin, is read once.  */
static int element_read(struct blob data, const struct element *e, size_t *at,
			bool has_key, struct sink *out)
{
	const size_t begin = *at, from = begin + strlen(e->begin);
	const size_t end = find_tag(data, from, e->end);
	const struct blob text = { data.p + from, end - from };
	struct pem_block b;
	uint64_t pos = 0;
	bool first = true;
	int r = 0;

	*at = end;
	if (end == data.n)
		sink_problem(out, PROBLEM_TRUNCATED, begin, "the end of %s is "
			     "missing, so OpenVPN refuses the file: restore it "
			     "from its source", e->begin);
	while (r >= 0 && pem_next(text, &pos, &b) > 0) {
		r = give(&b, from + b.begin, first ? e->first : e->others,
			 has_key, out);
		free(b.der);
		first = false;
	}
	if (first && end < data.n)
		sink_problem(out, PROBLEM_MALFORMED, begin,
			     "%s holds no certificate: restore it from its "
			     "source", e->begin);
	return r;
}

static int openvpn_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	const bool has_key = find_tag(data, 0, "<key>") < data.n;
	int r = 0;

	if (!openvpn_sniff(data)) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "no <ca> in this file: the authorities are in a "
			     "file that it names");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(elements) && r >= 0; i++) {
		size_t at = find_tag(data, 0, elements[i].begin);

		while (at < data.n && r >= 0) {
			r = element_read(data, &elements[i], &at, has_key,
					 out);
			at = find_tag(data, at, elements[i].begin);
		}
	}
	return r;
}

const struct reader openvpn_reader = {
	.name = "openvpn",
	.title = N_("certificates in OpenVPN's configuration"),
	.caps = READS_MANY | READS_TRUST,
	.sniff = openvpn_sniff,
	.read = openvpn_read,
};
