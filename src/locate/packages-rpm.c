/* packages-rpm.c -- rpm's database: a header (base/rpm-header.c) for each installed
 * package, kept in SQLite (rpm 4.16 and later), ndb (SUSE) or a Berkeley DB hash
 * (until RHEL 8).  The two latter containers are in packages-rpm-db.c.
 *
 * SQLite's has indexes over base names and packages' names, so only packages that
 * matter are looked at.  It is opened through the descriptor that base/ opened
 * beneath the root, as a file that nobody changes: what is still in its
 * write-ahead log is not seen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "locate/packages.h"

#define DATA_MAX	(256u << 20)	/* of a header, rpm's own limit */

static const char *const places[] = {
	"/var/lib/rpm", "/usr/lib/sysimage/rpm",
};

/* What is done with each database that there is.  */
struct visit {
	const struct root *root;
	const char *sql;	/* of SQLite's, with one parameter; a row is a
				 * header */
	int (*query)(sqlite3_stmt *statement, void *data);
	header_fn *header;	/* of the others, which have no index */
	package_problem_fn *problem;
	void *data;		/* of all three */
};

/* ---- SQLite ----------------------------------------------------------------*/

/* Calls FN with the headers for KEY.  */
static int query_headers(sqlite3_stmt *statement, const char *key,
			 header_fn *fn, void *data)
{
	int e;

	sqlite3_reset(statement);
	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	while ((e = sqlite3_step(statement)) == SQLITE_ROW) {
		struct blob header = { sqlite3_column_blob(statement, 0), 0 };

		header.n = (size_t)sqlite3_column_bytes(statement, 0);
		if (header.p != NULL && fn(header, data) < 0)
			return -EINVAL;
	}
	return e == SQLITE_DONE ? 0 : -EINVAL;
}

/* Not one of our own databases: a hostile one may not run for long.  */
static int count_steps(void *data)
{
	unsigned *calls = data;

	return ++*calls > LIMIT_RULE_STEPS / 1000;
}

static void visit_sqlite(const struct visit *v, const char *path, int fd)
{
	AUTO(str) char *uri = xasprintf("file:/proc/self/fd/%d?immutable=1",
					fd);
	sqlite3_stmt *statement = NULL;
	unsigned calls = 0;
	sqlite3 *db = NULL;
	int e;

	e = sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
			    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
			    NULL);
	if (e == SQLITE_OK) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, DATA_MAX);
		sqlite3_progress_handler(db, 1000, count_steps, &calls);
		e = sqlite3_prepare_v2(db, v->sql, -1, &statement, NULL);
	}
	if (e == SQLITE_OK && v->query(statement, v->data) < 0)
		e = SQLITE_CORRUPT;
	if (e != SQLITE_OK) {
		AUTO(str) char *message = xasprintf("not rpm's database, or "
			"damaged (%s): rebuild it with rpm --rebuilddb",
			sqlite3_errmsg(db));

		v->problem(path, message, v->data);
	}
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static bool open_database(const struct visit *v, const char *path,
			  int *ret_fd)
{
	AUTO(fd) int found = -1;
	struct stat st;
	int e = beneath_open(v->root, path, 0, &found);

	if (e == 0 && fstat(found, &st) < 0)
		e = -errno;
	if (e == 0 && !S_ISREG(st.st_mode))
		e = -ENOTREG;
	if (e == 0)
		e = beneath_reopen(v->root, path, found, ret_fd);
	if (e < 0 && e != -ENOENT && e != -ENOTDIR)
		v->problem(path, error_words(e), v->data);
	return e == 0;
}

/* ---- all containers --------------------------------------------------------*/

static void visit_headers(const struct visit *v, const char *path,
			  int (*each)(struct blob, header_fn *, void *))
{
	AUTO(scanned) struct file f = { .mapped = false };
	int e = file_read(v->root, path, LIMIT_ELF_BYTES, &f);

	if (e == -ENOENT || e == -ENOTDIR)
		return;
	if (e < 0)
		v->problem(path, error_words(e), v->data);
	else if (each(f.data, v->header, v->data) < 0)
		v->problem(path, "not rpm's database, or damaged: rebuild it "
			   "with rpm --rebuilddb", v->data);
}

static void visit_all(const struct visit *v)
{
	struct file_id first, id;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		AUTO(str) char *sqlite = xasprintf("%s/rpmdb.sqlite",
						   places[i]);
		AUTO(str) char *ndb = xasprintf("%s/Packages.db", places[i]);
		AUTO(str) char *bdb = xasprintf("%s/Packages", places[i]);
		AUTO(fd) int fd = -1;

		/* One is a link to the other nearly everywhere.  */
		if (file_stat(v->root, places[i], &id) < 0 ||
		    (i > 0 && file_stat(v->root, places[0], &first) == 0 &&
		     first.dev == id.dev && first.ino == id.ino))
			continue;
		if (open_database(v, sqlite, &fd))
			visit_sqlite(v, sqlite, fd);
		visit_headers(v, ndb, rpm_ndb_each);
		visit_headers(v, bdb, rpm_bdb_each);
	}
}

/* ---- which package has a file ------------------------------------------------*/

struct owner {
	struct package_search *search;
	const char *basename;	/* only such files; NULL: all */
	const char *package;
	char *version;
};

static int own_file(void *data, const struct rpm_file *f)
{
	const struct owner *o = data;

	if (o->basename == NULL ||
	    strcmp(strrchr(f->path, '/') + 1, o->basename) == 0)
		search_file(o->search, f->path, f->n, o->package, o->version);
	return 0;
}

static int search_files(struct blob blob, struct package_search *s,
			const char *basename)
{
	struct owner o = { .search = s, .basename = basename };
	struct rpm_header h;
	int r;

	if (rpm_header_parse(blob, &h) < 0)
		return -EINVAL;
	o.package = rpm_header_string(&h, RPM_TAG_NAME);
	if (o.package == NULL)
		return -EINVAL;
	o.version = rpm_header_version(&h);
	r = rpm_header_each_file(&h, own_file, &o);
	free(o.version);
	return r;
}

static int search_header(struct blob blob, void *data)
{
	return search_files(blob, data, NULL);
}

struct lookup {
	struct package_search *search;
	sqlite3_stmt *statement;
	const char *basename;
};

/* A package that has files of several names is found by each.  */
static int search_named(struct blob blob, void *data)
{
	const struct lookup *l = data;

	return search_files(blob, l->search, l->basename);
}

static int lookup_basename(const char *name, void *data)
{
	struct lookup *l = data;

	l->basename = name;
	return query_headers(l->statement, name, search_named, l);
}

static int search_query(sqlite3_stmt *statement, void *data)
{
	struct lookup l = { data, statement, NULL };

	return search_each_basename(data, lookup_basename, &l);
}

static void search_fault(const char *path, const char *message, void *data)
{
	search_problem(data, path, xstrdup(message));
}

void rpm_search(struct package_search *s)
{
	visit_all(&(struct visit){
		.root = search_root(s),
		.sql = "SELECT p.blob FROM Packages p WHERE p.hnum IN"
		       " (SELECT b.hnum FROM Basenames b WHERE b.key = ?)",
		.query = search_query, .header = search_header,
		.problem = search_fault, .data = s });
}

/* ---- which files a package has -------------------------------------------------*/

static int list_file(void *data, const struct rpm_file *f)
{
	const struct package_listing *l = data;

	l->fn(l->data, f->path, f->sha256);
	return 0;
}

/* Of several architectures one is installed beside the other, and what belongs to
 * none takes the place of each.  */
static bool is_meant(const struct rpm_header *h,
		     const struct package_listing *l)
{
	const char *name = rpm_header_string(h, RPM_TAG_NAME);
	const char *own = rpm_header_string(h, RPM_TAG_ARCHITECTURE);

	return name != NULL && strcmp(name, l->name) == 0 &&
	       (own == NULL || l->architecture == NULL ||
		strcmp(own, l->architecture) == 0 ||
		strcmp(own, "noarch") == 0 ||
		strcmp(l->architecture, "noarch") == 0);
}

static int list_header(struct blob blob, void *data)
{
	struct rpm_header h;

	if (rpm_header_parse(blob, &h) < 0)
		return -EINVAL;
	return is_meant(&h, data) ? rpm_header_each_file(&h, list_file, data)
				  : 0;
}

static int list_query(sqlite3_stmt *statement, void *data)
{
	const struct package_listing *l = data;

	return query_headers(statement, l->name, list_header, data);
}

/* What is there, and not in the file that is read.  */
static void tell_log(const struct package_listing *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		AUTO(str) char *path = xasprintf("%s/rpmdb.sqlite-wal",
						 places[i]);
		struct file_id id;

		if (file_stat(l->root, path, &id) == 0 && id.size > 0)
			l->problem(path, "rpm has not written its last changes "
				   "into the database: preview again when it "
				   "has ended", l->data);
	}
}

static void list_fault(const char *path, const char *message, void *data)
{
	const struct package_listing *l = data;

	l->problem(path, message, l->data);
}

void rpm_list(struct package_listing *l)
{
	tell_log(l);
	visit_all(&(struct visit){
		.root = l->root,
		.sql = "SELECT p.blob FROM Packages p WHERE p.hnum IN"
		       " (SELECT n.hnum FROM Name n WHERE n.key = ?)",
		.query = list_query, .header = list_header,
		.problem = list_fault, .data = l });
}
