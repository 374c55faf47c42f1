/* readers.c -- a reader over one input, and a sink that holds it to read.h: what
 * it says is inside the file and the limits, what it says of certificates can be
 * sent by a worker and taken by the program, and nothing follows a full sink.
 *
 * A reader that wants a second file gets that from the input's end: the bytes
 * before "COMP" and their count, four bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "read/jobs.h"

#define TRAILER		8u	/* "COMP", count */

struct held {
	struct sink sink;
	const struct reader *reader;
	struct blob data;
	size_t entries, room;
	bool full;
	uint64_t done;
};

static struct blob *roots;
static size_t n_roots;

static void check_text(const char *s, size_t n)
{
	AUTO(str) char *escaped = escape_text(s, n);
	AUTO(str) char *text = utf8_text(s, n);

	MUST(is_utf8(escaped, strlen(escaped)));
	MUST(is_utf8(text, strlen(text)));
}

/* As the gate of read-one.c gives it to a worker, and that to the program.  */
static void check_sent(const struct held *h, struct entry e)
{
	struct entry_names *names = NULL, *got_names = NULL;
	struct entry_facts facts = { .names = NULL };
	AUTO(buf) struct buf record;
	uint8_t *copy;
	struct entry got;
	struct wire w;

	buf_init(&record, LIMIT_WIRE_BYTES);
	if (e.sha256 == NULL && e.der.n == 0) {
		names = entry_names_read(&e);
		if (names == NULL)
			return;		/* a problem, there */
		facts.names = names;
	}
	e.facts = &facts;
	entry_put(&record, &e);
	MUST(!record.truncated);
	w = fuzz_wire(&record, &copy);
	entry_get(&w, h->data.n, &got, &got_names);
	MUST(wire_end(&w) == 0);
	MUST(got.der.n == e.der.n && got.label_n == e.label_n);
	MUST(got.offset == e.offset && got.role == e.role &&
	     got.purposes == e.purposes && got.seal == e.seal &&
	     got.distrust_after == e.distrust_after);
	MUST((got_names != NULL) == (names != NULL));
	entry_names_free(got_names);
	entry_names_free(names);
	free(copy);
}

static void check_certificate(const struct entry *e)
{
	struct blob der;

	MUST(e->der.n <= LIMIT_CERTIFICATE_BYTES);
	MUST(e->sha256 == NULL);
	MUST(certificate_tlv(e->der, &der) == 0 && der.n == e->der.n);
}

static void check_names(const struct entry *e)
{
	MUST(e->issuer.n > 0 || e->spki.n > 0);
	MUST((e->issuer.n > 0) ==
	     (e->serial.p != NULL || e->this_update != 0));
	MUST(e->serial.p == NULL || e->this_update == 0);
}

static int take_entry(struct sink *s, const struct entry *e)
{
	struct held *h = (struct held *)s;

	MUST(!h->full);
	if (h->entries == h->room) {
		h->full = true;
		return -E2BIG;
	}
	h->entries++;
	if (e->der.n > 0)
		check_certificate(e);
	else if (e->sha256 == NULL)
		check_names(e);
	MUST(e->label != NULL || e->label_n == 0);
	MUST(e->label_n <= LIMIT_LABEL_BYTES);
	MUST(e->offset <= h->data.n);
	MUST(e->facts == NULL);
	if (e->label != NULL)
		check_text(e->label, e->label_n);
	check_sent(h, *e);
	return 0;
}

static int take_reference(struct sink *s, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	struct held *h = (struct held *)s;
	struct reference got, r = {
		{ (const uint8_t *)name, n }, role, offset,
	};
	AUTO(buf) struct buf record;
	uint8_t *copy;
	struct wire w;

	MUST(!h->full);
	MUST(offset <= h->data.n);
	check_text(name, n);
	buf_init(&record, LIMIT_WIRE_BYTES);
	reference_put(&record, &r);
	w = fuzz_wire(&record, &copy);
	reference_get(&w, h->data.n, &got);
	MUST(wire_end(&w) == 0);
	free(copy);
	return 0;
}

static void take_problem(struct sink *s, const struct problem *p)
{
	struct held *h = (struct held *)s;
	AUTO(buf) struct buf record;
	struct problem got;
	uint8_t *copy;
	struct wire w;

	MUST(!h->full);
	MUST(p->offset <= h->data.n);
	MUST(p->message != NULL && *p->message != '\0');
	check_text(p->message, strlen(p->message));
	buf_init(&record, LIMIT_WIRE_BYTES);
	problem_put(&record, p);
	w = fuzz_wire(&record, &copy);
	problem_get(&w, h->data.n, &got);
	MUST(wire_end(&w) == 0);
	free((char *)got.message);
	free(copy);
}

static void take_done(struct sink *s, uint64_t offset)
{
	struct held *h = (struct held *)s;

	MUST(offset >= h->done && offset <= h->data.n);
	h->done = offset;
}

/* How many entries there were.  */
static size_t read_input(const struct reader *reader, const struct input *in,
			 size_t room)
{
	struct held h = {
		.sink = { take_entry, take_reference, take_problem,
			  take_done },
		.reader = reader, .data = in->data, .room = room,
	};
	int r = reader->read(in, &h.sink);

	MUST(r == (h.full ? -E2BIG : 0));
	return h.entries;
}

/* Takes the companion off the end of *DATA, into memory of its own.  */
static uint8_t *take_companion(struct blob *data, struct blob *ret_companion)
{
	const uint8_t *trailer = data->p + data->n - TRAILER;
	struct blob c;
	uint8_t *copy;

	if (data->n < TRAILER || memcmp(trailer, "COMP", 4) != 0)
		return NULL;
	c.n = get_be32(trailer + 4);
	if (c.n > data->n - TRAILER)
		return NULL;
	c.p = trailer - c.n;
	copy = xmemdup(c.p, c.n);
	*ret_companion = (struct blob){ copy, c.n };
	data->n -= c.n + TRAILER;
	return copy;
}

void reader_take(const struct reader *reader, struct blob input)
{
	struct input in = { .data = input, .roots = roots, .n_roots = n_roots };
	uint8_t *copy = NULL, *companion = NULL;
	size_t entries;

	if (reader->companion.ending != NULL) {
		companion = take_companion(&in.data, &in.companion);
		/* the end of the file is the end of its memory again */
		copy = xmemdup(in.data.p, in.data.n);
		in.data.p = copy;
	}
	reader->sniff(in.data);
	entries = read_input(reader, &in, LIMIT_STORE_ENTRIES);
	if (entries > 0)
		read_input(reader, &in, entries / 2);
	free(companion);
	free(copy);
}

/* The certificates of Mozilla's program.  */
void reader_prepare(const struct reader *reader)
{
	AUTO(str) char *path = xasprintf("%s/rootprogram/mozilla-roots.pem",
					 data_dir());
	AUTO(str) char *text = NULL;
	struct pem_block b;
	uint64_t pos = 0;
	size_t n, cap = 0;

	if (!(reader->caps & READS_ROOTS))
		return;
	MUST(file_slurp(path, LIMIT_FILE_BYTES, &text, &n) == 0);
	while (pem_next((struct blob){ (uint8_t *)text, n }, &pos, &b) > 0) {
		grow(&roots, n_roots, &cap, sizeof(*roots));
		roots[n_roots++] = (struct blob){ b.der, b.der_n };
	}
	MUST(n_roots > 0);
}
