/* changes.c -- what a run found that the audit before had not, and the other way
 * round; and that as text for people, as a mail has it.
 *
 * Nothing is written when nothing changed: cron and its like send what is not
 * empty.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/machine.h"

#define EVIDENCE	20u		/* pieces of one finding */

void changes_make(const struct report *r, const struct output_options *o,
		  struct changes *ret_changes)
{
	struct changes c = { .came = NULL };

	c.came = xcalloc(r->n_findings, sizeof(*c.came));
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		enum novelty novelty = o->earlier != NULL ?
				       baseline_novelty(o->earlier, f) :
				       NOVELTY_NEW;

		if (f->status != FINDING_FOUND || novelty == NOVELTY_NONE)
			continue;
		c.came[c.n_came++] = (struct arrival){ novelty, f };
		c.n_new += novelty == NOVELTY_NEW;
		c.n_updated += novelty == NOVELTY_UPDATED;
	}
	if (o->earlier != NULL)
		baseline_gone(o->earlier, r, &c.gone, &c.n_gone);
	*ret_changes = c;
}

void changes_done(struct changes *c)
{
	free(c->came);
	free(c->gone);
}

void auto_changes(struct changes *c)
{
	changes_done(c);
}

/* ---- text ------------------------------------------------------------------*/

static void put_counts(FILE *f, const struct report *r,
		       const struct changes *c)
{
	AUTO(str) char *host = shown(r->host_name);
	AUTO(str) char *root = shown(r->root);
	char now[TIME_SIZE];

	if (*host != '\0')
		fprintf(f, _("trustdrift on %s, %s, at %s\n"), host, root,
			time_format(r->now, now));
	else
		fprintf(f, _("trustdrift on %s, at %s\n"), root,
			time_format(r->now, now));
	fprintf(f, ngettext("%zu finding is new", "%zu findings are new",
			    c->n_new), c->n_new);
	if (c->n_updated > 0) {
		fputs(", ", f);
		fprintf(f, ngettext("%zu is graver or about more",
				    "%zu are graver or about more",
				    c->n_updated), c->n_updated);
	}
	fputs(", ", f);
	fprintf(f, ngettext("%zu is gone", "%zu are gone", c->n_gone),
		c->n_gone);
	fputs(".\n", f);
	if (only_a_rule_failed(r))
		fputs(_("A rule could not be judged.\n"), f);
	else if (r->incomplete)
		fputs(_("Not everything could be read that a rule needs.\n"), f);
}

/* LINE, which begins with WORD, as people read it.  */
static void put_line(FILE *f, const char *what, const char *word,
		     const char *line)
{
	fprintf(f, _("%s: %s%s\n"), what, _(word), line + strlen(word));
}

/* What a folded finding is about that it was not about before.  */
static void put_members(FILE *f, const struct output_options *o,
			const struct finding *finding)
{
	size_t told = 0, more = 0;

	for (size_t i = 0; i < finding->n_members; i++) {
		const struct finding_member *m = &finding->members[i];
		AUTO(str) char *text = shown(m->name != NULL ? m->name
							     : m->message);

		if (o->earlier != NULL && !baseline_lacks(o->earlier, finding, i))
			continue;
		if (told < EVIDENCE)
			fprintf(f, "    + %s\n", text);
		else
			more++;
		told++;
	}
	if (more > 0)
		fprintf(f, _("    and %zu more\n"), more);
}

static void put_came(FILE *f, const struct output_options *o,
		     const struct arrival *c)
{
	AUTO(str) char *line = finding_line(c->finding);

	fputc('\n', f);
	put_line(f, c->novelty == NOVELTY_NEW ? _("new") : _("more"),
		 c->finding->status == FINDING_FOUND ?
		 severity_name(c->finding->severity) :
		 finding_status_name(c->finding->status), line);
	put_members(f, o, c->finding);
	for (size_t i = 0; i < c->finding->n_evidence && i < EVIDENCE; i++) {
		const struct evidence *e = &c->finding->evidence[i];
		AUTO(str) char *kind = shown(translated(e->kind));
		AUTO(str) char *text = shown(e->text);

		fprintf(f, "    %s: %s\n", kind, text);
	}
	if (c->finding->n_evidence > EVIDENCE)
		fprintf(f, _("    and %zu more\n"),
			c->finding->n_evidence - EVIDENCE);
	if (c->finding->recipe != NULL)
		fprintf(f, _("    repair: %s fix %.12s -o fix.sh\n"), o->command,
			c->finding->id);
}

char *former_line(const struct former *f)
{
	AUTO(str) char *message = shown(f->message != NULL ? f->message :
					f->rule_id);
	AUTO(str) char *name = shown(f->name);
	AUTO(str) char *place = shown(f->location != NULL ? f->location :
				      f->store_path);
	AUTO(str) char *id = shown(f->id);
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "%s: ", severity_name(f->severity));
	if (*name != '\0')
		buf_addf(&b, "%s: ", name);
	buf_adds(&b, message);
	if (*place != '\0')
		buf_addf(&b, " (%s)", place);
	buf_addf(&b, " [%.12s]", id);
	return buf_take(&b);
}

int changes_write(const struct report *r, const struct output_options *o,
		  FILE *f)
{
	AUTO(changes) struct changes c = { .came = NULL };

	changes_make(r, o, &c);
	if (c.n_came + c.n_gone > 0)
		put_counts(f, r, &c);
	for (size_t i = 0; i < c.n_came && i < LIMIT_NOTICES; i++)
		put_came(f, o, &c.came[i]);
	if (c.n_came > LIMIT_NOTICES)
		fprintf(f, _("\nand %zu more that are new\n"),
			c.n_came - LIMIT_NOTICES);
	if (c.n_gone > 0)
		fputc('\n', f);
	for (size_t i = 0; i < c.n_gone && i < LIMIT_NOTICES; i++) {
		AUTO(str) char *line = former_line(c.gone[i]);

		put_line(f, _("gone"), severity_name(c.gone[i]->severity), line);
	}
	if (c.n_gone > LIMIT_NOTICES)
		fprintf(f, _("and %zu more that are gone\n"),
			c.n_gone - LIMIT_NOTICES);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
