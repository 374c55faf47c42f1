/* path-cases.h -- what the C clients of ask-paths.sh have in common: the file
 * of cases that tests/paths/paths.py writes, and the form of an answer.  The
 * format is described there.  Certificates are found as certs/LABEL.pem in the
 * current directory; what a client makes of them is its own business.
 */
#ifndef PATH_CASES_H
#define PATH_CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_HOST	"host.example"
#define PATH_LABELS	32

struct labels {
	size_t n;
	char *name[PATH_LABELS];
};

struct path_case {
	char *id;
	long long at;
	char *leaf;
	struct labels trusted, store, cached, sent;
};

static inline void path_die(const char *what)
{
	fprintf(stderr, "paths: %s\n", what);
	exit(1);
}

static inline void path_labels(char *text, struct labels *ret)
{
	ret->n = 0;
	if (!text)
		path_die("a line is too short");
	if (strcmp(text, "-") == 0)
		return;
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		if (ret->n == PATH_LABELS)
			path_die("too many certificates");
		ret->name[ret->n++] = word;
	}
}

/* The next case of IN; its words are valid until the next call.  0 at the end. */
static inline int path_next(FILE *in, struct path_case *ret)
{
	static char line[8192];
	char *field[7], *rest = line;

	if (!fgets(line, sizeof(line), in))
		return 0;
	line[strcspn(line, "\n")] = 0;
	for (size_t i = 0; i < 7; i++)
		field[i] = strsep(&rest, "\t");
	ret->id = field[0];
	if (!field[1] || !field[2])
		path_die("a line is too short");
	ret->at = strtoll(field[1], NULL, 10);
	ret->leaf = field[2];
	path_labels(field[3], &ret->trusted);
	path_labels(field[4], &ret->store);
	path_labels(field[5], &ret->cached);
	path_labels(field[6], &ret->sent);
	return 1;
}

static inline const char *path_file(const char *label)
{
	static char path[512];

	snprintf(path, sizeof(path), "certs/%s.pem", label);
	return path;
}

static inline void path_print_sha256(const unsigned char hash[32], int first)
{
	if (!first)
		putchar(' ');
	for (size_t i = 0; i < 32; i++)
		printf("%02x", hash[i]);
}

#endif
