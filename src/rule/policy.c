/* policy.c -- loads policy.xml, trustdrift-policy(5): what has to be trusted on
 * this host, what may be and what must not.
 *
 * A policy with a mistake is no policy at all: whoever forbids something wants
 * to hear of it rather than believe that it is in force.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/locate.h"
#include "rule/node.h"
#include "rule/rule.h"

static void line_done(struct policy_line *l)
{
	free(l->kind);
	free(l->party);
	free(l->purpose);
	free(l->sha256);
	free(l->spki_sha256);
	free(l->subject);
	free(l->comment);
	free(l->author);
	free(l->path);
}

void policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		line_done(&p->lines[i]);
	free(p->lines);
	free(p->path);
	free(p);
}

static void auto_policy(struct policy **p)
{
	policy_free(*p);
}

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static void add_line(struct policy *p, size_t *cap, const char *party,
		     const struct policy_line *of)
{
	struct policy_line *l;

	grow(&p->lines, p->n, cap, sizeof(*p->lines));
	l = &p->lines[p->n++];
	*l = (struct policy_line){
		.element = of->element,
		.kind = xstrdup(of->kind),
		.party = copy(party),
		.purpose = copy(of->purpose),
		.sha256 = copy(of->sha256),
		.spki_sha256 = copy(of->spki_sha256),
		.subject = copy(of->subject),
		.comment = copy(of->comment),
		.author = copy(of->author),
		.until = of->until,
		.path = xstrdup(of->path),
		.line = of->line,
	};
}

/* Where in NAME the first byte is that read/name.c would not have written (RFC 4514
 * 2.4): of what was copied from a table, which doubles backslashes, the comma of
 * "O=A\\, Inc." ends a value, and nobody has such a name.  -1: nowhere.  */
static ssize_t misspelt(const char *name)
{
	static const char of_types[] = "#.0123456789"
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	bool value = false, type = false;

	for (const char *s = name; *s != '\0'; s++) {
		if (!value && *s == '=' && type) {
			value = true;
		} else if (!value && strchr(of_types, *s) == NULL) {
			return s - name;
		} else if (!value) {
			type = true;
		} else if (*s == '\\') {
			if (s[1] == '\0' || strchr("\"+,;<>\\# ", s[1]) == NULL)
				return s - name;
			s++;
		} else if (*s == ',' || *s == '+') {
			value = type = false;
		} else if (strchr("\";<>", *s) != NULL) {
			return s - name;
		}
	}
	return value ? -1 : (ssize_t)strlen(name);
}

static int parse_line(struct policy *p, size_t *cap, xmlNode *node,
		      char **ret_error)
{
	AUTO(str) char *parties = xml_attribute(node, "party");
	struct policy_line l = {
		.element = p->n > 0 ? p->lines[p->n - 1].element + 1 : 0,
		.kind = xstrdup((const char *)node->name),
		.purpose = xml_attribute(node, "purpose"),
		.sha256 = node_hash(node, "sha256"),
		.spki_sha256 = node_hash(node, "spki_sha256"),
		/* compared byte for byte, with the spaces that are in it */
		.subject = xml_exact_attribute(node, "subject"),
		.comment = xml_attribute(node, "comment"),
		.author = xml_attribute(node, "author"),
		.until = INT64_MAX,
		.path = xstrdup(p->path),
		.line = xml_line(node),
	};
	char *rest = parties, *word;
	ssize_t wrong = l.subject != NULL ? misspelt(l.subject) : -1;
	int e = node_until(node, &l.until);

	if (e == -EINVAL) {
		*ret_error = xasprintf(_("%s:%u: until is neither a day nor a "
					 "time"), l.path, l.line);
	} else if (wrong >= 0) {
		*ret_error = xasprintf(_("%s:%u: subject is no name in the form"
					 " of RFC 4514, at byte %zd (what is shown"
					 " has its backslashes doubled)"),
				       l.path, l.line, wrong);
		e = -EINVAL;
	} else if (parties == NULL || has_word(parties, "all")) {
		add_line(p, cap, NULL, &l);
	} else {
		while ((word = strsep(&rest, " ")) != NULL)
			add_line(p, cap, word, &l);
	}
	line_done(&l);
	return e == -EINVAL ? e : 0;
}

/* ---- lines that contradict each other --------------------------------------*/

static bool is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool overlaps(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* Required lines by what they name, so that a long policy is checked fast.  */
static const char *subject_of(const struct policy_line *l)
{
	return l->sha256 != NULL ? l->sha256 :
		l->spki_sha256 != NULL ? l->spki_sha256 : l->subject;
}

static int compare_lines(const void *a, const void *b)
{
	const struct policy_line *const *x = a, *const *y = b;
	int order = strcmp(subject_of(*x), subject_of(*y));

	return order != 0 ? order : (*x > *y) - (*x < *y);
}

static int contradict(const struct policy_line *forbid,
		      const struct policy_line *require, char **ret_error)
{
	if (strcmp(forbid->kind, "forbid") != 0 ||
	    strcmp(require->kind, "require") != 0 ||
	    (!is_same(forbid->sha256, require->sha256) &&
	     !is_same(forbid->spki_sha256, require->spki_sha256) &&
	     !is_same(forbid->subject, require->subject)) ||
	    !overlaps(forbid->party, require->party) ||
	    !overlaps(forbid->purpose, require->purpose) ||
	    forbid->until != INT64_MAX || require->until != INT64_MAX)
		return 0;
	*ret_error = xasprintf(_("%s:%u: this is forbidden, and required in "
				 "line %u"), forbid->path, forbid->line,
			       require->line);
	return -EINVAL;
}

static int check_contradictions(const struct policy *p, char **ret_error)
{
	const struct policy_line **sorted = xcalloc(p->n, sizeof(*sorted));
	int e = 0;

	for (size_t i = 0; i < p->n; i++)
		sorted[i] = &p->lines[i];
	if (p->n > 0)
		qsort(sorted, p->n, sizeof(*sorted), compare_lines);
	for (size_t i = 0; i < p->n && e == 0; i++) {
		for (size_t k = i + 1; k < p->n && e == 0; k++) {
			if (strcmp(subject_of(sorted[i]),
				   subject_of(sorted[k])) != 0)
				break;
			e = contradict(sorted[i], sorted[k], ret_error);
			if (e == 0)
				e = contradict(sorted[k], sorted[i], ret_error);
		}
	}
	free(sorted);
	return e;
}

/* ---- the file -----------------------------------------------------------------*/

int policy_load_file(const char *path, struct policy **ret_policy,
		     char **ret_error)
{
	AUTO(policy) struct policy *p = xcalloc(1, sizeof(*p));
	AUTO(document) xmlDoc *doc = NULL;
	size_t cap = 0;
	int e;

	e = xml_load(path, "policy.rng", &doc, ret_error);
	if (e < 0)
		return e;
	p->path = xstrdup(path);
	for (xmlNode *n = xml_root(doc)->children; n != NULL;
	     n = n->next) {
		if (n->type != XML_ELEMENT_NODE)
			continue;
		e = parse_line(p, &cap, n, ret_error);
		if (e == 0 && p->n > LIMIT_POLICY_LINES) {
			*ret_error = xasprintf(_("%s:%u: more than %u lines"),
					       path, xml_line(n),
					       LIMIT_POLICY_LINES);
			e = -EINVAL;
		}
		if (e < 0)
			return e;
	}
	e = check_contradictions(p, ret_error);
	if (e < 0)
		return e;
	*ret_policy = TAKE(p);
	return 0;
}

int policy_load(const char *config_dir, struct policy **ret_policy,
		char **ret_error)
{
	AUTO(str) char *path = NULL;

	if (config_file(config_dir, "policy.xml", &path) < 0) {
		*ret_policy = xcalloc(1, sizeof(**ret_policy));
		return 0;
	}
	return policy_load_file(path, ret_policy, ret_error);
}
