/* text.c -- the report for people.
 *
 * Most pressing first: the verdict in a few lines, then the findings by
 * severity and rule, each with its certificate, what is wrong, the evidence as
 * a small tree, where, and the command that repairs it (text-finding.c); then
 * what could not be judged, what could not be read, and what to do next.  Readable
 * without colour, in a plain ASCII locale, and in 40 columns.
 *
 * Everything that came from a certificate or a file name passes through
 * escape_text() on its way.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/text.h"

#define PROBLEMS_SHOWN	3u	/* paths with the same problem */
#define GROUPS_SHOWN	12u
#define ID_SHORTEST	8u

static const struct marks unicode_marks = {
	"\u25cf", "\u2500", "\u00b7", "\u2026",
	"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ",
};
static const struct marks ascii_marks = {
	"*", "-", "-", "...",
	"|- ", "`- ", "|  ",
};

const enum ink severity_ink[] = {
	[SEVERITY_INFO] = INK_INFO,
	[SEVERITY_LOW] = INK_LOW,
	[SEVERITY_MEDIUM] = INK_MEDIUM,
	[SEVERITY_HIGH] = INK_HIGH,
};

const char *text_severity(enum severity s)
{
	switch (s) {
	case SEVERITY_HIGH:
		return _("HIGH");
	case SEVERITY_MEDIUM:
		return _("MEDIUM");
	case SEVERITY_LOW:
		return _("LOW");
	case SEVERITY_INFO:
		break;
	}
	return _("INFO");
}

char *text_escaped(const char *s)
{
	return escape_text(s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

/* ---- the head ------------------------------------------------------------*/

static int compare_ids(const void *a, const void *b)
{
	const struct finding *const *f = a, *const *g = b;

	return strcmp((*f)->id, (*g)->id);
}

/* The shortest length at which no two ids begin alike.  */
static size_t id_length(const struct report *r)
{
	const struct finding **all = xcalloc(r->n_findings, sizeof(*all));
	size_t length = ID_SHORTEST;

	for (size_t i = 0; i < r->n_findings; i++)
		all[i] = &r->findings[i];
	qsort(all, r->n_findings, sizeof(*all), compare_ids);
	for (size_t i = 1; i < r->n_findings; i++) {
		size_t n = 0;

		while (all[i]->id[n] != '\0' &&
		       all[i]->id[n] == all[i - 1]->id[n])
			n++;
		if (n >= length)
			length = n + 1;
	}
	free(all);
	return length;
}

static void count(struct page *p)
{
	for (size_t i = 0; i < p->r->n_findings; i++) {
		const struct finding *f = &p->r->findings[i];

		switch (f->status) {
		case FINDING_FOUND:
			p->found[f->severity]++;
			p->all_found++;
			if (f->recipe != NULL)
				p->fixable++;
			break;
		case FINDING_UNKNOWN:
			p->unknown++;
			break;
		case FINDING_WAIVED:
			p->waived++;
			break;
		}
	}
}

void text_gap(struct page *p)
{
	pen_column(&p->pen, p->pen.column + 2);
}

void text_host(struct page *p, const char *note)
{
	AUTO(str) char *root = text_escaped(p->r->root);
	AUTO(str) char *name = text_escaped(p->r->host_name);
	AUTO(str) char *os = text_escaped(p->r->host_os);
	AUTO(str) char *tool = xasprintf("trustdrift %s", p->r->tool);
	char now[TIME_SIZE];

	pen_begin(&p->pen, "", "  ");
	pen_words(&p->pen, INK_BOLD, tool);
	pen_word(&p->pen, INK_DIM, p->m->dot);
	if (strcmp(p->r->root, "/") != 0 || *name == '\0')
		pen_word(&p->pen, INK_PLAIN, root);
	if (*name != '\0')
		pen_word(&p->pen, INK_PLAIN, name);
	if (*os != '\0') {
		pen_word(&p->pen, INK_DIM, p->m->dot);
		pen_words(&p->pen, INK_PLAIN, os);
	}
	time_format(p->r->now, now);
	now[10] = ' ';
	pen_word(&p->pen, INK_DIM, p->m->dot);
	pen_words(&p->pen, INK_PLAIN, now);
	pen_word(&p->pen, INK_DIM, p->m->dot);
	pen_words(&p->pen, INK_PLAIN, note);
	pen_end(&p->pen);
}

/* A part of the verdict, behind a dot unless it is the first.  */
static void put_part(struct page *p, enum ink ink, size_t n, const char *what)
{
	AUTO(str) char *part = xasprintf("%zu %s", n, what);

	if (n == 0)
		return;
	if (p->pen.column > p->pen.least)
		pen_word(&p->pen, INK_DIM, p->m->dot);
	pen_words(&p->pen, ink, part);
}

void text_counts(struct page *p, enum ink ink, const char *none)
{
	pen_begin(&p->pen, "", "  ");
	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--)
		put_part(p, severity_ink[s], p->found[s],
			 text_severity((enum severity)s));
	if (p->all_found == 0)
		pen_words(&p->pen, ink, none);
	put_part(p, INK_MEDIUM, p->unknown, _("not judged"));
	put_part(p, INK_DIM, p->waived, _("waived"));
	pen_end(&p->pen);
}

void text_doubts(struct page *p)
{
	const struct report *r = p->r;

	if (only_a_rule_failed(r))
		pen_line(&p->pen, INK_MEDIUM, "", "  ",
			 _("Incomplete: a rule could not be judged; silence is no all-clear for it."));
	else if (r->incomplete)
		pen_line(&p->pen, INK_MEDIUM, "", "  ",
			 _("Incomplete: a store that the rules need could not be read; silence is no all-clear there."));
	else if (r->stores == 0)
		pen_line(&p->pen, INK_MEDIUM, "", "  ",
			 _("No certificate store was found. If this root should have one, the places that are looked at are in the stores/ folder of the program's data."));
	else if (p->all_found == 0 && p->unknown == 0)
		pen_line(&p->pen, INK_PLAIN, "", "  ",
			 _("Everything that the rules need was read."));
	if (r->note != NULL) {
		AUTO(str) char *note = text_escaped(r->note);

		pen_line(&p->pen, INK_DIM, "", "  ", note);
	}
	if (p->o->history != NULL) {
		AUTO(str) char *why = text_escaped(p->o->history);

		pen_line(&p->pen, INK_MEDIUM, "", "  ", why);
	}
}

static void put_scope(struct page *p)
{
	const struct report *r = p->r;
	AUTO(str) char *stores = xasprintf(ngettext("%zu store", "%zu stores",
		r->stores), r->stores);
	AUTO(str) char *entries = xasprintf(ngettext("%zu entry", "%zu entries",
		r->entries), r->entries);
	AUTO(str) char *certificates = xasprintf(ngettext("%zu certificate",
		"%zu different certificates", r->certificates),
		r->certificates);
	AUTO(str) char *problems = xasprintf(ngettext("%zu problem",
		"%zu problems", r->n_problems), r->n_problems);
	AUTO(str) char *line = xasprintf(_("%s, %s, %s; %s while reading"),
		stores, entries, certificates, problems);

	pen_line(&p->pen, INK_PLAIN, "", "  ", line);
	text_doubts(p);
}

void text_section(struct page *p, enum ink ink, const char *title)
{
	struct buf line;

	buf_init(&line, 4 * (size_t)p->pen.width);
	putc('\n', p->pen.f);
	pen_begin(&p->pen, "", "");
	pen_words(&p->pen, ink, title);
	for (size_t n = p->pen.column + 1; n < p->pen.width; n++)
		buf_adds(&line, p->m->bar);
	pen_word(&p->pen, INK_DIM, buf_str(&line));
	pen_end(&p->pen);
	buf_done(&line);
}

/* ---- findings ------------------------------------------------------------*/

void text_store(struct page *p, const struct finding *f)
{
	AUTO(str) char *path = text_escaped(f->store_path);
	AUTO(str) char *owner = text_escaped(f->store_owner);
	AUTO(str) char *kind = text_escaped(f->store_kind);
	AUTO(str) char *note = *owner != '\0' ?
		xasprintf(_("(%s, of %s)"), kind, owner) :
		xasprintf("(%s)", kind);

	if (f->store_path == NULL)
		return;
	pen_word(&p->pen, INK_BOLD, path);
	pen_words(&p->pen, INK_DIM, note);
}

/* All findings of one status, and of one severity when S is one.  */
static void put_findings(struct page *p, enum finding_status status, int s)
{
	const struct finding **all = xcalloc(p->r->n_findings, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < p->r->n_findings; i++) {
		const struct finding *f = &p->r->findings[i];

		if (f->status == status && (s < 0 || (int)f->severity == s))
			all[n++] = f;
	}
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n; end++)
			if (all[end]->severity != all[first]->severity ||
			    !text_same(all[end]->rule_id, all[first]->rule_id))
				break;
		text_rule(p, &all[first], end - first);
	}
	free(all);
}

/* ---- what was not judged ---------------------------------------------------*/

static int compare_unknown(const void *a, const void *b)
{
	const struct finding *f = *(const struct finding *const *)a;
	const struct finding *g = *(const struct finding *const *)b;
	int order = text_compare(f->store_path, g->store_path);

	if (order == 0)
		order = text_compare(f->store_kind, g->store_kind);
	if (order == 0)
		order = text_compare(f->message, g->message);
	if (order == 0)
		order = text_compare(f->rule_id, g->rule_id);
	return order != 0 ? order : strcmp(f->id, g->id);
}

/* N findings of one store for the same reason, one for each rule that waits
 * for it.  */
static void put_unknown(struct page *p, const struct finding **all, size_t n)
{
	AUTO(str) char *message = text_escaped(all[0]->message);
	AUTO(str) char *repair_it = text_escaped(all[0]->no_fix);

	if (all[0]->store_path != NULL) {
		pen_begin(&p->pen, "  ", "    ");
		text_store(p, all[0]);
		pen_end(&p->pen);
	}
	pen_line(&p->pen, INK_PLAIN, "    ", "    ", message);
	pen_begin(&p->pen, "    ", "      ");
	pen_words(&p->pen, INK_DIM, ngettext("rule:", "rules:", n));
	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *id = text_escaped(all[i]->rule_id);
		AUTO(str) char *word = xasprintf("%s%s", id,
						 i + 1 < n ? "," : "");

		if (i > 0 && text_same(all[i]->rule_id, all[i - 1]->rule_id))
			continue;
		pen_word(&p->pen, INK_DIM, word);
	}
	pen_end(&p->pen);
	if (*repair_it != '\0')
		pen_line(&p->pen, INK_PLAIN, "    ", "    ", repair_it);
}

static void put_unknowns(struct page *p)
{
	const struct finding **all = xcalloc(p->unknown, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < p->r->n_findings; i++)
		if (p->r->findings[i].status == FINDING_UNKNOWN)
			all[n++] = &p->r->findings[i];
	qsort(all, n, sizeof(*all), compare_unknown);
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n; end++)
			if (!text_same(all[end]->store_path,
				     all[first]->store_path) ||
			    !text_same(all[end]->store_kind,
				     all[first]->store_kind) ||
			    !text_same(all[end]->message, all[first]->message))
				break;
		putc('\n', p->pen.f);
		put_unknown(p, &all[first], end - first);
	}
	free(all);
}

/* ---- what was accepted -----------------------------------------------------*/

/* In a line or two each; all of it with --verbose.  */
static void put_waived(struct page *p)
{
	text_section(p, INK_DIM, _("WAIVED"));
	if (p->o->verbose) {
		put_findings(p, FINDING_WAIVED, -1);
		return;
	}
	putc('\n', p->pen.f);
	for (size_t i = 0; i < p->r->n_findings; i++) {
		const struct finding *f = &p->r->findings[i];
		AUTO(str) char *rule = text_escaped(f->rule_id);
		AUTO(str) char *name = text_escaped(f->certificate.name);
		AUTO(str) char *place = text_escaped(f->location != NULL ?
						     f->location : f->message);

		if (f->status != FINDING_WAIVED)
			continue;
		pen_begin(&p->pen, "  ", "    ");
		pen_words(&p->pen, INK_PLAIN, rule);
		if (*name != '\0') {
			pen_word(&p->pen, INK_DIM, p->m->dot);
			pen_words(&p->pen, INK_PLAIN, name);
		}
		pen_word(&p->pen, INK_DIM, p->m->dot);
		if (f->store_path != NULL)
			text_store(p, f);
		else
			pen_words(&p->pen, INK_PLAIN, place);
		pen_end(&p->pen);
		for (size_t k = 0; k < f->n_evidence; k++) {
			AUTO(str) char *why =
				text_escaped(f->evidence[k].text);

			if (text_same(f->evidence[k].kind, "waiver"))
				pen_line(&p->pen, INK_DIM, "    ", "    ", why);
		}
	}
}

/* ---- the end -------------------------------------------------------------*/

/* Many files of one store often have the same thing wrong with them.  */
static int compare_problems(const void *a, const void *b)
{
	const struct problem_report *x = *(const struct problem_report *const *)a;
	const struct problem_report *y = *(const struct problem_report *const *)b;
	int order = x->skipped - y->skipped;

	if (order == 0)
		order = text_compare(x->code, y->code);
	if (order == 0)
		order = text_compare(x->message, y->message);
	if (order == 0)
		order = text_compare(x->store, y->store);
	if (order == 0)
		order = text_compare(x->path, y->path);
	return order != 0 ? order : (x->offset > y->offset) -
				    (x->offset < y->offset);
}

/* N places with one problem.  */
static void put_problem(struct page *p, const struct problem_report **all,
			size_t n)
{
	AUTO(str) char *message = text_escaped(all[0]->message);
	AUTO(str) char *code = text_escaped(all[0]->code);
	size_t shown = n;

	if (!p->o->verbose && n > PROBLEMS_SHOWN + 1)
		shown = PROBLEMS_SHOWN;
	pen_begin(&p->pen, "  ", "    ");
	pen_word(&p->pen, all[0]->skipped ? INK_DIM : INK_MEDIUM, code);
	text_gap(p);
	pen_words(&p->pen, INK_PLAIN, message);
	if (all[0]->skipped)
		pen_words(&p->pen, INK_DIM, _("(no verdict depends on it)"));
	pen_end(&p->pen);
	for (size_t i = 0; i < shown; i++) {
		AUTO(str) char *path = text_escaped(all[i]->path);
		AUTO(str) char *where = all[i]->has_offset && all[i]->offset > 0 ?
			xasprintf(_("%s, byte %" PRIu64), path, all[i]->offset) :
			xstrdup(path);

		pen_begin(&p->pen, "      ", "        ");
		pen_word(&p->pen, INK_PLAIN, where);
		pen_end(&p->pen);
	}
	if (shown < n) {
		AUTO(str) char *more = xasprintf(_("and %zu more"), n - shown);

		pen_line(&p->pen, INK_DIM, "      ", "      ", more);
	}
}

static void put_problems(struct page *p)
{
	const struct problem_report **all;
	size_t n = p->r->n_problems, groups = 0, first, end;

	if (n == 0)
		return;
	all = xcalloc(n, sizeof(*all));
	for (size_t i = 0; i < n; i++)
		all[i] = &p->r->problems[i];
	qsort(all, n, sizeof(*all), compare_problems);
	text_section(p, INK_BOLD, _("PROBLEMS while reading"));
	putc('\n', p->pen.f);
	for (first = 0; first < n; first = end) {
		if (!p->o->verbose && groups++ == GROUPS_SHOWN)
			break;
		for (end = first + 1; end < n; end++)
			if (all[end]->skipped != all[first]->skipped ||
			    !text_same(all[end]->code, all[first]->code) ||
			    !text_same(all[end]->message, all[first]->message))
				break;
		put_problem(p, &all[first], end - first);
	}
	if (first < n) {
		AUTO(str) char *more = xasprintf(_("and %zu more: %s show problems"),
						 n - first, p->o->command);

		pen_line(&p->pen, INK_DIM, "  ", "    ", more);
	}
	free(all);
}

static void put_step(struct page *p, const char *command, const char *what)
{
	pen_begin(&p->pen, "  ", "      ");
	pen_code(&p->pen, INK_BOLD, command);
	pen_end(&p->pen);
	pen_line(&p->pen, INK_PLAIN, "      ", "      ", what);
}

static void put_next(struct page *p)
{
	AUTO(str) char *audit = xasprintf("%s audit", p->o->command);
	AUTO(str) char *fix = xasprintf("%s fix -o fix.sh", p->o->command);
	AUTO(str) char *what = NULL;

	if (p->fixable == 0)
		return;
	text_section(p, INK_BOLD, _("WHAT TO DO NEXT"));
	putc('\n', p->pen.f);
	if (p->r->scan == 0)
		put_step(p, audit, _("records these findings; a check keeps nothing."));
	what = xasprintf(_("writes a script for %zu of the %zu findings; ids or --rule choose among them. The others are to be mended by hand."),
			 p->fixable, p->all_found);
	if (p->fixable == p->all_found) {
		free(what);
		what = xstrdup(_("writes a script for all of it; ids or --rule choose."));
	}
	put_step(p, fix, what);
	put_step(p, "sh fix.sh --dry-run",
		 _("shows what the script would change. Without --dry-run it asks, backs up, changes and verifies."));
}

void text_findings(struct page *p)
{
	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
		if (p->found[s] == 0)
			continue;
		text_section(p, severity_ink[s],
			     text_severity((enum severity)s));
		put_findings(p, FINDING_FOUND, s);
	}
	if (p->unknown > 0) {
		text_section(p, INK_MEDIUM, _("NOT JUDGED"));
		put_unknowns(p);
	}
}

void text_begin(struct page *p, const struct report *r,
		const struct output_options *o, FILE *f)
{
	*p = (struct page){ .r = r, .o = o };
	pen_init(&p->pen, f, o->width, o->color);
	p->m = p->pen.utf8 ? &unicode_marks : &ascii_marks;
	p->id_length = id_length(r);
	count(p);
}

int text_end(struct page *p)
{
	FILE *f = p->pen.f;

	free(p->told);
	p->told = NULL;
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}

int text_write(const struct report *r, const struct output_options *o, FILE *f)
{
	AUTO(str) char *scan = r->scan != 0 ?
		xasprintf(_("scan %" PRId64), r->scan) :
		xstrdup(_("check, nothing recorded"));
	struct page p;

	text_begin(&p, r, o, f);
	text_host(&p, scan);
	text_counts(&p, r->incomplete || p.unknown > 0 ? INK_BOLD : INK_GOOD,
		    _("Nothing found"));
	put_scope(&p);
	text_findings(&p);
	if (p.waived > 0)
		put_waived(&p);
	put_problems(&p);
	put_next(&p);
	return text_end(&p);
}
