/* connection.h -- one conversation with a server, which has an end: in time and
 * in bytes.  Between the files of this folder only.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "endpoint/endpoint.h"

struct connection {
	const struct endpoint *endpoint;
	unsigned seconds;
	int64_t deadline;	/* of CLOCK_MONOTONIC, in milliseconds */
	int fd;			/* -1: not connected */
	char *address;		/* of the peer */
	uint8_t first[64];	/* what it said first */
	size_t received;	/* bytes in all */
	size_t limit;		/* the most that are taken */
	const char *limit_name;
	bool ended;		/* by the server, which was read */
	int fault;		/* of the last read or write, 0: none */
	char *error;		/* for people, set by connection_failed() */
};

void connection_init(struct connection *c, const struct endpoint *e,
		     unsigned seconds);
/* Resolves and connects.  */
int connection_open(struct connection *c);
void connection_done(struct connection *c);
void auto_connection(struct connection *c);

/* Is HOST an IP address?  As getaddrinfo() has it, so "127.1" is one.  */
bool is_address(const char *host);

/* The name in ASCII (RFC 5891, if GnuTLS has it), which the caller frees;
 * NULL: no name that a host could have.  */
char *host_to_ascii(const char *host);

/* Up to N bytes, at least one; 0 when the server has ended.  Waits until the
 * deadline: -ETIMEDOUT; -E2BIG: past the limit.  */
ssize_t connection_read(struct connection *c, void *p, size_t n);
/* Takes into `first` what has come already, for a message.  */
void connection_look(struct connection *c);
/* All of them.  */
int connection_write(struct connection *c, const void *p, size_t n);
/* Exactly N bytes; when that fails the error is set: connection_lost().  */
int connection_read_all(struct connection *c, void *p, size_t n);

/* Sets the error, "HOST:PORT: " and the message, and returns R.  */
int connection_failed(struct connection *c, int r, const char *format, ...)
	PRINTF(3, 4);
/* The same where reading or writing ended with R (0: the server ended).  */
int connection_lost(struct connection *c, int r);
/* N bytes of the server, so that a terminal can bear them, and cut; the caller
 * frees.  */
char *server_words(const void *p, size_t n);

/* Up to where TLS begins, by the endpoint's `starttls`.  */
int starttls_ask(struct connection *c);

#endif
