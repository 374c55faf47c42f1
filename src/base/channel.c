/* channel.c -- messages between the program and a worker.
 *
 * A message is its length, its type, and that many bytes.  The two sides take
 * turns, so that neither waits to send while the other does too.
 *
 * The program waits for nobody without bound: what a worker may take is counted
 * in processor time, which is its own doing, and more generously in what the program
 * has waited for it, which also counts what a file system or a busy machine does to
 * it, and not what the program does meanwhile.  A worker that goes on sending a
 * little, or without end, is no better than one that is silent.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"

#define HEADER		8u		/* length, type */
#define READ_BYTES	(64u << 10)
#define LOOK_MS		200		/* how often the limits are looked at */
#define LOOK_BYTES	(1u << 20)	/* ... and when so many have come */

void channel_init(struct channel *c, int fd, pid_t peer)
{
	*c = (struct channel){
		.fd = fd, .peer = peer, .takes_fds = peer == 0,
		.cpu_limit = LIMIT_READ_CPU, .wall_limit = LIMIT_READ_WALL,
	};
	buf_init(&c->out, SIZE_MAX);
	channel_arm(c);
}

void channel_done(struct channel *c)
{
	for (size_t k = 0; k < c->n_fds; k++)
		auto_fd(&c->fds[k]);
	auto_fd(&c->fd);
	free(c->in);
	buf_done(&c->out);
	*c = (struct channel){ .fd = -1 };
}

/* ---- time ----------------------------------------------------------------*/

/* 0 when it is gone.  */
int64_t channel_cpu_time(const struct channel *c)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(c->peer, &clock) != 0 ||
	    clock_gettime(clock, &t) < 0)
		return 0;
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

void channel_arm(struct channel *c)
{
	if (c->peer == 0)
		return;
	c->cpu_end = channel_cpu_time(c) + c->cpu_limit * NS_PER_SECOND;
	c->waited = c->looked = 0;
	c->unlooked_bytes = 0;
}

/* The limits, when it is time.  */
static int look(struct channel *c)
{
	if (c->waited - c->looked < LOOK_MS * NS_PER_MS &&
	    c->unlooked_bytes < LOOK_BYTES)
		return 0;
	c->looked = c->waited;
	c->unlooked_bytes = 0;
	if (channel_cpu_time(c) > c->cpu_end)
		return -ETIME;
	return c->waited > c->wall_limit * NS_PER_SECOND ? -ETIMEDOUT : 0;
}

/* Waits until the peer can be read from, or written to.  */
static int wait_for(struct channel *c, short events)
{
	struct pollfd p = { .fd = c->fd, .events = events };
	int n = 0, r = 0;

	while (n == 0 && r == 0) {
		const int64_t before = monotonic_ns();

		n = poll(&p, 1, LOOK_MS);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			r = -errno;
		c->waited += monotonic_ns() - before;
		if (r == 0)
			r = look(c);
	}
	return r;
}

/* ---- sending -------------------------------------------------------------*/

struct buf *channel_begin(struct channel *c, unsigned type)
{
	c->begun = c->out.n;
	wire_put_u32(&c->out, 0);
	wire_put_u32(&c->out, type);
	return &c->out;
}

void channel_end(struct channel *c)
{
	const size_t n = c->out.n - c->begun - HEADER;

	for (unsigned k = 0; k < 4; k++)
		c->out.p[c->begun + k] = (char)(n >> 8 * (3 - k));
}

/* The first bytes take the descriptors with them.  */
static ssize_t send_some(const struct channel *c, struct blob bytes,
			 const int *fds, size_t n_fds)
{
	union {
		char buffer[CMSG_SPACE(CHANNEL_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { (void *)(uintptr_t)bytes.p, bytes.n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (c->peer == 0)	/* all that a worker's sandbox lets it do */
		return write(c->fd, bytes.p, bytes.n);
	if (n_fds > 0) {
		struct cmsghdr *h;

		memset(&control, 0, sizeof(control));
		m.msg_control = control.buffer;
		m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(h), fds, n_fds * sizeof(int));
	}
	return sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int channel_send(struct channel *c, const int *fds, size_t n_fds)
{
	struct blob rest = { (const uint8_t *)c->out.p, c->out.n };
	int r = 0;

	while (rest.n != 0 && r == 0) {
		ssize_t n = send_some(c, rest, fds, n_fds);

		if (n >= 0) {
			rest.p += n;
			rest.n -= (size_t)n;
			n_fds = 0;
		} else if (errno == EAGAIN && c->peer != 0) {
			r = wait_for(c, POLLOUT);
		} else if (errno != EINTR) {
			r = errno == ECONNRESET ? -EPIPE : -errno;
		}
	}
	c->out.n = 0;
	return r;
}

/* ---- receiving -----------------------------------------------------------*/

static void take_fds(struct channel *c, struct msghdr *m)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h != NULL;
	     h = CMSG_NXTHDR(m, h)) {
		size_t n;

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t k = 0; k < n; k++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + k * sizeof(int),
			       sizeof(fd));
			if (c->n_fds < CHANNEL_FDS)
				c->fds[c->n_fds++] = fd;
			else
				close(fd);
		}
	}
}

int channel_take_fd(struct channel *c)
{
	const int fd = c->n_fds > 0 ? c->fds[0] : -1;

	if (fd >= 0)
		memmove(c->fds, c->fds + 1, --c->n_fds * sizeof(*c->fds));
	return fd;
}

static ssize_t receive_some(struct channel *c)
{
	union {
		char buffer[CMSG_SPACE(CHANNEL_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { c->in + c->n, c->cap - c->n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	/* Without room for them the kernel closes descriptors that a worker
	 * sends.  */
	if (!c->takes_fds)
		return recv(c->fd, c->in + c->n, c->cap - c->n, MSG_DONTWAIT);
	m.msg_control = control.buffer;
	m.msg_controllen = sizeof(control.buffer);
	n = recvmsg(c->fd, &m, MSG_CMSG_CLOEXEC);
	if (n > 0)
		take_fds(c, &m);
	return n;
}

/* Reads until N bytes are there.  */
static int fill(struct channel *c, size_t n)
{
	if (c->pos > 0 && c->n - c->pos < n) {
		memmove(c->in, c->in + c->pos, c->n - c->pos);
		c->n -= c->pos;
		c->pos = 0;
	}
	while (c->n - c->pos < n) {
		const size_t want = n > READ_BYTES ? n : READ_BYTES;
		ssize_t got;
		int r;

		if (c->cap - c->n < want - (c->n - c->pos)) {
			c->cap = c->n + want;
			c->in = xrealloc(c->in, c->cap, 1);
		}
		got = receive_some(c);
		if (got > 0) {
			c->n += (size_t)got;
			c->unlooked_bytes += (size_t)got;
			r = c->peer != 0 ? look(c) : 0;
			if (r < 0)
				return r;
			continue;
		}
		if (got == 0)
			return -EPIPE;
		if (errno == EAGAIN && c->peer != 0) {
			r = wait_for(c, POLLIN);
			if (r < 0)
				return r;
		} else if (errno != EINTR) {
			return errno == ECONNRESET ? -EPIPE : -errno;
		}
	}
	return 0;
}

int channel_receive(struct channel *c, unsigned *ret_type,
		    struct wire *ret_message)
{
	uint32_t length;
	int r = fill(c, HEADER);

	if (r < 0)
		return r;
	length = get_be32(c->in + c->pos);
	if (length > LIMIT_WIRE_BYTES)
		return -EBADMSG;
	r = fill(c, HEADER + length);
	if (r < 0)
		return r;
	*ret_type = get_be32(c->in + c->pos + 4);
	*ret_message = (struct wire){ c->in + c->pos + HEADER, length, false };
	c->pos += HEADER + length;
	return 0;
}
