/* case-scan.c -- plays the rows of a case into an inventory.
 *
 * Goes through the functions that a scan uses, so that a case says nothing of
 * the inventory's tables.  The "DER" of a certificate is its name, and a
 * signature verifies when the rows say so.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "graph/graph.h"
#include "read/read.h"
#include "rule/case-world.h"
#include "rule/guard.h"

void case_try(struct case_world *w, struct inventory *i, const char *what,
	      int r)
{
	if (r >= 0 || w->error != NULL)
		return;
	w->error = xasprintf("%s: %s", what, *inventory_error(i) != '\0' ?
			     inventory_error(i) : strerror(-r));
}

/* ---- certificates --------------------------------------------------------*/

static int64_t certificate(struct case_world *w, struct inventory *i,
			   const char *name)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT subject, coalesce(\"key\", subject),"
		" coalesce(issuer, subject),"
		" coalesce(issuer_key, issuer, \"key\", subject),"
		" not_before, not_after, ca, kind, bits, hash"
		" FROM certificate WHERE name = ?");
	struct certificate c = { .der = case_blob(name), .decoded = true };
	int64_t id = 0;

	hash_sha256(c.der, c.sha256);
	if (inventory_find_certificate(i, c.sha256, &id) == 0)
		return id;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	if (!case_next(s))
		die("there is no certificate %s", name);
	hash_sha1(c.der, c.sha1);
	case_hash_words("name", case_text(s, 0), c.subject_sha256);
	case_hash_words("key", case_text(s, 1), c.spki_sha256);
	case_hash_words("name", case_text(s, 2), c.issuer_sha256);
	c.subject = xasprintf("CN=%s", case_text(s, 0));
	c.issuer = xasprintf("CN=%s", case_text(s, 2));
	c.name = case_copy(s, 0);
	c.serial = xstrdup("1");
	c.not_before = case_time(s, 4);
	c.not_after = case_time(s, 5);
	c.is_ca = sqlite3_column_int(s, 6) != 0;
	c.key = (enum key_kind)case_key_kind(case_text(s, 7));
	c.key_bits = (unsigned)sqlite3_column_int(s, 8);
	c.hash = (enum hash_kind)case_hash_kind(case_text(s, 9));
	c.self_signed = strcmp(case_text(s, 0), case_text(s, 2)) == 0 &&
		strcmp(case_text(s, 1), case_text(s, 3)) == 0;
	case_try(w, i, name, inventory_add_certificate(i, &c, &id));
	free(c.subject);
	free(c.issuer);
	free(c.name);
	free(c.serial);
	return id;
}

static int is_signed(struct blob child, struct blob issuer, void *data)
{
	AUTO(statement) sqlite3_stmt *s = case_start(data,
		"SELECT coalesce(c.issuer_key, c.issuer, c.\"key\", c.subject)"
		" = coalesce(i.\"key\", i.subject) FROM certificate c,"
		" certificate i WHERE c.name = ? AND i.name = ?");

	sqlite3_bind_text(s, 1, (const char *)child.p, (int)child.n,
			  SQLITE_STATIC);
	sqlite3_bind_text(s, 2, (const char *)issuer.p, (int)issuer.n,
			  SQLITE_STATIC);
	return case_next(s) ? sqlite3_column_int(s, 0) : -EINVAL;
}

/* ---- stores and parties --------------------------------------------------*/

static void add_keys(struct case_world *w, const char *store,
		     struct stored_entry **entries, size_t *n, size_t *cap)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT coalesce(c.\"key\", c.subject), p.location"
		" FROM private p JOIN certificate c ON c.name = p.certificate"
		" WHERE p.store = ? ORDER BY p.rowid");

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	while (case_next(s)) {
		struct entry_names *names = xcalloc(1, sizeof(*names));

		names->by_key = true;
		case_hash_words("key", case_text(s, 0), names->spki_sha256);
		grow(entries, *n, cap, sizeof(**entries));
		(*entries)[(*n)++] = (struct stored_entry){
			.names = names, .role = ROLE_SOURCE,
			.location = case_copy(s, 1),
		};
	}
}

static void add_revocations(struct case_world *w, const char *store,
			    struct stored_entry **entries, size_t *n,
			    size_t *cap)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT issuer, this_update, next_update, location"
		" FROM revocation WHERE store = ? ORDER BY rowid");

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	while (case_next(s)) {
		struct entry_names *names = xcalloc(1, sizeof(*names));

		names->issuer = case_copy(s, 0);
		case_hash_words("name", case_text(s, 0), names->issuer_sha256);
		names->this_update = case_time(s, 1);
		if (case_text(s, 2) != NULL)
			names->next_update = case_time(s, 2);
		grow(entries, *n, cap, sizeof(**entries));
		(*entries)[(*n)++] = (struct stored_entry){
			.names = names, .role = ROLE_SOURCE,
			.location = case_copy(s, 3),
		};
	}
}

static size_t entries_of(struct case_world *w, struct inventory *i,
			 const char *store, const char *when,
			 struct stored_entry **ret_entries)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT certificate, role, label, coalesce(location, store),"
		" \"offset\", purposes, private_key FROM entry"
		" WHERE store = ? AND coalesce(scan, ?2) = ?2 ORDER BY rowid");
	struct stored_entry *entries = NULL;
	size_t n = 0, cap = 0;

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, when, -1, SQLITE_STATIC);
	while (case_next(s)) {
		grow(&entries, n, &cap, sizeof(*entries));
		entries[n++] = (struct stored_entry){
			.certificate = certificate(w, i, case_text(s, 0)),
			.role = role_from_name(case_text(s, 1)),
			.label = case_copy(s, 2),
			.location = case_copy(s, 3),
			.offset = (uint64_t)sqlite3_column_int64(s, 4),
			.purposes = (unsigned)sqlite3_column_int(s, 5),
			.private_key = sqlite3_column_int(s, 6) != 0,
		};
	}
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

static size_t files_of(struct case_world *w, const char *store,
		       struct stored_file **ret_files)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT path, coalesce(real_path, path), mode, uid, gid, user,"
		" modified FROM file WHERE store = ? ORDER BY rowid");
	struct stored_file *files = NULL;
	size_t n = 0, cap = 0;

	sqlite3_bind_text(s, 1, store, -1, SQLITE_STATIC);
	while (case_next(s)) {
		grow(&files, n, &cap, sizeof(*files));
		files[n++] = (struct stored_file){
			.path = case_copy(s, 0),
			.real_path = case_copy(s, 1), .size = 1,
			.mode = S_IFREG | (uint32_t)sqlite3_column_int(s, 2),
			.uid = (uint32_t)sqlite3_column_int64(s, 3),
			.gid = (uint32_t)sqlite3_column_int64(s, 4),
			.user = case_copy(s, 5),
			.modified = case_time(s, 6),
		};
	}
	*ret_files = files;
	return n;
}

static void record(struct case_world *w, struct inventory *i, sqlite3_stmt *s,
		   const char *when)
{
	struct store_info info = {
		.kind = case_text(s, 1), .path = case_text(s, 0),
		.format = case_text(s, 7), .real_path = case_text(s, 6),
		.owner = case_text(s, 2), .instance = case_text(s, 9),
		.recipe = case_text(s, 3),
	};
	bool is_now = strcmp(when, "now") == 0;
	struct stored_problem *problems;
	struct stored_entry *entries;
	struct stored_file *files;
	size_t n_entries, n_problems;
	int64_t store = 0;

	info.n_files = files_of(w, info.path, &files);
	info.files = files;
	case_try(w, i, info.path,
		 inventory_store(i, info.kind, info.path, &store));
	n_entries = entries_of(w, i, info.path, when, &entries);
	n_problems = problems_of(info.path,
				 is_now ? sqlite3_column_int(s, 4) : 0,
				 is_now ? sqlite3_column_int(s, 5) : 0,
				 is_now ? sqlite3_column_int(s, 8) : 0,
				 &problems);
	case_try(w, i, info.path,
		 inventory_record(i, store, &info, NULL, entries, n_entries,
				  problems, n_problems));
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

static void record_stores(struct case_world *w, struct inventory *i,
			  const char *when)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT path, kind, owner, recipe, unread, skipped,"
		" coalesce(real_path, path), format, dangling, instance FROM store"
		" WHERE coalesce(scan, ?1) = ?1 ORDER BY path");

	sqlite3_bind_text(s, 1, when, -1, SQLITE_STATIC);
	while (case_next(s))
		record(w, i, s, when);
}

static size_t stores_of(struct case_world *w, struct inventory *i,
			const char *party, const char *when,
			struct composed_store **ret_stores)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT s.kind, s.path, u.role FROM uses u"
		" JOIN store s ON s.path = u.store"
		" WHERE u.party = ? AND coalesce(s.scan, ?2) = ?2");
	struct composed_store *stores = NULL;
	size_t n = 0, cap = 0;

	sqlite3_bind_text(s, 1, party, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, when, -1, SQLITE_STATIC);
	while (case_next(s)) {
		grow(&stores, n, &cap, sizeof(*stores));
		stores[n] = (struct composed_store){ .store = 0 };
		case_try(w, i, case_text(s, 1),
			 inventory_store(i, case_text(s, 0), case_text(s, 1),
					 &stores[n].store));
		stores[n++].role = role_from_name(case_text(s, 2));
	}
	*ret_stores = stores;
	return n;
}

static void compose(struct case_world *w, struct inventory *i,
		    const char *when)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT party, type, title, own_list, is_system,"
		" partial_chain, model FROM party");
	struct composed_party *parties = NULL;
	size_t n = 0, cap = 0;

	while (case_next(s)) {
		struct composed_party *p;

		grow(&parties, n, &cap, sizeof(*parties));
		p = &parties[n++];
		*p = (struct composed_party){
			.party = case_copy(s, 0),
			.type = case_copy(s, 1),
			.title = case_copy(s, 2),
			.instance = "/", .owner = "",
			.model = case_copy(s, 6),
			.own_list = sqlite3_column_int(s, 3) != 0,
			.is_system = sqlite3_column_int(s, 4) != 0,
			.partial_chain = sqlite3_column_int(s, 5) != 0,
		};
		p->n_stores = stores_of(w, i, p->party, when, &p->stores);
	}
	case_try(w, i, "party", inventory_compose(i, parties, n));
	for (size_t k = 0; k < n; k++) {
		free((char *)parties[k].party);
		free((char *)parties[k].type);
		free((char *)parties[k].title);
		free((char *)parties[k].model);
		free(parties[k].stores);
	}
	free(parties);
}

/* ---- scans ---------------------------------------------------------------*/

static void say_problems(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT path, skipped FROM problem ORDER BY rowid");

	while (case_next(s)) {
		struct stored_problem p = {
			.path = case_text(s, 0), .code = PROBLEM_UNREADABLE,
			.message = "permission denied",
			.skipped = sqlite3_column_int(s, 1) != 0,
		};

		case_try(w, i, p.path, inventory_scan_problem(i, &p));
	}
}

static void scan(struct case_world *w, struct inventory *i, const char *root,
		 int64_t now, unsigned warn_days, const char *when)
{
	struct scan_info info = {
		.root = root, .now = now, .made = now, .tool = "test",
		.warn_days = warn_days,
	};
	size_t checked, left = 0;
	int64_t id;

	case_try(w, i, "scan", inventory_begin(i, &info, &id));
	record_stores(w, i, when);
	compose(w, i, when);
	if (strcmp(when, "now") == 0) {
		case_say_settings(w, i);
		say_problems(w, i);
	}
	case_try(w, i, "issuer",
		 inventory_check_signatures(i, is_signed, w,
					    LIMIT_SIGNATURE_TRIES, &checked,
					    &left));
	if (left > 0 && w->error == NULL)
		w->error = xstrdup(_("too many certificates of one name"));
}

static void reach(struct case_world *w, struct inventory *i)
{
	struct graph_input in;
	struct reach *found = NULL;
	size_t n = 0, left = 0;
	int r = inventory_graph_input(i, &in);

	case_try(w, i, "graph", r);
	if (r < 0)
		return;
	case_try(w, i, "graph", graph_reach(&in, &found, &n, &left));
	if (left > 0 && w->error == NULL)
		w->error = xstrdup(_("too many certification paths"));
	case_try(w, i, "graph", inventory_store_reach(i, found, n, true));
	free(found);
	graph_input_done(&in);
}

static void scan_all(struct case_world *w, struct inventory *i, int64_t now,
		     unsigned warn_days)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT now, root FROM earlier ORDER BY rowid");

	while (w->error == NULL && case_next(s)) {
		scan(w, i, case_text(s, 1), case_time(s, 0), warn_days,
		     "earlier");
		case_try(w, i, "earlier", inventory_commit(i));
	}
	if (w->error == NULL)
		scan(w, i, "/", now, warn_days, "now");
	if (w->error == NULL)
		case_say_program(w, i);
	if (w->error == NULL)
		reach(w, i);
	if (w->error != NULL)
		return;
	case_try(w, i, "program", inventory_date_lists(i));
	case_say_verdicts(w, i);
	case_say_demands(w, i);
	case_try(w, i, "scan", inventory_commit(i));
}

int case_world_scan(struct case_world *w, int64_t now, unsigned warn_days,
		    struct inventory **ret_inventory, char **ret_error)
{
	struct inventory *i = NULL;
	int r = inventory_open(NULL, INVENTORY_MEMORY, 0, &i, ret_error);

	if (r < 0)
		return r;
	scan_all(w, i, now, warn_days);
	if (w->error != NULL) {
		*ret_error = escape_text(w->error, strlen(w->error));
		free(TAKE(w->error));
		inventory_close(i);
		return -EINVAL;
	}
	*ret_inventory = i;
	return 0;
}
