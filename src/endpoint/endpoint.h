/* endpoint.h -- which certificates does a server send?  The only folder that
 * opens sockets, and only for whoever names a server.
 *
 * A server's certificates come exactly as it sent them: in its order, with the
 * duplicates and the superfluous ones, damaged ones too.  Nothing is verified
 * here; what clients make of them is decided elsewhere.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "base/base.h"

/* How the server is brought to speak TLS.  */
enum starttls {
	STARTTLS_NONE,		/* it does at once */
	STARTTLS_SMTP,		/* RFC 3207 */
	STARTTLS_IMAP,		/* RFC 9051 6.2.1 */
	STARTTLS_LDAP,		/* RFC 4511 4.14 */
	STARTTLS_POSTGRES,	/* SSLRequest */
};

struct endpoint {
	char *host;		/* a name in ASCII (IDNA), or an address, without
				 * brackets */
	uint16_t port;
	enum starttls starttls;
};
/* HOST:PORT, [ADDRESS]:PORT, or one of them behind SCHEME://, where the port
 * may be missing and one slash may follow.  Schemes: tls, https, smtps, imaps,
 * ldaps (TLS at once); smtp, imap, ldap, postgres and postgresql.  -EINVAL for
 * anything else: a file can have a name like that, so the caller decides what
 * it looks for first.  */
int endpoint_parse(const char *what, struct endpoint *ret_endpoint);
/* "host:443", "[::1]:443"; the caller frees.  */
char *endpoint_format(const struct endpoint *e);
void endpoint_done(struct endpoint *e);
void auto_endpoint(struct endpoint *e);

struct endpoint_options {
	unsigned seconds;	/* for all of it; 0 is 10 */
	const char *server_name;	/* to ask for instead of the host; NULL:
					 * the host, "": ask for none */
};

struct endpoint_answer {
	struct blob *certificates;	/* DER as sent, hence perhaps damaged */
	size_t n;			/* at least 1 */
	const char *protocol;		/* "TLS1.3": what the two agreed on */
	char *address;			/* which of the host's was asked */
	char *name;		/* what a client finds in the certificate: the
				 * host or the name asked for, without a dot at
				 * its end; "" when none was to be asked for */
	bool sent_name;		/* and the server was told (RFC 6066 3): not
				 * of addresses */
	uint8_t *message;	/* where certificates points to */
};
/* Asks the server.  Ends within the time whatever the server does, for which
 * a name is resolved in a child process.  On failure *ret_error is a line for
 * people that begins with host and port, the caller frees, and the value says:
 *   -EHOSTUNREACH	the name has no address
 *   -ETIMEDOUT		it took too long, in any stage
 *   -EPROTONOSUPPORT	the server declines TLS
 *   -EPROTO		what it said is not that protocol, or damaged
 *   -ECONNRESET	it ended the connection
 *   -E2BIG		a limit; the message names it
 *   -EINVAL		the server name is none
 *   -EIO		this host's resolver or GnuTLS does not work
 * or what connect() said of the last address.  */
int endpoint_fetch(const struct endpoint *e,
		   const struct endpoint_options *options,
		   struct endpoint_answer *ret_answer, char **ret_error);
void endpoint_answer_done(struct endpoint_answer *a);
void auto_endpoint_answer(struct endpoint_answer *a);

#endif
