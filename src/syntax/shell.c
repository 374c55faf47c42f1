/* shell.c -- scripts that shells read when they start: profiles of sh and its
 * kin (POSIX XCU 2), csh (`setenv A b`) and fish (`set -gx A b`).
 *
 * Nothing is executed.  Every assignment counts wherever it stands, in a branch
 * or a function too: it may be made.  A value with anything in it that only a
 * running shell knows is given as it is written, with the reason, but commands
 * in it without their words, which may be secrets; $HOME, ${HOME} and ~ before a
 * value are known, they are the user's home.
 *
 * What is surprising: `A=b` is no variable of the environment until something
 * exports it, perhaps later in the file, so the file is read twice; and before
 * a command, as in `A=b make`, it is that command's alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "syntax/lines.h"

#define PENDING_MAX	64u	/* assignments in one command */

struct word {
	struct buf text;	/* quotes taken away */
	size_t value;		/* where the value begins: behind the = of an
				 * assignment, 0: it is none */
	bool any, home, computed;
};

struct pending {
	char *text;
	size_t value;
	bool home, computed;
	unsigned line;
};

enum mode {
	MODE_START,		/* the command's name is awaited */
	MODE_EXPORT,		/* behind export, or declare -x */
	MODE_DECLARE,		/* behind declare, which may say -x */
	MODE_SETENV,		/* behind setenv: the name */
	MODE_SET,		/* behind set: options, then the name */
	MODE_VALUE,		/* behind setenv NAME or set -x NAME */
	MODE_OTHER,
};

struct script {
	struct setting_sink *out;
	const char *p, *end;
	unsigned line;
	int error;
	/* the command */
	enum mode mode;
	bool exports;		/* `set` had an x among its options */
	char *name;		/* of setenv and set */
	struct pending pending[PENDING_MAX];
	size_t n_pending;
	/* the first reading's result */
	bool first;
	char **exported;
	size_t n_exported, cap_exported;
	bool all;		/* set -a */
	/* << */
	char *here;
	bool here_tabs;
};

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

static bool is_name(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_name_char(s[i], i == 0))
			return false;
	return n != 0;
}

/* ---- exported names ------------------------------------------------------*/

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void note_export(struct script *s, const char *name)
{
	if (!s->first || s->n_exported >= LIMIT_SETTING_NAMES ||
	    strlen(name) > LIMIT_LABEL_BYTES)
		return;
	grow(&s->exported, s->n_exported, &s->cap_exported,
	     sizeof(*s->exported));
	s->exported[s->n_exported++] = xstrdup(name);
}

static bool is_exported(const struct script *s, const char *name)
{
	return s->all || (s->n_exported != 0 &&
	       bsearch(&name, s->exported, s->n_exported, sizeof(*s->exported),
		       compare_names) != NULL);
}

/* ---- commands ------------------------------------------------------------*/

static void give(struct script *s, enum setting_kind kind, const char *name,
		 const char *value, bool home, bool computed, unsigned line)
{
	struct setting setting = {
		.kind = kind, .section = "", .key = name, .value = value,
		.line = line, .home = home,
		.unknown = computed ? UNKNOWN_COMPUTED : NULL,
	};

	if (s->first || s->error < 0 || strlen(name) > LIMIT_LABEL_BYTES)
		return;
	if (strlen(value) > LIMIT_SETTING_BYTES) {
		setting.value = NULL;
		setting.unknown = UNKNOWN_LONG;
	}
	s->error = s->out->setting(s->out, &setting);
}

/* NAME=VALUE in TEXT, which is cut in two.  */
static void give_assignment(struct script *s, char *text, size_t value,
			    bool exported, bool home, bool computed,
			    unsigned line)
{
	text[value - 1] = '\0';
	give(s, exported || is_exported(s, text) ? SETTING_VARIABLE
						  : SETTING_ASSIGNED,
	     text, text + value, home, computed, line);
}

static void command_end(struct script *s)
{
	for (size_t i = 0; i < s->n_pending; i++) {
		struct pending *p = &s->pending[i];

		if (s->mode == MODE_START)
			give_assignment(s, p->text, p->value, false, p->home,
					p->computed, p->line);
		free(p->text);
	}
	s->n_pending = 0;
	s->mode = MODE_START;
	s->exports = false;
	free(TAKE(s->name));
}

static void add_pending(struct script *s, const struct word *w)
{
	if (s->n_pending == PENDING_MAX)
		return;
	s->pending[s->n_pending++] = (struct pending){
		.text = xstrdup(buf_str(&w->text)), .value = w->value,
		.home = w->home, .computed = w->computed, .line = s->line,
	};
}

/* A word behind which another command begins.  */
static bool is_keyword(const char *word)
{
	return has_word("if then else elif do while until { } ! time begin "
			"and or not builtin command exec eval", word);
}

static void first_word(struct script *s, const struct word *w)
{
	const char *text = buf_str(&w->text);

	if (w->value != 0)
		add_pending(s, w);
	else if (has_word("export readonly", text))
		s->mode = strcmp(text, "export") == 0 ? MODE_EXPORT
						      : MODE_DECLARE;
	else if (has_word("declare typeset local", text))
		s->mode = MODE_DECLARE;
	else if (strcmp(text, "setenv") == 0)
		s->mode = MODE_SETENV;
	else if (strcmp(text, "set") == 0)
		s->mode = MODE_SET;
	else if (!is_keyword(text))
		s->mode = MODE_OTHER;
}

/* Behind set: fish's -gx NAME, or sh's -a.  */
static void set_word(struct script *s, const char *text)
{
	if (strcmp(text, "--export") == 0) {
		s->exports = true;
	} else if (text[0] == '-' && text[1] != '-') {
		s->all |= strcmp(text, "-a") == 0;
		s->exports |= strchr(text, 'x') != NULL;
	} else if (text[0] != '-' && s->exports &&
		   is_name(text, strlen(text))) {
		s->name = xstrdup(text);
		s->mode = MODE_VALUE;
	} else if (text[0] != '-') {
		s->mode = MODE_OTHER;
	}
}

static void word_end(struct script *s, struct word *w)
{
	const char *text = buf_str(&w->text);

	switch (s->mode) {
	case MODE_START:
		first_word(s, w);
		break;
	case MODE_DECLARE:
		if (text[0] == '-' && strchr(text, 'x') != NULL)
			s->mode = MODE_EXPORT;
		else if (w->value != 0)
			give_assignment(s, w->text.p, w->value, false, w->home,
					w->computed, s->line);
		break;
	case MODE_EXPORT:
		if (w->value != 0)
			give_assignment(s, w->text.p, w->value, true, w->home,
					w->computed, s->line);
		else if (text[0] != '-' && !w->computed)
			note_export(s, text);
		break;
	case MODE_SETENV:
		s->mode = MODE_OTHER;
		if (is_name(text, strlen(text))) {
			s->name = xstrdup(text);
			s->mode = MODE_VALUE;
		}
		break;
	case MODE_SET:
		set_word(s, text);
		break;
	case MODE_VALUE:
		give(s, SETTING_VARIABLE, s->name, text, w->home, w->computed,
		     s->line);
		s->mode = MODE_OTHER;
		break;
	case MODE_OTHER:
		break;
	}
}

/* ---- words ---------------------------------------------------------------*/

static void add(struct word *w, const char *p, size_t n)
{
	buf_add(&w->text, p, n);
	w->any = true;
}

/* Behind the bracket that closes the one at P, quotes and nesting observed as
 * far as that is needed to find it.  */
static const char *skip_brackets(struct script *s, const char *p)
{
	const char open = *p, close = open == '(' ? ')' : '}';
	unsigned depth = 0;
	char quote = '\0';

	for (; p < s->end; p++) {
		s->line += *p == '\n';
		if (*p == '\\' && quote != '\'' && p + 1 < s->end)
			p++;
		else if (quote != '\0')
			quote = *p == quote ? '\0' : quote;
		else if (*p == '"' || *p == '\'')
			quote = *p;
		else if (*p == open)
			depth++;
		else if (*p == close && --depth == 0)
			return p + 1;
	}
	return p;
}

static bool is_at(const struct script *s, const char *p, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s->end - p) >= n && memcmp(p, word, n) == 0;
}

/* A $ at P, or a backquote: returns what is behind the expansion.  */
static const char *expansion(struct script *s, struct word *w, const char *p)
{
	static const char command[] = "$(...)";
	const char *start = p, *plain = p + strlen("$HOME");
	const bool first = w->text.n == w->value && !w->home;

	if (first && is_at(s, p, "${HOME}")) {
		w->home = w->any = true;
		return p + strlen("${HOME}");
	}
	if (first && is_at(s, p, "$HOME") &&
	    (plain == s->end || !is_name_char(*plain, false))) {
		w->home = w->any = true;
		return plain;
	}
	w->computed = true;
	if (*p == '`') {
		for (p++; p < s->end && *p != '`'; p++) {
			s->line += *p == '\n';
			if (*p == '\\' && p + 1 < s->end)
				p++;
		}
		add(w, command, strlen(command));
		return p + (p < s->end);
	}
	if (++p < s->end && (*p == '(' || *p == '{')) {
		const bool is_command = *p == '(';

		p = skip_brackets(s, p);
		if (is_command) {
			add(w, command, strlen(command));
			return p;
		}
	}
	add(w, start, (size_t)(p - start));
	return p;
}

static const char *single_quoted(struct script *s, struct word *w,
				 const char *p)
{
	const char *start = ++p;

	for (; p < s->end && *p != '\''; p++)
		s->line += *p == '\n';
	add(w, start, (size_t)(p - start));
	return p + (p < s->end);
}

static const char *double_quoted(struct script *s, struct word *w,
				 const char *p)
{
	w->any = true;
	for (p++; p < s->end && *p != '"';) {
		if (*p == '$' || *p == '`') {
			p = expansion(s, w, p);
			continue;
		}
		if (*p == '\\' && p + 1 < s->end && strchr("$`\"\\\n", p[1]))
			p++;
		s->line += *p == '\n';
		if (*p != '\n' || p[-1] != '\\')
			add(w, p, 1);
		p++;
	}
	return p + (p < s->end);
}

static bool is_separator(char c)
{
	return strchr(";&|()\n", c) != NULL;
}

/* Reads the word at s->p, up to white space or a separator.  */
static void read_word(struct script *s, struct word *w)
{
	const char *p = s->p;

	while (p < s->end && !is_blank(*p) && *p != '\r' && !is_separator(*p)) {
		if (*p == '\\') {
			if (p + 1 < s->end && p[1] != '\n')
				add(w, p + 1, 1);
			s->line += p + 1 < s->end && p[1] == '\n';
			p += p + 1 < s->end ? 2 : 1;
		} else if (*p == '\'') {
			p = single_quoted(s, w, p);
		} else if (*p == '"') {
			p = double_quoted(s, w, p);
		} else if (*p == '$' || *p == '`') {
			p = expansion(s, w, p);
		} else if (*p == '~' && w->text.n == w->value && !w->home &&
			   (p + 1 == s->end || strchr("/ \t\r\n;&|)", p[1]))) {
			w->home = w->any = true;
			p++;
		} else {
			add(w, p, 1);
			if (*p++ == '=' && w->value == 0 && !w->computed &&
			    is_name(w->text.p, w->text.n - 1))
				w->value = w->text.n;
		}
	}
	s->p = p;
}

/* ---- the script ----------------------------------------------------------*/

/* Over the lines of a here-document.  */
static void skip_here(struct script *s)
{
	const size_t n = strlen(s->here);

	while (s->p < s->end) {
		const char *lf = memchr(s->p, '\n', (size_t)(s->end - s->p));
		const char *stop = lf != NULL ? lf : s->end, *p = s->p;

		while (s->here_tabs && p < stop && *p == '\t')
			p++;
		s->p = lf != NULL ? lf + 1 : s->end;
		s->line++;
		if ((size_t)(stop - p) == n && memcmp(p, s->here, n) == 0)
			break;
	}
	free(TAKE(s->here));
}

/* << and its word at s->p, which is remembered until the line ends.  */
static void read_here(struct script *s)
{
	struct word w = { .any = false };

	s->p += 2;
	s->here_tabs = s->p < s->end && *s->p == '-';
	s->p += s->here_tabs;
	while (s->p < s->end && is_blank(*s->p))
		s->p++;
	buf_init(&w.text, (size_t)(s->end - s->p) + 1);
	read_word(s, &w);
	free(s->here);
	s->here = w.any ? xstrdup(buf_str(&w.text)) : NULL;
	buf_done(&w.text);
}

static void read_token(struct script *s)
{
	struct word w = { .any = false };

	buf_init(&w.text, (size_t)(s->end - s->p) + 1);
	read_word(s, &w);
	if (w.any && (w.text.n != 0 || w.home || s->mode != MODE_START))
		word_end(s, &w);
	buf_done(&w.text);
}

static void read_script(struct script *s, struct blob text)
{
	s->p = (const char *)text.p;
	s->end = s->p + text.n;
	s->line = 1;
	s->all = false;
	while (s->p < s->end && s->error >= 0) {
		const char *before = s->p;

		if (is_blank(*s->p) || *s->p == '\r') {
			s->p++;
		} else if (*s->p == '#') {
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		} else if (is_at(s, s->p, "<<<")) {
			s->p += 3;
		} else if (is_at(s, s->p, "<<")) {
			read_here(s);
		} else if (is_separator(*s->p)) {
			bool newline = *s->p == '\n';

			command_end(s);
			s->p++;
			s->line += newline;
			if (newline && s->here != NULL)
				skip_here(s);
		} else {
			read_token(s);
			s->p += s->p == before;
		}
	}
	command_end(s);
	free(TAKE(s->here));
}

int parse_shell(struct blob text, struct setting_sink *out)
{
	struct script s = { .out = out, .first = true };

	read_script(&s, text);
	if (s.n_exported != 0)
		qsort(s.exported, s.n_exported, sizeof(*s.exported),
		      compare_names);
	s.first = false;
	read_script(&s, text);
	for (size_t i = 0; i < s.n_exported; i++)
		free(s.exported[i]);
	free(s.exported);
	return s.error;
}
