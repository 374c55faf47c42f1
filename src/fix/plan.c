/* plan.c -- from findings to steps.
 *
 * A finding whose values cannot be words of a script has no step and is listed
 * with the reason, whatever form the plan is given in.
 *
 * Surprising: findings that ask for the same thing, say one certificate in
 * the bundle and in the directory of one system store, share a step.  Each of
 * their files is a target that must be unchanged.  A finding about many
 * certificates asks for a step for each of them.
 *
 * Steps that change what is made of other stores come last: what they do may
 * be done already when the sources were changed and their updater has run.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fix/plan.h"

#define TEXT_COLUMNS	160u	/* of what a finding says, in one line */

static void step_done(struct step *s)
{
	for (size_t i = 0; s->values != NULL && i < s->recipe->n_parameters;
	     i++) {
		free(s->values[i]);
		free(s->raw[i]);
	}
	for (size_t i = 0; i < s->n_targets; i++) {
		free(s->targets[i].path);
		free(s->targets[i].raw);
	}
	free(s->values);
	free(s->raw);
	free(s->targets);
	free(s->findings);
}

static void auto_step(struct step *s)
{
	step_done(s);
}

void auto_plan(struct plan *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		step_done(&p->steps[i]);
	for (size_t i = 0; i < p->n_unfixable; i++)
		free(p->unfixable[i].reason);
	free(p->steps);
	free(p->unfixable);
}

/* ---- words ---------------------------------------------------------------*/

char *whole_line(const char *s)
{
	return s != NULL ? escape_text(s, strlen(s)) : xstrdup("-");
}

char *one_line(const char *s)
{
	AUTO(str) char *text = whole_line(s);
	size_t n = strlen(text);

	if (n <= TEXT_COLUMNS)
		return TAKE(text);
	/* Not in the middle of a character.  */
	for (n = TEXT_COLUMNS; n > 0 && (text[n] & 0xc0) == 0x80; n--)
		;
	return xasprintf("%.*s...", (int)n, text);
}

char *about(const struct finding *f, const char *location, const char *name)
{
	AUTO(str) char *place = one_line(location != NULL ? location
							  : f->store_path);
	AUTO(str) char *line = NULL;

	if (name == NULL)
		return TAKE(place);
	line = one_line(name);
	return xasprintf("%s (%s)", place, line);
}

static const char *file_error(int e)
{
	switch (-e) {
	case ENOENT:
	case ENOTDIR:
		return "it is not there any more";
	case EACCES:
	case EPERM:
		return "it may not be read";
	case ENOTREG:
		return "it is not a regular file";
	case EFBIG:
		return "it is larger than the limit for a store";
	case ELOOP:
		return "its links lead in a circle";
	default:
		return "it cannot be read";
	}
}

/* ---- from findings to steps ------------------------------------------------*/

/* NUMBER is where a number is written to.  */
static const char *field_value(const struct field *field,
			       const struct finding *f, char number[24])
{
	const char *value;

	if (field->offset == NUMBER_FIELD) {
		snprintf(number, 24, "%" PRIu64, f->offset);
		return f->has_offset ? number : NULL;
	}
	memcpy(&value, (const char *)f + field->offset, sizeof(value));
	return value;
}

static bool is_hash(const char *s, size_t digits)
{
	return strlen(s) == digits &&
	       strspn(s, "0123456789abcdef") == digits;
}

/* The value of FIELD as a word of the script; NULL with *ret_reason.  */
static char *field_quote(const struct field *field, const struct finding *f,
			 char **ret_reason)
{
	char number[24];
	const char *value = field_value(field, f, number);
	char *word;

	if (value == NULL) {
		*ret_reason = xasprintf("the finding has no %s", field->name);
		return NULL;
	}
	if (field->digits != 0 && !is_hash(value, field->digits)) {
		*ret_reason = xasprintf("its %s is no hash", field->name);
		return NULL;
	}
	word = shell_quote(value);
	if (word == NULL)
		*ret_reason = xasprintf("its %s cannot be written so that a "
					"reader sees what it is", field->name);
	return word;
}

static int step_values(const struct finding *f, struct step *s,
		       char **ret_reason)
{
	const struct recipe *r = s->recipe;

	s->values = xcalloc(r->n_parameters + 1, sizeof(*s->values));
	s->raw = xcalloc(r->n_parameters + 1, sizeof(*s->raw));
	for (size_t i = 0; i < r->n_parameters; i++) {
		const struct parameter *p = &r->parameters[i];
		AUTO(str) char *reason = NULL;
		char number[24];

		s->values[i] = field_quote(p->from, f, &reason);
		if (s->values[i] == NULL && p->optional) {
			s->values[i] = xstrdup("''");
			s->raw[i] = xstrdup("");
			continue;
		}
		if (s->values[i] == NULL) {
			*ret_reason = TAKE(reason);
			return -EINVAL;
		}
		s->raw[i] = xstrdup(field_value(p->from, f, number));
	}
	return 0;
}

/* The file PATH as a step before has it: what one file holds is many steps, and it is
 * looked at once.  */
static const struct target *target_known(const struct plan *p, const char *path)
{
	const struct step *last = p->n_steps > 0 ? &p->steps[p->n_steps - 1]
						 : NULL;

	for (size_t i = 0; last != NULL && i < last->n_targets; i++)
		if (strcmp(last->targets[i].raw, path) == 0)
			return &last->targets[i];
	return NULL;
}

/* The file that has to be as it is now, and as it was when it was read.  */
static int step_target(const struct plan *p, const struct finding *f,
		       struct step *s, char **ret_reason)
{
	const struct script_info *info = p->info;
	const struct target *known;
	AUTO(scanned) struct file file = { .mapped = false };
	uint8_t sha256[SHA256_SIZE];
	struct target *t;
	char number[24];
	char *path;
	int e;

	if (s->recipe->target == NULL)
		return 0;
	path = field_quote(s->recipe->target, f, ret_reason);
	if (path == NULL)
		return -EINVAL;
	s->targets = xcalloc(1, sizeof(*s->targets));
	s->n_targets = 1;
	t = &s->targets[0];
	t->path = path;
	t->raw = xstrdup(field_value(s->recipe->target, f, number));
	known = target_known(p, t->raw);
	if (known != NULL) {
		memcpy(t->sha256, known->sha256, sizeof(t->sha256));
		return 0;
	}
	e = file_read(info->scanned, t->raw, LIMIT_FILE_BYTES, &file);
	if (e < 0) {
		*ret_reason = xstrdup(file_error(e));
		return e;
	}
	/* The second in which the scan began is given the benefit.  */
	if (info->scan_made != 0 &&
	    file.id.ctime_ns / 1000000000 > info->scan_made) {
		*ret_reason = xstrdup("it has changed since the audit");
		return -ESTALE;
	}
	hash_sha256(file.data, sha256);
	hex_encode(sha256, sizeof(sha256), t->sha256);
	if (file.shrank) {
		*ret_reason = xstrdup("it changes while it is read");
		return -ESTALE;
	}
	return 0;
}

static int step_make(const struct plan *p, const struct finding *f,
		     struct step *s, char **ret_reason)
{
	int e;

	if (f->status != FINDING_FOUND) {
		*ret_reason = xasprintf("the finding is %s",
					finding_status_name(f->status));
		return -EINVAL;
	}
	if (f->recipe == NULL) {
		*ret_reason = xstrdup(f->no_fix != NULL ? f->no_fix :
				      "there is no recipe for it");
		return -EINVAL;
	}
	s->recipe = recipe_find(p->recipes, f->recipe);
	if (s->recipe == NULL) {
		*ret_reason = xasprintf("the recipe %s is not there",
					f->recipe);
		return -EINVAL;
	}
	e = step_values(f, s, ret_reason);
	return e < 0 ? e : step_target(p, f, s, ret_reason);
}

static bool step_is_same(const struct step *a, const struct step *b)
{
	if (a->recipe != b->recipe)
		return false;
	for (size_t i = 0; i < a->recipe->n_parameters; i++)
		if (strcmp(a->values[i], b->values[i]) != 0)
			return false;
	return true;
}

static void step_cover(struct step *s, const struct finding *f)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (s->findings[i] == f)
			return;
	s->findings = xrealloc(s->findings, s->n_findings + 1,
			       sizeof(*s->findings));
	s->findings[s->n_findings++] = f;
}

static void step_add_target(struct step *s, struct target *t)
{
	for (size_t i = 0; i < s->n_targets; i++)
		if (strcmp(s->targets[i].path, t->path) == 0)
			return;
	s->targets = xrealloc(s->targets, s->n_targets + 1,
			      sizeof(*s->targets));
	s->targets[s->n_targets++] = (struct target){
		.path = TAKE(t->path), .raw = TAKE(t->raw) };
	memcpy(s->targets[s->n_targets - 1].sha256, t->sha256,
	       sizeof(t->sha256));
}

static void plan_add_unfixable(struct plan *p, const struct finding *f,
			       const struct finding *place, char *reason)
{
	grow(&p->unfixable, p->n_unfixable, &p->cap_unfixable,
	     sizeof(*p->unfixable));
	p->unfixable[p->n_unfixable++] = (struct unfixable){
		f, place->location, place->certificate.name, reason };
}

/* PLACE is F, or F with another location of the same certificate, or with one
 * of those that it is about.  */
static void plan_add_place(struct plan *p, const struct finding *f,
			   const struct finding *place)
{
	AUTO(step) struct step s = { .recipe = NULL };
	char *reason = NULL;

	if (step_make(p, place, &s, &reason) < 0) {
		if (place != f && f->n_members == 0) {
			char *only = TAKE(reason);

			reason = xasprintf("%s: %s", place->location, only);
			free(only);
		}
		plan_add_unfixable(p, f, f->n_members > 0 ? place : f, reason);
		return;
	}
	for (size_t i = 0; i < p->n_steps; i++) {
		if (step_is_same(&p->steps[i], &s)) {
			for (size_t j = 0; j < s.n_targets; j++)
				step_add_target(&p->steps[i], &s.targets[j]);
			step_cover(&p->steps[i], f);
			return;
		}
	}
	step_cover(&s, f);
	s.location = place->location;
	s.name = place->certificate.name;
	grow(&p->steps, p->n_steps, &p->cap_steps, sizeof(*p->steps));
	p->steps[p->n_steps++] = s;
	s = (struct step){ .recipe = NULL };
}

static void plan_add_member(struct plan *p, const struct finding *f,
			    const struct finding_member *m)
{
	struct finding one = *f;

	one.certificate.sha256 = m->sha256;
	one.certificate.sha1 = m->sha1;
	one.certificate.name = m->name;
	one.location = m->location;
	one.label = m->label;
	one.has_offset = m->has_offset;
	one.offset = m->offset;
	if (m->fixable)
		plan_add_place(p, f, &one);
	else
		plan_add_unfixable(p, f, &one, xstrdup(
			"its name cannot be written so that a reader sees what "
			"it is"));
}

static void plan_add(struct plan *p, const struct finding *f)
{
	if (f->n_members > 0 && f->recipe != NULL &&
	    f->status == FINDING_FOUND) {
		for (size_t i = 0; i < f->n_members; i++)
			plan_add_member(p, f, &f->members[i]);
		return;
	}
	plan_add_place(p, f, f);
	/* What no script can do is the same everywhere.  */
	if (f->recipe == NULL || f->status != FINDING_FOUND)
		return;
	for (size_t i = 0; i < f->n_places; i++) {
		struct finding other = *f;

		other.location = f->places[i].location;
		other.label = f->places[i].label;
		other.has_offset = f->places[i].has_offset;
		other.offset = f->places[i].offset;
		plan_add_place(p, f, &other);
	}
}

/* What is derived comes last; otherwise the order stays.  */
static void plan_sort(struct plan *p)
{
	struct step *sorted = xcalloc(p->n_steps + 1, sizeof(*sorted));
	size_t n = 0;

	for (int derived = 0; derived < 2; derived++)
		for (size_t i = 0; i < p->n_steps; i++)
			if (p->steps[i].recipe->is_derived == (derived != 0))
				sorted[n++] = p->steps[i];
	free(p->steps);
	p->steps = sorted;
}

static bool ids_are_safe(const struct finding *findings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memchr(findings[i].id, '\0', sizeof(findings[i].id)) ==
		    NULL || !is_hash(findings[i].id, strlen(findings[i].id)) ||
		    findings[i].id[0] == '\0')
			return false;
	return true;
}

int plan_make(const struct recipes *recipes, const struct script_info *info,
	      const struct finding *findings, size_t n, struct plan *plan)
{
	plan->recipes = recipes;
	plan->info = info;
	if (!ids_are_safe(findings, n))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		plan_add(plan, &findings[i]);
	plan_sort(plan);
	return 0;
}

/* An image that was never booted has no machine-id yet.  */
const char *plan_identity(const struct script_info *info, char *ret_hex)
{
	static const char *const names[] = { "/etc/machine-id",
					     "/etc/hostname" };

	*ret_hex = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO(scanned) struct file file = { .mapped = false };
		uint8_t sha256[SHA256_SIZE];
		const char unset[] = "uninitialized\n";
		struct blob data;

		if (file_read(info->scanned, names[i], LIMIT_PATH_BYTES,
			      &file) < 0)
			continue;
		data = file.data;
		if (data.n < 2 ||
		    blob_equal(data, (struct blob){ (const uint8_t *)unset,
						    sizeof(unset) - 1 }))
			continue;
		hash_sha256(data, sha256);
		hex_encode(sha256, sizeof(sha256), ret_hex);
		return names[i];
	}
	return NULL;
}

/* ---- in which form --------------------------------------------------------*/

static const struct {
	const char *name;
	int (*write)(const struct plan *p, struct buf *out);
} forms[] = {
	{ "sh", script_from_plan },
	{ "ansible", ansible_from_plan },
	{ "json", json_from_plan },
};

const char *fix_type(size_t i)
{
	return i < ARRAY_SIZE(forms) ? forms[i].name : NULL;
}

int fix_write(const char *type, const struct recipes *r,
	      const struct script_info *info, const struct finding *findings,
	      size_t n, struct buf *out, size_t *ret_steps)
{
	AUTO(plan) struct plan p = { .recipes = NULL };
	int e = plan_make(r, info, findings, n, &p);

	for (size_t i = 0; e == 0 && i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].name, type) == 0)
			e = forms[i].write(&p, out);
	if (e == 0)
		*ret_steps = p.n_steps;
	return e;
}

int script_write(const struct recipes *r, const struct script_info *info,
		 const struct finding *findings, size_t n, struct buf *out,
		 size_t *ret_steps)
{
	return fix_write("sh", r, info, findings, n, out, ret_steps);
}
