/* ansible.c -- the answer of a module of Ansible: one JSON object on standard
 * output (ansible-core 2.14, "Conventions, tips, and pitfalls" for modules in any
 * language).  The module is src/ansible-module.c; as a format it is also for who
 * wants the same from a task of his own.
 *
 * `changed` says that there is something to act on, in check mode or not: looking
 * changes nothing.  Surprising: a key `rc` other than 0 makes a task fail whatever
 * `failed` says, so that the exit status is `exit_code`; and that of the program is
 * not looked at.  What was found goes to every host's facts and logs, so that only
 * the first findings are told one by one.
 */
#include "output/machine.h"

#define FINDINGS	100u		/* that are told one by one */

static json_t *summary_of(const struct report *r, const struct tally *t)
{
	json_t *found = json_object(), *summary = json_object();

	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--)
		json_put(found, severity_name((enum severity)s),
			 json_integer((json_int_t)t->found[s]));
	json_put(summary, "stores", json_integer((json_int_t)r->stores));
	json_put(summary, "certificates",
		 json_integer((json_int_t)r->certificates));
	json_put(summary, "problems", json_integer((json_int_t)r->n_problems));
	json_put(summary, "findings", found);
	json_put(summary, "counting", json_integer((json_int_t)t->counting));
	json_put(summary, "unknown", json_integer((json_int_t)t->unknown));
	json_put(summary, "waived", json_integer((json_int_t)t->waived));
	json_put(summary, "incomplete", json_boolean(r->incomplete));
	return summary;
}

static json_t *finding_of(const struct finding *f)
{
	json_t *o = json_object();

	json_put(o, "id", json_shown(f->id));
	json_put(o, "rule", json_shown(f->rule_id));
	json_put(o, "severity", json_shown(severity_name(f->severity)));
	json_put(o, "title", json_shown(f->title));
	json_put(o, "message", json_shown(f->message));
	json_put(o, "store", json_shown(f->store_path));
	json_put(o, "location", json_shown(f->location));
	json_put(o, "sha256", json_shown(f->certificate.sha256));
	json_put(o, "automatic", json_boolean(f->recipe != NULL &&
					       f->automatic));
	return o;
}

/* A state as a text of lines, for --diff: all that counts, or what is left when
 * everything that a script repairs without a decision is repaired.  */
static char *state_of(const struct report *r, const struct output_options *o,
		      bool repaired)
{
	AUTO(buf) struct buf b;
	size_t told = 0, more = 0;

	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		AUTO(str) char *line = NULL;

		if (!is_counting(o, f))
			continue;
		if (told++ >= FINDINGS) {
			more++;
			continue;
		}
		if (repaired && f->recipe != NULL && f->automatic)
			continue;
		line = finding_line(f);
		buf_addf(&b, "%s\n", line);
	}
	if (more > 0)
		buf_addf(&b, "and %zu more\n", more);
	return buf_take(&b);
}

static json_t *diff_of(const struct report *r, const struct output_options *o)
{
	AUTO(str) char *before = state_of(r, o, false);
	AUTO(str) char *after = state_of(r, o, true);
	json_t *diff = json_object();

	json_put(diff, "before_header", json_string("findings"));
	json_put(diff, "after_header", json_string("after trustdrift fix"));
	json_put(diff, "before", json_string(before));
	json_put(diff, "after", json_string(after));
	return diff;
}

static json_t *warnings_of(const struct report *r,
			   const struct output_options *o, size_t counting)
{
	json_t *warnings = json_array();

	if (r->incomplete)
		json_append(warnings, json_string(only_a_rule_failed(r) ?
			"the verdict is incomplete: a rule could not be judged" :
			"the verdict is incomplete: "
			"a store that a rule needs could not be read"));
	if (o->history != NULL)
		json_append(warnings, json_shown(o->history));
	if (counting > FINDINGS) {
		AUTO(str) char *words = xasprintf(
			"%zu findings, of which the first %u are told one by one",
			counting, FINDINGS);

		json_append(warnings, json_string(words));
	}
	return warnings;
}

int ansible_write(const struct report *r, const struct output_options *o,
		  FILE *f)
{
	AUTO(str) char *message = NULL;
	json_t *answer = json_object(), *findings = json_array();
	struct tally t;

	tally_count(r, o, &t);
	message = xasprintf("%zu findings to act on in %zu stores%s",
			    t.counting, r->stores,
			    r->incomplete ? ", incomplete" : "");
	for (size_t i = 0, told = 0; i < r->n_findings && told < FINDINGS; i++) {
		if (!is_counting(o, &r->findings[i]))
			continue;
		json_append(findings, finding_of(&r->findings[i]));
		told++;
	}
	json_put(answer, "changed", json_boolean(t.counting > 0));
	json_put(answer, "failed", json_false());
	json_put(answer, "msg", json_string(message));
	json_put(answer, "exit_code", json_integer(o->status));
	json_put(answer, "summary", summary_of(r, &t));
	json_put(answer, "findings", findings);
	json_put(answer, "note", json_shown(r->note));
	json_put(answer, "warnings", warnings_of(r, o, t.counting));
	json_put(answer, "diff", diff_of(r, o));
	return json_finish(answer, f);
}

int ansible_failed(const char *why, int status, FILE *f)
{
	json_t *answer = json_object();

	json_put(answer, "changed", json_false());
	json_put(answer, "failed", json_true());
	json_put(answer, "msg", json_shown(why));
	json_put(answer, "exit_code", json_integer(status));
	return json_finish(answer, f);
}
