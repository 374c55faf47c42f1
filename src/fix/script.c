/* script.c -- writes the fix script: a header for whoever has to approve it,
 * the common functions, one of the recipe's kind and one of the step's, and
 * the table of steps that main goes through.
 *
 * Nothing of a finding becomes code.  A step's function only assigns values,
 * each a word that shell_quote() made; comments get escape_text(), which
 * leaves no newline.  A finding whose values cannot be quoted has no step and
 * is listed with the reason.
 *
 * Surprising: findings that ask for the same thing, say one certificate in
 * the bundle and in the directory of one system store, share a step.  Each of
 * their files is a target that must be unchanged.  A finding about many
 * certificates asks for a step for each of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fix/recipe.h"

#define TEXT_COLUMNS	160u	/* of what a finding says, in one line */

struct target {
	char *path;		/* quoted */
	char sha256[2 * SHA256_SIZE + 1];
};

struct step {
	const struct recipe *recipe;
	char **values;		/* quoted, one for each parameter */
	struct target *targets;
	size_t n_targets;
	const char *location;	/* of the place it was made for, borrowed */
	const char *name;	/* of the certificate there, likewise */
	const struct finding **findings;
	size_t n_findings;
};

struct unfixable {
	const struct finding *finding;
	const char *location, *name;	/* as in a step */
	char *reason;
};

struct plan {
	const struct recipes *recipes;
	const struct script_info *info;
	struct step *steps;
	size_t n_steps, cap_steps;
	struct unfixable *unfixable;
	size_t n_unfixable, cap_unfixable;
};

static void step_done(struct step *s)
{
	for (size_t i = 0; s->values != NULL && i < s->recipe->n_parameters;
	     i++)
		free(s->values[i]);
	for (size_t i = 0; i < s->n_targets; i++)
		free(s->targets[i].path);
	free(s->values);
	free(s->targets);
	free(s->findings);
}

static void auto_step(struct step *s)
{
	step_done(s);
}

static void auto_plan(struct plan *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		step_done(&p->steps[i]);
	for (size_t i = 0; i < p->n_unfixable; i++)
		free(p->unfixable[i].reason);
	free(p->steps);
	free(p->unfixable);
}

/* ---- words ---------------------------------------------------------------*/

/* S (NULL: "-") fit for a comment or a message, on one line.  The caller
 * frees.  */
static char *whole_line(const char *s)
{
	return s != NULL ? escape_text(s, strlen(s)) : xstrdup("-");
}

/* The same, not longer than a reader takes in.  */
static char *one_line(const char *s)
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

static const char *field_value(const struct field *field,
			       const struct finding *f)
{
	const char *value;

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
	const char *value = field_value(field, f);
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
	for (size_t i = 0; i < r->n_parameters; i++) {
		const struct parameter *p = &r->parameters[i];
		AUTO(str) char *reason = NULL;

		s->values[i] = field_quote(p->from, f, &reason);
		if (s->values[i] == NULL && p->optional)
			s->values[i] = xstrdup("''");
		if (s->values[i] == NULL) {
			*ret_reason = TAKE(reason);
			return -EINVAL;
		}
	}
	return 0;
}

/* The file that has to be as it is now, and as it was when it was read.  */
static int step_target(const struct script_info *info,
		       const struct finding *f, struct step *s,
		       char **ret_reason)
{
	AUTO(scanned) struct file file = { .mapped = false };
	uint8_t sha256[SHA256_SIZE];
	struct target *t;
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
	e = file_read(info->scanned, field_value(s->recipe->target, f),
		      LIMIT_FILE_BYTES, &file);
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
	return e < 0 ? e : step_target(p->info, f, s, ret_reason);
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
	s->targets[s->n_targets++] = (struct target){ .path = TAKE(t->path) };
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

/* ---- comments --------------------------------------------------------------*/

static void write_fact(struct buf *out, const char *what, const char *value)
{
	AUTO(str) char *text = whole_line(value);

	buf_addf(out, "#   %-11s %s\n", what, text);
}

/* Which certificate (NAME; NULL: none) or store a finding is about, for people;
 * LOCATION is where (NULL: the store).  */
static char *about(const struct finding *f, const char *location,
		   const char *name)
{
	AUTO(str) char *place = one_line(location != NULL ? location
							  : f->store_path);
	AUTO(str) char *line = NULL;

	if (name == NULL)
		return TAKE(place);
	line = one_line(name);
	return xasprintf("%s (%s)", place, line);
}

static void write_finding(struct buf *out, const struct finding *f,
			  const char *location, const char *name)
{
	AUTO(str) char *id = one_line(f->id);
	AUTO(str) char *rule = one_line(f->rule_id);
	AUTO(str) char *what = about(f, location, name);

	buf_addf(out, "#     %s  %s: %s: %s\n", id, severity_name(f->severity),
		 rule, what);
}

/* Do I and J, which stand one below the other, bear the same advice of one
 * rule?  Then it is given once, below the last of them.  */
static bool same_advice(const struct plan *p, size_t i, size_t j)
{
	const struct finding *a, *b;

	if (j >= p->n_unfixable)
		return false;
	a = p->unfixable[i].finding;
	b = p->unfixable[j].finding;
	return a->no_fix != NULL && b->no_fix != NULL &&
	       a->rule_id != NULL && b->rule_id != NULL &&
	       strcmp(p->unfixable[i].reason, p->unfixable[j].reason) == 0 &&
	       strcmp(a->rule_id, b->rule_id) == 0;
}

/* Advice is whole, whatever its length: cut, it would lead astray.  */
static void write_reason(struct buf *out, const struct unfixable *u)
{
	AUTO(str) char *reason = u->finding->no_fix != NULL ?
		whole_line(u->reason) : one_line(u->reason);

	buf_addf(out, "#       not fixable here: %s\n", reason);
}

static void write_header(const struct plan *p, struct buf *out)
{
	const struct script_info *info = p->info;
	char now[TIME_SIZE];

	buf_adds(out,
		 "#!/bin/sh\n"
		 "#\n"
		 "# Repairs what an audit by trustdrift found.  Please read it "
		 "first: the steps\n"
		 "# and their table stand at the end, what they call before "
		 "that.  Run it with\n"
		 "# --dry-run to see what it would do and with --help for "
		 "the other options.\n"
		 "#\n");
	write_fact(out, "written by", info->tool);
	write_fact(out, "host", info->host_name);
	write_fact(out, "root", info->root);
	write_fact(out, "audit of", time_format(info->now, now));
	write_fact(out, "made by", info->command);
	buf_adds(out, "#\n");
	for (size_t i = 0; i < p->n_steps; i++) {
		AUTO(str) char *title = one_line(p->steps[i].recipe->title);

		buf_addf(out, "# Step %zu: %s\n", i + 1, title);
		for (size_t j = 0; j < p->steps[i].n_findings; j++) {
			const struct finding *f = p->steps[i].findings[j];
			bool folded = f->n_members > 0;

			write_finding(out, f, folded ? p->steps[i].location :
				      f->location, folded ? p->steps[i].name :
				      f->certificate.name);
		}
	}
	if (p->n_unfixable != 0)
		buf_adds(out, "#\n# Not fixable here:\n");
	for (size_t i = 0; i < p->n_unfixable; i++) {
		write_finding(out, p->unfixable[i].finding,
			      p->unfixable[i].location,
			      p->unfixable[i].name);
		if (!same_advice(p, i, i + 1))
			write_reason(out, &p->unfixable[i]);
	}
	/* File-wide, because it stands before the first command: names may
	 * look like code or hold typographic quotes, and the linter does not
	 * see through the table of steps.  */
	buf_adds(out, "#\n# In single quotes all is data, and the table of "
		 "steps calls the functions:\n"
		 "# shellcheck disable=SC1003,SC1110,SC1111,SC1112,SC2016,"
		 "SC2317\n\n");
}

/* ---- code ------------------------------------------------------------------*/

/* NAME='VALUE', or NAME='' when VALUE is NULL or cannot be a word.  */
static void write_value(struct buf *out, const char *name, const char *value)
{
	AUTO(str) char *word = value != NULL ? shell_quote(value) : NULL;

	buf_addf(out, "%s=%s\n", name, word != NULL ? word : "''");
}

/* What tells one root from another: a file of it and its hash.  An image that
 * was never booted has no machine-id yet.  */
static void write_identity(const struct script_info *info, struct buf *out)
{
	static const char *const names[] = { "/etc/machine-id",
					     "/etc/hostname" };
	char hex[2 * SHA256_SIZE + 1] = "";
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names) && name == NULL; i++) {
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
		hex_encode(sha256, sizeof(sha256), hex);
		name = names[i];
	}
	write_value(out, "host_file", name);
	write_value(out, "host_sha256", hex);
}

/* The libraries that some step needs, each once and in the order in which the
 * recipes name them.  */
static void write_libraries(const struct plan *p, struct buf *out)
{
	bool *written = xcalloc(p->recipes->n_libraries + 1, sizeof(*written));

	for (size_t i = 0; i < p->n_steps; i++) {
		for (char **name = p->steps[i].recipe->libraries;
		     *name != NULL; name++) {
			const struct library *l = library_find(p->recipes,
							       *name);
			bool *once = &written[l - p->recipes->libraries];

			if (!*once)
				buf_addf(out, "\n%s", l->text);
			*once = true;
		}
	}
	free(written);
}

static void write_recipes(const struct plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct recipe *r = p->steps[i].recipe;
		AUTO(str) char *title = one_line(r->title);
		bool written = false;

		for (size_t j = 0; j < i && !written; j++)
			written = p->steps[j].recipe == r;
		if (!written)
			buf_addf(out, "\n# ---- %s: %s ----\n%s", r->id, title,
				 r->text);
	}
}

static void write_step(const struct step *s, size_t number, struct buf *out)
{
	buf_addf(out, "\nstep_%zu() {\n", number);
	for (size_t i = 0; i < s->recipe->n_parameters; i++)
		buf_addf(out, "\targ_%s=%s\n", s->recipe->parameters[i].name,
			 s->values[i]);
	for (size_t i = 0; i < s->n_targets; i++)
		buf_addf(out, "\ttarget %s \\\n\t\t%s\n", s->targets[i].path,
			 s->targets[i].sha256);
	if (s->recipe->n_parameters + s->n_targets == 0)
		buf_adds(out, "\t:\n");
	buf_adds(out, "}\n");
}

/* One line of the table: see list_step() in the prelude.  */
static void write_row(const struct step *s, size_t number, struct buf *out)
{
	const struct recipe *r = s->recipe;
	AUTO(str) char *what = about(s->findings[0], s->location, s->name);
	AUTO(str) char *title = xasprintf("%s: %s", r->title, what);
	AUTO(str) char *word = NULL;

	/* The recipe's own title was not escaped yet.  */
	word = shell_quote(title);
	buf_addf(out, "\t\"$1\" %zu %s %s '%s' '%s' '", number, r->name,
		 r->automatic ? "sure" : "ask", r->refresh, r->tools);
	for (size_t i = 0; i < s->n_findings; i++)
		buf_addf(out, "%s%s", i != 0 ? " " : "", s->findings[i]->id);
	buf_addf(out, "' \\\n\t\t%s\n", word != NULL ? word : "''");
}

static void write_steps(const struct plan *p, struct buf *out)
{
	buf_adds(out, "\n# ---- the steps: what came from findings is assigned "
		 "here, nowhere else ----\n");
	for (size_t i = 0; i < p->n_steps; i++)
		write_step(&p->steps[i], i + 1, out);
	buf_adds(out, "\n# number, recipe, consent, updater, programs, "
		 "findings, words\n"
		 "each_step() {\t# FUNCTION\n");
	for (size_t i = 0; i < p->n_steps; i++)
		write_row(&p->steps[i], i + 1, out);
	buf_adds(out, "\t:\n}\n\nmain \"$@\"\n");
}

/* An id that runs of the same script have in common.  */
static void write_script_id(const struct plan *p, struct buf *out)
{
	AUTO(buf) struct buf steps;
	uint8_t sha256[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	buf_init(&steps, SIZE_MAX);
	write_value(&steps, "root", p->info->root);
	write_identity(p->info, &steps);
	write_steps(p, &steps);
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&steps), steps.n },
		    sha256);
	hex_encode(sha256, sizeof(sha256), hex);
	hex[32] = '\0';
	write_value(out, "script_id", hex);
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

int script_write(const struct recipes *r, const struct script_info *info,
		 const struct finding *findings, size_t n, struct buf *out,
		 size_t *ret_steps)
{
	AUTO(plan) struct plan p = { .recipes = r, .info = info };

	if (!ids_are_safe(findings, n))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		plan_add(&p, &findings[i]);
	write_header(&p, out);
	write_value(out, "scanned_root", info->root);
	write_identity(info, out);
	write_script_id(&p, out);
	buf_addf(out, "\n%s", library_find(r, PRELUDE)->text);
	write_libraries(&p, out);
	write_recipes(&p, out);
	write_steps(&p, out);
	if (out->truncated)
		return -E2BIG;
	*ret_steps = p.n_steps;
	return 0;
}
