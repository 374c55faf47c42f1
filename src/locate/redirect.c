/* redirect.c -- who is pointed at another store, or told not to verify: the
 * settings that the catalogue names, in the files that it names, and in the
 * environments and command lines of processes.
 *
 * Environments and configuration hold secrets.  A value is kept only of a
 * setting that the catalogue knows, and of a variable full of options
 * (JAVA_TOOL_OPTIONS) only the option that matters.
 *
 * What is surprising: the same setting is often said many times, by files that
 * include each other and by hundreds of processes.  Equal ones are one; of
 * processes they are counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/redirect.h"
#include "syntax/syntax.h"

#define NOTE_HOME	"it begins with the home of whoever reads it"
#define NOTE_RELATIVE	"a relative path"
#define NOTE_UNIT	"it has specifiers that depend on more than the unit"
#define NOTE_ELSEWHERE	"that process has another root or other mounts"
#define NOTE_LONG	"longer than LIMIT_SETTING_BYTES"

struct finding {
	const struct root *root;
	const struct catalogue *catalogue;
	const struct homes *homes;
	struct gathering gathering;
};

/* Where settings come from.  */
struct origin {
	struct setting_sink sink;	/* first: syntaxes see only this */
	struct finding *finding;
	struct allowance *allowance;	/* of whoever says it */
	const struct setting_file *definition;	/* NULL: a process */
	const struct origin *above;	/* what names this file, NULL: nothing */
	const char *source, *path;
	const struct home *home;	/* NULL: of everybody */
	const char *owner;
	const char *directory;		/* of a process, NULL: not known */
	const char *program;		/* last component, NULL: not known */
	bool elsewhere;
	struct file_id id;
	unsigned depth;
	/* The variable or key whose options are being read; NULL: none.  */
	const struct setting *variable;
	const char *options;		/* sets of what is looked for then */
	const char *options_of;
	bool commands;			/* those of command lines, instead */
};

/* ---- problems ------------------------------------------------------------*/

static const char *path_of(const struct origin *o)
{
	return o->path != NULL ? o->path : "/proc";
}

/* MESSAGE is taken; NULL: ERROR says it.  */
static void add_problem(const struct origin *o, const char *path, int error,
			bool limit, char *message)
{
	gather_problem(&o->finding->gathering, o->allowance, path, error, limit,
		       message);
}

static void take_problem(struct setting_sink *sink, unsigned line,
			 const char *message)
{
	const struct origin *o = (const struct origin *)sink;

	add_problem(o, path_of(o), 0, false,
		    line != 0 ? xasprintf("line %u: %s", line, message)
			      : xstrdup(message));
}

/* ---- paths ---------------------------------------------------------------*/

/* What of VALUE is behind one of the words that mean the home, and a slash or
 * nothing; NULL: it begins with none.  */
static const char *behind_home(const char *homes, const char *value)
{
	while (homes != NULL && *homes != '\0') {
		size_t n = strcspn(homes, " ");

		if (strncmp(value, homes, n) == 0 &&
		    (value[n] == '/' || value[n] == '\0'))
			return value + n;
		homes += n + (homes[n] == ' ');
	}
	return NULL;
}

/* PATH without its last component; the caller frees.  */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash == path
		? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* What relative paths begin at; the caller frees.  NULL: not known.  */
static char *base_of(const struct origin *o, const struct setting_rule *rule)
{
	AUTO(str) char *directory = NULL;

	if (o->directory != NULL)
		return xstrdup(o->directory);
	if (rule->relative == NULL || o->path == NULL)
		return NULL;
	directory = parent_of(o->path);
	return strcmp(rule->relative, "parent") == 0 ? parent_of(directory)
						     : TAKE(directory);
}

/* Where VALUE leads, with what the rule appends; the caller frees.  NULL with
 * *ret_note: not known.  */
static char *resolve(const struct origin *o, const struct setting_rule *rule,
		     const char *value, bool home, const char **ret_note)
{
	const char *append = rule->append != NULL ? rule->append : "";
	const char *rest = home ? value : NULL;
	AUTO(str) char *base = NULL;

	if (rest == NULL && o->definition != NULL)
		rest = behind_home(o->definition->homes, value);
	if (o->elsewhere) {
		*ret_note = NOTE_ELSEWHERE;
		return NULL;
	}
	if (rest != NULL) {
		if (o->home != NULL)
			return xasprintf("%s%s%s", o->home->path, rest, append);
		*ret_note = NOTE_HOME;
		return NULL;
	}
	if (has_prefix(value, "file:///"))
		value += strlen("file://");
	if (value[0] == '/')
		return xasprintf("%s%s", value, append);
	base = base_of(o, rule);
	if (base != NULL)
		return xasprintf("%s/%s%s", base, value, append);
	*ret_note = NOTE_RELATIVE;
	return NULL;
}

/* ---- rows ----------------------------------------------------------------*/

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static const char *obeyed_by(const struct origin *o,
			     const struct setting_rule *rule)
{
	if (rule->of != NULL)
		return rule->of;
	if (o->definition != NULL && o->definition->of != NULL)
		return o->definition->of;
	return o->options_of != NULL ? o->options_of : "";
}

/* VALUE as it is kept; the caller frees.  */
static char *kept_value(const struct setting_rule *rule,
			const struct setting *s, const char *value)
{
	if (value == NULL || rule->secret)
		return NULL;
	return xasprintf("%s%s", s->home ? "~" : "", value);
}

/* VALUE NULL: not to be kept.  TARGET and what follows are of it.  */
static void add_row(const struct origin *o, const struct setting_rule *rule,
		    const struct setting *s, const char *value, char *target,
		    const char *note)
{
	const struct setting *named = o->variable != NULL ? o->variable : s;

	gather_row(&o->finding->gathering, o->allowance, &(struct redirection){
		.rule = rule,
		.source = o->source,
		.path = copy(o->path),
		.line = named->line,
		.via = copy(o->above != NULL ? o->above->path : NULL),
		.owner = xstrdup(o->owner),
		.of = obeyed_by(o, rule),
		.section = xstrdup(named->section),
		.name = xstrdup(named->key),
		.option = copy(o->variable != NULL ? s->key : NULL),
		.value = kept_value(rule, s, value),
		.target = target,
		.note = note,
		.processes = strcmp(o->source, "process") == 0,
	});
}

/* ---- rules ---------------------------------------------------------------*/

static bool is_value_meant(const struct setting_rule *rule, const char *value)
{
	const char *p = rule->values;

	if (p == NULL)
		return true;
	while (*p != '\0') {
		size_t n = strcspn(p, " ");
		AUTO(str) char *pattern = xstrndup(p, n);

		if (is_name_like(pattern, value != NULL ? value : "", true))
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

static bool is_rule_for(const struct origin *o, const struct setting_rule *rule,
			const struct setting *s)
{
	bool fold = s->kind == SETTING_KEY && o->definition != NULL &&
		    o->definition->fold;

	if (!is_name_like(rule->name, s->key, fold))
		return false;
	if (rule->section != NULL &&
	    !is_name_like(rule->section, s->section, fold))
		return false;
	if (rule->programs != NULL &&
	    (o->program == NULL || !has_word(rule->programs, o->program)))
		return false;
	if (s->unknown != NULL)
		return true;
	if (rule->path && rule->values == NULL)
		return s->value != NULL && s->value[0] != '\0';
	return is_value_meant(rule, s->value);
}

static void follow(const struct origin *o, const struct setting_rule *rule,
		   const char *target);

/* One path of a value.  */
static void take_path(const struct origin *o, const struct setting_rule *rule,
		      const struct setting *s, const char *value)
{
	const char *note = NULL;
	char *target = resolve(o, rule, value, s->home, &note);

	if (rule->follow != NULL && target != NULL)
		follow(o, rule, target);
	if (rule->effect != NULL)
		add_row(o, rule, s, value, target, note);
	else
		free(target);
}

static void take_paths(const struct origin *o, const struct setting_rule *rule,
		       const struct setting *s)
{
	AUTO(str) char *values = xstrdup(s->value);
	char *rest = values, *value;

	if (rule->separator == NULL) {
		take_path(o, rule, s, s->value);
		return;
	}
	while ((value = strsep(&rest, rule->separator)) != NULL) {
		value += strspn(value, " \t");
		for (size_t n = strlen(value); n != 0 && value[n - 1] == ' ';)
			value[--n] = '\0';
		if (*value != '\0')
			take_path(o, rule, s, value);
	}
}

static int take_option(struct setting_sink *sink, const struct setting *s);

static const char *last_component(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	return slash != NULL ? slash + 1 : path;
}

/* The program that a unit's command line starts; the caller frees.  */
static char *started_program(const char *command)
{
	size_t n;

	command += strspn(command, " \t@-:+!|");
	n = strcspn(command, " \t");
	while (n != 0 && (command[n - 1] == '"' || command[n - 1] == '\''))
		n--;
	for (size_t i = n; i != 0; i--) {
		if (command[i - 1] == '/') {
			command += i;
			n -= i;
			break;
		}
	}
	return xstrndup(command, n);
}

/* The options in the value of S.  */
static void take_options(const struct origin *o,
			 const struct setting_rule *rule,
			 const struct setting *s)
{
	AUTO(str) char *program = NULL;
	struct origin inside = *o;

	if (s->value == NULL)
		return;
	inside.sink.setting = take_option;
	inside.variable = s;
	inside.options = rule->options;
	inside.options_of = obeyed_by(o, rule);
	if (has_prefix(s->key, "Exec"))
		inside.program = program = started_program(s->value);
	syntax_parse(syntax_find("arguments"),
		     (struct blob){ (const uint8_t *)s->value,
				    strlen(s->value) }, &inside.sink);
}

static void apply(const struct origin *o, const struct setting_rule *rule,
		  const struct setting *s)
{
	if (s->unknown != NULL && s->value == NULL)
		add_problem(o, path_of(o), 0, false,
			    xasprintf("line %u: %s: %s, so it is not known what "
				      "it says", s->line, s->key, s->unknown));
	if (rule->options != NULL)
		take_options(o, rule, s);
	else if (s->unknown != NULL && rule->effect != NULL)
		add_row(o, rule, s, s->value, NULL, s->unknown);
	else if (s->unknown != NULL)
		return;
	else if (rule->path)
		take_paths(o, rule, s);
	else if (rule->self && o->path != NULL)
		add_row(o, rule, s, NULL, xstrdup(o->path), NULL);
	else
		add_row(o, rule, s, rule->values != NULL ? s->value : NULL,
			NULL, NULL);
}

/* Applies the first of RULES that is meant; false: none is.  */
static bool is_taken(const struct origin *o, const struct setting_rules *rules,
		     const struct setting *s)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (is_rule_for(o, &rules->items[i], s)) {
			apply(o, &rules->items[i], s);
			return true;
		}
	}
	return false;
}

static bool is_taken_as_option(const struct origin *o, const char *sets,
			       const struct setting *s)
{
	const struct catalogue *c = o->finding->catalogue;

	for (size_t i = 0; i < c->n_option_sets; i++) {
		const struct option_set *set = &c->option_sets[i];

		if (o->commands ? set->command : has_word(sets, set->name))
			if (is_taken(o, &set->rules, s))
				return true;
	}
	return false;
}

/* VALUE with a unit's specifiers filled in, and without the sign for "may be
 * missing"; false: it cannot be known.  The caller frees *ret_value.  */
static bool is_unit_value(const struct origin *o, const struct setting *s,
			  char **ret_value)
{
	AUTO(str) char *unit = xstrdup(last_component(o->path));
	AUTO(str) char *parent = parent_of(o->path);
	const char *above = last_component(parent);
	const char *value = s->value;

	if (has_suffix(above, ".d") && has_suffix(unit, ".conf")) {
		free(unit);
		unit = xstrndup(above, strlen(above) - 2);
	}
	if (strcmp(s->key, "EnvironmentFile") == 0 && value[0] == '-')
		value++;
	return unit_specifiers(value, unit,
			       o->home != NULL ? o->home->path : NULL,
			       ret_value) == 0;
}

static bool is_unit(const struct origin *o)
{
	return o->definition != NULL &&
	       strcmp(o->definition->syntax, "systemd") == 0;
}

static int take_option(struct setting_sink *sink, const struct setting *s)
{
	const struct origin *o = (const struct origin *)sink;
	AUTO(str) char *value = NULL;
	struct setting option = *s;

	if (is_unit(o) && s->value != NULL && is_unit_value(o, s, &value))
		option.value = value;
	else if (is_unit(o) && s->value != NULL)
		option.unknown = NOTE_UNIT;
	/* Of what a shell computes, the words without a sign of it are known. */
	if (o->variable != NULL && o->variable->unknown != NULL &&
	    s->value != NULL && strpbrk(s->value, "$`") != NULL)
		option.unknown = o->variable->unknown;
	is_taken_as_option(o, o->options, &option);
	return 0;
}

static int take_setting(struct setting_sink *sink, const struct setting *given)
{
	const struct origin *o = (const struct origin *)sink;
	const struct setting_file *d = o->definition;
	const struct catalogue *c = o->finding->catalogue;
	AUTO(str) char *value = NULL;
	struct setting s = *given;

	if (s.kind == SETTING_ASSIGNED && !d->assigned)
		return 0;
	if (s.value != NULL && is_unit(o) && !has_prefix(s.key, "Exec")) {
		if (is_unit_value(o, &s, &value))
			s.value = value;
		else
			s.unknown = NOTE_UNIT;
	}
	if (s.kind != SETTING_KEY) {
		if (d->environment)
			is_taken(o, &c->variables, &s);
	} else if (!is_taken(o, &d->rules, &s) && d->options != NULL) {
		is_taken_as_option(o, d->options, &s);
	}
	return 0;
}

/* ---- files ---------------------------------------------------------------*/

static void read_settings(struct origin *o)
{
	AUTO(scanned) struct file file = { .mapped = false };
	int e = file_read(o->finding->root, o->path, LIMIT_SETTINGS_BYTES, &file);

	if (e == -ENOENT || e == -ENOTDIR)
		return;
	if (e == -EFBIG)
		add_problem(o, o->path, 0, true,
			    xasprintf("larger than LIMIT_SETTINGS_BYTES (%u): "
				      "not read", LIMIT_SETTINGS_BYTES));
	else if (e < 0)
		add_problem(o, o->path, e, false, NULL);
	if (e < 0)
		return;
	o->id = file.id;
	for (const struct origin *a = o->above; a != NULL; a = a->above)
		if (a->id.dev == o->id.dev && a->id.ino == o->id.ino)
			return;		/* it includes itself */
	syntax_parse(syntax_find(o->definition->syntax), file.data, &o->sink);
}

static int take_file(const struct setting_file *definition, const char *path,
		     const struct home *home, const struct file_id *id,
		     int error, void *data)
{
	struct finding *f = data;
	struct origin o = {
		.sink = { take_setting, take_problem },
		.finding = f,
		.allowance = allowance_of(&f->gathering, home,
					  home != NULL ? home->uid : 0,
					  home == NULL),
		.definition = definition,
		.source = "file",
		.path = path,
		.home = home,
		.owner = home != NULL ? home->owner : "",
	};

	(void)id;
	if (error < 0)
		add_problem(&o, path, error, false, NULL);
	else
		read_settings(&o);
	return 0;
}

/* ---- files that are named by others --------------------------------------*/

struct following {
	const struct origin *from;
	const struct setting_file *definition;
	bool another;			/* the first is accounted for */
};

static int take_named(const struct match *m, void *data)
{
	struct following *following = data;
	struct finding *f = following->from->finding;
	struct origin o = *following->from;

	if (m->error < 0) {
		add_problem(&o, m->path, m->error, false, NULL);
		return 0;
	}
	/* A directory, or /dev/null, which is how one says that there is none. */
	if (!S_ISREG(m->id.mode))
		return 0;
	if (following->another &&
	    !may_follow_another(&f->gathering, o.allowance, m->path))
		return -ECANCELED;
	following->another = true;
	o.sink = (struct setting_sink){ take_setting, take_problem };
	o.definition = following->definition;
	o.above = following->from;
	o.source = "file";
	o.path = m->path;
	o.depth++;
	o.variable = NULL;
	o.directory = o.program = NULL;
	o.commands = false;
	read_settings(&o);
	return 0;
}

/* Is it a pattern that whoever O is of may have looked for?  Any directory can be
 * listed for the names in it; of what a user writes not also all that are beneath
 * it, since that is as much work as the user likes.  */
static bool is_expanded(const struct origin *o, const char *target)
{
	const char *name = last_component(target), *wild, *reason;

	wild = strpbrk(target, "*?[");
	if (wild == NULL)
		return false;
	if (has_prefix(target, "(") || has_prefix(target, "{home}") ||
	    strstr(target, "**") != NULL || pattern_check(target, &reason) < 0 ||
	    (o->allowance->owner != NULL && wild < name)) {
		add_problem(o, target, 0, true,
			    xstrdup("named by a file of settings, with wildcards "
				    "that are not looked for: not read; name the "
				    "files"));
		return false;
	}
	return true;
}

static void follow(const struct origin *o, const struct setting_rule *rule,
		   const char *target)
{
	const struct catalogue *c = o->finding->catalogue;
	struct following following = { .from = o };
	struct match m = { .path = target };
	struct patterns *patterns;

	for (size_t i = 0; i < c->n_setting_files; i++)
		if (c->setting_files[i].id != NULL &&
		    strcmp(c->setting_files[i].id, rule->follow) == 0)
			following.definition = &c->setting_files[i];
	if (o->depth >= LIMIT_INCLUDE_DEPTH) {
		add_problem(o, target, 0, true,
			    xasprintf("named by a file that is the %uth in a "
				      "row: not read", LIMIT_INCLUDE_DEPTH + 1));
		return;
	}
	if (!may_follow(&o->finding->gathering, o->allowance, o->owner,
			rule->follow, target, path_of(o)))
		return;
	m.error = file_stat(o->finding->root, target, &m.id);
	if (m.error != -ENOENT && m.error != -ENOTDIR) {
		take_named(&m, &following);
		return;
	}
	if (!rule->glob || !is_expanded(o, target))
		return;
	patterns = patterns_new();
	patterns_add(patterns, target, 0);
	patterns_expand(patterns, o->finding->root, NULL, take_named,
			&following);
	patterns_free(patterns);
}

/* ---- processes -----------------------------------------------------------*/

static const struct home *home_of(const struct homes *h, uint32_t uid)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->items[i].uid == uid)
			return &h->items[i];
	return NULL;
}

/* The name of UID, or its number; the caller frees.  */
static char *user_name(const struct homes *h, uint32_t uid)
{
	const struct home *home = home_of(h, uid);

	return home != NULL ? xstrdup(home->owner)
	       : uid == 0 ? xstrdup("root") : xasprintf("%u", uid);
}

/* NAME=VALUE of an environment.  */
static void take_variable(struct origin *o, const char *text)
{
	const char *equals = strchr(text, '=');
	AUTO(str) char *name = NULL;
	struct setting s = { .kind = SETTING_VARIABLE, .section = "" };

	if (equals == NULL || equals == text ||
	    equals - text > (ptrdiff_t)LIMIT_LABEL_BYTES)
		return;
	s.key = name = xstrndup(text, (size_t)(equals - text));
	s.value = equals + 1;
	if (strlen(s.value) > LIMIT_SETTING_BYTES) {
		s.value = NULL;
		s.unknown = NOTE_LONG;
	}
	is_taken(o, &o->finding->catalogue->variables, &s);
}

static void take_argument(struct origin *o, const char *text, const char *next)
{
	const char *equals = strchr(text, '=');
	size_t n = equals != NULL ? (size_t)(equals - text) : strlen(text);
	AUTO(str) char *name = NULL;
	struct setting s = { .kind = SETTING_KEY, .section = "" };

	if (text[0] != '-' || n > LIMIT_LABEL_BYTES)
		return;
	s.key = name = xstrndup(text, n);
	s.value = equals != NULL ? equals + 1
		  : next != NULL && next[0] != '-' ? next : NULL;
	is_taken_as_option(o, NULL, &s);
}

/* The string behind S in BLOB; NULL: it is the last.  */
static const char *next_string(struct blob b, const char *s)
{
	const char *end = (const char *)b.p + b.n;
	const char *next = s + strlen(s) + 1;

	return next < end ? next : NULL;
}

static void take_process(struct finding *f, const struct process *p)
{
	AUTO(str) char *owner = user_name(f->homes, p->uid);
	const struct home *home = home_of(f->homes, p->uid);
	struct origin o = {
		.sink = { take_setting, take_problem },
		.finding = f,
		.allowance = allowance_of(&f->gathering, home, p->uid, false),
		.source = "process",
		.path = p->program,
		.home = home,
		.owner = owner,
		.directory = p->directory,
		.program = last_component(p->program),
		.elsewhere = p->elsewhere,
	};
	const char *s, *next;

	if (p->cut)
		add_problem(&o, path_of(&o), 0, true,
			    xasprintf("process %u: environment or command line "
				      "of more than LIMIT_PROCESS_BYTES: the "
				      "rest was not read", p->pid));
	/* Both are followed by a NUL of our own.  */
	for (s = p->environment.n != 0 ? (const char *)p->environment.p : NULL;
	     s != NULL; s = next_string(p->environment, s))
		take_variable(&o, s);
	o.commands = true;
	for (s = p->command.n != 0 ? (const char *)p->command.p : NULL;
	     s != NULL; s = next) {
		next = next_string(p->command, s);
		take_argument(&o, s, next);
	}
}

static void take_processes(struct finding *f)
{
	uint32_t *pids = NULL;
	size_t n = 0, refused = 0;
	struct allowance *all = allowance_of(&f->gathering, NULL, 0, true);
	int e = process_list(&pids, &n);

	if (e < 0)
		gather_problem(&f->gathering, all, "/proc", e, false, NULL);
	for (size_t i = 0; i < n; i++) {
		struct process p;

		e = process_read(pids[i], &p);
		if (e == 0) {
			take_process(f, &p);
			process_done(&p);
		} else if (e != -ENOENT && e != -ESRCH) {
			refused++;
		}
	}
	free(pids);
	if (refused != 0)
		gather_problem(&f->gathering, all, "/proc", -EACCES, false,
			       xasprintf("processes that may not be looked at: "
					 "%zu; run as root of the host",
					 refused));
}

/* ---- all -----------------------------------------------------------------*/

void redirections_find(const struct root *r, const struct catalogue *c,
		       const struct homes *h,
		       const struct redirection_sources *sources,
		       struct redirections *ret_redirections)
{
	AUTO(str) char *owner = user_name(h, sources->uid);
	const struct home *home = home_of(h, sources->uid);
	struct finding f = { .root = r, .catalogue = c, .homes = h };
	struct origin own = {
		.sink = { take_setting, take_problem },
		.finding = &f,
		.source = "environment",
		.home = home,
		.owner = owner,
		.directory = sources->directory,
	};

	gathering_init(&f.gathering, h);
	/* Whoever runs this says it, and nobody else.  */
	own.allowance = allowance_of(&f.gathering, home, sources->uid, true);
	walk_settings(r, c, h, take_file, &f);
	for (char *const *v = sources->environment; v != NULL && *v != NULL; v++)
		take_variable(&own, *v);
	if (sources->processes)
		take_processes(&f);
	gathering_end(&f.gathering, ret_redirections);
}

void redirections_key(const char *const *names, size_t n,
		      const struct redirection_sources *sources, struct buf *b)
{
	bool any = false;

	for (char *const *v = sources->environment; v != NULL && *v != NULL; v++) {
		const char *equals = strchr(*v, '=');
		AUTO(str) char *name = equals == NULL ? NULL :
			xstrndup(*v, (size_t)(equals - *v));
		bool meant = false;

		for (size_t i = 0; name != NULL && i < n; i++)
			meant |= is_name_like(names[i], name, false);
		if (meant)
			buf_add(b, *v, strlen(*v) + 1);
		any |= meant;
	}
	/* That of a value that is not absolute.  */
	if (any && sources->directory != NULL)
		buf_adds(b, sources->directory);
	buf_addf(b, "%u", sources->uid);
}
