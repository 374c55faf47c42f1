/* pattern.c -- the form of path patterns, and the tree that all patterns of a
 * catalogue are together: one node for each component, so that expand.c looks
 * once at what several of them share.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "locate/pattern.h"

#define HOME		"{home}"
#define DEEP		"**"

/* ---- names ---------------------------------------------------------------*/

static enum component component_of(const char *name)
{
	if (strcmp(name, DEEP) == 0)
		return COMPONENT_DEEP;
	return strpbrk(name, "*?[") != NULL ? COMPONENT_WILD : COMPONENT_PLAIN;
}

bool pattern_match(const char *pattern, const char *name)
{
	return wildcard_match(pattern, strlen(pattern), name);
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
		if (wildcard_match(list, (size_t)(end - list), name))
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
		switch (p[i]) {
		case '(':
		case ')':
		case '{':
		case '}':
			return "a parenthesis or brace in a component";
		case '[':
			if (wildcard_set_end(p + i + 1, p + n) == NULL)
				return "\"[\" without \"]\"";
		}
	}
	return NULL;
}

static bool is_deep(const char *p, size_t n)
{
	return n == strlen(DEEP) && memcmp(p, DEEP, n) == 0;
}

/* What is wrong with a "**", which is component DEPTH and has REST behind it;
 * NULL: nothing.  HOME: of a pattern of homes.  */
static const char *deep_fault(unsigned depth, const char *rest, bool home,
			      bool again)
{
	if (depth == 1 && !home)
		return "\"**\" right beneath /";
	if (again)
		return "\"**\" twice";
	return strchr(rest, '/') == NULL ? "\"**\" at the end" : NULL;
}

static const char *pattern_fault(const char *p)
{
	const bool open = *p == '(';
	bool closed = false, home = false, deep = false;
	unsigned depth = 0;

	if (strlen(p) >= LIMIT_PATH_BYTES)
		return "longer than LIMIT_PATH_BYTES";
	p += open;
	if (has_prefix(p, HOME)) {
		home = true;
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
		if (++depth > PATTERN_DEPTH_MAX)
			return "too many components";
		if (is_deep(p, n)) {
			fault = deep_fault(depth, p + n, home, deep);
			if (fault != NULL)
				return fault;
			deep = true;
		}
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

struct patterns *patterns_new(void)
{
	return xcalloc(1, sizeof(struct patterns));
}

/* The catalogue's are 19,000 nodes, made at once and freed at once: one by one the
 * allocator took longer to find room for them than everything else here.  */
#define BLOCK_BYTES	(32u << 10)

struct block {
	struct block *next;
	max_align_t bytes[];
};

/* N bytes, all zero, that live as long as P.  */
static void *take(struct patterns *p, size_t n)
{
	struct block *b;

	n = (n + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (p->left < n) {
		p->left = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b = xcalloc(1, sizeof(*b) + p->left);
		b->next = p->blocks;
		p->blocks = b;
	}
	p->left -= n;
	return (char *)p->blocks->bytes + p->left;
}

void patterns_free(struct patterns *p)
{
	if (p == NULL)
		return;
	while (p->blocks != NULL) {
		struct block *next = p->blocks->next;

		free(p->blocks);
		p->blocks = next;
	}
	free(p);
}

/* The child of PARENT that is called so, made when it is new.  */
static struct node *node_child(struct patterns *p, struct node *parent,
			       const char *name, size_t n)
{
	struct node **at = &parent->child, *child;
	char *own;

	for (; *at != NULL; at = &(*at)->next)
		if ((*at)->name_bytes == n &&
		    memcmp((*at)->name, name, n) == 0)
			return *at;
	child = take(p, sizeof(*child) + n + 1);
	own = (char *)(child + 1);
	memcpy(own, name, n);
	child->name = own;
	child->name_bytes = (unsigned)n;
	child->component = component_of(child->name);
	*at = child;
	return child;
}

/* Behind the other ends of NODE.  */
static struct end *node_end(struct patterns *p, struct node *node)
{
	struct end **at = &node->ends;

	while (*at != NULL)
		at = &(*at)->next;
	*at = take(p, sizeof(**at));
	return *at;
}

void patterns_add(struct patterns *p, const char *pattern, size_t tag)
{
	struct node *node = &p->absolute;
	struct end *end;
	unsigned depth = 0, deep = 0, instance = 0;

	pattern += *pattern == '(';
	if (has_prefix(pattern, HOME)) {
		node = &p->home;
		pattern += strlen(HOME);
	}
	pattern += *pattern == ')';
	while (*pattern == '/') {
		size_t n = strcspn(++pattern, "/)");

		node = node_child(p, node, pattern, n);
		depth++;
		if (node->component == COMPONENT_DEEP)
			deep = depth;
		pattern += n;
		if (*pattern == ')') {
			instance = depth;
			pattern++;
		}
	}
	end = node_end(p, node);
	end->tag = tag;
	end->instance = instance;
	end->stretches = deep != 0 && deep <= instance;
}
