/* crawl.c -- looks for stores in every directory of the local file systems.
 *
 * Several threads take directories from one stack, list them and put what is
 * beneath back on it (crawl-look.c).  Most files cost nothing but their name
 * (crawl-names.c); the others a statx(2), and what has a fitting size is opened and
 * its first bytes are looked at by a function of the caller's.  What is in a file
 * is not decided here.
 *
 * After the first time only those directories are listed whose times changed
 * (crawl-state.c); one whose time is younger than CRAWL_RACY_NS before the crawl
 * began is not relied on, as it may have changed again without a trace.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "locate/crawl.h"

#define THREADS_MAX	4u
#define CHUNK		512u		/* old directories taken at a time */
#define PROGRESS_NS	200000000L

static void visit_all_old(struct crawler *w)
{
	struct crawl *c = w->c;

	for (;;) {
		size_t k = atomic_fetch_add(&c->next, CHUNK), end = k + CHUNK;

		if (k >= c->old.n || atomic_load(&c->stopped))
			return;
		for (; k < end && k < c->old.n; k++)
			crawl_visit(w, &c->old.directories[k]);
	}
}

/* ---- threads ---------------------------------------------------------------*/

/* The next directory; false: there is none, and nobody can find one.  */
static bool pop(struct crawl *c, struct todo *ret)
{
	bool got;

	pthread_mutex_lock(&c->lock);
	c->busy--;
	while (c->n == 0 && c->busy > 0 && !atomic_load(&c->stopped))
		pthread_cond_wait(&c->more, &c->lock);
	got = c->n > 0 && !atomic_load(&c->stopped);
	if (got) {
		*ret = c->stack[--c->n];
		c->busy++;
	} else {
		pthread_cond_broadcast(&c->more);
	}
	pthread_mutex_unlock(&c->lock);
	return got;
}

static void *crawler_run(void *data)
{
	struct crawler *w = data;
	struct crawl *c = w->c;
	struct todo t;

	descent_begin(&w->descent, c->root);
	visit_all_old(w);
	descent_end(&w->descent);
	while (pop(c, &t)) {
		crawl_list(w, &t);
		free(t.path);
	}
	pthread_mutex_lock(&c->lock);
	c->running--;
	pthread_cond_signal(&c->end);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Tells how far it is, and whether it is to stop, until all threads have
 * ended.  */
static void wait_for_all(struct crawl *c)
{
	const struct crawl_options *o = c->options;
	struct timespec until;

	pthread_mutex_lock(&c->lock);
	while (c->running > 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += PROGRESS_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&c->end, &c->lock, &until);
		if (o->stop != NULL && *o->stop) {
			atomic_store(&c->stopped, true);
			pthread_cond_broadcast(&c->more);
		}
		if (o->progress != NULL) {
			const struct crawl_progress p = {
				.names = atomic_load(&c->names_seen),
				.directories = atomic_load(&c->directories),
				.found = atomic_load(&c->found),
				.path = c->n > 0 ? c->stack[c->n - 1].path :
					NULL,
			};

			o->progress(&p, o->data);
		}
	}
	pthread_mutex_unlock(&c->lock);
}

static unsigned how_many(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > (long)THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* ---- putting together ------------------------------------------------------*/

/* Appends the N items of FROM, which is freed.  */
static void move_items(void *to, size_t *to_n, size_t *to_cap, void *from,
		       size_t n, size_t size)
{
	char **items = to;

	for (size_t k = 0; k < n; k++) {
		grow(to, *to_n, to_cap, size);
		memcpy(*items + *to_n * size, (char *)from + k * size, size);
		++*to_n;
	}
	free(from);
}

static void gather(struct crawler *w, struct crawl_state *state,
		   struct crawl_result *r)
{
	struct crawl_result *own = &w->result;
	size_t kept = own->n_problems < LIMIT_CRAWL_PROBLEMS ?
		      own->n_problems : LIMIT_CRAWL_PROBLEMS;
	size_t n = r->n_kept_problems;

	move_items(&r->found, &r->n_found, &r->cap_found, own->found,
		   own->n_found, sizeof(*own->found));
	move_items(&r->skips, &r->n_skips, &r->cap_skips, own->skips,
		   own->n_skips, sizeof(*own->skips));
	move_items(&r->problems, &n, &r->cap_problems, own->problems, kept,
		   sizeof(*own->problems));
	r->n_kept_problems = n;
	r->n_problems += own->n_problems;
	move_items(&w->c->lost, &w->c->n_lost, &w->c->cap_lost, w->lost,
		   w->n_lost, sizeof(*w->lost));
	crawl_state_take(state, &w->state, false);
	free(w->buffer);
}

static int compare_found(const void *a, const void *b)
{
	const struct crawl_found *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int compare_skips(const void *a, const void *b)
{
	const struct crawl_skip *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int compare_problems(const void *a, const void *b)
{
	const struct crawl_problem *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void sort_result(struct crawl_result *r)
{
	if (r->n_found > 0)
		qsort(r->found, r->n_found, sizeof(*r->found), compare_found);
	if (r->n_skips > 0)
		qsort(r->skips, r->n_skips, sizeof(*r->skips), compare_skips);
	if (r->n_kept_problems > 0)
		qsort(r->problems, r->n_kept_problems, sizeof(*r->problems),
		      compare_problems);
}

/* ---- what was lost ---------------------------------------------------------
 * A directory that its path does not lead to any more was removed, or one above it
 * is another for a moment.  The one that had it is listed again the next time: that
 * it has not changed since does not say that the other is not there.  */

static char *path_above(const char *path)
{
	const size_t n = (size_t)(strrchr(path, '/') - path);

	return xstrndup(path, n > 0 ? n : 1);
}

static void distrust(struct crawled_directory *d)
{
	d->stamp = (struct stamp){ .dev = 0 };
}

/* Those of the state before, while it is there.  */
static void list_old_again(struct crawl *c)
{
	for (size_t k = 0; k < c->old.n; k++) {
		const struct crawled_directory *d = &c->old.directories[k];
		AUTO(str) char *above = d->gone ? path_above(d->path) : NULL;
		struct crawled_directory *a;

		if (above == NULL || d->path[1] == '\0')
			continue;
		a = crawl_state_find(&c->old, above);
		if (a != NULL && a->kept) {
			distrust(a);
		} else if (a == NULL || !a->gone) {
			grow(&c->lost, c->n_lost, &c->cap_lost,
			     sizeof(*c->lost));
			c->lost[c->n_lost++] = xstrdup(d->path);
		}
	}
}

/* STATE is sorted.  Where the one above was lost, too, the one above that.  */
static void list_again(const struct crawl *c, const struct crawl_state *state)
{
	for (size_t k = 0; k < c->n_lost; k++) {
		AUTO(str) char *path = xstrdup(c->lost[k]);
		struct crawled_directory *a = NULL;

		while (a == NULL && path[1] != '\0') {
			char *above = path_above(path);

			free(path);
			path = above;
			a = crawl_state_find(state, path);
		}
		if (a != NULL)
			distrust(a);
	}
}

/* ---- all -------------------------------------------------------------------*/

char *crawl_question(const struct crawl_options *o)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	buf_addf(&b, "uid %ju%s%s", (uintmax_t)geteuid(),
		 o->names_only ? " names" : "", o->all ? " all" : "");
	for (char *const *s = o->starts; s != NULL && *s != NULL; s++) {
		buf_adds(&b, ":");
		for (const char *c = *s; *c != '\0'; c++) {
			if (*c == ':' || *c == '\\')
				buf_adds(&b, "\\");
			buf_add(&b, c, 1);
		}
	}
	return buf_take(&b);
}

/* What else than the file system decides what a crawl finds.  */
static void key_of(const struct catalogue *catalogue,
		   const struct crawl_options *o, uint8_t ret[SHA256_SIZE])
{
	AUTO(str) char *question = crawl_question(o);
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	buf_add(&b, catalogue->sha256, SHA256_SIZE);
	buf_adds(&b, question);
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&b), b.n }, ret);
}

/* The directories to begin with, none of which lies in another.  Those that
 * were there before are looked at in their turn.  */
static void push_start(struct crawl *c, const char *path)
{
	if (crawl_state_find(&c->old, path) == NULL)
		crawl_push(c, &(struct todo){ .path = xstrdup(path) });
}

static void push_starts(struct crawl *c)
{
	char *const *starts = c->options->starts, *const *s, *const *o;

	if (starts == NULL || *starts == NULL) {
		push_start(c, "/");
		return;
	}
	for (s = starts; *s != NULL; s++) {
		bool inside = false;

		for (o = starts; *o != NULL; o++)
			inside |= crawl_is_below(*s, *o) ||
				  (o < s && strcmp(*o, *s) == 0);
		if (!inside)
			push_start(c, *s);
	}
}

/* PATH, of the host, as it is in the root; NULL: outside.  */
static const char *in_root(const struct crawl *c, const char *path)
{
	const size_t n = strcmp(c->root->path, "/") == 0 ? 0 :
			 strlen(c->root->path);

	if (strncmp(path, c->root->path, n) != 0 ||
	    (path[n] != '/' && path[n] != '\0'))
		return NULL;
	return path[n] != '\0' ? path + n : "/";
}

/* Does a mount that is not gone into hide PATH?  */
static bool is_hidden(const struct crawl *c, const char *path)
{
	for (char *const *p = c->closed; *p != NULL; p++)
		if (strcmp(path, *p) == 0 || crawl_is_below(path, *p))
			return true;
	return false;
}

/* Is PATH beneath what the crawl begins with?  */
static bool is_asked(const struct crawl *c, const char *path)
{
	char *const *s = c->options->starts;

	if (s == NULL || *s == NULL)
		return true;
	for (; *s != NULL; s++)
		if (strcmp(path, *s) == 0 || crawl_is_below(path, *s))
			return true;
	return false;
}

/* The mount points that are not gone into, all of which are told.  What lies beneath
 * one can be seen when it is unmounted, which changes no directory: so STATE has the
 * place itself.  */
static void close_mounts(struct crawl *c, struct crawl_state *state,
			 struct crawl_result *r)
{
	size_t n = 0;

	c->closed = xcalloc(c->mounts.n + 1, sizeof(*c->closed));
	for (size_t k = 0; k < c->mounts.n; k++) {
		const struct mount *m = &c->mounts.items[k];
		const char *path = in_root(c, m->point);

		if (path == NULL || crawl_enters(c, m) || is_hidden(c, path))
			continue;
		if (path[1] == '\0')	/* asked for */
			continue;
		c->closed[n++] = xstrdup(path);
		crawl_state_hide(&c->old, path);
		if (is_asked(c, path) &&
		    crawl_state_find(&c->old, path) == NULL) {
			crawl_remember(state, path, c->options->made);
			atomic_store(&c->changed, true);
		}
		crawl_add_skip(r, path, m->type, m->kind);
	}
}

static void run_threads(struct crawl *c, struct crawl_state *state,
			struct crawl_result *r)
{
	struct crawler crawlers[THREADS_MAX] = { 0 };
	const unsigned n = how_many();
	unsigned started = 0;

	c->busy = c->running = n;
	for (unsigned k = 0; k < n; k++) {
		crawlers[k].c = c;
		crawlers[k].buffer = xmalloc(CRAWL_NAMES_BYTES);
	}
	for (; started < n; started++)
		if (pthread_create(&crawlers[started].thread, NULL, crawler_run,
				   &crawlers[started]) != 0)
			break;
	if (started < n) {		/* then with fewer, or alone */
		pthread_mutex_lock(&c->lock);
		c->busy -= n - started;
		c->running -= n - started;
		/* Those that run may be waiting for one that never began.  */
		pthread_cond_broadcast(&c->more);
		pthread_mutex_unlock(&c->lock);
	}
	if (started == 0) {
		c->busy = c->running = 1;
		crawler_run(&crawlers[0]);
	}
	wait_for_all(c);
	for (unsigned k = 0; k < started; k++)
		pthread_join(crawlers[k].thread, NULL);
	for (unsigned k = 0; k < n; k++)
		gather(&crawlers[k], state, r);
}

int crawl_run(const struct root *root, const struct catalogue *catalogue,
	      const struct crawl_options *options, struct blob before,
	      struct crawl_result *ret_result)
{
	struct crawl c = {
		.root = root, .catalogue = catalogue, .options = options,
		.names = crawl_names_new(catalogue),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.more = PTHREAD_COND_INITIALIZER,
		.end = PTHREAD_COND_INITIALIZER,
	};
	struct crawl_state state = { .n = 0 };
	struct crawl_result r = { .n_found = 0 };
	int e;

	c.young = options->made * INT64_C(1000000000) - CRAWL_RACY_NS;
	key_of(catalogue, options, r.key);
	e = mounts_read(&c.mounts);
	if (e < 0) {
		crawl_names_free(c.names);
		return e;
	}
	if (before.n > 0)
		crawl_state_read(before, r.key, &c.old);
	close_mounts(&c, &state, &r);
	push_starts(&c);
	run_threads(&c, &state, &r);
	r.stopped = atomic_load(&c.stopped);
	r.names = atomic_load(&c.names_seen);
	r.directories = atomic_load(&c.directories);
	while (c.n > 0)
		free(c.stack[--c.n].path);
	free(c.stack);
	sort_result(&r);
	buf_init(&r.state, LIMIT_CRAWL_STATE_BYTES);
	r.same = c.old.n > 0 && !atomic_load(&c.changed);
	if (!r.stopped) {
		const bool in_order = state.n == 0;

		list_old_again(&c);
		crawl_state_take(&state, &c.old, true);
		if (!in_order)
			crawl_state_sort(&state);
		list_again(&c, &state);
		r.next = xmalloc(sizeof(*r.next));
		*r.next = state;
	} else {
		crawl_state_done(&state);
	}
	crawl_state_done(&c.old);
	while (c.n_lost > 0)
		free(c.lost[--c.n_lost]);
	free(c.lost);
	mounts_done(&c.mounts);
	names_free(c.closed);
	crawl_names_free(c.names);
	*ret_result = r;
	return 0;
}

/* Where the state has what was found as F; NULL: it does not.  */
static struct candidate *candidate_of(const struct crawl_state *s,
				      const struct crawl_found *f)
{
	const char *name = strrchr(f->path, '/') + 1;
	const size_t n = (size_t)(name - f->path);
	AUTO(str) char *path = xstrndup(f->path, n > 1 ? n - 1 : n);
	const struct crawled_directory *d = crawl_state_find(s, path);

	return d != NULL ? crawl_candidate_find(d, name) : NULL;
}

void crawl_settle(struct crawl_result *r)
{
	if (r->next == NULL)
		return;
	for (size_t k = 0; k < r->n_found; k++) {
		const struct crawl_found *f = &r->found[k];
		struct candidate *c;

		/* Most are as they were, and the state says so.  */
		if (f->unchanged && !(f->settled && f->nothing))
			continue;
		c = candidate_of(r->next, f);
		if (c != NULL && c->nothing != f->nothing) {
			c->nothing = f->nothing;
			r->same = false;
		}
	}
	r->cut = r->next->cut;
	if (r->cut || r->same)
		return;
	crawl_state_write(r->next, r->key, &r->state);
	if (r->state.truncated) {
		r->cut = true;
		buf_done(&r->state);
		buf_init(&r->state, 0);
	}
}

void crawl_result_done(struct crawl_result *r)
{
	if (r->next != NULL)
		crawl_state_done(r->next);
	free(r->next);
	for (size_t k = 0; k < r->n_found; k++)
		free(r->found[k].path);
	for (size_t k = 0; k < r->n_skips; k++) {
		free(r->skips[k].path);
		free(r->skips[k].type);
	}
	for (size_t k = 0; k < r->n_kept_problems; k++)
		free(r->problems[k].path);
	free(r->found);
	free(r->skips);
	free(r->problems);
	buf_done(&r->state);
	*r = (struct crawl_result){ .n_found = 0 };
}
