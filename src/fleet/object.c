/* object.c -- what each kind of line has to be like, and its row (data/schema/
 * fleet.sql).
 *
 * A host can say what it likes.  What comes from here PostgreSQL takes: text is
 * UTF-8 without NUL, which jansson sees to, numbers fit their columns, and what has
 * an index is short; for one line that it would not take would keep all others of
 * the same transaction out as well.  And whoever asks a view, and casts what it
 * answers, finds what trustdrift-fleet(5) says: times are times, hashes are hashes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/object.h"
#include "fleet/server.h"

#define WORD_BYTES	200u	/* of what has an index, or is a word */
/* A text of the inventory, of which each byte may be shown as \xHH.  */
#define SHOWN_BYTES	(4u * LIMIT_TEXT_BYTES)

void object_free(struct object *o)
{
	free(o->refs);
	free(o->row);
	free(o->der);
	*o = (struct object){ .refs = NULL };
}

/* ---- members ------------------------------------------------------------------- */

bool member_text(const json_t *o, const char *key, size_t limit,
		 bool null_allowed, const char **ret)
{
	const json_t *v = json_object_get(o, key);

	*ret = json_string_value(v);
	return *ret != NULL ? json_string_length(v) <= limit :
	       null_allowed && json_is_null(v);
}

bool member_number(const json_t *o, const char *key, int64_t least,
		   int64_t most, int64_t *ret)
{
	const json_t *v = json_object_get(o, key);

	*ret = json_integer_value(v);
	return json_is_integer(v) && *ret >= least && *ret <= most;
}

/* In lower case, as in all that asks for one.  */
static bool is_hash(const char *s, uint8_t ret_sha256[SHA256_SIZE])
{
	return s != NULL && strspn(s, "0123456789abcdef") == 2 * SHA256_SIZE &&
	       hex_decode(s, ret_sha256, SHA256_SIZE) == 0;
}

bool member_hash(const json_t *o, const char *key,
		 uint8_t ret_sha256[SHA256_SIZE])
{
	return is_hash(json_string_value(json_object_get(o, key)), ret_sha256);
}

/* The array KEY of hashes; SET: each of them once, sorted.  */
static bool take_refs(const json_t *o, const char *key, bool set,
		      struct object *ret)
{
	const json_t *a = json_object_get(o, key);
	const size_t n = json_array_size(a);

	if (!json_is_array(a))
		return false;
	ret->refs = xcalloc(n + 1, sizeof(*ret->refs));
	for (size_t k = 0; k < n; k++) {
		if (!is_hash(json_string_value(json_array_get(a, k)),
			     ret->refs[k]))
			return false;
		if (set && k > 0 && memcmp(ret->refs[k - 1], ret->refs[k],
					   SHA256_SIZE) >= 0)
			return false;
	}
	ret->n_refs = n;
	return true;
}

/* ---- columns ------------------------------------------------------------------- */

static void put_text(struct buf *b, const char *s)
{
	buf_adds(b, "\t");
	copy_text(b, s);
}

/* What did not come as JSON.  */
static void put_shown(struct buf *b, const char *s)
{
	AUTO(str) char *text = s != NULL ? utf8_text(s, strlen(s)) : NULL;

	put_text(b, text);
}

static void put_number(struct buf *b, int64_t n)
{
	buf_adds(b, "\t");
	put_digits(b, n);
}

/* The value KEY, which is of the type WANTED, as JSON.  */
static bool put_json(struct buf *b, const json_t *o, const char *key,
		     json_type wanted)
{
	json_t *v = json_object_get(o, key);
	char *text;

	if (v == NULL || json_typeof(v) != wanted)
		return false;
	text = json_dumps(v, JSON_ENSURE_ASCII);
	if (text == NULL)
		return false;
	put_text(b, text);
	free(text);
	return true;
}

/* The view of problems makes columns of these.  */
static bool put_problems(struct buf *b, const json_t *o)
{
	const json_t *a = json_object_get(o, "problem_list");

	for (size_t k = 0; k < json_array_size(a); k++) {
		const json_t *p = json_array_get(a, k);
		const char *text;
		int64_t number;

		if (!member_text(p, "path", SHOWN_BYTES, false, &text) ||
		    !member_text(p, "code", WORD_BYTES, false, &text) ||
		    !member_text(p, "message", SHOWN_BYTES, false, &text) ||
		    !member_number(p, "skipped", 0, 1, &number) ||
		    (!json_is_null(json_object_get(p, "offset")) &&
		     !member_number(p, "offset", 0, INT64_MAX, &number)))
			return false;
	}
	return put_json(b, o, "problem_list", JSON_ARRAY);
}

/* ---- certificates -------------------------------------------------------------- */

static int parse_certificate(const json_t *o, struct object *ret,
			     const char **ret_why)
{
	uint8_t sha256[SHA256_SIZE];
	const char *der;

	if (!member_hash(o, "sha256", ret->key) ||
	    !member_text(o, "der", (LIMIT_CERTIFICATE_BYTES + 2) / 3 * 4,
			 true, &der)) {
		*ret_why = N_("a certificate without sha256 and der");
		return -EINVAL;
	}
	if (der == NULL)
		return 0;
	ret->der = xmalloc(strlen(der) / 4 * 3 + 3);
	if (base64_decode((struct blob){ (const uint8_t *)der, strlen(der) },
			  ret->der, &ret->der_n) < 0) {
		*ret_why = N_("a certificate that is no Base64");
		return -EINVAL;
	}
	hash_sha256((struct blob){ ret->der, ret->der_n }, sha256);
	if (memcmp(sha256, ret->key, SHA256_SIZE) == 0)
		return 0;
	*ret_why = N_("a certificate that has not the SHA-256 that it is said to have");
	return -EINVAL;
}

/* Words of key kinds and hashes are the inventory's: what the views show.  */
char *certificate_row(const struct certificate *c, bool has_der)
{
	char spki[2 * SHA256_SIZE + 1], sha1[2 * SHA1_SIZE + 1];
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	hex_encode(c->sha1, SHA1_SIZE, sha1);
	hex_encode(c->spki_sha256, SHA256_SIZE, spki);
	put_text(&b, has_der ? sha1 : NULL);
	if (c->decoded) {
		put_text(&b, spki);
		put_shown(&b, c->subject);
		put_shown(&b, c->issuer);
		put_shown(&b, c->name);
		put_shown(&b, c->serial);
		put_number(&b, c->not_before);
		put_number(&b, c->not_after);
		put_number(&b, c->is_ca);
		put_number(&b, c->self_signed);
		put_text(&b, key_kind_name(c->key));
		put_number(&b, c->key_bits);
		put_text(&b, hash_kind_name(c->hash));
	} else {
		for (int k = 0; k < 12; k++)
			put_text(&b, NULL);
	}
	put_shown(&b, has_der ? c->error : NULL);
	if (has_der) {
		char *hex = xmalloc(2 * c->der.n + 1);

		hex_encode(c->der.p, c->der.n, hex);
		buf_addf(&b, "\t\\\\x%s", hex);
		free(hex);
	} else {
		put_text(&b, NULL);
	}
	return buf_take(&b);
}

/* ---- what stores hold ---------------------------------------------------------- */

/* The columns of entries.  */
static const struct entry_column {
	const char *key;
	size_t limit;			/* 0: it is a number */
	bool null_allowed;
	int64_t least, most;
} entry_columns[] = {
	{ "role", WORD_BYTES, false, 0, 0 },
	{ "label", SHOWN_BYTES, true, 0, 0 },
	{ "location", SHOWN_BYTES, false, 0, 0 },
	{ "purposes", WORD_BYTES, false, 0, 0 },
	{ "offset", 0, false, 0, INT64_MAX },
	{ "private_key", 0, false, 0, 1 },
	{ "distrust_after", 0, true, TIME_LEAST, TIME_MOST },
};

static bool put_value(struct buf *b, const struct entry_column *c,
		      const json_t *v)
{
	const int64_t number = json_integer_value(v);

	if (json_is_null(v) && c->null_allowed) {
		array_text(b, NULL);
	} else if (c->limit > 0) {
		if (!json_is_string(v) || json_string_length(v) > c->limit)
			return false;
		array_text(b, json_string_value(v));
	} else {
		if (!json_is_integer(v) || number < c->least ||
		    number > c->most)
			return false;
		put_digits(b, number);
	}
	return true;
}

/* A list with a value for each of N entries, or one value for all of them.  */
static bool put_column(struct buf *b, const json_t *o,
		       const struct entry_column *c, size_t n)
{
	const json_t *v = json_object_get(o, c->key);
	AUTO(buf) struct buf array;
	bool good = true;

	buf_init(&array, SIZE_MAX);
	buf_adds(&array, "{");
	if (!json_is_array(v)) {
		good = put_value(&array, c, v);
	} else {
		good = json_array_size(v) == n;
		for (size_t k = 0; good && k < n; k++) {
			buf_adds(&array, k > 0 ? "," : "");
			good = put_value(&array, c, json_array_get(v, k));
		}
	}
	buf_adds(&array, "}");
	put_text(b, buf_str(&array));
	return good;
}

static int parse_manifest(const json_t *o, struct object *ret,
			  const char **ret_why)
{
	bool good = take_refs(o, "sha256", false, ret);
	int64_t entries;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	good = good && member_number(o, "entries", 0, LIMIT_STORE_ENTRIES,
				     &entries) &&
	       (size_t)entries == ret->n_refs;
	ret->weight = (uint32_t)ret->n_refs;
	for (size_t k = 0; good && k < ARRAY_SIZE(entry_columns); k++)
		good = put_column(&b, o, &entry_columns[k], ret->n_refs);
	good = good && put_json(&b, o, "statements", JSON_ARRAY);
	ret->row = buf_take(&b);
	if (good)
		return 0;
	*ret_why = N_("a manifest whose entries or statements are none");
	return -EINVAL;
}

static int parse_store(const json_t *o, struct object *ret,
		       const char **ret_why)
{
	static const struct {
		const char *key;
		size_t limit;
		bool null_allowed;
	} texts[] = {
		{ "kind", WORD_BYTES, false },
		{ "path", SHOWN_BYTES, false },
		{ "format", WORD_BYTES, false },
		{ "real_path", SHOWN_BYTES, true },
		{ "owner", SHOWN_BYTES, false },
		{ "instance", SHOWN_BYTES, false },
		{ "engine", SHOWN_BYTES, true },
	};
	enum { ENTRIES, CERTIFICATES, PROBLEMS, UNREAD, NUMBERS };
	static const char *const numbers[NUMBERS] = {
		[ENTRIES] = "entries", [CERTIFICATES] = "certificates",
		[PROBLEMS] = "problems", [UNREAD] = "unread",
	};
	int64_t values[NUMBERS];
	bool good = true;
	const char *text;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	ret->refs = xcalloc(1, sizeof(*ret->refs));
	ret->n_refs = 1;
	good = member_hash(o, "manifest", ret->refs[0]);
	for (size_t k = 0; good && k < ARRAY_SIZE(texts); k++) {
		good = member_text(o, texts[k].key, texts[k].limit,
				   texts[k].null_allowed, &text);
		if (good)
			put_text(&b, text);
	}
	for (size_t k = 0; good && k < ARRAY_SIZE(numbers); k++) {
		good = member_number(o, numbers[k], 0, LIMIT_STORE_ENTRIES,
				     &values[k]);
		if (good)
			put_number(&b, values[k]);
	}
	/* What the manifest has is seen where that is known.  */
	good = good && values[CERTIFICATES] <= values[ENTRIES] &&
	       values[UNREAD] <= values[PROBLEMS] &&
	       (size_t)values[PROBLEMS] ==
	       json_array_size(json_object_get(o, "problem_list")) &&
	       put_problems(&b, o);
	ret->weight = good ? (uint32_t)values[ENTRIES] : 0;
	ret->row = buf_take(&b);
	if (good)
		return 0;
	*ret_why = N_("a store that lacks what belongs to one");
	return -EINVAL;
}

/* ---- relying parties ----------------------------------------------------------- */

/* A line that is nothing but the set KEY of hashes; OTHERWISE is why not.  */
static int parse_set(const json_t *o, const char *key, const char *otherwise,
		     struct object *ret, const char **ret_why)
{
	ret->row = xstrdup("");
	if (take_refs(o, key, true, ret))
		return 0;
	*ret_why = otherwise;
	return -EINVAL;
}

static int parse_anchors(const json_t *o, struct object *ret,
			 const char **ret_why)
{
	return parse_set(o, "anchors",
			 N_("anchors that are no sorted list of hashes"), ret,
			 ret_why);
}

static int parse_party(const json_t *o, struct object *ret,
		       const char **ret_why)
{
	static const char *const texts[] = {
		"party", "runtime", "title", "owner", "model", "instance",
	};
	bool good = true;
	const char *text;
	int64_t number = 0;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	if (!json_is_null(json_object_get(o, "anchors"))) {
		ret->refs = xcalloc(1, sizeof(*ret->refs));
		ret->n_refs = 1;
		good = member_hash(o, "anchors", ret->refs[0]);
	}
	for (size_t k = 0; good && k < ARRAY_SIZE(texts); k++) {
		good = member_text(o, texts[k], SHOWN_BYTES, false, &text);
		if (good)
			put_text(&b, text);
	}
	good = good && member_number(o, "is_system", 0, 1, &number);
	put_number(&b, number);
	ret->row = buf_take(&b);
	if (good)
		return 0;
	*ret_why = N_("a relying party that lacks what belongs to one");
	return -EINVAL;
}

/* ---- findings ------------------------------------------------------------------ */

/* As in the reports of --format json.  */
static int parse_finding(const json_t *o, struct object *ret,
			 const char **ret_why)
{
	const json_t *f = json_object_get(o, "finding");
	const json_t *store = json_object_get(f, "store");
	const json_t *certificate = json_object_get(f, "certificate");
	const struct {
		const json_t *of;
		const char *key;
		size_t limit;
		bool null_allowed;
	} texts[] = {
		{ f, "id", WORD_BYTES, false },
		{ f, "rule", WORD_BYTES, false },
		{ f, "severity", WORD_BYTES, false },
		{ f, "status", WORD_BYTES, false },
		{ f, "title", 4 * LIMIT_RULE_VALUE_BYTES, true },
		{ f, "message", 4 * LIMIT_RULE_VALUE_BYTES, true },
		{ store, "kind", WORD_BYTES, true },
		{ store, "path", SHOWN_BYTES, true },
		{ store, "party", SHOWN_BYTES, true },
		{ certificate, "sha256", 2 * SHA256_SIZE, true },
		{ certificate, "name", SHOWN_BYTES, true },
	};
	uint8_t sha256[SHA256_SIZE];
	bool good = true;
	const char *text;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	for (size_t k = 0; good && k < ARRAY_SIZE(texts); k++) {
		good = member_text(texts[k].of, texts[k].key, texts[k].limit,
				   texts[k].null_allowed, &text);
		if (good)
			put_text(&b, text);
	}
	good = good && put_json(&b, o, "finding", JSON_OBJECT) &&
	       (json_is_null(json_object_get(certificate, "sha256")) ||
		member_hash(certificate, "sha256", sha256));
	ret->row = buf_take(&b);
	if (good)
		return 0;
	*ret_why = N_("a finding that lacks what belongs to one");
	return -EINVAL;
}

/* ---- lists --------------------------------------------------------------------- */

static int parse_stores(const json_t *o, struct object *ret,
			const char **ret_why)
{
	AUTO(buf) struct buf b;
	bool good = take_refs(o, "stores", true, ret);

	buf_init(&b, SIZE_MAX);
	good = good && put_problems(&b, o);
	ret->row = buf_take(&b);
	if (good)
		return 0;
	*ret_why = N_("stores that are no sorted list of hashes");
	return -EINVAL;
}

static int parse_parties(const json_t *o, struct object *ret,
			 const char **ret_why)
{
	return parse_set(o, "parties",
			 N_("parties that are no sorted list of hashes"), ret,
			 ret_why);
}

static int parse_findings(const json_t *o, struct object *ret,
			  const char **ret_why)
{
	return parse_set(o, "findings",
			 N_("findings that are no sorted list of hashes"), ret,
			 ret_why);
}

/* ---- the table ----------------------------------------------------------------- */

#define FIND_WEIGHT(table, weight) \
	"SELECT line, id, " weight "::integer FROM trustdrift." table \
	" WHERE line = ANY($1::bytea[])"
#define FIND(table)	FIND_WEIGHT(table, "0")
#define NEXT(table)	"SELECT coalesce(max(id), 0) + 1 FROM trustdrift." table
#define COPY(table, columns) \
	"COPY trustdrift." table " (id, " columns ") FROM STDIN"

const struct kind_row kind_rows[KINDS] = {
	[KIND_CERTIFICATE] = { "certificate", KINDS, NAMES_NONE,
		"SELECT sha256, id, (der IS NOT NULL)::integer"
		" FROM trustdrift.certificate WHERE sha256 = ANY($1::bytea[])",
		NEXT("certificate"),
		COPY("certificate", "sha256, sha1, spki_sha256, subject,"
		     " issuer, name, serial, not_before, not_after, is_ca,"
		     " self_signed, \"key\", key_bits, signature_hash, error,"
		     " der"), parse_certificate },
	[KIND_MANIFEST] = { "manifest", KIND_CERTIFICATE, NAMES_LIST,
		FIND_WEIGHT("manifest", "cardinality(certificates)"),
		NEXT("manifest"),
		COPY("manifest", "line, certificates, roles, labels,"
		     " locations, purposes, offsets, private_keys,"
		     " distrust_after, statements"), parse_manifest },
	[KIND_ANCHORS] = { "anchors", KIND_CERTIFICATE, NAMES_LIST,
		FIND("anchor_set"), NEXT("anchor_set"),
		COPY("anchor_set", "line, certificates"), parse_anchors },
	[KIND_STORE] = { "store", KIND_MANIFEST, NAMES_ONE,
		FIND_WEIGHT("store", "entries"), NEXT("store"),
		COPY("store", "line, manifest_id, kind, path, format,"
		     " real_path, owner, instance, engine, entries,"
		     " certificates, problems, unread, problem_list"),
		parse_store },
	[KIND_PARTY] = { "party", KIND_ANCHORS, NAMES_ONE,
		FIND("party"), NEXT("party"),
		COPY("party", "line, anchor_set_id, party, type, title, owner,"
		     " model, instance, is_system"), parse_party },
	[KIND_FINDING] = { "finding", KINDS, NAMES_NONE,
		FIND("finding"), NEXT("finding"),
		COPY("finding", "line, finding, rule, severity, status, title,"
		     " message, store_kind, store_path, party, sha256, name,"
		     " document"), parse_finding },
	[KIND_STORES] = { "stores", KIND_STORE, NAMES_LIST,
		FIND("store_list"), NEXT("store_list"),
		COPY("store_list", "line, stores, problem_list"), parse_stores },
	[KIND_PARTIES] = { "parties", KIND_PARTY, NAMES_LIST,
		FIND("party_list"), NEXT("party_list"),
		COPY("party_list", "line, parties"), parse_parties },
	[KIND_FINDINGS] = { "findings", KIND_FINDING, NAMES_LIST,
		FIND("finding_list"), NEXT("finding_list"),
		COPY("finding_list", "line, findings"), parse_findings },
};

int kind_find(const char *type, enum kind *ret_kind)
{
	for (size_t k = 0; k < KINDS; k++) {
		if (strcmp(kind_rows[k].type, type) == 0) {
			*ret_kind = (enum kind)k;
			return 0;
		}
	}
	return -ENOENT;
}
