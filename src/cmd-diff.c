/* cmd-diff.c -- diff: which stores, entries, statements and settings two scans of
 * one root do not share.
 *
 * An entry is the same when its store, certificate, role, purposes, label and
 * file are; where in the file it stands does not matter.  The entries of a
 * store that only one scan has are counted for people and listed for programs.
 * What a store that was not read completely seems to lack may still be there:
 * such stores are named.
 *
 * Statements are what stores say of certificates that they do not hold: distrust by
 * serial number or key, revocation lists, private keys.  Settings are those of files;
 * of whoever happened to scan, and of processes, there are others each time.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

struct scan_head {
	int64_t id, now;
	char *root;
};

/* In the order in which they are written.  */
enum part { STORES, ENTRIES, STATEMENTS, SETTINGS, INCOMPLETE, PARTS };

struct diff {
	const struct options *o;
	struct inventory *inventory;
	struct scan_head old, new;
	FILE *f;
	struct pen pen;
	bool json;
	enum part part;		/* that is written now */
	size_t rows[PARTS];	/* so far */
	char *store;		/* text: the store of the row before */
};

static void auto_diff(struct diff *d)
{
	free(d->old.root);
	free(d->new.root);
	free(d->store);
}

/* ---- which scans -----------------------------------------------------------*/

static int take_head(int n, const char *const *names,
		     const char *const *values, const bool *numeric, void *data)
{
	struct scan_head *head = data;
	AUTO(str) char *now = xasprintf("@%s", values[1]);
	uint64_t id;

	(void)n;
	(void)names;
	(void)numeric;
	if (number_parse(values[0], INT64_MAX, &id) < 0 ||
	    time_parse(now, &head->now) < 0)
		return -EINVAL;
	head->id = (int64_t)id;
	free(head->root);
	head->root = xstrdup(values[2]);
	return 0;
}

/* The newest scan that CONDITION holds for; its root is NULL if there is none. */
static int find_scan(struct diff *d, const char *condition,
		     struct scan_head *ret_head)
{
	AUTO(str) char *sql = xasprintf(
		"SELECT scan_id, now, root FROM v_scan WHERE %s"
		" ORDER BY scan_id DESC LIMIT 1", condition);

	return select_rows(d->inventory, sql, take_head, ret_head);
}

static int find_named(struct diff *d, const char *number,
		      struct scan_head *ret_head)
{
	AUTO(str) char *condition = NULL;
	uint64_t id;
	int status;

	if (number_parse(number, INT64_MAX, &id) < 0)
		return usage_error(d->o->command, _("this is no scan's number:"),
				   number, NULL);
	condition = xasprintf("scan_id = %" PRIu64, id);
	status = find_scan(d, condition, ret_head);
	if (status < 0 && ret_head->root == NULL)
		return usage_error(d->o->command, _("there is no scan"),
				   number, NULL);
	return status;
}

/* "root = '...'" as SQL.  */
static char *root_condition(const char *root)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_adds(&b, "root = '");
	for (; *root != '\0'; root++) {
		if (*root == '\'')
			buf_adds(&b, "''");
		else
			buf_add(&b, root, 1);
	}
	buf_adds(&b, "'");
	return buf_take(&b);
}

/* The newest scan of all, or of the root that was named.  */
static int find_newest(struct diff *d, const char *root,
		       struct scan_head *ret_head)
{
	AUTO(str) char *condition = root != NULL ? root_condition(root) :
				    xstrdup("1 = 1");

	return find_scan(d, condition, ret_head);
}

static int find_before(struct diff *d, const struct scan_head *newer,
		       struct scan_head *ret_head)
{
	AUTO(str) char *same = root_condition(newer->root);
	AUTO(str) char *condition = xasprintf("%s AND scan_id < %" PRId64,
					      same, newer->id);

	return find_scan(d, condition, ret_head);
}

static int find_scans(struct diff *d)
{
	const struct options *o = d->o;
	AUTO(str) char *root = NULL;
	int status = -1;

	if (o->given & BIT(OPTION_ROOT)) {
		root = realpath(o->root, NULL);
		if (root == NULL)
			root = xstrdup(o->root);
	}
	if (o->n_arguments > 0)
		status = find_named(d, o->arguments[0], &d->old);
	if (status < 0 && o->n_arguments > 1)
		status = find_named(d, o->arguments[1], &d->new);
	else if (status < 0)
		status = find_newest(d, o->n_arguments > 0 ? d->old.root : root,
				     &d->new);
	if (status < 0 && o->n_arguments == 0 && d->new.root != NULL)
		status = find_before(d, &d->new, &d->old);
	if (status >= 0)
		return status;
	if (d->old.root == NULL || d->new.root == NULL) {
		log_error(_("there are no two scans of one root to compare"));
		return STATUS_FAILURE;
	}
	if (root != NULL && strcmp(d->new.root, root) != 0) {
		AUTO(str) char *name = escape_text(root, strlen(root));

		log_error(_("scan %" PRId64 " is not of %s"), d->new.id, name);
		return EX_USAGE;
	}
	if (o->n_arguments == 1 && d->old.id == d->new.id) {
		log_error(_("scan %" PRId64 " is the newest of its root: there is"
			    " none to compare it with"), d->old.id);
		return STATUS_FAILURE;
	}
	if (strcmp(d->old.root, d->new.root) != 0) {
		log_error(_("scan %" PRId64 " and scan %" PRId64 " are of different roots"),
			  d->old.id, d->new.id);
		return EX_USAGE;
	}
	return -1;
}

/* ---- queries ---------------------------------------------------------------*/

/* Both take: change, the scan that has it, the one that lacks it.  */
static const char stores_sql[] =
	"SELECT '%s' AS change, s.kind, s.path,"
	" nullif(s.owner, '') AS owner, s.entries"
	" FROM v_history_store s WHERE s.scan_id = %" PRId64
	" AND s.store_id NOT IN (SELECT store_id FROM v_history_store"
	"  WHERE scan_id = %" PRId64 ")";

static const char entries_sql[] =
	"SELECT '%s' AS change, s.kind, s.path,"
	" nullif(s.owner, '') AS owner, e.sha256,"
	" coalesce(c.name, '') AS name, c.subject, c.not_after, e.role,"
	" e.purposes, e.label, e.location,"
	" (SELECT count(*) FROM v_history_store o WHERE o.scan_id = %" PRId64
	"  AND o.store_id = e.store_id) AS shared"
	" FROM (SELECT store_id, sha256, role, purposes, label, location"
	"  FROM v_history_entry WHERE scan_id = %" PRId64
	"  EXCEPT SELECT store_id, sha256, role, purposes, label, location"
	"  FROM v_history_entry WHERE scan_id = %" PRId64 ") e"
	" JOIN v_history_store s ON s.store_id = e.store_id"
	"  AND s.scan_id = %" PRId64
	" LEFT JOIN v_known_certificate c ON c.sha256 = e.sha256";

/* Both take: change, the scan that has it, the one that lacks it, the first again. */
static const char statements_sql[] =
	"SELECT '%s' AS change, s.kind, s.path, nullif(s.owner, '') AS owner,"
	" m.role, m.issuer, m.serial, m.spki_sha256, m.location,"
	" m.next_update"
	" FROM (SELECT store_id, role, issuer, serial, spki_sha256, location,"
	"   next_update FROM v_history_statement WHERE scan_id = %" PRId64
	"  EXCEPT SELECT store_id, role, issuer, serial, spki_sha256, location,"
	"   next_update FROM v_history_statement WHERE scan_id = %" PRId64 ") m"
	" JOIN v_history_store s ON s.store_id = m.store_id"
	"  AND s.scan_id = %" PRId64;

static const char settings_sql[] =
	"SELECT '%s' AS change, r.path, nullif(r.owner, '') AS owner, r.program,"
	" r.effect, r.section, r.name, r.\"option\", r.value, r.target"
	" FROM (SELECT path, owner, program, effect, section, name, \"option\","
	"   value, target FROM v_history_redirection"
	"   WHERE source = 'file' AND scan_id = %" PRId64
	"  EXCEPT SELECT path, owner, program, effect, section, name, \"option\","
	"   value, target FROM v_history_redirection"
	"   WHERE source = 'file' AND scan_id = %" PRId64 ") r";

/* Stores that one of the two scans could not read completely.  */
static const char incomplete_sql[] =
	"SELECT kind, path,"
	" sum(CASE WHEN scan_id = %" PRId64 " THEN unread ELSE 0 END)"
	"  AS old_problems,"
	" sum(CASE WHEN scan_id = %" PRId64 " THEN unread ELSE 0 END)"
	"  AS new_problems"
	" FROM v_history_store WHERE unread > 0"
	" AND scan_id IN (%" PRId64 ", %" PRId64 ")"
	" GROUP BY kind, path ORDER BY path, kind";

static char *both(const char *removed, const char *added, const char *order)
{
	return xasprintf("SELECT * FROM (%s UNION ALL %s) ORDER BY %s",
			 removed, added, order);
}

static char *stores_query(const struct diff *d)
{
	int64_t old = d->old.id, new = d->new.id;
	AUTO(str) char *removed = xasprintf(stores_sql, "removed", old, new);
	AUTO(str) char *added = xasprintf(stores_sql, "added", new, old);

	return both(removed, added, "path, kind, change");
}

static char *entries_query(const struct diff *d)
{
	int64_t old = d->old.id, new = d->new.id;
	AUTO(str) char *removed = xasprintf(entries_sql, "removed", new, old,
					    new, old);
	AUTO(str) char *added = xasprintf(entries_sql, "added", old, new, old,
					  new);

	return both(removed, added,
		    "path, kind, name, sha256, location, label, change DESC");
}

static char *statements_query(const struct diff *d)
{
	int64_t old = d->old.id, new = d->new.id;
	AUTO(str) char *removed = xasprintf(statements_sql, "removed", old, new,
					    old);
	AUTO(str) char *added = xasprintf(statements_sql, "added", new, old, new);

	return both(removed, added, "path, kind, location, issuer, serial,"
		    " spki_sha256, next_update, change DESC");
}

static char *incomplete_query(const struct diff *d)
{
	return xasprintf(incomplete_sql, d->old.id, d->new.id, d->old.id,
			 d->new.id);
}

static char *settings_query(const struct diff *d)
{
	int64_t old = d->old.id, new = d->new.id;
	AUTO(str) char *removed = xasprintf(settings_sql, "removed", old, new);
	AUTO(str) char *added = xasprintf(settings_sql, "added", new, old);

	return both(removed, added, "path, section, name, \"option\", value,"
		    " target, owner, program, change DESC");
}

/* ---- JSON ------------------------------------------------------------------*/

/* One row as an object, but for the columns that are only ours.  */
static void json_object(struct diff *d, int n, const char *const *names,
			const char *const *values, const bool *numeric)
{
	const char *comma = "";

	fprintf(d->f, "%s\n    {", d->rows[d->part] == 0 ? "" : ",");
	for (int i = 0; i < n; i++) {
		AUTO(str) char *value = NULL;
		char time[TIME_SIZE];

		if (strcmp(names[i], "shared") == 0)
			continue;
		if (values[i] != NULL && (strcmp(names[i], "not_after") == 0 ||
					  strcmp(names[i], "next_update") == 0)) {
			AUTO(str) char *text = xasprintf("@%s", values[i]);
			int64_t t = 0;

			time_parse(text, &t);
			value = json_text(time_format(t, time));
		} else if (values[i] != NULL && numeric[i]) {
			value = xstrdup(values[i]);
		} else {
			value = json_text(values[i]);
		}
		fprintf(d->f, "%s\"%s\": %s", comma, names[i], value);
		comma = ", ";
	}
	fputs("}", d->f);
}

static void json_begin(struct diff *d)
{
	AUTO(str) char *root = json_text(d->new.root);
	char old[TIME_SIZE], new[TIME_SIZE];

	fprintf(d->f, "{\n  \"format\": \"trustdrift/diff\", \"version\": 1, "
		"\"tool\": \"%s\", \"root\": %s,\n", PACKAGE_VERSION, root);
	fprintf(d->f, "  \"old\": { \"scan\": %" PRId64 ", \"now\": \"%s\" },\n",
		d->old.id, time_format(d->old.now, old));
	fprintf(d->f, "  \"new\": { \"scan\": %" PRId64 ", \"now\": \"%s\" },\n",
		d->new.id, time_format(d->new.now, new));
}

/* ---- text ------------------------------------------------------------------*/

static const char *sign(const char *change)
{
	return strcmp(change, "added") == 0 ? "+" : "-";
}

static enum ink ink_of(const char *change)
{
	return strcmp(change, "added") == 0 ? INK_GOOD : INK_HIGH;
}

static char *escaped(const char *s)
{
	return escape_text(s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

static void text_begin(struct diff *d)
{
	AUTO(str) char *root = escaped(d->new.root);
	char old[TIME_SIZE], new[TIME_SIZE];
	AUTO(str) char *scans = xasprintf(
		_("from scan %" PRId64 " (%s) to scan %" PRId64 " (%s)"),
		d->old.id, time_format(d->old.now, old),
		d->new.id, time_format(d->new.now, new));

	pen_begin(&d->pen, "", "  ");
	pen_word(&d->pen, INK_BOLD, root);
	pen_words(&d->pen, INK_PLAIN, scans);
	pen_end(&d->pen);
}

static void text_store(struct diff *d, const char *const *v)
{
	AUTO(str) char *kind = escaped(v[1]);
	AUTO(str) char *path = escaped(v[2]);
	AUTO(str) char *note = NULL;
	uint64_t n = 0;

	number_parse(v[4], INT64_MAX, &n);
	note = xasprintf(ngettext("(%s, %" PRIu64 " entry)",
				  "(%s, %" PRIu64 " entries)", n), kind, n);

	if (d->rows[STORES] == 0)
		putc('\n', d->f);
	pen_begin(&d->pen, "", "    ");
	pen_word(&d->pen, ink_of(v[0]), sign(v[0]));
	pen_words(&d->pen, ink_of(v[0]), _("store"));
	pen_word(&d->pen, INK_BOLD, path);
	pen_words(&d->pen, INK_DIM, note);
	pen_end(&d->pen);
}

static void text_store_head(struct diff *d, const char *const *v)
{
	AUTO(str) char *kind = escaped(v[1]);
	AUTO(str) char *path = escaped(v[2]);
	AUTO(str) char *both_names = xasprintf("%s\n%s", path, kind);
	AUTO(str) char *note = xasprintf("(%s)", kind);

	if (d->store != NULL && strcmp(d->store, both_names) == 0)
		return;
	free(d->store);
	d->store = TAKE(both_names);
	putc('\n', d->f);
	pen_begin(&d->pen, "", "    ");
	pen_word(&d->pen, INK_BOLD, path);
	pen_words(&d->pen, INK_DIM, note);
	pen_end(&d->pen);
}

/* Columns of entries_sql.  */
enum {
	ENTRY_SHA256 = 4, ENTRY_NAME, ENTRY_SUBJECT, ENTRY_NOT_AFTER,
	ENTRY_ROLE, ENTRY_PURPOSES, ENTRY_LABEL, ENTRY_LOCATION, ENTRY_SHARED,
};

static void text_entry(struct diff *d, const char *const *v)
{
	AUTO(str) char *name = escaped(v[ENTRY_NAME]);
	AUTO(str) char *label = escaped(v[ENTRY_LABEL]);
	AUTO(str) char *location = escaped(v[ENTRY_LOCATION]);
	AUTO(str) char *path = escaped(v[2]);
	AUTO(str) char *role = xasprintf("%s%s%s", v[ENTRY_ROLE],
		*v[ENTRY_PURPOSES] != '\0' ? " " : "", v[ENTRY_PURPOSES]);
	const char *file = strrchr(location, '/');

	/* Those of a store that came or went as a whole are only counted.  */
	if (strcmp(v[ENTRY_SHARED], "0") == 0)
		return;
	text_store_head(d, v);
	pen_begin(&d->pen, "  ", "      ");
	pen_word(&d->pen, ink_of(v[0]), sign(v[0]));
	pen_word(&d->pen, INK_PLAIN, *name != '\0' ? name :
		 _("(a certificate that cannot be decoded)"));
	AUTO(str) char *hash = xstrndup(v[ENTRY_SHA256], 16);
	pen_word(&d->pen, INK_DIM, hash);
	pen_word(&d->pen, INK_PLAIN, role);
	if (strcmp(location, path) != 0)
		pen_word(&d->pen, INK_DIM, file != NULL ? file + 1 : location);
	if (*label != '\0') {
		AUTO(str) char *quoted = xasprintf("\"%s\"", label);

		pen_word(&d->pen, INK_DIM, quoted);
	}
	pen_end(&d->pen);
}

/* Columns of statements_sql.  */
enum {
	STATEMENT_ROLE = 4, STATEMENT_ISSUER, STATEMENT_SERIAL, STATEMENT_KEY,
	STATEMENT_LOCATION, STATEMENT_NEXT_UPDATE,
};

/* What a statement is about; the caller frees.  */
static char *statement_words(const char *const *v)
{
	AUTO(str) char *issuer = escaped(v[STATEMENT_ISSUER]);

	if (v[STATEMENT_SERIAL] != NULL)
		return xasprintf(_("serial number %s of %s"),
				 v[STATEMENT_SERIAL], issuer);
	if (v[STATEMENT_NEXT_UPDATE] != NULL) {
		AUTO(str) char *text = xasprintf("@%s", v[STATEMENT_NEXT_UPDATE]);
		char time[TIME_SIZE];
		int64_t t = 0;

		time_parse(text, &t);
		return xasprintf(_("revocation list of %s, until %s"), issuer,
				 time_format(t, time));
	}
	return v[STATEMENT_KEY] != NULL
		? xasprintf(_("key %.16s"), v[STATEMENT_KEY])
		: TAKE(issuer);
}

static void text_statement(struct diff *d, const char *const *v)
{
	AUTO(str) char *location = escaped(v[STATEMENT_LOCATION]);
	AUTO(str) char *path = escaped(v[2]);
	AUTO(str) char *words = statement_words(v);
	const char *file = strrchr(location, '/');

	text_store_head(d, v);
	pen_begin(&d->pen, "  ", "      ");
	pen_word(&d->pen, ink_of(v[0]), sign(v[0]));
	pen_words(&d->pen, INK_PLAIN, words);
	pen_word(&d->pen, INK_PLAIN, v[STATEMENT_ROLE]);
	if (strcmp(location, path) != 0)
		pen_word(&d->pen, INK_DIM, file != NULL ? file + 1 : location);
	pen_end(&d->pen);
}

/* Columns of settings_sql.  */
enum {
	SETTING_PATH = 1, SETTING_OWNER, SETTING_PROGRAM, SETTING_EFFECT,
	SETTING_SECTION, SETTING_NAME, SETTING_OPTION, SETTING_VALUE,
	SETTING_TARGET,
};

static void text_setting(struct diff *d, const char *const *v)
{
	AUTO(str) char *path = escaped(v[SETTING_PATH]);
	AUTO(str) char *name = escaped(v[SETTING_NAME]);
	AUTO(str) char *option = escaped(v[SETTING_OPTION]);
	AUTO(str) char *value = escaped(v[SETTING_VALUE]);
	AUTO(str) char *what = xasprintf("%s%s%s%s%s", name,
		*option != '\0' ? " " : "", option,
		v[SETTING_VALUE] != NULL ? "=" : "", value);
	AUTO(str) char *whom = xasprintf("(%s: %s)", v[SETTING_EFFECT],
					 v[SETTING_PROGRAM]);

	if (d->rows[SETTINGS] == 0)
		putc('\n', d->f);
	pen_begin(&d->pen, "", "    ");
	pen_word(&d->pen, ink_of(v[0]), sign(v[0]));
	pen_words(&d->pen, ink_of(v[0]), _("setting"));
	pen_word(&d->pen, INK_PLAIN, what);
	pen_word(&d->pen, INK_BOLD, path);
	pen_words(&d->pen, INK_DIM, whom);
	pen_end(&d->pen);
}

static void text_incomplete(struct diff *d, const char *const *v)
{
	AUTO(str) char *path = escaped(v[1]);
	AUTO(str) char *line = xasprintf(
		_("%s was not read completely (%s problems, then %s): what seems to come or go may have been there all along."),
		path, v[2], v[3]);

	if (d->rows[INCOMPLETE] == 0)
		putc('\n', d->f);
	pen_line(&d->pen, INK_MEDIUM, "", "  ", line);
}

static size_t differences(const struct diff *d)
{
	size_t n = 0;

	for (size_t k = 0; k < INCOMPLETE; k++)
		n += d->rows[k];
	return n;
}

static void text_end(struct diff *d)
{
	const size_t *rows = d->rows;
	AUTO(str) char *stores = xasprintf(ngettext("%zu store", "%zu stores",
		rows[STORES]), rows[STORES]);
	AUTO(str) char *entries = xasprintf(ngettext("%zu entry", "%zu entries",
		rows[ENTRIES]), rows[ENTRIES]);
	AUTO(str) char *statements = xasprintf(ngettext("%zu statement",
		"%zu statements", rows[STATEMENTS]), rows[STATEMENTS]);
	AUTO(str) char *settings = xasprintf(ngettext("%zu setting",
		"%zu settings", rows[SETTINGS]), rows[SETTINGS]);

	if (differences(d) == 0)
		fprintf(d->f, "\n%s\n", _("No difference."));
	if (rows[STORES] + rows[ENTRIES] > 0)
		fprintf(d->f, _("\n%s and %s differ.\n"), stores, entries);
	if (rows[STATEMENTS] + rows[SETTINGS] > 0)
		fprintf(d->f, _("\n%s and %s differ.\n"), statements, settings);
}

/* ---- both ------------------------------------------------------------------*/

static const struct {
	const char *key;	/* in JSON */
	char *(*query)(const struct diff *d);
	void (*text)(struct diff *d, const char *const *v);
} parts[PARTS] = {
	[STORES] = { "stores", stores_query, text_store },
	[ENTRIES] = { "entries", entries_query, text_entry },
	[STATEMENTS] = { "statements", statements_query, text_statement },
	[SETTINGS] = { "settings", settings_query, text_setting },
	[INCOMPLETE] = { "incomplete", incomplete_query, text_incomplete },
};

static int give(int n, const char *const *names, const char *const *values,
		const bool *numeric, void *data)
{
	struct diff *d = data;

	if (d->json)
		json_object(d, n, names, values, numeric);
	else
		parts[d->part].text(d, values);
	d->rows[d->part]++;
	return 0;
}

static int compare_part(struct diff *d, enum part part)
{
	AUTO(str) char *sql = parts[part].query(d);
	int status;

	d->part = part;
	if (d->json)
		fprintf(d->f, "  \"%s\": [", parts[part].key);
	status = select_rows(d->inventory, sql, give, d);
	if (status < 0 && d->json)
		fprintf(d->f, "%s]%s", d->rows[part] > 0 ? "\n  " : "",
			part + 1 < PARTS ? ",\n" : "\n}\n");
	return status;
}

static int compare(struct diff *d)
{
	int status = -1;

	if (d->json)
		json_begin(d);
	else
		text_begin(d);
	for (size_t k = 0; status < 0 && k < PARTS; k++)
		status = compare_part(d, (enum part)k);
	if (status < 0 && !d->json)
		text_end(d);
	return status;
}

int diff_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(diff) struct diff d = { .o = o };
	struct out out;
	int status;

	status = open_inventory(o, INVENTORY_READ, &i, NULL);
	if (status >= 0)
		return status;
	d.inventory = i;
	d.json = strcmp(o->format, "json") == 0;
	status = find_scans(&d);
	if (status >= 0)
		return status;

	out_begin(o, &out);
	d.f = out.f;
	pen_init(&d.pen, out.f, terminal_width(o, 100), use_color(o));
	status = compare(&d);
	if (status >= 0) {
		out_cancel(&out);
		return status;
	}
	status = out_end(&out, 0, 0644);
	if (status >= 0)
		return status;
	return differences(&d) > 0 ? STATUS_DIFFERENT : STATUS_OK;
}
