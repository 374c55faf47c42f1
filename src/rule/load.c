/* load.c -- reads the rules, one XML file each, as trustdrift-rules(5) has it.
 *
 * The schema data/schema/rule.rng has been checked when an element gets here,
 * so what it demands is there.  Either the whole pack is loaded or nothing:
 * judging with a part of the rules would call silence what is ignorance.
 */
#include <errno.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"
#include "rule/guard.h"

static void add_text(xmlNode *node, struct rule_text **texts, size_t *n)
{
	struct rule_text *t;

	*texts = xrealloc(*texts, *n + 1, sizeof(**texts));
	t = &(*texts)[(*n)++];
	t->variant = xml_attribute(node, "variant");
	t->text = xml_words(node);
}

static void add_evidence(xmlNode *node, struct rule *r)
{
	struct rule_evidence *e;

	r->evidence = xrealloc(r->evidence, r->n_evidence + 1,
			       sizeof(*r->evidence));
	e = &r->evidence[r->n_evidence++];
	memset(e, 0, sizeof(*e));
	e->kind = xml_attribute(node, "kind");
	for (xmlNode *child = node->children; child != NULL;
	     child = child->next) {
		if (xml_is(child, "query")) {
			e->query = xml_text(child);
			e->line = xml_line(child);
		} else if (xml_is(child, "text")) {
			add_text(child, &e->texts, &e->n_texts);
		}
	}
}

static void add_reference(xmlNode *node, struct rule *r)
{
	size_t n = 0;

	while (r->references[n] != NULL)
		n++;
	r->references = xrealloc(r->references, n + 2, sizeof(*r->references));
	r->references[n] = xml_words(node);
	r->references[n + 1] = NULL;
}

static void parse_no_fix(xmlNode *node, struct rule *r)
{
	AUTO(str) char *variant = xml_attribute(node, "variant");

	if (variant != NULL)
		add_text(node, &r->no_fixes, &r->n_no_fixes);
	else
		r->no_fix = xml_words(node);
}

static void parse_child(xmlNode *node, struct rule *r)
{
	if (xml_is(node, "title")) {
		r->title = xml_words(node);
	} else if (xml_is(node, "why")) {
		r->why = xml_words(node);
	} else if (xml_is(node, "reference")) {
		add_reference(node, r);
	} else if (xml_is(node, "query")) {
		r->query = xml_text(node);
		r->query_line = xml_line(node);
	} else if (xml_is(node, "message")) {
		add_text(node, &r->messages, &r->n_messages);
	} else if (xml_is(node, "member")) {
		add_text(node, &r->members, &r->n_members);
	} else if (xml_is(node, "evidence")) {
		add_evidence(node, r);
	} else if (xml_is(node, "fix")) {
		r->recipe = xml_attribute(node, "recipe");
	} else if (xml_is(node, "no-fix")) {
		parse_no_fix(node, r);
	}
}

static void text_done(struct rule_text *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(texts[i].variant);
		free(texts[i].text);
	}
	free(texts);
}

static void rule_done(struct rule *r)
{
	for (size_t i = 0; i < r->n_evidence; i++) {
		free(r->evidence[i].kind);
		free(r->evidence[i].query);
		text_done(r->evidence[i].texts, r->evidence[i].n_texts);
	}
	free(r->evidence);
	text_done(r->messages, r->n_messages);
	text_done(r->members, r->n_members);
	text_done(r->no_fixes, r->n_no_fixes);
	names_free(r->references);
	free(r->id);
	free(r->since);
	free(r->needs);
	free(r->policy);
	free(r->fold);
	free(r->yields_to);
	free(r->title);
	free(r->why);
	free(r->query);
	free(r->recipe);
	free(r->no_fix);
	free(r->defined_in);
	free(r->path);
}

static int load_file(const char *path, struct rules *rules, size_t *cap,
		     char **ret_error)
{
	AUTO(document) xmlDoc *doc = NULL;
	AUTO(str) char *severity = NULL, *after = NULL;
	struct xml_bytes bytes;
	xmlNode *root;
	struct rule *r;
	int e;

	e = xml_load_known(path, "rule.rng", &doc, &bytes, ret_error);
	if (e < 0)
		return e;
	root = xml_root(doc);

	grow(&rules->items, rules->n, cap, sizeof(*rules->items));
	r = &rules->items[rules->n++];
	memset(r, 0, sizeof(*r));
	r->path = xstrdup(path);
	r->shipped = bytes.shipped;
	r->defined_in = xml_where(path, root);
	r->references = xcalloc(1, sizeof(*r->references));
	r->id = xml_attribute(root, "id");
	r->since = xml_attribute(root, "since");
	r->needs = xml_attribute(root, "needs");
	r->policy = xml_attribute(root, "policy");
	r->fold = xml_attribute(root, "fold");
	r->yields_to = xml_attribute(root, "yields-to");
	after = xml_attribute(root, "after");
	r->after_waivers = after != NULL;
	severity = xml_attribute(root, "severity");
	for (xmlNode *child = root->children; child != NULL;
	     child = child->next)
		parse_child(child, r);
	if (severity == NULL ||
	    severity_from_name(severity, &r->severity) < 0) {
		*ret_error = xasprintf("%s: no such severity", r->defined_in);
		return -EINVAL;
	}
	return 0;
}

static int rule_compare(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static int check_unique(const struct rules *rules, char **ret_error)
{
	for (size_t i = 1; i < rules->n; i++) {
		const struct rule *a = &rules->items[i - 1];
		const struct rule *b = &rules->items[i];

		if (strcmp(a->id, b->id) != 0)
			continue;
		*ret_error = xasprintf("%s: the rule %s is there already: %s",
				       b->defined_in, b->id, a->defined_in);
		return -EINVAL;
	}
	return 0;
}

static void auto_rules(struct rules **r)
{
	rules_free(*r);
}

int rules_parse(const char *config_dir, struct rules **ret_rules,
		char **ret_error)
{
	AUTO(rules) struct rules *rules = xcalloc(1, sizeof(*rules));
	AUTO(names) char **paths = NULL;
	size_t n, cap = 0;
	int e;

	e = data_files(config_dir, "rules", ".xml", &paths, &n);
	if (e < 0) {
		*ret_error = data_files_failed(config_dir, "rules", e);
		return e;
	}
	for (size_t i = 0; i < n; i++) {
		e = load_file(paths[i], rules, &cap, ret_error);
		if (e < 0)
			return e;
	}
	if (rules->n > 0)
		qsort(rules->items, rules->n, sizeof(*rules->items),
		      rule_compare);
	e = check_unique(rules, ret_error);
	if (e < 0)
		return e;
	*ret_rules = TAKE(rules);
	return 0;
}

int rules_load(const char *config_dir, struct rules **ret_rules,
	       char **ret_error)
{
	AUTO(rules) struct rules *rules = NULL;
	int e;

	e = rules_parse(config_dir, &rules, ret_error);
	if (e == 0)
		e = rules_compile(rules, ret_error);
	if (e < 0)
		return e;
	*ret_rules = TAKE(rules);
	return 0;
}

int rules_load_file(const char *path, struct rules **ret_rules,
		    char **ret_error)
{
	AUTO(rules) struct rules *rules = xcalloc(1, sizeof(*rules));
	size_t cap = 0;
	int e = load_file(path, rules, &cap, ret_error);

	if (e == 0)
		e = rules_compile(rules, ret_error);
	if (e < 0)
		return e;
	*ret_rules = TAKE(rules);
	return 0;
}

void rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		rule_done(&r->items[i]);
	free(r->items);
	reads_free(r->reads);
	free(r);
}
