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

static const struct {
	const char *guid, *name;
	enum kind kind;
} types[] = {
	{ "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "X509", KIND_X509 },
	{ "c1c41626-504c-4092-aca9-41f936934328", "SHA256", KIND_HASH },
	{ "826ca512-cf10-4ac9-b187-be01496631bd", "SHA1", KIND_HASH },
	{ "0b6e5233-a65c-44c9-9407-d9ab83bfc8bd", "SHA224", KIND_HASH },
	{ "ff3e5307-9fd0-48c9-85f1-8ad56c701e01", "SHA384", KIND_HASH },
	{ "093e0fae-a6c4-4f50-9f1b-d41e2b89c19a", "SHA512", KIND_HASH },
	{ "3c5766e8-269c-4e34-aa14-ed776e85b3b6", "RSA2048", KIND_HASH },
	{ "e2b36190-879b-4a3d-ad8d-f2e7bba32784", "RSA2048_SHA256",
	  KIND_HASH },
	{ "67f8444f-8743-48f1-a328-1eaab8736080", "RSA2048_SHA1", KIND_HASH },
	{ "3bd2a492-96c0-4079-b420-fcf98ef103ed", "X509_SHA256", KIND_TBS },
	{ "7076876e-80c2-4ee6-aad2-28b349a6865b", "X509_SHA384", KIND_TBS },
	{ "446dbf63-2502-4cda-bcfa-2465d2b0fe9d", "X509_SHA512", KIND_TBS },
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
	char guid[GUID_TEXT];
	size_t i;

	guid_text(p, guid);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i].guid, guid) == 0)
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
