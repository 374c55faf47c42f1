/* bks.c -- BKS, the key store of BouncyCastle and of Android.  No
 * specification; the format is what BouncyCastle's BcKeyStoreSpi reads.
 *
 *	version, salt, iterations, entries, 0, HMAC-SHA-1
 *
 * The bytes are java.io.DataOutput's (java.h).  Certificates are not
 * encrypted.  The HMAC is over entries and the 0 behind them; its key is made
 * of the password as PKCS#12 does it.  In versions 0 and 1 that key has 20 bits
 * where 20 bytes were meant, of which 16 are used (CVE-2018-5382): it proves
 * nothing against an attacker, and is checked against damage.
 *
 * Java trusts the trusted entries, and the first certificate of a key's chain.
 * Aliases are looked up as they are written.  There is no magic number.
 */
#include <errno.h>

#include <nettle/memops.h>

#include "read/bks.h"

enum { TYPE_END, TYPE_CERTIFICATE, TYPE_KEY, TYPE_SECRET, TYPE_SEALED };

/* ---- header --------------------------------------------------------------*/

int bks_header_next(struct blob *in, struct sink *out,
		    struct bks_header *ret_header)
{
	struct bks_header h = { .kdf = { .kind = KDF_PKCS12,
					 .hash = hash_sha1_algorithm } };
	struct blob rest = *in;
	uint32_t salt_n, iterations;

	if (u32_next(&rest, &h.version) < 0)
		goto truncated;
	if (h.version > UINT8_MAX) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "not a BouncyCastle key store");
		return -EINVAL;
	}
	if (h.version > 2) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "BouncyCastle key store version %u, only 0 to 2 "
			     "are known", h.version);
		return -EINVAL;
	}
	if (u32_next(&rest, &salt_n) < 0)
		goto truncated;
	if (salt_n == 0 || salt_n > SALT_MAX) {
		sink_problem(out, PROBLEM_MALFORMED, 4,
			     "a salt of %u bytes, where BouncyCastle writes "
			     "%u; the file is damaged", salt_n, BKS_SALT_SIZE);
		return -EINVAL;
	}
	if (bytes_next(&rest, salt_n, &h.kdf.salt) < 0 ||
	    u32_next(&rest, &iterations) < 0)
		goto truncated;
	/* A signed number to Java, and none or fewer are one.  */
	h.kdf.iterations = iterations == 0 || iterations > INT32_MAX
			   ? 1 : iterations;
	*ret_header = h;
	*in = rest;
	return 0;

truncated:
	sink_problem(out, PROBLEM_TRUNCATED, in->n,
		     "the file ends in its header; restore it from its "
		     "source");
	return -EINVAL;
}

bool bks_is_header(struct blob data, struct blob *ret_rest)
{
	struct blob rest = data, salt;
	uint32_t version, salt_n, iterations;

	if (u32_next(&rest, &version) < 0 || u32_next(&rest, &salt_n) < 0 ||
	    version > 2 || salt_n != BKS_SALT_SIZE)
		return false;
	if (bytes_next(&rest, salt_n, &salt) < 0 ||
	    u32_next(&rest, &iterations) < 0)
		rest.n = 0;
	else if (iterations > UINT16_MAX + 1u)
		return false;
	*ret_rest = rest;
	return true;
}

/* ---- entries -------------------------------------------------------------*/

/* Modified UTF-8 without control characters; its end may be missing.  */
static bool is_text(struct blob in)
{
	for (size_t i = 0, more; i < in.n; i++) {
		const uint8_t c = in.p[i];

		if (c < ' ' || c == 0x7f || (c & 0xc0) == 0x80 || c >= 0xf0)
			return false;
		for (more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : 2; more > 0; more--)
			if (++i < in.n && (in.p[i] & 0xc0) != 0x80)
				return false;
	}
	return true;
}

bool bks_is_entries(struct blob in)
{
	struct blob alias, date;
	uint32_t chain;
	uint16_t n;
	uint8_t type;

	if (u8_next(&in, &type) < 0)
		return true;
	if (type == TYPE_END)
		return in.n <= SHA1_SIZE;
	if (type > TYPE_SEALED)
		return false;
	if (u16_next(&in, &n) < 0)
		return true;
	if (bytes_next(&in, n, &alias) < 0)
		return is_text(in);
	if (!is_text(alias))
		return false;
	/* a date before the year 10000, a chain of fewer than 65536 */
	if (bytes_next(&in, 8, &date) < 0)
		return true;
	if (get_be16(date.p) != 0)
		return false;
	return u32_next(&in, &chain) < 0 || chain <= UINT16_MAX;
}

/* The certificates in front of what the entry is about.  */
static int chain_next(struct java_input *in, struct entry *e, bool marked)
{
	uint32_t n;
	int r;

	if (u32_next(&in->rest, &n) < 0)
		return -EAGAIN;
	for (uint32_t i = 0; i < n; i++) {
		e->marked = e->private_key = marked && i == 0;
		r = java_certificate_next(in, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int key_skip(struct java_input *in)
{
	struct blob format, algorithm, key;
	uint8_t kind;

	if (u8_next(&in->rest, &kind) < 0 ||
	    text_next(&in->rest, &format) < 0 ||
	    text_next(&in->rest, &algorithm) < 0 ||
	    block_next(&in->rest, &key) < 0)
		return -EAGAIN;
	return 0;
}

/* One entry of TYPE.  -EAGAIN: the bytes end in it.  */
static int entry_next(struct java_input *in, uint8_t type)
{
	const uint64_t offset = java_offset(in);
	AUTO(buf) struct buf label;
	struct entry e = { .marked = false };
	struct blob alias, date, secret;
	int r;

	buf_init(&label, LIMIT_LABEL_BYTES);
	if (text_next(&in->rest, &alias) < 0 ||
	    bytes_next(&in->rest, 8, &date) < 0)
		return -EAGAIN;
	java_label(in, alias, offset, &label, &e);
	r = chain_next(in, &e, type != TYPE_CERTIFICATE);
	if (r < 0)
		return r;
	switch (type) {
	case TYPE_CERTIFICATE:
		e.marked = true;
		e.private_key = false;
		return java_certificate_next(in, &e);
	case TYPE_KEY:
		return key_skip(in);
	default:
		return block_next(&in->rest, &secret);
	}
}

int bks_entries_read(struct java_input *in)
{
	uint64_t offset;
	uint8_t type;
	int r;

	for (size_t at = 1;; at++) {
		offset = java_offset(in);
		r = u8_next(&in->rest, &type);
		if (r == 0 && type == TYPE_END)
			return 0;
		if (r == 0 && type > TYPE_SEALED) {
			sink_problem(in->out, PROBLEM_MALFORMED, offset,
				     "entry %zu is of no known kind, or "
				     "damaged; what lies behind it is not "
				     "read", at);
			return -EINVAL;
		}
		if (r == 0)
			r = entry_next(in, type);
		if (r == -EAGAIN) {
			sink_problem(in->out, PROBLEM_TRUNCATED,
				     java_offset_of(in, in->file.p +
						    in->file.n),
				     "the file ends in entry %zu; restore it "
				     "from its source", at);
			return -EINVAL;
		}
		if (r < 0)
			return r;
	}
}

/* ---- the file ------------------------------------------------------------*/

static bool mac_is_of(const struct bks_header *h, const char *password,
		      struct blob entries, const uint8_t *mac)
{
	uint8_t text[PASSWORD_BMP_SIZE], key[SHA1_SIZE], is[SHA1_SIZE];
	const size_t key_n = h->version < 2 ? 2 : sizeof(key);
	struct hmac_context hmac;

	kdf_derive(&h->kdf, KDF_ID_MAC, password_bmp(password, text), key,
		   key_n);
	hmac_begin(&hmac, hash_sha1_algorithm, key_n, key);
	hmac_add(&hmac, entries.n, entries.p);
	hmac_end(&hmac, sizeof(is), is);
	return memeql_sec(is, mac, sizeof(is));
}

/* ENTRIES is what the MAC that comes next is over.  */
static void mac_check(struct java_input *in, const struct bks_header *h,
		      struct blob entries)
{
	const uint64_t offset = java_offset(in);
	uint64_t spent = 0;
	struct blob mac;

	if (bytes_next(&in->rest, SHA1_SIZE, &mac) < 0) {
		sink_problem(in->out, PROBLEM_TRUNCATED, in->file.n,
			     "the file ends in the MAC behind its entries; "
			     "BouncyCastle refuses it");
		return;
	}
	if (in->rest.n > 0)
		sink_skipped(in->out, PROBLEM_MALFORMED, java_offset(in),
			     "bytes behind the MAC that ends the file; they "
			     "are passed over");
	for (size_t i = 0; i < PASSWORDS; i++) {
		if (passwords[i] != NULL && passwords[i][0] == '\0')
			continue;	/* to BouncyCastle it is none */
		if (!kdf_affordable(&h->kdf, kdf_work(&h->kdf, SHA1_SIZE),
				    "the MAC", in->out, offset, &spent))
			return;
		if (mac_is_of(h, passwords[i], entries, mac.p))
			return;
	}
	sink_skipped(in->out, PROBLEM_OPAQUE, offset, "the MAC fits none of "
		     "the well-known passwords: another password, or a changed "
		     "file");
}

static int bks_read(const struct input *input, struct sink *out)
{
	struct java_input in = { .file = input->data, .rest = input->data,
				 .out = out, .typed = true };
	struct bks_header h;
	const uint8_t *begin;
	int r;

	if (bks_header_next(&in.rest, out, &h) < 0)
		return 0;
	begin = in.rest.p;
	r = bks_entries_read(&in);
	if (r == 0)
		mac_check(&in, &h, (struct blob){
			begin, (size_t)(in.rest.p - begin) });
	return r == -E2BIG ? r : 0;
}

static bool bks_sniff(struct blob data)
{
	struct blob rest;

	return bks_is_header(data, &rest) && bks_is_entries(rest);
}

const struct reader bks_reader = {
	.name = "bks",
	.title = N_("BouncyCastle key store (BKS)"),
	.caps = READS_LABELS | READS_MANY | READS_MARKS | READS_PASSWORDS,
	.sniff = bks_sniff,
	.read = bks_read,
};
