/* starttls.c -- the few words of plain text before TLS.
 *
 * What is read here is read byte by byte, so that nothing of the TLS that
 * follows is taken; whatever a server slips in behind its consent is then no
 * TLS, and the handshake fails (CVE-2011-0411 is about those who keep it).
 * Nothing of this host is told: not even its name, which SMTP would like to
 * have.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "endpoint/connection.h"
#include "read/read.h"

#define TAG_ENUMERATED		0x0a
#define TAG_EXTENDED_RESPONSE	0x78	/* [APPLICATION 24] */

/* A line without its end.  */
static int read_line(struct connection *c, struct buf *line)
{
	char byte;
	int r;

	buf_done(line);
	for (;;) {
		r = connection_read_all(c, &byte, 1);
		if (r < 0)
			return r;
		if (byte == '\n')
			break;
		if (buf_add(line, &byte, 1) < 0)	/* not before c->limit */
			return connection_lost(c, -E2BIG);
	}
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->p[--line->n] = '\0';
	return 0;
}

static int say(struct connection *c, const void *words, size_t n)
{
	const int r = connection_write(c, words, n);

	return r < 0 ? connection_lost(c, r) : 0;
}

static int is_not(struct connection *c, const char *protocol, struct blob said)
{
	AUTO(str) char *words = server_words(said.p, said.n);

	return connection_failed(c, -EPROTO,
		_("what the server says is not %s: \"%s\"; is it another "
		  "protocol, or TLS at once (tls://)?"), protocol, words);
}

static int declined(struct connection *c, struct blob said)
{
	AUTO(str) char *words = server_words(said.p, said.n);

	return connection_failed(c, -EPROTONOSUPPORT,
		_("the server declines to begin TLS: \"%s\"; turn it on there, or ask "
		  "the port that has it"), words);
}

static struct blob line_blob(const struct buf *line)
{
	return (struct blob){ (const uint8_t *)buf_str(line), line->n };
}

/* ---- SMTP, RFC 5321 and RFC 3207 ---------------------------------------------*/

static bool is_reply(const struct buf *line)
{
	const char *s = buf_str(line);

	return line->n >= 3 && isdigit((unsigned char)s[0]) &&
	       isdigit((unsigned char)s[1]) && isdigit((unsigned char)s[2]) &&
	       (s[3] == ' ' || s[3] == '-' || s[3] == '\0');
}

/* A reply of one line or many.  It must begin with the digits of WANT; is
 * KEYWORD one of its lines?  */
static int smtp_reply(struct connection *c, const char *want,
		      const char *keyword, bool *ret_has)
{
	AUTO(buf) struct buf line = { .p = NULL };
	bool has = false;
	int r;

	buf_init(&line, LIMIT_STARTTLS_BYTES);
	do {
		r = read_line(c, &line);
		if (r < 0)
			return r;
		if (!is_reply(&line))
			return is_not(c, "SMTP", line_blob(&line));
		if (!has_prefix(buf_str(&line), want))
			return declined(c, line_blob(&line));
		if (keyword != NULL && line.n > 4 &&
		    strcasecmp(buf_str(&line) + 4, keyword) == 0)
			has = true;
	} while (buf_str(&line)[3] == '-');
	if (ret_has != NULL)
		*ret_has = has;
	return 0;
}

static int ask_smtp(struct connection *c)
{
	/* A name that is nobody's for ever (RFC 6761 6.4): that of this host
	 * is not the server's business.  */
	static const char hello[] = "EHLO trustdrift.invalid\r\n";
	static const char start[] = "STARTTLS\r\n";
	bool offers;
	int r;

	r = smtp_reply(c, "220", NULL, NULL);
	if (r == 0)
		r = say(c, hello, strlen(hello));
	if (r == 0)
		r = smtp_reply(c, "250", "STARTTLS", &offers);
	if (r < 0)
		return r;
	if (!offers)
		return connection_failed(c, -EPROTONOSUPPORT,
			_("the server does not offer STARTTLS; turn it on "
			  "there, or ask the port that has TLS (smtps://)"));
	r = say(c, start, strlen(start));
	return r < 0 ? r : smtp_reply(c, "220", NULL, NULL);
}

/* ---- IMAP, RFC 9051 ----------------------------------------------------------*/

static bool has_word_first(const char *s, const char *word)
{
	const size_t n = strlen(word);

	return strncasecmp(s, word, n) == 0 && (s[n] == ' ' || s[n] == '\0');
}

static int ask_imap(struct connection *c)
{
	static const char start[] = "a STARTTLS\r\n";
	AUTO(buf) struct buf line = { .p = NULL };
	int r;

	buf_init(&line, LIMIT_STARTTLS_BYTES);
	r = read_line(c, &line);
	if (r < 0)
		return r;
	/* PREAUTH is the state in which STARTTLS is not allowed any more.  */
	if (has_word_first(buf_str(&line), "* BYE") ||
	    has_word_first(buf_str(&line), "* PREAUTH"))
		return declined(c, line_blob(&line));
	if (!has_word_first(buf_str(&line), "* OK"))
		return is_not(c, "IMAP", line_blob(&line));
	r = say(c, start, strlen(start));
	if (r < 0)
		return r;
	do {		/* what it says of its own accord has a star */
		r = read_line(c, &line);
		if (r < 0)
			return r;
	} while (has_prefix(buf_str(&line), "* "));
	if (has_word_first(buf_str(&line), "a OK"))
		return 0;
	if (has_prefix(buf_str(&line), "a "))
		return declined(c, line_blob(&line));
	return is_not(c, "IMAP", line_blob(&line));
}

/* ---- LDAP, RFC 4511 ----------------------------------------------------------*/

/* One LDAPMessage, a SEQUENCE of definite length (5.1).  */
static int read_message(struct connection *c, struct buf *message)
{
	uint8_t head[2 + 4], byte;
	size_t n, octets = 0;
	int r;

	buf_done(message);
	r = connection_read_all(c, head, 2);
	if (r < 0)
		return r;
	n = head[1];
	if (n > 0x80)
		octets = n & 0x7f;
	if (head[0] != TAG_SEQUENCE || n == 0x80 || octets > 4)
		return is_not(c, "LDAP", (struct blob){ head, 2 });
	if (octets > 0) {
		r = connection_read_all(c, head + 2, octets);
		if (r < 0)
			return r;
		n = 0;
		for (size_t i = 0; i < octets; i++)
			n = n << 8 | head[2 + i];
	}
	if (n > LIMIT_STARTTLS_BYTES)
		return connection_lost(c, -E2BIG);
	buf_add(message, head, 2 + octets);
	for (; n > 0; n--) {
		r = connection_read_all(c, &byte, 1);
		if (r < 0)
			return r;
		buf_add(message, &byte, 1);
	}
	return message->truncated ? connection_lost(c, -E2BIG) : 0;
}

static int ask_ldap(struct connection *c)
{
	/* LDAPMessage { messageID 1, extendedReq { requestName
	 * 1.3.6.1.4.1.1466.20037 } }  */
	static const uint8_t start[] =
		"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037";
	AUTO(buf) struct buf message = { .p = NULL };
	struct tlv whole, id, response, code, matched, text;
	struct blob all, in;
	int r;

	r = say(c, start, sizeof(start) - 1);
	if (r < 0)
		return r;
	buf_init(&message, LIMIT_STARTTLS_BYTES);
	r = read_message(c, &message);
	if (r < 0)
		return r;
	all = in = line_blob(&message);
	if (tlv_expect(&in, TAG_SEQUENCE, &whole) < 0 ||
	    tlv_expect(&whole.value, TAG_INTEGER, &id) < 0 ||
	    tlv_expect(&whole.value, TAG_EXTENDED_RESPONSE, &response) < 0 ||
	    tlv_expect(&response.value, TAG_ENUMERATED, &code) < 0 ||
	    tlv_expect(&response.value, TAG_OCTETS, &matched) < 0 ||
	    tlv_expect(&response.value, TAG_OCTETS, &text) < 0 ||
	    id.value.n != 1 || code.value.n != 1)
		return is_not(c, "LDAP", all);
	/* Number 0 is the server's own notice that it disconnects (4.4.1).  */
	if (id.value.p[0] == 1 && code.value.p[0] == 0)
		return 0;
	if (text.value.n == 0) {
		AUTO(str) char *words = xasprintf("resultCode %u",
						  code.value.p[0]);

		return declined(c, (struct blob){ (uint8_t *)words,
						  strlen(words) });
	}
	return declined(c, text.value);
}

/* ---- PostgreSQL, "Message Formats" ---------------------------------------------*/

static int ask_postgres(struct connection *c)
{
	static const uint8_t request[] = { 0, 0, 0, 8, 4, 210, 22, 47 };
	uint8_t answer;
	int r;

	r = say(c, request, sizeof(request));
	if (r == 0)
		r = connection_read_all(c, &answer, 1);
	if (r < 0)
		return r;
	if (answer == 'S')
		return 0;
	/* An ErrorResponse can only be of a server that is older than TLS or
	 * cannot serve now, and its text of anybody in between.  */
	if (answer == 'N' || answer == 'E')
		return declined(c, (struct blob){ &answer, 1 });
	return is_not(c, "PostgreSQL", (struct blob){ &answer, 1 });
}

int starttls_ask(struct connection *c)
{
	static int (*const ask[])(struct connection *) = {
		[STARTTLS_SMTP] = ask_smtp,
		[STARTTLS_IMAP] = ask_imap,
		[STARTTLS_LDAP] = ask_ldap,
		[STARTTLS_POSTGRES] = ask_postgres,
	};
	const size_t limit = c->limit;
	const char *limit_name = c->limit_name;
	int r;

	if (c->endpoint->starttls == STARTTLS_NONE)
		return 0;
	c->limit = LIMIT_STARTTLS_BYTES;
	c->limit_name = "LIMIT_STARTTLS_BYTES";
	r = ask[c->endpoint->starttls](c);
	c->limit = limit;
	c->limit_name = limit_name;
	return r;
}
