/* wire.c -- what the program takes from a worker that may lie, and its own state
 * of a crawl, which is read as carefully.
 *
 * wire         records, each behind its type: what is good is inside its limits,
 *              and put again it is the same bytes
 * channel      what a worker sends over its socket while it has files: headers,
 *              chunks, decoded certificates, through batch_run() into sinks
 * crawl-state  the key is the one that the bytes have
 * looks        asked of the program's own data directory
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "locate/crawl.h"
#include "read/jobs.h"

#define LIMIT	1000000u	/* of offsets and sizes */
#define FILES	3u
#define SENT_MAX	65536u	/* fits a socket's buffer */

enum { RECORD_CERTIFICATE = RECORD_END + 1, RECORD_REQUEST, RECORD_FILE };

static const struct read_request request = {
	.formats = "pem nss jks", .engine = "OpenSSL", .limit = LIMIT,
};
static const uint8_t no_hash[SHA256_SIZE];

static void check_entry(const struct entry *e, const struct entry_names *names)
{
	MUST((e->der.n > 0) + (e->sha256 != NULL) + (names != NULL) == 1);
	MUST(e->der.n <= LIMIT_CERTIFICATE_BYTES);
	MUST(e->label_n <= LIMIT_LABEL_BYTES);
	MUST(e->label != NULL || e->label_n == 0);
	MUST(e->offset <= LIMIT);
	MUST(e->role <= ROLE_SOURCE && e->seal <= SEAL_PASSWORD);
	MUST((e->purposes & ~PURPOSES_ALL) == 0);
	MUST(names == NULL || names->by_key || names->issuer != NULL);
	MUST(names == NULL || names->issuer == NULL ||
	     is_utf8(names->issuer, strlen(names->issuer)));
}

static void check_certificate(const struct certificate *c)
{
	MUST(c->decoded == (c->error == NULL));
	if (!c->decoded)
		return;
	MUST(is_utf8(c->subject, strlen(c->subject)));
	MUST(is_utf8(c->issuer, strlen(c->issuer)));
	MUST(is_utf8(c->name, strlen(c->name)));
	MUST(c->serial != NULL);
	MUST(c->key <= KEY_EDWARDS && c->hash <= HASH_KIND_SHA2);
	MUST((c->key_id != NULL) >= (c->key_id_n > 0));
}

static void check_result(const struct read_file *f)
{
	MUST(f->error <= 0 && f->companion_error <= 0);
	MUST(f->size <= LIMIT);
	MUST(f->reader == NULL || has_word(request.formats, f->reader->name));
	MUST(f->engine == NULL || has_prefix(f->engine, request.engine));
}

/* ---- wire ------------------------------------------------------------------*/

static void get_entry(struct wire *w, struct buf *again)
{
	struct entry_names *names;
	struct entry_facts facts = { .names = NULL };
	struct entry e;

	entry_get(w, LIMIT, &e, &names);
	if (!w->bad) {
		check_entry(&e, names);
		facts.names = names;
		e.facts = &facts;
		entry_put(again, &e);
	}
	entry_names_free(names);
}

static void get_reference(struct wire *w, struct buf *again)
{
	struct reference r;

	reference_get(w, LIMIT, &r);
	if (!w->bad)
		reference_put(again, &r);
}

static void get_problem(struct wire *w, struct buf *again)
{
	struct problem p;

	problem_get(w, LIMIT, &p);
	if (!w->bad) {
		MUST(p.code < PROBLEM_READER_DIED && p.message != NULL);
		problem_put(again, &p);
	}
	free((char *)p.message);
}

static void get_result(struct wire *w, struct buf *again)
{
	struct read_file f = { .companion_fd = 1 };

	result_get(w, &request, &f);
	if (!w->bad) {
		check_result(&f);
		result_put(again, &f);
	}
	free(f.engine);
}

static void get_certificate(struct wire *w, struct buf *again)
{
	AUTO(certificate) struct certificate c = { .decoded = false };

	certificate_get(w, (struct blob){ no_hash, 1 }, no_hash, false, &c);
	if (!w->bad) {
		check_certificate(&c);
		certificate_put(again, &c);
	}
}

/* These two a worker gets from the program.  */
static void get_request(struct wire *w, struct buf *again)
{
	struct read_request r;

	request_get(w, &r);
	if (!w->bad)
		request_put(again, &r);
	free((char *)r.formats);
	free((char *)r.engine);
}

static void get_file(struct wire *w)
{
	struct read_file f;
	bool companion;

	read_file_get(w, &f, &companion);
	MUST(w->bad || f.id.size >= 0);
}

/* A record and its type; false: there is no such type.  */
static bool get_record(struct wire *w, uint32_t type, struct buf *again)
{
	switch (type) {
	case RECORD_ENTRY:
		get_entry(w, again);
		return true;
	case RECORD_REFERENCE:
		get_reference(w, again);
		return true;
	case RECORD_PROBLEM:
		get_problem(w, again);
		return true;
	case RECORD_END:
		get_result(w, again);
		return true;
	case RECORD_CERTIFICATE:
		get_certificate(w, again);
		return true;
	case RECORD_REQUEST:
		get_request(w, again);
		return true;
	case RECORD_FILE:
		get_file(w);
		return true;
	}
	return false;
}

static void take_wire(struct blob input)
{
	struct wire w = { input.p, input.n, false };

	while (!w.bad && w.n > 0) {
		const uint32_t type = wire_get_u32(&w, RECORD_FILE);
		const uint8_t *begin = w.p;
		AUTO(buf) struct buf again;

		buf_init(&again, SIZE_MAX);
		if (w.bad || !get_record(&w, type, &again))
			return;
		if (!w.bad && type != RECORD_FILE)
			MUST(again.n == (size_t)(w.p - begin) &&
			     memcmp(again.p, begin, again.n) == 0);
	}
}

const struct fuzz_target wire_target = { "wire", NULL, take_wire };

/* ---- channel ---------------------------------------------------------------*/

static int take_entry(struct sink *s, const struct entry *e)
{
	(void)s;
	MUST(e->facts != NULL);
	check_entry(e, e->facts->names);
	if (e->der.n > 0 && e->facts->certificate != NULL)
		check_certificate(e->facts->certificate);
	/* the last of a full store */
	return e->role == ROLE_SOURCE ? -E2BIG : 0;
}

static int take_reference(struct sink *s, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	(void)s;
	MUST(name != NULL && n <= LIMIT_PATH_BYTES + 1);
	MUST(role <= ROLE_SOURCE && offset <= LIMIT);
	return 0;
}

static void take_problem(struct sink *s, const struct problem *p)
{
	(void)s;
	MUST(p->message != NULL && p->offset <= LIMIT);
}

static void take_done(struct sink *s, uint64_t offset)
{
	(void)s, (void)offset;
}

static void forget(struct sink *s)
{
	(void)s;
}

/* What the host knows depends on the hash alone.  */
static int known(void *data, const uint8_t sha256[SHA256_SIZE],
		 bool *ret_verified)
{
	(void)data;
	*ret_verified = sha256[0] % 4 == 1;
	return sha256[0] % 4 == 0;
}

static int no_roots(void *data, const struct blob **ret_roots, size_t *ret_n)
{
	(void)data;
	*ret_roots = NULL;
	*ret_n = 0;
	return 0;
}

static void run_batch(int program, int worker)
{
	static const struct readings_host host = { known, no_roots, NULL };
	struct sink sink = { take_entry, take_reference, take_problem,
			     take_done };
	struct read_file files[FILES];
	struct channel c;
	struct batch b = {
		.host = &host, .request = &request, .channel = &c,
		.files = files, .n = FILES,
	};
	int r;

	channel_init(&c, program, getpid());
	c.wall_limit = 0;	/* who says nothing more never will */
	for (size_t k = 0; k < FILES; k++)
		files[k] = (struct read_file){
			.fd = worker, .companion_fd = k == 0 ? worker : -1,
			.sink = &sink, .forget = forget,
		};
	r = batch_run(&b);
	MUST(r <= 0 && (r < 0 || b.finished == FILES));
	for (size_t k = 0; k < FILES; k++) {
		if (k < b.finished)
			check_result(&files[k]);
		free(files[k].engine);
	}
	channel_done(&c);
}

static void take_channel(struct blob input)
{
	int pair[2];

	if (input.n > SENT_MAX)
		input.n = SENT_MAX;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	if (send(pair[1], input.p, input.n, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)input.n && shutdown(pair[1], SHUT_WR) == 0)
		run_batch(pair[0], pair[1]);
	else
		close(pair[0]);
	close(pair[1]);
}

const struct fuzz_target channel_target = { "channel", NULL, take_channel };

/* ---- the state of a crawl --------------------------------------------------*/

#define KEY_AT	4u		/* behind the version */

static void check_state(const struct crawl_state *s)
{
	MUST(s->n <= LIMIT_CRAWL_DIRECTORIES);
	for (size_t k = 0; k < s->n; k++) {
		const struct crawled_directory *d = &s->directories[k];

		MUST(d->path[0] == '/' && strlen(d->path) < LIMIT_PATH_BYTES);
		MUST(strstr(d->path, "/../") == NULL &&
		     strstr(d->path, "/./") == NULL &&
		     strstr(d->path, "//") == NULL);
		MUST(crawl_state_find(s, d->path) == d);
		MUST(d->n <= LIMIT_DIRECTORY_NAMES);
		for (size_t j = 0; j < d->n; j++)
			MUST(strchr(d->candidates[j].name, '/') == NULL);
	}
}

/* What was read is written and read as the same.  */
static void take_crawl_state(struct blob input)
{
	uint8_t key[SHA256_SIZE] = { 0 };
	AUTO(buf) struct buf first, second;
	struct crawl_state s, again;

	buf_init(&first, SIZE_MAX);
	buf_init(&second, SIZE_MAX);
	if (input.n >= KEY_AT + sizeof(key))
		memcpy(key, input.p + KEY_AT, sizeof(key));
	if (crawl_state_read(input, key, &s) < 0)
		return;
	check_state(&s);
	crawl_state_write(&s, key, &first);
	crawl_state_done(&s);
	MUST(crawl_state_read((struct blob){ (uint8_t *)first.p, first.n }, key,
			      &again) == 0);
	crawl_state_write(&again, key, &second);
	crawl_state_done(&again);
	MUST(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
}

const struct fuzz_target crawl_state_target = {
	"crawl-state", NULL, take_crawl_state
};

/* ---- what a scan looked at ---------------------------------------------------*/

static struct root looks_root;

static void prepare_looks(void)
{
	MUST(root_open(data_dir(), &looks_root) == 0);
}

/* Bytes are all used, or are none.  */
static void take_looks(struct blob input)
{
	const int r = looks_same(&looks_root, input);

	MUST(r == 1 || r == 0 || r == -EBADMSG);
	if (r == 1)
		MUST(looks_same(&looks_root, (struct blob){
			     input.p, input.n - 1 }) != 1);
}

const struct fuzz_target looks_target = { "looks", prepare_looks, take_looks };
