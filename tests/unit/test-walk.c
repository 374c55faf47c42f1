/* test-walk.c -- locate/expand.c and walk.c: what is found of a catalogue in
 * small trees.
 */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "unit/rows.h"
#include "unit/tree.h"

#include <cmocka.h>

static const struct root *root;

/* One line a place: kind path [= real path] [@ instance] [owner] [error].  */
static int write_place(const struct place *p, void *data)
{
	struct buf *out = data;

	buf_addf(out, "%s %s", p->definition->kind, p->path);
	if (strcmp(p->real_path, p->path) != 0)
		buf_addf(out, " = %s", p->real_path);
	if (strcmp(p->instance, "/") != 0)
		buf_addf(out, " @ %s", p->instance);
	if (*p->owner != '\0')
		buf_addf(out, " of %s", p->owner);
	if (p->error < 0)
		buf_addf(out, " %s", strerrorname_np(-p->error));
	else
		assert_int_not_equal(p->id.ino, 0);
	return buf_adds(out, "\n");
}

static void expect_places(const struct row *rows,
			  const struct home_row *home_rows, const char *want)
{
	struct catalogue *c = catalogue_of(rows);
	struct homes h = homes_of(home_rows);
	AUTO(buf) struct buf out;

	buf_init(&out, SIZE_MAX);
	assert_int_equal(walk_stores(root, c, &h, write_place, &out), 0);
	assert_string_equal(buf_str(&out), want);
	homes_done(&h);
	catalogue_free(c);
}

static void test_order_and_instances(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/usr/lib/jvm/jdk-17/lib/security/cacerts", "a" },
		{ 'l', "/usr/lib/jvm/default", "jdk-17" },
		{ 'f', "/usr/lib/jvm/jdk-8/jre/lib/security/cacerts", "b" },
		{ 'l', "/usr/lib/jvm/jdk-21", "/opt/jdk-21" },
		{ 'l', "/opt/jdk-21/lib/security/cacerts",
		  "/etc/ssl/certs/java/cacerts" },
		{ 'f', "/etc/ssl/certs/java/cacerts", "c" },
		{ 'f', "/usr/lib/jvm/.hidden/lib/security/cacerts", "d" },
		{ 'f', "/usr/lib/jvm/README", "e" },
		{ 'd', "/usr/lib/jvm/empty", NULL },
		{ 'l', "/usr/lib/jvm/gone", "nowhere" },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "jdk", .paths = {
			"(/usr/lib/jvm/*)/lib/security/cacerts",
			"(/usr/lib/jvm/*)/jre/lib/security/cacerts" } },
		{ .kind = "all", .paths = {
			"/etc/ssl/certs/java/cacerts", "/etc/nothing" } },
		{ .kind = "self", .paths = { "(/opt/*/lib/*/cacerts)" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	expect_places(stores, NULL,
		"jdk /usr/lib/jvm/default/lib/security/cacerts"
		" = /usr/lib/jvm/jdk-17/lib/security/cacerts"
		" @ /usr/lib/jvm/jdk-17\n"
		"jdk /usr/lib/jvm/jdk-17/lib/security/cacerts"
		" @ /usr/lib/jvm/jdk-17\n"
		"jdk /usr/lib/jvm/jdk-21/lib/security/cacerts"
		" = /etc/ssl/certs/java/cacerts @ /opt/jdk-21\n"
		"jdk /usr/lib/jvm/jdk-8/jre/lib/security/cacerts"
		" @ /usr/lib/jvm/jdk-8\n"
		"all /etc/ssl/certs/java/cacerts\n"
		"self /opt/jdk-21/lib/security/cacerts"
		" = /etc/ssl/certs/java/cacerts"
		" @ /etc/ssl/certs/java/cacerts\n");
}

static void test_homes(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/data/ann/.net/ca/x.pfx", "" },
		{ 'l', "/home/ann", "/data/ann" },
		{ 'd', "/home/bob/.net/root", NULL },
		{ 'd', "/home/bob/.net/ca", NULL },
		{ 'd', "/home/bob/.net/odd name", NULL },
		{ 'f', "/home/bob/.net/file", "" },
		{ 'f', "/home/bob/.moz/ff/p1/cert9.db", "" },
		{ 'd', "/home/eve", NULL },
		{ 'p', "/home/eve/.net", NULL },
		{ 'd', "/home/fay/.net", NULL },
		{ 'p', "/home/fay/.net/ca", NULL },
		{ 'd', "/elsewhere/.net/ca", NULL },
		{ 0 },
	};
	static const struct home_row homes[] = {
		{ "/home/ann", "ann" }, { "/home/bob", "bob" },
		{ "/home/eve", "eve" }, { "/home/fay", "1003" },
		{ "/home/gone", "gone" },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "ca", .selection = SELECT_NAMES, .files = "*",
		  .paths = { "{home}/.net/ca" } },
		{ .kind = "other", .selection = SELECT_NAMES, .files = "*",
		  .except = "ca my root", .paths = { "{home}/.net/*" } },
		{ .kind = "ff", .paths = { "({home}/.moz/ff/*)/cert9.db" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	expect_places(stores, homes,
		"ca /home/ann/.net/ca = /data/ann/.net/ca @ /data/ann of ann\n"
		"ca /home/bob/.net/ca @ /home/bob of bob\n"
		"ca /home/fay/.net/ca @ /home/fay of 1003 ENOTDIR\n"
		"other /home/bob/.net/odd name @ /home/bob of bob\n"
		"ff /home/bob/.moz/ff/p1/cert9.db @ /home/bob/.moz/ff/p1"
		" of bob\n");
}

/* With many patterns a home is listed first; one that can be entered but not
 * listed gives the same.  */
static void test_many_patterns(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/home/ann/c/x", "" }, { 'l', "/home/ann/e", "c" },
		{ 'f', "/home/ann/i", "" }, { 'f', "/home/ann/j", "" },
		{ 'l', "/home/ann/h", "nowhere" },
		{ 0 },
	};
	static const struct home_row homes[] = {
		{ "/home/ann", "ann" }, { 0 },
	};
	static const struct row stores[] = {
		{ .kind = "a", .paths = { "{home}/a", "{home}/b/x",
			"{home}/c/x", "{home}/d", "{home}/e/x" } },
		{ .kind = "b", .paths = { "{home}/f", "{home}/g/x", "{home}/h",
			"{home}/i", "{home}/j" } },
		{ 0 },
	};
	AUTO(str) char *home = NULL;

	(void)state;
	root = tree_make(items);
	home = tree_path("/home/ann");
	for (mode_t mode = 0755; mode != 0; mode = mode == 0755 ? 0311 : 0) {
		assert_int_equal(chmod(home, mode), 0);
		be_ordinary();
		expect_places(stores, homes,
			"a /home/ann/c/x @ /home/ann of ann\n"
			"a /home/ann/e/x = /home/ann/c/x @ /home/ann of ann\n"
			"b /home/ann/i @ /home/ann of ann\n"
			"b /home/ann/j @ /home/ann of ann\n");
		be_again();
	}
	assert_int_equal(chmod(home, 0755), 0);
}

/* Only what is there, or may be there, is a place.  */
static void test_odd_things(void **state)
{
	static const struct tree_item items[] = {
		{ 'l', "/etc/loop", "loop" },
		{ 'l', "/etc/dangling", "nowhere" },
		{ 'd', "/etc/directory", NULL },
		{ 'p', "/etc/fifo", NULL },
		{ 'f', "/etc/file", "" },
		{ 'f', "/etc/file-2", "" },
		{ 'l', "/jvm/a", "b" },
		{ 'l', "/jvm/b", "a" },
		{ 's', "/bin/small", "999" },
		{ 's', "/bin/large", "1000" },
		{ 'l', "/etc/outside", "../../../../../../etc/file" },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "file", .paths = {
			"/etc/loop", "/etc/dangling", "/etc/directory",
			"/etc/fifo", "/etc/file/beneath", "/etc/loop/beneath",
			"/etc/outside" } },
		{ .kind = "listed", .paths = { "/etc/d*y", "/etc/f*" } },
		{ .kind = "jdk", .paths = { "(/jvm/*)/lib/cacerts" } },
		{ .kind = "size", .at_least = 1000, .paths = {
			"/bin/small", "/bin/large" } },
		{ .kind = "dir", .selection = SELECT_HASHES, .paths = {
			"/etc/file", "/etc/directory" } },
		/* two ways to one name are one place */
		{ .kind = "twice", .paths = { "/etc/file", "/etc/f[i]le" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	expect_places(stores, NULL,
		"file /etc/directory\n"
		"file /etc/fifo\n"
		"file /etc/loop ELOOP\n"
		"file /etc/outside = /etc/file\n"
		"listed /etc/fifo\n"
		"listed /etc/file\n"
		"listed /etc/file-2\n"
		"jdk /jvm/a/lib/cacerts @ /jvm/a ELOOP\n"
		"jdk /jvm/b/lib/cacerts @ /jvm/b ELOOP\n"
		"size /bin/large\n"
		"dir /etc/directory\n"
		"dir /etc/file ENOTDIR\n"
		"twice /etc/file\n");
}

/* One place that distributions read differently.  */
static void test_conditions(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/etc/release", "" }, { 'f', "/etc/ca", "" },
		{ 'l', "/etc/loop", "loop" }, { 0 },
	};
	static const struct row stores[] = {
		{ .kind = "a", .if_exists = "/etc/release",
		  .paths = { "/etc/ca" } },
		{ .kind = "b", .unless_exists = "/etc/release",
		  .paths = { "/etc/ca" } },
		{ .kind = "c", .if_exists = "/etc/ca/release",
		  .paths = { "/etc/ca" } },
		{ .kind = "d", .if_exists = "/etc/release",
		  .unless_exists = "/etc/other", .paths = { "/etc/ca" } },
		{ .kind = "e", .if_exists = "/etc/loop",
		  .paths = { "/etc/ca" } },
		{ .kind = "f", .unless_exists = "/etc/loop",
		  .paths = { "/etc/ca" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	expect_places(stores, NULL,
		"a /etc/ca\nd /etc/ca\ne /etc/ca\nf /etc/ca\n");
}

/* What a closed directory hides is told once for each kind.  */
static void test_closed(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/home/ann/.moz/p1/cert9.db", "" },
		{ 'f', "/home/ann/.pki/nssdb/cert9.db", "" },
		{ 'f', "/home/bob/.moz/p1/cert9.db", "" },
		{ 'f', "/etc/java/cacerts", "" },
		{ 'x', "/home/ann", NULL },
		{ 'x', "/home/bob/.moz", NULL },
		{ 'x', "/etc/java", NULL },
		{ 0 },
	};
	static const struct home_row homes[] = {
		{ "/home/ann", "ann" }, { "/home/bob", "bob" },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "moz", .paths = { "({home}/.moz/*)/cert9.db",
						"({home}/.moz/*)/old.db" } },
		{ .kind = "pki", .paths = { "{home}/.pki/nssdb/cert9.db",
						"{home}/.x/pki/cert9.db" } },
		{ .kind = "java", .paths = { "/etc/java/cacerts" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	be_ordinary();
	expect_places(stores, homes,
		"moz /home/ann @ /home/ann of ann EACCES\n"
		"moz /home/bob/.moz @ /home/bob/.moz of bob EACCES\n"
		"pki /home/ann @ /home/ann of ann EACCES\n"
		"java /etc/java/cacerts EACCES\n");
	be_again();
}

/* Links are enough to make names without end: 400 to one directory of 300.  */
static void test_too_many(void **state)
{
	static const struct tree_item items[] = {
		{ 'd', "/top", NULL }, { 'd', "/many", NULL }, { 0 },
	};
	static const struct row stores[] = {
		{ .kind = "a", .paths = { "/top/*/*/cert" } },
		{ .kind = "b", .paths = { "/many/n000", "/many/n00[12]" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	for (size_t i = 0; i < 400; i++) {
		AUTO(str) char *link = xasprintf("%s/top/l%03zu", root->path, i);
		AUTO(str) char *name = xasprintf("%s/many/n%03zu", root->path, i);

		assert_int_equal(symlink("../many", link), 0);
		if (i < 300)
			assert_int_equal(symlink("/", name), 0);
	}
	/* 332 times 301 names, 68 more, and then no wildcard is followed any
	 * further; plain names are.  */
	expect_places(stores, NULL,
		"a /top E2BIG\n"
		"a /top/l332 E2BIG\n"
		"b /many E2BIG\n"
		"b /many/n000 = /\n");
}

/* ---- `**` ----------------------------------------------------------------*/

static void test_deep(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/opt/sdk/ca.pem", "" },
		{ 'f', "/opt/sdk/a/ca.pem", "" },
		{ 'f', "/opt/sdk/a/b/c/ca.pem", "" },
		{ 'f', "/opt/sdk/a/b/c/lib/x/ca.pem", "" },
		{ 'f', "/opt/sdk/a/lib/x/ca.pem", "" },
		{ 'f', "/opt/sdk/lib/x/ca.pem", "" },
		{ 'f', "/opt/sdk/.hidden/ca.pem", "" },
		{ 'f', "/opt/sdk/a/.hidden/lib/x/ca.pem", "" },
		{ 'l', "/opt/sdk/link", "/srv/out" },
		{ 'f', "/srv/out/ca.pem", "" },
		{ 'l', "/opt/sdk/up", ".." },
		{ 'l', "/opt/sdk/b/ca.pem", "../ca.pem" },
		{ 'p', "/opt/sdk/c/ca.pem", NULL },
		{ 'd', "/opt/sdk/d/ca.pem", NULL },
		{ 'l', "/opt/alias", "sdk" },
		{ 'f', "/home/ann/tools/x/ca.pem", "" },
		{ 0 },
	};
	static const struct home_row homes[] = {
		{ "/home/ann", "ann" }, { 0 },
	};
	static const struct row stores[] = {
		{ .kind = "ca", .paths = { "/opt/sdk/**/ca.pem" } },
		{ .kind = "lib", .paths = { "(/opt/sdk/**)/lib/*/ca.pem" } },
		{ .kind = "dir", .paths = { "(/opt/sdk/**/l[i]b)/x/ca.pem" } },
		{ .kind = "top", .paths = { "(/opt/s*)/**/c/ca.pem" } },
		{ .kind = "link", .paths = { "(/opt/alias)/**/b/c/ca.pem" } },
		{ .kind = "none", .paths = { "/opt/none/**/ca.pem",
			"/opt/sdk/ca.pem/**/ca.pem" } },
		{ .kind = "home", .paths = { "({home}/tools/**)/ca.pem" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	expect_places(stores, homes,
		"ca /opt/sdk/a/b/c/ca.pem\n"
		"ca /opt/sdk/a/b/c/lib/x/ca.pem\n"
		"ca /opt/sdk/a/ca.pem\n"
		"ca /opt/sdk/a/lib/x/ca.pem\n"
		"ca /opt/sdk/b/ca.pem = /opt/sdk/ca.pem\n"
		"ca /opt/sdk/c/ca.pem\n"
		"ca /opt/sdk/ca.pem\n"
		"ca /opt/sdk/d/ca.pem\n"
		"ca /opt/sdk/lib/x/ca.pem\n"
		"lib /opt/sdk/a/b/c/lib/x/ca.pem @ /opt/sdk/a/b/c\n"
		"lib /opt/sdk/a/lib/x/ca.pem @ /opt/sdk/a\n"
		"lib /opt/sdk/lib/x/ca.pem @ /opt/sdk\n"
		"dir /opt/sdk/a/b/c/lib/x/ca.pem @ /opt/sdk/a/b/c/lib\n"
		"dir /opt/sdk/a/lib/x/ca.pem @ /opt/sdk/a/lib\n"
		"dir /opt/sdk/lib/x/ca.pem @ /opt/sdk/lib\n"
		"top /opt/sdk/a/b/c/ca.pem @ /opt/sdk\n"
		"top /opt/sdk/c/ca.pem @ /opt/sdk\n"
		"link /opt/alias/a/b/c/ca.pem = /opt/sdk/a/b/c/ca.pem"
		" @ /opt/sdk\n"
		"home /home/ann/tools/x/ca.pem @ /home/ann/tools/x of ann\n");
}

/* A directory that cannot be looked into hides what may be beneath it.  */
static void test_deep_closed(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/opt/sdk/a/ca.pem", "" },
		{ 'f', "/opt/sdk/shut/ca.pem", "" },
		{ 'f', "/opt/sdk/z/ca.pem", "" },
		{ 'x', "/opt/sdk/shut", NULL },
		{ 'x', "/opt/top", NULL },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "ca", .paths = { "/opt/sdk/**/ca.pem" } },
		{ .kind = "in", .paths = { "(/opt/sdk/**/x)/roots.pem" } },
		{ .kind = "top", .paths = { "/opt/top/**/ca.pem" } },
		{ 0 },
	};

	(void)state;
	root = tree_make(items);
	be_ordinary();
	expect_places(stores, NULL,
		"ca /opt/sdk/a/ca.pem\n"
		"ca /opt/sdk/shut EACCES\n"
		"ca /opt/sdk/z/ca.pem\n"
		"in /opt/sdk/shut @ /opt/sdk/shut EACCES\n"
		"top /opt/top EACCES\n");
	be_again();
}

/* What is mounted in the tree is another tree.  */
static void test_deep_mount(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/opt/a/ca.pem", "" }, { 'd', "/opt/b", NULL },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "ca", .paths = { "/opt/**/ca.pem" } }, { 0 },
	};
	AUTO(str) char *mounted = NULL;
	AUTO(str) char *inside = NULL;

	(void)state;
	root = tree_make(items);
	mounted = tree_path("/opt/b");
	inside = tree_path("/opt/b/ca.pem");
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", mounted, "tmpfs", 0, NULL) < 0) {
		print_message("not tested: cannot mount here\n");
		/* skip() does not come back */
		free(TAKE(mounted));
		free(TAKE(inside));
		skip();
	}
	assert_int_equal(mknod(inside, S_IFREG | 0600, 0), 0);
	expect_places(stores, NULL, "ca /opt/a/ca.pem\n");
	assert_int_equal(umount(mounted), 0);
}

/* Nothing is cut without a word: neither depth nor number.  */
static void test_deep_limits(void **state)
{
	static const struct tree_item wide[] = {
		{ 'd', "/top", NULL }, { 'd', "/many", NULL }, { 0 },
	};
	static const struct row many[] = {
		{ .kind = "ca", .paths = { "/top/*/**/ca.pem" } }, { 0 },
	};
	static const struct row stores[] = {
		{ .kind = "ca", .paths = { "/t/**/ca.pem" } },
		{ .kind = "too", .paths = { "(/t)/**/ca.pem" } },
		{ 0 },
	};
	AUTO(str) char *want = NULL;
	AUTO(buf) struct buf deep;

	(void)state;
	buf_init(&deep, SIZE_MAX);
	buf_adds(&deep, "/t");
	for (size_t i = 0; i < LIMIT_TREE_DEPTH; i++)
		buf_adds(&deep, "/d");
	want = xasprintf("ca %s/ca.pem\nca %s/d E2BIG\n"
			 "too %s/ca.pem @ /t\ntoo %s/d @ /t E2BIG\n",
			 buf_str(&deep), buf_str(&deep), buf_str(&deep),
			 buf_str(&deep));
	{
		AUTO(str) char *last = xasprintf("%s/ca.pem", buf_str(&deep));
		AUTO(str) char *past = xasprintf("%s/d/ca.pem", buf_str(&deep));
		struct tree_item items[] = {
			{ 'f', last, "" }, { 'f', past, "" }, { 0 },
		};

		root = tree_make(items);
		expect_places(stores, NULL, want);
		tree_remove();
	}

	/* 400 names for a directory of 300: the 333 that fit in, and then
	 * each that is not looked into.  */
	root = tree_make(wide);
	buf_done(&deep);
	buf_init(&deep, SIZE_MAX);
	for (size_t i = 0; i < 400; i++) {
		AUTO(str) char *link = xasprintf("%s/top/l%03zu", root->path, i);
		AUTO(str) char *name = xasprintf("%s/many/n%03zu", root->path, i);

		assert_int_equal(symlink("../many", link), 0);
		if (i < 300)
			assert_int_equal(symlink("/", name), 0);
		if (i >= LIMIT_DIRECTORY_NAMES / 300)
			buf_addf(&deep, "ca /top/l%03zu E2BIG\n", i);
	}
	expect_places(many, NULL, buf_str(&deep));
}

static int stop_at_second(const struct place *p, void *data)
{
	unsigned *n = data;

	(void)p;
	return ++*n == 2 ? -ECANCELED : 0;
}

static void test_stop(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/a/1", "" }, { 'f', "/a/2", "" }, { 'f', "/a/3", "" },
		{ 0 },
	};
	static const struct row stores[] = {
		{ .kind = "a", .paths = { "/a/*" } }, { 0 },
	};
	struct catalogue *c = catalogue_of(stores);
	const struct homes none = { .n = 0 };
	unsigned n = 0;

	(void)state;
	root = tree_make(items);
	assert_int_equal(walk_stores(root, c, &none, stop_at_second, &n),
			 -ECANCELED);
	assert_int_equal(n, 2);
	catalogue_free(c);
}

/* ---- programs ------------------------------------------------------------*/

static int write_program(const struct party_definition *p, const char *instance,
			 const char *owner, void *data)
{
	return buf_addf(data, "%s %s%s%s\n", p->id, instance,
			*owner != '\0' ? " of " : "", owner);
}

static void test_programs(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/usr/share/dotnet/dotnet", "" },
		{ 'l', "/usr/bin/dotnet", "../share/dotnet/dotnet" },
		{ 'f', "/home/ann/.dotnet/dotnet", "" },
		{ 'd', "/home/bob/.dotnet/dotnet", NULL },
		{ 'f', "/opt/b/bin/java", "" },
		{ 'l', "/opt/a", "b" },
		{ 'l', "/opt/c/bin/java", "nowhere" },
		{ 0 },
	};
	static const struct home_row homes[] = {
		{ "/home/ann", "ann" }, { "/home/bob", "bob" },
		{ 0 },
	};
	static const struct row parties[] = {
		{ .kind = "dotnet", .paths = {
			"{home}/.dotnet/dotnet", "/usr/bin/dotnet",
			"/usr/share/dotnet/dotnet" } },
		{ .kind = "none", .paths = { "/usr/bin/none" } },
		{ .kind = "java", .paths = { "(/opt/*)/bin/java" } },
		{ 0 },
	};
	struct catalogue *c = catalogue_of(parties);
	struct homes h = homes_of(homes);
	AUTO(buf) struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX);
	root = tree_make(items);
	assert_int_equal(walk_programs(root, c, &h, write_program, &out),
			 0);
	assert_string_equal(buf_str(&out), "dotnet /\n"
			    "dotnet /home/ann of ann\njava /opt/b\n");
	homes_done(&h);
	catalogue_free(c);
}

#define TREE_TEST(test)	cmocka_unit_test_teardown(test, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_order_and_instances),
		TREE_TEST(test_homes),
		TREE_TEST(test_many_patterns),
		TREE_TEST(test_odd_things),
		TREE_TEST(test_conditions),
		TREE_TEST(test_closed),
		TREE_TEST(test_too_many),
		TREE_TEST(test_deep),
		TREE_TEST(test_deep_closed),
		TREE_TEST(test_deep_mount),
		TREE_TEST(test_deep_limits),
		TREE_TEST(test_stop),
		TREE_TEST(test_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
