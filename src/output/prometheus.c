/* prometheus.c -- a report in Prometheus' text format, for the textfile
 * collector of its node exporter:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * Counts only.  A label for each certificate would make a series of each, on
 * every host.  No times of samples either: the collector refuses them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/assets.h"
#include "output/machine.h"

static const unsigned within_days[] = { 7, 30, 90 };

static void head(FILE *f, const char *name, const char *help)
{
	fprintf(f, "# HELP trustdrift_%s %s\n# TYPE trustdrift_%s gauge\n",
		name, help, name);
}

static void value(FILE *f, const char *name, const char *help, int64_t n)
{
	head(f, name, help);
	fprintf(f, "trustdrift_%s %" PRId64 "\n", name, n);
}

/* The value of a label, which may be any UTF-8 with three escapes; what is shown
 * has no line feed.  */
static void put_label(FILE *f, const char *name, const char *s)
{
	AUTO(str) char *text = shown(s);

	fprintf(f, "%s=\"", name);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			fputc('\\', f);
		fputc(*p, f);
	}
	fputc('"', f);
}

static void put_findings(FILE *f, const struct rule_groups *g,
			 const struct tally *t)
{
	size_t n[2][SEVERITY_HIGH + 1] = { { 0 } };
	bool local = false;

	for (size_t i = 0; i < g->n; i++) {
		local = local || g->items[i].local;
		for (size_t k = 0; k < g->items[i].n; k++) {
			const struct finding *x = g->items[i].findings[k];

			n[g->items[i].local][x->severity] +=
				x->status == FINDING_FOUND;
		}
	}
	head(f, "findings", "Findings by severity and pack of rules.");
	for (int p = 0; p <= local; p++)
		for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--)
			fprintf(f, "trustdrift_findings{severity=\"%s\","
				"pack=\"%s\"} %zu\n",
				severity_name((enum severity)s),
				p ? "local" : "trustdrift", n[p][s]);
	value(f, "findings_unknown",
	      "Rules that could not be decided for a store.",
	      (int64_t)t->unknown);
	value(f, "findings_waived", "Findings that were accepted.",
	      (int64_t)t->waived);
}

static void put_by_rule(FILE *f, const struct rule_groups *g)
{
	head(f, "findings_by_rule", "Findings by rule and severity.");
	for (size_t i = 0; i < g->n; i++) {
		const struct rule_group *group = &g->items[i];
		size_t n[SEVERITY_HIGH + 1] = { 0 };

		for (size_t k = 0; k < group->n; k++)
			n[group->findings[k]->severity] +=
				group->findings[k]->status == FINDING_FOUND;
		for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
			/* the rule's own severity is a series that stays */
			if (n[s] == 0 && (group->rule == NULL ||
					  (int)group->rule->severity != s))
				continue;
			fputs("trustdrift_findings_by_rule{", f);
			put_label(f, "rule", group->id);
			fprintf(f, ",severity=\"%s\"} %zu\n",
				severity_name((enum severity)s), n[s]);
		}
	}
}

/* ---- what the host holds -----------------------------------------------------*/

struct type {
	const char *kind;
	size_t ok, unreadable;
	int64_t earliest;	/* 0: none */
};

static int by_kind(const void *a, const void *b)
{
	const struct type *x = a, *y = b;

	return strcmp(x->kind, y->kind);
}

/* One for each kind of store, sorted.  */
static struct type *make_types(const struct assets *a, size_t *ret_n)
{
	struct type *types = xcalloc(a->n_stores, sizeof(*types));
	size_t n = 0;

	for (size_t i = 0; i < a->n_stores; i++) {
		bool unread = a->stores[i].unread > 0;

		types[i] = (struct type){ .kind = a->stores[i].kind,
					  .ok = !unread, .unreadable = unread };
	}
	qsort(types, a->n_stores, sizeof(*types), by_kind);
	for (size_t i = 0; i < a->n_stores; i++) {
		if (n > 0 && strcmp(types[n - 1].kind, types[i].kind) == 0) {
			types[n - 1].ok += types[i].ok;
			types[n - 1].unreadable += types[i].unreadable;
		} else {
			types[n++] = types[i];
		}
	}
	*ret_n = n;
	return types;
}

static void find_earliest(const struct assets *a, int64_t now,
			  struct type *types, size_t n)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct asset *c = &a->items[i];

		if (!c->decoded || c->not_after <= now)
			continue;
		for (size_t k = 0; k < c->n; k++) {
			const struct asset_place *p = &c->places[k];
			const struct type key = { .kind = p->store->kind };
			struct type *t;

			if (strcmp(p->role, role_name(ROLE_ANCHOR)) != 0)
				continue;
			t = bsearch(&key, types, n, sizeof(*types), by_kind);
			if (t->earliest == 0 || c->not_after < t->earliest)
				t->earliest = c->not_after;
		}
	}
}

static void put_stores(FILE *f, const struct assets *a, int64_t now)
{
	size_t n;
	struct type *types = make_types(a, &n);

	find_earliest(a, now, types, n);
	head(f, "stores", "Stores that are there, by type and whether they could be read.");
	for (size_t i = 0; i < n; i++) {
		const char *const states[] = { "ok", "unreadable" };

		for (int k = 0; k < 2; k++) {
			fputs("trustdrift_stores{", f);
			put_label(f, "type", types[i].kind);
			fprintf(f, ",state=\"%s\"} %zu\n", states[k],
				k == 0 ? types[i].ok : types[i].unreadable);
		}
	}
	head(f, "certificate_earliest_expiry_timestamp_seconds",
	     "When the first trust anchor that has not ended yet ends.");
	for (size_t i = 0; i < n; i++) {
		if (types[i].earliest == 0)
			continue;
		fputs("trustdrift_certificate_earliest_expiry_timestamp_seconds{",
		      f);
		put_label(f, "store_type", types[i].kind);
		fprintf(f, "} %" PRId64 "\n", types[i].earliest);
	}
	free(types);
}

static void put_certificates(FILE *f, const struct assets *a, int64_t now)
{
	static const enum role roles[] = {
		ROLE_ANCHOR, ROLE_INTERMEDIATE, ROLE_DISTRUST, ROLE_END_ENTITY,
		ROLE_SOURCE, ROLE_UNKNOWN,
	};

	head(f, "certificates",
	     "Different certificates by their role, in any store.");
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		size_t n = 0;

		for (size_t k = 0; k < a->n; k++)
			n += asset_has_role(&a->items[k], role_name(roles[i]));
		fprintf(f, "trustdrift_certificates{role=\"%s\"} %zu\n",
			role_name(roles[i]), n);
	}
	head(f, "certificates_expiring", "Trust anchors that end so soon.");
	for (size_t i = 0; i < ARRAY_SIZE(within_days); i++)
		fprintf(f, "trustdrift_certificates_expiring{within=\"%ud\"} "
			"%zu\n", within_days[i],
			assets_expiring(a, now, within_days[i]));
}

static void put_run(FILE *f, const struct report *r,
		    const struct output_options *o)
{
	value(f, "problems", "What could not be read, or not completely.",
	      (int64_t)r->n_problems);
	value(f, "last_scan_timestamp_seconds", "When the host was looked at.",
	      r->now);
	if (o->duration_ms >= 0) {
		head(f, "last_scan_duration_seconds",
		     "How long that and the verdict took.");
		fprintf(f, "trustdrift_last_scan_duration_seconds %" PRId64
			".%03u\n", o->duration_ms / 1000,
			(unsigned)(o->duration_ms % 1000));
	}
	value(f, "last_scan_success",
	      "Whether everything was read that a rule needs.",
	      !r->incomplete);
	value(f, "last_scan_exit_code", "The exit status of the run.",
	      o->status);
	head(f, "build_info", "The version of the program.");
	fputs("trustdrift_build_info{", f);
	put_label(f, "version", r->tool);
	fputs("} 1\n", f);
}

int prometheus_write(const struct report *r, const struct output_options *o,
		     FILE *f)
{
	AUTO(rule_groups) struct rule_groups g = { .items = NULL };
	struct tally t;

	tally_count(r, o, &t);
	rule_groups_make(r, o, &g);
	put_findings(f, &g, &t);
	put_by_rule(f, &g);
	if (o->assets != NULL) {
		put_stores(f, o->assets, r->now);
		put_certificates(f, o->assets, r->now);
	}
	put_run(f, r, o);
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}
