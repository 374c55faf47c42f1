/* parse.c -- HOST:PORT as people write it.
 *
 * The hosts are those of RFC 3986 3.2.2: a name, an IPv4 address, or an IPv6
 * address in brackets (with a zone, RFC 6874, but as getaddrinfo() writes it).
 * An IPv6 address without brackets is not taken: nobody can tell where its port
 * begins.  Of names only what DNS can hold is one, and the underscore, which
 * internal names do have; names in other scripts become ASCII here, for that is
 * what certificates have.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "endpoint/connection.h"
#include "library/libgnutls.h"

#define NAME_MAX_BYTES	253	/* RFC 1035 2.3.4, as text */
#define LABEL_MAX_BYTES	63

/* Ports are IANA's; that of smtp is the one between servers, and clients'
 * submission has to be asked for by its number, 587.  */
static const struct scheme {
	const char *name;
	uint16_t port;
	enum starttls starttls;
} schemes[] = {
	{ "tls", 443, STARTTLS_NONE },
	{ "https", 443, STARTTLS_NONE },
	{ "smtps", 465, STARTTLS_NONE },
	{ "imaps", 993, STARTTLS_NONE },
	{ "ldaps", 636, STARTTLS_NONE },
	{ "smtp", 25, STARTTLS_SMTP },
	{ "imap", 143, STARTTLS_IMAP },
	{ "ldap", 389, STARTTLS_LDAP },
	{ "postgres", 5432, STARTTLS_POSTGRES },
	{ "postgresql", 5432, STARTTLS_POSTGRES },
};

static const struct scheme *scheme_find(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strlen(schemes[i].name) == n &&
		    strncasecmp(schemes[i].name, name, n) == 0)
			return &schemes[i];
	return NULL;
}

/* A name of DNS, or an IPv4 address.  */
static bool is_name(const char *s)
{
	size_t n = strlen(s), label = 0;

	if (n > 0 && s[n - 1] == '.')	/* the root may be written */
		n--;
	if (n == 0 || n > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = s[i];

		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (c >= 0x80 || (!isalnum(c) && c != '-' && c != '_') ||
		    (label == 0 && c == '-') || ++label > LABEL_MAX_BYTES)
			return false;
	}
	return label > 0;
}

/* An IPv6 address, perhaps with %ZONE.  */
static bool is_address_6(const char *s)
{
	const char *zone = strchr(s, '%');
	AUTO(str) char *address = xstrndup(s, zone != NULL ? (size_t)(zone - s)
							   : strlen(s));
	struct in6_addr ignored;

	if (zone != NULL && zone[1] == '\0')
		return false;
	for (; zone != NULL && *zone != '\0'; zone++)
		if (!isgraph((unsigned char)*zone))
			return false;
	return inet_pton(AF_INET6, address, &ignored) == 1;
}

static bool is_ascii(const char *s)
{
	while (*s != '\0' && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

char *host_to_ascii(const char *host)
{
	const struct libgnutls *lib;
	gnutls_datum_t mapped;
	char *ascii;

	if (is_ascii(host))
		return is_name(host) ? xstrdup(host) : NULL;
	lib = libgnutls();
	if (!is_utf8(host, strlen(host)) ||
	    lib->gnutls_idna_map(host, (unsigned)strlen(host), &mapped, 0) < 0)
		return NULL;
	ascii = xstrndup((const char *)mapped.data, mapped.size);
	(*lib->gnutls_free)(mapped.data);
	if (!is_name(ascii)) {
		free(ascii);
		return NULL;
	}
	return ascii;
}

int endpoint_parse(const char *what, struct endpoint *ret_endpoint)
{
	const char *behind = strstr(what, "://"), *end;
	const struct scheme *scheme = NULL;
	AUTO(str) char *written = NULL;
	AUTO(str) char *host = NULL;
	AUTO(str) char *digits = NULL;
	uint64_t port;
	size_t n;

	if (strlen(what) > LIMIT_PATH_BYTES)
		return -EINVAL;
	if (behind != NULL) {
		scheme = scheme_find(what, (size_t)(behind - what));
		if (scheme == NULL)
			return -EINVAL;
		what = behind + 3;
	}
	if (what[0] == '[') {
		end = strchr(what, ']');
		if (end == NULL)
			return -EINVAL;
		written = xstrndup(what + 1, (size_t)(end - what - 1));
		if (!is_address_6(written))
			return -EINVAL;
		host = TAKE(written);
		end++;
	} else {
		end = what + strcspn(what, ":/");
		written = xstrndup(what, (size_t)(end - what));
		host = host_to_ascii(written);
		if (host == NULL)
			return -EINVAL;
	}
	if (*end == ':') {
		n = strspn(end + 1, "0123456789");
		digits = xstrndup(end + 1, n);
		if (number_parse(digits, UINT16_MAX, &port) < 0 || port == 0)
			return -EINVAL;
		end += 1 + n;
	} else if (scheme != NULL) {
		port = scheme->port;
	} else {
		return -EINVAL;
	}
	if (scheme != NULL && *end == '/')
		end++;
	if (*end != '\0')
		return -EINVAL;
	*ret_endpoint = (struct endpoint){
		.host = TAKE(host),
		.port = (uint16_t)port,
		.starttls = scheme != NULL ? scheme->starttls : STARTTLS_NONE,
	};
	return 0;
}

char *endpoint_format(const struct endpoint *e)
{
	if (strchr(e->host, ':') != NULL)
		return xasprintf("[%s]:%u", e->host, e->port);
	return xasprintf("%s:%u", e->host, e->port);
}

void endpoint_done(struct endpoint *e)
{
	free(e->host);
	*e = (struct endpoint){ .host = NULL };
}

void auto_endpoint(struct endpoint *e)
{
	endpoint_done(e);
}
