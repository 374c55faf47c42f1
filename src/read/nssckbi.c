/* nssckbi.c -- libnssckbi.so, Mozilla's list of roots as a PKCS#11 module, which
 * every program with NSS loads.  It is read without being run.
 *
 * The module is compiled from certdata.txt (lib/ckfw/builtins in NSS): an array
 * of objects, each of which is the number of its attributes and pointers to
 * their types and values,
 *
 *	struct builtinsInternalObject { CK_ULONG n; const CK_ATTRIBUTE_TYPE *types;
 *		const NSSItem *items; ... };
 *	struct NSSItem { void *data; PRUint32 size; };
 *
 * No symbol leads there, as released modules are stripped.  So every place in
 * the loaded segments is tried: an object's first attribute is its class.
 *
 * What is surprising: that a certificate is in it says nothing.  Trust is an
 * object of its own for each, found by issuer, serial number and SHA-1, with a
 * value for servers, e-mail and code, and none for clients; half of the roots
 * are for one of these only, and some are there to be distrusted.  From when
 * on what a root issues is distrusted stands at the certificate.  That for
 * e-mail (CKA_NSS_EMAIL_DISTRUST_AFTER) is not read.
 *
 * On Fedora, SUSE and Arch the name is a link to another module, p11-kit's,
 * which has no list but reads the system's store.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/elf-module.h"
#include "read/nss-entry.h"

#define ATTRIBUTES_MAX	64u	/* of an object; NSS's have less than 20 */
#define SNIFFED_BYTES	(1u << 20)	/* names of functions are at the front */

static const char entry_point[] = "C_GetFunctionList";
static const char list_name[] = "NSS Builtin Trusted Root CAs";

/* Object classes; those of NSS begin with CE534350.  */
#define CLASS_CERTIFICATE	0x00000001u
#define CLASS_TRUST		0x0000000bu
#define CLASS_NSS		0xce534350u
#define CLASS_NSS_LAST		0xce534360u
#define CLASS_NSS_TRUST		0xce534353u

/* The attributes that are read, and their place in an object.  */
enum attribute {
	ATTRIBUTE_CLASS,
	ATTRIBUTE_LABEL,
	ATTRIBUTE_VALUE,
	ATTRIBUTE_ISSUER,
	ATTRIBUTE_SERIAL,
	ATTRIBUTE_SHA1,
	ATTRIBUTE_DISTRUST_AFTER,
	ATTRIBUTE_SERVER,
	ATTRIBUTE_CLIENT,
	ATTRIBUTE_CODE,
	ATTRIBUTE_EMAIL,
	ATTRIBUTES,
};
static const uint32_t attribute_types[ATTRIBUTES] = {
	[ATTRIBUTE_CLASS] = 0x00,
	[ATTRIBUTE_LABEL] = 0x03,
	[ATTRIBUTE_VALUE] = 0x11,
	[ATTRIBUTE_ISSUER] = 0x81,
	[ATTRIBUTE_SERIAL] = 0x82,
	[ATTRIBUTE_SHA1] = 0xce5363b4,
	[ATTRIBUTE_DISTRUST_AFTER] = 0xce534373,
	[ATTRIBUTE_SERVER] = 0xce536358,
	[ATTRIBUTE_CLIENT] = 0xce536359,
	[ATTRIBUTE_CODE] = 0xce53635a,
	[ATTRIBUTE_EMAIL] = 0xce53635b,
};

struct object {
	uint64_t offset;	/* in the file */
	struct blob attributes[ATTRIBUTES];	/* p NULL: it has none */
};

struct trust {
	uint8_t key[SHA256_SIZE];	/* of issuer and serial number */
	size_t order;
	const uint8_t *sha1;		/* NULL: none */
	uint64_t offset;
	struct nss_roles roles;
	bool distrusts;			/* and nothing else */
	bool met;			/* a certificate has its key */
};

struct reading {
	struct sink *out;
	struct module module;
	struct object *certificates;
	size_t n_certificates, cap_certificates;
	struct trust *trusts;
	size_t n_trusts, cap_trusts;
	size_t n_new_trusts;		/* CKO_TRUST, which is not read */
	size_t n_objects;		/* that were found, of all classes */
	uint64_t bytes;			/* of all of them */
	bool full;			/* more than a list can have */
};

/* ---- objects -------------------------------------------------------------*/

/* A CK_ULONG, 0 when B is none.  */
static uint64_t number_of(const struct module *m, struct blob b)
{
	return b.n == m->word ? module_number(m, b.p, m->word) : 0;
}

/* The attribute K of an object's items.  */
static struct blob item(const struct module *m, const uint8_t *items,
			uint64_t k)
{
	const uint8_t *p = items + 2 * m->word * k;
	struct blob b = { .n = (size_t)module_number(m, p + m->word, 4) };

	b.p = module_at(m, module_number(m, p, m->word), b.n);
	if (b.p == NULL)
		b.n = 0;
	return b;
}

static bool is_class(uint64_t class)
{
	return class == CLASS_CERTIFICATE || class == CLASS_TRUST ||
	       (class > CLASS_NSS && class < CLASS_NSS_LAST);
}

/* Is there an object at P, which three words can be read from?  */
static bool object_read(const struct module *m, const uint8_t *p,
			struct object *ret_object)
{
	const unsigned w = m->word;
	const uint64_t n = module_number(m, p, w);
	const uint8_t *types, *items;
	struct object o = { .offset = (uint64_t)(p - m->p) };

	if (n < 1 || n > ATTRIBUTES_MAX)
		return false;
	types = module_at(m, module_number(m, p + w, w), n * w);
	items = module_at(m, module_number(m, p + 2 * w, w), n * 2 * w);
	if (types == NULL || items == NULL ||
	    module_number(m, types, w) != attribute_types[ATTRIBUTE_CLASS] ||
	    !is_class(number_of(m, item(m, items, 0))))
		return false;
	for (uint64_t k = 0; k < n; k++) {
		const uint64_t type = module_number(m, types + k * w, w);

		for (unsigned i = 0; i < ATTRIBUTES; i++)
			if (type == attribute_types[i])
				o.attributes[i] = item(m, items, k);
	}
	*ret_object = o;
	return true;
}

/* Trust is found by these two together.  */
static void key_of(const struct object *o, uint8_t ret_key[SHA256_SIZE])
{
	uint8_t hashes[2 * SHA256_SIZE];

	hash_sha256(o->attributes[ATTRIBUTE_ISSUER], hashes);
	hash_sha256(o->attributes[ATTRIBUTE_SERIAL], hashes + SHA256_SIZE);
	hash_sha256((struct blob){ hashes, sizeof(hashes) }, ret_key);
}

static enum role role_of(uint64_t trust)
{
	switch (trust) {
	case 0xce534352:	/* CKT_NSS_TRUSTED_DELEGATOR */
		return ROLE_ANCHOR;
	case 0xce53435a:	/* CKT_NSS_NOT_TRUSTED */
		return ROLE_DISTRUST;
	case 0xce534351:	/* CKT_NSS_TRUSTED: this certificate only */
		return ROLE_END_ENTITY;
	}
	return ROLE_NONE;	/* none, unknown, must verify, valid CA */
}

static bool only_distrusts(const struct nss_roles *roles)
{
	const enum role all[] = {
		roles->server, roles->client, roles->code, roles->email,
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i] != ROLE_NONE && all[i] != ROLE_DISTRUST)
			return false;
		any |= all[i] == ROLE_DISTRUST;
	}
	return any;
}

static void trust_take(struct reading *r, const struct object *o)
{
	const struct blob sha1 = o->attributes[ATTRIBUTE_SHA1];
	struct trust *t;

	grow(&r->trusts, r->n_trusts, &r->cap_trusts, sizeof(*t));
	t = &r->trusts[r->n_trusts];
	*t = (struct trust){ .order = r->n_trusts++, .offset = o->offset };
	key_of(o, t->key);
	if (sha1.n == SHA1_SIZE)
		t->sha1 = sha1.p;
#define ROLE(a)	role_of(number_of(&r->module, o->attributes[a]))
	t->roles = (struct nss_roles){
		.server = ROLE(ATTRIBUTE_SERVER),
		.client = ROLE(ATTRIBUTE_CLIENT),
		.code = ROLE(ATTRIBUTE_CODE),
		.email = ROLE(ATTRIBUTE_EMAIL),
	};
#undef ROLE
	t->distrusts = only_distrusts(&t->roles);
}

/* Objects that share their bytes cost no file size, but time.  */
static bool is_too_much(struct reading *r, const struct object *o)
{
	for (unsigned i = 0; i < ATTRIBUTES; i++)
		r->bytes += o->attributes[i].n;
	return r->bytes > 4 * (uint64_t)r->module.n ||
	       r->n_objects++ >= 2 * LIMIT_STORE_ENTRIES;
}

static void object_take(struct reading *r, const struct object *o)
{
	if (is_too_much(r, o)) {
		r->full = true;
		return;
	}
	switch (number_of(&r->module, o->attributes[ATTRIBUTE_CLASS])) {
	case CLASS_CERTIFICATE:
		grow(&r->certificates, r->n_certificates, &r->cap_certificates,
		     sizeof(*o));
		r->certificates[r->n_certificates++] = *o;
		break;
	case CLASS_NSS_TRUST:
		trust_take(r, o);
		break;
	case CLASS_TRUST:
		r->n_new_trusts++;
		break;
	}
}

static void objects_find(struct reading *r)
{
	const struct module *m = &r->module;
	const uint64_t w = m->word;
	struct object o;

	for (size_t i = 0; i < m->n_segments; i++) {
		const struct elf_segment *s = &m->segments[i];
		/* Pointers are aligned in memory.  */
		uint64_t at = (w - s->address % w) % w;

		for (; at < s->size && 3 * w <= s->size - at && !r->full;
		     at += w)
			if (object_read(m, m->p + s->offset + at, &o))
				object_take(r, &o);
	}
}

/* ---- entries -------------------------------------------------------------*/

static int compare_trusts(const void *a, const void *b)
{
	const struct trust *x = a, *y = b;
	const int d = memcmp(x->key, y->key, SHA256_SIZE);

	return d != 0 ? d : (x->order > y->order) - (x->order < y->order);
}

/* The first trust object with that key, NULL: none.  */
static struct trust *trust_find(const struct reading *r,
				const uint8_t key[SHA256_SIZE])
{
	size_t low = 0, high = r->n_trusts;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (memcmp(r->trusts[middle].key, key, SHA256_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < r->n_trusts &&
	    memcmp(r->trusts[low].key, key, SHA256_SIZE) == 0)
		return &r->trusts[low];
	return NULL;
}

/* Does T, which has its issuer and serial number, speak of this certificate?
 * Only what distrusts may do without a hash.  */
static bool trust_is_of(const struct trust *t, struct blob der)
{
	uint8_t sha1[SHA1_SIZE];

	if (t->sha1 == NULL)
		return t->distrusts;
	hash_sha1(der, sha1);
	return memcmp(t->sha1, sha1, SHA1_SIZE) == 0;
}

/* UTCTime or GeneralizedTime as text, to seconds since 1970.  */
static int date_parse(struct blob b, int64_t *ret_time)
{
	const char *s = (const char *)b.p;
	char text[TIME_SIZE];
	const char *century = "";

	if (b.n == 13) {
		century = s[0] < '5' ? "20" : "19";
	} else if (b.n != 15) {
		return -EINVAL;
	}
	for (size_t i = 0; i + 1 < b.n; i++)
		if (s[i] < '0' || s[i] > '9')
			return -EINVAL;
	if (s[b.n - 1] != 'Z')
		return -EINVAL;
	s = s + b.n - 11;
	snprintf(text, sizeof(text), "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ",
		 century, (int)(b.n - 11), (const char *)b.p, s, s + 2, s + 4,
		 s + 6, s + 8);
	return time_parse(text, ret_time);
}

/* From when on what the certificate issues is distrusted; 0: never.  A byte of
 * 0 says that, too.  */
static int64_t distrust_after(const struct reading *r, const struct object *o)
{
	const struct blob b = o->attributes[ATTRIBUTE_DISTRUST_AFTER];
	int64_t time = 0;

	if (b.n == 0 || (b.n == 1 && b.p[0] == 0))
		return 0;
	if (date_parse(b, &time) < 0) {
		sink_problem(r->out, PROBLEM_MALFORMED, o->offset,
			     "from when on a root is distrusted is no date; "
			     "install the module again");
		return 0;
	}
	return time;
}

static int certificate_emit(struct reading *r, const struct object *o)
{
	const struct blob label = o->attributes[ATTRIBUTE_LABEL];
	struct entry e = {
		.der = o->attributes[ATTRIBUTE_VALUE],
		.label = (const char *)label.p,
		.offset = o->offset,
		.distrust_after = distrust_after(r, o),
	};
	struct nss_roles roles = { ROLE_NONE };
	uint8_t key[SHA256_SIZE];
	struct trust *t;

	if (label.n > 0)
		e.label_n = strnlen(e.label, label.n);
	if (e.der.n > 0)
		e.offset = (uint64_t)(e.der.p - r->module.p);
	key_of(o, key);
	t = trust_find(r, key);
	if (t != NULL) {
		t->met = true;
		if (trust_is_of(t, e.der))
			roles = t->roles;
		else
			sink_skipped(r->out, PROBLEM_MALFORMED, t->offset, "a "
				     "trust object has the SHA-1 of another "
				     "certificate than the one of its issuer "
				     "and serial number; NSS ignores it");
	}
	return nss_entry_emit(r->out, &e, &roles);
}

/* NSS applies these when a peer sends the certificate.  */
static void orphans_report(const struct reading *r)
{
	char hash[2 * SHA1_SIZE + 1] = "";

	for (size_t i = 0; i < r->n_trusts; i++) {
		const struct trust *t = &r->trusts[i];

		if (t->met || (t->sha1 == NULL && !t->distrusts))
			continue;
		if (t->sha1 != NULL)
			hex_encode(t->sha1, SHA1_SIZE, hash);
		sink_skipped(r->out, PROBLEM_DANGLING, t->offset, "%s a "
			     "certificate that is not in the list (%s%s)",
			     t->distrusts ? "distrusts" : "is about",
			     t->sha1 != NULL ? "SHA-1 " : "known by issuer and serial number",
			     t->sha1 != NULL ? hash : "");
	}
}

static int objects_emit(struct reading *r)
{
	int e = 0;

	if (r->n_trusts > 0)
		qsort(r->trusts, r->n_trusts, sizeof(*r->trusts),
		      compare_trusts);
	for (size_t i = 0; e == 0 && i < r->n_certificates; i++)
		e = certificate_emit(r, &r->certificates[i]);
	if (e == 0)
		orphans_report(r);
	return e;
}

/* ---- the file ------------------------------------------------------------*/

/* Nothing was found; why?  */
static void nothing_report(struct sink *out, struct blob data)
{
	if (memmem(data.p, data.n, list_name, strlen(list_name)) != NULL)
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "this version of Mozilla's module has its roots "
			     "in a way that is not known");
	else
		sink_skipped(out, PROBLEM_FORMAT, 0, "another module than "
			     "Mozilla's, with no list of its own: programs "
			     "with NSS trust what it gives them (p11-kit's: "
			     "the system's store)");
}

static int nssckbi_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct reading r = { .out = out };
	int e;

	if (!elf_sniff(data)) {
		sink_problem(out, PROBLEM_FORMAT, 0, "not an ELF file");
		return 0;
	}
	e = module_open(data, &r.module);
	if (e < 0) {
		sink_problem(out, e == -EAGAIN ? PROBLEM_TRUNCATED :
			     PROBLEM_MALFORMED, e == -EAGAIN ? data.n : 0,
			     e == -EAGAIN ? "the module ends before what its "
			     "ELF headers promise; install it again" :
			     "the ELF headers are damaged; install the module "
			     "again");
		return 0;
	}
	objects_find(&r);
	if (r.full)
		sink_problem(out, PROBLEM_LIMIT, 0,
			     "more than %u objects, or the same bytes in many; "
			     "the rest is not read", 2 * LIMIT_STORE_ENTRIES);
	if (r.n_new_trusts > 0)
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "%zu trust objects of PKCS#11 3.2 (CKO_TRUST), "
			     "which are not read", r.n_new_trusts);
	if (r.n_certificates + r.n_trusts + r.n_new_trusts == 0)
		nothing_report(out, data);
	e = objects_emit(&r);
	module_close(&r.module);
	free(r.certificates);
	free(r.trusts);
	return e;
}

static bool nssckbi_sniff(struct blob data)
{
	const size_t n = data.n < SNIFFED_BYTES ? data.n : SNIFFED_BYTES;

	return elf_sniff(data) &&
	       memmem(data.p, n, entry_point, strlen(entry_point)) != NULL;
}

const struct reader nssckbi_reader = {
	.name = "nssckbi",
	.title = N_("Mozilla's list of roots as a PKCS#11 module of NSS"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST,
	.sniff = nssckbi_sniff,
	.read = nssckbi_read,
};
