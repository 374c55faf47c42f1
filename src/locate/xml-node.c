/* xml-node.c -- what the loaders of the catalogue, rules, policies, waivers and
 * recipes ask of an element.  A schema has been checked when one gets here.
 */
#include <stdlib.h>
#include <string.h>

#include "library/libxml2.h"
#include "locate/locate.h"

void auto_document(xmlDoc **doc)
{
	if (*doc != NULL)
		libxml2()->xmlFreeDoc(*doc);
}

/* A copy of TEXT, which is freed; NULL of NULL.  */
static char *take(xmlChar *text)
{
	char *copy = text != NULL ? xstrdup((const char *)text) : NULL;

	free(text);	/* xmlFree(), see libxml2.c */
	return copy;
}

/* Without leading and trailing space, and each run of space one blank: the form
 * that xgettext gives to translators.  Works in place; NULL of NULL.  */
static char *squeeze(char *text)
{
	char *to = text;

	if (text == NULL)
		return NULL;
	for (const char *from = text; *from != '\0'; from++) {
		if (strchr(" \t\r\n", *from) == NULL)
			*to++ = *from;
		else if (to != text && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to != text && to[-1] == ' ')
		to--;
	*to = '\0';
	return text;
}

char *xml_text(const xmlNode *node)
{
	char *text = take(libxml2()->xmlNodeGetContent(node));

	return text != NULL ? text : xstrdup("");
}

char *xml_words(const xmlNode *node)
{
	return squeeze(xml_text(node));
}

char *xml_exact_attribute(const xmlNode *node, const char *name)
{
	return take(libxml2()->xmlGetNoNsProp(node, (const xmlChar *)name));
}

char *xml_attribute(const xmlNode *node, const char *name)
{
	return squeeze(xml_exact_attribute(node, name));
}

bool xml_has_value(const xmlNode *node, const char *name, const char *word)
{
	AUTO(str) char *value = xml_attribute(node, name);

	return value != NULL && strcmp(value, word) == 0;
}

xmlNode *xml_root(const xmlDoc *doc)
{
	return libxml2()->xmlDocGetRootElement(doc);
}

bool xml_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, name) == 0;
}

unsigned xml_line(const xmlNode *node)
{
	long line = libxml2()->xmlGetLineNo(node);

	return line > 0 ? (unsigned)line : 0;
}

char *xml_where(const char *file, const xmlNode *node)
{
	return xasprintf("%s:%u", file, xml_line(node));
}
