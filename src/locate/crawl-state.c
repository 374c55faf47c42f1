/* crawl-state.c -- what the last crawl saw of each directory, so that the next one
 * lists only those that changed.
 *
 * A change of a file in place touches no directory, so the files that hold
 * something, or whose names say that they might, are kept with their own stamps.
 * The bytes are this program's own and are kept in its inventory; they are read
 * as carefully as a stranger's all the same, for a wrong directory here is one
 * that is never listed again.  Paths are sorted, and each is written as what it
 * shares with the one before and the rest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/crawl.h"

#define STATE_VERSION	2u
#define LEAST_BYTES	(2 * 4u + 1 + 5 * 8 + 8 + 4)	/* of a directory */

/* ---- texts -----------------------------------------------------------------
 * A million files have fifty thousand directories, whose paths are made and thrown
 * away together.  */
#define BLOCK_BYTES	(64u << 10)

struct text_block {
	struct text_block *next;
	size_t n, size;
	char bytes[];
};

char *crawl_state_room(struct crawl_state *s, size_t n)
{
	struct text_block *b = s->texts;
	char *room;

	if (b == NULL || n > b->size - b->n) {
		const size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

		b = xmalloc(sizeof(*b) + size);
		*b = (struct text_block){ .next = s->texts, .size = size };
		s->texts = b;
	}
	room = b->bytes + b->n;
	b->n += n;
	return room;
}

const char *crawl_state_text(struct crawl_state *s, const char *text)
{
	const size_t n = strlen(text) + 1;

	return memcpy(crawl_state_room(s, n), text, n);
}

/* ---- directories -----------------------------------------------------------*/

void crawl_state_done(struct crawl_state *s)
{
	for (size_t k = 0; k < s->n; k++)
		free(s->directories[k].candidates);
	free(s->directories);
	while (s->texts != NULL) {
		struct text_block *next = s->texts->next;

		free(s->texts);
		s->texts = next;
	}
	*s = (struct crawl_state){ .n = 0 };
}

static bool all_kept(const struct crawl_state *s)
{
	for (size_t k = 0; k < s->n; k++)
		if (!s->directories[k].kept)
			return false;
	return true;
}

/* What is not taken keeps its place in the texts.  */
void crawl_state_take(struct crawl_state *s, struct crawl_state *old, bool kept)
{
	struct text_block **last = &s->texts;
	const bool all = !kept || all_kept(old);

	if (all && s->n == 0 && s->texts == NULL) {
		const bool cut = s->cut;

		free(s->directories);
		*s = *old;
		s->cut |= cut;
		*old = (struct crawl_state){ .n = 0 };
		return;
	}
	for (size_t k = 0; k < old->n; k++) {
		struct crawled_directory *d = &old->directories[k];

		if (!all && !d->kept)
			continue;
		grow(&s->directories, s->n, &s->cap, sizeof(*s->directories));
		s->directories[s->n++] = *d;
		*d = (struct crawled_directory){ .n = 0 };
	}
	while (*last != NULL)
		last = &(*last)->next;
	*last = old->texts;
	old->texts = NULL;
	s->cut |= old->cut || s->n > LIMIT_CRAWL_DIRECTORIES;
	crawl_state_done(old);
}

static int compare_directories(const void *a, const void *b)
{
	const struct crawled_directory *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void crawl_state_sort(struct crawl_state *s)
{
	if (s->n > 0)
		qsort(s->directories, s->n, sizeof(*s->directories),
		      compare_directories);
	for (size_t k = 0; k < s->n; k++) {
		struct crawled_directory *d = &s->directories[k];

		if (d->n > 0)
			qsort(d->candidates, d->n, sizeof(*d->candidates),
			      compare_candidates);
	}
}

const struct crawled_directory *crawl_state_find(const struct crawl_state *s,
						 const char *path)
{
	const struct crawled_directory key = { .path = path };

	return s->n == 0 ? NULL : bsearch(&key, s->directories, s->n,
					  sizeof(key), compare_directories);
}

void crawl_state_hide(struct crawl_state *s, const char *path)
{
	const size_t n = strlen(path);
	size_t k = 0, end = s->n;

	while (k < end) {		/* the first that is not before PATH */
		const size_t middle = k + (end - k) / 2;

		if (strcmp(s->directories[middle].path, path) < 0)
			k = middle + 1;
		else
			end = middle;
	}
	for (; k < s->n && strncmp(s->directories[k].path, path, n) == 0; k++) {
		struct crawled_directory *d = &s->directories[k];

		d->hidden |= d->path[n] == '\0' || d->path[n] == '/';
	}
}

static int compare_name(const void *name, const void *candidate)
{
	return strcmp(name, ((const struct candidate *)candidate)->name);
}

struct candidate *crawl_candidate_find(const struct crawled_directory *d,
				       const char *name)
{
	return d->n == 0 ? NULL :
	       bsearch(name, d->candidates, d->n, sizeof(*d->candidates),
		       compare_name);
}

/* ---- as bytes --------------------------------------------------------------*/

static void put_stamp(struct buf *b, const struct stamp *s)
{
	wire_put_u64(b, s->dev);
	wire_put_u64(b, s->ino);
	wire_put_i64(b, s->size);
	wire_put_i64(b, s->mtime_ns);
	wire_put_i64(b, s->ctime_ns);
}

static void get_stamp(struct wire *w, struct stamp *ret)
{
	ret->dev = wire_get_u64(w, UINT64_MAX);
	ret->ino = wire_get_u64(w, UINT64_MAX);
	ret->size = wire_get_i64(w, INT64_MIN, INT64_MAX);
	ret->mtime_ns = wire_get_i64(w, INT64_MIN, INT64_MAX);
	ret->ctime_ns = wire_get_i64(w, INT64_MIN, INT64_MAX);
}

static size_t shared(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

void crawl_state_write(const struct crawl_state *s,
		       const uint8_t key[SHA256_SIZE], struct buf *b)
{
	const char *before = "";

	wire_put_u32(b, STATE_VERSION);
	wire_put_fixed(b, key, SHA256_SIZE);
	wire_put_u64(b, s->n);
	for (size_t k = 0; k < s->n; k++) {
		const struct crawled_directory *d = &s->directories[k];
		const size_t same = shared(before, d->path);

		wire_put_u32(b, (uint32_t)same);
		wire_put_text(b, d->path + same);
		put_stamp(b, &d->stamp);
		wire_put_i64(b, d->listed);
		wire_put_u32(b, (uint32_t)d->n);
		for (size_t j = 0; j < d->n; j++) {
			wire_put_text(b, d->candidates[j].name);
			put_stamp(b, &d->candidates[j].stamp);
			wire_put_u32(b, d->candidates[j].nothing);
		}
		before = d->path;
	}
}

/* A text of the message, which is given to S, with room for SAME bytes before it;
 * NULL: it is none.  */
static char *get_text(struct wire *w, struct crawl_state *s, size_t same,
		      size_t *ret_n)
{
	const struct blob text = wire_get_bytes(w, LIMIT_PATH_BYTES);
	char *room;

	if (w->bad || same + text.n >= LIMIT_PATH_BYTES || text.n == 0 ||
	    memchr(text.p, '\0', text.n) != NULL) {
		w->bad = true;
		return NULL;
	}
	room = crawl_state_room(s, same + text.n + 1);
	memcpy(room + same, text.p, text.n);
	room[same + text.n] = '\0';
	*ret_n = same + text.n;
	return room;
}

/* Is it absolute, and each component a name that ends behind the first FROM bytes,
 * which it shares with one that is plain?  */
static bool is_plain(const char *path, size_t from)
{
	const char *p;

	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	while (from > 0 && path[--from] != '/')
		;
	for (p = path + from; *p == '/'; p += strcspn(p, "/")) {
		const size_t n = strcspn(++p, "/");

		if (n == 0 || (p[0] == '.' && (n == 1 || (n == 2 && p[1] == '.'))))
			return false;
	}
	return true;
}

static void get_candidates(struct wire *w, struct crawl_state *s,
			   struct crawled_directory *d)
{
	uint32_t n = wire_get_u32(w, LIMIT_DIRECTORY_NAMES);

	for (; n > 0 && !w->bad; n--) {
		struct candidate *c;
		size_t length;

		grow(&d->candidates, d->n, &d->cap, sizeof(*d->candidates));
		c = &d->candidates[d->n++];
		c->name = get_text(w, s, 0, &length);
		get_stamp(w, &c->stamp);
		c->nothing = wire_get_u32(w, 1) != 0;
		if (w->bad || strchr(c->name, '/') != NULL)
			w->bad = true;
	}
}

/* The next directory, behind BEFORE, of N bytes ("" before the first).  */
static void get_directory(struct wire *w, struct crawl_state *s,
			  const char *before, size_t *n)
{
	const uint32_t same = wire_get_u32(w, (uint32_t)*n);
	char *path = get_text(w, s, same, n);
	struct crawled_directory *d;

	if (path == NULL)
		return;
	memcpy(path, before, same);
	/* Sorted, and so written with all that it shares.  */
	if (strcmp(before + same, path + same) >= 0 || !is_plain(path, same)) {
		w->bad = true;
		return;
	}
	d = &s->directories[s->n++];
	*d = (struct crawled_directory){ .path = path };
	get_stamp(w, &d->stamp);
	d->listed = wire_get_i64(w, 0, INT64_MAX / INT64_C(1000000000));
	get_candidates(w, s, d);
}

int crawl_state_read(struct blob bytes, const uint8_t key[SHA256_SIZE],
		     struct crawl_state *ret_state)
{
	struct wire w = { .p = bytes.p, .n = bytes.n };
	struct crawl_state s = { .n = 0 };
	uint8_t its[SHA256_SIZE];
	size_t length = 0;
	uint64_t n;

	w.bad = wire_get_u32(&w, UINT32_MAX) != STATE_VERSION || w.bad;
	wire_get_fixed(&w, its, sizeof(its));
	n = wire_get_u64(&w, LIMIT_CRAWL_DIRECTORIES);
	if (w.bad || memcmp(its, key, sizeof(its)) != 0 ||
	    n > w.n / LEAST_BYTES)
		return -EBADMSG;
	s.cap = n;
	s.directories = xcalloc(s.cap, sizeof(*s.directories));
	for (; n > 0 && !w.bad; n--)
		get_directory(&w, &s, s.n > 0 ? s.directories[s.n - 1].path : "",
			      &length);
	if (wire_end(&w) < 0) {
		crawl_state_done(&s);
		return -EBADMSG;
	}
	*ret_state = s;
	return 0;
}
