/* memory.c -- allocation that cannot fail, byte order, growing buffers.
 *
 * Running out of memory ends the program: nothing it does is worth going on
 * half done, and the state on disk is always that of the last complete scan.
 * Memory that outsiders can make us ask for is bounded by limits.h long
 * before it comes to that.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_MALLOPT
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "base/base.h"

/* What is free at the end of the heap is kept up to the one; what is larger than the
 * other, and finds no place there, is a mapping of its own and given back at once.  */
#define KEPT_BYTES	(16 << 20)
#define LARGE_BYTES	(4 << 20)

/* Of x86, and of arm64 with pages of 4 KB.  */
#define HUGE_BYTES	((size_t)2 << 20)
#define SMALL_BYTES	4096
#define HEAP_BYTES	(14 << 20)

void memory_keep(void)
{
#ifdef HAVE_MALLOPT
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
#endif
}

#if defined HAVE_MALLOPT && defined MADV_HUGEPAGE && !SANITIZED

static bool in_huge_pages;

/* For all pages in which the N bytes at P are.  For a part of a mapping, which
 * realloc() could not move any more, the kernel would make several of it.  */
static void advise(const void *p, size_t n)
{
	const uintptr_t begin = (uintptr_t)p & ~(uintptr_t)(SMALL_BYTES - 1);
	const int before = errno;

	madvise((void *)begin, (uintptr_t)p + n - begin, MADV_HUGEPAGE);
	errno = before;
}

void memory_in_huge_pages(void)
{
	/* What is in front of the first such page.  Volatile, because a compiler
	 * leaves out a malloc() of which nobody looks at the result.  */
	static void *volatile unused;
	uintptr_t heap, begin;
	void *all;

	if (sysconf(_SC_PAGESIZE) != SMALL_BYTES ||
	    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES) == 0)
		return;
	in_huge_pages = true;
	all = malloc(HEAP_BYTES);
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	if (all == NULL)
		return;
	heap = (uintptr_t)all;
	begin = (heap + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	advise(all, HEAP_BYTES);
	free(all);
	unused = malloc(begin - heap);
	(void)unused;
}

/* N bytes at P that were asked for.  What is large may be a mapping of its own, which
 * keeps what was advised when it grows.  */
static void *given(void *p, size_t n)
{
	if (p == NULL)
		die(_("out of memory"));
	if (in_huge_pages && n >= LARGE_BYTES)
		advise(p, malloc_usable_size(p));
	return p;
}

#else

void memory_in_huge_pages(void)
{
}

static void *given(void *p, size_t n)
{
	(void)n;
	if (p == NULL)
		die(_("out of memory"));
	return p;
}

#endif

void *xmalloc(size_t n)
{
	/* malloc(0) may be NULL, which would read as failure.  */
	return given(malloc(n != 0 ? n : 1), n);
}

void *xcalloc(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return given(calloc(count, size), count * size);
}

void *xrealloc(void *p, size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return given(reallocarray(p, count, size), count * size);
}

char *xstrdup(const char *s)
{
	return given(strdup(s), 0);
}

char *xstrndup(const char *s, size_t n)
{
	return given(strndup(s, n), 0);
}

void *xmemdup(const void *p, size_t n)
{
	void *copy = xmalloc(n);

	if (n != 0)
		memcpy(copy, p, n);
	return copy;
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *s;
	int n;

	va_start(args, format);
	n = vasprintf(&s, format, args);
	va_end(args);
	return given(n < 0 ? NULL : s, 0);
}

void grow(void *items, size_t n, size_t *cap, size_t size)
{
	size_t more;
	void *p;

	if (n < *cap)
		return;
	if (__builtin_add_overflow(*cap, *cap / 2 + 8, &more) || n >= more)
		die(_("out of memory"));
	/* ITEMS points to a pointer of a type unknown here; memcpy is the way
	 * to read and write that without lying about the type.  */
	memcpy(&p, items, sizeof(p));
	p = xrealloc(p, more, size);
	memcpy(items, &p, sizeof(p));
	*cap = more;
}

void auto_str(char **p)
{
	free(*p);
}

bool blob_equal(struct blob a, struct blob b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int blob_compare(struct blob a, struct blob b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n != 0 ? memcmp(a.p, b.p, n) : 0;

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

uint16_t get_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16(p + 2);
}

uint64_t get_be64(const uint8_t *p)
{
	return (uint64_t)get_be32(p) << 32 | get_be32(p + 4);
}

uint32_t get_le32(const uint8_t *p)
{
	return __builtin_bswap32(get_be32(p));
}

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){ .limit = limit };
}

/* Makes room for N more bytes and a NUL, or says that the limit is reached. */
static int make_room(struct buf *b, size_t n)
{
	size_t need, cap;

	if (b->truncated || n > b->limit - b->n) {
		b->truncated = true;
		return -E2BIG;
	}
	if (__builtin_add_overflow(b->n, n, &need) ||
	    __builtin_add_overflow(need, 1, &need))
		die(_("out of memory"));
	if (need <= b->cap)
		return 0;
	if (__builtin_add_overflow(b->cap, b->cap, &cap) || cap < need)
		cap = need;
	if (cap < 64)
		cap = 64;
	b->p = xrealloc(b->p, cap, 1);
	b->cap = cap;
	return 0;
}

int buf_add(struct buf *b, const void *p, size_t n)
{
	int r = make_room(b, n);

	if (r < 0)
		return r;
	if (n != 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return 0;
}

int buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int buf_addf(struct buf *b, const char *format, ...)
{
	/* What is there already is most often room enough.  */
	const size_t room = b->truncated || b->p == NULL ? 0 : b->cap - b->n;
	va_list args, again;
	int n, r;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(room > 0 ? b->p + b->n : NULL, room, format, args);
	va_end(args);
	if (n < 0)
		die(_("a message cannot be formatted: %s"), format);
	r = make_room(b, (size_t)n);
	if (r == 0) {
		if ((size_t)n >= room)
			vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	} else if (room > 0) {
		b->p[b->n] = '\0';	/* as it was */
	}
	va_end(again);
	return r;
}

const char *buf_str(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

char *buf_take(struct buf *b)
{
	char *s = b->p != NULL ? b->p : xstrdup("");

	buf_init(b, b->limit);
	return s;
}

void buf_done(struct buf *b)
{
	free(b->p);
	buf_init(b, b->limit);
}

void auto_buf(struct buf *b)
{
	buf_done(b);
}
