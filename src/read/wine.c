/* wine.c -- Wine's registry, in which crypt32 keeps the certificate stores of
 * Windows programs: system.reg (HKEY_LOCAL_MACHINE) and user.reg
 * (HKEY_CURRENT_USER) of a prefix.  Text, written by server/registry.c:
 *
 *	WINE REGISTRY Version 2
 *	[Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\<SHA-1>] ...
 *	"Blob"=hex:03,00,00,00,01,00,00,00,14,00,00,00,...,\
 *	  20,00,00,00,01,00,00,00,...
 *
 * A Blob is records of three little-endian words, the property's number, 1 and
 * a length, and then so many bytes; 3 is the SHA-1, 11 the friendly name, 32
 * the certificate (33 a CRL, 34 a CTL).
 *
 * What is surprising, each asked of Wine 8.0:
 *
 *   - a certificate is passed over when the key's name is not its SHA-1 in
 *     capitals, where property 3 is believed if it is there, and when there is
 *     any property that Wine does not know, among them those of Microsoft's
 *     root program;
 *   - nobody reads EnterpriseCertificates, Policies, AuthRoot, or the list of
 *     purposes in property 9; Trust helps to build chains like CA;
 *   - Wow6432Node is the same store to programs of 64 bits, too;
 *   - the roots of the host are in Root while Wine runs, but not here.
 *
 * Keys are sorted, and behind those of the certificates there are always
 * others.  A file that ends before them was cut.
 */
#include <errno.h>
#include <string.h>

#include "read/label.h"
#include "read/read.h"

#define HEAD		"WINE REGISTRY Version "
#define KNOWN_VERSION	"2"
#define KEY_MAX		1024u	/* deepest that certificates lie: ~150 */

#define PROPERTY_SHA1	3
#define PROPERTY_NAME	11
#define PROPERTY_CERTIFICATE	32
#define RECORD_HEAD	12u

/* Where stores are; all are names of keys, so case
 * does not matter.  */
static const struct place {
	const char *key;
	const char *prefix;	/* of the label */
	bool used;
} places[] = {
	{ "Software\\Microsoft\\EnterpriseCertificates\\", "Enterprise ",
	  false },
	{ "Software\\Microsoft\\SystemCertificates\\", "", true },
	{ "Software\\Policies\\Microsoft\\SystemCertificates\\", "Policies ",
	  false },
	{ "Software\\Wow6432Node\\Microsoft\\EnterpriseCertificates\\",
	  "Enterprise ", false },
	{ "Software\\Wow6432Node\\Microsoft\\SystemCertificates\\", "", true },
};
/* In the first lines of system.reg, as it is written there.  */
static const char machine[] = ";; All keys relative to REGISTRY\\\\Machine";

/* What is behind all keys of certificates.  */
static const char user_end[] = "Software\\Policies\\Microsoft\\T";
static const char machine_end[] = "Software\\Wow6432Node\\Microsoft\\T";

static const struct {
	const char *store;
	enum role role;
} roles[] = {
	{ "Root", ROLE_ANCHOR },
	{ "CA", ROLE_INTERMEDIATE },
	{ "Trust", ROLE_INTERMEDIATE },
	{ "Disallowed", ROLE_DISTRUST },
	{ "My", ROLE_END_ENTITY },
	{ "AddressBook", ROLE_END_ENTITY },
	{ "TrustedPeople", ROLE_END_ENTITY },
	{ "TrustedPublisher", ROLE_END_ENTITY },
};

struct reading {
	struct blob data;
	uint64_t pos;		/* of the line that comes next */
	struct sink *out;
	char key[KEY_MAX];	/* the one we are in; "" when it is none of
				 * a certificate */
	uint64_t key_at;
	const struct place *place;
	size_t store_n;		/* length of the store's name behind place */
	const char *name;	/* in key: the last component */
	struct buf blob;	/* its value */
	bool has_blob;
	const char *end;	/* what must come behind certificates ... */
	bool complete;		/* ... and did */
};

/* As strncasecmp(), in no locale.  */
static int compare(const char *a, const char *b, size_t n)
{
	for (; n > 0; a++, b++, n--) {
		const int x = *a >= 'A' && *a <= 'Z' ? *a | 0x20 : *a;
		const int y = *b >= 'A' && *b <= 'Z' ? *b | 0x20 : *b;

		if (x != y || x == '\0')
			return (uint8_t)x - (uint8_t)y;
	}
	return 0;
}

/* ---- lines ---------------------------------------------------------------*/

/* The next line without its end; false: there is none.  */
static bool line_next(struct reading *r, struct blob *ret_line)
{
	struct blob rest = { r->data.p + r->pos, r->data.n - r->pos };
	const uint8_t *lf;

	if (rest.n == 0)
		return false;
	lf = memchr(rest.p, '\n', rest.n);
	if (lf != NULL)
		rest.n = (size_t)(lf - rest.p);
	r->pos += rest.n + (lf != NULL);
	if (rest.n > 0 && rest.p[rest.n - 1] == '\r')
		rest.n--;
	*ret_line = rest;
	return true;
}

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes a character that may be escaped off *IN, which is not empty: \\x with up
 * to four hexadecimal digits, up to three octal ones, or a letter as in C.  What
 * is no letter of a certificate's key is '?'.  */
static char character_next(struct blob *in)
{
	const uint8_t *p = in->p, *end = in->p + in->n;
	const uint8_t *stop;
	uint32_t c = *p++;

	if (c == '\\' && p < end) {
		c = *p++;
		if (c == 'x' && p < end && digit(*p) >= 0) {
			stop = end - p > 4 ? p + 4 : end;
			for (c = 0; p < stop && digit(*p) >= 0; p++)
				c = c << 4 | (uint32_t)digit(*p);
		} else if (c >= '0' && c <= '7') {
			stop = end - p > 2 ? p + 2 : end;
			for (c -= '0'; p < stop && *p >= '0' && *p <= '7'; p++)
				c = c << 3 | (uint32_t)(*p - '0');
		} else if (strchr("abefnrtv", (int)c) != NULL) {
			c = '\n';
		}
	}
	*in = (struct blob){ p, (size_t)(end - p) };
	return c < ' ' || c > '~' ? '?' : (char)c;
}

/* The text before END, an unescaped character, into RET; *IN is then what is
 * behind that.  -EINVAL: no END; -E2BIG: longer than RET.  */
static int text_next(struct blob *in, uint8_t end, char *ret, size_t room)
{
	size_t n = 0;

	while (in->n > 0 && in->p[0] != end) {
		if (n + 1 == room)
			return -E2BIG;
		ret[n++] = character_next(in);
	}
	if (in->n == 0)
		return -EINVAL;
	*in = (struct blob){ in->p + 1, in->n - 1 };
	ret[n] = '\0';
	return 0;
}

/* "hex:" or "hex(3):", behind which octets stand: 0.  -EINVAL: another type,
 * whose value is no Blob that crypt32 writes.  */
static int hex_prefix(struct blob *in)
{
	size_t n = 3;

	if (in->n < 4 || memcmp(in->p, "hex", 3) != 0)
		return -EINVAL;
	if (in->p[n] == '(') {
		for (n++; n < in->n && digit(in->p[n]) >= 0; n++)
			;
		if (n == in->n || in->p[n++] != ')')
			return -EINVAL;
	}
	if (n >= in->n || in->p[n] != ':')
		return -EINVAL;
	*in = (struct blob){ in->p + n + 1, in->n - n - 1 };
	return 0;
}

/* Octets with commas between, over as many lines as end in a backslash.
 * -EINVAL: something else; -E2BIG: more than the buffer takes.  */
static int hex_parse(struct reading *r, struct blob in)
{
	struct buf *to = &r->blob;
	size_t i = 0;

	while (i < in.n) {
		uint8_t octet;

		if (in.p[i] == '\\' && i + 1 == in.n) {
			if (!line_next(r, &in))
				return -EINVAL;
			for (i = 0; i < in.n && (in.p[i] == ' ' ||
						 in.p[i] == '\t'); i++)
				;
			continue;
		}
		if (i + 2 > in.n || digit(in.p[i]) < 0 ||
		    digit(in.p[i + 1]) < 0)
			return -EINVAL;
		octet = (uint8_t)(digit(in.p[i]) << 4 | digit(in.p[i + 1]));
		if (buf_add(to, &octet, 1) < 0)
			return -E2BIG;
		i += 2;
		if (i < in.n && in.p[i++] != ',')
			return -EINVAL;
	}
	return 0;
}

static void value_read(struct reading *r, struct blob line, uint64_t offset)
{
	char name[sizeof("Blob")];
	int e;

	line = (struct blob){ line.p + 1, line.n - 1 };
	if (text_next(&line, '"', name, sizeof(name)) < 0 ||
	    compare(name, "Blob", sizeof(name)) != 0)
		return;
	buf_done(&r->blob);
	buf_init(&r->blob, LIMIT_REGISTRY_BLOB);
	r->has_blob = false;
	e = -EINVAL;
	if (line.n > 0 && line.p[0] == '=') {
		line = (struct blob){ line.p + 1, line.n - 1 };
		e = hex_prefix(&line);
	}
	if (e == 0)
		e = hex_parse(r, line);
	if (e == -E2BIG)
		sink_problem(r->out, PROBLEM_LIMIT, offset,
			     "a Blob of more than LIMIT_REGISTRY_BLOB (%u) "
			     "bytes; not read", LIMIT_REGISTRY_BLOB);
	else if (e < 0)
		sink_problem(r->out, PROBLEM_MALFORMED, offset,
			     "a Blob that is not written as octets in hex; "
			     "add the certificate again");
	r->has_blob = e == 0;
}

/* ---- records -------------------------------------------------------------*/

struct element {
	struct blob certificate, sha1, name;	/* p NULL: not there */
	uint32_t unknown;	/* a property that Wine does not know, 0: none */
};

/* Those that Wine 8.0 takes.  */
static bool is_known(uint32_t property)
{
	return (property >= 2 && property <= 5) ||
	       (property >= 9 && property <= 13) || property == 15 ||
	       (property >= 20 && property <= 27) ||
	       (property >= 32 && property <= 34) || property == 64;
}

/* What is wrong with the records, NULL: nothing.  */
static const char *element_parse(struct blob in, struct element *ret_element)
{
	struct element e = { .unknown = 0 };

	while (in.n > 0) {
		uint32_t property, one, n;
		struct blob value;

		if (in.n < RECORD_HEAD)
			return "bytes behind the last property";
		property = get_le32(in.p);
		one = get_le32(in.p + 4);
		n = get_le32(in.p + 8);
		if (property == 0)
			break;
		if (one != 1)
			return "a property that is not marked as one";
		if (n > in.n - RECORD_HEAD)
			return "a property that ends behind the value";
		value = (struct blob){ in.p + RECORD_HEAD, n };
		in = (struct blob){ value.p + n, in.n - RECORD_HEAD - n };
		if (!is_known(property))
			e.unknown = property;
		else if (property == PROPERTY_SHA1)
			e.sha1 = value;
		else if (property == PROPERTY_NAME)
			e.name = value;
		else if (property == PROPERTY_CERTIFICATE &&
			 e.certificate.p == NULL)
			e.certificate = value;
	}
	if (e.certificate.p == NULL)
		return "no certificate";
	*ret_element = e;
	return NULL;
}

/* Does the key's name fit the element?  *ret_forged: property 3 is not the
 * certificate's SHA-1.  */
static bool is_named(const struct reading *r, const struct element *e,
		     bool *ret_forged)
{
	uint8_t real[SHA1_SIZE];
	char hex[2 * SHA1_SIZE + 1];
	struct blob sha1 = e->sha1;

	hash_sha1(e->certificate, real);
	if (sha1.p == NULL)
		sha1 = (struct blob){ real, sizeof(real) };
	if (sha1.n != SHA1_SIZE)
		return false;
	*ret_forged = memcmp(sha1.p, real, SHA1_SIZE) != 0;
	hex_encode(sha1.p, SHA1_SIZE, hex);
	for (char *c = hex; *c != '\0'; c++)
		if (*c >= 'a')
			*c = (char)(*c - 'a' + 'A');
	return strcmp(hex, r->name) == 0;
}

static enum role role_of(const struct reading *r)
{
	const char *store = r->key + strlen(r->place->key);

	if (!r->place->used)
		return ROLE_SOURCE;
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (strlen(roles[i].store) == r->store_n &&
		    compare(store, roles[i].store, r->store_n) == 0)
			return roles[i].role;
	return ROLE_SOURCE;
}

/* "Root", "Root: friendly name".  */
static void label_make(const struct reading *r, const struct element *e,
		       struct buf *label)
{
	buf_addf(label, "%s%.*s", r->place->prefix, (int)r->store_n,
		 r->key + strlen(r->place->key));
	if (e->name.n < 2 || (e->name.p[0] | e->name.p[1]) == 0)
		return;
	buf_adds(label, ": ");
	if (label_from_windows(e->name, label) < 0)
		sink_skipped(r->out, PROBLEM_LIMIT, r->key_at, "a friendly "
			     "name longer than LIMIT_LABEL_BYTES; it is cut "
			     "there");
}

/* The key that was read is complete.  */
static int key_end(struct reading *r)
{
	AUTO(buf) struct buf label;
	struct element e = { .unknown = 0 };
	struct entry entry = { .offset = r->key_at };
	const char *fault;
	bool forged = false;

	buf_init(&label, LIMIT_LABEL_BYTES);
	if (r->key[0] == '\0' || !r->has_blob)
		return 0;
	fault = element_parse((struct blob){ (const uint8_t *)r->blob.p,
					     r->blob.n }, &e);
	if (fault == NULL &&
	    (certificate_tlv(e.certificate, &entry.der) < 0 ||
	     entry.der.n != e.certificate.n))
		fault = "what stands for a certificate is none";
	if (fault == NULL && !is_named(r, &e, &forged))
		fault = "the key's name is not the certificate's SHA-1 in "
			"capitals";
	if (fault != NULL) {
		sink_skipped(r->out, PROBLEM_MALFORMED, r->key_at,
			     "%s: Wine passes over it; delete the key", fault);
		return 0;
	}
	if (forged)
		sink_skipped(r->out, PROBLEM_MALFORMED, r->key_at, "the SHA-1 "
			     "that is kept beside the certificate is of "
			     "another one, and Wine believes it: see who added "
			     "this certificate");
	entry.role = role_of(r);
	if (e.unknown != 0) {
		sink_skipped(r->out, PROBLEM_FORMAT, r->key_at, "property %ju, "
			     "which Wine 8.0 does not know: it passes over the "
			     "certificate", (uintmax_t)e.unknown);
		entry.role = ROLE_SOURCE;
	}
	label_make(r, &e, &label);
	entry.label = buf_str(&label);
	entry.label_n = label.n;
	return r->out->entry(r->out, &entry);
}

/* ---- keys ----------------------------------------------------------------*/

/* Is KEY, behind PLACE, STORE\Certificates\NAME?  */
static bool is_certificate(struct reading *r, const struct place *place)
{
	static const char middle[] = "\\Certificates\\";
	const char *store = r->key + strlen(place->key);
	const size_t n = strcspn(store, "\\");
	const char *name;

	if (n == 0 || compare(store + n, middle, strlen(middle)) != 0)
		return false;
	name = store + n + strlen(middle);
	if (*name == '\0' || strchr(name, '\\') != NULL)
		return false;
	r->place = place;
	r->store_n = n;
	r->name = name;
	return true;
}

static void key_begin(struct reading *r, struct blob line, uint64_t offset)
{
	r->has_blob = false;
	r->key_at = offset;
	line = (struct blob){ line.p + 1, line.n - 1 };
	if (text_next(&line, ']', r->key, sizeof(r->key)) < 0) {
		r->key[0] = '\0';
		return;
	}
	r->complete = compare(r->key, r->end, sizeof(r->key)) > 0;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (compare(r->key, places[i].key,
				strlen(places[i].key)) == 0 &&
		    is_certificate(r, &places[i]))
			return;
	r->key[0] = '\0';
}

/* ---- the file ------------------------------------------------------------*/

static bool wine_sniff(struct blob data)
{
	return data.n >= strlen(HEAD) &&
	       memcmp(data.p, HEAD, strlen(HEAD)) == 0;
}

/* The first line; says what is wrong with it.  */
static bool version_read(struct reading *r)
{
	AUTO(str) char *text = NULL;
	struct blob line = { NULL, 0 };

	if (!wine_sniff(r->data) || !line_next(r, &line)) {
		if (r->data.n == 0)
			sink_problem(r->out, PROBLEM_TRUNCATED, 0,
				     "the file is empty");
		else
			sink_problem(r->out, PROBLEM_FORMAT, 0,
				     "not a registry of Wine");
		return false;
	}
	line = (struct blob){ line.p + strlen(HEAD), line.n - strlen(HEAD) };
	if (line.n == strlen(KNOWN_VERSION) &&
	    memcmp(line.p, KNOWN_VERSION, line.n) == 0)
		return true;
	if (line.n > 32)
		line.n = 32;
	text = escape_text((const char *)line.p, line.n);
	sink_problem(r->out, PROBLEM_FORMAT, 0, "a registry of version %s; "
		     "only " KNOWN_VERSION " is known", text);
	return false;
}

static int lines_read(struct reading *r)
{
	uint64_t at = r->pos;
	struct blob line;
	int e;

	for (; line_next(r, &line); at = r->pos) {
		if (line.n == 0)
			continue;
		if (blob_equal(line, (struct blob){ (const uint8_t *)machine,
						    sizeof(machine) - 1 })) {
			r->end = machine_end;
		} else if (line.p[0] == '[') {
			e = key_end(r);
			if (e < 0)
				return e;
			key_begin(r, line, at);
		} else if (line.p[0] == '"' && r->key[0] != '\0') {
			value_read(r, line, at);
		}
	}
	return key_end(r);
}

static int wine_read(const struct input *input, struct sink *out)
{
	struct reading r = {
		.data = input->data, .out = out, .end = user_end,
	};
	int e;

	buf_init(&r.blob, LIMIT_REGISTRY_BLOB);
	if (!version_read(&r))
		return 0;
	e = lines_read(&r);
	if (e == 0 && !r.complete)
		sink_problem(out, PROBLEM_TRUNCATED, r.data.n,
			     "ends before the keys that follow those of "
			     "certificates; restore the file from a backup");
	buf_done(&r.blob);
	return e;
}

const struct reader wine_reader = {
	.name = "wine-registry",
	.title = N_("Registry of Wine"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST,
	.sniff = wine_sniff,
	.read = wine_read,
};
