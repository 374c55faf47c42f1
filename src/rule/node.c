/* node.c -- what policies and waivers have in their attributes beside words:
 * hashes and times.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"
#include "rule/node.h"

#define DAY_LENGTH	10u	/* of YYYY-MM-DD */
#define DAY_SECONDS	86400

char *node_hash(const xmlNode *node, const char *name)
{
	char *text = xml_attribute(node, name), *to = text;

	if (text == NULL)
		return NULL;
	for (const char *from = text; *from != '\0'; from++)
		if (*from != ':')
			*to++ = *from >= 'A' && *from <= 'F' ?
				(char)(*from - 'A' + 'a') : *from;
	*to = '\0';
	return text;
}

int node_until(const xmlNode *node, int64_t *ret_until)
{
	AUTO(str) char *text = xml_attribute(node, "until");
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
