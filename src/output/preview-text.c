/* preview-text.c -- a preview for people: what is changed and where, then the
 * findings that would appear, be judged differently and disappear, in the words
 * of the report.
 */
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"
#include "output/text.h"

#define PLACES_SHOWN	4u	/* stores of one certificate, unless verbose */
#define MEMBERS_SHOWN	8u	/* certificates of one finding, likewise */

/* ---- the change ------------------------------------------------------------*/

static void put_change_head(struct page *p, const struct preview_change *c)
{
	AUTO(str) char *name = c->name != NULL ? text_escaped(c->name) :
		xstrdup(_("(a certificate that cannot be decoded)"));
	AUTO(str) char *hash = xstrndup(c->sha256, 16);
	const bool comes = strcmp(c->change, "added") == 0;
	const bool goes = strcmp(c->change, "removed") == 0;

	pen_begin(&p->pen, "  ", "    ");
	pen_word(&p->pen, comes ? INK_GOOD : INK_HIGH,
		 comes ? "+" : goes ? "-" : "!");
	pen_words(&p->pen, INK_BOLD, name);
	pen_word(&p->pen, INK_DIM, hash);
	pen_words(&p->pen, INK_PLAIN, comes ? _("added to") :
		  goes ? _("removed from") : _("distrusted in"));
	pen_end(&p->pen);
}

static void put_change(struct page *p, const struct preview_change *c)
{
	size_t shown = c->n_places;

	if (!p->o->verbose && shown > PLACES_SHOWN + 1)
		shown = PLACES_SHOWN;
	put_change_head(p, c);
	for (size_t k = 0; k < shown; k++) {
		AUTO(str) char *path = text_escaped(c->places[k].path);
		AUTO(str) char *kind = text_escaped(c->places[k].kind);
		AUTO(str) char *note = xasprintf("(%s)", kind);

		pen_begin(&p->pen, "      ", "        ");
		pen_word(&p->pen, INK_PLAIN, path);
		pen_words(&p->pen, INK_DIM, note);
		if (preview_is_elsewhere(&c->places[k])) {
			AUTO(str) char *file =
				text_escaped(c->places[k].location);

			pen_word(&p->pen, INK_PLAIN, file);
		}
		pen_end(&p->pen);
	}
	if (shown < c->n_places) {
		AUTO(str) char *more = xasprintf(_("and %zu more"),
						 c->n_places - shown);

		pen_line(&p->pen, INK_DIM, "      ", "      ", more);
	}
}

static void put_move(struct page *p, const struct preview_move *m)
{
	AUTO(str) char *from = text_escaped(m->from);
	AUTO(str) char *to = text_escaped(m->to);
	AUTO(str) char *kind = text_escaped(m->kind);
	AUTO(str) char *words = xasprintf(_("would be %s (%s)"), to, kind);

	pen_begin(&p->pen, "  ", "    ");
	pen_word(&p->pen, INK_PLAIN, ">");
	pen_word(&p->pen, INK_PLAIN, from);
	pen_words(&p->pen, INK_PLAIN, words);
	pen_end(&p->pen);
}

static void put_changes(struct page *p, const struct preview *v)
{
	text_section(p, INK_BOLD, _("THE CHANGE"));
	putc('\n', p->pen.f);
	for (size_t k = 0; k < v->n_changes; k++)
		put_change(p, &v->changes[k]);
	for (size_t k = 0; k < v->n_moves; k++)
		put_move(p, &v->moves[k]);
	if (v->n_changes == 0)
		pen_line(&p->pen, INK_PLAIN, "  ", "  ",
			 _("No store would hold anything else."));
	if (v->before->now != v->after->now) {
		char was[TIME_SIZE], then[TIME_SIZE];
		AUTO(str) char *line = xasprintf(
			_("What is: as of %s. What would be: as of %s."),
			time_format(v->before->now, was),
			time_format(v->after->now, then));

		pen_line(&p->pen, INK_PLAIN, "  ", "  ", line);
	}
}

/* ---- findings --------------------------------------------------------------*/

/* N findings of REPORT as a page of their own: what a report of them would say.
 * They are copied, but not what they point to.  Negative errno when F cannot be
 * written.  */
static int put_side(const struct report *report, const struct finding *const *all,
		     size_t n, const char *title, const char *none,
		     const struct output_options *o, FILE *f)
{
	struct report side = *report;
	struct page p;
	int r;

	side.findings = xcalloc(n, sizeof(*side.findings));
	side.n_findings = n;
	side.scan = 0;		/* nothing that fix could be asked for */
	for (size_t k = 0; k < n; k++)
		side.findings[k] = *all[k];
	text_begin(&p, &side, o, f);
	text_section(&p, INK_BOLD, title);
	text_counts(&p, INK_PLAIN, none);
	text_findings(&p);
	r = text_end(&p);
	free(side.findings);
	return r;
}

static const char *judged(const struct finding *f)
{
	return f->status == FINDING_UNKNOWN ? _("not judged") :
	       f->status == FINDING_WAIVED ? _("waived") :
	       text_severity(f->severity);
}

static bool has_member(const struct finding *f, const struct finding_member *m)
{
	for (size_t k = 0; k < f->n_members; k++)
		if (text_same(f->members[k].sha256, m->sha256) &&
		    text_same(f->members[k].name, m->name))
			return true;
	return false;
}

/* What F has and OTHER has not.  */
static void put_members(struct page *p, const struct finding *f,
			const struct finding *other, const char *sign,
			enum ink ink)
{
	size_t n = 0, shown = 0;

	for (size_t k = 0; k < f->n_members; k++)
		n += !has_member(other, &f->members[k]);
	for (size_t k = 0; k < f->n_members; k++) {
		AUTO(str) char *message = text_escaped(f->members[k].message);

		if (has_member(other, &f->members[k]))
			continue;
		if (!p->o->verbose && shown == MEMBERS_SHOWN &&
		    n > MEMBERS_SHOWN + 1) {
			AUTO(str) char *more = xasprintf(_("and %zu more"),
							 n - shown);

			pen_line(&p->pen, INK_DIM, "        ", "        ", more);
			return;
		}
		pen_begin(&p->pen, "      ", "        ");
		pen_word(&p->pen, ink, sign);
		pen_words(&p->pen, INK_PLAIN, message);
		pen_end(&p->pen);
		shown++;
	}
}

static void put_differ(struct page *p, const struct preview *v)
{
	if (v->n_differ == 0)
		return;
	text_section(p, INK_BOLD, _("WOULD BE JUDGED DIFFERENTLY"));
	for (size_t k = 0; k < v->n_differ; k++) {
		const struct finding *f = v->differ[k].after;
		AUTO(str) char *title = text_escaped(f->title);
		AUTO(str) char *rule = text_escaped(f->rule_id);
		AUTO(str) char *message = text_escaped(f->message);
		const struct finding *was = v->differ[k].before;
		bool as_grave = f->severity == was->severity &&
				f->status == was->status;
		AUTO(str) char *words = as_grave ?
			xasprintf(_("%s as now, about other certificates:"),
				  judged(f)) :
			xasprintf(_("%s instead of %s:"), judged(f),
				  judged(was));

		putc('\n', p->pen.f);
		pen_begin(&p->pen, "", "  ");
		pen_words(&p->pen, INK_BOLD, title);
		pen_word(&p->pen, INK_DIM, p->m->dot);
		pen_word(&p->pen, INK_DIM, rule);
		pen_end(&p->pen);
		pen_begin(&p->pen, "    ", "    ");
		pen_words(&p->pen, severity_ink[f->severity], words);
		pen_words(&p->pen, INK_PLAIN, message);
		pen_end(&p->pen);
		pen_begin(&p->pen, "    ", "    ");
		text_store(p, f);
		pen_end(&p->pen);
		put_members(p, f, was, "+", INK_HIGH);
		put_members(p, was, f, "-", INK_GOOD);
	}
}

/* For people, of what machine formats have.  */
static const char *reason(const char *name)
{
	for (int fault = PATH_OK; fault < PATH_FAULTS; fault++)
		if (text_same(path_fault_name((enum path_fault)fault), name))
			return _(path_fault_text((enum path_fault)fault));
	return name;
}

static void put_verdicts(struct page *p, const struct preview *v)
{
	if (v->n_verdicts == 0)
		return;
	text_section(p, INK_BOLD, _("WHO WOULD ANSWER DIFFERENTLY"));
	putc('\n', p->pen.f);
	for (size_t k = 0; k < v->n_verdicts; k++) {
		const struct preview_verdict *x = &v->verdicts[k];
		AUTO(str) char *title = text_escaped(
			x->title ? translated(x->title) : x->party);
		AUTO(str) char *party = text_escaped(x->party);
		AUTO(str) char *name = text_escaped(x->name);
		AUTO(str) char *words = xasprintf(x->accepted_after
			? _("%s (%s) would accept %s, which it refuses now (%s)")
			: _("%s (%s) would refuse %s (%s), which it accepts now"),
			title, party, name,
			reason(x->accepted_after ? x->before : x->after));

		pen_line(&p->pen, x->accepted_after ? INK_GOOD : INK_HIGH,
			 "  ", "    ", words);
	}
}

int preview_text_write(const struct preview *v, const struct output_options *o,
		       FILE *f)
{
	struct report after = *v->after;
	struct page p;
	int r, end;

	/* The scan before is history to the one after, and no substitute for
	 * what is missing.  */
	after.note = v->before->note;
	text_begin(&p, &after, o, f);
	text_host(&p, _("preview, nothing changed or recorded"));
	text_doubts(&p);
	put_changes(&p, v);
	r = put_side(v->after, v->appear, v->n_appear, _("WOULD APPEAR"),
		     _("No finding would appear."), o, f);
	put_differ(&p, v);
	if (r == 0)
		r = put_side(v->before, v->disappear, v->n_disappear,
			     _("WOULD DISAPPEAR"),
			     _("No finding would disappear."), o, f);
	put_verdicts(&p, v);
	end = text_end(&p);
	return r < 0 ? r : end;
}
