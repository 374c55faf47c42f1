/* html-graph.c -- a certificate between those that signed it and those that it
 * signed, as SVG: who hangs on whom when an anchor goes.
 *
 * Only signatures that were verified are lines.  Issuers go up for LEVELS, what was
 * issued is one level below; what does not fit into a row is a number at its end.
 */
#include <stdlib.h>
#include <string.h>

#include "output/html.h"

#define LEVELS		4u		/* above the certificate */
#define ROW		4u		/* boxes side by side */
#define WIDTH		210u		/* of a box, pixels */
#define HEIGHT		46u
#define GAP_X		14u
#define GAP_Y		34u
#define NAME_COLUMNS	28u

struct box {
	const struct asset *asset;
	unsigned row, column;
};

struct graph {
	struct box boxes[(LEVELS + 2) * ROW];
	size_t n;
	unsigned in_row[LEVELS + 2];	/* the first one: the highest */
	unsigned left_out[LEVELS + 2];
};

static const struct box *box_of(const struct graph *g, const struct asset *a)
{
	for (size_t k = 0; k < g->n; k++)
		if (g->boxes[k].asset == a)
			return &g->boxes[k];
	return NULL;
}

static void add_box(struct graph *g, const struct asset *a, unsigned row)
{
	if (a == NULL || box_of(g, a) != NULL)
		return;
	if (g->in_row[row] == ROW) {
		g->left_out[row]++;
		return;
	}
	g->boxes[g->n++] = (struct box){ .asset = a, .row = row,
					 .column = g->in_row[row]++ };
}

static void add_issuers(const struct sheet *s, struct graph *g)
{
	for (unsigned row = LEVELS; row > 0; row--)
		for (size_t k = 0; k < g->n; k++) {
			size_t n;
			const struct asset_edge *e;

			if (g->boxes[k].row != row)
				continue;
			e = assets_edges(s->assets, g->boxes[k].asset->sha256,
					 &n);
			for (size_t j = 0; j < n; j++)
				add_box(g, html_asset(s, e[j].issuer), row - 1);
		}
}

static void add_issued(const struct sheet *s, struct graph *g,
		       const char *sha256)
{
	const struct assets *a = s->assets;

	for (size_t k = 0; k < a->n_edges; k++)
		if (strcmp(a->edges[k].issuer, sha256) == 0)
			add_box(g, html_asset(s, a->edges[k].sha256),
				LEVELS + 1);
}

static unsigned x_of(const struct box *b)
{
	return 1 + b->column * (WIDTH + GAP_X);
}

static unsigned y_of(const struct box *b, unsigned top)
{
	return 1 + (b->row - top) * (HEIGHT + GAP_Y);
}

static const char *class_of(const struct sheet *s, const struct asset *a)
{
	if (html_is_distrusted(a))
		return "refused";
	if (a->decoded && a->not_after <= s->report->now)
		return "ended";
	if (html_is_anchor(a))
		return "anchor";
	return a->n > 0 ? "there" : "absent";
}

static void put_box(const struct sheet *s, const struct box *b, unsigned top,
		    const char *sha256)
{
	const struct asset *a = b->asset;
	const unsigned x = x_of(b), y = y_of(b, top);
	char until[TIME_SIZE] = "?";

	if (a->decoded)
		html_date(a->not_after, until);
	fprintf(s->f, "<g class=\"box %s%s\"><title>", class_of(s, a),
		strcmp(a->sha256, sha256) == 0 ? " this" : "");
	html_words(s->f, a->subject);
	fputs(" ", s->f);
	html_words(s->f, a->sha256);
	fprintf(s->f, "</title><rect x=\"%u\" y=\"%u\" width=\"%u\" "
		"height=\"%u\" rx=\"5\"/><text x=\"%u\" y=\"%u\">", x, y,
		WIDTH, HEIGHT, x + 8, y + 19);
	html_short(s->f, html_name(a), NAME_COLUMNS);
	fprintf(s->f, "</text><text class=\"small\" x=\"%u\" y=\"%u\">%s · ",
		x + 8, y + 36, until);
	if (html_is_distrusted(a))
		html_words(s->f, _("distrusted"));
	else if (html_is_anchor(a))
		html_words(s->f, _("trusted"));
	else
		html_words(s->f, a->n > 0 ? _("not an anchor") :
			   _("not on this host"));
	fputs("</text></g>\n", s->f);
}

static void put_lines(const struct sheet *s, const struct graph *g, unsigned top)
{
	for (size_t k = 0; k < g->n; k++) {
		const struct box *from = &g->boxes[k];
		size_t n;
		const struct asset_edge *e = assets_edges(s->assets,
						from->asset->sha256, &n);

		for (size_t j = 0; j < n; j++) {
			const struct box *to = box_of(g, html_asset(s,
							e[j].issuer));

			if (to == NULL || to->row >= from->row)
				continue;
			fprintf(s->f, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" "
				"y2=\"%u\"/>", x_of(from) + WIDTH / 2,
				y_of(from, top), x_of(to) + WIDTH / 2,
				y_of(to, top) + HEIGHT);
		}
	}
}

void html_graph(const struct sheet *s, const char *sha256)
{
	struct graph g = { .n = 0 };
	const struct asset *a = html_asset(s, sha256);
	unsigned top = LEVELS, bottom = LEVELS, columns = 0, width, height;

	if (a == NULL)
		return;
	add_box(&g, a, LEVELS);
	add_issuers(s, &g);
	add_issued(s, &g, sha256);
	if (g.n < 2)
		return;
	while (top > 0 && g.in_row[top - 1] > 0)
		top--;
	if (g.in_row[LEVELS + 1] > 0)
		bottom++;
	for (unsigned row = top; row <= bottom; row++) {
		const unsigned n = g.in_row[row] + (g.left_out[row] > 0);

		columns = n > columns ? n : columns;
	}
	width = columns * (WIDTH + GAP_X);
	height = (bottom - top + 1) * (HEIGHT + GAP_Y) - GAP_Y + 2;
	fputs("<h4>", s->f);
	html_words(s->f, _("Who signed whom"));
	fprintf(s->f, "</h4>\n<div class=\"wide\"><svg class=\"graph\" "
		"role=\"img\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\"", width, height, width, height);
	html_attribute(s->f, "aria-label", _("Who signed whom"));
	fputs(">\n", s->f);
	put_lines(s, &g, top);
	for (size_t k = 0; k < g.n; k++)
		put_box(s, &g.boxes[k], top, sha256);
	for (unsigned row = top; row <= bottom; row++)
		if (g.left_out[row] > 0)
			fprintf(s->f, "<text x=\"%u\" y=\"%u\">+ %u</text>\n",
				ROW * (WIDTH + GAP_X), (row - top) *
				(HEIGHT + GAP_Y) + HEIGHT / 2 + 5,
				g.left_out[row]);
	fputs("</svg></div>\n", s->f);
}
