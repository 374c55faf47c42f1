/* world.c -- plays abstract rows into an inventory.
 *
 * Goes through the functions that a scan uses, so that a case says nothing of
 * tables.  The "DER" of a certificate is its name, and a signature verifies
 * when the rows say so.
 */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "graph/graph.h"
#include "world.h"

char *world_path(const char *dir, const char *name)
{
	const char *top = getenv("srcdir");

	return xasprintf("%s/tests/%s/%s", top != NULL ? top : ".", dir, name);
}

char *world_file(const char *dir, const char *name)
{
	AUTO(str) char *path = world_path(dir, name);
	char *text = NULL;
	size_t n;

	if (file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n) < 0)
		fail_msg("cannot read %s", path);
	return text;
}

static void run(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s in: %s", error, sql);
}

void world_fill(const struct world *w, const char *sql)
{
	run(w->rows, "BEGIN");
	run(w->rows, sql);
	run(w->rows, "COMMIT");
}

void world_init(struct world *w)
{
	AUTO(str) char *tables = world_file("rules", "world.sql");

	assert_int_equal(sqlite3_open(":memory:", &w->rows), SQLITE_OK);
	run(w->rows, "PRAGMA foreign_keys = ON");
	run(w->rows, tables);
}

void world_done(struct world *w)
{
	sqlite3_close(w->rows);
	w->rows = NULL;
}

/* ---- reading the rows ----------------------------------------------------*/

static sqlite3_stmt *start(const struct world *w, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(w->rows, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s in: %s", sqlite3_errmsg(w->rows), sql);
	return s;
}

static bool next(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail_msg("%s", sqlite3_errmsg(sqlite3_db_handle(s)));
	return rc == SQLITE_ROW;
}

static const char *text(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s, column);
}

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static struct blob blob_of(const char *s)
{
	return (struct blob){ (const uint8_t *)s, strlen(s) };
}

static int64_t time_of(const char *s)
{
	int64_t t = 0;

	if (time_parse(s, &t) < 0)
		fail_msg("%s is no time", s);
	return t;
}

const char *world_name(const struct world *w, const char *sha256)
{
	static char found[64];
	sqlite3_stmt *s = start(w, "SELECT name FROM certificate");

	snprintf(found, sizeof(found), "%s", sha256 != NULL ? "?" : "-");
	while (sha256 != NULL && next(s)) {
		char hex[2 * SHA256_SIZE + 1];
		uint8_t hash[SHA256_SIZE];

		hash_sha256(blob_of(text(s, 0)), hash);
		hex_encode(hash, sizeof(hash), hex);
		if (strcmp(hex, sha256) == 0)
			snprintf(found, sizeof(found), "%s", text(s, 0));
	}
	sqlite3_finalize(s);
	return found;
}

/* ---- certificates --------------------------------------------------------*/

static enum key_kind key_kind_of(const char *name)
{
	for (int k = KEY_OTHER; k <= KEY_EDWARDS; k++)
		if (strcmp(key_kind_name((enum key_kind)k), name) == 0)
			return (enum key_kind)k;
	fail_msg("%s is no kind of key", name);
	return KEY_OTHER;
}

static enum hash_kind hash_kind_of(const char *name)
{
	for (int k = HASH_KIND_OTHER; k <= HASH_KIND_SHA2; k++)
		if (strcmp(hash_kind_name((enum hash_kind)k), name) == 0)
			return (enum hash_kind)k;
	fail_msg("%s is no hash", name);
	return HASH_KIND_OTHER;
}

static void hash_words(const char *what, const char *words,
		       uint8_t ret_hash[SHA256_SIZE])
{
	AUTO(str) char *both = xasprintf("%s %s", what, words);

	hash_sha256(blob_of(both), ret_hash);
}

static int64_t certificate(const struct world *w, struct inventory *i,
			   const char *name)
{
	sqlite3_stmt *s = start(w,
		"SELECT subject, coalesce(\"key\", subject),"
		" coalesce(issuer, subject),"
		" coalesce(issuer_key, issuer, \"key\", subject),"
		" not_before, not_after, ca, kind, bits, hash"
		" FROM certificate WHERE name = ?");
	struct certificate c = { .der = blob_of(name), .decoded = true };
	int64_t id;

	hash_sha256(c.der, c.sha256);
	if (inventory_find_certificate(i, c.sha256, &id) == 0) {
		sqlite3_finalize(s);
		return id;
	}
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	assert_true(next(s));
	hash_sha1(c.der, c.sha1);
	hash_words("name", text(s, 0), c.subject_sha256);
	hash_words("key", text(s, 1), c.spki_sha256);
	hash_words("name", text(s, 2), c.issuer_sha256);
	c.subject = xasprintf("CN=%s", text(s, 0));
	c.issuer = xasprintf("CN=%s", text(s, 2));
	c.name = xstrdup(text(s, 0));
	c.serial = xstrdup("1");
	c.not_before = time_of(text(s, 4));
	c.not_after = time_of(text(s, 5));
	c.is_ca = sqlite3_column_int(s, 6) != 0;
	c.key = key_kind_of(text(s, 7));
	c.key_bits = (unsigned)sqlite3_column_int(s, 8);
	c.hash = hash_kind_of(text(s, 9));
	c.self_signed = strcmp(text(s, 0), text(s, 2)) == 0 &&
		strcmp(text(s, 1), text(s, 3)) == 0;
	assert_int_equal(inventory_add_certificate(i, &c, &id), 0);
	free(c.subject);
	free(c.issuer);
	free(c.name);
	free(c.serial);
	sqlite3_finalize(s);
	return id;
}

static int is_signed(struct blob child, struct blob issuer, void *data)
{
	sqlite3_stmt *s = start(data,
		"SELECT coalesce(c.issuer_key, c.issuer, c.\"key\", c.subject)"
		" = coalesce(i.\"key\", i.subject) FROM certificate c,"
		" certificate i WHERE c.name = ? AND i.name = ?");
	int r;

	sqlite3_bind_text(s, 1, (const char *)child.p, (int)child.n,
			  SQLITE_STATIC);
	sqlite3_bind_text(s, 2, (const char *)issuer.p, (int)issuer.n,
			  SQLITE_STATIC);
	assert_true(next(s));
	r = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return r;
}

/* ---- stores and parties --------------------------------------------------*/

static void add_keys(const struct world *w, const char *store,
		     struct stored_entry **entries, size_t *n, size_t *cap)
{
	sqlite3_stmt *s = start(w,
		"SELECT coalesce(c.\"key\", c.subject), p.location"
		" FROM private p JOIN certificate c ON c.name = p.certificate"
		" WHERE p.store = ? ORDER BY p.rowid");

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	while (next(s)) {
		struct entry_names *names = xcalloc(1, sizeof(*names));

		names->by_key = true;
		hash_words("key", text(s, 0), names->spki_sha256);
		grow(entries, *n, cap, sizeof(**entries));
		(*entries)[(*n)++] = (struct stored_entry){
			.names = names, .role = ROLE_SOURCE,
			.location = xstrdup(text(s, 1)),
		};
	}
	sqlite3_finalize(s);
}

static void add_revocations(const struct world *w, const char *store,
			    struct stored_entry **entries, size_t *n,
			    size_t *cap)
{
	sqlite3_stmt *s = start(w,
		"SELECT issuer, this_update, next_update, location"
		" FROM revocation WHERE store = ? ORDER BY rowid");

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	while (next(s)) {
		struct entry_names *names = xcalloc(1, sizeof(*names));

		names->issuer = xstrdup(text(s, 0));
		hash_words("name", text(s, 0), names->issuer_sha256);
		names->this_update = time_of(text(s, 1));
		if (text(s, 2) != NULL)
			names->next_update = time_of(text(s, 2));
		grow(entries, *n, cap, sizeof(**entries));
		(*entries)[(*n)++] = (struct stored_entry){
			.names = names, .role = ROLE_SOURCE,
			.location = xstrdup(text(s, 3)),
		};
	}
	sqlite3_finalize(s);
}

static size_t entries_of(const struct world *w, struct inventory *i,
			 const char *store, const char *when,
			 struct stored_entry **ret_entries)
{
	sqlite3_stmt *s = start(w,
		"SELECT certificate, role, label, coalesce(location, store),"
		" \"offset\", purposes, private_key FROM entry"
		" WHERE store = ? AND coalesce(scan, ?2) = ?2 ORDER BY rowid");
	struct stored_entry *entries = NULL;
	size_t n = 0, cap = 0;

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, when, -1, SQLITE_STATIC);
	while (next(s)) {
		grow(&entries, n, &cap, sizeof(*entries));
		entries[n++] = (struct stored_entry){
			.certificate = certificate(w, i, text(s, 0)),
			.role = role_from_name(text(s, 1)),
			.label = text(s, 2) != NULL ? xstrdup(text(s, 2)) :
				NULL,
			.location = xstrdup(text(s, 3)),
			.offset = (uint64_t)sqlite3_column_int64(s, 4),
			.purposes = (unsigned)sqlite3_column_int(s, 5),
			.private_key = sqlite3_column_int(s, 6) != 0,
		};
	}
	sqlite3_finalize(s);
	add_keys(w, store, &entries, &n, &cap);
	add_revocations(w, store, &entries, &n, &cap);
	*ret_entries = entries;
	return n;
}

static size_t problems_of(const char *store, int unread, int skipped,
			  int dangling, struct stored_problem **ret_problems)
{
	size_t n = (size_t)(unread + skipped + dangling);
	struct stored_problem *problems = xcalloc(n, sizeof(*problems));

	for (size_t k = 0; k < n; k++)
		problems[k] = (struct stored_problem){
			.path = store,
			.has_offset = true,
			.offset = k,
			.code = k >= (size_t)(unread + skipped) ?
				PROBLEM_DANGLING : PROBLEM_MALFORMED,
			.message = "it is damaged",
			.skipped = k >= (size_t)unread,
		};
	*ret_problems = problems;
	return n;
}

static size_t files_of(const struct world *w, const char *store,
		       struct stored_file **ret_files)
{
	sqlite3_stmt *s = start(w,
		"SELECT path, coalesce(real_path, path), mode, uid, gid, user,"
		" modified FROM file WHERE store = ? ORDER BY rowid");
	struct stored_file *files = NULL;
	size_t n = 0, cap = 0;

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	while (next(s)) {
		grow(&files, n, &cap, sizeof(*files));
		files[n++] = (struct stored_file){
			.path = xstrdup(text(s, 0)),
			.real_path = xstrdup(text(s, 1)), .size = 1,
			.mode = S_IFREG | (uint32_t)sqlite3_column_int(s, 2),
			.uid = (uint32_t)sqlite3_column_int(s, 3),
			.gid = (uint32_t)sqlite3_column_int(s, 4),
			.user = xstrdup(text(s, 5)),
			.modified = time_of(text(s, 6)),
		};
	}
	sqlite3_finalize(s);
	*ret_files = files;
	return n;
}

static void record(const struct world *w, struct inventory *i, sqlite3_stmt *s,
		   const char *when)
{
	struct store_info info = {
		.kind = text(s, 1), .path = text(s, 0), .format = text(s, 7),
		.real_path = text(s, 6), .owner = text(s, 2), .instance = text(s, 9),
		.recipe = text(s, 3),
	};
	bool is_now = strcmp(when, "now") == 0;
	struct stored_problem *problems;
	struct stored_entry *entries;
	struct stored_file *files;
	size_t n_entries, n_problems;
	int64_t store;

	info.n_files = files_of(w, info.path, &files);
	info.files = files;
	assert_int_equal(inventory_store(i, info.kind, info.path, &store), 0);
	n_entries = entries_of(w, i, info.path, when, &entries);
	n_problems = problems_of(info.path,
				 is_now ? sqlite3_column_int(s, 4) : 0,
				 is_now ? sqlite3_column_int(s, 5) : 0,
				 is_now ? sqlite3_column_int(s, 8) : 0,
				 &problems);
	if (inventory_record(i, store, &info, NULL, entries, n_entries,
			     problems, n_problems) < 0)
		fail_msg("record: %s", inventory_error(i));
	for (size_t k = 0; k < n_entries; k++) {
		free((char *)entries[k].label);
		free((char *)entries[k].location);
		if (entries[k].names != NULL)
			free((char *)entries[k].names->issuer);
		free((void *)entries[k].names);
	}
	for (size_t k = 0; k < info.n_files; k++) {
		free((char *)files[k].path);
		free((char *)files[k].real_path);
		free((char *)files[k].user);
	}
	free(files);
	free(entries);
	free(problems);
}

static void record_stores(const struct world *w, struct inventory *i,
			  const char *when)
{
	sqlite3_stmt *s = start(w,
		"SELECT path, kind, owner, recipe, unread, skipped,"
		" coalesce(real_path, path), format, dangling, instance FROM store"
		" WHERE coalesce(scan, ?1) = ?1 ORDER BY path");

	sqlite3_bind_text(s, 1, when, -1, SQLITE_STATIC);
	while (next(s))
		record(w, i, s, when);
	sqlite3_finalize(s);
}

static size_t stores_of(const struct world *w, struct inventory *i,
			const char *party, const char *when,
			struct composed_store **ret_stores)
{
	sqlite3_stmt *s = start(w,
		"SELECT s.kind, s.path, u.role FROM uses u"
		" JOIN store s ON s.path = u.store"
		" WHERE u.party = ? AND coalesce(s.scan, ?2) = ?2");
	struct composed_store *stores = NULL;
	size_t n = 0, cap = 0;

	sqlite3_bind_text(s, 1, party, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, when, -1, SQLITE_STATIC);
	while (next(s)) {
		grow(&stores, n, &cap, sizeof(*stores));
		stores[n] = (struct composed_store){ .store = 0 };
		assert_int_equal(inventory_store(i, text(s, 0), text(s, 1),
						 &stores[n].store), 0);
		stores[n++].role = role_from_name(text(s, 2));
	}
	sqlite3_finalize(s);
	*ret_stores = stores;
	return n;
}

static void compose(const struct world *w, struct inventory *i,
		    const char *when)
{
	sqlite3_stmt *s = start(w, "SELECT party, type, title, own_list,"
				" is_system, partial_chain, model FROM party");
	struct composed_party *parties = NULL;
	size_t n = 0, cap = 0;

	while (next(s)) {
		struct composed_party *p;

		grow(&parties, n, &cap, sizeof(*parties));
		p = &parties[n++];
		*p = (struct composed_party){
			.party = xstrdup(text(s, 0)),
			.type = xstrdup(text(s, 1)),
			.title = xstrdup(text(s, 2)),
			.instance = "/", .owner = "",
			.model = xstrdup(text(s, 6)),
			.own_list = sqlite3_column_int(s, 3) != 0,
			.is_system = sqlite3_column_int(s, 4) != 0,
			.partial_chain = sqlite3_column_int(s, 5) != 0,
		};
		p->n_stores = stores_of(w, i, p->party, when, &p->stores);
	}
	sqlite3_finalize(s);
	if (inventory_compose(i, parties, n) < 0)
		fail_msg("compose: %s", inventory_error(i));
	for (size_t k = 0; k < n; k++) {
		free((char *)parties[k].party);
		free((char *)parties[k].type);
		free((char *)parties[k].title);
		free((char *)parties[k].model);
		free(parties[k].stores);
	}
	free(parties);
}

/* ---- settings, directories, packages -------------------------------------*/

static char *copy_text(sqlite3_stmt *s, int column)
{
	return text(s, column) != NULL ? xstrdup(text(s, column)) : NULL;
}

static void add_setting(struct inventory *i, sqlite3_stmt *s,
			struct stored_redirection *r)
{
	*r = (struct stored_redirection){
		.name = copy_text(s, 0), .value = copy_text(s, 1),
		.option = copy_text(s, 2), .section = copy_text(s, 3),
		.program = copy_text(s, 4), .effect = copy_text(s, 5),
		.source = copy_text(s, 6), .path = copy_text(s, 7),
		.line = (unsigned)sqlite3_column_int(s, 8),
		.owner = copy_text(s, 9), .target = copy_text(s, 10),
		.real_path = copy_text(s, 11),
		.present = sqlite3_column_int(s, 12),
		.note = copy_text(s, 15),
		.processes = (size_t)sqlite3_column_int(s, 16),
	};
	if (text(s, 13) != NULL)
		assert_int_equal(inventory_store(i, text(s, 13), text(s, 14),
						 &r->store), 0);
}

static void set(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w,
		"SELECT r.name, r.value, r.\"option\", r.section, r.program,"
		" r.effect, r.source, r.path, r.line, r.owner, r.target,"
		" coalesce(r.real_path, CASE r.present WHEN 1 THEN r.target END),"
		" r.present, s.kind, s.path, r.note, r.processes FROM setting r"
		" LEFT JOIN store s ON s.path = r.store ORDER BY r.rowid");
	struct stored_redirection *settings = NULL;
	size_t n = 0, cap = 0;

	while (next(s)) {
		grow(&settings, n, &cap, sizeof(*settings));
		add_setting(i, s, &settings[n++]);
	}
	sqlite3_finalize(s);
	if (inventory_redirections(i, settings, n) < 0)
		fail_msg("settings: %s", inventory_error(i));
	for (size_t k = 0; k < n; k++) {
		const struct stored_redirection *r = &settings[k];
		const char *const texts[] = {
			r->name, r->value, r->option, r->section, r->program,
			r->effect, r->source, r->path, r->owner, r->target,
			r->real_path, r->note,
		};

		for (size_t j = 0; j < ARRAY_SIZE(texts); j++)
			free((char *)texts[j]);
	}
	free(settings);
}

static void lie_in_directories(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w, "SELECT path, mode, uid, gid, user"
				" FROM directory ORDER BY path");
	struct stored_directory *directories = NULL;
	size_t n = 0, cap = 0;

	while (next(s)) {
		grow(&directories, n, &cap, sizeof(*directories));
		directories[n++] = (struct stored_directory){
			.path = xstrdup(text(s, 0)),
			.mode = S_IFDIR | (uint32_t)sqlite3_column_int(s, 1),
			.uid = (uint32_t)sqlite3_column_int(s, 2),
			.gid = (uint32_t)sqlite3_column_int(s, 3),
			.user = xstrdup(text(s, 4)),
		};
	}
	sqlite3_finalize(s);
	if (inventory_directories(i, directories, n) < 0)
		fail_msg("directories: %s", inventory_error(i));
	for (size_t k = 0; k < n; k++) {
		free((char *)directories[k].path);
		free((char *)directories[k].user);
	}
	free(directories);
}

static void own_files(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w,
		"SELECT DISTINCT coalesce(real_path, path), package FROM file"
		" WHERE package IS NOT NULL");

	while (next(s))
		assert_int_equal(inventory_own_file(i, text(s, 0), text(s, 1),
						    "1"), 0);
	sqlite3_finalize(s);
}

/* ---- scans ---------------------------------------------------------------*/

static void scan(const struct world *w, struct inventory *i, const char *root,
		 int64_t now, unsigned warn_days, const char *when)
{
	struct scan_info info = {
		.root = root, .now = now, .made = now, .tool = "test",
		.warn_days = warn_days,
	};
	sqlite3_stmt *s = start(w, "SELECT path, skipped FROM problem");
	size_t checked, left;
	int64_t id;

	assert_int_equal(inventory_begin(i, &info, &id), 0);
	record_stores(w, i, when);
	compose(w, i, when);
	if (strcmp(when, "now") == 0) {
		set(w, i);
		lie_in_directories(w, i);
		own_files(w, i);
	}
	while (strcmp(when, "now") == 0 && next(s)) {
		struct stored_problem p = {
			.path = text(s, 0), .code = PROBLEM_UNREADABLE,
			.message = "permission denied",
			.skipped = sqlite3_column_int(s, 1) != 0,
		};

		assert_int_equal(inventory_scan_problem(i, &p), 0);
	}
	sqlite3_finalize(s);
	assert_int_equal(inventory_check_signatures(i, is_signed, (void *)w,
						    SIZE_MAX, &checked, &left),
			 0);
	assert_int_equal(left, 0);
}

static void reach(struct inventory *i)
{
	struct graph_input in;
	struct reach *found = NULL;
	size_t n = 0, left;

	if (inventory_graph_input(i, &in) < 0)
		fail_msg("graph: %s", inventory_error(i));
	assert_int_equal(graph_reach(&in, &found, &n, &left), 0);
	if (inventory_store_reach(i, found, n, true) < 0)
		fail_msg("reach: %s", inventory_error(i));
	free(found);
	graph_input_done(&in);
}

static void judge(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w,
		"SELECT party, certificate, reason, at, stops, stop_reason,"
		" good_until FROM verdict");
	struct verdict *verdicts = NULL;
	size_t n = 0, cap = 0;

	while (next(s)) {
		struct verdict *v;

		grow(&verdicts, n, &cap, sizeof(*verdicts));
		v = &verdicts[n++];
		*v = (struct verdict){
			.party = xstrdup(text(s, 0)),
			.accepted = strcmp(text(s, 2), "ok") == 0,
			.reason = xstrdup(text(s, 2)),
			.has_at = text(s, 3) != NULL,
			.stops = text(s, 4) != NULL ? time_of(text(s, 4))
						    : INT64_MAX,
			.stop_reason = text(s, 5) != NULL
					       ? xstrdup(text(s, 5)) : NULL,
			.good = text(s, 6) != NULL,
			.good_until = text(s, 6) != NULL ? time_of(text(s, 6))
							 : INT64_MAX,
		};
		hash_sha256(blob_of(text(s, 1)), v->sha256);
		if (v->has_at)
			hash_sha256(blob_of(text(s, 3)), v->at);
	}
	sqlite3_finalize(s);
	if (inventory_store_verdicts(i, verdicts, n) < 0)
		fail_msg("verdicts: %s", inventory_error(i));
	for (size_t k = 0; k < n; k++) {
		free((char *)verdicts[k].party);
		free((char *)verdicts[k].reason);
		free((char *)verdicts[k].stop_reason);
	}
	free(verdicts);
}

static void load_program(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w, "SELECT certificate, tls_from, tls_until,"
				" distrust_after, distrusted, email_from,"
				" email_until FROM program"
				" ORDER BY certificate");
	const char *directory = getenv("TMPDIR");
	AUTO(str) char *path = xasprintf("%s/trustdrift-program-XXXXXX",
		directory != NULL ? directory : "/tmp");
	AUTO(str) char *error = NULL;
	FILE *f = fdopen(mkstemp(path), "w");

	assert_non_null(f);
	fputs("sha256,sha1,label,tls_trusted_from,tls_trusted_until,"
	      "tls_distrust_after,distrust_after_since,email_trusted_from,"
	      "email_trusted_until,explicitly_distrusted\n", f);
	while (next(s)) {
		uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE];
		char hex[2 * SHA256_SIZE + 1], hex1[2 * SHA1_SIZE + 1];

		hash_sha256(blob_of(text(s, 0)), sha256);
		hash_sha1(blob_of(text(s, 0)), sha1);
		hex_encode(sha256, sizeof(sha256), hex);
		hex_encode(sha1, sizeof(sha1), hex1);
		fprintf(f, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", hex, hex1,
			text(s, 0), text(s, 1), text(s, 2), text(s, 3),
			text(s, 3), text(s, 5), text(s, 6), text(s, 4));
	}
	sqlite3_finalize(s);
	assert_int_equal(fclose(f), 0);
	if (inventory_load_root_program(i, path, &error) < 0)
		fail_msg("%s", error);
	unlink(path);
}

/* ---- what the administrator says -------------------------------------------*/

static char *hex_of(const uint8_t hash[SHA256_SIZE])
{
	char *hex = xmalloc(2 * SHA256_SIZE + 1);

	hex_encode(hash, SHA256_SIZE, hex);
	return hex;
}

static char policy_path[] = "/etc/trustdrift/policy.xml";
static char waivers_path[] = "/etc/trustdrift/waivers.xml";

static void demand(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w, "SELECT kind, certificate, \"key\", subject,"
				" party, purpose, comment, until FROM policy"
				" ORDER BY rowid");
	struct policy_line l = { .path = policy_path };
	struct policy_line *lines = NULL;
	size_t n = 0, cap = 0;

	while (next(s)) {
		uint8_t hash[SHA256_SIZE];

		grow(&lines, n, &cap, sizeof(*lines));
		l.line = (unsigned)n + 2;
		l.kind = xstrdup(text(s, 0));
		l.sha256 = l.spki_sha256 = NULL;
		if (text(s, 1) != NULL) {
			hash_sha256(blob_of(text(s, 1)), hash);
			l.sha256 = hex_of(hash);
		} else if (text(s, 2) != NULL) {
			hash_words("key", text(s, 2), hash);
			l.spki_sha256 = hex_of(hash);
		}
		l.subject = copy(text(s, 3));
		l.party = copy(text(s, 4));
		l.purpose = copy(text(s, 5));
		l.comment = copy(text(s, 6));
		l.until = text(s, 7) != NULL ? time_of(text(s, 7)) : INT64_MAX;
		lines[n++] = l;
	}
	sqlite3_finalize(s);
	assert_int_equal(inventory_store_policy(i, lines, n), 0);
	for (size_t k = 0; k < n; k++) {
		free(lines[k].kind);
		free(lines[k].sha256);
		free(lines[k].spki_sha256);
		free(lines[k].subject);
		free(lines[k].party);
		free(lines[k].purpose);
		free(lines[k].comment);
	}
	free(lines);
}

static void accept(const struct world *w, struct inventory *i)
{
	sqlite3_stmt *s = start(w, "SELECT rule, store, reason, author, until,"
				" matched FROM waiver ORDER BY rowid");
	struct waiver *waivers = NULL;
	size_t n = 0, cap = 0;

	while (next(s)) {
		grow(&waivers, n, &cap, sizeof(*waivers));
		waivers[n++] = (struct waiver){
			.rule = copy(text(s, 0)),
			.store = copy(text(s, 1)),
			.reason = copy(text(s, 2)),
			.author = copy(text(s, 3)),
			.until = time_of(text(s, 4)),
			.matched = (size_t)sqlite3_column_int(s, 5),
			.path = waivers_path,
			.line = (unsigned)n + 1,
		};
	}
	sqlite3_finalize(s);
	assert_int_equal(inventory_store_waivers(i, waivers, n, true), 0);
	for (size_t k = 0; k < n; k++) {
		free(waivers[k].rule);
		free(waivers[k].store);
		free(waivers[k].reason);
		free(waivers[k].author);
	}
	free(waivers);
}

struct inventory *world_scan(const struct world *w, int64_t now,
			     unsigned warn_days)
{
	sqlite3_stmt *s = start(w, "SELECT now, root FROM earlier ORDER BY rowid");
	struct inventory *i = NULL;
	char *error = NULL;

	if (inventory_open(NULL, INVENTORY_MEMORY, 0, &i, &error) < 0)
		fail_msg("%s", error);
	while (next(s)) {
		scan(w, i, text(s, 1), time_of(text(s, 0)), warn_days,
		     "earlier");
		assert_int_equal(inventory_commit(i), 0);
	}
	sqlite3_finalize(s);
	scan(w, i, "/", now, warn_days, "now");
	load_program(w, i);
	reach(i);
	assert_int_equal(inventory_date_lists(i), 0);
	judge(w, i);
	demand(w, i);
	accept(w, i);
	assert_int_equal(inventory_commit(i), 0);
	return i;
}
