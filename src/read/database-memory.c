/* database-memory.c -- SQLite's view of the bytes of a database where SQLite cannot
 * take them itself: sqlite3_deserialize() is optional before 3.36, and Debian 11's
 * library lacks it.
 *
 * It is a file system (https://sqlite.org/vfs.html) of one file, which cannot be
 * written and has no journal beside it.  SQLite opens the main file while
 * sqlite3_open_v2() runs, so the bytes are handed over in a variable.
 */
#include <string.h>

#include "read/database.h"

#define VFS_NAME	"trustdrift-memory"
#define SECTOR_SIZE	512

struct memory_file {
	sqlite3_file base;
	unsigned char *bytes;		/* sqlite3_malloc64()'s; its own */
	sqlite3_int64 n;
};

static _Thread_local unsigned char *handed;
static _Thread_local sqlite3_int64 handed_n;

/* ---- the file --------------------------------------------------------------*/

static int memory_close(sqlite3_file *f)
{
	sqlite3_free(((struct memory_file *)f)->bytes);
	return SQLITE_OK;
}

static int memory_read(sqlite3_file *f, void *to, int n, sqlite3_int64 from)
{
	const struct memory_file *m = (struct memory_file *)f;
	sqlite3_int64 there = from < m->n ? m->n - from : 0;

	if (there > n)
		there = n;
	memcpy(to, m->bytes + (there > 0 ? from : 0), (size_t)there);
	memset((unsigned char *)to + there, 0, (size_t)(n - there));
	return there == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int memory_write(sqlite3_file *f, const void *data, int n,
		      sqlite3_int64 at)
{
	(void)f;
	(void)data;
	(void)n;
	(void)at;
	return SQLITE_READONLY;
}

static int memory_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	(void)f;
	(void)n;
	return SQLITE_READONLY;
}

/* xSync, xLock and xUnlock: nobody else has it.  */
static int memory_nothing(sqlite3_file *f, int what)
{
	(void)f;
	(void)what;
	return SQLITE_OK;
}

static int memory_size(sqlite3_file *f, sqlite3_int64 *ret_n)
{
	*ret_n = ((struct memory_file *)f)->n;
	return SQLITE_OK;
}

static int memory_reserved(sqlite3_file *f, int *ret_is)
{
	(void)f;
	*ret_is = 0;
	return SQLITE_OK;
}

static int memory_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int memory_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR_SIZE;
}

static int memory_device(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods memory_methods = {
	.iVersion = 1,
	.xClose = memory_close,
	.xRead = memory_read,
	.xWrite = memory_write,
	.xTruncate = memory_truncate,
	.xSync = memory_nothing,
	.xFileSize = memory_size,
	.xLock = memory_nothing,
	.xUnlock = memory_nothing,
	.xCheckReservedLock = memory_reserved,
	.xFileControl = memory_control,
	.xSectorSize = memory_sector,
	.xDeviceCharacteristics = memory_device,
};

/* ---- the file system ---------------------------------------------------------*/

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
		    int flags, int *ret_flags)
{
	struct memory_file *m = (struct memory_file *)f;

	(void)vfs;
	(void)name;
	m->base.pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB) || handed == NULL)
		return SQLITE_CANTOPEN;
	m->base.pMethods = &memory_methods;
	m->bytes = handed;
	m->n = handed_n;
	handed = NULL;
	if (ret_flags != NULL)
		*ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags,
		      int *ret_is)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*ret_is = 0;
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	sqlite3_snprintf(n, out, "%s", name);
	return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	memset(out, 0, (size_t)n);
	return n;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, double *ret_day)
{
	(void)vfs;
	*ret_day = 0;
	return SQLITE_OK;
}

static sqlite3_vfs memory_vfs = {
	.iVersion = 1,
	.szOsFile = sizeof(struct memory_file),
	.mxPathname = 64,
	.zName = VFS_NAME,
	.xOpen = vfs_open,
	.xDelete = vfs_delete,
	.xAccess = vfs_access,
	.xFullPathname = vfs_full_path,
	.xRandomness = vfs_randomness,
	.xSleep = vfs_sleep,
	.xCurrentTime = vfs_time,
};

int database_from_memory(unsigned char *bytes, size_t n, sqlite3 **ret_db)
{
	int r = SQLITE_OK;

	if (sqlite3_vfs_find(VFS_NAME) == NULL)
		r = sqlite3_vfs_register(&memory_vfs, 0);
	handed = bytes;
	handed_n = (sqlite3_int64)n;
	if (r == SQLITE_OK)
		r = sqlite3_open_v2("database", ret_db, SQLITE_OPEN_READONLY |
				    SQLITE_OPEN_PRIVATECACHE, VFS_NAME);
	/* not opened: still ours */
	sqlite3_free(handed);
	handed = NULL;
	return r;
}
