/* syntax.c -- the table of syntaxes, and what they share: lines, names, and
 * the bounded way to the sink.
 */
#include <errno.h>
#include <string.h>

#include "syntax/lines.h"

/* A row here is the whole registration.  */
const struct syntax syntaxes[] = {
	{ "apt", N_("apt.conf"), parse_apt },
	{ "arguments", N_("command lines and lists of options"),
	  parse_arguments },
	{ "environment", N_("KEY=VALUE, as in /etc/environment"),
	  parse_environment },
	{ "environment-d", N_("KEY=VALUE with variables in values"),
	  parse_environment_d },
	{ "gitconfig", N_("git's configuration"), parse_gitconfig },
	{ "ini", N_("sections, values as they are written"), parse_ini },
	{ "ini-equals", N_("sections, keys that may have a colon"),
	  parse_ini_equals },
	{ "ini-quoted", N_("sections, values with quotes and comments"),
	  parse_ini_quoted },
	{ "json", N_("JSON"), parse_json },
	{ "postfix", N_("Postfix's main.cf"), parse_postfix },
	{ "properties", N_("Java properties"), parse_properties },
	{ "shell", N_("scripts of sh, csh and fish"), parse_shell },
	{ "systemd", N_("systemd's units"), parse_systemd },
	{ "toml", N_("TOML"), parse_toml },
	{ "words", N_("a word and its value on each line"), parse_words },
	{ "yaml", N_("YAML, one key a line"), parse_yaml },
	{ NULL, NULL, NULL },
};

const struct syntax *syntax_find(const char *name)
{
	for (const struct syntax *s = syntaxes; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

int syntax_parse(const struct syntax *syntax, struct blob text,
		 struct setting_sink *out)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of UTF-8 */
	const uint8_t *nul;

	if (text.n == 0)
		return 0;
	nul = memchr(text.p, '\0', text.n);
	if (nul != NULL) {
		unsigned line = 1;

		for (const uint8_t *p = text.p; p < nul; p++)
			line += *p == '\n';
		out->problem(out, line, "holds a NUL and is no text: not read");
		return 0;
	}
	if (text.n >= 3 && memcmp(text.p, mark, 3) == 0)
		text = (struct blob){ text.p + 3, text.n - 3 };
	return syntax->parse(text, out);
}

static char folded(char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (char)(c | ('a' - 'A')) : c;
}

/* Only the last star is ever gone back to, so this takes at most
 * |pattern| * |name| steps.  */
bool is_name_like(const char *p, const char *name, bool fold)
{
	const char *star = NULL, *from = NULL;

	while (*name != '\0') {
		if (*p == '*') {
			star = ++p;
			from = name;
		} else if (*p != '\0' &&
			   folded(*p, fold) == folded(*name, fold)) {
			p++;
			name++;
		} else if (star != NULL) {
			p = star;
			name = ++from;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

/* ---- lines ---------------------------------------------------------------*/

void lines_init(struct lines *l, struct blob text)
{
	const char *p = (const char *)text.p;

	*l = (struct lines){ .next = p, .stop = p + text.n };
}

bool has_line(struct lines *l)
{
	const char *lf;

	if (l->next >= l->stop)
		return false;
	lf = memchr(l->next, '\n', (size_t)(l->stop - l->next));
	l->p = l->next;
	l->end = lf != NULL ? lf : l->stop;
	l->next = lf != NULL ? lf + 1 : l->stop;
	while (l->end > l->p && (is_blank(l->end[-1]) || l->end[-1] == '\r'))
		l->end--;
	l->number++;
	return true;
}

struct span span_trim(const char *p, const char *end)
{
	while (p < end && (is_blank(*p) || *p == '\n' || *p == '\r'))
		p++;
	while (end > p && (is_blank(end[-1]) || end[-1] == '\n' ||
			   end[-1] == '\r'))
		end--;
	return (struct span){ p, (size_t)(end - p) };
}

bool span_is(struct span s, const char *word)
{
	return strlen(word) == s.n && memcmp(s.p, word, s.n) == 0;
}

bool span_is_quoted(struct span s)
{
	return s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') &&
	       s.p[s.n - 1] == s.p[0];
}

/* ---- settings ------------------------------------------------------------*/

int give_strings(struct setting_sink *out, enum setting_kind kind,
		 const char *section, const char *key, const char *value,
		 unsigned line)
{
	struct setting s = {
		.kind = kind, .section = section, .key = key, .value = value,
		.line = line,
	};

	if (strlen(key) > LIMIT_LABEL_BYTES)
		return 0;
	if (value != NULL && strlen(value) > LIMIT_SETTING_BYTES) {
		s.value = NULL;
		s.unknown = UNKNOWN_LONG;
	}
	return out->setting(out, &s);
}

int give_setting(struct setting_sink *out, enum setting_kind kind,
		 const char *section, struct span key, struct span value,
		 unsigned line)
{
	struct setting s = {
		.kind = kind, .section = section, .line = line,
	};
	AUTO(str) char *name = NULL;
	AUTO(str) char *text = NULL;

	if (key.n == 0 || key.n > LIMIT_LABEL_BYTES)
		return 0;
	s.key = name = xstrndup(key.p, key.n);
	if (value.p != NULL && value.n <= LIMIT_SETTING_BYTES)
		s.value = text = xstrndup(value.p, value.n);
	else if (value.p != NULL)
		s.unknown = UNKNOWN_LONG;
	return out->setting(out, &s);
}

/* ---- trails --------------------------------------------------------------*/

size_t trail_enter(struct trail *t, const char *name, size_t n)
{
	size_t before = t->n, dot = t->n != 0;

	if (t->lost != 0 || t->n + dot + n >= sizeof(t->text)) {
		t->lost++;
		return before;
	}
	if (dot)
		t->text[t->n++] = '.';
	memcpy(t->text + t->n, name, n);
	t->n += n;
	t->text[t->n] = '\0';
	return before;
}

void trail_leave(struct trail *t, size_t before)
{
	if (t->lost != 0) {
		t->lost--;
		return;
	}
	t->n = before;
	t->text[t->n] = '\0';
}
