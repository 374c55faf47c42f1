/* efi.c -- EFI signature databases (UEFI specification 2.10, 32.4.1): the
 * firmware's db, dbx, KEK and PK, shim's lists of machine owner keys, and the
 * cacerts.bin with the roots of EDK2's HTTPS boot, which p11-kit extracts.
 *
 * A file is EFI_SIGNATURE_LISTs, one behind the other, little endian:
 *
 *	type GUID, list size u32, header size u32, signature size u32,
 *	header, then signatures: owner GUID, data
 *
 * What is surprising: a file in efivarfs begins with the variable's attributes
 * (u32) and the same variable under mok-variables does not; the first three
 * parts of a GUID are little endian, too; and most of what is in a dbx are
 * hashes of programs, or of the signed part of certificates, which are not
 * their fingerprints.
 */
#include <errno.h>
#include <string.h>

#include "read/read.h"

#define GUID_SIZE	16
#define LIST_HEADER	(GUID_SIZE + 12)
#define ATTRIBUTES_SIZE	4
#define GUID_TEXT	37		/* with the NUL */

enum kind {
	KIND_X509,
	KIND_HASH,			/* of a program, or a key: no certificate */
	KIND_TBS,			/* hash of a certificate's signed part */
};

/* Text of a GUID is A-B-C-D-E; D and E are as bytes are written.  */
#define GUID(a, b, c, d, e)						\
	{ (a) & 0xff, (a) >> 8 & 0xff, (a) >> 16 & 0xff, (a) >> 24,	\
	  (b) & 0xff, (b) >> 8, (c) & 0xff, (c) >> 8,			\
	  (d) >> 8, (d) & 0xff, (e) >> 40 & 0xff, (e) >> 32 & 0xff,	\
	  (e) >> 24 & 0xff, (e) >> 16 & 0xff, (e) >> 8 & 0xff, (e) & 0xff }

static const struct {
	uint8_t guid[GUID_SIZE];
	enum kind kind;
} types[] = {
	/* X509 */
	{ GUID(0xa5c059a1, 0x94e4, 0x4aa7, 0x87b5, 0xab155c2bf072), KIND_X509 },
	/* SHA256, SHA1, SHA224, SHA384, SHA512 */
	{ GUID(0xc1c41626, 0x504c, 0x4092, 0xaca9, 0x41f936934328), KIND_HASH },
	{ GUID(0x826ca512, 0xcf10, 0x4ac9, 0xb187, 0xbe01496631bd), KIND_HASH },
	{ GUID(0x0b6e5233, 0xa65c, 0x44c9, 0x9407, 0xd9ab83bfc8bd), KIND_HASH },
	{ GUID(0xff3e5307, 0x9fd0, 0x48c9, 0x85f1, 0x8ad56c701e01), KIND_HASH },
	{ GUID(0x093e0fae, 0xa6c4, 0x4f50, 0x9f1b, 0xd41e2b89c19a), KIND_HASH },
	/* RSA2048, RSA2048_SHA256, RSA2048_SHA1 */
	{ GUID(0x3c5766e8, 0x269c, 0x4e34, 0xaa14, 0xed776e85b3b6), KIND_HASH },
	{ GUID(0xe2b36190, 0x879b, 0x4a3d, 0xad8d, 0xf2e7bba32784), KIND_HASH },
	{ GUID(0x67f8444f, 0x8743, 0x48f1, 0xa328, 0x1eaab8736080), KIND_HASH },
	/* X509_SHA256, X509_SHA384, X509_SHA512 */
	{ GUID(0x3bd2a492, 0x96c0, 0x4079, 0xb420, 0xfcf98ef103ed), KIND_TBS },
	{ GUID(0x7076876e, 0x80c2, 0x4ee6, 0xaad2, 0x28b349a6865b), KIND_TBS },
	{ GUID(0x446dbf63, 0x2502, 0x4cda, 0xbcfa, 0x2465d2b0fe9d), KIND_TBS },
};

static uint16_t get_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* As registries write it, lower case.  */
static void guid_text(const uint8_t *p, char ret[GUID_TEXT])
{
	char node[2 * 6 + 1];

	hex_encode(p + 10, 6, node);
	snprintf(ret, GUID_TEXT, "%08x-%04x-%04x-%02x%02x-%s", get_le32(p),
		 get_le16(p + 4), get_le16(p + 6), p[8], p[9], node);
}

/* Index in types; ARRAY_SIZE(types): none of them.  */
static size_t type_of(const uint8_t *p)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (memcmp(types[i].guid, p, GUID_SIZE) == 0)
			break;
	return i;
}

/* One list.  */
struct list {
	uint64_t offset;
	const uint8_t *type;
	struct blob signatures;		/* behind the header */
	size_t size;			/* of one of them, with its owner */
};

/* Takes the list at *AT of DATA.  -EAGAIN: it goes past the end; -EINVAL: its
 * sizes do not fit together.  */
static int list_next(struct blob data, size_t *at, struct list *ret_list)
{
	const uint8_t *p = data.p + *at;
	size_t left = data.n - *at, size, header, one;

	if (left < LIST_HEADER)
		return -EAGAIN;
	size = get_le32(p + GUID_SIZE);
	header = get_le32(p + GUID_SIZE + 4);
	one = get_le32(p + GUID_SIZE + 8);
	if (size < LIST_HEADER || header > size - LIST_HEADER ||
	    one <= GUID_SIZE || (size - LIST_HEADER - header) % one != 0)
		return -EINVAL;
	if (size > left)
		return -EAGAIN;
	*ret_list = (struct list){
		.offset = *at,
		.type = p,
		.signatures = { p + LIST_HEADER + header,
				size - LIST_HEADER - header },
		.size = one,
	};
	*at += size;
	return 0;
}

static bool is_whole(struct blob data, size_t at)
{
	struct list list;

	if (at >= data.n)
		return false;
	while (at < data.n)
		if (list_next(data, &at, &list) < 0)
			return false;
	return true;
}

/* Does a list of a type that is known begin at AT?  */
static bool begins_known(struct blob data, size_t at)
{
	return data.n >= at + GUID_SIZE &&
	       type_of(data.p + at) < ARRAY_SIZE(types);
}

/* Where the lists begin: behind attributes, or not; -EINVAL: nowhere.  */
static int lists_begin(struct blob data)
{
	if (begins_known(data, 0))
		return 0;
	if (begins_known(data, ATTRIBUTES_SIZE))
		return ATTRIBUTES_SIZE;
	if (is_whole(data, 0))
		return 0;
	return is_whole(data, ATTRIBUTES_SIZE) ? ATTRIBUTES_SIZE : -EINVAL;
}

/* ---- the reader ----------------------------------------------------------*/

/* What is counted instead of given.  */
struct counts {
	uint64_t hashes, tbs;
	uint64_t first_hash, first_tbs;		/* their lists' offsets */
};

static int certificate_give(struct blob signature, uint64_t offset,
			    struct sink *out)
{
	struct blob data = { signature.p + GUID_SIZE,
			     signature.n - GUID_SIZE };
	struct entry e = { .offset = offset };
	char owner[GUID_TEXT];

	if (certificate_tlv(data, &e.der) < 0) {
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "a signature of type X509 that is no "
			     "certificate; enroll it again");
		return 0;
	}
	if (e.der.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(out, PROBLEM_TOO_LARGE, offset,
			     "larger than LIMIT_CERTIFICATE_BYTES, which no "
			     "certificate is; not read");
		return 0;
	}
	if (e.der.n < data.n)
		sink_problem(out, PROBLEM_MALFORMED, offset,
			     "%zu bytes behind the certificate; enroll it "
			     "again", data.n - e.der.n);
	guid_text(signature.p, owner);
	e.label = owner;
	e.label_n = strlen(owner);
	return out->entry(out, &e);
}

static int list_read(struct blob data, const struct list *l,
		     struct counts *counts, struct sink *out)
{
	size_t type = type_of(l->type), n = l->signatures.n / l->size, i;
	char guid[GUID_TEXT];
	int r;

	if (type == ARRAY_SIZE(types)) {
		guid_text(l->type, guid);
		sink_problem(out, PROBLEM_FORMAT, l->offset,
			     "%zu signatures of a type that is not known (%s): "
			     "see whether a newer trustdrift knows it",
			     n, guid);
		return 0;
	}
	switch (types[type].kind) {
	case KIND_HASH:
		counts->first_hash = counts->hashes ? counts->first_hash
						    : l->offset;
		counts->hashes += n;
		return 0;
	case KIND_TBS:
		counts->first_tbs = counts->tbs ? counts->first_tbs
						: l->offset;
		counts->tbs += n;
		return 0;
	case KIND_X509:
		break;
	}
	for (i = 0; i < n; i++) {
		struct blob signature = { l->signatures.p + i * l->size,
					  l->size };

		r = certificate_give(signature,
				     (uint64_t)(signature.p - data.p), out);
		if (r < 0)
			return r;
	}
	return 0;
}

static void count_report(struct sink *out, uint64_t n, uint64_t offset,
			 const char *what)
{
	if (n > 0)
		sink_skipped(out, PROBLEM_FORMAT, offset, "%ju %s",
			     (uintmax_t)n, what);
}

static bool efi_sniff(struct blob data)
{
	return lists_begin(data) >= 0;
}

static int efi_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	struct counts counts = { .hashes = 0 };
	struct list list;
	bool some = false;
	size_t at;
	int r = lists_begin(data);

	if (r < 0) {
		sink_problem(out, PROBLEM_FORMAT, 0,
			     "no EFI signature list in this file");
		return 0;
	}
	for (at = (size_t)r; at < data.n;) {
		r = list_next(data, &at, &list);
		if (r < 0) {
			sink_problem(out, r == -EAGAIN ? PROBLEM_TRUNCATED :
				     PROBLEM_MALFORMED, at, r == -EAGAIN ?
				     "the file ends inside of a signature "
				     "list; what is left is not read" :
				     "the sizes of a signature list do not fit "
				     "together; the file is not read from here "
				     "on");
			some = true;
			break;
		}
		some |= list.signatures.n > 0;
		r = list_read(data, &list, &counts, out);
		if (r < 0)
			return r;
	}
	count_report(out, counts.hashes, counts.first_hash,
		     "hashes of programs or keys, which are no certificates");
	count_report(out, counts.tbs, counts.first_tbs,
		     "hashes of the signed part of certificates, by which none "
		     "here can be found");
	if (!some)
		count_report(out, 1, 0, "or more signature lists, all empty");
	return 0;
}

const struct reader efi_reader = {
	.name = "efi",
	.title = N_("EFI signature lists"),
	.caps = READS_MANY | READS_LABELS,
	.sniff = efi_sniff,
	.read = efi_read,
};
