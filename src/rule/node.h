/* node.h -- what the loaders of policies and waivers read of an element.  Private
 * to src/rule.
 */
#ifndef RULE_NODE_H
#define RULE_NODE_H

#include <libxml/tree.h>

#include "base/base.h"

/* A SHA-256 as inventories have it: lower case, no colons.  NULL: there is no
 * such attribute; the caller frees.  */
char *node_hash(const xmlNode *node, const char *name);
/* Attribute `until`: an RFC 3339 time, or a day, which lasts until the next one
 * begins in UTC.  -ENOENT: there is none; -EINVAL: it is neither.  */
int node_until(const xmlNode *node, int64_t *ret_until);

#endif
