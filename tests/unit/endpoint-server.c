/* endpoint-server.c -- see endpoint-server.h.
 *
 * Up to the certificates TLS 1.2 is plain text, so this needs no TLS library:
 * it can send what none would.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/endpoint-server.h"

#include <cmocka.h>

#define RECORD_MAX	16384

void server_start(void (*part)(int fd, const void *arg), const void *arg,
		  struct server *ret_server)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	ret_server->port = ntohs(a.sin_port);
	ret_server->child = fork();
	assert_true(ret_server->child >= 0);
	if (ret_server->child == 0) {
		int client;

		signal(SIGPIPE, SIG_IGN);
		alarm(60);	/* whatever happens to the test */
		client = accept(fd, NULL, NULL);
		close(fd);
		if (client < 0)
			server_fail("nobody came");
		part(client, arg);
		_exit(0);
	}
	close(fd);
}

void server_join(struct server *s)
{
	int status;

	assert_int_equal(waitpid(s->child, &status, 0), s->child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void server_kill(struct server *s)
{
	kill(s->child, SIGKILL);
	assert_int_equal(waitpid(s->child, NULL, 0), s->child);
}

void server_fail(const char *why)
{
	fprintf(stderr, "# server: %s\n", why);
	_exit(1);
}

void server_say(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n > 0) {
		const ssize_t sent = write(fd, at, n);

		if (sent < 0)
			return;		/* the client has heard enough */
		at += sent;
		n -= (size_t)sent;
	}
}

void server_says(int fd, const char *words)
{
	server_say(fd, words, strlen(words));
}

static void read_all(int fd, uint8_t *p, size_t n)
{
	while (n > 0) {
		const ssize_t got = read(fd, p, n);

		if (got <= 0)
			server_fail("the client ended too early");
		p += got;
		n -= (size_t)got;
	}
}

void server_hears(int fd, const void *p, size_t n)
{
	uint8_t heard[512];

	if (n > sizeof(heard))
		server_fail("a test expects too much");
	read_all(fd, heard, n);
	if (memcmp(heard, p, n) != 0) {
		fprintf(stderr, "# heard: %.*s\n", (int)n, (char *)heard);
		server_fail("the client said something else");
	}
}

void server_drain(int fd)
{
	uint8_t heard[512];

	while (read(fd, heard, sizeof(heard)) > 0)
		;
}

void server_hello(int fd, const char *name)
{
	const size_t n = strlen(name);
	uint8_t head[5], hello[RECORD_MAX], wanted[5 + 256];
	size_t length;

	read_all(fd, head, sizeof(head));
	length = get_be16(head + 3);
	if (head[0] != 0x16 || head[1] != 3 || length > sizeof(hello))
		server_fail("no record with a handshake");
	read_all(fd, hello, length);
	if (hello[0] != 1)
		server_fail("no ClientHello");
	if (n == 0) {
		/* Hosts of these tests are 127.0.0.1.  */
		if (memmem(hello, length, "127.0.0.1", 9) != NULL)
			server_fail("an address was asked for by name");
		return;
	}
	/* RFC 6066 3: a list of one, host_name, and the name */
	memcpy(wanted, (uint8_t[]){ 0, (uint8_t)(n + 3), 0, 0, (uint8_t)n }, 5);
	memcpy(wanted + 5, name, n);
	if (memmem(hello, length, wanted, 5 + n) == NULL)
		server_fail("the client asked for no name, or another one");
}

void server_handshake(int fd, uint8_t type, struct blob body)
{
	const size_t n = 4 + body.n;
	uint8_t *message = xmalloc(n);

	message[0] = type;
	message[1] = (uint8_t)(body.n >> 16);
	message[2] = (uint8_t)(body.n >> 8);
	message[3] = (uint8_t)body.n;
	memcpy(message + 4, body.p, body.n);
	for (size_t at = 0; at < n; at += RECORD_MAX) {
		const size_t part = n - at < RECORD_MAX ? n - at : RECORD_MAX;
		const uint8_t head[] = { 0x16, 3, 3, (uint8_t)(part >> 8),
					 (uint8_t)part };

		server_say(fd, head, sizeof(head));
		server_say(fd, message + at, part);
	}
	free(message);
}

static void add_length(uint8_t *p, size_t n)
{
	p[0] = (uint8_t)(n >> 16);
	p[1] = (uint8_t)(n >> 8);
	p[2] = (uint8_t)n;
}

void server_certificates(int fd, const struct blob *certificates, size_t n)
{
	/* TLS 1.2; no session; ECDHE-RSA-AES128-GCM-SHA256; secure
	 * renegotiation (RFC 5746) */
	uint8_t hello[2 + 32 + 1 + 2 + 1 + 2 + 5] = { 3, 3, 1, 2, 3 };
	size_t size = 3, at = 3;
	uint8_t *list;

	memcpy(hello + 34, "\0\xc0\x2f\0\0\x05\xff\x01\0\x01\0", 11);
	server_handshake(fd, 2, (struct blob){ hello, sizeof(hello) });
	for (size_t i = 0; i < n; i++)
		size += 3 + certificates[i].n;
	list = xmalloc(size);
	add_length(list, size - 3);
	for (size_t i = 0; i < n; i++) {
		add_length(list + at, certificates[i].n);
		memcpy(list + at + 3, certificates[i].p, certificates[i].n);
		at += 3 + certificates[i].n;
	}
	server_handshake(fd, 11, (struct blob){ list, size });
	free(list);
}
