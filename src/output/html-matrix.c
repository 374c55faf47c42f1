/* html-matrix.c -- which store trusts which certificate, where they do not agree.
 *
 * A host has fifty stores, and most of them hold the same list: those that hold the
 * same are one column.  A column of at least LIST_LEAST anchors is a list of the
 * public authorities, and only such can lack one of another: a store with the one
 * authority of a network lacks nothing.  Rows on which all lists agree, and which
 * nobody distrusts, are names below the table; what nobody trusts is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "output/html.h"

#define LIST_LEAST	20u
#define COLUMNS		26u		/* that fit; those with most anchors */
#define ROWS		600u
#define AGREED		2000u		/* names */
#define PATHS		4u		/* of a column's stores */
#define NAME_COLUMNS	44u

enum state { STATE_ABSENT, STATE_PRESENT, STATE_ANCHOR, STATE_DISTRUST };

/* What one store says of one certificate, the strongest of its entries.  */
struct cell {
	size_t asset;
	enum state state;
};

struct held {
	const struct asset_store *store;
	struct cell *cells;		/* by asset */
	size_t n, cap, anchors, refused;
	size_t column;
};

struct matrix {
	struct held *stores;		/* that hold something, the largest
					 * first, the same ones together */
	size_t n;
	size_t columns, left_out;
};

static enum state state_of(const struct asset_place *p)
{
	if (strcmp(p->role, role_name(ROLE_ANCHOR)) == 0)
		return STATE_ANCHOR;
	if (strcmp(p->role, role_name(ROLE_DISTRUST)) == 0)
		return STATE_DISTRUST;
	return STATE_PRESENT;
}

static void hold(struct held *h, size_t asset, enum state state)
{
	struct cell *last = h->n > 0 ? &h->cells[h->n - 1] : NULL;

	if (last != NULL && last->asset == asset) {
		if (state > last->state)
			last->state = state;
		return;
	}
	grow(&h->cells, h->n, &h->cap, sizeof(*h->cells));
	h->cells[h->n++] = (struct cell){ .asset = asset, .state = state };
}

static int compare_cells(const struct held *x, const struct held *y)
{
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	for (size_t k = 0; k < x->n; k++) {
		const struct cell *a = &x->cells[k], *b = &y->cells[k];

		if (a->asset != b->asset)
			return a->asset < b->asset ? -1 : 1;
		if (a->state != b->state)
			return a->state < b->state ? -1 : 1;
	}
	return 0;
}

static int compare_held(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	int order = (x->anchors < y->anchors) - (x->anchors > y->anchors);

	if (order == 0)
		order = compare_cells(x, y);
	return order != 0 ? order : strcmp(x->store->path, y->store->path);
}

static void matrix_make(const struct assets *a, struct matrix *ret)
{
	struct matrix m = { .stores = xcalloc(a->n_stores + 1,
					      sizeof(*m.stores)) };
	size_t kept = 0;

	for (size_t k = 0; k < a->n_stores; k++)
		m.stores[k].store = &a->stores[k];
	for (size_t k = 0; k < a->n; k++)
		for (size_t j = 0; j < a->items[k].n; j++) {
			const struct asset_place *p = &a->items[k].places[j];

			hold(&m.stores[p->store - a->stores], k, state_of(p));
		}
	for (size_t k = 0; k < a->n_stores; k++) {
		struct held *h = &m.stores[k];

		for (size_t j = 0; j < h->n; j++) {
			h->anchors += h->cells[j].state == STATE_ANCHOR;
			h->refused += h->cells[j].state == STATE_DISTRUST;
		}
		/* What only lies there says nothing of trust.  */
		if (h->anchors + h->refused > 0)
			m.stores[kept++] = *h;
		else
			free(h->cells);
	}
	m.n = kept;
	qsort(m.stores, m.n, sizeof(*m.stores), compare_held);
	for (size_t k = 0; k < m.n; k++) {
		m.columns += k == 0 || compare_cells(&m.stores[k - 1],
						     &m.stores[k]) != 0;
		m.stores[k].column = m.columns - 1;
	}
	if (m.columns > COLUMNS) {
		m.left_out = m.columns - COLUMNS;
		m.columns = COLUMNS;
	}
	*ret = m;
}

static void matrix_done(struct matrix *m)
{
	for (size_t k = 0; k < m->n; k++)
		free(m->stores[k].cells);
	free(m->stores);
}

/* The first store of a column.  */
static const struct held *column_of(const struct matrix *m, size_t column)
{
	for (size_t k = 0; k < m->n; k++)
		if (m->stores[k].column == column)
			return &m->stores[k];
	return NULL;
}

static int compare_asset(const void *key, const void *cell)
{
	const size_t a = *(const size_t *)key;
	const size_t b = ((const struct cell *)cell)->asset;

	return (a > b) - (a < b);
}

static enum state look_up(const struct held *h, size_t asset)
{
	const struct cell *c = bsearch(&asset, h->cells, h->n,
				       sizeof(*h->cells), compare_asset);

	return c != NULL ? c->state : STATE_ABSENT;
}

/* ---- rows -------------------------------------------------------------------*/

struct row {
	const struct asset *asset;
	enum state states[COLUMNS];
	bool trusted, refused, lacking;
};

static void row_make(const struct held *const *columns, size_t n,
		     const struct assets *a, size_t asset, struct row *ret)
{
	*ret = (struct row){ .asset = &a->items[asset] };
	for (size_t k = 0; k < n; k++) {
		const enum state state = look_up(columns[k], asset);

		ret->states[k] = state;
		ret->trusted |= state == STATE_ANCHOR;
		ret->refused |= state == STATE_DISTRUST;
		ret->lacking |= state != STATE_ANCHOR &&
				columns[k]->anchors >= LIST_LEAST;
	}
}

/* A to Z.  */
static char letter(size_t column)
{
	return (char)('A' + column);
}

/* Without the place, which the path is.  */
static void put_party(FILE *f, const struct asset_store *store)
{
	AUTO(str) char *type = xstrndup(store->party,
					strcspn(store->party, ":"));

	html_words(f, *type != '\0' ? type : store->kind);
}

static void put_legend(const struct sheet *s, const struct matrix *m,
		       size_t column)
{
	const struct held *first = column_of(m, column);
	size_t shown = 0, all = 0;

	fprintf(s->f, "<tr><th scope=\"row\">%c</th><td class=\"number\">%zu"
		"</td><td>", letter(column), first->anchors);
	for (size_t k = 0; k < m->n; k++) {
		const struct asset_store *store = m->stores[k].store;

		if (m->stores[k].column != column)
			continue;
		all++;
		if (shown == PATHS)
			continue;
		if (shown++ > 0)
			fputs("<br>", s->f);
		fputs("<code>", s->f);
		html_words(s->f, store->path);
		fputs("</code> <span class=\"quiet\">", s->f);
		put_party(s->f, store);
		fputs("</span>", s->f);
	}
	if (all > shown) {
		AUTO(str) char *more = xasprintf(_("and %zu more"), all - shown);

		fputs("<br>", s->f);
		html_element(s->f, "span", "quiet", more);
	}
	fputs("</td></tr>\n", s->f);
}

static void put_cell(FILE *f, enum state state)
{
	switch (state) {
	case STATE_ANCHOR:
		fputs("<td class=\"y\">●</td>", f);
		return;
	case STATE_DISTRUST:
		fputs("<td class=\"x\">✕</td>", f);
		return;
	case STATE_PRESENT:
		fputs("<td class=\"p\">○</td>", f);
		return;
	case STATE_ABSENT:
		fputs("<td></td>", f);
	}
}

static void put_table_row(const struct sheet *s, const struct row *r, size_t n)
{
	const struct asset *a = r->asset;
	char until[TIME_SIZE] = "";

	if (a->decoded)
		html_date(a->not_after, until);
	fputs("<tr><th scope=\"row\"", s->f);
	html_attribute(s->f, "title", a->sha256);
	fputc('>', s->f);
	html_short(s->f, html_name(a), NAME_COLUMNS);
	fprintf(s->f, "</th><td class=\"date%s\">%s</td>", a->decoded &&
		a->not_after <= s->report->now ? " ended" : "", until);
	for (size_t k = 0; k < n; k++)
		put_cell(s->f, r->states[k]);
	fputs("</tr>\n", s->f);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	const struct asset *p = x->asset, *q = y->asset;
	int order = (int)(y->refused && y->trusted) -
		    (int)(x->refused && x->trusted);

	if (order == 0)
		order = strcmp(html_name(p), html_name(q));
	return order != 0 ? order : strcmp(p->sha256, q->sha256);
}

static void put_rows(const struct sheet *s, const struct row *rows, size_t n,
		     size_t columns)
{
	fputs("<div class=\"wide\"><table class=\"matrix\">\n<thead><tr>"
	      "<th scope=\"col\">", s->f);
	html_words(s->f, _("Authority"));
	fputs("</th><th scope=\"col\">", s->f);
	html_words(s->f, _("until"));
	fputs("</th>", s->f);
	for (size_t k = 0; k < columns; k++)
		fprintf(s->f, "<th scope=\"col\">%c</th>", letter(k));
	fputs("</tr></thead>\n<tbody>\n", s->f);
	for (size_t k = 0; k < n && k < ROWS; k++)
		put_table_row(s, &rows[k], columns);
	fputs("</tbody></table></div>\n", s->f);
	if (n > ROWS)
		fprintf(s->f, "<p class=\"quiet\">+ %zu</p>\n", n - ROWS);
	fputs("<p class=\"key\"><span class=\"y\">●</span> ", s->f);
	html_words(s->f, _("trusted"));
	fputs(" <span class=\"p\">○</span> ", s->f);
	html_words(s->f, _("there, not as an anchor"));
	fputs(" <span class=\"x\">✕</span> ", s->f);
	html_words(s->f, _("distrusted"));
	fputs("</p>\n", s->f);
}

static void put_agreed(const struct sheet *s, const struct row *rows, size_t n)
{
	AUTO(str) char *title = xasprintf(ngettext(
		"%zu authority that every list trusts",
		"%zu authorities that every list trusts", n), n);

	if (n == 0)
		return;
	fputs("<details class=\"agreed\"><summary>", s->f);
	html_words(s->f, title);
	fputs("</summary><ul>\n", s->f);
	for (size_t k = 0; k < n && k < AGREED; k++)
		html_element(s->f, "li", NULL, html_name(rows[k].asset));
	fputs("</ul></details>\n", s->f);
}

/* Those that differ to the front, in order; returns how many, *ret_agreed follow
 * behind them.  */
static size_t rows_make(const struct sheet *s, const struct matrix *m,
			struct row *rows, size_t *ret_agreed)
{
	const struct held *columns[COLUMNS] = { NULL };
	const struct assets *a = s->assets;
	size_t n = 0, end = a->n;

	for (size_t k = 0; k < m->columns; k++)
		columns[k] = column_of(m, k);
	for (size_t k = 0; k < a->n; k++) {
		struct row r;

		row_make(columns, m->columns, a, k, &r);
		if (!r.trusted)
			continue;
		if (r.lacking || r.refused)
			rows[n++] = r;
		else
			rows[--end] = r;
	}
	*ret_agreed = a->n - end;
	memmove(&rows[n], &rows[end], *ret_agreed * sizeof(*rows));
	qsort(rows, n, sizeof(*rows), compare_rows);
	qsort(&rows[n], *ret_agreed, sizeof(*rows), compare_rows);
	return n;
}

void html_matrix(const struct sheet *s)
{
	struct row *rows = xcalloc(s->assets->n + 1, sizeof(*rows));
	struct matrix m;
	size_t n, agreed;

	matrix_make(s->assets, &m);
	n = rows_make(s, &m, rows, &agreed);
	fputs("<section id=\"stores\">\n<h2>", s->f);
	html_words(s->f, _("Stores, and where they disagree"));
	fputs("</h2>\n<table class=\"legend\">\n<thead><tr><th></th><th>",
	      s->f);
	html_words(s->f, _("trusts"));
	fputs("</th><th>", s->f);
	html_words(s->f, _("stores that hold the same"));
	fputs("</th></tr></thead>\n<tbody>\n", s->f);
	for (size_t k = 0; k < m.columns; k++)
		put_legend(s, &m, k);
	fputs("</tbody></table>\n", s->f);
	if (m.left_out > 0) {
		AUTO(str) char *more = xasprintf(ngettext(
			"%zu more set of stores is not drawn.",
			"%zu more sets of stores are not drawn.",
			m.left_out), m.left_out);

		html_element(s->f, "p", "quiet", more);
	}
	if (n > 0)
		put_rows(s, rows, n, m.columns);
	else
		html_element(s->f, "p", "quiet", _("They agree."));
	put_agreed(s, &rows[n], agreed);
	fputs("</section>\n", s->f);
	free(rows);
	matrix_done(&m);
}
