/* reading-worker.c -- what a worker does: reads files, decodes certificates, and
 * checks signatures, for the program at the other end of its channel.  It has
 * entered its sandbox before it comes here and has nothing that it could lose.
 *
 * Files are handed over some at a time, and what they hold is sent in chunks.
 * After a chunk with certificates the program says which of them it does not
 * know, and only those are decoded: each certificate once, however many stores
 * and files have it.
 */
#include <errno.h>
#include <locale.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "read/database.h"
#include "read/jobs.h"
#include "read/json.h"
#include "read/x509.h"

#define LIE	69	/* exit status: the program says what it never does */

/* ---- chunks ----------------------------------------------------------------*/

struct certificate_here {
	size_t at, n;		/* of its bytes in `ders` */
};

struct wire_sink {
	struct sink sink;
	struct channel *channel;
	struct buf *chunk;		/* NULL: none was begun */
	size_t begun;			/* bytes before it */
	struct buf ders;		/* the certificates in the chunk */
	struct certificate_here *certificates;
	size_t n, cap;
	struct blob *roots;		/* NULL: not asked for yet */
	size_t n_roots;
};

static struct buf *begin_record(struct wire_sink *s, enum job_record record)
{
	if (s->chunk == NULL) {
		s->chunk = channel_begin(s->channel, JOB_CHUNK);
		s->begun = s->chunk->n;
	}
	wire_put_u32(s->chunk, record);
	return s->chunk;
}

/* Sends what is there.  The program that is gone is the end of this process. */
static void send_all(struct channel *c)
{
	if (channel_send(c, NULL, 0) < 0)
		_exit(WORKER_DONE);
}

static void expect(struct channel *c, unsigned type, struct wire *ret_message)
{
	unsigned came;

	if (channel_receive(c, &came, ret_message) < 0)
		_exit(WORKER_DONE);
	if (came != type)
		_exit(LIE);
}

static void decode_wanted(struct wire_sink *s)
{
	const struct blob ders = { (const uint8_t *)s->ders.p, s->ders.n };
	struct wire want;
	uint32_t n;

	expect(s->channel, JOB_WANT, &want);
	n = wire_get_u32(&want, (uint32_t)s->n);
	for (uint32_t k = 0; k < n; k++) {
		AUTO(certificate) struct certificate c = { .decoded = false };
		const uint32_t which = wire_get_u32(&want, (uint32_t)s->n - 1);
		const bool verified = wire_get_u32(&want, 1) != 0;
		uint8_t sha256[SHA256_SIZE];

		wire_get_fixed(&want, sha256, SHA256_SIZE);
		x509_decode_hashed((struct blob){
				ders.p + s->certificates[which].at,
				s->certificates[which].n },
			sha256, verified, &c);
		certificate_put(channel_begin(s->channel, JOB_DECODED), &c);
		channel_end(s->channel);
	}
	if (wire_end(&want) < 0)
		_exit(LIE);
	send_all(s->channel);
}

static void send_chunk(struct wire_sink *s)
{
	if (s->chunk == NULL)
		return;
	channel_end(s->channel);
	send_all(s->channel);
	s->chunk = NULL;
	if (s->n > 0)
		decode_wanted(s);
	s->n = s->ders.n = 0;
}

static void end_record(struct wire_sink *s)
{
	if (s->chunk->n - s->begun > LIMIT_WIRE_CHUNK ||
	    s->n >= LIMIT_WIRE_ENTRIES)
		send_chunk(s);
}

static int put_entry(struct sink *sink, const struct entry *e)
{
	struct wire_sink *s = (struct wire_sink *)sink;

	entry_put(begin_record(s, RECORD_ENTRY), e);
	if (e->sha256 == NULL && e->der.n > 0) {
		grow(&s->certificates, s->n, &s->cap,
		     sizeof(*s->certificates));
		s->certificates[s->n++] = (struct certificate_here){
			s->ders.n, e->der.n };
		buf_add(&s->ders, e->der.p, e->der.n);
	}
	end_record(s);
	return 0;
}

static int put_reference(struct sink *sink, const char *name, size_t n,
			 enum role role, uint64_t offset)
{
	struct wire_sink *s = (struct wire_sink *)sink;
	const struct reference r = { { (const uint8_t *)name, n }, role,
				     offset };

	reference_put(begin_record(s, RECORD_REFERENCE), &r);
	end_record(s);
	return 0;
}

static void put_problem(struct sink *sink, const struct problem *p)
{
	struct wire_sink *s = (struct wire_sink *)sink;

	problem_put(begin_record(s, RECORD_PROBLEM), p);
	end_record(s);
}

static void put_done(struct sink *sink, uint64_t offset)
{
	(void)sink, (void)offset;
}

/* ---- files -----------------------------------------------------------------*/

/* The roots that the program knows; they are kept.  */
static int need_roots(void *data, const struct blob **ret_roots, size_t *ret_n)
{
	struct wire_sink *s = data;
	struct wire message;

	if (s->roots == NULL) {
		send_chunk(s);
		channel_begin(s->channel, JOB_NEED_ROOTS);
		channel_end(s->channel);
		send_all(s->channel);
		expect(s->channel, JOB_ROOTS, &message);
		s->n_roots = wire_get_u32(&message, LIMIT_WIRE_BYTES);
		s->roots = xcalloc(s->n_roots + 1, sizeof(*s->roots));
		for (size_t k = 0; k < s->n_roots; k++) {
			const struct blob der =
				wire_get_bytes(&message, LIMIT_WIRE_BYTES);

			s->roots[k] = (struct blob){ xmemdup(der.p, der.n),
						     der.n };
		}
		if (wire_end(&message) < 0)
			_exit(LIE);
	}
	*ret_roots = s->roots;
	*ret_n = s->n_roots;
	return 0;
}

static int take_fd(struct channel *c)
{
	const int fd = channel_take_fd(c);

	if (fd < 0)
		_exit(LIE);
	return fd;
}

static void read_files(struct wire_sink *s, struct wire message)
{
	struct read_request request;
	struct read_file files[LIMIT_WIRE_FILES];
	uint32_t n;

	request_get(&message, &request);
	n = wire_get_u32(&message, LIMIT_WIRE_FILES);
	for (uint32_t k = 0; k < n; k++) {
		bool companion;

		read_file_get(&message, &files[k], &companion);
		files[k].fd = take_fd(s->channel);
		if (companion)
			files[k].companion_fd = take_fd(s->channel);
	}
	if (wire_end(&message) < 0 || request.formats == NULL)
		_exit(LIE);
	for (uint32_t k = 0; k < n; k++) {
		atomic_store(&worker_place()->offset, 0);
		read_one(&request, &files[k], &s->sink, need_roots, s);
		result_put(begin_record(s, RECORD_END), &files[k]);
		if (k == n - 1)
			send_chunk(s);
		else
			end_record(s);
		free(files[k].engine);
		auto_fd(&files[k].fd);
		auto_fd(&files[k].companion_fd);
	}
	free((char *)request.formats);
	free((char *)request.engine);
}

/* ---- certificates ----------------------------------------------------------*/

static void decode_one(struct channel *channel, struct wire message)
{
	AUTO(certificate) struct certificate c = { .decoded = false };
	const bool verified = wire_get_u32(&message, 1) != 0;
	uint8_t sha256[SHA256_SIZE];
	struct blob der;

	wire_get_fixed(&message, sha256, SHA256_SIZE);
	der = wire_get_bytes(&message, LIMIT_WIRE_BYTES);
	if (wire_end(&message) < 0)
		_exit(LIE);
	x509_decode_hashed(der, sha256, verified, &c);
	certificate_put(channel_begin(channel, JOB_DECODED), &c);
	channel_end(channel);
	send_all(channel);
}

static void verify_one(struct channel *channel, struct wire message)
{
	const struct blob child = wire_get_bytes(&message, LIMIT_WIRE_BYTES);
	const struct blob issuer = wire_get_bytes(&message, LIMIT_WIRE_BYTES);

	if (wire_end(&message) < 0)
		_exit(LIE);
	wire_put_i64(channel_begin(channel, JOB_VERIFIED),
		     x509_verify(child, issuer));
	channel_end(channel);
	send_all(channel);
}

/* ---- the worker ------------------------------------------------------------*/

/* What libraries would otherwise open, or ask the kernel for, in the sandbox.
 * Messages are recorded, and the same whoever made them.  */
static void prepare(void)
{
	x509_ready();	/* may have to tell that it cannot be loaded */
	setlocale(LC_MESSAGES, "C");
	tzset();
	database_ready();
	json_ready();
}

static void prepare_packages(void)
{
	prepare();
	unpack_ready();
}

static void work(struct channel *channel)
{
	struct wire_sink s = {
		.sink = { put_entry, put_reference, put_problem, put_done },
		.channel = channel,
	};
	struct wire message;
	unsigned type;

	buf_init(&s.ders, SIZE_MAX);
	while (channel_receive(channel, &type, &message) == 0) {
		switch (type) {
		case JOB_READ:
			read_files(&s, message);
			break;
		case JOB_DECODE:
			decode_one(channel, message);
			break;
		case JOB_VERIFY:
			verify_one(channel, message);
			break;
		case JOB_UNPACK:
			unpack_work(channel, message);
			break;
		default:
			_exit(LIE);
		}
	}
}

const struct worker_kind reading_worker = { prepare, work };
const struct worker_kind unpacking_worker = { prepare_packages, work };
