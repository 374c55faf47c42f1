/* settings.c -- loads the files of data/redirections: which variables and keys
 * of which files point a program at another store, or switch verification off.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/load.h"
#include "syntax/syntax.h"

static void load_rule(struct setting_rules *rules, const xmlNode *node)
{
	AUTO(str) char *target = xml_attribute(node, "target");
	struct setting_rule *rule;

	grow(&rules->items, rules->n, &rules->cap, sizeof(*rules->items));
	rule = &rules->items[rules->n++];
	*rule = (struct setting_rule){
		.name = xml_attribute(node, "name"),
		.section = xml_attribute(node, "section"),
		.values = xml_attribute(node, "values"),
		.of = xml_attribute(node, "of"),
		.secret = xml_has_value(node, "secret", "yes"),
		.programs = xml_attribute(node, "programs"),
		.effect = xml_attribute(node, "effect"),
		.stores = xml_attribute(node, "stores"),
		.separator = xml_attribute(node, "separator"),
		.append = xml_attribute(node, "append"),
		.relative = xml_attribute(node, "relative"),
		.follow = xml_attribute(node, "follow"),
		.glob = xml_has_value(node, "glob", "yes"),
		.options = xml_attribute(node, "options"),
	};
	rule->self = xml_has_value(node, "self", "yes");
	rule->path = (rule->stores != NULL && !rule->self) ||
		     rule->follow != NULL ||
		     target != NULL;
}

static void load_rules(struct setting_rules *rules, const xmlNode *node)
{
	for (const xmlNode *n = node->children; n != NULL; n = n->next)
		if (xml_is(n, "key"))
			load_rule(rules, n);
}

static int load_options(struct loader *l, const char *file, const xmlNode *node)
{
	struct catalogue *c = l->c;
	struct option_set *set;

	grow(&c->option_sets, c->n_option_sets, &l->cap_option_sets,
	     sizeof(*c->option_sets));
	set = &c->option_sets[c->n_option_sets++];
	*set = (struct option_set){
		.name = xml_attribute(node, "name"),
		.command = xml_has_value(node, "command", "yes"),
	};
	load_rules(&set->rules, node);
	for (size_t i = 0; i + 1 < c->n_option_sets; i++) {
		AUTO(str) char *where = xml_where(file, node);

		if (strcmp(c->option_sets[i].name, set->name) == 0)
			return refuse(l, where, "options \"%s\" are defined "
					   "already", set->name);
	}
	return 0;
}

static int load_setting_file(struct loader *l, const char *file,
			     const xmlNode *node)
{
	struct catalogue *c = l->c;
	struct setting_file *f;

	grow(&c->setting_files, c->n_setting_files, &l->cap_setting_files,
	     sizeof(*c->setting_files));
	f = &c->setting_files[c->n_setting_files];
	*f = (struct setting_file){
		.id = xml_attribute(node, "id"),
		.syntax = xml_attribute(node, "syntax"),
		.of = xml_attribute(node, "of"),
		.options = xml_attribute(node, "options"),
		.homes = xml_attribute(node, "homes"),
		.environment = xml_has_value(node, "environment", "yes"),
		.assigned = xml_has_value(node, "assigned", "yes"),
		.fold = xml_has_value(node, "fold", "yes"),
		.paths = xcalloc(1, sizeof(*f->paths)),
		.defined_in = xml_where(file, node),
	};
	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		if (xml_is(n, "title"))
			f->title = xml_words(n);
		else if (xml_is(n, "path"))
			load_path(l, PATH_OF_SETTINGS, c->n_setting_files, file,
				  n);
	}
	load_rules(&f->rules, node);
	c->n_setting_files++;
	if (syntax_find(f->syntax) == NULL)
		return refuse(l, f->defined_in, "there is no syntax \"%s\"",
				   f->syntax);
	return 0;
}

int load_settings(struct loader *l, const char *file, const xmlNode *root)
{
	int e = 0;

	for (const xmlNode *n = root->children; n != NULL && e == 0;
	     n = n->next) {
		if (xml_is(n, "variable"))
			load_rule(&l->c->variables, n);
		else if (xml_is(n, "options"))
			e = load_options(l, file, n);
		else if (xml_is(n, "file"))
			e = load_setting_file(l, file, n);
	}
	return e;
}

/* ---- when all are there --------------------------------------------------*/

static bool is_store_kind(const struct catalogue *c, const char *name)
{
	return catalogue_store(c, name) != NULL;
}

static bool is_option_set(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->n_option_sets; i++)
		if (strcmp(c->option_sets[i].name, name) == 0)
			return true;
	return false;
}

static bool is_file_id(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->n_setting_files; i++)
		if (c->setting_files[i].id != NULL &&
		    strcmp(c->setting_files[i].id, name) == 0)
			return true;
	return false;
}

/* Are all WORDS what IS says?  WHERE names what has them.  */
static int check_words(struct loader *l, const char *where, const char *words,
		       bool (*is)(const struct catalogue *c, const char *name),
		       const char *what)
{
	while (words != NULL && *words != '\0') {
		size_t n = strcspn(words, " ");
		AUTO(str) char *word = xstrndup(words, n);

		if (!is(l->c, word))
			return refuse(l, where, "there is no %s \"%s\"",
					   what, word);
		words += n + (words[n] == ' ');
	}
	return 0;
}

static int check_rules(struct loader *l, const char *where,
		       const struct setting_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct setting_rule *r = &rules->items[i];
		AUTO(str) char *at = xasprintf("%s: setting \"%s\"", where,
					       r->name);

		if (check_words(l, at, r->stores, is_store_kind, "store") < 0 ||
		    check_words(l, at, r->options, is_option_set,
				"set of options") < 0 ||
		    check_words(l, at, r->follow, is_file_id, "file") < 0)
			return -EINVAL;
	}
	return 0;
}

int check_settings(struct loader *l)
{
	const struct catalogue *c = l->c;

	if (check_rules(l, "variables", &c->variables) < 0)
		return -EINVAL;
	for (size_t i = 0; i < c->n_option_sets; i++)
		if (check_rules(l, c->option_sets[i].name,
				&c->option_sets[i].rules) < 0)
			return -EINVAL;
	for (size_t i = 0; i < c->n_setting_files; i++) {
		const struct setting_file *f = &c->setting_files[i];

		if (check_rules(l, f->defined_in, &f->rules) < 0 ||
		    check_words(l, f->defined_in, f->options, is_option_set,
				"set of options") < 0)
			return -EINVAL;
	}
	return 0;
}

/* ---- freeing -------------------------------------------------------------*/

static void rules_done(struct setting_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct setting_rule *r = &rules->items[i];

		free(r->name);
		free(r->section);
		free(r->values);
		free(r->of);
		free(r->programs);
		free(r->effect);
		free(r->stores);
		free(r->separator);
		free(r->append);
		free(r->relative);
		free(r->follow);
		free(r->options);
	}
	free(rules->items);
}

void settings_done(struct catalogue *c)
{
	rules_done(&c->variables);
	for (size_t i = 0; i < c->n_option_sets; i++) {
		free(c->option_sets[i].name);
		rules_done(&c->option_sets[i].rules);
	}
	free(c->option_sets);
	for (size_t i = 0; i < c->n_setting_files; i++) {
		struct setting_file *f = &c->setting_files[i];

		free(f->id);
		free(f->title);
		free(f->syntax);
		free(f->of);
		free(f->options);
		free(f->homes);
		free(f->defined_in);
		names_free(f->paths);
		rules_done(&f->rules);
	}
	free(c->setting_files);
}
