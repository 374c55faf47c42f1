/* bundle.c -- the newest scan of an inventory as a bundle (trustdrift-fleet(5)).
 *
 *	bundle		of which host and scan
 *	certificate	its DER
 *	manifest	what a store holds: entries and statements
 *	anchors		a set of trust anchors
 *	store, party, finding
 *	stores, parties, findings	the lists of them
 *	end		which lists are the host's
 *
 * A line names others by the SHA-256 of their bytes without the line's end, and
 * certificates by that of their DER, after they were written.  So a line is the same
 * on every host on which it says the same, whatever the order there: all lists are
 * sorted.
 *
 * Text that is no UTF-8 is shown with \xHH as in every other format.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/fleet.h"
#include "output/output.h"
#include "rule/rule.h"

struct hash {
	uint8_t sha256[SHA256_SIZE];
};

struct hashes {
	struct hash *items;
	size_t n, cap;
};

enum { ENTRY_COLUMNS = 8 };

/* Values of JSON with commas, for each entry one; or the first, while all of them
 * are the same.  */
struct column {
	struct buf values;
	bool differ;
};

struct store {
	int64_t id;
	struct buf line;	/* without what it holds */
	struct column columns[ENTRY_COLUMNS];
	size_t n_entries;
	struct buf statements, problems;	/* JSON, with commas */
};

struct anchor_set {
	int64_t id;
	uint8_t sha256[SHA256_SIZE];	/* of its line */
};

struct writer {
	struct inventory *inventory;
	const struct lines *known;
	struct lines *all;
	FILE *f;
	size_t written;
	struct store *stores;		/* by id */
	size_t n_stores, cap_stores;
	struct hashes store_lines, party_lines, finding_lines;
	struct buf problems;		/* that belong to no store */
	struct buf anchors;		/* of set_id, so far */
	int64_t set_id;
	struct anchor_set *sets;	/* by id */
	size_t n_sets, cap_sets;
};

static void add_hash(struct hashes *h, const uint8_t sha256[SHA256_SIZE])
{
	grow(&h->items, h->n, &h->cap, sizeof(*h->items));
	memcpy(h->items[h->n++].sha256, sha256, SHA256_SIZE);
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_SIZE);
}

/* ---- JSON -------------------------------------------------------------------- */

static void put_key(struct buf *b, const char *key)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		buf_adds(b, ", ");
	buf_addf(b, "\"%s\": ", key);
}

static void put_text(struct buf *b, const char *key, const char *s)
{
	AUTO(str) char *text = json_text(s);

	put_key(b, key);
	buf_adds(b, text);
}

/* DIGITS: as SQLite writes an integer; NULL of NULL.  */
static void put_number(struct buf *b, const char *key, const char *digits)
{
	put_key(b, key);
	buf_adds(b, digits != NULL ? digits : "null");
}

static void put_hash(struct buf *b, const char *key,
		     const uint8_t sha256[SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(sha256, SHA256_SIZE, hex);
	put_text(b, key, hex);
}

static int64_t number(const char *digits)
{
	return digits != NULL ? strtoll(digits, NULL, 10) : 0;
}

/* ---- lines ------------------------------------------------------------------- */

static void put_line(struct writer *w, const struct buf *line,
		     uint8_t ret_sha256[SHA256_SIZE])
{
	const struct blob bytes = { (const uint8_t *)line->p, line->n };
	uint8_t sha256[SHA256_SIZE];

	hash_sha256(bytes, sha256);
	if (ret_sha256 != NULL)
		memcpy(ret_sha256, sha256, SHA256_SIZE);
	if (lines_has(w->all, sha256, NULL))
		return;
	lines_put(w->all, sha256, 0);
	if (lines_has(w->known, sha256, NULL))
		return;
	fwrite(line->p, 1, line->n, w->f);
	putc('\n', w->f);
	w->written++;
}

/* The line {"type": TYPE, TYPE: [the hashes]}; EXTRA (NULL: none) is more of it.
 * Of lines that are equal there is one: what is shown with \xHH may be called so, too.  */
static void put_list(struct writer *w, const char *type, struct hashes *h,
		     const char *extra, uint8_t ret_sha256[SHA256_SIZE])
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "{\"type\": \"%s\", \"%s\": [", type, type);
	if (h->n > 0)
		qsort(h->items, h->n, sizeof(*h->items), compare_hashes);
	for (size_t k = 0; k < h->n; k++) {
		char hex[2 * SHA256_SIZE + 1];

		if (k > 0 && compare_hashes(&h->items[k - 1],
					    &h->items[k]) == 0)
			continue;
		hex_encode(h->items[k].sha256, SHA256_SIZE, hex);
		buf_addf(&b, "%s\"%s\"", k > 0 ? ", " : "", hex);
	}
	buf_addf(&b, "]%s}", extra != NULL ? extra : "");
	put_line(w, &b, ret_sha256);
}

/* ---- certificates ------------------------------------------------------------ */

static int take_certificate(const uint8_t sha256[SHA256_SIZE], struct blob der,
			    void *data)
{
	AUTO(str) char *text = der.n > 0 ? base64_encode(der) : NULL;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_adds(&b, "{");
	put_text(&b, "type", "certificate");
	put_hash(&b, "sha256", sha256);
	put_text(&b, "der", text);
	buf_adds(&b, "}");
	put_line(data, &b, NULL);
	return 0;
}

/* ---- stores ------------------------------------------------------------------ */

static const char store_sql[] =
	"SELECT store_id, kind, path, format, real_path, owner, instance,"
	" entries, certificates, problems, unread, engine"
	" FROM v_store ORDER BY store_id";

static int take_store(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct writer *w = data;
	struct store *s;

	(void)n, (void)numeric;
	grow(&w->stores, w->n_stores, &w->cap_stores, sizeof(*w->stores));
	s = &w->stores[w->n_stores++];
	*s = (struct store){ .id = number(values[0]) };
	buf_init(&s->line, SIZE_MAX);
	for (int k = 0; k < ENTRY_COLUMNS; k++)
		buf_init(&s->columns[k].values, SIZE_MAX);
	buf_init(&s->statements, SIZE_MAX);
	buf_init(&s->problems, SIZE_MAX);
	buf_adds(&s->line, "{");
	put_text(&s->line, "type", "store");
	for (int k = 1; k <= 6; k++)
		put_text(&s->line, names[k], values[k]);
	for (int k = 7; k <= 10; k++)
		put_number(&s->line, names[k], values[k]);
	put_text(&s->line, names[11], values[11]);
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct store *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static struct store *find_store(struct writer *w, const char *id)
{
	const struct store key = { .id = number(id) };

	return w->n_stores == 0 ? NULL :
	       bsearch(&key, w->stores, w->n_stores, sizeof(key), compare_ids);
}

/* The object of a row whose columns from 1 on are N_TEXTS texts and then numbers,
 * behind what is in B.  */
static void put_row(struct buf *b, int n, const char *const *names,
		    const char *const *values, int n_texts)
{
	AUTO(buf) struct buf o;

	buf_init(&o, SIZE_MAX);
	buf_adds(&o, "{");
	for (int k = 1; k <= n_texts; k++)
		put_text(&o, names[k], values[k]);
	for (int k = n_texts + 1; k < n; k++)
		put_number(&o, names[k], values[k]);
	buf_addf(b, "%s%s}", b->n > 0 ? ", " : "", buf_str(&o));
}

static const char entry_sql[] =
	"SELECT store_id, sha256, role, label, location, purposes, \"offset\","
	" private_key, distrust_after FROM v_entry"
	" ORDER BY store_id, location, \"offset\", sha256, role, label, purposes";

/* Entry N, from 0 on, of a column.  */
static void put_value(struct column *c, size_t n, const char *value)
{
	if (n > 0 && !c->differ) {
		if (strcmp(buf_str(&c->values), value) == 0)
			return;
		AUTO(str) char *first = buf_take(&c->values);

		c->differ = true;
		for (size_t k = 0; k < n; k++) {
			buf_adds(&c->values, k > 0 ? ", " : "");
			buf_adds(&c->values, first);
		}
	}
	buf_adds(&c->values, n > 0 ? ", " : "");
	buf_adds(&c->values, value);
}

static int take_entry(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct store *s = find_store(data, values[0]);

	(void)n, (void)names, (void)numeric;
	if (s == NULL)
		return 0;
	for (int k = 0; k < ENTRY_COLUMNS; k++) {
		const char *value = values[k + 1];
		AUTO(str) char *text = k < 5 ? json_text(value) : NULL;

		/* Hashes are a list in any case.  */
		s->columns[k].differ |= k == 0;
		put_value(&s->columns[k], s->n_entries, k < 5 ? text :
			  value != NULL ? value : "null");
	}
	s->n_entries++;
	return 0;
}

/* A value for all of them, or a list; hashes are always a list.  */
static void put_entries(const struct store *s, struct buf *b)
{
	static const char *const keys[ENTRY_COLUMNS] = {
		"sha256", "role", "label", "location", "purposes", "offset",
		"private_key", "distrust_after",
	};

	for (int k = 0; k < ENTRY_COLUMNS; k++) {
		const struct column *c = &s->columns[k];
		const bool list = c->differ || s->n_entries == 0;

		put_key(b, keys[k]);
		buf_adds(b, list ? "[" : "");
		buf_adds(b, buf_str(&c->values));
		buf_adds(b, list ? "]" : "");
	}
}

static const char statement_sql[] =
	"SELECT store_id, role, purposes, issuer, serial, spki_sha256, label,"
	" location, \"offset\", this_update, next_update FROM v_statement"
	" ORDER BY store_id, location, \"offset\", role, issuer, serial,"
	" spki_sha256, label, purposes";

static int take_statement(int n, const char *const *names,
			  const char *const *values, const bool *numeric,
			  void *data)
{
	struct store *s = find_store(data, values[0]);

	(void)numeric;
	if (s != NULL)
		put_row(&s->statements, n, names, values, 7);
	return 0;
}

static const char problem_sql[] =
	"SELECT store_id, path, code, message, \"offset\", skipped"
	" FROM v_problem ORDER BY store_id, path, \"offset\", code, message";

static int take_problem(int n, const char *const *names,
			const char *const *values, const bool *numeric,
			void *data)
{
	struct writer *w = data;
	struct store *s = values[0] != NULL ? find_store(w, values[0]) : NULL;

	(void)numeric;
	put_row(s != NULL ? &s->problems : &w->problems, n, names, values, 3);
	return 0;
}

static void put_store(struct writer *w, struct store *s)
{
	uint8_t sha256[SHA256_SIZE];
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "{\"type\": \"manifest\", \"entries\": %zu",
		 s->n_entries);
	put_entries(s, &b);
	buf_addf(&b, ", \"statements\": [%s]}", buf_str(&s->statements));
	put_line(w, &b, sha256);
	put_hash(&s->line, "manifest", sha256);
	buf_addf(&s->line, ", \"problem_list\": [%s]}", buf_str(&s->problems));
	put_line(w, &s->line, sha256);
	add_hash(&w->store_lines, sha256);
}

/* ---- relying parties --------------------------------------------------------- */

static const char anchor_sql[] =
	"SELECT anchor_set, sha256 FROM v_anchor_set ORDER BY anchor_set, sha256";

static void put_set(struct writer *w)
{
	struct anchor_set *set;
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "{\"type\": \"anchors\", \"anchors\": [%s]}",
		 buf_str(&w->anchors));
	grow(&w->sets, w->n_sets, &w->cap_sets, sizeof(*w->sets));
	set = &w->sets[w->n_sets++];
	set->id = w->set_id;
	put_line(w, &b, set->sha256);
	buf_done(&w->anchors);
	buf_init(&w->anchors, SIZE_MAX);
}

static int compare_sets(const void *a, const void *b)
{
	const struct anchor_set *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int take_anchor(int n, const char *const *names,
		       const char *const *values, const bool *numeric,
		       void *data)
{
	struct writer *w = data;
	const int64_t set = number(values[0]);

	(void)n, (void)names, (void)numeric;
	if (w->anchors.n > 0 && set != w->set_id)
		put_set(w);
	w->set_id = set;
	buf_addf(&w->anchors, "%s\"%s\"", w->anchors.n > 0 ? ", " : "",
		 values[1]);
	return 0;
}

/* A party without anchors has a set that is empty, or none.  */
static const char party_sql[] =
	"SELECT s.anchor_set, p.party, p.type, p.title, p.owner, p.model,"
	" p.instance, p.is_system"
	" FROM v_party p LEFT JOIN v_party_anchor_set s ON s.party = p.party"
	" ORDER BY p.party";

static int take_party(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct writer *w = data;
	const struct anchor_set key = { .id = number(values[0]) }, *set = NULL;
	uint8_t sha256[SHA256_SIZE];
	AUTO(buf) struct buf b;

	(void)numeric;
	buf_init(&b, SIZE_MAX);
	buf_adds(&b, "{");
	put_text(&b, "type", "party");
	put_text(&b, "party", values[1]);
	put_text(&b, "runtime", values[2]);
	for (int k = 3; k <= 6; k++)
		put_text(&b, names[k], values[k]);
	for (int k = 7; k < n; k++)
		put_number(&b, names[k], values[k]);
	if (values[0] != NULL && w->n_sets > 0)
		set = bsearch(&key, w->sets, w->n_sets, sizeof(key),
			      compare_sets);
	if (set != NULL)
		put_hash(&b, "anchors", set->sha256);
	else
		put_text(&b, "anchors", NULL);
	buf_adds(&b, "}");
	put_line(w, &b, sha256);
	add_hash(&w->party_lines, sha256);
	return 0;
}

/* ---- findings ---------------------------------------------------------------- */

static int take_finding(const char *document, void *data)
{
	struct writer *w = data;
	uint8_t sha256[SHA256_SIZE];
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "{\"type\": \"finding\", \"finding\": %s}", document);
	put_line(w, &b, sha256);
	add_hash(&w->finding_lines, sha256);
	return 0;
}

/* ---- all of it --------------------------------------------------------------- */

static const char scan_sql[] =
	"SELECT s.tool, s.host_name, s.host_os, s.root, s.scan_id, s.now, s.made"
	" FROM v_scan s JOIN v_run r ON r.scan_id = s.scan_id";

static int take_scan(int n, const char *const *names,
		     const char *const *values, const bool *numeric, void *data)
{
	struct writer *w = data;

	(void)n, (void)names, (void)numeric;
	fputs("{\"type\": \"bundle\", \"format\": \"trustdrift/bundle\", "
	      "\"version\": 1", w->f);
	for (int k = 0; k < 7; k++) {
		static const char *const keys[] = {
			"tool", "host", "os", "root", "scan", "now", "made",
		};
		AUTO(str) char *text = k < 4 ? json_text(values[k]) : NULL;

		fprintf(w->f, ", \"%s\": %s", keys[k],
			k < 4 ? text : values[k]);
	}
	fputs("}\n", w->f);
	w->written++;
	return 0;
}

static int ask(struct writer *w, const char *sql, row_fn *fn, char **ret_error)
{
	return guarded_select(w->inventory, sql, fn, w, ret_error);
}

static int put_parties(struct writer *w, uint8_t ret_sha256[SHA256_SIZE],
		       char **ret_error)
{
	int r = ask(w, anchor_sql, take_anchor, ret_error);

	if (r == 0 && w->anchors.n > 0)
		put_set(w);
	if (r == 0)
		r = ask(w, party_sql, take_party, ret_error);
	put_list(w, "parties", &w->party_lines, NULL, ret_sha256);
	return r;
}

static int put_all(struct writer *w, char **ret_error)
{
	uint8_t stores[SHA256_SIZE], parties[SHA256_SIZE], findings[SHA256_SIZE];
	AUTO(buf) struct buf end;
	AUTO(str) char *extra = NULL;
	bool audited;
	int r;

	buf_init(&end, SIZE_MAX);
	r = ask(w, scan_sql, take_scan, ret_error);
	if (r == 0 && w->written == 0)
		r = -ENODATA;
	if (r == 0)
		r = inventory_certificates(w->inventory, take_certificate, w);
	if (r == 0)
		r = ask(w, store_sql, take_store, ret_error);
	if (r == 0)
		r = ask(w, entry_sql, take_entry, ret_error);
	if (r == 0)
		r = ask(w, statement_sql, take_statement, ret_error);
	if (r == 0)
		r = ask(w, problem_sql, take_problem, ret_error);
	if (r < 0)
		return r;
	for (size_t k = 0; k < w->n_stores; k++)
		put_store(w, &w->stores[k]);
	extra = xasprintf(", \"problem_list\": [%s]", buf_str(&w->problems));
	put_list(w, "stores", &w->store_lines, extra, stores);
	r = put_parties(w, parties, ret_error);
	if (r < 0)
		return r;
	r = inventory_findings(w->inventory, take_finding, w);
	audited = r != -ENODATA;	/* a scan has no findings yet */
	if (r < 0 && audited)
		return r;
	if (audited)
		put_list(w, "findings", &w->finding_lines, NULL, findings);
	buf_adds(&end, "{");
	put_text(&end, "type", "end");
	put_hash(&end, "stores", stores);
	put_hash(&end, "parties", parties);
	if (audited)
		put_hash(&end, "findings", findings);
	else
		put_text(&end, "findings", NULL);
	fprintf(w->f, "%s, \"lines\": %zu}\n", buf_str(&end), w->written + 1);
	return 0;
}

int bundle_write(struct inventory *i, const struct lines *known,
		 struct lines *all, FILE *f, char **ret_error)
{
	struct writer w = {
		.inventory = i, .known = known, .all = all, .f = f,
	};
	int r;

	buf_init(&w.problems, SIZE_MAX);
	buf_init(&w.anchors, SIZE_MAX);
	r = put_all(&w, ret_error);
	for (size_t k = 0; k < w.n_stores; k++) {
		buf_done(&w.stores[k].line);
		for (int c = 0; c < ENTRY_COLUMNS; c++)
			buf_done(&w.stores[k].columns[c].values);
		buf_done(&w.stores[k].statements);
		buf_done(&w.stores[k].problems);
	}
	free(w.stores);
	free(w.store_lines.items);
	free(w.party_lines.items);
	free(w.finding_lines.items);
	buf_done(&w.problems);
	buf_done(&w.anchors);
	free(w.sets);
	return r;
}
