/* cmd-fix.c -- fix: the script that repairs chosen findings of the newest
 * audit, or the same plan in another form.  Nothing is run, and nothing but
 * what was asked for is written.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "fix/fix.h"

struct audit {
	struct audited list;
	char *root, *host;
	int64_t now, made;		/* of the audit: --now, the clock */
};

static void auto_audit(struct audit *a)
{
	audited_done(&a->list);
	free(a->root);
	free(a->host);
}

static void auto_root(struct root *r)
{
	root_done(r);
}

static void auto_recipes(struct recipes **r)
{
	if (*r != NULL)
		recipes_free(*r);
}

/* ---- the audit -------------------------------------------------------------*/

static int take_scan(int n, const char *const *names,
		     const char *const *values, const bool *numeric,
		     void *data)
{
	struct audit *a = data;
	AUTO(str) char *now = xasprintf("@%s", values[2]);
	AUTO(str) char *made = xasprintf("@%s", values[3]);

	(void)n;
	(void)names;
	(void)numeric;
	if (a->root != NULL || values[0] == NULL ||
	    time_parse(now, &a->now) < 0 || time_parse(made, &a->made) < 0)
		return -EINVAL;
	a->root = xstrdup(values[0]);
	a->host = xstrdup(values[1] != NULL ? values[1] : "");
	return 0;
}

static int load_audit(struct inventory *i, struct audit *a)
{
	int status = audited_load(i,
		_("there is no audit to repair by; trustdrift audit makes one"),
		&a->list);

	if (status >= 0)
		return status;
	status = select_rows(i, "SELECT s.root, s.host_name, s.now, s.made"
			     " FROM v_scan s"
			     " JOIN v_run r ON r.scan_id = s.scan_id",
			     take_scan, a);
	return status < 0 && a->root == NULL ? STATUS_FAILURE : status;
}

/* ---- choosing --------------------------------------------------------------*/

static bool is_chosen(const struct options *o, const struct audit *a, size_t i)
{
	const struct finding *f = &a->list.findings[i];

	if (o->n_arguments > 0 && !a->list.named[i])
		return false;
	if (o->rule != NULL && strcmp(f->rule_id, o->rule) != 0)
		return false;
	if (o->store != NULL && (f->store_path == NULL ||
				 strcmp(f->store_path, o->store) != 0))
		return false;
	return f->status == FINDING_FOUND && f->severity >= o->severity;
}

/* Who asks for one by its id is told why there is no script.  */
static void say_not_open(const struct options *o, const struct audit *a, size_t i)
{
	const struct finding *f = &a->list.findings[i];

	if (o->n_arguments == 0 || !a->list.named[i])
		return;
	if (f->status == FINDING_WAIVED)
		log_warning(_("%.12s is waived: nothing is written for it"),
			    f->id);
	else if (f->status != FINDING_FOUND)
		log_warning(_("%.12s could not be decided: nothing is written "
			      "for it"), f->id);
}

/* Moves what was chosen to the front and drops the rest.  */
static int choose(const struct options *o, struct audit *a)
{
	size_t n = 0;
	int status = audited_check_rule(o, &a->list);

	if (status < 0)
		status = audited_name(o, &a->list);
	if (status >= 0)
		return status;
	for (size_t i = 0; i < a->list.n; i++) {
		say_not_open(o, a, i);
		if (is_chosen(o, a, i))
			a->list.findings[n++] = a->list.findings[i];
		else
			finding_done(&a->list.findings[i]);
	}
	a->list.n = n;
	return -1;
}

/* ---- writing ---------------------------------------------------------------*/

/* How to make this script again.  */
static char *command_line(const struct options *o)
{
	const struct {
		const char *option, *value;
	} named[] = {
		{ "--rule", o->rule },
		{ "--severity", o->given & BIT(OPTION_SEVERITY) ?
				severity_name(o->severity) : NULL },
		{ "--store", o->store },
		{ "--fix-type", o->fix_type },
		{ "-o", o->output },
	};
	AUTO(str) char *program = own_command(o);
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "%s fix", program);
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		AUTO(str) char *word = NULL;

		if (named[i].value == NULL)
			continue;
		word = shell_word(named[i].value);
		buf_addf(&b, " %s %s", named[i].option, word);
	}
	for (int i = 0; i < o->n_arguments; i++)
		buf_addf(&b, " %s", o->arguments[i]);
	return buf_take(&b);
}

/* As it was recorded, which is in no language but the program's own.  */
static const char *reason_of(const struct finding *f)
{
	return f->no_fix != NULL ? f->no_fix : f->message;
}

struct by_hand {
	const struct finding *first;
	size_t n;
};

/* Those of one rule and reason need not stand together.  */
static struct by_hand *by_hand_of(struct by_hand *all, size_t n,
				  const struct finding *f)
{
	size_t i = 0;

	while (i < n && (strcmp(all[i].first->rule_id, f->rule_id) != 0 ||
			 strcmp(reason_of(all[i].first), reason_of(f)) != 0))
		i++;
	return &all[i];
}

/* Says on stderr what no script can do, once for each rule and reason.  */
static void explain_unfixable(const struct audit *a)
{
	struct by_hand *all = xcalloc(a->list.n + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < a->list.n; i++) {
		const struct finding *f = &a->list.findings[i];
		struct by_hand *u;

		if (f->recipe != NULL)
			continue;
		u = by_hand_of(all, n, f);
		n += u == &all[n];
		u->first = f;
		u->n++;
	}
	for (size_t i = 0; i < n; i++) {
		const char *why = translated(reason_of(all[i].first));
		const char *id = all[i].first->rule_id;
		AUTO(str) char *reason = escape_text(why, strlen(why));
		AUTO(str) char *rule = escape_text(id, strlen(id));

		log_warning(ngettext("%s (%zu finding) is left to you: %s",
				     "%s (%zu findings) is left to you: %s",
				     all[i].n), rule, all[i].n, reason);
	}
	free(all);
}

static bool is_script(const struct options *o)
{
	return o->fix_type == NULL || strcmp(o->fix_type, fix_type(0)) == 0;
}

static int put_script(const struct options *o, const struct buf *script,
		      size_t steps)
{
	const char *path = o->output != NULL ? o->output : "-";
	AUTO(str) char *name = escape_text(path, strlen(path));
	int r = file_write_atomic(path, (struct blob){
		(const uint8_t *)buf_str(script), script->n },
		is_script(o) ? 0700 : 0600);

	if (r < 0) {
		log_error(_("%s: cannot be written: %s"), name, strerror(-r));
		return STATUS_FAILURE;
	}
	if (o->output != NULL && !o->quiet && !is_script(o))
		printf(ngettext("%s: %zu step\n", "%s: %zu steps\n", steps),
		       name, steps);
	else if (o->output != NULL && !o->quiet)
		printf(ngettext("%s: %zu step; --dry-run shows what it would change\n",
				"%s: %zu steps; --dry-run shows what they would change\n",
				steps), name, steps);
	return STATUS_WRITTEN;
}

static int write_script(const struct options *o, const struct audit *a,
			const struct recipes *recipes, const struct root *root)
{
	AUTO(str) char *command = command_line(o);
	const struct script_info info = {
		.tool = PACKAGE " " PACKAGE_VERSION,
		.host_name = a->host,
		.scan_made = a->made,
		.command = command,
		.root = a->root,
		.now = a->now,
		.scanned = root,
	};
	AUTO(buf) struct buf script;
	size_t steps = 0;
	int r;

	buf_init(&script, SIZE_MAX);
	r = fix_write(o->fix_type != NULL ? o->fix_type : fix_type(0), recipes,
		      &info, a->list.findings, a->list.n, &script, &steps);
	if (r < 0) {
		log_error(_("the script cannot be made: %s"), strerror(-r));
		return STATUS_FAILURE;
	}
	explain_unfixable(a);
	if (steps == 0) {
		if (!o->quiet)
			log_warning(_("nothing to write: none of the chosen findings has a step"));
		return STATUS_OK;
	}
	return put_script(o, &script, steps);
}

static int check_type(const struct options *o)
{
	const char *words[8] = { NULL };
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(words) && fix_type(i) != NULL; i++) {
		words[i] = fix_type(i);
		if (o->fix_type == NULL || strcmp(o->fix_type, words[i]) == 0)
			return -1;
	}
	return usage_error(o->command, _("a plan cannot be written as"),
			   o->fix_type, words);
}

int fix_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(recipes) struct recipes *recipes = NULL;
	AUTO(audit) struct audit audit = { .root = NULL };
	AUTO(root) struct root root = { .path = NULL };
	char *error = NULL;
	int status, r;

	status = check_type(o);
	if (status >= 0)
		return status;
	r = recipes_load(o->config, &recipes, &error);
	if (r < 0)
		return load_failed(r, error);
	status = open_newest(o, &i);
	if (status < 0)
		status = load_audit(i, &audit);
	if (status < 0)
		status = choose(o, &audit);
	if (status >= 0)
		return status;
	if (audit.list.n == 0) {
		log_warning(_("nothing to write: the newest audit found nothing like that"));
		return STATUS_OK;
	}
	status = open_root(audit.root, &root);
	return status >= 0 ? status : write_script(o, &audit, recipes, &root);
}
