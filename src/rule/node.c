/* node.c -- elements of the administrator's and our own XML files, as text,
 * numbers and times.  A schema has been checked when an element gets here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/node.h"

#define DAY_LENGTH	10u	/* of YYYY-MM-DD */
#define DAY_SECONDS	86400

void auto_document(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *text_squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (!is_space(*from))
			*to++ = *from;
		else if (to != text && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to != text && to[-1] == ' ')
		to--;
	*to = '\0';
	return text;
}

char *node_text(xmlNode *node)
{
	xmlChar *content = xmlNodeGetContent(node);
	char *text = xstrdup(content != NULL ? (char *)content : "");

	xmlFree(content);
	return text;
}

char *node_attribute(xmlNode *node, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	char *text = value != NULL ? text_squeeze(xstrdup((char *)value)) : NULL;

	xmlFree(value);
	return text;
}

char *node_hash(xmlNode *node, const char *name)
{
	char *text = node_attribute(node, name), *to = text;

	if (text == NULL)
		return NULL;
	for (const char *from = text; *from != '\0'; from++)
		if (*from != ':')
			*to++ = *from >= 'A' && *from <= 'F' ?
				(char)(*from - 'A' + 'a') : *from;
	*to = '\0';
	return text;
}

bool node_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
		strcmp((const char *)node->name, name) == 0;
}

unsigned node_line(xmlNode *node)
{
	long line = xmlGetLineNo(node);

	return line > 0 ? (unsigned)line : 0;
}

int node_until(xmlNode *node, int64_t *ret_until)
{
	AUTO(str) char *text = node_attribute(node, "until");
	AUTO(str) char *midnight = NULL;
	int64_t day;

	if (text == NULL)
		return -ENOENT;
	if (strlen(text) != DAY_LENGTH)
		return time_parse(text, ret_until);
	midnight = xasprintf("%sT00:00:00Z", text);
	if (time_parse(midnight, &day) < 0)
		return -EINVAL;
	*ret_until = day + DAY_SECONDS;
	return 0;
}
