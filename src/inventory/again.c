/* again.c -- a scan that is made of the scan before it and not of a root: what
 * the inventory would hold if some stores held something else.
 *
 * Stores that stay as they were share their reading with the scan before.  Of
 * the others the reading is loaded, changed by the caller and recorded like any
 * other, without a signature: no state of files is behind it.
 *
 * "The scan before" is the newest one of the open scan's root but that itself.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inventory/db.h"

/* ---- the scan --------------------------------------------------------------*/

/* The newest scan; strings are copies.  */
struct head {
	int64_t scan;
	struct scan_info info;
	char *texts[4];
};

static void auto_head(struct head *h)
{
	for (size_t k = 0; k < ARRAY_SIZE(h->texts); k++)
		free(h->texts[k]);
}

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static int find_head(struct inventory *i, int64_t now, struct head *ret_head)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT s.id, r.path, s.tool, s.host_name, s.host_os, "
		"s.warn_days FROM scan s JOIN root r ON r.id = s.root_id "
		"ORDER BY s.id DESC LIMIT 1");
	int r = query_step(&q);

	if (r <= 0)
		return r < 0 ? r : -ENODATA;
	ret_head->scan = query_column_int(&q, 0);
	for (size_t k = 0; k < ARRAY_SIZE(ret_head->texts); k++)
		ret_head->texts[k] = copy(query_column_text(&q, (int)k + 1));
	ret_head->info = (struct scan_info){
		.root = ret_head->texts[0], .tool = ret_head->texts[1],
		.host_name = ret_head->texts[2], .host_os = ret_head->texts[3],
		.now = now, .made = time(NULL),
		.warn_days = (unsigned)query_column_int(&q, 5),
	};
	return 0;
}

static int copy_problems(struct inventory *i, int64_t from)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO scan_problem SELECT ?2, position, path, code, "
		"message, skipped FROM scan_problem WHERE scan_id = ?1");

	query_int(&q, from);
	query_int(&q, i->scan);
	return query_run(&q);
}

int inventory_begin_again(struct inventory *i, int64_t now, int64_t *ret_scan)
{
	AUTO(head) struct head head = { .scan = 0 };
	int64_t scan;
	int r = find_head(i, now, &head);

	if (r == 0)
		r = inventory_begin(i, &head.info, &scan);
	if (r < 0)
		return r;
	r = scan_copy_sets(i, head.scan);
	if (r == 0)
		r = copy_problems(i, head.scan);
	if (r < 0) {
		inventory_rollback(i);
		return r;
	}
	*ret_scan = scan;
	return 0;
}

int inventory_forget(struct inventory *i, int64_t scan)
{
	AUTO(str) char *sql = xasprintf(
		"DELETE FROM scan_store WHERE scan_id = %lld; "
		"DELETE FROM scan_problem WHERE scan_id = %lld; "
		"DELETE FROM finding WHERE scan_id = %lld; "
		"DELETE FROM audit WHERE scan_id = %lld; "
		"DELETE FROM scan WHERE id = %lld",
		(long long)scan, (long long)scan, (long long)scan,
		(long long)scan, (long long)scan);

	return db_exec(i, sql);
}

/* ---- its stores ------------------------------------------------------------*/

void recorded_stores_free(struct recorded_store *stores, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		free(stores[k].kind);
		free(stores[k].path);
		free(stores[k].instance);
		free(stores[k].format);
		free(stores[k].real_path);
	}
	free(stores);
}

int inventory_recorded_stores(struct inventory *i,
			      struct recorded_store **ret_stores,
			      size_t *ret_n)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT st.id, st.kind, st.path, rd.instance, rd.format, "
		"rd.real_path FROM scan_store ss "
		"JOIN store st ON st.id = ss.store_id "
		"JOIN reading rd ON rd.id = ss.reading_id "
		"WHERE ss.scan_id = (SELECT max(id) FROM scan "
			"WHERE root_id = ? AND id < ?) "
		"ORDER BY st.path, st.kind");
	struct recorded_store *stores = NULL;
	size_t n = 0, cap = 0;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, i->root_id);
	query_int(&q, i->scan);
	while ((r = query_step(&q)) > 0) {
		grow(&stores, n, &cap, sizeof(*stores));
		stores[n++] = (struct recorded_store){
			.store = query_column_int(&q, 0),
			.kind = copy(query_column_text(&q, 1)),
			.path = copy(query_column_text(&q, 2)),
			.instance = copy(query_column_text(&q, 3)),
			.format = copy(query_column_text(&q, 4)),
			.real_path = copy(query_column_text(&q, 5)),
		};
	}
	if (r < 0) {
		recorded_stores_free(stores, n);
		return r;
	}
	*ret_stores = stores;
	*ret_n = n;
	return 0;
}

static int find_reading(struct inventory *i, int64_t store,
			int64_t *ret_reading)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT reading_id FROM scan_store WHERE store_id = ?1 "
		"AND scan_id = (SELECT max(id) FROM scan "
			"WHERE root_id = ?2 AND id < ?3)");
	int r;

	if (i->scan == 0)
		return -EINVAL;
	query_int(&q, store);
	query_int(&q, i->root_id);
	query_int(&q, i->scan);
	r = query_step(&q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret_reading = query_column_int(&q, 0);
	return 0;
}

int inventory_record_again(struct inventory *i, int64_t store)
{
	AUTO(query) struct query q =
		query_start(i, "INSERT INTO scan_store VALUES (?, ?, ?)");
	int64_t reading = 0;
	int r = find_reading(i, store, &reading);

	if (r < 0)
		return r;
	query_int(&q, i->scan);
	query_int(&q, store);
	query_int(&q, reading);
	return query_run(&q);
}

/* ---- a reading -------------------------------------------------------------*/

/* P, which is R's from now on.  */
static void *own(struct recorded_reading *r, void *p)
{
	grow(&r->owned, r->n_owned, &r->cap_owned, sizeof(*r->owned));
	return r->owned[r->n_owned++] = p;
}

static const char *own_text(struct recorded_reading *r, const char *s)
{
	return s != NULL ? own(r, xstrdup(s)) : NULL;
}

static const char *own_column(struct recorded_reading *r, struct query *q,
			      int column)
{
	return own_text(r, query_column_text(q, column));
}

static void push_entry(struct recorded_reading *r, struct stored_entry e)
{
	grow(&r->entries, r->n_entries, &r->cap_entries, sizeof(e));
	r->entries[r->n_entries++] = e;
}

void recorded_entry(struct recorded_reading *r, const struct stored_entry *e)
{
	struct stored_entry copied = *e;

	copied.label = own_text(r, e->label);
	copied.location = own_text(r, e->location);
	copied.names = NULL;
	push_entry(r, copied);
}

static int load_info(struct inventory *i, int64_t reading,
		     struct recorded_reading *r)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT st.kind, st.path, rd.format, rd.real_path, rd.owner, "
		"rd.instance, rd.recipe, rd.repair FROM reading rd "
		"JOIN store st ON st.id = rd.store_id WHERE rd.id = ?");
	int e;

	query_int(&q, reading);
	e = query_step(&q);
	if (e <= 0)
		return e < 0 ? e : -ENOENT;
	r->info = (struct store_info){
		.kind = own_column(r, &q, 0), .path = own_column(r, &q, 1),
		.format = own_column(r, &q, 2),
		.real_path = own_column(r, &q, 3),
		.owner = own_column(r, &q, 4),
		.instance = own_column(r, &q, 5),
		.recipe = own_column(r, &q, 6), .repair = own_column(r, &q, 7),
	};
	return 0;
}

static int load_files(struct inventory *i, int64_t reading,
		      struct recorded_reading *r)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT path, real_path, size, mode, uid, user, modified, gid "
		"FROM reading_file WHERE reading_id = ? ORDER BY position");
	struct stored_file *files = NULL;
	size_t n = 0, cap = 0;
	int e;

	query_int(&q, reading);
	while ((e = query_step(&q)) > 0) {
		grow(&files, n, &cap, sizeof(*files));
		files[n++] = (struct stored_file){
			.path = own_column(r, &q, 0),
			.real_path = own_column(r, &q, 1),
			.size = (uint64_t)query_column_int(&q, 2),
			.mode = (uint32_t)query_column_int(&q, 3),
			.uid = (uint32_t)query_column_int(&q, 4),
			.user = own_column(r, &q, 5),
			.modified = query_column_int(&q, 6),
			.gid = (uint32_t)query_column_int(&q, 7),
		};
	}
	r->info.files = own(r, files);
	r->info.n_files = n;
	return e;
}

static int load_entries(struct inventory *i, int64_t reading,
			struct recorded_reading *r)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT e.certificate_id, e.role, e.label, e.location, "
		"e.\"offset\", e.purposes, e.private_key, e.distrust_after "
		"FROM reading rd "
		"JOIN manifest_entry e ON e.manifest_id = rd.manifest_id "
		"WHERE rd.id = ? ORDER BY e.position");
	int e;

	query_int(&q, reading);
	while ((e = query_step(&q)) > 0)
		push_entry(r, (struct stored_entry){
			.certificate = query_column_int(&q, 0),
			.role = role_from_name(query_column_text(&q, 1)),
			.label = own_column(r, &q, 2),
			.location = own_column(r, &q, 3),
			.offset = (uint64_t)query_column_int(&q, 4),
			.purposes = purposes_from_words(
				query_column_text(&q, 5)),
			.private_key = query_column_int(&q, 6) != 0,
			.distrust_after = query_column_int(&q, 7),
		});
	return e;
}

/* The issuer and serial number, the key, and the times of the statement that Q is at.  */
static int load_names(struct recorded_reading *r, struct query *q,
		      const struct entry_names **ret_names)
{
	struct entry_names *names = own(r, xcalloc(1, sizeof(*names)));
	int e = 0;

	names->issuer = own_column(r, q, 5);
	names->serial = own_column(r, q, 7);
	names->by_key = !query_column_is_null(q, 8);
	names->this_update = query_column_int(q, 9);
	names->next_update = query_column_int(q, 10);
	if (names->issuer != NULL)
		e = query_column_hash(q, 6, names->issuer_sha256);
	if (e == 0 && names->by_key)
		e = query_column_hash(q, 8, names->spki_sha256);
	if (e == 0)
		*ret_names = names;
	return e;
}

static int load_statements(struct inventory *i, int64_t reading,
			   struct recorded_reading *r)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT m.role, m.label, m.location, m.\"offset\", m.purposes, "
		"m.issuer, m.issuer_sha256, m.serial, m.spki_sha256, "
		"m.this_update, m.next_update "
		"FROM reading rd "
		"JOIN manifest_statement m ON m.manifest_id = rd.manifest_id "
		"WHERE rd.id = ? ORDER BY m.position");
	int e, bad = 0;

	query_int(&q, reading);
	while (bad == 0 && (e = query_step(&q)) > 0) {
		struct stored_entry entry = {
			.role = role_from_name(query_column_text(&q, 0)),
			.label = own_column(r, &q, 1),
			.location = own_column(r, &q, 2),
			.offset = (uint64_t)query_column_int(&q, 3),
			.purposes = purposes_from_words(
				query_column_text(&q, 4)),
		};

		bad = load_names(r, &q, &entry.names);
		if (bad == 0)
			push_entry(r, entry);
	}
	return bad < 0 ? bad : e;
}

static int load_problems(struct inventory *i, int64_t reading,
			 struct recorded_reading *r)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT path, \"offset\", code, message, skipped "
		"FROM reading_problem WHERE reading_id = ? ORDER BY position");
	struct stored_problem *problems = NULL;
	size_t n = 0, cap = 0;
	int e, bad = 0;

	query_int(&q, reading);
	while (bad == 0 && (e = query_step(&q)) > 0) {
		struct stored_problem p = {
			.path = own_column(r, &q, 0),
			.has_offset = !query_column_is_null(&q, 1),
			.offset = (uint64_t)query_column_int(&q, 1),
			.message = own_column(r, &q, 3),
			.skipped = query_column_int(&q, 4) != 0,
		};

		/* A word that no reader has is damage.  */
		if (problem_from_name(query_column_text(&q, 2), &p.code) < 0)
			bad = -EMEDIUMTYPE;
		grow(&problems, n, &cap, sizeof(*problems));
		problems[n++] = p;
	}
	r->problems = own(r, problems);
	r->n_problems = n;
	return bad < 0 ? bad : e;
}

void recorded_reading_done(struct recorded_reading *r)
{
	for (size_t k = 0; k < r->n_owned; k++)
		free(r->owned[k]);
	free(r->owned);
	free(r->entries);
	*r = (struct recorded_reading){ .entries = NULL };
}

int inventory_recorded_reading(struct inventory *i, int64_t store,
			       struct recorded_reading *ret_reading)
{
	struct recorded_reading r = { .entries = NULL };
	int64_t reading = 0;
	int e = find_reading(i, store, &reading);

	if (e == 0)
		e = load_info(i, reading, &r);
	if (e == 0)
		e = load_files(i, reading, &r);
	if (e == 0)
		e = load_entries(i, reading, &r);
	if (e == 0)
		e = load_statements(i, reading, &r);
	if (e == 0)
		e = load_problems(i, reading, &r);
	if (e < 0) {
		recorded_reading_done(&r);
		return e;
	}
	*ret_reading = r;
	return 0;
}
