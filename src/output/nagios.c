/* nagios.c -- a report for Nagios, Icinga and whatever else runs their plug-ins:
 * https://www.monitoring-plugins.org/doc/guidelines.html
 *
 * One line, behind a bar the numbers for graphs, then lines for who asks for
 * more.  A bar anywhere else would begin numbers, and there is no way to quote
 * one.  The core keeps 8 KiB of it all, and NRPE may keep less, so that the
 * long text ends early and says so.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "output/assets.h"
#include "output/machine.h"

#define LONG_BYTES	4000u

static const char *const state_names[] = {
	[NAGIOS_OK] = "OK", [NAGIOS_WARNING] = "WARNING",
	[NAGIOS_CRITICAL] = "CRITICAL", [NAGIOS_UNKNOWN] = "UNKNOWN",
};

/* Findings that give no exit status give no state either.  What could not be
 * read makes the state unknown only where nothing worse is known.  */
static enum nagios_state state_of(const struct report *r,
			       const struct output_options *o)
{
	enum nagios_state state = NAGIOS_OK;

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (!is_counting(o, f))
			continue;
		if (f->severity >= o->critical)
			return NAGIOS_CRITICAL;
		state = NAGIOS_WARNING;
	}
	return state == NAGIOS_OK && r->incomplete ? NAGIOS_UNKNOWN : state;
}

int nagios_status(const struct report *r, const struct output_options *o)
{
	return PLUGIN_STATUS + (int)state_of(r, o);
}

/* S is shown already.  */
static char *text_of(const char *s)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	for (; *s != '\0'; s++) {
		if (*s == '|')
			buf_adds(&b, "\\x7c");
		else
			buf_add(&b, s, 1);
	}
	return buf_take(&b);
}

void nagios_unknown(const char *why, FILE *f)
{
	AUTO(str) char *text = text_of(why);

	fprintf(f, "TRUSTDRIFT UNKNOWN - %s\n", text);
}

/* "3 high, 2 medium, 4 other"; those that are none are left out.  All of the line
 * is to fit into 80 columns.  */
static void put_counts(FILE *f, const struct tally *t)
{
	const size_t grave = t->found[SEVERITY_HIGH] +
			     t->found[SEVERITY_MEDIUM];
	const char *comma = "";

	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
		if (t->found[s] == 0 || (grave > 0 && s < SEVERITY_MEDIUM))
			continue;
		fprintf(f, "%s%zu %s", comma, t->found[s],
			severity_name((enum severity)s));
		comma = ", ";
	}
	if (grave > 0 && t->all_found > grave)
		fprintf(f, ", %zu other", t->all_found - grave);
	if (t->all_found == 0)
		fputs("no findings", f);
}

/* 'label'=value;warn;crit;min;max: an alert is past the range, so 0 means that
 * one is too many.  */
static void put_count(FILE *f, const struct output_options *o, int severity,
		      size_t n)
{
	/* With a baseline it is not the number that counts.  */
	const char *range = o->baseline != NULL ||
			    severity < (int)o->fail_on ? ";;" :
			    severity < (int)o->critical ? ";0;" : ";;0";

	fprintf(f, "'%s'=%zu%s;0 ", severity_name((enum severity)severity), n,
		range);
}

static void put_numbers(FILE *f, const struct report *r,
			const struct output_options *o, const struct tally *t)
{
	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--)
		put_count(f, o, s, t->found[s]);
	fprintf(f, "'unknown'=%zu;;;0 'waived'=%zu;;;0 'stores'=%zu;;;0 "
		"'problems'=%zu;;;0", t->unknown, t->waived, r->stores,
		r->n_problems);
	if (o->assets != NULL)
		fprintf(f, " 'expiring_30d'=%zu;;;0",
			assets_expiring(o->assets, r->now, 30));
	if (o->duration_ms >= 0)
		fprintf(f, " 'scan_time'=%" PRId64 ".%03us;;;0",
			o->duration_ms / 1000,
			(unsigned)(o->duration_ms % 1000));
}

static void put_long(FILE *f, const struct report *r,
		     const struct output_options *o, const struct tally *t)
{
	size_t bytes = 0, told = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		if (!is_counting(o, &r->findings[i]))
			continue;
		AUTO(str) char *line = finding_line(&r->findings[i]);
		AUTO(str) char *text = text_of(line);

		bytes += strlen(text) + 1;
		if (bytes > LONG_BYTES)
			break;
		fprintf(f, "%s\n", text);
		told++;
	}
	if (told < t->counting)
		fprintf(f, "and %zu more\n", t->counting - told);
}

int nagios_write(const struct report *r, const struct output_options *o,
		 FILE *f)
{
	struct tally t;

	tally_count(r, o, &t);
	fprintf(f, "TRUSTDRIFT %s - ", state_names[state_of(r, o)]);
	put_counts(f, &t);
	if (o->baseline != NULL)
		fprintf(f, ", %zu new", t.counting);
	fprintf(f, " in %zu stores%s|", r->stores,
		r->incomplete ? ", incomplete" : "");
	put_numbers(f, r, o, &t);
	fputc('\n', f);
	put_long(f, r, o, &t);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
