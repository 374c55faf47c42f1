/* open.c -- opens the inventory in one of its three modes, and refuses what
 * is not one.
 *
 * Nothing is written to a file before it is known to be ours: its first 100
 * bytes (SQLite's "Database File Format", section 1.3) are read through the
 * descriptor that SQLite has open, before SQLite itself looks at the file.
 * Opening it a second time would not do: POSIX drops a process's locks on a
 * file with the first descriptor that is closed.
 *
 * A rollback journal beside the file that belongs to no running process is
 * "hot": whoever reads next has to write the file back to what it was.  A
 * reader that may not write says so instead.  It finds that out by itself,
 * because SQLite, as root, gives a journal that it only looks at to the owner
 * of the database, and that changes its ctime.  A file that somebody has switched to a
 * write-ahead log could not be read without creating files beside it, so that
 * is refused, too, except by a writer, who switches it back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "inventory/db.h"

#define HEADER_SIZE		100
#define HEADER_WRITE_VERSION	18	/* 1: rollback journal, 2: WAL */
#define HEADER_READ_VERSION	19
#define HEADER_APPLICATION_ID	68

/* ---- one connection --------------------------------------------------------*/

static void disconnect(struct inventory *i)
{
	struct statement *s, *next;

	for (s = i->statements; s != NULL; s = next) {
		next = s->next;
		sqlite3_finalize(s->handle);
		free(s);
	}
	i->statements = NULL;
	sqlite3_close(i->db);
	i->db = NULL;
}

/* What a file that somebody else made could use against us is switched off. */
static int configure(struct inventory *i, unsigned wait_seconds)
{
	static const struct { int option, value; } options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	const unsigned longest = INT32_MAX / 1000;
	size_t k;

	sqlite3_extended_result_codes(i->db, 1);
	for (k = 0; k < ARRAY_SIZE(options); k++)
		sqlite3_db_config(i->db, options[k].option, options[k].value,
				  NULL);
	sqlite3_busy_timeout(i->db, 1000 * (int)(wait_seconds < longest
						 ? wait_seconds : longest));
	/* Sorting must not leave files in $TMPDIR.  */
	return db_exec(i, "PRAGMA temp_store = MEMORY; "
			  "PRAGMA cell_size_check = ON");
}

static int connect_with(struct inventory *i, const char *name, int flags,
			unsigned wait_seconds)
{
	int code;

	disconnect(i);
	i->error[0] = '\0';
	code = sqlite3_open_v2(name, &i->db, flags, NULL);
	if (code != SQLITE_OK)
		return db_error(i, code);
	return configure(i, wait_seconds);
}

/* SQLite takes some names for orders (":memory:", "", "file:").  */
static int connect_file(struct inventory *i, const char *path, int flags,
			unsigned wait_seconds)
{
	AUTO(str) char *name = NULL;

	name = *path == '/' ? xstrdup(path) : xasprintf("./%s", path);
	return connect_with(i, name, flags, wait_seconds);
}

/* PATH as a URI (RFC 3986) that makes SQLite take the file for unchangeable:
 * no locks, no look for a journal.  */
static char *immutable_uri(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	AUTO(buf) struct buf uri;

	buf_init(&uri, 4 * LIMIT_PATH_BYTES);
	buf_adds(&uri, *path == '/' ? "file://" : "file:");
	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			buf_add(&uri, path, 1);
		else
			buf_addf(&uri, "%%%02x", (unsigned char)*path);
	}
	buf_adds(&uri, "?mode=ro&immutable=1");
	return uri.truncated ? NULL : buf_take(&uri);
}

/* ---- what is there ---------------------------------------------------------*/

enum content { CONTENT_NONE, CONTENT_OURS, CONTENT_FOREIGN };

static int file_of(struct inventory *i, sqlite3_file **ret_file)
{
	sqlite3_file *file = NULL;
	int code = sqlite3_file_control(i->db, "main",
					SQLITE_FCNTL_FILE_POINTER, &file);

	if (code == SQLITE_OK && (file == NULL || file->pMethods == NULL))
		code = SQLITE_CANTOPEN;
	if (code == SQLITE_OK)
		*ret_file = file;
	return code;
}

/* Looks at the open file without any of SQLite's locks or caches.  */
static int look(struct inventory *i, enum content *ret_content, bool *ret_wal)
{
	uint8_t head[HEADER_SIZE] = { 0 };
	sqlite3_file *file;
	sqlite3_int64 size;
	int code = file_of(i, &file);

	if (code == SQLITE_OK)
		code = file->pMethods->xFileSize(file, &size);
	if (code == SQLITE_OK && size > 0)
		code = file->pMethods->xRead(file, head, sizeof(head), 0);
	if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
		return db_error(i, code);

	if (size == 0)
		*ret_content = CONTENT_NONE;
	else if (memcmp(head, "SQLite format 3", 16) == 0 &&
		 get_be32(head + HEADER_APPLICATION_ID) == APPLICATION_ID)
		*ret_content = CONTENT_OURS;
	else
		*ret_content = CONTENT_FOREIGN;
	*ret_wal = head[HEADER_WRITE_VERSION] == 2 ||
		   head[HEADER_READ_VERSION] == 2;
	return 0;
}

/* May the file be half of a change?  Its journal begins with a 0 until it is on disk,
 * and nothing is written to the file before (sqlite.org/fileformat.html, 3; SQLite's
 * own question is the same): a run that is killed while it reads stores, or judges,
 * leaves such a one.  */
static bool journal_is_hot(const char *path)
{
	AUTO(str) char *journal = xasprintf("%s-journal", path);
	AUTO(fd) int fd = -1;
	int r = file_open_named(journal, UINT64_MAX, &fd);
	char first;
	ssize_t n;

	if (r < 0)
		return r != -ENOENT;
	n = read(fd, &first, 1);
	return n < 0 || (n == 1 && first != '\0');
}

/* -EUCLEAN: there is a hot journal and nobody who is writing.  Where even that
 * cannot be asked, the journal decides.  */
static int check_journal(struct inventory *i, const char *path)
{
	sqlite3_file *file;
	int reserved = 0;

	if (!journal_is_hot(path))
		return 0;
	if (file_of(i, &file) == SQLITE_OK &&
	    file->pMethods->xCheckReservedLock(file, &reserved) == SQLITE_OK &&
	    reserved)
		return 0;
	/* He may have come to an end between the two questions.  */
	return journal_is_hot(path) ? -EUCLEAN : 0;
}

/* May FILE be read without locks, after locking failed with R?  Some
 * read-only file systems have none.  Without a journal nobody is half way
 * through a change.  */
static bool is_lockless(const char *path, int r)
{
	struct statvfs fs;

	if (journal_is_hot(path))
		return false;
	if (r == -EIO || r == -EACCES)
		return true;
	return r == -EBUSY && statvfs(path, &fs) == 0 &&
	       (fs.f_flag & ST_RDONLY) != 0;
}

static int make_directory(const char *path)
{
	AUTO(str) char *dir = xstrdup(path);
	char *p;

	for (p = dir + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		if (mkdir(dir, 0700) < 0 && errno != EEXIST &&
		    access(dir, F_OK) < 0)
			return -errno;
	}
	return 0;
}

/* Why PATH could not be created: SQLite tries to read it then, and only says
 * that it is not there.  */
static int no_creation(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO(str) char *dir = slash != NULL ?
		xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");

	return access(dir, W_OK) < 0 ? -errno : -EIO;
}

/* ---- words -----------------------------------------------------------------*/

/* What to tell the user about R; WHY may be NULL.  */
static char *explain(const struct inventory *i, const char *path, int r,
		     const char *why, unsigned wait_seconds)
{
	AUTO(str) char *name = escape_text(path, strlen(path));

	switch (r) {
	case -ENOENT:
		return xasprintf(_("%s: there is no inventory yet; "
				   "`trustdrift scan' makes one"), name);
	case -EBUSY:
		return xasprintf(_("%s: another run is using the inventory "
				   "and was still at it after %u seconds; try "
				   "again later or with a longer --wait"),
				 name, wait_seconds);
	case -EUCLEAN:
		return xasprintf(_("%s: a run was interrupted and its journal "
				   "is still there, so the history is not "
				   "available; the next `trustdrift scan' "
				   "recovers it"), name);
	case -EMEDIUMTYPE:
		return xasprintf(_("%s: not a usable inventory: %s; it was "
				   "left alone: move it away, or name another "
				   "file with --db"), name,
				 why != NULL ? why : i->error);
	case -EROFS:
	case -EACCES:
	case -EPERM:
		return xasprintf(_("%s: no permission to use the inventory "
				   "(%s); name another file with --db"), name,
				 strerror(-r));
	default:
		if (why != NULL)	/* about one of our own files */
			return xstrdup(why);
		return xasprintf("%s: %s", name, i->error[0] != '\0' ?
				 i->error : strerror(-r));
	}
}

static int not_ours(char **ret_why)
{
	*ret_why = xstrdup(_("it is something else"));
	return -EMEDIUMTYPE;
}

/* ---- the modes -------------------------------------------------------------*/

static int stat_file(const char *path, struct stat *ret_st, char **ret_why)
{
	if (stat(path, ret_st) < 0)
		return -errno;
	/* To SQLite a file of one byte is empty.  */
	return S_ISREG(ret_st->st_mode) && ret_st->st_size != 1 ?
		0 : not_ours(ret_why);
}

static int open_write(struct inventory *i, const char *path,
		      unsigned wait_seconds, const struct schema *schema,
		      char **ret_why)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	enum content content;
	bool wal, older;
	struct stat st;
	mode_t mask;
	int r;

	r = stat_file(path, &st, ret_why);
	if (r == -ENOENT)
		r = make_directory(path);
	if (r < 0)
		return r;
	mask = umask(077);	/* SQLite would make a file that all may read */
	r = connect_file(i, path, flags, wait_seconds);
	umask(mask);
	if (r < 0)
		return r == -ENOENT ? no_creation(path) : r;
	if (sqlite3_db_readonly(i->db, "main"))
		return access(path, W_OK) < 0 ? -errno : -EACCES;
	r = look(i, &content, &wal);
	if (r < 0)
		return r;
	if (content == CONTENT_FOREIGN)
		return not_ours(ret_why);
	if (wal) {
		r = db_exec(i, "PRAGMA journal_mode = DELETE");
		if (r < 0)
			return r;
	}
	r = schema_check(i, schema, true, &older, ret_why);
	if (r != -ENODATA)
		return r;
	r = schema_create(i, schema, ret_why);
	return r < 0 ? r : schema_check(i, schema, true, &older, ret_why);
}

/* Opens without writing.  -ENOENT also when it is empty.  */
static int open_read(struct inventory *i, const char *path,
		     unsigned wait_seconds, const struct schema *schema,
		     bool *ret_older, char **ret_why)
{
	AUTO(str) char *uri = NULL;
	enum content content;
	struct stat st;
	bool wal;
	int r;

	r = stat_file(path, &st, ret_why);
	if (r < 0)
		return r == -ENOTDIR ? -ENOENT : r;
	if (st.st_size == 0)
		return -ENOENT;
	r = connect_file(i, path, SQLITE_OPEN_READONLY, wait_seconds);
	if (r == 0)
		r = look(i, &content, &wal);
	if (r < 0)
		return r;
	if (content == CONTENT_NONE)
		return -ENOENT;
	if (content == CONTENT_FOREIGN)
		return not_ours(ret_why);
	if (wal) {
		*ret_why = xstrdup(_("it was switched to a write-ahead log, "
				     "which cannot be read without writing; "
				     "`trustdrift scan' switches it back"));
		return -EMEDIUMTYPE;
	}
	r = check_journal(i, path);
	if (r == 0)
		r = schema_check(i, schema, false, ret_older, ret_why);
	if (r < 0 && is_lockless(path, r)) {
		uri = immutable_uri(path);
		if (uri == NULL)
			return -ENAMETOOLONG;
		r = connect_with(i, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
				 wait_seconds);
		if (r == 0)
			r = schema_check(i, schema, false, ret_older, ret_why);
	}
	return r == -ENODATA ? -ENOENT : r;
}

static int open_empty(struct inventory *i, const struct schema *schema,
		      char **ret_why)
{
	int r = connect_with(i, ":memory:",
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0);

	return r < 0 ? r : schema_create(i, schema, ret_why);
}

static int copy(struct inventory *to, struct inventory *from)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db,
						     "main");
	int code;

	if (backup == NULL)
		return db_error(to, sqlite3_extended_errcode(to->db));
	sqlite3_backup_step(backup, -1);
	code = sqlite3_backup_finish(backup);
	return db_error(to, code);
}

/* What is only copied is not looked at page by page, and damage that came to
 * light in the middle of a check would leave it without a verdict.  */
static int check_pages(struct inventory *i)
{
	AUTO(query) struct query q = query_start(i, "PRAGMA quick_check(1)");
	int r = query_step(&q);
	const char *words;

	if (r <= 0)
		return r < 0 ? r : -EMEDIUMTYPE;
	words = query_column_text(&q, 0);
	if (words != NULL && strcmp(words, "ok") == 0)
		return 0;
	snprintf(i->error, sizeof(i->error), "%s", words != NULL ? words : "");
	return -EMEDIUMTYPE;
}

static int open_copy(struct inventory *i, const char *path,
		     unsigned wait_seconds, const struct schema *schema,
		     char **ret_why)
{
	AUTO(inventory) struct inventory *source = xcalloc(1, sizeof(*source));
	bool older;
	int r;

	r = open_read(source, path, wait_seconds, schema, &older, ret_why);
	if (r == 0)
		r = connect_with(i, ":memory:",
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0);
	if (r == 0)
		r = copy(i, source);
	else
		memcpy(i->error, source->error, sizeof(i->error));
	if (r == 0)
		r = check_pages(i);
	return r < 0 ? r : schema_check(i, schema, true, &older, ret_why);
}

static int open_memory(struct inventory *i, const char *path,
		       unsigned wait_seconds, const struct schema *schema,
		       char **ret_note, char **ret_why)
{
	AUTO(str) char *why = NULL;
	int r = -ENOENT;

	if (path != NULL)
		r = open_copy(i, path, wait_seconds, schema, &why);
	if (r == 0)
		return 0;
	if (r != -ENOENT)
		*ret_note = explain(i, path, r, why, wait_seconds);
	i->error[0] = '\0';
	return open_empty(i, schema, ret_why);
}

int open_with_schema(const char *path, enum inventory_mode mode,
		     unsigned wait_seconds, const struct schema *schema,
		     struct inventory **ret_inventory, char **ret_error)
{
	AUTO(inventory) struct inventory *i = xcalloc(1, sizeof(*i));
	AUTO(str) char *why = NULL, *note = NULL;
	bool older = false;
	int r = -EINVAL;

	/* One thread uses SQLite: locks would only cost.  Without effect once
	 * the library has been used.  */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	switch (mode) {
	case INVENTORY_WRITE:
		r = open_write(i, path, wait_seconds, schema, &why);
		break;
	case INVENTORY_READ:
		r = open_read(i, path, wait_seconds, schema, &older, &why);
		if (r == 0 && older)
			r = open_copy(i, path, wait_seconds, schema, &why);
		if (r == 0)
			r = db_exec(i, "PRAGMA query_only = ON");
		break;
	case INVENTORY_MEMORY:
		r = open_memory(i, path, wait_seconds, schema, &note, &why);
		break;
	}
	/* Not before it is known to be ours: this reads the schema.  Rules go
	 * through the same pages again and again.  */
	if (r == 0)
		r = db_exec(i, "PRAGMA cache_size = -16384");
	if (r < 0) {
		*ret_error = explain(i, path != NULL ? path : ":memory:", r,
				     why, wait_seconds);
		return r;
	}
	*ret_error = TAKE(note);
	*ret_inventory = TAKE(i);
	return 0;
}

int inventory_open(const char *path, enum inventory_mode mode,
		   unsigned wait_seconds, struct inventory **ret_inventory,
		   char **ret_error)
{
	return open_with_schema(path, mode, wait_seconds, &schema_current,
				ret_inventory, ret_error);
}

void inventory_close(struct inventory *i)
{
	if (i == NULL)
		return;
	certificate_forget(i);
	disconnect(i);
	free(i);
}

void auto_inventory(struct inventory **i)
{
	inventory_close(*i);
}

struct sqlite3 *inventory_db(struct inventory *i)
{
	return i->db;
}

const char *inventory_error(struct inventory *i)
{
	return i->error[0] != '\0' ? i->error : sqlite3_errmsg(i->db);
}

const char *inventory_file(struct inventory *i)
{
	const char *name = sqlite3_db_filename(i->db, "main");

	return name != NULL ? name : "";
}

bool inventory_is_damaged(struct inventory *i)
{
	const int code = sqlite3_errcode(i->db) & 0xff;

	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}
