/* pattern.c -- the form of path patterns, and the tree that all patterns of a
 * catalogue are together: one node for each component, so that expand.c looks
 * once at what several of them share.
 */
#include <errno.h>
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
		if ((*at)->name_bytes == n &&
		    memcmp((*at)->name, name, n) == 0)
			return *at;
	child = xcalloc(1, sizeof(*child));
	child->name = xstrndup(name, n);
	child->name_bytes = n;
	child->component = component_of(child->name);
	*at = child;
	return child;
}

void patterns_add(struct patterns *p, const char *pattern, size_t tag)
{
	struct node *node = &p->absolute;
	struct end end = { .tag = tag };
	unsigned depth = 0, deep = 0;

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
		if (node->component == COMPONENT_DEEP)
			deep = depth;
		pattern += n;
		if (*pattern == ')') {
			end.instance = depth;
			pattern++;
		}
	}
	end.stretches = deep != 0 && deep <= end.instance;
	grow(&node->ends, node->n_ends, &node->cap_ends, sizeof(*node->ends));
	node->ends[node->n_ends++] = end;
}
