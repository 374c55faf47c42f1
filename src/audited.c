/* audited.c -- the findings of the newest audit, and which of them a command's
 * arguments name.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define ID_SHORTEST	6u	/* a shorter abbreviation is refused */

void audited_done(struct audited *a)
{
	for (size_t i = 0; i < a->n; i++)
		finding_done(&a->findings[i]);
	free(a->findings);
	free(a->named);
}

static int take_finding(const char *document, void *data)
{
	struct audited *a = data;
	int r;

	grow(&a->findings, a->n, &a->cap, sizeof(*a->findings));
	r = finding_from_json(document, &a->findings[a->n]);
	if (r == 0)
		a->n++;
	return r;
}

int findings_failed(struct inventory *i, int r)
{
	if (r != -EINVAL)
		return inventory_failed(i, r,
			_("the findings of the newest audit cannot be read"));
	log_error(_("the findings of the newest audit cannot be read: %s"),
		  _("another version recorded them"));
	return STATUS_FAILURE;
}

int audited_load(struct inventory *i, const char *none,
		 struct audited *ret_audited)
{
	struct audited *a = ret_audited;
	int r = inventory_findings(i, take_finding, a);

	if (r == -ENODATA) {
		log_error("%s", none);
		return STATUS_FAILURE;
	}
	if (r < 0)
		return findings_failed(i, r);
	a->named = xcalloc(a->n, sizeof(*a->named));
	return -1;
}

int check_finding_id(const struct options *o, const char *id)
{
	const size_t n = strlen(id);

	if (n >= ID_SHORTEST && strspn(id, "0123456789abcdef") == n)
		return -1;
	return usage_error(o->command,
		_("an id is 6 or more of a finding's hexadecimal digits, not"),
		id, NULL);
}

static int name_one(const struct options *o, struct audited *a, const char *id)
{
	int status = check_finding_id(o, id);
	size_t found = 0;

	if (status >= 0)
		return status;
	for (size_t i = 0; i < a->n; i++) {
		if (strncmp(a->findings[i].id, id, strlen(id)) == 0) {
			a->named[i] = true;
			found++;
		}
	}
	if (found == 0)
		return usage_error(o->command,
			_("the newest audit has no finding"), id, NULL);
	if (found > 1)
		return usage_error(o->command,
			_("more than one finding begins with"), id, NULL);
	return -1;
}

int audited_name(const struct options *o, struct audited *a)
{
	int status = -1;

	for (int i = 0; i < o->n_arguments && status < 0; i++)
		status = name_one(o, a, o->arguments[i]);
	return status;
}

int audited_check_rule(const struct options *o, const struct audited *a)
{
	struct rules *rules;
	const char **words;
	char *error = NULL;
	int status = -1, r;

	if (o->rule == NULL)
		return -1;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->findings[i].rule_id, o->rule) == 0)
			return -1;
	r = rules_parse(o->config, &rules, &error);
	if (r < 0)
		return load_failed(r, error);
	words = xcalloc(rules->n + 1, sizeof(*words));
	for (size_t i = 0; i < rules->n; i++) {
		words[i] = rules->items[i].id;
		if (strcmp(words[i], o->rule) == 0)
			break;
		if (i + 1 == rules->n)
			status = usage_error(o->command, _("there is no rule"),
					     o->rule, words);
	}
	free(words);
	rules_free(rules);
	return status;
}
