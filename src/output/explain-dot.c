/* explain-dot.c -- an explanation as a graph for Graphviz: a box for each
 * certificate, an arrow from each to those that signed it.  What a party takes
 * is drawn bold, what one walks into and is refused is red.
 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/explain.h"
#include "output/text.h"

extern char **environ;

/* A string of the language: only the quote is special, and the backslash, with
 * which escapes begin.  Certificates' own text has none that is not escaped. */
static void put_string(FILE *f, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc(*s, f);
	}
}

static size_t trusting(const struct explanation *e, size_t number)
{
	size_t n = 0;

	for (size_t k = 0; k < e->world.n_parties; k++) {
		const struct numbers *a = &e->world.parties[k].anchors;
		const struct path_list list = { a->items, a->n };

		n += path_list_has(&list, number);
	}
	return n;
}

static void put_node(const struct explanation *e, size_t number, FILE *f)
{
	const struct path_certificate *c = path_pool_get(e->world.pool, number);
	AUTO(str) char *name = text_escaped(c->certificate.name);
	char until[TIME_SIZE], hex[2 * SHA256_SIZE + 1];
	const size_t parties = trusting(e, number);

	if (c->imagined) {
		fprintf(f, "  c%zu [shape=plain label=\"server\"];\n", number);
		return;
	}
	hex_encode(c->certificate.sha256, SHA256_SIZE, hex);
	fprintf(f, "  c%zu [%s%slabel=\"", number,
		parties > 0 ? "peripheries=2 " : "",
		e->now > c->certificate.not_after
			? "color=\"#b00020\" style=dashed " : "");
	put_string(f, name);
	fprintf(f, "\\n%.12s\\nuntil %.10s", hex,
		time_format(c->certificate.not_after, until));
	if (parties > 0)
		fprintf(f, "\\nanchor of %zu", parties);
	fprintf(f, "\"];\n");
}

/* How many parties go from CHILD to ISSUER now, and end well or badly.  */
static void count(const struct explanation *e, size_t child, size_t issuer,
		  size_t *ret_good, size_t *ret_bad)
{
	*ret_good = *ret_bad = 0;
	for (size_t k = 0; k < e->n_questions; k++)
		for (size_t p = 0; p < e->world.n_parties; p++) {
			const struct explained_party *party =
				&e->questions[k].parties[p];
			const struct path_answer *a;

			if (party->spans == NULL)
				continue;
			a = &party->spans[party->now].answer;
			for (size_t i = 0; i + 1 < a->n; i++)
				if (a->path[i] == child &&
				    a->path[i + 1] == issuer)
					++*(a->accepted ? ret_good : ret_bad);
		}
}

static void put_edge(const struct explanation *e, size_t child, size_t issuer,
		     FILE *f)
{
	size_t good, bad;

	count(e, child, issuer, &good, &bad);
	fprintf(f, "  c%zu -> c%zu [", child, issuer);
	if (good > 0)
		fprintf(f, "penwidth=2 ");
	if (bad > 0)
		fprintf(f, "color=\"#b00020\" fontcolor=\"#b00020\" ");
	if (good + bad > 0)
		fprintf(f, "label=\"%s%.0zu%s%.0zu\"", good ? "+" : "", good,
			bad ? (good ? " -" : "-") : "", bad);
	fprintf(f, "];\n");
}

int explain_dot(const struct explanation *e, const struct explain_options *o,
		FILE *f)
{
	struct path_pool *pool = e->world.pool;

	fprintf(f, "// + parties that take this way, - parties that are refused "
		   "on it\ndigraph trustdrift {\n  rankdir=BT;\n"
		   "  node [shape=box fontname=\"sans-serif\" fontsize=10];\n"
		   "  edge [fontname=\"sans-serif\" fontsize=9];\n");
	if (o->what != NULL) {
		AUTO(str) char *what = text_escaped(o->what);

		fprintf(f, "  label=\"");
		put_string(f, what);
		fprintf(f, "\";\n");
	}
	for (size_t k = 0; k < path_pool_count(pool); k++)
		put_node(e, k, f);
	for (size_t k = 0; k < path_pool_count(pool); k++)
		for (size_t i = path_pool_issuers(pool, k); i != PATH_NONE;
		     i = path_pool_get(pool, i)->same_subject)
			if (i != k && path_pool_signed(pool, k, i) == 1)
				put_edge(e, k, i, f);
	fprintf(f, "}\n");
	return ferror(f) ? -EIO : 0;
}

/* ---- svg -------------------------------------------------------------------*/

/* Runs dot between two files without names.  */
static int draw(FILE *in, FILE *out)
{
	char *const argv[] = { (char[]){ "dot" }, (char[]){ "-Tsvg" }, NULL };
	posix_spawn_file_actions_t actions;
	int r, status;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -ENOMEM;
	posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
	r = posix_spawnp(&pid, "dot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r != 0)
		return -r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	/* 127: no such program, where spawn learns of it too late */
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0
		: WIFEXITED(status) && WEXITSTATUS(status) == 127 ? -ENOENT
								  : -EIO;
}

int explain_svg(const struct explanation *e, const struct explain_options *o,
		FILE *f)
{
	AUTO(file) FILE *in = tmpfile(), *out = tmpfile();
	char bytes[4096];
	size_t n;
	int r;

	if (in == NULL || out == NULL)
		return -errno;
	r = explain_dot(e, o, in);
	if (r == 0 && (fflush(in) != 0 || fseek(in, 0, SEEK_SET) < 0))
		r = -errno;
	if (r == 0)
		r = draw(in, out);
	if (r < 0)
		return r;
	rewind(out);
	while ((n = fread(bytes, 1, sizeof(bytes), out)) > 0)
		fwrite(bytes, 1, n, f);
	return ferror(f) || ferror(out) ? -EIO : 0;
}
