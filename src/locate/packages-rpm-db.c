/* packages-rpm-db.c -- the two containers of rpm's headers that are no SQLite.
 *
 * ndb (lib/backend/ndb/rpmpkg.c; little-endian): a header page whose slots,
 * 16 bytes each, say at which block of 16 bytes a package's blob begins; a
 * blob has a head of 16 bytes with its length, and a tail.
 *
 * The Berkeley DB hash of version 4 and later (dbinc/db_page.h; the byte order
 * of whoever made it, seen by the magic number): every page says its type.  A
 * hash page holds keys and values in turn; a header is always larger than a
 * page, so its value is a reference to a chain of overflow pages.  Only rpm's
 * Packages is meant here: NSS's cert8.db is of version 1.85, which differs in
 * everything.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/packages.h"

#define HEADER_MAX	(256u << 20)

/* ---- ndb -------------------------------------------------------------------*/

#define NDB_MAGIC	0x506d7052u	/* "RpmP" */
#define NDB_SLOT	0x746f6c53u	/* "Slot" */
#define NDB_BLOB	0x53626c42u	/* "BlbS" */
#define NDB_PAGE	4096u
#define NDB_UNIT	16u

int rpm_ndb_each(struct blob db, header_fn *fn, void *data)
{
	uint64_t slots_end;

	if (db.n < NDB_PAGE || get_le32(db.p) != NDB_MAGIC ||
	    get_le32(db.p + 4) != 0)
		return -EINVAL;
	slots_end = (uint64_t)get_le32(db.p + 12) * NDB_PAGE;
	if (slots_end > db.n)
		return -EINVAL;
	/* The first two units are the file's own head.  */
	for (uint64_t at = 2 * NDB_UNIT; at + NDB_UNIT <= slots_end;
	     at += NDB_UNIT) {
		const uint8_t *slot = db.p + at;
		uint64_t blob = (uint64_t)get_le32(slot + 8) * NDB_UNIT;
		uint32_t n;
		int r;

		if (get_le32(slot) != NDB_SLOT)
			return -EINVAL;
		if (blob == 0)		/* free */
			continue;
		if (blob > db.n || db.n - blob < NDB_UNIT ||
		    get_le32(db.p + blob) != NDB_BLOB)
			return -EINVAL;
		n = get_le32(db.p + blob + 12);
		if (n > HEADER_MAX || n > db.n - blob - NDB_UNIT)
			return -EINVAL;
		r = fn((struct blob){ db.p + blob + NDB_UNIT, n }, data);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- Berkeley DB -----------------------------------------------------------*/

#define BDB_HASH_MAGIC	0x00061561u
#define BDB_HEAD	26u		/* of a page */
enum { PAGE_HASH_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASH = 13 };
enum { ITEM_OFF_PAGE = 3 };

struct bdb {
	struct blob data;
	uint32_t page;		/* size of one */
	bool big;		/* byte order */
	uint64_t left;		/* pages that may still be followed */
};

static uint32_t u32(const struct bdb *b, const uint8_t *p)
{
	return b->big ? get_be32(p) : get_le32(p);
}

static uint32_t u16(const struct bdb *b, const uint8_t *p)
{
	return b->big ? get_be16(p) : (uint32_t)(p[0] | p[1] << 8);
}

/* NULL: there is no such page.  */
static const uint8_t *page_at(const struct bdb *b, uint32_t number)
{
	uint64_t at = (uint64_t)number * b->page;

	return at + b->page <= b->data.n ? b->data.p + at : NULL;
}

/* The TOTAL bytes of the chain that begins at page NUMBER, into *RET.  */
static int chain_read(struct bdb *b, uint32_t number, uint32_t total,
		      struct buf *ret)
{
	while (ret->n < total) {
		const uint8_t *page = page_at(b, number);
		uint32_t n;

		if (page == NULL || page[25] != PAGE_OVERFLOW || b->left-- == 0)
			return -EINVAL;
		n = u16(b, page + 22);
		if (n == 0 || n > b->page - BDB_HEAD || n > total - ret->n ||
		    buf_add(ret, page + BDB_HEAD, n) < 0)
			return -EINVAL;
		number = u32(b, page + 16);
	}
	return 0;
}

/* The values of one hash page.  */
static int page_values(struct bdb *b, const uint8_t *page, header_fn *fn,
		       void *data)
{
	uint32_t n = u16(b, page + 20);

	if (BDB_HEAD + 2 * n > b->page)
		return -EINVAL;
	for (uint32_t i = 1; i < n; i += 2) {
		uint32_t at = u16(b, page + BDB_HEAD + 2 * i);
		AUTO(buf) struct buf header;
		uint32_t total;
		int r;

		buf_init(&header, HEADER_MAX);
		if (at < BDB_HEAD || at >= b->page)
			return -EINVAL;
		/* Package 0 is a counter and fits its page.  */
		if (page[at] != ITEM_OFF_PAGE)
			continue;
		if (at + 12 > b->page)
			return -EINVAL;
		total = u32(b, page + at + 8);
		if (total > b->data.n)
			return -EINVAL;
		r = chain_read(b, u32(b, page + at + 4), total, &header);
		if (r == 0)
			r = fn((struct blob){ (const uint8_t *)buf_str(&header),
					      header.n }, data);
		if (r < 0)
			return r;
	}
	return 0;
}

int rpm_bdb_each(struct blob db, header_fn *fn, void *data)
{
	struct bdb b = { .data = db };
	uint32_t last;
	int r = 0;

	if (db.n < 512)
		return -EINVAL;
	b.big = get_be32(db.p + 12) == BDB_HASH_MAGIC;
	if (!b.big && get_le32(db.p + 12) != BDB_HASH_MAGIC)
		return -EINVAL;
	b.page = u32(&b, db.p + 20);
	if (b.page < 512 || b.page > 65536 || (b.page & (b.page - 1)) != 0)
		return -EINVAL;
	b.left = db.n / b.page;	/* each page is in one chain at most */
	last = u32(&b, db.p + 32);
	for (uint32_t i = 1; r >= 0 && i <= last; i++) {
		const uint8_t *page = page_at(&b, i);

		if (page == NULL)
			return -EINVAL;
		if (page[25] == PAGE_HASH || page[25] == PAGE_HASH_UNSORTED)
			r = page_values(&b, page, fn, data);
	}
	return r;
}
