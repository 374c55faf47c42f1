/* collect.h -- a sink that writes down what a reader says, and the fixtures of
 * tests/unit/data.  For the tests of readers, each of which includes it once.
 *
 * A transcript has a line for each call, for example
 *
 *	entry 27 distrust Example Root
 *	reference 0 source mozilla/Some_Root.crt
 *	problem 300 truncated
 *	problem 0 malformed skipped
 *
 * with the offset, the role ("-" for none) and the certificate's name.
 */
#ifndef COLLECT_H
#define COLLECT_H

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

#include <cmocka.h>

struct collect {
	struct sink sink;
	struct buf said;
	uint64_t done;		/* the last offset */
	unsigned done_calls;
	unsigned room;		/* entries and references until it is full */
};

static inline const char *role_word(enum role role)
{
	return role == ROLE_NONE ? "-" : role_name(role);
}

static inline int collect_entry(struct sink *s, const struct entry *e)
{
	struct collect *c = (struct collect *)s;
	AUTO(certificate) struct certificate cert = { .name = NULL };

	if (c->room == 0)
		return -E2BIG;
	c->room--;
	x509_decode(e->der, &cert);
	buf_addf(&c->said, "entry %ju %s %s\n", (uintmax_t)e->offset,
		 role_word(e->role), cert.decoded ? cert.name : "undecoded");
	return 0;
}

static inline int collect_reference(struct sink *s, const char *name,
				    size_t n, enum role role, uint64_t offset)
{
	struct collect *c = (struct collect *)s;
	AUTO(str) char *text = escape_text(name, n);

	if (c->room == 0)
		return -E2BIG;
	c->room--;
	buf_addf(&c->said, "reference %ju %s %s\n", (uintmax_t)offset,
		 role_word(role), text);
	return 0;
}

static inline void collect_problem(struct sink *s, const struct problem *p)
{
	struct collect *c = (struct collect *)s;

	assert_non_null(p->message);
	assert_true(strlen(p->message) > 0);
	buf_addf(&c->said, "problem %ju %s%s\n", (uintmax_t)p->offset,
		 problem_name(p->code), p->skipped ? " skipped" : "");
}

static inline void collect_done(struct sink *s, uint64_t offset)
{
	struct collect *c = (struct collect *)s;

	assert_true(offset >= c->done);
	c->done = offset;
	c->done_calls++;
}

static inline void collect_init(struct collect *c)
{
	*c = (struct collect){
		.sink = {
			.entry = collect_entry,
			.reference = collect_reference,
			.problem = collect_problem,
			.done = collect_done,
		},
		.room = LIMIT_STORE_ENTRIES,
	};
	buf_init(&c->said, 1u << 20);
}

/* What READER says of IN; the caller frees.  The reader gets a copy of exactly
 * that size, so that a sanitizer sees a step past its end.  */
static inline char *transcript(const char *reader, struct blob in)
{
	const struct reader *r = reader_find(reader);
	uint8_t *copy = malloc(in.n);
	struct collect c;

	assert_non_null(r);
	assert_true(copy != NULL || in.n == 0);
	if (in.n > 0)
		memcpy(copy, in.p, in.n);
	collect_init(&c);
	r->sniff((struct blob){ copy, in.n });
	assert_int_equal(r->read(&(struct input){ .data = { copy, in.n } },
				 &c.sink), 0);
	assert_true(c.done <= in.n);
	free(copy);
	return buf_take(&c.said);
}

/* A file of tests/unit/data; the caller frees the bytes.  */
static inline struct blob fixture(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], *text;
	size_t n;

	snprintf(path, sizeof(path), "%s/tests/unit/data/%s",
		 srcdir ? srcdir : ".", name);
	if (file_slurp(path, 1u << 20, &text, &n) < 0)
		fail_msg("%s is missing", path);
	return (struct blob){ (uint8_t *)text, n };
}

/* Every prefix of IN must end in a transcript.  */
static inline void try_prefixes(const char *reader, struct blob in)
{
	size_t n;

	for (n = 0; n <= in.n; n++)
		free(transcript(reader, (struct blob){ in.p, n }));
}

/* ---- PEM ---------------------------------------------------------------*/

static inline struct blob content(const struct buf *b)
{
	return (struct blob){ (const uint8_t *)b->p, b->n };
}

/* Appends DER as base64 in lines of WIDTH characters.  */
static inline void add_base64(struct buf *b, struct blob der, size_t width)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t column = 0, i, k;

	for (i = 0; i < der.n; i += 3) {
		size_t n = der.n - i < 3 ? der.n - i : 3;
		uint32_t v = 0;
		char four[4];

		for (k = 0; k < 3; k++)
			v = v << 8 | (k < n ? der.p[i + k] : 0);
		for (k = 0; k < 4; k++)
			four[k] = k <= n ? digits[v >> (18 - 6 * k) & 63] : '=';
		for (k = 0; k < 4; k++) {
			buf_add(b, four + k, 1);
			if (++column == width) {
				column = 0;
				buf_adds(b, "\n");
			}
		}
	}
	if (column > 0)
		buf_adds(b, "\n");
}

static inline void add_pem(struct buf *b, const char *label, struct blob der)
{
	buf_addf(b, "-----BEGIN %s-----\n", label);
	add_base64(b, der, 64);
	buf_addf(b, "-----END %s-----\n", label);
}

#endif
