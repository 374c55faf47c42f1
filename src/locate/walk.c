/* walk.c -- which stores and programs of the catalogue exist beneath a root.
 *
 * The patterns are expanded in the order that costs least (see pattern.c);
 * what was found is kept, sorted and then given to the caller in the
 * catalogue's order.  One file that is reached by two names is two places:
 * whoever reads it sees that real_path is the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"

struct found {
	size_t tag;		/* which definition or party */
	char *path;
	size_t instance_n;	/* as in struct match */
	const struct home *home;	/* NULL: not in a home */
	bool listed;
	struct file_id id;
	int error;
};

struct finds {
	struct found *items;
	size_t n, cap;
	const struct home *home;	/* the one that is being expanded */
};

static void finds_done(struct finds *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->items[i].path);
	free(f->items);
}

static int collect(const struct match *m, void *data)
{
	struct finds *f = data;

	grow(&f->items, f->n, &f->cap, sizeof(*f->items));
	f->items[f->n++] = (struct found){
		.tag = m->tag,
		.path = xstrdup(m->path),
		.instance_n = m->instance_n,
		.home = f->home,
		.listed = m->listed,
		.id = m->id,
		.error = m->error,
	};
	return 0;
}

/* What could be looked at comes first, so that it survives.  */
static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order;

	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	order = strcmp(x->path, y->path);
	if (order != 0)
		return order;
	return (x->error < 0) - (y->error < 0);
}

/* Expands P everywhere.  One path is kept once for each tag: several patterns
 * may lead to it, or be hidden by it.  */
static void finds_expand(struct finds *f, const struct patterns *p,
			 const struct root *r, const struct homes *h)
{
	size_t kept = 0;

	f->home = NULL;
	patterns_expand(p, r, NULL, collect, f);
	for (size_t i = 0; i < h->n; i++) {
		f->home = &h->items[i];
		patterns_expand(p, r, h->items[i].path, collect, f);
	}
	if (f->n == 0)
		return;
	qsort(f->items, f->n, sizeof(*f->items), compare_found);
	for (size_t i = 1; i < f->n; i++) {
		struct found *last = &f->items[kept];

		if (last->tag == f->items[i].tag &&
		    strcmp(last->path, f->items[i].path) == 0)
			free(f->items[i].path);
		else
			f->items[++kept] = f->items[i];
	}
	f->n = kept + 1;
}

/* ---- instances -----------------------------------------------------------*/

/* The real path of the last instance that was asked for: places come in the
 * order of their paths, so the next one's is often the same.  */
struct instances {
	const struct root *root;
	char *path, *real;
};

static void instances_done(struct instances *i)
{
	free(i->path);
	free(i->real);
}

/* Where FOUND's instance really is; borrowed until the next call.  Where that
 * cannot be seen, its name has to do.  */
static const char *instance_of(struct instances *i, const struct found *found)
{
	const char *path = found->instance_n != 0 ? found->path
			   : found->home != NULL ? found->home->path : "/";
	size_t n = found->instance_n != 0 ? found->instance_n : strlen(path);

	if (i->path != NULL && strlen(i->path) == n &&
	    memcmp(i->path, path, n) == 0)
		return i->real;
	instances_done(i);
	i->path = xstrndup(path, n);
	if (file_real_path(i->root, i->path, &i->real) < 0)
		i->real = xstrdup(i->path);
	return i->real;
}

static const char *owner_of(const struct found *found)
{
	return found->home != NULL ? found->home->owner : "";
}

/* ---- stores --------------------------------------------------------------*/

/* Is what was found no store of this definition, though its name fits?  */
static bool is_other(const struct found *f, const struct store_definition *d)
{
	bool directory = S_ISDIR(f->id.mode);

	if (f->error < 0)
		return false;
	if (f->listed && has_word(d->except, strrchr(f->path, '/') + 1))
		return true;
	/* A name that only fits a wildcard is no promise of a store; under a
	 * store's own name a thing of the wrong kind is to be told.  */
	if (f->listed && directory != (d->selection != SELECT_FILE))
		return true;
	return S_ISREG(f->id.mode) && (uint64_t)f->id.size < d->at_least;
}

static int give_place(const struct root *r, const struct catalogue *c,
		      const struct found *f, struct instances *instances,
		      place_fn *fn, void *data)
{
	const struct store_definition *d = &c->stores[f->tag];
	AUTO(str) char *real = NULL;
	struct place p = {
		.definition = d,
		.path = f->path,
		.real_path = f->path,
		.instance = instance_of(instances, f),
		.owner = owner_of(f),
		.id = f->id,
		.error = f->error,
	};

	if (p.error == 0 && d->selection != SELECT_FILE &&
	    !S_ISDIR(f->id.mode))
		p.error = -ENOTDIR;
	if (f->error == 0) {
		int e = file_real_path(r, f->path, &real);

		if (e == -ENOENT || e == -ENOTDIR)	/* it went meanwhile */
			return 0;
		if (e < 0)
			p.error = e;
		else
			p.real_path = real;
	}
	return fn(&p, data);
}

static bool is_missing(const struct root *r, const char *path)
{
	struct file_id id;
	int e = file_stat(r, path, &id);

	return e == -ENOENT || e == -ENOTDIR;
}

/* Is R a root that D is about?  Where that cannot be seen it may be.  */
static bool is_for(const struct store_definition *d, const struct root *r)
{
	struct file_id id;

	if (d->if_exists != NULL && is_missing(r, d->if_exists))
		return false;
	return d->unless_exists == NULL ||
	       file_stat(r, d->unless_exists, &id) < 0;
}

int walk_stores(const struct root *r, const struct catalogue *c,
		const struct homes *h, place_fn *fn, void *data)
{
	struct patterns *patterns = patterns_new();
	struct instances instances = { .root = r };
	struct finds finds = { .n = 0 };
	int e = 0;

	for (size_t i = 0; i < c->n_stores; i++)
		if (is_for(&c->stores[i], r))
			for (char **p = c->stores[i].paths; *p != NULL; p++)
				patterns_add(patterns, *p, i);
	finds_expand(&finds, patterns, r, h);
	patterns_free(patterns);

	for (size_t i = 0; i < finds.n && e >= 0; i++) {
		const struct found *f = &finds.items[i];

		if (!is_other(f, &c->stores[f->tag]))
			e = give_place(r, c, f, &instances, fn, data);
	}
	instances_done(&instances);
	finds_done(&finds);
	return e < 0 ? e : 0;
}

/* ---- programs ------------------------------------------------------------*/

/* A program's instance and whose it is, in the order of the catalogue.  */
struct program {
	size_t party;
	char *instance;
	const char *owner;
};

static int compare_programs(const void *a, const void *b)
{
	const struct program *x = a, *y = b;

	if (x->party != y->party)
		return x->party < y->party ? -1 : 1;
	return strcmp(x->instance, y->instance);
}

/* Fills PROGRAMS, which has room for all of FINDS.  */
static size_t list_programs(const struct root *r, const struct finds *finds,
			    struct program *programs)
{
	struct instances instances = { .root = r };
	size_t n = 0;

	for (size_t i = 0; i < finds->n; i++) {
		const struct found *f = &finds->items[i];

		/* Whether one is behind what cannot be looked at says the
		 * store that is hidden by the same.  */
		if (f->error < 0 || !S_ISREG(f->id.mode))
			continue;
		programs[n++] = (struct program){
			.party = f->tag,
			.instance = xstrdup(instance_of(&instances, f)),
			.owner = owner_of(f),
		};
	}
	instances_done(&instances);
	return n;
}

int walk_programs(const struct root *r, const struct catalogue *c,
		  const struct homes *h, program_fn *fn, void *data)
{
	struct patterns *patterns = patterns_new();
	struct finds finds = { .n = 0 };
	struct program *programs;
	size_t n;
	int e = 0;

	for (size_t i = 0; i < c->n_parties; i++)
		for (char **p = c->parties[i].programs; *p != NULL; p++)
			patterns_add(patterns, *p, i);
	finds_expand(&finds, patterns, r, h);
	patterns_free(patterns);

	programs = xcalloc(finds.n, sizeof(*programs));
	n = list_programs(r, &finds, programs);
	if (n != 0)
		qsort(programs, n, sizeof(*programs), compare_programs);
	for (size_t i = 0; i < n && e >= 0; i++)
		if (i == 0 || compare_programs(&programs[i - 1],
					       &programs[i]) != 0)
			e = fn(&c->parties[programs[i].party],
			       programs[i].instance, programs[i].owner, data);
	for (size_t i = 0; i < n; i++)
		free(programs[i].instance);
	free(programs);
	finds_done(&finds);
	return e < 0 ? e : 0;
}

/* ---- files of settings ---------------------------------------------------*/

static int compare_same(const void *a, const void *b)
{
	const struct found *x = *(const struct found *const *)a;
	const struct found *y = *(const struct found *const *)b;

	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	if (x->home != y->home)
		return (uintptr_t)x->home < (uintptr_t)y->home ? -1 : 1;
	if (x->id.dev != y->id.dev)
		return x->id.dev < y->id.dev ? -1 : 1;
	if (x->id.ino != y->id.ino)
		return x->id.ino < y->id.ino ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Of one file's names for one definition and home the first is kept; the others
 * get -EEXIST.  /lib is a link to /usr/lib nearly everywhere.  */
static void mark_repeated(struct finds *finds)
{
	struct found **order = xcalloc(finds->n, sizeof(*order));
	size_t n = 0;

	for (size_t i = 0; i < finds->n; i++)
		if (finds->items[i].error == 0)
			order[n++] = &finds->items[i];
	if (n != 0)
		qsort(order, n, sizeof(*order), compare_same);
	for (size_t i = 1; i < n; i++) {
		const struct found *x = order[i - 1];
		struct found *y = order[i];

		if (x->tag == y->tag && x->home == y->home &&
		    x->id.dev == y->id.dev && x->id.ino == y->id.ino)
			y->error = -EEXIST;
	}
	free(order);
}

int walk_settings(const struct root *r, const struct catalogue *c,
		  const struct homes *h, setting_file_fn *fn, void *data)
{
	struct patterns *patterns = patterns_new();
	struct finds finds = { .n = 0 };
	int e = 0;

	for (size_t i = 0; i < c->n_setting_files; i++)
		for (char **p = c->setting_files[i].paths; *p != NULL; p++)
			patterns_add(patterns, *p, i);
	finds_expand(&finds, patterns, r, h);
	patterns_free(patterns);
	mark_repeated(&finds);
	for (size_t i = 0; i < finds.n && e >= 0; i++) {
		const struct found *f = &finds.items[i];

		/* A directory that only fits a wildcard is no file of ours. */
		if (f->error != -EEXIST &&
		    !(f->error == 0 && f->listed && !S_ISREG(f->id.mode)))
			e = fn(&c->setting_files[f->tag], f->path, f->home,
			       &f->id, f->error, data);
	}
	finds_done(&finds);
	return e < 0 ? e : 0;
}
