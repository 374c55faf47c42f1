/* record.c -- what a store held in a scan.
 *
 *	scan_store -> reading -> manifest -> manifest_entry
 *
 * A manifest is a list of entries; its name is the hash of the list, so equal
 * lists are kept once, whichever store or scan they belong to.  A reading is
 * one state of one store: a manifest, the problems, and what the catalogue
 * said about the store then.  A scan points to one reading a store, so that
 * what did not change costs one row.
 *
 * The hash covers each entry's certificate by its SHA-256 and not by its row,
 * and no path but the entry's location, so that two inventories with the same
 * content agree on it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

struct item {
	const struct stored_entry *entry;
	uint8_t hash[SHA256_SIZE];	/* of its certificate or its names */
};

static void auto_items(struct item **items)
{
	free(*items);
}

/* NULL before "", as everywhere in this file.  */
static int compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

#define COMPARE(a, b)	(((a) > (b)) - ((a) < (b)))

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	const struct stored_entry *e = x->entry, *f = y->entry;
	int order = strcmp(e->location, f->location);

	if (order == 0)
		order = COMPARE(e->offset, f->offset);
	if (order == 0)
		order = memcmp(x->hash, y->hash, SHA256_SIZE);
	if (order == 0)
		order = COMPARE(e->role, f->role);
	if (order == 0)
		order = compare_text(e->label, f->label);
	if (order == 0)
		order = COMPARE(e->purposes, f->purposes);
	if (order == 0)
		order = COMPARE(e->private_key, f->private_key);
	if (order == 0)
		order = COMPARE(e->distrust_after, f->distrust_after);
	return order;
}

/* No certificate has a hash that is made like this.  */
static void hash_names(const struct entry_names *names,
		       uint8_t ret_hash[SHA256_SIZE])
{
	struct digest d;

	digest_init(&d);
	digest_text(&d, "names");
	digest_text(&d, names->issuer);
	digest_text(&d, names->serial);
	digest_bytes(&d, names->issuer_sha256, SHA256_SIZE);
	digest_int(&d, names->by_key);
	digest_bytes(&d, names->spki_sha256, SHA256_SIZE);
	digest_int(&d, (uint64_t)names->this_update);
	digest_int(&d, (uint64_t)names->next_update);
	digest_end(&d, ret_hash);
}

static int sorted_items(struct inventory *i, const struct stored_entry *entries,
			size_t n, struct item **ret_items)
{
	AUTO(items) struct item *items = xcalloc(n, sizeof(*items));
	size_t k;
	int r;

	for (k = 0; k < n; k++) {
		/* What SQLite cannot hold no file can have.  */
		if (entries[k].offset > INT64_MAX)
			return -ERANGE;
		items[k].entry = &entries[k];
		if (entries[k].names != NULL) {
			hash_names(entries[k].names, items[k].hash);
			continue;
		}
		r = certificate_hash(i, entries[k].certificate, items[k].hash);
		if (r < 0)
			return r;
	}
	if (n > 0)
		qsort(items, n, sizeof(*items), compare_items);
	*ret_items = TAKE(items);
	return 0;
}

/* ---- manifests -------------------------------------------------------------*/

static void hash_items(const struct item *items, size_t n,
		       uint8_t ret_hash[SHA256_SIZE])
{
	struct digest d;
	size_t k;

	digest_init(&d);
	for (k = 0; k < n; k++) {
		const struct stored_entry *e = items[k].entry;

		digest_bytes(&d, items[k].hash, SHA256_SIZE);
		digest_text(&d, role_name(e->role));
		digest_text(&d, e->label);
		digest_text(&d, e->location);
		digest_int(&d, e->offset);
		digest_int(&d, e->purposes);
		digest_int(&d, e->private_key);
		digest_int(&d, (uint64_t)e->distrust_after);
	}
	digest_end(&d, ret_hash);
}

/* NULL for 0.  */
static void query_time(struct query *q, int64_t time)
{
	if (time != 0)
		query_int(q, time);
	else
		query_null(q);
}

static int add_statement(struct inventory *i, int64_t manifest, size_t position,
			 const struct stored_entry *e)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO manifest_statement VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	const struct entry_names *names = e->names;
	char purposes[PURPOSES_SIZE];

	query_int(&q, manifest);
	query_int(&q, (int64_t)position);
	query_text(&q, role_name(e->role));
	query_text(&q, purposes_format(e->purposes, purposes));
	query_text(&q, names->issuer);
	query_hex(&q, names->issuer ? names->issuer_sha256 : NULL, SHA256_SIZE);
	query_text(&q, names->serial);
	query_hex(&q, names->by_key ? names->spki_sha256 : NULL, SHA256_SIZE);
	query_text(&q, e->label);
	query_text(&q, e->location);
	query_int(&q, (int64_t)e->offset);
	query_time(&q, names->this_update);
	query_time(&q, names->next_update);
	return query_run(&q);
}

static int add_entries(struct inventory *i, int64_t manifest,
		       const struct item *items, size_t n)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO manifest_entry VALUES "
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	char purposes[PURPOSES_SIZE];
	size_t k;
	int r = 0;

	for (k = 0; r == 0 && k < n; k++) {
		const struct stored_entry *e = items[k].entry;

		if (e->names != NULL) {
			r = add_statement(i, manifest, k, e);
			continue;
		}
		query_int(&q, manifest);
		query_int(&q, (int64_t)k);
		query_int(&q, e->certificate);
		query_text(&q, role_name(e->role));
		query_text(&q, e->label);
		query_text(&q, e->location);
		query_int(&q, (int64_t)e->offset);
		query_text(&q, purposes_format(e->purposes, purposes));
		query_int(&q, e->private_key);
		query_time(&q, e->distrust_after);
		r = query_run(&q);
	}
	return r;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return COMPARE(*x, *y);
}

/* How many entries have a certificate, and how many different ones these are. */
static void count_certificates(const struct item *items, size_t n,
			       int64_t *ret_entries, int64_t *ret_certificates)
{
	int64_t *ids = xcalloc(n + 1, sizeof(*ids)), different = 0;
	size_t entries = 0;

	for (size_t k = 0; k < n; k++)
		if (items[k].entry->names == NULL)
			ids[entries++] = items[k].entry->certificate;
	qsort(ids, entries, sizeof(*ids), compare_ids);
	for (size_t k = 0; k < entries; k++)
		different += k == 0 || ids[k - 1] != ids[k];
	free(ids);
	*ret_entries = (int64_t)entries;
	*ret_certificates = different;
}

static int find_manifest(struct inventory *i, const struct item *items,
			 size_t n, int64_t *ret_manifest)
{
	AUTO(query) struct query find =
		query_start(i, "SELECT id FROM manifest WHERE sha256 = ?");
	AUTO(query) struct query add = query_start(i,
		"INSERT INTO manifest (sha256, entries, certificates) "
		"VALUES (?, ?, ?)");
	uint8_t hash[SHA256_SIZE];
	int64_t manifest, entries, certificates;
	int r;

	hash_items(items, n, hash);
	query_hex(&find, hash, sizeof(hash));
	r = query_step(&find);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret_manifest = query_column_int(&find, 0);
		return 0;
	}
	count_certificates(items, n, &entries, &certificates);
	query_hex(&add, hash, sizeof(hash));
	query_int(&add, entries);
	query_int(&add, certificates);
	r = query_run(&add);
	if (r < 0)
		return r;
	manifest = sqlite3_last_insert_rowid(i->db);
	r = add_entries(i, manifest, items, n);
	if (r == 0)
		*ret_manifest = manifest;
	return r;
}

/* ---- readings --------------------------------------------------------------*/

/* What two readings of one store must agree on to be one.  */
struct reading {
	int64_t store, manifest;
	const uint8_t *signature;
	uint8_t problems[SHA256_SIZE], files[SHA256_SIZE];
	const struct store_info *info;
};

static const char *or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static void hash_problems(const struct stored_problem *problems, size_t n,
			  uint8_t ret_hash[SHA256_SIZE])
{
	struct digest d;
	size_t k;

	digest_init(&d);
	for (k = 0; k < n; k++) {
		const struct stored_problem *p = &problems[k];

		digest_text(&d, p->path);
		digest_int(&d, p->has_offset);
		digest_int(&d, p->has_offset ? p->offset : 0);
		digest_text(&d, problem_name(p->code));
		digest_text(&d, p->message);
		digest_int(&d, p->skipped);
	}
	digest_end(&d, ret_hash);
}

static void hash_files(const struct store_info *info,
		       uint8_t ret_hash[SHA256_SIZE])
{
	struct digest d;
	size_t k;

	digest_init(&d);
	for (k = 0; k < info->n_files; k++) {
		const struct stored_file *f = &info->files[k];

		digest_text(&d, f->path);
		digest_text(&d, f->real_path);
		digest_int(&d, f->size);
		digest_int(&d, f->mode);
		digest_int(&d, f->uid);
		digest_int(&d, f->gid);
		digest_text(&d, f->user);
		digest_int(&d, (uint64_t)f->modified);
	}
	digest_end(&d, ret_hash);
}

/* The columns that inventory_reuse() compares, too.  */
static void bind_info(struct query *q, const struct store_info *info)
{
	query_text(q, info->real_path);
	query_text(q, or_empty(info->owner));
	query_text(q, or_empty(info->instance));
	query_text(q, info->recipe);
	query_text(q, info->repair);
}

static void bind_reading(struct query *q, const struct reading *r)
{
	query_int(q, r->store);
	query_hex(q, r->signature, SHA256_SIZE);
	query_int(q, r->manifest);
	query_hex(q, r->problems, SHA256_SIZE);
	query_hex(q, r->files, SHA256_SIZE);
	query_text(q, or_empty(r->info->format));
	query_text(q, r->info->engine);
	bind_info(q, r->info);
}

static int add_problems(struct inventory *i, int64_t reading,
			const struct stored_problem *problems, size_t n)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO reading_problem VALUES (?, ?, ?, ?, ?, ?, ?)");
	size_t k;
	int r = 0;

	for (k = 0; r == 0 && k < n; k++) {
		const struct stored_problem *p = &problems[k];

		query_int(&q, reading);
		query_int(&q, (int64_t)k);
		query_text(&q, p->path);
		if (p->has_offset)
			query_int(&q, (int64_t)p->offset);
		else
			query_null(&q);
		query_text(&q, problem_name(p->code));
		query_text(&q, p->message);
		query_int(&q, p->skipped);
		r = query_run(&q);
	}
	return r;
}

static int add_files(struct inventory *i, int64_t reading,
		     const struct store_info *info)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO reading_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?)");
	size_t k;
	int r = 0;

	for (k = 0; r == 0 && k < info->n_files; k++) {
		const struct stored_file *f = &info->files[k];

		query_int(&q, reading);
		query_int(&q, (int64_t)k);
		query_text(&q, f->path);
		query_text(&q, f->real_path);
		query_int(&q, (int64_t)f->size);
		query_int(&q, f->mode);
		query_int(&q, f->uid);
		query_int(&q, f->gid);
		query_text(&q, f->user);
		query_int(&q, f->modified);
		r = query_run(&q);
	}
	return r;
}

static int find_reading(struct inventory *i, const struct reading *reading,
			const struct stored_problem *problems, size_t n,
			int64_t *ret_reading)
{
	AUTO(query) struct query find = query_start(i,
		"SELECT id FROM reading WHERE store_id = ? "
		"AND signature IS ? AND manifest_id = ? "
		"AND problems_sha256 = ? AND files_sha256 = ? "
		"AND format = ? AND engine IS ? AND real_path IS ? "
		"AND owner = ? AND instance = ? AND recipe IS ? "
		"AND repair IS ?");
	AUTO(query) struct query add = query_start(i,
		"INSERT INTO reading (store_id, signature, manifest_id, "
		"problems_sha256, files_sha256, format, engine, real_path, owner, "
		"instance, recipe, repair) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	bind_reading(&find, reading);
	r = query_step(&find);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret_reading = query_column_int(&find, 0);
		return 0;
	}
	bind_reading(&add, reading);
	r = query_run(&add);
	if (r < 0)
		return r;
	id = sqlite3_last_insert_rowid(i->db);
	r = add_problems(i, id, problems, n);
	if (r == 0)
		r = add_files(i, id, reading->info);
	if (r == 0)
		*ret_reading = id;
	return r;
}

static int add_to_scan(struct inventory *i, int64_t store, int64_t reading)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO scan_store VALUES (?, ?, ?)");

	query_int(&q, i->scan);
	query_int(&q, store);
	query_int(&q, reading);
	return query_run(&q);
}

/* ---- stores ----------------------------------------------------------------*/

int inventory_find_store(struct inventory *i, const char *kind,
			 const char *path, int64_t *ret_store)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT id FROM store "
		"WHERE root_id = ? AND kind = ? AND path = ?");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_text(&q, kind);
	query_text(&q, path);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret_store = query_column_int(&q, 0);
	return 0;
}

int inventory_store(struct inventory *i, const char *kind, const char *path,
		    int64_t *ret_store)
{
	AUTO(query) struct query add = query_start(i,
		"INSERT INTO store (root_id, kind, path) VALUES (?, ?, ?)");
	int r = inventory_find_store(i, kind, path, ret_store);

	if (r != -ENOENT)
		return r;
	query_int(&add, i->root_id);
	query_text(&add, kind);
	query_text(&add, path);
	r = query_run(&add);
	if (r == 0)
		*ret_store = sqlite3_last_insert_rowid(i->db);
	return r;
}

int inventory_reuse(struct inventory *i, int64_t store,
		    const struct store_info *info,
		    const uint8_t signature[SHA256_SIZE])
{
	/* A store's row belongs to one root, so its scans do, too.  */
	AUTO(query) struct query q = query_start(i,
		"SELECT id FROM reading WHERE id = (SELECT reading_id "
		"FROM scan_store WHERE store_id = ? AND scan_id < ? "
		"ORDER BY scan_id DESC LIMIT 1) "
		"AND signature = ? AND real_path IS ? "
		"AND owner = ? AND instance = ? AND recipe IS ? "
		"AND repair IS ?");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, store);
	query_int(&q, i->scan);
	query_hex(&q, signature, SHA256_SIZE);
	bind_info(&q, info);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	return add_to_scan(i, store, query_column_int(&q, 0));
}

int inventory_record(struct inventory *i, int64_t store,
		     const struct store_info *info, const uint8_t *signature,
		     struct stored_entry *entries, size_t n_entries,
		     const struct stored_problem *problems, size_t n_problems)
{
	AUTO(items) struct item *items = NULL;
	struct reading reading = {
		.store = store, .signature = signature, .info = info,
	};
	int64_t id = 0;
	size_t k;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	for (k = 0; k < n_problems; k++)
		if (problems[k].has_offset && problems[k].offset > INT64_MAX)
			return -ERANGE;
	r = sorted_items(i, entries, n_entries, &items);
	if (r == 0)
		r = find_manifest(i, items, n_entries, &reading.manifest);
	if (r < 0)
		return r;
	hash_problems(problems, n_problems, reading.problems);
	hash_files(info, reading.files);
	r = find_reading(i, &reading, problems, n_problems, &id);
	return r < 0 ? r : add_to_scan(i, store, id);
}

int inventory_engine(struct inventory *i, int64_t store, char **ret_engine)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT rd.engine FROM scan_store ss "
		"JOIN reading rd ON rd.id = ss.reading_id "
		"WHERE ss.scan_id = ? AND ss.store_id = ?");
	const char *engine;
	int r;

	query_int(&q, i->scan);
	query_int(&q, store);
	r = query_step(&q);
	if (r < 0)
		return r;
	engine = r > 0 ? query_column_text(&q, 0) : NULL;
	*ret_engine = engine != NULL ? xstrdup(engine) : NULL;
	return 0;
}
