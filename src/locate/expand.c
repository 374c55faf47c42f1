/* expand.c -- what exists of path patterns beneath a root.
 *
 * All patterns of a catalogue are one tree of components (pattern.c).
 * Expanding walks it beside the disk: a directory that several patterns share
 * is looked at once, and where {home}/.local does not exist, nothing beneath it
 * is asked for.  Only a wildcard lists a directory; a run of plain names is one
 * stat.  `**` lists a directory and all beneath it, once for all patterns that
 * begin alike; what lies in a directory that was listed is not asked for again
 * to learn that it is not there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "locate/pattern.h"

#define MANY_NAMES	8u
#define SMALL_DIRECTORY	8192		/* bytes, as stat(2) has it */
#define LEVELS_MAX	(PATTERN_DEPTH_MAX + LIMIT_TREE_DEPTH)

struct expansion {
	const struct root *root;
	match_fn *fn;
	void *data;
	char path[LIMIT_PATH_BYTES];
	size_t n;			/* length of path */
	unsigned depth;			/* components behind its start */
	size_t at[LEVELS_MAX + 1];	/* length of path at each depth */
	unsigned levels;		/* directories that `**` stands for here */
	size_t listed;			/* names that matched a wildcard */
	bool full;			/* and there were more than the limit */
	const struct directory *unkept;	/* a listing that is no look: only of the
					 * names that are asked for it says
					 * something */
	size_t walked;			/* names that `**` has listed */
};

/* The path, which is empty at the top of the root.  */
static const char *path_of(const struct expansion *e)
{
	return e->n != 0 ? e->path : "/";
}

static int push(struct expansion *e, const char *name)
{
	size_t n = strlen(name);

	if (e->n + 1 + n >= sizeof(e->path))
		return -ENAMETOOLONG;
	e->path[e->n] = '/';
	memcpy(e->path + e->n + 1, name, n + 1);
	e->n += 1 + n;
	e->at[++e->depth] = e->n;
	return 0;
}

/* Back to the path as it was at DEPTH.  */
static void pop(struct expansion *e, unsigned depth)
{
	e->depth = depth;
	e->n = e->at[depth];
	e->path[e->n] = '\0';
}

static int report(struct expansion *e, const struct node *node, bool listed,
		  const struct file_id *id, int error)
{
	for (const struct end *end = node->ends; end != NULL;
	     end = end->next) {
		unsigned k = end->instance;
		struct match m = {
			.tag = end->tag,
			.path = path_of(e),
			.listed = listed,
			.error = error,
		};
		int r;

		/* `**` is one component of the pattern.  */
		if (end->stretches)
			k += e->levels - 1;
		if (k != 0)
			m.instance_n = e->at[k < e->depth ? k : e->depth];
		if (id != NULL)
			m.id = *id;
		r = e->fn(&m, e->data);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What is at NODE and beneath it cannot be seen, because of ERROR at the path
 * that was reached.  What is simply not there is no trouble.  */
static int hide(struct expansion *e, const struct node *node, int error)
{
	int r;

	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	r = report(e, node, false, NULL, error);
	for (const struct node *c = node->child; c != NULL && r >= 0; c = c->next)
		r = hide(e, c, error);
	return r;
}

/* Lists PATH.  That is no look of which all names count: in a directory that is used
 * files come and go.  */
static int list(const struct root *r, const char *path,
		struct directory *ret_names)
{
	struct root root = *r;

	root.looks = NULL;
	return file_directory(&root, path, 0, ret_names);
}

/* Which names of its directory NODE asks for with wildcards: see looks_list().  */
static void keep_list(const struct expansion *e, const struct node *node,
		      const struct directory *known)
{
	AUTO(buf) struct buf b;
	bool all = false;

	buf_init(&b, LIMIT_TEXT_BYTES);
	for (const struct node *c = node->child; c != NULL; c = c->next) {
		all |= c->component == COMPONENT_DEEP;
		if (c->component == COMPONENT_WILD)
			buf_addf(&b, "%c%s/", c->ends != NULL ? '*' : 'd',
				 c->name);
	}
	looks_list(e->root->looks, path_of(e), known,
		   all || b.truncated ? "" : buf_str(&b));
}

/* Lists the path's directory for the wildcards of NODE.  Why there is no list is a
 * look as it is.  */
static int list_for(const struct expansion *e, const struct node *node,
		    struct directory *ret_names)
{
	if (list(e->root, path_of(e), ret_names) < 0)
		return file_directory(e->root, path_of(e), 0, ret_names);
	keep_list(e, node, ret_names);
	return 0;
}

/* Beneath NODE; KNOWN: what its directory was found to hold, NULL: not listed
 * yet.  */
static int expand(struct expansion *e, const struct node *node,
		  const struct directory *known);

/* The path names something that NODE stands for; is it there?  LISTED: it is,
 * a directory had it.  */
static int arrive(struct expansion *e, const struct node *node, bool listed)
{
	const struct node *only = node->child;
	struct file_id id;
	int r;

	/* Plain names in a row need one look, at the last.  */
	while (node->ends == NULL && only->next == NULL &&
	       only->component == COMPONENT_PLAIN) {
		r = push(e, only->name);
		if (r < 0)
			return hide(e, node, r);
		node = only;
		only = node->child;
		listed = false;
	}
	/* Listing it will say as much.  */
	if (node->ends == NULL && (listed || only->next == NULL))
		return expand(e, node, NULL);
	r = file_stat(e->root, e->path, &id);
	if (r < 0)
		return hide(e, node, r);
	r = report(e, node, listed, &id, 0);
	if (r < 0 || node->child == NULL || !S_ISDIR(id.mode))
		return r;
	return expand(e, node, NULL);
}

/* ---- wildcards -----------------------------------------------------------*/

static int expand_listed(struct expansion *e, const struct node *node,
			 const char *name, char kind)
{
	const unsigned depth = e->depth;
	int r;

	if (name[0] == '.' && node->name[0] != '.')
		return 0;
	if (kind == 'f' && node->ends == NULL)
		return 0;
	if (!pattern_match(node->name, name))
		return 0;
	/* Three levels of directories can hold names without end.  */
	if (e->listed == LIMIT_GLOB_RESULTS) {
		e->full = true;
		return 0;
	}
	e->listed++;
	r = push(e, name);
	if (r < 0)
		return hide(e, node, r);
	r = arrive(e, node, true);
	pop(e, depth);
	return r;
}

/* The children of NODE that ask for a listing cannot have one.  */
static int hide_listed(struct expansion *e, const struct node *node,
		       bool deep_too, int error)
{
	int r = 0;

	for (const struct node *c = node->child; c != NULL && r >= 0; c = c->next)
		if (c->component == COMPONENT_WILD ||
		    (deep_too && c->component == COMPONENT_DEEP))
			r = hide(e, c, error);
	return r;
}

static int expand_wild(struct expansion *e, const struct node *node,
		       const struct directory *known)
{
	int r = 0;

	for (size_t i = 0; i < known->n && !e->full; i++) {
		for (const struct node *c = node->child; c != NULL;
		     c = c->next) {
			r = c->component != COMPONENT_WILD ? 0
			    : expand_listed(e, c, known->names[i],
					    known->kinds[i]);
			if (r < 0)
				return r;
		}
	}
	return e->full ? hide_listed(e, node, false, -E2BIG) : 0;
}

/* ---- any number of directories -------------------------------------------*/

/* What `**` leaves alone, as it leaves what is mounted: these are not stored
 * anywhere, and no certificate that a program trusts is there.  */
static bool is_no_tree(const char *path)
{
	return strcmp(path, "/proc") == 0 || strcmp(path, "/sys") == 0;
}

static int walk(struct expansion *e, const struct node *deep,
		const struct directory *known, uint64_t dev);

/* The directory NAME of the path's, which is on device DEV.  */
static int walk_into(struct expansion *e, const struct node *deep,
		     const char *name, uint64_t dev)
{
	AUTO(directory) struct directory l = { .n = 0 };
	const unsigned depth = e->depth;
	int r = push(e, name);

	if (r < 0)
		return hide(e, deep, r);
	if (!is_no_tree(e->path)) {
		r = e->levels == LIMIT_TREE_DEPTH ? -E2BIG
		    : file_directory(e->root, e->path, O_NOFOLLOW, &l);
		if (r < 0) {
			r = hide(e, deep, r);
		} else if (l.id.dev == dev) {
			e->levels++;
			r = walk(e, deep, &l, dev);
			e->levels--;
		}
	}
	pop(e, depth);
	return r;
}

/* What goes on behind DEEP, in the path's directory and in all beneath it.
 * When too many names were listed the directories that were not looked into
 * are hidden: the one whose names were too many is given for all of them.  */
static int walk(struct expansion *e, const struct node *deep,
		const struct directory *known, uint64_t dev)
{
	int r;

	if (e->walked > LIMIT_DIRECTORY_NAMES)
		return 0;
	e->walked += known->n;
	if (e->walked > LIMIT_DIRECTORY_NAMES)
		return hide(e, deep, -E2BIG);
	r = expand(e, deep, known);
	for (size_t i = 0; i < known->n && r >= 0; i++)
		if (known->kinds[i] == 'd' && known->names[i][0] != '.')
			r = walk_into(e, deep, known->names[i], dev);
	return r;
}

static int expand_deep(struct expansion *e, const struct node *node,
		       const struct directory *known)
{
	int r = 0;

	for (const struct node *c = node->child; c != NULL && r >= 0;
	     c = c->next) {
		if (c->component != COMPONENT_DEEP)
			continue;
		/* Told for each place where a `**` begins.  */
		r = e->walked > LIMIT_DIRECTORY_NAMES ? hide(e, c, -E2BIG)
		    : walk(e, c, known, known->id.dev);
	}
	return r;
}

/* ---- all -----------------------------------------------------------------*/

static int expand(struct expansion *e, const struct node *node,
		  const struct directory *known)
{
	AUTO(directory) struct directory listing = { .n = 0 };
	const unsigned depth = e->depth;
	bool lists = false;
	int r = 0;

	for (const struct node *c = node->child; c != NULL && r >= 0;
	     c = c->next) {
		if (c->component != COMPONENT_PLAIN) {
			lists = true;
			continue;
		}
		if (known != NULL && known != e->unkept &&
		    !directory_has(known, c->name))
			continue;
		r = push(e, c->name);
		if (r < 0)
			r = hide(e, c, r);
		else if (known != NULL && !directory_has(known, c->name))
			looks_absent(e->root->looks, e->path);
		else
			r = arrive(e, c, false);
		pop(e, depth);
	}
	if (r < 0 || !lists)
		return r;
	if (known == NULL) {
		r = list_for(e, node, &listing);
		if (r < 0)
			return hide_listed(e, node, true, r);
		known = &listing;
	} else if (known == e->unkept) {
		keep_list(e, node, known);
	}
	r = expand_wild(e, node, known);
	return r < 0 ? r : expand_deep(e, node, known);
}

/* A home lacks most of what is looked for in it.  When that is much and the
 * home small, one listing tells more cheaply than asking for each name; where
 * it fails the names are asked for.  */
static bool is_worth_listing(const struct node *node, const struct file_id *id)
{
	size_t n = 0;

	for (const struct node *c = node->child; c != NULL; c = c->next)
		n++;
	return n >= MANY_NAMES && id->size <= SMALL_DIRECTORY;
}

int patterns_expand(const struct patterns *p, const struct root *r,
		    const char *home, match_fn *fn, void *data)
{
	const struct node *node = home != NULL ? &p->home : &p->absolute;
	AUTO(directory) struct directory names = { .n = 0 };
	const struct directory *known = NULL;
	struct expansion *e;
	struct file_id id;
	int error;

	if (node->child == NULL)
		return 0;
	e = xcalloc(1, sizeof(*e));
	*e = (struct expansion){ .root = r, .fn = fn, .data = data };
	error = home != NULL ? push(e, home + (*home == '/')) : 0;
	e->depth = 0;
	e->at[0] = e->n;
	/* May the home be entered?  Asked here, because otherwise each pattern
	 * would find out for itself and say so.  */
	if (error == 0 && home != NULL && push(e, ".") == 0) {
		error = file_stat(r, e->path, &id);
		pop(e, 0);
		if (error == 0 && is_worth_listing(node, &id) &&
		    list(r, e->path, &names) == 0)
			e->unkept = known = &names;
	}
	error = error < 0 ? hide(e, node, error) : expand(e, node, known);
	free(e);
	return error;
}
