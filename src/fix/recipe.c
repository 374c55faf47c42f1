/* recipe.c -- loads the recipes, one XML file each, and the shell libraries
 * beside them, as trustdrift-recipes(5) has it.
 *
 * A recipe's shell text goes into scripts as it is: it is the program's and
 * the administrator's own.  What comes from findings never does; script.c
 * assigns it, quoted, to the variables that the recipe names.
 *
 * The schema data/schema/recipe.rng has been checked when an element gets
 * here, so what it demands is there.
 */
#include <errno.h>
#include <libxml/tree.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fix/recipe.h"
#include "locate/locate.h"

static const struct field fields[] = {
	{ "location", offsetof(struct finding, location), 0 },
	{ "store_path", offsetof(struct finding, store_path), 0 },
	{ "store_kind", offsetof(struct finding, store_kind), 0 },
	{ "label", offsetof(struct finding, label), 0 },
	{ "sha256", offsetof(struct finding, certificate.sha256),
	  2 * SHA256_SIZE },
	{ "sha1", offsetof(struct finding, certificate.sha1), 2 * SHA1_SIZE },
	{ "offset", NUMBER_FIELD, 0 },
};

static const struct field *field_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

/* ---- memory --------------------------------------------------------------*/

static void recipe_done(struct recipe *r)
{
	for (size_t i = 0; i < r->n_parameters; i++)
		free(r->parameters[i].name);
	free(r->parameters);
	names_free(r->libraries);
	free(r->id);
	free(r->title);
	free(r->name);
	free(r->tools);
	free(r->refresh);
	free(r->why);
	free(r->text);
	free(r->defined_in);
}

void recipes_free(struct recipes *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		recipe_done(&r->items[i]);
	for (size_t i = 0; i < r->n_libraries; i++) {
		free(r->libraries[i].name);
		free(r->libraries[i].text);
	}
	for (size_t i = 0; i < r->n_choices; i++)
		choice_done(&r->choices[i]);
	free(r->choices);
	free(r->items);
	free(r->libraries);
	free(r);
}

static void auto_recipes(struct recipes **r)
{
	recipes_free(*r);
}

/* ---- XML -----------------------------------------------------------------*/

static const struct field *node_field(xmlNode *node)
{
	AUTO(str) char *from = xml_attribute(node, "from");

	return field_find(from);
}

static void add_parameter(xmlNode *node, struct recipe *r)
{
	struct parameter *p;

	r->parameters = xrealloc(r->parameters, r->n_parameters + 1,
				 sizeof(*r->parameters));
	p = &r->parameters[r->n_parameters++];
	p->name = xml_attribute(node, "name");
	p->from = node_field(node);
	p->optional = xml_has_value(node, "optional", "yes");
}

static void add_library(xmlNode *node, struct recipe *r)
{
	size_t n = 0;

	while (r->libraries[n] != NULL)
		n++;
	r->libraries = xrealloc(r->libraries, n + 2, sizeof(*r->libraries));
	r->libraries[n] = xml_words(node);
	r->libraries[n + 1] = NULL;
}

static void read_child(xmlNode *node, struct recipe *r)
{
	if (xml_is(node, "title"))
		r->title = xml_words(node);
	else if (xml_is(node, "why"))
		r->why = xml_words(node);
	else if (xml_is(node, "tools"))
		r->tools = xml_words(node);
	else if (xml_is(node, "library"))
		add_library(node, r);
	else if (xml_is(node, "target"))
		r->target = node_field(node);
	else if (xml_is(node, "parameter"))
		add_parameter(node, r);
	else if (xml_is(node, "function"))
		r->text = xml_text(node);
	else if (xml_is(node, "refresh"))
		r->refresh = xml_words(node);
}

static void read_recipe(xmlNode *root, const char *path, struct recipe *r)
{
	r->id = xml_attribute(root, "id");
	r->name = xstrdup(r->id);
	for (char *p = r->name; (p = strchr(p, '-')) != NULL; p++)
		*p = '_';
	r->automatic = xml_has_value(root, "automatic", "yes");
	r->is_derived = xml_has_value(root, "on", "derived");
	r->libraries = xcalloc(1, sizeof(*r->libraries));
	r->defined_in = xml_where(path, root);
	for (xmlNode *n = root->children; n != NULL; n = n->next)
		read_child(n, r);
	if (r->tools == NULL)
		r->tools = xstrdup("");
	if (r->refresh == NULL)
		r->refresh = xstrdup("");
}

static int load_recipe(struct recipes *r, size_t *cap, const char *path,
		       char **ret_error)
{
	AUTO(document) xmlDoc *doc = NULL;
	int e = xml_load(path, "recipe.rng", &doc, ret_error);

	if (e < 0)
		return e;
	if (xml_is(xml_root(doc), "choice")) {
		choice_read(xml_root(doc), path, r);
		return 0;
	}
	grow(&r->items, r->n, cap, sizeof(*r->items));
	memset(&r->items[r->n], 0, sizeof(*r->items));
	read_recipe(xml_root(doc), path, &r->items[r->n++]);
	return 0;
}

/* ---- libraries -----------------------------------------------------------*/

/* What a linter has to be told about a file that is only a part of a script
 * stands in its first line, and has no business in the script.  */
static const char *without_directive(const char *text)
{
	const char *end = strchr(text, '\n');

	return has_prefix(text, "# shellcheck ") && end != NULL ? end + 1
								 : text;
}

static int load_library(struct recipes *r, size_t *cap, const char *path,
			char **ret_error)
{
	const char *slash = strrchr(path, '/');
	AUTO(str) char *text = NULL;
	struct library *l;
	size_t n;
	int e = file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n);

	if (e < 0) {
		*ret_error = xasprintf("%s: %s", path, error_words(e));
		return e;
	}
	if (!is_utf8(text, n)) {
		*ret_error = xasprintf("%s:1: not UTF-8 text", path);
		return -EINVAL;
	}
	grow(&r->libraries, r->n_libraries, cap, sizeof(*r->libraries));
	l = &r->libraries[r->n_libraries++];
	l->name = xstrdup(slash != NULL ? slash + 1 : path);
	l->text = xstrdup(without_directive(text));
	return 0;
}

/* ---- what the schema cannot say ------------------------------------------*/

/* Does a line of TEXT begin the function NAME?  */
static bool defines(const char *text, const char *name)
{
	const size_t n = strlen(name);

	for (const char *line = text; line != NULL;
	     line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) == 0 &&
		    has_prefix(line + n, "() "))
			return true;
	}
	return false;
}

static bool is_defined(const struct recipes *all, const struct recipe *r,
		       const char *name)
{
	if (defines(r->text, name))
		return true;
	for (size_t i = 0; r->libraries[i] != NULL; i++)
		if (defines(library_find(all, r->libraries[i])->text, name))
			return true;
	return false;
}

static int check_recipe(const struct recipes *all, const struct recipe *r,
			char **ret_error)
{
	AUTO(str) char *state = xasprintf("%s_state", r->name);
	AUTO(str) char *act = xasprintf("%s_act", r->name);
	const char *names[] = { state, act, r->refresh };

	for (size_t i = 0; r->libraries[i] != NULL; i++) {
		if (library_find(all, r->libraries[i]) == NULL) {
			*ret_error = xasprintf("%s: there is no library %s",
					       r->defined_in, r->libraries[i]);
			return -EINVAL;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (*names[i] != '\0' && !is_defined(all, r, names[i])) {
			*ret_error = xasprintf("%s: no line begins with "
					       "\"%s() \"",
					       r->defined_in, names[i]);
			return -EINVAL;
		}
	}
	for (size_t i = 0; i < r->n_parameters; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(r->parameters[i].name,
				   r->parameters[j].name) == 0) {
				*ret_error = xasprintf("%s: parameter %s twice",
						       r->defined_in,
						       r->parameters[i].name);
				return -EINVAL;
			}
		}
	}
	return 0;
}

const char *const common_libraries[] = {
	"prelude.sh", "packages.sh", "rollback.sh", NULL,
};

static int check_all(struct recipes *r, char **ret_error)
{
	int e = 0;

	for (const char *const *name = common_libraries; *name != NULL;
	     name++) {
		if (library_find(r, *name) != NULL)
			continue;
		*ret_error = xasprintf("%s/recipes/%s: %s", data_dir(), *name,
				       strerror(ENOENT));
		return -ENOENT;
	}
	for (size_t i = 1; i < r->n; i++) {
		if (strcmp(r->items[i - 1].id, r->items[i].id) == 0) {
			*ret_error = xasprintf("%s: the recipe %s is also in %s",
					       r->items[i].defined_in,
					       r->items[i].id,
					       r->items[i - 1].defined_in);
			return -EINVAL;
		}
	}
	for (size_t i = 0; i < r->n && e == 0; i++)
		e = check_recipe(r, &r->items[i], ret_error);
	return e == 0 ? choices_check(r, ret_error) : e;
}

/* ---- the pack ------------------------------------------------------------*/

static int compare_recipes(const void *a, const void *b)
{
	return strcmp(((const struct recipe *)a)->id,
		      ((const struct recipe *)b)->id);
}

static int compare_libraries(const void *a, const void *b)
{
	return strcmp(((const struct library *)a)->name,
		      ((const struct library *)b)->name);
}

typedef int load_fn(struct recipes *r, size_t *cap, const char *path,
		    char **ret_error);

static int load_files(struct recipes *r, const char *config_dir,
		      const char *suffix, load_fn *load, char **ret_error)
{
	AUTO(names) char **paths = NULL;
	size_t n, cap = 0;
	int e = data_files(config_dir, "recipes", suffix, &paths, &n);

	if (e < 0)
		*ret_error = data_files_failed(config_dir, "recipes", e);
	for (size_t i = 0; e == 0 && i < n; i++)
		e = load(r, &cap, paths[i], ret_error);
	return e;
}

int recipes_load(const char *config_dir, struct recipes **ret_recipes,
		 char **ret_error)
{
	AUTO(recipes) struct recipes *r = xcalloc(1, sizeof(*r));
	int e = load_files(r, config_dir, ".sh", load_library, ret_error);

	if (e == 0)
		e = load_files(r, config_dir, ".xml", load_recipe, ret_error);
	if (e < 0)
		return e;
	if (r->n != 0)
		qsort(r->items, r->n, sizeof(*r->items), compare_recipes);
	if (r->n_libraries != 0)
		qsort(r->libraries, r->n_libraries, sizeof(*r->libraries),
		      compare_libraries);
	e = check_all(r, ret_error);
	if (e < 0)
		return e;
	*ret_recipes = TAKE(r);
	return 0;
}

const struct recipe *recipe_find(const struct recipes *r, const char *id)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->items[i].id, id) == 0)
			return &r->items[i];
	return NULL;
}

const struct library *library_find(const struct recipes *r, const char *name)
{
	for (size_t i = 0; i < r->n_libraries; i++)
		if (strcmp(r->libraries[i].name, name) == 0)
			return &r->libraries[i];
	return NULL;
}

/* Of a choice nothing is said before it is made.  */
bool recipe_is_automatic(const char *recipe, void *data)
{
	const struct recipe *r = recipe != NULL ? recipe_find(data, recipe)
						: NULL;

	return r != NULL && r->automatic;
}

int recipes_each(const struct recipes *r, recipe_fn *fn, void *data)
{
	for (size_t i = 0; i < r->n; i++) {
		int e = fn(r->items[i].id, r->items[i].title,
			   r->items[i].automatic, data);

		if (e < 0)
			return e;
	}
	return 0;
}
