/* endpoint-server.h -- a server in a child process that says what a test wants
 * it to say, once, on a port of 127.0.0.1 that nobody else has.
 */
#ifndef ENDPOINT_SERVER_H
#define ENDPOINT_SERVER_H

#include <sys/types.h>

#include "base/base.h"

struct server {
	pid_t child;
	uint16_t port;
};

/* Plays PART for the first who connects; a part that ends well ends by
 * returning, and one that met what it did not expect by server_fail().  */
void server_start(void (*part)(int fd, const void *arg), const void *arg,
		  struct server *ret_server);
/* Waits for its end and asserts that it was a good one; or ends it.  */
void server_join(struct server *s);
void server_kill(struct server *s);

/* ---- what parts are made of ------------------------------------------------*/
void server_fail(const char *why) __attribute__((noreturn));
void server_say(int fd, const void *p, size_t n);
void server_says(int fd, const char *words);
/* Exactly these bytes, and nothing else before them.  */
void server_hears(int fd, const void *p, size_t n);
/* Until the other side ends.  */
void server_drain(int fd);

/* A ClientHello.  NAME is in its server_name; "": it has none.  */
void server_hello(int fd, const char *name);
/* A handshake message of TLS 1.2, in as many records as it takes.  What comes
 * after a client has gone is said to nobody.  */
void server_handshake(int fd, uint8_t type, struct blob body);
/* ServerHello, and a Certificate message with N certificates.  */
void server_certificates(int fd, const struct blob *certificates, size_t n);

#endif
