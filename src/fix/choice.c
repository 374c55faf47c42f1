/* choice.c -- a rule may ask for what every kind of store needs done in another
 * way: to add an authority, to take one out of the system's list.  A choice
 * (data/recipes, root element <choice>) names the recipe for each kind of store
 * and each family of distributions, or the sentence that helps where no script
 * may act: a package owns the file, or only a person can tell.
 *
 * It is made when an audit judges, so that a report says already which recipe
 * it comes to, or that there is none.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "fix/recipe.h"
#include "locate/locate.h"

void choice_read(xmlNode *root, const char *path, struct recipes *r)
{
	struct choice *c;
	size_t cap = 0;

	r->choices = xrealloc(r->choices, r->n_choices + 1,
			      sizeof(*r->choices));
	c = &r->choices[r->n_choices++];
	*c = (struct choice){
		.id = xml_attribute(root, "id"),
		.defined_in = xml_where(path, root),
	};
	for (xmlNode *n = root->children; n != NULL; n = n->next) {
		if (!xml_is(n, "use") && !xml_is(n, "advice"))
			continue;
		grow(&c->ways, c->n_ways, &cap, sizeof(*c->ways));
		c->ways[c->n_ways++] = (struct way){
			.stores = xml_attribute(n, "stores"),
			.if_exists = xml_attribute(n, "if-exists"),
			.unless_exists = xml_attribute(n, "unless-exists"),
			.recipe = xml_attribute(n, "recipe"),
			.advice = xml_is(n, "advice") ? xml_words(n)
							  : NULL,
		};
	}
}

void choice_done(struct choice *c)
{
	for (size_t i = 0; i < c->n_ways; i++) {
		free(c->ways[i].stores);
		free(c->ways[i].if_exists);
		free(c->ways[i].unless_exists);
		free(c->ways[i].recipe);
		free(c->ways[i].advice);
	}
	free(c->ways);
	free(c->id);
	free(c->defined_in);
}

static int compare_choices(const void *a, const void *b)
{
	return strcmp(((const struct choice *)a)->id,
		      ((const struct choice *)b)->id);
}

int choices_check(struct recipes *r, char **ret_error)
{
	if (r->n_choices != 0)
		qsort(r->choices, r->n_choices, sizeof(*r->choices),
		      compare_choices);
	for (size_t i = 0; i < r->n_choices; i++) {
		const struct choice *c = &r->choices[i];

		if (recipe_find(r, c->id) != NULL ||
		    (i > 0 && strcmp(c->id, r->choices[i - 1].id) == 0)) {
			*ret_error = xasprintf("%s: the recipe %s is there "
					       "twice", c->defined_in, c->id);
			return -EINVAL;
		}
	}
	return 0;
}

static bool is_there(const struct root *root, const char *path)
{
	struct file_id id;

	return root != NULL && file_stat(root, path, &id) == 0;
}

static bool is_one_of(const char *kinds, const char *kind)
{
	AUTO(str) char *words = xstrdup(kinds);
	char *save = NULL;

	for (char *word = strtok_r(words, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		if (fnmatch(word, kind, 0) == 0)
			return true;
	return false;
}

static bool fits(const struct way *w, const char *store_kind,
		 const struct root *root)
{
	if (w->stores != NULL &&
	    (store_kind == NULL || !is_one_of(w->stores, store_kind)))
		return false;
	if (w->if_exists != NULL && !is_there(root, w->if_exists))
		return false;
	return w->unless_exists == NULL || !is_there(root, w->unless_exists);
}

bool recipe_choose(const struct recipes *r, const struct root *root,
		   const char *recipe, const char *store_kind,
		   struct remedy *ret_remedy)
{
	const struct choice *c = NULL;

	for (size_t i = 0; i < r->n_choices && c == NULL; i++)
		if (strcmp(r->choices[i].id, recipe) == 0)
			c = &r->choices[i];
	if (c == NULL)
		return false;
	*ret_remedy = (struct remedy){ .recipe = NULL };
	for (size_t i = 0; i < c->n_ways; i++) {
		const struct way *w = &c->ways[i];
		const struct recipe *found = w->recipe != NULL ?
			recipe_find(r, w->recipe) : NULL;

		/* An administrator may have masked a recipe.  */
		if (!fits(w, store_kind, root) ||
		    (w->recipe != NULL && found == NULL))
			continue;
		ret_remedy->recipe = w->recipe;
		ret_remedy->advice = w->advice;
		ret_remedy->automatic = found != NULL && found->automatic;
		break;
	}
	return true;
}
