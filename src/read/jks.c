/* jks.c -- Java's own key stores, JKS and JCEKS: cacerts of most JDKs, and
 * what p11-kit and Debian write for Java.  No specification; the format is
 * what sun.security.provider.JavaKeyStore and
 * com.sun.crypto.provider.JceKeyStore read.
 *
 *	magic, version, count, entries, SHA-1 keyed with the password
 *
 * The bytes are java.io.DataOutput's (java.h).  Certificates are not
 * encrypted, so no password is needed to read them; a digest that fits none
 * of the well-known ones says little.
 *
 * Java trusts the trusted entries, and of a private key's chain the first
 * certificate.  It looks entries up by their alias in lower case but keeps
 * the alias of the file, so that one with an upper-case letter, which Java
 * itself never writes, is listed and not trusted.
 *
 * A secret key in a JCEKS is a serialized Java object without a length: the
 * only way to what lies behind is through the grammar of Java's
 * serialization.
 */
#include <errno.h>
#include <string.h>

#include <nettle/memops.h>
#include <nettle/sha1.h>

#include "read/java.h"
#include "read/password.h"
#include "read/read.h"

#define MAGIC_JKS	0xfeedfeedu
#define MAGIC_JCEKS	0xcecececeu
#define HEADER_SIZE	12
#define SALT		"Mighty Aphrodite"

enum tag { TAG_PRIVATE_KEY = 1, TAG_TRUSTED = 2, TAG_SECRET_KEY = 3 };

struct reading {
	struct java_input in;
	bool jceks;
	struct sha1_ctx digests[PASSWORDS];
	size_t digested;
};

/* ---- Java object serialization -------------------------------------------
 * Java Object Serialization Specification, chapter 6.  Nothing is made of
 * what is read; a class is remembered for the layout of its objects only.
 * Whatever a sealed key does not need is refused.  */

#define STREAM_MAGIC	0xaced0005u
#define FIRST_HANDLE	0x7e0000u
#define CLASSES_MAX	16
#define FIELDS_MAX	32
#define HANDLES_MAX	128

enum {
	TC_NULL = 0x70,
	TC_REFERENCE = 0x71,
	TC_CLASSDESC = 0x72,
	TC_OBJECT = 0x73,
	TC_STRING = 0x74,
	TC_ARRAY = 0x75,
	TC_BLOCKDATA = 0x77,
	TC_ENDBLOCKDATA = 0x78,
};

enum { SC_WRITE_METHOD = 1, SC_SERIALIZABLE = 2 };

struct class {
	uint8_t flags;
	char element;		/* of an array class: type of its elements */
	size_t n_fields;
	char fields[FIELDS_MAX];	/* their types */
	const struct class *super;
};

struct stream {
	struct blob rest;
	size_t n_classes, n_handles;
	struct class classes[CLASSES_MAX];
	const struct class *handles[HANDLES_MAX];	/* NULL: no class */
};

static int value_skip(struct stream *s, char type, unsigned depth);

static int handle_new(struct stream *s, const struct class *class)
{
	if (s->n_handles == HANDLES_MAX)
		return -ENOTSUP;
	s->handles[s->n_handles++] = class;
	return 0;
}

/* A reference to something met before; *ret_class is NULL when that is no
 * class.  */
static int reference_next(struct stream *s, const struct class **ret_class)
{
	uint32_t handle;

	if (u32_next(&s->rest, &handle) < 0)
		return -EAGAIN;
	if (handle < FIRST_HANDLE || handle - FIRST_HANDLE >= s->n_handles)
		return -EINVAL;
	*ret_class = s->handles[handle - FIRST_HANDLE];
	return 0;
}

/* What a class wrote beside its fields, up to the end mark.  */
static int annotation_skip(struct stream *s, unsigned depth)
{
	struct blob block;
	uint8_t code, n;
	int e;

	for (;;) {
		if (s->rest.n == 0)
			return -EAGAIN;
		code = s->rest.p[0];
		if (code != TC_BLOCKDATA && code != TC_ENDBLOCKDATA) {
			e = value_skip(s, 'L', depth);
			if (e < 0)
				return e;
			continue;
		}
		u8_next(&s->rest, &code);
		if (code == TC_ENDBLOCKDATA)
			return 0;
		if (u8_next(&s->rest, &n) < 0 ||
		    bytes_next(&s->rest, n, &block) < 0)
			return -EAGAIN;
	}
}

static int fields_next(struct stream *s, struct class *class, unsigned depth)
{
	uint16_t n;
	uint8_t type;
	struct blob name;
	int e;

	if (u16_next(&s->rest, &n) < 0)
		return -EAGAIN;
	if (n > FIELDS_MAX)
		return -ENOTSUP;
	class->n_fields = n;
	for (size_t i = 0; i < n; i++) {
		if (u8_next(&s->rest, &type) < 0 ||
		    text_next(&s->rest, &name) < 0)
			return -EAGAIN;
		class->fields[i] = (char)type;
		if (type == 'L' || type == '[') {
			e = value_skip(s, 'L', depth);	/* its type's name */
			if (e < 0)
				return e;
		}
	}
	return 0;
}

static int class_next(struct stream *s, unsigned depth,
		      const struct class **ret_class)
{
	struct class *class;
	struct blob name, uid;
	uint8_t code;
	int e;

	if (depth == 0)
		return -ENOTSUP;
	if (u8_next(&s->rest, &code) < 0)
		return -EAGAIN;
	if (code == TC_NULL) {
		*ret_class = NULL;
		return 0;
	}
	if (code == TC_REFERENCE) {
		e = reference_next(s, ret_class);
		return e < 0 || *ret_class != NULL ? e : -EINVAL;
	}
	if (code != TC_CLASSDESC || s->n_classes == CLASSES_MAX)
		return -ENOTSUP;
	class = &s->classes[s->n_classes++];
	if (text_next(&s->rest, &name) < 0 ||
	    bytes_next(&s->rest, 8, &uid) < 0)
		return -EAGAIN;
	if (name.n > 1 && name.p[0] == '[')
		class->element = (char)name.p[1];
	e = handle_new(s, class);
	if (e < 0)
		return e;
	if (u8_next(&s->rest, &class->flags) < 0)
		return -EAGAIN;
	e = fields_next(s, class, depth - 1);
	if (e < 0)
		return e;
	e = annotation_skip(s, depth - 1);
	if (e < 0)
		return e;
	e = class_next(s, depth - 1, &class->super);
	if (e < 0)
		return e;
	*ret_class = class;
	return 0;
}

/* The part of an object that CLASS declares, its superclass's part first.  */
static int parts_skip(struct stream *s, const struct class *class,
		      unsigned depth)
{
	int e;

	if (class == NULL)
		return 0;
	if (depth == 0)
		return -ENOTSUP;
	e = parts_skip(s, class->super, depth - 1);
	if (e < 0)
		return e;
	if (!(class->flags & SC_SERIALIZABLE))
		return -ENOTSUP;	/* it wrote itself */
	for (size_t i = 0; i < class->n_fields; i++) {
		e = value_skip(s, class->fields[i], depth - 1);
		if (e < 0)
			return e;
	}
	if (class->flags & SC_WRITE_METHOD)
		return annotation_skip(s, depth - 1);
	return 0;
}

static int array_skip(struct stream *s, unsigned depth)
{
	const struct class *class;
	uint32_t n;
	int e;

	e = class_next(s, depth, &class);
	if (e < 0)
		return e;
	if (class == NULL)
		return -EINVAL;
	e = handle_new(s, NULL);
	if (e < 0)
		return e;
	if (u32_next(&s->rest, &n) < 0)
		return -EAGAIN;
	for (uint32_t i = 0; i < n; i++) {	/* each takes a byte or more */
		e = value_skip(s, class->element, depth);
		if (e < 0)
			return e;
	}
	return 0;
}

static int object_skip(struct stream *s, unsigned depth)
{
	const struct class *class;
	struct blob text;
	uint8_t code;
	int e;

	if (depth == 0)
		return -ENOTSUP;
	if (u8_next(&s->rest, &code) < 0)
		return -EAGAIN;
	switch (code) {
	case TC_NULL:
		return 0;
	case TC_REFERENCE:
		return reference_next(s, &class);
	case TC_STRING:
		e = handle_new(s, NULL);
		if (e < 0)
			return e;
		return text_next(&s->rest, &text);
	case TC_ARRAY:
		return array_skip(s, depth - 1);
	case TC_OBJECT:
		e = class_next(s, depth - 1, &class);
		if (e < 0)
			return e;
		e = handle_new(s, NULL);
		if (e < 0)
			return e;
		return parts_skip(s, class, depth - 1);
	}
	return -ENOTSUP;
}

/* A value of the type that a field or an array declares (JVM descriptors). */
static int value_skip(struct stream *s, char type, unsigned depth)
{
	struct blob value;

	switch (type) {
	case 'B': case 'Z':
		return bytes_next(&s->rest, 1, &value);
	case 'C': case 'S':
		return bytes_next(&s->rest, 2, &value);
	case 'F': case 'I':
		return bytes_next(&s->rest, 4, &value);
	case 'D': case 'J':
		return bytes_next(&s->rest, 8, &value);
	case 'L': case '[':
		return object_skip(s, depth);
	}
	return -EINVAL;
}

/* Passes over one serialized object.  -ENOTSUP: it is more than a sealed key
 * needs to be.  */
static int serialized_skip(struct blob *in)
{
	struct stream s = { .rest = *in };
	uint32_t magic;
	int e;

	if (u32_next(&s.rest, &magic) < 0)
		return -EAGAIN;
	if (magic != STREAM_MAGIC)
		return -EINVAL;
	e = object_skip(&s, LIMIT_ASN1_DEPTH);
	if (e < 0)
		return e;
	*in = s.rest;
	return 0;
}

/* ---- entries -------------------------------------------------------------*/

static bool has_upper_case(struct blob alias)
{
	for (size_t i = 0; i < alias.n; i++)
		if (alias.p[i] >= 'A' && alias.p[i] <= 'Z')
			return true;
	return false;
}

static int private_key_next(struct reading *r, struct entry *e)
{
	const bool marked = e->marked;
	struct blob key;
	uint32_t n;
	int result;

	if (block_next(&r->in.rest, &key) < 0 || u32_next(&r->in.rest, &n) < 0)
		return -EAGAIN;
	for (uint32_t i = 0; i < n && n <= INT32_MAX; i++) {
		e->private_key = i == 0;
		e->marked = i == 0 && marked;
		result = java_certificate_next(&r->in, e);
		if (result < 0)
			return result;
	}
	return 0;
}

/* One entry.  -EAGAIN: the file ends in it.  -EINVAL, -ENOTSUP: no way behind
 * it.  -E2BIG: the sink is full.  */
static int entry_next(struct reading *r)
{
	AUTO(buf) struct buf label;
	struct entry e = { .marked = true };
	struct blob alias, date;
	uint64_t offset;
	uint32_t tag;

	buf_init(&label, LIMIT_LABEL_BYTES);
	if (u32_next(&r->in.rest, &tag) < 0)
		return -EAGAIN;
	if (tag != TAG_PRIVATE_KEY && tag != TAG_TRUSTED &&
	    !(tag == TAG_SECRET_KEY && r->jceks))
		return -EINVAL;
	offset = java_offset(&r->in);
	if (text_next(&r->in.rest, &alias) < 0 ||
	    bytes_next(&r->in.rest, 8, &date) < 0)
		return -EAGAIN;
	java_label(&r->in, alias, offset, &label, &e);
	if (tag == TAG_SECRET_KEY)
		return serialized_skip(&r->in.rest);
	if (has_upper_case(alias)) {
		e.marked = false;
		sink_skipped(r->in.out, PROBLEM_MALFORMED, offset, "an alias "
			     "with upper-case letters, which Java lists but "
			     "does not find: the entry is not trusted");
	}
	if (tag == TAG_PRIVATE_KEY)
		return private_key_next(r, &e);
	return java_certificate_next(&r->in, &e);
}

/* ---- the file ------------------------------------------------------------*/

static void digests_begin(struct reading *r)
{
	uint8_t text[PASSWORD_BMP_SIZE];
	struct blob bmp;

	for (size_t i = 0; i < PASSWORDS; i++) {
		bmp = password_bmp(passwords[i], text);
		sha1_init(&r->digests[i]);
		if (bmp.n > 2)		/* without the end */
			sha1_update(&r->digests[i], bmp.n - 2, bmp.p);
		sha1_update(&r->digests[i], strlen(SALT),
			    (const uint8_t *)SALT);
	}
}

/* All up to here was read, and is needed no more.  */
static void digests_add(struct reading *r)
{
	const size_t at = java_offset(&r->in);

	for (size_t i = 0; i < PASSWORDS; i++)
		sha1_update(&r->digests[i], at - r->digested,
			    r->in.file.p + r->digested);
	r->digested = at;
	r->in.out->done(r->in.out, at);
}

static void digest_check(struct reading *r)
{
	uint8_t digest[SHA1_SIZE];
	struct blob is;

	if (bytes_next(&r->in.rest, SHA1_SIZE, &is) < 0) {
		sink_problem(r->in.out, PROBLEM_TRUNCATED, r->in.file.n,
			     "the file ends in the digest behind its entries; "
			     "Java refuses it when it has the password");
		return;
	}
	if (r->in.rest.n > 0)
		sink_skipped(r->in.out, PROBLEM_MALFORMED, java_offset(&r->in),
			     "bytes behind the digest that ends the file; they "
			     "are passed over");
	for (size_t i = 0; i < PASSWORDS; i++) {
		sha1_digest(&r->digests[i], sizeof(digest), digest);
		if (memeql_sec(digest, is.p, sizeof(digest)))
			return;
	}
	sink_skipped(r->in.out, PROBLEM_OPAQUE, java_offset(&r->in) - SHA1_SIZE,
		     "the digest fits none of the well-known passwords: "
		     "another password, or a changed file");
}

static void entry_problem(struct reading *r, int error, uint64_t offset,
			  uint32_t at, uint32_t count)
{
	switch (error) {
	case -EAGAIN:
		sink_problem(r->in.out, PROBLEM_TRUNCATED, r->in.file.n,
			     "the file ends in entry %u of %u; restore it from "
			     "its source", at, count);
		break;
	case -EINVAL:
		sink_problem(r->in.out, PROBLEM_MALFORMED, offset,
			     "entry %u of %u is of no known kind, or damaged; "
			     "what lies behind it is not read", at, count);
		break;
	case -ENOTSUP:
		sink_problem(r->in.out, PROBLEM_OPAQUE, offset,
			     "entry %u of %u is a secret key in a form that is "
			     "not understood; what lies behind it is not read",
			     at, count);
		break;
	}
}

static int jks_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct reading r = { .in = { .file = data, .rest = data,
				    .out = out } };
	uint32_t magic, version, count;
	uint64_t offset;
	int e;

	if (data.n >= 4 && get_be32(data.p) != MAGIC_JKS &&
	    get_be32(data.p) != MAGIC_JCEKS) {
		sink_problem(out, PROBLEM_FORMAT, 0, "not a Java key store");
		return 0;
	}
	if (u32_next(&r.in.rest, &magic) < 0 ||
	    u32_next(&r.in.rest, &version) < 0 ||
	    u32_next(&r.in.rest, &count) < 0) {
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the file ends in its header of %d bytes",
			     HEADER_SIZE);
		return 0;
	}
	if (version != 1 && version != 2) {
		sink_problem(out, PROBLEM_FORMAT, 4,
			     "Java key store version %u, only 1 and 2 are "
			     "known", version);
		return 0;
	}
	if (count > INT32_MAX) {
		sink_problem(out, PROBLEM_MALFORMED, 8,
			     "a negative count of entries; Java sees none");
		return 0;
	}
	r.jceks = magic == MAGIC_JCEKS;
	r.in.typed = version == 2;
	digests_begin(&r);
	for (uint32_t i = 1; i <= count; i++) {
		digests_add(&r);
		offset = java_offset(&r.in);
		e = entry_next(&r);
		if (e == -E2BIG)
			return e;
		if (e < 0) {
			entry_problem(&r, e, offset, i, count);
			return 0;
		}
	}
	digests_add(&r);
	digest_check(&r);
	return 0;
}

static bool jks_sniff(struct blob data)
{
	return data.n >= 4 && (get_be32(data.p) == MAGIC_JKS ||
			       get_be32(data.p) == MAGIC_JCEKS);
}

const struct reader jks_reader = {
	.name = "jks",
	.title = N_("Java KeyStore"),
	.caps = READS_LABELS | READS_MANY | READS_MARKS | READS_PASSWORDS,
	.sniff = jks_sniff,
	.read = jks_read,
};
