/* cmd-rules.c -- rules: for who writes them.  check loads files as an audit
 * would, each alone, so that a draft may lie anywhere; new begins one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static int check_file(const struct options *o, const char *path)
{
	AUTO(str) char *name = escape_text(path, strlen(path));
	struct rules *rules;
	char *error = NULL;
	int r = rules_load_file(path, &rules, &error);

	if (r < 0)
		return load_failed(r, error);
	if (!o->quiet)
		printf(_("%s: rule %s is valid\n"), name, rules->items[0].id);
	rules_free(rules);
	return STATUS_OK;
}

/* Says of every file what is wrong; the first failure is the status.  */
static int check(const struct options *o)
{
	int status = STATUS_OK;

	if (o->n_arguments < 2)
		return usage_error(o->command, _("which file?"), NULL, NULL);
	for (int i = 1; i < o->n_arguments; i++) {
		int one = check_file(o, o->arguments[i]);

		status = status == STATUS_OK ? one : status;
	}
	return status;
}

static const char skeleton[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<!-- trustdrift-rules(5) explains all of it; 'trustdrift show schema' has the\n"
	"     views and their columns.  As rules/%s.xml in the directory of\n"
	"     the configuration it is asked at the next audit. -->\n"
	"<rule id=\"%s\" severity=\"medium\" since=\"0.1\">\n"
	"  <!-- A few words, without a full stop. -->\n"
	"  <title>A trust anchor with its private key</title>\n"
	"  <!-- Why it matters. -->\n"
	"  <why>Whoever can read the store can issue certificates that this host\n"
	"      trusts.</why>\n"
	"  <!-- A row is a finding: store_id is the store that has to change, sha256\n"
	"       the certificate that it is about, or NULL. -->\n"
	"  <query><![CDATA[\n"
	"SELECT e.store_id, e.sha256, e.location, e.label, e.\"offset\", c.name,\n"
	"	c.not_after\n"
	"FROM v_entry e\n"
	"JOIN v_certificate c ON c.sha256 = e.sha256\n"
	"WHERE e.role = 'anchor' AND e.private_key = 1\n"
	"]]></query>\n"
	"  <!-- {column} is that column of the row. -->\n"
	"  <message>The private key of {name}, which is trusted until\n"
	"      {not_after:date}, lies in {location}.</message>\n"
	"  <!-- Or <fix/>, for the recipe of the store that it lies in. -->\n"
	"  <no-fix>Move the key to where only the authority's own program can read\n"
	"      it.</no-fix>\n"
	"</rule>\n";

static bool is_id(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n <= 64 && id[0] != '-' && id[n - 1] != '-' &&
		strstr(id, "--") == NULL &&
		strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static int begin(const struct options *o)
{
	struct out out;
	int status;

	if (o->n_arguments != 2)
		return usage_error(o->command, _("new takes the id of a rule"),
				   NULL, NULL);
	if (!is_id(o->arguments[1]))
		return usage_error(o->command,
			_("an id is lower-case letters and digits, in words joined by '-', not"),
			o->arguments[1], NULL);
	out_begin(o, &out);
	fprintf(out.f, skeleton, o->arguments[1], o->arguments[1]);
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : STATUS_OK;
}

int rules_command(const struct options *o)
{
	static const char *const words[] = { "check", "new", NULL };
	const char *what = o->n_arguments > 0 ? o->arguments[0] : NULL;

	if (what == NULL)
		return usage_error(o->command, _("rules check, or rules new?"),
				   NULL, NULL);
	if (strcmp(what, "check") == 0)
		return check(o);
	if (strcmp(what, "new") == 0)
		return begin(o);
	return usage_error(o->command, _("there is nothing called"), what, words);
}
