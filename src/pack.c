/* pack.c -- the catalogue, the rules and the recipes, and what they make of a
 * scan: for the commands that judge.
 */
#include <locale.h>
#include <stdlib.h>

#include "cmd.h"
#include "fix/fix.h"
#include "locate/locate.h"

#define WIDEST	100u
#define NARROWEST 40u

void auto_pack(struct pack *p)
{
	if (p->catalogue != NULL)
		catalogue_free(p->catalogue);
	if (p->rules != NULL)
		rules_free(p->rules);
	if (p->recipes != NULL)
		recipes_free(p->recipes);
	policy_free(p->policy);
	waivers_free(p->waivers);
}

static int load_config(const struct options *o, struct pack *p)
{
	char *error = NULL;
	int r = policy_load(o->config, &p->policy, &error), status;

	if (r < 0)
		return load_failed(r, error);
	status = check_policy_parties(o, p->policy, p->catalogue);
	if (status >= 0)
		return status;
	r = waivers_load(o->config, &p->waivers, &error);
	if (r < 0)
		return load_failed(r, error);
	p->rules->policy = p->policy;
	p->rules->waivers = p->waivers;
	return -1;
}

int pack_load(const struct options *o, struct pack *ret_pack)
{
	struct pack *p = ret_pack;
	char *error = NULL;
	int status = load_catalogue(o, &p->catalogue), r;

	if (status >= 0)
		return status;
	r = rules_parse(o->config, &p->rules, &error);
	if (r < 0)
		return load_failed(r, error);
	r = recipes_load(o->config, &p->recipes, &error);
	return r < 0 ? load_failed(r, error) : load_config(o, p);
}

/* Recipes that depend on the store and the distribution become the one that is
 * meant, or advice.  */
static void choose_recipes(const struct options *o, const struct pack *p,
			   struct report *report)
{
	struct root root, *there = root_open(o->root, &root) == 0 ? &root
								  : NULL;

	for (size_t i = 0; i < report->n_findings; i++) {
		struct finding *f = &report->findings[i];
		struct remedy remedy;

		if (f->recipe == NULL ||
		    !recipe_choose(p->recipes, there, f->recipe, f->store_kind,
				   &remedy))
			continue;
		free(f->recipe);
		f->recipe = NULL;
		f->automatic = remedy.automatic;
		if (remedy.recipe != NULL)
			f->recipe = xstrdup(remedy.recipe);
		else
			f->no_fix = xstrdup(remedy.advice != NULL ?
				translated(remedy.advice) :
				_("There is no recipe for this kind of store: change it with the program that owns it."));
	}
	if (there != NULL)
		root_done(there);
}

int pack_judge(const struct options *o, struct inventory *i,
	       const struct pack *p, bool machine, struct report *ret_report)
{
	char *error = NULL;
	int r;

	progress(o, _("asking the rules"));
	if (machine)
		setlocale(LC_MESSAGES, "C");
	r = rules_evaluate(i, p->rules, recipe_is_automatic, p->recipes,
			   ret_report, &error);
	if (r == 0 && error == NULL)
		choose_recipes(o, p, ret_report);
	setlocale(LC_MESSAGES, "");
	progress(o, NULL);
	if (error != NULL)
		return load_failed(r, error);
	if (r < 0)
		return inventory_failed(i, r, _("the rules could not be asked"));
	ret_report->tool = PACKAGE_VERSION;
	return -1;
}

struct output_options report_options(const struct options *o,
				     const char *command, const char *history)
{
	unsigned width = terminal_width(o, WIDEST);

	return (struct output_options){
		.color = use_color(o),
		.width = width > WIDEST ? WIDEST :
			 width < NARROWEST ? NARROWEST : width,
		.verbose = o->verbose,
		.command = command,
		.history = history,
	};
}
