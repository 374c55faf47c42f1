/* cmd-rules.c -- rules: for who writes them.  check loads files as an audit
 * would, each alone, so that a draft may lie anywhere, and asks each in its
 * cases; new begins a rule and its cases; xccdf makes a benchmark of all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"

/* What is shown of one case: whoever wants more has --write.  */
#define SHOWN_LINES	20
#define SHOWN_BYTES	500

/* ---- what came of a case -------------------------------------------------*/

/* How many lines of S, of N bytes, there are.  */
static size_t count_lines(const char *s, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += s[i] == '\n' || i + 1 == n;
	return lines;
}

/* A line of N bytes, behind SIGN.  */
static void show_line(char sign, const char *line, size_t n)
{
	size_t tabs = n > 0 && line[0] == '\t';
	size_t shown = n < SHOWN_BYTES ? n : SHOWN_BYTES;
	AUTO(str) char *text = escape_text(line + tabs, shown - tabs);

	fprintf(stderr, "  %c %s%s%s\n", sign, tabs ? "    " : "", text,
		shown < n ? " ..." : "");
}

static void show_lines(char sign, const char *s, size_t n)
{
	size_t lines = count_lines(s, n);

	for (size_t i = 0; i < lines && i < SHOWN_LINES; i++) {
		const char *end = memchr(s, '\n', n);
		size_t length = end != NULL ? (size_t)(end - s) : n;

		show_line(sign, s, length);
		s += length + (end != NULL);
		n -= length + (end != NULL);
	}
	if (lines > SHOWN_LINES)
		fprintf(stderr, ngettext("  %c ... and %zu line more\n",
					 "  %c ... and %zu lines more\n",
					 lines - SHOWN_LINES),
			sign, lines - SHOWN_LINES);
}

/* Both from the first line on that is not alike, to the last such one.  */
static void show_difference(const struct rule_case *c)
{
	AUTO(str) char *name = escape_text(c->want_path, strlen(c->want_path));
	size_t want = strlen(c->want), got = strlen(c->got);
	size_t same = 0, line = 0, time = 0;

	for (size_t i = 0; c->want[i] == c->got[i] && c->want[i] != '\0'; i++)
		if (c->want[i] == '\n')
			same = i + 1;
	for (size_t i = 0; i < same; i++)
		if ((i == 0 || c->want[i - 1] == '\n') && c->want[i] == '@')
			time = i;
	line = count_lines(c->want, same) + 1;
	for (size_t i = 1; want - i + 1 > same && got - i + 1 > same; i++) {
		if (c->want[want - i] != c->got[got - i])
			break;
		if (i > 1 && c->want[want - i] == '\n') {
			want -= i - 1;
			got -= i - 1;
			i = 0;
		}
	}
	log_error(_("%s:%zu: the rule says something else: - is wanted, + came"),
		  name, line);
	if (same > 0)
		show_line(' ', c->want + time, strcspn(c->want + time, "\n"));
	show_lines('-', c->want + same, want - same);
	show_lines('+', c->got + same, got - same);
}

struct trying {
	const struct options *o;
	size_t wrong;
};

static void say_case(const struct rule_case *c, void *data)
{
	AUTO(str) char *name = escape_text(c->path, strlen(c->path));
	AUTO(str) char *want = escape_text(c->want_path, strlen(c->want_path));
	struct trying *t = data;

	t->wrong += c->result != CASE_RIGHT;
	switch (c->result) {
	case CASE_RIGHT:
		if (!t->o->quiet)
			printf(c->fires ? _("%s: fires as it should\n") :
			       _("%s: is silent as it should be\n"), name);
		fflush(stdout);
		return;
	case CASE_BROKEN:
		log_error("%s", c->error);
		return;
	case CASE_DOES_NOT_FIRE:
		log_error(_("%s: it should fire, and nothing is found"), name);
		break;
	case CASE_IS_NOT_SILENT:
		log_error(_("%s: it should be silent, and something is found"),
			  name);
		break;
	case CASE_DIFFERS:
		if (c->has_want) {
			show_difference(c);
			return;
		}
		log_error(_("%s: there is no such file; with --write it gets what came"),
			  want);
		break;
	}
	show_lines('+', c->got, strlen(c->got));
}

/* ---- check ---------------------------------------------------------------*/

/* Where the cases of a rule are: beside its file, in a directory of its id.  */
static char *cases_of(const struct options *o, const char *path,
		      const char *id)
{
	const char *slash = strrchr(path, '/');

	if (o->cases != NULL)
		return xasprintf("%s/%s", o->cases, id);
	return xasprintf("%.*s%s", slash != NULL ? (int)(slash + 1 - path) : 0,
			 path, id);
}

static int try_cases(const struct options *o, const char *path,
		     const struct rules *rules)
{
	AUTO(str) char *dir = cases_of(o, path, rules->items[0].id);
	AUTO(str) char *name = escape_text(dir, strlen(dir));
	const struct case_options options = {
		.now = o->now, .write = o->write,
	};
	struct trying t = { .o = o };
	char *error = NULL;
	int r = rule_cases_run(rules, 0, dir, &options, say_case, &t, &error);

	if (r == -ENOENT && o->cases == NULL && !o->write) {
		log_warning(_("%s: not there: the rule has no cases that show what it finds"),
			    name);
		return STATUS_OK;
	}
	if (r < 0)
		return load_failed(r, error != NULL ? error :
				   xasprintf("%s: %s", name, error_words(r)));
	return t.wrong > 0 ? EX_CONFIG : STATUS_OK;
}

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
	fflush(stdout);			/* before what is said on stderr */
	r = try_cases(o, path, rules);
	rules_free(rules);
	return r;
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

/* ---- new -----------------------------------------------------------------*/

static const char skeleton[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<!-- trustdrift-rules(5) explains all of it; 'trustdrift show schema' has the\n"
	"     views and their columns.  'trustdrift rules check' asks it in the cases\n"
	"     of the directory %s beside it.  As rules.d/%s.xml\n"
	"     in the directory of the configuration it is asked at the next audit. -->\n"
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

/* Its cases.  They are as short as a case can be; schema/world.sql has all that
 * may be said in one.  */
static const char world_of_skeleton[] =
	"-- What all cases of this rule begin with.  The tables are those of\n"
	"-- schema/world.sql in the program's data: a certificate is its name, and\n"
	"-- what a case is not about need not be said.\n"
	"INSERT INTO certificate (name, subject, not_after) VALUES\n"
	"	('our-root', 'Our Root', '2035-12-31T23:59:59Z');\n"
	"INSERT INTO store (path, kind) VALUES ('/srv/ca.p12', 'java-cacerts');\n";

static const char fires_of_skeleton[] =
	"INSERT INTO entry (store, certificate, private_key) VALUES\n"
	"	('/srv/ca.p12', 'our-root', 1);\n";

static const char silent_of_skeleton[] =
	"-- The certificate alone.\n"
	"INSERT INTO entry (store, certificate) VALUES ('/srv/ca.p12', 'our-root');\n";

static const struct {
	const char *name, *text;
} skeleton_cases[] = {
	{ "world.sql", world_of_skeleton },
	{ "fires.sql", fires_of_skeleton },
	{ "fires.want",
	  "@2026-01-31T00:00:00Z\n"
	  "medium found /srv/ca.p12 our-root The private key of Our Root, which is "
	  "trusted until 2035-12-31, lies in /srv/ca.p12.\n" },
	{ "silent.sql", silent_of_skeleton },
	{ "silent.want", "@2026-01-31T00:00:00Z\n" },
};

static int cannot_write(const char *path, int r)
{
	AUTO(str) char *name = escape_text(path, strlen(path));

	log_error(_("%s: cannot be written: %s"), name, strerror(-r));
	return STATUS_FAILURE;
}

/* Only where nothing is: cases that somebody has written are worth more than the
 * rule, which can be had again.  */
static int begin_cases(const struct options *o, const char *id)
{
	AUTO(str) char *dir = cases_of(o, o->output, id);

	if (mkdir(dir, 0777) < 0)
		return cannot_write(dir, -errno);
	for (size_t i = 0; i < ARRAY_SIZE(skeleton_cases); i++) {
		const char *text = skeleton_cases[i].text;
		AUTO(str) char *path = xasprintf("%s/%s", dir,
						 skeleton_cases[i].name);
		int r = file_write_atomic(path, (struct blob){
			(const uint8_t *)text, strlen(text) }, 0644);

		if (r < 0)
			return cannot_write(path, r);
	}
	return -1;
}

/* Has -o a directory that cases could be in?  */
static bool goes_into_file(const struct options *o)
{
	struct stat st;

	return o->output != NULL && strcmp(o->output, "-") != 0 &&
		(stat(o->output, &st) < 0 || S_ISREG(st.st_mode));
}

static int begin(const struct options *o)
{
	const char *id;
	struct out out;
	int status;

	if (o->n_arguments != 2)
		return usage_error(o->command, _("new takes the id of a rule"),
				   NULL, NULL);
	id = o->arguments[1];
	if (!is_id(id))
		return usage_error(o->command,
			_("an id is lower-case letters and digits, in words joined by '-', not"),
			id, NULL);
	if (goes_into_file(o)) {
		status = begin_cases(o, id);
		if (status >= 0)
			return status;
	}
	out_begin(o, &out);
	fprintf(out.f, skeleton, id, id, id);
	status = out_end(&out, 0, 0644);
	return status >= 0 ? status : STATUS_OK;
}

/* ---- xccdf ---------------------------------------------------------------*/

#define SCRIPT	"trustdrift-sce"

/* The way from where FILE will be to the script that a benchmark names: OpenSCAP
 * takes none that begins with a slash.  FILE NULL: beside it.  */
static int way_to_script(const char *file, char **ret_way)
{
	AUTO(str) char *there = xasprintf("%s/xccdf", data_dir());
	AUTO(str) char *script_dir = realpath(there, NULL);
	AUTO(str) char *parent = NULL, *here = NULL;
	const char *slash = file != NULL ? strrchr(file, '/') : NULL;
	AUTO(buf) struct buf way;

	buf_init(&way, LIMIT_TEXT_BYTES);
	parent = slash == NULL ? xstrdup(".") : slash == file ? xstrdup("/") :
		 xstrndup(file, (size_t)(slash - file));
	here = file == NULL ? NULL : realpath(parent, NULL);
	if (file != NULL && here == NULL)
		return cannot_write(file, -errno);
	if (script_dir != NULL && here != NULL &&
	    strcmp(script_dir, here) != 0) {
		for (const char *p = here; *p != '\0' && p[1] != '\0'; p++)
			if (*p == '/')
				buf_adds(&way, "../");
		buf_addf(&way, "%s/", script_dir + 1);
	}
	buf_adds(&way, SCRIPT);
	*ret_way = buf_take(&way);
	return -1;
}

/* By the path that it was called by, else where it is installed.  */
static char *own_path(const struct options *o)
{
	char *path = strchr(o->program, '/') != NULL ?
		     realpath(o->program, NULL) : NULL;

	return path != NULL ? path : xstrdup(BINDIR "/trustdrift");
}

static int make_benchmark(const struct options *o)
{
	AUTO(str) char *program = own_path(o), *command = NULL, *way = NULL;
	struct rules *rules;
	struct out out;
	char *error = NULL;
	int status, r;

	if (o->n_arguments > 1)
		return usage_error(o->command, _("one word too many:"),
				   o->arguments[1], NULL);
	command = shell_word(program);
	status = way_to_script(goes_into_file(o) ? o->output : NULL, &way);
	if (status >= 0)
		return status;
	r = rules_parse(o->config, &rules, &error);
	if (r < 0)
		return load_failed(r, error);
	out_begin(o, &out);
	r = xccdf_benchmark_write(rules, program, command, way, out.f);
	rules_free(rules);
	status = out_end(&out, r, 0644);
	return status >= 0 ? status : STATUS_OK;
}

int rules_command(const struct options *o)
{
	static const char *const words[] = { "check", "new", "xccdf", NULL };
	const char *what = o->n_arguments > 0 ? o->arguments[0] : NULL;

	if (what == NULL)
		return usage_error(o->command,
				   _("rules check, rules new or rules xccdf?"),
				   NULL, NULL);
	if (strcmp(what, "check") == 0)
		return check(o);
	if (strcmp(what, "new") == 0)
		return begin(o);
	if (strcmp(what, "xccdf") == 0)
		return make_benchmark(o);
	return usage_error(o->command, _("there is nothing called"), what, words);
}
