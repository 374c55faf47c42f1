/* batch.c -- files that are handed to a worker at once, and what it says of them.
 *
 * A chunk is copied and checked from its first byte to its last before anything
 * of it reaches a sink; only then is the worker told which of its certificates
 * to decode.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/jobs.h"

/* ---- chunks ----------------------------------------------------------------*/

static void forget_came(struct batch *b)
{
	for (size_t k = 0; k < b->n_came; k++)
		x509_done(&b->came[k].certificate);
	b->n_came = 0;
}

/* Is the certificate to be decoded?  Once a chunk, if the host has it not.  */
static int ask_host(struct batch *b, struct came *c)
{
	int r;

	for (size_t k = 0; k < b->n_came; k++)
		if (b->came[k].wanted &&
		    memcmp(b->came[k].sha256, c->sha256, SHA256_SIZE) == 0)
			return 0;
	r = b->host->known(b->host->data, c->sha256, &c->verified);
	if (r < 0) {
		b->host_error = r;
		return r;
	}
	c->wanted = r == 0;
	return 0;
}

static int note_certificate(struct batch *b, struct blob der)
{
	struct came c = { .der = der };
	int r;

	hash_sha256(der, c.sha256);
	r = ask_host(b, &c);
	if (r < 0)
		return r;
	grow(&b->came, b->n_came, &b->cap_came, sizeof(*b->came));
	b->came[b->n_came++] = c;
	return 0;
}

/* Checks all of a chunk before anything of it is believed, and notes its
 * certificates.  */
static int check_chunk(struct batch *b)
{
	struct wire w = { b->chunk.p, b->chunk.n, false };
	const uint64_t limit = b->request->limit;
	size_t finished = b->finished, entries = b->entries;
	int r = 0;

	while (!w.bad && w.n > 0 && r == 0) {
		struct read_file result = { .engine = NULL };
		struct entry_names *names = NULL;
		struct reference reference;
		struct problem problem;
		struct entry e;

		if (finished == b->n)
			return -EBADMSG;
		switch (wire_get_u32(&w, RECORD_END)) {
		case RECORD_ENTRY:
			entry_get(&w, limit, &e, &names);
			entry_names_free(names);
			if (++entries > LIMIT_STORE_ENTRIES)
				return -EBADMSG;
			if (!w.bad && e.der.n > 0)
				r = note_certificate(b, e.der);
			break;
		case RECORD_REFERENCE:
			reference_get(&w, limit, &reference);
			break;
		case RECORD_PROBLEM:
			problem_get(&w, limit, &problem);
			free((char *)problem.message);
			break;
		case RECORD_END:
			result.companion_fd = b->files[finished].companion_fd;
			result_get(&w, b->request, &result);
			free(result.engine);
			finished++;
			entries = 0;
			break;
		default:
			return -EBADMSG;
		}
	}
	return r < 0 ? r : wire_end(&w);
}

/* Lets the worker decode what is wanted of a chunk's certificates.  */
static int decode_wanted(struct batch *b)
{
	struct buf *out;
	uint32_t n = 0;
	int r;

	if (b->n_came == 0)
		return 0;
	for (size_t k = 0; k < b->n_came; k++)
		n += b->came[k].wanted;
	out = channel_begin(b->channel, JOB_WANT);
	wire_put_u32(out, n);
	for (uint32_t k = 0; k < b->n_came; k++) {
		if (!b->came[k].wanted)
			continue;
		wire_put_u32(out, k);
		wire_put_u32(out, b->came[k].verified);
		wire_put_fixed(out, b->came[k].sha256, SHA256_SIZE);
	}
	channel_end(b->channel);
	r = channel_send(b->channel, NULL, 0);
	for (size_t k = 0; r == 0 && k < b->n_came; k++) {
		struct came *c = &b->came[k];
		struct wire message;
		unsigned type;

		if (!c->wanted)
			continue;
		r = channel_receive(b->channel, &type, &message);
		if (r < 0)
			break;
		if (type != JOB_DECODED)
			return -EBADMSG;
		certificate_get(&message, c->der, c->sha256, c->verified,
				&c->certificate);
		r = wire_end(&message);
	}
	return r;
}

static void give_entry(struct batch *b, struct wire *w, size_t *came)
{
	struct sink *sink = b->files[b->finished].sink;
	struct entry_names *names;
	struct entry_facts facts = { .names = NULL };
	struct entry e;

	entry_get(w, b->request->limit, &e, &names);
	facts.names = names;
	e.facts = &facts;
	b->entries++;
	if (e.der.n > 0) {
		const struct came *c = &b->came[(*came)++];

		memcpy(facts.sha256, c->sha256, SHA256_SIZE);
		facts.certificate = c->wanted ? &c->certificate : NULL;
	}
	if (!b->full && sink->entry(sink, &e) < 0)
		b->full = true;
	entry_names_free(names);
}

static void give_end(struct batch *b, struct wire *w)
{
	struct read_file *f = &b->files[b->finished];
	struct read_file result = { .companion_fd = f->companion_fd };

	result_get(w, b->request, &result);
	f->error = result.error;
	f->reader = result.reader;
	f->size = result.size;
	f->wants_companion = result.wants_companion;
	f->companion_error = result.companion_error;
	f->engine = result.engine;
	b->finished++;
	b->entries = 0;
	b->full = false;
}

/* What was checked goes to the sinks.  */
static void give_chunk(struct batch *b)
{
	struct wire w = { b->chunk.p, b->chunk.n, false };
	size_t came = 0;

	while (w.n > 0) {
		struct sink *sink = b->files[b->finished].sink;
		struct reference ref;
		struct problem p;

		switch (wire_get_u32(&w, RECORD_END)) {
		case RECORD_ENTRY:
			give_entry(b, &w, &came);
			break;
		case RECORD_REFERENCE:
			reference_get(&w, b->request->limit, &ref);
			if (!b->full &&
			    sink->reference(sink, (const char *)ref.name.p,
					    ref.name.n, ref.role,
					    ref.offset) < 0)
				b->full = true;
			break;
		case RECORD_PROBLEM:
			problem_get(&w, b->request->limit, &p);
			if (!b->full)
				sink->problem(sink, &p);
			free((char *)p.message);
			break;
		default:
			give_end(b, &w);
		}
	}
}

static int take_chunk(struct batch *b, struct wire message)
{
	const size_t finished = b->finished;
	int r;

	b->chunk = (struct blob){ xmemdup(message.p, message.n), message.n };
	r = check_chunk(b);
	if (r == 0)
		r = decode_wanted(b);
	if (r == 0) {
		give_chunk(b);
		/* Who goes on is given more time.  Certificates are counted,
		 * so there is an end to that.  */
		if (b->finished > finished || b->n_came > 0)
			channel_arm(b->channel);
	}
	forget_came(b);
	free((void *)(uintptr_t)b->chunk.p);
	return r;
}

static int give_roots(struct batch *b)
{
	const struct blob *roots;
	struct buf *out;
	size_t n;
	int r = b->host->roots(b->host->data, &roots, &n);

	if (r < 0) {
		b->host_error = r;
		return r;
	}
	out = channel_begin(b->channel, JOB_ROOTS);
	wire_put_u32(out, (uint32_t)n);
	for (size_t k = 0; k < n; k++)
		wire_put_bytes(out, roots[k]);
	channel_end(b->channel);
	return channel_send(b->channel, NULL, 0);
}

/* ---- files -----------------------------------------------------------------*/

static int send_files(struct batch *b)
{
	struct buf *out = channel_begin(b->channel, JOB_READ);
	int fds[CHANNEL_FDS];
	size_t n = 0;

	request_put(out, b->request);
	wire_put_u32(out, (uint32_t)b->n);
	for (size_t k = 0; k < b->n; k++) {
		const struct read_file *f = &b->files[k];

		read_file_put(out, f);
		fds[n++] = f->fd;
		if (f->companion_fd >= 0)
			fds[n++] = f->companion_fd;
	}
	channel_end(b->channel);
	return channel_send(b->channel, fds, n);
}

int batch_run(struct batch *b)
{
	int r;

	channel_arm(b->channel);
	r = send_files(b);
	while (r == 0 && b->finished < b->n) {
		struct wire message;
		unsigned type;

		r = channel_receive(b->channel, &type, &message);
		if (r < 0)
			break;
		if (type == JOB_CHUNK)
			r = take_chunk(b, message);
		else if (type == JOB_NEED_ROOTS)
			r = give_roots(b);
		else
			r = -EBADMSG;
	}
	free(b->came);
	return r;
}

