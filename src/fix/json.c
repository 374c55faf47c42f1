/* json.c -- the plan as data (data/schema/plan.schema.json), for programs that
 * carry it out or show it in their own way.
 *
 * It names recipes and their values, not commands: whoever acts by it has to do
 * what the recipe's script does, the check of targets and the verdict included.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fix/plan.h"

static json_t *text(const char *s)
{
	AUTO(str) char *valid = NULL;

	if (s == NULL)
		return json_null();
	valid = utf8_text(s, strlen(s));
	return json_string(valid);
}

static json_t *words(const char *s)
{
	AUTO(str) char *copy = xstrdup(s);
	json_t *list = json_array();
	char *save = NULL;

	for (char *word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		json_array_append_new(list, json_string(word));
	return list;
}

static json_t *finding(const struct finding *f)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o}",
			 "id", text(f->id),
			 "rule", text(f->rule_id),
			 "severity", severity_name(f->severity),
			 "message", text(f->message),
			 "store", text(f->store_path),
			 "location", text(f->location),
			 "certificate", text(f->certificate.sha256));
}

static json_t *step(const struct step *s, size_t number)
{
	const struct recipe *r = s->recipe;
	json_t *parameters = json_object(), *targets = json_array();
	json_t *findings = json_array();

	for (size_t i = 0; i < r->n_parameters; i++)
		json_object_set_new(parameters, r->parameters[i].name,
				    text(s->raw[i]));
	for (size_t i = 0; i < s->n_targets; i++)
		json_array_append_new(targets, json_pack("{s:o, s:s}",
			"path", text(s->targets[i].raw),
			"sha256", s->targets[i].sha256));
	for (size_t i = 0; i < s->n_findings; i++)
		json_array_append_new(findings, text(s->findings[i]->id));
	return json_pack("{s:I, s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, "
			 "s:o}",
			 "number", (json_int_t)number,
			 "recipe", r->id,
			 "title", text(r->title),
			 "why", text(r->why),
			 "automatic", r->automatic,
			 "on_derived", r->is_derived,
			 "programs", words(r->tools),
			 "refresh", *r->refresh != '\0' ? text(r->refresh)
							: json_null(),
			 "targets", targets,
			 "parameters", parameters,
			 "findings", findings);
}

/* Every finding of the plan once: those of steps, then the others.  */
static json_t *all_findings(const struct plan *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_steps; i++) {
		for (size_t j = 0; j < p->steps[i].n_findings; j++) {
			const struct finding *f = p->steps[i].findings[j];
			bool is_there = false;
			size_t k;
			json_t *old;

			json_array_foreach(list, k, old)
				is_there = is_there ||
					strcmp(json_string_value(
						json_object_get(old, "id")),
					       f->id) == 0;
			if (!is_there)
				json_array_append_new(list, finding(f));
		}
	}
	return list;
}

static json_t *unfixable(const struct plan *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_unfixable; i++) {
		json_t *f = finding(p->unfixable[i].finding);

		json_object_set_new(f, "reason",
				    text(p->unfixable[i].reason));
		json_array_append_new(list, f);
	}
	return list;
}

static json_t *whole(const struct plan *p)
{
	const struct script_info *info = p->info;
	char hex[2 * SHA256_SIZE + 1], now[TIME_SIZE];
	const char *name = plan_identity(info, hex);
	json_t *steps = json_array();

	for (size_t i = 0; i < p->n_steps; i++)
		json_array_append_new(steps, step(&p->steps[i], i + 1));
	return json_pack("{s:s, s:i, s:o, s:s, s:o, s:{s:o, s:o, s:o}, s:o, "
			 "s:o, s:o, s:o}",
			 "format", "trustdrift/plan", "version", 1,
			 "tool", text(info->tool),
			 "audit_of", time_format(info->now, now),
			 "root", text(info->root),
			 "host", "name", text(info->host_name),
			 "file", text(name),
			 "sha256", name != NULL ? text(hex) : json_null(),
			 "made_by", text(info->command),
			 "findings", all_findings(p),
			 "steps", steps,
			 "unfixable", unfixable(p));
}

int json_from_plan(const struct plan *p, struct buf *out)
{
	json_t *document = whole(p);
	AUTO(str) char *written = NULL;

	if (document == NULL)
		die("a plan is no JSON");
	written = json_dumps(document, JSON_INDENT(2));
	json_decref(document);
	if (written == NULL)
		die("out of memory");
	buf_adds(out, written);
	buf_adds(out, "\n");
	return out->truncated ? -E2BIG : 0;
}
