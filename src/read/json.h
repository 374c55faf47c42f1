/* json.h -- private to the readers of policies: JSON from outside, by jansson,
 * within limits.
 */
#ifndef READ_JSON_H
#define READ_JSON_H

#include <jansson.h>

#include "read/read.h"

/* As RFC 8259 has it, or with comments and commas behind the last element, as
 * Chromium's parser takes them.  */
enum json_dialect { JSON_PLAIN, JSON_WITH_COMMENTS };

/* Lets jansson do what it does once in a process, which is to ask for
 * randomness.  */
void json_ready(void);

/* The object in DATA; the caller releases it with json_decref().  NULL: there
 * is none, and that was said.  */
json_t *json_object_read(struct blob data, enum json_dialect dialect,
			 struct sink *out);

/* Could DATA be an object?  */
bool json_sniff(struct blob data);

#endif
