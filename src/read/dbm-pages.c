/* dbm-pages.c -- records of a Berkeley DB 1.85 hash file (Seltzer and Yigit,
 * "A New Hashing Package for UNIX"; lib/dbm in NSS: hash.h, page.h, hash_big.c).
 *
 * The header's numbers are big-endian whatever the machine; those of the pages
 * are in the order that the header names.  A bucket is a page and the overflow
 * pages that it leads to.  A page begins with numbers of 16 bits:
 *
 *	n, n of them in pairs, bytes free, where the free bytes end
 *
 * and the pairs are the offsets of a key and its data, which lie back to back
 * at the page's end.  When the second number of a pair is no offset, it says:
 *
 *	0	the first one is the address of the next page of the bucket
 *	1	the key of a large record begins here and goes on there
 *	2	the key, or the data, ends here, data goes on there
 *	3	the data ends here; or, where the key does, begins here
 *
 * A large record's page has that pair and then the next page's address.  Where
 * the key ends on a page with room left, the data begins before it and the
 * second number of the address' pair is its offset; it also ends there if so
 * much as one byte is free.
 *
 * What is surprising: NSS's library puts small records behind the end of a large
 * one, and then does not find them again.  They are counted and said.
 * A bucket whose page lies past the end of the file is an empty one.
 *
 * A page belongs to one bucket, so each is followed once: what leads back to one
 * is damage, and nothing can go in circles.
 */
#include <errno.h>
#include <stdlib.h>

#include "read/dbm.h"
#include "read/nss-entry.h"

#define HEADER_SIZE	260u
#define SPARES		32u	/* numbers of overflow pages in the header */
#define PAGE_SIZE_MAX	32768u	/* offsets have 16 bits */
#define PAGE_SIZE_MIN	64u

/* Where the header has what, in bytes.  */
enum field {
	FIELD_MAGIC = 0,
	FIELD_VERSION = 4,
	FIELD_ORDER = 8,
	FIELD_PAGE_SIZE = 12,
	FIELD_LAST_BUCKET = 40,
	FIELD_RECORDS = 56,
	FIELD_HEADER_PAGES = 60,
	FIELD_SPARES = 68,
};

enum mark {
	MARK_NEXT_PAGE,
	MARK_KEY_GOES_ON,
	MARK_DATA_GOES_ON,
	MARK_DATA_ENDS,
	FIRST_OFFSET,		/* larger ones are offsets */
};

struct pages {
	struct blob file;
	struct sink *out;
	dbm_record_fn *fn;
	void *data;
	bool big;		/* byte order of the pages */
	uint32_t size;		/* of a page */
	uint32_t last_bucket, header_pages;
	uint64_t n;		/* whole pages in the file */
	uint8_t *followed;	/* a bit for each */
	bool past_end;		/* a page was wanted that the file lacks */
	bool damaged;		/* which was said */
	uint64_t records;	/* found, and those that NSS does not find */
	uint64_t lost;
};

struct page {
	const uint8_t *p;
	uint64_t offset;
	unsigned n;		/* numbers in pairs */
};

/* The K-th number of a page; 0 is n.  */
static unsigned number(const struct pages *b, const struct page *page,
		       unsigned k)
{
	const uint8_t *p = page->p + 2 * (size_t)k;

	return b->big ? get_be16(p) : (unsigned)p[1] << 8 | p[0];
}

/* -EBADMSG: something is not as it must be, and that was said.  */
static int damage(struct pages *b, uint64_t offset, const char *what)
{
	b->damaged = true;
	sink_problem(b->out, PROBLEM_MALFORMED, offset, "%s; records may be "
		     "missing, restore the file from a backup", what);
	return -EBADMSG;
}

/* ---- pages ---------------------------------------------------------------*/

/* -ENODATA: past the end of the file.  */
static int page_get(struct pages *b, uint64_t at, struct page *ret_page)
{
	struct page page = { .offset = at * b->size };

	if (at >= b->n) {
		b->past_end = true;
		return -ENODATA;
	}
	if (b->followed[at / 8] & 1u << at % 8)
		return damage(b, page.offset, "a page belongs to two buckets");
	b->followed[at / 8] |= (uint8_t)(1u << at % 8);
	page.p = b->file.p + page.offset;
	page.n = number(b, &page, 0);
	if (page.n % 2 != 0 || 2 * (page.n + 3) > b->size)
		return damage(b, page.offset, "a page has more records than "
			      "fit into it");
	*ret_page = page;
	return 0;
}

static uint32_t header_number(struct blob file, unsigned offset)
{
	return get_be32(file.p + offset);
}

static unsigned log2_up(uint64_t n)
{
	unsigned i = 0;

	while (UINT64_C(1) << i < n)
		i++;
	return i;
}

/* The page of a bucket: behind the overflow pages of all generations of buckets
 * before its own.  */
static uint64_t bucket_page(const struct pages *b, uint64_t bucket)
{
	uint64_t page = bucket + b->header_pages;

	if (bucket > 0)
		page += header_number(b->file, FIELD_SPARES +
				      4 * (log2_up(bucket + 1) - 1));
	return page;
}

/* An overflow page's address: a generation of buckets and a number in it.  */
static int page_next(struct pages *b, unsigned address, struct page *ret_page)
{
	const unsigned generation = address >> 11;

	return page_get(b, bucket_page(b, (UINT64_C(1) << generation) - 1) +
			(address & 0x7ff), ret_page);
}

/* ---- records -------------------------------------------------------------*/

static int record_give(struct pages *b, const struct dbm_record *r)
{
	b->records++;
	return b->fn(r, b->data);
}

/* The pair at number K and K + 1.  */
static int record_small(struct pages *b, const struct page *page, unsigned k)
{
	const unsigned key = number(b, page, k), data = number(b, page, k + 1);
	const unsigned end = k > 1 ? number(b, page, k - 1) : b->size;
	struct dbm_record r = { .offset = page->offset };

	if (key > end || data > key || data < 2 * (page->n + 3))
		return damage(b, page->offset,
			      "a record lies outside of its page");
	r.key = (struct blob){ page->p + key, end - key };
	r.data = (struct blob){ page->p + data, key - data };
	return record_give(b, &r);
}

/* Appends what PAGE has of a large record's key or data: from the offset in
 * its number K up to END.  */
static int piece_add(struct pages *b, const struct page *page, unsigned k,
		     unsigned end, struct buf *to)
{
	const unsigned begin = number(b, page, k);

	if (begin > end || begin < 2 * (page->n + 3))
		return damage(b, page->offset,
			      "a large record lies outside of its page");
	buf_add(to, page->p + begin, end - begin);
	return 0;
}

/* Where the page goes on: the address before the last number.  */
static int large_next(struct pages *b, struct page *page)
{
	int r = -ENODATA;

	if (page->n >= 4)
		r = page_next(b, number(b, page, page->n - 1), page);
	if (r == 0 && page->n < 2)
		r = -ENODATA;
	if (r == -ENODATA && !b->past_end)
		return damage(b, page->offset, "a large record has no end");
	return r;
}

/* The key, beginning on *page; the last page that has some of it is left there,
 * with *ret_mark.  */
static int large_key(struct pages *b, struct page *page, struct buf *key,
		     unsigned *ret_mark)
{
	unsigned mark;
	int r;

	for (;;) {
		mark = number(b, page, 2);
		r = piece_add(b, page, 1, b->size, key);
		if (r < 0 || mark != MARK_KEY_GOES_ON)
			break;
		r = large_next(b, page);
		if (r < 0)
			break;
		if (number(b, page, 2) >= FIRST_OFFSET ||
		    number(b, page, 2) == MARK_NEXT_PAGE) {
			r = damage(b, page->offset,
				   "a large record goes on in a small one");
			break;
		}
	}
	if (r == 0)
		*ret_mark = mark;
	return r;
}

/* The data; *page is where the key ended, and then where the data does.
 * *ret_whole: that is one page, which has nothing else.  */
static int large_data(struct pages *b, struct page *page, unsigned mark,
		      struct buf *data, bool *ret_whole)
{
	int r;

	*ret_whole = false;
	if (mark == MARK_DATA_ENDS) {
		if (page->n < 4)
			return damage(b, page->offset,
				      "a large record has no data");
		r = piece_add(b, page, page->n, number(b, page, 1), data);
		if (r < 0)
			return r;
		*ret_whole = number(b, page, page->n + 1) > 0;
		if (*ret_whole)
			return 0;
	}
	do {
		r = large_next(b, page);
		if (r < 0)
			return r;
		mark = number(b, page, 2);
		if (mark != MARK_DATA_GOES_ON && mark != MARK_DATA_ENDS)
			return damage(b, page->offset, "the data of a large "
				      "record goes on in something else");
		r = piece_add(b, page, 1, b->size, data);
		if (r < 0)
			return r;
	} while (mark != MARK_DATA_ENDS);
	return 0;
}

/* The large record that begins on *page.  *page is then the one where the
 * bucket goes on; -ENODATA: nowhere.  */
static int record_large(struct pages *b, struct page *page)
{
	AUTO(buf) struct buf key, data;
	struct dbm_record record = { .offset = page->offset };
	unsigned mark;
	bool whole = false;
	int r;

	buf_init(&key, DBM_RECORD_MAX);
	buf_init(&data, DBM_RECORD_MAX);
	r = large_key(b, page, &key, &mark);
	if (r == 0)
		r = large_data(b, page, mark, &data, &whole);
	if (r < 0)
		return r;
	if (key.truncated || data.truncated) {
		b->records++;
		sink_problem(b->out, PROBLEM_TOO_LARGE, record.offset,
			     "a record of more than %u bytes; it is not read",
			     DBM_RECORD_MAX);
	} else {
		record.key = (struct blob){ (uint8_t *)key.p, key.n };
		record.data = (struct blob){ (uint8_t *)data.p, data.n };
		r = record_give(b, &record);
		if (r < 0)
			return r;
	}
	if (page->n <= 2)
		return -ENODATA;
	if (!whole)
		b->lost += (page->n - 4) / 2;
	return page_next(b, number(b, page, page->n - 1), page);
}

/* All records of a bucket.  */
static int bucket_read(struct pages *b, uint64_t bucket)
{
	struct page page;
	unsigned k = 1, second;
	int r = page_get(b, bucket_page(b, bucket), &page);

	while (r == 0 && k < page.n) {
		second = number(b, &page, k + 1);
		if (second == MARK_NEXT_PAGE) {
			r = page_next(b, number(b, &page, k), &page);
			k = 1;
		} else if (second >= FIRST_OFFSET) {
			r = record_small(b, &page, k);
			k += 2;
		} else if (k == 1) {
			r = record_large(b, &page);
		} else {
			r = damage(b, page.offset, "a large record begins "
				   "behind another one");
		}
	}
	/* The other buckets are still good.  */
	return r == -ENODATA || r == -EBADMSG ? 0 : r;
}

/* ---- the file ------------------------------------------------------------*/

static int header_read(struct pages *b)
{
	const struct blob file = b->file;
	uint32_t version, order;

	if (file.n < HEADER_SIZE) {
		sink_problem(b->out, PROBLEM_TRUNCATED, file.n,
			     "the file ends in its header of %u bytes",
			     HEADER_SIZE);
		return -EINVAL;
	}
	version = header_number(file, FIELD_VERSION);
	if (version < 1 || version > 2) {
		sink_problem(b->out, PROBLEM_FORMAT, FIELD_VERSION,
			     "a Berkeley DB hash file of version %u; 1 and 2 "
			     "are known", version);
		return -EINVAL;
	}
	order = header_number(file, FIELD_ORDER);
	b->big = order == 4321;
	b->size = header_number(file, FIELD_PAGE_SIZE);
	b->last_bucket = header_number(file, FIELD_LAST_BUCKET);
	b->header_pages = header_number(file, FIELD_HEADER_PAGES);
	if ((order != 1234 && order != 4321) || b->size < PAGE_SIZE_MIN ||
	    b->size > PAGE_SIZE_MAX || (b->size & (b->size - 1)) != 0 ||
	    b->last_bucket > INT32_MAX || b->header_pages > INT32_MAX) {
		damage(b, 0, "the header names no byte order or size of pages");
		return -EINVAL;
	}
	b->n = file.n / b->size;
	return 0;
}

/* Compares what was found with what the header promises.  */
static void records_check(const struct pages *b)
{
	const uint32_t wanted = header_number(b->file, FIELD_RECORDS);

	if (b->lost > 0)
		sink_skipped(b->out, PROBLEM_MALFORMED, 0, "%ju records lie "
			     "behind large ones, where NSS does not find them",
			     (uintmax_t)b->lost);
	if (b->damaged || b->records + b->lost == wanted)
		return;
	if (b->records + b->lost < wanted &&
	    (b->past_end || b->file.n % b->size != 0))
		sink_problem(b->out, PROBLEM_TRUNCATED, b->file.n,
			     "the file ends before its last page: %u records "
			     "were written, %ju are there; restore it from a "
			     "backup", wanted, (uintmax_t)b->records);
	else
		sink_skipped(b->out, PROBLEM_MALFORMED, FIELD_RECORDS, "the "
			     "header counts %u records, %ju are there", wanted,
			     (uintmax_t)b->records);
}

int dbm_each(struct blob file, struct sink *out, dbm_record_fn *fn,
	     void *data)
{
	struct pages b = { .file = file, .out = out, .fn = fn, .data = data };
	int r = header_read(&b);

	if (r < 0)
		return r;
	b.followed = xcalloc(b.n / 8 + 1, 1);
	/* Buckets lie in order, so the ones past the end are the last.  */
	for (uint64_t k = 0; r == 0 && k <= b.last_bucket && k <= b.n; k++)
		r = bucket_read(&b, k);
	free(b.followed);
	if (r == 0)
		records_check(&b);
	return r;
}
