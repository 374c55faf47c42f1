/* test-endpoint.c -- what people write as HOST:PORT, and what servers do: good
 * ones by every protocol, and those that stall, drip, flood and lie.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "endpoint/connection.h"
#include "unit/endpoint-server.h"

#include <cmocka.h>

#define BLOB(s)		{ (const uint8_t *)(s), sizeof(s) - 1 }

/* ---- HOST:PORT ---------------------------------------------------------------*/

static void test_parse(void **state)
{
	static const struct {
		const char *what, *host;
		uint16_t port;
		enum starttls starttls;
		const char *text;
	} cases[] = {
		{ "www.example:443", "www.example", 443, STARTTLS_NONE,
		  "www.example:443" },
		{ "localhost:1", "localhost", 1, STARTTLS_NONE, "localhost:1" },
		{ "a_b.example.:65535", "a_b.example.", 65535, STARTTLS_NONE,
		  "a_b.example.:65535" },
		{ "192.0.2.1:443", "192.0.2.1", 443, STARTTLS_NONE,
		  "192.0.2.1:443" },
		{ "[::1]:443", "::1", 443, STARTTLS_NONE, "[::1]:443" },
		{ "[fe80::1%eth0]:8443", "fe80::1%eth0", 8443, STARTTLS_NONE,
		  "[fe80::1%eth0]:8443" },
		{ "tls://www.example", "www.example", 443, STARTTLS_NONE,
		  "www.example:443" },
		{ "HTTPS://www.example/", "www.example", 443, STARTTLS_NONE,
		  "www.example:443" },
		{ "smtps://h", "h", 465, STARTTLS_NONE, "h:465" },
		{ "imaps://h", "h", 993, STARTTLS_NONE, "h:993" },
		{ "ldaps://h", "h", 636, STARTTLS_NONE, "h:636" },
		{ "smtp://mail.example", "mail.example", 25, STARTTLS_SMTP,
		  "mail.example:25" },
		{ "smtp://mail.example:587", "mail.example", 587,
		  STARTTLS_SMTP, "mail.example:587" },
		{ "imap://[2001:db8::1]", "2001:db8::1", 143, STARTTLS_IMAP,
		  "[2001:db8::1]:143" },
		{ "ldap://h:1389/", "h", 1389, STARTTLS_LDAP, "h:1389" },
		{ "postgres://db", "db", 5432, STARTTLS_POSTGRES, "db:5432" },
		{ "PostgreSQL://db:6432", "db", 6432, STARTTLS_POSTGRES,
		  "db:6432" },
		{ "b\xc3\xbc" "cher.example:443", "xn--bcher-kva.example", 443,
		  STARTTLS_NONE, "xn--bcher-kva.example:443" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(endpoint) struct endpoint e = { .host = NULL };
		AUTO(str) char *text = NULL;

		if (endpoint_parse(cases[i].what, &e) != 0)
			fail_msg("%s is no endpoint", cases[i].what);
		assert_string_equal(e.host, cases[i].host);
		assert_int_equal(e.port, cases[i].port);
		assert_int_equal(e.starttls, cases[i].starttls);
		text = endpoint_format(&e);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_parse_others(void **state)
{
	static const char *const cases[] = {
		"", ":", ":443", "h", "h:", "h:0", "h:65536", "h:99999999999",
		"h:https", "h:+1", "h:-1", "h: 1", "h:1 ", "h:443/", "h:443:1",
		"/etc/ssl/a.pem", "/etc/ssl/a:443", "./a:443", "a/b:443",
		"cert.pem", "::1", "::1:443", "[::1]", "[]:1", "[::1:443",
		"[::1]443", "[h]:443", "[192.0.2.1]:443", "[fe80::1%]:1",
		"[::1%a b]:1", "u@h:1", "a..b:1", ".a:1", ".:1", "-a:1",
		"a b:1", "a\n:1", "\x1b[1m:1", "http://h", "ftp://h:21",
		"://h:1", "tls://", "tls:///", "tls://:443", "tls://h/x",
		"tls://h//", "tls://h:1?x", "tls://tls://h", "tls:h:1",
		"h\xff:443", "\xe2\x80\xae" "a:443",
		/* a label of 64 */
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		":443",
	};
	AUTO(buf) struct buf name = { .p = NULL };
	struct endpoint e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (endpoint_parse(cases[i], &e) != -EINVAL)
			fail_msg("%s is an endpoint", cases[i]);
	buf_init(&name, 1 << 20);
	while (name.n < 253)		/* 126 labels of one letter, and one */
		buf_adds(&name, name.n % 2 == 0 ? "a" : ".");
	buf_adds(&name, ":1");
	assert_int_equal(endpoint_parse(buf_str(&name), &e), 0);
	endpoint_done(&e);
	buf_done(&name);
	while (name.n < 254)
		buf_adds(&name, name.n % 4 != 3 ? "a" : ".");
	buf_adds(&name, ":1");
	assert_int_equal(endpoint_parse(buf_str(&name), &e), -EINVAL);
}

/* ---- asking ------------------------------------------------------------------*/

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int ask_host(const char *host, uint16_t port, enum starttls starttls,
		    struct endpoint_options options,
		    struct endpoint_answer *ret_answer, char **ret_error)
{
	const struct endpoint e = { (char *)host, port, starttls };
	const double begin = seconds_now();
	int r;

	if (options.seconds == 0)
		options.seconds = 30;
	r = endpoint_fetch(&e, &options, ret_answer, ret_error);
	/* Late by what a busy machine needs, not by another wait.  */
	assert_true(seconds_now() - begin < options.seconds + 10);
	return r;
}

static int ask(const struct server *s, enum starttls starttls,
	       struct endpoint_options options,
	       struct endpoint_answer *ret_answer, char **ret_error)
{
	return ask_host("127.0.0.1", s->port, starttls, options, ret_answer,
			ret_error);
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in: %s", part, text);
}

/* One line, with host and port, fit for a terminal.  */
static void assert_error(const char *error, uint16_t port, const char *part)
{
	AUTO(str) char *begin = xasprintf("127.0.0.1:%u: ", port);

	assert_non_null(error);
	if (!has_prefix(error, begin))
		fail_msg("not at the beginning of: %s", error);
	assert_has(error, part);
	assert_has(error, ";");		/* and what to do next */
	for (const char *s = error; *s != '\0'; s++)
		assert_true((unsigned char)*s >= ' ' && *s != 0x7f);
}

static void check_failure(void (*part)(int, const void *), const void *arg,
			  enum starttls starttls, unsigned seconds, int wanted,
			  const char *words)
{
	struct endpoint_answer a;
	AUTO(str) char *error = NULL;
	struct server s;
	int r;

	server_start(part, arg, &s);
	r = ask(&s, starttls, (struct endpoint_options){ seconds, NULL }, &a,
		&error);
	if (r != wanted)
		fail_msg("%d and not %d: %s", r, wanted, error);
	assert_error(error, s.port, words);
	server_kill(&s);
}

static void check_sent(const struct endpoint_answer *a, const struct blob *sent,
		       size_t n)
{
	assert_int_equal(a->n, n);
	for (size_t i = 0; i < n; i++)
		assert_true(blob_equal(a->certificates[i], sent[i]));
}

/* ---- certificates ------------------------------------------------------------*/

struct chain {
	const struct blob *items;
	size_t n;
	const char *name;	/* that is to be asked for */
};

/* No order, one twice, and none that any library would call a certificate. */
static const struct blob odd_items[] = {
	BLOB("\x30\x03\x02\x01\x07"), BLOB("\x30\x00"), BLOB("nonsense"),
	BLOB("\x30\x03\x02\x01\x07"), BLOB("\x00"),
};
static const struct chain odd_chain = { odd_items, ARRAY_SIZE(odd_items), "" };

static void send_chain(int fd, const void *arg)
{
	const struct chain *chain = arg;

	server_hello(fd, chain->name);
	server_certificates(fd, chain->items, chain->n);
	server_drain(fd);
}

static void test_as_sent(void **state)
{
	AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
	AUTO(str) char *error = NULL;
	struct server s;

	(void)state;
	server_start(send_chain, &odd_chain, &s);
	assert_int_equal(ask(&s, STARTTLS_NONE,
			     (struct endpoint_options){ 0, NULL }, &a, &error),
			 0);
	assert_null(error);
	check_sent(&a, odd_items, ARRAY_SIZE(odd_items));
	assert_string_equal(a.protocol, "TLS1.2");
	assert_string_equal(a.address, "127.0.0.1");
	assert_string_equal(a.name, "127.0.0.1");
	assert_false(a.sent_name);
	server_join(&s);
}

static void test_server_name(void **state)
{
	static const struct {
		const char *asked, *sent, *name;
	} cases[] = {
		{ "www.example", "www.example", "www.example" },
		{ "www.example.", "www.example", "www.example" },
		{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example",
		  "xn--bcher-kva.example" },
		{ "", "", "" },
		{ "192.0.2.1", "", "192.0.2.1" },
		{ "2001:db8::1", "", "2001:db8::1" },
	};
	struct endpoint_answer none;
	AUTO(str) char *error = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
		const struct chain chain = { odd_items, 1, cases[i].sent };
		struct server s;

		server_start(send_chain, &chain, &s);
		assert_int_equal(ask(&s, STARTTLS_NONE,
				     (struct endpoint_options){
					0, cases[i].asked }, &a, &error), 0);
		assert_string_equal(a.name, cases[i].name);
		assert_int_equal(a.sent_name, cases[i].sent[0] != '\0');
		server_join(&s);
	}
	assert_int_equal(ask_host("127.0.0.1", 1, STARTTLS_NONE,
				  (struct endpoint_options){ 0, "a b" }, &none,
				  &error), -EINVAL);
	assert_error(error, 1, "server name");
}

/* COUNT certificates of SIZE bytes each, all different.  */
static void check_many(size_t count, size_t size, int wanted, const char *words)
{
	AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
	AUTO(str) char *error = NULL;
	uint8_t *bytes = xmalloc(count * size);
	struct blob *items = xcalloc(count, sizeof(items[0]));
	struct chain chain = { items, count, "" };
	struct server s;
	int r;

	for (size_t i = 0; i < count; i++) {
		items[i] = (struct blob){ bytes + i * size, size };
		memset(bytes + i * size, (int)i, size);
	}
	server_start(send_chain, &chain, &s);
	r = ask(&s, STARTTLS_NONE, (struct endpoint_options){ 0, NULL }, &a,
		&error);
	if (r != wanted)
		fail_msg("%zu of %zu bytes: %d, %s", count, size, r, error);
	if (r == 0)
		check_sent(&a, items, count);
	else
		assert_error(error, s.port, words);
	server_kill(&s);
	free(items);
	free(bytes);
}

static void test_limits(void **state)
{
	const size_t most = LIMIT_SENT_CERTIFICATES;

	(void)state;
	check_many(most, 3, 0, NULL);
	check_many(most + 1, 3, -E2BIG, "LIMIT_SENT_CERTIFICATES (100)");
	/* GnuTLS by itself promises to take 128 KiB.  */
	check_many(1, 300 << 10, 0, NULL);
	check_many(1, LIMIT_SENT_BYTES - 6, 0, NULL);
	check_many(1, LIMIT_SENT_BYTES - 5, -E2BIG, "LIMIT_SENT_BYTES");
	check_many(8, 256 << 10, -E2BIG, "LIMIT_SENT_BYTES (1048576");
	check_many(40, 256 << 10, -E2BIG, "LIMIT_SERVER_BYTES (4194304");
}

static void send_message(int fd, const void *arg)
{
	server_hello(fd, "");
	/* ServerHello comes with a list that nobody looks at any more.  */
	server_certificates(fd, NULL, 0);
	(void)arg;
	server_drain(fd);
}

struct body {
	struct blob bytes;
};

static void send_body(int fd, const void *arg)
{
	const struct body *body = arg;
	uint8_t hello[] = { 3, 3, 1, [34] = 0, 0xc0, 0x2f, 0 };

	server_hello(fd, "");
	server_handshake(fd, 2, (struct blob){ hello, sizeof(hello) });
	server_handshake(fd, 11, body->bytes);
	server_drain(fd);
}

static void test_damaged_lists(void **state)
{
	static const struct body bodies[] = {
		{ BLOB("\0\0\5\0\0\1a") },	/* list longer than there is */
		{ BLOB("\0\0\4\0\0\1ab") },	/* bytes behind the list */
		{ BLOB("\0\0\5\0\0\1ab") },	/* half a length */
		{ BLOB("\0\0\4\0\0\2a") },	/* longer than the list */
		{ BLOB("\0\0\3\0\0\0") },	/* a certificate of no bytes */
		{ BLOB("\xff\xff\xff\0\0\1a") },
		{ BLOB("\0\0") },
		{ BLOB("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		check_failure(send_body, &bodies[i], STARTTLS_NONE, 0, -EPROTO,
			      "damaged");
	check_failure(send_message, NULL, STARTTLS_NONE, 0, -EPROTO,
		      "no certificate at all");
}

/* ---- servers that are none ---------------------------------------------------*/

static void stall(int fd, const void *arg)
{
	(void)arg;
	server_drain(fd);
	pause();
}

/* A handshake that has a byte every 50 ms, for minutes.  */
static void drip(int fd, const void *arg)
{
	(void)arg;
	server_says(fd, "\x16\x03\x03\x3f");
	for (;;) {
		server_say(fd, "\2", 1);
		usleep(50000);
	}
}

/* Some servers that do not know a name warn of it and go on.  */
#define WARNING		"\x15\3\3\0\2\1\x70"

/* Warnings for ever.  */
static void flood(int fd, const void *arg)
{
	uint8_t alerts[7 * 100];

	for (size_t i = 0; i < sizeof(alerts); i += 7)
		memcpy(alerts + i, WARNING, 7);
	(void)arg;
	server_hello(fd, "");
	for (int i = 0; i < 20000; i++)
		server_say(fd, alerts, sizeof(alerts));
	pause();
}

static void end_at_once(int fd, const void *arg)
{
	(void)arg;
	shutdown(fd, SHUT_WR);
	server_drain(fd);
}

/* ARG is a text: what there is to say, whatever comes.  */
static void recite(int fd, const void *arg)
{
	server_says(fd, arg);
	server_drain(fd);
}

/* The same to a ClientHello, with a length in front.  */
static void answer(int fd, const void *arg)
{
	const struct body *body = arg;

	server_hello(fd, "");
	server_say(fd, body->bytes.p, body->bytes.n);
	shutdown(fd, SHUT_WR);
	server_drain(fd);
}

static void warn_first(int fd, const void *arg)
{
	const struct chain *chain = arg;

	server_hello(fd, "");
	server_say(fd, WARNING, 7);
	server_certificates(fd, chain->items, chain->n);
	server_drain(fd);
}

static void test_warning(void **state)
{
	AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
	AUTO(str) char *error = NULL;
	struct server s;

	(void)state;
	server_start(warn_first, &odd_chain, &s);
	if (ask(&s, STARTTLS_NONE, (struct endpoint_options){ 0, NULL }, &a,
		&error) != 0)
		fail_msg("%s", error);
	check_sent(&a, odd_items, ARRAY_SIZE(odd_items));
	server_join(&s);
}

static void test_no_servers(void **state)
{
	static const struct body failure = { BLOB("\x15\3\3\0\2\2\x28") };
	static const struct body unknown = { BLOB("\x15\3\3\0\2\2\x70") };
	static const struct body half = { BLOB("\x16\3\3\0\x40\2\0\0") };
	static const struct body strange = { BLOB("\x16\3\3\0\4\x63\0\0\0") };
	double begin;

	(void)state;
	check_failure(stall, NULL, STARTTLS_NONE, 1, -ETIMEDOUT,
		      "heard nothing within 1 s;");
	check_failure(drip, NULL, STARTTLS_NONE, 1, -ETIMEDOUT,
		      "not done within 1 s;");
	/* GnuTLS, too, has enough of them at some time.  */
	check_failure(flood, NULL, STARTTLS_NONE, 0, -EPROTO,
		      "no handshake of TLS");
	check_failure(end_at_once, NULL, STARTTLS_NONE, 0, -ECONNRESET,
		      "without a word");
	check_failure(recite, "220 mail.example ESMTP\33[1m\r\n", STARTTLS_NONE,
		      0, -EPROTO, "not TLS: \"220 mail.example ESMTP\\x1b");
	/* Less than the head of a record: the rest is not waited for.  */
	begin = seconds_now();
	check_failure(recite, "* OK", STARTTLS_NONE, 60, -EPROTO,
		      "not TLS: \"* OK\"");
	assert_true(seconds_now() - begin < 50);
	check_failure(recite, "HTTP/1.1 400 Bad Request\r\n\r\n", STARTTLS_NONE,
		      0, -EPROTO, "not TLS: \"HTTP/1.1");
	check_failure(answer, &failure, STARTTLS_NONE, 0, -ECONNRESET,
		      "alert 40");
	check_failure(answer, &unknown, STARTTLS_NONE, 0, -ECONNRESET,
		      "another server name");
	check_failure(answer, &half, STARTTLS_NONE, 0, -ECONNRESET, "middle");
	check_failure(answer, &strange, STARTTLS_NONE, 0, -EPROTO,
		      "no handshake of TLS");
}

static void test_nobody_there(void **state)
{
	struct endpoint_answer a;
	AUTO(str) char *error = NULL;
	AUTO(str) char *error_6 = NULL;
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t n = sizeof(at);
	AUTO(fd) int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint16_t port;

	(void)state;
	/* Bound, so that nobody else has it, and not listening.  */
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	port = ntohs(at.sin_port);
	assert_int_equal(ask_host("127.0.0.1", port, STARTTLS_NONE,
				  (struct endpoint_options){ 5, NULL }, &a,
				  &error), -ECONNREFUSED);
	assert_error(error, port, "cannot connect to 127.0.0.1");

	/* There is no such address, or no IPv6 (RFC 6666).  */
	assert_true(ask_host("100::1", port, STARTTLS_NONE,
			     (struct endpoint_options){ 1, NULL }, &a,
			     &error_6) < 0);
	assert_true(has_prefix(error_6, "[100::1]:"));
}

/* The linker has the program call this one: a resolver that waits for servers
 * that do not answer.  */
int __real_getaddrinfo(const char *host, const char *service,
		       const struct addrinfo *hints, struct addrinfo **ret);
int __wrap_getaddrinfo(const char *host, const char *service,
		       const struct addrinfo *hints, struct addrinfo **ret);

int __wrap_getaddrinfo(const char *host, const char *service,
		       const struct addrinfo *hints, struct addrinfo **ret)
{
	const bool is_numeric = hints != NULL &&
		hints->ai_flags & AI_NUMERICHOST;

	if (!is_numeric && strcmp(host, "stalls.invalid") == 0)
		sleep(60);
	if (!is_numeric && strcmp(host, "dies.invalid") == 0)
		_exit(1);
	return __real_getaddrinfo(host, service, hints, ret);
}

static void test_resolvers(void **state)
{
	struct endpoint_answer a;
	AUTO(str) char *error = NULL;
	AUTO(str) char *error_2 = NULL;

	(void)state;
	assert_int_equal(ask_host("stalls.invalid", 443, STARTTLS_NONE,
				  (struct endpoint_options){ 1, NULL }, &a,
				  &error), -ETIMEDOUT);
	assert_has(error, "stalls.invalid:443: the name was not resolved "
		   "within 1 s;");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(ask_host("dies.invalid", 443, STARTTLS_NONE,
				  (struct endpoint_options){ 0, NULL }, &a,
				  &error_2), -EIO);
	assert_has(error_2, "dies.invalid:443: the resolver of this host");
}

static void test_names(void **state)
{
	AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
	const struct chain chain = { odd_items, 1, "localhost" };
	struct addrinfo *list = NULL;
	AUTO(str) char *error = NULL;
	struct server s;
	int r;

	(void)state;
	/* RFC 6761 6.4.  Without a network the resolver may take its time.  */
	r = ask_host("no-such-host.invalid", 443, STARTTLS_NONE,
		     (struct endpoint_options){ 2, NULL }, &a, &error);
	assert_true(r == -EHOSTUNREACH || r == -ETIMEDOUT);
	assert_true(has_prefix(error, "no-such-host.invalid:443: the name "));
	free(TAKE(error));

	if (getaddrinfo("localhost", NULL, NULL, &list) != 0) {
		print_message("# this host has no localhost\n");
		return;
	}
	freeaddrinfo(list);
	/* Where it has ::1 before 127.0.0.1 the second one answers.  */
	server_start(send_chain, &chain, &s);
	r = ask_host("localhost", s.port, STARTTLS_NONE,
		     (struct endpoint_options){ 0, NULL }, &a, &error);
	if (r < 0)
		fail_msg("%s", error);
	assert_string_equal(a.address, "127.0.0.1");
	assert_string_equal(a.name, "localhost");
	server_join(&s);
}

/* ---- STARTTLS ----------------------------------------------------------------*/

/* What is said and heard in turns, the server first; then TLS.  */
struct dialogue {
	struct blob turns[8];
	bool tls;		/* it ends in TLS */
};

static void play(int fd, const void *arg)
{
	const struct dialogue *d = arg;

	for (size_t i = 0; i < ARRAY_SIZE(d->turns) &&
	     d->turns[i].p != NULL; i++) {
		if (i % 2 == 0)
			server_say(fd, d->turns[i].p, d->turns[i].n);
		else
			server_hears(fd, d->turns[i].p, d->turns[i].n);
	}
	if (d->tls)
		send_chain(fd, &odd_chain);
	else
		server_drain(fd);
}

#define LDAP_REQUEST	BLOB("\x30\x1d\2\1\1\x77\x18\x80\x16" \
			     "1.3.6.1.4.1.1466.20037")
#define PG_REQUEST	BLOB("\0\0\0\x08\x04\xd2\x16\x2f")
#define EHLO		BLOB("EHLO trustdrift.invalid\r\n")

static void test_dialogues(void **state)
{
	static const struct {
		enum starttls starttls;
		struct dialogue d;
	} cases[] = {
		{ STARTTLS_SMTP, { {
			BLOB("220 mail.example ESMTP\r\n"), EHLO,
			BLOB("250-mail.example\r\n250-SIZE 1\r\n"
			     "250 StartTLS\r\n"), BLOB("STARTTLS\r\n"),
			BLOB("220 go\r\n") }, true } },
		{ STARTTLS_SMTP, { {
			BLOB("220-one\n220-two\n220\n"), EHLO,
			BLOB("250-STARTTLS\r\n250 HELP\r\n"),
			BLOB("STARTTLS\r\n"), BLOB("220-well\r\n220 go\r\n") },
			true } },
		{ STARTTLS_IMAP, { {
			BLOB("* OK [CAPABILITY IMAP4rev1] ready\r\n"),
			BLOB("a STARTTLS\r\n"),
			BLOB("* CAPABILITY x\r\na OK begin\r\n") }, true } },
		{ STARTTLS_IMAP, { {
			BLOB("* ok\r\n"), BLOB("a STARTTLS\r\n"),
			BLOB("a ok\r\n") }, true } },
		{ STARTTLS_LDAP, { {
			BLOB(""), LDAP_REQUEST,
			BLOB("\x30\x0c\2\1\1\x78\7\x0a\1\0\4\0\4\0") },
			true } },
		/* OpenLDAP's lengths, with the name of what it answers */
		{ STARTTLS_LDAP, { {
			BLOB(""), LDAP_REQUEST,
			BLOB("\x30\x84\0\0\0\x28\2\1\1\x78\x84\0\0\0\x1f"
			     "\x0a\1\0\4\0\4\0\x8a\x16"
			     "1.3.6.1.4.1.1466.20037") }, true } },
		{ STARTTLS_POSTGRES, { {
			BLOB(""), PG_REQUEST, BLOB("S") }, true } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
		AUTO(str) char *error = NULL;
		struct server s;

		server_start(play, &cases[i].d, &s);
		if (ask(&s, cases[i].starttls, (struct endpoint_options){
				0, NULL }, &a, &error) != 0)
			fail_msg("dialogue %zu: %s", i, error);
		check_sent(&a, odd_items, ARRAY_SIZE(odd_items));
		server_join(&s);
	}
}

static void test_declined(void **state)
{
	static const struct {
		enum starttls starttls;
		int wanted;
		const char *words;
		struct dialogue d;
	} cases[] = {
		{ STARTTLS_SMTP, -EPROTONOSUPPORT, "\"554 not you\"",
		  { { BLOB("554 not you\r\n") } } },
		{ STARTTLS_SMTP, -EPROTONOSUPPORT, "does not offer STARTTLS",
		  { { BLOB("220 x\r\n"), EHLO, BLOB("250-x\r\n250 8BITMIME\r\n")
		    } } },
		{ STARTTLS_SMTP, -EPROTONOSUPPORT, "\"502 what?\"",
		  { { BLOB("220 x\r\n"), EHLO, BLOB("502 what?\r\n") } } },
		{ STARTTLS_SMTP, -EPROTONOSUPPORT, "\"454 later\\x1b[2J\"",
		  { { BLOB("220 x\r\n"), EHLO, BLOB("250 STARTTLS\r\n"),
		      BLOB("STARTTLS\r\n"), BLOB("454 later\33[2J\r\n") } } },
		{ STARTTLS_SMTP, -EPROTO, "not SMTP: \"* OK",
		  { { BLOB("* OK imap\r\n") } } },
		{ STARTTLS_SMTP, -EPROTO, "not SMTP: \"22",
		  { { BLOB("22\r\n") } } },
		/* something slipped in behind the consent */
		{ STARTTLS_SMTP, -EPROTO, "not TLS: \"250 ok",
		  { { BLOB("220 x\r\n"), EHLO, BLOB("250 STARTTLS\r\n"),
		      BLOB("STARTTLS\r\n"), BLOB("220 go\r\n250 ok\r\n") } } },
		{ STARTTLS_IMAP, -EPROTONOSUPPORT, "\"* BYE full\"",
		  { { BLOB("* BYE full\r\n") } } },
		{ STARTTLS_IMAP, -EPROTONOSUPPORT, "PREAUTH",
		  { { BLOB("* PREAUTH hello\r\n") } } },
		{ STARTTLS_IMAP, -EPROTONOSUPPORT, "\"a NO none\"",
		  { { BLOB("* OK\r\n"), BLOB("a STARTTLS\r\n"),
		      BLOB("* x\r\na NO none\r\n") } } },
		{ STARTTLS_IMAP, -EPROTO, "not IMAP: \"+OK",
		  { { BLOB("+OK pop\r\n") } } },
		{ STARTTLS_IMAP, -EPROTO, "not IMAP: \"b OK",
		  { { BLOB("* OK\r\n"), BLOB("a STARTTLS\r\n"),
		      BLOB("b OK\r\n") } } },
		{ STARTTLS_LDAP, -EPROTONOSUPPORT, "\"no TLS here\"",
		  { { BLOB(""), LDAP_REQUEST,
		      BLOB("\x30\x17\2\1\1\x78\x12\x0a\1\2\4\0\4\x0b"
			   "no TLS here") } } },
		{ STARTTLS_LDAP, -EPROTONOSUPPORT, "resultCode 52",
		  { { BLOB(""), LDAP_REQUEST,
		      BLOB("\x30\x0c\2\1\1\x78\7\x0a\1\x34\4\0\4\0") } } },
		/* a notice of disconnection with its code 0 is no consent */
		{ STARTTLS_LDAP, -EPROTONOSUPPORT, "resultCode 0",
		  { { BLOB(""), LDAP_REQUEST,
		      BLOB("\x30\x0c\2\1\0\x78\7\x0a\1\0\4\0\4\0") } } },
		{ STARTTLS_LDAP, -EPROTO, "not LDAP",
		  { { BLOB(""), LDAP_REQUEST, BLOB("\x30\x80\0\0") } } },
		{ STARTTLS_LDAP, -EPROTO, "not LDAP",
		  { { BLOB(""), LDAP_REQUEST, BLOB("\x30\5\2\1\1\x78\0") } } },
		{ STARTTLS_LDAP, -EPROTO, "not LDAP",
		  { { BLOB(""), LDAP_REQUEST, BLOB("HTTP/1.1 400") } } },
		{ STARTTLS_LDAP, -E2BIG, "LIMIT_STARTTLS_BYTES",
		  { { BLOB(""), LDAP_REQUEST, BLOB("\x30\x84\x7f\0\0\0") } } },
		{ STARTTLS_POSTGRES, -EPROTONOSUPPORT, "\"N\"",
		  { { BLOB(""), PG_REQUEST, BLOB("N") } } },
		{ STARTTLS_POSTGRES, -EPROTONOSUPPORT, "\"E\"",
		  { { BLOB(""), PG_REQUEST, BLOB("E\0\0\0\5\0") } } },
		{ STARTTLS_POSTGRES, -EPROTO, "not PostgreSQL: \"H\"",
		  { { BLOB(""), PG_REQUEST, BLOB("HTTP/1.1") } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_failure(play, &cases[i].d, cases[i].starttls, 0,
			      cases[i].wanted, cases[i].words);
}

/* A greeting that has no end.  */
static void babble(int fd, const void *arg)
{
	for (int i = 0; i < 20000; i++)
		server_says(fd, arg);
	server_drain(fd);
}

static void test_no_dialogue(void **state)
{
	(void)state;
	check_failure(stall, NULL, STARTTLS_SMTP, 1, -ETIMEDOUT,
		      "heard nothing");
	check_failure(recite, "220-and\r\n220-", STARTTLS_SMTP, 1, -ETIMEDOUT,
		      "not done within 1 s;");
	check_failure(end_at_once, NULL, STARTTLS_IMAP, 0, -ECONNRESET,
		      "without a word");
	check_failure(end_at_once, NULL, STARTTLS_POSTGRES, 0, -ECONNRESET,
		      "without a word");
	check_failure(babble, "220-and\r\n", STARTTLS_SMTP, 0, -E2BIG,
		      "LIMIT_STARTTLS_BYTES");
	check_failure(babble, "* OK no end ", STARTTLS_IMAP, 0, -E2BIG,
		      "LIMIT_STARTTLS_BYTES");
}

/* The signal would end the program of somebody who does not ignore it.  */
static void test_broken_pipe(void **state)
{
	const struct endpoint e = { (char *)"h", 1, STARTTLS_NONE };
	AUTO(connection) struct connection c = { .fd = -1 };
	int ends[2], r;

	(void)state;
	signal(SIGPIPE, SIG_DFL);
	connection_init(&c, &e, 5);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	c.fd = ends[0];
	close(ends[1]);
	r = connection_write(&c, "x", 1);
	assert_int_equal(r, -EPIPE);
	assert_int_equal(connection_lost(&c, r), -ECONNRESET);
	assert_has(c.error, "h:1: the connection broke");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_others),
		cmocka_unit_test(test_as_sent),
		cmocka_unit_test(test_server_name),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_damaged_lists),
		cmocka_unit_test(test_warning),
		cmocka_unit_test(test_no_servers),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_resolvers),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_dialogues),
		cmocka_unit_test(test_declined),
		cmocka_unit_test(test_no_dialogue),
		cmocka_unit_test(test_broken_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
