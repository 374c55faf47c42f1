/* test-homes.c -- locate/homes.c and units.c: the homes of small roots.  */
#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "locate/locate.h"
#include "unit/tree.h"

#include <cmocka.h>

/* A catalogue of homes alone.  */
static struct catalogue *catalogue_of(const char *const *homes)
{
	struct catalogue *c = xcalloc(1, sizeof(*c));
	size_t n = 0;

	while (homes != NULL && homes[n] != NULL)
		n++;
	c->service_homes = xcalloc(n + 1, sizeof(*c->service_homes));
	for (size_t i = 0; i < n; i++)
		c->service_homes[i] = xstrdup(homes[i]);
	return c;
}

/* One line a home, and the problem if there is one; uids that the test did
 * not choose are those of whoever runs it.  */
static void expect_homes(const struct root *root, const char *const *patterns,
			 const char *want)
{
	struct catalogue *c = catalogue_of(patterns);
	AUTO(buf) struct buf out;
	struct homes h;

	buf_init(&out, SIZE_MAX);
	assert_int_equal(homes_list(root, c, &h), 0);
	for (size_t i = 0; i < h.n; i++)
		buf_addf(&out, "%s %s\n", h.items[i].path, h.items[i].owner);
	if (h.problem != NULL)
		buf_addf(&out, "! %s\n", h.problem);
	assert_string_equal(buf_str(&out), want);
	homes_done(&h);
	catalogue_free(c);
}

/* A passwd line that gives the files of this test a name.  */
static char *passwd_of_us(const char *more)
{
	return xasprintf("us:x:%u:0::/nonexistent:/bin/sh\n%s",
			 (unsigned)geteuid(), more);
}

static void test_passwd(void **state)
{
	AUTO(str) char *passwd = passwd_of_us(
		"root:x:0:0:root:/root:/bin/bash\n"
		"bin:*:2:2:bin:/:/usr/sbin/nologin\n"
		"www:x:33:33:www:/var/www/:/usr/sbin/nologin\n"
		"web:x:34:34:web:/var//www:/usr/sbin/nologin\n"
		"nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"
		"+nis::::::\n"
		"-nis::::::\n"
		"\n"
		"short:x:1\n"
		"odd:x:one:1::/odd:/bin/sh\n"
		"big:x:4294967296:1::/odd:/bin/sh\n"
		":x:5:5::/odd:/bin/sh\n"
		"relative:x:6:6::odd:/bin/sh\n"
		"empty:x:7:7:::/bin/sh\n"
		"file:x:8:8::/etc/passwd:/bin/sh\n"
		"linked:x:9:9::/linked:/bin/sh\n"
		"last:x:10:10::/last:");
	const struct tree_item items[] = {
		{ 'f', "/etc/passwd", passwd },
		{ 'd', "/root", NULL }, { 'd', "/var/www", NULL },
		{ 'd', "/odd", NULL }, { 'd', "/last", NULL },
		{ 'l', "/linked", "/data/linked" },
		{ 'd', "/data/linked", NULL },
		{ 0 },
	};

	(void)state;
	expect_homes(tree_make(items), NULL,
		"/last last\n/linked linked\n/root root\n/var/www www\n");
}

static void test_siblings(void **state)
{
	AUTO(str) char *passwd = passwd_of_us(
		"ann:x:1000:1000::/home/ann:/bin/sh\n"
		"bob:x:1001:1001::/home/staff/bob:/bin/sh\n"
		"eve:x:1002:1002::/srv/people/eve:/bin/sh\n"
		"app:x:1003:1003::/opt/app:/bin/sh\n"
		"svc:x:999:999::/srv/services/svc:/bin/sh\n"
		"nobody:x:65534:65534::/srv/nobodies/x:/bin/sh\n"
		"top:x:1004:1004::/top:/bin/sh\n");
	const struct tree_item items[] = {
		{ 'f', "/etc/passwd", passwd },
		{ 'd', "/home/ann", NULL }, { 'd', "/home/leaver", NULL },
		{ 'd', "/home/.snapshots", NULL }, { 'f', "/home/file", "" },
		{ 'd', "/home/lost+found", NULL },
		{ 'l', "/home/annie", "ann" }, { 'l', "/home/gone", "nowhere" },
		{ 'l', "/home/nfs", "/net/nfs" }, { 'd', "/net/nfs", NULL },
		{ 'd', "/home/staff/bob", NULL }, { 'd', "/home/staff/bo", NULL },
		/* eve's is not there: nothing beside it is looked for */
		{ 'd', "/srv/people/adam", NULL },
		{ 'd', "/opt/app", NULL }, { 'd', "/opt/other", NULL },
		{ 'd', "/srv/services/svc", NULL },
		{ 'd', "/srv/services/other", NULL },
		{ 'd', "/srv/nobodies/x", NULL }, { 'd', "/srv/nobodies/y", NULL },
		{ 'd', "/top", NULL },
		{ 0 },
	};

	(void)state;
	expect_homes(tree_make(items), NULL,
		"/home/ann ann\n/home/leaver us\n/home/nfs us\n/home/staff us\n"
		"/home/staff/bo us\n/home/staff/bob bob\n/opt/app app\n"
		"/srv/nobodies/x nobody\n/srv/services/svc svc\n/top top\n");
}

static void test_units(void **state)
{
	AUTO(str) char *passwd = passwd_of_us("");
	const struct tree_item items[] = {
		{ 'f', "/etc/passwd", passwd },
		{ 'f', "/etc/systemd/system/a.service",
		  "[Unit]\nEnvironment=HOME=/h/unit\n[Service]\n"
		  "Environment=A=b HOME=/h/plain C=d\n"
		  "Environment = \"HOME=/h/with space\"\n"
		  "Environment='HOME=/h/single' \"X=HOME=/h/not\"\n"
		  "#Environment=HOME=/h/comment\n"
		  "EnvironmentFile=HOME=/h/file\n"
		  "PassEnvironment=HOME\n" },
		{ 'f', "/etc/systemd/system/b.service",
		  "[Service]\r\nEnvironment=A=b \\\r\n"
		  "  # between\r\n  HOME=/h/joined \\\r\n  C=d\r\n"
		  "[Install]\r\nEnvironment=HOME=/h/install\r\n" },
		{ 'f', "/etc/systemd/system/c@.service",
		  "[Service]\nEnvironment=HOME=/h/%i\nEnvironment=HOME=%h/x\n"
		  "Environment=HOME=/h/%p HOME=/h/100%%\nEnvironment=HOME=%S/c\n"
		  "Environment=HOME=/h/%\n" },
		{ 'f', "/etc/systemd/system/d.service.d/override.conf",
		  "[Service]\nEnvironment=HOME=/h/%N\nEnvironment=\n" },
		{ 'f', "/etc/systemd/system/d.service.d/override.bak",
		  "[Service]\nEnvironment=HOME=/h/bak\n" },
		{ 'f', "/etc/systemd/system/d.socket",
		  "[Service]\nEnvironment=HOME=/h/socket\n" },
		{ 'f', "/etc/systemd/system/e.service",
		  "[Service]\nEnvironment=HOME=/h/open\" HOME=/h/quote\n"
		  "Environment=HOME=\\x2fh\\x2fesc HOME=relative HOME=/h/t\\\\s\n"
		  "Environment=HOME=/h/last" },
		{ 'l', "/etc/systemd/system/masked.service", "/dev/null" },
		{ 'p', "/etc/systemd/system/fifo.service", NULL },
		{ 'l', "/etc/systemd/system/gone.service", "/nowhere" },
		{ 'l', "/etc/systemd/system/link.service", "/srv/x.service" },
		{ 'f', "/srv/x.service", "[Service]\nEnvironment=HOME=/h/x\n" },
		{ 'f', "/usr/lib/systemd/system/f.service",
		  "[Service]\nEnvironment=HOME=/h/lib/\n" },
		{ 'l', "/lib", "usr/lib" },
		{ 'd', "/h/100%", NULL }, { 'd', "/h/bak", NULL },
		{ 'd', "/h/c", NULL }, { 'd', "/h/comment", NULL },
		{ 'd', "/h/d", NULL }, { 'd', "/h/esc", NULL },
		{ 'd', "/h/file", NULL }, { 'd', "/h/install", NULL },
		{ 'd', "/h/joined", NULL }, { 'd', "/h/last", NULL },
		{ 'd', "/h/lib", NULL }, { 'd', "/h/not", NULL },
		{ 'd', "/h/open", NULL }, { 'd', "/h/plain", NULL },
		{ 'd', "/h/quote", NULL }, { 'd', "/h/single", NULL },
		{ 'd', "/h/socket", NULL }, { 'd', "/h/t\\s", NULL },
		{ 'd', "/h/unit", NULL }, { 'd', "/h/with space", NULL },
		{ 'd', "/h/x", NULL }, { 'd', "/var/lib/c", NULL },
		{ 'd', "/h/%i", NULL }, { 'd', "/h/%", NULL },
		{ 0 },
	};

	(void)state;
	expect_homes(tree_make(items), NULL,
		"/h/100% us\n/h/c us\n/h/d us\n/h/esc us\n/h/joined us\n"
		"/h/last us\n/h/lib us\n/h/plain us\n/h/single us\n"
		"/h/t\\s us\n/h/with space us\n/h/x us\n/var/lib/c us\n");
}

static void test_service_homes(void **state)
{
	static const char *const patterns[] = {
		"/var/lib/private/*", "/var/www", "/home/*", "/absent/*", NULL,
	};
	AUTO(str) char *passwd = passwd_of_us("www:x:33:33::/www:/bin/sh\n");
	const struct tree_item items[] = {
		{ 'f', "/etc/passwd", passwd },
		{ 'd', "/var/lib/private/one", NULL },
		{ 'd', "/var/lib/private/two", NULL },
		{ 'd', "/var/www", NULL }, { 'l', "/www", "var/www" },
		{ 'd', "/home/ann", NULL }, { 'd', "/home/lost+found", NULL },
		{ 'd', "/home/.trash", NULL }, { 'f', "/home/file", "" },
		{ 0 },
	};

	(void)state;
	/* One directory, two names: passwd's is kept.  */
	expect_homes(tree_make(items), patterns,
		"/home/ann us\n/var/lib/private/one us\n"
		"/var/lib/private/two us\n/www www\n");
}

/* An image without users is no trouble; what cannot be looked at is.  */
static void test_lacking(void **state)
{
	static const struct tree_item empty[] = {
		{ 'd', "/etc", NULL }, { 0 },
	};
	static const struct tree_item closed[] = {
		{ 'f', "/etc/passwd", "ann:x:1000:1000::/people/ann:/bin/sh\n"
				      "bob:x:1001:1001::/shut/bob:/bin/sh\n"
				      "eve:x:1002:1002::/loop/eve:/bin/sh\n" },
		{ 'd', "/people/ann", NULL }, { 'd', "/shut/bob", NULL },
		{ 'x', "/shut", NULL }, { 'l', "/loop", "loop" },
		{ 0 },
	};
	static const struct tree_item fifo[] = {
		{ 'p', "/etc/passwd", NULL }, { 0 },
	};
	const struct root *root;

	(void)state;
	expect_homes(tree_make(empty), NULL, "");
	tree_remove();
	expect_homes(tree_make(fifo), NULL,
		"! /etc/passwd: not a regular file\n");
	tree_remove();
	root = tree_make(closed);
	be_ordinary();
	expect_homes(root, NULL,
		"/people/ann ann\n! /shut/bob: Permission denied (and 1 more)\n");
}

/* Who is not root has their own homes on the live host, nobody else's.  */
static void test_own(void **state)
{
	static const char *const patterns[] = { "/etc", NULL };
	AUTO(str) char *before = getenv("HOME") != NULL
					 ? xstrdup(getenv("HOME")) : NULL;
	struct catalogue *c = catalogue_of(patterns);
	struct homes with, without;
	bool found = false;
	struct root host;

	(void)state;
	assert_int_equal(root_open("/", &host), 0);
	be_ordinary();
	setenv("HOME", "/usr//", 1);
	assert_int_equal(homes_list(&host, c, &with), 0);
	setenv("HOME", "usr", 1);
	assert_int_equal(homes_list(&host, c, &without), 0);
	be_again();
	if (before != NULL)
		setenv("HOME", before, 1);
	else
		unsetenv("HOME");

	for (size_t i = 0; i < with.n; i++)
		found |= strcmp(with.items[i].path, "/usr") == 0;
	assert_true(found);
	assert_true(with.n <= 2);
	assert_true(without.n <= 1);
	homes_done(&with);
	homes_done(&without);
	catalogue_free(c);
	root_done(&host);
}

/* Users that have no home are given one of these.  */
static bool is_program_directory(const char *path)
{
	return strcmp(path, "/") == 0 || strcmp(path, "/dev") == 0 ||
	       has_suffix(path, "/bin") || has_suffix(path, "/sbin");
}

/* Each value ends where its memory does.  */
static void test_specifiers(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
		{ "%h/a%%", "/home/ann/a%" },
		{ "/srv/%p-%n", "/srv/web-web@b.service" },
		{ "/srv/a%", NULL },
		{ "/srv/%m", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *value = xstrdup(cases[i].value), *got = NULL;
		const int e = unit_specifiers(value, "web@b.service",
					      "/home/ann", &got);

		assert_int_equal(e, cases[i].want != NULL ? 0 : -EINVAL);
		if (e == 0)
			assert_string_equal(got, cases[i].want);
	}
}

/* Root has all of passwd.  */
static void test_live(void **state)
{
	const struct passwd *pw;
	struct catalogue *c;
	struct root host;
	struct homes h;
	size_t missing = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	c = catalogue_of(NULL);
	assert_int_equal(root_open("/", &host), 0);
	assert_int_equal(homes_list(&host, c, &h), 0);
	for (size_t i = 1; i < h.n; i++)
		assert_true(strcmp(h.items[i - 1].path, h.items[i].path) < 0);
	setpwent();
	while ((pw = getpwent()) != NULL) {
		struct file_id want, got;
		bool found = false;

		if (is_program_directory(pw->pw_dir) ||
		    file_stat(&host, pw->pw_dir, &want) < 0 ||
		    !S_ISDIR(want.mode))
			continue;
		for (size_t i = 0; i < h.n && !found; i++)
			found = file_stat(&host, h.items[i].path, &got) == 0 &&
				got.dev == want.dev && got.ino == want.ino;
		missing += !found;
	}
	endpwent();
	assert_int_equal(missing, 0);
	homes_done(&h);
	catalogue_free(c);
	root_done(&host);
}

#define TREE_TEST(test)	cmocka_unit_test_teardown(test, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_passwd),
		TREE_TEST(test_siblings),
		TREE_TEST(test_units),
		TREE_TEST(test_service_homes),
		TREE_TEST(test_lacking),
		TREE_TEST(test_own),
		cmocka_unit_test(test_specifiers),
		TREE_TEST(test_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
