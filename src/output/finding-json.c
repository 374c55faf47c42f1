/* finding-json.c -- one finding as the JSON object of design section 4, and
 * back.  The inventory keeps the newest audit in this form and fix reads it,
 * so every key that a fix script needs is here.
 *
 * Keys are always present, in one order, null where they do not apply.  Text
 * that is no UTF-8 is shown with \xHH, from which the bytes cannot be told
 * again; what is named so is therefore never offered as fixable.
 *
 * jansson reads; to write through its tree took nearly three times as long.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>

#include "output/output.h"

/* S, valid UTF-8, as a string of RFC 8259 section 7 in ASCII.  */
static void put_escaped(struct buf *b, const char *s)
{
	static const char letters[] =	/* each before the one for it */
		"\"\"" "\\\\" "\bb" "\ff" "\nn" "\rr" "\tt";
	const uint8_t *p = (const uint8_t *)s;

	buf_adds(b, "\"");
	for (;;) {
		const char *letter;
		size_t plain = 0, more;
		uint32_t c;

		while (p[plain] >= 0x20 && p[plain] < 0x80 &&
		       p[plain] != '"' && p[plain] != '\\')
			plain++;
		buf_add(b, p, plain);
		p += plain;
		c = *p++;
		if (c == '\0')
			break;
		more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
		if (more > 0)
			c &= 0x3fu >> more;
		for (; more > 0; more--)
			c = c << 6 | (*p++ & 0x3f);
		letter = c < 0x80 ? strchr(letters, (int)c) : NULL;
		if (letter != NULL)
			buf_addf(b, "\\%c", letter[1]);
		else if (c > 0xffff)
			buf_addf(b, "\\u%04X\\u%04X",
				 (unsigned)(0xd7c0 + (c >> 10)),
				 (unsigned)(0xdc00 | (c & 0x3ff)));
		else
			buf_addf(b, "\\u%04X", (unsigned)c);
	}
	buf_adds(b, "\"");
}

static void put_string(struct buf *b, const char *s)
{
	AUTO(str) char *valid = NULL;

	if (s == NULL) {
		buf_adds(b, "null");
		return;
	}
	valid = utf8_text(s, strlen(s));
	put_escaped(b, valid);
}

char *json_text(const char *s)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	put_string(&b, s);
	return buf_take(&b);
}

/* KEY and the colon, with a comma unless it is the first of its object.  */
static void put_key(struct buf *b, const char *key)
{
	buf_adds(b, b->p[b->n - 1] == '{' ? "\"" : ", \"");
	buf_adds(b, key);
	buf_adds(b, "\": ");
}

static void put_text(struct buf *b, const char *key, const char *s)
{
	put_key(b, key);
	put_string(b, s);
}

static bool is_exact(const char *s)
{
	return s == NULL || is_utf8(s, strlen(s));
}

static void put_store(struct buf *b, const struct finding *f)
{
	put_key(b, "store");
	buf_adds(b, "{");
	put_text(b, "kind", f->store_kind);
	put_text(b, "path", f->store_path);
	put_text(b, "owner", f->store_owner != NULL && *f->store_owner != '\0' ?
		 f->store_owner : NULL);
	put_text(b, "party", f->party);
	buf_adds(b, "}");
}

static void put_offset(struct buf *b, bool has_offset, uint64_t offset)
{
	put_key(b, "offset");
	if (has_offset && offset <= INT64_MAX)
		buf_addf(b, "%" PRIu64, offset);
	else
		buf_adds(b, "null");
}

static void put_place(struct buf *b, const char *location, const char *label,
		      bool has_offset, uint64_t offset)
{
	buf_adds(b, "{");
	put_text(b, "location", location);
	put_text(b, "label", label);
	put_offset(b, has_offset, offset);
	buf_adds(b, "}");
}

/* Further places of the same certificate in the same store.  */
static void put_places(struct buf *b, const struct finding *f)
{
	put_key(b, "places");
	buf_adds(b, "[");
	for (size_t i = 0; i < f->n_places; i++) {
		const struct finding_place *p = &f->places[i];

		buf_adds(b, i > 0 ? ", " : "");
		put_place(b, p->location, p->label, p->has_offset, p->offset);
	}
	buf_adds(b, "]");
}

static void put_time(struct buf *b, const char *key, bool known, int64_t t)
{
	char s[TIME_SIZE];

	put_text(b, key, known ? time_format(t, s) : NULL);
}

static void put_certificate(struct buf *b, const struct finding *f)
{
	bool known = f->certificate.sha256 != NULL && f->certificate.decoded;

	put_key(b, "certificate");
	buf_adds(b, "{");
	put_text(b, "sha256", f->certificate.sha256);
	put_text(b, "sha1", f->certificate.sha1);
	put_text(b, "spki_sha256", known ? f->certificate.spki_sha256 : NULL);
	put_text(b, "subject", known ? f->certificate.subject : NULL);
	put_text(b, "issuer", known ? f->certificate.issuer : NULL);
	put_text(b, "serial", known ? f->certificate.serial : NULL);
	put_time(b, "not_before", known, f->certificate.not_before);
	put_time(b, "not_after", known, f->certificate.not_after);
	put_text(b, "name", known ? f->certificate.name : NULL);
	buf_adds(b, "}");
}

static void put_evidence(struct buf *b, const struct finding *f)
{
	put_key(b, "evidence");
	buf_adds(b, "[");
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		buf_adds(b, i > 0 ? ", {" : "{");
		put_text(b, "kind", e->kind);
		put_text(b, "text", e->text);
		put_text(b, "sha256", e->sha256);
		put_key(b, "depth");
		buf_addf(b, "%d}", e->depth);
	}
	buf_adds(b, "]");
}

/* What a folded finding is about.  */
static void put_members(struct buf *b, const struct finding *f)
{
	put_key(b, "certificates");
	buf_adds(b, "[");
	for (size_t i = 0; i < f->n_members; i++) {
		const struct finding_member *m = &f->members[i];

		buf_adds(b, i > 0 ? ", {" : "{");
		put_text(b, "sha256", m->sha256);
		put_text(b, "sha1", m->sha1);
		put_text(b, "name", m->name);
		put_time(b, "not_after", m->has_end, m->not_after);
		put_text(b, "location", m->location);
		put_text(b, "label", m->label);
		put_offset(b, m->has_offset, m->offset);
		put_text(b, "severity", severity_name(m->severity));
		put_text(b, "message", m->message);
		put_key(b, "fixable");
		buf_adds(b, m->fixable && is_exact(m->location) &&
			 is_exact(m->label) && is_exact(f->store_path) ?
			 "true}" : "false}");
	}
	buf_adds(b, "]");
}

static void put_fix(struct buf *b, const struct finding *f)
{
	bool exact = is_exact(f->store_path) && is_exact(f->location) &&
		     is_exact(f->label);
	bool fixable = f->recipe != NULL && exact;

	put_key(b, "fix");
	buf_adds(b, "{");
	put_text(b, "recipe", fixable ? f->recipe : NULL);
	put_key(b, "automatic");
	buf_adds(b, fixable && f->automatic ? "true" : "false");
	put_text(b, "reason", f->recipe != NULL && !exact ?
		 "its name is not UTF-8 text and cannot be written into a script" :
		 f->no_fix);
	buf_adds(b, "}");
}

char *finding_to_json(const struct finding *f)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_adds(&b, "{");
	put_text(&b, "id", f->id);
	put_text(&b, "rule", f->rule_id);
	put_text(&b, "severity", severity_name(f->severity));
	put_text(&b, "status", finding_status_name(f->status));
	put_text(&b, "title", f->title);
	put_text(&b, "message", f->message);
	put_store(&b, f);
	put_key(&b, "entry");
	put_place(&b, f->location, f->label, f->has_offset, f->offset);
	put_certificate(&b, f);
	put_evidence(&b, f);
	put_fix(&b, f);
	put_text(&b, "why", f->why);
	put_places(&b, f);
	put_members(&b, f);
	buf_adds(&b, "}");
	return buf_take(&b);
}

/* ---- and back ------------------------------------------------------------
 * Getters add to *bad and never stop, so that a caller reads like the list of
 * keys; what they return when something is wrong is NULL or 0.  */

static void auto_json(json_t **value)
{
	json_decref(*value);
}

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

static void read_member(const json_t *o, struct finding_member *m, bool *bad)
{
	AUTO(str) char *severity = get_text(o, "severity", bad);

	m->sha256 = get_text(o, "sha256", bad);
	m->sha1 = get_text(o, "sha1", bad);
	m->name = get_text(o, "name", bad);
	m->has_end = !json_is_null(get(o, "not_after", bad));
	if (m->has_end)
		m->not_after = get_time(o, "not_after", bad);
	m->location = get_text(o, "location", bad);
	m->label = get_text(o, "label", bad);
	read_offset(o, &m->has_offset, &m->offset, bad);
	if (severity == NULL || severity_from_name(severity, &m->severity) < 0)
		*bad = true;
	m->message = get_text(o, "message", bad);
	if (m->message == NULL)
		*bad = true;
	m->fixable = get_bool(o, "fixable", bad);
}

static void read_members(const json_t *o, struct finding *f, bool *bad)
{
	const json_t *a = get(o, "certificates", bad);
	size_t n = json_array_size(a);

	if (!json_is_array(a))
		*bad = true;
	f->members = xcalloc(n, sizeof(*f->members));
	f->n_members = n;
	for (size_t i = 0; i < n; i++)
		read_member(json_array_get(a, i), &f->members[i], bad);
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
	read_members(o, f, bad);
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
