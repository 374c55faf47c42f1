/* html-timeline.c -- what ends when: anchors that expire, and what relying parties
 * accept today and will refuse (v_timeline), by month as a chart and by day as a
 * list.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/html.h"

#define MONTHS		36u
#define EVENTS		120u		/* in the list */
#define PARTIES		6u		/* that an event names */
#define BAR		14u		/* pixels, and 2 between */
#define HEIGHT		90u

/* One certificate's end, or what one certificate no longer does.  */
struct event {
	int64_t time;
	const struct asset *asset;
	const char *reason;		/* NULL: it expires */
	const char *parties[PARTIES];
	size_t n_parties;
};

struct events {
	struct event *items;
	size_t n, cap;
};

static int compare_events(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	int order = (x->time > y->time) - (x->time < y->time);

	if (order == 0)
		order = (x->reason != NULL) - (y->reason != NULL);
	return order != 0 ? order : strcmp(x->asset->sha256, y->asset->sha256);
}

static void add_breaks(const struct sheet *s, struct events *e)
{
	const struct assets *a = s->assets;

	/* In the view's order: those of one certificate at one time are not
	 * always neighbours, but parties are few.  */
	for (size_t k = 0; k < a->n_events; k++) {
		const struct asset_event *v = &a->events[k];
		const struct asset *c = html_asset(s, v->sha256);
		struct event *last = NULL;

		if (c == NULL || v->time <= s->report->now)
			continue;
		for (size_t j = e->n; j-- > 0 && last == NULL &&
		     e->items[j].time == v->time;)
			if (e->items[j].asset == c && e->items[j].reason != NULL)
				last = &e->items[j];
		if (last == NULL) {
			grow(&e->items, e->n, &e->cap, sizeof(*e->items));
			last = &e->items[e->n++];
			*last = (struct event){ .time = v->time, .asset = c,
						.reason = v->reason };
		}
		if (last->n_parties < PARTIES)
			last->parties[last->n_parties] = v->party;
		last->n_parties++;
	}
}

static void events_make(const struct sheet *s, struct events *ret)
{
	struct events e = { .n = 0 };

	add_breaks(s, &e);
	for (size_t k = 0; k < s->assets->n; k++) {
		const struct asset *a = &s->assets->items[k];

		if (!a->decoded || a->not_after <= s->report->now ||
		    !html_is_anchor(a))
			continue;
		grow(&e.items, e.n, &e.cap, sizeof(*e.items));
		e.items[e.n++] = (struct event){ .time = a->not_after,
						 .asset = a };
	}
	if (e.n > 0)
		qsort(e.items, e.n, sizeof(*e.items), compare_events);
	*ret = e;
}

/* Months since the year 0.  */
static int64_t month_of(int64_t t)
{
	char text[TIME_SIZE];

	time_format(t, text);
	return strtoll(text, NULL, 10) * 12 + strtoll(text + 5, NULL, 10) - 1;
}

static void put_bar(FILE *f, const char *class, size_t k, unsigned y, unsigned h)
{
	fprintf(f, "<rect class=\"%s\" x=\"%zu\" y=\"%u\" width=\"%u\" "
		"height=\"%u\"/>", class, k * (BAR + 2), y, BAR, h);
}

static void put_chart(const struct sheet *s, const struct events *e)
{
	size_t ends[MONTHS] = { 0 }, breaks[MONTHS] = { 0 }, most = 1;
	const int64_t first = month_of(s->report->now);

	for (size_t k = 0; k < e->n; k++) {
		const int64_t at = month_of(e->items[k].time) - first;

		if (at < 0 || at >= (int64_t)MONTHS)
			continue;
		if (e->items[k].reason != NULL)
			breaks[at]++;
		else
			ends[at]++;
		if (ends[at] + breaks[at] > most)
			most = ends[at] + breaks[at];
	}
	fprintf(s->f, "<div class=\"wide\"><svg class=\"chart\" role=\"img\" "
		"width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\"",
		MONTHS * (BAR + 2), HEIGHT + 20, MONTHS * (BAR + 2),
		HEIGHT + 20);
	html_attribute(s->f, "aria-label", _("What ends in the next three years, "
					     "by month"));
	fputs(">\n", s->f);
	for (size_t k = 0; k < MONTHS; k++) {
		const unsigned red = (unsigned)(breaks[k] * HEIGHT / most);
		const unsigned grey = (unsigned)(ends[k] * HEIGHT / most);
		const int64_t month = (first + (int64_t)k) % 12 + 1;

		fprintf(s->f, "<g><title>%04ju-%02ju: %zu + %zu</title>",
			(uintmax_t)(first + (int64_t)k) / 12,
			(uintmax_t)month, ends[k], breaks[k]);
		put_bar(s->f, "base", k, HEIGHT, 1);
		if (grey > 0)
			put_bar(s->f, "ends", k, HEIGHT - grey, grey);
		if (red > 0)
			put_bar(s->f, "breaks", k, HEIGHT - grey - red, red);
		fputs("</g>\n", s->f);
		if (month == 1 || k == 0)
			fprintf(s->f, "<text x=\"%zu\" y=\"%u\">%ju</text>\n",
				k * (BAR + 2), HEIGHT + 15, (uintmax_t)
				(first + (int64_t)k) / 12);
	}
	fputs("</svg></div>\n<p class=\"key\"><span class=\"ends\">■</span> ",
	      s->f);
	html_words(s->f, _("a trusted certificate expires"));
	fputs(" <span class=\"breaks\">■</span> ", s->f);
	html_words(s->f, _("what is accepted now will be refused"));
	fputs("</p>\n", s->f);
}

static void put_event(const struct sheet *s, const struct event *e)
{
	AUTO(str) char *when = html_distance(e->time, s->report->now);
	char day[TIME_SIZE];
	const size_t named = e->n_parties < PARTIES ? e->n_parties : PARTIES;

	html_date(e->time, day);
	fprintf(s->f, "<tr class=\"%s\"><td class=\"date\">%s</td><td>",
		e->reason != NULL ? "breaks" : "ends", day);
	html_words(s->f, when);
	fputs("</td><td>", s->f);
	html_words(s->f, html_name(e->asset));
	fputs("</td><td>", s->f);
	if (e->reason == NULL) {
		html_words(s->f, _("expires"));
	} else {
		AUTO(buf) struct buf names;
		AUTO(str) char *words = NULL;

		buf_init(&names, LIMIT_TEXT_BYTES);
		for (size_t k = 0; k < named; k++) {
			buf_adds(&names, k > 0 ? ", " : "");
			buf_adds(&names, translated(e->parties[k]));
		}
		if (named < e->n_parties)
			buf_addf(&names, " + %zu", e->n_parties - named);
		words = xasprintf(_("refused by %s"), buf_str(&names));
		html_words(s->f, words);
	}
	fputs("</td></tr>\n", s->f);
}

void html_timeline(const struct sheet *s)
{
	struct events e;

	events_make(s, &e);
	fputs("<section id=\"time\">\n<h2>", s->f);
	html_words(s->f, _("What ends when"));
	fputs("</h2>\n", s->f);
	put_chart(s, &e);
	fputs("<div class=\"wide\"><table class=\"events\">\n<tbody>\n", s->f);
	for (size_t k = 0; k < e.n && k < EVENTS; k++)
		put_event(s, &e.items[k]);
	fputs("</tbody></table></div>\n", s->f);
	if (e.n > EVENTS)
		fprintf(s->f, "<p class=\"quiet\">+ %zu</p>\n", e.n - EVENTS);
	fputs("</section>\n", s->f);
	free(e.items);
}
