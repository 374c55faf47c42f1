/* unpack-job.c -- packages taken apart in a worker, and what the program and that
 * worker say to each other about it.
 *
 * The worker names one member after the other; of each regular file it waits to
 * be told whether the program wants its bytes.  A package has a worker of its
 * own, which ends with it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read/jobs.h"

#define LIE	69	/* exit status, as in reading-worker.c */

/* ---- in the worker -----------------------------------------------------------*/

static void send_all(struct channel *c)
{
	channel_end(c);
	if (channel_send(c, NULL, 0) < 0)
		_exit(WORKER_DONE);
}

static int say_facts(void *data, const struct package_facts *f)
{
	struct channel *c = data;
	struct buf *b = channel_begin(c, JOB_PACKAGE);

	wire_put_text(b, f->format);
	wire_put_text(b, f->name);
	wire_put_text(b, f->version);
	wire_put_text(b, f->architecture);
	channel_end(c);
	return 0;
}

static int say_marked(void *data, const struct package_mark *m)
{
	struct channel *c = data;
	struct buf *b = channel_begin(c, JOB_MARKED);

	wire_put_text(b, m->path);
	wire_put_u32(b, m->ghost);
	wire_put_u32(b, m->noreplace);
	wire_put_text(b, m->sha256);
	channel_end(c);
	if (b->n > LIMIT_WIRE_CHUNK && channel_send(c, NULL, 0) < 0)
		_exit(WORKER_DONE);
	return 0;
}

static int say_listed(void *data)
{
	struct channel *c = data;

	channel_begin(c, JOB_LISTED);
	send_all(c);
	return 0;
}

static int say_member(void *data, const struct package_member *m)
{
	struct channel *c = data;
	struct buf *b = channel_begin(c, JOB_MEMBER);
	struct wire message;
	uint32_t wanted;
	unsigned type;

	wire_put_u32(b, (uint8_t)m->kind);
	wire_put_u32(b, m->mode);
	wire_put_u64(b, m->size);
	wire_put_text(b, m->path);
	wire_put_text(b, m->target);
	channel_end(c);
	if (m->kind != 'f') {
		if (b->n > LIMIT_WIRE_CHUNK && channel_send(c, NULL, 0) < 0)
			_exit(WORKER_DONE);
		return 0;
	}
	if (channel_send(c, NULL, 0) < 0 ||
	    channel_receive(c, &type, &message) < 0)
		_exit(WORKER_DONE);
	wanted = wire_get_u32(&message, 1);
	if (type != JOB_TAKE || wire_end(&message) < 0)
		_exit(LIE);
	return (int)wanted;
}

static int say_bytes(void *data, struct blob part)
{
	struct channel *c = data;

	wire_put_bytes(channel_begin(c, JOB_BYTES), part);
	send_all(c);
	return 0;
}

static const struct package_sink teller = {
	say_facts, say_marked, say_listed, say_member, say_bytes };

void unpack_work(struct channel *c, struct wire message)
{
	AUTO(str) char *error = NULL;
	AUTO(fd) int fd = channel_take_fd(c);
	struct buf *b;
	int r;

	if (fd < 0 || wire_end(&message) < 0)
		_exit(LIE);
	r = package_unpack(fd, &teller, c, &error);
	b = channel_begin(c, JOB_UNPACKED);
	wire_put_u32(b, r < 0);
	wire_put_text(b, error);
	send_all(c);
}

/* ---- in the program ------------------------------------------------------------*/

struct unpacking {
	struct channel *channel;
	const struct package_sink *sink;
	void *data;
	enum { NOTHING_HEARD, FACTS_HEARD, LIST_HEARD } state;
	uint64_t members, kept;
	uint64_t left;			/* bytes of the member that are to come */
	int host_error;			/* what the sink returned */
};

static int hear_facts(struct unpacking *u, struct wire *w)
{
	char *format = wire_get_text(w, LIMIT_LABEL_BYTES);
	char *name = wire_get_text(w, LIMIT_LABEL_BYTES);
	char *version = wire_get_text(w, LIMIT_LABEL_BYTES);
	char *architecture = wire_get_text(w, LIMIT_LABEL_BYTES);
	const struct package_facts facts = {
		.format = format, .name = name, .version = version,
		.architecture = architecture };
	int r = wire_end(w);

	if (r == 0 && (format == NULL || name == NULL ||
		       u->state != NOTHING_HEARD))
		r = -EBADMSG;
	u->state = FACTS_HEARD;
	if (r == 0)
		r = u->host_error = u->sink->facts(u->data, &facts);
	free(format);
	free(name);
	free(version);
	free(architecture);
	return r < 0 ? r : 0;
}

/* A path as a package has it: absolute, and every component a name.  */
static bool is_path(const char *path)
{
	if (path == NULL || *path != '/')
		return false;
	if (path[1] == '\0')
		return true;
	for (; path != NULL; path = strchr(path + 1, '/')) {
		const size_t n = strcspn(path + 1, "/");

		if (n == 0 || (path[1] == '.' && (n == 1 ||
						  (n == 2 && path[2] == '.'))))
			return false;
	}
	return true;
}

static int hear_marked(struct unpacking *u, struct wire *w)
{
	AUTO(str) char *path = wire_get_text(w, LIMIT_PATH_BYTES);
	const bool ghost = wire_get_u32(w, 1), noreplace = wire_get_u32(w, 1);
	AUTO(str) char *sha256 = wire_get_text(w, 2 * SHA256_SIZE);
	const struct package_mark m = { path, ghost, noreplace, sha256 };
	int r = wire_end(w);

	if (r == 0 && (u->state != FACTS_HEARD || !is_path(path) ||
		       ++u->members > LIMIT_PACKAGE_MEMBERS))
		r = -EBADMSG;
	if (r == 0)
		r = u->host_error = u->sink->marked(u->data, &m);
	return r < 0 ? r : 0;
}

static int hear_listed(struct unpacking *u, struct wire *w)
{
	int r = wire_end(w);

	if (r == 0 && u->state != FACTS_HEARD)
		r = -EBADMSG;
	u->state = LIST_HEARD;
	u->members = 0;
	if (r == 0)
		r = u->host_error = u->sink->listed(u->data);
	return r < 0 ? r : 0;
}

static int hear_member(struct unpacking *u, struct wire *w)
{
	struct package_member m = { .kind = (char)wire_get_u32(w, 127) };
	AUTO(str) char *path = NULL, *target = NULL;
	bool wanted;
	int r;

	m.mode = wire_get_u32(w, 07777);
	m.size = wire_get_u64(w, UINT64_MAX);
	m.path = path = wire_get_text(w, LIMIT_PATH_BYTES);
	m.target = target = wire_get_text(w, LIMIT_PATH_BYTES);
	r = wire_end(w);
	if (r == 0 && (u->state != LIST_HEARD || u->left > 0 ||
		       !is_path(m.path) ||
		       strchr("fdlho", m.kind) == NULL || m.kind == '\0' ||
		       (m.kind == 'h' && !is_path(m.target)) ||
		       (m.kind == 'l' && m.target == NULL) ||
		       ++u->members > LIMIT_PACKAGE_MEMBERS))
		r = -EBADMSG;
	if (r < 0)
		return r;
	r = u->sink->member(u->data, &m);
	if (r < 0) {
		u->host_error = r;
		return r;
	}
	if (m.kind != 'f')
		return 0;
	wanted = r > 0;
	/* The worker refuses what is larger than a limit; one that does not has
	 * said what it may not.  */
	if (wanted && m.size <= LIMIT_PACKAGE_MEMBER &&
	    u->kept + m.size <= LIMIT_PACKAGE_KEPT)
		u->kept += u->left = m.size;
	wire_put_u32(channel_begin(u->channel, JOB_TAKE), wanted);
	channel_end(u->channel);
	return channel_send(u->channel, NULL, 0);
}

static int hear_bytes(struct unpacking *u, struct wire *w)
{
	const struct blob part = wire_get_bytes(w, LIMIT_WIRE_BYTES);
	int r = wire_end(w);

	if (r == 0 && part.n > u->left)
		r = -EBADMSG;
	if (r < 0)
		return r;
	u->left -= part.n;
	u->host_error = u->sink->bytes(u->data, part);
	return u->host_error < 0 ? u->host_error : 0;
}

/* 1: it is done.  */
static int hear_end(struct unpacking *u, struct wire *w, char **ret_error)
{
	const bool failed = wire_get_u32(w, 1) != 0;
	char *error = wire_get_text(w, MESSAGE_BYTES);
	int r = wire_end(w);

	if (r == 0 && !failed && (u->left > 0 || u->state != LIST_HEARD))
		r = -EBADMSG;
	if (r < 0 || !failed) {
		free(error);
		return r < 0 ? r : 1;
	}
	*ret_error = error != NULL ? error : xstrdup("damaged");
	return 1;
}

int unpack_hear(struct channel *c, int fd, const struct package_sink *sink,
		void *data, int *ret_host_error, char **ret_error)
{
	struct unpacking u = { .channel = c, .sink = sink, .data = data };
	int r;

	channel_begin(c, JOB_UNPACK);
	channel_end(c);
	channel_arm(c);
	r = channel_send(c, &fd, 1);
	while (r == 0) {
		struct wire message;
		unsigned type;

		r = channel_receive(c, &type, &message);
		if (r < 0)
			break;
		switch (type) {
		case JOB_PACKAGE:
			r = hear_facts(&u, &message);
			break;
		case JOB_MARKED:
			r = hear_marked(&u, &message);
			break;
		case JOB_LISTED:
			r = hear_listed(&u, &message);
			break;
		case JOB_MEMBER:
			r = hear_member(&u, &message);
			break;
		case JOB_BYTES:
			r = hear_bytes(&u, &message);
			break;
		case JOB_UNPACKED:
			r = hear_end(&u, &message, ret_error);
			break;
		default:
			r = -EBADMSG;
		}
	}
	*ret_host_error = u.host_error < 0 ? u.host_error : 0;
	return r < 0 ? r : 0;
}
