/* packages-rpm.c -- rpm's database: a header blob for each installed package,
 * kept in SQLite (rpm 4.16 and later), ndb (SUSE) or a Berkeley DB hash (until
 * RHEL 8).  The two latter containers are in packages-rpm-db.c.
 *
 * A header is two big-endian counts, il and dl, then il index entries of tag,
 * type, offset and count, then dl bytes of data that the offsets point into
 * (rpm's docs/manual/format_header.md; the database has no magic before it).
 * The files of a package are three arrays: base names, directory names, and
 * for each base name the number of its directory.
 *
 * SQLite's has an index over base names, so only packages that have a file of
 * the right name are looked at.  It is opened through the descriptor that
 * base/ opened beneath the root, as a file that nobody changes: what is still
 * in its write-ahead log is not seen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "locate/packages.h"

#define ENTRY_SIZE	16u
#define ENTRIES_MAX	65535u		/* rpm's own limit */
#define DATA_MAX	(256u << 20)	/* likewise */
#define FILES_MAX	1000000u

enum { TAG_NAME = 1000, TAG_VERSION = 1001, TAG_RELEASE = 1002,
       TAG_EPOCH = 1003, TAG_DIRINDEXES = 1116, TAG_BASENAMES = 1117,
       TAG_DIRNAMES = 1118 };
enum { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8 };

static const char *const places[] = {
	"/var/lib/rpm", "/usr/lib/sysimage/rpm",
};

/* ---- headers ---------------------------------------------------------------*/

struct header {
	struct blob index, data;
};

/* Values of one tag: COUNT strings or numbers in VALUE.  */
struct values {
	struct blob value;
	uint32_t count;
};

/* -ENOENT: the package has no such tag, or of another type.  */
static int header_find(const struct header *h, uint32_t tag, uint32_t type,
		       struct values *ret_values)
{
	for (size_t i = 0; i + ENTRY_SIZE <= h->index.n; i += ENTRY_SIZE) {
		const uint8_t *e = h->index.p + i;
		uint32_t offset = get_be32(e + 8);

		if (get_be32(e) != tag || get_be32(e + 4) != type ||
		    offset > h->data.n)
			continue;
		*ret_values = (struct values){
			{ h->data.p + offset, h->data.n - offset },
			get_be32(e + 12),
		};
		return 0;
	}
	return -ENOENT;
}

/* Takes one string off the front of V; NULL: there is none.  */
static const char *next_string(struct values *v)
{
	const char *s = (const char *)v->value.p;
	const uint8_t *end;

	if (v->count == 0 || v->value.n == 0)
		return NULL;
	end = memchr(v->value.p, '\0', v->value.n);
	if (end == NULL)
		return NULL;
	v->count--;
	v->value = (struct blob){ end + 1, v->value.n -
				  (size_t)(end + 1 - v->value.p) };
	return s;
}

static const char *header_string(const struct header *h, uint32_t tag)
{
	struct values v;

	return header_find(h, tag, TYPE_STRING, &v) == 0 ? next_string(&v)
							 : NULL;
}

/* [epoch:]version-release, as rpm writes it; the caller frees.  */
static char *header_version(const struct header *h)
{
	const char *version = header_string(h, TAG_VERSION);
	const char *release = header_string(h, TAG_RELEASE);
	struct values epoch;

	if (version == NULL || release == NULL)
		return NULL;
	if (header_find(h, TAG_EPOCH, TYPE_INT32, &epoch) == 0 &&
	    epoch.count == 1 && epoch.value.n >= 4)
		return xasprintf("%u:%s-%s", get_be32(epoch.value.p), version,
				 release);
	return xasprintf("%s-%s", version, release);
}

static int header_parse(struct blob blob, struct header *ret_header)
{
	uint32_t entries, data;

	if (blob.n < 8)
		return -EINVAL;
	entries = get_be32(blob.p);
	data = get_be32(blob.p + 4);
	if (entries > ENTRIES_MAX || data > DATA_MAX ||
	    (uint64_t)entries * ENTRY_SIZE + data > blob.n - 8)
		return -EINVAL;
	*ret_header = (struct header){
		{ blob.p + 8, entries * ENTRY_SIZE },
		{ blob.p + 8 + entries * ENTRY_SIZE, data },
	};
	return 0;
}

/* The strings of a string array, borrowed; the caller frees the array.  */
static const char **strings_of(struct values v, uint32_t *ret_n)
{
	const char **strings = NULL, *s;
	size_t n = 0, cap = 0;

	while (n < FILES_MAX && (s = next_string(&v)) != NULL) {
		grow(&strings, n, &cap, sizeof(*strings));
		strings[n++] = s;
	}
	*ret_n = (uint32_t)n;
	return strings;
}

static int header_files(struct blob blob, void *data)
{
	struct package_search *s = data;
	AUTO(str) char *version = NULL;
	struct values names, dirs, numbers;
	const char *package, *name, **directories;
	struct header h;
	uint32_t n;

	if (header_parse(blob, &h) < 0)
		return -EINVAL;
	package = header_string(&h, TAG_NAME);
	/* A package without files has none of the three.  */
	if (package == NULL ||
	    header_find(&h, TAG_BASENAMES, TYPE_STRING_ARRAY, &names) < 0 ||
	    header_find(&h, TAG_DIRNAMES, TYPE_STRING_ARRAY, &dirs) < 0 ||
	    header_find(&h, TAG_DIRINDEXES, TYPE_INT32, &numbers) < 0)
		return package == NULL ? -EINVAL : 0;
	version = header_version(&h);
	directories = strings_of(dirs, &n);
	for (uint32_t i = 0; i < numbers.count && 4 * (i + 1) <=
	     numbers.value.n && (name = next_string(&names)) != NULL; i++) {
		uint32_t d = get_be32(numbers.value.p + 4 * (size_t)i);
		char path[LIMIT_PATH_BYTES];
		int length;

		if (d >= n)
			continue;
		length = snprintf(path, sizeof(path), "%s%s", directories[d],
				  name);
		if (length > 0 && (size_t)length < sizeof(path))
			search_file(s, path, (size_t)length, package, version);
	}
	free(directories);
	return 0;
}

/* ---- SQLite ----------------------------------------------------------------*/

struct lookup {
	struct package_search *search;
	sqlite3_stmt *statement;
};

static int lookup_basename(const char *name, void *data)
{
	struct lookup *l = data;
	int e;

	sqlite3_reset(l->statement);
	sqlite3_bind_text(l->statement, 1, name, -1, SQLITE_STATIC);
	while ((e = sqlite3_step(l->statement)) == SQLITE_ROW) {
		struct blob header = { sqlite3_column_blob(l->statement, 0), 0 };

		header.n = (size_t)sqlite3_column_bytes(l->statement, 0);
		if (header.p != NULL && header_files(header, l->search) < 0)
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

static void search_sqlite(struct package_search *s, const char *path, int fd)
{
	AUTO(str) char *uri = xasprintf("file:/proc/self/fd/%d?immutable=1",
					fd);
	struct lookup l = { .search = s };
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
		e = sqlite3_prepare_v2(db, "SELECT p.blob FROM Packages p WHERE "
				       "p.hnum IN (SELECT b.hnum FROM Basenames "
				       "b WHERE b.key = ?)", -1, &l.statement,
				       NULL);
	}
	if (e == SQLITE_OK && search_each_basename(s, lookup_basename, &l) < 0)
		e = SQLITE_CORRUPT;
	if (e != SQLITE_OK)
		search_problem(s, path, xasprintf("not rpm's database, or "
			"damaged (%s): rebuild it with rpm --rebuilddb",
			sqlite3_errmsg(db)));
	sqlite3_finalize(l.statement);
	sqlite3_close(db);
}

static bool open_database(struct package_search *s, const char *path,
			  int *ret_fd)
{
	AUTO(fd) int found = -1;
	struct stat st;
	int e = beneath_open(search_root(s), path, 0, &found);

	if (e == 0 && fstat(found, &st) < 0)
		e = -errno;
	if (e == 0 && !S_ISREG(st.st_mode))
		e = -ENOTREG;
	if (e == 0)
		e = beneath_reopen(search_root(s), path, found, ret_fd);
	if (e < 0 && e != -ENOENT && e != -ENOTDIR)
		search_problem(s, path, xstrdup(error_words(e)));
	return e == 0;
}

/* ---- all containers --------------------------------------------------------*/

static void search_headers(struct package_search *s, const char *path,
			   int (*each)(struct blob, header_fn *, void *))
{
	AUTO(scanned) struct file f = { .mapped = false };
	int e = file_read(search_root(s), path, LIMIT_ELF_BYTES, &f);

	if (e == -ENOENT || e == -ENOTDIR)
		return;
	if (e < 0)
		search_problem(s, path, xstrdup(error_words(e)));
	else if (each(f.data, header_files, s) < 0)
		search_problem(s, path, xstrdup("not rpm's database, or "
			"damaged: rebuild it with rpm --rebuilddb"));
}

void rpm_search(struct package_search *s)
{
	struct file_id first, id;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		AUTO(str) char *sqlite = xasprintf("%s/rpmdb.sqlite",
						   places[i]);
		AUTO(str) char *ndb = xasprintf("%s/Packages.db", places[i]);
		AUTO(str) char *bdb = xasprintf("%s/Packages", places[i]);
		AUTO(fd) int fd = -1;

		/* One is a link to the other nearly everywhere.  */
		if (file_stat(search_root(s), places[i], &id) < 0 ||
		    (i > 0 && file_stat(search_root(s), places[0], &first) ==
		     0 && first.dev == id.dev && first.ino == id.ino))
			continue;
		if (open_database(s, sqlite, &fd))
			search_sqlite(s, sqlite, fd);
		search_headers(s, ndb, rpm_ndb_each);
		search_headers(s, bdb, rpm_bdb_each);
	}
}
