/* cmd-policy.c -- policy: writes one of what the newest scan found trusted, or
 * tells whether a file is one.
 *
 * init writes a line for each certificate, and names the relying parties by
 * their types: those of one type on one host are meant to trust alike.  Names
 * are for reading only, so what a certificate calls itself is escaped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "locate/locate.h"

static void auto_policy(struct policy **p)
{
	policy_free(*p);
}

static void auto_catalogue(struct catalogue **c)
{
	if (*c != NULL)
		catalogue_free(*c);
}

int check_policy_parties(const struct options *o, const struct policy *p,
			 const struct catalogue *c)
{
	(void)o;
	for (size_t i = 0; i < p->n; i++) {
		const char *party = p->lines[i].party;
		size_t n = party != NULL ? strcspn(party, ":") : 0, k = 0;
		AUTO(str) char *name = NULL, *path = NULL;

		if (party == NULL)
			continue;
		while (k < c->n_parties &&
		       (strlen(c->parties[k].id) != n ||
			strncmp(c->parties[k].id, party, n) != 0))
			k++;
		if (k < c->n_parties)
			continue;
		name = escape_text(party, n);
		path = escape_text(p->lines[i].path, strlen(p->lines[i].path));
		log_error(_("%s:%u: there is no type of relying party called "
			    "'%s'"), path, p->lines[i].line, name);
		return EX_CONFIG;
	}
	return -1;
}

void put_attribute(FILE *f, const char *name, const char *value)
{
	AUTO(str) char *text = escape_text(value, strlen(value));

	fprintf(f, " %s=\"", name);
	put_markup(f, text, strlen(text));
	putc('"', f);
}

/* ---- init --------------------------------------------------------------------*/

/* A certificate, and which types of parties trust it.  */
struct trusted {
	char *sha256, *name;
	char **types;
	size_t n, cap;
};

struct listing {
	struct trusted *items;		/* by name */
	size_t n, cap;
	const char **types;		/* all of them, borrowed */
	size_t n_types, cap_types;
	bool scanned;
	int64_t now;
};

static void auto_listing(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct trusted *t = &l->items[i];

		for (size_t k = 0; k < t->n; k++)
			free(t->types[k]);
		free(t->types);
		free(t->sha256);
		free(t->name);
	}
	free(l->items);
	free(l->types);
}

static void add_type(struct listing *l, const char *type)
{
	for (size_t k = 0; k < l->n_types; k++)
		if (strcmp(l->types[k], type) == 0)
			return;
	grow(&l->types, l->n_types, &l->cap_types, sizeof(*l->types));
	l->types[l->n_types++] = type;
}

static int take_trusted(int n, const char *const *names,
			const char *const *values, const bool *numeric,
			void *data)
{
	struct listing *l = data;
	struct trusted *t = l->n > 0 ? &l->items[l->n - 1] : NULL;

	(void)n;
	(void)names;
	(void)numeric;
	if (t == NULL || strcmp(t->sha256, values[0]) != 0) {
		grow(&l->items, l->n, &l->cap, sizeof(*l->items));
		t = &l->items[l->n++];
		*t = (struct trusted){
			.sha256 = xstrdup(values[0]),
			.name = xstrdup(values[1] != NULL ? values[1] : ""),
		};
	}
	grow(&t->types, t->n, &t->cap, sizeof(*t->types));
	t->types[t->n] = xstrdup(values[2]);
	add_type(l, t->types[t->n++]);
	return 0;
}

static int take_run(int n, const char *const *names, const char *const *values,
		    const bool *numeric, void *data)
{
	struct listing *l = data;
	AUTO(str) char *now = xasprintf("@%s", values[0]);

	(void)n;
	(void)names;
	(void)numeric;
	if (time_parse(now, &l->now) < 0)
		return -EINVAL;
	l->scanned = true;
	return 0;
}

/* For TLS thousands of parties may have one set of anchors; of the rest only what
 * that does not have is asked for, party by party.  */
static const char trusted_sql[] =
	"WITH tls AS (SELECT DISTINCT y.type, a.sha256"
	" FROM (SELECT DISTINCT p.type, s.anchor_set FROM v_party p"
	"  JOIN v_party_anchor_set s ON s.party = p.party) y"
	" JOIN v_anchor_set a ON a.anchor_set = y.anchor_set)"
	" SELECT t.sha256, c.name, t.type FROM (SELECT type, sha256 FROM tls"
	"  UNION SELECT y.type, t.sha256 FROM v_party y CROSS JOIN v_trusted t"
	"  WHERE t.party = y.party AND t.purpose <> 'serverAuth'"
	"   AND (y.type, t.sha256) NOT IN (SELECT type, sha256 FROM tls)) t"
	" JOIN v_known_certificate c ON c.sha256 = t.sha256"
	" ORDER BY c.name, t.sha256, t.type";

static int list_trusted(const struct options *o, struct listing *l)
{
	AUTO(inventory) struct inventory *i = NULL;
	int status = open_newest(o, &i);

	if (status < 0)
		status = select_rows(i, "SELECT now FROM v_run", take_run, l);
	if (status < 0 && !l->scanned) {
		log_error(_("there is no scan to write a policy of; trustdrift scan makes one"));
		status = STATUS_FAILURE;
	}
	if (status < 0)
		status = select_rows(i, trusted_sql, take_trusted, l);
	return status;
}

static void put_line(FILE *f, const struct trusted *t, size_t all)
{
	AUTO(buf) struct buf types;

	buf_init(&types, SIZE_MAX);
	for (size_t k = 0; k < t->n; k++)
		buf_addf(&types, "%s%s", k > 0 ? " " : "", t->types[k]);
	fputs("  <allow", f);
	put_attribute(f, "sha256", t->sha256);
	if (t->n < all)
		put_attribute(f, "party", buf_str(&types));
	if (*t->name != '\0')
		put_attribute(f, "comment", t->name);
	fputs("/>\n", f);
}

static int policy_init(const struct options *o)
{
	AUTO(listing) struct listing l = { .items = NULL };
	char now[TIME_SIZE];
	struct out out;
	int status = list_trusted(o, &l);

	if (status >= 0)
		return status;
	out_begin(o, &out);
	fprintf(out.f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<!-- What was trusted at %s; see trustdrift-policy(5).\n"
		"     A line without party is about all of them. -->\n"
		"<policy>\n", time_format(l.now, now));
	for (size_t k = 0; k < l.n; k++)
		put_line(out.f, &l.items[k], l.n_types);
	fputs("</policy>\n", out.f);
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : STATUS_OK;
}

/* ---- check -------------------------------------------------------------------*/

static bool begins_element(const struct policy *p, size_t i)
{
	return i == 0 || p->lines[i].element != p->lines[i - 1].element;
}

static size_t count_elements(const struct policy *p, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += begins_element(p, i) &&
			strcmp(p->lines[i].kind, kind) == 0;
	return n;
}

static int policy_check(const struct options *o, const char *path)
{
	AUTO(catalogue) struct catalogue *c = NULL;
	AUTO(policy) struct policy *p = NULL;
	AUTO(str) char *name = NULL;
	char *error = NULL;
	int status = load_catalogue(o, &c), r;

	if (status >= 0)
		return status;
	r = path != NULL ? policy_load_file(path, &p, &error) :
			   policy_load(o->config, &p, &error);
	if (r < 0)
		return load_failed(r, error);
	status = check_policy_parties(o, p, c);
	if (status >= 0)
		return status;
	for (size_t i = 0; i < p->n; i++)
		if (p->lines[i].until <= o->now && begins_element(p, i))
			log_warning(_("%s:%u: this line has ended and does not apply"),
				    p->path, p->lines[i].line);
	if (p->path == NULL) {
		puts(_("There is no policy."));
		return STATUS_OK;
	}
	name = escape_text(p->path, strlen(p->path));
	if (!o->quiet)
		printf(_("%s: %zu allowed, %zu required, %zu forbidden\n"),
		       name, count_elements(p, "allow"),
		       count_elements(p, "require"), count_elements(p, "forbid"));
	return STATUS_OK;
}

int policy_command(const struct options *o)
{
	static const char *const words[] = { "init", "check", NULL };
	const char *what = o->n_arguments > 0 ? o->arguments[0] : NULL;

	if (what == NULL)
		return usage_error(o->command, _("policy init, or policy check?"),
				   NULL, NULL);
	if (strcmp(what, "init") == 0 && o->n_arguments == 1)
		return policy_init(o);
	if (strcmp(what, "init") == 0)
		return usage_error(o->command, _("one argument too many:"),
				   o->arguments[1], NULL);
	if (strcmp(what, "check") == 0)
		return policy_check(o, o->arguments[1]);
	return usage_error(o->command, _("there is nothing called"), what, words);
}
