/* dbm.c -- cert8.db and cert7.db, the certificates and trust of NSS until 3.35
 * made SQLite the default, and of everything since that was told "dbm:"
 * (lib/softoken/legacydb in NSS: pcertt.h, pcertdb.c).  A Berkeley DB 1.85 hash
 * file (dbm-pages.c) with records of several types, big-endian; only certificates
 * have trust:
 *
 *	key	01, serial number, issuer
 *	data	version, type, flags; flags for TLS, e-mail and code; length of
 *		the certificate and of the nickname; the certificate; the
 *		nickname and its NUL
 *
 * Each number has two bytes; in versions before 7 the flags have one.
 *
 * What is surprising: a certificate of 64 KiB and more has its length modulo
 * 65536 there, and the rest comes out of the record's; NSS goes by the type in
 * the data, not by the key's; and data of more than 14 KiB is a file of its own
 * in the directory cert8.dir, which a record of type 8 names (legacydb/dbmshim.c).
 * Such a file is read here, too: it is one record's data.
 *
 * The flags come out of NSS as the trust of PKCS#11 (lgattr.c), and the first
 * of anchor, peer, "must verify", unknown, valid CA and distrust that is set
 * decides.
 */
#include <errno.h>
#include <string.h>

#include "read/dbm.h"
#include "read/nss-entry.h"

#define TYPE_VERSION		0
#define TYPE_CERTIFICATE	1
#define TYPE_CONTENT_VERSION	7
#define TYPE_FILE		8	/* 5 more bytes, and the file's name */
#define FILE_NAME		8
#define TYPE_AND_VERSION	3	/* bytes that every record has */

enum flag {
	FLAG_TERMINAL = 0x01,		/* and nothing else: distrusted */
	FLAG_TRUSTED = 0x02,		/* this certificate only */
	FLAG_VALID_CA = 0x08,
	FLAG_TRUSTED_CA = 0x10,
	FLAG_TRUSTED_CLIENT_CA = 0x80,
	FLAG_MUST_VERIFY = 0x400,
	FLAG_UNKNOWN = 0x800,
};

struct reading {
	struct sink *out;
	bool has_version;
};

static enum role role_of(unsigned flags, enum flag anchor)
{
	if (flags & anchor)
		return ROLE_ANCHOR;
	if (flags & FLAG_TRUSTED)
		return ROLE_END_ENTITY;
	if (flags & (FLAG_MUST_VERIFY | FLAG_UNKNOWN | FLAG_VALID_CA))
		return ROLE_NONE;
	return flags & FLAG_TERMINAL ? ROLE_DISTRUST : ROLE_NONE;
}

static bool is_known_version(uint8_t version)
{
	return version >= 5 && version <= 8;
}

/* -EBADMSG: the lengths do not fit the record, -ENOTSUP: its version is not
 * known.  */
static int certificate_parse(struct blob in, struct entry *ret_entry,
			     struct nss_roles *ret_roles)
{
	unsigned flags[3], size, i;
	size_t header, der, label, rest;
	const uint8_t *p = in.p + TYPE_AND_VERSION;

	if (!is_known_version(in.p[0]))
		return -ENOTSUP;
	size = in.p[0] < 7 ? 1 : 2;
	header = TYPE_AND_VERSION + 3 * size + 4;
	if (in.n < header)
		return -EBADMSG;
	for (i = 0; i < 3; i++, p += size)
		flags[i] = size == 1 ? *p : get_be16(p);
	der = get_be16(p);
	label = get_be16(p + 2);
	if (in.n - header < der + label)
		return -EBADMSG;
	rest = in.n - header - der - label;
	if (rest % 65536 != 0)
		return -EBADMSG;
	der += rest;
	ret_entry->der = (struct blob){ in.p + header, der };
	ret_entry->label = (const char *)in.p + header + der;
	ret_entry->label_n = strnlen(ret_entry->label, label);
	*ret_roles = (struct nss_roles){
		.server = role_of(flags[0], FLAG_TRUSTED_CA),
		.client = role_of(flags[0], FLAG_TRUSTED_CLIENT_CA),
		.email = role_of(flags[1], FLAG_TRUSTED_CA),
		.code = role_of(flags[2], FLAG_TRUSTED_CA),
	};
	return 0;
}

static int certificate_take(struct sink *out, struct blob data, uint64_t offset)
{
	struct entry e = { .der = { NULL, 0 } };
	struct nss_roles roles;
	int r = certificate_parse(data, &e, &roles);

	if (r == 0)
		return nss_entry_emit(out, &e, &roles);
	if (r == -ENOTSUP)
		sink_problem(out, PROBLEM_FORMAT, offset,
			     "a certificate's record has version %u; 5 to 8 "
			     "are known", data.p[0]);
	else
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "a certificate's record is not as long as it "
			     "says; it is not read");
	return 0;
}

/* A certificate, revocation list or the like that is in a file, which the
 * catalogue has to name.  */
static void file_named(struct sink *out, struct blob data, uint64_t offset)
{
	AUTO(str) char *name = NULL;

	if (data.n > FILE_NAME) {
		const char *p = (const char *)data.p + FILE_NAME;

		name = escape_text(p, strnlen(p, data.n - FILE_NAME));
	}
	sink_skipped(out, PROBLEM_DANGLING, offset, "a large record is in the "
		     "file %s of the directory beside, which is read on its "
		     "own", name != NULL ? name : "(no name)");
}

static int record_take(const struct dbm_record *r, void *data)
{
	struct reading *reading = data;

	if (r->data.n < TYPE_AND_VERSION) {
		sink_problem(reading->out, PROBLEM_MALFORMED, r->offset,
			     "a record of %zu bytes; it is not read",
			     r->data.n);
		return 0;
	}
	switch (r->data.p[1]) {
	case TYPE_CERTIFICATE:
		return certificate_take(reading->out, r->data, r->offset);
	case TYPE_FILE:
		file_named(reading->out, r->data, r->offset);
		break;
	case TYPE_VERSION:
		reading->has_version = true;
		if (!is_known_version(r->data.p[0]))
			sink_problem(reading->out, PROBLEM_FORMAT, r->offset,
				     "a database of version %u; 5 to 8 are "
				     "known", r->data.p[0]);
	}
	return 0;
}

/* ---- the file ------------------------------------------------------------*/

static bool is_database(struct blob data)
{
	return data.n >= 4 && get_be32(data.p) == DBM_MAGIC;
}

static bool is_record(struct blob data)
{
	return data.n >= TYPE_AND_VERSION && is_known_version(data.p[0]) &&
	       data.p[1] >= TYPE_CERTIFICATE &&
	       data.p[1] < TYPE_CONTENT_VERSION && data.p[2] == 0;
}

static bool dbm_sniff(struct blob data)
{
	return is_database(data) || is_record(data);
}

static int dbm_read(const struct input *in, struct sink *out)
{
	struct reading reading = { .out = out };
	int r;

	if (is_record(in->data)) {
		if (in->data.p[1] == TYPE_CERTIFICATE)
			return certificate_take(out, in->data, 0);
		return 0;
	}
	if (!is_database(in->data)) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "not a Berkeley DB hash file, nor a record of "
			     "NSS's");
		return 0;
	}
	r = dbm_each(in->data, out, record_take, &reading);
	if (r == 0 && !reading.has_version)
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "the record with the database's version is not "
			     "there: it is not NSS's, or damaged");
	return r == -E2BIG ? r : 0;
}

const struct reader dbm_reader = {
	.name = "nss-dbm",
	.title = N_("NSS database before SQLite (dbm:)"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST,
	.sniff = dbm_sniff,
	.read = dbm_read,
};
