/* pkcs11-trust.c -- asks a PKCS#11 module for its certificates and for the trust
 * objects of NSS that are about them, and prints for each certificate
 *
 *	SHA-1 SERVER CLIENT CODE EMAIL DATE
 *
 * separated by tabs: "anchor", "distrust", "peer" or "-", and in seconds since
 * 1970 from when on what it issues is distrusted, 0 when it does not say or is
 * for no servers, whom that date is about.
 * Trust is found by issuer and serial number, and counts with the certificate's
 * SHA-1 only.  For tests/owners/ask-nssckbi.sh; usage: pkcs11-trust MODULE.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANCHOR	0xce534352	/* CKT_NSS_TRUSTED_DELEGATOR */

typedef unsigned long ulong_;

struct attribute {
	ulong_ type;
	void *value;
	ulong_ size;
};

/* The functions of PKCS#11 2.x that are used, by their place in the list.  */
enum { INITIALIZE = 0, GET_SLOT_LIST = 4, OPEN_SESSION = 12,
	GET_ATTRIBUTE_VALUE = 24, FIND_OBJECTS_INIT = 26, FIND_OBJECTS = 27,
	FIND_OBJECTS_FINAL = 28, FUNCTIONS = 68 };
struct list {
	unsigned char major, minor;
	ulong_ (*f[FUNCTIONS])();
};

struct object {
	unsigned char *issuer, *serial, *sha1, *date;
	ulong_ issuer_n, serial_n, sha1_n, date_n;
	ulong_ trust[4];
};

static struct list *module;
static ulong_ session;

static void demand(ulong_ result, const char *what)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s: 0x%lx\n", what, result);
	exit(1);
}

/* NULL: the object has no such attribute.  */
static void *get(ulong_ object, ulong_ type, ulong_ *ret_n)
{
	struct attribute a = { type, NULL, 0 };

	*ret_n = 0;
	if (module->f[GET_ATTRIBUTE_VALUE](session, object, &a, 1UL) != 0 ||
	    a.size == (ulong_)-1)
		return NULL;
	a.value = calloc(1, a.size + 1);
	demand(module->f[GET_ATTRIBUTE_VALUE](session, object, &a, 1UL),
	       "C_GetAttributeValue");
	*ret_n = a.size;
	return a.value;
}

static size_t find(ulong_ class, struct object **ret_objects)
{
	struct attribute template = { 0, &class, sizeof(class) };
	struct object *objects = NULL;
	ulong_ handle, found, n;
	size_t count = 0;

	demand(module->f[FIND_OBJECTS_INIT](session, &template, 1UL),
	       "C_FindObjectsInit");
	for (;;) {
		static const ulong_ types[4] = {
			0xce536358, 0xce536359, 0xce53635a, 0xce53635b,
		};
		struct object *o;

		demand(module->f[FIND_OBJECTS](session, &handle, 1UL, &found),
		       "C_FindObjects");
		if (found == 0)
			break;
		objects = realloc(objects, (count + 1) * sizeof(*objects));
		o = &objects[count++];
		memset(o, 0, sizeof(*o));
		o->issuer = get(handle, 0x81, &o->issuer_n);
		o->serial = get(handle, 0x82, &o->serial_n);
		if (class == 1) {
			o->sha1 = get(handle, 0x11, &o->sha1_n);
			o->date = get(handle, 0xce534373, &o->date_n);
			continue;
		}
		o->sha1 = get(handle, 0xce5363b4, &o->sha1_n);
		for (int i = 0; i < 4; i++) {
			ulong_ *value = get(handle, types[i], &n);

			if (value != NULL && n == sizeof(ulong_))
				o->trust[i] = *value;
		}
	}
	demand(module->f[FIND_OBJECTS_FINAL](session), "C_FindObjectsFinal");
	*ret_objects = objects;
	return count;
}

static int same(const unsigned char *a, ulong_ n, const unsigned char *b,
		ulong_ m)
{
	return n == m && memcmp(a, b, n) == 0;
}

static const char *word(ulong_ trust)
{
	switch (trust) {
	case ANCHOR:
		return "anchor";
	case 0xce53435a:
		return "distrust";
	case 0xce534351:
		return "peer";
	}
	return "-";
}

/* SHA-1 (RFC 3174), so that no library is needed to build this.  */
static void sha1(const unsigned char *p, size_t n, unsigned char ret[20])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
		0xc3d2e1f0 };
	size_t padded = (n + 8) / 64 * 64 + 64, i;
	unsigned char *b = calloc(1, padded);

	memcpy(b, p, n);
	b[n] = 0x80;
	for (i = 0; i < 8; i++)
		b[padded - 1 - i] = (unsigned char)((uint64_t)n * 8 >> 8 * i);
	for (size_t at = 0; at < padded; at += 64) {
		uint32_t w[80], a = h[0], c = h[1], d = h[2], e = h[3],
			f = h[4];

		for (i = 0; i < 80; i++) {
			uint32_t x;

			if (i < 16) {
				const unsigned char *q = b + at + 4 * i;

				w[i] = (uint32_t)q[0] << 24 |
					(uint32_t)q[1] << 16 |
					(uint32_t)q[2] << 8 | q[3];
				continue;
			}
			x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
			w[i] = x << 1 | x >> 31;
		}
		for (i = 0; i < 80; i++) {
			uint32_t k, g, t;

			if (i < 20)
				g = (c & d) | (~c & e), k = 0x5a827999;
			else if (i < 40)
				g = c ^ d ^ e, k = 0x6ed9eba1;
			else if (i < 60)
				g = (c & d) | (c & e) | (d & e),
				k = 0x8f1bbcdc;
			else
				g = c ^ d ^ e, k = 0xca62c1d6;
			t = (a << 5 | a >> 27) + g + f + w[i] + k;
			f = e;
			e = d;
			d = c << 30 | c >> 2;
			c = a;
			a = t;
		}
		h[0] += a, h[1] += c, h[2] += d, h[3] += e, h[4] += f;
	}
	free(b);
	for (i = 0; i < 20; i++)
		ret[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static long date_of(const struct object *o)
{
	struct tm tm = { 0 };

	if (o->date_n != 13)
		return 0;
	if (strptime((char *)o->date, "%y%m%d%H%M%SZ", &tm) == NULL) {
		fprintf(stderr, "no date: %s\n", o->date);
		exit(1);
	}
	return (long)timegm(&tm);
}

int main(int argc, char **argv)
{
	/* What NSS gives its modules; the builtins ignore it.  */
	struct {
		void *functions[4];
		ulong_ flags;
		void *parameters, *reserved;
	} arguments = { .flags = 2 };
	struct object *certificates, *trusts;
	size_t n, m;
	ulong_ slots[8], n_slots = 8;
	ulong_ (*get_list)(struct list **);
	void *library = dlopen(argc == 2 ? argv[1] : "", RTLD_NOW);

	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	get_list = (ulong_ (*)(struct list **))dlsym(library,
						     "C_GetFunctionList");
	demand(get_list(&module), "C_GetFunctionList");
	demand(module->f[INITIALIZE](&arguments), "C_Initialize");
	demand(module->f[GET_SLOT_LIST](1, slots, &n_slots), "C_GetSlotList");
	demand(module->f[OPEN_SESSION](slots[0], 4UL, NULL, NULL, &session),
	       "C_OpenSession");
	n = find(1, &certificates);
	m = find(0xce534353, &trusts);
	for (size_t i = 0; i < n; i++) {
		const struct object *c = &certificates[i];
		const ulong_ none[4] = { 0 }, *trust = none;
		unsigned char hash[20];

		sha1(c->sha1, c->sha1_n, hash);
		for (size_t j = 0; j < m; j++)
			if (same(c->issuer, c->issuer_n, trusts[j].issuer,
				 trusts[j].issuer_n) &&
			    same(c->serial, c->serial_n, trusts[j].serial,
				 trusts[j].serial_n) &&
			    same(hash, 20, trusts[j].sha1, trusts[j].sha1_n)) {
				trust = trusts[j].trust;
				break;
			}
		for (int k = 0; k < 20; k++)
			printf("%02x", hash[k]);
		printf("\t%s\t%s\t%s\t%s\t%ld\n", word(trust[0]),
		       word(trust[1]), word(trust[2]), word(trust[3]),
		       trust[0] == ANCHOR ? date_of(c) : 0);
	}
	return 0;
}
