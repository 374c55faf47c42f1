/* script.c -- writes the fix script: a header for whoever has to approve it,
 * the common functions, one of the recipe's kind and one of the step's, and
 * the table of steps that main goes through.
 *
 * Nothing of a finding becomes code.  A step's function only assigns values,
 * each a word that shell_quote() made; comments get escape_text(), which
 * leaves no newline.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fix/plan.h"

/* ---- comments --------------------------------------------------------------*/

static void write_fact(struct buf *out, const char *what, const char *value)
{
	AUTO(str) char *text = whole_line(value);

	buf_addf(out, "#   %-11s %s\n", what, text);
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
		if (p->steps[i].recipe->why != NULL)
			buf_addf(out, "#     why so: %s\n",
				 p->steps[i].recipe->why);
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

/* Which root this is for.  */
static void write_identity(const struct script_info *info, struct buf *out)
{
	char hex[2 * SHA256_SIZE + 1];
	const char *name = plan_identity(info, hex);

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

/* What --list says of a step beside its title.  */
static void write_why(const struct recipe *r, struct buf *out)
{
	AUTO(str) char *word = shell_quote(r->why != NULL ? r->why : "");

	buf_addf(out, "\n%s_why() {\n\twhy=%s\n}\n", r->name,
		 word != NULL ? word : "''");
}

static void write_recipes(const struct plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct recipe *r = p->steps[i].recipe;
		AUTO(str) char *title = one_line(r->title);
		bool written = false;

		for (size_t j = 0; j < i && !written; j++)
			written = p->steps[j].recipe == r;
		if (!written) {
			buf_addf(out, "\n# ---- %s: %s ----\n%s", r->id, title,
				 r->text);
			write_why(r, out);
		}
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
	for (size_t i = 0; i < p->n_steps; i++) {
		/* The updaters run before what is made of their stores.  */
		if (i > 0 && p->steps[i].recipe->is_derived &&
		    !p->steps[i - 1].recipe->is_derived)
			buf_adds(out, "\t[ \"$1\" != run_step ] || "
				 "refresh_all\n");
		write_row(&p->steps[i], i + 1, out);
	}
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

int script_from_plan(const struct plan *p, struct buf *out)
{
	write_header(p, out);
	write_value(out, "scanned_root", p->info->root);
	write_identity(p->info, out);
	write_script_id(p, out);
	for (const char *const *name = common_libraries; *name != NULL; name++)
		buf_addf(out, "\n%s", library_find(p->recipes, *name)->text);
	write_libraries(p, out);
	write_recipes(p, out);
	write_steps(p, out);
	return out->truncated ? -E2BIG : 0;
}
