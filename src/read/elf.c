/* elf.c -- certificates compiled into a program as C strings in PEM, which is
 * how every Node carries its list (src/node_root_certs.h: an array of string
 * literals).  The array is found by its content, not by symbols, because
 * released programs are stripped; the ELF headers (System V gABI chapter 4)
 * only tell whether the file is whole.
 *
 * What is surprising: up to Node 10.0 a line feed stands before the string's
 * NUL, later none; and programs hold BEGIN markers that begin no certificate,
 * those of their own PEM parser.  So a certificate is a BEGIN line, base64
 * and an END marker with no NUL in between, whose bytes have a certificate's
 * structure.
 *
 * Node is 20 to 130 MB, mostly machine code.  One memmem() passes over all of
 * it, and the sink hears every few MiB that the pages behind are done with.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

#define BEGIN		"-----BEGIN CERTIFICATE-----"
#define END		"-----END CERTIFICATE-----"
#define WINDOW		(4u << 20)

/* An encoded certificate at the limit, with room for line feeds.  */
#define STRING_MAX	(LIMIT_CERTIFICATE_BYTES * 3 / 2)

static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F' };

static bool elf_sniff(struct blob data)
{
	return data.n >= sizeof(magic) &&
	       memcmp(data.p, magic, sizeof(magic)) == 0;
}

/* ---- is the file whole? --------------------------------------------------*/

struct elf {
	struct blob data;
	bool wide, big;		/* ELFCLASS64, ELFDATA2MSB */
};

/* The SIZE bytes at OFFSET as a number; the caller has checked that they are
 * there.  */
static uint64_t number_at(const struct elf *e, uint64_t offset, unsigned size)
{
	const uint8_t *p = e->data.p + offset;
	uint64_t v = 0;
	unsigned i;

	for (i = 0; i < size; i++)
		v = v << 8 | p[e->big ? i : size - 1 - i];
	return v;
}

static bool fits(struct blob data, uint64_t offset, uint64_t size)
{
	return offset <= data.n && size <= data.n - offset;
}

/* Does the file hold what its headers promise?  -EAGAIN when it ends before
 * that, -EINVAL when the headers are none.  */
static int headers_check(struct blob data)
{
	struct elf e = { .data = data };
	uint64_t table, entry_size, count, segment, i, offset, size;

	if (data.n < 6)
		return -EAGAIN;
	if (data.p[4] < 1 || data.p[4] > 2 || data.p[5] < 1 || data.p[5] > 2)
		return -EINVAL;
	e.wide = data.p[4] == 2;
	e.big = data.p[5] == 2;
	if (data.n < (e.wide ? 64 : 52))
		return -EAGAIN;
	table = number_at(&e, e.wide ? 32 : 28, e.wide ? 8 : 4);
	entry_size = number_at(&e, e.wide ? 54 : 42, 2);
	count = number_at(&e, e.wide ? 56 : 44, 2);
	if (count > 0 && entry_size < (e.wide ? 56 : 32))
		return -EINVAL;
	if (!fits(data, table, entry_size * count))
		return -EAGAIN;
	for (i = 0; i < count; i++) {
		segment = table + i * entry_size;
		if (number_at(&e, segment, 4) != 1)	/* PT_LOAD */
			continue;
		offset = number_at(&e, segment + (e.wide ? 8 : 4),
				   e.wide ? 8 : 4);
		size = number_at(&e, segment + (e.wide ? 32 : 16),
				 e.wide ? 8 : 4);
		if (!fits(data, offset, size))
			return -EAGAIN;
	}
	return 0;
}

/* ---- what is in it -------------------------------------------------------*/

static bool starts_with(struct blob in, const char *s, size_t n)
{
	return in.n >= n && memcmp(in.p, s, n) == 0;
}

/* Reads the string at OFFSET, where a BEGIN marker stands; *ret_next is where
 * the next one may begin.  */
static int string_read(struct blob data, uint64_t offset, struct sink *out,
		       uint64_t *ret_next)
{
	struct pem_block b = { .error = NULL };
	struct entry e = { .offset = offset };
	uint64_t body = offset + strlen(BEGIN), pos = 0;
	struct blob in = { data.p + body, data.n - body };
	const uint8_t *dashes;
	uint32_t hash;
	int r;

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

static int elf_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	uint64_t pos = 0, done = 0;
	const uint8_t *begin;
	size_t n;
	int r;

	if (!elf_sniff(data)) {
		sink_problem(out, PROBLEM_FORMAT, 0, "not an ELF file");
		return 0;
	}
	r = headers_check(data);
	if (r == -EAGAIN)
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the program ends before what its ELF headers "
			     "promise, so certificates may be missing from "
			     "it; install it again");
	else if (r < 0)
		sink_problem(out, PROBLEM_MALFORMED, 0,
			     "the ELF headers are damaged; install the "
			     "program again");
	while (pos < data.n) {
		/* A marker may straddle the end of a window.  */
		n = data.n - pos;
		if (n > WINDOW + strlen(BEGIN) - 1)
			n = WINDOW + strlen(BEGIN) - 1;
		begin = memmem(data.p + pos, n, BEGIN, strlen(BEGIN));
		if (begin) {
			r = string_read(data, (uint64_t)(begin - data.p), out,
					&pos);
			if (r < 0)
				return r;
		} else {
			pos = n < WINDOW ? data.n : pos + WINDOW;
		}
		if (pos - done >= WINDOW) {
			done = pos;
			out->done(out, done);
		}
	}
	return 0;
}

const struct reader elf_reader = {
	.name = "elf-pem",
	.title = N_("PEM certificates compiled into a program"),
	.caps = READS_MANY | READS_LARGE,
	.sniff = elf_sniff,
	.read = elf_read,
};
