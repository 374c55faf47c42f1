/* node.h -- what the loaders of rules, policies and waivers make of a parsed
 * element.  Private to src/rule.
 */
#ifndef RULE_NODE_H
#define RULE_NODE_H

#include <libxml/tree.h>

#include "base/base.h"

/* Without leading and trailing space, and each run of space one blank: the
 * form that xgettext gives to translators.  Works in place.  */
char *text_squeeze(char *text);
/* All text below NODE; the caller frees.  */
char *node_text(xmlNode *node);
/* Squeezed; NULL when there is no such attribute; the caller frees.  */
char *node_attribute(xmlNode *node, const char *name);
/* A SHA-256 as inventories have it: lower case, no colons.  */
char *node_hash(xmlNode *node, const char *name);
bool node_is(const xmlNode *node, const char *name);
/* The line on which the text of NODE begins: libxml2 knows where the start tag
 * ends.  */
unsigned node_line(xmlNode *node);
/* Attribute `until`: an RFC 3339 time, or a day, which lasts until the next one
 * begins in UTC.  -ENOENT: there is none; -EINVAL: it is neither.  */
int node_until(xmlNode *node, int64_t *ret_until);
void auto_document(xmlDoc **doc);

#endif
