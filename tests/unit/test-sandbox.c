/* test-sandbox.c -- the jail of the workers that read (base/sandbox.c,
 * base/worker.c, read/readings.c): whatever a reader that was taken over tries is
 * stopped, and one that crashes, loops, eats memory or lies costs its own file
 * and nothing else.
 *
 * This program's table of readers is its own: it has the name of every reader
 * that there is, each of which does what the first word of the file says.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "locate/locate.h"
#include "read/jobs.h"
#include "scan/scan.h"
#include "unit/inventory-fixture.h"
#include "unit/tree.h"

#include <cmocka.h>

/* ---- readers that do as the file says --------------------------------------*/

static volatile int never;

static void die_of_signal(void)
{
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void loop(void)
{
	while (!never)
		;
}

/* Without processor time: only the clock tells.  */
static void block(void)
{
	static int word;

	for (;;)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void eat(void)
{
	while (!never)
		memset(xmalloc(1 << 20), 1, 1 << 20);
}

static void say(const void *p, size_t n)
{
	while (n > 0) {
		ssize_t wrote = write(SANDBOX_SOCKET, p, n);

		if (wrote <= 0)
			_exit(1);
		p = (const char *)p + wrote;
		n -= (size_t)wrote;
	}
}

static void lie_of_length(void)
{
	say("\xff\xff\xff\xff\0\0\0\6", 8);
	block();
}

static void lie_of_type(void)
{
	say("\0\0\0\0\0\0\0\x63", 8);
	block();
}

static void lie_of_record(void)
{
	say("\0\0\0\4\0\0\0\6\0\0\0\x63", 12);
	block();
}

/* Ends more files than it was given.  */
static void lie_of_files(void)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	wire_put_u32(&b, 0);
	wire_put_u32(&b, JOB_CHUNK);
	for (unsigned k = 0; k < LIMIT_WIRE_FILES + 1; k++) {
		wire_put_u32(&b, RECORD_END);
		result_put(&b, &(struct read_file){ .companion_fd = -1 });
	}
	b.p[2] = (char)((b.n - 8) >> 8);
	b.p[3] = (char)(b.n - 8);
	say(b.p, b.n);
	block();
}

/* Says a name with no end.  */
static void lie_without_end(void)
{
	static const char junk[4096];

	for (;;)
		say(junk, sizeof(junk));
}

/* The worker ends; nothing comes of it but the end of its channel.  */
static void leave(void)
{
	_exit(3);
}

/* What must not be possible: each gives what the kernel said.  */
static long do_open(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long do_create(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/tmp/trustdrift-escaped",
		       O_WRONLY | O_CREAT, 0600);
}

static long do_unlink(void)
{
	return syscall(SYS_unlinkat, AT_FDCWD, "/tmp/trustdrift-escaped", 0);
}

static long do_socket(void)
{
	return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static long do_unix_socket(void)
{
	return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static long do_fork(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long do_exec(void)
{
	char *const argv[] = { (char *)"true", NULL };

	return syscall(SYS_execve, "/bin/true", argv, NULL);
}

static long do_kill(void)
{
	return syscall(SYS_kill, getppid(), 0);
}

static long do_trace(void)
{
	return syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), 0, 0);
}

/* What the standard descriptors were, and the file that is read.  */
static long do_write(void)
{
	for (int fd = 0; fd < 64; fd++)
		if (fd != SANDBOX_SOCKET &&
		    syscall(SYS_write, fd, "escaped\n", 8) >= 0)
			return 0;
	return -1;
}

static long do_send_file(void)
{
	struct msghdr m = { .msg_iov = NULL };

	return syscall(SYS_sendmsg, SANDBOX_SOCKET, &m, 0);
}

static long do_code(void)
{
	return (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == -1 ? -1 : 0;
}

static long do_regain(void)
{
	return syscall(SYS_setresuid, 0, 0, 0);
}

/* Not everything is there to be stopped on every host.  SANITIZED builds are let
 * look at /proc, and told EACCES instead of being ended.  */
static const struct deed {
	const char *name;
	long (*deed)(void);	/* >= 0: it was possible */
	void (*act)(void);	/* does not return */
	bool needs_seccomp;	/* nothing else stops it */
} deeds[] = {
	{ "open", do_open, NULL, false },
	{ "create", do_create, NULL, false },
	{ "unlink", do_unlink, NULL, false },
	{ "socket", do_socket, NULL, true },
	{ "unix-socket", do_unix_socket, NULL, true },
	{ "fork", do_fork, NULL, false },
	{ "exec", do_exec, NULL, false },
	{ "kill", do_kill, NULL, true },
	{ "trace", do_trace, NULL, false },
	{ "write", do_write, NULL, false },
	{ "send-file", do_send_file, NULL, true },
	{ "code", do_code, NULL, true },
	{ "regain", do_regain, NULL, true },
	{ "crash", NULL, die_of_signal, false },
	{ "leave", NULL, leave, false },
	{ "loop", NULL, loop, false },
	{ "block", NULL, block, false },
	{ "eat", NULL, eat, false },
	{ "lie-length", NULL, lie_of_length, false },
	{ "lie-type", NULL, lie_of_type, false },
	{ "lie-record", NULL, lie_of_record, false },
	{ "lie-files", NULL, lie_of_files, false },
	{ "lie-end", NULL, lie_without_end, false },
};

static int read_as_told(const struct input *in, struct sink *out)
{
	static const uint8_t hash[SHA256_SIZE] = { 1 };
	const struct entry entry = {
		.sha256 = hash, .label = "good", .label_n = 4, .offset = 1,
	};

	for (size_t k = 0; k < ARRAY_SIZE(deeds); k++) {
		const struct deed *d = &deeds[k];
		const size_t n = strlen(d->name);

		if (in->data.n <= n || in->data.p[n] != '\n' ||
		    memcmp(in->data.p, d->name, n) != 0)
			continue;
		out->done(out, 3);
		if (d->act != NULL)
			d->act();
		else if (d->deed() >= 0)
			sink_problem(out, PROBLEM_FORMAT, 0, "possible");
		else
			sink_problem(out, PROBLEM_FORMAT, 0, "refused");
	}
	return out->entry(out, &entry);
}

static bool sniff_any(struct blob data)
{
	return data.n > 0;
}

/* The real ones' names and what they ask for, in place of the real ones.  */
#define READER(n)	extern const struct reader n##_reader; \
			static struct reader n##_told;
#include "read/readers.def"
#undef READER

const struct reader *const readers[] = {
#define READER(n)	&n##_told,
#include "read/readers.def"
#undef READER
	NULL
};

static void make_readers(void)
{
#define READER(n) \
	n##_told = n##_reader; \
	n##_told.read = read_as_told; \
	n##_told.sniff = sniff_any;
#include "read/readers.def"
#undef READER
}

/* ---- reading files -----------------------------------------------------------*/

struct told {
	struct sink sink;
	unsigned entries, possible, refused, others, forgotten;
};

static int told_entry(struct sink *sink, const struct entry *e)
{
	(void)e;
	((struct told *)sink)->entries++;
	return 0;
}

static int told_reference(struct sink *sink, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	(void)sink, (void)name, (void)n, (void)role, (void)offset;
	return 0;
}

static void told_problem(struct sink *sink, const struct problem *p)
{
	struct told *t = (struct told *)sink;

	if (strcmp(p->message, "possible") == 0)
		t->possible++;
	else if (strcmp(p->message, "refused") == 0)
		t->refused++;
	else
		t->others++;
}

static void told_done(struct sink *sink, uint64_t offset)
{
	(void)sink, (void)offset;
}

static void told_forget(struct sink *sink)
{
	struct told *t = (struct told *)sink;

	t->entries = t->possible = t->refused = t->others = 0;
	t->forgotten++;
}

static int none_is_known(void *data, const uint8_t sha256[SHA256_SIZE],
			 bool *ret_verified)
{
	(void)data, (void)sha256;
	*ret_verified = false;
	return 0;
}

static int no_roots(void *data, const struct blob **ret_roots, size_t *ret_n)
{
	(void)data;
	*ret_roots = NULL;
	*ret_n = 0;
	return 0;
}

static struct readings *readings;
static struct sandbox_state sandbox;

/* A file with these words, open as the walker opens one.  */
static int open_words(const char *words)
{
	int fd = memfd_create("words", MFD_CLOEXEC), readable;
	AUTO(str) char *path = xasprintf("/proc/self/fd/%d", fd);

	assert_true(fd >= 0);
	dprintf(fd, "%s\n", words);
	readable = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(readable >= 0);
	close(fd);
	return readable;
}

/* Reads files with these words, by the reader FORMAT.  */
static void read_files_of(const char *format, const char *const *words, size_t n,
			  uint32_t uid, struct told *told, struct read_file *files)
{
	const struct readings_host host = { none_is_known, no_roots, NULL };
	const struct read_request request = {
		.formats = format, .limit = LIMIT_FILE_BYTES };

	for (size_t k = 0; k < n; k++) {
		told[k] = (struct told){
			.sink = { told_entry, told_reference, told_problem,
				  told_done } };
		files[k] = (struct read_file){
			.fd = open_words(words[k]), .companion_fd = -1,
			.id = { .size = (int64_t)strlen(words[k]) + 1,
				.uid = uid },
			.sink = &told[k].sink, .forget = told_forget };
	}
	assert_int_equal(readings_run(readings, &host, &request, files, n), 0);
	for (size_t k = 0; k < n; k++) {
		close(files[k].fd);
		free(files[k].engine);
	}
}

static void read_files(const char *format, const char *const *words, size_t n,
		       struct told *told, struct read_file *files)
{
	read_files_of(format, words, n, getuid(), told, files);
}

static int open_all(void **state)
{
	(void)state;
	make_readers();
	assert_int_equal(readings_open(ISOLATION_AUTO, false, &readings), 0);
	assert_int_equal(readings_try(readings), 0);
	sandbox = *readings_sandbox(readings);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	readings_close(readings);
	readings = NULL;
	return 0;
}

/* ---- the jail ----------------------------------------------------------------*/

static void good_file(void **state)
{
	static const char *const words[] = { "good" };
	struct read_file file;
	struct told told;

	(void)state;
	for (size_t k = 0; readers[k] != NULL; k++) {
		read_files(readers[k]->name, words, 1, &told, &file);
		assert_null(file.died);
		assert_int_equal(file.error, 0);
		assert_ptr_equal(file.reader, readers[k]);
		assert_int_equal(told.entries, 1);
		assert_int_equal(told.possible + told.refused + told.others, 0);
	}
}

/* Every reader, every deed.  */
static void jail(void **state)
{
	bool skipped = false;

	(void)state;
	for (size_t p = 0; p < SANDBOX_PARTS; p++)
		if (sandbox.parts[p] < 0)
			print_message("# not enforced here: %s: %s\n",
				sandbox_part_name((enum sandbox_part)p),
				strerror(-sandbox.parts[p]));
	for (size_t r = 0; readers[r] != NULL; r++) {
		for (size_t k = 0; k < ARRAY_SIZE(deeds); k++) {
			const char *words[] = { deeds[k].name };
			struct read_file file;
			struct told told;

			if (deeds[k].deed == NULL)
				continue;
			if (sandbox.parts[SANDBOX_CALLS] < 0 &&
			    (deeds[k].needs_seccomp ||
			     sandbox.parts[SANDBOX_FILES] < 0)) {
				skipped = true;
				continue;
			}
			read_files(readers[r]->name, words, 1, &told, &file);
			if (told.possible > 0)
				print_error("%s: %s was possible\n",
					    readers[r]->name, deeds[k].name);
			assert_int_equal(told.possible, 0);
			if (sandbox.parts[SANDBOX_CALLS] == 0 && !SANITIZED) {
				assert_non_null(file.died);
				assert_non_null(strstr(file.died,
						       "signal 31"));
				assert_int_equal(told.entries, 0);
			}
			free(file.died);
		}
	}
	if (skipped)
		print_message("# SKIPPED: deeds that only seccomp stops\n");
	assert_int_equal(access("/tmp/trustdrift-escaped", F_OK), -1);
}

/* ---- one bad file among good ones --------------------------------------------*/

static void one_among(const char *word, const char *reason)
{
	const char *const words[] = { "good", "good", word, "good" };
	struct read_file files[4];
	struct told told[4];

	read_files("pem", words, 4, told, files);
	for (size_t k = 0; k < 4; k++) {
		if (k == 2)
			continue;
		assert_null(files[k].died);
		assert_int_equal(told[k].entries, 1);
	}
	assert_int_equal(told[2].entries + told[2].others, 0);
	assert_true(told[2].forgotten >= 1);
	assert_non_null(files[2].died);
	if (strstr(files[2].died, reason) == NULL)
		fail_msg("%s: %s", word, files[2].died);
	free(files[2].died);
}

static void crash(void **state)
{
	const char *const words[] = { "crash" };
	struct read_file file;
	struct told told;

	(void)state;
	one_among("crash", "signal 6");
	one_among("leave", "status 3");
	/* how far it had come */
	read_files("pem", words, 1, &told, &file);
	assert_non_null(file.died);
	assert_int_equal(file.died_offset, 3);
	free(file.died);
}

static void lie(void **state)
{
	(void)state;
	one_among("lie-length", "no reader says");
	one_among("lie-type", "no reader says");
	one_among("lie-record", "no reader says");
	one_among("lie-files", "no reader says");
	one_among("lie-end", "no reader says");
}

static void time_limits(void **state)
{
	(void)state;
	readings_limit(readings, 1, 300);
	one_among("loop", "processor time");
	readings_limit(readings, 300, 1);
	one_among("block", "not done after 1 seconds");
	readings_limit(readings, LIMIT_READ_CPU, LIMIT_READ_WALL);
}

static void memory(void **state)
{
	(void)state;
	if (SANITIZED || sandbox.parts[SANDBOX_LIMITS] != 0) {
		print_message("# SKIPPED: sanitizers' memory has no limit\n");
		skip();
	}
	one_among("eat", "memory");
}

/* A file that is shorter than it was when it was opened is no crash: the pages
 * that are gone read as zeros, and that is said.  */
static void shrank(void **state)
{
	const struct readings_host host = { none_is_known, no_roots, NULL };
	const struct read_request request = {
		.formats = "pem", .limit = LIMIT_FILE_BYTES };
	struct told told = {
		.sink = { told_entry, told_reference, told_problem,
			  told_done } };
	struct read_file file = {
		.fd = memfd_create("empty", MFD_CLOEXEC), .companion_fd = -1,
		.id = { .size = 4 * (int64_t)LIMIT_COPIED_BYTES },
		.sink = &told.sink, .forget = told_forget };

	(void)state;
	assert_true(file.fd >= 0);
	assert_int_equal(readings_run(readings, &host, &request, &file, 1), 0);
	close(file.fd);
	assert_null(file.died);
	assert_int_equal(told.entries, 1);
	assert_int_equal(told.others, 1);
}

/* A user whose files had their time: those that come then are left out, and say so;
 * root's are read.  */
static void user_is_spent(void **state)
{
	/* of which none is who runs this */
	static const uint32_t uids[] = { 123456, 0, 123456 };
	const char *const words[] = { "good" };

	(void)state;
	readings_limit_users(readings, 0, 0);
	for (size_t k = 0; k < ARRAY_SIZE(uids); k++) {
		struct read_file file;
		struct told told;

		read_files_of("pem", words, 1, uids[k], &told, &file);
		assert_int_equal(file.left_out, k == 2);
		assert_int_equal(told.entries, k < 2);
		assert_int_equal(file.died != NULL, k == 2);
		assert_int_equal(file.exhausted, false);
		free(file.died);
	}
	readings_limit_users(readings, LIMIT_USER_CPU, LIMIT_USER_WALL);
}

/* Two users' files are not read by one process.  */
static void owners(void **state)
{
	static const char *const words[] = { "good", "good", "good" };
	const struct readings_host host = { none_is_known, no_roots, NULL };
	const struct read_request request = {
		.formats = "pem", .limit = LIMIT_FILE_BYTES };
	struct read_file files[3];
	struct told told[3];

	(void)state;
	read_files("pem", words, 3, told, files);
	for (size_t k = 0; k < 3; k++) {
		files[k].fd = open_words("good");
		files[k].id.uid = 1000 + (unsigned)k;
		files[k].engine = NULL;
	}
	assert_int_equal(readings_run(readings, &host, &request, files, 3), 0);
	for (size_t k = 0; k < 3; k++) {
		assert_int_equal(told[k].entries, 2);
		close(files[k].fd);
	}
}

/* ---- the whole scan ----------------------------------------------------------*/

static void put_root(void)
{
	static const struct tree_item items[] = {
		{ 'f', "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n" },
		{ 'f', "/etc/ssl/certs/ca-certificates.crt", "good\n" },
		{ 'f', "/etc/ssl/certs/11111111.0", "good\n" },
		{ 'f', "/etc/ssl/certs/22222222.0", "crash\n" },
		{ 'f', "/etc/ssl/certs/33333333.0", "good\n" },
		{ 'l', "/etc/ssl/certs/44444444.0", "22222222.0" },
		{ 0 },
	};

	tree_make(items);
}


static void one_row(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	AUTO(str) char *error = NULL, *path = NULL;
	struct catalogue *catalogue = NULL;
	struct scan_result result;
	struct scan_options options = { .now = 1700000000 };
	struct root root;

	(void)state;
	put_root();
	path = tree_path("/");
	assert_int_equal(root_open(path, &root), 0);
	assert_int_equal(catalogue_load(root.path, &catalogue, &error), 0);
	options.root = &root;
	options.catalogue = catalogue;
	options.readings = readings;
	assert_int_equal(scan_run(i, &options, &result), 0);
	check_rows(i, "SELECT p.path, code FROM v_problem p JOIN v_store s"
		    " ON s.store_id = p.store_id WHERE"
		    " s.kind = 'system-hash-directory' ORDER BY p.path",
		    "/etc/ssl/certs/22222222.0|reader-died\n"
		    "/etc/ssl/certs/44444444.0|reader-died");
	check_rows(i, "SELECT entries FROM v_store WHERE"
		    " kind = 'system-hash-directory'", "2");
	check_rows(i, "SELECT entries, problems FROM v_store WHERE"
		    " kind = 'system-bundle' AND path ="
		    " '/etc/ssl/certs/ca-certificates.crt'", "1|0");
	inventory_rollback(i);
	catalogue_free(catalogue);
	root_done(&root);
}

/* ---- the program ends --------------------------------------------------------*/

/* However the program ends, its workers end, too.  As a subreaper this process
 * becomes the parent of what is left over.  */
static void nobody_is_left(void **state)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	static const char *const words[] = { "block" };
	int p[2], status;
	unsigned waited;
	char byte;
	pid_t pid;

	(void)state;
	close_all(NULL);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct read_file file;
		struct told told;

		close(p[0]);
		if (readings_open(ISOLATION_AUTO, false, &readings) < 0 ||
		    readings_try(readings) < 0 || write(p[1], "", 1) != 1)
			_exit(1);
		read_files("pem", words, 1, &told, &file);
		_exit(2);
	}
	close(p[1]);
	assert_int_equal(read(p[0], &byte, 1), 1);
	close(p[0]);
	nanosleep(&pause, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	for (waited = 0; waited < 500; waited++) {
		pid_t r = waitpid(-1, &status, WNOHANG);

		if (r < 0)
			break;
		if (r == 0)
			nanosleep(&pause, NULL);
	}
	assert_int_equal(errno, ECHILD);
	assert_true(waited < 500);
	open_all(NULL);
}

/* The program's own sandbox, in a process that is thrown away.  */
static void keeper(void **state)
{
	AUTO(str) char *inside = NULL, *outside = NULL;
	int status;
	pid_t pid;

	(void)state;
	put_root();
	inside = tree_path("/etc/ssl");
	outside = tree_path("/etc/new");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const char *writable[] = { inside, NULL };
		AUTO(str) char *file = xasprintf("%s/new", inside);
		AUTO(str) char *linked = xasprintf("%s/certs/11111111.0",
						   inside);
		char *const argv[] = { (char *)"true", NULL };
		struct sandbox_state s;

		sandbox_enter_keeper(writable, &s);
		if (s.parts[SANDBOX_FILES] == 0 &&
		    (creat(outside, 0600) >= 0 || creat(file, 0600) < 0 ||
		     open(linked, O_RDWR) < 0 ||
		     open("/etc/passwd", O_RDONLY) < 0))
			_exit(1);
		if (s.parts[SANDBOX_CALLS] == 0 &&
		    (execv("/bin/true", argv) == 0 || errno != EPERM ||
		     (!SANITIZED && ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)))
			_exit(2);
		_exit(s.parts[SANDBOX_FILES] < 0 && s.parts[SANDBOX_CALLS] < 0
		      ? 77 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# SKIPPED: neither Landlock nor seccomp\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_file),
		cmocka_unit_test(jail),
		cmocka_unit_test(crash),
		cmocka_unit_test(lie),
		cmocka_unit_test(time_limits),
		cmocka_unit_test(memory),
		cmocka_unit_test(shrank),
		cmocka_unit_test(user_is_spent),
		cmocka_unit_test(owners),
		cmocka_unit_test_teardown(one_row, tree_teardown),
		cmocka_unit_test_teardown(keeper, tree_teardown),
		cmocka_unit_test(nobody_is_left),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
