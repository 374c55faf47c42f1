/* text-finding.c -- the findings of one rule, for people.
 *
 * The same certificate is wrong in the same way in many stores of a host, so
 * what is said once for all of them is said once: the certificate, the message,
 * and each kind of evidence that they share.  Then comes a line for each
 * finding: its store, where in it, and its id.  A finding about many certificates
 * lists them in a line each, and the same list in two stores is shown once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/text.h"

#define ROWS_SHOWN	5u	/* of evidence that is a list, unless verbose */
#define TREE_SHOWN	40u	/* of evidence that is a tree */
#define MEMBERS_SHOWN	8u	/* certificates of one finding, likewise */
#define IDS_SHOWN	3u	/* in one command */
#define TREE_DEPTH	8	/* deeper evidence is drawn at this depth */
#define LABEL_COLUMNS	12u	/* of a label, at most */

/* ---- times ---------------------------------------------------------------*/

#define HOUR	INT64_C(3600)
#define DAY	(24 * HOUR)

/* TRANSLATORS: how long ago, and how long until: "(in 3 days)", "(3 days ago)";
 * in the case that both ask for.  */
char *text_duration(int64_t seconds)
{
	int64_t minutes = seconds / 60, hours = seconds / HOUR;
	int64_t days = seconds / DAY;

	if (minutes < 120)
		return xasprintf(ngettext("%ld minute", "%ld minutes",
					  (unsigned long)minutes),
				 (long)minutes);
	if (hours < 48)
		return xasprintf(ngettext("%ld hour", "%ld hours",
					  (unsigned long)hours), (long)hours);
	if (days < 100)
		return xasprintf(ngettext("%ld day", "%ld days",
					  (unsigned long)days), (long)days);
	if (days < 2 * 365)
		return xasprintf(ngettext("%ld month", "%ld months",
					  (unsigned long)(days * 12 / 365)),
				 (long)(days * 12 / 365));
	return xasprintf(ngettext("%ld year", "%ld years",
				  (unsigned long)(days * 400 / 146097)),
			 (long)(days * 400 / 146097));
}

/* "2021-09-30", with the time of day where that matters.  */
static char *date(int64_t t, int64_t now)
{
	char s[TIME_SIZE];

	time_format(t, s);
	if (t < now - 3 * DAY || t > now + 3 * DAY)
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
		how_long = text_duration(from - now);
		return xasprintf(_("not valid before %s (in %s)"), when,
				 how_long);
	}
	when = date(to, now);
	if (to <= now) {
		how_long = text_duration(now - to);
		return xasprintf(_("expired %s (%s ago)"), when, how_long);
	}
	how_long = text_duration(to - now);
	return xasprintf(_("expires %s (in %s)"), when, how_long);
}

/* ---- lines with a label ----------------------------------------------------*/

/* "fix", "good path" and the like in a column of their own, before FIRST and
 * what is written next.  REST, made here, is to be kept until pen_end().  */
static void begin_labelled(struct page *p, const char *label, size_t columns,
			   const char *first, const char *further,
			   struct buf *rest)
{
	size_t used = text_columns(label);
	int pad = used < columns ? (int)(columns - used) : 0;
	AUTO(str) char *head = xasprintf("    %s%*s  %s", label, pad, "",
					 first);

	buf_init(rest, LIMIT_TEXT_BYTES);
	buf_addf(rest, "    %*s  %s", (int)columns, "", further);
	pen_begin(&p->pen, head, buf_str(rest));
}

static void put_labelled(struct page *p, const char *label, size_t columns,
			 enum ink ink, const char *text)
{
	AUTO(buf) struct buf rest = { .p = NULL };

	begin_labelled(p, label, columns, "", "", &rest);
	pen_words(&p->pen, ink, text);
	pen_end(&p->pen);
}

static char *kind_label(const char *kind)
{
	char *label = text_escaped(translated(kind));

	for (char *s = label; *s != '\0'; s++)
		if (*s == '-' || *s == '_')
			*s = ' ';
	label[text_fit(label, LABEL_COLUMNS)] = '\0';
	return label;
}

/* ---- evidence --------------------------------------------------------------*/

/* The rows of one kind, which lie together in a finding.  */
struct rows {
	const struct evidence *e;
	size_t n;
	bool tree;		/* their depths are those of a tree */
	bool deep;		/* ... and not all 0 */
};

static int depth_of(const struct rows *r, size_t i)
{
	int depth = r->tree ? r->e[i].depth : 0;

	return depth > TREE_DEPTH ? TREE_DEPTH : depth;
}

/* What there is about each of many certificates is for those who ask for it:
 * their own lines say what matters.  */
static bool shows_evidence(const struct page *p, const struct finding *f)
{
	return p->o->verbose || f->n_members <= 1;
}

/* The next kind of F at or behind row *POS, which moves behind it.  */
static bool next_kind(const struct finding *f, size_t *pos, struct rows *ret)
{
	const struct evidence *e = f->evidence;
	size_t first = *pos;

	if (first >= f->n_evidence)
		return false;
	*ret = (struct rows){ .e = &e[first], .tree = e[first].depth == 0 };
	for (*pos = first + 1; *pos < f->n_evidence &&
	     text_same(e[*pos].kind, e[first].kind); (*pos)++)
		if (e[*pos].depth < 0 ||
		    e[*pos].depth > e[*pos - 1].depth + 1)
			ret->tree = false;
	ret->n = *pos - first;
	for (size_t i = 0; i < ret->n; i++)
		ret->deep = ret->deep || (ret->tree && ret->e[i].depth > 0);
	return true;
}

static bool same_rows(const struct rows *a, const struct rows *b)
{
	if (a->n != b->n || !text_same(a->e->kind, b->e->kind))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->e[i].depth != b->e[i].depth ||
		    !text_same(a->e[i].text, b->e[i].text))
			return false;
	return true;
}

static bool has_rows(const struct finding *f, const struct rows *r)
{
	struct rows own;

	for (size_t pos = 0; next_kind(f, &pos, &own); )
		if (same_rows(&own, r))
			return true;
	return false;
}

/* The kinds of evidence that all findings of a group have alike.  */
struct shared {
	struct rows *items;
	size_t n, cap;
};

static void find_shared(const struct finding *const *group, size_t n,
			struct shared *ret)
{
	struct rows r;

	for (size_t pos = 0; n > 1 && next_kind(group[0], &pos, &r); ) {
		size_t i = 1;

		while (i < n && has_rows(group[i], &r))
			i++;
		if (i < n)
			continue;
		grow(&ret->items, ret->n, &ret->cap, sizeof(*ret->items));
		ret->items[ret->n++] = r;
	}
}

static bool is_shared(const struct shared *s, const struct rows *r)
{
	for (size_t i = 0; i < s->n; i++)
		if (same_rows(&s->items[i], r))
			return true;
	return false;
}

/* Does another branch begin at DEPTH below row I, before the tree is left?  */
static bool goes_on(const struct rows *r, size_t i, int depth)
{
	for (i++; i < r->n; i++) {
		if (depth_of(r, i) < depth)
			return false;
		if (depth_of(r, i) == depth)
			return true;
	}
	return false;
}

/* What stands before row I: the trunks of the branches it is in, then its own
 * corner; CONTINUED for the further lines of a long text.  */
static void add_branches(const struct page *p, const struct rows *r, size_t i,
			 bool continued, struct buf *out)
{
	int depth = depth_of(r, i);

	for (int d = 1; d <= depth; d++) {
		bool more = goes_on(r, i, d);

		if (d < depth || continued)
			buf_adds(out, more ? p->m->trunk : "   ");
		else
			buf_adds(out, more ? p->m->tee : p->m->corner);
	}
	/* What hangs below a row is joined to its further lines, too.  */
	if (continued && i + 1 < r->n && depth_of(r, i + 1) > depth)
		buf_adds(out, p->m->trunk);
	else if (continued)
		buf_adds(out, "  ");
}

/* TEXT with the path of the store, which stands in the finding already, cut
 * off the names of files in it.  */
static char *shorten(const struct page *p, const struct finding *f,
		     const char *text)
{
	size_t n = f->store_path != NULL ? strlen(f->store_path) : 0;
	AUTO(buf) struct buf b = { .p = NULL };
	const char *at;

	buf_init(&b, SIZE_MAX);
	while (n > 1 && (at = strstr(text, f->store_path)) != NULL) {
		bool whole = at == text || at[-1] == ' ';

		buf_add(&b, text, (size_t)(at - text));
		text = at + n;
		buf_adds(&b, whole && *text == '/' ? p->m->dots : f->store_path);
	}
	buf_adds(&b, text);
	return buf_take(&b);
}

static void put_rows(struct page *p, const struct finding *f,
		     const struct rows *r, size_t columns)
{
	AUTO(str) char *label = kind_label(r->e->kind);
	size_t n = r->n, most = r->deep ? TREE_SHOWN : ROWS_SHOWN;

	if (!p->o->verbose && n > most + 1)
		n = most;
	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *brief = shorten(p, f, r->e[i].text);
		AUTO(str) char *text = text_escaped(brief);
		AUTO(buf) struct buf branch = { .p = NULL };
		AUTO(buf) struct buf further = { .p = NULL };
		AUTO(buf) struct buf rest = { .p = NULL };

		buf_init(&branch, LIMIT_TEXT_BYTES);
		buf_init(&further, LIMIT_TEXT_BYTES);
		add_branches(p, r, i, false, &branch);
		add_branches(p, r, i, true, &further);
		begin_labelled(p, i == 0 ? label : "", columns,
			       buf_str(&branch), buf_str(&further), &rest);
		pen_words(&p->pen, INK_PLAIN, text);
		pen_end(&p->pen);
	}
	if (n < r->n) {
		AUTO(str) char *more = xasprintf(
			_("and %zu more; --verbose shows all"), r->n - n);

		put_labelled(p, "", columns, INK_DIM, more);
	}
}

/* ---- what a group of findings shares ---------------------------------------*/

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
	AUTO(str) char *name = text_escaped(f->certificate.name);
	char fingerprint[20];

	short_fingerprint(f->certificate.sha256, fingerprint);
	pen_words(&p->pen, INK_BOLD, *name != '\0' ? name :
		  _("(a certificate that cannot be decoded)"));
	text_gap(p);
	pen_word(&p->pen, INK_DIM, fingerprint);
	if (f->certificate.decoded) {
		AUTO(str) char *valid = validity(f, p->r->now);

		text_gap(p);
		pen_words(&p->pen, f->certificate.not_after <= p->r->now ?
			  INK_MEDIUM : INK_PLAIN, valid);
	}
}

/* One that lies in two places is shown once.  */
static bool same_line(const struct finding_member *a,
		      const struct finding_member *b)
{
	return a->severity == b->severity && text_same(a->sha256, b->sha256) &&
	       text_same(a->message, b->message);
}

static void put_member(struct page *p, const struct finding *f,
		       const struct finding_member *m)
{
	AUTO(str) char *head = xasprintf("      %s ", p->m->bar);
	AUTO(str) char *message = text_escaped(m->message);

	pen_begin(&p->pen, head, "        ");
	pen_words(&p->pen, INK_PLAIN, message);
	if (m->severity != f->severity)
		pen_words(&p->pen, severity_ink[m->severity],
			  text_severity(m->severity));
	if (p->o->verbose && m->sha256 != NULL) {
		char fingerprint[20];

		short_fingerprint(m->sha256, fingerprint);
		text_gap(p);
		pen_word(&p->pen, INK_DIM, fingerprint);
	}
	pen_end(&p->pen);
}

static void put_members(struct page *p, const struct finding *f)
{
	const struct finding_member *m = f->members;
	size_t lines = 0, shown = 0;

	for (size_t i = 0; i < f->n_members; i++)
		lines += i == 0 || !same_line(&m[i - 1], &m[i]);
	for (size_t i = 0; i < f->n_members; i++) {
		if (i > 0 && same_line(&m[i - 1], &m[i]))
			continue;
		if (!p->o->verbose && shown == MEMBERS_SHOWN &&
		    lines > MEMBERS_SHOWN + 1) {
			AUTO(str) char *more = xasprintf(
				_("and %zu more; --verbose shows all"),
				lines - shown);

			pen_line(&p->pen, INK_DIM, "        ", "        ",
				 more);
			return;
		}
		put_member(p, f, &m[i]);
		shown++;
	}
}

/* The certificate, if it is about one, and what is wrong.  */
static void put_head(struct page *p, const struct finding *f)
{
	AUTO(str) char *bullet = xasprintf("  %s ", p->m->bullet);
	AUTO(str) char *message = text_escaped(f->message);

	pen_begin(&p->pen, bullet, "    ");
	if (f->certificate.sha256 != NULL) {
		put_certificate(p, f);
		pen_end(&p->pen);
		pen_begin(&p->pen, "    ", "    ");
	}
	pen_words(&p->pen, INK_PLAIN, message);
	pen_end(&p->pen);
	put_members(p, f);
}

/* Where in the store: the file, unless the store is that file, and the label,
 * or without one the offset.  NULL: there is nothing to add.  */
static char *place(const struct finding *f)
{
	AUTO(str) char *location = text_escaped(f->location);
	AUTO(str) char *path = text_escaped(f->store_path);
	AUTO(str) char *label = text_escaped(f->label);
	AUTO(buf) struct buf b = { .p = NULL };
	const char *file = location;
	size_t n = strlen(path);

	buf_init(&b, SIZE_MAX);
	if (n > 0 && strncmp(location, path, n) == 0 && location[n] == '/')
		file = location + n + 1;
	if (*file != '\0' && strcmp(location, path) != 0)
		buf_adds(&b, file);
	if (*label != '\0' && strcmp(label, file) != 0)
		buf_addf(&b, "%s\"%s\"", b.n > 0 ? ", " : "", label);
	if (*label == '\0' && f->has_offset && f->offset > 0) {
		if (b.n > 0)
			buf_adds(&b, ", ");
		buf_addf(&b, _("byte %" PRIu64), f->offset);
	}
	return b.n > 0 ? buf_take(&b) : NULL;
}

/* The line of one finding, and the evidence that only it has.  */
static void put_place(struct page *p, const struct finding *f,
		      const struct shared *shared, size_t columns)
{
	AUTO(buf) struct buf rest = { .p = NULL };
	AUTO(str) char *id = xstrndup(f->id, p->id_length);
	AUTO(str) char *where = place(f);
	struct rows r;

	begin_labelled(p, id, columns, "", "  ", &rest);
	text_store(p, f);
	if (where != NULL)
		pen_words(&p->pen, INK_PLAIN, where);
	pen_end(&p->pen);
	for (size_t pos = 0; shows_evidence(p, f) && next_kind(f, &pos, &r); )
		if (!is_shared(shared, &r))
			put_rows(p, f, &r, columns);
}

/* How to have these findings repaired: by their ids, or, when they are too
 * many for that, by their rule.  NULL: there is no script for any of them, or
 * a check found them, which has not recorded what fix would have to read.  */
static char *repair(const struct page *p, const struct finding *const *findings,
		    size_t n, bool by_rule)
{
	AUTO(buf) struct buf b = { .p = NULL };
	size_t ids = 0;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "%s fix", p->o->command);
	if (by_rule)
		buf_addf(&b, " --rule %s", findings[0]->rule_id);
	for (size_t i = 0; i < n; i++) {
		if (findings[i]->recipe == NULL)
			continue;
		ids++;
		if (!by_rule)
			buf_addf(&b, " %.*s", (int)p->id_length,
				 findings[i]->id);
	}
	return ids > 0 && p->r->scan != 0 ? buf_take(&b) : NULL;
}

/* The command, in one piece so that it can be copied, and a warning if a step
 * of its script asks for more than consent.  */
static void put_repair(struct page *p, const char *command,
		       const struct finding *const *findings, size_t n)
{
	bool decision = false;

	for (size_t i = 0; i < n; i++)
		decision = decision || (findings[i]->recipe != NULL &&
					!findings[i]->automatic);
	pen_code(&p->pen, INK_GOOD, command);
	if (decision)
		pen_words(&p->pen, INK_PLAIN,
			  _("(a step of it needs your decision)"));
	pen_end(&p->pen);
}

static size_t count_fixable(const struct finding *const *findings, size_t n)
{
	size_t fixable = 0;

	for (size_t i = 0; i < n; i++)
		fixable += findings[i]->recipe != NULL;
	return fixable;
}

/* Why a script cannot do it; the same for all, or NULL.  */
static const char *common_reason(const struct finding *const *findings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (findings[i]->recipe != NULL ||
		    !text_same(findings[i]->no_fix, findings[0]->no_fix))
			return NULL;
	return findings[0]->no_fix;
}

static size_t label_columns(const struct page *p,
			    const struct finding *const *group, size_t n)
{
	size_t widest = p->id_length;

	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; shows_evidence(p, group[k]) &&
		     i < group[k]->n_evidence; i++) {
			AUTO(str) char *label =
				kind_label(group[k]->evidence[i].kind);
			size_t columns = text_columns(label);

			if (columns > widest)
				widest = columns;
		}
	}
	return widest;
}

/* N findings about one certificate with one message.  SAID: how to repair them
 * was said for the whole rule.  */
static void put_group(struct page *p, const struct finding *const *group,
		      size_t n, bool said)
{
	AUTO(str) char *how = said ? NULL : repair(p, group, n, false);
	const char *reason = said ? NULL : common_reason(group, n);
	size_t columns = label_columns(p, group, n);
	struct shared shared = { .items = NULL };

	find_shared(group, n, &shared);
	put_head(p, group[0]);
	for (size_t i = 0; shows_evidence(p, group[0]) && i < shared.n; i++)
		put_rows(p, group[0], &shared.items[i], columns);
	for (size_t i = 0; i < n; i++)
		put_place(p, group[i], &shared, columns);
	free(shared.items);
	if (how != NULL) {
		AUTO(buf) struct buf rest = { .p = NULL };

		begin_labelled(p, _("fix"), columns, "", "", &rest);
		put_repair(p, how, group, n);
	}
	if (reason != NULL) {
		AUTO(str) char *text = text_escaped(reason);

		put_labelled(p, _("by hand"), columns, INK_PLAIN, text);
	}
}

/* ---- a rule ----------------------------------------------------------------*/

struct member {
	const struct finding *f;
	size_t index;		/* in report order */
	size_t first;		/* index of the first of its group */
};

static int compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* Where they lie makes no difference: that is said of the store.  */
static int compare_members(const struct finding *f, const struct finding *g)
{
	int order = (f->n_members > g->n_members) -
		    (f->n_members < g->n_members);

	for (size_t i = 0; order == 0 && i < f->n_members; i++) {
		const struct finding_member *m = &f->members[i];
		const struct finding_member *n = &g->members[i];

		order = compare_text(m->sha256, n->sha256);
		if (order == 0)
			order = compare_text(m->message, n->message);
		if (order == 0)
			order = (int)m->severity - (int)n->severity;
	}
	return order;
}

static int compare_subject(const struct member *x, const struct member *y)
{
	int order = compare_text(x->f->certificate.sha256,
				 y->f->certificate.sha256);

	if (order == 0)
		order = compare_text(x->f->message, y->f->message);
	return order != 0 ? order : compare_members(x->f, y->f);
}

static int by_subject(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = compare_subject(x, y);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static int by_first(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Puts the findings of one group together; groups stay in the order in which
 * they begin.  */
static struct member *group_findings(const struct finding *const *findings,
				     size_t n)
{
	struct member *m = xcalloc(n, sizeof(*m));

	for (size_t i = 0; i < n; i++)
		m[i] = (struct member){ .f = findings[i], .index = i };
	qsort(m, n, sizeof(*m), by_subject);
	for (size_t i = 0; i < n; i++)
		m[i].first = i > 0 && compare_subject(&m[i - 1], &m[i]) == 0 ?
			     m[i - 1].first : m[i].index;
	qsort(m, n, sizeof(*m), by_first);
	return m;
}

static void tell_why(struct page *p, const struct finding *f)
{
	AUTO(str) char *why = text_escaped(f->why);

	for (size_t i = 0; i < p->n_told; i++)
		if (text_same(p->told[i], f->rule_id))
			return;
	if (*why != '\0')
		pen_line(&p->pen, INK_DIM, "  ", "  ", why);
	grow(&p->told, p->n_told, &p->cap_told, sizeof(*p->told));
	p->told[p->n_told++] = f->rule_id;
}

/* How to repair all findings of the rule, if that is worth saying once.  */
static bool tell_repair(struct page *p, const struct finding *const *findings,
			size_t n)
{
	const char *reason = common_reason(findings, n);
	AUTO(str) char *text = NULL;

	if (reason != NULL) {
		text = text_escaped(reason);
		pen_begin(&p->pen, "  ", "  ");
		pen_words(&p->pen, INK_PLAIN, _("By hand:"));
		pen_words(&p->pen, INK_PLAIN, text);
		pen_end(&p->pen);
		return true;
	}
	if (count_fixable(findings, n) <= IDS_SHOWN)
		return false;
	text = repair(p, findings, n, true);
	if (text == NULL)
		return false;
	pen_begin(&p->pen, "  ", "  ");
	pen_words(&p->pen, INK_PLAIN, _("Fix all of it:"));
	put_repair(p, text, findings, n);
	return true;
}

static void put_title(struct page *p, const struct finding *f)
{
	AUTO(str) char *title = text_escaped(f->title);
	AUTO(str) char *id = text_escaped(f->rule_id);

	putc('\n', p->pen.f);
	pen_begin(&p->pen, "", "  ");
	pen_words(&p->pen, severity_ink[f->severity], title);
	pen_word(&p->pen, INK_DIM, p->m->dot);
	pen_word(&p->pen, INK_DIM, id);
	pen_end(&p->pen);
}

void text_rule(struct page *p, const struct finding *const *findings, size_t n)
{
	struct member *m = group_findings(findings, n);
	const struct finding **group = xcalloc(n, sizeof(*group));
	bool said;

	put_title(p, findings[0]);
	tell_why(p, findings[0]);
	said = tell_repair(p, findings, n);
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first; end < n && m[end].first == m[first].first;
		     end++)
			group[end - first] = m[end].f;
		putc('\n', p->pen.f);
		put_group(p, group, end - first, said);
	}
	free(group);
	free(m);
}
