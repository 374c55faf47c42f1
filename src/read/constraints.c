/* constraints.c -- which names an authority's certificate allows below it (RFC
 * 5280 4.2.1.10), and whether a certificate is for a host (RFC 6125 6.4).
 *
 * Done on the DER: GnuTLS 3.7 knows no directoryName constraints and takes a
 * form that it does not know for a violation even where nothing has such a name.
 * minimum and maximum of a GeneralSubtree must be 0 and absent; others are a
 * form that nobody understands.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "read/name.h"
#include "read/x509.h"

#define LIMIT_COMPARISONS	200000u	/* of a name with a constraint, a pair
					 * of certificates */

/* GeneralName, RFC 5280 4.2.1.6: the tags that constraints are made of.  */
enum form {
	FORM_EMAIL = 0x81,
	FORM_DNS = 0x82,
	FORM_DIRECTORY = 0xa4,
	FORM_URI = 0x86,
	FORM_ADDRESS = 0x87,
};

/* 1.2.840.113549.1.9.1 and 2.5.4.3 */
static const uint8_t email_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1 };
static const uint8_t cn_oid[] = { 0x55, 0x04, 0x03 };

static bool is_text(struct blob b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < 0x21 || b.p[i] > 0x7e)
			return false;
	return true;
}

static bool equal_text(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const int x = a[i] >= 'A' && a[i] <= 'Z' ? a[i] | 0x20 : a[i];
		const int y = b[i] >= 'A' && b[i] <= 'Z' ? b[i] | 0x20 : b[i];

		if (x != y)
			return false;
	}
	return true;
}

/* Is HOST, letter case aside, TAIL or something.TAIL?  */
static bool is_below(struct blob host, struct blob tail, bool itself)
{
	if (tail.n > host.n ||
	    !equal_text(host.p + host.n - tail.n, tail.p, tail.n))
		return false;
	if (host.n == tail.n)
		return itself;
	return tail.n == 0 || host.p[host.n - tail.n - 1] == '.';
}

/* "example.com" has itself and all below; ".example.com", which is no DNS
 * constraint by the letter, all below, as everybody takes it.  A wildcard name
 * stands for what is below its parent.  */
static int dns_within(struct blob name, struct blob base)
{
	const bool dotted = base.n > 0 && base.p[0] == '.';

	if (!is_text(base) || !is_text(name) || name.n == 0)
		return -EINVAL;
	if (dotted)
		base = (struct blob){ base.p + 1, base.n - 1 };
	if (dotted && base.n == 0)
		return -EINVAL;
	/* For an excluded name below the wildcard see dns_excluded().  */
	return is_below(name, base, !dotted);
}

/* *.example.com may be used for bad.example.com.  */
static bool dns_excluded(struct blob name, struct blob base)
{
	if (name.n > 2 && name.p[0] == '*' && name.p[1] == '.') {
		const struct blob parent = { name.p + 2, name.n - 2 };
		const uint8_t *dot = memchr(base.p, '.', base.n);

		if (base.n > 0 && base.p[0] != '.' && dot != NULL) {
			const size_t first = (size_t)(dot - base.p) + 1;

			if (base.n - first == parent.n &&
			    equal_text(base.p + first, parent.p, parent.n))
				return true;
		}
	}
	return dns_within(name, base) == 1;
}

static struct blob host_of_address(struct blob mailbox)
{
	const uint8_t *at = memrchr(mailbox.p, '@', mailbox.n);

	if (at == NULL)
		return (struct blob){ NULL, 0 };
	return (struct blob){ at + 1,
			      mailbox.n - (size_t)(at + 1 - mailbox.p) };
}

/* A mailbox, a host, or a domain with a dot before it.  */
static int email_within(struct blob name, struct blob base)
{
	const struct blob host = host_of_address(name);

	if (!is_text(base) || !is_text(name) || host.p == NULL || host.n == 0)
		return -EINVAL;
	if (memchr(base.p, '@', base.n) != NULL) {
		const struct blob domain = host_of_address(base);

		/* the local part has letter case, RFC 5280 7.5 */
		return name.n == base.n && host.n == domain.n &&
		       memcmp(name.p, base.p, name.n - host.n) == 0 &&
		       equal_text(host.p, domain.p, host.n);
	}
	if (base.n > 0 && base.p[0] == '.')
		return is_below(host, (struct blob){ base.p + 1, base.n - 1 },
				false);
	return base.n == 0 ||
	       (host.n == base.n && equal_text(host.p, base.p, host.n));
}

/* The host of a URI, which must have one that is no address.  */
static int uri_within(struct blob name, struct blob base)
{
	const uint8_t *colon = memmem(name.p, name.n, "://", 3);
	struct blob host;
	const uint8_t *end;

	if (!is_text(base) || !is_text(name) || colon == NULL)
		return -EINVAL;
	host.p = colon + 3;
	host.n = name.n - (size_t)(host.p - name.p);
	for (end = host.p; end < name.p + name.n; end++)
		if (*end == '/' || *end == '?' || *end == '#')
			break;
	host.n = (size_t)(end - host.p);
	end = memrchr(host.p, '@', host.n);
	if (end != NULL)
		host = (struct blob){ end + 1,
				      host.n - (size_t)(end + 1 - host.p) };
	end = memchr(host.p, ':', host.n);
	if (end != NULL)
		host.n = (size_t)(end - host.p);
	if (host.n == 0 || host.p[0] == '[')
		return -EINVAL;
	if (base.n > 0 && base.p[0] == '.')
		return is_below(host, (struct blob){ base.p + 1, base.n - 1 },
				false);
	return host.n == base.n && equal_text(host.p, base.p, host.n);
}

/* Address and mask, RFC 4632: ones, then zeros.  */
static int address_within(struct blob name, struct blob base)
{
	const size_t n = base.n / 2;
	bool ended = false;

	if ((name.n != 4 && name.n != 16) || (base.n != 8 && base.n != 32))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		for (unsigned bit = 0x80; bit != 0; bit >>= 1) {
			const bool one = (base.p[n + i] & bit) != 0;

			if (one && ended)
				return -EINVAL;
			ended = ended || !one;
		}
	if (name.n != n)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (((name.p[i] ^ base.p[i]) & base.p[n + i]) != 0)
			return 0;
	return 1;
}

/* Does the name begin with all parts of BASE?  Compared in canonical form, in
 * which each part stands by itself.  */
static int directory_within(struct blob name, struct blob base)
{
	AUTO(buf) struct buf a = { .p = NULL }, b = { .p = NULL };

	buf_init(&a, CANONICAL_MAX);
	buf_init(&b, CANONICAL_MAX);
	if (name_canonical(name, &a) < 0 || name_canonical(base, &b) < 0)
		return -EINVAL;
	return b.n <= a.n && memcmp(a.p, b.p, b.n) == 0;
}

static int is_within(uint8_t form, struct blob name, struct blob base)
{
	struct tlv t;

	switch (form) {
	case FORM_EMAIL:
		return email_within(name, base);
	case FORM_DNS:
		return dns_within(name, base);
	case FORM_URI:
		return uri_within(name, base);
	case FORM_ADDRESS:
		return address_within(name, base);
	case FORM_DIRECTORY:
		if (tlv_expect(&base, TAG_SEQUENCE, &t) < 0 || base.n > 0)
			return -EINVAL;
		return directory_within(name, t.whole);
	}
	return -EINVAL;
}

/* ---- one name against a list ----------------------------------------------*/

struct check {
	struct blob permitted, excluded;
	unsigned left;			/* comparisons */
	enum constraint_result result;
};

/* *ret_of_form: the list has a constraint of this form.  1 within one, 0 in
 * none, -EINVAL: one is not understood.  */
static int list_has(struct check *c, struct blob list, bool excluded,
		    uint8_t form, struct blob name, bool *ret_of_form)
{
	bool of_form = false, within = false, odd = false;
	struct tlv subtree, base;

	while (list.n > 0) {
		int r;

		if (c->left == 0 ||
		    tlv_expect(&list, TAG_SEQUENCE, &subtree) < 0 ||
		    tlv_next(&subtree.value, &base) < 0)
			return -EINVAL;
		c->left--;
		if (base.tag != form)
			continue;
		of_form = true;
		/* minimum is 0, which DER leaves out, and there is no maximum */
		if (subtree.value.n > 0) {
			odd = true;
			continue;
		}
		r = is_within(form, name, base.value);
		if (r == 0 && excluded && form == FORM_DNS)
			r = dns_excluded(name, base.value);
		if (r < 0)
			odd = true;
		else if (r > 0)
			within = true;
	}
	*ret_of_form = of_form;
	return odd ? -EINVAL : within;
}

static void name_check(struct check *c, uint8_t form, struct blob name)
{
	bool of_form = false;
	int r;

	if (c->result != CONSTRAINT_KEPT)
		return;
	r = list_has(c, c->excluded, true, form, name, &of_form);
	if (r != 0) {
		c->result = r < 0 ? CONSTRAINT_UNKNOWN : CONSTRAINT_EXCLUDED;
		return;
	}
	r = list_has(c, c->permitted, false, form, name, &of_form);
	if (r < 0)
		c->result = CONSTRAINT_UNKNOWN;
	else if (of_form && r == 0)
		c->result = CONSTRAINT_NOT_PERMITTED;
}

/* Calls FN with the value of each attribute of NAME that has the type OID.  */
typedef void attribute_fn(struct blob value, void *data);

static void attributes_of(struct blob name, struct blob oid, attribute_fn *fn,
			  void *data)
{
	struct tlv sequence, set, attribute, type, value;

	if (tlv_expect(&name, TAG_SEQUENCE, &sequence) < 0)
		return;
	while (tlv_expect(&sequence.value, TAG_SET, &set) == 0)
		while (tlv_expect(&set.value, TAG_SEQUENCE, &attribute) == 0)
			if (tlv_expect(&attribute.value, TAG_OID, &type) == 0 &&
			    blob_equal(type.value, oid) &&
			    tlv_next(&attribute.value, &value) == 0)
				fn(value.value, data);
}

static void check_email(struct blob value, void *data)
{
	name_check(data, FORM_EMAIL, value);
}

static bool is_address(struct blob value, uint8_t ret[16], size_t *ret_n)
{
	char text[INET6_ADDRSTRLEN];

	if (value.n == 0 || value.n >= sizeof(text) ||
	    memchr(value.p, 0, value.n) != NULL)
		return false;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	*ret_n = inet_pton(AF_INET, text, ret) == 1 ? 4 :
		 inet_pton(AF_INET6, text, ret) == 1 ? 16 : 0;
	return *ret_n != 0;
}

/* Something that could be a host's name.  */
static bool is_host(struct blob value)
{
	bool dot = false;

	for (size_t i = 0; i < value.n; i++) {
		const uint8_t c = value.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.' || (c == '*' && i == 0)))
			return false;
		dot = dot || c == '.';
	}
	return dot;
}

static void check_common_name(struct blob value, void *data)
{
	uint8_t address[16];
	size_t n;

	if (is_address(value, address, &n))
		name_check(data, FORM_ADDRESS, (struct blob){ address, n });
	else if (is_host(value))
		name_check(data, FORM_DNS, value);
}

enum constraint_result constraints_check(const struct extensions *issuer,
					 const struct extensions *subject,
					 bool common_name)
{
	struct check c = {
		.permitted = issuer->permitted, .excluded = issuer->excluded,
		.left = LIMIT_COMPARISONS, .result = CONSTRAINT_KEPT,
	};
	struct blob names = subject->alt_name_list, rest = subject->subject;
	struct tlv t, inner;

	if (!issuer->name_constraints)
		return CONSTRAINT_KEPT;
	if (tlv_expect(&rest, TAG_SEQUENCE, &t) < 0)
		return CONSTRAINT_UNKNOWN;
	if (t.value.n > 0)	/* the empty name is none */
		name_check(&c, FORM_DIRECTORY, subject->subject);
	if (!subject->alt_names) {
		attributes_of(subject->subject,
			      (struct blob){ email_oid, sizeof(email_oid) },
			      check_email, &c);
		if (common_name)
			attributes_of(subject->subject,
				      (struct blob){ cn_oid, sizeof(cn_oid) },
				      check_common_name, &c);
	}
	while (names.n > 0 && c.result == CONSTRAINT_KEPT) {
		if (tlv_next(&names, &t) < 0)
			return CONSTRAINT_UNKNOWN;
		if (t.tag != FORM_DIRECTORY) {
			name_check(&c, t.tag, t.value);
			continue;
		}
		if (tlv_expect(&t.value, TAG_SEQUENCE, &inner) < 0)
			return CONSTRAINT_UNKNOWN;
		name_check(&c, FORM_DIRECTORY, inner.whole);
	}
	return c.result;
}

/* ---- hosts -----------------------------------------------------------------*/

/* PATTERN may have "*" for its whole leftmost label, when two more follow.  */
static bool dns_matches(struct blob pattern, struct blob host)
{
	const uint8_t *dot;

	if (pattern.n == host.n && pattern.n > 0 &&
	    equal_text(pattern.p, host.p, host.n))
		return memchr(pattern.p, '*', pattern.n) == NULL;
	if (pattern.n < 3 || pattern.p[0] != '*' || pattern.p[1] != '.')
		return false;
	pattern = (struct blob){ pattern.p + 1, pattern.n - 1 };
	if (memchr(pattern.p, '*', pattern.n) != NULL ||
	    memchr(pattern.p + 1, '.', pattern.n - 1) == NULL)
		return false;
	dot = memchr(host.p, '.', host.n);
	if (dot == NULL || dot == host.p)
		return false;
	host = (struct blob){ dot, host.n - (size_t)(dot - host.p) };
	return pattern.n == host.n && equal_text(pattern.p, host.p, host.n);
}

struct host {
	struct blob name;
	uint8_t address[16];
	size_t address_n;		/* 0: a name */
	bool found;
};

static void match_common_name(struct blob value, void *data)
{
	struct host *h = data;
	uint8_t address[16];
	size_t n;

	if (h->address_n == 0)
		h->found = h->found || dns_matches(value, h->name);
	else if (is_address(value, address, &n))
		h->found = h->found || (n == h->address_n &&
			memcmp(address, h->address, n) == 0);
}

bool host_matches(const struct extensions *e, const char *name,
		  bool common_name)
{
	struct host h = { .name = { (const uint8_t *)name, strlen(name) } };
	struct blob names = e->alt_name_list;
	bool any = false;
	struct tlv t;

	if (!is_address(h.name, h.address, &h.address_n))
		h.address_n = 0;
	if (h.address_n == 0 && h.name.n > 0 && name[h.name.n - 1] == '.')
		h.name.n--;
	while (names.n > 0 && tlv_next(&names, &t) == 0) {
		any = any || t.tag == FORM_DNS || t.tag == FORM_ADDRESS;
		if (t.tag == FORM_DNS && h.address_n == 0)
			h.found = h.found || dns_matches(t.value, h.name);
		else if (t.tag == FORM_ADDRESS && h.address_n > 0)
			h.found = h.found || blob_equal(t.value,
				(struct blob){ h.address, h.address_n });
	}
	if (!any && common_name)
		attributes_of(e->subject,
			      (struct blob){ cn_oid, sizeof(cn_oid) },
			      match_common_name, &h);
	return h.found;
}
