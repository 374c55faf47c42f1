/* datagram.c -- one message to a socket of this host: what logs listen on.
 *
 * unix(7) sockets only: nothing here reaches the network.  A log that has stopped
 * reading must not stop an update that waits for this program, so that sending
 * gives up after a while.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/base.h"

int datagram_open(const char *path, int *ret_fd)
{
	const struct timeval most = {
		.tv_sec = LIMIT_NOTICE_MS / 1000,
		.tv_usec = LIMIT_NOTICE_MS % 1000 * 1000,
	};
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	AUTO(fd) int fd = -1;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int send_with(int fd, const struct msghdr *message)
{
	ssize_t n;

	do
		n = sendmsg(fd, message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int datagram_send(int fd, struct blob message)
{
	struct iovec bytes = {
		.iov_base = (void *)(uintptr_t)message.p,
		.iov_len = message.n,
	};
	const struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1 };

	return send_with(fd, &m);
}

int datagram_send_sealed(int fd, struct blob message)
{
	AUTO(fd) int file = memfd_create("trustdrift", MFD_CLOEXEC |
					 MFD_ALLOW_SEALING);
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	const struct msghdr m = {
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	if (file < 0)
		return -errno;
	while (message.n > 0) {
		ssize_t n = write(file, message.p, message.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		message.p += n;
		message.n -= (size_t)n;
	}
	if (fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
		  F_SEAL_WRITE) < 0)
		return -errno;
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &file, sizeof(int));
	return send_with(fd, &m);
}
