/* sarif.c -- a report as SARIF 2.1.0 (OASIS, errata 1): rules, results, and what
 * could not be read as notifications.
 *
 * Made for consumers of code scanning, whose limits are GitHub's: it refuses a
 * run of more than 25,000 results and a result of more than 1,000 locations, and
 * shows 100 of these.  Results stand gravest first, so that what is left out
 * matters least; a notification says how much that is.
 *
 * Places are URIs beneath the base ROOT, percent-encoded: bytes that are no UTF-8
 * come through unchanged.  Words are shown ones.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/machine.h"

#define SCHEMA	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#define RESULTS		25000u
#define LOCATIONS	100u		/* of one result, of each kind */
#define NOTIFICATIONS	1000u

static const char *level_of(enum severity s)
{
	return s == SEVERITY_HIGH ? "error" : s == SEVERITY_MEDIUM ? "warning"
								   : "note";
}

static json_t *message(const char *text)
{
	json_t *o = json_object();

	json_put(o, "text", json_shown(text != NULL ? text : ""));
	return o;
}

/* RFC 3986's path characters stay.  */
static char *encode(const char *path)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	for (const unsigned char *p = (const unsigned char *)path; *p != '\0';
	     p++) {
		if (*p < 0x80 && (isalnum(*p) ||
				  strchr("/-._~!$&'()*+,;=@", *p) != NULL))
			buf_add(&b, p, 1);
		else
			buf_addf(&b, "%%%02X", *p);
	}
	return buf_take(&b);
}

/* The same path beneath ROOT: relative, so without the slash.  */
static char *uri_of(const char *path)
{
	return encode(path + strspn(path, "/"));
}

/* ---- rules -----------------------------------------------------------------*/

/* "stale-cached-intermediate" as "StaleCachedIntermediate".  */
static char *pascal(const char *id)
{
	AUTO(buf) struct buf b;
	bool begins = true;

	buf_init(&b, SIZE_MAX);
	for (; *id != '\0'; id++) {
		char c = begins ? (char)toupper((unsigned char)*id) : *id;

		if (*id != '-')
			buf_add(&b, &c, 1);
		begins = *id == '-';
	}
	return buf_take(&b);
}

static enum severity severity_of(const struct rule_group *g)
{
	return g->rule != NULL ? g->rule->severity : g->findings[0]->severity;
}

static json_t *rule_properties(const struct rule_group *g)
{
	/* GitHub's numbers: from 7 on it is high, from 4 on medium.  */
	static const char *const scores[] = {
		[SEVERITY_LOW] = "3.0", [SEVERITY_MEDIUM] = "5.0",
		[SEVERITY_HIGH] = "8.0",
	};
	static const char *const problems[] = {
		[SEVERITY_INFO] = "recommendation",
		[SEVERITY_LOW] = "recommendation",
		[SEVERITY_MEDIUM] = "warning", [SEVERITY_HIGH] = "error",
	};
	enum severity s = severity_of(g);
	json_t *o = json_object(), *tags = json_array();

	json_append(tags, json_string("security"));
	json_append(tags, json_string("certificates"));
	json_put(o, "tags", tags);
	json_put(o, "precision", json_string("high"));
	json_put(o, "problem.severity", json_string(problems[s]));
	if (s != SEVERITY_INFO)
		json_put(o, "security-severity", json_string(scores[s]));
	return o;
}

static json_t *rule_help(const struct rule_group *g)
{
	char *const *references = g->rule != NULL ? g->rule->references : NULL;
	AUTO(str) char *why = shown(g->why);
	AUTO(buf) struct buf text, markdown;
	json_t *o = json_object();

	buf_init(&text, SIZE_MAX);
	buf_init(&markdown, SIZE_MAX);
	buf_adds(&text, why);
	buf_adds(&markdown, why);
	for (; references != NULL && *references != NULL; references++) {
		AUTO(str) char *url = shown(*references);

		buf_addf(&text, "\n%s", url);
		buf_addf(&markdown, "\n\n- <%s>", url);
	}
	json_put(o, "text", json_string(buf_str(&text)));
	json_put(o, "markdown", json_string(buf_str(&markdown)));
	return o;
}

static json_t *rule(const struct rule_group *g)
{
	AUTO(str) char *name = pascal(g->id);
	json_t *o = json_object(), *c = json_object();

	json_put(o, "id", json_shown(g->id));
	json_put(o, "name", json_shown(name));
	json_put(o, "shortDescription", message(g->title));
	json_put(o, "fullDescription", message(*g->why != '\0' ? g->why
							       : g->title));
	json_put(o, "help", rule_help(g));
	if (g->rule != NULL && g->rule->references != NULL &&
	    g->rule->references[0] != NULL)
		json_put(o, "helpUri", json_shown(g->rule->references[0]));
	json_put(c, "level", json_string(level_of(severity_of(g))));
	json_put(o, "defaultConfiguration", c);
	json_put(o, "properties", rule_properties(g));
	return o;
}

static json_t *pack_rules(const struct rule_groups *g, bool local)
{
	json_t *a = json_array();

	for (size_t i = 0; i < g->n; i++)
		if (g->items[i].local == local)
			json_append(a, rule(&g->items[i]));
	return a;
}

static json_t *tool(const struct report *r, const struct rule_groups *g)
{
	json_t *o = json_object(), *driver = json_object();
	json_t *local = pack_rules(g, true);

	json_put(driver, "name", json_string("trustdrift"));
	json_put(driver, "version", json_shown(r->tool));
	json_put(driver, "rules", pack_rules(g, false));
	json_put(o, "driver", driver);
	if (json_array_size(local) > 0) {
		json_t *pack = json_object(), *extensions = json_array();

		json_put(pack, "name", json_string("local"));
		json_put(pack, "rules", local);
		json_append(extensions, pack);
		json_put(o, "extensions", extensions);
	} else {
		json_decref(local);
	}
	return o;
}

/* ---- artifacts -------------------------------------------------------------
 * The files that results are about, each once, sorted.  */
struct artifacts {
	char **uris;
	size_t n, cap;
};

static const char *path_of(const struct finding *f)
{
	return f->location != NULL ? f->location : f->store_path;
}

static void add_uri(struct artifacts *a, const char *path)
{
	if (path == NULL)
		return;
	grow(&a->uris, a->n, &a->cap, sizeof(*a->uris));
	a->uris[a->n++] = uri_of(path);
}

static int by_text(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void make_artifacts(const struct report *r, size_t n,
			   struct artifacts *a)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		add_uri(a, path_of(&r->findings[i]));
	if (a->n > 0)
		qsort(a->uris, a->n, sizeof(*a->uris), by_text);
	for (size_t i = 0; i < a->n; i++) {
		if (kept > 0 && strcmp(a->uris[kept - 1], a->uris[i]) == 0)
			free(a->uris[i]);
		else
			a->uris[kept++] = a->uris[i];
	}
	a->n = kept;
}

static void auto_artifacts(struct artifacts *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->uris[i]);
	free(a->uris);
}

static json_t *place(const char *uri)
{
	json_t *o = json_object();

	json_put(o, "uri", json_string(uri));
	json_put(o, "uriBaseId", json_string("ROOT"));
	return o;
}

static json_t *artifact_list(const struct artifacts *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->n; i++) {
		json_t *o = json_object();

		json_put(o, "location", place(a->uris[i]));
		json_append(list, o);
	}
	return list;
}

/* ---- results ---------------------------------------------------------------*/

static json_t *physical(const struct artifacts *a, const char *path,
			bool has_offset, uint64_t offset)
{
	AUTO(str) char *uri = uri_of(path);
	char *key = uri, **found = NULL;
	json_t *o = json_object(), *where = place(uri);

	if (a->n > 0)
		found = bsearch(&key, a->uris, a->n, sizeof(*a->uris), by_text);
	if (found != NULL)
		json_put(where, "index", json_integer(found - a->uris));
	json_put(o, "artifactLocation", where);
	if (has_offset && offset <= INT64_MAX) {
		json_t *region = json_object();

		json_put(region, "byteOffset", json_integer((json_int_t)offset));
		json_put(o, "region", region);
	}
	return o;
}

/* The entry as part of its store.  */
static json_t *logical(const char *store, const char *label, const char *sha256)
{
	json_t *list = json_array(), *o = json_object();
	AUTO(str) char *path = shown(store);

	if (label != NULL)
		json_put(o, "name", json_shown(label));
	if (sha256 != NULL) {
		AUTO(str) char *full = xasprintf("%s#sha256:%s", path, sha256);

		json_put(o, "fullyQualifiedName", json_string(full));
	}
	json_put(o, "kind", json_string("member"));
	json_append(list, o);
	return list;
}

static json_t *location(const struct artifacts *a, const struct finding *f,
			const char *path, const char *label, const char *sha256,
			bool has_offset, uint64_t offset)
{
	json_t *o = json_object();

	if (path != NULL)
		json_put(o, "physicalLocation",
			 physical(a, path, has_offset, offset));
	if (label != NULL || sha256 != NULL)
		json_put(o, "logicalLocations",
			 logical(f->store_path, label, sha256));
	return o;
}

static json_t *locations(const struct artifacts *a, const struct finding *f)
{
	json_t *list = json_array();

	if (path_of(f) == NULL)
		return list;
	json_append(list, location(a, f, path_of(f), f->label,
				   f->certificate.sha256, f->has_offset,
				   f->offset));
	for (size_t i = 0; i < f->n_places && i + 1 < LOCATIONS; i++) {
		const struct finding_place *p = &f->places[i];

		json_append(list, location(a, f, p->location, p->label,
					   f->certificate.sha256,
					   p->has_offset, p->offset));
	}
	return list;
}

/* What a folded finding is about.  */
static json_t *related(const struct artifacts *a, const struct finding *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n_members && i < LOCATIONS; i++) {
		const struct finding_member *m = &f->members[i];
		json_t *o = location(a, f, m->location, m->label, m->sha256,
				     m->has_offset, m->offset);

		json_put(o, "id", json_integer((json_int_t)i));
		json_put(o, "message", message(m->message));
		json_append(list, o);
	}
	return list;
}

static json_t *result_properties(const struct finding *f)
{
	json_t *o = json_object(), *evidence = json_array();

	json_put(o, "id", json_string(f->id));
	json_put(o, "severity", json_string(severity_name(f->severity)));
	json_put(o, "status", json_string(finding_status_name(f->status)));
	json_put(o, "storeKind", json_shown(f->store_kind));
	json_put(o, "party", json_shown(f->party));
	json_put(o, "certificateSha256", json_shown(f->certificate.sha256));
	json_put(o, "certificateName", json_shown(f->certificate.name));
	json_put(o, "certificates", json_integer((json_int_t)f->n_members));
	for (size_t i = 0; i < f->n_evidence && i < LOCATIONS; i++) {
		json_t *e = json_object();

		json_put(e, "kind", json_shown(f->evidence[i].kind));
		json_put(e, "text", json_shown(f->evidence[i].text));
		json_append(evidence, e);
	}
	json_put(o, "evidence", evidence);
	json_put(o, "fix", json_shown(f->recipe != NULL ? f->recipe : NULL));
	json_put(o, "byHand", json_shown(f->no_fix));
	return o;
}

/* Who accepted it, and why.  */
static json_t *suppressions(const struct finding *f)
{
	json_t *list = json_array(), *o = json_object();

	json_put(o, "kind", json_string("external"));
	json_put(o, "status", json_string("accepted"));
	for (size_t i = 0; i < f->n_evidence; i++) {
		if (strcmp(f->evidence[i].kind, "waiver") != 0)
			continue;
		json_put(o, "justification", json_shown(f->evidence[i].text));
		break;
	}
	json_append(list, o);
	return list;
}

static void put_rule(json_t *o, const struct rule_group *g)
{
	json_put(o, "ruleId", json_shown(g->id));
	if (g->local) {
		json_t *rule = json_object(), *component = json_object();

		json_put(component, "name", json_string("local"));
		json_put(component, "index", json_integer(0));
		json_put(rule, "id", json_shown(g->id));
		json_put(rule, "index", json_integer((json_int_t)g->index));
		json_put(rule, "toolComponent", component);
		json_put(o, "rule", rule);
	} else {
		json_put(o, "ruleIndex", json_integer((json_int_t)g->index));
	}
}

/* What could not be decided is open, and only what fails has a level.  */
static json_t *result(const struct artifacts *a, const struct rule_groups *g,
		      const struct output_options *options,
		      const struct finding *f)
{
	const bool unknown = f->status == FINDING_UNKNOWN;
	json_t *o = json_object(), *prints = json_object();

	put_rule(o, rule_groups_find(g, f->rule_id));
	json_put(o, "kind", json_string(unknown ? "open" : "fail"));
	json_put(o, "level", json_string(unknown ? "none"
						 : level_of(f->severity)));
	json_put(o, "message", message(f->message));
	json_put(o, "locations", locations(a, f));
	if (f->n_members > 0)
		json_put(o, "relatedLocations", related(a, f));
	json_put(prints, "trustdriftFinding/v1", json_string(f->id));
	json_put(o, "partialFingerprints", prints);
	if (options->baseline != NULL && f->status == FINDING_FOUND)
		json_put(o, "baselineState", json_string(
			baseline_has(options->baseline, f) ? "unchanged"
							   : "new"));
	if (f->status == FINDING_WAIVED)
		json_put(o, "suppressions", suppressions(f));
	json_put(o, "properties", result_properties(f));
	return o;
}

/* ---- the run ---------------------------------------------------------------*/

static json_t *notification(const char *level, const char *code,
			    const char *text)
{
	json_t *o = json_object(), *descriptor = json_object();

	json_put(o, "level", json_string(level));
	json_put(o, "message", message(text));
	json_put(descriptor, "id", json_shown(code));
	json_put(o, "descriptor", descriptor);
	return o;
}

static json_t *problem(const struct problem_report *p)
{
	const struct artifacts none = { .n = 0 };
	json_t *o = notification(p->skipped ? "note" : "error", p->code,
				 p->message);

	if (p->path != NULL && *p->path == '/') {
		json_t *list = json_array(), *where = json_object();

		json_put(where, "physicalLocation",
			 physical(&none, p->path, p->has_offset, p->offset));
		json_append(list, where);
		json_put(o, "locations", list);
	}
	return o;
}

static void put_left_out(json_t *list, size_t n, const char *what)
{
	AUTO(str) char *text = xasprintf("%zu more %s are not in this report: "
					 "it would be refused", n, what);

	json_append(list, notification("warning", "left-out", text));
}

static json_t *invocations(const struct report *r,
			   const struct output_options *options)
{
	json_t *list = json_array(), *o = json_object(), *said = json_array();
	char now[TIME_SIZE];

	time_format(r->now, now);
	json_put(o, "executionSuccessful", json_true());
	json_put(o, "startTimeUtc", json_string(now));
	json_put(o, "endTimeUtc", json_string(now));
	if (r->host_name != NULL)
		json_put(o, "machine", json_shown(r->host_name));
	json_put(o, "exitCode", json_integer(options->status));
	for (size_t i = 0; i < r->n_problems && i < NOTIFICATIONS; i++)
		json_append(said, problem(&r->problems[i]));
	if (r->n_problems > NOTIFICATIONS)
		put_left_out(said, r->n_problems - NOTIFICATIONS, "problems");
	if (r->n_findings > RESULTS)
		put_left_out(said, r->n_findings - RESULTS, "findings");
	if (r->note != NULL)
		json_append(said, notification("note", "history", r->note));
	json_put(o, "toolExecutionNotifications", said);
	json_append(list, o);
	return list;
}

static json_t *bases(const struct report *r)
{
	AUTO(str) char *path = encode(r->root != NULL ? r->root : "/");
	AUTO(str) char *uri = xasprintf("file://%s%s", path,
					has_suffix(path, "/") ? "" : "/");
	json_t *o = json_object(), *root = json_object();

	json_put(root, "uri", json_string(uri));
	json_put(o, "ROOT", root);
	return o;
}

static json_t *automation(const struct report *r)
{
	AUTO(str) char *host = encode(r->host_name != NULL ? r->host_name
							   : "unknown");
	AUTO(str) char *id = xasprintf("trustdrift/audit/%s/", host);
	json_t *o = json_object();

	json_put(o, "id", json_string(id));
	return o;
}

int sarif_write(const struct report *r, const struct output_options *o, FILE *f)
{
	AUTO(rule_groups) struct rule_groups g = { .items = NULL };
	AUTO(artifacts) struct artifacts a = { .uris = NULL };
	size_t n = r->n_findings < RESULTS ? r->n_findings : RESULTS;
	json_t *log = json_object(), *runs = json_array(), *run = json_object();
	json_t *results = json_array();

	rule_groups_make(r, o, &g);
	make_artifacts(r, n, &a);
	json_put(log, "$schema", json_string(SCHEMA));
	json_put(log, "version", json_string("2.1.0"));
	json_put(run, "tool", tool(r, &g));
	json_put(run, "automationDetails", automation(r));
	json_put(run, "invocations", invocations(r, o));
	json_put(run, "originalUriBaseIds", bases(r));
	json_put(run, "artifacts", artifact_list(&a));
	for (size_t i = 0; i < n; i++)
		json_append(results, result(&a, &g, o, &r->findings[i]));
	json_put(run, "results", results);
	json_put(run, "columnKind", json_string("utf16CodeUnits"));
	json_append(runs, run);
	json_put(log, "runs", runs);
	return json_finish(log, f);
}
