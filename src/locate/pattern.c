/* pattern.c -- the form of path patterns, and the tree that all patterns of a
 * catalogue are together: one node for each component, so that expand.c looks
 * once at what several of them share.
 *
 * glob(3) and fnmatch(3) are not used: they know nothing of roots, collate by
 * locale, and disagree with themselves about names that are not valid in it.
 * Names are bytes here.
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

bool pattern_match(const char *pattern, const char *name)
{
	return match_name(pattern, pattern + strlen(pattern), name);
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
		if (strlen((*at)->name) == n &&
		    memcmp((*at)->name, name, n) == 0)
			return *at;
	child = xcalloc(1, sizeof(*child));
	child->name = xstrndup(name, n);
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
