/* crawl-state.c -- what the last crawl saw of each directory, so that the next one
 * lists only those that changed.
 *
 * A change of a file in place touches no directory, so the files that hold
 * something, or whose names say that they might, are kept with their own stamps.
 * The bytes are this program's own and are kept in its inventory; they are read
 * as carefully as a stranger's all the same, for a wrong directory here is one
 * that is never listed again.  Paths are sorted, and each is written as what it
 * shares with the one before and the rest; so are numbers, for all of it is read
 * at every crawl: thirty bytes a directory and not seventy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/crawl.h"

#define STATE_VERSION	3u
#define LEAST_BYTES	10u		/* of a directory */

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

struct crawled_directory *crawl_state_find(const struct crawl_state *s,
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

/* BEFORE is the stamp that was written before this one.  Files that were made
 * together have much in common, and the two times are the same mostly.  */
static void put_stamp(struct buf *b, const struct stamp *s, struct stamp *before)
{
	wire_put_change(b, s->dev, before->dev);
	wire_put_change(b, s->ino, before->ino);
	wire_put_change(b, (uint64_t)s->size, 0);
	wire_put_change(b, (uint64_t)s->ctime_ns, (uint64_t)before->ctime_ns);
	wire_put_change(b, (uint64_t)s->mtime_ns, (uint64_t)s->ctime_ns);
	*before = *s;
}

static void get_stamp(struct wire *w, struct stamp *ret, struct stamp *before)
{
	ret->dev = wire_get_change(w, before->dev);
	ret->ino = wire_get_change(w, before->ino);
	ret->size = (int64_t)wire_get_change(w, 0);
	ret->ctime_ns = (int64_t)wire_get_change(w, (uint64_t)before->ctime_ns);
	ret->mtime_ns = (int64_t)wire_get_change(w, (uint64_t)ret->ctime_ns);
	*before = *ret;
}

static void put_text(struct buf *b, const char *text)
{
	const size_t n = strlen(text);

	wire_put_number(b, n);
	buf_add(b, text, n);
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
	struct stamp stamp = { .dev = 0 };
	const char *before = "";
	int64_t listed = 0;

	wire_put_u32(b, STATE_VERSION);
	wire_put_fixed(b, key, SHA256_SIZE);
	wire_put_number(b, s->n);
	for (size_t k = 0; k < s->n; k++) {
		const struct crawled_directory *d = &s->directories[k];
		const size_t same = shared(before, d->path);

		wire_put_number(b, same);
		put_text(b, d->path + same);
		put_stamp(b, &d->stamp, &stamp);
		wire_put_change(b, (uint64_t)d->listed, (uint64_t)listed);
		wire_put_number(b, d->n);
		for (size_t j = 0; j < d->n; j++) {
			put_text(b, d->candidates[j].name);
			put_stamp(b, &d->candidates[j].stamp, &stamp);
			wire_put_number(b, d->candidates[j].nothing);
		}
		before = d->path;
		listed = d->listed;
	}
}

/* What has been read so far.  */
struct reading {
	struct wire w;
	struct crawl_state s;
	struct stamp stamp;		/* the last one */
	int64_t listed;			/* of the last directory, ... */
	size_t length;			/* ... whose path is so long */
};

/* A text of the message, which is given to the state, with room for SAME bytes
 * before it; NULL: it is none.  */
static char *get_text(struct reading *r, size_t same, size_t *ret_n)
{
	struct wire *w = &r->w;
	const size_t n = wire_get_number(w, LIMIT_PATH_BYTES);
	char *room;

	if (w->bad || n > w->n || same + n >= LIMIT_PATH_BYTES || n == 0 ||
	    memchr(w->p, '\0', n) != NULL) {
		w->bad = true;
		return NULL;
	}
	room = crawl_state_room(&r->s, same + n + 1);
	memcpy(room + same, w->p, n);
	room[same + n] = '\0';
	w->p += n;
	w->n -= n;
	*ret_n = same + n;
	return room;
}

static void get_candidates(struct reading *r, struct crawled_directory *d)
{
	uint64_t n = wire_get_number(&r->w, LIMIT_DIRECTORY_NAMES);

	for (; n > 0 && !r->w.bad; n--) {
		struct candidate *c;
		size_t length;

		grow(&d->candidates, d->n, &d->cap, sizeof(*d->candidates));
		c = &d->candidates[d->n++];
		c->name = get_text(r, 0, &length);
		get_stamp(&r->w, &c->stamp, &r->stamp);
		c->nothing = wire_get_number(&r->w, 1) != 0;
		if (r->w.bad || strchr(c->name, '/') != NULL)
			r->w.bad = true;
	}
}

/* The next directory, behind BEFORE ("" before the first).  */
static void get_directory(struct reading *r, const char *before)
{
	const size_t same = wire_get_number(&r->w, r->length);
	char *path = get_text(r, same, &r->length);
	struct crawled_directory *d;

	if (path == NULL)
		return;
	memcpy(path, before, same);
	/* Sorted, and so written with all that it shares.  */
	if (strcmp(before + same, path + same) >= 0 || !path_is_plain(path, same)) {
		r->w.bad = true;
		return;
	}
	d = &r->s.directories[r->s.n++];
	*d = (struct crawled_directory){ .path = path };
	get_stamp(&r->w, &d->stamp, &r->stamp);
	d->listed = (int64_t)wire_get_change(&r->w, (uint64_t)r->listed);
	if (d->listed < 0 || d->listed > INT64_MAX / INT64_C(1000000000))
		r->w.bad = true;
	r->listed = d->listed;
	get_candidates(r, d);
}

int crawl_state_read(struct blob bytes, const uint8_t key[SHA256_SIZE],
		     struct crawl_state *ret_state)
{
	struct reading r = { .w = { .p = bytes.p, .n = bytes.n } };
	struct crawl_state *s = &r.s;
	uint8_t its[SHA256_SIZE];
	uint64_t n;

	r.w.bad = wire_get_u32(&r.w, UINT32_MAX) != STATE_VERSION || r.w.bad;
	wire_get_fixed(&r.w, its, sizeof(its));
	n = wire_get_number(&r.w, LIMIT_CRAWL_DIRECTORIES);
	if (r.w.bad || memcmp(its, key, sizeof(its)) != 0 ||
	    n > r.w.n / LEAST_BYTES)
		return -EBADMSG;
	s->cap = n;
	s->directories = xcalloc(s->cap, sizeof(*s->directories));
	for (; n > 0 && !r.w.bad; n--)
		get_directory(&r, s->n > 0 ? s->directories[s->n - 1].path : "");
	if (wire_end(&r.w) < 0) {
		crawl_state_done(s);
		return -EBADMSG;
	}
	*ret_state = *s;
	return 0;
}
