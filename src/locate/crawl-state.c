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

void crawled_directory_done(struct crawled_directory *d)
{
	for (size_t k = 0; k < d->n; k++)
		free(d->candidates[k].name);
	free(d->candidates);
	free(d->path);
	*d = (struct crawled_directory){ .n = 0 };
}

void crawl_state_done(struct crawl_state *s)
{
	for (size_t k = 0; k < s->n; k++)
		crawled_directory_done(&s->directories[k]);
	free(s->directories);
	*s = (struct crawl_state){ .n = 0 };
}

void crawl_state_keep(struct crawl_state *s, struct crawl_state *old)
{
	for (size_t k = 0; k < old->n; k++) {
		if (!old->directories[k].kept)
			continue;
		grow(&s->directories, s->n, &s->cap, sizeof(*s->directories));
		s->directories[s->n++] = old->directories[k];
		old->directories[k] = (struct crawled_directory){ .n = 0 };
	}
	s->cut |= s->n > LIMIT_CRAWL_DIRECTORIES;
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
	const struct crawled_directory key = { .path = (char *)path };

	return s->n == 0 ? NULL : bsearch(&key, s->directories, s->n,
					  sizeof(key), compare_directories);
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

/* The next directory, behind BEFORE ("" before the first).  */
static void get_directory(struct wire *w, const char *before,
			  struct crawled_directory *ret)
{
	const uint32_t same = wire_get_u32(w, (uint32_t)strlen(before));
	AUTO(str) char *rest = wire_get_text(w, LIMIT_PATH_BYTES);
	uint32_t n;

	ret->path = xasprintf("%.*s%s", (int)same, before,
			      rest != NULL ? rest : "");
	get_stamp(w, &ret->stamp);
	ret->listed = wire_get_i64(w, 0, INT64_MAX / INT64_C(1000000000));
	n = wire_get_u32(w, LIMIT_DIRECTORY_NAMES);
	for (; n > 0 && !w->bad; n--) {
		struct candidate *c;

		grow(&ret->candidates, ret->n, &ret->cap,
		     sizeof(*ret->candidates));
		c = &ret->candidates[ret->n++];
		c->name = wire_get_text(w, LIMIT_PATH_BYTES);
		if (c->name == NULL || strchr(c->name, '/') != NULL)
			w->bad = true;
		get_stamp(w, &c->stamp);
		c->nothing = wire_get_u32(w, 1) != 0;
	}
	if (ret->path[0] != '/' || strlen(ret->path) >= LIMIT_PATH_BYTES ||
	    strcmp(before, ret->path) >= 0)
		w->bad = true;
}

int crawl_state_read(struct blob bytes, const uint8_t key[SHA256_SIZE],
		     struct crawl_state *ret_state)
{
	struct wire w = { .p = bytes.p, .n = bytes.n };
	struct crawl_state s = { .n = 0 };
	uint8_t its[SHA256_SIZE];
	const char *before = "";
	uint64_t n;

	w.bad = wire_get_u32(&w, UINT32_MAX) != STATE_VERSION || w.bad;
	wire_get_fixed(&w, its, sizeof(its));
	n = wire_get_u64(&w, LIMIT_CRAWL_DIRECTORIES);
	if (w.bad || memcmp(its, key, sizeof(its)) != 0)
		return -EBADMSG;
	for (; n > 0 && !w.bad; n--) {
		grow(&s.directories, s.n, &s.cap, sizeof(*s.directories));
		s.directories[s.n] = (struct crawled_directory){ .n = 0 };
		get_directory(&w, before, &s.directories[s.n]);
		before = s.directories[s.n++].path;
	}
	if (wire_end(&w) < 0) {
		crawl_state_done(&s);
		return -EBADMSG;
	}
	*ret_state = s;
	return 0;
}
