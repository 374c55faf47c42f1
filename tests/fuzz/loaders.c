/* loaders.c -- the XML that comes with the program or from its administrator.
 *
 * What loads it takes paths, so the program's data directory is one of its own
 * here: the schemas, what a target needs beside its input, and the input, which
 * is a file in memory.  An input of two files has a NUL between them: no XML has
 * one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fix/fix.h"
#include "fuzz.h"
#include "locate/locate.h"
#include "rule/rule.h"

#define PARTS	2u

static char *directory;		/* everything is in it */
static char *config;		/* what the administrator has */
static pid_t owner;
static const char *names[PARTS];
static char *paths[PARTS];	/* links to what is in memory */
static int memory[PARTS] = { -1, -1 };

/* ---- the directory ---------------------------------------------------------*/

/* A process that was forked (AFL++) leaves it to the others.  */
static void remove_directory(void)
{
	if (getpid() == owner)
		tree_delete(AT_FDCWD, directory, LIMIT_BACKUP_DEPTH);
	xml_done();
}

static void make_directory(const char *name)
{
	AUTO(str) char *path = xasprintf("%s/%s", directory, name);

	MUST(mkdir(path, 0700) == 0);
}

/* NAME in our directory is what it is in the program's.  */
static void link_data(const char *data, const char *name)
{
	AUTO(str) char *target = xasprintf("%s/%s", data, name);
	AUTO(str) char *path = xasprintf("%s/%s", directory, name);

	MUST(access(target, R_OK) == 0);
	MUST(symlink(target, path) == 0);
}

static void link_libraries(const char *data)
{
	AUTO(str) char *from = xasprintf("%s/recipes", data);
	AUTO(names) char **all = NULL;
	int fd;
	size_t n;

	MUST(directory_open(AT_FDCWD, from, &fd) == 0);
	MUST(directory_names(fd, &all, &n) == 0);
	close(fd);
	for (size_t k = 0; k < n; k++) {
		AUTO(str) char *name = xasprintf("recipes/%s", all[k]);

		if (has_suffix(name, ".sh"))
			link_data(data, name);
	}
}

static void prepare(const char *first, const char *second)
{
	static const char *const directories[] = {
		"etc", "etc/waivers.d", "stores", "relying-parties",
		"redirections", "rules", "recipes",
	};
	const char *tmp = getenv("TMPDIR");
	char *data = realpath(data_dir(), NULL);

	MUST(data != NULL);
	directory = xasprintf("%s/trustdrift-fuzz-XXXXXX",
			      tmp != NULL ? tmp : "/tmp");
	MUST(mkdtemp(directory) != NULL);
	owner = getpid();
	atexit(remove_directory);
	for (size_t k = 0; k < ARRAY_SIZE(directories); k++)
		make_directory(directories[k]);
	config = xasprintf("%s/etc", directory);
	link_data(data, "schema");
	link_libraries(data);
	names[0] = first;
	names[1] = second;
	for (size_t k = 0; k < PARTS && names[k] != NULL; k++) {
		paths[k] = xasprintf("%s/%s", directory, names[k]);
		memory[k] = memfd_create("input", MFD_CLOEXEC);
		MUST(memory[k] >= 0);
	}
	data_dir_set(directory);
	free(data);
}

/* ---- the input -------------------------------------------------------------*/

static void put_part(size_t k, struct blob part)
{
	char target[64];

	snprintf(target, sizeof(target), "/proc/self/fd/%d", memory[k]);
	MUST(ftruncate(memory[k], 0) == 0);
	MUST(pwrite(memory[k], part.p, part.n, 0) == (ssize_t)part.n);
	MUST(symlink(target, paths[k]) == 0 || errno == EEXIST);
}

static void put_parts(struct blob input)
{
	for (size_t k = 0; k < PARTS && paths[k] != NULL; k++) {
		const uint8_t *nul = k + 1 < PARTS && paths[k + 1] != NULL ?
			memchr(input.p, '\0', input.n) : NULL;
		const size_t n = nul != NULL ? (size_t)(nul - input.p)
					     : input.n;

		if (n > 0)
			put_part(k, (struct blob){ input.p, n });
		else
			unlink(paths[k]);
		input.p += n + (nul != NULL);
		input.n -= n + (nul != NULL);
	}
}

/* What a loader returned, E, and what it said of that, which is freed.  */
static bool is_loaded(int e, char **error)
{
	MUST(e <= 0 && (e == 0) == (*error == NULL));
	MUST(*error == NULL || **error != '\0');
	free(*error);
	return e == 0;
}

/* ---- targets ---------------------------------------------------------------*/

static void check_stores(const struct catalogue *c)
{
	for (size_t k = 0; k < c->n_stores; k++) {
		const struct store_definition *d = &c->stores[k];

		MUST(d->kind != NULL && d->format != NULL && d->role != NULL);
		MUST(d->paths != NULL && d->defined_in != NULL);
		MUST(catalogue_store(c, d->kind) == d);
	}
	for (size_t k = 0; k < c->n_parties; k++)
		MUST(c->parties[k].id != NULL && c->parties[k].title != NULL);
}

static void take_catalogue(struct blob input)
{
	char *error = NULL;
	struct catalogue *c;

	put_parts(input);
	if (!is_loaded(catalogue_load(config, &c, &error), &error))
		return;
	check_stores(c);
	catalogue_free(c);
}

static void prepare_catalogue(void)
{
	prepare("stores/fuzz.xml", "relying-parties/fuzz.xml");
}

/* With the stores that a setting can name.  */
static void prepare_redirections(void)
{
	const char *data = data_dir();

	prepare("redirections/fuzz.xml", NULL);
	link_data(data, "stores/redirected.xml");
}

static void take_rules(struct blob input)
{
	char *error = NULL;
	struct rules *r;

	put_parts(input);
	if (!is_loaded(rules_load(config, &r, &error), &error))
		return;
	for (size_t k = 0; k < r->n; k++)
		MUST(r->items[k].id != NULL && r->items[k].title != NULL &&
		     r->items[k].query != NULL && r->items[k].n_messages > 0);
	rules_free(r);
}

static void prepare_rules(void)
{
	prepare("rules/fuzz.xml", NULL);
}

static void take_policy(struct blob input)
{
	char *error = NULL;
	struct policy *p;

	put_parts(input);
	if (!is_loaded(policy_load(config, &p, &error), &error))
		return;
	MUST(p->n <= LIMIT_POLICY_LINES);
	policy_free(p);
}

static void prepare_policy(void)
{
	prepare("etc/policy.xml", NULL);
}

static void take_waivers(struct blob input)
{
	char *error = NULL;
	struct waivers *w;

	put_parts(input);
	if (!is_loaded(waivers_load(config, &w, &error), &error))
		return;
	MUST(w->n <= LIMIT_WAIVERS);
	waivers_free(w);
}

static void prepare_waivers(void)
{
	prepare("etc/waivers.xml", "etc/waivers.d/fuzz.xml");
}

static int check_recipe(const char *id, const char *title, bool automatic,
			void *data)
{
	struct recipes *r = data;

	MUST(id != NULL && title != NULL);
	MUST(recipe_is_automatic(id, r) == automatic);
	return 0;
}

static void take_recipes(struct blob input)
{
	char *error = NULL;
	struct recipes *r;
	struct remedy remedy;

	put_parts(input);
	if (!is_loaded(recipes_load(config, &r, &error), &error))
		return;
	MUST(recipes_each(r, check_recipe, r) == 0);
	recipe_choose(r, NULL, "add-anchor", "dotnet-ca", &remedy);
	recipe_choose(r, NULL, "system-ca", NULL, &remedy);
	recipes_free(r);
}

static void prepare_recipes(void)
{
	prepare("recipes/fuzz.xml", NULL);
}

const struct fuzz_target
	catalogue_target = { "catalogue", prepare_catalogue, take_catalogue },
	redirections_target = { "redirections", prepare_redirections,
				take_catalogue },
	rules_target = { "rules", prepare_rules, take_rules },
	policy_target = { "policy", prepare_policy, take_policy },
	waivers_target = { "waivers", prepare_waivers, take_waivers },
	recipes_target = { "recipes", prepare_recipes, take_recipes };
