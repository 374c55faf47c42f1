/* import.c -- lines and hosts, as reading.c takes them out of bundles, into the
 * database.
 *
 * What is new waits until there is enough of it (LIMIT_BATCH_*) and then goes to the
 * database in one transaction, kind by kind, so that a line's references have their numbers before
 * it: which of its keys are there is asked in one query a kind, and the rest is
 * copied.  That is right only because one import at a time does it (postgres.c).
 *
 * A host is told last, when all that its three lists lead to is there; a bundle that
 * builds upon what is not there is refused, and the others are not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/import.h"
#include "fleet/server.h"

void host_done(struct host *h)
{
	free(h->file);
	free(h->name);
	free(h->root);
	free(h->os);
	free(h->tool);
	*h = (struct host){ .name = NULL };
}

int fleet_open(const char *conninfo, unsigned wait_seconds,
	       struct readings *readings, struct fleet **ret_fleet,
	       char **ret_error)
{
	struct fleet *f = xcalloc(1, sizeof(*f));
	int r = server_open(conninfo, wait_seconds, &f->server, ret_error);

	if (r < 0) {
		free(f);
		return r;
	}
	f->readings = readings;
	*ret_fleet = f;
	return 0;
}

/* All of them are in the database, or nowhere.  */
static void forget_waiting(struct fleet *f)
{
	for (size_t k = 0; k < f->n_waiting; k++)
		object_free(&f->waiting[k]);
	for (size_t k = 0; k < f->n_hosts; k++)
		host_done(&f->hosts[k]);
	f->n_waiting = f->n_hosts = f->bytes = 0;
}

static void forget_known(struct fleet *f)
{
	lines_done(&f->seen);
	for (int k = 0; k < KINDS; k++)
		lines_done(&f->ids[k]);
}

static size_t known(const struct fleet *f)
{
	size_t n = f->seen.n;

	for (int k = 0; k < KINDS; k++)
		n += f->ids[k].n;
	return n;
}

void fleet_close(struct fleet *f)
{
	if (f == NULL)
		return;
	forget_waiting(f);
	forget_known(f);
	free(f->waiting);
	free(f->hosts);
	server_close(f->server);
	free(f);
}

const struct fleet_counts *fleet_counts(const struct fleet *f)
{
	return &f->counts;
}

const char *fleet_error(const struct fleet *f)
{
	const char *words = server_error(f->server);

	return *words != '\0' ? words : readings_error(f->readings);
}

/* ---- keys that the database has ------------------------------------------------- */

struct keys {
	uint8_t (*items)[SHA256_SIZE];
	size_t n, cap;
};

static void add_key(struct keys *keys, const uint8_t key[SHA256_SIZE])
{
	grow(&keys->items, keys->n, &keys->cap, sizeof(*keys->items));
	memcpy(keys->items[keys->n++], key, SHA256_SIZE);
}

/* What `ids` has of a row.  */
static int64_t row_value(int32_t id, uint32_t weight)
{
	return (int64_t)((uint64_t)weight << 32 | (uint32_t)id);
}

struct finding_ids {
	struct lines *ids;
	struct lines *bare;	/* certificates without DER; NULL: not asked */
};

static void take_id(const uint8_t key[SHA256_SIZE], int32_t id, int32_t weight,
		    void *data)
{
	struct finding_ids *f = data;

	/* That of a certificate says whether its DER is there.  */
	if (f->bare != NULL && weight == 0)
		lines_put(f->bare, key, id);
	lines_put(f->ids, key, row_value(id, f->bare != NULL ? 0 :
					 (uint32_t)weight));
}

static int find_ids(struct fleet *f, enum kind kind, struct keys *keys,
		    struct lines *bare)
{
	struct finding_ids to = { &f->ids[kind], bare };
	int r = 0;

	if (keys->n > 0)
		r = server_find(f->server, kind_rows[kind].find,
				(const uint8_t (*)[SHA256_SIZE])keys->items,
				keys->n, take_id, &to);
	free(keys->items);
	return r;
}

/* 0: there is no such row.  */
static int32_t row_of(const struct fleet *f, enum kind kind,
		      const uint8_t key[SHA256_SIZE], uint32_t *ret_weight)
{
	int64_t value;

	if (!lines_has(&f->ids[kind], key, &value) || value <= 0)
		value = 0;
	*ret_weight = (uint32_t)((uint64_t)value >> 32);
	return (int32_t)(value & INT32_MAX);
}

static int32_t id_of(const struct fleet *f, enum kind kind,
		     const uint8_t key[SHA256_SIZE])
{
	uint32_t weight;

	return row_of(f, kind, key, &weight);
}

/* What waiting lines of KIND name, and is neither known nor waits.  */
static int find_named(struct fleet *f, enum kind kind)
{
	const enum kind names = kind_rows[kind].names;
	struct keys keys = { .items = NULL };

	for (size_t k = 0; k < f->n_waiting; k++) {
		const struct object *o = &f->waiting[k];

		for (size_t m = 0; o->kind == kind && m < o->n_refs; m++) {
			if (lines_has(&f->ids[names], o->refs[m], NULL))
				continue;
			add_key(&keys, o->refs[m]);
			lines_put(&f->ids[names], o->refs[m], 0);
		}
	}
	return find_ids(f, names, &keys, NULL);
}

/* ---- certificates ----------------------------------------------------------------- */

static int decode(struct fleet *f, struct object *o)
{
	struct certificate c = { .decoded = false };
	int r;

	if (o->der == NULL) {
		o->row = certificate_row(&c, false);
		return 0;
	}
	r = readings_decode(f->readings, (struct blob){ o->der, o->der_n },
			    o->key, false, &c);
	if (r < 0)
		return r;
	o->row = certificate_row(&c, true);
	x509_done(&c);
	return 0;
}

/* Rows of certificates of which only the hash was known make room for all of
 * them, with their ids.  */
static int drop_bare(struct fleet *f, const struct lines *bare)
{
	size_t n = 0;
	AUTO(buf) struct buf sql;

	buf_init(&sql, SIZE_MAX);
	buf_adds(&sql, "DELETE FROM trustdrift.certificate WHERE id IN (");
	for (size_t k = 0; k < f->n_waiting; k++) {
		struct object *o = &f->waiting[k];
		int64_t id;

		if (o->kind != KIND_CERTIFICATE || o->der == NULL ||
		    !lines_has(bare, o->key, &id))
			continue;
		buf_addf(&sql, "%s%" PRId64, n++ > 0 ? ", " : "", id);
		o->id = (int32_t)id;
	}
	buf_adds(&sql, ")");
	return n > 0 ? server_run(f->server, buf_str(&sql)) : 0;
}

/* ---- rows ------------------------------------------------------------------------- */

static void put_bytes(struct buf *b, const uint8_t key[SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(key, SHA256_SIZE, hex);
	buf_adds(b, "\t\\\\x");
	buf_add(b, hex, sizeof(hex) - 1);
}

/* What O names as columns; false: not all of it is there, or it is not what O says of
 * it, or too much: a host that names the same large manifest in a thousand stores
 * costs whoever asks the views.  */
static bool put_named(struct fleet *f, const struct object *o, struct buf *b)
{
	const struct kind_row *k = &kind_rows[o->kind];
	uint64_t sum = 0;

	if (k->shape == NAMES_NONE)
		return true;
	buf_adds(b, k->shape == NAMES_LIST ? "\t{" : "\t");
	for (size_t m = 0; m < o->n_refs; m++) {
		uint32_t weight;
		const int32_t id = row_of(f, k->names, o->refs[m], &weight);

		sum += weight;
		if (id == 0 || sum > LIMIT_HOST_ENTRIES ||
		    (o->kind == KIND_STORE && weight != o->weight))
			return false;
		if (m > 0)
			buf_adds(b, ",");
		put_digits(b, id);
	}
	if (k->shape == NAMES_LIST)
		buf_adds(b, "}");
	else if (o->n_refs == 0)
		copy_text(b, NULL);
	return true;
}

static int copy_rows(struct fleet *f, enum kind kind, int64_t next)
{
	enum { CHUNK = 1 << 20 };
	int r = server_copy_begin(f->server, kind_rows[kind].copy), end;
	AUTO(buf) struct buf rows;

	buf_init(&rows, SIZE_MAX);
	if (r < 0)
		return r;
	for (size_t k = 0; r == 0 && k < f->n_waiting; k++) {
		struct object *o = &f->waiting[k];
		const size_t before = rows.n;

		if (o->kind != kind ||
		    (o->id == 0 && id_of(f, kind, o->key) != 0))
			continue;
		put_digits(&rows, o->id != 0 ? o->id : next);
		put_bytes(&rows, o->key);
		if (!put_named(f, o, &rows)) {
			rows.n = before;
			/* It may come again, with what it names.  */
			lines_put(&f->ids[kind], o->key, 0);
			lines_put(&f->seen, o->key, -1);
			continue;
		}
		if (o->id == 0)
			o->id = (int32_t)next++;
		buf_adds(&rows, o->row);
		buf_adds(&rows, "\n");
		lines_put(&f->ids[kind], o->key, row_value(o->id, o->weight));
		f->counts.new_lines++;
		if (rows.n >= CHUNK) {
			r = server_copy(f->server, &rows);
			rows.n = 0;
		}
		if (next > INT32_MAX)
			r = -EOVERFLOW;
	}
	if (r == 0)
		r = server_copy(f->server, &rows);
	end = server_copy_end(f->server);
	return r == 0 ? end : r;
}

static int flush_kind(struct fleet *f, enum kind kind)
{
	struct keys keys = { .items = NULL };
	AUTO(lines) struct lines bare = { .items = NULL };
	int64_t next;
	bool any = false;
	int r;

	for (size_t k = 0; k < f->n_waiting; k++)
		if (f->waiting[k].kind == kind)
			add_key(&keys, f->waiting[k].key);
	if (keys.n == 0)
		return 0;
	r = find_ids(f, kind, &keys,
		     kind == KIND_CERTIFICATE ? &bare : NULL);
	/* Before any row is dropped, whose id would be the next one then.  */
	if (r == 0)
		r = server_number(f->server, kind_rows[kind].next, &next);
	if (r == 0 && kind_rows[kind].shape != NAMES_NONE)
		r = find_named(f, kind);
	if (r == 0 && kind == KIND_CERTIFICATE)
		r = drop_bare(f, &bare);
	for (size_t k = 0; r == 0 && k < f->n_waiting; k++) {
		struct object *o = &f->waiting[k];

		if (o->kind != kind ||
		    (o->id == 0 && id_of(f, kind, o->key) != 0))
			continue;
		any = true;
		if (kind == KIND_CERTIFICATE)
			r = decode(f, o);
	}
	return r < 0 || !any ? r : copy_rows(f, kind, next);
}

/* ---- hosts ------------------------------------------------------------------------ */

static const enum kind list_kinds[LISTS] = {
	[LIST_STORES] = KIND_STORES, [LIST_PARTIES] = KIND_PARTIES,
	[LIST_FINDINGS] = KIND_FINDINGS,
};

static int find_lists(struct fleet *f)
{
	int r = 0;

	for (int list = 0; r == 0 && list < LISTS; list++) {
		const enum kind kind = list_kinds[list];
		struct keys keys = { .items = NULL };

		for (size_t k = 0; k < f->n_hosts; k++) {
			const struct host *h = &f->hosts[k];

			if ((list == LIST_FINDINGS && !h->audited) ||
			    lines_has(&f->ids[kind], h->lists[list], NULL))
				continue;
			add_key(&keys, h->lists[list]);
			lines_put(&f->ids[kind], h->lists[list], 0);
		}
		r = find_ids(f, kind, &keys, NULL);
	}
	return r;
}

void fleet_refuse(struct fleet *f, const char *file, const char *host,
		  size_t line, const char *why)
{
	f->counts.refused++;
	f->request->refused(file, host, line, why, f->request->data);
}

/* The columns of `incoming` below; false: it builds upon what is not there.  */
static bool put_host(struct fleet *f, size_t position, struct buf *b)
{
	const struct host *h = &f->hosts[position];
	const char *const texts[] = { h->name, h->root, h->os, h->tool };
	const int64_t numbers[] = {
		(int64_t)position, h->scan, h->now, h->made,
	};

	for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
		copy_text(b, texts[k]);
		buf_adds(b, "\t");
	}
	for (size_t k = 0; k < ARRAY_SIZE(numbers); k++) {
		put_digits(b, numbers[k]);
		buf_adds(b, "\t");
	}
	for (int list = 0; list < LISTS; list++) {
		const int32_t id = id_of(f, list_kinds[list], h->lists[list]);

		if (list == LIST_FINDINGS && !h->audited)
			copy_text(b, NULL);
		else if (id != 0)
			put_digits(b, id);
		else
			return false;
		buf_adds(b, list + 1 < LISTS ? "\t" : "\n");
	}
	return true;
}

/* Of two bundles of one host the one whose scan was made later counts.  */
static const char upsert_sql[] =
	"WITH newest AS (SELECT DISTINCT ON (name, root) * FROM incoming"
	" ORDER BY name, root, made DESC, scan_id DESC, position DESC),"
	" done AS (INSERT INTO trustdrift.host AS h (name, root, os, tool,"
	" scan_id, now, made, store_list_id, party_list_id, finding_list_id,"
	" imported, changed)"
	" SELECT name, root, os, tool, scan_id, now, made, store_list_id,"
	" party_list_id, finding_list_id, %" PRId64 ", %" PRId64 " FROM newest"
	" ON CONFLICT (name, root) DO UPDATE SET os = EXCLUDED.os,"
	" tool = EXCLUDED.tool, scan_id = EXCLUDED.scan_id,"
	" now = EXCLUDED.now, made = EXCLUDED.made,"
	" store_list_id = EXCLUDED.store_list_id,"
	" party_list_id = EXCLUDED.party_list_id,"
	" finding_list_id = EXCLUDED.finding_list_id,"
	" imported = EXCLUDED.imported,"
	" changed = CASE WHEN (h.store_list_id, h.party_list_id,"
	" h.finding_list_id) IS DISTINCT FROM (EXCLUDED.store_list_id,"
	" EXCLUDED.party_list_id, EXCLUDED.finding_list_id)"
	" THEN EXCLUDED.changed ELSE h.changed END"
	" WHERE (EXCLUDED.made, EXCLUDED.scan_id) >= (h.made, h.scan_id)"
	" RETURNING 1)"
	" SELECT count(*) FROM done";

static int flush_hosts(struct fleet *f)
{
	AUTO(str) char *sql = xasprintf(upsert_sql, f->request->now,
					f->request->now);
	size_t given = 0;
	int64_t taken;
	int r, end;
	AUTO(buf) struct buf rows;

	buf_init(&rows, SIZE_MAX);
	r = find_lists(f);
	if (r == 0)
		r = server_run(f->server,
			"CREATE TEMPORARY TABLE IF NOT EXISTS incoming"
			" (name text, root text, os text, tool text,"
			" position bigint, scan_id bigint, now bigint, made bigint,"
			" store_list_id integer, party_list_id integer,"
			" finding_list_id integer) ON COMMIT DELETE ROWS");
	if (r == 0)
		r = server_copy_begin(f->server,
				      "COPY incoming FROM STDIN");
	if (r < 0)
		return r;
	for (size_t k = 0; k < f->n_hosts; k++) {
		const struct host *h = &f->hosts[k];
		const size_t before = rows.n;

		if (put_host(f, k, &rows)) {
			given++;
			continue;
		}
		rows.n = before;
		fleet_refuse(f, h->file, h->name, 0, N_("it builds upon lines that are not in the database: on that host delete the file of --listed and export again"));
	}
	r = server_copy(f->server, &rows);
	end = server_copy_end(f->server);
	r = r == 0 ? end : r;
	if (r == 0)
		r = server_number(f->server, sql, &taken);
	if (r < 0)
		return r;
	f->counts.hosts += (size_t)taken;
	f->counts.older += given - (size_t)taken;
	return 0;
}

int fleet_flush(struct fleet *f)
{
	const bool any = f->n_waiting > 0 || f->n_hosts > 0;
	int r = any ? server_run(f->server, "BEGIN") : 0;

	for (int k = 0; r == 0 && k < KINDS; k++)
		r = flush_kind(f, (enum kind)k);
	if (r == 0 && f->n_hosts > 0)
		r = flush_hosts(f);
	if (r == 0 && any)
		r = server_run(f->server, "COMMIT");
	forget_waiting(f);
	if (r < 0 || known(f) > LIMIT_KNOWN_LINES)
		forget_known(f);
	return r;
}

static int flush_if_full(struct fleet *f)
{
	return f->n_hosts >= LIMIT_BATCH_HOSTS ||
	       f->bytes >= LIMIT_BATCH_BYTES || known(f) > LIMIT_KNOWN_LINES ?
	       fleet_flush(f) : 0;
}

int fleet_take(struct fleet *f, struct object *o, size_t n)
{
	int64_t id = 0;

	/* Of a certificate its hash may be there, without its DER.  */
	if (lines_has(&f->ids[o->kind], o->key, &id) && id != 0 &&
	    (o->kind != KIND_CERTIFICATE || o->der == NULL)) {
		object_free(o);
		return flush_if_full(f);
	}
	if (id < 0) {
		object_free(&f->waiting[-1 - id]);
		f->waiting[-1 - id] = *o;
		return flush_if_full(f);
	}
	grow(&f->waiting, f->n_waiting, &f->cap_waiting, sizeof(*f->waiting));
	lines_put(&f->ids[o->kind], o->key, -1 - (int64_t)f->n_waiting);
	f->waiting[f->n_waiting++] = *o;
	f->bytes += n;
	return flush_if_full(f);
}

int fleet_take_host(struct fleet *f, struct host *h)
{
	grow(&f->hosts, f->n_hosts, &f->cap_hosts, sizeof(*f->hosts));
	f->hosts[f->n_hosts++] = *h;
	f->bytes += sizeof(*h) + strlen(h->name) + strlen(h->root) +
		    strlen(h->tool) + (h->os != NULL ? strlen(h->os) : 0);
	*h = (struct host){ .name = NULL };
	return flush_if_full(f);
}
