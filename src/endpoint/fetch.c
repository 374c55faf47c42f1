/* fetch.c -- the certificates of a TLS handshake (RFC 5246 7.4.2, RFC 8446
 * 4.4.2), which ends when they have come.
 *
 * They are taken from the Certificate message itself, before GnuTLS looks at
 * it: GnuTLS gives up a chain of which it cannot decode one certificate, or
 * does not know the key's algorithm, and such a chain is what somebody who asks
 * wants to see.  Nothing behind that message is waited for, so a server that
 * wants a client's certificate, has weak Diffie-Hellman parameters or signs
 * with what nobody takes any more answers as well; the price is a line in
 * its log about a client that went away.  Nothing is verified, not even that
 * the server has the key.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint/connection.h"
#include "library/libgnutls.h"

/* What the oldest servers that still run can do as well: with what comes after
 * the certificates nothing is entrusted to it.  A host's policy for GnuTLS may
 * still take some of it away.  */
#define PRIORITIES	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:" \
			"+VERS-TLS1.1:+VERS-TLS1.0:+3DES-CBC:+ARCFOUR-128:" \
			"+SIGN-RSA-SHA1:+SIGN-ECDSA-SHA1"

/* What GnuTLS keeps of a handshake besides the certificates.  */
#define HANDSHAKE_REST	(64u << 10)

/* What the hook returns when there is no need to go on.  */
#define ENOUGH		GNUTLS_E_APPLICATION_ERROR_MIN

struct handshake {
	struct connection *connection;
	size_t before;		/* bytes that had come when TLS began */
	bool seen;		/* the message came, and r is what it is */
	int r;
	struct blob *certificates;
	size_t n;
	uint8_t *message;
	gnutls_protocol_t protocol;
};

static void auto_session(gnutls_session_t *session)
{
	if (*session)
		libgnutls()->gnutls_deinit(*session);
}

static void auto_credentials(gnutls_certificate_credentials_t *credentials)
{
	if (*credentials)
		libgnutls()->gnutls_certificate_free_credentials(*credentials);
}

/* ---- the message -------------------------------------------------------------*/

/* Takes a vector with a length of OCTETS bytes off the front of *in.  */
static int vector_take(struct blob *in, size_t octets, struct blob *ret_vector)
{
	size_t n = 0;

	if (in->n < octets)
		return -EPROTO;
	for (size_t i = 0; i < octets; i++)
		n = n << 8 | in->p[i];
	if (n > in->n - octets)
		return -EPROTO;
	*ret_vector = (struct blob){ in->p + octets, n };
	*in = (struct blob){ in->p + octets + n, in->n - octets - n };
	return 0;
}

static int message_parse(struct blob in, bool is_1_3, struct handshake *h)
{
	struct blob context, list, extensions, der;
	struct blob items[LIMIT_SENT_CERTIFICATES];
	size_t n = 0;

	if (is_1_3 && vector_take(&in, 1, &context) < 0)
		return -EPROTO;
	if (vector_take(&in, 3, &list) < 0 || in.n > 0)
		return -EPROTO;
	while (list.n > 0) {
		if (vector_take(&list, 3, &der) < 0 || der.n == 0)
			return -EPROTO;
		if (is_1_3 && vector_take(&list, 2, &extensions) < 0)
			return -EPROTO;
		if (n == LIMIT_SENT_CERTIFICATES)
			return -E2BIG;
		items[n++] = der;
	}
	if (n == 0)
		return -ENODATA;
	h->certificates = xmemdup(items, n * sizeof(items[0]));
	h->n = n;
	return 0;
}

/* Called with the whole message, and again when GnuTLS has understood it.  */
static int take_message(gnutls_session_t session, unsigned type, unsigned when,
			unsigned incoming, const gnutls_datum_t *message)
{
	const struct libgnutls *lib = libgnutls();
	struct handshake *h = lib->gnutls_session_get_ptr(session);

	if (type != GNUTLS_HANDSHAKE_CERTIFICATE_PKT ||
	    when != GNUTLS_HOOK_PRE || !incoming || h->seen)
		return 0;
	h->seen = true;
	h->protocol = lib->gnutls_protocol_get_version(session);
	if (message->size > LIMIT_SENT_BYTES) {
		h->r = -EFBIG;
		return ENOUGH;
	}
	if (message->size > 0)
		h->message = xmemdup(message->data, message->size);
	h->r = message_parse((struct blob){ h->message, message->size },
			     h->protocol >= GNUTLS_TLS1_3, h);
	return ENOUGH;
}

/* ---- bytes -------------------------------------------------------------------*/

/* What came first, if it cannot be a record of TLS, a handshake or an alert;
 * else of no bytes.  */
static struct blob not_tls(const struct handshake *h)
{
	const struct connection *c = h->connection;
	const size_t had = c->received < sizeof(c->first) ? c->received
							   : sizeof(c->first);
	struct blob b = { c->first + h->before, had - h->before };

	if (h->before >= had ||
	    ((b.p[0] == 0x16 || b.p[0] == 0x15) && (b.n == 1 || b.p[1] == 3)))
		b.n = 0;
	return b;
}

static ssize_t pull(gnutls_transport_ptr_t p, void *bytes, size_t n)
{
	const struct handshake *h = p;
	const ssize_t got = connection_read(h->connection, bytes, n);

	/* GnuTLS would take any text for a record and wait for its end.  */
	if (got >= 0 && not_tls(h).n == 0)
		return got;
	errno = EIO;	/* nothing that it would try again */
	return -1;
}

static ssize_t push(gnutls_transport_ptr_t p, const void *bytes, size_t n)
{
	const struct handshake *h = p;

	if (connection_write(h->connection, bytes, n) < 0) {
		errno = EIO;
		return -1;
	}
	return (ssize_t)n;
}

/* ---- the handshake -----------------------------------------------------------*/

static int too_large(struct connection *c)
{
	return connection_failed(c, -E2BIG,
		_("its certificates are longer than LIMIT_SENT_BYTES (%u bytes) "
		  "allows; no client takes as much: look at the server's "
		  "certificate file"), LIMIT_SENT_BYTES);
}

/* What the message said, when it came.  */
static int judge_message(struct connection *c, const struct handshake *h)
{
	switch (h->r) {
	case 0:
		return 0;
	case -EFBIG:
		return too_large(c);
	case -E2BIG:
		return connection_failed(c, -E2BIG,
			_("it sends more than LIMIT_SENT_CERTIFICATES (%u) "
			  "certificates; look at the server's certificate "
			  "file"), LIMIT_SENT_CERTIFICATES);
	case -ENODATA:
		return connection_failed(c, -EPROTO,
			_("it sends no certificate at all; give the server "
			  "one"));
	default:
		return connection_failed(c, -EPROTO,
			_("its list of certificates is damaged; look at what "
			  "stands between here and the server"));
	}
}

static int alert_failed(struct connection *c, gnutls_session_t session)
{
	const struct libgnutls *lib = libgnutls();
	const gnutls_alert_description_t alert = lib->gnutls_alert_get(session);
	const char *name = lib->gnutls_alert_get_name(alert);

	if (alert == GNUTLS_A_UNRECOGNIZED_NAME)
		return connection_failed(c, -ECONNRESET,
			_("the server does not know the name it was asked for; "
			  "ask for another server name"));
	return connection_failed(c, -ECONNRESET,
		_("the server refuses with alert %u (%s); its log says why"),
		(unsigned)alert, name != NULL ? name : "-");
}

/* Why GnuTLS gave up with CODE before there were certificates.  */
static int judge_failure(const struct handshake *h, gnutls_session_t session,
			 int code)
{
	struct connection *c = h->connection;

	if (not_tls(h).n > 0) {
		AUTO(str) char *words = NULL;
		struct blob said;

		connection_look(c);
		said = not_tls(h);
		words = server_words(said.p, said.n);
		return connection_failed(c, -EPROTO,
			_("what the server says is not TLS: \"%s\"; if it "
			  "begins in plain text name its protocol (smtp://, "
			  "imap://, ldap://, postgres://)"), words);
	}
	/* GnuTLS collects the parts of a message before it looks at its
	 * length.  */
	if (c->fault == -E2BIG)
		return connection_failed(c, -E2BIG,
			_("it sent more than LIMIT_SERVER_BYTES (%u bytes) "
			  "before its certificates were complete; no client "
			  "takes as much: look at the server's certificate "
			  "file"), LIMIT_SERVER_BYTES);
	if (c->fault != 0)
		return connection_lost(c, c->fault);
	switch (code) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		return alert_failed(c, session);
	case GNUTLS_E_HANDSHAKE_TOO_LARGE:
		return too_large(c);
	default:
		if (c->ended)	/* perhaps within a record, by any code */
			return connection_lost(c, 0);
		return connection_failed(c, -EPROTO,
			_("no handshake of TLS came about: %s; look at the "
			  "server's log"), libgnutls()->gnutls_strerror(code));
	}
}

static int shake_hands(struct handshake *h, const char *server_name)
{
	const struct libgnutls *lib = libgnutls();
	struct connection *c = h->connection;
	AUTO(credentials) gnutls_certificate_credentials_t credentials = NULL;
	AUTO(session) gnutls_session_t session = NULL;
	int code;

	h->before = c->received;
	code = lib->gnutls_global_init();
	if (code >= 0)
		code = lib->gnutls_init(&session, GNUTLS_CLIENT);
	if (code >= 0)
		code = lib->gnutls_certificate_allocate_credentials(
			&credentials);
	if (code >= 0)
		code = lib->gnutls_credentials_set(session,
						   GNUTLS_CRD_CERTIFICATE,
						   credentials);
	if (code >= 0 &&
	    lib->gnutls_priority_set_direct(session, PRIORITIES, NULL) < 0)
		code = lib->gnutls_set_default_priority(session);
	if (code < 0)
		return connection_failed(c, -EIO,
			_("GnuTLS cannot do TLS on this host: %s; look at its "
			  "configuration"), lib->gnutls_strerror(code));
	if (server_name != NULL &&
	    lib->gnutls_server_name_set(session, GNUTLS_NAME_DNS, server_name,
				   strlen(server_name)) < 0)
		return connection_failed(c, -EINVAL,
			_("GnuTLS does not take the server name to ask for; "
			  "correct it"));
	/* GnuTLS 3.7 does not ask for it before the hook has the message, but
	 * may by its manual.  */
	lib->gnutls_handshake_set_max_packet_length(session, LIMIT_SENT_BYTES +
						    HANDSHAKE_REST);
	lib->gnutls_handshake_set_hook_function(session,
						GNUTLS_HANDSHAKE_CERTIFICATE_PKT,
						GNUTLS_HOOK_PRE, take_message);
	lib->gnutls_session_set_ptr(session, h);
	lib->gnutls_transport_set_ptr(session, h);
	lib->gnutls_transport_set_pull_function(session, pull);
	lib->gnutls_transport_set_push_function(session, push);
	do {	/* warnings interrupt it; the connection's limits end it */
		code = lib->gnutls_handshake(session);
	} while (code < 0 && !h->seen && c->fault == 0 &&
		 !lib->gnutls_error_is_fatal(code));
	if (!h->seen)
		return judge_failure(h, session, code);
	/* The proper way to go in the middle of it, RFC 8446 6.1; whether the
	 * server hears it matters to nobody.  */
	lib->gnutls_alert_send(session, GNUTLS_AL_WARNING,
			       GNUTLS_A_USER_CANCELED);
	lib->gnutls_alert_send(session, GNUTLS_AL_WARNING,
			       GNUTLS_A_CLOSE_NOTIFY);
	return judge_message(c, h);
}

/* Whom a client believes to speak to.  Neither certificates nor RFC 6066 3 have
 * the dot of the root; an address is never asked for by name.  */
static int find_name(struct connection *c, const char *wanted, char **ret_name,
		     bool *ret_send)
{
	const char *name = wanted != NULL ? wanted : c->endpoint->host;
	const bool send = name[0] != '\0' && strchr(name, ':') == NULL &&
		!is_address(name);
	char *ascii = send ? host_to_ascii(name) : xstrdup(name);
	size_t n;

	if (ascii == NULL)
		return connection_failed(c, -EINVAL,
			_("the server name to ask for is no name that a host "
			  "can have; correct it"));
	n = strlen(ascii);
	if (send && ascii[n - 1] == '.')
		ascii[n - 1] = '\0';
	*ret_name = ascii;
	*ret_send = send;
	return 0;
}

int endpoint_fetch(const struct endpoint *e,
		   const struct endpoint_options *options,
		   struct endpoint_answer *ret_answer, char **ret_error)
{
	AUTO(connection) struct connection c = { .fd = -1 };
	AUTO(str) char *name = NULL;
	struct handshake h = { .connection = &c };
	bool send_name = false;
	int r;

	connection_init(&c, e, options->seconds);
	r = find_name(&c, options->server_name, &name, &send_name);
	if (r == 0)
		r = connection_open(&c);
	if (r == 0)
		r = starttls_ask(&c);
	if (r == 0)
		r = shake_hands(&h, send_name ? name : NULL);
	if (r < 0) {
		free(h.certificates);
		free(h.message);
		*ret_error = TAKE(c.error);
		return r;
	}
	*ret_answer = (struct endpoint_answer){
		.certificates = h.certificates,
		.n = h.n,
		.protocol = libgnutls()->gnutls_protocol_get_name(h.protocol),
		.address = TAKE(c.address),
		.name = TAKE(name),
		.sent_name = send_name,
		.message = h.message,
	};
	return 0;
}

void endpoint_answer_done(struct endpoint_answer *a)
{
	free(a->certificates);
	free(a->message);
	free(a->address);
	free(a->name);
	*a = (struct endpoint_answer){ .certificates = NULL };
}

void auto_endpoint_answer(struct endpoint_answer *a)
{
	endpoint_answer_done(a);
}
