/* preview-short.c -- a preview in a few lines, for hooks of package managers: what
 * an administrator reads who sees it pass by among the lines of an update.  Every
 * line begins with the program's name, and there is no colour: such lines end in
 * logs.  The whole preview is one command away, which the hook names.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output/text.h"

#define SHOWN	6u	/* of each kind of line */
#define FILES	4u	/* of one finding */

static void say(FILE *f, const char *format, ...) PRINTF(2, 3);
static void say(FILE *f, const char *format, ...)
{
	va_list args;

	fputs("trustdrift: ", f);
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	putc('\n', f);
}

static int said(FILE *f)
{
	return fflush(f) != 0 ? -errno : ferror(f) ? -EIO : 0;
}

static void say_more(FILE *f, size_t n)
{
	if (n > SHOWN)
		say(f, _("    and %zu more"), n - SHOWN);
}

/* With the file of a package, if it is known.  */
static void say_change(FILE *f, const struct preview_change *c,
		       const char *sign, const char *name)
{
	const struct preview_place *place = &c->places[0];
	AUTO(str) char *path = NULL;

	for (size_t k = 0; k < c->n_places; k++)
		if (preview_is_elsewhere(&c->places[k]))
			place = &c->places[k];
	path = text_escaped(place->location);
	if (c->n_places == 1)
		say(f, "  %s %s (%s)", sign, name, path);
	else if (preview_is_elsewhere(place))
		say(f, _("  %s %s (%zu stores, %s)"), sign, name, c->n_places,
		    path);
	else
		say(f, _("  %s %s (%zu stores)"), sign, name, c->n_places);
}

static void say_changes(FILE *f, const struct preview *v, const char *change,
			const char *sign)
{
	size_t n = 0;

	for (size_t k = 0; k < v->n_changes; k++) {
		const struct preview_change *c = &v->changes[k];
		AUTO(str) char *name = c->name != NULL ? text_escaped(c->name) :
				       xstrndup(c->sha256, 16);

		if (strcmp(c->change, change) != 0 || ++n > SHOWN)
			continue;
		say_change(f, c, sign, name);
	}
	say_more(f, n);
}

static void say_moves(FILE *f, const struct preview *v)
{
	for (size_t k = 0; k < v->n_moves && k < SHOWN; k++) {
		AUTO(str) char *from = text_escaped(v->moves[k].from);
		AUTO(str) char *to = text_escaped(v->moves[k].to);

		say(f, _("  > %s would be %s"), from, to);
	}
	say_more(f, v->n_moves);
}

static size_t count_changes(const struct preview *v, const char *change)
{
	size_t n = 0;

	for (size_t k = 0; k < v->n_changes; k++)
		n += strcmp(v->changes[k].change, change) == 0;
	return n;
}

static void say_file(FILE *f, const char *location)
{
	AUTO(str) char *path = text_escaped(location);

	if (location != NULL)
		say(f, "      %s", path);
}

static void say_finding(FILE *f, const struct finding *x)
{
	AUTO(str) char *message = text_escaped(x->message);
	AUTO(str) char *rule = text_escaped(x->rule_id);
	size_t shown = x->location != NULL;

	say(f, "  %s, %s: %s", x->status == FINDING_FOUND ?
	    text_severity(x->severity) : _("not judged"), rule, message);
	say_file(f, x->location);
	for (size_t k = 0; k < x->n_places && shown < FILES; k++, shown++)
		say_file(f, x->places[k].location);
	for (size_t k = 0; k < x->n_members && shown < FILES; k++, shown++)
		say_file(f, x->members[k].location);
	if (x->n_places + x->n_members > shown)
		say(f, _("      and %zu more"),
		    x->n_places + x->n_members - shown);
}

static void say_verdict(FILE *f, const struct preview_verdict *x)
{
	AUTO(str) char *title = text_escaped(x->title ? x->title : x->party);
	AUTO(str) char *name = text_escaped(x->name);

	if (x->accepted_after)
		say(f, _("  %s would accept %s"), title, name);
	else
		say(f, _("  %s would refuse %s, which it accepts now (%s)"),
		    title, name, x->after);
}

int preview_short_write(const struct preview *v, const struct output_options *o,
			FILE *f)
{
	const size_t come = count_changes(v, "added"),
		     go = count_changes(v, "removed"),
		     end = count_changes(v, "distrusted");
	size_t refused = 0, shown = 0;

	(void)o;
	if (v->n_changes + v->n_moves + v->n_appear + v->n_disappear + v->n_differ +
	    v->n_verdicts == 0) {
		say(f, _("nothing that is trusted here would change"));
		return said(f);
	}
	say(f, _("certificates in this host's stores: %zu would come, %zu would go, %zu would be distrusted"),
	    come, go, end);
	say_changes(f, v, "removed", "-");
	say_changes(f, v, "distrusted", "!");
	say_changes(f, v, "added", "+");
	say_moves(f, v);
	say(f, _("findings: %zu would appear, %zu would be judged differently, %zu would disappear"),
	    v->n_appear, v->n_differ, v->n_disappear);
	for (size_t k = 0; k < v->n_appear && k < SHOWN; k++)
		say_finding(f, v->appear[k]);
	say_more(f, v->n_appear);
	for (size_t k = 0; k < v->n_verdicts; k++)
		refused += !v->verdicts[k].accepted_after;
	if (v->n_verdicts > 0)
		say(f, _("who would answer differently: %zu would refuse, %zu would accept"),
		    refused, v->n_verdicts - refused);
	/* Refusals are what breaks.  */
	for (size_t k = 0; k < v->n_verdicts; k++)
		if (!v->verdicts[k].accepted_after && shown++ < SHOWN)
			say_verdict(f, &v->verdicts[k]);
	say_more(f, shown);
	return said(f);
}
