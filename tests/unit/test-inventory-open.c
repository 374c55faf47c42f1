/* test-inventory-open.c -- inventory/open.c and schema.c: the three modes,
 * what is refused and left alone, locks, crashes and versions.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inventory-fixture.h"

/* Opening PATH fails with R, says something that has WORDS in it, and changes
 * nothing.  */
static void check_refused_with(const struct schema *schema, const char *path,
			       enum inventory_mode mode, int want,
			       const char *words)
{
	uint8_t before[SHA256_SIZE], after[SHA256_SIZE];
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *error = NULL;

	hash_directory(scratch, before);
	assert_int_equal(open_with_schema(path, mode, 0, schema, &i, &error),
			 want);
	assert_null(i);
	assert_non_null(error);
	if (strstr(error, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, error);
	hash_directory(scratch, after);
	assert_memory_equal(before, after, sizeof(before));
}

static void check_refused(const char *path, enum inventory_mode mode, int want,
			  const char *words)
{
	check_refused_with(&schema_current, path, mode, want, words);
}

/* Mode MEMORY: an empty inventory that works, a reason with WORDS (NULL: none),
 * and nothing changed.  */
static void check_empty_memory(const char *path, const char *words)
{
	uint8_t before[SHA256_SIZE], after[SHA256_SIZE];
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *error = NULL;

	hash_directory(scratch, before);
	assert_int_equal(inventory_open(path, INVENTORY_MEMORY, 0, &i, &error),
			 0);
	if (words == NULL)
		assert_null(error);
	else if (error == NULL || strstr(error, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, error);
	assert_int_equal(number(i, "SELECT count(*) FROM v_scan"), 0);
	small_scan(i, "/", 1, 1);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
	inventory_close(TAKE(i));
	hash_directory(scratch, after);
	assert_memory_equal(before, after, sizeof(before));
}

static char *database_with_scan(const char *name)
{
	AUTO(inventory) struct inventory *i = NULL;
	char *path = scratch_path(name);

	i = open_ok(path, INVENTORY_WRITE);
	small_scan(i, "/", 1000, 1000);
	return path;
}

/* ---- first run and later ---------------------------------------------------*/

static void test_fresh(void **state)
{
	AUTO(str) char *path = scratch_path("new/deep/inventory.db");
	AUTO(str) char *dir = scratch_path("new");
	AUTO(inventory) struct inventory *i = NULL;
	mode_t mask = umask(0);
	struct stat st;

	(void)state;
	i = open_ok(path, INVENTORY_WRITE);
	assert_int_equal(umask(mask), 0);	/* as it was */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(number(i, "PRAGMA user_version"), 3);
	assert_int_equal(number(i, "PRAGMA application_id"), APPLICATION_ID);
	check_rows(i, "PRAGMA journal_mode", "delete");
	assert_int_equal(number(i, "PRAGMA auto_vacuum"), 2);
	assert_int_equal(number(i, "SELECT count(*) FROM v_store"), 0);

	small_scan(i, "/", 5, 6);
	inventory_close(TAKE(i));
	i = open_ok(path, INVENTORY_WRITE);
	check_rows(i, "SELECT scan_id, root, now, made, tool, host_name, "
		   "host_os, warn_days FROM v_scan",
		   "1|/|5|6|1.2.3|host|NULL|90");
	small_scan(i, "/", 7, 8);
	assert_int_equal(number(i, "SELECT count(*) FROM v_scan"), 2);
}

static void test_odd_names(void **state)
{
	static const char *const names[] = {
		":memory:", "file:x?mode=memory", "a b%41#?.db", "\xff\n.db",
	};
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *old = getcwd(NULL, 0);
	size_t k;

	(void)state;
	assert_int_equal(chdir(scratch), 0);
	for (k = 0; k < ARRAY_SIZE(names); k++) {
		i = open_ok(names[k], INVENTORY_WRITE);
		small_scan(i, "/", 1, 1);
		inventory_close(TAKE(i));
		assert_int_equal(access(names[k], R_OK), 0);
		i = open_ok(names[k], INVENTORY_READ);
		assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
		inventory_close(TAKE(i));
	}
	assert_int_equal(chdir(old), 0);
}

static void test_empty_file(void **state)
{
	AUTO(str) char *path = scratch_path("empty.db");
	AUTO(inventory) struct inventory *i = NULL;

	(void)state;
	write_bytes(path, "", 0);
	check_refused(path, INVENTORY_READ, -ENOENT, "no inventory");
	check_empty_memory(path, NULL);
	i = open_ok(path, INVENTORY_WRITE);
	small_scan(i, "/", 1, 1);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
}

static void test_missing(void **state)
{
	AUTO(str) char *path = scratch_path("none.db");
	AUTO(str) char *below = scratch_path("none/none.db");

	(void)state;
	check_refused(path, INVENTORY_READ, -ENOENT, "no inventory");
	check_refused(below, INVENTORY_READ, -ENOENT, "no inventory");
	check_empty_memory(path, NULL);
	check_empty_memory(below, NULL);
	check_empty_memory(NULL, NULL);
}

static void test_reading_writes_nothing(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *i = NULL;
	uint8_t before[SHA256_SIZE], after[SHA256_SIZE];

	(void)state;
	hash_directory(scratch, before);
	i = open_ok(path, INVENTORY_READ);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
	assert_int_equal(sqlite3_exec(inventory_db(i), "DELETE FROM scan",
				      NULL, NULL, NULL) & 0xff,
			 SQLITE_READONLY);
	assert_int_equal(inventory_begin(i, &(struct scan_info){
				.root = "/", .tool = "x" }, &(int64_t){ 0 }),
			 -EROFS);
	inventory_close(TAKE(i));

	/* The history is there, and what is added stays in memory.  */
	i = open_ok(path, INVENTORY_MEMORY);
	assert_int_equal(number(i, "SELECT count(*) FROM v_scan"), 1);
	small_scan(i, "/", 2000, 2000);
	assert_int_equal(number(i, "SELECT count(*) FROM v_scan"), 2);
	assert_int_equal(number(i, "SELECT earlier_scans FROM v_run"), 1);
	inventory_close(TAKE(i));
	hash_directory(scratch, after);
	assert_memory_equal(before, after, sizeof(before));
}

/* check must not hold a lock that keeps a scan waiting.  */
static void test_memory_lets_go(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *m = NULL, *w = NULL;
	AUTO(str) char *link = NULL;
	AUTO(names) char **names = NULL;
	struct root root;
	size_t k, n;

	(void)state;
	m = open_ok(path, INVENTORY_MEMORY);
	assert_int_equal(root_open("/proc/self/fd", &root), 0);
	assert_int_equal(file_names(&root, "/", &names, &n), 0);
	for (k = 0; k < n; k++) {
		AUTO(str) char *name = xasprintf("/proc/self/fd/%s", names[k]);
		char target[4096] = "";

		if (readlink(name, target, sizeof(target) - 1) > 0)
			assert_string_not_equal(target, path);
	}
	root_done(&root);
	w = open_ok(path, INVENTORY_WRITE);
	small_scan(w, "/", 2, 2);
	assert_int_equal(number(m, "SELECT count(*) FROM v_scan"), 1);
}

/* ---- what is refused -------------------------------------------------------*/

static void test_foreign(void **state)
{
	static const char text[] = "not a database\n";
	AUTO(str) char *database = scratch_path("foreign.db");
	AUTO(str) char *plain = scratch_path("plain.txt");
	AUTO(str) char *zeros = scratch_path("zeros");
	AUTO(str) char *one = scratch_path("one");
	AUTO(str) char *dir = scratch_path("dir");
	AUTO(str) char *fifo = scratch_path("fifo");
	const char *const paths[] = { database, plain, zeros, one, dir, fifo };
	sqlite3 *db = NULL;
	size_t k;

	(void)state;
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x); "
				      "INSERT INTO t VALUES (1)", NULL, NULL,
				      NULL), SQLITE_OK);
	sqlite3_close(db);
	write_bytes(plain, text, strlen(text));
	write_bytes(zeros, (char[8192]){ 0 }, 8192);
	write_bytes(one, "S", 1);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	for (k = 0; k < ARRAY_SIZE(paths); k++) {
		check_refused(paths[k], INVENTORY_WRITE, -EMEDIUMTYPE,
			      "something else");
		check_refused(paths[k], INVENTORY_READ, -EMEDIUMTYPE,
			      "something else");
		check_empty_memory(paths[k], "something else");
	}
	check_refused("/dev/null", INVENTORY_WRITE, -EMEDIUMTYPE,
		      "something else");
}

/* Somebody else's interrupted transaction is not ours to finish.  */
static void test_foreign_with_hot_journal(void **state)
{
	AUTO(str) char *path = scratch_path("foreign.db");
	sqlite3 *db = NULL;
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL,
				      NULL), SQLITE_OK);
	sqlite3_close(db);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (sqlite3_open(path, &db) == SQLITE_OK)
			sqlite3_exec(db, "PRAGMA cache_size = 1; BEGIN; "
				     "WITH RECURSIVE n(i) AS (SELECT 1 UNION "
				     "ALL SELECT i + 1 FROM n WHERE i < 99) "
				     "INSERT INTO t SELECT randomblob(4000) "
				     "FROM n", NULL, NULL, NULL);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	check_refused(path, INVENTORY_WRITE, -EMEDIUMTYPE, "something else");
}

static void test_damaged(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(str) char *bytes = NULL;
	AUTO(str) char *damaged = scratch_path("damaged.db");
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *error = NULL;
	size_t n;
	int r;

	(void)state;
	assert_int_equal(file_slurp(path, 1 << 20, &bytes, &n), 0);
	assert_true(n > 16384);

	/* The last page is missing; so is all but the head.  */
	write_bytes(damaged, bytes, n - 4096);
	check_refused(damaged, INVENTORY_WRITE, -EMEDIUMTYPE, "malformed");
	check_refused(damaged, INVENTORY_READ, -EMEDIUMTYPE, "malformed");
	check_empty_memory(damaged, "malformed");
	write_bytes(damaged, bytes, 2000);
	check_refused(damaged, INVENTORY_WRITE, -EMEDIUMTYPE, "");
	check_empty_memory(damaged, "not a usable inventory");

	/* The list of tables is nonsense.  */
	memset(bytes + 100, 0xa5, 3996);
	write_bytes(damaged, bytes, n);
	check_refused(damaged, INVENTORY_WRITE, -EMEDIUMTYPE, "");
	check_empty_memory(damaged, "not a usable inventory");

	/* Only the middle is: check finds that, a scan meets it.  */
	free(TAKE(bytes));
	assert_int_equal(file_slurp(path, 1 << 20, &bytes, &n), 0);
	memset(bytes + 4096, 0xa5, n - 4096);
	write_bytes(damaged, bytes, n);
	check_empty_memory(damaged, "not a usable inventory");
	r = inventory_open(damaged, INVENTORY_WRITE, 0, &i, &error);
	if (r == 0)
		r = inventory_begin(i, &(struct scan_info){
			.root = "/", .tool = "x" }, &(int64_t){ 0 });
	assert_int_equal(r, -EMEDIUMTYPE);
}

static void test_tables_missing(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE reading_problem", NULL,
				      NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	check_refused(path, INVENTORY_WRITE, -EMEDIUMTYPE, "tables are missing");
	check_refused(path, INVENTORY_READ, -EMEDIUMTYPE, "tables are missing");
	check_empty_memory(path, "tables are missing");
}

static void test_write_ahead_log(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *i = NULL;
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL,
				      NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	check_refused(path, INVENTORY_READ, -EMEDIUMTYPE, "write-ahead log");
	check_empty_memory(path, "write-ahead log");
	i = open_ok(path, INVENTORY_WRITE);
	inventory_close(TAKE(i));
	i = open_ok(path, INVENTORY_READ);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
}

static void test_below_a_file(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(str) char *below = scratch_path("inventory.db/x.db");

	(void)state;
	check_refused(below, INVENTORY_WRITE, -ENOTDIR, "Not a directory");
	check_refused(below, INVENTORY_READ, -ENOENT, "no inventory");
}

static void check_no_permission(void)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(str) char *beside = scratch_path("new.db");

	assert_int_equal(chmod(path, 0400), 0);
	check_refused(path, INVENTORY_WRITE, -EACCES, "no permission");
	assert_int_equal(chmod(path, 0), 0);
	check_refused(path, INVENTORY_READ, -EACCES, "no permission");
	check_empty_memory(path, "no permission");
	assert_int_equal(chmod(scratch, 0500), 0);
	check_refused(beside, INVENTORY_WRITE, -EACCES, "no permission");
	assert_int_equal(chmod(scratch, 0700), 0);
}

static void test_no_permission(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip();		/* root may */
	check_no_permission();
}

/* ---- two at once -----------------------------------------------------------*/

/* Holds a scan open until FD ends, then commits.  */
static int hold_scan(const char *path, int fd)
{
	struct inventory *i = NULL;
	char *error = NULL;
	int64_t scan;
	char byte = 'x';

	if (inventory_open(path, INVENTORY_WRITE, 0, &i, &error) < 0 ||
	    inventory_begin(i, &(struct scan_info){ .root = "/", .tool = "x" },
			    &scan) < 0)
		return 1;
	if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) < 0)
		return 2;
	return inventory_commit(i) == 0 ? 0 : 3;
}

static void test_second_writer_waits(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *i = NULL, *r = NULL;
	struct scan_info info = { .root = "/", .tool = "x" };
	AUTO(str) char *error = NULL;
	int64_t scan;
	int ends[2], status;
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		_exit(hold_scan(path, ends[1]));
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);

	/* No time to wait: busy at once.  A reader is not disturbed.  */
	assert_int_equal(inventory_open(path, INVENTORY_WRITE, 0, &i, &error),
			 0);
	assert_int_equal(inventory_begin(i, &info, &scan), -EBUSY);
	assert_int_equal(inventory_begin(i, &info, &scan), -EBUSY);
	assert_non_null(strstr(inventory_error(i), "locked"));
	inventory_close(TAKE(i));
	r = open_ok(path, INVENTORY_READ);
	assert_int_equal(number(r, "SELECT count(*) FROM v_scan"), 1);
	inventory_close(TAKE(r));
	r = open_ok(path, INVENTORY_MEMORY);
	assert_int_equal(number(r, "SELECT count(*) FROM v_scan"), 1);
	inventory_close(TAKE(r));

	/* Time to wait: it comes after the other.  */
	assert_int_equal(inventory_open(path, INVENTORY_WRITE, 60, &i, &error),
			 0);
	close(ends[0]);
	assert_int_equal(inventory_begin(i, &info, &scan), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(scan, 3);
	commit(i);
}

/* Somebody has the file to himself: even opening has to wait.  */
static void test_exclusive(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
			 SQLITE_OK);
	check_refused(path, INVENTORY_WRITE, -EBUSY, "another run");
	check_refused(path, INVENTORY_READ, -EBUSY, "another run");
	check_empty_memory(path, "another run");
	sqlite3_close(db);
}

/* A reader that is slow makes commit wait; nothing is lost meanwhile.  */
static void test_commit_waits_for_reader(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *w = NULL, *r = NULL;

	(void)state;
	r = open_ok(path, INVENTORY_READ);
	w = open_ok(path, INVENTORY_WRITE);
	assert_int_equal(sqlite3_exec(inventory_db(r), "BEGIN; "
				      "SELECT * FROM v_scan", NULL, NULL,
				      NULL), SQLITE_OK);
	begin(w);
	assert_int_equal(inventory_commit(w), -EBUSY);
	assert_int_equal(sqlite3_exec(inventory_db(r), "COMMIT", NULL, NULL,
				      NULL), SQLITE_OK);
	commit(w);
	assert_int_equal(number(r, "SELECT count(*) FROM v_scan"), 2);
}

static int first_run(const char *path, int fd)
{
	struct inventory *i = NULL;
	char *error = NULL, byte;
	int64_t scan;

	/* All begin when the test closes the other end.  */
	if (read(fd, &byte, 1) < 0 ||
	    inventory_open(path, INVENTORY_WRITE, 60, &i, &error) < 0 ||
	    inventory_begin(i, &(struct scan_info){ .root = "/", .tool = "x" },
			    &scan) < 0)
		return 1;
	return inventory_commit(i) == 0 ? 0 : 2;
}

static void test_race_of_first_runs(void **state)
{
	enum { RUNS = 8 };
	AUTO(str) char *path = scratch_path("race/inventory.db");
	AUTO(inventory) struct inventory *i = NULL;
	pid_t children[RUNS];
	int ends[2], status, k;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	for (k = 0; k < RUNS; k++) {
		children[k] = fork();
		assert_true(children[k] >= 0);
		if (children[k] == 0) {
			close(ends[1]);
			_exit(first_run(path, ends[0]));
		}
	}
	close(ends[0]);
	close(ends[1]);
	for (k = 0; k < RUNS; k++) {
		assert_int_equal(waitpid(children[k], &status, 0), children[k]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	i = open_ok(path, INVENTORY_READ);
	assert_int_equal(number(i, "SELECT count(*) FROM v_scan"), RUNS);
	check_rows(i, "PRAGMA integrity_check", "ok");
}

/* ---- crashes ---------------------------------------------------------------*/

/* Dies in the middle of a scan; SPILLED: whose pages are on disk already.  */
static int die_in_scan(const char *path, bool spilled)
{
	struct inventory *i = NULL;
	struct stored_entry e[300];
	char *error = NULL;
	int k;

	if (inventory_open(path, INVENTORY_WRITE, 0, &i, &error) < 0 ||
	    (spilled && db_exec(i, "PRAGMA cache_size = 1") < 0))
		return 1;
	begin(i);
	for (k = 0; k < 300; k++) {
		AUTO(str) char *name = xasprintf("Root %d", k);

		e[k] = entry_of(fake(i, (struct fake){
					.name = name, .key = "k" }),
				ROLE_ANCHOR);
	}
	record(i, "pem", "/etc/ca.pem", NULL, e, 300);
	kill(getpid(), SIGKILL);
	return 2;
}

static void crash(const char *path, bool spilled)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(die_in_scan(path, spilled));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* The last complete scan can be read at once.  */
static void test_crash_before_writing(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(str) char *journal = scratch_path("inventory.db-journal");
	AUTO(inventory) struct inventory *i = NULL;

	(void)state;
	crash(path, false);
	assert_int_equal(access(journal, F_OK), 0);
	i = open_ok(path, INVENTORY_READ);
	check_rows(i, "SELECT scan_id FROM v_scan", "1");
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
	inventory_close(TAKE(i));
	i = open_ok(path, INVENTORY_MEMORY);
	check_rows(i, "SELECT scan_id FROM v_scan", "1");
}

static void test_crash(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(str) char *journal = scratch_path("inventory.db-journal");
	AUTO(inventory) struct inventory *i = NULL;

	(void)state;
	crash(path, true);
	assert_int_equal(access(journal, F_OK), 0);
	check_refused(path, INVENTORY_READ, -EUCLEAN, "interrupted");
	check_empty_memory(path, "interrupted");

	i = open_ok(path, INVENTORY_WRITE);
	assert_int_equal(access(journal, F_OK), -1);
	check_rows(i, "PRAGMA integrity_check", "ok");
	check_rows(i, "SELECT scan_id FROM v_scan", "1");
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
	assert_int_equal(number(i, "SELECT count(*) FROM v_known_certificate"),
			 1);
}

/* ---- file systems ----------------------------------------------------------*/

static int fcntl_without_locks(int fd, int command, ...)
{
	va_list args;
	void *p;

	va_start(args, command);
	p = va_arg(args, void *);
	va_end(args);
	if (command == F_SETLK || command == F_GETLK) {
		errno = ENOSYS;
		return -1;
	}
	return fcntl(fd, command, p);
}

static void test_no_locks(void **state)
{
	AUTO(str) char *path = database_with_scan("a?b#c%41.db");
	AUTO(str) char *journal = scratch_path("a?b#c%41.db-journal");
	AUTO(inventory) struct inventory *i = NULL;
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_syscall_ptr was = vfs->xGetSystemCall(vfs, "fcntl");

	(void)state;
	assert_int_equal(vfs->xSetSystemCall(vfs, "fcntl",
				(sqlite3_syscall_ptr)fcntl_without_locks),
			 SQLITE_OK);
	i = open_ok(path, INVENTORY_READ);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
	inventory_close(TAKE(i));
	i = open_ok(path, INVENTORY_MEMORY);
	assert_int_equal(number(i, "SELECT count(*) FROM v_entry"), 1);
	inventory_close(TAKE(i));
	/* With a journal beside it the file may be half of a change.  */
	write_bytes(journal, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
	check_empty_memory(path, "interrupted");
	vfs->xSetSystemCall(vfs, "fcntl", was);
}

/* ---- versions --------------------------------------------------------------*/

static void test_newer(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 4", NULL,
				      NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	check_refused(path, INVENTORY_WRITE, -EMEDIUMTYPE, "newer version");
	check_refused(path, INVENTORY_READ, -EMEDIUMTYPE, "newer version");
	check_empty_memory(path, "newer version");
}

static void test_migration(void **state)
{
	static const struct migration steps[] = {
		{ 4, "ALTER TABLE scan RENAME COLUMN mood TO humour" },
		{ 3, "ALTER TABLE scan ADD COLUMN mood TEXT; "
		     "UPDATE scan SET mood = 'fine'" },
		{ 0, NULL },
	};
	const struct schema later = { 5, steps };
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *error = NULL;
	uint8_t before[SHA256_SIZE], after[SHA256_SIZE];
	sqlite3 *db = NULL;

	(void)state;
	/* A view that the new schema makes otherwise, and one it lacks.  */
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP VIEW v_run; "
		"CREATE VIEW v_run AS SELECT 1 AS old; "
		"CREATE VIEW \"v \"\"gone\" AS SELECT 1 AS x", NULL, NULL,
		NULL), SQLITE_OK);
	sqlite3_close(db);

	/* A reader migrates a copy in memory.  */
	hash_directory(scratch, before);
	assert_int_equal(open_with_schema(path, INVENTORY_READ, 0, &later, &i,
					  &error), 0);
	check_rows(i, "SELECT humour FROM scan", "fine");
	inventory_close(TAKE(i));
	assert_int_equal(open_with_schema(path, INVENTORY_MEMORY, 0, &later,
					  &i, &error), 0);
	assert_null(error);
	check_rows(i, "SELECT humour FROM scan", "fine");
	inventory_close(TAKE(i));
	hash_directory(scratch, after);
	assert_memory_equal(before, after, sizeof(before));

	assert_int_equal(open_with_schema(path, INVENTORY_WRITE, 0, &later, &i,
					  &error), 0);
	check_rows(i, "PRAGMA user_version", "5");
	check_rows(i, "SELECT humour FROM scan", "fine");
	check_rows(i, "SELECT root, earlier_scans FROM v_run", "/|0");
	check_rows(i, "SELECT count(*) FROM sqlite_master WHERE name LIKE "
		   "'%gone'", "0");
	inventory_close(TAKE(i));
	assert_int_equal(open_with_schema(path, INVENTORY_WRITE, 0, &later, &i,
					  &error), 0);
	inventory_close(TAKE(i));
	check_refused(path, INVENTORY_WRITE, -EMEDIUMTYPE, "newer version");
}

/* Version 1 had the findings of one audit, and its scan in meta.  */
static void test_from_1(void **state)
{
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *i = NULL;
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE finding; DROP TABLE audit;"
		"CREATE TABLE finding (position INTEGER PRIMARY KEY,"
		" scan_id INTEGER NOT NULL REFERENCES scan,"
		" id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);"
		"INSERT INTO finding SELECT 0, max(id), 'f', '{}' FROM scan;"
		"INSERT INTO meta SELECT 'audit', max(id) FROM scan;"
		"PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	i = open_ok(path, INVENTORY_WRITE);
	check_rows(i, "PRAGMA user_version", "3");
	check_rows(i, "SELECT f.position, f.id, f.document, s.root_id - a.root_id"
		   " FROM finding f JOIN audit a ON a.scan_id = f.scan_id"
		   " JOIN scan s ON s.id = a.scan_id", "0|f|{}|0");
	check_rows(i, "SELECT count(*) FROM meta WHERE key = 'audit'", "0");
}

/* A step that fails, or is missing, leaves the file as it was.  */
static void test_failed_migration(void **state)
{
	static const struct migration broken[] = {
		{ 3, "ALTER TABLE scan ADD COLUMN mood TEXT" },
		{ 4, "ALTER TABLE no_such_table ADD COLUMN mood TEXT" },
		{ 0, NULL },
	};
	AUTO(str) char *path = database_with_scan("inventory.db");
	AUTO(inventory) struct inventory *i = NULL, *none = NULL;
	AUTO(str) char *error = NULL;

	(void)state;
	assert_int_equal(open_with_schema(path, INVENTORY_WRITE, 0,
					  &(struct schema){ 5, broken }, &none,
					  &error), -EIO);
	assert_non_null(strstr(error, "no_such_table"));
	free(TAKE(error));
	assert_int_equal(open_with_schema(path, INVENTORY_WRITE, 0,
					  &(struct schema){ 6, broken + 2 },
					  &none, &error), -EMEDIUMTYPE);
	assert_non_null(strstr(error, "no migration from version 3"));
	i = open_ok(path, INVENTORY_WRITE);
	check_rows(i, "PRAGMA user_version", "3");
	check_rows(i, "SELECT count(*) FROM pragma_table_info('scan') "
		   "WHERE name = 'mood'", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_fresh),
		SCRATCH_TEST(test_odd_names),
		SCRATCH_TEST(test_empty_file),
		SCRATCH_TEST(test_missing),
		SCRATCH_TEST(test_reading_writes_nothing),
		SCRATCH_TEST(test_memory_lets_go),
		SCRATCH_TEST(test_foreign),
		SCRATCH_TEST(test_foreign_with_hot_journal),
		SCRATCH_TEST(test_damaged),
		SCRATCH_TEST(test_tables_missing),
		SCRATCH_TEST(test_write_ahead_log),
		SCRATCH_TEST(test_below_a_file),
		SCRATCH_TEST(test_no_permission),
		SCRATCH_TEST(test_second_writer_waits),
		SCRATCH_TEST(test_exclusive),
		SCRATCH_TEST(test_commit_waits_for_reader),
		SCRATCH_TEST(test_race_of_first_runs),
		SCRATCH_TEST(test_crash_before_writing),
		SCRATCH_TEST(test_crash),
		SCRATCH_TEST(test_no_locks),
		SCRATCH_TEST(test_newer),
		SCRATCH_TEST(test_migration),
		SCRATCH_TEST(test_from_1),
		SCRATCH_TEST(test_failed_migration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
