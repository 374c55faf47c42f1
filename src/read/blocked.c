/* blocked.c -- the certificates that a JDK distrusts: lib/security/blocked.certs,
 * before JDK 16 blacklisted.certs (sun.security.util.UntrustedCertificates).
 *
 * A file for java.util.Properties.load(): the property Algorithm names a hash,
 * and the name of every other one is a fingerprint in upper case, of the whole
 * certificate, without colons.  Their values do not matter.  What happens was
 * seen with JDK 17 and 25:
 *
 *   - a name that is something else, lower case included, matches nothing; the
 *     builds of JDK-8357691 have the log of another program in front,
 *   - without Algorithm nothing is distrusted, wherever in the file it would
 *     be; the last one counts,
 *   - with an algorithm that Java does not know every certificate is
 *     distrusted, and a space behind its name is enough for that,
 *   - \u without four hexadecimal digits ends in an exception whenever a
 *     certificate is to be verified.
 */
#include <string.h>
#include <strings.h>

#include "read/read.h"

#define NAME_SIZE	(2 * SHA256_SIZE + 1)	/* longer ones match nothing */
#define ALGORITHM	"Algorithm"

/* A property: its name and value without escapes, as far as they matter.  */
struct property {
	uint64_t offset;
	char name[NAME_SIZE], value[NAME_SIZE];
	size_t name_n, value_n;		/* also of what does not fit */
	bool escape;			/* \u without its digits */
	bool last;			/* the file ends in it */
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static bool is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static void skip_blanks(struct blob data, uint64_t *at)
{
	while (*at < data.n && is_blank(data.p[*at]))
		++*at;
}

/* The character that a backslash stands before, which is at *at.  */
static char unescape(struct blob data, uint64_t *at, struct property *p)
{
	const uint8_t c = data.p[(*at)++];
	uint8_t two[2];
	char hex[5] = "";

	if (c != 'u')
		return c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r'
		     : c == 'f' ? '\f' : (char)c;
	for (size_t i = 0; i < 4 && *at < data.n; i++)
		hex[i] = (char)data.p[(*at)++];
	if (strlen(hex) < 4 || hex_decode(hex, two, 2) < 0) {
		p->escape = true;
		return '\0';
	}
	return two[0] != 0 ? '\0' : (char)two[1];
}

/* Nothing past ASCII matters, so all of that looks the same.  */
static void put(char *to, size_t *n, char c)
{
	if (*n < NAME_SIZE - 1)
		to[*n] = c < ' ' || c > '~' ? '?' : c;
	++*n;
}

/* Behind a backslash: passes over the end of the line and what the next one
 * begins with.  False: there is no end of a line.  */
static bool joins_lines(struct blob data, uint64_t *at)
{
	if (*at >= data.n || !is_line_end(data.p[*at]))
		return false;
	if (data.p[*at] == '\r' && *at + 1 < data.n &&
	    data.p[*at + 1] == '\n')
		++*at;
	++*at;
	skip_blanks(data, at);
	return true;
}

/* The next property; *at moves behind it.  False: no more.  */
static bool property_next(struct blob data, uint64_t *at,
			  struct property *ret_property)
{
	struct property p = { .name_n = 0 };
	enum { NAME, BETWEEN, SEPARATED, VALUE } part = NAME;
	bool escaped;
	char c;

	for (;; ++*at) {		/* blank lines and comments */
		skip_blanks(data, at);
		if (*at >= data.n)
			return false;
		if (data.p[*at] == '#' || data.p[*at] == '!')
			while (*at < data.n && !is_line_end(data.p[*at]))
				++*at;
		else if (!is_line_end(data.p[*at]))
			break;
	}
	p.offset = *at;
	while (*at < data.n && !is_line_end(data.p[*at])) {
		c = (char)data.p[(*at)++];
		escaped = c == '\\';
		if (escaped) {
			if (*at >= data.n || joins_lines(data, at))
				continue;
			c = unescape(data, at, &p);
		}
		if (part == NAME && !escaped &&
		    (c == '=' || c == ':' || is_blank((uint8_t)c)))
			part = BETWEEN;
		if (part == NAME) {
			put(p.name, &p.name_n, c);
			continue;
		}
		if (part != VALUE && !escaped) {
			if (is_blank((uint8_t)c))
				continue;
			if (part == BETWEEN && (c == '=' || c == ':')) {
				part = SEPARATED;
				continue;
			}
		}
		part = VALUE;
		put(p.value, &p.value_n, c);
	}
	p.last = *at >= data.n;
	*ret_property = p;
	return true;
}

static bool is_algorithm(const struct property *p)
{
	return p->name_n == strlen(ALGORITHM) &&
	       memcmp(p->name, ALGORITHM, p->name_n) == 0;
}

static bool is_hex(const struct property *p, const char *letters)
{
	if (p->name_n != 2 * SHA256_SIZE)
		return false;
	for (size_t i = 0; i < p->name_n; i++)
		if ((p->name[i] < '0' || p->name[i] > '9') &&
		    strchr(letters, p->name[i]) == NULL)
			return false;
	return true;
}

/* A name that has the form of a SHA-256.  */
static bool is_fingerprint(const struct property *p)
{
	return is_hex(p, "ABCDEF");
}

/* Java's names of it; case does not matter to MessageDigest.  */
static bool is_sha256(const struct property *p)
{
	return p->value_n < NAME_SIZE &&
	       (strcasecmp(p->value, "SHA-256") == 0 ||
		strcasecmp(p->value, "SHA256") == 0 ||
		strcmp(p->value, "2.16.840.1.101.3.4.2.1") == 0);
}

/* True: the fingerprints are SHA-256, and Java takes them.  */
static bool algorithm_check(struct blob data, struct sink *out)
{
	struct property p, algorithm = { .name_n = 0 };
	uint64_t at = 0;

	while (property_next(data, &at, &p)) {
		if (p.escape) {
			sink_problem(out, PROBLEM_MALFORMED, p.offset,
				     "\\u without four hexadecimal digits: Java "
				     "verifies no certificate at all until "
				     "this line is removed");
			return false;
		}
		if (is_algorithm(&p))
			algorithm = p;
	}
	if (algorithm.name_n == 0) {
		sink_skipped(out, PROBLEM_MALFORMED, 0, "no line "
			     "Algorithm=SHA-256, without which Java takes none "
			     "of the fingerprints; restore the file from the "
			     "JDK's package");
		return false;
	}
	if (is_sha256(&algorithm))
		return true;
	sink_problem(out, PROBLEM_OPAQUE, algorithm.offset,
		     "fingerprints by the algorithm \"%.64s\", only SHA-256 is "
		     "known; they are not read.  A Java that does not know it "
		     "either trusts no certificate at all",
		     algorithm.value);
	return false;
}

static int blocked_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct property p;
	uint64_t at = 0, first = 0;
	size_t odd = 0, fingerprints = 0;
	int r;

	if (data.n == 0) {
		sink_problem(out, PROBLEM_TRUNCATED, 0, "the file is empty");
		return 0;
	}
	if (!algorithm_check(data, out))
		return 0;
	while (property_next(data, &at, &p)) {
		uint8_t sha256[SHA256_SIZE];
		struct entry e = {
			.sha256 = sha256,
			.offset = p.offset,
			.role = ROLE_DISTRUST,
		};

		if (is_algorithm(&p))
			continue;
		if (!is_fingerprint(&p)) {
			if (p.last)
				sink_skipped(out, PROBLEM_TRUNCATED, p.offset,
					     "the last line is no fingerprint "
					     "in upper case, and the file may "
					     "end too early; Java passes over "
					     "it");
			else if (odd++ == 0)
				first = p.offset;
			continue;
		}
		fingerprints++;
		hex_decode(p.name, sha256, SHA256_SIZE);
		r = out->entry(out, &e);
		if (r < 0)
			return r;
	}
	if (fingerprints == 0 && odd == 0)
		sink_skipped(out, PROBLEM_TRUNCATED, data.n, "no fingerprint, "
			     "so that Java blocks nothing; restore the file "
			     "from the JDK's package");
	if (odd > 0)
		sink_skipped(out, PROBLEM_MALFORMED, first, "lines that are no "
			     "fingerprint in upper case, this is the first of "
			     "%zu; Java passes over them, so what they should "
			     "block is not blocked", odd);
	return 0;
}

/* Text with a line of the two kinds, not necessarily in front.  */
static bool blocked_sniff(struct blob data)
{
	struct property p;
	uint64_t at = 0;

	for (size_t i = 0; i < data.n; i++)
		if (data.p[i] < ' ' && !is_blank(data.p[i]) &&
		    !is_line_end(data.p[i]))
			return false;
	while (property_next(data, &at, &p))
		if (is_algorithm(&p) || is_hex(&p, "ABCDEFabcdef"))
			return true;
	return false;
}

const struct reader blocked_reader = {
	.name = "blocked-certs",
	.title = N_("Certificates that a JDK blocks"),
	.caps = READS_MANY | READS_TRUST,
	.sniff = blocked_sniff,
	.read = blocked_read,
};
