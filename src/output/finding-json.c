/* finding-json.c -- one finding as the JSON object of design section 4, and
 * back.  The inventory keeps the newest audit in this form and fix reads it,
 * so every key that a fix script needs is here.
 *
 * Keys are always present, in one order, null where they do not apply.  Text
 * that is no UTF-8 is shown with \xHH, from which the bytes cannot be told
 * again; what is named so is therefore never offered as fixable.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>

#include "output/output.h"

static json_t *text(const char *s)
{
	AUTO(str) char *valid = NULL;

	if (s == NULL)
		return json_null();
	valid = utf8_text(s, strlen(s));
	return json_string_nocheck(valid);
}

/* jansson returns NULL and -1 only when memory is exhausted, or when we gave
 * it something wrong.  */
static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) < 0)
		die(_("out of memory"));
}

static void put_text(json_t *object, const char *key, const char *s)
{
	put(object, key, text(s));
}

static json_t *new_object(void)
{
	json_t *object = json_object();

	if (object == NULL)
		die(_("out of memory"));
	return object;
}

static void auto_json(json_t **value)
{
	json_decref(*value);
}

static char *dump(const json_t *value)
{
	char *s = json_dumps(value, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	if (s == NULL)
		die(_("out of memory"));
	return s;
}

char *json_text(const char *s)
{
	AUTO(json) json_t *value = text(s);

	return dump(value);
}

static bool is_exact(const char *s)
{
	return s == NULL || is_utf8(s, strlen(s));
}

static json_t *store_object(const struct finding *f)
{
	json_t *o = new_object();

	put_text(o, "kind", f->store_kind);
	put_text(o, "path", f->store_path);
	put_text(o, "owner", f->store_owner);
	put_text(o, "party", f->party);
	return o;
}

static json_t *place_object(const char *location, const char *label,
			    bool has_offset, uint64_t offset)
{
	json_t *o = new_object();

	put_text(o, "location", location);
	put_text(o, "label", label);
	put(o, "offset", has_offset && offset <= INT64_MAX ?
	    json_integer((json_int_t)offset) : json_null());
	return o;
}

/* Further places of the same certificate in the same store.  */
static json_t *places_array(const struct finding *f)
{
	json_t *a = json_array();

	if (a == NULL)
		die(_("out of memory"));
	for (size_t i = 0; i < f->n_places; i++) {
		const struct finding_place *p = &f->places[i];

		if (json_array_append_new(a, place_object(p->location, p->label,
					p->has_offset, p->offset)) < 0)
			die(_("out of memory"));
	}
	return a;
}

static void put_time(json_t *o, const char *key, bool known, int64_t t)
{
	char s[TIME_SIZE];

	put_text(o, key, known ? time_format(t, s) : NULL);
}

static json_t *certificate_object(const struct finding *f)
{
	bool known = f->certificate.sha256 != NULL && f->certificate.decoded;
	json_t *o = new_object();

	put_text(o, "sha256", f->certificate.sha256);
	put_text(o, "sha1", f->certificate.sha1);
	put_text(o, "spki_sha256", known ? f->certificate.spki_sha256 : NULL);
	put_text(o, "subject", known ? f->certificate.subject : NULL);
	put_text(o, "issuer", known ? f->certificate.issuer : NULL);
	put_text(o, "serial", known ? f->certificate.serial : NULL);
	put_time(o, "not_before", known, f->certificate.not_before);
	put_time(o, "not_after", known, f->certificate.not_after);
	put_text(o, "name", known ? f->certificate.name : NULL);
	return o;
}

static json_t *evidence_array(const struct finding *f)
{
	json_t *array = json_array();

	if (array == NULL)
		die(_("out of memory"));
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];
		json_t *o = new_object();

		put_text(o, "kind", e->kind);
		put_text(o, "text", e->text);
		put_text(o, "sha256", e->sha256);
		put(o, "depth", json_integer(e->depth));
		if (json_array_append_new(array, o) < 0)
			die(_("out of memory"));
	}
	return array;
}

static json_t *fix_object(const struct finding *f)
{
	bool exact = is_exact(f->store_path) && is_exact(f->location) &&
		     is_exact(f->label);
	bool fixable = f->recipe != NULL && exact;
	json_t *o = new_object();

	put_text(o, "recipe", fixable ? f->recipe : NULL);
	put(o, "automatic", json_boolean(fixable && f->automatic));
	put_text(o, "reason", f->recipe != NULL && !exact ?
		 "its name is not UTF-8 text and cannot be written into a script" :
		 f->no_fix);
	return o;
}

char *finding_to_json(const struct finding *f)
{
	AUTO(json) json_t *o = new_object();

	put_text(o, "id", f->id);
	put_text(o, "rule", f->rule_id);
	put_text(o, "severity", severity_name(f->severity));
	put_text(o, "status", finding_status_name(f->status));
	put_text(o, "title", f->title);
	put_text(o, "message", f->message);
	put(o, "store", store_object(f));
	put(o, "entry", place_object(f->location, f->label, f->has_offset,
				     f->offset));
	put(o, "certificate", certificate_object(f));
	put(o, "evidence", evidence_array(f));
	put(o, "fix", fix_object(f));
	put_text(o, "why", f->why);
	put(o, "places", places_array(f));
	return dump(o);
}

/* ---- and back ------------------------------------------------------------
 * Getters add to *bad and never stop, so that a caller reads like the list of
 * keys; what they return when something is wrong is NULL or 0.  */

static const json_t *get(const json_t *object, const char *key, bool *bad)
{
	const json_t *value = json_object_get(object, key);

	if (value == NULL)
		*bad = true;
	return value;
}

static char *get_text(const json_t *object, const char *key, bool *bad)
{
	const json_t *value = get(object, key, bad);

	if (value == NULL || json_is_null(value))
		return NULL;
	/* An embedded NUL, which we never write, would shorten the text.  */
	if (!json_is_string(value) ||
	    strlen(json_string_value(value)) != json_string_length(value)) {
		*bad = true;
		return NULL;
	}
	return xstrdup(json_string_value(value));
}

static bool get_bool(const json_t *object, const char *key, bool *bad)
{
	const json_t *value = get(object, key, bad);

	if (!json_is_boolean(value))
		*bad = true;
	return json_is_true(value);
}

static int64_t get_time(const json_t *object, const char *key, bool *bad)
{
	AUTO(str) char *s = get_text(object, key, bad);
	int64_t t = 0;

	if (s == NULL || time_parse(s, &t) < 0)
		*bad = true;
	return t;
}

static enum finding_status status_from_name(const char *name, bool *bad)
{
	static const enum finding_status all[] = {
		FINDING_FOUND, FINDING_UNKNOWN, FINDING_WAIVED,
	};

	for (size_t i = 0; name != NULL && i < ARRAY_SIZE(all); i++)
		if (strcmp(name, finding_status_name(all[i])) == 0)
			return all[i];
	*bad = true;
	return FINDING_UNKNOWN;
}

static void read_head(const json_t *o, struct finding *f, bool *bad)
{
	AUTO(str) char *id = get_text(o, "id", bad);
	AUTO(str) char *severity = get_text(o, "severity", bad);
	AUTO(str) char *status = get_text(o, "status", bad);
	size_t n = id != NULL ? strlen(id) : 0;

	if (n == 0 || n >= sizeof(f->id) ||
	    strspn(id, "0123456789abcdef") != n)
		*bad = true;
	else
		memcpy(f->id, id, n + 1);
	if (severity == NULL ||
	    severity_from_name(severity, &f->severity) < 0)
		*bad = true;
	f->status = status_from_name(status, bad);
	f->rule_id = get_text(o, "rule", bad);
	f->title = get_text(o, "title", bad);
	f->message = get_text(o, "message", bad);
	f->why = get_text(o, "why", bad);
	if (f->rule_id == NULL || f->title == NULL || f->message == NULL)
		*bad = true;
}

static void read_offset(const json_t *place, bool *ret_has, uint64_t *ret_offset,
			bool *bad)
{
	const json_t *offset = get(place, "offset", bad);

	if (json_is_integer(offset) && json_integer_value(offset) >= 0) {
		*ret_has = true;
		*ret_offset = (uint64_t)json_integer_value(offset);
	} else if (!json_is_null(offset)) {
		*bad = true;
	}
}

static void read_places(const json_t *o, struct finding *f, bool *bad)
{
	const json_t *a = get(o, "places", bad);
	size_t n = json_array_size(a);

	if (!json_is_array(a))
		*bad = true;
	f->places = xcalloc(n, sizeof(*f->places));
	f->n_places = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *place = json_array_get(a, i);
		struct finding_place *p = &f->places[i];

		p->location = get_text(place, "location", bad);
		p->label = get_text(place, "label", bad);
		read_offset(place, &p->has_offset, &p->offset, bad);
	}
}

static void read_place(const json_t *o, struct finding *f, bool *bad)
{
	const json_t *store = get(o, "store", bad);
	const json_t *entry = get(o, "entry", bad);

	f->store_kind = get_text(store, "kind", bad);
	f->store_path = get_text(store, "path", bad);
	f->store_owner = get_text(store, "owner", bad);
	f->party = get_text(store, "party", bad);
	f->location = get_text(entry, "location", bad);
	f->label = get_text(entry, "label", bad);
	read_offset(entry, &f->has_offset, &f->offset, bad);
	read_places(o, f, bad);
}

static void read_certificate(const json_t *o, struct finding *f, bool *bad)
{
	const json_t *c = get(o, "certificate", bad);

	f->certificate.sha256 = get_text(c, "sha256", bad);
	f->certificate.sha1 = get_text(c, "sha1", bad);
	f->certificate.spki_sha256 = get_text(c, "spki_sha256", bad);
	f->certificate.subject = get_text(c, "subject", bad);
	f->certificate.issuer = get_text(c, "issuer", bad);
	f->certificate.serial = get_text(c, "serial", bad);
	f->certificate.name = get_text(c, "name", bad);
	f->certificate.decoded = f->certificate.subject != NULL;
	if (f->certificate.decoded) {
		f->certificate.not_before = get_time(c, "not_before", bad);
		f->certificate.not_after = get_time(c, "not_after", bad);
	}
}

static void read_evidence(const json_t *o, struct finding *f, bool *bad)
{
	const json_t *array = get(o, "evidence", bad);
	size_t n = json_array_size(array);

	if (!json_is_array(array))
		*bad = true;
	f->evidence = xcalloc(n, sizeof(*f->evidence));
	f->n_evidence = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *e = json_array_get(array, i);
		const json_t *depth = get(e, "depth", bad);

		f->evidence[i].kind = get_text(e, "kind", bad);
		f->evidence[i].text = get_text(e, "text", bad);
		f->evidence[i].sha256 = get_text(e, "sha256", bad);
		if (!json_is_integer(depth) || json_integer_value(depth) < 0 ||
		    json_integer_value(depth) > INT_MAX)
			*bad = true;
		else
			f->evidence[i].depth = (int)json_integer_value(depth);
	}
}

int finding_from_json(const char *json, struct finding *ret_finding)
{
	AUTO(json) json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	struct finding f = { .severity = SEVERITY_INFO };
	const json_t *fix;
	bool bad = false;

	if (!json_is_object(o))
		return -EINVAL;
	read_head(o, &f, &bad);
	read_place(o, &f, &bad);
	read_certificate(o, &f, &bad);
	read_evidence(o, &f, &bad);
	fix = get(o, "fix", &bad);
	f.recipe = get_text(fix, "recipe", &bad);
	f.automatic = get_bool(fix, "automatic", &bad);
	f.no_fix = get_text(fix, "reason", &bad);
	if (bad) {
		finding_done(&f);
		return -EINVAL;
	}
	*ret_finding = f;
	return 0;
}
