/* cyclonedx-xml.c -- the tree of cyclonedx.c as XML: a key is an element of that
 * name, but for what the table says.  Its order is the schema's.
 */
#include <string.h>

#include "output/cyclonedx.h"
#include "output/machine.h"

/* Keys that are attributes of their object's element, in the objects that are
 * named by ITEM (NULL: any); and what an array's elements are called.  */
static const struct {
	const char *item, *key;
} attributes[] = {
	{ NULL, "bom-ref" }, { "component", "type" }, { "hash", "alg" },
	{ "fingerprint", "alg" }, { "property", "name" },
};
/* The text of the element itself.  */
static const struct {
	const char *item, *key;
} contents[] = {
	{ "hash", "content" }, { "fingerprint", "content" },
	{ "property", "value" },
};
static const struct {
	const char *array, *item;
	bool bare;		/* no element around all of them */
} arrays[] = {
	{ "lifecycles", "lifecycle", false },
	{ "components", "component", false },
	{ "hashes", "hash", false },
	{ "properties", "property", false },
	{ "occurrences", "occurrence", false },
	{ "certificateState", "certificateState", true },
};

static bool is_attribute(const char *item, const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		if (strcmp(attributes[i].key, key) == 0 &&
		    (attributes[i].item == NULL ||
		     strcmp(attributes[i].item, item) == 0))
			return true;
	return false;
}

static bool is_content(const char *item, const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++)
		if (strcmp(contents[i].item, item) == 0 &&
		    strcmp(contents[i].key, key) == 0)
			return true;
	return false;
}

static void put_value(struct markup *x, const char *name, const json_t *value);

static void put_object(struct markup *x, const char *name, const json_t *object)
{
	const char *key;
	json_t *value;

	markup_open(x, name);
	/* jansson's iterators take what they do not change */
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
		if (is_attribute(name, key))
			markup_attribute(x, key, json_string_value(value));
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		if (is_content(name, key))
			markup_shown(x, json_string_value(value));
		else if (!is_attribute(name, key))
			put_value(x, key, value);
	}
	markup_close(x);
}

static void put_array(struct markup *x, const char *name, const json_t *array)
{
	size_t n = json_array_size(array);

	for (size_t k = 0; k < ARRAY_SIZE(arrays); k++) {
		if (strcmp(arrays[k].array, name) != 0 || n == 0)
			continue;
		if (!arrays[k].bare)
			markup_open(x, name);
		for (size_t i = 0; i < n; i++)
			put_object(x, arrays[k].item, json_array_get(array, i));
		if (!arrays[k].bare)
			markup_close(x);
	}
}

static void put_value(struct markup *x, const char *name, const json_t *value)
{
	if (json_is_object(value)) {
		put_object(x, name, value);
	} else if (json_is_array(value)) {
		put_array(x, name, value);
	} else {
		markup_open(x, name);
		if (json_is_integer(value)) {
			AUTO(str) char *text = xasprintf(
				"%" JSON_INTEGER_FORMAT,
				json_integer_value(value));

			markup_shown(x, text);
		} else {
			markup_shown(x, json_string_value(value));
		}
		markup_close(x);
	}
}

int cyclonedx_xml_write(const struct report *r, const struct output_options *o,
			FILE *f)
{
	json_t *bom = cyclonedx_tree(r, o);
	struct markup *x = markup_begin(f);

	markup_open(x, "bom");
	markup_attribute(x, "xmlns", o->cyclonedx_17 ?
		      "http://cyclonedx.org/schema/bom/1.7" :
		      "http://cyclonedx.org/schema/bom/1.6");
	markup_attribute(x, "serialNumber",
		      json_string_value(json_object_get(bom, "serialNumber")));
	markup_attribute(x, "version", "1");
	put_value(x, "metadata", json_object_get(bom, "metadata"));
	put_value(x, "components", json_object_get(bom, "components"));
	markup_close(x);
	json_decref(bom);
	return markup_end(x);
}
