/* cases.c -- asks a rule in its cases.
 *
 * A case is a world (fires*.sql, silent*.sql, behind the world.sql of all cases
 * if there is one) and what the rule says of it: the same name with .want, where
 * for each time there is
 *
 *	@TIME [evidence]
 *	SEVERITY STATUS STORE CERTIFICATE MESSAGE
 *		* [SEVERITY] CERTIFICATE SENTENCE	(of a folded finding)
 *		KIND DEPTH CERTIFICATE TEXT	(with the word `evidence`)
 *	incomplete				(when the report is)
 *
 * The files may be somebody else's: each is bounded, and what is written is only
 * ever a regular file of that name in the directory.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rule/case-world.h"

#define WARN_DAYS	90
#define COMMON		"world.sql"

struct asking {
	const struct rules *rules;
	const struct rule *rule;
	const struct case_options *options;
	const char *dir;
	char *common;		/* the text of COMMON; NULL: there is none */
};

/* PATH:LINE (0: none), why; fit for a terminal, the caller frees.  */
static char *complaint(const char *path, unsigned line, const char *why)
{
	AUTO(str) char *said = line > 0 ?
		xasprintf("%s:%u: %s", path, line, why) :
		xasprintf("%s: %s", path, why);

	return escape_text(said, strlen(said));
}

static int read_case(const char *path, char **ret_text, char **ret_error)
{
	AUTO(str) char *text = NULL;
	size_t n;
	int r = file_slurp(path, LIMIT_CASE_BYTES, &text, &n);

	if (r < 0) {
		*ret_error = complaint(path, 0, error_words(r));
		return r;
	}
	if (!is_utf8(text, n)) {	/* nor may there be a NUL */
		*ret_error = complaint(path, 0, _("this is no text in UTF-8"));
		return -EINVAL;
	}
	*ret_text = TAKE(text);
	return 0;
}

/* ---- what a rule says ----------------------------------------------------*/

static void add_finding(struct buf *b, const struct case_world *w,
			const struct finding *f, bool with_evidence)
{
	AUTO(str) char *name = case_world_name(w, f->certificate.sha256);

	buf_addf(b, "%s %s %s %s %s\n", severity_name(f->severity),
		 finding_status_name(f->status),
		 f->store_path != NULL ? f->store_path : "-", name, f->message);
	for (size_t i = 0; i < f->n_members; i++) {
		const struct finding_member *m = &f->members[i];
		AUTO(str) char *its_name = case_world_name(w, m->sha256);

		buf_addf(b, "\t* %s%s%s %s\n",
			 m->severity != f->severity ?
			 severity_name(m->severity) : "",
			 m->severity != f->severity ? " " : "",
			 its_name, m->message);
	}
	for (size_t i = 0; with_evidence && i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];
		AUTO(str) char *its_name = case_world_name(w, e->sha256);

		buf_addf(b, "\t%s %d %s %s\n", e->kind, e->depth, its_name,
			 e->text);
	}
}

/* The rule and those that it yields to, as far as they are there; the caller frees
 * the list, and nothing in it.  */
static struct rule *with_told_before(const struct asking *a, size_t *ret_n)
{
	const struct rules *all = a->rules;
	struct rule *items = xcalloc(all->n + 1, sizeof(*items));
	size_t n = 0;

	items[n++] = *a->rule;
	for (size_t k = 0; k < all->n; k++)
		if (has_word(a->rule->yields_to, all->items[k].id))
			items[n++] = all->items[k];
	*ret_n = n;
	return items;
}

/* Adds what the rule says at NOW to B, and to *FOUND how many findings are of
 * status found.  */
static int ask_at(const struct asking *a, struct case_world *w, int64_t now,
		  bool with_evidence, struct buf *b, size_t *found,
		  char **ret_error)
{
	struct rules some = { .reads = a->rules->reads };
	AUTO(inventory) struct inventory *i = NULL;
	struct report report;
	int r;

	r = case_world_scan(w, now, WARN_DAYS, &i, ret_error);
	some.items = with_told_before(a, &some.n);
	if (r == 0)
		r = rules_evaluate(i, &some, a->options->automatic,
				   a->options->data, &report, ret_error);
	if (r < 0) {
		free(some.items);
		return r;
	}
	for (size_t k = 0; k < report.n_findings && !b->truncated; k++) {
		const struct finding *f = &report.findings[k];

		if (strcmp(f->rule_id, a->rule->id) != 0)
			continue;
		if (a->options->look != NULL)
			a->options->look(f, a->rule, a->options->data);
		add_finding(b, w, f, with_evidence);
		*found += f->status == FINDING_FOUND;
	}
	if (report.incomplete)
		buf_adds(b, "incomplete\n");
	report_done(&report);
	free(some.items);
	return 0;
}

/* What stands behind the @: a time, and perhaps the word.  */
static bool parse_time(const char *line, int64_t *ret_now, bool *ret_evidence)
{
	static const char word[] = " evidence";
	AUTO(str) char *time = NULL;

	*ret_evidence = has_suffix(line, word);
	time = xstrndup(line, strlen(line) -
			(*ret_evidence ? strlen(word) : 0));
	return time_parse(time, ret_now) == 0;
}

/* ---- one case ------------------------------------------------------------*/

/* Asks at every time that c->want names.  */
static int ask_all(const struct asking *a, struct rule_case *c,
		   struct case_world *w, struct buf *b, size_t *found)
{
	unsigned line_number = 1, times = 0;

	for (const char *p = c->want; *p != '\0'; line_number++) {
		AUTO(str) char *line = xstrndup(p, strcspn(p, "\n"));
		AUTO(str) char *why = NULL;
		bool evidence;
		int64_t now;
		int r;

		p += strlen(line);
		p += *p == '\n';
		if (line[0] != '@')
			continue;
		if (!parse_time(line + 1, &now, &evidence)) {
			c->error = complaint(c->want_path, line_number,
				_("this is no time, as in @2026-01-31T00:00:00Z or @2026-01-31T00:00:00Z evidence"));
			return -EINVAL;
		}
		if (++times > LIMIT_CASE_TIMES) {
			c->error = complaint(c->want_path, line_number,
					     _("too many times"));
			return -E2BIG;
		}
		buf_addf(b, "%s\n", line);
		r = ask_at(a, w, now, evidence, b, found, &why);
		if (r < 0) {
			c->error = complaint(c->path, 0, why != NULL ? why :
					     error_words(r));
			return r;
		}
	}
	if (times == 0) {
		c->error = complaint(c->want_path, line_number,
			_("no line has a time, as in @2026-01-31T00:00:00Z"));
		return -EINVAL;
	}
	if (b->truncated) {
		c->error = complaint(c->path, 0,
				     _("the rule says too much of it"));
		return -E2BIG;
	}
	return 0;
}

/* Whoever made this directory may not choose what else is written.  */
static int write_want(struct rule_case *c)
{
	struct stat st;
	int r;

	if (lstat(c->want_path, &st) == 0 && !S_ISREG(st.st_mode))
		r = -ENOTREG;
	else
		r = file_write_atomic(c->want_path, case_blob(c->got), 0644);
	if (r < 0)
		c->error = complaint(c->want_path, 0, error_words(r));
	return r;
}

static int get_want(const struct asking *a, struct rule_case *c)
{
	char time[TIME_SIZE];
	int r = read_case(c->want_path, &c->want, &c->error);

	c->has_want = r == 0;
	if (r != -ENOENT)
		return r;
	free(TAKE(c->error));
	c->want = xasprintf("@%s\n", time_format(a->options->now, time));
	return 0;
}

static int make_world(const struct asking *a, struct rule_case *c,
		      struct case_world **ret_world)
{
	AUTO(case_world) struct case_world *w = NULL;
	AUTO(str) char *sql = NULL;
	AUTO(str) char *common = xasprintf("%s/%s", a->dir, COMMON);
	int r = read_case(c->path, &sql, &c->error);

	if (r == 0)
		r = case_world_open(&w, &c->error);
	if (r == 0 && a->common != NULL)
		r = case_world_fill(w, a->common, common, &c->error);
	if (r == 0)
		r = case_world_fill(w, sql, c->path, &c->error);
	if (r == 0)
		*ret_world = TAKE(w);
	return r;
}

static int try_case(const struct asking *a, struct rule_case *c, size_t *found)
{
	AUTO(case_world) struct case_world *w = NULL;
	AUTO(buf) struct buf got;
	int r;

	buf_init(&got, LIMIT_CASE_ANSWER_BYTES);
	r = get_want(a, c);
	if (r == 0)
		r = make_world(a, c, &w);
	if (r == 0)
		r = ask_all(a, c, w, &got, found);
	if (r < 0)
		return r;
	c->got = buf_take(&got);
	return 0;
}

static void run_case(const struct asking *a, const char *name, case_fn *fn,
		     void *data)
{
	size_t found = 0;
	struct rule_case c = {
		.path = xasprintf("%s/%s", a->dir, name),
		.want_path = xasprintf("%s/%.*s.want", a->dir,
				       (int)(strlen(name) - strlen(".sql")),
				       name),
		.fires = has_prefix(name, "fires"),
	};

	if (try_case(a, &c, &found) < 0)
		c.result = CASE_BROKEN;
	else if (c.fires && found == 0)
		c.result = CASE_DOES_NOT_FIRE;
	else if (!c.fires && found > 0)
		c.result = CASE_IS_NOT_SILENT;
	else if (c.has_want && strcmp(c.got, c.want) == 0)
		c.result = CASE_RIGHT;
	else if (a->options->write)
		c.result = write_want(&c) == 0 ? CASE_RIGHT : CASE_BROKEN;
	else
		c.result = CASE_DIFFERS;
	fn(&c, data);
	free(c.path);
	free(c.want_path);
	free(c.error);
	free(c.want);
	free(c.got);
}

/* ---- all cases of a rule ---------------------------------------------------*/

static int list(const char *dir, char ***ret_names, size_t *ret_n)
{
	struct root root;
	int r = root_open(dir, &root);

	if (r < 0)
		return r;
	r = file_names(&root, "/", ret_names, ret_n);
	root_done(&root);
	return r;
}

static bool is_fires(const char *name)
{
	return fnmatch("fires*.sql", name, 0) == 0;
}

static bool is_silent(const char *name)
{
	return fnmatch("silent*.sql", name, 0) == 0;
}

static bool has_name(char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A case by a misspelt name would be one that nobody asks.  */
static const char *what_is_wrong(char *const *names, size_t n,
				 const char *name)
{
	AUTO(str) char *sql = NULL;

	if (has_suffix(name, ".sql"))
		return is_fires(name) || is_silent(name) ||
			strcmp(name, COMMON) == 0 ? NULL :
			_("a case is called fires*.sql or silent*.sql, and what all have in common world.sql");
	if (!has_suffix(name, ".want"))
		return NULL;
	sql = xasprintf("%.*s.sql", (int)(strlen(name) - strlen(".want")),
			name);
	return (is_fires(sql) || is_silent(sql)) && has_name(names, n, sql) ?
		NULL : _("there is no case of this name");
}

static int check_names(const char *dir, char *const *names, size_t n,
		       char **ret_error)
{
	size_t fires = 0, silent = 0;

	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *path = xasprintf("%s/%s", dir, names[i]);
		const char *wrong = what_is_wrong(names, n, names[i]);

		if (names[i][0] == '.')
			continue;
		if (wrong != NULL) {
			*ret_error = complaint(path, 0, wrong);
			return -EINVAL;
		}
		fires += is_fires(names[i]);
		silent += is_silent(names[i]);
	}
	if (fires > 0 && silent > 0 && fires + silent <= LIMIT_CASES)
		return 0;
	*ret_error = complaint(dir, 0,
		fires == 0 ? _("no case fires: there is no fires*.sql") :
		silent == 0 ? _("no case is silent: there is no silent*.sql") :
		_("too many cases"));
	return -EINVAL;
}

int rule_cases_run(const struct rules *rules, size_t number, const char *dir,
		   const struct case_options *options, case_fn *fn, void *data,
		   char **ret_error)
{
	AUTO(str) char *path = xasprintf("%s/%s", dir, COMMON), *common = NULL;
	AUTO(names) char **names = NULL;
	struct asking a = {
		.rules = rules, .rule = &rules->items[number],
		.options = options, .dir = dir,
	};
	size_t n;
	int r = list(dir, &names, &n);

	if (r < 0) {
		if (r != -ENOENT)
			*ret_error = complaint(dir, 0, error_words(r));
		return r;
	}
	r = check_names(dir, names, n, ret_error);
	if (r == 0 && has_name(names, n, COMMON))
		r = read_case(path, &common, ret_error);
	if (r < 0)
		return r == -ENOENT ? -EINVAL : r;
	a.common = common;
	for (size_t i = 0; i < n; i++)
		if (is_fires(names[i]) || is_silent(names[i]))
			run_case(&a, names[i], fn, data);
	return 0;
}
