/* p11kit-persist.c -- the objects in a .p11-kit file (p11-kit common/persist.c
 * and lexer.c, doc/internal/persist-format.txt; what a class may have is in
 * trust/builder.c).
 *
 *	[p11-kit-object-v1]
 *	class: certificate
 *	x-distrusted: true
 *	issuer: "0%26..."
 *	-----BEGIN CERTIFICATE-----
 *
 * A value is a word of PKCS#11, a quoted string with percent escapes, true or
 * false, a decimal number or an OID, tried in this order.  A PEM block gives
 * attributes that the object does not have otherwise.
 *
 * What is surprising, and as p11-kit 0.24 and 0.26 do it:
 *   - one unknown attribute, bad value or line without a colon, wherever it
 *     is, and no object of the file counts; its certificates are then read as
 *     if they were a plain bundle, so that the distrust in it is lost;
 *   - an object that is in order but lacks something ends the file: those
 *     before it count;
 *   - the mark of the format may be anywhere, also in a comment;
 *   - an OID may not contain the digit 8.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/p11kit.h"

#define SECTION		"p11-kit-object-v1"
#define PEM_BEGIN	"-----BEGIN "
#define PEM_END		"-----END "
#define DASHES		"-----"

/* ---- words of PKCS#11 ----------------------------------------------------*/

#define ULONG_SIZE	8	/* CK_ULONG, on hosts of today */

#define IN_CERTIFICATE	0x1
#define IN_EXTENSION	0x2
#define IN_BOTH		(IN_CERTIFICATE | IN_EXTENSION)

/* The attributes that one of the two classes may have.  */
static const struct word {
	const char *name;
	uint32_t number;
	uint8_t classes;
	int8_t attribute;	/* -1: of no consequence */
} words[] = {
	{ "class", 0x0, IN_BOTH, ATTRIBUTE_CLASS },
	{ "token", 0x1, IN_BOTH, -1 },
	{ "private", 0x2, IN_BOTH, -1 },
	{ "label", 0x3, IN_BOTH, ATTRIBUTE_LABEL },
	{ "value", 0x11, IN_BOTH, ATTRIBUTE_VALUE },
	{ "object-id", 0x12, IN_EXTENSION, -1 },
	{ "certificate-type", 0x80, IN_CERTIFICATE,
	  ATTRIBUTE_CERTIFICATE_TYPE },
	{ "issuer", 0x81, IN_CERTIFICATE, ATTRIBUTE_ISSUER },
	{ "serial-number", 0x82, IN_CERTIFICATE, ATTRIBUTE_SERIAL_NUMBER },
	{ "trusted", 0x86, IN_CERTIFICATE, ATTRIBUTE_TRUSTED },
	{ "certificate-category", 0x87, IN_CERTIFICATE, -1 },
	{ "java-midp-security-domain", 0x88, IN_CERTIFICATE, -1 },
	{ "url", 0x89, IN_CERTIFICATE, -1 },
	{ "hash-of-subject-public-key", 0x8a, IN_CERTIFICATE, -1 },
	{ "hash-of-issuer-public-key", 0x8b, IN_CERTIFICATE, -1 },
	{ "check-value", 0x90, IN_CERTIFICATE, -1 },
	{ "subject", 0x101, IN_CERTIFICATE, -1 },
	{ "id", 0x102, IN_BOTH, -1 },
	{ "start-date", 0x110, IN_CERTIFICATE, -1 },
	{ "end-date", 0x111, IN_CERTIFICATE, -1 },
	{ "public-key-info", 0x129, IN_BOTH, ATTRIBUTE_PUBLIC_KEY_INFO },
	{ "x-public-key-info", 0x129, IN_BOTH, ATTRIBUTE_PUBLIC_KEY_INFO },
	{ "modifiable", 0x170, IN_BOTH, -1 },
	{ "nss-mozilla-ca-policy", 0xce534372, IN_CERTIFICATE, -1 },
	{ "nss-server-distrust-after", 0xce534373, IN_CERTIFICATE,
	  ATTRIBUTE_SERVER_DISTRUST_AFTER },
	{ "nss-email-distrust-after", 0xce534374, IN_CERTIFICATE, -1 },
	{ "x-distrusted", 0xd8444764, IN_CERTIFICATE, ATTRIBUTE_DISTRUSTED },
};

/* Other names that p11-kit knows: of 0.24 or of 0.26.  They belong to objects
 * that are of no consequence here, and end a file when one of the two classes
 * above has them.  Sorted: a file may have millions.  */
static const char *const other_names[] = {
	"ac-issuer", "allowed-mechanisms", "always-authenticate",
	"always-sensitive", "application", "attr-types", "auth-pin-flags",
	"base", "bits-per-pixel", "cert-md5-hash", "cert-sha1-hash",
	"char-columns", "char-rows", "char-sets", "coefficient", "color",
	"copyable", "decapsulate", "decrypt", "default-cms-attributes",
	"derive", "derive-template", "destroyable", "ec-point", "ecdsa-params",
	"encapsulate", "encapsulate-template", "encoding-methods", "encrypt",
	"exponent-1", "exponent-2", "extractable", "has-reset",
	"hash-of-certificate", "hw-feature-type", "key-gen-mechanism",
	"key-type", "local", "mechanism-type", "mime-types", "modulus",
	"modulus-bits", "name-hash-algorithm", "never-extractable",
	"nss-cert-md5-hash", "nss-cert-sha1-hash", "nss-email", "nss-expires",
	"nss-krl", "nss-module-spec", "nss-password-check", "nss-pkcs8-salt",
	"nss-pqg-counter", "nss-pqg-h", "nss-pqg-seed", "nss-pqg-seed-bits",
	"nss-smime-constant", "nss-smime-timestamp", "nss-trust-client-auth",
	"nss-trust-code-signing", "nss-trust-crl-sign",
	"nss-trust-data-encipherment", "nss-trust-digital-signature",
	"nss-trust-email-protection", "nss-trust-ipsec-end-system",
	"nss-trust-ipsec-tunnel", "nss-trust-ipsec-user",
	"nss-trust-key-agreement", "nss-trust-key-cert-sign",
	"nss-trust-key-encipherment", "nss-trust-non-repudiation",
	"nss-trust-server-auth", "nss-trust-step-up-approved",
	"nss-trust-time-stamping", "nss-url", "object-validation-flag",
	"owner", "parameter-set", "pixel-x", "pixel-y", "prime", "prime-1",
	"prime-2", "prime-bits", "private-exponent", "profile-id",
	"public-crc64-value", "public-exponent", "recover",
	"required-cms-attributes", "reset-on-init", "resolution",
	"secondary-auth", "sensitive", "sign", "sign-recover", "subprime",
	"subprime-bits", "supported-cms-attributes", "trust-client-auth",
	"trust-code-signing", "trust-crl-sign", "trust-data-encipherment",
	"trust-digital-signature", "trust-email-protection",
	"trust-ipsec-end-system", "trust-ipsec-ike", "trust-ipsec-tunnel",
	"trust-ipsec-user", "trust-key-agreement", "trust-key-cert-sign",
	"trust-key-encipherment", "trust-non-repudiation",
	"trust-ocsp-signing", "trust-server-auth", "trust-step-up-approved",
	"trust-time-stamping", "unique-id", "unwrap", "unwrap-template",
	"value-bits", "value-len", "verify", "wrap", "wrap-template",
	"wrap-with-trusted", "x-assertion-type", "x-certificate-value",
	"x-critical", "x-peer", "x-purpose",
};

/* Words for values.  Those of keys and mechanisms are left out: no object of a
 * trust store has them.  */
static const struct {
	const char *name;
	uint32_t number;
} constants[] = {
	{ "data", 0 },
	{ "certificate", 1 },
	{ "public-key", 2 },
	{ "private-key", 3 },
	{ "secret-key", 4 },
	{ "trust", 0xb },
	{ "nss-crl", 0xce534351 },
	{ "nss-smime", 0xce534352 },
	{ "nss-trust", 0xce534353 },
	{ "nss-builtin-root-list", 0xce534354 },
	{ "x-trust-assertion", 0xd8444764 },
	{ "x-certificate-extension", 0xd84447c8 },
	{ "nss-trusted", 0xce534351 },
	{ "nss-trusted-delegator", 0xce534352 },
	{ "nss-must-verify-trust", 0xce534353 },
	{ "nss-trust-unknown", 0xce534355 },
	{ "nss-not-trusted", 0xce53435a },
	{ "nss-valid-delegator", 0xce53435b },
	{ "x-509", 0 },
	{ "x-509-attr-cert", 1 },
	{ "wtls", 2 },
	{ "unspecified", 0 },
	{ "token-user", 1 },
	{ "authority", 2 },
	{ "other-entry", 3 },
	{ "x-distrusted-certificate", 1 },
	{ "x-pinned-certificate", 2 },
	{ "x-anchored-certificate", 3 },
};

static bool is_word(struct blob text, const char *word)
{
	return blob_equal(text, (struct blob){ (const uint8_t *)word,
					       strlen(word) });
}

/* ---- lines ---------------------------------------------------------------*/

static struct blob from(struct blob in, size_t offset)
{
	return (struct blob){ in.p + offset, in.n - offset };
}

static bool begins_with(struct blob in, const char *s)
{
	size_t n = strlen(s);

	return in.n >= n && memcmp(in.p, s, n) == 0;
}

/* Where S is in IN, at or behind OFFSET; in.n: nowhere.  */
static size_t find(struct blob in, size_t offset, const char *s)
{
	const uint8_t *p = NULL;

	if (offset < in.n)
		p = memmem(in.p + offset, in.n - offset, s, strlen(s));
	return p ? (size_t)(p - in.p) : in.n;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct blob stripped(struct blob line)
{
	while (line.n > 0 && is_space(line.p[0]))
		line = from(line, 1);
	while (line.n > 0 && is_space(line.p[line.n - 1]))
		line.n--;
	return line;
}

/* C strings end there.  */
static struct blob up_to_nul(struct blob text)
{
	const uint8_t *nul = text.n > 0 ? memchr(text.p, '\0', text.n) : NULL;

	if (nul)
		text.n = (size_t)(nul - text.p);
	return text;
}

enum token {
	TOKEN_END,
	TOKEN_SECTION,		/* name */
	TOKEN_FIELD,		/* name, value */
	TOKEN_PEM,		/* value: from BEGIN up to the line after END */
	TOKEN_ERROR,		/* *error */
};

struct lexer {
	struct blob data;
	size_t at;
	uint64_t offset;	/* of the token */
	struct blob name, value;
	const char *error;
};

static enum token lex_pem(struct lexer *l)
{
	size_t end = find(l->data, l->at, "\n" PEM_END);
	const uint8_t *lf;

	if (end == l->data.n) {
		l->error = "a PEM block has no END line";
		return TOKEN_ERROR;
	}
	lf = memchr(l->data.p + end + 1, '\n', l->data.n - end - 1);
	end = lf ? (size_t)(lf - l->data.p) + 1 : l->data.n;
	l->value = (struct blob){ l->data.p + l->at, end - l->at };
	l->at = end;
	return TOKEN_PEM;
}

static enum token lex(struct lexer *l)
{
	struct blob line;
	const uint8_t *lf, *colon;
	size_t n;

	while (l->at < l->data.n) {
		line = from(l->data, l->at);
		l->offset = l->at;
		if (begins_with(line, PEM_BEGIN))
			return lex_pem(l);
		lf = memchr(line.p, '\n', line.n);
		if (lf)
			line.n = (size_t)(lf - line.p);
		l->at += line.n + (lf != NULL);
		line = stripped(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == '[') {
			if (line.p[line.n - 1] != ']') {
				l->error = "the name of a section has no ]";
				return TOKEN_ERROR;
			}
			l->name = up_to_nul((struct blob){ line.p + 1,
						line.n < 2 ? 0 : line.n - 2 });
			return TOKEN_SECTION;
		}
		colon = memchr(line.p, ':', line.n);
		if (!colon) {
			l->error = "a line without a colon";
			return TOKEN_ERROR;
		}
		n = (size_t)(colon - line.p);
		l->name = up_to_nul(stripped((struct blob){ line.p, n }));
		l->value = up_to_nul(stripped(from(line, n + 1)));
		return TOKEN_FIELD;
	}
	return TOKEN_END;
}

/* ---- values --------------------------------------------------------------*/

/* What is being read: an object, and its attributes' own memory.  */
struct builder {
	struct object object;
	uint8_t *bytes[ATTRIBUTES];
	unsigned foreign;	/* IN_*: classes that may not have all of it */
	bool open;
};

static void builder_done(struct builder *b)
{
	size_t i;

	for (i = 0; i < ATTRIBUTES; i++)
		free(b->bytes[i]);
	*b = (struct builder){ .open = false };
}

static void auto_builder(struct builder *b)
{
	builder_done(b);
}

static void set(struct builder *b, int attribute, const void *p, size_t n)
{
	if (attribute < 0)
		return;
	free(b->bytes[attribute]);
	b->bytes[attribute] = xmalloc(n + 1);
	if (n > 0)
		memcpy(b->bytes[attribute], p, n);
	b->object.attributes[attribute] =
		(struct blob){ b->bytes[attribute], n };
}

static void set_number(struct builder *b, int attribute, uint64_t number)
{
	set(b, attribute, &number, ULONG_SIZE);
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "..." with %HH; the quotes are there.  */
static const char *set_string(struct builder *b, int attribute,
			      struct blob value)
{
	AUTO(str) char *decoded = xmalloc(value.n);
	size_t i, n = 0;

	for (i = 1; i < value.n - 1; i++) {
		int high, low;

		if (value.p[i] != '%') {
			decoded[n++] = (char)value.p[i];
			continue;
		}
		if (value.n - 1 - i < 3)
			return "a percent sign without two digits";
		high = hex_digit(value.p[i + 1]);
		low = hex_digit(value.p[i + 2]);
		if (high < 0 || low < 0)
			return "a percent sign without two digits";
		decoded[n++] = (char)(high << 4 | low);
		i += 2;
	}
	set(b, attribute, decoded, n);
	return NULL;
}

/* All digits, or nothing at all, which strtoul() takes for 0.  */
static bool number_from(struct blob text, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		if (number > (UINT64_MAX - 9) / 10)
			number = UINT64_MAX / 10 - 1;
		number = 10 * number + (text.p[i] - '0');
	}
	*ret_number = number;
	return true;
}

/* A dotted OID as p11-kit takes it.  */
static bool is_oid(struct blob text)
{
	size_t i, dots = 0;

	if (text.n < 4 || text.p[0] < '1' || text.p[0] > '2' ||
	    text.p[1] != '.' || text.p[text.n - 1] == '.')
		return false;
	for (i = 0; i < text.n; i++) {
		if (text.p[i] == '.') {
			if (text.p[i + 1] == '.')
				return false;
			dots++;
		} else if (text.p[i] < '0' || text.p[i] > '9' ||
			   text.p[i] == '8') {
			return false;
		}
	}
	return dots >= 2;
}

/* Words for values and names of attributes are one list to p11-kit.  */
static bool is_constant(struct blob text, uint64_t *ret_number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(constants); i++) {
		if (is_word(text, constants[i].name)) {
			*ret_number = constants[i].number;
			return true;
		}
	}
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (is_word(text, words[i].name)) {
			*ret_number = words[i].number;
			return true;
		}
	}
	return false;
}

/* NULL, or why p11-kit has no value for it.  */
static const char *set_value(struct builder *b, int attribute,
			     struct blob value)
{
	uint64_t number;

	if (is_constant(value, &number)) {
		set_number(b, attribute, number);
		return NULL;
	}
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		return set_string(b, attribute, value);
	if (is_word(value, "true") || is_word(value, "false")) {
		uint8_t truth = value.n == 4;

		set(b, attribute, &truth, 1);
	} else if (number_from(value, &number)) {
		set_number(b, attribute, number);
	} else if (is_oid(value)) {
		/* Only object-id has such, and the extension says it again.  */
		set(b, attribute, value.p, value.n);
	} else {
		return "a value that p11-kit does not understand (an OID with "
		       "the digit 8 is one)";
	}
	return NULL;
}

static int compare_name(const void *key, const void *name)
{
	const char *s = *(const char *const *)name;

	return blob_compare(*(const struct blob *)key,
			    (struct blob){ (const uint8_t *)s, strlen(s) });
}

static bool is_other_name(struct blob name)
{
	return bsearch(&name, other_names, ARRAY_SIZE(other_names),
		       sizeof(*other_names), compare_name) != NULL;
}

static const char *take_field(struct builder *b, const struct lexer *l)
{
	uint64_t number;
	bool numeric = number_from(l->name, &number);
	int attribute = -1;
	unsigned allowed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (numeric ? words[i].number != number :
			      !is_word(l->name, words[i].name))
			continue;
		attribute = words[i].attribute;
		allowed = words[i].classes;
		break;
	}
	if (i == ARRAY_SIZE(words) && !numeric && !is_other_name(l->name))
		return "an attribute that p11-kit does not know";
	b->foreign |= IN_BOTH & ~allowed;
	return set_value(b, attribute, l->value);
}

/* ---- PEM -----------------------------------------------------------------*/

int loose_pem_next(struct blob in, uint64_t *pos, struct loose_block *ret_block)
{
	struct loose_block b = { .begin = *pos };
	size_t begin = find(in, *pos, PEM_BEGIN), label, end, n;
	struct blob rest;

	*pos = in.n;
	if (begin == in.n)
		return 0;
	b.begin = ret_block->begin = begin;
	label = begin + strlen(PEM_BEGIN);
	n = find(in, label, DASHES);
	if (n == in.n || memchr(in.p + label, '\n', n - label))
		return -EINVAL;
	b.label = (struct blob){ in.p + label, n - label };
	n += strlen(DASHES);
	end = find(in, n, PEM_END);
	if (end == in.n)
		return -EINVAL;
	rest = from(in, end + strlen(PEM_END));
	if (rest.n < b.label.n + strlen(DASHES) ||
	    memcmp(rest.p, b.label.p, b.label.n) != 0 ||
	    !begins_with(from(rest, b.label.n), DASHES))
		return -EINVAL;
	b.body = (struct blob){ in.p + n, end - n };
	*pos = end + strlen(PEM_END) + b.label.n + strlen(DASHES);
	*ret_block = b;
	return 1;
}

/* Behind the first line that is empty: what is before it are headers.  */
static struct blob without_headers(struct blob body)
{
	size_t i, k;

	for (i = 0; i < body.n; i++) {
		if (body.p[i] != '\n')
			continue;
		for (k = i + 1; k < body.n && is_space(body.p[k]); k++)
			if (body.p[k] == '\n')
				return from(body, k);
	}
	return body;
}

int loose_pem_decode(struct blob body, uint8_t **ret_der, size_t *ret_n)
{
	AUTO(str) char *der = NULL;
	size_t n;

	if (body.n > 2 * LIMIT_CERTIFICATE_BYTES)
		return -E2BIG;
	body = without_headers(body);
	der = xmalloc(body.n / 4 * 3 + 3);
	if (base64_decode(body, (uint8_t *)der, &n) < 0)
		return -EINVAL;
	*ret_der = (uint8_t *)TAKE(der);
	*ret_n = n;
	return 0;
}

/* Gives the object what the block says and it does not have yet.  */
static const char *take_pem(struct builder *b, struct blob text)
{
	AUTO(str) char *der = NULL;
	struct loose_block block;
	uint64_t pos = 0;
	uint8_t *bytes;
	size_t n;
	int r;

	if (loose_pem_next(text, &pos, &block) <= 0)
		return "a PEM block whose END line is not its BEGIN line's";
	r = loose_pem_decode(block.body, &bytes, &n);
	if (r == -E2BIG)
		return "a PEM block larger than LIMIT_CERTIFICATE_BYTES";
	if (r < 0)
		return "a PEM block that is not base64";
	der = (char *)bytes;
	if (is_word(block.label, "CERTIFICATE")) {
		if (!b->object.attributes[ATTRIBUTE_CLASS].p)
			set_number(b, ATTRIBUTE_CLASS, 1);
		if (!b->object.attributes[ATTRIBUTE_CERTIFICATE_TYPE].p)
			set_number(b, ATTRIBUTE_CERTIFICATE_TYPE, 0);
		if (!b->object.attributes[ATTRIBUTE_VALUE].p)
			set(b, ATTRIBUTE_VALUE, der, n);
	} else if (is_word(block.label, "PUBLIC KEY")) {
		if (!b->object.attributes[ATTRIBUTE_PUBLIC_KEY_INFO].p)
			set(b, ATTRIBUTE_PUBLIC_KEY_INFO, der, n);
	} else {
		return "a PEM block that is neither CERTIFICATE nor PUBLIC KEY";
	}
	return NULL;
}

/* ---- objects -------------------------------------------------------------*/

static bool is_number(const struct object *o, enum attribute attribute,
		      uint64_t number)
{
	struct blob b = o->attributes[attribute];

	return b.n == ULONG_SIZE && memcmp(b.p, &number, ULONG_SIZE) == 0;
}

static bool has(const struct object *o, enum attribute attribute)
{
	return o->attributes[attribute].n > 0;
}

static const char *check_certificate(const struct builder *b)
{
	const struct object *o = &b->object;

	if (o->attributes[ATTRIBUTE_CERTIFICATE_TYPE].n != ULONG_SIZE)
		return "a certificate without its certificate-type";
	if (!is_number(o, ATTRIBUTE_CERTIFICATE_TYPE, 0))
		return "a certificate that is not x-509";
	if (b->foreign & IN_CERTIFICATE)
		return "an attribute that is not for certificates";
	return NULL;
}

static const char *check_extension(const struct builder *b)
{
	const struct object *o = &b->object;

	if (!o->attributes[ATTRIBUTE_VALUE].p ||
	    !o->attributes[ATTRIBUTE_PUBLIC_KEY_INFO].p)
		return "an extension without its value or public-key-info";
	if (b->foreign & IN_EXTENSION)
		return "an attribute that is not for extensions";
	return NULL;
}

/* Says what the object is and whether p11-kit loads it.  */
static void classify(struct builder *b)
{
	struct object *o = &b->object;

	o->kind = CLASS_NOTHING;
	if (is_number(o, ATTRIBUTE_CLASS, 1)) {
		o->kind = CLASS_CERTIFICATE;
		o->error = check_certificate(b);
	} else if (is_number(o, ATTRIBUTE_CLASS, 0xd84447c8)) {
		o->kind = CLASS_EXTENSION;
		o->error = check_extension(b);
	} else if (is_number(o, ATTRIBUTE_CLASS, 0xce534353) ||
		   is_number(o, ATTRIBUTE_CLASS, 0xd8444764) ||
		   is_number(o, ATTRIBUTE_CLASS, 0xb)) {
		o->kind = CLASS_TRUST;
		if (has(o, ATTRIBUTE_DISTRUSTED) || has(o, ATTRIBUTE_TRUSTED))
			o->error = "an attribute that is not for trust objects";
	} else if (!is_number(o, ATTRIBUTE_CLASS, 0) &&
		   !is_number(o, ATTRIBUTE_CLASS, 0xce534354)) {
		o->error = o->attributes[ATTRIBUTE_CLASS].p ?
			"a class of object that p11-kit does not keep" :
			"an object without a class";
	} else if (has(o, ATTRIBUTE_DISTRUSTED) || has(o, ATTRIBUTE_TRUSTED)) {
		o->error = "an attribute that is not for objects of its class";
	}
}

/* Ends the open object; 1: it has an error.  */
static int close_object(struct builder *b, object_fn *fn, void *data)
{
	bool failed;
	int r;

	if (!b->open)
		return 0;
	classify(b);
	failed = b->object.error != NULL;
	r = fn(&b->object, data);
	builder_done(b);
	return r < 0 ? r : failed;
}

bool persist_has_magic(struct blob data)
{
	return find(data, 0, "[" SECTION "]") < data.n;
}

int persist_each(struct blob data, object_fn *fn, void *fn_data,
		 const char **ret_error, uint64_t *ret_offset)
{
	AUTO(builder) struct builder b = { .open = false };
	struct lexer l = { .data = data };
	bool skip = false, ended = false;
	enum token token;
	int r = 0;

	while (!l.error && (token = lex(&l)) != TOKEN_END) {
		if (token == TOKEN_ERROR) {
			break;
		} else if (token == TOKEN_SECTION) {
			/* The rest of the file is still to be understood.  */
			if (!ended)
				r = close_object(&b, fn, fn_data);
			if (r < 0)
				return r;
			ended |= r > 0;
			builder_done(&b);
			skip = !is_word(l.name, SECTION);
			b.open = !skip;
			b.object.offset = l.offset;
		} else if (skip) {
			continue;
		} else if (!b.open) {
			l.error = "an attribute or a certificate before the "
				  "first section";
		} else {
			l.error = token == TOKEN_FIELD ? take_field(&b, &l) :
				  take_pem(&b, l.value);
		}
	}
	if (l.error) {
		*ret_error = l.error;
		*ret_offset = l.offset;
		return -EINVAL;
	}
	r = ended ? 0 : close_object(&b, fn, fn_data);
	return r < 0 ? r : 0;
}
