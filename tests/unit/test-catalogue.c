/* test-catalogue.c -- locate/xml.c and catalogue.c: the files that we ship, and
 * what is said of files that are wrong.  Each test has a configuration
 * directory of its own; the vendor's files are the source tree's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/tree.h>

#include "locate/locate.h"
#include "unit/tree.h"

#include <cmocka.h>

static struct catalogue *load(const struct root *config)
{
	struct catalogue *c = NULL;
	AUTO(str) char *error = NULL;

	if (catalogue_load(config->path, &c, &error) < 0)
		fail_msg("%s", error);
	return c;
}

static const struct tree_item nothing[] = { { 0 } };

static const struct party_definition *find_party(const struct catalogue *c,
						 const char *id)
{
	for (size_t i = 0; i < c->n_parties; i++)
		if (strcmp(c->parties[i].id, id) == 0)
			return &c->parties[i];
	return NULL;
}

/* ---- ours ----------------------------------------------------------------*/

static bool has_path(char **paths, const char *path)
{
	for (; *paths != NULL; paths++)
		if (strcmp(*paths, path) == 0)
			return true;
	return false;
}

static void test_vendor(void **state)
{
	static const struct {
		const char *kind, *path;
		enum selection selection;
		const char *format, *role, *recipe;	/* recipe NULL: repair */
	} rows[] = {
		{ "dotnet-ca", "{home}/.dotnet/corefx/cryptography/x509stores/ca",
		  SELECT_NAMES, "pkcs12 pkcs7 pem der", "intermediate",
		  "remove-file" },
		{ "dotnet-other", "{home}/.dotnet/corefx/cryptography/x509stores/*",
		  SELECT_NAMES, "pkcs12 pem der", "end-entity", "remove-file" },
		{ "java-cacerts", "(/usr/lib/jvm/*)/jre/lib/security/cacerts",
		  SELECT_FILE, "jks pkcs12 bcfks bks uber", "anchor",
		  "keytool-delete" },
		{ "java-jssecacerts",
		  "({home}/.jdks/*)/lib/security/jssecacerts",
		  SELECT_FILE, "jks pkcs12 bcfks bks uber", "anchor",
		  "keytool-delete" },
		{ "node-binary", "(/usr/bin/node)", SELECT_FILE, "elf-pem",
		  "anchor", NULL },
		{ "nss-user", "({home})/.pki/nssdb/cert9.db", SELECT_FILE, "nss",
		  "intermediate", "certutil-delete" },
		{ "system-hash-directory", "/usr/lib/ssl/certs", SELECT_HASHES,
		  "pem", "anchor", "system-ca" },
		{ "system-directory", "/etc/ssl/certs", SELECT_NAMES, "pem der",
		  "anchor", "system-ca" },
		{ "debian-local-ca", "/usr/local/share/ca-certificates",
		  SELECT_TREE, "pem der", "source", "system-ca" },
		{ "debian-ca-conf", "/etc/ca-certificates.conf", SELECT_FILE,
		  "ca-certificates-conf pem der", "source", "system-ca" },
	};
	struct catalogue *c;

	(void)state;
	c = load(tree_make(nothing));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct store_definition *d;

		d = catalogue_store(c, rows[i].kind);
		assert_non_null(d);
		assert_true(has_path(d->paths, rows[i].path));
		assert_int_equal(d->selection, rows[i].selection);
		assert_string_equal(d->format, rows[i].format);
		assert_string_equal(d->role, rows[i].role);
		if (rows[i].recipe != NULL)
			assert_string_equal(d->recipe, rows[i].recipe);
		else
			assert_null(d->recipe);
	}
	for (size_t i = 0; i < c->n_stores; i++) {
		const struct store_definition *d = &c->stores[i];

		/* Nobody is left without a word on what to do.  */
		assert_true(d->recipe != NULL || d->repair != NULL);
		assert_true(d->paths[0] != NULL || d->found ||
			    has_prefix(d->kind, "redirected-"));
		assert_ptr_equal(catalogue_store(c, d->kind), d);
	}
	assert_null(catalogue_store(c, "dotnet"));
	catalogue_free(c);
}

static void test_vendor_details(void **state)
{
	const struct party_definition *p;
	const struct store_definition *d;
	struct catalogue *c;

	(void)state;
	c = load(tree_make(nothing));
	d = catalogue_store(c, "dotnet-other");
	assert_string_equal(d->except, "ca disallowed my root");
	assert_true(d->skips);
	assert_null(d->unused);
	d = catalogue_store(c, "dotnet-root");
	assert_string_equal(d->unused, "pkcs7 pem der");
	assert_string_equal(d->one, "last");
	assert_string_equal(d->unsealed, "source");
	d = catalogue_store(c, "java-cacerts");
	assert_null(d->one);
	assert_null(d->unsealed);
	assert_string_equal(d->unmarked, "intermediate");
	assert_false(d->skips);
	d = catalogue_store(c, "node-binary");
	assert_string_equal(d->packaged, "yes");
	assert_int_equal(d->at_least, 1 << 20);
	assert_non_null(strstr(d->repair, "--use-openssl-ca"));
	assert_null(strchr(d->repair, '\n'));
	assert_null(strstr(d->repair, "  "));
	d = catalogue_store(c, "debian-ca-conf");
	assert_string_equal(d->base, "/usr/share/ca-certificates");
	assert_string_equal(d->system, "packaged");
	assert_string_equal(catalogue_store(c, "system-bundle")->system,
			    "made");
	assert_string_equal(catalogue_store(c, "p11-kit-blocklist")->system,
			    "distrusted");
	assert_null(catalogue_store(c, "node-binary")->system);
	assert_non_null(strstr(d->defined_in, "/stores/system.xml:"));
	assert_true(has_path(c->service_homes, "/home/*"));
	assert_false(d->forces);
	assert_true(catalogue_store(c, "p11-kit-blocklist")->forces);
	assert_string_equal(catalogue_store(c, "efi-db")->purposes,
			    "codeSigning");

	p = find_party(c, "java");
	assert_true(p->own_list && p->partial_chain && !p->system);
	assert_int_equal(p->n_uses, 4);
	assert_true(p->uses[1].own);
	assert_string_equal(p->uses[1].kinds, "java-cacerts");
	assert_string_equal(p->uses[1].as, "anchor");
	assert_string_equal(p->uses[1].unless, "java-jssecacerts");
	assert_true(p->uses[2].own);
	assert_string_equal(p->uses[2].kinds, "java-blocked");
	assert_string_equal(p->uses[2].as, "distrust");
	p = find_party(c, "openssl");
	assert_true(!p->own_list && !p->partial_chain && p->system);
	p = find_party(c, "dotnet");
	assert_true(!p->own_list && !p->partial_chain && !p->system);
	assert_true(has_path(p->programs, "{home}/.dotnet/dotnet"));
	assert_string_equal(p->model, "dotnet");
	assert_false(p->distrusts_keys);
	assert_true(find_party(c, "p11-kit")->distrusts_keys);
	catalogue_free(c);
}

/* ---- files that are wrong ------------------------------------------------*/

#define STORE(attributes, inside)					\
	"<stores>\n<store kind=\"k\" format=\"pem\" role=\"anchor\" "	\
	attributes ">\n<title>T</title>\n" inside "</store>\n</stores>\n"
#define PATH(p)		STORE("", "<path>" p "</path>\n")
#define PARTY(attributes, inside)					\
	"<relying-parties>\n<relying-party id=\"p\" model=\"m\" "	\
	attributes ">\n<title>T</title>\n" inside			\
	"</relying-party>\n</relying-parties>\n"

static const struct bad {
	const char *text;
	unsigned line;
	const char *reason;	/* part of it */
	bool party;
} bad[] = {
	/* not XML, or more of it than we want */
	{ "", 1, "empty", false },
	{ "<stores>\n<store\n", 3, "", false },
	{ "<stores>\n<home>/a</hom>\n</stores>\n", 2, "hom", false },
	{ "<stores>\n&lt;&nbsp;</stores>\n", 2, "nbsp", false },
	{ "<!DOCTYPE stores>\n<stores/>\n", 1, "document type", false },
	{ "<?xml version=\"1.0\"?>\n<!DOCTYPE stores [\n"
	  "<!ENTITY a \"/a\">]>\n<stores><home>&a;</home></stores>\n", 2,
	  "document type", false },
	{ "<!DOCTYPE stores SYSTEM \"file:///etc/passwd\">\n<stores/>\n", 1,
	  "document type", false },
	{ "<stores>\n\xff\xfe</stores>\n", 2, "", false },
	/* not what the schema wants */
	{ "<relying-parties/>\n", 1, "", false },
	{ "<stores>\n<shop/>\n</stores>\n", 2, "shop", false },
	{ STORE("colour=\"red\"", "<path>/a</path>"), 2, "", false },
	{ STORE("", ""), 2, "<store>: ", false },
	{ STORE("", "<path> </path>\n"), 4, "", false },
	{ STORE("unmarked=\"friend\"", "<path>/a</path>"), 2, "", false },
	{ STORE("unsealed=\"friend\"", "<path>/a</path>"), 2, "", false },
	{ STORE("distrust=\"friend\"", "<path>/a</path>"), 2, "", false },
	{ STORE("one=\"second\"", "<path>/a</path>"), 2, "", false },
	{ STORE("purposes=\"serverAuth toys\"", "<path>/a</path>"), 2, "",
	  false },
	{ STORE("forces=\"no\"", "<path>/a</path>"), 2, "", false },
	{ STORE("select=\"tree\"", "<path>/a</path>"), 2, "", false },
	{ STORE("select=\"hashes\" files=\"*\"", "<path>/a</path>"), 2, "",
	  false },
	{ STORE("without=\"x\"", "<path>/a</path>"), 2, "", false },
	{ STORE("at-least=\"-1\"", "<path>/a</path>"), 2, "", false },
	{ STORE("packaged=\"no\"", "<path>/a</path>"), 2, "", false },
	{ STORE("system=\"yes\"", "<path>/a</path>"), 2, "", false },
	{ "<stores>\n<store kind=\"K k\" format=\"pem\" role=\"anchor\">\n"
	  "<title>T</title><path>/a</path></store></stores>\n", 2, "", false },
	/* what no schema can say */
	{ PATH("a/b"), 4, "path \"a/b\": it must begin with / or {home}",
	  false },
	{ PATH("/a//b"), 4, "path \"/a//b\": an empty component", false },
	{ PATH("/a/../b"), 4, "as a component", false },
	{ PATH("(/a/b"), 4, "without", false },
	{ PATH("{jdj}/lib"), 4, "no set is called \"jdj\"", false },
	{ PATH("{jdk/lib"), 4, "must begin", false },
	{ PATH("{jdk}lib"), 4, "path \"(/usr/lib/jvm/*)lib\": it must begin",
	  false },
	{ "<stores>\n<set name=\"s\">\n<path>x</path>\n</set>\n"
	  "<store kind=\"k\" format=\"pem\" role=\"anchor\"><title>T</title>\n"
	  "<path>{s}/a</path></store></stores>\n", 3, "path \"x/any\"", false },
	{ "<stores>\n<set name=\"s\">\n<path>/a</path>\n"
	  "<path>{none}/b</path></set></stores>\n", 4,
	  "no set is called \"none\"", false },
	{ "<stores>\n<set name=\"s\">\n<path>{t}/a</path></set>\n"
	  "<set name=\"t\"><path>{s}/b</path></set></stores>\n", 3,
	  "more than 8 sets that begin with sets", false },
	{ "<stores>\n<set name=\"s\"><path>(/a)</path></set>\n"
	  "<set name=\"t\">\n<path>({s}/b)</path></set></stores>\n", 4,
	  "\"((/a)/b)/any\": it must begin", false },
	{ STORE("if-exists=\"a\"", "<path>/a</path>"), 2,
	  "if-exists \"a\" must begin with /", false },
	{ STORE("unless-exists=\"a\"", "<path>/a</path>"), 2,
	  "unless-exists \"a\" must begin with /", false },
	{ PATH("/a/**"), 4, "\"**\" at the end", false },
	{ "<stores>\n\n<home>{home}/x</home>\n</stores>\n", 3,
	  "home \"{home}/x\": it must begin with /", false },
	{ "<stores>\n\n<home>/a/(b)</home>\n</stores>\n", 3, "home \"/a/(b)\"",
	  false },
	{ STORE("unused=\"pem jks\"", "<path>/a</path>"), 2,
	  "unused \"jks\" is no format", false },
	{ STORE("base=\"a\"", "<path>/a</path>"), 2,
	  "base \"a\" must begin with /", false },
	{ STORE("base=\"/a b\"", "<path>/a</path>"), 2,
	  "base \"b\" must begin with /", false },
	{ STORE("at-least=\"99999999999999999999\"", "<path>/a</path>"), 2,
	  "at-least", false },
	{ "<stores>\n<store kind=\"dotnet-ca\" format=\"pem\" role=\"anchor\">"
	  "<title>T</title>\n<path>/a</path></store></stores>\n", 2,
	  "kind \"dotnet-ca\" is defined in ", false },
	/* relying parties */
	{ "<stores/>\n", 1, "", true },
	{ PARTY("", "<uses kinds=\"dotnet-ca\" as=\"anchor\"/>"), 2, "", true },
	{ PARTY("partial-chain=\"maybe\"",
		"<uses kinds=\"dotnet-ca\" as=\"anchor\"/>"), 2, "", true },
	{ PARTY("partial-chain=\"no\"", ""), 2, "<relying-party>: ", true },
	{ PARTY("partial-chain=\"no\"",
		"<uses kinds=\"dotnet-ca\" as=\"end-entity\"/>"), 4, "", true },
	{ PARTY("partial-chain=\"no\"",
		"<uses kinds=\"dotnet-ca nope\" as=\"anchor\"/>"), 2,
	  "relying party \"p\" uses kind \"nope\"", true },
	{ PARTY("partial-chain=\"no\"", "<uses kinds=\"dotnet-ca\" "
		"as=\"anchor\" unless=\"nope\"/>"), 2, "kind \"nope\"", true },
	{ PARTY("partial-chain=\"no\"", "<uses kinds=\"dotnet-ca\" "
		"as=\"anchor\" if=\"nope\"/>"), 2, "kind \"nope\"", true },
	{ PARTY("partial-chain=\"no\" unless=\"nope\"",
		"<uses kinds=\"dotnet-ca\" as=\"anchor\"/>"), 2,
	  "gives way to \"nope\"", true },
	{ PARTY("partial-chain=\"no\"",
		"<program>bin/p</program>\n"
		"<uses kinds=\"dotnet-ca\" as=\"anchor\"/>"), 4,
	  "path \"bin/p\"", true },
	{ "<relying-parties>\n<relying-party id=\"java\" model=\"m\" "
	  "partial-chain=\"no\">\n<title>T</title>\n"
	  "<uses kinds=\"dotnet-ca\" as=\"anchor\"/>\n"
	  "</relying-party></relying-parties>\n", 2,
	  "relying party \"java\" is defined in ", true },
};

/* The first thing wrong is named with its line, and nothing is loaded.  */
static void test_bad_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct bad *b = &bad[i];
		const char *name = b->party ? "/relying-parties/zz.xml"
					    : "/stores/zz.xml";
		const struct tree_item items[] = {
			{ 'f', name, b->text }, { 0 },
		};
		const struct root *config = tree_make(items);
		struct catalogue *c = NULL;
		AUTO(str) char *error = NULL;
		AUTO(str) char *where = NULL;

		where = xasprintf("%s%s:%u: ", config->path, name, b->line);
		assert_int_equal(catalogue_load(config->path, &c, &error),
				 -EINVAL);
		assert_null(c);
		if (!has_prefix(error, where) ||
		    strstr(error, b->reason) == NULL ||
		    strlen(error) == strlen(where) ||
		    strchr(error, '\n') != NULL)
			fail_msg("row %zu: %s", i, error);
		tree_remove();
	}
}

static void test_unreadable(void **state)
{
	static const struct tree_item items[] = {
		{ 'l', "/stores/zz.xml", "nowhere" }, { 0 },
	};
	static const struct tree_item large[] = {
		{ 's', "/stores/zz.xml", "5000000" }, { 0 },
	};
	struct catalogue *c = NULL;
	char *error = NULL;

	(void)state;
	assert_int_equal(catalogue_load(tree_make(items)->path, &c, &error),
			 -ENOENT);
	assert_non_null(strstr(error, "/stores/zz.xml: "));
	free(error);
	tree_remove();
	assert_int_equal(catalogue_load(tree_make(large)->path, &c, &error),
			 -EFBIG);
	assert_non_null(strstr(error, "/stores/zz.xml: "));
	free(error);
}

static void test_no_schema(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/a.xml", "<a/>" }, { 0 },
	};
	AUTO(str) char *error = NULL;
	AUTO(str) char *path = NULL;
	xmlDoc *doc = NULL;

	(void)state;
	tree_make(items);
	path = tree_path("/a.xml");
	assert_int_equal(xml_load(path, "none.rng", &doc, &error), -ENOENT);
	assert_null(doc);
	assert_non_null(strstr(error, "/schema/none.rng: "));
}

/* ---- files that are not held against their schema -------------------------*/

static const struct {
	const char *directory, *schema;
} kinds[] = {
	{ "stores", "stores.rng" },
	{ "relying-parties", "relying-party.rng" },
	{ "redirections", "redirections.rng" },
	{ "rules", "rule.rng" },
	{ "recipes", "recipe.rng" },
};

static int load_as(const char *path, const char *schema, char **ret_error)
{
	AUTO(document) xmlDoc *doc = NULL;

	return xml_load(path, schema, &doc, ret_error);
}

/* COPY: with the bytes of PATH, and MORE.  */
static void copy_with(const char *path, const char *copy, const char *more)
{
	AUTO(str) char *text = NULL, *all = NULL;
	size_t n;

	assert_int_equal(file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n), 0);
	all = xasprintf("%s%s", text, more);
	assert_int_equal(file_write_atomic(copy, (struct blob){
		(const uint8_t *)all, strlen(all) }, 0600), 0);
}

/* What xml.c relies on.  With a comment behind it a file is another.  */
static void test_shipped_are_valid(void **state)
{
	AUTO(str) char *copy = NULL;
	size_t files = 0;

	(void)state;
	tree_make(nothing);
	copy = tree_path("/a.xml");
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		AUTO(names) char **paths = NULL;
		size_t n;

		assert_int_equal(data_files("/nonexistent", kinds[k].directory,
					    ".xml", &paths, &n), 0);
		for (size_t i = 0; i < n; i++, files++) {
			AUTO(str) char *error = NULL;

			copy_with(paths[i], copy, "<!-- -->\n");
			if (load_as(copy, kinds[k].schema, &error) < 0)
				fail_msg("%s: %s", paths[i], error);
		}
	}
	assert_true(files > 100);
}

/* A shipped file is known as what it is, wherever it lies, and as nothing else;
 * one that was changed is not known.  */
static void test_shipped_are_known(void **state)
{
	AUTO(str) char *shipped = xasprintf("%s/stores/java.xml", data_dir());
	AUTO(str) char *copy = NULL, *empty = NULL, *error = NULL;

	(void)state;
	tree_make(nothing);
	copy = tree_path("/a.xml");
	copy_with(shipped, copy, "");
	assert_int_equal(load_as(copy, "rule.rng", &error), -EINVAL);
	assert_non_null(strstr(error, "/a.xml:"));

	/* Where there are no schemas, who needs one fails.  */
	xml_done();
	empty = tree_path("");
	data_dir_set(empty);
	if (load_as(copy, "stores.rng", &error) < 0)
		print_message("the build found no sha256sum\n");
	free(TAKE(error));
	copy_with(shipped, copy, "\n");
	assert_int_equal(load_as(copy, "stores.rng", &error), -ENOENT);
	assert_non_null(strstr(error, "/schema/stores.rng: "));
	data_dir_set(NULL);
}

/* ---- the administrator's -------------------------------------------------*/

static void test_masks(void **state)
{
	static const struct tree_item items[] = {
		{ 'l', "/stores/node.xml", "/dev/null" },
		{ 'l', "/relying-parties/node.xml", "/dev/null" },
		{ 'f', "/stores/homes.xml", "<stores><home>/only</home></stores>" },
		{ 'f', "/stores/site.xml",
		  "<stores><set name=\"jdk\"><path>(/srv/jdk-*)</path></set>\n"
		  "<set name=\"site\"><path>/a</path><path>({home}/b)</path>"
		  "</set>\n<set name=\"outer\"><path>({inner}/lib/*)</path></set>"
		  "<set name=\"inner\"><path>/x</path><path>{home}/y</path>"
		  "</set>\n"
		  "<store kind=\"site\" format=\"pem\n der\" role=\"anchor\" "
		  "files=\" *.pem   *.crt \" without=\"x\" select=\"tree\">"
		  "<title> A\n  title </title>"
		  "<path> {site}/c </path><path>/d e</path>"
		  "<path>{outer}/f</path><path>({inner})/**/g</path>"
		  "</store></stores>" },
		{ 'f', "/relying-parties/site.xml",
		  "<relying-parties><relying-party id=\"site\" model=\"any\" "
		  "own-list=\"no\" system=\"no\" partial-chain=\"yes\" "
		  "unless=\"java\">"
		  "<title>S</title><program>{jdk}/bin/java</program>"
		  "<uses kinds=\"site java-cacerts\" as=\"anchor\" own=\"no\""
		  " if=\"java-system site\"/>"
		  "</relying-party></relying-parties>" },
		{ 'f', "/stores/.hidden.xml", "not XML" },
		{ 'f', "/stores/note.txt", "not XML" },
		{ 0 },
	};
	const struct party_definition *p;
	const struct store_definition *d;
	struct catalogue *c;

	(void)state;
	c = load(tree_make(items));
	assert_null(catalogue_store(c, "node-binary"));
	assert_null(find_party(c, "node"));
	assert_string_equal(c->service_homes[0], "/only");
	assert_null(c->service_homes[1]);
	/* Sets of one name in several files add up.  */
	d = catalogue_store(c, "java-cacerts");
	assert_true(has_path(d->paths, "(/srv/jdk-*)/lib/security/cacerts"));
	assert_true(has_path(d->paths, "(/opt/*)/lib/security/cacerts"));

	d = catalogue_store(c, "site");
	assert_string_equal(d->title, "A title");
	assert_string_equal(d->format, "pem der");
	assert_string_equal(d->files, "*.pem *.crt");
	assert_int_equal(d->selection, SELECT_TREE);
	assert_string_equal(d->paths[0], "/a/c");
	assert_string_equal(d->paths[1], "({home}/b)/c");
	assert_string_equal(d->paths[2], "/d e");
	assert_string_equal(d->paths[3], "(/x/lib/*)/f");
	assert_string_equal(d->paths[4], "({home}/y/lib/*)/f");
	assert_string_equal(d->paths[5], "(/x)/**/g");
	assert_string_equal(d->paths[6], "({home}/y)/**/g");
	assert_null(d->paths[7]);
	assert_string_equal(d->written[0], "{site}/c");
	assert_string_equal(d->written[3], "({inner})/**/g");
	assert_null(d->written[4]);
	p = find_party(c, "site");
	assert_true(!p->own_list && !p->system && p->partial_chain);
	assert_true(!p->uses[0].own && p->uses[0].unless == NULL);
	assert_string_equal(p->uses[0].only_if, "java-system site");
	assert_string_equal(p->unless, "java");
	assert_true(has_path(p->programs, "(/srv/jdk-*)/bin/java"));
	catalogue_free(c);
}

/* An earlier reading holds only under the same catalogue.  */
static void test_hash(void **state)
{
	static const struct tree_item one[] = {
		{ 'f', "/stores/z.xml", "<stores><home>/a</home></stores>" },
		{ 0 },
	};
	static const struct tree_item other[] = {
		{ 'f', "/stores/z.xml", "<stores><home>/b</home></stores>" },
		{ 0 },
	};
	static const struct tree_item *const configs[] = {
		nothing, nothing, one, other,
	};
	uint8_t hashes[ARRAY_SIZE(configs)][SHA256_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		struct catalogue *c = load(tree_make(configs[i]));

		memcpy(hashes[i], c->sha256, SHA256_SIZE);
		catalogue_free(c);
		tree_remove();
	}
	assert_memory_equal(hashes[0], hashes[1], SHA256_SIZE);
	assert_memory_not_equal(hashes[1], hashes[2], SHA256_SIZE);
	assert_memory_not_equal(hashes[2], hashes[3], SHA256_SIZE);
}

/* ---- ours, on a tree -----------------------------------------------------*/

static int write_place(const struct place *p, void *data)
{
	struct buf *out = data;

	buf_addf(out, "%s %s", p->definition->kind, p->path);
	if (strcmp(p->instance, "/") != 0)
		buf_addf(out, " @ %s", p->instance);
	return buf_adds(out, "\n");
}

/* One of each family, in the shape that Debian gives them.  */
static void test_debian(void **state)
{
	static const struct tree_item items[] = {
		{ 'f', "/etc/passwd", "ann:x:1000:1000::/home/ann:/bin/sh\n" },
		{ 'f', "/etc/ca-certificates.conf", "mozilla/A.crt\n" },
		{ 'f', "/usr/share/ca-certificates/mozilla/A.crt", "" },
		{ 'f', "/usr/local/share/ca-certificates/corp/B.crt", "" },
		{ 'f', "/etc/ssl/certs/ca-certificates.crt", "" },
		{ 'l', "/etc/ssl/certs/A.pem",
		  "/usr/share/ca-certificates/mozilla/A.crt" },
		{ 'l', "/etc/ssl/certs/01234567.0", "A.pem" },
		{ 'f', "/etc/ssl/certs/java/cacerts", "" },
		{ 'l', "/usr/lib/ssl/certs", "/etc/ssl/certs" },
		{ 'l', "/usr/lib/jvm/java-17/lib/security/cacerts",
		  "/etc/ssl/certs/java/cacerts" },
		{ 'l', "/usr/lib/jvm/default-java", "java-17" },
		{ 's', "/usr/bin/node", "26000" },
		{ 's', "/usr/lib/x86_64-linux-gnu/libnode.so.108", "2000000" },
		{ 'f', "/home/ann/.dotnet/corefx/cryptography/x509stores/ca/A.pfx",
		  "" },
		{ 'f', "/home/ann/.dotnet/corefx/cryptography/x509stores/odd/A.pfx",
		  "" },
		{ 'f', "/home/ann/.pki/nssdb/cert9.db", "" },
		{ 'f', "/home/ann/snap/chromium/current/.pki/nssdb/cert9.db", "" },
		{ 'f', "/home/ann/.mozilla/firefox/x.default/cert9.db", "" },
		{ 's', "/home/ann/.nvm/versions/node/v20.1.0/bin/node",
		  "2000000" },
		{ 0 },
	};
	const struct root *root = tree_make(items);
	struct catalogue *c = NULL;
	AUTO(str) char *error = NULL;
	AUTO(buf) struct buf out;
	struct homes h;

	(void)state;
	buf_init(&out, SIZE_MAX);
	if (catalogue_load("/nonexistent", &c, &error) < 0)
		fail_msg("%s", error);
	assert_int_equal(homes_list(root, c, &h), 0);
	assert_int_equal(h.n, 1);
	assert_int_equal(walk_stores(root, c, &h, write_place, &out), 0);
	assert_string_equal(buf_str(&out),
		"dotnet-ca /home/ann/.dotnet/corefx/cryptography/x509stores/ca"
		" @ /home/ann\n"
		"dotnet-other /home/ann/.dotnet/corefx/cryptography/x509stores/"
		"odd @ /home/ann\n"
		"java-cacerts /usr/lib/jvm/default-java/lib/security/cacerts"
		" @ /usr/lib/jvm/java-17\n"
		"java-cacerts /usr/lib/jvm/java-17/lib/security/cacerts"
		" @ /usr/lib/jvm/java-17\n"
		"java-system /etc/ssl/certs/java/cacerts\n"
		"private-keys /usr/local/share/ca-certificates\n"
		"node-binary /home/ann/.nvm/versions/node/v20.1.0/bin/node"
		" @ /home/ann/.nvm/versions/node/v20.1.0/bin/node\n"
		"node-library /usr/lib/x86_64-linux-gnu/libnode.so.108"
		" @ /usr/lib/x86_64-linux-gnu/libnode.so.108\n"
		"nss-user /home/ann/.pki/nssdb/cert9.db @ /home/ann\n"
		"nss-user /home/ann/snap/chromium/current/.pki/nssdb/cert9.db"
		" @ /home/ann/snap/chromium\n"
		"nss-firefox /home/ann/.mozilla/firefox/x.default/cert9.db"
		" @ /home/ann/.mozilla/firefox/x.default\n"
		"system-bundle /etc/ssl/certs/ca-certificates.crt\n"
		"system-hash-directory /etc/ssl/certs\n"
		"system-hash-directory /usr/lib/ssl/certs\n"
		"system-directory /etc/ssl/certs\n"
		"debian-ca-conf /etc/ca-certificates.conf\n"
		"debian-local-ca /usr/local/share/ca-certificates\n");
	homes_done(&h);
	catalogue_free(c);
}

static int free_schemas(void **state)
{
	(void)state;
	xml_done();
	return 0;
}

#define TREE_TEST(test)	cmocka_unit_test_teardown(test, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_vendor),
		TREE_TEST(test_vendor_details),
		TREE_TEST(test_bad_files),
		TREE_TEST(test_unreadable),
		TREE_TEST(test_no_schema),
		TREE_TEST(test_shipped_are_valid),
		TREE_TEST(test_shipped_are_known),
		TREE_TEST(test_masks),
		TREE_TEST(test_hash),
		TREE_TEST(test_debian),
	};

	return cmocka_run_group_tests(tests, NULL, free_schemas);
}
