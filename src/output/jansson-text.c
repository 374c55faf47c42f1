/* jansson-text.c -- what the formats that are trees of JSON share.  Memory that
 * is not there ends the program (main.c), so that nothing here fails.
 */
#include <errno.h>

#include "output/machine.h"

json_t *json_shown(const char *s)
{
	AUTO(str) char *text = shown(s);

	return s != NULL ? json_string(text) : json_null();
}

/* Jansson refuses what is no value: it would be our own mistake.  */
static void check(int r)
{
	if (r < 0)
		die("a report cannot be made");
}

void json_put(json_t *object, const char *key, json_t *value)
{
	check(json_object_set_new(object, key, value));
}

void json_append(json_t *array, json_t *value)
{
	check(json_array_append_new(array, value));
}

int json_finish(json_t *root, FILE *f)
{
	int r = json_dumpf(root, f, JSON_INDENT(1) | JSON_ENSURE_ASCII);

	json_decref(root);
	fputc('\n', f);
	if (fflush(f) != 0)
		return -errno;
	return r < 0 || ferror(f) ? -EIO : 0;
}
