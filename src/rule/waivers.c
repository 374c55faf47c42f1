/* waivers.c -- findings that somebody has accepted, trustdrift-waivers(5):
 * loads them, and takes out of a report's findings what they cover.
 *
 * A waiver never covers a certificate that whoever wrote it did not know: one by
 * id is about the certificate that makes the id; every other has to list them,
 * also one by the id of a folded finding, whose members come and go.  What it
 * does not list stays found.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"
#include "rule/judge.h"
#include "rule/node.h"

/* ---- loading ----------------------------------------------------------------*/

static void waiver_done(struct waiver *w)
{
	free(w->finding);
	free(w->rule);
	free(w->store);
	names_free(w->sha256);
	free(w->reason);
	free(w->author);
	free(w->path);
}

void waivers_free(struct waivers *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++)
		waiver_done(&w->items[i]);
	free(w->items);
	free(w);
}

static void auto_waivers(struct waivers **w)
{
	waivers_free(*w);
}

static void add_certificates(xmlNode *node, struct waiver *w)
{
	size_t n = 0;

	for (xmlNode *c = node->children; c != NULL; c = c->next)
		n += xml_is(c, "certificate");
	w->sha256 = xcalloc(n + 1, sizeof(*w->sha256));
	for (xmlNode *c = node->children; c != NULL; c = c->next)
		if (xml_is(c, "certificate"))
			w->sha256[w->n_sha256++] = node_hash(c, "sha256");
}

static int add_waiver(xmlNode *node, const char *path, struct waivers *all,
		      size_t *cap, char **ret_error)
{
	struct waiver *w;

	grow(&all->items, all->n, cap, sizeof(*all->items));
	w = &all->items[all->n++];
	*w = (struct waiver){
		.finding = xml_attribute(node, "finding"),
		.rule = xml_attribute(node, "rule"),
		.store = xml_exact_attribute(node, "store"),
		.reason = xml_attribute(node, "reason"),
		.author = xml_attribute(node, "author"),
		.path = xstrdup(path),
		.line = xml_line(node),
	};
	add_certificates(node, w);
	if (node_until(node, &w->until) < 0) {
		*ret_error = xasprintf(_("%s:%u: until is neither a day nor a "
					 "time"), path, w->line);
		return -EINVAL;
	}
	if (all->n > LIMIT_WAIVERS) {
		*ret_error = xasprintf(_("%s:%u: more than %u waivers"), path,
				       w->line, LIMIT_WAIVERS);
		return -EINVAL;
	}
	return 0;
}

static int load_file(const char *path, struct waivers *all, size_t *cap,
		     char **ret_error)
{
	AUTO(document) xmlDoc *doc = NULL;
	int e = xml_load(path, "waivers.rng", &doc, ret_error);

	if (e < 0)
		return e;
	for (xmlNode *n = xml_root(doc)->children;
	     n != NULL && e == 0; n = n->next)
		if (xml_is(n, "waiver"))
			e = add_waiver(n, path, all, cap, ret_error);
	return e;
}

int waivers_load(const char *config_dir, struct waivers **ret_waivers,
		 char **ret_error)
{
	AUTO(waivers) struct waivers *all = xcalloc(1, sizeof(*all));
	AUTO(names) char **paths = NULL;
	AUTO(str) char *path = NULL;
	size_t n = 0, cap = 0;
	int e = 0;

	if (config_file(config_dir, "waivers.xml", &path) == 0)
		e = load_file(path, all, &cap, ret_error);
	if (e < 0)
		return e;
	e = data_files(config_dir, "waivers", ".xml", &paths, &n);
	if (e < 0) {
		*ret_error = data_files_failed(config_dir, "waivers", e);
		return e;
	}
	for (size_t i = 0; i < n && e == 0; i++)
		e = load_file(paths[i], all, &cap, ret_error);
	if (e < 0)
		return e;
	*ret_waivers = TAKE(all);
	return 0;
}

/* ---- judging ------------------------------------------------------------------*/

static bool names_certificate(const struct waiver *w, const char *sha256)
{
	for (size_t i = 0; i < w->n_sha256; i++)
		if (sha256 != NULL && strcmp(w->sha256[i], sha256) == 0)
			return true;
	return false;
}

/* Is W about this finding, whatever certificates it lists?  */
static bool is_about(const struct waiver *w, const struct finding *f)
{
	if (w->finding != NULL)
		return strcmp(w->finding, f->id) == 0;
	return strcmp(w->rule, f->rule_id) == 0 && f->store_path != NULL &&
		strcmp(w->store, f->store_path) == 0;
}

static bool covers(const struct waiver *w, const struct finding *f,
		   const char *sha256, bool is_member)
{
	if (!is_about(w, f))
		return false;
	/* What is no certificate, as a revocation list, no waiver can name.  */
	if (w->n_sha256 > 0 || (is_member && sha256 != NULL))
		return names_certificate(w, sha256);
	return w->finding != NULL || sha256 == NULL;
}

struct waiver *waiver_for(const struct judge *j, const struct finding *f,
			  const char *sha256, bool is_member)
{
	for (size_t i = 0; j->waivers != NULL && i < j->waivers->n; i++) {
		struct waiver *w = &j->waivers->items[i];

		if (w->until > j->report->now &&
		    covers(w, f, sha256, is_member))
			return w;
	}
	return NULL;
}

/* Could F, which was not decided, have been what W is about?  The id of a finding
 * does not show of which rule and store it is.  */
static bool may_hide(const struct finding *f, const struct waiver *w)
{
	if (f->status != FINDING_UNKNOWN)
		return false;
	return w->finding != NULL ||
	       (strcmp(w->rule, f->rule_id) == 0 &&
		(f->store_path == NULL || strcmp(w->store, f->store_path) == 0));
}

void waivers_doubt(struct waivers *w, const struct report *r)
{
	for (size_t i = 0; i < w->n; i++) {
		struct waiver *one = &w->items[i];

		one->undecided = false;
		for (size_t k = 0; k < r->n_findings && one->matched == 0; k++)
			one->undecided |= may_hide(&r->findings[k], one);
	}
}

void finding_waive(struct finding *f, struct waiver *w, const char *sha256,
		   size_t certificates)
{
	char until[TIME_SIZE];
	char *text = xasprintf(_("%s (%s, until %s)"), w->reason, w->author,
			       time_format(w->until, until));

	w->matched++;
	if (certificates > 0) {
		AUTO(str) char *one = text;

		text = xasprintf(ngettext("%zu certificate: %s",
					  "%zu certificates: %s", certificates),
				 certificates, one);
	}
	finding_add_evidence(f, N_("waiver"), text, sha256);
}
