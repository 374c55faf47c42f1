/* html.c -- a report to look at: one file that needs nothing else, for whoever opens
 * it in a browser, on a telephone, on paper.
 *
 * Style and script are data/report/report.css and report.js, put into the page; its
 * Content-Security-Policy (W3C CSP 3) allows these two by their hashes and nothing
 * else, so that a certificate's name that got through as markup would still not run,
 * nor call home.  Without scripts everything is there and open; with them findings
 * can be filtered.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "output/html.h"

#define PART_BYTES	(256u << 10)	/* of style, of script */
#define PROBLEMS	500u		/* that are listed */

/* ---- text ------------------------------------------------------------------*/

void html_words(FILE *f, const char *text)
{
	AUTO(str) char *s = shown(text);

	put_markup(f, s, strlen(s));
}

void html_short(FILE *f, const char *text, size_t columns)
{
	AUTO(str) char *s = shown(text);

	if (text_columns(s) <= columns) {
		put_markup(f, s, strlen(s));
		return;
	}
	put_markup(f, s, text_fit(s, columns - 1));
	fputs("…", f);
}

void html_attribute(FILE *f, const char *name, const char *text)
{
	fprintf(f, " %s=\"", name);
	html_words(f, text);
	fputc('"', f);
}

void html_element(FILE *f, const char *name, const char *class,
		  const char *text)
{
	fprintf(f, "<%s", name);
	if (class != NULL)
		fprintf(f, " class=\"%s\"", class);
	fputc('>', f);
	html_words(f, text);
	fprintf(f, "</%s>", name);
}

void html_date(int64_t time, char *ret_date)
{
	time_format(time, ret_date);
	ret_date[10] = '\0';
}

char *html_distance(int64_t time, int64_t now)
{
	AUTO(str) char *how_long = text_duration(time > now ? time - now :
						 now - time);

	return xasprintf(time > now ? _("in %s") : _("%s ago"), how_long);
}

/* ---- certificates -----------------------------------------------------------*/

const struct asset *html_asset(const struct sheet *s, const char *sha256)
{
	return sha256 != NULL ? assets_find(s->assets, sha256) : NULL;
}

const char *html_name(const struct asset *a)
{
	if (a->name[0] != '\0')
		return a->name;
	return a->subject[0] != '\0' ? a->subject : a->sha256;
}

bool html_is_anchor(const struct asset *a)
{
	return asset_has_role(a, role_name(ROLE_ANCHOR));
}

bool html_is_distrusted(const struct asset *a)
{
	return asset_has_role(a, role_name(ROLE_DISTRUST));
}

/* ---- the head ---------------------------------------------------------------*/

/* What the messages are in: the catalogue of messages says it in its header.  */
static char *language(void)
{
	static const char field[] = "Language: ", head[] = "";
	const char *header = gettext(head), *at = strstr(header, field);
	size_t n;

	if (at == NULL)
		return xstrdup("en");
	at += sizeof(field) - 1;
	n = strcspn(at, "\n_@ ");
	return n > 0 ? xstrndup(at, n) : xstrdup("en");
}

/* A file of data/report; NULL: it is not there, and *ret_error is why.  */
static char *part_load(const char *name, int *ret_error)
{
	AUTO(str) char *path = xasprintf("%s/report/%s", data_dir(), name);
	char *text = NULL;
	size_t n;

	*ret_error = file_slurp(path, PART_BYTES, &text, &n);
	if (*ret_error < 0)
		log_error("%s: %s", path, error_words(*ret_error));
	return text;
}

/* CSP 3 section 2.3.1: 'sha256-BASE64' */
static void put_hash(FILE *f, const char *text)
{
	char base64[SHA256_BASE64_SIZE];

	hash_base64(text, base64);
	fprintf(f, "'sha256-%s'", base64);
}

static void put_head(const struct sheet *s, const char *style,
		     const char *script)
{
	AUTO(str) char *tongue = language();
	const struct report *r = s->report;
	AUTO(str) char *title = xasprintf(_("%s: %s"), r->host_name != NULL ?
		r->host_name : r->root, _("certificate authorities"));
	FILE *f = s->f;

	fprintf(f, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\""
		"default-src 'none'; base-uri 'none'; form-action 'none'; "
		"style-src ", tongue);
	put_hash(f, style);
	fputs("; script-src ", f);
	put_hash(f, script);
	fputs("\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"generator\" content=\"trustdrift ", f);
	html_words(f, r->tool);
	fputs("\">\n<title>", f);
	html_words(f, title);
	fprintf(f, "</title>\n<style>%s</style>\n</head>\n<body>\n", style);
}

/* ---- the top ----------------------------------------------------------------*/

static const char *const verdicts[] = {
	[SEVERITY_INFO] = N_("Nothing that needs to be done"),
	[SEVERITY_LOW] = N_("Small things to tidy up"),
	[SEVERITY_MEDIUM] = N_("Something is wrong that should be repaired"),
	[SEVERITY_HIGH] = N_("Something breaks, or is about to"),
};

static void put_number(FILE *f, const char *class, size_t n, const char *words)
{
	fprintf(f, "<li class=\"%s\"><b>%zu</b> ", class, n);
	html_words(f, words);
	fputs("</li>\n", f);
}

static void put_summary(const struct sheet *s, const struct tally *t)
{
	const struct report *r = s->report;
	size_t anchors = 0;

	for (size_t k = 0; k < s->assets->n; k++)
		anchors += html_is_anchor(&s->assets->items[k]);
	fputs("<ul class=\"tiles\">\n", s->f);
	for (int k = SEVERITY_HIGH; k >= SEVERITY_INFO; k--)
		put_number(s->f, t->found[k] > 0 ? severity_name(k) : "none",
			   t->found[k], _(severity_name(k)));
	put_number(s->f, "plain", r->stores,
		   ngettext("store found", "stores found", r->stores));
	put_number(s->f, "plain", anchors,
		   ngettext("trusted certificate", "trusted certificates",
			    anchors));
	if (t->unknown > 0)
		put_number(s->f, "medium", t->unknown, _("not known"));
	if (t->waived > 0)
		put_number(s->f, "plain", t->waived, _("waived"));
	fputs("</ul>\n", s->f);
}

static void put_top(const struct sheet *s)
{
	const struct report *r = s->report;
	char when[TIME_SIZE];
	struct tally t;
	int worst = -1;

	tally_count(r, s->options, &t);
	for (int k = SEVERITY_INFO; k <= SEVERITY_HIGH; k++)
		if (t.found[k] > 0)
			worst = k;
	time_format(r->now, when);
	fputs("<header>\n<p class=\"host\">", s->f);
	html_words(s->f, r->host_name != NULL ? r->host_name : "");
	if (strcmp(r->root, "/") != 0) {
		fputs(" <code>", s->f);
		html_words(s->f, r->root);
		fputs("</code>", s->f);
	}
	if (r->host_os != NULL) {
		fputs(" · ", s->f);
		html_words(s->f, r->host_os);
	}
	fprintf(s->f, " · <time datetime=\"%s\">%s</time></p>\n", when, when);
	fprintf(s->f, "<h1 class=\"%s\">", worst >= 0 ? severity_name(worst) :
		r->stores == 0 ? "medium" : "good");
	if (r->stores == 0)
		html_words(s->f, _("No store was found"));
	else
		html_words(s->f, worst < 0 ? _("All stores agree") :
			   _(verdicts[worst]));
	fputs("</h1>\n", s->f);
	put_summary(s, &t);
	if (r->incomplete) {
		fputs("<p class=\"warning\">", s->f);
		html_words(s->f, only_a_rule_failed(r) ?
			   _("A rule could not be judged: it is said below.") :
			   _("Not everything could be read: what is not "
			     "known is said below."));
		fputs("</p>\n", s->f);
	}
	if (r->note != NULL)
		html_element(s->f, "p", "warning", r->note);
	fputs("<nav><a href=\"#findings\">", s->f);
	html_words(s->f, _("Findings"));
	fputs("</a> <a href=\"#stores\">", s->f);
	html_words(s->f, _("Stores"));
	fputs("</a> <a href=\"#time\">", s->f);
	html_words(s->f, _("What ends when"));
	fputs("</a> <a href=\"#problems\">", s->f);
	html_words(s->f, _("Not read"));
	fputs("</a></nav>\n</header>\n<main>\n", s->f);
}

/* ---- the end ----------------------------------------------------------------*/

static void put_problem(const struct sheet *s, const struct problem_report *p)
{
	fputs("<li><code>", s->f);
	html_words(s->f, p->path);
	fputs("</code> ", s->f);
	html_words(s->f, p->message);
	if (p->skipped) {
		fputs(" <i>", s->f);
		html_words(s->f, _("(its programs pass over it, too)"));
		fputs("</i>", s->f);
	}
	fputs("</li>\n", s->f);
}

static void put_problems(const struct sheet *s)
{
	const struct report *r = s->report;

	fputs("<section id=\"problems\">\n<h2>", s->f);
	html_words(s->f, _("What could not be read"));
	fputs("</h2>\n", s->f);
	if (r->n_problems == 0)
		html_element(s->f, "p", "quiet", _("Everything was read."));
	fputs("<ul class=\"problems\">\n", s->f);
	for (size_t k = 0; k < r->n_problems && k < PROBLEMS; k++)
		put_problem(s, &r->problems[k]);
	fputs("</ul>\n", s->f);
	if (r->n_problems > PROBLEMS)
		fprintf(s->f, "<p>+ %zu</p>\n", r->n_problems - PROBLEMS);
	fputs("</section>\n", s->f);
}

int html_write(const struct report *r, const struct output_options *o, FILE *f)
{
	static const struct assets nothing = { .n = 0 };
	const struct sheet s = {
		.f = f, .report = r, .options = o,
		.assets = o->assets != NULL ? o->assets : &nothing };
	AUTO(str) char *style = NULL, *script = NULL;
	int e;

	style = part_load("report.css", &e);
	if (e == 0)
		script = part_load("report.js", &e);
	if (e < 0)
		return e;
	put_head(&s, style, script);
	put_top(&s);
	html_findings(&s);
	html_matrix(&s);
	html_timeline(&s);
	put_problems(&s);
	fputs("</main>\n<footer><p>", f);
	html_words(f, r->tool);
	fprintf(f, "</p></footer>\n<script>%s</script>\n</body>\n</html>\n",
		script);
	return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}
