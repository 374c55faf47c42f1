/* cmd-waive.c -- waive: a file of waivers for findings of the newest audit, to
 * be reviewed and put into waivers.d.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

static void auto_audited(struct audited *a)
{
	audited_done(a);
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

static int take_time(int n, const char *const *names, const char *const *values,
		     const bool *numeric, void *data)
{
	AUTO(str) char *time = xasprintf("@%s", values[0]);

	(void)n, (void)names, (void)numeric;
	return time_parse(time, data);
}

/* A waiver that was over when the audit was made would never have held.  */
static int check_until(const struct options *o, struct inventory *i)
{
	AUTO(str) char *midnight = xasprintf("%sT00:00:00Z", o->until);
	int64_t now = 0, end = 0;
	int status = select_rows(i, "SELECT now FROM v_run", take_time, &now);

	if (status >= 0)
		return status;
	if (time_parse(midnight, &end) == 0)
		end += 24 * 60 * 60;		/* the day is included */
	else if (time_parse(o->until, &end) < 0)
		return -1;
	return end > now ? -1 : usage_error(o->command,
		_("--until is over at the time of the audit:"), o->until, NULL);
}

static int choose(const struct options *o, struct audited *a)
{
	AUTO(inventory) struct inventory *i = NULL;
	int status = open_newest(o, &i);

	if (status < 0)
		status = audited_load(i,
			_("there is no audit whose findings could be waived; trustdrift audit makes one"),
			a);
	if (status < 0)
		status = check_until(o, i);
	return status < 0 ? audited_name(o, a) : status;
}

/* What was not decided is no finding yet: a waiver of it would wait for nothing.  */
static int check_named(const struct options *o, const struct audited *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->named[i] && a->findings[i].status == FINDING_UNKNOWN)
			return usage_error(o->command,
				_("what could not be decided cannot be waived:"),
				a->findings[i].id, NULL);
	return -1;
}

static int check_arguments(const struct options *o, const char *author)
{
	if (o->n_arguments == 0)
		return usage_error(o->command, _("which finding?"), NULL, NULL);
	for (int i = 0; i < o->n_arguments; i++) {
		int status = check_finding_id(o, o->arguments[i]);

		if (status >= 0)
			return status;
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
	AUTO(audited) struct audited a = { .n = 0 };
	struct out out;
	int status = check_arguments(o, author);

	if (status < 0)
		status = choose(o, &a);
	if (status < 0)
		status = check_named(o, &a);
	if (status >= 0)
		return status;
	out_begin(o, &out);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<waivers>\n", out.f);
	for (size_t i = 0; i < a.n; i++)
		if (a.named[i])
			put_waiver(o, author, &a.findings[i], out.f);
	fputs("</waivers>\n", out.f);
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : STATUS_OK;
}
