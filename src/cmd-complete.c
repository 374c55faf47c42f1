/* cmd-complete.c -- complete: what may stand at the end of a command line, for the
 * shells' completion (data/completions).
 *
 * Everything comes from the tables that --help and the parser have, so that no
 * script of a shell knows a word of them.  A line is one candidate, a tab, and what
 * it is; candidates are whole words.  Lines that begin with a colon tell the shell:
 *
 *   :files N, :directories N   names of files are meant, behind the first N bytes of
 *			       the word
 *   :more		       nothing is over with these: no blank follows
 *
 * Whoever presses Tab must neither wait nor be told of a broken configuration:
 * what cannot be had is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "fix/fix.h"
#include "options.h"

struct completing {
	const struct options *o;	/* with --root, --db, --config of the line */
	const struct command *command;	/* of the line; NULL: none yet */
	const char *word;		/* what is to be completed, whole */
	size_t typed;			/* bytes of WORD before the value */
	size_t given;			/* lines so far */
	const char *first;		/* the first operand; NULL: none */
};

/* ---- giving ------------------------------------------------------------------*/

/* What a terminal cannot show as it is, nobody can choose.  */
static bool is_plain(const char *s)
{
	AUTO(str) char *shown = escape_text(s, strlen(s));

	return strcmp(shown, s) == 0;
}

/* VALUE stands behind what is typed of the word before it.  */
static void give_ending(struct completing *c, const char *value,
			const char *ending, const char *what)
{
	const char *typed = c->word + c->typed;
	AUTO(str) char *told = escape_text(what, strlen(what));

	if (!has_prefix(value, typed) || !is_plain(value) ||
	    *value == '\0' || c->given == LIMIT_COMPLETIONS)
		return;
	printf("%.*s%s%s\t%s\n", (int)c->typed, c->word, value, ending, told);
	c->given++;
}

static void give(struct completing *c, const char *value, const char *what)
{
	give_ending(c, value, "", what);
}

/* Names of files behind SKIP bytes of the value.  */
static void give_files(const struct completing *c, const char *kind, size_t skip)
{
	printf(":%s %zu\n", kind, c->typed + skip);
}

static void give_words(struct completing *c, const char *words)
{
	while (*words != '\0') {
		const size_t n = strcspn(words, " ");
		AUTO(str) char *word = xstrndup(words, n);

		give(c, word, "");
		words += n + (words[n] == ' ');
	}
}

/* ---- what is looked up -------------------------------------------------------*/

static void give_rules(struct completing *c)
{
	struct rules *rules = NULL;
	char *error = NULL;

	if (rules_parse(c->o->config, &rules, &error) < 0) {
		free(error);
		return;
	}
	for (size_t i = 0; i < rules->n; i++)
		give(c, rules->items[i].id, rules->items[i].title);
	rules_free(rules);
}

static int give_finding(const char *document, void *data)
{
	struct finding f = { .rule = NULL };

	if (finding_from_json(document, &f) == 0) {
		AUTO(str) char *what = xasprintf("%s: %s", f.rule_id,
			f.message != NULL ? f.message : f.title);

		give(data, f.id, what);
	}
	finding_done(&f);
	return 0;
}

static int give_row(int n, const char *const *names, const char *const *values,
		    const bool *numeric, void *data)
{
	(void)names;
	(void)numeric;
	if (n > 1 && values[0] != NULL)
		give(data, values[0], values[1] != NULL ? values[1] : "");
	return 0;
}

/* What the inventory has: SQL's first column, and what it is; NULL: findings. */
static void give_recorded(struct completing *c, const char *sql)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(str) char *path = NULL, *error = NULL;

	if (inventory_path(c->o, &path) >= 0 ||
	    inventory_open(path, INVENTORY_READ, 0, &i, &error) < 0)
		return;
	if (sql == NULL)
		inventory_findings(i, give_finding, c);
	else
		guarded_select(i, sql, give_row, c, &error);
}

static void give_formats(struct completing *c, const char *ending)
{
	if (c->command == NULL || c->command->format == NULL)
		return;
	for (size_t i = 0; c->command->format(i) != NULL; i++)
		give_ending(c, c->command->format(i), ending, "");
}

/* VALUES as in struct option_row.  */
static void give_values(struct completing *c, const char *values)
{
	const char *typed = c->word + c->typed, *colon;

	if (values == NULL)
		return;
	if (*values != '@') {
		give_words(c, values);
	} else if (strcmp(values, "@files") == 0) {
		give_files(c, "files", 0);
	} else if (strcmp(values, "@directories") == 0) {
		give_files(c, "directories", 0);
	} else if (strcmp(values, "@formats") == 0) {
		give_formats(c, "");
	} else if (strcmp(values, "@reports") == 0) {
		colon = strchr(typed, ':');
		if (colon != NULL) {
			give_files(c, "files", (size_t)(colon + 1 - typed));
			return;
		}
		give_formats(c, ":");
		puts(":more");
	} else if (strcmp(values, "@rules") == 0) {
		give_rules(c);
	} else if (strcmp(values, "@findings") == 0) {
		give_recorded(c, NULL);
	} else if (strcmp(values, "@stores") == 0) {
		give_recorded(c, "SELECT DISTINCT path, kind FROM v_store"
			      " ORDER BY path, kind");
	} else if (strcmp(values, "@where") == 0) {
		give(c, "system", _("the stores of the system's list"));
		give_values(c, "@stores");
	} else if (strcmp(values, "@parties") == 0) {
		give_recorded(c, "SELECT party, title FROM v_party"
			      " ORDER BY party");
	} else if (strcmp(values, "@scans") == 0) {
		give_recorded(c, "SELECT CAST(scan_id AS TEXT), root FROM v_scan"
			      " ORDER BY scan_id DESC");
	}
}

/* ---- operands ----------------------------------------------------------------
 * The `arguments` of a command's row are their grammar: alternatives stand between
 * bars, small letters are words, and capitals what is in this table.  */
static const struct {
	const char *name, *first, *values;
} operands[] = {
	{ "FINDING-ID", NULL, "@findings" },
	{ "FILE", NULL, "@files" },
	{ "DIR", NULL, "@directories" },
	{ "WHAT", NULL, "@files" },
	{ "SENT", NULL, "@files" },
	{ "OLD", NULL, "@scans" },
	{ "NEW", NULL, "@scans" },
	{ "ID", "parties", "@parties" },
	{ "ID", "rules", "@rules" },
};

static const char *operand_values(const char *name, const char *first)
{
	for (size_t i = 0; i < ARRAY_SIZE(operands); i++)
		if (strcmp(operands[i].name, name) == 0 &&
		    (operands[i].first == NULL ||
		     (first != NULL && strcmp(operands[i].first, first) == 0)))
			return operands[i].values;
	return "";
}

/* One alternative, such as "check FILE...": its word at PLACE, from 0.  Behind the
 * last one only what may be repeated stands.  */
static void give_operand(struct completing *c, char *alternative, int place)
{
	char *save = NULL, *last = NULL;
	bool repeated = strstr(alternative, "...") != NULL;
	int n = 0;

	for (char *w = strtok_r(alternative, " []", &save); w != NULL;
	     w = strtok_r(NULL, " []", &save)) {
		w[strcspn(w, ".")] = '\0';
		if (*w == '-' || *w == '\0')	/* --crawl [DIR...] */
			continue;
		last = w;
		if (n == 0 && place > 0 && *w >= 'a' && *w <= 'z' &&
		    strcmp(w, c->first) != 0)
			return;
		if (n++ == place)
			break;
	}
	if (last == NULL || (n <= place && !repeated))
		return;
	if (*last >= 'a' && *last <= 'z')
		give(c, last, "");
	else
		give_values(c, operand_values(last, c->first));
}

static void give_operands(struct completing *c, int place)
{
	AUTO(str) char *grammar = xstrdup(c->command->arguments);
	char *save = NULL;

	/* Without --crawl there are no directories.  */
	if (c->command->options & BIT(OPTION_CRAWL) && !c->o->crawl)
		return;
	for (char *a = strtok_r(grammar, "|", &save); a != NULL;
	     a = strtok_r(NULL, "|", &save))
		give_operand(c, a, place);
}

static void give_commands(struct completing *c)
{
	for (const struct command *k = commands; k->name != NULL; k++)
		give(c, k->name, _(k->summary));
}

static uint64_t options_here(const struct completing *c)
{
	return GLOBAL_OPTIONS | (c->command != NULL ? c->command->options : 0);
}

static void give_options(struct completing *c)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		AUTO(str) char *word = xasprintf("--%s", option_rows[i].name);

		if (options_here(c) & BIT(i))
			give(c, word, _(option_rows[i].help));
	}
}

/* ---- the line ------------------------------------------------------------------*/

/* The option that WORD names, whole, abbreviated or by its letter; -1: none.
 * *RET_VALUE is the value that stands in the same word, NULL: none does.  */
static int option_of_word(const struct completing *c, const char *word,
			  const char **ret_value)
{
	const char *name = word + 2;
	const size_t n = strcspn(name, "=");
	int found = -1;

	*ret_value = NULL;
	if (word[0] != '-' || word[1] == '\0')
		return -1;
	if (word[1] != '-') {
		for (int i = 0; i < OPTION_COUNT; i++)
			if (option_rows[i].letter == word[1])
				found = i;
		if (word[2] != '\0')
			*ret_value = word + 2;
		return found;
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (!(options_here(c) & BIT(i)) ||
		    strncmp(option_rows[i].name, name, n) != 0)
			continue;
		if (option_rows[i].name[n] == '\0') {
			found = i;
			break;
		}
		if (found >= 0)
			return -1;
		found = i;
	}
	if (name[n] == '=')
		*ret_value = name + n + 1;
	return found;
}

/* What the line says about where to look things up.  */
static void heed(struct options *o, int id, const char *value)
{
	if (id == OPTION_CRAWL || id == OPTION_CRAWL_ALL ||
	    id == OPTION_CRAWL_NAMES ||
	    (value != NULL && (id == OPTION_ROOT || id == OPTION_DB ||
			       id == OPTION_CONFIG)))
		option_rows[id].set(o, value);
}

static void complete(struct completing *c, struct options *o, char **words,
		     int n)
{
	bool ended = false;		/* behind -- */
	int place = 0, id;
	const char *value;

	for (int i = 0; i < n; i++) {
		id = ended ? -1 : option_of_word(c, words[i], &value);
		if (!ended && strcmp(words[i], "--") == 0) {
			ended = true;
		} else if (id >= 0 && option_rows[id].argument != NULL &&
			   value == NULL) {
			if (i + 1 == n) {
				give_values(c, option_rows[id].values);
				return;
			}
			heed(o, id, words[++i]);
		} else if (id >= 0) {
			heed(o, id, value);
		} else if (c->command == NULL && words[i][0] != '-') {
			c->command = command_find(words[i]);
			if (c->command == NULL)
				return;
		} else if (words[i][0] != '-' || ended) {
			if (place++ == 0)
				c->first = words[i];
		}
	}
	if (!ended && c->word[0] == '-') {
		id = option_of_word(c, c->word, &value);
		if (id < 0 || value == NULL ||
		    option_rows[id].argument == NULL) {
			give_options(c);
			return;
		}
		c->typed = (size_t)(value - c->word);
		give_values(c, option_rows[id].values);
	} else if (c->command == NULL) {
		give_commands(c);
	} else {
		give_operands(c, place);
	}
}

int complete_command(const struct options *o)
{
	struct options line = { .root = "/", .now = o->now,
				.program = o->program };
	const int n = o->n_arguments;
	struct completing c = {
		.o = &line,
		.word = n > 0 ? o->arguments[n - 1] : "",
	};

	log_set_level(LOG_QUIET);
	complete(&c, &line, o->arguments, n > 0 ? n - 1 : 0);
	return STATUS_OK;
}
