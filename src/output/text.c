/* text.c -- the report for people.
 *
 * Most pressing first: the verdict in two lines, then the findings by
 * severity, rule and store, each with its certificate, what is wrong, where,
 * the evidence as a small tree, and the command that repairs it; then what
 * could not be judged, what could not be read, and what to do next.  Readable
 * without colour, in a plain ASCII locale, and in 40 columns.
 *
 * Everything that came from a certificate or a file name passes through
 * escape_text() on its way.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"

#define EVIDENCE_SHOWN	12u	/* rows of one finding, unless verbose */
#define PROBLEMS_SHOWN	20u
#define TREE_DEPTH	32	/* deeper evidence is drawn at this depth */
#define LABEL_COLUMNS	12u	/* no wider column of labels */
#define ID_SHORTEST	8u

/* How lines are drawn where the locale has the characters, and elsewhere.  */
struct marks {
	const char *bullet, *bar, *dot;
	const char *tee, *corner, *trunk;
};
static const struct marks unicode_marks = {
	"\u25cf", "\u2500", "\u00b7",
	"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ",
};
static const struct marks ascii_marks = {
	"*", "-", "|",
	"|- ", "`- ", "|  ",
};

struct page {
	struct pen pen;
	const struct report *r;
	const struct output_options *o;
	const struct marks *m;
	size_t id_length;	/* shortest that names one finding only */
	size_t found[SEVERITY_HIGH + 1];
	size_t all_found, unknown, waived, fixable;
	const struct finding **told;	/* findings whose rule's why was said */
	size_t n_told, cap_told;
};

static const enum ink severity_ink[] = {
	[SEVERITY_INFO] = INK_INFO,
	[SEVERITY_LOW] = INK_LOW,
	[SEVERITY_MEDIUM] = INK_MEDIUM,
	[SEVERITY_HIGH] = INK_HIGH,
};

static const char *severity_title(enum severity s)
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

static char *escaped(const char *s)
{
	return escape_text(s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- times ---------------------------------------------------------------*/

#define HOUR	INT64_C(3600)
#define DAY	(24 * HOUR)

/* How long SECONDS are, in the largest unit that still says something.  */
static char *duration(int64_t seconds)
{
	int64_t hours = seconds / HOUR, days = seconds / DAY;

	if (hours < 48)
		return xasprintf(ngettext("%ld hour", "%ld hours",
					  (unsigned long)hours), (long)hours);
	if (days < 100)
		return xasprintf(ngettext("%ld day", "%ld days",
					  (unsigned long)days), (long)days);
	if (days < 2 * 365)
		return xasprintf(_("%ld months"), (long)(days * 12 / 365));
	return xasprintf(_("%ld years"), (long)(days * 400 / 146097));
}

/* "2021-09-30", with the time of day where that matters.  */
static char *date(int64_t t, int64_t now)
{
	char s[TIME_SIZE];
	int64_t far = 3 * DAY;

	time_format(t, s);
	if (t < now - far || t > now + far)
		return xstrndup(s, 10);
	s[10] = ' ';
	return xstrdup(s);
}

static char *validity(const struct finding *f, int64_t now)
{
	int64_t from = f->certificate.not_before, to = f->certificate.not_after;
	AUTO(str) char *when = NULL, *how_long = NULL;

	if (from > now) {
		when = date(from, now);
		how_long = duration(from - now);
		return xasprintf(_("not valid before %s (in %s)"), when,
				 how_long);
	}
	when = date(to, now);
	if (to <= now) {
		how_long = duration(now - to);
		return xasprintf(_("expired %s (%s ago)"), when, how_long);
	}
	how_long = duration(to - now);
	return xasprintf(_("expires %s (in %s)"), when, how_long);
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

static void put_host(struct page *p)
{
	AUTO(str) char *root = escaped(p->r->root);
	AUTO(str) char *name = escaped(p->r->host_name);
	AUTO(str) char *os = escaped(p->r->host_os);
	AUTO(str) char *tool = xasprintf("trustdrift %s", p->r->tool);
	AUTO(str) char *scan = NULL;
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
	if (p->r->scan != 0)
		scan = xasprintf(_("scan %" PRId64), p->r->scan);
	pen_words(&p->pen, INK_PLAIN,
		  scan != NULL ? scan : _("check, nothing recorded"));
	pen_end(&p->pen);
}

static void put_verdict(struct page *p)
{
	pen_begin(&p->pen, "", "  ");
	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
		AUTO(str) char *part = NULL;

		if (p->found[s] == 0)
			continue;
		part = xasprintf("%zu %s", p->found[s],
				 severity_title((enum severity)s));
		pen_word(&p->pen, severity_ink[s], part);
		pen_word(&p->pen, INK_PLAIN, "");
	}
	if (p->all_found == 0)
		pen_words(&p->pen, p->r->incomplete || p->unknown > 0 ?
			  INK_BOLD : INK_GOOD, _("Nothing found"));
	if (p->unknown > 0) {
		AUTO(str) char *part = xasprintf(_("%zu NOT JUDGED"),
						 p->unknown);

		pen_word(&p->pen, INK_MEDIUM, part);
	}
	if (p->waived > 0) {
		AUTO(str) char *part = xasprintf(_("%zu waived"), p->waived);

		pen_word(&p->pen, INK_DIM, part);
	}
	pen_end(&p->pen);
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
	if (r->incomplete)
		pen_line(&p->pen, INK_MEDIUM, "", "  ",
			 _("Incomplete: a store that the rules need could not be read; silence is no all-clear there."));
	else if (p->all_found == 0 && p->unknown == 0)
		pen_line(&p->pen, INK_PLAIN, "", "  ",
			 _("Everything that the rules need was read."));
	if (r->note != NULL) {
		AUTO(str) char *note = escaped(r->note);

		pen_line(&p->pen, INK_DIM, "", "  ", note);
	}
	if (p->o->history != NULL) {
		AUTO(str) char *why = escaped(p->o->history);

		pen_line(&p->pen, INK_MEDIUM, "", "  ", why);
	}
}

static void put_section(struct page *p, enum ink ink, const char *title)
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

/* ---- the evidence --------------------------------------------------------*/

static int depth_of(const struct evidence *e)
{
	return e->depth < 0 ? 0 : e->depth > TREE_DEPTH ? TREE_DEPTH : e->depth;
}

/* Does another branch begin at DEPTH below row I, before the tree is left?  */
static bool goes_on(const struct evidence *e, size_t n, size_t i, int depth)
{
	for (i++; i < n && is_same(e[i].kind, e[i - 1].kind); i++) {
		if (depth_of(&e[i]) < depth)
			return false;
		if (depth_of(&e[i]) == depth)
			return true;
	}
	return false;
}

/* What stands before row I: the trunks of the branches it is in, then its own
 * corner; CONTINUED for the further lines of a long text.  */
static void add_branches(const struct page *p, const struct evidence *e,
			 size_t n, size_t i, bool continued, struct buf *out)
{
	int depth = depth_of(&e[i]);

	for (int d = 1; d <= depth; d++) {
		bool more = goes_on(e, n, i, d);

		if (d < depth || continued)
			buf_adds(out, more ? p->m->trunk : "   ");
		else
			buf_adds(out, more ? p->m->tee : p->m->corner);
	}
	/* What hangs below a row is joined to its further lines, too.  */
	if (continued && i + 1 < n && is_same(e[i].kind, e[i + 1].kind) &&
	    depth_of(&e[i + 1]) > depth)
		buf_adds(out, p->m->trunk);
	else if (continued)
		buf_adds(out, "  ");
}

static char *kind_label(const char *kind)
{
	char *label = escaped(kind);

	for (char *s = label; *s != '\0'; s++)
		if (*s == '-' || *s == '_')
			*s = ' ';
	return label;
}

static void begin_labelled(struct page *p, const char *label, size_t columns,
			   const char *first, const char *rest,
			   struct buf *store)
{
	AUTO(str) char *head = NULL;
	int pad = (int)columns;

	/* INDENT, label, gap, branches.  */
	head = xasprintf("      %s%*s  %s", label,
			 pad - (int)text_columns(label) > 0 ?
			 pad - (int)text_columns(label) : 0, "", first);
	buf_addf(store, "      %*s  %s", pad, "", rest);
	pen_begin(&p->pen, head, buf_str(store));
}

static void put_labelled(struct page *p, const char *label, size_t columns,
			 enum ink ink, const char *text)
{
	AUTO(buf) struct buf rest;

	buf_init(&rest, LIMIT_TEXT_BYTES);
	begin_labelled(p, label, columns, "", "", &rest);
	pen_words(&p->pen, ink, text);
	pen_end(&p->pen);
}

static void put_evidence(struct page *p, const struct finding *f,
			 size_t columns)
{
	size_t n = f->n_evidence;

	if (!p->o->verbose && n > EVIDENCE_SHOWN + 1)
		n = EVIDENCE_SHOWN;
	for (size_t i = 0; i < n; i++) {
		const struct evidence *e = f->evidence;
		bool first = i == 0 || !is_same(e[i].kind, e[i - 1].kind);
		AUTO(str) char *label = first ? kind_label(e[i].kind) :
					xstrdup("");
		AUTO(str) char *text = escaped(e[i].text);
		AUTO(buf) struct buf branch, further, rest;

		buf_init(&branch, LIMIT_TEXT_BYTES);
		buf_init(&further, LIMIT_TEXT_BYTES);
		buf_init(&rest, LIMIT_TEXT_BYTES);
		add_branches(p, e, f->n_evidence, i, false, &branch);
		add_branches(p, e, f->n_evidence, i, true, &further);
		begin_labelled(p, label, columns, buf_str(&branch),
			       buf_str(&further), &rest);
		pen_words(&p->pen, INK_PLAIN, text);
		pen_end(&p->pen);
	}
	if (n < f->n_evidence) {
		AUTO(str) char *text = xasprintf(
			_("and %zu more; --verbose shows all"),
			f->n_evidence - n);

		put_labelled(p, "", columns, INK_DIM, text);
	}
}

/* ---- a finding -----------------------------------------------------------*/

/* "0687 260f 3197 a4bc"; "" when there is none.  */
static void short_fingerprint(const char *sha256, char ret[20])
{
	size_t n = 0;

	for (size_t i = 0; sha256 != NULL && sha256[i] != '\0' && i < 16; i++) {
		if (i > 0 && i % 4 == 0)
			ret[n++] = ' ';
		ret[n++] = sha256[i];
	}
	ret[n] = '\0';
}

static void put_certificate(struct page *p, const struct finding *f)
{
	AUTO(str) char *name = escaped(f->certificate.name);
	AUTO(str) char *bullet = xasprintf("    %s ", p->m->bullet);
	char fingerprint[20];

	short_fingerprint(f->certificate.sha256, fingerprint);
	pen_begin(&p->pen, bullet, "      ");
	pen_words(&p->pen, INK_BOLD,
		  *name != '\0' ? name : _("(a certificate that cannot be decoded)"));
	pen_word(&p->pen, INK_PLAIN, "");
	pen_word(&p->pen, INK_DIM, fingerprint);
	if (f->certificate.decoded) {
		AUTO(str) char *valid = validity(f, p->r->now);

		pen_word(&p->pen, f->certificate.not_after <= p->r->now ?
			 INK_MEDIUM : INK_PLAIN, valid);
	}
	pen_end(&p->pen);
}

/* Where in the store: the file, unless the store is that file, then the label
 * and the offset.  NULL: there is nothing to add.  */
static char *place(const struct finding *f)
{
	AUTO(str) char *location = escaped(f->location);
	AUTO(str) char *path = escaped(f->store_path);
	AUTO(str) char *label = escaped(f->label);
	AUTO(buf) struct buf b;
	const char *file = location;
	size_t n = strlen(path);

	buf_init(&b, SIZE_MAX);
	if (strncmp(location, path, n) == 0 && location[n] == '/')
		file = location + n + 1;
	if (*file != '\0' && strcmp(location, path) != 0)
		buf_adds(&b, file);
	if (*label != '\0' && strcmp(label, file) != 0)
		buf_addf(&b, "%s\"%s\"", b.n > 0 ? ", " : "", label);
	if (f->has_offset && f->offset > 0) {
		if (b.n > 0)
			buf_adds(&b, ", ");
		buf_addf(&b, _("byte %" PRIu64), f->offset);
	}
	return b.n > 0 ? buf_take(&b) : NULL;
}

static char *repair(const struct page *p, const struct finding *f)
{
	AUTO(str) char *reason = escaped(f->no_fix);

	if (f->recipe == NULL)
		return *reason != '\0' ? xasprintf(_("by hand: %s"), reason) :
					 NULL;
	if (p->r->scan == 0)
		return xasprintf(f->automatic ? _("finding %.*s") :
				 _("finding %.*s; needs a decision"),
				 (int)p->id_length, f->id);
	return xasprintf(f->automatic ? _("%s fix %.*s") :
			 _("%s fix %.*s   (needs a decision)"), p->o->command,
			 (int)p->id_length, f->id);
}

static size_t label_columns(const struct finding *f)
{
	size_t widest = 5;

	for (size_t i = 0; i < f->n_evidence; i++) {
		AUTO(str) char *label = kind_label(f->evidence[i].kind);
		size_t n = text_columns(label);

		if (n > widest && n <= LABEL_COLUMNS)
			widest = n;
	}
	return widest;
}

static void put_finding(struct page *p, const struct finding *f)
{
	AUTO(str) char *message = escaped(f->message);
	AUTO(str) char *where = place(f);
	AUTO(str) char *how = repair(p, f);
	size_t columns = label_columns(f);

	if (f->certificate.sha256 != NULL)
		put_certificate(p, f);
	pen_line(&p->pen, INK_PLAIN, "      ", "      ", message);
	if (where != NULL)
		put_labelled(p, _("where"), columns, INK_PLAIN, where);
	put_evidence(p, f, columns);
	if (how != NULL)
		put_labelled(p, _("fix"), columns, INK_DIM, how);
}

static void put_store(struct page *p, const struct finding *f)
{
	AUTO(str) char *path = escaped(f->store_path);
	AUTO(str) char *owner = escaped(f->store_owner);
	AUTO(str) char *kind = escaped(f->store_kind);
	AUTO(str) char *note = *owner != '\0' ?
		xasprintf(_("(%s, of %s)"), kind, owner) :
		xasprintf("(%s)", kind);

	if (f->store_path == NULL)
		return;
	pen_begin(&p->pen, "  ", "    ");
	pen_word(&p->pen, INK_BOLD, path);
	pen_words(&p->pen, INK_DIM, note);
	pen_end(&p->pen);
}

static bool was_told(const struct page *p, const struct finding *f)
{
	for (size_t i = 0; i < p->n_told; i++)
		if (is_same(p->told[i]->rule_id, f->rule_id))
			return true;
	return false;
}

static void put_rule(struct page *p, const struct finding *f)
{
	AUTO(str) char *title = escaped(f->title);
	AUTO(str) char *why = escaped(f->why);
	AUTO(str) char *id = escaped(f->rule_id);

	putc('\n', p->pen.f);
	pen_begin(&p->pen, "", "  ");
	pen_words(&p->pen, severity_ink[f->severity], title);
	pen_word(&p->pen, INK_DIM, p->m->dot);
	pen_word(&p->pen, INK_DIM, id);
	pen_end(&p->pen);
	if (*why != '\0' && !was_told(p, f))
		pen_line(&p->pen, INK_DIM, "  ", "  ", why);
	grow(&p->told, p->n_told, &p->cap_told, sizeof(*p->told));
	p->told[p->n_told++] = f;
}

/* All findings of one status, and of one severity when S is one.  */
static void put_findings(struct page *p, enum finding_status status, int s)
{
	const struct finding *last = NULL;

	for (size_t i = 0; i < p->r->n_findings; i++) {
		const struct finding *f = &p->r->findings[i];
		bool rule, store;

		if (f->status != status || (s >= 0 && (int)f->severity != s))
			continue;
		rule = last == NULL || !is_same(last->rule_id, f->rule_id);
		store = rule || !is_same(last->store_path, f->store_path) ||
			!is_same(last->store_kind, f->store_kind);
		if (rule)
			put_rule(p, f);
		if (store && !rule)
			putc('\n', p->pen.f);
		if (store)
			put_store(p, f);
		put_finding(p, f);
		last = f;
	}
}

/* ---- what was not judged ---------------------------------------------------*/

static int text_order(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_unknown(const void *a, const void *b)
{
	const struct finding *f = *(const struct finding *const *)a;
	const struct finding *g = *(const struct finding *const *)b;
	int order = text_order(f->store_path, g->store_path);

	if (order == 0)
		order = text_order(f->store_kind, g->store_kind);
	if (order == 0)
		order = text_order(f->message, g->message);
	if (order == 0)
		order = text_order(f->rule_id, g->rule_id);
	return order != 0 ? order : strcmp(f->id, g->id);
}

/* N findings of one store for the same reason, one for each rule that waits
 * for it.  */
static void put_unknown(struct page *p, const struct finding **all, size_t n)
{
	AUTO(str) char *message = escaped(all[0]->message);
	AUTO(str) char *repair_it = escaped(all[0]->no_fix);

	if (all[0]->store_path != NULL)
		put_store(p, all[0]);
	pen_line(&p->pen, INK_PLAIN, "    ", "    ", message);
	pen_begin(&p->pen, "    ", "      ");
	pen_words(&p->pen, INK_DIM, ngettext("rule:", "rules:", n));
	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *id = escaped(all[i]->rule_id);
		AUTO(str) char *word = xasprintf("%s%s", id,
						 i + 1 < n ? "," : "");

		if (i > 0 && is_same(all[i]->rule_id, all[i - 1]->rule_id))
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
			if (!is_same(all[end]->store_path,
				     all[first]->store_path) ||
			    !is_same(all[end]->store_kind,
				     all[first]->store_kind) ||
			    !is_same(all[end]->message, all[first]->message))
				break;
		putc('\n', p->pen.f);
		put_unknown(p, &all[first], end - first);
	}
	free(all);
}

/* ---- the end -------------------------------------------------------------*/

static void put_problems(struct page *p)
{
	size_t n = p->r->n_problems;

	if (n == 0)
		return;
	put_section(p, INK_BOLD, _("PROBLEMS while reading"));
	if (!p->o->verbose && n > PROBLEMS_SHOWN + 1)
		n = PROBLEMS_SHOWN;
	for (size_t i = 0; i < n; i++) {
		const struct problem_report *b = &p->r->problems[i];
		AUTO(str) char *path = escaped(b->path);
		AUTO(str) char *message = escaped(b->message);
		AUTO(str) char *code = escaped(b->code);
		AUTO(str) char *where = b->has_offset ?
			xasprintf("%s:%" PRIu64 ":", path, b->offset) :
			xasprintf("%s:", path);

		pen_begin(&p->pen, "  ", "    ");
		pen_word(&p->pen, INK_PLAIN, where);
		pen_word(&p->pen, b->skipped ? INK_DIM : INK_MEDIUM, code);
		pen_words(&p->pen, INK_PLAIN, message);
		if (b->skipped)
			pen_words(&p->pen, INK_DIM,
				  _("(passed over by its owner, too)"));
		pen_end(&p->pen);
	}
	if (n < p->r->n_problems) {
		AUTO(str) char *more = xasprintf(
			_("and %zu more: %s show problems"),
			p->r->n_problems - n, p->o->command);

		pen_line(&p->pen, INK_DIM, "  ", "  ", more);
	}
}

static void put_step(struct page *p, const char *command, const char *what)
{
	pen_begin(&p->pen, "  ", "      ");
	pen_word(&p->pen, INK_BOLD, command);
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
	put_section(p, INK_BOLD, _("WHAT TO DO NEXT"));
	if (p->r->scan == 0)
		put_step(p, audit, _("records these findings; a check keeps nothing."));
	what = xasprintf(ngettext(
		"writes a script that repairs %zu of the %zu finding; name ids to choose.",
		"writes a script that repairs %zu of the %zu findings; name ids to choose.",
		p->all_found), p->fixable, p->all_found);
	put_step(p, fix, what);
	put_step(p, "sh fix.sh --dry-run",
		 _("shows what it would change; without --dry-run it asks, backs up, changes and verifies."));
}

int text_write(const struct report *r, const struct output_options *o, FILE *f)
{
	struct page p = { .r = r, .o = o };

	pen_init(&p.pen, f, o->width, o->color);
	p.m = p.pen.utf8 ? &unicode_marks : &ascii_marks;
	p.id_length = id_length(r);
	count(&p);
	put_host(&p);
	put_verdict(&p);
	put_scope(&p);
	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
		if (p.found[s] == 0)
			continue;
		put_section(&p, severity_ink[s],
			    severity_title((enum severity)s));
		put_findings(&p, FINDING_FOUND, s);
	}
	if (p.unknown > 0) {
		put_section(&p, INK_MEDIUM, _("NOT JUDGED"));
		put_unknowns(&p);
	}
	if (p.waived > 0 && o->verbose) {
		put_section(&p, INK_DIM, _("WAIVED"));
		put_findings(&p, FINDING_WAIVED, -1);
	}
	put_problems(&p);
	put_next(&p);
	free(p.told);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
