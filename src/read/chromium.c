/* chromium.c -- ServerCertificate, the certificates that the user of a Chromium
 * profile added or blocked: an SQLite database whose table certificates has the
 * DER and a protocol buffer that says what it is for
 * (components/server_certificate_database).
 *
 *	message CertificateMetadata {
 *	  CertificateTrust trust = 1;		// 1: CertificateTrustType
 *	  Constraints constraints = 2;		// 1: DNS names, 3: networks
 *	}
 *
 * Surprising: whether a trusted certificate may be an anchor depends on itself.
 * One without basicConstraints may; one that says it is no CA is trusted as the
 * server's own, if it has names, and else not at all.  Trust that is not set is
 * no hint either; "unspecified" (1) is one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "read/database.h"

#define FORMAT_VERSION	1	/* and the lowest that Chromium reads */
#define LIMITED		"only for"	/* begins the label of what is */

enum trust {
	TRUST_UNKNOWN,
	TRUST_UNSPECIFIED,
	TRUST_DISTRUSTED,
	TRUST_TRUSTED,
};

struct settings {
	uint64_t trust;			/* enum trust, or what is newer */
	struct buf *constraints;	/* " .example.org 10.0.0.0/8" */
};

struct chromium_reading {
	struct sink *out;
	struct database db;
};

/* ---- protocol buffers ----------------------------------------------------
 * A message is fields one behind the other; of a field that comes twice the
 * last number counts, and what is in the messages adds up.  */

struct field {
	uint64_t number;
	unsigned type;
	uint64_t varint;
	struct blob bytes;
};
enum { TYPE_VARINT, TYPE_64, TYPE_BYTES, TYPE_32 = 5 };

static int varint_next(struct blob *in, uint64_t *ret_number)
{
	uint64_t number = 0;

	for (size_t i = 0; i < in->n && i < 10; i++) {
		number |= (uint64_t)(in->p[i] & 0x7f) << 7 * i;
		if ((in->p[i] & 0x80) != 0)
			continue;
		*in = (struct blob){ in->p + i + 1, in->n - i - 1 };
		*ret_number = number;
		return 0;
	}
	return -EINVAL;
}

static int bytes_next(struct blob *in, uint64_t n, struct blob *ret_bytes)
{
	if (n > in->n)
		return -EINVAL;
	*ret_bytes = (struct blob){ in->p, n };
	*in = (struct blob){ in->p + n, in->n - n };
	return 0;
}

/* Takes a field off the front of *IN, which is not empty.  Groups, which no
 * current message has, are -EINVAL like damage.  */
static int field_next(struct blob *in, struct field *ret_field)
{
	struct field f = { 0 };
	uint64_t tag, n;

	if (varint_next(in, &tag) < 0 || tag > UINT32_MAX || tag >> 3 == 0)
		return -EINVAL;
	f.number = tag >> 3;
	f.type = tag & 7;
	switch (f.type) {
	case TYPE_VARINT:
		if (varint_next(in, &f.varint) < 0)
			return -EINVAL;
		n = 0;
		break;
	case TYPE_64:
		n = 8;
		break;
	case TYPE_BYTES:
		if (varint_next(in, &n) < 0)
			return -EINVAL;
		break;
	case TYPE_32:
		n = 4;
		break;
	default:
		return -EINVAL;
	}
	if (bytes_next(in, n, &f.bytes) < 0)
		return -EINVAL;
	*ret_field = f;
	return 0;
}

static bool field_is(const struct field *f, uint64_t number, unsigned type)
{
	return f->number == number && f->type == type;
}

static int trust_parse(struct blob in, struct settings *s)
{
	struct field f;

	while (in.n > 0) {
		if (field_next(&in, &f) < 0)
			return -EINVAL;
		if (field_is(&f, 1, TYPE_VARINT))
			s->trust = f.varint;
	}
	return 0;
}

/* CIDR: the address and the length of its prefix.  */
static int network_parse(struct blob in, struct settings *s)
{
	char text[INET6_ADDRSTRLEN] = "(no address)";
	struct blob address = { NULL, 0 };
	uint64_t prefix = 0;
	struct field f;

	while (in.n > 0) {
		if (field_next(&in, &f) < 0)
			return -EINVAL;
		if (field_is(&f, 1, TYPE_BYTES))
			address = f.bytes;
		if (field_is(&f, 2, TYPE_VARINT))
			prefix = f.varint;
	}
	if (address.n == 4)
		inet_ntop(AF_INET, address.p, text, sizeof(text));
	else if (address.n == 16)
		inet_ntop(AF_INET6, address.p, text, sizeof(text));
	buf_addf(s->constraints, " %s/%ju", text, (uintmax_t)prefix);
	return 0;
}

/* A name from outside may be anything; half of one would be another.  */
static void name_add(struct blob name, struct settings *s)
{
	AUTO(str) char *text = escape_text((const char *)name.p, name.n);

	buf_addf(s->constraints, " %s", text);
}

static int constraints_parse(struct blob in, struct settings *s)
{
	struct field f;

	while (in.n > 0) {
		if (field_next(&in, &f) < 0)
			return -EINVAL;
		if (field_is(&f, 1, TYPE_BYTES))
			name_add(f.bytes, s);
		else if (field_is(&f, 3, TYPE_BYTES) &&
			 network_parse(f.bytes, s) < 0)
			return -EINVAL;
	}
	return 0;
}

static int settings_parse(struct blob in, struct settings *s)
{
	struct field f;

	while (in.n > 0) {
		int e = field_next(&in, &f);

		if (e == 0 && field_is(&f, 1, TYPE_BYTES))
			e = trust_parse(f.bytes, s);
		else if (e == 0 && field_is(&f, 2, TYPE_BYTES))
			e = constraints_parse(f.bytes, s);
		if (e < 0)
			return e;
	}
	return 0;
}

/* ---- what the certificate says -------------------------------------------*/

#define TAG_BOOLEAN	0x01
#define TAG_DNS		0x82	/* GeneralName dNSName */
#define TAG_ADDRESS	0x87	/* GeneralName iPAddress */

struct nature {
	bool no_ca;		/* basicConstraints without cA */
	bool has_names;		/* subjectAltName with a host */
};

/* VALUE: an extension's content.  */
static void names_look(struct blob value, struct nature *n)
{
	struct tlv t;

	if (tlv_expect(&value, TAG_SEQUENCE, &t) < 0)
		return;
	value = t.value;
	while (tlv_next(&value, &t) == 0)
		n->has_names |= t.tag == TAG_DNS || t.tag == TAG_ADDRESS;
}

static void constraints_look(struct blob value, struct nature *n)
{
	struct tlv t;

	n->no_ca = tlv_expect(&value, TAG_SEQUENCE, &t) < 0 ||
		   tlv_expect(&t.value, TAG_BOOLEAN, &t) < 0 ||
		   t.value.n != 1 || t.value.p[0] == 0;
}

/* Extensions are [3] of the TBSCertificate (RFC 5280, 4.1).  */
static struct nature nature_of(struct blob der)
{
	static const uint8_t basic[] = { 0x55, 29, 19 };
	static const uint8_t names[] = { 0x55, 29, 17 };
	struct nature n = { false, false };
	struct tlv t, e;

	if (tlv_next(&der, &t) < 0 || tlv_next(&t.value, &t) < 0)
		return n;
	der = t.value;
	do {
		if (tlv_next(&der, &t) < 0)
			return n;
	} while (t.tag != TAG_CONTEXT(3));
	if (tlv_next(&t.value, &t) < 0)
		return n;
	while (tlv_next(&t.value, &e) == 0) {
		struct tlv oid, content;

		if (tlv_expect(&e.value, TAG_OID, &oid) < 0)
			continue;
		if (tlv_expect(&e.value, TAG_BOOLEAN, &content) < 0 &&
		    e.value.n == 0)
			continue;
		if (tlv_expect(&e.value, TAG_OCTETS, &content) < 0)
			continue;
		if (blob_equal(oid.value, (struct blob){ basic, 3 }))
			constraints_look(content.value, &n);
		else if (blob_equal(oid.value, (struct blob){ names, 3 }))
			names_look(content.value, &n);
	}
	return n;
}

/* ---- rows ----------------------------------------------------------------*/

/* The role that the trust in S makes; ROLE_NONE: Chromium does not use it,
 * which is said.  */
static enum role role_of(struct chromium_reading *r, const struct settings *s,
			 struct blob der)
{
	struct nature n;

	switch ((unsigned)s->trust) {
	case TRUST_UNSPECIFIED:
		return ROLE_INTERMEDIATE;
	case TRUST_DISTRUSTED:
		return ROLE_DISTRUST;
	case TRUST_TRUSTED:
		n = nature_of(der);
		if (!n.no_ca)
			return ROLE_ANCHOR;
		if (n.has_names)
			return ROLE_END_ENTITY;
		sink_skipped(r->out, PROBLEM_CERTIFICATE, 0, "a trusted "
			     "certificate that is neither a CA's nor has names "
			     "of hosts; Chromium ignores it");
		return ROLE_NONE;
	case TRUST_UNKNOWN:
		sink_skipped(r->out, PROBLEM_FORMAT, 0, "a certificate whose "
			     "trust is not set; Chromium ignores it");
		return ROLE_NONE;
	}
	sink_problem(r->out, PROBLEM_FORMAT, 0, "a certificate with trust %ju, "
		     "which trustdrift does not know; it is left out",
		     (uintmax_t)s->trust);
	return ROLE_NONE;
}

/* Gives the certificate to the sink, labelled with what it is limited to.  */
static int certificate_emit(struct chromium_reading *r,
			    const struct settings *s, struct blob der)
{
	struct entry e = {
		.der = der,
		.role = role_of(r, s, der),
		.purposes = PURPOSE_SERVER_AUTH,
	};

	if (e.role == ROLE_NONE)
		return 0;
	if (e.role == ROLE_INTERMEDIATE)
		e.purposes = 0;
	if (s->constraints->n > strlen(LIMITED)) {
		e.label = buf_str(s->constraints);
		e.label_n = s->constraints->n;
	}
	if (s->constraints->truncated)
		sink_skipped(r->out, PROBLEM_LIMIT, 0, "a certificate is "
			     "limited to more names than a label shows");
	return r->out->entry(r->out, &e);
}

static int certificate_row(struct chromium_reading *r, sqlite3_stmt *row)
{
	const struct blob value = database_bytes(row, 0);
	AUTO(buf) struct buf limited;
	struct settings s = { TRUST_UNKNOWN, &limited };
	struct blob der;

	buf_init(&limited, LIMIT_LABEL_BYTES);
	if (value.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(r->out, PROBLEM_TOO_LARGE, 0,
			     "a certificate of %zu bytes, the limit is %u; it "
			     "is not read", value.n, LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	if (certificate_tlv(value, &der) < 0 || der.n != value.n) {
		sink_problem(r->out, PROBLEM_CERTIFICATE, 0,
			     "what stands for a certificate does not decode");
		return 0;
	}
	buf_adds(&limited, LIMITED);
	if (settings_parse(database_bytes(row, 1), &s) < 0) {
		sink_skipped(r->out, PROBLEM_MALFORMED, 0, "a certificate "
			     "whose trust settings are damaged; Chromium "
			     "ignores it");
		return 0;
	}
	return certificate_emit(r, &s, der);
}

static int rows_read(struct chromium_reading *r)
{
	sqlite3_stmt *s = NULL;
	int e, result = 0;

	e = database_prepare(&r->db, "SELECT der_cert, trust_settings FROM "
			     "main.certificates NOT INDEXED", &s);
	if (e < 0)
		return e;
	while (result == 0 && (e = database_next(&r->db, s)) == SQLITE_ROW)
		result = certificate_row(r, s);
	sqlite3_finalize(s);
	if (result < 0)
		return result;
	return e == SQLITE_DONE ? 0 : -EIO;
}

/* ---- the file ------------------------------------------------------------*/

/* The lowest version of Chromium's that may read the database; without it the
 * database is new.  */
static int version_check(struct chromium_reading *r)
{
	sqlite3_stmt *s = NULL;
	int64_t version = FORMAT_VERSION;
	int e;

	e = database_table(&r->db, "meta");
	if (e < 0)
		return e == -ENOENT ? 0 : e;
	e = database_prepare(&r->db, "SELECT value FROM main.meta WHERE "
			     "key = 'last_compatible_version'", &s);
	if (e < 0)
		return e;
	e = database_next(&r->db, s);
	if (e == SQLITE_ROW)
		version = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	if (e != SQLITE_ROW && e != SQLITE_DONE)
		return -EIO;
	if (version == FORMAT_VERSION)
		return 0;
	sink_problem(r->out, PROBLEM_FORMAT, 0, "version %jd of the format, "
		     "trustdrift knows %d; it is not read",
		     (intmax_t)version, FORMAT_VERSION);
	return -EINVAL;
}

static int chromium_database_read(struct chromium_reading *r, struct blob data)
{
	static const char *const names[] = { "der_cert", "trust_settings" };
	bool has[ARRAY_SIZE(names)];
	int e;

	e = database_open(data, r->out, "", &r->db);
	if (e == 0)
		e = database_table(&r->db, "certificates");
	if (e == 0)
		e = database_columns(&r->db, "certificates", names,
				     ARRAY_SIZE(names), has);
	if (e == -ENOENT || (e == 0 && (!has[0] || !has[1]))) {
		sink_problem(r->out, PROBLEM_FORMAT, 0, "an SQLite database "
			     "without the table certificates(der_cert, "
			     "trust_settings): not Chromium's");
		return 0;
	}
	if (e == 0)
		e = version_check(r);
	return e < 0 ? e : rows_read(r);
}

static int chromium_read(const struct input *input, struct sink *out)
{
	struct chromium_reading r = { .out = out };
	int e;

	e = chromium_database_read(&r, input->data);
	if (e == -EIO)
		database_failed(&r.db);
	database_close(&r.db);
	return e == -E2BIG ? e : 0;
}

static bool chromium_sniff(struct blob data)
{
	return database_sniff(data, "trust_settings");
}

const struct reader chromium_reader = {
	.name = "chromium-certificates",
	.title = N_("Chromium's database of certificates"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST | READS_SQLITE,
	.sniff = chromium_sniff,
	.read = chromium_read,
};
