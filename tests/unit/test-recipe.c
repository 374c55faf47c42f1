/* test-recipe.c -- recipes are loaded whole or not at all, and what is wrong
 * with one is said with its file and line.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fix/fix.h"
#include "fix/recipe.h"

static char config[] = "/tmp/test-recipe.XXXXXX";

static int set_up(void **state)
{
	AUTO(str) char *recipes = NULL;

	(void)state;
	if (mkdtemp(config) == NULL)
		return -1;
	recipes = xasprintf("%s/recipes", config);
	return mkdir(recipes, 0700);
}

static char *path_of(const char *name)
{
	return xasprintf("%s/recipes/%s", config, name);
}

static void put_file(const char *name, const char *text)
{
	AUTO(str) char *path = path_of(name);

	assert_int_equal(file_write_atomic(path,
		(struct blob){ (const uint8_t *)text, strlen(text) }, 0600), 0);
}

static void drop_file(const char *name)
{
	AUTO(str) char *path = path_of(name);

	assert_int_equal(unlink(path), 0);
}

static int tear_down(void **state)
{
	AUTO(str) char *recipes = xasprintf("%s/recipes", config);

	(void)state;
	return rmdir(recipes) | rmdir(config);
}

static int collect(const char *id, const char *title, bool automatic,
		   void *data)
{
	return buf_addf(data, "%s\t%s\t%s\n", id, title,
			automatic ? "yes" : "no");
}

static const char *const vendor[] = {
	"certutil-delete\tDelete the certificate from an NSS database\tyes\n",
	"debian-system-ca\tTake the CA out of the system store\tyes\n",
	"node-extra-ca\tLet Node.js trust the system's certificates as well\tno\n",
	"nss-distrust\tDistrust the root in the databases of NSS\tno\n",
	"remove-file\tDelete the file from its store\tyes\n",
};

static void test_vendor(void **state)
{
	struct recipes *r = NULL;
	AUTO(str) char *error = NULL;
	AUTO(buf) struct buf list;

	(void)state;
	buf_init(&list, LIMIT_TEXT_BYTES);
	assert_int_equal(recipes_load(config, &r, &error), 0);
	assert_null(error);
	assert_int_equal(recipes_each(r, collect, &list), 0);
	for (size_t i = 0; i < ARRAY_SIZE(vendor); i++)
		assert_non_null(strstr(buf_str(&list), vendor[i]));
	/* A masked recipe is passed over, so a misspelt one would be, too.  */
	assert_true(r->n_choices > 0);
	for (size_t i = 0; i < r->n_choices; i++)
		for (size_t k = 0; k < r->choices[i].n_ways; k++) {
			const struct way *w = &r->choices[i].ways[k];

			if (w->recipe != NULL && recipe_find(r, w->recipe) == NULL)
				fail_msg("%s: there is no recipe %s",
					 r->choices[i].defined_in, w->recipe);
		}
	assert_true(recipe_is_automatic("remove-file", r));
	assert_false(recipe_is_automatic("no-such-recipe", r));
	assert_false(recipe_is_automatic(NULL, r));
	recipes_free(r);
	recipes_free(NULL);
}

/* A choice becomes what is meant for a store, in a root.  */
static void test_choice(void **state)
{
	static const struct {
		const char *recipe, *kind, *want;	/* NULL: advice */
	} cases[] = {
		{ "add-anchor", "java-cacerts", "keytool-add" },
		{ "add-anchor", "node-binary", "node-extra-ca" },
		{ "add-anchor", "nss-user", "nss-add" },
		{ "add-anchor", "julia", NULL },
		{ "add-anchor", "no-such-kind", NULL },
		{ "add-anchor", NULL, NULL },
		{ "java-system", "java-system", "keytool-delete" },
		{ "refresh-system", "java-system", NULL },
		{ "system-ca", "system-default-file", "pem-remove" },
		{ "system-ca", "system-bundle", NULL },
	};
	struct recipes *r = NULL;
	AUTO(str) char *error = NULL;
	struct remedy remedy;
	struct root root;

	(void)state;
	assert_int_equal(recipes_load(config, &r, &error), 0);
	assert_int_equal(root_open(config, &root), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(recipe_choose(r, &root, cases[i].recipe,
					  cases[i].kind, &remedy));
		if (cases[i].want == NULL) {
			assert_null(remedy.recipe);
			assert_non_null(remedy.advice);
			assert_false(remedy.automatic);
		} else {
			assert_string_equal(remedy.recipe, cases[i].want);
		}
	}
	/* The distribution decides.  */
	{
		AUTO(str) char *etc = xasprintf("%s/etc", config);
		AUTO(str) char *conf = xasprintf("%s/ca-certificates.conf",
						 etc);

		assert_int_equal(mkdir(etc, 0700), 0);
		assert_int_equal(file_write_atomic(conf,
			(struct blob){ NULL, 0 }, 0600), 0);
		assert_true(recipe_choose(r, &root, "system-ca",
					  "system-bundle", &remedy));
		assert_string_equal(remedy.recipe, "debian-system-ca");
		assert_true(remedy.automatic);
		assert_int_equal(unlink(conf) | rmdir(etc), 0);
	}
	assert_false(recipe_choose(r, &root, "remove-file", NULL, &remedy));
	root_done(&root);
	recipes_free(r);
}

#define FUNCTIONS "<function>\nx_state() {\n\treturn 1\n}\n" \
	"x_act() {\n\t:\n}\n</function>"

static void test_own(void **state)
{
	struct recipes *r = NULL;
	AUTO(str) char *error = NULL;
	AUTO(str) char *null = path_of("remove-file.xml");

	(void)state;
	put_file("x.xml", "<recipe id='x' automatic='no'>\n"
		 "<title> Some\n words </title>" FUNCTIONS "</recipe>");
	assert_int_equal(symlink("/dev/null", null), 0);
	assert_int_equal(recipes_load(config, &r, &error), 0);
	assert_false(recipe_is_automatic("x", r));
	assert_false(recipe_is_automatic("remove-file", r));
	assert_true(recipe_is_automatic("keytool-delete", r));
	recipes_free(r);
	drop_file("x.xml");
	drop_file("remove-file.xml");
}

static const struct {
	const char *text, *error;	/* what stands behind the path */
} broken[] = {
	{ "<recipe id='x' automatic='no'>\n\n<title>", ":3: " },
	{ "<recipe id='x' automatic='no'>\n<title>t</title>\n<more/></recipe>",
	  "recipe" },
	{ "<recipe id='x y' automatic='no'><title>t</title>" FUNCTIONS
	  "</recipe>", ":1: " },
	{ "<recipe id='x' automatic='perhaps'><title>t</title>" FUNCTIONS
	  "</recipe>", ":1: " },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<parameter name='A' from='label'/>" FUNCTIONS "</recipe>", "" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<parameter name='a;b' from='label'/>" FUNCTIONS "</recipe>", "" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<parameter name='a' from='subject'/>" FUNCTIONS "</recipe>", "" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<tools>a b;c</tools>" FUNCTIONS "</recipe>", "" },
	{ "<recipe id='x' automatic='no'><title>t</title>" FUNCTIONS
	  "<refresh>a;b</refresh></recipe>", "" },
	{ "\n<recipe id='x' automatic='no'><title>t</title>" FUNCTIONS
	  "<refresh>y</refresh></recipe>",
	  ":2: no line begins with \"y() \"" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<function>x_state() {\n:\n}\n</function></recipe>",
	  ":1: no line begins with \"x_act() \"" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<function>\nno x_state() {\n:\n}\nx_act() {\n:\n}</function></recipe>",
	  ":1: no line begins with \"x_state() \"" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<library>missing.sh</library>" FUNCTIONS "</recipe>",
	  ":1: there is no library missing.sh" },
	{ "<recipe id='x' automatic='no'><title>t</title>"
	  "<parameter name='a' from='label'/><parameter name='a' from='sha1'/>"
	  FUNCTIONS "</recipe>", ":1: parameter a twice" },
	{ "<recipe id='remove-file' automatic='no'><title>t</title>"
	  "<function>remove_file_state() {\n:\n}\nremove_file_act() {\n:\n}"
	  "</function></recipe>", ": the recipe remove-file is also in " },
	{ "<!DOCTYPE recipe [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\n"
	  "<recipe id='x' automatic='no'><title>&e;</title>" FUNCTIONS
	  "</recipe>", ":1: " },
};

static void test_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct recipes *r = NULL;
		AUTO(str) char *error = NULL;

		put_file("x.xml", broken[i].text);
		assert_int_equal(recipes_load(config, &r, &error), -EINVAL);
		assert_null(r);
		assert_non_null(error);
		if (strstr(error, "x.xml:") == NULL ||
		    strstr(error, broken[i].error) == NULL)
			fail_msg("case %zu: %s", i, error);
		drop_file("x.xml");
	}
}

static void test_libraries(void **state)
{
	struct recipes *r = NULL;
	AUTO(str) char *error = NULL, *null = path_of("prelude.sh");

	(void)state;
	put_file("own.sh", "\xff\n");
	assert_int_equal(recipes_load(config, &r, &error), -EINVAL);
	assert_non_null(strstr(error, "own.sh:1: not UTF-8 text"));
	free(TAKE(error));
	put_file("own.sh", "# shellcheck shell=sh\ny() {\n:\n}\n");
	put_file("x.xml", "<recipe id='x' automatic='no'><title>t</title>"
		 "<library>own.sh</library>" FUNCTIONS
		 "<refresh>y</refresh></recipe>");
	assert_int_equal(recipes_load(config, &r, &error), 0);
	recipes_free(r);
	r = NULL;
	drop_file("x.xml");
	drop_file("own.sh");
	assert_int_equal(symlink("/dev/null", null), 0);
	assert_int_equal(recipes_load(config, &r, &error), -ENOENT);
	assert_non_null(strstr(error, "recipes/prelude.sh: "));
	assert_null(r);
	drop_file("prelude.sh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vendor),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_libraries),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
