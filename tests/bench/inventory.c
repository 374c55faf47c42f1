/* inventory.c -- what it costs to write an inventory: all that inventory_record()
 * and the others do for one scan, against a bare loop of prepared inserts that puts
 * the same rows into the same tables with the same indexes.  The goal is 1.3.
 *
 *   inventory DIRECTORY      makes its files there, and removes them
 *
 * Both sides in turn, TURNS times, one transaction each, made durable; the ratio is
 * the median of the turns'.  With BENCH_ROWS=FILE it is kept for bench/table.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "inventory/inventory.h"

#define TURNS		7
#define CERTIFICATES	2000u
#define STORES		300u
#define ENTRIES		144u		/* of a store: Mozilla's list */
#define BYTES		1300u		/* of a certificate */

/* A table's rows in memory, as SQLite had them.  */
struct table {
	char *sql;			/* that creates it */
	char *insert;
	sqlite3_value **cells;
	size_t n_cells, cap;
	int columns;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "inventory: %s failed\n", what);
	exit(1);
}

static void now(double ret_seconds[2])
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	ret_seconds[0] = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
	clock_gettime(CLOCK_MONOTONIC, &t);
	ret_seconds[1] = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- ours ----------------------------------------------------------------*/

static int64_t add_certificate(struct inventory *i, unsigned k)
{
	uint8_t der[BYTES];
	char name[32], serial[32];
	struct certificate c = {
		.der = { der, sizeof(der) }, .decoded = true,
		.subject = name, .issuer = name, .name = name,
		.serial = serial, .not_after = 2000000000,
		.is_ca = true, .key = KEY_RSA, .key_bits = 2048,
	};
	int64_t id;

	memset(der, (int)k, sizeof(der));
	memcpy(der, &k, sizeof(k));
	hash_sha256(c.der, c.sha256);
	hash_sha1(c.der, c.sha1);
	hash_sha256((struct blob){ der, 9 }, c.spki_sha256);
	hash_sha256((struct blob){ der, 8 }, c.subject_sha256);
	memcpy(c.issuer_sha256, c.subject_sha256, sizeof(c.issuer_sha256));
	snprintf(name, sizeof(name), "CN=Authority %u", k);
	snprintf(serial, sizeof(serial), "%x", k * 2654435761u);
	must(inventory_add_certificate(i, &c, &id) == 0, "a certificate");
	return id;
}

static void add_store(struct inventory *i, unsigned s, const int64_t *ids)
{
	struct stored_entry entries[ENTRIES] = { 0 };
	uint8_t signature[SHA256_SIZE];
	char path[64];
	struct stored_file file = { .path = path, .real_path = path,
				    .size = 200000, .mode = 0100644,
				    .user = "root", .modified = 1700000000 };
	struct store_info info = { .kind = "system-bundle", .path = path,
				   .format = "pem", .real_path = path,
				   .owner = "", .instance = "",
				   .files = &file, .n_files = 1 };
	int64_t store;

	snprintf(path, sizeof(path), "/srv/%u/ca-certificates.crt", s);
	hash_sha256((struct blob){ (const uint8_t *)path, strlen(path) },
		    signature);
	for (unsigned k = 0; k < ENTRIES; k++)
		entries[k] = (struct stored_entry){
			.certificate = ids[(s * 7 + k) % CERTIFICATES],
			.role = ROLE_ANCHOR, .location = path,
			.offset = (uint64_t)k * 1700,
		};
	must(inventory_store(i, info.kind, path, &store) == 0 &&
	     inventory_record(i, store, &info, signature, entries, ENTRIES,
			      NULL, 0) == 0, "a store");
}

static void ours(const char *path, double ret_taken[2])
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *error = NULL;
	struct scan_info info = { .root = "/", .now = 1, .made = 1,
				  .tool = "bench", .warn_days = 30 };
	int64_t *ids = xcalloc(CERTIFICATES, sizeof(*ids)), scan;
	double begin[2];

	must(inventory_open(path, INVENTORY_WRITE, 0, &i, &error) == 0,
	     "opening an inventory");
	now(begin);
	must(inventory_begin(i, &info, &scan) == 0, "a scan");
	for (unsigned k = 0; k < CERTIFICATES; k++)
		ids[k] = add_certificate(i, k);
	for (unsigned s = 0; s < STORES; s++)
		add_store(i, s, ids);
	must(inventory_commit(i) == 0, "the commit");
	now(ret_taken);
	for (int k = 0; k < 2; k++)
		ret_taken[k] -= begin[k];
	free(ids);
}

/* ---- bare ----------------------------------------------------------------*/

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	must(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK, sql);
	return s;
}

static void execute(sqlite3 *db, const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void read_rows(sqlite3 *db, const char *name, struct table *t)
{
	AUTO(str) char *all = xasprintf("SELECT * FROM \"%s\"", name);
	sqlite3_stmt *s = prepared(db, all);
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	t->columns = sqlite3_column_count(s);
	while (sqlite3_step(s) == SQLITE_ROW)
		for (int k = 0; k < t->columns; k++) {
			grow(&t->cells, t->n_cells, &t->cap, sizeof(*t->cells));
			t->cells[t->n_cells++] =
				sqlite3_value_dup(sqlite3_column_value(s, k));
		}
	sqlite3_finalize(s);
	for (int k = 0; k < t->columns; k++)
		buf_adds(&b, k > 0 ? ", ?" : "?");
	t->insert = xasprintf("INSERT INTO \"%s\" VALUES (%s)", name,
			      buf_str(&b));
}

/* Tables with their rows, then indexes, which have none.  */
static size_t read_all(const char *path, struct table **ret_tables)
{
	struct table *tables = NULL;
	size_t n = 0, cap = 0;
	sqlite3_stmt *s;
	sqlite3 *db;

	must(sqlite3_open(path, &db) == SQLITE_OK, "opening what was written");
	s = prepared(db, "SELECT type, name, sql FROM sqlite_master"
		     " WHERE type IN ('table', 'index') AND sql IS NOT NULL"
		     " AND name NOT LIKE 'sqlite_%'"
		     " ORDER BY type = 'index', rowid");
	while (sqlite3_step(s) == SQLITE_ROW) {
		struct table *t;

		grow(&tables, n, &cap, sizeof(*tables));
		t = &tables[n++];
		*t = (struct table){ .sql = xstrdup(
			(const char *)sqlite3_column_text(s, 2)) };
		if (sqlite3_column_text(s, 0)[0] == 't')
			read_rows(db, (const char *)sqlite3_column_text(s, 1), t);
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	*ret_tables = tables;
	return n;
}

/* Returns the number of rows.  */
static size_t bare(const char *path, const struct table *tables, size_t n,
		   double ret_taken[2])
{
	double begin[2];
	size_t rows = 0;
	sqlite3 *db;

	must(sqlite3_open(path, &db) == SQLITE_OK, "opening a new file");
	for (size_t k = 0; k < n; k++)
		execute(db, tables[k].sql);
	now(begin);
	execute(db, "BEGIN");
	for (size_t k = 0; k < n; k++) {
		const struct table *t = &tables[k];
		sqlite3_stmt *s;

		if (t->n_cells == 0)
			continue;
		s = prepared(db, t->insert);
		for (size_t cell = 0; cell < t->n_cells; rows++) {
			for (int c = 1; c <= t->columns; c++)
				sqlite3_bind_value(s, c, t->cells[cell++]);
			must(sqlite3_step(s) == SQLITE_DONE, t->insert);
			sqlite3_reset(s);
		}
		sqlite3_finalize(s);
	}
	execute(db, "COMMIT");
	now(ret_taken);
	for (int k = 0; k < 2; k++)
		ret_taken[k] -= begin[k];
	sqlite3_close(db);
	return rows;
}

/* ---- both ----------------------------------------------------------------*/

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void keep(double cpu, double wall)
{
	const char *path = getenv("BENCH_ROWS");
	FILE *f = path != NULL && *path != '\0' ? fopen(path, "a") : NULL;

	if (f == NULL)
		return;
	fprintf(f, "{\"title\": \"inventory / bare\", \"cpu\": %.4f, "
		"\"wall\": %.4f}\n", cpu, wall);
	fclose(f);
}

int main(int argc, char **argv)
{
	AUTO(str) char *one = NULL, *other = NULL;
	double ratios[2][TURNS], taken[2], bare_taken[2];
	struct table *tables = NULL;
	size_t n = 0, rows = 0;

	must(argc == 2, "without a directory to work in it");
	one = xasprintf("%s/bench-inventory.db", argv[1]);
	other = xasprintf("%s/bench-bare.db", argv[1]);
	for (int turn = 0; turn < TURNS; turn++) {
		unlink(one);
		unlink(other);
		ours(one, taken);
		if (turn == 0)
			n = read_all(one, &tables);
		rows = bare(other, tables, n, bare_taken);
		for (int k = 0; k < 2; k++)
			ratios[k][turn] = taken[k] / bare_taken[k];
	}
	unlink(one);
	unlink(other);
	for (int k = 0; k < 2; k++)
		qsort(ratios[k], TURNS, sizeof(**ratios), compare);
	printf("%-16s %7.3f %7.3f %8.1fms %8.1fms  1.3    (%zu rows)\n",
	       "inventory / bare", ratios[1][TURNS / 2], ratios[0][TURNS / 2],
	       taken[1] * 1e3, bare_taken[1] * 1e3, rows);
	keep(ratios[0][TURNS / 2], ratios[1][TURNS / 2]);
	for (size_t k = 0; k < n; k++) {
		for (size_t c = 0; c < tables[k].n_cells; c++)
			sqlite3_value_free(tables[k].cells[c]);
		free(tables[k].cells);
		free(tables[k].insert);
		free(tables[k].sql);
	}
	free(tables);
	return 0;
}
