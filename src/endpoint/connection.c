/* connection.c -- a socket whose every wait ends at one deadline.
 *
 * The socket never blocks; poll() waits, until the deadline and not for an
 * interval, so a server that sends a byte now and then gains nothing.  Names
 * are resolved by a child, for getaddrinfo() can neither be given a time nor
 * be interrupted; the child is killed at the deadline.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "endpoint/connection.h"

#define DEFAULT_SECONDS	10
#define WORDS_MAX	160	/* of a server, in a message */

static int64_t now_ms(void)
{
	return monotonic_ns() / NS_PER_MS;
}

void connection_init(struct connection *c, const struct endpoint *e,
		     unsigned seconds)
{
	*c = (struct connection){
		.endpoint = e,
		.seconds = seconds != 0 ? seconds : DEFAULT_SECONDS,
		.fd = -1,
		.limit = LIMIT_SERVER_BYTES,
		.limit_name = "LIMIT_SERVER_BYTES",
	};
	c->deadline = now_ms() + (int64_t)c->seconds * 1000;
}

void connection_done(struct connection *c)
{
	auto_fd(&c->fd);
	c->fd = -1;
	free(c->address);
	free(c->error);
	c->address = c->error = NULL;
}

void auto_connection(struct connection *c)
{
	connection_done(c);
}

/* ---- messages --------------------------------------------------------------*/

int connection_failed(struct connection *c, int r, const char *format, ...)
{
	AUTO(str) char *where = endpoint_format(c->endpoint);
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		die(_("out of memory"));
	va_end(args);
	free(c->error);
	c->error = xasprintf("%s: %s", where, text);
	free(text);
	return r;
}

int connection_lost(struct connection *c, int r)
{
	switch (r) {
	case 0:
		return connection_failed(c, -ECONNRESET, c->received == 0 ?
			_("the server ended the connection without a word; "
			  "does it speak this protocol on this port?") :
			_("the server ended the connection in the middle of "
			  "the conversation; look at its log"));
	case -ETIMEDOUT:
		return connection_failed(c, r, c->received == 0 ?
			_("connected, but heard nothing within %u s; "
			  "does it speak this protocol on this port?") :
			_("the server was not done within %u s; allow "
			  "more time, or look at its log"), c->seconds);
	case -E2BIG:
		return connection_failed(c, r,
			_("the server said more than %s allows; is it what you "
			  "meant to ask?"), c->limit_name);
	default:
		return connection_failed(c, r == -EPIPE ? -ECONNRESET : r,
			_("the connection broke: %s; try again, or look at "
			  "the server's log"), error_words(r));
	}
}

char *server_words(const void *p, size_t n)
{
	return escape_text(p, n < WORDS_MAX ? n : WORDS_MAX);
}

/* ---- waiting ---------------------------------------------------------------*/

/* Until FD is ready for EVENTS, or is at its end.  */
static int wait_until(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		const int64_t left = deadline - now_ms();
		int r;

		if (left <= 0)
			return -ETIMEDOUT;
		r = poll(&p, 1, left < INT_MAX ? (int)left : INT_MAX);
		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return -errno;
	}
}

static bool is_again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void remember(struct connection *c, const void *p, size_t n)
{
	if (c->received < sizeof(c->first)) {
		const size_t room = sizeof(c->first) - c->received;

		memcpy(c->first + c->received, p, n < room ? n : room);
	}
	c->received += n;
}

ssize_t connection_read(struct connection *c, void *p, size_t n)
{
	ssize_t got;
	int r;

	if (c->received >= c->limit)
		return c->fault = -E2BIG;
	if (n > c->limit - c->received)
		n = c->limit - c->received;
	do {
		/* Asked even when there is something to read at once: a server
		 * that never stops talking has the same deadline.  */
		r = wait_until(c->fd, POLLIN, c->deadline);
		if (r < 0)
			return c->fault = r;
		got = recv(c->fd, p, n, 0);
	} while (got < 0 && is_again(errno));
	if (got < 0)
		return c->fault = -errno;
	c->ended = got == 0;
	remember(c, p, (size_t)got);
	return got;
}

void connection_look(struct connection *c)
{
	uint8_t bytes[sizeof(c->first)];
	const ssize_t got = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (got > 0)
		remember(c, bytes, (size_t)got);
}

int connection_write(struct connection *c, const void *p, size_t n)
{
	const uint8_t *at = p;
	ssize_t sent;
	int r;

	while (n > 0) {
		r = wait_until(c->fd, POLLOUT, c->deadline);
		if (r < 0)
			return c->fault = r;
		sent = send(c->fd, at, n, MSG_NOSIGNAL);
		if (sent < 0) {
			if (is_again(errno))
				continue;
			return c->fault = -errno;
		}
		at += sent;
		n -= (size_t)sent;
	}
	return 0;
}

int connection_read_all(struct connection *c, void *p, size_t n)
{
	uint8_t *at = p;

	while (n > 0) {
		const ssize_t got = connection_read(c, at, n);

		if (got <= 0)
			return connection_lost(c, (int)got);
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

/* ---- names -----------------------------------------------------------------*/

struct addresses {
	int code, system;	/* getaddrinfo()'s, and errno for EAI_SYSTEM */
	unsigned n;
	struct {
		socklen_t n;
		struct sockaddr_storage a;
	} items[LIMIT_SERVER_ADDRESSES];
};

static void look_up(const char *host, uint16_t port, int flags,
		    struct addresses *ret)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | flags,
	};
	AUTO(str) char *service = xasprintf("%u", port);
	struct addrinfo *list = NULL, *a;

	memset(ret, 0, sizeof(*ret));
	ret->code = getaddrinfo(host, service, &hints, &list);
	ret->system = errno;
	if (ret->code != 0)
		return;
	for (a = list; a != NULL && ret->n < LIMIT_SERVER_ADDRESSES;
	     a = a->ai_next) {
		if (a->ai_addrlen > sizeof(ret->items[0].a))
			continue;
		ret->items[ret->n].n = a->ai_addrlen;
		memcpy(&ret->items[ret->n++].a, a->ai_addr, a->ai_addrlen);
	}
	freeaddrinfo(list);
}

bool is_address(const char *host)
{
	struct addresses found;

	look_up(host, 0, AI_NUMERICHOST, &found);
	return found.code == 0;
}

/* The child of resolve(): nothing of the parent's is touched.  */
static void __attribute__((noreturn)) resolve_in_child(struct connection *c,
						       int fd)
{
	struct addresses found;
	const char *at = (const char *)&found;
	size_t left = sizeof(found);

	signal(SIGPIPE, SIG_IGN);
	look_up(c->endpoint->host, c->endpoint->port, 0, &found);
	while (left > 0) {
		const ssize_t n = write(fd, at, left);

		if (n < 0)
			_exit(1);
		at += n;
		left -= (size_t)n;
	}
	_exit(0);
}

static int resolve(struct connection *c, struct addresses *ret)
{
	char *at = (char *)ret;
	size_t left = sizeof(*ret);
	int ends[2], r = 0;
	pid_t child;

	look_up(c->endpoint->host, c->endpoint->port, AI_NUMERICHOST, ret);
	if (ret->code == 0)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return connection_failed(c, -errno,
					 _("cannot make a pipe: %s"),
					 strerror(errno));
	child = fork();
	if (child < 0) {
		r = -errno;
		close(ends[0]);
		close(ends[1]);
		return connection_failed(c, r, _("cannot make a process: %s"),
					 strerror(-r));
	}
	if (child == 0) {
		close(ends[0]);
		resolve_in_child(c, ends[1]);
	}
	close(ends[1]);
	while (left > 0 && r == 0) {
		ssize_t n;

		r = wait_until(ends[0], POLLIN, c->deadline);
		if (r < 0)
			break;
		n = read(ends[0], at, left);
		if (n > 0) {
			at += n;
			left -= (size_t)n;
		} else if (n == 0 || !is_again(errno)) {
			r = n == 0 ? -EIO : -errno;
		}
	}
	close(ends[0]);
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	if (r == -ETIMEDOUT)
		return connection_failed(c, r,
			_("the name was not resolved within %u s; look "
			  "at this host's resolver, or give an address and "
			  "the server name"), c->seconds);
	if (r < 0)
		return connection_failed(c, r,
			_("the resolver of this host failed: %s; give an "
			  "address and the server name"), strerror(-r));
	return 0;
}

/* ---- connecting ------------------------------------------------------------*/

static int connect_to(const struct sockaddr_storage *a, socklen_t n,
		      int64_t deadline, int *ret_fd)
{
	AUTO(fd) int fd = socket(a->ss_family, SOCK_STREAM | SOCK_NONBLOCK |
				 SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(int);
	int error = 0, r;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)a, n) < 0) {
		if (errno != EINPROGRESS && errno != EINTR)
			return -errno;
		r = wait_until(fd, POLLOUT, deadline);
		if (r < 0)
			return r;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
			return -errno;
		if (error != 0)
			return -error;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static char *address_text(const struct sockaddr_storage *a, socklen_t n)
{
	char text[NI_MAXHOST];

	if (getnameinfo((const struct sockaddr *)a, n, text, sizeof(text),
			NULL, 0, NI_NUMERICHOST) != 0)
		return xstrdup("?");
	return xstrdup(text);
}

int connection_open(struct connection *c)
{
	struct addresses to;
	int r;

	r = resolve(c, &to);
	if (r < 0)
		return r;
	if (to.code != 0 || to.n == 0)
		return connection_failed(c, -EHOSTUNREACH,
			_("the name has no address: %s; check how it is "
			  "written, and this host's resolver"),
			to.code == 0 ? "-" : to.code == EAI_SYSTEM ?
			strerror(to.system) : gai_strerror(to.code));
	r = -ETIMEDOUT;
	for (unsigned i = 0; i < to.n; i++) {
		/* One that is silent leaves the others their share.  */
		const int64_t now = now_ms();
		const int64_t share = (c->deadline - now) / (to.n - i);

		free(c->address);
		c->address = address_text(&to.items[i].a, to.items[i].n);
		r = connect_to(&to.items[i].a, to.items[i].n, now + share,
			       &c->fd);
		if (r == 0)
			return 0;
	}
	if (r == -ETIMEDOUT)
		return connection_failed(c, r,
			_("no connection to %s within %u s; is there a "
			  "firewall in between?"), c->address, c->seconds);
	return connection_failed(c, r,
		_("cannot connect to %s: %s; is it this port, and does the "
		  "server run?"), c->address, strerror(-r));
}
