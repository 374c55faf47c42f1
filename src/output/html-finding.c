/* html-finding.c -- the findings of a page: each folded to a line, with its evidence,
 * the graph around its certificate, and what repairs it.
 */
#include <stdlib.h>
#include <string.h>

#include "output/html.h"

#define FINDINGS	2000u		/* more than that, and no browser is quick */
#define MEMBERS		400u		/* of one finding */
#define EVIDENCE	200u

/* Of a row of evidence, as deep as it lies.  */
static void put_evidence_row(FILE *f, const struct evidence *e)
{
	fputs("<li>", f);
	for (int k = 0; k < e->depth && k < 12; k++)
		fputs("<span class=\"deeper\">└</span>", f);
	html_words(f, e->text);
	fputs("</li>\n", f);
}

static void put_evidence(const struct sheet *s, const struct finding *x)
{
	const size_t n = x->n_evidence < EVIDENCE ? x->n_evidence : EVIDENCE;

	for (size_t k = 0; k < n; k++) {
		const struct evidence *e = &x->evidence[k];

		if (k == 0 || strcmp(e->kind, e[-1].kind) != 0) {
			AUTO(str) char *kind = xstrdup(translated(e->kind));

			for (char *c = kind; *c != '\0'; c++)
				if (*c == '-' || *c == '_')
					*c = ' ';
			html_element(s->f, "h4", NULL, kind);
			fputs("<ul class=\"evidence\">\n", s->f);
		}
		put_evidence_row(s->f, e);
		if (k + 1 == n || strcmp(e->kind, e[1].kind) != 0)
			fputs("</ul>\n", s->f);
	}
	if (n < x->n_evidence)
		fprintf(s->f, "<p class=\"quiet\">+ %zu</p>\n",
			x->n_evidence - n);
}

static void put_row(FILE *f, const char *what, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	html_element(f, "dt", NULL, what);
	fputs("<dd>", f);
	html_words(f, text);
	fputs("</dd>\n", f);
}

static void put_place(FILE *f, const char *location, const char *label,
		      bool has_offset, uint64_t offset)
{
	fputs("<code>", f);
	html_words(f, location);
	fputs("</code>", f);
	if (label != NULL && *label != '\0') {
		fputs(" “", f);
		html_words(f, label);
		fputs("”", f);
	}
	if (has_offset && offset > 0)
		fprintf(f, " <span class=\"quiet\">@%ju</span>",
			(uintmax_t)offset);
}

static void put_facts(const struct sheet *s, const struct finding *x)
{
	const struct report *r = s->report;
	char from[TIME_SIZE], until[TIME_SIZE];

	fputs("<dl>\n", s->f);
	if (x->store_path != NULL) {
		html_element(s->f, "dt", NULL, _("Store"));
		fputs("<dd><code>", s->f);
		html_words(s->f, x->store_path);
		fputs("</code> <span class=\"quiet\">", s->f);
		html_words(s->f, x->store_kind);
		fputs("</span></dd>\n", s->f);
	}
	put_row(s->f, _("Read by"), x->party);
	if (x->location != NULL) {
		html_element(s->f, "dt", NULL, _("Where"));
		fputs("<dd>", s->f);
		put_place(s->f, x->location, x->label, x->has_offset,
			  x->offset);
		for (size_t k = 0; k < x->n_places; k++) {
			const struct finding_place *p = &x->places[k];

			fputs("<br>", s->f);
			put_place(s->f, p->location, p->label, p->has_offset,
				  p->offset);
		}
		fputs("</dd>\n", s->f);
	}
	put_row(s->f, _("Certificate"), x->certificate.subject);
	if (x->certificate.issuer != NULL && x->certificate.subject != NULL &&
	    strcmp(x->certificate.issuer, x->certificate.subject) != 0)
		put_row(s->f, _("Issued by"), x->certificate.issuer);
	if (x->certificate.decoded) {
		AUTO(str) char *when = html_distance(x->certificate.not_after,
						     r->now);

		html_date(x->certificate.not_before, from);
		html_date(x->certificate.not_after, until);
		html_element(s->f, "dt", NULL, _("Valid"));
		fprintf(s->f, "<dd%s>%s – %s (", x->certificate.not_after <=
			r->now ? " class=\"ended\"" : "", from, until);
		html_words(s->f, when);
		fputs(")</dd>\n", s->f);
	}
	if (x->certificate.sha256 != NULL) {
		fputs("<dt>SHA-256</dt><dd><code class=\"hash\">", s->f);
		html_words(s->f, x->certificate.sha256);
		fputs("</code></dd>\n", s->f);
	}
	fputs("</dl>\n", s->f);
}

static void put_members(const struct sheet *s, const struct finding *x)
{
	const size_t n = x->n_members < MEMBERS ? x->n_members : MEMBERS;

	if (n == 0)
		return;
	fputs("<div class=\"wide\"><table class=\"members\">\n", s->f);
	for (size_t k = 0; k < n; k++) {
		const struct finding_member *m = &x->members[k];
		char until[TIME_SIZE] = "";

		if (m->has_end)
			html_date(m->not_after, until);
		fputs("<tr><td>", s->f);
		html_words(s->f, m->message);
		fprintf(s->f, "</td><td class=\"date%s\">%s</td><td>",
			m->has_end && m->not_after <= s->report->now ?
			" ended" : "", until);
		if (m->location != NULL)
			put_place(s->f, m->location, m->label, false, 0);
		fputs("</td></tr>\n", s->f);
	}
	fputs("</table></div>\n", s->f);
	if (n < x->n_members)
		fprintf(s->f, "<p class=\"quiet\">+ %zu</p>\n",
			x->n_members - n);
}

static void put_command(FILE *f, const char *command)
{
	fputs("<pre class=\"command\">", f);
	html_words(f, command);
	fputs("</pre>\n", f);
}

static void put_repair(const struct sheet *s, const struct finding *x)
{
	const char *program = s->options->command != NULL ?
			      s->options->command : "trustdrift";

	fputs("<h4>", s->f);
	html_words(s->f, _("What to do"));
	fputs("</h4>\n", s->f);
	if (x->recipe != NULL) {
		AUTO(str) char *command = xasprintf("%s fix %.12s", program,
						    x->id);

		put_command(s->f, command);
	}
	if (x->no_fix != NULL)
		html_element(s->f, "p", NULL, x->no_fix);
	if (x->rule == NULL || x->rule->references == NULL)
		return;
	for (char **link = x->rule->references; *link != NULL; link++) {
		fputs("<p class=\"quiet\"><a rel=\"noreferrer\"", s->f);
		html_attribute(s->f, "href", *link);
		fputs(">", s->f);
		html_words(s->f, *link);
		fputs("</a></p>\n", s->f);
	}
}

static void put_finding(const struct sheet *s, const struct finding *x)
{
	const bool opens = x->status != FINDING_WAIVED &&
			   x->severity >= SEVERITY_HIGH;

	fprintf(s->f, "<details class=\"finding %s %s\" id=\"f-%s\"%s",
		severity_name(x->severity), finding_status_name(x->status),
		x->id, opens ? " open" : "");
	html_attribute(s->f, "data-severity", severity_name(x->severity));
	html_attribute(s->f, "data-rule", x->rule_id);
	fputs(">\n<summary><span class=\"badge\">", s->f);
	html_words(s->f, x->status == FINDING_FOUND ?
		   _(severity_name(x->severity)) :
		   _(finding_status_name(x->status)));
	fputs("</span> <span class=\"what\"><b>", s->f);
	html_words(s->f, x->title);
	fputs("</b>", s->f);
	if (x->certificate.name != NULL) {
		fputs(" <span class=\"name\">", s->f);
		html_words(s->f, x->certificate.name);
		fputs("</span>", s->f);
	}
	fputs(" <span class=\"path\">", s->f);
	html_words(s->f, x->store_path);
	fputs("</span></span></summary>\n<div class=\"body\">\n", s->f);
	html_element(s->f, "p", "message", x->message);
	put_repair(s, x);
	put_facts(s, x);
	put_members(s, x);
	html_graph(s, x->certificate.sha256);
	put_evidence(s, x);
	if (x->why != NULL) {
		fputs("<h4>", s->f);
		html_words(s->f, _("Why it matters"));
		fputs("</h4>\n", s->f);
		html_element(s->f, "p", NULL, x->why);
	}
	fputs("<p class=\"quiet\"><code>", s->f);
	html_words(s->f, x->rule_id);
	fprintf(s->f, "</code> <code>%s</code></p>\n</div>\n</details>\n",
		x->id);
}

/* For the script to fill: without it there is nothing to click in vain.  */
static void put_filter(const struct sheet *s)
{
	FILE *f = s->f;

	fputs("<form id=\"filter\" hidden>\n<input type=\"search\" "
	      "id=\"search\"", f);
	html_attribute(f, "placeholder", _("name, path, rule, fingerprint"));
	html_attribute(f, "aria-label", _("Filter"));
	fputs(">\n", f);
	for (int k = SEVERITY_HIGH; k >= SEVERITY_INFO; k--) {
		fprintf(f, "<label class=\"%s\"><input type=\"checkbox\" "
			"name=\"%s\" checked> ", severity_name(k),
			severity_name(k));
		html_words(f, _(severity_name(k)));
		fputs("</label>\n", f);
	}
	fputs("<button type=\"button\" id=\"open-all\">", f);
	html_words(f, _("Open all"));
	fputs("</button>\n<button type=\"button\" id=\"close-all\">", f);
	html_words(f, _("Close all"));
	fputs("</button>\n<output id=\"shown\"></output>\n</form>\n", f);
}

void html_findings(const struct sheet *s)
{
	const struct report *r = s->report;
	const size_t n = r->n_findings < FINDINGS ? r->n_findings : FINDINGS;

	fputs("<section id=\"findings\">\n<h2>", s->f);
	html_words(s->f, _("Findings"));
	fputs("</h2>\n", s->f);
	if (n == 0)
		html_element(s->f, "p", "quiet", _("None."));
	else
		put_filter(s);
	for (size_t k = 0; k < n; k++)
		put_finding(s, &r->findings[k]);
	if (n < r->n_findings) {
		AUTO(str) char *more = xasprintf(ngettext(
			"%zu finding more is not on this page: "
			"--report json has all of them.",
			"%zu findings more are not on this page: "
			"--report json has all of them.",
			r->n_findings - n), r->n_findings - n);

		html_element(s->f, "p", "warning", more);
	}
	fputs("</section>\n", s->f);
}
