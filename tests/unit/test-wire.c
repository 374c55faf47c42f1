/* test-wire.c -- base/wire.c, base/channel.c, and what workers say in it
 * (read/wire-*.c): what is put is got, and of a stream that was cut off or
 * changed nothing is got that could not have been put.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "read/jobs.h"

#include <cmocka.h>

static struct wire wire_of(const struct buf *b)
{
	return (struct wire){ (const uint8_t *)b->p, b->n, false };
}

static struct blob text_blob(const char *s)
{
	return (struct blob){ (const uint8_t *)s, strlen(s) };
}

/* ---- numbers and bytes -----------------------------------------------------*/

static void all_kinds(void **state)
{
	AUTO(buf) struct buf b;
	AUTO(str) char *text = NULL, *empty = NULL, *none = NULL;
	uint8_t fixed[3];
	struct wire w;

	(void)state;
	buf_init(&b, SIZE_MAX);
	wire_put_u32(&b, 0xfffffffe);
	wire_put_u64(&b, UINT64_C(0x0123456789abcdef));
	wire_put_i64(&b, INT64_MIN);
	wire_put_i64(&b, -1);
	wire_put_fixed(&b, "abc", 3);
	wire_put_bytes(&b, (struct blob){ (const uint8_t *)"a\0b", 3 });
	wire_put_text(&b, "text");
	wire_put_text(&b, "");
	wire_put_text(&b, NULL);
	w = wire_of(&b);
	assert_int_equal(wire_get_u32(&w, UINT32_MAX), 0xfffffffe);
	assert_true(wire_get_u64(&w, UINT64_MAX) ==
		    UINT64_C(0x0123456789abcdef));
	assert_true(wire_get_i64(&w, INT64_MIN, 0) == INT64_MIN);
	assert_true(wire_get_i64(&w, -1, 0) == -1);
	wire_get_fixed(&w, fixed, 3);
	assert_memory_equal(fixed, "abc", 3);
	assert_int_equal(wire_get_bytes(&w, 3).n, 3);
	text = wire_get_text(&w, 4);
	assert_string_equal(text, "text");
	empty = wire_get_text(&w, 0);
	assert_string_equal(empty, "");
	none = wire_get_text(&w, 4);
	assert_null(none);
	assert_int_equal(wire_end(&w), 0);
}

/* Past a limit: bad at once, and for good.  */
static void limits(void **state)
{
	AUTO(buf) struct buf b;
	struct wire w;

	(void)state;
	buf_init(&b, SIZE_MAX);
	wire_put_u32(&b, 5);
	wire_put_u32(&b, 1);
	w = wire_of(&b);
	assert_int_equal(wire_get_u32(&w, 4), 0);
	assert_true(w.bad);
	assert_int_equal(wire_get_u32(&w, 4), 0);
	assert_int_equal(wire_end(&w), -EBADMSG);

	w = wire_of(&b);
	assert_int_equal(wire_get_u64(&w, 4), 0);
	assert_true(w.bad);
	w = wire_of(&b);
	assert_true(wire_get_i64(&w, 0, 1) == 0);
	assert_true(w.bad);
	/* more bytes than are there, and than may be */
	w = wire_of(&b);
	assert_null(wire_get_bytes(&w, 100).p);
	assert_true(w.bad);
	w = wire_of(&b);
	assert_null(wire_get_bytes(&w, 4).p);
	assert_true(w.bad);
	/* what is left over is wrong, too */
	w = wire_of(&b);
	wire_get_u32(&w, 5);
	assert_int_equal(wire_end(&w), -EBADMSG);
	/* a text is not half a text */
	b.n = 0;
	wire_put_bytes(&b, (struct blob){ (const uint8_t *)"a\0b", 3 });
	w = wire_of(&b);
	assert_null(wire_get_text(&w, 3));
	assert_true(w.bad);
}

/* ---- records ---------------------------------------------------------------*/

#define LIMIT	1000u		/* of offsets */

/* Nothing that was got is outside what could have been put.  */
static void check_entry(const struct wire *w, struct blob all,
			const struct entry *e, const struct entry_names *names)
{
	const uint8_t *end = all.p + all.n;

	if (w->bad)
		return;
	assert_int_equal((e->der.n > 0) + (e->sha256 != NULL) +
			 (names != NULL), 1);
	assert_true(e->der.n <= LIMIT_CERTIFICATE_BYTES);
	if (e->der.n > 0)
		assert_true(e->der.p >= all.p && e->der.p + e->der.n <= end);
	if (e->sha256 != NULL)
		assert_true(e->sha256 >= all.p &&
			    e->sha256 + SHA256_SIZE <= end);
	if (e->label != NULL && e->label_n > 0)
		assert_true((const uint8_t *)e->label >= all.p &&
			    (const uint8_t *)e->label + e->label_n <= end);
	assert_true(e->label_n <= LIMIT_LABEL_BYTES);
	assert_true(e->offset <= LIMIT);
	assert_true(e->role <= ROLE_SOURCE);
	assert_true((e->purposes & ~PURPOSES_ALL) == 0);
	assert_true(e->seal <= SEAL_PASSWORD);
	assert_null(e->facts);
	if (names != NULL)
		assert_true(names->by_key || names->issuer != NULL);
}

static void check_result(const struct wire *w, const struct read_request *r,
			 const struct read_file *f)
{
	if (w->bad)
		return;
	assert_true(f->error <= 0 && f->error >= -4095);
	if (f->reader != NULL)
		assert_true(has_word(r->formats, f->reader->name));
	assert_true(f->size <= LIMIT);
	assert_true(f->engine == NULL || has_prefix(f->engine, r->engine));
}

static void check_certificate(const struct wire *w,
			      const struct certificate *c)
{
	if (w->bad)
		return;
	assert_true(c->decoded == (c->error == NULL));
	if (!c->decoded)
		return;
	assert_non_null(c->subject);
	assert_non_null(c->issuer);
	assert_non_null(c->name);
	assert_non_null(c->serial);
	assert_true(is_utf8(c->subject, strlen(c->subject)));
	assert_true(c->key <= KEY_EDWARDS && c->hash <= HASH_KIND_SHA2);
}

static const struct read_request request = {
	.formats = "pem nss", .engine = "OpenSSL", .limit = LIMIT,
};

/* Gets every record there is in the stream.  */
static int get_all(struct blob stream, size_t *ret_n)
{
	struct wire w = { stream.p, stream.n, false };
	size_t n = 0;

	while (!w.bad && w.n > 0) {
		struct read_file result = { .companion_fd = 1 };
		AUTO(certificate) struct certificate c = { .decoded = false };
		struct entry_names *names = NULL;
		struct reference reference;
		struct problem problem;
		struct entry e;

		switch (wire_get_u32(&w, 5)) {
		case RECORD_ENTRY:
			entry_get(&w, LIMIT, &e, &names);
			check_entry(&w, stream, &e, names);
			entry_names_free(names);
			break;
		case RECORD_REFERENCE:
			reference_get(&w, LIMIT, &reference);
			assert_true(w.bad || reference.name.n <=
				    LIMIT_PATH_BYTES + 1);
			break;
		case RECORD_PROBLEM:
			problem_get(&w, LIMIT, &problem);
			assert_true(w.bad ||
				    problem.code < PROBLEM_READER_DIED);
			free((char *)problem.message);
			break;
		case RECORD_END:
			result_get(&w, &request, &result);
			check_result(&w, &request, &result);
			free(result.engine);
			break;
		case 5:
			certificate_get(&w, text_blob("der"),
					(const uint8_t[SHA256_SIZE]){ 1 },
					false, &c);
			check_certificate(&w, &c);
			break;
		default:
			w.bad = true;
		}
		n++;
	}
	*ret_n = n;
	return wire_end(&w);
}

static void put_entries(struct buf *b)
{
	static const uint8_t hash[SHA256_SIZE] = { 7 };
	const struct entry_names names = {
		.issuer = "CN=a", .serial = "01", .by_key = true,
	};
	const struct entry_facts facts = { .names = &names };
	const struct entry entries[] = {
		{ .der = { (const uint8_t *)"0123456789", 10 }, .label = "l",
		  .label_n = 1, .offset = 17, .role = ROLE_ANCHOR,
		  .purposes = PURPOSES_ALL, .marked = true,
		  .seal = SEAL_PASSWORD, .distrust_after = 1 },
		{ .sha256 = hash, .role = ROLE_SOURCE, .private_key = true },
		{ .facts = &facts, .role = ROLE_DISTRUST, .label = "",
		  .offset = LIMIT, .distrust_after = INT64_MIN },
	};

	for (size_t k = 0; k < ARRAY_SIZE(entries); k++) {
		wire_put_u32(b, RECORD_ENTRY);
		entry_put(b, &entries[k]);
	}
}

static void put_stream(struct buf *b)
{
	static const uint8_t id[] = { 1, 2, 3 };
	const struct certificate good = {
		.decoded = true, .subject = (char *)"CN=x",
		.issuer = (char *)"CN=x", .name = (char *)"x",
		.serial = (char *)"0a", .not_before = -5, .not_after = 5,
		.key_id = (uint8_t *)(uintptr_t)id, .key_id_n = sizeof(id),
		.is_ca = true, .self_signed = true, .key = KEY_EC,
		.key_bits = 256, .hash = HASH_KIND_SHA2,
	};
	const struct certificate bad = { .error = (char *)"no" };

	put_entries(b);
	wire_put_u32(b, RECORD_REFERENCE);
	reference_put(b, &(struct reference){ text_blob("a/b"), ROLE_SOURCE,
					      3 });
	wire_put_u32(b, RECORD_PROBLEM);
	problem_put(b, &(struct problem){ PROBLEM_MALFORMED, 4, "why", true });
	wire_put_u32(b, RECORD_END);
	result_put(b, &(struct read_file){
		.companion_fd = 1, .reader = reader_find("nss"), .size = 9,
		.wants_companion = true, .companion_error = -EIO,
		.engine = (char *)"OpenSSL 3.0.1" });
	wire_put_u32(b, RECORD_END);
	result_put(b, &(struct read_file){ .error = -EFBIG });
	wire_put_u32(b, 5);
	certificate_put(b, &good);
	wire_put_u32(b, 5);
	certificate_put(b, &bad);
}
#define RECORDS	9u

static void whole_stream(void **state)
{
	AUTO(buf) struct buf b;
	size_t n;

	(void)state;
	buf_init(&b, SIZE_MAX);
	put_stream(&b);
	assert_int_equal(get_all((struct blob){ (uint8_t *)b.p, b.n }, &n), 0);
	assert_int_equal(n, RECORDS);
}

/* Cut off anywhere: an error, unless that is where a record ends, and then
 * there are fewer.  The bytes are at the end of their memory for sanitizers.  */
static void truncated_stream(void **state)
{
	AUTO(buf) struct buf b;
	size_t whole = 0;

	(void)state;
	buf_init(&b, SIZE_MAX);
	put_stream(&b);
	for (size_t n = 1; n < b.n; n++) {
		uint8_t *copy = xmemdup(b.p, n);
		size_t records;
		int r = get_all((struct blob){ copy, n }, &records);

		free(copy);
		if (r == 0)
			assert_int_equal(records, ++whole);
		else
			assert_int_equal(r, -EBADMSG);
	}
	assert_int_equal(whole, RECORDS - 1);
}

/* Every bit flipped, and every byte with every value that lengths like to have:
 * an error, or records that could have been put (check_*()).  */
static void changed_stream(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	AUTO(buf) struct buf b;
	size_t refused = 0, n;

	(void)state;
	buf_init(&b, SIZE_MAX);
	put_stream(&b);
	for (size_t at = 0; at < b.n; at++) {
		const char was = b.p[at];

		for (unsigned k = 0; k < 8 + ARRAY_SIZE(values); k++) {
			uint8_t *copy;

			b.p[at] = k < 8 ? (char)(was ^ 1 << k)
					: (char)values[k - 8];
			copy = xmemdup(b.p, b.n);
			refused += get_all((struct blob){ copy, b.n }, &n) < 0;
			free(copy);
		}
		b.p[at] = was;
	}
	assert_true(refused > b.n);
}

/* What does not go together.  */
static void lies(void **state)
{
	const struct read_file cases[] = {
		/* another reader than was asked for */
		{ .companion_fd = 1, .reader = reader_find("jks") },
		/* an error and a reader */
		{ .companion_fd = 1, .reader = reader_find("pem"),
		  .error = -EIO },
		/* a companion that its reader does not want, or wants */
		{ .companion_fd = 1, .reader = reader_find("pem"),
		  .wants_companion = true },
		{ .companion_fd = 1, .reader = reader_find("nss") },
		/* an engine nobody asked for */
		{ .companion_fd = 1, .reader = reader_find("pem"),
		  .engine = (char *)"LibreSSL 1" },
		{ .companion_fd = 1, .engine = (char *)"OpenSSL 1" },
		/* larger than any file here */
		{ .companion_fd = 1, .reader = reader_find("pem"),
		  .size = LIMIT + 1 },
		{ .companion_fd = 1, .error = 1 },
	};
	const struct certificate stranger = {
		.decoded = true, .subject = (char *)"CN=x",
		.issuer = (char *)"CN=y", .name = (char *)"x",
		.serial = (char *)"0a", .self_signed = true,
		.issuer_sha256 = { 1 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		AUTO(buf) struct buf b;
		struct read_file f = { .companion_fd = 1 };
		struct wire w;

		buf_init(&b, SIZE_MAX);
		result_put(&b, &cases[k]);
		w = wire_of(&b);
		result_get(&w, &request, &f);
		assert_int_equal(wire_end(&w), -EBADMSG);
		free(f.engine);
	}
	for (unsigned verified = 0; verified < 2; verified++) {
		AUTO(certificate) struct certificate c = { .decoded = false };
		const struct certificate undecoded = { .error = (char *)"no" };
		AUTO(buf) struct buf b;
		struct wire w;

		buf_init(&b, SIZE_MAX);
		/* signed by itself under two names; undecoded though known */
		certificate_put(&b, verified ? &undecoded : &stranger);
		w = wire_of(&b);
		certificate_get(&w, text_blob("der"),
				(const uint8_t[SHA256_SIZE]){ 1 }, verified,
				&c);
		assert_int_equal(wire_end(&w), -EBADMSG);
	}
}

/* ---- channels --------------------------------------------------------------*/

/* Two ends in one process: what fits the socket's buffer needs no other.  */
static void make_pair(struct channel *program, struct channel *worker)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	channel_init(program, pair[0], getpid());
	channel_init(worker, pair[1], 0);
}

static void messages(void **state)
{
	struct channel program, worker;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct wire w;
	unsigned type;

	(void)state;
	make_pair(&program, &worker);
	wire_put_u32(channel_begin(&program, 7), 70);
	channel_end(&program);
	channel_begin(&program, 8);
	channel_end(&program);
	assert_int_equal(channel_send(&program, &null, 1), 0);
	assert_int_equal(channel_receive(&worker, &type, &w), 0);
	assert_int_equal(type, 7);
	assert_int_equal(wire_get_u32(&w, 70), 70);
	assert_int_equal(wire_end(&w), 0);
	assert_int_equal(channel_receive(&worker, &type, &w), 0);
	assert_int_equal(type, 8);
	assert_int_equal(w.n, 0);
	close(null);
	null = channel_take_fd(&worker);
	assert_true(null >= 0);
	assert_int_equal(channel_take_fd(&worker), -1);
	close(null);
	/* the other side ends */
	channel_done(&worker);
	assert_int_equal(channel_receive(&program, &type, &w), -EPIPE);
	channel_begin(&program, 1);
	channel_end(&program);
	assert_int_equal(channel_send(&program, NULL, 0), -EPIPE);
	channel_done(&program);
}

/* A worker that says nothing, half of something, too much, and that sends
 * descriptors.  */
static void silence_and_lies(void **state)
{
	static const uint8_t half[] = { 0, 0, 0, 9, 0, 0 };
	static const uint8_t long_one[] = { 0xff, 0, 0, 0, 0, 0, 0, 1 };
	struct channel program, worker;
	struct wire w;
	unsigned type;

	(void)state;
	make_pair(&program, &worker);
	program.wall_limit = 0;
	channel_arm(&program);
	assert_int_equal(channel_receive(&program, &type, &w), -ETIMEDOUT);
	assert_int_equal(write(worker.fd, half, sizeof(half)), sizeof(half));
	assert_int_equal(channel_receive(&program, &type, &w), -ETIMEDOUT);
	channel_done(&program);
	channel_done(&worker);

	make_pair(&program, &worker);
	assert_int_equal(write(worker.fd, long_one, sizeof(long_one)),
			 sizeof(long_one));
	assert_int_equal(channel_receive(&program, &type, &w), -EBADMSG);
	channel_done(&program);
	channel_done(&worker);
}

/* A worker that goes on saying a little, and one that says much, are not given more
 * time than one that says nothing.  */
static void chatter(void **state)
{
	static const uint8_t header[] = { 0, 0x1f, 0, 0, 0, 0, 0, 1 };
	static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	struct channel program, worker;
	struct wire w;
	unsigned type;
	pid_t pid;
	int r = 0;

	(void)state;
	make_pair(&program, &worker);
	program.wall_limit = 0;
	channel_arm(&program);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		r = (int)write(worker.fd, header, sizeof(header));
		for (int k = 0; k < 500 && r > 0; k++) {
			nanosleep(&pause, NULL);
			r = (int)write(worker.fd, "x", 1);
		}
		_exit(0);
	}
	assert_int_equal(channel_receive(&program, &type, &w), -ETIMEDOUT);
	channel_done(&program);
	channel_done(&worker);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);

	make_pair(&program, &worker);
	program.cpu_limit = 0;
	program.cpu_end = 0;
	for (r = 0; r == 0;) {
		wire_put_bytes(channel_begin(&worker, 1),
			       (struct blob){ header, sizeof(header) });
		channel_end(&worker);
		assert_int_equal(channel_send(&worker, NULL, 0), 0);
		r = channel_receive(&program, &type, &w);
	}
	assert_int_equal(r, -ETIME);
	channel_done(&program);
	channel_done(&worker);
}

static void no_descriptors_come_back(void **state)
{
	struct channel program, worker;
	struct wire w;
	unsigned type;
	int before, after;

	(void)state;
	make_pair(&program, &worker);
	before = dup(worker.fd);
	assert_true(before >= 0);
	close(before);
	worker.peer = getpid();	/* sends as the program does */
	channel_begin(&worker, 1);
	channel_end(&worker);
	assert_int_equal(channel_send(&worker, &worker.fd, 1), 0);
	assert_int_equal(channel_receive(&program, &type, &w), 0);
	assert_int_equal(channel_take_fd(&program), -1);
	after = dup(worker.fd);	/* the lowest that is free */
	assert_int_equal(after, before);
	close(after);
	channel_done(&program);
	channel_done(&worker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),
		cmocka_unit_test(limits),
		cmocka_unit_test(whole_stream),
		cmocka_unit_test(truncated_stream),
		cmocka_unit_test(changed_stream),
		cmocka_unit_test(lies),
		cmocka_unit_test(messages),
		cmocka_unit_test(silence_and_lies),
		cmocka_unit_test(chatter),
		cmocka_unit_test(no_descriptors_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
