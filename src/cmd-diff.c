/* cmd-diff.c -- diff: which stores and entries two scans of one root do not
 * share.
 *
 * An entry is the same when its store, certificate, role, purposes, label and
 * file are; where in the file it stands does not matter.  The entries of a
 * store that only one scan has are counted for people and listed for programs.
 * What a store that was not read completely seems to lack may still be there:
 * such stores are named.
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

struct diff {
	const struct options *o;
	struct inventory *inventory;
	struct scan_head old, new;
	FILE *f;
	struct pen pen;
	bool json;
	size_t stores, entries, incomplete;	/* rows so far */
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

/* ---- JSON ------------------------------------------------------------------*/

/* One row as an object, but for the columns that are only ours.  */
static void json_object(struct diff *d, int n, const char *const *names,
			const char *const *values, const bool *numeric,
			bool first)
{
	const char *comma = "";

	fprintf(d->f, "%s\n    {", first ? "" : ",");
	for (int i = 0; i < n; i++) {
		AUTO(str) char *value = NULL;
		char time[TIME_SIZE];

		if (strcmp(names[i], "shared") == 0)
			continue;
		if (values[i] != NULL && strcmp(names[i], "not_after") == 0) {
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
	fputs("  \"stores\": [", d->f);
}

static void json_next(struct diff *d, size_t rows, const char *key)
{
	fprintf(d->f, "%s]%s", rows > 0 ? "\n  " : "",
		key != NULL ? ",\n" : "\n}\n");
	if (key != NULL)
		fprintf(d->f, "  \"%s\": [", key);
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
	AUTO(str) char *note = xasprintf(_("(%s, %s entries)"), kind, v[4]);

	if (d->stores == 0)
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

static void text_incomplete(struct diff *d, const char *const *v)
{
	AUTO(str) char *path = escaped(v[1]);
	AUTO(str) char *line = xasprintf(
		_("%s was not read completely (%s problems, then %s): what seems to come or go may have been there all along."),
		path, v[2], v[3]);

	if (d->incomplete == 0)
		putc('\n', d->f);
	pen_line(&d->pen, INK_MEDIUM, "", "  ", line);
}

static void text_end(struct diff *d)
{
	AUTO(str) char *stores = xasprintf(ngettext("%zu store",
		"%zu stores", d->stores), d->stores);
	AUTO(str) char *entries = xasprintf(ngettext("%zu entry",
		"%zu entries", d->entries), d->entries);

	if (d->stores == 0 && d->entries == 0)
		fprintf(d->f, "\n%s\n", _("No difference."));
	else
		fprintf(d->f, _("\n%s and %s differ.\n"), stores, entries);
}

/* ---- both ------------------------------------------------------------------*/

static int give_store(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct diff *d = data;

	if (d->json)
		json_object(d, n, names, values, numeric, d->stores == 0);
	else
		text_store(d, values);
	d->stores++;
	return 0;
}

static int give_entry(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct diff *d = data;

	if (d->json)
		json_object(d, n, names, values, numeric, d->entries == 0);
	else if (strcmp(values[ENTRY_SHARED], "0") != 0)
		text_entry(d, values);
	d->entries++;
	return 0;
}

static int give_incomplete(int n, const char *const *names,
			   const char *const *values, const bool *numeric,
			   void *data)
{
	struct diff *d = data;

	if (d->json)
		json_object(d, n, names, values, numeric, d->incomplete == 0);
	else
		text_incomplete(d, values);
	d->incomplete++;
	return 0;
}

static int compare(struct diff *d)
{
	AUTO(str) char *stores = stores_query(d);
	AUTO(str) char *entries = entries_query(d);
	AUTO(str) char *incomplete = xasprintf(incomplete_sql, d->old.id,
					       d->new.id, d->old.id,
					       d->new.id);
	int status;

	if (d->json)
		json_begin(d);
	else
		text_begin(d);
	status = select_rows(d->inventory, stores, give_store, d);
	if (status < 0 && d->json)
		json_next(d, d->stores, "entries");
	if (status < 0)
		status = select_rows(d->inventory, entries, give_entry, d);
	if (status < 0 && d->json)
		json_next(d, d->entries, "incomplete");
	if (status < 0)
		status = select_rows(d->inventory, incomplete, give_incomplete,
				     d);
	if (status >= 0)
		return status;
	if (d->json)
		json_next(d, d->incomplete, NULL);
	else
		text_end(d);
	return -1;
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
	return d.stores + d.entries > 0 ? STATUS_DIFFERENT : STATUS_OK;
}
