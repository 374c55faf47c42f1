/* cmd-waive.c -- waive: a file of waivers for findings of the newest audit, to
 * be reviewed and put into waivers.d.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

struct chosen {
	const struct options *o;
	FILE *f;
	size_t *found;		/* of each argument: how many begin so */
	struct finding *findings;
	size_t n, cap;
};

static void auto_chosen(struct chosen *c)
{
	for (size_t i = 0; i < c->n; i++)
		finding_done(&c->findings[i]);
	free(c->findings);
	free(c->found);
}

static int take_finding(const char *document, void *data)
{
	struct chosen *c = data;
	struct finding f;
	bool named = false;
	int r = finding_from_json(document, &f);

	if (r < 0)
		return r;
	for (int i = 0; i < c->o->n_arguments; i++) {
		const char *id = c->o->arguments[i];

		if (strncmp(f.id, id, strlen(id)) == 0) {
			c->found[i]++;
			named = true;
		}
	}
	if (!named) {
		finding_done(&f);
		return 0;
	}
	grow(&c->findings, c->n, &c->cap, sizeof(*c->findings));
	c->findings[c->n++] = f;
	return 0;
}

/* In a comment two hyphens must not stand together.  */
static void put_comment(FILE *f, const char *text)
{
	AUTO(str) char *line = escape_text(text, strlen(text));

	fputs("  <!-- ", f);
	for (const char *s = line; *s != '\0'; s++) {
		putc(*s, f);
		if (s[0] == '-' && (s[1] == '-' || s[1] == '\0'))
			putc(' ', f);
	}
	fputs(" -->\n", f);
}

/* Of a folded finding; one that lies in two places is there once.  */
static void put_certificates(FILE *f, const struct finding *finding)
{
	for (size_t i = 0; i < finding->n_members; i++) {
		const struct finding_member *m = &finding->members[i];

		if (m->sha256 == NULL || (i > 0 && m[-1].sha256 != NULL &&
					  strcmp(m->sha256, m[-1].sha256) == 0))
			continue;
		fputs("    <certificate", f);
		put_attribute(f, "sha256", m->sha256);
		if (m->name != NULL)
			put_attribute(f, "name", m->name);
		fputs("/>\n", f);
	}
}

static void put_waiver(const struct options *o, const char *author,
		       const struct finding *finding, FILE *f)
{
	put_comment(f, finding->message);
	fputs("  <waiver", f);
	put_attribute(f, "finding", finding->id);
	fputs("\n     ", f);
	put_attribute(f, "reason", o->reason);
	fputs("\n     ", f);
	put_attribute(f, "author", author);
	put_attribute(f, "until", o->until);
	fputs(">\n", f);
	put_certificates(f, finding);
	fputs("  </waiver>\n", f);
}

/* Who asked, also by sudo.  */
static const char *user_name(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;

	if (geteuid() == 0 && sudo != NULL && *sudo != '\0')
		return sudo;
	pw = getpwuid(getuid());
	return pw != NULL ? pw->pw_name : NULL;
}

static int check_chosen(const struct options *o, const struct chosen *c)
{
	for (int i = 0; i < o->n_arguments; i++) {
		if (c->found[i] == 0)
			return usage_error(o->command,
				_("the newest audit has no finding"),
				o->arguments[i], NULL);
		if (c->found[i] > 1)
			return usage_error(o->command,
				_("more than one finding begins with"),
				o->arguments[i], NULL);
	}
	return -1;
}

static int choose(const struct options *o, struct chosen *c)
{
	AUTO(inventory) struct inventory *i = NULL;
	int status = open_inventory(o, INVENTORY_READ, &i, NULL), r;

	if (status >= 0)
		return status;
	r = inventory_findings(i, take_finding, c);
	if (r == -ENODATA) {
		log_error(_("there is no audit whose findings could be waived; trustdrift audit makes one"));
		return STATUS_FAILURE;
	}
	if (r == -EINVAL) {
		log_error(_("the findings of the newest audit cannot be read: %s"),
			  _("another version recorded them"));
		return STATUS_FAILURE;
	}
	if (r < 0)
		return inventory_failed(i, r,
			_("the findings of the newest audit cannot be read"));
	return check_chosen(o, c);
}

static int check_arguments(const struct options *o, const char *author)
{
	if (o->n_arguments == 0)
		return usage_error(o->command, _("which finding?"), NULL, NULL);
	for (int i = 0; i < o->n_arguments; i++) {
		const char *id = o->arguments[i];
		size_t n = strlen(id);

		if (n < FINDING_ID_SHORTEST ||
		    strspn(id, "0123456789abcdef") != n)
			return usage_error(o->command,
				_("an id is 6 or more of a finding's hexadecimal digits, not"),
				id, NULL);
	}
	if (o->reason == NULL)
		return usage_error(o->command, _("a --reason is missing"), NULL,
				   NULL);
	if (o->until == NULL)
		return usage_error(o->command, _("an end, --until, is missing"),
				   NULL, NULL);
	if (author == NULL)
		return usage_error(o->command, _("an --author is missing"),
				   NULL, NULL);
	return -1;
}

int waive_command(const struct options *o)
{
	const char *author = o->author != NULL ? o->author : user_name();
	AUTO(chosen) struct chosen c = {
		.o = o,
		.found = xcalloc((size_t)o->n_arguments + 1, sizeof(size_t)),
	};
	struct out out;
	int status = check_arguments(o, author);

	if (status < 0)
		status = choose(o, &c);
	if (status >= 0)
		return status;
	out_begin(o, &out);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<waivers>\n", out.f);
	for (size_t i = 0; i < c.n; i++)
		put_waiver(o, author, &c.findings[i], out.f);
	fputs("</waivers>\n", out.f);
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : STATUS_OK;
}
