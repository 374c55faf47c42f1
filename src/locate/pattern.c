/* pattern.c -- path patterns, and what exists of them beneath a root.
 *
 * glob(3) and fnmatch(3) are not used: they know nothing of roots, collate by
 * locale, and disagree with themselves about names that are not valid in it.
 * Names are bytes here.
 *
 * All patterns of a catalogue are one tree of components.  Expanding walks it
 * beside the disk: a directory that several patterns share is looked at once,
 * and where {home}/.local does not exist, nothing beneath it is asked for.
 * Only a wildcard lists a directory; a run of plain names is one stat.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"

#define HOME		"{home}"
#define DEPTH_MAX	64u		/* components of a pattern */

#define MANY_NAMES	8u
#define SMALL_DIRECTORY	8192		/* bytes, as stat(2) has it */

/* ---- names ---------------------------------------------------------------*/

static bool is_wild(const char *component)
{
	return strpbrk(component, "*?[") != NULL;
}

/* The `]` that closes the set at P, which stands behind the `[`; NULL when
 * nothing does, then the `[` is a character like others.  END bounds it.  */
static const char *set_end(const char *p, const char *end)
{
	if (p < end && (*p == '!' || *p == '^'))
		p++;
	if (p < end && *p == ']')	/* first in the set: itself */
		p++;
	return p < end ? memchr(p, ']', (size_t)(end - p)) : NULL;
}

static bool set_has(const char *p, const char *close, unsigned char c)
{
	bool negated = *p == '!' || *p == '^', found = false;

	for (p += negated; p < close; p++) {
		unsigned char low = (unsigned char)*p, high = low;

		if (p + 2 < close && p[1] == '-') {
			high = (unsigned char)p[2];
			p += 2;
		}
		found |= low <= c && c <= high;
	}
	return found != negated;
}

/* Does the element of a pattern at P match C?  *ret_next is the one behind
 * it, whatever the answer.  */
static bool match_one(const char *p, const char *end, unsigned char c,
		      const char **ret_next)
{
	const char *close = *p == '[' ? set_end(p + 1, end) : NULL;

	*ret_next = close != NULL ? close + 1 : p + 1;
	if (close != NULL)
		return set_has(p + 1, close, c);
	return *p == '?' || (unsigned char)*p == c;
}

/* The pattern from P to END against NAME.  Only the last star is ever gone
 * back to, so this takes at most |pattern| * |name| steps.  */
static bool match_name(const char *p, const char *end, const char *name)
{
	const char *star = NULL, *from = NULL, *next;

	while (*name != '\0') {
		if (p < end && *p == '*') {
			star = ++p;
			from = name;
		} else if (p < end &&
			   match_one(p, end, (unsigned char)*name, &next)) {
			p = next;
			name++;
		} else if (star != NULL) {
			p = star;
			name = ++from;
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}

bool pattern_match_any(const char *list, const char *name)
{
	if (list == NULL)
		return false;
	for (;;) {
		const char *end;

		list += strspn(list, " ");
		if (*list == '\0')
			return false;
		end = list + strcspn(list, " ");
		if (match_name(list, end, name))
			return true;
		list = end;
	}
}

/* ---- the form of a pattern -----------------------------------------------*/

/* What is wrong with the component of N bytes at P, NULL: nothing.  */
static const char *component_fault(const char *p, size_t n)
{
	if (n == 0)
		return "an empty component";
	if ((n == 1 && p[0] == '.') || (n == 2 && memcmp(p, "..", 2) == 0))
		return "\".\" or \"..\" as a component";
	for (size_t i = 0; i < n; i++) {
		if (strchr("(){}", p[i]) != NULL)
			return "a parenthesis or brace in a component";
		if (p[i] == '[' && set_end(p + i + 1, p + n) == NULL)
			return "\"[\" without \"]\"";
	}
	return NULL;
}

static const char *pattern_fault(const char *p)
{
	const bool open = *p == '(';
	bool closed = false;
	unsigned depth = 0;

	if (strlen(p) >= LIMIT_PATH_BYTES)
		return "longer than LIMIT_PATH_BYTES";
	p += open;
	if (has_prefix(p, HOME)) {
		p += strlen(HOME);
		if (open && *p == ')') {
			closed = true;
			p++;
		}
	}
	if (*p == '\0')
		return "no component";
	while (*p != '\0') {
		const char *fault;
		size_t n;

		if (*p != '/')
			return "it must begin with / or {home}";
		n = strcspn(++p, "/)");
		fault = component_fault(p, n);
		if (fault != NULL)
			return fault;
		if (++depth > DEPTH_MAX)
			return "too many components";
		p += n;
		if (*p != ')')
			continue;
		if (!open || closed)
			return "\")\" without \"(\" at the beginning";
		closed = true;
		p++;
	}
	return open && !closed ? "\"(\" without \")\"" : NULL;
}

int pattern_check(const char *pattern, const char **ret_reason)
{
	const char *fault = pattern_fault(pattern);

	if (fault == NULL)
		return 0;
	*ret_reason = fault;
	return -EINVAL;
}

/* ---- the tree of components ----------------------------------------------*/

struct end {			/* a pattern ends at this node */
	size_t tag;
	unsigned instance;	/* components in parentheses, 0: none */
};

struct node {
	char *name;
	bool wild;
	struct node *child, *next;	/* first child, next sibling */
	struct end *ends;
	size_t n_ends, cap_ends;
};

struct patterns {
	struct node absolute, home;
};

struct patterns *patterns_new(void)
{
	return xcalloc(1, sizeof(struct patterns));
}

static void node_done(struct node *node)
{
	struct node *child = node->child;

	while (child != NULL) {
		struct node *next = child->next;

		node_done(child);
		free(child);
		child = next;
	}
	free(node->name);
	free(node->ends);
}

void patterns_free(struct patterns *p)
{
	if (p == NULL)
		return;
	node_done(&p->absolute);
	node_done(&p->home);
	free(p);
}

/* The child of PARENT that is called so, made when it is new.  */
static struct node *node_child(struct node *parent, const char *name, size_t n)
{
	struct node **at = &parent->child, *child;

	for (; *at != NULL; at = &(*at)->next)
		if (strlen((*at)->name) == n &&
		    memcmp((*at)->name, name, n) == 0)
			return *at;
	child = xcalloc(1, sizeof(*child));
	child->name = xstrndup(name, n);
	child->wild = is_wild(child->name);
	*at = child;
	return child;
}

void patterns_add(struct patterns *p, const char *pattern, size_t tag)
{
	struct node *node = &p->absolute;
	unsigned depth = 0, instance = 0;

	pattern += *pattern == '(';
	if (has_prefix(pattern, HOME)) {
		node = &p->home;
		pattern += strlen(HOME);
	}
	pattern += *pattern == ')';
	while (*pattern == '/') {
		size_t n = strcspn(++pattern, "/)");

		node = node_child(node, pattern, n);
		depth++;
		pattern += n;
		if (*pattern == ')') {
			instance = depth;
			pattern++;
		}
	}
	grow(&node->ends, node->n_ends, &node->cap_ends, sizeof(*node->ends));
	node->ends[node->n_ends++] = (struct end){ tag, instance };
}

/* ---- expansion -----------------------------------------------------------*/

struct expansion {
	const struct root *root;
	match_fn *fn;
	void *data;
	char path[LIMIT_PATH_BYTES];
	size_t n;			/* length of path */
	unsigned depth;			/* components behind its start */
	size_t at[DEPTH_MAX + 1];	/* length of path at each depth */
	size_t listed;			/* names that matched a wildcard */
	bool full;			/* and there were more than the limit */
	char **names;			/* all that is at the start, or NULL: */
	size_t n_names;			/* not known */
};

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
	for (size_t i = 0; i < node->n_ends; i++) {
		unsigned k = node->ends[i].instance;
		struct match m = {
			.tag = node->ends[i].tag,
			.path = e->n != 0 ? e->path : "/",
			.listed = listed,
			.error = error,
		};
		int r;

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

static int expand(struct expansion *e, const struct node *node);

/* The path names something that NODE stands for; is it there?  LISTED: it is,
 * a directory had it.  */
static int arrive(struct expansion *e, const struct node *node, bool listed)
{
	const struct node *only = node->child;
	struct file_id id;
	int r;

	/* Plain names in a row need one look, at the last.  */
	while (node->n_ends == 0 && only->next == NULL && !only->wild) {
		r = push(e, only->name);
		if (r < 0)
			return hide(e, node, r);
		node = only;
		only = node->child;
		listed = false;
	}
	/* Listing it will say as much.  */
	if (node->n_ends == 0 && (listed || only->next == NULL))
		return expand(e, node);
	r = file_stat(e->root, e->path, &id);
	if (r < 0)
		return hide(e, node, r);
	r = report(e, node, listed, &id, 0);
	if (r < 0 || node->child == NULL || !S_ISDIR(id.mode))
		return r;
	return expand(e, node);
}

static int expand_listed(struct expansion *e, const struct node *node,
			 const char *name)
{
	const unsigned depth = e->depth;
	int r;

	if (name[0] == '.' && node->name[0] != '.')
		return 0;
	if (!match_name(node->name, node->name + strlen(node->name), name))
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

static int hide_wild(struct expansion *e, const struct node *node, int error)
{
	int r = 0;

	for (const struct node *c = node->child; c != NULL && r >= 0; c = c->next)
		if (c->wild)
			r = hide(e, c, error);
	return r;
}

static int expand_wild(struct expansion *e, const struct node *node)
{
	AUTO(names) char **names = NULL;
	size_t n = 0;
	int r = file_names(e->root, e->n != 0 ? e->path : "/", &names, &n);

	if (r < 0)
		return hide_wild(e, node, r);
	for (size_t i = 0; i < n && !e->full; i++) {
		for (const struct node *c = node->child; c != NULL;
		     c = c->next) {
			r = c->wild ? expand_listed(e, c, names[i]) : 0;
			if (r < 0)
				return r;
		}
	}
	return e->full ? hide_wild(e, node, -E2BIG) : 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Is it known already that there is no NAME here?  */
static bool is_missing(const struct expansion *e, const char *name)
{
	return e->depth == 0 && e->names != NULL &&
	       bsearch(&name, e->names, e->n_names, sizeof(*e->names),
		       compare_names) == NULL;
}

/* Everything beneath NODE, whose path may be a directory.  */
static int expand(struct expansion *e, const struct node *node)
{
	const unsigned depth = e->depth;
	bool wild = false;
	int r = 0;

	for (const struct node *c = node->child; c != NULL && r >= 0;
	     c = c->next) {
		if (c->wild) {
			wild = true;
			continue;
		}
		if (is_missing(e, c->name))
			continue;
		r = push(e, c->name);
		r = r < 0 ? hide(e, c, r) : arrive(e, c, false);
		pop(e, depth);
	}
	return r >= 0 && wild ? expand_wild(e, node) : r;
}

/* A home lacks most of what is looked for in it.  When that is much and the
 * home small, one listing tells more cheaply than asking for each name; where
 * it fails the names are asked for.  */
static void list_start(struct expansion *e, const struct node *node,
		       const struct file_id *id)
{
	size_t n = 0;

	for (const struct node *c = node->child; c != NULL; c = c->next)
		n++;
	if (n >= MANY_NAMES && id->size <= SMALL_DIRECTORY &&
	    file_names(e->root, e->path, &e->names, &e->n_names) < 0)
		e->names = NULL;
}

int patterns_expand(const struct patterns *p, const struct root *r,
		    const char *home, match_fn *fn, void *data)
{
	const struct node *node = home != NULL ? &p->home : &p->absolute;
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
		if (error == 0)
			list_start(e, node, &id);
	}
	error = error < 0 ? hide(e, node, error) : expand(e, node);
	names_free(e->names);
	free(e);
	return error;
}
