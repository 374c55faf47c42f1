/* cmd-show.c -- show: tables of what the newest scan, the data files and the
 * program hold.  A row in the table below is a word of show.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "cmd.h"
#include "fix/fix.h"
#include "locate/locate.h"

struct subject {
	const char *name;
	const char *sql;	/* over the views; NULL: fill */
	fill_fn *fill;
};

/* Columns that are seconds since 1970 in the views.  */
static const char *const times[] = {
	"now", "made", "not_before", "not_after", NULL
};

static const char stores_sql[] =
	"SELECT kind, path, real_path, owner, party, format, entries, problems"
	" FROM v_store ORDER BY path, kind";

static const char certificates_sql[] =
	"SELECT c.sha256, c.name, c.not_after,"
	" (SELECT count(DISTINCT e.store_id) FROM v_entry e"
	"  WHERE e.sha256 = c.sha256) AS stores"
	" FROM v_certificate c ORDER BY c.name, c.sha256";

static const char statements_sql[] =
	"SELECT s.path AS store, m.role, m.purposes, m.issuer, m.serial,"
	" m.spki_sha256, m.next_update, m.label, m.location, m.\"offset\""
	" FROM v_statement m"
	" JOIN v_store s ON s.store_id = m.store_id"
	" ORDER BY m.location, m.\"offset\", s.path, m.role, m.spki_sha256";

static const char parties_sql[] =
	"SELECT p.party, p.title, p.instance, p.owner, p.own_list, p.model,"
	" (SELECT count(DISTINCT s.store_id) FROM v_party_store s"
	"  WHERE s.party = p.party) AS stores,"
	" (SELECT count(*) FROM v_anchor a WHERE a.party = p.party) AS anchors,"
	" coalesce((SELECT m.verified FROM v_model m WHERE m.model = p.model),"
	"  'no') AS verified"
	" FROM v_party p ORDER BY p.party";

/* What one party composes, in its order, and behind that what it would.  A
 * store's anchors are those of its certificates that the party trusts.  */
static const char party_sql[] =
	"SELECT u.position, u.role, u.kind, s.path, s.format, s.entries,"
	" (SELECT count(DISTINCT a.sha256) FROM v_entry e JOIN v_anchor a"
	"  ON a.sha256 = e.sha256 AND a.party = u.party"
	"  WHERE e.store_id = u.store_id AND e.role = 'anchor'"
	"  AND u.role = 'anchor') AS anchors,"
	" s.problems, NULL AS shadowed_by"
	" FROM v_party_store u JOIN v_store s ON s.store_id = u.store_id"
	" WHERE u.party = %Q"
	" UNION ALL SELECT u.position, u.role, u.kind, s.path, s.format,"
	" s.entries, 0, s.problems, u.instead"
	" FROM v_party_shadow u JOIN v_store s ON s.store_id = u.store_id"
	" WHERE u.party = %Q"
	" ORDER BY shadowed_by, position, path";

/* Stores that are there and that nobody reads: a party found another one first,
 * or no party of this host takes this kind.  A file that somebody reads under
 * another name is read, so is one that a setting names, and inputs of generators
 * are meant to be read by these only.  */
static const char shadowed_sql[] =
	"SELECT s.kind, s.path, s.owner, s.entries,"
	" (SELECT min(h.party) FROM v_party_shadow h"
	"  WHERE h.store_id = s.store_id) AS party,"
	" (SELECT min(h.instead) FROM v_party_shadow h"
	"  WHERE h.store_id = s.store_id) AS shadowed_by"
	" FROM v_store s"
	" WHERE NOT EXISTS (SELECT 1 FROM v_party_store u"
	"  WHERE u.store_id = s.store_id)"
	" AND NOT EXISTS (SELECT 1 FROM v_store t JOIN v_party_store u"
	"  ON u.store_id = t.store_id JOIN v_file f ON f.store_id = t.store_id"
	"  AND f.path = t.path"
	"  WHERE t.real_path = s.real_path)"
	" AND EXISTS (SELECT 1 FROM v_entry e"
	"  WHERE e.store_id = s.store_id AND e.role <> 'source')"
	" AND NOT EXISTS (SELECT 1 FROM v_redirection r"
	"  WHERE r.store_id = s.store_id)"
	" ORDER BY s.path, s.kind";

static const char redirections_sql[] =
	"SELECT r.owner, r.program, r.effect, r.name, r.\"option\", r.value,"
	" r.target, r.real_path, r.present, s.kind AS store, r.note,"
	" CASE r.source WHEN 'environment' THEN 'environ'"
	"  ELSE r.path END AS set_in, r.line, r.processes"
	" FROM v_redirection r LEFT JOIN v_store s ON s.store_id = r.store_id"
	" ORDER BY r.position";

static const char scans_sql[] =
	"SELECT s.scan_id AS scan, s.root, s.now, s.made,"
	" count(h.store_id) AS stores, coalesce(sum(h.entries), 0) AS entries,"
	" coalesce(sum(h.problems), 0) AS problems, s.tool, s.host_name"
	" FROM v_scan s LEFT JOIN v_history_store h ON h.scan_id = s.scan_id"
	" GROUP BY s.scan_id ORDER BY s.scan_id";

static const char problems_sql[] =
	"SELECT s.path AS store, p.path, p.\"offset\", p.code, p.message,"
	" p.skipped FROM v_problem p"
	" LEFT JOIN v_store s ON s.store_id = p.store_id"
	" ORDER BY s.path, s.kind, p.path, p.\"offset\", p.code, p.message";

/* ---- what needs no inventory -----------------------------------------------*/

static int give(struct table *t, int n, const char *const *names,
		const char *const *values)
{
	static const bool numeric[16];

	return table_row(t, n, names, values, numeric) < 0 ? STATUS_FAILURE : -1;
}

static int fill_rules(const struct options *o, struct table *t, void *data)
{
	static const char *const names[] = {
		"id", "severity", "title", "needs", "recipe", "since", "file",
	};
	struct rules *rules;
	char *error = NULL;
	int r, status;

	(void)data;
	r = rules_load(o->config, &rules, &error);
	if (r < 0)
		return load_failed(r, error);
	status = give(t, ARRAY_SIZE(names), names, NULL);
	for (size_t i = 0; i < rules->n && status < 0; i++) {
		const struct rule *rule = &rules->items[i];
		const char *values[] = {
			rule->id, severity_name(rule->severity), rule->title,
			rule->needs, rule->recipe, rule->since,
			rule->defined_in,
		};

		status = give(t, ARRAY_SIZE(names), names, values);
	}
	rules_free(rules);
	return status;
}

/* ---- one rule, whole ---------------------------------------------------------*/

static int print_file(const struct options *o, const char *path)
{
	AUTO(str) char *name = escape_text(path, strlen(path));
	AUTO(str) char *text = NULL;
	struct out out;
	size_t n;
	int r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n), status;

	if (r < 0) {
		log_error("%s: %s", name, error_words(r));
		return STATUS_FAILURE;
	}
	out_begin(o, &out);
	fwrite(text, 1, n, out.f);
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : STATUS_OK;
}

/* Says on standard error where the rule is defined, and which file of the
 * program's it takes the place of, and prints the file.  */
static int show_rule(const struct options *o, const char *id)
{
	struct rules *rules;
	const struct rule *rule = NULL;
	AUTO(str) char *vendor = NULL, *where = NULL;
	const char *base, **words;
	char *error = NULL;
	int r = rules_load(o->config, &rules, &error), status;

	if (r < 0)
		return load_failed(r, error);
	words = xcalloc(rules->n + 1, sizeof(*words));
	for (size_t i = 0; i < rules->n; i++) {
		words[i] = rules->items[i].id;
		if (strcmp(words[i], id) == 0)
			rule = &rules->items[i];
	}
	if (rule == NULL) {
		status = usage_error(o->command, _("there is no rule"), id,
				     words);
	} else {
		base = strrchr(rule->path, '/');
		vendor = xasprintf("%s/rules%s", data_dir(),
				   base != NULL ? base : "");
		where = escape_text(rule->defined_in,
				    strlen(rule->defined_in));
		if (strcmp(vendor, rule->path) != 0 &&
		    access(vendor, F_OK) == 0)
			log_warning(_("%s: takes the place of %s"), where,
				    vendor);
		else
			log_warning("%s", where);
		status = print_file(o, rule->path);
	}
	free(words);
	rules_free(rules);
	return status;
}

/* ---- the views ------------------------------------------------------------------*/

/* Of an inventory without rows: what a rule may ask is the same for all.  */
static int fill_schema(const struct options *o, struct table *t, void *data)
{
	static const char *const names[] = { "view", "columns" };
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *error = NULL;
	sqlite3_stmt *s = NULL;
	int status = STATUS_FAILURE;

	(void)o;
	(void)data;
	if (inventory_open(NULL, INVENTORY_MEMORY, 0, &i, &error) < 0) {
		log_error("%s", error);
		return STATUS_FAILURE;
	}
	if (sqlite3_prepare_v2(inventory_db(i), "SELECT m.name,"
			" group_concat(c.name, ' ') FROM sqlite_schema m,"
			" pragma_table_info(m.name) c WHERE m.type = 'view'"
			/* others are parts of these, which query refuses */
			" AND substr(m.name, 1, 2) = 'v_'"
			" GROUP BY m.name ORDER BY m.name", -1, &s,
			NULL) == SQLITE_OK)
		status = give(t, ARRAY_SIZE(names), names, NULL);
	while (status < 0 && sqlite3_step(s) == SQLITE_ROW) {
		const char *values[] = {
			(const char *)sqlite3_column_text(s, 0),
			(const char *)sqlite3_column_text(s, 1),
		};

		status = give(t, ARRAY_SIZE(names), names, values);
	}
	sqlite3_finalize(s);
	return status;
}

/* What a reader can do, in words.  */
static char *capabilities(unsigned caps)
{
	static const struct {
		unsigned cap;
		const char *word;
	} words[] = {
		{ READS_MANY, "many" },
		{ READS_LABELS, "labels" },
		{ READS_TRUST, "trust" },
		{ READS_SQLITE, "sqlite" },
		{ READS_MARKS, "marks" },
		{ READS_PASSWORDS, "passwords" },
		{ READS_LARGE, "large" },
		{ READS_ROOTS, "roots" },
	};
	AUTO(buf) struct buf b;

	buf_init(&b, LIMIT_TEXT_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (caps & words[i].cap)
			buf_addf(&b, "%s%s", b.n > 0 ? " " : "", words[i].word);
	return buf_take(&b);
}

static int fill_formats(const struct options *o, struct table *t, void *data)
{
	static const char *const names[] = {
		"format", "use", "title", "capabilities",
	};
	int status = give(t, ARRAY_SIZE(names), names, NULL);

	(void)o;
	(void)data;
	for (size_t i = 0; readers[i] != NULL && status < 0; i++) {
		AUTO(str) char *can = capabilities(readers[i]->caps);
		const char *values[] = {
			readers[i]->name, "store", readers[i]->title, can,
		};

		status = give(t, ARRAY_SIZE(names), names, values);
	}
	for (size_t i = 0; outputs[i].name != NULL && status < 0; i++) {
		const char *values[] = {
			outputs[i].name, "report", outputs[i].title, "",
		};

		status = give(t, ARRAY_SIZE(names), names, values);
	}
	return status;
}

/* ---- all kinds of stores ---------------------------------------------------*/

static void auto_catalogue(struct catalogue **c)
{
	catalogue_free(*c);
}

static void auto_root(struct root *r)
{
	root_done(r);
}

struct kinds {
	const struct catalogue *catalogue;
	size_t *found;		/* for each definition */
};

static int count_place(const struct place *place, void *data)
{
	const struct kinds *k = data;

	if (place->error == 0)
		k->found[place->definition - k->catalogue->stores]++;
	return 0;
}

static int give_kind(const struct store_definition *d, size_t found,
		     struct table *t)
{
	static const char *const names[] = {
		"kind", "found", "format", "role", "recipe", "file", "title",
		"paths",
	};
	static const bool numeric[ARRAY_SIZE(names)] = { [1] = true };
	AUTO(str) char *count = xasprintf("%zu", found);
	AUTO(buf) struct buf paths;

	buf_init(&paths, SIZE_MAX / 2);
	for (char **p = d->written; *p != NULL; p++)
		buf_addf(&paths, "%s%s", paths.n > 0 ? " " : "", *p);
	return table_row(t, ARRAY_SIZE(names), names, (const char *[]){
		d->kind, count, d->format, d->role, d->recipe, d->defined_in,
		d->title, buf_str(&paths),
	}, numeric) < 0 ? STATUS_FAILURE : -1;
}

/* The root is looked at now: what is known needs no scan.  */
static int fill_kinds(const struct options *o, struct table *t, void *data)
{
	AUTO(catalogue) struct catalogue *c = NULL;
	AUTO(root) struct root root = { .fd = -1 };
	struct homes homes;
	struct kinds kinds;
	int status = load_catalogue(o, &c);

	(void)data;
	if (status < 0)
		status = open_root(o->root, &root);
	if (status >= 0)
		return status;
	homes_list(&root, c, &homes);
	kinds = (struct kinds){ c, xcalloc(c->n_stores, sizeof(size_t)) };
	walk_stores(&root, c, &homes, count_place, &kinds);
	homes_done(&homes);
	for (size_t i = 0; i < c->n_stores && status < 0; i++)
		status = give_kind(&c->stores[i], kinds.found[i], t);
	free(kinds.found);
	return status;
}

/* ---- recipes -----------------------------------------------------------------*/

static const char *const recipe_names[] = { "id", "title", "automatic" };

static int give_recipe(const char *id, const char *title, bool automatic,
		       void *data)
{
	const char *values[] = { id, title, automatic ? "yes" : "no" };

	return give(data, ARRAY_SIZE(recipe_names), recipe_names, values) < 0 ?
	       0 : -EIO;
}

static int fill_recipes(const struct options *o, struct table *t, void *data)
{
	struct recipes *recipes;
	char *error = NULL;
	int r, status;

	(void)data;
	r = recipes_load(o->config, &recipes, &error);
	if (r < 0)
		return load_failed(r, error);
	status = give(t, ARRAY_SIZE(recipe_names), recipe_names, NULL);
	if (status < 0 && recipes_each(recipes, give_recipe, t) < 0)
		status = STATUS_FAILURE;
	recipes_free(recipes);
	return status;
}

/* ---- findings ----------------------------------------------------------------*/

static const char *const finding_names[] = {
	"id", "rule", "severity", "status", "automatic", "store", "location",
	"sha256", "message",
};

static int give_finding(struct table *t, const struct finding *f)
{
	const char *values[] = {
		f->id, f->rule_id, severity_name(f->severity),
		finding_status_name(f->status),
		f->recipe == NULL ? "" : f->automatic ? "yes" : "no",
		f->store_path, f->location, f->certificate.sha256, f->message,
	};

	return give(t, ARRAY_SIZE(finding_names), finding_names, values);
}

/* Of the newest audit, in the order of its report.  */
static int fill_findings(const struct options *o, struct table *t, void *data)
{
	AUTO(inventory) struct inventory *i = NULL;
	struct audited audited = { .n = 0 };
	int status = open_newest(o, &i);

	(void)data;
	if (status < 0)
		status = audited_load(i,
			_("there is no audit to show findings of; trustdrift audit makes one"),
			&audited);
	if (status < 0)
		status = audited_check_rule(o, &audited);
	if (status < 0)
		status = give(t, ARRAY_SIZE(finding_names), finding_names,
			      NULL);
	for (size_t k = 0; k < audited.n && status < 0; k++)
		if (o->rule == NULL ||
		    strcmp(audited.findings[k].rule_id, o->rule) == 0)
			status = give_finding(t, &audited.findings[k]);
	audited_done(&audited);
	return status;
}

/* ---- the table -------------------------------------------------------------*/

static const struct subject subjects[] = {
	{ "stores", stores_sql, NULL },
	{ "certificates", certificates_sql, NULL },
	{ "statements", statements_sql, NULL },
	{ "findings", NULL, fill_findings },
	{ "parties", parties_sql, NULL },
	{ "shadowed", shadowed_sql, NULL },
	{ "redirections", redirections_sql, NULL },
	{ "rules", NULL, fill_rules },
	{ "schema", NULL, fill_schema },
	{ "formats", NULL, fill_formats },
	{ "recipes", NULL, fill_recipes },
	{ "scans", scans_sql, NULL },
	{ "problems", problems_sql, NULL },
};

struct selection_of {
	struct inventory *inventory;
	const char *sql;
};

static int fill_selected(const struct options *o, struct table *t, void *data)
{
	const struct selection_of *s = data;

	(void)o;
	return fill_from(s->inventory, s->sql, times, t);
}

/* Is there a party called ID?  */
static int count_row(int n, const char *const *names,
		     const char *const *values, const bool *numeric, void *data)
{
	bool *any = data;

	(void)n;
	(void)names;
	(void)values;
	(void)numeric;
	*any = true;
	return 0;
}

static int show_party(const struct options *o, const char *id)
{
	AUTO(inventory) struct inventory *i = NULL;
	struct selection_of selected = { .sql = NULL };
	bool exists = false;
	char *sql;
	int status;

	status = open_newest(o, &i);
	if (status >= 0)
		return status;
	sql = sqlite3_mprintf("SELECT 1 FROM v_party WHERE party = %Q", id);
	status = select_rows(i, sql, count_row, &exists);
	sqlite3_free(sql);
	if (status >= 0)
		return status;
	if (!exists) {
		AUTO(str) char *name = escape_text(id, strlen(id));
		AUTO(str) char *command = own_command(o);

		log_error(_("there is no relying party \"%s\" in the newest "
			    "scan: see %s show parties"), name, command);
		return STATUS_FAILURE;
	}
	sql = sqlite3_mprintf(party_sql, id, id);
	selected = (struct selection_of){ i, sql };
	status = print_table(o, fill_selected, &selected);
	sqlite3_free(sql);
	return status;
}

static int show(const struct options *o, const struct subject *subject)
{
	AUTO(inventory) struct inventory *i = NULL;
	struct selection_of selected = { .sql = subject->sql };
	int status;

	if (o->n_arguments > 1) {
		if (subject->sql == parties_sql)
			return show_party(o, o->arguments[1]);
		if (subject->fill == fill_rules)
			return show_rule(o, o->arguments[1]);
		return usage_error(o->command, _("one word too many:"),
				   o->arguments[1], NULL);
	}

	if (o->rule != NULL && subject->fill != fill_findings)
		return usage_error(o->command,
				   _("--rule goes with findings, not with"),
				   subject->name, NULL);
	if (o->all && subject->sql != stores_sql)
		return usage_error(o->command,
				   _("--all goes with stores, not with"),
				   subject->name, NULL);
	if (o->all)
		return print_table(o, fill_kinds, NULL);
	if (subject->fill != NULL)
		return print_table(o, subject->fill, NULL);
	status = open_newest(o, &i);
	if (status >= 0)
		return status;
	selected.inventory = i;
	return print_table(o, fill_selected, &selected);
}

int show_command(const struct options *o)
{
	const char *words[ARRAY_SIZE(subjects) + 1] = { NULL };

	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
		words[i] = subjects[i].name;
		if (o->n_arguments > 0 &&
		    strcmp(o->arguments[0], words[i]) == 0)
			return show(o, &subjects[i]);
	}
	if (o->n_arguments == 0) {
		AUTO(str) char *what = xasprintf(_("show what: %s?"),
						 o->command->arguments);

		return usage_error(o->command, what, NULL, NULL);
	}
	return usage_error(o->command, _("there is nothing called"),
			   o->arguments[0], words);
}
