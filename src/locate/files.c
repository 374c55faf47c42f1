/* files.c -- which files of a place belong to its store.
 *
 * What is surprising is how the owners' programs choose:
 *
 *   - OpenSSL looks into a hash directory by name only, <hash>.0, <hash>.1 and
 *     so on, and stops at the first that stat(2) does not find or that it
 *     cannot load, so a gap or a dangling link hides the later ones
 *     (crypto/x509/by_dir.c);
 *   - update-ca-certificates takes `find -L DIR -type f -name '*.crt'`:
 *     links to directories are followed, hidden names are taken too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"

#define HASH_DIGITS	8u

struct listing {
	const struct root *root;
	const struct store_definition *definition;
	store_file_fn *fn;
	void *data;
};

static int give(const struct listing *l, const char *path,
		const struct file_id *id, int error)
{
	struct store_file file = {
		.path = path,
		.name = strrchr(path, '/') + 1,
		.id = *id,
		.error = error,
	};

	return l->fn(&file, l->data);
}

/* What is at PATH: 0, or what is wrong with it; -EISDIR is not wrong, but no
 * file either.  *ret_id is zero where nothing could be seen.  */
static int look(const struct root *r, const char *path, struct file_id *ret_id)
{
	int e;

	*ret_id = (struct file_id){ .mode = 0 };
	e = file_stat(r, path, ret_id);
	if (e < 0)
		return e;
	if (S_ISDIR(ret_id->mode))
		return -EISDIR;
	return S_ISREG(ret_id->mode) ? 0 : -ENOTREG;
}

/* Did the name go since it was listed?  Then it is no dangling link.  */
static bool is_gone(const struct root *r, const char *path, int error)
{
	struct file_id id;

	return error == -ENOENT && file_lstat(r, path, &id) == -ENOENT;
}

static bool is_picked(const struct store_definition *d, const char *name)
{
	return pattern_match_any(d->files, name) &&
	       !pattern_match_any(d->without, name);
}

/* ---- plain directories ---------------------------------------------------*/

static int each_name(const struct listing *l, const char *dir, char **names)
{
	int r = 0;

	for (; *names != NULL && r >= 0; names++) {
		AUTO(str) char *path = NULL;
		struct file_id id;
		int error;

		if (!is_picked(l->definition, *names))
			continue;
		path = xasprintf("%s/%s", dir, *names);
		error = look(l->root, path, &id);
		if (error != -EISDIR && !is_gone(l->root, path, error))
			r = give(l, path, &id, error);
	}
	return r;
}

/* ---- hash directories ----------------------------------------------------*/

/* Is NAME <8 lower-case hex>.<decimal>, as OpenSSL would write it?  */
static bool is_hash_name(const char *name)
{
	if (strspn(name, "0123456789abcdef") != HASH_DIGITS ||
	    name[HASH_DIGITS] != '.')
		return false;
	name += HASH_DIGITS + 1;
	if (*name == '\0' || name[strspn(name, "0123456789")] != '\0')
		return false;
	return name[0] != '0' || name[1] == '\0';
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of one hash, whose N names stand at NAMES in byte order.  */
static int each_number(const struct listing *l, const char *dir, char **names,
		       size_t n)
{
	int r = 0, error = 0;

	for (size_t i = 0; i < n && r >= 0 && error == 0; i++) {
		AUTO(str) char *path = NULL;
		AUTO(str) char *name = xasprintf("%.*s.%zu", (int)HASH_DIGITS,
						 names[0], i);
		struct file_id id;

		if (bsearch(&name, names, n, sizeof(*names),
			    compare_strings) == NULL)
			break;
		path = xasprintf("%s/%s", dir, name);
		error = look(l->root, path, &id);
		if (error != -EISDIR && !is_gone(l->root, path, error))
			r = give(l, path, &id, error);
	}
	return r;
}

static int each_hash(const struct listing *l, const char *dir, char **names)
{
	int r = 0;

	while (*names != NULL && r >= 0) {
		size_t n = 1;

		if (!is_hash_name(*names)) {
			names++;
			continue;
		}
		/* Names that OpenSSL would not look up, such as <hash>.00, may
		 * stand in the row; they are passed over by not asking.  */
		while (names[n] != NULL &&
		       strncmp(names[n], names[0], HASH_DIGITS + 1) == 0)
			n++;
		r = each_number(l, dir, names, n);
		names += n;
	}
	return r;
}

/* ---- trees ---------------------------------------------------------------*/

struct item {
	char *path;
	struct file_id id;
	int error;
};

struct tree {
	const struct listing *listing;
	struct item *items;
	size_t n, cap;
	size_t names;		/* seen so far, in all directories */
};

/* Where we are, up to the top; a directory that is among them is a loop.  */
struct level {
	const struct level *up;
	uint64_t dev, ino;
	unsigned depth;
};

static void tree_done(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->items[i].path);
	free(t->items);
}

static void tree_add(struct tree *t, char *path, const struct file_id *id,
		     int error)
{
	grow(&t->items, t->n, &t->cap, sizeof(*t->items));
	t->items[t->n++] = (struct item){ path, *id, error };
}

static int tree_collect(struct tree *t, const char *dir,
			const struct level *up);

/* The directory PATH, found beneath UP.  What find -L does with a loop is to
 * go no further, so that is no trouble of the store; the other reasons may
 * hide files.  */
static int tree_enter(struct tree *t, const char *path,
		      const struct file_id *id, const struct level *up)
{
	struct level here = { up, id->dev, id->ino, up->depth + 1 };
	int e;

	for (const struct level *l = up; l != NULL; l = l->up)
		if (l->dev == id->dev && l->ino == id->ino)
			return 0;
	e = here.depth > LIMIT_TREE_DEPTH ? -E2BIG
					  : tree_collect(t, path, &here);
	if (e == -ENOENT || e == -ENOTDIR)	/* it went meanwhile */
		return 0;
	if (e < 0 && t->names <= LIMIT_DIRECTORY_NAMES) {
		tree_add(t, xstrdup(path), id, e);
		return 0;
	}
	return e;
}

static int tree_collect(struct tree *t, const char *dir, const struct level *up)
{
	AUTO(names) char **names = NULL;
	const struct root *root = t->listing->root;
	size_t n;
	int e = file_names(root, dir, &names, &n);

	for (size_t i = 0; e >= 0 && i < n; i++) {
		AUTO(str) char *path = NULL;
		struct file_id id;
		int error;

		/* Links from directory to directory can make more paths of
		 * few names than anybody has time for.  */
		if (++t->names > LIMIT_DIRECTORY_NAMES)
			return -E2BIG;
		path = xasprintf("%s/%s", dir, names[i]);
		error = look(root, path, &id);
		if (error == -EISDIR)
			e = tree_enter(t, path, &id, up);
		else if (is_picked(t->listing->definition, names[i]) &&
			 !is_gone(root, path, error))
			tree_add(t, TAKE(path), &id, error);
	}
	return e;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->path,
		      ((const struct item *)b)->path);
}

static int each_in_tree(const struct listing *l, const struct place *place)
{
	struct level top = { NULL, place->id.dev, place->id.ino, 0 };
	struct tree t = { .listing = l };
	int r = tree_collect(&t, place->path, &top);

	if (r >= 0 && t.n != 0)
		qsort(t.items, t.n, sizeof(*t.items), compare_items);
	for (size_t i = 0; i < t.n && r >= 0; i++)
		r = give(l, t.items[i].path, &t.items[i].id, t.items[i].error);
	tree_done(&t);
	return r;
}

/* ---- all -----------------------------------------------------------------*/

int place_files(const struct root *r, const struct place *place,
		store_file_fn *fn, void *data)
{
	const struct listing l = { r, place->definition, fn, data };
	AUTO(names) char **names = NULL;
	size_t n;
	int e;

	if (place->error < 0)
		return place->error;
	switch (place->definition->selection) {
	case SELECT_FILE:
		e = give(&l, place->path, &place->id,
			 S_ISREG(place->id.mode) ? 0 : -ENOTREG);
		return e < 0 ? e : 0;
	case SELECT_TREE:
		e = each_in_tree(&l, place);
		return e < 0 ? e : 0;
	case SELECT_NAMES:
	case SELECT_HASHES:
		break;
	}
	e = file_names(r, place->path, &names, &n);
	if (e >= 0)
		e = place->definition->selection == SELECT_NAMES
			    ? each_name(&l, place->path, names)
			    : each_hash(&l, place->path, names);
	return e < 0 ? e : 0;
}
