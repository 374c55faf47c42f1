/* pattern.h -- for pattern.c and expand.c: the tree that patterns are.  */
#ifndef PATTERN_H
#define PATTERN_H

#include "locate/locate.h"

#define PATTERN_DEPTH_MAX	64u	/* components of a pattern */

enum component {
	COMPONENT_PLAIN,	/* a name */
	COMPONENT_WILD,		/* has `*`, `?` or `[` */
	COMPONENT_DEEP,		/* `**` */
};

struct end {			/* a pattern ends at this node */
	struct end *next;
	size_t tag;
	unsigned instance;	/* components in parentheses, 0: none */
	bool stretches;		/* `**` is one of them */
};

struct node {
	const char *name;
	unsigned name_bytes;
	enum component component;
	struct node *child, *next;	/* first child, next sibling */
	struct end *ends;		/* NULL: none */
};

struct patterns {
	struct node absolute, home;
	struct block *blocks;		/* what they are made of */
	size_t left;			/* bytes of the first of these */
};

/* Does NAME match the whole of PATTERN, one component?  */
bool pattern_match(const char *pattern, const char *name);

#endif
