/* json.c -- JSON (RFC 8259): docker's daemon.json, composer's config.json.
 * Sections are the names of the objects around; elements of an array are given
 * under its name; numbers, true and false as words.  Which line it was is not
 * known.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "syntax/lines.h"

#define DEPTH_MAX	32u

struct walk {
	struct setting_sink *out;
	struct trail trail;
};

static int give(struct walk *w, const char *key, const char *value)
{
	return give_strings(w->out, SETTING_KEY, w->trail.text, key, value, 0);
}

static int give_value(struct walk *w, const char *key, const json_t *value,
		      unsigned depth);

static int give_object(struct walk *w, json_t *object, unsigned depth)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach(object, key, value) {
		r = give_value(w, key, value, depth + 1);
		if (r < 0)
			break;
	}
	return r;
}

static int give_inside(struct walk *w, const char *key, const json_t *value,
		       unsigned depth)
{
	int r = 0;

	if (depth >= DEPTH_MAX) {
		w->out->problem(w->out, 0, "objects and arrays in more than 32 "
				"others are not read");
		return 0;
	}
	if (json_is_object(value)) {
		size_t before = trail_enter(&w->trail, key, strlen(key));

		r = give_object(w, (json_t *)value, depth);
		trail_leave(&w->trail, before);
		return r;
	}
	for (size_t i = 0; i < json_array_size(value) && r >= 0; i++)
		r = give_value(w, key, json_array_get(value, i), depth + 1);
	return r;
}

static int give_value(struct walk *w, const char *key, const json_t *value,
		      unsigned depth)
{
	char number[32];

	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return give_inside(w, key, value, depth);
	case JSON_STRING:
		return give(w, key, json_string_value(value));
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		return give(w, key, number);
	case JSON_TRUE:
		return give(w, key, "true");
	case JSON_FALSE:
		return give(w, key, "false");
	default:
		return 0;
	}
}

int parse_json(struct blob text, struct setting_sink *out)
{
	struct walk *w;
	json_error_t error;
	json_t *root = json_loadb((const char *)text.p, text.n, 0, &error);
	int r = 0;

	if (root == NULL) {
		AUTO(str) char *reason = xasprintf("no JSON: %s", error.text);

		out->problem(out, error.line > 0 ? (unsigned)error.line : 0,
			     reason);
		return 0;
	}
	w = xcalloc(1, sizeof(*w));
	w->out = out;
	if (json_is_object(root))
		r = give_object(w, root, 0);
	free(w);
	json_decref(root);
	return r < 0 ? r : 0;
}
