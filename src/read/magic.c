/* magic.c -- do the first bytes of a file look like a store's?  For the crawl,
 * which asks this of many files that are none, in the process that opens them:
 * so bytes are compared and nothing is parsed.  What looks like one is then read
 * by a reader, which decides.
 *
 * A DER certificate begins SEQUENCE { SEQUENCE { [0] or INTEGER (RFC 5280 4.1),
 * PKCS#12 SEQUENCE { INTEGER 3 (RFC 7292 4), and PKCS#7 SEQUENCE { the OBJECT
 * IDENTIFIER of signedData (RFC 5652 5.1).
 */
#include <string.h>

#include "read/read.h"

#define SQLITE_MAGIC	"SQLite format 3"	/* with the NUL behind it */
#define SQLITE_PAGE	16u			/* where the page's size stands */

static bool begins(struct blob head, const void *magic, size_t n)
{
	return head.n >= n && memcmp(head.p, magic, n) == 0;
}

static bool has(struct blob head, const char *text)
{
	return memmem(head.p, head.n, text, strlen(text)) != NULL;
}

/* A PEM block that holds certificates, among whatever text, at the beginning of a
 * line: not one that is a value in JSON or YAML.  */
static bool is_pem(struct blob head)
{
	static const char begin[] = "-----BEGIN ";
	static const char *const labels[] = {
		"CERTIFICATE-----", "X509 CERTIFICATE-----",
		"TRUSTED CERTIFICATE-----", "PKCS7-----",
	};

	for (;;) {
		const uint8_t *p = memmem(head.p, head.n, begin,
					  strlen(begin));
		bool first;

		if (p == NULL)
			return false;
		first = p == head.p || p[-1] == '\n' || p[-1] == '\r';
		p += strlen(begin);
		head = (struct blob){ p, head.n - (size_t)(p - head.p) };
		for (size_t k = 0; first && k < ARRAY_SIZE(labels); k++)
			if (begins(head, labels[k], strlen(labels[k])))
				return true;
	}
}

/* Passes over tag and length of a SEQUENCE; false: it is none.  */
static bool enter(struct blob *in)
{
	size_t n = 2;

	if (in->n < 2 || in->p[0] != TAG_SEQUENCE)
		return false;
	if (in->p[1] > 0x84)
		return false;
	if (in->p[1] > 0x80)
		n += in->p[1] & 0x7f;
	if (in->n <= n)
		return false;
	*in = (struct blob){ in->p + n, in->n - n };
	return true;
}

static bool is_der(struct blob head)
{
	static const uint8_t version[] = { 0xa0, 0x03, TAG_INTEGER, 0x01 };
	static const uint8_t pfx[] = { TAG_INTEGER, 0x01, 0x03 };
	static const uint8_t signed_data[] = {
		TAG_OID, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07,
		0x02 };
	static const uint8_t pbes2[] = {
		TAG_OID, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05,
		0x0d };
	struct blob in = head;

	if (!enter(&in))
		return false;
	if (begins(in, pfx, sizeof(pfx)) ||
	    begins(in, signed_data, sizeof(signed_data)))
		return true;
	if (!enter(&in))
		return false;
	if (begins(in, version, sizeof(version)) || in.p[0] == TAG_INTEGER)
		return true;
	/* BCFKS: the object that is encrypted begins with how.  */
	return enter(&in) && begins(in, pbes2, sizeof(pbes2));
}

/* The tables' names are on the first page.  */
static bool is_database(struct blob head)
{
	size_t page;

	if (!begins(head, SQLITE_MAGIC, sizeof(SQLITE_MAGIC)) ||
	    head.n < SQLITE_PAGE + 2)
		return false;
	page = (size_t)head.p[SQLITE_PAGE] << 8 | head.p[SQLITE_PAGE + 1];
	return page == 1 || page > head.n || has(head, "nssPublic") ||
	       has(head, "trust_settings");
}

static bool is_keystore(struct blob head)
{
	static const uint8_t jks[] = { 0xfe, 0xed, 0xfe, 0xed };
	static const uint8_t jceks[] = { 0xce, 0xce, 0xce, 0xce };
	static const uint8_t dbm[] = { 0x00, 0x06, 0x15, 0x61 };

	if (begins(head, jks, sizeof(jks)) ||
	    begins(head, jceks, sizeof(jceks)) ||
	    begins(head, dbm, sizeof(dbm)))
		return true;
	/* BKS, UBER: version 1 or 2, and the length of a salt.  */
	return head.n >= 12 && (get_be32(head.p) - 1) < 2 &&
	       get_be32(head.p + 4) >= 8 && get_be32(head.p + 4) <= 64;
}

enum magic magic_of(struct blob head)
{
	static const uint8_t elf[] = { 0x7f, 'E', 'L', 'F' };

	if (begins(head, elf, sizeof(elf)))
		return MAGIC_PROGRAM;
	return is_pem(head) || is_der(head) || is_keystore(head) ||
	       is_database(head) ? MAGIC_STORE : MAGIC_NONE;
}
